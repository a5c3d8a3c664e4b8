"""What every fact has, what its fields may hold, and a vocabulary of fact types."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Final
from uuid import uuid4

import attrs
from attrs import field, frozen
from msgspec import Meta

from partyrules.errors import PackError
from partyrules.errors.limits import ID_CHARACTERS, NAME_CHARACTERS
from partyrules.time.calendar import CivilDate


def _id(most: int, *, of: str | None = None) -> Meta:
    """Return what is said of the type of an id; the codec looks at the characters of whatever has a least length."""
    whose = "" if of is None else f"a {of}'s id, "
    return Meta(min_length=1, max_length=most, description=f"{whose}a string of 1 to {most} characters", title=of)


FactId = Annotated[str, _id(ID_CHARACTERS)]
Name = Annotated[str, _id(NAME_CHARACTERS)]
Person = Annotated[str, _id(NAME_CHARACTERS, of="person")]
Unit = Annotated[str, _id(NAME_CHARACTERS, of="unit")]
Building = Annotated[str, _id(NAME_CHARACTERS, of="building")]
Text = Annotated[str, Meta(description="a string")]
Number = int | Decimal
Instant = Annotated[datetime, Meta(tz=True, description="an RFC 3339 time with offset, e.g. 2018-03-15T09:00:00+08:00")]


_LARGEST: Final = 10**9
_FINEST: Final = -9


def bounded(_: Any, attribute: "attrs.Attribute[Any]", value: Number | None) -> None:
    """Refuse a number so large or so fine that sums would not be exact."""
    if value is None:
        return
    fits = isinstance(value, int) or (value.is_finite() and int(value.as_tuple().exponent) >= _FINEST)
    if not (fits and -_LARGEST < value < _LARGEST):
        raise ValueError(f"`{attribute.name}`: found {value}; allowed: a number below 10^9, 9 decimals at most")


def not_negative(instance: Any, attribute: "attrs.Attribute[Any]", value: Number | None) -> None:
    """Refuse what `bounded` refuses, and a number below 0."""
    bounded(instance, attribute, value)
    if value is not None and value < 0:
        raise ValueError(f"`{attribute.name}`: found {value}; allowed: a number of at least 0")


def _new_id() -> str:
    return str(uuid4())


@frozen(kw_only=True)
class Fact:
    """An immutable record that something happened: the keys that every type has.

    `on` is the civil date it happened in the institution's time zone, `until` the last day of something
    that spans days (inclusive), `recorded_at` when the ledger learnt of it, `recorded_by` who entered it.
    """

    wire: ClassVar[str] = ""

    id: FactId = field(factory=_new_id)
    on: CivilDate
    until: date | None = None
    recorded_at: Instant | None = None
    recorded_by: Text | None = None
    note: Text | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse an `until` before `on`."""
        if self.until is not None and self.until < self.on.first:
            raise ValueError(f"`until`: found {self.until}, before `on` {self.on}; allowed: the same day or later")


@frozen
class Vocabulary:
    """The fact types that may be recorded, by wire name; a pack may add types of its own."""

    types: Mapping[str, type[Fact]]

    def __repr__(self) -> str:
        return f"<Vocabulary: {len(self.types)} fact types>"

    def __reduce__(self) -> tuple[type["Vocabulary"], tuple[dict[str, type[Fact]]]]:
        # A read-only view cannot be pickled; what it shows can.
        return Vocabulary, (dict(self.types),)

    def with_types(self, added: Iterable[type[Fact]]) -> "Vocabulary":
        """Return this vocabulary with the `added` types; raise PackError where a wire name is taken or missing."""
        types = dict(self.types)
        for cls in added:
            if not cls.wire:
                raise PackError(
                    f'fact type `{cls.__name__}`: no wire name; declare it with `wire: ClassVar[str] = "name"`'
                )
            if types.get(cls.wire, cls) is not cls:
                raise PackError(f"fact type `{cls.__name__}`: the wire name `{cls.wire}` is taken")
            types[cls.wire] = cls
        return Vocabulary(MappingProxyType(types))
