"""The names behind the numbers in a monitor's blocks: they stay right while facts are added to the columns."""

from collections.abc import Sequence
from typing import Final, overload

from partyrules.answers.blocks import Names
from partyrules.store.columns import ABSENT, Columns

__all__ = ["FactNames"]

# Where the numbers begin of facts that are in no column, such as the terms of an adoption.
_BESIDES: Final = 1 << 30


class FactNames(Names):
    """A fact has the number that it has in the columns, whenever it came to them."""

    def __init__(self, columns: Columns) -> None:
        self._columns: Final = columns
        self._besides: Final[dict[str, int]] = {}
        super().__init__(strings=columns.strings, ids=_Ids(columns, self._besides))

    def number(self, fact: str | None) -> int:
        """Return the number of a fact, `ABSENT` for None."""
        if fact is None:
            return ABSENT
        found = self._columns.numbers.get(fact)
        return self._besides.setdefault(fact, _BESIDES + len(self._besides)) if found is None else found


class _Ids(Sequence[str]):
    """The id of each number."""

    def __init__(self, columns: Columns, besides: dict[str, int]) -> None:
        self._columns: Final = columns
        self._besides: Final = besides

    def __len__(self) -> int:
        return len(self._columns.ids)

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[str]: ...
    def __getitem__(self, number: int | slice) -> str | Sequence[str]:
        if isinstance(number, slice) or number < _BESIDES:
            return self._columns.ids[number]
        return list(self._besides)[number - _BESIDES]
