"""A report as Markdown, short enough for a mail: the numbers, and the first rows of each table."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

import numpy as np

from partyrules.answers.messages import document_text
from partyrules.language.text import Lang
from partyrules.report.content import Report
from partyrules.report.heads import TILES, head
from partyrules.report.page import institution_of, templates
from partyrules.report.sections import STATUS_PLACES, Sheet, said, sheets_of

_MOST: Final = 30


def mail(report: Report, *, lang: Lang) -> str:
    """Return the report as Markdown in one language."""
    sheets = sheets_of(report)
    findings = sheets["findings"]
    status, due = findings.column("status").places, findings.column("due").places
    # The most pressing first, as on the page.
    order = np.lexsort((-due, status))
    untold = status[order] == STATUS_PLACES["unknown"]
    todo = findings.of("responsible", "unit", "what", "who", "due", "status", "closes", mask=order[~untold])
    missing = findings.of("why", "unit", "what", "who", "when", mask=order[untold])

    def rows(sheet: Sheet, most: int) -> Iterator[list[str]]:
        return ([said(cell, lang) for cell in row] for row in islice(sheet.rows(), most))

    heat = report.heat
    found = (
        templates()
        .get_template("mail.md.jinja")
        .render(
            report=report,
            institution=institution_of(report),
            tiles=[(TILES[tile.name], tile) for tile in report.tiles],
            units=[
                (head("no_unit") if unit is None else report.called(unit), int(counts.sum()))
                for unit, counts in zip(heat.units, heat.breached, strict=True)
            ],
            sheets=[
                todo.titled(head("todo")),
                missing.titled(head("missing")),
                sheets["pipeline"],
                sheets["irregular"],
            ],
            rows=rows,
            most=_MOST,
            head=head,
            document_text=document_text,
            say=lambda cell: said(cell, lang),
            w=lambda zh, en: zh if lang == "zh" else en,
        )
    )
    return found.rstrip("\n") + "\n"
