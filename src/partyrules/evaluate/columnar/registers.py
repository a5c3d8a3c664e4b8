"""The register for many at once: where the record that bears on a subject does not reach a day, or begins later."""

from functools import cached_property
from typing import Final

import numpy as np

from partyrules.evaluate.columnar.conditions import Population
from partyrules.evaluate.columnar.frames import Frames, Items
from partyrules.evaluate.columnar.spans import spans_of
from partyrules.evaluate.columnar.stretches import Stretches, both, nor, some, stretches_of
from partyrules.evaluate.columnar.truths import TRUE, UNKNOWN, Array, either, marks
from partyrules.evaluate.columnar.view import FOREVER, NEVER, Scalars
from partyrules.evaluate.statuses import Time
from partyrules.facts.vocabulary import Fact
from partyrules.language.kernel import SUBJECT, holdings, holds, its
from partyrules.language.rules import BearerKind

_NOT_CLOSED: Final = 0
_IN_BRANCH: Final = holds("unit", unit=its("unit"), kind="branch")
# The branches that a person belongs to.
_BRANCHES: Final = holdings("membership", person=SUBJECT, where=_IN_BRANCH)


class Register:
    """Closures and openings of one population's record; `partyrules.evaluate.register` says what they mean."""

    def __init__(self, population: Population) -> None:
        self._population: Final = population
        self._view: Final = population.view

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
        in_branch, left, branch, doubt = self._branches(subjects, days)
        opens, may_open = (~in_branch & (starts < of[-1]) for of in (early, late))
        opens[left[starts[left] < early[branch]]] = True
        may_open[left[starts[left] < late[branch]]] = True
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

    def time(self, kind: BearerKind, subjects: Array, ends: Array) -> tuple[Array, Array | None]:
        """Return of what is to be met by an end whether there is time, or its record may lack something; where open."""
        time = np.full(len(ends), Time.OPEN, np.int8)
        time[ends <= self._view.as_of] = Time.OVER
        if not len(self._view.closures):
            return time, None
        if kind in ("unit", "building"):
            through = self._through[subjects] if kind == "unit" else self._through[-1]
            time[(time == Time.OVER) & (ends > through)] = Time.UNCLOSED
            return time, None
        # Only of whom some branch they were ever in is not closed so far does it matter which they were in that day.
        late = np.flatnonzero((self._unclosed.first.take(subjects) <= ends) & (time == Time.OVER))
        subject = subjects.take(late)
        time[late[self._unclosed.covers(subject, ends.take(late))]] = Time.UNCLOSED
        return time, marks(len(ends), late, self._unclosed.doubtful(subject))

    @cached_property
    def _unclosed(self) -> Stretches:
        """The days on which a branch of each person is not closed, or where they are in none the institution.

        Of whom it is open where they were, all days on which any is not closed that they were ever in.
        """
        spans, size = spans_of(self._view, "membership"), self._view.space
        person, unit, every = spans.column("person"), spans.column("unit"), np.arange(len(spans))
        assert isinstance(person, Scalars) and isinstance(unit, Scalars)  # noqa: S101, PT018 - fields of the core
        held = Frames(day=spans.start, subject=person.values, item=Items(spans, every), asked=spans.start)
        days = both((spans.days(every, every, len(spans)), self._population.days(_IN_BRANCH, held)))
        code, through = (values.take(days.frame) for values in (person.values, self._through[unit.values]))
        elsewhere = nor(stretches_of(size, code, days.start, days.end)).within(int(self._through[-1]) + 1, FOREVER)
        parts = [elsewhere, stretches_of(size, code, np.maximum(days.start, through + 1), days.end)]
        if (doubt := marks(size, person.values, days.doubt)) is not None:
            ever = doubt[person.values]
            least = np.minimum(self._through[unit.values[ever]], self._through[-1])
            every_day = np.full(len(least), FOREVER + 1)
            parts.append(stretches_of(size, person.values[ever], least + 1, every_day, doubt))
        return some(parts)

    @cached_property
    def _through(self) -> Array:
        """The day, by code of the unit, through which its record is complete; `FOREVER` where it never was closed."""
        through = np.full(self._view.space + 1, _NOT_CLOSED, np.int64)
        unit, last = (self._view.closures.column(name) for name in ("unit", "through"))
        assert isinstance(unit, Scalars) and isinstance(last, Scalars)  # noqa: S101, PT018 - fields of the core
        # What names no unit has the code -1, and is of the whole institution.
        np.maximum.at(through, unit.values, last.values)
        through = np.maximum(through, through[-1])
        return np.where(through == _NOT_CLOSED, FOREVER, through)

    def _branches(self, subjects: Array, days: Array) -> tuple[Array, Array, Array, Array | None]:
        """Return who is in a branch on their day, each of them with each of their branches, and where that is open."""
        frames = Frames(day=days, subject=subjects, asked=days)
        spans, left, right, found, doubt = self._population.holdings(_BRANCHES, frames)
        size = len(subjects)
        doubt = either((doubt, marks(size, left, found.doubt), marks(size, left, found.truth == UNKNOWN)))
        unit, true = spans.column("unit"), found.truth == TRUE
        left = left[true] if isinstance(unit, Scalars) else left[:0]
        in_branch = np.zeros(size, np.bool_)
        in_branch[left] = True
        return in_branch, left, unit.values[right[true]] if isinstance(unit, Scalars) else left, doubt
