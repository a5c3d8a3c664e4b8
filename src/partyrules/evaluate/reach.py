"""Which duties may be judged part by part: whether all that each reads lies where its bearer does, and why not.

A part holds some bearers and every fact that `partyrules.wide.routes` sends there with them. What a duty reads is
taken from its tree, mention by mention; of whatever cannot be followed it is taken that it may lie anywhere.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Any, Final, Literal

import attrs
from attrs import evolve, frozen

from partyrules.evaluate.mentions import FieldOf, Mention, mentions_of
from partyrules.facts.schema import field_types, is_list, naming_fields, title_of
from partyrules.facts.vocabulary import Fact, Vocabulary
from partyrules.history import CORE_RELATIONS, Relation
from partyrules.language import kernel as k
from partyrules.language import rules as r
from partyrules.language.text import Text
from partyrules.language.tree import walk
from partyrules.packs.pack import Adoption, Bound
from partyrules.time.calendar import Span

# There are few of these, and rules find one from the other.
_COMMON_RELATIONS: Final = ("unit", "building", "facility", "role")
_ABOUT_THE_RECORD: Final = ("register_opened", "register_closed", "term_declared")
COMMON: Final = frozenset(_ABOUT_THE_RECORD).union(
    *({one.started, one.ended or one.started} for one in CORE_RELATIONS if one.name in _COMMON_RELATIONS)
)
"""The fact types of which every part has all facts."""

# What is known of how it reads facts: by the selections inside it, or not at all. Of any other part nothing is known.
_FOLLOWED: Final[frozenset[type]] = frozenset(
    {
        *(k.Always, k.AllOf, k.AnyOf, k.Not, k.Is, k.Holds, k.OnDay, k.SomeDay, k.Age, k.Share, k.Undecided),
        *(k.Compare, k.LatestIs, k.Count, k.Sum, k.MostCovered, k.CountAfterEarly, k.CountFindings, k.Portion),
        *(k.Through, k.Events, k.Holdings, k.Subject, k.Its, k.Trigger, k.AskedStep, k.Given, Span),
        *(r.Bearer, r.Responsible, r.PerPeriod, r.Standing, r.Occasion, r.Triggered, r.Rolling),
        *(r.EndOfSemester, r.WithinDays, r.Within, r.WithinWorkingDays, r.Ahead),
    }
)
_KINDS: Final[Mapping[r.BearerKind, Literal["person", "unit", "building"]]] = {
    "person": "person",
    "named": "person",
    "unit": "unit",
    "building": "building",
}


@frozen(kw_only=True)
class Reach:
    """Whether a duty is judged `by` its persons, units or buildings, each in a part, or over the whole; and why."""

    by: Literal["person", "unit", "building", "whole"]
    why: Text


def is_whole(reach: Reach) -> bool:
    """Tell whether a duty can only be judged over the whole."""
    return reach.by == "whole"


def reaches(adoption: Adoption) -> Mapping[str, Reach]:
    """Return by its id how far each duty of an adoption reaches; over the whole whatever cannot be followed."""
    mentions = mentions_of(adoption)
    places = Placing(adoption.vocabulary, {relation.name: relation for relation in adoption.relations})
    found = {bound.id: _reach(bound, mentions[bound.id], places) for bound in adoption.duties}
    # What counts the findings of a duty reaches as far as that does, at whatever remove.
    settled = False
    while not settled:
        settled = True
        for bound in adoption.duties:
            far = next((name for name in counted_by(bound) if name not in found or is_whole(found[name])), None)
            if far is not None and not is_whole(found[bound.id]):
                found[bound.id] = _whole(Text(f"要计数 {far} 的结论，而该条须就全体核定", f"counts findings on {far}"))
                settled = False
    return found


def counted_by(bound: Bound[r.Duty]) -> Iterator[str]:
    """Yield the full ids of the duties of which a duty counts the findings."""
    for node in walk(bound.rule.requires):
        if isinstance(node, k.CountFindings):
            yield from (name if ":" in name else f"{bound.pack.id}:{name}" for name in node.rules)


def _whole(why: Text) -> Reach:
    return Reach(by="whole", why=why)


def _reach(bound: Bound[r.Duty], mentions: Sequence[Mention], places: "Placing") -> Reach:
    rule = bound.rule
    nodes = list(walk((rule.bearer, rule.per, rule.requires, rule.responsible)))
    for node in nodes:
        if attrs.has(type(node)) and type(node) not in _FOLLOWED:
            name = type(node).__name__
            return _whole(Text(f"含有 {name}，依据哪些记录不明", f"has a part, {name}, that may read anything"))
    kind = _KINDS.get(rule.bearer.kind)
    if kind is None:
        return _whole(Text("承担者的种类未知", "binds bearers of a kind that is not known"))
    places = evolve(places, own=frozenset(map(id, nodes)))
    for mention in mentions:
        if not (places.occurs(mention, rule) if mention.occasion else places.has(mention)):
            what = mention.relation.name if mention.relation is not None else ", ".join(mention.types)
            return _whole(Text(f"所依据的 {what} 不限于承担者", f"reads `{what}` that nothing ties to its bearer"))
    return Reach(
        by=kind,
        why=Text(
            "只依据提及承担者、提及与其直接相关者的记录，以及各部分共有的记录",
            "reads what names its bearer, what names who stands with the bearer, and what every part has",
        ),
    )


# Where what a mention selects lies --------------------------------------------------------------------------------


class Nearness(IntEnum):
    """Where the facts that name something lie: perhaps elsewhere; those with it in a plain field here; all here."""

    FAR = 0
    NEAR = 1
    OWN = 2


@frozen
class Placing:
    """Tells of each mention of a rule whether all that it may select lies in the part of the bearer.

    `own` are the nodes of the rule itself, in which the subject is its bearer; in what is asked of a record it is not.
    """

    vocabulary: Vocabulary
    relations: Mapping[str, Relation]
    own: frozenset[int] = frozenset()

    def has(self, mention: Mention) -> bool:
        """Tell whether the facts or holdings that a mention selects are all there, with what decides their days."""
        if mention.relation is not None:
            relation = mention.relation
            return COMMON.issuperset(filter(None, (relation.started, relation.ended))) or any(
                self._holding(relation, name, self.place(ref)) for name, ref in mention.match
            )
        return (
            self._common(mention)
            or any(self._names(mention.types, name, self.place(ref)) for name, ref in mention.match)
            or (id(mention.node) in self.own and self._tied(mention.node.where, mention.types, k.Its))
        )

    def occurs(self, mention: Mention, rule: r.Duty) -> bool:
        """Tell whether the facts that occasion or trigger a duty are there wherever somebody is whom they may bind."""
        match rule.per:
            case r.Occasion(of=k.Events(match=asked)) | r.Triggered(by=k.Events(match=asked)):
                own = [name for name, want in asked if want == k.SUBJECT]
            case _:
                own = []
        return (
            self._common(mention)
            or any(self._names(mention.types, name, Nearness.OWN) for name in own)
            or self._tied(rule.bearer.scope, mention.types, k.Trigger)
        )

    def place(self, ref: Any) -> Nearness:
        """Return where the facts lie that name what a reference means."""
        if isinstance(ref, k.Subject):
            return Nearness.OWN
        if not isinstance(ref, FieldOf):
            return Nearness.FAR
        within, name = ref
        same = [self.place(wanted) for each, wanted in within.match if each == name and self._plain(within, name)]
        linked = [
            Nearness.NEAR
            for each, wanted in within.match
            if within.relation is not None
            and self.place(wanted) == Nearness.OWN
            and self._linked(within.relation, each, name)
        ]
        return max([*same, *linked], default=Nearness.FAR)

    def _tied(self, condition: k.Condition, types: Sequence[str], term: type[k.Its | k.Trigger]) -> bool:
        """Tell whether facts of these types are where the bearer is, whichever way a condition is true of both.

        `term` is what the condition names fields of the fact by.
        """
        match condition:
            case k.AllOf(parts):
                return any(self._tied(part, types, term) for part in parts)
            case k.AnyOf(parts):
                return bool(parts) and all(self._tied(part, types, term) for part in parts)
            case k.Is(k.Subject(), (k.Its(name) | k.Trigger(name)) as told) | k.Is(
                (k.Its(name) | k.Trigger(name)) as told, k.Subject()
            ):
                return isinstance(told, term) and self._names(types, name, Nearness.OWN)
            case k.Holds(relation, match):
                found = self.relations[relation]
                mine = [name for name, want in match if want == k.SUBJECT]
                return any(
                    self._linked(found, own, name) and self._names(types, want.name, Nearness.NEAR)
                    for name, want in match
                    if isinstance(want, term)
                    for own in mine
                )
        return False

    def _common(self, mention: Mention) -> bool:
        return bool(mention.types) and COMMON.issuperset(mention.types)

    def _names(self, types: Iterable[str], name: str, place: Nearness) -> bool:
        """Tell whether facts of these types that say something in a field are where that is."""
        classes = [self.vocabulary.types[wire] for wire in types]
        if place == Nearness.OWN:
            return all(name in naming_fields(cls) for cls in classes)
        return place == Nearness.NEAR and all(name in scalar_names(cls) for cls in classes)

    def _holding(self, relation: Relation, name: str, place: Nearness) -> bool:
        """Tell whether every fact that bears on the holdings with something in a field is where that is."""
        steady = relation.group or relation.key
        if place == Nearness.FAR or name not in scalar_names(self.vocabulary.types[relation.started]):
            return False
        if place == Nearness.NEAR:
            return name in steady and relation.person in (None, name)
        known = name in steady or any(self._linked(relation, name, other) for other in steady)
        return known and (relation.person in (None, name) or self._linked(relation, name, str(relation.person)))

    def _linked(self, relation: Relation, one: str, other: str) -> bool:
        """Tell whether two fields of what begins a holding name two that stand with each other from then on."""
        plain, people = link_fields(self.vocabulary.types[relation.started])
        return one != other and {one, other} <= {*plain} and (one in people or other in people)

    def _plain(self, mention: Mention, name: str) -> bool:
        wires = mention.types if mention.relation is None else (mention.relation.started,)
        return all(name in scalar_names(self.vocabulary.types[wire]) for wire in wires)


def scalar_names(cls: type[Fact]) -> tuple[str, ...]:
    """Return the fields of a fact type that name one person, unit or building each, in the order of the class."""
    types = field_types(cls)
    return tuple(name for name in naming_fields(cls) if not is_list(types[name]))


def link_fields(cls: type[Fact]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the plain fields by which facts that begin or end something name whom, and those that name people."""
    plain, types = scalar_names(cls), field_types(cls)
    return plain, tuple(name for name in plain if title_of(types[name]) == "person")
