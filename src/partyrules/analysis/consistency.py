"""What rules do to each other, decided on the closed tree: dead, contradictory, and implied rules, and what is open."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations, product
from typing import Any, Final, Literal

from attrs import astuple, evolve, frozen, has

from partyrules.analysis.decision import NO_SOLVER, POSSIBLE, Ruling
from partyrules.analysis.formulas import solver
from partyrules.analysis.histories import joint, shown
from partyrules.analysis.logic import Logic, canonical
from partyrules.analysis.reasoning import clashing, rule_faults
from partyrules.analysis.together import any_of, one_kept_other_broken
from partyrules.evaluate.pipeline import explanation
from partyrules.language import kernel as k
from partyrules.language.rules import Duty, Occasion, Requirement, Rule, Veto
from partyrules.language.shapes import Shapes
from partyrules.language.spelling import supposing
from partyrules.language.sugar import LISTED
from partyrules.language.text import Text, translated
from partyrules.packs.document import Document
from partyrules.packs.pack import Adoption, Pack, adopt

_WHO: Final = frozenset({"person", "unit", "building"})


# Rules two by two --------------------------------------------------------------------------------------------------


def blocks(rule: Requirement | Veto, *, beside: Rule, name: str | None = None) -> k.Condition:
    """Return when a requirement or veto stands against a step.

    What is normally so may be explained, under its full `name`; beside another such, what both ask for counts.
    """
    if isinstance(rule, Veto):
        return rule.vetoes
    may_be_explained = rule.modality == "normally" != beside.modality
    unexplained = (k.Not(explanation(name or rule.id)),) if may_be_explained else ()
    return k.AllOf((rule.when, k.Not(rule.requires), *unexplained))


def demands(one: Rule, other: Rule, shapes: Shapes) -> bool:
    """Tell whether whatever the other asks, and of whomever, the one asks as well or more.

    Both are rules as adopted. Of duties it is meant for whoever is held to both throughout, and not excused.
    """
    return leaves_room(one, other, shapes).possible is False


def leaves_room(one: Rule, other: Rule, shapes: Shapes) -> Ruling:
    """Return whether somebody can keep to the one rule and not to the other: where not, the one demands the other."""
    logic = Logic(shapes)
    if isinstance(one, Duty) and isinstance(other, Duty):
        same = one.bearer.kind == other.bearer.kind and canonical(one.bearer.each) == canonical(other.bearer.each)
        months = {"bind": 0, "wholly": 1, "mostly": 2}
        laxer = months[one.vacation_months] > months[other.vacation_months]
        if not same or laxer or not _as_strong(one, other):
            return POSSIBLE
        unbound = _apart(other.bearer.scope, one.bearer.scope, logic)
        return unbound if unbound.possible else any_of(unbound, one_kept_other_broken(one, other, shapes))
    if isinstance(one, Duty) or isinstance(other, Duty) or type(one) is not type(other):
        return POSSIBLE
    advisory = tuple(getattr(rule, "advisory", False) for rule in (one, other))
    if not set(other.steps) <= set(one.steps) or advisory == (True, False):
        return POSSIBLE
    return _apart(blocks(other, beside=one), blocks(one, beside=other), logic)


def _apart(one: k.Condition, other: k.Condition, logic: Logic) -> Ruling:
    """Return whether the one can be true and the other false."""
    same = isinstance(other, k.Always) or canonical(one) == canonical(other)
    return Ruling(possible=False) if same else logic.ruling(one, k.Not(other))


def _as_strong(one: Duty, other: Duty) -> bool:
    strength = {"encouraged": 0, "exploratory": 0, "normally": 1}
    return strength.get(one.modality, 2) >= strength.get(other.modality, 2)


def related(one: Rule, other: Rule, shapes: Shapes) -> bool:
    """Tell whether two rules speak of the same thing, of bearers or steps that they can share."""
    if type(one) is not type(other):
        return False
    alike = any(_alike_selections(x, y) for x, y in product(asked_of(one), asked_of(other)))
    if isinstance(one, Duty) and isinstance(other, Duty):
        bound = one.bearer.kind == other.bearer.kind and (one.bearer.each is None) == (other.bearer.each is None)
        return alike and bound and Logic(shapes).ruling(one.bearer.scope, other.bearer.scope).possible is not False
    return alike and not isinstance(one, Duty) and not isinstance(other, Duty) and bool({*one.steps} & {*other.steps})


def asked_of(rule: Rule) -> list[k.Selection]:
    """Return what a rule counts or looks at: its own selections, without those that narrow them."""
    if isinstance(rule, Veto):
        return [*_selections(rule.vetoes)]
    found = [*_selections(rule.requires)]
    if isinstance(rule, Duty) and isinstance(rule.per, Occasion) and rule.requires == LISTED:
        found.append(rule.per.of)
    return found


def _selections(part: Any) -> Iterator[k.Selection]:
    match part:
        case k.Events() | k.Holdings():
            yield part
        case k.Holds(relation, match, where):
            yield k.Holdings(relation, match, where)
        case _:
            parts = part if isinstance(part, tuple) else astuple(part, recurse=False) if has(type(part)) else ()
            for each in parts:
                yield from _selections(each)


def _alike_selections(one: k.Selection, other: k.Selection) -> bool:
    if isinstance(one, k.Events) and isinstance(other, k.Events):
        same = bool({*one.types} & {*other.types})
    elif isinstance(one, k.Holdings) and isinstance(other, k.Holdings):
        same = one.relation == other.relation
    else:
        return False
    first, second = _constants(one), _constants(other)
    return same and all(first[name] & second[name] for name in first.keys() & second.keys())


def _constants(of: k.Selection) -> dict[str, frozenset[Any]]:
    named = {name: value if isinstance(value, tuple) else (value,) for name, value in of.match if name not in _WHO}
    return {
        name: frozenset(values)
        for name, values in named.items()
        if all(isinstance(value, str | int | bool) for value in values)
    }


# Packs -------------------------------------------------------------------------------------------------------------

Kind = Literal["dead", "contradiction", "implied", "not_decided"]


@frozen
class Clash:
    """What was proved of rules by their full ids: `dead` of one; of two, `contradiction`, or `implied` by the second.

    `not_decided` is said of one rule or two for which neither an argument nor a history settles it. `why` gives the
    reason in words.
    """

    kind: Kind
    rules: tuple[str, ...]
    why: Text


@supposing()
def consistency(packs: Sequence[Pack], readings: Mapping[str, str] | None = None) -> tuple[Clash, ...]:
    """Return what is dead, contradictory or implied within each pack and between them, as adopted, and what is open.

    `readings` go from `PACK:RULE.NAME` to the option; raise QueryError or PackError where they cannot be adopted.
    What is not in the answer is shown to be free of it, but for what the decision on it leaves out of the argument.
    """
    adoption = adopt(packs, readings=readings)
    whole = _pooled(adoption, packs[0].document)
    found: list[Clash] = []
    for pack in packs:
        chosen = {key: option for key, option in adoption.readings.items() if key.startswith(f"{pack.id}:")}
        own = _pooled(adopt([pack], readings=chosen), pack.document)
        found += (
            Clash(_KINDS[one.code.id], (one.where.partition(":")[2],), one.what)
            for one in rule_faults(own)
            if one.code.id in _KINDS
        )
    if solver() is None:
        return (*found, Clash("not_decided", tuple(pack.id for pack in packs), translated(NO_SOLVER)))
    found += (
        Clash("contradiction" if code == "PR017" else "not_decided", (first.id, second.id), translated(english, *parts))
        for code, first, second, english, *parts in clashing(whole)
    )
    dead = {clash.rules[0] for clash in found if clash.kind == "dead"}
    living = [rule for rule in whole.rules if rule.id not in dead]
    found += (clash for one, other in permutations(living, 2) for clash in _implied(one, other, whole))
    return tuple(found)


_KINDS: Final[Mapping[str, Kind]] = {"PR014": "dead", "PR025": "not_decided"}


def _implied(one: Rule, other: Rule, whole: Pack) -> Iterator[Clash]:
    shapes = whole.shapes
    room = leaves_room(one, other, shapes)
    if room.possible is False:
        yield Clash("implied", (other.id, one.id), translated("whoever keeps to the second keeps to the first"))
    elif room.possible is None and related(one, other, shapes) and not _shown_apart(one, other, whole):
        why = "whether whoever keeps to the second keeps to the first is not decided: {}"
        yield Clash("not_decided", (other.id, one.id), translated(why, room.why))


def _shown_apart(one: Rule, other: Rule, whole: Pack) -> bool:
    if isinstance(one, Duty) and isinstance(other, Duty):
        apart = k.AllOf((one.requires, k.Not(other.requires)))
        return shown(whole, joint(one, other), apart, broken=joint(other, one))
    if isinstance(one, Duty) or isinstance(other, Duty):
        return True
    against = k.AllOf((blocks(other, beside=one), k.Not(blocks(one, beside=other))))
    return shown(whole, evolve(other, steps=tuple(step for step in other.steps if step in one.steps)), against)


def _pooled(adoption: Adoption, document: Document) -> Pack:
    """Return one pack of all adopted rules, named by their full ids, with readings and parameters put in."""
    (clause, *_) = (each.id for each in document.clauses)
    packs = adoption.packs
    return Pack(
        document=document,
        version="1",
        stages=adoption.stages,
        duties=tuple(evolve(bound.rule, id=bound.id, clause=clause) for bound in adoption.duties),
        requirements=tuple(evolve(bound.rule, id=bound.id, clause=clause) for bound in adoption.requirements),
        vetoes=tuple(evolve(bound.rule, id=bound.id, clause=clause) for bound in adoption.vetoes),
        fact_types=tuple(dict.fromkeys(each for pack in packs for each in pack.fact_types)),
        relations=tuple({each.name: each for pack in packs for each in pack.relations}.values()),
        standings=tuple({each.wire: each for pack in packs for each in pack.standings}.values()),
        kinds={name: kinds for pack in packs for name, kinds in pack.kinds.items()},
    )
