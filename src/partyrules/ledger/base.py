"""What every ledger offers, and the chain of hashes by which a change to the record shows."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any, Final, NamedTuple, Protocol, Self

from attrs import evolve, field, frozen
from msgspec.structs import replace

from partyrules.errors import FactError, LedgerError, Problem, QueryError, refusal
from partyrules.facts.admission import ADMISSION_TYPES, Admission
from partyrules.facts.codec import Checked, canonical_instant, checked, content, line_of, parse_instant, read_back
from partyrules.facts.vocabulary import Fact, Vocabulary

FORMAT: Final = 2
"""The format of new ledgers: beside the writer's claim, when it was recorded, stands when the ledger kept it."""
FORMATS: Final = (1, FORMAT)
"""What is read, verified and appended to; in format 1 the ledger keeps no time of its own."""
GENESIS: Final[Mapping[int, bytes]] = {
    number: sha256(f"partyrules ledger, format {number}".encode()).digest() for number in FORMATS
}
"""What the first hash of a chain follows, by the format of the ledger."""

_A_DAY: Final = timedelta(days=1)

Clock = Callable[[], datetime]
"""What tells a ledger the time, with an offset."""


def system_clock() -> datetime:
    """Return what the clock of this machine shows."""
    return datetime.now(UTC)


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
    have: of those the chain and the form were checked, and not what they say. `backdated` counts the facts that
    claim to be recorded more than a day before the ledger kept them; None where it keeps no time of its own.
    """

    ok: bool
    position: int | None
    problem: str | None
    checked: int
    head: Head | None = None
    unknown: Mapping[str, int] = field(factory=dict)
    backdated: int | None = None


class Ledger(Protocol):
    """An append-only record of facts; a context manager that closes itself.

    Any thread may use a ledger and close it; of several, each waits until the other is done. Any number of processes
    may read and write one store.
    Every method raises LedgerError where the store cannot be read or written.
    """

    @property
    def vocabulary(self) -> Vocabulary:
        """The fact types that are appended and read."""

    @property
    def format(self) -> int:
        """The format of the records, one of FORMATS; in format 1 the ledger keeps no time of its own."""

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
        """Append facts, or what lines say of them, in one transaction, all or nothing; return what became of them.

        A fact keeps the `recorded_at` it brings, the writer's claim; one without gets the argument. Beside it the
        ledger keeps its own time, what `clock` shows but never less than at the position before; a claim later than
        that is a problem (in format 1, one later than the clock). A fact whose id the ledger
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

        Only those that claim to be recorded at or before `known_at`, and only those of the wire names in `types`,
        where given.
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

    def head(self, *, kept_by: datetime | None = None) -> Head:
        """Return where the ledger ends, or ended at a time by its own clock: all up to there was kept by then.

        Raises QueryError where it keeps no time of its own.
        """

    def snapshot(self, *, kept_by: datetime | None = None) -> Snapshot:
        """Return all facts and the head as they are at one moment, whoever appends meanwhile.

        Or as they were at a time by the ledger's own clock; raises QueryError where it keeps no time of its own.
        """

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
    """One record as it lies in a store: the content, what is filed beside it, and the chain's hash so far.

    `recorded_at` is the writer's claim, `kept_at` the ledger's own time, None in format 1.
    """

    position: int
    id: str
    wire: str
    recorded_at: str
    content: bytes
    hash: bytes
    kept_at: str | None = None


# What Row._make does, at a third of its time: there is a row for each record.
ROW: Final[Callable[[tuple[Any, ...]], Row]] = partial(tuple.__new__, Row)


def chained(previous: bytes, position: int, recorded_at: str, said: bytes, kept_at: str | None = None) -> bytes:
    """Return the hash at a position, from the one before it (`GENESIS` before the first), times and content.

    Only the content varies in length, and it comes last: no two records of a format hash the same bytes.
    """
    times = recorded_at if kept_at is None else kept_at + recorded_at
    return sha256(b"%b%020d%b%b" % (previous, position, times.encode(), said)).digest()


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


def timely(batch: Batch, kept_at: str) -> Batch:
    """Return the batch with a problem for each line that claims a later time than the ledger's own."""
    late = [said for said in batch.lines if (said.recorded_at or "") > kept_at]
    if not late:
        return batch
    allowed = f"a time up to {kept_at}, the ledger's own; correct it, or leave it out and the ledger sets it"
    problems = [Problem(said.where, f"`recorded_at`: found {said.recorded_at}; allowed: {allowed}") for said in late]
    order = batch.order or {said.where: number for number, said in reversed(list(enumerate(batch.lines)))}
    lines = [said for said in batch.lines if (said.recorded_at or "") <= kept_at]
    return Batch(tuple(lines), (*batch.problems, *problems), order)


def instant_kept(clock: Clock, previous: str | None) -> str:
    """Return the ledger's own time of what is appended now, from its clock and its time at the position before.

    It never goes back, whatever the clock does. Raise QueryError where the clock shows no time with an offset.
    """
    try:
        return max(canonical_instant(clock()), previous or "")
    except ValueError as error:
        raise QueryError(f"`clock`: {error}") from None


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


def settled(batch: Batch, decision: Admission[Checked], *, keep_good: bool) -> Admission[Checked]:
    """Return the decision with the problems of the batch among its own; raise FactError unless `keep_good`."""
    problems = (*batch.problems, *decision.problems)
    if batch.problems:
        problems = tuple(sorted(problems, key=lambda problem: batch.order[problem.where]))
    if problems and not keep_good:
        raise FactError(problems)
    return evolve(decision, problems=problems)


def values_after(head: Head, lines: Iterable[Checked], *, kept_at: str | None) -> list[Any]:
    """Return the values of the rows that carry the chain on from `head`, row behind row; each line has its time.

    `kept_at` is the ledger's own time, None for a ledger of format 1, whose rows end before it.
    """
    previous = bytes.fromhex(head.hash)
    own = () if kept_at is None else (kept_at,)
    values: list[Any] = []
    for position, said in enumerate(lines, start=head.position + 1):
        instant = said.recorded_at
        if instant is None:
            raise LedgerError(f"fact {said.id!r} reached the chain without `recorded_at`")
        previous = chained(previous, position, instant, said.content, kept_at)
        values += (position, said.id, said.cls.wire, instant, said.content, previous, *own)
    return values


# Reading ---------------------------------------------------------------------------------------------------


def recorded(row: Row, *, vocabulary: Vocabulary) -> Recorded:
    """Return the fact of a row; raise FactError where it is not one of the vocabulary, or is filed as another."""
    where = f"position {row.position}"
    fact = read_back(line_of(row.content, row.recorded_at), where=where, vocabulary=vocabulary)
    if (row.id, row.wire) != (fact.id, fact.wire):
        raise FactError([Problem(where, filed_otherwise(row, fact.wire, fact.id))])
    return Recorded(row.position, fact)


def filed_otherwise(row: Row, wire: object, fact_id: object) -> str:
    """Return that a row's content has another type or id than what stands beside it."""
    return f"filed as `{row.wire}` {row.id!r}, but the content is `{wire}` {fact_id!r}"


def known_types(types: Collection[str] | None, vocabulary: Vocabulary) -> tuple[str, ...] | None:
    """Return the wire names, sorted; raise QueryError for one that the vocabulary does not have."""
    for wire in types or ():
        if wire not in vocabulary.types:
            raise QueryError(f"`types`: {refusal('fact type', wire, vocabulary.types)}")
    return None if types is None else tuple(sorted(set(types)))


def known_instant(known_at: datetime | None, *, name: str = "known_at") -> str | None:
    """Return the canonical instant; raise QueryError where it has no offset."""
    try:
        return None if known_at is None else canonical_instant(known_at)
    except ValueError as error:
        raise QueryError(f"`{name}`: {error}") from None


def broken(position: int | None, problem: str, checked: int) -> Verification:
    """Return that a position is not as it was written."""
    return Verification(ok=False, position=position, problem=problem, checked=checked)


def time_problem(row: Row, *, before: str | None) -> str | None:
    """Return what is wrong with a record's own time, that of the position before being `before`; None if nothing."""
    if row.kept_at == before:
        wrong = None
    elif row.kept_at is None or not _is_canonical(row.kept_at):
        wrong = f"the ledger's own time is {row.kept_at!r}"
    else:
        wrong = f"the ledger's own time goes back from {before}" if row.kept_at < (before or "") else None
    if wrong is None and row.kept_at is not None and row.recorded_at > row.kept_at:
        return f"it claims to be recorded at {row.recorded_at}, after the ledger's own time"
    return wrong


def _is_canonical(instant: str) -> bool:
    try:
        return canonical_instant(parse_instant(instant)) == instant
    except ValueError:
        return False


def is_backdated(row: Row) -> bool:
    """Tell whether a sound record claims to be recorded more than a day before the ledger kept it."""
    return row.kept_at is not None and parse_instant(row.kept_at) - parse_instant(row.recorded_at) > _A_DAY
