"""The statuses that a finding can have, in the order in which they are counted."""

from typing import Final, Literal, get_args

Status = Literal["satisfied", "pending", "breached", "advisory", "excused", "not_applicable", "unknown"]
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
