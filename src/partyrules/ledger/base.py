"""What every ledger offers, and the chain of hashes by which a change to the record shows."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any, Final, NamedTuple, Protocol, Self

from attrs import field, frozen
from msgspec.structs import replace

from partyrules.admission import ADMISSION_TYPES, admitted
from partyrules.codec import Checked, canonical_instant, checked, content, decode_fact
from partyrules.errors import FactError, LedgerError, Problem, QueryError, refusal
from partyrules.facts import Fact, Vocabulary

__all__ = [
    "FORMAT",
    "GENESIS",
    "ROW",
    "Appended",
    "Batch",
    "Decision",
    "Head",
    "Ledger",
    "Recorded",
    "Row",
    "Snapshot",
    "Verification",
    "broken",
    "canonical_instant",
    "chained",
    "decided",
    "known_instant",
    "known_types",
    "line_of",
    "parse_head",
    "prepared",
    "recorded",
    "rows_after",
    "settled",
]

FORMAT: Final = 1
GENESIS: Final = sha256(f"partyrules ledger, format {FORMAT}".encode()).digest()

_HEAD: Final = re.compile(r"([0-9]{1,18}):([0-9a-fA-F]{64})")


@frozen
class Recorded:
    """A fact as the ledger holds it, with its `recorded_at`, and its `position`, from 1 on without gaps."""

    position: int
    fact: Fact


@frozen
class Head:
    """Where a ledger ends: its last position, 0 when empty, and the hash of all up to there, in hex.

    As text it is POSITION:HASH, the form in which it is noted elsewhere and given back to `verify`.
    """

    position: int
    hash: str

    def __str__(self) -> str:
        return f"{self.position}:{self.hash}"


def parse_head(text: str) -> Head:
    """Return the head that stands in a text as POSITION:HASH; raise QueryError for anything else."""
    found = _HEAD.fullmatch(text.strip())
    if found is None:
        raise QueryError(f"found {text!r}; allowed: a head, POSITION:HASH, as `record` and `verify` state it")
    return Head(int(found[1]), found[2].lower())


@frozen
class Snapshot:
    """What a ledger held at one moment: its `head`, and its `facts` in the order of recording.

    As an iterable it is its facts, so it can be asked as any collection of facts can.
    """

    head: Head
    facts: tuple[Fact, ...]

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts)


@frozen
class Appended:
    """What became of a batch: how many facts were appended, and how many the ledger held `already`.

    The positions are those of the first and last fact appended, None where there was none. `problems` are
    those of the lines left out; empty unless the caller asked to keep the good ones. `head` is where the ledger
    ended when all this was done.
    """

    appended: int
    already: int
    first_position: int | None
    last_position: int | None
    head: Head
    problems: tuple[Problem, ...] = ()


@frozen
class Verification:
    """Whether the record is as it was written: how many positions were `checked` and found right.

    If not `ok`, `position` is the first that is wrong, missing or too many, and `problem` says how. It is
    None where the fault is of no position, as when the store has lost its head. If `ok`, `head` is where the
    ledger ends, and `unknown` says how many facts there are of each type that the ledger's vocabulary does not
    have: of those the chain and the form were checked, and not what they say.
    """

    ok: bool
    position: int | None
    problem: str | None
    checked: int
    head: Head | None = None
    unknown: Mapping[str, int] = field(factory=dict)


class Ledger(Protocol):
    """An append-only record of facts; a context manager that closes itself.

    A ledger is used by the thread that opened it. Any number of processes may read and write one store.
    Every method raises LedgerError where the store cannot be read or written.
    """

    @property
    def vocabulary(self) -> Vocabulary:
        """The fact types that are appended and read."""

    def append(
        self,
        facts: Iterable[Fact | Checked],
        *,
        recorded_at: datetime,
        places: Sequence[str] | None = None,
        keep_good: bool = False,
        progress: Callable[[int], object] | None = None,
    ) -> Appended:
        """Append facts, or what lines say of them, in one transaction, all or nothing; return what became of them.

        A fact keeps the `recorded_at` it brings; one without gets the argument. A fact whose id the ledger
        holds with the same content is accepted and changes nothing, not even an earlier `recorded_at` does.
        `places` says where each fact stands, for the messages; a line knows itself where it stood. Raises
        FactError with every problem, unless `keep_good`: then the lines without a problem are appended and the
        problems returned. `progress` is called with how many more facts were written, as often as the ledger likes;
        they are stored only when all are.
        """

    def facts(
        self, *, known_at: datetime | None = None, types: Collection[str] | None = None, after: int = 0
    ) -> Iterator[Recorded]:
        """Yield the facts behind position `after` in order, as the ledger stands when the reading begins.

        Only those recorded at or before `known_at`, and only those of the wire names in `types`, where given.
        Raises QueryError for a type that the vocabulary does not have.
        """

    def with_ids(self, ids: Collection[str]) -> Iterator[Recorded]:
        """Yield the facts that have one of these ids."""

    def rows(self, *, after: int = 0) -> Iterator["Row"]:
        """Yield the records behind position `after` in order as they lie in the store; no fact is made of them.

        What others append while the reading goes on may be among them.
        """

    def rows_at(self, positions: Collection[int]) -> list["Row"]:
        """Return the records at these positions, by position; raise LedgerError where one is not there."""

    def head(self) -> Head:
        """Return where the ledger ends."""

    def snapshot(self) -> Snapshot:
        """Return all facts and the head as they are at one moment, whoever appends meanwhile."""

    def verify(self, *, noted: Iterable[Head] = ()) -> Verification:
        """Check the store, every position against the chain, and the end of the chain against the stored head.

        And that what is recorded could be: each id once, no unit established twice at a time, no two terms a day, no
        circle of retractions. `noted` are heads that were noted elsewhere: the record must have each of them at its
        position. A ledger whose end was cut off together with its head is sound in itself; only they show it.
        """

    def close(self) -> None:
        """Let go of the store; the ledger cannot be used any more."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...


class Row(NamedTuple):
    """One record as it lies in a store: the content, what is filed beside it, and the chain's hash so far."""

    position: int
    id: str
    wire: str
    recorded_at: str
    content: bytes
    hash: bytes


# What Row._make does, at a third of its time: there is a row for each record.
ROW: Final[Callable[[tuple[Any, ...]], Row]] = partial(tuple.__new__, Row)


def chained(previous: bytes, position: int, recorded_at: str, said: bytes) -> bytes:
    """Return the hash at a position, from the one before it (`GENESIS` before the first), time and content.

    Only the content varies in length, and it comes last: no two records hash the same bytes.
    """
    return sha256(b"%b%020d%b%b" % (previous, position, recorded_at.encode(), said)).digest()


# Appending -------------------------------------------------------------------------------------------------


@frozen
class Batch:
    """What is to be appended: `lines`, each with the time it is recorded at, and the `problems` of others.

    `order` is where each place stands in what was given, if there are problems.
    """

    lines: tuple[Checked, ...]
    problems: tuple[Problem, ...]
    order: Mapping[str, int]

    @property
    def bears_on_admission(self) -> bool:
        """Tell whether the recorded facts of `ADMISSION_TYPES` are needed to decide."""
        return not ADMISSION_TYPES.isdisjoint({cls.wire for cls in {said.cls for said in self.lines}})

    @property
    def plain(self) -> bool:
        """Tell whether all may be appended unless the ledger has one of the ids."""
        ids = {said.id for said in self.lines}
        return not self.problems and len(ids) == len(self.lines) and not self.bears_on_admission


@frozen
class Decision:
    """What became of lines: those to append, how many the ledger holds `already`, and the `problems` in order."""

    lines: tuple[Checked, ...]
    already: int
    problems: tuple[Problem, ...]


def prepared(
    facts: Iterable[Fact | Checked], *, recorded_at: datetime, places: Sequence[str] | None, vocabulary: Vocabulary
) -> Batch:
    """Return what the facts say, as it would be read back, and a problem for each that could not be."""
    given = list(facts)
    if places is not None and len(places) != len(given):
        raise QueryError(f"`places`: found {len(places)} for {len(given)} facts; allowed: one for each fact")
    try:
        stamp = canonical_instant(recorded_at)
    except ValueError as error:
        raise QueryError(f"`recorded_at`: {error}") from None
    lines: list[Checked] = []
    problems: list[Problem] = []
    known = set(vocabulary.types.values())
    for number, fact in enumerate(given):
        if isinstance(fact, Checked) and places is None and fact.cls in known:
            # Read from a line, so it can be read again.
            lines.append(fact if fact.recorded_at is not None else replace(fact, recorded_at=stamp))
            continue
        place = _place(fact, number) if places is None else places[number]
        try:
            said = _said(fact, place, vocabulary)
            lines.append(said if said.recorded_at is not None else replace(said, recorded_at=stamp))
        except FactError as error:
            problems += error.problems
        except (ValueError, TypeError, AttributeError, ArithmeticError) as error:
            problems.append(Problem(place, f"cannot be written: {error}"))
    named = places or [_place(fact, number) for number, fact in enumerate(given)] if problems else ()
    order = {place: number for number, place in reversed(list(enumerate(named)))}
    return Batch(tuple(lines), tuple(problems), order)


def _place(fact: Fact | Checked, number: int) -> str:
    return fact.where if isinstance(fact, Checked) else f"fact {number + 1}"


def _said(fact: Fact | Checked, place: str, vocabulary: Vocabulary) -> Checked:
    """Return what a fact says, as it would be read back; raise an error where it could not be."""
    # An application may build a fact without any check; what cannot be read back is never stored.
    said = checked(fact.content if isinstance(fact, Checked) else content(fact), where=place, vocabulary=vocabulary)
    if fact.recorded_at is None:
        return said
    instant = fact.recorded_at if isinstance(fact, Checked) else canonical_instant(fact.recorded_at)
    return replace(said, recorded_at=instant)


def decided(lines: Sequence[Checked], existing: Iterable[tuple[str, Fact]], *, vocabulary: Vocabulary) -> Decision:
    """Return which of the lines may join the `existing` facts, as `admitted` does.

    Of those only the ones matter whose id a line has or whose type is one of `ADMISSION_TYPES`; and of the lines
    only those have to be made facts of which that can be said, or whose id another line has.
    """
    held = list(existing)
    ids = {fact.id for _, fact in held}
    bearing = {cls for cls in {said.cls for said in lines} if cls.wire in ADMISSION_TYPES}
    seen: set[str] = set()
    for said in lines:
        (ids if said.id in seen or said.cls in bearing else seen).add(said.id)
    if not ids:
        return Decision(tuple(lines), 0, ())
    admission = admitted(held, [(said.where, _fact(said, vocabulary)) for said in lines if said.id in ids])
    kept = {f.id: None if f.recorded_at is None else canonical_instant(f.recorded_at) for f in admission.facts}
    good: list[Checked] = []
    for said in lines:
        if said.id not in ids:
            good.append(said)
        elif said.id in kept:
            # Of several copies the first place and the earliest time.
            good.append(replace(said, recorded_at=kept.pop(said.id)))
    return Decision(tuple(good), admission.already, admission.problems)


def settled(batch: Batch, decision: Decision, *, keep_good: bool) -> Decision:
    """Return the decision with the problems of the batch among its own; raise FactError unless `keep_good`."""
    problems = (*batch.problems, *decision.problems)
    if batch.problems:
        problems = tuple(sorted(problems, key=lambda problem: batch.order[problem.where]))
    if problems and not keep_good:
        raise FactError(problems)
    return Decision(decision.lines, decision.already, problems)


def rows_after(head: Head, lines: Iterable[Checked]) -> list[Row]:
    """Return the rows that carry the chain on from `head`; each line has its `recorded_at`."""
    previous = bytes.fromhex(head.hash)
    rows: list[Row] = []
    for position, said in enumerate(lines, start=head.position + 1):
        if said.recorded_at is None:
            raise LedgerError(f"fact {said.id!r} reached the chain without `recorded_at`")
        previous = chained(previous, position, said.recorded_at, said.content)
        rows.append(ROW((position, said.id, said.cls.wire, said.recorded_at, said.content, previous)))
    return rows


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


def broken(position: int | None, problem: str, checked: int) -> Verification:
    """Return that a position is not as it was written."""
    return Verification(ok=False, position=position, problem=problem, checked=checked)


def _fact(said: Checked, vocabulary: Vocabulary) -> Fact:
    if said.recorded_at is None:
        return decode_fact(said.content, where=said.where, vocabulary=vocabulary)
    return _read_back(said.content, said.recorded_at, said.where, vocabulary)


def _read_back(said: bytes, instant: str, where: str, vocabulary: Vocabulary) -> Fact:
    return decode_fact(line_of(said, instant), where=where, vocabulary=vocabulary)


def line_of(said: bytes, instant: str) -> bytes:
    """Return the line that says all of a record: its content, and when it was recorded."""
    # The content is a JSON object that leaves out `recorded_at` alone; put in as the last key, it is read too.
    return b'%b,"recorded_at":"%b"}' % (said[:-1], instant.encode(errors="backslashreplace"))
