"""The report on an institution: what wants attention by clause and by branch, the funnel, and some decisions."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from attrs import frozen

from partyrules.answers.blocks import FindingRow
from partyrules.answers.tables import FindingTable
from partyrules.answers.verdicts import Decision, Finding
from partyrules.errors.visible import visible
from partyrules.evaluate.conditions import held
from partyrules.evaluate.kleene import Truth
from partyrules.history import History
from partyrules.packs.document import Text
from partyrules.packs.pack import Adoption
from partyrules.questions.funnel import Funnel
from partyrules.report.decisions import decision_lines, funnel_parts, funnel_rows
from partyrules.report.findings import soon, titles_of
from partyrules.report.terminal import Column, Lang, Screen, say
from partyrules.report.words import WORDS

__all__ = ["InstitutionReport", "branch_of", "markdown", "summary"]

_NAMES: Final = ("breached", "due_soon", "unknown")
_BRANCH: Final = "branch"
# What Markdown, or HTML within it, takes for markup, anywhere and at the beginning of a line.
_MARKUP: Final = re.compile(r"[\\`*\[\]<>|~&#]|(?<!\w)_|_(?!\w)")
_BEGINS: Final = re.compile(r"^(\d*)([-+=.)])(?=\s|$)")


@frozen(kw_only=True)
class InstitutionReport:
    """What the report is made of; `heading` says what the data are, `cases` are decisions with a word on each."""

    heading: Text
    adoption: Adoption
    history: History
    table: FindingTable
    funnel: Funnel
    cases: tuple[tuple[str, Decision], ...]
    engine: str
    backdated: int | None = None
    """How many facts claim to be recorded more than a day before the ledger kept them; None where that is unknown."""


# By clause and by branch -----------------------------------------------------------------------------------


def branch_of(history: History, finding: Finding | FindingRow) -> str | None:
    """Return the branch (党支部) that a finding belongs to, None where it belongs to none.

    For a person it is the branch they are a member of on the day judged, or else last were in the period; for
    a unit it is the unit itself, or the branch that it is under.
    """
    day = _day_of(history, finding)
    if history.holdings_where("unit", "unit", finding.subject):
        return _branch_above(history, finding.subject)
    memberships = [
        holding
        for holding in history.holdings_where("membership", "person", finding.subject)
        if _is_branch(history, holding.values["unit"])
    ]
    current = [holding for holding in memberships if held(holding, day).truth != Truth.FALSE]
    start = finding.period.start if finding.period else day
    lately = [holding for holding in memberships if holding.possible[0] <= day and start < holding.possible[1]]
    chosen = (current or lately)[-1:]
    return chosen[0].values["unit"] if chosen else None


def _day_of(history: History, finding: Finding | FindingRow) -> date:
    if finding.period is not None:
        return min(finding.period.end, history.as_of)
    if finding.occasion is not None:
        return history.by_id[finding.occasion].on.first
    return history.as_of


def _is_branch(history: History, unit: str) -> bool:
    return any(holding.values["kind"] == _BRANCH for holding in history.holdings_where("unit", "unit", unit))


def _branch_above(history: History, unit: str) -> str | None:
    seen: set[str] = set()
    above: str | None = unit
    while above is not None and above not in seen:
        if _is_branch(history, above):
            return above
        seen.add(above)
        above = next((h.values.get("parent") for h in history.holdings_where("unit", "unit", above)), None)
    return None


Counts = Mapping[str, Counter[str]]


def _wanted(report: InstitutionReport) -> dict[str, FindingTable]:
    """Return the findings that are breached, due soon and unknown."""
    table = report.table
    return {
        "breached": table.where(status="breached"),
        "due_soon": table.where(status="pending", due_by=soon(report.history.as_of)),
        "unknown": table.where(status="unknown"),
    }


def _by_clause(report: InstitutionReport) -> dict[str, Counter[str]]:
    """Return by rule how many findings want attention and why; rules without any are left out."""
    counts: dict[str, Counter[str]] = {}
    for name, table in _wanted(report).items():
        for rule, statuses in table.summary().rules.items():
            counts.setdefault(rule, Counter())[name] += sum(statuses.values())
    return dict(sorted(counts.items()))


def _by_branch(report: InstitutionReport, lang: Lang) -> dict[str, Counter[str]]:
    """Return by branch how many findings want attention and why; branches without any are left out."""
    nowhere = say(WORDS["no_branch"], lang)
    counts: dict[str, Counter[str]] = {}
    for name, table in _wanted(report).items():
        for row in table.rows():
            counts.setdefault(branch_of(report.history, row) or nowhere, Counter())[name] += 1
    return dict(sorted(counts.items(), key=lambda entry: (entry[0] == nowhere, entry[0])))


def _count_columns(head: str, lang: Lang) -> list[Column]:
    return [
        Column(say(WORDS[head], lang)),
        *(Column(say(WORDS[name], lang), whole=True, right=True) for name in _NAMES),
    ]


def _count_rows(counts: Counts, told: Mapping[str, str], lang: Lang) -> list[list[str]]:
    total = sum(counts.values(), Counter[str]())
    rows = [[told.get(key, key), *(str(tally[name] or "·") for name in _NAMES)] for key, tally in counts.items()]
    return [*rows, [say(WORDS["all"], lang), *(str(total[name]) for name in _NAMES)]]


def _rules_told(report: InstitutionReport, lang: Lang) -> dict[str, str]:
    titles = titles_of(report.adoption)
    return {rule: f"{rule} {clause} {say(titles[rule], lang)}" for rule, clause in report.table.clauses().items()}


# For a terminal --------------------------------------------------------------------------------------------


def summary(report: InstitutionReport, *, screen: Screen, lang: Lang) -> Iterator[str]:
    """Yield the parts of the summary that is worth reading on a terminal."""
    zh = lang == "zh"
    yield _basis(report, lang)
    yield screen.styled(
        "按条款：未落实、将到期、暂无法核定" if zh else "By clause: breached, due soon, unknown", "bold"
    )
    rules = _rules_told(report, lang)
    yield screen.table(_count_columns("rule", lang), _count_rows(_by_clause(report), rules, lang))
    yield screen.styled("按支部" if zh else "By branch", "bold")
    yield screen.table(_count_columns("branch", lang), _count_rows(_by_branch(report, lang), {}, lang))
    yield screen.styled("发展阶段" if zh else "The development pipeline", "bold")
    stages = report.adoption.stages
    yield from funnel_parts(report.funnel, stages=stages, screen=screen, lang=lang)
    yield screen.styled("四项条件核查结论" if zh else "Four decisions", "bold")
    for case, found in report.cases:
        yield f"[{case}]"
        yield from decision_lines(found, engine=None, stages=stages, lang=lang)


def _basis(report: InstitutionReport, lang: Lang) -> str:
    packs = ", ".join(f"{pack.id} {pack.version}" for pack in report.adoption.packs)
    day, facts, findings = report.history.as_of, len(report.history.by_id), len(report.table)
    if lang == "zh":
        return f"截至 {day}；规则包 {packs}；记录 {facts} 条，结论 {findings} 条；推理引擎 {report.engine}"
    return f"As of {day}; packs {packs}; {facts} facts, {findings} findings; decided by {report.engine}"


def _times(report: InstitutionReport, lang: Lang) -> str:
    if lang == "zh":
        return f"所称的记录时间早于台账自己的时间一天以上的记录：{report.backdated} 条。"
    return f"Facts that claim to be recorded more than a day before the ledger kept them: {report.backdated}."


# As Markdown -----------------------------------------------------------------------------------------------


def markdown(report: InstitutionReport, lang: Lang) -> str:
    """Return the report as a Markdown document, with every breached and due finding in words."""
    return "\n".join(_markdown_lines(report, lang)) + "\n"


def _markdown_lines(report: InstitutionReport, lang: Lang) -> Iterator[str]:
    zh = lang == "zh"
    yield f"# {'学生党建工作报告' if zh else 'Student Party work: report'}"
    yield from ("", f"**{_marked(say(report.heading, lang))}**", "", _marked(_basis(report, lang)), "")
    if report.backdated is not None:
        yield from (_marked(_times(report, lang)), "")
    yield f"## {'按条款' if zh else 'By clause'}"
    yield ""
    rules = _rules_told(report, lang)
    yield from _markdown_table(_count_columns("rule", lang), _count_rows(_by_clause(report), rules, lang))
    yield from ("", f"## {'按支部' if zh else 'By branch'}", "")
    yield from _markdown_table(_count_columns("branch", lang), _count_rows(_by_branch(report, lang), {}, lang))
    yield from ("", f"## {'发展阶段' if zh else 'The development pipeline'}", "")
    stages = report.adoption.stages
    heads, rows = funnel_rows(report.funnel, stages=stages, lang=lang)
    yield from _markdown_table([Column(head, right=0 < n < len(heads) - 1) for n, head in enumerate(heads)], rows)
    yield from ("", f"## {'四项条件核查结论' if zh else 'Four decisions'}", "")
    for case, found in report.cases:
        yield f"### {_marked(f'{case}: {found.person}')}"
        yield ""
        for line in decision_lines(found, engine=None, stages=stages, lang=lang):
            yield f"{_marked(line.strip())}  "
        yield ""
    for name in ("breached", "due_soon"):
        yield from (f"## {say(WORDS[name], lang)}", "")
        yield from _markdown_findings(report, name, lang)


def _markdown_findings(report: InstitutionReport, name: str, lang: Lang) -> Iterator[str]:
    for finding in _wanted(report)[name]:
        branch = branch_of(report.history, finding)
        where = f" ({branch})" if branch and branch != finding.subject else ""
        told = _marked(f"{where}: {say(finding.message, lang)}")
        yield f"- `{visible(finding.rule)}` **{_marked(finding.subject)}**{told}"
    yield ""


def _markdown_table(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(column.head for column in columns)} |"
    yield f"|{'|'.join('---:' if column.right else '---' for column in columns)}|"
    for row in rows:
        yield f"| {' | '.join(map(_marked, row))} |"


def _marked(text: str) -> str:
    """Return a text, in one line, that Markdown shows as it is."""
    return _BEGINS.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", visible(text)))
