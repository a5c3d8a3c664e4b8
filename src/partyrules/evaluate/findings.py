"""Putting a finding together: what a requirement came to, what was made of it, and what is said of it."""

from datetime import date
from typing import Final, NamedTuple

from partyrules.answers.messages import SaidOfFinding, finding_message
from partyrules.answers.verdicts import Finding, Status
from partyrules.evaluate.conditions import Frame, Number
from partyrules.evaluate.kleene import Truth
from partyrules.language.rules import Duty
from partyrules.packs.document import Text
from partyrules.packs.pack import Bound

_MOST_MESSAGES: Final = 1024


class Judged(NamedTuple):
    """What a requirement comes to before the period, the register and the modality have their say."""

    truth: Truth
    needs: frozenset[str] = frozenset()
    required: Number | None = None
    actual: Number | None = None
    evidence: frozenset[str] = frozenset()
    exceeded: bool = False


class Outcome(NamedTuple):
    """A status with its reason, what it needs, and the judgement that explains it."""

    status: Status
    reason: str | None = None
    needs: frozenset[str] = frozenset()
    evidence: frozenset[str] = frozenset()


def undecided(*needs: str) -> Outcome:
    """Return that these things would decide it."""
    return Outcome("unknown", needs=frozenset(needs))


def finding_of(
    bound: Bound[Duty],
    frame: Frame,
    judged: Judged,
    outcome: Outcome,
    *,
    due: date | None,
    pair: tuple[str, ...],
    responsible: tuple[str, ...],
    known: dict[SaidOfFinding, Text],
) -> Finding:
    """Return the finding; `pair` names whom it is about besides the bearer, `known` are messages said of the rule.

    `responsible` are the ids of those who have to act.
    """
    occasion = None if frame.trigger is None else frame.trigger.id
    evidence = judged.evidence | outcome.evidence if outcome.evidence else judged.evidence
    if occasion is not None:
        evidence |= {occasion}
    needs = tuple(sorted(outcome.needs))
    # A message names neither bearer nor records, so one is said of many.
    said = SaidOfFinding(
        frame.period, outcome.status, judged.required, judged.actual, due, outcome.reason, needs, responsible, pair
    )
    message = known.get(said)
    if message is None:
        if len(known) >= _MOST_MESSAGES:
            known.clear()
        message = known[said] = finding_message(bound, said)
    return Finding(
        rule=bound.id,
        clause=bound.clause.citation,
        subject=frame.subject,
        period=frame.period,
        occasion=occasion,
        status=outcome.status,
        modality=bound.rule.modality,
        required=judged.required,
        actual=judged.actual,
        due=due,
        reason=outcome.reason,
        needs=needs,
        evidence=tuple(sorted(evidence)),
        readings=bound.readings,
        responsible=responsible,
        message=message,
    )
