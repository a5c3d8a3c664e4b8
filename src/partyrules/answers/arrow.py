"""Blocks as an Arrow table, without an object for each value; pyarrow is asked for when it is needed."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from importlib import import_module
from typing import Any, Final

import numpy as np

from partyrules.answers.blocks import BLOCK_COLUMNS, REASONS, Array, Block, Names, modality_of, numbered, of_rows
from partyrules.answers.verdicts import STATUSES
from partyrules.errors import QueryError
from partyrules.store.columns import NO_DAY, NO_NUMBER

COLUMNS: Final = (
    "rule", "clause", "subject", "unit", "grain", "start", "end", "occasion", "status", "modality", "required",
    "actual", "due", "reason", "needs", "responsible",
)  # fmt: skip
"""The columns of a table that leaves the library, in order."""

# As many decimals as a fact may give.
_DECIMALS: Final = 9
_DIGITS: Final = 38
# So many rows are made at once, however many there are.
_AT_ONCE: Final = 1 << 16
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


def arrow_schema(*, plain: bool = False) -> Any:
    """Return the types of COLUMNS in a pyarrow.Table; with `plain`, texts are as they are and in no dictionaries."""
    pa = _arrow()
    word = pa.string() if plain else _word()
    special = {
        **dict.fromkeys(("start", "end", "due"), pa.date32()),
        **dict.fromkeys(("required", "actual"), _number()),
        "occasion": pa.string(),
        **dict.fromkeys(("unit", "needs", "responsible"), pa.list_(word)),
    }
    return pa.schema([(name, special.get(name, word)) for name in COLUMNS])


def arrow_batches(
    block: Block, rows: Array | None, names: Names, units: Callable[[str], tuple[str, ...]]
) -> Iterator[Any]:
    """Yield the rows of a block that are given, None for all, as pyarrow.RecordBatches of COLUMNS, made when asked for.

    `units` says which units a subject belongs to. Each batch has the words of its own rows in its dictionaries.
    """
    which = np.arange(len(block)) if rows is None else rows
    schema = arrow_schema()
    for first in range(0, len(which), _AT_ONCE):
        yield _arrow().record_batch(_columns(block, which[first : first + _AT_ONCE], names, units), schema=schema)


def _arrow() -> Any:
    return library("pyarrow", extra="arrow")


def _word() -> Any:
    return _arrow().dictionary(_arrow().int32(), _arrow().string())


def _number() -> Any:
    return _arrow().decimal128(_DIGITS, _DECIMALS)


def _columns(block: Block, rows: Array, names: Names, units: Callable[[str], tuple[str, ...]]) -> list[Any]:
    """Return the Arrow columns of some rows of a block, in the order of COLUMNS."""
    column = {name: of_rows(getattr(block, name), rows) for name in BLOCK_COLUMNS}
    same, start = np.zeros(len(rows), np.int32), column["start"]
    # The rows of a subject stand together.
    new = np.diff(column["subject"], prepend=-1) != 0
    who = np.cumsum(new, dtype=np.int32) - np.int32(1)
    subjects = [names.strings.texts[code] for code in column["subject"][new].tolist()]
    together: dict[tuple[str, ...], int] = {}
    belongs = np.array([together.setdefault(some, len(together)) for some in map(units, subjects)], np.intp)
    occasions, occasion = numbered(column["occasion"])
    masks, needs = numbered(column["needs"])
    lists, responsible = numbered(column["responsible"])
    needed = [sorted(word for bit, word in enumerate(names.needs.texts) if mask >> bit & 1) for mask in masks.tolist()]
    return [
        _words(same, [block.bound.id]),
        _words(same, [block.bound.clause.citation]),
        _words(who, subjects),
        _lists([*together], belongs[who]),
        _words(same - (start == NO_DAY), [block.grain or ""]),
        _days(start),
        _days(column["end"]),
        _texts([None if number < 0 else names.ids[number] for number in occasions.tolist()], occasion),
        _words(column["status"], STATUSES),
        _words(same, [modality_of(block.bound)]),
        decimals(column["required"], scale=block.scale),
        decimals(column["actual"], scale=block.scale),
        _days(column["due"]),
        # The first of the reasons is none.
        _words(column["reason"] - 1, [*filter(None, REASONS)]),
        _lists(needed, needs),
        _lists([names.lists[number] for number in lists.tolist()], responsible),
    ]


# Arrays, made of their bytes: of other things than bytes pyarrow asks pandas, which it loads for that ---------------


def _buffers(values: Array, absent: Array | None = None) -> list[Any]:
    """Return the bits that tell which values are there, where any may be absent, and the bytes of the values."""
    buffer = _arrow().py_buffer
    return [None if absent is None else buffer(np.packbits(~absent, bitorder="little")), buffer(values)]


def _texts(said: Sequence[str | None], places: Array) -> Any:
    """Return texts, each by its place among some."""
    pa = _arrow()
    encoded = np.array([b"" if text is None else text.encode() for text in said], object)
    absent = np.array([text is None for text in said], np.bool_)[places]
    bits, ends = _buffers(_ends(np.array([*map(len, encoded)], np.int32)[places]), absent)
    data = pa.py_buffer(b"".join(encoded[places].tolist()))
    return pa.Array.from_buffers(pa.string(), len(places), [bits, ends, data])


def _ends(lengths: Array) -> Array:
    """Return where each of several begins and ends that stand one behind the other."""
    return np.concatenate((np.zeros(1, np.int32), np.cumsum(lengths, dtype=np.int32)))


def _words(places: Array, among: Sequence[str]) -> Any:
    """Return words by their places among some, null where the place is below 0."""
    pa = _arrow()
    data = "".join(among).encode()
    lengths = [*map(len, among)] if len(data) == sum(map(len, among)) else [len(word.encode()) for word in among]
    words = pa.Array.from_buffers(pa.string(), len(among), [*_buffers(_ends(np.array(lengths))), pa.py_buffer(data)])
    buffers = _buffers(places.astype(np.int32), places < 0)
    return pa.DictionaryArray.from_buffers(_word(), len(places), buffers, words)


def _lists(said: Sequence[Sequence[str]], places: Array) -> Any:
    """Return lists of words, of each of which `places` says which it is."""
    pa = _arrow()
    words: dict[str, int] = {}
    flat = np.array([words.setdefault(word, len(words)) for listed in said for word in listed], np.int32)
    several = np.array([*map(len, said)], np.int32)
    begin, own = (np.cumsum(several) - several)[places], several[places]
    ends = _ends(own)
    each = flat[np.arange(ends[-1]) + (begin - ends[:-1]).repeat(own)]
    return pa.Array.from_buffers(pa.list_(_word()), len(places), _buffers(ends), children=[_words(each, [*words])])


def _days(ordinals: Array) -> Any:
    """Return dates by their ordinals, null for 0."""
    since = ordinals.astype(np.int32) - np.int32(_EPOCH)
    return _arrow().Array.from_buffers(_arrow().date32(), len(since), _buffers(since, ordinals == NO_DAY))


def decimals(units: Array, *, scale: int) -> Any:
    """Return numbers in units of 1 / `scale`, a power of ten up to 10^9, as exact decimals; null where none is."""
    used, places = numbered(units)
    absent = used == NO_NUMBER
    several = 10**_DECIMALS // scale
    # Each is 128 bits.
    whole = [0 if gone else unit * several for unit, gone in zip(used.tolist(), absent.tolist(), strict=True)]
    halves = np.frombuffer(b"".join(unit.to_bytes(16, "little", signed=True) for unit in whole), "V16")
    return _arrow().Array.from_buffers(_number(), len(units), _buffers(halves[places], absent[places]))
