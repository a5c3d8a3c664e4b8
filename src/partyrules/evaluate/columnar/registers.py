"""The register for many at once: where the record that bears on a subject does not reach a day, or begins later."""

from functools import cached_property
from typing import Final

import numpy as np

from partyrules.evaluate.columnar.conditions import Population
from partyrules.evaluate.columnar.frames import Frames
from partyrules.evaluate.columnar.limits import NotColumnar
from partyrules.evaluate.columnar.spans import spans_of
from partyrules.evaluate.columnar.truths import TRUE, UNKNOWN, Array, either, marks
from partyrules.evaluate.columnar.view import FOREVER, NEVER, Scalars
from partyrules.facts.vocabulary import Fact
from partyrules.language.kernel import SUBJECT, holdings, holds, its
from partyrules.language.rules import BearerKind

__all__ = ["Register"]

_NOT_CLOSED: Final = 0
# The branches that a person belongs to.
_BRANCHES: Final = holdings("membership", person=SUBJECT, where=holds("unit", unit=its("unit"), kind="branch"))


class Register:
    """Closures and openings of one population's record; `partyrules.evaluate.register` says what they mean."""

    def __init__(self, population: Population) -> None:
        self._population: Final = population
        self._view: Final = population.view

    @property
    def closed(self) -> bool:
        """Tell whether anything was ever closed."""
        return bool(self._view.closures)

    @property
    def opened_until(self) -> int:
        """The last day on which any record may have been opened; before all days where none was."""
        return max((fact.on.last.toordinal() for fact in self._openings), default=NEVER)

    def before(self, kind: BearerKind, subjects: Array, starts: Array, days: Array) -> tuple[Array, Array | None]:
        """Return of which subjects the record begins after their start, as of their day, and of which that is open."""
        early, late = self._opens
        if kind in ("unit", "building"):
            codes = subjects if kind == "unit" else np.full(len(subjects), -1)
            before = starts < early[codes]
            return before, (starts < late[codes]) & ~before
        frames = Frames(day=days, subject=subjects, asked=days)
        spans, left, right, found, doubt = self._population.holdings(_BRANCHES, frames)
        size = len(subjects)
        doubt = either((doubt, marks(size, left, found.doubt), marks(size, left, found.truth == UNKNOWN)))
        unit, true = spans.column("unit"), found.truth == TRUE
        opens, may_open, in_branch = (np.zeros(size, np.bool_) for _ in range(3))
        if isinstance(unit, Scalars):
            branch, mine = unit.values[right[true]], left[true]
            in_branch[mine] = True
            opens[mine[starts[mine] < early[branch]]] = True
            may_open[mine[starts[mine] < late[branch]]] = True
        opens[~in_branch] = starts[~in_branch] < early[-1]
        may_open[~in_branch] = starts[~in_branch] < late[-1]
        return opens, either((doubt, may_open & ~opens))

    @property
    def _openings(self) -> tuple[Fact, ...]:
        return self._view.history.facts("register_opened")

    @cached_property
    def _opens(self) -> tuple[Array, Array]:
        """The first and the last day, by code of the unit, on which its record may be opened; before all for none."""
        early, late = (np.full(self._view.space + 1, FOREVER, np.int64) for _ in range(2))
        for opening in self._openings:
            unit = getattr(opening, "unit", None)
            code = self._view.space if unit is None else self._view.code(unit)
            if code >= 0:
                early[code] = min(early[code], opening.on.first.toordinal())
                late[code] = min(late[code], opening.on.last.toordinal())
        # The institution's opening is that of whoever has none of their own.
        whole = [of[-1] if of[-1] < FOREVER else NEVER for of in (early, late)]
        return np.where(early == FOREVER, whole[0], early), np.where(late == FOREVER, whole[1], late)

    def short_of(self, kind: BearerKind, subjects: Array, ends: Array) -> Array:
        """Return for which subjects the record may lack something that happened by the end of their day."""
        if kind == "unit":
            return self._after(ends, self._through[subjects])
        if kind == "building":
            return self._after(ends, self._through[-1])
        short = self._after(ends, self._least_ever[subjects])
        # Only of whom some branch they were ever in is not closed so far does it matter which they were in that day.
        which = np.flatnonzero(short)
        short[which] = ends[which] > self._closed_through(subjects[which], ends[which])
        return short

    def _after(self, days: Array, others: Array) -> Array:
        later: Array = days > others
        return later

    @cached_property
    def _least_ever(self) -> Array:
        """The least day, by code of the person, through which a unit that they were ever in is closed."""
        least = np.full(self._view.space + 1, self._through[-1], np.int64)
        spans = spans_of(self._view, "membership")
        person, unit = spans.column("person"), spans.column("unit")
        if isinstance(person, Scalars) and isinstance(unit, Scalars):
            np.minimum.at(least, person.values, self._through[unit.values])
        return least

    @cached_property
    def _through(self) -> Array:
        """The day, by code of the unit, through which its record is complete; `FOREVER` where it never was closed."""
        view = self._view
        through = np.full(view.space + 1, _NOT_CLOSED, np.int64)
        for closure in view.closures:
            code = view.space if closure.unit is None else view.code(closure.unit)
            if code >= 0:
                through[code] = max(through[code], closure.through.toordinal())
        through = np.maximum(through, through[-1])
        return np.where(through == _NOT_CLOSED, FOREVER, through)

    def _closed_through(self, subjects: Array, ends: Array) -> Array:
        through = self._through
        frames = Frames(day=ends, subject=subjects, asked=ends)
        spans, left, right, found, doubt = self._population.holdings(_BRANCHES, frames)
        if doubt is not None and doubt.any():
            raise NotColumnar("a membership of which a date is open, where the register is closed")
        if (found.truth == UNKNOWN).any() or (found.doubt is not None and found.doubt.any()):
            raise NotColumnar("a branch of which a date is open, where the register is closed")
        unit = spans.column("unit")
        least = np.full(len(subjects), FOREVER, np.int64)
        in_branch = np.zeros(len(subjects), np.bool_)
        if isinstance(unit, Scalars):
            true = found.truth == TRUE
            np.minimum.at(least, left[true], through[unit.values[right[true]]])
            in_branch[left[true]] = True
        return np.where(in_branch, least, through[-1])
