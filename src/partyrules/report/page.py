"""A report as one page: self-contained, in both languages, with tables that sort, filter, search and unfold."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, Final

import numpy as np
from attrs import evolve, frozen
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from partyrules.answers.blocks import FindingRow, rows_of
from partyrules.answers.messages import OUTCOME_WORDS, needs_text
from partyrules.answers.verdicts import OUTCOMES, STATUSES
from partyrules.errors.visible import visible
from partyrules.evaluate.derivation import DerivationStep
from partyrules.language.text import Lang, both
from partyrules.packs.document import Text
from partyrules.questions.explain import explained
from partyrules.report.charts import OUTCOME_COLOURS, coming_chart, pipeline_chart, trend_chart
from partyrules.report.content import Report, reading_told
from partyrules.report.findings import titles_of
from partyrules.report.heads import TILES, head
from partyrules.report.payload import PackedColumn, Told, packed
from partyrules.report.rows import FindingColumns
from partyrules.report.sections import (
    IN_A_WORKBOOK,
    MOST_IN_A_WORKBOOK,
    PENDING,
    STATUS_PLACES,
    TODO,
    Cell,
    Sheet,
    coming_places,
    listed_findings,
    sheets_of,
)

# What Markdown, or HTML within it, takes for markup, anywhere and at the beginning of a line.
_MARKUP: Final = re.compile(r"[\\`*\[\]<>|~&#]|(?<!\w)_|_(?!\w)")
_BEGINS: Final = re.compile(r"^(\d*)([-+=.)])(?=\s|$)")
# So many findings, the most pressing ones, are given with their derivation, of a long list those on its first page;
# `explain` gives that of any other.
_EXPLAINED: Final = 300
_EXPLAINED_OF_MANY: Final = 15


@frozen
class _View:
    """A table of the page: rows of a sheet, which of its columns, in which order, and what filters them.

    Keys of columns stand apart by blanks; before one that sorts downwards is a minus.
    """

    columns: str
    order: str
    filters: str = ""
    table: str = "findings"
    where: Mapping[str, Sequence[int]] = {}

    def to_wire(self, sheet: Sheet) -> Mapping[str, Any]:
        """Return the view as the page reads it; one that names no columns has all of the sheet."""
        return {
            "table": self.table,
            "columns": self.columns.split() or [column.key for column in sheet.columns],
            "where": self.where,
            "order": [(key.lstrip("-"), "desc" if key[0] == "-" else "asc") for key in self.order.split()],
            "filters": self.filters.split(),
        }


_VIEWS: Final[Mapping[str, _View]] = {
    "todo": _View(
        "responsible unit what who due status closes", "status -due", "status unit what", where={"status": TODO}
    ),
    "agents": _View("responsible breached due_soon pending nearest", "responsible", table="agents"),
    "cell": _View(
        "who unit what when count due status",
        "who -when",
        "status unit what",
        where={"status": (STATUS_PLACES["breached"],)},
    ),
    "coming": _View("due who what count responsible unit", "due", "unit what"),
    "unknown": _View(
        "why unit what who when responsible", "why", "why unit what", where={"status": (STATUS_PLACES["unknown"],)}
    ),
    "at_stake": _View(
        "reading what who unit when adopted otherwise", "reading", "reading adopted otherwise", table="at_stake"
    ),
    "pipeline": _View("who unit stage into result held_back", "-into result", "into result unit", table="pipeline"),
    "irregular": _View("fact kind who unit reason", "fact", "reason unit", table="irregular"),
    "clauses": _View("", "what", "modality", table="clauses"),
}


# Templates ----------------------------------------------------------------------------------------------------------


@cache
def templates() -> Environment:
    """Return the templates of the report, which show a `Text` in both languages."""
    found = Environment(
        loader=PackageLoader("partyrules.report"),
        autoescape=select_autoescape(("html.jinja",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["told"] = _told
    found.filters["md"] = marked
    found.globals["t"] = lambda zh, en: _told(Text(zh=zh, en=en))
    return found


def marked(text: object) -> str:
    """Return a text, in one line, that Markdown shows as it is."""
    return _BEGINS.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", visible(str(text))))


def _told(text: Cell | str) -> Markup:
    """Return a text as HTML in both languages, of which the page shows one."""
    match text:
        case Text(zh, en) if zh != en:
            return Markup('<span lang="zh-CN">{}</span><span lang="en">{}</span>').format(zh, en)
        case Text(zh, _):
            return escape(zh)
        case None:
            return Markup("—")
    return escape(str(text))


def _script(name: str) -> Markup:
    """Return the text of a script or style that comes with itables, as it can stand within a page."""
    found = Path(str(distribution("itables").locate_file(f"itables/html/{name}"))).read_text(encoding="utf-8")
    return Markup(re.sub(r"</(?=script|style)", r"<\\/", found, flags=re.IGNORECASE))  # noqa: S704 - of an installed package


def _own(name: str) -> Markup:
    source, _, _ = templates().loader.get_source(templates(), name)  # type: ignore[union-attr]
    return Markup(source)  # noqa: S704 - a template of ours


# The page -----------------------------------------------------------------------------------------------------------


def page(report: Report, *, lang: Lang, source: str | None = None) -> str:
    """Return the report as an HTML page that needs no other file and no network; it opens in `lang`.

    `source` is how the ledger is called in the commands that the page tells, None to tell none.
    """
    sheets = sheets_of(report)
    findings = sheets["findings"]
    return (
        templates()
        .get_template("page.html.jinja")
        .render(
            report=report,
            lang=lang,
            sheets=sheets,
            long=[key for key in IN_A_WORKBOOK if len(sheets[key]) > MOST_IN_A_WORKBOOK],
            head=head,
            tiles=[(TILES[tile.name], tile) for tile in report.tiles],
            institution=institution_of(report),
            basis=_basis(report),
            heat=_heat(report),
            trend=report.trend,
            trend_chart=trend_chart(report),
            coming_chart=coming_chart(report) if len(report.coming) else None,
            pipeline_charts={"zh": pipeline_chart(report, "zh"), "en": pipeline_chart(report, "en")}
            if report.standing
            else {},
            outcomes=[(OUTCOME_WORDS[outcome], OUTCOME_COLOURS[outcome]) for outcome in OUTCOMES],
            funnel=_funnel(report),
            agents=sheets["agents"],
            missing=_missing(report),
            at_stake=_at_stake(report),
            data=packed(
                {name: _columns(sheet) for name, sheet in sheets.items()},
                views=_views(sheets, report),
                heads={column.key: _pair(column.head) for sheet in sheets.values() for column in sheet.columns},
                details=_details(report, findings),
                command=None if source is None else _command(report, source),
            ),
            tables_script=_script("dt_bundle.js"),
            tables_style=_script("dt_bundle.css"),
            style=_own("page.css"),
            script=_own("page.js"),
            command=None if source is None else _report_command(report, source),
        )
    )


def institution_of(report: Report) -> Text:
    """Return whose report it is: as the adoption says, else those whose documents are adopted."""
    if report.adoption.institution:
        return both(visible(report.adoption.institution))
    named = list(dict.fromkeys(pack.document.institution for pack in report.adoption.packs))
    return Text(zh="、".join(one.zh for one in named), en=", ".join(one.en for one in named))


def _basis(report: Report) -> Mapping[str, Any]:
    history = report.asked.history
    return {
        "packs": report.adoption.packs,
        "facts": len(history.by_id),
        "findings": len(report.table),
        "notices": report.asked.notices,
        "days": history.days,
    }


def _heat(report: Report) -> Mapping[str, Any]:
    """Return the heat map as rows of cells: of which rule, how strong the colour, how many breached, of how many."""
    heat, titles = report.heat, titles_of(report.adoption)
    unit_places = {unit: place for place, unit in enumerate(report.unit_codes[0])}
    rule_places = {bound.id: place for place, bound in enumerate(report.findings.bounds)}
    places = [rule_places[bound.id] for bound in heat.rules]
    levels = np.where(heat.breached, 1 + np.minimum(3, heat.breached * 4 // np.maximum(heat.decided, 1)), 0)
    rows = zip(heat.units, levels.tolist(), heat.breached.tolist(), heat.decided.tolist(), strict=True)
    return {
        "rules": [(bound, titles[bound.id]) for bound in heat.rules],
        "rows": [
            (
                head("no_unit") if unit is None else report.called(unit),
                unit_places[unit],
                zip(places, *cells, strict=True),
            )
            for unit, *cells in rows
        ],
    }


def _funnel(report: Report) -> Sequence[Mapping[str, Any]]:
    found = []
    whole = report.subjects is None
    for stage in report.adoption.stages:
        here = [one for one in report.standing if one.into == stage.name]
        counts = Counter(one.outcome for one in here)
        found.append(
            {
                "stage": stage.title,
                "holding": report.funnel.holding[stage.name] if whole else None,
                "standing": len(here),
                "outcomes": [counts[outcome] for outcome in OUTCOMES],
            }
        )
    return found


def _missing(report: Report) -> list[Mapping[str, Any]]:
    return [
        {
            "need": needs_text((need,), bounds[0]),
            "number": number,
            "rules": [(bound.id, bound.rule.title) for bound in bounds],
        }
        for need, (number, bounds) in report.missing.items()
    ]


def _at_stake(report: Report) -> Sequence[Mapping[str, Any]]:
    """Return by reading and option how many findings change, and how many become breached or are so no more."""
    breached = STATUSES.index("breached")
    found: dict[tuple[str, str], tuple[Text, list[int]]] = {}
    for swing in report.at_stake:
        told = reading_told(swing.bound.pack, swing.reading.rpartition(".")[2], swing.option)
        _, counts = found.setdefault((swing.reading, swing.option), (told, [0, 0, 0]))
        for place, mask in enumerate((swing.now == breached, swing.was == breached, swing.was != swing.now)):
            counts[place] += int(mask.sum())
    return [
        {"key": f"{reading}={option}", "told": told, "more": more, "fewer": fewer, "number": number}
        for (reading, option), (told, (more, fewer, number)) in sorted(found.items())
    ]


# What the tables of the page hold -----------------------------------------------------------------------------------


def _columns(sheet: Sheet) -> Mapping[str, PackedColumn]:
    return {
        column.key: PackedColumn(column.places, [_cell(value) for value in column.values]) for column in sheet.columns
    }


def _cell(value: Cell) -> Told:
    match value:
        case Text():
            return _pair(value)
        case None:
            return ""
        case date():
            return str(value)
        case _:
            return value


def _pair(text: Text) -> str | tuple[str, str]:
    return text.zh if text.zh == text.en else (text.zh, text.en)


def _views(sheets: Mapping[str, Sheet], report: Report) -> Mapping[str, Any]:
    """Return the tables of the page: which rows and columns of which sheet each shows, in which order."""
    coming = {"status": PENDING, "due": coming_places(sheets["findings"], report)}
    views = {**_VIEWS, "coming": evolve(_VIEWS["coming"], where=coming)}
    return {name: view.to_wire(sheets[view.table]) for name, view in views.items()}


def _details(report: Report, findings: Sheet) -> Mapping[int, Any]:
    """Return the derivations of the most pressing findings, by their rows in the sheet."""
    rows, status = report.findings.where(listed_findings(report)), findings.column("status").places
    most = _EXPLAINED if len(rows) <= MOST_IN_A_WORKBOOK else _EXPLAINED_OF_MANY
    first = np.lexsort((-rows.due, status))[:most]
    picked = np.sort(first)
    found = explained(report.asked, _rows(report, rows.where(picked)))
    return {
        row: [_pair(each.tree.label), [_step(part) for part in each.tree.parts]]
        for row, each in zip(picked.tolist(), found, strict=True)
    }


def _rows(report: Report, rows: FindingColumns) -> Iterator[FindingRow]:
    """Yield what the columns say of each of the rows."""
    for number, block in enumerate(report.table.blocks):
        yield from rows_of(block, rows.place[rows.rule == number], report.table.names)


def _step(step: DerivationStep) -> list[Any]:
    truth = None if step.truth is None else step.truth.name.lower()[0]
    return [_pair(step.label), truth, list(step.evidence), [_step(part) for part in step.parts]]


def _command(report: Report, source: str) -> str:
    return f"partyrules explain {source} {_options(report)} --as-of {report.as_of}"


def _report_command(report: Report, source: str) -> str:
    unit = "" if report.unit is None else f" --unit {report.unit}"
    return f"partyrules report {source} {_options(report)} --as-of {report.as_of} --since {report.since}{unit}"


def _options(report: Report) -> str:
    packs = [f"--pack {pack.id}" for pack in report.adoption.packs]
    readings = [f"--reading {key}={option}" for key, option in report.adoption.readings.items()]
    parameters = [f"--set {key}={value}" for key, value in report.adoption.parameters.items()]
    return " ".join([*packs, *readings, *parameters])
