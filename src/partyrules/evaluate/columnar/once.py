"""What is made once for each key."""

from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar, cast

T = TypeVar("T")


class Once:
    """What was made under each key."""

    def __init__(self) -> None:
        self._made: Final[dict[Hashable, Any]] = {}

    def __call__(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` makes, made once for each key."""
        if key not in self._made:
            self._made[key] = make()
        return cast("T", self._made[key])
