"""The words of tables and reports, in both languages."""

from collections.abc import Mapping
from typing import Final

from partyrules.answers.messages import choice_text
from partyrules.language.labels import label
from partyrules.language.text import Lang, Text, both, say
from partyrules.packs.pack import Adoption
from partyrules.report.terminal import Column

TREATMENTS: Final[Mapping[str, Text]] = {
    "encoded": Text(zh="已写成规则", en="encoded"),
    "judgement": Text(zh="须作认定", en="judgement"),
    "definition": Text(zh="定义", en="definition"),
    "exhortation": Text(zh="号召", en="exhortation"),
    "heading": Text(zh="标题、落款", en="heading"),
    "todo": Text(zh="待处理", en="todo"),
}
TAKES: Final[Mapping[str, Text]] = {
    "grain": Text(zh="周期（如 semester）", en="a grain, such as semester"),
    "days": Text(zh="天数（如 30）", en="a number of days, such as 30"),
    "name": Text(zh="名称", en="a name"),
}
WORDS: Final[Mapping[str, Text]] = {
    "rule": Text(zh="规则", en="rule"),
    "clause": Text(zh="条款", en="clause"),
    "what": Text(zh="内容", en="what"),
    "who": Text(zh="对象", en="who"),
    "responsible": Text(zh="责任方", en="to act"),
    "unit": Text(zh="所在组织", en="unit"),
    "when": Text(zh="适用期间", en="when"),
    "status": Text(zh="状态", en="status"),
    "count": Text(zh="实有/要求", en="found"),
    "why": Text(zh="原因或所需", en="needs or reason"),
    "due": Text(zh="期限", en="due"),
    "breached": Text(zh="未落实", en="breached"),
    "unknown": Text(zh="暂无法核定", en="unknown"),
    "due_soon": Text(zh="将到期", en="due soon"),
    "pending": Text(zh="待落实", en="pending"),
    "satisfied": Text(zh="已落实", en="satisfied"),
    "other": Text(zh="其他", en="other"),
    "branch": Text(zh="支部", en="branch"),
    "no_branch": Text(zh="（不在支部）", en="(in no branch)"),
    "all": Text(zh="合计", en="all"),
    "reading": Text(zh="条文理解（口径）", en="reading"),
    "option": Text(zh="选项", en="option"),
    "adopted": Text(zh="采用的结论", en="as adopted"),
    "otherwise": Text(zh="改用后", en="if changed"),
    "stage": Text(zh="阶段", en="stage"),
    "holding": Text(zh="现处此阶段", en="hold this stage"),
    "next": Text(zh="下一步为此阶段", en="next step into it"),
    "vetoed": Text(zh="一票否决", en="vetoed"),
    "blocked": Text(zh="条件不具备", en="conditions not met"),
    "undetermined": Text(zh="暂无法核定", en="not decided"),
    "permitted": Text(zh="条件具备", en="conditions in order"),
    "held_back": Text(zh="未具备的条件", en="what holds them back"),
    "fact": Text(zh="记录", en="record"),
    "kind": Text(zh="类型", en="type"),
    "reason": Text(zh="原因", en="reason"),
    "no_finding": Text(zh="（此处没有结论）", en="(no finding)"),
    "outcome": Text(zh="（结论）", en="(the outcome)"),
    "in_no_list": Text(zh="（不在任何一列）", en="(in no list)"),
    "pack": Text(zh="规则包", en="pack"),
    "version": Text(zh="版本", en="version"),
    "document": Text(zh="文件", en="document"),
    "in_force": Text(zh="施行", en="in force"),
    "duties": Text(zh="义务", en="duties"),
    "requirements": Text(zh="条件", en="requirements"),
    "vetoes": Text(zh="否决", en="vetoes"),
    "modality": Text(zh="强度", en="modality"),
    "citation": Text(zh="原文编号", en="in the source"),
    "asks": Text(zh="大意", en="what it asks"),
    "treated": Text(zh="处理", en="treated as"),
    "takes": Text(zh="取值", en="takes"),
    "--reading": both("--reading"),
    "--set": both("--set"),
    "options": Text(zh="选项\n（首个为默认）", en="options\n(default first)"),
    "why_default": Text(zh="说明", en="why"),
}


def columns(lang: Lang, *keys: str) -> list[Column]:
    """Return the columns of these words; `!` ends one that is kept whole, `#` one of numbers, which is so too."""
    return [
        Column(say(WORDS[key.rstrip("!#")], lang), whole=key.endswith(("!", "#")), right=key.endswith("#"))
        for key in keys
    ]


def option_text(reading: str, option: str, labels: Mapping[str, Text], lang: Lang) -> str:
    """Return an option as it is adopted, which is an English word; in Chinese with what it is called."""
    return option if lang == "en" else f"{option}（{label(f'reading:{reading}={option}', labels).zh}）"


def change_text(shown: str, key: str, option: str, adoption: Adoption, lang: Lang) -> str:
    """Return a change of one option, `shown` as it is adopted; in Chinese with what reading and option are called."""
    if lang == "en":
        return f"{shown}={option}"
    pack, name = key.partition(":")[0], key.rpartition(".")[2]
    labels = next((each.labels for each in adoption.packs if each.id == pack), {})
    return f"{shown}={option}（{choice_text(name, option, labels).zh}）"
