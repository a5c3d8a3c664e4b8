"""How sweeps are cut on a push: nothing that has a kind of its own is left out."""

import re
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import sweeps
from tests.sweeps import PUSH, WHOLE, crossed, examples, some

ROOT = Path(__file__).parent.parent
# It counts what so many histories reach, so that fewer would show something else.
BY_NUMBER = {"test_pack_laws.py"}
AXES = st.lists(st.lists(st.integers(), min_size=1, max_size=6, unique=True), min_size=1, max_size=4)


@given(AXES)
def test_each_value_of_each_axis_is_in_a_combination(axes: list[list[int]]) -> None:
    """On a push as many combinations are tried as the longest axis has values, and no value is left out."""
    with patch.object(sweeps, "whole", return_value=False):
        found = crossed(*axes)
    assert len(found) == max(map(len, axes))
    assert [set(values) for values in zip(*found, strict=True)] == [set(axis) for axis in axes]


def test_two_axes_do_not_keep_in_step() -> None:
    """Two short axes beside a long one go together in every way as the long one goes on."""
    with patch.object(sweeps, "whole", return_value=False):
        assert {(a, b) for _, a, b in crossed(range(8), "ab", "xy")} == {("a", "x"), ("b", "y"), ("a", "y"), ("b", "x")}


@given(st.lists(st.integers(), unique=True, max_size=30), st.integers(1, 10))
def test_some_of_an_enumeration(every: list[int], few: int) -> None:
    """On a push so many of an enumeration are tried, in its order and from its first; fewer are tried all."""
    with patch.object(sweeps, "whole", return_value=False):
        found = list(some(every, few))
    assert len(found) == min(few, len(every))
    assert found[:1] == every[:1]
    assert [one for one in every if one in found] == found


def test_a_whole_sweep_leaves_nothing_out() -> None:
    """In `make test-all` every combination, and all of an enumeration, is tried."""
    with patch.object(sweeps, "whole", return_value=True):
        assert len(crossed("abc", "xy")) == 6
        assert some("abc", 1) == "abc"


@pytest.mark.parametrize(("asked", "due"), [(PUSH, 9), (WHOLE, 60), (3000, 900)])
def test_examples_follow_the_profile(asked: int, due: int) -> None:
    """A law is tried on its share of the examples that the profile asks for, and always on a few."""
    with patch.object(sweeps, "settings", return_value=type("Asked", (), {"max_examples": asked})()):
        assert examples(60) == due
        assert examples(3) >= 3


def test_every_number_of_examples_is_a_share() -> None:
    """No test fixes how many examples a law is tried on, so that a push stays short and a whole sweep is whole."""
    fixed = [
        path.name
        for path in sorted([*ROOT.glob("tests/test_*.py"), *ROOT.glob("policies/*/tests/test_*.py")])
        if re.search(r"max_examples=\d", path.read_text(encoding="utf-8"))
    ]
    assert set(fixed) - BY_NUMBER == set()
