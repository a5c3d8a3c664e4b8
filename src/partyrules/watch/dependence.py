"""Whom a fact can concern: for each rule, which fact types it reads, and which of their fields leads to the bearer.

Every answer errs on the side of too many; `None` stands for everybody.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Protocol

import attrs
from attrs import evolve, frozen

from partyrules.evaluate.pipeline import explanation
from partyrules.facts.schema import value_of
from partyrules.facts.vocabulary import Fact, Vocabulary
from partyrules.history import History, Relation, several
from partyrules.language.kernel import (
    SUBJECT,
    Always,
    Compare,
    Condition,
    Count,
    CountFindings,
    Events,
    Holdings,
    Holds,
    Its,
    Operand,
    events,
    holds,
)
from partyrules.language.rules import Duty, Occasion, PerPeriod, Requirement, Rolling, Rule, Standing, Triggered, Veto
from partyrules.language.standing import UNDECLARED, RecordStanding
from partyrules.language.tree import walk
from partyrules.packs.pack import Adoption, Bound
from partyrules.store.columns import field_kinds

__all__ = [
    "DECISIONS",
    "EVERYBODY",
    "Among",
    "Anything",
    "Dependence",
    "FieldOf",
    "Mention",
    "Said",
    "Subjects",
    "TheBearer",
    "Tracing",
    "mentions_of",
    "wires_of",
]

DECISIONS: Final = ""
"""Stands for the decisions where a rule's id stands for its findings."""
EVERYBODY: Final = None

Subjects = set[str] | None
# What the opening or closure of a register asks about a person: the branches that they belong to.
_BRANCHES: Final = holds("membership", person=SUBJECT, where=holds("unit", unit=Its("unit")))
_ABSENCE: Final = ("person_registered", "person_left")


class Said(Protocol):
    """What a fact says, asked field by field."""

    @property
    def wire(self) -> str:
        """The fact's type."""

    def values(self, name: str) -> tuple[Any, ...] | None:
        """Return the value of a field, the entries of a list, nothing where it is empty; None if it cannot be told."""


# What a tree mentions ----------------------------------------------------------------------------------------------


@frozen
class TheBearer:
    """The subject of the rule."""


@frozen
class Among:
    """One of these constants."""

    values: frozenset[Any]


@frozen(eq=False)
class FieldOf:
    """A field of the enclosing fact or holding."""

    mention: "Mention"
    name: str


@frozen
class Anything:
    """Something that cannot be told without evaluating."""


_Ref = TheBearer | Among | FieldOf | Anything


@frozen(eq=False, kw_only=True)
class Mention:
    """One selection of facts (of `types`), or of holdings of a relation, somewhere in the tree of a rule.

    `occasion` marks the facts that occasion or trigger a duty: whom they bind, the duty's scope has to say. `counted`
    is the selection of which a duty asks for a number, `closing` what is only asked about where a register was closed,
    or opened.
    """

    rule: str
    types: tuple[str, ...] = ()
    relation: Relation | None = None
    match: tuple[tuple[str, _Ref], ...] = ()
    node: Any = None
    occasion: bool = False
    counted: bool = False
    closing: bool = False

    def may_match(self, said: Said) -> bool:
        """Tell whether the constants leave room for a fact; for a holding only those count that make its group."""
        relation = self.relation
        steady: tuple[str, ...] | None = None
        if relation is not None:
            steady = () if _is_absence(relation, said) else relation.group or relation.key
        return all(
            _leaves_room(ref, said.values(name))
            for name, ref in self.match
            if isinstance(ref, Among) and (steady is None or name in steady)
        )


def _is_absence(relation: Relation, said: Said) -> bool:
    """Tell whether a fact bears on a relation because nothing holds of a person who has left."""
    return said.wire in _ABSENCE and said.wire not in (relation.started, relation.ended)


def _leaves_room(ref: Among, said: tuple[Any, ...] | None) -> bool:
    return said is None or any(value in ref.values for value in said)


class _Walk:
    """Walks the trees of one adoption."""

    def __init__(self, adoption: Adoption) -> None:
        self.relations: Final = {relation.name: relation for relation in adoption.relations}
        self.standings: Final = {standing.wire: standing for standing in adoption.standings}
        self.naming_stages: Final = [
            (each.wire, each.about)
            for each in adoption.standings
            if any(reason in UNDECLARED for _, reason in each.tests)
        ]

    def mentions(
        self, rule: str, node: Any, subject: _Ref, item: Mention | None, *, closing: bool = False
    ) -> Iterator[Mention]:
        """Yield every mention in a tree, in which `subject` and the fields of `item` mean what is given."""
        match node:
            case Count(of, distinct, if_sole):
                inner = list(self.mentions(rule, of, subject, item))
                yield from inner
                yield from self.mentions(rule, (distinct, if_sole), subject, inner[0])
            case Events() | Holds() | Holdings():
                yield from self._selection(rule, node, subject, item, closing=closing)
            case tuple():
                for part in node:
                    yield from self.mentions(rule, part, subject, item, closing=closing)
            case _ if attrs.has(type(node)):
                for attribute in attrs.fields(type(node)):
                    yield from self.mentions(rule, getattr(node, attribute.name), subject, item, closing=closing)

    def _selection(
        self, rule: str, node: Any, subject: _Ref, item: Mention | None, *, closing: bool
    ) -> Iterator[Mention]:
        made = self.mention(rule, node, subject, item, closing=closing)
        yield made
        where: Condition = getattr(node, "where", Always())
        yield from self.mentions(rule, where, subject, made, closing=closing)
        yield from self.standing(made)

    def chain(self, rule: str, steps: Iterable[Holdings]) -> Iterator[Mention]:
        """Yield the mentions of holdings of which each is found from the one before."""
        item: Mention | None = None
        for step in steps:
            item = self.mention(rule, step, TheBearer(), item)
            yield item

    def standing(self, made: Mention) -> Iterator[Mention]:
        """Yield what decides whether the facts of a mention count at all."""
        for wire in made.types:
            standing: RecordStanding | None = self.standings.get(wire)
            if standing is not None:
                yield from self.mentions(made.rule, standing.tests, FieldOf(made, standing.about), made)

    def mention(
        self,
        rule: str,
        node: Any,
        subject: _Ref,
        item: Mention | None,
        *,
        occasion: bool = False,
        closing: bool = False,
    ) -> Mention:
        """Return the mention that a selection is."""
        return Mention(
            rule=rule,
            types=node.types if isinstance(node, Events) else (),
            relation=None if isinstance(node, Events) else self.relations[node.relation],
            match=tuple((name, _ref(want, subject, item)) for name, want in node.match),
            node=node,
            occasion=occasion,
            closing=closing,
        )


def _ref(want: Operand, subject: _Ref, item: Mention | None) -> _Ref:
    if want == SUBJECT:
        return subject
    if isinstance(want, Its):
        return Anything() if item is None else FieldOf(item, want.name)
    if isinstance(want, str | int | tuple):
        return Among(frozenset(several(want)))
    return Anything()


# What each rule depends on -------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Dependence:
    """What the rules of an adoption read: mentions by the fact types that bear on them, and by rule.

    `readers` are the rules that read each rule's findings, at whatever remove; `timed` the duties that the closure
    of the register bears on, `recorded` those that its opening bears on; `presumed` the mentions of what holds of
    everybody who is named.
    """

    adoption: Adoption
    by_wire: Mapping[str, tuple[Mention, ...]]
    readers: Mapping[str, tuple[str, ...]]
    timed: tuple[Bound[Duty], ...]
    recorded: tuple[Bound[Duty], ...]
    presumed: tuple[Mention, ...]

    @staticmethod
    def of(adoption: Adoption) -> "Dependence":
        """Return what the rules of an adoption depend on."""
        mentions = [mention for found in mentions_of(adoption).values() for mention in found]
        mentions += _of_decisions(_Walk(adoption), (*adoption.requirements, *adoption.vetoes))
        by_wire: dict[str, list[Mention]] = {}
        for mention in mentions:
            for wire in dict.fromkeys(wires_of(mention)):
                by_wire.setdefault(wire, []).append(mention)
        return Dependence(
            adoption=adoption,
            by_wire={wire: tuple(found) for wire, found in by_wire.items()},
            readers=_readers(adoption),
            timed=tuple(b for b in adoption.duties if isinstance(b.rule.per, PerPeriod | Rolling | Triggered)),
            recorded=tuple(b for b in adoption.duties if not isinstance(b.rule.per, Standing)),
            presumed=tuple(m for m in mentions if m.relation is not None and m.relation.presumed is not None),
        )


def mentions_of(adoption: Adoption) -> Mapping[str, tuple[Mention, ...]]:
    """Return by the id of each duty every selection in its tree, and those that its meaning implies."""
    walks = _Walk(adoption)
    return {bound.id: tuple(_of_duty(walks, bound)) for bound in adoption.duties}


def _of_duty(walks: _Walk, bound: Bound[Duty]) -> Iterator[Mention]:
    rule, kind, per = bound.rule, bound.rule.bearer.kind, bound.rule.per
    implied: list[Condition] = [holds("registration", person=SUBJECT)] if kind in ("person", "named") else []
    if kind == "person":
        implied += [holds("stage", person=SUBJECT), holds("leave", person=SUBJECT)]
    if kind in ("unit", "building"):
        implied.append(Holds(kind, ((kind, SUBJECT),)))
    explained = events("judgement_made", clause=bound.id, about=SUBJECT, outcome="explained")
    trees = (rule.bearer.scope, rule.bearer.each, *implied)
    yield from walks.mentions(bound.id, trees, TheBearer(), None)
    required = list(walks.mentions(bound.id, rule.requires, TheBearer(), None))
    if isinstance(rule.requires, Compare) and isinstance(rule.requires.tally, Count):
        required[0] = evolve(required[0], counted=True)
    yield from required
    if rule.responsible is not None:
        yield from walks.chain(bound.id, rule.responsible.steps)
    if rule.modality == "normally":
        yield from walks.mentions(bound.id, explained, TheBearer(), None)
    if not isinstance(per, Standing) and kind in ("person", "named"):
        yield from walks.mentions(bound.id, _BRANCHES, TheBearer(), None, closing=True)
    if isinstance(per, Occasion | Triggered):
        of = per.of if isinstance(per, Occasion) else per.by
        occasion = walks.mention(bound.id, of, Anything(), None, occasion=True)
        yield occasion
        yield from walks.mentions(bound.id, of.where, Anything(), occasion)
        yield from walks.standing(occasion)


def _of_decisions(walks: _Walk, rules: Iterable[Bound[Requirement] | Bound[Veto]]) -> Iterator[Mention]:
    trees: list[Any] = [holds("registration", person=SUBJECT), holds("stage", person=SUBJECT)]
    # Whatever names a stage or step may name one that there is not, which leaves the decisions of its person open.
    trees += [Events((wire,), ((about, SUBJECT),)) for wire, about in walks.naming_stages]
    for bound in rules:
        match bound.rule:
            case Requirement(when=when, requires=requires, modality=modality):
                trees += [when, requires, *([explanation(bound.id)] if modality == "normally" else [])]
            case Veto(vetoes=vetoes):
                trees.append(vetoes)
    yield from walks.mentions(DECISIONS, tuple(trees), TheBearer(), None)


def wires_of(mention: Mention) -> Iterator[str]:
    """Yield the fact types that bear on what a mention selects."""
    yield from mention.types
    if mention.relation is not None:
        yield mention.relation.started
        if mention.relation.ended is not None:
            yield mention.relation.ended
        if mention.relation.person is not None:
            yield from _ABSENCE


def _readers(adoption: Adoption) -> Mapping[str, tuple[str, ...]]:
    reads: dict[str, set[str]] = {}
    rules: tuple[Bound[Rule], ...] = (*adoption.duties, *adoption.requirements, *adoption.vetoes)
    for bound in rules:
        reader = bound.id if isinstance(bound.rule, Duty) else DECISIONS
        for node in walk(bound.rule):
            for name in node.rules if isinstance(node, CountFindings) else ():
                reads.setdefault(name, set()).add(reader)

    def all_of(rule: str, seen: set[str]) -> set[str]:
        for reader in reads.get(rule, set()) - seen:
            seen.add(reader)
            all_of(reader, seen)
        return seen

    return {rule: tuple(sorted(all_of(rule, set()))) for rule in reads}


# From a fact to the bearers ------------------------------------------------------------------------------------------

_Values = Callable[[str], tuple[Any, ...] | None]
"""What a fact or holding that some mention selects, or might, says in a field; None where that cannot be told."""


class Tracing:
    """Follows the fields of facts to the bearers of a rule; `bound_by` says whom an occasion binds, or did."""

    def __init__(self, history: History, vocabulary: Vocabulary, bound_by: Callable[[str, str], Subjects]) -> None:
        self.history: Final = history
        self.vocabulary: Final = vocabulary
        self.bound_by: Final = bound_by

    def subjects(self, mention: Mention, said: Said) -> Subjects:
        """Return whom a fact that came, or went, can concern through a mention that it may match."""
        if mention.occasion:
            return self._bound(mention, said.values("id"))
        relation = mention.relation
        if relation is None:
            return self._of_one(mention, said.values)
        absent = _is_absence(relation, said)
        person = relation.person if absent else None
        steady = relation.group or relation.key if person is None else (person,)
        for name, ref in mention.match:
            if isinstance(ref, TheBearer) and name in steady:
                return _as_set(said.values(name if person is None else "person"))
        starts = self._starts(relation, said, absent=absent)
        return EVERYBODY if starts is None else self._of_all(mention, starts)

    def recorded_for(self, duties: Iterable[Bound[Duty]], said: Said) -> Iterator[tuple[str, Subjects]]:
        """Yield of these duties whose findings a closure or opening of the register may decide."""
        units = said.values("unit") or ()
        members = {
            person
            for unit in units
            for fact in self.history.facts_where("membership_started", "unit", unit)
            for person in several(getattr(fact, "person", None))
        }
        for bound in duties:
            kind = bound.rule.bearer.kind
            if not units:
                yield bound.id, EVERYBODY
            elif kind == "unit":
                yield bound.id, set(units)
            elif kind != "building":
                yield bound.id, members

    def _starts(self, relation: Relation, said: Said, *, absent: bool) -> list[_Values] | None:
        """Return what may begin a holding whose days the fact changes; None where that cannot be told."""
        fields = relation.group or relation.key
        by = relation.person or fields[0]
        key = said.values("person" if absent else by)
        if key is None or len(key) != 1 or self._kind(relation.started, by) != "code":
            return None
        found = self.history.facts_where(relation.started, by, key[0])
        if not absent:
            found = tuple(f for f in found if all(several(getattr(f, n, None)) == said.values(n) for n in fields))
        items: list[_Values] = [_of_start(relation, fact) for fact in found]
        if said.wire == relation.started:
            items.append(lambda name: None if name in relation.derived else said.values(name))
        if relation.presumed is not None:
            items.append(_of_values({by: key[0], **relation.presumed}))
        return items

    def _of_all(self, mention: Mention, items: Iterable[_Values]) -> Subjects:
        return _united(self._of_one(mention, item) for item in items)

    def _of_one(self, mention: Mention, item: _Values) -> Subjects:
        """Return whom one fact or holding can concern."""
        if not all(_leaves_room(ref, item(name)) for name, ref in mention.match if isinstance(ref, Among)):
            return set()
        for name, ref in mention.match:
            if isinstance(ref, TheBearer):
                return _as_set(item(name))
        for name, ref in mention.match:
            if isinstance(ref, FieldOf):
                said = item(name)
                return EVERYBODY if said is None else _united(self._of_outer(ref, value) for value in said)
        return EVERYBODY

    def _of_outer(self, ref: FieldOf, value: Any) -> Subjects:
        """Return whom the enclosing facts or holdings concern that say the value in a field."""
        outer, name = ref.mention, ref.name
        if outer.relation is not None:
            if name in outer.relation.derived:
                return EVERYBODY
            held = self.history.holdings_where(outer.relation.name, name, value)
            return self._of_all(outer, [_of_values(one.values) for one in held])
        facts: list[Fact] = []
        for wire in outer.types:
            if name == "id":
                facts += [fact for fact in [self.history.by_id.get(value)] if fact is not None and fact.wire == wire]
            elif self._kind(wire, name) in ("code", "codes"):
                facts += self.history.facts_where(wire, name, value)
            else:
                return EVERYBODY
        if outer.occasion:
            return self._bound(outer, tuple(fact.id for fact in facts))
        return self._of_all(outer, [_of_fact(fact) for fact in facts])

    def _bound(self, mention: Mention, ids: tuple[Any, ...] | None) -> Subjects:
        return EVERYBODY if ids is None else _united(self.bound_by(mention.rule, fact_id) for fact_id in ids)

    def _kind(self, wire: str, name: str) -> str | None:
        return field_kinds(self.vocabulary.types[wire]).get(name)


def _united(parts: Iterable[Subjects]) -> Subjects:
    found: set[str] = set()
    for part in parts:
        if part is None:
            return EVERYBODY
        found |= part
    return found


def _as_set(said: tuple[Any, ...] | None) -> Subjects:
    return EVERYBODY if said is None else set(said)


def _of_fact(fact: Fact) -> _Values:
    return lambda name: several(value_of(fact, name))


def _of_start(relation: Relation, fact: Fact) -> _Values:
    return lambda name: several(relation.derive(name, fact) if name in relation.derived else value_of(fact, name))


def _of_values(values: Mapping[str, Any]) -> _Values:
    return lambda name: several(values.get(name))
