"""Clauses 4 to 7: lessons, certificates, results, training, the column online and the vacations."""

from datetime import date
from typing import Any

import pytest

from partyrules.facts.vocabulary import Fact
from partyrules.questions.audit import audit
from partyrules.testing.institution import (
    LONG_AGO,
    Facts,
    activity,
    closed,
    dissolved,
    facility,
    fact,
    full_member,
    left,
    member,
    no_member,
    registered,
    role,
    staff,
    stage,
    term,
    training,
    unit,
)
from policies.lzwl2017.tests.institution import SPRING, SUMMER, TERMS, adopted, finding, findings

DAY = "2018-06-30"
B1 = unit("B1", "branch")
COURSE = training("p1", "activist_course", "2018-03-20", passed=True)
YL = unit("YL", "youth_league")


def certificate(person: str, on: str, kind: str = "party_school_certificate") -> Fact:
    """Return the issue of a certificate (结业证书)."""
    return fact("certificate_issued", on, person=person, certificate=kind)


def registration(of: str, by: str, on: str) -> Fact:
    """Return the registration (登记备案) of the result of the training with that id."""
    return fact("result_registered", on, person="p1", of=of, unit=by)


# 4.3.2 ------------------------------------------------------------------------------------------------------


def test_lecture_that_serves_two_leaders() -> None:
    """One lecture that two principal leaders led serves each of them; one who was no leader that day is not bound."""
    leaders = (role("p1", "principal_leader"), role("p2", "principal_leader"), role("p3", "principal_leader", on=DAY))
    lecture = activity("party_lecture", "GB", "2018-04-01", led_by=["p1", "p2", "p3"])
    found = findings((*TERMS, *leaders, lecture), "4.3.2", "2018-07-08")
    assert [(one.subject, one.status) for one in found if str(one.period and one.period.start) == "2018-02-26"] == [
        ("p1", "satisfied"),
        ("p2", "satisfied"),
        ("p3", "not_applicable"),
    ]


def test_lecture_led_collectively() -> None:
    """Read collectively the leader must hold the role on the lecture's day, not on the day asked."""
    committee = unit("SC", "school_committee")
    leader = role("p1", "principal_leader", on="2018-04-01", until="2018-04-30")
    for day, status in (("2018-03-31", "breached"), ("2018-04-01", "satisfied"), ("2018-05-01", "breached")):
        lecture = activity("party_lecture", "GB", day, led_by=["p1"])
        found = finding(
            (*TERMS, committee, leader, lecture), "4.3.2", "2018-07-08", start="2018-02-26", bearer="collective"
        )
        assert (found.subject, found.status) == ("SC", status)


# 4.4.2 ------------------------------------------------------------------------------------------------------

ISSUED = certificate("p1", "2018-05-10")


@pytest.mark.parametrize(
    ("course", "status", "needs"),
    [
        (training("p1", "activist_course", LONG_AGO, passed=True), "satisfied", ()),
        (training("p1", "activist_course", "2018-05-10", passed=True), "satisfied", ()),
        (training("p1", "activist_course", "2018-05-11", passed=True), "breached", ()),
        (training("p1", "activist_course", "2018-05-01", passed=False), "breached", ()),
        (training("p1", "activist_course", "2018-05-01"), "unknown", ("passed",)),
        (training("p2", "activist_course", "2018-05-01", passed=True), "breached", ()),
        (training("p1", "member_training", "2018-05-01", passed=True), "breached", ()),
        (training("p1", "activist_course", "2018-04", passed=True), "satisfied", ()),
        (training("p1", "activist_course", "2018-05", passed=True), "unknown", ("full_date",)),
    ],
    ids=str,
)
def test_certificates(course: Fact, status: str, needs: tuple[str, ...]) -> None:
    """A certificate is in order only if its holder passed the activist course by the day it was issued (4.4.2)."""
    found = finding((ISSUED, course), "4.4.2", DAY)
    counted = (course.id,) if status == "satisfied" else ()
    assert (found.subject, found.status, found.needs) == ("p1", status, needs)
    assert (found.required, found.actual) == (1, len(counted))
    assert found.evidence == tuple(sorted([ISSUED.id, *counted]))
    assert (found.occasion, found.period, found.due, found.modality) == (ISSUED.id, None, None, "may")
    assert (found.clause, found.readings) == ("四、第1段", {})


def test_who_issues_certificates() -> None:
    """Who has to act on a certificate is the Party school of the day it was issued, not its holder (4.4.2)."""
    schools = (
        unit("PS", "party_school"),
        unit("PT", "party_school", "2018-05-11"),
        unit("PU", "party_school"),
        dissolved("PU", "2018-05-10"),
        unit("GB", "general_branch"),
    )
    found = finding((ISSUED, *schools), "4.4.2", DAY)
    assert (found.subject, found.status, found.responsible) == ("p1", "breached", ("PS",))


def test_course_passed_twice() -> None:
    """Two passes are no less than one, two registrations neither (4.4.2, 4.5)."""
    passes = tuple(training("p1", "activist_course", day, passed=True) for day in ("2018-03-20", "2018-04-20"))
    found = finding((ISSUED, *passes), "4.4.2", DAY)
    assert (found.status, found.actual) == ("satisfied", 2)
    entries = tuple(registration(COURSE.id, "B1", day) for day in ("2018-04-01", "2018-04-02"))
    found = finding((*TERMS, B1, member("p1", "B1"), COURSE, *entries), "4.5", DAY)
    assert (found.status, found.actual) == ("satisfied", 2)


def test_other_certificates() -> None:
    """4.4.2 speaks of the Party school's certificate, issued since the paper is in force; each has its finding."""
    assert findings((certificate("p1", "2018-05-10", "another"),), "4.4.2", DAY) == ()
    assert findings((certificate("p1", "2017-12-10"),), "4.4.2", DAY) == ()
    two = (certificate("p1", "2017-12-11"), certificate("p2", "2018-06-30"), certificate("p3", "2018-07-01"))
    assert [(one.subject, one.occasion) for one in findings(two, "4.4.2", DAY)] == [
        ("p1", two[0].id),
        ("p2", two[1].id),
    ]


def test_certificates_and_the_register() -> None:
    """A course that may not have been entered yet leaves the certificate open until the record is complete."""
    statuses = [finding((ISSUED, closed(day)), "4.4.2", DAY).status for day in ("2018-05-09", "2018-05-10")]
    assert statuses == ["unknown", "breached"]


def test_certificate_for_somebody_who_has_left() -> None:
    """4.4.2 is about the certificate, so it does not matter whether whoever it names is still there."""
    gone = (registered("p1"), left("p1", "2018-05-01"))
    assert finding((ISSUED, *gone), "4.4.2", DAY).status == "breached"
    assert finding((ISSUED, staff("p1"), stage("p1", "none")), "4.4.2", DAY).status == "breached"


# 4.5 --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "status"),
    [
        (registration(COURSE.id, "B1", "2018-03-20"), "satisfied"),
        (registration(COURSE.id, "B1", "2018-07-08"), "satisfied"),
        (registration(COURSE.id, "B1", "2018-07-09"), "breached"),
        (registration(COURSE.id, "B2", "2018-04-01"), "breached"),
        (registration("another course", "B1", "2018-04-01"), "breached"),
    ],
    ids=str,
)
def test_results_registered(entry: Fact, status: str) -> None:
    """The branch of that day registers a result by the last day of the course's semester (4.5)."""
    facts = (*TERMS, B1, member("p1", "B1"), COURSE, entry)
    found = finding(facts, "4.5", "2018-07-31")
    counted = [entry.id] if status == "satisfied" else []
    assert (found.subject, found.status, str(found.due)) == ("B1", status, "2018-07-08")
    assert (found.required, found.actual, found.period, found.occasion) == (1, len(counted), None, COURSE.id)
    assert found.evidence == tuple(sorted([COURSE.id, *counted]))
    assert (found.modality, found.clause, found.readings) == ("shall", "四、第1段", {"deadline": "semester_end"})


def test_results_while_there_is_time() -> None:
    """Until the day before the deadline a result not yet registered is pending, from that day on it is overdue."""
    facts = (*TERMS, B1, member("p1", "B1"), COURSE)
    days = ("2018-03-20", "2018-07-07", "2018-07-08", "2018-07-09")
    assert [finding(facts, "4.5", day).status for day in days] == ["pending", "pending", "breached", "breached"]


def test_results_bind_the_branches_of_that_day() -> None:
    """Each branch of the person on the course's day is bound; a group, a former and a later branch are not."""
    facts = (
        *TERMS,
        COURSE,
        *(unit(name, "branch") for name in ("B1", "B2", "B3", "B4", "B5")),
        unit("G1", "group"),
        member("p1", "B1", "2018-03-20"),
        member("p1", "B2"),
        member("p1", "G1"),
        member("p1", "B3"),
        no_member("p1", "B3", "2018-03-20"),
        member("p1", "B4", "2018-03-21"),
        member("p2", "B5"),
    )
    assert [one.subject for one in findings(facts, "4.5", DAY)] == ["B1", "B2"]
    assert findings((*TERMS, COURSE), "4.5", DAY) == ()


def test_results_of_those_who_are_cultivated() -> None:
    """A branch that cultivates the person that day is bound as one of which they are a member; one finding for both."""
    cultivated = (
        *(unit(name, "branch") for name in ("B1", "B2", "B3", "B4")),
        unit("G1", "group"),
        COURSE,
        fact("cultivation_started", "2018-03-20", person="p1", unit="B1"),
        fact("cultivation_started", LONG_AGO, person="p1", unit="B2"),
        fact("cultivation_ended", "2018-03-20", person="p1", unit="B2"),
        fact("cultivation_started", LONG_AGO, person="p1", unit="B3"),
        member("p1", "B3"),
        fact("cultivation_started", LONG_AGO, person="p2", unit="B4"),
        fact("cultivation_started", LONG_AGO, person="p1", unit="G1"),
    )
    assert [one.subject for one in findings((*TERMS, *cultivated), "4.5", DAY)] == ["B1", "B3"]
    entry = registration(COURSE.id, "B1", "2018-03-21")
    assert finding((*TERMS, *cultivated, entry), "4.5", DAY, subject="B1").status == "satisfied"


def test_results_of_somebody_in_no_branch() -> None:
    """Nobody is there to register the result of somebody in no branch: no finding, and that is said beside them."""

    def notices(*facts: Fact) -> list[str]:
        asked = audit((*TERMS, B1, *facts), adopted(), as_of=date(2018, 6, 30))
        return [one.en for one in asked.notices if one.en.startswith("lzwl2017:4.5")]

    alone = notices(COURSE)
    assert alone == [
        f"lzwl2017:4.5: no unit was there to act on 1 record ({COURSE.id}), so that there is no finding about them"
    ]
    assert notices(COURSE, member("p1", "B1")) == []
    assert notices(training("p1", "activist_course", "2017-12-10"), training("p1", "member_training", DAY)) == []
    month = training("p1", "activist_course", "2018-03")
    assert notices(month, member("p1", "B1", "2018-03-15")) == []
    many = notices(*(training(f"p{n}", "activist_course", DAY) for n in range(5)))
    assert "5 records" in many[0]
    assert "and 2 more" in many[0]


def test_results_of_other_courses() -> None:
    """4.5 speaks of the activist course, passed or not, since the paper is in force."""
    scope = (*TERMS, B1, member("p1", "B1"))
    assert findings((*scope, training("p1", "member_training", "2018-03-20")), "4.5", DAY) == ()
    assert findings((*scope, training("p1", "activist_course", "2017-12-10")), "4.5", DAY) == ()
    for course in (
        training("p1", "activist_course", "2017-12-11", passed=False),
        training("p1", "activist_course", "2018-01-14"),
    ):
        assert str(finding((*scope, course), "4.5", DAY).due) == "2018-01-14"


@pytest.mark.parametrize("day", ["2018-01-15", "2018-02-24", "2018-07-09"])
def test_results_of_a_course_in_no_semester(day: str) -> None:
    """A course in a vacation or between the terms has no deadline: unknown, and nothing is counted."""
    course = training("p1", "activist_course", day)
    found = finding((*TERMS, B1, member("p1", "B1"), course, registration(course.id, "B1", day)), "4.5", "2018-08-31")
    assert (found.status, found.needs, found.due, found.actual) == ("unknown", ("term_declared",), None, None)
    assert (found.required, found.occasion, found.evidence) == (1, course.id, (course.id,))


def test_results_within_days() -> None:
    """With a number of days set, the deadline is that many days after the course; without, it is unknown."""
    facts = (*TERMS, B1, member("p1", "B1"), COURSE)
    choice: dict[str, Any] = {"deadline": "register_within_days"}
    unset = finding(facts, "4.5", DAY, **choice)
    assert (unset.status, unset.needs, unset.due) == ("unknown", ("parameter:register_within_days",), None)
    assert unset.readings == choice
    for day, status in (("2018-04-19", "satisfied"), ("2018-04-20", "breached")):
        given = (*facts, registration(COURSE.id, "B1", day))
        found = finding(given, "4.5", DAY, parameters={"register_within_days": "30"}, **choice)
        assert (str(found.due), found.status) == ("2018-04-19", status)
    same_day = finding(facts, "4.5", "2018-03-20", parameters={"register_within_days": "0"}, **choice)
    assert (str(same_day.due), same_day.status) == ("2018-03-20", "breached")


def test_results_and_the_register() -> None:
    """The later closure of the branch and of the institution bears on the branch."""
    facts = (*TERMS, B1, member("p1", "B1"), COURSE)
    for closures, status in (
        ((closed("2018-07-07"),), "unknown"),
        ((closed("2018-07-07"), closed("2018-07-08", "B1")), "breached"),
        ((closed("2018-07-08"), closed("2018-07-07", "B1")), "breached"),
        ((closed("2018-07-07", "B1"),), "unknown"),
        ((closed("2018-07-07", "B2"),), "breached"),
    ):
        assert finding((*facts, *closures), "4.5", "2018-07-31").status == status


# 4.6.3 ------------------------------------------------------------------------------------------------------


def sessions(*hours: int | None) -> Facts:
    """Return as many sessions of training as there are hours given, on the days of May 2018."""
    return tuple(training("p1", "member_training", f"2018-05-{n + 1:02}", hours=value) for n, value in enumerate(hours))


@pytest.mark.parametrize(
    ("hours", "status", "actual", "needs"),
    [
        ((16, 16), "satisfied", 32, ()),
        ((31,), "breached", 31, ()),
        ((33,), "satisfied", 33, ()),
        ((20, 11), "breached", 31, ()),
        ((None,), "unknown", 0, ("hours",)),
        ((31, None), "unknown", 31, ("hours",)),
        ((32, None), "satisfied", 32, ()),
    ],
    ids=str,
)
def test_hours_of_training(hours: tuple[int | None, ...], status: str, actual: int, needs: tuple[str, ...]) -> None:
    """A full member trains 32 hours a year; a missing number matters only if the rest does not suffice (4.6.3)."""
    for day in ("2018-12-31",) if status == "breached" else ("2018-12-31", "2018-06-30"):
        found = finding((full_member("p1"), *sessions(*hours)), "4.6.3", day, start="2018-01-01")
        assert (found.status, found.required, found.actual, found.needs) == (status, 32, actual, needs)


def test_hours_with_lectures() -> None:
    """Where lectures count, those attended add their hours, whoever held them; others do not."""
    facts = (
        full_member("p1"),
        *sessions(30),
        activity("party_lecture", "GB", "2018-03-01", attended=["p1"], hours=1),
        activity("party_lecture", "GB", "2018-03-02", attended=["p2"], hours=8),
        activity("study_report", "GB", "2018-03-03", attended=["p1"], hours=8),
        training("p2", "member_training", "2018-03-04", hours=8),
        training("p1", "activist_course", "2018-03-04", hours=8),
    )
    more = activity("party_lecture", "B1", "2018-03-05", attended=["p1"], hours=1)
    counted = [
        finding(given, "4.6.3", "2018-12-31", start="2018-01-01", party_lecture_counts=option)
        for given, option in ((facts, "yes"), ((*facts, more), "yes"), ((*facts, more), "no"))
    ]
    assert [(one.actual, one.status) for one in counted] == [(31, "breached"), (32, "satisfied"), (30, "breached")]
    assert counted[1].evidence == tuple(sorted([facts[1].id, facts[2].id, more.id]))
    assert counted[1].readings["party_lecture_counts"] == "yes"


# 5.1 --------------------------------------------------------------------------------------------------------

PD = unit("PD", "publicity_department")
ONLINE = tuple(
    facility(kind, "PD", "2018-06-30") for kind in ("student_exchange_column", "network_team", "information_platform")
)


def test_column_team_and_platform() -> None:
    """The publicity department keeps all three, open on the day asked; two of one kind are one (5.1)."""
    found = finding((PD, *ONLINE), "5.1", DAY)
    assert (found.status, found.required, found.actual) == ("satisfied", 3, 3)
    assert found.evidence == tuple(sorted(one.id for one in ONLINE))
    assert (found.clause, found.modality, found.readings, found.period) == ("五、第1段", "shall", {}, None)
    assert finding((PD, *ONLINE), "5.1", "2018-06-29").actual == 0
    twice = (*ONLINE[:2], facility("network_team", "PD", LONG_AGO))
    assert (finding((PD, *twice), "5.1", DAY).status, finding((PD, *twice), "5.1", DAY).actual) == ("breached", 2)


@pytest.mark.parametrize("missing", range(3))
def test_two_of_three(missing: int) -> None:
    """With any one of the three closed, or another unit's, 5.1 is breached."""
    rest = tuple(one for n, one in enumerate(ONLINE) if n != missing)
    kind = ONLINE[missing].facility  # type: ignore[attr-defined]  # the opening of a facility
    shut = (facility(kind, "PD", LONG_AGO), fact("facility_closed", DAY, facility=kind, unit="PD"))
    instead = (facility(kind, "GB"), facility("members_home", "PD"), *shut)
    found = finding((PD, *rest, *instead), "5.1", DAY)
    assert (found.status, found.actual) == ("breached", 2)


def test_no_other_unit_keeps_them() -> None:
    """5.1 binds the publicity department, while it stands and from 11 December 2017."""
    assert findings((unit("PD", "student_affairs"), unit("PE", "publicity_department")), "5.1", DAY, subject="PD") == ()
    assert findings((PD, dissolved("PD", DAY)), "5.1", DAY) == ()
    assert [len(findings((PD,), "5.1", day)) for day in ("2017-12-10", "2017-12-11")] == [0, 1]


# 7.2 --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["social_practice", "volunteer_service", "field_research"])
def test_kinds_of_vacation_practice(kind: str) -> None:
    """Practice, service or research by the League serves a vacation, whatever the reading (7.2)."""
    held = activity(kind, "YL", "2018-08-01", attended=[])
    each = findings((*TERMS, YL, held), "7.2", "2018-08-31")
    assert [(str(one.period and one.period.start), one.status) for one in each] == [
        ("2018-01-15", "breached"),
        ("2018-07-09", "satisfied"),
    ]
    year = finding((*TERMS, YL, held), "7.2", "2018-12-31", start="2018-01-01", vacation="one_per_year")
    assert (year.status, year.actual, year.evidence, str(year.due)) == ("satisfied", 1, (held.id,), "2018-12-31")
    assert year.readings["vacation"] == "one_per_year"


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        ("2018-01-14", 0),
        ("2018-01-15", 1),
        ("2018-02-23", 1),
        ("2018-02-24", 0),
        ("2018-07-08", 0),
        ("2018-07-09", 1),
        ("2018-08-31", 1),
        ("2018-09-01", 0),
    ],
)
def test_practice_once_a_year(day: str, counts: int) -> None:
    """Read once a year, only what is held in a declared vacation, winter or summer, counts."""
    facts = (
        *TERMS,
        YL,
        activity("volunteer_service", "YL", day),
        activity("volunteer_service", "GB", day),
        activity("study_report", "YL", day),
    )
    found = finding(facts, "7.2", "2018-12-31", start="2018-01-01", vacation="one_per_year")
    assert (found.actual, found.status) == (counts, "satisfied" if counts else "breached")


def test_practice_of_the_year_before() -> None:
    """Read once a year, what was held in a vacation of the year before does not count."""
    terms = (
        term("a", "winter_vacation", "2017-12-01", "2017-12-31"),
        term("b", "semester", "2018-01-01", "2018-06-30"),
    )
    found = finding(
        (*terms, YL, activity("social_practice", "YL", "2017-12-31")),
        "7.2",
        "2018-06-30",
        start="2018-01-01",
        vacation="one_per_year",
    )
    assert (found.status, found.actual) == ("pending", 0)


def test_vacations_are_the_declared_ones() -> None:
    """A vacation that nobody declared binds nobody; a day outside all declared terms leaves one open question."""
    found = findings((SPRING, SUMMER, YL), "7.2", "2018-09-10")
    assert [(str(one.period and one.period.start), one.status) for one in found] == [
        ("None", "unknown"),
        ("2018-07-09", "breached"),
    ]
