"""The built-in inference engine: forward chaining in plain Python, one newly arrived item at a time."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import ClassVar, NamedTuple

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

# For each pattern, what it shares with earlier ones: (field, their position, their field).
_Joins = tuple[tuple[tuple[str, int, str], ...], ...]


class _Place(NamedTuple):
    """A pattern of a production, at its position, with what remains to test once its constants agree."""

    production: Production
    position: int
    others: tuple[Comparison, ...]
    joins: _Joins


# The places whose constants are exactly these, by fields and then by what a Key shows of those fields.
_Network = Mapping[tuple[str, ...], Mapping[Key, Sequence[_Place]]]


class _Arrived(NamedTuple):
    """An item of the working memory, and what its key shows of each field."""

    key: Key
    item: Item
    shown: Mapping[str, str]


# The items held at a place, by what they show of the fields that it shares with earlier places.
_Held = dict[tuple[str, int, tuple[str | None, ...]], list[_Arrived]]


@frozen
class BuiltInEngine:
    """An engine without state and without dependencies."""

    name: ClassVar[str] = "built-in"

    def run(self, ruleset: Ruleset, items: Iterable[Item]) -> Run:
        """Return the fixpoint of `ruleset` over `items`; see Engine."""
        given = working_memory(items)
        memory = dict(given)
        matches: list[Match] = []
        network = _network(ruleset)
        held: _Held = {}
        agenda = list(memory)
        while agenda:
            key = agenda.pop()
            arrived = _Arrived(key, memory[key], dict(key))
            for place in _places_for(network, arrived):
                for matched in _matches(held, place, arrived):
                    asserted = asserted_by(place.production, [each.item for each in matched])
                    new = key_of(asserted)
                    if new not in memory:
                        memory[new] = asserted
                        agenda.append(new)
                    matches.append(Match(place.production, tuple(each.key for each in matched), new))
        return run_of(ruleset, given, memory, matches)


@lru_cache(maxsize=64)
def _network(ruleset: Ruleset) -> _Network:
    network: dict[tuple[str, ...], dict[Key, list[_Place]]] = {}
    for production in ruleset.productions:
        positions = {each.alias: position for position, each in enumerate(production.when)}
        joins = tuple(_joins(each, positions) for each in production.when)
        for position, each in enumerate(production.when):
            constants = {test.name: repr(test.value) for test in each.comparisons if _is_constant(test)}
            # A second constant for one field stays among the others, where it holds only if it is the same.
            others = tuple(
                test
                for test in each.comparisons
                if not isinstance(test.value, Ref)
                and not (_is_constant(test) and constants[test.name] == repr(test.value))
            )
            key = tuple(sorted(constants.items()))
            by_constants = network.setdefault(tuple(name for name, _ in key), {})
            by_constants.setdefault(key, []).append(_Place(production, position, others, joins))
    return network


def _is_constant(test: Comparison) -> bool:
    return test.operator == "==" and not isinstance(test.value, Ref)


def _joins(each: Pattern, positions: Mapping[str, int]) -> tuple[tuple[str, int, str], ...]:
    return tuple(
        (test.name, positions[test.value.alias], test.value.name)
        for test in each.comparisons
        if isinstance(test.value, Ref)
    )


def _places_for(network: _Network, arrived: _Arrived) -> list[_Place]:
    """Return the places whose constants, bounds and inequalities the item satisfies."""
    shown = arrived.shown
    return [
        place
        for fields, by_constants in network.items()
        if shown.keys() >= set(fields)
        for place in by_constants.get(tuple([(name, shown[name]) for name in fields]), ())
        if all(_holds(test, arrived) for test in place.others)
    ]


def _holds(test: Comparison, arrived: _Arrived) -> bool:
    if test.name not in arrived.item:
        return False
    if test.operator in ("==", "!="):
        return (arrived.shown[test.name] == repr(test.value)) == (test.operator == "==")
    found = arrived.item[test.name]
    return type(found) is int and type(test.value) is int and ordered(found, test.operator, test.value)


def _matches(held: _Held, place: _Place, arrived: _Arrived) -> list[tuple[_Arrived, ...]]:
    """Hold the item that just arrived at this place, and return every match in which it stands there."""
    name = place.production.name
    shared = tuple([arrived.shown.get(mine) for mine, _, _ in place.joins[place.position]])
    # Held before it is matched, so that an item that fits two places meets itself, and only at the second.
    held.setdefault((name, place.position, shared), []).append(arrived)
    matches: list[tuple[_Arrived, ...]] = [()]
    for position, joins in enumerate(place.joins):
        longer: list[tuple[_Arrived, ...]] = []
        for before in matches:
            wanted = tuple([before[earlier].shown.get(theirs) for _, earlier, theirs in joins])
            if None in wanted:
                continue
            if position != place.position:
                longer.extend([(*before, other) for other in held.get((name, position, wanted), ())])
            elif wanted == shared:
                longer.append((*before, arrived))
        matches = longer
    return matches
