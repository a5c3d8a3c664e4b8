"""The duties of the 2012 plan, in the order of the document."""

from partyrules.language.kernel import (
    SUBJECT,
    Condition,
    Count,
    Given,
    MostCovered,
    Tally,
    at_least,
    between,
    by_reading,
    count,
    events,
    exactly,
    holdings,
    holds,
    is_in,
    its,
    through,
)
from partyrules.language.rules import Bearer, Duty, PerPeriod, Responsible, Standing
from partyrules.packs.document import Text
from partyrules_lzcu2012 import readings as r
from partyrules_lzcu2012.scopes import (
    COVERED,
    LIVES_IN_COVERED_BUILDING,
    MEMBER_STAGES,
    RESIDENT_MEMBER,
    in_stages,
)

# Whatever may make up organisational life (组织生活); the text gives no list.
LIFE_MEETINGS = (
    "organisational_life",
    "organisational_life_meeting",
    "group_meeting",
    "democratic_life_meeting",
    "democratic_appraisal",
    "discussion_session",
)
ASSESSED_AREAS = ("ideology", "system", "organisation", "culture", "distinctive_work")
APPRAISAL_RULES = ("organisational_life_rules", "party_work_rules", "cultural_activity_rules")
ONLINE_FACILITIES = ("online_study_column", "student_member_mailbox")

# The department's paper binds its office, which sits with it: what either has filed is filed, by who is its parent now.
FILED_BY_OFFICE = is_in(its("author"), SUBJECT) | at_least(
    1,
    holdings(
        "unit",
        unit=SUBJECT,
        parent=its("author"),
        where=holds("unit", unit=its("parent"), kind="student_affairs"),
    ),
)
RESIDENTS = Bearer("person", RESIDENT_MEMBER)
# The holding at hand is a building group's, and the subject lives in that group's building.
OF_OWN_BUILDING = holds("residence", person=SUBJECT, building=its("building"))


def unit_of_kind(kind: str) -> Bearer:
    """Return the bearer: each existing unit of that kind."""
    return Bearer("unit", holds("unit", unit=SUBJECT, kind=kind))


OFFICE = unit_of_kind("guidance_department")
GROUPS = unit_of_kind("building_group")


# What the office keeps in the apartments may be run by any building's group.
OF_OFFICE_OR_GROUP = is_in(its("unit"), SUBJECT) | holds("unit", unit=its("unit"), kind="building_group")
A_BUILDING_GROUP = holds("unit", unit=its("unit"), kind="building_group")
INSTRUCTED = holds("role", person=SUBJECT, role="building_instructor", building=its("building"))
# Who has to act where that is not the bearer.
EVERY_OFFICE = Responsible(by=(holdings("unit", kind="guidance_department"),), names="unit")
GROUP_OF_THE_BUILDING = Responsible(
    by=(
        holdings("residence", person=SUBJECT),
        holdings("unit", kind="building_group", building=its("building")),
    ),
    names="unit",
)
GROUPS_JOINED = Responsible(
    by=(
        holdings("membership", person=SUBJECT),
        holdings("unit", kind="building_group", unit=its("unit")),
    ),
    names="unit",
)
# The instructors of the covered building in which the person lived last.
LAST_INSTRUCTORS = Responsible(
    last=(
        holdings("residence", person=SUBJECT),
        holdings("building", building=its("building")),
        holdings("unit", kind="building_group", building=its("building")),
    ),
    by=(holdings("role", role="building_instructor", building=its("building")),),
    names="person",
)
# A home counts for the building of its group, and each building once.
HOMES_BY_BUILDING = count(
    holdings(
        "facility",
        facility="members_home",
        where=holds("unit", unit=its("unit"), kind="building_group", where=holds("building", building=its("building"))),
    ),
    distinct=through("building", holdings("unit", unit=its("unit"))),
)
BELONGS_IN_A_GROUP = by_reading(
    "development_target_included",
    yes=in_stages("activist", "development_target", *MEMBER_STAGES),
    no=in_stages("activist", *MEMBER_STAGES),
)
WRITTEN_REPORT = events("document_filed", document="thought_report", author=SUBJECT)


def facility(rule: str, clause: str, kind: str, title: Text, counted: Text, *, of: Condition) -> Duty:
    """Return the guidance department's duty to see to it that a facility of that kind is open."""
    return Duty(
        id=rule,
        clause=clause,
        title=title,
        counted=counted,
        bearer=OFFICE,
        per=Standing(),
        requires=at_least(1, holdings("facility", facility=kind, where=of)),
    )


def instructed_as(role: str) -> Tally:
    """Return for how many of the buildings that the subject instructs they have that role."""
    return count(holdings("role", person=SUBJECT, role=role, where=INSTRUCTED), distinct="building")


ORGANISATION = (
    Duty(
        id="3.1",
        clause="3.1",
        title=Text(zh="设立学生公寓党建工作指导部", en="set up the apartment guidance department"),
        counted=Text(zh="个指导部", en="guidance departments"),
        bearer=unit_of_kind("student_affairs"),
        per=Standing(),
        requires=at_least(1, holdings("unit", kind="guidance_department", parent=SUBJECT)),
    ),
    Duty(
        id="3.2",
        clause="3.2",
        title=Text(zh="公寓楼与楼宇党小组一栋一组", en="have one building group for each building"),
        counted=Text(zh="个楼宇党小组", en="building groups"),
        bearer=by_reading(
            "count",
            bijection=Bearer("building", holds("building", building=SUBJECT, campus=Given("campus"))),
            count_only=unit_of_kind("student_affairs"),
        ),
        per=Standing(),
        requires=by_reading(
            "count",
            bijection=exactly(1, holdings("unit", kind="building_group", building=SUBJECT)),
            count_only=exactly(
                Count(holdings("building", campus=Given("campus"))),
                holdings(
                    "unit",
                    kind="building_group",
                    where=holds("building", building=its("building"), campus=Given("campus")),
                ),
            ),
        ),
        readings=(r.GROUP_COUNT,),
        parameters=(r.CAMPUS,),
    ),
    Duty(
        id="3.3",
        clause="3.3",
        title=Text(zh="本楼配有党建工作指导员", en="have an instructor for the group's building"),
        counted=Text(zh="名党建工作指导员", en="instructors"),
        bearer=GROUPS,
        per=Standing(),
        requires=at_least(
            1,
            count(
                holdings(
                    "role",
                    role="building_instructor",
                    where=holds("unit", unit=SUBJECT, building=its("building")),
                ),
                distinct="person",
            ),
        ),
        responsible=EVERY_OFFICE,
    ),
    Duty(
        id="3.3-counsellor",
        clause="3.3",
        title=Text(
            zh="党建工作指导员由本楼公寓辅导员担任",
            en="be the apartment counsellor of each building one is the instructor of",
        ),
        counted=Text(zh="栋楼的公寓辅导员职务", en="buildings as their apartment counsellor"),
        bearer=Bearer("person", holds("role", person=SUBJECT, role="building_instructor")),
        per=Standing(),
        requires=at_least(
            instructed_as("building_instructor"),
            instructed_as("building_counsellor"),
        ),
        responsible=EVERY_OFFICE,
    ),
    Duty(
        id="3.5",
        clause="3.5",
        title=Text(zh="组长由本楼学生党员担任", en="be led by a student member who lives in the building"),
        counted=Text(zh="名组长", en="leaders"),
        bearer=GROUPS,
        per=Standing(),
        requires=exactly(
            1,
            count(
                holdings(
                    "role",
                    role="group_leader",
                    unit=SUBJECT,
                    where=holds("membership", person=its("person"), unit=SUBJECT),
                ),
                distinct="person",
                if_sole=holds("registration", person=its("person"), category="student")
                & holds(
                    "stage",
                    person=its("person"),
                    stage=by_reading("probationary_may_lead", yes=MEMBER_STAGES, no=("full_member",)),
                )
                & holds(
                    "residence",
                    person=its("person"),
                    where=holds("unit", unit=SUBJECT, building=its("building")),
                ),
            ),
        ),
        readings=(r.PROBATIONARY_LEADER,),
    ),
    Duty(
        id="3.7",
        clause="3.7",
        title=Text(zh="编入本楼党小组", en="belong to the group of one's building"),
        counted=Text(zh="个所在小组", en="groups"),
        bearer=Bearer("person", BELONGS_IN_A_GROUP & LIVES_IN_COVERED_BUILDING),
        per=Standing(),
        requires=at_least(
            1,
            holdings(
                "membership",
                person=SUBJECT,
                where=holds("unit", unit=its("unit"), kind="building_group", where=OF_OWN_BUILDING),
            ),
        ),
        readings=(r.TARGETS_BELONG,),
        responsible=GROUP_OF_THE_BUILDING,
    ),
    Duty(
        id="3.7-only",
        clause="3.7",
        title=Text(
            zh="楼宇党小组只由住本楼的学生党员和入党积极分子组成",
            en="belong as a member or activist to no group but that of one's building",
        ),
        counted=Text(zh="个符合条件的所在小组", en="groups in which one belongs"),
        bearer=Bearer("person", holds("membership", person=SUBJECT, where=A_BUILDING_GROUP)),
        per=Standing(),
        requires=at_least(
            Count(holdings("membership", person=SUBJECT, where=A_BUILDING_GROUP)),
            holdings(
                "membership",
                person=SUBJECT,
                where=holds("unit", unit=its("unit"), kind="building_group", where=OF_OWN_BUILDING)
                & BELONGS_IN_A_GROUP,
            ),
        ),
        readings=(r.TARGETS_BELONG,),
        responsible=GROUPS_JOINED,
    ),
)

MEASURES = (
    Duty(
        id="4.1.4",
        clause="4.1.4",
        title=Text(
            zh="定期向学院党总支反馈党员和积极分子表现", en="report on members and activists to a general branch"
        ),
        counted=Text(zh="份表现报告", en="performance reports"),
        bearer=GROUPS,
        per=PerPeriod(Given("report_interval")),
        requires=at_least(
            1,
            events(
                "document_filed",
                document="performance_report",
                author=SUBJECT,
                where=holds("unit", unit=its("to"), kind="general_branch"),
            ),
        ),
        parameters=(r.REPORT_INTERVAL,),
    ),
    Duty(
        id="4.2.1.1",
        clause="4.2.1.1",
        title=Text(zh="每月安排组织生活", en="hold organisational life each month"),
        counted=Text(zh="次组织生活", en="sessions of organisational life"),
        bearer=GROUPS,
        per=PerPeriod("month"),
        requires=at_least(
            1,
            by_reading(
                "form",
                any=count(
                    (
                        events("meeting_held", meeting=LIFE_MEETINGS, unit=SUBJECT),
                        events("activity_held", activity="party_lecture", unit=SUBJECT),
                    )
                ),
                named=events("meeting_held", meeting="organisational_life", unit=SUBJECT),
            ),
        ),
        readings=(r.LIFE_FORM, r.VACATION_MONTHS),
        vacation_months=by_reading("vacation_months", mostly="mostly", bind="bind", exempt="wholly"),
    ),
    Duty(
        id="4.2.1.2",
        clause="4.2.1.2",
        title=Text(zh="每季度进行一次思想汇报", en="make a thought report each quarter"),
        counted=Text(zh="次思想汇报", en="thought reports"),
        bearer=by_reading(
            "bearer",
            members=RESIDENTS,
            members_and_activists=Bearer(
                "person",
                in_stages("activist", "development_target", *MEMBER_STAGES) & LIVES_IN_COVERED_BUILDING,
            ),
        ),
        per=PerPeriod("quarter"),
        requires=at_least(
            1,
            by_reading(
                "form",
                any=count((WRITTEN_REPORT, events("talk_held", talk="oral_thought_report", person=SUBJECT))),
                written=WRITTEN_REPORT,
            ),
        ),
        readings=(r.REPORT_BEARER, r.REPORT_FORM),
    ),
    Duty(
        id="4.2.1.3",
        clause="4.2.1.3",
        title=Text(zh="每学期开展民主评议", en="hold a democratic appraisal each semester"),
        counted=Text(zh="次民主评议", en="democratic appraisals"),
        bearer=by_reading("measure", hold=GROUPS, attend=RESIDENTS),
        per=PerPeriod("semester"),
        requires=at_least(
            1,
            by_reading(
                "measure",
                hold=events("meeting_held", meeting="democratic_appraisal", unit=SUBJECT),
                attend=events(
                    "meeting_held",
                    meeting="democratic_appraisal",
                    attended=SUBJECT,
                    where=holds("unit", unit=its("unit"), kind="building_group", where=OF_OWN_BUILDING),
                ),
            ),
        ),
        readings=(r.APPRAISAL_MEASURE,),
    ),
    Duty(
        id="4.2.2",
        clause="4.2.2",
        title=Text(zh="定期安排党员接待日", en="hold reception days"),
        counted=Text(zh="次接待日", en="reception days"),
        bearer=OFFICE,
        per=PerPeriod(Given("reception_interval")),
        requires=at_least(1, events("activity_held", activity="reception_day", unit=SUBJECT)),
        parameters=(r.RECEPTION_INTERVAL,),
    ),
    facility(
        "4.2.2-room",
        "4.2.2",
        "activity_room",
        Text(zh="设有学生公寓党员活动室", en="keep an activity room for members"),
        Text(zh="间党员活动室", en="activity rooms"),
        of=OF_OFFICE_OR_GROUP,
    ),
    Duty(
        id="4.3.1",
        clause="4.3.1",
        title=Text(zh="制定三项考评细则", en="write the three sets of appraisal rules"),
        counted=Text(zh="项细则", en="sets of rules"),
        bearer=OFFICE,
        per=Standing(),
        requires=at_least(
            len(APPRAISAL_RULES),
            count(
                events("document_filed", document=APPRAISAL_RULES, where=FILED_BY_OFFICE, window="ever"),
                distinct="document",
            ),
        ),
    ),
    Duty(
        id="4.3.2",
        clause="4.3.2",
        title=Text(zh="制定考核评估办法，涵盖五个方面", en="write assessment measures that cover the five areas"),
        counted=Text(zh="个方面", en="areas"),
        bearer=OFFICE,
        per=Standing(),
        requires=at_least(
            len(ASSESSED_AREAS),
            MostCovered(
                "sections",
                ASSESSED_AREAS,
                events("document_filed", document="assessment_measures", where=FILED_BY_OFFICE, window="ever"),
            ),
        ),
    ),
    Duty(
        id="4.4.1",
        clause="4.4.1",
        title=Text(zh="开设网络学习专栏和党员信箱", en="keep the online study column and the members' mailbox"),
        counted=Text(zh="项阵地", en="facilities"),
        bearer=OFFICE,
        per=Standing(),
        requires=at_least(
            len(ONLINE_FACILITIES),
            count(holdings("facility", facility=ONLINE_FACILITIES, unit=SUBJECT), distinct="facility"),
        ),
    ),
    facility(
        "4.4.2",
        "4.4.2",
        "volunteer_team",
        Text(zh="建立志愿者服务队", en="keep a volunteer team"),
        Text(zh="支志愿者服务队", en="volunteer teams"),
        of=OF_OFFICE_OR_GROUP,
    ),
    Duty(
        id="4.4.3",
        clause="4.4.3",
        title=Text(zh="开展公寓文化活动", en="hold cultural activities in the apartments"),
        counted=Text(zh="次公寓文化活动", en="cultural activities"),
        bearer=GROUPS,
        per=PerPeriod(Given("cultural_interval")),
        requires=at_least(1, events("activity_held", activity="cultural_activity", unit=SUBJECT)),
        parameters=(r.CULTURAL_INTERVAL,),
    ),
)

CONTENT = (
    Duty(
        id="5.2.2",
        clause="5.2.2",
        title=Text(zh="每名党员联系一到两间宿舍", en="link one or two rooms"),
        counted=Text(zh="间联系的宿舍", en="rooms linked"),
        bearer=RESIDENTS,
        per=Standing(),
        requires=between(
            1,
            2,
            by_reading(
                "own_room_counts",
                no=holdings(
                    "link",
                    link="room",
                    holder=SUBJECT,
                    where=~holds("residence", person=SUBJECT, place=its("target")),
                ),
                yes=holdings("link", link="room", holder=SUBJECT),
            ),
        ),
        readings=(r.OWN_ROOM,),
    ),
    Duty(
        id="5.3.1",
        clause="5.3.1",
        title=Text(zh="建立党员之家", en="keep a members' home"),
        counted=Text(zh="个党员之家", en="members' homes"),
        bearer=OFFICE,
        per=Standing(),
        requires=by_reading(
            "place",
            one=at_least(1, holdings("facility", facility="members_home", where=OF_OFFICE_OR_GROUP)),
            each_building=at_least(Count(holdings("building", where=COVERED)), HOMES_BY_BUILDING),
        ),
        readings=(r.HOME_PLACE,),
    ),
    Duty(
        id="5.3.2",
        clause="5.3.2",
        title=Text(zh="开展阶段性讨论学习", en="hold discussion sessions by phases"),
        counted=Text(zh="次讨论学习", en="discussion sessions"),
        bearer=GROUPS,
        per=PerPeriod(Given("discussion_interval")),
        requires=at_least(1, events("meeting_held", meeting="discussion_session", unit=SUBJECT)),
        parameters=(r.DISCUSSION_INTERVAL,),
    ),
    Duty(
        id="5.4.1",
        clause="5.4.1",
        title=Text(zh="党员宿舍门口挂有党员明示牌", en="have the member's sign at the door"),
        counted=Text(zh="块明示牌", en="signs"),
        bearer=RESIDENTS,
        per=Standing(),
        requires=at_least(
            1,
            by_reading(
                "sign",
                per_member=holdings(
                    "nameplate",
                    person=SUBJECT,
                    where=holds("residence", person=SUBJECT, building=its("building"), room=its("room")),
                ),
                per_room=holdings(
                    "nameplate",
                    where=holds("residence", person=SUBJECT, building=its("building"), room=its("room")),
                ),
            ),
        ),
        readings=(r.SIGN,),
        responsible=EVERY_OFFICE,
    ),
    facility(
        "5.5.1",
        "5.5.1",
        "supervision_mailbox",
        Text(zh="设立党员监督信箱", en="keep a supervision mailbox"),
        Text(zh="个监督信箱", en="supervision mailboxes"),
        of=is_in(its("unit"), SUBJECT),
    ),
    Duty(
        id="5.5.2",
        clause="5.5.2",
        title=Text(zh="党建指导员对党员的公寓表现作出评价", en="have the instructor's evaluation of one's conduct"),
        counted=Text(zh="次评价", en="evaluations"),
        bearer=RESIDENTS,
        per=PerPeriod(by_reading("period", semester="semester", year="year")),
        requires=at_least(1, events("dorm_evaluated", person=SUBJECT)),
        readings=(r.EVALUATION_PERIOD,),
        responsible=LAST_INSTRUCTORS,
    ),
    Duty(
        id="5.5.3",
        clause="5.5.3",
        title=Text(zh="表彰好人好事和先进事迹", en="commend good deeds"),
        counted=Text(zh="次表彰", en="commendations"),
        bearer=OFFICE,
        per=PerPeriod(Given("commendation_interval")),
        requires=at_least(1, events("commendation_made", by=SUBJECT)),
        parameters=(r.COMMENDATION_INTERVAL,),
    ),
)

DUTIES = (*ORGANISATION, *MEASURES, *CONTENT)
