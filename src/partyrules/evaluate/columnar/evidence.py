"""Which facts the findings on a duty rest on, of a whole population at once: exactly those that were counted."""

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from partyrules.answers.blocks import Block, Evidence
from partyrules.evaluate.columnar.conditions import Population
from partyrules.evaluate.columnar.frames import Frames
from partyrules.evaluate.columnar.joins import distinct
from partyrules.evaluate.columnar.limits import NotColumnar
from partyrules.evaluate.columnar.truths import TRUE, Array
from partyrules.evaluate.columnar.view import Scalars
from partyrules.language.kernel import AllOf, Always, AnyOf, Compare, Condition, Count, Holdings, Is, Not, Sum
from partyrules.language.tree import walk
from partyrules.store.columns import NO_NUMBER

Pairs = tuple[Array, Array]
"""Numbers of frames and of facts: each frame as often as it rests on a fact."""

# What these are true of is the frame, not a record.
_WITHOUT_RECORDS: Final = (AllOf, AnyOf, Not, Is, Always)
_SHIFT: Final = 2**32


def grouped(block: Block, parts: Iterable[Pairs]) -> Evidence:
    """Return the evidence of each row of a block, given pairs of a row and the number of a fact."""
    # An occasion that counts is one record all the same.
    pairs = distinct(np.concatenate([np.empty(0, np.int64), *(row * _SHIFT + number for row, number in parts)]))
    counts = np.bincount(pairs // _SHIFT, minlength=len(block))
    return Evidence(starts=np.concatenate(([0], np.cumsum(counts))), numbers=pairs % _SHIFT)


def rows_like(block: Block, subject: Array, start: Array, occasion: Array) -> Array:
    """Return the row of a block that is about the same as each of some findings on its duty, -1 where there is none."""
    keys, wanted = _keys(block.subject, block.start, block.occasion), _keys(subject, start, occasion)
    if np.array_equal(keys, wanted):
        return np.arange(len(keys))
    if not len(keys):
        return np.full(len(wanted), -1)
    order = np.argsort(keys, kind="stable")
    places = order[np.minimum(keys[order].searchsorted(wanted), len(keys) - 1)]
    return np.where(keys[places] == wanted, places, -1)


def _keys(subject: Array, start: Array, occasion: Array) -> Array:
    """Return a number for each finding on one duty that no other has: by subject, and by period or occasion."""
    what = np.where(occasion >= 0, _SHIFT + occasion.astype(np.int64), start.astype(np.int64))
    keys: Array = subject.astype(np.int64) * (2 * _SHIFT) + what
    return keys


def counted_facts(population: Population, requires: Condition, frames: Frames) -> Pairs:
    """Return which facts were surely counted in which frame; raise NotColumnar where columns cannot say.

    One that is selected twice, or in two ways, is there as often.
    """
    if not isinstance(requires, Compare):
        if all(isinstance(node, _WITHOUT_RECORDS) for node in walk(requires) if isinstance(node, Condition)):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        raise NotColumnar("the records that a condition rests on")
    match requires.tally:
        case Count(distinct=None | str(), if_sole=Always()) | Sum():
            found = list(_counted(population, requires.tally, frames))
        case _:
            raise NotColumnar(f"the records that a `{type(requires.tally).__name__}` rests on")
    if not found:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    left, numbers = (np.concatenate(part) for part in zip(*found, strict=True))
    return left, numbers


def _counted(population: Population, tally: Count | Sum, frames: Frames) -> Iterator[Pairs]:
    for of in tally.selections if isinstance(tally, Count) else tally.of:
        if isinstance(of, Holdings):
            spans, left, right, found, _ = population.holdings(of, frames)
            sure = found.truth == TRUE
            numbers = spans.numbers[right[sure]]
            # What is presumed began with no record.
            yield left[sure][numbers >= 0], numbers[numbers >= 0]
            continue
        for rows, left, right, found in population.weighed(of, frames):
            sure = found.truth == TRUE
            if isinstance(tally, Sum):
                column = rows.column(tally.name)
                if not isinstance(column, Scalars):
                    raise NotColumnar(f"a sum of `{tally.name}`")
                sure = sure & (column.values[right] != NO_NUMBER)
            yield left[sure], rows.numbers[right[sure]]
