"""What is wrong with a register, cell by cell: for a table, for a program, and as a workbook to correct."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from partyrules.errors.chinese import chinese
from partyrules.importers.sheets import RegisterSheet


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
