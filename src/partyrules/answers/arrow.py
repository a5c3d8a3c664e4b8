"""Blocks as an Arrow table, without an object for each value; pyarrow is asked for when it is needed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from importlib import import_module
from typing import Any, Final

import numpy as np

from partyrules.answers.blocks import REASONS, Array, Block, Names, modality_of, of_rows
from partyrules.answers.verdicts import STATUSES
from partyrules.errors import QueryError
from partyrules.store.columns import ABSENT, NO_DAY, NO_NUMBER

__all__ = ["COLUMNS", "arrow_batches", "decimals", "library"]

COLUMNS: Final = (
    "rule", "clause", "subject", "unit", "grain", "start", "end", "occasion", "status", "modality", "required",
    "actual", "due", "reason", "needs", "responsible",
)  # fmt: skip
"""The columns of a table that leaves the library, in order."""

# As many decimals as a fact may give.
_DECIMALS: Final = 9
_DIGITS: Final = 38
_DAYS: Final = ("start", "end", "due")
_NUMBERS: Final = ("required", "actual")
_EPOCH: Final = date(1970, 1, 1).toordinal()


def library(name: str, *, extra: str) -> Any:
    """Return a library that comes with an extra; raise QueryError that names the extra where it is not there."""
    try:
        return import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise QueryError(f"{package} cannot be loaded: {error}; it comes with pip install 'partyrules[{extra}]'") from (
            error
        )


def arrow_batches(
    parts: Sequence[tuple[Block, Array | None]], names: Names, units: Callable[[str], tuple[str, ...]]
) -> tuple[Any, Iterator[Any]]:
    """Return the schema of COLUMNS, and a pyarrow.RecordBatch for each block, of its rows that are given, None for all.

    `units` says which units a subject belongs to. A batch is made when it is asked for.
    """
    pa = _arrow()
    said = [(block, rows) for block, rows in parts if len(of_rows(block.subject, rows))]
    words = _Dictionaries(said, names, units)
    schema = _schema()
    return schema, (pa.record_batch(words.columns(block, rows), schema=schema) for block, rows in said)


def _arrow() -> Any:
    return library("pyarrow", extra="arrow")


def _schema() -> Any:
    pa = _arrow()
    word = pa.dictionary(pa.int32(), pa.string())
    special = {
        **dict.fromkeys(_DAYS, pa.date32()),
        **dict.fromkeys(_NUMBERS, pa.decimal128(_DIGITS, _DECIMALS)),
        "occasion": pa.string(),
        "unit": pa.list_(word),
        "needs": pa.list_(word),
        "responsible": pa.list_(word),
    }
    return pa.schema([(name, special.get(name, word)) for name in COLUMNS])


class _Dictionaries:
    """The texts of a table as Arrow keeps them, once for all of its blocks; what no row has is left out."""

    def __init__(
        self,
        parts: Sequence[tuple[Block, Array | None]],
        names: Names,
        units: Callable[[str], tuple[str, ...]],
    ) -> None:
        abouts = [block.bound for block, _ in parts]
        self.names = names
        self.rules = _words({about.id for about in abouts})
        self.clauses = _words({about.clause.citation for about in abouts})
        self.modalities = _words({modality_of(about) for about in abouts})
        self.grains = _words({block.grain for block, _ in parts if block.grain})
        self.statuses = _words(STATUSES, ordered=True)
        self.reasons = _words(filter(None, REASONS), ordered=True)
        said = [np.unique(of_rows(block.subject, rows)) for block, rows in parts]
        self.codes = np.unique(np.concatenate([np.empty(0, np.int32), *said]))
        subjects = [names.strings.texts[code] for code in self.codes.tolist()]
        self.subjects = _words(subjects, ordered=True)
        self.units = [units(subject) for subject in subjects]
        self.unit_words = sorted({unit for some in self.units for unit in some})
        self.needs = sorted(names.needs.texts)
        self.responsible = sorted({one for listed in names.lists for one in listed})

    def columns(self, block: Block, rows: Array | None) -> list[Any]:
        """Return the Arrow columns of some rows of a block, in the order of COLUMNS."""
        subject, start, end = of_rows(block.subject, rows), of_rows(block.start, rows), of_rows(block.end, rows)
        return [
            _repeated(block.bound.id, self.rules, len(subject)),
            _repeated(block.bound.clause.citation, self.clauses, len(subject)),
            _dictionary(np.searchsorted(self.codes, subject), self.subjects),
            _lists(np.searchsorted(self.codes, subject), self.units.__getitem__, self.unit_words),
            self._grains(block, start),
            _days(start),
            _days(end),
            _texts(of_rows(block.occasion, rows), self.names.ids),
            _dictionary(of_rows(block.status, rows), self.statuses),
            _repeated(modality_of(block.bound), self.modalities, len(subject)),
            self._numbers(block, of_rows(block.required, rows)),
            self._numbers(block, of_rows(block.actual, rows)),
            _days(of_rows(block.due, rows)),
            # The first of the reasons is none.
            _dictionary(of_rows(block.reason, rows).astype(np.int32) - 1, self.reasons),
            _lists(of_rows(block.needs, rows), self._needed, self.needs),
            _lists(of_rows(block.responsible, rows), self.names.lists.__getitem__, self.responsible),
        ]

    def _needed(self, bits: int) -> list[str]:
        known = self.names.needs.texts
        return [word for word in self.needs if bits >> known.index(word) & 1]

    def _grains(self, block: Block, start: Array) -> Any:
        if block.grain is None:
            return _dictionary(np.full(len(start), ABSENT), self.grains)
        return _repeated(block.grain, self.grains, len(start), start == NO_DAY)

    def _numbers(self, block: Block, units: Array) -> Any:
        return decimals(units, np.asarray(units == NO_NUMBER, np.bool_), scale=block.scale)


# Arrays -------------------------------------------------------------------------------------------------------------


def _words(found: Iterable[str], *, ordered: bool = False) -> Any:
    """Return texts as the words of a dictionary, sorted where their order says nothing yet."""
    return _arrow().array(list(found) if ordered else sorted(found), _arrow().string())


def _dictionary(codes: Array, of: Any, absent: Array | None = None) -> Any:
    """Return words by their place among all words, null where the code is below 0 or marked absent."""
    pa = _arrow()
    indices = pa.array(codes.astype(np.int32), mask=(codes < 0) if absent is None else absent)
    return pa.DictionaryArray.from_arrays(indices, of)


def _repeated(word: str, of: Any, count: int, absent: Array | None = None) -> Any:
    """Return one of the words so many times, null where marked absent."""
    place = of.to_pylist().index(word)
    return _dictionary(np.full(count, place, np.int32), of, absent)


def _texts(numbers: Array, known: Sequence[str]) -> Any:
    """Return texts by their place in a list as plain strings, null where the number is below 0."""
    pa = _arrow()
    used, places = np.unique(numbers, return_inverse=True)
    said = pa.array([known[number] if number >= 0 else None for number in used.tolist()], pa.string())
    return said.take(pa.array(places))


def _days(ordinals: Array) -> Any:
    """Return dates by their ordinals, null for 0."""
    pa = _arrow()
    since = np.asarray(ordinals, np.int32) - np.int32(_EPOCH)
    return pa.array(since, mask=ordinals == 0).cast(pa.date32())


def decimals(units: Array, absent: Array, *, scale: int) -> Any:
    """Return numbers in units of 1 / `scale`, a power of ten up to 10^9, as exact decimals; null where absent."""
    pa = _arrow()
    of = pa.decimal128(_DIGITS, len(str(scale)) - 1)
    if units.dtype == np.object_:
        said = [None if gone else unit for unit, gone in zip(units.tolist(), absent.tolist(), strict=True)]
        whole = pa.array(said, pa.decimal128(_DIGITS, 0))
        low_high = whole.buffers()
    else:
        values = np.where(absent, 0, units).astype(np.int64)
        # The 128 bits of each, low half first; the high half repeats the sign.
        halves = np.stack([values, values >> np.int64(63)], axis=1)
        low_high = [pa.array(np.zeros(len(values), np.bool_), mask=absent).buffers()[0], pa.py_buffer(halves)]
    found = pa.Array.from_buffers(of, len(units), low_high)
    return found.cast(pa.decimal128(_DIGITS, _DECIMALS))


def _lists(numbers: Array, said: Callable[[int], Sequence[str]], known: list[str]) -> Any:
    """Return for each row the words that its number stands for, all of them among the known ones."""
    pa = _arrow()
    used, places = np.unique(numbers, return_inverse=True)
    place_of = {word: place for place, word in enumerate(known)}
    lists = [[place_of[word] for word in said(number)] for number in used.tolist()]
    starts = np.cumsum([0, *map(len, lists)]).astype(np.int32)
    flat = np.asarray([place for each in lists for place in each], np.int32)
    return pa.ListArray.from_arrays(pa.array(starts), _dictionary(flat, _words(known))).take(pa.array(places))
