"""Explanations as people read them: an indented tree of lines."""

from collections.abc import Iterator
from typing import Final

from partyrules.evaluate.derivation import DerivationStep, truth_word
from partyrules.evaluate.kleene import Truth
from partyrules.language.text import Lang, say
from partyrules.report.terminal import Screen, Styled

_BRACKETS: Final = {"zh": "［{}］", "en": " [{}]"}
_RECORDS: Final = {"zh": "（{}）", "en": " ({})"}
_STYLES: Final = {Truth.TRUE: "green", Truth.FALSE: "red", Truth.UNKNOWN: "magenta"}


def derivation_lines(tree: DerivationStep, *, screen: Screen, lang: Lang) -> Iterator[str]:
    """Yield the lines of a derivation, indented below its first."""
    yield screen.styled(_told(tree, lang), "bold")
    for part in tree.parts:
        yield from _lines(part, 1, screen, lang)


def _lines(step: DerivationStep, depth: int, screen: Screen, lang: Lang) -> Iterator[str]:
    told = f"{'  ' * depth}{'' if depth == 1 else '- '}{_told(step, lang)}"
    if step.truth is None:
        yield screen.line(told)
    else:
        yield screen.line(
            told, Styled(_BRACKETS[lang].format(say(truth_word(step.truth), lang)), style=_STYLES[step.truth])
        )
    for part in step.parts:
        yield from _lines(part, depth + 1, screen, lang)


def _told(step: DerivationStep, lang: Lang) -> str:
    told, records = say(step.label, lang), (", " if lang == "en" else "、").join(step.evidence)
    return told + _RECORDS[lang].format(records) if records else told
