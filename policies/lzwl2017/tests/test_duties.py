"""What holds of every duty that is judged by period or on a day, case by case."""

from typing import Any

import pytest
from attrs import evolve

from partyrules.testing.duties import DutyCase, duty_tests
from partyrules.testing.institution import unit
from policies.lzwl2017.tests.cases import CASES, STANDING
from policies.lzwl2017.tests.institution import ASK, TERMS, finding

DAY = "2018-06-30"
TestDuties = duty_tests(ASK, CASES, terms=TERMS, in_force="2017-12-11", day=DAY)

SECOND: dict[str, dict[str, Any]] = {"link_started": {"target": "t9"}, "membership_started": {"unit": "B2"}}


@pytest.mark.parametrize("case", STANDING, ids=str)
def test_several_links_and_memberships(case: DutyCase) -> None:
    """More than one is no less than one."""
    served = case.serves(DAY)
    more = evolve(served[-1], id="another", **SECOND[served[-1].wire])
    facts = (*case.scope("2017-01-01"), *served, unit("B2", "branch"), more)
    found = finding(facts, case.rule, DAY, subject=case.subject)
    assert (found.status, found.actual, len(found.evidence)) == ("satisfied", 2, 2)
