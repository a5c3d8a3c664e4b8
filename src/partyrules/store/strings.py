"""Strings by number: each that the columns hold is kept once, and thousands are numbered at a time."""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from threading import Lock
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

ABSENT: Final = -1
"""The code of a string that is not there."""

# So few are looked up one by one in the time that it takes to look at their bytes together.
_FEW: Final = 400
_WORD: Final = np.dtype("<u8")
# The bytes of the longest string that is looked up by them, in words of eight, behind its length.
_LONGEST: Final = 40
_WORDS: Final = 1 + _LONGEST // 8
_BEHIND: Final = b"\n" + bytes(_LONGEST + 8)
_LINE_FEED: Final = 10
# By how many bytes of a word are of the string, those bytes of it.
_OF_IT: Final = np.array([(1 << 8 * count) - 1 for count in range(9)], _WORD)
# The upper bits of a sum of products with these depend on all bits of each word.
_FACTORS: Final = np.array([pow(0x9E3779B97F4A7C15, power, 1 << 64) for power in range(1, _WORDS + 1)], _WORD)
# Half of no string's bytes, and no length.
_NOTHING: Final = np.uint64((1 << 64) - 1)
_PLACES_EACH: Final = 16


class Strings(dict[str | None, int]):
    """The code of every string, numbered in the order of first sight; indexing with a new one gives it a code."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self.texts: Final = list(texts)
        super().__init__(zip(self.texts, range(len(self.texts)), strict=True))
        self[None] = ABSENT
        self._ranks: NDArray[np.int32] = np.empty(0, np.int32)
        self._adding: Final = Lock()
        # At the place to which its bytes lead, the code of a string, or of another; and by code the bytes.
        self._seen: tuple[NDArray[np.int32], NDArray[np.uint64]] | None = None

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
        return self._one_by_one(texts) if words is None else self._at_once(texts, words)

    def _one_by_one(self, texts: Sequence[str | None]) -> NDArray[np.int32]:
        # One call looks all of them up; half the time of a call for each.
        found = itemgetter(*texts)(self) if len(texts) > 1 else [self[text] for text in texts]
        return np.fromiter(found, np.int32, len(texts))

    def _at_once(self, texts: Sequence[str | None], words: Sequence[NDArray[np.uint64]]) -> NDArray[np.int32]:
        """Return what `codes` does, of strings with these bytes, in a third of the time."""
        if self._seen is None or self._seen[1].shape[1] < len(self.texts):
            room = 1 << max(len(self.texts), _FEW).bit_length()
            self._seen = np.zeros(_PLACES_EACH * room, np.int32), np.full((_WORDS, room), _NOTHING)
        codes, known = self._seen
        mixed = sum(word * factor for word, factor in zip(words, _FACTORS, strict=False))
        places = (mixed >> _WORD.type(65 - len(codes).bit_length())).view(np.int64)
        found: NDArray[np.int32] = codes.take(places)
        same = np.ones(len(texts), np.bool_)
        for of, word in zip(known, words, strict=False):
            same &= of.take(found) == word
        missed = np.flatnonzero(~same)
        if len(missed):
            found[missed] = self._one_by_one([texts[n] for n in missed.tolist()])
            # Threads may note at once: of a code there is but one thing to note, and half of it is no string's.
            if len(self.texts) <= known.shape[1]:
                for of, word in zip(known, words, strict=False):
                    of[found[missed]] = word[missed]
                codes[places[missed]] = found[missed]
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


def _words(texts: Sequence[Any]) -> list[NDArray[np.uint64]] | None:
    """Return of each string how many bytes it has, and these, eight to a word; None where one is none, or too long."""
    try:
        held = "\n".join(texts).encode(errors="surrogatepass") + _BEHIND
    except TypeError:
        return None
    ends = np.flatnonzero(np.frombuffer(held, np.uint8) == _LINE_FEED)
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - starts
    longest = int(lengths.max())
    # A string with a line feed in it would be taken for two.
    if longest > _LONGEST or len(ends) != len(texts):
        return None
    # From every byte on, the word that begins there.
    beginning = np.ndarray(len(held) - 7, _WORD, held, strides=(1,))
    words = [beginning[starts + at] & _OF_IT.take(lengths - at, mode="clip") for at in range(0, longest, 8)]
    return [lengths.view(np.uint64), *words]
