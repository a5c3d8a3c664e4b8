"""Where the header of a sheet stands, which of its columns are the ones looked for, and what is said above it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final
from unicodedata import normalize

import attrs
from attrs import field, frozen

from partyrules.importers.cells import shown_as
from partyrules.importers.sheets import RegisterSheet, Value, is_blank

_SEARCHED: Final = 40
_LABELS_ABOVE: Final = 2
_LONGEST_LABEL: Final = 300
_BLANKS: Final = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_FILLERS: Final = str.maketrans("", "", "为被的")
_DATE: Final = "日期"
_DATES: Final = re.compile("日期|年月日?")
_REMARK: Final = re.compile(r"\([^()]*\)")
_LABELLED: Final = re.compile(r"\D[:：]")
_LABEL: Final = re.compile(r"(\S[^:：]{0,19}?)\s*[:：]\s*(.*?)(?=\s{2,}\S|\s+[^\s:：]{2,12}[:：]|$)")


def plain_name(said: str, *, remarks: bool = True) -> str:
    """Return the name of a column as it is compared: no blanks, no stars, and with `remarks` False no (remark).

    日期, 年月 and 时间 are one word there, 入党积极分子 is 积极分子, and 为, 被 and 的 are left out: registers differ.
    """
    if said.isascii():
        found = "".join(said.split()).strip("*:.").lower()
    else:
        found = _BLANKS.sub("", normalize("NFKC", said)).strip("*※★:：.").lower()
        found = _DATES.sub("时间", found).replace("入党积极分子", "积极分子").translate(_FILLERS)
    return found if remarks else _REMARK.sub("", found) or found


OWN: Final = frozenset(map(plain_name, ("序号", "no.", "导入提示", "import remark")))
"""Columns that are of no account: numbers of rows, and what a workbook of refused rows says of each."""


@frozen
class Header:
    """The header of a sheet: its `rows`, the `first` row of data behind it, and where each column looked for is.

    `names` are those of all columns; `labels` are the values that stand above it with a label; `twice` are the columns
    looked for of which there are several, with the names of these. `over` are the texts in the row above it.
    """

    row: int
    first: int
    names: Mapping[int, str]
    columns: Mapping[str, int]
    labels: Mapping[str, Value] = field(factory=dict)
    twice: Mapping[str, tuple[int, ...]] = field(factory=dict)
    over: Mapping[int, str] = field(factory=dict)

    def has(self, key: str) -> bool:
        """Tell whether there is something for a key, in a column or above them."""
        return key in self.columns or key in self.labels

    def width(self, days: re.Pattern[str] | None = None) -> int:
        """Return how many columns it has that are looked for, or have such a name."""
        places = {*self.columns.values(), *(at for several in self.twice.values() for at in several)}
        names = [name for name in self.names.values() if not _LABELLED.search(name)]
        return len(places) + (sum(days.search(name) is not None for name in names) if days else 0)

    def richness(self, days: re.Pattern[str] | None = None) -> int:
        """Return how much of what is looked for it has, in its columns and above them."""
        return self.width(days) + len(self.labels)


def found_header(
    sheet: RegisterSheet,
    wanted: Mapping[str, Sequence[str]],
    *,
    row: int | None = None,
    days: re.Pattern[str] | None = None,
) -> Header | None:
    """Return the header that has the most of the columns wanted, in one row or two; None where none has any.

    `row` is where it stands, counted from 1, if that is known. Columns whose names have `days` in them are wanted, too.
    """
    aliases = {key: [plain_name(each) for each in names] for key, names in wanted.items()}
    said: dict[str, Value] = {}
    found: list[Header | None] = []
    for start in range(min(_SEARCHED if row is None else row, len(sheet.rows))):
        if row in (None, start + 1):
            found += [_candidate(sheet, start, height, aliases, said) for height in (1, 2)]
        _add_labels(sheet.rows[start], said, {alias for known in aliases.values() for alias in known})
    best: Header | None = None
    # One row goes before two that have no more.
    for each in sorted(filter(None, found), key=lambda each: each.first - each.row):
        # A row of labels may have more names of columns than the header that it stands above.
        if (
            best is None
            or each.width(days) > best.width(days)
            or (each.row - best.row <= _LABELS_ABOVE and each.richness(days) > best.richness(days))
        ):
            best = each
    if best is None or not best.row:
        return best
    over = {
        at: cell for at, cell in enumerate(sheet.rows[best.row - 1]) if isinstance(cell, str) and not is_blank(cell)
    }
    return attrs.evolve(best, over=over)


def _candidate(
    sheet: RegisterSheet, start: int, height: int, aliases: Mapping[str, Sequence[str]], labelled: Mapping[str, Value]
) -> Header | None:
    """Return the header that one row would be, or that row and the next, whose names stand under those of groups.

    None where it has no column that is looked for.
    """
    rows = sheet.rows[start : start + height]
    *above, below = rows
    held = [cell for cell in rows[0] if not is_blank(cell)]
    # The upper of two rows is of several texts alone.
    if len(rows) < height or not held or (above and (len(held) < 2 or not all(isinstance(each, str) for each in held))):  # noqa: PLR2004 - several
        return None
    group = ""
    names: dict[int, list[str]] = {}
    for at in range(max(map(len, rows))):
        over, under = (
            "" if at >= len(row) or is_blank(row[at]) else shown_as(row[at])
            for row in (above[0] if above else (), below)
        )
        group = over or group
        if under and under != group:
            names[at] = [f"{group}{under}", f"{group}/{under}", under] if group else [under]
        elif over:
            names[at] = [over]
    return _matched(start, height, names, aliases, labelled)


def _matched(
    start: int,
    height: int,
    names: Mapping[int, Sequence[str]],
    aliases: Mapping[str, Sequence[str]],
    labelled: Mapping[str, Value],
) -> Header | None:
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
    labels: dict[str, Value] = {}
    shown = {at: said[0] for at, said in names.items()}
    for key, known in aliases.items():
        places = next((tier[alias] for alias in known for tier in tiers if alias in tier), [])
        # Beside the date of a meeting stands at what time it began.
        dated = [at for at in places if _DATE in shown[at]] if len(places) > 1 else []
        if len(places) == 1 or len(dated) == 1:
            columns[key] = (dated or places)[0]
            if dated:
                columns["clock"] = next(at for at in places if at not in dated)
        elif places:
            twice[key] = tuple(places)
        elif (label := next((alias for alias in known if alias in labelled), None)) is not None:
            labels[key] = labelled[label]
    if not (columns or twice):
        return None
    return Header(start, start + height, shown, columns, labels, twice)


def labels_in(rows: Iterable[Sequence[Value]]) -> dict[str, Value]:
    """Return what rows above a header say with a label."""
    said: dict[str, Value] = {}
    for row in rows:
        _add_labels(row, said)
    return said


def _add_labels(row: Sequence[Value], said: dict[str, Value], names: AbstractSet[str] = frozenset()) -> None:
    """Add what a row above the header says with a label, in one cell or two: 时间：2018-03-12. The first holds.

    What has a name of a column behind it is one itself.
    """
    held = [cell for cell in row if not is_blank(cell)]
    for number, cell in enumerate(held):
        if not isinstance(cell, str) or len(cell) > _LONGEST_LABEL:
            continue
        for label, value in _LABEL.findall(normalize("NFKC", cell)):
            if value.strip():
                said.setdefault(plain_name(label, remarks=False), value.strip())
        if number + 1 < len(held) and plain_name(shown_as(held[number + 1])) not in names:
            said.setdefault(plain_name(cell, remarks=False), held[number + 1])
