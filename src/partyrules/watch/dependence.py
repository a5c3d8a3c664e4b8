"""Whom a fact can concern: how its fields lead to the bearers of the rules that read it.

Every answer errs on the side of too many; `EVERYBODY` stands for all.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from attrs import frozen

from partyrules.evaluate.mentions import DECISIONS, FieldOf, Mention, by_wire, leaves_room, mentions_of, wires_of
from partyrules.facts.schema import value_of
from partyrules.history import History, Seen, several
from partyrules.language.kernel import CountFindings, Subject
from partyrules.language.rules import Duty
from partyrules.language.tree import walk
from partyrules.packs.pack import Adoption

EVERYBODY: Final = None
Subjects = set[str] | None


@frozen(kw_only=True)
class Dependence:
    """What the rules of an adoption read: the mentions by the fact types that bear on them.

    `holding` are the types that bear on what holds, of whatever relation; `readers` the rules that read each rule's
    findings, at whatever remove; `presumed` the mentions of what holds of everybody who is named.
    """

    by_wire: Mapping[str, tuple[Mention, ...]]
    holding: frozenset[str]
    readers: Mapping[str, frozenset[str]]
    presumed: tuple[Mention, ...]

    @staticmethod
    def of(adoption: Adoption) -> "Dependence":
        """Return what the rules of an adoption depend on."""
        mentions = [mention for found in mentions_of(adoption).values() for mention in found]
        return Dependence(
            by_wire=by_wire(mentions),
            holding=frozenset(wire for each in mentions if each.relation is not None for wire in wires_of(each)),
            readers=_readers(adoption),
            presumed=tuple(m for m in mentions if m.relation is not None and m.relation.presumed is not None),
        )


def _readers(adoption: Adoption) -> Mapping[str, frozenset[str]]:
    reads: dict[str, set[str]] = {}
    for bound in adoption.rules:
        reader = bound.id if isinstance(bound.rule, Duty) else DECISIONS
        for node in walk(bound.rule):
            for name in node.rules if isinstance(node, CountFindings) else ():
                reads.setdefault(name, set()).add(reader)

    def all_of(rule: str, seen: frozenset[str]) -> frozenset[str]:
        for reader in reads.get(rule, set()) - seen:
            seen = all_of(reader, seen | {reader})
        return seen

    return {rule: all_of(rule, frozenset()) for rule in reads}


_Values = Callable[[str], tuple[Any, ...]]
"""What a fact or holding that some mention selects, or might, says in a field."""


class Tracing:
    """Follows the fields of facts to the bearers of a rule; `bound_by` says whom an occasion binds, or did."""

    def __init__(self, history: History, bound_by: Callable[[str, str], Subjects]) -> None:
        self.history: Final = history
        self.bound_by: Final = bound_by

    def subjects(self, mention: Mention, fact: Seen) -> Subjects:
        """Return whom a fact that came, or went, can concern through a mention that it may match."""
        relation, values = mention.relation, _values_of(fact)
        if mention.occasion:
            return self.bound_by(mention.rule, fact.id)
        if relation is None:
            return self._of_one(mention, values)
        steady = mention.steady(fact.wire)
        for name, ref in mention.match:
            if isinstance(ref, Subject) and name in (steady or (relation.person,)):
                return set(values(name if steady else "person"))
        # What may begin a holding whose days the fact changes: another of its group, itself, or nothing at all.
        by = steady[0] if steady else relation.person or ""
        key = values(by if steady else "person") or (None,)
        if len(key) > 1:
            return EVERYBODY
        begun: list[Any] = [fact] if fact.wire == relation.started else []
        begun += (
            start
            for start in self.history.facts_where(relation.started, by, *key)
            if all(several(value_of(start, name)) == values(name) for name in steady)
        )
        items = [_values_of(one, {name: relation.derive(name, one) for name in relation.derived}) for one in begun]
        if relation.presumed is not None:
            items.append(_values_of(None, {by: key[0], **relation.presumed}))
        return _united(self._of_one(mention, item) for item in items)

    def named(self, mention: Mention, person: str) -> Subjects:
        """Return whom it concerns that somebody is named first, or no longer, of whom something is presumed."""
        relation = mention.relation
        if relation is None:
            return set()
        by = (relation.group or relation.key)[0]
        return self._of_one(mention, _values_of(None, {by: person, **(relation.presumed or {})}))

    def _of_one(self, mention: Mention, item: _Values) -> Subjects:
        """Return whom one fact or holding can concern."""
        if not all(leaves_room(ref, item(name)) for name, ref in mention.match):
            return set()
        for name, ref in mention.match:
            if isinstance(ref, Subject):
                return set(item(name))
        for name, ref in mention.match:
            if isinstance(ref, FieldOf):
                return _united(self._of_outer(ref, value) for value in item(name))
        return EVERYBODY

    def _of_outer(self, ref: FieldOf, value: Any) -> Subjects:
        """Return whom those facts or holdings concern that say the value in a field."""
        outer, name = ref
        if outer.relation is not None:
            if name in outer.relation.derived:
                return EVERYBODY
            held = self.history.holdings_where(outer.relation.name, name, value)
            return _united(self._of_one(outer, _values_of(None, one.values)) for one in held)
        facts = [fact for wire in outer.types for fact in self._saying(wire, name, value)]
        if outer.occasion:
            return _united(self.bound_by(outer.rule, fact.id) for fact in facts)
        return _united(self._of_one(outer, _values_of(fact)) for fact in facts)

    def _saying(self, wire: str, name: str, value: Any) -> Iterable[Seen]:
        if name != "id":
            return self.history.facts_where(wire, name, value)
        found = self.history.by_id.get(value)
        return () if found is None or found.wire != wire else (found,)


def _united(parts: Iterator[Subjects]) -> Subjects:
    found: set[str] = set()
    for part in parts:
        if part is None:
            return EVERYBODY
        found |= part
    return found


def _values_of(fact: Seen | None, besides: Mapping[str, Any] | None = None) -> _Values:
    """Return what a fact says, or what is known besides."""
    known = besides or {}
    return lambda name: several(known.get(name) if fact is None or name in known else value_of(fact, name))
