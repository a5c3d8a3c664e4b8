"""A report in short, for a terminal: its numbers, clauses and units that want attention, the pipeline, decisions."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from partyrules.answers.blocks import Array
from partyrules.answers.verdicts import Decision
from partyrules.language.text import Lang, say
from partyrules.report.content import Report, due_by
from partyrules.report.decisions import decision_lines
from partyrules.report.findings import soon
from partyrules.report.funnels import funnel_parts
from partyrules.report.heads import TILES, head
from partyrules.report.rows import FindingColumns
from partyrules.report.terminal import Column, Screen
from partyrules.report.words import WORDS

_NAMES: Final = ("breached", "due_soon", "unknown")


def summary(report: Report, cases: Sequence[tuple[str, Decision]], *, screen: Screen, lang: Lang) -> Iterator[str]:
    """Yield the parts of the summary; `cases` are decisions with a word on each."""
    zh = lang == "zh"
    yield _basis(report, lang)
    numbers = [
        (say(TILES[tile.name], lang), str(tile.number), f"{tile.change:+d}" if tile.change else "·")
        for tile in report.tiles
    ]
    heads = [
        Column(say(head(key), lang), whole=True, right=key != "summary") for key in ("summary", "number", "change")
    ]
    yield screen.table(heads, numbers)
    yield screen.styled(
        "按条款：未落实、将到期、暂无法核定" if zh else "By clause: breached, due soon, unknown", "bold"
    )
    bounds = report.findings.bounds
    rules = [f"{bound.id} {bound.clause.citation} {say(bound.rule.title, lang)}" for bound in bounds]
    yield _counts(report, report.findings.rule, rules, "rule", screen, lang)
    yield screen.styled("按单位" if zh else "By unit", "bold")
    units, codes = report.unit_codes
    named = [say(head("no_unit"), lang) if unit is None else unit for unit in units]
    yield _counts(report, codes[report.findings.subject], named, "unit", screen, lang)
    yield screen.styled("发展阶段" if zh else "The development pipeline", "bold")
    yield from funnel_parts(report.funnel, report.adoption, screen=screen, lang=lang)
    yield screen.styled("四项条件核查结论" if zh else "Four decisions", "bold")
    for case, found in cases:
        yield f"[{case}]"
        units = report.asked.units(found.person)
        yield from decision_lines(found, report.adoption, engine=None, lang=lang, readings=False, units=units)


def _basis(report: Report, lang: Lang) -> str:
    packs = ", ".join(f"{pack.id} {pack.version}" for pack in report.adoption.packs)
    facts, findings = len(report.asked.history.by_id), len(report.table)
    if lang == "zh":
        return f"截至 {report.as_of}，与 {report.since} 相比；规则包 {packs}；记录 {facts} 条，结论 {findings} 条"
    return f"As of {report.as_of}, compared with {report.since}; packs {packs}; {facts} facts, {findings} findings"


def _counts(report: Report, of: Array, names: Sequence[str], key: str, screen: Screen, lang: Lang) -> str:
    """Return a table of how many findings are breached, due soon and unknown, of each of some names that has any."""
    rows: FindingColumns = report.findings
    masks = (rows.of_status("breached"), due_by(rows, soon(report.as_of)), rows.of_status("unknown"))
    counts = [Counter(of[mask].tolist()) for mask in masks]
    shown = sorted(set().union(*counts))
    told = [[names[place], *(str(count[place] or "·") for count in counts)] for place in shown]
    told.append([say(WORDS["all"], lang), *(str(count.total()) for count in counts)])
    heads = [Column(say(head(key), lang)), *(Column(say(WORDS[name], lang), whole=True, right=True) for name in _NAMES)]
    return screen.table(heads, told)
