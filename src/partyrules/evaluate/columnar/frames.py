"""Frames: what the terms of a tree stand for, in many evaluations of it at once."""

from collections.abc import Hashable, Mapping
from functools import cached_property
from typing import Any

import attrs
import numpy as np
from attrs import evolve, field, frozen

from partyrules.evaluate.columnar.spans import Spans
from partyrules.evaluate.columnar.truths import Array
from partyrules.evaluate.columnar.view import Rows, View


@frozen(eq=False)
class Items:
    """The fact or holding at hand in each frame: row `index[i]` of `rows` in frame `i`."""

    rows: Rows | Spans
    index: Array

    def at(self, frames: Array) -> "Items":
        """Return the items of some frames."""
        return Items(self.rows, self.index[frames])


@frozen(eq=False, slots=False)
class Cells:
    """The grid that period frames are cells of: frame `f` is cell `cell[f]` = bearing × periods + period.

    `number` is the period of each day that the view knows, from its first on; `earlier` the period after the one of
    each day; `later` the period in which a vacation's day counts besides.
    """

    bearings: "Frames"
    periods: int
    cell: Array
    number: Array
    earlier: Array
    later: Array
    _made: dict[Hashable, Array] = field(factory=dict, init=False)

    @cached_property
    def frame(self) -> Array:
        """The frame of each cell, -1 for none; one more at the end, of no cell."""
        frame = np.full(len(self.bearings) * self.periods + 1, -1, np.int32)
        frame[self.cell] = np.arange(len(self.cell), dtype=np.int32)
        return frame

    @cached_property
    def place(self) -> Array:
        """Where each frame is counted: a grid as `cell`, with one bearing and one period more than there are."""
        place: Array = self.cell + self.cell // max(self.periods, 1)
        return place

    def place_of(self, space: int) -> Array:
        """Return where the counts of each code below `space` begin; of codes that are no bearing, behind all others."""
        if space not in self._made:
            bearing = np.full(space + 1, len(self.bearings))
            bearing[self.bearings.subject] = np.arange(len(self.bearings))
            self._made[space] = bearing * (self.periods + 1)
        return self._made[space]

    def period_of(self, rows: Rows, view: View) -> Array:
        """Return the period of each row of a whole table; of rows that stand in none, a number beyond the last."""
        if rows.key not in self._made:
            # What is looked up as often as somebody is listed is best kept in a cache.
            of_day = np.append(np.where(self.number < 0, self.periods, self.number), self.periods)
            of_day = of_day.astype(np.min_scalar_type(self.periods))
            period = of_day.take(view.whole(rows.table.wire).days - view.first_day, mode="clip")
            if rows.stands is not None:
                period[~rows.stands] = self.periods
            self._made[rows.key] = period
        return self._made[rows.key]


@frozen(eq=False, kw_only=True)
class Frames:
    """Evaluations side by side: in frame `i` the day is `day[i]` (an ordinal), the subject the code `subject[i]`.

    The other fields are those of the reference's frame, as arrays; None where it has none. `asked` is the day
    judged, whichever day's facts are at hand. `named` says, by field of the trigger, whether it lists the
    subject, where that is known already.
    """

    day: Array
    subject: Array
    item: Items | None = None
    trigger: Items | None = None
    trigger_day: Array | None = None
    step: str | None = None
    deadline: Array | None = None
    entry: Array | None = None
    asked: Array
    named: Mapping[str, Array] = field(factory=dict)
    cells: Cells | None = None

    def __len__(self) -> int:
        return len(self.day)

    def with_cells_before(self) -> "Frames":
        """Return the frames of which each looks at the period before its own."""
        assert self.cells is not None  # noqa: S101 - only period frames are asked
        return evolve(self, cells=evolve(self.cells, number=self.cells.earlier))

    def at(self, frames: Array, **changes: Any) -> "Frames":
        """Return some of the frames, with changes; a grid of cells is not kept."""
        kept: dict[str, Any] = {}
        for attribute in attrs.fields(Frames):
            value = getattr(self, attribute.name)
            match value:
                case np.ndarray():
                    kept[attribute.name] = value[frames]
                case Items():
                    kept[attribute.name] = value.at(frames)
                case dict():
                    kept[attribute.name] = (
                        {} if "subject" in changes else {key: each[frames] for key, each in value.items()}
                    )
                case Cells():
                    kept[attribute.name] = None
                case _:
                    kept[attribute.name] = value
        return Frames(**(kept | changes))
