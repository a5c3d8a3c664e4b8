"""Civil dates, calendar periods and declared terms: all of the date arithmetic, and the only use of pendulum."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache, total_ordering
from itertools import zip_longest
from typing import ClassVar, Final, Literal, get_args

from attrs import field, frozen

from partyrules.errors.arguments import Built

PeriodGrain = Literal["month", "quarter", "half_year", "year", "semester", "vacation", "academic_year"]
# `interval` is no grain of the calendar: it runs from one completion to when the next is due.
Grain = PeriodGrain | Literal["interval"]
GRAINS: Final[tuple[PeriodGrain, ...]] = get_args(PeriodGrain)
TERM_GRAINS: Final[tuple[PeriodGrain, ...]] = ("semester", "vacation", "academic_year")
CALENDAR_GRAINS: Final[tuple[PeriodGrain, ...]] = tuple(grain for grain in GRAINS if grain not in TERM_GRAINS)
TermKind = Literal["semester", "winter_vacation", "summer_vacation"]
TERM_KINDS: Final[tuple[TermKind, ...]] = get_args(TermKind)
VACATION_KINDS: Final[tuple[TermKind, ...]] = TERM_KINDS[1:]

_MONTHS: Final[dict[str, int]] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


@total_ordering
class CivilDate:
    """A civil date as it was recorded: one day, or a month whose day nobody wrote down.

    `first` and `last` bound the days it may be, both inclusive; they are equal for a full date.
    """

    # A plain class: the decoder would take an attrs class for a JSON object instead of asking how to read it.
    __slots__ = ("first", "last")
    first: Final[date]
    last: Final[date]

    def __init__(self, first: date, last: date) -> None:
        self.first = first
        self.last = last

    @property
    def exact(self) -> bool:
        """Tell whether the day itself is known."""
        return self.first == self.last

    def days(self) -> tuple[date, ...]:
        """Return every day it may be, in order."""
        if self.first == self.last:
            return (self.first,)
        return tuple(self.first + _DAY * n for n in range((self.last - self.first).days + 1))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CivilDate) and (self.first, self.last) == (other.first, other.last)

    def __lt__(self, other: "CivilDate") -> bool:
        return (self.first, self.last) < (other.first, other.last)

    def __hash__(self) -> int:
        return hash((self.first, self.last))

    def __str__(self) -> str:
        return self.first.isoformat() if self.exact else self.first.isoformat()[:7]

    def __repr__(self) -> str:
        return f"CivilDate({self})"


@frozen
class Span(Built):
    """A length of calendar time: so many years and months, then days; any of them may be negative."""

    by_name: ClassVar[bool] = True
    years: int = 0
    months: int = 0
    days: int = 0

    def __neg__(self) -> "Span":
        """Return the same length the other way."""
        return Span(years=-self.years, months=-self.months, days=-self.days)

    @property
    def leads_back(self) -> bool:
        """Whether it surely ends before it begins."""
        return 31 * (12 * self.years + self.months) + self.days < 0

    @classmethod
    def instead_of(cls, value: object) -> str:
        """Return the span of which only the number was given."""
        return f"did you mean Span(days={value})?" if type(value) is int else ""


@frozen(order=True, cache_hash=True)
class Period:
    """A stretch of days of one grain, `start` and `end` both inclusive."""

    start: date
    end: date
    grain: Grain

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def to_wire(self) -> dict[str, str]:
        """Return the period as a JSON object."""
        return {"grain": self.grain, "start": str(self.start), "end": str(self.end)}


@frozen(order=True)
class Term:
    """A declared term (学期 or 假期): `first` and `last` day inclusive, and the academic year that it names."""

    first: date
    last: date
    kind: str
    id: str
    academic_year: str | None = None

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def parse_date(text: str) -> date:
    """Return the day that `YYYY-MM-DD` names; raise ValueError for anything else, impossible days included."""
    if len(text) != len("YYYY-MM-DD") or text[4] != "-" or text[7] != "-":
        raise ValueError(f"{text!r} is not a date; a date is YYYY-MM-DD, e.g. 2018-03-15")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a day of the calendar; a date is YYYY-MM-DD, e.g. 2018-03-15") from None


@lru_cache(maxsize=16384)
def parse_civil_date(text: str) -> CivilDate:
    """Return the civil date that `YYYY-MM-DD` or `YYYY-MM` names; raise ValueError for anything else."""
    if len(text) != len("YYYY-MM"):
        day = parse_date(text)
        return CivilDate(day, day)
    try:
        first = parse_date(f"{text}-01")
    except ValueError:
        raise ValueError(f"{text!r} is not a month of the calendar; a month is YYYY-MM, e.g. 2018-03") from None
    return CivilDate(first, period_of("month", first).end)


@lru_cache(maxsize=16384)
def add_months(day: date, months: int) -> date:
    """Return the same day of the month `months` later, or that month's last day where it has no such day.

    Beyond the calendar's first or last day, that day is returned.
    """
    # Most of the time it takes to import this package would be pendulum's, and many a use of it needs no month added.
    import pendulum  # noqa: PLC0415 - see above

    try:
        moved = pendulum.date(day.year, day.month, day.day).add(months=months)
    except (OverflowError, ValueError):
        return date.max if months > 0 else date.min
    return date(moved.year, moved.month, moved.day)


def add_days(day: date, days: int) -> date:
    """Return the day `days` later; beyond the calendar's first or last day, that day."""
    try:
        return day + _DAY * days
    except OverflowError:
        return date.max if days > 0 else date.min


def add_span(day: date, span: Span) -> date:
    """Return the day a span later: years and months first, by the calendar, then days."""
    return add_days(add_months(day, 12 * span.years + span.months), span.days)


@lru_cache(maxsize=16384)
def last_within(day: date, span: Span) -> date:
    """Return the last day of which, counted back by the calendar, `day` is no longer ago than a span.

    It can lie behind the day a span later: from 29 February a year back is 28 February.
    """
    last, back = add_span(day, span), Span(years=-span.years, months=-span.months, days=-span.days)
    while add_span(last, back) > day:
        last -= _DAY
    while last < date.max and add_span(last + _DAY, back) <= day:
        last += _DAY
    return last


def add_working_days(day: date, days: int, holidays: Mapping[date, bool]) -> date | None:
    """Return the `days`-th working day after `day`, or None where the table of holidays does not reach so far.

    Saturdays and Sundays are free. `holidays` says of single days that they are free (True), or worked although
    they fall on a weekend (False); it is taken to be complete from its first to its last day.
    """
    while days > 0:
        day += _DAY
        if not holidays or not min(holidays) <= day <= max(holidays):
            return None
        days -= not holidays.get(day, day.weekday() >= _SATURDAY)
    return day


@lru_cache(maxsize=4096)
def _calendar_period(grain: Grain, year: int, month: int) -> Period:
    length = _MONTHS[grain]
    start = date(year, (month - 1) // length * length + 1, 1)
    # date.max is the last day of a period that has no successor.
    end = date.max if (start.year, start.month + length) == (9999, 13) else add_months(start, length) - _DAY
    return Period(start, end, grain)


def period_of(grain: Grain, day: date) -> Period:
    """Return the calendar month, quarter, half-year or year that holds `day`."""
    return _calendar_period(grain, day.year, day.month)


def day_in(time_zone: str, instant: datetime) -> date:
    """Return the civil date of an instant in a zone of the time zone database, e.g. Asia/Shanghai."""
    import pendulum  # noqa: PLC0415 - see `add_months`

    there = pendulum.instance(instant).in_timezone(time_zone)
    return date(there.year, there.month, there.day)


def time_in(time_zone: str, instant: datetime) -> str:
    """Return an instant as a clock in a zone shows it, to the minute, with the offset: 2018-03-15 09:00 +08:00."""
    import pendulum  # noqa: PLC0415 - see `add_months`

    return str(pendulum.instance(instant).in_timezone(time_zone).format("YYYY-MM-DD HH:mm Z"))


def previous_period(period: Period) -> Period:
    """Return the calendar period just before `period`."""
    return period_of(period.grain, add_days(period.start, -1))


def _sorted_terms(terms: Iterable[Term]) -> tuple[Term, ...]:
    return tuple(sorted(terms))


@frozen
class TermCalendar:
    """The declared terms of one institution, in order; nothing between or beyond them is guessed."""

    terms: tuple[Term, ...] = field(converter=_sorted_terms, factory=tuple)

    @property
    def span(self) -> tuple[date, date] | None:
        """The first day of the first declared term and the last day of the last, or None where none is declared."""
        return (self.terms[0].first, max(term.last for term in self.terms)) if self.terms else None

    def covers(self, day: date) -> bool:
        """Tell whether `day` lies in the span of the declared terms, so that its term, or having none, is known."""
        return self.span is not None and self.span[0] <= day <= self.span[1]

    def covers_all(self, period: Period) -> bool:
        """Tell whether each day of the period lies in the span of the declared terms."""
        return self.covers(period.start) and self.covers(period.end)

    def in_vacation(self, period: Period) -> Literal["wholly", "mostly"] | None:
        """Tell whether one declared vacation holds the period wholly, or declared vacations more than half its days."""
        vacations = [term for term in self.terms if term.kind in VACATION_KINDS]
        if any(period.start in term and period.end in term for term in vacations):
            return "wholly"
        shared = [(min(term.last, period.end) - max(term.first, period.start)).days + 1 for term in vacations]
        length = (period.end - period.start).days + 1
        return "mostly" if 2 * sum(max(days, 0) for days in shared) > length else None

    def term_on(self, day: date, kinds: Iterable[str] = TERM_KINDS) -> Term | None:
        """Return the declared term of one of `kinds` that holds `day`, if any."""
        wanted = tuple(kinds)
        return next((term for term in self.terms if term.kind in wanted and day in term), None)

    def next_semester(self, day: date) -> Term | None:
        """Return the first declared semester that starts after `day`, if any."""
        return next((term for term in self.terms if term.kind == "semester" and term.first > day), None)

    def counting_from(self, day: date) -> date | None:
        """Return of a day of a declared vacation when the next declared semester starts, None of any other day."""
        following = self.next_semester(day) if self.term_on(day, VACATION_KINDS) else None
        return None if following is None else following.first

    def reaches_back(self, period: Period) -> date:
        """Return the first day on which what counts in a period can have happened, in a vacation before it too."""
        starts = [term.first for term in self.terms if term.kind == "semester" and term.first < period.start]
        return max(starts, default=date.min)

    def declared(self, grain: Grain) -> tuple[Period, ...]:
        """Return the declared semesters, vacations or academic years, in order.

        An academic year (学年) groups the semesters that name it. It runs from the first day of its first
        semester to the day before the next academic year's first, the last one to the last day of the last
        declared term that names it.
        """
        if grain == "academic_year":
            return tuple(self._years_by_name().values())
        kinds = ("semester",) if grain == "semester" else VACATION_KINDS
        return tuple(Period(term.first, term.last, grain) for term in self.terms if term.kind in kinds)

    def named(self, name: str) -> Period | None:
        """Return the stretch of days that a name stands for, None for none.

        It is a declared term by its id (`2018-spring`), an academic year by its name (`2017-2018`), or of the calendar
        a year, half-year, quarter or month: `2018`, `2018-H1`, `2018-Q2`, `2018-04`.
        """
        term = next((term for term in self.terms if term.id == name), None)
        if term is not None:
            return Period(term.first, term.last, "semester" if term.kind == "semester" else "vacation")
        return self._years_by_name().get(name) or _calendar_named(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The ids of the declared terms and the names of their academic years, in order."""
        return (*(term.id for term in self.terms), *self._years_by_name())

    def periods(self, grain: Grain, first: date, last: date) -> tuple[Period, ...]:
        """Return the periods of `grain` that share a day with `first` … `last` (inclusive), in order."""
        if grain in TERM_GRAINS:
            return tuple(p for p in self.declared(grain) if p.start <= last and first <= p.end)
        found = []
        day = first
        while day <= last:
            period = period_of(grain, day)
            found.append(period)
            if period.end == date.max:
                break
            day = period.end + _DAY
        return tuple(found)

    def _years_by_name(self) -> dict[str, Period]:
        starts: dict[str, date] = {}
        for term in self.terms:
            if term.kind == "semester" and term.academic_year is not None:
                starts.setdefault(term.academic_year, term.first)
        names = sorted(starts, key=lambda name: starts[name])
        years = {}
        for name, following in zip_longest(names, names[1:]):
            if following is not None:
                end = starts[following] - _DAY
            else:
                end = max(term.last for term in self.terms if term.academic_year == name)
            years[name] = Period(starts[name], end, "academic_year")
        return years


_CALENDAR_NAME: Final = re.compile(r"([0-9]{4})(?:-(?:(H)([12])|(Q)([1-4])|(0[1-9]|1[0-2])))?")


def _calendar_named(name: str) -> Period | None:
    found = _CALENDAR_NAME.fullmatch(name)
    if found is None or int(found[1]) == 0:
        return None
    year = int(found[1])
    if found[2]:
        return period_of("half_year", date(year, 6 * int(found[3]), 1))
    if found[4]:
        return period_of("quarter", date(year, 3 * int(found[5]), 1))
    return period_of("month", date(year, int(found[6]), 1)) if found[6] else period_of("year", date(year, 1, 1))
