"""What two rows say of one thing, or a row and the ledger: the same, one less than the other, or otherwise."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from attrs import define, frozen

from partyrules.importers.plans import Teller
from partyrules.importers.sheets import RegisterSheet

__all__ = ["Contradiction", "LedgerHeld", "RowFact", "compared"]

_ASIDE: Final = frozenset({"id", "recorded_at", "recorded_by", "note"})


@frozen
class LedgerHeld:
    """What a ledger holds that bears on registers.

    `said` are digests of the contents, without their ids, of the fact types that they tell; `facts` those of the types
    of which two may contradict each other. `gone` are the ids of what was retracted, which is in neither.
    """

    said: frozenset[bytes] = frozenset()
    facts: tuple[Mapping[str, Any], ...] = ()
    gone: frozenset[str] = frozenset()


@define(eq=False)
class RowFact:
    """A fact as a row tells it, or several: what it says on the wire, and who says so.

    It is `told_better` where another row, or the ledger, says all of it and more, such as the day of its month; it
    `replaces` the facts with these ids.
    """

    said: dict[str, Any]
    sheet: RegisterSheet
    rows: list[int]
    teller: Teller
    told_better: bool = False
    replaces: tuple[str, ...] = ()


@frozen
class Contradiction:
    """That a fact says otherwise in a `field` than another, which has `there`; `other` is a row, or `known` an id."""

    fact: RowFact
    field: str
    there: Any
    other: RowFact | None = None
    known: str | None = None


def compared(told: Iterable[RowFact], held: LedgerHeld, *, replace: bool) -> Iterator[Contradiction]:
    """Yield each contradiction between facts of one key, and note which are told better.

    With `replace`, a fact that says otherwise than the ledger takes the place of what is recorded there.
    """
    keyed = [fact for fact in told if fact.teller.told.key]
    keys = {fact.teller.cls.wire: fact.teller.told.key for fact in keyed}
    recorded: dict[tuple[Any, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for each in held.facts:
        if each["fact"] in keys:
            recorded[_key_of(each, keys[each["fact"]])].append(each)
    first: dict[tuple[Any, ...], RowFact] = {}
    for fact in keyed:
        names = fact.teller.told.key
        # Two of one month need not be of one day.
        if "on" in names and len(str(fact.said["on"])) == len("2018-03"):
            continue
        key = _key_of(fact.said, names)
        other = first.setdefault(key, fact)
        if other is fact:
            pass
        elif _says_all_of(other.said, fact.said):
            fact.told_better = not _says_all_of(fact.said, other.said)
        elif _says_all_of(fact.said, other.said):
            other.told_better, first[key] = True, fact
        else:
            yield Contradiction(fact, *_difference(fact.said, other.said), other=other)
            yield Contradiction(other, *_difference(other.said, fact.said), other=fact)
        there = recorded.get(key, ())
        if not there or any(_says_all_of(each, fact.said) for each in there):
            fact.told_better |= any(
                _says_all_of(each, fact.said) and not _says_all_of(fact.said, each) for each in there
            )
        elif replace:
            fact.replaces = tuple(str(each["id"]) for each in there)
        else:
            yield Contradiction(fact, *_difference(fact.said, there[0]), known=str(there[0]["id"]))


def _key_of(said: Mapping[str, Any], names: Iterable[str]) -> tuple[Any, ...]:
    return (said["fact"], *(said.get(name) for name in names))


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
    return list(value) if isinstance(value, tuple | list) else str(value)
