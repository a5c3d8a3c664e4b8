"""What tests hold against the passages of a monitor: the same, said by a decision."""

from partyrules.answers.verdicts import LISTS, Decision
from partyrules.watch.changes import Passage


def passage_of(decision: Decision) -> Passage:
    """Return of a decision what a passage says."""
    placed = ((item.rule, name) for name in LISTS for item in getattr(decision, name))
    return Passage(decision.person, decision.to, decision.outcome, decision.reason, tuple(sorted(placed)))
