"""Whom some records can concern, rule by rule: whatever is undone of the others, a finding stays as it is."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

import numpy as np

from partyrules.answers.blocks import Array
from partyrules.evaluate.mentions import Mention, by_wire, mentions_of
from partyrules.evaluate.reach import (
    COMMON,
    Nearness,
    Placing,
    counted_by,
    is_whole,
    link_fields,
    reaches,
    scalar_names,
)
from partyrules.facts.schema import naming_fields
from partyrules.facts.vocabulary import (
    FactRetracted,
    PersonLeft,
    PersonRegistered,
    RegisterClosed,
    RegisterOpened,
    TermDeclared,
)
from partyrules.packs.pack import Adoption
from partyrules.store.columns import CodeColumn
from partyrules.store.index import Glimpse, index_of
from partyrules.store.projection import Projection

_REGISTRATION: Final = (PersonRegistered.wire, PersonLeft.wire)
_REGISTER: Final = (RegisterOpened.wire, RegisterClosed.wire)


class Concern:
    """Tells which of some records can bear on a finding of an adoption, erring on the side of too many.

    `records` are the places of facts of a projection; a retraction bears on what that bears on which it retracts.
    `named` are the people whom facts name that stand without any of the records.
    """

    def __init__(
        self, projection: Projection, adoption: Adoption, records: Iterable[int], *, named: frozenset[str]
    ) -> None:
        self._projection: Final = projection
        self._adoption: Final = adoption
        self._mentions: Final = mentions_of(adoption)
        self._reaches: Final = reaches(adoption)
        self._places: Final = Placing(adoption.vocabulary, {relation.name: relation for relation in adoption.relations})
        self._duties: Final = {bound.id: bound for bound in adoption.duties}
        self._rules: Final[dict[str, _Concerned]] = {}
        self._records: Final = {number: seen for number in records if (seen := self._acting_on(number)) is not None}
        retracted = (fact for number, fact in self._records.items() if fact.id != projection.columns.ids[number])
        # Who may no longer be there by a record, or be there without it.
        self._named: Final = named.difference(*(fact.people() for fact in retracted))

    def records(self, rule: str, subject: str) -> frozenset[int]:
        """Return the records that can bear on what is found on a rule about a subject."""
        if rule not in self._rules:
            self._rules[rule] = self._concerned(rule)
        found = self._rules[rule]
        around = (found.around.get(name, ()) for name in (subject, *self._near(subject)))
        return frozenset(found.everybody).union(found.own.get(subject, ()), *around)

    def _acting_on(self, number: int) -> Glimpse | None:
        """Return the fact that a record says something by, or takes away; None where that is not there."""
        index, seen = index_of(self._projection), set[int]()
        while number not in seen:
            seen.add(number)
            fact = index.glimpse(number)
            if fact.wire != FactRetracted.wire:
                return fact
            number = self._projection.columns.numbers.get(fact.target, number)
        return None

    def _concerned(self, rule: str) -> "_Concerned":
        found = _Concerned()
        if rule not in self._duties:
            return found
        if is_whole(self._reaches[rule]):
            found.everybody |= self._records.keys()
            return found
        mentions = by_wire(self._read(rule, set()))
        for number, fact in self._records.items():
            if fact.wire == TermDeclared.wire or (fact.wire in _REGISTER and not fact.values("unit")):
                found.everybody.add(number)
                continue
            if not self._named.issuperset(fact.people()):
                # Somebody is there by it, or no longer.
                self._whoever(found, number, fact)
            for mention in mentions.get(fact.wire, ()):
                if mention.may_match(fact):
                    self._by(mention, found, number, fact)
        return found

    def _read(self, rule: str, seen: set[str]) -> Iterator[Mention]:
        """Yield what a rule reads, and the rules of which it counts the findings."""
        if rule in seen or rule not in self._duties:
            return
        seen.add(rule)
        yield from self._mentions[rule]
        for counted in counted_by(self._duties[rule]):
            yield from self._read(counted, seen)

    def _by(self, mention: Mention, found: "_Concerned", number: int, fact: Glimpse) -> None:
        """Note whom a fact concerns through a mention that it may match."""
        names = [name for name, _ in mention.match]
        if (relation := mention.relation) is not None:
            steady = mention.steady(fact.wire)
            names = [name for name in names if name in (steady or (relation.person,))]
            of_person = None if steady else "person"
        else:
            of_person = None
        placed = {name: self._places.place(ref) for name, ref in mention.match}
        for place, known in ((Nearness.OWN, found.own), (Nearness.NEAR, found.around)):
            for name in names:
                if placed[name] == place:
                    for value in fact.values(of_person or name):
                        known.setdefault(value, set()).add(number)
                    return
        common = mention.types if relation is None else tuple(filter(None, (relation.started, relation.ended)))
        if COMMON.issuperset(common) or (fact.wire in _REGISTRATION and not self._offices.isdisjoint(fact.people())):
            found.everybody.add(number)
        else:
            self._whoever(found, number, fact)

    def _whoever(self, found: "_Concerned", number: int, fact: Glimpse) -> None:
        """Note whomever a fact names, and whoever stands with one that it names alone in a field."""
        cls = self._adoption.vocabulary.types.get(fact.wire)
        if cls is None:
            # No rule reads it; who is named by it is there.
            for person in fact.people():
                found.own.setdefault(person, set()).add(number)
            return
        for names, known in ((naming_fields(cls), found.own), (scalar_names(cls), found.around)):
            for name in names:
                for value in fact.values(name):
                    known.setdefault(value, set()).add(number)

    # Who stands with whom ----------------------------------------------------------------------------------------

    def _near(self, subject: str) -> Iterable[str]:
        texts = self._projection.columns.strings
        code = texts.find(subject)
        one, other = self._pairs
        if code is None:
            return ()
        start, end = one.searchsorted((code, code + 1))
        return [texts.texts[each] for each in other[start:end].tolist()]

    @cached_property
    def _pairs(self) -> tuple[Array, Array]:
        """The codes of any two that some fact ever made stand with each other, in both orders."""
        pairs = [np.empty((0, 2), np.int64)]
        for wire, plain, people in self._links():
            for one in people:
                for other in plain:
                    if one != other:
                        both = np.stack((self._codes(wire, one), self._codes(wire, other)), axis=1).astype(np.int64)
                        pairs += [both, both[:, ::-1]]
        found = np.unique(np.concatenate(pairs), axis=0)
        return found[:, 0], found[:, 1]

    @cached_property
    def _offices(self) -> frozenset[str]:
        """Whoever has, or had, an office that all parts of an audit must know of."""
        texts = self._projection.columns.strings.texts
        return frozenset(
            texts[code]
            for wire, _, people in self._links()
            if wire in COMMON
            for name in people
            for code in np.unique(self._codes(wire, name)).tolist()
            if code >= 0
        )

    def _links(self) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
        types = self._adoption.vocabulary.types
        wires = [wire for one in self._adoption.relations for wire in (one.started, one.ended) if wire is not None]
        return ((wire, *link_fields(types[wire])) for wire in wires if wire in self._projection.columns.tables)

    def _codes(self, wire: str, name: str) -> Array:
        column = self._projection.columns.tables[wire].fields[name]
        assert isinstance(column, CodeColumn)  # noqa: S101 - of a field that names one
        return column.codes.array


class _Concerned:
    """Records by whom they concern: everybody, who is named, whoever stands with who is named."""

    def __init__(self) -> None:
        self.everybody: set[int] = set()
        self.own: dict[str, set[int]] = {}
        self.around: dict[str, set[int]] = {}
