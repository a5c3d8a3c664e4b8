"""The statuses that a finding can have, in the order in which they are counted."""

from typing import Final, Literal

Status = Literal["satisfied", "pending", "breached", "advisory", "excused", "not_applicable", "unknown"]
STATUSES: Final[tuple[Status, ...]] = (
    "satisfied",
    "pending",
    "breached",
    "advisory",
    "excused",
    "not_applicable",
    "unknown",
)
