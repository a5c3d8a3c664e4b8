"""Whether any history makes a condition true: decided by a solver, of all that its tree can tell apart.

The tree is taken apart into bounds on how many facts or holdings of each cell there are, and into choices among
finitely many values. The solver Z3 tells whether there are such numbers, whole ones of what is counted and decimals of
what is summed. Without them no history makes the condition true. With them a history does, unless the condition says
something that is only told apart more freely than histories can be: then it is not decided, and why is named.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from itertools import combinations
from typing import Any, Final
from weakref import WeakKeyDictionary

from attrs import evolve, frozen

from partyrules.analysis.cells import (
    Cell,
    Picked,
    Setting,
    TooManyCases,
    called,
    cells_of,
    leaves,
    population_of,
    waits,
)
from partyrules.analysis.formulas import (
    NOTHING,
    Distinct,
    Every,
    NotTrue,
    NumberBound,
    Some,
    Total,
    Translation,
    ValueChoice,
    narrowed,
)
from partyrules.language.kernel import AllOf, AskedStep, Condition, Events, Holdings, Holds, Is, Its, Not, OnDay
from partyrules.language.shapes import Shapes
from partyrules.language.text import Text, translated
from partyrules.language.tree import lowered, walk
from partyrules.time.calendar import TERM_KINDS

__all__ = ["NO_SOLVER", "POSSIBLE", "TOO_MANY", "Ruling", "decide", "solver"]

_MOST_WORK: Final = 2_000_000
TOO_MANY: Final = "there are too many cases to try them all"
NO_SOLVER: Final = "the solver that decides it is not installed; run `pip install 'partyrules[analysis]'`"


@frozen
class Ruling:
    """Whether a condition can be true: `possible` is True or False where that is decided, None where it is not.

    `open` names what kept it from being decided, in words.
    """

    possible: bool | None
    open: tuple[str, ...] = ()

    @property
    def why(self) -> Text:
        """What kept it from being decided, in both languages."""
        return translated("{}", "; ".join(self.open))


POSSIBLE: Final = Ruling(possible=True)
_IMPOSSIBLE: Final = Ruling(possible=False)


# Cases --------------------------------------------------------------------------------------------------------------


@frozen
class _OtherValue:
    """Any value that nothing names."""


_ELSE: Final = _OtherValue()


@frozen
class _Numbers:
    """What is counted: the cells of each population, which of them each selection selects, and what they are named."""

    cells: Mapping[Any, Cell]
    by: Mapping[Picked, tuple[Any, ...]]


class _Search:
    """What a formula bounds and chooses, as assertions of the solver."""

    def __init__(self, formula: Any, translation: Translation, setting: Setting) -> None:
        self.formula = formula
        self.latest = translation.latest
        self.setting = setting
        self.open = dict(translation.open)
        nodes = [*_nodes(formula)]
        self.universes = _universes([node for node in nodes if isinstance(node, ValueChoice)], translation)
        counted = [what for node in nodes if isinstance(node, NumberBound) for _, what in node.total.times]
        self.distinct = {what for what in counted if isinstance(what, Distinct)}
        picked = [what.picked if isinstance(what, Distinct) else what for what in counted]
        picked += (each for key in self.latest for each in (key[0], *self._valued(*key).values()))
        self.numbers = self._counted(dict.fromkeys(each for each in picked if isinstance(each, Picked)))
        self._doubt()

    def _valued(self, picked: Picked, name: str) -> dict[Any, Picked]:
        """Return the selections of those that have each value of a field, in the order of no importance."""
        values = sorted(self.latest[picked, name], key=repr)
        tests = {value: Is(Its(name), (value,)) for value in values}
        found = {value: Picked(narrowed(picked.of, test), picked.slot) for value, test in tests.items()}
        found[_ELSE] = Picked(narrowed(picked.of, AllOf(tuple(Not(test) for test in tests.values()))), picked.slot)
        return found

    def _counted(self, picked: dict[Picked, None]) -> _Numbers:
        populations: dict[Any, list[Picked]] = {}
        waiting = [*picked]
        seen = set(waiting)
        for each in waiting:
            for population in population_of(each):
                populations.setdefault(population, []).append(each)
        for each in waiting:
            for more in _called_by(each):
                (population,) = population_of(more)
                if population in populations and more not in seen:
                    seen.add(more)
                    waiting.append(more)
                    populations[population].append(more)
        names: dict[Picked, set[str]] = {}
        for one in self.distinct:
            if isinstance(one.name, str):
                names.setdefault(one.picked, set()).add(one.name)
        cells: dict[Any, Cell] = {}
        by: dict[Picked, list[Any]] = {each: [] for each in waiting}
        for population, members in populations.items():
            fields = sorted({name for each in members for name in names.get(each, ())})
            found, doubts = cells_of(
                population, members, setting=self.setting, told_apart=fields, consistent=self._consistent
            )
            self.open.update(dict.fromkeys(doubts))
            for number, cell in enumerate(found):
                cells[population, number] = cell
                for each in cell.selected:
                    by[each].append((population, number))
        return _Numbers(cells, {each: tuple(keys) for each, keys in by.items()})

    def _consistent(self, condition: Condition) -> bool:
        ruling = decide(condition, self.setting.shapes)
        self.open.update(dict.fromkeys(ruling.open))
        return ruling.possible is not False

    def _doubt(self) -> None:
        for (one, name), (other, other_name) in combinations(self.latest, 2):
            if {*population_of(one)} & {*population_of(other)} and (one, name) != (other, other_name):
                self.open["the latest of several selections is asked for"] = None
        for one_distinct, other_distinct in combinations(self.distinct, 2):
            if {*population_of(one_distinct.picked)} & {*population_of(other_distinct.picked)}:
                self.open["different values are counted in several selections"] = None
        for each in self.distinct:
            shapes = self.setting.shapes
            of = each.picked.of
            shape = shapes.of_types(of.types) if isinstance(of, Events) else shapes.relations.get(of.relation)
            name = each.name if isinstance(each.name, str) else ""
            if shape is None or name not in shape.fields or shape.fields[name].several:
                self.open["different values of a list, or of what something leads to, are counted"] = None

    # Solving --------------------------------------------------------------------------------------------------------

    def possible(self) -> bool | None:
        """Tell whether numbers and choices can make the formula true, None where the solver gives up."""
        self.z3 = solver()
        self.solver = self.z3.SimpleSolver()
        # By work and not by time, so that the answer is the same on every machine.
        self.solver.set("rlimit", _MOST_WORK)
        self.unknowns: dict[Any, Any] = {}
        self.solver.add(self._so(self.formula), *self._latest(), *self._together())
        found = self.solver.check()
        return None if found == self.z3.unknown else bool(found == self.z3.sat)

    def _so(self, node: Any) -> Any:
        match node:
            case Every(parts):
                return self.z3.And([self._so(part) for part in parts])
            case Some(parts):
                return self.z3.Or([self._so(part) for part in parts])
            case ValueChoice(of):
                return self.z3.Or([self._chosen(of, value) for value in _chosen(node, self.universes[of])])
        number = self._total(node.total)
        low = [] if node.low is None else [number > node.low if node.over else number >= node.low]
        high = [] if node.high is None else [number < node.high if node.under else number <= node.high]
        return self.z3.And([*low, *high])

    def _chosen(self, of: Any, value: Any) -> Any:
        if (choice := ("choice", of)) not in self.unknowns:
            self.unknowns[choice] = self.z3.Int(f"x{len(self.unknowns)}")
            self.solver.add(self.unknowns[choice] >= 0, self.unknowns[choice] < len(self.universes[of]))
        return self.unknowns[choice] == [*self.universes[of]].index(value)

    def _total(self, total: Total) -> Any:
        return self.z3.Sum(
            [0, *(k * self._number(key, total.name) for k, what in total.times for key in self._keys(what))]
        )

    def _keys(self, what: Any) -> tuple[Any, ...]:
        if isinstance(what, Picked):
            return self.numbers.by[what]
        if isinstance(what, Distinct):
            cells = [self.numbers.cells[key] for key in self.numbers.by[what.picked]]
            values = dict.fromkeys(value for cell in cells for name, value in cell.values if name == what.name)
            return tuple(("valued", what, value) for value in values)
        return (what,)

    def _number(self, key: Any, summed: str | None = None) -> Any:
        """Return how many there are of something, or what a field of those in a cell sums to."""
        if (key, summed) in self.unknowns:
            return self.unknowns[key, summed]
        name = f"x{len(self.unknowns)}"
        number = self.unknowns[key, summed] = self.z3.Int(name) if summed is None else self.z3.Real(name)
        self.solver.add(number >= 0)
        match key:
            case "valued", what, value:
                # None stands for all values that nothing names.
                here = self.numbers.by[what.picked]
                facts = self._all(k for k in here if (what.name, value) in self.numbers.cells[k].values)
                self.solver.add(
                    number <= (facts if value is None else 1), number <= facts, (number == 0) == (facts == 0)
                )
            case _ if summed is not None and key in self.numbers.cells:
                self.solver.add(self.z3.Implies(number > 0, self._number(key) >= 1))
        return number

    def _all(self, keys: Iterable[Any]) -> Any:
        return self.z3.Sum([0, *map(self._number, keys)])

    def _latest(self) -> Iterator[Any]:
        """Yield that something is selected that has the value which the latest has, and nothing where there is none."""
        for picked, name in self.latest:
            of, valued = ("latest", picked, name), self._valued(picked, name)
            for value in self.universes[of]:
                there = self._all(self.numbers.by[picked if value == NOTHING else valued[value]])
                yield self.z3.Implies(self._chosen(of, value), there == 0 if value == NOTHING else there >= 1)

    def _together(self) -> Iterator[Any]:
        """Yield what is so of all holdings: one at most of one key, and none of those that have left."""
        limits: dict[Any, list[Any]] = {}
        for key, cell in self.numbers.cells.items():
            for limit in cell.limits:
                limits.setdefault(limit, []).append(key)
            for call in cell.calls & self.numbers.by.keys():
                yield self.z3.Implies(self._number(key) >= 1, self._all(self.numbers.by[call]) >= 1)
        yield from (self._all(keys) <= 1 for keys in limits.values())


def _nodes(formula: Any) -> Iterator[Any]:
    if isinstance(formula, Every | Some):
        for part in formula.parts:
            yield from _nodes(part)
    else:
        yield formula


def _universes(choices: Iterable[ValueChoice], translation: Translation) -> dict[Any, frozenset[Any]]:
    """Return for each choice the values that there are to choose among."""
    named: dict[Any, set[Any]] = {}
    for choice in choices:
        named.setdefault(choice.of, set()).update(choice.values)
    found: dict[Any, frozenset[Any]] = {}
    for of, values in named.items():
        kind = of[0]
        if kind == "term":
            found[of] = frozenset((*TERM_KINDS, None))
        elif kind == "day":
            # Every day that is named, from which on it may be, and a day before them all.
            found[of] = frozenset((None, *values))
        elif kind == "latest":
            found[of] = frozenset((*translation.latest[of[1], of[2]], _ELSE, NOTHING))
        elif kind == "value":
            asked = isinstance(of[1], AskedStep)
            stages = {stage for stage in translation.shapes.stages if stage != "none"}
            found[of] = frozenset(stages) if asked else frozenset((*values, _ELSE))
        else:
            found[of] = frozenset((True, False))
    return found


def _chosen(choice: ValueChoice, universe: frozenset[Any]) -> frozenset[Any]:
    if choice.of == ("day",):
        (first,) = choice.values
        inside = frozenset(day for day in universe if day is not None and day >= first)
    else:
        inside = choice.values & universe
    return inside if choice.inside else universe - inside


def _called_by(picked: Picked) -> Iterator[Picked]:
    of = picked.of
    if isinstance(of, Holdings):
        yield from (called(leaf, picked.slot) for leaf in leaves(of.where) if isinstance(leaf, Holds))


@cache
def solver() -> Any:
    """Return the module of the solver Z3, None where it is not installed."""
    try:
        return import_module("z3")
    except ImportError:
        return None


# Rulings ------------------------------------------------------------------------------------------------------------


def decide(
    condition: Condition,
    shapes: Shapes,
    *,
    grains: tuple[tuple[Any, str], ...] = (),
    tiled: bool = False,
) -> Ruling:
    """Return whether any history makes the condition true, of a subject on a day; without the solver it is open.

    `grains` are those of the stretches judged: that of the period under None, of its parts under the slots that
    `Slotted` names; `tiled` tells that the parts fill it.
    """
    if solver() is None:
        return Ruling(None, (NO_SOLVER,))
    condition = lowered(condition)
    key = (condition, grains, tiled)
    known = _KNOWN.setdefault(shapes, {})
    if key not in known:
        known[key] = _decided(condition, Setting(shapes, dict(grains), tiled))
    return known[key]


_KNOWN: Final[WeakKeyDictionary[Shapes, dict[Any, Ruling]]] = WeakKeyDictionary()


def _may_stay_open(condition: Condition) -> bool:
    """Tell whether a selection that waits for ever could leave open just what is asked not to be true."""
    selections = [node for node in walk(condition) if isinstance(node, Events | Holdings | Holds)]
    return any(isinstance(node, NotTrue) for node in walk(condition)) and any(waits(node.where) for node in selections)


def _decided(condition: Condition, setting: Setting) -> Ruling:
    translation = Translation(setting.shapes)
    formula = translation.formula(condition, wanted=True)
    try:
        search = _Search(formula, translation, setting)
        found = search.possible()
    except TooManyCases:
        return Ruling(None, (TOO_MANY,))
    if found is False:
        return _IMPOSSIBLE if not _may_stay_open(condition) else Ruling(None, tuple(search.open))
    if found is None:
        return Ruling(None, (TOO_MANY,))
    if not search.open:
        return POSSIBLE
    named = not setting.late and any(isinstance(node, OnDay) and node.since is not None for node in walk(condition))
    late = _decided(condition, evolve(setting, late=True)) if named else None
    return late if late and late.possible else Ruling(None, tuple(search.open))
