"""What the facts say as of a day: the events that stand, and who or what held which relation from when to when."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, Final, TypeVar

from partyrules.facts.admission import first_recorded
from partyrules.facts.retractions import retracted_ids
from partyrules.facts.schema import named_people, value_of
from partyrules.facts.vocabulary import Fact, FactRetracted, RegisterClosed, RegisterOpened, TermDeclared
from partyrules.history.holdings import (
    CORE_RELATIONS,
    FOREVER,
    NO_STAGE,
    Holding,
    Present,
    Relation,
    Seen,
    group_holdings,
    holding_values,
    in_each_way,
    in_order_held,
)
from partyrules.time.calendar import Term, TermCalendar

# What is passed on of `holdings`.
__all__ = ["CORE_RELATIONS", "FOREVER", "NO_STAGE", "Holding", "Present", "Relation", "Seen"]
__all__ += ["group_holdings", "holding_values", "in_each_way", "in_order_held"]

_NEVER: Final = datetime.min.replace(tzinfo=UTC)
UNDATED: Final = (RegisterOpened, RegisterClosed, TermDeclared, FactRetracted)
"""Facts about the record itself, which act whatever their day."""
UNDATED_WIRES: Final = frozenset(cls.wire for cls in UNDATED)
NO_EVENTS: Final = (RegisterOpened, TermDeclared, FactRetracted)

T = TypeVar("T")
Wanted = Sequence[tuple[str, tuple[Any, ...]]]
"""For each field the values of which it must have one."""


class History:
    """The facts that stand, known at a time and not after a day, all of them read and indexed; never changed once made.

    Whoever keeps facts otherwise says how to list those of a type (`facts`), all of them (`by_id`), whom they name
    (`people`, `names`) and of which days they are; the rest follows from that, and may be answered faster by whoever
    can. `stages` is the order of the pipeline.
    """

    def __init__(
        self,
        standing: Iterable[Fact] = (),
        *,
        as_of: date,
        known_at: datetime | None,
        stages: tuple[str, ...],
        relations: Iterable[Relation],
    ) -> None:
        self.as_of: Final = as_of
        self.known_at: Final = known_at
        self.stages: Final = stages
        self.relations: Final[Mapping[str, Relation]] = {relation.name: relation for relation in relations}
        self._event_index: dict[tuple[str, str], dict[Any, tuple[Fact, ...]]] = {}
        self._holding_index: dict[tuple[str, str], dict[Any, tuple[Holding, ...]]] = {}
        self._holdings: dict[str, tuple[Holding, ...]] = {}
        self._recorded: Final = tuple(standing)
        seen = (fact for fact in self._recorded if isinstance(fact, UNDATED) or fact.on.first <= as_of)
        self._by_id: Final = {fact.id: fact for fact in in_order(seen)}
        by_type: dict[str, list[Fact]] = {}
        for found in self._by_id.values():
            by_type.setdefault(found.wire, []).append(found)
        self._by_type: Final = {wire: tuple(found) for wire, found in by_type.items()}

    left_out: frozenset[int] = frozenset()
    """The places of facts that are passed over as if nobody had recorded them, to see what hangs on them."""

    def __repr__(self) -> str:
        known = "" if self.known_at is None else f", known at {self.known_at.isoformat()}"
        return f"<{type(self).__name__}: as of {self.as_of}{known}>"

    @property
    def by_id(self) -> Mapping[str, Fact]:
        """Every fact that stands, by its id."""
        return self._by_id

    @cached_property
    def _named(self) -> frozenset[str]:
        return frozenset(person for fact in self._by_id.values() for person in people_in(fact))

    @cached_property
    def people(self) -> tuple[str, ...]:
        """Every person that some relation or fact names, in order."""
        return tuple(sorted(self._named))

    def names(self, person: str) -> bool:
        """Tell whether some relation or fact names the person."""
        return person in self._named

    @cached_property
    def days(self) -> tuple[date, date] | None:
        """The first and last day of what is known to have happened, after the day asked too; None for nothing.

        Terms, openings of the register and retractions, which are about the record itself, do not count.
        """
        found = [fact.on for fact in self._recorded if not isinstance(fact, NO_EVENTS)]
        return (min(on.first for on in found), max(on.last for on in found)) if found else None

    def facts(self, wire: str) -> tuple[Fact, ...]:
        """Return the facts of that type, by date and id."""
        return self._by_type.get(wire, ())

    @cached_property
    def terms(self) -> TermCalendar:
        """The declared terms."""
        return declared_terms(self.facts("term_declared"))

    @property
    def closures(self) -> tuple[RegisterClosed, ...]:
        """The closures of the register (封账)."""
        return tuple(fact for fact in self.facts("register_closed") if isinstance(fact, RegisterClosed))

    def facts_where(self, wire: str, name: str, value: Any) -> tuple[Fact, ...]:
        """Return the facts of that type of which the field is `value`, or lists it, by date and id."""
        index = self._event_index.get((wire, name))
        if index is None:
            index = _indexed(self.facts(wire), lambda found: value_of(found, name))
            self._event_index[wire, name] = index
        return index.get(value, ())

    def seen_where(self, wire: str, name: str, value: Any) -> Sequence[Seen]:
        """Return what `facts_where` does, where only what rules ask of a fact is needed."""
        return self.facts_where(wire, name, value)

    def facts_matching(self, wire: str, wanted: Wanted) -> Sequence[Fact]:
        """Return the facts of that type that have, or list, one of the values of each field, by date and id."""
        where = _shortest(wanted, lambda name, value: self.facts_where(wire, name, value))
        found = self.facts(wire) if where is None else where
        return [fact for fact in found if fits(fact, wanted)]

    def seen_matching(self, wire: str, wanted: Wanted) -> Sequence[Seen]:
        """Return what `facts_matching` does, where only what rules ask of a fact is needed."""
        return self.facts_matching(wire, wanted)

    def holdings(self, relation: str) -> tuple[Holding, ...]:
        """Return every holding of that relation, by first possible day and fact."""
        if relation not in self._holdings:
            of = self.relations[relation]
            fields = of.group or of.key
            groups: dict[tuple[Any, ...], list[Fact]] = {}
            if of.presumed is not None:
                groups = {(person,): [] for person in self.people}
            for wire in (of.started, of.ended):
                for found in self.facts(wire) if wire else ():
                    groups.setdefault(tuple([getattr(found, name, None) for name in fields]), []).append(found)
            self._holdings[relation] = in_order_held(
                holding for values, facts in groups.items() for holding in self.holdings_of_group(of, values, facts)
            )
        return self._holdings[relation]

    def holdings_of_group(self, relation: Relation, group: tuple[Any, ...], facts: Sequence[Seen]) -> Iterator[Holding]:
        """Yield the holdings of one group, whose starts and ends these are; the values of `group` in its order."""
        key = dict(zip(relation.group or relation.key, group, strict=True))
        absence = self.absence_of(key[relation.person]) if relation.person else ()
        return group_holdings(relation, key, facts, absence, stages=self.stages, as_of=self.as_of, values=self._began)

    def _began(self, relation: Relation, key: Mapping[str, Any], fact: Seen | None) -> Mapping[str, Any]:
        """Return the fields of a holding that a fact began, or of one that none did."""
        return holding_values(relation, key, fact)

    def holdings_where(self, relation: str, name: str, value: Any) -> tuple[Holding, ...]:
        """Return the holdings of that relation of which the field is `value`, by first possible day and fact."""
        index = self._holding_index.get((relation, name))
        if index is None:
            index = _indexed(self.holdings(relation), lambda found: found.values.get(name))
            self._holding_index[relation, name] = index
        return index.get(value, ())

    def holdings_matching(self, relation: str, wanted: Wanted) -> Sequence[Holding]:
        """Return the holdings of that relation that have, or list, one of the values of each field."""
        where = _shortest(wanted, lambda name, value: self.holdings_where(relation, name, value))
        found = self.holdings(relation) if where is None else where
        return [one for one in found if all(is_one_of(one.values.get(name), values) for name, values in wanted)]

    def absence_of(self, person: str | None) -> tuple[Seen, ...]:
        """Return the facts that say when a person left and was registered again; none of one who never left."""
        left = self.seen_where("person_left", "person", person)
        if not left and not self.registrations_end:
            return ()
        registered = self.seen_where("person_registered", "person", person)
        return (*registered, *left) if left or any(fact.until is not None for fact in registered) else ()

    @cached_property
    def registrations_end(self) -> bool:
        """Whether some registration says its last day, so that whoever it is of has left then."""
        return any(fact.until is not None for fact in self.facts("person_registered"))


def history_of(
    facts: Iterable[Fact],
    *,
    as_of: date,
    known_at: datetime | None = None,
    stages: tuple[str, ...] = (),
    relations: tuple[Relation, ...] = CORE_RELATIONS,
) -> History:
    """Return what the facts say as of the end of `as_of`, knowing only what was recorded by `known_at`.

    A fact without `recorded_at` is known at every time. Facts dated after `as_of` are not seen, except those
    about the record itself: terms, retractions, openings and closures. `stages` is the order of the pipeline.
    """
    known = [fact for fact in first_recorded(facts).values() if is_known(fact, known_at)]
    gone = retracted_ids(f for f in known if isinstance(f, FactRetracted))
    gone |= declared_again(f for f in known if isinstance(f, TermDeclared) and f.id not in gone)
    return History(
        (f for f in known if f.id not in gone),
        as_of=as_of,
        known_at=known_at,
        stages=stages,
        relations=relations,
    )


def is_known(fact: Fact, at: datetime | None) -> bool:
    """Tell whether a fact was recorded by a time; one without `recorded_at` is known at every time."""
    return at is None or fact.recorded_at is None or fact.recorded_at <= at


def declared_terms(facts: Iterable[Fact]) -> TermCalendar:
    """Return the terms that the facts declare."""
    return TermCalendar(fact.declares for fact in facts if isinstance(fact, TermDeclared))


def declared_again(terms: Iterable[TermDeclared]) -> frozenset[str]:
    """Return the ids of those of the terms that stand which only say what one recorded before them says."""
    known: set[Term] = set()
    again = set()
    for fact in sorted(terms, key=lambda fact: (fact.recorded_at is not None, fact.recorded_at or _NEVER, fact.id)):
        if fact.declares in known:
            again.add(fact.id)
        known.add(fact.declares)
    return frozenset(again)


def _indexed(entries: Iterable[T], value_of: Callable[[T], Any]) -> dict[Any, tuple[T, ...]]:
    index: dict[Any, list[T]] = {}
    for entry in entries:
        value = value_of(entry)
        for each in dict.fromkeys(value) if isinstance(value, tuple) else (value,):
            index.setdefault(each, []).append(entry)
    return {value: tuple(found) for value, found in index.items()}


def people_in(fact: Fact) -> Iterator[str]:
    """Yield the people whom a fact names."""
    for name in named_people(type(fact)):
        yield from several(getattr(fact, name))


S = TypeVar("S", bound=Seen)


def in_order(facts: Iterable[S]) -> list[S]:
    """Return the facts by date and id."""
    return sorted(facts, key=lambda fact: (fact.on.first, fact.on.last, fact.id))


def is_one_of(value: Any, wanted: tuple[Any, ...]) -> bool:
    """Tell whether a field's value, or for a list one of its entries, is wanted; None is, where it is absent."""
    return any(each in wanted for each in value) if isinstance(value, tuple) else value in wanted


def fits(fact: Seen, wanted: Wanted) -> bool:
    """Tell whether a fact has, or lists, one of the values of each field."""
    return all(is_one_of(value_of(fact, name), values) for name, values in wanted)


def several(value: Any) -> tuple[Any, ...]:
    """Return the entries of a list, a single value alone, nothing where it is absent."""
    if isinstance(value, tuple):
        return value
    return () if value is None else (value,)


def _shortest(wanted: Wanted, where: Callable[[str, Any], Sequence[T]]) -> Sequence[T] | None:
    """Return the shortest list that an index gives for a field with one wanted value, None where there is none."""
    best: Sequence[T] | None = None
    for name, values in wanted:
        if not values:
            return ()
        if len(values) == 1:
            found = where(name, values[0])
            if best is None or len(found) < len(best):
                best = found
    return best
