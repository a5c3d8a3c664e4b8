"""The register (台账): through which day, and from which, the record that bears on a subject is complete."""

from collections.abc import Sequence
from datetime import date

from partyrules.evaluate.holding import held
from partyrules.evaluate.kleene import Truth, Verdict, all_of, any_of
from partyrules.facts.vocabulary import Fact, RegisterClosed
from partyrules.history import History
from partyrules.language.rules import BearerKind


def closed_through(history: History, kind: BearerKind, subject: str, last: date) -> date | None:
    """Return the day, inclusive, through which what bears on the subject is recorded; None where all of it is.

    On a unit bears the later of its own and the institution's closure; on a person the least over the branches
    held on `last`, the last day judged, or the institution's if in none; on a building the institution's.
    """
    closed = [_closed(history, unit) for unit, _ in _bearing(history, kind, subject, last)]
    return min((through for through in closed if through is not None), default=None)


def before_opening(history: History, kind: BearerKind, subject: str, start: date, days: Sequence[date]) -> Truth:
    """Return whether what starts on a day lies before the opening that bears on the subject.

    On a unit bears its own opening, else the institution's; on a person the latest over the branches held on the day
    that is one of `days`, or the institution's if in none; on a building the institution's.
    """
    openings = history.facts("register_opened")
    if not openings or all(start >= opening.on.last for opening in openings):
        return Truth.FALSE
    found = set()
    for day in days:
        bearing = [(_opens_after(history, unit, start), sure) for unit, sure in _bearing(history, kind, subject, day)]
        # One of those that may bear does; of those that surely do the latest decides.
        surely = any(before == Truth.TRUE and sure for before, sure in bearing)
        found.add(Truth.TRUE if surely else _same({before for before, _ in bearing}))
    return _same(found)


def _same(found: set[Truth]) -> Truth:
    return found.pop() if len(found) == 1 else Truth.UNKNOWN


def _bearing(history: History, kind: BearerKind, subject: str, day: date) -> list[tuple[str | None, bool]]:
    """Return whose record may bear on the subject on a day, None for the institution's, and whether it surely does."""
    if kind in ("unit", "building"):
        return [(subject if kind == "unit" else None, True)]
    branches = [
        (unit, all_of((held(one, day), _is_branch(history, unit, day))).truth)
        for one in history.holdings_where("membership", "person", subject)
        for unit in (one.values["unit"],)
    ]
    found: list[tuple[str | None, bool]] = [(unit, truth == Truth.TRUE) for unit, truth in branches if truth]
    if not any(sure for _, sure in found):
        # Nobody can be sure that there is a branch, so that the institution's bears as well.
        found.append((None, not found))
    return found


def _is_branch(history: History, unit: str, day: date) -> Verdict:
    return any_of(
        [held(one, day) for one in history.holdings_where("unit", "unit", unit) if one.values["kind"] == "branch"]
    )


def _of_unit(history: History, wire: str, unit: str | None) -> tuple[Fact, ...]:
    return history.facts_where(wire, "unit", unit)


def _closed(history: History, unit: str | None) -> date | None:
    closures = [fact for of in {unit, None} for fact in _of_unit(history, "register_closed", of)]
    return max((closure.through for closure in closures if isinstance(closure, RegisterClosed)), default=None)


def _opens_after(history: History, unit: str | None, start: date) -> Truth:
    """Return whether the register of a unit is opened after a day; of several openings the earliest stands."""
    openings = _of_unit(history, "register_opened", unit) or _of_unit(history, "register_opened", None)
    if not openings or start >= min(opening.on.last for opening in openings):
        return Truth.FALSE
    return Truth.TRUE if start < min(opening.on.first for opening in openings) else Truth.UNKNOWN
