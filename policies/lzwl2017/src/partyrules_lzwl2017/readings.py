"""Where the text can be read two ways: each reading with its options, its default and why; and what it leaves open."""

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
WHAT_IS_DELIBERATED = Reading(
    name="counts",
    options=("any_study", "special"),
    default="any_study",
    why=Text(
        zh="对学校党委写的是“专题研究”，对党总支只写“研究”，故列入议题即可；special 表示同样须为专题研究。",
        en="The committee is to deliberate at a dedicated meeting, the general branches only to deliberate: an item of "
        "the agenda suffices; `special` asks for a dedicated meeting of them, too.",
    ),
)
REVIEW_COVERAGE = Reading(
    name="coverage",
    options=("each", "any"),
    default="each",
    why=Text(
        zh="条文说“对各党总支”进行审核，故每个党总支都须审核到；any 表示有一次审核即可。",
        en="The clause speaks of the general branches one and all, so each is to be reviewed; `any` takes one review.",
    ),
)
LESSON_BEARER = Reading(
    name="bearer",
    options=("each", "collective"),
    default="each",
    why=Text(
        zh="两级主要领导是各自讲还是合计讲一次，文字未定；每人讲一次能同时满足两种理解。",
        en="Each leader or all together: a lesson by each satisfies both ways of reading it.",
    ),
)
LESSON_KIND = Reading(
    name="lesson",
    options=("either", "theory_lesson", "party_lecture"),
    default="either",
    why=Text(
        zh="前半句讲党课，后半句讲思想政治理论课，领导给学生党员讲课通常两者合一，故任一即可；另两项只认其中一种。",
        en="The sentence names Party lectures first and theory lessons next, and what leaders give student members is "
        "commonly both in one, so either counts; the other options take one of the two alone.",
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
COURSE_RESULT = Reading(
    name="result",
    options=("passed", "sat"),
    default="passed",
    why=Text(
        zh="“必须”的是参加培训班和结业考试，而考试在于合格，故默认合格；条文只在发证时提到合格，sat 表示参加即可。",
        en="What must be is the course and its final exam, and an exam is there to be passed, so a pass is asked for; "
        "`sat` takes the course whatever its result, since the text names a pass for the certificate alone.",
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
VACATION_PRACTICE = Reading(
    name="vacation",
    options=("each_vacation", "one_per_year"),
    default="each_vacation",
    why=Text(
        zh="“寒暑假”可指两个假期各一次，也可指一年内任一假期；默认各一次。",
        en="Both vacations are named together; each is taken to need one, or one in either suffices.",
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
LIFE_MEETING_MEASURE = Reading(
    name="measure",
    options=("attendance", "branch_held"),
    default="attendance",
    why=Text(
        zh="要求对象是党员本人，故以本人参加为准；branch_held 表示所在支部召开即可。",
        en="The clause addresses the member, so attendance is what counts; `branch_held` looks only at the branch.",
    ),
)
LIFE_MEETING_KIND = Reading(
    name="kind",
    options=("either", "literal"),
    default="either",
    why=Text(
        zh="条文写“民主生活会”，而支部党员参加的会议如今称“组织生活会”，故两者都算；literal 只认前者。",
        en="The text says `democratic life meeting`; what members of a branch attend is by now called organisational "
        "life meeting, so both count; `literal` takes the former alone.",
    ),
)
VACATION_EVENT = Reading(
    name="vacation_counts",
    options=("following_semester", "no"),
    default="following_semester",
    why=Text(
        zh="条文七把社会实践安排在寒暑假，若不计入任何学期，两条就不能相合，故计入其后第一个学期；no 表示不计。",
        en="Section 七 places social practice in the vacations: if it counted in no semester the two clauses would not "
        "fit, so it counts in the first that follows; under `no` it counts in none.",
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
    options=("mostly", "bind", "exempt"),
    default="mostly",
    why=Text(
        zh="条文只说“一般每月”，学生假期离校，故过半日子在假期内的月份不作要求；bind 表示每月都要求，"
        "exempt 表示只有整月在一个假期内的不作要求。",
        en="The clause says `normally each month`, and students are away in vacations, so a month more than half of "
        "which lies in them is left out; `bind` asks in every month, `exempt` leaves out only months wholly in one.",
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

REVIEW_INTERVAL = Parameter(
    name="review_interval",
    takes="grain",
    why=Text(
        zh="审核发展党员工作的频次，文件没有规定。",
        en="The document gives no frequency for the review of development work.",
    ),
)
COMMENDATION_INTERVAL = Parameter(
    name="commendation_interval",
    takes="grain",
    why=Text(
        zh="评选表彰优秀学生党员的频次，文件没有规定。",
        en="The document does not say how often outstanding student members are commended.",
    ),
)
APPRAISAL_INTERVAL = Parameter(
    name="appraisal_interval",
    takes="grain",
    why=Text(
        zh="“定期”进行民主评议，间隔由单位规定；每年一次的要求另见八、3。",
        en="Appraisal is to be regular (定期), at an interval that the institution sets; 八、3 asks for one a year.",
    ),
)
LIFE_INTERVAL = Parameter(
    name="life_interval",
    takes="grain",
    why=Text(
        zh="“定期”开展组织生活，间隔由单位规定。",
        en="Organisational life is to be regular (定期), at an interval that the institution sets.",
    ),
)
REGISTER_WITHIN_DAYS = Parameter(
    name="register_within_days",
    takes="days",
    why=Text(
        zh="登记备案的天数，由采用该口径的单位规定。",
        en="The number of days within which results are registered, for an institution that reads it so.",
    ),
)
