"""What needs more than a table: numbers that are just so or at most so, rules and measures, rooms and signs."""

from typing import Any

import pytest

from partyrules.facts.vocabulary import Fact
from partyrules.testing.institution import (
    LONG_AGO,
    Facts,
    activity,
    document,
    facility,
    fact,
    full_member,
    link,
    lives,
    meeting,
    member,
    moved_out,
    no_member,
    no_role,
    opened,
    role,
    shut,
    staff,
    stage,
    term,
    unit,
)
from policies.lzcu2012.tests.cases import APPRAISAL_ATTENDED, EVALUATIONS, H1, H2, ROOMS, SPRING_DAYS
from policies.lzcu2012.tests.institution import TERMS, finding, findings, group, instructor, rated

DAY = "2013-06-30"
GD = unit("GD", "guidance_department")
SA = unit("SA", "student_affairs")
Brief = tuple[str, object, object, str | None]


def brief(facts: Facts, rule: str, **asked: Any) -> Brief:
    """Return status, required, actual and reason of the only finding."""
    found = finding(facts, rule, DAY, **asked)
    return found.status, found.required, found.actual, found.reason


# 3.1 --------------------------------------------------------------------------------------------------------


def test_two_guidance_departments() -> None:
    """Two departments are no less than one (3.1)."""
    two = (SA, *(unit(name, "guidance_department", parent="SA") for name in ("GD1", "GD2")))
    assert brief(two, "3.1") == ("satisfied", 1, 2, None)


# 3.2 --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("groups", "status", "actual", "reason"),
    [
        ((), "breached", 0, None),
        ((group("BG1", "H1"),), "satisfied", 1, None),
        ((group("BG1", "H1"), group("BG2", "H1")), "breached", 2, "above_maximum"),
        ((group("BG1", "H1"), group("BG2", "H1", until="2013-06-29")), "satisfied", 1, None),
        ((group("BG2", "H2"),), "breached", 0, None),
        ((group("BG2", None),), "breached", 0, None),
        ((unit("G1", "group", building="H1"),), "breached", 0, None),
    ],
    ids=str,
)
def test_one_group_for_each_building(groups: Facts, status: str, actual: int, reason: str | None) -> None:
    """Each open building has just one group of its own (3.2)."""
    found = finding((opened("H1"), opened("H3"), SA, *groups), "3.2", DAY, subject="H1")
    assert (found.status, found.required, found.actual, found.reason) == (status, 1, actual, reason)
    assert len(found.evidence) == actual
    assert (found.clause, found.modality, found.readings) == ("三", "shall", {"count": "bijection"})
    assert (found.period, found.due, found.needs) == (None, None, ())


def test_buildings_that_are_bound() -> None:
    """Every building open on the day is bound, or with a campus set those of that campus alone (3.2)."""
    buildings = (
        opened("H1", campus="east"),
        opened("H2", campus="west"),
        opened("H3"),
        opened("H4", campus="east"),
        shut("H4", DAY),
        opened("H5", "2013-07-01", campus="east"),
        group("BG6", "H6"),
    )
    assert [one.subject for one in findings(buildings, "3.2", DAY)] == ["H1", "H2", "H3"]
    east = findings(buildings, "3.2", DAY, parameters={"campus": "east"})
    assert [(one.subject, one.status) for one in east] == [("H1", "breached")]
    assert findings(buildings, "3.2", "2012-05-06") == ()
    assert len(findings(buildings, "3.2", "2012-05-07")) == 4


@pytest.mark.parametrize(
    ("groups", "campus", "expected"),
    [
        ((), None, ("breached", 2, 0, None)),
        ((group("BG1", "H1"),), None, ("breached", 2, 1, None)),
        ((group("BG1", "H1"), group("BG2", "H1")), None, ("satisfied", 2, 2, None)),
        ((group("BG1", "H1"), group("BG2", "H2")), None, ("satisfied", 2, 2, None)),
        ((group("BG1", "H1"), group("BG2", "H2"), group("BG3", "H2")), None, ("breached", 2, 3, "above_maximum")),
        ((group("BG1", "H1"), group("BG3", "H3")), None, ("breached", 2, 1, None)),
        ((group("BG1", "H1"), group("BG9", None)), None, ("breached", 2, 1, None)),
        ((group("BG1", "H1"), unit("G1", "group", building="H2")), None, ("breached", 2, 1, None)),
        ((group("BG1", "H1"), group("BG2", "H2")), "east", ("satisfied", 1, 1, None)),
        ((group("BG1", "H1"), group("BG4", "H1")), "east", ("breached", 1, 2, "above_maximum")),
        ((group("BG1", "H1"),), "east", ("satisfied", 1, 1, None)),
        ((group("BG2", "H2"),), "east", ("breached", 1, 0, None)),
        ((), "north", ("satisfied", 0, 0, None)),
    ],
    ids=str,
)
def test_as_many_groups_as_buildings(groups: Facts, campus: str | None, expected: Brief) -> None:
    """Read by number alone, the groups of the open buildings are as many as these are, by campus if one is set."""
    buildings = (opened("H1", campus="east"), opened("H2", campus="west"), opened("H3"), shut("H3", DAY))
    parameters = None if campus is None else {"campus": campus}
    facts = (*buildings, SA, *groups)
    assert brief(facts, "3.2", count="count_only", parameters=parameters) == expected
    found = finding(facts, "3.2", DAY, count="count_only", parameters=parameters)
    assert (found.subject, found.readings) == ("SA", {"count": "count_only"})


def test_count_binds_student_affairs_alone() -> None:
    """Read by number alone, the student affairs department is bound, and nobody else (3.2)."""
    others = (unit("U", "branch"), GD, opened("H1"))
    assert findings(others, "3.2", DAY, count="count_only") == ()
    assert len(findings((*others, SA), "3.2", DAY, count="count_only")) == 1


# 3.3, 3.5 ---------------------------------------------------------------------------------------------------


def test_two_instructors() -> None:
    """Two instructors are no less than one, and one may have two buildings (3.3)."""
    two = (group("BG1", "H1"), instructor("i1", "H1"), instructor("i2", "H1"))
    assert brief(two, "3.3") == ("satisfied", 1, 2, None)
    both = (group("BG1", "H1"), group("BG2", "H2"), instructor("i1", "H1"), instructor("i1", "H2"))
    assert [one.status for one in findings(both, "3.3", DAY)] == ["satisfied", "satisfied"]


OF_H1 = instructor("p1", "H1")
AS_COUNSELLOR = role("p1", "building_counsellor", None, building="H1")


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ((OF_H1,), ("breached", 1, 0, None)),
        ((OF_H1, AS_COUNSELLOR), ("satisfied", 1, 1, None)),
        ((OF_H1, instructor("p1", "H2"), AS_COUNSELLOR), ("breached", 2, 1, None)),
        (
            (OF_H1, instructor("p1", "H2"), AS_COUNSELLOR, role("p1", "building_counsellor", None, building="H2")),
            ("satisfied", 2, 2, None),
        ),
        ((OF_H1, AS_COUNSELLOR, role("p1", "building_counsellor", None, building="H2")), ("satisfied", 1, 1, None)),
        ((OF_H1, role("p1", "building_instructor", "U", building="H1"), AS_COUNSELLOR), ("satisfied", 1, 1, None)),
        ((role("p1", "building_instructor", "U"),), ("satisfied", 0, 0, None)),
        ((role("p1", "building_instructor", "U"), OF_H1), ("breached", 1, 0, None)),
    ],
    ids=range(8),
)
def test_counsellor_of_each_building(held: Facts, expected: Brief) -> None:
    """An instructor is the counsellor of each building they instruct; a role for no building asks nothing (3.3)."""
    found = finding((*held, GD), "3.3-counsellor", DAY)
    assert (found.status, found.required, found.actual, found.reason) == expected
    assert (found.subject, found.clause, found.modality, found.responsible) == ("p1", "三", "shall", ("GD",))
    assert len(found.evidence) == found.actual


def test_two_roles_for_one_building() -> None:
    """A building counts once, however many of the roles are held for it, and each of them is evidence (3.3)."""
    twice = (AS_COUNSELLOR, role("p1", "building_counsellor", "U", building="H1"))
    found = finding((OF_H1, instructor("p1", "H2"), *twice), "3.3-counsellor", DAY)
    assert (found.status, found.required, found.actual, len(found.evidence)) == ("breached", 2, 1, 2)


LEADS, BELONGS, IS_MEMBER, AT_HOME = (
    role("p1", "group_leader", "BG1"),
    member("p1", "BG1"),
    full_member("p1"),
    lives("p1", "H1"),
)
# p9 is all that a leader must be, and leads nothing.
OTHERS = (
    group("BG1", "H1"),
    *H2,
    full_member("p9"),
    lives("p9", "H1"),
    member("p9", "BG1"),
    role("p9", "group_leader", "B7"),
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((LEADS, BELONGS, IS_MEMBER, AT_HOME), ("satisfied", 1, 1, None)),
        ((BELONGS, IS_MEMBER, AT_HOME), ("breached", 1, 0, None)),
        ((LEADS, IS_MEMBER, AT_HOME), ("breached", 1, 0, None)),
        ((LEADS, BELONGS, AT_HOME), ("breached", 1, 0, None)),
        ((LEADS, BELONGS, IS_MEMBER), ("breached", 1, 0, None)),
        ((LEADS, member("p1", "BG2"), IS_MEMBER, AT_HOME), ("breached", 1, 0, None)),
        ((role("p1", "group_leader", "BG2"), BELONGS, IS_MEMBER, AT_HOME), ("breached", 1, 0, None)),
        ((role("p1", "group_leader"), BELONGS, IS_MEMBER, AT_HOME), ("breached", 1, 0, None)),
        ((role("p1", "branch_secretary", "BG1"), BELONGS, IS_MEMBER, AT_HOME), ("breached", 1, 0, None)),
        ((LEADS, BELONGS, IS_MEMBER, AT_HOME, staff("p1")), ("breached", 1, 0, None)),
        ((LEADS, BELONGS, stage("p1", "activist"), AT_HOME), ("breached", 1, 0, None)),
        ((LEADS, BELONGS, stage("p1", "development_target"), AT_HOME), ("breached", 1, 0, None)),
        ((LEADS, BELONGS, IS_MEMBER, lives("p1", "H2")), ("breached", 1, 0, None)),
        ((LEADS, no_role("p1", "group_leader", "BG1", DAY), BELONGS, IS_MEMBER, AT_HOME), ("breached", 1, 0, None)),
        ((LEADS, BELONGS, no_member("p1", "BG1", DAY), IS_MEMBER, AT_HOME), ("breached", 1, 0, None)),
    ],
    ids=str,
)
def test_leader_of_a_group(given: Facts, expected: Brief) -> None:
    """A group is led by one of its members, and that one is a student member who lives in the building (3.5)."""
    found = finding((*OTHERS, *given), "3.5", DAY, subject="BG1")
    assert (found.status, found.required, found.actual, found.reason) == expected
    assert found.evidence == ((LEADS.id,) if found.actual else ())
    assert (found.clause, found.modality) == ("三", "shall")
    assert found.readings == {"probationary_may_lead": "yes"}


def test_two_leaders() -> None:
    """Two members who lead are one too many, whoever they are; one who does not belong is not counted (3.5)."""
    second = role("p2", "group_leader", "BG1")
    facts = (*OTHERS, LEADS, BELONGS, IS_MEMBER, AT_HOME, second)
    assert brief(facts, "3.5", subject="BG1") == ("satisfied", 1, 1, None)
    assert brief((*facts, member("p2", "BG1")), "3.5", subject="BG1") == ("breached", 1, 2, "above_maximum")


def test_one_person_in_two_records_of_a_role() -> None:
    """A leader, or an instructor, whom two records name is one person, with both records as evidence (3.3, 3.5)."""
    again = role("p1", "group_leader", "BG1", building="H1")
    facts = (*OTHERS, LEADS, again, BELONGS, IS_MEMBER, AT_HOME)
    found = finding(facts, "3.5", DAY, subject="BG1")
    assert (found.status, found.actual, found.reason) == ("satisfied", 1, None)
    assert found.evidence == tuple(sorted([LEADS.id, again.id]))
    assert brief((*facts, lives("p1", "H2", on=DAY)), "3.5", subject="BG1") == ("breached", 1, 0, None)
    twice = (instructor("i9", "H1"), role("i9", "building_instructor", "GD", building="H1"))
    found = finding((*H1, *twice), "3.3", DAY, subject="BG1")
    assert (found.status, found.actual, len(found.evidence)) == ("satisfied", 1, 2)


def test_probationary_leader() -> None:
    """A probationary member may lead, unless the institution reads it otherwise (3.5)."""
    facts = (*OTHERS, LEADS, BELONGS, stage("p1", "probationary_member"), AT_HOME)
    assert brief(facts, "3.5", subject="BG1") == ("satisfied", 1, 1, None)
    assert brief(facts, "3.5", subject="BG1", probationary_may_lead="no") == ("breached", 1, 0, None)
    full = (*OTHERS, LEADS, BELONGS, IS_MEMBER, AT_HOME)
    assert brief(full, "3.5", subject="BG1", probationary_may_lead="no") == ("satisfied", 1, 1, None)
    target = (*OTHERS, LEADS, BELONGS, stage("p1", "development_target"), AT_HOME)
    assert brief(target, "3.5", subject="BG1", probationary_may_lead="no") == ("breached", 1, 0, None)


def test_groups_are_what_3_3_and_3_5_bind() -> None:
    """3.5 binds the groups of buildings that stand, in force, and no other unit."""
    assert findings((unit("U", "group", building="H1"), group("BG1", "H1")), "3.5", DAY, subject="U") == ()
    assert [len(findings((group("BG1", "H1"),), "3.5", day)) for day in ("2012-05-06", "2012-05-07")] == [0, 1]


def test_two_memberships() -> None:
    """Two groups of the building are no less than one (3.7)."""
    facts = (*H1, group("BG5", "H1"), full_member("p1"), lives("p1", "H1"), member("p1", "BG1"), member("p1", "BG5"))
    assert brief(facts, "3.7") == ("satisfied", 1, 2, None)


IN_BG1, IN_BG2, IN_BG9 = member("p1", "BG1"), member("p1", "BG2"), member("p1", "BG9")


@pytest.mark.parametrize(
    ("given", "expected", "groups"),
    [
        ((IN_BG1, IS_MEMBER, AT_HOME), ("satisfied", 1, 1, None), ("BG1",)),
        ((IN_BG1, stage("p1", "probationary_member"), AT_HOME), ("satisfied", 1, 1, None), ("BG1",)),
        ((IN_BG1, stage("p1", "activist"), AT_HOME), ("satisfied", 1, 1, None), ("BG1",)),
        ((IN_BG1, stage("p1", "development_target"), AT_HOME), ("satisfied", 1, 1, None), ("BG1",)),
        ((IN_BG1, stage("p1", "applicant"), AT_HOME), ("breached", 1, 0, None), ("BG1",)),
        ((IN_BG1, AT_HOME), ("breached", 1, 0, None), ("BG1",)),
        ((IN_BG1, IS_MEMBER, AT_HOME, staff("p1")), ("breached", 1, 0, None), ("BG1",)),
        ((IN_BG1, IS_MEMBER), ("breached", 1, 0, None), ("BG1",)),
        ((IN_BG1, IS_MEMBER, lives("p1", "H2")), ("breached", 1, 0, None), ("BG1",)),
        ((IN_BG1, IN_BG2, IS_MEMBER, AT_HOME), ("breached", 2, 1, None), ("BG1", "BG2")),
        ((IN_BG9, IS_MEMBER, AT_HOME), ("breached", 1, 0, None), ("BG9",)),
        ((IN_BG1, IS_MEMBER, AT_HOME, shut("H1", DAY)), ("satisfied", 1, 1, None), ("BG1",)),
        ((IN_BG1, member("p1", "BG5"), IS_MEMBER, AT_HOME), ("satisfied", 2, 2, None), ("BG1", "BG5")),
        ((IN_BG1, member("p1", "G1"), IS_MEMBER, AT_HOME), ("satisfied", 1, 1, None), ("BG1",)),
    ],
    ids=range(14),
)
def test_who_may_belong(given: Facts, expected: Brief, groups: tuple[str, ...]) -> None:
    """In a building's group belong its members, activists and targets alone; the groups have to act (3.7-only)."""
    units = (*H1, *H2, group("BG5", "H1"), group("BG9", None), unit("G1", "group", building="H1"))
    others = (member("p9", "BG1"), member("p9", "BG9"), full_member("p9"), lives("p9", "H1", "109"))
    found = finding((*units, *others, *given), "3.7-only", DAY, subject="p1")
    without_targets = finding(
        (*units, *others, *given), "3.7-only", DAY, subject="p1", development_target_included="no"
    )
    is_target = any(getattr(one, "stage", None) == "development_target" for one in given)
    assert without_targets.actual == (0 if is_target else found.actual)
    assert (found.status, found.required, found.actual, found.reason) == expected
    assert (found.responsible, found.clause, found.modality) == (groups, "三", "shall")
    assert len(found.evidence) == found.actual
    assert found.readings == {"development_target_included": "yes"}


def test_targets_in_groups() -> None:
    """Each of the two rules has its own reading of whether development targets belong (3.7)."""
    facts = (*H1, stage("p1", "development_target"), AT_HOME, IN_BG1)
    assert brief(facts, "3.7-only", development_target_included="no") == ("breached", 1, 0, None)
    assert findings(facts, "3.7", DAY, development_target_included="no") == ()
    assert brief(facts, "3.7") == ("satisfied", 1, 1, None)


@pytest.mark.parametrize(
    "facts",
    [
        (*H1, IS_MEMBER, AT_HOME),
        (*H1, unit("G1", "group", building="H1"), member("p1", "G1"), IS_MEMBER, AT_HOME),
        (*H1, IN_BG1, no_member("p1", "BG1", DAY), IS_MEMBER, AT_HOME),
        (*H1, IN_BG1, stage("p1", "none"), AT_HOME),
    ],
    ids=range(4),
)
def test_who_is_in_no_group(facts: Facts) -> None:
    """Who is in no building's group, or out of the pipeline, is asked nothing about it (3.7-only)."""
    assert findings((*facts, member("p9", "BG1")), "3.7-only", DAY, subject="p1") == ()


# Who has to act ---------------------------------------------------------------------------------------------


def test_responsible_for_a_resident() -> None:
    """The group of the building has to take a resident in, the guidance departments to post signs and instructors."""
    offices = (GD, unit("GD2", "guidance_department"), unit("GD3", "guidance_department", until="2013-06-29"))
    facts = (*H1, *H2, group("BG5", "H1"), IS_MEMBER, AT_HOME, *offices)
    asked = {"3.7": "p1", "5.4.1": "p1", "3.3": "BG1", "5.2.2": "p1", "3.5": "BG1"}
    told = {rule: finding(facts, rule, DAY, subject=who).responsible for rule, who in asked.items()}
    assert told == {"3.7": ("BG1", "BG5"), "5.4.1": ("GD", "GD2"), "3.3": ("GD", "GD2"), "5.2.2": (), "3.5": ()}


@pytest.mark.parametrize(
    ("moves", "as_of", "responsible"),
    [
        ((), SPRING_DAYS[1], ("i1", "i9")),
        ((), "2013-05-31", ("i1",)),
        ((lives("p1", "H2", on="2013-05-01"),), SPRING_DAYS[1], ("i2",)),
        ((lives("p1", "H2", on="2013-05-01"),), "2013-04-30", ("i1",)),
        ((moved_out("p1", "H1", "2013-05-01"),), SPRING_DAYS[1], ("i1",)),
        ((moved_out("p1", "H1", "2013-06-02"),), SPRING_DAYS[1], ("i1", "i9")),
        ((opened("H3"), lives("p1", "H3", on="2013-06-15"), instructor("i3", "H3")), SPRING_DAYS[1], ("i1", "i9")),
    ],
    ids=range(7),
)
def test_responsible_for_an_evaluation(moves: Facts, as_of: str, responsible: tuple[str, ...]) -> None:
    """Who instructs the covered building in which the person lived last in the semester has to evaluate (5.5.2)."""
    instructors = (instructor("i1", "H1"), instructor("i2", "H2"), instructor("i9", "H1", "2013-06-01"))
    facts = (*TERMS, *H1, *H2, full_member("p1"), lives("p1", "H1"), *instructors, *moves)
    found = finding(facts, "5.5.2", as_of, start=SPRING_DAYS[0], subject="p1", partial="full")
    assert found.responsible == responsible
    assert found.status == ("pending" if as_of < SPRING_DAYS[1] else "breached")


# Intervals that nobody set ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "kind", "name"),
    [
        ("4.1.4", "building_group", "report_interval"),
        ("4.2.2", "guidance_department", "reception_interval"),
        ("4.4.3", "building_group", "cultural_interval"),
        ("5.3.2", "building_group", "discussion_interval"),
        ("5.5.3", "guidance_department", "commendation_interval"),
    ],
)
def test_interval_not_set(rule: str, kind: str, name: str) -> None:
    """Without its interval the duty is unknown for each bearer on the day, and says which parameter decides."""
    found = finding((unit("U", kind), unit("V", "branch")), rule, DAY)
    assert (found.subject, found.status, found.needs) == ("U", "unknown", (f"parameter:{name}",))
    assert (found.period, found.due, found.required, found.actual, found.evidence) == (None, None, 1, None, ())


def test_receiver_of_a_report() -> None:
    """A report is addressed to a general branch that exists on its day (4.1.4)."""
    facts = (group("BG1", "H1"), unit("GB", "general_branch", "2013-05-10"))
    for day, status in (("2013-05-09", "breached"), ("2013-05-10", "satisfied")):
        report = document("performance_report", "BG1", day, to="GB")
        asked: dict[str, Any] = {"start": "2013-05-01", "parameters": {"report_interval": "month"}}
        assert finding((*facts, report), "4.1.4", DAY, **asked).status == status


@pytest.mark.parametrize(
    ("rule", "kind", "parameters"),
    [
        ("4.1.4", "building_group", {"report_interval": "month"}),
        ("4.2.2", "guidance_department", {"reception_interval": "month"}),
        ("4.4.3", "building_group", {"cultural_interval": "month"}),
        ("5.3.2", "building_group", {"discussion_interval": "month"}),
        ("5.5.3", "guidance_department", {"commendation_interval": "month"}),
    ],
)
def test_months_in_the_vacation(rule: str, kind: str, parameters: dict[str, str]) -> None:
    """Where an institution sets a month as interval, one wholly inside the vacation binds as well."""
    found = finding((*TERMS, unit("U", kind)), rule, "2013-08-31", start="2013-08-01", parameters=parameters)
    assert (found.status, found.reason) == ("breached", None)


@pytest.mark.parametrize(
    "form",
    [
        meeting("organisational_life", "BG1", "2013-05-02"),
        meeting("organisational_life_meeting", "BG1", "2013-05-02"),
        meeting("group_meeting", "BG1", "2013-05-02"),
        meeting("democratic_life_meeting", "BG1", "2013-05-02"),
        meeting("democratic_appraisal", "BG1", "2013-05-02"),
        meeting("discussion_session", "BG1", "2013-05-02"),
        activity("party_lecture", "BG1", "2013-05-02"),
        meeting("branch_assembly", "BG1", "2013-05-02", also=["group_meeting"]),
    ],
    ids=range(8),
)
def test_forms_of_organisational_life(form: Fact) -> None:
    """Organisational life may take any of its usual forms, unless it has to be recorded as such (4.2.1.1)."""
    facts = (*TERMS, group("BG1", "H1"), form)
    found = finding(facts, "4.2.1.1", "2013-05-31", start="2013-05-01")
    assert (found.status, found.actual, found.evidence) == ("satisfied", 1, (form.id,))
    named = finding(facts, "4.2.1.1", "2013-05-31", start="2013-05-01", form="named")
    is_named = getattr(form, "meeting", None) == "organisational_life"
    assert (named.status, named.actual) == (("satisfied", 1) if is_named else ("breached", 0))


def test_one_meeting_of_two_forms() -> None:
    """A meeting of two kinds counts once (4.2.1.1)."""
    both = meeting("democratic_appraisal", "BG1", "2013-05-02", also=["organisational_life_meeting"])
    found = finding((*TERMS, group("BG1", "H1"), both), "4.2.1.1", "2013-05-31", start="2013-05-01")
    assert (found.status, found.actual, found.evidence) == ("satisfied", 1, (both.id,))


@pytest.mark.parametrize(
    ("month", "mostly", "bind", "exempt"),
    [
        # Of July 24 days lie in the vacation, of January 18 and of February 22.
        ("2013-06-01", None, None, None),
        ("2013-07-01", "vacation_month", None, None),
        ("2013-08-01", "vacation_month", None, "vacation_month"),
        ("2013-02-01", "vacation_month", None, None),
        ("2013-01-01", "vacation_month", None, None),
        ("2012-12-01", None, None, None),
    ],
)
def test_months_of_vacations(month: str, mostly: str | None, bind: str | None, exempt: str | None) -> None:
    """Months that lie mostly in vacations are not asked about; or those wholly in one, or none (4.2.1.1)."""
    facts = (*TERMS, group("BG1", "H1"))
    for option, reason in (("mostly", mostly), ("bind", bind), ("exempt", exempt)):
        found = finding(facts, "4.2.1.1", "2013-08-31", start=month, vacation_months=option)
        assert (found.status, found.reason) == ("not_applicable" if reason else "breached", reason)
        assert found.readings["vacation_months"] == option


def test_months_beyond_the_terms() -> None:
    """A month that nobody declared may be one of vacation: unknown where nothing was held (4.2.1.1)."""
    facts = (*TERMS, group("BG1", "H1"))
    found = finding(facts, "4.2.1.1", "2013-09-30", start="2013-09-01")
    assert (found.status, found.needs) == ("unknown", ("term_declared",))
    held = meeting("group_meeting", "BG1", "2013-09-05")
    assert finding((*facts, held), "4.2.1.1", "2013-09-30", start="2013-09-01").status == "satisfied"
    bound = finding(facts, "4.2.1.1", "2013-09-30", start="2013-09-01", vacation_months="bind")
    assert bound.status == "breached"


def test_months_exempt_in_the_vacation() -> None:
    """Read so, organisational life is not asked for in a month wholly inside one vacation (4.2.1.1)."""
    found = findings((*TERMS, group("BG1", "H1")), "4.2.1.1", "2013-09-30", vacation_months="exempt")
    exempt = [str(one.period and one.period.start) for one in found if one.reason == "vacation_month"]
    assert exempt == ["2012-08-01", "2013-08-01"]
    july = next(one for one in found if one.period and str(one.period.start) == "2013-07-01")
    assert (july.status, july.readings["vacation_months"]) == ("breached", "exempt")
    two = (
        term("a", "winter_vacation", "2013-05-01", "2013-05-15"),
        term("b", "winter_vacation", "2013-05-16", "2013-06-15"),
    )
    split = finding((*two, group("BG1", "H1")), "4.2.1.1", DAY, start="2013-05-01", vacation_months="exempt")
    assert split.status == "breached"


# Appraisals of the building one lives in --------------------------------------------------------------------


def test_appraisal_of_the_building_of_that_day() -> None:
    """An appraisal counts for those who live in its building on its day (4.2.1.3, read by attendance)."""
    facts = (*TERMS, *H1, *H2, full_member("p1"), lives("p1", "H1"), lives("p1", "H2", on="2013-05-01"))
    for of, day, counted in (
        ("BG1", "2013-04-30", 1),
        ("BG1", "2013-05-01", 0),
        ("BG2", "2013-04-30", 0),
        ("BG2", "2013-05-01", 1),
    ):
        event = meeting("democratic_appraisal", of, day, attended=["p1"])
        found = finding(
            (*facts, event), "4.2.1.3", SPRING_DAYS[1], start=SPRING_DAYS[0], subject="p1", measure="attend"
        )
        assert (of, day, found.actual) == (of, day, counted)
    assert APPRAISAL_ATTENDED.rule == found.rule.removeprefix("lzcu2012:")


# 4.3.1, 4.3.2, 4.4.1 ----------------------------------------------------------------------------------------

RULES = ("organisational_life_rules", "party_work_rules", "cultural_activity_rules")
AREAS = ["ideology", "system", "organisation", "culture", "distinctive_work"]


def test_three_sets_of_rules() -> None:
    """All three sets of rules, filed at any time up to the day, are what 4.3.1 asks for; each kind counts once."""
    written = tuple(document(kind, "GD", LONG_AGO) for kind in RULES)
    found = finding((GD, *written), "4.3.1", DAY)
    assert (found.status, found.required, found.actual) == ("satisfied", 3, 3)
    assert found.evidence == tuple(sorted(one.id for one in written))
    assert (found.clause, found.modality, found.readings, found.period) == ("四、3一是", "shall", {}, None)


@pytest.mark.parametrize("missing", RULES)
def test_two_sets_of_rules(missing: str) -> None:
    """With any one of the three missing 4.3.1 is breached, whatever else was filed."""
    rest = [document(kind, "GD", day) for kind in RULES if kind != missing for day in (LONG_AGO, "2013-05-01")]
    others = (
        document(missing, "BG1", LONG_AGO),
        document("other_rules", "GD", LONG_AGO),
        document(missing, "GD", "2013-07-01"),
    )
    assert brief((GD, *rest, *others), "4.3.1") == ("breached", 3, 2, None)


def test_rules_filed_by_the_parent() -> None:
    """What the student affairs department has filed counts for the office of which it is the parent now."""
    office = unit("GD", "guidance_department", parent="SA")
    written = (document(RULES[0], "GD", LONG_AGO), document(RULES[1], "SA", LONG_AGO), document(RULES[2], "SA", DAY))
    found = finding((SA, office, *written), "4.3.1", DAY)
    assert (found.status, found.actual, found.evidence) == ("satisfied", 3, tuple(sorted(one.id for one in written)))
    again = document(RULES[0], "SA", "2013-05-01")
    found = finding((SA, office, *written, again), "4.3.1", DAY)
    assert (found.actual, len(found.evidence)) == (3, 4)
    assert brief((SA, office, document("assessment_measures", "SA", LONG_AGO, sections=AREAS)), "4.3.2")[2] == 5


@pytest.mark.parametrize(
    "units",
    [
        (SA, GD, unit("B7", "branch", parent="SA")),
        (
            unit("SA", "general_branch"),
            unit("S2", "student_affairs"),
            unit("GD", "guidance_department", parent="SA"),
        ),
        (unit("SA", "student_affairs", until="2013-06-29"), unit("GD", "guidance_department", parent="SA")),
        (SA, unit("S2", "student_affairs"), unit("GD", "guidance_department", parent="S2")),
        (
            SA,
            unit("S2", "student_affairs"),
            unit("GD", "guidance_department", parent="SA", until="2013-05-31"),
            unit("GD", "guidance_department", "2013-06-01", parent="S2", id="again"),
        ),
    ],
    ids=["no parent", "another kind", "dissolved", "another's", "no longer"],
)
def test_parent_that_files_nothing_for_the_office(units: Facts) -> None:
    """What a unit files that is no student affairs department, or not the parent on the day, is not the office's."""
    assert brief((*units, *(document(kind, "SA", LONG_AGO) for kind in RULES)), "4.3.1") == ("breached", 3, 0, None)
    measures_of_it = document("assessment_measures", "SA", LONG_AGO, sections=AREAS)
    assert brief((*units, measures_of_it), "4.3.2") == ("breached", 5, 0, None)


def test_rules_filed_before_it_was_the_parent() -> None:
    """Whenever the parent of today filed them, they count (4.3.1)."""
    office = unit("GD", "guidance_department", "2013-06-01", parent="SA")
    written = tuple(document(kind, "SA", "2012-01-01") for kind in RULES)
    assert brief((SA, office, *written), "4.3.1") == ("satisfied", 3, 3, None)


def measures(on: str, sections: list[str] | None, author: str = "GD", kind: str = "assessment_measures") -> Fact:
    """Return the filing of assessment measures (考核评估办法)."""
    return document(kind, author, on, sections=sections)


@pytest.mark.parametrize(
    ("filed", "actual"),
    [
        ((measures("2013-01-01", AREAS),), 5),
        ((measures(LONG_AGO, [*AREAS, "more", "yet more"]),), 5),
        ((measures("2013-01-01", AREAS[:4]), measures("2013-01-02", AREAS[2:])), 4),
        ((measures("2013-01-01", AREAS[:4]), measures("2013-01-02", AREAS)), 5),
        ((measures("2013-01-01", AREAS[1:]),), 4),
        ((measures("2013-01-01", [*AREAS[:2], *AREAS[3:]]),), 4),
        ((measures("2013-01-01", [*AREAS[:3], *AREAS[4:]]),), 4),
        ((measures("2013-01-01", [*AREAS[:1], *AREAS[2:], "more"]),), 4),
        ((measures("2013-01-01", None),), 0),
        ((measures("2013-01-01", []),), 0),
        ((), 0),
        ((measures("2013-07-01", AREAS),), 0),
        ((measures("2013-01-01", AREAS, "BG1"),), 0),
        ((measures("2013-01-01", AREAS, "GD", "other_measures"),), 0),
    ],
    ids=str,
)
def test_measures_that_cover_the_areas(filed: Facts, actual: int) -> None:
    """One set of measures covers the five areas; the fullest one counts, not several together (4.3.2)."""
    found = finding((GD, *filed), "4.3.2", DAY)
    assert (found.status, found.required, found.actual) == ("satisfied" if actual == 5 else "breached", 5, actual)
    assert len(found.evidence) == (1 if actual else 0)
    assert (found.clause, found.modality) == ("四、3二是", "shall")


def test_two_facilities() -> None:
    """The column and the mailbox are both asked for, and each counts once, while they are open (4.4.1)."""
    column, mailbox = facility("online_study_column", "GD"), facility("student_member_mailbox", "GD")
    found = finding((GD, column, mailbox), "4.4.1", DAY)
    assert (found.status, found.required, found.actual) == ("satisfied", 2, 2)
    assert found.evidence == tuple(sorted([column.id, mailbox.id]))
    assert (found.clause, found.modality) == ("四、4一是", "shall")
    for lacking in (
        (column,),
        (mailbox,),
        (column, facility("student_member_mailbox", "BG1")),
        (mailbox, facility("online_study_column", "GD", until="2013-06-29")),
        (mailbox, facility("supervision_mailbox", "GD")),
        (
            column,
            facility("student_member_mailbox", "GD"),
            fact("facility_closed", DAY, facility="student_member_mailbox", unit="GD"),
        ),
    ):
        assert brief((GD, *lacking), "4.4.1") == ("breached", 2, 1, None)


@pytest.mark.parametrize("rule", ["4.3.1", "4.3.2", "4.4.1"])
def test_office_is_bound(rule: str) -> None:
    """The guidance department is bound while it stands, and since 7 May 2012; other units are not."""
    assert findings((unit("U", "branch"), GD), rule, DAY, subject="U") == ()
    assert [len(findings((GD,), rule, day)) for day in ("2012-05-06", "2012-05-07")] == [0, 1]


@pytest.mark.parametrize(
    ("rule", "kind"), [("4.4.2", "volunteer_team"), ("5.3.1", "members_home"), ("5.5.1", "supervision_mailbox")]
)
def test_facility_of_which_there_is_one(rule: str, kind: str) -> None:
    """A facility is open from its day on and until it is closed."""
    facts = (GD, facility(kind, "GD", "2013-05-01"), fact("facility_closed", "2013-06-01", facility=kind, unit="GD"))
    days = ("2013-04-30", "2013-05-01", "2013-05-31", "2013-06-01")
    assert [finding(facts, rule, day).status for day in days] == ["breached", "satisfied", "satisfied", "breached"]


@pytest.mark.parametrize(
    ("homes", "expected"),
    [
        ((), ("breached", 2, 0, None)),
        (("BG1",), ("breached", 2, 1, None)),
        (("BG1", "BG2"), ("satisfied", 2, 2, None)),
        (("BG1", "BG5"), ("breached", 2, 1, None)),
        (("BG1", "GD"), ("breached", 2, 1, None)),
        (("BG1", "BG3"), ("breached", 2, 1, None)),
        (("BG1", "BG8"), ("breached", 2, 1, None)),
        (("BG1", "G2"), ("breached", 2, 1, None)),
        (("BG1", "BG2", "BG5"), ("satisfied", 2, 2, None)),
    ],
    ids=str,
)
def test_home_in_each_building(homes: tuple[str, ...], expected: Brief) -> None:
    """Read so, each covered building has a members' home of its group; two in one building are one of them (5.3.1)."""
    units = (*H1, *H2, group("BG5", "H1"), group("BG3", "H3"), opened("H4"), group("BG8", None),
             unit("G2", "group", building="H2"), unit("G4", "group", building="H4"), GD,
             facility("activity_room", "BG2"))  # fmt: skip
    facts = (*units, *(facility("members_home", of) for of in homes))
    found = finding(facts, "5.3.1", DAY, place="each_building")
    assert (found.status, found.required, found.actual, found.reason) == expected
    counted = [of for of in homes if of in ("BG1", "BG2", "BG5")]
    assert len(found.evidence) == len(counted)
    assert found.readings == {"place": "each_building"}


@pytest.mark.parametrize(
    ("rule", "kind"), [("4.2.2-room", "activity_room"), ("4.4.2", "volunteer_team"), ("5.3.1", "members_home")]
)
def test_two_of_a_kind(rule: str, kind: str) -> None:
    """Two are no less than one, the office's and a group's."""
    facts = (*H1, GD, facility(kind, "GD"), facility(kind, "BG1"))
    assert brief(facts, rule) == ("satisfied", 1, 2, None)


def test_home_where_no_building_is_covered() -> None:
    """Where no building is covered, there is none that needs a home (5.3.1)."""
    assert brief((GD, opened("H4")), "5.3.1", place="each_building") == ("satisfied", 0, 0, None)


# 5.2.2, 5.4.1, 5.5.2 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rooms", "with_own", "expected"),
    [
        ([], ("breached", 1, 0, None), ("breached", 1, 0, None)),
        (["H1/102"], ("satisfied", 1, 1, None), ("satisfied", 1, 1, None)),
        (["H1/102", "H1/103"], ("satisfied", 1, 2, None), ("satisfied", 1, 2, None)),
        (["H1/102", "H1/103", "H1/104"], ("breached", 1, 3, "above_maximum"), ("breached", 1, 3, "above_maximum")),
        (["H1/101"], ("satisfied", 1, 1, None), ("breached", 1, 0, None)),
        (["H1/101", "H1/102", "H1/103"], ("breached", 1, 3, "above_maximum"), ("satisfied", 1, 2, None)),
        (["H2/101"], ("satisfied", 1, 1, None), ("satisfied", 1, 1, None)),
    ],
)
def test_one_or_two_rooms(rooms: list[str], with_own: Brief, expected: Brief) -> None:
    """A resident member links one or two rooms besides their own, and not three; their own may count (5.2.2)."""
    links = tuple(link("room", "p1", room) for room in rooms)
    facts = (*ROOMS.scope(LONG_AGO), *links, lives("p5", "H1", "102"), lives("p6", "H2", "101"))
    assert brief(facts, "5.2.2", subject="p1") == expected
    assert brief(facts, "5.2.2", subject="p1", own_room_counts="yes") == with_own
    found = finding(facts, "5.2.2", DAY, subject="p1", own_room_counts="yes")
    assert found.evidence == tuple(sorted(one.id for one in links))


def test_two_holders_of_one_room() -> None:
    """Two members may link the same room (5.2.2)."""
    facts = (
        *H1,
        *(one for who in ("p1", "p3") for one in (full_member(who), lives(who, "H1"), link("room", who, "H1/102"))),
    )
    assert [one.status for one in findings(facts, "5.2.2", DAY)] == ["satisfied", "satisfied"]


def test_two_plates() -> None:
    """Two plates are no less than one, whoever they are for when one for the room suffices (5.4.1)."""
    plates = tuple(
        fact("nameplate_posted", "2013-01-01", person=who, building="H1", room="101", id=name)
        for who, name in (("p1", "a"), ("p3", "b"))
    )
    facts = (*H1, full_member("p1"), lives("p1", "H1"), *plates)
    assert brief(facts, "5.4.1") == ("satisfied", 1, 1, None)
    assert brief(facts, "5.4.1", sign="per_room") == ("satisfied", 1, 2, None)


def test_evaluation_where_one_lives_that_day() -> None:
    """An evaluation counts if its maker is the instructor, that day, of the building the person lives in (5.5.2)."""
    facts = (
        *TERMS,
        *EVALUATIONS.scope(LONG_AGO)[:-1],
        lives("p1", "H2", on="2013-05-01"),
        instructor("i4", "H2", "2013-06-01"),
    )
    for by, day, counted in (
        ("i1", "2013-04-30", 1),
        ("i1", "2013-05-01", 0),
        ("i2", "2013-04-30", 0),
        ("i2", "2013-05-01", 1),
        ("i4", "2013-05-31", 0),
        ("i4", "2013-06-01", 1),
    ):
        event = rated("fair", day, by=by)
        found = finding((*facts, event), "5.5.2", SPRING_DAYS[1], start=SPRING_DAYS[0], subject="p1")
        assert (by, day, found.actual) == (by, day, counted)


@pytest.mark.parametrize("rating", ["excellent", "good", "fair", "poor"])
def test_evaluation_of_any_rating(rating: str) -> None:
    """That there is an evaluation is what counts, whatever it says (5.5.2)."""
    facts = (*TERMS, *EVALUATIONS.scope(LONG_AGO), rated(rating, "2013-05-01"))
    assert finding(facts, "5.5.2", SPRING_DAYS[1], start=SPRING_DAYS[0], subject="p1").status == "satisfied"
