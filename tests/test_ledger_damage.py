"""Damage to the file of a ledger is found or changes nothing, and no command ends in a traceback over it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Final

import pytest

from partyrules.errors import PartyRulesError
from partyrules.facts.codec import fact_from_wire
from partyrules.ledger.base import Ledger
from partyrules.ledger.sqlite import open_ledger
from tests.commands import BOTH, FACTS, PACK, run, written
from tests.recordings import NOW, clock, meetings
from tests.sweeps import crossed

FLIPS: Final = 150
MEETINGS: Final = 90
PAGE: Final = 4096
IDS: Final = [f"m{n}" for n in range(0, MEETINGS, 7)]
MEMBERS: Final = tuple({**row, "id": f"x/{row['id']}"} for row in FACTS)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the bytes of a ledger that holds an institution and many meetings."""
    place = tmp_path_factory.mktemp("sound") / "facts.ledger"
    with open_ledger(place) as ledger:
        # The same bytes in every run.
        ledger.append([fact_from_wire(dict(row)) for row in MEMBERS], recorded_at=NOW, clock=clock)
        for start in range(0, MEETINGS, 30):
            ledger.append(meetings(30, start=start), recorded_at=NOW, clock=clock)
    return place.read_bytes()


def anew(place: Path, raw: bytes | bytearray) -> Path:
    """Put bytes in the place of a ledger and whatever stands beside it."""
    for path in place.parent.glob(f"{place.name}*"):
        path.unlink()
    place.write_bytes(raw)
    return place


def all_of(ledger: Ledger) -> dict[str, object]:
    """Return all that can be read of a ledger."""
    return {
        "rows": list(ledger.rows()),
        "head": ledger.head(),
        "facts": list(ledger.facts()),
        "some types": list(ledger.facts(types=["unit_established", "meeting_held"])),
        "some ids": sorted(ledger.with_ids([*IDS, "x/u1"]), key=lambda entry: entry.position),
        "snapshot": ledger.snapshot(),
    }


def read(place: Path) -> dict[str, object]:
    """Return all that can be read of the ledger in a file."""
    with open_ledger(place, read_only=True) as ledger:
        return all_of(ledger)


def grown(place: Path) -> dict[str, object]:
    """Return all that can be read once more was appended, some of which was there."""
    with open_ledger(place) as ledger:
        last = ledger.rows_at([ledger.head().position])[0]
        ledger.append(meetings(40, start=MEETINGS - 20), recorded_at=NOW, clock=clock)
        assert ledger.verify().ok
        return {**all_of(ledger), "last": last}


def is_sound(place: Path) -> bool:
    """Tell whether a verification calls the file sound; a refusal to open it is a no."""
    try:
        with open_ledger(place, read_only=True) as ledger:
            return ledger.verify().ok
    except PartyRulesError:
        return False


def test_a_flipped_byte_is_found_or_changes_nothing(sound: bytes, tmp_path: Path) -> None:
    """Where a byte is changed the ledger is not sound, or all that can be read and appended is as before."""
    place = tmp_path / "facts.ledger"
    before, after = read(anew(place, sound)), grown(anew(place, sound))
    random = Random(20181206)  # noqa: S311 - for many places, not to keep a secret
    stride = len(sound) / FLIPS
    found = 0
    for number in range(FLIPS):
        at = int((number + random.random()) * stride)
        raw = bytearray(sound)
        raw[at] ^= random.randrange(1, 256)
        if is_sound(anew(place, raw)):
            assert read(place) == before, f"byte {at}: {sound[at]} became {raw[at]}"
            assert grown(place) == after, f"byte {at}: {sound[at]} became {raw[at]}"
        else:
            found += 1
    assert found > FLIPS // 2, "most bytes of the file say something"


# After a crash ------------------------------------------------------------------------------------------------------


def pages(raw: bytes) -> list[bytes]:
    """Return the pages of a file."""
    return [raw[start : start + PAGE] for start in range(0, len(raw), PAGE)]


@pytest.mark.parametrize("more", [1, 40])
def test_what_is_half_written_is_found(sound: bytes, tmp_path: Path, more: int) -> None:
    """Where a crash left some pages as they were to be and what would take them back is lost, that is found."""
    place = tmp_path / "facts.ledger"
    with open_ledger(anew(place, sound)) as ledger:
        ledger.append(meetings(more, start=MEETINGS), recorded_at=NOW, clock=clock)
    wrote = place.read_bytes()
    wholes = [read(anew(place, raw)) for raw in (sound, wrote)]
    old, new = pages(sound), pages(wrote)
    old += [bytes(PAGE)] * (len(new) - len(old))
    random = Random(more)  # noqa: S311 - for many mixtures, not to keep a secret
    mixed = [[*new[:count], *old[count:]] for count in range(1, len(new))]
    mixed += [[random.choice(pair) for pair in zip(old, new, strict=True)] for _ in range(20)]
    found = 0
    for raw in mixed:
        if is_sound(anew(place, b"".join(raw))):
            assert read(place) in wholes
        else:
            found += 1
    assert found > len(mixed) // 2


def test_damage_to_the_journal_of_a_crash_is_found(sound: bytes, tmp_path: Path) -> None:
    """After a crash the ledger is as before what was not finished; with a damaged journal it is so, or not sound."""
    place = tmp_path / "facts.ledger"
    before = read(anew(place, sound))
    columns = "id, fact, recorded_at, content, hash, kept_at"
    with closing(sqlite3.connect(place, isolation_level=None)) as killed:
        # So that it is written before it is committed.
        killed.execute("PRAGMA cache_size = 5")
        killed.execute("BEGIN")
        killed.execute(f"INSERT INTO facts SELECT position + 1000, 'z' || {columns} FROM facts")  # noqa: S608 - ours
        killed.execute("UPDATE head SET position = 2000")
        raw, journal = place.read_bytes(), Path(f"{place}-journal").read_bytes()
        assert raw != sound
        killed.execute("ROLLBACK")
    random = Random(20181206)  # noqa: S311 - for many places, not to keep a secret
    damaged = [journal[:size] for size in range(0, len(journal), len(journal) // 10)]
    for _ in range(40):
        flipped = bytearray(journal)
        flipped[random.randrange(len(flipped))] ^= random.randrange(1, 256)
        damaged.append(bytes(flipped))
    found = 0
    for left in (journal, *damaged):
        anew(place, raw)
        Path(f"{place}-journal").write_bytes(left)
        if is_sound(place):
            assert read(place) == before
        else:
            found += 1
    assert 0 < found < len(damaged)


# What the commands say ----------------------------------------------------------------------------------------------

MORE: Final = ({"id": "more", "fact": "person_left", "on": "2018-06-01", "person": "学生甲"},)


def commands(place: Path) -> list[tuple[object, ...]]:
    """Return a command of each kind that reads or writes a ledger."""
    folder = place.parent
    more = written(folder / "more.jsonl", MORE)
    person = ("--person", "学生丙", "--to", "probationary_member", "--on", "2018-04-01")
    day = ("--as-of", "2018-07-08")
    for leftover in ("columns", "copy.db", "decision.json"):
        (folder / leftover).unlink(missing_ok=True)
    return [
        ("verify", place),
        ("audit", place, *PACK, *day),
        ("audit", place, *PACK, *day, "--projection", folder / "columns"),
        ("audit", place, *PACK, *day, "--known-at", "2018-07-08T00:00:00Z"),
        ("decide", place, *BOTH, *person, "--record", folder / "decision.json"),
        ("funnel", place, *PACK, "--on", "2018-04-01"),
        ("explain", place, *PACK, "--rule", "8.1.1", "--subject", "学生甲", *day),
        ("backup", place, folder / "copy.db"),
        ("record", place, more),
    ]


def never_a_traceback(place: Path, raw: bytes) -> None:
    """Run each command on a damaged file; `run` fails on anything but an exit code."""
    for number in range(len(commands(place))):
        anew(place, raw)
        command = commands(place)[number]
        found = run(*command)
        assert found.exit_code in (0, 1, 2), command
        assert "a fault of partyrules" not in found.stderr
        if command[0] == "verify":
            assert found.exit_code, "what is damaged so is not sound"


@pytest.mark.parametrize("part", range(4))
def test_no_command_ends_in_a_traceback_over_flipped_bytes(sound: bytes, tmp_path: Path, part: int) -> None:
    """Over a page of noise, or bytes changed all over, each command says what is wrong, in one way or another."""
    random = Random(part)  # noqa: S311 - for many places, not to keep a secret
    raw = bytearray(sound)
    if part % 2:
        page = PAGE * random.randrange(1, len(raw) // PAGE)
        raw[page : page + PAGE] = random.randbytes(PAGE)
    else:
        for _ in range(20 * (part + 1)):
            raw[random.randrange(PAGE if part else 100, len(raw))] ^= random.randrange(1, 256)
    never_a_traceback(tmp_path / "facts.ledger", bytes(raw))


SIZES: Final = (1, 15, 16, 99, 100, 512, PAGE - 1, PAGE, PAGE + 1, 10_000)


@pytest.mark.parametrize("size", SIZES)
def test_no_command_ends_in_a_traceback_over_a_file_cut_short(sound: bytes, tmp_path: Path, size: int) -> None:
    """A file that ends in the middle, of a header or of a page, is refused or not sound."""
    never_a_traceback(tmp_path / "facts.ledger", sound[:size])


def altered(place: Path, *statements: str) -> None:
    """Change the file by SQL, constraints and triggers aside, and leave its schema as it was."""
    with closing(sqlite3.connect(place, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        kept = connection.execute("SELECT name, sql FROM sqlite_master").fetchall()
        connection.execute("UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE type = 'table'")
        connection.execute("DELETE FROM sqlite_master WHERE type = 'trigger'")
    triggers = [(name, sql) for name, sql in kept if sql and sql.startswith("CREATE TRIGGER")]
    with closing(sqlite3.connect(place, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
        for _, sql in triggers:
            connection.execute(sql)
        connection.execute("PRAGMA writable_schema = ON")
        connection.executemany("UPDATE sqlite_master SET sql = ? WHERE name = ?", [(sql, name) for name, sql in kept])


VALUES: Final = (
    "NULL",
    "7",
    "2.5",
    "x'FFFE'",
    "CAST(x'FFFE' AS TEXT)",
    "''",
    "'2018'",
    "-9223372036854775808",
    "zeroblob(40)",
)


@pytest.mark.parametrize(
    ("value", "column"), crossed(VALUES, ["id", "fact", "recorded_at", "content", "hash", "kept_at"])
)
def test_no_command_ends_in_a_traceback_over_a_damaged_row(
    sound: bytes, tmp_path: Path, value: str, column: str
) -> None:
    """Whatever stands in a column of a record, of whatever type, it is found and told."""
    place = tmp_path / "facts.ledger"
    position = (2, 40, 109)[VALUES.index(value) % 3]
    altered(anew(place, sound), f"UPDATE facts SET {column} = {value} WHERE position = {position}")  # noqa: S608 - ours
    never_a_traceback(place, place.read_bytes())


@pytest.mark.parametrize(("value", "column"), crossed(VALUES, ["position", "hash"]))
def test_no_command_ends_in_a_traceback_over_a_damaged_head(
    sound: bytes, tmp_path: Path, value: str, column: str
) -> None:
    """Whatever stands in the head, of whatever type, it is found and told."""
    place = tmp_path / "facts.ledger"
    altered(anew(place, sound), f"UPDATE head SET {column} = {value}")  # noqa: S608 - ours
    never_a_traceback(place, place.read_bytes())


@pytest.mark.parametrize("statement", ["DELETE FROM head", "UPDATE head SET one = 2"])
def test_a_head_too_many_and_none_are_found(sound: bytes, tmp_path: Path, statement: str) -> None:
    """A ledger without its head, or with another, is told of."""
    place = tmp_path / "facts.ledger"
    with closing(sqlite3.connect(anew(place, sound), isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("DROP TRIGGER the_head_is_not_removed")
        connection.execute(statement)
    never_a_traceback(place, place.read_bytes())


SCHEMA: Final = (
    "UPDATE sqlite_master SET sql = CAST(x'435245415445205441424C4520FFFE' AS TEXT) WHERE name = 'facts'",
    "UPDATE sqlite_master SET sql = NULL WHERE name = 'facts'",
    "UPDATE sqlite_master SET sql = 'CREATE TABLE facts (position INTEGER PRIMARY KEY)' WHERE name = 'facts'",
    "UPDATE sqlite_master SET sql = replace(sql, 'recorded_at TEXT', 'recorded TEXT') WHERE name = 'facts'",
    "UPDATE sqlite_master SET sql = replace(sql, 'position', 'place') WHERE name IN ('facts', 'head')",
    "UPDATE sqlite_master SET name = CAST(x'FFFE' AS TEXT), sql = 'CREATE ' || x'FFFE' WHERE name = 'facts_by_type'",
    "UPDATE sqlite_master SET sql = replace(sql, 'RAISE', 'nothing') WHERE name = 'facts_are_not_changed'",
    "UPDATE sqlite_master SET sql = 'nonsense' WHERE name = 'facts_by_type'",
    "UPDATE sqlite_master SET type = 7, name = 7, tbl_name = 7, sql = 7 WHERE name = 'head'",
    "UPDATE sqlite_master SET rootpage = 1 WHERE name = 'facts'",
    "UPDATE sqlite_master SET rootpage = 9999 WHERE name = 'facts'",
    "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'facts') WHERE name = 'head'",
    "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'head') WHERE name = 'facts'",
    "UPDATE sqlite_master SET rootpage = 2 WHERE name = 'sqlite_autoindex_facts_1'",
    "DELETE FROM sqlite_master WHERE name = 'facts'",
    "DELETE FROM sqlite_master WHERE name = 'head'",
    "DELETE FROM sqlite_master WHERE name = 'sqlite_autoindex_facts_1'",
    "DELETE FROM sqlite_master",
)


@pytest.mark.parametrize("statement", SCHEMA)
def test_no_command_ends_in_a_traceback_over_a_damaged_schema(sound: bytes, tmp_path: Path, statement: str) -> None:
    """Where the schema is no schema, or another, each command says so."""
    place = anew(tmp_path / "facts.ledger", sound)
    with closing(sqlite3.connect(place, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(statement)
    never_a_traceback(place, place.read_bytes())
