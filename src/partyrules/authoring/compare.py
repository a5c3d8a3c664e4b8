"""Two packs side by side: what both ask alike, where one is stricter, and a smallest history that tells them apart.

Two answers can be given with certainty: that one rule asks whatever the other asks (an argument on the tree), and
that it does not (a history that the reference evaluator holds against both). What has neither is not decided.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, islice, product
from typing import Any, Final, Literal

from attrs import evolve, field, frozen

from partyrules.admission import admitted
from partyrules.audit import audit
from partyrules.authoring.consistency import Clash, asked_of, blocks, canonical, consistency, demands, related
from partyrules.authoring.logic import in_words
from partyrules.authoring.shapes import Shapes, shapes_of
from partyrules.calendar import CivilDate, Span, add_days, add_span
from partyrules.codec import decode_fact, encode_fact, to_wire
from partyrules.errors import FactError, PackError
from partyrules.expressions import (
    AllOf,
    ByReading,
    Condition,
    Events,
    Holdings,
    Holds,
    Not,
    resolved,
    walk,
)
from partyrules.facts import PersonRegistered
from partyrules.observers import unobserved
from partyrules.packs import Adoption, Bound, Pack, adopt, reading_key
from partyrules.rules import (
    Ahead,
    Duty,
    Occasion,
    PerPeriod,
    Requirement,
    Rolling,
    Rule,
    Standing,
    Triggered,
    Veto,
    Within,
    WithinDays,
    all_readings,
)
from partyrules.testing.construction import Facts
from partyrules.testing.replay import Case, command
from partyrules.testing.scenes import Scene, Studio

__all__ = ["Aspect", "Comparison", "Pairing", "Relation", "Witness", "compare"]

Relation = Literal["same", "stricter", "looser", "different", "not_decided", "only_a", "only_b"]
Side = Literal["a", "b"]

_MOST_WAYS: Final = 16
_MOST_PROPOSED: Final = 24
_MOST_DAYS: Final = 6
_MOST_AFTER_ONE: Final = 40
_HORIZON: Final = 800
_BREACHED: Final = 2
_ADVISORY: Final = 1
_WORST_FIRST: Final = ("unknown", "breached", "advisory", "satisfied", "pending", "excused", "not_applicable")


@frozen(kw_only=True)
class Aspect:
    """Something in which two rules differ, and what each says there in a few words."""

    name: str
    a: str
    b: str

    def to_wire(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {"name": self.name, "a": self.a, "b": self.b}


@frozen(kw_only=True)
class Witness:
    """A history on which two rules disagree: the one of `stricter` is broken, the other is not.

    `statuses` are what the rule of A and the rule of B come to about the subject; `step` is the stage asked for,
    None where duties are audited. `commands` ask the same of a file of the facts, named FILE.
    """

    stricter: Side
    facts: Facts
    subject: str
    as_of: date
    step: str | None
    statuses: tuple[str, str]
    commands: tuple[str, ...]

    def to_wire(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "stricter": self.stricter,
            "subject": self.subject,
            "as_of": str(self.as_of),
            "step": self.step,
            "statuses": {"a": self.statuses[0], "b": self.statuses[1]},
            "commands": list(self.commands),
            "facts": [to_wire(fact) for fact in self.facts],
        }


@frozen(kw_only=True)
class Pairing:
    """A rule of A and a rule of B that speak of the same thing, or a rule that the other pack has nothing like.

    `relation` is said of A's rule. `readings` are those other than the defaults under which they were compared.
    """

    relation: Relation
    a: str | None = None
    b: str | None = None
    readings: Mapping[str, str] = field(factory=dict)
    aspects: tuple[Aspect, ...] = ()
    witnesses: tuple[Witness, ...] = ()

    def to_wire(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "relation": self.relation,
            "a": self.a,
            "b": self.b,
            "readings": dict(self.readings),
            "aspects": [aspect.to_wire() for aspect in self.aspects],
            "witnesses": [witness.to_wire() for witness in self.witnesses],
        }


@frozen(kw_only=True)
class Comparison:
    """What two packs have in common, and what each of their rules comes to beside the other pack's."""

    a: str
    b: str
    pairings: tuple[Pairing, ...]
    clashes: tuple[Clash, ...]

    def to_wire(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "a": self.a,
            "b": self.b,
            "pairings": [pairing.to_wire() for pairing in self.pairings],
            "clashes": [clash.to_wire() for clash in self.clashes],
        }


# Which rules to hold side by side ----------------------------------------------------------------------------------


@frozen
class _Way:
    """A rule as it stands under some options of its readings; `readings` are those that are not the defaults."""

    pack: Pack
    rule: Any
    readings: Mapping[str, str] = field(factory=dict)

    @property
    def id(self) -> str:
        return f"{self.pack.id}:{self.rule.id}"


def compare(a: Pack, b: Pack) -> Comparison:
    """Return every rule of A and of B beside what the other pack has like it, in the order of A, then of B.

    Rules are compared under the default readings; those that then have no counterpart, under the others too.
    Parameters stay unset. Raise PackError where the two packs cannot be read together.
    """
    shapes = _shapes(a, b)
    ours = [_default(a, rule) for rule in a.rules]
    theirs = [_default(b, rule) for rule in b.rules]
    pairings = [*_alike(ours, theirs, shapes)]
    ours, theirs = _unpaired(ours, theirs, pairings)
    search = _Search(a, b)
    for one, other in product(ours, theirs):
        if related(one.rule, other.rule, shapes):
            pairings.append(_paired(one, other, shapes, search))
    ours, theirs = _unpaired(ours, theirs, pairings)
    for one, other in product(ours, theirs):
        ways = ((x, y) for x, y in product(_ways(one), _ways(other)) if related(x.rule, y.rule, shapes))
        found = next(ways, None)
        if found is not None:
            pairings.append(_paired(*found, shapes, search))
    ours, theirs = _unpaired(ours, theirs, pairings)
    pairings += (Pairing(relation="only_a", a=way.id) for way in ours)
    pairings += (Pairing(relation="only_b", b=way.id) for way in theirs)
    order = [f"{a.id}:{rule.id}" for rule in a.rules]
    later = [f"{b.id}:{rule.id}" for rule in b.rules]
    pairings.sort(key=lambda p: (order.index(p.a) if p.a else len(order), later.index(p.b) if p.b else -1))
    clashes = consistency((a, b)) if search.joint else ()
    return Comparison(a=a.id, b=b.id, pairings=tuple(pairings), clashes=clashes)


def _shapes(a: Pack, b: Pack) -> Shapes:
    first, second = shapes_of(a), shapes_of(b)
    return Shapes(
        types={**second.types, **first.types},
        relations={**second.relations, **first.relations},
        rules={**second.rules, **first.rules},
        kinds={**second.kinds, **first.kinds},
        stages=tuple(dict.fromkeys((*first.stages, *second.stages))),
    )


def _default(pack: Pack, rule: Rule) -> _Way:
    chosen = {reading.name: reading.default for reading in all_readings(rule)}
    return _Way(pack, resolved(rule, readings=chosen, parameters={}))


def _ways(way: _Way) -> Iterator[_Way]:
    """Yield a rule under its defaults, then under other options of the readings that its tree depends on."""
    rule = next(rule for rule in way.pack.rules if rule.id == way.rule.id)
    used = {node.reading for node in walk(rule) if isinstance(node, ByReading)}
    readings = [reading for reading in all_readings(rule) if reading.name in used]
    orders = [[r.default, *(option for option in r.options if option != r.default)] for r in readings]
    for options in islice(product(*orders), _MOST_WAYS):
        chosen = {reading.name: reading.default for reading in all_readings(rule)}
        changed = {r: option for r, option in zip(readings, options, strict=True) if option != r.default}
        chosen.update((reading.name, option) for reading, option in changed.items())
        adopted = {reading_key(way.pack, rule, reading): option for reading, option in changed.items()}
        yield _Way(way.pack, resolved(rule, readings=chosen, parameters={}), adopted)


def _alike(ours: Sequence[_Way], theirs: Sequence[_Way], shapes: Shapes) -> Iterator[Pairing]:
    """Yield rules that ask the same, each with one of the other pack, of the same id where there is one."""
    met: set[str] = set()
    for one in ours:
        same = [other for other in theirs if _same(one.rule, other.rule, shapes)]
        if same:
            best = next((other for other in same if other.rule.id == one.rule.id), same[0])
            met.add(best.id)
            yield Pairing(relation="same", a=one.id, b=best.id)
    for other in (way for way in theirs if way.id not in met):
        found = next((one for one in ours if _same(one.rule, other.rule, shapes)), None)
        if found is not None:
            yield Pairing(relation="same", a=found.id, b=other.id)


def _same(one: Rule, other: Rule, shapes: Shapes) -> bool:
    return demands(one, other, shapes) and demands(other, one, shapes)


def _unpaired(
    ours: Sequence[_Way], theirs: Sequence[_Way], pairings: Sequence[Pairing]
) -> tuple[list[_Way], list[_Way]]:
    a, b = {pairing.a for pairing in pairings}, {pairing.b for pairing in pairings}
    return [way for way in ours if way.id not in a], [way for way in theirs if way.id not in b]


# What two rules come to side by side -------------------------------------------------------------------------------


def _paired(one: _Way, other: _Way, shapes: Shapes, search: "_Search") -> Pairing:
    more, less = demands(one.rule, other.rule, shapes), demands(other.rule, one.rule, shapes)
    broken_a = None if less else search.witness(one, other, "a")
    broken_b = None if more else search.witness(one, other, "b")
    relation: Relation = "not_decided"
    if more and less:
        relation = "same"
    elif broken_a and broken_b:
        relation = "different"
    elif broken_a and more:
        relation = "stricter"
    elif broken_b and less:
        relation = "looser"
    return Pairing(
        relation=relation,
        a=one.id,
        b=other.id,
        readings={**one.readings, **other.readings},
        aspects=tuple(_aspects(one.rule, other.rule)),
        witnesses=tuple(found for found in (broken_a, broken_b) if found is not None),
    )


def _aspects(one: Any, other: Any) -> Iterator[Aspect]:
    """Yield in what two rules of a kind differ."""
    names: tuple[str, ...] = ("steps", "when", "requires", "advisory", "modality")
    if isinstance(one, Duty):
        names = ("bearer", "per", "requires", "vacation_months", "modality")
    elif isinstance(one, Veto):
        names = ("steps", "vetoes")
    for name in names:
        first, second = canonical(getattr(one, name)), canonical(getattr(other, name))
        if first != second:
            a, b = _told(first), _told(second)
            alike = a == b
            yield Aspect(name=name, a=a + _where(first) if alike else a, b=b + _where(second) if alike else b)


def _where(part: Any) -> str:
    """Return what a rule says, in few words, of the facts and holdings that it selects."""
    wheres = [in_words(node.where) for node in walk(part) if isinstance(node, Events | Holdings | Holds)]
    said = [told for told in wheres if told != "Always"]
    return f", where {' and '.join(said)}" if said else ""


def _told(part: Any) -> str:
    match part:
        case PerPeriod(grain):
            return f"each {grain}" if isinstance(grain, str) else f"as often as parameter {grain.name} says"
        case Rolling(every):
            return f"once in every {_length(every)}"
        case Standing():
            return "at all times"
        case Occasion(of):
            return f"each time: {in_words(of)}"
        case Triggered(by, deadline):
            return f"after {in_words(by)}: {_deadline(deadline)}"
        case Condition():
            return in_words(part)
        case tuple():
            return ", ".join(map(str, part))
    scope = getattr(part, "scope", None)
    return f"{part.kind}: {in_words(scope)}" if isinstance(scope, Condition) else str(part)


def _deadline(deadline: Any) -> str:
    match deadline:
        case Within(span) | Ahead(span):
            return f"{type(deadline).__name__} {_length(span)}"
        case None:
            return "that day"
    days = getattr(deadline, "days", None)
    return type(deadline).__name__ if days is None else f"{type(deadline).__name__} {days}"


def _length(span: Span) -> str:
    parts = ((span.years, "years"), (span.months, "months"), (span.days, "days"))
    return " ".join(f"{number} {noun}" for number, noun in parts if number)


# Histories on which they disagree ----------------------------------------------------------------------------------


class _Search:
    """Looks for histories on which a rule of A and a rule of B disagree; proposals are judged, never trusted."""

    def __init__(self, a: Pack, b: Pack) -> None:
        self.packs = {"a": a, "b": b}
        self.joint = a.id != b.id and _adoptable(a, b)

    def witness(self, one: _Way, other: _Way, stricter: Side) -> Witness | None:
        """Return a smallest history found on which the rule of the one side is broken and the other is not."""
        ways = {"a": one, "b": other}
        lenient: Side = "b" if stricter == "a" else "a"
        studios = self._studios(ways)
        bounds = {
            side: next(bound for bound in studios[side].rules if bound.id == way.id) for side, way in ways.items()
        }

        def told(scene: Scene) -> tuple[str, str] | None:
            strict = _status(studios[stricter], bounds[stricter], scene)
            if strict[1] is None or strict[1] == 0:
                return None
            loose = _status(studios[lenient], bounds[lenient], scene)
            return (strict[0], loose[0]) if loose[1] is not None and loose[1] < strict[1] else None

        best: tuple[Scene, tuple[str, str]] | None = None
        tried = 0
        for scene in _proposed(studios[stricter], bounds[stricter], bounds[lenient].rule):
            statuses = told(scene)
            tried += best is not None
            if statuses is not None and _recordable(scene, studios[stricter].adoption):
                best = best or (scene, statuses)
                if statuses[1] in ("satisfied", "met"):
                    best = (scene, statuses)
                    break
            if tried > _MOST_AFTER_ONE:
                break
        if best is None:
            return None
        scene, kept = best
        adoption = studios[stricter].adoption
        small = studios[stricter].smallest(scene, lambda less: told(less) == kept and _recordable(less, adoption))
        return Witness(
            stricter=stricter,
            facts=small.facts,
            subject=small.subject,
            as_of=small.as_of,
            step=small.step,
            statuses=kept if stricter == "a" else (kept[1], kept[0]),
            commands=tuple(dict.fromkeys(_command(studios[side].adoption, small) for side in ("a", "b"))),
        )

    def _studios(self, ways: Mapping[str, _Way]) -> dict[str, Studio]:
        """Return for each side what judges its rule: one adoption of both packs where they can be adopted together."""
        if self.joint:
            readings = {**ways["a"].readings, **ways["b"].readings}
            both = _studio(adopt([self.packs["a"], self.packs["b"]], readings=readings))
            return {"a": both, "b": both}
        return {side: _studio(adopt([self.packs[side]], readings=way.readings)) for side, way in ways.items()}


def _adoptable(a: Pack, b: Pack) -> bool:
    try:
        adopt([a, b])
    except PackError:
        return False
    return True


def _studio(adoption: Adoption) -> Studio:
    made = Studio(adoption)
    # Nobody is there before both documents are in force, so that neither pack alone finds breaches of earlier years.
    made.since = made.in_force_from
    return made


def _command(adoption: Adoption, scene: Scene) -> str:
    person = None if scene.step is None else scene.subject
    case = Case(adoption=adoption, facts=scene.facts, as_of=scene.as_of, person=person, step=scene.step)
    return command(case).replace("case.jsonl", "FILE", 1)


def _recordable(scene: Scene, adoption: Adoption) -> bool:
    """Tell whether a ledger would take the facts of a scene."""
    try:
        read = [decode_fact(encode_fact(fact), vocabulary=adoption.vocabulary) for fact in scene.facts]
    except FactError:
        return False
    return not admitted((), [("", fact) for fact in read]).problems


def _status(studio: Studio, bound: Bound[Rule], scene: Scene) -> tuple[str, int | None]:
    """Return what a rule comes to about the subject of a scene, and how gravely it is broken: None is unknown."""
    if isinstance(bound.rule, Duty):
        with unobserved():
            whole = audit(scene.facts, studio.adoption, as_of=scene.as_of)
            found = {one.status for one in whole.findings(rule=bound.id, subject=scene.subject)}
        grave: dict[str, int | None] = {"unknown": None, "breached": _BREACHED, "advisory": _ADVISORY}
        first = next((status for status in _WORST_FIRST if status in found), "silent")
        return first, grave.get(first, 0)
    decision = studio.decision(scene)
    if decision.reason is not None or decision.needs:
        return "unknown", None
    lists: tuple[tuple[str, Iterable[Any], int | None], ...] = (
        ("unknown", decision.unknown, None),
        ("vetoed", decision.vetoes, _BREACHED),
        ("unmet", decision.unmet, _BREACHED),
        ("advisory", decision.advisory, _ADVISORY),
        ("met", decision.met, 0),
        ("not_applicable", decision.not_applicable, 0),
    )
    for name, items, gravity in lists:
        if any(item.rule == bound.id for item in items):
            return name, gravity
    return "silent", 0


def _proposed(studio: Studio, bound: Bound[Rule], lenient: Rule) -> Iterator[Scene]:
    """Yield scenes in which the rule could be broken and the lenient one not, the plainest first."""
    strict = bound.rule
    asked = _duties(strict, lenient) if isinstance(strict, Duty) else _steps(strict, lenient)
    each = [islice(studio.proposals(evolve(bound, rule=rule), holds=True), _MOST_PROPOSED) for rule in asked]
    for scene in chain.from_iterable(each):
        for told in _redated(_known(scene, studio, strict), strict, lenient):
            yield told
            if told.step is None:
                yield from (evolve(told, as_of=day) for day in _later_days(studio, told.as_of))


def _known(scene: Scene, studio: Studio, rule: Rule) -> Scene:
    """Return the scene with its person registered, where nothing in it says that there is such a person."""
    person = isinstance(rule, Duty) and rule.bearer.kind in ("person", "named")
    if not person or any(getattr(fact, "person", None) == scene.subject for fact in scene.facts):
        return scene
    day = CivilDate(studio.since, studio.since)
    there = PersonRegistered(id=f"person_registered {scene.subject}", on=day, person=scene.subject)
    return evolve(scene, facts=(there, *scene.facts))


def _duties(strict: Duty, lenient: Any) -> Iterator[Duty]:
    """Yield invented duties: to keep to the lenient one and break the strict one, then just to break the strict one."""
    both = AllOf((strict.bearer.scope, lenient.bearer.scope))
    broken = Not(strict.requires)
    for per in dict.fromkeys((strict.per, lenient.per)):
        yield _invented(strict, both, AllOf((lenient.requires, broken)), per)
    yield _invented(strict, both, broken, strict.per)
    yield _invented(strict, AllOf((strict.bearer.scope, Not(lenient.bearer.scope))), broken, strict.per)
    yield _invented(strict, both, lenient.requires, lenient.per)


def _invented(duty: Duty, scope: Condition, requires: Condition, per: Any) -> Duty:
    kept = Standing() if isinstance(per, Rolling) else per
    return evolve(duty, bearer=evolve(duty.bearer, scope=scope), requires=requires, per=kept)


def _steps(strict: Requirement | Veto, lenient: Any) -> Iterator[Requirement]:
    shared = tuple(step for step in strict.steps if step in lenient.steps)
    alone = tuple(step for step in strict.steps if step not in lenient.steps)
    against = blocks(strict)
    for steps, requires in ((shared, AllOf((Not(blocks(lenient)), against))), (shared, against), (alone, against)):
        if steps:
            yield Requirement(id=strict.id, clause=strict.clause, title=strict.title, steps=steps, requires=requires)


def _redated(scene: Scene, strict: Rule, lenient: Rule) -> Iterator[Scene]:
    """Yield a scene, then with what a trigger asks for done just after the strict deadline."""
    yield scene
    if not (isinstance(strict, Duty) and isinstance(lenient, Duty) and isinstance(strict.per, Triggered)):
        return
    of = [one for one in asked_of(lenient) if isinstance(one, Events)]
    acts = [fact for fact in scene.facts if any(fact.wire in one.types for one in of)]
    triggers = [fact for fact in scene.facts if fact.wire in strict.per.by.types]
    for trigger in triggers:
        due = _due(strict.per.deadline, trigger.on.first)
        later = None if not isinstance(lenient.per, Triggered) else _due(lenient.per.deadline, trigger.on.first)
        if due is None:
            continue
        day = add_days(due, 1)
        moved = {fact.id: evolve(fact, on=type(fact.on)(day, day)) for fact in acts if fact is not trigger}
        facts = tuple(moved.get(fact.id, fact) for fact in scene.facts)
        yield evolve(scene, facts=facts, as_of=max(scene.as_of, day, add_days(later or day, 1)))


def _due(deadline: Any, day: date) -> date | None:
    match deadline:
        case WithinDays(int() as days):
            return add_days(day, days)
        case Within(span):
            return add_span(day, span)
        case Ahead(Span(years, months, days)):
            return add_span(day, Span(-years, -months, -days))
    return None


def _later_days(studio: Studio, day: date) -> list[date]:
    """Return the next days on which a period may have ended."""
    ends = [term.until for term in studio.terms if term.until is not None]
    years = [date(year, month, last) for year in range(day.year, day.year + 3) for month, last in ((6, 30), (12, 31))]
    last = add_days(day, _HORIZON)
    return sorted({end for end in (*ends, *years) if day < end <= last})[:_MOST_DAYS]
