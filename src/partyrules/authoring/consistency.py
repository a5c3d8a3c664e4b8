"""What rules do to each other, argued case by case on the closed tree: dead, contradictory, and implied rules.

A condition is taken apart into its leaves. Leaves about the one holding that somebody can have, about one tally or
about one value range together over every case that makes a difference; all others are true or false on their
own, but for what any two of them exclude. What no case makes true, no history makes true. The converse is not
claimed: a case that is left may still be one that no history shows.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations, product
from typing import Any, Final, Literal

from attrs import evolve, frozen

from partyrules.authoring.logic import Logic, conjuncts
from partyrules.authoring.reasoning import contradictions, rule_faults
from partyrules.authoring.shapes import Shapes, shapes_of
from partyrules.calendar import TERM_KINDS, Span
from partyrules.clauses import Document
from partyrules.expressions import (
    AllOf,
    Always,
    AnyOf,
    Attends,
    Compare,
    Condition,
    Count,
    Events,
    HeldFor,
    Holdings,
    Holds,
    InTerm,
    Is,
    LatestIs,
    Not,
    Selection,
    Sum,
    rebuilt,
)
from partyrules.packs import Adoption, Pack, adopt
from partyrules.rules import (
    Ahead,
    Deadline,
    Duty,
    Occasion,
    PerPeriod,
    Requirement,
    Rolling,
    Rule,
    Standing,
    Triggered,
    Veto,
    Within,
    WithinDays,
    WithinWorkingDays,
)

__all__ = [
    "Clash",
    "asked_of",
    "blocks",
    "canonical",
    "consistency",
    "demands",
    "entails",
    "impossible",
    "related",
]

# How many whole periods of the one grain surely lie in each period of the other. What terms have to do with a year
# holds where they are declared without a gap: a semester and a vacation then lie wholly in every year.
_TIMES: Final[Mapping[tuple[str, str], int]] = {
    ("month", "quarter"): 3,
    ("month", "half_year"): 6,
    ("month", "year"): 12,
    ("quarter", "half_year"): 2,
    ("quarter", "year"): 4,
    ("half_year", "year"): 2,
    ("semester", "academic_year"): 1,
    ("semester", "year"): 1,
    ("vacation", "academic_year"): 1,
    ("vacation", "year"): 1,
}
# Grains of which each period lies in one period of the longer grain, so that a bound on this bounds that.
_NESTED: Final = frozenset(pair for pair in _TIMES if pair[1] != "year" or pair[0] not in ("semester", "vacation"))
_MOST_CASES: Final = 20_000
_ENTITIES: Final = frozenset({"person", "unit", "building"})
_ELSE: Final = "another value"

Case = Mapping[Condition, bool]


# Conditions, case by case ------------------------------------------------------------------------------------------


def canonical(node: Any) -> Any:
    """Return the tree with everything whose order means nothing in one order, so that equal rules compare equal."""

    def put(part: Any) -> Any:
        match part:
            case Holds(_, match, _) | Holdings(_, match, _):
                ordered = _ordered(match)
                return part if ordered == match else evolve(part, match=ordered)
            case Events(types, match, _, _):
                names, ordered = tuple(sorted(types)), _ordered(match)
                return part if (names, ordered) == (types, match) else evolve(part, types=names, match=ordered)
            case Is(_, tuple() as options):
                values = _sorted(options)
                return part if values == options else evolve(part, options=values)
            case AllOf(parts) | AnyOf(parts):
                flat = _flat(part)
                return part if flat == parts else type(part)(flat)
        return part

    return rebuilt(node, put)


def _ordered(match: Any) -> Any:
    return tuple(
        sorted(((name, _sorted(value) if isinstance(value, tuple) else value) for name, value in match), key=repr)
    )


def _sorted(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(sorted(dict.fromkeys(values), key=repr))


def _flat(part: AllOf | AnyOf) -> tuple[Condition, ...]:
    inner = [one for each in part.parts for one in (_flat(each) if type(each) is type(part) else (each,))]
    kept = dict.fromkeys(one for one in inner if not (isinstance(part, AllOf) and isinstance(one, Always)))
    return tuple(sorted(kept, key=repr))


def impossible(condition: Condition, logic: Logic) -> bool:
    """Tell whether no history makes the condition true; False also where there are too many cases to tell."""
    whole = canonical(condition)
    if logic.never(whole) is not None:
        return True
    leaves = [*dict.fromkeys(_leaves(whole))]
    groups = _groups(leaves, logic)
    left = [_MOST_CASES]
    excluded = _excluded(leaves, logic)
    return not _some_case(whole, groups, {}, excluded, left) and left[0] > 0


def entails(given: Condition, wanted: Condition, logic: Logic) -> bool:
    """Tell whether the one is never false where the other is true; it may still be unknown."""
    same = isinstance(wanted, Always) or canonical(given) == canonical(wanted)
    return same or impossible(AllOf((given, Not(wanted))), logic)


def _leaves(condition: Condition) -> Iterator[Condition]:
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _leaves(part)
        case Not(part):
            yield from _leaves(part)
        case Always():
            return
        case _:
            yield condition


def _groups(leaves: Sequence[Condition], logic: Logic) -> list[list[Case]]:
    """Return the cases to tell apart: for each group of leaves about one thing, what each case makes of them."""
    together: dict[Any, list[Condition]] = {}
    for leaf in leaves:
        together.setdefault(_about(leaf, logic), []).append(leaf)
    return [[*_cases(about, group, logic)] for about, group in together.items()]


def _about(leaf: Condition, logic: Logic) -> Any:
    """Return what a leaf is about: leaves about the same thing are told apart by its values."""
    match leaf:
        case Holds(relation, match, Always()) if relation in logic.shapes.rules:
            rule = logic.shapes.rules[relation]
            fields, wanted = rule.group or rule.key, dict(match)
            plain = all(_plain(value) for name, value in match if name not in fields)
            one = all(name in wanted and not isinstance(wanted[name], tuple) for name in fields)
            shape = logic.shapes.relations[relation]
            single = all(name in shape.fields and not shape.fields[name].several for name, _ in match)
            if plain and one and single:
                return ("holding", relation, tuple((name, wanted[name]) for name in fields))
        case Compare(tally, None | int(), None | int()):
            return ("tally", tally)
        case InTerm():
            return ("term",)
    return ("itself", leaf)


def _plain(value: Any) -> bool:
    return isinstance(value, str | int | bool) or (isinstance(value, tuple) and all(_plain(one) for one in value))


def _cases(about: tuple[Any, ...], group: list[Condition], logic: Logic) -> Iterator[Case]:
    match about:
        case ("holding", relation, fields):
            yield from _holding_cases(relation, {name for name, _ in fields}, group, logic)
        case ("tally", tally):
            bounds = {limit + more for leaf in group for limit in _limits(leaf) for more in (-1, 0, 1)} | {0}
            for number in sorted(bounds):
                if 0 <= number <= logic.highest(tally):
                    yield {leaf: _within_bounds(leaf, number) for leaf in group}
        case ("term",):
            for kind in (*TERM_KINDS, None):
                yield {leaf: isinstance(leaf, InTerm) and kind in leaf.kinds for leaf in group}
        case _:
            yield from ({group[0]: truth} for truth in (True, False))


def _holding_cases(relation: str, fields: set[str], group: list[Condition], logic: Logic) -> Iterator[Case]:
    matches = {leaf: {n: v for n, v in leaf.match if n not in fields} for leaf in group if isinstance(leaf, Holds)}
    domains: dict[str, tuple[Any, ...]] = {}
    for wanted in matches.values():
        for name, value in wanted.items():
            allowed = logic.shapes.relations[relation].fields[name].allowed
            named = value if isinstance(value, tuple) else (value,)
            domains[name] = tuple(dict.fromkeys((*domains.get(name, ()), *named, *(allowed or (_ELSE,)))))
    yield dict.fromkeys(group, False)
    for values in product(*domains.values()):
        held = dict(zip(domains, values, strict=True))
        yield {
            leaf: all(held[n] in (v if isinstance(v, tuple) else (v,)) for n, v in wanted.items())
            for leaf, wanted in matches.items()
        }


def _limits(leaf: Condition) -> tuple[int, ...]:
    found = (leaf.least, leaf.most) if isinstance(leaf, Compare) else ()
    return tuple(limit for limit in found if isinstance(limit, int))


def _within_bounds(leaf: Condition, number: int) -> bool:
    low, high = (leaf.least, leaf.most) if isinstance(leaf, Compare) else (None, None)
    return (not isinstance(low, int) or low <= number) and (not isinstance(high, int) or number <= high)


def _excluded(leaves: Sequence[Condition], logic: Logic) -> Mapping[Condition, list[tuple[bool, Condition, bool]]]:
    """Return for each leaf which truth of it excludes which truth of another leaf."""
    found: dict[Condition, list[tuple[bool, Condition, bool]]] = {leaf: [] for leaf in leaves}
    for one, other in permutations(leaves, 2):
        if logic.clash(one, other) or logic.clash(other, one):
            found[one].append((True, other, True))
        if logic.implies(one, other):
            found[one].append((True, other, False))
            found[other].append((False, one, True))
    return found


def _some_case(
    condition: Condition,
    groups: Sequence[Sequence[Case]],
    case: Case,
    excluded: Mapping[Condition, list[tuple[bool, Condition, bool]]],
    left: list[int],
) -> bool:
    """Tell whether some case makes the condition true; `left` counts down the cases that may still be looked at."""
    truth = _truth(condition, case)
    if truth is not None:
        return truth
    if left[0] <= 0 or not groups:
        return left[0] > 0
    for made in groups[0]:
        left[0] -= 1
        more = {**case, **made}
        barred = any(
            more[leaf] is own and more.get(other) is bad for leaf in made for own, other, bad in excluded[leaf]
        )
        if not barred and _some_case(condition, groups[1:], more, excluded, left):
            return True
    return False


def _truth(condition: Condition, case: Case) -> bool | None:
    match condition:
        case Always():
            return True
        case Not(part):
            truth = _truth(part, case)
            return None if truth is None else not truth
        case AllOf(parts) | AnyOf(parts):
            decides = isinstance(condition, AnyOf)
            truths = [_truth(part, case) for part in parts]
            if decides in truths:
                return decides
            return None if None in truths else not decides
    return case.get(condition)


# Rules two by two --------------------------------------------------------------------------------------------------


def blocks(rule: Requirement | Veto) -> Condition:
    """Return when a requirement or veto stands against a step."""
    return rule.vetoes if isinstance(rule, Veto) else AllOf((rule.when, Not(rule.requires)))


def demands(one: Rule, other: Rule, shapes: Shapes) -> bool:
    """Tell whether whatever the other asks, and of whomever, the one asks as well or more.

    Both are rules as adopted. Of duties it is meant for whoever is held to both throughout, and not excused.
    """
    logic = Logic(shapes)
    if isinstance(one, Duty) and isinstance(other, Duty):
        scopes = entails(other.bearer.scope, one.bearer.scope, logic)
        same = one.bearer.kind == other.bearer.kind and canonical(one.bearer.each) == canonical(other.bearer.each)
        exempt = one.vacation_months and not other.vacation_months
        return same and scopes and not exempt and _as_strong(one, other) and _asks_as_much(one, other, logic)
    if isinstance(one, Duty) or isinstance(other, Duty) or type(one) is not type(other):
        return False
    advisory = (getattr(rule, "advisory", False) for rule in (one, other))
    steps = set(other.steps) <= set(one.steps)
    return steps and tuple(advisory) != (True, False) and entails(blocks(other), blocks(one), logic)


def _as_strong(one: Duty, other: Duty) -> bool:
    strength = {"encouraged": 0, "exploratory": 0, "normally": 1}
    return strength.get(one.modality, 2) >= strength.get(other.modality, 2)


def _asks_as_much(one: Duty, other: Duty, logic: Logic) -> bool:
    first, second = canonical(one.per), canonical(other.per)
    asked, wanted = canonical(one.requires), canonical(other.requires)
    match first, second:
        case PerPeriod(str() as short), PerPeriod(str() as long) if short != long:
            return all(
                any(_adds_up(part, goal, (short, long), logic) for part in conjuncts(asked))
                for goal in conjuncts(wanted)
            )
        case Standing(), Standing():
            return entails(AllOf((other.bearer.scope, asked)), wanted, logic)
        case Rolling(every), Rolling(others):
            return _no_longer(every, others) and entails(asked, wanted, logic)
        case Occasion(of), Occasion(others):
            if of != others and not (isinstance(asked, Attends) and isinstance(wanted, Attends)):
                return False
            return logic.selects_within(others, of) and entails(asked, wanted, logic)
        case Triggered(by, deadline), Triggered(others, later):
            if by != others or not (deadline == later or _sooner(deadline, later)):
                return False
            return entails(asked, wanted, logic) and (deadline == later or _grows_with_time(asked, wanted))
    return first == second and entails(asked, wanted, evolve(logic, grain=getattr(first, "grain", None)))


def _adds_up(part: Condition, goal: Condition, grains: tuple[str, str], logic: Logic) -> bool:
    """Tell whether what is asked of each period of the one grain makes up what is asked of each of the other."""
    match part, goal:
        case Compare(tally, int() as least, _), Compare(other, int() as wanted, None) if _of_period(tally):
            # Values told apart may be the same ones in each period.
            times = _TIMES.get(grains, 0) if not getattr(tally, "distinct", None) else min(1, _TIMES.get(grains, 0))
            return times > 0 and least * times >= wanted and logic.within(tally, other)
        case Compare(tally, _, int() as most), Compare(other, None, int() as bound) if _of_period(other):
            return grains[::-1] in _NESTED and most <= bound and logic.within(other, tally)
    return False


def _of_period(tally: Any) -> bool:
    match tally:
        case Count(Events(window="period"), _, Always()):
            return True
        case Sum(_, of):
            return all(one.window == "period" for one in of)
    return False


def _no_longer(one: Span, other: Span) -> bool:
    months = [12 * span.years + span.months for span in (one, other)]
    return months[0] <= months[1] and one.days <= other.days


def _sooner(one: Deadline | None, other: Deadline | None) -> bool:
    match one, other:
        case WithinDays(int() as days), WithinDays(int() as others):
            return days <= others
        case WithinWorkingDays(days), WithinWorkingDays(others):
            return days <= others
        case Within(span), Within(longer):
            return _no_longer(span, longer)
        case Ahead(span), Ahead(shorter):
            return _no_longer(shorter, span)
    return False


def _grows_with_time(*conditions: Condition) -> bool:
    """Tell whether each is a minimum of what has been done by the deadline, so that more time never hurts."""
    return all(
        isinstance(part, Compare)
        and part.most is None
        and isinstance(part.tally, Count)
        and isinstance(part.tally.of, Events)
        and isinstance(part.tally.if_sole, Always)
        for condition in conditions
        for part in conjuncts(condition)
    )


def related(one: Rule, other: Rule, shapes: Shapes) -> bool:
    """Tell whether two rules speak of the same thing, of bearers or steps that they can share."""
    if type(one) is not type(other):
        return False
    alike = any(_alike_selections(x, y) for x, y in product(asked_of(one), asked_of(other)))
    if isinstance(one, Duty) and isinstance(other, Duty):
        bound = one.bearer.kind == other.bearer.kind and (one.bearer.each is None) == (other.bearer.each is None)
        return alike and bound and not impossible(AllOf((one.bearer.scope, other.bearer.scope)), Logic(shapes))
    return alike and not isinstance(one, Duty) and not isinstance(other, Duty) and bool({*one.steps} & {*other.steps})


def asked_of(rule: Rule) -> list[Selection]:
    """Return what a rule counts or looks at: its own selections, without those that narrow them."""
    if isinstance(rule, Veto):
        return [*_selections(rule.vetoes)]
    found = [*_selections(rule.requires)]
    if isinstance(rule, Duty) and isinstance(rule.per, Occasion) and isinstance(rule.requires, Attends):
        found.append(rule.per.of)
    return found


def _selections(condition: Condition) -> Iterator[Selection]:
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _selections(part)
        case Not(part):
            yield from _selections(part)
        case Compare(tally, _, _):
            of = getattr(tally, "of", ())
            yield from of if isinstance(of, tuple) else (of,)
        case LatestIs(of, _, _, _):
            yield of
        case Holds(relation, match, where):
            yield Holdings(relation, match, where)
        case HeldFor(relation, match):
            yield Holdings(relation, match)


def _alike_selections(one: Selection, other: Selection) -> bool:
    if isinstance(one, Events) and isinstance(other, Events):
        same = bool({*one.types} & {*other.types})
    elif isinstance(one, Holdings) and isinstance(other, Holdings):
        same = one.relation == other.relation
    else:
        return False
    first, second = _constants(one), _constants(other)
    return same and all(first[name] & second[name] for name in first.keys() & second.keys())


def _constants(of: Selection) -> dict[str, frozenset[Any]]:
    named = {name: value if isinstance(value, tuple) else (value,) for name, value in of.match if name not in _ENTITIES}
    return {
        name: frozenset(values)
        for name, values in named.items()
        if all(isinstance(value, str | int | bool) for value in values)
    }


# Packs -------------------------------------------------------------------------------------------------------------

Kind = Literal["dead", "contradiction", "implied"]


@frozen
class Clash:
    """What was proved of rules by their full ids: `dead` of one; of two, `contradiction`, or `implied` by the second.

    `why` says it in words where an argument names its reason.
    """

    kind: Kind
    rules: tuple[str, ...]
    why: str

    def to_wire(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {"kind": self.kind, "rules": list(self.rules), "why": self.why}


def consistency(packs: Sequence[Pack], readings: Mapping[str, str] | None = None) -> tuple[Clash, ...]:
    """Return what is proved to be dead, contradictory or implied, within each pack and between them, as adopted.

    `readings` go from `PACK:RULE.NAME` to the option; raise QueryError or PackError where they cannot be adopted.
    What is not in the answer is not thereby shown to be free of it.
    """
    adoption = adopt(packs, readings=readings)
    whole = _pooled(adoption, packs[0].document)
    shapes = shapes_of(whole)
    found: list[Clash] = []
    for pack in packs:
        chosen = {key: option for key, option in adoption.readings.items() if key.startswith(f"{pack.id}:")}
        own = _pooled(adopt([pack], readings=chosen), pack.document)
        found += (
            Clash("dead", (one.where.partition(":")[2],), one.what)
            for one in rule_faults(own, shapes_of(own))
            if one.code.id == "PR014"
        )
    for one in contradictions(whole, shapes):
        first, _, why = one.what.removeprefix(f"with {whole.id}:").partition(": ")
        found.append(Clash("contradiction", (first, one.where.partition(":")[2]), why))
    dead = {clash.rules[0] for clash in found if clash.kind == "dead"}
    for one_rule, other in permutations([rule for rule in whole.rules if rule.id not in dead], 2):
        if demands(one_rule, other, shapes):
            found.append(Clash("implied", (other.id, one_rule.id), "whoever keeps to the second keeps to the first"))
    return tuple(found)


def _pooled(adoption: Adoption, document: Document) -> Pack:
    """Return one pack of all adopted rules, named by their full ids, with readings and parameters put in."""
    (clause, *_) = (each.id for each in document.clauses)
    packs = adoption.packs
    return Pack(
        document=document,
        version="",
        stages=adoption.stages,
        duties=tuple(evolve(bound.rule, id=bound.id, clause=clause) for bound in adoption.duties),
        requirements=tuple(evolve(bound.rule, id=bound.id, clause=clause) for bound in adoption.requirements),
        vetoes=tuple(evolve(bound.rule, id=bound.id, clause=clause) for bound in adoption.vetoes),
        fact_types=tuple(dict.fromkeys(each for pack in packs for each in pack.fact_types)),
        relations=tuple({each.name: each for pack in packs for each in pack.relations}.values()),
        standings=tuple({each.wire: each for pack in packs for each in pack.standings}.values()),
        kinds={name: kinds for pack in packs for name, kinds in pack.kinds.items()},
    )
