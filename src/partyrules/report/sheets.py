"""Rows as CSV that does no harm in a spreadsheet: no cell is a formula, all is seen, and lists can be told apart."""

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from itertools import chain
from typing import Final

from partyrules.errors.visible import unseen, visible

# What spreadsheets take for the beginning of a formula, in full width too, as they do where Chinese is typed; also
# behind blanks and quotes, which some of them pass over.
_FORMULA: Final = re.compile(r"""[\s"'“”‘’＂＇]*[=+\-@＝＋－＠]""")
# Of these alone every one is seen, and needs no quotes.
_AS_IT_IS: Final = re.compile("[0-9A-Za-z\u4e00-\u9fff][ !#-+\\-.-~\u2013\u3001\u4e00-\u9fff\uff08\uff09]*")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def csv_text(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """Return rows under a head as CSV, without the last newline; what is None stays empty.

    A text that a spreadsheet would take for a formula begins with an apostrophe, and characters that are not seen
    are escapes. The texts of a list are separated by blanks or, where that would not tell them apart, a JSON array;
    a cell that begins with `[` is one.
    """
    out = StringIO()
    csv.writer(out, lineterminator="\n").writerows([_cell(value) for value in row] for row in chain([head], rows))
    return out.getvalue().removesuffix("\n")


def csv_cells(row: Sequence[object]) -> str:
    """Return one row, or some cells of one that stand together, as `csv_text` writes them, without the newline."""
    return csv_text(row, ())


def csv_words(texts: Iterable[str]) -> list[bytes]:
    """Return each text as the only cell of a row."""
    cells = [text if _AS_IT_IS.fullmatch(text) else csv_cells([text]) for text in texts]
    # What is seen of a text is in one line.
    return "\n".join(cells).encode(errors="backslashreplace").split(b"\n") if cells else []


def _cell(value: object) -> object:
    match value:
        case str():
            return _harmless(visible(value))
        case Mapping():
            return _listed([f"{name}={option}" for name, option in value.items()])
        case list() | tuple():
            return _listed([str(each) for each in value])
        case _:
            return value


def _harmless(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _listed(texts: Sequence[str]) -> str:
    if all(_plain(text) for text in texts):
        return " ".join(texts)
    said = json.dumps(texts, ensure_ascii=False)
    return "".join(json.dumps(letter)[1:-1] if unseen(letter) else letter for letter in said)


def _plain(text: str) -> bool:
    """Tell whether a text is a word: it can stand among others, or first in a cell, and is taken for nothing else."""
    return bool(text) and text.split() == [text] and text[0] != "[" and _harmless(visible(text)) == text
