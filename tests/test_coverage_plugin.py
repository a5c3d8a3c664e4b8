"""Rule coverage: what counts as reachable, what tests have met, and the pytest option that reports it."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from attrs import evolve

from partyrules.analysis.scaffold import new_pack
from partyrules.answers.observers import observing, unobserved
from partyrules.errors import QueryError
from partyrules.language.kernel import SUBJECT, events, holds
from partyrules.language.rules import Duty, Occasion, PerPeriod, Rule
from partyrules.packs.pack import Pack, adopt, load_pack
from partyrules.questions.audit import audit
from partyrules.testing.coverage import (
    MET_FILE,
    RulesMet,
    coverage_report,
    covered,
    met_text,
    percentage,
    reachable_statuses,
    seen_in,
)
from partyrules.testing.laws import pack_laws
from tests import toy
from tests.sweeps import slow

PERIOD = {"satisfied", "pending", "breached", "not_applicable", "unknown"}


def rule(name: str, pack: str = "lzwl2017") -> Rule:
    """Return a rule of an installed pack."""
    return next(each for each in load_pack(pack).rules if each.id == name)


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("8.1.3", PERIOD),
        ("8.2.4", {*PERIOD, "excused"}),
        ("1.2.4", {"satisfied", "breached", "unknown"}),
        ("8.4.3", {"satisfied", "advisory", "unknown"}),
        ("8.2.1-attend", {"satisfied", "breached", "excused", "unknown"}),
        ("4.4.2", {"satisfied", "breached", "unknown"}),
        ("4.5", {"satisfied", "pending", "breached", "unknown"}),
        ("4.4.1", {"met", "unmet", "unknown"}),
        ("7.1", {"met", "unmet", "unknown", "advisory"}),
    ],
)
def test_reachable_statuses(name: str, statuses: set[str]) -> None:
    """Which statuses a rule can have follows from its kind, its modality and what it asks for."""
    assert set(reachable_statuses(rule(name))) == statuses


def test_reachable_statuses_of_steps() -> None:
    """A requirement that need not apply can be not applicable; a veto can also be clear."""
    assert set(reachable_statuses(rule("4.3.3.2", "lzcu2012"))) == {"met", "unmet", "unknown", "not_applicable"}
    assert reachable_statuses(rule("4.3.3.3", "lzcu2012")) == ("clear", "unknown", "vetoes")


def test_occasion_that_lists_nobody_as_excused() -> None:
    """A duty on an occasion whose facts have no list of the excused cannot be excused."""
    attend = rule("8.2.1-attend")
    assert isinstance(attend, Duty)
    talks = evolve(attend, per=Occasion(events("talk_held")))
    assert set(reachable_statuses(talks)) == {"satisfied", "breached", "unknown"}


def met(facts: tuple[object, ...], *days: str) -> RulesMet:
    """Return what audits of the toy pack on these days have met."""
    seen = RulesMet()
    for day in days:
        held = toy.audited(facts, day)  # type: ignore[arg-type]  # facts of the toy
        for finding in held.findings():
            seen.finding(finding, held.history)
    return seen


def a_period_duty() -> Duty:
    """Return a monthly duty of a branch in the toy pack, or its like."""
    return next(
        duty
        for duty in toy.pack.duties
        if isinstance(duty.per, PerPeriod)
        and duty.per.grain == "month"
        and holds("unit", unit=SUBJECT, kind="branch") == duty.bearer.scope
    )


def test_boundary_days_of_a_period() -> None:
    """The day asked is told from the first, the last, and the days beside the last day of a period."""
    name = f"toy:{a_period_duty().id}"
    facts = (toy.unit("B1", "branch"),)
    assert met(facts, "2020-03-01").of(name, "days") >= {"asked on the first day"}
    assert met(facts, "2020-03-30").of(name, "days") == {"asked the day before the last"}
    assert met(facts, "2020-03-31").of(name, "days") == {"asked on the last day"}
    assert "asked the day after the last" in met(facts, "2020-04-01").of(name, "days")
    assert met(facts, "2020-03-17").of(name, "days") == set()


def test_what_is_missing_goes_away_once_met() -> None:
    """A status is missing until some finding has it, and coverage is the part that is not missing."""
    pack = toy.pack
    nothing = covered(pack, RulesMet())
    assert percentage(nothing) == 0
    seen = met((toy.unit("B1", "branch"),), "2020-03-31")
    name = f"toy:{a_period_duty().id}"
    one = next(each for clause in covered(pack, seen) for each in clause.rules if each.rule == name)
    assert "breached" not in one.missing["statuses"]
    assert "satisfied" in one.missing["statuses"]
    assert 0 < percentage(covered(pack, seen)) < 100


def shuffled(pack: Pack) -> Pack:
    """Return the pack with its rules the other way round."""
    return evolve(
        pack,
        duties=pack.duties[::-1],
        requirements=pack.requirements[::-1],
        vetoes=pack.vetoes[::-1],
    )


def test_report_is_the_same_whatever_the_order() -> None:
    """Neither the order of the rules nor that of the tests changes a line of the report."""
    facts = (toy.unit("B1", "branch"),)
    days = ("2020-03-31", "2020-06-30", "2020-04-01")
    one = list(coverage_report(toy.pack, covered(toy.pack, met(facts, *days))))
    other = list(coverage_report(toy.pack, covered(shuffled(toy.pack), met(facts, *days[::-1]))))
    assert one == other
    assert one[-1].startswith("toy: ")


def test_joining_processes() -> None:
    """What two processes met, joined, is what one process would have met."""
    facts = (toy.unit("B1", "branch"),)
    joined = RulesMet()
    for day in ("2020-03-31", "2020-04-01"):
        joined.join(met(facts, day).to_wire())
    assert joined.to_wire() == met(facts, "2020-03-31", "2020-04-01").to_wire()


def test_observers_hear_audits_unless_unobserved() -> None:
    """An observer is told of findings and decisions, and of none inside `unobserved`."""
    seen, pack = RulesMet(), load_pack("lzcu2012")
    office = toy.fact("unit_established", "2010-01-01", unit="U", kind="guidance_department")
    person = toy.stage("p1", "applicant", "2012-01-01")
    with unobserved():
        observing(seen.observer)
        audit([office], adopt([pack]), as_of=date(2013, 6, 30)).findings()
        assert seen.of("lzcu2012:4.4.2", "statuses") == {"breached"}
        with unobserved():
            audit(
                [office, toy.fact("facility_opened", "2010-01-01", unit="U", facility="volunteer_team")],
                adopt([pack]),
                as_of=date(2013, 6, 30),
            ).findings()
        toy.decision([person], "p1", "newcomer", "2020-06-30")
    assert seen.of("lzcu2012:4.4.2", "statuses") == {"breached"}


# The option of pytest ---------------------------------------------------------------------------------------

SAMPLE = '''
"""Asks one question of one pack."""
from datetime import date

import partyrules
from partyrules.time.calendar import parse_civil_date
from partyrules.facts.vocabulary import FacilityOpened, UnitEstablished


def asked(*facts):
    return partyrules.audit(facts, partyrules.adopt(["lzcu2012"]), as_of=date(2013, 6, 30)).findings()


OFFICE = UnitEstablished(id="u", on=parse_civil_date("2010-01-01"), unit="U", kind="guidance_department")
HOME = FacilityOpened(id="h", on=parse_civil_date("2010-01-01"), unit="U", facility="members_home")


def test_nothing():
    assert any(found.status == "breached" for found in asked(OFFICE))


def test_home():
    assert any(found.status == "satisfied" for found in asked(OFFICE, HOME))
'''


def run(folder: Path, *words: str, plugins: str = "1", src: str = "") -> subprocess.CompletedProcess[str]:
    """Return how pytest ends in a folder, with our plugin and no other unless `plugins` says so."""
    named = ["-p", "partyrules.testing.plugin"] if plugins else []
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": plugins}
    return subprocess.run(  # noqa: S603 - our own interpreter on a file of this test
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *named, *words],
        cwd=folder,
        env={**env, "PYTHONPATH": os.pathsep.join(filter(None, [src, env.get("PYTHONPATH")]))},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """Return a folder with the sample."""
    (tmp_path / "test_sample.py").write_text(SAMPLE, encoding="utf-8")
    return tmp_path


def test_report_of_a_run(sample: Path) -> None:
    """A run with the option, which pytest finds, ends with the coverage of each rule, and passes without a least."""
    ended = run(sample, "--rule-coverage=lzcu2012", plugins="")
    assert ended.returncode == 0, ended.stdout
    assert "lzcu2012:5.3.1: 2/3 statuses, 1/2 readings\n    missing statuses: unknown" in ended.stdout
    assert "lzcu2012:4.4.2: 1/3 statuses\n    missing statuses: satisfied, unknown" in ended.stdout


def test_run_below_the_least(sample: Path) -> None:
    """A run that meets less than asked for fails and says so."""
    ended = run(sample, "--rule-coverage=lzcu2012", "--rule-coverage-fail-under=90")
    assert ended.returncode == 1, ended.stdout
    assert "lzcu2012:5.3.1: 2/3 statuses" in ended.stdout
    assert "rule coverage below 90.0 %: lzcu2012" in ended.stdout


def test_laws_meet_nothing() -> None:
    """What the laws of a pack draw or build expects no answer of a rule, so none of it counts as met."""
    seen = RulesMet()
    with unobserved():
        observing(seen.observer)
        laws = pack_laws(evolve(load_pack("lzcu2012"), version="0"), examples=2)()
        laws.test_satisfiability("5.3.1")
        laws.test_determinism()
    assert seen.to_wire() == {}


def test_pack_that_is_not_installed(sample: Path) -> None:
    """A pack that does not exist is refused with the nearest name, and no trace of the program."""
    ended = run(sample, "--rule-coverage=lzcu2021")
    assert ended.returncode == 4
    assert "did you mean `lzcu2012`?" in ended.stderr
    assert "Traceback" not in ended.stderr


# A pack in a folder, and what its own tests met -------------------------------------------------------------

TEXT = "第一条 社团每月应当开会两次。\n第二条 发展新成员之前应当谈话。\n"
BESIDES = """
from hypothesis import given, strategies as st


@given(st.just(None))
def test_drawn(_):
    facts = [UnitEstablished(on=parse_civil_date("2024-01"), unit="B1", kind="branch")]
    audit(facts, adopt([pack]), as_of=date(2024, 3, 10)).findings()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a new pack that is not installed, one of whose tests draws its cases."""
    target, _ = new_pack("chess", TEXT, directory=tmp_path)
    tests = target / "tests" / "test_chess.py"
    tests.write_text(tests.read_text(encoding="utf-8") + BESIDES, encoding="utf-8")
    return target


def measured(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Return how pytest ends on the tests of a pack that is found in its folder alone."""
    return run(folder, *words, f"--rule-coverage={folder}", src="src")


def test_a_pack_in_a_folder_is_measured(folder: Path) -> None:
    """The path of a pack that is not installed stands for it."""
    ended = measured(folder, "tests")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "chess:example.2: 2/3 statuses\n    missing statuses: unknown" in ended.stdout


@slow
def test_what_own_tests_met_is_written_and_checked(folder: Path) -> None:
    """What is written is what the pack's own tests met, on two processes as on one; then the check passes."""
    ended = measured(folder, "tests", "--rule-coverage-check")
    assert ended.returncode == 1, ended.stdout
    assert "is not what the tests of chess met" in ended.stdout
    assert measured(folder, "tests", "--rule-coverage-write").returncode == 0
    seen = seen_in(folder / "tests" / MET_FILE)
    assert seen is not None
    # The test that draws its cases meets `pending` and `unknown`: they are reported, and no part of the file.
    assert seen.of("chess:example.1", "statuses") == {"breached", "satisfied"}
    ended = measured(folder, "tests", "--rule-coverage-check", "-p", "xdist", "-n", "2")
    assert ended.returncode == 0, ended.stdout
    assert "chess:example.1: 4/5 statuses" in ended.stdout


def test_tests_that_were_changed_make_the_file_stale(folder: Path, tmp_path: Path) -> None:
    """A test of the pack that meets more makes the check fail; a test that stands elsewhere does not."""
    assert measured(folder, "tests", "--rule-coverage-write").returncode == 0
    own = folder / "tests" / "test_chess.py"
    more = own.read_text(encoding="utf-8").replace("@given(st.just(None))\ndef test_drawn(_)", "def test_more()")
    (tmp_path / "test_elsewhere.py").write_text(more, encoding="utf-8")
    ended = measured(folder, "tests", str(tmp_path / "test_elsewhere.py"), "--rule-coverage-check")
    assert ended.returncode == 0, ended.stdout
    own.write_text(more, encoding="utf-8")
    assert measured(folder, "tests", "--rule-coverage-check").returncode == 1


def test_a_failing_run_writes_nothing(folder: Path) -> None:
    """Where a test fails, nothing is written, for what it would have met is not known."""
    (folder / "tests" / "test_failing.py").write_text("def test_failing():\n    assert False\n", encoding="utf-8")
    assert measured(folder, "tests", "--rule-coverage-write").returncode == 1
    assert not (folder / "tests" / MET_FILE).exists()


def test_a_pack_without_tests_has_no_file(folder: Path) -> None:
    """A pack whose tests are not at hand is refused in one line where they are to be written of."""
    (folder / "tests").rename(folder / "other")
    ended = measured(folder, "other", "--rule-coverage-write")
    assert ended.returncode == 4
    assert "the tests of `chess` are not at hand" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_file_that_says_something_else_is_refused(tmp_path: Path) -> None:
    """A file that is not what the plugin writes is refused with its name, and a missing one is none."""
    file = tmp_path / MET_FILE
    assert seen_in(file) is None
    file.write_text('{"chess:1": ["breached"]}', encoding="utf-8")
    with pytest.raises(QueryError, match="it does not say what tests have met"):
        seen_in(file)


def test_what_is_written_is_read_again() -> None:
    """The text of what was met gives, read again, the same coverage."""
    seen = met((toy.unit("B1", "branch"),), "2020-03-31", "2020-04-01")
    again = RulesMet()
    again.join(json.loads(met_text(toy.pack, seen)))
    assert covered(toy.pack, again) == covered(toy.pack, seen)
