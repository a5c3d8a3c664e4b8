"""JSON read strictly: what is taken, and that no key is ever read by one of two values."""

import json
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyrules.facts.strict_json import Repeated, decode, repeated, shown


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"a": 1, "a": 2}', "key `a` is given twice, as 1 and 2; allowed: once"),
        (b'{"a": 1, "\\u0061": 1}', "key `a` is given twice, as 1 and 1; allowed: once"),
        ('{"b": [{"a": "x", "c": 0, "a": {"d": 1}}]}', 'key `a` is given twice, as "x" and {"d":1}; allowed: once'),
        ('{"a":1,"a":2,"a":3,"a":4}', "key `a` is given 4 times, as 1, 2 and 3, …; allowed: once"),
        ('{"":1,"":2}', "key `` is given twice"),
        ('{"a":1,"a":1,"b":{},"b":[]}', "key `b` is given twice, as {} and []"),
        (r'{"\n":1,"\n":"\u202e"}', r"key `\n` is given twice, as 1 and "),
    ],
)
def test_a_key_given_twice(text: str | bytes, told: str) -> None:
    """A key given twice in one object, however it is spelt and however deep, is refused with its values."""
    with pytest.raises(ValueError, match="given") as caught:
        decode(text)
    assert told in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "text", ["", "{", "[1,]", "NaN", "{'a': 1}", b"\xff", b'{"a":"\xc4"}', "[" * 100_000, "[" * 100_000 + "]" * 100_000]
)
def test_what_is_no_json(text: str | bytes) -> None:
    """What is no JSON, or is nested beyond reason, is refused with the reason."""
    with pytest.raises(ValueError, match=r".") as caught:
        decode(text)
    assert "\n" not in str(caught.value)


JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, st.booleans())
def test_whatever_has_no_key_twice(value: Any, as_bytes: bool) -> None:  # noqa: FBT001 - Hypothesis gives it
    """What gives no key twice is read as any other decoder reads it."""
    text = json.dumps(value, ensure_ascii=as_bytes)
    assert decode(text.encode(errors="surrogatepass") if as_bytes else text) == value
    assert repeated(text) == ()


def test_the_decoder_may_be_another() -> None:
    """A decoder of a type is used where one is given, and the keys are looked at all the same."""
    numbers: msgspec.json.Decoder[Any] = msgspec.json.Decoder(dict[str, int])
    assert decode(b'{"a": 1}', decoder=numbers) == {"a": 1}
    with pytest.raises(msgspec.ValidationError):
        decode(b'{"a": "x"}', decoder=numbers)
    with pytest.raises(ValueError, match="key `a` is given twice"):
        decode(b'{"a": 1, "a": 1}', decoder=numbers)


def test_long_values_are_cut() -> None:
    """A long value is shown by its beginning."""
    assert len(shown("字" * 1000)) == 60
    assert len(str(Repeated("a", ["x" * 1000, "y" * 1000]))) < 200
