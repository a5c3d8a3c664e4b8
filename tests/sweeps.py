"""How much of a sweep a run tries: some of each kind on a push, all of it in `make test-all`.

What takes seconds by itself is left to `.ci/run` and `make test-all`. The number of examples that the Hypothesis
profile in force asks for says which; conftest.py registers the profiles.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Any, Final, TypeVar

import pytest
from hypothesis import settings

T = TypeVar("T")
C = TypeVar("C", bound=Callable[..., Any])
WHOLE: Final = 200
PUSH: Final = 30
FEWEST: Final = 5


def unhurried() -> bool:
    """Tell whether what takes seconds by itself is tried too: in whole sweeps and in continuous integration."""
    return whole() or bool(os.environ.get("CI"))


def whole() -> bool:
    """Tell whether sweeps are whole in this run."""
    return settings().max_examples >= WHOLE


def slow(test: C) -> C:
    """Mark a test that takes seconds by itself and shows what others show of less."""
    marked: C = pytest.mark.skipif(not unhurried(), reason="takes seconds: .ci/run and make test-all")(test)
    return marked


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
