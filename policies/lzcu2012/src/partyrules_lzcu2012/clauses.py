"""The clause ledger of 兰商学工字〔2012〕12号: every clause in our words, every sentence by its fingerprint.

Clause ids put figures for the source's own headings: `4.2.1.3` is section 四, item 2, part 一是, third act.
Citations keep what the source prints: `四、2一是` for a part introduced by 一是, `五、4` for a numbered item
whose parts have no numbers, `三` for a section of one paragraph.

Open wording is judged once for each unit that answers for it. Where a clause names no unit, the student affairs
department (学生工作部) answers, whose paper it is; where it speaks of an instructor, a group leader or members one
by one (3.4, 3.6, 5.2.2.1, 5.4.2, 5.4.3), their building group (楼宇党小组) does, because they act within it. What
the members' home (党员之家) does is answered for by the guidance department (指导部), which opens it.
"""

from datetime import date
from typing import Final

from partyrules.packs.document import Clause, Document, Sentence, Text

__all__ = ["DOCUMENT"]

# Why a sentence carries no rule -----------------------------------------------------------------------------

_LETTERHEAD: Final = Text("公文版式，无规范内容", "letterhead: nothing is asked")
_HEADING: Final = Text("标题，内容在其下各句", "a heading: its content follows")
_OPEN: Final = Text(
    "没有可以计数或计时的标准，只能由人认定", "gives nothing to count or date, so a person has to judge"
)
_AIM: Final = Text("宣示目的或意义，没有具体行为", "declares an aim or a meaning and names no act")
_BACKGROUND: Final = Text("交代背景和理由，没有具体行为", "gives background and grounds and names no act")

# The clauses, in the order of the source --------------------------------------------------------------------

_CLAUSES: Final = (
    Clause(
        id="1",
        citation="一",
        summary=Text("指导思想：服务全校科学发展", "Guiding thought: serve the school's development"),
    ),
    Clause(
        id="2",
        citation="二",
        summary=Text("目标：楼宇小组推动公寓文明", "Aims: groups in buildings, orderly apartments"),
    ),
    Clause(
        id="3.1",
        citation="三",
        summary=Text("学工部之下设公寓党建指导部", "A guidance department under student affairs"),
    ),
    Clause(
        id="3.1.1",
        citation="三",
        summary=Text("与学工部支部一起办公，统管此项工作", "It shares its branch's office, in sole charge"),
        judges="student_affairs",
    ),
    Clause(id="3.2", citation="三", summary=Text("每栋楼一个党小组", "One Party group for each building")),
    Clause(id="3.3", citation="三", summary=Text("每栋楼有党建指导员", "An instructor for each building")),
    Clause(
        id="3.4",
        citation="三",
        summary=Text("指导员教育管理党员，组织活动", "The instructor teaches, manages and organises"),
        judges="building_group",
    ),
    Clause(
        id="3.5",
        citation="三",
        summary=Text("组长是住在本楼的党员", "The group leader is a member who lives in the building"),
    ),
    Clause(
        id="3.5.1",
        citation="三",
        summary=Text("组长人选优秀", "The leader is an outstanding member"),
        judges="building_group",
    ),
    Clause(
        id="3.6",
        citation="三",
        summary=Text("组长带本楼党员学习，办公寓文化", "The leader organises study and culture"),
        judges="building_group",
    ),
    Clause(
        id="3.7",
        citation="三",
        summary=Text("住本楼的党员、积极分子都编入小组", "Its members and activists are in its group"),
    ),
    Clause(
        id="3.8",
        citation="三",
        summary=Text("楼栋和小组名单另附", "The list of buildings and groups stands in an annex"),
    ),
    Clause(
        id="4.1.1",
        citation="四、1",
        summary=Text("小组服从指导部统筹", "Groups act under the guidance department"),
        judges="building_group",
    ),
    Clause(
        id="4.1.2",
        citation="四、1",
        summary=Text("小组的计划和方案统一", "Plans are drawn up in common"),
        judges="building_group",
    ),
    Clause(
        id="4.1.3",
        citation="四、1",
        summary=Text("小组管理党员，促其当表率", "Groups manage members and urge them to set an example"),
        judges="building_group",
    ),
    Clause(
        id="4.1.4",
        citation="四、1",
        summary=Text("小组定期把党员和积极分子的情况报总支", "Groups report to the general branch"),
    ),
    Clause(
        id="4.1.4.1",
        citation="四、1",
        summary=Text("小组同总支常通气", "Groups keep in touch with the general branch"),
        judges="building_group",
    ),
    Clause(
        id="4.1.5",
        citation="四、1",
        summary=Text("总支、指导部、小组三级运行", "Three tiers: general branch, guidance department, group"),
    ),
    Clause(
        id="4.2.1.1",
        citation="四、2一是",
        summary=Text("小组按月过组织生活", "Organisational life each month"),
    ),
    Clause(id="4.2.1.2", citation="四、2一是", summary=Text("每季有思想汇报", "A thought report each quarter")),
    Clause(
        id="4.2.1.3",
        citation="四、2一是",
        summary=Text("民主评议按学期", "A democratic appraisal each semester"),
    ),
    Clause(
        id="4.2.2",
        citation="四、2二是",
        summary=Text("党员定期在活动室接待同学", "Members receive visitors in an activity room"),
    ),
    Clause(
        id="4.2.2.1",
        citation="四、2二是",
        summary=Text("接待时讲解党的知识，引导要求入党者", "Visitors learn about the Party"),
        judges="guidance_department",
    ),
    Clause(
        id="4.2.3",
        citation="四、2三是",
        summary=Text("设立挂牌制度", "A nameplate scheme"),
        reason=Text("挂牌的具体要求在 5.4.1 编码", "what has to be posted is encoded as 5.4.1"),
    ),
    Clause(
        id="4.3.1",
        citation="四、3一是",
        summary=Text("三种考评细则成文", "Three sets of appraisal rules on file"),
    ),
    Clause(
        id="4.3.2",
        citation="四、3二是",
        summary=Text("考核评估办法成文，含五个方面", "Assessment measures on file, with five areas"),
    ),
    Clause(
        id="4.3.2.1",
        citation="四、3二是",
        summary=Text("公寓党建有目标", "Goals are set for the work in apartments"),
        judges="guidance_department",
    ),
    Clause(
        id="4.3.3.1",
        citation="四、3三是",
        summary=Text("公寓表现同测评、发展挂钩", "Conduct in the apartment counts in assessment"),
        judges="student_affairs",
    ),
    Clause(
        id="4.3.3.2",
        citation="四、3三是",
        summary=Text("总支发展党员前问过指导部", "The guidance department is asked before each step"),
    ),
    Clause(
        id="4.3.3.3",
        citation="四、3三是",
        summary=Text("公寓表现差的，一票否决", "Bad conduct in the apartment vetoes the step"),
    ),
    Clause(
        id="4.4.1",
        citation="四、4一是",
        summary=Text("有网上学习专栏和党员信箱", "An online study column and a members' mailbox"),
    ),
    Clause(
        id="4.4.1.1",
        citation="四、4一是",
        summary=Text("网上讨论得到引导，来信有答复", "Discussions are guided and letters answered"),
        judges="guidance_department",
    ),
    Clause(
        id="4.4.2",
        citation="四、4二是",
        summary=Text("公寓有志愿服务队", "A volunteer team in the apartments"),
    ),
    Clause(
        id="4.4.2.1",
        citation="四、4二是",
        summary=Text("开展志愿服务，并用以考察党员", "Volunteer service takes place and is taken note of"),
        judges="guidance_department",
    ),
    Clause(
        id="4.4.3",
        citation="四、4三是",
        summary=Text("小组开展公寓文化活动", "Groups hold cultural activities"),
    ),
    Clause(
        id="4.4.3.1",
        citation="四、4三是",
        summary=Text("办楼宇文化展，以宿舍为单位，品位提高", "Exhibitions, rooms taking part, a better tone"),
        judges="guidance_department",
    ),
    Clause(
        id="4.5",
        citation="四、5",
        summary=Text("宿舍引入学生自管自教", "Dormitories bring in self-management"),
        judges="student_affairs",
    ),
    Clause(
        id="5.1",
        citation="五、1",
        summary=Text("办主题教育活动，做到三结合", "A themed campaign that makes three combinations"),
        judges="student_affairs",
    ),
    Clause(
        id="5.2.1",
        citation="五、2",
        summary=Text("小组带动同学学习和实践", "The group leads study and practice"),
        judges="building_group",
    ),
    Clause(
        id="5.2.2",
        citation="五、2",
        summary=Text("党员各联系宿舍一至二间", "Each member links with one or two rooms"),
    ),
    Clause(
        id="5.2.2.1",
        citation="五、2",
        summary=Text("帮所联系的宿舍创文明、办文化", "Members help those rooms to do well"),
        judges="building_group",
    ),
    Clause(
        id="5.2.3",
        citation="五、2",
        summary=Text("小组协同总支培养考核", "The group helps the general branch to train and assess"),
        judges="building_group",
    ),
    Clause(
        id="5.2.4",
        citation="五、2",
        summary=Text("有情况尽快上报，并提建议", "News of students and proposals go up promptly"),
        judges="building_group",
    ),
    Clause(id="5.3.1", citation="五、3", summary=Text("公寓设有党员之家", "A members' home in the apartments")),
    Clause(
        id="5.3.2",
        citation="五、3",
        summary=Text("小组分阶段讨论学习", "Groups discuss by phases"),
    ),
    Clause(
        id="5.3.3",
        citation="五、3",
        summary=Text("党员之家协助继续教育", "The home helps with continuing education"),
        judges="guidance_department",
    ),
    Clause(
        id="5.3.4",
        citation="五、3",
        summary=Text("教育引导想入党的学生", "It teaches and guides those who want to join"),
        judges="guidance_department",
    ),
    Clause(
        id="5.3.5",
        citation="五、3",
        summary=Text("为有困难的同学解难", "It helps students in difficulty"),
        judges="guidance_department",
    ),
    Clause(
        id="5.4.1",
        citation="五、4",
        summary=Text("党员寝室门上有牌", "A sign at the door of each member's room"),
    ),
    Clause(
        id="5.4.2",
        citation="五、4",
        summary=Text("党员对室友的表现和状态负责", "Members answer for how their roommates do"),
        judges="building_group",
    ),
    Clause(
        id="5.4.3",
        citation="五、4",
        summary=Text("党员自律，带好全寝室", "Members discipline themselves and lead the room"),
        judges="building_group",
    ),
    Clause(id="5.5.1", citation="五、5", summary=Text("设监督信箱", "A mailbox for oversight of members")),
    Clause(
        id="5.5.2",
        citation="五、5",
        summary=Text("指导员评价党员的公寓表现", "The instructor evaluates each member's conduct"),
    ),
    Clause(
        id="5.5.3",
        citation="五、5",
        summary=Text("表彰好人好事", "Good deeds are commended"),
    ),
    Clause(
        id="5.5.3.1",
        citation="五、5",
        summary=Text("激励机制健全", "There are sound incentives"),
        judges="guidance_department",
    ),
    Clause(
        id="5.5.4",
        citation="五、5",
        summary=Text("先进立为榜样，带动工作", "Those who do well are held up as models"),
        judges="guidance_department",
    ),
)

# The sentences, all of them ---------------------------------------------------------------------------------

_SENTENCES: Final = (
    Sentence("L1", "bce456479b755c24", "heading", reason=_LETTERHEAD),
    Sentence("L2", "c85a853f0f239c95", "heading", reason=_LETTERHEAD),
    Sentence("L3", "5435ba7a1bfb2794", "heading", reason=_HEADING),
    Sentence("L4", "ca284a59ba6ed30d", "exhortation", reason=_BACKGROUND),
    Sentence("L5", "9bc29dc8390df282", "exhortation", reason=_AIM),
    Sentence("L6", "46ad1ded127fa2b5", "heading", reason=_HEADING),
    Sentence("L7", "65c26107013eae89", "exhortation", clauses=("1",), reason=_AIM),
    Sentence("L8", "ff5ae077a281f2f8", "heading", reason=_HEADING),
    Sentence("L9", "020b6f04250edb82", "exhortation", clauses=("2",), reason=_AIM),
    Sentence("L10", "dc849099ba8a0725", "exhortation", clauses=("2",), reason=_AIM),
    Sentence("L11", "f5ca779602388908", "heading", reason=_HEADING),
    Sentence("L12", "8d32643ed1a09e04", "encoded", clauses=("3.1", "3.1.1"), rules=("3.1",)),
    Sentence(
        "L13",
        "69cef5d2c7cef9c5",
        "encoded",
        clauses=("3.2", "3.3", "3.4", "3.5", "3.5.1", "3.6", "3.7"),
        rules=("3.2", "3.3", "3.3-counsellor", "3.5", "3.7", "3.7-only"),
    ),
    Sentence(
        "L14",
        "d33663e9c31d218b",
        "definition",
        clauses=("3.8",),
        reason=Text(
            "所指附表不在原文之内，楼栋和小组以记录的事实为准",
            "its annex is not part of the text; recorded facts say which buildings and groups exist",
        ),
    ),
    Sentence("L15", "0383c65362da8a1b", "heading", reason=_HEADING),
    Sentence("L16", "b5e36c926a8b48d0", "heading", reason=_HEADING),
    Sentence("L17", "6410332f951fdac9", "judgement", clauses=("4.1.1", "4.1.2", "4.1.3"), reason=_OPEN),
    Sentence("L18+19", "dbe51b5e10db5f2e", "encoded", clauses=("4.1.4", "4.1.4.1"), rules=("4.1.4",)),
    Sentence(
        "L20",
        "70d891f7bec59ce0",
        "definition",
        clauses=("4.1.5",),
        reason=Text("说明三级关系，各级要做的事另有条款", "how the tiers relate; duties stand elsewhere"),
    ),
    Sentence("L21", "5e7ed2b715a55fed", "heading", reason=_HEADING),
    Sentence(
        "L22",
        "3b1374361683787f",
        "encoded",
        clauses=("4.2.1.1", "4.2.1.2", "4.2.1.3"),
        rules=("4.2.1.1", "4.2.1.2", "4.2.1.3"),
    ),
    Sentence(
        "L23",
        "ff44e064d68a001f",
        "encoded",
        clauses=("4.2.1.1", "4.2.1.2", "4.2.1.3", "4.2.2"),
        rules=("4.2.1.1", "4.2.1.2", "4.2.1.3", "4.2.2"),
    ),
    Sentence(
        "L24",
        "e34df778e8d40fbc",
        "encoded",
        clauses=("4.2.2", "4.2.2.1", "4.2.3"),
        rules=("4.2.2", "4.2.2-room"),
    ),
    Sentence("L25", "66e72ee5f58972ce", "exhortation", clauses=("4.2.3",), reason=_BACKGROUND),
    Sentence("L26", "8f9dd9531f2e0d9c", "heading", reason=_HEADING),
    Sentence("L27", "d20a76a364f56a93", "encoded", clauses=("4.3.1",), rules=("4.3.1",)),
    Sentence("L28", "1d7ba966e1a4bb56", "exhortation", reason=_AIM),
    Sentence("L29", "678db11345955813", "encoded", clauses=("4.3.2", "4.3.2.1"), rules=("4.3.2",)),
    Sentence(
        "L30",
        "fb9a22f0cb3e592d",
        "encoded",
        clauses=("4.3.3.1", "4.3.3.2", "4.3.3.3"),
        rules=("4.3.3.2", "4.3.3.3"),
    ),
    Sentence("L31", "ddcbc5e8e28d95e3", "heading", reason=_HEADING),
    Sentence("L32", "42c1c92da6ba706f", "exhortation", reason=_AIM),
    Sentence("L33", "685cbbe26f1862ca", "encoded", clauses=("4.4.1", "4.4.1.1"), rules=("4.4.1",)),
    Sentence("L34", "b236152c2edb558e", "encoded", clauses=("4.4.2", "4.4.2.1"), rules=("4.4.2",)),
    Sentence("L35", "3955f4f613f779d1", "encoded", clauses=("4.4.2", "4.4.2.1"), rules=("4.4.2",)),
    Sentence("L36", "58a714315f431d29", "encoded", clauses=("4.4.3",), rules=("4.4.3",)),
    Sentence("L37", "eda9ffea17d5bf08", "encoded", clauses=("4.4.3", "4.4.3.1"), rules=("4.4.3",)),
    Sentence("L38", "01cd2a4ac8feef16", "heading", reason=_HEADING),
    Sentence("L39", "ec2e819938424d57", "exhortation", reason=_BACKGROUND),
    Sentence("L40", "9688f48c66431116", "judgement", clauses=("4.5",), reason=_OPEN),
    Sentence("L41", "4c29b200853acfe8", "exhortation", reason=_AIM),
    Sentence("L42", "e0bf22ea6544cf8a", "exhortation", reason=_AIM),
    Sentence("L43", "d917fe1cf851ae2e", "heading", reason=_HEADING),
    Sentence("L44", "ec4ce3c69a01e324", "heading", reason=_HEADING),
    Sentence("L45", "1e1dc933606be878", "judgement", clauses=("5.1",), reason=_OPEN),
    Sentence("L46", "9d89b01ca2b4bc29", "heading", reason=_HEADING),
    Sentence(
        "L47",
        "3cb80d38c1d99cfb",
        "encoded",
        clauses=("5.2.1", "5.2.2", "5.2.2.1", "5.2.3", "5.2.4"),
        rules=("5.2.2",),
    ),
    Sentence("L48", "8a995644109fb851", "heading", reason=_HEADING),
    Sentence("L49", "2a8451c052b71fe0", "encoded", clauses=("5.3.1",), rules=("5.3.1",)),
    Sentence("L50", "de9af9d0f74c6b4a", "encoded", clauses=("5.3.2",), rules=("5.3.2",)),
    Sentence("L51", "d55ed430f0733514", "judgement", clauses=("5.3.3", "5.3.4", "5.3.5"), reason=_OPEN),
    Sentence("L52", "982b072427dfbdbb", "heading", reason=_HEADING),
    Sentence("L53", "4f583afcbdbb773a", "encoded", clauses=("5.4.1",), rules=("5.4.1",)),
    Sentence("L54", "a0c3bf7001272207", "judgement", clauses=("5.4.2",), reason=_OPEN),
    Sentence("L55", "a9345ee4c96dfa13", "judgement", clauses=("5.4.3",), reason=_OPEN),
    Sentence("L56", "56fa9418277ab28e", "heading", reason=_HEADING),
    Sentence("L57", "1f378ec64a7fb5a1", "encoded", clauses=("5.5.1", "4.2.2"), rules=("5.5.1", "4.2.2")),
    Sentence("L58", "0854970a9a7f0a59", "encoded", clauses=("5.5.2",), rules=("5.5.2",)),
    Sentence("L59", "1bf0f2feb4bbdb54", "encoded", clauses=("5.5.3", "5.5.3.1"), rules=("5.5.3",)),
    Sentence("L60", "ce333ee2388983a8", "encoded", clauses=("5.5.3", "5.5.4"), rules=("5.5.3",)),
    Sentence("L61", "fdb765a68ebb3e37", "heading", reason=_LETTERHEAD),
    Sentence("L62", "db3f7e15c0c8bebb", "heading", reason=_LETTERHEAD),
    Sentence("L63", "47b8d9cdcbef6701", "heading", reason=_LETTERHEAD),
    Sentence("L64", "8b7ffd8065068840", "heading", reason=_LETTERHEAD),
    Sentence("L65", "f1ccccea09925b91", "heading", reason=_LETTERHEAD),
    Sentence("L66+67", "66d6268d3ea9027a", "heading", reason=_LETTERHEAD),
)

DOCUMENT: Final = Document(
    id="lzcu2012",
    title=Text("兰州商学院学生党建工作进公寓实施方案", "Plan for bringing student Party work into the apartments"),
    number="兰商学工字〔2012〕12号",
    institution=Text("兰州商学院", "Lanzhou Commercial College"),
    in_force_from=date(2012, 5, 7),
    clauses=_CLAUSES,
    sentences=_SENTENCES,
)
