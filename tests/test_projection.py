"""The projection: it says what the facts say, keeps up with its ledger, and never believes a file unchecked."""

import json
import os
import sqlite3
import struct
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import NoneType
from typing import Any, ClassVar, Final, Literal, get_args, get_origin, get_type_hints
from zlib import crc32

import attrs
import numpy as np
import pytest
from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from partyrules.errors import LedgerError, OutputError
from partyrules.facts.admission import admitted
from partyrules.facts.codec import encode_fact
from partyrules.facts.identifiers import flaw
from partyrules.facts.vocabulary import CORE_VOCABULARY, Fact, RegisterClosed, StageExtended, TermDeclared
from partyrules.ledger.sqlite import SqliteLedger, open_ledger
from partyrules.questions.sources import columns_in
from partyrules.store import projection as store
from partyrules.store.columns import (
    NO_DAY,
    NO_NUMBER,
    SCALE,
    CodeColumn,
    Column,
    Columns,
    DayColumn,
    FlagColumn,
    ListColumn,
    NumberColumn,
    instant_number,
)
from partyrules.store.container import MAGIC, Container, ContainerError, read_container, write_container
from partyrules.store.projection import Projection, open_projection, projection_before, projection_of
from partyrules.store.strings import ABSENT
from partyrules.time.calendar import CivilDate, parse_civil_date
from tests.recordings import NOW, changed, meetings, showing, synthetic
from tests.sweeps import examples
from tests.test_ledger import tamper

# Later than any fact claims to be recorded.
AT_LAST: Final = showing(datetime.max.replace(tzinfo=UTC))
LAW: Final = settings(max_examples=examples(50), deadline=None, suppress_health_check=[HealthCheck.too_slow])
LEFT_OUT: Final = {"id", "on", "until", "recorded_at", "recorded_by", "note"}

# Facts of every type, whatever their fields take -------------------------------------------------------------

_IDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=4).filter(lambda text: flaw(text) is None)
_TEXTS = _IDS | st.sampled_from(["p1", "p2", "学生三"])
_DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31)) | st.dates(date(2017, 1, 1), date(2018, 1, 1))
_INSTANTS = st.integers(-(10**16), 10**16).map(lambda n: datetime(2018, 1, 1, tzinfo=UTC) + timedelta(microseconds=n))
_NUMBERS = st.integers(0, 10**9 - 1) | st.decimals(0, 999_999_999, places=9).map(Decimal)


def hints_of(cls: type[Fact]) -> dict[str, Any]:
    """Return the type of each field of a fact class."""
    hints = get_type_hints(cls, include_extras=True)
    return {attribute.name: hints[attribute.name] for attribute in attrs.fields(cls)}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for what a field of this type takes."""
    options = []
    for part in get_args(hint) if NoneType in get_args(hint) or Decimal in get_args(hint) else (hint,):
        inner = get_args(part)[0] if hasattr(part, "__metadata__") else part
        if get_origin(inner) is Literal:
            options.append(st.sampled_from(get_args(inner)))
        elif get_origin(inner) is tuple:
            options.append(st.lists(values(get_args(inner)[0]), max_size=4).map(tuple))
        else:
            options.append(
                {
                    NoneType: st.none(),
                    str: _TEXTS,
                    bool: st.booleans(),
                    date: _DAYS,
                    int: _NUMBERS,
                    Decimal: _NUMBERS,
                    datetime: _INSTANTS,
                }[inner]
            )
    return st.one_of(options)


@st.composite
def facts(draw: st.DrawFn, name: str) -> Fact:
    """Draw a fact of any type, with that id."""
    cls = draw(st.sampled_from(list(CORE_VOCABULARY.types.values())))
    day = draw(_DAYS)
    on = CivilDate(day, day)
    if cls is not TermDeclared and draw(st.booleans()):
        on = parse_civil_date(f"{day.year:04}-{day.month:02}")
    hints = {field: hint for field, hint in hints_of(cls).items() if field not in {"id", "on", "until"}}
    said = {field: draw(values(hint)) for field, hint in hints.items()}
    until = draw(st.none() | st.dates(day, date.max)) if cls not in (TermDeclared, StageExtended) else day
    return cls(id=name, on=on, until=until, **said)


@st.composite
def records(draw: st.DrawFn) -> list[Fact]:
    """Draw facts that a ledger accepts together."""
    names = draw(st.lists(_TEXTS, unique=True, max_size=12))
    drawn = [draw(facts(name)) for name in names]
    return list(admitted((), [(fact.id, fact) for fact in drawn]).facts)


# What columns say ---------------------------------------------------------------------------------------------


def told(column: Column, row: int, texts: list[str]) -> Any:
    """Return what a column says of a row, in words."""
    match column:
        case CodeColumn():
            code = column.codes.array[row]
            return None if code == ABSENT else texts[code]
        case ListColumn():
            start, end = column.starts.array[row : row + 2]
            listed = tuple(texts[code] for code in column.codes.array[start:end])
            return listed if column.given.array[row] else None
        case DayColumn():
            return column.days.array[row]
        case FlagColumn():
            return column.flags.array[row]
        case NumberColumn():
            return column.numbers.array[row]


def read(columns: Columns) -> dict[int, tuple[Any, ...]]:
    """Return all that columns say of each fact, by number; which code a string has is nobody's business."""
    found: dict[int, tuple[Any, ...]] = {}
    texts = columns.strings.texts
    assert len(set(texts)) == len(texts)
    for wire, table in columns.tables.items():
        assert {part.size for part in (table.first, table.last, table.until, table.recorded)} == {table.rows}
        assert np.all(np.diff(table.numbers.array) > 0)
        for row, number in enumerate(table.numbers.array):
            common = (table.first.array[row], table.last.array[row], table.until.array[row], table.recorded.array[row])
            said = {name: told(column, row, texts) for name, column in table.fields.items()}
            assert int(number) not in found
            found[int(number)] = (wire, columns.ids[number], *common, said)
    assert sorted(found) == list(range(len(columns)))
    return found


def due(fact: Fact) -> tuple[Any, ...]:
    """Return what columns should say of a fact, worked out from the fact alone."""

    def plain(hint: Any, value: Any) -> Any:
        if date in get_args(hint) or hint is date:
            return NO_DAY if value is None else value.toordinal()
        if bool in get_args(hint):
            return ABSENT if value is None else int(value)
        if isinstance(value, tuple):
            # Who is listed twice is there once.
            return tuple(dict.fromkeys(value))
        if Decimal in get_args(hint):
            return NO_NUMBER if value is None else int(value * SCALE)
        return value

    said = {n: plain(hint, getattr(fact, n)) for n, hint in hints_of(type(fact)).items() if n not in LEFT_OUT}
    until = NO_DAY if fact.until is None else fact.until.toordinal()
    recorded = instant_number(fact.recorded_at or NOW)
    return (fact.wire, fact.id, fact.on.first.toordinal(), fact.on.last.toordinal(), until, recorded, said)


def expected(given: list[Fact]) -> dict[int, tuple[Any, ...]]:
    """Return what columns should say of these facts."""
    return dict(enumerate(map(due, given)))


@given(given_facts=records())
@LAW
def test_columns_say_what_the_facts_say(given_facts: list[Fact]) -> None:
    """The projections of a ledger, its file, the facts in memory and a file of facts all say what the facts say."""
    with TemporaryDirectory() as directory, open_ledger(Path(directory, "facts.ledger")) as ledger:
        ledger.append(given_facts, recorded_at=NOW, clock=AT_LAST)
        path = Path(directory, "facts.projection")
        stored = [entry.fact for entry in ledger.facts()]
        lines = Path(directory, "facts.jsonl")
        lines.write_bytes(b"".join(encode_fact(fact) + b"\n" for fact in stored))
        made, again, held = open_projection(ledger, path), open_projection(ledger, path), projection_of(stored)
        for projection in (made, again, held, columns_in(lines, vocabulary=ledger.vocabulary)):
            assert read(projection.columns) == expected(stored)
            assert projection.facts(range(len(stored))) == stored
            assert (projection.rebuilt, projection.unwritten) == (None, None)
        assert made.head == again.head == ledger.head()


@given(data=st.data(), given_facts=records())
@LAW
def test_following_a_ledger_is_as_good_as_starting_anew(data: st.DataObject, given_facts: list[Fact]) -> None:
    """However the facts were recorded, in one go or bit by bit, by one process or several, the columns say the same."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(given_facts)), max_size=4)))
    with TemporaryDirectory() as directory, open_ledger(Path(directory, "facts.ledger")) as ledger:
        path = Path(directory, "facts.projection")
        projection = open_projection(ledger, path)
        taken: list[Fact] = []
        for start, end in pairwise([0, *cuts, len(given_facts)]):
            taken += ledger_facts(ledger, given_facts[start:end])
            assert projection.refresh() == range(start, end)
            if data.draw(st.booleans()):
                projection = open_projection(ledger, path)
                assert projection.rebuilt is None
            assert read(projection.columns) == expected(taken)
            assert projection.head == ledger.head()


@given(data=st.data(), given_facts=records())
@LAW
def test_a_projection_of_then_stays_as_it_was(data: st.DataObject, given_facts: list[Fact]) -> None:
    """What is made current is another projection, which says what the ledger now does; the one before never changes."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(given_facts)), max_size=4)))
    with TemporaryDirectory() as directory, open_ledger(Path(directory, "facts.ledger")) as ledger:
        projections = [projection_before(ledger)]
        counts = [0]
        for start, end in pairwise([0, *cuts, len(given_facts)]):
            ledger_facts(ledger, given_facts[start:end])
            projections.append(projections[-1].current())
            assert (projections[-1] is projections[-2]) == (start == end)
            assert projections[-1].head == ledger.head()
            counts.append(end)
        stored = [entry.fact for entry in ledger.facts()]
        for projection, count in zip(projections, counts, strict=True):
            assert read(projection.columns) == expected(stored[:count])
            assert projection.facts(range(count)) == stored[:count]


def ledger_facts(ledger: SqliteLedger, added: list[Fact]) -> list[Fact]:
    """Append facts that were admitted together one batch at a time, and return them as recorded."""
    before = ledger.head().position
    ledger.append(added, recorded_at=NOW, clock=AT_LAST)
    return [entry.fact for entry in ledger.facts(after=before)]


def test_many_facts_are_taken_in_whole(ledger: SqliteLedger) -> None:
    """A ledger of many times what is read at once is projected whole, and in order."""
    given_facts = meetings(1300)
    ledger.append(given_facts, recorded_at=NOW)
    assert read(open_projection(ledger).columns) == expected(given_facts)


# Facts by number ----------------------------------------------------------------------------------------------


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    """Return an empty ledger."""
    with open_ledger(tmp_path / "facts.ledger") as opened:
        yield opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a projection could be."""
    return tmp_path / "facts.projection"


def test_facts_come_in_the_order_asked(ledger: SqliteLedger) -> None:
    """Facts are found by number, in any order and as often as asked, out of a ledger or a collection."""
    given_facts = meetings(9)
    ledger.append(given_facts, recorded_at=NOW)
    for projection in (open_projection(ledger), projection_of([*given_facts, given_facts[3]])):
        asked = np.array([7, 0, 7, 3])
        assert projection.facts(asked) == [given_facts[n] for n in (7, 0, 7, 3)]
        assert projection.fact(8) == given_facts[8]
        assert projection.facts([]) == []
        for wrong in (9, -1):
            with pytest.raises(IndexError, match=f"fact {wrong}: there are 9"):
                projection.facts([1, wrong])


def test_few_facts_are_kept(ledger: SqliteLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only so many facts are kept in memory, and all are found nevertheless."""
    monkeypatch.setattr(store, "_FACTS_KEPT", 3)
    given_facts = meetings(1200)
    ledger.append(given_facts, recorded_at=NOW)
    projection = open_projection(ledger)
    assert projection.facts(range(1200)) == given_facts
    assert [projection.fact(n) for n in range(5)] == given_facts[:5]
    assert len(projection._held) <= 3  # noqa: SLF001 - what is kept shows nowhere else


def test_facts_in_memory_stand_once() -> None:
    """Of copies the one recorded first is projected; such a projection has no head and never grows."""
    early, late = (changed(meetings(1)[0], recorded_at=time) for time in ("2018-01-01T00:00:00Z", NOW))
    projection = projection_of([late, *meetings(2, start=1), early])
    assert projection.facts(range(3)) == [early, *meetings(2, start=1)]
    assert read(projection.columns) == expected([early, *meetings(2, start=1)])
    assert (projection.head, projection.refresh()) == (None, range(3, 3))
    projection.save()
    assert projection.unwritten is None


def test_places_are_the_same_however_they_are_found() -> None:
    """Where facts stand is found alike by looking through all ids and by numbering them; of an unknown id none is."""
    facts = meetings(3)
    columns = projection_of(facts).columns
    ids = frozenset({facts[2].id, facts[0].id, "nobody's"})
    # The first times they are looked through, then numbered.
    found = [columns.places(ids) for _ in range(20)]
    assert found == [{facts[0].id: 0, facts[2].id: 2}] * 20


# Files that are not believed ------------------------------------------------------------------------------------


@pytest.fixture
def filled(ledger: SqliteLedger, path: Path) -> Projection:
    """Return the projection of a ledger with facts of several types, written to its file."""
    more = [
        synthetic(
            "training_completed", id="t1", on="2018-03", person="p1", course="c", hours=Decimal("1.5"), passed=True
        ),
        RegisterClosed(id="r1", on=parse_civil_date("2018-01-01"), through=date(2018, 1, 1)),
    ]
    ledger.append([*meetings(20), *more], recorded_at=NOW)
    return open_projection(ledger, path)


def reopened(ledger: SqliteLedger, path: Path, why: str) -> None:
    """See that the file is not believed, for that reason, that it is put right, and that it says the same again."""
    again = open_projection(ledger, path)
    assert again.rebuilt is not None
    assert why in again.rebuilt
    assert str(path) in again.rebuilt
    assert read(again.columns) == expected([entry.fact for entry in ledger.facts()])
    assert open_projection(ledger, path).rebuilt is None


def test_any_byte_that_changed_is_noticed(ledger: SqliteLedger, path: Path, filled: Projection) -> None:
    """Whichever byte of the file is not as written, the file is not believed."""
    whole = path.read_bytes()
    random = Random(2018)  # noqa: S311 - which bytes are tried is no secret
    every = [*range(96), *random.sample(range(96, len(whole)), 400), len(whole) - 1]
    for place in every:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << random.randrange(8)
        path.write_bytes(damaged)
        with pytest.raises(ContainerError):
            read_container(path)
    path.write_bytes(damaged)
    reopened(ledger, path, "the checksum of")
    assert filled.rebuilt is None


def test_a_file_that_is_cut_off_is_noticed(ledger: SqliteLedger, path: Path, filled: Projection) -> None:
    """A file that ends early anywhere, or goes on behind its end, is not believed."""
    whole = path.read_bytes()
    for size in (8, 15, 16, 100, *range(200, len(whole), 211), len(whole) - 1):
        path.write_bytes(whole[:size])
        reopened(ledger, path, "it is cut off")
    path.write_bytes(whole + bytes(64))
    reopened(ledger, path, "it goes on behind its end")
    path.write_bytes(b"")
    assert open_projection(ledger, path).rebuilt is None
    assert path.read_bytes() == whole
    assert filled.rebuilt is None


def _ledger_itself(path: Path, ledger: SqliteLedger) -> Path:
    del path
    return ledger.path


def _text(path: Path, _: SqliteLedger) -> Path:
    path.write_bytes(b'{"fact": "meeting_held"}\n')
    return path


def _start_of_one(path: Path, _: SqliteLedger) -> Path:
    path.write_bytes(MAGIC[:7])
    return path


def _link(path: Path, ledger: SqliteLedger) -> Path:
    path.symlink_to(ledger.path)
    return path


def _link_to_one(path: Path, ledger: SqliteLedger) -> Path:
    open_projection(ledger, path.with_name("other.projection"))
    path.symlink_to("other.projection")
    return path


def _pipe(path: Path, _: SqliteLedger) -> Path:
    os.mkfifo(path)
    return path


@pytest.mark.parametrize(
    "make",
    [
        _ledger_itself,
        _text,
        _start_of_one,
        _link,
        _link_to_one,
        _pipe,
        lambda path, _: path.parent,
        lambda *_: Path("/dev/null"),
        lambda *_: Path("/dev/zero"),
        lambda _, ledger: Path(f"{ledger.path}-journal"),
        lambda _, ledger: Path(f"{ledger.path}-wal"),
    ],
)
def test_nothing_but_a_projection_is_written_over(
    ledger: SqliteLedger, path: Path, make: Callable[[Path, SqliteLedger], Path]
) -> None:
    """Whatever is at the path and is no projection is refused before the ledger is read, and left as it is."""
    ledger.append(meetings(3), recorded_at=NOW)
    there = make(path, ledger)
    before = (there.lstat().st_ino, there.lstat().st_size) if os.path.lexists(there) else None
    files = sorted(path.parent.iterdir())
    with pytest.raises(OutputError):
        open_projection(ledger, there)
    assert ((there.lstat().st_ino, there.lstat().st_size) if os.path.lexists(there) else None) == before
    assert sorted(path.parent.iterdir()) == files
    assert ledger.verify().ok


# Files that say what no writer says ----------------------------------------------------------------------------


def forged(header: bytes, body: bytes) -> bytes:
    """Return a file with another header, all of whose checksums are right."""
    header = header.ljust(-(-(16 + len(header)) // 64) * 64 - 16)
    return struct.pack("<8sII", MAGIC, len(header), crc32(header)) + header + body


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("length", -1),
        ("length", 10**6),
        ("length", 10**40),
        ("length", 2**63),
        ("offset", -64),
        ("offset", 64),
        ("offset", 10**40),
        ("dtype", "|O"),
        ("dtype", "O"),
        ("dtype", "<U8"),
        ("dtype", "<i4,<i4"),
        ("dtype", "(1000000000,1000000000)<i8"),
        ("dtype", "V0"),
        ("dtype", ">i8"),
        ("dtype", "<M8[us]"),
        ("dtype", "{'names': []}"),
        ("dtype", "(" * 10_000),
        ("checksum", -1),
        ("checksum", 10**40),
    ],
)
def test_a_forged_header_is_not_believed(
    ledger: SqliteLedger, path: Path, filled: Projection, key: str, value: object
) -> None:
    """Sizes, places, types and checksums that no writer gives are refused, whatever array they are said of."""
    whole = path.read_bytes()
    length = struct.unpack_from("<I", whole, 8)[0]
    header, body = json.loads(whole[16 : 16 + length]), whole[16 + length :]
    for name in list(header["parts"])[:6]:
        part = {**header["parts"][name], key: value}
        text = json.dumps({**header, "parts": {**header["parts"], name: part}}).encode()
        path.write_bytes(forged(text, body))
        with pytest.raises(ContainerError):
            read_container(path)
        reopened(ledger, path, f"projection {path}: ")
    assert filled.rebuilt is None


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"null",
        b"{}",
        b'{"about": 1, "parts": {"": {}}}',
        b'{"about": ' + b"[" * 100_000,
        b'{"about": ' + b"[" * 100_000 + b"]" * 100_000 + b', "parts": {}}',
        b'{"about": 1e999, "parts": {}}',
        b'{"about": "\xff", "parts": {}}',
        b'{"about": {"format": 1, "position": -5, "hash": "", "fields": {}}, "parts": {}}',
        b'{"about": {"format": 1, "position": 99999999999999999999999, "hash": "", "fields": {}}, "parts": {}}',
        b'{"about": {"format": 1, "position": 0, "hash": "", "fields": {"meeting_held": {}}}, "parts": {}}',
    ],
)
def test_a_header_of_anything_else_is_not_believed(ledger: SqliteLedger, path: Path, header: bytes) -> None:
    """Whatever stands in the place of the header, the file is not believed, and is put right."""
    ledger.append(meetings(3), recorded_at=NOW)
    path.write_bytes(forged(header, b""))
    reopened(ledger, path, f"projection {path}: ")


def _all_of(name: str, value: int) -> Callable[[dict[str, NDArray[Any]]], None]:
    def change(arrays: dict[str, NDArray[Any]]) -> None:
        arrays[name] = np.full_like(arrays[name], value)

    return change


def _without(name: str) -> Callable[[dict[str, NDArray[Any]]], None]:
    def change(arrays: dict[str, NDArray[Any]]) -> None:
        del arrays[name]

    return change


def _shorter(name: str) -> Callable[[dict[str, NDArray[Any]]], None]:
    def change(arrays: dict[str, NDArray[Any]]) -> None:
        arrays[name] = arrays[name][:-1]

    return change


def _wider(name: str) -> Callable[[dict[str, NDArray[Any]]], None]:
    def change(arrays: dict[str, NDArray[Any]]) -> None:
        arrays[name] = arrays[name].astype(np.float64)

    return change


def _saying(name: str, text: bytes) -> Callable[[dict[str, NDArray[Any]]], None]:
    def change(arrays: dict[str, NDArray[Any]]) -> None:
        arrays[name] = np.frombuffer(text, np.uint8)

    return change


_NAMES: Final = ("strings", "ids", "numbers/meeting_held", "first/meeting_held", "unit.codes/meeting_held")


@pytest.mark.parametrize(
    "change",
    [
        *map(_without, _NAMES),
        *map(_shorter, _NAMES),
        *map(_wider, _NAMES),
        *(_saying(name, text) for name in ("strings", "ids") for text in (b"", b"[1]", b'["\xff"]', b"[" * 9999)),
        _saying("strings", b'["p1","p1"]'),
        *(_all_of("numbers/meeting_held", number) for number in (-1, 0, 10**6)),
        *(_all_of("first/meeting_held", day) for day in (-1, 0, 2**31 - 1)),
        *(_all_of("until/meeting_held", day) for day in (-1, 2**31 - 1)),
        *(_all_of("unit.codes/meeting_held", code) for code in (-2, 10**6)),
        *(_all_of("attended.codes/meeting_held", code) for code in (-1, 10**6)),
        *(_all_of("attended.starts/meeting_held", start) for start in (-1, 1, 2**62)),
    ],
)
def test_arrays_that_fit_nowhere_are_not_believed(
    ledger: SqliteLedger, path: Path, filled: Projection, change: Callable[[dict[str, NDArray[Any]]], None]
) -> None:
    """Arrays that are missing, of another type or length, or point beside what there is, are refused."""
    held = read_container(path)
    arrays = dict(held.arrays)
    change(arrays)
    write_container(path, arrays, about=held.about)
    reopened(ledger, path, f"projection {path}: ")
    assert filled.rebuilt is None


def test_a_file_of_another_ledger_is_not_believed(
    ledger: SqliteLedger, path: Path, filled: Projection, tmp_path: Path
) -> None:
    """A file that was made of other facts, or of more than the ledger has, is not believed."""
    with open_ledger(tmp_path / "other.ledger") as other:
        other.append(meetings(22, start=1), recorded_at=NOW)
        open_projection(other, path)
        reopened(ledger, path, "it is of another ledger: the hash at position 22 is another")
        other.append(meetings(9, start=40), recorded_at=NOW)
        open_projection(other, path)
        reopened(ledger, path, "it is current through position 31, but the ledger ends at 22")
        open_projection(other, path)
    with open_ledger(tmp_path / "shorter.ledger") as shorter:
        shorter.append(meetings(4), recorded_at=NOW)
        reopened(shorter, path, "it is current through position 31, but the ledger ends at 4")
    assert filled.rebuilt is None


def test_a_ledger_that_was_written_anew_is_noticed(path: Path, tmp_path: Path) -> None:
    """Where the same facts were recorded in another order, under the same name, the old file is not believed."""
    given_facts = meetings(6)
    place = tmp_path / "facts.ledger"
    for some, reason in ((given_facts, None), (given_facts[::-1], "it is of another ledger")):
        for file in tmp_path.glob("facts.ledger*"):
            file.unlink()
        with open_ledger(place) as ledger:
            ledger.append(some, recorded_at=NOW)
            if reason:
                reopened(ledger, path, reason)
            assert read(open_projection(ledger, path).columns) == expected(some)


def test_a_file_of_another_format_is_not_believed(
    ledger: SqliteLedger, path: Path, filled: Projection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of a format to come, or of none, is not believed."""
    with monkeypatch.context() as patched:
        patched.setattr(store, "_FORMAT", 2)
        reopened(ledger, path, "it is of format 1, not 2")
    reopened(ledger, path, "it is of format 2, not 1")
    write_container(path, {}, about={"format": "old"})
    reopened(ledger, path, "it is of another format")
    assert filled.rebuilt is None


def test_a_file_with_other_fields_is_not_believed(tmp_path: Path, path: Path) -> None:
    """Where a fact type has got a field since, or is not known any more, the file is not believed."""

    @frozen(kw_only=True)
    class Sung(Fact):
        """Somebody sang."""

        wire: ClassVar[str] = "song_sung"
        song: str

    @frozen(kw_only=True)
    class SungLonger(Sung):
        """Somebody known by name sang."""

        singer: str | None = None

    place = tmp_path / "facts.ledger"
    then, now = (CORE_VOCABULARY.with_types([cls]) for cls in (Sung, SungLonger))
    with open_ledger(place, vocabulary=then) as ledger:
        ledger.append([Sung(id="s1", on=parse_civil_date("2018-01-01"), song="anthem")], recorded_at=NOW)
        open_projection(ledger, path)
        assert open_projection(ledger, path).rebuilt is None
    with open_ledger(place, vocabulary=now) as ledger:
        reopened(ledger, path, "facts of type `song_sung` had other fields")
    with open_ledger(place) as ledger, pytest.raises(LedgerError, match=r"position 1: .*song_sung"):
        open_projection(ledger, path)


def test_arrays_of_other_names_do_no_harm(ledger: SqliteLedger, path: Path, filled: Projection) -> None:
    """A file may hold more arrays than a projection is made of."""
    held = read_container(path)
    write_container(path, {**held.arrays, "index of something": np.arange(9)}, about=held.about)
    again = open_projection(ledger, path)
    assert again.rebuilt is None
    assert read(again.columns) == read(filled.columns)


def test_arrays_are_read_as_they_were_written(path: Path) -> None:
    """A container gives back arrays of every type and length, none at all included, and what was said of them."""
    arrays: dict[str, NDArray[Any]] = {
        "": np.arange(5, dtype=np.int8),
        "none": np.empty(0, np.int64),
        "every other": np.arange(1000, dtype=np.int64)[::2],
        "flags": np.array([True, False]),
        "big-endian": np.arange(7, dtype=">i4"),
    }
    write_container(path, arrays, about=["任何", None, {"a": 1}])
    held: Container = read_container(path)
    assert held.about == ["任何", None, {"a": 1}]
    assert list(held.arrays) == list(arrays)
    for name, array in arrays.items():
        assert np.array_equal(held.arrays[name], array)
        with pytest.raises(ValueError, match="read-only"):
            held.arrays[name][:] = 0


# Files that cannot be written, and crashes ------------------------------------------------------------------------


def test_without_a_place_to_write_it_works_in_memory(
    ledger: SqliteLedger, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the file cannot be written the projection is as good, says why, and leaves nothing behind."""

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    ledger.append(meetings(3), recorded_at=NOW)
    missing = tmp_path / "missing" / "facts.projection"
    projection = open_projection(ledger, missing)
    assert projection.unwritten == f"projection {missing}: cannot be written: No such file or directory"
    before = sorted(tmp_path.iterdir())
    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", refused)
        projection = open_projection(ledger, path)
        assert projection.unwritten == f"projection {path}: cannot be written: Permission denied"
        assert read(projection.columns) == expected(meetings(3))
    assert sorted(tmp_path.iterdir()) == before
    projection.save()
    assert {projection.unwritten, open_projection(ledger, path).rebuilt} == {None}


def forked(work: Callable[[], None]) -> int:
    """Return the process that does this work and ends."""
    process = os.fork()
    if process:
        return process
    try:
        work()
    finally:
        os._exit(1)


def ended(process: int) -> int:
    """Return the exit code of a process when it has ended."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")


@needs_fork
@pytest.mark.parametrize("moment", ["os.fsync", "pathlib.Path.replace"])
def test_a_crash_while_writing_loses_nothing(ledger: SqliteLedger, path: Path, filled: Projection, moment: str) -> None:
    """A process that dies before its new file is in place leaves the old one, which is still believed."""
    ledger.append(meetings(30), recorded_at=NOW)
    before = path.read_bytes()

    def crash() -> None:
        with open_ledger(ledger.path) as own, pytest.MonkeyPatch.context() as patched:
            patched.setattr(moment, lambda *_: os._exit(9))
            open_projection(own, path)

    assert ended(forked(crash)) == 9
    assert path.read_bytes() == before
    again = open_projection(ledger, path)
    assert again.rebuilt is None
    assert len(again.columns) == len(filled.columns) + 10


@needs_fork
def test_two_processes_at_once_disturb_nobody(ledger: SqliteLedger, path: Path, filled: Projection) -> None:
    """While two processes write the file over and over, whoever reads it finds one that is whole."""

    def busy() -> None:
        with open_ledger(ledger.path) as own:
            projection = open_projection(own, path)
            for _ in range(60):
                projection.save()
            os._exit(0 if projection.unwritten is None else 1)

    writers = [forked(busy) for _ in range(2)]
    found = [open_projection(ledger, path) for _ in range(60)]
    assert [ended(writer) for writer in writers] == [0, 0]
    assert {again.rebuilt for again in found} == {None}
    assert read(found[-1].columns) == read(filled.columns)


# Ledgers that are not sound ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ("""content = '{"id":"m4"}'""", r"position 5: field `fact`: missing"),
        ("content = replace(content, '2018', '2018x')", r"position 5: .*2018x"),
        ("content = replace(content, 'branch_', 'br\"anch_')", r"position 5: not a JSON object"),
        ("recorded_at = 'yesterday'", r"position 5: field `recorded_at`"),
    ],
)
def test_a_record_that_is_no_fact_is_named(ledger: SqliteLedger, change: str, match: str) -> None:
    """A record that somebody made unreadable is named by its position, now and when asked again."""
    ledger.append(meetings(8), recorded_at=NOW)
    with closing(sqlite3.connect(ledger.path)) as other, other:
        other.execute("DROP TRIGGER facts_are_not_changed")
        other.execute(f"UPDATE facts SET {change} WHERE position = 5")  # noqa: S608 - ours
    with pytest.raises(LedgerError, match=match):
        open_projection(ledger)


def test_a_record_made_unreadable_later_is_named(ledger: SqliteLedger, filled: Projection) -> None:
    """A fact that cannot be read any more is named when it is asked for."""
    with closing(sqlite3.connect(ledger.path)) as other, other:
        other.execute("DROP TRIGGER facts_are_not_changed")
        other.execute("""UPDATE facts SET content = '{"id":"m4"}' WHERE position = 5""")
    with pytest.raises(LedgerError, match=r"facts\.ledger: position 5: field `fact`: missing"):
        filled.fact(4)


def test_a_ledger_with_a_gap_is_not_projected(ledger: SqliteLedger, filled: Projection) -> None:
    """Where a position is missing nothing is made of the ledger, and a projection that was open starts again."""
    ledger.append(meetings(9, start=30), recorded_at=NOW)
    tamper(ledger, "removed", 25)
    for ask in (filled.refresh, lambda: open_projection(ledger)):
        with pytest.raises(LedgerError, match="found position 26 where 25 is due; verify the ledger"):
            ask()


def test_types_are_kept_apart() -> None:
    """Every field of every fact type has a column of the kind that its values need."""
    for cls in CORE_VOCABULARY.types.values():
        table = Columns().table(cls)
        assert set(table.fields) == {attribute.name for attribute in attrs.fields(cls)} - LEFT_OUT
