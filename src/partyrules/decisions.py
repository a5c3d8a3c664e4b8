"""May this person pass to the next stage on this day: one decision, and its justification."""

from collections.abc import Iterable
from datetime import date, datetime

from partyrules.errors import QueryError, refusal
from partyrules.evaluators.chaining import Engine, Firing
from partyrules.evaluators.engines import choose_engine
from partyrules.evaluators.inference import inferred
from partyrules.evaluators.pipeline import Case, answers, case_of, decision, outcome_of, placed
from partyrules.facts import Fact
from partyrules.history import people_in
from partyrules.packs import Adoption
from partyrules.projection.index import index_of
from partyrules.projection.store import Projection
from partyrules.sources import Source, facts_of, history_from, projected
from partyrules.verdicts import Decision

__all__ = ["REFERENCE", "decide", "decided", "justification"]

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
    asked = source if isinstance(source, Iterable) else projected(source)
    facts = asked if isinstance(asked, Projection) else tuple(facts_of(asked))
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
    asked = source if isinstance(source, Iterable) else projected(source)
    history = history_from(asked, adoption, as_of=on, known_at=known_at)
    return inferred(case_of(adoption, history, person=person, to=to), choose_engine(engine)).run.firings


def decided(case: Case, *, engine: str | Engine | None = None) -> Decision:
    """Return the decision of a case."""
    if engine == REFERENCE:
        found = answers(case)
        places = {bound.id: placed(bound, found[bound.id]) for bound in case.rules}
        outcome, reason = outcome_of(case, places)
        return decision(case, found, places, outcome, reason)
    return inferred(case, choose_engine(engine) if engine is None or isinstance(engine, str) else engine).decision


def _check_person(person: str, source: Projection | tuple[Fact, ...]) -> None:
    """Raise QueryError unless some fact names the person: a misspelt id must not get an answer."""
    if isinstance(source, Projection):
        if index_of(source).names(person):
            return
        named = index_of(source).people()
    else:
        named = {each for fact in source for each in people_in(fact)}
    if person not in named:
        raise QueryError(refusal("person", person, named))
