"""Register closure: through which day the record that bears on a subject is complete."""

from datetime import date

from partyrules.evaluate.conditions import held
from partyrules.evaluate.kleene import Truth, Verdict, all_of, any_of
from partyrules.facts.vocabulary import RegisterClosed
from partyrules.history import History
from partyrules.language.rules import BearerKind

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
    branches = [
        (one.values["unit"], all_of((held(one, last), _is_branch(history, one.values["unit"], last))).truth)
        for one in memberships
    ]
    units: list[str | None] = [unit for unit, truth in branches if truth != Truth.FALSE]
    if all(truth != Truth.TRUE for _, truth in branches):
        # Nobody can be sure that there is a branch, so that the institution's bears as well.
        units.append(None)
    closed = [through for unit in units if (through := _of_unit(history, unit)) is not None]
    return min(closed, default=None)


def _is_branch(history: History, unit: str, day: date) -> Verdict:
    return any_of(
        [held(one, day) for one in history.holdings_where("unit", "unit", unit) if one.values["kind"] == "branch"]
    )


def _of_unit(history: History, unit: str | None) -> date | None:
    closures = history.facts_where("register_closed", "unit", None)
    if unit is not None:
        closures += history.facts_where("register_closed", "unit", unit)
    return max((closure.through for closure in closures if isinstance(closure, RegisterClosed)), default=None)
