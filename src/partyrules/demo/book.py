"""The book that collects the demo's facts, with ids and times of recording drawn from one seeded source."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, timezone
from random import Random
from typing import Final, TypeVar

from attrs import define, field

from partyrules.demo.tables import OPENED

T = TypeVar("T")

_ZONE: Final = timezone(timedelta(hours=8))
_LATE_SHARE: Final = 0.03


def happens(rng: Random, share: float) -> bool:
    """Return True in about that share of draws."""
    return rng.random() < share


def day_between(rng: Random, first: date, last: date) -> date:
    """Return a day from `first` to `last`, both inclusive; `first` where they are in the wrong order."""
    return first + timedelta(days=rng.randint(0, max(0, (last - first).days)))


def month_of(day: date) -> str:
    """Return the month of a day as a date of month precision, `YYYY-MM`."""
    return day.isoformat()[:7]


def first_of(on: date | str) -> date:
    """Return the day itself, or the first day of a month given as `YYYY-MM`."""
    return date.fromisoformat(f"{on}-01") if isinstance(on, str) else on


def _wire(value: object) -> object:
    """Return a value as JSON has it: dates as ISO strings, tuples as lists."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value


@define
class Book:
    """The facts recorded so far; one source of chance serves them all."""

    rng: Random
    _lines: list[dict[str, object]] = field(factory=list)
    _counts: Counter[str] = field(factory=Counter)
    _recorded: dict[str, datetime] = field(factory=dict)

    def record(
        self,
        fact: str,
        on: date | str,
        /,
        *,
        recorded: date | None = None,
        after: str | None = None,
        **keys: object,
    ) -> str:
        """Add a fact and return its id.

        `on` is a date, or a month as `YYYY-MM`. Without `recorded`, the entry follows within a week of the
        last day of the event, seldom months later, and never before the books were opened. `after` is a
        fact that was recorded earlier. Keys that are None are left out.
        """
        self._counts[fact] += 1
        fact_id = f"{fact}-{self._counts[fact]:05d}"
        until = keys.get("until")
        happened = date.fromisoformat(f"{on}-28") if isinstance(on, str) else on
        # `until` on a relation's start is a plan for its end: it is entered when it starts.
        if isinstance(until, date) and not fact.endswith("_started"):
            happened = max(happened, until)
        at = self._entry_time(happened, recorded)
        if after is not None:
            at = max(at, self._recorded[after] + timedelta(minutes=1))
        self._recorded[fact_id] = at
        line: dict[str, object] = {"fact": fact, "id": fact_id, "on": _wire(on)}
        line.update((key, _wire(value)) for key, value in keys.items() if value is not None)
        line["recorded_at"] = at.isoformat()
        self._lines.append(line)
        return fact_id

    def happens(self, share: float) -> bool:
        """Return True in about that share of draws."""
        return happens(self.rng, share)

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of the choices."""
        return self.rng.choice(choices)

    def day(self, first: date, last: date) -> date:
        """Return a day from `first` to `last`, both inclusive."""
        return day_between(self.rng, first, last)

    def turnout(
        self, expected: Sequence[str], *, share: float = 0.955
    ) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
        """Return who of the expected came and who was excused (None if nobody was)."""
        present, excused = [], []
        for person in expected:
            if self.happens(share):
                present.append(person)
            elif self.happens(0.4):
                excused.append(person)
        return tuple(present), tuple(excused) or None

    def in_order(self) -> list[dict[str, object]]:
        """Return the facts in the order of their recording."""
        # All times carry one offset, so their text sorts as they do; the sort is stable.
        return sorted(self._lines, key=lambda line: str(line["recorded_at"]))

    def _entry_time(self, happened: date, recorded: date | None) -> datetime:
        if recorded is not None:
            # What is entered on a known day opens that day, in the order in which it is given.
            return datetime.combine(recorded, time(8), tzinfo=_ZONE)
        lag = self.rng.randint(20, 110) if self.happens(_LATE_SHARE) else self.rng.randint(0, 6)
        clock = time(self.rng.randint(8, 17), self.rng.randint(1, 59))
        return datetime.combine(max(happened, OPENED) + timedelta(days=lag), clock, tzinfo=_ZONE)
