"""Whether any history makes a condition true: decided by trying every case that its tree can tell apart.

The tree is taken apart into bounds on how many facts or holdings of each cell there are, and into choices among
finitely many values. A case is one way to choose; its bounds have whole numbers, and sums decimals, or they have
not. What no case makes true, no history makes true. Where a case is left, a history shows it, unless the condition
says something that is only told apart more freely than histories can be: then it is not decided, and why is named.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any, Final
from weakref import WeakKeyDictionary

from attrs import evolve, field, frozen

from partyrules.analysis.bounds import TOO_MANY, LinearRow, TooManyCases, decimals, whole_numbers
from partyrules.analysis.cells import (
    Cell,
    Picked,
    Setting,
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
    Translation,
    ValueChoice,
    narrowed,
    number_of,
)
from partyrules.language.kernel import AllOf, AskedStep, Condition, Events, Holdings, Holds, Is, Its, Not, OnDay
from partyrules.language.shapes import Shapes
from partyrules.language.tree import lowered, walk
from partyrules.time.calendar import TERM_KINDS

__all__ = ["POSSIBLE", "Ruling", "decide"]

_MOST_CASES: Final = 3_000
_MOST_SUPPORTED: Final = 8


@frozen
class Ruling:
    """Whether a condition can be true: `possible` is True or False where that is decided, None where it is not.

    `open` names what kept it from being decided, in words.
    """

    possible: bool | None
    open: tuple[str, ...] = ()


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


@frozen
class _So:
    """What a case has settled so far."""

    bounds: tuple[NumberBound, ...] = ()
    choices: Mapping[Any, frozenset[Any]] = field(factory=dict)


class _Search:
    """Tries the cases of a formula one by one."""

    def __init__(self, formula: Any, translation: Translation, setting: Setting) -> None:
        self.formula = formula
        self.latest = translation.latest
        self.setting = setting
        self.open = dict(translation.open)
        self.left = _MOST_CASES
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

    # Trying ---------------------------------------------------------------------------------------------------------

    def possible(self) -> bool | None:
        """Tell whether some case makes the formula true, None where it may have been missed."""
        return self._tried([self.formula], _So())

    def _tried(self, pending: list[Any], so: _So) -> bool | None:
        self.left -= 1
        if self.left < 0:
            raise TooManyCases
        waiting: list[Some] = []
        pending = [*pending]
        while pending:
            part = pending.pop()
            if isinstance(part, Every) or (isinstance(part, Some) and len(part.parts) == 1):
                pending += part.parts
            elif isinstance(part, Some):
                waiting.append(part)
            elif isinstance(part, NumberBound):
                so = evolve(so, bounds=(*so.bounds, part))
            else:
                values = self.universes[part.of]
                now = so.choices.get(part.of, values) & _chosen(part, values)
                if not now:
                    return False
                so = evolve(so, choices={**so.choices, part.of: now})
        found = self._settled(so) if not waiting else self._numbers_left(so)
        if not waiting or found is False:
            return found
        first = min(waiting, key=lambda each: len(each.parts))
        rest = [each for each in waiting if each is not first]
        return _either(self._tried([part, *rest], so) for part in first.parts)

    def _settled(self, so: _So) -> bool | None:
        """Tell whether a case with nothing left to choose has numbers, whichever values the latest ones have."""
        keys = [(of, sorted(values, key=repr)) for of, values in so.choices.items() if of[0] == "latest"]
        return _either(
            self._numbers_left(evolve(so, bounds=(*so.bounds, *self._of_latest(keys, values))))
            for values in product(*(values for _, values in keys))
        )

    def _of_latest(self, keys: Sequence[tuple[Any, Any]], values: Sequence[Any]) -> Iterator[NumberBound]:
        for ((_, picked, name), _), value in zip(keys, values, strict=True):
            if value == NOTHING:
                yield NumberBound(number_of(picked), None, 0)
            else:
                yield NumberBound(number_of(self._valued(picked, name)[value]), 1, None)

    # Numbers --------------------------------------------------------------------------------------------------------

    def _numbers_left(self, so: _So) -> bool | None:
        summed = [bound for bound in so.bounds if bound.total.name is not None]
        counted = [bound for bound in so.bounds if bound.total.name is None]
        rows = [self._row(bound) for bound in counted]
        cap = 2 + sum(abs(end) for row in rows for end in (row.low, row.high) if end is not None)
        cap *= max((abs(k) for row in rows for k in row.times.values()), default=1)
        mixed = any(k < 0 for row in rows for k in row.times.values())
        links = [*self._always(cap), *self._of_distinct(rows, cap)]
        if not summed:
            return _whole(rows, links, cap, mixed=mixed)
        sums = [self._row(bound) for bound in summed]
        cells = list(dict.fromkeys(key for row in sums for _, key in row.times))
        if not decimals(sums):
            return False
        if _whole([*rows, *(LinearRow({key: 1}, low=1) for key in cells)], links, cap, mixed=mixed):
            return True
        if len(cells) > _MOST_SUPPORTED:
            raise TooManyCases
        return _either(
            _whole([*rows, *(LinearRow({key: 1}, low=1) for key in some)], links, cap, mixed=mixed)
            for size in range(len(cells))
            for some in combinations(cells, size)
            if decimals(_supported(sums, some))
        )

    def _row(self, bound: NumberBound) -> LinearRow:
        times: dict[Any, int] = {}
        for k, what in bound.total.times:
            for key in self._unknowns(what):
                name = key if bound.total.name is None else (bound.total.name, key)
                times[name] = times.get(name, 0) + k
        return LinearRow(times, bound.low, bound.high, bound.over, bound.under)

    def _unknowns(self, what: Any) -> tuple[Any, ...]:
        if isinstance(what, Picked):
            return self.numbers.by[what]
        if isinstance(what, Distinct):
            return tuple(("valued", what, value) for value in self._values(what))
        return (what,)

    def _values(self, what: Distinct) -> list[Any]:
        cells = [self.numbers.cells[key] for key in self.numbers.by[what.picked]]
        return list(dict.fromkeys(value for cell in cells for name, value in cell.values if name == what.name))

    def _always(self, cap: int) -> Iterator[LinearRow]:
        """Yield what is so of all holdings: one at most of one key, and none of those that have left."""
        limits: dict[Any, dict[Any, int]] = {}
        for key, cell in self.numbers.cells.items():
            for limit in cell.limits:
                limits.setdefault(limit, {})[key] = 1
            for call in cell.calls:
                if call in self.numbers.by:
                    there = dict.fromkeys(self.numbers.by[call], cap)
                    there[key] = there.get(key, 0) - 1
                    yield LinearRow(there, low=0)
        yield from (LinearRow(times, high=1) for times in limits.values())

    def _of_distinct(self, rows: Sequence[LinearRow], cap: int) -> Iterator[LinearRow]:
        """Yield how many different values there are, given how many facts have each: None stands for all others."""
        used = {name[1] for row in rows for name in row.times if isinstance(name, tuple) and name[0] == "valued"}
        for what in used:
            for value in self._values(what):
                keys = [k for k in self.numbers.by[what.picked] if (what.name, value) in self.numbers.cells[k].values]
                own = ("valued", what, value)
                if value is not None:
                    yield LinearRow({own: 1}, high=1)
                yield LinearRow({**dict.fromkeys(keys, 1), own: -1}, low=0)
                yield LinearRow({**dict.fromkeys(keys, -1), own: cap * (len(keys) + 1)}, low=0)


def _whole(rows: Sequence[LinearRow], links: Sequence[LinearRow], cap: int, *, mixed: bool) -> bool | None:
    if isinstance(whole_numbers([*rows, *links], {}, cap=cap), dict):
        return True
    # Without bounds on one number by another, a greater number does nothing that the cap does not do.
    return None if mixed and decimals(rows) and _beyond(rows, links, cap) else False


def _beyond(rows: Sequence[LinearRow], links: Sequence[LinearRow], cap: int) -> bool:
    """Tell whether only greater numbers are left; what is linked by a multiple of the cap says nothing of them."""
    return bool(links) or whole_numbers(rows, {}, cap=cap) is not None


def _supported(rows: Iterable[LinearRow], keys: Iterable[Any]) -> list[LinearRow]:
    """Return the rows with nothing to sum but what is in these cells."""
    there = {*keys}
    return [evolve(row, times={name: k for name, k in row.times.items() if name[1] in there}) for row in rows]


def _either(answers: Iterable[bool | None]) -> bool | None:
    missed = False
    for answer in answers:
        if answer:
            return True
        missed = missed or answer is None
    return None if missed else False


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


# Rulings ------------------------------------------------------------------------------------------------------------


def decide(
    condition: Condition,
    shapes: Shapes,
    *,
    grains: tuple[tuple[Any, str], ...] = (),
    tiled: bool = False,
) -> Ruling:
    """Return whether any history makes the condition true, of a subject on a day.

    `grains` are those of the stretches judged: that of the period under None, of its parts under the slots that
    `Slotted` names; `tiled` tells that the parts fill it.
    """
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
        return Ruling(None, ("numbers are compared with each other without an end",))
    if not search.open:
        return POSSIBLE
    named = not setting.late and any(isinstance(node, OnDay) and node.since is not None for node in walk(condition))
    late = _decided(condition, evolve(setting, late=True)) if named else None
    return late if late and late.possible else Ruling(None, tuple(search.open))
