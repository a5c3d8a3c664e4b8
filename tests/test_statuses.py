"""The status rule: every case there is, told again from the specification."""

from itertools import product

import pytest

from partyrules.evaluate.kleene import Truth
from partyrules.evaluate.statuses import STATUS_RULE, Excess, Force, Ruled, StatusCase, Time, force_of
from partyrules.language.rules import MODALITIES

FALSE, UNKNOWN, TRUE = Truth


def test_every_case_is_ruled() -> None:
    """The table has one ruling for each case of truth, time, excess, force and explanation."""
    assert set(STATUS_RULE) == {*map(StatusCase._make, product(Truth, Time, Excess, Force, Truth))}
    assert len(STATUS_RULE) == 243


def test_an_unknown_is_never_read_as_anything_else() -> None:
    """What the facts cannot decide is unknown in every case, and no such case is said to be met or broken."""
    assert {ruled for case, ruled in STATUS_RULE.items() if case.truth == UNKNOWN} == {Ruled("unknown")}


def test_what_is_met_is_met_whenever_asked() -> None:
    """What holds is satisfied, even if the period is still open."""
    assert {ruled for case, ruled in STATUS_RULE.items() if case.truth == TRUE} == {Ruled("satisfied")}


def test_a_breach_needs_a_binding_word_a_time_that_is_over_and_a_whole_record() -> None:
    """Breached is only what surely fails, binds, and can no longer be mended nor explained."""
    for case, ruled in STATUS_RULE.items():
        mended = case.time == Time.OPEN and case.excess != Excess.FOR_GOOD
        lacking = case.time == Time.UNCLOSED and case.excess == Excess.NONE
        excused = case.force == Force.WEAK or (case.force == Force.EXPLAINABLE and case.explained != FALSE)
        assert (ruled.status == "breached") == (case.truth == FALSE and not (mended or lacking or excused)), case


def test_above_maximum_goes_with_every_maximum_exceeded() -> None:
    """Whatever is said of an exceeded maximum names it, unless a recorded reason explains it."""
    for case, ruled in STATUS_RULE.items():
        if case.truth == FALSE and case.excess != Excess.NONE and ruled.status in ("pending", "breached", "advisory"):
            assert ruled.reason == "above_maximum", case
        if case.excess == Excess.NONE:
            assert ruled.reason in (None, "explained"), case


@pytest.mark.parametrize(
    ("case", "ruled"),
    [
        (StatusCase(FALSE, Time.OPEN), Ruled("pending")),
        (StatusCase(FALSE, Time.UNCLOSED), Ruled("unknown", need="register_closed")),
        (StatusCase(FALSE, Time.OPEN, Excess.FOR_GOOD), Ruled("breached", "above_maximum")),
        (StatusCase(FALSE, Time.OPEN, Excess.SOME), Ruled("pending", "above_maximum")),
        (StatusCase(FALSE, force=Force.WEAK), Ruled("advisory")),
        (StatusCase(FALSE, force=Force.EXPLAINABLE, explained=TRUE), Ruled("excused", "explained")),
        (StatusCase(FALSE, force=Force.EXPLAINABLE, explained=UNKNOWN), Ruled("unknown", need="full_date")),
        (
            StatusCase(FALSE, Time.UNCLOSED, force=Force.EXPLAINABLE, explained=TRUE),
            Ruled("unknown", need="register_closed"),
        ),
        (StatusCase(FALSE), Ruled("breached")),
    ],
)
def test_by_hand(case: StatusCase, ruled: Ruled) -> None:
    """Cases worked out by hand from the specification."""
    assert STATUS_RULE[case] == ruled


def test_force_of_each_modality() -> None:
    """Only `normally` can be explained, and only what a period lacks; what is encouraged is never violated."""
    forces = {
        (modality, periodic): force_of(modality, periodic=periodic)
        for modality in MODALITIES
        for periodic in (True, False)
    }
    assert {key for key, force in forces.items() if force == Force.EXPLAINABLE} == {("normally", True)}
    assert {modality for (modality, _), force in forces.items() if force == Force.WEAK} == {"encouraged", "exploratory"}
