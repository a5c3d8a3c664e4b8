"""What a monitor reports: one row of an audit, or one decision, as it was and as it is."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from attrs import frozen

from partyrules.answers.blocks import FindingRow
from partyrules.answers.verdicts import Outcome


class Passage(NamedTuple):
    """What the next step of a person comes to: each rule that speaks to it with its list in the decision, by id.

    `places` are empty where the decision has a reason of its own.
    """

    person: str
    to: str
    outcome: Outcome
    reason: str | None
    places: tuple[tuple[str, str], ...]


Kept = FindingRow | Passage
"""What a monitor says of one duty about one subject, or of one person's next step."""


@frozen
class Change:
    """One finding (结论), or one decision on a person's next step (发展结论), before and after.

    `before` is None for what is new, `after` for what is gone. `rule` is None of a decision; `subject` is its
    person. What differs is what a row says: evidence alone makes no change.
    """

    kind: Literal["finding", "decision"]
    rule: str | None
    subject: str
    before: Kept | None
    after: Kept | None


def changes_of(pairs: Iterable[tuple[Kept | None, Kept | None]]) -> tuple[Change, ...]:
    """Return what differs of what was kept and is kept now, in the order of findings, then of people."""
    found = []
    for before, after in pairs:
        match after or before:
            case FindingRow(rule=rule, subject=subject) if before != after:
                found.append(Change("finding", rule, subject, before, after))
            case Passage(person=person) if before != after:
                found.append(Change("decision", None, person, before, after))
    return tuple(sorted(found, key=_order))


def _order(change: Change) -> tuple[bool, str, str, str, str]:
    said = change.after or change.before
    if not isinstance(said, FindingRow):
        return (True, "", change.subject, "", "")
    start = "" if said.period is None else said.period.start.isoformat()
    return (False, said.rule, said.subject, start, said.occasion or "")
