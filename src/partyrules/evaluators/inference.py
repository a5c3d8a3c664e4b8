"""Decisions by forward chaining: requirements, vetoes and the outcome lowered to one ruleset, run by an engine.

What is measured (counts, sums, who holds what) is asserted as items; thresholds, three-valued logic, the lists
of a decision and its outcome are productions. The firings of the run are the decision's justification.
"""

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from partyrules.errors import EngineError
from partyrules.evaluators.chaining import (
    Comparison,
    Engine,
    Item,
    Pattern,
    Production,
    Ref,
    Ruleset,
    Run,
    Scalar,
    pattern,
)
from partyrules.evaluators.conditions import Number
from partyrules.evaluators.kleene import Truth, Verdict, all_of, any_of, negated
from partyrules.evaluators.pipeline import Answer, Case, decision
from partyrules.expressions import AllOf, AnyOf, Compare, Condition, Not
from partyrules.rules import Veto
from partyrules.verdicts import Decision, Outcome

__all__ = ["Inference", "inferred", "ruleset_of"]

_TRUE, _UNKNOWN, _FALSE = "true", "unknown", "false"
_WORDS: Final = {Truth.TRUE: _TRUE, Truth.UNKNOWN: _UNKNOWN, Truth.FALSE: _FALSE}
_TRUTHS: Final = {word: truth for truth, word in _WORDS.items()}
_LEVELS: Final = {"vetoes": 3, "unmet": 2, "unknown": 1}
_OUTCOMES: Final[dict[int, Outcome]] = {3: "vetoed", 2: "blocked", 1: "undetermined", 0: "permitted"}
# Beyond any number of a rule and inside what every engine holds.
_UNBOUNDED: Final = 2**62
_LARGEST_BOUND: Final = 2**31
_NOWHERE: Final = "none"


class Inference(NamedTuple):
    """A decision with the run that it rests on."""

    decision: Decision
    run: Run


class _Rule(NamedTuple):
    """What a ruleset needs to know of one rule: its id, and its conditions with their place in the tree."""

    id: str
    veto: bool
    advisory: bool
    applies: Condition | None
    holds: Condition


def inferred(case: Case, engine: Engine) -> Inference:
    """Return the decision that the engine infers; raise EngineError where it leaves anything unanswered."""
    rules = _rules(case)
    run = engine.run(ruleset_of(rules), _measured(case, rules))
    if len(run.answers) != 1:
        raise EngineError(f"{engine.name}: {len(run.answers)} answers to one question; no decision rests on that")
    answer = run.answers[0]
    reason = str(answer["reason"]) or None
    outcome = _OUTCOMES[int(answer["level"])]
    if Truth.FALSE in (case.in_order, case.is_student):
        return Inference(decision(case, {}, {}, outcome, reason), run)
    truths = _said(run, "truth", "node", "value")
    places = _said(run, "place", "rule", "list")
    found = {
        rule.id: Answer(
            Verdict(Truth.TRUE) if rule.applies is None else _verdict(case, f"{rule.id}?", rule.applies, truths),
            _verdict(case, f"{rule.id}!", rule.holds, truths),
        )
        for rule in rules
    }
    placed = {rule.id: None if places[rule.id] == _NOWHERE else places[rule.id] for rule in rules}
    return Inference(decision(case, found, placed, outcome, reason), run)


def _rules(case: Case) -> tuple[_Rule, ...]:
    rules = []
    for bound in case.rules:
        rule = bound.rule
        if isinstance(rule, Veto):
            rules.append(_Rule(bound.id, True, False, None, rule.vetoes))
        else:
            rules.append(_Rule(bound.id, False, rule.advisory, rule.when, rule.requires))
    return tuple(rules)


def _said(run: Run, kind: str, name: str, value: str) -> dict[str, str]:
    """Return what the items of one kind say of each name; raise EngineError where two contradict."""
    said: dict[str, str] = {}
    for item in run.items:
        if item.get("kind") == kind and said.setdefault(str(item[name]), str(item[value])) != item[value]:
            raise EngineError(f"two answers for {kind} `{item[name]}`; no decision rests on that")
    return said


# What is measured --------------------------------------------------------------------------------------------------


def _measured(case: Case, rules: tuple[_Rule, ...]) -> Iterator[Item]:
    """Yield what the engine starts from: how the person stands, and the measure or truth of every leaf."""
    yield {"kind": "person", "in_order": _WORDS[case.in_order], "is_student": _WORDS[case.is_student]}
    if Truth.FALSE in (case.in_order, case.is_student):
        return
    for rule in rules:
        for node, condition in _leaves(rule):
            if isinstance(condition, Compare) and _is_measured(condition):
                tallied = case.world.tallied(condition.tally, case.frame)
                yield {
                    "kind": "measure",
                    "node": node,
                    # Bounds are whole numbers: a sum reaches one when its floor does, passes one when its ceiling does.
                    "certain_floor": _whole(tallied.certain, ROUND_FLOOR),
                    "possible_floor": _whole(tallied.possible, ROUND_FLOOR),
                    "certain_ceiling": _whole(tallied.certain, ROUND_CEILING),
                    "possible_ceiling": _whole(tallied.possible, ROUND_CEILING),
                }
            else:
                verdict = case.world.verdict(condition, case.frame)
                yield {"kind": "truth", "node": node, "value": _WORDS[verdict.truth]}


def _is_measured(condition: Compare) -> bool:
    """Tell whether the bounds are plain numbers, so that productions can hold them."""
    bounds = (condition.least, condition.most)
    return all(bound is None or (isinstance(bound, int) and abs(bound) < _LARGEST_BOUND) for bound in bounds)


def _whole(number: Number, rounding: str) -> int:
    if isinstance(number, Decimal):
        number = int(number.to_integral_value(rounding=rounding)) if number.is_finite() else _UNBOUNDED
    return min(number, _UNBOUNDED)


def _leaves(rule: _Rule) -> Iterator[tuple[str, Condition]]:
    for root, condition in ((f"{rule.id}?", rule.applies), (f"{rule.id}!", rule.holds)):
        if condition is not None:
            yield from (
                (node, part) for node, part in _nodes(root, condition) if not isinstance(part, AllOf | AnyOf | Not)
            )


def _nodes(node: str, condition: Condition) -> Iterator[tuple[str, Condition]]:
    """Yield each node of a condition by its path from the root."""
    yield node, condition
    for n, part in enumerate(_parts(condition)):
        yield from _nodes(f"{node}.{n}", part)


def _parts(condition: Condition) -> tuple[Condition, ...]:
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return parts
        case Not(part):
            return (part,)
    return ()


def _verdict(case: Case, node: str, condition: Condition, truths: dict[str, str]) -> Verdict:
    """Return what the engine made of a condition, with the needs and evidence of the parts that decided it."""
    if node not in truths:
        raise EngineError(f"nothing was inferred of `{node}`; no decision rests on that")
    truth = _TRUTHS[truths[node]]
    parts = [_verdict(case, f"{node}.{n}", part, truths) for n, part in enumerate(_parts(condition))]
    match condition:
        case AllOf():
            verdict = all_of(parts)
        case AnyOf():
            verdict = any_of(parts)
        case Not():
            verdict = negated(parts[0])
        case _:
            verdict = case.world.verdict(condition, case.frame)
    if verdict.truth != truth:
        raise EngineError(f"`{node}` was inferred to be {truth.name}, its parts say {verdict.truth.name}")
    return verdict


# What is inferred --------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def ruleset_of(rules: tuple[_Rule, ...]) -> Ruleset:
    """Return the productions that take the measures of these rules to a decision."""
    productions: list[Production] = [*_person_productions()]
    for number, rule in enumerate(rules, start=1):
        for root, condition in ((f"{rule.id}?", rule.applies), (f"{rule.id}!", rule.holds)):
            if condition is not None:
                for node, part in _nodes(root, condition):
                    productions += _node_productions(node, part)
        productions += _place_productions(rule)
        productions += _progress_productions(number, rule.id)
    productions += _outcome_productions(len(rules))
    return Ruleset(productions=tuple(productions), goal=pattern("goal", kind="decision"))


def _rule(name: str, *when: Pattern, **then: Scalar | Ref) -> Production:
    return Production(name, when, then)


def _truth(alias: str, node: str, value: str) -> Pattern:
    return pattern(alias, kind="truth", node=node, value=value)


def _node_productions(node: str, condition: Condition) -> Iterator[Production]:
    """Yield what makes a node true, unknown or false from its measure or its parts."""
    match condition:
        case AllOf(parts):
            yield from _joined(node, len(parts), strong=_FALSE, weak=_TRUE)
        case AnyOf(parts):
            yield from _joined(node, len(parts), strong=_TRUE, weak=_FALSE)
        case Not():
            for found, value in ((_TRUE, _FALSE), (_UNKNOWN, _UNKNOWN), (_FALSE, _TRUE)):
                yield _rule(
                    f"{node} not {found}",
                    _truth("a", f"{node}.0", found),
                    kind="truth",
                    node=node,
                    value=value,
                )
        case Compare(_, least, most) if _is_measured(condition):
            yield from _compared(node, least, most)


def _joined(node: str, count: int, *, strong: str, weak: str) -> Iterator[Production]:
    """Yield the fold of a node's parts: a strong part decides, else an unknown one, else all are weak."""
    yield _rule(f"{node} 0 none", pattern("p", kind="person"), kind="fold", node=node, after=0, value=weak)
    for n in range(count):
        before = {value: pattern("b", kind="fold", node=node, after=n, value=value) for value in _TRUTHS}
        for so_far in (strong, _UNKNOWN, weak):
            for part in (strong, _UNKNOWN, weak):
                both = (so_far, part)
                value = strong if strong in both else _UNKNOWN if _UNKNOWN in both else weak
                yield _rule(
                    f"{node} {n + 1} {so_far} {part}",
                    before[so_far],
                    _truth("a", f"{node}.{n}", part),
                    kind="fold",
                    node=node,
                    after=n + 1,
                    value=value,
                )
    last = pattern("b", kind="fold", node=node, after=count)
    yield _rule(f"{node} folded", last, kind="truth", node=node, value=Ref("b", "value"))


def _compared(node: str, least: object, most: object) -> Iterator[Production]:
    """Yield what a measure says of its bounds: surely within, surely outside, or neither."""
    sure, never, either = [], [], []
    if isinstance(least, int):
        sure.append(Comparison("certain_floor", ">=", least))
        never.append(Comparison("possible_floor", "<", least))
        either.append(Comparison("possible_floor", ">=", least))
    if isinstance(most, int):
        sure.append(Comparison("possible_ceiling", "<=", most))
        never.append(Comparison("certain_ceiling", ">", most))
        either.append(Comparison("certain_ceiling", "<=", most))
    unsure = []
    if isinstance(least, int):
        unsure.append(Comparison("certain_floor", "<", least))
    if isinstance(most, int):
        unsure.append(Comparison("possible_ceiling", ">", most))

    def measure(*tests: Comparison) -> Pattern:
        return pattern("m", *tests, kind="measure", node=node)

    yield _rule(f"{node} within", measure(*sure), kind="truth", node=node, value=_TRUE)
    for n, test in enumerate(never):
        yield _rule(f"{node} outside {n}", measure(test), kind="truth", node=node, value=_FALSE)
    for n, test in enumerate(unsure):
        yield _rule(f"{node} open {n}", measure(test, *either), kind="truth", node=node, value=_UNKNOWN)


def _place_productions(rule: _Rule) -> Iterator[Production]:
    """Yield which list of the decision a rule goes into, and how heavily that weighs."""

    def place(name: str, where: str, *when: Pattern) -> Production:
        return _rule(f"{rule.id} {name}", *when, kind="place", rule=rule.id, list=where, level=_LEVELS.get(where, 0))

    held = {value: _truth("h", f"{rule.id}!", value) for value in _TRUTHS}
    if rule.veto:
        for value, where in ((_TRUE, "vetoes"), (_UNKNOWN, "unknown"), (_FALSE, _NOWHERE)):
            yield place(f"veto {value}", where, held[value])
        return
    applies = {value: _truth("w", f"{rule.id}?", value) for value in _TRUTHS}
    yield place("not applicable", "not_applicable", applies[_FALSE])
    for when in (_TRUE, _UNKNOWN):
        yield place(f"{when} met", "met", applies[when], held[_TRUE])
        yield place(f"{when} unknown", "advisory" if rule.advisory else "unknown", applies[when], held[_UNKNOWN])
        unmet = "advisory" if rule.advisory else "unmet" if when == _TRUE else "unknown"
        yield place(f"{when} unmet", unmet, applies[when], held[_FALSE])


def _person_productions() -> Iterator[Production]:
    """Yield what follows from how the person stands: a plain no, or the level from which the rules go on."""
    for order in (_TRUE, _UNKNOWN, _FALSE):
        for student in (_TRUE, _UNKNOWN, _FALSE):
            person = pattern("p", kind="person", in_order=order, is_student=student)
            if _FALSE in (order, student):
                reason = "stage_order" if order == _FALSE else "not_a_student"
                yield _rule(f"person {order} {student}", person, kind="decision", level=2, reason=reason)
            else:
                level = 1 if _UNKNOWN in (order, student) else 0
                yield _rule(f"person {order} {student}", person, kind="progress", after=0, worst=level, reason="")


def _progress_productions(number: int, rule: str) -> Iterator[Production]:
    """Yield how the worst level so far takes in the `number`-th rule."""
    for worst in _OUTCOMES:
        before = pattern("b", kind="progress", after=number - 1, worst=worst)
        reason = Ref("b", "reason")
        heavier = pattern("l", Comparison("level", ">", worst), kind="place", rule=rule)
        lighter = pattern("l", Comparison("level", "<=", worst), kind="place", rule=rule)
        yield _rule(
            f"{rule} worse than {worst}", before, heavier,
            kind="progress", after=number, worst=Ref("l", "level"), reason=reason,
        )  # fmt: skip
        yield _rule(
            f"{rule} within {worst}",
            before,
            lighter,
            kind="progress",
            after=number,
            worst=worst,
            reason=reason,
        )


def _outcome_productions(count: int) -> Iterator[Production]:
    last = pattern("b", kind="progress", after=count)
    yield _rule("outcome", last, kind="decision", level=Ref("b", "worst"), reason=Ref("b", "reason"))
