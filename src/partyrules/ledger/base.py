"""What every ledger offers, and the chain of hashes by which a change to the record shows."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, Protocol, Self

from attrs import frozen

from partyrules.admission import ADMISSION_TYPES, Admission, admitted
from partyrules.codec import content, decode_fact
from partyrules.errors import FactError, LedgerError, Problem, QueryError, refusal
from partyrules.facts import Fact, Vocabulary

__all__ = [
    "FORMAT",
    "GENESIS",
    "Appended",
    "Batch",
    "Head",
    "Ledger",
    "Recorded",
    "Row",
    "Verification",
    "broken",
    "canonical_instant",
    "chained",
    "decided",
    "known_instant",
    "known_types",
    "prepared",
    "recorded",
    "rows_after",
    "verification",
]

FORMAT: Final = 1
GENESIS: Final = sha256(f"partyrules ledger, format {FORMAT}".encode()).digest()


@frozen
class Recorded:
    """A fact as the ledger holds it, with its `recorded_at`, and its `position`, from 1 on without gaps."""

    position: int
    fact: Fact


@frozen
class Head:
    """Where a ledger ends: its last position, 0 when empty, and the hash of all up to there, in hex."""

    position: int
    hash: str


@frozen
class Appended:
    """What became of a batch: how many facts were appended, and how many the ledger held `already`.

    The positions are those of the first and last fact appended, None where there was none. `problems` are
    those of the lines left out; empty unless the caller asked to keep the good ones.
    """

    appended: int
    already: int
    first_position: int | None
    last_position: int | None
    problems: tuple[Problem, ...] = ()


@frozen
class Verification:
    """Whether the record is as it was written: how many positions were `checked` and found right.

    If not `ok`, `position` is the first that is wrong, missing or too many, and `problem` says how. It is
    None where the fault is of no position, as when the store has lost its head.
    """

    ok: bool
    position: int | None
    problem: str | None
    checked: int


class Ledger(Protocol):
    """An append-only record of facts; a context manager that closes itself.

    A ledger is used by the thread that opened it. Any number of processes may read and write one store.
    Every method raises LedgerError where the store cannot be read or written.
    """

    def append(
        self,
        facts: Iterable[Fact],
        *,
        recorded_at: datetime,
        places: Sequence[str] | None = None,
        keep_good: bool = False,
    ) -> Appended:
        """Append facts in one transaction, all or nothing, and return what became of them.

        A fact keeps the `recorded_at` it brings; one without gets the argument. A fact whose id the ledger
        holds with the same content is accepted and changes nothing, not even an earlier `recorded_at` does.
        `places` says where each fact stands, for the messages. Raises FactError with every problem, unless
        `keep_good`: then the lines without a problem are appended and the problems returned.
        """

    def facts(
        self, *, known_at: datetime | None = None, types: Collection[str] | None = None, after: int = 0
    ) -> Iterator[Recorded]:
        """Yield the facts behind position `after` in order, as the ledger stands when the reading begins.

        Only those recorded at or before `known_at`, and only those of the wire names in `types`, where given.
        Raises QueryError for a type that the vocabulary does not have.
        """

    def head(self) -> Head:
        """Return where the ledger ends."""

    def verify(self) -> Verification:
        """Check every position against the chain, and the end of the chain against the stored head."""

    def close(self) -> None:
        """Let go of the store; the ledger cannot be used any more."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...


@frozen
class Row:
    """One record as it lies in a store: the content, what is filed beside it, and the chain's hash so far."""

    position: int
    id: str
    wire: str
    recorded_at: str
    content: bytes
    hash: bytes


def canonical_instant(instant: datetime) -> str:
    """Return an instant as text of one length that sorts as time does; raise ValueError without an offset."""
    if instant.tzinfo is None:
        raise ValueError(f"found {instant}; allowed: a time with offset, e.g. 2018-03-15T09:00:00+08:00")
    try:
        return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    except OverflowError:
        raise ValueError(f"found {instant}; allowed: the years 1 to 9999 in UTC") from None


def chained(previous: bytes, position: int, recorded_at: str, said: bytes) -> bytes:
    """Return the hash at a position, from the one before it (`GENESIS` before the first), time and content.

    Only the content varies in length, and it comes last: no two records hash the same bytes.
    """
    return sha256(b"%b%020d%b%b" % (previous, position, recorded_at.encode(), said)).digest()


# Appending -------------------------------------------------------------------------------------------------


@frozen
class Batch:
    """Facts ready to be decided on: `lines` with their places, and the `contents` to store, by id."""

    lines: tuple[tuple[str, Fact], ...]
    contents: Mapping[str, bytes]
    problems: tuple[Problem, ...]
    places: tuple[str, ...]

    @property
    def bears_on_admission(self) -> bool:
        """Tell whether the recorded facts of `ADMISSION_TYPES` are needed to decide."""
        return any(fact.wire in ADMISSION_TYPES for _, fact in self.lines)


def prepared(
    facts: Iterable[Fact], *, recorded_at: datetime, places: Sequence[str] | None, vocabulary: Vocabulary
) -> Batch:
    """Return the facts as they would be read back, and a problem for each that could not be."""
    given = list(facts)
    named = tuple(places) if places is not None else tuple(f"fact {n}" for n in range(1, len(given) + 1))
    if len(named) != len(given):
        raise QueryError(f"`places`: found {len(named)} for {len(given)} facts; allowed: one for each fact")
    try:
        stamp = canonical_instant(recorded_at)
    except ValueError as error:
        raise QueryError(f"`recorded_at`: {error}") from None
    lines: list[tuple[str, Fact]] = []
    contents: dict[str, bytes] = {}
    problems: list[Problem] = []
    for place, fact in zip(named, given, strict=True):
        try:
            said = content(fact)
            instant = stamp if fact.recorded_at is None else canonical_instant(fact.recorded_at)
            # An application may build a fact without any check; what cannot be read back is never stored.
            lines.append((place, _read_back(said, instant, place, vocabulary)))
            contents.setdefault(fact.id, said)
        except FactError as error:
            problems += error.problems
        except (ValueError, TypeError, AttributeError, ArithmeticError) as error:
            problems.append(Problem(place, f"cannot be written: {error}"))
    return Batch(tuple(lines), contents, tuple(problems), named)


def decided(batch: Batch, existing: Iterable[tuple[str, Fact]], *, keep_good: bool) -> Admission:
    """Return what may be appended; raise FactError with every problem in order unless `keep_good`."""
    admission = admitted(existing, batch.lines)
    problems = (*batch.problems, *admission.problems)
    if not problems:
        return admission
    order = {place: number for number, place in reversed(list(enumerate(batch.places)))}
    problems = tuple(sorted(problems, key=lambda problem: order[problem.where]))
    if not keep_good:
        raise FactError(problems)
    return Admission(admission.facts, admission.already, problems)


def rows_after(head: Head, facts: Iterable[Fact], contents: Mapping[str, bytes]) -> Iterator[Row]:
    """Yield the rows that carry the chain on from `head`; each fact has its `recorded_at`."""
    previous = bytes.fromhex(head.hash)
    for position, fact in enumerate(facts, start=head.position + 1):
        if fact.recorded_at is None:
            raise LedgerError(f"fact {fact.id!r} reached the chain without `recorded_at`")
        instant, said = canonical_instant(fact.recorded_at), contents[fact.id]
        previous = chained(previous, position, instant, said)
        yield Row(position, fact.id, fact.wire, instant, said, previous)


# Reading ---------------------------------------------------------------------------------------------------


def recorded(row: Row, *, vocabulary: Vocabulary) -> Recorded:
    """Return the fact of a row; raise FactError where it is not one of the vocabulary."""
    where = f"position {row.position}"
    return Recorded(row.position, _read_back(row.content, row.recorded_at, where, vocabulary))


def known_types(types: Collection[str] | None, vocabulary: Vocabulary) -> tuple[str, ...] | None:
    """Return the wire names, sorted; raise QueryError for one that the vocabulary does not have."""
    for wire in types or ():
        if wire not in vocabulary.types:
            raise QueryError(f"`types`: {refusal('fact type', wire, vocabulary.types)}")
    return None if types is None else tuple(sorted(set(types)))


def known_instant(known_at: datetime | None) -> str | None:
    """Return the canonical instant; raise QueryError where it has no offset."""
    try:
        return None if known_at is None else canonical_instant(known_at)
    except ValueError as error:
        raise QueryError(f"`known_at`: {error}") from None


def verification(rows: Iterable[Row], head: Head, *, vocabulary: Vocabulary) -> Verification:
    """Return whether the rows, by position, are the chain that ends at `head`."""
    previous, checked = GENESIS, 0
    for row in rows:
        due = checked + 1
        if row.position != due:
            return broken(min(due, row.position), f"found position {row.position} where {due} is due", checked)
        if due > head.position:
            return broken(due, f"the record goes on, but should end at {head.position}", checked)
        problem = _row_problem(row, previous, vocabulary)
        if problem is not None:
            return broken(due, problem, checked)
        previous, checked = row.hash, due
    if checked < head.position:
        return broken(checked + 1, f"the record ends at {checked}, but should at {head.position}", checked)
    if previous.hex() != head.hash:
        return broken(checked or None, "the stored head has another hash than the record", checked)
    return Verification(ok=True, position=None, problem=None, checked=checked)


def broken(position: int | None, problem: str, checked: int) -> Verification:
    """Return that a position is not as it was written."""
    return Verification(ok=False, position=position, problem=problem, checked=checked)


def _row_problem(row: Row, previous: bytes, vocabulary: Vocabulary) -> str | None:
    if chained(previous, row.position, row.recorded_at, row.content) != row.hash:
        return "time, content or hash is not what was recorded"
    try:
        fact = recorded(row, vocabulary=vocabulary).fact
    except FactError as error:
        return "; ".join(problem.what for problem in error.problems)
    if (row.id, row.wire) != (fact.id, fact.wire):
        return f"filed as `{row.wire}` {row.id!r}, but the content is `{fact.wire}` {fact.id!r}"
    return None


def _read_back(said: bytes, instant: str, where: str, vocabulary: Vocabulary) -> Fact:
    # The content is a JSON object that leaves out `recorded_at` alone; put in as the last key, it is read too
    line = b'%b,"recorded_at":"%b"}' % (said[:-1], instant.encode())
    return decode_fact(line, where=where, vocabulary=vocabulary)
