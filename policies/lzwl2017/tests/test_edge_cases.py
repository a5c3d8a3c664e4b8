"""The edge cases that a correct engine handles, each named in the sentence that says what it must do."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest

from partyrules.facts.admission import admitted
from partyrules.facts.vocabulary import Fact
from partyrules.questions.audit import audit
from partyrules.testing.institution import (
    Facts,
    activity,
    closed,
    fact,
    full_member,
    leave,
    leave_over,
    left,
    link,
    meeting,
    member,
    no_member,
    registered,
    retracted,
    role,
    staff,
    stage,
    term,
    training,
    unit,
)
from partyrules.time.calendar import add_months, parse_date
from policies.lzwl2017.tests.institution import (
    SPRING,
    SUMMER,
    TERMS,
    adopted,
    decide,
    explained,
    finding,
    findings,
    rules_of,
)

B1, B2 = unit("B1", "branch"), unit("B2", "branch")
P1 = full_member("p1")
# A branch of students has a student member.
OF_STUDENTS = (B1, full_member("p9"), member("p9", "B1"))
END = "2018-07-08"


def spring(rule: str, facts: Facts, as_of: str = END, **asked: Any) -> tuple[str, str | None, tuple[str, ...]]:
    """Return status, reason and needs of p1's finding for the spring semester."""
    found = finding((*TERMS, *facts), rule, as_of, start="2018-02-26", subject="p1", **asked)
    return found.status, found.reason, found.needs


def heard(on: str, **more: object) -> Fact:
    """Return a study report (辅导报告) that p1 heard."""
    return activity("study_report", "B1", on, attended=["p1"], **more)


# Who is bound, for which part of a period -------------------------------------------------------------------


def test_joined_mid_period() -> None:
    """Joined mid-period: the first semester does not bind, even where it was met; the next one does."""
    joined = stage("p1", "probationary_member", "2018-05-01")
    assert spring("8.1.3", (joined,)) == ("not_applicable", "partial_period", ())
    assert spring("8.1.3", (joined, heard("2018-06-01"))) == ("not_applicable", "partial_period", ())
    assert spring("8.1.3", (joined, heard("2018-06-01")), partial="full") == ("satisfied", None, ())
    later = finding((*TERMS, joined), "8.1.3", "2018-10-01", start="2018-09-01")
    assert later.status == "pending"


def test_from_probationary_to_full() -> None:
    """Passing from probationary to full membership within a period leaves the duties of student members whole."""
    facts = (stage("p1", "probationary_member"), full_member("p1", "2018-05-01"))
    assert spring("8.1.3", facts)[0] == "breached"
    assert finding(facts, "4.6.3", "2018-12-31", start="2018-01-01").reason == "partial_period"


def test_moved_branch() -> None:
    """Moved branch: attendance in the old one counts, and an assembly binds those of that branch that day."""
    moved = (member("p1", "B1"), no_member("p1", "B1", "2018-04-01"), member("p1", "B2", "2018-04-01"))
    facts = (*TERMS, B1, B2, P1, *moved)
    old = meeting("democratic_appraisal", "B1", "2018-03-31", attended=["p1"])
    assert finding((*facts, old), "8.3.1", "2018-12-31", start="2018-01-01").status == "satisfied"
    days = (("B1", "2018-03-31"), ("B2", "2018-03-31"), ("B1", "2018-04-01"), ("B2", "2018-04-01"))
    assemblies = tuple(meeting("branch_assembly", of, day, attended=[]) for of, day in days)
    found = findings((*facts, *assemblies), "8.2.1-attend", "2018-06-30")
    assert [one.occasion for one in found] == [assemblies[0].id, assemblies[3].id]


def test_leave_and_study_abroad() -> None:
    """Leave and study abroad: 67 of the spring's 133 days excuse it, 66 do not; two leaves that overlap add up once."""
    away = (P1, leave("p1", "2018-02-26"), leave_over("p1", "2018-05-04"))
    assert spring("8.1.3", away) == ("not_applicable", "on_leave", ())
    assert spring("8.1.3", (P1, away[1], leave_over("p1", "2018-05-03"))) == ("breached", None, ())
    sick = fact("leave_started", "2018-03-01", person="p1", kind="sick", until="2018-05-02")
    assert spring("8.1.3", (P1, away[1], leave_over("p1", "2018-05-03"), sick)) == ("breached", None, ())
    assert spring("8.1.3", (P1, away[1], leave_over("p1", "2018-03-01"), sick))[0] == "breached"


def test_leave_of_an_open_period() -> None:
    """While a period is open, leave is weighed against the days so far."""
    away = (P1, leave("p1", "2018-02-26"), leave_over("p1", "2018-03-08"))
    # Ten days away: on 16 March ten of 19 days, on 17 March ten of 20.
    assert spring("8.1.3", away, "2018-03-16")[1] == "on_leave"
    assert spring("8.1.3", away, "2018-03-17")[0] == "pending"


def test_partial_is_named_before_leave() -> None:
    """Where a period is partial and on leave, the reason is that it is partial."""
    assert spring("8.1.3", (full_member("p1", "2018-03-01"), leave("p1", "2018-03-01")))[1] == "partial_period"


def test_expelled_or_left() -> None:
    """Expelled or left: the periods before stand, the one of the leaving does not bind, and nothing after it."""
    for end in (left("p1", "2018-10-01"), stage("p1", "none", "2018-10-01")):
        facts = (*TERMS, P1, registered("p1"), end)
        assert [
            (str(one.period and one.period.start), one.status) for one in findings(facts, "8.1.3", "2019-01-20")
        ] == [
            ("2017-09-01", "not_applicable"),
            ("2018-02-26", "breached"),
            ("2018-09-01", "not_applicable"),
        ]
        assert findings((P1, registered("p1"), end), "2.6", "2018-10-01") == ()
        assert len(findings((P1, registered("p1"), end), "2.6", "2018-09-30")) == 1


def test_relations_after_a_return() -> None:
    """What a leaving ended stays ended after the return; what began while away holds from the return."""
    gone = (registered("p1", "2010-01-01"), P1, left("p1", "2018-03-01"), registered("p1", "2018-05-01"))
    before = (*gone, B1, member("p1", "B1", "2018-02-28"))
    assert finding(before, "2.6", "2018-02-28").status == "satisfied"
    assert findings(before, "2.6", "2018-03-01") == ()
    assert finding(before, "2.6", "2018-05-01").status == "breached"
    while_away = (*gone, B1, member("p1", "B1", "2018-04-01"))
    assert finding(while_away, "2.6", "2018-05-01").status == "satisfied"


def test_staff_who_were_students() -> None:
    """Staff are no student members, and a former member of staff who registers as a student is one."""
    facts = (registered("p1", "2010-01-01"), P1, left("p1", "2018-01-01"), staff("p1", "2018-01-02"))
    assert findings(facts, "2.6", "2018-06-30") == ()
    again = (*facts, left("p1", "2018-02-01"), registered("p1", "2018-02-02"))
    assert len(findings(again, "2.6", "2018-06-30")) == 1


def test_role_held_before_registration() -> None:
    """A role held before registration binds."""
    facts = (role("p1", "school_leader", on="2018-01-01"), staff("p1", "2018-08-01"))
    assert finding(facts, "1.2.4", "2018-06-30").status == "breached"


def test_committee_role_begun_after_the_meeting() -> None:
    """Committee role begun after the meeting: it does not bind to that meeting, but it does to the next."""
    facts = (B1, P1, role("p1", "committee_member", "B1", "2018-04-01"))
    days = ("2018-03-31", "2018-04-01")
    meetings = tuple(meeting("branch_committee", "B1", day, attended=[]) for day in days)
    found = findings((*facts, *meetings), "8.2.2-attend", "2018-06-30")
    assert [one.occasion for one in found] == [meetings[1].id]


def test_stage_moved_back_and_entered_again() -> None:
    """Stage moved back and re-entered: the clock starts anew at the latest entry, and what came before is gone."""
    passed = training("p1", "activist_course", "2018-02-10", passed=True)
    start = (stage("p1", "applicant", "2017-01-01"), stage("p1", "activist", "2018-02-01"), passed)
    assert rules_of(decide(start, "p1", "development_target", "2018-06-30").met) == ["4.4.1"]
    back = (*start, stage("p1", "applicant", "2018-03-01"), stage("p1", "activist", "2018-04-01"))
    assert rules_of(decide(back, "p1", "development_target", "2018-06-30").unmet) == ["2.4.2-cultivation", "4.4.1"]
    again = (*back, training("p1", "activist_course", "2018-04-01", passed=True))
    assert rules_of(decide(again, "p1", "development_target", "2018-06-30").met) == ["4.4.1"]


def test_entering_the_stage_already_held() -> None:
    """Entering the stage already held is no entry: the clock runs on from the true one."""
    facts = (
        stage("p1", "applicant", "2017-01-01"),
        stage("p1", "activist", "2018-02-01"),
        training("p1", "activist_course", "2018-02-10", passed=True),
        stage("p1", "activist", "2018-04-01"),
    )
    assert rules_of(decide(facts, "p1", "development_target", "2018-06-30").met) == ["4.4.1"]


# Events, terms and the boundary days ------------------------------------------------------------------------


def test_event_that_spans_two_months() -> None:
    """Event spanning two months: it belongs to the month that holds its first day, once."""
    long = meeting("branch_committee", "B1", "2018-04-30", until="2018-05-02")
    facts = (*TERMS, *OF_STUDENTS, role("p9", "branch_secretary", "B1"), long)
    found = findings(facts, "8.2.2-hold", "2018-05-31")
    assert [one.actual for one in found if str(one.period and one.period.start) in ("2018-04-01", "2018-05-01")] == [
        1,
        0,
    ]


def test_period_still_open() -> None:
    """Period still open: what is not yet done is pending until the last day, what is done is satisfied at once."""
    assert spring("8.1.3", (P1,), "2018-07-07") == ("pending", None, ())
    assert spring("8.1.3", (P1, heard("2018-03-01")), "2018-03-01") == ("satisfied", None, ())
    assert spring("8.1.3", (P1,), "2018-07-08") == ("breached", None, ())


def test_no_declared_semester() -> None:
    """No declared semester: beyond what is declared a duty by semester is unknown; the declared ones stand."""
    found = findings((SPRING, SUMMER, P1), "8.1.3", "2018-09-01")
    assert [(one.period and str(one.period.start), one.status, one.needs) for one in found] == [
        (None, "unknown", ("term_declared",)),
        ("2018-02-26", "breached", ()),
    ]
    assert len(findings((SPRING, SUMMER, P1), "8.1.3", "2018-08-31")) == 1
    before = findings((SPRING, SUMMER, P1), "8.1.3", "2018-02-25")
    assert [(one.period, one.status) for one in before] == [(None, "unknown")]


def test_days_in_no_term() -> None:
    """Days in no term: a gap between declared terms is known to be none, and what happens in it counts nowhere."""
    gap = "2018-02-24"
    found = findings((*TERMS, P1, heard(gap)), "8.1.3", gap)
    assert [(str(one.period and one.period.start), one.actual) for one in found] == [("2017-09-01", 0)]
    assert spring("8.1.3", (P1, heard(gap))) == ("breached", None, ())


def test_academic_year_without_a_name() -> None:
    """Semesters that name no academic year make none, so a duty by it is unknown even within the declared span."""
    nameless = term("2018-spring", "semester", "2018-02-26", "2018-07-08")
    gb = unit("GB", "general_branch")
    found = finding((nameless, gb), "2.0", "2018-06-30", year="academic")
    assert (found.period, found.status, found.needs) == (None, "unknown", ("term_declared",))


def test_academic_year_runs_to_the_next() -> None:
    """An academic year runs to the day before the next one's first, its vacations included."""
    gb = unit("GB", "general_branch", "2016-01-01")
    found = findings((*TERMS, gb), "2.0", "2018-12-31", year="academic")
    assert [(str(one.period and one.period.start), str(one.due)) for one in found] == [
        ("2017-09-01", "2018-08-31"),
        ("2018-09-01", "2019-01-20"),
    ]


def test_terms_that_overlap() -> None:
    """Overlapping semesters are refused when they are recorded; terms that touch are not."""
    overlapping = term("another", "semester", "2018-07-08", "2018-08-01")
    touching = term("another", "summer_vacation", "2018-07-09", "2018-08-01")
    refused = [admitted((("line 1", SPRING),), (("line 2", one),)).problems for one in (overlapping, touching)]
    assert [bool(problems) for problems in refused] == [True, False]


def test_same_event_recorded_as_two() -> None:
    """Similar facts: two records that differ in their id alone are two events; one retracted is one less."""
    twice = (heard("2018-03-01"), heard("2018-03-01", id="again"))
    found = finding((*TERMS, P1, *twice), "8.1.3", END, start="2018-02-26")
    assert (found.actual, found.evidence) == (2, tuple(sorted(one.id for one in twice)))
    assert finding((*TERMS, P1, *twice, retracted(twice[1])), "8.1.3", END, start="2018-02-26").actual == 1


def test_person_listed_twice() -> None:
    """A person listed twice in one event counts once."""
    event = activity("study_report", "B1", "2018-03-01", attended=["p1", "p1"])
    assert finding((*TERMS, P1, event), "8.1.3", END, start="2018-02-26").actual == 1


def test_one_event_serves_several_clauses() -> None:
    """An event that serves several clauses serves each."""
    event = activity("social_practice", "YL", "2018-07-20", attended=["p1"])
    facts = (*TERMS, P1, unit("YL", "youth_league"), event)
    assert finding(facts, "7.2", "2018-08-31", start="2018-07-09").status == "satisfied"
    found = finding(facts, "8.1.7", "2019-01-20", start="2018-09-01", vacation_counts="following_semester")
    assert found.status == "satisfied"


def test_excused_and_absent() -> None:
    """Excused and absent: an excuse is no attendance where attendance is counted, and excuses from an occasion."""
    event = activity("study_report", "B1", "2018-03-01", attended=[], excused=["p1"])
    assert spring("8.1.3", (P1, event)) == ("breached", None, ())
    assembly = meeting("branch_assembly", "B1", "2018-03-01", attended=["p2"], excused=["p1"])
    assert (
        finding((B1, P1, member("p1", "B1"), assembly), "8.2.1-attend", "2018-06-30", subject="p1").status == "excused"
    )


def test_attendance_not_recorded() -> None:
    """A meeting whose attendance was not recorded counts for the unit that held it, and for nobody's attendance."""
    event = meeting("branch_assembly", "B1", "2018-04-10")
    facts = (B1, P1, member("p1", "B1"), event)
    assert finding(facts, "8.2.1-hold", "2018-06-30", start="2018-04-01").status == "satisfied"
    assert finding(facts, "8.2.1-attend", "2018-06-30").needs == ("attendance",)
    lecture = activity("party_lecture", "B1", "2018-04-10")
    assert finding((P1, lecture), "8.2.4", "2018-06-30", start="2018-01-01").actual == 0


@pytest.mark.parametrize("leap", ["2020-02-29"])
def test_leap_day(leap: str) -> None:
    """29 February: it is the last day of its month in a leap year, and a period in it ends there."""
    committee = meeting("branch_committee", "B1", leap)
    scope = (*OF_STUDENTS, role("p9", "branch_secretary", "B1"))
    found = finding((*scope, committee), "8.2.2-hold", leap, start="2020-02-01", vacation_months="bind")
    assert (found.status, str(found.due)) == ("satisfied", leap)
    assert finding(scope, "8.2.2-hold", "2020-02-28", start="2020-02-01", vacation_months="bind").status == "pending"
    assert finding(scope, "8.2.2-hold", "2019-02-28", start="2019-02-01", vacation_months="bind").status == "breached"


@pytest.mark.parametrize(
    ("day", "later"), [("2018-01-31", "2018-02-28"), ("2020-01-31", "2020-02-29"), ("2018-05-31", "2018-06-30")]
)
def test_month_after_the_thirty_first(day: str, later: str) -> None:
    """31 January + 1 month: the last day of the next month where it has no such day."""
    assert add_months(parse_date(day), 1) == parse_date(later)


def test_rules_in_force_mid_period() -> None:
    """Rules in force mid-period: the periods that hold 11 December 2017 bind in part, read in full they bind."""
    facts = (*TERMS, *OF_STUDENTS)
    for rule, start, subject in (
        ("8.1.3", "2017-09-01", "p9"),
        ("8.2.1-hold", "2017-10-01", "B1"),
        ("8.3.1", "2017-01-01", "p9"),
    ):
        found = finding(facts, rule, "2018-01-31", start=start, subject=subject)
        assert (found.status, found.reason) == ("not_applicable", "partial_period")
        assert finding(facts, rule, "2018-01-31", start=start, subject=subject, partial="full").status == "breached"


# Order, retraction, late records ----------------------------------------------------------------------------


def test_several_facts_on_one_day() -> None:
    """Several facts on one day, in any recording order: the furthest stage holds, a start and end change nothing."""
    day = "2018-03-01"
    same_day: Facts = (
        stage("p1", "activist", day),
        stage("p1", "probationary_member", day),
        stage("p1", "development_target", day),
    )
    for order in permutations(same_day):
        assert len(findings(order, "2.6", day)) == 1
    started_ended: Facts = (B1, P1, member("p1", "B1", day), no_member("p1", "B1", day))
    for again in permutations(started_ended):
        assert finding(again, "2.6", day).status == "breached"
    ended_started = (B1, P1, member("p1", "B1", "2018-01-01"), no_member("p1", "B1", day), member("p1", "B1", day))
    for again in permutations(ended_started):
        assert finding(again, "2.6", day).status == "satisfied"


def test_retraction() -> None:
    """Retraction: what was retracted does not exist; a retracted retraction does not act."""
    report = heard("2018-03-01")
    taken_back = retracted(report)
    assert spring("8.1.3", (P1, report, taken_back)) == ("breached", None, ())
    assert spring("8.1.3", (P1, report, taken_back, retracted(taken_back))) == ("satisfied", None, ())
    assert findings((*TERMS, P1, retracted(P1)), "8.1.3", END) == ()


def test_late_record() -> None:
    """Late record: it changes today's answer and not the one that was given before it was known."""
    late = heard("2018-03-01", recorded_at="2018-09-01T08:00:00+08:00")
    early = stage("p1", "full_member", "2016-03-01", recorded_at="2016-03-01T08:00:00+08:00", id="early")
    assert spring("8.1.3", (early, late), known_at="2018-08-31T23:59:59+08:00") == ("breached", None, ())
    assert spring("8.1.3", (early, late), known_at="2018-09-01T00:00:00Z") == ("satisfied", None, ())
    undone = retracted(late, recorded_at="2018-10-01T08:00:00+08:00")
    assert spring("8.1.3", (early, late, undone), known_at="2018-09-30T00:00:00Z") == ("satisfied", None, ())
    assert spring("8.1.3", (early, late, undone)) == ("breached", None, ())


def test_late_record_in_a_decision() -> None:
    """A decision that was right on what was known can be given again after the record changed."""
    facts = (
        stage("p1", "activist", "2018-02-01"),
        fact("talk_held", "2018-03-02", person="p1", talk="any"),
        training("p1", "activist_course", "2018-03-01", passed=True, recorded_at="2018-07-10T08:00:00Z"),
    )
    answers = [
        decide(facts, "p1", "development_target", "2018-06-30", known_at=at).outcome
        for at in ("2018-07-10T07:59:59Z", "2018-07-10T08:00:00Z")
    ]
    assert answers == ["blocked", "permitted"]


# Dates of month precision -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "status", "needs"),
    [
        ("2018-03", "satisfied", ()),
        ("2018-02", "unknown", ("full_date",)),
        ("2018-07", "unknown", ("full_date",)),
        ("2018-08", "breached", ()),
        ("2018-01", "breached", ()),
    ],
)
def test_month_precision_at_a_deadline(on: str, status: str, needs: tuple[str, ...]) -> None:
    """Month-precision dates at a deadline: unknown where the missing day decides, decided where it cannot."""
    assert spring("8.1.3", (P1, heard(on)), "2018-08-31") == (status, None, needs)


def test_month_precision_of_the_scope() -> None:
    """Membership since some day of a month is open on the days of that month and sure after it."""
    since = full_member("p1", "2018-02")
    assert spring("8.1.3", (since,)) == ("unknown", None, ("full_date",))
    assert [one.status for one in findings((since,), "2.6", "2018-02-10")] == ["unknown"]
    assert [one.status for one in findings((since,), "2.6", "2018-02-28")] == ["breached"]


def test_month_precision_of_an_occasion() -> None:
    """An assembly on some day of the month in which the member joined binds perhaps: unknown."""
    facts = (B1, P1, member("p1", "B1", "2018-03-15"))
    event = meeting("branch_assembly", "B1", "2018-03", attended=["p2"])
    found = finding((*facts, event), "8.2.1-attend", "2018-06-30")
    assert (found.status, found.needs) == ("unknown", ("full_date",))


def test_month_precision_of_an_entry() -> None:
    """A course in the month of the entry into the stage may have come before it: undetermined."""
    facts = (
        stage("p1", "activist", "2018-02"),
        training("p1", "activist_course", "2018-02-10", passed=True),
        fact("talk_held", "2018-03-02", person="p1", talk="any"),
    )
    made = decide(facts, "p1", "development_target", "2018-06-30")
    assert (made.outcome, [item.needs for item in made.unknown]) == ("undetermined", [("full_date",)])
    later = (*facts, training("p1", "activist_course", "2018-03-01", passed=True))
    assert decide(later, "p1", "development_target", "2018-06-30").outcome == "permitted"


# The register, leaders and links ----------------------------------------------------------------------------


def test_register_of_a_person() -> None:
    """On a person bears the least closure over the branches held on the last day, or the institution's if in none."""
    two = (B1, B2, P1, member("p1", "B1"), member("p1", "B2"))
    for facts, status in (
        ((*two, closed("2018-07-08", "B1"), closed("2018-07-07", "B2")), "unknown"),
        ((*two, closed("2018-07-08", "B1"), closed("2018-07-08", "B2")), "breached"),
        ((*two, closed("2018-07-07", "B1"), closed("2018-07-08")), "breached"),
        ((P1, B1, closed("2018-07-07", "B1")), "breached"),
        ((P1, B1, closed("2018-07-07")), "unknown"),
        ((P1, B1, no_member("p1", "B1", "2018-07-08"), member("p1", "B1"), closed("2018-07-07", "B1")), "breached"),
    ):
        assert spring("8.1.3", facts)[0] == status


def test_register_does_not_excuse_the_explained() -> None:
    """Where the record is not complete a recorded reason has nothing to excuse yet."""
    facts = (*OF_STUDENTS, closed("2018-06-29"), explained("8.2.1-hold", "B1", "2018-04-01", "2018-06-30"))
    assert finding(facts, "8.2.1-hold", "2018-06-30", start="2018-04-01").status == "unknown"


def test_links_of_those_who_left() -> None:
    """From the day a person has left none of their links holds; the link of another to them does."""
    facts = (P1, role("p1", "backbone_member", "B1"), stage("p2", "activist"), link("activist", "p1", "p2"))
    gone = (registered("p2"), left("p2", "2018-03-01"))
    assert finding((*facts, *gone), "8.4.1", "2018-06-30").status == "satisfied"
    back: Facts = (registered("p1"), left("p1", "2018-03-01"), registered("p1", "2018-04-01"))
    assert findings((*facts, *back), "8.4.1", "2018-06-30", subject="p1") == ()
    back = (*back, role("p1", "backbone_member", "B2", "2018-04-01"))
    assert finding((*facts, *back), "8.4.1", "2018-06-30", subject="p1").status == "breached"


def test_judged_clauses_stay_judgements() -> None:
    """Clauses that only a judgement answers appear when asked for, unknown until judged, and the latest one counts."""

    def answered(*judgements: Fact) -> list[tuple[str, tuple[str, ...]]]:
        facts = (unit("SC", "school_committee"), *judgements)
        asked = audit(facts, adopted(), as_of=date(2018, 6, 30))
        assert not [one for one in asked.findings() if one.rule == "lzwl2017:1.2.3"]
        found = asked.findings(judgements=True)
        return [(one.status, one.needs) for one in found if one.rule == "lzwl2017:1.2.3" and one.subject == "SC"]

    def judged(on: str, outcome: str, about: str = "SC") -> Fact:
        return fact("judgement_made", on, clause="lzwl2017:1.2.3", about=about, by="x", outcome=outcome)

    assert answered() == [("unknown", ("judgement_made",))]
    assert answered(judged("2018-03-01", "met")) == [("satisfied", ())]
    assert answered(judged("2018-03-01", "met"), judged("2018-03-02", "not_met")) == [("breached", ())]
    assert answered(judged("2018-03-01", "met"), judged("2018-03-01", "not_met")) == [("breached", ())]
    assert answered(judged("2018-07-01", "met")) == [("unknown", ("judgement_made",))]
    assert answered(judged("2018-03-01", "met", about="GB")) == [("unknown", ("judgement_made",))]
