"""Whether bounds on sums of unknown numbers leave any numbers at all: whole ones by search, decimals by elimination."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor, inf
from typing import Any, Final, Literal, NamedTuple

from attrs import field, frozen

__all__ = ["TOO_MANY", "LinearRow", "TooManyCases", "decimals", "whole_numbers"]

TOO_MANY: Final = "there are too many cases to try them all"
_MOST_NODES: Final = 20_000
_MOST_ROWS: Final = 2_000
_MOST_ROUNDS: Final = 200

Name = Any


class TooManyCases(Exception):  # noqa: N818 - it ends a search and is no error of anybody's
    """There are more cases than are tried, so that nothing is decided."""


def _counting(times: Mapping[Name, int]) -> Mapping[Name, int]:
    """Return the unknowns that are part of a sum at all: none times one is nothing, however large it may be."""
    return {name: k for name, k in times.items() if k}


@frozen
class LinearRow:
    """A sum of so many times each unknown, at least `low` and at most `high`; `over` and `under` exclude the bound."""

    times: Mapping[Name, int] = field(converter=_counting)
    low: int | None = None
    high: int | None = None
    over: bool = False
    under: bool = False


# Whole numbers -----------------------------------------------------------------------------------------------------


def whole_numbers(
    rows: Sequence[LinearRow], most: Mapping[Name, float], *, cap: int
) -> dict[Name, int] | Literal["only_beyond"] | None:
    """Return whole numbers from 0 on that keep to every row, or None where there are none.

    `most` bounds single unknowns. No unknown is tried beyond `cap`: where only greater ones are left, the answer is
    `only_beyond`. Raise TooManyCases where the search grows too long.
    """
    names = list(dict.fromkeys(name for row in rows for name in row.times))
    widest = {name: (0.0, most.get(name, inf)) for name in names}
    if _narrowed(rows, widest) is None:
        return None
    # A cap that only repeats the rows takes nothing away, so its failure is a proof.
    capped = {name: (low, min(high, cap)) for name, (low, high) in widest.items()}
    left = [_MOST_NODES]
    found = _searched(rows, capped, left)
    if found is None:
        return "only_beyond"
    return {name: int(low) for name, (low, _) in found.items()}


_Ranges = dict[Name, tuple[float, float]]


def _searched(rows: Sequence[LinearRow], ranges: _Ranges, left: list[int]) -> _Ranges | None:
    left[0] -= 1
    if left[0] < 0:
        raise TooManyCases
    narrowed = _narrowed(rows, ranges)
    if narrowed is None:
        return None
    least = {name: low for name, (low, _) in narrowed.items()}
    if all(_kept(row, least) for row in rows):
        return {name: (low, low) for name, low in least.items()}
    open_still = [name for name, (low, high) in narrowed.items() if low < high]
    if not open_still:
        return None
    name = min(open_still, key=lambda each: narrowed[each][1] - narrowed[each][0])
    low, high = narrowed[name]
    middle = (low + high) // 2
    for part in ((low, middle), (middle + 1, high)):
        found = _searched(rows, {**narrowed, name: part}, left)
        if found is not None:
            return found
    return None


def _narrowed(rows: Sequence[LinearRow], ranges: _Ranges) -> _Ranges | None:
    """Return the ranges without the ends that some row rules out, None where nothing is left."""
    now = dict(ranges)
    for _ in range(_MOST_ROUNDS):
        before = dict(now)
        for row in rows:
            least = _Total([k * now[name][k < 0] for name, k in row.times.items()])
            most = _Total([k * now[name][k > 0] for name, k in row.times.items()])
            if (row.low is not None and most.whole < row.low) or (row.high is not None and least.whole > row.high):
                return None
            for name, k in row.times.items():
                low, high = before_row = now[name]
                if row.high is not None:
                    end = (row.high - least.without(k * before_row[k < 0])) / k
                    low, high = (low, min(high, end)) if k > 0 else (max(low, end), high)
                if row.low is not None:
                    end = (row.low - most.without(k * before_row[k > 0])) / k
                    low, high = (max(low, end), high) if k > 0 else (low, min(high, end))
                low, high = low if low == -inf else ceil(low), high if high == inf else floor(high)
                if low > high:
                    return None
                now[name] = (low, high)
        if now == before:
            break
    return now


def _kept(row: LinearRow, numbers: Mapping[Name, float]) -> bool:
    total = sum(k * numbers[name] for name, k in row.times.items())
    return (row.low is None or row.low <= total) and (row.high is None or total <= row.high)


class _Total:
    """A sum of numbers of which some may be infinite, all in one direction."""

    def __init__(self, parts: Iterable[float]) -> None:
        numbers = list(parts)
        self.infinite = [each for each in numbers if abs(each) == inf]
        self.finite = sum(each for each in numbers if abs(each) != inf)

    @property
    def whole(self) -> float:
        """The sum itself."""
        return self.infinite[0] if self.infinite else self.finite

    def without(self, part: float) -> float:
        """Return the sum without one of its parts."""
        if abs(part) == inf:
            return self.finite if len(self.infinite) == 1 else part
        return self.infinite[0] if self.infinite else self.finite - part


# Decimals ----------------------------------------------------------------------------------------------------------


class _Least(NamedTuple):
    """That so many times each unknown, together, is at least (with `over`, more than) a number."""

    times: dict[Name, Fraction]
    low: Fraction
    over: bool


def decimals(rows: Iterable[LinearRow]) -> bool:
    """Tell whether numbers from 0 on, not only whole ones, keep to every row; raise TooManyCases as above."""
    left: list[_Least] = []
    for row in rows:
        times = {name: Fraction(k) for name, k in row.times.items() if k}
        if row.low is not None:
            left.append(_Least(times, Fraction(row.low), row.over))
        if row.high is not None:
            left.append(_Least({name: -k for name, k in times.items()}, Fraction(-row.high), row.under))
    names = list(dict.fromkeys(name for one in left for name in one.times))
    left += [_Least({name: Fraction(1)}, Fraction(0), over=False) for name in names]
    for name in names:
        above = [one for one in left if one.times.get(name, 0) > 0]
        below = [one for one in left if one.times.get(name, 0) < 0]
        left = [one for one in left if not one.times.get(name)]
        left = _strongest([*left, *(_joined(one, other, name) for one in above for other in below)])
        if len(left) > _MOST_ROWS:
            raise TooManyCases
    return all(one.low < 0 or (one.low == 0 and not one.over) for one in left)


def _joined(one: _Least, other: _Least, name: Name) -> _Least:
    k, m = one.times[name], -other.times[name]
    times = {
        each: one.times.get(each, Fraction(0)) / k + other.times.get(each, Fraction(0)) / m
        for each in {*one.times, *other.times}
        if each != name
    }
    return _Least({each: n for each, n in times.items() if n}, one.low / k + other.low / m, one.over or other.over)


def _strongest(rows: Iterable[_Least]) -> list[_Least]:
    """Return of the rows that differ in their bound alone the one that asks most."""
    found: dict[frozenset[tuple[Name, Fraction]], _Least] = {}
    for row in rows:
        size = max((abs(n) for n in row.times.values()), default=Fraction(1))
        scaled = _Least({name: n / size for name, n in row.times.items()}, row.low / size, row.over)
        key = frozenset(scaled.times.items())
        if key not in found or (found[key].low, found[key].over) < (scaled.low, scaled.over):
            found[key] = scaled
    return list(found.values())
