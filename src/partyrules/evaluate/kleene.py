"""Three-valued truth (Kleene), carried together with what would decide it, what decided it, and how long it lasts."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import IntEnum
from typing import Final, NamedTuple

from partyrules.history import FOREVER

_NOTHING: Final[frozenset[str]] = frozenset()


class Truth(IntEnum):
    """False, unknown and true, in the order in which conjunction takes the least and disjunction the greatest."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2


class Verdict(NamedTuple):
    """What a condition comes to on a day.

    `needs` are the codes of what would decide an unknown one, `evidence` the ids of the facts that decided it,
    `until` the first later day on which it could come to something else.
    """

    truth: Truth
    needs: frozenset[str] = _NOTHING
    evidence: frozenset[str] = _NOTHING
    until: date = FOREVER


_NEGATED: Final = (Truth.TRUE, Truth.UNKNOWN, Truth.FALSE)
YES: Final = Verdict(Truth.TRUE)
NO: Final = Verdict(Truth.FALSE)


def unknown(*needs: str) -> Verdict:
    """Return the verdict that these things would decide."""
    return Verdict(Truth.UNKNOWN, frozenset(needs))


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the conjunction; its evidence and needs are those of the parts that make it what it is."""
    return _joined([verdict for verdict in verdicts if verdict is not YES], weakest=True)


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the disjunction; its evidence and needs are those of the parts that make it what it is."""
    return _joined([verdict for verdict in verdicts if verdict is not NO], weakest=False)


def _joined(verdicts: Sequence[Verdict], *, weakest: bool) -> Verdict:
    if not verdicts:
        return YES if weakest else NO
    if len(verdicts) == 1:
        return verdicts[0]
    truth, needs, evidence, until = verdicts[0]
    for verdict in verdicts[1:]:
        until = min(until, verdict.until)
        if verdict.truth == truth:
            needs = needs | verdict.needs if needs else verdict.needs
            evidence = evidence | verdict.evidence if evidence else verdict.evidence
        elif (verdict.truth < truth) == weakest:
            truth, needs, evidence, _ = verdict
    return Verdict(truth, needs if truth == Truth.UNKNOWN else _NOTHING, evidence, until)


def negated(verdict: Verdict) -> Verdict:
    """Return the negation."""
    return Verdict(_NEGATED[verdict.truth], verdict.needs, verdict.evidence, verdict.until)


def merged(verdicts: Iterable[Verdict]) -> Verdict:
    """Return what holds whichever of the days is the right one: the common verdict, else unknown for want of it."""
    found = verdicts if isinstance(verdicts, list) else tuple(verdicts)
    if len(found) == 1:
        return found[0]
    truths = {verdict.truth for verdict in found}
    evidence = frozenset().union(*(verdict.evidence for verdict in found))
    until = min(verdict.until for verdict in found)
    if len(truths) == 1 and Truth.UNKNOWN not in truths:
        return found[0]._replace(evidence=evidence, until=until)
    needs = frozenset().union(*(verdict.needs for verdict in found))
    return Verdict(Truth.UNKNOWN, needs | {"full_date"} if len(truths) > 1 else needs, evidence, until)
