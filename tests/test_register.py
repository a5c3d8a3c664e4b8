"""From when a register covers what happened: whom its opening concerns, what it leaves out, and what it does not."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

import pytest
from attrs import evolve

from partyrules.answers.verdicts import Finding
from partyrules.facts.vocabulary import Fact
from partyrules.language.kernel import SUBJECT, at_least, at_most, events, holds, is_in, trigger
from partyrules.language.rules import Bearer, Duty, Occasion, PerPeriod, Rolling, Standing, Triggered, WithinDays
from partyrules.language.sugar import Attends
from partyrules.packs.pack import adopt
from partyrules.questions.audit import audit
from partyrules.testing.institution import opened, recorded_from, role
from partyrules.time.calendar import Span
from tests.language import duty, pack_of
from tests.strategies import Question
from tests.test_columnar import assert_agreement, both
from tests.test_monitor import Trial
from tests.test_month_law import assert_duties
from tests.toy import (
    dissolved,
    filed,
    leave,
    meeting,
    member,
    no_member,
    retracted,
    training,
    unit,
)

BRANCH: Final = Bearer("unit", holds("unit", unit=SUBJECT, kind="branch"))
SCRIBE: Final = Bearer("person", holds("role", person=SUBJECT, role="scribe"))
REPORTS: Final = at_least(1, events("document_filed", author=SUBJECT))
QUARTER: Final = PerPeriod("quarter")
OF_BRANCHES: Final = duty("branches", BRANCH, QUARTER, REPORTS)
OF_SCRIBES: Final = duty("scribes", SCRIBE, QUARTER, REPORTS)
FEW: Final = duty("few", SCRIBE, QUARTER, at_most(0, events("document_filed", author=SUBJECT)), modality="normally")
ATTEND: Final = duty(
    "attend",
    Bearer("person", holds("membership", person=SUBJECT, unit=trigger("unit"))),
    Occasion(events("meeting_held", meeting="round")),
    Attends(),
)
LATE: Final = duty(
    "late",
    Bearer("named", is_in(SUBJECT, trigger("person"))),
    Triggered(events("training_completed"), WithinDays(10)),
    at_least(1, events("document_filed", author=SUBJECT, window="by_deadline")),
)
ROLLING: Final = duty(
    "rolling",
    SCRIBE,
    Rolling(Span(months=3)),
    at_least(1, events("document_filed", author=SUBJECT)),
)
NOW: Final = duty("now", SCRIBE, Standing(), at_least(1, events("document_filed", author=SUBJECT, window="ever")))
EVERY: Final = (OF_BRANCHES, OF_SCRIBES, FEW, ATTEND, LATE, ROLLING, NOW)

B: Final = unit("b", "branch")
C: Final = unit("c", "branch")
P: Final = role("p", "scribe", on="2015-01-01")
BEFORE: Final = ("not_applicable", "before_register")


def found(facts: Iterable[Fact], as_of: str, *duties: Duty, **asked: datetime) -> dict[tuple[str, str, str], Finding]:
    """Return the findings by rule, subject and first day, for which columns agree with the reference."""
    told, adoption, day = tuple(facts), adopt([pack_of(*duties)]), date.fromisoformat(as_of)
    assert_agreement(both(told, adoption, Question(as_of=day, known_at=asked.get("known_at"))))
    rows = audit(told, adoption, as_of=day, **asked).findings()
    return {
        (row.rule.partition(":")[2], row.subject, str(row.period.start) if row.period else row.occasion or ""): row
        for row in rows
    }


def quarters(facts: Iterable[Fact], as_of: str, which: Duty, subject: str, **asked: datetime) -> list[str]:
    """Return the status or, where it is not applicable, the reason of each quarter up to a day."""
    rows = [row for (_, who, _), row in sorted(found(facts, as_of, which, **asked).items()) if who == subject]
    return [str(row.reason if row.status == "not_applicable" else row.status) for row in rows]


# Units ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("openings", "expected"),
    [
        ((), ["breached", "breached", "breached"]),
        ((recorded_from("2020-04-01", "b"),), ["before_register", "breached", "breached"]),
        ((recorded_from("2020-04-02", "b"),), ["before_register", "before_register", "breached"]),
        ((recorded_from("2020-04-01"),), ["before_register", "breached", "breached"]),
        ((recorded_from("2020-07-01"), recorded_from("2020-04-01", "b")), ["before_register", "breached", "breached"]),
        ((recorded_from("2020-04-01", "c"),), ["breached", "breached", "breached"]),
        (
            (recorded_from("2020-07-01", "b"), recorded_from("2020-04-01", "b", id="earlier")),
            ["before_register", "breached", "breached"],
        ),
        ((recorded_from("2030-01-01"),), ["before_register", "before_register", "before_register"]),
    ],
)
def test_the_opening_that_bears_on_a_unit(openings: tuple[Fact, ...], expected: list[str]) -> None:
    """Its own counts, else the institution's, the earliest of several; a quarter that begins that day is covered."""
    assert quarters((B, *openings), "2020-09-30", OF_BRANCHES, "b") == expected


def test_what_was_found_before_the_register_does_not_matter() -> None:
    """A kept, an exceeded and an open period before it, and one of leave or cut short, are all before the register."""
    facts = (P, recorded_from("2020-06-01"), filed("x", "p", "2020-02-01"), leave("p", "2020-04-02"))
    assert quarters(facts, "2020-05-01", OF_SCRIBES, "p") == ["before_register", "before_register"]
    assert quarters(facts, "2020-02-02", FEW, "p") == ["before_register"]
    late = (role("p", "scribe", on="2020-02-01"), recorded_from("2020-06-01"))
    assert quarters(late, "2020-07-01", OF_SCRIBES, "p") == ["before_register", "before_register", "pending"]
    row = found(facts, "2020-04-01", OF_SCRIBES)["scribes", "p", "2020-01-01"]
    assert (row.required, row.actual, str(row.due), len(row.evidence)) == (1, 1, "2020-03-31", 1)


# People --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("memberships", "expected"),
    [
        ((), "breached"),  # in no branch, and the institution has no opening
        ((member("p", "b", "2019-01-01"),), "before_register"),
        ((member("p", "c", "2019-01-01"),), "breached"),
        ((member("p", "b", "2019-01-01"), member("p", "c", "2019-01-01")), "before_register"),  # the latest of both
        ((member("p", "b", "2020-01-02"),), "breached"),  # not yet on the first day
        ((member("p", "b", "2019-01-01"), no_member("p", "b", "2020-01-01")), "breached"),  # not any more
        ((member("p", "b", "2019-01-01"), no_member("p", "b", "2020-01-02")), "before_register"),
        ((member("p", "b", "2019-01-01"), dissolved("b", "2020-01-01")), "breached"),  # no existing branch
        ((member("p", "g", "2019-01-01"),), "breached"),  # a group is none
    ],
)
def test_the_opening_that_bears_on_a_person(memberships: tuple[Fact, ...], expected: str) -> None:
    """It is the latest over the branches of the first day of the quarter; one without an opening does not bear."""
    openings = (recorded_from("2020-02-01", "b"), recorded_from("2020-02-01", "g"))
    facts = (B, C, unit("g", "group"), P, *openings, *memberships)
    assert quarters(facts, "2020-03-31", OF_SCRIBES, "p") == [expected]


def test_who_is_in_no_branch_goes_by_the_institution() -> None:
    """The institution's opening bears on them, and on members of a branch that has none of its own."""
    whole = recorded_from("2020-02-01")
    for more in ((), (member("p", "b", "2019-01-01"),)):
        assert quarters((B, P, whole, *more), "2020-03-31", OF_SCRIBES, "p") == ["before_register"]
    own = recorded_from("2020-01-01", "b")
    assert quarters((B, P, whole, own, member("p", "b", "2019-01-01")), "2020-03-31", OF_SCRIBES, "p") == ["breached"]


def test_the_first_day_in_scope() -> None:
    """Whose scope begins within the quarter goes by the branch of that day."""
    facts = (B, recorded_from("2020-03-01", "b"), member("p", "b", "2020-02-01"))
    assert quarters((*facts, role("p", "scribe", on="2020-02-01")), "2020-03-31", OF_SCRIBES, "p") == [
        "before_register"
    ]
    assert quarters((*facts, role("p", "scribe", on="2020-01-31")), "2020-03-31", OF_SCRIBES, "p") == ["partial_period"]


def test_the_first_day_in_scope_when_nothing_was_in_force_yet() -> None:
    """Scope counts from the start of the quarter though the paper came into force within it."""
    pack = pack_of(OF_SCRIBES)
    adoption = adopt([evolve(pack, document=evolve(pack.document, in_force_from=date(2020, 2, 15)))])
    facts = (B, P, recorded_from("2020-03-01", "b"), member("p", "b", "2019-01-01"), no_member("p", "b", "2020-02-01"))
    assert_agreement(both(facts, adoption, Question(as_of=date(2020, 3, 31), known_at=None)))
    [row] = audit(facts, adoption, as_of=date(2020, 3, 31)).findings()
    assert (row.status, row.reason) == BEFORE


# Occasions, triggers, intervals, and what has no day ---------------------------------------------------------------


def test_occasions_and_triggers_lie_before_the_register_by_their_day() -> None:
    """A meeting or course the day before is, one of the first day is not; who was excused does not matter either."""
    facts = (
        B,
        P,
        member("p", "b", "2019-01-01"),
        recorded_from("2020-03-10", "b"),
        *(meeting("round", "b", day, attended=[]) for day in ("2020-03-09", "2020-03-10")),
        meeting("round", "b", "2020-03-08", attended=[], excused=["p"]),
        meeting("round", "b", "2020-03-07"),
        *(training("p", "course", day) for day in ("2020-03-09", "2020-03-10")),
    )
    seen = found(facts, "2020-06-30", ATTEND, LATE)
    told = {(rule, key[-10:]): (row.status, row.reason) for (rule, _, key), row in seen.items()}
    assert told == {
        ("attend", "2020-03-07"): BEFORE,
        ("attend", "2020-03-08"): BEFORE,
        ("attend", "2020-03-09"): BEFORE,
        ("attend", "2020-03-10"): ("breached", None),
        ("late", "2020-03-09"): BEFORE,
        ("late", "2020-03-10"): ("breached", None),
    }
    assert [str(row.due) for (rule, _, _), row in sorted(seen.items()) if rule == "late"] == [
        "2020-03-19",
        "2020-03-20",
    ]


def test_intervals_lie_before_the_register_by_their_first_day() -> None:
    """Three months that run from before the register are before it, the next are not; what stands today is as it is."""
    facts = (role("p", "scribe", on="2020-01-01"), recorded_from("2020-04-01"))
    seen = found(facts, "2020-06-30", ROLLING, NOW)
    assert {key: (row.status, row.reason) for key, row in seen.items()} == {
        ("rolling", "p", "2020-01-01"): BEFORE,
        ("rolling", "p", "2020-04-02"): ("pending", None),
        ("now", "p", ""): ("breached", None),
    }


def test_a_building_goes_by_the_institution() -> None:
    """No unit's opening bears on a building."""
    of = duty("houses", Bearer("building", holds("building", building=SUBJECT)), QUARTER, REPORTS)
    facts = (opened("h"), B, recorded_from("2020-05-01", "b"))
    assert quarters(facts, "2020-03-31", of, "h") == ["breached"]
    assert quarters((*facts, recorded_from("2020-02-01")), "2020-03-31", of, "h") == ["before_register"]


# When it is known ----------------------------------------------------------------------------------------------------


def test_an_opening_acts_from_when_it_was_recorded() -> None:
    """Its day is not compared with the day asked; before it was recorded, or once retracted, it does not act."""
    opening = recorded_from("2020-07-01", "b", recorded_at="2020-05-01T08:00:00+08:00")
    assert quarters((B, opening), "2020-03-31", OF_BRANCHES, "b") == ["before_register"]
    earlier = datetime.fromisoformat("2020-04-30T08:00:00+08:00")
    assert quarters((B, opening), "2020-03-31", OF_BRANCHES, "b", known_at=earlier) == ["breached"]
    assert quarters((B, opening, retracted(opening)), "2020-03-31", OF_BRANCHES, "b") == ["breached"]


@pytest.mark.parametrize(
    ("openings", "expected"),
    [
        (("2020-04",), ["before_register", "unknown", "breached"]),
        (("2020-04", "2020-04-15"), ["before_register", "unknown", "breached"]),
        (("2020-04", "2020-04-01"), ["before_register", "breached", "breached"]),
        (("2020-05",), ["before_register", "before_register", "breached"]),
    ],
)
def test_an_opening_known_to_the_month(openings: tuple[str, ...], expected: list[str]) -> None:
    """A quarter that begins in the month of the opening may be before it, or not; others are decided."""
    facts = (B, *(recorded_from(day, "b") for day in openings))
    assert quarters(facts, "2020-09-30", OF_BRANCHES, "b") == expected
    assert_duties((*facts, P, member("p", "b", "2020-01-01")), "2020-09-30", *EVERY)


def test_memberships_and_scopes_known_to_the_month() -> None:
    """Whichever day a branch was joined or left, or scope began, nothing is decided that some day would not decide."""
    openings = (recorded_from("2020-03-10", "b"), recorded_from("2020-02-01", "c"))
    held = (meeting("round", "b", "2020-03", attended=[]), training("p", "course", "2020-03-09"))
    for more in (
        (P, member("p", "b", "2020-01")),
        (P, member("p", "b", "2019-01-01"), no_member("p", "b", "2020-01"), member("p", "c", "2020-01")),
        (role("p", "scribe", on="2020-02"), member("p", "b", "2020-02")),
        (role("p", "scribe", on="2020-01"), member("p", "b", "2020-01-15")),
    ):
        for as_of in ("2020-03-31", "2020-01-31"):
            assert_duties((B, C, *openings, *held, *more), as_of, *EVERY)
    open_scope = (B, recorded_from("2020-03-01"), role("p", "scribe", on="2020-03"))
    assert quarters(open_scope, "2020-03-20", OF_SCRIBES, "p") == ["unknown"]


def test_a_monitor_takes_openings_in() -> None:
    """What is opened, taken back, joined or held while a monitor watches changes what a fresh audit would change."""
    duties = adopt([pack_of(*EVERY)])
    trial = Trial(duties, (B, C, P, member("p", "b", "2019-01-01")), date(2020, 6, 30))
    try:
        opening = recorded_from("2020-03-10", "b")
        trial.take((opening,))
        trial.take((meeting("round", "b", "2020-03-09", attended=["p"]), meeting("round", "b", "2020-03-11")))
        trial.take((member("p", "c", "2019-06-01"), recorded_from("2020-05-01", "c")))
        trial.take((recorded_from("2020-02-01"), training("p", "course", "2020-04-01")))
        trial.take((no_member("p", "b", "2019-12-01"), dissolved("c", "2020-04-01")))
        trial.take((retracted(opening),))
        trial.advance(date(2020, 10, 1))
    finally:
        trial.close()
