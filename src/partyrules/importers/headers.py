"""Where the header of a sheet stands, which of its columns are the ones looked for, and what is said above it."""

import re
from collections.abc import Mapping, Sequence
from typing import Final
from unicodedata import normalize

from attrs import field, frozen

from partyrules.importers.cells import shown_as
from partyrules.importers.sheets import RegisterSheet, Value, is_blank

__all__ = ["Header", "found_header", "plain_name"]

_SEARCHED: Final = 40
_LONGEST_LABEL: Final = 300
_BLANKS: Final = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_REMARK: Final = re.compile(r"\([^()]*\)")
_LABEL: Final = re.compile(r"(\S[^:：]{0,19}?)\s*[:：]\s*(.*?)(?=\s{2,}\S|\s+[^\s:：]{2,12}[:：]|$)")


def plain_name(said: str, *, remarks: bool = True) -> str:
    """Return the name of a column as it is compared: no blanks, no stars, and with `remarks` False no (remark)."""
    found = _BLANKS.sub("", normalize("NFKC", said)).strip("*※★:：.").lower()
    return found if remarks else _REMARK.sub("", found) or found


@frozen
class Header:
    """The header of a sheet: its `rows`, the `first` row of data behind it, and where each column looked for is.

    `names` are those of all columns; `labels` are the values that stand above it with a label; `twice` are the columns
    looked for of which there are several, with the names of these.
    """

    row: int
    first: int
    names: Mapping[int, str]
    columns: Mapping[str, int]
    labels: Mapping[str, Value] = field(factory=dict)
    twice: Mapping[str, tuple[int, ...]] = field(factory=dict)


def found_header(sheet: RegisterSheet, wanted: Mapping[str, Sequence[str]], *, row: int | None = None) -> Header | None:
    """Return the header that has the most of the columns wanted, in one row or two; None where none has any.

    `row` is where it stands, counted from 1, if that is known.
    """
    aliases = {key: [plain_name(each) for each in names] for key, names in wanted.items()}
    starts = [row - 1] if row is not None else range(min(_SEARCHED, len(sheet.rows)))
    best: Header | None = None
    # One row goes before two that have no more.
    for height in (1, 2):
        for start in starts:
            candidate = _candidate(sheet, start, height, aliases)
            if candidate is None:
                continue
            if best is None or len(candidate.columns) + len(candidate.twice) > len(best.columns) + len(best.twice):
                best = candidate
    if best is None or not (best.columns or best.twice):
        return None
    return Header(best.row, best.first, best.names, best.columns, _labels(sheet, best, aliases), best.twice)


def _candidate(sheet: RegisterSheet, start: int, height: int, aliases: Mapping[str, Sequence[str]]) -> Header | None:
    """Return the header that one row would be, or that row and the next, whose names stand under those of groups."""
    rows = sheet.rows[start : start + height]
    if len(rows) < height or all(map(is_blank, rows[0])):
        return None
    if height == 1:
        single = {at: [_said(cell)] for at, cell in enumerate(rows[0]) if not is_blank(cell)}
        return _matched(start, height, single, aliases)
    top, below = rows
    if not _titles(top):
        return None
    group = ""
    double: dict[int, list[str]] = {}
    for at in range(max(len(top), len(below))):
        over = _said(top[at]) if at < len(top) and not is_blank(top[at]) else ""
        under = _said(below[at]) if at < len(below) and not is_blank(below[at]) else ""
        group = over or group
        if under and under != group:
            double[at] = [f"{group}{under}", f"{group}/{under}", under]
        elif over:
            double[at] = [over]
    return _matched(start, height, double, aliases)


def _titles(row: Sequence[Value]) -> bool:
    """Tell whether a row may be the upper one of a header: it is of several texts alone."""
    held = [cell for cell in row if not is_blank(cell)]
    return len(held) > 1 and all(isinstance(cell, str) for cell in held)


def _said(cell: Value) -> str:
    return shown_as(cell)


def _matched(
    start: int, height: int, names: Mapping[int, Sequence[str]], aliases: Mapping[str, Sequence[str]]
) -> Header:
    # A name as it stands goes before one without its remark, and both rows of a header before the lower one.
    tiers: list[dict[str, list[int]]] = []
    for rank in range(max(map(len, names.values()), default=0)):
        for remarks in (True, False):
            tier: dict[str, list[int]] = {}
            for at, said in names.items():
                if rank < len(said):
                    tier.setdefault(plain_name(said[rank], remarks=remarks), []).append(at)
            tiers.append(tier)
    columns: dict[str, int] = {}
    twice: dict[str, tuple[int, ...]] = {}
    for key, known in aliases.items():
        places = next((tier[alias] for alias in known for tier in tiers if alias in tier), [])
        if len(places) > 1:
            twice[key] = tuple(places)
        elif places:
            columns[key] = places[0]
    shown = {at: said[0] for at, said in names.items()}
    return Header(start, start + height, shown, columns, twice=twice)


def _labels(sheet: RegisterSheet, header: Header, aliases: Mapping[str, Sequence[str]]) -> dict[str, Value]:
    """Return what is said above the header of the columns that are not in it: 时间：2018-03-12, or in two cells."""
    said: dict[str, Value] = {}
    for row in sheet.rows[: header.row]:
        held = [(at, cell) for at, cell in enumerate(row) if not is_blank(cell)]
        for number, (_, cell) in enumerate(held):
            if not isinstance(cell, str) or len(cell) > _LONGEST_LABEL:
                continue
            text = normalize("NFKC", cell)
            for label, value in _LABEL.findall(text):
                if value.strip():
                    said.setdefault(plain_name(label, remarks=False), value.strip())
            if number + 1 < len(held):
                said.setdefault(plain_name(cell, remarks=False), held[number + 1][1])
    found: dict[str, Value] = {}
    for key, known in aliases.items():
        if key not in header.columns and key not in header.twice:
            label = next((alias for alias in known if alias in said), None)
            if label is not None:
                found[key] = said[label]
    return found
