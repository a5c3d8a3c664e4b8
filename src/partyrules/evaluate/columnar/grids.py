"""Grids of period frames: which bearers a duty binds in which periods, and why some are excepted."""

from datetime import date
from itertools import pairwise
from typing import Final

import numpy as np
from attrs import frozen

from partyrules.answers.blocks import REASON_CODES
from partyrules.evaluate.columnar.frames import Cells, Frames
from partyrules.evaluate.columnar.limits import NotColumnar
from partyrules.evaluate.columnar.once import Once
from partyrules.evaluate.columnar.registers import Register
from partyrules.evaluate.columnar.scopes import Scopes
from partyrules.evaluate.columnar.spans import spans_of
from partyrules.evaluate.columnar.stretches import Stretches
from partyrules.evaluate.columnar.truths import Array, either, marks
from partyrules.evaluate.columnar.view import View
from partyrules.language.rules import Duty
from partyrules.packs.pack import Bound
from partyrules.time.calendar import CALENDAR_GRAINS, VACATION_KINDS, Grain, Period, previous_period


@frozen(eq=False)
class Grid:
    """The period frames of some bearings, their periods, and which bearers are `excepted` for which `reason`.

    `excepted` are numbers of frames, `reason` those of `REASONS`, one for each of them. `lacking` are the frames of
    which only declared terms would tell whether they are excepted. `time` is that of what is lacking, and where it
    is `unsure`.
    """

    frames: Frames
    start: Array
    end: Array
    excepted: Array
    reason: Array
    lacking: Array
    time: Array
    unsure: Array | None
    doubt: Array | None


class Grids:
    """The grids of the duties of one population."""

    def __init__(self, scopes: Scopes, register: Register) -> None:
        self._scopes: Final = scopes
        self._register: Final = register
        self._view: Final = scopes.view
        self._once: Final = Once()

    def grid(self, bound: Bound[Duty], grain: Grain) -> Grid:
        """Return the frames of every bearer and every period in which the duty binds them; the same for like duties."""
        readings = bound.readings
        key = (bound.pack.id, bound.rule.bearer, grain, readings["partial"], readings["leave"],
               bound.rule.vacation_months)  # fmt: skip
        return self._once(key, lambda: self._made(bound, grain))

    def _made(self, bound: Bound[Duty], grain: Grain) -> Grid:
        view = self._view
        stretches, bearings = self._scopes.stretches(bound), self._scopes.bearings(bound)
        periods = _periods(view, grain, stretches)
        count = len(periods)
        starts = np.array([period.start.toordinal() for period in periods], np.int32)
        ends = np.array([period.end.toordinal() for period in periods], np.int32)
        seen = np.minimum(ends, np.int32(view.as_of))
        days_held = _overlaps(stretches, starts, seen).reshape(-1)
        # Looking for what is not zero is several times as slow among numbers.
        cell = np.flatnonzero(days_held > 0)
        # Dividing small numbers is several times as fast, and large ones look up twice as fast.
        small = cell.astype(np.int32)
        bearing = small // np.int32(max(count, 1))
        period, bearing = (small - bearing * np.int32(count)).astype(np.intp), bearing.astype(np.intp)
        length = (seen - starts + 1).take(period)
        excepted = np.zeros(len(cell), np.int8)
        doubt = None if stretches.doubt is None else stretches.doubt[bearing]
        lacking = np.empty(0, np.int64)
        if bound.rule.vacation_months != "bind" and grain == "month":
            exempt = [view.terms.in_vacation(each) in ("wholly", bound.rule.vacation_months) for each in periods]
            excepted[np.array(exempt, np.bool_)[period]] = REASON_CODES["vacation_month"]
            known = np.array([view.terms.covers_all(each) for each in periods], np.bool_)
            lacking = np.flatnonzero(~known[period])
        leave = self._leave(bound, bearings)
        if leave is not None:
            ever = np.flatnonzero(leave.there[bearing])
            away = _overlaps(leave, starts, seen).reshape(-1).take(cell[ever])
            excused = 2 * away > length[ever] if bound.readings["leave"] == "half" else away > 0
            excepted[ever[excused]] = REASON_CODES["on_leave"]
            doubt = either((doubt, None if leave.doubt is None else leave.doubt[bearing]))
        if (partial := bound.readings["partial"]) != "full":
            least = length if partial == "exempt" else (length + 1) // 2
            excepted[days_held.take(cell) < least] = REASON_CODES["partial_period"]
        early = np.flatnonzero((starts < self._register.opened_until).take(period))
        if len(early):
            days = self._first_days(bound, stretches, bearing[early], starts.take(period[early]))
            subject = bearings.subject.take(bearing[early])
            before, undecided = self._register.before(bound.rule.bearer.kind, subject, starts.take(period[early]), days)
            excepted[early[before]] = REASON_CODES["before_register"]
            if undecided is not None:
                doubt = either((doubt, marks(len(cell), early, undecided)))
        day = seen.take(period)
        frames = Frames(
            day=day,
            subject=bearings.subject.take(bearing),
            asked=day,
            cells=Cells(
                bearings=bearings,
                periods=count,
                cell=cell,
                number=view.numbered(zip(starts.tolist(), ends.tolist(), strict=True)),
                earlier=self._earlier(grain, periods),
                later=self._later(periods),
            ),
        )
        apart = np.flatnonzero(excepted > 0)
        end = ends.take(period)
        time, unsure = self._register.time(bound.rule.bearer.kind, frames.subject, end)
        return Grid(frames, starts.take(period), end, apart, excepted[apart], lacking, time, unsure, doubt)

    def _first_days(self, bound: Bound[Duty], stretches: Stretches, bearing: Array, start: Array) -> Array:
        """Return the first day on or after a start on which each bearing is in scope, in force or not."""
        force = bound.pack.document.in_force_from.toordinal()
        if len(start) and int(start.min()) < force:
            stretches = self._scopes.stretches(bound, since=int(start.min()))
        found: Array = np.maximum(stretches.next(bearing, start), start)
        return found

    def _earlier(self, grain: Grain, periods: tuple[Period, ...]) -> Array:
        """Return for each day the number of the period that comes after the calendar period of that day."""
        if grain not in CALENDAR_GRAINS:
            return self._view.numbered(())
        before = [previous_period(period) for period in periods]
        return self._view.numbered((each.start.toordinal(), each.end.toordinal()) for each in before)

    def _later(self, periods: tuple[Period, ...]) -> Array:
        """Return for each vacation day the number of the period that begins with the next semester."""
        view = self._view
        begin = {period.start: number for number, period in enumerate(periods)}
        number = view.numbered(())
        for term in view.terms.terms:
            following = view.terms.next_semester(term.first)
            if term.kind not in VACATION_KINDS or following is None or following.first not in begin:
                continue
            if following.first <= term.last:
                raise NotColumnar("terms that overlap")
            later = begin[following.first]
            low = max(term.first.toordinal() - view.first_day, 0)
            high = min(term.last.toordinal(), view.as_of) - view.first_day + 1
            if low < high:
                number[low:high] = later
        return number

    def _leave(self, bound: Bound[Duty], bearings: Frames) -> Stretches | None:
        """Return the days of which each bearer was on leave, None where that does not matter."""
        if bound.readings["leave"] == "ignore" or bound.rule.bearer.kind != "person":
            return None
        return self._scopes.leave.of(bearings.subject) if len(spans_of(self._view, "leave")) else None


def _periods(view: View, grain: Grain, stretches: Stretches) -> tuple[Period, ...]:
    """Return the periods of some grain that share a day with any of the stretches, in order."""
    if not len(stretches.start):
        return ()
    first, last = int(stretches.start.min()), int(stretches.end.max()) - 1
    periods = view.terms.periods(grain, date.fromordinal(first), date.fromordinal(last))
    if any(later.start <= earlier.end for earlier, later in pairwise(periods)):
        raise NotColumnar("terms that overlap")
    return periods


def _overlaps(stretches: Stretches, first: Array, last: Array) -> Array:
    """Return for each bearing and each period, `first` to `last`, how many of its days the stretches cover."""
    size, bearing = stretches.size, stretches.frame
    days = np.zeros((size, len(first)), np.int32)
    if len(bearing):
        shared = np.minimum(stretches.end[:, np.newaxis], last + np.int32(1)) - np.maximum(
            stretches.start[:, np.newaxis], first
        )
        np.maximum(shared, 0, out=shared)
        # Most bearers have one stretch; what further ones cover is added.
        further = np.flatnonzero(bearing[1:] == bearing[:-1]) + 1
        if len(bearing) == size and not len(further):
            return shared
        alone = np.delete(np.arange(len(bearing)), further)
        days[bearing.take(alone)] = shared.take(alone, axis=0)
        np.add.at(days, bearing[further], shared[further])
    return days
