"""Which facts may join those recorded: one content an id, no unit twice at a time, no two terms or rooms a day."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from itertools import groupby, islice, product
from typing import Any, Final, Generic, Protocol, TypeVar

from attrs import frozen

from partyrules.errors import FactError, Problem
from partyrules.facts.codec import Checked, content, fact_of, to_wire
from partyrules.facts.retractions import retracted_ids, retraction_circles
from partyrules.facts.vocabulary import (
    Fact,
    FactRetracted,
    ResidenceStarted,
    TermDeclared,
    UnitDissolved,
    UnitEstablished,
    Vocabulary,
)
from partyrules.time.calendar import Term, add_days

ADMISSION_TYPES: Final = frozenset(
    cls.wire for cls in (UnitEstablished, UnitDissolved, ResidenceStarted, TermDeclared, FactRetracted)
)
"""The wire names of the facts that bear on whether another fact may be recorded."""

_MOST_WORLDS: Final = 4096
_MOST_SHOWN: Final = 6
_SHOWN: Final = 60
_BEFORE: Final = -1

Line = tuple[str, Fact]


class Recordable(Protocol):
    """What there may be several copies of: a fact, or a line that says one."""

    @property
    def id(self) -> str:
        """The id of the fact."""

    @property
    def wire(self) -> str:
        """The name of its type on the wire."""

    @property
    def recorded_at(self) -> Any:
        """When it was recorded, in what sorts as time does; None where it does not say."""


E = TypeVar("E", bound=Recordable)


@frozen
class Admission(Generic[E]):
    """What became of some entries: the `facts` to append, how many were there `already`, and the `problems`.

    `facts` leave out every entry that has a problem and are free of problems themselves, so that a caller
    may keep the good lines of a bad batch. `problems` stand in the order of the input.
    """

    facts: tuple[E, ...]
    already: int
    problems: tuple[Problem, ...]


class Admitted(tuple[Fact, ...]):
    """Facts that stand together, each once, because a ledger holds them or would; they are not judged again."""

    __slots__ = ()


def first_recorded(entries: Iterable[E]) -> dict[str, E]:
    """Return each entry by its id: of several copies the one recorded first, in the place of the first.

    One that does not say when it was recorded is known at every time.
    """
    first: dict[str, E] = {}
    for entry in entries:
        kept = first.setdefault(entry.id, entry)
        if kept.recorded_at is not None and (entry.recorded_at is None or entry.recorded_at < kept.recorded_at):
            first[entry.id] = entry
    return first


def admitted(existing: Iterable[Line], new: Iterable[Line]) -> Admission[Fact]:
    """Return which of the `new` facts may join the `existing` ones; each is given with the place where it is.

    Of the existing facts only those matter whose type is one of `ADMISSION_TYPES` or whose id a new fact
    has. The whole that would result is judged, so the order of the lines does not matter:

    - one id means one content; the same again is accepted and appends nothing: of several copies the one recorded first
      stands, one without `recorded_at` being known at every time;
    - a unit that exists is not established again (a dissolution on the same day is enough between the two);
    - nobody begins to live in two rooms on one day;
    - a term has its dates once and no two terms share a day; who declares the same again, by `term`, `on`, `until`,
      `kind` and `academic_year`, says nothing new;
    - no retractions form a circle.

    A problem stands at the new line without which it would not be. Dates known to the month alone make no
    problem where some days of that month are possible.
    """
    lines = list(new)
    return _admitted(existing, [fact for _, fact in lines], lambda number, _: lines[number])


def admitted_lines(existing: Iterable[Line], new: Sequence[Checked], *, vocabulary: Vocabulary) -> Admission[Checked]:
    """Return which of the lines may join the `existing` facts, as `admitted` does; few are made facts for it."""
    return _admitted(existing, new, lambda _, line: (line.where, fact_of(line, vocabulary)))


def all_admitted(facts: Iterable[Fact]) -> Admitted:
    """Return the facts of a collection, each once, of several copies the one recorded first.

    Raise FactError, with every problem, where a ledger would not take all of them, or some are no facts.
    """
    if isinstance(facts, Admitted):
        return facts
    given: tuple[Any, ...] = tuple(facts)
    if others := [
        Problem(f"fact {number}", f"found {type(each).__name__}; allowed: a fact, as `decode_fact` returns it")
        for number, each in enumerate(given, 1)
        if not isinstance(each, Fact)
    ]:
        raise FactError(others)
    admission = _admitted((), given, lambda number, fact: (f"fact {number + 1}", fact))
    if admission.problems:
        raise FactError(admission.problems)
    return Admitted(admission.facts)


def _admitted(existing: Iterable[Line], new: Sequence[E], line_of: Callable[[int, E], Line]) -> Admission[E]:
    """Return what `admitted` does, of entries; `line_of` says where the one of a number is, and its fact.

    It is asked for those alone that bear on others: by their type, or because another has their id.
    """
    old = {fact.id: (place, fact) for place, fact in existing}
    ids = [entry.id for entry in new]
    bearing = {entry.id for entry in new if entry.wire in ADMISSION_TYPES} | (old.keys() & ids)
    if len(set(ids)) < len(ids):
        bearing.update(name for name, count in Counter(ids).items() if count > 1)
    if not bearing:
        return Admission(tuple(new), 0, ())
    lines = {number: line_of(number, new[number]) for number, name in enumerate(ids) if name in bearing}
    kept, already, refused = _by_id(old, lines)
    others = {number for number, _ in refused}
    order = {fact.id: number for number, (_, fact) in reversed(lines.items())}
    while any(fact.wire in ADMISSION_TYPES for _, fact in kept.values()):
        problems = _problems(old, kept, order)
        if not problems:
            break
        for culprit, problem in problems:
            kept.pop(culprit, None)
            refused.append((order[culprit], problem))
    if not already and not refused:
        return Admission(tuple(new), 0, ())
    first = first_recorded(entry for number, entry in enumerate(new) if number not in others)
    good = (entry for name, entry in first.items() if name in kept or name not in bearing)
    return Admission(tuple(good), already, _in_order(refused))


def _in_order(refused: Iterable[tuple[int, Problem]]) -> tuple[Problem, ...]:
    ordered = sorted(refused, key=lambda entry: entry[0])
    return tuple(dict.fromkeys(problem for _, problem in ordered))


# One id, one content ---------------------------------------------------------------------------------------


def _by_id(
    recorded: Mapping[str, Line], new: Mapping[int, Line]
) -> tuple[dict[str, Line], int, list[tuple[int, Problem]]]:
    """Return the new facts by id, how many lines say nothing new, and the problems by the line's number."""
    kept: dict[str, Line] = {}
    refused = []
    already = 0
    for number, (place, fact) in new.items():
        earlier = recorded.get(fact.id) or kept.get(fact.id)
        if earlier is None:
            kept[fact.id] = (place, fact)
        elif content(fact) != content(earlier[1]):
            refused.append((number, Problem(place, _other_content(fact, *earlier))))
        else:
            already += 1
    return kept, already, refused


def _other_content(fact: Fact, place: str, earlier: Fact) -> str:
    here, there = to_wire(fact), to_wire(earlier)
    keys = [key for key in {**there, **here} if key != "recorded_at" and here.get(key) != there.get(key)]
    told = [f"`{key}` is {_shown(there.get(key))} there and {_shown(here.get(key))} here" for key in keys[:3]]
    more = f", and {len(keys) - 3} more differ" if len(keys) > 3 else ""  # noqa: PLR2004 - as many as are told
    return (
        f"field `id`: {fact.id!r} stands already ({place}) with other content: {', '.join(told)}{more}; "
        "allowed: the same content again, or an id of its own"
    )


def _shown(value: Any) -> str:
    if value is None:
        return "absent"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


# What the whole must not contain ---------------------------------------------------------------------------


@frozen
class _Whole:
    """All facts that bear on admission, with the place of each, and where the new ones stand in the input."""

    facts: Mapping[str, Line]
    order: Mapping[str, int]
    retractors: Mapping[str, list[str]]

    def culprit(self, *groups: Iterable[Fact], touched: Iterable[Fact]) -> str | None:
        """Return the last new line of the first group with one, else of what retracts a fact of `touched`."""
        for group in groups:
            new = [fact.id for fact in group if fact.id in self.order]
            if new:
                return max(new, key=lambda name: self.order[name])
        retracting = [name for name in self._retracting(fact.id for fact in touched) if name in self.order]
        return max(retracting, key=lambda name: self.order[name], default=None)

    def named(self, fact: Fact, culprit: str) -> str:
        """Return how a problem of the line `culprit` names a fact."""
        return "this line" if fact.id == culprit else f"{fact.id!r} ({self.facts[fact.id][0]})"

    def problem(self, culprit: str, what: str, allowed: str) -> tuple[str, Problem]:
        """Return a problem of the line `culprit`, which may be a retraction that brought it about."""
        place, fact = self.facts[culprit]
        if isinstance(fact, FactRetracted):
            what, allowed = f"with {fact.target!r} retracted, {what}", "to retract one of the two as well"
        return culprit, Problem(place, f"{what}; allowed: {allowed}")

    def _retracting(self, ids: Iterable[str]) -> list[str]:
        """Return the retractions of any of these facts, the retractions of those, and so on."""
        found: dict[str, None] = {}
        waiting = list(ids)
        while waiting:
            nearer = [name for name in self.retractors.get(waiting.pop(), ()) if name not in found]
            found.update(dict.fromkeys(nearer))
            waiting += nearer
        return list(found)


def _problems(old: Mapping[str, Line], kept: Mapping[str, Line], order: Mapping[str, int]) -> list[tuple[str, Problem]]:
    """Return for each new line that breaks a rule its id and the problem."""
    facts = {name: line for name, line in {**old, **kept}.items() if line[1].wire in ADMISSION_TYPES}
    retractions = [fact for _, fact in facts.values() if isinstance(fact, FactRetracted)]
    retractors: dict[str, list[str]] = {}
    for retraction in retractions:
        retractors.setdefault(retraction.target, []).append(retraction.id)
    whole = _Whole(facts, {name: order[name] for name in kept}, retractors)
    circles = list(_circle_problems(whole, retractions))
    # What stands is only well told once no circle is left.
    if circles:
        return circles
    gone = retracted_ids(retractions)
    return [*_unit_problems(whole, gone), *_residence_problems(whole, gone), *_term_problems(whole, gone)]


def _circle_problems(whole: _Whole, retractions: list[FactRetracted]) -> Iterator[tuple[str, Problem]]:
    for circle in retraction_circles(retractions):
        new = [name for name in circle if name in whole.order]
        if not new:
            continue
        culprit = max(new, key=lambda name: whole.order[name])
        start = circle.index(culprit)
        around = [*circle[start:], *circle[:start], culprit]
        shown = around if len(around) <= _MOST_SHOWN else [*around[: _MOST_SHOWN - 2], "…", culprit]
        told = " retracts ".join(name if name == "…" else repr(name) for name in shown)
        place, _ = whole.facts[culprit]
        what = f"field `target`: a circle of retractions, {told}; allowed: a fact outside it"
        yield culprit, Problem(place, what)


def _unit_problems(whole: _Whole, gone: AbstractSet[str]) -> Iterator[tuple[str, Problem]]:
    units: dict[str, list[UnitEstablished | UnitDissolved]] = {}
    for _, fact in whole.facts.values():
        if isinstance(fact, UnitEstablished | UnitDissolved):
            units.setdefault(fact.unit, []).append(fact)
    for unit, facts in units.items():
        standing = [fact for fact in facts if fact.id not in gone]
        starts = [fact for fact in standing if isinstance(fact, UnitEstablished)]
        for earlier, later in _established_twice(standing):
            culprit = whole.culprit((earlier, later), starts, touched=facts)
            if culprit is None:
                continue
            one, again = (f"on {fact.on} by {whole.named(fact, culprit)}" for fact in (earlier, later))
            what = f"unit {unit!r} is established {one} and again {again}"
            yield whole.problem(culprit, what, "once, or after a `unit_dissolved`")


_Twice = list[tuple[UnitEstablished, UnitEstablished]]


def _established_twice(facts: list[UnitEstablished | UnitDissolved]) -> _Twice:
    """Return the pairs, earlier and later, in which a unit was established while it existed.

    Where a month's day is open the days are taken that make the fewest pairs; the first and last of the month
    and the days on which something else happened are all that can differ. Too many ways make no pair.
    """
    if sum(isinstance(fact, UnitEstablished) for fact in facts) < 2:  # noqa: PLR2004 - a pair
        return []
    edges = {fact.on.first for fact in facts} | {fact.on.last for fact in facts}
    edges |= {add_days(fact.until, 1) for fact in facts if fact.until is not None and fact.until < date.max}
    choices = [[day for day in fact.on.days() if day in edges] for fact in facts]
    fewest: _Twice | None = None
    for tried, days in enumerate(product(*choices)):
        if tried == _MOST_WORLDS:
            return []
        found = _twice_on(zip(days, facts, strict=True))
        if fewest is None or len(found) < len(fewest):
            fewest = found
        if not fewest:
            break
    return fewest or []


def _twice_on(dated: Iterable[tuple[date, UnitEstablished | UnitDissolved]]) -> _Twice:
    found: _Twice = []
    holder: UnitEstablished | None = None
    in_order = sorted(dated, key=lambda entry: (entry[0], entry[1].id))
    for day, group in groupby(in_order, key=lambda entry: entry[0]):
        today = [fact for _, fact in group]
        starts = [fact for fact in today if isinstance(fact, UnitEstablished)]
        ends = len(today) - len(starts)
        if holder is not None and holder.until is not None and holder.until < day:
            holder = None
        # Each dissolution of the day makes room for one establishment more.
        room = ends + (holder is None)
        found += [(holder or starts[0], extra) for extra in islice(starts, room, None)]
        if starts and not ends:
            holder = holder or starts[0]
        elif ends and not starts:
            holder = None
    return found


def _residence_problems(whole: _Whole, gone: AbstractSet[str]) -> Iterator[tuple[str, Problem]]:
    begun: dict[tuple[str, date], ResidenceStarted] = {}
    for _, fact in whole.facts.values():
        if not isinstance(fact, ResidenceStarted) or not fact.on.exact or fact.id in gone:
            continue
        other = begun.setdefault((fact.person, fact.on.first), fact)
        if (other.building, other.room) == (fact.building, fact.room):
            continue
        culprit = whole.culprit((other, fact), touched=(other, fact))
        if culprit is not None:
            told = [f"{f.building}/{f.room} by {whole.named(f, culprit)}" for f in (other, fact)]
            what = f"person {fact.person!r} begins on {fact.on} to live in {told[0]} and in {told[1]}"
            yield whole.problem(culprit, what, "one room a day; leave out the other, or give the day of each")


def _term_problems(whole: _Whole, gone: AbstractSet[str]) -> Iterator[tuple[str, Problem]]:
    named: dict[str, _Declared] = {}
    # A term that shares a day with any before it shares one with the one of them that ends last.
    reach: _Declared | None = None
    for entry in sorted(_declared(whole, gone), key=lambda entry: (entry[0].first, entry[0].last, entry[1].id)):
        term, _ = entry
        if reach is not None and term.first <= reach[0].last:
            allowed = "one that ends before {0.first} or starts after {0.last}"
            yield from _clash(whole, entry, reach, "overlaps {0}", allowed)
        twin = named.get(term.id)
        if twin is not None and twin[0].last < term.first:
            yield from _clash(whole, entry, twin, "has other dates than {0}", "the same dates, or a name of its own")
        named[term.id] = entry
        if reach is None or term.last > reach[0].last:
            reach = entry


_Declared = tuple[Term, TermDeclared]


def _declared(whole: _Whole, gone: AbstractSet[str]) -> Iterable[_Declared]:
    """Return each term that stands, once, with the fact that declares it.

    Of several that declare the same, one that was there before, else the first of the input: a line is to blame
    only where it cannot stand beside the lines before it.
    """
    found: dict[Term, TermDeclared] = {}
    for _, fact in whole.facts.values():
        if isinstance(fact, TermDeclared) and fact.id not in gone:
            either = (found.get(fact.declares, fact), fact)
            found[fact.declares] = min(either, key=lambda each: (whole.order.get(each.id, _BEFORE), each.id))
    return found.items()


def _clash(whole: _Whole, one: _Declared, other: _Declared, what: str, allowed: str) -> Iterator[tuple[str, Problem]]:
    """Yield the problem of two terms that cannot stand together, unless it was there before."""
    pair = (other[1], one[1])
    culprit = whole.culprit(pair, touched=pair)
    if culprit is not None:
        mine, its = (one, other) if culprit == one[1].id else (other, one)
        told = [f"term {t.id!r}, {t.first} to {t.last} by {whole.named(fact, culprit)}" for t, fact in (mine, its)]
        yield whole.problem(culprit, f"{told[0]}, {what.format(told[1])}", allowed.format(its[0]))
