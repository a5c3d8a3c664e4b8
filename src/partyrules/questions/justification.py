"""Justifications: why a decision is what it is, by how the person stands and by each rule with its records."""

from datetime import date, datetime
from typing import Final

from partyrules.answers.messages import LIST_WORDS, OUTCOME_WORDS, needs_text, reason_text
from partyrules.answers.verdicts import Decision, Item
from partyrules.evaluate.derivation import DerivationStep, derived, fact_line, heading, line
from partyrules.evaluate.kleene import Truth
from partyrules.evaluate.pipeline import Case, case_of
from partyrules.language.kernel import SUBJECT, Always, holds
from partyrules.language.labels import label
from partyrules.language.presence import STUDENT
from partyrules.language.rules import Requirement, Veto
from partyrules.packs.document import Text
from partyrules.packs.pack import Adoption
from partyrules.questions.decide import REFERENCE, check_person, decided
from partyrules.questions.sources import Source, history_from

_HOLDS_A_STAGE: Final = holds("stage", person=SUBJECT)


def justification(
    source: Source, adoption: Adoption, *, person: str, to: str, on: date, known_at: datetime | None = None
) -> DerivationStep:
    """Return the derivation of a decision: how the person stands, then each rule with its conditions and records.

    It is the same whichever engine infers the decision. Raise QueryError as `decide` does.
    """
    check_person(person, source)
    history = history_from(source, adoption, as_of=on, known_at=known_at)
    case = case_of(adoption, history, person=person, to=to)
    decision = decided(case, engine=REFERENCE)
    outcome, step = OUTCOME_WORDS[decision.outcome], label(to, adoption.labels)
    rules = {bound.id: bound.rule for bound in case.rules}
    parts = [_stands(case, decision)]
    for name, words in LIST_WORDS.items():
        items: tuple[Item, ...] = getattr(decision, name)
        if items:
            steps = [_item_step(case, rules[item.rule], item) for item in items]
            parts.append(heading(f"{words.zh}（{len(items)}）", f"{words.en} ({len(items)})", steps))
    for record in decision.irregular:
        told = reason_text(record.reason)
        fact = history.by_id[record.id]
        parts.append(fact_line(case.world, fact, f"不计入：{told.zh}", f"counts for nothing: {told.en}"))
    return DerivationStep(
        label=Text(zh=f"{person} → {step.zh}，{on}：{outcome.zh}", en=f"{person} → {to} on {on}: {outcome.en}"),
        parts=tuple(parts),
    )


def _stands(case: Case, decision: Decision) -> DerivationStep:
    """Return how the person stands: the stage held, the registration, and whether the step is in order."""
    parts = [derived(case.world, condition, case.frame) for condition in (_HOLDS_A_STAGE, STUDENT)]
    if decision.reason is not None:
        told = reason_text(decision.reason)
        parts.append(line(told.zh, told.en, Truth.FALSE))
    if decision.needs:
        needs = needs_text(decision.needs)
        parts.append(line(f"要判定，需要：{needs.zh}", f"to decide it: {needs.en}", Truth.UNKNOWN))
    return heading("本人情况", "How the person stands", parts)


def _item_step(case: Case, rule: Requirement | Veto, item: Item) -> DerivationStep:
    """Return one rule of a decision: what it asks, part by part, and the records that decided it."""
    asked = (rule.vetoes,) if isinstance(rule, Veto) else (rule.when, rule.requires)
    parts = [derived(case.world, each, case.frame) for each in asked if not isinstance(each, Always)]
    records = [fact_line(case.world, case.world.history.by_id[name]) for name in item.evidence]
    if records:
        parts.append(heading("所据记录", "By these records", records))
    return DerivationStep(label=item.message, parts=tuple(parts))
