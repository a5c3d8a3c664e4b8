"""The kinds of fact or holding that selections tell apart: for each kind, which of the selections select it.

All facts of a type, or all holdings of a relation on one day, are divided into cells by everything that the selections
at hand ask of them. Two facts of one cell are alike to every selection, so that a history is, for these selections, a
number for each cell.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from math import prod
from typing import Any, Final

from attrs import evolve, frozen

from partyrules.language import kernel as k
from partyrules.language.shapes import Shapes
from partyrules.language.tree import walk
from partyrules.time.calendar import TERM_KINDS, VACATION_KINDS, Span

_MOST_CELLS: Final = 4_000


class TooManyCases(Exception):  # noqa: N818 - it ends a search and is no error of anybody's
    """There are more cases than are tried, so that nothing is decided."""


_ELSE: Final = object()
"""Any value that nothing names, or none at all."""
Assigned = Mapping[Any, Any]


@frozen(cache_hash=True)
class Picked:
    """A selection, in the stretch named by `slot` where several of one grain are told apart."""

    of: k.Selection
    slot: Any = None


@frozen(cache_hash=True)
class Covers(k.Condition):
    """True of a fact that lists at least `least` of the entries of `among` in a field."""

    name: str
    among: tuple[str, ...]
    least: int


@frozen
class Cell:
    """Facts or holdings that are alike: the selections that select them, and what else is counted of them.

    `limits` are the keys of which there can be one holding at most; `values` what the fields are whose different
    values are counted; `calls` the selections of which something must be selected where there is one of these.
    """

    selected: frozenset[Picked]
    limits: frozenset[Any]
    values: frozenset[tuple[str, Any]]
    calls: frozenset[Picked]


def population_of(picked: Picked) -> tuple[Any, ...]:
    """Return what the selection selects from: types of facts, or a relation in a stretch."""
    of = picked.of
    return (
        tuple(("fact", wire) for wire in of.types)
        if isinstance(of, k.Events)
        else (("held", of.relation, picked.slot),)
    )


def singular(term: Any, shapes: Shapes) -> bool:
    """Tell whether a term that is no constant stands for one value."""
    if isinstance(term, k.Its | k.Trigger):
        return term.name not in shapes.lists
    return not isinstance(term, tuple | k.Given)


def no_longer(one: Span, other: Span) -> bool:
    """Tell whether the one span is surely no longer than the other, whichever day it is counted from."""
    months = [12 * span.years + span.months for span in (one, other)]
    return months[0] <= months[1] and one.days <= other.days


# Attributes: what is asked of a fact at hand ------------------------------------------------------------------------


@frozen(cache_hash=True)
class _Attribute:
    """A field that has one value at a time: a constant, the value of one term, or any other."""

    name: str


@frozen(cache_hash=True)
class _Entry:
    """Whether a field has, or lists, the value of an operand."""

    name: str
    operand: Any


@frozen(cache_hash=True)
class _Window:
    """Whether a fact lies in a window other than the period."""

    name: str
    slot: Any


_STRETCH: Final = "the stretch it lies in"
_REST: Final = "in the period, and in none of its parts"
_OUTSIDE: Final = "outside"
_TERM: Final = "the kind of term of its day"


@frozen
class Setting:
    """What is known of the stretches that windows name.

    `grains` gives the grain of each slot, `tiled` tells whether the numbered slots fill the whole of slot None. The
    slot `before` is the period before; a deadline of the slot `sooner` comes no later than one of `later`. With `late`,
    every stretch begins after all days that conditions name.
    """

    shapes: Shapes
    grains: Mapping[Any, str]
    tiled: bool = False
    late: bool = False


class _Attributes:
    """What selections ask of the facts or holdings of one population, and which values each attribute can have."""

    def __init__(self, population: Any, setting: Setting) -> None:
        kind, name, *_ = population
        self.setting = setting
        self.held = kind == "held"
        self.shape = (setting.shapes.relations if self.held else setting.shapes.types).get(name)
        self.asked: dict[str, dict[Any, None]] = {}
        self.others: dict[Any, tuple[Any, ...]] = {}
        self.nested: dict[k.Condition, None] = {}
        self.slots: dict[Any, None] = {}
        self.opened: dict[str, None] = {}
        self.absent: dict[str, bool] = {}
        self.counted: list[str] = []

    def take(self, picked: Picked) -> None:
        """Take in what a selection asks."""
        of = picked.of
        for name, operand in of.match:
            if not isinstance(operand, k.Given):
                self.compare(name, operand)
                self.absent[name] = True
        if isinstance(of, k.Events) and _is_part(of.window, picked.slot):
            self.slots[picked.slot] = None
        elif isinstance(of, k.Events) and of.window != "ever":
            self.others[_Window(of.window, picked.slot)] = (True, False)
        for leaf in leaves(of.where):
            self._take_leaf(leaf)

    def compare(self, name: str, operand: k.Operand) -> None:
        """Take in that a field is compared with an operand."""
        values = operand if isinstance(operand, tuple) else (operand,)
        self.asked.setdefault(name, {}).update(dict.fromkeys(values))

    def _take_leaf(self, leaf: k.Condition) -> None:
        match leaf:
            case k.Is(k.Its(name), options):
                self.compare(name, options)
                # Whatever is open for want of a value can still become one of the values there are.
                self.absent[name] = self.absent.get(name, False) or leaf.waits_for is None
            case k.OnDay(since=None):
                self.others[_TERM] = (*TERM_KINDS, None)
            case k.OnDay() | k.Age() | Covers() | k.Share():
                self.others[leaf] = (True, False)
            case _:
                self.nested[leaf] = None

    def domains(self) -> dict[Any, tuple[Any, ...]]:
        """Return the values that each attribute can have; what may or may not be the same is told apart freely."""
        found = dict(self.others)
        if self.slots:
            parts = tuple(slot for slot in self.slots if slot is not None)
            whole = None in self.slots and not (self.setting.tiled and set(parts) - {"before"})
            found[_STRETCH] = (*parts, *((_REST,) if whole else ()), _OUTSIDE)
        for name, asked in self.asked.items():
            found.update(self._field_domains(name, [*asked]))
        found.update((leaf, (True, False)) for leaf in self.nested)
        return found

    def _field_domains(self, name: str, asked: list[Any]) -> Iterator[tuple[Any, tuple[Any, ...]]]:
        shape = self.shape.fields.get(name) if self.shape is not None else None
        terms = [each for each in asked if not _plain(each)]
        constants = [each for each in asked if _plain(each)]
        if shape is not None and shape.several:
            yield from ((_Entry(name, each), (True, False)) for each in asked)
            return
        truths = (True, False) if constants and all(isinstance(each, bool) for each in constants) else None
        allowed = shape.allowed if shape is not None and shape.allowed is not None else truths
        always_there = not self.absent.get(name, True) or (shape is not None and not shape.optional)
        closed = allowed is not None and always_there
        if terms and (constants or len(terms) > 1 or not singular(terms[0], self.setting.shapes)):
            self.opened[f"`{name}` is compared with several things that may be the same"] = None
            yield from ((_Entry(name, each), (True, False)) for each in terms)
        elif terms:
            yield _Attribute(name), (*terms, _ELSE)
            return
        values = allowed if allowed is not None else tuple(constants)
        yield _Attribute(name), tuple(values) if closed else (*values, _ELSE)

    def doubts(self) -> tuple[str, ...]:
        """Return what keeps the cells from being exact."""
        self.domains()
        found = dict(self.opened)
        for leaf in self.nested:
            if waits(leaf):
                found["a selection waits for what no fact supplies"] = None
            elif self.held and not self._free(leaf):
                found["holdings are selected by what several of them share"] = None
        numbers = [leaf for leaf in self.others if isinstance(leaf, k.Age | k.Share | Covers)]
        shares = {(leaf.part, leaf.whole) for leaf in numbers if isinstance(leaf, k.Share)}
        lists = {(leaf.name, leaf.among) for leaf in numbers if isinstance(leaf, Covers)}
        spans = [
            span for leaf in numbers if isinstance(leaf, k.Age) for span in (leaf.least, leaf.most) if span is not None
        ]
        if len(shares) > 1:
            found["several shares of one fact are asked for"] = None
        if len({name for name, _ in lists}) < len(lists) or any(name in self.asked for name, _ in lists):
            found["several lists are looked for in one field"] = None
        if any(isinstance(leaf, k.Age) and leaf.extended_by is not None for leaf in numbers):
            found["a holding may be extended"] = None
        if not all(no_longer(one, other) or no_longer(other, one) for one in spans for other in spans):
            found["spans of months and of days are compared"] = None
        windows = {each.name for each in self.others if isinstance(each, _Window)} | {
            *(["period"] if self.slots else [])
        }
        timed = (k.Age,) if self.setting.late else (k.Age, k.OnDay)
        if len(windows & {"by_trigger", "by_deadline", "after_trigger", "since_entry"}) > 1 or (
            any(isinstance(leaf, timed) for leaf in self.others) and windows - {"since_entry"}
        ):
            found["windows are compared whose days depend on each other"] = None
        return tuple(found)

    def _free(self, leaf: k.Condition) -> bool:
        """Tell whether each holding can have or lack it by itself, being about something that only it names."""
        if not isinstance(leaf, k.Holds) or leaf.where != k.Always() or leaf.relation not in self.setting.shapes.rules:
            return False
        relation = self.setting.shapes.rules[leaf.relation]
        own = {name for name, value in leaf.match if isinstance(value, k.Its) and value.name not in self.asked}
        others = {name for name, _ in leaf.match} - own
        return bool(own) and not any(set(fields) <= others for fields in (relation.key, relation.group) if fields)


def cells_of(
    population: Any,
    picked: Sequence[Picked],
    *,
    setting: Setting,
    told_apart: Iterable[str],
    consistent: Callable[[k.Condition], bool],
) -> tuple[list[Cell], tuple[str, ...]]:
    """Return the cells of a population that some selection selects, and what keeps them from being exact.

    `told_apart` are the fields whose different values are counted; `consistent` tells whether conditions on a fact
    at hand can be true together. Raise TooManyCases where there are too many.
    """
    about = _asked(population, picked, setting, told_apart)
    domains = about.domains()
    if prod(len(values) for values in domains.values()) > _MOST_CELLS:
        raise TooManyCases
    found: dict[Cell, None] = {}
    for values in product(*domains.values()):
        assigned = dict(zip(domains, values, strict=True))
        selected = frozenset(each for each in picked if _selects(each, population, assigned))
        if (
            selected
            and _orderly(assigned, setting, held=population[0] == "held")
            and _nested_together(assigned, about, consistent)
        ):
            found[_cell(population, selected, assigned, about)] = None
    # What is asked of selections that nothing can be in together leaves nothing open between them.
    doubts = (_asked(population, group, setting, told_apart).doubts() for group in _overlapping(found))
    return list(found), tuple(dict.fromkeys(doubt for each in doubts for doubt in each))


def _asked(population: Any, picked: Iterable[Picked], setting: Setting, told_apart: Iterable[str]) -> _Attributes:
    about = _Attributes(population, setting)
    for each in picked:
        about.take(each)
    about.counted = [name for name in told_apart if about.shape is not None and name in about.shape.fields]
    for name in about.counted:
        about.asked.setdefault(name, {})
    return about


def _overlapping(cells: Iterable[Cell]) -> list[frozenset[Picked]]:
    """Return the selections in groups, so that no cell is selected by those of two groups."""
    groups: list[frozenset[Picked]] = []
    for cell in cells:
        joined = [group for group in groups if group & cell.selected]
        groups = [*(group for group in groups if group not in joined), cell.selected.union(*joined)]
    return groups


def _selects(picked: Picked, population: Any, assigned: Assigned) -> bool:
    of = picked.of
    if isinstance(of, k.Events) and not _in_window(of.window, picked.slot, assigned):
        return False
    if population not in population_of(picked):
        return False
    matched = all(isinstance(operand, k.Given) or _meets(name, operand, assigned) for name, operand in of.match)
    return matched and _true(of.where, assigned)


def _is_part(window: str, slot: Any) -> bool:
    """Tell whether the window is the period judged, or one of those that do not overlap with their like."""
    return window == "period" and (slot is None or slot == "before" or isinstance(slot, int))


def _in_window(window: str, slot: Any, assigned: Assigned) -> bool:
    if window == "ever":
        return True
    if not _is_part(window, slot):
        return bool(assigned[_Window(window, slot)])
    lies = assigned[_STRETCH]
    return lies == slot if slot is not None else lies not in ("before", _OUTSIDE)


def _meets(name: str, operand: k.Operand, assigned: Assigned) -> bool:
    values = operand if isinstance(operand, tuple) else (operand,)
    return any(
        assigned[_Entry(name, value)] if _Entry(name, value) in assigned else assigned[_Attribute(name)] == value
        for value in values
    )


def _true(where: k.Condition, assigned: Assigned) -> bool:
    match where:
        case k.AllOf(parts):
            return all(_true(part, assigned) for part in parts)
        case k.AnyOf(parts):
            return any(_true(part, assigned) for part in parts)
        case k.Not(part):
            return not _true(part, assigned)
        case k.Always():
            return True
        case k.Is(k.Its(name), options):
            return _meets(name, options, assigned)
        case k.OnDay(terms, since) if terms is not None and since is None:
            return assigned[_TERM] in terms
        case k.OnDay() | k.Age() if (parts := bounds_of(where)) != (where,):
            return all(_true(part, assigned) for part in parts)
    return bool(assigned[where])


# Which attributes go together ---------------------------------------------------------------------------------------


def _orderly(assigned: Assigned, setting: Setting, *, held: bool) -> bool:
    """Tell whether windows, terms, spans and shares lie as they can."""
    return (
        _windows_agree(assigned, setting)
        and all(
            not (truth and _at_least_as_much(other, one)) or assigned[other]
            for one, truth in assigned.items()
            for other in assigned
            if isinstance(one, k.Condition) and isinstance(other, k.Condition) and one != other
        )
        and not any(
            _exclude(one, assigned[one], other, assigned[other], held=held)
            for one in assigned
            for other in assigned
            if isinstance(one, k.Age) and isinstance(other, k.Age)
        )
    )


def _windows_agree(assigned: Assigned, setting: Setting) -> bool:
    lies = assigned.get(_STRETCH, _OUTSIDE)
    early = any(isinstance(each, k.OnDay) and not truth for each, truth in assigned.items())
    within = lies != _OUTSIDE or any(isinstance(each, _Window) and inside for each, inside in assigned.items())
    if setting.late and early and within:
        return False
    for each, inside in assigned.items():
        if not isinstance(each, _Window) or inside:
            continue
        own = _Window("period", each.slot) if not _is_part("period", each.slot) else None
        if each.name == "period_or_vacation_before" and (
            assigned.get(own) if own else _STRETCH in assigned and _in_window("period", each.slot, assigned)
        ):
            return False
        if each == _Window("by_deadline", "later") and assigned.get(_Window("by_deadline", "sooner")):
            return False
    if _TERM not in assigned or lies in ("before", _OUTSIDE):
        return True
    there = {"semester": ("semester",), "vacation": VACATION_KINDS}
    grains = {setting.grains.get(slot, "") for slot in ((None,) if lies == _REST else (None, lies))}
    return all(assigned[_TERM] in there.get(grain, (assigned[_TERM],)) for grain in grains)


def _at_least_as_much(other: k.Condition, one: k.Condition) -> bool:
    """Tell whether the other is true of whatever the one is true of."""
    match one, other:
        case k.OnDay(None, date() as day), k.OnDay(None, date() as earlier):
            return earlier <= day
        case Covers(name, among, more), Covers(same, entries, fewer):
            return (name, among) == (same, entries) and fewer <= more
        case k.Share(part, whole, above, or_equal), k.Share(same, of, lower, reached):
            more, less = above[0] * lower[1], lower[0] * above[1]
            return (part, whole) == (same, of) and (more > less or (more == less and (reached or not or_equal)))
        case k.Age(Span() as longer, None), k.Age(Span() as shorter, None):
            return no_longer(shorter, longer)
        case k.Age(None, Span() as shorter, None), k.Age(None, Span() as longer, None):
            return no_longer(shorter, longer)
    return False


def _exclude(one: k.Age, first: bool, other: k.Age, second: bool, *, held: bool) -> bool:  # noqa: FBT001 - the truths of both
    """Tell whether nothing can be as old as the two say; the bound of what may be extended is open.

    Of a fact after the day asked both are false, whatever they say.
    """
    if one.least is None or other.most is None or other.extended_by is not None or first != second:
        return False
    shorter = no_longer(other.most, one.least) and other.most != one.least
    return shorter if first else held and no_longer(one.least, other.most)


def bounds_of(condition: k.Age | k.OnDay) -> tuple[k.Condition, ...]:
    """Return the conditions, of one bound each, that one on age or on the day comes to together."""
    if isinstance(condition, k.OnDay):
        terms = () if condition.terms is None else (k.OnDay(terms=condition.terms),)
        return terms if condition.since is None else (*terms, k.OnDay(since=condition.since))
    least = () if condition.least is None else (k.Age(least=condition.least),)
    return least if condition.most is None else (*least, evolve(condition, least=None))


def _nested_together(assigned: Assigned, about: _Attributes, consistent: Callable[[k.Condition], bool]) -> bool:
    """Tell whether what is asked of other records about a fact at hand can be so."""
    # What no fact supplies is neither true nor false, and must not rule out the facts that wait for it.
    decided = [leaf for leaf in about.nested if not waits(leaf)]
    known = {each.name: value for each, value in assigned.items() if isinstance(each, _Attribute) and value != _ELSE}
    literals = []
    for leaf in decided:
        told = leaf
        if isinstance(leaf, k.Holds):
            # Fields of the fact at hand whose values are known are put in.
            put = ((name, known.get(each.name, each) if isinstance(each, k.Its) else each) for name, each in leaf.match)
            told = evolve(leaf, match=tuple(put))
        literals.append(told if assigned[leaf] else k.Not(told))
    return not literals or consistent(k.AllOf(tuple(literals)))


# What else is counted of a cell -------------------------------------------------------------------------------------


def _cell(population: Any, selected: frozenset[Picked], assigned: Assigned, about: _Attributes) -> Cell:
    held = population[0] == "held"
    values = ((name, assigned.get(_Attribute(name), _ELSE)) for name in about.counted)
    return Cell(
        selected=selected,
        limits=frozenset(_limits(population, assigned, about) if held else ()),
        values=frozenset((name, None if value == _ELSE else value) for name, value in values),
        calls=frozenset(_calls(population, assigned, about) if held else ()),
    )


def _limits(population: Any, assigned: Assigned, about: _Attributes) -> Iterator[Any]:
    """Yield the keys of the one holding at most that a holding of the cell can be."""
    relation = about.setting.shapes.rules.get(population[1])
    if relation is None:
        return
    known = _determined(assigned, about)
    for each, value in assigned.items():
        if isinstance(each, _Attribute) and value != _ELSE:
            known[each.name] = value
        elif isinstance(each, _Entry) and value is True and singular(each.operand, about.setting.shapes):
            known.setdefault(each.name, each.operand)
    for fields in filter(None, (relation.group, relation.key)):
        if all(name in known for name in fields):
            yield (population, fields, tuple(known[name] for name in fields))


def _determined(assigned: Assigned, about: _Attributes) -> dict[str, Any]:
    """Return the fields that can have one value only, being those of the one holding that somebody can have."""
    found: dict[str, Any] = {}
    for leaf in about.nested:
        if not (assigned[leaf] and isinstance(leaf, k.Holds) and leaf.relation in about.setting.shapes.rules):
            continue
        relation = about.setting.shapes.rules[leaf.relation]
        match = dict(leaf.match)
        fields = relation.group or relation.key
        if all(name in match and not isinstance(match[name], k.Its | tuple | k.Given) for name in fields):
            one = tuple(match[name] for name in fields)
            own = {name: value for name, value in leaf.match if isinstance(value, k.Its)}
            found.update((value.name, ("the", leaf.relation, one, name)) for name, value in own.items())
    return found


def _calls(population: Any, assigned: Assigned, about: _Attributes) -> Iterator[Picked]:
    slot = population[2]
    for leaf in about.nested:
        if assigned[leaf] and isinstance(leaf, k.Holds):
            yield called(leaf, slot)


def called(leaf: k.Holds, slot: Any) -> Picked:
    """Return the holdings of which there must be one where the condition is true of a fact at hand."""
    match = tuple((name, value) for name, value in leaf.match if not isinstance(value, k.Its))
    return Picked(k.Holdings(leaf.relation, match), slot)


def waits(node: Any) -> bool:
    """Tell whether something in a tree is never decided by facts, or not set."""
    return any(isinstance(part, k.Undecided | k.Given) for part in walk(node))


def leaves(condition: k.Condition) -> Iterator[k.Condition]:
    """Yield the conditions that a condition is made of."""
    match condition:
        case k.AllOf(parts) | k.AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case k.Not(part):
            yield from leaves(part)
        case k.Always():
            return
        case k.Age() | k.OnDay():
            yield from bounds_of(condition)
        case _:
            yield condition


def _plain(value: Any) -> bool:
    return isinstance(value, str | int | bool)
