"""A recorded fact read straight out of its columns: no object is made of it."""

from typing import Any, Final

from partyrules.facts.schema import FOR_PERIOD, FURTHER
from partyrules.history import Relation
from partyrules.store.columns import NO_DAY, CodeColumn, Columns, DayColumn, ListColumn, Table

__all__ = ["Entry", "Named", "entry_of"]

# What a fact says besides, which no column keeps.
NOT_KEPT: Final = ("on", "until", "recorded_at", "recorded_by", "note")


class Entry:
    """Row `row` of a table; it says what the fact says."""

    __slots__ = ("_columns", "_values", "first", "id", "last", "number", "row", "table", "wire")

    def __init__(self, columns: Columns, table: Table, row: int) -> None:
        self._columns: Final = columns
        self._values: Final[dict[str, tuple[Any, ...] | None]] = {}
        self.table: Final = table
        self.wire: Final = table.wire
        self.row: Final = row
        self.number: Final = int(table.numbers.array[row])
        self.id: Final = columns.ids[self.number]
        self.first: Final = int(table.first.array[row])
        self.last: Final = int(table.last.array[row])

    def values(self, name: str) -> tuple[Any, ...] | None:
        """Return what a field says, nothing where it is empty or not there; None for what is no string."""
        if name not in self._values:
            said, more = self._read(name), FURTHER.get((self.wire, name))
            others = None if more is None else self._read(more)
            self._values[name] = tuple(dict.fromkeys((*said, *others))) if said and others else said
        return self._values[name]

    def _read(self, name: str) -> tuple[Any, ...] | None:
        column, texts = self.table.fields.get(name), self._columns.strings.texts
        match column:
            case CodeColumn(codes):
                code = int(codes.array[self.row])
                return (texts[code],) if code >= 0 else ()
            case ListColumn(starts, codes):
                start, after = starts.array[self.row : self.row + 2].tolist()
                return tuple([texts[code] for code in codes.array[start:after].tolist()])
            case None if name == "id":
                return (self.id,)
            case None if name not in NOT_KEPT:
                return ()
        return None

    @property
    def counts_by_day(self) -> bool:
        """Tell whether the one day on which it happened says in which periods it counts."""
        column = self.table.fields.get(FOR_PERIOD.get(self.wire, ""))
        named = isinstance(column, DayColumn) and column.days.array[self.row] != NO_DAY
        return self.first == self.last and not named

    def lists(self, name: str) -> bool:
        """Tell whether a list was recorded, though it may be empty."""
        column = self.table.fields.get(name)
        return isinstance(column, ListColumn) and bool(column.given.array[self.row])

    def people(self) -> list[str]:
        """Return whom the fact names, perhaps repeatedly."""
        found: list[str] = []
        for name in self.table.people:
            found += self.values(name) or ()
        return found


def entry_of(columns: Columns, number: int) -> Entry:
    """Return the fact with that number; raise IndexError where there is none."""
    for table in columns.tables.values():
        row = int(table.numbers.array.searchsorted(number))
        if row < table.rows and table.numbers.array[row] == number:
            return Entry(columns, table, row)
    raise IndexError(f"no fact has the number {number}")


class Named:
    """What it means for a relation that holds of everybody named (人员) that a person is named first, or no longer."""

    def __init__(self, relation: Relation, person: str) -> None:
        self._field: Final = (relation.group or relation.key)[0]
        self._person: Final = person
        self.wire: Final = relation.started

    def values(self, name: str) -> tuple[Any, ...] | None:
        """Return the person; nothing else is known."""
        return (self._person,) if name == self._field else None
