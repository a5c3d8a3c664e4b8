"""Joins of frames with rows by equal codes: which rows each frame matches, as pairs of indexes."""

from typing import Final, NamedTuple

import numpy as np

from partyrules.evaluate.columnar.limits import NotColumnar
from partyrules.evaluate.columnar.truths import Array

_MOST_BITS: Final = 63
_MOST_PAIRS: Final = 200_000_000


class Pairs(NamedTuple):
    """Frame `left[i]` with row `right[i]`."""

    left: Array
    right: Array


class Groups(NamedTuple):
    """Rows by code: those of code `c` are `rows[starts[c]:starts[c + 1]]`."""

    starts: Array
    rows: Array


def bounded(pairs: int) -> int:
    """Return how many pairs there will be; raise NotColumnar where these are too many."""
    if pairs > _MOST_PAIRS:
        raise NotColumnar("more pairs of frames and rows than fit in memory")
    return pairs


def distinct(values: Array) -> Array:
    """Return the different values, sorted; sorting is several times as fast as hashing them."""
    ordered = np.sort(values)
    new = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return ordered[new]


def in_order(values: Array) -> tuple[Array, Array]:
    """Return values sorted, and where each stood, the same ones in their order.

    Sorting each with its place is several times as fast as sorting places, where both fit into one number.
    """
    bits = len(values).bit_length()
    if int(values.max(initial=0)).bit_length() + bits > _MOST_BITS or values.min(initial=0) < 0:
        order = np.argsort(values, kind="stable")
        return values[order], order
    placed = np.sort(values.astype(np.int64) << bits | np.arange(len(values)))
    return placed >> bits, placed & ((1 << bits) - 1)


def first_of_each(values: Array) -> tuple[Array, Array]:
    """Return where each different value stands first, and of each value which of them it is."""
    ordered, order = in_order(values)
    new = np.append(np.ones(len(values[:1]), np.bool_), ordered[1:] != ordered[:-1])
    number = np.empty(len(values), np.int64)
    number[order] = np.cumsum(new) - 1
    return order[new], number


def grouped(codes: Array, space: int) -> Groups:
    """Return the rows of each code below `space`; a code below 0 belongs to none."""
    rows = in_order(codes + 1)[1]
    ends = np.cumsum(np.bincount(codes + 1, minlength=space + 1))
    # One code more, of no rows: where a frame has no code at all.
    return Groups(np.append(ends, ends[-1]), rows)


def expanded(groups: Groups, codes: Array) -> Pairs:
    """Return each frame, by its code, with each row of that code."""
    space = len(groups.starts) - 2
    at = np.where(codes < 0, space, codes)
    first = groups.starts[at]
    left, place = runs(first, groups.starts[at + 1] - first)
    return Pairs(left, groups.rows[place])


def runs(first: Array, count: Array) -> Pairs:
    """Return each entry with each of the places that follow each other from its `first` on, `count` of them."""
    bounded(int(count.sum()))
    if count.max(initial=0) <= 1:
        left = np.flatnonzero(count > 0)
        return Pairs(left, first.take(left))
    return Pairs(np.arange(len(count)).repeat(count), places(first, count))


def places(first: Array, count: Array) -> Array:
    """Return for each entry the `count` places that follow each other from its `first` on, one after the other."""
    place: Array = (first - np.cumsum(count) + count).repeat(count)
    place += np.arange(len(place))
    return place


def one_to_one(codes: Array, space: int) -> Array | None:
    """Return the frame of each code, -1 for none, or None where two frames share a code."""
    frame_of = np.full(space + 1, -1, np.int32)
    there = codes >= 0
    frames = np.arange(len(codes), dtype=np.int32)
    frame_of[codes[there]] = frames[there]
    same = frame_of[codes[there]] == frames[there]
    return frame_of if bool(same.all()) else None


def joined(frames: Array, rows: Array, space: int) -> Pairs:
    """Return the pairs of frames and rows of equal code."""
    frame_of = one_to_one(frames, space)
    if frame_of is None:
        return expanded(grouped(rows, space), frames)
    # A row without a code looks at the last place, where no frame is.
    left = frame_of[rows]
    right = np.flatnonzero(left >= 0)
    return Pairs(left[right], right)


def crossed(frames: int, rows: int) -> Pairs:
    """Return every frame with every row."""
    bounded(frames * rows)
    return Pairs(np.repeat(np.arange(frames), rows), np.tile(np.arange(rows), frames))
