"""The ledger in one SQLite file: many readers and writers at once, each batch whole or not at all."""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from heapq import merge
from pathlib import Path
from typing import Any, Final, Self

from partyrules.errors import FactError, LedgerError, QueryError
from partyrules.facts.admission import ADMISSION_TYPES, Admission, admitted_lines
from partyrules.facts.codec import Checked
from partyrules.facts.reading import what_it_is
from partyrules.facts.vocabulary import CORE_VOCABULARY, Fact, Vocabulary
from partyrules.ledger.base import (
    FORMAT,
    FORMATS,
    GENESIS,
    ROW,
    Appended,
    Batch,
    Clock,
    Head,
    Recorded,
    Row,
    Snapshot,
    Verification,
    broken,
    instant_kept,
    known_instant,
    known_types,
    prepared,
    recorded,
    settled,
    system_clock,
    time_problem,
    timely,
    values_after,
)
from partyrules.ledger.connection import Connection, make_empty, to_read
from partyrules.ledger.integrity import Indexed, file_problem, index_problem, schema_problem
from partyrules.ledger.verification import verification

# "PRLG": by this number in its header a file is known for a ledger.
_APPLICATION: Final = 0x50524C47
# A ledger of this format never was one whose file is kept with a log beside it.
_WITHOUT_LOG: Final = {"application_id": _APPLICATION, "user_version": FORMAT}
_AT_ONCE: Final = 500
_ROWS_AT_ONCE: Final = 512
# One statement for many rows takes two thirds of the time; more would be more values than every SQLite takes.
_ROWS_A_STATEMENT: Final = 100

# The ledger's own time came with format 2; in format 1 a row has no such column, and nothing in its place.
_COLUMNS: Final = ("position", "id", "fact", "recorded_at", "content", "hash")
_OWN_TIME: Final = {1: "NULL", 2: "kept_at"}

_OWN_TIME_COLUMN: Final = {1: "", 2: ", kept_at TEXT NOT NULL"}
_SCHEMAS: Final = {
    number: (
        f"""
        CREATE TABLE facts (
            position INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            fact TEXT NOT NULL,
            recorded_at TEXT NOT NULL,
            content BLOB NOT NULL,
            hash BLOB NOT NULL{_OWN_TIME_COLUMN[number]}
        )
        """,
        "CREATE INDEX facts_by_type ON facts (fact)",
        """
        CREATE TABLE head (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            position INTEGER NOT NULL,
            hash BLOB NOT NULL
        )
        """,
        """
        CREATE TRIGGER facts_are_not_changed BEFORE UPDATE ON facts
        BEGIN SELECT RAISE(ABORT, 'a ledger is append-only: no fact is changed'); END
        """,
        """
        CREATE TRIGGER facts_are_not_removed BEFORE DELETE ON facts
        BEGIN SELECT RAISE(ABORT, 'a ledger is append-only: no fact is removed'); END
        """,
        """
        CREATE TRIGGER the_head_is_not_removed BEFORE DELETE ON head
        BEGIN SELECT RAISE(ABORT, 'a ledger is append-only: its head is not removed'); END
        """,
    )
    for number in FORMATS
}

_REASONS: Final = {
    sqlite3.SQLITE_BUSY: "another process has been using it for more than half a minute; try again",
    sqlite3.SQLITE_LOCKED: "another use of it is in the way; try again",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; see that the file may be read and, to record, its directory written",
    sqlite3.SQLITE_READONLY_ROLLBACK: "a writer was killed in the middle; run `partyrules verify` as who may write it",
    sqlite3.SQLITE_READONLY: "it cannot be written; the file or its directory is read-only",
    sqlite3.SQLITE_PERM: "it may not be opened; see the permissions of the file",
    sqlite3.SQLITE_FULL: "the disk is full; nothing of the batch was stored",
    sqlite3.SQLITE_NOTADB: "it is not a ledger: not an SQLite database",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; restore it from a copy",
    sqlite3.SQLITE_CONSTRAINT: "its record does not end where its head says; verify it",
}
_HEADLESS: Final = "its head is missing, or damaged"
_TABLES: Final = ("facts", "head")
_TYPES: Final = (int, str, str, str, bytes, bytes)
_OWN_TIME_TYPE: Final = {1: type(None), 2: str}
_CURE: Final = "nothing was recorded; verify it, and put a sound copy in its place"
_BEFORE_ALL: Final = -(2**63)
_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


_Progress = Callable[[int], object] | None


class SqliteLedger:
    """A `Ledger` in one SQLite file; made by `open_ledger`."""

    def __init__(
        self,
        path: Path,
        *,
        vocabulary: Vocabulary,
        ledger_format: int,
        read_only: bool,
        connection: Connection,
        unreadable: str | None,
    ) -> None:
        self.path: Final = path
        self.vocabulary: Final = vocabulary
        self.format: Final = ledger_format
        self.read_only: Final = read_only
        self._connection = connection
        # What bears on admission, as far as it was read; the record only grows, so this never gets stale.
        self._admission: list[tuple[str, Fact]] = []
        self._admission_through = 0
        # Why nothing but a verification may be asked of it.
        self._unreadable = unreadable
        # The indexes that were found to agree with the records; looked at once, before they are trusted to write.
        self._agreeing: set[Indexed] = set()

    def __repr__(self) -> str:
        return f"<SqliteLedger: {self.path}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; the ledger cannot be used any more."""
        self._connection.close()

    def append(
        self,
        facts: Iterable[Fact | Checked],
        *,
        recorded_at: datetime,
        clock: Clock = system_clock,
        places: Sequence[str] | None = None,
        keep_good: bool = False,
        progress: Callable[[int], object] | None = None,
    ) -> Appended:
        """Append facts in one transaction, all or nothing; see `Ledger.append`."""
        if self.read_only:
            raise LedgerError(f"ledger {self.path}: it was opened for reading only")
        batch = prepared(facts, recorded_at=recorded_at, places=places, vocabulary=self.vocabulary)
        with _translated(self.path):
            done = self._appended_as_new(batch, clock, progress) if batch.plain else None
            return done or self._appended_as_decided(batch, clock, progress, keep_good=keep_good)

    def _appended_as_new(self, batch: Batch, clock: Clock, progress: _Progress) -> Appended | None:
        """Append facts of which only ids and times may speak against it; return None, nothing done, if one does."""
        try:
            with self._writing(batch, clock) as (connection, kept_at):
                if timely(batch, kept_at) is not batch:
                    return None
                return self._write(connection, Admission(batch.lines, 0, ()), kept_at, progress)
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_CONSTRAINT_UNIQUE:
                raise
            return None

    def _appended_as_decided(self, batch: Batch, clock: Clock, progress: _Progress, *, keep_good: bool) -> Appended:
        with self._writing(batch, clock) as (connection, kept_at):
            batch = timely(batch, kept_at)
            existing = list(self._placed(self._with_ids({said.id for said in batch.lines})))
            if batch.bears_on_admission:
                existing += self._bearing_on_admission()
            decision = admitted_lines(existing, batch.lines, vocabulary=self.vocabulary)
            decision = settled(batch, decision, keep_good=keep_good)
            return self._write(connection, decision, kept_at, progress)

    @contextmanager
    def _writing(self, batch: Batch, clock: Clock) -> Iterator[tuple[sqlite3.Connection, str]]:
        """Write in one transaction, of a file that does not look as if something would be lost or written twice.

        Yield what to write with, and the ledger's own time of what is written.
        """
        with self._connection.writing() as connection:
            head = self._head()
            problem = schema_problem(connection, _SCHEMAS[self.format]) or self._index_problem(connection, "id", head)
            if problem is None and batch.bears_on_admission:
                problem = self._index_problem(connection, "fact", head)
            if problem is not None:
                raise LedgerError(f"ledger {self.path}: {problem}; {_CURE}")
            last = self._some_rows("position = ?", [head.position])
            if head.position and (not last or time_problem(last[0], before=None) is not None):
                raise LedgerError(f"ledger {self.path}: {_REASONS[sqlite3.SQLITE_CONSTRAINT]}")
            yield connection, instant_kept(clock, last[0].kept_at if last else None)

    def _index_problem(self, connection: sqlite3.Connection, column: Indexed, head: Head) -> str | None:
        if column in self._agreeing:
            return None
        problem = index_problem(connection, column, count=head.position)
        if problem is None:
            self._agreeing.add(column)
        return problem

    def facts(
        self, *, known_at: datetime | None = None, types: Collection[str] | None = None, after: int = 0
    ) -> Iterator[Recorded]:
        """Yield the facts behind position `after`, in order; see `Ledger.facts`."""
        instant, wires = known_instant(known_at), known_types(types, self.vocabulary)
        asked, values = ("TRUE", []) if instant is None else ("recorded_at <= ?", [instant])
        return self._facts(asked, values, wires, start=after + 1)

    def with_ids(self, ids: Collection[str]) -> Iterator[Recorded]:
        """Yield the facts that have one of these ids; see `Ledger.with_ids`."""
        with _translated(self.path):
            yield from self._with_ids(ids)

    def rows(self, *, after: int = 0) -> Iterator[Row]:
        """Yield the records behind position `after` as they lie in the file; see `Ledger.rows`."""
        # Page by page: no statement stays open, so that a slow reader holds up no writer.
        full = True
        while full:
            page = self._some_rows("position > ?", [after], limit=_ROWS_AT_ONCE)
            yield from page
            full = len(page) == _ROWS_AT_ONCE
            after = page[-1].position if page else after

    def rows_at(self, positions: Collection[int]) -> list[Row]:
        """Return the records at these positions, by position; see `Ledger.rows_at`."""
        wanted = sorted(set(positions))
        found: list[Row] = []
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            found += self._some_rows(f"position IN ({_marks(some)})", some)
        if len(found) < len(wanted):
            missing = min(set(wanted) - {row.position for row in found})
            raise LedgerError(f"ledger {self.path}: there is no position {missing}")
        return found

    def head(self, *, kept_by: datetime | None = None) -> Head:
        """Return where the ledger ends, or ended at a time by its own clock; see `Ledger.head`."""
        instant = known_instant(kept_by, name="kept_by")
        with _translated(self.path):
            if instant is None:
                return self._head()
            if self.format == 1:
                raise QueryError(
                    f"ledger {self.path}: it is of format 1, which keeps no time of its own; ask without, by the claims"
                )
            last = self._some_rows("kept_at <= ?", [instant], order="position DESC", limit=1)
        return Head(last[0].position, last[0].hash.hex()) if last else Head(0, GENESIS[self.format].hex())

    def snapshot(self, *, kept_by: datetime | None = None) -> Snapshot:
        """Return all facts and the head as they are, or were, at one moment; see `Ledger.snapshot`."""
        head = self.head(kept_by=kept_by)
        with _translated(self.path):
            # What is recorded does not change: all up to a head is of the moment when it was the head.
            return Snapshot(head, tuple(self._recorded(row).fact for row in self._pages(end=head.position)))

    def verify(self, *, noted: Iterable[Head] = ()) -> Verification:
        """Check file, schema, indexes and every position, and that what is recorded could be; see `Ledger.verify`."""
        checked = 0

        def counted(rows: Iterable[Row]) -> Iterator[Row]:
            nonlocal checked
            for row in rows:
                yield row
                checked += 1

        with _translated(self.path):
            try:
                with self._connection.reading() as connection:
                    # What is no ledger's table is not even read.
                    problem = schema_problem(connection, _SCHEMAS[self.format], named=_TABLES)
                    if problem is not None:
                        return broken(None, problem, 0)
                    head, _ = self._ends()
                    if head is None:
                        return broken(None, _HEADLESS, 0)
                # Others may append meanwhile; what they record stands behind the head.
                rows = counted(self._pages(end=head.position))
                found = verification(rows, head, vocabulary=self.vocabulary, ledger_format=self.format, noted=noted)
                return self._verified_as_file(found) if found.ok else found
            except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
                if _code(error) not in _DAMAGED:
                    raise
                return broken(checked + 1, _REASONS[_code(error)], checked)

    def copy_to(self, empty: sqlite3.Connection) -> None:
        """Copy the whole file, as it is at one moment, into an empty database."""
        with _translated(self.path), self._connection.reading() as connection:
            connection.backup(empty)

    def _verified_as_file(self, found: Verification) -> Verification:
        """Return what was found of the records, unless the file as a whole is not what a ledger makes it."""
        with self._connection.reading() as connection:
            head, last = self._ends()
            if head is not None and last > head.position:
                told = f"the record goes on, but should end at {head.position}"
                return broken(head.position + 1, told, found.checked)
            problem = schema_problem(connection, _SCHEMAS[self.format]) or file_problem(connection)
            problem = _HEADLESS if head is None else problem
        return found if problem is None else broken(None, problem, found.checked)

    def _must_be_readable(self) -> None:
        if self._unreadable is not None:
            raise LedgerError(f"ledger {self.path}: {self._unreadable}; what it says is not to be believed")

    def _facts(
        self, asked: str, values: Sequence[Any], wires: Sequence[str] | None, *, start: int
    ) -> Iterator[Recorded]:
        with _translated(self.path):
            end = self._head().position
            if wires is None:
                rows = self._pages(asked, values, start=start, end=end)
            else:
                # One type beside the other: of several at once each page would have to be sorted out anew.
                one = f"{asked} AND fact = ?"
                rows = merge(
                    *(self._pages(one, [*values, wire], start=start, end=end) for wire in wires),
                    key=lambda row: row.position,
                )
            yield from map(self._recorded, rows)

    def _pages(
        self, asked: str = "TRUE", values: Sequence[Any] = (), *, start: int = _BEFORE_ALL, end: int
    ) -> Iterator[Row]:
        """Yield the rows from one position to another as they lie in the file, damaged or not."""
        # As bytes, whatever a tampered column holds: text that is not UTF-8 must show, not stop the reading.
        columns = ", ".join(f"CAST({name} AS BLOB)" for name in (*_COLUMNS[1:], _OWN_TIME[self.format]))
        select = f"SELECT position, {columns} FROM facts WHERE {asked} AND position BETWEEN ? AND ?"  # noqa: S608 - all of it ours
        full = True
        while full:
            page = self._connection.rows(f"{select} ORDER BY position LIMIT {_ROWS_AT_ONCE}", [*values, start, end])
            yield from map(_row, page)
            full = len(page) == _ROWS_AT_ONCE
            start = page[-1][0] + 1 if full else start

    def _some_rows(self, asked: str, values: Sequence[Any], *, order: str = "position", limit: int = -1) -> list[Row]:
        own = _OWN_TIME[self.format]
        columns = f"position, id, fact, recorded_at, CAST(content AS BLOB), CAST(hash AS BLOB), {own}"
        select = f"SELECT {columns} FROM facts WHERE {asked} ORDER BY {order} LIMIT ?"  # noqa: S608 - all of it ours
        with _translated(self.path):
            self._must_be_readable()
            rows = list(map(ROW, self._connection.rows(select, [*values, limit])))
        if not _typed(rows, self.format):
            damaged = next(row.position for row in rows if not _typed([row], self.format))
            raise LedgerError(f"ledger {self.path}: position {damaged}: it is damaged; verify the ledger")
        return rows

    def _recorded(self, row: Row) -> Recorded:
        try:
            return recorded(row, vocabulary=self.vocabulary)
        except FactError as error:
            raise LedgerError(f"ledger {self.path}: {error}") from None

    def _placed(self, entries: Iterable[Recorded]) -> Iterator[tuple[str, Fact]]:
        for entry in entries:
            yield f"recorded at position {entry.position}", entry.fact

    def _with_ids(self, ids: Collection[str]) -> Iterator[Recorded]:
        # In order, so that neighbours in the index are found one after the other.
        wanted = sorted(ids)
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            yield from map(self._recorded, self._some_rows(f"id IN ({_marks(some)})", some))

    def _bearing_on_admission(self) -> list[tuple[str, Fact]]:
        types = sorted(ADMISSION_TYPES)
        asked = f"position > ? AND fact IN ({_marks(types)})"
        found = map(self._recorded, self._some_rows(asked, [self._admission_through, *types]))
        self._admission += self._placed(found)
        self._admission_through = self._head().position
        return self._admission

    def _head(self) -> Head:
        self._must_be_readable()
        head, last = self._ends()
        if head is None:
            raise LedgerError(f"ledger {self.path}: {_HEADLESS}")
        if head.position != last:
            raise LedgerError(f"ledger {self.path}: {_REASONS[sqlite3.SQLITE_CONSTRAINT]}")
        return head

    def _ends(self) -> tuple[Head | None, int]:
        """Return the stored head, None where it is missing or damaged, and the position of the last record."""
        last = "(SELECT coalesce(max(position), 0) FROM facts)"
        found = self._connection.rows(
            f"SELECT {last}, CAST(position AS INTEGER), CAST(hash AS BLOB) FROM (SELECT 1) LEFT JOIN head"  # noqa: S608 - ours
        )
        last_position, position, link = found[0]
        head = None if position is None or link is None else Head(position, link.hex())
        return head, last_position

    def _write(
        self, connection: sqlite3.Connection, decision: Admission[Checked], kept_at: str, progress: _Progress
    ) -> Appended:
        head, count = self._head(), len(decision.facts)
        if not count:
            return Appended(0, decision.already, None, None, head, decision.problems)
        columns = _COLUMNS if self.format == 1 else (*_COLUMNS, "kept_at")
        values = values_after(head, decision.facts, kept_at=None if self.format == 1 else kept_at)
        last = dict(zip(columns, values[-len(columns) :], strict=True))
        end = Head(last["position"], last["hash"].hex())
        whole = (count - count % _ROWS_A_STATEMENT) * len(columns)
        for some, rows in (values[:whole], _ROWS_A_STATEMENT), (values[whole:], 1):
            connection.executemany(_insert(columns, rows), _by_statement(some, rows, len(columns), progress))
        connection.execute("UPDATE head SET position = ?, hash = ?", [end.position, last["hash"]])
        # What was stored is looked at, not inferred from there having been no error.
        [[stored]] = self._connection.rows("SELECT count(*) FROM facts WHERE position > ?", [head.position])
        found = [row[: len(columns)] for row in self._some_rows("position = ?", [end.position])]
        if stored != count or self._head() != end or found != [tuple(last.values())]:
            raise LedgerError(f"ledger {self.path}: {count} facts were written, but {stored} are there; {_CURE}")
        return Appended(count, decision.already, head.position + 1, end.position, end, decision.problems)


def open_ledger(
    path: str | Path,
    *,
    vocabulary: Vocabulary = CORE_VOCABULARY,
    create: bool = True,
    read_only: bool = False,
) -> SqliteLedger:
    """Return the ledger in the file at `path`, a new one where there is none.

    Without `create`, and to read only, there must be one. Facts of types that `vocabulary` does not have are
    neither appended nor read. Raises LedgerError where the file cannot be opened or is not a ledger.
    """
    place = Path(path)
    try:
        if place.exists() and not place.is_file():
            what = "a directory" if place.is_dir() else "a pipe or device"
            raise LedgerError(f"ledger {place}: found {what}; allowed: a file")
        if not place.exists() and (read_only or not create):
            raise LedgerError(f"ledger {place}: there is no such file")
        if not place.parent.is_dir():
            raise LedgerError(f"ledger {place}: there is no directory {place.parent}")
        if create and not read_only:
            make_empty(place)
    except OSError as error:
        raise LedgerError(f"ledger {place}: it cannot be opened: {error.strerror or error}") from None
    with _translated(place), ExitStack() as opened:
        connection = opened.enter_context(
            to_read(place, without_log=_WITHOUT_LOG) if read_only else Connection(place, mode="rw")
        )
        ledger_format = _format_of(connection, place)
        if ledger_format is None:
            if read_only or not create:
                raise LedgerError(f"ledger {place}: it is not a ledger: the file is empty")
            ledger_format = _create(connection, place)
        with connection.reading() as found:
            unreadable = schema_problem(found, _SCHEMAS[ledger_format], named=_TABLES if read_only else ())
        if not read_only:
            if unreadable is not None:
                raise LedgerError(f"ledger {place}: {unreadable}; {_CURE}")
            connection.without_log()
        opened.pop_all()
    return SqliteLedger(
        place,
        vocabulary=vocabulary,
        ledger_format=ledger_format,
        read_only=read_only,
        connection=connection,
        unreadable=unreadable,
    )


# SQLite ----------------------------------------------------------------------------------------------------


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.ProgrammingError as error:
        closed = "closed" in str(error)
        raise LedgerError(f"ledger {path}: {'it is closed' if closed else error}") from error
    except (sqlite3.Error, UnicodeDecodeError) as error:
        what = what_it_is(path) if _code(error) == sqlite3.SQLITE_NOTADB else None
        raise LedgerError(f"ledger {path}: {_reason(error)}{f' but {what}' if what else ''}") from error


def _reason(error: sqlite3.Error | UnicodeDecodeError) -> str:
    return _REASONS.get(getattr(error, "sqlite_errorcode", 0)) or _REASONS.get(_code(error)) or str(error)


def _code(error: sqlite3.Error | UnicodeDecodeError) -> int:
    if isinstance(error, UnicodeDecodeError):
        # What SQLite says of a damaged file may quote it, and what it quotes need be no text.
        return sqlite3.SQLITE_CORRUPT
    # The low byte is the kind of error; the rest says more of it than is of use here.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _format_of(connection: Connection, path: Path) -> int | None:
    """Return the format of a ledger, None for a file in which nothing is yet; raise LedgerError for anything else."""
    # One statement, so that another process that is just making the ledger is seen before or after, not midway.
    [(application, version, things)] = connection.rows(
        "SELECT (SELECT application_id FROM pragma_application_id), "
        "(SELECT user_version FROM pragma_user_version), count(*) FROM sqlite_master"
    )
    if application == _APPLICATION and version in FORMATS:
        return int(version)
    if application == _APPLICATION:
        allowed = " and ".join(map(str, FORMATS))
        raise LedgerError(
            f"ledger {path}: found format {version}; allowed: {allowed}, what this partyrules reads and writes"
        )
    if things or application or version:
        raise LedgerError(f"ledger {path}: it is not a ledger: an SQLite database of something else")
    return None


def _create(connection: Connection, path: Path) -> int:
    """Make a new ledger of an empty file and return its format."""
    with connection.writing() as made:
        found = _format_of(connection, path)
        if found is not None:
            # Another process was faster.
            return found
        for statement in _SCHEMAS[FORMAT]:
            made.execute(statement)
        made.execute("INSERT INTO head (one, position, hash) VALUES (1, 0, ?)", [GENESIS[FORMAT]])
        for name, number in _WITHOUT_LOG.items():
            made.execute(f"PRAGMA {name} = {number}")
    return FORMAT


def _row(columns: tuple[Any, ...]) -> Row:
    position, name, wire, recorded_at, said, link, kept_at = columns
    own = None if kept_at is None else _text(kept_at)
    return Row(position, _text(name), _text(wire), _text(recorded_at), said or b"", link or b"", own)


def _insert(columns: Sequence[str], rows: int) -> str:
    return f"INSERT INTO facts ({', '.join(columns)}) VALUES {', '.join([f'({_marks(columns)})'] * rows)}"  # noqa: S608 - ours


def _by_statement(values: Sequence[Any], rows: int, width: int, progress: _Progress) -> Iterator[Sequence[Any]]:
    """Yield the values of so many rows at a time, and tell of them once they are written."""
    for start in range(0, len(values), rows * width):
        yield values[start : start + rows * width]
        if progress is not None:
            progress(rows)


def _typed(rows: Sequence[Row], ledger_format: int) -> bool:
    """Tell whether each column of the rows holds what it should; a damaged page need not."""
    kinds = (*_TYPES, _OWN_TIME_TYPE[ledger_format])
    return all({*map(type, column)} == {kind} for column, kind in zip(zip(*rows, strict=True), kinds, strict=False))


def _text(column: bytes | None) -> str:
    return (column or b"").decode(errors="replace")


def _marks(values: Collection[Any]) -> str:
    return ", ".join("?" * len(values))
