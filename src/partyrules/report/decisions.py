"""Decisions, their chains of firings, and the funnel, as people read them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from partyrules.answers.messages import LIST_WORDS, OUTCOME_WORDS, needs_text, reason_text
from partyrules.answers.verdicts import OUTCOMES, Decision
from partyrules.evaluate.inference import Firing
from partyrules.language.rules import Stage
from partyrules.questions.funnel import Funnel
from partyrules.report.terminal import Column, Lang, Screen, notice_line, say
from partyrules.report.words import WORDS

__all__ = ["chain_lines", "decision_lines", "funnel_parts", "funnel_rows", "funnel_wire"]


def decision_lines(decision: Decision, *, engine: str | None, stages: Sequence[Stage], lang: Lang) -> Iterator[str]:
    """Yield the lines of a decision: its outcome, each list with its messages, irregular records, the engine."""
    title = next((say(stage.title, lang) for stage in stages if stage.name == decision.to), decision.to)
    outcome = say(OUTCOME_WORDS[decision.outcome], lang)
    if lang == "zh":
        yield f"{decision.person} → {title}（{decision.to}），{decision.on}：{outcome}"
    else:
        yield f"{decision.person} → {title} ({decision.to}) on {decision.on}: {outcome.upper()}"
    for notice in decision.notices:
        yield notice_line(notice, lang)
    if decision.reason is not None:
        yield f"  {say(reason_text(decision.reason), lang)}"
    if decision.needs:
        needs = say(needs_text(decision.needs), lang)
        yield f"  {'尚需：' if lang == 'zh' else 'needs '}{needs}"
    for name, heading in LIST_WORDS.items():
        items = getattr(decision, name)
        if not items:
            continue
        yield f"{say(heading, lang)} ({len(items)})"
        for item in items:
            yield f"  {item.rule}  {say(item.message, lang)}"
    if decision.irregular:
        yield f"{'不计入的记录' if lang == 'zh' else 'Records that count for nothing'} ({len(decision.irregular)})"
        for record in decision.irregular:
            yield f"  {record.id}  {record.fact}: {say(reason_text(record.reason), lang)}"
    if engine is not None:
        yield f"{'推理引擎：' if lang == 'zh' else 'Decided by: '}{engine}"


def chain_lines(firings: Iterable[Firing], lang: Lang) -> Iterator[str]:
    """Yield the firings of the engine: each production with the items it matched and the item it asserted."""
    for number, firing in enumerate(firings, start=1):
        if number == 1:
            yield "推理引擎的过程：" if lang == "zh" else "Firings of the engine:"
        yield f"{number:4}. {firing.production}"
        for matched in firing.matched:
            yield f"        {_item(matched)}"
        yield f"      ⇒ {_item(firing.asserted)}"


def _item(item: Mapping[str, str]) -> str:
    fields = ", ".join(f"{name}={value}" for name, value in item.items() if name != "kind")
    return f"{item.get('kind', '')}({fields})"


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
