"""Which units a person, building or unit belongs to on the day asked, and who and what is under a unit."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from partyrules.errors import QueryError, refusal
from partyrules.history import History, Holding

BELONGING: Final = ("membership", "cultivation")


def units_of(history: History) -> Callable[[str], tuple[str, ...]]:
    """Return what tells the units of a subject on the day asked, in the order of their ids.

    Those of a person are the units they are a member of, or are cultivated by; those of a building the units
    established for it. A unit is its own. None is found for whom none is recorded.
    """
    known: dict[str, tuple[str, ...]] = {}

    def units(subject: str) -> tuple[str, ...]:
        if subject not in known:
            known[subject] = tuple(sorted(_found(history, subject)))
        return known[subject]

    return units


def _found(history: History, subject: str) -> set[str]:
    if history.holdings_where("unit", "unit", subject):
        return {subject}
    belonging = {
        holding.values["unit"] for relation in BELONGING for holding in _now(history, relation, "person", subject)
    }
    return belonging or {holding.values["unit"] for holding in _now(history, "unit", "building", subject)}


def subjects_under(history: History, unit: str) -> frozenset[str]:
    """Return a unit, the units below it at any remove, their members, whom they cultivate, and their buildings.

    All as of the day asked. Raise QueryError for a unit that was never established by then.
    """
    established = history.holdings("unit")
    if not any(holding.values["unit"] == unit for holding in established):
        raise QueryError(refusal("unit", unit, {holding.values["unit"] for holding in established}))
    below: dict[str, set[str]] = {}
    for holding in established:
        parent = holding.values.get("parent")
        if parent is not None and _holds(history, holding):
            below.setdefault(parent, set()).add(holding.values["unit"])
    found: set[str] = set()
    coming = [unit]
    while coming:
        one = coming.pop()
        if one not in found:
            found.add(one)
            coming += below.get(one, ())
    people = {
        holding.values["person"]
        for relation in BELONGING
        for each in found
        for holding in _now(history, relation, "unit", each)
    }
    now = (holding for each in found for holding in _now(history, "unit", "unit", each))
    buildings = {str(building) for holding in now if (building := holding.values.get("building")) is not None}
    return frozenset(found | people | buildings)


def _now(history: History, relation: str, name: str, value: Any) -> Iterator[Holding]:
    return (each for each in history.holdings_where(relation, name, value) if _holds(history, each))


def _holds(history: History, holding: Holding) -> bool:
    """Tell whether something holds on the day asked, or may where only a month is known."""
    return holding.possible[0] <= history.as_of < holding.possible[1]
