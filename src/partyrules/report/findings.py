"""Findings as people and programs read them: tables, JSON Lines, JSON and CSV."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from hashlib import sha256
from itertools import chain, islice
from typing import Any, Final, Protocol

import msgspec

from partyrules.answers.blocks import FindingRow
from partyrules.answers.lines import LineForm
from partyrules.answers.messages import STATUS_WORDS, needs_text, reason_text
from partyrules.answers.tables import FindingTable
from partyrules.answers.verdicts import STATUSES, Finding, Irregular, Status
from partyrules.facts.cloud_events import SOURCE, event
from partyrules.language.labels import label
from partyrules.language.rules import Duty
from partyrules.language.text import Lang, say
from partyrules.packs.document import Text
from partyrules.packs.pack import Adoption, Bound
from partyrules.report.sheets import csv_cells, csv_text
from partyrules.report.terminal import Cell, Screen, Styled
from partyrules.report.words import WORDS, columns
from partyrules.time.calendar import Period, add_days

SOON_DAYS: Final = 30
_FINDING: Final = "partyrules.finding"
# Words that are the same alone, in a list and as CSV.
_PLAIN: Final = re.compile("[0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff_.:/-]*")
# So much of a digest tells the findings of any audit from each other.
_DIGITS: Final = 32
STATUS_STYLES: Final[Mapping[Status, str]] = {
    "satisfied": "green",
    "pending": "cyan",
    "breached": "bold red",
    "advisory": "yellow",
    "excused": "green",
    "not_applicable": "dim",
    "unknown": "magenta",
}
_COLUMNS: Final = ("breached", "unknown", "due_soon", "pending", "satisfied", "other")
_FEW: Final = ("breached", "unknown", "due_soon")
_CSV_HEAD: Final = (
    "rule", "clause", "subject", "unit", "grain", "start", "end", "occasion", "status", "modality", "required",
    "actual", "due", "reason", "needs", "evidence", "readings", "responsible", "message_zh", "message_en",
)  # fmt: skip


# For programs ----------------------------------------------------------------------------------------------


def as_json(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of one JSON array of JSON lines, with one on each."""
    yield b"["
    before: bytes | None = None
    for line in lines:
        if before is not None:
            yield before + b","
        before = line
    if before is not None:
        yield before
    yield b"]"


class _SubjectOf(msgspec.Struct):
    subject: str


def as_events(lines: Iterable[bytes], *, as_of: date) -> Iterator[bytes]:
    """Yield a CloudEvent for each finding that is one line of JSON; the same finding as of a day has the same id."""
    for line in lines:
        digest = sha256(line).hexdigest()[:_DIGITS]
        subject = msgspec.json.decode(line, type=_SubjectOf).subject
        attributes = {"id": f"{as_of}:{digest}", "source": SOURCE, "type": _FINDING, "subject": subject}
        yield event(msgspec.Raw(line), attributes)


def csv_head() -> bytes:
    """Return the header of findings as CSV."""
    return csv_cells(_CSV_HEAD).encode()


def csv_lines(units: Callable[[str], tuple[str, ...]]) -> LineForm:
    """Return the form of findings as the lines of CSV under `csv_head`; `units` says to which a subject belongs."""

    @lru_cache(maxsize=65536)
    def subject(name: str) -> bytes:
        return csv_cells([name, units(name)]).encode()

    def whole(finding: Finding) -> bytes:
        return csv_cells([cell_of(finding, name, units(finding.subject)) for name in _CSV_HEAD]).encode(
            errors="backslashreplace"
        )

    return LineForm(whole, subject=subject, names=_csv_names, words=_csv_words, around=(b"", b" ", b""))


def _csv_names(names: Sequence[str]) -> bytes:
    return csv_cells([names]).encode() if names else b""


def _csv_words(names: Sequence[str]) -> tuple[Sequence[bytes], Sequence[bool]]:
    plain = [_PLAIN.fullmatch(name) is not None for name in names]
    told = [(name if same else csv_cells([name])).encode() for name, same in zip(names, plain, strict=True)]
    # One that is quoted, escaped or no word alone would be otherwise among others.
    return told, [not same and csv_cells([[name]]) != name for name, same in zip(names, plain, strict=True)]


def irregular_csv(records: Iterable[tuple[Irregular, str]], units: Callable[[str], tuple[str, ...]]) -> str:
    """Return irregular records, each with whom it is about, as CSV with a header; `units` says where these belong."""
    head = ("id", "fact", "about", "unit", "reason")
    return csv_text(head, ((record.id, record.fact, about, units(about), record.reason) for record, about in records))


def cell_of(finding: Any, name: str, units: Iterable[str]) -> object:
    """Return the cell of a finding, or of what is said of one, in the column of that name, as `csv_text` takes it."""
    match name:
        case "unit":
            return units
        case "grain" | "start" | "end":
            return getattr(finding.period, name, None)
        case "message_zh" | "message_en":
            return getattr(finding.message, name.removeprefix("message_"))
    return getattr(finding, name)


# For people ------------------------------------------------------------------------------------------------


def soon(as_of: date) -> date:
    """Return the last day on which what is due is due soon: 30 days after the day asked."""
    return add_days(as_of, SOON_DAYS)


def due_soon(finding: Finding | FindingRow, as_of: date) -> bool:
    """Tell whether a finding is pending and due within 30 days of the day asked."""
    return finding.status == "pending" and finding.due is not None and finding.due <= soon(as_of)


def titles_of(adoption: Adoption) -> dict[str, Text]:
    """Return what each rule, and each clause that a judgement answers, asks in a few words."""
    judged = {f"{pack.id}:{clause.id}": clause.summary for pack in adoption.packs for clause in pack.document.clauses}
    return judged | {bound.id: bound.rule.title for bound in adoption.rules}


def findings_report(
    table: FindingTable,
    adoption: Adoption,
    *,
    as_of: date,
    everything: bool,
    limit: int,
    screen: Screen,
    lang: Lang,
) -> Iterator[str]:
    """Yield the parts of the report: the counts of each rule, then the findings that want attention.

    These are the breached, unknown and due ones, or with `everything` all of them, of each kind the newest first; at
    most `limit` rows, if not 0.
    """
    yield _counts(table, titles_of(adoption), as_of=as_of, screen=screen, lang=lang)
    wanted = _urgent(table, as_of)
    if shares := _shares(wanted):
        yield _responsible(shares, screen=screen, lang=lang)
    left = sum(map(len, wanted))
    rows = chain.from_iterable(part.newest() for part in wanted)
    if everything:
        left = len(table)
        rows = chain(rows, (row for row in table.newest() if not _is_urgent(row, as_of)))
    if not left:
        yield {"zh": "没有未落实、暂无法核定或将到期的事项。", "en": "Nothing is breached, unknown or due soon."}[lang]
        return
    shown = min(limit, left) if limit else left
    yield _rows(islice(rows, shown), adoption, table.setting.units(), as_of=as_of, screen=screen, lang=lang)
    if left := left - shown:
        yield {
            "zh": f"另有 {left} 条未列出：用 --limit 0 全部列出，或用 --rule、--unit、--period、--status 缩小范围。",
            "en": f"{left} more are not listed: --limit 0 lists all, --rule, --unit, --period and --status narrow it.",
        }[lang]


def _urgent(table: FindingTable, as_of: date) -> tuple[FindingTable, ...]:
    """Return the findings that want attention, the most urgent kind first."""
    due = table.where(status="pending", due_by=soon(as_of))
    return table.where(status="breached"), table.where(status="unknown"), due


def _is_urgent(row: FindingRow, as_of: date) -> bool:
    return row.status in ("breached", "unknown") or due_soon(row, as_of)


def _counts(table: FindingTable, titles: Mapping[str, Text], *, as_of: date, screen: Screen, lang: Lang) -> str:
    due = table.where(status="pending", due_by=soon(as_of)).summary().rules
    tallies = {
        rule: _tally(counts, due[rule]["pending"] if rule in due else 0)
        for rule, counts in table.summary().rules.items()
    }
    clauses = table.clauses()
    total = sum(tallies.values(), Counter[str]())
    names = [name for name in _COLUMNS if total[name] or name in _FEW] if screen.wide else _FEW
    rows: list[list[Cell]] = []
    for rule, tally in [*tallies.items(), ("", total)]:
        told = f"{rule} {clauses[rule]} {say(titles[rule], lang)}" if rule else say(WORDS["all"], lang)
        rows.append([told, *(_number(name, tally[name]) for name in names)])
    return screen.table(columns(lang, "rule", *(f"{name}#" for name in names)), rows)


def _shares(wanted: Sequence[FindingTable]) -> dict[str, list[int]]:
    """Return how much waits for each of those who have to act on what is about somebody else, as `_FEW` counts it."""
    counts = [part.counts_by_responsible() for part in wanted]
    return {name: [count[name] for count in counts] for name in sorted({*chain(*counts)})}


def _responsible(shares: Mapping[str, Sequence[int]], *, screen: Screen, lang: Lang) -> str:
    heads = columns(lang, "responsible!", *(f"{name}#" for name in _FEW))
    return screen.table(heads, [[name, *map(_number, _FEW, numbers)] for name, numbers in shares.items()])


def _tally(counts: Mapping[Status, int], due: int) -> Counter[str]:
    """Return the counts of a rule by the columns of the report; of the pending ones, `due` are due soon."""
    tally = Counter[str]({"due_soon": due, "pending": counts["pending"] - due})
    for status in STATUSES:
        if status != "pending":
            tally[status if status in _COLUMNS else "other"] += counts[status]
    return tally


def _number(name: str, number: int) -> Styled:
    style = {"breached": "bold red", "unknown": "magenta", "due_soon": "cyan"}.get(name, "")
    return Styled(str(number) if number else "·", style=style if number else "dim")


class _InTime(Protocol):
    @property
    def period(self) -> Period | None: ...
    @property
    def occasion(self) -> str | None: ...


def belongs_text(subject: str, units: Iterable[str]) -> str:
    """Return the units to which a subject belongs; a unit is not told to be its own."""
    return ", ".join(unit for unit in units if unit != subject)


def period_text(finding: _InTime) -> str:
    """Return which period, or which occasion, a finding is about."""
    if finding.period is not None:
        return f"{finding.period.start} … {finding.period.end}"
    return finding.occasion or ""


def _rows(
    findings: Iterable[FindingRow],
    adoption: Adoption,
    units: Callable[[str], tuple[str, ...]],
    *,
    as_of: date,
    screen: Screen,
    lang: Lang,
) -> str:
    """Return a table of findings; where there is less room, more of what a finding is about stands below each other."""
    middle = ("rule", "who!", "unit", "when") if screen.wide else ("rule",) if screen.narrow else ("rule", "who")
    duties = {bound.id: bound for bound in adoption.duties}
    titles = titles_of(adoption)
    rows: list[list[Cell]] = []
    for finding in findings:
        is_soon = due_soon(finding, as_of)
        word = Styled(
            say(WORDS["due_soon"] if is_soon else STATUS_WORDS[finding.status], lang),
            style=STATUS_STYLES[finding.status],
        )
        title = f"{finding.rule} {finding.clause} {say(titles[finding.rule], lang)}"
        belongs = belongs_text(finding.subject, units(finding.subject))
        if screen.wide:
            about = [title, _whose(finding, lang), belongs, period_text(finding)]
        else:
            lines = [_whose(finding, lang), f"({belongs})" if belongs else "", period_text(finding)]
            about = [title, "\n".join(filter(None, lines))]
            about = ["\n".join(filter(None, about))] if screen.narrow else about
        number = "" if finding.required is None else f"{_shown(finding.actual)}/{finding.required}"
        rows.append([word, *about, number, _why(finding, duties.get(finding.rule), is_soon=is_soon, lang=lang)])
    return screen.table(columns(lang, "status!", *middle, "count#", "why"), rows)


def _whose(finding: FindingRow, lang: Lang) -> str:
    """Return the subject and, below it, who has to act where that is somebody else."""
    if not finding.responsible:
        return finding.subject
    return f"{finding.subject}\n→ {('、' if lang == 'zh' else ', ').join(finding.responsible)}"


def _shown(actual: object) -> str:
    return "?" if actual is None else str(actual)


def _why(finding: FindingRow, bound: Bound[Duty] | None, *, is_soon: bool, lang: Lang) -> str:
    if is_soon:
        return f"{say(WORDS['due'], lang)} {finding.due}"
    if finding.needs:
        return say(needs_text(finding.needs, bound), lang)
    return "" if finding.reason is None else say(reason_text(finding.reason), lang)


def irregular_table(
    records: Sequence[tuple[Irregular, str]],
    units: Callable[[str], tuple[str, ...]],
    *,
    screen: Screen,
    lang: Lang,
) -> str:
    """Return a table of the records that count for nothing, whom each is about, where these belong, and why."""
    if not records:
        return {"zh": "没有不计入的记录。", "en": "No record is irregular."}[lang]
    heads = columns(lang, "fact!", "kind!" if screen.wide else "kind", "who", "unit", "reason")
    rows = []
    for each, about in records:
        rows.append(
            [
                each.id,
                say(label(each.fact), lang),
                about,
                belongs_text(about, units(about)),
                say(reason_text(each.reason), lang),
            ]
        )
    return screen.table(heads, rows)
