"""Three-valued truth of many frames at once, with what would decide the unknown ones and where dates are in doubt."""

from collections.abc import Iterable
from functools import reduce
from typing import Any, Final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from partyrules.evaluate.kleene import Truth

FALSE: Final = int(Truth.FALSE)
UNKNOWN: Final = int(Truth.UNKNOWN)
TRUE: Final = int(Truth.TRUE)

Array = NDArray[Any]


@frozen
class Truths:
    """What a condition comes to in each frame.

    `needs` are bits, one for each code of what would decide, None where nothing is unknown. `doubt` marks the
    frames that a date known to the month alone bears on, None where there are none: whatever stands there is for
    the reference to say.
    """

    truth: Array
    needs: Array | None = None
    doubt: Array | None = None

    def __len__(self) -> int:
        return len(self.truth)

    def taken(self, which: Array) -> "Truths":
        """Return the truths of some frames, by number."""
        needs, doubt = (None if part is None else part[which] for part in (self.needs, self.doubt))
        return Truths(self.truth[which], needs, doubt)


def plain(found: Array) -> Truths:
    """Return the truths of frames of which each is surely so or surely not."""
    # Several times as fast as choosing one of two numbers in each frame.
    return Truths(found.view(np.int8) * np.int8(TRUE))


def all_of(parts: Iterable[Truths]) -> Truths:
    """Return the conjunction of one or more; its needs are those of the parts that leave it unknown."""
    return _joined(list(parts), np.minimum)


def any_of(parts: Iterable[Truths]) -> Truths:
    """Return the disjunction of one or more; its needs are those of the parts that leave it unknown."""
    return _joined(list(parts), np.maximum)


def _joined(parts: list[Truths], pick: Any) -> Truths:
    if len(parts) == 1:
        return parts[0]
    truth = reduce(pick, (part.truth for part in parts))
    needs = None
    if any(part.needs is not None for part in parts):
        needs = np.zeros(len(truth), np.uint64)
        for part in parts:
            if part.needs is not None:
                deciding = (part.truth == UNKNOWN) & (truth == UNKNOWN)
                needs |= np.where(deciding, part.needs, np.uint64(0))
    return Truths(truth, needs, either(part.doubt for part in parts))


def negated(found: Truths) -> Truths:
    """Return the negation."""
    return Truths(np.int8(2) - found.truth, found.needs, found.doubt)


def either(doubts: Iterable[Array | None]) -> Array | None:
    """Return where any of these marks is, None for none."""
    marked = [doubt for doubt in doubts if doubt is not None]
    return reduce(np.logical_or, marked) if marked else None


def any_of_pairs(frames: int, left: Array, found: Truths, doubt: Array | None = None) -> Truths:
    """Return for each frame the disjunction over the pairs that name it in `left`; false where none does."""
    truth = np.zeros(frames, np.int8)
    unknown = found.truth == UNKNOWN
    needs = None
    if unknown.any():
        truth[left[unknown]] = UNKNOWN
        needs = np.zeros(frames, np.uint64)
        if found.needs is not None:
            np.bitwise_or.at(needs, left[unknown], found.needs[unknown])
    truth[left[found.truth == TRUE]] = TRUE
    if needs is not None:
        needs[truth != UNKNOWN] = 0
    return Truths(truth, needs, either((doubt, marks(frames, left, found.doubt))))


def marks(frames: int, left: Array, doubt: Array | None) -> Array | None:
    """Return the frames of which some pair is in doubt."""
    if doubt is None or not doubt.any():
        return None
    marked = np.zeros(frames, np.bool_)
    marked[left[doubt]] = True
    return marked
