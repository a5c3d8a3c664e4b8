"""Which rows the frames match: what a term stands for in each frame, and the joins of frames with rows by it."""

from collections.abc import Callable
from functools import partial, reduce
from typing import Any, Final, NamedTuple

import numpy as np

from partyrules.evaluate.columnar.frames import Frames, Items
from partyrules.evaluate.columnar.joins import Pairs, crossed, distinct, expanded, grouped, joined
from partyrules.evaluate.columnar.limits import NotColumnar
from partyrules.evaluate.columnar.spans import Spans
from partyrules.evaluate.columnar.truths import Array
from partyrules.evaluate.columnar.view import Listed, Rows, Scalars, View
from partyrules.language.kernel import AskedStep, Given, Its, Match, Operand, Subject, Trigger
from partyrules.store.columns import SCALE

_NOBODY: Final = -2
_FEW: Final = 4
_ROW: Final = 0xFFFFFFFF
_MOVING: Final = (Subject, Its, Trigger, AskedStep)


class Values(NamedTuple):
    """What an operand stands for: value `values[i]` in frame `frames[i]`; `frames` None where each has one."""

    kind: str
    frames: Array | None
    values: Array


class Listing(NamedTuple):
    """Which rows name a code: `lengths[c]` of `rows`, from place `starts[c]` on, name code `c`; the last has none."""

    starts: Array
    lengths: Array
    rows: Array


def moves(operand: Operand) -> bool:
    """Tell whether an operand may stand for something else in each frame."""
    return isinstance(operand, _MOVING)


class Matcher:
    """Matches frames with the rows of one view."""

    def __init__(self, view: View) -> None:
        self.view: Final = view

    def values(self, operand: Operand, frames: Frames) -> Values | None:
        """Return what a term stands for in each frame; None where the item at hand has no such field."""
        match operand:
            case Subject():
                return Values("code", None, frames.subject)
            case AskedStep():
                code = _NOBODY if frames.step is None else self.view.code(frames.step)
                return Values("code", None, np.full(len(frames), code, np.int64))
            case Its(name) | Trigger(name):
                item = frames.item if isinstance(operand, Its) else frames.trigger
                if item is None:
                    return None
                column = item.rows.column(name)
                if column is None:
                    return None
                if isinstance(column, Scalars):
                    return Values(column.kind, None, column.values[item.index])
                frames_of, codes = column.pairs(item.index)
                return Values("code", frames_of, codes)
        raise NotColumnar(f"a term {operand!r}")

    def options(self, operand: Operand, kind: str, frames: Frames) -> tuple[Array, Values | None]:
        """Return the constants that an operand names, or what it stands for in each frame."""
        if moves(operand):
            moving = self.values(operand, frames)
            return np.empty(0, np.int64), moving or Values("code", None, np.full(len(frames), _NOBODY, np.int64))
        return self._constants(operand, kind), None

    def _constants(self, operand: Operand, kind: str) -> Array:
        several = operand if isinstance(operand, tuple) else (operand,)
        found = [self._constant(value, kind) for value in several]
        return np.array([value for value in found if value is not None], np.int64)

    def _constant(self, value: Any, kind: str) -> int | None:
        if kind == "id":
            raise NotColumnar("an id compared with a text")
        if isinstance(value, str):
            return self.view.code(value) if kind == "code" else None
        if isinstance(value, int):
            return {"flag": int(value) if value in (0, 1) else None, "number": int(value) * SCALE}.get(kind)
        return None

    def fixed(self, rows: Rows | Spans, fixed: Match) -> Array | None:
        """Return the rows whose fields have the constants, None for all; of a list some entry must."""
        return self.view.once((rows.key, "fixed", fixed), lambda: self._fixed_rows(rows, fixed))

    def _fixed_rows(self, rows: Rows | Spans, fixed: Match) -> Array | None:
        kept: Array | None = None
        for name, want in fixed:
            # A parameter that nobody set asks for nothing.
            if isinstance(want, Given):
                continue
            column = rows.column(name)
            if column is None:
                found = np.zeros(len(rows), np.bool_)
            elif isinstance(column, Listed):
                found = np.zeros(len(rows), np.bool_)
                listing, codes = column.pairs()
                found[listing[_is_one_of(codes, self._constants(want, "code"))]] = True
            else:
                found = _is_one_of(column.values, self._constants(want, column.kind))
            kept = found if kept is None else kept & found
        return None if kept is None else np.flatnonzero(kept)

    def matching(self, rows: Rows | Spans, match: Match, frames: Frames) -> Pairs:
        """Return each frame with each row whose fields match, whatever its day."""
        fixed = tuple((name, want) for name, want in match if not moves(want))
        moving = [(name, want) for name, want in match if moves(want)]
        subset = self.fixed(rows, fixed)
        if not moving:
            count = len(rows) if subset is None else len(subset)
            left, right = crossed(len(frames), count)
            return Pairs(left, right if subset is None else subset[right])
        joint = [self._join_key(rows, subset, fixed, name, want, frames) for name, want in moving]
        if any(key is None for key in joint):
            return Pairs(np.empty(0, np.int64), np.empty(0, np.int64))
        # The field of the most different values leaves the fewest pairs for the others to test.
        keys = [key for key in joint if key is not None]
        first, *others = sorted(keys, key=lambda key: (not key.listed, -key.different())) if len(keys) > 1 else keys
        if first.groups is not None and len(first.frame_codes) < len(first.row_codes):
            pairs = expanded(first.groups(), first.frame_codes)
        else:
            pairs = joined(first.frame_codes, first.row_codes, self.view.space)
        left = pairs.left if first.frames is None else first.frames[pairs.left]
        right = pairs.right if first.rows is None else first.rows[pairs.right]
        for key in others:
            if key.listed:
                raise NotColumnar("a match of two lists")
            # What is not there is like nothing, not even like what is not there either.
            codes = key.frame_codes[left]
            same = (codes >= 0) & (codes == key.of_row(right))
            left, right = left[same], right[same]
        if first.frames is not None:
            # A frame that lists two values may match one row by both.
            both = distinct(left.astype(np.int64) * max(len(rows), 1) + right)
            left, right = both // max(len(rows), 1), both % max(len(rows), 1)
        return Pairs(left, right)

    def listing(self, wire: str, match: Match, name: str) -> "Listing | None":
        """Return whom, by a field, the facts of a whole table name of which the rest of a match is true.

        None where the field is none of strings. A fact that names several has an entry for each.
        """
        rows = self.view.whole(wire)
        column = rows.column(name)
        if not isinstance(column, Listed) and (column is None or column.kind != "code"):
            return None
        fixed = tuple((field, want) for field, want in match if field != name)

        def make() -> Listing:
            subset = self.fixed(rows, fixed)
            named = np.arange(len(rows)) if subset is None else subset
            if isinstance(column, Listed):
                lengths, codes = column.entries(subset)
                named = named.repeat(lengths)
            else:
                codes = column.values[named]
            entries = codes.astype(np.int64) << 32
            entries |= named
            entries.sort()
            entries = entries[np.count_nonzero(codes < 0) :]
            starts = entries.searchsorted(np.arange(int(codes.max(initial=-1)) + 3) << 32)
            # Rows of eight bytes are looked up twice as fast as those of four.
            return Listing(starts[:-1], np.diff(starts), np.bitwise_and(entries, _ROW, out=entries))

        return self.view.lasting(("listing", wire, fixed, name), make)

    def _join_key(
        self, rows: Rows | Spans, subset: Array | None, fixed: Match, name: str, want: Operand, frames: Frames
    ) -> "_Key | None":
        column, have = rows.column(name), self.values(want, frames)
        if column is None or have is None:
            return None
        if have.kind not in ("code", "id") or (isinstance(column, Scalars) and column.kind != "code"):
            raise NotColumnar(f"a match of `{name}`, which is no string")
        if isinstance(column, Listed):
            places, row_codes = self.view.once((rows.key, "listing", fixed, name), lambda: column.pairs(subset))
            places = places if subset is None else subset[places]
            groups = None
        elif subset is None:
            row_codes, places = column.values, None
            # Made only when needed.
            made = partial(grouped, row_codes, self.view.space)
            groups = partial(self.view.once, (rows.key, "groups", name), made)
        else:
            row_codes, places = column.values[subset], subset
            groups = None
        counted = partial(_different, row_codes)
        different = partial(self.view.once, (rows.key, "different", fixed, name), counted)
        values = None if isinstance(column, Listed) else column.values
        return _Key(have.values, have.frames, row_codes, places, groups, different, values)

    def listed(self, items: Items, name: str, codes: Array) -> Array:
        """Return whether the item of each frame lists its code in that field."""
        column = items.rows.column(name)
        if not isinstance(column, Listed):
            return np.zeros(len(codes), np.bool_)
        asked = np.zeros(len(items.rows), np.bool_)
        asked[items.index] = True
        rows = np.flatnonzero(asked)
        place, listed = column.pairs(rows)
        # Those of one code follow each other: frames ask about one subject after the other.
        every = np.sort(listed.astype(np.int64) << 32 | rows[place])
        if not len(every):
            return np.zeros(len(codes), np.bool_)
        wanted = codes.astype(np.int64) << 32 | items.index
        found: Array = every[np.minimum(every.searchsorted(wanted), len(every) - 1)] == wanted
        return found

    def turns(self, wire: str, match: Match) -> Array:
        """Return for each row of a whole table where its id comes among those of the rows that match."""
        whole = self.view.whole(wire)

        def make() -> Array:
            subset = self.fixed(whole, match)
            rows = np.arange(len(whole)) if subset is None else subset
            ids = [self.view.columns.ids[number] for number in whole.numbers[rows].tolist()]
            turns = np.full(len(whole), -1, np.int32)
            turns[rows[sorted(range(len(ids)), key=ids.__getitem__)]] = np.arange(len(ids))
            return turns

        return self.view.lasting(("turns", wire, match), make)


def _is_one_of(values: Array, wanted: Array) -> Array:
    """Return which values are wanted; of the one or two that are mostly asked for, by comparing."""
    if len(wanted) > _FEW:
        return np.isin(values, wanted)
    return reduce(np.logical_or, [values == want for want in wanted], np.zeros(len(values), np.bool_))


def _different(codes: Array) -> int:
    return int(np.count_nonzero(np.bincount(codes[codes >= 0])))


class _Key(NamedTuple):
    """What a field and a term are joined by: codes of frames (of `frames`, where a frame has several) and of rows.

    `rows` are None for all of them.
    """

    frame_codes: Array
    frames: Array | None
    row_codes: Array
    rows: Array | None
    groups: Any
    different: Callable[[], int]
    values: Array | None

    @property
    def listed(self) -> bool:
        """Whether either side is a list."""
        return self.frames is not None or self.values is None

    def of_row(self, rows: Array) -> Array:
        """Return the code of each row."""
        assert self.values is not None  # noqa: S101 - asked before
        return self.values[rows]
