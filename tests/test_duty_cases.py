"""The kit that tries cases of duties: right cases pass every check, and one with a mistake fails the check of it."""

from typing import Any, Final

import pytest
from attrs import evolve

from partyrules.testing.asking import Asking
from partyrules.testing.duties import DutyCase, duty_tests, one_kind, since
from partyrules.testing.institution import LONG_AGO, distinct, document, full_member, link, staff, stage, unit
from tests import toy

ASK: Final = Asking(toy)
REPORT: Final = DutyCase(
    rule="1.6",
    citation="一、6",
    subject="U",
    scope=since("branch"),
    outside=one_kind("branch"),
    serves=lambda on: (document("report", "U", on),),
    misses=lambda on: (document("plan", "U", on), document("report", "V", on)),
    period=("month", "2020-05-01", "2020-05-31"),
    parameters={"interval": "month"},
)
ROOM: Final = DutyCase(
    rule="2.3",
    citation="二、3",
    subject="p1",
    scope=lambda on: (stage("p1", "fellow", on),),
    outside=((stage("p1", "newcomer"), stage("p2", "fellow")), (stage("p1", "fellow"), staff("p1"))),
    serves=lambda on: (link("room", "p1", "D1/101", on),),
    misses=lambda on: (link("mentor", "p1", "p3", on),),
    period=None,
    modality="exploratory",
)


def failed(case: DutyCase, in_force: str = "2020-01-01") -> set[str]:
    """Return the checks that a case fails."""
    tests: Any = duty_tests(ASK, [case], terms=toy.TERMS, in_force=in_force, day="2020-06-30")
    found = set()
    for name in [name for name in dir(tests) if name.startswith("test_")]:
        for tried in tests.fitting(name):
            try:
                getattr(tests(), name)(tried)
            except AssertionError:
                found.add(name.removeprefix("test_"))
    return found


@pytest.mark.parametrize("case", [REPORT, ROOM], ids=str)
def test_a_right_case_passes(case: DutyCase) -> None:
    """Of a duty that does what the case says, every check passes."""
    assert failed(case) == set()


@pytest.mark.parametrize(
    ("case", "check"),
    [
        (evolve(REPORT, citation="一、7"), "bearer_who_did_nothing"),
        (evolve(REPORT, outside=((unit("U", "branch"),),)), "nobody_else_is_bound"),
        (evolve(REPORT, serves=lambda on: (document("plan", "U", on),)), "what_serves"),
        (evolve(REPORT, misses=REPORT.serves), "what_almost_serves"),
        (evolve(REPORT, period=("month", "2020-05-02", "2020-05-31")), "days_of_the_period"),
        (evolve(REPORT, amount=2), "several_things_done"),
        (evolve(REPORT, modality="normally"), "recorded_reasons"),
        (evolve(ROOM, modality="shall"), "standing_duties_by_day"),
        (evolve(ROOM, scope=lambda on: (full_member("p1", on),)), "leave_on_the_day"),
    ],
)
def test_a_case_with_a_mistake_fails(case: DutyCase, check: str) -> None:
    """Where a case says of a duty what it does not do, the check about it fails."""
    assert check in failed(case)


def test_a_day_in_force_that_is_another() -> None:
    """A duty that binds before or after the day in force fails the checks about that day."""
    assert "standing_duties_in_force" in failed(ROOM, "2020-01-02")
    assert "period_duties_in_force" in failed(REPORT, "2020-01-02")


def test_the_subject_is_the_person_or_the_unit() -> None:
    """Another subject is refused, for the checks speak of those two."""
    with pytest.raises(ValueError, match="subject"):
        evolve(ROOM, subject="p2")


def test_two_facts_with_one_id() -> None:
    """Two facts with one id are a mistake of a test, told with the id."""
    with pytest.raises(ValueError, match="two facts have the id `a`; give one of them an id of its own"):
        distinct((unit("U", "branch", id="a"), unit("V", "branch", id="a")))


def test_what_a_fact_in_a_line_lacks() -> None:
    """A fact told in a line names the field that is left out, or how many are too many, and those that it has."""
    with pytest.raises(TypeError, match=r"unit_established: found no kind; allowed: unit, kind, on"):
        unit("B1")
    with pytest.raises(TypeError, match="found 4 by place"):
        unit("B1", "branch", "2018-01-01", "more")
    assert unit("B1", "branch").id == f"unit_established B1 branch {LONG_AGO}"
