"""Workbooks that people fill in: the refused rows with their cells marked, and templates with drop-downs and notes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from math import isfinite
from typing import Any, BinaryIO, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from partyrules.errors.chinese import chinese
from partyrules.facts.schema import choices_of, field_types, is_list, takes, title_of
from partyrules.importers.cells import shown_as
from partyrules.importers.mapping import HELP_PAGE, PEOPLE, TOPIC, Names, RegisterMapping, SheetPlan
from partyrules.importers.refusals import RefusedRows
from partyrules.importers.sheets import Lost, Value
from partyrules.language.text import Lang, Text, say, texts_beside
from partyrules.time.calendar import CivilDate

_REMARK: Final = Text(zh="导入提示", en="import remark")
_LONGEST_NAME: Final = 31
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\']")
_WIDTH: Final = 16
# Before it a spreadsheet has no dates.
_FIRST_YEAR: Final = 1900
_WIDE: Final = 40
_ROWS: Final = 2000
_LONGEST_LIST: Final = 255
_WRONG: Final = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}
_HEAD: Final = {"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True, "valign": "vcenter"}


def register_workbook(file: BinaryIO, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> None:
    """Write registers, each a sheet of rows under a header: text as text, dates as dates."""
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    formats = _Formats(book)
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if number:
                    _write(page, number, column, value, formats)
                else:
                    page.write_string(number, column, str(value), formats.head)
        page.set_column(0, max(map(len, rows), default=1) - 1, _WIDTH)
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, max(len(rows) - 1, 0), max(map(len, rows), default=1) - 1)
    book.close()


# Refused rows ----------------------------------------------------------------------------------------------


def refused_workbook(file: BinaryIO, refused: Sequence[RefusedRows], *, lang: Lang = "zh") -> None:
    """Write the refused rows of each sheet under its own header, each refused cell marked and the reason beside it.

    Corrected there, it is imported as the register is: what stands above and in the header is as it was.
    """
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    formats = _Formats(book)
    names: set[str] = set()
    for each in refused:
        _refused_sheet(book.add_worksheet(_sheet_name(each.sheet.name, names)), each, formats, lang)
    book.close()


class _Formats:
    """The formats of the cells of a workbook, marked as wrong or not."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.head = book.add_format(_HEAD)
        self.text = book.add_format({"num_format": "@"})
        self.plain: dict[tuple[str, bool], Format] = {
            (code, wrong): book.add_format({"num_format": code, **(_WRONG if wrong else {})})
            for code in ("@", "General", "yyyy-mm-dd", "hh:mm")
            for wrong in (False, True)
        }


def _refused_sheet(page: Worksheet, refused: RefusedRows, formats: _Formats, lang: Lang) -> None:
    rows, first = refused.sheet.rows, refused.first
    width = max((len(row) for row in rows[:first]), default=0)
    width = max(width, *(len(rows[number]) for number in refused.rows), 1) if refused.rows else max(width, 1)
    for number, row in enumerate(rows[:first]):
        for column, value in enumerate(row):
            _write(page, number, column, value, formats)
    page.write_string(max(first - 1, 0), width, say(_REMARK, lang), formats.head)
    page.set_column(0, width - 1, _WIDTH)
    page.set_column(width, width, _WIDE)
    page.freeze_panes(first, 0)
    covered = _merged_again(page, refused, width)
    for place, number in enumerate(refused.rows, start=first):
        marks = refused.marks[number]
        row = list(rows[number]) + [None] * (width - len(rows[number]))
        for column, value in enumerate(row):
            if (place, column) in covered:
                continue
            _write(page, place, column, value, formats, wrong=column in marks)
            if column in marks:
                page.write_comment(place, column, _why(marks[column], lang))
        said = {"zh": "；", "en": "; "}[lang].join(dict.fromkeys(_why(each, lang) for each in marks.values()))
        page.write_string(place, width, said or _why("others of the same meeting", lang))


def _merged_again(page: Worksheet, refused: RefusedRows, width: int) -> set[tuple[int, int]]:
    """Merge what was merged over rows that follow each other again, to be corrected once; return what is covered."""
    covered = set()
    for column in range(width):
        top = refused.first
        for place, (before, number) in enumerate(pairwise((-1, *refused.rows, -1)), start=refused.first):
            if before == number - 1 and number >= 0 and refused.sheet.goes_on(number, column):
                covered.add((place, column))
                continue
            if place - top > 1:
                page.merge_range(top, column, place - 1, column, "")
            top = place
    return covered


def _why(why: str, lang: Lang) -> str:
    return chinese(why) if lang == "zh" else why


def _write(page: Worksheet, row: int, column: int, value: Value, formats: _Formats, *, wrong: bool = False) -> None:
    """Write a value as it was read: what is text stays text, whatever it looks like."""
    match value:
        case None | "":
            if wrong:
                page.write_blank(row, column, None, formats.plain["@", True])
        case Lost():
            page.write_string(row, column, value.shown.lstrip("="), formats.plain["@", wrong])
        case bool():
            page.write_boolean(row, column, value, formats.plain["General", wrong])
        case int() | float() if isfinite(value):
            page.write_number(row, column, value, formats.plain["General", wrong])
        case CivilDate():
            page.write_string(row, column, str(value), formats.plain["@", wrong])
        case datetime() | date() if value.year >= _FIRST_YEAR:
            page.write_datetime(row, column, value, formats.plain["yyyy-mm-dd", wrong])
        case time() | timedelta():
            page.write_datetime(row, column, value, formats.plain["hh:mm", wrong])
        case _:
            page.write_string(row, column, shown_as(value), formats.plain["@", wrong])


def _sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a name for a sheet that spreadsheets allow and no other has; what it begins with stays."""
    plain = _FORBIDDEN.sub("_", wanted).strip() or "1"
    name, number = plain[:_LONGEST_NAME], 1
    while name.lower() in taken:
        number += 1
        end = f" ({number})"
        name = plain[: _LONGEST_NAME - len(end)] + end
    taken.add(name.lower())
    return name


# Templates -------------------------------------------------------------------------------------------------


def template_workbook(file: BinaryIO, mapping: RegisterMapping, *, lang: Lang = "zh") -> None:
    """Write an empty register that a mapping reads: its columns with drop-downs and notes, and a page of help."""
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    formats = _Formats(book)
    names: set[str] = set()
    notes: list[tuple[str, str, str]] = []
    for number, plan in enumerate(mapping.sheets):
        title = say(plan.title, lang) or f"{number + 1}"
        page = book.add_worksheet(_sheet_name(title, names))
        notes += [(title, *each) for each in _template_sheet(page, plan, mapping.words, formats, lang)]
    page = book.add_worksheet(say(HELP_PAGE, lang))
    for column, head in enumerate({"zh": ("工作表", "列", "怎么填"), "en": ("sheet", "column", "what to write")}[lang]):
        page.write_string(0, column, head, formats.head)
    for row, each in enumerate(notes, start=1):
        for column, said in enumerate(each):
            page.write_string(row, column, said)
    page.set_column(0, 1, _WIDTH)
    page.set_column(2, 2, 2 * _WIDE)
    book.close()


def _template_sheet(
    page: Worksheet, plan: SheetPlan, words: Mapping[str, Mapping[str, str]], formats: _Formats, lang: Lang
) -> Iterable[tuple[str, str]]:
    notes = []
    required = {*plan.columns} & {"person", "on", "unit"} | {*(plan.facts[0].required if len(plan.facts) == 1 else ())}
    for column, (names, fields) in enumerate(_columns(plan)):
        english = next((name for name in names if name.isascii()), names[0])
        head = names[0] if lang == "zh" else english
        options = _options(fields, words)
        note = _note(fields[0], options, lang, needed=fields[0][0] in required)
        page.write_string(0, column, head, formats.head)
        page.write_comment(0, column, note)
        if options and len(",".join(options)) <= _LONGEST_LIST:
            listed = {"validate": "list", "source": list(options), "error_type": "warning"}
            page.data_validation(1, column, _ROWS, column, listed)
        notes.append((head, note))
    page.set_column(0, max(len(notes) - 1, 0), _WIDTH, formats.text)
    page.freeze_panes(1, 0)
    return notes


_Field = tuple[str, Any]
"""A field and its type; what is no field of a fact has the name of its note, and no type."""


def _columns(plan: SheetPlan) -> Iterable[tuple[Names, list[_Field]]]:
    """Return the columns of a template: who it is first, then what is the same for all facts, then those of each."""
    found: dict[str, tuple[Names, list[_Field]]] = {}

    def add(names: Names, *fields: _Field) -> None:
        if names:
            found.setdefault(names[0], (names, []))[1].extend(fields)

    def shared(name: str) -> None:
        hints = (field_types(told.cls).get(name) for told in plan.facts)
        add(plan.columns.get(name, ()), *((name, hint) for hint in hints if hint is not None))
        add(plan.names.get(name, ()), ("names", None))

    add(plan.attendance.get("who", ()), ("person", None))
    add(plan.attendance.get("names", ()), ("names", None))
    for name in plan.columns:
        if name not in PEOPLE:
            shared(name)
    for told in plan.facts:
        for name, names in told.columns.items():
            add(names, (name, field_types(told.cls)[name]))
        add(told.topic, (TOPIC, None))
    for name in PEOPLE:
        shared(name)
    add(plan.attendance.get("mark", ()), ("mark", None))
    return found.values()


def _options(fields: Sequence[_Field], words: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    """Return what a drop-down offers: the first word for each value."""
    found: dict[str, str] = {}
    for name, hint in fields:
        if name == "mark":
            return ("√", "请假", "缺席")
        for word, value in (*words.get(name, {}).items(), *((each, each) for each in choices_of(hint))):
            if value:
                found.setdefault(value, word)
        if not found and takes(hint) == "flag":
            return ("合格", "不合格")
    return tuple(found.values())


_NOTES: Final = texts_beside(__file__)["notes"]


def _note(field: _Field, options: Sequence[str], lang: Lang, *, needed: bool) -> str:
    name, hint = field
    if hint is None:
        return say(_NOTES[name], lang)
    note = say(_NOTES["choice" if options else _sort(name, hint)], lang)
    if options:
        note = {"zh": f"{note}：{'、'.join(options)}", "en": f"{note}: {', '.join(options)}"}[lang]
    return note if needed else note + {"zh": "；没有就空着", "en": "; leave it empty where there is none"}[lang]


def _sort(name: str, hint: Any) -> str:
    if name in _NOTES:
        return name
    if is_list(hint):
        return "list" if title_of(hint) else "texts"
    if title_of(hint):
        return str(title_of(hint))
    return takes(hint) if takes(hint) in ("day", "number") else "text"
