"""Tables that stand side by side on one sheet: read one under the other, or each for itself."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from partyrules.importers.headers import Header, labels_in, plain_name
from partyrules.importers.sheets import RegisterSheet, Value, is_blank

__all__ = ["tables_of"]


def tables_of(
    sheet: RegisterSheet, headers: Iterable[tuple[Header | None, Mapping[str, Sequence[str]]]]
) -> list[RegisterSheet]:
    """Return a sheet or, where all columns of its header that are wanted stand there several times, its tables.

    `headers` are those that it has for each plan, and the names of the columns that are wanted there.
    They are one table where what stands above them is said of all of them, and several where it is not, as for two
    meetings.
    """
    header, wanted = max(headers, key=lambda each: each[0].richness if each[0] else 0, default=(None, {}))
    if header is None or header.columns or len({len(places) for places in header.twice.values()}) != 1:
        return [sheet]
    blocks = list(_blocks(header, max(map(len, sheet.rows))))
    if not blocks:
        return [sheet]
    aliases = {plain_name(each) for names in wanted.values() for each in names}
    above = [[row[block.start : block.stop] for row in sheet.rows[: header.row]] for block in blocks]
    said = [{(label, str(value)) for label, value in labels_in(rows).items() if label in aliases} for rows in above]
    everything = set().union(*said)
    if len({label for label, _ in everything}) == len(everything):
        return [_cut(sheet, header, sheet.rows[: header.row], blocks)]
    # What only the first of them has stands above them all.
    return [
        _cut(
            sheet,
            header,
            [own if not all(map(is_blank, own)) else row for own, row in zip(rows, sheet.rows, strict=False)],
            [block],
        )
        for rows, block in zip(above, blocks, strict=True)
    ]


def _blocks(header: Header, width: int) -> Iterator[range]:
    """Yield the columns of each table; none where they are not alike."""
    each = [sorted(places) for places in zip(*header.twice.values(), strict=True)]
    shifts = [places[0] - each[0][0] for places in each]
    alike = all([at + shift for at in each[0]] == places for places, shift in zip(each, shifts, strict=True))
    if alike and each[0][-1] < each[1][0]:
        # What stands before the first column that is wanted, such as numbers of rows, is of the table as well.
        yield from (range(start, end) for start, end in zip(shifts, [*shifts[1:], width], strict=True))


def _cut(
    sheet: RegisterSheet, header: Header, above: Sequence[Sequence[Value]], blocks: Sequence[range]
) -> RegisterSheet:
    """Return a sheet of some tables of another, one under the other, under what stands above them."""
    places = [(number, blocks[0]) for number in range(header.row, header.first)]
    places += [(number, block) for block in blocks for number in range(header.first, len(sheet.rows))]
    rows = [*above, *(sheet.rows[number][block.start : block.stop] for number, block in places)]
    return attrs.evolve(sheet, rows=rows, taken_from=[*((number, range(0)) for number in range(header.row)), *places])
