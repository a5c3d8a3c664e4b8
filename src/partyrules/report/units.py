"""Which unit somebody belongs to as of a day, so that findings can be told unit by unit."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

import numpy as np

from partyrules.answers.blocks import Array
from partyrules.evaluate.columnar.spans import spans_of
from partyrules.evaluate.columnar.view import Scalars, View
from partyrules.evaluate.holding import held
from partyrules.evaluate.kleene import Truth
from partyrules.history import Holding
from partyrules.history.units import BELONGING
from partyrules.store.strings import ABSENT

_BRANCH: Final = "branch"

_DAYS: Final = 1 << 22
"""No ordinal of a day is as large."""


class Units:
    """The units of a view: what each is under, and to which unit people and units belong as of its day.

    A person belongs to the branch (党支部) of which they are a member, else to the one that cultivates them, else to
    the one to which they last belonged. A unit belongs to the branch that it is under, else to itself.
    """

    def __init__(self, view: View) -> None:
        self._view: Final = view
        self._history: Final = view.history
        self._parent: Final[dict[str, str | None]] = {}
        self._branches: Final[set[str]] = set()
        for unit, parent, kind in self._established():
            self._parent[unit] = parent or self._parent.get(unit)
            if kind == _BRANCH:
                self._branches.add(unit)

    def of(self, subject: str) -> str | None:
        """Return the unit to which a person or a unit belongs, None where it belongs to none."""
        strings = self._view.strings
        code = strings.get(subject, ABSENT)
        unit = self.by_code[code] if 0 <= code < len(self.by_code) else ABSENT
        return None if unit == ABSENT else strings.texts[unit]

    @cached_property
    def by_code(self) -> Array:
        """By the code of each string that of the unit to which what it names belongs, `ABSENT` where to none."""
        strings, ranks = self._view.strings, self._view.strings.ranks
        count = len(ranks)
        best, is_branch = np.full(count, -1, np.int64), np.zeros(count, np.bool_)
        is_branch[[strings[branch] for branch in self._branches]] = True
        for number, relation in enumerate(BELONGING):
            for person, still, start, unit in self._belonging(relation):
                rank = ((2 * still.astype(np.int64) + (not number)) * _DAYS + start) * count + ranks[unit]
                here = (unit != ABSENT) & is_branch[unit]
                np.maximum.at(best, person[here], rank[here])
        found = np.where(best < 0, ABSENT, np.argsort(ranks)[best % count])
        for one in self._parent:
            found[strings[one]] = strings[next((each for each in self._above(one) if each in self._branches), one)]
        return found

    def _established(self) -> Iterator[tuple[str, str | None, str]]:
        """Yield each unit, what it is under and its kind, as often as it was established, in that order."""
        spans, names = spans_of(self._view, "unit"), ("unit", "parent", "kind")
        columns = [column for name in names if isinstance(column := spans.column(name), Scalars)]
        if len(columns) < len(names) or spans.doubtful is not None:
            for holding in self._history.holdings("unit"):
                yield holding.values["unit"], holding.values.get("parent"), holding.values["kind"]
            return
        order, texts = np.argsort(spans.start, kind="stable"), self._view.strings.texts
        for unit, parent, kind in zip(*(column.values[order].tolist() for column in columns), strict=True):
            yield texts[unit], None if parent == ABSENT else texts[parent], texts[kind]

    def _above(self, unit: str) -> tuple[str, ...]:
        """Return the unit itself and what it is under, the nearest first."""
        found: list[str] = []
        at: str | None = unit
        while at is not None and at not in found:
            found.append(at)
            at = self._parent.get(at)
        return tuple(found)

    def _belonging(self, relation: str) -> Iterator[tuple[Array, ...]]:
        """Yield whom each unit had or cultivated, as columns: the person, whether it still holds, since when, the unit.

        What is known to the month alone the history says, everything else the columns.
        """
        if relation not in self._history.relations:
            return
        texts, view = self._view.strings.texts, self._view
        spans = spans_of(view, relation)
        person, unit = spans.column("person"), spans.column("unit")
        if not (isinstance(person, Scalars) and isinstance(unit, Scalars)):
            yield self._columns_of(self._history.holdings(relation))
            return
        exact = np.ones(len(spans), np.bool_) if spans.doubtful is None else ~spans.doubtful
        holds = (spans.start <= view.as_of) & (view.as_of < spans.end)
        yield tuple(column[exact] for column in (person.values, holds, spans.start, unit.values))
        for one in set(person.values[~exact].tolist()):
            yield self._columns_of(self._history.holdings_where(relation, "person", texts[one]))

    def _columns_of(self, holdings: Iterable[Holding]) -> tuple[Array, ...]:
        code, as_of = self._view.strings.__getitem__, self._history.as_of
        rows = [
            (
                code(each.values["person"]),
                held(each, as_of).truth != Truth.FALSE,
                each.possible[0].toordinal(),
                code(each.values["unit"]),
            )
            for each in holdings
        ]
        return tuple(np.array(rows, np.int64).reshape(-1, 4).T)
