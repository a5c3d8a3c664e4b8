"""Which parts each fact goes to: those where whom it names is judged, and where whoever stands with them is.

First the facts are surveyed (`notes_of`, `Survey`): who stands with whom, who belongs to which unit, what is retracted.
Of that the routes are made; then each fact is routed by itself, knowing no other (`Router`).
"""

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, Final, NamedTuple
from zlib import crc32

import msgspec
import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from partyrules.evaluate.mentions import FieldOf, Mention, by_wire, mentions_of
from partyrules.evaluate.reach import COMMON, is_whole, link_fields, reaches, scalar_names
from partyrules.facts.codec import canonical_instant, read_back
from partyrules.facts.retractions import retracted_ids
from partyrules.facts.schema import FURTHER, field_types, is_list, naming_fields, title_of
from partyrules.facts.vocabulary import Fact, FactRetracted, PersonLeft, PersonRegistered, UnitEstablished
from partyrules.history import several
from partyrules.language.kernel import Subject
from partyrules.packs.pack import Adoption
from partyrules.store.strings import Strings

_REGISTRATION: Final = (PersonRegistered.wire, PersonLeft.wire)
_RETRACTION: Final = FactRetracted.wire
# A unit is judged with the one above it, unless more than this share of a part's people belong to that.
_SHARE: Final = 4


class FactLine(NamedTuple):
    """One fact as it was recorded: its type, its canonical bytes, its canonical instant or None."""

    wire: str
    content: bytes
    recorded_at: str | None


class Note(NamedTuple):
    """Something that a survey has to know: `one` stands with `other`, belongs to it, is under it, has an office.

    Of a retraction `one` is its content.
    """

    kind: str
    one: str
    other: str = ""


# The survey --------------------------------------------------------------------------------------------------------


class _Naming:
    """How the names in facts of one type are read: those of fields that name one, and of fields that list several."""

    def __init__(self, cls: type[Fact]) -> None:
        types = field_types(cls)
        self.plain: Final = scalar_names(cls)
        self.lists: Final = tuple(name for name in naming_fields(cls) if is_list(types[name]))
        fields: list[Any] = [("id", str), *((name, str | None, None) for name in self.plain)]
        fields += [(name, tuple[str, ...] | None, None) for name in self.lists]
        self.read: Final[Callable[[bytes], Any]] = msgspec.json.Decoder(
            msgspec.defstruct("Naming", fields, gc=False)
        ).decode


def notes_of(lines: Iterable[FactLine], adoption: Adoption, *, known_at: datetime | None) -> Iterator[Note]:
    """Yield what facts say that a survey has to know; of retractions those that are known at the time."""
    until = None if known_at is None else canonical_instant(known_at)
    types = adoption.vocabulary.types
    pairs: dict[str, list[tuple[str, str, str]]] = {}
    offices: dict[str, tuple[str, ...]] = {}
    for relation in adoption.relations:
        for wire in filter(None, (relation.started, relation.ended)):
            plain, people = link_fields(types[wire])
            named = {name: title_of(field_types(types[wire])[name]) for name in plain}
            pairs[wire] = [
                ("in" if named[other] == "unit" and wire not in COMMON else "with", one, other)
                for one in people
                for other in plain
                if one != other
            ]
            if wire in COMMON:
                offices[wire] = people
    naming = {wire: _Naming(types[wire]) for wire in {*pairs, UnitEstablished.wire}}
    for wire, content, recorded_at in lines:
        if wire == _RETRACTION:
            if until is None or recorded_at is None or recorded_at <= until:
                yield Note("retracts", content.decode())
        elif wire in naming:
            said = naming[wire].read(content)
            for kind, one, other in pairs.get(wire, ()):
                a, b = getattr(said, one), getattr(said, other)
                if a is not None and b is not None:
                    yield Note(kind, a, b)
            for name in offices.get(wire, ()):
                yield Note("office", getattr(said, name))
            if wire == UnitEstablished.wire and said.parent is not None:
                yield Note("under", said.unit, said.parent)


@frozen(eq=False)
class Survey:
    """What notes come to, in any order and any number of times each: who stands with whom, and what is retracted."""

    names: Strings = field(factory=Strings)
    together: "array[int]" = field(factory=lambda: array("q"))
    belonging: "array[int]" = field(factory=lambda: array("q"))
    above: dict[str, str] = field(factory=dict)
    offices: set[str] = field(factory=set)
    retractions: dict[str, FactRetracted] = field(factory=dict)

    def take(self, notes: Iterable[Note], adoption: Adoption) -> "Survey":
        """Take in notes, and return the survey."""
        names = self.names
        for kind, one, other in notes:
            if kind == "office":
                self.offices.add(one)
            elif kind == "retracts":
                fact = read_back(one.encode(), vocabulary=adoption.vocabulary)
                assert isinstance(fact, FactRetracted)  # noqa: S101 - of no other is there such a note
                self.retractions[fact.id] = fact
            elif kind == "under":
                # Of several the least, so that the order of the notes is of no account.
                self.above[one] = min(other, self.above.get(one, other))
            else:
                (self.belonging if kind == "in" else self.together).append(names[one] << 32 | names[other])
        return self


# The routes --------------------------------------------------------------------------------------------------------


@frozen(kw_only=True, eq=False)
class Routes:
    """Where each name is judged, and where the facts go that name it, in numbers of `parts` parts.

    `codes` are the names that stand with somebody, `homes` the part of each; the facts that name one go to
    `near[starts[code]:starts[code + 1]]`. Every part has to know the registration of the people in `offices`; facts
    in `gone` are retracted.
    """

    parts: int
    codes: Mapping[str, int]
    homes: NDArray[np.int32]
    starts: NDArray[np.int64]
    near: NDArray[np.int32]
    offices: frozenset[str]
    gone: frozenset[str]

    def home(self, name: str) -> int:
        """Return the part in which a person, unit or building is judged."""
        code = self.codes.get(name)
        return _hashed(name, self.parts) if code is None else int(self.homes[code])

    def around(self, name: str) -> Collection[int]:
        """Return the parts that facts go to which name somebody in a plain field."""
        code = self.codes.get(name)
        if code is None:
            return (_hashed(name, self.parts),)
        found: list[int] = self.near[self.starts[code] : self.starts[code + 1]].tolist()
        return found


def _hashed(name: str, parts: int) -> int:
    # The same in every process; Python's own is not.
    return crc32(name.encode()) % parts


def routes_of(survey: Survey, parts: int) -> Routes:
    """Return the routes to so many parts."""
    names, texts = survey.names, survey.names.texts
    belonging = np.unique(np.frombuffer(survey.belonging, np.int64))
    together = np.unique(np.concatenate([belonging, np.frombuffer(survey.together, np.int64)]))
    tops = _tops(survey, belonging, parts)
    homes = np.array([_hashed(tops.get(text, text), parts) for text in texts], np.int32)
    people, units = belonging >> 32, belonging & 0xFFFFFFFF
    if len(people):
        # Who belongs to several units is judged with the first of them.
        least = np.full(len(texts), len(texts), np.int32)
        np.minimum.at(least, people, names.ranks[units])
        by_rank = np.argsort(names.ranks)
        homes[people] = homes[by_rank[least[people]]]
    one, other = together >> 32, together & 0xFFFFFFFF
    every = np.arange(len(texts), dtype=np.int64)
    where = np.concatenate([homes, homes[other], homes[one]]) if len(texts) else np.empty(0, np.int64)
    reached = np.unique(np.concatenate([every, one, other]) * parts + where)
    return Routes(
        parts=parts,
        codes={text: code for code, text in enumerate(texts)},
        homes=homes,
        starts=np.searchsorted(reached, np.arange(len(texts) + 1) * parts),
        near=(reached % parts).astype(np.int32),
        offices=frozenset(survey.offices),
        gone=retracted_ids(survey.retractions.values()),
    )


def _tops(survey: Survey, belonging: NDArray[np.int64], parts: int) -> Mapping[str, str]:
    """Return for each unit the one whose place it shares: itself, or one above it that takes in people and is small."""
    texts = survey.names.texts
    codes, counts = np.unique(belonging & 0xFFFFFFFF, return_counts=True)
    members = Counter({texts[code]: count for code, count in zip(codes.tolist(), counts.tolist(), strict=True)})
    most = len(np.unique(belonging >> 32)) / (parts * _SHARE)

    def top(unit: str) -> str:
        passed = {unit}
        while (above := survey.above.get(unit)) is not None and above not in passed and 0 < members[above] <= most:
            passed.add(above)
            unit = above
        return unit

    return {unit: top(unit) for unit in {*members, *survey.above}}


# One fact ----------------------------------------------------------------------------------------------------------


class Router:
    """Tells to which parts each fact goes; the part behind the last is for what can be judged over the whole alone."""

    def __init__(self, routes: Routes, adoption: Adoption) -> None:
        self.routes: Final = routes
        self._adoption: Final = adoption
        self._naming: Final[dict[str, _Naming]] = {}
        reached = reaches(adoption)
        whole = {rule for rule, reach in reached.items() if is_whole(reach)}
        self._whole: Final = _Reads(adoption, whole) if whole else None
        self._everywhere: Final = (*range(routes.parts), *([routes.parts] if whole else []))

    def parts(self, line: FactLine) -> Collection[int]:
        """Return the parts that a fact goes to; none where it is retracted, or retracts another."""
        wire, content, _ = line
        if wire == _RETRACTION:
            return ()
        naming = self._naming.get(wire)
        if naming is None:
            naming = self._naming[wire] = _Naming(self._adoption.vocabulary.types[wire])
        said, routes = naming.read(content), self.routes
        if said.id in routes.gone:
            return ()
        if wire in COMMON or (wire in _REGISTRATION and said.person in routes.offices):
            return self._everywhere
        found: set[int] = set()
        for name in naming.plain:
            if (one := getattr(said, name)) is not None:
                found.update(routes.around(one))
        for name in naming.lists:
            # Who is listed is judged by that; with whom they stand nothing else asks who was listed.
            found.update(map(routes.home, getattr(said, name) or ()))
        if self._whole is not None and self._whole.may_read(line):
            found.add(routes.parts)
        return found


class _Reads:
    """Tells which facts some rules may read; everything where they may read of somebody by being named alone."""

    def __init__(self, adoption: Adoption, rules: Collection[str]) -> None:
        mentions = [mention for rule, found in mentions_of(adoption).items() if rule in rules for mention in found]
        kinds = {bound.rule.bearer.kind for bound in adoption.duties if bound.id in rules}
        self._everything: Final = bool(kinds & {"person", "named"}) or any(map(_presumes, mentions))
        self._by_wire: Final = by_wire(mentions)

    def may_read(self, line: FactLine) -> bool:
        """Tell whether the rules may read a fact."""
        if self._everything:
            return True
        mentions = self._by_wire.get(line.wire)
        if not mentions:
            return False
        said = _Content(line)
        return any(mention.may_match(said) for mention in mentions)


def _presumes(mention: Mention) -> bool:
    """Tell whether a mention is of what holds of whoever is named at all, and not of somebody in particular."""
    relation = mention.relation
    if relation is None or relation.presumed is None:
        return False
    steady = relation.group or relation.key
    return not any(name in steady and isinstance(ref, FieldOf | Subject) for name, ref in mention.match)


class _Content:
    """What the content of a fact says, read when it is asked for."""

    def __init__(self, line: FactLine) -> None:
        self.wire: Final = line.wire
        self._line: Final = line

    @cached_property
    def _said(self) -> Mapping[str, Any]:
        said: Mapping[str, Any] = msgspec.json.decode(self._line.content)
        return said

    def values(self, name: str) -> tuple[Any, ...] | None:
        """Return the value of a field, the entries of a list, nothing where it is left out."""
        more = FURTHER.get((self.wire, name))
        return tuple(
            one
            for each in (name, *([more] if more else []))
            if (found := self._said.get(each)) is not None
            for one in (found if isinstance(found, list) else several(found))
        )
