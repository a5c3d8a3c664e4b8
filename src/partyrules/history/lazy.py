"""A history answered out of columns: only the facts that a question touches are made, and only its groups folded."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from partyrules import history as h
from partyrules.facts.admission import first_recorded
from partyrules.facts.schema import FURTHER, value_of
from partyrules.facts.vocabulary import Fact, FactRetracted, TermDeclared
from partyrules.store.columns import NO_NUMBER, CodeColumn, Table, instant_number
from partyrules.store.index import NO_ROWS, Glimpse, Projected, Rows, civil, index_of, undone, whole
from partyrules.time.calendar import TermCalendar

T = TypeVar("T")

_NO_EVENTS: Final = frozenset(cls.wire for cls in h.NO_EVENTS)
_MOST_KEPT: Final = 65536
_FEW: Final = 1000


class _Some(dict[Any, T]):
    """What was worked out, so long as it is not too much: of many people, one is asked about after another."""

    def __setitem__(self, key: Any, value: T) -> None:
        if len(self) >= _MOST_KEPT:
            self.clear()
        super().__setitem__(key, value)


class LazyHistory(h.History):
    """What a projection says, and the facts given `besides`, each once: the same as `history_of` of all of them.

    The facts at the places `left_out` are passed over, retractions among them too. `retracted` are the ids that a
    retraction undoes, whether or not facts have them.
    """

    def __init__(
        self,
        projection: Projected,
        *,
        as_of: date,
        known_at: datetime | None = None,
        stages: tuple[str, ...] = (),
        relations: Iterable[h.Relation] = h.CORE_RELATIONS,
        besides: Iterable[Fact] = (),
        left_out: frozenset[int] = frozenset(),
    ) -> None:
        super().__init__(as_of=as_of, known_at=known_at, stages=stages, relations=relations)
        self._projection: Final = projection
        self._columns: Final = projection.columns
        self._size: Final = len(projection.columns)
        self._index: Final = index_of(projection)
        self._last: Final = as_of.toordinal()
        self._known: Final = None if known_at is None else instant_number(known_at)
        self._groups: _Some[tuple[h.Holding, ...]] = _Some()
        self._known_rows: _Some[Rows | None] = _Some()
        self._facts: dict[str, tuple[Fact, ...]] = {}
        self._facts_where: _Some[tuple[Fact, ...]] = _Some()
        self._seen_there: _Some[Sequence[h.Seen]] = _Some()
        self._glimpses: dict[str, Glimpse] = {}
        self._facts_matching: _Some[Sequence[Fact]] = _Some()
        self._seen_matching: _Some[Sequence[h.Seen]] = _Some()
        self._holdings_where: _Some[tuple[h.Holding, ...]] = _Some()
        self._holdings_matching: _Some[Sequence[h.Holding]] = _Some()
        self.left_out = left_out
        hidden, kept = self._first_recorded(besides)
        hidden |= left_out
        gone, numbers = self._retracted(hidden, kept)
        self.retracted: Final = gone
        self._hidden = numbers | hidden if hidden else numbers
        self._besides: dict[str, list[Fact]] = {}
        for fact in kept:
            if fact.id not in gone and (isinstance(fact, h.UNDATED) or fact.on.first <= as_of):
                self._besides.setdefault(fact.wire, []).append(fact)
        if again := self._declared_again():
            self._hidden |= set(self._columns.places(again).values())
            besides = self._besides.get(TermDeclared.wire, ())
            self._besides[TermDeclared.wire] = [fact for fact in besides if fact.id not in again]

    def _first_recorded(self, besides: Iterable[Fact]) -> tuple[set[int], list[Fact]]:
        """Return the places of facts that one given besides is an earlier record of, and those known besides."""
        hidden: set[int] = set()
        kept: list[Fact] = []
        first = first_recorded(besides)
        places = self._columns.places(frozenset(first))
        for fact in first.values():
            number = places.get(fact.id)
            if number is not None:
                table, row = self._index.place_of(number)
                recorded = table.recorded.array[row]
                earlier = fact.recorded_at is None or instant_number(fact.recorded_at) < recorded
                if recorded == NO_NUMBER or not earlier:
                    continue
                hidden.add(number)
            if h.is_known(fact, self.known_at):
                kept.append(fact)
        return hidden, kept

    def _retracted(self, hidden: set[int], kept: list[Fact]) -> tuple[frozenset[str], frozenset[int]]:
        """Return the ids of the facts that are retracted, and the places of those in the projection."""
        table = self._columns.tables.get(FactRetracted.wire)
        numbers: list[int] = []
        if table is not None:
            known = table.numbers.array
            if self._known is not None:
                known = known[table.recorded.array <= self._known]
            numbers = [number for number in known.tolist() if number not in hidden] if hidden else known.tolist()
        return undone(self._projection, numbers, [fact for fact in kept if isinstance(fact, FactRetracted)])

    def _declared_again(self) -> frozenset[str]:
        """Return the ids of the terms that only say what another one says."""
        wire = TermDeclared.wire
        table, besides = self._columns.tables.get(wire), self._besides.get(wire, ())
        numbers = [] if table is None else self._visible(wire, np.arange(table.rows))
        if len(numbers) + len(besides) < 2:  # noqa: PLR2004 - one of them says what the other does
            return frozenset()

        def again() -> frozenset[str]:
            found = (*self._projection.facts(numbers), *besides)
            return h.declared_again(fact for fact in found if isinstance(fact, TermDeclared))

        return self._index.remembered(("again", *numbers, *besides), again)

    @cached_property
    def terms(self) -> TermCalendar:
        """The declared terms."""
        wire = TermDeclared.wire
        table = self._columns.tables.get(wire)
        numbers = self._visible(wire, np.arange(table.rows)) if table is not None else []
        key = (wire, *numbers, *self._besides.get(wire, ()))
        return self._index.remembered(key, lambda: h.declared_terms(self.facts(wire)))

    @cached_property
    def days(self) -> tuple[date, date] | None:
        """The first and last day of what is known to have happened, after the day asked too; None for nothing."""
        key = ("days", self._size, self._known, self._hidden)
        found = [*self._index.remembered(key, lambda: tuple(self._days_of_columns()))]
        others = [fact.on for facts in self._besides.values() for fact in facts if not isinstance(fact, h.NO_EVENTS)]
        found += [(on.first, on.last) for on in others]
        return (min(first for first, _ in found), max(last for _, last in found)) if found else None

    def _days_of_columns(self) -> Iterator[tuple[date, date]]:
        hidden = np.fromiter(self._hidden, np.int64, len(self._hidden))
        for wire, table in self._columns.tables.items():
            if wire in _NO_EVENTS:
                continue
            seen = table.numbers.array < self._size
            if self._known is not None:
                seen &= table.recorded.array <= self._known
            if len(hidden):
                seen &= ~np.isin(table.numbers.array, hidden, kind="table")
            if seen.any():
                first, last = table.first.array[seen].min(), table.last.array[seen].max()
                yield date.fromordinal(int(first)), date.fromordinal(int(last))

    # Facts -----------------------------------------------------------------------------------------------------

    def facts(self, wire: str) -> tuple[Fact, ...]:
        """Return the facts of that type, by date and id."""
        if wire not in self._facts:
            table = self._columns.tables.get(wire)
            rows = NO_ROWS if table is None else np.arange(table.rows)
            self._facts[wire] = self._standing(wire, rows, self._besides.get(wire, ()))
        return self._facts[wire]

    def facts_where(self, wire: str, name: str, value: Any) -> tuple[Fact, ...]:
        """Return the facts of that type of which the field is `value`, or lists it, by date and id."""
        key = (wire, name, value)
        found = self._facts_where.get(key)
        if found is None:
            rows = self._rows(wire, name, value)
            if rows is None:
                return super().facts_where(wire, name, value)
            besides = [fact for fact in self._besides.get(wire, ()) if _is_or_lists(fact, name, value)]
            found = self._facts_where[key] = self._standing(wire, rows, besides)
        return found

    def seen_where(self, wire: str, name: str, value: Any) -> Sequence[h.Seen]:
        """Return what `facts_where` does, out of the columns where these can tell."""
        key = (wire, name, value)
        found = self._seen_there.get(key)
        if found is None:
            rows = self._rows(wire, name, value)
            if rows is None or self._besides.get(wire):
                found = self.facts_where(wire, name, value)
            else:
                found = self._seen(wire, rows)
            self._seen_there[key] = found
        return found

    def facts_matching(self, wire: str, wanted: h.Wanted) -> Sequence[Fact]:
        """Return the facts of that type that have, or list, one of the values of each field, by date and id."""
        key = (wire, *wanted)
        found = self._facts_matching.get(key)
        if found is None:
            found = self._facts_matching[key] = self._matching(wire, wanted)
        return found

    def seen_matching(self, wire: str, wanted: h.Wanted) -> Sequence[h.Seen]:
        """Return what `facts_matching` does; what is asked of these facts comes out of the columns where it can."""
        key = ("seen", wire, *wanted)
        found = self._seen_matching.get(key)
        if found is None:
            rows = self._rows_matching(wire, wanted)
            if rows is None or self._besides.get(wire):
                found = self.facts_matching(wire, wanted)
            else:
                found = self._seen(wire, rows[0])
                if rows[1]:
                    found = [one for one in found if h.fits(one, rows[1])]
            self._seen_matching[key] = found
        return found

    def _seen(self, wire: str, rows: Rows) -> list[h.Seen]:
        rows = self._standing_rows(wire, rows)
        if not len(rows):
            return []
        table, known = self._columns.tables[wire], self._glimpses
        if len(known) >= _MOST_KEPT:
            known.clear()
        places = zip(
            table.first.array[rows].tolist(),
            table.last.array[rows].tolist(),
            [self._columns.ids[number] for number in table.numbers.array[rows].tolist()],
            rows.tolist(),
            strict=True,
        )
        found: list[h.Seen] = []
        for first, last, fact_id, row in sorted(places):
            glimpse = known.get(fact_id)
            if glimpse is None:
                glimpse = known[fact_id] = Glimpse(self._index, table, row, fact_id, civil(first, last))
            found.append(glimpse)
        return found

    def _matching(self, wire: str, wanted: h.Wanted) -> Sequence[Fact]:
        if not all(values for _, values in wanted):
            return ()
        besides = [fact for fact in self._besides.get(wire, ()) if h.fits(fact, wanted)]
        found = self._rows_matching(wire, wanted)
        if found is None:
            return super().facts_matching(wire, wanted)
        rows, open_still = found
        return [fact for fact in self._standing(wire, rows, besides) if h.fits(fact, open_still)]

    def _rows_matching(self, wire: str, wanted: h.Wanted) -> tuple[Rows, h.Wanted] | None:
        """Return rows, and what is still to be asked of each of them; None where no index narrows them."""
        table = self._columns.tables.get(wire)
        if table is None or not all(values for _, values in wanted):
            return NO_ROWS, ()
        best: tuple[int, int, list[Rows]] | None = None
        for place, (name, values) in enumerate(wanted):
            found = self._rows_of_each(table, name, values)
            if found is not None and (best is None or sum(map(len, found)) < best[0]):
                best = (sum(map(len, found)), place, found)
        if best is None:
            return None
        _, sure, found = best
        rows = NO_ROWS if not found else found[0]
        if len(found) > 1:
            rows = np.sort(np.concatenate(found))
            rows = rows[np.diff(rows, prepend=-1) > 0]
        open_still = []
        for place, (name, values) in enumerate(wanted):
            if place == sure:
                continue
            if isinstance(table.fields.get(name), CodeColumn):
                rows = self._agreeing(table, rows, name, values)
            else:
                open_still.append((name, values))
        return rows, open_still

    def _rows_of_each(self, table: Table, name: str, values: tuple[Any, ...]) -> list[Rows] | None:
        """Return the rows that have each of the values, None where no index can tell."""
        if name not in table.fields:
            sample = self._projection.facts([int(table.numbers.array[0])]) if table.rows else []
            return None if any(hasattr(fact, name) for fact in sample) else []
        found = [self._rows(table.wire, name, value) for value in dict.fromkeys(values)]
        return None if any(rows is None for rows in found) else [rows for rows in found if rows is not None]

    def _agreeing(self, table: Table, rows: Rows, name: str, values: tuple[Any, ...]) -> Rows:
        """Return those of the rows that have one of the values in a field that holds a single string, or besides it."""
        codes = [self._index.code(value) for value in values]
        known = [code for code in codes if code is not None]
        column = table.fields[name]
        if not isinstance(column, CodeColumn) or not known:
            return NO_ROWS
        mine = column.codes.array[rows]
        agree = mine == known[0] if len(known) == 1 else np.isin(mine, known)
        more = FURTHER.get((table.wire, name))
        for value in values:
            besides = None if more is None or value is None else self._rows(table.wire, more, value)
            if besides is not None and len(besides):
                agree |= np.isin(rows, besides)
        return rows[agree]

    def _rows(self, wire: str, name: str, value: Any) -> Rows | None:
        """Return what the index does, asked once."""
        key = (wire, name, value)
        if key not in self._known_rows:
            self._known_rows[key] = self._index.rows(wire, name, value)
        return self._known_rows[key]

    def _standing_rows(self, wire: str, rows: Rows) -> Rows:
        """Return those of the rows that stand, are known and not dated later."""
        if not len(rows):
            return rows
        table = self._columns.tables[wire]
        if len(self._columns) > self._size:
            # What the columns took in since is not seen.
            rows = rows[table.numbers.array[rows] < self._size]
        if wire not in h.UNDATED_WIRES:
            rows = rows[table.first.array[rows] <= self._last]
        if self._known is not None:
            # The number of an instant that was not recorded is less than any.
            rows = rows[table.recorded.array[rows] <= self._known]
        if self._hidden and len(rows) > _FEW:
            hidden = np.fromiter(self._hidden, np.int64, len(self._hidden))
            rows = rows[~np.isin(table.numbers.array[rows], hidden, kind="table")]
        elif self._hidden:
            numbers = table.numbers.array[rows].tolist()
            if not self._hidden.isdisjoint(numbers):
                rows = rows[[number not in self._hidden for number in numbers]]
        return rows

    def _visible(self, wire: str, rows: Rows) -> list[int]:
        """Return the places of those of the rows that stand, are known and not dated later."""
        rows = self._standing_rows(wire, rows)
        numbers: list[int] = self._columns.tables[wire].numbers.array[rows].tolist() if len(rows) else []
        return numbers

    def _standing(self, wire: str, rows: Rows, besides: Sequence[Fact]) -> tuple[Fact, ...]:
        numbers = self._visible(wire, rows)
        return tuple(h.in_order((*(self._projection.facts(numbers) if numbers else ()), *besides)))

    @cached_property
    def by_id(self) -> Mapping[str, Fact]:
        """Every fact that stands, by its id; made when it is asked for."""
        besides = {fact.id: fact for facts in self._besides.values() for fact in facts}
        return _ById(self, besides)

    def standing_fact(self, fact_id: str) -> Fact | None:
        """Return the fact of the projection with that id, None where none stands."""
        if fact_id in self._glimpses:
            return whole(self._glimpses[fact_id])
        number = self._columns.places(frozenset([fact_id])).get(fact_id)
        if number is None:
            return None
        table, row = self._index.place_of(number)
        visible = self._visible(table.wire, np.asarray([row]))
        return self._projection.facts(visible)[0] if visible else None

    def standing_ids(self) -> Iterator[str]:
        """Yield the ids of the projection's facts that stand."""
        for wire, table in self._columns.tables.items():
            for number in self._visible(wire, np.arange(table.rows)):
                yield self._columns.ids[number]

    @property
    def standing_count(self) -> int:
        """How many of the projection's facts stand."""
        return sum(
            len(self._standing_rows(wire, np.arange(table.rows))) for wire, table in self._columns.tables.items()
        )

    @cached_property
    def registrations_end(self) -> bool:
        """Whether some registration says its last day, whether or not it stands."""
        table = self._columns.tables.get("person_registered")
        besides = self._besides.get("person_registered", ())
        return (table is not None and bool(table.until.array.any())) or any(fact.until for fact in besides)

    # People ----------------------------------------------------------------------------------------------------

    def names(self, person: str) -> bool:
        """Tell whether some relation or fact names the person."""
        return any(self._visible(wire, rows) for wire, rows in self._index.naming(person)) or any(
            person in h.people_in(fact) for facts in self._besides.values() for fact in facts
        )

    @cached_property
    def people(self) -> tuple[str, ...]:
        """Every person that some relation or fact names, in order."""

        def standing(table: Table) -> NDArray[np.bool_]:
            kept = np.zeros(table.rows, np.bool_)
            kept[table.numbers.array.searchsorted(self._visible(table.wire, np.arange(table.rows)))] = True
            return kept

        besides = {person for facts in self._besides.values() for fact in facts for person in h.people_in(fact)}
        return tuple(sorted(self._index.people(standing) | besides))

    # Holdings --------------------------------------------------------------------------------------------------

    def holdings_where(self, relation: str, name: str, value: Any) -> tuple[h.Holding, ...]:
        """Return the holdings of that relation of which the field is `value`, by first possible day and fact."""
        key = (relation, name, value)
        found = self._holdings_where.get(key)
        if found is None:
            groups = self._groups_with(self.relations[relation], name, value)
            if groups is None:
                return super().holdings_where(relation, name, value)
            found = h.in_order_held(
                holding
                for group, facts in groups.items()
                for holding in self.holdings_of_group(self.relations[relation], group, facts)
                if _same_or_listed(holding.values.get(name), value)
            )
            self._holdings_where[key] = found
        return found

    def holdings_matching(self, relation: str, wanted: h.Wanted) -> Sequence[h.Holding]:
        """Return the holdings of that relation that have, or list, one of the values of each field."""
        key = (relation, *wanted)
        found = self._holdings_matching.get(key)
        if found is None:
            found = self._holdings_matching[key] = self._held_by(relation, wanted)
        return found

    def _held_by(self, relation: str, wanted: h.Wanted) -> Sequence[h.Holding]:
        best: tuple[int, str, Any] | None = None
        for name, values in wanted:
            if not values:
                return ()
            if len(values) == 1:
                count = self._count(self.relations[relation], name, values[0])
                if count is not None and (best is None or count < best[0]):
                    best = (count, name, values[0])
        if best is None:
            return super().holdings_matching(relation, wanted)
        return [
            holding
            for holding in self.holdings_where(relation, best[1], best[2])
            if all(h.is_one_of(holding.values.get(name), values) for name, values in wanted)
        ]

    def holdings_of_group(
        self, relation: h.Relation, group: tuple[Any, ...], facts: Sequence[h.Seen]
    ) -> Iterator[h.Holding]:
        """Yield the holdings of one group, whose starts and ends these are; folded once."""
        key = (relation.name, group)
        if key not in self._groups:
            self._groups[key] = tuple(super().holdings_of_group(relation, group, facts))
        return iter(self._groups[key])

    def _began(self, relation: h.Relation, key: Mapping[str, Any], fact: h.Seen | None) -> Mapping[str, Any]:
        return _Began(relation, key, fact) if isinstance(fact, Glimpse) else h.holding_values(relation, key, fact)

    def _count(self, relation: h.Relation, name: str, value: Any) -> int | None:
        """Return about how many starts of a relation have the value, None where that does not find its holdings."""
        if not self._finds(relation, name, value):
            return None
        rows = self._rows(relation.started, name, value)
        return None if rows is None else len(rows)

    def _finds(self, relation: h.Relation, name: str, value: Any) -> bool:
        """Tell whether every holding with the value begins with a fact that has it, or is its group's."""
        if name in (relation.group or relation.key):
            return True
        return name not in relation.derived and (relation.presumed or {}).get(name) != value

    def _groups_with(self, relation: h.Relation, name: str, value: Any) -> dict[tuple[Any, ...], list[h.Seen]] | None:
        """Return the facts of each group in which a holding with the value may be; None where these cannot be told."""
        if not self._finds(relation, name, value) or self._rows(relation.started, name, value) is None:
            return None
        fields = relation.group or relation.key
        if name in fields:
            return self._groups_of(relation, name, value)
        groups: dict[tuple[Any, ...], list[h.Seen]] = {}
        starts = self.seen_where(relation.started, name, value)
        wanted = dict.fromkeys(tuple([getattr(fact, each, None) for each in fields]) for fact in starts)
        for first in dict.fromkeys(group[0] for group in wanted):
            found = self._groups_of(relation, fields[0], first)
            groups |= {group: found[group] for group in wanted if group in found}
        return groups

    def _groups_of(self, relation: h.Relation, name: str, value: Any) -> dict[tuple[Any, ...], list[h.Seen]]:
        """Return the facts of each group of which the field, one of those that make it, is the value."""
        fields = relation.group or relation.key
        groups: dict[tuple[Any, ...], list[h.Seen]] = {}
        for wire in (relation.started, relation.ended):
            for fact in self.seen_where(wire, name, value) if wire else ():
                groups.setdefault(tuple([getattr(fact, each, None) for each in fields]), []).append(fact)
        if relation.presumed is not None and not groups and isinstance(value, str) and self.names(value):
            groups[(value,)] = []
        return groups


class _Began(Mapping[str, Any]):
    """The fields of the holding that a fact began, as the columns say them; who asks for all has the fact read."""

    __slots__ = ("_fact", "_key", "_relation")

    def __init__(self, relation: h.Relation, key: Mapping[str, Any], fact: Glimpse) -> None:
        self._relation = relation
        self._key = key
        self._fact = fact

    def __getitem__(self, name: str) -> Any:
        if name in self._relation.derived:
            return self._relation.derive(name, self._fact)
        try:
            return getattr(self._fact, name)
        except AttributeError:
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole)

    def __len__(self) -> int:
        return len(self._whole)

    @property
    def _whole(self) -> Mapping[str, Any]:
        return h.holding_values(self._relation, self._key, whole(self._fact))


class _ById(Mapping[str, Fact]):
    def __init__(self, history: LazyHistory, besides: Mapping[str, Fact]) -> None:
        self._history = history
        self._besides = besides
        self._known: _Some[Fact] = _Some(besides)

    def __getitem__(self, fact_id: str) -> Fact:
        found = self._known.get(fact_id) or self._history.standing_fact(fact_id)
        if found is None:
            raise KeyError(fact_id)
        self._known[fact_id] = found
        return found

    def __iter__(self) -> Iterator[str]:
        yield from self._besides
        yield from self._history.standing_ids()

    def __len__(self) -> int:
        return len(self._besides) + self._history.standing_count


def _same_or_listed(found: Any, value: Any) -> bool:
    return value in found if isinstance(found, tuple) else bool(found == value)


def _is_or_lists(fact: Fact, name: str, value: Any) -> bool:
    return _same_or_listed(value_of(fact, name), value)
