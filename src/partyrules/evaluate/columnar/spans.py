"""Holdings of a whole population at once: from when to when each relation held, with their fields as columns."""

from collections.abc import Hashable
from functools import cached_property
from typing import Final

import numpy as np

from partyrules.evaluate.columnar.folding import Stretch, folded
from partyrules.evaluate.columnar.limits import NotColumnar
from partyrules.evaluate.columnar.stretches import Stretches, stretches_of
from partyrules.evaluate.columnar.truths import Array, marks
from partyrules.evaluate.columnar.view import Listed, Rows, Scalars, View
from partyrules.history import Relation


class Spans:
    """The holdings of one relation, half-open from `start` to `end`; `doubtful` where a month is open."""

    def __init__(self, view: View, relation: Relation, rows: Rows, stretch: Stretch) -> None:
        self.view: Final = view
        self.relation: Final = relation
        self.key: Final[Hashable] = ("holdings", relation.name)
        self._rows: Final = rows
        self._row, self._presumed, self.start, self.end, doubtful = stretch
        self.doubtful: Final[Array | None] = doubtful if doubtful.any() else None

    def __len__(self) -> int:
        return len(self.start)

    @cached_property
    def numbers(self) -> Array:
        """The number of the fact that began each, -1 where none did."""
        if not len(self._rows):
            return np.full(len(self), -1, np.int64)
        return np.where(self._row >= 0, self._rows.numbers[self._row], -1)

    def column(self, name: str) -> Scalars | Listed | None:
        """Return what the field of each holding says."""
        return self.view.once((self.key, "column", name), lambda: self._column(name))

    def _column(self, name: str) -> Scalars | Listed | None:
        relation = self.relation
        if name in relation.derived:
            return Scalars("code", self._derived(name))
        base = self._rows.column(name)
        if isinstance(base, Listed):
            raise NotColumnar(f"a list, `{name}`, of holdings of `{relation.name}`")
        if base is None:
            return None
        if (self._row >= 0).all():
            return Scalars(base.kind, base.values[self._row])
        # Of a presumed holding only its person and what is presumed of it are known.
        values = np.full(len(self), -1, np.int64) if base.kind != "day" else np.zeros(len(self), np.int64)
        began = self._row >= 0
        values[began] = base.values[self._row[began]]
        if name == (relation.group or relation.key)[0]:
            values[~began] = self._presumed[~began]
        elif relation.presumed is not None and name in relation.presumed:
            said = relation.presumed[name]
            values[~began] = self.view.code(said) if isinstance(said, str) else said
        return Scalars(base.kind, values)

    def _derived(self, name: str) -> Array:
        facts = self.view.facts(self.numbers[self._row >= 0].tolist())
        codes = np.full(len(self), -1, np.int64)
        codes[self._row >= 0] = [self.view.code(self.relation.derive(name, fact)) for fact in facts]
        return codes

    def days(self, rows: Array | None, codes: Array | None, size: int) -> Stretches:
        """Return on which days some of the `rows` holds, by the code below `size` that `codes` gives each holding.

        None are all rows; without codes, there is one for all.
        """
        pick = np.arange(len(self)) if rows is None else rows
        code = np.zeros(len(pick), np.int64) if codes is None else codes[pick]
        if codes is not None and (code < 0).any():
            pick, code = pick[code >= 0], code[code >= 0]
        doubtful = None if self.doubtful is None else marks(size, code, self.doubtful[pick])
        return stretches_of(size, code, self.start[pick], self.end[pick], doubtful)


def spans_of(view: View, name: str) -> Spans:
    """Return the holdings of the relation of that name."""

    def make() -> Spans:
        relation = next(relation for relation in view.adoption.relations if relation.name == name)
        return Spans(view, relation, view.rows(relation.started), folded(view, relation))

    return view.once(("spans", name), make)
