"""Deadlines: the day by which a trigger asks for something, or what would tell it."""

from collections.abc import Mapping
from datetime import date

from partyrules.errors import PackError
from partyrules.language.kernel import Given
from partyrules.language.rules import Ahead, Deadline, EndOfSemester, Within, WithinDays, WithinWorkingDays
from partyrules.time.calendar import TermCalendar, add_days, add_span, add_working_days


def due_after(
    day: date, deadline: Deadline, *, terms: TermCalendar, holidays: Mapping[date, bool]
) -> tuple[date | None, str]:
    """Return the day by which a trigger of that day asks for something, or None and the need that would tell."""
    match deadline:
        case EndOfSemester():
            semester = terms.term_on(day, ("semester",))
            return (semester.last if semester else None), "term_declared"
        case WithinDays(Given(name)):
            return None, f"parameter:{name}"
        case WithinDays(int() as days):
            return add_days(day, days), ""
        case Within(span):
            return add_span(day, span), ""
        case Ahead(span):
            return add_span(day, -span), ""
        case WithinWorkingDays(days):
            return add_working_days(day, days, holidays), "holidays"
    raise PackError(f"no meaning is defined for the deadline {deadline!r}")
