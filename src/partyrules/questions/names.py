"""Names by the thousand: which of them look the same, and which is nearest to one that is not among them."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from operator import itemgetter
from typing import Final

from partyrules.errors import nearest
from partyrules.facts.identifiers import likeness, likenesses

# To so many a name is compared one by one; among more, only what one stroke of the keyboard makes of it is looked up.
_FEW: Final = 100
_LONGEST: Final = 100
_MOST_LETTERS: Final = 2000
# What is taken for another on paper or left out, once case and width are the same.
_MISTAKEN: Final = {"o": "0", "l": "1", "i": "1", "|": "1", **dict.fromkeys("-_./·", "")}


class NameIndex:
    """Known names, to look one up that is none of them."""

    def __init__(self, known: Iterable[str]) -> None:
        self.known: Final = known if isinstance(known, set | frozenset) else frozenset(known)

    def near(self, name: str) -> str | None:
        """Return the known name that is likely meant by one: a slip away or, where there are few, the nearest."""
        found = self.near_slip(name)
        return nearest(name, self.known) if found is None and len(self.known) <= _FEW else found

    def near_slip(self, name: str) -> str | None:
        """Return the known name that looks the same, or that one slip of the keyboard makes of this one."""
        found = self._by_mistake.get(_mistaken(likeness(name)))
        if found is None and len(name) <= _LONGEST:
            slips = (self.known.intersection(slip) for slip in _slips(name, self._letters))
            found = min(next(filter(None, slips), ()), default=None)
        return found

    @cached_property
    def _by_mistake(self) -> dict[str, str]:
        # All at once: no likeness has a line feed. What is split of nothing is one empty text, and no name.
        names = list(self.known)
        seen = list(zip(_mistaken("\n".join(likenesses(names))).split("\n"), names, strict=False))
        found = dict(seen)
        # Of several that are taken for each other, which are rare, the first in order is meant.
        return found if len(found) == len(names) else dict(sorted(seen, key=itemgetter(1), reverse=True))

    @cached_property
    def _letters(self) -> tuple[str, ...]:
        letters = sorted(set("".join(self.known)))
        return tuple(letters) if len(letters) <= _MOST_LETTERS else ()


def _mistaken(text: str) -> str:
    # Letter by letter through a table takes ten times as long.
    for letter, taken_for in _MISTAKEN.items():
        text = text.replace(letter, taken_for)
    return text


def _slips(name: str, letters: Sequence[str]) -> Iterator[Iterator[str]]:
    """Yield what becomes of a name where two letters change over, one is left out, one put in, one put for another."""
    places = range(len(name))
    yield (name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :] for at in places)
    yield (name[:at] + name[at + 1 :] for at in places)
    yield (name[:at] + letter + name[at:] for at in range(len(name) + 1) for letter in letters)
    yield (name[:at] + letter + name[at + 1 :] for at in places for letter in letters)


def look_alikes(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the groups of names that differ in blanks, width, case or unseen characters alone, in order."""
    every = list(names)
    seen = likenesses(every)
    if len(set(seen)) == len(every):
        return []
    groups: dict[str, list[str]] = {}
    for name, looks in zip(every, seen, strict=True):
        groups.setdefault(looks, []).append(name)
    return sorted(tuple(sorted(group)) for group in groups.values() if len(group) > 1)
