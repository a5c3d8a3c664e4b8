"""Folding: from the starts and ends of a relation to its holdings, for everybody at once.

What is plain (starts and ends that alternate, days that are known) is folded in arrays; every other group of
facts goes through the fold of `partyrules.history`, which says what a holding is.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from partyrules.evaluate.columnar.joins import first_of_each
from partyrules.evaluate.columnar.truths import Array
from partyrules.evaluate.columnar.view import FOREVER, NEVER, Rows, Scalars, View
from partyrules.facts.vocabulary import Fact
from partyrules.history import NO_STAGE, Relation, group_holdings, holding_values

# Days are put below a person's code, so that one sorted array has the days of everybody.
_DAYS: Final = FOREVER + 1


class Stretch(NamedTuple):
    """Holdings as columns: the row of the fact that began each (-1 for none), its person if presumed, its days."""

    row: Array
    presumed: Array
    start: Array
    end: Array
    doubtful: Array


class _Facts(NamedTuple):
    """The starts and ends of a relation, by group and day; `row` is that of the one or the other type."""

    is_start: Array
    row: Array
    number: Array
    day: Array
    until: Array
    open: Array
    group: Array
    key: Array
    person: Array

    def at(self, kept: Array) -> "_Facts":
        """Return some of the facts."""
        return _Facts(*(column[kept] for column in self))


def folded(view: View, relation: Relation) -> Stretch:
    """Return the holdings of a relation."""
    facts = _standing(view, relation)
    size = len(facts.group)
    first = np.ones(size, np.bool_)
    first[1:] = facts.group[1:] != facts.group[:-1]
    last = np.append(first[1:], True)[:size]
    away = view.once("away", lambda: _Away(view)) if relation.person else None
    start = facts.day if away is None else away.after(facts.person, facts.day)
    following = np.append(facts.day[1:], FOREVER)[:size]
    following[last] = FOREVER
    end = np.where(facts.until > 0, np.minimum(following, facts.until + 1), following)
    if away is not None:
        end = np.minimum(end, away.next(facts.person, start))
    odd = _odd(relation, facts, first, last, away, end)
    number = np.cumsum(first) - 1
    odd_group = np.zeros(int(number[-1]) + 1 if size else 0, np.bool_)
    odd_group[number[odd]] = True
    plain = np.flatnonzero(~odd_group[number] & facts.is_start & (start < end))
    parts = [
        Stretch(facts.row[plain], np.full(len(plain), -1), start[plain], end[plain], np.zeros(len(plain), np.bool_)),
        *_one_by_one(view, relation, facts.at(np.flatnonzero(odd_group[number]))),
        *_presumed(view, relation),
    ]
    return Stretch(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


# The facts, in order -----------------------------------------------------------------------------------------------


def _standing(view: View, relation: Relation) -> _Facts:
    """Return the facts that stand, each with its row among those that do."""
    key = ("facts in order", relation.started, relation.ended, relation.key, relation.group, relation.person)
    facts = view.lasting(key, lambda: _in_order(view, relation))
    kept = np.ones(len(facts.row), np.bool_)
    row = facts.row.copy()
    for is_start, wire in ((True, relation.started), (False, relation.ended)):
        stands = view.rows(wire).stands if wire else None
        if stands is not None:
            mine = facts.is_start == is_start
            kept[mine] = stands[facts.row[mine]]
            row[mine] = (np.cumsum(stands) - 1)[facts.row[mine]]
    if relation.name == "stage" and view.adoption.stage_names:
        kept &= _declared(view, facts)
    facts = facts._replace(row=row)
    return facts if kept.all() else facts.at(kept)


def _declared(view: View, entries: _Facts) -> Array:
    """Return which entries into a stage are into one that some adopted pack declares."""
    stage = view.whole("stage_entered").column("stage")
    assert isinstance(stage, Scalars)  # noqa: S101 - a field of the core vocabulary
    known = [view.code(name) for name in (*view.adoption.stage_names, NO_STAGE)]
    declared: Array = np.isin(stage.values[entries.row], known)
    return declared


def _in_order(view: View, relation: Relation) -> _Facts:
    """Return all facts that were ever recorded, by group and day."""
    both = [view.whole(wire) for wire in (relation.started, relation.ended) if wire]
    group = _numbered(view, both, relation.group or relation.key)
    day = np.concatenate([rows.days for rows in both]).astype(np.int64)
    facts = _Facts(
        is_start=np.repeat([True, False][: len(both)], [len(rows) for rows in both]),
        row=np.concatenate([np.arange(len(rows)) for rows in both]),
        number=np.concatenate([rows.numbers for rows in both]),
        day=day,
        until=np.concatenate([rows.until for rows in both]).astype(np.int64),
        open=np.concatenate([rows.days != rows.last_days for rows in both]),
        group=group,
        key=group if not relation.group else _numbered(view, both, relation.key),
        person=_codes(both, relation.person or relation.key[0]),
    )
    return facts.at(np.lexsort((day, group)))


def _codes(both: list[Rows], name: str) -> Array:
    columns = [(rows, rows.column(name)) for rows in both]
    # A field that one of the two types lacks is as one that nobody filled in.
    return np.concatenate(
        [column.values if isinstance(column, Scalars) else np.full(len(rows), -1) for rows, column in columns]
    )


def _numbered(view: View, both: list[Rows], names: tuple[str, ...]) -> Array:
    """Return one number for each fact, the same for facts of the same values in all of the fields."""
    number = _codes(both, names[0]).astype(np.int64)
    for name in names[1:]:
        _, number = first_of_each(number * (view.space + 3) + _codes(both, name) + 2)
    return number


# When people were away ---------------------------------------------------------------------------------------------


class _Away:
    """When each person had left and was not registered again; nothing holds of them then."""

    def __init__(self, view: View) -> None:
        days, people, leaving, is_open = _goings(view)
        same = people[1:] == people[:-1]
        # Whoever left twice, or left and came on one day, or on a day not known, is for the history to fold.
        odd = np.append(False, same & (leaving[1:] & leaving[:-1] | (days[1:] == days[:-1]))) | is_open
        self.odd: Final = np.zeros(view.space + 1, np.bool_)
        self.odd[people[odd]] = True
        self.odd[_registered_until(view)] = True
        self.odd[-1] = False
        back = np.append(days[1:], FOREVER)[: len(days)]
        back[np.append(~same, True)[: len(days)]] = FOREVER
        self._people: Final = people[leaving]
        self._left: Final = days[leaving]
        self._back: Final = back[leaving]
        self._keys: Final = self._people * _DAYS + self._left

    def after(self, people: Array, days: Array) -> Array:
        """Return each day, or the day on which the person came back who is away on it."""
        found = days.copy()
        if len(self._keys):
            at = np.searchsorted(self._keys, people.astype(np.int64) * _DAYS + days, side="right") - 1
            away = (at >= 0) & (self._people[at] == people) & (days < self._back[at])
            found[away] = self._back[at[away]]
        return found

    def next(self, people: Array, days: Array) -> Array:
        """Return for each person the first day after a day on which they left, `FOREVER` for none."""
        if not len(self._keys):
            return np.full(len(days), FOREVER, np.int64)
        at = np.searchsorted(self._keys, people.astype(np.int64) * _DAYS + days, side="right")
        within = np.minimum(at, len(self._keys) - 1)
        return np.where((at < len(self._keys)) & (self._people[within] == people), self._left[within], FOREVER)


def _registered_until(view: View) -> Array:
    """Return the people of whom a registration says its last day: it ends what holds of them as a leaving does."""
    rows = view.rows("person_registered")
    person = rows.column("person")
    assert isinstance(person, Scalars)  # noqa: S101 - a field of the core vocabulary
    found: Array = person.values[rows.until > 0]
    return found


def _goings(view: View) -> tuple[Array, Array, Array, Array]:
    """Return the days, people and kinds of all leavings and, of whoever left, registrations; by person and day."""
    parts = []
    left = view.rows("person_left").column("person")
    assert isinstance(left, Scalars)  # noqa: S101 - a field of the core vocabulary
    ever = np.zeros(view.space + 1, np.bool_)
    ever[left.values] = True
    for wire, leaves in (("person_left", True), ("person_registered", False)):
        rows = view.rows(wire)
        column = rows.column("person")
        assert isinstance(column, Scalars)  # noqa: S101 - a field of the core vocabulary
        mine = np.flatnonzero(ever[column.values])
        open_day = np.not_equal(rows.days[mine], rows.last_days[mine])
        parts.append((rows.days[mine], column.values[mine], np.full(len(mine), leaves), open_day))
    days, people, leaving, is_open = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.lexsort((days, people))
    return days[order].astype(np.int64), people[order].astype(np.int64), leaving[order], is_open[order]


def _odd(relation: Relation, facts: _Facts, first: Array, last: Array, away: _Away | None, end: Array) -> Array:
    """Return the facts that make their group one for the fold of the history."""
    size = len(first)
    odd: Array = np.logical_or(facts.open, (facts.until > 0) & ~(first & last))
    if away is not None:
        odd = np.logical_or(odd, away.odd[facts.person])
    if not size:
        return odd
    before = np.append(False, facts.is_start[:-1])
    same_day = np.append(False, facts.day[1:] == facts.day[:-1])
    odd = np.logical_or(odd, ~first & same_day)
    same_key = np.append(False, facts.key[1:] == facts.key[:-1])
    # What began before is over by then where the person left in between, or on that day.
    over = np.zeros(size, np.bool_)
    if away is not None:
        over[1:] = end[:-1] < facts.day[1:]
        over |= away.next(facts.person, facts.day - 1) == facts.day
    starts_well = first | ~before | over
    if relation.group:
        starts_well |= ~same_key
    well = np.where(facts.is_start, starts_well, ~first & before & same_key)
    found: Array = np.logical_or(odd, ~well)
    return found


# What is not plain -------------------------------------------------------------------------------------------------


def _one_by_one(view: View, relation: Relation, facts: _Facts) -> Iterator[Stretch]:
    """Yield the holdings of some groups as the history folds them."""
    if not len(facts.group):
        return
    read = view.facts(facts.number.tolist())
    row_of = {
        fact.id: row for fact, row, begins in zip(read, facts.row.tolist(), facts.is_start, strict=True) if begins
    }
    absences = _absences(view, facts.person) if relation.person else {}
    fields = relation.group or relation.key
    found: list[tuple[int, int, int, int, bool]] = []
    for places in np.split(np.arange(len(read)), np.flatnonzero(np.diff(facts.group)) + 1):
        mine = [read[place] for place in places.tolist()]
        key = {name: getattr(mine[0], name, None) for name in fields}
        absence = absences.get(str(key[relation.person]), []) if relation.person else []
        stages = view.adoption.stage_names
        for holding in group_holdings(
            relation, key, mine, absence, stages=stages, as_of=view.day, values=holding_values
        ):
            row = -1 if holding.fact is None else row_of[holding.fact]
            person = view.code(str(key[fields[0]])) if row < 0 else -1
            start, end = (day.toordinal() for day in holding.possible)
            found.append((row, person, start, end, holding.possible != holding.certain))
    if found:
        yield Stretch(*(np.array(column) for column in zip(*found, strict=True)))


def _absences(view: View, people: Array) -> dict[str, list[Fact]]:
    """Return for each of the people who ever left the facts that say when they left and were registered again."""
    left = view.rows("person_left").column("person")
    assert isinstance(left, Scalars)  # noqa: S101 - a field of the core vocabulary
    people = people[np.isin(people, np.concatenate((left.values, _registered_until(view))))]
    found: dict[str, list[Fact]] = {}
    for wire in ("person_registered", "person_left"):
        rows = view.rows(wire)
        column = rows.column("person")
        if isinstance(column, Scalars):
            mine = np.isin(column.values, people)
            for code, fact in zip(column.values[mine], view.facts(rows.numbers[mine].tolist()), strict=True):
                found.setdefault(view.strings.texts[code], []).append(fact)
    return found


def _presumed(view: View, relation: Relation) -> Iterator[Stretch]:
    """Yield the holding of everybody of whom no start or end is recorded."""
    if relation.presumed is None:
        return
    named = np.zeros(view.space + 1, np.bool_)
    for wire in (relation.started, relation.ended):
        column = view.rows(wire).column((relation.group or relation.key)[0]) if wire else None
        if isinstance(column, Scalars):
            named[column.values] = True
    rest = view.people[~named[view.people]]
    count = len(rest)
    yield Stretch(np.full(count, -1), rest, np.full(count, NEVER), np.full(count, FOREVER), np.zeros(count, np.bool_))
