"""One SQLite file, open: for any thread, one at a time; Ctrl-C ends each wait for it; reading it leaves no trace."""

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from threading import Lock, RLock
from time import monotonic, sleep
from typing import Any, Final, Literal, Self, TypeVar

T = TypeVar("T")
Mode = Literal["ro", "rw"]

# How long a lock of another process is waited for, and how long until it is tried again, at first and at most.
_BUSY_SECONDS: Final = 30
_SOON: Final = 0.001
_LATER: Final = 0.002
# By umask fewer may; what is recorded is about people, so that others than owner and group never do.
_FILE_MODE: Final = 0o660
_COPYING_TRIES: Final = 20
# A system drops all locks that a process holds on a file when the process closes it once, however often it is open.
# So nobody opens a file here while another thread makes it.
_MAKING: Final = Lock()


class Connection:
    """An SQLite file that is open.

    Any thread may use it, one at a time, and close it: whoever uses it holds it, and others wait. Nothing is held
    between two uses, so a reader holds up writers no longer than one statement takes. Errors are those of sqlite3.
    """

    def __init__(self, path: Path, *, mode: Mode, folder: TemporaryDirectory[str] | None = None) -> None:
        self._path = path
        # What goes with the connection.
        self._folder = folder
        self._held = RLock()
        with ExitStack() as opened:
            self._sqlite = opened.enter_context(closing(_connected(path, mode)))
            if mode == "rw":
                # A commit is the removal of the journal beside the file: to outlast a loss of power it must be on disk.
                self.rows("PRAGMA synchronous = EXTRA")
                # A long batch stays in memory until it is committed, so that nobody waits for it but during that.
                self.rows("PRAGMA cache_spill = OFF")
            opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        with self._held:
            self._sqlite.close()
            if self._folder is not None:
                self._folder.cleanup()

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all that a statement finds."""
        with self._held:
            return self._patiently(lambda: self._sqlite.execute(statement, values).fetchall())

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection in a transaction that sees one moment; who writes waits for its end."""
        with self._transaction("BEGIN", then="PRAGMA schema_version") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection in a transaction that writes: all of it is stored at the end, or nothing."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def without_log(self) -> None:
        """Have changes be written to the file itself, from now on, where an earlier partyrules kept a log beside it.

        Who reads a file with a log makes files beside it, and these are theirs, not the writer's.
        """
        with self._held:
            try:
                self._sqlite.execute("PRAGMA journal_mode = DELETE")
            except sqlite3.OperationalError as error:
                # Somebody uses the log, so it stays for now; all is as safe with it.
                if _code(error) & 0xFF != sqlite3.SQLITE_BUSY:
                    raise

    @contextmanager
    def _transaction(self, *begin: str, then: str | None = None) -> Iterator[sqlite3.Connection]:
        with self._held:
            self._patiently(lambda: self._begun(*begin, then=then))
            try:
                yield self._sqlite
                self._patiently(lambda: self._sqlite.execute("COMMIT"))
            except BaseException:
                self._rolled_back()
                raise

    def _begun(self, begin: str, *, then: str | None) -> None:
        self._sqlite.execute(begin)
        if then is not None:
            try:
                self._sqlite.execute(then).fetchall()
            except BaseException:
                self._rolled_back()
                raise

    def _rolled_back(self) -> None:
        if self._sqlite.in_transaction:
            self._sqlite.execute("ROLLBACK")

    def _patiently(self, act: Callable[[], T]) -> T:
        """Return what `act` returns once no other process is in the way; raise its last error after a time.

        The wait is one of Python, not of SQLite, which would not let itself be interrupted.
        """
        end, pause, restored = monotonic() + _BUSY_SECONDS, _SOON, False
        while True:
            try:
                return act()
            except sqlite3.OperationalError as error:
                if _code(error) == sqlite3.SQLITE_READONLY_ROLLBACK and not restored:
                    restored = True
                    _restore(self._path)
                    continue
                if _code(error) & 0xFF != sqlite3.SQLITE_BUSY or monotonic() >= end:
                    raise
            sleep(pause)
            pause = min(2 * pause, _LATER)


def _code(error: sqlite3.Error) -> int:
    # What Python says itself, as of text that is none, has no code.
    return getattr(error, "sqlite_errorcode", 0)


def make_empty(path: Path) -> None:
    """Make an empty file at `path` for SQLite, unless there is one; what SQLite puts beside it gets its permissions."""
    with _MAKING, suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE))


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    with _MAKING:
        uri = f"{path.absolute().as_uri()}?mode={mode}"
        return sqlite3.connect(uri, uri=True, timeout=0, isolation_level=None, check_same_thread=False)


def _restore(path: Path) -> None:
    """Take back what a writer who was killed left half written, if we may; who only reads cannot read it before."""
    with closing(_connected(path, "rw")) as connection:
        connection.execute("PRAGMA schema_version").fetchall()


# Files with a log, as an earlier partyrules kept them --------------------------------------------------------


def to_read(path: Path, *, without_log: Mapping[str, int]) -> Connection:
    """Return a connection to the file, or to a private copy of it if reading it in place would lock its owner out.

    To read a file that is kept with a log SQLite puts files beside it, which belong to whoever reads; the owner may
    then not write to them. That is no danger from the owner, and none where there is no log: `without_log` are the
    numbers in the header by which that is known.
    """
    if not hasattr(os, "geteuid") or os.geteuid() in (0, path.stat().st_uid) or _header(path, without_log):
        return Connection(path, mode="ro")
    folder = TemporaryDirectory(prefix="partyrules-")
    with ExitStack() as made:
        made.callback(folder.cleanup)
        copy = Path(folder.name, path.name)
        for number in range(_COPYING_TRIES):
            before = _state(path)
            _copy(path, copy)
            if _state(path) == before:
                # What stands in the log is put into the copy, so it must be written.
                found = Connection(copy, mode="rw", folder=folder)
                made.pop_all()
                return found
            sleep(number * _SOON)
    raise sqlite3.OperationalError("it was written to each time that it was read; try again")


def _header(path: Path, numbers: Mapping[str, int]) -> bool:
    """Tell whether a file has these numbers in its header, or is no file of SQLite's."""
    with closing(_peeking(path)) as connection:
        try:
            return all(connection.execute(f"PRAGMA {name}").fetchone() == (n,) for name, n in numbers.items())
        except sqlite3.DatabaseError:
            return True


def _copy(path: Path, to: Path) -> None:
    with closing(_peeking(path)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)
    log = _log_of(path)
    if log.exists():
        copyfile(log, _log_of(to))


def _peeking(path: Path) -> sqlite3.Connection:
    """Return a connection that leaves no trace and takes no lock, so that what it sees may be half written."""
    # Opened by SQLite and not as a file, whatever is read: see `_MAKING`.
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def _state(path: Path) -> list[tuple[int, int, int] | None]:
    return [_stamp(each) for each in (path, _log_of(path))]


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")
