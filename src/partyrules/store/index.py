"""Where a value stands among the columns: found in microseconds, and the facts seen there without reading them."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from copy import copy
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, Protocol, TypeVar, cast
from weakref import WeakKeyDictionary, ref

import numpy as np
from numpy.typing import NDArray

from partyrules.facts.retractions import retracted_ids
from partyrules.facts.schema import FURTHER, value_of
from partyrules.facts.vocabulary import Fact, FactRetracted
from partyrules.store.columns import (
    NO_DAY,
    NO_NUMBER,
    SCALE,
    CodeColumn,
    Columns,
    DayColumn,
    FlagColumn,
    ListColumn,
    NumberColumn,
    Table,
)
from partyrules.store.strings import ABSENT
from partyrules.time.calendar import CivilDate

T = TypeVar("T")
Rows = NDArray[np.int64]

NO_ROWS: Final[Rows] = np.empty(0, np.int64)
# How often all entries are looked through in the time that it takes to sort them.
_AS_LONG_AS_SORTING: Final = 32
_MOST_REMEMBERED: Final = 64


class Projected(Protocol):
    """Facts as columns, and the facts themselves by their place among all, from 0 on."""

    @property
    def columns(self) -> Columns:
        """Return the columns of all facts."""

    def facts(self, numbers: Sequence[int], /) -> Sequence[Fact]:
        """Return the facts at these places, in this order."""


def undone(
    projection: Projected, retractions: Sequence[int], besides: Iterable[FactRetracted] = ()
) -> tuple[frozenset[str], frozenset[int]]:
    """Return the ids, and the places, of the facts that retractions undo: those at some places, and others besides."""
    known = tuple(besides)

    def found() -> tuple[frozenset[str], frozenset[int]]:
        facts = projection.facts(retractions) if retractions else ()
        gone = retracted_ids((*(fact for fact in facts if isinstance(fact, FactRetracted)), *known))
        return gone, frozenset(projection.columns.places(gone).values())

    gone, places = index_of(projection).remembered((FactRetracted.wire, *retractions, *known), found)
    # What is retracted may be recorded later than its retraction.
    return (gone, places) if len(gone) == len(places) else found()


# Which rows have a value ---------------------------------------------------------------------------------------------


class _Entries:
    """The rows of one field by the code they hold or list; sorted once looking through them has taken as long."""

    def __init__(self) -> None:
        # The rows of code `c` are `rows[starts[c + 1]:starts[c + 2]]`, those without one have the code -1; and of how
        # many entries they are. All at once, for another thread may look.
        self._sorted: tuple[NDArray[np.int64], Rows, int] = (np.zeros(1, np.int64), NO_ROWS, 0)
        self._looked_through = 0

    def rows(self, column: CodeColumn | ListColumn, code: int) -> Rows:
        """Return the rows with this code, in order."""
        self._looked_through += column.codes.size - self._sorted[2]
        if self._looked_through > _AS_LONG_AS_SORTING * column.codes.size:
            self._sorted, self._looked_through = _sorted(column), 0
        starts, rows, entries = self._sorted
        place = code + 1
        found = rows[starts[place] : starts[place + 1]] if place + 1 < len(starts) else NO_ROWS
        if column.codes.size > entries:
            after = np.flatnonzero(column.codes.array[entries:] == code) + entries
            if len(after):
                # A fact that lists somebody twice is one fact.
                late = _row_of(column, after)
                found = np.concatenate((found, late[np.diff(late, prepend=-1) > 0]))
        return found


def _sorted(column: CodeColumn | ListColumn) -> tuple[NDArray[np.int64], Rows, int]:
    codes = column.codes.array.astype(np.int64)
    entries = (codes << 32) | _row_of(column, np.arange(len(codes), dtype=np.int64))
    entries.sort()
    # A fact that lists somebody twice is one fact.
    entries = entries[np.concatenate(([True], entries[1:] != entries[:-1]))]
    return np.concatenate(([0], np.cumsum(np.bincount((entries >> 32) + 1)))), entries & 0xFFFFFFFF, len(codes)


def _row_of(column: CodeColumn | ListColumn, entries: Rows) -> Rows:
    """Return the row in which each entry of a column stands."""
    if isinstance(column, CodeColumn):
        return entries
    rows: Rows = np.searchsorted(column.starts.array, entries, side="right") - 1
    return rows


class FactIndex:
    """Where among the columns a value stands; made once for each field that is asked about, and kept up to date."""

    def __init__(self, projection: Projected) -> None:
        self.columns: Final = projection.columns
        # Not the projection itself, which would then never be let go.
        self._projection = ref(projection)
        # Of which types of facts which names are no field.
        self.not_there: set[tuple[str, str]] = set()
        self._entries: dict[tuple[str, str], _Entries] = {}
        self._remembered: dict[Hashable, Any] = {}

    def remembered(self, key: Hashable, work_out: Callable[[], T]) -> T:
        """Return what was worked out under the key, of which few are kept: who asks again asks mostly the same."""
        found: T
        try:
            found = self._remembered[key]
        except KeyError:
            found = work_out()
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = found
        return found

    def branch(self, projection: Projected) -> None:
        """Let a branch of the projection have what was found out so far; it finds out the rest by itself."""
        other = _INDEXES[projection] = FactIndex(projection)
        other.not_there |= self.not_there
        other._entries |= {key: copy(entries) for key, entries in dict(self._entries).items()}

    def rows(self, wire: str, name: str, value: Any) -> Rows | None:
        """Return the rows of a table of which the field is a string, or lists it; None where no index can tell."""
        table = self.columns.tables.get(wire)
        if table is None:
            return NO_ROWS
        column = table.fields.get(name)
        if not isinstance(column, CodeColumn | ListColumn):
            return None
        if value is None and isinstance(column, ListColumn):
            return np.flatnonzero(~column.given.array)
        code = self.code(value)
        if code is None:
            return NO_ROWS
        if (wire, name) not in self._entries:
            self._entries[wire, name] = _Entries()
        found = self._entries[wire, name].rows(column, code)
        more = None if value is None else FURTHER.get((wire, name))
        others = None if more is None else self.rows(wire, more, value)
        return found if others is None or not len(others) else np.union1d(found, others)

    def code(self, value: Any) -> int | None:
        """Return the code under which columns hold a string, or None; None for what they do not hold."""
        return ABSENT if value is None else self.columns.strings.find(value) if isinstance(value, str) else None

    def read(self, number: int) -> Fact:
        """Return the fact at that place; whoever asks for it holds the projection."""
        projection = self._projection()
        if projection is None:
            raise LookupError(f"fact {number}: its projection is gone")
        return projection.facts((number,))[0]

    def names(self, person: str) -> bool:
        """Tell whether any fact names the person, whether or not it stands."""
        return any(len(rows) for _, rows in self.naming(person))

    def naming(self, person: str) -> Iterator[tuple[str, Rows]]:
        """Yield the rows of each table that name the person, field by field."""
        for wire, table in self.columns.tables.items():
            for name in table.people:
                if isinstance(table.fields.get(name), CodeColumn | ListColumn):
                    rows = self.rows(wire, name, person)
                    if rows is not None:
                        yield wire, rows

    def people(self, standing: Callable[[Table], NDArray[np.bool_]] | None = None) -> set[str]:
        """Return everybody whom a fact names, of those rows of each table that are said to stand."""
        texts = self.columns.strings.texts
        named: set[str] = set()
        for table in self.columns.tables.values():
            columns = [table.fields.get(name) for name in table.people]
            kept = None if standing is None or not any(columns) else standing(table)
            for column in columns:
                if isinstance(column, CodeColumn | ListColumn):
                    codes = column.codes.array
                    if kept is not None:
                        codes = codes[kept[_row_of(column, np.arange(len(codes), dtype=np.int64))]]
                    named.update(texts[code] for code in np.unique(codes).tolist() if code >= 0)
        return named

    def place_of(self, number: int) -> tuple[Table, int]:
        """Return the table and the row of a fact."""
        for table in self.columns.tables.values():
            numbers = table.numbers.array
            if len(numbers) and numbers[-1] >= number:
                # A number of another type would have the whole column made anew in that type.
                row = int(numbers.searchsorted(numbers.dtype.type(number)))
                if numbers[row] == number:
                    return table, row
        raise IndexError(f"no fact has the number {number}")

    def glimpse(self, number: int) -> "Glimpse":
        """Return the fact at that place, of which the columns are asked."""
        table, row = self.place_of(number)
        on = civil(int(table.first.array[row]), int(table.last.array[row]))
        return Glimpse(self, table, row, self.columns.ids[number], on)


_INDEXES: Final[WeakKeyDictionary[Projected, FactIndex]] = WeakKeyDictionary()


def index_of(projection: Projected) -> FactIndex:
    """Return the index of a projection's columns, the same one each time."""
    found = _INDEXES.get(projection)
    if found is None or found.columns is not projection.columns:
        found = _INDEXES[projection] = FactIndex(projection)
    return found


class Glimpse:
    """A fact of which the columns are asked; it is read from the record where they do not hold what is wanted.

    What was asked once is kept as any attribute is.
    """

    def __init__(self, index: FactIndex, table: Table, row: int, fact_id: str, on: CivilDate) -> None:
        self._index = index
        self._table = table
        self._row = row
        self.id = fact_id
        self.on = on
        self.wire = table.wire

    def values(self, name: str) -> tuple[Any, ...]:
        """Return what rules read in a field: the entries of a list, nothing where it is empty."""
        known: dict[str, tuple[Any, ...]] = self.__dict__.setdefault("_known", {})
        if name not in known:
            value = value_of(self, name)
            known[name] = value if isinstance(value, tuple) else () if value is None else (value,)
        return known[name]

    def people(self) -> Iterator[str]:
        """Yield the people whom the fact names, perhaps repeatedly."""
        for name in self._table.people:
            yield from self.values(name)

    def __getattr__(self, name: str) -> Any:
        value = self.__dict__[name] = self._said(name)
        return value

    def _said(self, name: str) -> Any:
        column, row, texts = self._table.fields.get(name), self._row, self._index.columns.strings.texts
        if isinstance(column, CodeColumn):
            code = column.codes.at(row)
            return None if code == ABSENT else texts[code]
        if isinstance(column, ListColumn):
            if not column.given.at(row):
                return None
            start, stop = column.starts.at(row), column.starts.at(row + 1)
            return tuple([texts[code] for code in column.codes.array[start:stop].tolist()])
        if isinstance(column, FlagColumn):
            flag = column.flags.at(row)
            return None if flag == ABSENT else bool(flag)
        if isinstance(column, DayColumn):
            return _day(column.days.at(row))
        if isinstance(column, NumberColumn):
            return _number(column.numbers.at(row))
        if name == "until":
            return _day(self._table.until.at(row))
        if (self.wire, name) in self._index.not_there:
            raise AttributeError(name)
        fact = whole(self)
        if not hasattr(fact, name):
            self._index.not_there.add((self.wire, name))
        return getattr(fact, name)


def whole(seen: Any) -> Fact:
    """Return the fact itself, read from the record where it is not at hand."""
    if not isinstance(seen, Glimpse):
        return cast("Fact", seen)
    return seen._index.read(seen._table.numbers.at(seen._row))  # noqa: SLF001 - of this module


def _number(units: int) -> int | Decimal | None:
    if units == NO_NUMBER:
        return None
    return units // SCALE if not units % SCALE else (Decimal(units) / SCALE).normalize()


def _day(ordinal: int) -> date | None:
    return None if ordinal == NO_DAY else date.fromordinal(ordinal)


@lru_cache(maxsize=16384)
def civil(first: int, last: int) -> CivilDate:
    """Return the civil date between two ordinals, both inclusive."""
    return CivilDate(date.fromordinal(first), date.fromordinal(last))
