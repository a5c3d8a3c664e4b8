"""Decisions and their chains of firings, as people read them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from partyrules.answers.messages import LIST_WORDS, OUTCOME_WORDS, document_text, needs_text, reading_text, reason_text
from partyrules.answers.verdicts import Decision
from partyrules.errors.chinese import chinese
from partyrules.evaluate.inference import Firing
from partyrules.language.labels import label
from partyrules.language.rules import Requirement, Veto
from partyrules.language.text import Lang, say
from partyrules.packs.document import Text
from partyrules.packs.pack import Adoption, Bound, reading_key
from partyrules.report.terminal import notice_line


def decision_lines(
    decision: Decision,
    adoption: Adoption,
    *,
    engine: str | None,
    lang: Lang,
    readings: bool = True,
    units: Sequence[str] = (),
) -> Iterator[str]:
    """Yield the lines of a decision: outcome, documents, each list with its messages, irregular records, readings.

    `units` are those of the person, which stand beside their irregular records.
    """
    zh = lang == "zh"
    title = next((say(stage.title, lang) for stage in adoption.stages if stage.name == decision.to), decision.to)
    outcome = say(OUTCOME_WORDS[decision.outcome], lang)
    if zh:
        yield f"{decision.person} → {title}（{decision.to}），{decision.on}：{outcome}"
    else:
        yield f"{decision.person} → {title} ({decision.to}) on {decision.on}: {outcome.upper()}"
    yield from (notice_line(notice, lang) for notice in decision.notices)
    documents = [(pack.id, pack.document) for pack in adoption.packs if pack.document.in_force(decision.on)]
    for pack, document in documents:
        told = say(document_text(document), lang)
        yield f"  依据 {pack}{told}" if zh else f"  by {pack}: {told}"
    if decision.permitted and documents:
        yield f"  {say(_NO_APPROVAL, lang)}"
    if decision.reason is not None:
        yield f"  {say(reason_text(decision.reason), lang)}"
    if decision.needs:
        yield f"  {'尚需：' if zh else 'needs '}{say(needs_text(decision.needs), lang)}"
    for name, heading in LIST_WORDS.items():
        if items := getattr(decision, name):
            yield f"{say(heading, lang)}{f'（{len(items)}）' if zh else f' ({len(items)})'}"
            yield from (f"  {item.rule}  {say(item.message, lang)}" for item in items)
    if decision.irregular:
        number, belongs = len(decision.irregular), ("、" if zh else ", ").join(units)
        if zh:
            yield f"不计入的记录（{number}）{f'，所在组织：{belongs}' if units else ''}"
        else:
            yield f"Records that count for nothing ({number}){f', unit {belongs}' if units else ''}"
        for record in decision.irregular:
            what = say(label(record.fact, adoption.labels), lang)
            yield f"  {record.id}  {what}{'：' if zh else ': '}{say(reason_text(record.reason), lang)}"
    if readings:
        yield from _reading_lines(decision, adoption, lang)
    if engine is not None:
        yield f"{'推理引擎：' if zh else 'Decided by: '}{engine}"


_NO_APPROVAL: Final = Text(
    zh="仅指上述文件所列、已写成规则的条件均已具备；本结论不是审批，由文件所规定的组织按程序决定。",
    en="The conditions of these documents that are rules here are in order. This approves nobody: "
    "whom the documents name decides.",
)


def _reading_lines(decision: Decision, adoption: Adoption, lang: Lang) -> Iterator[str]:
    """Yield each reading that the rules of a decision rest on, once, with what else it could be and why."""
    cited = {item.rule for name in LIST_WORDS for item in getattr(decision, name)}
    told: dict[str, Text] = {}
    rules: tuple[Bound[Requirement] | Bound[Veto], ...] = (*adoption.requirements, *adoption.vetoes)
    for bound in rules:
        for reading in bound.rule.readings if bound.id in cited else ():
            told.setdefault(reading_key(bound.pack, bound.rule, reading), reading_text(bound, reading))
    if told:
        yield "所采用的条文理解（口径）" if lang == "zh" else "Readings in force"
        yield from (f"  {key}  {say(text, lang)}" for key, text in told.items())


def chain_lines(firings: Iterable[Firing], lang: Lang) -> Iterator[str]:
    """Yield the firings of the engine: each production with the items it matched and the item it asserted."""
    for number, firing in enumerate(firings, start=1):
        if number == 1:
            yield "推理引擎的过程：" if lang == "zh" else "Firings of the engine:"
        yield f"{number:4}. {chinese(firing.production) if lang == 'zh' else firing.production}"
        for matched in firing.matched:
            yield f"        {_item(matched)}"
        yield f"      ⇒ {_item(firing.asserted)}"


def _item(item: Mapping[str, str]) -> str:
    fields = ", ".join(f"{name}={value}" for name, value in item.items() if name != "kind")
    return f"{item.get('kind', '')}({fields})"
