"""The duties of the 2017 standard, in the order of the document."""

from partyrules.language.kernel import (
    SUBJECT,
    Condition,
    Count,
    CountAfterEarly,
    Events,
    Given,
    Sum,
    at_least,
    by_reading,
    count,
    events,
    holdings,
    holds,
    is_in,
    its,
    trigger,
)
from partyrules.language.rules import Bearer, Duty, EndOfSemester, Occasion, PerPeriod, Standing, Triggered, WithinDays
from partyrules.language.sugar import Attends, InTerm
from partyrules.packs.document import Text
from partyrules_lzwl2017 import readings as r

MEMBER_STAGES = ("probationary_member", "full_member")
RULES_TO_WRITE = (
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
VACATION_ACTIVITIES = ("social_practice", "volunteer_service", "field_research")

STUDENT = holds("registration", person=SUBJECT, category="student")
STUDENT_MEMBER = STUDENT & holds("stage", person=SUBJECT, stage=MEMBER_STAGES)
BACKBONE = STUDENT_MEMBER & holds("role", person=SUBJECT, role="backbone_member")
# The fact at hand was held by a branch of which the bearer was a member that day.
BY_OWN_BRANCH = holds("unit", unit=its("unit"), kind="branch") & holds("membership", person=SUBJECT, unit=its("unit"))

MEMBERS = Bearer("person", STUDENT_MEMBER)
IN_SEMESTER = PerPeriod("semester")
IN_MONTH = PerPeriod("month")
IN_YEAR = PerPeriod(by_reading("year", calendar="year", academic="academic_year"))


def unit_of_kind(kind: str) -> Bearer:
    """Return the bearer: each existing unit of that kind."""
    return Bearer("unit", holds("unit", unit=SUBJECT, kind=kind))


def meetings(kind: str, *, where: Condition | None = None) -> Events:
    """Return the meetings of that kind that the bearing unit held."""
    return events("meeting_held", meeting=kind, unit=SUBJECT, where=where)


def attended(wire: str, kind: str, *, where: Condition | None = None) -> Events:
    """Return the meetings or activities of that kind that the bearer attended."""
    if wire == "meeting_held":
        return events(wire, meeting=kind, attended=SUBJECT, where=where)
    return events(wire, activity=kind, attended=SUBJECT, where=where)


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


def attendance(rule: str, clause: str, meeting: str, bearer: Condition, title: Text, counted: Text) -> Duty:
    """Return the duty to attend each meeting of that kind of one's own unit (三会)."""
    return Duty(
        id=rule,
        clause=clause,
        title=title,
        counted=counted,
        bearer=Bearer("person", bearer),
        per=Occasion(events("meeting_held", meeting=meeting)),
        requires=Attends(),
    )


LEADERSHIP = (
    Duty(
        id="1.2.1",
        clause="1.2.1",
        title=Text(zh="学校党委专题研究学生党建工作", en="study student Party work at a dedicated meeting"),
        counted=Text(zh="次专题研究", en="dedicated meetings"),
        bearer=unit_of_kind("school_committee"),
        per=IN_YEAR,
        requires=at_least(1, meetings("special_study")),
        readings=(r.YEAR,),
    ),
    Duty(
        id="1.2.2",
        clause="1.2.2",
        title=Text(zh="学院党总支研究学生党建工作", en="study student Party work in the general branch"),
        counted=Text(zh="次专题研究", en="dedicated meetings"),
        bearer=unit_of_kind("general_branch"),
        per=IN_SEMESTER,
        requires=at_least(1, meetings("special_study")),
    ),
    Duty(
        id="1.2.4",
        clause="1.2.4",
        title=Text(zh="领导和部门负责人联系学生党支部", en="guide a student branch as a leader or head of department"),
        counted=Text(zh="个联系支部", en="branches linked"),
        bearer=Bearer(
            "person",
            holds("role", person=SUBJECT, role=("school_leader", "college_leader", "department_head")),
        ),
        per=Standing(),
        requires=at_least(1, holdings("link", link="branch", holder=SUBJECT)),
    ),
    Duty(
        id="1.3.2",
        clause="1.3.2",
        title=Text(zh="组织部制订九项制度", en="write the nine sets of rules"),
        counted=Text(zh="项制度", en="sets of rules"),
        bearer=unit_of_kind("organisation_department"),
        per=Standing(),
        requires=at_least(
            len(RULES_TO_WRITE),
            count(
                events("document_filed", document=RULES_TO_WRITE, author=SUBJECT, window="ever"),
                distinct="document",
            ),
        ),
    ),
    Duty(
        id="1.3.3",
        clause="1.3.3",
        title=Text(zh="组织部审核各党总支发展党员工作", en="review the general branches' development work"),
        counted=Text(zh="份审核记录", en="reviews filed"),
        bearer=unit_of_kind("organisation_department"),
        per=PerPeriod(Given("review_interval")),
        requires=at_least(1, events("document_filed", document="development_review", author=SUBJECT)),
        parameters=(r.REVIEW_INTERVAL,),
    ),
)

COLLEGES = (
    Duty(
        id="2.0",
        clause="2.0",
        title=Text(zh="党总支把学生党建列入年度计划", en="put student Party work in the yearly plan"),
        counted=Text(zh="份年度计划", en="yearly plans"),
        bearer=unit_of_kind("general_branch"),
        per=IN_YEAR,
        requires=at_least(1, events("document_filed", document="annual_plan", author=SUBJECT)),
        readings=(r.YEAR,),
    ),
    Duty(
        id="2.6",
        clause="2.6",
        title=Text(zh="每名学生党员编入党支部", en="belong to a branch"),
        counted=Text(zh="个所在支部", en="branches"),
        bearer=MEMBERS,
        per=Standing(),
        requires=at_least(
            1,
            holdings("membership", person=SUBJECT, where=holds("unit", unit=its("unit"), kind="branch")),
        ),
    ),
)

PARTY_SCHOOL = (
    Duty(
        id="4.3.2",
        clause="4.3.2",
        title=Text(zh="校院两级主要领导给学生党员讲课", en="lecture to student members as a principal leader"),
        counted=Text(zh="次党课", en="lectures"),
        bearer=by_reading(
            "bearer",
            each=Bearer("person", holds("role", person=SUBJECT, role="principal_leader")),
            collective=unit_of_kind("school_committee"),
        ),
        per=IN_SEMESTER,
        requires=at_least(
            1,
            by_reading(
                "bearer",
                each=events("activity_held", activity="party_lecture", led_by=SUBJECT),
                collective=events(
                    "activity_held",
                    activity="party_lecture",
                    where=holds("role", person=its("led_by"), role="principal_leader"),
                ),
            ),
        ),
        readings=(r.LECTURE_BEARER,),
    ),
    Duty(
        id="4.4.2",
        clause="4.4.2",
        title=Text(zh="结业证书只发给考核合格者", en="issue the certificate only after a passed course"),
        counted=Text(zh="次合格的培训", en="passed courses"),
        bearer=Bearer("named", is_in(SUBJECT, trigger("person"))),
        per=Triggered(events("certificate_issued", certificate="party_school_certificate")),
        requires=at_least(
            1,
            events(
                "training_completed",
                person=SUBJECT,
                course="activist_course",
                where=is_in(its("passed"), True),
                window="by_trigger",
            ),
        ),
        modality="may",
    ),
    Duty(
        id="4.5",
        clause="4.5",
        title=Text(zh="党支部登记备案培训成绩", en="register the result of the course"),
        counted=Text(zh="次登记", en="registrations"),
        bearer=Bearer(
            "unit",
            holds("membership", person=trigger("person"), unit=SUBJECT) & holds("unit", unit=SUBJECT, kind="branch"),
        ),
        per=Triggered(
            events("training_completed", course="activist_course"),
            by_reading(
                "deadline",
                semester_end=EndOfSemester(),
                register_within_days=WithinDays(Given("register_within_days")),
            ),
        ),
        requires=at_least(1, events("result_registered", of=trigger("id"), unit=SUBJECT, window="by_deadline")),
        readings=(r.RESULT_DEADLINE,),
        parameters=(r.REGISTER_WITHIN_DAYS,),
    ),
    Duty(
        id="4.6.3",
        clause="4.6.3",
        title=Text(zh="正式党员每年集中培训", en="complete the yearly training as a full member"),
        counted=Text(zh="个学时", en="class hours"),
        bearer=Bearer("person", STUDENT & holds("stage", person=SUBJECT, stage="full_member")),
        per=IN_YEAR,
        requires=at_least(
            32,
            Sum(
                "hours",
                by_reading(
                    "party_lecture_counts",
                    no=(events("training_completed", person=SUBJECT, course="member_training"),),
                    yes=(
                        events("training_completed", person=SUBJECT, course="member_training"),
                        attended("activity_held", "party_lecture"),
                    ),
                ),
            ),
        ),
        modality="normally",
        readings=(r.YEAR, r.LECTURES_COUNT),
    ),
)

LEAGUE = (
    Duty(
        id="7.2",
        clause="7.2",
        title=Text(
            zh="团委在寒暑假组织实践、调研或志愿服务",
            en="organise practice, research or service in the vacations",
        ),
        counted=Text(zh="次活动", en="activities"),
        bearer=unit_of_kind("youth_league"),
        per=PerPeriod(by_reading("vacation", each_vacation="vacation", one_per_year="year")),
        requires=at_least(
            1,
            by_reading(
                "vacation",
                each_vacation=events("activity_held", activity=VACATION_ACTIVITIES, unit=SUBJECT),
                one_per_year=events(
                    "activity_held",
                    activity=VACATION_ACTIVITIES,
                    unit=SUBJECT,
                    where=InTerm(("winter_vacation", "summer_vacation")),
                ),
            ),
        ),
        readings=(r.VACATION_PRACTICE,),
    ),
)

SEVEN_ONES = (
    Duty(
        id="8.1.1",
        clause="8.1.1",
        title=Text(zh="每学期过一次民主生活会", en="attend a democratic life meeting each semester"),
        counted=Text(zh="次民主生活会", en="democratic life meetings"),
        bearer=MEMBERS,
        per=IN_SEMESTER,
        requires=at_least(
            1,
            by_reading(
                "measure",
                attendance=attended("meeting_held", "democratic_life_meeting"),
                branch_held=events("meeting_held", meeting="democratic_life_meeting", where=BY_OWN_BRANCH),
            ),
        ),
        readings=(r.LIFE_MEETING_MEASURE,),
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
                no=attended("activity_held", "social_practice"),
                following_semester=events(
                    "activity_held",
                    activity="social_practice",
                    attended=SUBJECT,
                    window="period_or_vacation_before",
                ),
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
        bearer=unit_of_kind("branch"),
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
        STUDENT_MEMBER
        & holds("membership", person=SUBJECT, unit=trigger("unit"))
        & holds("unit", unit=trigger("unit"), kind="branch"),
        Text(zh="参加支部党员大会", en="attend the branch assembly"),
        Text(zh="次到会", en="attendances"),
    ),
    Duty(
        id="8.2.2-hold",
        clause="8.2.2",
        title=Text(zh="每月召开支部委员会", en="hold a branch committee meeting each month"),
        counted=Text(zh="次支部委员会", en="branch committee meetings"),
        bearer=unit_of_kind("branch"),
        per=IN_MONTH,
        requires=at_least(1, meetings("branch_committee")),
        modality="normally",
        readings=(r.VACATION_MONTHS,),
        vacation_months=by_reading("vacation_months", bind="bind", exempt="wholly"),
    ),
    attendance(
        "8.2.2-attend",
        "8.2.2",
        "branch_committee",
        STUDENT_MEMBER
        & holds("role", person=SUBJECT, role="committee_member", unit=trigger("unit"))
        & holds("unit", unit=trigger("unit"), kind="branch"),
        Text(zh="支部委员参加支部委员会", en="attend the branch committee as its member"),
        Text(zh="次到会", en="attendances"),
    ),
    Duty(
        id="8.2.3-hold",
        clause="8.2.3",
        title=Text(zh="每月召开党小组会", en="hold a group meeting each month"),
        counted=Text(zh="次党小组会", en="group meetings"),
        bearer=unit_of_kind("group"),
        per=IN_MONTH,
        requires=at_least(1, meetings("group_meeting")),
        modality="normally",
        readings=(r.VACATION_MONTHS,),
        vacation_months=by_reading("vacation_months", bind="bind", exempt="wholly"),
    ),
    attendance(
        "8.2.3-attend",
        "8.2.3",
        "group_meeting",
        STUDENT_MEMBER
        & holds("membership", person=SUBJECT, unit=trigger("unit"))
        & holds("unit", unit=trigger("unit"), kind="group"),
        Text(zh="参加所在党小组会", en="attend the group meeting"),
        Text(zh="次到会", en="attendances"),
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
        requires=at_least(1, holdings("link", link="activist", holder=SUBJECT)),
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
        requires=at_least(1, holdings("link", link="hardship_student", holder=SUBJECT)),
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

DUTIES = (
    *LEADERSHIP,
    *COLLEGES,
    *PARTY_SCHOOL,
    *LEAGUE,
    *SEVEN_ONES,
    *MEETINGS_AND_LECTURE,
    *APPRAISAL_AND_HELP,
)
