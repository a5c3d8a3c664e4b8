"""Contested findings and decisions as people and programs read them."""

from collections.abc import Callable, Iterable, Sequence

from partyrules.answers.messages import LIST_WORDS, OUTCOME_WORDS, STATUS_WORDS
from partyrules.answers.verdicts import Status
from partyrules.language.text import Lang, say
from partyrules.packs.document import Text
from partyrules.packs.pack import Adoption
from partyrules.questions.contested import Contested, ContestedStep, ReadingChange
from partyrules.report.sheets import csv_text
from partyrules.report.terminal import Column, Screen
from partyrules.report.words import WORDS, change_text

_HEAD = (
    "rule", "clause", "subject", "unit", "grain", "start", "end", "occasion", "status", "reading", "option", "changed",
)  # fmt: skip
Units = Callable[[str], tuple[str, ...]]


def contested_csv(contested: Iterable[Contested], units: Units) -> str:
    """Return contested findings as CSV with a header, a row for each change; `units` says where a subject belongs."""
    return csv_text(
        _HEAD,
        (
            [
                each.rule,
                each.clause,
                each.subject,
                units(each.subject),
                *((each.period.grain, each.period.start, each.period.end) if each.period else ("", "", "")),
                each.occasion,
                each.status,
                change.reading,
                change.option,
                change.status,
            ]
            for each in contested
            for change in each.changes
        ),
    )


def contested_table(
    contested: Sequence[Contested], adoption: Adoption, units: Units, *, screen: Screen, lang: Lang
) -> str:
    """Return a table of contested findings, each with its status as adopted and under each change."""
    if not contested:
        return {"zh": "没有结论因条文理解（口径）不同而改变。", "en": "No status changes under another reading."}[lang]

    def word(status: Status | None) -> str:
        return say(WORDS["no_finding"] if status is None else STATUS_WORDS[status], lang)

    columns = [
        Column(say(WORDS["rule"], lang), whole=True),
        Column(say(WORDS["who"], lang), whole=screen.wide),
        Column(say(WORDS["unit"], lang)),
        Column(say(WORDS["when"], lang)),
        Column(say(WORDS["adopted"], lang)),
        Column(say(WORDS["otherwise"], lang)),
    ]
    rows = []
    for each in contested:
        when = f"{each.period.start} … {each.period.end}" if each.period else each.occasion or ""
        # The rule stands in its own column already; a shared reading is told by its full key.
        changes = [
            f"{change_text(_short(change, each), change.reading, change.option, adoption, lang)}: {word(change.status)}"
            for change in each.changes
        ]
        belongs = ", ".join(unit for unit in units(each.subject) if unit != each.subject)
        rows.append([each.rule, each.subject, belongs, when, word(each.status), "\n".join(changes)])
    return screen.table(columns, rows)


def _short(change: ReadingChange[Status], each: Contested) -> str:
    return change.reading.removeprefix(f"{each.rule}.")


def contested_decision_table(
    contested: Sequence[ContestedStep], adoption: Adoption, *, screen: Screen, lang: Lang
) -> str:
    """Return a table of what is contested in a decision, each as adopted and under each change."""
    if not contested:
        return {
            "zh": "本结论不因条文理解（口径）不同而改变。",
            "en": "Nothing of this decision changes under another reading.",
        }[lang]
    words: dict[str, Text] = {name: text for each in (OUTCOME_WORDS, LIST_WORDS) for name, text in each.items()}

    def word(status: str | None) -> str:
        return say(WORDS["in_no_list"] if status is None else words[status], lang)

    columns = [
        Column(say(WORDS["rule"], lang), whole=True),
        Column(say(WORDS["adopted"], lang)),
        Column(say(WORDS["otherwise"], lang)),
    ]
    rows = []
    for each in contested:
        changes = [
            f"{change_text(change.reading, change.reading, change.option, adoption, lang)}: {word(change.status)}"
            for change in each.changes
        ]
        rows.append([each.rule or say(WORDS["outcome"], lang), word(each.status), "\n".join(changes)])
    return screen.table(columns, rows)
