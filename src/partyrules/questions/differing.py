"""Where two audits of one projection differ in a duty: told by columns, so that only those findings are made."""

from collections.abc import Callable, Iterable

import numpy as np

from partyrules.answers.blocks import Array, Evidenced, Names, alike
from partyrules.store.columns import NO_NUMBER

__all__ = ["differing"]

_KEY = ("subject", "start", "end", "occasion")
_SAID = ("status", "reason", "due")


def differing(one: Evidenced, other: Evidenced) -> tuple[Array, Array]:
    """Return the rows of each block that the other has otherwise, or not at all, and those of subjects set apart.

    Both are on one duty, of audits of one projection, whose numbers of strings and of facts are the same.
    """
    sides, sizes = (one, other), (len(one.block), len(other.block))
    if one.block.grain != other.block.grain:
        return np.arange(sizes[0]), np.arange(sizes[1])
    keys, count = alike([_column(sides, name) for name in _KEY])
    places = np.full((2, count), -1, np.int64)
    for number, (side, size) in enumerate(zip((keys[: sizes[0]], keys[sizes[0] :]), sizes, strict=True)):
        places[number, side] = np.arange(size)
    known: dict[tuple[str, ...], int] = {}
    said, _ = alike(
        [
            *(_column(sides, name) for name in _SAID),
            *(_numbers(sides, name) for name in ("required", "actual")),
            _pair(sides, lambda side: _known(side.block.needs, lambda mask: _needs(side.names, mask), known)),
            _pair(sides, lambda side: _known(side.block.responsible, side.names.lists.__getitem__, known)),
            _pair(sides, lambda side: np.isin(side.block.subject, [*one.apart, *other.apart]) * (1 + (side is other))),
            _pair(sides, lambda side: np.diff(side.evidence.starts)),
        ]
    )
    both = np.flatnonzero((places >= 0).all(axis=0))
    rows = places[:, both]
    same = said[rows[0]] == said[rows[1] + sizes[0]]
    both, rows = both[same], rows[:, same]
    equal = np.zeros(count, np.bool_)
    equal[both[~_evidence_differs(sides, rows)]] = True
    found = [side[(side >= 0) & ~equal] for side in places]
    return np.sort(found[0]), np.sort(found[1])


def _pair(sides: Iterable[Evidenced], of: Callable[[Evidenced], Array]) -> Array:
    return np.concatenate([np.asarray(of(side)).astype(np.int64) for side in sides])


def _column(sides: Iterable[Evidenced], name: str) -> Array:
    return _pair(sides, lambda side: getattr(side.block, name))


def _numbers(sides: tuple[Evidenced, Evidenced], name: str) -> Array:
    scale = max(side.block.scale for side in sides)

    def of(side: Evidenced) -> Array:
        units = np.asarray(getattr(side.block, name)).astype(np.int64)
        absent = units == NO_NUMBER
        return np.where(absent, NO_NUMBER, np.where(absent, 0, units) * (scale // side.block.scale))

    return _pair(sides, of)


def _known(codes: Array, told: Callable[[int], tuple[str, ...]], known: dict[tuple[str, ...], int]) -> Array:
    """Return what the codes of one audit say as numbers that are the same for two."""
    used, places = np.unique(codes, return_inverse=True)
    return np.array([known.setdefault(told(code), len(known)) for code in used.tolist()], np.int64)[places]


def _needs(names: Names, mask: int) -> tuple[str, ...]:
    return tuple(sorted(word for bit, word in enumerate(names.needs.texts) if mask >> bit & 1))


def _evidence_differs(sides: tuple[Evidenced, Evidenced], rows: Array) -> Array:
    """Return of rows side by side, that rest on as many facts each, which rest on others."""
    lengths = np.diff(sides[0].evidence.starts)[rows[0]]
    before = np.cumsum(lengths) - lengths
    which = np.repeat(np.arange(rows.shape[1]), lengths)
    within = np.arange(len(which)) - before[which]
    one, other = (
        side.evidence.numbers[side.evidence.starts[own][which] + within] for side, own in zip(sides, rows, strict=True)
    )
    return np.bincount(which[one != other], minlength=rows.shape[1]) > 0
