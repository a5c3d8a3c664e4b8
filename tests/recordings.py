"""Facts to record, all of which any ledger accepts, and the clocks by which they are: what tests of a ledger share."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from hypothesis import strategies as st

from partyrules.facts.codec import fact_from_wire, to_wire
from partyrules.facts.vocabulary import Fact, FactRetracted, MeetingHeld, PersonRegistered, TrainingCompleted
from partyrules.ledger.base import Clock
from partyrules.time.calendar import CivilDate, period_of

NOW: Final = datetime(2019, 1, 1, 8, 0, tzinfo=UTC)
"""When facts are recorded that do not say so themselves."""
KEPT: Final = datetime(2021, 1, 1, tzinfo=UTC)
"""What the ledger's own clock shows, later than any fact here claims to be recorded."""
FIRST: Final = datetime(2017, 1, 1, tzinfo=UTC)
"""Before anything here was recorded that says when."""


def showing(instant: datetime) -> Clock:
    """Return a clock that shows this instant."""
    return lambda: instant


clock: Final = showing(KEPT)
"""The ledger's own clock."""


def synthetic(wire: str, **keys: object) -> Fact:
    """Return the fact with that wire name and those keys, written as in a file."""
    return fact_from_wire({"fact": wire, **keys})


def changed(fact: Fact, **keys: object) -> Fact:
    """Return a fact with some keys changed, written as in a file; None takes a key away."""
    wire = {key: str(value) if isinstance(value, datetime) else value for key, value in keys.items()}
    return fact_from_wire({key: value for key, value in (to_wire(fact) | wire).items() if value is not None})


def meetings(number: int, *, start: int = 0) -> list[Fact]:
    """Return synthetic meetings with ids `m<start>` and on, all of which any ledger accepts."""
    return [
        synthetic(
            "meeting_held",
            id=f"m{n}",
            on=f"2018-{n % 12 + 1:02}-{n % 28 + 1:02}",
            meeting="branch_assembly",
            unit=f"B{n % 7}",
            attended=[f"p{n % 11}", f"p{n % 13}"],
            recorded_at=str(FIRST + timedelta(minutes=n)),
        )
        for n in range(start, start + number)
    ]


@st.composite
def _civil_dates(draw: st.DrawFn) -> CivilDate:
    day = draw(st.dates(date(2016, 1, 1), date(2019, 12, 31)))
    if draw(st.booleans()):
        return CivilDate(day, day)
    month = period_of("month", day)
    return CivilDate(month.start, month.end)


WIRES: Final = ("meeting_held", "training_completed", "person_registered", "fact_retracted", "talk_held")
_PEOPLE = st.sampled_from(["p1", "p2", "学生三"])
INSTANTS = st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))
_COMMON = {
    "on": _civil_dates(),
    "recorded_at": st.none() | INSTANTS,
    "note": st.none() | st.text(st.characters(codec="utf-8"), max_size=8),
}
_FACTS: Final[st.SearchStrategy[Fact]] = st.one_of(
    st.builds(
        MeetingHeld,
        meeting=st.sampled_from(["branch_assembly", "支部委员会"]),
        unit=st.just("B1"),
        attended=st.none() | st.lists(_PEOPLE, max_size=3).map(tuple),
        **_COMMON,
    ),
    st.builds(
        TrainingCompleted,
        person=_PEOPLE,
        course=st.just("activist_course"),
        hours=st.none() | st.integers(0, 99) | st.decimals(0, 99, places=2).map(Decimal),
        passed=st.none() | st.booleans(),
        **_COMMON,
    ),
    st.builds(PersonRegistered, person=_PEOPLE, category=st.sampled_from(["student", "staff"]), **_COMMON),
    st.builds(FactRetracted, target=st.sampled_from(["f0", "f1", "f9"]), reason=st.just("in error"), **_COMMON),
)


@st.composite
def fact_lists(draw: st.DrawFn, *, min_size: int = 0, max_size: int = 8) -> list[Fact]:
    """Draw facts with ids of their own, all of which any ledger accepts together."""
    drawn = draw(st.lists(_FACTS, min_size=min_size, max_size=max_size))
    named = [changed(fact, id=f"f{n}") for n, fact in enumerate(drawn)]
    # A retraction of a later retraction could close a circle; one of what is not a retraction cannot.
    retractions = {fact.id for fact in named if isinstance(fact, FactRetracted)}
    return [fact for fact in named if not isinstance(fact, FactRetracted) or fact.target not in retractions]
