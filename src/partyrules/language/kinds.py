"""The kinds (种类) that the core vocabulary names, by their field, and what each is called; others are a pack's own."""

from collections.abc import Iterable, Mapping
from typing import Final

from partyrules.language.text import Text

# Kinds are open strings: a pack reads whichever it likes. The table only tells a slip from a new kind.
KINDS: Final[Mapping[str, Mapping[str, Text]]] = {
    "unit.kind": {
        "school_committee": Text(zh="学校党委", en="school committee"),
        "organisation_department": Text(zh="党委组织部", en="organisation department"),
        "publicity_department": Text(zh="党委宣传部", en="publicity department"),
        "student_affairs": Text(zh="学生工作部（处）", en="student affairs department"),
        "youth_league": Text(zh="校团委", en="Youth League"),
        "league_general_branch": Text(zh="团总支（学院团委）", en="League general branch"),
        "league_branch": Text(zh="团支部", en="League branch"),
        "party_school": Text(zh="党校", en="Party school"),
        "general_branch": Text(zh="党总支", en="general branch"),
        "branch": Text(zh="党支部", en="branch"),
        "group": Text(zh="党小组", en="group"),
        "guidance_department": Text(zh="学生公寓党建工作指导部", en="guidance department"),
        "building_group": Text(zh="楼宇党小组", en="building group"),
    },
    "leave.kind": {
        "sick": Text(zh="病假", en="sick"),
        "study_abroad": Text(zh="出国（境）学习", en="study abroad"),
        "internship": Text(zh="外出实习", en="internship"),
    },
    "role": {
        "principal_leader": Text(zh="校院两级主要领导", en="principal leader"),
        "school_leader": Text(zh="校领导", en="school leader"),
        "college_leader": Text(zh="学院领导", en="college leader"),
        "department_head": Text(zh="部门负责人", en="department head"),
        "branch_secretary": Text(zh="支部书记", en="branch secretary"),
        "committee_member": Text(zh="支部委员", en="committee member"),
        "group_leader": Text(zh="党小组组长", en="group leader"),
        "building_instructor": Text(zh="党建工作指导员", en="building instructor"),
        "building_counsellor": Text(zh="公寓辅导员", en="building counsellor"),
        "backbone_member": Text(zh="骨干学生党员", en="backbone member"),
    },
    "meeting": {
        "branch_assembly": Text(zh="支部党员大会", en="branch assembly"),
        "branch_committee": Text(zh="支部委员会", en="branch committee"),
        "group_meeting": Text(zh="党小组会", en="group meeting"),
        "democratic_life_meeting": Text(zh="民主生活会", en="democratic life meeting"),
        "organisational_life": Text(zh="组织生活", en="organisational life"),
        "democratic_appraisal": Text(zh="民主评议", en="democratic appraisal"),
        "report_session": Text(zh="汇报会", en="report session"),
        "exchange_session": Text(zh="体会交流会", en="exchange session"),
        "special_study": Text(zh="专题研究", en="special deliberation"),
        "discussion_session": Text(zh="讨论学习", en="discussion session"),
        "organisational_life_meeting": Text(zh="组织生活会", en="organisational life meeting"),
    },
    "activity": {
        "party_lecture": Text(zh="党课", en="Party lecture"),
        "study_report": Text(zh="党建学习辅导报告", en="study report"),
        "educational_film": Text(zh="教育影片", en="educational film"),
        "heritage_visit": Text(zh="参观革命传统教育基地", en="heritage visit"),
        "social_practice": Text(zh="社会实践", en="social practice"),
        "volunteer_service": Text(zh="志愿服务", en="volunteer service"),
        "field_research": Text(zh="社会调研", en="field research"),
        "cultural_activity": Text(zh="文化活动", en="cultural activity"),
        "reception_day": Text(zh="党员接待日", en="reception day"),
        "theory_lesson": Text(zh="思想政治理论课", en="theory lesson"),
        "induction_education": Text(zh="入党启蒙教育", en="induction education"),
    },
    "document": {
        "development_rules": Text(zh="发展党员工作制度", en="rules on development"),
        "branch_setup_rules": Text(zh="党支部设置制度", en="rules on setting up branches"),
        "branch_quality_rules": Text(zh="支部建设制度", en="rules on the quality of branches"),
        "membership_transfer_rules": Text(zh="组织关系管理制度", en="rules on transfers of membership"),
        "dues_rules": Text(zh="党费管理制度", en="rules on dues"),
        "rights_rules": Text(zh="党员权利保障制度", en="rules on members' rights"),
        "exit_rules": Text(zh="党员退出制度", en="rules on leaving"),
        "team_rules": Text(zh="队伍建设制度", en="rules on the team"),
        "incentive_rules": Text(zh="激励制度", en="rules on incentives"),
        "development_review": Text(zh="发展党员工作审核", en="review of development work"),
        "annual_plan": Text(zh="年度计划", en="annual plan"),
        "performance_report": Text(zh="表现情况报告", en="performance report"),
        "thought_report": Text(zh="书面思想汇报", en="written thought report"),
        "organisational_life_rules": Text(zh="组织生活考评细则", en="rules on organisational life"),
        "party_work_rules": Text(zh="党建工作考评细则", en="rules on Party work"),
        "cultural_activity_rules": Text(zh="公寓文化活动考评细则", en="rules on cultural activities"),
        "assessment_measures": Text(zh="考核评估办法", en="assessment measures"),
    },
    "course": {
        "activist_course": Text(zh="入党积极分子培训班", en="activist course"),
        "development_target_course": Text(zh="发展对象培训", en="development target course"),
        "probationary_course": Text(zh="预备党员培训", en="probationary course"),
        "member_training": Text(zh="党员集中培训", en="member training"),
        "qingma_course": Text(zh="青马工程培训", en="Qingma course"),
    },
    "certificate": {
        "party_school_certificate": Text(zh="党校结业证书", en="Party school certificate"),
    },
    "review": {
        "political_review": Text(zh="政治审查", en="political review"),
        "conversion_review": Text(zh="转正审查", en="conversion review"),
        "apartment_conduct": Text(zh="公寓表现审查", en="review of conduct in the apartment"),
    },
    "link": {
        "room": Text(zh="宿舍", en="room"),
        "activist": Text(zh="入党积极分子", en="activist"),
        "hardship_student": Text(zh="困难学生", en="student in hardship"),
        "branch": Text(zh="党支部", en="branch"),
        "responsibility_room": Text(zh="责任宿舍", en="room of responsibility"),
    },
    "facility": {
        "online_study_column": Text(zh="网上学习专栏", en="online study column"),
        "student_member_mailbox": Text(zh="学生党员信箱", en="student members' mailbox"),
        "volunteer_team": Text(zh="志愿服务队", en="volunteer team"),
        "members_home": Text(zh="党员之家", en="members' home"),
        "supervision_mailbox": Text(zh="监督信箱", en="supervision mailbox"),
    },
}


def kind_field(wire: str, name: str) -> str:
    """Return the name under which the kinds in a field of a fact type are listed: `meeting`, but `unit.kind`."""
    return f"{wire.split('_', maxsplit=1)[0]}.kind" if name == "kind" else name


def field_of_kinds(wire: str, fields: Iterable[str], listed: Iterable[str] = KINDS) -> str | None:
    """Return which of the fields of a fact type holds a kind that is `listed`; None where none does."""
    return next((name for name in fields if kind_field(wire, name) in listed), None)
