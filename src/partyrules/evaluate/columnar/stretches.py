"""Sets of days of many frames at once: sorted stretches that do not touch, with the algebra of and, or and not."""

from collections.abc import Iterable
from functools import cached_property, reduce
from typing import Final, NamedTuple

import numpy as np
from attrs import evolve, frozen

from partyrules.evaluate.columnar.joins import Pairs, in_order, runs
from partyrules.evaluate.columnar.truths import Array, either
from partyrules.evaluate.columnar.view import FOREVER, NEVER

# A day, and the day after the last of all, take so many bits of a place on the line.
_BITS: Final = 22
_DAY: Final = (1 << _BITS) - 1
_END: Final = FOREVER + 1


class Met(NamedTuple):
    """Entries in an order in which those that a stretch meets follow each other: `many` of them, from `first` on."""

    line: Array
    first: Array
    many: Array


@frozen(eq=False, slots=False)
class Stretches:
    """The days, from `start` to before `end`, of frame `frame[i]` of `size`; sorted by frame and day, none touching.

    `doubt` marks the frames of which the days hang on a date known to the month alone, None for none.
    """

    size: int
    frame: Array
    start: Array
    end: Array
    doubt: Array | None = None

    @cached_property
    def counts(self) -> Array:
        """How many stretches each frame has; two more entries, so that the frames -1 and -2 have none."""
        return np.bincount(self.frame, minlength=self.size + 2)

    @cached_property
    def starts(self) -> Array:
        """Where the stretches of each frame begin among all."""
        starts: Array = np.cumsum(self.counts) - self.counts
        return starts

    def _of(self, frames: Array) -> Pairs:
        """Return each of some frames with each of its stretches."""
        return runs(self.starts.take(frames), self.counts.take(frames))

    @cached_property
    def lines(self) -> tuple[Array, Array]:
        """Where the stretches start and end on the line."""
        return _line(self.frame, self.start), _line(self.frame, self.end)

    @cached_property
    def first(self) -> Array:
        """The first day of each frame, one after all for none."""
        days = np.full(self.size, _END, np.int32)
        # Of several the last that is put there stays.
        days[self.frame[::-1]] = self.start[::-1]
        return days

    @property
    def there(self) -> Array:
        """Which frames have any day."""
        found = np.zeros(self.size, np.bool_)
        found[self.frame] = True
        return found

    def covers(self, frames: Array, days: Array) -> Array:
        """Return whether each day is one of its frame's; a frame below 0 has none."""
        which, place = self._of(frames)
        day = days.take(which)
        found = np.zeros(len(frames), np.bool_)
        found[which[(self.start.take(place) <= day) & (day < self.end.take(place))]] = True
        return found

    def doubtful(self, frames: Array) -> Array | None:
        """Return which of some frames are in doubt; a frame below 0 is not."""
        return None if self.doubt is None else np.append(self.doubt, False)[frames]

    def of(self, frames: Array) -> "Stretches":
        """Return what is set of some frames, of each as often as it is named; a frame below 0 has no days."""
        if len(frames) == self.size and np.array_equal(frames, np.arange(self.size)):
            return self
        frame, place = self._of(frames)
        return Stretches(len(frames), frame, self.start.take(place), self.end.take(place), self.doubtful(frames))

    def within(self, first: int, last: int) -> "Stretches":
        """Return the days from `first` to `last`, both inclusive."""
        start, end = np.maximum(self.start, first), np.minimum(self.end, last + 1)
        kept = np.flatnonzero(start < end)
        return evolve(self, frame=self.frame[kept], start=start[kept], end=end[kept])

    def next(self, frames: Array, days: Array) -> Array:
        """Return the start of the first stretch of each frame that is not over by its day; there is one."""
        after = self.lines[1].searchsorted(_line(frames, days), side="right")
        return self.start[after]

    def among(self, frames: Array) -> "Stretches":
        """Return the days of these frames alone."""
        kept = np.zeros(self.size, np.bool_)
        kept[frames] = True
        mine = kept[self.frame]
        doubt = None if self.doubt is None else self.doubt & kept
        return Stretches(self.size, self.frame[mine], self.start[mine], self.end[mine], doubt)

    def meeting(self, keys: Array, others: Array, days: Array) -> Met:
        """Return which entries, with days and keys (`others`), each stretch meets: those of its key and its days."""
        line, order = in_order(_line(others, days))
        mine = keys[self.frame]
        first = line.searchsorted(_line(mine, self.start))
        return Met(order, first, line.searchsorted(_line(mine, self.end)) - first)


def _line(frame: Array, day: Array) -> Array:
    return frame.astype(np.int64) << _BITS | day


def _on_line(size: int, start: Array, end: Array, doubt: Array | None) -> Stretches:
    frame, first, after = (column.astype(np.int32) for column in (start >> _BITS, start & _DAY, end & _DAY))
    return Stretches(size, frame, first, after, doubt)


def whenever(found: Array, doubt: Array | None = None) -> Stretches:
    """Return all days of the frames that are found, none of the others."""
    frame = np.flatnonzero(found).astype(np.int32)
    start, end = (np.full(len(frame), edge, np.int32) for edge in (NEVER, _END))
    return Stretches(len(found), frame, start, end, doubt)


def stretches_of(size: int, frame: Array, start: Array, end: Array, doubt: Array | None = None) -> Stretches:
    """Return the days on which anything of a frame holds, from `start` to before `end`, in any order."""
    some = start < end
    if not some.all():
        frame, start, end = frame[some], start[some], end[some]
    return _on_line(size, *_united(_line(frame, start), _line(frame, end)), doubt)


def some(parts: Iterable[Stretches]) -> Stretches:
    """Return the days of one or more sets of the same frames that are in any of them."""
    several = list(parts)
    if len(several) == 1:
        return several[0]
    columns = zip(*((part.frame, part.start, part.end) for part in several), strict=True)
    frame, start, end = (np.concatenate(column) for column in columns)
    return stretches_of(several[0].size, frame, start, end, either(part.doubt for part in several))


def both(parts: Iterable[Stretches]) -> Stretches:
    """Return the days of one or more sets of the same frames that are in all of them."""
    return reduce(_both, sorted(parts, key=lambda part: len(part.frame)))


def _both(one: Stretches, other: Stretches) -> Stretches:
    mine, theirs = other._of(one.frame)  # noqa: SLF001 - of its own kind
    start = np.maximum(one.start.take(mine), other.start.take(theirs))
    end = np.minimum(one.end.take(mine), other.end.take(theirs))
    some = np.flatnonzero(start < end)
    doubt = either((one.doubt, other.doubt))
    if doubt is not None:
        # What is in doubt in one does not matter where the other surely has no day.
        for part in (one, other):
            doubt = doubt & (part.there if part.doubt is None else part.there | part.doubt)
    return Stretches(one.size, one.frame.take(mine.take(some)), start.take(some), end.take(some), doubt)


def nor(part: Stretches) -> Stretches:
    """Return all days of each frame that are not in a set."""
    # A gap is before each stretch, and one after the last of each frame; some are of no day.
    frame = np.arange(part.size, dtype=np.int32).repeat(part.counts[:-2] + 1)
    start, end = (np.full(len(frame), edge, np.int32) for edge in (NEVER, _END))
    before = np.arange(len(part.frame)) + part.frame
    end[before], start[before + 1] = part.start, part.end
    gaps = np.flatnonzero(start < end)
    return Stretches(part.size, frame.take(gaps), start.take(gaps), end.take(gaps), part.doubt)


def _united(start: Array, end: Array) -> tuple[Array, Array]:
    """Return the stretches, in any order, as stretches that do not touch."""
    if not len(start):
        return start, end
    if np.any(start[1:] < start[:-1]):
        start, order = in_order(start)
        end = end[order]
    reach = np.maximum.accumulate(end)
    begins = np.append(True, start[1:] > reach[:-1])
    return start[begins], reach[np.append(begins[1:], True)]
