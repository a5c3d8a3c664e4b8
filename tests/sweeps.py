"""How much of a sweep a run tries: some of each kind on a push, all of it in `make test-all`.

One number says which: how many examples the Hypothesis profile in force asks for. The profiles stand in conftest.py.
"""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any, Final, TypeVar

from hypothesis import settings

T = TypeVar("T")
_WHOLE: Final = settings.get_profile("all").max_examples
_ASKED: Final = settings().max_examples
FEWEST: Final = 5


def examples(whole: int) -> int:
    """Return on how many examples a law is tried of which the whole sweep tries so many."""
    return max(whole * _ASKED // _WHOLE, min(whole, FEWEST))


def crossed(*axes: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Return every combination of these values, or on a push as few as have each value of each axis in one."""
    every = [list(axis) for axis in axes]
    if _ASKED >= _WHOLE:
        return list(product(*every))
    return [tuple(axis[n % len(axis)] for axis in every) for n in range(max(map(len, every)))]


def some(every: Sequence[T], few: int) -> Sequence[T]:
    """Return all values that show the same, or on a push a few of them from the first on, evenly spaced."""
    if _ASKED >= _WHOLE or len(every) <= few:
        return every
    return [every[n * len(every) // few] for n in range(few)]
