"""May this person pass to the next stage on this day: one decision, its justification, and the funnel of everybody."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from attrs import frozen

from partyrules.errors import QueryError, refusal
from partyrules.evaluators.chaining import Engine, Firing
from partyrules.evaluators.conditions import held
from partyrules.evaluators.engines import choose_engine
from partyrules.evaluators.inference import inferred
from partyrules.evaluators.kleene import Truth
from partyrules.evaluators.pipeline import Case, answers, case_of, decision, next_stage, outcome_of, placed
from partyrules.history import History
from partyrules.packs import Adoption
from partyrules.sources import Source, facts_of, history_from
from partyrules.verdicts import OUTCOMES, Decision, Outcome

__all__ = ["REFERENCE", "Funnel", "FunnelStep", "decide", "decided", "funnel", "justification"]

REFERENCE = "reference"


def decide(
    source: Source,
    adoption: Adoption,
    *,
    person: str,
    to: str,
    on: date,
    known_at: datetime | None = None,
    engine: str | None = None,
) -> Decision:
    """Return whether a person may pass into stage `to` at the end of the day `on`.

    `engine` names an inference engine, or `reference` for the evaluation straight from the tree; without it the
    best that can run here is taken. All give the same decision. Raise QueryError for a stage that no adopted
    pack has and for a person whom no fact names, EngineError where an engine left the question unanswered.
    """
    facts = tuple(facts_of(source))
    _check_person(person, facts)
    history = history_from(facts, adoption, as_of=on, known_at=known_at)
    return decided(case_of(adoption, history, person=person, to=to), engine=engine)


def justification(
    source: Source,
    adoption: Adoption,
    *,
    person: str,
    to: str,
    on: date,
    known_at: datetime | None = None,
    engine: str | None = None,
) -> tuple[Firing, ...]:
    """Return the chain of firings by which an inference engine comes to the decision, each after what it rests on."""
    history = history_from(source, adoption, as_of=on, known_at=known_at)
    return inferred(case_of(adoption, history, person=person, to=to), choose_engine(engine)).run.firings


def decided(case: Case, *, engine: str | Engine | None = None) -> Decision:
    """Return the decision of a case."""
    if engine == REFERENCE:
        found = answers(case)
        places = {bound.id: placed(bound, found[bound.id]) for bound in case.rules}
        outcome, reason = outcome_of(case, places)
        return decision(case, found, places, outcome, reason)
    return inferred(case, choose_engine(engine) if engine is None or isinstance(engine, str) else engine).decision


def _check_person(person: str, facts: Iterable[object]) -> None:
    """Raise QueryError unless some fact names the person: a misspelt id must not get an answer."""
    named: set[str] = set()
    for fact in facts:
        for name in ("person", "holder"):
            if isinstance(value := getattr(fact, name, None), str):
                named.add(value)
        for name in ("attended", "excused", "led_by"):
            named.update(getattr(fact, name, None) or ())
    if person not in named:
        raise QueryError(refusal("person", person, named))


@frozen(kw_only=True)
class FunnelStep:
    """One step of the pipeline: how many stand before it, by outcome, and which rules hold how many back.

    `held_back` counts the people for whom a rule is a veto, unmet or undecided; one person may count for several.
    """

    into: str
    standing: int
    outcomes: Mapping[Outcome, int]
    held_back: Mapping[str, int]


@frozen(kw_only=True)
class Funnel:
    """How many hold each stage on a day, and what stands before the next step of each registered student.

    `undated` are those whose stage on the day is open because a record names only the month.
    """

    on: date
    holding: Mapping[str, int]
    undated: int
    steps: tuple[FunnelStep, ...]
    decisions: tuple[Decision, ...]


def funnel(
    source: Source,
    adoption: Adoption,
    *,
    on: date,
    known_at: datetime | None = None,
    engine: str | None = None,
) -> Funnel:
    """Return the funnel of the pipeline on a day: everybody who holds a stage, and their next step."""
    history = history_from(source, adoption, as_of=on, known_at=known_at)
    chosen = engine if engine == REFERENCE else choose_engine(engine)
    holding: Counter[str] = Counter()
    undated = 0
    decisions: list[Decision] = []
    for person in history.people:
        stages, open_stage = _stages_held(history, person)
        undated += open_stage
        if open_stage or not stages:
            continue
        holding[stages[0]] += 1
        into = next_stage(adoption.stage_names, stages[0])
        if into is not None:
            found = decided(case_of(adoption, history, person=person, to=into), engine=chosen)
            if found.reason != "not_a_student":
                decisions.append(found)
    return Funnel(
        on=on,
        holding={stage: holding[stage] for stage in adoption.stage_names},
        undated=undated,
        steps=tuple(_funnel_step(stage, decisions) for stage in adoption.stage_names),
        decisions=tuple(decisions),
    )


def _stages_held(history: History, person: str) -> tuple[list[str], bool]:
    entered = [
        (holding.values["stage"], held(holding, history.as_of).truth)
        for holding in history.holdings_where("stage", "person", person)
    ]
    is_open = any(truth == Truth.UNKNOWN for _, truth in entered)
    return [stage for stage, truth in entered if truth == Truth.TRUE and stage in history.stages], is_open


def _funnel_step(into: str, decisions: Iterable[Decision]) -> FunnelStep:
    here = [decision for decision in decisions if decision.to == into]
    outcomes = Counter(decision.outcome for decision in here)
    held_back = Counter(
        item.rule for decision in here for item in (*decision.vetoes, *decision.unmet, *decision.unknown)
    )
    return FunnelStep(
        into=into,
        standing=len(here),
        outcomes={outcome: outcomes[outcome] for outcome in OUTCOMES},
        held_back=dict(sorted(held_back.items())),
    )
