"""Rolling intervals: from each completion of a duty to when the next is due, as far as the dates tell."""

from collections.abc import Iterator, Sequence
from datetime import date

from attrs import frozen

from partyrules.time.calendar import CivilDate, Span, add_days, add_span


@frozen
class Interval:
    """The days, `start` and `due` inclusive, in which a completion is owed.

    Where `known` is false the interval begins on a day that nobody wrote down, so that it cannot be judged.
    """

    start: date
    due: date
    known: bool = True


def intervals(
    every: Span,
    first: date,
    last: date,
    *,
    sure: Sequence[CivilDate],
    maybe: Sequence[CivilDate] = (),
    known: bool = True,
) -> Iterator[Interval]:
    """Yield the intervals of a stretch of days that begins on `first` and ends on `last`, both inclusive.

    The first is due `every` after `first`, each other one `every` after the completion, or the missed due day,
    before it. `sure` are the dates of completions, `maybe` of what may be one; `known` tells whether the stretch
    surely begins on `first`. Once it is open when an interval begins, only a completion of a known day settles it.
    """
    since = start = first
    while start <= last:
        if not known:
            day = min((on.first for on in sure if on.exact and on.first >= start), default=None)
            yield Interval(start, add_span(since, every) if day is None else day, known=False)
            if day is None:
                return
            since, start, known = day, add_days(day, 1), True
            continue
        due = add_span(since, every)
        yield Interval(start, due)
        inside = [on for on in sure if start <= on.first and on.last <= due]
        exact = [on.first for on in inside if on.exact]
        if inside:
            known = bool(exact)
            since = min(exact) if exact else min(on.last for on in inside)
        else:
            known = not any(on.first <= due and start <= on.last for on in (*sure, *maybe))
            since = due
        start = add_days(since, 1)
