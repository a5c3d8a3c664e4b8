"""The fact classes: what they hold, what they refuse, and the vocabulary of their names."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

import attrs
import pytest
from attrs import frozen

from partyrules.errors import PackError
from partyrules.facts.vocabulary import (
    CORE_VOCABULARY,
    ActivityHeld,
    Fact,
    MeetingHeld,
    TermDeclared,
    TrainingCompleted,
    UnitEstablished,
)
from partyrules.time.calendar import parse_civil_date

MARCH = parse_civil_date("2018-03")
DAY = parse_civil_date("2018-03-15")
WIRE_NAMES = [
    "unit_established",
    "unit_dissolved",
    "building_opened",
    "building_closed",
    "person_registered",
    "person_left",
    "stage_entered",
    "stage_extended",
    "membership_started",
    "membership_ended",
    "cultivation_started",
    "cultivation_ended",
    "role_started",
    "role_ended",
    "residence_started",
    "residence_ended",
    "leave_started",
    "leave_ended",
    "meeting_held",
    "activity_held",
    "document_filed",
    "training_completed",
    "certificate_issued",
    "result_registered",
    "dorm_evaluated",
    "opinion_requested",
    "opinion_given",
    "recommendation_made",
    "review_completed",
    "talk_held",
    "link_started",
    "link_ended",
    "nameplate_posted",
    "nameplate_removed",
    "facility_opened",
    "facility_closed",
    "commendation_made",
    "judgement_made",
    "term_declared",
    "register_closed",
    "register_opened",
    "fact_retracted",
]


def test_vocabulary() -> None:
    """The core vocabulary has these wire names and no others; they never change."""
    assert sorted(CORE_VOCABULARY.types) == sorted(WIRE_NAMES)
    for wire, cls in CORE_VOCABULARY.types.items():
        assert cls.wire == wire
        assert CORE_VOCABULARY.types[wire] is cls


@pytest.mark.parametrize("cls", CORE_VOCABULARY.types.values(), ids=lambda cls: cls.wire)
def test_facts_are_frozen_values(cls: type[Fact]) -> None:
    """Every fact class is a frozen value with a docstring and the keys that all facts have."""
    assert attrs.has(cls)
    assert cls.__doc__
    names = [one.name for one in attrs.fields(cls)]
    assert names[:6] == ["id", "on", "until", "recorded_at", "recorded_by", "note"]


def test_fact_cannot_change() -> None:
    """A fact cannot be changed once made; equal facts are equal values."""
    one = MeetingHeld(id="m1", on=DAY, meeting="gathering", unit="B1")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        one.unit = "B2"  # type: ignore[misc]  # the point of the test
    assert one == MeetingHeld(id="m1", on=DAY, meeting="gathering", unit="B1")
    assert hash(one) == hash(MeetingHeld(id="m1", on=DAY, meeting="gathering", unit="B1"))


def test_generated_ids() -> None:
    """A fact made by an application without an id gets one of its own."""
    one, other = (MeetingHeld(on=DAY, meeting="gathering", unit="B1") for _ in range(2))
    assert one.id != other.id
    assert 1 <= len(one.id) <= 200


@pytest.mark.parametrize(("until", "taken"), [("2018-03-15", True), ("2018-03-14", False), ("2018-04-01", True)])
def test_until(until: str, taken: bool) -> None:  # noqa: FBT001 - a column of the table
    """The last day of a spanning fact is its first or later."""
    if taken:
        assert UnitEstablished(on=DAY, unit="B1", kind="branch", until=date.fromisoformat(until)).until
    else:
        with pytest.raises(ValueError, match="before `on` 2018-03-15"):
            UnitEstablished(on=DAY, unit="B1", kind="branch", until=date.fromisoformat(until))


def test_until_with_a_month() -> None:
    """Where only the month of the start is known, the last day may lie in that month and not before it."""
    assert MeetingHeld(on=MARCH, meeting="gathering", unit="B1", until=date(2018, 3, 1)).until
    with pytest.raises(ValueError, match="before `on` 2018-03"):
        MeetingHeld(on=MARCH, meeting="gathering", unit="B1", until=date(2018, 2, 28))


def test_terms_need_full_dates() -> None:
    """A term is refused without its last day and with a month for its first."""
    with pytest.raises(ValueError, match="`until`: missing"):
        TermDeclared(on=DAY, term="t", kind="semester")
    with pytest.raises(ValueError, match="full date"):
        TermDeclared(on=MARCH, until=date(2018, 7, 1), term="t", kind="semester")


@pytest.mark.parametrize("number", [-1, Decimal("-0.5")])
def test_numbers_are_not_negative(number: int | Decimal) -> None:
    """Hours and days below nought are refused; nought is taken."""
    with pytest.raises(ValueError, match="at least 0"):
        TrainingCompleted(on=DAY, person="p1", course="c", hours=number)
    with pytest.raises(ValueError, match="at least 0"):
        TrainingCompleted(on=DAY, person="p1", course="c", days=number)
    with pytest.raises(ValueError, match="at least 0"):
        ActivityHeld(on=DAY, activity="talk", unit="B1", hours=number)
    assert TrainingCompleted(on=DAY, person="p1", course="c", hours=0, days=Decimal(0)).hours == 0


def test_absent_is_not_empty() -> None:
    """Attendance that was not recorded is told from nobody having come."""
    unknown = MeetingHeld(id="m", on=DAY, meeting="gathering", unit="B1")
    nobody = MeetingHeld(id="m", on=DAY, meeting="gathering", unit="B1", attended=())
    assert unknown.attended is None
    assert nobody.attended == ()
    assert unknown != nobody


@frozen(kw_only=True)
class ToyEvent(Fact):
    """An invented event."""

    wire: ClassVar[str] = "toy_event"

    what: str


def test_pack_types_join_the_vocabulary() -> None:
    """A pack's own type joins the vocabulary and leaves the core's as it is."""
    wider = CORE_VOCABULARY.with_types([ToyEvent])
    assert wider.types["toy_event"] is ToyEvent
    assert "toy_event" not in CORE_VOCABULARY.types
    assert wider.with_types([ToyEvent]).types == wider.types


def test_taken_wire_name() -> None:
    """A type whose wire name is taken, or that has none, is refused by name."""

    @frozen(kw_only=True)
    class Impostor(Fact):
        """An invented event under a name that is taken."""

        wire: ClassVar[str] = "meeting_held"

    class Nameless(Fact):
        """An invented event without a name."""

    with pytest.raises(PackError, match="`Impostor`: the wire name `meeting_held` is taken"):
        CORE_VOCABULARY.with_types([Impostor])
    with pytest.raises(PackError, match="`Nameless`: no wire name"):
        CORE_VOCABULARY.with_types([Nameless])
