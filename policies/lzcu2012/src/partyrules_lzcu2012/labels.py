"""What the readings, options and parameters of the 2012 plan are called in both languages."""

from collections.abc import Mapping
from typing import Final

from partyrules.packs.document import Text

LABELS: Final[Mapping[str, Text]] = {
    "reading:count": Text(zh="楼宇党小组的设置", en="how groups are counted"),
    "reading:count=bijection": Text(zh="一栋一组", en="one group for each building"),
    "reading:count=count_only": Text(zh="只比较总数", en="only the numbers agree"),
    "reading:probationary_may_lead": Text(zh="预备党员可否任组长", en="whether a probationary member may lead"),
    "reading:probationary_may_lead=yes": Text(zh="可以", en="may lead"),
    "reading:probationary_may_lead=no": Text(zh="须为正式党员", en="a full member is needed"),
    "reading:development_target_included": Text(zh="发展对象是否编入", en="whether development targets belong"),
    "reading:development_target_included=yes": Text(zh="编入", en="they do"),
    "reading:development_target_included=no": Text(zh="不编入", en="they do not"),
    "reading:vacation_months": Text(zh="假期所在月份", en="vacation months"),
    "reading:vacation_months=mostly": Text(zh="大部分在假期内的不作要求", en="exempt if mostly vacation"),
    "reading:vacation_months=bind": Text(zh="照常要求", en="bound as any other"),
    "reading:vacation_months=exempt": Text(zh="整月在假期内的不作要求", en="exempt if wholly vacation"),
    "reading:form": Text(zh="形式", en="form"),
    "reading:form=any": Text(zh="各种形式均可", en="any of its forms"),
    "reading:form=named": Text(zh="只算组织生活", en="organisational life alone"),
    "reading:form=written": Text(zh="须为书面", en="in writing"),
    "reading:bearer": Text(zh="谁写思想汇报", en="who reports"),
    "reading:bearer=members": Text(zh="学生党员", en="student members"),
    "reading:bearer=members_and_activists": Text(
        zh="学生党员、入党积极分子和发展对象", en="members, activists and development targets"
    ),
    "reading:measure": Text(zh="以什么为准", en="what is looked at"),
    "reading:measure=hold": Text(zh="小组召开", en="that the group held it"),
    "reading:measure=attend": Text(zh="党员参加", en="that the member attended"),
    "reading:own_room_counts": Text(zh="本人宿舍是否计入", en="whether the own room counts"),
    "reading:own_room_counts=yes": Text(zh="计入", en="it does"),
    "reading:own_room_counts=no": Text(zh="不计入", en="it does not"),
    "reading:place": Text(zh="党员之家的设置", en="where there is a members' home"),
    "reading:place=one": Text(zh="设一处", en="one place suffices"),
    "reading:place=each_building": Text(zh="每栋楼一处", en="in each building"),
    "reading:sign": Text(zh="明示牌", en="signs"),
    "reading:sign=per_member": Text(zh="每人一块", en="one for each member"),
    "reading:sign=per_room": Text(zh="每间宿舍一块", en="one for each room"),
    "reading:period": Text(zh="评价的周期", en="how often conduct is rated"),
    "reading:period=semester": Text(zh="每学期", en="each semester"),
    "reading:period=year": Text(zh="每年", en="each year"),
    "reading:scope": Text(zh="适用于哪些发展环节", en="which steps it governs"),
    "reading:scope=development_work": Text(
        zh="发展对象、预备党员、正式党员各步", en="the steps to target, probationary and full member"
    ),
    "reading:scope=all_steps": Text(zh="每一步", en="every step"),
    "reading:scope=members_only": Text(zh="只限转正", en="only the step to full member"),
    "reading:scope=admission": Text(zh="只限接收预备党员", en="only the step to probationary member"),
    "reading:holder": Text(zh="由谁否决", en="who vetoes"),
    "reading:holder=department_prevails": Text(
        zh="评价或反对意见均可否决，指导部其后的支持意见优先",
        en="an opinion or an evaluation, the department's later support prevailing",
    ),
    "reading:holder=either": Text(zh="反对意见、评为“差”，任一即可", en="an opposing opinion or a poor evaluation"),
    "reading:holder=opinion": Text(zh="以指导部意见为准", en="the department's opinion"),
    "reading:holder=evaluation": Text(zh="以指导员评价为准", en="the instructor's evaluation"),
    "reading:holder=general_branch": Text(zh="以党总支的审查为准", en="the general branch's review"),
    "reading:since": Text(zh="评价的有效时间", en="how long an evaluation lasts"),
    "reading:since=entry_into_stage": Text(zh="进入现阶段以后", en="since the stage now held was entered"),
    "reading:since=twelve_months": Text(zh="近十二个月", en="the last twelve months"),
    "reading:since=any_time": Text(zh="不限", en="for ever"),
    "reading:silence": Text(zh="未获答复", en="when there is no answer"),
    "reading:silence=unknown": Text(zh="暂无法核定", en="not decided"),
    "reading:silence=consent": Text(zh="视为同意", en="taken as consent"),
    "reading:resident": Text(zh="何时住在公寓楼", en="when the person lives in a building"),
    "reading:resident=since_entry": Text(
        zh="进入现阶段以后住过", en="at some time since the stage now held was entered"
    ),
    "reading:resident=on_day": Text(zh="所问之日住在", en="on the day asked"),
    "reading:asked_by": Text(zh="由谁征求意见", en="who asks for the opinion"),
    "reading:asked_by=general_branch": Text(zh="党总支", en="the general branch"),
    "reading:asked_by=anyone": Text(zh="任何组织", en="anyone"),
    "parameter:report_interval": Text(zh="反映情况的周期", en="interval of the reports"),
    "parameter:reception_interval": Text(zh="接待日的周期", en="interval of reception days"),
    "parameter:cultural_interval": Text(zh="文化活动的周期", en="interval of cultural activities"),
    "parameter:discussion_interval": Text(zh="讨论学习的周期", en="interval of discussion sessions"),
    "parameter:commendation_interval": Text(zh="表彰的周期", en="interval of commendations"),
    "parameter:campus": Text(zh="校区", en="campus"),
}
