"""The findings of one duty as a monitor keeps them: a block of columns, and row by row what changed since."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final, cast

import numpy as np
from attrs import evolve

from partyrules.answers.blocks import REASONS, Array, Block, FindingRow, Names, block_of, modality_of, rows_of
from partyrules.answers.verdicts import STATUSES, Finding
from partyrules.store.columns import ABSENT, NO_DAY, NO_NUMBER
from partyrules.time.calendar import Grain, Period

__all__ = ["Difference", "DutyRows", "differences", "row_key"]

Difference = tuple[FindingRow | None, FindingRow | None]
"""A row before and after; None for none."""

_KEYS: Final = ("subject", "start", "occasion")
_SAID: Final = ("end", "status", "reason", "required", "actual", "due", "needs", "responsible")
_NUMBERS: Final = ("required", "actual")
_ROOM: Final = 1 << 22


class DutyRows:
    """The current findings of one duty; `block` is what they were when it was last judged as a whole."""

    def __init__(self, block: Block, names: Names) -> None:
        self.names: Final = names
        self._edited: dict[int, FindingRow] = {}
        self._added: dict[str, list[FindingRow]] = {}
        self._replaced: dict[str, list[FindingRow]] = {}
        self._take(block)

    def _take(self, block: Block) -> None:
        self._block = block
        # Plain integers come out of these several times as fast as out of arrays.
        self._columns = {name: _quick(getattr(block, name)) for name in (*_KEYS, *_SAID)}
        self._first: Sequence[int] | None = None
        self._said = (block.bound.id, block.bound.clause.citation, modality_of(block.bound))
        for kept in (self._edited, self._added, self._replaced):
            kept.clear()

    # What there is ---------------------------------------------------------------------------------------------------

    def of(self, subject: str) -> list[FindingRow]:
        """Return the rows about a subject, in no particular order."""
        if subject in self._replaced:
            return self._replaced[subject]
        first, after = self._span(subject)
        return [*(self._row(place, subject) for place in range(first, after)), *self._added.get(subject, ())]

    def on(self, subject: str, day: int) -> tuple[int, FindingRow] | None:
        """Return the row about a subject whose period holds a day (an ordinal), and where it stands."""
        if subject in self._replaced:
            when = date.fromordinal(day)
            for number, row in enumerate(self._replaced[subject]):
                if row.period is not None and when in row.period:
                    return -1 - number, row
            return None
        first, after = self._span(subject)
        place = bisect_right(self._columns["start"], day, first, after) - 1
        if place < first or self._columns["end"][place] < day or self._columns["start"][place] == NO_DAY:
            return None
        return place, self._row(place, subject)

    def on_occasion(self, fact: str) -> set[str]:
        """Return the subjects of rows on an occasion."""
        number = self.names.number(fact)
        codes = np.unique(self._block.subject[self._block.occasion == number]).tolist()
        texts = self.names.strings.texts
        found = {texts[code] for code in codes}
        for kept in (self._added, self._replaced):
            found |= {subject for subject, rows in kept.items() if any(row.occasion == fact for row in rows)}
        return found

    def settled(self) -> Block:
        """Return all rows as a block, and keep them so."""
        if self._edited or self._added or self._replaced:
            self._take(self._merged())
        return self._block

    # Changing it -----------------------------------------------------------------------------------------------------

    def put(self, subject: str, place: int, row: FindingRow) -> None:
        """Put a row where another one stands."""
        if place < 0:
            self._replaced[subject][-1 - place] = row
        else:
            self._edited[place] = row

    def add(self, row: FindingRow) -> None:
        """Add a row on an occasion that there was none of."""
        kept = self._replaced if row.subject in self._replaced else self._added
        kept.setdefault(row.subject, []).append(row)

    def replace(self, subject: str, rows: Iterable[FindingRow]) -> None:
        """Let these be all rows about a subject."""
        first, after = self._span(subject)
        for place in range(first, after):
            self._edited.pop(place, None)
        self._added.pop(subject, None)
        self._replaced[subject] = list(rows)

    # In the columns --------------------------------------------------------------------------------------------------

    def _span(self, subject: str) -> tuple[int, int]:
        """Return the first row of a subject in the block, and the row after the last."""
        code = self.names.strings.find(subject)
        if self._first is None:
            self._first = _quick(_bounds(self._block.subject))
        if code is None or 2 * code + 1 >= len(self._first):
            return 0, 0
        return self._first[2 * code], self._first[2 * code + 1]

    def _row(self, place: int, subject: str) -> FindingRow:
        edited = self._edited.get(place)
        if edited is not None:
            return edited
        columns, block = self._columns, self._block
        if block.scale != 1:
            return next(rows_of(block, np.array([place]), self.names))
        rule, clause, modality = self._said
        start, occasion, due = columns["start"][place], columns["occasion"][place], columns["due"][place]
        required, actual, needs = columns["required"][place], columns["actual"][place], columns["needs"][place]
        return FindingRow(
            rule,
            clause,
            subject,
            _period(start, columns["end"][place], block.grain) if block.grain and start else None,
            None if occasion == ABSENT else self.names.ids[occasion],
            STATUSES[columns["status"][place]],
            modality,
            None if required == NO_NUMBER else required,
            None if actual == NO_NUMBER else actual,
            date.fromordinal(due) if due else None,
            REASONS[columns["reason"][place]],
            self._needed(needs) if needs else (),
            self.names.lists[columns["responsible"][place]],
        )

    def _needed(self, bits: int) -> tuple[str, ...]:
        return tuple(sorted(word for bit, word in enumerate(self.names.needs.texts) if bits >> bit & 1))

    def _merged(self) -> Block:
        block, strings = self._block, self.names.strings
        gone = np.array([strings[subject] for subject in self._replaced], np.int64)
        kept = ~np.isin(block.subject, gone)
        kept[list(self._edited)] = False
        rows = [*self._edited.values()]
        for some in (*self._added.values(), *self._replaced.values()):
            rows += some
        # Of a finding a block needs no more than a row has.
        other = block_of(block.bound, cast("Iterable[Finding]", rows), self.names)
        return _joined(block, np.flatnonzero(kept), other, self.names)


@lru_cache(maxsize=65536)
def _period(start: int, end: int, grain: Grain) -> Period:
    return Period(date.fromordinal(start), date.fromordinal(end), grain)


def _quick(column: Array) -> Any:
    return column if column.dtype == np.object_ else memoryview(column)  # type: ignore[arg-type]  # numpy's stubs


def _bounds(subject: Array) -> Array:
    """Return for each code, side by side, its first row and the row after its last; rows of a code lie together."""
    bounds = np.zeros(2 * (int(subject.max(initial=-1)) + 1), np.int64)
    if len(subject):
        starts = np.flatnonzero(np.diff(subject, prepend=-1))
        codes = subject[starts].astype(np.int64)
        bounds[2 * codes] = starts
        bounds[2 * codes + 1] = np.append(starts[1:], len(subject))
    return bounds


def _joined(block: Block, rows: Array, other: Block, names: Names) -> Block:
    """Return some rows of a block and those of another, in the order of a block."""
    scale = max(block.scale, other.scale)
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(block, name)[rows], getattr(other, name)])
        for name in (*_KEYS, *_SAID)
        if name not in _NUMBERS
    }
    for name in _NUMBERS:
        columns[name] = np.concatenate([_scaled(block, name, scale)[rows], _scaled(other, name, scale)])
    by_id = _ranks(columns["occasion"], names.ids)
    order = np.lexsort((by_id, columns["start"], _ranks(columns["subject"], names.strings.texts)))
    return evolve(
        block,
        grain=block.grain or other.grain,
        scale=scale,
        **{name: column[order] for name, column in columns.items()},
    )


def _scaled(block: Block, name: str, scale: int) -> Array:
    numbers: Array = getattr(block, name)
    return (
        numbers if scale == block.scale else np.where(numbers == NO_NUMBER, numbers, numbers * (scale // block.scale))
    )


def _ranks(codes: Array, texts: Sequence[str]) -> Array:
    """Return the place of each code in the order of the texts, those without one first."""
    used, which = np.unique(codes, return_inverse=True)
    said = [texts[code] if code >= 0 else "" for code in used.tolist()]
    ranks = np.empty(len(used), np.int64)
    ranks[sorted(range(len(said)), key=said.__getitem__)] = np.arange(len(used))
    return ranks[which]


# What differs --------------------------------------------------------------------------------------------------------


def row_key(row: FindingRow) -> tuple[str, str]:
    """Return what tells the rows of one duty about one subject from each other: period and occasion."""
    return ("" if row.period is None else row.period.start.isoformat(), row.occasion or "")


def differences(old: Block, new: Block, names: Names) -> Iterator[Difference]:
    """Yield each row of one duty that is in only one of two blocks, or not the same in both."""
    places, others = _paired(old, new)
    scale = max(old.scale, new.scale)
    same = np.full(len(places), old.grain == new.grain)
    for name in _SAID:
        one, other = (_scaled(block, name, scale) if name in _NUMBERS else getattr(block, name) for block in (old, new))
        same &= one[places] == other[others]
    changed = np.flatnonzero(~same)
    yield from zip(rows_of(old, places[changed], names), rows_of(new, others[changed], names), strict=True)
    for row in rows_of(old, _without(len(old), places), names):
        yield row, None
    for row in rows_of(new, _without(len(new), others), names):
        yield None, row


def _without(size: int, places: Array) -> Array:
    left = np.ones(size, np.bool_)
    left[places] = False
    return np.flatnonzero(left)


def _paired(old: Block, new: Block) -> tuple[Array, Array]:
    """Return the rows of the one that have the same subject, period and occasion as rows of the other, and those."""
    if len(old) == len(new) and all(np.array_equal(getattr(old, name), getattr(new, name)) for name in _KEYS):
        every = np.arange(len(old))
        return every, every
    size = len(old)
    within = np.concatenate([block.subject.astype(np.int64) * _ROOM + block.start for block in (old, new)])
    occasion = np.concatenate([old.occasion, new.occasion])
    is_new = np.arange(len(within)) >= size
    order = np.lexsort((is_new, occasion, within))
    first, second = order[:-1], order[1:]
    pair = (within[first] == within[second]) & (occasion[first] == occasion[second]) & (is_new[first] != is_new[second])
    return first[pair], second[pair] - size
