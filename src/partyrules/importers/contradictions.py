"""What two rows say of one thing, or a row and the ledger: the same, one less than the other, or otherwise."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import attrs
from attrs import define, frozen

from partyrules.facts.vocabulary import Fact
from partyrules.importers.plans import Teller
from partyrules.importers.sheets import RegisterSheet

__all__ = ["Contradiction", "LedgerHeld", "RowFact", "compared"]

_ASIDE: Final = frozenset({"id", "recorded_at", "recorded_by", "note"})


@frozen
class LedgerHeld:
    """What a ledger holds that bears on registers.

    `facts` are the contents of the fact types that they tell, `said` digests of these without their ids. `gone` are the
    ids of what was retracted, which is in neither.
    """

    said: frozenset[bytes] = frozenset()
    facts: tuple[Mapping[str, Any], ...] = ()
    gone: frozenset[str] = frozenset()


@define(eq=False)
class RowFact:
    """A fact as a row tells it, or several: what it says on the wire, and who says so.

    It is `told_better` where another row says all of it and more, such as the day of its month, and `recorded_better`
    where the ledger does; it `replaces` the facts with these ids.
    """

    said: dict[str, Any]
    sheet: RegisterSheet
    rows: list[int]
    teller: Teller
    told_better: bool = False
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


def compared(told: Sequence[RowFact], held: LedgerHeld, *, replace: bool) -> Iterator[Contradiction]:
    """Yield each contradiction between facts of one key, and note which are told better.

    Where there is no key, or the day that belongs to it is not known, two facts are one if one says all of the other.
    With `replace`, a fact that says otherwise than the ledger takes the place of what is recorded there.
    """
    recorded: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    seen: dict[tuple[Any, ...], list[RowFact]] = defaultdict(list)
    for names in {_names(fact) for fact in told}:
        for each in held.facts:
            if each["fact"] == names[0]:
                recorded.setdefault((names, *map(each.get, names[2:])), []).append(each)
    for fact in told:
        names = _names(fact)
        strict = names[1]
        key = (names, *map(fact.said.get, names[2:]))
        others = seen[key]
        alike = next((other for other in others if _says_all_of(other.said, fact.said)), None)
        if alike is not None:
            fact.told_better = not _says_all_of(fact.said, alike.said)
        else:
            for other in others:
                if _says_all_of(fact.said, other.said):
                    other.told_better = True
                elif strict:
                    yield Contradiction(fact, *_difference(fact.said, other.said), other=other)
                    yield Contradiction(other, *_difference(other.said, fact.said), other=fact)
            others.append(fact)
        there = recorded.get(key, [])
        more = [each for each in there if _says_all_of(each, fact.said)]
        less = there if strict else [each for each in there if _says_all_of(fact.said, each)]
        if more:
            fact.recorded_better = not any(_says_all_of(fact.said, each) for each in more)
        elif less and replace:
            fact.replaces = tuple(str(each["id"]) for each in less)
        elif less:
            yield Contradiction(fact, *_difference(fact.said, less[0]), known=str(less[0]["id"]))


def _names(fact: RowFact) -> tuple[Any, ...]:
    """Return the type of a fact, whether its key is strict, and the fields by which others are found that it may be."""
    told = fact.teller.told
    # Two of one month need not be of one day.
    strict = bool(told.key) and not ("on" in told.key and len(str(fact.said["on"])) == len("2018-03"))
    return told.cls.wire, strict, *(told.key if strict else _needed(told.cls))


_NEEDED: Final[dict[type[Fact], tuple[str, ...]]] = {}


def _needed(cls: type[Fact]) -> tuple[str, ...]:
    """Return the fields that every fact of a type has, but the id."""
    if cls not in _NEEDED:
        needed = (each.name for each in attrs.fields(cls) if each.default is attrs.NOTHING)
        _NEEDED[cls] = tuple(name for name in needed if name != "id")
    return _NEEDED[cls]


def _says_all_of(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether a fact says all that another says, in each field the same or, instead of a month, its day."""
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
        for name, value in other.items()
    )


def _difference(here: Mapping[str, Any], there: Mapping[str, Any]) -> tuple[str, Any]:
    """Return the field in which two facts differ, and what the second has there: one that both have, if there is."""
    differing = [
        name for name in (*here, *there) if name not in _ASIDE and _plain(here.get(name)) != _plain(there.get(name))
    ]
    both = (name for name in differing if name in here and name in there and not _same_month(name, here, there))
    name = next(both, differing[0])
    return name, there.get(name)


def _same_month(name: str, here: Mapping[str, Any], there: Mapping[str, Any]) -> bool:
    days = sorted((str(here[name]), str(there[name])), key=len)
    return name == "on" and days[1].startswith(days[0])


def _plain(value: Any) -> Any:
    # Who stands in a list says the same in any order.
    return sorted(value) if isinstance(value, tuple | list) else str(value)
