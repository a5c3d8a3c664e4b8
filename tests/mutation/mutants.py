"""Mutants of a rule: the same rule with one thing of its tree changed, as data."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar, get_args

import attrs

from partyrules.errors import PackError
from partyrules.language.kernel import (
    AllOf,
    Always,
    AnyOf,
    ByReading,
    Compare,
    Condition,
    Count,
    Events,
    Given,
    Holdings,
    Holds,
    Is,
    LatestIs,
    MostCovered,
    Not,
    Subject,
    Sum,
    Undecided,
)
from partyrules.language.rules import (
    MODALITIES,
    Bearer,
    Duty,
    EndOfSemester,
    Occasion,
    Parameter,
    PerPeriod,
    Reading,
    Requirement,
    Rule,
    Stage,
    Triggered,
    VacationMonths,
    Veto,
    WithinDays,
)
from partyrules.language.sugar import InTerm

__all__ = ["Mutant", "mutants_of"]

GRAINS = ("month", "quarter", "half_year", "year", "semester", "vacation", "academic_year")
TRIGGER_WINDOWS = {"by_trigger": ("ever", "by_deadline"), "by_deadline": ("ever", "by_trigger")}
WINDOWS = {
    "period": ("ever", "period_or_vacation_before"),
    "period_or_vacation_before": ("period", "ever"),
    "since_entry": ("ever",),
    "ever": ("since_entry", "period"),
    **TRIGGER_WINDOWS,
}
NUMBERS = {"hours": "days", "days": "hours"}
WRONG = "something else"
# What evaluators read of each kind of rule; titles and other words are tested elsewhere.
READ = {
    Duty: ("bearer", "per", "requires", "modality", "readings", "vacation_months", "responsible"),
    Requirement: ("steps", "when", "otherwise", "requires", "modality", "advisory", "readings"),
    Veto: ("steps", "vetoes", "readings"),
}

R = TypeVar("R", bound=Rule)


class Mutant(NamedTuple):
    """A changed rule, and in words what was changed."""

    rule: Any
    change: str


def mutants_of(rule: R) -> Iterator[Mutant]:
    """Yield every mutant of the rule that can be built; some may be refused when a pack is built with them."""
    for name in READ[type(rule)]:
        for value, change in _field(rule, name):
            with suppress(PackError):
                yield Mutant(attrs.evolve(rule, **{name: value}), f"{name}: {change}")


def _field(rule: Any, name: str) -> Iterator[tuple[Any, str]]:
    value = getattr(rule, name)
    if name == "modality":
        yield from ((other, f"{value} → {other}") for other in MODALITIES if other != value)
    elif name == "readings":
        yield from _defaults(value)
    elif name == "otherwise":
        if value is not None:
            yield WRONG, f"{value} → {WRONG}"
    elif name == "steps":
        yield from _steps(value)
    elif name == "vacation_months" and not _monthly(rule.per):
        return
    elif name == "per":
        # What occasions or triggers a duty has no window: every such fact up to the day asked counts.
        yield from (found for found in _changed(value) if not found[1].startswith("window"))
    elif name in ("advisory", "vacation_months"):
        if isinstance(value, ByReading):
            yield from _options(value)
            return
        others = get_args(VacationMonths) if name == "vacation_months" else (not value,)
        yield from ((other, f"{value} → {other}") for other in others if other != value)
    elif name == "responsible":
        if value is not None:
            yield None, "left out"
    else:
        yield from _changed(value)


def _monthly(per: Any) -> bool:
    """Tell whether the duty may be judged by month, so that its being exempt in vacations says something."""
    return isinstance(per, PerPeriod) and (per.grain == "month" or isinstance(per.grain, Given))


def _defaults(readings: tuple[Reading, ...]) -> Iterator[tuple[Any, str]]:
    for n, reading in enumerate(readings):
        for option in reading.options:
            if option != reading.default:
                other = attrs.evolve(reading, default=option)
                yield _with(readings, n, other), f"default of {reading.name} → {option}"


def _steps(steps: Any) -> Iterator[tuple[Any, str]]:
    if isinstance(steps, ByReading):
        yield from _options(steps)
        for n, (option, value) in enumerate(steps.options):
            for other, change in _steps(value):
                yield attrs.evolve(steps, options=_with(steps.options, n, (option, other))), f"{option}: {change}"
        return
    for n, step in enumerate(steps):
        yield _without(steps, n), f"without {step}"
    for step in ("applicant", "activist", "development_target", "probationary_member", "full_member"):
        if step not in steps:
            yield (*steps, step), f"with {step}"


def _options(node: ByReading) -> Iterator[tuple[Any, str]]:
    """Yield the node with what one option means given to another."""
    for n, (option, value) in enumerate(node.options):
        for other, meaning in node.options:
            if other != option and meaning != value:
                options = _with(node.options, n, (option, meaning))
                yield attrs.evolve(node, options=options), f"{node.reading}: {option} means {other}"


def _changed(node: Any) -> Iterator[tuple[Any, str]]:
    """Yield the node with one thing in it changed."""
    yield from _here(node)
    if isinstance(node, tuple):
        for n, part in enumerate(node):
            for other, change in _changed(part):
                yield _with(node, n, other), change
    elif attrs.has(type(node)) and not isinstance(node, Stage | Reading | Parameter):
        for attribute in attrs.fields(type(node)):
            if attribute.name in ("match", "options", "among", "kinds", "adverse", "types"):
                continue
            for other, change in _changed(getattr(node, attribute.name)):
                yield attrs.evolve(node, **{attribute.name: other}), change
        if isinstance(node, ByReading):
            for n, (option, part) in enumerate(node.options):
                for other, change in _changed(part):
                    options = _with(node.options, n, (option, other))
                    yield attrs.evolve(node, options=options), f"[{option}] {change}"


def _here(node: Any) -> Iterator[tuple[Any, str]]:  # noqa: C901, PLR0912, PLR0915 - one case for each kind of node
    if isinstance(node, Condition) and not isinstance(node, Always | ByReading | Undecided):
        yield Not(node), f"not {_name(node)}"
    match node:
        case AllOf(parts) | AnyOf(parts):
            for n, part in enumerate(parts):
                rest = _without(parts, n)
                kept = rest[0] if len(rest) == 1 else type(node)(rest)
                yield kept, f"{type(node).__name__} without {_name(part)}"
            yield (AnyOf if isinstance(node, AllOf) else AllOf)(parts), f"{type(node).__name__} the other way"
        case Not(part):
            yield part, f"{_name(part)} no longer negated"
        case ByReading():
            yield from _options(node)
        case Compare(_, least, most):
            if isinstance(least, int):
                yield attrs.evolve(node, least=least + 1), f"at least {least} → {least + 1}"
                if least > 0:
                    yield attrs.evolve(node, least=least - 1), f"at least {least} → {least - 1}"
            if least is not None and most is not None:
                yield attrs.evolve(node, least=None), "no least"
            if isinstance(most, int):
                yield attrs.evolve(node, most=most + 1), f"at most {most} → {most + 1}"
                if most > 0:
                    yield attrs.evolve(node, most=most - 1), f"at most {most} → {most - 1}"
            if most is not None:
                yield attrs.evolve(node, most=None, least=0 if least is None else least), "no most"
            if most is None:
                yield attrs.evolve(node, most=least), "at least → exactly"
        case LatestIs(of, name, value, adverse):
            yield attrs.evolve(node, adverse=()), "no adverse value"
            yield attrs.evolve(node, adverse=(value,) if value not in adverse else (WRONG,)), "adverse flipped"
            yield attrs.evolve(node, value=WRONG), f"value {value} → {WRONG}"
            yield Compare(Count(of), least=1), "latest → any"
            yield Compare(Count(_narrowed(of, name, value)), least=1), f"latest {value} → any {value}"
        case Count(tuple() as of):
            for n, selection in enumerate(of):
                yield attrs.evolve(node, of=_without(of, n)), f"count without {_name(selection)}"
        case Count(_, distinct, if_sole):
            if distinct is not None:
                yield attrs.evolve(node, distinct=None), "not distinct"
            if not isinstance(if_sole, Always):
                yield attrs.evolve(node, if_sole=Always()), "sole one not tested"
        case Sum(name):
            yield attrs.evolve(node, name=NUMBERS[name]), f"sum of {name} → {NUMBERS[name]}"
            selections: Any = node.of
            for n, selection in enumerate(() if isinstance(selections, ByReading) else _several(selections)):
                yield attrs.evolve(node, of=_without(selections, n)), f"sum without {_name(selection)}"
        case MostCovered(_, among):
            for n, entry in enumerate(_several(among)):
                yield attrs.evolve(node, among=_without(among, n)), f"without {entry}"
        case InTerm(kinds):
            for n, kind in enumerate(_several(kinds)):
                yield attrs.evolve(node, kinds=_without(kinds, n)), f"without {kind}"
            yield attrs.evolve(node, kinds=(*kinds, "semester")), "semesters too"
        case Is(_, options):
            yield attrs.evolve(node, options=(True, False) if options is True else WRONG), f"{options} → other options"
        case PerPeriod(grain):
            if isinstance(grain, str):
                yield from ((PerPeriod(g), f"{grain} → {g}") for g in GRAINS if g != grain)  # type: ignore[arg-type]  # a grain
        case EndOfSemester():
            yield WithinDays(30), "end of semester → 30 days"
        case WithinDays(days):
            yield WithinDays(days + 1) if isinstance(days, int) else EndOfSemester(), "other deadline"
        case Triggered(_, deadline):
            if deadline is not None:
                yield attrs.evolve(node, deadline=None), "no deadline"
        case Occasion() | Bearer() | Given() | Subject():
            pass
    if isinstance(node, Events):
        for window in WINDOWS[node.window]:
            changed: dict[str, Any] = {"window": window}
            yield attrs.evolve(node, **changed), f"window {node.window} → {window}"
    if isinstance(node, Events | Holdings | Holds):
        yield from _match(node)
        if not isinstance(node.where, Always):
            yield attrs.evolve(node, where=Always()), f"{_name(node)} without where"


def _narrowed(of: Any, name: str, value: str) -> Any:
    """Return the selection, in each option of a reading, of those alone that have the value."""
    if isinstance(of, ByReading):
        return attrs.evolve(of, options=tuple((option, _narrowed(one, name, value)) for option, one in of.options))
    return attrs.evolve(of, match=(*of.match, (name, value)))


def _match(node: Any) -> Iterator[tuple[Any, str]]:
    for n, (name, want) in enumerate(node.match):
        yield attrs.evolve(node, match=_without(node.match, n)), f"{_name(node)} without {name}"
        if isinstance(want, str):
            yield (
                attrs.evolve(node, match=_with(node.match, n, (name, WRONG))),
                f"{_name(node)} {name} {want} → {WRONG}",
            )
        elif isinstance(want, tuple):
            for m, entry in enumerate(want):
                fewer = _with(node.match, n, (name, _without(want, m)))
                yield attrs.evolve(node, match=fewer), f"{_name(node)} {name} without {entry}"
        elif isinstance(want, ByReading):
            for other, change in _options(want):
                yield attrs.evolve(node, match=_with(node.match, n, (name, other))), f"{_name(node)} {name} {change}"


def _with(parts: tuple[Any, ...], n: int, part: Any) -> tuple[Any, ...]:
    return (*parts[:n], part, *parts[n + 1 :])


def _without(parts: tuple[Any, ...], n: int) -> tuple[Any, ...]:
    return (*parts[:n], *parts[n + 1 :])


def _several(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the parts of which one may be left out, none where there is one alone."""
    return parts if len(parts) > 1 else ()


def _name(node: Any) -> str:
    if isinstance(node, Events):
        words = [*node.types, *(str(want) for _, want in node.match if isinstance(want, str))]
        return " ".join(words)
    if isinstance(node, Holds | Holdings):
        words = [node.relation, *(str(want) for _, want in node.match if isinstance(want, str))]
        return f"{type(node).__name__}({' '.join(words)})"
    return type(node).__name__
