"""Hypothesis strategies for facts, histories, calendars and institutions, derived from what a pack reads."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar, cast

import attrs
from attrs import evolve, field, frozen
from hypothesis import assume
from hypothesis import strategies as st

from partyrules.facts import schema
from partyrules.facts.admission import admitted
from partyrules.facts.vocabulary import Fact, FactRetracted, StageExtended, TermDeclared
from partyrules.history import Relation, several
from partyrules.language import kernel as k
from partyrules.language.rules import Duty, Requirement
from partyrules.language.tree import walk
from partyrules.packs.pack import Pack
from partyrules.testing.construction import Facts
from partyrules.testing.scenes import Scene, declared_terms, filled, studio_of
from partyrules.time.calendar import CALENDAR_GRAINS, CivilDate, add_days, period_of

T = TypeVar("T")

_RECORD_TYPES: Final = ("term_declared", "fact_retracted", "register_closed")
_ALWAYS_READ: Final = ("person_registered", "person_left", "leave_started", "leave_ended", "register_closed")
_ENDS: Final = ("unit_dissolved", "building_closed")
_PARAMETER_NAME: Final = "north"
_YEARS: Final = 2


@frozen
class Question:
    """When an audit or a decision is asked for; without `known_at`, everything recorded is known."""

    as_of: date
    known_at: datetime | None = None


@frozen
class Alphabet:
    """What a pack reads: fact types, the values that matter in each field, and the days that matter.

    `values` go by fact type and field, `ids` by the meaning of a field (person, unit, building, or its name);
    `events` are the fact types that say that something happened, `relations` those that start or end what holds.
    """

    pack: Pack
    types: Mapping[str, type[Fact]]
    events: tuple[str, ...]
    relations: tuple[str, ...]
    values: Mapping[tuple[str, str], tuple[Any, ...]]
    ids: Mapping[str, tuple[str, ...]]
    numbers: tuple[int | Decimal, ...]
    days: tuple[date, ...]
    asked: tuple[date, ...]
    scenes: tuple[Scene, ...]
    terms: tuple[TermDeclared, ...]
    made: dict[Any, Any] = field(factory=dict, eq=False, repr=False)


# What a pack reads ------------------------------------------------------------------------------------------


# By identity, for a pack is made once and working out its fingerprint takes longer than drawing a fact.
_READ: Final[dict[int, "Alphabet"]] = {}


def alphabet_of(pack: Pack) -> Alphabet:
    """Return what a pack reads, worked out once."""
    if id(pack) not in _READ:
        _READ[id(pack)] = _read(pack)
    return _READ[id(pack)]


def _read(pack: Pack) -> Alphabet:
    adoption = filled(pack)
    types = adoption.vocabulary.types
    relations = {relation.name: relation for relation in adoption.relations}
    noting = _Noting(adoption.stage_names)
    for wire in ("stage_entered", "stage_extended"):
        noting.note(wire, "stage", (*adoption.stage_names, "none"))
    if pack.stages:
        noting.held["stage_entered"] = None
    for rule in (*pack.rules, *adoption.standings):
        for node in walk(rule):
            noting.look(node, relations)
    rules: tuple[Duty | Requirement, ...] = (*pack.duties, *pack.requirements)
    normally = [f"{pack.id}:{rule.id}" for rule in rules if rule.modality == "normally"]
    if normally:
        noting.wires["judgement_made"] = None
        noting.note("judgement_made", "clause", tuple(normally))
    noting.held.update(dict.fromkeys((*_ALWAYS_READ[:-1], *_ENDS)))
    studio = studio_of(adoption)
    scenes = studio.scenes()
    start = studio.in_force_from
    days = _edges(start, studio.terms)
    return Alphabet(
        pack=pack,
        types=types,
        events=tuple(wire for wire in noting.wires if wire not in noting.held and wire not in _RECORD_TYPES),
        relations=tuple(wire for wire in noting.held if wire in types),
        values={key: tuple(found) for key, found in noting.values.items() if found},
        ids=_ids_in(scenes),
        numbers=tuple(dict.fromkeys((1, *noting.numbers, 2, Decimal("0.5")))),
        days=days,
        asked=tuple(dict.fromkeys(day for day in (*(s.as_of for s in scenes), *days) if start <= day)),
        scenes=scenes,
        terms=studio.terms,
    )


_FACT_ID: Final = object()


class _Noting:
    """Gathers, node by node, which fact types, values and numbers the trees of a pack name."""

    def __init__(self, stages: tuple[str, ...]) -> None:
        self.stages = stages
        self.values: dict[tuple[str, str], dict[Any, None]] = {}
        self.numbers: dict[int | Decimal, None] = {}
        self.wires: dict[str, None] = {}
        self.held: dict[str, None] = {}

    def look(self, node: Any, relations: Mapping[str, Relation]) -> None:
        """Note what one node names."""
        match node:
            case k.Events(types, match, where):
                for wire in types:
                    self.wires[wire] = None
                    self._match(wire, match)
                    for inner in walk(where):
                        if isinstance(inner, k.Is) and isinstance(inner.term, k.Its):
                            self.note(wire, inner.term.name, inner.options)
            case k.Holds(name, match) | k.Holdings(name, match):
                for end in filter(None, (relations[name].started, relations[name].ended)):
                    self.held[end] = None
                    self._match(end, match)
            case k.LatestIs(k.Events(types), name, value, adverse):
                for wire in types:
                    self.note(wire, name, (value, *adverse))
            case k.MostCovered(name, among, k.Events(types)):
                for wire in types:
                    self.note(wire, name, among)
            case k.Compare(tally, least, most):
                bounds = [bound for bound in (least, most) if isinstance(bound, int)]
                near = [max(0, bound - 1) for bound in bounds] if isinstance(tally, k.Sum) else []
                self.numbers.update(dict.fromkeys((*bounds, *near)))

    def note(self, wire: str, name: str, want: Any) -> None:
        """Note that a field of a fact type is compared with what an operand stands for."""
        if more := schema.FURTHER.get((wire, name)):
            self.note(wire, more, want)
        found = self.values.setdefault((wire, name), {})
        if isinstance(want, k.ByReading):
            for _, option in want.options:
                self.note(wire, name, option)
        elif isinstance(want, k.AskedStep):
            found.update(dict.fromkeys(self.stages))
        elif isinstance(want, k.Given):
            found[_PARAMETER_NAME] = None
        elif isinstance(want, k.Trigger) and want.name == "id":
            found[_FACT_ID] = None
        elif isinstance(want, str | bool | int | tuple):
            found.update(dict.fromkeys(want if isinstance(want, tuple) else (want,)))

    def _match(self, wire: str, match: k.Match) -> None:
        for name, want in match:
            self.note(wire, name, want)


def _ids_in(scenes: Iterable[Scene]) -> dict[str, tuple[str, ...]]:
    """Return the ids that the scenes give to people, units and the like, with another of each, by meaning."""
    found: dict[str, dict[str, None]] = {
        "person": {"person-1": None, "person-2": None},
        "unit": {"unit-1": None},
        "building": {"building-1": None, "building-2": None},
    }
    for scene in scenes:
        for fact in scene.facts:
            for name, hint in schema.field_types(type(fact)).items():
                if name not in schema.COMMON and schema.plain_of(hint) is str:
                    found.setdefault(schema.title_of(hint) or name, {}).update(
                        dict.fromkeys(several(getattr(fact, name)))
                    )
    return {meaning: tuple(names) for meaning, names in found.items()}


def _edges(start: date, terms: Iterable[TermDeclared]) -> tuple[date, ...]:
    """Return the days near which answers change: the edges of periods and terms, and their neighbours."""
    middle = add_days(start, 200)
    found = {start, add_days(start, -1), middle}
    last = add_days(start, 365 * _YEARS)
    for grain in CALENDAR_GRAINS:
        for day in (middle, add_days(middle, 200)):
            period = period_of(grain, day)
            found.update((period.start, period.end, add_days(period.end, 1)))
    for term in terms:
        if term.until is not None:
            found.update((term.on.first, add_days(term.on.first, -1), term.until))
    near = sorted(day for day in found if add_days(start, -400) <= day <= last)
    return (middle, *(day for day in near if day != middle))


# One fact ---------------------------------------------------------------------------------------------------


def facts(pack: Pack, *, of: Iterable[str] | None = None, months: bool = True) -> st.SearchStrategy[Fact]:
    """Return a strategy for single facts of the types that the pack reads, or `of` these types.

    Values are those that the rules compare with, and a few others; dates lie near the edges of periods and,
    with `months`, are sometimes known to the month alone. Every fact goes through the wire format unchanged.
    """
    alphabet = alphabet_of(pack)
    always = ("register_closed", "register_opened", *(("stage_extended",) if pack.stages else ()))
    wires = tuple(of) if of is not None else (*alphabet.events, *alphabet.relations, *always)
    key = (wires, months)
    if key not in alphabet.made:
        alphabet.made[key] = st.one_of([_facts_of(alphabet, wire, months=months) for wire in wires])
    return cast("st.SearchStrategy[Fact]", alphabet.made[key])


def _facts_of(alphabet: Alphabet, wire: str, *, months: bool) -> st.SearchStrategy[Fact]:
    key = (wire, months)
    if key not in alphabet.made:
        alphabet.made[key] = _new_facts_of(alphabet, wire, months=months)
    return cast("st.SearchStrategy[Fact]", alphabet.made[key])


def _new_facts_of(alphabet: Alphabet, wire: str, *, months: bool) -> st.SearchStrategy[Fact]:
    cls = alphabet.types[wire]
    hints = schema.field_types(cls)
    fields = {"id": _NAMES, "on": _dates(alphabet, months=months and wire not in _RECORD_TYPES)}
    for attribute in attrs.fields(cls):
        name, hint = attribute.name, hints[attribute.name]
        if name in schema.COMMON:
            continue
        values = _values(alphabet, wire, name, hint)
        if attribute.default is not attrs.NOTHING:
            often = (wire, name) in alphabet.values or schema.is_list(hint) or schema.takes(hint) in ("number", "flag")
            values = _now_and_then(values, _OFTEN if often else _SELDOM)
        fields[name] = values
    fields["recorded_at"] = _now_and_then(_instants(alphabet), _SELDOM)
    if cls is StageExtended:
        fields["until"] = _one_of(alphabet.days)
    elif wire in alphabet.relations:
        fields["until"] = _now_and_then(_one_of(alphabet.days), _SELDOM)
    return st.fixed_dictionaries(fields).map(lambda said: _made(cls, said))


def _made(cls: type[Fact], said: Mapping[str, Any]) -> Fact:
    """Return the fact that says this, what is None left out; a fact that its own class refuses is no case."""
    if cls is StageExtended:
        # It has a last day, and not one before it was decided.
        said = {**said, "until": max(said["until"], said["on"].last)}
    try:
        return cls(**{name: value for name, value in said.items() if value is not None})
    except ValueError:
        assume(condition=False)
        raise


# Of a scene that is told with mistakes, a fact with fate 0 of 20 is missing, one above this happened on another day.
_KEPT: Final = 15

# In so many of ten facts an optional field has a value.
_OFTEN: Final = 8
_SELDOM: Final = 1


def _now_and_then(values: st.SearchStrategy[Any], tenths: int) -> st.SearchStrategy[Any]:
    """Return a strategy that gives a value in so many of ten cases, and None in the plainest."""
    return st.integers(1, 10).flatmap(lambda n: values if n > 10 - tenths else st.none())


_NAMES: Final = st.integers(0, 99_999).map(lambda number: f"f{number}")


def _dates(alphabet: Alphabet, *, months: bool) -> st.SearchStrategy[CivilDate]:
    exact = [CivilDate(day, day) for day in alphabet.days]
    open_months = dict.fromkeys(_month(day) for day in alphabet.days)
    return _one_of((*exact, *list(open_months)[: len(exact) // 6])) if months else _one_of(exact)


def _one_of(values: Sequence[T]) -> st.SearchStrategy[T]:
    """Return a strategy for one of many values that is told in few words, as a part of others is told with them."""
    return st.integers(0, len(values) - 1).map(lambda place: values[place])


def _month(day: date) -> CivilDate:
    period = period_of("month", day)
    return CivilDate(period.start, period.end)


def _instants(alphabet: Alphabet) -> st.SearchStrategy[datetime]:
    noon = [datetime(day.year, day.month, day.day, 12, tzinfo=UTC) for day in alphabet.asked[:6]]
    return _one_of(noon)


def _values(alphabet: Alphabet, wire: str, name: str, hint: Any) -> st.SearchStrategy[Any]:
    one = _one_value(alphabet, wire, name, hint)
    if schema.is_list(hint):
        return st.lists(one, max_size=5, unique=True).map(tuple)
    return one


def _one_value(alphabet: Alphabet, wire: str, name: str, hint: Any) -> st.SearchStrategy[Any]:
    known = alphabet.values.get((wire, name), ())
    ids = alphabet.ids.get(schema.title_of(hint) or name, ())
    taken, choices = schema.takes(hint), schema.choices_of(hint)
    if choices or taken == "flag":
        return st.sampled_from(choices) if choices else st.booleans()
    if taken == "number":
        whole = tuple(n for n in alphabet.numbers if isinstance(n, int))
        return st.sampled_from(alphabet.numbers if Decimal in schema.parts_of(schema.entry_of(hint)) else whole)
    if taken in ("day", "date", "time"):
        others = {"day": _one_of(alphabet.days), "date": _dates(alphabet, months=False), "time": _instants(alphabet)}
        return others[taken]
    if taken == "text":
        literal = tuple(value for value in known if isinstance(value, str))
        referred = tuple(f.id for s in alphabet.scenes for f in s.facts) if _FACT_ID in known else ()
        # A kind that nothing reads now and then, so that what merely looks alike is met too.
        other = () if schema.title_of(hint) else (f"other-{name}",)
        return _one_of(tuple(dict.fromkeys((*literal, *referred, *ids, *other))) or (f"{name}-1",))
    return st.from_type(schema.entry_of(hint))


# Calendars, institutions, histories -------------------------------------------------------------------------


@st.composite
def calendars(
    draw: st.DrawFn, *, first_year: int = 2020, years: int = 4, gaps: bool = True
) -> tuple[TermDeclared, ...]:
    """Draw declared terms: academic years of two semesters and two vacations; with `gaps`, some are not declared.

    Terms never share a day. The first academic year begins in the autumn of `first_year`.
    """
    declared = declared_terms(first_year, years)
    if not gaps:
        return declared
    missing = draw(st.sets(st.sampled_from(range(len(declared))), max_size=2))
    short = draw(st.sampled_from((0, 2)))
    return tuple(
        term
        if n + 1 == len(declared) or not short
        else evolve(term, until=term.until and term.until - timedelta(days=short))
        for n, term in enumerate(declared)
        if n not in missing
    )


@st.composite
def institutions(draw: st.DrawFn, pack: Pack, *, months: bool = True) -> Facts:
    """Draw who and what there is: bearers of a few rules, what holds of them and since when, and declared terms."""
    alphabet = alphabet_of(pack)
    scenes = _drawn_scenes(draw, alphabet)
    kept = [fact for scene in scenes for fact in scene.facts if fact.wire in alphabet.relations]
    more = draw(st.lists(facts(pack, of=alphabet.relations, months=months), max_size=3))
    terms = _drawn_terms(draw, alphabet)
    return _admissible((*terms, *kept, *_renamed(more, "r")))


@st.composite
def histories(draw: st.DrawFn, pack: Pack, *, months: bool = True, size: int = 8) -> Facts:
    """Draw histories that a ledger takes, in no order that means anything.

    A history starts from scenes of a few rules, in which they hold or are broken; facts of them may be left out or
    happen on another day, and up to `size` others are added, a retraction among them.
    """
    return draw(asked_histories(pack, months=months, size=size))[0]


@st.composite
def asked_histories(draw: st.DrawFn, pack: Pack, *, months: bool = True, size: int = 8) -> tuple[Facts, Question]:
    """Draw histories as `histories` does, each with a question, often about the day that one of its scenes is about."""
    alphabet = alphabet_of(pack)
    scenes: list[Scene] = _drawn_scenes(draw, alphabet)
    told: dict[str, Fact] = {}
    for scene in scenes:
        intact = draw(_likely(0.7))
        for fact in scene.facts:
            fate = _KEPT if intact or isinstance(fact, TermDeclared) else draw(st.integers(0, 19))
            if fate > 0:
                told[fact.id] = _moved(draw, alphabet, fact, months=months) if fate > _KEPT else fact
    kept = [fact for fact in told.values() if not isinstance(fact, TermDeclared)]
    more = _renamed(draw(st.lists(facts(pack, months=months), max_size=size)), "f")
    whole = (*_drawn_terms(draw, alphabet), *kept, *more)
    gone = draw(st.lists(st.sampled_from(whole), max_size=1)) if whole else []
    retractions = tuple(
        FactRetracted(
            id=f"retracts {fact.id}"[:200],
            on=CivilDate(alphabet.days[0], alphabet.days[0]),
            target=fact.id,
            reason="recorded in error",
        )
        for fact in gone
    )
    asked = draw(questions(pack))
    if draw(_likely(0.7)) and scenes:
        asked = evolve(asked, as_of=draw(st.sampled_from([scene.as_of for scene in scenes])))
    return _admissible((*whole, *retractions)), asked


def _likely(chance: float) -> st.SearchStrategy[bool]:
    """Return a strategy that is so often true, and false in the plainest case."""
    return st.integers(0, 99).map(lambda n: n >= 100 * (1 - chance))


def _drawn_scenes(draw: st.DrawFn, alphabet: Alphabet) -> list[Scene]:
    if not alphabet.scenes:
        return []
    drawn: list[Scene] = draw(st.lists(st.sampled_from(alphabet.scenes), min_size=1, max_size=3, unique_by=id))
    return drawn


def _drawn_terms(draw: st.DrawFn, alphabet: Alphabet) -> tuple[TermDeclared, ...]:
    if not draw(_likely(0.95)):
        return ()
    first = alphabet.terms[0].on.first.year
    terms: tuple[TermDeclared, ...] = draw(
        calendars(first_year=first, years=len(alphabet.terms) // 4, gaps=draw(_likely(0.3)))
    )
    return terms


def _moved(draw: st.DrawFn, alphabet: Alphabet, fact: Fact, *, months: bool) -> Fact:
    """Return the fact on another day, or of a month alone."""
    on = draw(_dates(alphabet, months=False)) if draw(st.booleans()) or not months else _month(fact.on.first)
    try:
        return evolve(fact, on=on)
    except ValueError:
        return fact


def _renamed(found: Iterable[Fact], stem: str) -> Iterator[Fact]:
    """Yield the facts under ids that number them, so that a small case has small ids."""
    for number, fact in enumerate(found, start=1):
        yield evolve(fact, id=f"{stem}{number}")


def _admissible(found: Iterable[Fact]) -> Facts:
    """Return the facts without those that a ledger would refuse."""
    return admitted((), [("", fact) for fact in found]).facts


def questions(pack: Pack) -> st.SearchStrategy[Question]:
    """Return a strategy for the day asked, near the edges of periods, and sometimes what was known then."""
    alphabet = alphabet_of(pack)
    known = st.integers(0, 4).flatmap(lambda n: _instants(alphabet) if n == 4 else st.none())  # noqa: PLR2004 - one in five
    return st.builds(Question, st.sampled_from(alphabet.asked), known)
