"""Derivations: a condition with what each of its parts comes to and by which records, as a tree to be read."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final, assert_never

import attrs
from attrs import frozen

from partyrules.answers.messages import STATUS_WORDS, needs_text
from partyrules.answers.wire import OnTheWire
from partyrules.evaluate.conditions import Frame, World
from partyrules.evaluate.holding import held
from partyrules.evaluate.kleene import Truth
from partyrules.evaluate.wording import fact_text, holding_text, selection_text, value_text
from partyrules.history import Holding, Seen
from partyrules.language import kernel as k
from partyrules.language.labels import label
from partyrules.language.phrases import length
from partyrules.language.sugar import LISTED
from partyrules.language.text import both, filled, joined, texts_beside
from partyrules.packs.document import Text
from partyrules.store.index import whole

_RELATIONS: Final = texts_beside(__file__)["relations"]
_TRUTH_WORDS: Final = {
    Truth.TRUE: Text(zh="是", en="yes"),
    Truth.FALSE: Text(zh="否", en="no"),
    Truth.UNKNOWN: Text(zh="暂无法核定", en="not decided"),
}
_MOST_SHOWN: Final = 5
# The fields of relations that say of which kind something is.
_KINDS: Final = ("kind", "link", "facility", "role")


@frozen(kw_only=True)
class DerivationStep(OnTheWire):
    """One line of a derivation: what it says, whether it is so, by which records, and what it rests on."""

    label: Text
    truth: Truth | None = None
    evidence: tuple[str, ...] = ()
    parts: tuple["DerivationStep", ...] = ()


def heading(zh: str, en: str, parts: Iterable[DerivationStep]) -> DerivationStep:
    """Return a step that says what its parts are."""
    return DerivationStep(label=Text(zh=zh, en=en), parts=tuple(parts))


def line(zh: str, en: str, truth: Truth | None = None, evidence: tuple[str, ...] = ()) -> DerivationStep:
    """Return a step without parts."""
    return DerivationStep(label=Text(zh=zh, en=en), truth=truth, evidence=evidence)


def fact_line(world: World, fact: Seen, zh: str = "", en: str = "", truth: Truth | None = None) -> DerivationStep:
    """Return a step that tells of a record, read and put into words once, and what is to be said of it."""
    told = world.told(fact.id, lambda: fact_text(whole(fact), world.labels))
    label = Text(zh=f"{told.zh}：{zh}", en=f"{told.en}: {en}") if zh else told
    return DerivationStep(label=label, truth=truth, evidence=(fact.id,))


def truth_word(truth: Truth) -> Text:
    """Return a truth in a word."""
    return _TRUTH_WORDS[truth]


def derived(world: World, condition: k.Condition, frame: Frame) -> DerivationStep:
    """Return what the condition comes to in the frame, part by part."""
    verdict = world.verdict(condition, frame)
    parts: tuple[DerivationStep, ...] = ()
    match condition:
        case k.AllOf() | k.AnyOf():
            parts = tuple(derived(world, part, frame) for part in flattened(condition, type(condition)))
        case k.Not(part) | k.SomeDay(part):
            parts = (derived(world, part, frame),)
        case k.Holds(relation, match, k.Age()):
            parts = tuple(_holding_steps(world, k.Holds(relation, match), frame))
        case k.Holds():
            parts = tuple(_holding_steps(world, condition, frame))
    label = _label(world, k.kernel(condition), frame)
    return DerivationStep(label=label, truth=verdict.truth, evidence=tuple(sorted(verdict.evidence)), parts=parts)


def flattened(condition: k.Condition, kind: type[k.AllOf] | type[k.AnyOf]) -> Iterator[k.Condition]:
    """Yield the parts of a conjunction or disjunction, those of one inside it in its place."""
    if isinstance(condition, kind):
        for part in condition.parts:
            yield from flattened(part, kind)
    else:
        yield condition


def _label(world: World, condition: k.Kernel, frame: Frame) -> Text:
    match condition:
        case k.Always():
            return Text(zh="无条件", en="without condition")
        case k.AllOf():
            return Text(zh="须全部成立", en="all of these")
        case k.AnyOf():
            return Text(zh="须有一项成立", en="any of these")
        case k.Not():
            return Text(zh="不得成立", en="not this")
        case k.Holds(relation, match, k.Age() as age):
            return _held_for_label(_holds_label(world, relation, match, frame), age)
        case k.Holds(relation, match):
            return _holds_label(world, relation, match, frame)
        case k.Is() if condition == LISTED:
            return Text(zh=f"{frame.subject} 在到会名单上", en=f"{frame.subject} is listed as attending")
        case k.Is(term, options):
            return filled("{}为 {}", "{} is {}", _term(term, world), _values_text(world.values(options, frame), world))
        case k.OnDay(terms, since):
            return _on_day_label(terms, since, world)
        case k.Age():
            return _age_label(condition, frame)
        case k.Share():
            return _share_label(condition, frame, world)
        case k.SomeDay():
            return Text(zh="进入现阶段以来曾有一日", en="on some day since the stage held was entered")
        case k.Undecided(need):
            return filled("只能由此确定：{}", "only this decides it: {}", needs_text((need,)))
        case k.Compare(tally, least, most):
            counted = world.tallied(tally, frame)
            open_still = counted.certain != counted.possible
            found = f"{counted.certain} … {counted.possible}" if open_still else str(counted.certain)
            known = [
                world.bound(limit, frame, upper=upper) if isinstance(limit, k.Portion) else limit
                for limit, upper in ((least, False), (most, True))
            ]
            zh, en = "{}：实有 {}，要求 {}", "{}: found {}, asked for {}"
            return filled(zh, en, tally_text(tally, world), found, _bounds(*known))
        case k.LatestIs(of, name, value, _):
            said = selection_text(of, world.labels), label(name, world.labels), value_text(value, world.labels)
            return filled("最近一次{}的{}为“{}”", "the latest {} has the {} `{}`", *said)
        case _:
            assert_never(condition)


def _on_day_label(terms: tuple[str, ...] | None, since: date | None, world: World) -> Text:
    found = []
    if terms is not None:
        kinds = joined("、", " or ", [label(kind, world.labels) for kind in terms])
        found.append(filled("当日在已登记的{}内", "the day is in a declared {}", kinds))
    if since is not None:
        found.append(filled("在 {} 当日或之后", "on or after {}", since))
    return joined("，", " and ", found or [Text(zh="任何一天", en="any day")])


def _age_label(age: k.Age, frame: Frame) -> Text:
    """Return how long ago a fact at hand may have happened."""
    found, asked = [], frame.asked
    if age.least is not None:
        zh, en = "发生在 {0} 之前至少 {1}", "it happened at least {1} before {0}"
        found.append(filled(zh, en, asked, length(age.least)))
    if age.most is not None:
        found.append(filled("发生在 {0} 之前 {1}以内", "it happened within {1} before {0}", asked, length(age.most)))
    return joined("，", " and ", found or [Text(zh="不论何时发生", en="it happened at any time")])


def _held_for_label(holding: Text, condition: k.Age) -> Text:
    found = []
    if condition.least is not None:
        found.append(filled("已满{}", "for at least {}", length(condition.least)))
    if condition.most is not None:
        found.append(filled("未超过{}", "for at most {}", length(condition.most)))
    if condition.extended_by is not None:
        times = condition.times
        en = f"extended by {{}}, at most {{}} time{'' if times == 1 else 's'}"
        found.append(filled("可延长{}，至多{}次", en, length(condition.extension), times))
    return filled("{}{}", "{} {}", holding, joined("，", ", ", found)) if found else holding


def _share_label(condition: k.Share, frame: Frame, world: World) -> Text:
    part, whole = (getattr(frame.item, name, None) for name in (condition.part, condition.whole))
    numerator, denominator = condition.above
    first, second = label(condition.part, world.labels), label(condition.whole, world.labels)
    shown = ["?" if number is None else number for number in (part, whole)]
    zh, en = ("不少于", "is at least") if condition.or_equal else ("超过", "is more than")
    return Text(
        zh=f"{first.zh} {shown[0]} / {second.zh} {shown[1]} {zh} {numerator}/{denominator}",
        en=f"{first.en} {shown[0]} / {second.en} {shown[1]} {en} {numerator}/{denominator}",
    )


def _bounds(least: object, most: object) -> Text:
    if isinstance(least, int) and least == most:
        return Text(zh=f"恰为 {least}", en=f"exactly {least}")
    low = [Text(zh=f"不少于 {least}", en=f"at least {least}")] if isinstance(least, int) else []
    high = [Text(zh=f"不多于 {most}", en=f"at most {most}")] if isinstance(most, int) else []
    return joined("，", ", ", [*low, *high] or [Text(zh="相等", en="as many")])


def tally_text(tally: k.Tally, world: World) -> Text:
    """Return what is counted or summed."""
    match tally:
        case k.Sum(name, of):
            return label(name, world.labels) if of else both(name)
        case k.Count(of, _, _) | k.CountAfterEarly(of) | k.MostCovered(_, _, of):
            return joined(
                "或", " or ", [_selected_text(one, world) for one in (of if isinstance(of, tuple) else (of,))]
            )
        case k.CountFindings(rules, statuses, _):
            words = joined("、", " or ", [STATUS_WORDS[status] for status in statuses])
            return filled("{} 中{}的结论", "findings of {} that are {}", ", ".join(rules), words)
        case _:
            assert_never(tally)


def _selected_text(selection: k.Events | k.Holdings, world: World) -> Text:
    if isinstance(selection, k.Events):
        return selection_text(selection, world.labels)
    kinds = [label(want, world.labels) for name, want in selection.match if name in _KINDS and isinstance(want, str)]
    return kinds[0] if kinds else _RELATIONS.get(selection.relation) or label(selection.relation, world.labels)


def _term(term: object, world: World) -> Text:
    match term:
        case k.Subject():
            return Text(zh="对象", en="the bearer")
        case k.Its(name):
            return filled("其{}", "its {}", label(name, world.labels))
        case k.Trigger(name):
            return filled("所据记录的{}", "the occasion's {}", label(name, world.labels))
        case k.AskedStep():
            return Text(zh="所问阶段", en="the stage asked for")
        case k.Given(name):
            return filled("参数“{}”", "the parameter {}", label(f"parameter:{name}", world.labels))
    return both(str(term))


def _values_text(values: Iterable[object], world: World) -> Text:
    told = [value_text(value, world.labels) for value in values]
    return joined(" / ", " / ", told) if told else both("—")


# Holdings --------------------------------------------------------------------------------------------------


def _holds_label(world: World, relation: str, match: k.Match, frame: Frame) -> Text:
    said = tuple([(field, world.values(want, frame)) for field, want in match if not isinstance(want, k.Given)])

    def told() -> Text:
        what = _RELATIONS.get(relation) or label(relation, world.labels)
        pairs = [(label(name, world.labels), _values_text(values, world)) for name, values in said]
        asked = [filled("{} {}", "{} {}", *pair) for pair in pairs]
        return filled("{}（{}）", "{} ({})", what, joined("，", ", ", asked)) if asked else what

    return filled("{} {}", "on {} {}", frame.day, world.told((relation, said), told))


def _holding_steps(world: World, condition: k.Holds, frame: Frame) -> Iterator[DerivationStep]:
    """Yield the holdings that match: those of the day with what is asked of them, else those of other days."""
    matching = world.matching_holdings(condition.relation, condition.match, frame)
    on_the_day = [(one, truth) for one in matching if (truth := held(one, frame.day).truth) != Truth.FALSE]
    for holding, truth in on_the_day[:_MOST_SHOWN]:
        inner: tuple[DerivationStep, ...] = ()
        if not isinstance(condition.where, k.Always):
            inner = (derived(world, condition.where, frame._replace(item=holding)),)
        yield DerivationStep(label=held_text(world, holding), truth=truth, evidence=_fact_of(holding), parts=inner)
    if not on_the_day:
        nearest = sorted(matching, key=lambda holding: abs((holding.possible[0] - frame.day).days))
        for holding in nearest[:_MOST_SHOWN]:
            yield DerivationStep(label=held_text(world, holding), truth=Truth.FALSE, evidence=_fact_of(holding))
    if (left := len(on_the_day or matching) - _MOST_SHOWN) > 0:
        yield DerivationStep(label=Text(zh=f"另有 {left} 项", en=f"and {left} more"))


def held_text(world: World, holding: Holding) -> Text:
    """Return since when and until when something held, and what it was; put into words once."""
    return world.told(holding, lambda: holding_text(holding, world.labels))


def _fact_of(holding: Holding) -> tuple[str, ...]:
    return () if holding.fact is None else (holding.fact,)


def selections_in(node: Any) -> Iterator[k.Events | k.Holdings]:
    """Yield the selections of a tree, outermost first, without those that stand inside another."""
    if isinstance(node, k.Events | k.Holdings):
        yield node
        return
    if isinstance(node, tuple):
        for entry in node:
            yield from selections_in(entry)
    elif attrs.has(type(node)) and not isinstance(node, k.Holds):
        for attribute in attrs.fields(type(node)):
            yield from selections_in(getattr(node, attribute.name))
