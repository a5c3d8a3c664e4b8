"""Clause 8: the meetings and who attends them, early assemblies, months and practice in vacations."""

import pytest
from attrs import evolve

from partyrules.facts.vocabulary import Fact
from partyrules.testing.institution import (
    Facts,
    activity,
    closed,
    full_member,
    leave,
    left,
    link,
    meeting,
    member,
    no_member,
    no_role,
    registered,
    role,
    staff,
    stage,
    term,
    unit,
)
from partyrules.time.calendar import parse_date
from policies.lzwl2017.tests.institution import AUTUMN, SPRING, SUMMER, TERMS, WINTER, finding, findings

B1 = unit("B1", "branch")
G1 = unit("G1", "group")
# A branch or group of students has a student member; p9 also sits on the branch's committee.
OF_STUDENTS = (
    B1,
    G1,
    full_member("p9"),
    member("p9", "B1"),
    member("p9", "G1"),
    role("p9", "committee_member", "B1"),
)

# Three meetings: whom each binds ----------------------------------------------------------------------------


def bound(rule: str, on: str = "2017-01-01") -> Facts:
    """Return what binds p1 to attend the meetings of the rule from a day on."""
    return {
        "8.2.1-attend": (B1, full_member("p1"), member("p1", "B1", on)),
        "8.2.2-attend": (B1, full_member("p1"), role("p1", "committee_member", "B1", on)),
        "8.2.3-attend": (G1, full_member("p1"), member("p1", "G1", on)),
    }[rule]


MEETINGS = {"8.2.1-attend": "branch_assembly", "8.2.2-attend": "branch_committee", "8.2.3-attend": "group_meeting"}
UNITS = {"8.2.1-attend": "B1", "8.2.2-attend": "B1", "8.2.3-attend": "G1"}
three = pytest.mark.parametrize("rule", sorted(MEETINGS))


def held(rule: str, on: str = "2018-03-15", **more: object) -> Fact:
    """Return the meeting that the rule speaks of."""
    return meeting(MEETINGS[rule], UNITS[rule], on, **more)


@three
@pytest.mark.parametrize(
    ("attended", "excused", "status", "needs"),
    [
        (["p2", "p1"], None, "satisfied", ()),
        (["p2"], ["p3"], "breached", ()),
        ([], None, "breached", ()),
        (None, None, "unknown", ("attendance",)),
        (["p2"], ["p1"], "excused", ()),
        (None, ["p1"], "excused", ()),
        (["p1"], ["p1"], "satisfied", ()),
        (None, ["p2"], "unknown", ("attendance",)),
    ],
    ids=str,
)
def test_attendance(
    rule: str, attended: list[str] | None, excused: list[str] | None, status: str, needs: tuple[str, ...]
) -> None:
    """A meeting binds its members to be there or excused; not recorded is unknown, excused and there is there."""
    event = held(rule, attended=attended, excused=excused)
    found = finding((*bound(rule), event), rule, "2018-03-15", subject="p1")
    assert (found.status, found.needs, found.reason) == (status, needs, None)
    assert (found.required, found.evidence, found.occasion) == (1, (event.id,), event.id)
    assert (found.period, found.due, found.modality, found.clause) == (None, None, "shall", "八、2")
    assert found.actual == (1 if status == "satisfied" else 0)


@three
def test_attendance_is_no_matter_of_the_register(rule: str) -> None:
    """A meeting's own list answers for itself, however far the register is closed."""
    event = held(rule, attended=[])
    assert finding((*bound(rule), event, closed("2017-12-31")), rule, "2018-06-30").status == "breached"


@three
def test_attendance_in_force(rule: str) -> None:
    """Meetings bind from 11 December 2017, and those after the day asked are not seen."""
    events = tuple(held(rule, day, attended=[]) for day in ("2017-12-10", "2017-12-11", "2018-03-16"))
    found = findings((*bound(rule), *events), rule, "2018-03-15")
    assert [one.occasion for one in found] == [events[1].id]


@three
@pytest.mark.parametrize(
    "who",
    [
        (full_member("p1"), staff("p1"), full_member("p2")),
        (stage("p1", "development_target"), full_member("p2")),
        (full_member("p1", "2018-03-16"), full_member("p2")),
        (full_member("p1"), stage("p1", "none", "2018-03-15")),
        (full_member("p1"), registered("p1"), left("p1", "2018-03-15")),
        (full_member("p1"), leave("p1", "2018-03-15")),
    ],
    ids=str,
)
def test_attendance_binds_student_members(rule: str, who: Facts) -> None:
    """Neither staff, nor a target, nor a member-to-be, nor who has left or is on leave that day is bound."""
    scope = tuple(one for one in bound(rule) if one.wire != "stage_entered")
    assert findings((*scope, *who, held(rule, attended=[])), rule, "2018-06-30", subject="p1") == ()


@three
def test_attendance_binds_probationary_members(rule: str) -> None:
    """A probationary member is bound as a full one is."""
    scope = tuple(one for one in bound(rule) if one.wire != "stage_entered")
    event = held(rule, attended=[])
    found = findings((*scope, stage("p1", "probationary_member"), event), rule, "2018-06-30")
    assert [one.subject for one in found] == ["p1"]


def test_secretaries_attend_the_committee() -> None:
    """A branch secretary who is a student member is bound as other members of the committee are (8.2.2)."""
    event = held("8.2.2-attend", attended=[])
    found = findings((B1, full_member("p1"), role("p1", "branch_secretary", "B1"), event), "8.2.2-attend", "2018-06-30")
    assert [(one.subject, one.status) for one in found] == [("p1", "breached")]


@three
def test_attendance_from_the_day_one_belongs(rule: str) -> None:
    """Who belongs from the meeting's day is bound; who belongs from the day after is not."""
    event = held(rule, attended=[])
    assert [len(findings((*bound(rule, day), event), rule, "2018-06-30")) for day in ("2018-03-15", "2018-03-16")] == [
        1,
        0,
    ]


@pytest.mark.parametrize(
    ("rule", "elsewhere"),
    [
        ("8.2.1-attend", (member("p1", "B2"), member("p2", "B1"))),
        ("8.2.1-attend", (member("p1", "B1"), no_member("p1", "B1", "2018-03-15"), member("p2", "B1"))),
        ("8.2.1-attend", (role("p1", "committee_member", "B1"), member("p2", "B1"))),
        ("8.2.2-attend", (role("p1", "committee_member", "B2"), role("p2", "committee_member", "B1"))),
        ("8.2.2-attend", (role("p1", "group_leader", "B1"), role("p2", "committee_member", "B1"))),
        ("8.2.2-attend", (role("p1", "committee_member"), role("p2", "committee_member", "B1"))),
        ("8.2.2-attend", (role("p1", "committee_member", "B1"), no_role("p1", "committee_member", "B1", "2018-03-15"))),
        ("8.2.2-attend", (member("p1", "B1"), role("p2", "committee_member", "B1"))),
        ("8.2.3-attend", (member("p1", "G2"), member("p2", "G1"))),
        ("8.2.3-attend", (member("p1", "B1"), member("p2", "G1"))),
    ],
    ids=str,
)
def test_attendance_elsewhere(rule: str, elsewhere: Facts) -> None:
    """Only those of that unit are bound, and on that day; others hold what p1 lacks."""
    units = (B1, unit("B2", "branch"), G1, unit("G2", "group"))
    people = (full_member("p1"), full_member("p2"))
    facts = (*units, *people, *elsewhere, held(rule, attended=[]))
    assert findings(facts, rule, "2018-06-30", subject="p1") == ()


@pytest.mark.parametrize(
    ("rule", "kind", "of"),
    [
        ("8.2.1-attend", "branch_assembly", "G1"),
        ("8.2.1-attend", "branch_committee", "B1"),
        ("8.2.2-attend", "branch_committee", "G1"),
        ("8.2.2-attend", "branch_assembly", "B1"),
        ("8.2.3-attend", "group_meeting", "B1"),
        ("8.2.3-attend", "branch_assembly", "G1"),
    ],
)
def test_attendance_at_other_meetings(rule: str, kind: str, of: str) -> None:
    """A meeting of another kind, or of a unit of another kind, binds nobody."""
    scope = (B1, G1, full_member("p1"), member("p1", "B1"), member("p1", "G1"))
    roles = (role("p1", "committee_member", "B1"), role("p1", "committee_member", "G1"))
    assert findings((*scope, *roles, meeting(kind, of, "2018-03-15", attended=[])), rule, "2018-06-30") == ()


def test_each_member_has_a_finding_for_each_meeting() -> None:
    """Two assemblies and two members make four findings, by subject and then by occasion."""
    scope = (*bound("8.2.1-attend"), full_member("p2"), member("p2", "B1"))
    one = meeting("branch_assembly", "B1", "2018-03-15", attended=["p1"])
    two = meeting("branch_assembly", "B1", "2018-06-15", attended=["p2"])
    found = findings((*scope, one, two), "8.2.1-attend", "2018-06-30")
    assert [(f.subject, f.occasion, f.status) for f in found] == [
        ("p1", one.id, "satisfied"),
        ("p1", two.id, "breached"),
        ("p2", one.id, "breached"),
        ("p2", two.id, "satisfied"),
    ]


# Early assemblies -------------------------------------------------------------------------------------------


def assemblies(*days: str) -> Facts:
    """Return assemblies of B1 on those days."""
    return tuple(meeting("branch_assembly", "B1", day) for day in days)


@pytest.mark.parametrize(
    ("days", "counted"),
    [
        (("2018-03-20",), ()),
        (("2018-01-10", "2018-03-20"), ("2018-03-20",)),
        (("2018-01-01", "2018-02-01", "2018-03-31"), ("2018-02-01", "2018-03-31")),
        (("2018-01-10", "2018-03-20", "2018-06-30"), ("2018-03-20", "2018-06-30")),
        (("2018-03-20", "2018-04-01"), ("2018-04-01",)),
        (("2017-12-20", "2017-12-30", "2018-03-20"), ()),
        (("2017-12-15", "2017-12-20", "2017-12-30"), ()),
        (("2018-07-01", "2018-07-02"), ()),
    ],
    ids=str,
)
def test_early_assemblies(days: tuple[str, ...], counted: tuple[str, ...]) -> None:
    """Read so, all but the first assembly of a quarter discharge the next one, and nothing is carried further."""
    facts = (*OF_STUDENTS, *assemblies(*days))
    found = finding(facts, "8.2.1-hold", "2018-07-31", start="2018-04-01", early="next_quarter")
    assert (found.required, found.actual, found.evidence) == (
        1,
        len(counted),
        tuple(sorted(one.id for one in assemblies(*counted))),
    )
    assert found.status == ("satisfied" if counted else "breached")
    assert found.readings["early"] == "next_quarter"
    own = finding(facts, "8.2.1-hold", "2018-07-31", start="2018-04-01")
    assert own.actual == sum("2018-04" <= day < "2018-07" for day in days)


def test_early_assembly_of_the_right_kind() -> None:
    """Only the branch's own assemblies discharge the next quarter."""
    others = (
        meeting("branch_committee", "B1", "2018-03-20"),
        meeting("branch_committee", "B1", "2018-03-21"),
        meeting("branch_assembly", "B2", "2018-03-20"),
        meeting("branch_assembly", "B2", "2018-03-21"),
    )
    found = finding((*OF_STUDENTS, *others), "8.2.1-hold", "2018-07-31", start="2018-04-01", early="next_quarter")
    assert (found.status, found.actual) == ("breached", 0)


# Months in the vacation -------------------------------------------------------------------------------------


MONTHLY = pytest.mark.parametrize("rule", ["8.2.2-hold", "8.2.3-hold"])


@MONTHLY
@pytest.mark.parametrize(
    ("option", "left_out"), [("mostly", ("01", "02", "07", "08")), ("exempt", ("08",)), ("bind", ())]
)
def test_months_in_a_vacation(rule: str, option: str, left_out: tuple[str, ...]) -> None:
    """A month more than half in vacations binds nobody; read otherwise, one wholly in a vacation, or none at all.

    Of February 23 of 28 days lie in the winter vacation, of July 23 of 31 in the summer's, of January 17 of 31 in the
    winter's, which began on the 15th.
    """
    months = {
        str(one.period and one.period.start)[:7]: (one.status, one.reason)
        for one in findings((*TERMS, *OF_STUDENTS), rule, "2018-09-30", vacation_months=option)
    }
    assert months.pop("2017-12") == ("not_applicable", "partial_period")
    assert months == {
        f"2018-{month}": ("not_applicable", "vacation_month") if month in left_out else ("breached", None)
        for month in (f"0{n}" for n in range(1, 10))
    }


@MONTHLY
def test_half_a_month_in_a_vacation(rule: str) -> None:
    """Just half of the days of a month is not more than half; a day more is, in two vacations together, too."""
    spring = term("s", "semester", "2018-01-01", "2018-04-15")
    for last, rest, status in (
        ("2018-04-15", (term("v", "winter_vacation", "2018-04-16", "2018-05-31"),), "breached"),
        ("2018-04-14", (term("v", "winter_vacation", "2018-04-15", "2018-05-31"),), "not_applicable"),
        (
            "2018-04-05",
            (
                term("v", "winter_vacation", "2018-04-06", "2018-04-14"),
                term("w", "summer_vacation", "2018-04-24", "2018-05-31"),
            ),
            "not_applicable",
        ),
    ):
        terms = (evolve(spring, until=parse_date(last)), *rest)
        assert finding((*terms, *OF_STUDENTS), rule, "2018-04-30", start="2018-04-01").status == status


@MONTHLY
def test_months_beyond_the_declared_terms(rule: str) -> None:
    """A month not wholly within the declared terms may be one of vacation: unmet it is unknown, met it is met."""
    kind, of = {"8.2.2-hold": ("branch_committee", "B1"), "8.2.3-hold": ("group_meeting", "G1")}[rule]
    facts = (SPRING, *OF_STUDENTS)
    for option, status in (("mostly", "unknown"), ("exempt", "unknown"), ("bind", "breached")):
        for month in ("2018-02-01", "2018-07-01", "2018-08-01"):
            found = finding(facts, rule, "2018-08-31", start=month, vacation_months=option)
            assert (found.status, found.needs) == (status, ("term_declared",) if status == "unknown" else ())
            held = meeting(kind, of, month)
            assert finding((*facts, held), rule, "2018-08-31", start=month, vacation_months=option).actual == 1
            found = finding((*facts, held), rule, "2018-08-31", start=month, vacation_months=option)
            assert found.status == "satisfied"
        assert finding(facts, rule, "2018-08-31", start="2018-05-01", vacation_months=option).status == "breached"


@MONTHLY
def test_partial_before_vacation(rule: str) -> None:
    """Where a month is both partial and in a vacation, the reason is that it is partial."""
    kind = {"8.2.2-hold": "branch", "8.2.3-hold": "group"}[rule]
    scope = (full_member("p9"), member("p9", "U"), role("p9", "committee_member", "U"))
    facts = (*TERMS, unit("U", kind, "2018-08-02"), *scope)
    for option in ("mostly", "exempt"):
        found = finding(facts, rule, "2018-08-31", start="2018-08-01", vacation_months=option)
        assert found.reason == "partial_period"


def test_assemblies_know_no_vacation() -> None:
    """A quarter is never exempt, even one that lies inside a vacation."""
    long = (SPRING, AUTUMN)
    facts = (*OF_STUDENTS, *long)
    assert finding(facts, "8.2.1-hold", "2018-09-30", start="2018-07-01").status == "breached"


# Practice in the vacation (8.1.7) ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "semesters"),
    [
        ("2018-01-15", ["2018-02-26"]),
        ("2018-02-23", ["2018-02-26"]),
        ("2018-02-24", []),
        ("2018-02-26", ["2018-02-26"]),
        ("2018-07-08", ["2018-02-26"]),
        ("2018-07-09", ["2018-09-01"]),
        ("2018-08-31", ["2018-09-01"]),
        ("2018-09-01", ["2018-09-01"]),
        ("2018-01-14", ["2017-09-01"]),
    ],
)
def test_practice_in_a_vacation(day: str, semesters: list[str]) -> None:
    """Practice in a vacation counts in the first semester that starts after it alone; read otherwise, in none."""
    practice = activity("social_practice", "B9", day, attended=["p1"])
    others = (
        activity("social_practice", "B9", day, attended=["p2"], id="others alone"),
        activity("volunteer_service", "B9", day, attended=["p1"]),
    )
    facts = (*TERMS, full_member("p1"), practice, *others)
    found = findings(facts, "8.1.7", "2019-01-20", subject="p1")
    assert [str(one.period and one.period.start) for one in found if one.actual == 1] == semesters
    assert [one.evidence for one in found if one.actual] == [(practice.id,)] * len(semesters)
    assert found[0].readings["vacation_counts"] == "following_semester"
    own = findings(facts, "8.1.7", "2019-01-20", subject="p1", vacation_counts="no")
    in_vacation = "2018-01-15" <= day <= "2018-02-24" or "2018-07-09" <= day <= "2018-08-31"
    assert [str(one.period and one.period.start) for one in own if one.actual] == ([] if in_vacation else semesters)


def test_practice_before_a_semester_not_declared() -> None:
    """Practice in the last declared vacation counts nowhere yet."""
    practice = activity("social_practice", "B9", "2018-08-01", attended=["p1"])
    facts = (WINTER, SPRING, SUMMER, full_member("p1"), practice)
    found = findings(facts, "8.1.7", "2018-08-31")
    assert [(str(one.period and one.period.start), one.actual, one.status) for one in found] == [
        ("2018-02-26", 0, "breached")
    ]


# Own branch, appraisal, life meetings -----------------------------------------------------------------------


def test_life_meeting_of_the_branch_of_that_day() -> None:
    """Read by what the branch held, a meeting counts for those who are in the branch on its day, there or not."""
    scope = (
        *TERMS,
        B1,
        unit("B2", "branch"),
        full_member("p1"),
        member("p1", "B1", until="2018-04-30"),
        member("p1", "B2", "2018-05-01"),
    )
    for of, day, counted in (
        ("B1", "2018-04-30", 1),
        ("B1", "2018-05-01", 0),
        ("B2", "2018-04-30", 0),
        ("B2", "2018-05-01", 1),
    ):
        event = meeting("democratic_life_meeting", of, day, attended=[])
        found = finding((*scope, event), "8.1.1", "2018-07-08", start="2018-02-26", measure="branch_held")
        assert (of, day, found.actual) == (of, day, counted)


def test_appraisal_by_the_branch_of_that_day() -> None:
    """An appraisal counts when the branch that held it is the member's own on that day (8.3.1)."""
    scope = (B1, unit("B2", "branch"), full_member("p1"), member("p1", "B1"), no_member("p1", "B1", "2018-05-01"))
    for of, day, counted in (("B1", "2018-04-30", 1), ("B1", "2018-05-01", 0), ("B2", "2018-04-30", 0)):
        event = meeting("democratic_appraisal", of, day, attended=["p1"])
        found = finding((*scope, event), "8.3.1", "2018-12-31", start="2018-01-01")
        assert (of, day, found.actual) == (of, day, counted)


def test_exploratory_is_never_a_violation() -> None:
    """A backbone member without a room has an advisory finding, with one they are in order (8.4.3)."""
    scope = (full_member("p1"), role("p1", "backbone_member", "B1"))
    found = finding(scope, "8.4.3", "2018-06-30")
    assert (found.status, found.modality, found.reason) == ("advisory", "exploratory", None)


def test_links_with_activists() -> None:
    """Who is linked must be an activist that day, whether still registered or not, and somebody else (8.4.1)."""
    scope = (full_member("p1"), role("p1", "backbone_member", "B1"), link("activist", "p1", "p2"))
    for target, status in (
        ((stage("p2", "activist"),), "satisfied"),
        ((stage("p2", "activist"), registered("p2"), left("p2", "2018-03-01")), "satisfied"),
        ((stage("p2", "activist"), staff("p2")), "satisfied"),
        ((stage("p2", "activist"), stage("p2", "development_target", "2018-06-30")), "breached"),
        ((stage("p2", "activist"), stage("p2", "none", "2018-06-30")), "breached"),
        ((stage("p2", "applicant"), stage("p3", "activist")), "breached"),
        ((stage("p2", "activist", "2018-06"),), "satisfied"),
    ):
        assert finding((*scope, *target), "8.4.1", "2018-06-30").status == status
    perhaps = (*scope, stage("p2", "activist", "2018-06"))
    assert finding(perhaps, "8.4.1", "2018-06-29").needs == ("full_date",)
