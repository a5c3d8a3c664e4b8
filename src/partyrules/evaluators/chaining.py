"""Forward chaining as data: items, productions, and the run that justifies what an inference engine derived.

A ruleset has positive patterns only and makes no new values, so its result is the least fixpoint: one set of
items, whatever the engine and in whatever order it fires. Of all firings a run keeps one for each derived
item, chosen by a rule that does not depend on the engine either; engines that agree give equal runs.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, NamedTuple, Protocol

from attrs import field, frozen

from partyrules.errors import EngineError, PackError, refusal

__all__ = [
    "Comparison",
    "Engine",
    "Firing",
    "Item",
    "Key",
    "Match",
    "Pattern",
    "Production",
    "Ref",
    "Ruleset",
    "Run",
    "Scalar",
    "asserted_by",
    "key_of",
    "pattern",
    "run_of",
    "satisfies",
    "working_memory",
]

Scalar = str | int | bool
Item = Mapping[str, Scalar]
# What makes items the same: their fields in order, each with the repr of its value: 1, "1" and True differ.
Key = tuple[tuple[str, str], ...]

# What every engine can do. durable-rules holds 16 items in one match and 32 comparisons in one pattern; it
# reads integers of a ruleset as a C long, which has 32 bits on some systems, and those of items with 64 bits.
MOST_PATTERNS: Final = 12
MOST_COMPARISONS: Final = 12
LARGEST_BOUND: Final = 2**31 - 1
LARGEST_INTEGER: Final = 2**63 - 1

ORDERINGS: Final = frozenset({"<", "<=", ">", ">="})
OPERATORS: Final = frozenset({"==", "!=", *ORDERINGS})


@frozen
class Ref:
    """The value of the field `name` in the item that matched the pattern called `alias`."""

    alias: str
    name: str


@frozen
class Comparison:
    """One test of the field `name`: `==` or `!=` a constant, `==` a Ref, or an ordering with an integer.

    An item without the field satisfies no comparison, `!=` included. Values of different types are different;
    an ordering holds of integers alone, and True is no integer here.
    """

    name: str
    operator: str
    value: Scalar | Ref = field(eq=repr)

    def __attrs_post_init__(self) -> None:
        _check_name(self.name)
        where = f"comparison of `{self.name}`"
        if self.operator not in OPERATORS:
            raise PackError(f"{where}: {refusal('operator', self.operator, OPERATORS)}")
        if isinstance(self.value, Ref):
            if self.operator != "==":
                raise PackError(f"{where}: only `==` takes a Ref, found `{self.operator}`")
        elif self.operator not in ORDERINGS:
            _check_scalar(where, self.value, PackError)
        elif type(self.value) is not int or abs(self.value) > LARGEST_BOUND:
            raise PackError(f"{where}: `{self.operator}` takes an integer of 32 bits, found {self.value!r}")


@frozen
class Pattern:
    """Comparisons that one item satisfies together; `alias` names that item in the rest of the production."""

    alias: str
    comparisons: tuple[Comparison, ...]

    def __attrs_post_init__(self) -> None:
        if not 1 <= len(self.comparisons) <= MOST_COMPARISONS:
            found = len(self.comparisons)
            raise PackError(f"pattern `{self.alias}`: 1 to {MOST_COMPARISONS} comparisons, found {found}")
        if not any(test.operator == "==" and not isinstance(test.value, Ref) for test in self.comparisons):
            raise PackError(f"pattern `{self.alias}`: at least one field must equal a constant")


def _patterns(when: Iterable[Pattern]) -> tuple[Pattern, ...]:
    return tuple(when)


def _pairs(then: Mapping[str, Scalar | Ref]) -> tuple[tuple[str, Scalar | Ref], ...]:
    return tuple(sorted(then.items()))


@frozen(cache_hash=True)
class Production:
    """When each pattern of `when` has an item, assert an item with the fields `then`, constants or Refs.

    One item may match several patterns. `name` is what a justification shows.
    """

    name: str
    when: tuple[Pattern, ...] = field(converter=_patterns)
    then: tuple[tuple[str, Scalar | Ref], ...] = field(converter=_pairs, eq=repr)

    def __attrs_post_init__(self) -> None:
        where = f"production `{self.name}`"
        if not 1 <= len(self.when) <= MOST_PATTERNS:
            raise PackError(f"{where}: 1 to {MOST_PATTERNS} patterns, found {len(self.when)}")
        aliases: list[str] = []
        for each in self.when:
            for test in each.comparisons:
                _check_alias(where, test.value, aliases)
            if each.alias in aliases:
                raise PackError(f"{where}: two patterns are called `{each.alias}`")
            aliases.append(each.alias)
        if not self.then:
            raise PackError(f"{where}: `then` has no field")
        for name, value in self.then:
            _check_name(name)
            _check_alias(where, value, aliases)
            if not isinstance(value, Ref):
                _check_scalar(f"{where}: field `{name}`", value, PackError)


def _productions(productions: Iterable[Production]) -> tuple[Production, ...]:
    return tuple(productions)


@frozen(cache_hash=True)
class Ruleset:
    """Productions of distinct names, and the pattern that an answer satisfies."""

    productions: tuple[Production, ...] = field(converter=_productions)
    goal: Pattern

    def __attrs_post_init__(self) -> None:
        names: set[str] = set()
        for production in self.productions:
            if production.name in names:
                raise PackError(f"ruleset: two productions are called `{production.name}`")
            names.add(production.name)
        for test in self.goal.comparisons:
            _check_alias("goal", test.value, ())


def pattern(alias: str, /, *comparisons: Comparison, **equal: Scalar | Ref) -> Pattern:
    """Return the pattern of items whose named fields equal these values and which satisfy `comparisons`."""
    return Pattern(alias, (*(Comparison(name, "==", value) for name, value in equal.items()), *comparisons))


@frozen
class Firing:
    """A production, the items that matched its patterns, in their order, and the item it asserted."""

    production: str
    matched: tuple[Item, ...]
    asserted: Item


@frozen
class Run:
    """What came of a ruleset and some items.

    `items` are the given items in the order of their keys, then the derived ones in the order of `firings`.
    `firings` has one for each derived item, after those that derived the items it matched. `answers` are the
    items that satisfy the goal.
    """

    items: tuple[Item, ...]
    firings: tuple[Firing, ...]
    answers: tuple[Item, ...]


class Engine(Protocol):
    """What carries a ruleset to its fixpoint; `run` may be called from any thread."""

    @property
    def name(self) -> str:
        """Return what the engine is chosen and reported by."""

    def run(self, ruleset: Ruleset, items: Iterable[Item]) -> Run:
        """Return the fixpoint of `ruleset` over `items`.

        Raises:
            EngineError: no item satisfies the goal, an item holds what no engine can, or the engine failed.
        """


class Match(NamedTuple):
    """One way in which a production fires: the keys of the items it matched, and of the item it asserts."""

    production: Production
    matched: tuple[Key, ...]
    asserted: Key


def key_of(item: Item) -> Key:
    """Return what makes `item` the item it is; equal for equal fields, values and types of values."""
    return tuple(sorted((name, repr(value)) for name, value in item.items()))


def working_memory(items: Iterable[Item]) -> dict[Key, Item]:
    """Return the items by key, both in order, each item once; refuse what no engine can hold."""
    memory: dict[Key, Item] = {}
    for item in items:
        for name, value in item.items():
            _check_scalar(f"item field `{name}`", value, EngineError)
        memory[key_of(item)] = dict(sorted(item.items()))
    return dict(sorted(memory.items()))


def asserted_by(production: Production, matched: Iterable[Item]) -> Item:
    """Return the item that `production` asserts when these items match its patterns."""
    by_alias = {each.alias: item for each, item in zip(production.when, matched, strict=True)}
    asserted: dict[str, Scalar] = {}
    for name, value in production.then:
        if isinstance(value, Ref):
            if value.name not in by_alias[value.alias]:
                where = f"production `{production.name}`"
                raise EngineError(f"{where}: the item `{value.alias}` has no field `{value.name}`")
            asserted[name] = by_alias[value.alias][value.name]
        else:
            asserted[name] = value
    return asserted


def satisfies(item: Item, wanted: Pattern, by_alias: Mapping[str, Item]) -> bool:
    """Return whether `item` satisfies `wanted`, given the items that matched the patterns before it."""
    return all(_holds(item, test, by_alias) for test in wanted.comparisons)


def _holds(item: Item, test: Comparison, by_alias: Mapping[str, Item]) -> bool:
    if test.name not in item:
        return False
    found, wanted = item[test.name], test.value
    if isinstance(wanted, Ref):
        other = by_alias[wanted.alias]
        return wanted.name in other and repr(found) == repr(other[wanted.name])
    if test.operator in ORDERINGS:
        return type(found) is int and type(wanted) is int and ordered(found, test.operator, wanted)
    return (repr(found) == repr(wanted)) == (test.operator == "==")


def ordered(found: int, operator: str, bound: int) -> bool:
    """Return whether `found` stands to `bound` as an operator of ORDERINGS says."""
    match operator:
        case "<":
            return found < bound
        case "<=":
            return found <= bound
        case ">":
            return found > bound
        case _:
            return found >= bound


def run_of(ruleset: Ruleset, given: Mapping[Key, Item], memory: Mapping[Key, Item], matches: Iterable[Match]) -> Run:
    """Return the run that all `matches` of an engine come to, whatever their order.

    `given` are the items the engine started from, `memory` those it ended with. Of the matches that derive an
    item, those count that need the fewest rounds from the given items; of them the least by the production's
    name, then by the keys of the matched items.

    Raises:
        EngineError: no item satisfies the goal, or an item of `memory` follows from no match.
    """
    chosen = tuple(_justified(given, matches))
    derived = len(memory) - len(given)
    if len(chosen) != derived:
        raise EngineError(f"{derived - len(chosen)} of {derived} derived items follow from nothing")
    firings = tuple(
        Firing(match.production.name, tuple(memory[key] for key in match.matched), memory[match.asserted])
        for match in chosen
    )
    items = (*given.values(), *(firing.asserted for firing in firings))
    answers = tuple(item for item in items if satisfies(item, ruleset.goal, {}))
    if not answers:
        raise EngineError(f"goal not answered: {len(given)} items given, {derived} derived, none satisfies it")
    return Run(items, firings, answers)


def _justified(given: Collection[Key], matches: Iterable[Match]) -> Iterator[Match]:
    """Yield the match that justifies each derived item, round by round."""
    waiting: dict[Key, list[Match]] = {}
    lacking: dict[Match, int] = {}
    ready: list[Match] = []
    for match in set(matches):
        lacks = {key for key in match.matched if key not in given}
        lacking[match] = len(lacks)
        for key in lacks:
            waiting.setdefault(key, []).append(match)
        if not lacks:
            ready.append(match)
    known = set(given)
    while ready:
        ready.sort(key=lambda match: (match.production.name, match.matched))
        fresh: list[Match] = []
        for match in ready:
            if match.asserted not in known:
                known.add(match.asserted)
                fresh.append(match)
        yield from fresh
        ready = []
        for match in fresh:
            for later in waiting.get(match.asserted, ()):
                lacking[later] -= 1
                if not lacking[later]:
                    ready.append(later)


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not name:
        raise PackError(f"a field has a name, found {name!r}")


def _check_alias(where: str, value: Scalar | Ref, aliases: Collection[str]) -> None:
    if isinstance(value, Ref) and value.alias not in aliases:
        raise PackError(f"{where}: {refusal('alias', value.alias, aliases)}")


def _check_scalar(where: str, value: object, error: type[EngineError] | type[PackError]) -> None:
    # Subclasses are refused: two values of one repr must be one value to every engine.
    if type(value) not in (str, int, bool):
        raise error(f"{where}: a value is a string, an integer or a truth value, found {value!r}")
    if type(value) is int and abs(value) > LARGEST_INTEGER:
        raise error(f"{where}: an integer has at most 64 bits, found {value!r}")
