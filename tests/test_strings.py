"""Strings are numbered in the order of first sight, however many are looked up at a time and by how many threads."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from partyrules.store.strings import ABSENT, Strings
from tests.strategies import seeded

# What ends, begins or goes on alike: at the ends of words, of what is looked up by its bytes, in one byte or in three.
ALIKE = ["a" * size + end for size in (0, 1, 7, 8, 9, 15, 16, 39, 40, 41, 80) for end in ("", "b", "\0", "\0\0", "李")]
# A line feed stands between strings that are looked at together, and half a character is no text in UTF-8.
ODD = ["\n", "a\n", "\ud800", "党" * 13, "党" * 14]


def numbered(known: dict[str | None, int], texts: list[str | None]) -> list[int]:
    """Return the number of each text in the order of first sight, one by one."""
    return [ABSENT if text is None else known.setdefault(text, len(known)) for text in texts]


@pytest.mark.parametrize("beside", [[], ["\n"], [None], ["x" * 41]])
def test_strings_are_numbered_in_the_order_of_first_sight(beside: list[str | None]) -> None:
    """Whatever strings come, few or many at a time, each has one number, and a new one the next."""
    chance, strings, known = seeded(7), Strings(), dict[str | None, int]()
    short: list[str | None] = [text for text in ALIKE if len(text) <= 13]
    for every in (short, [""], [*short, *beside], [*ALIKE, *ODD], short):
        for count in (5, 500, 1500):
            texts = chance.choices(every, k=count)
            assert strings.codes(texts).tolist() == numbered(known, texts)
    assert strings.texts == list(known)


def test_thousands_of_strings_by_several_threads() -> None:
    """Threads that meet thousands of strings at once find the same number for each, and each number is of one."""
    strings = Strings()
    texts = [f"person-{number:06}" for number in range(20_000)]
    orders = [seeded(seed).sample(texts, len(texts)) for seed in range(4)]

    def looked_up(order: list[str]) -> list[int]:
        return [code for start in range(0, len(order), 500) for code in strings.codes(order[start : start + 500])]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(looked_up, [*orders, *orders]))
    for order, codes in zip([*orders, *orders], found, strict=True):
        assert [strings.texts[code] for code in codes] == order
    assert sorted(strings.texts) == texts
