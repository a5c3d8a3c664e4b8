"""The ledger's own word: what was done to its file, its schema or its indexes shows, and is never built upon."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import ClassVar, Final

import pytest
from attrs import frozen

from partyrules.errors import LedgerError, QueryError
from partyrules.facts.codec import content, fact_from_wire
from partyrules.facts.vocabulary import CORE_VOCABULARY, Fact
from partyrules.ledger.base import GENESIS, Head, Row, Verification, chained, parse_head
from partyrules.ledger.sqlite import SqliteLedger, open_ledger
from partyrules.ledger.verification import verification
from tests.commands import refused, run, written
from tests.recordings import NOW, changed, clock, meetings, synthetic

TIME: Final = "2017-06-01T00:00:00.000000Z"
OWN_TIME: Final = "2021-01-01T00:00:00.000000Z"
BORN: Final = synthetic("unit_established", id="u1", on="2018-03-01", unit="B1", kind="branch")
TERM: Final = synthetic(
    "term_declared", id="t1", on="2018-03-01", until="2018-07-01", kind="semester", term="2018-spring"
)
GONE: Final = synthetic("fact_retracted", id="r1", on="2018-03-01", target="r2", reason="in error")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return where a ledger of five meetings, a unit, a term and a retraction is."""
    path = tmp_path / "facts.ledger"
    with open_ledger(path) as ledger:
        ledger.append([*meetings(5), BORN, TERM, GONE], recorded_at=NOW, clock=clock)
    return path


@contextmanager
def by_hand(place: Path) -> Iterator[sqlite3.Connection]:
    """Open the file as somebody does who owns it and knows SQLite."""
    with closing(sqlite3.connect(place, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        yield connection


def verified(place: Path, *noted: Head) -> Verification:
    """Return what a verification of the file finds."""
    with open_ledger(place, read_only=True) as ledger:
        return ledger.verify(noted=noted)


def wrong(place: Path, *noted: Head) -> str:
    """Return what a verification finds wrong, with the position."""
    found = verified(place, *noted)
    assert not found.ok
    assert found.problem
    return f"{found.position}: {found.problem}"


def chain_on(place: Path, *facts: Fact) -> None:
    """Write facts behind the last as a ledger does, head and all, but without asking whether they may be recorded."""
    with by_hand(place) as connection:
        for fact in facts:
            connection.execute("BEGIN")
            (position, link) = connection.execute("SELECT position, hash FROM head").fetchone()
            said = content(fact)
            link = chained(link, position + 1, TIME, said, OWN_TIME)
            connection.execute(
                "INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?)",
                [position + 1, fact.id, fact.wire, TIME, said, link, OWN_TIME],
            )
            connection.execute("UPDATE head SET position = ?, hash = ?", [position + 1, link])
            connection.execute("COMMIT")


def test_a_ledger_as_written_is_sound(place: Path) -> None:
    """A ledger that nobody touched verifies, and the verification states its head."""
    found = verified(place)
    with open_ledger(place) as ledger:
        assert (found.ok, found.checked, found.head, found.unknown) == (True, 8, ledger.head(), {})


# The schema ---------------------------------------------------------------------------------------------------------

SWALLOW: Final = "CREATE TRIGGER swallow BEFORE INSERT ON facts BEGIN SELECT RAISE(IGNORE); END"
UNIQUE: Final = "id TEXT NOT NULL UNIQUE"


def as_a_view(connection: sqlite3.Connection) -> None:
    """Put a view in the place of the table of facts."""
    connection.execute("ALTER TABLE facts RENAME TO kept")
    connection.execute("CREATE VIEW facts AS SELECT * FROM kept WHERE position < 3")


def as_an_endless_view(connection: sqlite3.Connection) -> None:
    """Put a view that never ends in the place of the head."""
    connection.execute("DROP TABLE head")
    connection.execute(
        "CREATE VIEW head AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
        "SELECT 1 AS one, max(x) AS position, zeroblob(32) AS hash FROM n"
    )


def without_uniqueness(connection: sqlite3.Connection) -> None:
    """Make the table of facts anew, so that an id may stand in it twice."""
    [table] = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'facts'").fetchone()
    triggers = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'facts'")
    statements = [sql for (sql,) in triggers.fetchall()]
    connection.execute("ALTER TABLE facts RENAME TO kept")
    connection.execute("DROP INDEX facts_by_type")
    connection.execute(table.replace(UNIQUE, UNIQUE.replace(" UNIQUE", "")))
    connection.execute("INSERT INTO facts SELECT * FROM kept")
    connection.execute("DROP TABLE kept")
    for sql in ("CREATE INDEX facts_by_type ON facts (fact)", *statements):
        connection.execute(sql)


def sql(statement: str) -> Callable[[sqlite3.Connection], object]:
    """Return what executes a statement."""
    return lambda connection: connection.execute(statement)


SCHEMAS: Final[dict[str, Callable[[sqlite3.Connection], object]]] = {
    "trigger `facts_are_not_changed` is missing": sql("DROP TRIGGER facts_are_not_changed"),
    "trigger `facts_are_not_removed` is missing": sql("DROP TRIGGER facts_are_not_removed"),
    "trigger `the_head_is_not_removed` is missing": sql("DROP TRIGGER the_head_is_not_removed"),
    "trigger `facts_are_not_changed` is not the one": sql(
        "UPDATE sqlite_master SET sql = replace(sql, 'no fact', 'a fact') WHERE name = 'facts_are_not_changed'"
    ),
    "a trigger `swallow`, which no ledger has": sql(SWALLOW),
    "index `facts_by_type` is missing": sql("DROP INDEX facts_by_type"),
    "an index": sql("CREATE INDEX extra ON facts (recorded_at)"),
    "table `notes`, which no ledger has": sql("CREATE TABLE notes (said)"),
    "view `shown`, which no ledger has": sql("CREATE VIEW shown AS SELECT id FROM facts"),
    "table `sqlite_stat1`, which no ledger has": sql("ANALYZE"),
    "table `facts` is missing": as_a_view,
    "table `head` is missing": as_an_endless_view,
    "table `facts` is not the one": without_uniqueness,
}


@pytest.mark.parametrize("told", SCHEMAS)
def test_another_schema_is_found_and_not_written_to(place: Path, told: str) -> None:
    """A trigger, index or table that is missing, planted or changed is named by `verify`, and nothing is recorded."""
    with by_hand(place) as connection:
        SCHEMAS[told](connection)
    before = place.read_bytes()
    assert told.removeprefix("an ") in wrong(place)
    for lang, form in (
        ("en", "not as it was written, its|not as it was written, it has"),
        ("zh", "已损坏或被改动，缺少其|已损坏或被改动，含有台账所没有的|已损坏或被改动，其"),
    ):
        found = run("verify", place, "--lang", lang)
        assert found.exit_code == 1
        assert any(start in found.stdout for start in form.split("|"))
    with pytest.raises(LedgerError, match="nothing was recorded"):
        open_ledger(place)
    more = written(
        place.with_name("more.jsonl"), ({"id": "x", "fact": "person_left", "on": "2018-01-01", "person": "p"},)
    )
    assert "nothing was recorded" in refused("record", place, more)
    assert place.read_bytes() == before


@pytest.mark.parametrize("how", [as_a_view, as_an_endless_view, without_uniqueness])
def test_what_is_no_table_of_a_ledger_answers_nothing(place: Path, how: Callable[[sqlite3.Connection], object]) -> None:
    """Where another table or a view stands in the place of facts or head, no fact and no head is read of it."""
    with by_hand(place) as connection:
        how(connection)
    with open_ledger(place, read_only=True) as ledger:
        uses: tuple[Callable[[], object], ...] = (
            ledger.head,
            ledger.snapshot,
            lambda: list(ledger.facts()),
            lambda: list(ledger.rows()),
            lambda: list(ledger.with_ids(["m1"])),
            lambda: ledger.rows_at([1]),
        )
        for use in uses:
            with pytest.raises(LedgerError, match="not to be believed"):
                use()
    assert "not to be believed" in refused("audit", place, "--pack", "lzwl2017", "--as-of", "2018-07-08")


def test_a_trigger_planted_while_a_ledger_is_open_is_not_written_through(place: Path) -> None:
    """A trigger that swallows inserts is found by the next batch, of an open ledger too, which says so."""
    with open_ledger(place) as ledger:
        head = ledger.head()
        with by_hand(place) as connection:
            connection.execute(SWALLOW)
        with pytest.raises(LedgerError, match="`swallow`"):
            ledger.append(meetings(1, start=10), recorded_at=NOW)
        assert ledger.head() == head


def test_a_write_counts_what_it_wrote(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts that did not reach the table make the write fail, whatever kept them away."""
    monkeypatch.setattr("partyrules.ledger.sqlite.schema_problem", lambda *_, **__: None)
    with by_hand(place) as connection:
        connection.execute(SWALLOW)
    with open_ledger(place) as ledger:
        head = ledger.head()
        with pytest.raises(LedgerError, match="3 facts were written, but 0 are there"):
            ledger.append(meetings(3, start=10), recorded_at=NOW)
        assert ledger.head() == head


# The indexes --------------------------------------------------------------------------------------------------------


def spoil(place: Path, index: str, *, old: bytes | None, new: bytes = b"") -> None:
    """Change what stands in the only page of an index, or without `old` take its last entry away."""
    with by_hand(place) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        [root] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [index]).fetchone()
        [size] = connection.execute("PRAGMA page_size").fetchone()
    raw = bytearray(place.read_bytes())
    start = (root - 1) * size
    page = raw[start : start + size]
    if old is None:
        count = int.from_bytes(page[3:5])
        page[3:5] = (count - 1).to_bytes(2)
    else:
        assert page.count(old) > 0
        page = page.replace(old, new)
    raw[start : start + size] = page
    place.write_bytes(raw)


IDS: Final = "sqlite_autoindex_facts_1"
TYPES: Final = "facts_by_type"


@pytest.mark.parametrize(("old", "new"), [(b"m3", b"n3"), (b"m3", b"m9"), (b"u1", b"zz"), (None, b"")])
def test_a_damaged_index_of_ids_records_nothing_twice(place: Path, old: bytes | None, new: bytes) -> None:
    """Where the index of ids lost or changed an entry, `verify` says so and a fact is not recorded again."""
    spoil(place, IDS, old=old, new=new)
    assert "the file is damaged: " in wrong(place)
    with open_ledger(place) as ledger:
        head = ledger.head()
        for facts in (meetings(5), [BORN], meetings(1, start=10)):
            with pytest.raises(LedgerError, match="index by `id` does not agree"):
                ledger.append(facts, recorded_at=NOW)
        assert ledger.head() == head


@pytest.mark.parametrize(
    ("old", "new"), [(b"unit_established", b"unit_establishen"), (b"term_", b"erm_t"), (None, b"")]
)
def test_a_damaged_index_of_types_admits_nothing(place: Path, old: bytes | None, new: bytes) -> None:
    """Where the index of types lost or changed an entry, no unit is established twice because it was not found."""
    spoil(place, TYPES, old=old, new=new)
    assert "the file is damaged: " in wrong(place)
    with open_ledger(place) as ledger:
        head = ledger.head()
        with pytest.raises(LedgerError, match="index by `fact` does not agree"):
            ledger.append([changed(BORN, id="u2")], recorded_at=NOW)
        assert ledger.head() == head


# What could not have been recorded ----------------------------------------------------------------------------------


IMPOSSIBLE: Final = {
    "9: it could not be recorded: unit 'B1' is established": [changed(BORN, id="u2", on="2018-03-05")],
    "9: it could not be recorded: term 'other'": [
        changed(TERM, id="t2", on="2018-06-01", until="2018-08-01", term="other")
    ],
    "9: it could not be recorded: field `target`: a circle": [changed(GONE, id="r2", target="r1")],
}


@pytest.mark.parametrize("told", IMPOSSIBLE)
def test_what_could_not_be_recorded_is_found(place: Path, told: str) -> None:
    """A unit established twice, terms that overlap or a circle of retractions is found, however well it is chained."""
    chain_on(place, *IMPOSSIBLE[told])
    assert wrong(place).startswith(told)


def test_an_id_that_stands_twice_is_found(place: Path) -> None:
    """A second record with an id that is taken is found, though chain and head fit and no index forbids it."""
    with by_hand(place) as connection:
        without_uniqueness(connection)
    chain_on(place, changed(BORN, note="again"))
    assert wrong(place).startswith("None: its table `facts` is not the one")
    with closing(sqlite3.connect(place)) as connection:
        head = Head(*connection.execute("SELECT position, lower(hex(hash)) FROM head").fetchone())
        columns = ", ".join(Row._fields).replace("wire", "fact")
        rows = [Row(*row) for row in connection.execute(f"SELECT {columns} FROM facts")]  # noqa: S608 - ours
    found = verification(rows, head, vocabulary=CORE_VOCABULARY, ledger_format=2)
    assert (found.ok, found.position, found.checked) == (False, 9, 8)
    assert found.problem == "the id 'u1' stands already at a position before"


# Heads that were noted elsewhere ------------------------------------------------------------------------------------


def cut_off(place: Path, position: int) -> None:
    """Take away all records behind a position and set the head back, as if they had never been."""
    with by_hand(place) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DELETE FROM facts WHERE position > ?", [position])
        connection.execute(
            "UPDATE head SET (position, hash) = (SELECT position, hash FROM facts WHERE position = ?)", [position]
        )
        for _, statement in triggers:
            connection.execute(statement)


def test_a_head_noted_elsewhere_shows_an_end_cut_off(place: Path) -> None:
    """A ledger whose end was cut off with its head is sound in itself; a head noted before shows what is missing."""
    with open_ledger(place) as ledger:
        noted = ledger.head()
        early = Head(5, ledger.rows_at([5])[0].hash.hex())
    assert verified(place, noted, early, early, Head(0, GENESIS[2].hex())).ok
    cut_off(place, 6)
    assert verified(place).ok
    assert verified(place, early).ok
    assert wrong(place, early, noted) == f"7: cut off: the record ends at 6, but the head {noted} was noted"
    found = run("verify", place, "--head", early, "--head", noted)
    assert (found.exit_code, "cut off: the record ends at 6" in found.stdout) == (1, True)


def test_a_head_noted_elsewhere_shows_another_record(place: Path, tmp_path: Path) -> None:
    """A head of another ledger, or of what the ledger was before it was written anew, is not found in this one."""
    with open_ledger(tmp_path / "other.ledger") as other:
        other.append(meetings(3, start=1), recorded_at=NOW)
        noted = other.head()
    assert wrong(place, noted).startswith(f"3: not the record whose head was noted: {noted} was, 3:")
    assert wrong(place, Head(0, noted.hash)).startswith("None: not the record whose head was noted: 0:")


def flipped(log: Path) -> None:
    """Change one byte of the last transaction."""
    raw = bytearray(log.read_bytes())
    raw[-100] ^= 1
    log.write_bytes(raw)


LOST: Final[dict[str, Callable[[Path], object]]] = {
    "removed, or left behind by who copied": Path.unlink,
    "cut short": lambda log: os.truncate(log, log.stat().st_size - 1),
    "emptied": lambda log: os.truncate(log, 0),
    "one byte flipped": flipped,
}


@pytest.mark.parametrize("how", LOST)
def test_a_head_noted_elsewhere_shows_what_was_lost_with_a_log(place: Path, tmp_path: Path, how: str) -> None:
    """Where an earlier version kept a log beside a ledger, what is lost with it after a crash shows against a head."""
    crashed = tmp_path / "crashed" / "facts.ledger"
    crashed.parent.mkdir()
    with by_hand(place) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        # Whoever closes the file last puts the log into it.
        assert connection.execute("SELECT count(*) FROM facts").fetchone() == (8,)
        chain_on(place, *meetings(2, start=10))
        noted = Head(*connection.execute("SELECT position, lower(hex(hash)) FROM head").fetchone())
        for file in (place, Path(f"{place}-wal")):
            shutil.copy(file, crashed.parent)
    assert noted.position == 10
    assert verified(crashed, noted).ok
    for leftover in crashed.parent.glob("*-shm"):
        leftover.unlink()
    LOST[how](Path(f"{crashed}-wal"))
    assert verified(crashed).ok
    assert "cut off: the record ends at " in wrong(crashed, noted)


def test_each_command_that_states_a_head_states_it_to_be_given_back(place: Path, tmp_path: Path) -> None:
    """The head that `record` and `verify` state is taken by `verify --head`; else it is refused, with the form."""
    facts = written(tmp_path / "f.jsonl", ({"id": "x", "fact": "person_left", "on": "2018-01-01", "person": "p"},))
    recorded = run("record", place, facts).stdout.split()[-1]
    assert recorded.startswith("9:")
    assert f" {recorded}" in run("verify", place).stdout
    for form in (recorded, recorded.upper(), f" {recorded} "):
        assert run("verify", place, "--head", form).exit_code == 0
        assert str(parse_head(form)) == recorded
    for form in ("", "9", recorded[2:], recorded[:-1], f"-{recorded}", f"{recorded}0", "９" + recorded[1:]):
        with pytest.raises(QueryError, match="POSITION:HASH"):
            parse_head(form)
        assert "POSITION:HASH" in refused("verify", place, "--head", form)


# Types that are not known here --------------------------------------------------------------------------------------


@frozen(kw_only=True)
class SongSung(Fact):
    """Somebody sang."""

    wire: ClassVar[str] = "song_sung"

    song: str


SUNG: Final = {"fact": "song_sung", "id": "s1", "on": "2018-01-01", "song": "anthem"}


def test_a_type_that_is_not_known_here_is_no_damage(place: Path) -> None:
    """Facts of a pack's types verify without the pack: chain and form are checked, and they are counted."""
    wider = CORE_VOCABULARY.with_types([SongSung])
    songs = [fact_from_wire({**SUNG, "id": f"s{n}"}, vocabulary=wider) for n in range(3)]
    with open_ledger(place, vocabulary=wider) as ledger:
        ledger.append([*songs, *meetings(1, start=10)], recorded_at=NOW)
        assert ledger.verify().unknown == {}
    found = verified(place)
    assert (found.ok, found.checked, found.unknown) == (True, 12, {"song_sung": 3})
    told = run("verify", place)
    assert (told.exit_code, "3 of them are of type `song_sung`, not known here" in told.stdout) == (0, True)
    assert "其中 3 条的类型 `song_sung` 在此未知" in run("verify", place, "--lang", "zh").stdout


@pytest.mark.parametrize(
    "said",
    [
        b"not json",
        b"[]",
        b'{"fact":"song_sung","id":"s1","on":"2018-01-01","song":"a","song":"b"}',
        b'{"id":"s1","fact":"song_sung","on":"2018-01-01"}',
        b'{"fact": "song_sung","id":"s1","on":"2018-01-01"}',
        b'{"fact":"song_sung","id":"s1","on":"2018-01-01","recorded_at":"2018-01-01T00:00:00Z"}',
        b'{"fact":"song_sung","id":"s2"}',
        b'{"fact":"song_song","id":"s1"}',
        b'{"fact":"meeting_held","id":"s1"}',
        b'{"fact":"song_sung","id":"\xff"}',
        b"",
    ],
)
def test_the_form_of_a_type_that_is_not_known_is_checked(place: Path, said: bytes) -> None:
    """What no ledger writes is found whatever its type: keys twice or out of order, spaces, another id or type."""
    with by_hand(place) as connection:
        [link] = connection.execute("SELECT hash FROM head").fetchone()
        link = chained(link, 9, TIME, said, OWN_TIME)
        connection.execute("INSERT INTO facts VALUES (9, 's1', 'song_sung', ?, ?, ?, ?)", [TIME, said, link, OWN_TIME])
        connection.execute("UPDATE head SET position = 9, hash = ?", [link])
    assert wrong(place).startswith("9: ")


def test_the_form_of_a_type_that_is_known_is_checked(place: Path) -> None:
    """A record that reads as a fact, but is not written as a ledger writes it, is found."""
    said = content(meetings(1, start=10)[0]).replace(b'"id"', b'"id" ')
    with by_hand(place) as connection:
        [link] = connection.execute("SELECT hash FROM head").fetchone()
        for time, spoilt in ((TIME, said), (TIME.replace(".000000", ""), said.replace(b" ", b""))):
            linked = chained(link, 9, time, spoilt, OWN_TIME)
            row = [time, spoilt, linked, OWN_TIME]
            connection.execute("INSERT INTO facts VALUES (9, 'm10', 'meeting_held', ?, ?, ?, ?)", row)
            connection.execute("UPDATE head SET position = 9, hash = ?", [linked])
            assert wrong(place) == "9: it is not in the form in which a ledger writes it"
            connection.execute("DROP TRIGGER IF EXISTS facts_are_not_removed")
            connection.execute("DELETE FROM facts WHERE position = 9")


# One moment ---------------------------------------------------------------------------------------------------------


def test_a_snapshot_is_of_one_moment(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Head and facts of a snapshot, and all that a verification sees, belong together while others append."""
    with open_ledger(place) as writer, open_ledger(place, read_only=True) as reader:
        moments: list[Head] = []
        pages = SqliteLedger._pages  # noqa: SLF001 - it is called when the head was read, and the records were not

        def appending(ledger: SqliteLedger, *, end: int) -> Iterator[Row]:
            """Append a fact from elsewhere before the records are read."""
            monkeypatch.undo()
            moments.append(writer.append(meetings(1, start=100 + len(moments)), recorded_at=NOW).head)
            return pages(ledger, end=end)

        monkeypatch.setattr(SqliteLedger, "_pages", appending)
        snapshot = reader.snapshot()
        assert (snapshot.head.position, len(snapshot.facts), moments[0].position) == (8, 8, 9)
        assert tuple(snapshot) == tuple(entry.fact for entry in reader.facts())[:8]
        monkeypatch.setattr(SqliteLedger, "_pages", appending)
        found = reader.verify()
        assert (found.ok, found.checked, found.head) == (True, 9, moments[0])
        assert reader.head() == moments[1]
