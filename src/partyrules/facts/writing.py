"""The one way files are written: whole or not at all, readable by no stranger, and never over what is not ours."""

import os
import re
import shutil
import stat
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from partyrules.errors import OutputError

if sys.platform != "win32":
    import fcntl

# By umask fewer may; what is written is about people, so that others than owner and group never do.
_FILE_MODE: Final = 0o660
_FOLDER_MODE: Final = 0o770
# What is being written stands beside its place under a name that tells what it was to become.
_DRAFT: Final = re.compile(r"\.(?P<stem>.+)\.[0-9a-f]{16}\.partyrules-draft", re.DOTALL)
# So much of a name, in bytes, leaves room for the rest in the 255 that a file system allows.
_LONGEST_STEM: Final = 200
BESIDE_A_LEDGER: Final = ("-wal", "-shm", "-journal")
"""How names end under which SQLite keeps what belongs to a ledger beside it."""
_KINDS: Final = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (lambda mode: stat.S_ISCHR(mode) or stat.S_ISBLK(mode), "a device"),
)


# Files -----------------------------------------------------------------------------------------------------


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Yield a file to write that becomes the one at `path` when the block ends; raise OutputError if one is there.

    It has another name until then (`.name` tells which, for what writes by path), and is removed where the block
    raises. An OSError within is taken for a write that failed. Whatever stands at `path` is left as it is, even
    where it came while the block ran.
    """
    with _drafted(path, absent, _placed_new) as file:
        yield file


@contextmanager
def our_file(path: Path, *, begins: bytes) -> Iterator[BinaryIO]:
    """Yield a file to write that takes the place of what is at `path` when the block ends, as `new_file` does.

    Only nothing, an empty file, or one that begins with `begins` is replaced; else OutputError is raised, before
    anything is written. Who reads `path` at the same moment, or after a crash at any, finds the old or the new.
    """
    with _drafted(path, lambda path: ours(path, begins=begins), _placed_over(begins)) as file:
        _as_guarded(file.name, path)
        yield file


def our_files(
    files: Mapping[Path, Iterable[bytes]], *, begins: Mapping[str, bytes], earlier: Collection[Path] = ()
) -> None:
    """Write very many files that can be made again, each whole, of parts; `begins` says by suffix what ours begin with.

    Those of `earlier` that are ours and that none of them replaces are removed: they would pass for new ones.
    Nothing waits for the disk, file by file: one that a loss of power leaves empty is written over the next time.
    Raise OutputError before anything is written where one of them may not be.
    """
    for path in files:
        ours(path, begins=begins[path.suffix])
    _sweep(*files)
    for path, parts in files.items():
        with _draft(path, _placed_over(begins[path.suffix]), lasting=False) as file:
            _as_guarded(file.name, path)
            file.writelines(parts)
    for path in {*earlier} - {*files}:
        with suppress(OutputError, OSError):
            if ours(path, begins=begins[path.suffix]):
                path.unlink()
    for folder in {path.parent for path in files}:
        _settled(folder)


def _as_guarded(draft: str, path: Path) -> None:
    """Keep from the new file who was kept from the old one."""
    with suppress(OSError):
        Path(draft).chmod(stat.S_IMODE(path.lstat().st_mode) & _FILE_MODE)


def ours(path: Path, *, begins: bytes) -> bool:
    """Tell whether a file that begins with these bytes is at `path`; False where there is none, or an empty one.

    Raise OutputError for anything else: what is there is not ours, and must not be written.
    """
    _allowed_name(path)
    try:
        _plain(path, path.lstat().st_mode)
        # What came in its place since may neither lead astray nor hold up whoever looks.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            _plain(path, os.fstat(handle).st_mode)
            start = file.read(len(begins))
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _unwritten(path, error) from None
    if start not in (b"", begins):
        raise OutputError(f"{path}: found a file of another kind, which is not written over; name another file")
    return bool(start)


def _plain(path: Path, mode: int) -> None:
    if found := _kind(mode):
        raise OutputError(f"{path}: found {found}, which is not written to; name another file")


def absent(path: Path) -> None:
    """Raise OutputError where something stands at a path."""
    _allowed_name(path)
    try:
        found = _kind(path.lstat().st_mode) or "a file"
    except FileNotFoundError:
        return
    except OSError as error:
        raise _unwritten(path, error) from None
    raise OutputError(f"{path}: there is {found} already, and nothing is overwritten; name a new one")


def _allowed_name(path: Path) -> None:
    if not path.name or "\0" in str(path):
        raise OutputError(f"{str(path)!r} is not a path to write to; allowed: one that ends in a name")
    if path.name.endswith(BESIDE_A_LEDGER):
        raise OutputError(f"{path}: a ledger keeps its own files under such names; name another file")


def _kind(mode: int) -> str | None:
    """Return what something that is no plain file is, None for one that is."""
    return None if stat.S_ISREG(mode) else next((word for test, word in _KINDS if test(mode)), "no plain file")


@contextmanager
def _drafted(path: Path, check: Callable[[Path], object], placed: Callable[[str, Path], None]) -> Iterator[BinaryIO]:
    check(path)
    _sweep(path)
    with _draft(path, placed) as file:
        yield file
    _settled(path.parent)


@contextmanager
def _draft(path: Path, placed: Callable[[str, Path], None], *, lasting: bool = True) -> Iterator[BinaryIO]:
    try:
        file = _open_draft(path)
    except OSError as error:
        raise _unwritten(path, error) from None
    try:
        with file:
            yield file
            file.flush()
            if lasting:
                os.fsync(file.fileno())
            if sys.platform == "win32":
                # What is open there cannot be given another name.
                file.close()
            placed(file.name, path)
    except FileExistsError:
        raise OutputError(f"{path}: there is a file already, and nothing is overwritten; name a new one") from None
    except OSError as error:
        raise _unwritten(path, error) from None
    finally:
        Path(file.name).unlink(missing_ok=True)


def _open_draft(path: Path) -> BinaryIO:
    while True:
        file = open(_draft_name(path), "xb", opener=lambda name, flags: os.open(name, flags, _FILE_MODE))  # noqa: SIM115 - a Path has no opener; it is closed by who asked
        _lock(file.fileno(), wait=True)
        # Until it was locked, another run may have taken it for one left behind.
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()


def _placed_new(draft: str, path: Path) -> None:
    """Give a draft its name; raise FileExistsError where something has that name, whoever came first."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links: an empty file keeps the place.
        path.touch(_FILE_MODE, exist_ok=False)
        try:
            Path(draft).replace(path)
        except OSError:
            path.unlink()
            raise


def _placed_over(begins: bytes) -> Callable[[str, Path], None]:
    """Return what gives a draft its name in the place of nothing, or of a file that begins so."""

    def placed(draft: str, path: Path) -> None:
        if not os.path.lexists(path):
            with suppress(FileExistsError):
                _placed_new(draft, path)
                return
        ours(path, begins=begins)
        Path(draft).replace(path)

    return placed


# Folders ---------------------------------------------------------------------------------------------------


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Yield a folder to fill that becomes the one at `path` when the block ends; raise OutputError if one is there.

    The folders that it is to lie in are made. Where the block raises, nothing is left of it.
    """
    absent(path)
    with draft_folder(path) as draft:
        yield draft
        absent(path)
        draft.rename(path)
        _settled(path.parent)


@contextmanager
def draft_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder beside `path`, and remove what is left of it when the block ends.

    An OSError within is taken for a write that failed, and raised as OutputError.
    """
    _allowed_name(path)
    handle: int | None = None
    draft: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path)
        draft = _draft_name(path)
        draft.mkdir(_FOLDER_MODE)
        if sys.platform != "win32":
            handle = os.open(draft, os.O_RDONLY | os.O_DIRECTORY)
            _lock(handle, wait=True)
        yield draft
    except OSError as error:
        raise _unwritten(path, error) from None
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)
        if handle is not None:
            os.close(handle)


# Drafts of killed runs -------------------------------------------------------------------------------------


def is_draft(path: Path) -> bool:
    """Tell whether something has the name of a draft, one that is being written or was left behind."""
    return _DRAFT.fullmatch(path.name) is not None


def _draft_name(path: Path) -> Path:
    return path.with_name(f".{_stem(path)}.{os.urandom(8).hex()}.partyrules-draft")


def _stem(path: Path) -> str:
    return os.fsencode(path.name)[:_LONGEST_STEM].decode(errors="ignore")


def _sweep(*paths: Path) -> None:
    """Remove the drafts of what was to become one of the paths, of one folder, that nobody is writing any more."""
    wanted = set(map(_stem, paths))
    # What cannot be listed cannot be swept; whether it can be written is seen next.
    with suppress(OSError), os.scandir(paths[0].parent) as entries:
        for draft in [Path(entry) for entry in entries if (m := _DRAFT.fullmatch(entry.name)) and m["stem"] in wanted]:
            with suppress(OSError):
                _remove_abandoned(draft)


def _remove_abandoned(draft: Path) -> None:
    """Remove a draft whose writer is gone; raise BlockingIOError, or another OSError, where it may not be."""
    if sys.platform == "win32":
        # A file that is open there cannot be removed; of a folder nothing tells whether it is in use.
        draft.unlink()
        return
    handle = os.open(draft, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        _lock(handle, wait=False)
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            shutil.rmtree(draft)
        elif stat.S_ISREG(mode):
            draft.unlink()
    finally:
        os.close(handle)


def _lock(handle: int, *, wait: bool) -> None:
    """Hold a draft until it is closed, or its writer is gone: nobody else removes it meanwhile."""
    if sys.platform != "win32":
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            # A file system without locks: nobody can tell there that a draft is abandoned, so none is removed.
            if not wait:
                raise


def _settled(folder: Path) -> None:
    """Have the system keep the names in a folder through a loss of power, where it can be told to."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _unwritten(path: Path, error: OSError) -> OutputError:
    return OutputError(f"{path}: cannot be written: {error.strerror or error}")
