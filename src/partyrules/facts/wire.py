"""What the fields of a fact class take on the wire, and how a value is written there."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

import msgspec

from partyrules.errors.limits import LIST_ENTRIES
from partyrules.facts.identifiers import flaw
from partyrules.facts.schema import bare_of, entry_of, field_types, is_list, once_a_class, parts_of
from partyrules.facts.strict_json import shown
from partyrules.facts.vocabulary import Fact
from partyrules.time.calendar import CivilDate, parse_civil_date

_ENCODER: Final = msgspec.json.Encoder()
_NO_FRACTION: Final = ".000000Z"
_LISTED: Final = msgspec.Meta(max_length=LIST_ENTRIES)


@once_a_class
def wire_types(cls: type[Fact]) -> dict[str, Any]:
    """Return the type of each field of a fact class, its lists no longer than allowed."""
    return {name: _of_some_length(hint) for name, hint in field_types(cls).items()}


def _of_some_length(hint: Any) -> Any:
    parts = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    bounded = tuple(Annotated[part, _LISTED] if get_origin(part) is tuple else part for part in parts)
    return Union[bounded]  # noqa: UP007 - of as many as there are


def holds_ids(hint: Any) -> bool:
    """Tell whether a field takes an id or a list of them: whatever text has a least length is an id."""
    return any(
        meta.min_length is not None for part in parts_of(hint) for meta in getattr(entry_type(part), "__metadata__", ())
    )


def entry_type(part: Any) -> Any:
    """Return the type of the entries of a list, the type itself where it is none."""
    return entry_of(bare_of(part)) if is_list(bare_of(part)) else part


def flaw_in(value: Any) -> str | None:
    """Return what is wrong with an id, or with one of a list, None where nothing is or there is none."""
    if isinstance(value, str):
        found = flaw(value)
        return None if found is None else f"{shown(value)}, {found}"
    return next(filter(None, map(flaw_in, value or ())), None)


def exact(digits: str) -> Decimal:
    """Return a number as it was written; one that no decimal holds is no number, and refused where it stands."""
    try:
        return Decimal(digits)
    except ArithmeticError:
        return Decimal("NaN")


def civil_date(kind: type, value: Any) -> Any:
    """Return the civil date that a text names, for the decoder; raise ValueError for anything else."""
    if kind is CivilDate and isinstance(value, str):
        return parse_civil_date(value)
    raise ValueError(f"expected {kind.__name__}")


def plain(value: Any) -> Any:
    """Return a value as the encoder writes it: one number, one date, one instant in one way."""
    if isinstance(value, str | tuple):
        return value
    if isinstance(value, CivilDate):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value.normalize()
    return value


def parse_instant(text: str) -> datetime:
    """Return the instant that an RFC 3339 time with offset names; raise ValueError for anything else."""
    try:
        found = msgspec.convert(text, datetime)
    except msgspec.ValidationError:
        found = None
    if found is None or found.tzinfo is None:
        raise ValueError(f"{text!r} is not a time; a time is RFC 3339 with offset, e.g. 2018-03-15T09:00:00+08:00")
    return found


def canonical_instant(instant: datetime) -> str:
    """Return an instant as text of one length that sorts as time does; raise ValueError without an offset."""
    if instant.tzinfo is None:
        raise ValueError(f"found {instant}; allowed: a time with offset, e.g. 2018-03-15T09:00:00+08:00")
    try:
        return canonical_instants([instant])[0]
    except OverflowError:
        raise ValueError(f"found {instant}; allowed: the years 1 to 9999 in UTC") from None


def canonical_instants(instants: Sequence[datetime]) -> list[str]:
    """Return instants with an offset as `canonical_instant` does; raise OverflowError for one that has no UTC."""
    # Ten times as fast as isoformat; brackets and quotes are cut off.
    said = _ENCODER.encode([instant.astimezone(UTC) for instant in instants]).decode()[2:-2]
    if "." not in said:
        return said.replace("Z", _NO_FRACTION).split('","')
    return [text if "." in text else text.replace("Z", _NO_FRACTION) for text in said.split('","')]
