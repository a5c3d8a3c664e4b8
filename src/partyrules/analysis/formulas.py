"""What a condition says of numbers and choices: a formula of bounds on tallies and of values from finitely many."""

from collections.abc import Iterator
from itertools import product
from typing import Any, Final, assert_never

from attrs import evolve, frozen

from partyrules.analysis.cells import (
    Covers,
    Picked,
    bounds_of,
)
from partyrules.language.kernel import (
    AllOf,
    Always,
    AnyOf,
    Compare,
    Condition,
    Count,
    CountAfterEarly,
    CountFindings,
    Events,
    Given,
    Holdings,
    Holds,
    Is,
    LatestIs,
    MostCovered,
    Not,
    OnDay,
    Portion,
    Sum,
    Tally,
    Through,
    Undecided,
)
from partyrules.language.shapes import Shapes
from partyrules.language.sugar import LISTED

__all__ = [
    "NOTHING",
    "Distinct",
    "Every",
    "NotTrue",
    "NumberBound",
    "Slotted",
    "Some",
    "Total",
    "Translation",
    "ValueChoice",
    "narrowed",
    "number_of",
]


@frozen(cache_hash=True)
class Slotted(Condition):
    """The condition as it is judged in the stretch of that name: the third month of a quarter, say."""

    part: Condition
    slot: Any


@frozen(cache_hash=True)
class NotTrue(Condition):
    """True where the condition is false, or unknown for want of what nobody records."""

    part: Condition


# Formulas: what the tree says of numbers and choices ----------------------------------------------------------------


@frozen(cache_hash=True)
class Total:
    """A number to be bounded: so many times what each of some selections comes to, more a constant.

    `name` is the field that is summed, None where facts are counted; `distinct` that whose values are counted.
    """

    times: tuple[tuple[int, Any], ...]
    more: int = 0
    name: str | None = None


@frozen(cache_hash=True)
class Distinct:
    """How many different values of a field the selected have."""

    picked: Picked
    name: str | Through


@frozen(cache_hash=True)
class Unknown:
    """A number of which nothing is known but that it is from 0 on."""

    tally: Any


@frozen(cache_hash=True)
class NumberBound:
    """That a number is at least `low` and at most `high`; `over` and `under` exclude the bound itself."""

    total: Total
    low: int | None
    high: int | None
    over: bool = False
    under: bool = False


@frozen(cache_hash=True)
class ValueChoice:
    """That something of finitely many values has one of these, or has none of them."""

    of: Any
    values: frozenset[Any]
    inside: bool


@frozen(cache_hash=True)
class Every:
    """That all parts are so."""

    parts: tuple[Any, ...]


@frozen(cache_hash=True)
class Some:
    """That some part is so."""

    parts: tuple[Any, ...]


_TRUE: Final = Every(())
_FALSE: Final = Some(())
NOTHING: Final = "none is selected"


class Translation:
    """Takes a condition apart; `open` gathers what is told apart more freely than histories can be."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.open: dict[str, None] = {}
        self.latest: dict[tuple[Picked, str], set[Any]] = {}
        self._unknown_will_do = False

    def formula(self, condition: Condition, *, wanted: bool, slot: Any = None) -> Any:
        """Return what must be so for the condition to be true, or, where not `wanted`, false."""
        match condition:
            case Always():
                return _TRUE if wanted else _FALSE
            case Not(part):
                return self.formula(part, wanted=not wanted, slot=slot)
            case Slotted(part, own):
                return self.formula(part, wanted=wanted, slot=own)
            case AllOf(parts) | AnyOf(parts):
                both = isinstance(condition, AllOf) == wanted
                return (Every if both else Some)(tuple(self.formula(part, wanted=wanted, slot=slot) for part in parts))
            case NotTrue(part):
                return self._not_true(part, slot) if wanted else self.formula(part, wanted=True, slot=slot)
            case Undecided():
                return _TRUE if self._unknown_will_do else _FALSE
            case Compare():
                return self._compared(condition, wanted, slot)
            case Holds(relation, match, where):
                picked = Picked(Holdings(relation, match, where), slot)
                return self._bounded(Total(((1, picked),)), 1, None, wanted=wanted)
            case OnDay() if (parts := bounds_of(condition)) != (condition,):
                return self.formula(AllOf(parts), wanted=wanted, slot=slot)
            case LatestIs(of, name, value, _):
                self.latest.setdefault((Picked(of, slot), name), set()).add(value)
                return ValueChoice(("latest", Picked(of, slot), name), frozenset((value,)), inside=wanted)
        return self._choice(condition, wanted, slot)

    def _not_true(self, part: Condition, slot: Any) -> Any:
        before, self._unknown_will_do = self._unknown_will_do, True
        found = self.formula(part, wanted=False, slot=slot)
        self._unknown_will_do = before
        return found

    def _choice(self, condition: Condition, wanted: bool, slot: Any) -> Any:  # noqa: FBT001 - as in `formula`
        match condition:
            case OnDay(terms, None):
                return ValueChoice(("term", slot), frozenset(terms or ()), inside=wanted)
            case OnDay(None, since):
                return ValueChoice(("day",), frozenset((since,)), inside=wanted)
            case Is() if condition == LISTED:
                return ValueChoice(("attends", slot), frozenset((True,)), inside=wanted)
            case Is(term, options):
                return self._is(term, options, wanted)
        self.open[f"{type(condition).__name__} stands where nothing is at hand"] = None
        return ValueChoice(("itself", condition, slot), frozenset((True,)), inside=wanted)

    def _is(self, term: Any, options: Any, wanted: bool) -> Any:  # noqa: FBT001 - as in `formula`
        values = options if isinstance(options, tuple) else (options,)
        if any(isinstance(value, Given) for value in values) or isinstance(term, Given):
            self.open["a parameter is not set"] = None
        several = getattr(term, "name", None) in self.shapes.lists
        constants = frozenset(value for value in values if isinstance(value, str | int | bool))
        terms = [value for value in values if value not in constants]
        found: list[Any] = []
        if several:
            found += (ValueChoice(("lists", term, value), frozenset((True,)), inside=wanted) for value in constants)
        elif constants:
            found.append(ValueChoice(("value", term), constants, inside=wanted))
        for other in terms:
            pair = frozenset((term, other))
            found.append(
                _TRUE
                if (other == term) == wanted and other == term
                else ValueChoice(("same", pair), frozenset((True,)), inside=wanted)
            )
            if constants:
                self.open["a value is compared with constants and with other values"] = None
        return (Some if wanted else Every)(tuple(found))

    # Numbers --------------------------------------------------------------------------------------------------------

    def _compared(self, condition: Compare, wanted: bool, slot: Any) -> Any:  # noqa: FBT001 - as in `formula`
        limits = [each.of if isinstance(each, Portion) else each for each in (condition.least, condition.most)]
        tallies = [each for each in (condition.tally, *limits) if not isinstance(each, int | None)]
        if len({total.name for each in tallies for _, total in self._totals(each, slot) if total.times}) > 1:
            self.open["sums are compared with counts, or with sums of something else"] = None
            return ValueChoice(("itself", condition, slot), frozenset((True,)), inside=wanted)
        found = []
        for limit, upper in ((condition.least, False), (condition.most, True)):
            if limit is None:
                continue
            ways = []
            whole = limit.of if isinstance(limit, Portion) else limit
            others = [(_TRUE, Total((), whole))] if isinstance(whole, int) else self._totals(whole, slot)
            parts, out_of = (limit.numerator, limit.denominator) if isinstance(limit, Portion) else (1, 1)
            for (guard, one), (other_guard, other) in product(self._totals(condition.tally, slot), others):
                less = one if isinstance(limit, int) else _minus(one, other, times=(out_of, parts))
                number = limit if isinstance(limit, int) else 0
                low, high = (None, number) if upper else (number, None)
                ways.append(Every((guard, other_guard, self._bounded(less, low, high, wanted=wanted))))
            found.append(Some(tuple(ways)))
        return (Every if wanted else Some)(tuple(found))

    def _bounded(self, total: Total, low: int | None, high: int | None, *, wanted: bool) -> Any:
        if total.name is None and not wanted:
            # Of whole numbers, what is not at least so many is at most one fewer.
            low, high = (None, low - 1) if low is not None else ((high or 0) + 1, None)
            wanted = True
        low, high = (None if end is None else end - total.more for end in (low, high))
        if wanted:
            return NumberBound(evolve(total, more=0), low, high)
        return NumberBound(evolve(total, more=0), high, low, over=high is not None, under=low is not None)

    def _totals(self, tally: Tally, slot: Any) -> list[tuple[Any, Total]]:
        """Return what a tally comes to, each time with when it comes to that."""
        match tally:
            case Count(_, None, Always()):
                return [(_TRUE, Total(tuple((1, Picked(of, slot)) for of in tally.selections)))]
            case Count(Events() | Holdings() as of, name, sole):
                picked = Picked(of, slot)
                number = number_of(picked if name is None else Distinct(picked, name))
                if isinstance(sole, Always):
                    return [(_TRUE, number)]
                return self._unless_sole(number, number_of(Picked(narrowed(of, Not(sole)), slot)))
            case Sum(name, of) if all(self._counts(name, one) for one in of):
                return [(_TRUE, Total(tuple((1, Picked(one, slot)) for one in of), name=name))]
            case CountAfterEarly(of):
                early = number_of(Picked(of, "before"))
                own = number_of(Picked(of, slot))
                both = Total((*own.times, *early.times), -1)
                return [
                    (self._bounded(early, None, 1, wanted=True), own),
                    (self._bounded(early, 2, None, wanted=True), both),
                ]
            case MostCovered(name, among, of):
                return [*self._covered(name, among, of, slot)]
            case Sum(name):
                self.open[f"`{name}` is summed, which may be less than 0 or has an upper end"] = None
                above, below = (Unknown((tally, slot, sign)) for sign in ("above 0", "below 0"))
                return [(_TRUE, Total(((1, above), (-1, below)), name="any number"))]
            case Count() | CountFindings():
                self.open["findings of other duties are counted"] = None
                return [(_TRUE, Total(((1, Unknown((tally, slot))),)))]
            case _:
                assert_never(tally)

    def _counts(self, name: str, of: Events) -> bool:
        shape = self.shapes.of_types(of.types).fields.get(name)
        return shape is not None and shape.counts

    def _unless_sole(self, number: Total, unfit: Total) -> list[tuple[Any, Total]]:
        alone = self._bounded(number, 1, 1, wanted=True)
        return [
            (self._bounded(number, 2, None, wanted=True), number),
            (Every((alone, self._bounded(unfit, None, 0, wanted=True))), Total((), 1)),
            (Every((alone, self._bounded(unfit, 1, None, wanted=True))), Total((), 0)),
            (self._bounded(number, None, 0, wanted=True), Total((), 0)),
        ]

    def _covered(self, name: str, among: tuple[str, ...], of: Events, slot: Any) -> Iterator[tuple[Any, Total]]:
        entries = tuple(dict.fromkeys(among))
        listing = [number_of(Picked(narrowed(of, Covers(name, entries, k)), slot)) for k in range(1, len(entries) + 1)]
        for most in range(len(entries) + 1):
            some = [self._bounded(listing[most - 1], 1, None, wanted=True)] if most else []
            none = [self._bounded(listing[most], None, 0, wanted=True)] if most < len(entries) else []
            yield Every((*some, *none)), Total((), most)


def number_of(picked: Picked | Distinct) -> Total:
    """Return how many are selected, or how many different values they have."""
    return Total(((1, picked),))


def _minus(one: Total, other: Total, *, times: tuple[int, int]) -> Total:
    """Return so many times the one, less so many times the other."""
    found = dict[Any, int]()
    for each, total in ((times[0], one), (-times[1], other)):
        for k, what in total.times:
            found[what] = found.get(what, 0) + each * k
    more = times[0] * one.more - times[1] * other.more
    return Total(tuple((k, what) for what, k in found.items() if k), more, one.name or other.name)


def narrowed(of: Any, more: Condition) -> Any:
    """Return the selection of those of which a condition is true besides."""
    return evolve(of, where=AllOf((of.where, more)))
