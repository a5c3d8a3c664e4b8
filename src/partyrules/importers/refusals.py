"""What is wrong with a register, cell by cell: for a table, for a program, and as a workbook to correct."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import define, field, frozen

from partyrules.errors.chinese import chinese
from partyrules.importers.cells import CellError, shown_as
from partyrules.importers.plans import CellSource
from partyrules.importers.sheets import RegisterSheet, Value


@frozen
class Refusal:
    """A cell that cannot be taken, or a row or sheet where `column` or `row` is None; rows are counted from 1.

    `column` are its letters and `header` its name, `value` is what is shown in it, `why` the reason and what is
    allowed, and `near` the nearest reading that could be taken.
    """

    sheet: RegisterSheet
    row: int | None
    column: str | None
    header: str | None
    value: str
    why: str
    near: str | None = None


@frozen
class RefusedRows:
    """The rows of a sheet that are to be given again: those with a refusal, and those that belong to them.

    `first` is where the data begin; rows are counted from 0. `marks` are the columns refused in each.
    """

    sheet: RegisterSheet
    first: int
    rows: Sequence[int]
    marks: Mapping[int, Mapping[int | None, str]]


@frozen
class SheetRemark:
    """Something to know of a sheet that is no problem: what of it was passed over."""

    sheet: RegisterSheet
    what: str


@define(eq=False)
class Page:
    """A sheet as it is read: the names of its columns and its first row of data, what is refused of it and remarked.

    `refusals` are those of each row, of the sheet under None; a row that has none there belongs to one that has.
    """

    sheet: RegisterSheet
    names: Mapping[int, str] = field(factory=dict)
    first: int | None = None
    refusals: dict[int | None, list[Refusal]] = field(factory=lambda: defaultdict(list))
    marks: dict[int, dict[int | None, str]] = field(factory=lambda: defaultdict(dict))
    remarks: list[SheetRemark] = field(factory=list)

    def remark(self, what: str) -> None:
        """Note something that is no problem."""
        self.remarks.append(SheetRemark(self.sheet, what))

    def refuse(self, row: int, at: int | None, value: Value, error: CellError, *, called: str | None = None) -> None:
        """Refuse a cell, once."""
        column = None if at is None else self.sheet.letters(row, at)
        header = called or (None if at is None else self.names.get(at))
        found = Refusal(self.sheet, self.sheet.number(row), column, header, shown_as(value), error.why, error.near)
        if found not in self.refusals[row]:
            self.refusals[row].append(found)
            self.marks[row][at] = error.why

    def refuse_field(self, row: int, source: CellSource, error: CellError) -> None:
        """Refuse the cell that a field is read of, unless it is refused for whom it is of."""
        if source.at is None or source.at not in self.marks.get(row, ()):
            self.refuse(row, source.at, source.cell(self.sheet.rows[row]), error, called=source.called)

    def refused_rows(self) -> RefusedRows | None:
        """Return the rows that are to be given again, None where there are none."""
        if self.first is None or not self.refusals:
            return None
        rows = sorted(row for row in self.refusals if row is not None and row >= self.first)
        return RefusedRows(self.sheet, self.first, rows, self.marks)

    def in_order(self) -> Iterator[Refusal]:
        """Yield the refusals: that of the sheet, then those of each row."""
        for row in sorted(self.refusals, key=lambda row: -1 if row is None else row):
            yield from self.refusals[row]


def refusal_wire(refusal: Refusal) -> dict[str, Any]:
    """Return a refusal as a JSON object."""
    return {
        "file": str(refusal.sheet.file),
        "sheet": refusal.sheet.name,
        "row": refusal.row,
        "column": refusal.column,
        "header": refusal.header,
        "value": refusal.value,
        "reason": {"zh": chinese(refusal.why), "en": refusal.why},
        "nearest": refusal.near,
    }
