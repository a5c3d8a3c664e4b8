"""What the facts say as of a day: the events that stand, and who or what held which relation from when to when."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cached_property
from itertools import islice, product
from math import prod
from typing import Any, Final

from attrs import define, field, fields, frozen

from partyrules.calendar import Term, TermCalendar, add_days
from partyrules.facts import (
    Fact,
    FactRetracted,
    PersonLeft,
    RegisterClosed,
    TermDeclared,
)
from partyrules.retractions import retracted_ids

__all__ = ["CORE_RELATIONS", "FOREVER", "History", "Holding", "Relation", "each_once", "history_of"]

FOREVER: Final = date.max
_EVER: Final = date.min
_UNDATED: Final = (RegisterClosed, TermDeclared, FactRetracted)
_MOST_WORLDS: Final = 4096


@frozen
class Relation:
    """Something that holds from one fact to another: half-open, from the start's day until the end's.

    `key` are the fields that pair an end with its start. Of one `group` value at most one holding is open at a
    time: a new one ends the old. Where `person` names a field, nothing holds once that person has left.
    `presumed` are the values that hold, since ever, for a person of whom no start is recorded; `derived` are
    values worked out from the fact that starts it.
    """

    name: str
    started: str
    ended: str | None
    key: tuple[str, ...]
    group: tuple[str, ...] = ()
    person: str | None = None
    presumed: Mapping[str, Any] | None = None
    derived: Mapping[str, Callable[[Fact], str]] = field(factory=dict)


CORE_RELATIONS: Final = (
    Relation("unit", "unit_established", "unit_dissolved", ("unit",)),
    Relation("building", "building_opened", "building_closed", ("building",)),
    Relation("registration", "person_registered", "person_left", ("person",), presumed={"category": "student"}),
    Relation("stage", "stage_entered", None, ("person", "stage"), group=("person",)),
    Relation("membership", "membership_started", "membership_ended", ("person", "unit"), person="person"),
    Relation("role", "role_started", "role_ended", ("person", "role", "unit", "building"), person="person"),
    Relation(
        "residence",
        "residence_started",
        "residence_ended",
        ("person", "building", "room"),
        group=("person",),
        person="person",
        derived={"place": lambda fact: f"{fact.building}/{fact.room}"},  # type: ignore[attr-defined]  # a residence
    ),
    Relation("leave", "leave_started", "leave_ended", ("person", "kind")),
    Relation("link", "link_started", "link_ended", ("link", "holder", "target"), person="holder"),
    Relation("nameplate", "nameplate_posted", "nameplate_removed", ("person", "building", "room"), person="person"),
    Relation("facility", "facility_opened", "facility_closed", ("facility", "unit")),
)


@define(frozen=True, eq=False)
class Holding:
    """One stretch during which a relation held, `values` its fields and `fact` the id of the fact that began it.

    It may hold on the days of `possible` and surely holds on those of `certain`, both half-open; they differ
    only where a date is known to the month alone. Then `ways` are its days in each way that the facts of its
    `group` may have fallen, None where it is not there: of one group at most one holding holds in each way.
    """

    relation: str
    values: Mapping[str, Any]
    fact: str | None
    possible: tuple[date, date]
    certain: tuple[date, date]
    group: tuple[Any, ...] = ()
    ways: tuple[tuple[date, date] | None, ...] = ()

    @property
    def edges(self) -> tuple[date, date, date, date]:
        """The days on which what is known of it changes."""
        return (*self.possible, *self.certain)


@define(eq=False, slots=False)
class History:
    """The facts that stand, known at a time and not after a day, indexed; never changed once made."""

    as_of: date
    known_at: datetime | None
    stages: tuple[str, ...]
    relations: Mapping[str, Relation]
    terms: TermCalendar
    closures: tuple[RegisterClosed, ...]
    by_id: Mapping[str, Fact]
    _by_type: Mapping[str, tuple[Fact, ...]]
    _event_index: dict[tuple[str, str], dict[Any, tuple[Fact, ...]]] = field(factory=dict, init=False)
    _holding_index: dict[tuple[str, str], dict[Any, tuple[Holding, ...]]] = field(factory=dict, init=False)
    _holdings: dict[str, tuple[Holding, ...]] = field(factory=dict, init=False)

    def facts(self, wire: str) -> tuple[Fact, ...]:
        """Return the facts of that type, by date and id."""
        return self._by_type.get(wire, ())

    def facts_where(self, wire: str, name: str, value: Any) -> tuple[Fact, ...]:
        """Return the facts of that type of which the field is `value`, or lists it."""
        index = self._event_index.get((wire, name))
        if index is None:
            index = _indexed(self.facts(wire), lambda found: getattr(found, name, None))
            self._event_index[wire, name] = index
        return index.get(value, ())

    def holdings(self, relation: str) -> tuple[Holding, ...]:
        """Return every holding of that relation, by first possible day and fact."""
        if relation not in self._holdings:
            self._holdings[relation] = _holdings(self, self.relations[relation])
        return self._holdings[relation]

    def holdings_where(self, relation: str, name: str, value: Any) -> tuple[Holding, ...]:
        """Return the holdings of that relation of which the field is `value`."""
        index = self._holding_index.get((relation, name))
        if index is None:
            index = _indexed(self.holdings(relation), lambda found: found.values.get(name))
            self._holding_index[relation, name] = index
        return index.get(value, ())

    @cached_property
    def absences(self) -> Mapping[str, tuple[Fact, ...]]:
        """For each person who ever left, the facts that say when they left and were registered again."""
        left = {found.person for found in self.facts("person_left") if isinstance(found, PersonLeft)}
        return {
            person: (
                *self.facts_where("person_registered", "person", person),
                *self.facts_where("person_left", "person", person),
            )
            for person in left
        }

    @cached_property
    def people(self) -> tuple[str, ...]:
        """Every person that some relation or fact names, in order."""
        named: set[str] = set()
        for found in self.by_id.values():
            for name in ("person", "holder"):
                value = getattr(found, name, None)
                if isinstance(value, str):
                    named.add(value)
            for name in ("attended", "excused", "led_by"):
                named.update(getattr(found, name, None) or ())
        return tuple(sorted(named))


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
    about the record itself: terms, closures and retractions. `stages` is the order of the pipeline.
    """
    known = [f for f in each_once(facts) if known_at is None or f.recorded_at is None or f.recorded_at <= known_at]
    gone = retracted_ids(f for f in known if isinstance(f, FactRetracted))
    standing = sorted(
        (f for f in known if f.id not in gone and (isinstance(f, _UNDATED) or f.on.first <= as_of)),
        key=lambda f: (f.on, f.id),
    )
    by_type: dict[str, list[Fact]] = {}
    for found in standing:
        by_type.setdefault(found.wire, []).append(found)
    return History(
        as_of=as_of,
        known_at=known_at,
        stages=stages,
        relations={relation.name: relation for relation in relations},
        terms=TermCalendar(
            Term(f.on.first, f.until, f.kind, f.term, f.academic_year)
            for f in by_type.get("term_declared", ())
            if isinstance(f, TermDeclared) and f.until is not None
        ),
        closures=tuple(f for f in by_type.get("register_closed", ()) if isinstance(f, RegisterClosed)),
        by_id={found.id: found for found in standing},
        by_type={wire: tuple(found) for wire, found in by_type.items()},
    )


def each_once(facts: Iterable[Fact]) -> Iterable[Fact]:
    """Return the facts each once, as first recorded: the same id is the same fact."""
    first: dict[str, Fact] = {}
    for fact in facts:
        kept = first.setdefault(fact.id, fact)
        if kept.recorded_at is not None and (fact.recorded_at is None or fact.recorded_at < kept.recorded_at):
            first[fact.id] = fact
    return first.values()


def _indexed(entries: Iterable[Any], value_of: Callable[[Any], Any]) -> dict[Any, tuple[Any, ...]]:
    index: dict[Any, list[Any]] = {}
    for entry in entries:
        value = value_of(entry)
        for each in dict.fromkeys(value) if isinstance(value, tuple) else (value,):
            index.setdefault(each, []).append(entry)
    return {value: tuple(found) for value, found in index.items()}


# Holdings: the facts of one group folded in date order, once for each way that its open months could fall ------------

_Stretch = tuple[Fact | None, date, date]
_Dated = tuple[date, Fact]


def _holdings(history: History, relation: Relation) -> tuple[Holding, ...]:
    fields = relation.group or relation.key
    groups: dict[tuple[Any, ...], list[Fact]] = {}
    if relation.presumed is not None:
        groups = {(person,): [] for person in history.people}
    for wire in (relation.started, relation.ended):
        for found in history.facts(wire) if wire else ():
            groups.setdefault(tuple(getattr(found, name, None) for name in fields), []).append(found)
    holdings = [
        holding
        for key, group in groups.items()
        for holding in _group_holdings(history, relation, dict(zip(fields, key, strict=True)), group)
    ]
    return tuple(sorted(holdings, key=lambda holding: (holding.possible, holding.fact or "")))


def _group_holdings(
    history: History, relation: Relation, key: Mapping[str, Any], group: list[Fact]
) -> Iterator[Holding]:
    absence = history.absences.get(key[relation.person], ()) if relation.person else ()
    worlds, every_one = _worlds([*group, *absence], history.as_of)
    own = {fact.id for fact in group}
    found: dict[str | None, list[tuple[date, date] | None]] = {}
    for number, world in enumerate(worlds):
        dated = [(day, fact) for day, fact in world if fact.id in own]
        away = _away([(day, fact) for day, fact in world if fact.id not in own])
        for fact, start, end in _folded(relation, history.stages, dated, away):
            found.setdefault(fact.id if fact else None, [None] * len(worlds))[number] = (start, end)
    for fact_id, ways in found.items():
        stretches = [way for way in ways if way is not None]
        possible = (min(start for start, _ in stretches), max(end for _, end in stretches))
        certain = (max(start for start, _ in stretches), min(end for _, end in stretches))
        if not every_one or None in ways or certain[0] > certain[1]:
            certain = (possible[1], possible[1])
        yield Holding(
            relation.name,
            _values(history, relation, key, fact_id),
            fact_id,
            possible,
            certain,
            group=tuple(key.values()),
            ways=tuple(ways) if every_one and possible != certain else (),
        )


def _values(history: History, relation: Relation, key: Mapping[str, Any], fact_id: str | None) -> Mapping[str, Any]:
    if fact_id is None:
        return {**key, **(relation.presumed or {})}
    fact = history.by_id[fact_id]
    values = {attribute.name: getattr(fact, attribute.name) for attribute in fields(type(fact))}
    return values | {name: derive(fact) for name, derive in relation.derived.items()}


def _worlds(facts: list[Fact], as_of: date) -> tuple[list[list[_Dated]], bool]:
    """Return each way in which the facts may have fallen, and whether these are all the ways that matter.

    A way is a day for each fact, those that fall after `as_of` left out. Of an open month only those days are
    tried that can make a difference: its first and last, and those at or beside another fact's day, so that
    every order of the facts occurs. Where even these are too many, nothing is certain.
    """
    exact = [(fact.on.first, fact) for fact in facts if fact.on.exact]
    if len(exact) == len(facts):
        return [[(day, fact) for day, fact in exact if day <= as_of]], True
    edges = {edge for fact in facts for edge in (fact.on.first, fact.on.last)} | {as_of}
    near = {add_days(edge, n) for edge in edges for n in (-1, 0, 1)}
    choices = [[day for day in fact.on.days() if fact.on.exact or day in near] for fact in facts]
    worlds = [
        [(day, fact) for day, fact in zip(days, facts, strict=True) if day <= as_of]
        for days in islice(product(*choices), _MOST_WORLDS)
    ]
    return worlds, prod(len(days) for days in choices) <= _MOST_WORLDS


def _by_day(dated: list[_Dated]) -> dict[date, list[Fact]]:
    days: dict[date, list[Fact]] = {}
    for day, fact in sorted(dated, key=lambda entry: (entry[0], entry[1].id)):
        days.setdefault(day, []).append(fact)
    return days


def _away(dated: list[_Dated]) -> list[tuple[date, date]]:
    """Return the half-open stretches between leaving and being registered again."""
    away: list[tuple[date, date]] = []
    for day, facts in _by_day(dated).items():
        left, returned = (any(fact.wire == wire for fact in facts) for wire in ("person_left", "person_registered"))
        if left == returned:
            continue
        if left and (not away or away[-1][1] <= day):
            away.append((day, FOREVER))
        elif returned and away and away[-1][1] == FOREVER:
            away[-1] = (away[-1][0], day)
    return away


def _folded(
    relation: Relation, stages: tuple[str, ...], dated: list[_Dated], away: list[tuple[date, date]]
) -> Iterator[_Stretch]:
    """Yield who began it, the first day and the day after the last, of each stretch that one world's facts make."""
    days = _by_day(dated)
    held: dict[tuple[Any, ...], tuple[Fact | None, date, date]] = {}
    if relation.presumed is not None and not any(fact.wire == relation.started for _, fact in dated):
        held[()] = (None, _EVER, FOREVER)

    def closed(key: tuple[Any, ...], end: date) -> Iterator[_Stretch]:
        fact, start, _ = held.pop(key)
        if start < end:
            yield fact, start, end

    for day in sorted({*days, *(start for start, _ in away)}):
        for key in [key for key, (_, _, stop) in held.items() if stop <= day]:
            yield from closed(key, held[key][2])
        absent = next((stretch for stretch in away if stretch[0] <= day < stretch[1]), None)
        if absent is not None and absent[0] == day:
            for key in list(held):
                yield from closed(key, day)
        today = days.get(day, [])
        started = _started(relation, stages, [fact for fact in today if fact.wire == relation.started])
        ended = {_key(relation, fact) for fact in today if fact.wire == relation.ended}
        for key in ended - started.keys():
            for open_key in [key] if key in held else list(held) if () in held else []:
                yield from closed(open_key, day)
        for key, (fact, stop) in started.items():
            if key in ended or key in held:
                continue
            for other in list(held) if relation.group or () in held else []:
                yield from closed(other, day)
            held[key] = (fact, day if absent is None else absent[1], stop)
    for key in list(held):
        yield from closed(key, held[key][2])


def _started(
    relation: Relation, stages: tuple[str, ...], facts: list[Fact]
) -> dict[tuple[Any, ...], tuple[Fact, date]]:
    """Return for each key started on one day the fact that began it and the day after the last it was said to last."""
    if relation.name == "stage" and facts:
        rank = {stage: n for n, stage in enumerate((*stages, "none"))}
        furthest = max(facts, key=lambda fact: (rank.get(fact.stage, -1), fact.stage))  # type: ignore[attr-defined]  # a stage entry
        facts = [furthest]
    started: dict[tuple[Any, ...], tuple[Fact, date]] = {}
    for fact in facts:
        stop = FOREVER if fact.until is None else add_days(fact.until, 1)
        key = _key(relation, fact)
        if key not in started or stop > started[key][1]:
            started[key] = (fact, stop)
    return started


def _key(relation: Relation, fact: Fact) -> tuple[Any, ...]:
    return tuple(getattr(fact, name, None) for name in relation.key)
