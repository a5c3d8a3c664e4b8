"""What an id must be made of, and which ids look the same."""

import sys
from unicodedata import category

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyrules.facts.identifiers import flaw, likeness, likenesses, may_be_flawed


def test_no_flawed_text_is_overlooked() -> None:
    """Of every character there is: a text of it that has a flaw is one that the quick look takes for possible."""
    for number in range(sys.maxunicode + 1):
        letter = chr(number)
        if category(letter) == "Cs":
            continue
        for text in (letter, f"a{letter}"):
            if flaw(text):
                assert may_be_flawed(msgspec.json.encode([text])), hex(number)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), max_size=4))
def test_no_flawed_list_is_overlooked(texts: list[str]) -> None:
    """If any of several texts has a flaw, the quick look at all of them takes that for possible."""
    if any(flaw(text) for text in texts):
        assert may_be_flawed(msgspec.json.encode(texts))


@pytest.mark.parametrize("text", ["p1", "李四", "branch-1", "a b", "张 三"])
def test_ordinary_ids_need_no_second_look(text: str) -> None:
    """Letters, Chinese characters and blanks between them are passed by the quick look."""
    assert flaw(text) is None
    assert not may_be_flawed(msgspec.json.encode({"person": text}))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("p1", "P1"),
        ("p1", " p1"),
        ("p1", "p 1"),
        ("p1", "ｐ１"),
        ("p1", "p\u200b1"),
        ("p1", "p1\u00a0"),
        ("李四", "李\u3000四"),
        ("李四", "\ufeff李四"),
        ("é", "e\u0301"),
        ("A楼", "Ａ楼\ufe0f"),
        ("straße", "STRASSE"),
    ],
)
def test_ids_that_look_alike(one: str, other: str) -> None:
    """Ids that differ in blanks, width, case or unseen characters alone have one likeness."""
    assert likeness(one) == likeness(other)


@pytest.mark.parametrize(("one", "other"), [("p1", "p2"), ("p1", "p-1"), ("李四", "李三"), ("e", "é"), ("1-2", "12")])
def test_ids_that_do_not(one: str, other: str) -> None:
    """Ids that differ in a character that is seen have two."""
    assert likeness(one) != likeness(other)


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=4) | st.text("aB \t\n", max_size=4), max_size=4))
def test_many_ids_look_as_each_by_itself(texts: list[str]) -> None:
    """What many ids look like, worked out at once where they are plain, is what each looks like by itself."""
    assert likenesses(texts) == [likeness(text) for text in texts]
