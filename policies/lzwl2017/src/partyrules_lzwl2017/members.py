"""Section 八: what is asked of student members each semester, of their branches and groups, and of whom they help."""

from partyrules.language.kernel import (
    SUBJECT,
    Condition,
    Count,
    CountAfterEarly,
    Operand,
    at_least,
    by_reading,
    events,
    holdings,
    holds,
    is_in,
    its,
    trigger,
)
from partyrules.language.rules import Bearer, Duty, Occasion, PerPeriod, Standing
from partyrules.language.sugar import Attends
from partyrules.packs.document import Text
from partyrules_lzwl2017 import readings as r
from partyrules_lzwl2017.scopes import (
    BACKBONE,
    BRANCH_WITH_MEMBERS,
    BY_OWN_BRANCH,
    IN_SEMESTER,
    IN_YEAR,
    MEMBER_STAGES,
    MEMBERS,
    STUDENT,
    STUDENT_MEMBER,
    UNIT_OF_MEMBERS,
    attended,
    meetings,
)

__all__ = ["MEMBERS_DUTIES"]

# The text says 民主生活会; what branches hold for their members is by now called 组织生活会.
LIFE_MEETINGS = ("democratic_life_meeting", "organisational_life_meeting")
COMMITTEE_ROLES = ("committee_member", "branch_secretary")
IN_MONTH = PerPeriod("month")
VACATION_MONTHS = by_reading("vacation_months", mostly="mostly", bind="bind", exempt="wholly")
SOMEBODY_ELSE = ~is_in(its("target"), SUBJECT)


def life_meeting(kind: Operand) -> Condition:
    """Return the condition that a life meeting of that kind, or of one of several, was attended or held."""
    held = events("meeting_held", meeting=kind, where=BY_OWN_BRANCH)
    return at_least(1, by_reading("measure", attendance=attended("meeting_held", kind), branch_held=held))


def one_each_semester(rule: str, wire: str, kind: str, title: Text, counted: Text) -> Duty:
    """Return the duty of each student member to attend one of these in each semester (七个一)."""
    return Duty(
        id=rule,
        clause=rule,
        title=title,
        counted=counted,
        bearer=MEMBERS,
        per=IN_SEMESTER,
        requires=at_least(1, attended(wire, kind)),
    )


def attendance(rule: str, clause: str, meeting: str, belongs: Condition, title: Text) -> Duty:
    """Return the duty of student members to attend each meeting of that kind of a unit that they belong to (三会)."""
    return Duty(
        id=rule,
        clause=clause,
        title=title,
        counted=Text(zh="次到会", en="attendances"),
        bearer=Bearer("person", STUDENT_MEMBER & belongs),
        per=Occasion(events("meeting_held", meeting=meeting)),
        requires=Attends(),
    )


def in_unit(kind: str) -> Condition:
    """Return the condition that the occasion is one of a unit of that kind of which the bearer is a member."""
    return holds("membership", person=SUBJECT, unit=trigger("unit")) & holds("unit", unit=trigger("unit"), kind=kind)


SEVEN_ONES = (
    Duty(
        id="8.1.1",
        clause="8.1.1",
        title=Text(zh="每学期过一次民主生活会", en="attend a democratic life meeting each semester"),
        counted=Text(zh="次民主生活会（组织生活会）", en="democratic or organisational life meetings"),
        bearer=MEMBERS,
        per=IN_SEMESTER,
        requires=by_reading(
            "kind", either=life_meeting(LIFE_MEETINGS), literal=life_meeting("democratic_life_meeting")
        ),
        readings=(r.LIFE_MEETING_MEASURE, r.LIFE_MEETING_KIND),
    ),
    one_each_semester(
        "8.1.2",
        "meeting_held",
        "report_session",
        Text(zh="每学期参加一次汇报会", en="attend a report session each semester"),
        Text(zh="次汇报会", en="report sessions"),
    ),
    one_each_semester(
        "8.1.3",
        "activity_held",
        "study_report",
        Text(zh="每学期听一场辅导报告", en="hear a study report each semester"),
        Text(zh="场辅导报告", en="study reports"),
    ),
    one_each_semester(
        "8.1.4",
        "activity_held",
        "educational_film",
        Text(zh="每学期看一次教育影片", en="see an educational film each semester"),
        Text(zh="次教育影片", en="educational films"),
    ),
    one_each_semester(
        "8.1.5",
        "meeting_held",
        "exchange_session",
        Text(zh="每学期参加一次体会交流会", en="attend an exchange session each semester"),
        Text(zh="次体会交流会", en="exchange sessions"),
    ),
    one_each_semester(
        "8.1.6",
        "activity_held",
        "heritage_visit",
        Text(zh="每学期参观一次革命传统教育基地", en="visit a heritage site each semester"),
        Text(zh="次参观", en="heritage visits"),
    ),
    Duty(
        id="8.1.7",
        clause="8.1.7",
        title=Text(zh="每学期参加一次社会实践", en="take part in social practice each semester"),
        counted=Text(zh="次社会实践", en="social practices"),
        bearer=MEMBERS,
        per=IN_SEMESTER,
        requires=at_least(
            1,
            by_reading(
                "vacation_counts",
                following_semester=events(
                    "activity_held",
                    activity="social_practice",
                    attended=SUBJECT,
                    window="period_or_vacation_before",
                ),
                no=attended("activity_held", "social_practice"),
            ),
        ),
        readings=(r.VACATION_EVENT,),
    ),
)

MEETINGS_AND_LECTURE = (
    Duty(
        id="8.2.1-hold",
        clause="8.2.1",
        title=Text(zh="每季度召开支部党员大会", en="hold a branch assembly each quarter"),
        counted=Text(zh="次支部党员大会", en="branch assemblies"),
        bearer=BRANCH_WITH_MEMBERS,
        per=PerPeriod("quarter"),
        requires=at_least(
            1,
            by_reading(
                "early",
                own_quarter=Count(meetings("branch_assembly")),
                next_quarter=CountAfterEarly(meetings("branch_assembly")),
            ),
        ),
        modality="normally",
        readings=(r.EARLY_ASSEMBLY,),
    ),
    attendance(
        "8.2.1-attend",
        "8.2.1",
        "branch_assembly",
        in_unit("branch"),
        Text(zh="参加支部党员大会", en="attend the branch assembly"),
    ),
    Duty(
        id="8.2.2-hold",
        clause="8.2.2",
        title=Text(zh="每月召开支部委员会", en="hold a branch committee meeting each month"),
        counted=Text(zh="次支部委员会", en="branch committee meetings"),
        # A branch without a committee holds no meeting of one; who sits on it may be staff.
        bearer=Bearer("unit", BRANCH_WITH_MEMBERS.scope & holds("role", unit=SUBJECT, role=COMMITTEE_ROLES)),
        per=IN_MONTH,
        requires=at_least(1, meetings("branch_committee")),
        modality="normally",
        readings=(r.VACATION_MONTHS,),
        vacation_months=VACATION_MONTHS,
    ),
    attendance(
        "8.2.2-attend",
        "8.2.2",
        "branch_committee",
        holds("role", person=SUBJECT, role=COMMITTEE_ROLES, unit=trigger("unit"))
        & holds("unit", unit=trigger("unit"), kind="branch"),
        Text(zh="支部委员参加支部委员会", en="attend the branch committee as its member"),
    ),
    Duty(
        id="8.2.3-hold",
        clause="8.2.3",
        title=Text(zh="每月召开党小组会", en="hold a group meeting each month"),
        counted=Text(zh="次党小组会", en="group meetings"),
        bearer=Bearer("unit", holds("unit", unit=SUBJECT, kind="group") & UNIT_OF_MEMBERS),
        per=IN_MONTH,
        requires=at_least(1, meetings("group_meeting")),
        modality="normally",
        readings=(r.VACATION_MONTHS,),
        vacation_months=VACATION_MONTHS,
    ),
    attendance(
        "8.2.3-attend",
        "8.2.3",
        "group_meeting",
        in_unit("group"),
        Text(zh="参加所在党小组会", en="attend the group meeting"),
    ),
    Duty(
        id="8.2.4",
        clause="8.2.4",
        title=Text(zh="每半年上一次党课", en="attend a Party lecture each half-year"),
        counted=Text(zh="次党课", en="Party lectures"),
        bearer=MEMBERS,
        per=PerPeriod(by_reading("half_year", calendar="half_year", semester="semester")),
        requires=at_least(1, attended("activity_held", "party_lecture")),
        modality="normally",
        readings=(r.HALF_YEAR,),
    ),
)

APPRAISAL_AND_HELP = (
    Duty(
        id="8.3.1-hold",
        clause="8.3.1",
        title=Text(zh="党支部每年开展民主评议党员活动", en="hold a democratic appraisal each year"),
        counted=Text(zh="次民主评议", en="democratic appraisals"),
        bearer=BRANCH_WITH_MEMBERS,
        per=IN_YEAR,
        requires=at_least(1, meetings("democratic_appraisal")),
        readings=(r.YEAR,),
    ),
    Duty(
        id="8.3.1",
        clause="8.3.1",
        title=Text(zh="每年参加支部民主评议", en="take part in the branch's democratic appraisal each year"),
        counted=Text(zh="次民主评议", en="democratic appraisals"),
        bearer=MEMBERS,
        per=IN_YEAR,
        requires=at_least(1, attended("meeting_held", "democratic_appraisal", where=BY_OWN_BRANCH)),
        readings=(r.YEAR,),
    ),
    Duty(
        id="8.4.1",
        clause="8.4.1",
        title=Text(zh="骨干学生党员联系入党积极分子", en="link an activist as a backbone member"),
        counted=Text(zh="名联系的积极分子", en="activists linked"),
        bearer=Bearer("person", BACKBONE),
        per=Standing(),
        requires=at_least(
            1,
            holdings(
                "link",
                link="activist",
                holder=SUBJECT,
                where=SOMEBODY_ELSE & holds("stage", person=its("target"), stage="activist"),
            ),
        ),
    ),
    Duty(
        id="8.4.2",
        clause="8.4.2",
        title=Text(zh="联系帮助有困难的学生", en="help a student in difficulty"),
        counted=Text(zh="名帮扶的学生", en="students helped"),
        bearer=Bearer(
            "person",
            STUDENT & holds("stage", person=SUBJECT, stage=("activist", "development_target", *MEMBER_STAGES)),
        ),
        per=Standing(),
        requires=at_least(1, holdings("link", link="hardship_student", holder=SUBJECT, where=SOMEBODY_ELSE)),
    ),
    Duty(
        id="8.4.3",
        clause="8.4.3",
        title=Text(zh="骨干学生党员联系寝室", en="link a room as a backbone member"),
        counted=Text(zh="间联系的寝室", en="rooms linked"),
        bearer=Bearer("person", BACKBONE),
        per=Standing(),
        requires=at_least(1, holdings("link", link="room", holder=SUBJECT)),
        modality="exploratory",
    ),
)

MEMBERS_DUTIES = (*SEVEN_ONES, *MEETINGS_AND_LECTURE, *APPRAISAL_AND_HELP)
