"""For each duty: who is bound and who is not, what serves it and what almost does. Worked out from the text by hand."""

from typing import Any

from attrs import evolve

from partyrules.testing.duties import DutyCase, one_kind, since
from partyrules.testing.institution import (
    LONG_AGO,
    Facts,
    activity,
    dissolved,
    document,
    facility,
    fact,
    full_member,
    link,
    lives,
    meeting,
    member,
    moved_out,
    no_link,
    no_member,
    opened,
    plate,
    role,
    shut,
    staff,
    stage,
    unit,
)
from policies.lzcu2012.tests.institution import group, instructor, rated

SPRING_DAYS = ("2013-02-25", "2013-07-07")


# A building is covered while it is open and a group of it exists. H1 is; p1 lives in it.
H1 = (opened("H1"), group("BG1", "H1"))
H2 = (opened("H2"), group("BG2", "H2"), lives("p2", "H2"), full_member("p2"))


def resident_since(on: str) -> Facts:
    """Return the scope: p1 is a full member from a day on and lives in a covered building; so does p2 in another."""
    return (*H1, full_member("p1", on), lives("p1", "H1"), *H2)


def residents(*stages: str) -> tuple[Facts, ...]:
    """Return p1 in each of the stages, living in the covered building."""
    return tuple((*H1, stage("p1", name), lives("p1", "H1")) for name in stages)


def not_resident(stage_held: str, others: tuple[str, ...]) -> tuple[Facts, ...]:
    """Return what lacks one thing for a student in the stage to live in a covered building, while others do."""
    who = stage("p1", stage_held)
    return (
        (*H1, *H2, who),
        (*H1, *H2, who, lives("p1", "H3"), opened("H3")),
        (*H1, *H2, who, lives("p1", "H3"), group("BG3", "H3")),
        (*H1, *H2, who, lives("p1", "H3"), opened("H3"), unit("G3", "group", building="H3")),
        (*H1, *H2, who, lives("p1", "H1"), shut("H1", LONG_AGO)),
        (*H1, *H2, who, lives("p1", "H1"), dissolved("BG1", LONG_AGO)),
        (*H1, *H2, who, lives("p1", "H1"), moved_out("p1", "H1", LONG_AGO)),
        (*H1, *H2, who, lives("p1", "H1"), staff("p1")),
        *((*H1, *H2, stage("p1", other), lives("p1", "H1")) for other in others),
        (*H1, *H2, who, stage("p1", "none", "2010-04-01"), lives("p1", "H1")),
    )


MEMBERS_INSIDE = residents("probationary_member", "full_member")
MEMBERS_OUTSIDE = not_resident("full_member", ("applicant", "activist", "development_target"))


def of_office(rule: str, citation: str, kind: str, other: str) -> DutyCase:
    """Return the case of a facility that the guidance department keeps open."""
    return DutyCase(
        rule=rule,
        citation=citation,
        subject="U",
        scope=since("guidance_department"),
        outside=one_kind("guidance_department"),
        serves=lambda on: (facility(kind, "U", on),),
        misses=lambda on: (
            facility(other, "U", on),
            facility(kind, "V", on),
            facility(kind, "U", LONG_AGO, until="2013-06-29", id="until the day before"),
        ),
        period=None,
    )


def of_office_or_group(rule: str, citation: str, kind: str, other: str, **more: Any) -> tuple[DutyCase, ...]:
    """Return the cases of a facility that is kept by the guidance department or by a building's group."""
    office = evolve(of_office(rule, citation, kind, other), **more)
    groups = (
        group("BG1", "H1"),
        group("BG7", "H7"),
        dissolved("BG7", "2013-01-01"),
        unit("G1", "group", building="H1"),
    )
    return (
        office,
        evolve(
            office,
            scope=lambda on: (*since("guidance_department")(on), *groups),
            serves=lambda on: (facility(kind, "BG1", on),),
            misses=lambda on: (facility(kind, "BG7", on), facility(kind, "G1", on), *office.misses(on)),
        ),
    )


REPORTS = DutyCase(
    rule="4.1.4",
    citation="四、1",
    subject="U",
    scope=lambda on: (
        group("U", "H1", on),
        unit("GB", "general_branch"),
        unit("B", "branch"),
        unit("GB2", "general_branch", until="2011-01-01"),
    ),
    outside=one_kind("building_group"),
    serves=lambda on: (document("performance_report", "U", on, to="GB"),),
    misses=lambda on: (
        document("thought_report", "U", on, to="GB"),
        document("performance_report", "V", on, to="GB"),
        document("performance_report", "U", on, to="B"),
        document("performance_report", "U", on, to="GB2"),
        document("performance_report", "U", on),
    ),
    period=("month", "2013-05-01", "2013-05-31"),
    parameters={"report_interval": "month"},
)
LIFE = DutyCase(
    rule="4.2.1.1",
    citation="四、2一是",
    subject="U",
    scope=since("building_group"),
    outside=one_kind("building_group"),
    serves=lambda on: (meeting("organisational_life", "U", on),),
    misses=lambda on: (
        meeting("branch_assembly", "U", on),
        meeting("organisational_life", "V", on),
        activity("party_lecture", "V", on),
        activity("cultural_activity", "U", on),
    ),
    period=("month", "2013-05-01", "2013-05-31"),
    defaults={"form": "any", "vacation_months": "mostly"},
)
LIFE_NAMED = evolve(
    LIFE,
    readings={"form": "named"},
    misses=lambda on: (
        *LIFE.misses(on),
        meeting("group_meeting", "U", on),
        meeting("democratic_appraisal", "U", on),
        activity("party_lecture", "U", on),
    ),
)
THOUGHTS = DutyCase(
    rule="4.2.1.2",
    citation="四、2一是",
    subject="p1",
    scope=resident_since,
    inside=MEMBERS_INSIDE,
    outside=MEMBERS_OUTSIDE,
    serves=lambda on: (document("thought_report", "p1", on),),
    misses=lambda on: (
        document("performance_report", "p1", on),
        document("thought_report", "p2", on),
        document("thought_report", "BG1", on, about="p1"),
        fact("talk_held", on, person="p2", talk="oral_thought_report"),
        fact("talk_held", on, person="p1", talk="cultivation"),
        fact("talk_held", on, person="p3", talk="oral_thought_report", by="p1"),
    ),
    period=("quarter", "2013-04-01", "2013-06-30"),
    defaults={"bearer": "members", "form": "any"},
)
APPRAISAL_HELD = DutyCase(
    rule="4.2.1.3",
    citation="四、2一是",
    subject="U",
    scope=since("building_group"),
    outside=one_kind("building_group"),
    serves=lambda on: (meeting("democratic_appraisal", "U", on),),
    misses=lambda on: (meeting("organisational_life", "U", on), meeting("democratic_appraisal", "V", on)),
    period=("semester", *SPRING_DAYS),
    defaults={"measure": "hold"},
)
APPRAISAL_ATTENDED = DutyCase(
    rule="4.2.1.3",
    citation="四、2一是",
    subject="p1",
    scope=lambda on: (*resident_since(on), unit("G1", "group", building="H1")),
    inside=MEMBERS_INSIDE,
    outside=MEMBERS_OUTSIDE,
    serves=lambda on: (meeting("democratic_appraisal", "BG1", on, attended=["p2", "p1"]),),
    misses=lambda on: (
        meeting("organisational_life", "BG1", on, attended=["p1"]),
        meeting("democratic_appraisal", "BG1", on, attended=["p2"], id="others alone"),
        meeting("democratic_appraisal", "BG1", on, id="not recorded"),
        meeting("democratic_appraisal", "BG2", on, attended=["p1"]),
        meeting("democratic_appraisal", "G1", on, attended=["p1"]),
    ),
    period=("semester", *SPRING_DAYS),
    readings={"measure": "attend"},
    defaults={"measure": "hold"},
)
RECEPTIONS = DutyCase(
    rule="4.2.2",
    citation="四、2二是",
    subject="U",
    scope=since("guidance_department"),
    outside=one_kind("guidance_department"),
    serves=lambda on: (activity("reception_day", "U", on),),
    misses=lambda on: (activity("cultural_activity", "U", on), activity("reception_day", "V", on)),
    period=("quarter", "2013-04-01", "2013-06-30"),
    parameters={"reception_interval": "quarter"},
)
CULTURE = DutyCase(
    rule="4.4.3",
    citation="四、4三是",
    subject="U",
    scope=since("building_group"),
    outside=one_kind("building_group"),
    serves=lambda on: (activity("cultural_activity", "U", on),),
    misses=lambda on: (activity("volunteer_service", "U", on), activity("cultural_activity", "V", on)),
    period=("quarter", "2013-04-01", "2013-06-30"),
    parameters={"cultural_interval": "quarter"},
)
DISCUSSIONS = DutyCase(
    rule="5.3.2",
    citation="五、3",
    subject="U",
    scope=since("building_group"),
    outside=one_kind("building_group"),
    serves=lambda on: (meeting("discussion_session", "U", on),),
    misses=lambda on: (meeting("organisational_life", "U", on), meeting("discussion_session", "V", on)),
    period=("semester", *SPRING_DAYS),
    parameters={"discussion_interval": "semester"},
)
COMMENDATIONS = DutyCase(
    rule="5.5.3",
    citation="五、5",
    subject="U",
    scope=since("guidance_department"),
    outside=one_kind("guidance_department"),
    serves=lambda on: (fact("commendation_made", on, person="p1", award="model member", by="U"),),
    misses=lambda on: (
        fact("commendation_made", on, person="p1", award="model member", by="V"),
        fact("commendation_made", on, person="p1", award="model member", id="by nobody"),
    ),
    period=("semester", *SPRING_DAYS),
    parameters={"commendation_interval": "semester"},
)
EVALUATIONS = DutyCase(
    rule="5.5.2",
    citation="五、5",
    subject="p1",
    scope=lambda on: (
        *resident_since(on),
        instructor("i1", "H1"),
        instructor("i2", "H2"),
        instructor("i3", "H1", until="2013-01-01"),
    ),
    inside=MEMBERS_INSIDE,
    outside=MEMBERS_OUTSIDE,
    serves=lambda on: (rated("poor", on),),
    misses=lambda on: (
        rated("good", on, person="p2", by="i2"),
        rated("good", on, by="i2"),
        rated("good", on, by="i3"),
        rated("good", on, by="p1"),
    ),
    period=("semester", *SPRING_DAYS),
    defaults={"period": "semester"},
)
PERIODIC = (
    REPORTS,
    evolve(REPORTS, parameters={"report_interval": "semester"}, period=("semester", *SPRING_DAYS)),
    LIFE,
    LIFE_NAMED,
    evolve(LIFE, serves=lambda on: (activity("party_lecture", "U", on),)),
    THOUGHTS,
    evolve(THOUGHTS, serves=lambda on: (fact("talk_held", on, person="p1", talk="oral_thought_report"),)),
    evolve(
        THOUGHTS,
        readings={"form": "written"},
        misses=lambda on: (*THOUGHTS.misses(on), fact("talk_held", on, person="p1", talk="oral_thought_report")),
    ),
    evolve(
        THOUGHTS,
        readings={"bearer": "members_and_activists"},
        inside=residents("activist", "development_target", "probationary_member", "full_member"),
        outside=not_resident("activist", ("applicant",)),
    ),
    APPRAISAL_HELD,
    APPRAISAL_ATTENDED,
    RECEPTIONS,
    evolve(RECEPTIONS, parameters={"reception_interval": "month"}, period=("month", "2013-05-01", "2013-05-31")),
    CULTURE,
    DISCUSSIONS,
    COMMENDATIONS,
    EVALUATIONS,
    evolve(EVALUATIONS, readings={"period": "year"}, period=("year", "2013-01-01", "2013-12-31")),
)

# Standing duties --------------------------------------------------------------------------------------------

BELONGING = DutyCase(
    rule="3.7",
    citation="三",
    subject="p1",
    scope=resident_since,
    inside=residents("activist", "development_target", "probationary_member", "full_member"),
    outside=not_resident("activist", ("applicant",)),
    serves=lambda on: (member("p1", "BG1", on),),
    misses=lambda on: (
        member("p1", "BG2", on),
        member("p2", "BG1", on),
        unit("G1", "group", building="H1"),
        member("p1", "G1", on),
        group("BG4", "H1"),
        member("p1", "BG4", LONG_AGO),
        no_member("p1", "BG4", on),
    ),
    period=None,
    defaults={"development_target_included": "yes"},
)
ROOMS = DutyCase(
    rule="5.2.2",
    citation="五、2",
    subject="p1",
    scope=resident_since,
    inside=MEMBERS_INSIDE,
    outside=MEMBERS_OUTSIDE,
    serves=lambda on: (link("room", "p1", "H2/201", on),),
    misses=lambda on: (
        link("responsibility_room", "p1", "H2/201", on),
        link("room", "p2", "H2/201", on),
        link("room", "p1", "H2/202", LONG_AGO),
        no_link("room", "p1", "H2/202", on),
        link("room", "p1", "H1/101", on),
    ),
    period=None,
    defaults={"own_room_counts": "no"},
)
SIGNS = DutyCase(
    rule="5.4.1",
    citation="五、4",
    subject="p1",
    scope=resident_since,
    inside=MEMBERS_INSIDE,
    outside=MEMBERS_OUTSIDE,
    serves=lambda on: (plate("p1", "H1", "101", on),),
    misses=lambda on: (
        plate("p1", "H1", "102", on),
        plate("p1", "H2", "101", on),
        plate("p2", "H1", "101", on),
        plate("p1", "H1", "101", LONG_AGO, until="2013-06-29"),
    ),
    period=None,
    defaults={"sign": "per_member"},
)
COUNSELLOR = DutyCase(
    rule="3.3-counsellor",
    citation="三",
    subject="p1",
    scope=lambda on: (instructor("p1", "H1", on), instructor("p2", "H2"), full_member("p3")),
    inside=((instructor("p1", "H1"), opened("H1")), (instructor("p1", "H1"), staff("p1"))),
    outside=(
        (role("p1", "building_counsellor", None, building="H1"), instructor("p2", "H1")),
        (instructor("p1", "H1", until="2011-01-01"), instructor("p2", "H1")),
    ),
    serves=lambda on: (role("p1", "building_counsellor", None, on, building="H1"),),
    misses=lambda on: (
        role("p1", "building_counsellor", None, on, building="H2"),
        role("p1", "building_counsellor", "U", on),
        role("p1", "group_leader", None, on, building="H1"),
        role("p2", "building_counsellor", None, on, building="H1"),
    ),
    period=None,
)
STANDING = (
    DutyCase(
        rule="3.1",
        citation="三",
        subject="U",
        scope=since("student_affairs"),
        outside=one_kind("student_affairs"),
        serves=lambda on: (unit("GD", "guidance_department", on, parent="U"),),
        misses=lambda on: (
            unit("GB", "general_branch", on, parent="U"),
            unit("GD2", "guidance_department", on, parent="V"),
            unit("GD3", "guidance_department", on),
            unit("GD4", "guidance_department", LONG_AGO, parent="U"),
            dissolved("GD4", on),
        ),
        period=None,
    ),
    DutyCase(
        rule="3.3",
        citation="三",
        subject="U",
        scope=lambda on: (group("U", "H1", on), group("BG2", "H2")),
        inside=((group("U", "H1"), opened("H1")),),
        outside=one_kind("building_group"),
        serves=lambda on: (instructor("i1", "H1", on),),
        misses=lambda on: (
            instructor("i2", "H2", on),
            role("i3", "group_leader", None, on, building="H1"),
            role("i4", "building_instructor", "U", on),
            instructor("i5", "H1", LONG_AGO, until="2013-06-29"),
        ),
        period=None,
    ),
    BELONGING,
    evolve(
        BELONGING,
        readings={"development_target_included": "no"},
        inside=residents("activist", "probationary_member", "full_member"),
        outside=not_resident("activist", ("applicant", "development_target")),
    ),
    *of_office_or_group("4.2.2-room", "四、2二是", "activity_room", "members_home"),
    *of_office_or_group("4.4.2", "四、4二是", "volunteer_team", "members_home"),
    COUNSELLOR,
    ROOMS,
    evolve(
        ROOMS,
        readings={"own_room_counts": "yes"},
        serves=lambda on: (link("room", "p1", "H1/101", on),),
        misses=lambda on: ROOMS.misses(on)[:-1],
    ),
    *of_office_or_group("5.3.1", "五、3", "members_home", "volunteer_team", defaults={"place": "one"}),
    SIGNS,
    evolve(
        SIGNS,
        readings={"sign": "per_room"},
        serves=lambda on: (plate("p2", "H1", "101", on),),
        misses=lambda on: (
            plate("p2", "H1", "102", on),
            plate("p1", "H2", "101", on),
            plate("p1", "H1", "102", on),
            fact("nameplate_posted", LONG_AGO, person="p3", building="H1", room="101"),
            fact("nameplate_removed", on, person="p3", building="H1", room="101"),
        ),
    ),
    of_office("5.5.1", "五、5", "supervision_mailbox", "student_member_mailbox"),
)
CASES = (*PERIODIC, *STANDING)
