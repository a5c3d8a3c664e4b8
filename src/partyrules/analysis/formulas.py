"""What a condition says of numbers and choices, as a formula of the solver Z3."""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any, assert_never, cast

from attrs import evolve, frozen

from partyrules.analysis.cells import Covers, Picked
from partyrules.language import kernel as k
from partyrules.language.shapes import Shapes
from partyrules.language.sugar import LISTED
from partyrules.language.text import Text


@cache
def solver() -> Any:
    """Return the module of the solver Z3, None where it is not installed."""
    try:
        return import_module("z3")
    except ImportError:
        return None


@frozen(cache_hash=True)
class Slotted(k.Condition):
    """The condition as it is judged in the stretch of that name: the third month of a quarter, say."""

    part: k.Condition
    slot: Any


@frozen(cache_hash=True)
class NotTrue(k.Condition):
    """True where the condition is false, or unknown for want of what nobody records."""

    part: k.Condition


@frozen(cache_hash=True)
class Distinct:
    """How many different values of a field the selected have."""

    picked: Picked
    name: str | k.Through


class Formula:
    """Says conditions in the solver's terms; `open` gathers what is told apart more freely than histories can be.

    `numbers` are the unknowns: how many are selected, or what a field of theirs sums to where one is named.
    """

    def __init__(self, shapes: Shapes) -> None:
        self.z3 = solver()
        self.shapes = shapes
        self.open: dict[str | Text, None] = {}
        self.numbers: dict[tuple[Any, str | None], Any] = {}
        self.known: list[Any] = []
        self._latest: dict[tuple[Picked, str], set[str]] = {}
        self._choices: dict[Any, Any] = {}
        self._codes: dict[Any, int] = {}
        self._unknown_will_do = False

    # Unknowns -------------------------------------------------------------------------------------------------------

    def number(self, of: Any, summed: str | None = None) -> Any:
        """Return how many there are, from 0 on, or the sum of a field that is never less than 0."""
        if (of, summed) not in self.numbers:
            unknown = (self.z3.Int if summed is None else self.z3.Real)(f"n{len(self.numbers)}")
            self.numbers[of, summed] = unknown
            self.known.append(unknown >= 0)
        return self.numbers[of, summed]

    def _unknown(self, of: Any, kind: str = "Bool") -> Any:
        return self._choices.setdefault(of, getattr(self.z3, kind)(f"c{len(self._choices)}"))

    def _code(self, value: Any) -> int:
        """Return the number that stands for a value; any other number is a value that nothing names."""
        return self._codes.setdefault(value, len(self._codes))

    def _one_of(self, of: Any, values: Sequence[Any]) -> Any:
        unknown = self._unknown(of, "Int")
        return self.z3.Or([unknown == self._code(value) for value in values])

    # Conditions -----------------------------------------------------------------------------------------------------

    def so(self, condition: k.Condition, *, wanted: bool = True, slot: Any = None) -> Any:
        """Return what must be so for the condition to be true, or, where not `wanted`, false."""
        match condition:
            case k.Not(part):
                return self.so(part, wanted=not wanted, slot=slot)
            case Slotted(part, own):
                return self.so(part, wanted=wanted, slot=own)
            case k.AllOf(parts) | k.AnyOf(parts):
                both = isinstance(condition, k.AllOf) == wanted
                told = [self.so(part, wanted=wanted, slot=slot) for part in parts]
                return self.z3.And(told) if both else self.z3.Or(told)
            case NotTrue(part):
                before, self._unknown_will_do = self._unknown_will_do, self._unknown_will_do or wanted
                found = self.so(part, wanted=not wanted, slot=slot)
                self._unknown_will_do = before
                return found
            case k.Undecided():
                return self.z3.BoolVal(self._unknown_will_do)
        plain = self._plain(condition, slot)
        return plain if wanted else self.z3.Not(plain)

    def _plain(self, condition: k.Condition, slot: Any) -> Any:
        match condition:
            case k.Always():
                return self.z3.BoolVal(val=True)
            case k.Compare():
                return self._compared(condition, slot)
            case k.Holds(relation, match, where):
                return self.number(Picked(k.Holdings(relation, match, where), slot)) >= 1
            case k.OnDay(terms, since):
                in_term = [] if terms is None else [self._one_of(("term", slot), terms)]
                begun = [] if since is None else [self._unknown("day", "Int") >= since.toordinal()]
                return self.z3.And([*in_term, *begun])
            case k.LatestIs(of, name, value, _):
                self._latest.setdefault((Picked(of, slot), name), set()).add(value)
                return self._one_of(("latest", Picked(of, slot), name), [value])
            case k.Is() if condition == LISTED:
                return self._unknown(("attends", slot))
            case k.Is(term, options):
                return self._is(term, options)
        self.open[f"{type(condition).__name__} stands where nothing is at hand"] = None
        return self._unknown((condition, slot))

    def _is(self, term: Any, options: Any) -> Any:
        values = options if isinstance(options, tuple) else (options,)
        if any(isinstance(value, k.Given) for value in (term, *values)):
            self.open["a parameter is not set"] = None
        constants = [value for value in values if isinstance(value, str | int | bool)]
        others = [value for value in values if value not in constants]
        found = [
            self.z3.BoolVal(val=True) if other == term else self._unknown(("same", frozenset((term, other))))
            for other in others
        ]
        if getattr(term, "name", None) in self.shapes.lists:
            found += (self._unknown(("lists", term, value)) for value in constants)
        elif constants:
            found.append(self._one_of(("value", term), constants))
            if isinstance(term, k.AskedStep):
                self.known.append(self._one_of(("value", term), [one for one in self.shapes.stages if one != "none"]))
        if others and constants:
            self.open["a value is compared with constants and with other values"] = None
        return self.z3.Or(found)

    def latest(self) -> dict[tuple[Picked, str], list[Any]]:
        """Return the selections whose latest is asked for, having said that what has its value is selected."""
        for (picked, name), asked in self._latest.items():
            latest = self._unknown(("latest", picked, name), "Int")
            values = sorted(asked)
            tests = [k.Is(k.Its(name), (value,)) for value in values]
            none = latest == self._code(None)
            there = [(latest == self._code(value), test) for value, test in zip(values, tests, strict=True)]
            other = self.z3.Not(self.z3.Or([none, *(so for so, _ in there)]))
            for so, test in (*there, (other, k.AllOf(tuple(map(k.Not, tests))))):
                self.known.append(self.z3.Implies(so, self.number(_narrowed(picked, test)) >= 1))
            self.known.append(self.z3.Implies(none, self.number(picked) == 0))
        return {key: sorted(asked) for key, asked in self._latest.items()}

    # Numbers --------------------------------------------------------------------------------------------------------

    def _compared(self, condition: k.Compare, slot: Any) -> Any:
        bounds = [condition.least, condition.most]
        limits = [bound.of if isinstance(bound, k.Portion) else bound for bound in bounds]
        tallies = [condition.tally, *(limit for limit in limits if isinstance(limit, k.Tally))]
        if len({each.name if isinstance(each, k.Sum) else None for each in tallies}) > 1:
            self.open["sums are compared with counts, or with sums of something else"] = None
            return self._unknown((condition, slot))
        number = self._tally(condition.tally, slot)
        found = []
        for bound, limit, upper in zip(bounds, limits, (False, True), strict=True):
            if bound is None:
                continue
            one, other = number, self._tally(limit, slot) if isinstance(limit, k.Tally) else cast("int", limit)
            if isinstance(bound, k.Portion):
                one, other = bound.denominator * number, bound.numerator * other
            found.append(one <= other if upper else one >= other)
        return self.z3.And(found)

    def _tally(self, tally: k.Tally, slot: Any) -> Any:
        """Return what a tally comes to."""
        match tally:
            case k.Count(tuple() as several):
                return self.z3.Sum([self.number(Picked(of, slot)) for of in several])
            case k.Count(k.Events() | k.Holdings() as of, name, sole):
                picked = Picked(of, slot)
                number = self.number(picked if name is None else Distinct(picked, name))
                if isinstance(sole, k.Always):
                    return number
                unfit = self.number(_narrowed(picked, k.Not(sole)))
                return self.z3.If(self.z3.And(number == 1, unfit >= 1), 0, number)
            case k.Sum(name, of) if all(self._counts(name, one) for one in of):
                return self.z3.Sum([self.number(Picked(one, slot), name) for one in of])
            case k.Sum(name):
                self.open[f"`{name}` is summed, which may be less than 0 or has an upper end"] = None
                return self._unknown((tally, slot), "Real")
            case k.CountAfterEarly(of):
                early = self.number(Picked(of, "before"))
                return self.number(Picked(of, slot)) + self.z3.If(early >= 1, early - 1, 0)
            case k.MostCovered(name, among, of):
                entries = tuple(dict.fromkeys(among))
                listing = [_narrowed(Picked(of, slot), Covers(name, entries, n + 1)) for n in range(len(entries))]
                return self.z3.Sum([self.z3.If(self.number(each) >= 1, 1, 0) for each in listing])
            case k.Count() | k.CountFindings():
                self.open["findings of other duties are counted"] = None
                return self.number((tally, slot))
            case _:
                assert_never(tally)

    def _counts(self, name: str, of: k.Events) -> bool:
        shape = self.shapes.of_types(of.types).fields.get(name)
        return shape is not None and shape.counts


def _narrowed(picked: Picked, more: k.Condition) -> Picked:
    """Return the selection of those of which a condition is true besides."""
    return evolve(picked, of=evolve(picked.of, where=k.AllOf((picked.of.where, more))))
