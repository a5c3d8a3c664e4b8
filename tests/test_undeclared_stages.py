"""Records of a stage or step that no adopted pack declares: they count for nothing, and nothing passes over them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Final

import pytest
from attrs import evolve
from hypothesis import given, settings

import partyrules_lzcu2012
import partyrules_lzwl2017
from partyrules.answers.verdicts import Decision
from partyrules.evaluate.inference import DURABLE, REFERENCE, engine_report
from partyrules.facts.vocabulary import Fact
from partyrules.language.standing import UNDECLARED
from partyrules.ledger.sqlite import open_ledger
from partyrules.packs.pack import adopt
from partyrules.questions.audit import audit
from partyrules.questions.decide import decide
from partyrules.questions.funnel import funnel
from partyrules.questions.record import record_of, replay
from partyrules.watch.monitor import Monitor
from tests import toy
from tests.strategies import REAL, chances, institution, question
from tests.sweeps import examples

BOTH: Final = adopt([partyrules_lzwl2017.pack, partyrules_lzcu2012.pack])
ON: Final = date(2018, 6, 30)
RECORDED: Final = datetime(2018, 7, 1, 8, 0, tzinfo=UTC)
ACTIVIST: Final = toy.stage("p1", "activist", "2018-01-01")
COURSE: Final = toy.training("p1", "activist_course", "2018-03-01", passed=True)
TALK: Final = toy.fact("talk_held", "2018-03-02", person="p1", talk="any")
OFFICE: Final = toy.unit("g", "guidance_department", "2016-01-01")


def opposed(step: str, **more: str) -> Fact:
    """Return the office's opposition to a step of p1."""
    said = {"id": "o1", "person": "p1", "step": step, "by": "g", "verdict": "oppose"}
    return toy.fact("opinion_given", "2018-05-01", **said | more)


OPPOSED: Final = opposed("development_target")
MISSPELT: Final = opposed("development-target")
ENGINES: Final = (
    REFERENCE,
    pytest.param(DURABLE, marks=pytest.mark.skipif(engine_report().engine != DURABLE, reason=engine_report().reason)),
)


def decided(*facts: Fact, on: date = ON, to: str = "development_target", engine: str = REFERENCE) -> Decision:
    """Return the decision on p1."""
    return decide(facts, BOTH, person="p1", to=to, on=on, engine=engine)


def reasons(facts: Iterable[Fact], on: date = ON) -> dict[str, str]:
    """Return why each irregular record counts for nothing."""
    return {record.id: record.reason for record in audit(facts, BOTH, as_of=on).irregular()}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_misspelt_step_loses_no_veto(engine: str) -> None:
    """An opposing opinion on a step that there is not leaves the decision open until it is corrected."""
    found = decided(ACTIVIST, COURSE, TALK, OFFICE, MISSPELT, engine=engine)
    assert (found.outcome, found.reason, found.needs) == ("undetermined", None, ("correction",))
    assert [(record.id, record.reason) for record in found.irregular] == [("o1", "unknown_step")]
    assert decided(ACTIVIST, COURSE, TALK, OFFICE, OPPOSED, engine=engine).outcome == "vetoed"
    assert decided(ACTIVIST, COURSE, TALK, OFFICE, engine=engine).outcome == "permitted"


def test_a_misspelt_stage_frees_nobody() -> None:
    """Whoever enters a stage that there is not stays in the one held, with its duties, whoever judges it."""
    held, entered = toy.stage("p1", "probationary_member", "2017-12-20"), toy.stage("p1", "full_menber", "2018-02-20")
    branch = toy.unit("b", "branch", "2016-01-01")
    others = (*toy.TERMS, toy.term("2018-spring", "semester", "2018-03-01", "2018-07-06"), branch, held)
    asked = date(2018, 7, 6)
    with_it, without = (audit(facts, BOTH, as_of=asked) for facts in ((*others, entered), others))
    assert with_it.findings() == without.findings()
    assert with_it.findings(subject="p1") == without.findings(subject="p1")
    assert any(finding.status == "breached" for finding in with_it.findings(subject="p1"))
    assert [(record.fact, record.reason) for record in with_it.irregular()] == [("stage_entered", "unknown_stage")]
    assert decided(*others, entered, on=asked, to="full_member").needs == ("correction",)


@pytest.mark.parametrize(
    ("on", "outcome"),
    [
        ("2017-12-31", "permitted"),
        ("2018-01-01", "undetermined"),
        ("2018-01", "undetermined"),
        ("2017-12", "permitted"),
        ("2018-06-30", "undetermined"),
        ("2018-06", "undetermined"),
        ("2018-07-01", "permitted"),
    ],
)
def test_it_bears_on_decisions_since_entry_up_to_the_day_asked(on: str, outcome: str) -> None:
    """A misspelt step of before the stage held, or of after the day asked, leaves nothing open; a month may."""
    found = decided(
        ACTIVIST, COURSE, TALK, OFFICE, evolve(MISSPELT, on=toy.fact("talk_held", on, person="x", talk="y").on)
    )
    assert found.outcome == outcome
    assert bool(found.irregular) == (on < "2018-07")


def test_where_no_stage_is_held_it_bears_whenever_it_was() -> None:
    """Somebody of whom nothing but a misspelt stage is recorded enters no first stage before that is corrected."""
    found = decided(toy.stage("p1", "aplicant", "2016-03-01"), to="applicant")
    assert (found.outcome, found.needs) == ("undetermined", ("correction",))


def test_what_bars_the_step_anyway_still_does() -> None:
    """A veto and an unmet requirement stand; a step out of order is not judged, so that nothing is needed."""
    assert decided(ACTIVIST, COURSE, TALK, OFFICE, evolve(MISSPELT, id="o2"), OPPOSED).outcome == "vetoed"
    blocked = decided(ACTIVIST, OFFICE, MISSPELT)
    assert (blocked.outcome, blocked.needs) == ("blocked", ("correction",))
    disordered = decided(ACTIVIST, COURSE, TALK, OFFICE, MISSPELT, to="full_member")
    assert (disordered.outcome, disordered.reason, disordered.needs) == ("blocked", "stage_order", ())
    assert len(disordered.irregular) == 1


def test_every_type_that_names_a_step_is_looked_at() -> None:
    """`none` is a stage and no step; the step is named before the office."""
    asked = toy.fact("opinion_requested", "2018-02-01", id="a", person="p1", step="none", by="b", of="g")
    recommended = toy.fact("recommendation_made", "2018-02-01", id="b", person="p1", step="targt", by="b")
    elsewhere = opposed("development-target", id="c", by="nowhere")
    nobody = opposed("development_target", id="d", by="nowhere")
    ended = toy.stage("p2", "none", "2018-02-01")
    assert reasons([ACTIVIST, OFFICE, asked, recommended, elsewhere, nobody, ended]) == {
        "a": "unknown_step",
        "b": "unknown_step",
        "c": "unknown_step",
        "d": "no_such_office",
    }


def test_where_no_pack_declares_a_stage_none_is_misspelt() -> None:
    """Packs without a pipeline know no stages, so that no record of one is irregular."""
    duties = evolve(partyrules_lzcu2012.pack, stages=(), requirements=(), vetoes=())
    assert audit([ACTIVIST, OFFICE, MISSPELT], adopt([duties]), as_of=ON).irregular() == ()


def test_a_correction_settles_it_wherever_it_is_asked(tmp_path: Path) -> None:
    """The funnel, the monitor and a record of the decision say undetermined, and permitted once it is retracted."""
    with open_ledger(tmp_path / "ledger.db", vocabulary=BOTH.vocabulary) as ledger:
        ledger.append([ACTIVIST, COURSE, TALK, OFFICE], recorded_at=RECORDED)
        monitor = Monitor(ledger, BOTH, as_of=ON)

        def outcomes() -> tuple[str, str, str]:
            monitor.refresh()
            [counted] = [
                outcome for step in funnel(ledger, BOTH, on=ON).steps for outcome, many in step.outcomes.items() if many
            ]
            [passage] = monitor.decisions()
            return counted, passage.outcome, decide(ledger, BOTH, person="p1", to="development_target", on=ON).outcome

        assert set(outcomes()) == {"permitted"}
        ledger.append([MISSPELT], recorded_at=RECORDED)
        assert set(outcomes()) == {"undetermined"}
        found = decide(ledger, BOTH, person="p1", to="development_target", on=ON)
        record = record_of(ledger, BOTH, found)
        assert "o1" in [cited["fact"]["id"] for cited in record["evidence"]]
        assert replay(record, ledger).same_answer
        ledger.append([toy.retracted("o1", "2018-06-01")], recorded_at=RECORDED)
        assert set(outcomes()) == {"permitted"}


@settings(max_examples=examples(40))
@given(chance=chances())
def test_an_audit_without_them_is_the_same(chance: Random) -> None:
    """On any institution, no finding changes when the misspelt records of people named elsewhere are left out."""
    facts = institution(chance, REAL, size=10 + chance.randrange(50), months=12 * chance.randrange(2))
    asked = question(chance)
    said = audit(facts, BOTH, as_of=asked.as_of, known_at=asked.known_at)
    left_out = {one.id for one in said.irregular() if one.reason in UNDECLARED}
    kept = [fact for fact in facts if fact.id not in left_out]
    # Whom a record names is somebody all the same.
    naming = toy.fact("meeting_held", "2019-01-01", meeting="other", unit="x", attended=REAL.people)
    with_them, without = (
        audit([*some, naming], BOTH, as_of=asked.as_of, known_at=asked.known_at).findings() for some in (facts, kept)
    )
    assert with_them == without
