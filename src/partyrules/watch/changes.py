"""What a monitor reports: one row of an audit, or one decision, as it was and as it is."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from attrs import frozen

from partyrules.answers.blocks import FindingRow
from partyrules.answers.verdicts import Decision, Outcome

__all__ = ["Change", "Passage", "in_order_changed", "passage_of"]


class Passage(NamedTuple):
    """What the next step of a person comes to: each rule that speaks to it with its list in the decision, by id.

    `places` are empty where the decision has a reason of its own.
    """

    person: str
    to: str
    outcome: Outcome
    reason: str | None
    places: tuple[tuple[str, str], ...]


@frozen
class Change:
    """One finding (结论), or one decision on a person's next step (发展结论), before and after.

    `before` is None for what is new, `after` for what is gone. `rule` is None of a decision; `subject` is its
    person. What differs is what a row says: evidence alone makes no change.
    """

    kind: Literal["finding", "decision"]
    rule: str | None
    subject: str
    before: FindingRow | Passage | None
    after: FindingRow | Passage | None


def passage_of(decision: Decision) -> Passage:
    """Return of a decision what a passage says."""
    placed = ((item.rule, name) for name, item in decision.placed)
    return Passage(decision.person, decision.to, decision.outcome, decision.reason, tuple(sorted(placed)))


def in_order_changed(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return the changes in the order of findings, then of people."""
    return tuple(sorted(changes, key=_order))


def _order(change: Change) -> tuple[bool, str, str, str, str]:
    said = change.after or change.before
    if not isinstance(said, FindingRow):
        return (True, "", change.subject, "", "")
    start = "" if said.period is None else said.period.start.isoformat()
    return (False, said.rule, said.subject, start, said.occasion or "")
