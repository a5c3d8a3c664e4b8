"""Sections 一 to 七: what the committee, the departments, the general branches and the Party school answer for."""

from partyrules.language.kernel import (
    SUBJECT,
    Condition,
    Given,
    Operand,
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
from partyrules.language.rules import (
    Bearer,
    Duty,
    EndOfSemester,
    PerPeriod,
    Responsible,
    Standing,
    Triggered,
    WithinDays,
)
from partyrules.language.sugar import InTerm
from partyrules.packs.document import Text
from partyrules_lzwl2017 import readings as r
from partyrules_lzwl2017.scopes import (
    BRANCH_WITH_MEMBERS,
    IN_SEMESTER,
    IN_YEAR,
    MEMBERS,
    STUDENT,
    attended,
    meetings,
    unit_of_kind,
)

__all__ = ["OFFICES"]

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
LIFE_MEETINGS = ("organisational_life", "organisational_life_meeting", "democratic_life_meeting", "branch_assembly")
LESSONS = ("theory_lesson", "party_lecture")
PLACES_ONLINE = ("student_exchange_column", "network_team", "information_platform")
VACATION_ACTIVITIES = ("social_practice", "volunteer_service", "field_research")

LED_BY_A_LEADER = holds("role", person=its("led_by"), role="principal_leader")
GENERAL_BRANCHES = holdings("unit", kind="general_branch")
REVIEWS = events("document_filed", document="development_review", author=SUBJECT)
# Reviewed is whichever general branch there is on the day judged, not on the review's own.
REVIEWED = events(
    "document_filed",
    document="development_review",
    author=SUBJECT,
    where=at_least(1, holdings("unit", unit=its("about"), kind="general_branch")),
)
MEMBER_TRAINING = events("training_completed", person=SUBJECT, course="member_training")


def taught(lesson: Operand) -> Condition:
    """Return the condition that a lesson of that kind, or of one of several, was given by who has to give it."""
    each = events("activity_held", activity=lesson, led_by=SUBJECT)
    collective = events("activity_held", activity=lesson, where=LED_BY_A_LEADER)
    return at_least(1, by_reading("bearer", each=each, collective=collective))


LEADERSHIP = (
    Duty(
        id="1.2.1",
        clause="1.2.1",
        title=Text(zh="学校党委专题研究学生党建工作", en="deliberate on student Party work at a dedicated meeting"),
        counted=Text(zh="次专题研究", en="dedicated deliberations"),
        bearer=unit_of_kind("school_committee"),
        per=IN_YEAR,
        requires=at_least(1, meetings("special_study")),
        readings=(r.YEAR,),
    ),
    Duty(
        id="1.2.2",
        clause="1.2.2",
        title=Text(zh="学院党总支研究学生党建工作", en="deliberate on student Party work in the general branch"),
        counted=Text(zh="次研究", en="deliberations"),
        bearer=unit_of_kind("general_branch"),
        per=IN_SEMESTER,
        requires=at_least(
            1,
            by_reading(
                "counts",
                any_study=events(
                    "meeting_held",
                    unit=SUBJECT,
                    where=is_in(its("meeting"), "special_study") | is_in(its("agenda"), "student_party_work"),
                ),
                special=meetings("special_study"),
            ),
        ),
        readings=(r.WHAT_IS_DELIBERATED,),
    ),
    Duty(
        id="1.2.4",
        clause="1.2.4",
        title=Text(zh="领导和部门负责人联系学生党支部", en="guide a student branch as a leader or head of department"),
        counted=Text(zh="个联系支部", en="branches linked"),
        bearer=Bearer(
            "person",
            holds(
                "role",
                person=SUBJECT,
                role=("principal_leader", "school_leader", "college_leader", "department_head"),
            ),
        ),
        per=Standing(),
        requires=at_least(
            1,
            holdings("link", link="branch", holder=SUBJECT, where=holds("unit", unit=its("target"), kind="branch")),
        ),
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
        counted=Text(zh="个党总支的审核", en="general branches reviewed"),
        bearer=unit_of_kind("organisation_department"),
        per=PerPeriod(Given("review_interval")),
        requires=by_reading(
            "coverage",
            each=at_least(count(GENERAL_BRANCHES), count(REVIEWED, distinct="about")),
            any=at_least(1, REVIEWS),
        ),
        readings=(r.REVIEW_COVERAGE,),
        parameters=(r.REVIEW_INTERVAL,),
    ),
    Duty(
        id="1.3.5",
        clause="1.3.5",
        title=Text(zh="组织部评选表彰优秀学生党员", en="commend outstanding student members"),
        counted=Text(zh="次表彰", en="commendations"),
        bearer=unit_of_kind("organisation_department"),
        per=PerPeriod(Given("commendation_interval")),
        requires=at_least(1, events("commendation_made", by=SUBJECT)),
        parameters=(r.COMMENDATION_INTERVAL,),
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
        id="2.3",
        clause="2.3",
        title=Text(zh="党总支定期对党员进行民主评议", en="appraise the members regularly, in the general branch"),
        counted=Text(zh="次民主评议", en="democratic appraisals"),
        bearer=unit_of_kind("general_branch"),
        per=PerPeriod(Given("appraisal_interval")),
        requires=at_least(
            1,
            events(
                "meeting_held",
                meeting="democratic_appraisal",
                where=is_in(its("unit"), SUBJECT) | holds("unit", unit=its("unit"), kind="branch", parent=SUBJECT),
            ),
        ),
        parameters=(r.APPRAISAL_INTERVAL,),
    ),
    Duty(
        id="2.4.1",
        clause="2.4.1",
        title=Text(zh="党总支对新生进行入党启蒙教育", en="introduce the new students to the Party"),
        counted=Text(zh="次启蒙教育", en="introductions"),
        bearer=unit_of_kind("general_branch"),
        per=PerPeriod("academic_year"),
        requires=at_least(1, events("activity_held", activity="induction_education", unit=SUBJECT)),
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
        responsible=Responsible(
            ever=(
                holdings("membership", person=SUBJECT),
                holdings("unit", unit=its("unit"), kind="branch"),
            ),
            by=(holdings("unit", unit=its("parent"), kind="general_branch"),),
            names="unit",
        ),
    ),
)

BRANCHES = (
    Duty(
        id="3.2-life",
        clause="3.2",
        title=Text(zh="党支部定期开展组织生活", en="have organisational life regularly"),
        counted=Text(zh="次组织生活", en="meetings of organisational life"),
        bearer=BRANCH_WITH_MEMBERS,
        per=PerPeriod(Given("life_interval")),
        requires=at_least(1, meetings(LIFE_MEETINGS)),
        parameters=(r.LIFE_INTERVAL,),
    ),
    Duty(
        id="3.2-appraisal",
        clause="3.2",
        title=Text(zh="党支部定期进行党员民主评议", en="appraise the members regularly, in the branch"),
        counted=Text(zh="次民主评议", en="democratic appraisals"),
        bearer=BRANCH_WITH_MEMBERS,
        per=PerPeriod(Given("appraisal_interval")),
        requires=at_least(1, meetings("democratic_appraisal")),
        parameters=(r.APPRAISAL_INTERVAL,),
    ),
)

PARTY_SCHOOL = (
    Duty(
        id="4.3.2",
        clause="4.3.2",
        title=Text(
            zh="校院两级主要领导给学生党员讲思想政治理论课", en="teach student members theory as a principal leader"
        ),
        counted=Text(zh="次讲课", en="lessons"),
        bearer=by_reading(
            "bearer",
            each=Bearer("person", holds("role", person=SUBJECT, role="principal_leader")),
            collective=unit_of_kind("school_committee"),
        ),
        per=IN_SEMESTER,
        requires=by_reading(
            "lesson",
            either=taught(LESSONS),
            theory_lesson=taught("theory_lesson"),
            party_lecture=taught("party_lecture"),
        ),
        readings=(r.LESSON_BEARER, r.LESSON_KIND),
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
        responsible=Responsible(by=(holdings("unit", kind="party_school"),), names="unit"),
    ),
    Duty(
        id="4.5",
        clause="4.5",
        title=Text(zh="党支部登记备案培训成绩及表现", en="register how a course went"),
        counted=Text(zh="次登记", en="registrations"),
        bearer=Bearer(
            "unit",
            (
                holds("membership", person=trigger("person"), unit=SUBJECT)
                | holds("cultivation", person=trigger("person"), unit=SUBJECT)
            )
            & holds("unit", unit=SUBJECT, kind="branch"),
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
                    no=(MEMBER_TRAINING,),
                    yes=(MEMBER_TRAINING, attended("activity_held", "party_lecture")),
                ),
            ),
        ),
        modality="normally",
        readings=(r.YEAR, r.LECTURES_COUNT),
    ),
)

PUBLICITY_AND_LEAGUE = (
    Duty(
        id="5.1",
        clause="5.1",
        title=Text(
            zh="宣传部开辟交流栏目，建立网络工作队伍和信息化平台",
            en="keep a column for exchange, an online team and an information platform",
        ),
        counted=Text(zh="项", en="of the three"),
        bearer=unit_of_kind("publicity_department"),
        per=Standing(),
        requires=at_least(
            len(PLACES_ONLINE),
            count(holdings("facility", facility=PLACES_ONLINE, unit=SUBJECT), distinct="facility"),
        ),
    ),
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

OFFICES = (*LEADERSHIP, *COLLEGES, *BRANCHES, *PARTY_SCHOOL, *PUBLICITY_AND_LEAGUE)
