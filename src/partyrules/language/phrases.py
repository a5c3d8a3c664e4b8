"""Rules in words of both languages: each part of a rule's tree as a phrase, readings and names of facts included."""

from collections.abc import Callable, Iterable
from typing import Any, Final, assert_never

from partyrules.language import kernel as k
from partyrules.language import rules as r
from partyrules.language.labels import LABELS, label
from partyrules.language.sugar import LISTED
from partyrules.language.terms import Term
from partyrules.language.text import Text, filled, joined, texts_beside
from partyrules.time.calendar import Span

_SAID: Final = texts_beside(__file__)
WINDOW_WORDS: Final = _SAID["windows"]
_BEARERS: Final = _SAID["bearers"]
_GRAINS: Final = _SAID["grains"]


def phrase(node: Any) -> Text:
    """Return a part of a rule in words: whom it binds, how often, a condition, a selection or a tally.

    A part that depends on a reading is told under each option. Names of facts, fields and kinds stand in code in
    English; in Chinese they are called what the core vocabulary calls them, and stand in code where it does not.
    """
    match node:
        case None:
            return Text(zh="无", en="none")
        case k.Sugar():
            return phrase(node.lower())
        case k.ByReading():
            return _by_reading(node, phrase)
        case r.Bearer() | r.PerPeriod() | r.Rolling() | r.Standing() | r.Occasion() | r.Triggered():
            return _binding(node)
        case r.Responsible():
            return _responsible(node)
        case r.EndOfSemester() | r.WithinDays() | r.Within() | r.WithinWorkingDays() | r.Ahead():
            return _deadline(node)
        case k.Events() | k.Holdings():
            return _selection(node)
        case _ if isinstance(node, k.Tally):
            return _tally(node)
        case k.Portion():
            return _number(node)
        case k.Through(name, of):
            return filled("{1}的{0}", "{} of the {}", phrase(name), phrase(of))
        case k.Subject() | k.Its() | k.Trigger() | k.AskedStep() | k.Given():
            return _term(node)
        case Span():
            return length(node)
        case tuple():
            return _either(map(phrase, node))
        case str() | bool() | int():
            return _named(str(node).lower() if isinstance(node, bool) else str(node))
    return _condition(node)


def _named(name: str, en: str = "`{}`") -> Text:
    """Return what a name is called; in English the name itself."""
    return Text(zh=LABELS[name].zh if name in LABELS else f"`{name}`", en=en.format(name))


def _by_reading(node: Any, say: Callable[[Any], Text]) -> Text:
    """Return a part that `say` puts in words, under each option where it depends on a reading."""
    if not isinstance(node, k.ByReading):
        return say(node)
    told = [filled("取`{}`时，{}", "under `{}`, {}", option, _by_reading(part, say)) for option, part in node.options]
    return filled("（按条文理解`{}`：{}）", "(by the reading `{}`: {})", node.reading, joined("；", "; ", told))


def _binding(node: Any) -> Text:
    match node:
        case r.Bearer(kind, scope, each):
            bound = _BEARERS[kind]
            if not isinstance(scope, k.Always):
                bound = filled("{}（{}）", "{} for whom {}", bound, phrase(scope))
            return (
                bound
                if each is None
                else filled("{}，就其每项{}", "{}, once for each of their {}", bound, phrase(each))
            )
        case r.PerPeriod(grain):
            return _by_reading(
                grain,
                lambda one: (
                    _GRAINS[one]
                    if isinstance(one, str)
                    else filled("按{}所定的周期", "each period as {} says", phrase(one))
                ),
            )
        case r.Rolling(every):
            told = _span(every)
            return filled("自上一次起每{}一次", "once in every {}, counted from the time before", told)
        case r.Occasion(of):
            return filled("每有{}时", "on each {}", _by_reading(of, _fact))
        case r.Triggered(by, deadline):
            due = _by_reading(deadline, lambda one: _SAME_DAY if one is None else phrase(one))
            return filled("每有{}后，{}", "for each {}, {}", _by_reading(by, _fact), due)
    return Text(zh="所问当日", en="on the day asked")


_SAME_DAY: Final = Text(zh="截至当日", en="as of its day")


def _responsible(node: r.Responsible) -> Text:
    """Return who has to act, from the last holding back to the first, each found by the one after it."""
    by, before = (
        joined("，由此查得：", " found by a ", map(_selection, reversed(steps))) if steps else None
        for steps in (node.by, node.ever or node.last)
    )
    told = filled("每项{1}的{0}", "{} of each {}", phrase(node.names), by or "")
    if before is None:
        return told
    zh, en = (
        ("任何时候", "at any time")
        if node.ever
        else ("最后一个有此情形的核查日", "on the last day judged on which there was one")
    )
    return filled("{}，由此查得：{}，{}", "{}, found by a {}, {}", told, before, Text(zh=zh, en=en))


def _deadline(node: Any) -> Text:
    match node:
        case r.WithinDays(days):
            return filled("此后{}天内", "within {} days after it", _number(days))
        case r.Within(span):
            return filled("此后{}内", "within {} after it", _span(span))
        case r.WithinWorkingDays(days):
            return filled("此后{}个工作日内", "within {} working days after it", _number(days))
        case r.Ahead(span):
            return filled("此前至少{}", "at least {} before it", _span(span))
    return Text(zh="在当日所在学期结束之前", en="by the end of the semester that holds its day")


def _condition(node: k.Kernel) -> Text:
    match node:
        case k.Always():
            return _NOTHING
        case k.AllOf():
            return _several("，且", " and ", map(_grouped, _flat(node)))
        case k.AnyOf():
            return _several("，或", " or ", map(_grouped, _flat(node)), none=Text(zh="无一成立", en="none of nothing"))
        case k.Not(part):
            return filled("并非{}", "it is not so that {}", _grouped(part))
        case k.Is() if node == LISTED:
            return Text(zh="对象在到会名单上", en="the bearer is listed as attending")
        case k.Is(term, options, open_if_absent):
            told = filled("{}为{}", "{} is {}", phrase(term), phrase(options))
            return filled("{}（须有登记）", "{}, which has to be recorded", told) if open_if_absent is True else told
        case k.Holds(relation, match, k.Age() as age):
            return _held_for(relation, match, age)
        case k.Holds(relation, match, where):
            return filled("有{}", "there is a {}", _kind(relation, match, where))
        case k.SomeDay(part):
            return filled(
                "自进入现阶段以来曾有一日{}", "on some day since the stage now held was entered {}", _grouped(part)
            )
        case k.Undecided(need):
            return filled("`{}`这样说，没有其他记录能确定", "`{}` says so, which no other fact decides", need)
        case k.LatestIs(of, name, value, _):
            zh, en = "最近一次{}的{}为{}", "the latest {} has {} {}"
            return filled(zh, en, phrase(of), _named(name, "{}"), phrase(value))
        case k.Compare():
            return _compare(node)
        case k.OnDay():
            return _on_day(node)
        case k.Age(least, most):
            return filled(
                "发生在所问之日前{}", "it happened {} before the day asked", _bounds(least, most, within=True)
            )
        case k.Share(part_name, whole, above, or_equal):
            more = _by_reading(or_equal, lambda reached: _AT_LEAST if reached else Text(zh="超过", en="more than"))
            share = _by_reading(above, lambda pair: filled("{}/{}", "{}/{}", *pair))
            zh, en = "其{0}{1}其{3}的{2}", "its {} is {} {} of its {}"
            return filled(zh, en, phrase(part_name), more, share, phrase(whole))
        case _:
            assert_never(node)


_NOTHING: Final = Text(zh="别无要求", en="nothing more is asked")
_AT_LEAST: Final = Text(zh="至少为", en="at least")


def _several(zh: str, en: str, texts: Iterable[Text], none: Text = _NOTHING) -> Text:
    several = [*texts]
    return joined(zh, en, several) if several else none


def _bounds(least: Any, most: Any, *, within: bool) -> Text:
    """Return a least and a most span."""
    found = [] if least is None else [filled("至少{}", "at least {}", _span(least))]
    if most is not None:
        found.append(filled("{}以内" if within else "至多{}", "within {}" if within else "at most {}", _span(most)))
    return _several("、", " and ", found)


def _on_day(node: k.OnDay) -> Text:
    found = []
    if node.terms is not None:
        told = _by_reading(node.terms, lambda names: _either(map(label, names)))
        found.append(filled("当日在已公布的{}内", "the day is in a declared {}", told))
    if node.since is not None:
        day = _by_reading(node.since, lambda day: Text(zh=str(day), en=str(day)))
        found.append(filled("当日为{}或以后", "the day is {} or later", day))
    return _several("，且", " and ", found)


def _grouped(node: Any) -> Text:
    """Return a part in brackets, where its end could not be told without them."""
    nested = isinstance(node, k.Holds) and not isinstance(node.where, k.Always | k.Age)
    told = phrase(node)
    return filled("（{}）", "({})", told) if nested or isinstance(node, k.AllOf | k.AnyOf) else told


def _flat(node: k.AllOf | k.AnyOf) -> Iterable[Any]:
    for part in node.parts:
        if isinstance(part, type(node)):
            yield from _flat(part)
        else:
            yield part


def _held_for(relation: Any, match: Any, node: k.Age) -> Text:
    kind = _kind(relation, match, k.Always())
    told = filled("有{}已{}", "there has been a {} for {}", kind, _bounds(node.least, node.most, within=False))
    if node.extended_by is None:
        return told
    more, by, times = _span(node.extension), phrase(node.extended_by), _number(node.times)
    zh, en = "{0}，每有{2}延长{1}，至多{3}次", "{}, {} more for each {}, at most {} time(s)"
    return filled(zh, en, told, more, by, times)


def _compare(node: k.Compare) -> Text:
    least, most, tally = node.least, node.most, phrase(node.tally)
    if isinstance(least, k.Tally) and least == most:
        return filled("{0}与{1}一样多", "exactly as many {} as {}", tally, phrase(least))
    # Things are counted by a number; a sum, and what is as many as others, has no word for one of them in Chinese.
    numbers = not isinstance(node.tally, k.Sum) and all(
        isinstance(each, int | k.Given | None) for each in (least, most)
    )
    zh, of = ("{}{}", "项") if numbers else ("{1}{0}", "")
    found = [] if least is None else [filled(f"至少{{}}{of}", "at least {}", _number(least))]
    found += [] if most is None else [filled(f"至多{{}}{of}", "at most {}", _number(most))]
    bounds = joined("、", " and ", found)
    if least == most:
        bounds = filled(f"恰为{{}}{of}", "exactly {}", _number(least))
    return filled(zh, "{} × {}", bounds, tally)


def _number(node: Any) -> Text:
    match node:
        case int():
            return Text(zh=str(node), en=str(node))
        case k.Portion(numerator, denominator, of):
            return filled("{2}的{0}/{1}", "{}/{} of the {}", _number(numerator), _number(denominator), phrase(of))
        case k.ByReading():
            return _by_reading(node, _number)
    return filled("与{}同样多的", "as many as {}", phrase(node)) if isinstance(node, k.Tally) else phrase(node)


def _tally(node: k.Tally) -> Text:
    match node:
        case k.Count(tuple() as several):
            return joined("或", " or ", map(phrase, several))
        case k.Count(of, distinct, if_sole):
            told = phrase(of)
            if distinct is not None:
                told = filled("{1}的不同{0}", "different {} of {}", phrase(distinct), told)
            zh, en = "{}（仅有一项的，须{}）", "{}, a sole one only if {}"
            return told if isinstance(if_sole, k.Always) else filled(zh, en, told, phrase(if_sole))
        case k.Sum(name, of):
            return filled("{1}的{0}之和", "{} summed over {}", phrase(name), phrase(of))
        case k.MostCovered(name, among, of):
            listed = _by_reading(among, lambda names: joined("、", ", ", map(_named, names)))
            zh, en = "一项{2}的{1}所列的{0}", "of {} in the {} of one {}"
            return filled(zh, en, listed, phrase(name), phrase(of))
        case k.CountAfterEarly(of):
            zh, en = "{}，或上一期中第一项之后的", "{}, or in the period before it, beyond the first there"
            return filled(zh, en, phrase(of))
        case k.CountFindings(rules, statuses, window):
            when = _by_reading(window, WINDOW_WORDS.__getitem__)
            zh, en = "{2}对{0}的结论中{1}的", "findings of {} that are {} {}"
            return filled(zh, en, phrase(rules), phrase(statuses), when)
        case _:
            assert_never(node)


def _selection(node: k.Events | k.Holdings) -> Text:
    if isinstance(node, k.Holdings):
        return _kind(node.relation, node.match, node.where)
    return _kind(node.types, node.match, node.where, when=_by_reading(node.window, WINDOW_WORDS.__getitem__))


def _fact(of: k.Events) -> Text:
    """Return which facts occasion a duty; whenever they happened, whatever window is said."""
    return _kind(of.types, of.match, of.where)


def _kind(names: Any, match: Any, where: Any, when: Text | None = None) -> Text:
    told = phrase(names)
    if match:
        said = _by_reading(match, lambda pairs: joined("，", ", ", (_pair(*pair) for pair in pairs)))
        told = (
            filled("{}{}", "{}{}", told, said)
            if isinstance(match, k.ByReading)
            else filled("{}（{}）", "{} ({})", told, said)
        )
    if when is not None:
        told = filled("{1}的{0}", "{} {}", told, when)
    # In Chinese it stands in brackets by itself.
    asked = Text(zh=phrase(where).zh, en=_grouped(where).en)
    return told if isinstance(where, k.Always) else filled("{}（须{}）", "{} such that {}", told, asked)


def _pair(name: str, value: Any) -> Text:
    return filled("{}为{}", "{} = {}", _named(name, "{}"), phrase(value))


def _term(node: Term | k.Given) -> Text:
    match node:
        case k.Subject():
            return Text(zh="对象", en="the bearer")
        case k.AskedStep():
            return Text(zh="所问阶段", en="the stage asked for")
        case k.Its(name):
            return filled("其{}", "its {}", _named(name, "{}"))
        case k.Trigger(name):
            return filled("事项的{}", "the occasion's {}", _named(name, "{}"))
        case k.Given(name):
            return filled("参数`{}`", "the parameter `{}`", name)
        case _:
            assert_never(node)


def _span(node: Any) -> Text:
    return _by_reading(node, length)


def length(span: Span) -> Text:
    """Return a length of calendar time, such as one year less fifteen days."""
    counted = [(span.years, "年", "year"), (span.months, "个月", "month"), (span.days, "天", "day")]
    said = [
        Text(
            zh=f"{'减' if number < 0 else ''}{abs(number)}{zh}",
            en=f"{'less ' if number < 0 else ''}{abs(number)} {en}{'s' if abs(number) > 1 else ''}",
        )
        for number, zh, en in counted
        if number
    ]
    return joined("", " ", said) if said else Text(zh="0天", en="0 days")


def _either(told: Iterable[Text]) -> Text:
    *names, last = [*told] or [Text(zh="空", en="nothing")]
    return filled("{}或{}", "{} or {}", joined("、", ", ", names), last) if names else last
