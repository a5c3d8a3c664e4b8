"""A report as a workbook: a sheet for each section, with filters, frozen heads and dates that are dates."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import Any, Final

import numpy as np
from attrs import evolve
from xlsxwriter import Workbook

from partyrules.language.text import Lang, say
from partyrules.packs.document import Text
from partyrules.report.content import Report
from partyrules.report.heads import TILES, head
from partyrules.report.page import institution_of
from partyrules.report.sections import (
    FEW_OF_MANY,
    IN_A_WORKBOOK,
    MOST_IN_A_WORKBOOK,
    PENDING,
    STATUS_PLACES,
    TODO,
    Cell,
    Sheet,
    coming_places,
    said,
    sheets_of,
)

_WIDTHS: Final = {
    "what": 44,
    "closes": 34,
    "held_back": 60,
    "why": 30,
    "reading": 40,
    "when": 25,
    "responsible": 24,
    "reason": 40,
}
_NARROW: Final = 14
_FINDINGS: Final = (
    (
        "todo",
        TODO,
        ("responsible", "unit", "what", "clause", "who", "when", "due", "status", "count", "closes", "new", "rule"),
    ),
    ("missing", (STATUS_PLACES["unknown"],), ("why", "unit", "what", "clause", "who", "when", "responsible", "rule")),
)


def workbook(report: Report, *, lang: Lang) -> bytes:
    """Return the report as an .xlsx file; heads are Chinese, with English below where `lang` is `en`."""
    out = BytesIO()
    # Nothing is a formula or a link, whatever a text begins with.
    book = Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties(
        {
            "title": f"{say(institution_of(report), lang)} {report.as_of}",
            "created": datetime.combine(report.as_of, time()),
        }
    )
    writer = _Writer(book, lang)
    sheets = sheets_of(report)
    findings = sheets["findings"]
    status = findings.column("status").places
    writer.summary(report)
    for key, places, keys in _FINDINGS:
        writer.sheet(head(key), findings.of(*keys, mask=np.isin(status, places)))
    mask = np.isin(status, PENDING) & np.isin(findings.column("due").places, coming_places(findings, report))
    writer.sheet(head("coming"), findings.of("due", "who", "what", "count", "responsible", "unit", "rule", mask=mask))
    writer.trend(report)
    writer.heat(report, dict(zip(findings.column("rule").values, findings.column("what").values, strict=True)))
    for key in IN_A_WORKBOOK[1:]:
        writer.sheet(head(key), sheets[key])
    book.close()
    return out.getvalue()


class _Writer:
    """Writes sheets of one workbook in one language."""

    def __init__(self, book: Any, lang: Lang) -> None:
        self.book: Final = book
        self.lang: Final = lang
        self.head: Final = book.add_format(
            {"bold": True, "bg_color": "#F1F3F6", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
        )
        self.day: Final = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self.rate: Final = book.add_format({"num_format": "0.0%"})
        self.title: Final = book.add_format({"bold": True, "font_size": 14})

    def sheet(self, title: Text, sheet: Sheet) -> None:
        """Write a sheet of the report, of a long one the newest rows."""
        if len(sheet) > MOST_IN_A_WORKBOOK:
            keys, rows = [column.key for column in sheet.columns], np.arange(len(sheet))
            if "due" in keys:
                rows = np.argsort(-sheet.column("due").places, kind="stable")
            newest = sheet.of(*keys, mask=np.sort(rows[:FEW_OF_MANY]))
            sheet = evolve(newest, left=sheet.left + len(sheet) - FEW_OF_MANY)
        heads = [column.head for column in sheet.columns]
        widths = [_WIDTHS.get(column.key, _NARROW) for column in sheet.columns]
        self.table(title, heads, sheet.rows(), widths, left=sheet.left, file=f"{sheet.key}.csv")

    def trend(self, report: Report) -> None:
        """Write the semesters."""
        heads = [head(key) for key in ("semester", "numerator", "breached", "unknown", "denominator", "rate")]
        rows = [(one.term.id, one.satisfied, one.breached, one.unknown, one.all, one.rate) for one in report.trend]
        self.table(head("trend"), heads, rows, [18, *[_NARROW] * 5])

    def heat(self, report: Report, titles: Mapping[Any, Any]) -> None:
        """Write how many findings of each rule are breached, unit by unit."""
        heat = report.heat
        heads = [head("unit"), *(titles[bound.id] for bound in heat.rules)]
        rows = (
            (head("no_unit") if unit is None else report.called(unit), *(number or None for number in counts))
            for unit, counts in zip(heat.units, heat.breached.tolist(), strict=True)
        )
        self.table(head("heat"), heads, rows, [24, *[16] * len(heat.rules)])

    def summary(self, report: Report) -> None:
        """Write the first sheet: what the report is of, and the six numbers."""
        page = self.book.add_worksheet(head("summary").zh)
        page.set_column(0, 0, 34)
        page.set_column(1, 3, 18)
        lines: list[Sequence[Cell]] = [
            (institution_of(report),),
            (Text(zh="截至", en="As of"), report.as_of),
            (Text(zh="与何日相比", en="Compared with"), report.since),
            *([(Text(zh="单位", en="Unit"), report.called(report.unit))] if report.unit else []),
            *(
                (Text(zh="文件", en="Document"), pack.document.title, pack.document.number)
                for pack in report.adoption.packs
            ),
            *(
                (Text(zh="条文理解（口径）", en="Reading"), one.told, f"{one.key}={one.option}")
                for one in report.chosen
            ),
            *([(Text(zh="台账末端", en="Ledger head"), str(report.head))] if report.head else []),
            *([(report.notice,)] if report.notice else []),
            (),
            (None, head("number"), head("change")),
            *((TILES[tile.name], tile.number, tile.change) for tile in report.tiles),
        ]
        for row, line in enumerate(lines):
            for column, cell in enumerate(line):
                self._write(page, row, column, cell, self.title if not row else None)

    def table(
        self,
        title: Text,
        heads: Sequence[Text],
        rows: Iterable[Sequence[Cell]],
        widths: Sequence[int],
        *,
        left: int = 0,
        file: str = "",
    ) -> None:
        """Write a table on a sheet of its own; `left` rows more stand in a file beside the workbook."""
        page = self.book.add_worksheet(title.zh[:31])
        for column, (text, width) in enumerate(zip(heads, widths, strict=True)):
            told = text.zh if self.lang == "zh" or text.zh == text.en else f"{text.zh}\n{text.en}"
            page.write_string(0, column, told, self.head)
            page.set_column(column, column, width)
        last = 0
        for last, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                self._write(page, last, column, cell)
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, last, len(heads) - 1)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        if left:
            note = Text(
                zh=f"另有 {left} 条未列入，全部见 {file}", en=f"{left} more are not listed; all stand in {file}"
            )
            page.write_string(last + 1, 0, say(note, self.lang))

    def _write(self, page: Any, row: int, column: int, cell: Cell, form: Any = None) -> None:
        match cell:
            case Text() | str():
                page.write_string(row, column, said(cell, self.lang), form)
            case date():
                page.write_datetime(row, column, cell, self.day)
            case float():
                page.write_number(row, column, cell, self.rate)
            case int():
                page.write_number(row, column, cell)
