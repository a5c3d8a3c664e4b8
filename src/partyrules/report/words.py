"""The words of tables and reports, in both languages."""

from collections.abc import Mapping
from typing import Final

from partyrules.answers.messages import REASON_WORDS
from partyrules.packs.document import Text

__all__ = ["WORDS", "reason_text"]

WORDS: Final[Mapping[str, Text]] = {
    "rule": Text(zh="规则", en="rule"),
    "clause": Text(zh="条款", en="clause"),
    "what": Text(zh="内容", en="what"),
    "who": Text(zh="对象", en="who"),
    "when": Text(zh="期间", en="when"),
    "status": Text(zh="状态", en="status"),
    "count": Text(zh="实有/要求", en="found"),
    "why": Text(zh="原因或所需", en="needs or reason"),
    "due": Text(zh="期限", en="due"),
    "breached": Text(zh="未做到", en="breached"),
    "unknown": Text(zh="无法判定", en="unknown"),
    "due_soon": Text(zh="将到期", en="due soon"),
    "pending": Text(zh="待完成", en="pending"),
    "satisfied": Text(zh="已做到", en="satisfied"),
    "other": Text(zh="其他", en="other"),
    "branch": Text(zh="支部", en="branch"),
    "no_branch": Text(zh="（不在支部）", en="(in no branch)"),
    "all": Text(zh="合计", en="all"),
    "reading": Text(zh="读法", en="reading"),
    "option": Text(zh="选项", en="option"),
    "adopted": Text(zh="采用的结论", en="as adopted"),
    "otherwise": Text(zh="改用后", en="if changed"),
    "stage": Text(zh="阶段", en="stage"),
    "holding": Text(zh="现有人数", en="hold it"),
    "next": Text(zh="待进入", en="are next"),
    "vetoed": Text(zh="被否决", en="vetoed"),
    "blocked": Text(zh="不符合", en="blocked"),
    "undetermined": Text(zh="未定", en="undetermined"),
    "permitted": Text(zh="可以", en="permitted"),
    "held_back": Text(zh="拦住他们的规则", en="what holds them back"),
    "fact": Text(zh="记录", en="record"),
    "kind": Text(zh="类型", en="type"),
    "reason": Text(zh="原因", en="reason"),
    "no_finding": Text(zh="（此处没有结论）", en="(no finding)"),
    "outcome": Text(zh="（结论）", en="(the outcome)"),
    "in_no_list": Text(zh="（不在任何一列）", en="(in no list)"),
    "options": Text(zh="选项\n（首个为默认）", en="options\n(default first)"),
    "why_default": Text(zh="说明", en="why"),
}


def reason_text(reason: str) -> Text:
    """Return in words what a reason code says; a pack's own code stands for itself."""
    return REASON_WORDS.get(reason, Text(zh=reason, en=reason))
