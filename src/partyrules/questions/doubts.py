"""What looks wrong in the facts without being refused: misspelt names, ends without a start, the same thing twice."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import attrs
import numpy as np

from partyrules.errors import nearest
from partyrules.errors.visible import visible
from partyrules.facts.schema import FURTHER
from partyrules.facts.vocabulary import JudgementMade
from partyrules.history import Relation
from partyrules.language.kernel import Events, Holdings, Holds, Is, Its
from partyrules.language.kinds import KINDS, field_of_kinds, kind_field
from partyrules.language.rules import Duty, PerPeriod, Rolling, tree_of
from partyrules.language.standing import RecordStanding
from partyrules.language.tree import walk
from partyrules.packs.pack import Adoption, Pack, clauses_judged
from partyrules.questions.slips import ByType, listed, slips
from partyrules.questions.sources import Source, projected
from partyrules.store.columns import NO_DAY
from partyrules.store.standing import StandingFacts, standing_facts

# Leave of every kind excuses, so that no kind of it is unread.
_READ_WHATEVER: Final = "leave_started"


def doubts(source: Source, adoption: Adoption, *, others: Iterable[str] = ()) -> tuple[str, ...]:
    """Return one line for each thing that is likely a slip; retracted facts are passed over.

    A kind that the core names is told of where no adopted pack reads it, but taken for no misspelling. A judgement on
    one of the `others`, ids of packs not adopted here, is no slip. Raise FactError where a collection holds what a
    ledger would refuse.
    """
    projection = projected(source)
    standing = standing_facts(projection)
    return (
        *slips(standing, adoption, projection.columns),
        *_unread_kinds(standing, adoption),
        *_judging_nothing(standing.get(JudgementMade.wire), adoption, frozenset(others)),
        *_ends_without_start(standing, adoption),
        *_same_again(standing),
    )


# Kinds -----------------------------------------------------------------------------------------------------


def _unread_kinds(facts: ByType, adoption: Adoption) -> Iterator[str]:
    starts = {relation.name: relation.started for relation in adoption.relations}
    kinds = _fields_of_kinds(adoption)
    read = _kinds_read(adoption.packs, adoption.standings, starts, kinds)
    found: Counter[tuple[str, str]] = Counter()
    for wire, given in facts.items():
        name = kinds.get(wire)
        if name is not None and read.get(wire):
            # Of what is of several kinds each is read.
            for field in (name, *filter(None, [FURTHER.get((wire, name))])):
                found.update({(wire, kind): n for kind, n in given.counts(field).items() if kind not in read[wire]})
    # What the core does not name is the likelier slip.
    unlike: dict[bool, list[str]] = {False: [], True: []}
    for (wire, kind), number in sorted(found.items()):
        spelt = kind in KINDS.get(kind_field(wire, kinds[wire]), ())
        near = None if spelt else nearest(kind, read[wire])
        told = f"{wire} `{kind}` ({number})"
        if near:
            yield f"no adopted pack reads {told}; did you mean `{near}`?"
        else:
            unlike[spelt].append(told)
    if rest := [*unlike[False], *unlike[True]]:
        yield f"no adopted pack reads {listed(rest)}"


def _fields_of_kinds(adoption: Adoption) -> dict[str, str]:
    """Return for each fact type the field that holds its kind; kinds are open strings, which packs declare or read."""
    listed = {*KINDS, *(name for pack in adoption.packs for name in pack.kinds)}
    found = {
        wire: field_of_kinds(wire, (each.name for each in attrs.fields(cls)), listed)
        for wire, cls in adoption.vocabulary.types.items()
    }
    return {wire: name for wire, name in found.items() if name is not None and wire != _READ_WHATEVER}


def _kinds_read(
    packs: Iterable[Pack],
    standings: Iterable[RecordStanding],
    starts: Mapping[str, str],
    kinds: Mapping[str, str],
) -> dict[str, set[str]]:
    """Return for each fact type the kinds of it that some rule, judgement or standing reads, or a pack declares."""
    read: dict[str, set[str]] = {wire: set() for wire in kinds}
    for pack in packs:
        for wire, name in kinds.items():
            read[wire].update(pack.kinds.get(kind_field(wire, name), ()))
        read["unit_established"] |= {clause.judges for clause in pack.document.clauses if clause.judges}
        for rule in pack.rules:
            for node in walk(tree_of(rule)):
                for wire, kind in _kinds_asked(node, starts, kinds):
                    read[wire].add(kind)
    for standing in standings:
        for node in walk(tuple(test for test, _ in standing.tests)):
            for wire, kind in _kinds_asked(node, starts, kinds):
                read[wire].add(kind)
    return read


def _kinds_asked(node: Any, starts: Mapping[str, str], kinds: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the fact types and kinds of them that a node of a tree asks for."""
    if isinstance(node, Events):
        wires: tuple[str, ...] = node.types
    elif isinstance(node, Holds | Holdings):
        wires = (starts.get(node.relation, ""),)
    else:
        return
    # A test of the kind may stand in `where` as well.
    tests = [part for part in walk(node.where) if isinstance(part, Is)]
    tested = tuple((part.term.name, part.options) for part in tests if isinstance(part.term, Its))
    for wire in wires:
        for field, wanted in (*node.match, *tested) if wire in kinds else ():
            if field == kinds[wire]:
                yield from ((wire, leaf) for leaf in walk(wanted) if isinstance(leaf, str))


# Judgements ------------------------------------------------------------------------------------------------


def _judging_nothing(given: StandingFacts | None, adoption: Adoption, others: frozenset[str]) -> Iterator[str]:
    """Yield the judgements that decide nothing: no clause that is judged, and nothing that a reason excuses."""
    if given is None:
        return
    judged = {f"{pack.id}:{clause.id}" for pack, clause in clauses_judged(adoption.packs)}
    excused = {bound.id for bound in adoption.duties if _is_excusable(bound.rule)}
    steps = {bound.id for bound in adoption.requirements if bound.rule.modality == "normally"}
    found: dict[str, list[str]] = {}
    told = zip(given.ids(), given.texts("clause"), given.texts("outcome"), given.days("period").tolist(), strict=True)
    for fact, clause, outcome, period in told:
        if clause is None or clause.partition(":")[0] in others:
            continue
        said = f"`{clause}`"
        if outcome != "explained" and clause not in judged:
            what = f"{said} is no judged clause of an adopted pack, PACK:CLAUSE{_meant(clause, judged)}"
            found.setdefault(f"answers nothing: {what}", []).append(fact)
        elif outcome == "explained" and clause not in excused | steps:
            meant = _meant(clause, excused | steps)
            what = f"{said} is no duty per period and no requirement of modality `normally`, PACK:RULE{meant}"
            found.setdefault(f"explains nothing: {what}", []).append(fact)
        elif outcome == "explained" and clause in excused and period == NO_DAY:
            found.setdefault(f"explains nothing of {said}: it names no `period`", []).append(fact)
    for what, ids in sorted(found.items()):
        yield f"judgement_made {listed(ids)} {what}"


def _is_excusable(duty: Duty) -> bool:
    return duty.modality == "normally" and isinstance(duty.per, PerPeriod | Rolling)


def _meant(name: str, allowed: Iterable[str]) -> str:
    """Return a hint at the full name that is likely meant by one, which may lack its pack."""
    names = [full for full in allowed if ":" not in name or full.partition(":")[0] == name.partition(":")[0]]
    bare, said = {full.partition(":")[2]: full for full in names}, name.rpartition(":")[2]
    near = min((each for each in bare if each.startswith(said)), default=None) or nearest(said, bare)
    return f"; did you mean `{bare[near]}`?" if near else ""


# Relations and copies --------------------------------------------------------------------------------------


def _ends_without_start(facts: ByType, adoption: Adoption) -> Iterator[str]:
    lone = []
    for relation in adoption.relations:
        ends = None if relation.ended is None else facts.get(relation.ended)
        # Somebody never registered may leave: they are taken as a registered student.
        if ends is None or relation.presumed is not None:
            continue
        started: dict[tuple[int, ...], int] = {}
        starts = facts.get(relation.started)
        if starts is not None:
            # Most that starts has not ended: of those that nothing ends the first part of the key tells enough.
            ended = np.isin(starts.codes(relation.key[0]), ends.codes(relation.key[0]), kind="table")
            first = starts.of(starts.table.first.array)[ended].tolist()
            for key, day in zip(_keys(starts, relation, ended), first, strict=True):
                started[key] = min(started.get(key, day), day)
        last = ends.of(ends.table.last.array).tolist()
        for fact, key, day in zip(ends.ids(), _keys(ends, relation, slice(None)), last, strict=True):
            if key not in started or started[key] > day:
                lone.append(f"{visible(fact)} ({ends.table.wire})")
    if lone:
        yield f"ends without a start, ignored ({len(lone)}): {listed(lone)}"


def _keys(facts: StandingFacts, relation: Relation, where: Any) -> Iterator[tuple[int, ...]]:
    """Yield what pairs each end that is picked with its start, by the codes of its parts."""
    return zip(*(facts.codes(name)[where].tolist() for name in relation.key), strict=True)


def _same_again(facts: ByType) -> Iterator[str]:
    same = [" = ".join(map(visible, ids)) for given in facts.values() for ids in given.alike()]
    if same:
        yield f"alike in type, day and fields, under several ids ({len(same)}): {listed(same)}"
