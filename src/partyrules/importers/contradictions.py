"""What two rows say of one thing, or a row and the ledger: the same, one less than the other, or otherwise."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import attrs
import msgspec
from attrs import field, frozen

from partyrules.facts.schema import FURTHER
from partyrules.importers.plans import Teller
from partyrules.importers.sheets import RegisterSheet

__all__ = ["Contradiction", "LedgerHeld", "RowFact", "compared"]

_ASIDE: Final = frozenset({"id", "recorded_at", "recorded_by", "note"})
_Said = Mapping[str, Any]
_Key = tuple[Any, ...]
# By fact type the field that holds what it is, and that which holds what else it is.
_KINDS: Final = {wire: (name, further) for (wire, name), further in FURTHER.items()}
_KIND_FIELDS: Final = frozenset(name for names in _KINDS.values() for name in names)


@frozen
class LedgerHeld:
    """What a ledger holds that bears on registers: the canonical contents of the fact types that they tell, by id.

    `gone` are the ids of what was retracted, which is not among them.
    """

    contents: Mapping[str, bytes] = field(factory=dict)
    gone: frozenset[str] = frozenset()

    def besides(self, ids: Container[str]) -> list[_Said]:
        """Return what the facts say that have none of some ids."""
        return [msgspec.json.decode(content) for each, content in self.contents.items() if each not in ids]


class RowFact(msgspec.Struct, gc=False, eq=False):
    """A fact as a row tells it, or several: what it says on the wire, and who says so.

    `line` is that as a line of JSON, with an `id` that this alone makes. It is `told_better` where another row says all
    of it and more, such as the day of its month, `recorded` or `recorded_better` where the ledger does; it `replaces`
    the facts with these ids.
    """

    # Not attrs: there are several for each row, which the collector of garbage need not look at.
    said: dict[str, Any]
    sheet: RegisterSheet
    rows: Sequence[int]
    teller: Teller
    id: str = ""
    line: bytes = b""
    told_better: bool = False
    recorded: bool = False
    recorded_better: bool = False
    replaces: tuple[str, ...] = ()


@frozen
class Contradiction:
    """That a fact says otherwise in a `field` than another, which has `there`; `other` is a row, or `known` an id."""

    fact: RowFact
    field: str
    there: Any
    other: RowFact | None = None
    known: str | None = None


def compared(told: Sequence[RowFact], held: Iterable[_Said], *, replace: bool) -> Iterator[Contradiction]:
    """Yield each contradiction between facts of one key, and note which are told better.

    Where there is no key, or the day that belongs to it is not known, two facts are one if one says all of the other.
    `held` is what the ledger holds besides what is told as it has it. With `replace`, a fact that says otherwise takes
    the place of what is recorded there.
    """
    ways = list(_ways(told))
    recorded: dict[_Key, list[_Said]] = defaultdict(list)
    by_wire: dict[str, list[_Said]] = defaultdict(list)
    for each in held:
        by_wire[each["fact"]].append(each)
    for way in set(ways) if by_wire else ():
        for each in by_wire[way.wire]:
            for key in _keys(each, way):
                recorded[key].append(each)
    # Of most things one row alone tells, and nothing is recorded: they are passed over.
    once: set[_Key] = set()
    doubtful = set(recorded)
    for fact, way in zip(told, ways, strict=True):
        for key in _keys(fact.said, way):
            (doubtful if key in once else once).add(key)
    seen: dict[_Key, list[RowFact]] = defaultdict(list)
    for fact, way in zip(told, ways, strict=True):
        keys = [key for key in _keys(fact.said, way) if key in doubtful]
        if not keys:
            continue
        yield from _beside_others(fact, [other for key in keys for other in seen[key]], strict=way.strict)
        for key in keys:
            seen[key].append(fact)
        there = [each for key in keys if not fact.recorded for each in recorded.get(key, ())]
        more = [each for each in there if _says_all_of(each, fact.said)]
        less = there if way.strict else [each for each in there if _says_all_of(fact.said, each)]
        if more:
            fact.recorded_better = not any(_says_all_of(fact.said, each) for each in more)
        elif less and replace:
            fact.replaces = tuple(dict.fromkeys(str(each["id"]) for each in less))
        elif less:
            yield Contradiction(fact, *_difference(fact.said, less[0]), known=str(less[0]["id"]))


def _beside_others(fact: RowFact, others: Sequence[RowFact], *, strict: bool) -> Iterator[Contradiction]:
    """Yield the contradictions between a fact and those of one key before it, and note which is told better."""
    alike = next((other for other in others if _says_all_of(other.said, fact.said)), None)
    if alike is not None:
        fact.told_better = not _says_all_of(fact.said, alike.said)
        return
    for other in others:
        if _says_all_of(fact.said, other.said):
            other.told_better = True
        elif strict:
            yield Contradiction(fact, *_difference(fact.said, other.said), other=other)
            yield Contradiction(other, *_difference(other.said, fact.said), other=fact)


# Keys ------------------------------------------------------------------------------------------------------------


class _MatchedBy(NamedTuple):
    """How others are found that a fact may be: by its type and some fields, strictly if one only may have all of these.

    Two that differ elsewhere contradict each other then.
    """

    number: int
    wire: str
    strict: bool
    fields: tuple[str, ...]


def _ways(told: Iterable[RowFact]) -> Iterator[_MatchedBy]:
    """Yield how others are found of each fact."""
    known: dict[tuple[str, bool, tuple[str, ...]], _MatchedBy] = {}
    for fact in told:
        cls, key = fact.teller.told.cls, fact.teller.told.key
        # Two of one month need not be of one day.
        strict = bool(key) and not ("on" in key and len(fact.said["on"]) == len("2018-03"))
        way = known.get((cls.wire, strict, key))
        if way is None:
            needed = tuple(each.name for each in attrs.fields(cls) if each.default is attrs.NOTHING)
            way = known[cls.wire, strict, key] = _MatchedBy(len(known), cls.wire, strict, key if strict else needed)
        yield way


def _keys(said: _Said, way: _MatchedBy) -> list[_Key]:
    """Return the key of a fact, or one for each kind that it is of."""
    kind, further = _KINDS.get(way.wire, ("", ""))
    others = said.get(further, ()) if kind in way.fields else ()
    every = (said, *({**said, kind: other} for other in others)) if others else (said,)
    return [(way.number, *map(each.get, way.fields)) for each in every]


def _says_all_of(one: _Said, other: _Said) -> bool:
    """Tell whether a fact says all that another says, in each field the same or, instead of a month, its day.

    One of several kinds says that it is of each.
    """
    return all(
        name in _ASIDE
        or (
            name in one
            and (
                one[name] == value
                or _plain(one[name]) == _plain(value)
                or (name == "on" and str(one[name]).startswith(f"{value}-"))
            )
        )
        or (name in _KIND_FIELDS and _kinds(one) >= _kinds(other))
        for name, value in other.items()
    )


def _difference(here: _Said, there: _Said) -> tuple[str, Any]:
    """Return the field in which two facts differ, and what the second has there: one that both have, if there is."""
    differing = [
        name for name in (*here, *there) if name not in _ASIDE and _plain(here.get(name)) != _plain(there.get(name))
    ]
    both = (name for name in differing if name in here and name in there and not _same_month(name, here, there))
    name = next(both, differing[0])
    return name, there.get(name)


def _kinds(said: _Said) -> set[Any]:
    kind, further = _KINDS.get(said["fact"], ("", ""))
    return {said.get(kind), *said.get(further, ())}


def _same_month(name: str, here: _Said, there: _Said) -> bool:
    days = sorted((str(here[name]), str(there[name])), key=len)
    return name == "on" and days[1].startswith(days[0])


def _plain(value: Any) -> Any:
    # Who stands in a list says the same in any order.
    return sorted(value) if isinstance(value, tuple | list) else str(value)
