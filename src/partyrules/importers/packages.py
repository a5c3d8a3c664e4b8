"""What the reader of workbooks does not tell: formulas without a value, errors, and dates shown as months alone."""

import posixpath
import re
import zipfile
from collections.abc import Mapping
from typing import Any, Final
from xml.etree import ElementTree as ET
from xml.parsers import expat

from attrs import define, field

from partyrules.importers.sheets import ROWS_MOST, Lost

Place = tuple[int, int]


@define
class Peek:
    """What else a sheet has: how far it goes, cells whose value is `lost`, and by `digits` how others are shown."""

    rows: int = 0
    columns: int = 0
    lost: dict[Place, Lost] = field(factory=dict)
    digits: dict[Place, int] = field(factory=dict)
    merged: list[tuple[Place, Place]] = field(factory=list)
    since_1904: bool = False


def _without_value(formula: str) -> Lost:
    return Lost(
        formula,
        "a formula whose value the file does not hold; open and save it in a spreadsheet, or write the value",
    )


def in_error(shown: str) -> Lost:
    """Return what a cell holds whose formula is in error."""
    return Lost(shown, "the formula is in error")


# Office Open XML -------------------------------------------------------------------------------------------

_NAMES: Final = re.compile(r"\{[^}]*\}")
_BOOK: Final = "xl/workbook.xml"
# Cells that hold something, with what their tags say.
_PLACED: Final = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>/]*>')
_UNPLACED: Final = re.compile(rb'<(?:\w+:)?c\b(?![^>]*\br=")[^>/]*>')
_FAILED: Final = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"(?=[^>]*\bt="e")[^>]*>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<',
    re.DOTALL,
)
# A formula that comes to an empty text says that it is a text.
_FORMULA: Final = re.compile(
    rb'<(?:\w+:)?c\b(?![^>]*\bt="str")[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>/]*>\s*'
    rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>([^<]*)</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_BUILT_IN_MONTHS: Final = frozenset({17})
# What of a number format is no part of a date: conditions and colours, quoted text, one escaped letter.
_ASIDE: Final = re.compile(r'\[[^\]]*\]|"[^"]*"|\\.|_.|\*.')


def spreadsheet_peek(package: zipfile.ZipFile) -> Mapping[str, Peek]:
    """Return what else there is to know of each sheet of an .xlsx; raise ValueError where it is damaged."""
    book = _tree(package, _BOOK)
    links = {each.get("Id"): each.get("Target", "") for each in _tree(package, "xl/_rels/workbook.xml.rels")}
    since_1904 = any(_named(each) == "workbookPr" and each.get("date1904") in ("1", "true") for each in book.iter())
    styles = _styles(package) if "xl/styles.xml" in package.namelist() else {}
    found: dict[str, Peek] = {}
    for each in book.iter():
        if _named(each) != "sheet":
            continue
        link = next((value for name, value in each.items() if _NAMES.sub("", name) == "id"), None)
        path = posixpath.normpath(posixpath.join("xl", links.get(link, ""))).lstrip("/")
        path = path.removeprefix("xl/") if path.startswith("xl/xl/") else path
        peek = found[each.get("name", "")] = Peek(since_1904=since_1904)
        if path in package.namelist():
            _look(package.read(path), styles, peek)
    return found


def _tree(package: zipfile.ZipFile, name: str) -> ET.Element:
    held = package.read(name)
    if b"<!DOCTYPE" in held or b"<!ENTITY" in held:
        raise ValueError(f"{name} declares a document type")
    try:
        return ET.fromstring(held)  # noqa: S314 - it declares no entities
    except ET.ParseError as error:
        raise ValueError(f"{name} is no XML") from error


def _named(element: ET.Element) -> str:
    return _NAMES.sub("", str(element.tag))


def _styles(package: zipfile.ZipFile) -> dict[int, int]:
    """Return the digits of the styles, by number, that have some."""
    tree = _tree(package, "xl/styles.xml")
    formats = {
        int(each.get("numFmtId") or -1): each.get("formatCode", "") for each in tree.iter() if _named(each) == "numFmt"
    }
    said = {**dict.fromkeys(_BUILT_IN_MONTHS, "mmm-yy"), **formats}
    styles = next((each for each in tree if _named(each) == "cellXfs"), ())
    found = {number: digits_of(said.get(int(each.get("numFmtId", "0")), "")) for number, each in enumerate(styles)}
    return {number: digits for number, digits in found.items() if digits is not None}


def digits_of(code: str) -> int | None:
    """Return how many digits a number format shows at least, noughts in front: 8 for 00000000, as ids are kept.

    0 where it shows year and month of a date, and not the day; None for another format.
    """
    plain = code.split(";", maxsplit=1)[0]
    if len(plain) > 1 and not plain.strip("0"):
        return len(plain)
    said = _ASIDE.sub("", plain).lower()
    return 0 if "y" in said and "m" in said and not set("dhs") & set(said) else None


def _look(sheet: bytes, styles: Mapping[int, int], peek: Peek) -> None:
    placed = _PLACED.findall(sheet)
    peek.columns = max((_column(name) + 1 for name in {name for name, _ in placed}), default=0)
    peek.rows = max(map(int, {row for _, row in placed}), default=0)
    formulas = b"<f" in sheet or b":f" in sheet
    if formulas:
        for name, row, formula in _FORMULA.findall(sheet):
            peek.lost[int(row) - 1, _column(name)] = _without_value("=" + formula.decode(errors="replace"))
    if b't="e"' in sheet:
        for name, row, shown in _FAILED.findall(sheet):
            peek.lost[int(row) - 1, _column(name)] = in_error(shown.decode(errors="replace"))
    for style, digits in styles.items():
        shown_as = rb'<(?:\w+:)?c\b(?=[^>]*\bs="%d")[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>/]*>' % style
        places = ((int(row) - 1, _column(name)) for name, row in re.findall(shown_as, sheet))
        peek.digits.update(dict.fromkeys(places, digits))
    if (peek.lost or styles or formulas) and _UNPLACED.search(sheet):
        raise ValueError("its cells do not say where they are")


def _column(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number - 1


# OpenDocument ----------------------------------------------------------------------------------------------

_DIGITS: Final = re.compile("[0-9]+")
_THREE: Final = 3
_COMPACT: Final = 8


def _day_shown(shown: str, day: str) -> bool:
    """Tell whether a date is shown with its day, `day` being that: 2018-03-12, 20180312, 12-Mar-18."""
    numbers = _DIGITS.findall(shown)
    if len(numbers) >= _THREE or any(len(number) >= _COMPACT for number in numbers):
        return True
    return bool(re.search("[A-Za-z]", shown)) and any(int(number) == int(day) for number in numbers)


def opendocument_peek(content: bytes) -> Mapping[str, Peek]:
    """Return what else there is to know of each sheet of an .ods; raise ValueError where it is damaged."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ValueError("content.xml declares a document type")
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise ValueError("content.xml is no XML") from error
    return reader.found


@define
class _Reader:
    """Where the reading of a document is: which sheet, row and column, and what its cell says."""

    found: dict[str, Peek] = field(factory=dict)
    peek: Peek = field(factory=Peek)
    row: int = 0
    column: int = 0
    times: int = 1
    cell: dict[str, Any] | None = None
    said: list[str] = field(factory=list)

    def start(self, name: str, given: dict[str, Any]) -> None:
        """Begin an element."""
        if name == "table:table":
            self.peek = self.found.setdefault(str(given.get("table:name", "")), Peek())
            self.row = 0
        elif name == "table:table-row":
            self.column, self.times = 0, _number(given.get("table:number-rows-repeated"))
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self.cell, self.said = given, []

    def text(self, said: str) -> None:
        """Take the text of a cell."""
        if self.cell is not None:
            self.said.append(said)

    def end(self, name: str) -> None:
        """End an element."""
        if name == "table:table-row":
            self.row += self.times
        elif name in ("table:table-cell", "table:covered-table-cell") and self.cell is not None:
            self._seen(self.cell, "".join(self.said).strip())
            self.column += _number(self.cell.get("table:number-columns-repeated"))
            self.cell = None

    def _seen(self, cell: Mapping[str, Any], shown: str) -> None:
        kind = cell.get("office:value-type")
        formula = cell.get("table:formula")
        down = _number(cell.get("table:number-rows-spanned"))
        place = self.row, self.column
        if down > 1:
            self.peek.merged.append((place, (min(self.row + down, ROWS_MOST) - 1, self.column)))
        if kind is None and formula is None and not shown:
            return
        repeated = _number(cell.get("table:number-columns-repeated"))
        self.peek.rows = max(self.peek.rows, self.row + self.times)
        self.peek.columns = max(self.peek.columns, self.column + repeated)
        if (
            self.peek.rows > ROWS_MOST
            or len(self.peek.lost) + len(self.peek.digits) + self.times * repeated > ROWS_MOST
        ):
            # More than a sheet may have is refused, and so much that is lost is not looked at.
            return
        places = [(self.row + down, self.column + right) for down in range(self.times) for right in range(repeated)]
        if shown.startswith(("#", "Err:")) and formula is not None:
            self.peek.lost.update(dict.fromkeys(places, in_error(shown)))
        elif formula is not None and kind is None and not shown:
            self.peek.lost.update(dict.fromkeys(places, _without_value(str(formula).removeprefix("of:"))))
        elif kind == "date" and shown and not _day_shown(shown, str(cell.get("office:date-value", ""))[8:10] or "0"):
            self.peek.digits.update(dict.fromkeys(places, 0))


def _number(said: str | None) -> int:
    return max(1, int(said)) if said and said.isdigit() else 1
