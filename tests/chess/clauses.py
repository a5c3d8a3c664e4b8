"""The clause ledger of the invented chess club: every sentence of its statute, and what became of it."""

from datetime import date
from typing import Final

from partyrules.packs.document import Clause, Document, Sentence, Text
from tests.chess.rules import DUTIES, REQUIREMENTS, VETOES

__all__ = ["DOCUMENT"]

_SUMMARIES: Final = {
    "3": Text(zh="成员每季度至少对局2局，每年至少训练10小时。", en="At least 2 games a quarter and 10 hours a year."),
    "4": Text(zh="俱乐部每年报告2至4次。", en="The club reports 2 to 4 times a year."),
    "5": Text(
        zh="等级分至少每6个月由等级分员更新1次，从上次算起。", en="A rating is renewed at least 1 time in 6 months."
    ),
    "6": Text(
        zh="新手有1至2名导师；导师每月与每名新手训练1局。",
        en="A novice has 1 or 2 mentors; each mentor plays 1 training game a month with each novice.",
    ),
    "7": Text(zh="学期内参加活动晚会，或请假。", en="In a semester, members come to the club evening or are excused."),
    "8": Text(zh="缺席满3次，俱乐部与其谈话1次。", en="After 3 absences the club talks with the member, 1 time."),
    "9": Text(
        zh="每半年举办1场车轮战，多办的可算入下期。",
        en="1 display each half-year; an extra one may count for the next.",
    ),
    "10": Text(zh="大会通知至少提前5天发出1份。", en="1 notice of a general meeting, at least 5 days before it."),
    "11": Text(
        zh="申请1个月内、申诉10个工作日内、投诉按俱乐部规定的天数答复1次。",
        en="1 answer: to an application in 1 month, an appeal in 10 working days, a complaint in the days set.",
    ),
    "12": Text(zh="比赛成绩在当学期末前公布1次。", en="1 result of a tournament is posted by the end of its semester."),
    "13": Text(
        zh="成为候选棋手满1年前15天提出1份申请。", en="1 request, 15 days before 1 year as a candidate is over."
    ),
    "14": Text(
        zh="候选至少1年、至多3年，可延长6个月，至多2次。",
        en="At least 1 and at most 3 years as a candidate, prolonged by 6 months at most 2 times.",
    ),
    "15": Text(
        zh="表决1次：到会超过应到的1/2，赞成超过应到的1/2。",
        en="1 vote: more than 1/2 of those entitled present, more than 1/2 of those entitled in favour.",
    ),
    "16": Text(
        zh="近2年内按2020年3月1日起的大纲通过裁判员课程1次，或有1项教练称号。",
        en="1 arbiter's course passed in the last 2 years, under the syllabus of 1 March 2020, or 1 title of trainer.",
    ),
    "17": Text(
        zh="晋升大师须征求协会意见1次并等待其1次答复。",
        en="For a master the federation is asked 1 time, and 1 answer awaited.",
    ),
    "18": Text(zh="最近一次操行评议不合格者不得晋升。", en="A failed latest conduct review bars every step."),
    "19": Text(zh="教练称号只授予课程合格1次的人。", en="The title of trainer needs 1 passed trainer's course."),
    "20": Text(zh="计划涵盖3方面；每个会所有1名管理员。", en="The plan covers 3 areas; every clubhouse has 1 keeper."),
    "21": Text(zh="俱乐部保持场地适合对局。", en="The club keeps its rooms fit to play in."),
    "23": Text(zh="俱乐部棋手每年至少参加活动晚会的2/3。", en="A club player comes to 2/3 of the evenings of a year."),
    "24": Text(zh="晚会之后2周内归档1份纪要。", en="1 record of a club evening is filed within 2 weeks after it."),
}
# In the order of the statute; what `fingerprint` returns for each sentence.
_FINGERPRINTS: Final = (
    "67e487c738c8b880",
    "44afac7872affa23",
    "4198f6b685d29bfd",
    "f7149a4b5705fb0c",
    "f5e9c632bfe208a2",
    "f2f97993b2f73c72",
    "d772e7bbd8cd8a94",
    "803f6f2541789faa",
    "342c98f40a72e472",
    "c94ae07b4dd1c7ed",
    "28d36672d117d81b",
    "ca38e64a8f08e6e8",
    "3f654bc274bad254",
    "cfcde77d41ce391f",
    "90c162103a7e40a8",
    "5a85bbd71b3bb91d",
    "6d015ed7aa057d2a",
    "97bfa72cf05dc49e",
    "99ce838eef7997fe",
    "571db3ecb1963fec",
    "e67283c20abc9673",
    "0de29026d87b24bf",
    "18c9b5b6f2a1a073",
    "f7aed208c8d1c097",
)
_NOT_ENCODED: Final = {
    1: ("heading", Text(zh="标题", en="the title")),
    2: ("definition", Text(zh="阶段的次序即流程", en="the order of the stages is the pipeline itself")),
    21: ("judgement", Text(zh="“适合”须由人判断", en="what is fit is for somebody to judge")),
    22: ("exhortation", Text(zh="倡导，无从计数", en="nothing that could be counted or dated")),
}


def _sentence(number: int, digits: str) -> Sentence:
    clause = str(number)
    rules = tuple(rule.id for rule in (*DUTIES, *REQUIREMENTS, *VETOES) if rule.clause == clause)
    if number not in _NOT_ENCODED:
        return Sentence(f"S{number}", digits, "encoded", clauses=(clause,), rules=rules)
    treatment, reason = _NOT_ENCODED[number]
    carried = (clause,) if clause in _SUMMARIES else ()
    return Sentence(f"S{number}", digits, treatment, clauses=carried, reason=reason)  # type: ignore[arg-type]  # one of the treatments


DOCUMENT: Final = Document(
    id="rooks_corner",
    title=Text(zh="车角国际象棋俱乐部章程（虚构）", en="Statute of the Rook's Corner Chess Club (invented)"),
    number="1/2020",
    institution=Text(zh="车角国际象棋俱乐部（虚构）", en="Rook's Corner Chess Club (invented)"),
    in_force_from=date(2020, 1, 1),
    clauses=tuple(
        Clause(id=name, citation=f"§{name}", summary=summary, judges="chess_club" if name == "21" else None)
        for name, summary in _SUMMARIES.items()
    ),
    sentences=tuple(_sentence(number, digits) for number, digits in enumerate(_FINGERPRINTS, start=1)),
)
