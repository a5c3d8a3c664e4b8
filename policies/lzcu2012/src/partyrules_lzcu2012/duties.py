"""The duties of the 2012 plan, in the order of the document."""

from partyrules.language.kernel import (
    SUBJECT,
    Count,
    Given,
    MostCovered,
    at_least,
    between,
    by_reading,
    count,
    events,
    exactly,
    holdings,
    holds,
    its,
)
from partyrules.language.rules import Bearer, Duty, PerPeriod, Standing
from partyrules.packs.document import Text
from partyrules_lzcu2012 import readings as r
from partyrules_lzcu2012.scopes import (
    LIVES_IN_COVERED_BUILDING,
    MEMBER_STAGES,
    RESIDENT_MEMBER,
    in_stages,
)

ASSESSED_AREAS = ("ideology", "system", "organisation", "culture", "distinctive_work")
APPRAISAL_RULES = ("organisational_life_rules", "party_work_rules", "cultural_activity_rules")
ONLINE_FACILITIES = ("online_study_column", "student_member_mailbox")

RESIDENTS = Bearer("person", RESIDENT_MEMBER)
# The holding at hand is a building group's, and the subject lives in that group's building.
OF_OWN_BUILDING = holds("residence", person=SUBJECT, building=its("building"))


def unit_of_kind(kind: str) -> Bearer:
    """Return the bearer: each existing unit of that kind."""
    return Bearer("unit", holds("unit", unit=SUBJECT, kind=kind))


OFFICE = unit_of_kind("guidance_department")
GROUPS = unit_of_kind("building_group")


def facility(rule: str, kind: str, title: Text, counted: Text) -> Duty:
    """Return the guidance department's duty to keep a facility of that kind open."""
    return Duty(
        id=rule,
        clause=rule,
        title=title,
        counted=counted,
        bearer=OFFICE,
        per=Standing(),
        requires=at_least(1, holdings("facility", facility=kind, unit=SUBJECT)),
    )


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
        title=Text(zh="每栋公寓楼设一个楼宇党小组", en="have one building group for each building"),
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
        title=Text(zh="楼宇党小组配备党建工作指导员", en="have an instructor for the group's building"),
        counted=Text(zh="名指导员", en="instructors"),
        bearer=GROUPS,
        per=Standing(),
        requires=at_least(
            1,
            holdings(
                "role",
                role="building_instructor",
                where=holds("unit", unit=SUBJECT, building=its("building")),
            ),
        ),
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
        bearer=Bearer(
            "person",
            by_reading(
                "development_target_included",
                yes=in_stages("activist", "development_target", *MEMBER_STAGES),
                no=in_stages("activist", *MEMBER_STAGES),
            )
            & LIVES_IN_COVERED_BUILDING,
        ),
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
    ),
)

MEASURES = (
    Duty(
        id="4.1.4",
        clause="4.1.4",
        title=Text(zh="向学院党总支反映党员和积极分子表现", en="report on members and activists to a general branch"),
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
        requires=at_least(1, events("meeting_held", meeting="organisational_life", unit=SUBJECT)),
        readings=(r.VACATION_MONTHS,),
        vacation_months=by_reading("vacation_months", bind="bind", exempt="wholly"),
    ),
    Duty(
        id="4.2.1.2",
        clause="4.2.1.2",
        title=Text(zh="每季度写思想汇报", en="file a thought report each quarter"),
        counted=Text(zh="份思想汇报", en="thought reports"),
        bearer=by_reading(
            "bearer",
            members=RESIDENTS,
            members_and_activists=Bearer("person", in_stages("activist", *MEMBER_STAGES) & LIVES_IN_COVERED_BUILDING),
        ),
        per=PerPeriod("quarter"),
        requires=at_least(1, events("document_filed", document="thought_report", author=SUBJECT)),
        readings=(r.REPORT_BEARER,),
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
        title=Text(zh="安排党员接待日", en="hold reception days"),
        counted=Text(zh="次接待日", en="reception days"),
        bearer=OFFICE,
        per=PerPeriod(Given("reception_interval")),
        requires=at_least(1, events("activity_held", activity="reception_day", unit=SUBJECT)),
        parameters=(r.RECEPTION_INTERVAL,),
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
                events("document_filed", document=APPRAISAL_RULES, author=SUBJECT, window="ever"),
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
                events("document_filed", document="assessment_measures", author=SUBJECT, window="ever"),
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
        "volunteer_team",
        Text(zh="建立志愿服务队", en="keep a volunteer team"),
        Text(zh="支服务队", en="volunteer teams"),
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
                yes=holdings("link", link="room", holder=SUBJECT),
                no=holdings(
                    "link",
                    link="room",
                    holder=SUBJECT,
                    where=~holds("residence", person=SUBJECT, place=its("target")),
                ),
            ),
        ),
        readings=(r.OWN_ROOM,),
    ),
    facility(
        "5.3.1",
        "members_home",
        Text(zh="建立党员之家", en="keep a members' home"),
        Text(zh="个党员之家", en="members' homes"),
    ),
    Duty(
        id="5.4.1",
        clause="5.4.1",
        title=Text(zh="宿舍门口挂党员明示牌", en="have the member's sign at the door"),
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
    ),
    facility(
        "5.5.1",
        "supervision_mailbox",
        Text(zh="设立党员监督信箱", en="keep a supervision mailbox"),
        Text(zh="个监督信箱", en="supervision mailboxes"),
    ),
    Duty(
        id="5.5.2",
        clause="5.5.2",
        title=Text(zh="党建指导员评价党员在公寓的表现", en="be evaluated by the building's instructor"),
        counted=Text(zh="次评价", en="evaluations"),
        bearer=RESIDENTS,
        per=PerPeriod(by_reading("period", semester="semester", year="year")),
        requires=at_least(1, events("dorm_evaluated", person=SUBJECT)),
        readings=(r.EVALUATION_PERIOD,),
    ),
)

DUTIES = (*ORGANISATION, *MEASURES, *CONTENT)
