"""How much of a sweep a run tries: some of each kind on a push, all of it in `make test-all`.

The number of examples that the Hypothesis profile in force asks for says which; conftest.py registers the profiles.
"""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any, Final, TypeVar

from hypothesis import settings

T = TypeVar("T")
WHOLE: Final = 200
PUSH: Final = 30
FEWEST: Final = 5


def whole() -> bool:
    """Tell whether sweeps are whole in this run."""
    return settings().max_examples >= WHOLE


def examples(most: int) -> int:
    """Return on how many examples a law is tried of which the whole sweep tries so many."""
    return max(most * settings().max_examples // WHOLE, min(most, FEWEST))


def crossed(*axes: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Return every combination of these values, or on a push as few as have each value of each axis in one."""
    every = [list(axis) for axis in axes]
    if whole():
        return list(product(*every))
    # Each further round through an axis starts later than the round before, so that no two axes keep in step.
    return [
        tuple(axis[(n + place * (n // len(axis))) % len(axis)] for place, axis in enumerate(every))
        for n in range(max(map(len, every)))
    ]


def some(every: Sequence[T], few: int) -> Sequence[T]:
    """Return all values that show the same, or on a push a few of them from the first on, evenly spaced."""
    if whole() or len(every) <= few:
        return every
    return [every[n * len(every) // few] for n in range(few)]
