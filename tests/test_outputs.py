"""What is written: whole or not at all, over nothing that is not ours, and readable by no stranger."""
# ruff: noqa: PT012 - what is tested is a block: what it raises, and what its end raises

import ast
import errno
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
from attrs import evolve

import partyrules
from partyrules.demo.folder import MARK, demonstration_folder
from partyrules.errors import OutputError, QueryError
from partyrules.facts.writing import draft_folder, is_draft, new_file, new_folder, our_file, ours
from partyrules.packs.pack import adopt, load_pack
from partyrules.questions.audit import audit
from partyrules.questions.sources import facts_in
from partyrules.time.calendar import parse_date
from tests.commands import AS_OF, PACK, refused, run, written
from tests.twins import installed, one_more, renamed

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
from partyrules.facts.writing import draft_folder, new_file
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


# What each command writes ----------------------------------------------------------------------------------

PRECIOUS: Final = b"precious"
QUESTION: Final = (*PACK, "--person", "学生丙", "--to", "probationary_member", "--on", "2018-04-01")


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """Return a file of facts in a folder with nothing else."""
    (tmp_path / "in").mkdir()
    return written(tmp_path / "in" / "facts.jsonl")


def _record(facts: Path, path: Path) -> tuple[object, ...]:
    return ("decide", facts, *QUESTION, "--record", path)


def _projection(facts: Path, path: Path) -> tuple[object, ...]:
    ledger = facts.with_name("l.db")
    assert run("record", ledger, facts).exit_code == 0
    return ("audit", ledger, *PACK, *AS_OF, "--projection", path)


def _counted(facts: Path, path: Path) -> tuple[object, ...]:
    return ("funnel", *_projection(facts, path)[1:4], "--on", "2018-04-01", "--projection", path)


def _new_pack(facts: Path, path: Path) -> tuple[object, ...]:
    source = facts.with_name("document.txt")
    source.write_text("第一条 每月一次。", encoding="utf-8")
    return ("new-pack", path.name, "--source", source, "--dir", path.parent)


COMMANDS: Final = [
    pytest.param(make, id=make.__name__.strip("_")) for make in (_record, _projection, _counted, _new_pack)
]
Command = Callable[[Path, Path], tuple[object, ...]]


@pytest.mark.parametrize("make", COMMANDS)
@pytest.mark.parametrize("kind", ["foreign", "directory", "link to ours", "dangling link", "pipe"])
def test_no_command_writes_over_what_is_there(tmp_path: Path, facts: Path, make: Command, kind: str) -> None:
    """Whatever is at the path is refused with exit code 2 and no answer, and stays as it is."""
    place = tmp_path / "there"
    place.mkdir()
    put(kind, place / "out")
    before = [(path.name, path.lstat()) for path in sorted(place.iterdir())]
    arguments = make(facts, place / "out")
    assert "out: " in refused(*arguments)
    after = [(path.name, path.lstat()) for path in sorted(place.iterdir())]
    assert [(n, s.st_ino, s.st_mode, s.st_size) for n, s in after] == [
        (n, s.st_ino, s.st_mode, s.st_size) for n, s in before
    ]


def test_a_projection_never_takes_the_place_of_its_ledger(tmp_path: Path, facts: Path) -> None:
    """The ledger itself, the facts it was recorded from, and what lies beside a ledger are refused as projections."""
    ledger = tmp_path / "in" / "l.db"
    _projection(facts, ledger)
    (tmp_path / "in" / "link").symlink_to(ledger)
    os.link(ledger, tmp_path / "in" / "same")
    before = ledger.read_bytes()
    for name in ("l.db", "l.db-wal", "l.db-shm", "l.db-journal", "facts.jsonl", "link", "same", "."):
        refused("audit", ledger, *PACK, *AS_OF, "--projection", tmp_path / "in" / name)
        refused("funnel", ledger, *PACK, "--on", "2018-04-01", "--projection", tmp_path / "in" / name)
    for device in ("/dev/null", "/dev/zero", "/dev/full"):
        refused("audit", ledger, *PACK, *AS_OF, "--projection", device)
    assert ledger.read_bytes() == before
    assert run("verify", ledger).exit_code == 0
    assert "l.db-journal" not in names(tmp_path / "in")


@pytest.mark.parametrize("make", [_record, _new_pack])
def test_what_a_full_disk_stopped_can_be_tried_again(tmp_path: Path, facts: Path, make: Command) -> None:
    """Where the disk is full half-way the command says so, and does its work when there is room again."""
    place = tmp_path / "there"
    arguments = make(facts, place / "out")
    with nothing_grows(100):
        place.mkdir(exist_ok=True)
        assert "cannot be written: File too large" in refused(*arguments)
    assert names(place) == []
    assert run(*arguments).exit_code == 0
    assert names(place) == ["out"]


def test_a_projection_that_cannot_be_written_keeps_no_answer_back(
    tmp_path: Path, facts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk is full the answer is given all the same, and the next run writes the projection."""
    place = tmp_path / "there"
    place.mkdir()
    arguments = _projection(facts, place / "out")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        found = run(*arguments)
    assert (found.exit_code, names(place)) == (0, [])
    assert f"Note: projection {place / 'out'}: cannot be written: No space left on device" in found.stderr
    assert run(*arguments).stdout == found.stdout
    assert names(place) == ["out"]


def test_what_commands_write_is_for_no_stranger(tmp_path: Path, facts: Path) -> None:
    """Records and projections are closed to everybody but owner and group."""
    for make in (_record, _projection):
        path = tmp_path / make.__name__
        before = os.umask(0)
        try:
            assert run(*make(facts, path)).exit_code == 0
        finally:
            os.umask(before)
        assert stat.S_IMODE(path.stat().st_mode) == 0o660


def test_a_comparison_writes_over_no_history_but_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A comparison can be made again into its folder; a history that somebody changed is refused and stays."""
    whole = load_pack("lzcu2012")
    few = evolve(whole, duties=whole.duties[:5], requirements=(), vetoes=())
    for pack in (renamed(few, "few"), renamed(one_more(few), "more")):
        installed(pack, tmp_path, monkeypatch)
    out = tmp_path / "found"
    for _ in range(2):
        assert run("compare", "few", "more", "--out", out).exit_code == 0
    first = min(out.iterdir())
    first.write_bytes(PRECIOUS)
    assert "there is a file already" in refused("compare", "few", "more", "--out", out)
    assert first.read_bytes() == PRECIOUS


def test_a_table_is_written_over_nothing_but_a_table(tmp_path: Path, facts: Path) -> None:
    """A Parquet file takes the place of another, and of nothing else."""
    table = audit(facts_in(facts), adopt(["lzwl2017"]), as_of=parse_date(AS_OF[1])).table()
    for _ in range(2):
        table.to_parquet(tmp_path / "out")
    with pytest.raises(OutputError, match="another kind"):
        table.to_parquet(facts)
    assert names(tmp_path) == ["in", "out"]


# The folder of a demonstration -----------------------------------------------------------------------------

HEADING: Final = "INVENTED\n"


def demonstrated(out: Path, **files: bytes) -> None:
    """Put files into the folder of a demonstration, as the command does."""
    with demonstration_folder(out, heading=HEADING) as draft:
        for name, content in files.items():
            with new_file(draft / name) as file:
                file.write(content)


def test_a_demonstration_is_made_anew_and_leaves_what_others_put_there(tmp_path: Path) -> None:
    """Files of an earlier demonstration give way to those of the next, and a note beside them stays."""
    out = tmp_path / "deep" / "out"
    demonstrated(out, facts=b"1", ledger=b"1")
    (out / "note").write_bytes(PRECIOUS)
    (out / "ledger-shm").write_bytes(b"of a reader")
    (out / "ledger-wal").touch()
    demonstrated(out, facts=b"2", ledger=b"2")
    assert {path.name: path.read_bytes() for path in out.iterdir() if path.name != MARK} == {
        "facts": b"2",
        "ledger": b"2",
        "note": PRECIOUS,
    }
    demonstrated(out, facts=b"2", ledger=b"2")


def _changed(out: Path, outside: Path) -> Path:
    del outside
    (out / "ledger").write_bytes(PRECIOUS)
    return out / "ledger"


def _linked(out: Path, outside: Path) -> Path:
    (out / "ledger").unlink()
    (out / "ledger").symlink_to(outside)
    return out / "ledger"


def _a_folder(out: Path, outside: Path) -> Path:
    del outside
    (out / "ledger").unlink()
    (out / "ledger").mkdir()
    (out / "ledger" / "precious").write_bytes(PRECIOUS)
    return out / "ledger" / "precious"


def _recorded_since(out: Path, outside: Path) -> Path:
    del outside
    (out / "ledger-wal").write_bytes(PRECIOUS)
    return out / "ledger-wal"


def _mark_alone(out: Path, outside: Path) -> Path:
    del outside
    (out / MARK).write_text(HEADING, encoding="utf-8")
    return out / "ledger"


def _other_mark(out: Path, outside: Path) -> Path:
    del outside
    (out / MARK).write_bytes(PRECIOUS)
    return out / MARK


def _linked_mark(out: Path, outside: Path) -> Path:
    outside.write_bytes((out / MARK).read_bytes())
    (out / MARK).unlink()
    (out / MARK).symlink_to(outside)
    return out / MARK


def _no_mark(out: Path, outside: Path) -> Path:
    del outside
    (out / MARK).unlink()
    return out / "ledger"


def _no_folder(out: Path, outside: Path) -> Path:
    out.rename(outside.with_name("moved"))
    out.symlink_to(outside.with_name("moved"))
    return out / "ledger"


@pytest.mark.parametrize(
    "change",
    [
        _changed,
        _linked,
        _a_folder,
        _recorded_since,
        _mark_alone,
        _other_mark,
        _linked_mark,
        _no_mark,
        _no_folder,
    ],
)
def test_what_a_demonstration_did_not_leave_so_is_safe(tmp_path: Path, change: Callable[[Path, Path], Path]) -> None:
    """What was changed, linked or put there since is neither deleted nor written over, nor anything beside it."""
    out, outside = tmp_path / "out", tmp_path / "outside"
    outside.write_bytes(PRECIOUS)
    demonstrated(out, facts=b"1", ledger=b"1")
    spared = change(out, outside)
    before = spared.read_bytes()
    with pytest.raises((QueryError, OutputError)):
        demonstrated(out, facts=b"2", ledger=b"2")
    assert spared.read_bytes() == before
    assert (out / "facts").read_bytes() == b"1"
    assert not any(is_draft(path) for path in out.iterdir())


_MOMENTS: Final = 12


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("moment", range(_MOMENTS))
def test_a_demonstration_that_is_killed_keeps_the_next_from_nothing(tmp_path: Path, moment: int) -> None:
    """Wherever a run is killed, before, between and after its files are put in place, the next one succeeds."""
    out = tmp_path / "out"
    for first in (True, False):
        process = os.fork()
        if not process:
            left = [moment]

            def counted(there: Callable[..., Any], left: list[int] = left) -> Callable[..., Any]:
                def called(*arguments: Any, **named: Any) -> Any:
                    if not left[0]:
                        os._exit(9)
                    left[0] -= 1
                    return there(*arguments, **named)

                return called

            for owner, name in ((Path, "replace"), (os, "link"), (os, "fsync")):
                setattr(owner, name, counted(getattr(owner, name)))
            demonstrated(out, facts=b"2", ledger=b"2")
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) in {9, 0}
        demonstrated(out, facts=b"3" if first else b"4", ledger=b"3")
        assert names(out) == [MARK, "facts", "ledger"]


def test_the_demonstration_leaves_a_folder_alone_that_has_its_mark_alone(tmp_path: Path) -> None:
    """Facts of somebody's own beside a mark are not the demonstration's, and stay."""
    (tmp_path / MARK).write_text("虚构数据：其中的人员、单位和处所均不存在。\n", encoding="utf-8")
    (tmp_path / "facts.jsonl").write_bytes(PRECIOUS)
    refused("demo", "--out", tmp_path, "--students", "120")
    assert names(tmp_path) == [MARK, "facts.jsonl"]
    assert (tmp_path / "facts.jsonl").read_bytes() == PRECIOUS


# Nobody else -----------------------------------------------------------------------------------------------

WRITES: Final = {"write_text", "write_bytes", "touch", "unlink", "rmtree", "rename", "rmdir", "mkdtemp"}
SAYS: Final = {"print", "echo", "secho"}
# What is written elsewhere, and why.
ELSEWHERE: Final = {
    "facts/writing.py": "the one way",
    "ledger/connection.py": "SQLite writes ledgers",
    "demo/folder.py": "it puts drafts in their places, and no others",
    "packs/listing.py": "the process that imports a pack answers by a temporary file of its own",
}
SAID_ELSEWHERE: Final = {
    "cli/output.py": "the one edge",
    "analysis/pages.py": "a command of its own, that writes a page",
}


def called(path: Path) -> Iterator[ast.Call]:
    """Yield every call in a module."""
    yield from (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))


def test_nothing_else_writes_files() -> None:
    """No other module opens files for writing, moves or removes any."""
    source = Path(partyrules.__file__).parent
    for path in source.rglob("*.py"):
        if path.relative_to(source).as_posix() in ELSEWHERE:
            continue
        for call in called(path):
            function = call.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            assert name not in WRITES, (path, name)
            if name in {"open", "fdopen"}:
                modes = [each.value for each in call.args if isinstance(each, ast.Constant)]
                assert not any(set(mode) & set("wxa+") for mode in modes if isinstance(mode, str) and len(mode) < 4), (
                    path
                )


def test_nothing_else_speaks() -> None:
    """No other module writes to standard output or error."""
    source = Path(partyrules.__file__).parent
    for path in source.rglob("*.py"):
        if path.relative_to(source).as_posix() in SAID_ELSEWHERE:
            continue
        for call in called(path):
            said = ast.unparse(call.func)
            assert said.rpartition(".")[2] not in SAYS, (path, said)
            assert not said.startswith(("sys.stdout.", "sys.stderr.")) or said.endswith(".isatty"), (path, said)
