"""What recorded judgements say: of open-textured clauses, of which nothing is computed, and of breaches explained."""

from collections.abc import Iterator
from datetime import date

from partyrules.answers.messages import judgement_message
from partyrules.answers.verdicts import Finding, Status
from partyrules.evaluate.holding import held
from partyrules.evaluate.kleene import Truth
from partyrules.facts.vocabulary import JudgementMade
from partyrules.history import History
from partyrules.packs.document import Clause
from partyrules.packs.pack import Adoption, Pack, clauses_judged

_STATUS: dict[str, Status] = {"met": "satisfied", "not_met": "breached"}


def judgement_findings(adoption: Adoption, history: History) -> Iterator[Finding]:
    """Yield one finding for each unit that answers for a judgement clause and stands on the day asked."""
    for pack, clause in clauses_judged(adoption.packs):
        document = pack.document
        if history.as_of < document.in_force_from or (
            document.in_force_until is not None and history.as_of > document.in_force_until
        ):
            continue
        for holding in history.holdings("unit"):
            stands = held(holding, history.as_of).truth
            if holding.values["kind"] == clause.judges and stands != Truth.FALSE:
                yield _finding(pack, clause, holding.values["unit"], history, certain=stands == Truth.TRUE)


def _finding(pack: Pack, clause: Clause, unit: str, history: History, *, certain: bool) -> Finding:
    rule = f"{pack.id}:{clause.id}"
    made = [
        fact
        for fact in history.facts_where("judgement_made", "about", unit)
        if isinstance(fact, JudgementMade) and fact.clause == rule and fact.outcome in _STATUS
    ]
    sure = [fact for fact in made if fact.on.last <= history.as_of]
    last = max((fact.on.first for fact in sure), default=None)
    adverse = max((fact.on.first for fact in sure if fact.outcome == "not_met"), default=date.min)
    # Of several on the last day that disagree, the adverse one counts.
    running = [
        fact
        for fact in made
        if (last is None or fact.on.last >= last)
        and (history.as_of > adverse < fact.on.last or fact.outcome == "not_met")
    ]
    outcomes = {fact.outcome for fact in running}
    needs: tuple[str, ...] = ()
    if not running:
        status: Status = "unknown"
        needs = ("judgement_made",)
    elif not certain or not sure or len(outcomes) > 1:
        status, needs = "unknown", ("full_date",)
    else:
        status = _STATUS[outcomes.pop()]
    return Finding(
        rule=rule,
        clause=clause.citation,
        subject=unit,
        status=status,
        modality="shall",
        needs=needs,
        evidence=tuple(sorted(fact.id for fact in running)),
        message=judgement_message(clause, status, needs),
    )


def recorded_reason(history: History, rule: str, subject: str, start: date) -> tuple[Truth, frozenset[str]]:
    """Return whether somebody recorded the reason of a breach in the period that begins then.

    And by which judgement, the latest of several.
    """
    made = [
        fact
        for fact in history.facts_where("judgement_made", "about", subject)
        if isinstance(fact, JudgementMade) and (fact.clause, fact.period, fact.outcome) == (rule, start, "explained")
    ]
    if sure := [fact for fact in made if fact.on.last <= history.as_of]:
        return Truth.TRUE, frozenset({sure[-1].id})
    return (Truth.UNKNOWN if made else Truth.FALSE), frozenset()
