"""Messages to people, in Chinese and English: what was required, what was found, when, by which clause and reading."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from partyrules.answers.verdicts import Outcome, Status
from partyrules.language.kernel import Compare
from partyrules.language.rules import LEAVE, MODALITIES, PARTIAL, Duty, Rule
from partyrules.packs.document import Clause, Text
from partyrules.packs.pack import Bound
from partyrules.time.calendar import Period

__all__ = [
    "GRAIN_WORDS",
    "LIST_WORDS",
    "NEED_WORDS",
    "OUTCOME_WORDS",
    "REASON_WORDS",
    "STATUS_WORDS",
    "finding_message",
    "judgement_message",
    "needs_text",
    "requirement_message",
    "veto_message",
]

STATUS_WORDS: Final[Mapping[Status, Text]] = {
    "satisfied": Text(zh="已做到", en="satisfied"),
    "pending": Text(zh="待完成", en="pending"),
    "breached": Text(zh="未做到", en="breached"),
    "advisory": Text(zh="提示", en="advisory"),
    "excused": Text(zh="已免责", en="excused"),
    "not_applicable": Text(zh="不适用", en="not applicable"),
    "unknown": Text(zh="无法判定", en="unknown"),
}
OUTCOME_WORDS: Final[Mapping[Outcome, Text]] = {
    "vetoed": Text(zh="被否决", en="vetoed"),
    "blocked": Text(zh="不符合条件", en="blocked"),
    "undetermined": Text(zh="尚不能确定", en="undetermined"),
    "permitted": Text(zh="可以", en="permitted"),
}
LIST_WORDS: Final[Mapping[str, Text]] = {
    "vetoes": Text(zh="否决", en="Vetoes"),
    "unmet": Text(zh="不具备", en="Not met"),
    "unknown": Text(zh="尚不能确定", en="Not decided"),
    "met": Text(zh="具备", en="Met"),
    "not_applicable": Text(zh="不适用", en="Not applicable"),
    "advisory": Text(zh="提示（不影响结论）", en="For information"),
}
GRAIN_WORDS: Final[Mapping[str, Text]] = {
    "month": Text(zh="月", en="month"),
    "quarter": Text(zh="季度", en="quarter"),
    "half_year": Text(zh="半年", en="half-year"),
    "year": Text(zh="年", en="year"),
    "semester": Text(zh="学期", en="semester"),
    "vacation": Text(zh="假期", en="vacation"),
    "academic_year": Text(zh="学年", en="academic year"),
}
REASON_WORDS: Final[Mapping[str, Text]] = {
    "partial_period": Text(zh="在本期内不满一期", en="bound for only part of the period"),
    "on_leave": Text(zh="本期大部分时间请假", en="on leave for most of the period"),
    "above_maximum": Text(zh="超过上限", en="above the maximum"),
    "vacation_month": Text(zh="整月在假期内", en="the month lies wholly in a vacation"),
    "explained": Text(zh="已说明理由", en="a reason was recorded"),
    "stage_order": Text(zh="不是现阶段的下一阶段", en="not the stage after the one held"),
    "not_a_student": Text(zh="不是在册学生", en="not a registered student"),
    "not_resident": Text(zh="不住在有楼宇党小组的公寓楼", en="does not live in a building with a building group"),
    "no_such_office": Text(zh="出具意见的单位不是现有的指导部", en="not given by an existing guidance department"),
    "not_the_instructor": Text(
        zh="评价人不是该楼的党建指导员", en="not made by the instructor of the person's building"
    ),
    "no_residence": Text(zh="当日没有住处记录，无法评价", en="the person lived nowhere that day"),
    "unknown_stage": Text(zh="所采用的规则中没有这个阶段", en="names a stage that no adopted pack has"),
    "unknown_step": Text(zh="所采用的规则中没有这一步（阶段）", en="names a step that no adopted pack has"),
}
NEED_WORDS: Final[Mapping[str, Text]] = {
    "term_declared": Text(zh="学校公布学期、假期的起止日期", en="the declared dates of the term"),
    "register_closed": Text(zh="记录登记到期末", en="a register that is closed through the end"),
    "full_date": Text(zh="只写了月份的记录的具体日期", en="the day of a record that names only the month"),
    "attendance": Text(zh="到会名单", en="the attendance list"),
    "hours": Text(zh="学时数", en="the number of hours"),
    "days": Text(zh="天数", en="the number of days"),
    "passed": Text(zh="是否合格", en="whether the course was passed"),
    "opinion_given": Text(zh="指导部的答复", en="the guidance department's answer"),
    "judgement_made": Text(zh="一项书面判断", en="a recorded judgement"),
    "correction": Text(
        zh="更正写错阶段的记录（撤回后重新登记）", en="a correction of the record that names no stage of the packs"
    ),
    "holidays": Text(zh="本单位采用的节假日表（须排到期限之后）", en="a table of holidays that reaches the deadline"),
}
# No grain of the calendar: from one completion to when the next is due.
_INTERVAL_WORDS: Final = Text(zh="间隔期", en="interval")
_PLACE_WORDS: Final[Mapping[str, Text]] = {
    "unmet": Text(zh="不具备", en="not met"),
    "met": Text(zh="具备", en="met"),
    "unknown": Text(zh="尚不能确定", en="not decided"),
    "not_applicable": Text(zh="不适用", en="not applicable"),
    "advisory": Text(zh="提示，不影响结论", en="not met, for information only"),
}


def finding_message(  # noqa: PLR0913 - a message says as much as a finding does
    bound: Bound[Duty],
    *,
    period: Period | None,
    status: Status,
    required: int | Decimal | None,
    actual: int | Decimal | None,
    due: date | None,
    reason: str | None,
    needs: tuple[str, ...],
    pair: tuple[str, ...] = (),
) -> Text:
    """Return the message of a finding in both languages; `pair` names whom a duty for each pair is about."""
    duty, modality = bound.rule, MODALITIES[bound.rule.modality]
    zh = f"{bound.clause.citation}（{modality.zh}）{duty.title.zh}"
    en = f"Clause {bound.clause.citation} ({modality.en}): {duty.title.en}"
    if pair:
        zh += f"；对 {'、'.join(pair)}"
        en += f"; with regard to {' and '.join(pair)}"
    if period is not None:
        grain = GRAIN_WORDS.get(period.grain, _INTERVAL_WORDS)
        zh += f"；{period.start}至{period.end}（{grain.zh}）"
        en += f"; {grain.en} {period.start} to {period.end}"
    if required is not None:
        bounds = _bounds(duty, required)
        zh += f"，要求{bounds.zh}{duty.counted.zh}"
        en += f"; {duty.counted.en} required: {bounds.en}"
    if actual is not None:
        zh += f"，实有{actual}"
        en += f", found: {actual}"
    zh += f"。{STATUS_WORDS[status].zh}"
    en += f". {STATUS_WORDS[status].en.capitalize()}"
    if reason is not None:
        zh += f"：{REASON_WORDS[reason].zh}"
        en += f": {REASON_WORDS[reason].en}"
    if status == "pending" and due is not None:
        zh += f"，期限{due}"
        en += f", due {due}"
    if needs:
        zh += f"，需要：{needs_text(needs).zh}"
        en += f", needs {needs_text(needs).en}"
    read = _reading_text(bound)
    return Text(zh=f"{zh}。{read.zh if read else ''}", en=f"{en}.{' ' + read.en if read else ''}")


def judgement_message(clause: Clause, status: Status, needs: tuple[str, ...]) -> Text:
    """Return the message of a finding on a clause that only a recorded judgement answers."""
    zh = f"{clause.citation}：{clause.summary.zh.rstrip('。')}。{STATUS_WORDS[status].zh}"
    en = f"Clause {clause.citation}: {clause.summary.en.rstrip('.')}. {STATUS_WORDS[status].en.capitalize()}"
    if needs:
        zh += f"，需要：{needs_text(needs).zh}"
        en += f", needs {needs_text(needs).en}"
    return Text(zh=f"{zh}。", en=f"{en}.")


def requirement_message(
    bound: Bound[Rule], *, place: str, reason: str | None, evidence: tuple[str, ...], needs: tuple[str, ...]
) -> Text:
    """Return the message of a requirement in the list `place` of a decision."""
    zh = f"{bound.clause.citation}要求{bound.rule.title.zh}：{_PLACE_WORDS[place].zh}"
    en = f"Clause {bound.clause.citation} requires {bound.rule.title.en}: {_PLACE_WORDS[place].en}"
    if reason is not None:
        zh += f"，{REASON_WORDS[reason].zh}" if reason in REASON_WORDS else f"，{reason}"
        en += f", {REASON_WORDS[reason].en}" if reason in REASON_WORDS else f", {reason}"
    return _closed(bound, zh, en, evidence, needs)


def veto_message(bound: Bound[Rule], lifts: Text | None, *, evidence: tuple[str, ...], needs: tuple[str, ...]) -> Text:
    """Return the message of a veto with what would lift it; without that, of one that cannot be decided."""
    if lifts is None:
        zh = f"{bound.clause.citation}：{bound.rule.title.zh}：是否否决尚不能确定"
        en = f"Clause {bound.clause.citation}, {bound.rule.title.en}: whether it vetoes is not decided"
        return _closed(bound, zh, en, evidence, needs)
    zh = f"{bound.clause.citation}：{bound.rule.title.zh}：已否决，其他条件具备与否均不影响"
    en = f"Clause {bound.clause.citation} vetoes this step, whatever else is met: {bound.rule.title.en}"
    message = _closed(bound, zh, en, evidence, needs)
    zh, en = lifts.zh.rstrip("。"), lifts.en.rstrip(".")
    return Text(zh=f"{message.zh}解除办法：{zh}。", en=f"{message.en} It would be lifted by {en}.")


def needs_text(needs: tuple[str, ...]) -> Text:
    """Return in words what would decide an unknown."""
    words = [_need_text(need) for need in needs]
    return Text(zh="、".join(word.zh for word in words), en=" and ".join(word.en for word in words))


def _need_text(need: str) -> Text:
    if need.startswith("parameter:"):
        name = need.removeprefix("parameter:")
        return Text(zh=f"单位设定参数 {name}", en=f"the institution's parameter {name}")
    return NEED_WORDS.get(need, Text(zh=need, en=need))


def _closed(bound: Bound[Rule], zh: str, en: str, evidence: tuple[str, ...], needs: tuple[str, ...]) -> Text:
    if evidence:
        zh += f"，依据记录 {'、'.join(evidence)}"
        en += f", on the record {', '.join(evidence)}"
    if needs:
        zh += f"，需要：{needs_text(needs).zh}"
        en += f", needs {needs_text(needs).en}"
    read = _reading_text(bound)
    return Text(zh=f"{zh}。{read.zh if read else ''}", en=f"{en}.{' ' + read.en if read else ''}")


def _reading_text(bound: Bound[Rule]) -> Text | None:
    """Return which readings are in force: the rule's own, and of the two common ones those that were changed."""
    own = {reading.name for reading in bound.rule.readings}
    changed = {reading.name for reading in (PARTIAL, LEAVE) if bound.readings.get(reading.name) != reading.default}
    named = [f"{name}={option}" for name, option in bound.readings.items() if name in own | changed]
    if not named:
        return None
    return Text(zh=f"（读法：{'，'.join(named)}）", en=f"(Reading: {', '.join(named)}.)")


def _bounds(duty: Duty, required: int | Decimal) -> Text:
    """Return in words how many are asked for."""
    requires = duty.requires
    if not isinstance(requires, Compare) or requires.most is None:
        return Text(zh=f"不少于{required}", en=f"at least {required}")
    if requires.least is None:
        return Text(zh=f"不多于{required}", en=f"at most {required}")
    if requires.least == requires.most:
        return Text(zh=f"{required}", en=f"exactly {required}")
    return Text(zh=f"{required}至{requires.most}", en=f"{required} to {requires.most}")
