"""Which unit somebody belongs to as of a day, so that findings can be told unit by unit."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

import numpy as np

from partyrules.evaluate.columnar.spans import spans_of
from partyrules.evaluate.columnar.view import Scalars, View
from partyrules.evaluate.holding import held
from partyrules.evaluate.kleene import Truth
from partyrules.history import Holding
from partyrules.history.units import BELONGING

_BRANCH: Final = "branch"

_Rank = tuple[bool, bool, int, str]


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
        for holding in self._history.holdings("unit"):
            unit = holding.values["unit"]
            self._parent[unit] = holding.values.get("parent") or self._parent.get(unit)
            if holding.values["kind"] == _BRANCH:
                self._branches.add(unit)
        self._known: dict[str, str | None] = {}

    def of(self, subject: str) -> str | None:
        """Return the unit to which a person or a unit belongs, None where it belongs to none."""
        if subject not in self._known:
            found = self._members.get(subject)
            if subject in self._parent:
                found = next((unit for unit in self._above(subject) if unit in self._branches), subject)
            self._known[subject] = found
        return self._known[subject]

    def _above(self, unit: str) -> tuple[str, ...]:
        """Return the unit itself and what it is under, the nearest first."""
        found: list[str] = []
        at: str | None = unit
        while at is not None and at not in found:
            found.append(at)
            at = self._parent.get(at)
        return tuple(found)

    @cached_property
    def _members(self) -> dict[str, str]:
        """The branch of each person."""
        found: dict[str, _Rank] = {}
        for person, rank in self._belonging():
            if rank[-1] in self._branches:
                found[person] = max(found.get(person, rank), rank)
        return {person: rank[-1] for person, rank in found.items()}

    def _belonging(self) -> Iterator[tuple[str, _Rank]]:
        """Yield whom each branch had or cultivated: a person, whether it still holds, by membership, since when, where.

        What is known to the month alone the history says, everything else the columns.
        """
        texts, view = self._view.strings.texts, self._view
        for number, relation in enumerate(BELONGING):
            if relation not in self._history.relations:
                continue
            spans = spans_of(view, relation)
            person, unit = spans.column("person"), spans.column("unit")
            if not (isinstance(person, Scalars) and isinstance(unit, Scalars)):
                yield from self._of_history(self._history.holdings(relation), not number)
                continue
            exact = np.ones(len(spans), np.bool_) if spans.doubtful is None else ~spans.doubtful
            holds = (spans.start <= view.as_of) & (view.as_of < spans.end)
            columns = (person.values, holds, spans.start, unit.values)
            for one, still, start, of in zip(*(column[exact].tolist() for column in columns), strict=True):
                yield texts[one], (still, not number, start, texts[of])
            for one in set(person.values[~exact].tolist()):
                held_by = self._history.holdings_where(relation, "person", texts[one])
                yield from self._of_history(held_by, not number)

    def _of_history(self, holdings: Iterable[Holding], member: bool) -> Iterator[tuple[str, _Rank]]:  # noqa: FBT001 - a part of the rank
        for holding in holdings:
            still = held(holding, self._history.as_of).truth != Truth.FALSE
            rank = (still, member, holding.possible[0].toordinal(), holding.values["unit"])
            yield holding.values["person"], rank
