"""The built-in inference engine: forward chaining in plain Python, one newly arrived item at a time."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from attrs import frozen

from partyrules.evaluators.chaining import (
    Comparison,
    Item,
    Key,
    Match,
    Pattern,
    Production,
    Ref,
    Ruleset,
    Run,
    asserted_by,
    key_of,
    ordered,
    run_of,
    working_memory,
)

__all__ = ["BuiltInEngine"]


class _Place(NamedTuple):
    """A pattern of a production, by its position, with what remains to test once its constants agree."""

    number: int
    production: Production
    position: int
    others: tuple[Comparison, ...]


class _Network(NamedTuple):
    """The places of a ruleset: by the fields they compare with constants, then by those constants.

    `joins` gives, for each pattern of a production, the fields it shares: (field, earlier position, its field).
    """

    places: dict[tuple[str, ...], dict[tuple[str, ...], list[_Place]]]
    first: dict[str, int]
    joins: dict[str, tuple[tuple[tuple[str, int, str], ...], ...]]
    size: int


class _Arrived(NamedTuple):
    """An item of the working memory with the reprs of its values by field."""

    key: Key
    item: Item
    shown: dict[str, str]


@frozen
class BuiltInEngine:
    """An engine without state and without dependencies."""

    name: str = "built-in"

    def run(self, ruleset: Ruleset, items: Iterable[Item]) -> Run:
        """Return the fixpoint of `ruleset` over `items`; see Engine."""
        given = working_memory(items)
        memory = dict(given)
        matches: list[Match] = []
        network = _network(ruleset)
        held: list[list[_Arrived]] = [[] for _ in range(network.size)]
        agenda = list(memory)
        while agenda:
            key = agenda.pop()
            arrived = _Arrived(key, memory[key], dict(key))
            for place in _places_for(network, arrived):
                held[place.number].append(arrived)
                for joined in _joined(network, held, place, arrived):
                    asserted = asserted_by(place.production, [each.item for each in joined])
                    new = key_of(asserted)
                    if new not in memory:
                        memory[new] = asserted
                        agenda.append(new)
                    matches.append(Match(place.production, tuple(each.key for each in joined), new))
        return run_of(ruleset, given, memory, matches)


@lru_cache(maxsize=64)
def _network(ruleset: Ruleset) -> _Network:
    places: dict[tuple[str, ...], dict[tuple[str, ...], list[_Place]]] = {}
    first: dict[str, int] = {}
    joins: dict[str, tuple[tuple[tuple[str, int, str], ...], ...]] = {}
    number = 0
    for production in ruleset.productions:
        first[production.name] = number
        positions = {each.alias: position for position, each in enumerate(production.when)}
        joins[production.name] = tuple(_joins(each, positions) for each in production.when)
        for position, each in enumerate(production.when):
            constants = {test.field: repr(test.value) for test in each.comparisons if _is_constant(test)}
            # A second constant for the same field is tested with the rest: it can only hold if it is the same.
            others = tuple(
                test
                for test in each.comparisons
                if not isinstance(test.value, Ref)
                and not (_is_constant(test) and constants[test.field] == repr(test.value))
            )
            fields = tuple(sorted(constants))
            by_values = places.setdefault(fields, {})
            values = tuple(constants[name] for name in fields)
            by_values.setdefault(values, []).append(_Place(number, production, position, others))
            number += 1
    return _Network(places, first, joins, number)


def _is_constant(test: Comparison) -> bool:
    return test.operator == "==" and not isinstance(test.value, Ref)


def _joins(each: Pattern, positions: dict[str, int]) -> tuple[tuple[str, int, str], ...]:
    return tuple(
        (test.field, positions[test.value.alias], test.value.field)
        for test in each.comparisons
        if isinstance(test.value, Ref)
    )


def _places_for(network: _Network, arrived: _Arrived) -> Iterator[_Place]:
    """Yield the places whose constants, bounds and inequalities the item satisfies."""
    shown = arrived.shown
    for fields, by_values in network.places.items():
        if all(name in shown for name in fields):
            for place in by_values.get(tuple(shown[name] for name in fields), ()):
                if all(_holds(test, arrived) for test in place.others):
                    yield place


def _holds(test: Comparison, arrived: _Arrived) -> bool:
    found = arrived.item.get(test.field)
    if found is None:
        return False
    if test.operator in ("==", "!="):
        return (arrived.shown[test.field] == repr(test.value)) == (test.operator == "==")
    return type(found) is int and type(test.value) is int and ordered(found, test.operator, test.value)


def _joined(
    network: _Network, held: list[list[_Arrived]], place: _Place, arrived: _Arrived
) -> Iterator[tuple[_Arrived, ...]]:
    """Yield every match of the production in which the item that just arrived stands at this place."""
    first = network.first[place.production.name]
    joins = network.joins[place.production.name]

    def extended(before: tuple[_Arrived, ...]) -> Iterator[tuple[_Arrived, ...]]:
        position = len(before)
        if position == len(joins):
            yield before
            return
        candidates = (arrived,) if position == place.position else held[first + position]
        for candidate in tuple(candidates):
            if all(
                name in candidate.shown and candidate.shown[name] == before[earlier].shown.get(other)
                for name, earlier, other in joins[position]
            ):
                yield from extended((*before, candidate))

    return extended(())
