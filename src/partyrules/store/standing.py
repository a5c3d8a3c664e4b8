"""The facts that stand, type by type, as columns: what a question about all of them reads without making objects."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from partyrules.facts.vocabulary import FactRetracted
from partyrules.store.columns import CodeColumn, Columns, DayColumn, ListColumn, Table
from partyrules.store.index import Projected, undone
from partyrules.store.strings import ABSENT

Array = NDArray[Any]
# Odd, so that no bit of what is multiplied by it is lost.
_MULTIPLIER: Final = 0x9E3779B97F4A7C15


class StandingFacts:
    """The facts of one type that are not retracted, in the order recorded; every array has an entry for each."""

    def __init__(self, columns: Columns, table: Table, rows: Array | None) -> None:
        self.table: Final = table
        self._columns: Final = columns
        self._rows: Final = rows

    def __len__(self) -> int:
        return self.table.rows if self._rows is None else len(self._rows)

    def __repr__(self) -> str:
        return f"<StandingFacts: {len(self)} facts of type {self.table.wire}>"

    def ids(self, where: Array | None = None) -> list[str]:
        """Return the ids of those that a mask picks, or of all."""
        numbers = self.of(self.table.numbers.array)
        return [self._columns.ids[number] for number in (numbers if where is None else numbers[where]).tolist()]

    def of(self, values: Array) -> Array:
        """Return what an array with an entry for each row of the table has for these facts."""
        return values if self._rows is None else values[self._rows]

    def days(self, name: str) -> Array:
        """Return the ordinals of a field that is a day, `NO_DAY` where there is none; raise KeyError for another."""
        column = self.table.fields[name]
        if not isinstance(column, DayColumn):
            raise KeyError(name)
        return self.of(column.days.array)

    def codes(self, name: str) -> Array:
        """Return the code of the string in a field, `ABSENT` where there is none, or where there is no such field."""
        column = self.table.fields.get(name)
        return self.of(column.codes.array) if isinstance(column, CodeColumn) else np.full(len(self), ABSENT)

    def texts(self, name: str) -> list[str | None]:
        """Return the strings of a field, None where there is none, or where these facts have no such field."""
        texts = self._columns.strings.texts
        return [None if code == ABSENT else texts[code] for code in self.codes(name).tolist()]

    def counts(self, name: str) -> dict[str, int]:
        """Return how many of the facts give each string in a field, or how often they list it."""
        # Counted in one pass, whatever is absent in the first place; there are fewer strings than mentions of them.
        counts = np.bincount(np.concatenate(list(self._given(name))) + 1)[1:]
        found, texts = np.flatnonzero(counts), self._columns.strings.texts
        return {texts[code]: number for code, number in zip(found.tolist(), counts[found].tolist(), strict=True)}

    def _given(self, name: str) -> Iterator[Array]:
        """Yield the codes that the facts give in a field, or list there, of many facts at a time."""
        column, rows = self.table.fields.get(name), self._rows
        if not isinstance(column, ListColumn):
            yield self.codes(name)
            return
        starts, codes = column.starts.array, column.codes.array
        if rows is None:
            yield codes
            return
        # Few facts are retracted: what lies between two of them is not copied.
        ends = np.flatnonzero(np.diff(rows) > 1)
        for first, last in zip(rows[[0, *(ends + 1)]].tolist(), rows[[*ends, -1]].tolist(), strict=True):
            yield codes[starts[first] : starts[last + 1]]

    def alike(self) -> Iterator[list[str]]:
        """Yield the ids of facts that say the same in every column and on the same days, two or more at a time."""
        mixed = self._mixed()
        in_order = np.sort(mixed)
        # What else mixes to the same is told apart below.
        some = np.flatnonzero(np.isin(mixed, in_order[1:][in_order[1:] == in_order[:-1]]))
        groups: dict[tuple[Any, ...], list[int]] = {}
        for place, said in zip(some.tolist(), self._said(some), strict=True):
            groups.setdefault(said, []).append(place)
        numbers = self.of(self.table.numbers.array)
        for places in groups.values():
            if len(places) > 1:
                yield [self._columns.ids[numbers[place]] for place in places]

    def _plain(self) -> list[Array]:
        table = self.table
        plain = [column for column in table.fields.values() if not isinstance(column, ListColumn)]
        # But for lists a column is one array.
        arrays = [part.array for column in plain for part in attrs.astuple(column, recurse=False)]
        return [table.first.array, table.last.array, table.until.array, *arrays]

    def _mixed(self) -> Array:
        """Return a number for each fact: the same for those that say the same, mostly another for others."""
        mixed = np.zeros(self.table.rows, np.uint64)
        factor = _MULTIPLIER
        for array in self._plain():
            mixed += array.astype(np.int64).view(np.uint64) * np.uint64(factor)
            factor = factor * _MULTIPLIER % 2**64
        for column in self.table.fields.values():
            if isinstance(column, ListColumn):
                starts = column.starts.array[:-1]
                lengths = column.starts.array[1:] - starts
                # How many are listed, and who first, tells most apart.
                codes = column.codes.array
                first = np.where(lengths, codes.take(starts, mode="clip"), ABSENT) if len(codes) else 0
                listed = (lengths << 32) + first * 2 + column.given.array
                mixed += listed.view(np.uint64) * np.uint64(factor)
                factor = factor * _MULTIPLIER % 2**64
        return self.of(mixed)

    def _said(self, places: Array) -> Iterator[tuple[Any, ...]]:
        rows = places if self._rows is None else self._rows[places]
        parts: list[list[Any]] = [array[rows].tolist() for array in self._plain()]
        for column in self.table.fields.values():
            if isinstance(column, ListColumn):
                starts, codes, given = column.starts.array, column.codes.array, column.given.array
                parts.append([(bool(given[r]), codes[starts[r] : starts[r + 1]].tobytes()) for r in rows.tolist()])
        return zip(*parts, strict=True)


def given_in(fields: Iterable[tuple[StandingFacts, str]], columns: Columns) -> Array:
    """Tell of each string, by its code, whether facts give it in any of the fields, or list it there."""
    # What is absent is the last.
    given = np.zeros(len(columns.strings.texts) + 1, np.bool_)
    for facts, name in fields:
        for codes in facts._given(name):  # noqa: SLF001 - of this module
            given[codes] = True
    return given[:-1]


def standing_facts(projection: Projected) -> Mapping[str, StandingFacts]:
    """Return by wire name the facts that no retraction undoes, of each type of which there is any."""
    columns = projection.columns
    retractions = columns.tables.get(FactRetracted.wire)
    numbers = [] if retractions is None else retractions.numbers.array.tolist()
    _, gone = undone(projection, numbers)
    stands = np.ones(len(columns), np.bool_)
    stands[list(gone)] = False
    found = {}
    for wire, table in columns.tables.items():
        standing = stands[table.numbers.array]
        rows = None if standing.all() else np.flatnonzero(standing)
        if rows is None or len(rows):
            found[wire] = StandingFacts(columns, table, rows)
    return found
