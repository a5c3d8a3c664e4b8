"""The projection of a ledger: its facts as columns, kept in a file, brought up to date, and rebuilt when in doubt."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import attrs
import msgspec
import numpy as np
from attrs import define, field, frozen
from numpy.typing import NDArray

from partyrules.errors import FactError, LedgerError, OutputError
from partyrules.facts.admission import all_admitted
from partyrules.facts.codec import Checked, fact_of
from partyrules.facts.vocabulary import Fact, Vocabulary
from partyrules.facts.writing import ours
from partyrules.ledger.base import GENESIS, Head, Ledger, Row, recorded
from partyrules.store.columns import NO_NUMBER, Columns, Growing, Table, from_contents, from_facts, from_records
from partyrules.store.container import MAGIC, ContainerError, read_container, text_array, texts_in, write_container
from partyrules.store.index import index_of
from partyrules.store.shape import misshapen
from partyrules.store.strings import Strings

_FORMAT: Final = 1
# Few enough that what is made of them stays in the processor's cache until it is put away.
_ROWS_AT_ONCE: Final = 512
_FACTS_KEPT: Final = 32768
_TABLE_PARTS: Final = ("numbers", "first", "last", "until", "recorded")


@define(eq=False)
class Projection:
    """The facts of a ledger as `columns`, and what the ledger's `head` was when they were last brought up to date.

    The fact with number `n` stands at position `n + 1` of the ledger. `rebuilt` says why the file that was
    there was not believed, `unwritten` why none could be written; None where all went well. The head of facts
    that are not a ledger's is None. A projection may be used until its ledger closes, by any number of threads so
    long as none of them has it take in more.
    """

    columns: Columns
    head: Head | None
    rebuilt: str | None = None
    unwritten: str | None = None
    _path: Path | None = None
    _ledger: Ledger | None = None
    _lines: Callable[[int], Fact] | None = None
    _held: "OrderedDict[int, Fact]" = field(factory=OrderedDict)

    def __repr__(self) -> str:
        return f"<Projection: {len(self.columns)} facts, at {'no head' if self.head is None else self.head}>"

    def fact(self, number: int) -> Fact:
        """Return the fact with that number; raise IndexError where there is none."""
        found = self._held.get(number)
        return found if found is not None else self.facts((number,))[0]

    def facts(self, numbers: Iterable[int]) -> list[Fact]:
        """Return the facts with these numbers, in that order; raise IndexError where there is none.

        Raises LedgerError where the ledger cannot be read, or holds what is no fact.
        """
        wanted = [int(number) for number in numbers]
        held = ((number, self._held.get(number)) for number in wanted)
        found = {number: fact for number, fact in held if fact is not None}
        missing = {number for number in wanted if number not in found}
        if missing:
            found |= self._read(missing)
        return [found[number] for number in wanted]

    def refresh(self) -> range:
        """Take in what the ledger has recorded since, and return the numbers of those facts."""
        start = len(self.columns)
        if self._ledger is None:
            return range(start, start)
        rows = self._ledger.rows(after=start)
        while some := list(islice(rows, _ROWS_AT_ONCE)):
            self._take_in(some, self._ledger)
        return range(start, len(self.columns))

    def current(self) -> "Projection":
        """Return the projection of all that the ledger holds now: this one, which does not change, or another."""
        if self._ledger is None or self._ledger.head().position == len(self.columns):
            return self
        other = attrs.evolve(self, columns=self.columns.branch())
        index_of(self).branch(other)
        other.refresh()
        return other

    def save(self) -> None:
        """Write the projection to its file, if it has one; `unwritten` says why where that fails."""
        if self._path is None or self.head is None:
            return
        try:
            write_container(self._path, dict(_arrays(self.columns)), about=_about(self.columns, self.head))
            self.unwritten = None
        except OutputError as error:
            self.unwritten = f"projection {error}"

    def _take_in(self, rows: Sequence[Row], ledger: Ledger) -> None:
        start = len(self.columns)
        try:
            _extend(self.columns, rows, vocabulary=ledger.vocabulary)
        except Exception as error:
            # What was taken in halfway is no use.
            self.columns, self.head = Columns(), _nothing_of(ledger)
            _read_all(ledger, after=start)
            raise LedgerError(f"what is recorded behind position {start} cannot be read: {error}; verify it") from error
        self.head = Head(rows[-1].position, rows[-1].hash.hex())

    def _read(self, numbers: set[int]) -> dict[int, Fact]:
        out = [number for number in numbers if not 0 <= number < len(self.columns)]
        if out or (self._ledger is None and self._lines is None):
            raise IndexError(f"fact {min(out)}: there are {len(self.columns)}")
        if self._ledger is not None:
            found = self._recorded(numbers, self._ledger)
        else:
            found = {number: self._lines(number) for number in numbers if self._lines is not None}
        self._held.update(found)
        while len(self._held) > _FACTS_KEPT:
            self._held.popitem(last=False)
        return found

    def _recorded(self, numbers: set[int], ledger: Ledger) -> dict[int, Fact]:
        rows = ledger.rows_at([number + 1 for number in numbers])
        try:
            return {row.position - 1: recorded(row, vocabulary=ledger.vocabulary).fact for row in rows}
        except FactError:
            _read_all(ledger, after=min(numbers))
            raise


def projection_of(facts: Iterable[Fact], *, head: Head | None = None) -> Projection:
    """Return the projection of facts held in memory, each once, numbered in the order of first sight.

    `head` is where a ledger that held just these ended, if one did. Raise FactError where a ledger would not take
    all of them.
    """
    held = all_admitted(facts)
    columns = Columns()
    from_facts(columns, held)
    return Projection(columns, head, held=OrderedDict(enumerate(held)))


def put_lines(
    columns: Columns, lines: Sequence[Checked], said: Sequence[Any] | None, *, vocabulary: Vocabulary
) -> None:
    """Put lines that were checked at the end of the columns; `said` is what they were decoded to, if it is at hand."""
    known = [n for n, line in enumerate(lines) if line.recorded_at is not None]
    instants = np.full(len(lines), NO_NUMBER)
    written = [str(lines[n].recorded_at)[:-1] for n in known]
    instants[known] = np.array(written, "datetime64[us]").astype(np.int64)
    if said is None:
        wires, contents = [line.cls.wire for line in lines], [line.content for line in lines]
        from_contents(columns, wires, contents, instants, vocabulary=vocabulary)
    else:
        from_records(columns, said, [line.cls for line in lines], instants)


def projection_of_lines(
    lines: Sequence[Checked], columns: Columns | None = None, *, vocabulary: Vocabulary
) -> Projection:
    """Return the projection of lines that were checked and admitted, no two of one id, numbered in their order.

    The columns are theirs, where they are made already. A fact is made of its line when it is asked for.
    """
    if columns is None:
        columns = Columns()
        put_lines(columns, lines, None, vocabulary=vocabulary)
    return Projection(columns, None, lines=lambda number: fact_of(lines[number], vocabulary=vocabulary))


def projection_before(ledger: Ledger, path: Path | None = None) -> Projection:
    """Return the projection of a ledger as it was before anything was recorded."""
    return Projection(Columns(), _nothing_of(ledger), path=path, ledger=ledger)


def open_projection(ledger: Ledger, path: Path | None = None, *, save: bool = True) -> Projection:
    """Return the projection of a ledger, up to date; from the file at `path`, if given, and with `save` written back.

    The file is only believed where all of it is as written, by a partyrules with the same fact types, from a
    ledger that had at that position the hash that this one has; else it is rebuilt, and `rebuilt` says why.
    Where it cannot be written the projection is as good, and `unwritten` says why.

    Raises:
        LedgerError: the ledger cannot be read.
        OutputError: what is at `path` is neither a projection nor an empty file, and so is not written over.
    """
    projection = projection_before(ledger, path)
    stored = False
    if path is not None and ours(path, begins=MAGIC):
        try:
            projection.columns, projection.head = _read_back(path, ledger)
            stored = True
        except OSError as error:
            projection.rebuilt = f"projection {path}: cannot be read: {error.strerror or error}"
        except ContainerError as error:
            projection.rebuilt = f"projection {path}: {error}; it was rebuilt from the ledger"
    if (projection.refresh() or not stored) and save:
        projection.save()
    return projection


def _nothing_of(ledger: Ledger) -> Head:
    return Head(0, GENESIS[ledger.format].hex())


# From the ledger -----------------------------------------------------------------------------------------------------


def _read_all(ledger: Ledger, *, after: int) -> None:
    """Raise LedgerError where the ledger holds what is no fact: it says best which, and what is wrong."""
    for _ in ledger.facts(after=after):
        pass


def _extend(columns: Columns, rows: Sequence[Row], *, vocabulary: Vocabulary) -> None:
    due = range(len(columns) + 1, len(columns) + 1 + len(rows))
    for position, row in zip(due, rows, strict=True):
        if row.position != position:
            raise LedgerError(f"found position {row.position} where {position} is due; verify the ledger")
    instants = np.array([row.recorded_at[:-1] for row in rows], "datetime64[us]").astype(np.int64)
    from_contents(columns, [r.wire for r in rows], [r.content for r in rows], instants, vocabulary=vocabulary)


# The file ------------------------------------------------------------------------------------------------------------


@frozen
class _About:
    """What a file says of itself: its format, the head it is current through, the fields of each fact type in it."""

    format: int
    position: int
    hash: str
    fields: Mapping[str, Mapping[str, str]]


def _about(columns: Columns, head: Head) -> _About:
    fields = {wire: _column_names(table) for wire, table in columns.tables.items()}
    return _About(_FORMAT, head.position, head.hash, fields)


def _column_names(table: Table) -> dict[str, str]:
    return {name: type(column).__name__ for name, column in table.fields.items()}


def _read_back(path: Path, ledger: Ledger) -> tuple[Columns, Head]:
    """Return what a file holds, checked against the ledger; raise ContainerError where it is not to be believed."""
    container = read_container(path)
    try:
        about = msgspec.convert(container.about, _About)
    except msgspec.ValidationError as error:
        raise ContainerError(f"it is of another format: {error}") from None
    if about.format != _FORMAT:
        raise ContainerError(f"it is of format {about.format}, not {_FORMAT}")
    end = ledger.head().position
    if about.position < 0:
        raise ContainerError(f"it is current through position {about.position}, which is none")
    if about.position > end:
        raise ContainerError(f"it is current through position {about.position}, but the ledger ends at {end}")
    if about.position and ledger.rows_at([about.position])[0].hash.hex() != about.hash:
        raise ContainerError(f"it is of another ledger: the hash at position {about.position} is another")
    columns = _columns(about, container.arrays, ledger.vocabulary)
    if len(columns) != about.position:
        raise ContainerError(f"it holds {len(columns)} facts, not {about.position}")
    if wrong := misshapen(columns):
        raise ContainerError(wrong)
    return columns, Head(about.position, about.hash)


def _arrays(columns: Columns) -> Iterator[tuple[str, NDArray[Any]]]:
    # The wire name comes last: whatever it is, no two arrays have one name.
    yield "ids", text_array(columns.ids)
    yield "strings", text_array(columns.strings.texts)
    for wire, table in columns.tables.items():
        for name in _TABLE_PARTS:
            yield f"{name}/{wire}", getattr(table, name).array
        for name, column in table.fields.items():
            for part in attrs.fields(type(column)):
                yield f"{name}.{part.name}/{wire}", getattr(column, part.name).array


def _columns(about: _About, arrays: Mapping[str, NDArray[Any]], vocabulary: Vocabulary) -> Columns:
    columns = Columns(Strings(texts_in(_held(arrays, "strings", np.uint8))), texts_in(_held(arrays, "ids", np.uint8)))
    for wire, kinds in about.fields.items():
        cls = vocabulary.types.get(wire)
        if cls is None:
            raise ContainerError(f"it has facts of type `{wire}`, which is not known")
        table = columns.table(cls)
        if _column_names(table) != kinds:
            raise ContainerError(f"facts of type `{wire}` had other fields when it was written")
        for name in _TABLE_PARTS:
            _fill(table, name, arrays, f"{name}/{wire}")
        for name, column in table.fields.items():
            for part in attrs.fields(type(column)):
                _fill(column, part.name, arrays, f"{name}.{part.name}/{wire}")
    return columns


def _fill(holder: Any, name: str, arrays: Mapping[str, NDArray[Any]], called: str) -> None:
    dtype = getattr(holder, name).array.dtype
    setattr(holder, name, Growing(dtype, _held(arrays, called, dtype)))


def _held(arrays: Mapping[str, NDArray[Any]], name: str, dtype: Any) -> NDArray[Any]:
    found = arrays.get(name)
    if found is None or found.dtype != dtype:
        raise ContainerError(f"it has no array `{name}` of type {np.dtype(dtype)}")
    return found
