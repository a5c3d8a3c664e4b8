"""The everyday fact, one day's meeting or activity, taken in without judging anybody anew.

Two kinds of duty are so plain that a fact changes their tables in a known way: one that asks for a number of such facts
in each period, where a cell counts one more, and one to attend each, which has a row more for whomever it binds.
Whatever is less plain is left to the evaluators.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from partyrules.answers.blocks import FindingRow, modality_of
from partyrules.answers.verdicts import Status
from partyrules.evaluate.dependence import told_by
from partyrules.evaluate.kleene import Truth
from partyrules.evaluate.mentions import Mention
from partyrules.evaluate.statuses import STATUS_RULE, StatusCase, force_of
from partyrules.facts.schema import value_of
from partyrules.history import Seen
from partyrules.language import kernel as k
from partyrules.language.rules import Duty, Occasion, PerPeriod
from partyrules.language.sugar import LISTED
from partyrules.language.tree import walk
from partyrules.packs.pack import Adoption, Bound

_OPEN_REGISTER: Final = ("register_closed",)
_WINDOWS: Final = ("period", "period_or_vacation_before")
# What may come to something else though nothing is recorded of the fact's day, or asks for more than one fact.
_MOVING: Final = (k.Age, k.Compare, k.LatestIs, k.SomeDay, k.Trigger, k.Undecided)


class Counting(NamedTuple):
    """A duty to have at least so many of some facts in each period; the facts name the bearer in field `bearer`."""

    bound: Bound[Duty]
    of: k.Events
    bearer: str
    least: int


class Attendance(NamedTuple):
    """A duty to attend each occasion of some kind; whom one binds hangs on its `fields` and the day alone."""

    bound: Bound[Duty]
    of: k.Events
    fields: tuple[str, ...]


def delta_of(bound: Bound[Duty], mention: Mention, adoption: Adoption) -> Counting | Attendance | None:
    """Return how a new fact of a mention changes the findings on a duty; None where that is not so plain."""
    rule, of = bound.rule, mention.node
    if not isinstance(of, k.Events) or rule.bearer.each is not None or rule.responsible is not None:
        return None
    wants = [part for _, want in of.match for part in (want if isinstance(want, tuple) else (want,))]
    if any(standing.wire in of.types for standing in adoption.standings):
        return None
    if not all(isinstance(part, str) or part == k.SUBJECT for part in wants):
        return None
    match rule.per, rule.requires:
        case PerPeriod(str()), k.Compare(k.Count(_, None, k.Always()), int(least), None) if of.window in _WINDOWS:
            bearers = [name for name, want in of.match if want == k.SUBJECT]
            moving = any(isinstance(node, _MOVING) for node in walk(of.where))
            if mention.counted and len(bearers) == 1 and not moving:
                return Counting(bound, of, bearers[0], least)
        case Occasion(), asked if asked == LISTED and mention.occasion and rule.bearer.kind == "person":
            fields = told_by(rule.bearer.scope)
            if fields is not None and isinstance(of.where, k.Always) and len(of.types) == 1 and k.SUBJECT not in wants:
                return Attendance(bound, of, fields)
    return None


def counted_once_more(row: FindingRow, delta: Counting) -> FindingRow | None:
    """Return a row after one more fact of its period; None where more than the number decides it."""
    if row.actual is None:
        return None
    more = row.actual + 1
    if row.status in ("satisfied", "not_applicable"):
        return row._replace(actual=more)
    # Where the number falls short still, facts of which something is open may matter; above it they do not.
    if more < delta.least or (row.status == "unknown" and row.needs != _OPEN_REGISTER):
        return None
    enough = STATUS_RULE[StatusCase(Truth.TRUE, force=force_of(delta.bound.rule.modality, periodic=True))]
    return row._replace(status=enough.status, actual=more, reason=enough.reason, needs=())


def attended(delta: Attendance, fact: Seen, people: Iterable[str]) -> Iterator[FindingRow]:
    """Yield how each of the people bound by an occasion stands to it."""
    listed, bound = value_of(fact, "attended"), delta.bound
    there, excused = frozenset(listed or ()), frozenset(value_of(fact, "excused") or ())
    force = force_of(bound.rule.modality, periodic=False)
    came = STATUS_RULE[StatusCase(Truth.TRUE, force=force)].status
    missed = STATUS_RULE[StatusCase(Truth.UNKNOWN if listed is None else Truth.FALSE, force=force)].status
    rule, clause, modality = bound.id, bound.clause.citation, modality_of(bound)
    for person in people:
        status: Status = came if person in there else "excused" if person in excused else missed
        needs = ("attendance",) if status == "unknown" else ()
        actual = int(person in there)
        yield FindingRow(rule, clause, person, None, fact.id, status, modality, 1, actual, None, None, needs)
