"""Which findings another reading would change, worked out in columns for everybody at once."""

from collections.abc import Collection
from typing import Final

import numpy as np
from attrs import evolve, frozen

from partyrules.answers.blocks import Array, Block
from partyrules.answers.tables import FindingTable
from partyrules.language.rules import Duty
from partyrules.packs.pack import Bound
from partyrules.questions.audit import Audit
from partyrules.questions.contested import single_changes

NO_FINDING: Final = -1
"""The status where there is no such finding."""
# A subject has a finding for each period or each occasion, so that these tell one from another.
_KEY: Final = ("subject", "start", "end", "occasion")


@frozen(kw_only=True, eq=False)
class Swing:
    """The findings of a duty that one other option of one reading changes; a column has an entry for each.

    `was` and `now` are numbers of statuses, `NO_FINDING` for none, as when the reading cuts time into other periods.
    """

    bound: Bound[Duty]
    reading: str
    option: str
    subject: Array
    start: Array
    end: Array
    occasion: Array
    was: Array
    now: Array

    def __len__(self) -> int:
        return len(self.was)


def swings(audit: Audit, table: FindingTable, subjects: Collection[str] | None = None) -> tuple[Swing, ...]:
    """Return what each single change of an option changes in a table of an audit, about some subjects or all."""
    found = []
    strings = table.names.strings
    codes = [code for each in subjects or () if (code := strings.get(each)) is not None]
    adopted = {block.bound.id: block for block in table.blocks}
    changes = [
        (bound, reading, option, changed)
        for bound in audit.adoption.duties
        for reading, option, changed in single_changes(audit.adoption, bound)
    ]
    blocks = audit.blocks(changed for *_, changed in changes)
    for (bound, reading, option, _), block in zip(changes, blocks, strict=True):
        swing = _swing(bound, reading, option, adopted[bound.id], block)
        if subjects is not None:
            swing = _about(swing, codes)
        if len(swing):
            found.append(swing)
    return tuple(found)


def _about(swing: Swing, codes: Collection[int]) -> Swing:
    mask = np.isin(swing.subject, list(codes))
    names = ("subject", "start", "end", "occasion", "was", "now")
    return evolve(swing, **{name: getattr(swing, name)[mask] for name in names})


def _swing(bound: Bound[Duty], reading: str, option: str, was: Block, now: Block) -> Swing:
    columns = {name: (np.asarray(getattr(was, name)), np.asarray(getattr(now, name))) for name in _KEY}
    before, after = (np.asarray(each.status).astype(np.int64) for each in (was, now))
    if len(was) == len(now) and all(np.array_equal(*both) for both in columns.values()):
        at = np.flatnonzero(before != after)
        at = at[np.lexsort([both[0][at] for both in reversed(columns.values())])]
        return Swing(
            bound=bound,
            reading=reading,
            option=option,
            **{name: both[0][at].astype(np.int64) for name, both in columns.items()},
            was=before[at],
            now=after[at],
        )
    joined = {name: np.concatenate(both).astype(np.int64) for name, both in columns.items()}
    keys = np.zeros(len(was) + len(now), np.int64)
    for column in joined.values():
        _, codes = np.unique(column, return_inverse=True)
        _, keys = np.unique(keys * (codes.max(initial=0) + 1) + codes, return_inverse=True)
    count = int(keys.max(initial=-1)) + 1
    first = np.empty(count, np.int64)
    first[keys[::-1]] = np.arange(len(keys))[::-1]
    one, other = np.full(count, NO_FINDING), np.full(count, NO_FINDING)
    one[keys[: len(was)]] = before
    other[keys[len(was) :]] = after
    differs = np.flatnonzero(one != other)
    at = first[differs]
    return Swing(
        bound=bound,
        reading=reading,
        option=option,
        **{name: column[at] for name, column in joined.items()},
        was=one[differs],
        now=other[differs],
    )
