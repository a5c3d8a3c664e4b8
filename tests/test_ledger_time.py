"""The ledger's own time: kept from format 2 on, unknown in ledgers of format 1, which stay what they are."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from partyrules.codec import content
from partyrules.errors import FactError, LedgerError, QueryError
from partyrules.facts import Fact
from partyrules.ledger.base import GENESIS, Head
from partyrules.ledger.sqlite import open_ledger
from partyrules.testing.ledger_conformance import KEPT, NOW, changed, clock, meetings, showing

# As partyrules made a ledger while format 1 was the only one.
SCHEMA_OF_FORMAT_1 = """
    CREATE TABLE facts (
        position INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        fact TEXT NOT NULL,
        recorded_at TEXT NOT NULL,
        content BLOB NOT NULL,
        hash BLOB NOT NULL
    );
    CREATE INDEX facts_by_type ON facts (fact);
    CREATE TABLE head (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        position INTEGER NOT NULL,
        hash BLOB NOT NULL
    );
    CREATE TRIGGER facts_are_not_changed BEFORE UPDATE ON facts
    BEGIN SELECT RAISE(ABORT, 'a ledger is append-only: no fact is changed'); END;
    CREATE TRIGGER facts_are_not_removed BEFORE DELETE ON facts
    BEGIN SELECT RAISE(ABORT, 'a ledger is append-only: no fact is removed'); END;
    CREATE TRIGGER the_head_is_not_removed BEFORE DELETE ON head
    BEGIN SELECT RAISE(ABORT, 'a ledger is append-only: its head is not removed'); END;
    PRAGMA application_id = 1347570759;
    PRAGMA user_version = 1;
    PRAGMA journal_mode = WAL;
"""


def of_format_1(place: Path, facts: list[Fact]) -> bytes:
    """Make a ledger of format 1 with these facts, all of which say when they were recorded; return its last hash."""
    with closing(sqlite3.connect(place, isolation_level=None)) as file:
        file.executescript(SCHEMA_OF_FORMAT_1)
        file.execute("INSERT INTO head VALUES (1, 0, ?)", [sha256(b"partyrules ledger, format 1").digest()])
        return append_in_format_1(file, facts)


def append_in_format_1(file: sqlite3.Connection, facts: list[Fact]) -> bytes:
    """Append as partyrules did while format 1 was the only one; return the last hash."""
    position, link = file.execute("SELECT position, hash FROM head").fetchone()
    for fact in facts:
        assert fact.recorded_at is not None
        position += 1
        time = fact.recorded_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        link = sha256(link + f"{position:020}{time}".encode() + content(fact)).digest()
        row = (position, fact.id, fact.wire, time, content(fact), link)
        file.execute("INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?)", row)
    file.execute("UPDATE head SET position = ?, hash = ?", [position, link])
    return bytes(link)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return where a ledger could be."""
    return tmp_path / "facts.ledger"


def test_a_ledger_of_format_1_goes_on_as_one(place: Path) -> None:
    """A ledger of format 1 is read, verified and appended to by the chain of that format, and keeps no time."""
    facts = meetings(5)
    link = of_format_1(place, facts[:3])
    with open_ledger(place) as ledger:
        assert ledger.format == 1
        assert ledger.head() == Head(3, link.hex())
        assert ledger.append(facts, recorded_at=NOW, clock=clock).appended == 2
        assert [entry.fact for entry in ledger.facts()] == facts
        assert [row.kept_at for row in ledger.rows()] == [None] * 5
        assert [row.kept_at for row in ledger.rows_at([5, 4])] == [None] * 2
        found, head = ledger.verify(), ledger.head()
        assert (found.ok, found.checked, found.backdated) == (True, 5, None)
    whole = place.with_name("whole.ledger")
    assert head == Head(5, of_format_1(whole, facts).hex())


def test_a_ledger_of_format_1_refuses_claims_of_the_future(place: Path) -> None:
    """A fact that claims to be recorded later than the clock shows is refused in format 1 as well."""
    of_format_1(place, meetings(1))
    late = changed(meetings(2)[1], recorded_at=KEPT + timedelta(seconds=1))
    with open_ledger(place) as ledger:
        with pytest.raises(FactError, match="`recorded_at`: found 2021-01-01T00:00:01"):
            ledger.append([late], recorded_at=NOW, clock=clock)
        assert ledger.append([late], recorded_at=NOW, clock=showing(KEPT + timedelta(days=1))).appended == 1


def test_a_ledger_of_format_1_cannot_be_asked_by_its_own_time(place: Path) -> None:
    """Asking a ledger of format 1 where it ended at a time of its own is refused with the reason."""
    of_format_1(place, meetings(1))
    with open_ledger(place, read_only=True) as ledger, pytest.raises(QueryError, match="format 1, which keeps no time"):
        ledger.head(kept_by=KEPT)


def test_an_empty_ledger_of_format_1(place: Path) -> None:
    """A ledger of format 1 without facts ends where its own chain begins."""
    of_format_1(place, [])
    with open_ledger(place) as ledger:
        assert ledger.head() == Head(0, GENESIS[1].hex())
        assert ledger.verify().ok


def test_a_new_ledger_is_of_format_2(place: Path) -> None:
    """A ledger that is made now is of format 2, and by the clock of the machine where none is given."""
    with open_ledger(place) as ledger:
        assert (ledger.format, ledger.head()) == (2, Head(0, GENESIS[2].hex()))
        ledger.append(meetings(1), recorded_at=NOW)
        [row] = ledger.rows()
        assert row.kept_at is not None
        assert row.kept_at > "2025"


@pytest.mark.parametrize(
    ("kept_at", "told"),
    [("'2020'", "the ledger's own time is '2020'"), ("'2020-06-01T00:00:00.000000Z'", "goes back from 2021")],
)
def test_a_wrong_own_time_shows_though_the_chain_is_mended(place: Path, kept_at: str, told: str) -> None:
    """An own time that is none, or goes back, is found at its position even where the hashes were computed anew."""
    with open_ledger(place) as ledger:
        ledger.append(meetings(3), recorded_at=NOW, clock=clock)
    with closing(sqlite3.connect(place, isolation_level=None)) as file:
        file.execute("DROP TRIGGER facts_are_not_changed")
        file.execute(f"UPDATE facts SET kept_at = {kept_at} WHERE position = 2")  # noqa: S608 - ours
        rows = file.execute("SELECT position, kept_at, recorded_at, content FROM facts").fetchall()
        link = GENESIS[2]
        for position, own, claimed, said in rows:
            link = sha256(link + f"{position:020}{own}{claimed}".encode() + said).digest()
            file.execute("UPDATE facts SET hash = ? WHERE position = ?", [link, position])
        file.execute("UPDATE head SET hash = ?", [link])
    with open_ledger(place, read_only=True) as ledger:
        found = ledger.verify()
    assert (found.ok, found.position) == (False, 2)
    assert found.problem is not None
    assert told in found.problem


def test_nothing_is_appended_after_a_lost_end(place: Path) -> None:
    """Where the last record is gone its time is unknown, and nothing is appended."""
    with open_ledger(place) as ledger:
        ledger.append(meetings(3), recorded_at=NOW, clock=clock)
        with closing(sqlite3.connect(place, isolation_level=None)) as file:
            file.execute("DROP TRIGGER facts_are_not_removed")
            file.execute("DELETE FROM facts WHERE position = 3")
        with pytest.raises(LedgerError, match="verify it"):
            ledger.append(meetings(1, start=7), recorded_at=NOW, clock=clock)
