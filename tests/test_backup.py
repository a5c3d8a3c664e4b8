"""A backup is a whole, verified copy of one moment, and is never written over anything."""

import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from partyrules.errors import LedgerError, OutputError
from partyrules.ledger.backup import back_up
from partyrules.ledger.sqlite import SqliteLedger, open_ledger
from tests.commands import refused, run
from tests.recordings import NOW, meetings


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return where a ledger of a hundred meetings is."""
    path = tmp_path / "facts.ledger"
    with open_ledger(path) as ledger:
        ledger.append(meetings(100), recorded_at=NOW)
    return path


def test_a_backup_is_the_ledger_again(place: Path, tmp_path: Path) -> None:
    """The copy has each record and the head of the ledger, verifies, and can be recorded in as the ledger can."""
    copy = tmp_path / "copy.ledger"
    with open_ledger(place) as ledger:
        head = back_up(ledger, copy)
        assert head == ledger.head()
        with open_ledger(copy) as again:
            assert list(again.rows()) == list(ledger.rows())
            assert again.verify(noted=[head]).ok
            assert again.append(meetings(1, start=100), recorded_at=NOW).appended == 1


def test_the_command_states_the_head(place: Path, tmp_path: Path) -> None:
    """The command makes the copy and states its head so that `verify` takes it; back again it restores the ledger."""
    copy = tmp_path / "copy.ledger"
    told = run("backup", place, copy)
    head = told.stdout.split()[-1]
    assert (told.exit_code, told.stdout) == (
        0,
        f"{copy}: a copy of {place}, sound, 100 positions checked, head {head}\n",
    )
    assert run("verify", copy, "--head", head).exit_code == 0
    for path in tmp_path.glob("facts.ledger*"):
        path.unlink()
    assert f"末端 {head}" in run("backup", copy, place, "--lang", "zh").stdout
    assert run("verify", place, "--head", head).exit_code == 0


def test_a_backup_is_one_file(place: Path, tmp_path: Path) -> None:
    """Nothing but the copy comes into its folder, and it needs nothing beside it, even of a ledger kept with a log."""
    with closing(sqlite3.connect(place)) as by_hand:
        by_hand.execute("PRAGMA journal_mode = WAL")
    with open_ledger(place) as ledger:
        ledger.append(meetings(10, start=100), recorded_at=NOW)
        folder = tmp_path / "copies"
        folder.mkdir()
        back_up(ledger, folder / "copy.ledger")
        assert [path.name for path in folder.iterdir()] == ["copy.ledger"]
    with closing(sqlite3.connect(f"file:{folder}/copy.ledger?immutable=1", uri=True)) as copy:
        assert copy.execute("SELECT count(*) FROM facts").fetchone() == (110,)
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_a_backup_is_of_one_moment(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is recorded while the copy is verified is not in it, and the head that is told is that of the copy."""
    copied = SqliteLedger.copy_to

    def meanwhile(ledger: SqliteLedger, empty: sqlite3.Connection) -> None:
        """Copy, then append to the ledger from elsewhere."""
        copied(ledger, empty)
        with open_ledger(place) as other:
            other.append(meetings(7, start=100), recorded_at=NOW)

    monkeypatch.setattr(SqliteLedger, "copy_to", meanwhile)
    with open_ledger(place, read_only=True) as ledger:
        head = back_up(ledger, tmp_path / "copy.ledger")
        assert (head.position, ledger.head().position) == (100, 107)
        assert ledger.verify(noted=[head]).ok
    with open_ledger(tmp_path / "copy.ledger", read_only=True) as copy:
        assert copy.head() == head


IN_THE_WAY: Final[dict[str, Callable[[Path, Path], object]]] = {
    "a file": lambda path, _: path.write_bytes(b"kept"),
    "an empty file": lambda path, _: path.touch(),
    "a folder": lambda path, _: path.mkdir(),
    "a link to nothing": lambda path, _: path.symlink_to("nowhere"),
    "a link to the ledger": lambda path, ledger: path.symlink_to(ledger),
    "the ledger by another name": lambda path, ledger: os.link(ledger, path),
    "a pipe": lambda path, _: os.mkfifo(path),
    "a log of another file": lambda path, _: Path(f"{path}-wal").write_bytes(b"kept"),
    "a journal of another file": lambda path, _: Path(f"{path}-journal").write_bytes(b"kept"),
}


def seen(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Return what there is in a folder under the name of a copy, hidden or not, and by what a change would show."""
    found = {path.name: path.lstat() for path in folder.iterdir() if "copy.ledger" in path.name}
    return {name: (it.st_ino, it.st_size, it.st_mtime_ns) for name, it in found.items()}


@pytest.mark.parametrize("what", IN_THE_WAY)
def test_nothing_is_overwritten(place: Path, tmp_path: Path, what: str) -> None:
    """Whatever is at the path of a copy, or beside it as part of another file, stays, and no copy is made."""
    copy = tmp_path / "copy.ledger"
    IN_THE_WAY[what](copy, place)
    before, ledger = seen(tmp_path), place.read_bytes()
    assert "copy.ledger" in refused("backup", place, copy)
    assert (seen(tmp_path), place.read_bytes()) == (before, ledger)


def test_a_ledger_is_not_copied_onto_itself_or_its_parts(place: Path) -> None:
    """The path of the ledger itself, and a name under which SQLite keeps a part of it, are refused."""
    assert "there is a file already" in refused("backup", place, place)
    assert "name another file" in refused("backup", place, f"{place}-wal")
    assert run("verify", place).exit_code == 0


def test_what_does_not_verify_is_not_copied(place: Path, tmp_path: Path) -> None:
    """Of a ledger that was changed there is no copy, nor half of one, and the message says what is wrong."""
    raw = place.read_bytes()
    place.write_bytes(raw.replace(b"branch_assembly", b"branch_assemblx", 1))
    folder = tmp_path / "copies"
    folder.mkdir()
    with open_ledger(place, read_only=True) as ledger, pytest.raises(LedgerError, match="no copy was made"):
        back_up(ledger, folder / "copy.ledger")
    assert list(folder.iterdir()) == []
    assert "not as it was written, position" in refused("backup", place, folder / "copy.ledger")


def test_a_copy_that_fails_half_way_leaves_nothing(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk is full before the copy is whole, nothing of it is left and the next try has its place."""
    folder = tmp_path / "copies"
    folder.mkdir()

    def full(_: SqliteLedger, empty: sqlite3.Connection) -> None:
        empty.execute("CREATE TABLE half (way)")
        empty.execute("PRAGMA max_page_count = 2")
        try:
            empty.execute("INSERT INTO half VALUES (zeroblob(1000000))")
        except sqlite3.Error as error:
            raise LedgerError("ledger: the disk is full") from error

    with monkeypatch.context() as patched, open_ledger(place, read_only=True) as ledger:
        patched.setattr(SqliteLedger, "copy_to", full)
        with pytest.raises(OutputError, match=r"copy\.ledger: cannot be written: database or disk is full"):
            back_up(ledger, folder / "copy.ledger")
    assert list(folder.iterdir()) == []
    assert run("backup", place, folder / "copy.ledger").exit_code == 0


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o640), (0o077, 0o600), (0o002, 0o660), (0o000, 0o660)])
def test_a_copy_is_read_by_no_stranger(place: Path, tmp_path: Path, mask: int, mode: int) -> None:
    """Whatever the umask, a copy is never readable by others than its owner and group."""
    before = os.umask(mask)
    try:
        assert run("backup", place, tmp_path / "copy.ledger").exit_code == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "copy.ledger").stat().st_mode) == mode


def test_what_is_no_ledger_is_not_copied(tmp_path: Path) -> None:
    """A file of something else, and one that is not there, are refused, and no copy is made."""
    (tmp_path / "facts.jsonl").write_text("{}\n", encoding="utf-8")
    for wrong in ("facts.jsonl", "nowhere.ledger"):
        assert wrong in refused("backup", tmp_path / wrong, tmp_path / "copy.ledger")
    assert [path.name for path in tmp_path.iterdir()] == ["facts.jsonl"]
