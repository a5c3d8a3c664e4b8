"""The status rule, once for all evaluators: what truth, time, excess, modality and explanation make of a finding."""

from collections.abc import Mapping
from enum import IntEnum
from itertools import product
from typing import Final, NamedTuple

from partyrules.answers.verdicts import Status
from partyrules.evaluate.kleene import Truth
from partyrules.language.rules import Modality


class Time(IntEnum):
    """Whether there is still time, or the record may lack something of a time that is over."""

    OVER = 0
    OPEN = 1
    UNCLOSED = 2


class Excess(IntEnum):
    """Whether a maximum is exceeded, and whether that can still be undone."""

    NONE = 0
    SOME = 1
    FOR_GOOD = 2


class Force(IntEnum):
    """What a modality makes of a requirement that is not met."""

    BINDING = 0
    EXPLAINABLE = 1
    WEAK = 2


class StatusCase(NamedTuple):
    """What a status hangs on: the truth of the requirement, and whether a recorded reason explains a breach."""

    truth: Truth
    time: Time = Time.OVER
    excess: Excess = Excess.NONE
    force: Force = Force.BINDING
    explained: Truth = Truth.FALSE


class Ruled(NamedTuple):
    """A status, its reason, and what would decide it besides what the requirement itself needs."""

    status: Status
    reason: str | None = None
    need: str | None = None


def force_of(modality: Modality, *, periodic: bool) -> Force:
    """Return what a modality makes of a requirement; only what a period lacks can be explained."""
    if modality in ("encouraged", "exploratory"):
        return Force.WEAK
    return Force.EXPLAINABLE if modality == "normally" and periodic else Force.BINDING


def ruled(case: StatusCase) -> Ruled:
    """Return what is said of a case; `STATUS_RULE` has it for each of them."""
    truth, time, excess, force, explained = case
    if truth == Truth.TRUE:
        return Ruled("satisfied")
    if truth == Truth.UNKNOWN:
        return Ruled("unknown")
    reason = None if excess == Excess.NONE else "above_maximum"
    # What is exceeded for good no later record mends, and more of a record would only exceed it more.
    if time == Time.OPEN and excess != Excess.FOR_GOOD:
        return Ruled("pending", reason)
    if time == Time.UNCLOSED and excess == Excess.NONE:
        return Ruled("unknown", need="register_closed")
    if force == Force.WEAK:
        return Ruled("advisory", reason)
    if force == Force.EXPLAINABLE and explained != Truth.FALSE:
        return Ruled("excused", "explained") if explained == Truth.TRUE else Ruled("unknown", need="full_date")
    return Ruled("breached", reason)


STATUS_RULE: Final[Mapping[StatusCase, Ruled]] = {
    case: ruled(case) for case in map(StatusCase._make, product(Truth, Time, Excess, Force, Truth))
}
"""Every case there is, 243 of them: the reference looks one up, columns look up many at once."""
