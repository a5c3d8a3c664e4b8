"""The files of a report: which there are, and how they come into a folder, whole or not at all."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal, get_args

import numpy as np

from partyrules.answers.blocks import Array
from partyrules.errors import OutputError
from partyrules.facts.writing import our_files, ours
from partyrules.language.text import Lang, say
from partyrules.report.agenda import calendars, empty_calendar
from partyrules.report.content import Report
from partyrules.report.mail import mail
from partyrules.report.page import page
from partyrules.report.sections import Sheet, long_sheets, said, sheets_of
from partyrules.report.sheets import csv_words
from partyrules.report.workbook import workbook

Format = Literal["html", "md", "xlsx", "ics"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)
BY_ITSELF: Final[tuple[Format, ...]] = ("html", "xlsx", "ics")
_ROWS_AT_ONCE: Final = 1024
_FEW: Final = 8192
_CSV_BEGINS: Final = "\ufeffpartyrules".encode()
# What each file of ours begins with, so that a later report takes the place of an earlier one and of nothing else.
_BEGINS: Final = {
    ".html": b"<!DOCTYPE html><!-- partyrules report -->",
    ".md": b"<!-- partyrules report -->",
    ".csv": _CSV_BEGINS,
    ".xlsx": b"PK\x03\x04",
    ".ics": b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//partyrules//",
}


def report_files(
    report: Report, *, lang: Lang, formats: Collection[Format] = BY_ITSELF, source: str | None = None
) -> Mapping[str, bytes]:
    """Return the files of a report by their names: `report.html`, `report.xlsx`, `report.md`, `due.ics` and others.

    A list that is too long for the page or the workbook stands whole in a file beside them, such as `findings.csv`.

    `source` is how the ledger is called in the commands that the page tells.
    """
    files = _files(report, lang=lang, formats=formats, source=source)
    return {name: b"".join(parts) for name, parts in files.items()}


def _files(
    report: Report, *, lang: Lang, formats: Collection[Format], source: str | None
) -> dict[str, Iterable[bytes]]:
    found: dict[str, Iterable[bytes]] = {}
    if "html" in formats:
        found["report.html"] = [page(report, lang=lang, source=source).encode(errors="backslashreplace")]
    if "md" in formats:
        found["report.md"] = [mail(report, lang=lang).encode(errors="backslashreplace")]
    if {"html", "xlsx"} & set(formats):
        found |= {f"{key}.csv": _csv(sheet, lang) for key, sheet in long_sheets(report).items()}
    if "xlsx" in formats:
        found["report.xlsx"] = [workbook(report, lang=lang)]
    if "ics" in formats:
        found |= {name: [data] for name, data in calendars(report, lang=lang).items()}
    return found


def _csv(sheet: Sheet, lang: Lang) -> Iterator[bytes]:
    """Yield a sheet as CSV that spreadsheets open, its first column the numbers of its rows."""
    heads = csv_words(["partyrules", *(say(column.head, lang) for column in sheet.columns)])
    yield "\ufeff".encode() + b",".join(heads) + b"\n"
    columns: list[tuple[Sequence[bytes], Array]] = []
    for column in sheet.columns:
        cells, places = [b"," + cell for cell in csv_words(said(value, lang) for value in column.values)], column.places
        if columns and len(columns[-1][0]) * len(cells) <= _FEW:
            # What stands together and has few texts is put together once.
            before, others = columns.pop()
            cells, places = [one + other for one in before for other in cells], others * len(cells) + places
        columns.append((cells, places))
    texts = [np.array(cells, np.object_) for cells, _ in columns]
    for first in range(0, len(sheet), _ROWS_AT_ONCE):
        rows = range(len(sheet))[first : first + _ROWS_AT_ONCE]
        parts = np.full((len(rows), len(columns) + 2), b"\n", np.object_)
        parts[:, 0] = [b"%d" % (row + 1) for row in rows]
        for at, (_, places) in enumerate(columns):
            parts[:, at + 1] = texts[at][places[first : rows.stop]]
        yield b"".join(parts.ravel().tolist())


def write_report(
    report: Report, out: Path, *, lang: Lang, formats: Collection[Format] = BY_ITSELF, source: str | None = None
) -> tuple[Path, ...]:
    """Write the files of a report into a folder, which is made where it is not there, and return their paths.

    Files of an earlier report give way: a calendar in which nothing is due any more is an empty one, so that whoever
    has subscribed to it sees that, and a list that fits the page again is gone. Raise OutputError, and write nothing,
    where a file of another kind is in the way, or `out` is no folder.
    """
    made = _files(report, lang=lang, formats=formats, source=source)
    files = {out / name: parts for name, parts in made.items()}
    if "ics" in formats:
        earlier = [path for path in out.glob("due-*.ics") if path not in files and _is_calendar(path)]
        files |= dict.fromkeys(earlier, (empty_calendar(report, lang=lang),))
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{out}: cannot be made a folder: {error.strerror or error}") from None
    our_files(files, begins=_BEGINS, earlier=[out / f"{key}.csv" for key in sheets_of(report)])
    return tuple(files)


def _is_calendar(path: Path) -> bool:
    """Tell whether a file is a calendar of ours."""
    with suppress(OutputError):
        return ours(path, begins=_BEGINS[".ics"])
    return False
