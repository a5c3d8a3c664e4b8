"""Why a bearer is not held to a period: too few of its days bind them, or they are days of vacations."""

from collections.abc import Iterable
from datetime import date

from partyrules.evaluate.findings import Outcome, undecided
from partyrules.evaluate.kleene import Truth
from partyrules.language.rules import VacationMonths
from partyrules.time.calendar import Period, TermCalendar

Stretch = tuple[date, date, Truth]
"""Days, both inclusive, and whether a duty binds on them."""


def too_few_days(reading: str, stretches: Iterable[Stretch], period: Period, day: date) -> Truth:
    """Return whether a duty binds on too few of the days of a period up to one, by the reading `partial`."""
    if reading == "full":
        return Truth.FALSE
    sure = possible = 0
    for first, last, truth in stretches:
        lasting = (min(last, day) - max(first, period.start)).days + 1
        sure += lasting * (truth == Truth.TRUE)
        possible += lasting * (truth != Truth.FALSE)
    days = (day - period.start).days + 1
    # Fewer than all of the days, or fewer than half of them.
    least = days if reading == "exempt" else (days + 1) // 2
    if sure >= least:
        return Truth.FALSE
    return Truth.TRUE if possible < least else Truth.UNKNOWN


def vacation_month(how: VacationMonths, terms: TermCalendar, period: Period, met: Truth) -> Outcome | None:
    """Return that a month is exempt, or that only declared terms would tell; None where neither matters.

    What the month asks may be `met` whatever the terms are.
    """
    if how == "bind" or period.grain != "month":
        return None
    if terms.in_vacation(period) in ("wholly", how):
        return Outcome("not_applicable", "vacation_month")
    return undecided("term_declared") if met == Truth.FALSE and not terms.covers_all(period) else None
