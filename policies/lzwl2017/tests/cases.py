"""For each duty: who is bound and who is not, what serves it and what almost does. Worked out from the text by hand."""

from collections.abc import Callable

from attrs import evolve

from partyrules.facts.vocabulary import Fact
from partyrules.testing.duties import DutyCase, one_kind, since
from partyrules.testing.institution import (
    LONG_AGO,
    Facts,
    activity,
    dissolved,
    document,
    fact,
    full_member,
    link,
    meeting,
    member,
    no_link,
    no_member,
    registered,
    role,
    staff,
    stage,
    training,
    unit,
)

SPRING_DAYS = ("2018-02-26", "2018-07-08")
SUMMER_DAYS = ("2018-07-09", "2018-08-31")


# Student members (学生党员): students whose stage is probationary or full member.
MEMBERS_INSIDE: tuple[Facts, ...] = ((stage("p1", "probationary_member"),), (full_member("p1"),))
MEMBERS_OUTSIDE: tuple[Facts, ...] = (
    (staff("p1"), full_member("p1"), full_member("p2")),
    (stage("p1", "development_target"), full_member("p2")),
    (stage("p1", "activist"),),
    (stage("p1", "applicant"),),
    (full_member("p1", "2010-01-01"), stage("p1", "none")),
)
B1 = unit("B1", "branch")
G1 = unit("G1", "group")
# A branch or group of students (学生党支部、党小组) has a student member; here p9, who is in it from the start.
OF_STUDENTS = (full_member("p9"), member("p9", "U"))
OTHER_BRANCH = (unit("B2", "branch"), member("p2", "B1"), member("p2", "B2"), full_member("p2"))


DEFAULTS = {
    "8.1.1": {"measure": "attendance", "kind": "either"},
    "8.1.7": {"vacation_counts": "following_semester"},
}


def member_since(on: str) -> Facts:
    """Return the scope: p1 is a full member from a day on."""
    return (full_member("p1", on),)


def student_unit(kind: str, *more: Fact) -> Callable[[str], Facts]:
    """Return the scope: `U` is a unit of that kind of students from a day on."""
    return lambda on: (unit("U", kind, on), *OF_STUDENTS, *more)


def not_of_students(kind: str, *more: Fact) -> tuple[Facts, ...]:
    """Return what lacks one thing of such a unit: the kind, the unit, its member, the stage, the student.

    Elsewhere there is a student member all the same.
    """
    elsewhere = (registered("p2"), full_member("p2"), member("p2", "V"), *more)
    return (
        *((*scope, *OF_STUDENTS, *elsewhere) for scope in one_kind(kind)),
        (unit("U", kind), full_member("p9"), member("p9", "V"), *elsewhere),
        (unit("U", kind), stage("p9", "development_target"), member("p9", "U"), *elsewhere),
        (unit("U", kind), staff("p9"), *OF_STUDENTS, *elsewhere),
        (unit("U", kind), *OF_STUDENTS, no_member("p9", "U", "2017-12-31"), *elsewhere),
    )


def of_a_probationary_member(kind: str) -> tuple[Facts, ...]:
    """Return what makes `U` a unit of students as well: a member who is one on probation."""
    return ((unit("U", kind), stage("p9", "probationary_member"), member("p9", "U")),)


def seven_ones(rule: str, kind: str, *, held: Callable[..., object]) -> DutyCase:
    """Return the case of one of the seven things to attend each semester (七个一)."""
    make = meeting if held is meeting else activity
    near = {"report_session": "exchange_session", "study_report": "educational_film"}.get(kind, "study_report")
    return DutyCase(
        rule=rule,
        citation="八、1",
        subject="p1",
        scope=member_since,
        inside=MEMBERS_INSIDE,
        outside=MEMBERS_OUTSIDE,
        serves=lambda on: (make(kind, "B9", on, attended=["p2", "p1"]),),
        misses=lambda on: (
            make(near, "B9", on, attended=["p1"]),
            make(kind, "B9", on, attended=["p2"], id="others alone"),
            make(kind, "B9", on, attended=[], id="nobody"),
            make(kind, "B9", on, id="not recorded"),
            make(kind, "B9", on, attended=[], excused=["p1"], id="excused"),
        ),
        period=("semester", *SPRING_DAYS),
        readings={"vacation_counts": "no"} if rule == "8.1.7" else {},
        defaults=DEFAULTS.get(rule, {}),
    )


SPECIAL_STUDY = DutyCase(
    rule="1.2.1",
    citation="一、第2段",
    subject="U",
    scope=since("school_committee"),
    outside=one_kind("school_committee"),
    serves=lambda on: (meeting("special_study", "U", on),),
    misses=lambda on: (meeting("discussion_session", "U", on), meeting("special_study", "V", on)),
    period=("year", "2018-01-01", "2018-12-31"),
    defaults={"year": "calendar"},
)
ANNUAL_PLAN = DutyCase(
    rule="2.0",
    citation="二、第1段",
    subject="U",
    scope=since("general_branch"),
    outside=one_kind("general_branch"),
    serves=lambda on: (document("annual_plan", "U", on),),
    misses=lambda on: (document("another_plan", "U", on), document("annual_plan", "V", on)),
    period=("year", "2018-01-01", "2018-12-31"),
    defaults={"year": "calendar"},
)
ANY_REVIEW = DutyCase(
    rule="1.3.3",
    citation="一、第3段",
    subject="U",
    scope=since("organisation_department"),
    outside=one_kind("organisation_department"),
    serves=lambda on: (document("development_review", "U", on),),
    misses=lambda on: (document("another_review", "U", on), document("development_review", "V", on)),
    period=("month", "2018-05-01", "2018-05-31"),
    parameters={"review_interval": "month"},
    readings={"coverage": "any"},
    defaults={"coverage": "each"},
)
COMMENDATIONS = DutyCase(
    rule="1.3.5",
    citation="一、第3段",
    subject="U",
    scope=since("organisation_department"),
    outside=one_kind("organisation_department"),
    serves=lambda on: (fact("commendation_made", on, person="p1", award="outstanding", by="U"),),
    misses=lambda on: (
        fact("commendation_made", on, person="p1", award="outstanding", by="V"),
        fact("commendation_made", on, person="p1", award="outstanding"),
    ),
    period=("year", "2018-01-01", "2018-12-31"),
    parameters={"commendation_interval": "year"},
)
DELIBERATIONS = DutyCase(
    rule="1.2.2",
    citation="一、第2段",
    subject="U",
    scope=since("general_branch"),
    outside=one_kind("general_branch"),
    serves=lambda on: (meeting("special_study", "U", on),),
    misses=lambda on: (
        meeting("discussion_session", "U", on),
        meeting("special_study", "V", on),
        meeting("branch_assembly", "V", on, agenda=["student_party_work"]),
        meeting("branch_assembly", "U", on, agenda=["budget"]),
    ),
    period=("semester", *SPRING_DAYS),
    defaults={"counts": "any_study"},
)
ON_THE_AGENDA = evolve(
    DELIBERATIONS,
    serves=lambda on: (meeting("discussion_session", "U", on, agenda=["budget", "student_party_work"], id=f"a {on}"),),
)
DEDICATED = evolve(
    DELIBERATIONS,
    misses=lambda on: (*DELIBERATIONS.misses(on), *ON_THE_AGENDA.serves(on)),
    readings={"counts": "special"},
)
APPRAISED = DutyCase(
    rule="2.3",
    citation="二、3",
    subject="U",
    scope=lambda on: (
        unit("U", "general_branch", on),
        unit("B1", "branch", parent="U"),
        unit("G1", "group", parent="U"),
        unit("B2", "branch", parent="V"),
    ),
    outside=one_kind("general_branch"),
    serves=lambda on: (meeting("democratic_appraisal", "U", on),),
    misses=lambda on: (
        meeting("branch_assembly", "U", on),
        meeting("democratic_appraisal", "B2", on),
        meeting("democratic_appraisal", "G1", on),
        meeting("democratic_appraisal", "V", on),
    ),
    period=("semester", *SPRING_DAYS),
    parameters={"appraisal_interval": "semester"},
)
APPRAISED_BY_A_BRANCH = evolve(APPRAISED, serves=lambda on: (meeting("democratic_appraisal", "B1", on),))
INTRODUCTION = DutyCase(
    rule="2.4.1",
    citation="二、4",
    subject="U",
    scope=since("general_branch"),
    outside=one_kind("general_branch"),
    serves=lambda on: (activity("induction_education", "U", on),),
    misses=lambda on: (activity("party_lecture", "U", on), activity("induction_education", "V", on)),
    period=("academic_year", "2018-09-01", "2019-01-20"),
)
LIFE = tuple(
    DutyCase(
        rule="3.2-life",
        citation="三、2",
        subject="U",
        scope=student_unit("branch"),
        inside=of_a_probationary_member("branch"),
        outside=not_of_students("branch"),
        serves=lambda on, kind=kind: (meeting(kind, "U", on),),  # type: ignore[misc]  # the kind of this case
        misses=lambda on: (
            meeting("branch_committee", "U", on),
            meeting("democratic_appraisal", "U", on),
            meeting("organisational_life", "V", on),
        ),
        period=("quarter", "2018-04-01", "2018-06-30"),
        parameters={"life_interval": "quarter"},
    )
    for kind in ("organisational_life", "organisational_life_meeting", "democratic_life_meeting", "branch_assembly")
)
BRANCH_APPRAISAL = DutyCase(
    rule="3.2-appraisal",
    citation="三、2",
    subject="U",
    scope=student_unit("branch"),
    inside=of_a_probationary_member("branch"),
    outside=not_of_students("branch"),
    serves=lambda on: (meeting("democratic_appraisal", "U", on),),
    misses=lambda on: (meeting("organisational_life", "U", on), meeting("democratic_appraisal", "V", on)),
    period=("semester", *SPRING_DAYS),
    parameters={"appraisal_interval": "semester"},
)
YEARLY_APPRAISAL = evolve(
    BRANCH_APPRAISAL,
    rule="8.3.1-hold",
    citation="八、3",
    period=("year", "2018-01-01", "2018-12-31"),
    parameters={},
    defaults={"year": "calendar"},
)
LECTURE_EACH = DutyCase(
    rule="4.3.2",
    citation="四、第1段",
    subject="p1",
    scope=lambda on: (role("p1", "principal_leader", on=on), role("p2", "principal_leader")),
    inside=((staff("p1"), role("p1", "principal_leader", "GB")),),
    outside=(
        (role("p1", "school_leader"), role("p2", "principal_leader")),
        (role("p1", "principal_leader", until="2017-12-31"),),
    ),
    serves=lambda on: (activity("party_lecture", "GB", on, led_by=["p3", "p1"]),),
    misses=lambda on: (
        activity("study_report", "GB", on, led_by=["p1"]),
        activity("party_lecture", "GB", on, led_by=["p2"], id="led by p2"),
        activity("party_lecture", "GB", on, attended=["p1"], id="heard only"),
    ),
    period=("semester", *SPRING_DAYS),
    defaults={"bearer": "each", "lesson": "either"},
)
LECTURE_COLLECTIVE = DutyCase(
    rule="4.3.2",
    citation="四、第1段",
    subject="U",
    scope=lambda on: (
        unit("U", "school_committee", on),
        role("p1", "principal_leader"),
        role("p2", "school_leader"),
        role("p3", "principal_leader", until="2017-12-31"),
    ),
    outside=one_kind("school_committee"),
    serves=lambda on: (activity("party_lecture", "GB", on, led_by=["p2", "p1"]),),
    misses=lambda on: (
        activity("study_report", "GB", on, led_by=["p1"]),
        activity("party_lecture", "GB", on, led_by=["p2"], id="led by p2"),
        activity("party_lecture", "GB", on, led_by=["p3"], id="led by p3, no longer a leader"),
        activity("party_lecture", "U", on, attended=["p1"], id="led by nobody"),
    ),
    period=("semester", *SPRING_DAYS),
    readings={"bearer": "collective"},
    defaults={"bearer": "each", "lesson": "either"},
)


def lesson(case: DutyCase, kind: str, *, read: str, other: str | None = None) -> DutyCase:
    """Return the case served by a lesson of that kind, read so; one of the other kind then serves it not."""

    def of_kind(facts: Facts, name: str) -> Facts:
        return tuple(evolve(one, activity=name, id=f"{one.id} {name}") for one in facts)  # type: ignore[call-arg]

    def misses(on: str) -> Facts:
        almost = tuple(one for one in case.misses(on) if one.activity == "party_lecture")  # type: ignore[attr-defined]
        return (*case.misses(on), *of_kind(almost, kind), *(of_kind(case.serves(on), other) if other else ()))

    return evolve(
        case,
        serves=lambda on: of_kind(case.serves(on), kind),
        misses=misses,
        readings={**case.readings, "lesson": read},
    )


LESSONS = tuple(
    made
    for case in (LECTURE_EACH, LECTURE_COLLECTIVE)
    for made in (
        lesson(case, "theory_lesson", read="either"),
        lesson(case, "theory_lesson", read="theory_lesson", other="party_lecture"),
        lesson(case, "party_lecture", read="party_lecture", other="theory_lesson"),
    )
)
TRAINING_OUTSIDE: tuple[Facts, ...] = (
    (stage("p1", "probationary_member"), full_member("p2")),
    (staff("p1"), full_member("p1"), full_member("p2")),
    (stage("p1", "activist"),),
)
VACATION_PRACTICE = DutyCase(
    rule="7.2",
    citation="七、第2段",
    subject="U",
    scope=since("youth_league"),
    outside=one_kind("youth_league"),
    serves=lambda on: (activity("social_practice", "U", on),),
    misses=lambda on: (activity("heritage_visit", "U", on), activity("social_practice", "V", on)),
    period=("vacation", *SUMMER_DAYS),
    defaults={"vacation": "each_vacation"},
)
SEVEN = (
    seven_ones("8.1.1", "democratic_life_meeting", held=meeting),
    seven_ones("8.1.2", "report_session", held=meeting),
    seven_ones("8.1.3", "study_report", held=activity),
    seven_ones("8.1.4", "educational_film", held=activity),
    seven_ones("8.1.5", "exchange_session", held=meeting),
    seven_ones("8.1.6", "heritage_visit", held=activity),
    seven_ones("8.1.7", "social_practice", held=activity),
)
LIFE_MEETING_HELD = DutyCase(
    rule="8.1.1",
    citation="八、1",
    subject="p1",
    scope=lambda on: (full_member("p1", on), B1, G1, member("p1", "B1"), member("p1", "G1"), *OTHER_BRANCH),
    inside=MEMBERS_INSIDE,
    outside=MEMBERS_OUTSIDE,
    serves=lambda on: (meeting("democratic_life_meeting", "B1", on),),
    misses=lambda on: (
        meeting("report_session", "B1", on),
        meeting("democratic_life_meeting", "B2", on, attended=["p1"]),
        meeting("democratic_life_meeting", "G1", on, attended=["p1"]),
    ),
    period=("semester", *SPRING_DAYS),
    readings={"measure": "branch_held"},
    defaults=DEFAULTS["8.1.1"],
)


def life_meeting(case: DutyCase, kind: str, *, read: str) -> DutyCase:
    """Return the case served by a life meeting of that kind, read so."""

    def of_kind(facts: Facts, name: str) -> Facts:
        return tuple(evolve(one, meeting=name, id=f"{one.id} {name}") for one in facts)  # type: ignore[call-arg]

    if read == "either":
        return evolve(case, serves=lambda on: of_kind(case.serves(on), kind))
    return evolve(
        case,
        misses=lambda on: (*case.misses(on), *of_kind(case.serves(on), "organisational_life_meeting")),
        readings={**case.readings, "kind": read},
    )


LIFE_MEETINGS = tuple(
    life_meeting(case, kind, read=read)
    for case in (SEVEN[0], LIFE_MEETING_HELD)
    for kind, read in (("organisational_life_meeting", "either"), ("democratic_life_meeting", "literal"))
)
ASSEMBLY = DutyCase(
    rule="8.2.1-hold",
    citation="八、2",
    subject="U",
    scope=student_unit("branch"),
    inside=of_a_probationary_member("branch"),
    outside=not_of_students("branch"),
    serves=lambda on: (meeting("branch_assembly", "U", on),),
    misses=lambda on: (meeting("branch_committee", "U", on), meeting("branch_assembly", "V", on)),
    period=("quarter", "2018-04-01", "2018-06-30"),
    modality="normally",
    defaults={"early": "own_quarter"},
)
COMMITTEE = DutyCase(
    rule="8.2.2-hold",
    citation="八、2",
    subject="U",
    scope=student_unit("branch", staff("p8"), role("p8", "branch_secretary", "U")),
    inside=(
        (unit("U", "branch"), *OF_STUDENTS, role("p7", "committee_member", "U")),
        (*of_a_probationary_member("branch")[0], role("p7", "branch_secretary", "U")),
    ),
    outside=(
        *not_of_students("branch", role("p9", "committee_member", "U")),
        (unit("U", "branch"), *OF_STUDENTS, role("p9", "committee_member", "V"), role("p9", "group_leader", "U")),
        (unit("U", "branch"), *OF_STUDENTS, role("p9", "committee_member", "U", until="2017-12-31")),
    ),
    serves=lambda on: (meeting("branch_committee", "U", on),),
    misses=lambda on: (meeting("branch_assembly", "U", on), meeting("branch_committee", "V", on)),
    period=("month", "2018-05-01", "2018-05-31"),
    modality="normally",
    defaults={"vacation_months": "mostly"},
)
GROUP = DutyCase(
    rule="8.2.3-hold",
    citation="八、2",
    subject="U",
    scope=student_unit("group"),
    inside=of_a_probationary_member("group"),
    outside=not_of_students("group"),
    serves=lambda on: (meeting("group_meeting", "U", on),),
    misses=lambda on: (meeting("branch_committee", "U", on), meeting("group_meeting", "V", on)),
    period=("month", "2018-05-01", "2018-05-31"),
    modality="normally",
    defaults={"vacation_months": "mostly"},
)
LECTURE = DutyCase(
    rule="8.2.4",
    citation="八、2",
    subject="p1",
    scope=member_since,
    inside=MEMBERS_INSIDE,
    outside=MEMBERS_OUTSIDE,
    serves=lambda on: (activity("party_lecture", "GB", on, attended=["p1"]),),
    misses=lambda on: (
        activity("study_report", "GB", on, attended=["p1"]),
        activity("party_lecture", "GB", on, attended=["p2"], id="others alone"),
        activity("party_lecture", "GB", on, led_by=["p1"], id="led, not heard"),
    ),
    period=("half_year", "2018-01-01", "2018-06-30"),
    modality="normally",
    defaults={"half_year": "calendar"},
)
APPRAISAL = DutyCase(
    rule="8.3.1",
    citation="八、3",
    subject="p1",
    scope=lambda on: (full_member("p1", on), B1, G1, member("p1", "B1"), member("p1", "G1"), *OTHER_BRANCH),
    inside=MEMBERS_INSIDE,
    outside=MEMBERS_OUTSIDE,
    serves=lambda on: (meeting("democratic_appraisal", "B1", on, attended=["p1"]),),
    misses=lambda on: (
        meeting("democratic_life_meeting", "B1", on, attended=["p1"]),
        meeting("democratic_appraisal", "B1", on, attended=["p2"], id="others alone"),
        meeting("democratic_appraisal", "B1", on, id="not recorded"),
        meeting("democratic_appraisal", "B2", on, attended=["p1"]),
        meeting("democratic_appraisal", "G1", on, attended=["p1"]),
    ),
    period=("year", "2018-01-01", "2018-12-31"),
    defaults={"year": "calendar"},
)

# Standing duties --------------------------------------------------------------------------------------------

BACKBONE_INSIDE: tuple[Facts, ...] = tuple((*who, role("p1", "backbone_member", "B1")) for who in MEMBERS_INSIDE)
BACKBONE_OUTSIDE: tuple[Facts, ...] = (
    *((*who, role("p1", "backbone_member")) for who in MEMBERS_OUTSIDE),
    (full_member("p1"), role("p1", "branch_secretary"), role("p2", "backbone_member"), full_member("p2")),
    (full_member("p1"), role("p1", "backbone_member", until="2018-06-29")),
)


# Whom and what links are with: t1 and t9 are activists, and branches, t4 is neither.
TARGETS = (
    *(unit(name, "branch") for name in ("t1", "t9")),
    *(stage(name, "activist") for name in ("t1", "t9")),
    unit("t4", "group"),
    stage("t4", "applicant"),
)


def linked(kind: str, other: str) -> tuple[Callable[[str], Facts], Callable[[str], Facts]]:
    """Return what serves a duty to have a link of that kind, and what almost does."""
    return (
        lambda on: (link(kind, "p1", "t1", on),),
        lambda on: (
            link(other, "p1", "t1", on),
            link(kind, "p2", "t1", on),
            link(kind, "p1", "t2", LONG_AGO),
            no_link(kind, "p1", "t2", on),
            link(kind, "p1", "t3", LONG_AGO, until="2018-06-29"),
            *((link(kind, "p1", "t4", on),) if kind in ("branch", "activist") else ()),
            *((link(kind, "p1", "p1", on),) if kind in ("hardship_student", "activist") else ()),
        ),
    )


def standing_link(
    rule: str,
    kind: str,
    other: str,
    inside: tuple[Facts, ...],
    outside: tuple[Facts, ...],
) -> DutyCase:
    """Return the case of a standing duty of p1 to have a link of that kind, not the other, open."""
    serves, misses = linked(kind, other)
    return DutyCase(
        rule=rule,
        citation="一、第2段" if rule == "1.2.4" else "八、4",
        subject="p1",
        scope=lambda _: (*inside[0], *TARGETS),
        inside=inside,
        outside=outside,
        serves=serves,
        misses=misses,
        period=None,
        modality="exploratory" if rule == "8.4.3" else "shall",
    )


STANDING = (
    standing_link(
        "1.2.4",
        "branch",
        "room",
        (
            (role("p1", "school_leader"),),
            (staff("p1"), role("p1", "college_leader", "GB")),
            (role("p1", "department_head"),),
            (role("p1", "principal_leader"),),
            (role("p1", "school_leader"), role("p1", "department_head", "U")),
        ),
        (
            (role("p1", "branch_secretary"), role("p2", "school_leader")),
            (role("p1", "school_leader", until="2018-06-29"),),
        ),
    ),
    DutyCase(
        rule="2.6",
        citation="二、6",
        subject="p1",
        scope=member_since,
        inside=MEMBERS_INSIDE,
        outside=MEMBERS_OUTSIDE,
        serves=lambda on: (B1, member("p1", "B1", on)),
        misses=lambda on: (
            unit("B2", "branch"),
            member("p2", "B2", on),
            G1,
            member("p1", "G1", on),
            unit("B3", "branch"),
            member("p1", "B3", LONG_AGO),
            dissolved("B3", on),
            unit("B4", "branch"),
            member("p1", "B4", LONG_AGO),
            no_member("p1", "B4", on),
            member("p1", "B5", on),
        ),
        period=None,
    ),
    standing_link("8.4.1", "activist", "room", BACKBONE_INSIDE, BACKBONE_OUTSIDE),
    standing_link(
        "8.4.2",
        "hardship_student",
        "activist",
        (*MEMBERS_INSIDE, (stage("p1", "activist"),), (stage("p1", "development_target"),)),
        (
            (stage("p1", "applicant"), stage("p2", "activist")),
            (staff("p1"), stage("p1", "activist"), stage("p2", "activist")),
        ),
    ),
    standing_link("8.4.3", "room", "activist", BACKBONE_INSIDE, BACKBONE_OUTSIDE),
)
TRAINING = DutyCase(
    rule="4.6.3",
    citation="四、第1段",
    subject="p1",
    scope=member_since,
    outside=TRAINING_OUTSIDE,
    serves=lambda on: (training("p1", "member_training", on, hours=32),),
    misses=lambda on: (
        training("p1", "development_target_course", on, hours=32),
        training("p2", "member_training", on, hours=32),
        activity("party_lecture", "GB", on, attended=["p1"], hours=32),
    ),
    period=("year", "2018-01-01", "2018-12-31"),
    required=32,
    amount=32,
    modality="normally",
    defaults={"year": "calendar", "party_lecture_counts": "no"},
)


WITH_LECTURES = tuple(
    evolve(
        TRAINING,
        serves=serves,
        misses=lambda on: (
            activity("party_lecture", "GB", on, attended=["p2"], hours=32, id="others alone"),
            activity("study_report", "GB", on, attended=["p1"], hours=32),
            *TRAINING.misses(on)[:2],
        ),
        readings={"party_lecture_counts": "yes"},
    )
    for serves in (TRAINING.serves, lambda on: (activity("party_lecture", "GB", on, attended=["p1"], hours=32),))
)


def academic(case: DutyCase) -> DutyCase:
    """Return the case read by the academic year, the last one declared: it ends with its last declared term."""
    return evolve(case, readings={"year": "academic"}, period=("academic_year", "2018-09-01", "2019-01-20"))


PERIODIC = (
    SPECIAL_STUDY,
    academic(SPECIAL_STUDY),
    DELIBERATIONS,
    ON_THE_AGENDA,
    DEDICATED,
    ANY_REVIEW,
    COMMENDATIONS,
    APPRAISED,
    APPRAISED_BY_A_BRANCH,
    INTRODUCTION,
    *LIFE,
    BRANCH_APPRAISAL,
    YEARLY_APPRAISAL,
    academic(YEARLY_APPRAISAL),
    evolve(ANY_REVIEW, parameters={"review_interval": "quarter"}, period=("quarter", "2018-04-01", "2018-06-30")),
    evolve(ANY_REVIEW, parameters={"review_interval": "semester"}, period=("semester", *SPRING_DAYS)),
    ANNUAL_PLAN,
    academic(ANNUAL_PLAN),
    TRAINING,
    academic(TRAINING),
    *WITH_LECTURES,
    LECTURE_EACH,
    LECTURE_COLLECTIVE,
    *LESSONS,
    VACATION_PRACTICE,
    *SEVEN,
    LIFE_MEETING_HELD,
    *LIFE_MEETINGS,
    ASSEMBLY,
    evolve(ASSEMBLY, readings={"early": "next_quarter"}),
    COMMITTEE,
    GROUP,
    LECTURE,
    evolve(LECTURE, readings={"half_year": "semester"}, period=("semester", *SPRING_DAYS)),
    APPRAISAL,
    academic(APPRAISAL),
)
CASES = (*PERIODIC, *STANDING)
