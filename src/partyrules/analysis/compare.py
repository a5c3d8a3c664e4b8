"""Two packs side by side: what both ask alike, where one is stricter, and a smallest history that tells them apart.

Two answers can be given with certainty: that one rule asks whatever the other asks (an argument on the tree), and
that it does not (a history that the reference evaluator holds against both). What has neither is not decided.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from typing import Any, Final, Literal

from attrs import asdict, field, frozen

from partyrules.analysis.consistency import Clash, consistency, demands, leaves_room, related
from partyrules.analysis.decision import Ruling, reasons
from partyrules.analysis.logic import canonical
from partyrules.analysis.ways import Way, ways_of
from partyrules.analysis.witnesses import Witness, Witnesses
from partyrules.facts.codec import to_wire
from partyrules.language.kernel import Given
from partyrules.language.phrases import phrase
from partyrules.language.rules import MODALITIES, Duty, Rule, Veto
from partyrules.language.shapes import Shapes
from partyrules.language.spelling import supposing
from partyrules.language.text import Text, translated
from partyrules.language.tree import walk
from partyrules.packs.pack import Pack

__all__ = ["Witness"]

Relation = Literal["same", "stricter", "looser", "different", "not_decided", "only_a", "only_b"]


@frozen(kw_only=True)
class Aspect:
    """Something in which two rules differ, and what each says there in a few words."""

    name: str
    a: Text
    b: Text


@frozen(kw_only=True)
class Pairing:
    """A rule of A and a rule of B that speak of the same thing, or a rule that the other pack has nothing like.

    `relation` is said of A's rule. `readings` are those other than the defaults under which they were compared. `why`
    says what kept it from being decided.
    """

    relation: Relation
    a: str | None = None
    b: str | None = None
    readings: Mapping[str, str] = field(factory=dict)
    aspects: tuple[Aspect, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    why: Text | None = None


@frozen(kw_only=True)
class Comparison:
    """What two packs have in common, and what each of their rules comes to beside the other pack's."""

    a: str
    b: str
    pairings: tuple[Pairing, ...]
    clashes: tuple[Clash, ...]

    def to_wire(self) -> dict[str, Any]:
        """Return it as a JSON object, what is said in words in English."""
        return asdict(self, value_serializer=_on_the_wire)


def _on_the_wire(_: Any, of: Any, value: Any) -> Any:
    match value:
        case Text():
            return value.en
        case date():
            return str(value)
        case (one, other) if of is not None and of.name == "statuses":
            return {"a": one, "b": other}
        case tuple() if of is not None and of.name == "facts":
            return [*map(to_wire, value)]
    return value


# Which rules to hold side by side ----------------------------------------------------------------------------------


@supposing()
def compare(a: Pack, b: Pack) -> Comparison:
    """Return every rule of A and of B beside what the other pack has like it, in the order of A, then of B.

    Rules are compared under the default readings; those that then have no counterpart, under the others too.
    Parameters stay unset. Raise PackError where the two packs cannot be read together.
    """
    shapes = _shapes(a, b)
    all_ours, all_theirs = ({rule.id: ways_of(pack, rule) for rule in pack.rules} for pack in (a, b))
    ours, theirs = ([ways[0] for ways in every.values()] for every in (all_ours, all_theirs))
    pairings = [*_alike(ours, theirs, shapes)]
    ours, theirs = _unpaired(ours, theirs, pairings)
    search = Witnesses(a, b)
    for most in (1, None):
        for one, other in product(ours, theirs):
            every = product(all_ours[one.rule.id][:most], all_theirs[other.rule.id][:most])
            found = next(((x, y) for x, y in every if related(x.rule, y.rule, shapes)), None)
            if found is not None:
                pairings.append(_paired(*found, shapes, search))
        ours, theirs = _unpaired(ours, theirs, pairings)
    pairings += (Pairing(relation="only_a", a=way.id) for way in ours)
    pairings += (Pairing(relation="only_b", b=way.id) for way in theirs)
    order = [f"{a.id}:{rule.id}" for rule in a.rules]
    later = [f"{b.id}:{rule.id}" for rule in b.rules]
    pairings.sort(key=lambda p: (order.index(p.a) if p.a else len(order), later.index(p.b) if p.b else -1))
    clashes = consistency((a, b)) if search.joint else ()
    return Comparison(a=a.id, b=b.id, pairings=tuple(pairings), clashes=clashes)


def _shapes(a: Pack, b: Pack) -> Shapes:
    first, second = a.shapes, b.shapes
    return Shapes(
        types={**second.types, **first.types},
        relations={**second.relations, **first.relations},
        rules={**second.rules, **first.rules},
        kinds={**second.kinds, **first.kinds},
        stages=tuple(dict.fromkeys((*first.stages, *second.stages))),
    )


def _alike(ours: Sequence[Way], theirs: Sequence[Way], shapes: Shapes) -> Iterator[Pairing]:
    """Yield rules that ask the same, each with one of the other pack, of the same id where there is one."""
    same = [(one, other) for one, other in product(ours, theirs) if _same(one.rule, other.rule, shapes)]
    pairs: dict[str, tuple[Way, Way]] = {}
    for one, other in sorted(same, key=lambda pair: pair[0].rule.id != pair[1].rule.id):
        pairs.setdefault(one.id, (one, other))
    met = {other.id for _, other in pairs.values()}
    rest = {other.id: (one, other) for one, other in reversed(same) if other.id not in met}
    yield from (Pairing(relation="same", a=one.id, b=other.id) for one, other in (*pairs.values(), *rest.values()))


def _same(one: Rule, other: Rule, shapes: Shapes) -> bool:
    return demands(one, other, shapes) and demands(other, one, shapes)


def _unpaired(ours: Sequence[Way], theirs: Sequence[Way], pairings: Sequence[Pairing]) -> tuple[list[Way], list[Way]]:
    a, b = {pairing.a for pairing in pairings}, {pairing.b for pairing in pairings}
    return [way for way in ours if way.id not in a], [way for way in theirs if way.id not in b]


# What two rules come to side by side -------------------------------------------------------------------------------


def _paired(one: Way, other: Way, shapes: Shapes, search: Witnesses) -> Pairing:
    kept_a, kept_b = leaves_room(one.rule, other.rule, shapes), leaves_room(other.rule, one.rule, shapes)
    more, less = kept_a.possible is False, kept_b.possible is False
    broken_a = None if less else search.witness(one, other, "a")
    broken_b = None if more else search.witness(one, other, "b")
    sides = (kept_a, broken_b), (kept_b, broken_a)
    relation: Relation = "not_decided"
    if more and less:
        relation = "same"
    elif broken_a and broken_b:
        relation = "different"
    elif broken_a and more:
        relation = "stricter"
    elif broken_b and less:
        relation = "looser"
    return Pairing(
        relation=relation,
        a=one.id,
        b=other.id,
        readings={**one.readings, **other.readings},
        aspects=tuple(_aspects(one.rule, other.rule)),
        witnesses=tuple(found for found in (broken_a, broken_b) if found is not None),
        why=None if relation != "not_decided" else _open(one.rule, other.rule, *sides),
    )


def _open(one: Rule, other: Rule, *sides: tuple[Ruling, Witness | None]) -> Text:
    """Return what keeps a relation undecided, of each rule kept and the history that would break the other."""
    if any(isinstance(node, Given) for duty in (one, other) for node in walk(getattr(duty, "per", None))):
        return translated("a parameter is not set")
    told = dict[str | Text, None]()
    for kept, broken in sides:
        if kept.possible is None and broken is None:
            told.update(dict.fromkeys(kept.open))
        elif kept.possible and broken is None:
            told["one can be kept and the other broken, but no history of it was found"] = None
    return reasons(told)


def _aspects(one: Any, other: Any) -> Iterator[Aspect]:
    """Yield in what two rules of a kind differ."""
    names: tuple[str, ...] = ("steps", "when", "requires", "advisory", "modality")
    if isinstance(one, Duty):
        names = ("bearer", "per", "requires", "vacation_months", "responsible", "modality")
    elif isinstance(one, Veto):
        names = ("steps", "vetoes")
    for name in names:
        first, second = canonical(getattr(one, name)), canonical(getattr(other, name))
        if first != second:
            yield Aspect(name=name, a=_told(first), b=_told(second))


def _told(part: Any) -> Text:
    """Return what a rule says in one respect, in words."""
    return _WORDS[part] if isinstance(part, str) else phrase(part)


_WORDS: Final[Mapping[Any, Text]] = {
    **MODALITIES,
    "bind": Text(zh="照常要求", en="they bind"),
    "wholly": Text(zh="全月在假期内的不作要求", en="exempt where one vacation has all of it"),
    "mostly": Text(zh="多半在假期内的不作要求", en="exempt where vacations have more than half of it"),
}
