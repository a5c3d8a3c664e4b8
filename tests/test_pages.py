"""The pages of packs, clause by clause: up to date, complete, and for every part that a rule can have."""

import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import attrs
import pytest

from partyrules.analysis.pages import clause_page, main
from partyrules.language import kernel as expressions
from partyrules.language import rules, sugar, terms
from partyrules.language.kernel import (
    ASKED_STEP,
    SUBJECT,
    AllOf,
    Always,
    AnyOf,
    ByReading,
    Compare,
    Count,
    CountAfterEarly,
    CountFindings,
    Events,
    Given,
    Holdings,
    Holds,
    Is,
    Its,
    LatestIs,
    MostCovered,
    Not,
    Share,
    SomeDay,
    Sum,
    Through,
    Trigger,
    Undecided,
    at_least,
    by_reading,
    is_in,
    portion,
)
from partyrules.language.phrases import phrase
from partyrules.language.rules import Responsible
from partyrules.language.sugar import Attends, HeldFor, InTerm, Recent, Since
from partyrules.language.tree import lowered, walk
from partyrules.packs.pack import load_pack
from partyrules.packs.projects import project_of
from partyrules.testing.coverage import MET_FILE, RulesMet, covered, percentage, seen_in
from partyrules.time.calendar import Span
from tests.sweeps import unhurried
from tests.test_chinese import CHINESE, ENGLISH

PACKS = ("lzwl2017", "lzcu2012")
REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
MEETINGS = Events(("meeting_held",), (("unit", SUBJECT),))
MONTH = Span(months=1)
EITHER = by_reading("how_long", short=MONTH, long=Span(years=2))
# A value of each kind of node, and what must stand in its words.
NODES = (
    (SUBJECT, "the bearer"),
    (Its("by"), "its by"),
    (
        Responsible(
            by=(Holdings("role", (("unit", Its("unit")),)),),
            names="person",
            ever=(Holdings("membership", (("person", SUBJECT),)),),
        ),
        "`person` of each `role` (unit = its unit), found by a `membership` (person = the bearer), at any time",
    ),
    (Trigger("of"), "the occasion's of"),
    (ASKED_STEP, "the stage asked for"),
    (Given("campus"), "the parameter `campus`"),
    (Always(), "nothing more is asked"),
    (AllOf((Attends(), AllOf((Attends(), Attends())))), "attending and the bearer is listed as attending and"),
    (AnyOf((Attends(), AllOf((Attends(), Attends())))), "or (the bearer"),
    (Not(Attends()), "not so that the bearer is listed"),
    (Is(Its("kind"), ("a", "b", True)), "its kind is `a`, `b` or `true`"),
    (Holds("unit", (("unit", SUBJECT),), Attends()), "there is a `unit` (unit = the bearer) such that the bearer is"),
    (InTerm(("winter_vacation",)), "a declared winter vacation"),
    (HeldFor("stage", (), Span(years=1)), "for at least 1 year"),
    (HeldFor("stage", (), None, MONTH, MEETINGS, Span(days=2), 3), "2 days more for each `meeting_held`"),
    (Recent(Span(years=1, days=-15)), "within 1 year less 15 days"),
    (Recent(EITHER), "within (by the reading `how_long`: under `short`, 1 month; under `long`, 2 years) before"),
    (Since(date(2024, 3, 1)), "2024-03-01 or later"),
    (Share("in_favour", "entitled", (2, 3), or_equal=True), "its `in_favour` is at least 2/3 of its `entitled`"),
    (SomeDay(Attends()), "on some day since the stage now held was entered the bearer is listed"),
    (Undecided("opinion_given"), "`opinion_given` says so"),
    (Attends(), "listed as attending"),
    (MEETINGS, "`meeting_held` (unit = the bearer) in the period"),
    (Holdings("role", (("role", "x"),)), "`role` (role = `x`)"),
    (Count(MEETINGS, "day", Attends()), "different `day` of `meeting_held`"),
    (Count((MEETINGS, MEETINGS)), "in the period or `meeting_held`"),
    (Through("building", Holdings("unit", (("unit", Its("unit")),))), "`building` of the `unit` (unit = its unit)"),
    (Sum("hours", (MEETINGS, MEETINGS)), "`hours` summed over"),
    (MostCovered("sections", ("a", "b"), MEETINGS), "of `a`, `b` in the `sections` of one"),
    (CountAfterEarly(MEETINGS), "beyond the first there"),
    (CountFindings(("1.1",), ("breached",), "period"), "findings of `1.1` that are `breached` in the period"),
    (Compare(Count(MEETINGS), 2, 4), "at least 2 and at most 4 × `meeting_held`"),
    (Compare(Count(MEETINGS), by_reading("n", few=1, many=3)), "at least (by the reading `n`: under `few`, 1; under"),
    (at_least(portion(2, 3, of=MEETINGS), MEETINGS), "at least 2/3 of the `meeting_held`"),
    (portion(1, 4, of=MEETINGS), "1/4 of the `meeting_held`"),
    (is_in(Its("by"), "a", absent="unknown"), "its by is `a`, which has to be recorded"),
    (Events(("talk_held",), window=by_reading("w", a="ever", b="period")), "under `a`, at any time; under `b`, in the"),
    (HeldFor("stage", least=EITHER), "for at least (by the reading `how_long`"),
    (Share("part", "whole", by_reading("s", half=(1, 2), third=(1, 3))), "under `third`, 1/3) of its `whole`"),
    (InTerm(by_reading("t", a=("semester",), b=("winter_vacation",))), "under `b`, winter vacation)"),
    (LatestIs(MEETINGS, "outcome", "fail", ("fail",)), "has outcome `fail`"),
    (ByReading("who", (("one", Attends()), ("all", Always()))), "(by the reading `who`: under `one`, the bearer"),
    (rules.Bearer("person", Attends(), Holdings("link")), "once for each of their `link`"),
    (rules.PerPeriod("half_year"), "each half year"),
    (rules.Standing(), "on the day asked"),
    (rules.Occasion(MEETINGS), "on each `meeting_held` (unit = the bearer)"),
    (rules.Triggered(MEETINGS), "as of its day"),
    (rules.EndOfSemester(), "by the end of the semester"),
    (rules.WithinDays(Given("limit")), "within the parameter `limit` days after it"),
    (rules.Within(MONTH), "within 1 month after it"),
    (rules.WithinWorkingDays(5), "within 5 working days after it"),
    (rules.Ahead(Span(days=5)), "at least 5 days before it"),
    (
        rules.Ahead(EITHER),
        "at least (by the reading `how_long`: under `short`, 1 month; under `long`, 2 years) before",
    ),
    (rules.Rolling(Span(months=6)), "once in every 6 months"),
)


ROOT = Path(__file__).parents[1]


def met_by(name: str) -> RulesMet:
    """Return what is written down of what the own tests of a pack have met."""
    tests = project_of(name).tests
    assert tests is not None
    seen = seen_in(tests / MET_FILE)
    assert seen is not None
    return seen


@pytest.mark.parametrize("name", PACKS)
def test_the_page_in_the_reference_is_the_packs(name: str) -> None:
    """The page in the documents is what the pack gives now; otherwise write it again as its third line says."""
    written = (REFERENCE / f"clauses-{name}.md").read_text(encoding="utf-8")
    assert written == clause_page(load_pack(name), met=met_by(name))


@pytest.mark.skipif(not unhurried(), reason="runs the tests of both packs again: make test-all, or .ci/run")
def test_the_figures_are_what_the_packs_tests_meet() -> None:
    """The file from which a page has its figures is what the pack's own tests, run now, have met."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "partyrules.testing.plugin"]
    command += ["-k", "not Laws", "--rule-coverage-check"]
    command += [word for name in PACKS for word in (f"policies/{name}/tests", f"--rule-coverage={name}")]
    # No other plugin has a part in it, and each takes its time to load.
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, encoding="utf-8", check=False)  # noqa: S603 - our own tests
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize("name", PACKS)
def test_the_page_has_figures_for_every_rule(name: str) -> None:
    """Each rule stands with how many of its statuses were met, and what was not met is named."""
    pack = load_pack(name)
    page = " ".join(clause_page(pack, met=met_by(name)).split())
    rules = [rule for clause in covered(pack, met_by(name)) for rule in clause.rules]
    assert len(rules) == len(pack.rules)
    for rule in rules:
        bare = rule.rule.partition(":")[2]
        (told,) = [part for part in page.split(" - **")[1:] if part.split("`")[1] == bare]
        assert f"- tests meet {len(rule.met['statuses'])} of {len(rule.reachable['statuses'])} statuses" in told
        assert all(day in told for day in rule.missing["days"])


def test_a_page_tells_what_is_not_met() -> None:
    """Where nothing was met, the page says so of every status; without figures it says nothing of tests."""
    pack = load_pack("lzcu2012")
    assert percentage(covered(pack, RulesMet())) == 0
    page = " ".join(clause_page(pack, met=RulesMet()).split())
    assert "tests meet 0 of 3 statuses. Not met: `breached`, `satisfied`, `unknown`" in page
    assert "tests meet" not in clause_page(pack)


@pytest.mark.parametrize("name", PACKS)
def test_the_page_tells_of_everything_in_the_pack(name: str) -> None:
    """Each clause is a section; each rule, reading of its own, and sentence stands on the page."""
    pack, page = load_pack(name), clause_page(load_pack(name), met=met_by(name))
    sections = [line.split()[1] for line in page.splitlines() if line.startswith("## ")]
    assert sections[: len(pack.document.clauses)] == [clause.id for clause in pack.document.clauses]
    for rule in pack.rules:
        assert page.count(f"**{type(rule).__name__.lower()} `{rule.id}`**") == 1
        assert all(f".{reading.name}`: `{reading.default}` by default" in page for reading in rule.readings)
    for sentence in pack.document.sentences:
        assert page.count(f"- sentence `{sentence.number}`: {sentence.treatment}") == max(1, len(sentence.clauses))


@pytest.mark.parametrize(("node", "words"), NODES, ids=lambda value: type(value).__name__)
def test_every_node_has_words(node: object, words: str) -> None:
    """Each kind of node is told in words of its own, in English and in Chinese."""
    assert words in phrase(node).en
    assert CHINESE.search(phrase(node).zh)
    assert not ENGLISH.search(re.sub("`[^`]*`", "", phrase(node).zh))


def test_no_node_of_the_language_is_left_out() -> None:
    """Every frozen value of the expression tree, and of what a rule binds, is among those told above."""
    told = {type(node) for node, _ in NODES}
    beside = {expressions.Condition, rules.Reading, rules.Parameter, rules.Lift, rules.Stage, rules.Step}
    beside |= {rules.Duty, rules.Requirement, rules.Veto}
    nodes = {
        value
        for module in (expressions, rules, sugar, terms)
        for value in vars(module).values()
        if isinstance(value, type) and attrs.has(value) and value.__module__ == module.__name__
    }
    # A word for several is told by what it stands for.
    told |= {type(node) for each, _ in NODES for node in walk(lowered(each))}
    assert nodes - beside == {
        cls for cls in told if cls.__module__ in {each.__name__ for each in (expressions, rules, sugar, terms)}
    }


def test_the_page_is_written_by_a_command() -> None:
    """The module writes the page, figures included, as UTF-8 to standard output."""
    command = [sys.executable, "-m", "partyrules.analysis.pages", "lzcu2012"]
    ended = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - our own module
    assert ended.stdout.decode() == clause_page(load_pack("lzcu2012"), met=met_by("lzcu2012"))


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [(("lzwl2071",), 2, "lzwl2017"), ((), 2, "Usage"), (("a", "b"), 2, "Usage"), (("--help",), 0, "Usage")],
)
def test_other_words_are_refused(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, told: str
) -> None:
    """No such pack, or not one word, is told on standard error, and nothing is written."""
    assert main(words) == code
    out, err = capsys.readouterr()
    assert told in err
    assert out == ""
