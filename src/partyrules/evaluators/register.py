"""Register closure: through which day the record that bears on a subject is complete."""

from datetime import date

from partyrules.evaluators.conditions import held
from partyrules.evaluators.kleene import Truth
from partyrules.facts import RegisterClosed
from partyrules.history import History
from partyrules.rules import BearerKind

__all__ = ["closed_through"]


def closed_through(history: History, kind: BearerKind, subject: str, last: date) -> date | None:
    """Return the day, inclusive, through which what bears on the subject is recorded; None where all of it is.

    On a unit bears the later of its own and the institution's closure; on a person the least over the branches
    held on `last`, the last day judged, or the institution's if in none; on a building the institution's.
    """
    if kind == "unit":
        return _of_unit(history, subject)
    if kind == "building":
        return _of_unit(history, None)
    memberships = history.holdings_where("membership", "person", subject)
    units = {m.values["unit"] for m in memberships if held(m, last).truth != Truth.FALSE}
    branches = [unit for unit in units if _is_branch(history, unit, last)]
    if not branches:
        return _of_unit(history, None)
    closed = [through for unit in branches if (through := _of_unit(history, unit)) is not None]
    return min(closed, default=None)


def _is_branch(history: History, unit: str, day: date) -> bool:
    return any(
        holding.values["kind"] == "branch" and held(holding, day).truth != Truth.FALSE
        for holding in history.holdings_where("unit", "unit", unit)
    )


def _of_unit(history: History, unit: str | None) -> date | None:
    closures = history.facts_where("register_closed", "unit", None)
    if unit is not None:
        closures += history.facts_where("register_closed", "unit", unit)
    return max((closure.through for closure in closures if isinstance(closure, RegisterClosed)), default=None)
