"""The words of the report on an institution: its sections, its columns and its tiles."""

from collections.abc import Mapping
from typing import Final

from partyrules.packs.document import Text
from partyrules.report.words import WORDS

_HEADS: Final[Mapping[str, Text]] = {
    # Sections.
    "findings": Text(zh="未落实、暂无法核定与待落实事项", en="Breached, unknown and pending"),
    "todo": Text(zh="待办清单", en="To do"),
    "agents": Text(zh="按责任方汇总", en="By who acts"),
    "coming": Text(zh="未来一个月到期", en="Due within a month"),
    "missing": Text(zh="暂无法核定", en="What cannot be told"),
    "at_stake": Text(zh="随条文理解（口径）而变的结论", en="Findings that depend on a reading"),
    "pipeline": Text(zh="发展党员", en="The pipeline"),
    "irregular": Text(zh="不计入的记录", en="Records that count for nothing"),
    "clauses": Text(zh="逐条汇总", en="Clause by clause"),
    "trend": Text(zh="分学期落实率", en="By semester"),
    "heat": Text(zh="单位与条款", en="Units and clauses"),
    "summary": Text(zh="概况", en="Summary"),
    # Columns.
    "what": Text(zh="事项", en="What"),
    "who": Text(zh="对象", en="Whom"),
    "id": Text(zh="编号", en="Id"),
    "unit": Text(zh="所在单位", en="Unit"),
    "responsible": Text(zh="责任方", en="Who acts"),
    "when": Text(zh="适用期间", en="Period"),
    "count": Text(zh="实有/要求", en="Found/asked"),
    "why": Text(zh="所缺或原因", en="Needs or reason"),
    "closes": Text(zh="凭何记录销号", en="Closed by"),
    "new": Text(zh="新增", en="New"),
    "adopted": Text(zh="现行口径下", en="As adopted"),
    "otherwise": Text(zh="改用该口径", en="If changed"),
    "stage": Text(zh="现阶段", en="Now"),
    "into": Text(zh="下一步", en="Next step"),
    "result": Text(zh="条件核查结论", en="Check of conditions"),
    "held_back": Text(zh="卡在哪个条件", en="Held up by"),
    "semester": Text(zh="学期", en="Semester"),
    "rate": Text(zh="落实率", en="Rate"),
    "numerator": Text(zh="已落实", en="Satisfied"),
    "denominator": Text(zh="到期应落实", en="Fell due"),
    "nearest": Text(zh="最近期限", en="Next due"),
    "number": Text(zh="数量", en="Number"),
    "change": Text(zh="变化", en="Change"),
    # Values.
    "due_soon": Text(zh="30日内到期", en="due within 30 days"),
    "no_unit": Text(zh="（不属任何单位）", en="(in no unit)"),
    "no_stage": Text(zh="（尚无）", en="(none yet)"),
    "now": Text(zh="现时", en="now"),
    "total": Text(zh="合计", en="All"),
}
TILES: Final[Mapping[str, Text]] = {
    "breached": Text(zh="未落实", en="Breached"),
    "due_soon": Text(zh="30日内到期", en="Due within 30 days"),
    "unknown": Text(zh="暂无法核定", en="Cannot be told"),
    "new": Text(zh="新增", en="New"),
    "resolved": Text(zh="已整改", en="Put right"),
    "ready": Text(zh="条件具备的发展事项", en="Steps with conditions in order"),
}


def head(key: str) -> Text:
    """Return the words for a section, a column or a value; those of a table, here with a capital, where it has none."""
    if own := _HEADS.get(key):
        return own
    word = WORDS[key]
    return Text(zh=word.zh, en=word.en[0].upper() + word.en[1:])
