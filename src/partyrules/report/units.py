"""Which unit somebody belongs to as of a day, so that findings can be told unit by unit."""

from datetime import date
from functools import cached_property
from typing import Final

from partyrules.evaluate.conditions import held
from partyrules.evaluate.kleene import Truth
from partyrules.history import History, Holding
from partyrules.history.units import BELONGING

__all__ = ["Units"]

_BRANCH: Final = "branch"


class Units:
    """The units of a history: what each is under, and to which unit people and units belong as of its day.

    A person belongs to the branch (党支部) of which they are a member, else to the one that cultivates them, else to
    the one to which they last belonged. A unit belongs to the branch that it is under, else to itself.
    """

    def __init__(self, history: History) -> None:
        self._day: Final = history.as_of
        self._history: Final = history
        self._parent: Final[dict[str, str | None]] = {}
        self._branches: Final[set[str]] = set()
        for holding in history.holdings("unit"):
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
        found: dict[str, tuple[bool, bool, date, str]] = {}
        for number, relation in enumerate(BELONGING):
            if relation not in self._history.relations:
                continue
            for holding in self._history.holdings(relation):
                unit = holding.values["unit"]
                if unit not in self._branches:
                    continue
                rank = (self._holds(holding), not number, holding.possible[0], unit)
                person = holding.values["person"]
                found[person] = max(found.get(person, rank), rank)
        return {person: rank[-1] for person, rank in found.items()}

    def _holds(self, holding: Holding) -> bool:
        return held(holding, self._day).truth != Truth.FALSE
