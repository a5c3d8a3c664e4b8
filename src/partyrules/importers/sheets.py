"""A sheet as it is read: its name, its rows, and the values that its cells hold."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from partyrules.time.calendar import CivilDate

ROWS_MOST: Final = 1_048_576
"""The most rows of a sheet: as many as a spreadsheet has."""
COLUMNS_MOST: Final = 16_384
"""The most columns of a sheet: as many as a spreadsheet has."""
CELLS_MOST: Final = 20_000_000
"""The most cells of a sheet, from its first to the last that holds something."""


@frozen
class Lost:
    """What stands in a cell whose value the file does not hold: `shown` there, and why it cannot be read."""

    shown: str
    why: str

    def __str__(self) -> str:
        return self.shown


Value = str | int | float | bool | date | datetime | time | timedelta | CivilDate | Lost | None
"""What a cell holds: a month whose day is not shown is a `CivilDate`, and an empty cell None or an empty text."""


@frozen
class RegisterSheet:
    """One sheet of a file, its rows from the very first on; a cell merged over rows says the same in each of them.

    `hidden` sheets are not shown by a spreadsheet. Where `since_1904`, days are counted from that year. Rows that were
    put together of parts of a sheet have in `taken_from` the row and the columns that each is of. `merged` are the
    places in the file that are merged with the one above.
    """

    file: Path
    name: str
    rows: Sequence[Sequence[Value]]
    hidden: bool = False
    since_1904: bool = False
    taken_from: Sequence[tuple[int, Sequence[int]]] = ()
    merged: AbstractSet[tuple[int, int]] = frozenset()

    def number(self, row: int) -> int:
        """Return the number that a row has in the file, from 1."""
        return (self.taken_from[row][0] if self.taken_from else row) + 1

    def letters(self, row: int, column: int) -> str:
        """Return the letters that a column of a row has in the file."""
        columns = self.taken_from[row][1] if self.taken_from else ()
        return letters(columns[column] if column < len(columns) else column)

    def goes_on(self, row: int, column: int | None) -> bool:
        """Tell whether a cell is merged with the one above it."""
        if column is None or not self.merged:
            return column is None and bool(self.merged)
        taken = self.taken_from[row] if self.taken_from else (row, ())
        return (taken[0], taken[1][column] if column < len(taken[1]) else column) in self.merged

    @property
    def where(self) -> str:
        """The file and, unless it has its name, the sheet."""
        return f"{self.file}{self._within}"

    @property
    def called(self) -> str:
        """The same without the folder of the file, for a table."""
        return f"{self.file.name}{self._within}"

    @property
    def _within(self) -> str:
        return "" if self.name == self.file.stem else f" [{self.name}]"


def is_blank(value: Value) -> bool:
    """Tell whether a cell holds nothing that is seen."""
    return value is None or (
        isinstance(value, str) and not value.strip("\ufeff\u200b\u200c\u200d\u2060 \t\r\n\u3000\xa0")
    )


def letters(column: int) -> str:
    """Return the letters of a column, counted from 0: A, …, Z, AA."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def filled_down(
    rows: Sequence[list[Any]], merged: Iterable[tuple[tuple[int, int], tuple[int, int]]]
) -> set[tuple[int, int]]:
    """Write what a merged cell says into the rows below its first that it covers, in its first column; return where.

    Raise ValueError where they cover more than a sheet has: they overlap.
    """
    covered = 0
    filled = set()
    for (top, left), (bottom, _) in merged:
        covered += max(0, min(bottom, len(rows)) - top)
        if covered > CELLS_MOST:
            raise ValueError("its merged cells overlap")
        if top >= len(rows) or left >= len(rows[top]):
            continue
        for number, row in enumerate(rows[top + 1 : bottom + 1], start=top + 1):
            if left < len(row) and is_blank(row[left]):
                row[left] = rows[top][left]
                filled.add((number, left))
    return filled
