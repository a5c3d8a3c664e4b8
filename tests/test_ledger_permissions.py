"""Who may read a ledger and who may write: readers leave nothing behind, and no stranger reads what is written.

Several tests take a second user, whom only root can become; without root they are skipped, and say so.
"""

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from partyrules.errors import LedgerError
from partyrules.ledger.sqlite import open_ledger
from tests.commands import run, written
from tests.recordings import meetings
from tests.sweeps import some
from tests.test_ledger_time import append_in_format_1, of_format_1

OWNER: Final = 61001
OTHER: Final = 61002
LINES: Final = tuple(
    {"fact": "person_registered", "id": f"r{n}", "on": "2018-03-01", "person": f"p{n}", "name": f"name {n}"}
    for n in range(3)
)
EXPLAIN: Final = ("--pack", "lzwl2017", "--rule", "8.1.3", "--subject", "p1", "--as-of", "2018-06-30")
AUDIT: Final = ("--pack", "lzwl2017", "--as-of", "2018-06-30", "--format", "jsonl")


def command(*arguments: object, umask: int) -> int:
    """Return how `partyrules` ended under a umask."""
    before = os.umask(umask)
    try:
        return run(*arguments).exit_code
    finally:
        os.umask(before)


def command_of(user: int, folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Return how `partyrules` ended that a user ran on what is in a folder."""
    return _ran("-c", BECOME + COMMAND, str(user), str(folder), *map(str, arguments))


def _ran(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, umask=0o022)  # noqa: S603 - our own interpreter


# All that is imported late is imported first: another user may not be let into the folder of the interpreter.
BECOME: Final = """
import os, shutil, signal, sys, tempfile, urllib.parse
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

def become(user):
    os.setgroups([])
    os.setgid(int(user))
    os.setuid(int(user))
"""

# The user need not be able to read Python and partyrules: all is loaded before, by the same command on a copy.
COMMAND: Final = """
from partyrules.cli import main
user, folder, *arguments = sys.argv[1:]
with tempfile.TemporaryDirectory() as place, redirect_stdout(StringIO()), redirect_stderr(StringIO()):
    copy = shutil.copytree(folder, Path(place, "copy"))
    main([each.replace(folder, str(copy)) for each in arguments], standalone_mode=False)
become(user)
main(["--lang", "en", *arguments])
"""

# Half of a batch is written to the file, and its writer killed.
KILLED: Final = """
from partyrules.ledger.sqlite import open_ledger
become(sys.argv[1])
ledger = open_ledger(sys.argv[2])
ledger._connection.rows("PRAGMA cache_spill = ON")
ledger._connection.rows("PRAGMA cache_size = 1")
with ledger._connection.writing() as connection:
    row = "SELECT x, 'x' || x, 'x', 'x', zeroblob(3000), x'', 'x' FROM n"
    rows = f"WITH RECURSIVE n(x) AS (SELECT 3 UNION ALL SELECT x + 1 FROM n WHERE x < 99) {row}"
    connection.execute(f"INSERT INTO facts {rows}")
    os.kill(os.getpid(), signal.SIGKILL)
"""

needs_two_users = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="takes root: only root can become a second user"
)


@pytest.fixture
def shared() -> Iterator[Path]:
    """Return a directory in which everybody may make files."""
    folder = Path(tempfile.mkdtemp(prefix="partyrules-shared-"))
    folder.chmod(0o777)
    if not all(parent.stat().st_mode & stat.S_IXOTH for parent in folder.parents):
        pytest.skip("takes a directory for temporary files that another user may enter")
    yield folder
    shutil.rmtree(folder)


def names(folder: Path) -> list[str]:
    """Return what lies in a directory."""
    return sorted(entry.name for entry in folder.iterdir())


def mode(path: Path) -> int:
    """Return the permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


# A second user ----------------------------------------------------------------------------------------------------


@needs_two_users
def test_a_second_reader_locks_nobody_out(shared: Path) -> None:
    """Whatever another user reads leaves no file behind, and the owner records as before."""
    facts, more = written(shared / "some.jsonl", LINES[:2]), written(shared / "more.jsonl", LINES)
    ledger = shared / "institution.db"
    assert command_of(OWNER, shared, "record", ledger, facts).returncode == 0
    assert command_of(OTHER, shared, "verify", ledger).returncode == 2, "it was made for owner and group alone"
    ledger.chmod(0o644)
    before = names(shared)
    for reading in (("audit", ledger, *AUDIT), ("verify", ledger), ("explain", ledger, *EXPLAIN)):
        found = command_of(OTHER, shared, *reading)
        assert found.returncode == 0, found.stderr
        assert names(shared) == before
    found = command_of(OWNER, shared, "record", ledger, more)
    assert "1 facts appended, 2 already there" in found.stdout


@needs_two_users
@pytest.mark.parametrize("log", ["gone", "used", "left"])
def test_a_second_reader_of_a_log_locks_nobody_out(shared: Path, log: str) -> None:
    """A ledger of format 1 is read with its log, gone, in use or left by who was killed, and nothing is left behind."""
    ledger = shared / "institution.db"
    of_format_1(ledger, meetings(3))
    with closing(sqlite3.connect(ledger, isolation_level=None)) as writer:
        if log != "gone":
            append_in_format_1(writer, meetings(1, start=3))
            assert names(shared) == [ledger.name, f"{ledger.name}-shm", f"{ledger.name}-wal"]
        if log == "left":
            held = {path: path.read_bytes() for path in shared.iterdir()}
            writer.close()
            for path, said in held.items():
                path.write_bytes(said)
        for path in shared.iterdir():
            path.chmod(0o644)
            os.chown(path, OWNER, OWNER)
        before = names(shared)
        found = command_of(OTHER, shared, "verify", ledger)
        assert f"sound, {3 if log == 'gone' else 4} positions checked" in found.stdout, found.stderr
        assert names(shared) == before
    more = written(shared / "more.jsonl", LINES)
    assert "3 facts appended" in command_of(OWNER, shared, "record", ledger, more).stdout
    assert names(shared) == [ledger.name, more.name], "the owner, recording, did away with the log"


@needs_two_users
def test_what_a_killed_writer_left_is_put_right_by_who_may_write(shared: Path) -> None:
    """A batch that was half written is taken back by whoever may write; who may not is told, and changes nothing."""
    ledger = shared / "institution.db"
    assert command_of(OWNER, shared, "record", ledger, written(shared / "some.jsonl", LINES[:2])).returncode == 0
    ledger.chmod(0o644)
    assert _ran("-c", BECOME + KILLED, str(OWNER), str(ledger)).returncode == -signal.SIGKILL
    journal = shared / f"{ledger.name}-journal"
    assert mode(journal) == 0o644, "it has the permissions of the ledger"
    before = ledger.read_bytes(), journal.read_bytes()
    found = command_of(OTHER, shared, "verify", ledger)
    assert found.returncode == 2
    assert "a writer was killed in the middle" in found.stderr
    assert (ledger.read_bytes(), journal.read_bytes()) == before
    assert "sound, 2 positions checked" in command_of(OWNER, shared, "verify", ledger).stdout
    assert not journal.exists()
    assert "sound, 2 positions checked" in command_of(OTHER, shared, "verify", ledger).stdout


# What is written --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("umask", "due"), some([(0o022, 0o640), (0o077, 0o600), (0o002, 0o660), (0o000, 0o660)], 2))
def test_strangers_read_nothing_that_is_written(tmp_path: Path, umask: int, due: int) -> None:
    """Ledger, projection, records and all that a demonstration writes are for owner and group, by umask for fewer."""
    facts, ledger = written(tmp_path / "facts.jsonl", LINES), tmp_path / "institution.db"
    assert command("record", ledger, facts, umask=umask) == 0
    kept, answer, demo = tmp_path / "kept.projection", tmp_path / "answer.json", tmp_path / "demo"
    assert command("audit", ledger, *AUDIT, "--projection", kept, umask=umask) == 0
    decision = ("--pack", "lzwl2017", "--person", "p1", "--to", "applicant", "--on", "2018-06-30")
    assert command("decide", ledger, *decision, "--record", answer, umask=umask) == 0
    assert command("demo", "--out", demo, "--students", "120", umask=umask) == 0
    assert {path.name: mode(path) for path in (ledger, kept, answer, *demo.iterdir()) if mode(path) != due} == {}


def test_what_is_beside_a_ledger_has_its_permissions(tmp_path: Path) -> None:
    """While a batch is written, what SQLite keeps beside the ledger is as little readable as the ledger itself."""
    ledger = tmp_path / "institution.db"
    assert command("record", ledger, written(tmp_path / "facts.jsonl", LINES), umask=0o022) == 0
    with open_ledger(ledger) as opened, opened._connection.writing() as connection:  # noqa: SLF001 - in the middle
        connection.execute("UPDATE head SET position = 9")
        assert mode(tmp_path / f"{ledger.name}-journal") == mode(ledger) == 0o640
        connection.execute("UPDATE head SET position = 3")
    assert names(tmp_path) == ["facts.jsonl", ledger.name]


def test_a_ledger_is_made_of_no_link(tmp_path: Path) -> None:
    """A link to nothing does not become a ledger elsewhere."""
    elsewhere, link = tmp_path / "elsewhere", tmp_path / "institution.db"
    link.symlink_to(elsewhere)
    with pytest.raises(LedgerError, match="cannot be opened"):
        open_ledger(link)
    assert not elsewhere.exists()


def test_a_name_that_cannot_be_is_told(tmp_path: Path) -> None:
    """A name that is too long for the file system is refused with its reason."""
    with pytest.raises(LedgerError, match="cannot be opened: File name too long"):
        open_ledger(tmp_path / ("n" * 300))
