"""What is written: whole or not at all, over nothing that is not ours, and readable by no stranger."""
# ruff: noqa: PT012 - what is tested is a block: what it raises, and what its end raises

import os
import resource
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import pytest

from partyrules.errors import OutputError
from partyrules.outputs import draft_folder, new_file, new_folder, our_file, ours

MAGIC: Final = b"OURS\r\n"
Writer = Callable[[Path], AbstractContextManager[BinaryIO]]


def replacing(path: Path) -> AbstractContextManager[BinaryIO]:
    """Return the writer of a file that may take the place of one of ours."""
    return our_file(path, begins=MAGIC)


WRITERS: Final = [pytest.param(new_file, id="new"), pytest.param(replacing, id="ours")]


@contextmanager
def nothing_grows(limit: int) -> Iterator[None]:
    """Have the system refuse, as a full disk does, what makes a file longer than so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def names(folder: Path) -> list[str]:
    """Return what is in a folder."""
    return sorted(entry.name for entry in folder.iterdir())


# What is there already -------------------------------------------------------------------------------------


def put(kind: str, path: Path) -> None:
    """Put something of a kind at a path."""
    other = path.with_name("other")
    match kind:
        case "foreign":
            path.write_bytes(b"{}")
        case "shorter than the magic":
            path.write_bytes(MAGIC[:3])
        case "directory":
            path.mkdir()
        case "link to ours":
            other.write_bytes(MAGIC)
            path.symlink_to(other)
        case "dangling link":
            path.symlink_to(other)
        case "pipe":
            os.mkfifo(path)
        case "socket":
            with socket.socket(socket.AF_UNIX) as made:
                made.bind(os.path.relpath(path))


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize(
    "kind", ["foreign", "shorter than the magic", "directory", "link to ours", "dangling link", "pipe", "socket"]
)
def test_what_is_not_ours_is_left_as_it_is(
    tmp_path: Path, kind: str, write: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anything but an absent or empty file, or one of ours, is refused before a byte is written, and not touched."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "out"
    put(kind, path)
    before = path.lstat()
    with pytest.raises(OutputError, match=f"^{path}: "), write(path):
        pytest.fail("the block is not to be entered")
    after = path.lstat()
    assert (after.st_ino, after.st_mode, after.st_size, after.st_mtime_ns) == (
        before.st_ino,
        before.st_mode,
        before.st_size,
        before.st_mtime_ns,
    )
    assert set(names(tmp_path)) <= {"out", "other"}


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("name", ["/dev/null", "/dev/zero", "/", ".", "..", "l.db-wal", "l.db-shm", "x-journal"])
def test_what_can_be_no_output_is_refused(
    name: str, write: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Devices, paths without a name, and the names of a ledger's own files beside it are refused."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError), write(Path(name)):
        pytest.fail("the block is not to be entered")
    assert names(tmp_path) == []


def test_ours_are_replaced_and_empty_files_filled(tmp_path: Path) -> None:
    """A file of ours is told from an empty and an absent one; each gets the new content."""
    path = tmp_path / "out"
    for before, told in ((None, False), (b"", False), (MAGIC + b"old", True)):
        if before is not None:
            path.write_bytes(before)
        assert ours(path, begins=MAGIC) is told
        with replacing(path) as file:
            file.write(MAGIC + b"new")
        assert path.read_bytes() == MAGIC + b"new"
        assert names(tmp_path) == ["out"]


def test_a_new_file_takes_no_place_that_was_taken_meanwhile(tmp_path: Path) -> None:
    """Who comes second, even while the file is being written, is refused, and the first stays."""
    path = tmp_path / "out"
    with pytest.raises(OutputError, match="there is a file already"), new_file(path) as file:
        file.write(b"second")
        path.write_bytes(b"first")
    assert path.read_bytes() == b"first"
    assert names(tmp_path) == ["out"]


def test_of_many_at_once_one_writes_the_new_file(tmp_path: Path) -> None:
    """Eight that write one new file at the same moment leave one whole file, and seven are told."""
    path = tmp_path / "out"
    start = threading.Barrier(8)
    told: list[str] = []

    def write(number: int) -> None:
        start.wait()
        try:
            with new_file(path) as file:
                file.write(bytes([number]) * 100_000)
        except OutputError as error:
            told.append(str(error))

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert len(told) == 7
    assert len(set(path.read_bytes())) == 1
    assert names(tmp_path) == ["out"]


def test_a_file_that_came_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    """Where something that is not ours came while the block ran, it stays."""
    path = tmp_path / "out"
    with pytest.raises(OutputError, match="another kind"), replacing(path) as file:
        file.write(MAGIC)
        path.write_bytes(b"precious")
    assert path.read_bytes() == b"precious"
    path.write_bytes(MAGIC)
    with pytest.raises(OutputError, match="symbolic link"), replacing(path) as file:
        path.unlink()
        path.symlink_to(tmp_path / "precious")
    assert path.is_symlink()


def test_without_hard_links_a_new_file_is_as_exclusive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system that has no hard links a new file is written all the same, and none is written over."""

    def refused(*_: Any, **__: Any) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    path = tmp_path / "out"
    with new_file(path) as file:
        file.write(b"whole")
    assert path.read_bytes() == b"whole"
    other = tmp_path / "other"
    with pytest.raises(OutputError, match="there is a file already"), new_file(other):
        other.write_bytes(b"first")
    assert other.read_bytes() == b"first"
    assert names(tmp_path) == ["other", "out"]


# Who may read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize(("mask", "mode"), [(0o000, 0o660), (0o022, 0o640), (0o027, 0o640), (0o077, 0o600)])
def test_strangers_read_nothing_that_is_written(tmp_path: Path, write: Writer, mask: int, mode: int) -> None:
    """Whatever the umask, a file is for owner and group alone, from its first byte on."""
    before = os.umask(mask)
    try:
        with write(tmp_path / "out") as file:
            assert stat.S_IMODE(Path(file.name).stat().st_mode) == mode
            file.write(MAGIC)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == mode


def test_who_was_kept_from_the_old_file_is_kept_from_the_new(tmp_path: Path) -> None:
    """A file that takes the place of another is open to nobody more."""
    path = tmp_path / "out"
    path.write_bytes(MAGIC)
    for mode, after in ((0o600, 0o600), (0o640, 0o640), (0o666, 0o660)):
        path.chmod(mode)
        with replacing(path) as file:
            file.write(MAGIC)
        assert stat.S_IMODE(path.stat().st_mode) == after


# What fails half-way ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", WRITERS)
def test_a_full_disk_leaves_what_was_there(tmp_path: Path, write: Writer) -> None:
    """A write that the system refuses half-way is told with the path, leaves nothing, and the next one succeeds."""
    path = tmp_path / "out"
    with nothing_grows(10_000), pytest.raises(OutputError, match=f"{path}: cannot be written: "), write(path) as file:
        file.write(bytes(100_000))
    assert names(tmp_path) == []
    with write(path) as file:
        file.write(MAGIC)
    if write is replacing:
        with nothing_grows(10_000), pytest.raises(OutputError), write(path) as file:
            file.write(bytes(100_000))
        assert path.read_bytes() == MAGIC
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize("write", WRITERS)
def test_what_is_raised_within_leaves_nothing(tmp_path: Path, write: Writer) -> None:
    """Whatever the block raises, an interruption too, nothing of its file is left, and it is raised on."""
    for error in (KeyboardInterrupt(), MemoryError(), ZeroDivisionError("x")):
        with pytest.raises(type(error)), write(tmp_path / "out") as file:
            file.write(b"half")
            raise error
        assert names(tmp_path) == []


@pytest.mark.parametrize("write", WRITERS)
def test_where_nothing_can_be_written_it_is_said(tmp_path: Path, write: Writer) -> None:
    """A folder that is not there, or is a file, and a name too long are told in one line."""
    (tmp_path / "file").touch()
    for path in (tmp_path / "none" / "out", tmp_path / "file" / "out", tmp_path / ("x" * 300)):
        with pytest.raises(OutputError, match="cannot be written: ") as found, write(path):
            pytest.fail("the block is not to be entered")
        assert "\n" not in str(found.value)
    assert names(tmp_path) == ["file"]


def test_a_name_as_long_as_may_be_can_be_written(tmp_path: Path) -> None:
    """A file may have the longest name there is, in any script."""
    for name in ("x" * 255, "党" * 85):
        with new_file(tmp_path / name) as file:
            file.write(b"whole")
    assert len(names(tmp_path)) == 2


# What killed runs left -------------------------------------------------------------------------------------

_KILLED: Final = """
import sys, time
from pathlib import Path
from partyrules.outputs import draft_folder, new_file
with {what}(Path(sys.argv[1])) as made:
    if isinstance(made, Path):
        (made / "deeper").mkdir()
        (made / "deeper" / "half").write_bytes(b"half")
    else:
        made.write(b"half")
        made.flush()
    print("here", flush=True)
    sys.stdin.read()
"""


@contextmanager
def at_work(what: str, path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Yield a process that has written half of an output, and waits; it is killed at the end."""
    script = _KILLED.format(what=what)
    with subprocess.Popen([sys.executable, "-c", script, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:  # noqa: S603 - our own text
        try:
            assert run.stdout is not None
            assert run.stdout.readline() == b"here\n"
            yield run
        finally:
            run.send_signal(signal.SIGKILL)
            run.wait()


@pytest.mark.parametrize("what", ["new_file", "draft_folder"])
def test_drafts_of_killed_runs_are_cleaned_up_and_those_of_others_kept(tmp_path: Path, what: str) -> None:
    """The next write to a path removes what a killed run left of it, and nothing that is still being written."""
    path = tmp_path / "out"
    (tmp_path / ".out.0123.partyrules-draft").touch()
    (tmp_path / ".outer.0123456789abcdef.partyrules-draft").touch()
    theirs = names(tmp_path)
    with at_work(what, path):
        (draft,) = set(names(tmp_path)) - set(theirs)
        with replacing(path) as file:
            file.write(MAGIC)
        assert draft in names(tmp_path)
    assert draft in names(tmp_path)
    with replacing(path) as file:
        file.write(MAGIC)
    assert names(tmp_path) == [*theirs, "out"]


def test_what_only_has_the_name_of_a_draft_is_followed_nowhere(tmp_path: Path) -> None:
    """A link or a pipe with the name of a draft neither holds the write up nor leads it to what it points to."""
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "facts.jsonl").write_bytes(b"{}")
    (tmp_path / ".out.0123456789abcdef.partyrules-draft").symlink_to(precious)
    os.mkfifo(tmp_path / ".out.0123456789abcde0.partyrules-draft")
    with new_file(tmp_path / "out") as file:
        file.write(b"whole")
    assert names(precious) == ["facts.jsonl"]


# Folders ---------------------------------------------------------------------------------------------------


def test_a_new_folder_is_whole_or_not_there(tmp_path: Path) -> None:
    """A folder appears at the end of the block, and not at all where the block raises or something is there."""
    path = tmp_path / "deep" / "er" / "out"
    with pytest.raises(OutputError, match="cannot be written: "), new_folder(path) as draft:
        (draft / "half").touch()
        raise OSError(28, "No space left on device")
    assert names(path.parent) == []
    with new_folder(path) as draft:
        (draft / "file").write_bytes(b"whole")
        assert not path.exists()
    assert names(path.parent) == ["out"]
    assert names(path) == ["file"]
    with pytest.raises(OutputError, match="there is a directory already"), new_folder(path):
        pytest.fail("the block is not to be entered")
    for kind in ("foreign", "dangling link"):
        other = tmp_path / kind
        other.mkdir()
        with pytest.raises(OutputError, match="already"), new_folder(other / "out") as draft:
            put(kind, other / "out")
        assert names(other) == ["out"]


def test_a_draft_folder_leaves_nothing(tmp_path: Path) -> None:
    """What is not moved out of a draft folder is gone with it; what links in it point to is not."""
    (tmp_path / "precious").write_bytes(b"x")
    with draft_folder(tmp_path / "out") as draft:
        (draft / "link").symlink_to(tmp_path / "precious")
        (draft / "moved").write_bytes(b"y")
        (draft / "moved").rename(tmp_path / "moved")
    assert names(tmp_path) == ["moved", "precious"]
