"""Facts as columns: one table for each fact type, a row for each fact, every string known by a number."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from itertools import chain, compress
from operator import attrgetter
from typing import Any, Final, Literal, TypeVar, cast

import attrs
import msgspec
import numpy as np
from attrs import define, field
from numpy.typing import NDArray

from partyrules.facts.schema import field_types, is_list, named_people, once_a_class, takes
from partyrules.facts.vocabulary import Fact, Vocabulary
from partyrules.store.strings import ABSENT, Strings
from partyrules.time.calendar import CivilDate, parse_civil_date

T = TypeVar("T")
Kind = Literal["code", "codes", "day", "flag", "number"]

NO_DAY: Final = 0
"""The ordinal of a date that is not there; day 1 is 0001-01-01."""
NO_NUMBER: Final = int(np.iinfo(np.int64).min)
"""The number that is not there."""
SCALE: Final = 10**9
"""Numbers are whole billionths: what a fact may say, below 10^9 with 9 decimals at most, fits exactly."""

# Of no use to a rule: who a fact is and how it was recorded is kept beside the tables, or not at all.
_LEFT_OUT: Final = frozenset({"id", "on", "until", "recorded_at", "recorded_by", "note"})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ROOM: Final = 16
# How often all ids are looked through in the time that it takes to number them.
_AS_LONG_AS_NUMBERING: Final = 8


class Growing:
    """An array that grows at its end in amortised constant time; `array` is what it holds now."""

    __slots__ = ("_room", "_writable", "size")

    def __init__(self, dtype: Any, values: Any = ()) -> None:
        self._room: NDArray[Any] = np.asarray(values, dtype=dtype)
        self._writable = self._room.flags.writeable
        self.size = len(self._room)

    @property
    def array(self) -> NDArray[Any]:
        """What it holds now; a view that a later growth leaves behind."""
        return self._room[: self.size]

    def at(self, place: int) -> Any:
        """Return the value at a place, as Python has it."""
        return self._room.item(place)

    def branch(self) -> "Growing":
        """Return what holds the same and may grow instead of this one; the values of both stand in one place."""
        other = Growing(self._room.dtype, self._room)
        other.size = self.size
        return other

    def extend(self, values: Any) -> None:
        """Put these values at the end."""
        needed = self.size + len(values)
        if needed > len(self._room) or not self._writable:
            self._make_room(needed)
        self._room[self.size : needed] = values
        self.size = needed

    def append(self, value: Any) -> None:
        """Put one value at the end."""
        if self.size == len(self._room) or not self._writable:
            self._make_room(self.size + 1)
        self._room[self.size] = value
        self.size += 1

    def _make_room(self, needed: int) -> None:
        room = np.empty(max(_ROOM, needed, len(self._room) * 3 // 2), self._room.dtype)
        room[: self.size] = self.array
        self._room, self._writable = room, True


# One column for each field of a fact type --------------------------------------------------------------------------


@define
class CodeColumn:
    """A string of each row by its code, `ABSENT` where there is none."""

    codes: Growing = field(factory=lambda: Growing(np.int32))

    def append(self, value: Any, strings: Strings) -> None:
        """Put the value of one more row at the end."""
        self.codes.append(strings[value])

    def extend(self, values: Sequence[Any], strings: Strings) -> None:
        """Put the values of further rows at the end."""
        self.codes.extend(np.full(len(values), ABSENT) if _none_given(values) else strings.codes(values))


@define
class ListColumn:
    """The strings that each row lists, each once: those of row `r` are `codes[starts[r]:starts[r + 1]]`.

    `given` tells a row that lists nothing from one where the list was not recorded.
    """

    starts: Growing = field(factory=lambda: Growing(np.int64, [0]))
    codes: Growing = field(factory=lambda: Growing(np.int32))
    given: Growing = field(factory=lambda: Growing(np.bool_))

    def append(self, value: Any, strings: Strings) -> None:
        """Put the value of one more row at the end."""
        for text in dict.fromkeys(value or ()):
            self.codes.append(strings[text])
        self.starts.append(self.codes.size)
        self.given.append(value is not None)

    def extend(self, values: Sequence[Any], strings: Strings) -> None:
        """Put the values of further rows at the end."""
        if _none_given(values):
            self.starts.extend(np.full(len(values), self.codes.size))
            self.given.extend(np.zeros(len(values), np.bool_))
            return
        lengths, codes = _listed(values, strings)
        entries = (np.repeat(np.arange(len(values)), lengths) << 32) | codes
        entries.sort()
        if np.any(entries[1:] == entries[:-1]):
            # Who is listed twice is there once.
            values = [None if value is None else tuple(dict.fromkeys(value)) for value in values]
            lengths, codes = _listed(values, strings)
        self.starts.extend(self.codes.size + np.cumsum(lengths, dtype=np.int64))
        self.codes.extend(codes)
        self.given.extend([value is not None for value in values])


def _listed(values: Sequence[Any], strings: Strings) -> tuple[list[int], NDArray[np.int32]]:
    """Return how many strings each value lists, and the codes of all."""
    lengths = [len(value) if value else 0 for value in values]
    return lengths, strings.codes(list(chain.from_iterable(filter(None, values))))


@define
class DayColumn:
    """A date of each row by its ordinal, `NO_DAY` where there is none."""

    days: Growing = field(factory=lambda: Growing(np.int32))

    def append(self, value: Any, _: Strings) -> None:
        """Put the value of one more row at the end."""
        self.days.append(_ordinal(value))

    def extend(self, values: Sequence[Any], _: Strings) -> None:
        """Put the values of further rows at the end."""
        self.days.extend(_ordinals(values))


@define
class FlagColumn:
    """True (1), false (0) or not recorded (`ABSENT`) of each row."""

    flags: Growing = field(factory=lambda: Growing(np.int8))

    def append(self, value: Any, _: Strings) -> None:
        """Put the value of one more row at the end."""
        self.flags.append(ABSENT if value is None else value)

    def extend(self, values: Sequence[Any], _: Strings) -> None:
        """Put the values of further rows at the end."""
        if _none_given(values):
            self.flags.extend(np.full(len(values), ABSENT))
            return
        self.flags.extend([ABSENT if value is None else int(value) for value in values])


@define
class NumberColumn:
    """A number of each row in units of 1 / `SCALE`, `NO_NUMBER` where there is none."""

    numbers: Growing = field(factory=lambda: Growing(np.int64))

    def append(self, value: Any, _: Strings) -> None:
        """Put the value of one more row at the end."""
        self.numbers.append(NO_NUMBER if value is None else int(value * SCALE))

    def extend(self, values: Sequence[Any], _: Strings) -> None:
        """Put the values of further rows at the end."""
        if _none_given(values):
            self.numbers.extend(np.full(len(values), NO_NUMBER))
            return
        self.numbers.extend([NO_NUMBER if value is None else int(value * SCALE) for value in values])


Column = CodeColumn | ListColumn | DayColumn | FlagColumn | NumberColumn

_COLUMNS: Final[Mapping[Kind, Callable[[], Column]]] = {
    "code": CodeColumn,
    "codes": ListColumn,
    "day": DayColumn,
    "flag": FlagColumn,
    "number": NumberColumn,
}


@define
class Table:
    """The facts of one type: `numbers` are their places among all facts, from 0 on in the order recorded.

    A fact happened from day `first` to day `last`, ordinals that differ where only the month is known; `until`
    is its last day or `NO_DAY`; `recorded` the instant in microseconds since 1970, or `NO_NUMBER`. `people` are the
    fields by which these facts are about people.
    """

    wire: str
    fields: dict[str, Column]
    people: tuple[str, ...] = ()
    numbers: Growing = field(factory=lambda: Growing(np.int32))
    first: Growing = field(factory=lambda: Growing(np.int32))
    last: Growing = field(factory=lambda: Growing(np.int32))
    until: Growing = field(factory=lambda: Growing(np.int32))
    recorded: Growing = field(factory=lambda: Growing(np.int64))

    @property
    def rows(self) -> int:
        """How many facts there are of this type."""
        return self.numbers.size


def _branched(of: Any) -> Any:
    """Return a column or a table of which everything that grows is branched."""
    growing = {each.name: getattr(of, each.name) for each in attrs.fields(type(of))}
    return attrs.evolve(of, **{name: one.branch() for name, one in growing.items() if isinstance(one, Growing)})


@define
class Columns:
    """All facts: `tables` by wire name, `ids` in the order recorded, and the code of each string."""

    strings: Strings = field(factory=Strings)
    ids: list[str] = field(factory=list)
    tables: dict[str, Table] = field(factory=dict)

    _numbers: dict[str, int] = field(factory=dict)
    _made: dict[Hashable, tuple[int, Any]] = field(factory=dict)
    _looked_through: int = 0
    _found: dict[str, int] = field(factory=dict)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` makes of the columns, made once for each key until they grow."""
        size, found = self._made.get(key, (-1, None))
        if size != len(self):
            found = make()
            self._made[key] = (len(self), found)
        return cast("T", found)

    def branch(self) -> "Columns":
        """Return columns that say the same and may grow instead of these, which then stay as they are.

        Most of both stands in one place. Only the last branch of the last branch may grow.
        """
        tables = {
            wire: attrs.evolve(_branched(table), fields={name: _branched(one) for name, one in table.fields.items()})
            for wire, table in self.tables.items()
        }
        return Columns(self.strings, list(self.ids), tables, self._numbers)

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        return f"<Columns: {len(self)} facts of {len(self.tables)} types>"

    @property
    def numbers(self) -> Mapping[str, int]:
        """The number of each fact by its id."""
        known, count = len(self._numbers), len(self.ids)
        if known < count:
            self._numbers.update(zip(self.ids[known:count], range(known, count), strict=True))
        return self._numbers

    def places(self, ids: frozenset[str]) -> dict[str, int]:
        """Return the number of each fact that has one of these ids."""
        if self._numbers or self._looked_through > _AS_LONG_AS_NUMBERING:
            return {name: self.numbers[name] for name in ids if name in self.numbers}
        if missing := ids - self._found.keys():
            self._looked_through += 1
            found = compress(range(len(self.ids)), map(missing.__contains__, self.ids))
            self._found.update({self.ids[number]: number for number in found})
        return {name: self._found[name] for name in ids if name in self._found}

    def table(self, cls: type[Fact]) -> Table:
        """Return the table of a fact class, a new one where no fact of it is known."""
        found = self.tables.get(cls.wire)
        if found is None:
            columns = {name: _COLUMNS[kind]() for name, kind in field_kinds(cls).items()}
            found = Table(cls.wire, columns, named_people(cls))
            self.tables[cls.wire] = found
        return found


@once_a_class
def field_kinds(cls: type[Fact]) -> Mapping[str, Kind]:
    """Return how each field of a fact class that a rule may ask about is kept."""
    return {name: _kind(hint) for name, hint in field_types(cls).items() if name not in _LEFT_OUT}


def _kind(hint: Any) -> Kind:
    kinds: dict[str, Kind] = {"text": "code", "day": "day", "flag": "flag", "number": "number"}
    if not is_list(hint) and takes(hint) not in kinds:
        raise TypeError(f"no column is defined for a field of type {hint}")
    return "codes" if is_list(hint) else kinds[takes(hint)]


# Filling the tables ------------------------------------------------------------------------------------------------


def from_contents(
    columns: Columns,
    wires: Sequence[str],
    contents: Sequence[bytes],
    instants: Sequence[int] | NDArray[np.int64],
    *,
    vocabulary: Vocabulary,
) -> None:
    """Put recorded facts at the end of the columns: the wire name, the content and the instant of each.

    They were checked when they were recorded. Raise KeyError for a fact type that the vocabulary does not have,
    ValueError where a content is not of the type it is filed as; the columns are of no use then.
    """
    decoders = {wire: _decoder_of(vocabulary.types[wire]) for wire in set(wires)}
    records = [decoders[wire].decode(said) for wire, said in zip(wires, contents, strict=True)]
    from_records(columns, records, [vocabulary.types[wire] for wire in wires], instants)


def from_facts(columns: Columns, facts: Sequence[Fact]) -> None:
    """Put facts, no two of one id, at the end of the columns."""
    instants = [NO_NUMBER if f.recorded_at is None else instant_number(f.recorded_at) for f in facts]
    from_records(columns, facts, [type(f) for f in facts], instants)


_HINTS: Final[Mapping[Kind, Any]] = {
    "code": str | None,
    "codes": tuple[str, ...] | None,
    "day": str | None,
    "flag": bool | None,
    "number": int | Decimal | None,
}


@once_a_class
def _decoder_of(cls: type[Fact]) -> msgspec.json.Decoder[Any]:
    """Return what reads of a content that which has a place in the columns, and nothing else."""
    fields = [(name, _HINTS[kind], None) for name, kind in field_kinds(cls).items()]
    common: list[Any] = [("id", str), ("on", str), ("until", str | None, None)]
    # No cycle can be among strings and numbers, so the collector need not look at them.
    record = msgspec.defstruct(cls.__name__, [*common, *fields], tag_field="fact", tag=cls.wire, gc=False)
    return msgspec.json.Decoder(record)


def from_records(
    columns: Columns,
    records: Sequence[Any],
    classes: Sequence[type[Fact]],
    instants: Sequence[int] | NDArray[np.int64],
) -> None:
    """Put records of these classes, which have their fields or what is decoded of these, at the end of the columns."""
    if len(records) == 1:
        _append(columns, records[0], classes[0], int(instants[0]))
        return
    by_class: dict[type[Fact], list[int]] = {}
    for n, cls in enumerate(classes):
        by_class.setdefault(cls, []).append(n)
    start = len(columns.ids)
    columns.ids.extend(map(attrgetter("id"), records))
    recorded = np.asarray(instants, np.int64)
    for cls, places in by_class.items():
        table = columns.table(cls)
        mine = records if len(places) == len(records) else [records[n] for n in places]
        days = np.fromiter(chain.from_iterable(map(_days, map(attrgetter("on"), mine))), np.int32, 2 * len(mine))
        table.numbers.extend(np.asarray(places, np.int64) + start)
        table.first.extend(days[::2])
        table.last.extend(days[1::2])
        table.until.extend(_ordinals(list(map(attrgetter("until"), mine))))
        table.recorded.extend(recorded[places])
        for name, column in table.fields.items():
            column.extend(list(map(attrgetter(name), mine)), columns.strings)


def _append(columns: Columns, record: Any, cls: type[Fact], instant: int) -> None:
    # A ledger that grows fact by fact: what is quick for many at once takes longer than this for one.
    table = columns.table(cls)
    first, last = _days(record.on)
    table.numbers.append(len(columns.ids))
    columns.ids.append(record.id)
    table.first.append(first)
    table.last.append(last)
    table.until.append(_ordinal(record.until))
    table.recorded.append(instant)
    for name, column in table.fields.items():
        column.append(getattr(record, name), columns.strings)


@cache
def _days(on: CivilDate | str) -> tuple[int, int]:
    civil = on if isinstance(on, CivilDate) else parse_civil_date(on)
    return civil.first.toordinal(), civil.last.toordinal()


def _none_given(values: Sequence[Any]) -> bool:
    # What a field is for most facts of many types; counted at a fraction of what looking at each would take.
    return values.count(None) == len(values)


def _ordinals(days: Sequence[date | str | None]) -> NDArray[np.int32]:
    if _none_given(days):
        return np.full(len(days), NO_DAY, np.int32)
    return np.array([_ordinal(day) for day in days], np.int32)


@cache
def _ordinal(day: date | str | None) -> int:
    if day is None:
        return NO_DAY
    return (day if isinstance(day, date) else date.fromisoformat(day)).toordinal()


def instant_number(instant: datetime) -> int:
    """Return an instant as whole microseconds since 1970."""
    since = instant - _EPOCH
    return (since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds
