"""Several tables on one sheet, side by side or one under the other: each for itself, or read on as one."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

import attrs

from partyrules.importers.cells import shown_as
from partyrules.importers.headers import OWN, Header, labels_in, plain_name
from partyrules.importers.sheets import RegisterSheet, Value, is_blank

# So many texts of a row are looked at before it is taken for one of data.
_FIRST: Final = 3
_COLON: Final = re.compile("[:：]")
HeaderOf = tuple[Header | None, Mapping[str, Sequence[str]]]
"""The header that a sheet has for a plan, and the names of the columns that are wanted there."""


def parts_below(sheet: RegisterSheet, names: Iterable[str], marks: Iterable[str]) -> list[RegisterSheet]:
    """Return a sheet or, where a header stands there below a table, its parts, each with what stands above its own.

    `names` are those that columns may have, and `marks` those that may stand in cells as well. The same header once
    more, of which nothing is said anew, is no other table.
    """
    aliases = set(map(plain_name, names))
    aside = OWN | set(map(plain_name, marks))
    starts: list[int] = []
    last = 0
    for row, cells in enumerate(sheet.rows):
        if not _may_be_header(cells, aliases, aside):
            continue
        start = _beginning(sheet, row, aliases)
        again = starts and sheet.rows[last] == cells and not _labelled(sheet.rows[start:row], aliases)
        # What has the names of columns and is followed by others stands above these.
        if starts and start <= last:
            last = row
        elif not again:
            starts.append(start)
            last = row
    if len(starts) < 2:  # noqa: PLR2004 - one table
        return [sheet]
    width = max(map(len, sheet.rows))
    bounds = zip([0, *starts[1:]], [*starts[1:], len(sheet.rows)], strict=True)
    return [_taken(sheet, [(row, range(width)) for row in range(start, end)]) for start, end in bounds]


def _may_be_header(cells: Sequence[Value], aliases: set[str], aside: AbstractSet[str]) -> bool:
    """Tell whether many cells of a row are names of columns."""
    texts = [cell for cell in cells if isinstance(cell, str) and not cell[:1].isdigit() and not is_blank(cell)]
    if len(texts) < 2 or not any(plain_name(text) in aliases for text in texts[:_FIRST]):  # noqa: PLR2004 - two columns
        return False
    said = {plain_name(shown_as(cell), remarks=False) for cell in cells if not is_blank(cell)} - aside
    found = len(said & aliases)
    return found > 1 and found * 3 >= len(said)


def _labelled(rows: Sequence[Sequence[Value]], aliases: set[str]) -> bool:
    return bool(labels_in(rows).keys() & aliases)


def is_again(sheet: RegisterSheet, header: Header, row: int) -> bool:
    """Tell whether the names of the columns stand in a row once more."""
    names = [(at, cell) for at, cell in enumerate(sheet.rows[header.first - 1]) if not is_blank(cell)]
    cells = sheet.rows[row]
    same = sum(
        isinstance(cells[at], str) and plain_name(str(cells[at])) == plain_name(str(name))
        for at, name in names
        if at < len(cells)
    )
    return same > 1 and same * 2 > len(names)


def _beginning(sheet: RegisterSheet, header: int, aliases: set[str]) -> int:
    """Return the first row of what stands above a header and below the table before it: titles, rows of labels."""
    row = header
    while row > 0:
        held = [cell for cell in sheet.rows[row - 1] if not is_blank(cell)]
        labelled = all(isinstance(cell, str) and _COLON.search(cell) for cell in held)
        if len(held) > 1 and not labelled and not _labelled([held], aliases):
            break
        row -= 1
    return row


def parts_beside(sheet: RegisterSheet, headers: Iterable[HeaderOf]) -> list[RegisterSheet]:
    """Return a sheet or, where all columns of its header that are wanted stand there several times, its tables.

    They are one table where what stands above them is said of all of them, and several where it is not, as for two
    meetings.
    """
    header, aliases = _richest(headers)
    if header is None or header.columns or len({len(places) for places in header.twice.values()}) != 1:
        return [sheet]
    blocks = list(_blocks(header, max(map(len, sheet.rows))))
    if not blocks:
        return [sheet]
    above = [[row[block.start : block.stop] for row in sheet.rows[: header.row]] for block in blocks]
    said = [{(label, str(value)) for label, value in labels_in(rows).items() if label in aliases} for rows in above]
    everything = set().union(*said)
    width = range(max(map(len, sheet.rows)))
    below = range(header.first, len(sheet.rows))
    if len({label for label, _ in everything}) == len(everything):
        heads = [
            *((row, width) for row in range(header.row)),
            *((row, blocks[0]) for row in range(header.row, header.first)),
        ]
        return [_taken(sheet, [*heads, *((row, block) for block in blocks for row in below)])]
    # What stands above the first of them alone is said of all.
    return [
        _taken(
            sheet,
            [(row, width if all(map(is_blank, own)) else block) for row, own in enumerate(rows)]
            + [(row, block) for row in range(header.row, len(sheet.rows))],
        )
        for rows, block in zip(above, blocks, strict=True)
    ]


def _richest(headers: Iterable[HeaderOf]) -> tuple[Header | None, set[str]]:
    """Return the header that has the most of what is wanted, and the names of that."""
    header, wanted = max(headers, key=lambda each: each[0].richness() if each[0] else 0, default=(None, {}))
    return header, {plain_name(each) for names in wanted.values() for each in names}


def _blocks(header: Header, width: int) -> Iterator[range]:
    """Yield the columns of each table; none where they are not alike."""
    each = [sorted(places) for places in zip(*header.twice.values(), strict=True)]
    shifts = [places[0] - each[0][0] for places in each]
    alike = all([at + shift for at in each[0]] == places for places, shift in zip(each, shifts, strict=True))
    if alike and each[0][-1] < each[1][0]:
        # What stands before the first column that is wanted, such as numbers of rows, is of the table as well.
        yield from (range(start, end) for start, end in zip(shifts, [*shifts[1:], width], strict=True))


def _taken(sheet: RegisterSheet, places: Sequence[tuple[int, range]]) -> RegisterSheet:
    """Return a sheet of rows of another, of which each has some columns."""
    rows: list[Sequence[Value]] = [sheet.rows[row][columns.start : columns.stop] for row, columns in places]
    taken = [
        (
            sheet.number(row) - 1,
            columns if not sheet.taken_from else sheet.taken_from[row][1][columns.start : columns.stop],
        )
        for row, columns in places
    ]
    return attrs.evolve(sheet, rows=rows, taken_from=taken)
