"""Decisions on durable-rules: what every condition of a case comes to, inferred by forward chaining to one outcome.

The reference decides. Where durable-rules can be imported it infers the same decision a second time, from the truths
of the single conditions: and, or and not; the list that each rule belongs in; the worst of the lists. The two must
agree, or there is no decision.

durable-rules 2.0.28 is fragile outside a narrow envelope, which decision 0005 records. So there is one lock around
everything; one session at a time, deleted whole and never retracted from; an id for every fact that no other fact in
it has; in every fact the case that it belongs to. The library's `Host`, whose timers fire rules from threads of their
own, is left out: this module talks to the extension module below it. Each match that it reports is tested again.
"""

import json
import platform
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from itertools import product
from threading import Lock
from typing import Any, Final, NamedTuple, get_args

from attrs import field, frozen

from partyrules.answers.verdicts import OUTCOMES, Outcome
from partyrules.errors import EngineError, QueryError, refusal
from partyrules.evaluate.kleene import Truth
from partyrules.evaluate.pipeline import Answer, Case, Role, explanation, list_of, outcome_of_lists, role_of
from partyrules.language.kernel import AllOf, AnyOf, Condition, Not
from partyrules.language.rules import Veto
from partyrules.packs.discovery import version_of

REFERENCE: Final = "reference"
DURABLE: Final = "durable"
ENGINES: Final = (DURABLE, REFERENCE)

Item = Mapping[str, str]
_NOWHERE: Final = "none"
_END: Final = "end"
_OBSERVED: Final = 2
# The library tells ids apart by a hash of 32 bits; those of numbers below 40,189 differ.
_MOST_ITEMS: Final = 40_000


@frozen
class EngineReport:
    """What decides here and why; `durable_version` is None where durable-rules is not installed."""

    engine: str
    reason: str
    durable_version: str | None
    python: str


@frozen
class Firing:
    """A production of the engine, the items that matched its patterns, in their order, and the item it asserted."""

    production: str
    matched: tuple[Item, ...]
    asserted: Item


@frozen
class Inferred:
    """What the engine came to: the list of the decision for each rule, None for none, the outcome, and why.

    `given` are the items that it was told, `firings` what followed, each after what it rests on.
    """

    lists: Mapping[str, str | None]
    outcome: Outcome
    reason: str | None
    given: tuple[Item, ...]
    firings: tuple[Firing, ...]


def engine_named(name: str | None = None) -> str:
    """Return the engine of that name, or what decides here by default; raise QueryError where it cannot be had."""
    if name not in (None, *ENGINES):
        raise QueryError(refusal("engine", name, ENGINES))
    missing = _library()[1]
    if name == DURABLE and missing:
        raise QueryError(f"engine `{name}` cannot be loaded: {missing}; `{REFERENCE}` can")
    return REFERENCE if name == REFERENCE or missing else DURABLE


def engine_report() -> EngineReport:
    """Return what decides in this process."""
    reason = "durable-rules can be loaded: the reference decides, and it infers the same a second time"
    if missing := _library()[1]:
        reason = f"the reference decides alone: durable-rules cannot be loaded: {missing}"
    return EngineReport(engine_named(), reason, version_of("durable-rules"), platform.python_version())


def inferred(case: Case, found: Mapping[str, Answer]) -> Inferred:
    """Return what durable-rules infers from the truth of each condition; raise EngineError where it leaves any open."""
    items = [*_told(case, found)]
    memory, firings = _engine().run(items)
    decisions = [item for item in memory if item["kind"] == "decision"]
    if len(decisions) != 1:
        raise EngineError(f"durable-rules: {len(decisions)} answers to one question; no decision rests on that")
    lists = {item["rule"]: item["list"] for item in memory if item["kind"] == "place"}
    reason = decisions[0]["reason"] or None
    if reason is None and lists.keys() != found.keys():
        raise EngineError("durable-rules left rules without an answer; no decision rests on that")
    return Inferred(
        {rule: None if where == _NOWHERE else where for rule, where in lists.items()},
        next(outcome for outcome in OUTCOMES if outcome == decisions[0]["outcome"]),
        reason,
        tuple(items),
        tuple(firings),
    )


# What is told of a case --------------------------------------------------------------------------------------------


def _told(case: Case, found: Mapping[str, Answer]) -> Iterator[Item]:
    """Yield how the person stands, the rules in their order, and each condition: its parts, or its truth."""
    if case.refusal is not None:
        yield {"kind": "refused", "reason": case.refusal}
        return
    numbers = [*map(str, range(len(found))), _END]
    yield {"kind": "person", "first": numbers[0], "worst": "undetermined" if case.needs else "permitted"}
    for bound, here, then in zip(case.rules, numbers, numbers[1:], strict=False):
        rule = bound.rule
        applies, holds = f"{bound.id}?", f"{bound.id}!"
        yield {"kind": "rule", "rule": bound.id, "role": role_of(rule), "applies": applies, "holds": holds,
               "at": here, "then": then}  # fmt: skip
        if isinstance(rule, Veto):
            yield _truth(applies, Truth.TRUE)
            yield from _condition(case, holds, rule.vetoes)
        else:
            yield from _condition(case, applies, rule.when)
            excused = (explanation(bound.id),) if rule.modality == "normally" else ()
            yield from _condition(case, holds, AnyOf((rule.requires, *excused)) if excused else rule.requires)


def _condition(case: Case, node: str, condition: Condition) -> Iterator[Item]:
    match condition:
        case AllOf(parts) | AnyOf(parts):
            kind = "all" if isinstance(condition, AllOf) else "any"
            places = [*map(str, range(len(parts))), _END]
            start = Truth.TRUE if kind == "all" else Truth.FALSE
            yield {"kind": "fold", "of": node, "at": places[0], "value": start.name}
            for part, here, then in zip(parts, places, places[1:], strict=False):
                yield {"kind": kind, "of": node, "at": here, "then": then, "part": f"{node}.{here}"}
                yield from _condition(case, f"{node}.{here}", part)
        case Not(part):
            yield {"kind": "not", "of": node, "part": f"{node}.0"}
            yield from _condition(case, f"{node}.0", part)
        case _:
            yield _truth(node, case.world.verdict(condition, case.frame).truth)


def _truth(node: str, truth: Truth) -> Item:
    return {"kind": "truth", "node": node, "value": truth.name}


# What follows ------------------------------------------------------------------------------------------------------


class Ref(NamedTuple):
    """The field `name` of the item that matched the pattern at `position`."""

    position: int
    name: str


_Fields = Mapping[str, str | Ref]


@frozen
class Production:
    """When each pattern of `when` has an item with these fields, assert one with the fields `then`."""

    name: str
    when: tuple[_Fields, ...]
    then: _Fields


def _productions() -> Iterator[Production]:
    """Yield the productions, made from the tables that the reference reads too; they are the same for every pack."""
    yield Production(
        "no question of rules", ({"kind": "refused"},),
        {"kind": "decision", "outcome": "blocked", "reason": Ref(0, "reason")},
    )  # fmt: skip
    yield Production(
        "from the first rule on", ({"kind": "person"},),
        {"kind": "progress", "at": Ref(0, "first"), "worst": Ref(0, "worst")},
    )  # fmt: skip
    for truth in Truth:
        negated = Truth(Truth.TRUE - truth)
        yield Production(
            f"not {truth.name}",
            ({"kind": "not"}, {"kind": "truth", "node": Ref(0, "part"), "value": truth.name}),
            {"kind": "truth", "node": Ref(0, "of"), "value": negated.name},
        )
    for (kind, joined), so_far, truth in product((("all", min), ("any", max)), Truth, Truth):
        yield Production(
            f"{kind}: {so_far.name}, {truth.name}",
            (
                {"kind": "fold", "value": so_far.name},
                {"kind": kind, "of": Ref(0, "of"), "at": Ref(0, "at")},
                {"kind": "truth", "node": Ref(1, "part"), "value": truth.name},
            ),
            {"kind": "fold", "of": Ref(0, "of"), "at": Ref(1, "then"), "value": joined(so_far, truth).name},
        )
    yield Production(
        "all parts looked at", ({"kind": "fold", "at": _END},),
        {"kind": "truth", "node": Ref(0, "of"), "value": Ref(0, "value")},
    )  # fmt: skip
    for role, applies, holds in product(get_args(Role), Truth, Truth):
        where = list_of(role, applies, holds)
        yield Production(
            f"{role}: applies {applies.name}, holds {holds.name}",
            (
                {"kind": "rule", "role": role},
                {"kind": "truth", "node": Ref(0, "applies"), "value": applies.name},
                {"kind": "truth", "node": Ref(0, "holds"), "value": holds.name},
            ),
            {"kind": "place", "rule": Ref(0, "rule"), "list": where or _NOWHERE, "weighs": outcome_of_lists([where]),
             "at": Ref(0, "at"), "then": Ref(0, "then")},
        )  # fmt: skip
    for worst, weighs in product(OUTCOMES, OUTCOMES):
        yield Production(
            f"{weighs} after {worst}",
            ({"kind": "progress", "worst": worst}, {"kind": "place", "at": Ref(0, "at"), "weighs": weighs}),
            {"kind": "progress", "at": Ref(1, "then"), "worst": min(worst, weighs, key=OUTCOMES.index)},
        )
    yield Production(
        "after the last rule", ({"kind": "progress", "at": _END},),
        {"kind": "decision", "outcome": Ref(0, "worst"), "reason": ""},
    )  # fmt: skip


# The library -------------------------------------------------------------------------------------------------------


# It keeps tables for the whole process.
_LOCK: Final = Lock()
_TRIAL: Final = {"id": "0", "sid": "trial", "trial": "trial"}


@lru_cache(maxsize=1)
def _library() -> tuple[Any, str]:
    """Return the extension module of durable-rules, or why it cannot be loaded."""
    try:
        return import_module("durable_rules_engine"), ""
    except ImportError as error:
        return None, str(error)


@frozen(eq=False)
class _Engine:
    """The productions as a Rete network; each run has a session of its own, which is deleted at its end."""

    _extension: Any
    _productions: Mapping[str, Production] = field(
        init=False, factory=lambda: {f"p{number}": each for number, each in enumerate(_productions())}
    )
    _network: list[tuple[Any, int]] = field(init=False, factory=list)

    def run(self, items: list[Item]) -> tuple[list[Item], list[Firing]]:
        """Return all items that follow from the given ones, those included, and the firings in their order."""
        with _LOCK:
            handle, cases = self._network.pop() if self._network else (None, 0)
            name = str(cases + 1)
            try:
                handle = self._created() if handle is None else handle
                found = self._fired(handle, name, items)
                # Facts are not retracted one by one: the library then reads and writes past what has fired.
                self._extension.delete_state(handle, name)
            except BaseException as error:
                # Whatever broke off, the next run starts on a network that knows nothing of this one.
                with suppress(Exception):
                    self._extension.delete_state(handle, name)
                with suppress(Exception):
                    self._extension.delete_ruleset(handle)
                if isinstance(error, Exception) and not isinstance(error, EngineError):
                    raise EngineError(f"durable-rules failed: {error}") from error
                raise
            self._network.append((handle, cases + 1))
            return found

    def _fired(self, handle: Any, name: str, items: list[Item]) -> tuple[list[Item], list[Firing]]:
        memory: list[Item] = []
        known: set[tuple[str, ...]] = set()
        tokens = dict(_TOKENS)

        def tell(item: Item) -> int:
            if len(memory) >= _MOST_ITEMS:
                raise EngineError(f"durable-rules takes {_MOST_ITEMS} items of a case at the most")
            told = {key: tokens.setdefault(value, f"t{len(tokens)}") for key, value in item.items()}
            status, state = self._extension.assert_fact(
                handle, json.dumps({**told, "id": str(len(memory)), "sid": name})
            )
            if status == _OBSERVED:
                raise EngineError("durable-rules takes a new fact for one that it has seen")
            memory.append(item)
            known.add(_key(item))
            return int(state)

        state = [tell(item) for item in items][-1]
        firings: list[Firing] = []
        started = self._extension.start_action_for_state(handle, state)
        fired = started[1] if started else None
        while fired:
            ((rule, facts),) = json.loads(fired).items()
            firing = _tested(self._productions[rule], facts, memory, name)
            if _key(firing.asserted) not in known:
                firings.append(firing)
                tell(firing.asserted)
            fired = self._extension.complete_and_start_action(handle, state)
        return memory, firings

    def _created(self) -> Any:
        rules: dict[str, Any] = {name: _as_json(each) for name, each in self._productions.items()}
        rules["trial"] = {"all": [{"m0": {"trial": "trial"}}]}
        handle = self._extension.create_ruleset("partyrules", json.dumps(rules))
        # Fired once, for the library frees what it never set in a session that has not fired.
        _, state = self._extension.assert_fact(handle, json.dumps(_TRIAL))
        started = self._extension.start_action_for_state(handle, state)
        self._extension.complete_and_start_action(handle, state)
        self._extension.delete_state(handle, _TRIAL["sid"])
        if not started or json.loads(started[1]) != {"trial": {"m0": _TRIAL}}:
            raise EngineError("durable-rules does not take the productions: a trial fact fired nothing")
        return handle


@lru_cache(maxsize=1)
def _engine() -> _Engine:
    return _Engine(_library()[0])


def _key(item: Item) -> tuple[str, ...]:
    return tuple(part for pair in sorted(item.items()) for part in pair)


# It compares texts as raw JSON, so it is given tokens in place of the institution's own words and ids.
_TOKENS: Final = {
    value: f"t{number}"
    for number, value in enumerate(
        dict.fromkeys(
            value
            for each in _productions()
            for fields in (*each.when, each.then)
            for value in fields.values()
            if isinstance(value, str)
        )
    )
}


def _as_json(production: Production) -> dict[str, Any]:
    """Return a production in the library's form: a test for each constant, a join for each reference."""
    # It fails on a shared field that is absent, so each pattern asks for what later ones share.
    shared: list[set[str]] = [set() for _ in production.when]
    for fields in production.when:
        for value in fields.values():
            if isinstance(value, Ref):
                shared[value.position].add(value.name)
    patterns = []
    for position, fields in enumerate(production.when):
        tests: list[dict[str, Any]] = [{n: _TOKENS[v]} for n, v in fields.items() if isinstance(v, str)]
        joins = {n: v for n, v in fields.items() if isinstance(v, Ref)}
        tests += [{"$ex": {name: 1}} for name in sorted(shared[position] | joins.keys())]
        tests += [{name: {f"m{value.position}": value.name}} for name, value in joins.items()]
        patterns.append({f"m{position}": {"$and": tests}})
    # One item may match several patterns.
    return {"all": patterns, "dist": 0}


def _tested(production: Production, facts: Mapping[str, Any], memory: list[Item], name: str) -> Firing:
    """Return the firing that the library reports, once every item of it does match."""
    matched: list[Item] = []
    for position, fields in enumerate(production.when):
        fact = facts[f"m{position}"]
        if fact["sid"] != name:
            raise EngineError(f"durable-rules fired `{production.name}` on a fact of another case")
        item = memory[int(fact["id"])]
        matched.append(item)
        if any(item.get(key) != _value(value, matched) for key, value in fields.items()):
            raise EngineError(f"durable-rules fired `{production.name}` on an item that does not match it")
    asserted = {key: _value(value, matched) for key, value in production.then.items()}
    return Firing(production.name, tuple(matched), asserted)


def _value(value: str | Ref, matched: list[Item]) -> str:
    return value if isinstance(value, str) else matched[value.position][value.name]
