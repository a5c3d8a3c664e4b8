"""May this person pass to the next stage on this day: one decision, inferred a second time where that is possible."""

from collections.abc import Iterable
from datetime import date, datetime

from attrs import evolve

from partyrules.answers.verdicts import Decision
from partyrules.errors import EngineError, QueryError, refusal
from partyrules.evaluate.inference import DURABLE, REFERENCE, Firing, engine_named, inferred
from partyrules.evaluate.pipeline import Case, answers, case_of, decision, lists_of, outcome_of
from partyrules.facts.admission import Admitted
from partyrules.history import people_in
from partyrules.packs.pack import Adoption
from partyrules.questions.notices import step_notices
from partyrules.questions.sources import Source, facts_of, history_from, projected
from partyrules.store.index import index_of
from partyrules.store.projection import Projection

__all__ = ["REFERENCE"]


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

    The reference decides. With `engine` `durable`, or without it wherever durable-rules can be loaded, that library
    infers the decision a second time and must agree; `reference` leaves it out. Raise QueryError for a stage that no
    adopted pack has and for a person whom no fact names, EngineError where the two do not agree.
    """
    asked = source if isinstance(source, Iterable) else projected(source)
    facts = asked if isinstance(asked, Projection) else Admitted(facts_of(asked))
    check_person(person, facts)
    history = history_from(facts, adoption, as_of=on, known_at=known_at)
    found = decided(case_of(adoption, history, person=person, to=to), engine=engine)
    return evolve(found, notices=step_notices(adoption, history))


def engine_trace(
    source: Source, adoption: Adoption, *, person: str, to: str, on: date, known_at: datetime | None = None
) -> tuple[Firing, ...]:
    """Return the firings by which durable-rules infers the decision; raise QueryError where it cannot be loaded."""
    engine_named(DURABLE)
    asked = source if isinstance(source, Iterable) else projected(source)
    history = history_from(asked, adoption, as_of=on, known_at=known_at)
    case = case_of(adoption, history, person=person, to=to)
    return inferred(case, answers(case)).firings


def decided(case: Case, *, engine: str | None = None) -> Decision:
    """Return the decision of a case; raise EngineError where an engine infers another one than the reference."""
    found = answers(case)
    lists = lists_of(case, found)
    outcome, reason = outcome_of(case, lists)
    if engine_named(engine) == DURABLE:
        again = inferred(case, found)
        if (again.lists, again.outcome, again.reason) != (lists, outcome, reason):
            raise EngineError(
                f"the reference finds {case.person} -> {case.to} {outcome}, durable-rules {again.outcome}; "
                "no decision rests on that: please report it"
            )
    return decision(case, found, lists, outcome, reason)


def check_person(person: str, source: Source) -> None:
    """Raise QueryError unless some fact of the source names the person: a misspelt id must not get an answer."""
    if isinstance(source, Projection):
        if index_of(source).names(person):
            return
        named = index_of(source).people()
    else:
        named = {each for fact in facts_of(source) for each in people_in(fact)}
    if person not in named:
        raise QueryError(refusal("person", person, named))
