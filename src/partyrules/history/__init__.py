"""What the facts say as of a day: the events that stand, and who or what held which relation from when to when."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import product
from math import prod
from typing import Any, ClassVar, Final, Protocol, TypeVar

from attrs import define, field, fields_dict, frozen

from partyrules.errors.arguments import AtLeastOne, Built
from partyrules.facts.admission import first_recorded
from partyrules.facts.retractions import retracted_ids
from partyrules.facts.schema import named_people, value_of
from partyrules.facts.vocabulary import (
    Fact,
    FactRetracted,
    RegisterClosed,
    RegisterOpened,
    TermDeclared,
)
from partyrules.time.calendar import CivilDate, Term, TermCalendar, add_days

__all__ = [
    "CORE_RELATIONS",
    "FOREVER",
    "NO_STAGE",
    "UNDATED",
    "History",
    "Holding",
    "Present",
    "Relation",
    "Seen",
    "Wanted",
    "declared_terms",
    "group_holdings",
    "history_of",
    "holding_values",
    "in_each_way",
    "in_order",
    "in_order_held",
    "is_known",
    "is_one_of",
    "people_in",
    "several",
]

FOREVER: Final = date.max
_EVER: Final = date.min
NO_STAGE: Final = "none"
"""What is entered where a pipeline is left (发展终止); every pack has it besides its own stages."""
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
UNDATED: Final = (RegisterOpened, RegisterClosed, TermDeclared, FactRetracted)
NO_EVENTS: Final = (RegisterOpened, TermDeclared, FactRetracted)
_MOST_WORLDS: Final = 4096

T = TypeVar("T")
Wanted = Sequence[tuple[str, tuple[Any, ...]]]
"""For each field the values of which it must have one."""


@frozen
class Relation(Built):
    """Something that holds from one fact to another: half-open, from the start's day until the end's.

    `key` are the fields that pair an end with its start. Of one `group` value at most one holding is open at a
    time: a new one ends the old. Where `person` names a field, nothing holds once that person has left.
    `presumed` are the values that hold, since ever, for a person of whom no start is recorded; `derived` are values
    made of fields of the fact that starts it, with a slash between them.
    """

    name: str
    started: str
    ended: str | None
    key: AtLeastOne[str]
    group: tuple[str, ...] = ()
    person: str | None = None
    presumed: Mapping[str, Any] | None = None
    derived: Mapping[str, tuple[str, ...]] = field(factory=dict)

    def derive(self, name: str, fact: Fact) -> str:
        """Return the derived value of that name which a fact that starts the relation has."""
        return "/".join(str(getattr(fact, each)) for each in self.derived[name])

    named: ClassVar[tuple[str, str] | None] = ("relation", "name")


CORE_RELATIONS: Final = (
    Relation("unit", "unit_established", "unit_dissolved", ("unit",)),
    Relation("building", "building_opened", "building_closed", ("building",)),
    Relation("registration", "person_registered", "person_left", ("person",), presumed={"category": "student"}),
    Relation("stage", "stage_entered", None, ("person", "stage"), group=("person",)),
    Relation("membership", "membership_started", "membership_ended", ("person", "unit"), person="person"),
    Relation("cultivation", "cultivation_started", "cultivation_ended", ("person", "unit"), person="person"),
    Relation("role", "role_started", "role_ended", ("person", "role", "unit", "building"), person="person"),
    Relation(
        "residence",
        "residence_started",
        "residence_ended",
        ("person", "building", "room"),
        group=("person",),
        person="person",
        derived={"place": ("building", "room")},
    ),
    Relation("leave", "leave_started", "leave_ended", ("person", "kind")),
    Relation("link", "link_started", "link_ended", ("link", "holder", "target"), person="holder"),
    Relation("nameplate", "nameplate_posted", "nameplate_removed", ("person", "building", "room"), person="person"),
    Relation("facility", "facility_opened", "facility_closed", ("facility", "unit")),
)


class Seen(Protocol):
    """A fact as rules see it: these, and whatever fields its type has; not all of it need have been read."""

    @property
    def wire(self) -> str:
        """The name of its type on the wire."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def on(self) -> CivilDate:
        """When it happened."""


@define(frozen=True, eq=False)
class Holding:
    """One stretch during which a relation held, `values` its fields and `fact` the id of the fact that began it.

    It may hold on the days of `possible` and surely holds on those of `certain`, both half-open; they differ
    only where a date is known to the month alone. Then `ways` are its days in each way that the facts of its
    `group` may have fallen, None where it is not there: of one group at most one holding holds in each way. There are
    none where these are too many to be gone through.
    """

    relation: str
    values: Mapping[str, Any]
    fact: str | None
    possible: tuple[date, date]
    certain: tuple[date, date]
    group: tuple[Any, ...] = ()
    ways: tuple[tuple[date, date] | None, ...] = ()

    @property
    def edges(self) -> tuple[date, ...]:
        """The days on which what is known of it changes."""
        return tuple(edge for way in self.ways for edge in way or ()) or (*self.possible, *self.certain)


Present = tuple[Holding, date, date]


def in_each_way(holdings: Sequence[Holding]) -> list[list[Present]] | None:
    """Return which of the holdings of one group there are, and when, in each way that its facts may have fallen.

    None where the ways are too many to be gone through, so that anything possible has to be reckoned with.
    """
    if any(one.possible != one.certain and not one.ways for one in holdings):
        return None
    count = max((len(one.ways) for one in holdings), default=0) or 1
    in_all = [(one, *one.possible) for one in holdings if not one.ways]
    return [
        in_all + [(one, *way) for one in holdings if one.ways and (way := one.ways[number]) is not None]
        for number in range(count)
    ]


class History(ABC):
    """The facts that stand, known at a time and not after a day; never changed once made.

    Whoever keeps facts says how to list those of a type (`facts`), all of them (`by_id`) and whom they name; the
    rest follows from that, and may be answered faster by whoever can. `stages` is the order of the pipeline.
    """

    def __init__(
        self,
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

    left_out: frozenset[int] = frozenset()
    """The places of facts that are passed over as if nobody had recorded them, to see what hangs on them."""

    def __repr__(self) -> str:
        known = "" if self.known_at is None else f", known at {self.known_at.isoformat()}"
        return f"<{type(self).__name__}: as of {self.as_of}{known}>"

    @property
    @abstractmethod
    def by_id(self) -> Mapping[str, Fact]:
        """Every fact that stands, by its id."""

    @property
    @abstractmethod
    def people(self) -> tuple[str, ...]:
        """Every person that some relation or fact names, in order."""

    @property
    @abstractmethod
    def days(self) -> tuple[date, date] | None:
        """The first and last day of what is known to have happened, after the day asked too; None for nothing.

        Terms, openings of the register and retractions, which are about the record itself, do not count.
        """

    @abstractmethod
    def facts(self, wire: str) -> tuple[Fact, ...]:
        """Return the facts of that type, by date and id."""

    @cached_property
    def terms(self) -> TermCalendar:
        """The declared terms."""
        return declared_terms(self.facts("term_declared"))

    @property
    def closures(self) -> tuple[RegisterClosed, ...]:
        """The closures of the register (封账)."""
        return tuple(fact for fact in self.facts("register_closed") if isinstance(fact, RegisterClosed))

    def names(self, person: str) -> bool:
        """Tell whether some relation or fact names the person."""
        return person in self.people

    def facts_where(self, wire: str, name: str, value: Any) -> tuple[Fact, ...]:
        """Return the facts of that type of which the field is `value`, or lists it, by date and id."""
        index = self._event_index.get((wire, name))
        if index is None:
            index = _indexed(self.facts(wire), lambda found: value_of(found, name))
            self._event_index[wire, name] = index
        return index.get(value, ())

    def facts_matching(self, wire: str, wanted: Wanted) -> Sequence[Fact]:
        """Return the facts of that type that have, or list, one of the values of each field, by date and id."""
        where = _shortest(wanted, lambda name, value: self.facts_where(wire, name, value))
        found = self.facts(wire) if where is None else where
        return [fact for fact in found if all(is_one_of(value_of(fact, name), values) for name, values in wanted)]

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

    def holdings_of_group(self, relation: Relation, group: tuple[Any, ...], facts: Sequence[Fact]) -> Iterator[Holding]:
        """Yield the holdings of one group, whose starts and ends these are; the values of `group` in its order."""
        key = dict(zip(relation.group or relation.key, group, strict=True))
        absence = self.absence_of(key[relation.person]) if relation.person else ()
        return group_holdings(relation, key, facts, absence, stages=self.stages, as_of=self.as_of)

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

    def absence_of(self, person: str | None) -> tuple[Fact, ...]:
        """Return the facts that say when a person left and was registered again; none of one who never left."""
        left = self.facts_where("person_left", "person", person)
        if not left and not self.registrations_end:
            return ()
        registered = self.facts_where("person_registered", "person", person)
        return (*registered, *left) if left or any(fact.until is not None for fact in registered) else ()

    @cached_property
    def registrations_end(self) -> bool:
        """Whether some registration says its last day, so that whoever it is of has left then."""
        return any(fact.until is not None for fact in self.facts("person_registered"))


class RecordedHistory(History):
    """What a collection of facts that stand says, all of them read and indexed."""

    def __init__(
        self,
        standing: Iterable[Fact],
        *,
        as_of: date,
        known_at: datetime | None,
        stages: tuple[str, ...],
        relations: Iterable[Relation],
    ) -> None:
        super().__init__(as_of=as_of, known_at=known_at, stages=stages, relations=relations)
        self._by_type: dict[str, tuple[Fact, ...]] = {}
        by_type: dict[str, list[Fact]] = {}
        self._standing: Final = tuple(standing)
        seen = (fact for fact in self._standing if isinstance(fact, UNDATED) or fact.on.first <= as_of)
        self._by_id: Final = {fact.id: fact for fact in in_order(seen)}
        for found in self._by_id.values():
            by_type.setdefault(found.wire, []).append(found)
        self._by_type = {wire: tuple(found) for wire, found in by_type.items()}

    @property
    def by_id(self) -> Mapping[str, Fact]:
        """Every fact that stands, by its id."""
        return self._by_id

    @cached_property
    def days(self) -> tuple[date, date] | None:
        """The first and last day of what is known to have happened, after the day asked too; None for nothing."""
        found = [fact.on for fact in self._standing if not isinstance(fact, NO_EVENTS)]
        return (min(on.first for on in found), max(on.last for on in found)) if found else None

    def facts(self, wire: str) -> tuple[Fact, ...]:
        """Return the facts of that type, by date and id."""
        return self._by_type.get(wire, ())

    @cached_property
    def _named(self) -> frozenset[str]:
        return frozenset(person for fact in self._by_id.values() for person in people_in(fact))

    def names(self, person: str) -> bool:
        """Tell whether some relation or fact names the person."""
        return person in self._named

    @cached_property
    def people(self) -> tuple[str, ...]:
        """Every person that some relation or fact names, in order."""
        return tuple(sorted(self._named))


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
    return RecordedHistory(
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


def in_order_held(holdings: Iterable[Holding]) -> tuple[Holding, ...]:
    """Return the holdings by first possible day and fact."""
    return tuple(sorted(holdings, key=lambda holding: (holding.possible, holding.fact or "")))


def is_one_of(value: Any, wanted: tuple[Any, ...]) -> bool:
    """Tell whether a field's value, or for a list one of its entries, is wanted; an absent value never is."""
    return any(each in wanted for each in several(value))


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


# Holdings: the facts of one group folded in date order, once for each way that its open months could fall ------------

_Values = Callable[[Relation, Mapping[str, Any], Fact | None], Mapping[str, Any]]
_Stretch = tuple[Fact | None, date, date]
_Dated = tuple[date, Fact]


def group_holdings(
    relation: Relation,
    key: Mapping[str, Any],
    facts: Sequence[Fact],
    absence: Sequence[Fact] = (),
    *,
    stages: tuple[str, ...],
    as_of: date,
    values: "_Values | None" = None,
) -> Iterator[Holding]:
    """Yield the holdings of one group of a relation, whose facts these are, in no particular order.

    `key` are the fields that make the group (`relation.group`, else `relation.key`) and their values, `facts` its
    starts and ends that stand, first possible day up to `as_of`; `absence` when the person left and was registered
    again, where `relation.person` names a field. `values` says what a holding's fields are, by default those of
    its fact (`holding_values`).
    """
    if relation.name == "stage" and stages:
        # A stage that nobody declares is none that anybody could be in: whoever enters it stays where they were.
        facts = [fact for fact in facts if getattr(fact, "stage", None) in (*stages, NO_STAGE)]
    worlds = _worlds([*facts, *absence], as_of)
    if worlds is None:
        yield from _anyhow(relation, key, facts, values or holding_values)
        return
    own = {fact.id: fact for fact in facts}
    found: dict[str | None, list[tuple[date, date] | None]] = {}
    for number, world in enumerate(worlds):
        dated = [(day, fact) for day, fact in world if fact.id in own]
        away = _away([(day, fact) for day, fact in world if fact.id not in own]) if absence else []
        for fact, start, end in _folded(relation, stages, dated, away):
            found.setdefault(fact.id if fact else None, [None] * len(worlds))[number] = (start, end)
    for fact_id, ways in found.items():
        stretches = [way for way in ways if way is not None]
        possible = (min(start for start, _ in stretches), max(end for _, end in stretches))
        certain = (max(start for start, _ in stretches), min(end for _, end in stretches))
        if None in ways or certain[0] > certain[1]:
            certain = (possible[1], possible[1])
        began = None if fact_id is None else own[fact_id]
        yield Holding(
            relation.name,
            (values or holding_values)(relation, key, began),
            fact_id,
            possible,
            certain,
            group=tuple(key.values()),
            ways=tuple(ways) if possible != certain else (),
        )


def _anyhow(relation: Relation, key: Mapping[str, Any], facts: Sequence[Fact], values: "_Values") -> Iterator[Holding]:
    """Yield what may hold, of a group whose facts may have fallen in more ways than can be gone through."""
    starts = [(fact, fact.on.first) for fact in facts if fact.wire == relation.started]
    presumed = [(None, _EVER)] if relation.presumed is not None else []
    for began, first in [*presumed, *starts]:
        said, never = values(relation, key, began), (FOREVER, FOREVER)
        name = None if began is None else began.id
        yield Holding(relation.name, said, name, (first, FOREVER), never, group=tuple(key.values()))


def holding_values(relation: Relation, key: Mapping[str, Any], fact: Fact | None) -> Mapping[str, Any]:
    """Return the fields of the holding that a fact began, or of the presumed one, that no fact did."""
    if fact is None:
        return {**key, **(relation.presumed or {})}
    values = {name: getattr(fact, name) for name in _field_names(type(fact))}
    return values | {name: relation.derive(name, fact) for name in relation.derived}


_FIELD_NAMES: Final[dict[type[Fact], tuple[str, ...]]] = {}


def _field_names(cls: type[Fact]) -> tuple[str, ...]:
    if cls not in _FIELD_NAMES:
        _FIELD_NAMES[cls] = tuple(fields_dict(cls))
    return _FIELD_NAMES[cls]


def _worlds(facts: list[Fact], as_of: date) -> list[list[_Dated]] | None:
    """Return each way in which the facts may have fallen; None where these are too many to be gone through.

    A way is a day for each fact, those that fall after `as_of` left out. Of an open month only those days are
    tried that can make a difference: its first and last, and those at or beside a day on which another fact happened
    or ceased to act. Of facts that share a month there are as many on either side, so that every order of the facts
    occurs, whichever of them are to have happened by some day that is asked about.
    """
    exact = [(fact.on.first, fact) for fact in facts if fact.on.exact]
    if len(exact) == len(facts):
        return [[(day, fact) for day, fact in exact if day <= as_of]]
    edges = {edge for fact in facts for edge in (fact.on.first, fact.on.last)} | {as_of}
    edges |= {add_days(fact.until, 1) for fact in facts if fact.until is not None}
    sharing = Counter(fact.on.first for fact in facts if not fact.on.exact)
    choices = []
    for fact in facts:
        beside = range(-sharing[fact.on.first], sharing[fact.on.first] + 1)
        near = {add_days(edge, n) for edge in edges for n in beside}
        last = fact.on.last if fact.until is None else min(fact.on.last, fact.until)
        choices.append([day for day in fact.on.days() if fact.on.exact or (day in near and day <= last)])
    if prod(len(days) for days in choices) > _MOST_WORLDS:
        return None
    return [[(day, fact) for day, fact in zip(days, facts, strict=True) if day <= as_of] for days in product(*choices)]


def _by_day(dated: list[_Dated]) -> dict[date, list[Fact]]:
    days: dict[date, list[Fact]] = {}
    for day, fact in sorted(dated, key=lambda entry: (entry[0], entry[1].id)):
        days.setdefault(day, []).append(fact)
    return days


def _away(dated: list[_Dated]) -> list[tuple[date, date]]:
    """Return the half-open stretches between leaving, or the end of a registration, and being registered again."""
    away: list[tuple[date, date]] = []
    # The day after the last of the registration that holds, None where none does.
    stop: date | None = None

    def leave(day: date) -> None:
        if not away or away[-1][1] <= day:
            away.append((day, FOREVER))

    for day, facts in _by_day(dated).items():
        if stop is not None and stop <= day:
            leave(stop)
            stop = None
        gone, registered = (
            [fact for fact in facts if fact.wire == wire] for wire in ("person_left", "person_registered")
        )
        if gone and not registered:
            leave(day)
            stop = None
        elif registered and not gone and stop is None:
            if away and away[-1][1] == FOREVER:
                away[-1] = (away[-1][0], day)
            stop = max(FOREVER if fact.until is None else add_days(fact.until, 1) for fact in registered)
    if stop is not None and stop < FOREVER:
        leave(stop)
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
        rank = {stage: n for n, stage in enumerate((*stages, NO_STAGE))}
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
