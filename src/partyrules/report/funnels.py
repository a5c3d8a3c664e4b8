"""The funnel as people and programs read it."""

from collections.abc import Iterator
from typing import Any

from partyrules.answers.verdicts import OUTCOMES
from partyrules.language.text import Lang, say
from partyrules.packs.pack import Adoption
from partyrules.questions.funnel import Funnel
from partyrules.report.findings import titles_of
from partyrules.report.terminal import Screen, notice_line
from partyrules.report.words import columns


def funnel_parts(funnel: Funnel, adoption: Adoption, *, screen: Screen, lang: Lang) -> Iterator[str]:
    """Yield a table of the pipeline: who holds each stage, what stands before it; then what holds back."""
    titles = titles_of(adoption)
    yield from (notice_line(notice, lang) for notice in funnel.notices)
    steps = {step.into: step for step in funnel.steps}
    rows, held = [], []
    for stage in adoption.stages:
        step = steps[stage.name]
        told = stage.name if lang == "en" else f"{stage.title.zh} {stage.name}"
        numbers = (step.standing, *(step.outcomes[outcome] for outcome in OUTCOMES))
        rows.append([told, str(funnel.holding[stage.name]), *(str(number or "·") for number in numbers)])
        if by_number := sorted(step.held_back.items(), key=lambda entry: (-entry[1], entry[0])):
            held.append(f"  → {told}{'：' if lang == 'zh' else ':'}")
            held += [f"    {number} × {rule} {say(titles[rule], lang)}" for rule, number in by_number]
    heads = columns(lang, "stage!", *(f"{key}#" for key in ("holding", "next", *OUTCOMES)))
    yield screen.table(heads, rows)
    yield from held


def funnel_wire(funnel: Funnel) -> dict[str, Any]:
    """Return the funnel as a JSON object, without the single decisions."""
    return {
        "on": str(funnel.on),
        "holding": dict(funnel.holding),
        "undated": funnel.undated,
        "steps": [step.to_wire() for step in funnel.steps],
    }
