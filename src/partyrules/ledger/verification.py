"""Whether records are as they were written: their chain, their form, all of them together, heads noted elsewhere."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Final

import msgspec
from attrs import define, field

from partyrules.errors import FactError
from partyrules.facts.admission import ADMISSION_TYPES, admitted
from partyrules.facts.codec import canonical_instant, checked_again, line_of, parse_instant
from partyrules.facts.vocabulary import Fact, Vocabulary
from partyrules.ledger.base import (
    GENESIS,
    Head,
    Row,
    Verification,
    broken,
    chained,
    filed_otherwise,
    is_backdated,
    recorded,
    time_problem,
)

_ANY: Final = msgspec.json.Decoder(float_hook=Decimal)
_CANONICAL: Final = msgspec.json.Encoder(decimal_format="number", order="sorted")
_FORM: Final = "it is not in the form in which a ledger writes it"


def verification(
    rows: Iterable[Row], head: Head, *, vocabulary: Vocabulary, ledger_format: int, noted: Iterable[Head] = ()
) -> Verification:
    """Return whether the rows, by position, are the chain that ends at `head`; see `Ledger.verify`."""
    awaited = sorted(noted, key=lambda each: each.position, reverse=True)
    genesis = GENESIS[ledger_format]
    read = _Read(vocabulary, backdated=None if ledger_format == 1 else 0)
    previous, checked_through = genesis, 0
    problem = _other_head(awaited, 0, genesis)
    if problem is not None:
        return broken(None, problem, 0)
    for row in rows:
        due = checked_through + 1
        if row.position != due:
            found = f"found position {row.position} where {due} is due"
            return broken(min(due, row.position), found, checked_through)
        if due > head.position:
            return broken(due, f"the record goes on, but should end at {head.position}", checked_through)
        problem = _row_problem(row, previous) or read.problem(row) or _other_head(awaited, due, row.hash)
        if problem is not None:
            return broken(due, problem, checked_through)
        previous, checked_through = row.hash, due
    end = checked_through
    if end < head.position:
        return broken(end + 1, f"the record ends at {end}, but should at {head.position}", end)
    if previous.hex() != head.hash:
        return broken(end or None, "the stored head has another hash than the record", end)
    if awaited:
        return broken(end + 1, f"cut off: the record ends at {end}, but the head {awaited[-1]} was noted", end)
    return read.together(head, end)


def _other_head(awaited: list[Head], position: int, link: bytes) -> str | None:
    """Return what is wrong with the heads that were noted of a position, which are awaited no longer."""
    here = Head(position, link.hex())
    while awaited and awaited[-1].position == position:
        noted = awaited.pop()
        if noted != here:
            return f"not the record whose head was noted: {noted} was, {here} is the head here"
    return None


def _row_problem(row: Row, previous: bytes) -> str | None:
    if chained(previous, row.position, row.recorded_at, row.content, row.kept_at) != row.hash:
        return "time, content or hash is not what was recorded"
    return None


@define
class _Read:
    """What the rows read so far say that bears on others, and how many could not be understood."""

    vocabulary: Vocabulary
    backdated: int | None
    kept_at: str | None = None
    ids: set[str] = field(factory=set)
    bearing: dict[str, tuple[int, Fact]] = field(factory=dict)
    unknown: Counter[str] = field(factory=Counter)

    def problem(self, row: Row) -> str | None:
        """Take in a row whose link in the chain is right, and return what else is wrong with it."""
        problem = self._form_problem(row) or time_problem(row, before=self.kept_at)
        if problem is not None:
            return problem
        if row.id in self.ids:
            return f"the id {row.id!r} stands already at a position before"
        self.ids.add(row.id)
        self.kept_at = row.kept_at
        if self.backdated is not None:
            self.backdated += is_backdated(row)
        if row.wire in ADMISSION_TYPES:
            self.bearing[f"position {row.position}"] = (
                row.position,
                recorded(row, vocabulary=self.vocabulary).fact,
            )
        return None

    def together(self, head: Head, count: int) -> Verification:
        """Return whether all that was read could be recorded together."""
        lines = [(place, fact) for place, (_, fact) in self.bearing.items()]
        for problem in admitted((), lines).problems:
            position, _ = self.bearing[problem.where]
            return broken(position, f"it could not be recorded: {problem.what}", count)
        return Verification(
            ok=True,
            position=None,
            problem=None,
            checked=count,
            head=head,
            unknown=dict(sorted(self.unknown.items())),
            backdated=self.backdated,
        )

    def _form_problem(self, row: Row) -> str | None:
        if row.wire not in self.vocabulary.types:
            self.unknown[row.wire] += 1
            return _strange_problem(row)
        try:
            said = checked_again(line_of(row.content, row.recorded_at), vocabulary=self.vocabulary)
        except FactError as error:
            return "; ".join(problem.what for problem in error.problems)
        if (row.id, row.wire) != (said.id, said.wire):
            return filed_otherwise(row, said.wire, said.id)
        return None if (said.content, said.recorded_at) == (row.content, row.recorded_at) else _FORM


def _strange_problem(row: Row) -> str | None:
    """Return what is wrong with the record of a type that is not known here."""
    try:
        said = _ANY.decode(row.content)
        right = isinstance(said, dict) and (
            _CANONICAL.encode(said) == row.content
            and "recorded_at" not in said
            and canonical_instant(parse_instant(row.recorded_at)) == row.recorded_at
        )
    except (msgspec.DecodeError, UnicodeError, ValueError, RecursionError, InvalidOperation):
        right = False
    if not right:
        return _FORM
    wire, fact_id = said.get("fact"), said.get("id")
    return None if (wire, fact_id) == (row.wire, row.id) else filed_otherwise(row, wire, fact_id)
