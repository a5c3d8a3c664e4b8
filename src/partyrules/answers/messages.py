"""Messages to people, in Chinese and English: what was required, what was found, when, by which clause and reading."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from partyrules.answers.verdicts import Number, Status
from partyrules.language.kernel import Compare
from partyrules.language.labels import label
from partyrules.language.rules import LEAVE, MODALITIES, PARTIAL, Duty, Reading, Rule
from partyrules.language.text import counted_in_english, texts_beside
from partyrules.packs.document import Clause, Document, Text
from partyrules.packs.pack import Bound
from partyrules.time.calendar import Period

_SAID: Final = texts_beside(__file__)
STATUS_WORDS: Final = _SAID["statuses"]
OUTCOME_WORDS: Final = _SAID["outcomes"]
LIST_WORDS: Final = _SAID["lists"]
GRAIN_WORDS: Final = _SAID["grains"]
REASON_WORDS: Final = _SAID["reasons"]
# What would decide an unknown, said as something to be done or had; what a parameter needs, `parameter_text` says.
NEED_WORDS: Final = _SAID["needs"]
# Of these it matters who has to act, even where no record says who.
_STILL_TO_DO: Final = ("breached", "advisory", "pending", "unknown")
# No grain of the calendar: from one completion to when the next is due.
_INTERVAL_WORDS: Final = Text(zh="间隔期", en="interval")
_PLACE_WORDS: Final = _SAID["places"]


class SaidOfFinding(NamedTuple):
    """What the message of a finding says of it; `pair` names whom a duty for each pair is about."""

    period: Period | None
    status: Status
    required: Number | None
    actual: Number | None
    due: date | None
    reason: str | None
    needs: tuple[str, ...]
    responsible: tuple[str, ...]
    pair: tuple[str, ...] = ()


def finding_message(bound: Bound[Duty], said: SaidOfFinding) -> Text:
    """Return the message of a finding in both languages."""
    period, status, required, actual, due, reason, needs, responsible, pair = said
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
        zh += f"，要求{bounds.zh}"
        en += f"; needs {bounds.en}"
    if actual is not None:
        zh += f"，实有{actual}"
        en += f"; found {actual}"
    zh += f"。{STATUS_WORDS[status].zh}"
    en += f". {STATUS_WORDS[status].en.capitalize()}"
    if reason is not None:
        zh += f"：{REASON_WORDS[reason].zh}"
        en += f": {REASON_WORDS[reason].en}"
    elif status == "excused":
        zh += "：已准假"
        en += ": leave was granted"
    if status == "pending" and due is not None:
        zh += f"，期限{due}"
        en += f", due {due}"
    if needs:
        told = needs_text(needs, bound)
        zh += f"，需要：{told.zh}"
        en += f", needs {told.en}"
    if (to_act := responsible_text(duty, status, responsible)) is not None:
        zh += f"。{to_act.zh}"
        en += f". {to_act.en}"
    read = readings_text(bound)
    return Text(zh=f"{zh}。{read.zh if read else ''}", en=f"{en}.{' ' + read.en if read else ''}")


def responsible_text(duty: Duty, status: Status, responsible: tuple[str, ...]) -> Text | None:
    """Return in words who has to act where that is not the subject, or that no record says who; None where it is."""
    if responsible:
        return Text(zh=f"责任方：{'、'.join(responsible)}", en=f"Responsible: {', '.join(responsible)}")
    if duty.responsible is None or status not in _STILL_TO_DO:
        return None
    return Text(zh="应由他人落实，记录中未见责任方", en="Others have to act on it; no record says who")


def judgement_message(clause: Clause, status: Status, needs: tuple[str, ...]) -> Text:
    """Return the message of a finding on a clause that only a recorded judgement answers."""
    zh = f"{clause.citation}：{clause.summary.zh.rstrip('。')}。{STATUS_WORDS[status].zh}"
    en = f"Clause {clause.citation}: {clause.summary.en.rstrip('.')}. {STATUS_WORDS[status].en.capitalize()}"
    if needs:
        zh += f"，需要：{needs_text(needs).zh}"
        en += f", needs {needs_text(needs).en}"
    return Text(zh=f"{zh}。", en=f"{en}.")


def requirement_message(
    bound: Bound[Rule],
    *,
    place: str,
    reason: str | None,
    records: tuple[Text, ...],
    needs: tuple[str, ...],
    lacking: Text | None = None,
) -> Text:
    """Return the message of a requirement in the list `place` of a decision; `lacking` says what is missing.

    `records` are those that decided it, in words.
    """
    zh = f"{bound.clause.citation}：{bound.rule.title.zh}。{_PLACE_WORDS[place].zh}"
    en = f"Clause {bound.clause.citation} requires {bound.rule.title.en}: {_PLACE_WORDS[place].en}"
    if reason is not None:
        zh += f"，{reason_text(reason).zh}"
        en += f", {reason_text(reason).en}"
    if lacking is not None:
        zh += f"（{lacking.zh}）"
        en += f" ({lacking.en})"
    return _closed(bound, zh, en, records, needs)


def veto_message(
    bound: Bound[Rule], lifts: tuple[Text, ...], *, records: tuple[Text, ...], needs: tuple[str, ...]
) -> Text:
    """Return the message of a veto with what would lift it; without that, of one that cannot be decided."""
    if not lifts:
        zh = f"{bound.clause.citation}：{bound.rule.title.zh}。是否否决，暂无法核定"
        en = f"Clause {bound.clause.citation}, {bound.rule.title.en}: whether it vetoes is not decided"
        return _closed(bound, zh, en, records, needs)
    zh = f"{bound.clause.citation}：{bound.rule.title.zh}。已否决，其他条件具备与否均不影响"
    en = f"Clause {bound.clause.citation} vetoes this step, whatever else is met: {bound.rule.title.en}"
    message = _closed(bound, zh, en, records, needs)
    zh = "；并且".join(lift.zh.rstrip("。") for lift in lifts)
    en = "; and ".join(lift.en.rstrip(".") for lift in lifts)
    return Text(zh=f"{message.zh}解除办法：{zh}。", en=f"{message.en} It would be lifted by {en}.")


# Codes and names in words ----------------------------------------------------------------------------------


def document_text(document: Document) -> Text:
    """Return a document by its title and number."""
    inner = document.title.zh.replace("《", "〈").replace("》", "〉")
    return Text(zh=f"《{inner}》（{document.number}）", en=f"{document.title.en} ({document.number})")


def reason_text(reason: str) -> Text:
    """Return in words what a reason code says; a pack's own code stands for itself."""
    return REASON_WORDS.get(reason) or label(reason)


def needs_text(needs: tuple[str, ...], bound: Bound[Rule] | None = None) -> Text:
    """Return in words what would decide an unknown, and how; of the parameters of a rule, how to set them."""
    words = [_need_text(need, bound) for need in needs]
    return Text(zh="、".join(word.zh for word in words), en=" and ".join(word.en for word in words))


def _need_text(need: str, bound: Bound[Rule] | None) -> Text:
    if not need.startswith("parameter:"):
        return NEED_WORDS.get(need) or label(need)
    name = need.removeprefix("parameter:")
    called = label(need, None if bound is None else bound.pack.labels)
    if bound is None:
        return Text(zh=f"本单位规定“{called.zh}”", en=f"the institution's {called.en}")
    takes = next((each.takes for each in bound.rule.parameters if each.name == name), "name")
    given = {"grain": "semester", "days": "30", "name": "NAME"}[takes]
    setting = f"--set {bound.pack.id}:{bound.rule.id}.{name}={given}"
    return Text(zh=f"本单位规定“{called.zh}”（如 {setting}）", en=f"the institution's {called.en} (such as {setting})")


def choice_text(reading: str, option: str, labels: Mapping[str, Text]) -> Text:
    """Return what an option of a reading is, and of which."""
    name, chosen = label(f"reading:{reading}", labels), label(f"reading:{reading}={option}", labels)
    return Text(zh=f"{name.zh}：{chosen.zh}", en=f"{name.en}: {chosen.en}")


def reading_text(bound: Bound[Rule], reading: Reading) -> Text:
    """Return which option of a reading is in force, what else it could be, and why the default is what it is."""
    name, option = reading.name, bound.readings[reading.name]
    told = choice_text(name, option, bound.pack.labels)
    others = {o: label(f"reading:{name}={o}", bound.pack.labels) for o in reading.options if o != option}
    also_zh = "；".join(f"{other} {called.zh}" for other, called in others.items())
    also_en = "; ".join(f"`{other}`: {called.en}" for other, called in others.items())
    return Text(
        zh=f"{told.zh}（{name}={option}；另可：{also_zh}）。{reading.why.zh}",
        en=f"{told.en} ({name}={option}; or {also_en}). {reading.why.en}",
    )


def readings_text(bound: Bound[Rule]) -> Text | None:
    """Return which readings are in force: the rule's own, and of the two common ones those that were changed."""
    own = {reading.name for reading in bound.rule.readings}
    changed = {reading.name for reading in (PARTIAL, LEAVE) if bound.readings.get(reading.name) != reading.default}
    named = [choice_text(n, option, bound.pack.labels) for n, option in bound.readings.items() if n in own | changed]
    if not named:
        return None
    return Text(
        zh=f"条文理解（口径）——{'；'.join(each.zh for each in named)}。",
        en=f"(Reading: {'; '.join(each.en for each in named)}.)",
    )


def _closed(bound: Bound[Rule], zh: str, en: str, records: tuple[Text, ...], needs: tuple[str, ...]) -> Text:
    if records:
        zh += f"，依据：{'、'.join(record.zh for record in records)}"
        en += f", on the record of the {', the '.join(record.en for record in records)}"
    if needs:
        told = needs_text(needs, bound)
        zh += f"，需要：{told.zh}"
        en += f", needs {told.en}"
    read = readings_text(bound)
    return Text(zh=f"{zh}。{read.zh if read else ''}", en=f"{en}.{' ' + read.en if read else ''}")


def _bounds(duty: Duty, required: int | Decimal) -> Text:
    """Return in words how many of what are asked for."""
    requires, counted = duty.requires, duty.counted
    many = counted_in_english(required, counted.en)
    if not isinstance(requires, Compare) or requires.most is None:
        return Text(zh=f"不少于{required}{counted.zh}", en=f"at least {many}")
    if requires.least is None:
        return Text(zh=f"不多于{required}{counted.zh}", en=f"at most {many}")
    if requires.least == requires.most:
        return Text(zh=f"{required}{counted.zh}", en=f"exactly {many}")
    return Text(zh=f"{required}至{requires.most}{counted.zh}", en=f"{required} to {requires.most} {counted.en}")
