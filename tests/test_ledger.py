"""The SQLite ledger: it passes the conformance suite, and says plainly what is wrong with a file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

import pytest
from attrs import frozen

from partyrules.errors import FactError, LedgerError
from partyrules.facts.codec import canonical_instant, fact_from_wire
from partyrules.facts.vocabulary import CORE_VOCABULARY, Fact, Vocabulary
from partyrules.ledger.base import Ledger, chained
from partyrules.ledger.sqlite import SqliteLedger, open_ledger
from tests.ledger_conformance import LedgerConformance, Tampering
from tests.recordings import NOW, meetings


def tamper(ledger: Ledger, how: Tampering, position: int) -> None:
    """Change a ledger's file behind its back."""
    assert isinstance(ledger, SqliteLedger)
    with closing(sqlite3.connect(ledger.path)) as connection, connection:
        triggers = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for name in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement, values in _statements(connection, how, position):
            done = connection.execute(statement, values)
            assert done.rowcount > 0, "tampering must change something"


def _statements(connection: sqlite3.Connection, how: Tampering, position: int) -> Iterator[tuple[str, list[object]]]:
    insert = "INSERT INTO facts (position, id, fact, recorded_at, content, hash, kept_at)"
    if how == "content":
        yield "UPDATE facts SET content = replace(content, 'p', 'q') WHERE position = ?", [position]
    elif how == "recorded_at":
        yield (
            "UPDATE facts SET recorded_at = replace(recorded_at, '2017', '2016') WHERE position = ?",
            [position],
        )
    elif how == "kept_at":
        # Still in order, so that it shows by the hash alone.
        yield "UPDATE facts SET kept_at = replace(kept_at, '.000000', '.000001') WHERE position >= ?", [position]
    elif how == "id":
        yield "UPDATE facts SET id = 'x' || id WHERE position = ?", [position]
    elif how == "removed":
        yield "DELETE FROM facts WHERE position = ?", [position]
    elif how == "truncated":
        yield "DELETE FROM facts WHERE position >= ?", [position]
    elif how == "swapped":
        yield "UPDATE facts SET position = -1 WHERE position = ?", [position]
        yield "UPDATE facts SET position = ? WHERE position = ?", [position, position + 1]
        yield "UPDATE facts SET position = ? WHERE position = -1", [position + 1]
    elif how == "inserted":
        yield "UPDATE facts SET position = -position WHERE position >= ?", [position]
        yield "UPDATE facts SET position = 1 - position WHERE position < 0", []
        copied = "SELECT ?, 'new', fact, recorded_at, content, hash, kept_at FROM facts WHERE position = ?"
        yield f"{insert} {copied}", [position, position + 1]
    elif how == "appended":
        before = "SELECT hash, kept_at FROM facts WHERE position = ?"
        last, kept = connection.execute(before, [position - 1]).fetchone()
        said = b'{"fact":"unit_dissolved","id":"new","on":"2018-01-01","unit":"B1"}'
        time = canonical_instant(NOW)
        link = chained(last, position, time, said, kept)
        yield f"{insert} VALUES (?, 'new', 'unit_dissolved', ?, ?, ?, ?)", [position, time, said, link, kept]
    else:
        yield "UPDATE head SET hash = zeroblob(32)", []


class SqliteBackend:
    """Ledgers in a directory that goes when the last of them does."""

    def __init__(self) -> None:
        self.directory = TemporaryDirectory()
        self.numbers = count()

    def ledger_factory(self) -> Ledger:
        """Return a new empty ledger."""
        return open_ledger(Path(self.directory.name, f"{next(self.numbers)}.ledger"))

    def tamper(self, ledger: Ledger, how: Tampering, position: int) -> None:
        """Change a ledger's file behind its back."""
        tamper(ledger, how, position)


class TestSqliteLedger(LedgerConformance):
    """Run every law on the SQLite ledger."""

    sqlite: SqliteBackend

    @classmethod
    def setup_class(cls) -> None:
        """Make a place for the ledgers."""
        cls.sqlite = SqliteBackend()
        cls.backend = cls.sqlite

    @classmethod
    def teardown_class(cls) -> None:
        """Take the ledgers away."""
        cls.sqlite.directory.cleanup()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return where a ledger could be."""
    return tmp_path / "facts.ledger"


@pytest.mark.parametrize("what", ["UPDATE facts SET id = 'x'", "DELETE FROM facts", "DELETE FROM head"])
def test_the_file_refuses_changes(place: Path, what: str) -> None:
    """Facts are neither changed nor removed by ordinary SQL, not even by another program."""
    with open_ledger(place) as ledger:
        ledger.append(meetings(2), recorded_at=NOW)
    with closing(sqlite3.connect(place)) as other, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        other.execute(what)


def test_reading_makes_no_ledger(place: Path) -> None:
    """A ledger that is not there is named, and none is made, when it is to be read only or not created."""
    with pytest.raises(LedgerError, match=r"facts\.ledger: there is no such file"):
        open_ledger(place, read_only=True)
    with pytest.raises(LedgerError, match=r"facts\.ledger: there is no such file"):
        open_ledger(place, create=False)
    assert not place.exists()


def test_a_directory_is_no_ledger(tmp_path: Path) -> None:
    """A directory, and a file in a directory that is missing, are refused by name."""
    with pytest.raises(LedgerError, match="found a directory"):
        open_ledger(tmp_path)
    with pytest.raises(LedgerError, match=r"there is no directory .*missing"):
        open_ledger(tmp_path / "missing" / "facts.ledger")


@pytest.mark.parametrize("size", [1, 20, 5000])
@pytest.mark.parametrize("read_only", [False, True])
def test_a_text_file_is_no_ledger(place: Path, size: int, read_only: bool) -> None:  # noqa: FBT001 - a parameter
    """A file of text is refused and left as it was."""
    text = b'{"fact": "person_left"}\n' * size
    place.write_bytes(text)
    with pytest.raises(LedgerError, match="not an SQLite database"):
        open_ledger(place, read_only=read_only)
    assert place.read_bytes() == text


def test_another_database_is_no_ledger(place: Path) -> None:
    """An SQLite database of something else is refused and left as it was."""
    with closing(sqlite3.connect(place)) as other, other:
        other.execute("CREATE TABLE things (name)")
    before = place.read_bytes()
    with pytest.raises(LedgerError, match="an SQLite database of something else"):
        open_ledger(place)
    assert place.read_bytes() == before


def test_an_empty_file_becomes_a_ledger_only_to_write(place: Path) -> None:
    """An empty file is no ledger to a reader, and a new ledger to a writer."""
    place.touch()
    with pytest.raises(LedgerError, match="the file is empty"):
        open_ledger(place, read_only=True)
    with open_ledger(place) as ledger:
        assert ledger.append(meetings(1), recorded_at=NOW).appended == 1


def test_a_newer_format_is_refused(place: Path) -> None:
    """A ledger of a format of the future is refused with both numbers."""
    open_ledger(place).close()
    with closing(sqlite3.connect(place)) as other:
        other.execute("PRAGMA user_version = 7")
    with pytest.raises(LedgerError, match="found format 7; allowed: 1 and 2"):
        open_ledger(place)


def test_a_read_only_ledger_reads_and_verifies(place: Path) -> None:
    """A ledger opened for reading sees what others append meanwhile, verifies, and appends nothing."""
    with open_ledger(place) as writer, open_ledger(place, read_only=True) as reader:
        writer.append(meetings(2), recorded_at=NOW)
        assert len(list(reader.facts())) == 2
        assert reader.verify().checked == 2
        with pytest.raises(LedgerError, match="for reading only"):
            reader.append(meetings(3), recorded_at=NOW)


def test_a_writer_that_waits_in_vain_says_why(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger that another process keeps locked is reported as busy, and nothing is stored."""
    monkeypatch.setattr("partyrules.ledger.connection._BUSY_SECONDS", 0)
    with open_ledger(place) as ledger, closing(sqlite3.connect(place, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="another process has been using it"):
            ledger.append(meetings(1), recorded_at=NOW)
        assert ledger.head().position == 0
        other.execute("ROLLBACK")
        assert ledger.append(meetings(1), recorded_at=NOW).appended == 1


def test_a_reader_stops_no_writer(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a reading goes on, a writer appends without waiting."""
    monkeypatch.setattr("partyrules.ledger.connection._BUSY_SECONDS", 0)
    with open_ledger(place) as writer, open_ledger(place, read_only=True) as reader:
        writer.append(meetings(2), recorded_at=NOW)
        reading = reader.facts()
        next(reading)
        assert writer.append(meetings(3), recorded_at=NOW).appended == 1
        assert len(list(reading)) == 1


def test_damage_to_the_file_is_found(place: Path) -> None:
    """Pages overwritten with noise make `verify` fail instead of raising."""
    with open_ledger(place) as ledger:
        ledger.append(meetings(2000), recorded_at=NOW)
    damaged = bytearray(place.read_bytes())
    damaged[len(damaged) // 2 : len(damaged) // 2 + 40960] = bytes([0xA5]) * 40960
    place.write_bytes(damaged)
    with open_ledger(place, read_only=True) as ledger:
        found = ledger.verify()
    assert not found.ok
    assert found.position is not None
    assert 1 <= found.position <= 2000


def test_a_missing_head_is_found(place: Path) -> None:
    """Without its head a ledger neither verifies nor appends."""
    with open_ledger(place) as ledger:
        ledger.append(meetings(1), recorded_at=NOW)
        with closing(sqlite3.connect(place)) as other, other:
            other.execute("DROP TRIGGER the_head_is_not_removed")
            other.execute("DELETE FROM head")
        assert (ledger.verify().ok, ledger.verify().position) == (False, None)
        with pytest.raises(LedgerError, match="head is missing"):
            ledger.append(meetings(2), recorded_at=NOW)


def test_a_row_beyond_the_head_stops_appending(place: Path) -> None:
    """A row smuggled in behind the head is not built upon; the error asks for a verification."""
    with open_ledger(place) as ledger:
        ledger.append(meetings(2), recorded_at=NOW)
        tamper(ledger, "appended", 3)
        with pytest.raises(LedgerError, match="verify it"):
            ledger.append(meetings(3), recorded_at=NOW)


@pytest.mark.parametrize("column", ["id", "fact", "recorded_at", "content", "hash"])
def test_bytes_that_are_no_text_are_found(place: Path, column: str) -> None:
    """A column overwritten with bytes that are no text is found at its position."""
    with open_ledger(place) as ledger:
        ledger.append(meetings(3), recorded_at=NOW)
        with closing(sqlite3.connect(place)) as other, other:
            other.execute("DROP TRIGGER facts_are_not_changed")
            other.execute(f"UPDATE facts SET {column} = CAST(x'FFFE' AS TEXT) WHERE position = 2")  # noqa: S608 - ours
        found = ledger.verify()
        assert (found.ok, found.position, found.checked) == (False, 2, 1)


def test_types_of_a_pack_need_its_vocabulary(place: Path) -> None:
    """A type that a pack adds is stored with its vocabulary, and refused or unreadable without."""

    @frozen(kw_only=True)
    class SongSung(Fact):
        """Somebody sang."""

        wire: ClassVar[str] = "song_sung"

        song: str

    wider: Vocabulary = CORE_VOCABULARY.with_types([SongSung])
    wire = {"fact": "song_sung", "id": "s1", "on": "2018-01-01", "song": "anthem", "recorded_at": str(NOW)}
    sung = fact_from_wire(wire, vocabulary=wider)
    with open_ledger(place) as narrow, pytest.raises(FactError, match="song_sung"):
        narrow.append([sung], recorded_at=NOW)
    with open_ledger(place, vocabulary=wider) as ledger:
        ledger.append([sung], recorded_at=NOW)
        assert [entry.fact for entry in ledger.facts(types=["song_sung"])] == [sung]
    with open_ledger(place) as narrow, pytest.raises(LedgerError, match=r"position 1: .*song_sung"):
        list(narrow.facts())


def test_a_strange_path_is_only_a_path(tmp_path: Path) -> None:
    """Characters that mean something in a URI do not in the name of a ledger."""
    place = tmp_path / "事实 100%?mode=memory#x.ledger"
    with open_ledger(place) as ledger:
        ledger.append(meetings(1), recorded_at=NOW + timedelta(days=1))
    assert place.exists()
