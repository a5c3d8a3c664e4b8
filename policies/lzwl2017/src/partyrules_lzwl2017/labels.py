"""What the readings, options and parameters of the 2017 opinions are called in both languages."""

from collections.abc import Mapping
from typing import Final

from partyrules.packs.document import Text

LABELS: Final[Mapping[str, Text]] = {
    "reading:year": Text(zh="年度", en="year"),
    "reading:year=calendar": Text(zh="按公历年", en="calendar year"),
    "reading:year=academic": Text(zh="按学年", en="academic year"),
    "reading:counts": Text(zh="哪些会议算研究", en="which meetings count"),
    "reading:counts=any_study": Text(zh="专题研究或列入议题均可", en="a dedicated meeting, or an item of the agenda"),
    "reading:counts=special": Text(zh="只算专题研究", en="a dedicated meeting alone"),
    "reading:coverage": Text(zh="审核范围", en="whom the review covers"),
    "reading:coverage=each": Text(zh="每个党总支", en="each general branch"),
    "reading:coverage=any": Text(zh="任一份审核", en="any review suffices"),
    "reading:bearer": Text(zh="由谁讲课", en="who lectures"),
    "reading:bearer=each": Text(zh="每位主要领导各自讲", en="each leader"),
    "reading:bearer=collective": Text(zh="合计讲一次", en="all of them together"),
    "reading:lesson": Text(zh="讲什么课", en="what counts as a lesson"),
    "reading:lesson=either": Text(zh="思想政治理论课或党课均可", en="a theory lesson or a Party lecture"),
    "reading:lesson=theory_lesson": Text(zh="只算思想政治理论课", en="a theory lesson alone"),
    "reading:lesson=party_lecture": Text(zh="只算党课", en="a Party lecture alone"),
    "reading:deadline": Text(zh="登记备案期限", en="deadline of the registration"),
    "reading:deadline=semester_end": Text(zh="课程所在学期末", en="the end of the course's semester"),
    "reading:deadline=register_within_days": Text(
        zh="本单位规定的天数内", en="within the days that the institution sets"
    ),
    "reading:party_lecture_counts": Text(zh="党课是否计入集中培训学时", en="whether Party lectures count as training"),
    "reading:party_lecture_counts=no": Text(zh="不计入", en="they do not"),
    "reading:party_lecture_counts=yes": Text(zh="计入", en="they do"),
    "reading:vacation": Text(zh="寒暑假实践", en="practice in the vacations"),
    "reading:vacation=each_vacation": Text(zh="每个假期各一次", en="once in each vacation"),
    "reading:vacation=one_per_year": Text(zh="一年内任一假期一次", en="once a year in any vacation"),
    "reading:measure": Text(zh="以什么为准", en="what is looked at"),
    "reading:measure=attendance": Text(zh="以本人参加为准", en="the member's attendance"),
    "reading:measure=branch_held": Text(zh="所在支部召开即可", en="that the branch held it"),
    "reading:kind": Text(zh="哪种会议", en="which meeting"),
    "reading:kind=either": Text(zh="民主生活会或组织生活会均可", en="a democratic or an organisational life meeting"),
    "reading:kind=literal": Text(zh="只算民主生活会", en="a democratic life meeting alone"),
    "reading:vacation_counts": Text(zh="假期内的社会实践", en="practice in a vacation"),
    "reading:vacation_counts=following_semester": Text(
        zh="计入其后第一个学期", en="counts in the semester that follows"
    ),
    "reading:vacation_counts=no": Text(zh="不计入学期", en="counts in no semester"),
    "reading:early": Text(zh="提前召开的大会", en="an assembly held early"),
    "reading:early=own_quarter": Text(zh="计入召开的季度", en="counts in its own quarter"),
    "reading:early=next_quarter": Text(zh="可抵下一季度", en="may count for the next quarter"),
    "reading:vacation_months": Text(zh="假期所在月份", en="vacation months"),
    "reading:vacation_months=mostly": Text(zh="过半日子在假期内的不作要求", en="exempt if more than half is vacation"),
    "reading:vacation_months=bind": Text(zh="照常要求", en="bound as any other"),
    "reading:vacation_months=exempt": Text(zh="整月在一个假期内的不作要求", en="exempt if wholly in one vacation"),
    "reading:half_year": Text(zh="半年", en="half-year"),
    "reading:half_year=calendar": Text(zh="按公历半年", en="calendar half-year"),
    "reading:half_year=semester": Text(zh="按学期", en="semester"),
    "reading:result": Text(zh="培训结果", en="result of the course"),
    "reading:result=passed": Text(zh="须合格", en="a pass is needed"),
    "reading:result=sat": Text(zh="参加即可", en="having taken it suffices"),
    "reading:effect": Text(zh="推优的作用", en="effect of the recommendation"),
    "reading:effect=advisory": Text(zh="仅作提示", en="for information only"),
    "reading:effect=required": Text(zh="没有推优不得进入", en="required"),
    "reading:sum": Text(zh="三天与二十四学时", en="three days and 24 class hours"),
    "reading:sum=either": Text(zh="达到其一即可", en="either suffices"),
    "reading:sum=both": Text(zh="两者都要达到", en="both are needed"),
    "parameter:review_interval": Text(zh="审核发展党员工作的周期", en="interval of the review of development work"),
    "parameter:commendation_interval": Text(zh="评选表彰的周期", en="interval of commendations"),
    "parameter:appraisal_interval": Text(zh="民主评议的周期", en="interval of appraisals"),
    "parameter:life_interval": Text(zh="组织生活的周期", en="interval of organisational life"),
    "parameter:register_within_days": Text(
        zh="登记备案的天数", en="number of days within which results are registered"
    ),
}
