"""What is made once for each key, also where several threads ask for it at the same time."""

from collections.abc import Callable, Hashable
from threading import RLock
from typing import Any, Final, TypeVar, cast

T = TypeVar("T")


class Once:
    """What was made under each key; whoever asks while another thread makes it waits for that."""

    def __init__(self) -> None:
        self._made: Final[dict[Hashable, Any]] = {}
        self._making: Final[dict[Hashable, RLock]] = {}

    def __call__(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` makes, made once for each key."""
        if key not in self._made:
            with self._making.setdefault(key, RLock()):
                if key not in self._made:
                    self._made[key] = make()
        return cast("T", self._made[key])
