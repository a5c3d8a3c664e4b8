"""Whether columns that come out of a file can be what facts make: nothing in them points beside what there is."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from partyrules.store.columns import (
    NO_DAY,
    CodeColumn,
    Column,
    Columns,
    DayColumn,
    FlagColumn,
    ListColumn,
    NumberColumn,
    Table,
)
from partyrules.store.strings import ABSENT

_FIRST_DAY: Final = date.min.toordinal()
_LAST_DAY: Final = date.max.toordinal()


def misshapen(columns: Columns) -> str | None:
    """Return what of the columns cannot be, None where all of it can.

    That the facts are those of the ledger, this does not tell.
    """
    if len(columns.strings) != len(columns.strings.texts) + 1:
        return "a string stands in it twice"
    seen = np.zeros(len(columns), np.int64)
    for wire, table in columns.tables.items():
        if not all(_tests(table, facts=len(columns), strings=len(columns.strings.texts))):
            return f"the columns of `{wire}` do not fit together"
        seen[table.numbers.array] += 1
    return None if np.all(seen == 1) else "a fact stands in it twice, or not at all"


def _tests(table: Table, *, facts: int, strings: int) -> Iterator[bool]:
    numbers, first, last, until = (part.array for part in (table.numbers, table.first, table.last, table.until))
    yield {len(first), len(last), len(until), table.recorded.size} == {len(numbers)}
    yield _within(numbers, 0, facts - 1)
    yield bool(np.all(numbers[1:] > numbers[:-1]))
    yield _within(first, _FIRST_DAY, _LAST_DAY) and _within(last, _FIRST_DAY, _LAST_DAY)
    yield _within(until, NO_DAY, _LAST_DAY)
    for column in table.fields.values():
        yield _fits(column, len(numbers), strings)


def _fits(column: Column, rows: int, strings: int) -> bool:
    match column:
        case CodeColumn():
            return column.codes.size == rows and _within(column.codes.array, ABSENT, strings - 1)
        case DayColumn():
            return column.days.size == rows and _within(column.days.array, NO_DAY, _LAST_DAY)
        case FlagColumn():
            return column.flags.size == rows and _within(column.flags.array, ABSENT, 1)
        case NumberColumn():
            return column.numbers.size == rows
        case ListColumn():
            starts = column.starts.array
            return (
                (len(starts), column.given.size) == (rows + 1, rows)
                and (starts[0], starts[-1]) == (0, column.codes.size)
                and bool(np.all(starts[1:] >= starts[:-1]))
                and _within(column.codes.array, 0, strings - 1)
            )


def _within(array: NDArray[Any], low: int, high: int) -> bool:
    return not len(array) or bool(low <= array.min() and array.max() <= high)
