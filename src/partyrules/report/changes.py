"""What changed between two audits, as people and programs read it: sums that add up, each change and its causes."""

from collections import Counter
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Final

import msgspec

from partyrules.answers.blocks import Cited
from partyrules.answers.messages import STATUS_WORDS
from partyrules.answers.verdicts import STATUSES
from partyrules.language.labels import label
from partyrules.language.text import Lang, say, texts_beside
from partyrules.questions.between import Cause, Standpoint
from partyrules.questions.changes import CATEGORIES, ChangedFinding, Changes
from partyrules.report.findings import belongs_text, cell_of, period_text, titles_of
from partyrules.report.sheets import csv_text
from partyrules.report.terminal import Column, Screen
from partyrules.report.words import WORDS

_SAID: Final = texts_beside(__file__)
CATEGORY_WORDS: Final = _SAID["categories"]
CAUSE_WORDS: Final = _SAID["causes"]
_CSV_HEAD: Final = (
    "rule", "clause", "subject", "unit", "grain", "start", "end", "occasion", "category", "from_status", "to_status",
    "from_required", "to_required", "from_actual", "to_actual", "from_due", "to_due", "from_reason", "to_reason",
    "from_needs", "to_needs", "from_evidence", "to_evidence", "from_responsible", "to_responsible", "causes",
)  # fmt: skip
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")
# Of very many causes of one change, or of whom it concerns, so many are told on a screen.
_FEW: Final = 3


# For programs ----------------------------------------------------------------------------------------------


def changes_lines(changes: Changes) -> Iterator[bytes]:
    """Yield each change as one line of JSON."""
    return (_ENCODER.encode(each.to_wire()) for each in changes.findings)


def changes_csv(changes: Changes) -> str:
    """Return the changes as CSV with a header; a cause is its kind and, behind a colon, what it is of that kind."""
    return csv_text(_CSV_HEAD, (_csv_row(each) for each in changes.findings))


def _csv_row(each: ChangedFinding) -> list[object]:
    said = each.to_wire()
    sides = [said["from"] or {}, said["to"] or {}]
    return [
        *(cell_of(each, name, each.units) for name in _CSV_HEAD[:9]),
        *(side.get(name.partition("_")[2]) for name, side in zip(_CSV_HEAD[9:-1], cycle(sides), strict=False)),
        [cause.kind if cause.id is None else f"{cause.kind}:{cause.id}" for cause in each.causes],
    ]


# For people ------------------------------------------------------------------------------------------------


def changes_parts(changes: Changes, *, limit: int, screen: Screen, lang: Lang) -> Iterator[str]:
    """Yield the parts of the report: what was compared, the sums by status and by cause, then the changes.

    At most `limit` changes, if not 0; the most urgent kind first, of each kind the newest first.
    """
    yield _basis(changes, lang)
    yield _sums(changes, screen=screen, lang=lang)
    if not changes.findings:
        return
    yield _by_cause(changes, screen=screen, lang=lang)
    found = sorted(changes.findings, key=_newest, reverse=True)
    alike: dict[tuple[object, ...], list[ChangedFinding]] = {}
    for each in sorted(found, key=lambda each: CATEGORIES.index(each.category)):
        steps = (_stood(each.before, lang), _stood(each.after, lang))
        alike.setdefault((each.category, each.rule, each.period, each.occasion, steps, each.causes), []).append(each)
    shown = list(islice(alike.values(), limit or None))
    yield _rows(changes, shown, screen=screen, lang=lang)
    if left := len(found) - sum(map(len, shown)):
        yield {
            "zh": f"另有 {left} 条未列出：--format csv -o 文件 存下全部，--limit 0 在此全部列出，"
            "--rule、--unit、--subject 缩小范围。",
            "en": f"{left} more are not listed: --format csv -o FILE keeps all of them, --limit 0 lists all here, "
            "--rule, --unit and --subject narrow it.",
        }[lang]


def _newest(each: ChangedFinding) -> str:
    cited = each.after or each.before
    day = each.period.end if each.period else cited and cited.row.due
    return str(day or "")


def _basis(changes: Changes, lang: Lang) -> str:
    was, now = (_side(side, lang) for side in (changes.before, changes.after))
    number = len(changes.findings)
    return f"{was} → {now}：变化 {number} 条" if lang == "zh" else f"{was} → {now}: {number} changes"


def _side(side: Standpoint, lang: Lang) -> str:
    packs = ", ".join(f"{pack.id} {pack.version}" for pack in side.adoption.packs)
    known = "" if side.known_at is None else f"@{side.known_at.isoformat()}"
    return f"{side.as_of}{known}（{packs}）" if lang == "zh" else f"{side.as_of}{known} ({packs})"


def _sums(changes: Changes, *, screen: Screen, lang: Lang) -> str:
    """Return how many findings of each status there were, came, went and are: the four of a row add up."""
    flows = changes.flows()
    heads = {"zh": ("状态", "原有", "新增", "减少", "现有"), "en": ("status", "before", "came", "went", "now")}[lang]
    rows = []
    for status in STATUSES:
        before, after = changes.counts[status]
        came = sum(number for (was, now), number in flows.items() if now == status != was)
        went = sum(number for (was, now), number in flows.items() if was == status != now)
        if before or after:
            rows.append(
                [say(STATUS_WORDS[status], lang), str(before), _signed(came, "+"), _signed(went, "−"), str(after)]
            )
    return screen.table([Column(head, whole=True, right=place > 0) for place, head in enumerate(heads)], rows)


def _signed(number: int, sign: str) -> str:
    return f"{sign}{number}" if number else "·"


def _by_cause(changes: Changes, *, screen: Screen, lang: Lang) -> str:
    """Return how many changes of each category there are, and what made how many of them."""
    heads = {"zh": ("变化", "条数", "起因"), "en": ("change", "number", "causes")}[lang]
    rows = []
    for category, number in changes.categories().items():
        if number:
            kinds = Counter(
                tuple(dict.fromkeys(cause.kind for cause in each.causes))
                for each in changes.findings
                if each.category == category
            )
            told = [
                f"{' + '.join(say(CAUSE_WORDS[k], lang) for k in some)} {count}" for some, count in kinds.most_common()
            ]
            rows.append([say(CATEGORY_WORDS[category], lang), str(number), ("；" if lang == "zh" else "; ").join(told)])
    columns = [Column(heads[0], whole=screen.wide), Column(heads[1], whole=True, right=True), Column(heads[2])]
    return screen.table(columns, rows)


def _rows(changes: Changes, found: list[list[ChangedFinding]], *, screen: Screen, lang: Lang) -> str:
    """Return the table: what changed alike, by the same causes, is one row."""
    titles = titles_of(changes.before.adoption) | titles_of(changes.after.adoption)
    heads = {"zh": ("变化", "起因"), "en": ("change", "cause")}[lang]
    rule, who = (Column(say(WORDS[name], lang)) for name in ("rule", "who"))
    rows = []
    for alike in found:
        each = alike[0]
        steps = " → ".join(_stood(cited, lang) for cited in (each.before, each.after))
        told = [
            f"{say(CATEGORY_WORDS[each.category], lang)}\n{steps}",
            f"{each.rule} {each.clause} {say(titles[each.rule], lang)}",
            "\n".join(filter(None, [*_few([_who(one) for one in alike], lang), period_text(each)])),
        ]
        causes = "\n".join(_few([_cause(cause, lang) for cause in each.causes], lang))
        rows.append([*(["\n".join(told)] if screen.narrow else told), causes])
    return screen.table([Column(heads[0]), *(() if screen.narrow else (rule, who)), Column(heads[1])], rows)


def _who(each: ChangedFinding) -> str:
    belongs = belongs_text(each.subject, each.units)
    return f"{each.subject} ({belongs})" if belongs else each.subject


def _few(told: list[str], lang: Lang) -> list[str]:
    """Return the first of very many, and how many there are."""
    if (left := len(told) - _FEW) <= 0:
        return told
    return [*told[:_FEW], {"zh": f"等共 {len(told)} 项", "en": f"and {left} more"}[lang]]


def _stood(cited: Cited | None, lang: Lang) -> str:
    if cited is None:
        return {"zh": "无", "en": "none"}[lang]
    row = cited.row
    number = "" if row.required is None else f" {'?' if row.actual is None else row.actual}/{row.required}"
    return f"{say(STATUS_WORDS[row.status], lang)}{number}"


def _cause(cause: Cause, lang: Lang) -> str:
    """Return a cause in words: which record of when, or what was chosen otherwise."""
    word = say(CAUSE_WORDS[cause.kind], lang)
    if cause.fact is not None:
        what = say(label(cause.fact), lang)
        return f"{word} {cause.id}（{what}，{cause.on}）" if lang == "zh" else f"{word} {cause.id} ({what}, {cause.on})"
    named = word if cause.id is None else f"{word} {cause.id}"
    if cause.was is None and cause.now is None:
        return named
    none = {"zh": "无", "en": "none"}[lang]
    between = f"{cause.was or none} → {cause.now or none}"
    return f"{named}：{between}" if lang == "zh" else f"{named}: {between}"
