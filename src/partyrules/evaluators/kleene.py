"""Three-valued truth (Kleene), carried together with what would decide it, what decided it, and how long it lasts."""

from collections.abc import Iterable
from datetime import date
from enum import IntEnum
from typing import Final, NamedTuple

from partyrules.history import FOREVER

__all__ = ["NO", "YES", "Truth", "Verdict", "all_of", "any_of", "merged", "negated", "unknown"]

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


YES: Final = Verdict(Truth.TRUE)
NO: Final = Verdict(Truth.FALSE)


def unknown(*needs: str) -> Verdict:
    """Return the verdict that these things would decide."""
    return Verdict(Truth.UNKNOWN, frozenset(needs))


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the conjunction; its evidence and needs are those of the parts that make it what it is."""
    return _joined(tuple(verdicts), weakest=True)


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the disjunction; its evidence and needs are those of the parts that make it what it is."""
    return _joined(tuple(verdicts), weakest=False)


def _joined(verdicts: tuple[Verdict, ...], *, weakest: bool) -> Verdict:
    if not verdicts:
        return YES if weakest else NO
    if len(verdicts) == 1:
        return verdicts[0]
    truth = (min if weakest else max)(verdict.truth for verdict in verdicts)
    deciding = [verdict for verdict in verdicts if verdict.truth == truth]
    return Verdict(
        truth,
        frozenset().union(*(verdict.needs for verdict in deciding)) if truth == Truth.UNKNOWN else _NOTHING,
        frozenset().union(*(verdict.evidence for verdict in deciding)),
        min(verdict.until for verdict in verdicts),
    )


def negated(verdict: Verdict) -> Verdict:
    """Return the negation."""
    return verdict._replace(truth=Truth(2 - verdict.truth))


def merged(verdicts: Iterable[Verdict]) -> Verdict:
    """Return what holds whichever of the days is the right one: the common verdict, else unknown for want of it."""
    found = tuple(verdicts)
    if len(found) == 1:
        return found[0]
    truths = {verdict.truth for verdict in found}
    evidence = frozenset().union(*(verdict.evidence for verdict in found))
    if len(truths) == 1 and Truth.UNKNOWN not in truths:
        return found[0]._replace(evidence=evidence)
    needs = frozenset().union(*(verdict.needs for verdict in found))
    return Verdict(Truth.UNKNOWN, needs | {"full_date"} if len(truths) > 1 else needs, evidence)
