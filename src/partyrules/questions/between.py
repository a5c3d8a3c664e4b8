"""What lies between two audits: the facts that the later one sees besides, and what was adopted otherwise."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Final, Literal

import numpy as np
from attrs import frozen

from partyrules.answers.blocks import Array
from partyrules.answers.wire import OnTheWire
from partyrules.history import UNDATED_WIRES
from partyrules.language.rules import all_readings
from partyrules.packs.pack import Adoption, Pack, adopt, reading_key
from partyrules.store.columns import NO_NUMBER, Table, instant_number
from partyrules.store.projection import Projection

CauseKind = Literal[
    "record", "retraction", "closure", "opening", "time", "reading", "parameter", "rule", "terms", "holidays"
]
# So much of a fingerprint tells two versions of a pack from each other.
_SHORT: Final = 8


@frozen(kw_only=True)
class Standpoint:
    """From where an audit looks: the end of a day, what was recorded by a time, the packs that are adopted."""

    adoption: Adoption
    as_of: date
    known_at: datetime | None = None


@frozen(kw_only=True)
class Cause(OnTheWire):
    """One thing that came between two audits.

    A `record`, `retraction`, `closure` or `opening` of the register is the fact of that `id`; it was recorded
    between, or is dated between. A `reading` or `parameter` is named by the key under which it is adopted, a `rule`
    by the pack of which another version was adopted, or which was not. `time` is the passing of days alone. `was` and
    `now` say what each side had, None for nothing.
    """

    kind: CauseKind
    id: str | None = None
    fact: str | None = None
    on: str | None = None
    was: str | None = None
    now: str | None = None


def records_between(projection: Projection, before: Standpoint, after: Standpoint) -> Iterator[int]:
    """Yield the places of the facts that the later audit sees and the earlier one does not."""
    for table in projection.columns.tables.values():
        seen = _seen(table, after) & ~_seen(table, before)
        yield from table.numbers.array[seen].tolist()


def _seen(table: Table, side: Standpoint) -> Array:
    seen = np.ones(table.rows, np.bool_)
    if table.wire not in UNDATED_WIRES:
        seen &= table.first.array <= side.as_of.toordinal()
    if side.known_at is not None:
        recorded = table.recorded.array
        seen &= (recorded == NO_NUMBER) | (recorded <= instant_number(side.known_at))
    return seen


# Choices of the adoption -------------------------------------------------------------------------------------------


def choices(before: Adoption, after: Adoption) -> Iterator[Cause]:
    """Yield in what two adoptions differ, as far as a finding can tell."""
    packs = [{pack.id: pack for pack in side.packs} for side in (before, after)]
    for name in dict.fromkeys(chain(*packs)):
        versions = [_version(side.get(name)) for side in packs]
        if versions[0] != versions[1]:
            yield Cause(kind="rule", id=name, was=versions[0], now=versions[1])
    defaults = _defaults(before) | _defaults(after)
    kinds: tuple[tuple[CauseKind, Mapping[str, str], Mapping[str, str]], ...] = (
        ("reading", {**defaults, **before.readings}, {**defaults, **after.readings}),
        ("parameter", before.parameters, after.parameters),
    )
    for kind, was, now in kinds:
        for key in sorted(was.keys() | now.keys()):
            if was.get(key) != now.get(key):
                yield Cause(kind=kind, id=key, was=was.get(key), now=now.get(key))
    if set(before.terms) != set(after.terms):
        yield Cause(kind="terms")
    if before.holidays != after.holidays:
        yield Cause(kind="holidays")


def _version(pack: Pack | None) -> str | None:
    return None if pack is None else f"{pack.version} ({pack.fingerprint[:_SHORT]})"


def _defaults(adoption: Adoption) -> dict[str, str]:
    return {
        reading_key(pack, rule, reading): reading.default
        for pack in adoption.packs
        for rule in pack.rules
        for reading in all_readings(rule)
    }


def mixed(before: Adoption, after: Adoption, undone: Sequence[Cause]) -> Adoption:
    """Return the later adoption with some choices as the earlier one made them."""
    if not undone:
        return after
    gone = {(each.kind, each.id) for each in undone}
    others = {pack.id: pack for pack in before.packs}
    packs = [others.get(pack.id) if ("rule", pack.id) in gone else pack for pack in after.packs]
    packs += [pack for pack in before.packs if ("rule", pack.id) in gone and pack not in packs]
    kept = tuple(pack for pack in packs if pack is not None)
    owned = {reading_key(pack, rule, each) for pack in kept for rule in pack.rules for each in all_readings(rule)}
    owned |= {reading_key(pack, rule, each) for pack in kept for rule in pack.rules for each in rule.parameters}

    def chosen(kind: CauseKind, was: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
        sides = {key: was if (kind, key) in gone else now for key in was.keys() | now.keys()}
        return {key: side[key] for key, side in sides.items() if key in side and key in owned}

    terms, holidays = (before if (kind, None) in gone else after for kind in ("terms", "holidays"))
    return adopt(
        kept,
        readings=chosen("reading", before.readings, after.readings),
        parameters=chosen("parameter", before.parameters, after.parameters),
        holidays=holidays.holidays,
        terms=terms.terms,
        time_zone=after.time_zone,
        institution=after.institution,
    )
