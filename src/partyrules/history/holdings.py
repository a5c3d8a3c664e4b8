"""Relations, and from when to when each held: the facts of a group folded in date order."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from math import prod
from typing import Any, ClassVar, Final, Protocol

from attrs import define, field, frozen

from partyrules.errors.arguments import AtLeastOne, Built
from partyrules.facts.schema import field_types
from partyrules.time.calendar import CivilDate, add_days

FOREVER: Final = date.max
_EVER: Final = date.min
NO_STAGE: Final = "none"
"""What is entered where a pipeline is left (发展终止); every pack has it besides its own stages."""
_MOST_WORLDS: Final = 4096


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

    @property
    def until(self) -> date | None:
        """The last day on which what it began holds, None where it does not say."""


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

    def derive(self, name: str, fact: Seen) -> str:
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


def in_order_held(holdings: Iterable[Holding]) -> tuple[Holding, ...]:
    """Return the holdings by first possible day and fact."""
    return tuple(sorted(holdings, key=lambda holding: (holding.possible, holding.fact or "")))


# The facts of one group folded, once for each way that its open months could fall --------------------------

Values = Callable[[Relation, Mapping[str, Any], Seen | None], Mapping[str, Any]]
_Stretch = tuple[Seen | None, date, date]
_Dated = tuple[date, Seen]


def group_holdings(
    relation: Relation,
    key: Mapping[str, Any],
    facts: Sequence[Seen],
    absence: Sequence[Seen] = (),
    *,
    stages: tuple[str, ...],
    as_of: date,
    values: Values,
) -> Iterator[Holding]:
    """Yield the holdings of one group of a relation, whose facts these are, in no particular order.

    `key` are the fields that make the group (`relation.group`, else `relation.key`) and their values, `facts` its
    starts and ends that stand, first possible day up to `as_of`; `absence` when the person left and was registered
    again, where `relation.person` names a field. `values` says what the fields are of the holding that a fact began.
    """
    if relation.name == "stage" and stages:
        # A stage that nobody declares is none that anybody could be in: whoever enters it stays where they were.
        facts = [fact for fact in facts if getattr(fact, "stage", None) in (*stages, NO_STAGE)]
    worlds = _worlds([*facts, *absence], as_of)
    if worlds is None:
        yield from _anyhow(relation, key, facts, values)
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
            values(relation, key, began),
            fact_id,
            possible,
            certain,
            group=tuple(key.values()),
            ways=tuple(ways) if possible != certain else (),
        )


def _anyhow(relation: Relation, key: Mapping[str, Any], facts: Sequence[Seen], values: Values) -> Iterator[Holding]:
    """Yield what may hold, of a group whose facts may have fallen in more ways than can be gone through."""
    starts = [(fact, fact.on.first) for fact in facts if fact.wire == relation.started]
    presumed = [(None, _EVER)] if relation.presumed is not None else []
    for began, first in [*presumed, *starts]:
        said, never = values(relation, key, began), (FOREVER, FOREVER)
        name = None if began is None else began.id
        yield Holding(relation.name, said, name, (first, FOREVER), never, group=tuple(key.values()))


def holding_values(relation: Relation, key: Mapping[str, Any], fact: Seen | None) -> Mapping[str, Any]:
    """Return the fields of the holding that a fact began, or of the presumed one, that no fact did."""
    if fact is None:
        return {**key, **(relation.presumed or {})}
    values = {name: getattr(fact, name) for name in field_types(type(fact))}  # type: ignore[arg-type]  # of a fact
    return values | {name: relation.derive(name, fact) for name in relation.derived}


def _worlds(facts: list[Seen], as_of: date) -> list[list[_Dated]] | None:
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


def _by_day(dated: list[_Dated]) -> dict[date, list[Seen]]:
    days: dict[date, list[Seen]] = {}
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
    held: dict[tuple[Any, ...], tuple[Seen | None, date, date]] = {}
    if relation.presumed is not None and not any(_begun(relation, facts) for facts in days.values()):
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
    relation: Relation, stages: tuple[str, ...], facts: list[Seen]
) -> dict[tuple[Any, ...], tuple[Seen, date]]:
    """Return for each key started on one day the fact that began it and the day after the last it was said to last."""
    if relation.name == "stage" and facts:
        rank = {stage: n for n, stage in enumerate((*stages, NO_STAGE))}
        furthest = max(facts, key=lambda fact: (rank.get(fact.stage, -1), fact.stage))  # type: ignore[attr-defined]  # a stage entry
        facts = [furthest]
    started: dict[tuple[Any, ...], tuple[Seen, date]] = {}
    for fact in facts:
        stop = FOREVER if fact.until is None else add_days(fact.until, 1)
        key = _key(relation, fact)
        if key not in started or stop > started[key][1]:
            started[key] = (fact, stop)
    return started


def _begun(relation: Relation, facts: list[Seen]) -> set[tuple[Any, ...]]:
    """Return the keys started on one day and not ended on it, which would leave them as they were."""
    started, ended = (
        {_key(relation, fact) for fact in facts if fact.wire == wire} for wire in (relation.started, relation.ended)
    )
    return started - ended


def _key(relation: Relation, fact: Seen) -> tuple[Any, ...]:
    return tuple(getattr(fact, name, None) for name in relation.key)
