"""Clauses 1 to 3: leaders and their links, rules and reviews, the general branches and who is in one."""

from typing import Any

import pytest

from partyrules.facts.vocabulary import Fact
from partyrules.testing.institution import (
    LONG_AGO,
    Facts,
    dissolved,
    document,
    full_member,
    link,
    meeting,
    member,
    no_member,
    role,
    unit,
)
from policies.lzwl2017.tests.institution import TERMS, finding, findings

DAY = "2018-06-30"
OD = unit("OD", "organisation_department")
RULES = (
    "development_rules",
    "branch_setup_rules",
    "branch_quality_rules",
    "membership_transfer_rules",
    "dues_rules",
    "rights_rules",
    "exit_rules",
    "team_rules",
    "incentive_rules",
)
WRITTEN = tuple(document(kind, "OD", LONG_AGO) for kind in RULES)
B1 = unit("B1", "branch")


# 1.2.4, 1.3.2, 1.3.3 ----------------------------------------------------------------------------------------


def test_leader_with_several_roles() -> None:
    """A leader with two of the roles has one finding (1.2.4)."""
    found = findings((role("p1", "school_leader"), role("p1", "college_leader", "GB")), "1.2.4", DAY)
    assert [(one.subject, one.status) for one in found] == [("p1", "breached")]


def test_nine_sets_of_rules() -> None:
    """All nine sets of rules, filed at any time up to the day asked, satisfy 1.3.2; each counts."""
    found = finding((OD, *WRITTEN), "1.3.2", DAY)
    assert (found.status, found.required, found.actual, found.period, found.due) == ("satisfied", 9, 9, None, None)
    assert found.evidence == tuple(sorted(one.id for one in WRITTEN))
    assert (found.clause, found.modality, found.readings) == ("一、第3段", "shall", {})


@pytest.mark.parametrize("missing", RULES)
def test_eight_sets_of_rules(missing: str) -> None:
    """With any one of the nine missing 1.3.2 is breached, whatever else is filed in its stead."""
    rest = tuple(one for one in WRITTEN if missing not in one.id)
    instead = (
        document(missing, "GB", LONG_AGO),
        document("other_rules", "OD", LONG_AGO),
        document(missing, "OD", "2018-07-01"),
        *(document(kind, "OD", "2018-05-01") for kind in RULES if kind != missing),
    )
    found = finding((OD, *rest, *instead), "1.3.2", DAY)
    assert (found.status, found.required, found.actual) == ("breached", 9, 8)


def test_other_units_write_no_rules() -> None:
    """1.3.2 and 1.3.3 bind the organisation department alone, and while it stands."""
    others: tuple[Facts, ...] = (
        (unit("U", "branch"), OD),
        (unit("U", "organisation_department"), dissolved("U", DAY), OD),
    )
    for rule in ("1.3.2", "1.3.3"):
        for other in others:
            assert findings(other, rule, DAY, subject="U") == ()


def test_standing_rules_in_force() -> None:
    """1.3.2 binds from 11 December 2017."""
    assert [len(findings((OD,), "1.3.2", day)) for day in ("2017-12-10", "2017-12-11")] == [0, 1]


def test_interval_not_set() -> None:
    """Without an interval 1.3.3 is unknown for each bearer on the day, with how many there are to review."""
    branches = (unit("GB", "general_branch"), unit("GC", "general_branch"), unit("GD", "general_branch", "2018-07-01"))
    found = finding((OD, *branches, document("development_review", "OD", "2018-05-01", about="GB")), "1.3.3", DAY)
    assert (found.status, found.period, found.due, found.needs) == (
        "unknown",
        None,
        None,
        ("parameter:review_interval",),
    )
    assert (found.required, found.actual, found.evidence) == (2, None, ())


# 1.2.4 on the day asked; 1.3.3, 2.3, 2.6 and the units that there are ------------------------------------------


def test_branch_that_is_linked() -> None:
    """A leader's branch must be a branch that exists on the day asked (1.2.4)."""
    linked = (role("p1", "principal_leader"), link("branch", "p1", "B1"))
    for units, status in (
        ((B1,), "satisfied"),
        ((unit("B1", "branch", DAY),), "satisfied"),
        ((unit("B1", "branch", "2018-07-01"),), "breached"),
        ((B1, dissolved("B1", DAY)), "breached"),
        ((unit("B1", "group"),), "breached"),
        ((), "breached"),
    ):
        assert finding((*linked, *units), "1.2.4", DAY).status == status


GENERAL = tuple(unit(name, "general_branch") for name in ("GA", "GB", "GC"))


def reviewed(about: str | None, on: str, **more: object) -> Fact:
    """Return a review (审核) of a general branch's development work."""
    return document("development_review", "OD", on, about=about, **more)


@pytest.mark.parametrize(
    ("reviews", "units", "required", "counted"),
    [
        ((("GA", "2018-04-01"), ("GB", "2018-06-30"), ("GC", "2018-05-01")), (), 3, (0, 1, 2)),
        ((("GA", "2018-04-01"), ("GB", "2018-06-30")), (), 3, (0, 1)),
        ((("GA", "2018-04-01"), ("GA", "2018-04-02"), ("GB", "2018-04-03")), (), 3, (0, 1, 2)),
        ((("GA", "2018-03-31"), ("GB", "2018-07-01"), ("GC", "2018-05-01")), (), 3, (2,)),
        (((None, "2018-05-01"), ("B1", "2018-05-01"), ("GZ", "2018-05-01")), (B1,), 3, ()),
        ((("GA", "2018-05-01"), ("GB", "2018-05-01")), (dissolved("GC", "2018-06-30"),), 2, (0, 1)),
        ((("GA", "2018-05-01"), ("GC", "2018-05-01")), (dissolved("GC", "2018-06-30"),), 2, (0,)),
        ((("GA", "2018-05-01"), ("GB", "2018-05-01")), (dissolved("GC", "2018-07-01"),), 3, (0, 1)),
        ((("GA", "2018-05-01"),), (unit("GD", "general_branch", "2018-06-30"),), 4, (0,)),
    ],
    ids=str,
)
def test_each_general_branch_is_reviewed(
    reviews: tuple[tuple[str | None, str], ...], units: Facts, required: int, counted: tuple[int, ...]
) -> None:
    """Each general branch of the period's last day is to be reviewed in it; a review of another counts for none."""
    filed = tuple(reviewed(about, on) for about, on in reviews)
    noise = (
        *(document("annual_plan", "OD", "2018-05-02", about=name) for name in ("GA", "GB", "GC")),
        *(document("development_review", "OC", "2018-05-02", about=name) for name in ("GA", "GB", "GC")),
    )
    quarterly: dict[str, Any] = {"start": "2018-04-01", "parameters": {"review_interval": "quarter"}}
    found = finding((OD, *GENERAL, *units, *noise, *filed), "1.3.3", "2018-07-31", **quarterly)
    covered = {reviews[n][0] for n in counted}
    assert (found.required, found.actual) == (required, len(covered))
    assert found.evidence == tuple(sorted(filed[n].id for n in counted))
    assert found.status == ("satisfied" if required == len(covered) else "breached")
    assert found.readings["coverage"] == "each"
    one = finding((OD, *GENERAL, *units, *filed), "1.3.3", "2018-07-31", coverage="any", **quarterly)
    in_quarter = sum("2018-04" <= on < "2018-07" for _, on in reviews)
    assert (one.required, one.actual, one.status) == (1, in_quarter, "satisfied" if in_quarter else "breached")


def test_no_general_branch_to_review() -> None:
    """Where there is no general branch nothing is left to review (1.3.3)."""
    found = finding((OD,), "1.3.3", DAY, start="2018-04-01", parameters={"review_interval": "quarter"})
    assert (found.status, found.required, found.actual) == ("satisfied", 0, 0)


def test_general_branches_while_the_period_runs() -> None:
    """Before the period is over, the general branches of the day asked are those to review (1.3.3)."""
    facts = (OD, GENERAL[0], unit("GB", "general_branch", "2018-06-15"), reviewed("GA", "2018-05-01"))
    quarterly: dict[str, Any] = {"start": "2018-04-01", "parameters": {"review_interval": "quarter"}}
    for day, status in (("2018-06-14", "satisfied"), ("2018-06-15", "pending"), ("2018-06-30", "breached")):
        assert finding(facts, "1.3.3", day, **quarterly).status == status


def test_appraisal_by_the_branches_of_that_day() -> None:
    """An appraisal counts for the general branch that is the branch's parent on its day (2.3)."""
    scope = (*GENERAL, unit("B1", "branch", parent="GA"), dissolved("B1", "2018-05-01"))
    again = unit("B1", "branch", "2018-05-02", parent="GB")
    for day, of in (("2018-04-30", "GA"), ("2018-05-02", "GB")):
        held = meeting("democratic_appraisal", "B1", day, attended=[])
        found = findings((*scope, again, held), "2.3", DAY, parameters={"appraisal_interval": "quarter"})
        assert [one.subject for one in found if one.evidence == (held.id,)] == [of]


def test_who_answers_for_a_member_in_no_branch() -> None:
    """A member in no branch is the matter of the general branches of the branches they were in, ever (2.6)."""
    units = (
        *GENERAL,
        unit("B1", "branch", parent="GA"),
        unit("B2", "branch", parent="GB"),
        unit("G1", "group", parent="GC"),
        unit("B3", "branch"),
    )
    were = (*(member("p1", of) for of in ("B1", "B2", "G1", "B3")), member("p2", "B1"))
    gone = tuple(no_member("p1", of, "2018-03-01") for of in ("B1", "B2", "B3"))
    found = finding((*units, full_member("p1"), *were, *gone), "2.6", DAY, subject="p1")
    assert (found.status, found.responsible) == ("breached", ("GA", "GB"))
    later = (dissolved("GB", DAY),)
    assert finding((*units, full_member("p1"), *were, *gone, *later), "2.6", DAY, subject="p1").responsible == ("GA",)
    inside = finding((*units, full_member("p1"), *were), "2.6", DAY, subject="p1")
    assert (inside.status, inside.responsible) == ("satisfied", ("GA", "GB"))
    assert finding((*units, full_member("p3")), "2.6", DAY, subject="p3").responsible == ()


def test_parents_of_a_branch_that_changed_hands() -> None:
    """Only a parent by an establishment that held while the person was a member answers for them (2.6)."""
    units = (
        *GENERAL,
        unit("B1", "branch", parent="GA"),
        dissolved("B1", "2018-01-31"),
        unit("B1", "branch", "2018-02-01", parent="GB"),
        dissolved("B1", "2018-04-01"),
        unit("B1", "branch", "2018-04-02", parent="GC"),
    )
    was = (full_member("p1"), member("p1", "B1", "2018-02-01"), no_member("p1", "B1", "2018-03-01"))
    assert finding((*units, *was), "2.6", DAY).responsible == ("GB",)


# 1.2.2, 4.3.2: what counts ------------------------------------------------------------------------------------


def test_one_meeting_of_two_kinds() -> None:
    """A branch assembly that was a dedicated deliberation, too, counts as one meeting of it (1.2.2)."""
    of_both = meeting("branch_assembly", "GB", "2018-04-01", also=["special_study"], agenda=["student_party_work"])
    for counts in ("any_study", "special"):
        found = finding((*TERMS, GENERAL[1], of_both), "1.2.2", DAY, start="2018-02-26", counts=counts)
        assert (found.status, found.actual, found.evidence) == ("satisfied", 1, (of_both.id,))


def test_plan_for_a_period() -> None:
    """A yearly plan that names its period counts there, however early it was filed, and nowhere else (2.0)."""
    plan = document("annual_plan", "GB", "2017-12-20", for_period="2018-01-01")
    facts = (unit("GB", "general_branch"), plan)
    assert finding(facts, "2.0", "2018-01-01", start="2018-01-01").evidence == (plan.id,)
    assert finding(facts, "2.0", "2018-01-01", start="2017-01-01").actual == 0
    late = document("annual_plan", "GB", "2019-01-01", for_period="2018-01-01")
    assert finding((GENERAL[1], late), "2.0", "2019-01-01", start="2018-01-01").status == "breached"


@pytest.mark.parametrize(
    ("rule", "parameter", "subject"),
    [
        ("1.3.3", "review_interval", "OD"),
        ("1.3.5", "commendation_interval", "OD"),
        ("2.3", "appraisal_interval", "GA"),
        ("3.2-life", "life_interval", "B1"),
        ("3.2-appraisal", "appraisal_interval", "B1"),
    ],
)
def test_monthly_intervals_bind_in_vacations(rule: str, parameter: str, subject: str) -> None:
    """A monthly interval binds in months wholly or mostly in a vacation, too."""
    facts = (*TERMS, OD, *GENERAL, B1, full_member("p9"), member("p9", "B1"))
    for month in ("2018-07-01", "2018-08-01"):
        found = finding(facts, rule, "2018-08-31", start=month, subject=subject, parameters={parameter: "month"})
        assert (found.status, found.reason) == ("breached", None)


def test_introductions_bind_general_branches_alone() -> None:
    """No other unit introduces new students, whatever general branches there are (2.4.1)."""
    other = (unit("U", "branch"), unit("W", "general_branch"), dissolved("W", "2018-08-31"), GENERAL[0])
    found = findings((*TERMS, *other), "2.4.1", "2018-12-31")
    assert {one.subject for one in found if str(one.period and one.period.start) >= "2018-09"} == {"GA"}
