"""Where the 2012 plan can be read two ways: each reading with its options, its default and why; and parameters."""

from partyrules.language.rules import Parameter, Reading
from partyrules.packs.document import Text

GROUP_COUNT = Reading(
    name="count",
    options=("bijection", "count_only"),
    default="bijection",
    why=Text(
        zh="九栋楼设九个小组，即一栋一组，为默认；也可只比较总数（count_only）。",
        en="Nine groups in nine buildings means one each by default; or only that the numbers agree (`count_only`).",
    ),
)
PROBATIONARY_LEADER = Reading(
    name="probationary_may_lead",
    options=("yes", "no"),
    default="yes",
    why=Text(
        zh="组长由优秀学生党员担任，预备党员也是党员，故默认可以；no 表示须由正式党员担任。",
        en="The leader is a student member, and a probationary one is a member too; under `no` a full member leads.",
    ),
)
TARGETS_BELONG = Reading(
    name="development_target_included",
    options=("yes", "no"),
    default="yes",
    why=Text(
        zh="条文只列学生党员和入党积极分子；发展对象出自积极分子，故默认在内，no 表示不在内。",
        en="Targets are not named, but they are drawn from the activists, who are; under `no` they are left out.",
    ),
)
LIFE_FORM = Reading(
    name="form",
    options=("any", "named"),
    default="any",
    why=Text(
        zh="条文只说安排组织生活，未限定形式；组织生活会、党小组会、民主生活会、民主评议、讨论学习、党课都是组织生活，"
        "默认都算；named 表示只认登记为“组织生活”的会议。",
        en="The text asks for organisational life in no particular form; its usual forms all count. Under `named` only "
        "a meeting recorded as organisational life does.",
    ),
)
VACATION_MONTHS = Reading(
    name="vacation_months",
    options=("mostly", "bind", "exempt"),
    default="mostly",
    why=Text(
        zh="条文说每月而未提假期，但假期中学生离开公寓；默认大半在假期内的月份不作要求。bind 表示每月都要求，"
        "exempt 表示只有整月在假期内的才不作要求。",
        en="The clause says each month, and in vacations students are away: by default months that lie mostly in "
        "vacations are left out; `exempt` leaves out those wholly in one, `bind` none.",
    ),
)
REPORT_BEARER = Reading(
    name="bearer",
    options=("members", "members_and_activists"),
    default="members",
    why=Text(
        zh="谁作思想汇报，条文未说；它在党小组的组织生活制度之内，默认为楼内学生党员，也可包括入党积极分子和发展对象。",
        en="Who reports is not said; it is part of the groups' organisational life, so the building's members are "
        "taken; activists and development targets may be added.",
    ),
)
REPORT_FORM = Reading(
    name="form",
    options=("any", "written"),
    default="any",
    why=Text(
        zh="条文说进行一次思想汇报，未要求书面；默认书面、口头都算，written 表示只认书面。",
        en="The text asks for a report and not that it be written; an oral one counts too, unless read as `written`.",
    ),
)
APPRAISAL_MEASURE = Reading(
    name="measure",
    options=("hold", "attend"),
    default="hold",
    why=Text(
        zh="条文要求开展评议，由小组落实；attend 表示看每名党员是否参加本楼小组的评议。",
        en="The group is told to hold the appraisal; `attend` looks at whether each member attended their group's.",
    ),
)
OWN_ROOM = Reading(
    name="own_room_counts",
    options=("no", "yes"),
    default="no",
    why=Text(
        zh="联系一到两间宿舍是否包括本人宿舍，条文未定；本人寝室另有要求（五、4），默认不算在内。",
        en="Whether the member's own room may be one of them is not said; what a member owes there is asked "
        "for elsewhere (五、4), so it does not count, unless read otherwise.",
    ),
)
HOME_PLACE = Reading(
    name="place",
    options=("one", "each_building"),
    default="one",
    why=Text(
        zh="条文说在学生公寓中建立党员之家，未说每栋一个；默认有一个即可，each_building 表示每栋有小组的楼都要有。",
        en="A members' home is to be set up in the apartments, not said to be in each building: one will do. Under "
        "`each_building` every building with a group needs one.",
    ),
)
SIGN = Reading(
    name="sign",
    options=("per_member", "per_room"),
    default="per_member",
    why=Text(
        zh="挂牌是为了认得出党员本人，故默认每名党员一块；per_room 表示同一宿舍有一块即可。",
        en="The sign is there to show who is a member, so each has one; under `per_room` one for the room will do.",
    ),
)
EVALUATION_PERIOD = Reading(
    name="period",
    options=("semester", "year"),
    default="semester",
    why=Text(
        zh="评价的频次条文未定；它是考评的手段，民主评议按学期，评价也按学期，year 表示按年。",
        en="No frequency is given; the appraisal that it serves is held each semester, so evaluations are too; or "
        "each `year`.",
    ),
)
VETO_SCOPE = Reading(
    name="scope",
    options=("development_work", "all_steps", "members_only", "admission"),
    default="development_work",
    owner="4.3.3.3",
    why=Text(
        zh="条文写“对党员发展工作中”，指确定发展对象、接收预备党员和转正三步，为默认；all_steps 包括入党申请人和"
        "积极分子两步；条文又只说学生党员，members_only 只管转正；admission 只管接收预备党员。",
        en="The text speaks of the work of developing members: the steps to target, probationary and full member. "
        "`all_steps` adds the two before; the sentence itself names members, so `members_only` governs full "
        "membership alone; `admission` the step to probationary member alone.",
    ),
)
VETO_HOLDER = Reading(
    name="holder",
    options=("department_prevails", "either", "opinion", "evaluation", "general_branch"),
    default="department_prevails",
    why=Text(
        zh="条文让党总支征求指导部的意见，并据以一票否决；指导员在指导部之下工作，其评为“差”也否决，"
        "但指导部在评价当日或之后表示支持的，以指导部的意见为准。either 表示反对意见和评为“差”各自即可否决，"
        "opinion 只看意见，evaluation 只看评价，general_branch 由党总支作公寓表现审查来否决。",
        en="The text lets the general branch seek the department's opinion and veto upon it. The instructors serve "
        "under that department: a poor evaluation vetoes too, unless the department has supported the step on its "
        "day or later. Under `either` each of the two suffices, under `opinion` or `evaluation` it alone counts; "
        "under `general_branch` the branch's own review of conduct in the apartment decides.",
    ),
)
VETO_SINCE = Reading(
    name="since",
    options=("entry_into_stage", "twelve_months", "any_time"),
    default="entry_into_stage",
    why=Text(
        zh="评价的效力持续多久条文未定；每一步考察的是现阶段的表现，默认只看进入现阶段以后的评价；"
        "twelve_months 看近十二个月的，any_time 不限时间。",
        en="How long an evaluation lasts is not said; each step looks at how somebody did in the stage that they "
        "hold, so those since then count; or those of the last `twelve_months`, or of `any_time`.",
    ),
)
RESIDENT = Reading(
    name="resident",
    options=("since_entry", "on_day"),
    default="since_entry",
    why=Text(
        zh="向指导部征求的是在公寓的表现；进入现阶段以来住过有小组的楼的，指导部就了解情况，默认都要征求；"
        "on_day 表示只问所问之日住在其中的。",
        en="The department is asked how somebody did in the apartments, and knows whoever lived there for any part of "
        "the stage held; under `on_day` only those who live there on the day are asked about.",
    ),
)
ASKED_BY = Reading(
    name="asked_by",
    options=("general_branch", "anyone"),
    default="general_branch",
    why=Text(
        zh="条文写明由二级学院党总支征求，默认须由党总支提出；anyone 表示谁提出都算，如由党支部代办的。",
        en="The text says that the general branch asks; under `anyone` a request by another, such as a branch on its "
        "behalf, counts too.",
    ),
)
SILENCE = Reading(
    name="silence",
    options=("unknown", "consent"),
    default="unknown",
    why=Text(
        zh="条文要求征求意见，未说不答复即同意，故未答复时暂无法核定；consent 表示单位规定不答复即同意。",
        en="The text asks for an opinion and does not say that no answer is one; under `consent` it is.",
    ),
)

CAMPUS = Parameter(
    name="campus",
    takes="name",
    optional=True,
    why=Text(
        zh="条文写的“一校区”是一个校区的名称，可以设定；不设定时适用于所有在用楼栋。",
        en="The clause names one campus, which may be set; unset, every open building is meant.",
    ),
)
REPORT_INTERVAL = Parameter(
    name="report_interval",
    takes="grain",
    why=Text(zh="条文写“定期”反馈，未定多久一次。", en="Reports are to be regular; how often is left open."),
)
RECEPTION_INTERVAL = Parameter(
    name="reception_interval",
    takes="grain",
    why=Text(zh="条文写“定期”接待，未定多久一次。", en="Reception is to be regular; how often is left open."),
)
CULTURAL_INTERVAL = Parameter(
    name="cultural_interval",
    takes="grain",
    why=Text(zh="条文要求开展，未定多久一次。", en="Activities are to be held; how often is left open."),
)
DISCUSSION_INTERVAL = Parameter(
    name="discussion_interval",
    takes="grain",
    why=Text(zh="条文写“阶段性”，未定多久一次。", en="Discussions are to be held by phases; how long is left open."),
)
COMMENDATION_INTERVAL = Parameter(
    name="commendation_interval",
    takes="grain",
    why=Text(zh="条文要求表彰，未定多久一次。", en="Deeds are to be commended; how often is left open."),
)
