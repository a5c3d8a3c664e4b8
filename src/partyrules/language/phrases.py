"""Rules in words: each part of a rule's tree as an English phrase, readings and names of facts included."""

from collections.abc import Callable, Iterable
from typing import Any, Final, assert_never

from partyrules.language.kernel import (
    Age,
    AllOf,
    Always,
    AnyOf,
    AskedStep,
    ByReading,
    Compare,
    Count,
    CountAfterEarly,
    CountFindings,
    Events,
    Given,
    Holdings,
    Holds,
    Is,
    Its,
    Kernel,
    LatestIs,
    MostCovered,
    Not,
    OnDay,
    Portion,
    Share,
    SomeDay,
    Subject,
    Sugar,
    Sum,
    Tally,
    Term,
    Through,
    Trigger,
    Undecided,
)
from partyrules.language.rules import (
    Ahead,
    Bearer,
    EndOfSemester,
    Occasion,
    PerPeriod,
    Responsible,
    Rolling,
    Standing,
    Triggered,
    Within,
    WithinDays,
    WithinWorkingDays,
)
from partyrules.language.sugar import LISTED
from partyrules.time.calendar import Span

__all__ = ["WINDOW_WORDS", "phrase"]

WINDOW_WORDS: Final = {
    "period": "in the period",
    "period_or_vacation_before": "in the period or the vacation before it",
    "since_entry": "since the stage now held was entered",
    "ever": "at any time",
    "by_trigger": "on or before the occasion's day",
    "by_deadline": "by the deadline",
    "after_trigger": "from the occasion's day to the deadline",
}


def phrase(node: Any) -> str:
    """Return a part of a rule in words: whom it binds, how often, a condition, a selection or a tally.

    A part that depends on a reading is told under each option. Names of facts, fields and kinds stand in code.
    """
    match node:
        case None:
            return "none"
        case Sugar():
            return phrase(node.lower())
        case ByReading():
            return _by_reading(node, phrase)
        case Bearer() | PerPeriod() | Rolling() | Standing() | Occasion() | Triggered():
            return _binding(node)
        case Responsible():
            return _responsible(node)
        case EndOfSemester() | WithinDays() | Within() | WithinWorkingDays() | Ahead():
            return _deadline(node)
        case Events() | Holdings():
            return _selection(node)
        case _ if isinstance(node, Tally):
            return _tally(node)
        case Portion():
            return _number(node)
        case Through(name, of):
            return f"{phrase(name)} of the {phrase(of)}"
        case Subject() | Its() | Trigger() | AskedStep() | Given():
            return _term(node)
        case Span():
            return _span(node)
        case tuple():
            return _either(phrase(one) for one in node)
        case str() | bool() | int():
            return f"`{str(node).lower() if isinstance(node, bool) else node}`"
    return _condition(node)


def _by_reading(node: Any, say: Callable[[Any], str]) -> str:
    """Return a part that `say` puts in words, under each option where it depends on a reading."""
    if not isinstance(node, ByReading):
        return say(node)
    told = "; ".join(f"under `{option}`, {_by_reading(part, say)}" for option, part in node.options)
    return f"(by the reading `{node.reading}`: {told})"


def _binding(node: Any) -> str:
    match node:
        case Bearer(kind, scope, each):
            who = "whom the occasion is about" if kind == "named" else f"each {kind}"
            bound = f"{who} for whom {phrase(scope)}" if not isinstance(scope, Always) else who
            return f"{bound}, once for each of their {phrase(each)}" if each is not None else bound
        case PerPeriod(grain):
            return f"each {grain.replace('_', ' ') if isinstance(grain, str) else _grain(grain)}"
        case Rolling(every):
            return f"once in every {_span(every)}, counted from the time before"
        case Occasion(of):
            return f"on each {_by_reading(of, _fact)}"
        case Triggered(by, deadline):
            due = _by_reading(deadline, lambda one: "as of its day" if one is None else phrase(one))
            return f"for each {_by_reading(by, _fact)}, {due}"
    return "on the day asked"


def _responsible(node: Responsible) -> str:
    """Return who has to act, from the last holding back to the first, each found by the one after it."""
    by, before = (" found by a ".join(map(_selection, reversed(steps))) for steps in (node.by, node.ever or node.last))
    told = f"{phrase(node.names)} of each {by}"
    if not before:
        return told
    when = "at any time" if node.ever else "on the last day judged on which there was one"
    return f"{told}, found by a {before}, {when}"


def _grain(node: Any) -> str:
    if isinstance(node, ByReading):
        told = _by_reading(node, lambda part: part.replace("_", " ") if isinstance(part, str) else phrase(part))
        return f"period {told}"
    return f"period as {phrase(node)} says"


def _deadline(node: Any) -> str:
    match node:
        case WithinDays(days):
            return f"within {_number(days)} days after it"
        case Within(span):
            return f"within {_span(span)} after it"
        case WithinWorkingDays(days):
            return f"within {_number(days)} working days after it"
        case Ahead(span):
            return f"at least {_span(span)} before it"
    return "by the end of the semester that holds its day"


def _condition(node: Kernel) -> str:
    match node:
        case Always():
            return "nothing more is asked"
        case AllOf():
            return " and ".join(_grouped(part) for part in _flat(node))
        case AnyOf():
            return " or ".join(_grouped(part) for part in _flat(node))
        case Not(part):
            return f"it is not so that {_grouped(part)}"
        case Is() if node == LISTED:
            return "the bearer is listed as attending"
        case Is(term, options, open_if_absent):
            open_still = ", which has to be recorded" if open_if_absent is True else ""
            return f"{phrase(term)} is {phrase(options)}{open_still}"
        case Holds(relation, match, Age() as age):
            return _held_for(relation, match, age)
        case Holds(relation, match, where):
            return f"there is a {_kind(relation, match, where)}"
        case SomeDay(part):
            return f"on some day since the stage now held was entered {_grouped(part)}"
        case Undecided(need):
            return f"`{need}` says so, which no other fact decides"
        case LatestIs(of, name, value, _):
            return f"the latest {phrase(of)} has {name} {phrase(value)}"
        case Compare():
            return _compare(node)
        case OnDay():
            return _on_day(node)
        case Age(least, most):
            bounds = [] if least is None else [f"at least {_span(least)}"]
            bounds += [] if most is None else [f"within {_span(most)}"]
            return f"it happened {' and '.join(bounds)} before the day asked"
        case Share(part_name, whole, above, or_equal):
            more = _by_reading(or_equal, lambda reached: "at least" if reached else "more than")
            share = _by_reading(above, lambda pair: f"{pair[0]}/{pair[1]}")
            return f"its `{part_name}` is {more} {share} of its `{whole}`"
        case _:
            assert_never(node)


def _on_day(node: OnDay) -> str:
    parts = [] if node.since is None else [f"the day is {_by_reading(node.since, str)} or later"]
    if node.terms is not None:
        told = _by_reading(node.terms, lambda names: _either(kind.replace("_", " ") for kind in names))
        parts.insert(0, f"the day is in a declared {told}")
    return " and ".join(parts)


def _grouped(node: Any) -> str:
    """Return a part in brackets, where its end could not be told without them."""
    nested = isinstance(node, Holds) and not isinstance(node.where, Always | Age)
    return f"({phrase(node)})" if nested or isinstance(node, AllOf | AnyOf) else phrase(node)


def _flat(node: AllOf | AnyOf) -> Iterable[Any]:
    for part in node.parts:
        if isinstance(part, type(node)):
            yield from _flat(part)
        else:
            yield part


def _held_for(relation: Any, match: Any, node: Age) -> str:
    bounds = [f"at least {_span(node.least)}"] if node.least is not None else []
    if node.most is not None:
        bounds.append(f"at most {_span(node.most)}")
    told = f"there has been a {_kind(relation, match, Always())} for {' and '.join(bounds)}"
    if node.extended_by is None:
        return told
    times = _number(node.times)
    return f"{told}, {_span(node.extension)} more for each {phrase(node.extended_by)}, at most {times} time(s)"


def _compare(node: Compare) -> str:
    least, most = node.least, node.most
    if least is not None and least == most:
        if isinstance(least, Tally):
            return f"exactly as many {phrase(node.tally)} as {phrase(least)}"
        return f"exactly {_number(least)} × {phrase(node.tally)}"
    bounds = [f"at least {_number(least)}"] if least is not None else []
    if most is not None:
        bounds.append(f"at most {_number(most)}")
    return f"{' and '.join(bounds)} × {phrase(node.tally)}"


def _number(node: Any) -> str:
    if isinstance(node, int):
        return str(node)
    if isinstance(node, Portion):
        return f"{_number(node.numerator)}/{_number(node.denominator)} of the {phrase(node.of)}"
    if isinstance(node, ByReading):
        return _by_reading(node, _number)
    return f"as many as {phrase(node)}" if isinstance(node, Tally) else phrase(node)


def _tally(node: Tally) -> str:
    match node:
        case Count(tuple() as several):
            return " or ".join(phrase(of) for of in several)
        case Count(of, distinct, if_sole):
            told = f"different {phrase(distinct)} of {phrase(of)}" if distinct is not None else phrase(of)
            return told if isinstance(if_sole, Always) else f"{told}, a sole one only if {phrase(if_sole)}"
        case Sum(name, of):
            return f"{phrase(name)} summed over {phrase(of)}"
        case MostCovered(name, among, of):
            listed = _by_reading(among, lambda names: ", ".join(f"`{one}`" for one in names))
            return f"of {listed} in the {phrase(name)} of one {phrase(of)}"
        case CountAfterEarly(of):
            return f"{phrase(of)}, or in the period before it, beyond the first there"
        case CountFindings(rules, statuses, window):
            when = _by_reading(window, lambda name: " in the period" if name == "period" else "")
            return f"findings of {phrase(rules)} that are {phrase(statuses)}{when}"
        case _:
            assert_never(node)


def _selection(node: Events | Holdings) -> str:
    if isinstance(node, Holdings):
        return _kind(node.relation, node.match, node.where)
    return _kind(node.types, node.match, node.where, when=f" {_by_reading(node.window, WINDOW_WORDS.__getitem__)}")


def _fact(of: Events) -> str:
    """Return which facts occasion a duty; whenever they happened, whatever window is said."""
    return _kind(of.types, of.match, of.where)


def _kind(names: Any, match: Any, where: Any, when: str = "") -> str:
    told = phrase(names)
    if match:
        pairs = _by_reading(match, lambda each: ", ".join(f"{name} = {phrase(value)}" for name, value in each))
        told += pairs if isinstance(match, ByReading) else f" ({pairs})"
    told += when
    return told if isinstance(where, Always) else f"{told} such that {_grouped(where)}"


def _term(node: Term | Given) -> str:
    match node:
        case Subject():
            return "the bearer"
        case AskedStep():
            return "the stage asked for"
        case Its(name):
            return f"its {name}"
        case Trigger(name):
            return f"the occasion's {name}"
        case Given(name):
            return f"the parameter `{name}`"
        case _:
            assert_never(node)


def _span(node: Any) -> str:
    return _by_reading(node, _length)


def _length(span: Span) -> str:
    counted = [(span.years, "year"), (span.months, "month"), (span.days, "day")]
    said = [
        f"{'less ' if number < 0 else ''}{abs(number)} {unit}{'s' if abs(number) > 1 else ''}"
        for number, unit in counted
        if number
    ]
    return " ".join(said) or "0 days"


def _either(told: Iterable[str]) -> str:
    names = list(told)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}" if names else "nothing"
