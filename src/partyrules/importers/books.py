"""Workbooks and tables of separated values as sheets, whatever their names say they are.

calamine reads .xlsx and .ods; xlrd reads .xls, of which calamine tells neither formats nor errors. Neither is used
anywhere else.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import attrs
import python_calamine
import xlrd

from partyrules.errors import QueryError
from partyrules.importers.packages import digits_of, in_error, opendocument_peek, spreadsheet_peek
from partyrules.importers.sheets import CELLS_MOST, COLUMNS_MOST, ROWS_MOST, RegisterSheet, Value, filled_down
from partyrules.time.calendar import parse_civil_date

FILE_BYTES: Final = 256 * 2**20
"""The largest file that is read."""
UNPACKED_BYTES: Final = 1024 * 2**20
"""The most bytes that the parts of a workbook may have, unpacked."""
_PARTS_MOST: Final = 10_000

_OLD: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ALLOWED: Final = "allowed: .xlsx, .xls, .ods, .csv or .tsv"
_SAVE: Final = "open it in a spreadsheet and save it as .xlsx"
_MARKUP: Final = re.compile(rb"\s*<(?:!doctype|html|\?xml|table|meta|head)", re.IGNORECASE)
_SEPARATORS: Final = "\t,;，；|"
_SNIFFED: Final = 20
# How a text that looks like a number is kept one: ="0012" and '0012.
_AS_TEXT: Final = re.compile(r"^(?:=\"([^\"]*)\"|'(.*))$", re.DOTALL)
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    LookupError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    EOFError,
)
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_PART_ENCRYPTED: Final = 1
_PROTECTED: Final = "a workbook that is protected by a password"
_LAST_SERIAL: Final = 2_958_466  # the day after 9999-12-31


def sheets_of(path: Path) -> list[RegisterSheet]:
    """Return the sheets of a file, told by what is in it and not by its name.

    Raise QueryError where it cannot be read, is something else, is protected, or goes beyond the limits.
    """
    held = _bytes_of(path)
    if held.startswith(b"PK\x03\x04"):
        return list(_packed(path, held))
    if held.startswith(_OLD):
        return list(_old(path, held))
    if _MARKUP.match(held[:512].removeprefix(b"\xef\xbb\xbf")):
        raise _not(path, f"a web page or XML, whatever its name says; {_SAVE}")
    return [RegisterSheet(path, path.stem, _separated(path, _decoded(path, held)))]


def _bytes_of(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise _not(path, "a directory") if path.is_dir() else QueryError(f"{path}: no such file")
        with path.open("rb") as file:
            held = file.read(FILE_BYTES + 1)
    except OSError as error:
        raise QueryError(f"{path}: cannot be read: {error.strerror or error}") from None
    if len(held) > FILE_BYTES:
        raise _not(path, f"a file of more than {FILE_BYTES:,} bytes", "give it in parts")
    if not held:
        raise _not(path, "an empty file")
    return held


def _not(path: Path, found: str, allowed: str = _ALLOWED) -> QueryError:
    return QueryError(f"{path}: this is {found}; {allowed}")


# Workbooks -------------------------------------------------------------------------------------------------


def _packed(path: Path, held: bytes) -> Iterator[RegisterSheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(held)) as package:
            _unpackable(path, package)
            names = set(package.namelist())
            if "content.xml" in names and b"spreadsheet" in package.read("mimetype")[:200]:
                peeks = opendocument_peek(package.read("content.xml"))
            elif "xl/workbook.xml" in names:
                peeks = spreadsheet_peek(package)
            elif "xl/workbook.bin" in names:
                raise _not(path, f"a binary workbook (.xlsb); {_SAVE}")
            else:
                raise _not(path, "an archive that is no workbook")
    except QueryError:
        raise
    except _DAMAGED as error:
        raise _damaged(path, error) from None
    for name, peek in peeks.items():
        if peek.rows * peek.columns > CELLS_MOST or peek.rows > ROWS_MOST or peek.columns > COLUMNS_MOST:
            found = f"a workbook with {peek.rows:,} rows and {peek.columns:,} columns in the sheet {name}"
            raise _not(path, found, f"allowed: {CELLS_MOST:,} cells from the first to the last; delete what is far off")
    for sheet in _calamine(path, held):
        peek = peeks[sheet.name]
        rows: list[list[Any]] = [list(row) for row in sheet.rows]
        merged = {*sheet.merged, *filled_down(rows, peek.merged)}
        for (row, column), lost in peek.lost.items():
            # Nothing was read of it, and it may lie beyond what was.
            rows += ([] for _ in range(row + 1 - len(rows)))
            rows[row] += [""] * (column + 1 - len(rows[row]))
            rows[row][column] = lost
        for (row, column), digits in peek.digits.items():
            if row < len(rows) and column < len(rows[row]):
                rows[row][column] = _as_shown(rows[row][column], digits)
        yield attrs.evolve(sheet, rows=rows, since_1904=peek.since_1904, merged=merged)


def _as_shown(value: Value, digits: int | None) -> Value:
    """Return a date as the month that is shown, and a number as text with the noughts that are shown before it."""
    if digits == 0 and isinstance(value, date):
        return parse_civil_date(value.isoformat()[:7])
    if digits and isinstance(value, float) and value.is_integer() and value >= 0:
        return f"{int(value):0{digits}}"
    return value


def _damaged(path: Path, error: Exception) -> QueryError:
    """Return the error for a workbook that is damaged, with why where this house says so."""
    ours = type(error) is ValueError
    return _not(path, f"a workbook that is damaged: {error}" if ours else "a workbook that is damaged", _SAVE)


def _unpackable(path: Path, package: zipfile.ZipFile) -> None:
    """Refuse what would be too much once unpacked: what its parts say they have, and what they do have."""
    parts = package.infolist()
    manifest = package.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in package.namelist() else b""
    if any(part.flag_bits & _PART_ENCRYPTED for part in parts) or b"encryption-data" in manifest:
        raise _not(path, _PROTECTED, "save it without one")
    if len(parts) > _PARTS_MOST or sum(part.file_size for part in parts) > UNPACKED_BYTES:
        raise _not(path, f"a workbook of more than {UNPACKED_BYTES:,} bytes once unpacked", "give it in parts")
    size = 0
    for part in parts:
        with package.open(part) as file:
            while some := file.read(2**20):
                size += len(some)
                if size > UNPACKED_BYTES:
                    raise _not(
                        path, f"a workbook of more than {UNPACKED_BYTES:,} bytes once unpacked", "give it in parts"
                    )


def _calamine(path: Path, held: bytes) -> Iterator[RegisterSheet]:
    try:
        book = python_calamine.load_workbook(io.BytesIO(held))
        for each in book.sheets_metadata:
            if each.typ is not python_calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(each.name)
            hidden = each.visible is not python_calamine.SheetVisibleEnum.Visible
            rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
            merged = filled_down(rows, sheet.merged_cell_ranges or ())
            yield RegisterSheet(path, each.name, rows, hidden=hidden, merged=merged)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise _damaged(path, error) from None


def _old(path: Path, held: bytes) -> Iterator[RegisterSheet]:
    if _ENCRYPTED in held:
        raise _not(path, _PROTECTED, "save it without one")
    try:
        book = xlrd.open_workbook(file_contents=held, formatting_info=True, logfile=io.StringIO())
        for sheet in book.sheets():
            rows: list[list[Any]] = [
                [_old_value(book, cell) for cell in sheet.row(number)] for number in range(sheet.nrows)
            ]
            ranges = (((top, left), (end - 1, right - 1)) for top, end, left, right in sheet.merged_cells)
            merged, hidden = filled_down(rows, ranges), sheet.visibility != 0
            yield RegisterSheet(path, sheet.name, rows, hidden, since_1904=book.datemode == 1, merged=merged)
    except Exception as error:  # noqa: BLE001 - what a damaged file makes of its reader is of many kinds
        if isinstance(error, xlrd.XLRDError) and "encrypted" in str(error):
            raise _not(path, _PROTECTED, "save it without one") from None
        raise _not(path, "a workbook of the old format that is damaged", _SAVE) from None


def _old_value(book: Any, cell: Any) -> Value:
    digits = digits_of(book.format_map[book.xf_list[cell.xf_index].format_key].format_str)
    match cell.ctype:
        case xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        case xlrd.XL_CELL_ERROR:
            return in_error(xlrd.error_text_from_code.get(cell.value, "#"))
        case xlrd.XL_CELL_DATE:
            if not 1 <= cell.value < _LAST_SERIAL:
                # A time of a day.
                return float(cell.value)
            return _as_shown(xlrd.xldate_as_datetime(cell.value, book.datemode).date(), digits)
        case xlrd.XL_CELL_NUMBER:
            return _as_shown(float(cell.value), digits)
        case _:
            return str(cell.value)


# Separated values ------------------------------------------------------------------------------------------


def _decoded(path: Path, held: bytes) -> str:
    """Return the text of a table in UTF-8, UTF-16 or GB18030, with or without a byte order mark."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if held.startswith(mark):
            return _text(path, held, encoding)
    head = held[:4096]
    if head.count(0) * 10 > len(head):
        even, odd = head[::2].count(0), head[1::2].count(0)
        return _text(path, held, "utf-16-le" if odd > even else "utf-16-be")
    try:
        held.decode("utf-8")
    except UnicodeDecodeError:
        return _text(path, held, "gb18030")
    return _text(path, held, "utf-8")


def _text(path: Path, held: bytes, encoding: str) -> str:
    try:
        text = held.decode(encoding)
    except UnicodeError:
        raise _not(path, "text in none of UTF-8, GB18030 and UTF-16, or no text") from None
    if sum(letter < " " and letter not in "\t\r\n\f\v" for letter in text[:4096]) * 20 > len(text[:4096]):
        raise _not(path, "binary data")
    return text


def _separated(path: Path, text: str) -> list[list[str]]:
    csv.field_size_limit(2**24)
    separator = _separator(text)
    rows: list[list[str]] = []
    cells = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            rows.append([_AS_TEXT.sub(r"\1\2", cell) for cell in row])
            cells += len(row)
            if len(rows) > ROWS_MOST or cells > CELLS_MOST:
                raise _not(path, f"a table of more than {ROWS_MOST:,} rows or {CELLS_MOST:,} cells", "give it in parts")
    except csv.Error as error:
        raise _not(path, f"a table that cannot be read in row {len(rows) + 1}: {error}", _SAVE) from None
    return rows


def _separator(text: str) -> str:
    """Return what separates the values: of what stands in most of the first lines that of which there is most."""
    lines = [line for line in text.splitlines()[:_SNIFFED] if line.strip()]
    unquoted = [re.sub(r'"[^"]*"', "", line) for line in lines]
    return max(
        _SEPARATORS,
        key=lambda mark: (
            (sum(mark in line for line in unquoted) * 2 > len(lines)) * sum(line.count(mark) for line in unquoted)
        ),
    )
