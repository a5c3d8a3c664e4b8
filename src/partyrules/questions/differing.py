"""Findings on one duty side by side: which rows of two audits are the same finding, and which of these say the same.

What is compared is of one projection, and of audits that have the same `Names`, so that numbers mean the same.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple, cast

import numpy as np
from attrs import evolve, frozen

from partyrules.answers.blocks import (
    BLOCK_COLUMNS,
    Array,
    Block,
    Cited,
    Evidence,
    Evidenced,
    Names,
    block_of,
    in_units,
    rows_of,
)
from partyrules.answers.verdicts import Finding
from partyrules.evaluate.columnar.evidence import grouped, rows_like
from partyrules.language.rules import Duty
from partyrules.packs.pack import Bound
from partyrules.store.columns import NO_DAY
from partyrules.time.calendar import GRAINS

NONE: Final = -1
"""The row of a finding that is not there, and the occasion of one that has none."""
_SAID: Final = ("status", "reason", "due", "needs", "responsible", "required", "actual")
_GRAINS: Final = (None, *GRAINS, "interval")


class Keys(NamedTuple):
    """What tells findings on a duty from each other: about whom, which period by its start, end and grain, occasion."""

    subject: Array
    start: Array
    occasion: Array
    period: Array


# What the reference says -----------------------------------------------------------------------------------------


def evidenced(bound: Bound[Duty], findings: Iterable[Finding], names: Names) -> Evidenced:
    """Return findings as columns; of several for one key, as a bearer of several holdings may have, the last."""
    found = list({(each.subject, each.period, each.occasion): each for each in findings}.values())
    block = block_of(bound, found, names)
    none = np.empty(0, np.int64)
    apart = frozenset(block.subject.tolist())
    return completed(Evidenced(block=block, evidence=grouped(block, [(none, none)]), apart=apart, names=names), found)


def completed(of: Evidenced, findings: Sequence[Finding]) -> Evidenced:
    """Return findings with what they rest on as the reference says of the subjects apart, and that alone of these."""
    if not of.apart:
        return of
    block, names = of.block, of.names
    rows = np.repeat(np.arange(len(block)), np.diff(of.evidence.starts))
    sure = ~np.isin(block.subject[rows], list(of.apart))
    said = [
        (
            names.strings[each.subject],
            each.period.start.toordinal() if each.period else NO_DAY,
            names.number(each.occasion),
            names.number(fact),
        )
        for each in findings
        for fact in each.evidence
    ]
    subject, start, occasion, numbers = np.array(said, np.int64).reshape(-1, 4).T
    told = rows_like(block, subject, start, occasion), numbers
    return evolve(of, evidence=grouped(block, [(rows[sure], of.evidence.numbers[sure]), told]), apart=frozenset())


# Rows ------------------------------------------------------------------------------------------------------------


def keys(block: Block) -> Keys:
    """Return the key of each row."""
    end = np.asarray(block.end).astype(np.int64)
    # A row without a period may stand beside others that have one.
    period = np.where(end == NO_DAY, NO_DAY, end * len(_GRAINS) + _GRAINS.index(block.grain))
    return Keys(block.subject, block.start, block.occasion, period)


def places(block: Block, wanted: Keys) -> Array:
    """Return the row that has each of the keys, `NONE` where none has."""
    if not len(block):
        return np.full(len(wanted.subject), NONE)
    rows = rows_like(block, wanted.subject, wanted.start, wanted.occasion)
    return np.where(keys(block).period[rows] == wanted.period, rows, NONE)


def side_by_side(one: Block, other: Block) -> tuple[Array, Array]:
    """Return the rows of both, `NONE` where one has no such finding: those of one in order, then what it has not."""
    same = ("subject", "start", "end", "occasion")
    if one.grain == other.grain and all(np.array_equal(getattr(one, name), getattr(other, name)) for name in same):
        rows = np.arange(len(one))
        return rows, rows
    others = places(other, keys(one))
    new = np.ones(len(other), np.bool_)
    new[others[others != NONE]] = False
    came = np.flatnonzero(new)
    return np.concatenate((np.arange(len(one)), np.full(len(came), NONE))), np.concatenate((others, came))


def either(one: Array, rows: Array, other: Array, others: Array) -> Array:
    """Return what a column says in rows side by side, of whichever has the finding."""
    return np.concatenate((one, other))[np.where(rows == NONE, others + len(one), rows)]


def sliced(of: Evidenced, rows: Array) -> Evidenced:
    """Return some rows, in this order."""
    block = evolve(of.block, **{name: getattr(of.block, name)[rows] for name in BLOCK_COLUMNS})
    starts, lengths = of.evidence.starts[rows], np.diff(of.evidence.starts)[rows]
    ends = np.cumsum(lengths)
    numbers = of.evidence.numbers[np.repeat(starts - ends + lengths, lengths) + np.arange(lengths.sum())]
    return evolve(of, block=block, evidence=Evidence(starts=np.concatenate(([0], ends)), numbers=numbers))


def picked(of: Evidenced, rows: Array) -> tuple[Evidenced, Array]:
    """Return some rows, and where each of them now is; `NONE` stays what it is."""
    there = rows != NONE
    return sliced(of, rows[there]), np.where(there, np.cumsum(there) - 1, NONE)


def same(one: Evidenced, rows: Array, other: Evidenced, others: Array) -> Array:
    """Tell of rows side by side which say the same; where there is `NONE` in both, they do."""
    found: Array = (rows == NONE) & (others == NONE)
    both = np.flatnonzero((rows != NONE) & (others != NONE))
    rows, others = rows[both], others[both]
    scale = max(one.block.scale, other.block.scale)
    said = np.ones(len(both), np.bool_)
    for name in _SAID:
        said &= np.asarray(in_units(one.block, name, scale)[rows] == in_units(other.block, name, scale)[others])
    said &= np.diff(one.evidence.starts)[rows] == np.diff(other.evidence.starts)[others]
    both = both[said]
    mine, theirs = sliced(one, rows[said]).evidence, sliced(other, others[said]).evidence
    which = np.repeat(np.arange(len(both)), np.diff(mine.starts))
    found[both] = np.bincount(which[mine.numbers != theirs.numbers], minlength=len(both)) == 0
    return found


def cited(of: Evidenced) -> Iterator[Cited]:
    """Yield what each row says, and its evidence."""
    ids, numbers, every = of.names.ids, of.evidence.numbers.tolist(), np.arange(len(of.block))
    spans = pairwise(of.evidence.starts.tolist())
    for row, (start, end) in zip(rows_of(of.block, every, of.names), spans, strict=True):
        yield Cited(row, tuple(sorted([ids[number] for number in numbers[start:end]])))


# Two audits ------------------------------------------------------------------------------------------------------


@frozen(kw_only=True, eq=False)
class Differing:
    """The findings in which two audits differ on a duty, side by side: rows of either, `NONE` where it has none."""

    before: Evidenced
    after: Evidenced
    was: Array
    now: Array
    keys: Keys
    subjects: Sequence[str]


def differing(one: Evidenced | None, other: Evidenced | None) -> Differing:
    """Return the findings that one has otherwise than the other, or not at all; None has no findings."""
    none = np.empty(0, np.int64)
    one = one or sliced(cast("Evidenced", other), none)
    other = other or sliced(one, none)
    rows, others = side_by_side(one.block, other.block)
    changed = ~same(one, rows, other, others)
    (before, was), (after, now) = picked(one, rows[changed]), picked(other, others[changed])
    told = Keys(
        *(either(mine, was, theirs, now) for mine, theirs in zip(keys(before.block), keys(after.block), strict=True))
    )
    subjects = [one.names.strings.texts[code] for code in told.subject.tolist()]
    return Differing(before=before, after=after, was=was, now=now, keys=told, subjects=subjects)
