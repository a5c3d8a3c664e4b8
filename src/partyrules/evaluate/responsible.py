"""Who has to act on a finding where that is not its bearer, by what surely held on the day judged."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from partyrules.evaluate.conditions import Frame, World
from partyrules.history import Holding, several
from partyrules.language.kernel import Holdings
from partyrules.language.rules import Responsible
from partyrules.time.calendar import add_days


class _Chain(NamedTuple):
    """The holding found last, None before the first, and the days, half-open, on which all of them may have held.

    On `sure` days they surely did, from the one to before the other; there may be none of these.
    """

    item: Holding | None
    start: date
    end: date
    sure: tuple[date, date]


def responsible_ids(world: World, who: Responsible, frame: Frame) -> frozenset[str]:
    """Return the ids of those who have to act, by what surely held on the frame's day."""
    start, end = frame.day, add_days(frame.day, 1)
    starts = [_Chain(None, start, end, (start, end))]
    if who.ever:
        starts = _surely(_found(world, who.ever, frame, _Chain(None, date.min, end, (date.min, end))))
    elif who.last:
        since = start if frame.period is None else frame.period.start
        found = list(_found(world, who.last, frame, _Chain(None, since, end, (since, end))))
        # The last day on which it may have been so: where only on an earlier one it surely was, nobody can tell.
        end = max((way.end for way in found), default=end)
        start = add_days(end, -1)
        starts = [way for way in found if way.sure[0] < way.sure[1] == end]
    return frozenset(
        name
        for item in (way.item for way in starts)
        for way in _surely(_found(world, who.by, frame, _Chain(item, start, end, (start, end))))
        for name in several(way.item and way.item.values.get(who.names))
    )


def _surely(ways: Iterable[_Chain]) -> list[_Chain]:
    return [way for way in ways if way.sure[0] < way.sure[1]]


def _found(world: World, steps: tuple[Holdings, ...], frame: Frame, way: _Chain) -> Iterator[_Chain]:
    """Yield what the steps lead to, each found from the one before, and the days on which all of them held."""
    if not steps:
        yield way
        return
    step, *rest = steps
    for holding in world.matching_holdings(step.relation, step.match, frame._replace(item=way.item)):
        start, end = max(way.start, holding.possible[0]), min(way.end, holding.possible[1])
        sure = max(way.sure[0], holding.certain[0]), min(way.sure[1], holding.certain[1])
        if start < end:
            yield from _found(world, tuple(rest), frame, _Chain(holding, start, end, sure))
