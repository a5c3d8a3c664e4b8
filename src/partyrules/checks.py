"""What looks wrong in the facts without being refused: misspelt kinds, ends without a start, the same thing twice."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Any, Final

import attrs

from partyrules.errors import nearest
from partyrules.expressions import Events, Holdings, Holds, Is, Its, Match, walk
from partyrules.facts import Fact, FactRetracted
from partyrules.packs import Adoption, Pack
from partyrules.retractions import retracted_ids
from partyrules.rules import Duty, Requirement, Rule
from partyrules.standing import RecordStanding

__all__ = ["doubts"]

# The field of each fact type that names a kind; kinds are open strings, which packs declare by reading them.
_KINDS: Final = {
    "unit_established": "kind",
    "role_started": "role",
    "meeting_held": "meeting",
    "activity_held": "activity",
    "document_filed": "document",
    "training_completed": "course",
    "certificate_issued": "certificate",
    "review_completed": "review",
    "link_started": "link",
    "facility_opened": "facility",
}
_MOST_SHOWN: Final = 5
# Fields by which two records of one thing may differ.
_ABOUT_THE_RECORD: Final = ("id", "recorded_at", "recorded_by", "note")


def doubts(facts: Iterable[Fact], adoption: Adoption, *, others: Iterable[Pack] = ()) -> tuple[str, ...]:
    """Return one line for each thing that is likely a slip; retracted facts are passed over.

    A kind that one of the `others`, packs not adopted here, reads is told of, but taken for no misspelling.
    """
    every = tuple(facts)
    gone = retracted_ids(fact for fact in every if isinstance(fact, FactRetracted))
    standing = [fact for fact in every if fact.id not in gone]
    return (
        *_unread_kinds(standing, adoption, tuple(others)),
        *_ends_without_start(standing, adoption),
        *_same_again(standing),
    )


# Kinds -----------------------------------------------------------------------------------------------------


def _unread_kinds(facts: list[Fact], adoption: Adoption, others: tuple[Pack, ...]) -> Iterator[str]:
    starts = {relation.name: relation.started for relation in adoption.relations}
    read = _kinds_read(adoption.packs, adoption.standings, starts)
    elsewhere = _kinds_read(others, (), starts)
    found: Counter[tuple[str, str]] = Counter()
    for fact in facts:
        name = _KINDS.get(fact.wire)
        if name is not None and read.get(fact.wire):
            kind = getattr(fact, name)
            if kind not in read[fact.wire]:
                found[fact.wire, kind] += 1
    unlike = []
    for (wire, kind), number in sorted(found.items()):
        near = None if kind in elsewhere[wire] else nearest(kind, read[wire])
        told = f"{wire} `{kind}` ({number})"
        if near:
            yield f"no adopted pack reads {told}; did you mean `{near}`?"
        else:
            unlike.append(told)
    if unlike:
        yield f"no adopted pack reads {', '.join(unlike)}"


def _kinds_read(
    packs: Iterable[Pack], standings: Iterable[RecordStanding], starts: Mapping[str, str]
) -> dict[str, set[str]]:
    """Return for each fact type the kinds of it that some rule, judgement or standing reads."""
    read: dict[str, set[str]] = {wire: set() for wire in _KINDS}
    for pack in packs:
        read["unit_established"] |= {clause.judges for clause in pack.document.clauses if clause.judges}
        for rule in pack.rules:
            for node in walk(_tree(rule)):
                for wire, match in _matches(node, starts):
                    read[wire].update(_constants(match, _KINDS[wire]))
    for standing in standings:
        for node in walk(tuple(test for test, _ in standing.tests)):
            for wire, match in _matches(node, starts):
                read[wire].update(_constants(match, _KINDS[wire]))
    return read


def _tree(rule: Rule) -> tuple[Any, ...]:
    if isinstance(rule, Duty):
        return (rule.bearer, rule.per, rule.requires)
    return (rule.when, rule.requires) if isinstance(rule, Requirement) else (rule.vetoes,)


def _matches(node: Any, starts: Mapping[str, str]) -> Iterator[tuple[str, Match]]:
    """Yield what a node of a tree asks of the fields of each type that has kinds."""
    if isinstance(node, Events):
        wires: tuple[str, ...] = node.types
    elif isinstance(node, Holds | Holdings):
        # A relation of a pack's own has no kinds that are known here.
        wires = (starts.get(node.relation, ""),)
    else:
        return
    # A test of the kind may stand in `where` as well.
    tests = [part for part in walk(node.where) if isinstance(part, Is)]
    tested = tuple((part.term.name, part.options) for part in tests if isinstance(part.term, Its))
    for wire in wires:
        if wire in _KINDS:
            yield wire, (*node.match, *tested)


def _constants(match: Match, name: str) -> Iterator[str]:
    for field, wanted in match:
        if field == name:
            for leaf in walk(wanted):
                if isinstance(leaf, str):
                    yield leaf


# Relations and copies --------------------------------------------------------------------------------------


def _ends_without_start(facts: list[Fact], adoption: Adoption) -> Iterator[str]:
    # Somebody never registered may leave: they are taken as a registered student.
    pairs = [relation for relation in adoption.relations if relation.ended and relation.presumed is None]
    by_end = {relation.ended: relation for relation in pairs}
    by_start = {relation.started: relation for relation in pairs}
    started: dict[tuple[Any, ...], Any] = {}
    for fact in facts:
        relation = by_start.get(fact.wire)
        if relation is not None:
            key = (relation.name, *(getattr(fact, name, None) for name in relation.key))
            started[key] = min(started.get(key, fact.on), fact.on)
    lone = []
    for fact in facts:
        relation = by_end.get(fact.wire)
        if relation is not None:
            key = (relation.name, *(getattr(fact, name, None) for name in relation.key))
            if key not in started or started[key].first > fact.on.last:
                lone.append(f"{fact.id} ({fact.wire})")
    if lone:
        yield f"ends without a start, ignored ({len(lone)}): {_listed(lone)}"


def _same_again(facts: list[Fact]) -> Iterator[str]:
    said: dict[tuple[Any, ...], list[str]] = {}
    for fact in facts:
        said.setdefault((fact.wire, *_content(type(fact))(fact)), []).append(fact.id)
    same = [" = ".join(ids) for ids in said.values() if len(ids) > 1]
    if same:
        yield f"alike in type, day and fields, under several ids ({len(same)}): {_listed(same)}"


_CONTENTS: Final[dict[type[Fact], Callable[[Fact], tuple[Any, ...]]]] = {}


def _content(cls: type[Fact]) -> Callable[[Fact], tuple[Any, ...]]:
    if cls not in _CONTENTS:
        names = [each.name for each in attrs.fields(cls) if each.name not in _ABOUT_THE_RECORD]
        _CONTENTS[cls] = attrgetter(*names)
    return _CONTENTS[cls]


def _listed(entries: list[str]) -> str:
    more = f", … and {len(entries) - _MOST_SHOWN} more" if len(entries) > _MOST_SHOWN else ""
    return ", ".join(entries[:_MOST_SHOWN]) + more
