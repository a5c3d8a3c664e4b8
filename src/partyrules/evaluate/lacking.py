"""What a requirement lacks, in words: how much of what is asked for is there, which records do not count, and why."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from partyrules.answers.messages import reason_text
from partyrules.evaluate.conditions import Frame, World
from partyrules.evaluate.derivation import tally_text
from partyrules.evaluate.kleene import Truth
from partyrules.evaluate.wording import called, selection_text, value_text
from partyrules.history import Seen
from partyrules.language import kernel as k
from partyrules.language.labels import label
from partyrules.language.text import Text, counted_in_english, joined
from partyrules.store.index import whole

_MOST_TOLD: Final = 3
# What is said of a record by what it says itself; of other values, the field and the value.
_SAID: Final = {
    ("outcome", "fail"): Text(zh="不合格", en="was not passed"),
    ("passed", False): Text(zh="不合格", en="was not passed"),
    ("passed", None): Text(zh="没有登记是否合格", en="is recorded without whether it was passed"),
    ("rating", "poor"): Text(zh="评为“差”", en="was rated poor"),
    ("verdict", "oppose"): Text(zh="反对", en="opposes"),
    ("verdict", "support"): Text(zh="支持", en="supports"),
}


_UNITS: Final = {"hours": Text(zh="学时", en="hours"), "days": Text(zh="天", en="days")}


class _Lack(NamedTuple):
    """How much is there, how much more would do, and what does not count."""

    there: tuple[Text, ...] = ()
    more: Text | None = None
    beside: tuple[Text, ...] = ()


def lacking(world: World, condition: k.Condition, frame: Frame) -> Text | None:
    """Return what a condition that does not hold lacks, None where nothing can be said of it."""
    found = _lack(world, condition, frame)
    told = [*dict.fromkeys(found.beside)]
    if found.there:
        there = joined("，", ", ", found.there)
        if (more := found.more) is not None:
            there = Text(zh=f"{there.zh}，还差{more.zh}", en=f"{there.en}: {more.en} more")
        told.insert(0, there)
    return joined("；", "; ", told) if told else None


def _lack(world: World, condition: k.Condition, frame: Frame) -> _Lack:
    if world.verdict(condition, frame).truth == Truth.TRUE:
        return _Lack()
    match k.kernel(condition):
        case k.AllOf(parts):
            return _together([_lack(world, part, frame) for part in parts], "和", " and ")
        case k.AnyOf(parts):
            return _together([_lack(world, part, frame) for part in parts], "或", " or ")
        case k.Compare(k.Sum(name, of), int(least), None) as compared:
            there = world.tallied(compared.tally, frame).certain
            unit = _UNITS.get(name) or label(name, world.labels)
            short = counted_in_english(least - there, unit.en)
            return _Lack(
                (Text(zh=f"{least}{unit.zh}中已有{there}", en=f"{there} of {least} {unit.en}"),),
                Text(zh=f"{least - there}{unit.zh}", en=short),
                tuple(_not_counted(world, of, frame)),
            )
        case k.Compare(k.Count(of, _, _), int(least), None) as compared:
            there, what = world.tallied(compared.tally, frame).certain, tally_text(compared.tally, world)
            selections = of if isinstance(of, tuple) else (of,)
            beside = tuple(_not_counted(world, [one for one in selections if isinstance(one, k.Events)], frame))
            if least == 1:
                return _Lack((Text(zh=f"没有可计入的{what.zh}", en=f"no {what.en} counts"),), None, beside)
            told = Text(zh=f"{what.zh}{least}次中已有{there}", en=f"{there} of {least}, {what.en}")
            return _Lack((told,), Text(zh=f"{least - there}次", en=str(least - there)), beside)
        case k.LatestIs(of, name, _, _):
            return _latest(world, of, name, frame)
    return _Lack()


def _together(lacks: list[_Lack], zh: str, en: str) -> _Lack:
    more = [lack.more for lack in lacks if lack.more is not None]
    return _Lack(
        tuple(text for lack in lacks for text in lack.there),
        joined(zh, en, more) if more else None,
        tuple(text for lack in lacks for text in lack.beside),
    )


def _latest(world: World, of: k.Events, name: str, frame: Frame) -> _Lack:
    """Return what the latest record says, or that there is none that counts."""
    counted = [each.fact for each in world.weighed(of, frame) if each.verdict.truth == Truth.TRUE]
    if counted:
        last = max(counted, key=lambda fact: (fact.on.last, fact.id))
        return _Lack((_said(last, name, world),))
    what = selection_text(of, world.labels)
    none = Text(zh=f"没有可计入的{what.zh}", en=f"no {what.en} counts")
    return _Lack((none,), None, tuple(_not_counted(world, (of,), frame)))


def _not_counted(world: World, selections: Iterable[k.Events], frame: Frame) -> Iterator[Text]:
    """Yield of the latest records that do not count why they do not."""
    for selection in selections:
        left = [each.fact for each in world.weighed(selection, frame) if each.verdict.truth == Truth.FALSE]
        for fact in sorted(left, key=lambda fact: (fact.on.last, fact.id))[-_MOST_TOLD:]:
            yield _why_not(fact, selection, world, frame)


def _why_not(fact: Seen, selection: k.Events, world: World, frame: Frame) -> Text:
    what = _of(fact, world)
    if (reason := world.no_standing_reason(fact)) is not None:
        words = reason_text(reason)
        return Text(zh=f"{what.zh}不计入：{words.zh}", en=f"{what.en} does not count: {words.en}")
    first, last = frame.entry or (None, None)
    if selection.window == "since_entry" and first is not None and fact.on.last < first:
        return Text(
            zh=f"{what.zh}在进入现阶段（{last}）之前，不计入",
            en=f"{what.en} lies before the stage began ({last}) and does not count",
        )
    asked = k.kernel(selection.where)
    where = frame._replace(day=fact.on.first, item=fact, judged_on=frame.asked)
    if isinstance(asked, k.Is) and isinstance(asked.term, k.Its) and world.verdict(asked, where).truth == Truth.FALSE:
        return _said(fact, asked.term.name, world)
    if not isinstance(asked, k.Always) and world.verdict(asked, where).truth == Truth.FALSE:
        return Text(zh=f"{what.zh}不符合所要求的，不计入", en=f"{what.en} is not what is asked for and does not count")
    return Text(zh=f"{what.zh}不在所计的时间内，不计入", en=f"{what.en} lies outside the time that counts")


def _of(fact: Seen, world: World) -> Text:
    what = called(whole(fact), world.labels)
    return Text(zh=f"{fact.on}的{what.zh}", en=f"the {what.en} of {fact.on}")


def _said(fact: Seen, name: str, world: World) -> Text:
    """Return what a record says in a field, as a sentence."""
    what, value = _of(fact, world), getattr(fact, name, None)
    said = _SAID.get((name, value))
    if said is None:
        field, word = label(name, world.labels), value_text(value, world.labels)
        said = Text(zh=f"{field.zh}为“{word.zh}”", en=f"has the {field.en} `{word.en}`")
    return Text(zh=f"{what.zh}{said.zh}", en=f"{what.en} {said.en}")
