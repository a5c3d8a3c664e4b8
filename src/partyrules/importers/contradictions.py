"""What two rows say of one thing, or a row and the ledger: the same, one less than the other, or otherwise."""

import re
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import chain, combinations
from typing import Any, Final, NamedTuple

import msgspec
from attrs import field, frozen

from partyrules.facts.schema import FURTHER
from partyrules.importers.cells import CellError
from partyrules.importers.mapping import PEOPLE
from partyrules.importers.plans import Teller
from partyrules.importers.refusals import Page

ENCODER: Final = msgspec.json.Encoder(decimal_format="number", order="sorted")
_ASIDE: Final = frozenset({"id", "recorded_at", "recorded_by", "note"})
_Said = Mapping[str, Any]
_Key = tuple[Any, ...]
# By fact type the field that holds what it is, and that which holds what else it is.
_KINDS: Final = {wire: (name, further) for (wire, name), further in FURTHER.items()}
_KIND_FIELDS: Final = frozenset(name for names in _KINDS.values() for name in names)
_OURS: Final = re.compile(r"\w+/[0-9a-f]{24}")


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

    `apart` is what else tells it from others of its key, and is not recorded: its topic, the time of the day. Of a list
    of who was there, `people` has the mark of each, `at` is the column of the marks, and `more` the rows of other
    sheets on which it goes on.

    It has an `id` that `said` and `apart` alone make. It is `told_better` where another row says all of it and more,
    such as the day of its month, `recorded` or `recorded_better` where the ledger does; it `replaces` the facts with
    these ids.
    """

    # Not attrs: there are several for each row, which the collector of garbage need not look at.
    said: dict[str, Any]
    page: Page
    rows: Sequence[int]
    teller: Teller
    apart: Mapping[str, str] = {}
    people: Mapping[str, str] | None = None
    at: int | None = None
    more: Sequence[tuple[Page, Sequence[int]]] = ()
    id: str = ""
    told_better: bool = False
    recorded: bool = False
    recorded_better: bool = False
    replaces: tuple[str, ...] = ()

    def places(self) -> Iterator[tuple[Page, int]]:
        """Yield where each of its rows is."""
        for page, rows in ((self.page, self.rows), *self.more):
            for row in rows:
                yield page, row

    def refuse(self, name: str, error: CellError) -> None:
        """Refuse the cell that a field was read of, or the row where there is none."""
        row = self.rows[0]
        sources = (*self.teller.sources, self.teller.kind)
        source = next((each for each in sources if each is not None and each.name == name), None)
        if source is None and self.at is not None and name in PEOPLE:
            cells = self.page.sheet.rows[row]
            self.page.refuse(row, self.at, cells[self.at] if self.at < len(cells) else None, error)
        elif source is None:
            self.page.refuse(row, None, None, error, called=name)
        else:
            self.page.refuse_field(row, source, error)

    def name(self) -> None:
        """Give it its id."""
        self.id = _named(self.said, self.apart)

    def line(self) -> bytes:
        """Return it as a line of JSON."""
        return b'{"id":"%b",%b\n' % (self.id.encode(), ENCODER.encode(self.said)[1:])


def _named(said: _Said, apart: Mapping[str, str]) -> str:
    content = ENCODER.encode(said) + (ENCODER.encode(apart) if apart else b"")
    return f"{said['fact']}/{sha256(content).hexdigest()[:24]}"


@frozen
class Beside:
    """How a fact stands to another of its key, which has `there` in a `field`: a row tells it, or `known` is its id.

    `how` it is: a row `contradicts`, or what is `recorded` does, is `continued`, or differs in what tells
    things apart alone, `renamed`; or people should know that it is the `same`, or `apart`.
    """

    how: str
    fact: RowFact
    field: str = ""
    there: Any = None
    other: RowFact | None = None
    known: str | None = None


def told_apart(fact: RowFact, said: _Said, apart: Mapping[str, str]) -> bool:
    """Tell whether a fact is another than one of its key: both tell a topic or a time, or what of the key need not be.

    Where one of them does not tell it they may be one.
    """
    return any(fact.apart[name] != there for name, there in apart.items() if name in fact.apart) or any(
        name in said and name in fact.said and _plain(said[name]) != _plain(fact.said[name])
        for name in fact.teller.told.optional
    )


def compared(told: Sequence[RowFact], held: Iterable[_Said], *, replace: bool) -> Iterator[Beside]:
    """Yield how facts of one key stand to each other where people should know, and note which are told better.

    Where there is no key, or the day that belongs to it is not known, two facts are one if one says all of the other.
    `held` is what the ledger holds besides what is told as it has it. With `replace`, a fact that says otherwise takes
    the place of what is recorded there.
    """
    ways = [_way_of(fact) for fact in told]
    by_wire: dict[str, set[_Way]] = defaultdict(set)
    for way in set(ways):
        by_wire[way.wire].add(way)
    recorded: dict[_Key, list[_Said]] = defaultdict(list)
    for each in held:
        for way in by_wire[each["fact"]]:
            for key in _keys(each, way):
                recorded[key].append(each)
    # Of most things one row alone tells, and nothing is recorded: they are passed over.
    once: set[_Key] = set()
    doubtful = set(recorded)
    for fact, way in zip(told, ways, strict=True):
        for key in _keys(fact.said, way):
            (doubtful if key in once else once).add(key)
    seen: dict[_Key, list[RowFact]] = defaultdict(list)
    there: list[tuple[RowFact, bool, list[_Said]]] = []
    for fact, way in zip(told, ways, strict=True):
        keys = [key for key in _keys(fact.said, way) if key in doubtful]
        if not keys:
            continue
        yield from _beside_others(fact, [other for key in keys for other in seen[key]], strict=way.strict)
        for key in keys:
            seen[key].append(fact)
        known = {each["id"]: each for key in keys for each in recorded.get(key, ())}
        if known and not fact.recorded:
            there.append((fact, way.strict, list(known.values())))
    yield from _beside_ledger(there, replace=replace)


def _beside_ledger(there: Iterable[tuple[RowFact, bool, list[_Said]]], *, replace: bool) -> Iterator[Beside]:
    """Yield how facts stand to what is recorded of their key, each with whether that is strict; note what they are."""
    there = [each for each in there if not each[0].told_better]
    # What one row tells again is another thing than a row that is told apart from it.
    telling: dict[str, list[RowFact]] = defaultdict(list)
    for fact, _, known in there:
        for each in known:
            if _says_all_of(each, fact) and not _recorded_apart(fact, each):
                telling[each["id"]].append(fact)
    for fact, strict, known in there:
        if not any(fact in telling[each["id"]] for each in known):
            others = [each for each in known if not any(_apart(fact, one) for one in telling[each["id"]])]
            yield from _beside_recorded(fact, others, strict=strict, replace=replace)
            continue
        fact.recorded_better = True
        for each in known:
            if fact.people and fact in telling[each["id"]] and not _says_all_of(fact.said, each):
                yield Beside("listed", fact, known=each["id"])


def _beside_others(fact: RowFact, others: Iterable[RowFact], *, strict: bool) -> Iterator[Beside]:
    """Yield how a fact stands to those of one key before it, and note which is told better."""
    for other in [each for each in others if not _apart(fact, each)]:
        less, more = _says_all_of(other.said, fact), _says_all_of(fact.said, other)
        if less and more:
            # Of two that say the same that is told better of which it is known what tells it apart.
            less = len(fact.apart) <= len(other.apart)
        if less or more:
            one, better = (fact, other) if less else (other, fact)
            one.told_better = one.id != better.id
            if one.people and one.page is not better.page:
                yield Beside("same", one, other=better)
        elif strict and not (fact.told_better or other.told_better):
            yield Beside("contradicts", fact, *_difference(fact.said, other.said), other=other)
            yield Beside("contradicts", other, *_difference(other.said, fact.said), other=fact)


def _beside_recorded(fact: RowFact, known: Iterable[_Said], *, strict: bool, replace: bool) -> Iterator[Beside]:
    """Yield how a fact stands to what is recorded of its key and does not say all of it, or note what it replaces."""
    for each in known:
        apart = _recorded_apart(fact, each)
        if not (strict or (not apart and _says_all_of(fact.said, each))):
            continue
        if apart and not _says_all_of(each, fact, besides=fact.teller.told.optional):
            yield Beside("apart", fact, known=each["id"])
            continue
        goes_on = bool(fact.people) and {person for name in PEOPLE for person in each.get(name, ())}.isdisjoint(
            fact.people or ()
        )
        if not replace:
            how = "renamed" if apart else "continued" if goes_on else "recorded"
            yield Beside(how, fact, *_difference(fact.said, each), known=each["id"])
            return
        if goes_on:
            for name in PEOPLE:
                if people := {*fact.said.get(name, ()), *each.get(name, ())}:
                    fact.said[name] = tuple(sorted(people))
            fact.name()
        fact.replaces = (*fact.replaces, each["id"])


# Keys ------------------------------------------------------------------------------------------------------------


class _Way(NamedTuple):
    """How others are found that a fact may be: by its type and some fields, strictly if one only may have all of these.

    Two that differ elsewhere contradict each other then.
    """

    wire: str
    strict: bool
    fields: tuple[str, ...]


def _way_of(fact: RowFact) -> _Way:
    told = fact.teller.told
    # Two of one month need not be of one day; who came to which of two the lists of a month do not tell.
    a_month = "on" in told.needed and len(fact.said["on"]) == len("2018-03")
    strict = bool(told.needed) and not (a_month and fact.people is None)
    return _Way(told.cls.wire, strict, told.needed if strict else told.required)


def _keys(said: _Said, way: _Way) -> list[_Key]:
    """Return the key of a fact, or one for each kind that it is of."""
    kind, further = _KINDS.get(way.wire, ("", ""))
    others = said.get(further, ()) if kind in way.fields else ()
    every = (said, *({**said, kind: other} for other in others)) if others else (said,)
    return [(*way, *map(each.get, way.fields)) for each in every]


def _apart(fact: RowFact, other: RowFact) -> bool:
    return told_apart(fact, other.said, other.apart)


def _recorded_apart(fact: RowFact, known: _Said) -> bool:
    """Tell whether a fact is told apart from a recorded one, whose id alone tells of what else it was made."""
    if told_apart(fact, known, {}):
        return True
    if not fact.apart or not _OURS.fullmatch(known["id"]):
        return False
    said = {name: value for name, value in known.items() if name != "id"}
    items = list(fact.apart.items())
    some = chain.from_iterable(combinations(items, number) for number in range(len(items) + 1))
    return all(_named(said, dict(each)) != known["id"] for each in some)


def _says_all_of(one: _Said, other: RowFact | _Said, *, besides: Collection[str] = ()) -> bool:
    """Tell whether a fact says all that another says, in each field the same or, instead of a month, its day.

    One of several kinds says that it is of each, and one of more people what a list says of some.
    """
    aside, people = _ASIDE, None
    if isinstance(other, RowFact):
        people, other = other.people, other.said
    if people is not None or besides:
        aside = aside.union(PEOPLE if people is not None else (), besides)
    return all(
        name in aside
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
    ) and (people is None or _marks_all(one, people))


def _marks_all(said: _Said, people: Mapping[str, str]) -> bool:
    """Tell whether a fact says of each person what a list says."""
    who = {name: set(said.get(name, ())) for name in PEOPLE}
    return "attended" in said and all(
        (person in who[name]) == (mark == name) for person, mark in people.items() for name in PEOPLE
    )


def _difference(here: _Said, there: _Said) -> tuple[str, Any]:
    """Return the field in which two facts differ, and what the second has there: one that both have, if there is."""
    differing = [
        name for name in (*here, *there) if name not in _ASIDE and _plain(here.get(name)) != _plain(there.get(name))
    ]
    both = (name for name in differing if name in here and name in there and not _same_month(name, here, there))
    name = next(both, differing[0] if differing else "on")
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
