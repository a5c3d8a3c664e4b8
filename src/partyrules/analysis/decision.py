"""Whether any history makes a condition true: decided by a solver, of all that its tree can tell apart.

The tree is taken apart into bounds on how many facts or holdings of each cell there are, and into choices among
finitely many values. The solver Z3 tells whether there are such numbers, whole ones of what is counted and decimals of
what is summed. Without them no history makes the condition true. With them a history does, unless the condition says
something that is only told apart more freely than histories can be: then it is not decided, and why is named.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import combinations
from threading import RLock
from typing import Any, Final
from weakref import WeakKeyDictionary

from attrs import evolve, frozen

from partyrules.analysis import cells
from partyrules.analysis.formulas import Distinct, Formula, NotTrue, solver
from partyrules.language.kernel import Condition, Events, Holdings, Holds, OnDay
from partyrules.language.shapes import Shapes
from partyrules.language.text import Text, joined, translated
from partyrules.language.tree import lowered, walk

_MOST_WORK: Final = 2_000_000
TOO_MANY: Final = "there are too many cases to try them all"
NO_SOLVER: Final = "the solver that decides it is not installed; run `pip install 'partyrules[analysis]'`"


@frozen
class Ruling:
    """Whether a condition can be true: `possible` is True or False where that is decided, None where it is not.

    `open` names what kept it from being decided, in words.
    """

    possible: bool | None
    open: tuple[str | Text, ...] = ()

    @property
    def why(self) -> Text:
        """What kept it from being decided, in both languages."""
        return reasons(self.open)


POSSIBLE: Final = Ruling(possible=True)
_IMPOSSIBLE: Final = Ruling(possible=False)


def reasons(named: Iterable[str | Text]) -> Text:
    """Return in both languages what is named, in English or in both already."""
    told = [translated("{}", each) for each in named]
    return joined("；", "; ", told or [translated("neither an argument nor a history tells")])


# What there can be of what is counted -------------------------------------------------------------------------------


class _Counted:
    """The cells of all that a formula counts: what is a number of facts or holdings in one is part of its sums."""

    def __init__(self, formula: Formula, setting: cells.Setting) -> None:
        self.formula, self.setting, self.z3 = formula, setting, formula.z3
        self.latest = [*formula.latest()]
        self.distinct = [of for of, _ in formula.numbers if isinstance(of, Distinct)]
        asked = [*formula.numbers]
        picked = [of.picked if isinstance(of, Distinct) else of for of, _ in asked]
        self.cells: dict[Any, cells.Cell] = {}
        self.by: dict[cells.Picked, list[Any]] = {}
        self._divide(dict.fromkeys(of for of in picked if isinstance(of, cells.Picked)))
        self._doubt()
        for of, summed in asked:
            if isinstance(of, cells.Picked):
                parts = [self._in_cell(key, summed) for key in self.by[of]]
                formula.known.append(formula.number(of, summed) == self._sum(parts))
            elif isinstance(of, Distinct):
                formula.known.append(formula.number(of) == self._sum(self._different(of)))
        formula.known += self._together()

    def _sum(self, parts: list[Any]) -> Any:
        return self.z3.Sum(parts) if parts else 0

    def _divide(self, picked: dict[cells.Picked, None]) -> None:
        populations: dict[Any, list[cells.Picked]] = {}
        for each in picked:
            for population in cells.population_of(each):
                populations.setdefault(population, []).append(each)
        waiting = [*picked]
        for each in waiting:
            for more in _called_by(each):
                (population,) = cells.population_of(more)
                if population in populations and more not in waiting:
                    waiting.append(more)
                    populations[population].append(more)
        self.by = {each: [] for each in waiting}
        for population, members in populations.items():
            names = {of.name for of in self.distinct if of.picked in members and isinstance(of.name, str)}
            found, doubts = cells.cells_of(
                population, members, setting=self.setting, told_apart=sorted(names), consistent=self._consistent
            )
            self.formula.open.update(dict.fromkeys(doubts))
            for number, cell in enumerate(found):
                self.cells[population, number] = cell
                for each in cell.selected:
                    self.by[each].append((population, number))

    def _consistent(self, condition: Condition) -> bool:
        ruling = decide(condition, self.setting.shapes)
        self.formula.open.update(dict.fromkeys(ruling.open))
        return ruling.possible is not False

    def _doubt(self) -> None:
        doubts = self.formula.open
        for (one, name), (other, other_name) in combinations(self.latest, 2):
            if {*cells.population_of(one)} & {*cells.population_of(other)} and (one, name) != (other, other_name):
                doubts["the latest of several selections is asked for"] = None
        for one_distinct, other_distinct in combinations(self.distinct, 2):
            if {*cells.population_of(one_distinct.picked)} & {*cells.population_of(other_distinct.picked)}:
                doubts["different values are counted in several selections"] = None
        for each in self.distinct:
            shapes, of = self.setting.shapes, each.picked.of
            shape = shapes.of_types(of.types) if isinstance(of, Events) else shapes.relations.get(of.relation)
            name = each.name if isinstance(each.name, str) else ""
            if shape is None or name not in shape.fields or shape.fields[name].several:
                doubts["different values of a list, or of what something leads to, are counted"] = None

    # Numbers --------------------------------------------------------------------------------------------------------

    def _in_cell(self, key: Any, summed: str | None = None) -> Any:
        """Return how many there are in a cell, or what a field of theirs sums to: nothing where there is none."""
        new = (key, summed) not in self.formula.numbers
        number = self.formula.number(key, summed)
        if new and summed is not None:
            self.formula.known.append(self.z3.Implies(number > 0, self._in_cell(key) >= 1))
        return number

    def _in_cells(self, keys: list[Any]) -> Any:
        return self._sum([self._in_cell(key) for key in keys])

    def _different(self, of: Distinct) -> list[Any]:
        """Return how often there is each value that is named, and how many others there are."""
        keys: dict[Any, list[Any]] = {}
        for key in self.by[of.picked]:
            for name, value in self.cells[key].values:
                if name == of.name:
                    keys.setdefault(value, []).append(key)
        found = []
        for value, those in keys.items():
            number, facts = self.formula.number((of, value)), self._in_cells(those)
            self.formula.known += (number <= facts, self.z3.Implies(facts >= 1, number >= 1))
            self.formula.known += () if value is None else (number <= 1,)
            found.append(number)
        return found

    def _together(self) -> Iterator[Any]:
        """Yield what is so of all holdings: one at most of one key, and none of those that have left."""
        limits: dict[Any, list[Any]] = {}
        for key, cell in self.cells.items():
            for limit in cell.limits:
                limits.setdefault(limit, []).append(key)
            for call in cell.calls & self.by.keys():
                yield self.z3.Implies(self._in_cell(key) >= 1, self._in_cells(self.by[call]) >= 1)
        yield from (self._in_cells(keys) <= 1 for keys in limits.values())


def _called_by(picked: cells.Picked) -> Iterator[cells.Picked]:
    of = picked.of
    if isinstance(of, Holdings):
        yield from (cells.called(leaf, picked.slot) for leaf in cells.leaves(of.where) if isinstance(leaf, Holds))


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
    with _SOLVING:
        if key not in known:
            known[key] = _decided(condition, cells.Setting(shapes, dict(grains), tiled))
    return known[key]


# The solver keeps what it knows for the process and is no thread's own.
_SOLVING: Final = RLock()
_KNOWN: Final[WeakKeyDictionary[Shapes, dict[Any, Ruling]]] = WeakKeyDictionary()


def _may_stay_open(condition: Condition) -> bool:
    """Tell whether a selection that waits for ever could leave open just what is asked not to be true."""
    selections = [node for node in walk(condition) if isinstance(node, Events | Holdings | Holds)]
    return any(isinstance(node, NotTrue) for node in walk(condition)) and any(
        cells.waits(node.where) for node in selections
    )


@cache
def _solver() -> Any:
    """Return the solver, to which one question is put after the other."""
    made = solver().SimpleSolver()
    # It gives up by work and not by time, so that the answer is the same on every machine.
    made.set("rlimit", _MOST_WORK)
    return made


def _decided(condition: Condition, setting: cells.Setting) -> Ruling:
    formula = Formula(setting.shapes)
    try:
        asked = formula.so(condition)
        _Counted(formula, setting)
    except cells.TooManyCases:
        return Ruling(None, (TOO_MANY,))
    _solver().push()
    try:
        _solver().add(asked, *formula.known)
        found = _solver().check()
    finally:
        _solver().pop()
    if found == formula.z3.unknown:
        return Ruling(None, (TOO_MANY,))
    if found == formula.z3.unsat:
        return _IMPOSSIBLE if not _may_stay_open(condition) else Ruling(None, tuple(formula.open))
    if not formula.open:
        return POSSIBLE
    named = not setting.late and any(isinstance(node, OnDay) and node.since is not None for node in walk(condition))
    late = _decided(condition, evolve(setting, late=True)) if named else None
    return late if late and late.possible else Ruling(None, tuple(formula.open))
