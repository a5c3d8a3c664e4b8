"""The funnel as people and programs read it."""

from collections.abc import Iterator, Sequence
from typing import Any

from partyrules.answers.verdicts import OUTCOMES
from partyrules.language.rules import Stage
from partyrules.language.text import Lang, say
from partyrules.questions.funnel import Funnel
from partyrules.report.terminal import Column, Screen, notice_line
from partyrules.report.words import WORDS


def funnel_parts(funnel: Funnel, *, stages: Sequence[Stage], screen: Screen, lang: Lang) -> Iterator[str]:
    """Yield a table of the pipeline: who holds each stage, what stands before it; then what holds back."""
    yield from (notice_line(notice, lang) for notice in funnel.notices)
    heads, rows = funnel_rows(funnel, stages=stages, lang=lang)
    columns = [Column(head, whole=True, right=number > 0) for number, head in enumerate(heads[:-1])]
    yield screen.table(columns, [row[:-1] for row in rows])
    for row in rows:
        if row[-1]:
            yield f"  → {row[0]}: {row[-1]}"


def funnel_rows(funnel: Funnel, *, stages: Sequence[Stage], lang: Lang) -> tuple[list[str], list[list[str]]]:
    """Return the heads of the funnel's columns and its rows, a stage each; the last column is what holds back."""
    heads = [say(WORDS[name], lang) for name in ("stage", "holding", "next", *OUTCOMES, "held_back")]
    steps = {step.into: step for step in funnel.steps}
    rows = []
    for stage in stages:
        step = steps[stage.name]
        by_number = sorted(step.held_back.items(), key=lambda entry: (-entry[1], entry[0]))
        rows.append(
            [
                stage.name if lang == "en" else f"{stage.title.zh} {stage.name}",
                str(funnel.holding[stage.name]),
                str(step.standing or "·"),
                *(str(step.outcomes[outcome] or "·") for outcome in OUTCOMES),
                ", ".join(f"{number} × {rule}" for rule, number in by_number),
            ]
        )
    return heads, rows


def funnel_wire(funnel: Funnel) -> dict[str, Any]:
    """Return the funnel as a JSON object, without the single decisions."""
    return {
        "on": str(funnel.on),
        "holding": dict(funnel.holding),
        "undated": funnel.undated,
        "steps": [
            {
                "into": step.into,
                "standing": step.standing,
                "outcomes": dict(step.outcomes),
                "held_back": dict(step.held_back),
            }
            for step in funnel.steps
        ],
    }
