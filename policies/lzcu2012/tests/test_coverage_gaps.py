"""What a record that names only the month leaves open about duties that are no case of a table, worked out by hand."""

import pytest

from partyrules.testing.institution import (
    Facts,
    document,
    facility,
    full_member,
    lives,
    member,
    opened,
    role,
    unit,
)
from policies.lzcu2012.tests.institution import finding, group, instructor

# Asked in the middle of the month: whatever June holds may come before that day or after it.
ASKED, JUNE = "2013-06-15", "2013-06"
OFFICE = unit("U", "guidance_department")
RESIDENT = (opened("H1"), group("BG1", "H1"), lives("p1", "H1"), full_member("p1"))
OPEN: dict[str, tuple[str, Facts]] = {
    "3.2": ("H1", (opened("H1"), group("BG1", "H1", JUNE))),
    "3.5": ("BG1", (*RESIDENT, member("p1", "BG1"), role("p1", "group_leader", "BG1", JUNE))),
    "3.3-counsellor": (
        "p1",
        (instructor("p1", "H1"), role("p1", "building_counsellor", None, JUNE, building="H1")),
    ),
    "3.7-only": (
        "p1",
        (opened("H1"), group("BG1", "H1"), full_member("p1"), member("p1", "BG1"), lives("p1", "H1", on=JUNE)),
    ),
    "4.3.1": (
        "U",
        (
            OFFICE,
            document("organisational_life_rules", "U", "2013-05-02"),
            document("party_work_rules", "U", "2013-05-02"),
            document("cultural_activity_rules", "U", JUNE),
        ),
    ),
    "4.3.2": (
        "U",
        (
            OFFICE,
            document(
                "assessment_measures",
                "U",
                JUNE,
                sections=["ideology", "system", "organisation", "culture", "distinctive_work"],
            ),
        ),
    ),
    "4.4.1": (
        "U",
        (OFFICE, facility("online_study_column", "U"), facility("student_member_mailbox", "U", JUNE)),
    ),
}
every = pytest.mark.parametrize("rule", OPEN)


@every
def test_month_that_is_not_over(rule: str) -> None:
    """What is asked for, dated only to the month of the day asked, may have come later: the duty stays undecided."""
    subject, facts = OPEN[rule]
    found = finding(facts, rule, ASKED, subject=subject)
    assert (found.status, found.needs) == ("unknown", ("full_date",))


@every
def test_month_that_is_over(rule: str) -> None:
    """On the last day of that month it surely has come, whichever day it was."""
    subject, facts = OPEN[rule]
    assert finding(facts, rule, "2013-06-30", subject=subject).status == "satisfied"
