"""The adapter to durable-rules: productions as a Rete network, kept within what that library does reliably.

durable-rules 2.0.28 fails outside a narrow envelope, which decision 0005 records. So there is one lock around
everything; one session in each network; an id for every fact that no other fact in it has; in every fact the
case it belongs to; and after each run every fact is taken back. The library's `Host`, whose timers fire rules
from threads of their own, is left out: this module talks to the extension module below it. And what a network
reads are tokens of our own making (`t7` for a value, `f3` for a field), for it compares texts as raw JSON.
"""

import json
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from threading import Lock
from typing import Any, Final, NamedTuple

from partyrules.errors import EngineError
from partyrules.evaluators.chaining import (
    ORDERINGS,
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
    run_of,
    satisfies,
    working_memory,
)

__all__ = ["DurableEngine", "durable_engine"]

# A network of 60 productions holds about 3 MB and takes about 5 ms to build.
MOST_NETWORKS: Final = 16
# Behind one set of constants the library has room for 255 patterns, and does not notice the 256th.
MOST_ALIKE: Final = 250

OBSERVED: Final = 2
OPERATORS: Final = {"!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}
TRIAL: Final = {"id": "0", "sid": "trial", "trial": "trial"}

# The library keeps tables for the whole process, so engines share one lock.
_LOCK: Final = Lock()


class DurableEngine:
    """An engine that fires a ruleset on durable-rules; threads wait for one another.

    Where it cannot hold a ruleset (more than 250 patterns that differ in joins alone) or an item (one that
    satisfies more than about 60 different patterns), it raises EngineError.
    """

    name: Final = "durable"

    def __init__(self, extension: Any) -> None:
        self._extension = extension
        self._networks: OrderedDict[Ruleset, _Network] = OrderedDict()

    def run(self, ruleset: Ruleset, items: Iterable[Item]) -> Run:
        """Return the fixpoint of `ruleset` over `items`; see Engine."""
        given = working_memory(items)
        with _LOCK:
            network = self._network(ruleset)
            try:
                memory, matches = network.fixpoint(given)
            except BaseException as error:
                # Whatever broke off, the next run starts on a network that knows nothing of this one.
                self._networks.pop(ruleset).close()
                if isinstance(error, Exception) and not isinstance(error, EngineError):
                    raise EngineError(f"durable-rules failed: {error}") from error
                raise
        return run_of(ruleset, given, memory, matches)

    def _network(self, ruleset: Ruleset) -> "_Network":
        if ruleset in self._networks:
            self._networks.move_to_end(ruleset)
        else:
            while len(self._networks) >= MOST_NETWORKS:
                self._networks.popitem(last=False)[1].close()
            self._networks[ruleset] = _Network(self._extension, ruleset)
        return self._networks[ruleset]


@lru_cache(maxsize=1)
def durable_engine() -> DurableEngine:
    """Return this process's engine on durable-rules; raise ImportError where that cannot be loaded."""
    return DurableEngine(import_module("durable_rules_engine"))


class _Case(NamedTuple):
    """One run: its name, all items known by now, the keys told to the library in order, and a token for each value."""

    name: str
    memory: dict[Key, Item]
    told: list[Key]
    tokens: dict[str, str]


class _Network:
    """A ruleset as the library holds it; each run has a session of its own, which is deleted at its end."""

    def __init__(self, extension: Any, ruleset: Ruleset) -> None:
        self._extension = extension
        self._productions = {f"p{number}": each for number, each in enumerate(ruleset.productions)}
        self._fields: dict[str, str] = {}
        self._tokens: dict[str, str] = {}
        self._ordered: set[str] = set()
        self._cases = 0
        rules: dict[str, Any] = {name: self._rule(each) for name, each in self._productions.items()}
        _check_alike(rules)
        rules["trial"] = {"all": [{"m0": {"trial": "trial"}}]}
        try:
            self._handle = extension.create_ruleset("partyrules", json.dumps(rules))
            self._try_out()
        except Exception as error:
            raise EngineError(f"durable-rules does not take the ruleset: {error}") from error

    def close(self) -> None:
        """Give all memory back; a session is lost to the library if it is still there when its network goes."""
        with suppress(Exception):
            self._extension.delete_state(self._handle, str(self._cases))
        with suppress(Exception):
            self._extension.delete_ruleset(self._handle)

    def fixpoint(self, given: Mapping[Key, Item]) -> tuple[dict[Key, Item], list[Match]]:
        """Return all items that follow from the given ones, those included, and all matches on the way."""
        if not given:
            return {}, []
        self._cases += 1
        case = _Case(str(self._cases), dict(given), [], dict(self._tokens))
        matches = list(self._matches(case))
        # Facts are not retracted one by one: the library then reads and writes past the matches that have fired.
        self._extension.delete_state(self._handle, case.name)
        return case.memory, matches

    def _matches(self, case: _Case) -> Iterator[Match]:
        """Tell the library all items, and yield each match that it fires, having told it what follows."""
        for key in tuple(case.memory):
            state = self._tell(case, key)
        started = self._extension.start_action_for_state(self._handle, state)
        fired = started[1] if started else None
        while fired:
            ((name, facts),) = json.loads(fired).items()
            production = self._productions[name]
            matched = _matched(production, case, facts)
            asserted = asserted_by(production, [case.memory[key] for key in matched])
            key = key_of(asserted)
            if key not in case.memory:
                case.memory[key] = asserted
                self._tell(case, key)
            yield Match(production, matched, key)
            fired = self._extension.complete_and_start_action(self._handle, state)

    def _tell(self, case: _Case, key: Key) -> int:
        """Assert one item, whose id is its place in the order of telling, and return the offset of the session.

        The library compares the hashes of ids alone; those of numbers below 100,000 differ.
        """
        item = case.memory[key]
        fact: dict[str, str | int] = {"id": str(len(case.told)), "sid": case.name}
        for name, shown in key:
            if name in self._fields:
                fact[self._fields[name]] = case.tokens.setdefault(shown, f"t{len(case.tokens)}")
                value = item[name]
                if name in self._ordered and type(value) is int:
                    fact[f"n{self._fields[name]}"] = value
        case.told.append(key)
        status, state = self._extension.assert_fact(self._handle, json.dumps(fact))
        if status == OBSERVED:
            raise EngineError("durable-rules takes a new fact for one that it has seen")
        return int(state)

    def _rule(self, production: Production) -> dict[str, Any]:
        positions = {each.alias: f"m{position}" for position, each in enumerate(production.when)}
        # The library fails on a shared field that is absent, so each pattern asks for what later ones share.
        shared: dict[str, list[str]] = {each.alias: [] for each in production.when}
        for each in production.when:
            for test in each.comparisons:
                if isinstance(test.value, Ref):
                    shared[test.value.alias].append(test.value.name)
        return {
            "all": [
                {positions[each.alias]: self._tests(each, shared[each.alias], positions)} for each in production.when
            ],
            # One item may match several patterns.
            "dist": 0,
        }

    def _tests(self, each: Pattern, shared: Iterable[str], positions: Mapping[str, str]) -> dict[str, Any]:
        tests: list[dict[str, Any]] = []
        exist = set(shared)
        joins: list[dict[str, Any]] = []
        for test in each.comparisons:
            name = self._field(test.name)
            if isinstance(test.value, Ref):
                exist.add(test.name)
                joins.append({name: {positions[test.value.alias]: self._field(test.value.name)}})
            elif test.operator in ORDERINGS:
                self._ordered.add(test.name)
                tests.append({OPERATORS[test.operator]: {f"n{name}": test.value}})
            elif test.operator == "==":
                tests.append({name: self._token(test.value)})
            else:
                tests.append({OPERATORS[test.operator]: {name: self._token(test.value)}})
        tests.extend({"$ex": {self._field(name): 1}} for name in sorted(exist))
        return {"$and": [*tests, *joins]}

    def _field(self, name: str) -> str:
        return self._fields.setdefault(name, f"f{len(self._fields)}")

    def _token(self, value: object) -> str:
        return self._tokens.setdefault(repr(value), f"t{len(self._tokens)}")

    def _try_out(self) -> None:
        """Fire once, for the library frees what it never set in a session that has not fired."""
        _, state = self._extension.assert_fact(self._handle, json.dumps(TRIAL))
        started = self._extension.start_action_for_state(self._handle, state)
        if not started or json.loads(started[1]) != {"trial": {"m0": TRIAL}}:
            raise EngineError("a trial fact fired nothing")
        if self._extension.complete_and_start_action(self._handle, state):
            raise EngineError("a trial fact fired twice")
        self._extension.delete_state(self._handle, TRIAL["sid"])


def _check_alike(rules: Mapping[str, Any]) -> None:
    starts = Counter(
        json.dumps([test for test in body["$and"] if not _is_join(test)])
        for rule in rules.values()
        for part in rule["all"]
        for body in part.values()
    )
    for _, number in starts.most_common(1):
        if number > MOST_ALIKE:
            raise EngineError(f"durable-rules does not take {number} patterns that differ in joins alone")


def _is_join(test: Mapping[str, Any]) -> bool:
    ((operator, value),) = test.items()
    return not operator.startswith("$") and isinstance(value, dict)


def _matched(production: Production, case: _Case, facts: Mapping[str, Any]) -> tuple[Key, ...]:
    """Return the keys of the facts that matched, in the order of the patterns, if they do match."""
    matched: list[Key] = []
    by_alias: dict[str, Item] = {}
    for position, each in enumerate(production.when):
        fact = facts[f"m{position}"]
        if fact["sid"] != case.name:
            raise EngineError(f"durable-rules fired `{production.name}` on a fact of another case")
        key = case.told[int(fact["id"])]
        if not satisfies(case.memory[key], each, by_alias):
            raise EngineError(f"durable-rules fired `{production.name}` on an item that does not match it")
        by_alias[each.alias] = case.memory[key]
        matched.append(key)
    return tuple(matched)
