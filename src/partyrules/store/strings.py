"""Strings by number: each that the columns hold is kept once, and thousands are numbered at a time."""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from threading import Lock
from typing import Any, Final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

ABSENT: Final = -1
"""The code of a string that is not there."""

# So few are looked up one by one in the time that it takes to look at their bytes together.
_FEW: Final = 400
_WORD: Final = np.dtype("<u8")
# The bytes of the longest string that is looked up by them, in words of eight.
_LONGEST: Final = 40
_BEHIND: Final = b"\n" + bytes(_LONGEST + 8)
_LINE_FEED: Final = 10
# By how many bytes of a word are of the string, those bytes of it.
_OF_IT: Final = np.array([(1 << 8 * count) - 1 for count in range(9)], _WORD)
# Odd, and as good as drawn: the upper bits of a product depend on all bits of a word.
_FACTORS: Final = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F], _WORD
)
_PLACES_EACH: Final = 16


@frozen
class _Seen:
    """Where strings of codes below `room` are found by their bytes: a code at each place, the bytes of each code.

    A place may hold the code of any string, or of none yet; so what is found is compared. Threads may note at once:
    of a code there is but one thing to note, its length last.
    """

    room: int
    codes: NDArray[np.int32]
    words: NDArray[np.uint64]
    lengths: NDArray[np.int64]


def _nothing_seen(room: int) -> _Seen:
    return _Seen(
        room,
        np.zeros(_PLACES_EACH * room, np.int32),
        np.zeros((_LONGEST // 8, room), np.uint64),
        np.full(room, ABSENT),
    )


class Strings(dict[str | None, int]):
    """The code of every string, numbered in the order of first sight; indexing with a new one gives it a code."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self.texts: Final = list(texts)
        super().__init__(zip(self.texts, range(len(self.texts)), strict=True))
        self[None] = ABSENT
        self._ranks: NDArray[np.int32] = np.empty(0, np.int32)
        self._adding: Final = Lock()
        self._seen = _nothing_seen(0)

    def __missing__(self, text: str) -> int:
        # Several threads may meet new strings at once; of one string there is one code.
        with self._adding:
            code = self.setdefault(text, len(self.texts))
            if code == len(self.texts):
                self.texts.append(text)
            return code

    def codes(self, texts: Sequence[str | None]) -> NDArray[np.int32]:
        """Return the code of each string, a new one where it was not seen before."""
        words = _words(texts) if len(texts) > _FEW else None
        return self._one_by_one(texts) if words is None else self._at_once(texts, *words)

    def _one_by_one(self, texts: Sequence[str | None]) -> NDArray[np.int32]:
        # One call looks all of them up; half the time of a call for each.
        found = itemgetter(*texts)(self) if len(texts) > 1 else [self[text] for text in texts]
        return np.fromiter(found, np.int32, len(texts))

    def _at_once(
        self, texts: Sequence[str | None], words: Sequence[NDArray[np.uint64]], lengths: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        """Return what `codes` does, of strings with these bytes, in a third of the time."""
        if len(self.texts) >= self._seen.room:
            self._seen = _nothing_seen(2 ** len(self.texts).bit_length())
        seen = self._seen
        mixed = sum(word * factor for word, factor in zip(words, _FACTORS, strict=False))
        places = (mixed >> np.uint64(65 - len(seen.codes).bit_length())).view(np.int64)
        found: NDArray[np.int32] = seen.codes.take(places)
        same = seen.lengths.take(found) == lengths
        for known, word in zip(seen.words, words, strict=False):
            same &= known.take(found) == word
        missed = np.flatnonzero(~same)
        if len(missed):
            codes = found[missed] = self._one_by_one([texts[n] for n in missed.tolist()])
            noted = codes < seen.room
            missed, codes = missed[noted], codes[noted]
            for known, word in zip(seen.words, words, strict=False):
                known[codes] = word[missed]
            seen.lengths[codes] = lengths[missed]
            seen.codes[places[missed]] = codes
        return found

    def find(self, text: str) -> int | None:
        """Return the code of a string, None where no fact has it."""
        return self.get(text)

    def picked(self, given: NDArray[np.bool_]) -> list[str]:
        """Return the strings whose codes a mask picks."""
        return [self.texts[code] for code in np.flatnonzero(given).tolist()]

    @property
    def ranks(self) -> NDArray[np.int32]:
        """The place of each code in the order of the strings."""
        ranks, count = self._ranks, len(self.texts)
        if len(ranks) != count:
            order = sorted(range(count), key=self.texts.__getitem__)
            ranks = np.empty(count, np.int32)
            ranks[order] = np.arange(count, dtype=np.int32)
            self._ranks = ranks
        return ranks


def _words(texts: Sequence[Any]) -> tuple[list[NDArray[np.uint64]], NDArray[np.int64]] | None:
    """Return the bytes of each string, eight to a word, and how many there are; None where one is none, or too long."""
    try:
        held = "\n".join(texts).encode(errors="surrogatepass") + _BEHIND
    except TypeError:
        return None
    ends = np.flatnonzero(np.frombuffer(held, np.uint8) == _LINE_FEED)
    if len(ends) != len(texts):
        return None
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - starts
    longest = int(lengths.max())
    # From every byte on, the word that begins there.
    beginning = np.ndarray(len(held) - 7, _WORD, held, strides=(1,))
    words = [beginning[starts + at] & _OF_IT.take(lengths - at, mode="clip") for at in range(0, max(longest, 1), 8)]
    return (words, lengths) if longest <= _LONGEST else None
