"""The rows of a page's tables, so that a page can hold very many: columns of numbers, compressed, and their texts."""

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from attrs import frozen

from partyrules.answers.blocks import Array

Told = str | tuple[str, str] | float
"""What a cell says: a number, one text for both languages, or the Chinese and the English."""

_SIZES: Final = ((1 << 8, np.uint8), (1 << 16, np.uint16), (1 << 32, np.uint32))


@frozen(eq=False)
class PackedColumn:
    """A column of a table: by row the place of its text among the texts, which stand in the order of sorting."""

    codes: Array
    texts: Sequence[Told]


def packed(tables: Mapping[str, Mapping[str, PackedColumn]], **besides: Any) -> str:
    """Return tables, and whatever JSON stands beside them, as compressed text in base 64.

    What is compressed is the length of a head in 8 decimal digits, the head as JSON, and the columns' numbers, little
    end first, each column from a multiple of four bytes on.
    """
    body = bytearray()
    heads: dict[str, dict[str, Any]] = {}
    for name, columns in tables.items():
        rows = {len(column.codes) for column in columns.values()}
        head: dict[str, Any] = {"rows": rows.pop() if rows else 0, "columns": {}}
        for key, column in columns.items():
            dtype = next(kind for most, kind in _SIZES if len(column.texts) <= most)
            body += b"\0" * (-len(body) % 4)
            head["columns"][key] = {"at": len(body), "bytes": np.dtype(dtype).itemsize, "texts": column.texts}
            body += np.ascontiguousarray(column.codes, np.dtype(dtype).newbyteorder("<")).tobytes()
        heads[name] = head
    head_text = json.dumps({"tables": heads, **besides}, ensure_ascii=False, separators=(",", ":")).encode(
        errors="backslashreplace"
    )
    # The same report is the same file, whenever it is written.
    whole = gzip.compress(b"%08d" % len(head_text) + head_text + bytes(body), 4, mtime=0)
    return base64.b64encode(whole).decode()
