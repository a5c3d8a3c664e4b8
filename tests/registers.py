"""What the tests of registers share: workbooks of every kind, built here, and what is read of them."""

import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter
from attrs import frozen

from partyrules.importers.directory import Directory, read_directory
from partyrules.importers.mapping import RegisterMapping, read_mapping, ready_mapping
from partyrules.importers.registers import RegisterReading, read_registers

__all__ = [
    "MONTH",
    "Formula",
    "MonthCell",
    "Row",
    "facts_in",
    "mapping_of",
    "read",
    "refused_in",
    "write_csv",
    "write_ods",
    "write_xlsx",
]

Row = Sequence[Any]
MONTH: Final = 'yyyy"年"m"月"'


@frozen
class Formula:
    """A formula and the value that the file stores with it, "" for none."""

    text: str
    value: Any = ""


class MonthCell(date):
    """A date that is shown as year and month."""


def write_xlsx(
    path: Path,
    sheets: Mapping[str, Sequence[Row]],
    *,
    hidden: Iterable[str] = (),
    merged: Mapping[str, Sequence[tuple[int, int, int, int]]] | None = None,
    since_1904: bool = False,
) -> Path:
    """Write a workbook; `merged` are ranges (first row, first column, last row, last column) of a sheet."""
    book = xlsxwriter.Workbook(str(path), {"date_1904": since_1904})
    day, month = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": MONTH})
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        if name in hidden:
            page.hide()
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                _write(page, number, column, value, day, month)
        for first, left, last, right in (merged or {}).get(name, ()):
            page.merge_range(first, left, last, right, rows[first][left])
    book.close()
    return path


def _write(page: Any, row: int, column: int, value: Any, day: Any, month: Any) -> None:
    match value:
        case None:
            pass
        case Formula():
            page.write_formula(row, column, value.text, None, value.value)
        case MonthCell():
            page.write_datetime(row, column, datetime.combine(value, time()), month)
        case datetime() | date():
            page.write_datetime(row, column, value, day)
        case str():
            page.write_string(row, column, value)
        case _:
            page.write(row, column, value)


def write_ods(path: Path, sheets: Mapping[str, Sequence[Row]], *, hidden: Iterable[str] = ()) -> Path:
    """Write a spreadsheet of OpenDocument by hand: texts, numbers, and dates with how they are shown."""
    shown = '<style:table-properties table:display="false"/>'
    styles = f'<style:style style:name="hid" style:family="table">{shown}</style:style>'
    tables = []
    for name, rows in sheets.items():
        body = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
        style = ' table:style-name="hid"' if name in hidden else ""
        tables.append(f"<table:table table:name={quoteattr(name)}{style}>{body}</table:table>")
    spaces = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces} office:version="1.2">'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
        space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        package.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{space}"/>')
    return path


def _ods_cell(value: Any) -> str:
    if value in (None, ""):
        return "<table:table-cell/>"
    if isinstance(value, Formula):
        shown = f"<text:p>{escape(str(value.value))}</text:p>" if value.value else ""
        return f"<table:table-cell table:formula={quoteattr('of:' + value.text)}>{shown}</table:table-cell>"
    shown, kind = str(value), 'office:value-type="string"'
    if isinstance(value, date):
        shown = f"{value.year}年{value.month}月" if isinstance(value, MonthCell) else f"{value:%Y/%m/%d}"
        kind = f'office:value-type="date" office:date-value="{value:%Y-%m-%d}"'
    elif isinstance(value, int | float):
        kind = f'office:value-type="float" office:value="{value}"'
    return f"<table:table-cell {kind}><text:p>{escape(shown)}</text:p></table:table-cell>"


def write_csv(path: Path, rows: Sequence[Row], *, encoding: str = "utf-8", separator: str = ",") -> Path:
    """Write a table of separated values."""
    path.write_bytes("\r\n".join(separator.join(map(str, row)) for row in rows).encode(encoding))
    return path


def mapping_of(path: Path, text: str) -> RegisterMapping:
    """Return the mapping that a text says."""
    path.write_text(text, encoding="utf-8")
    return read_mapping(path)


def read(*files: Path, mapping: str | RegisterMapping, directory: Path | Directory | None = None) -> RegisterReading:
    """Return what files tell by a mapping, ready or not."""
    known = read_directory([directory]) if isinstance(directory, Path) else directory
    chosen = ready_mapping(mapping) if isinstance(mapping, str) else mapping
    return read_registers(files, [chosen], directory=known)


def facts_in(reading: RegisterReading) -> list[dict[str, Any]]:
    """Return the facts as JSON objects, without their ids."""
    said = [json.loads(fact.content) for fact in reading.facts]
    return [{name: value for name, value in each.items() if name != "id"} for each in said]


def refused_in(reading: RegisterReading) -> list[tuple[int | None, str | None, str]]:
    """Return of each refusal the row, the letters of the column and what was found."""
    return [(each.row, each.column, each.value) for each in reading.refusals]
