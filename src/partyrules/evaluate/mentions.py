"""What a rule reads: each selection of facts or holdings in its tree, and how its fields lead to the bearer."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple, Protocol

import attrs
from attrs import evolve, frozen

from partyrules.evaluate.pipeline import explanation
from partyrules.history import Relation, several
from partyrules.language import kernel as k
from partyrules.language.rules import Duty, Occasion, PerPeriod, Standing, Triggered
from partyrules.language.standing import UNDECLARED
from partyrules.packs.pack import Adoption, Bound

DECISIONS: Final = ""
"""Stands for the decisions where a rule's id stands for its findings."""
_REGISTER: Final = ("register_closed", "register_opened")
_ABSENCE: Final = ("person_registered", "person_left")
# What the opening or closure of a register asks about a person: the branches that they belong to.
_BRANCHES: Final = k.holds("membership", person=k.SUBJECT, where=k.holds("unit", unit=k.its("unit")))


class Said(Protocol):
    """What a fact says, asked field by field."""

    @property
    def wire(self) -> str:
        """The fact's type."""

    def values(self, name: str) -> tuple[Any, ...] | None:
        """Return the value of a field, the entries of a list, nothing where it is empty; None if it cannot be told."""


class FieldOf(NamedTuple):
    """A field of the enclosing fact or holding."""

    mention: "Mention"
    name: str


Ref = k.Subject | frozenset[Any] | FieldOf | None
"""What a field has to be: the bearer, one of some constants, another's field; None for what evaluating would tell."""


@frozen(eq=False, kw_only=True)
class Mention:
    """One selection of facts, or of holdings of a relation, somewhere in the tree of a rule.

    `occasion` marks the facts that occasion or trigger a duty: whom they bind, the duty's scope has to say. `counted`
    are the selections of which together a duty asks for a number.
    """

    rule: str
    node: k.Events | k.Holds | k.Holdings
    relation: Relation | None
    match: tuple[tuple[str, Ref], ...]
    occasion: bool = False
    counted: bool = False

    @property
    def types(self) -> tuple[str, ...]:
        """The types of the facts, none of holdings."""
        return self.node.types if isinstance(self.node, k.Events) else ()

    def steady(self, wire: str) -> tuple[str, ...]:
        """Return the fields that a fact of that type has in common with the holdings whose days it changes.

        There are none where it changes them because nothing holds of a person who has left.
        """
        relation = self.relation
        if relation is None or (wire in _ABSENCE and wire not in (relation.started, relation.ended)):
            return ()
        return relation.group or relation.key

    def may_match(self, said: Said) -> bool:
        """Tell whether the constants leave room for a fact, or for it to begin or end what is selected."""
        names = None if self.relation is None else self.steady(said.wire)
        return all(leaves_room(ref, said.values(name)) for name, ref in self.match if names is None or name in names)


def leaves_room(ref: Ref, said: tuple[Any, ...] | None) -> bool:
    """Tell whether a field that says this may be what it has to be, so far as constants tell."""
    return not isinstance(ref, frozenset) or not said or not ref.isdisjoint(said)


def wires_of(mention: Mention) -> set[str]:
    """Return the types of the facts that bear on a mention."""
    relation = mention.relation
    if relation is None:
        return set(mention.types)
    ended = () if relation.ended is None else (relation.ended,)
    return {relation.started, *ended, *(() if relation.person is None else _ABSENCE)}


def by_wire(mentions: Iterable[Mention]) -> Mapping[str, tuple[Mention, ...]]:
    """Return mentions by the types of the facts that bear on them."""
    found: dict[str, tuple[Mention, ...]] = {}
    for mention in mentions:
        found |= {wire: (*found.get(wire, ()), mention) for wire in wires_of(mention)}
    return found


def mentions_of(adoption: Adoption) -> Mapping[str, tuple[Mention, ...]]:
    """Return by the id of each duty what it reads, and what its meaning implies; of decisions under `DECISIONS`."""
    walks = _Walk(adoption)
    found = {bound.id: tuple(_of_duty(walks, bound)) for bound in adoption.duties}
    return {**found, DECISIONS: tuple(walks.mentions(DECISIONS, tuple(_decided_by(adoption))))}


class _Walk:
    """Walks the trees of one adoption."""

    def __init__(self, adoption: Adoption) -> None:
        self._relations: Final = {relation.name: relation for relation in adoption.relations}
        self._standings: Final = {standing.wire: standing for standing in adoption.standings}

    def mentions(
        self, rule: str, node: Any, subject: Ref = k.SUBJECT, item: Mention | None = None
    ) -> Iterator[Mention]:
        """Yield every mention in a tree, in which `subject` and the fields of `item` mean what is given."""
        match node:
            case k.Count(of, distinct, if_sole):
                first, *others = self.mentions(rule, of, subject, item)
                yield from (first, *others)
                yield from self.mentions(rule, (distinct, if_sole), subject, first)
            case k.Events() | k.Holds() | k.Holdings():
                made = self.mention(rule, node, subject, item)
                yield made
                yield from self.within(made, subject)
            case tuple():
                for part in node:
                    yield from self.mentions(rule, part, subject, item)
            case _ if attrs.has(type(node)):
                for attribute in attrs.fields(type(node)):
                    yield from self.mentions(rule, getattr(node, attribute.name), subject, item)

    def mention(self, rule: str, node: k.Events | k.Holds | k.Holdings, subject: Ref, item: Mention | None) -> Mention:
        """Return the mention that a selection is."""
        match = tuple((name, _ref(want, subject, item)) for name, want in node.match)
        relation = None if isinstance(node, k.Events) else self._relations[node.relation]
        return Mention(rule=rule, node=node, relation=relation, match=match)

    def within(self, made: Mention, subject: Ref) -> Iterator[Mention]:
        """Yield what decides whether what a mention selects counts."""
        yield from self.mentions(made.rule, made.node.where, subject, made)
        for wire in made.types:
            if (standing := self._standings.get(wire)) is not None:
                yield from self.mentions(made.rule, standing.tests, FieldOf(made, standing.about), made)


def _ref(want: k.Operand, subject: Ref, item: Mention | None) -> Ref:
    match want:
        case k.Subject():
            return subject
        case k.Its(name):
            return None if item is None else FieldOf(item, name)
        case str() | int() | tuple():
            return frozenset(several(want))
    return None


def _of_duty(walks: _Walk, bound: Bound[Duty]) -> Iterator[Mention]:
    rule, kind, per = bound.rule, bound.rule.bearer.kind, bound.rule.per
    implied: list[Any] = [rule.bearer.scope, rule.bearer.each]
    if kind in ("person", "named"):
        implied.append(k.holds("registration", person=k.SUBJECT))
    if kind == "person":
        implied += [k.holds("stage", person=k.SUBJECT), k.holds("leave", person=k.SUBJECT)]
    if kind in ("unit", "building"):
        implied.append(k.Holds(kind, ((kind, k.SUBJECT),)))
    if rule.modality == "normally":
        implied.append(k.events("judgement_made", clause=bound.id, about=k.SUBJECT, outcome="explained"))
    yield from walks.mentions(bound.id, tuple(implied))
    requires = rule.requires
    if isinstance(per, PerPeriod) and isinstance(per.grain, k.Given):
        # Of no period nothing is asked but how much it would be.
        yield from walks.mentions(bound.id, (requires.least, requires.most) if isinstance(requires, k.Compare) else ())
    else:
        tally = requires.tally if isinstance(requires, k.Compare) else None
        counted = tally.selections if isinstance(tally, k.Count) else ()
        for made in walks.mentions(bound.id, requires):
            yield evolve(made, counted=True) if any(made.node is node for node in counted) else made
    item: Mention | None = None
    for step in () if rule.responsible is None else rule.responsible.steps:
        item = walks.mention(bound.id, step, k.SUBJECT, item)
        yield item
    if not isinstance(per, Standing) and kind != "building":
        # Which register bears on it; an occasion lies before its opening, and waits for no closure.
        branches = () if kind == "unit" else tuple(walks.mentions(bound.id, _BRANCHES))
        yield from branches
        wires = _REGISTER[1:] if isinstance(per, Occasion) else _REGISTER
        of_unit = k.Events(wires, (("unit", k.its("unit") if branches else k.SUBJECT),))
        yield walks.mention(bound.id, of_unit, k.SUBJECT, branches[0] if branches else None)
    if isinstance(per, Occasion | Triggered):
        of = per.of if isinstance(per, Occasion) else per.by
        occasion = evolve(walks.mention(bound.id, of, None, None), occasion=True)
        yield occasion
        yield from walks.within(occasion, None)


def _decided_by(adoption: Adoption) -> Iterator[Any]:
    """Yield the trees by which decisions are made."""
    yield from (k.holds("registration", person=k.SUBJECT), k.holds("stage", person=k.SUBJECT))
    for standing in adoption.standings:
        # Whatever names a stage or step may name one that there is not, which leaves the decisions of its person open.
        if any(reason in UNDECLARED for _, reason in standing.tests):
            yield k.Events((standing.wire,), ((standing.about, k.SUBJECT),))
    for bound in adoption.requirements:
        yield from (bound.rule.when, bound.rule.requires)
        if bound.rule.modality == "normally":
            yield explanation(bound.id)
    yield from (veto.rule.vetoes for veto in adoption.vetoes)
