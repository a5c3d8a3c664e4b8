"""What the columns say as of a day: the rows that stand, with their fields; the terms and closures; nothing else."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from functools import cached_property, partial
from typing import Final, NamedTuple, TypeVar

import numpy as np

from partyrules.evaluate.columnar.joins import places
from partyrules.evaluate.columnar.limits import NotColumnar
from partyrules.evaluate.columnar.once import Once
from partyrules.evaluate.columnar.truths import Array
from partyrules.facts.schema import FOR_PERIOD, FURTHER
from partyrules.facts.vocabulary import Fact, FactRetracted, RegisterClosed
from partyrules.history import UNDATED_WIRES, History
from partyrules.packs.pack import Adoption
from partyrules.store.columns import (
    NO_DAY,
    NO_NUMBER,
    CodeColumn,
    Columns,
    DayColumn,
    FlagColumn,
    ListColumn,
    NumberColumn,
    Table,
    instant_number,
)
from partyrules.store.index import Projected, undone
from partyrules.time.calendar import TermCalendar

FOREVER: Final = date.max.toordinal()
NEVER: Final = date.min.toordinal()
_NOT_KEPT: Final = ("note", "recorded_by", "recorded_at", "on", "until")

T = TypeVar("T")


class Scalars(NamedTuple):
    """One value of each row: of `kind` code, flag, number or day."""

    kind: str
    values: Array


class Listed:
    """The codes that rows list; `index` are the places of the rows in the table, None for its own rows."""

    def __init__(self, starts: Array, codes: Array, given: Array, index: Array | None) -> None:
        self._starts: Final = starts
        self._codes: Final = codes
        self._given: Final = given
        self._index: Final = index

    @property
    def given(self) -> Array:
        """Which of the rows have a list."""
        return self._given if self._index is None else self._given[self._index]

    def entries(self, rows: Array | None = None) -> tuple[Array, Array]:
        """Return how many codes each of some rows, or of all, lists, and those codes."""
        if rows is None:
            rows = self._index
        elif self._index is not None:
            rows = self._index[rows]
        if rows is None:
            return np.diff(self._starts), self._codes
        first = self._starts.take(rows)
        lengths = self._starts.take(rows + 1) - first
        return lengths, self._codes.take(places(first, lengths))

    def pairs(self, rows: Array | None = None) -> tuple[Array, Array]:
        """Return the place of each of some rows, or of all, as often as it lists a code, and those codes."""
        lengths, codes = self.entries(rows)
        return np.arange(len(lengths)).repeat(lengths), codes

    def named(self, space: int, whole: Callable[[], Array]) -> Array:
        """Return which codes below `space` some row lists; `whole` returns how often the whole table lists each."""
        if self._index is not None and 2 * len(self._index) < len(self._starts) - 1:
            return np.bincount(self.entries()[1], minlength=space) > 0
        counts = whole()
        if self._index is None:
            return counts > 0
        left_out = np.ones(len(self._starts) - 1, np.bool_)
        left_out[self._index] = False
        others = Listed(self._starts, self._codes, self._given, np.flatnonzero(left_out)).entries()[1]
        found: Array = counts > np.bincount(others, minlength=space)
        return found

    def counts(self, space: int) -> Array:
        """Return how often each code below `space` stands in the whole table, whichever rows these are."""
        return np.bincount(self._codes, minlength=space)


class View:
    """The facts of a history as columns: those known at its time, that stand and are not dated after its day.

    What the columns take in later is not seen.
    """

    def __init__(self, projection: Projected, adoption: Adoption, history: History) -> None:
        columns = projection.columns
        self.projection: Final = projection
        self.columns: Final = columns
        self.adoption: Final = adoption
        self.history: Final = history
        self.day: Final = history.as_of
        self.as_of: Final = history.as_of.toordinal()
        self.known_at: Final = history.known_at
        self.strings: Final = columns.strings
        self.space: Final = len(columns.strings.texts)
        self._count: Final = len(columns)
        self.once: Final = Once()

    def lasting(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` makes, which hangs on the columns alone and not on what the view sees of them."""
        return self.columns.once(key, make) if len(self.columns) == self._count else self.once(key, make)

    def facts(self, numbers: Sequence[int]) -> Sequence[Fact]:
        """Return the facts with these numbers, in that order."""
        return self.projection.facts(numbers)

    def code(self, text: str) -> int:
        """Return the code of a string, one that nothing has where no fact says it."""
        found = self.strings.find(text)
        return -2 if found is None or found >= self.space else found

    @cached_property
    def ranks(self) -> Array:
        """The place of each code in the order of the strings."""
        return self.strings.ranks[: self.space] if len(self.strings.texts) == self.space else self.strings.ranks

    @cached_property
    def by_rank(self) -> Array:
        """The code at each place in the order of the strings."""
        codes = np.empty(len(self.ranks), np.int32)
        codes[self.ranks] = np.arange(len(self.ranks), dtype=np.int32)
        return codes

    # Which facts stand ---------------------------------------------------------------------------------------------

    @cached_property
    def terms(self) -> TermCalendar:
        """The declared terms."""
        return self.history.terms

    @cached_property
    def closures(self) -> "Rows":
        """The closures of the register; they act whatever their day."""
        table = self._table(RegisterClosed.wire)
        return Rows(self, table, self._size(table), np.flatnonzero(self._standing(table)))

    @cached_property
    def retracted(self) -> Array:
        """The numbers of the facts that a retraction undoes, and of those that the history leaves out."""
        left_out = self.history.left_out
        known = [number for number in self.numbers_of(FactRetracted.wire).tolist() if number not in left_out]
        _, gone = undone(self.projection, known)
        return np.array([*left_out, *gone], np.int64)

    @cached_property
    def _gone(self) -> Array:
        """Which of all facts are retracted or left out."""
        gone = np.zeros(self._count, np.bool_)
        gone[self.retracted[self.retracted < self._count]] = True
        return gone

    def numbers_of(self, wire: str) -> Array:
        """Return the numbers of the facts of a type that are known, whether they stand or not."""
        table = self.columns.tables.get(wire)
        if table is None:
            return np.empty(0, np.int64)
        return table.numbers.array[: self._size(table)][self._known(table)]

    def _size(self, table: Table) -> int:
        """Return how many rows of a table there were when the view was made."""
        return int(table.numbers.array.searchsorted(np.int32(self._count)))

    def _known(self, table: Table) -> Array:
        size = self._size(table)
        if self.known_at is None:
            return np.ones(size, np.bool_)
        recorded = table.recorded.array[:size]
        known: Array = (recorded == NO_NUMBER) | (recorded <= instant_number(self.known_at))
        return known

    def rows(self, wire: str) -> "Rows":
        """Return the facts of a type that stand; raise NotColumnar for what is said about the record itself.

        That acts whatever its day, and some of it is in no column.
        """
        if wire in UNDATED_WIRES:
            raise NotColumnar(f"the facts of `{wire}`")
        return self.once(("rows", wire), lambda: self._rows(wire))

    def whole(self, wire: str) -> "Rows":
        """Return the facts of a type that there are, whether they stand or not."""

        def make() -> Rows:
            table = self._table(wire)
            return Rows(self, table, self._size(table), None, key=("whole", wire))

        return self.once(("whole", wire), make)

    def _table(self, wire: str) -> Table:
        return self.columns.tables.get(wire) or Columns().table(self.adoption.vocabulary.types[wire])

    def _rows(self, wire: str) -> "Rows":
        table = self._table(wire)
        size = self._size(table)
        stands = self._standing(table) & (table.first.array[:size] <= self.as_of)
        return Rows(self, table, size, None if stands.all() else np.flatnonzero(stands))

    def _standing(self, table: Table) -> Array:
        """Return which rows of a table are known and not retracted, whatever their day."""
        known = self._known(table)
        if len(self.retracted):
            known &= ~self._gone.take(table.numbers.array[: len(known)])
        return known

    @cached_property
    def people(self) -> Array:
        """The codes of every person that some fact names, in the order of their ids."""
        named = np.zeros(self.space + 1, np.bool_)
        for wire in self.columns.tables.keys() - UNDATED_WIRES:
            rows = self.rows(wire)
            for name in rows.table.people:
                column = rows.column(name)
                if isinstance(column, Listed):
                    counts = partial(self.lasting, ("counts", wire, name), partial(column.counts, self.space))
                    named[: self.space] |= column.named(self.space, counts)[: self.space]
                elif column is not None and column.kind == "code":
                    named[column.values] = True
        named[-1] = False
        return self.in_order(np.flatnonzero(named))

    def in_order(self, codes: Array) -> Array:
        """Return codes sorted as their strings are."""
        ordered: Array = self.by_rank[np.sort(self.ranks[codes])]
        return ordered

    @cached_property
    def first_day(self) -> int:
        """The first day on which anything happened, or the day asked."""
        days = [int(table.first.array.min()) for table in self.columns.tables.values() if table.rows]
        return min([self.as_of, *days])

    def numbered(self, spans: Iterable[tuple[int, int]]) -> Array:
        """Return for each day from `first_day` to `as_of` the number of the span, disjoint and sorted, that holds it.

        Days in none have -1.
        """
        number = np.full(self.as_of - self.first_day + 1, -1, np.int32)
        for n, (start, end) in enumerate(spans):
            low, high = max(start - self.first_day, 0), min(end, self.as_of) - self.first_day + 1
            if low < high:
                number[low:high] = n
        return number

    def texts(self, codes: Iterable[int]) -> list[str]:
        """Return the strings of codes."""
        return [self.strings.texts[code] for code in codes]


class Rows:
    """The facts of one type that stand, and what their fields say."""

    def __init__(
        self, view: View, table: Table, size: int, index: Array | None, *, key: Hashable | None = None
    ) -> None:
        self.view: Final = view
        self.table: Final = table
        self.key: Final = table.wire if key is None else key
        self._size: Final = size
        self._index: Final = index

    @cached_property
    def stands(self) -> Array | None:
        """Which rows of the whole table these are, None for all."""
        if self._index is None:
            return None
        stands = np.zeros(self._size, np.bool_)
        stands[self._index] = True
        return stands

    @cached_property
    def places(self) -> Array:
        """The row of the whole table that each is."""
        return np.arange(self._size) if self._index is None else self._index

    def _of(self, values: Array) -> Array:
        return values[: self._size] if self._index is None else values[self._index]

    def __len__(self) -> int:
        return self._size if self._index is None else len(self._index)

    @cached_property
    def numbers(self) -> Array:
        """The number of each fact among all facts."""
        return self._of(self.table.numbers.array)

    @cached_property
    def days(self) -> Array:
        """The day of each, the first possible one where only the month is known."""
        return self._of(self.table.first.array)

    @cached_property
    def last_days(self) -> Array:
        """The last possible day of each."""
        return self._of(self.table.last.array)

    @cached_property
    def until(self) -> Array:
        """The last day of each, `NO_DAY` where none is said."""
        return self._of(self.table.until.array)

    @cached_property
    def doubtful(self) -> Array | None:
        """Which say when they count by more than one day: known to the month, or for a period; None for none."""
        found = self.days != self.last_days
        named = self.column(FOR_PERIOD.get(self.table.wire, ""))
        if isinstance(named, Scalars):
            found |= named.values != NO_DAY
        return found if found.any() else None

    def column(self, name: str) -> Scalars | Listed | None:
        """Return what the field says in each row, with what another says besides; None where there is no such field."""
        return self.view.once((self.key, "column", name), lambda: self._with_further(name))

    def _with_further(self, name: str) -> Scalars | Listed | None:
        column, more = self._column(name), FURTHER.get((self.table.wire, name))
        others = None if more is None else self._column(more)
        if not isinstance(column, Scalars) or not isinstance(others, Listed):
            return column
        places, codes = others.pairs()
        if not len(codes):
            return column
        # Who lists again what the field itself says has it once.
        new = codes != column.values[places]
        row = np.concatenate((np.arange(len(self)), places[new]))
        order = np.argsort(row, kind="stable")
        starts = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=len(self)))))
        listed = np.concatenate((column.values, codes[new]))[order]
        return Listed(starts, listed, np.ones(len(self), np.bool_), None)

    def _column(self, name: str) -> Scalars | Listed | None:
        if name == "id":
            codes = [self.view.code(self.view.columns.ids[n]) for n in self.numbers.tolist()]
            # An id that nothing else says has no code of its own: it is no string like others.
            return Scalars("id", np.array(codes, np.int64))
        if name in _NOT_KEPT:
            raise NotColumnar(f"the field `{name}`, which has no column")
        match self.table.fields.get(name):
            case CodeColumn() as texts:
                return Scalars("code", self._of(texts.codes.array))
            case FlagColumn() as column:
                return Scalars("flag", self._of(column.flags.array))
            case NumberColumn() as column:
                return Scalars("number", self._of(column.numbers.array))
            case DayColumn() as column:
                return Scalars("day", self._of(column.days.array))
            case ListColumn() as lists:
                starts = lists.starts.array[: self._size + 1]
                return Listed(starts, lists.codes.array[: starts[-1]], lists.given.array[: self._size], self._index)
        return None
