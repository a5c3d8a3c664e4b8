"""Where the 2017 standard can be read two ways: each reading with its options, its default and why; and parameters."""

from partyrules.language.rules import Parameter, Reading
from partyrules.packs.document import Text

YEAR = Reading(
    name="year",
    options=("calendar", "academic"),
    default="calendar",
    why=Text(
        zh="“每年”未说明是日历年还是学年；年度计划和总结按日历年编制，故默认日历年。",
        en="The text says only `year`; plans and summaries are made by the calendar year, so that is the default.",
    ),
)
LECTURE_BEARER = Reading(
    name="bearer",
    options=("each", "collective"),
    default="each",
    why=Text(
        zh="两级主要领导是各自讲还是合计讲一次，文字未定；每人讲一次能同时满足两种理解。",
        en="Each leader or all together: lecturing each satisfies both ways of reading it.",
    ),
)
RESULT_DEADLINE = Reading(
    name="deadline",
    options=("semester_end", "register_within_days"),
    default="semester_end",
    why=Text(
        zh="登记备案没有期限；以课程所在学期末为合理期限，也可由单位规定天数。",
        en="No deadline is given; the end of the course's semester is taken, or a number of days the institution sets.",
    ),
)
LECTURES_COUNT = Reading(
    name="party_lecture_counts",
    options=("no", "yes"),
    default="no",
    why=Text(
        zh="党课是否计入集中培训学时，文字未定；两者分列两处，故默认不计。",
        en="Lectures and concentrated training stand in different places of the text, so lectures do not count.",
    ),
)
VACATION_PRACTICE = Reading(
    name="vacation",
    options=("each_vacation", "one_per_year"),
    default="each_vacation",
    why=Text(
        zh="“寒暑假”可指两个假期各一次，也可指一年内任一假期；默认各一次。",
        en="Both vacations are named together; each is taken to need one, or one in either suffices.",
    ),
)
LIFE_MEETING_MEASURE = Reading(
    name="measure",
    options=("attendance", "branch_held"),
    default="attendance",
    why=Text(
        zh="要求对象是党员本人，故以本人参加为准；branch_held 表示所在支部召开即可。",
        en="The clause addresses the member, so attendance is what counts; `branch_held` looks only at the branch.",
    ),
)
VACATION_EVENT = Reading(
    name="vacation_counts",
    options=("no", "following_semester"),
    default="no",
    why=Text(
        zh="假期实践属于哪个学期，文字未定；默认不计，也可计入其后第一个学期。",
        en="Whether practice in a vacation belongs to a semester is not said; it may count in the one that follows.",
    ),
)
EARLY_ASSEMBLY = Reading(
    name="early",
    options=("own_quarter", "next_quarter"),
    default="own_quarter",
    why=Text(
        zh="提前召开的大会算本季度的，还是抵下一季度的，文字未定；默认算召开当季。",
        en="An assembly held early counts in its own quarter, or may discharge the next one.",
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
HALF_YEAR = Reading(
    name="half_year",
    options=("calendar", "semester"),
    default="calendar",
    why=Text(
        zh="“每半年”按日历半年理解；学校也可按学期理解。",
        en="Half a year is taken by the calendar; a university may take its semesters instead.",
    ),
)
RECOMMENDATION_EFFECT = Reading(
    name="effect",
    options=("advisory", "required"),
    default="advisory",
    why=Text(
        zh="条文把推优与确定人选结合起来，但未说没有推荐就不得确定，故默认仅作提示。",
        en="The clause ties League recommendation to selection but does not forbid selection without it.",
    ),
)
TRAINING_SUM = Reading(
    name="sum",
    options=("either", "both"),
    default="either",
    why=Text(
        zh="三天与二十四学时以“或”相连，达到其一即可；both 视学时为天数的注解，两者都要达到。",
        en="Days and class hours are joined by `or`, so either suffices; `both` takes hours as a gloss on days.",
    ),
)

REVIEW_INTERVAL = Parameter(
    name="review_interval",
    takes="grain",
    why=Text(
        zh="审核发展党员工作的频次，文件没有规定。",
        en="The document gives no frequency for the review of development work.",
    ),
)
REGISTER_WITHIN_DAYS = Parameter(
    name="register_within_days",
    takes="days",
    why=Text(
        zh="登记备案的天数，由采用该读法的单位规定。",
        en="The number of days within which results are registered, for an institution that reads it so.",
    ),
)
