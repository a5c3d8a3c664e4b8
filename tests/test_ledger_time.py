"""The ledger's own time: kept from format 2 on, unknown in ledgers of format 1, which stay what they are."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

import pytest

from partyrules.errors import FactError, LedgerError, QueryError
from partyrules.facts.codec import content, fact_from_wire
from partyrules.facts.vocabulary import Fact
from partyrules.ledger.base import GENESIS, Head
from partyrules.ledger.sqlite import open_ledger
from tests.commands import FACTS, refused, run, written
from tests.recordings import KEPT, NOW, changed, clock, meetings, showing
from tests.sweeps import slow

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


# Asked by the ledger's own time -----------------------------------------------------------------------------------

KEPT_AT: Final = datetime(2018, 9, 3, 2, 0, tzinfo=UTC)
BEFORE: Final = ("--known-at", "2018-08-01T00:00:00Z")
PACK: Final = ("--pack", "lzwl2017", "--pack", "lzcu2012")
AUDIT: Final = (*PACK, "--as-of", "2018-07-08", "--rule", "lzwl2017:8.1.3", "--subject", "学生乙", "--format", "jsonl")
STEP: Final = (*PACK, "--person", "学生丙", "--to", "probationary_member", "--on", "2018-04-01")
EXPLAINED: Final = (
    *PACK,
    "--rule",
    "lzwl2017:8.1.3",
    "--subject",
    "学生乙",
    "--as-of",
    "2018-07-08",
    "--format",
    "json",
)


@pytest.fixture
def claimed(tmp_path: Path) -> Path:
    """Return a ledger to which facts were added in September that claim to be recorded in spring."""
    place = tmp_path / "institution.db"
    spring = "2018-04-01T00:00:00Z"
    heard = {"id": "late", "fact": "activity_held", "on": "2018-03-20", "activity": "study_report", "unit": "支部甲"}
    lifted = {**FACTS[17], "id": "lifted", "on": "2018-03-30", "verdict": "support"}
    with open_ledger(place) as ledger:
        ledger.append(
            [fact_from_wire({**row, "recorded_at": spring}) for row in FACTS],
            recorded_at=NOW,
            clock=showing(datetime(2018, 4, 1, tzinfo=UTC)),
        )
        late = [{**heard, "attended": ["学生乙"], "recorded_at": spring}, {**lifted, "recorded_at": spring}]
        ledger.append([fact_from_wire(row) for row in late], recorded_at=NOW, clock=showing(KEPT_AT))
    return place


def test_what_was_kept_later_does_not_turn_an_answer_of_before(claimed: Path, tmp_path: Path) -> None:
    """By the claims a fact of September turns what was known in August; by the ledger's own time it does not."""

    def asked(*arguments: object) -> str:
        found = run(*arguments)
        assert found.exit_code == 0, found.stderr
        return found.stdout

    for question in (("audit", claimed, *AUDIT), ("explain", claimed, *EXPLAINED)):
        by_claim, by_own = asked(*question, *BEFORE), asked(*question, *BEFORE, "--by-ledger-time")
        assert ("satisfied" in by_claim, "breached" in by_own) == (True, True)
        assert asked(*question, "--known-at", KEPT_AT.isoformat(), "--by-ledger-time") == asked(*question)
    record = tmp_path / "decision.json"
    assert "vetoed" not in asked("decide", claimed, *STEP, *BEFORE, "--format", "json")
    decided = asked("decide", claimed, *STEP, *BEFORE, "--by-ledger-time", "--format", "json", "--record", record)
    assert json.loads(decided)["outcome"] == "vetoed"
    assert json.loads(record.read_text())["facts"]["ledger"]["position"] == len(FACTS)
    assert asked("replay", record, claimed) == "The same answer: vetoed\n"
    counted = asked("funnel", claimed, *PACK, "--on", "2018-04-01", *BEFORE, "--by-ledger-time", "--format", "json")
    assert json.loads(counted)


def test_the_own_time_is_asked_where_there_is_one(claimed: Path, tmp_path: Path) -> None:
    """Without a time, of a file, of a ledger of format 1 and of kept columns nothing is answered by the own time."""
    assert "give that too" in refused("audit", claimed, *AUDIT, "--by-ledger-time")
    own = (*AUDIT, *BEFORE, "--by-ledger-time")
    assert "file of facts, which keeps no time" in refused("audit", written(tmp_path / "facts.jsonl", FACTS), *own)
    assert "goes without --by-ledger-time" in refused("audit", claimed, *own, "--projection", tmp_path / "kept")
    old = tmp_path / "old.db"
    of_format_1(old, meetings(2))
    assert "format 1, which keeps no time of its own" in refused("audit", old, *own)


def test_a_snapshot_of_a_time(claimed: Path) -> None:
    """A snapshot by the ledger's own time holds the facts kept by then, and the head of then."""
    with open_ledger(claimed, read_only=True) as ledger:
        for instant, count in ((KEPT_AT, len(FACTS) + 2), (KEPT_AT - timedelta(microseconds=1), len(FACTS))):
            held = ledger.snapshot(kept_by=instant)
            assert (held.head, len(held.facts)) == (ledger.head(kept_by=instant), count)
            assert list(held) == [entry.fact for entry in ledger.facts()][:count]
        assert ledger.snapshot(kept_by=datetime(2017, 1, 1, tzinfo=UTC)).facts == ()


@slow
def test_claims_of_an_earlier_day_are_told(claimed: Path, tmp_path: Path) -> None:
    """`verify` and the report tell how many facts claim an earlier day, and `verify` where no time is kept."""
    told = run("verify", claimed).stdout
    assert "2 of them claim to be recorded more than a day before the ledger kept them" in told
    assert "其中 2 条" in run("verify", claimed, "--lang", "zh").stdout
    old = tmp_path / "old.db"
    of_format_1(old, meetings(2))
    assert "keeps no time of its own" in run("verify", old).stdout
    assert "没有自己的时间" in run("verify", old, "--lang", "zh").stdout
    for lang, line in (("en", "claim to be recorded more than a day"), ("zh", "早于入账时间一天以上")):
        out = tmp_path / lang
        assert run("demo", "--out", out, "--students", "120", "--lang", lang).exit_code == 0
        facts = len((out / "facts.jsonl").read_text().splitlines())
        [counted] = [each for each in (out / "lzwl2017-report.md").read_text().splitlines() if line in each]
        assert str(facts) in counted
