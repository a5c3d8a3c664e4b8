"""The findings of one duty as a monitor keeps them: a block of columns, and the rows that changed since."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, cast

import numpy as np

from partyrules.answers.blocks import Array, Block, FindingRow, Names, block_of, in_units, joined, ordered, rows_of
from partyrules.answers.verdicts import Finding
from partyrules.evaluate.columnar.evidence import rows_like
from partyrules.store.columns import NO_DAY, Columns
from partyrules.store.strings import ABSENT

Difference = tuple[FindingRow | None, FindingRow | None]
"""A row before and after; None for none."""
Key = tuple[int, str]
"""What tells the rows of one duty about one subject from each other: the period's first day, and the occasion."""

_SAID: Final = ("end", "status", "reason", "required", "actual", "due", "needs", "responsible")
# Where the numbers begin of facts that are in no column, such as the terms of an adoption.
_BESIDES: Final = 1 << 30


def row_key(row: FindingRow) -> Key:
    """Return the key of a row."""
    return NO_DAY if row.period is None else row.period.start.toordinal(), row.occasion or ""


class DutyRows:
    """The current findings of one duty; `settled` puts what changed into the columns."""

    def __init__(self, block: Block, names: Names) -> None:
        self._names: Final = names
        self._take(block)

    def _take(self, block: Block) -> None:
        self._block = block
        self._changed: dict[str, dict[Key, FindingRow | None]] = {}
        self._bounds: Sequence[int] | None = None
        self._start, self._end = _quick(block.start), _quick(block.end)

    def of(self, subject: str) -> dict[Key, FindingRow]:
        """Return the rows about a subject."""
        found: dict[Key, FindingRow | None] = {
            row_key(row): row for row in rows_of(self._block, slice(*self._span(subject)), self._names)
        }
        found |= self._changed.get(subject, {})
        return {key: row for key, row in found.items() if row is not None}

    def on(self, subjects: Iterable[str], day: date) -> Iterator[FindingRow]:
        """Yield the row of each subject whose period holds a day, where there is one."""
        places, number = list[int](), day.toordinal()
        for subject in subjects:
            changed = self._changed.get(subject, {})
            yield from (row for row in changed.values() if row and row.period is not None and day in row.period)
            first, after = self._span(subject)
            place = bisect_right(self._start, number, first, after) - 1
            holds = place >= first and self._start[place] != NO_DAY and self._end[place] >= number
            if holds and (self._start[place], "") not in changed:
                places.append(place)
        yield from rows_of(self._block, np.array(places, np.int64), self._names)

    def on_occasion(self, fact: str) -> set[str]:
        """Return the subjects of rows on an occasion."""
        codes = np.unique(self._block.subject[self._block.occasion == self._names.number(fact)]).tolist()
        found = {self._names.strings.texts[code] for code in codes}
        return found.union(subject for subject, rows in self._changed.items() if (NO_DAY, fact) in rows)

    def put(self, subject: str, rows: Mapping[Key, FindingRow | None]) -> None:
        """Put rows about a subject in the place of those of the same keys; None for none."""
        self._changed.setdefault(subject, {}).update(rows)

    def settled(self) -> Block:
        """Return all rows as a block, and keep them so."""
        if self._changed:
            block, names = self._block, self._names
            kept = np.ones(len(block), np.bool_)
            for subject, changed in self._changed.items():
                here = slice(*self._span(subject))
                for start, occasion in changed:
                    number = names.number(occasion or None)
                    kept[here] &= (block.start[here] != start) | (block.occasion[here] != number)
            rows = [row for some in self._changed.values() for row in some.values() if row is not None]
            # Of a finding a block needs no more than a row has.
            other = block_of(block.bound, cast("Iterable[Finding]", rows), names)
            self._take(ordered(joined(block, np.flatnonzero(kept), other), names))
        return self._block

    def _span(self, subject: str) -> tuple[int, int]:
        """Return the first row of a subject in the block, and the row after the last."""
        if self._bounds is None:
            codes = self._block.subject
            bounds = np.zeros((int(codes.max(initial=-1)) + 1, 2), np.int64)
            starts = np.flatnonzero(np.diff(codes, prepend=-1))
            bounds[codes[starts]] = np.stack((starts, np.append(starts, len(codes))[1:]), axis=1)
            self._bounds = _quick(bounds.reshape(-1))
        code = self._names.strings.find(subject)
        if code is None or 2 * code >= len(self._bounds):
            return 0, 0
        return self._bounds[2 * code], self._bounds[2 * code + 1]


def _quick(column: Array) -> Sequence[int]:
    """Return a column of which plain integers come out quickly."""
    return cast("Sequence[int]", memoryview(np.ascontiguousarray(column)))  # type: ignore[arg-type]  # numpy's stubs


class FactNames(Names):
    """Names that stay right while facts are added to the columns: each fact has its number there, or one beyond."""

    def __init__(self, columns: Columns) -> None:
        self._columns: Final = columns
        self._besides: Final[list[str]] = []
        super().__init__(strings=columns.strings, ids=_Ids(columns, self._besides))

    def number(self, fact: str | None) -> int:
        """Return the number of a fact, `ABSENT` for None."""
        if fact is None:
            return ABSENT
        found = self._columns.numbers.get(fact)
        if found is None and fact not in self._besides:
            self._besides.append(fact)
        return _BESIDES + self._besides.index(fact) if found is None else found


class _Ids(Sequence[str]):
    """The id of each number."""

    def __init__(self, columns: Columns, besides: Sequence[str]) -> None:
        self._columns: Final = columns
        self._besides: Final = besides

    def __len__(self) -> int:
        return len(self._columns.ids)

    def __getitem__(self, number: Any) -> Any:
        return self._columns.ids[number] if number < _BESIDES else self._besides[number - _BESIDES]


def differences(old: Block, new: Block, names: Names) -> Iterator[Difference]:
    """Yield each row of one duty that is in only one of two blocks, or not the same in both."""
    found = rows_like(new, old.subject, old.start, old.occasion)
    places = np.flatnonzero(found >= 0)
    others = found[places]
    scale = max(old.scale, new.scale)
    same = np.full(len(places), old.grain == new.grain)
    for name in _SAID:
        same &= in_units(old, name, scale)[places] == in_units(new, name, scale)[others]
    yield from zip(rows_of(old, places[~same], names), rows_of(new, others[~same], names), strict=True)
    for row in rows_of(old, np.delete(np.arange(len(old)), places), names):
        yield row, None
    for row in rows_of(new, np.delete(np.arange(len(new)), others), names):
        yield None, row
