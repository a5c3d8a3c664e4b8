"""The clause ledger of 兰文理党发〔2017〕73号: every clause in our words, every sentence by its fingerprint.

Clause ids put figures for the source's own headings: `8.1.3` is section 八, item 1, third part. Citations
keep what the source prints: `八、1` for a numbered item; where a section numbers nothing, its paragraphs are
counted, as in `一、第2段`. A clause before the first section is cited by the part it stands in.

Open wording is judged once for each unit that answers for it. Where a clause names no unit, the school
committee (学校党委) answers; where it speaks of members one by one (8.3.2, 8.4.4), their branch (党支部)
does, because a branch manages its members and keeps their record.
"""

from datetime import date
from typing import Final

from partyrules.packs.document import Clause, Document, Sentence, Text

__all__ = ["DOCUMENT"]

# Why a sentence carries no rule -----------------------------------------------------------------------------

_LETTERHEAD: Final = Text("公文版式，无规范内容", "letterhead: nothing is asked")
_HEADING: Final = Text("标题，内容在其下各句", "a heading: its content follows")
_LEAD: Final = Text("引出下文，本身不设要求", "leads into the items below and asks nothing itself")
_OPEN: Final = Text(
    "没有可以计数或计时的标准，只能由人认定", "gives nothing to count or date, so a person has to judge"
)
_AIM: Final = Text("宣示目的，没有具体行为", "declares an aim and names no act")
_CATCH_ALL: Final = Text("兜底条款，内容取决于上级另行交办", "a catch-all: its content comes from elsewhere")

# The clauses, in the order of the source --------------------------------------------------------------------

_CLAUSES: Final = (
    Clause(
        id="0.1",
        citation="通知正文",
        summary=Text("党委会通过后下发，各单位照办", "Adopted by the Party committee; to be carried out"),
    ),
    Clause(
        id="0.2",
        citation="意见引言",
        summary=Text("依据教育部党组 2017 年的工作标准制定", "Made under the ministry's standard of 2017"),
    ),
    Clause(
        id="1.1",
        citation="一、第1段",
        summary=Text(
            "分工：党委领导，组织部协调，有关部门配合，总支实施，支部落实",
            "Who does what: committee leads, organisation department coordinates, branches carry out",
        ),
    ),
    Clause(
        id="1.2.1",
        citation="一、第2段",
        summary=Text("校党委一年内开会专题研究一次以上", "School committee: a dedicated deliberation a year"),
    ),
    Clause(
        id="1.2.2",
        citation="一、第2段",
        summary=Text("总支一学期内开会研究一次以上", "General branch: deliberate at least once a semester"),
    ),
    Clause(
        id="1.2.3",
        citation="一、第2段",
        summary=Text("规划、部署、检查、落实四环节齐全", "Planned, deployed, checked and carried through"),
        judges="school_committee",
    ),
    Clause(
        id="1.2.4",
        citation="一、第2段",
        summary=Text("校院领导、部门负责人各联系一个支部", "Leaders and heads each link with a branch"),
    ),
    Clause(
        id="1.2.5",
        citation="一、第2段",
        summary=Text("经费和物资有着落", "Funds and material means are provided"),
        judges="school_committee",
    ),
    Clause(
        id="1.2.6",
        citation="一、第2段",
        summary=Text("依托支部和制度，使工作经常化", "Make it routine, through branches and meetings"),
    ),
    Clause(
        id="1.3.1",
        citation="一、第3段",
        summary=Text("组织部指导总支，及时传达", "Guide the general branches, convey decisions promptly"),
        judges="organisation_department",
    ),
    Clause(
        id="1.3.2",
        citation="一、第3段",
        summary=Text("组织部备齐九类制度文件", "Organisation department: nine sets of rules on file"),
    ),
    Clause(
        id="1.3.2.1",
        citation="一、第3段",
        summary=Text("党费从严，树典型，监督总支书记", "Strict dues, models, supervision of secretaries"),
        judges="organisation_department",
    ),
    Clause(
        id="1.3.5",
        citation="一、第3段",
        summary=Text("评优秀学生党员并表彰", "Organisation department: commend outstanding members"),
    ),
    Clause(
        id="1.3.3",
        citation="一、第3段",
        summary=Text("组织部审核各总支的发展工作", "Organisation department: review development work"),
    ),
    Clause(
        id="1.3.4",
        citation="一、第3段",
        summary=Text("查出问题的，给出整改意见", "Findings are answered with proposals for improvement"),
        judges="organisation_department",
    ),
    Clause(
        id="1.3.6",
        citation="一、第3段",
        summary=Text("追究责任，必要时作组织处理", "Those responsible answer for it, by measures where needed"),
        judges="organisation_department",
    ),
    Clause(
        id="2",
        citation="二、第1段",
        summary=Text("总支的地位：基层组织，抓学生党建", "What a general branch is and is there for"),
    ),
    Clause(
        id="2.0",
        citation="二、第1段",
        summary=Text("总支的年度计划列入学生党建", "General branch: student Party work in its yearly plan"),
    ),
    Clause(
        id="2.0.1",
        citation="二、第1段",
        summary=Text("总支担起责任，列入议程并作安排", "General branch: take it on, arrange it"),
        judges="general_branch",
    ),
    Clause(
        id="2.1",
        citation="二、1",
        summary=Text("宣传上级决定，订计划并实施", "Publicise decisions, plan how to follow them, and do so"),
        judges="general_branch",
    ),
    Clause(
        id="2.2",
        citation="二、2",
        summary=Text("带动党员学理论、学业务", "Have members study theory and their subjects"),
        judges="general_branch",
    ),
    Clause(
        id="2.3.0",
        citation="二、3",
        summary=Text("管好党员，过组织生活，抓自身建设", "Manage members, keep organisational life and good order"),
        judges="general_branch",
    ),
    Clause(
        id="2.3",
        citation="二、3",
        summary=Text("总支定期评议党员", "General branch: appraise its members regularly"),
    ),
    Clause(
        id="2.4",
        citation="二、4",
        summary=Text("依细则发展，把住程序和质量", "Develop members by the rules, guarding quality"),
        judges="general_branch",
    ),
    Clause(
        id="2.4.1",
        citation="二、4",
        summary=Text("对每学年的新生做启蒙", "Each academic year: new students are introduced"),
    ),
    Clause(
        id="2.4.2",
        citation="二、4",
        summary=Text("接收预备党员之前：谈话、考察、政审", "Until probation: talks, observation, political review"),
    ),
    Clause(
        id="2.4.3",
        citation="二、4",
        summary=Text("转正之前：预备党员受训、受审查", "Before full membership: training and a review"),
    ),
    Clause(
        id="2.5",
        citation="二、5",
        summary=Text("党员继续教育，以党员带动学生", "Continuing education; members lead by example"),
        judges="general_branch",
    ),
    Clause(
        id="2.6",
        citation="二、6",
        summary=Text("没有游离于组织之外的学生党员", "No student member stands outside a branch"),
    ),
    Clause(
        id="2.6.1",
        citation="二、6",
        summary=Text("日常管理，办法配套，支持参与校务", "Daily management, local measures, taking part"),
        judges="general_branch",
    ),
    Clause(
        id="2.7",
        citation="二、7",
        summary=Text("以党建带动团建、群建", "Party work leads League and mass organisations"),
        judges="general_branch",
    ),
    Clause(
        id="2.8",
        citation="二、8",
        summary=Text("本院制度齐备，据以领导支部", "The college leads its branches by its own rules"),
        judges="general_branch",
    ),
    Clause(id="2.9", citation="二、9", summary=Text("上级另交的任务", "Other tasks from above")),
    Clause(
        id="3",
        citation="三、第1段",
        summary=Text("支部的地位：总支之下的工作组织", "What a branch is and is there for"),
    ),
    Clause(
        id="3.0",
        citation="三、第1段",
        summary=Text("支部和书记尽职，发展守程序", "Branch and secretary keep to duty and procedure"),
        judges="branch",
    ),
    Clause(
        id="3.1",
        citation="三、1",
        summary=Text("宣传决定，组织政治学习", "Publicise decisions, organise political study"),
        judges="branch",
    ),
    Clause(
        id="3.2",
        citation="三、2",
        summary=Text("支部定期过组织生活，定期评议", "Organisational life and appraisal, regularly"),
    ),
    Clause(
        id="3.2.1",
        citation="三、2",
        summary=Text("管教党员，分析党性，自我批评", "Manage members, analyse their attitude, criticism"),
        judges="branch",
    ),
    Clause(
        id="3.3",
        citation="三、3",
        summary=Text("协助总支培养考核后备人选", "Help the general branch to train and assess candidates"),
        judges="branch",
    ),
    Clause(
        id="3.4",
        citation="三、4",
        summary=Text("支部带好风气，党员参与班级事务", "The branch sets the tone; members take part"),
        judges="branch",
    ),
    Clause(
        id="3.5",
        citation="三、5",
        summary=Text("多听意见，摸清思想，做好工作", "Listen often, know what students think, act on it"),
        judges="branch",
    ),
    Clause(id="3.6", citation="三、6", summary=Text("上级另交的任务", "Other tasks from above")),
    Clause(
        id="4.1",
        citation="四、第1段",
        summary=Text("党校是培养教育的阵地", "The Party school's part in training"),
    ),
    Clause(
        id="4.2",
        citation="四、第1段",
        summary=Text("师资有保障，课程有质量", "Good staff and good teaching"),
        judges="party_school",
    ),
    Clause(
        id="4.3.1",
        citation="四、第1段",
        summary=Text("领导干部率先讲党课", "Leading cadres set the example in giving Party lectures"),
        reason=Text(
            "“带头”是提倡，没有次数，未做不算违反",
            "an encouragement without a number: not doing it is never a violation",
        ),
    ),
    Clause(
        id="4.3.2",
        citation="四、第1段",
        summary=Text("主要领导一学期上理论课一次以上", "Principal leaders: a lesson each semester"),
    ),
    Clause(
        id="4.4.1",
        citation="四、第1段",
        summary=Text("积极分子须上党校并参加考试", "Activists must take the Party course and its exam"),
    ),
    Clause(
        id="4.4.2",
        citation="四、第1段",
        summary=Text("考试合格才可发证", "A certificate may follow a pass, and only a pass"),
    ),
    Clause(
        id="4.5",
        citation="四、第1段",
        summary=Text("支部为每名学员登记结果", "The branch registers each student's result"),
    ),
    Clause(
        id="4.6.1",
        citation="四、第1段",
        summary=Text("发展对象培训满三天或二十四学时", "Targets: three days or 24 hours of training"),
    ),
    Clause(
        id="4.6.2",
        citation="四、第1段",
        summary=Text("预备党员等依规定集训", "Probationary members and the others train as required"),
        judges="party_school",
    ),
    Clause(
        id="4.6.3",
        citation="四、第1段",
        summary=Text("正式党员一年集训满三十二学时", "Full members: 32 hours of training a year"),
    ),
    Clause(
        id="5.1",
        citation="五、第1段",
        summary=Text("宣传部有交流栏目、网络队伍、信息化平台", "Publicity department: column, team, platform"),
    ),
    Clause(
        id="5.1.1",
        citation="五、第1段",
        summary=Text("用好校园网，面广而有针对性", "Use the campus network, wide and to the point"),
        judges="publicity_department",
    ),
    Clause(
        id="5.2",
        citation="五、第1段",
        summary=Text("管好网络和新媒体", "Run network and new media well"),
        judges="publicity_department",
    ),
    Clause(
        id="5.3",
        citation="五、第1段",
        summary=Text("以新媒体教育、管理、服务党员", "Teach, manage and serve members by new media"),
        judges="publicity_department",
    ),
    Clause(
        id="6.1",
        citation="六、第1段",
        summary=Text("为党员搭平台、拓岗位、安排实践", "Platforms, posts and practice for members"),
        judges="student_affairs",
    ),
    Clause(
        id="6.2",
        citation="六、第1段",
        summary=Text("寓国情教育于实践和服务", "Teach the country's conditions through practice and service"),
        judges="student_affairs",
    ),
    Clause(
        id="6.3",
        citation="六、第1段",
        summary=Text("党员影响同伴，共同成长", "Members influence their peers for the better"),
    ),
    Clause(
        id="7.1",
        citation="七、第1段",
        summary=Text("“青马”培训、推优与确定人选相衔接", "League training and recommendation go with selection"),
    ),
    Clause(
        id="7.1.1",
        citation="七、第1段",
        summary=Text("加强对团建的领导，以团员为党员主要来源", "Lead the League; members come from it"),
        reason=Text("讲方法和目的，具体行为已由 7.1 编码", "method and aim; the act is encoded as 7.1"),
    ),
    Clause(
        id="7.2",
        citation="七、第2段",
        summary=Text("寒假、暑假均组织实践、调研或志愿活动", "Each vacation: practice, research, service"),
    ),
    Clause(
        id="8.1.1",
        citation="八、1",
        summary=Text("学期内过民主生活会", "A democratic life meeting each semester"),
    ),
    Clause(
        id="8.1.2",
        citation="八、1",
        summary=Text("学期内向组织汇报", "A report to group or branch each semester"),
    ),
    Clause(id="8.1.3", citation="八、1", summary=Text("学期内听辅导报告", "A study report heard each semester")),
    Clause(id="8.1.4", citation="八、1", summary=Text("学期内看教育影片", "An educational film each semester")),
    Clause(
        id="8.1.5",
        citation="八、1",
        summary=Text("学期内参加体会交流", "An exchange of what was learnt each semester"),
    ),
    Clause(
        id="8.1.6",
        citation="八、1",
        summary=Text("学期内到革命传统基地参观", "A heritage visit each semester"),
    ),
    Clause(id="8.1.7", citation="八、1", summary=Text("学期内参加社会实践", "Social practice each semester")),
    Clause(
        id="8.2",
        citation="八、2",
        summary=Text("三种会议与党课的名称", "Which three meetings and which lecture are meant"),
    ),
    Clause(
        id="8.2.1",
        citation="八、2",
        summary=Text("支部党员大会按季召开，党员到会", "Branch assembly each quarter, members attending"),
    ),
    Clause(
        id="8.2.2",
        citation="八、2",
        summary=Text("支委会按月召开，委员到会", "Branch committee each month, its members attending"),
    ),
    Clause(
        id="8.2.3",
        citation="八、2",
        summary=Text("党小组会按月召开，组员到会", "Group meeting each month, its members attending"),
    ),
    Clause(
        id="8.2.4",
        citation="八、2",
        summary=Text("半年内听一次以上党课", "A Party lecture in each half-year"),
    ),
    Clause(
        id="8.3.1",
        citation="八、3",
        summary=Text("党员年度接受支部评议", "Each member takes part in the yearly appraisal"),
    ),
    Clause(
        id="8.3.2",
        citation="八、3",
        summary=Text("党员参与荐优和处置", "Members take part in commending and in disposing of cases"),
        judges="branch",
    ),
    Clause(
        id="8.4.1",
        citation="八、4",
        summary=Text("骨干党员各联系积极分子", "Each backbone member links with an activist"),
    ),
    Clause(
        id="8.4.2",
        citation="八、4",
        summary=Text("党员和后备人选各帮扶困难学生", "Members and candidates each help a student in need"),
    ),
    Clause(
        id="8.4.3",
        citation="八、4",
        summary=Text("探索骨干党员联系寝室", "Explored: backbone members link with rooms"),
    ),
    Clause(
        id="8.4.3.1",
        citation="八、4",
        summary=Text("探索责任寝室", "Explored: rooms that members answer for"),
        reason=Text("探索事项，内容见 8.4.4", "exploratory; what it asks is listed in 8.4.4"),
    ),
    Clause(
        id="8.4.4",
        citation="八、4",
        summary=Text("党员在寝室的四项职责", "What a member owes the room: four duties"),
        judges="branch",
    ),
)

# The sentences, all of them ---------------------------------------------------------------------------------

_SENTENCES: Final = (
    Sentence("W1", "5a677d1de337c320", "heading", reason=_LETTERHEAD),
    Sentence("W2+3", "1c8e19dc7ac6b88a", "heading", reason=_LETTERHEAD),
    Sentence("W4", "102a8dc633e05d0a", "heading", reason=_LETTERHEAD),
    Sentence(
        "W5",
        "2f491a4674402437",
        "definition",
        clauses=("0.1",),
        reason=Text("使全文生效，生效日即据此而定", "puts the whole in force and so gives its first day"),
    ),
    Sentence("W6", "f4624afe72374093", "heading", reason=_LETTERHEAD),
    Sentence("W7", "4acb8d5c34e57efe", "heading", reason=_LETTERHEAD),
    Sentence("W8+9", "0e35d01ddf5ded3d", "heading", reason=_HEADING),
    Sentence("W10", "9961f989ce496f31", "exhortation", reason=_AIM),
    Sentence(
        "W11",
        "e3128244fea787b8",
        "definition",
        clauses=("0.2",),
        reason=Text("说明制定依据", "names the authority under which it is made"),
    ),
    Sentence("W12", "1ca9d75ac300c018", "heading", reason=_HEADING),
    Sentence(
        "W13",
        "d05c8fab3106ffe4",
        "definition",
        clauses=("1.1",),
        reason=Text("划定分工，各方职责见以下各节", "divides the roles; their duties follow"),
    ),
    Sentence("W14", "2f98c5d46fe97f5d", "encoded", clauses=("1.2.1", "1.2.2", "1.2.3"), rules=("1.2.1", "1.2.2")),
    Sentence("W15", "9ed6a5ca4d518e1e", "encoded", clauses=("1.2.4", "1.2.5"), rules=("1.2.4",)),
    Sentence("W16", "84bc60a2988ddb03", "exhortation", clauses=("1.2.6",), reason=_AIM),
    Sentence("W17", "f96f0cefd3defca3", "judgement", clauses=("1.3.1",), reason=_OPEN),
    Sentence(
        "W18",
        "15b503b205b01bf0",
        "encoded",
        clauses=("1.3.1", "1.3.2", "1.3.2.1", "1.3.5"),
        rules=("1.3.2", "1.3.5"),
    ),
    Sentence("W19", "c845b984cd785c77", "encoded", clauses=("1.3.3",), rules=("1.3.3",)),
    Sentence("W20", "e8e1dac496dd6222", "judgement", clauses=("1.3.4", "1.3.6"), reason=_OPEN),
    Sentence("W21", "d68f91252fbb75eb", "heading", reason=_HEADING),
    Sentence(
        "W22",
        "a50ae6bf59f20423",
        "definition",
        clauses=("2",),
        reason=Text("说明总支的地位，职责见下文", "says what a general branch is; its duties follow"),
    ),
    Sentence("W23", "3caf347661aff179", "encoded", clauses=("2.0", "2.0.1"), rules=("2.0",)),
    Sentence("W24", "120eb2d8aa5a93ae", "heading", reason=_LEAD),
    Sentence("W25", "8497de3b3aa72afc", "judgement", clauses=("2.1",), reason=_OPEN),
    Sentence("W26", "79cdb3b618fba0db", "judgement", clauses=("2.2",), reason=_OPEN),
    Sentence("W27", "2b9ab0e4d1398d09", "judgement", clauses=("2.3.0",), reason=_OPEN),
    Sentence("W28", "a1b29ae4c6326222", "encoded", clauses=("2.3.0", "2.3"), rules=("2.3",)),
    Sentence("W29", "0b9d724790640782", "judgement", clauses=("2.4",), reason=_OPEN),
    Sentence(
        "W30",
        "03007b86d62a63ee",
        "encoded",
        clauses=("2.4", "2.4.1", "2.4.2", "2.4.3"),
        rules=(
            "2.4.1",
            "2.4.2-review",
            "2.4.2-talk",
            "2.4.2-cultivation",
            "2.4.3-training",
            "2.4.3-review",
        ),
    ),
    Sentence("W31", "46ade54c25f0c12d", "judgement", clauses=("2.5",), reason=_OPEN),
    Sentence("W32", "bda8ce52511290a3", "encoded", clauses=("2.6", "2.6.1"), rules=("2.6",)),
    Sentence("W33", "ad8a1505f9b617bc", "judgement", clauses=("2.7",), reason=_OPEN),
    Sentence("W34", "f5a37f08a268f96d", "judgement", clauses=("2.8",), reason=_OPEN),
    Sentence("W35", "4e417fc7dad3349d", "exhortation", clauses=("2.9",), reason=_CATCH_ALL),
    Sentence("W36", "1663a6b986bc2480", "heading", reason=_HEADING),
    Sentence(
        "W37",
        "a7f417a1cbed2845",
        "definition",
        clauses=("3",),
        reason=Text("说明支部的地位，职责见下文", "says what a branch is; its duties follow"),
    ),
    Sentence("W38", "ea59f136ffb45b92", "judgement", clauses=("3.0",), reason=_OPEN),
    Sentence("W39", "3394fa1c4c4cba69", "heading", reason=_LEAD),
    Sentence("W40", "cb9106d55deed7d0", "judgement", clauses=("3.1",), reason=_OPEN),
    Sentence("W41", "79d8125915c6a732", "encoded", clauses=("3.2", "3.2.1"), rules=("3.2-life", "3.2-appraisal")),
    Sentence("W42", "f1fd0d2de17dc188", "judgement", clauses=("3.3",), reason=_OPEN),
    Sentence("W43", "d1d5b483a07fb0dd", "judgement", clauses=("3.4",), reason=_OPEN),
    Sentence("W44", "5074ee546a43efba", "judgement", clauses=("3.5",), reason=_OPEN),
    Sentence("W45", "8b339987f5f36746", "exhortation", clauses=("3.6",), reason=_CATCH_ALL),
    Sentence("W46", "8973279d552e7fff", "heading", reason=_HEADING),
    Sentence("W47", "aa9c93c2c364e329", "exhortation", clauses=("4.1",), reason=_AIM),
    Sentence("W48", "60dd21d88ea6fa09", "judgement", clauses=("4.2",), reason=_OPEN),
    Sentence("W49", "e738aaeee4085145", "encoded", clauses=("4.3.1", "4.3.2"), rules=("4.3.2",)),
    Sentence("W50", "79ea1f31ef15f8e3", "encoded", clauses=("4.4.1", "4.4.2"), rules=("4.4.1", "4.4.2")),
    Sentence("W51", "a0542d25074582e1", "encoded", clauses=("4.5",), rules=("4.5",)),
    Sentence("W52", "bc143824dc263507", "encoded", clauses=("4.6.1", "4.6.2", "4.6.3"), rules=("4.6.1", "4.6.3")),
    Sentence("W53", "d17875a0b1209190", "heading", reason=_HEADING),
    Sentence("W54", "0172ada212b948ea", "encoded", clauses=("5.1", "5.1.1"), rules=("5.1",)),
    Sentence("W55", "96a172ed06c2597f", "encoded", clauses=("5.1", "5.2"), rules=("5.1",)),
    Sentence("W56", "5ef8c97c53eb1a5e", "encoded", clauses=("5.1", "5.3"), rules=("5.1",)),
    Sentence("W57", "7e2daeee7a74cd20", "heading", reason=_HEADING),
    Sentence("W58", "53f50228fc12e512", "judgement", clauses=("6.1",), reason=_OPEN),
    Sentence("W59", "b32175a31ae5aee0", "judgement", clauses=("6.2",), reason=_OPEN),
    Sentence("W60", "71be915c29388eb0", "exhortation", clauses=("6.3",), reason=_AIM),
    Sentence("W61", "2da59080e92c9cdc", "heading", reason=_HEADING),
    Sentence("W62", "34926a8bb750a4e9", "encoded", clauses=("7.1", "7.1.1"), rules=("7.1", "7.1-qingma")),
    Sentence("W63", "a1c79a8a202a2309", "encoded", clauses=("7.2",), rules=("7.2",)),
    Sentence("W64", "d356e023ce71bb36", "heading", reason=_HEADING),
    Sentence(
        "W65",
        "4f33c6aa59f5026b",
        "encoded",
        clauses=("8.1.1", "8.1.2", "8.1.3", "8.1.4", "8.1.5", "8.1.6", "8.1.7"),
        rules=("8.1.1", "8.1.2", "8.1.3", "8.1.4", "8.1.5", "8.1.6", "8.1.7"),
    ),
    Sentence("W66", "34eab08fbbbc67fe", "heading", reason=_HEADING),
    Sentence(
        "W67",
        "002c1df38a60dee4",
        "definition",
        clauses=("8.2",),
        reason=Text("解释下一句所用的名称", "explains the names that the next sentence uses"),
    ),
    Sentence(
        "W68",
        "4e858d4e42d4a47a",
        "encoded",
        clauses=("8.2.1", "8.2.2", "8.2.3", "8.2.4"),
        rules=(
            "8.2.1-hold",
            "8.2.1-attend",
            "8.2.2-hold",
            "8.2.2-attend",
            "8.2.3-hold",
            "8.2.3-attend",
            "8.2.4",
        ),
    ),
    Sentence("W69", "7556652442921188", "heading", reason=_HEADING),
    Sentence("W70", "eebb3a436d8cb016", "encoded", clauses=("8.3.1", "8.3.2"), rules=("8.3.1-hold", "8.3.1")),
    Sentence("W71", "451cd63e24a1b8cd", "heading", reason=_HEADING),
    Sentence("W72", "79b91f4a1b7356dc", "encoded", clauses=("8.4.1", "8.4.2"), rules=("8.4.1", "8.4.2")),
    Sentence("W73", "dbd3127e1b9b08d1", "encoded", clauses=("8.4.3", "8.4.3.1"), rules=("8.4.3",)),
    Sentence("W74", "96364af9fc6d743e", "judgement", clauses=("8.4.4",), reason=_OPEN),
)

DOCUMENT: Final = Document(
    id="lzwl2017",
    title=Text(
        "兰州文理学院贯彻落实《普通高等学校学生党建工作标准》实施意见",
        "Implementation Opinions of Lanzhou University of Arts and Science on the Standard for Student Party Work",
    ),
    number="兰文理党发〔2017〕73号",
    institution=Text("兰州文理学院", "Lanzhou University of Arts and Science"),
    in_force_from=date(2017, 12, 11),
    clauses=_CLAUSES,
    sentences=_SENTENCES,
)
