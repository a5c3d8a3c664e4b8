"""The linter of packs: its codes and their documentation, both real packs, seeded faults, and its two formats."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import pytest
from attrs import evolve
from click.testing import CliRunner

from partyrules.analysis.codes import CODES, remark
from partyrules.analysis.lint import lint
from partyrules.analysis.sarif import sarif_log
from partyrules.cli import main
from partyrules.errors import PackError
from partyrules.facts.vocabulary import MeetingHeld
from partyrules.language.kernel import (
    SUBJECT,
    AllOf,
    ByReading,
    Compare,
    Condition,
    Undecided,
    Window,
    at_least,
    at_most,
    between,
    count,
    events,
    holdings,
    holds,
    is_in,
    its,
    latest,
    portion,
    trigger,
)
from partyrules.language.rules import (
    Ahead,
    Bearer,
    Duty,
    Lift,
    Occasion,
    Per,
    PerPeriod,
    Rolling,
    Rule,
    Standing,
    Triggered,
    Veto,
    Within,
    WithinDays,
    WithinWorkingDays,
)
from partyrules.language.sugar import InTerm, Since, held_for
from partyrules.language.tree import walk
from partyrules.packs.document import Clause, Document, Sentence, Text, coverage, fingerprint
from partyrules.packs.pack import Pack, load_pack
from partyrules.packs.places import Places, SourcePlace
from partyrules.time.calendar import GRAINS, Span
from tests.sweeps import slow, some

ROOT = Path(__file__).parents[1]
CODES_PAGE = ROOT / "docs" / "reference" / "lint-codes.md"
REAL = ("lzcu2012", "lzwl2017")
real = pytest.mark.parametrize("name", REAL)
# What takes long of each shows the same.
one_real = pytest.mark.parametrize("name", some(REAL, 1))
WHY = Text(zh="虚构的理由", en="an invented reason")


def codes(pack: Pack, **given: Any) -> set[str]:
    """Return the codes of everything that is found in a pack."""
    return {one.code.id for one in lint(pack, **given)}


def faults(make: Callable[[], Pack]) -> set[str]:
    """Return the codes of everything that is found in a pack, or that it was refused when it was built."""
    try:
        return codes(make())
    except PackError:
        return {"refused"}


def replaced(pack: Pack, rule: Rule) -> Pack:
    """Return the pack with another rule in the place of the one with its id."""

    def put(rules: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(rule if one.id == rule.id else one for one in rules)

    return evolve(pack, duties=put(pack.duties), requirements=put(pack.requirements), vetoes=put(pack.vetoes))


def without(pack: Pack, rule: Rule) -> Pack:
    """Return the pack without a rule."""

    def left(rules: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(one for one in rules if one.id != rule.id)

    return evolve(pack, duties=left(pack.duties), requirements=left(pack.requirements), vetoes=left(pack.vetoes))


def rule_of(pack: Pack, name: str) -> Any:
    """Return the rule of that id."""
    return next(rule for rule in pack.rules if rule.id == name)


# The codes and their page --------------------------------------------------------------------------------------


def sections() -> Iterator[tuple[str, str]]:
    """Yield the heading of each section of the page with the Python of the section."""
    _, *parts = re.split(r"^## ", CODES_PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for part in parts:
        blocks = re.findall(r"^```python\n(.*?)^```", part, flags=re.MULTILINE | re.DOTALL)
        yield part.splitlines()[0], "\n".join(blocks)


def test_every_code_is_documented_with_its_cure() -> None:
    """The page has a section for each code, in order, under its name, with its cure."""
    documented = [heading for heading, _ in sections() if heading.startswith("PR")]
    assert documented == [f"{code.id} {code.name}" for code in CODES.values()]
    page = CODES_PAGE.read_text(encoding="utf-8")
    assert [code.id for code in CODES.values() if f"Cure: {code.cure}." not in page] == []


def test_each_example_shows_its_code_and_no_other() -> None:
    """The example of each section finds just the code of that section."""
    space: dict[str, Any] = {}
    shown: dict[str, list[str]] = {}
    for heading, block in sections():
        space.pop("found", None)
        exec(compile(block, str(CODES_PAGE), "exec"), space)  # noqa: S102 - the page is ours
        if heading.startswith("PR"):
            shown[heading.split()[0]] = space["found"]
    assert shown == {code: [code] for code in CODES}


# Both real packs -----------------------------------------------------------------------------------------------


@real
def test_a_real_pack_is_clean(name: str) -> None:
    """Nothing is found in a pack that is in use, its tests and modules included."""
    package = ROOT / "policies" / name / "src" / f"partyrules_{name}"
    found = lint(load_pack(name), tests=ROOT / "policies" / name / "tests", package=package)
    assert [str(one) for one in found] == []


# Seeded faults -------------------------------------------------------------------------------------------------


def mended(node: Any, old: Any, new: Any) -> Any:
    """Return the tree with one node in the place of another, wherever that stands."""
    if node == old:
        return new
    if isinstance(node, tuple):
        return tuple(mended(part, old, new) for part in node)
    if not attrs.has(type(node)):
        return node
    return attrs.evolve(
        node,
        **{each.name: mended(getattr(node, each.name), old, new) for each in attrs.fields(type(node))},
    )


def numbers_off_by_one(pack: Pack) -> Iterator[tuple[str, Callable[[], Pack]]]:
    """Yield what builds the pack with each bound of each comparison in turn one more and one less."""

    def seeded(rule: Rule, node: Compare, name: str, step: int) -> Pack:
        return replaced(pack, mended(rule, node, evolve(node, **{name: getattr(node, name) + step})))

    for rule in pack.rules:
        bounds = [
            (node, name)
            for node in dict.fromkeys(node for node in walk(rule) if isinstance(node, Compare))
            for name in ("least", "most")
            if isinstance(getattr(node, name), int)
        ]
        for node, name in bounds:
            for step in (1, -1):
                yield f"{rule.id} {name} {step:+}", partial(seeded, rule, node, name, step)


def with_grain(per: Any, old: str, new: str) -> Any:
    """Return how often a duty binds, with one period in the place of another."""
    if isinstance(per, ByReading):
        return ByReading(per.reading, tuple((option, with_grain(part, old, new)) for option, part in per.options))
    if isinstance(per, PerPeriod):
        return evolve(per, grain=with_grain(per.grain, old, new))
    return new if per == old else per


def periods_exchanged(pack: Pack) -> Iterator[tuple[str, Callable[[], Pack]]]:
    """Yield what builds the pack with each period of each duty, under each reading, exchanged for each other one."""

    def seeded(duty: Duty, old: str, new: str) -> Pack:
        return replaced(pack, evolve(duty, per=with_grain(duty.per, old, new)))

    for duty in pack.duties:
        for old in dict.fromkeys(part for part in walk(duty.per) if part in GRAINS):
            for new in GRAINS:
                if new != old:
                    yield f"{duty.id} {old} {new}", partial(seeded, duty, old, new)


# Why a reading takes one kind of lesson or meeting alone is told of both, and an option may rest on what is told.
TWO_KINDS = {"4.3.2 least +1", "8.1.1 least +1"}


@slow
@one_real
def test_a_number_off_by_one_is_found(name: str) -> None:
    """Each bound of a real pack is found or refused when it is one too high or low, but where a reading says so."""
    seeded = dict(numbers_off_by_one(load_pack(name)))
    assert len(seeded) > 40
    assert {fault for fault, make in some([*seeded.items()], 16) if not faults(make)} <= TWO_KINDS


# What the year of reading one_per_year in 7.2 may be, its words leave open.
ONE_YEAR_OR_VACATION = "7.2 year vacation"


@slow
@one_real
def test_a_wrong_period_is_found(name: str) -> None:
    """Each period of a real pack is found or refused when exchanged for another, but for one that a reading names."""
    seeded = dict(periods_exchanged(load_pack(name)))
    assert len(seeded) > 20
    assert {fault for fault, make in some([*seeded.items()], 24) if not faults(make)} <= {ONE_YEAR_OR_VACATION}


@slow
@one_real
def test_a_dropped_rule_is_found(name: str) -> None:
    """A real pack without any one of its rules has a sentence without a rule, or a reading without its owner."""
    pack = load_pack(name)
    found = {rule.id: faults(partial(without, pack, rule)) for rule in some(pack.rules, 12)}
    assert [rule for rule, told in found.items() if not told & {"PR003", "refused"}] == []
    assert [rule for rule, told in found.items() if "PR003" not in told] in ([], ["4.3.3.3"])


@real
def test_a_dropped_clause_is_found(name: str) -> None:
    """A real pack does not build without a clause that a rule cites."""
    pack = load_pack(name)
    for rule in pack.rules:
        left = tuple(one for one in pack.document.clauses if one.id != rule.clause)
        with pytest.raises(PackError, match=re.escape(rule.clause)):
            evolve(pack, document=evolve(pack.document, clauses=left))


LATEST = latest(events("dorm_evaluated", person=SUBJECT, window="since_entry"), "rating", "poor", adverse=("poor",))
STUDENT = holds("registration", person=SUBJECT, category="student")


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (LATEST & ~LATEST, "PR014"),
        (LATEST & evolve(LATEST, value="good"), "PR014"),
        (LATEST & ~STUDENT, "PR014"),
        (LATEST & holds("stage", person=SUBJECT, stage="full_member"), "PR014"),
        (LATEST & Undecided("opinion_given"), "PR014"),
        (LATEST & at_least(2, holdings("residence", person=SUBJECT)), "PR014"),
        (LATEST & at_least(2, LATEST.of) & at_most(1, LATEST.of), "PR014"),
        (LATEST & is_in(SUBJECT), "PR014"),
        (at_least(1, evolve(LATEST.of, match=(("person", SUBJECT), ("rating", "poor")), window="ever")), "PR019"),
        (LATEST | ~LATEST, "PR019"),
    ],
)
def test_a_veto_that_cannot_fire_or_lapse_is_found(condition: Condition, code: str) -> None:
    """The one-vote veto is found when its condition contradicts itself, misspells, or can never lapse."""
    pack = load_pack("lzcu2012")
    (veto,) = pack.vetoes
    assert code in codes(replaced(pack, evolve(veto, vetoes=condition, lifts=WHY, readings=veto.readings[:1])))


def test_words_for_a_ground_that_the_veto_lacks_are_found() -> None:
    """What would lift a veto is found where the veto does not stand on it."""
    pack = load_pack("lzcu2012")
    (veto,) = pack.vetoes
    seeded = evolve(veto, vetoes=LATEST, lifts=(Lift(STUDENT, WHY),), readings=veto.readings[:1])
    assert codes(replaced(pack, seeded)) == {"PR016"}


def test_two_contradicting_requirements_are_found() -> None:
    """A second requirement on one step that the first one excludes is found, naming both."""
    pack = load_pack("lzwl2017")
    review = rule_of(pack, "2.4.2-review")
    other = evolve(review, id="other", requires=evolve(review.requires, value="fail"))
    talk = rule_of(pack, "2.4.2-talk")
    none = evolve(talk, id="none", requires=at_most(0, talk.requires.tally))
    seeded = evolve(pack, requirements=(*pack.requirements, other, none))
    found = [one for one in lint(seeded) if one.code.id == "PR017"]
    assert [(one.where, one.what.en.split(":")[1].split()[0]) for one in found] == [
        ("lzwl2017:other", "2.4.2-review"),
        ("lzwl2017:none", "2.4.2-talk"),
    ]


def test_what_may_be_explained_contradicts_nothing() -> None:
    """A requirement that is met by a recorded reason, too, leaves a way past one that rules it out, and past a veto."""
    pack = load_pack("lzwl2017")
    talk = rule_of(pack, "2.4.2-talk")
    none = evolve(talk, id="none", requires=at_most(0, talk.requires.tally), modality="normally")
    veto = Veto(id="v", clause=talk.clause, title=WHY, steps=talk.steps, vetoes=~talk.requires, lifts=WHY)
    seeded = evolve(pack, requirements=(*pack.requirements, none), vetoes=(veto,))
    assert [one.where for one in lint(seeded) if one.code.id == "PR017"] == []
    firm = evolve(none, modality="shall")
    seeded = evolve(pack, requirements=(*pack.requirements, firm), vetoes=(veto,))
    assert {one.where for one in lint(seeded) if one.code.id == "PR017"} == {"lzwl2017:none", "lzwl2017:v"}


@pytest.mark.parametrize(("grain", "most"), [("month", 0), ("quarter", 2), ("year", 11)])
def test_two_contradicting_duties_are_found(grain: Any, most: int) -> None:
    """A duty that allows fewer in a period than another asks for in its months is found."""
    pack = load_pack("lzwl2017")
    hold = evolve(rule_of(pack, "8.2.2-hold"), readings=(), vacation_months="bind")
    allowed, too_few = (
        evolve(hold, id="few", per=PerPeriod(grain), requires=at_most(number, hold.requires.tally))
        for number in (most + 1, most)
    )
    assert "PR017" not in codes(evolve(pack, duties=(*pack.duties, allowed)))
    assert "PR017" in codes(evolve(pack, duties=(*pack.duties, too_few)))


def test_a_requirement_whose_being_met_is_vetoed_is_found() -> None:
    """A veto that holds of everybody who meets a requirement of its step is found."""
    pack = load_pack("lzcu2012")
    (asked,), (veto,) = pack.requirements, pack.vetoes
    poor = evolve(asked, steps=("full_member",), when=STUDENT, requires=LATEST, readings=(), otherwise=None)
    vetoed = evolve(veto, steps=("full_member",), vetoes=LATEST | Undecided("opinion_given"), lifts=WHY, readings=())
    assert "PR017" in codes(evolve(pack, requirements=(poor,), vetoes=(vetoed,)))


# Single checks on a small pack ----------------------------------------------------------------------------------


CLUBS = Bearer("unit", holds("unit", unit=SUBJECT, kind="branch"))
PEOPLE = Bearer("person", STUDENT)
MEETINGS = events("meeting_held", meeting="branch_assembly", unit=SUBJECT)
DEADLINE = events("meeting_held", meeting="branch_assembly", unit=SUBJECT, window="by_deadline")
BY_TRIGGER = at_least(1, evolve(MEETINGS, window="by_trigger"))
OLD = held_for("unit", unit=SUBJECT, least=Span(years=1))
TALK = at_least(1, events("talk_held", person=SUBJECT))
TRAINED = events("training_completed", course="activist_course")
CALLED = Bearer("unit", is_in(SUBJECT, trigger("unit")))
SINCE_MARCH = at_least(1, evolve(MEETINGS, where=Since(date(2024, 3, 1))))


def club(
    per: Per | None = None,
    requires: Condition | None = None,
    *,
    bearer: Bearer = CLUBS,
    zh: str = "每月开会",
    en: str = "a meeting each month",
    until: date | None = None,
    **more: Any,
) -> Pack:
    """Return an invented pack of one duty, by default one meeting a month."""
    duty = Duty(
        id="1",
        clause="1",
        title=Text(zh="开会", en="meet"),
        counted=Text(zh="次会", en="meetings"),
        bearer=bearer,
        per=per or PerPeriod("month"),
        requires=at_least(1, MEETINGS) if requires is None else requires,
    )
    return Pack(
        document=Document(
            id="club",
            title=Text(zh="社团章程", en="Rules of the club"),
            number="社〔2024〕1号",
            institution=Text(zh="社团", en="The club"),
            in_force_from=date(2024, 1, 1),
            in_force_until=until,
            clauses=(Clause(id="1", citation="第一条", summary=Text(zh=zh, en=en)),),
            sentences=(Sentence("S1", fingerprint("甲"), "encoded", clauses=("1",), rules=("1",)),),
        ),
        version="1",
        duties=(duty,),
        **more,
    )


def test_a_sound_pack_is_clean() -> None:
    """Nothing is found in one plain duty."""
    assert codes(club()) == set()


@pytest.mark.parametrize(
    ("pack", "code"),
    [
        # Scope, period and count that can never be.
        (club(bearer=Bearer("unit", AllOf((CLUBS.scope, holds("unit", unit=SUBJECT, kind="group"))))), "PR014"),
        (club(bearer=Bearer("unit", CLUBS.scope & ~holds("unit", unit=SUBJECT))), "PR014"),
        (club(requires=TALK, bearer=Bearer("person", holds("stage", person=SUBJECT, stage="none"))), "PR014"),
        (club(requires=at_least(1, events("meeting_held", unit=SUBJECT, meeting=()))), "PR014"),
        (club(requires=at_least(1, events("activity_held", activity="a", where=is_in(its("activity"), "b")))), "PR014"),
        (club(requires=Compare(count(MEETINGS), 2, 1)), "PR014"),
        (
            club(
                PerPeriod("semester"),
                at_least(1, evolve(MEETINGS, where=InTerm(("winter_vacation",)))),
                zh="每学期开会",
                en="a meeting each semester",
            ),
            "PR014",
        ),
        (
            club(Standing(), bearer=PEOPLE, requires=holds("registration", person=SUBJECT, category="staff")),
            "PR014",
        ),
        (club(requires=OLD & held_for("unit", unit=SUBJECT, most=Span(months=2))), "PR014"),
        # Rules that cannot fail.
        (club(Standing(), bearer=PEOPLE, requires=STUDENT), "PR015"),
        (club(requires=at_least(1, MEETINGS) | ~at_least(1, MEETINGS)), "PR015"),
        (club(Standing(), requires=at_most(1, holdings("unit", unit=SUBJECT))), "PR015"),
        # Kinds.
        (club(bearer=Bearer("unit", holds("unit", unit=SUBJECT, kind="brnch"))), "PR011"),
        (club(requires=TALK, bearer=Bearer("person", holds("role", person=SUBJECT, role="backbone_membr"))), "PR011"),
        # Periods and deadlines.
        (club(until=date(2024, 1, 30)), "PR018"),
        (club(Triggered(TRAINED, Within(Span(months=2))), at_least(1, DEADLINE)), "PR008"),
        (
            club(Triggered(TRAINED, WithinWorkingDays(10)), at_least(1, DEADLINE), zh="十天内", en="within 10 days"),
            "PR008",
        ),
        (
            club(
                Triggered(TRAINED, WithinDays(10)),
                at_least(1, DEADLINE),
                zh="10个工作日内",
                en="within 10 working days",
            ),
            "PR008",
        ),
        (
            club(
                Triggered(TRAINED, WithinWorkingDays(5)),
                at_least(1, DEADLINE),
                zh="十个工作日内",
                en="within ten working days",
            ),
            "PR007",
        ),
        # Days since which something counts.
        (club(requires=SINCE_MARCH, zh="每月开会，自2024年4月1日起", en="monthly, from 2024-04-01"), "PR008"),
        (club(requires=SINCE_MARCH, zh="每月开会，2024年3月5日起", en="monthly, from 5 March 2024"), "PR007"),
        (club(zh="自2024年3月1日起每月开会", en="a meeting each month from March 1, 2024"), "PR007"),
        # Occasions that nobody could be bound by.
        # Numbers.
        (club(zh="每月开会一至二次", en="one or two meetings each month", requires=between(1, 3, MEETINGS)), "PR006"),
        (club(zh="每月开会一至二次", en="one or two meetings each month", requires=at_least(1, MEETINGS)), "PR007"),
        (club(zh="每月开会三次", en="three meetings each month", requires=at_least(1, MEETINGS)), "PR007"),
    ],
)
def test_a_fault_of_one_duty_is_found(pack: Pack, code: str) -> None:
    """Each of these faults, seeded into one duty, is found under its code."""
    assert code in codes(pack)


@pytest.mark.parametrize(
    "pack",
    [
        club(Rolling(Span(months=6)), zh="每半年开会", en="a meeting each half-year"),
        club(Rolling(Span(days=15)), zh="每半个月开会", en="a meeting every half a month"),
        club(Triggered(TRAINED, Within(Span(months=1))), at_least(1, DEADLINE), zh="一个月内开会", en="within a month"),
        club(Triggered(TRAINED, WithinDays(14)), at_least(1, DEADLINE), zh="两周内", en="within two weeks"),
        club(
            Triggered(TRAINED, WithinWorkingDays(10)),
            at_least(1, DEADLINE),
            zh="10 个工作日内",
            en="in 10 working days",
        ),
        club(Triggered(TRAINED, WithinWorkingDays(10)), at_least(1, DEADLINE), zh="十个工作日", en="ten working days"),
        club(requires=SINCE_MARCH, zh="每月开会，自2024年3月1日起", en="a meeting each month, from 1 March 2024"),
        club(requires=SINCE_MARCH, zh="每月开会，自2024年3月起", en="a meeting each month from March 2024 on"),
        club(zh="每月按2020年大纲开会", en="a meeting each month under the syllabus of 2020"),
        club(Occasion(events("meeting_held", meeting="branch_assembly")), BY_TRIGGER, bearer=CALLED),
        club(requires=at_most(4, MEETINGS), zh="每月至多四次", en="at most four times a month"),
        club(requires=between(2, 4, MEETINGS), zh="每月二至四次", en="two to four times a month"),
        club(requires=at_least(1, events("meeting_held", meeting="chess_night", unit=SUBJECT))),
        club(
            requires=at_least(1, events("meeting_held", meeting="branch_asembly", unit=SUBJECT)),
            kinds={"meeting": ("branch_asembly",)},
        ),
        club(Standing(), requires=at_least(1, evolve(MEETINGS, window="ever"))),
        club(bearer=Bearer("unit", CLUBS.scope & ~holds("unit", unit=SUBJECT, kind="group"))),
        club(until=date(2024, 2, 1)),
    ],
)
def test_what_is_right_is_let_be(pack: Pack) -> None:
    """Nothing is found where a rule says what its clause gives."""
    assert codes(pack) == set()


def test_a_pack_may_declare_fact_types_of_its_own() -> None:
    """The fields of a pack's own fact type are known, and a name that is none of them is found."""
    played = evolve(MEETINGS, types=("match_played",), match=(("unit", SUBJECT),))

    @attrs.frozen(kw_only=True)
    class MatchPlayed(MeetingHeld):
        """A match was played."""

        wire = "match_played"

    own = club(requires=at_least(1, played), fact_types=(MatchPlayed,))
    assert codes(own) == set()
    wrong = evolve(played, match=(("club", SUBJECT),))
    with pytest.raises(PackError, match="`match_played`: field 'club' is not known"):
        club(requires=at_least(1, wrong), fact_types=(MatchPlayed,))


def test_contradictions_on_different_steps_are_let_be() -> None:
    """Two requirements that exclude each other are let be where no step asks for both."""
    pack = load_pack("lzwl2017")
    review = rule_of(pack, "2.4.2-review")
    other = evolve(review, id="other", steps=("activist",), requires=evolve(review.requires, value="fail"))
    assert "PR017" not in codes(evolve(pack, requirements=(*pack.requirements, other)))


# Sentences to be treated -----------------------------------------------------------------------------------------


def test_a_sentence_to_be_treated_is_accounted_for_nowhere() -> None:
    """A `todo` sentence needs neither reason nor rule, is counted apart, and leaves coverage incomplete."""
    pack = club()
    (settled,) = pack.document.sentences
    more = Clause(id="2", citation="第二条", summary=Text(zh="待议", en="to be seen"))
    document = evolve(
        pack.document,
        clauses=(*pack.document.clauses, more),
        sentences=(settled, Sentence("S2", fingerprint("乙"), "todo", clauses=("2",))),
    )
    covered = coverage(document, {"1": "1"})
    assert (covered.todo, covered.unaccounted, covered.complete) == (("S2",), ("2",), False)
    assert "todo" not in covered.treatments


def test_a_sentence_to_be_treated_has_no_rules() -> None:
    """A `todo` sentence that names rules is refused."""
    (clause,) = club().document.clauses
    sentence = Sentence("S1", fingerprint("甲"), "todo", clauses=("1",), rules=("1",))
    with pytest.raises(PackError, match="sentence S1: `rules` names 1; only an encoded sentence has rules"):
        evolve(club().document, clauses=(clause,), sentences=(sentence,))


# The command ---------------------------------------------------------------------------------------------------


def checked(*words: str) -> tuple[int, str, str]:
    """Return exit code, output and diagnostics of `partyrules check`."""
    ended = CliRunner().invoke(main, ["--lang", "en", "check", *words])
    assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
    return ended.exit_code, ended.stdout, ended.stderr


@pytest.fixture
def torn(tmp_path: Path) -> Path:
    """Return the folder of a copy of a real pack in which one number is wrong."""
    folder = tmp_path / "lzcu2012"
    shutil.copytree(ROOT / "policies" / "lzcu2012", folder, ignore=shutil.ignore_patterns("*.egg-info", "__pycache__"))
    file = folder / "src" / "partyrules_lzcu2012" / "duties.py"
    right = "requires=between(\n            1,\n            2,"
    written = file.read_text(encoding="utf-8")
    assert right in written
    file.write_text(written.replace(right, right.replace("2,", "3,")), encoding="utf-8")
    return folder


@real
def test_the_command_finds_an_installed_pack_clean(name: str) -> None:
    """`check ID` of a sound pack ends with 0 and counts its rules."""
    code, out, _ = checked(name)
    assert (code, out) == (0, f"{name}: {len(load_pack(name).rules)} rules, 0 errors, 0 warnings\n")


def test_the_command_names_file_line_rule_field_and_cure(torn: Path) -> None:
    """`check PATH` ends with 1 and names where the fault stands, in the file as it is."""
    code, out, _ = checked(str(torn))
    first = out.splitlines()[0]
    assert code == 1
    assert " error PR006 lzcu2012:5.2.2, field `requires`: 1 to 3 is not the range" in first
    assert first.endswith(f"; {CODES['PR006'].cure}")
    file, line = first.split(":")[:2]
    written = Path(file).read_text(encoding="utf-8").splitlines()
    assert 'id="5.2.2"' in "".join(written[int(line) - 1 : int(line) + 1])


@slow
def test_warnings_fail_in_strict_runs_alone(tmp_path: Path) -> None:
    """A pack with warnings alone ends with 0, and with 1 where `--strict` is given."""
    folder = tmp_path / "sound"
    shutil.copytree(ROOT / "policies" / "lzcu2012", folder, ignore=shutil.ignore_patterns("*.egg-info", "tests"))
    (folder / "tests").mkdir()
    code, out, _ = checked(str(folder))
    assert (code, out.count("warning PR021 ")) == (0, 1)
    assert checked(str(folder), "--strict")[0] == 1


@slow
def test_many_rules_without_a_test_are_told_in_one_line(tmp_path: Path) -> None:
    """More than five rules without a test are told in one line that counts them; five have one each, SARIF all."""
    folder = tmp_path / "sound"
    shutil.copytree(ROOT / "policies" / "lzcu2012", folder, ignore=shutil.ignore_patterns("*.egg-info", "tests"))
    (folder / "tests").mkdir()
    rules = [rule.id for rule in load_pack("lzcu2012").rules]
    lines = checked(str(folder))[1].splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"warning PR021 no test names these {len(rules)} rules: lzcu2012:{rules[0]}, ")
    assert f"and {len(rules) - 5} more; {CODES['PR021'].cure}" in lines[0]
    results = json.loads(checked(str(folder), "--format", "sarif")[1])["runs"][0]["results"]
    assert len(results) == len(rules)
    (folder / "tests" / "test_most.py").write_text(repr(rules[5:]), encoding="utf-8")
    told = [line for line in checked(str(folder))[1].splitlines() if "PR021" in line]
    assert [line.split("PR021 ")[1].split(":")[1] for line in told] == rules[:5]


LOOP = """
DUTIES = tuple(
    Duty(id=name, clause="1", requires=at_least(number, events("talk_held")))
    for name, number in (
        ("loop.first", 1),
        ("loop.second", 2),
    )
)
MORE = [duty_of(f"each.{kind}", kind) for kind in KINDS]
LEDGER = Sentence("S1", "0", "encoded", rules=("only.cited",))
PLAIN = Duty(id="plain", clause="1")
"""


@pytest.mark.parametrize(
    ("rule", "line"), [("loop.second", 6), ("each.meeting", 9), ("plain", 11), ("only.cited", None), ("other", None)]
)
def test_a_rule_that_a_loop_makes_has_its_line(tmp_path: Path, rule: str, line: int | None) -> None:
    """A rule is placed where its id stands, or the pattern of its id, and never where a sentence cites it."""
    (tmp_path / "duties.py").write_text(LOOP, encoding="utf-8")
    place = Places(tmp_path).of(f"club:{rule}")
    assert (place and place.line) == line


def test_an_alternative_that_waits_is_no_dead_one() -> None:
    """What waits for an answer under a condition of its own is an open alternative; a contradiction is a dead one."""
    met = at_least(1, MEETINGS)
    waits = met | (at_least(2, MEETINGS) & Undecided("judgement_made"))
    assert "PR014" not in codes(club(requires=waits, zh="每月开会两次", en="two meetings each month"))
    dead = met | (at_least(2, MEETINGS) & at_most(1, MEETINGS) & Undecided("judgement_made"))
    assert "PR014" in codes(club(requires=dead, zh="每月开会两次", en="two meetings each month"))


@pytest.mark.parametrize(
    ("per", "found"), [(PerPeriod("month"), False), (Rolling(Span(months=1)), False), (Standing(), True)]
)
def test_normally_without_a_period_is_told_of(per: Per, found: bool) -> None:  # noqa: FBT001 - a case
    """`normally` has an effect where a judgement can name the period, and is told of elsewhere."""
    window: Window = "ever" if isinstance(per, Standing) else "period"
    asked = at_least(1, evolve(MEETINGS, window=window))
    pack = replaced(club(), evolve(club().duties[0], per=per, requires=asked, modality="normally"))
    assert ("PR026" in codes(pack)) == found


def test_numbers_that_a_field_is_compared_with_are_used() -> None:
    """A range of which a rule names every number is used by it, and one with a gap is not."""
    for numbers, told in (((6, 7, 8, 9), False), ((6, 7, 9), True)):
        asked = club(Triggered(TRAINED), is_in(trigger("days"), *numbers), zh="6至9天", en="6 to 9 days")
        assert ("PR007" in codes(asked)) == told


def test_a_part_that_the_clause_does_not_give_is_found() -> None:
    """The numbers of a portion must stand in the clause, and whether it leaves room for anything is decided."""
    two_thirds = at_least(portion(2, 3, of=events("meeting_held", unit=SUBJECT)), MEETINGS)
    assert codes(club(requires=two_thirds, zh="每月三分之二的会", en="two thirds of the meetings of a month")) == set()
    assert "PR006" in codes(club(requires=two_thirds, zh="每月一半的会", en="half of the meetings of a month"))
    more_than_all = two_thirds & at_least(3, events("meeting_held", unit=SUBJECT)) & at_most(1, MEETINGS)
    assert "PR014" in codes(club(requires=more_than_all, zh="每月三分之二", en="two thirds each month"))


def test_a_window_after_a_trigger_needs_a_deadline_after_it() -> None:
    """The window after a trigger is refused where nothing can lie between trigger and deadline."""
    after = at_least(1, evolve(MEETINGS, window="after_trigger"))
    assert club(Triggered(TRAINED, Within(Span(months=1))), after, zh="一个月内", en="in a month").duties
    for per in (Triggered(TRAINED), Triggered(TRAINED, Ahead(Span(months=1)))):
        with pytest.raises(PackError, match="window `after_trigger` has no meaning here; allowed: by_deadline"):
            club(per, after, zh="一个月内", en="in a month")


def test_sarif_has_the_shape_that_its_standard_asks_for(torn: Path) -> None:
    """The log has a version, one run, every code as a rule, and results that point at rules and lines."""
    code, out, _ = checked(str(torn), "--format", "sarif")
    log = json.loads(out)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert (code, log["version"]) == (1, "2.1.0")
    assert log["$schema"].endswith("sarif-2.1.0.json")
    assert [rule["id"] for rule in rules] == [*CODES]
    assert all(rule["shortDescription"]["text"] and rule["help"]["text"] for rule in rules)
    assert run["results"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning")
        assert result["message"]["text"]
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"]
        assert location["physicalLocation"]["region"]["startLine"] > 0


def test_sarif_names_files_relative_to_where_it_runs(tmp_path: Path) -> None:
    """A file below the base is named relative to it, one elsewhere by its address."""
    inside, outside = tmp_path / "base" / "a.py", tmp_path / "b.py"
    found = [remark("PR001", "sentence S1", None, "open", place=SourcePlace(file, 3)) for file in (inside, outside)]
    log = sarif_log(found, version="0", base=tmp_path / "base")
    uris = [
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in log["runs"][0]["results"]
    ]
    assert uris == ["a.py", outside.resolve().as_uri()]


@slow
def test_a_pack_in_a_folder_leaves_the_installed_one_be(torn: Path) -> None:
    """After a copy of it was checked, an installed pack is still the one that is installed."""
    assert checked(str(torn))[0] == 1
    assert codes(load_pack("lzcu2012")) == set()


def test_facts_are_looked_through_for_slips(tmp_path: Path) -> None:
    """A kind in the facts that is nearly one that the pack reads is named, as a warning."""
    facts = tmp_path / "facts.jsonl"
    meeting = {"fact": "meeting_held", "id": "m1", "on": "2018-03-05", "meeting": "organisational_lif", "unit": "g1"}
    facts.write_text(json.dumps(meeting), encoding="utf-8")
    code, out, _ = checked("lzcu2012", "--facts", str(facts))
    assert code == 0
    assert "warning PR024 pack lzcu2012: no adopted pack reads meeting_held `organisational_lif`" in out


def test_a_source_that_is_another_document_has_drifted(tmp_path: Path) -> None:
    """With the text of another document, sentences of the source and of the ledger are named."""
    other = tmp_path / "other.txt"
    other.write_text("第一条 这是另一份文件。\n", encoding="utf-8")
    code, out, _ = checked("lzcu2012", "--source", str(other))
    assert code == 1
    assert f"{other}:1: error PR002 sentence " in out
    assert ", field `fingerprint`: the source has it no more; " in out


@pytest.mark.parametrize(
    ("project", "message"),
    [
        (None, "pyproject.toml: cannot be read"),
        ("", "found 0 packs; allowed: one line"),
        ("[project", "it is not TOML"),
        (
            '[project.entry-points."partyrules.packs"]\nbad = "nowhere_at_all:pack"',
            "cannot be loaded: ModuleNotFoundError",
        ),
        ('[project.entry-points."partyrules.packs"]\nbad = "json:loads"', "must name a Pack with this id"),
    ],
)
def test_a_folder_without_a_pack_is_refused_in_one_line(tmp_path: Path, project: str | None, message: str) -> None:
    """A folder from which no pack can be read ends with 2 and one line that says why."""
    if project is not None:
        (tmp_path / "pyproject.toml").write_text(project, encoding="utf-8")
    code, out, err = checked(str(tmp_path))
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert message in err


def test_a_pack_of_no_such_name_is_refused() -> None:
    """A name that is neither installed nor a folder ends with 2 and the nearest pack."""
    code, _, err = checked("lzcu2021")
    assert code == 2
    assert "did you mean `lzcu2012`?" in err
