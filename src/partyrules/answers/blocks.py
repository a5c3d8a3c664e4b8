"""Findings of one duty as columns, a block for each duty; made from findings, and read row by row."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, Literal, NamedTuple

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray

from partyrules.answers.verdicts import STATUSES, Finding, Number, Status
from partyrules.errors import EngineError
from partyrules.language.rules import Duty
from partyrules.packs.document import Clause
from partyrules.packs.pack import Bound
from partyrules.store.columns import NO_DAY, NO_NUMBER, SCALE
from partyrules.store.strings import ABSENT, Strings
from partyrules.time.calendar import Grain, Period

STATUS_CODES: Final[dict[Status, int]] = {status: code for code, status in enumerate(STATUSES)}
"""The number of each status in a column."""
REASONS: Final = (None, "partial_period", "on_leave", "above_maximum", "vacation_month", "explained", "before_register")
"""The reason of a finding by its number in a column."""
REASON_CODES: Final = {reason: code for code, reason in enumerate(REASONS)}
"""The number of each reason in a column."""

_JUDGED_MODALITY: Final = "shall"
_ROWS_AT_ONCE: Final = 4096
# More than any ordinal.
_ROOM: Final = 1 << 22
# A table of so many places is at hand sooner than values are sorted.
_SPAN: Final = 1 << 20

Array = NDArray[Any]
Evaluator = Literal["columnar", "reference"]


@frozen(kw_only=True)
class JudgedClause:
    """A clause that only a recorded judgement answers; it stands in a block where a duty has its bound rule."""

    id: str
    clause: Clause


About = Bound[Duty] | JudgedClause


@frozen(kw_only=True, eq=False)
class Block:
    """The findings of one duty, by subject, period and occasion; every column has one entry a row.

    `subject` are codes of strings, `start` and `end` ordinals of the period of grain `grain` (0 where a row has none),
    `occasion` the numbers of facts (-1 where none), `status` and `reason` numbers of `STATUS_CODES` and `REASONS`,
    `due` ordinals (0 where none), `needs` bits in the order of the audit's needs, `responsible` numbers of the audit's
    lists (0 for nobody). `required` and `actual` are in units of 1 / `scale`, a power of ten up to 10^9, the least
    int64 where there is none. A column may be one value broadcast to all rows. Rows stand in the order of their
    subjects' texts, then by start, then by the occasion's id; of each subject there are all or none. `evaluator` is
    which one judged the duty; `fallback` says why rows were judged by the reference evaluator instead of the columnar
    one: for which reason how many.
    """

    bound: About
    grain: Grain | None
    subject: Array
    start: Array
    end: Array
    occasion: Array
    status: Array
    reason: Array
    required: Array
    actual: Array
    due: Array
    needs: Array
    responsible: Array
    scale: int = 1
    evaluator: Evaluator = "columnar"
    fallback: tuple[tuple[str, int], ...] = ()

    def __len__(self) -> int:
        return len(self.subject)


@frozen(kw_only=True, eq=False)
class Evidence:
    """The facts that rows of a block rest on: those of row `r` are `numbers[starts[r]:starts[r + 1]]`."""

    starts: Array
    numbers: Array


class Names:
    """What the numbers in the blocks of one audit stand for: `strings`, `ids` of facts, `needs` bit by bit; `lists`.

    Each grows as further blocks are made; the ids given are copied before one is added to them. `numbers` returns the
    place of each of them, where somebody has it already.
    """

    def __init__(
        self,
        *,
        strings: Strings | None = None,
        ids: Sequence[str] = (),
        needs: Strings | None = None,
        numbers: Callable[[], Mapping[str, int]] | None = None,
    ) -> None:
        self.strings: Final = Strings() if strings is None else strings
        self.ids: Sequence[str] = ids
        self._count: Final = len(ids)
        self._numbers: Final = numbers or (lambda: self._own_numbers)
        self._added: Final[dict[str, int]] = {}
        self.needs: Final = Strings() if needs is None else needs
        self.lists: Final[list[tuple[str, ...]]] = [()]
        self._places: Final[dict[tuple[str, ...], int]] = {(): 0}

    @cached_property
    def _own_numbers(self) -> Mapping[str, int]:
        return {known: number for number, known in enumerate(self.ids)}

    def number(self, fact: str | None) -> int:
        """Return the number of a fact, `ABSENT` for None."""
        if fact is None:
            return ABSENT
        found = self._numbers().get(fact, self._count)
        if found >= self._count:
            found = self._added.setdefault(fact, len(self.ids))
            if found == len(self.ids):
                self.ids = [*self.ids, fact]
        return found

    def listed(self, ids: tuple[str, ...]) -> int:
        """Return the number of a list of ids, 0 for an empty one."""
        place = self._places.setdefault(ids, len(self.lists))
        if place == len(self.lists):
            self.lists.append(ids)
        return place

    def lists_with(self, name: str) -> tuple[int, ...]:
        """Return the numbers of the lists in which an id stands."""
        return tuple(place for place, listed in enumerate(self.lists) if name in listed)

    def bits(self, needs: Iterable[str]) -> int:
        """Return the bits of some needs."""
        return sum(1 << self.needs[need] for need in set(needs))


@frozen(kw_only=True, eq=False)
class Evidenced:
    """The block of a duty with the facts that each row rests on; of the subjects `apart` the reference says these."""

    block: Block
    evidence: Evidence
    apart: frozenset[int]
    names: Names


class FindingRow(NamedTuple):
    """What the columns say of one finding: all of it but evidence, readings and message."""

    rule: str
    clause: str
    subject: str
    period: Period | None
    occasion: str | None
    status: Status
    modality: str
    required: Number | None
    actual: Number | None
    due: date | None
    reason: str | None
    needs: tuple[str, ...]
    responsible: tuple[str, ...] = ()


class Cited(NamedTuple):
    """What the columns say of one finding, and its evidence."""

    row: FindingRow
    evidence: tuple[str, ...]


# From findings to columns ------------------------------------------------------------------------------------------


def block_of(about: About, findings: Iterable[Finding], names: Names) -> Block:
    """Return the block of what the reference found on one duty or clause, in any order; each is let go at once."""
    whole = {
        name: array("q") for name in ("subject", "start", "end", "occasion", "status", "reason", "due", "responsible")
    }
    required, actual = list[Number | None](), list[Number | None]()
    needs = list[int]()
    masks: dict[tuple[str, ...], int] = {}
    grains: set[Grain] = set()
    for finding in findings:
        period = finding.period
        whole["subject"].append(names.strings[finding.subject])
        whole["start"].append(period.start.toordinal() if period else NO_DAY)
        whole["end"].append(period.end.toordinal() if period else NO_DAY)
        whole["occasion"].append(names.number(finding.occasion))
        whole["status"].append(STATUS_CODES[finding.status])
        whole["reason"].append(REASON_CODES[finding.reason])
        whole["due"].append(finding.due.toordinal() if finding.due else NO_DAY)
        whole["responsible"].append(names.listed(finding.responsible))
        required.append(finding.required)
        actual.append(finding.actual)
        if finding.needs not in masks:
            masks[finding.needs] = names.bits(finding.needs)
        needs.append(masks[finding.needs])
        if period:
            grains.add(period.grain)
    if len(grains) > 1:
        raise EngineError(f"rule `{about.id}`: its periods are of several grains: {', '.join(sorted(grains))}")
    scale = 1 if all(_is_whole(number) for numbers in (required, actual) for number in numbers) else SCALE
    subject, occasion = np.asarray(whole["subject"], np.int32), np.asarray(whole["occasion"], np.int32)
    start = np.asarray(whole["start"], np.int32)
    order = np.lexsort((_places(occasion, names.ids), start, _places(subject, names.strings.texts)))
    return Block(
        bound=about,
        grain=next(iter(grains), None),
        subject=subject[order],
        start=start[order],
        end=np.asarray(whole["end"], np.int32)[order],
        occasion=occasion[order],
        status=np.asarray(whole["status"], np.int8)[order],
        reason=np.asarray(whole["reason"], np.int8)[order],
        required=_integers([_units(number, scale, about) for number in required], np.int64)[order],
        actual=_integers([_units(number, scale, about) for number in actual], np.int64)[order],
        due=np.asarray(whole["due"], np.int32)[order],
        needs=_integers(needs, np.uint64)[order],
        responsible=np.asarray(whole["responsible"], np.int32)[order],
        scale=scale,
        evaluator="reference",
    )


def _is_whole(number: Number | None) -> bool:
    return number is None or number == int(number)


def _units(number: Number | None, scale: int, about: About) -> int:
    if number is None:
        return NO_NUMBER
    units = number * scale
    if units != int(units):
        raise EngineError(f"rule `{about.id}`: the number {number} has more decimals than {len(str(SCALE)) - 1}")
    return int(units)


def _integers(values: Sequence[int], dtype: type[np.integer[Any]]) -> Array:
    """Return integers as an array of that type, or as Python's own where they are too large for it."""
    try:
        return np.fromiter(values, dtype, len(values))
    except OverflowError:
        return np.fromiter(values, np.object_, len(values))


def _places(codes: Array, texts: Sequence[str]) -> Array:
    """Return the place of each code in the order of the texts, those without one first."""
    used, inverse = np.unique(codes, return_inverse=True)
    said = [texts[code] if code >= 0 else "" for code in used.tolist()]
    order = sorted(range(len(said)), key=said.__getitem__)
    places = np.empty(len(used), np.int32)
    places[order] = np.arange(len(used), dtype=np.int32)
    return places[inverse]


def alike(columns: Iterable[Array]) -> tuple[Array, int]:
    """Return a number for each row of some columns, the same where all of them are, from 0 up to how many there are."""
    codes, count = np.zeros(1, np.intp), 1
    for column in columns:
        used, places = numbered(column)
        codes, count = codes * len(used) + places, len(used) * count
        if count > len(used) > 1:
            used, codes = numbered(codes)
            count = len(used)
    return codes, count


def numbered(values: Array) -> tuple[Array, Array]:
    """Return the different values, sorted, and which of them each one is."""
    if values.strides == (0,) or not len(values):
        return values[:1], np.zeros(len(values), np.intp)
    low = values.min()
    span = int(values.max()) - int(low) + 1
    if span > min(_SPAN, 64 * len(values)):
        return np.unique(values, return_inverse=True)
    there, places = np.zeros(span, np.bool_), (values - low).astype(np.intp)
    there[places] = True
    return np.flatnonzero(there).astype(values.dtype) + low, np.cumsum(there)[places] - 1


# Several blocks on one duty ------------------------------------------------------------------------------------------

BLOCK_COLUMNS: Final = (
    "subject", "start", "end", "occasion", "status", "reason", "required", "actual", "due", "needs", "responsible",
)  # fmt: skip
"""The columns of a block, `subject`, `start` and `occasion` of them telling its rows apart."""


def joined(block: Block, rows: Array, other: Block) -> Block:
    """Return some rows of a block and those of another on the same duty, one after the other."""
    scale = max(block.scale, other.scale)
    both: dict[str, Any] = {
        name: np.concatenate([in_units(block, name, scale)[rows], in_units(other, name, scale)])
        for name in BLOCK_COLUMNS
    }
    return evolve(block, scale=scale, grain=block.grain or other.grain, **both)


def in_units(block: Block, name: str, scale: int) -> Array:
    """Return a column, of numbers in units of 1 / `scale`, which is no coarser than the block's."""
    column: Array = getattr(block, name)
    if scale == block.scale or name not in ("required", "actual"):
        return column
    return np.where(column == NO_NUMBER, NO_NUMBER, column * (scale // block.scale))


def ordered(block: Block, names: Names) -> Block:
    """Return the rows in the order of a block."""
    place = names.strings.ranks[block.subject].astype(np.int64) * _ROOM + block.start
    rows = np.lexsort((_places(block.occasion, names.ids), place))
    return evolve(block, **{name: getattr(block, name)[rows] for name in BLOCK_COLUMNS})


# From columns to rows -----------------------------------------------------------------------------------------------


def rows_of(block: Block, rows: Array | slice, names: Names) -> Iterator[FindingRow]:
    """Yield what the columns say of some rows of a block; a slice is taken to be a few."""
    if isinstance(rows, slice):
        yield from _some_rows(block, rows, names)
        return
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        yield from _some_rows(block, rows[start : start + _ROWS_AT_ONCE], names)


def _some_rows(block: Block, rows: Array | slice, names: Names) -> Iterator[FindingRow]:
    about, grain, texts = block.bound, block.grain, names.strings.texts
    columns = (
        block.subject, block.start, block.end, block.occasion, block.status, block.required, block.actual,
        block.due, block.reason, block.needs, block.responsible,
    )  # fmt: skip
    rule, clause, modality = about.id, about.clause.citation, modality_of(about)
    needed: dict[int, tuple[str, ...]] = {}
    periods: dict[tuple[int, int], Period | None] = {}
    for subject, start, end, occasion, status, required, actual, due, reason, needs, responsible in zip(
        *(column[rows].tolist() for column in columns), strict=True
    ):
        if needs not in needed:
            needed[needs] = tuple(sorted(word for bit, word in enumerate(names.needs.texts) if needs >> bit & 1))
        if (start, end) not in periods:
            days = (date.fromordinal(start), date.fromordinal(end)) if start else ()
            periods[start, end] = Period(*days, grain) if grain and days else None
        yield FindingRow(
            rule,
            clause,
            texts[subject],
            periods[start, end],
            None if occasion == ABSENT else names.ids[occasion],
            STATUSES[status],
            modality,
            _number(required, block.scale),
            _number(actual, block.scale),
            date.fromordinal(due) if due else None,
            REASONS[reason],
            needed[needs],
            names.lists[responsible],
        )


def _number(units: int, scale: int) -> Number | None:
    if units == NO_NUMBER:
        return None
    whole, rest = divmod(units, scale)
    return whole if not rest else (Decimal(units) / scale).normalize()


def modality_of(about: About) -> str:
    """Return how strong the clause of a duty, or a clause that a judgement answers, speaks."""
    return about.rule.modality if isinstance(about, Bound) else _JUDGED_MODALITY


def row_of(finding: Finding) -> FindingRow:
    """Return of a finding what a row says."""
    return FindingRow(**{name: getattr(finding, name) for name in FindingRow._fields})


def of_rows(column: Array, rows: Array | None) -> Array:
    """Return the entries of some rows of a column, of all of them for None."""
    if rows is None:
        return column
    return np.broadcast_to(column[:1], len(rows)) if column.strides == (0,) else column[rows]
