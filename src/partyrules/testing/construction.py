"""Histories built from a rule's own tree: who would be bound by it, and what would fulfil or break it.

The builder only proposes, in an order in which the plainest comes first; the evaluator judges each proposal, so that a
wrong guess costs time and nothing else.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import islice, product
from typing import Any, Final, assert_never

import attrs
from attrs import evolve, frozen

from partyrules.facts.schema import COMMON, choices_of, field_types, is_list, label_of, takes, title_of
from partyrules.facts.vocabulary import Fact
from partyrules.history import Relation, people_in, several
from partyrules.language import kernel as k
from partyrules.language.rules import Duty
from partyrules.language.sugar import LISTED
from partyrules.packs.pack import Adoption
from partyrules.testing.fields import kinds_in, mentioned, others
from partyrules.testing.institution import Facts
from partyrules.time.calendar import CivilDate, Span, add_days, add_span

__all__ = ["Facts"]

Wants = Mapping[str, tuple[Any, ...]]

_MOST_COMBINED: Final = 24
_MOST_KNOWN: Final = 3
_ID_LENGTH: Final = 200
# What some facts rule out can be tried in more ways than anybody waits for.
_MOST_STEPS: Final = 20_000


@frozen
class Place:
    """Where the builder stands: the facts so far, and what the terms of a tree stand for.

    Relations begin on `since`, events happen on one of `days`; `item` is the fact at hand, `trigger` the occasion.
    """

    facts: Facts
    subject: str
    since: date
    days: tuple[date, ...]
    item: Fact | None = None
    trigger: Fact | None = None
    step: str | None = None


Step = Callable[[Place], Iterator[Place]]


# The builder ------------------------------------------------------------------------------------------------


class Builder:
    """Proposes facts that make conditions of one adoption true or false."""

    def __init__(self, adoption: Adoption) -> None:
        self.adoption = adoption
        self.types = adoption.vocabulary.types
        self.relations = {relation.name: relation for relation in adoption.relations}
        self.standings = {standing.wire: standing for standing in adoption.standings}
        self._duties: Mapping[str, Duty] = {bound.id: bound.rule for bound in adoption.duties}
        self._left = _MOST_STEPS

    def begin(self) -> None:
        """Let the builder try as much as it tries for one rule, however much it tried for others."""
        self._left = _MOST_STEPS

    def chain(self, steps: Sequence[Step], at: Place) -> Iterator[Place]:
        """Yield each place to which the steps lead one after the other, as long as not too much was tried."""
        if not steps:
            yield at
            return
        self._left -= 1
        if self._left < 0:
            return
        for reached in steps[0](at):
            yield from self.chain(steps[1:], reached)

    # Conditions --------------------------------------------------------------------------------------------------

    def so(self, condition: k.Condition, at: Place, *, wanted: bool = True) -> Iterator[Place]:
        """Yield places at which the condition could be true or, where that is not `wanted`, false."""
        match k.kernel(condition):
            case (k.AllOf(parts) | k.AnyOf(parts)) as several:
                steps: list[Step] = [partial(self.so, part, wanted=wanted) for part in parts]
                if isinstance(several, k.AllOf) == wanted:
                    yield from self.chain(steps, at)
                else:
                    for step in steps:
                        yield from step(at)
            case k.Not(part):
                yield from self.so(part, at, wanted=not wanted)
            case k.SomeDay(part):
                yield from self.so(part, at, wanted=wanted)
            case k.Is() if condition == LISTED:
                yield from _listed(at, present=wanted)
            case k.Is() as asked:
                yield from self._equal(asked, at) if wanted else self._unequal(asked, at)
            case k.Holds() as held:
                yield from self._held(held, at) if wanted else self._not_held(held, at)
            case k.Compare() | k.LatestIs() | k.Share():
                yield from self._recorded(condition, at) if wanted else self._otherwise(condition, at)
            case k.Always() | k.Undecided() as settled:
                # Nothing is false of the one, and nothing decides the other.
                if isinstance(settled, k.Always) == wanted:
                    yield at
            case k.OnDay() | k.Age():
                yield at
            case other:
                assert_never(other)

    def _held(self, condition: k.Holds, at: Place) -> Iterator[Place]:
        if not isinstance(age := condition.where, k.Age):
            yield from self.holding(condition.relation, condition.match, condition.where, at)
            return
        for since in _long_enough(at.days[-1], at.since, age.least, age.most):
            for reached in self.holding(condition.relation, condition.match, k.Always(), evolve(at, since=since)):
                yield evolve(reached, since=at.since)

    def _not_held(self, condition: k.Holds, at: Place) -> Iterator[Place]:
        yield at
        if not isinstance(age := condition.where, k.Age):
            yield from self._presumed_otherwise(self.relations[condition.relation], condition.match, at)
            return
        for since in _too_short_or_long(at.days[-1], age.least, age.most):
            for reached in self.holding(condition.relation, condition.match, k.Always(), evolve(at, since=since)):
                yield evolve(reached, since=at.since)

    def _recorded(self, condition: k.Condition, at: Place) -> Iterator[Place]:
        """Yield places at which a condition on records or numbers could be true."""
        match condition:
            case k.Share(part_name, whole, (above, out_of)):
                yield from _with(at, {whole: out_of + above, part_name: out_of + above})
            case k.Compare(tally, None | int() as least, most) if not isinstance(most, k.Portion):
                for number in (0, 1, 2) if least is None else (least,):
                    yield from self.amount(tally, number, at)
            case k.Compare(tally, k.Portion() as part) | k.Compare(tally, None, k.Portion() as part):
                # What the tally counts may be among the whole, or not.
                ways = ((1, 0), (part.numerator, part.denominator - part.numerator), (0, part.denominator))
                for number, others_too in (*ways, (part.denominator, part.denominator)):
                    for reached in self.amount(tally, number, at):
                        yield from self.amount(part.of, others_too, reached)
            case k.Compare(tally, least) if not isinstance(least, int | k.Portion | None):
                for number in (0, 1, 2):
                    for reached in self.amount(least, number, at):
                        yield from self.amount(tally, number, reached)
            case k.LatestIs(of, name, value, _):
                yield from self.event(of, at, fixed={name: (value,)})

    def _otherwise(self, condition: k.Condition, at: Place) -> Iterator[Place]:
        """Yield places at which a condition on records or numbers could be false."""
        match condition:
            case k.Share(part_name, whole, (_, out_of)):
                yield from _with(at, {whole: out_of, part_name: 0})
            case k.Compare(tally, least, most):
                yield at
                if isinstance(most, int):
                    yield from self.amount(tally, most + 1, at)
                for limit in (least, most):
                    against = limit.of if isinstance(limit, k.Portion) else limit
                    if against is not None and not isinstance(against, int):
                        yield from self.amount(against, 1, at)
                        yield from self._one_apart(against, tally, at)
                yield from self.amount(tally, 1, at)
                if isinstance(tally, k.Count) and isinstance(of := tally.of, k.Events):
                    for fact in self._named(self._wants(of.match, at), of, at):
                        for reached in self.so(of.where, evolve(at, item=fact), wanted=False):
                            yield evolve(reached, item=_again(at.item, reached))
            case k.LatestIs(of, name, value, adverse):
                yield at
                different = others(self.types[of.types[0]], name, (value,))
                yield from self.event(of, at, fixed={name: (*(a for a in adverse if a != value), *different)})

    def _equal(self, condition: k.Is, at: Place) -> Iterator[Place]:
        term: Any = condition.term
        options: k.Operand = condition.options
        values, wanted = self.values(term, at), self.values(options, at)
        if any(value in wanted for value in values):
            yield at
        elif isinstance(term, k.Its | k.Trigger):
            for value in wanted:
                yield from _with(at, {term.name: value}, trigger=isinstance(term, k.Trigger))
        elif isinstance(options, k.Its | k.Trigger):
            for value in values:
                yield from _with(at, {options.name: value}, trigger=isinstance(options, k.Trigger))

    def _unequal(self, condition: k.Is, at: Place) -> Iterator[Place]:
        term: Any = condition.term
        values, wanted = self.values(term, at), self.values(condition.options, at)
        if not any(value in wanted for value in values) and (values or condition.waits_for is None):
            yield at
        if isinstance(term, k.Its | k.Trigger):
            held = at.trigger if isinstance(term, k.Trigger) else at.item
            for value in others(type(held), term.name, wanted) if held is not None else ():
                yield from _with(at, {term.name: value}, trigger=isinstance(term, k.Trigger))

    def _presumed_otherwise(self, relation: Relation, match: k.Match, at: Place) -> Iterator[Place]:
        """Yield places where what is presumed of somebody is recorded to be something else."""
        if relation.presumed is None:
            return
        keys = {name: self.values(want, at) for name, want in match if name not in relation.presumed}
        for name, want in match:
            if name in relation.presumed:
                wants = {**keys, name: others(self.types[relation.started], name, self.values(want, at))}
                for fact in self.facts_like(relation.started, wants, at, day=at.since):
                    yield evolve(at, facts=(*at.facts, fact))

    # Terms -------------------------------------------------------------------------------------------------------

    def values(self, operand: k.Operand, at: Place) -> tuple[Any, ...]:
        """Return the values that an operand stands for, none where the field it names is empty."""
        match operand:
            case k.Subject():
                value: Any = at.subject
            case k.Its(name):
                value = self.value(at.item, name)
            case k.Trigger(name):
                value = self.value(at.trigger, name)
            case k.AskedStep():
                value = at.step
            case _:
                value = operand
        return () if isinstance(value, k.Given) else several(value)

    def value(self, fact: Fact | None, name: str) -> Any:
        """Return a field of a fact, or what the relation that it starts derives from it."""
        if fact is None:
            return None
        for relation in self.relations.values():
            if relation.started == fact.wire and name in relation.derived:
                return relation.derive(name, fact)
        return getattr(fact, name, None)

    def _wants(self, match: k.Match, at: Place) -> dict[str, tuple[Any, ...]]:
        return {name: self.values(want, at) for name, want in match if not isinstance(want, k.Given)}

    # Facts -------------------------------------------------------------------------------------------------------

    def facts_like(
        self,
        wire: str,
        wants: Wants,
        at: Place,
        *,
        day: date,
        mentions: Iterable[str] = (),
        kinds: Mapping[str, str] | None = None,
        nth: int = 0,
    ) -> Iterator[Fact]:
        """Yield facts of a type whose fields have the wanted values; of several alike, the one numbered `nth`.

        Fields that something `mentions` get a value too: one that is known already, or an invented one named
        after its `kinds`.
        """
        cls = self.types[wire]
        hints = field_types(cls)
        if not wants.keys() <= hints.keys():
            return
        choices: dict[str, list[Any]] = {}
        for attribute in attrs.fields(cls):
            name, hint = attribute.name, hints[attribute.name]
            if name in wants and name not in COMMON:
                options = list(wants[name])
                turned = [*options[nth % len(options) :], *options[: nth % len(options)]] if options else []
                choices[name] = [(option,) for option in turned] if is_list(hint) else turned
            elif name not in COMMON and (attribute.default is attrs.NOTHING or name in mentions):
                label = (kinds or {}).get(name) or label_of(name, hint)
                choices[name] = self._candidates(name, hint, at, label=label, fresh_first=nth > 0, day=day)
        for picked in islice(product(*choices.values()), _MOST_COMBINED):
            fields = dict(zip(choices, picked, strict=True))
            try:
                yield cls(id=_id_of(wire, fields, day, at), on=CivilDate(day, day), **fields)
            except ValueError:
                continue

    def _candidates(self, name: str, hint: Any, at: Place, *, label: str, fresh_first: bool, day: date) -> list[Any]:
        usual: dict[str, list[Any]] = {"flag": [True, False], "number": [1], "day": [day]}
        usual["date"] = [CivilDate(day, day)]
        found = [*choices_of(hint)] or usual.get(takes(hint), [])
        if not found and takes(hint) == "text":
            known = list(dict.fromkeys(self._known(name, hint, at)))[-_MOST_KNOWN:]
            fresh = _fresh(label, at)
            found = [fresh, *known] if fresh_first else [*known, fresh]
            if title_of(hint) is None:
                found += [value for value in self._derived(at) if value not in found][-_MOST_KNOWN:]
        return [(value,) for value in found] if is_list(hint) else found

    def _known(self, name: str, hint: Any, at: Place) -> Iterator[Any]:
        """Yield the values that fields of the same meaning have in the facts so far."""
        title = title_of(hint)
        for fact in at.facts:
            for other, its_hint in field_types(type(fact)).items():
                if other in COMMON or (title_of(its_hint) != title if title else other != name):
                    continue
                yield from several(getattr(fact, other))

    def _derived(self, at: Place) -> Iterator[str]:
        """Yield what relations derive from the facts so far: the place where somebody lives, say."""
        for fact in at.facts:
            for relation in self.relations.values():
                if relation.started == fact.wire:
                    yield from (relation.derive(name, fact) for name in relation.derived)

    # Selections and tallies ----------------------------------------------------------------------------------------

    def event(
        self, of: k.Events, at: Place, *, fixed: Wants | None = None, also: k.Condition | None = None, nth: int = 0
    ) -> Iterator[Place]:
        """Yield places with one more fact that the selection selects; `also` is to be true of it besides."""
        where = of.where if also is None else k.AllOf((of.where, also))
        wants = {**self._wants(of.match, at), **(fixed or {})}
        if named := self._named(wants, of, at):
            # Which fact is meant is said, so that it can only be one of those that there are.
            given = {name: value for name, (value, *_) in (fixed or {}).items()}
            for placed in (filled for fact in named for filled in _with(evolve(at, item=fact), given)):
                for reached in self.chain([partial(self.so, where), self._stood], placed):
                    yield evolve(reached, item=_again(at.item, reached))
            return
        mentions, kinds = mentioned(where), kinds_in(where)
        for day in (*at.days[nth % len(at.days) :], *at.days[: nth % len(at.days)]):
            for wire in of.types:
                for fact in self.facts_like(wire, wants, at, day=day, mentions=mentions, kinds=kinds, nth=nth):
                    placed = evolve(at, facts=(*at.facts, fact), item=fact)
                    steps: list[Step] = [partial(self.so, where), self._stood]
                    for reached in self.chain(steps, placed):
                        yield evolve(reached, item=_again(at.item, reached))

    def _named(self, wants: Wants, of: k.Events, at: Place) -> list[Fact]:
        """Return the recorded facts of these types whose id is the wanted one; none where no id is wanted."""
        ids = wants.get("id", ())
        return [fact for fact in at.facts if fact.id in ids and fact.wire in of.types]

    def _stood(self, at: Place) -> Iterator[Place]:
        """Yield places at which whoever made the fact at hand had standing to."""
        standing = self.standings.get(at.item.wire) if at.item is not None else None
        if standing is None:
            yield at
            return
        about = evolve(at, subject=getattr(at.item, standing.about))
        for reached in self.so(k.AllOf(tuple(test for test, _ in standing.tests)), about):
            yield evolve(reached, subject=at.subject)

    def holding(
        self,
        relation: str,
        match: k.Match,
        where: k.Condition,
        at: Place,
        *,
        also: k.Condition | None = None,
        nth: int = 0,
        varied: str | None = None,
    ) -> Iterator[Place]:
        """Yield places at which a holding of the relation matches; the `nth` of several, told apart by `varied`."""
        for name in (want.name for _, want in match if isinstance(want, k.Its) and not self.values(want, at)):
            # What the item at hand left out, and the holding is to name as well, is put in.
            hint = None if at.item is None else field_types(type(at.item)).get(name)
            if hint is not None:
                for filled in _with(at, {name: _fresh(label_of(name, hint), at)}):
                    yield from self.holding(relation, match, where, filled, also=also, nth=nth, varied=varied)
                return
        kind = self.relations[relation]
        wants = self._wants(match, at)
        started = [fact for fact in at.facts if fact.wire == kind.started]
        if kind.presumed is not None and not any(getattr(f, n) in v for f in started for n, v in wants.items()):
            presumed = {name: wants[name] for name in wants.keys() & kind.presumed.keys()}
            named = any(person in wants.get(kind.key[0], ()) for fact in at.facts for person in people_in(fact))
            # Only of somebody whom a fact names is anything presumed.
            if all(kind.presumed[name] in values for name, values in presumed.items()) and named:
                yield at
                return
        whole = where if also is None else k.AllOf((where, also))
        for fact in started if nth == 0 else ():
            placed = self._fitted(fact, wants, at)
            if placed is not None:
                yield from self._where(whole, placed, at)
        fields = field_types(self.types[kind.started]).keys()
        mentions, kinds = mentioned(whole), {**kinds_in(whole), **_own_kind(wants, kind)}
        likes = self.facts_like(
            kind.started,
            {name: values for name, values in wants.items() if name in fields},
            at,
            day=at.since,
            mentions={*mentions, *((varied,) if varied else ())},
            kinds=kinds,
            nth=nth,
        )
        for fact in likes:
            if not any(all(getattr(fact, n) == getattr(old, n) for n in kind.key) for old in started):
                yield from self._where(whole, evolve(at, facts=(*at.facts, fact), item=fact), at)

    def _fitted(self, fact: Fact, wants: Wants, at: Place) -> Place | None:
        """Return the place where a recorded start matches, what it leaves open filled in; None where it does not."""
        missing: dict[str, Any] = {}
        for name, values in wants.items():
            value = self.value(fact, name)
            if value in values or (isinstance(value, tuple) and set(value) & set(values)):
                continue
            if value is not None or not values or name not in field_types(type(fact)):
                return None
            missing[name] = values[0]
        return next(_with(evolve(at, item=fact), missing), None)

    def _where(self, where: k.Condition, placed: Place, at: Place) -> Iterator[Place]:
        for reached in self.so(where, placed):
            yield evolve(reached, item=_again(at.item, reached))

    def amount(self, tally: k.Tally, number: int, at: Place) -> Iterator[Place]:
        """Yield places at which the tally could come to the number."""
        if number <= 0:
            yield at
            return
        match tally:
            case k.CountAfterEarly(of):
                yield from self._events(of, number, at)
            case k.Count(of=k.Holdings(relation, match, where), distinct=distinct, if_sole=sole):
                also = sole if number == 1 else None
                varied = distinct if isinstance(distinct, str) else None
                steps: list[Step] = [
                    partial(self.holding, relation, match, where, also=also, nth=n, varied=varied)
                    for n in range(number)
                ]
                yield from self.chain(steps, at)
            case k.Count(if_sole=sole):
                for selection in tally.selections:
                    if isinstance(selection, k.Events):
                        yield from self._events(selection, number, at, also=sole if number == 1 else None)
            case k.Sum(name, of):
                for selection in of:
                    # What may not be credited to one day may be to several.
                    yield from _in_turn(
                        self._summed(name, selection, number, at, shares=shares)
                        for shares in range(1, min(number, len(at.days)) + 1)
                    )
            case k.MostCovered(name, among, of):
                for reached in self.event(of, at, fixed={name: (among[0],)}):
                    fact = reached.facts[-1]
                    yield from _with(evolve(reached, item=fact), {name: among[:number]}, whole=True)
            case k.CountFindings():
                yield from self._found(tally, number, at)
            case _:
                assert_never(tally)

    def _events(self, of: k.Events, number: int, at: Place, *, also: k.Condition | None = None) -> Iterator[Place]:
        # Each further event takes the next of the values that a field may have, so that they are distinct.
        steps: list[Step] = [partial(self.event, of, also=also, nth=n) for n in range(number)]
        return self.chain(steps, at)

    def _summed(self, name: str, of: k.Events, number: int, at: Place, *, shares: int) -> Iterator[Place]:
        """Yield places at which so many facts, of different days, come to the number together."""
        part = -(-number // shares)
        return self.chain([partial(self.event, of, fixed={name: (part,)}, nth=n) for n in range(shares)], at)

    def _one_apart(self, whole: k.Tally, tally: k.Tally, at: Place) -> Iterator[Place]:
        """Yield places with one more that the whole counts and the tally does not."""
        match whole, tally:
            case k.Count(of=k.Events() as of), k.Count(of=k.Events(where=where)):
                yield from self.event(of, at, also=k.Not(where))

    def _found(self, tally: k.CountFindings, number: int, at: Place) -> Iterator[Place]:
        """Yield places at which other duties of the subject are kept, or broken, so often."""
        kept = "satisfied" in tally.statuses
        for name in tally.rules:
            duty = self._duties[name]
            if (of := duty.per.occasions) is None:
                yield from self._bound_and(duty, at, kept=kept)
            else:
                steps: list[Step] = [partial(self._one_found, duty, of, nth=n, kept=kept) for n in range(number)]
                yield from self.chain(steps, at)

    def _one_found(self, duty: Duty, of: k.Events, at: Place, *, nth: int, kept: bool) -> Iterator[Place]:
        for placed in self.event(of, at, nth=nth):
            new = [fact for fact in placed.facts if fact.wire in of.types and fact not in at.facts]
            occasion = evolve(placed, trigger=new[0] if new else None)
            for reached in self._bound_and(duty, occasion, kept=kept):
                yield evolve(reached, trigger=_again(at.trigger, reached))

    def _bound_and(self, duty: Duty, at: Place, *, kept: bool) -> Iterator[Place]:
        required = partial(self.so, duty.requires, wanted=kept)
        return self.chain([partial(self.so, duty.bearer.scope), required], at)


# Helpers on places ------------------------------------------------------------------------------------------


def _long_enough(day: date, since: date, least: Span | None, most: Span | None) -> Iterator[date]:
    """Yield days from which a time that ends on `day` is long enough and not too long; `since` is the last of them."""
    if least is not None:
        yield add_span(day, -least)
        yield add_days(add_span(day, -least), -3)
    if most is not None:
        yield add_span(day, -most)
        yield add_days(day, -1)
    yield since


def _too_short_or_long(day: date, least: Span | None, most: Span | None) -> Iterator[date]:
    """Yield days from which a time that ends on `day` is too short, or too long."""
    if least is not None:
        yield add_days(add_span(day, -least), 1)
    if most is not None:
        yield add_days(add_span(day, -most), -1)
        yield add_days(add_span(day, -most), -400)


def _in_turn(ways: Iterable[Iterator[Place]]) -> Iterator[Place]:
    """Yield the first place of each way, then the second of each, and so on."""
    left = [*ways]
    while left:
        found = [(way, next(way, None)) for way in left]
        left = [way for way, place in found if place is not None]
        yield from (place for _, place in found if place is not None)


def _again(fact: Fact | None, at: Place) -> Fact | None:
    """Return the fact as it stands among the facts now, for it may have been filled in."""
    if fact is None:
        return None
    return next((now for now in at.facts if now.id == fact.id), fact)


def _with(at: Place, values: Mapping[str, Any], *, trigger: bool = False, whole: bool = False) -> Iterator[Place]:
    """Yield the place where the fact at hand, or the trigger, has these values."""
    old = at.trigger if trigger else at.item
    if old is None or not values.keys() <= field_types(type(old)).keys():
        return
    hints = field_types(type(old))
    made: dict[str, Any] = {
        name: (value,) if is_list(hints[name]) and not whole and not isinstance(value, tuple) else value
        for name, value in values.items()
    }
    try:
        new = evolve(old, **made)
    except ValueError:
        return
    facts = tuple(new if fact.id == old.id else fact for fact in at.facts)
    item, occasion = (new if held is not None and held.id == old.id else held for held in (at.item, at.trigger))
    yield evolve(at, facts=facts, item=item, trigger=occasion)


def _listed(at: Place, *, present: bool) -> Iterator[Place]:
    """Yield the place where the occasion lists the subject as there, or lists others only."""
    attended = getattr(at.trigger, "attended", None) or ()
    rest = tuple(who for who in attended if who != at.subject)
    yield from _with(at, {"attended": (*rest, at.subject) if present else rest}, trigger=True)


def _fresh(label: str, at: Place) -> str:
    used = {at.subject}
    for fact in at.facts:
        for name in field_types(type(fact)):
            used.update(one for one in several(getattr(fact, name)) if isinstance(one, str))
    number = 1
    while f"{label}-{number}" in used:
        number += 1
    return f"{label}-{number}"


def _id_of(wire: str, fields: Mapping[str, Any], day: date, at: Place) -> str:
    told = [str(one) for value in fields.values() for one in several(value)]
    stem = " ".join((wire, *told, str(day)))[: _ID_LENGTH - 4]
    used = {fact.id for fact in at.facts}
    return next(name for n in range(len(used) + 1) if (name := stem if n == 0 else f"{stem} #{n + 1}") not in used)


def _own_kind(wants: Wants, relation: Relation) -> dict[str, str]:
    kind = wants.get("kind", ())
    return {relation.key[0]: kind[0]} if kind and isinstance(kind[0], str) and relation.key[0] not in wants else {}
