"""Where the 2012 plan can be read two ways: each reading with its options, its default and why; and parameters."""

from partyrules.language.rules import Parameter, Reading
from partyrules.packs.document import Text

GROUP_COUNT = Reading(
    name="count",
    options=("bijection", "count_only"),
    default="bijection",
    why=Text(
        zh="九栋楼设九个小组，可理解为一楼一组，也可只比较总数；默认一楼一组。",
        en="Nine groups in nine buildings may mean one each, or only that the numbers agree; one each is the default.",
    ),
)
PROBATIONARY_LEADER = Reading(
    name="probationary_may_lead",
    options=("yes", "no"),
    default="yes",
    why=Text(
        zh="组长由优秀学生党员担任，预备党员也是党员，故默认可以；no 要求正式党员。",
        en="The leader is a student member; a probationary one is a member too, unless the institution says otherwise.",
    ),
)
TARGETS_BELONG = Reading(
    name="development_target_included",
    options=("yes", "no"),
    default="yes",
    why=Text(
        zh="条文只列党员和积极分子；发展对象出自积极分子，故默认在内。",
        en="Targets are not named, but they are drawn from the activists, who are.",
    ),
)
VACATION_MONTHS = Reading(
    name="vacation_months",
    options=("bind", "exempt"),
    default="bind",
    why=Text(
        zh="条文只说每月，未除去假期；exempt 表示整月在假期内的不作要求。",
        en="The clause says each month and makes no exception; `exempt` leaves out months wholly in a vacation.",
    ),
)
REPORT_BEARER = Reading(
    name="bearer",
    options=("members", "members_and_activists"),
    default="members",
    why=Text(
        zh="谁写思想汇报，条文未说；默认楼内学生党员，也可包括积极分子。",
        en="Who reports is not said; the building's members are taken, activists may be added.",
    ),
)
APPRAISAL_MEASURE = Reading(
    name="measure",
    options=("hold", "attend"),
    default="hold",
    why=Text(
        zh="条文要求小组开展评议；attend 表示还要看每名党员是否参加。",
        en="The group is told to hold the appraisal; `attend` looks at each member instead.",
    ),
)
OWN_ROOM = Reading(
    name="own_room_counts",
    options=("yes", "no"),
    default="yes",
    why=Text(
        zh="联系一到两间宿舍是否包括本人宿舍，条文未定；默认包括。",
        en="Whether the member's own room may be one of them is not said; it may, unless excluded.",
    ),
)
SIGN = Reading(
    name="sign",
    options=("per_member", "per_room"),
    default="per_member",
    why=Text(
        zh="明示牌可以每名党员一块，也可以每间宿舍一块；默认每人一块。",
        en="There may be one sign for each member or one for each room; one for each member is the default.",
    ),
)
EVALUATION_PERIOD = Reading(
    name="period",
    options=("semester", "year"),
    default="semester",
    why=Text(
        zh="评价的频次条文未定；民主评议每学期一次，评价作为考评手段也按学期。",
        en="No frequency is given; the appraisal it serves is held each semester.",
    ),
)
VETO_SCOPE = Reading(
    name="scope",
    options=("development_work", "members_only", "admission"),
    default="development_work",
    owner="4.3.3.3",
    why=Text(
        zh="“党员发展工作”涉及发展对象、预备党员和正式党员各步；条文又只说学生党员，"
        "故可限于转正（members_only），或只限于接收预备党员（admission）。",
        en="Development work spans the steps to target, probationary and full member; the sentence itself names "
        "members, so it may be limited to becoming a full member, or to admission alone.",
    ),
)
VETO_HOLDER = Reading(
    name="holder",
    options=("either", "opinion", "evaluation"),
    default="either",
    why=Text(
        zh="由谁否决条文未明说：征求到的反对意见、指导员的差评，默认任一即可否决。",
        en="Who vetoes is not said outright: the opinion asked for, or the instructor's evaluation; either is enough.",
    ),
)
VETO_SINCE = Reading(
    name="since",
    options=("entry_into_stage", "any_time"),
    default="entry_into_stage",
    why=Text(
        zh="差评效力持续多久条文未定；默认只看进入现阶段以后的评价。",
        en="How long a bad evaluation lasts is not said; only those since the stage now held was entered count.",
    ),
)
SILENCE = Reading(
    name="silence",
    options=("unknown", "consent"),
    default="unknown",
    why=Text(
        zh="已征求而未答复，不能视为同意；consent 表示单位自行规定不答复即同意。",
        en="No answer is not consent, unless the institution adopts that reading.",
    ),
)

CAMPUS = Parameter(
    name="campus",
    takes="name",
    optional=True,
    why=Text(
        zh="条文只涉及一个校区；不设定时适用于所有在用楼栋。",
        en="The clause speaks of one campus; unset, every open building is meant.",
    ),
)
REPORT_INTERVAL = Parameter(
    name="report_interval",
    takes="grain",
    why=Text(zh="“定期”反映表现，期限未定。", en="Reports are to be regular; the interval is left open."),
)
RECEPTION_INTERVAL = Parameter(
    name="reception_interval",
    takes="grain",
    why=Text(zh="“定期”接待，期限未定。", en="Reception days are to be regular; the interval is left open."),
)
