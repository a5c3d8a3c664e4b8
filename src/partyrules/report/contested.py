"""Contested findings and decisions as people and programs read them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from partyrules.answers.messages import LIST_WORDS, OUTCOME_WORDS, STATUS_WORDS
from partyrules.answers.verdicts import Status
from partyrules.language.text import Lang, say
from partyrules.packs.document import Text
from partyrules.packs.pack import Adoption
from partyrules.questions.contested import Contested, ContestedStep
from partyrules.report.findings import belongs_text, cell_of, period_text, titles_of
from partyrules.report.sheets import csv_text
from partyrules.report.terminal import Screen
from partyrules.report.words import WORDS, change_text, columns

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
                *(cell_of(each, name, units(each.subject)) for name in _HEAD[:-3]),
                *(change.reading, change.option, change.status),
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

    heads = columns(lang, "rule", "who!" if screen.wide else "who", "unit", "when", "adopted", "otherwise")
    titles = titles_of(adoption)
    rows = [
        [
            f"{each.rule} {each.clause} {say(titles[each.rule], lang)}",
            each.subject,
            belongs_text(each.subject, units(each.subject)),
            period_text(each),
            word(each.status),
            # The rule stands in its own column already; a shared reading is told by its full key.
            _changed(each, f"{each.rule}.", word, adoption, lang),
        ]
        for each in contested
    ]
    return screen.table(heads, rows)


def _changed(
    each: Contested | ContestedStep, besides: str, word: Callable[[Any], str], adoption: Adoption, lang: Lang
) -> str:
    """Return each change and what it comes to, on lines; what the row says already is left away."""
    told = (
        (
            change_text(change.reading.removeprefix(besides), change.reading, change.option, adoption, lang),
            change.status,
        )
        for change in each.changes
    )
    return "\n".join(f"{change}{'：' if lang == 'zh' else ': '}{word(status)}" for change, status in told)


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

    titles = titles_of(adoption)
    rows = [
        [
            f"{each.rule} {say(titles[each.rule], lang)}" if each.rule else say(WORDS["outcome"], lang),
            word(each.status),
            _changed(each, "", word, adoption, lang),
        ]
        for each in contested
    ]
    return screen.table(columns(lang, "rule", "adopted", "otherwise"), rows)
