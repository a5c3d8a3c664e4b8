"""Decisions: what is extended, what is explained, how many were asked for and found, and how all of it is said."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

import pytest

from partyrules.answers.verdicts import Decision
from partyrules.facts.vocabulary import Fact
from partyrules.questions.decide import decide
from partyrules.questions.funnel import funnel
from partyrules.questions.record import record_of, replay
from partyrules.testing.institution import extended
from tests import toy
from tests.strategies import Question
from tests.test_columnar import assert_passages_agree, both
from tests.test_monitor import Trial
from tests.test_month_law import assert_law
from tests.toy import fact, judged, left, registered, retracted, stage, training

ASKED: Final = "2020-06-30"
NEWCOMER: Final = stage("p1", "newcomer", "2020-02-01")
PASSED: Final = training("p1", "entry_course", "2020-03-01", passed=True, days=2)
SHORT: Final = training("p1", "entry_course", "2020-03-01", passed=True, days=1, hours=9)
OPEN: Final = training("p1", "entry_course", "2020-03-01", passed=True, hours=9)


def decision(*facts: Fact, to: str = "fellow", on: str = ASKED) -> Decision:
    """Return a decision about p1 in which durable-rules, the columns and the law of months agree."""
    adoption, day = toy.adopted(), date.fromisoformat(on)
    assert_passages_agree(both(facts, adoption, Question(as_of=day, known_at=None)))
    assert_law(facts, adoption, on, "p1")
    return decide((*facts, registered("p1", "2019-01-01")), adoption, person="p1", to=to, on=day)


def outcome(*facts: Fact, **asked: str) -> tuple[str, str | None]:
    """Return outcome and reason of such a decision."""
    found = decision(*facts, **asked)
    return found.outcome, found.reason


# A stage that is extended --------------------------------------------------------------------------------------------


def longer(on: str, until: str, of: str = "newcomer", **more: Any) -> Fact:
    """Return that p1's stage is extended."""
    return extended("p1", of, on, until, **more)


BLOCKED: Final = ("blocked", "stage_extended")
PERMITTED: Final = ("permitted", None)


@pytest.mark.parametrize(
    ("extensions", "found"),
    [
        ((longer("2020-03-01", "2020-06-30"),), BLOCKED),  # its last day
        ((longer("2020-03-01", "2020-06-29"),), PERMITTED),
        ((longer("2020-06-30", "2020-07-01"),), BLOCKED),  # decided that day
        ((longer("2020-07-01", "2020-08-01"),), PERMITTED),  # decided after the day asked
        ((longer("2020-02-01", "2020-08-01"),), BLOCKED),  # decided on the day of entry
        ((longer("2020-01-31", "2020-08-01"),), PERMITTED),  # before it
        ((longer("2020-03-01", "2020-08-01", of="fellow"),), PERMITTED),  # of another stage
        ((longer("2020-03-01", "2020-08-01"), longer("2020-03-02", "2020-04-01")), PERMITTED),  # the latest counts
        ((longer("2020-03-02", "2020-08-01"), longer("2020-03-02", "2020-04-01", id="b")), BLOCKED),  # the longest
        ((longer("2020-03-02", "2020-04-01"), longer("2020-03-01", "2020-08-01", id="b")), PERMITTED),
    ],
)
def test_a_stage_that_is_extended(extensions: tuple[Fact, ...], found: tuple[str, str | None]) -> None:
    """No step is taken through the last day of the latest extension of the stage held, decided since entry."""
    assert outcome(NEWCOMER, PASSED, *extensions) == found
    if found == BLOCKED:
        said = decision(NEWCOMER, PASSED, *extensions)
        assert not any(
            (said.vetoes, said.unmet, said.unknown, said.met, said.not_applicable, said.advisory, said.needs)
        )


def test_what_is_named_before_an_extension() -> None:
    """That the step is out of order, and that the person is no student, are."""
    long = longer("2020-03-01", "2020-12-31")
    assert outcome(NEWCOMER, long, to="senior") == ("blocked", "stage_order")
    assert outcome(NEWCOMER, long, left("p1", "2020-06-01")) == ("blocked", "not_a_student")


def test_a_stage_entered_again_is_not_extended_by_what_came_before() -> None:
    """Entering the stage held is no entry and leaves an extension; leaving it and coming back ends it."""
    long = longer("2020-03-01", "2020-12-31")
    assert outcome(NEWCOMER, long, stage("p1", "newcomer", "2020-04-01"), PASSED) == BLOCKED
    back = (stage("p1", "fellow", "2020-04-01"), stage("p1", "newcomer", "2020-05-01"))
    done = training("p1", "entry_course", "2020-05-02", passed=True, days=2)
    assert outcome(NEWCOMER, long, *back, done) == PERMITTED


@pytest.mark.parametrize(
    ("extensions", "found", "needs"),
    [
        ((longer("2020-06", "2020-07-31"),), BLOCKED, ()),  # whichever day of June
        ((longer("2020-01", "2020-07-31"),), PERMITTED, ()),  # before entry
        ((longer("2020-02", "2020-07-31"),), BLOCKED, ()),
        ((longer("2020-06", "2020-07-31"), longer("2020-06-10", "2020-06-20")), ("undetermined", None), ("full_date",)),
        ((longer("2020-06", "2020-07-31"), longer("2020-06-10", "2020-07-01")), BLOCKED, ()),
        ((longer("2020-06", "2020-06-30"), longer("2020-06", "2020-06-29")), ("undetermined", None), ("full_date",)),
        ((longer("2020-05", "2020-06-20"), longer("2020-05-31", "2020-07-01")), BLOCKED, ()),  # later, or longer
        ((longer("2020-05", "2020-07-01"), longer("2020-05-01", "2020-06-20")), BLOCKED, ()),
        ((longer("2020-05", "2020-07-01"), longer("2020-05-31", "2020-06-20")), ("undetermined", None), ("full_date",)),
    ],
)
def test_an_extension_known_to_the_month(
    extensions: tuple[Fact, ...], found: tuple[str, str | None], needs: tuple[str, ...]
) -> None:
    """Where it may act or not, the decision is undetermined for want of its day."""
    said = decision(NEWCOMER, PASSED, *extensions)
    assert ((said.outcome, said.reason), said.needs) == (found, needs)


def test_an_entry_known_to_the_month_and_an_extension_in_it() -> None:
    """Whether an extension came before the entry or after it is open; who may not pass either way is blocked."""
    entered = stage("p1", "newcomer", "2020-02")
    assert outcome(entered, PASSED, longer("2020-02-10", "2020-12-31")) == ("undetermined", None)
    assert outcome(entered, longer("2020-02-10", "2020-12-31")) == ("blocked", None)
    before = (stage("p1", "newcomer", "2020-01-01"), stage("p1", "fellow", "2020-06"))
    assert outcome(*before, longer("2020-06-01", "2020-12-31"), on="2020-06-10") == ("blocked", "stage_order")


def test_an_extension_of_somebody_before_no_step() -> None:
    """Nobody before a step is asked about, though somebody's stage was extended."""
    last = (stage("p1", "senior", "2020-02-01"), longer("2020-03-01", "2020-12-31", of="senior"))
    assert outcome(*last, to="fellow") == ("blocked", "stage_order")
    assert funnel((fact("talk_held", "2020-01-01", person="p9", talk="any"), *last), toy.adopted(),
                  on=date.fromisoformat(ASKED)).decisions == ()  # fmt: skip


def test_an_extension_of_a_stage_that_nobody_declares() -> None:
    """It is irregular, acts on nothing, and leaves the decision open until it is corrected."""
    said = decision(NEWCOMER, PASSED, longer("2020-03-01", "2020-12-31", of="newcomr"))
    assert (said.outcome, said.needs) == ("undetermined", ("correction",))
    assert [record.reason for record in said.irregular] == ["unknown_stage"]


# What is explained ---------------------------------------------------------------------------------------------------


def explained(on: str, rule: str = "4.1-length", **more: Any) -> Fact:
    """Return that somebody said why what a rule asks of p1 is not so."""
    return judged(rule, more.pop("about", "p1"), more.pop("outcome", "explained"), on, **more)


@pytest.mark.parametrize("done", [SHORT, OPEN])
def test_an_explained_requirement_is_met(done: Fact) -> None:
    """One of modality `normally`, not met or not decided, is met by a reason recorded since entry, its evidence."""
    first, second = explained("2020-02-01"), explained("2020-06-30", period="2020-01-01")
    assert decision(NEWCOMER, done).outcome in ("blocked", "undetermined")
    for reasons in ((first,), (second,), (first, second)):
        said = decision(NEWCOMER, done, *reasons)
        [item] = [item for item in said.met if item.rule == "toy:4.1-length"]
        assert (said.outcome, item.reason, item.needs) == ("permitted", "explained", ())
        assert item.evidence == tuple(sorted(reason.id for reason in reasons))


@pytest.mark.parametrize(
    "reason",
    [
        explained("2020-01-31"),  # before entry
        explained("2020-07-01"),  # after the day asked
        explained("2020-03-01", about="p2"),
        explained("2020-03-01", outcome="met"),
        explained("2020-03-01", rule="4.1"),
    ],
)
def test_what_explains_nothing(reason: Fact) -> None:
    """A reason of another time, person, outcome or rule leaves the requirement unmet, and so does one of `must`."""
    said = decision(NEWCOMER, SHORT, reason)
    assert [item.rule for item in said.unmet] == ["toy:4.1-length"]
    assert decision(NEWCOMER, explained("2020-03-01", rule="4.1")).outcome == "blocked"


def test_what_is_met_is_not_explained() -> None:
    """Where the requirement holds, a reason that was recorded besides is neither its reason nor its evidence."""
    said = decision(NEWCOMER, PASSED, explained("2020-03-01"))
    [item] = [item for item in said.met if item.rule == "toy:4.1-length"]
    assert (item.reason, item.evidence) == (None, (PASSED.id,))


@pytest.mark.parametrize(("month", "needs"), [("2020-06", ()), ("2020-02", ()), ("2020-07", None)])
def test_an_explanation_known_to_the_month(month: str, needs: tuple[str, ...] | None) -> None:
    """It counts where each day of its month is since entry and on or before the day asked."""
    said = decision(NEWCOMER, SHORT, explained(month))
    assert said.outcome == ("permitted" if needs is not None else "blocked")
    later = decision(NEWCOMER, SHORT, explained("2020-06"), on="2020-06-29")
    [item] = later.unknown
    assert (later.outcome, item.needs, item.evidence) == ("undetermined", ("full_date",), (SHORT.id,))


# How it is said ------------------------------------------------------------------------------------------------------


def test_required_and_actual() -> None:
    """A requirement that asks for one number says it with what counts surely; one of several conditions does not."""
    said = decision(NEWCOMER, SHORT)
    numbers = {item.rule: (item.required, item.actual) for item in (*said.met, *said.unmet, *said.advisory)}
    assert numbers == {"toy:4.1": (1, 1), "toy:4.1-length": (None, None), "toy:4.2": (1, 0)}
    [absent] = decision(NEWCOMER, SHORT).not_applicable
    assert (absent.rule, absent.required, absent.actual) == ("toy:4.3", None, None)
    without = decision(NEWCOMER)
    assert {item.rule: (item.required, item.actual) for item in without.unmet}["toy:4.1"] == (1, 0)
    unsure = decision(NEWCOMER, training("p1", "entry_course", "2020-03-01", days=2))
    assert [(item.required, item.actual, item.needs) for item in unsure.unknown] == [(1, 0, ("passed",))]


def test_an_undecided_item_cites_what_surely_counts() -> None:
    """A request that waits for its answer is cited, an evaluation known to the month is not, which may not act."""
    office = (toy.unit("B1", "branch"), toy.unit("O", "guidance_department"), toy.lives("p1", "D1"))
    asked = fact("opinion_requested", "2020-03-01", person="p1", step="fellow", by="B1", of="O")
    said = decision(NEWCOMER, PASSED, *office, asked)
    assert [(item.rule, item.evidence) for item in said.unknown] == [("toy:4.3", (asked.id,))]
    teacher = fact("role_started", toy.LONG_AGO, person="t1", role="building_instructor", building="D1")
    poor = fact("dorm_evaluated", "2020-07", person="p1", by="t1", rating="poor")
    answer = fact("opinion_given", "2020-03-02", person="p1", step="fellow", by="O", verdict="support")
    late = decision(NEWCOMER, PASSED, *office, asked, answer, teacher, poor, on="2020-07-15")
    assert [(item.rule, item.evidence, item.needs) for item in late.unknown] == [("toy:4.4", (), ("full_date",))]


def test_the_order_of_keys() -> None:
    """A decision and its items have their keys in one order, `needs` whether there are any or not."""
    wire = decision(NEWCOMER, PASSED).to_wire()
    lists = ["vetoes", "unmet", "unknown", "met", "not_applicable", "advisory"]
    assert list(wire) == ["person", "to", "on", "outcome", "reason", "needs", *lists, "irregular"]
    assert wire["needs"] == []
    keys = ["rule", "clause", "required", "actual", "evidence", "needs", "reason", "readings", "message"]
    assert {tuple(item) for name in lists for item in wire[name]} == {tuple(keys)}


def test_a_record_of_an_older_format_replays() -> None:
    """What it did not say is not compared, and that is told; its lists, reasons and evidence are."""
    facts, adoption = (NEWCOMER, PASSED), toy.adopted()
    answer = decide(facts, adoption, person="p1", to="fellow", on=date.fromisoformat(ASKED))
    record = record_of(facts, adoption, answer)
    assert record["format"].endswith("/3")
    old = {**record, "format": record["format"].replace("/3", "/2"), "answer": {**record["answer"]}}
    del old["answer"]["needs"]
    old["answer"]["met"] = [{k: v for k, v in item.items() if k != "required"} for item in old["answer"]["met"]]
    again = replay(old, facts)
    assert again.same
    assert [note for note in again.notes if note.startswith("answer")]
    old["answer"]["met"] = old["answer"]["met"][1:]
    assert not replay(old, facts).same


def taken(trial: Trial, batches: Iterable[tuple[Fact, ...]]) -> None:
    """Let a monitor take the batches in, each held against a fresh look."""
    try:
        for batch in batches:
            trial.take(batch)
        trial.advance(date(2020, 7, 15))
    finally:
        trial.close()


def test_a_monitor_takes_extensions_and_explanations_in() -> None:
    """Each that is recorded or taken back changes the next step as a fresh look at everything would."""
    long, reason = longer("2020-03-01", "2020-06-30"), explained("2020-03-01")
    trial = Trial(toy.adopted(), (NEWCOMER, SHORT), date.fromisoformat(ASKED))
    misspelt = extended("p1", "newcomr", "2020-04-01", "2020-12-31")
    other = fact("judgement_made", "2020-03-01", clause="toy:4.1-length", about="p2", by="x", outcome="explained")
    taken(trial, ((long,), (reason,), (retracted(long),), (retracted(reason), other), (misspelt,)))
