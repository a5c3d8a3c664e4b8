"""Whether a holding holds on a day, one of a group does, and how long it has."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from partyrules.evaluate.kleene import NO, YES, Truth, Verdict, all_of, any_of
from partyrules.history import FOREVER, Holding, in_each_way
from partyrules.language.kernel import Age
from partyrules.time.calendar import Span, add_days, add_span, last_within

_NOTHING: Final[frozenset[str]] = frozenset()
_FULL_DATE: Final = frozenset({"full_date"})


def held(holding: Holding, day: date) -> Verdict:
    """Return whether a holding holds on a day."""
    evidence = _NOTHING if holding.fact is None else frozenset((holding.fact,))
    until = min((edge for edge in holding.edges if edge > day), default=FOREVER)
    if holding.ways:
        there = [way is not None and way[0] <= day < way[1] for way in holding.ways]
        if all(there):
            return Verdict(Truth.TRUE, evidence=evidence, until=until)
        return Verdict(Truth.UNKNOWN, _FULL_DATE, evidence, until) if any(there) else NO._replace(until=until)
    if holding.certain[0] <= day < holding.certain[1]:
        return Verdict(Truth.TRUE, evidence=evidence, until=until)
    if holding.possible[0] <= day < holding.possible[1]:
        return Verdict(Truth.UNKNOWN, _FULL_DATE, evidence, until)
    return NO._replace(until=until)


def _held_by_one(holdings: Sequence[Holding], day: date) -> bool:
    """Tell whether, in each way that the months could fall, some one of a group's holdings holds on a day."""
    ways = in_each_way(holdings)
    return ways is not None and all(any(start <= day < end for _, start, end in way) for way in ways)


def may_begin(holding: Holding, day: date) -> tuple[date, date]:
    """Return the earliest and the latest day on which what holds on a day may have begun: of a month up to it, any."""
    starts = [way[0] for way in holding.ways if way is not None]
    if not starts:
        return holding.possible[0], holding.possible[0] if holding.possible == holding.certain else day
    return min(starts), min(day, max(starts))


def has_come(first: date, last: date, day: date) -> Verdict:
    """Return whether a day that lies from `first` to `last` inclusive has come."""
    if day >= last:
        return YES
    if day >= first:
        return Verdict(Truth.UNKNOWN, _FULL_DATE, until=last)
    return NO._replace(until=first)


def turns(age: Age, day: date) -> Iterator[date]:
    """Yield the days on which a fact of a day comes to be of an age, and ceases to be."""
    if age.least is not None:
        yield add_span(day, age.least)
    if age.most is not None:
        yield add_days(last_within(day, age.most), 1)


def prolonged(end: date, extension: Span, times: int) -> date:
    """Return an end put off so many times."""
    for _ in range(times):
        end = add_span(end, extension)
    return end


def whichever_holds(alternatives: list[tuple[Holding, Verdict, Verdict]], day: date) -> tuple[Holding, Verdict]:
    """Return the last of a group's holdings, true where in each way that the months could fall one of them holds."""
    sure = [holding for holding, _, fits in alternatives if fits.truth == Truth.TRUE]
    verdict = any_of(all_of((there, fits)) for _, there, fits in alternatives)
    if _held_by_one(sure, day):
        verdict = verdict._replace(truth=Truth.TRUE, needs=frozenset())
    return alternatives[-1][0], verdict
