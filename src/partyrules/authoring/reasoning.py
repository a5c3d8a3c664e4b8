"""What cannot happen whatever is recorded: dead and idle rules, contradictions, empty periods, vetoes for ever."""

from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import Any, Final, NamedTuple

from attrs import evolve

from partyrules.authoring.codes import Remark, remark
from partyrules.authoring.logic import Logic, conjuncts, in_words
from partyrules.authoring.shapes import Shapes
from partyrules.authoring.vocabulary import kinds_unlisted, slips
from partyrules.calendar import CALENDAR_GRAINS, Span, add_days, add_span, period_of
from partyrules.clauses import Document
from partyrules.expressions import (
    ASKED_STEP,
    SUBJECT,
    AllOf,
    Always,
    AnyOf,
    ByReading,
    Compare,
    Condition,
    Count,
    Events,
    Given,
    Not,
    Undecided,
    holds,
    is_in,
    resolved,
    walk,
)
from partyrules.packs import Pack
from partyrules.rules import (
    Ahead,
    Duty,
    Occasion,
    PerPeriod,
    Requirement,
    Rule,
    Standing,
    Triggered,
    Veto,
    Within,
    WithinDays,
    WithinWorkingDays,
    pipeline_steps,
)

__all__ = ["contradictions", "rule_faults", "vocabulary_faults"]

_MOST_WAYS: Final = 64
_STUDENT: Final = holds("registration", person=SUBJECT, category="student")
_STANDS: Final = {"unit": holds("unit", unit=SUBJECT), "building": holds("building", building=SUBJECT)}
# How many of a shorter period a longer one surely holds.
_MONTHS: Final[Mapping[str, int]] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


class _Way(NamedTuple):
    """A rule as it stands under some options of its readings; `told` names those that are not the defaults."""

    rule: Any
    told: str


def _ways(rule: Rule) -> list[_Way]:
    """Return the rule under its defaults, then under every other choice of options that its tree depends on."""
    used = {node.reading for node in walk(rule) if isinstance(node, ByReading)}
    readings = [reading for reading in rule.readings if reading.name in used]
    orders = [[reading.default, *(o for o in reading.options if o != reading.default)] for reading in readings]
    ways = []
    for options in product(*orders):
        chosen = {reading.name: option for reading, option in zip(readings, options, strict=True)}
        changed = [f"{r.name}={chosen[r.name]}" for r in readings if chosen[r.name] != r.default]
        ways.append(_Way(resolved(rule, readings=chosen, parameters={}), ", ".join(changed)))
        if len(ways) == _MOST_WAYS:
            break
    return ways


# Words of the vocabulary, readings and parameters --------------------------------------------------------------


def vocabulary_faults(pack: Pack, shapes: Shapes) -> Iterator[Remark]:
    """Yield what rules say of facts that cannot be, and readings and parameters that nothing depends on."""
    for what in kinds_unlisted(shapes):
        yield remark("PR012", f"pack {pack.id}", "kinds", what)
    for rule in pack.rules:
        where = f"{pack.id}:{rule.id}"
        found = dict.fromkeys(slip for way in _ways(rule) for slip in slips(way.rule, shapes))
        for code, field, what in found:
            yield remark(code, where, field, what)
        yield from _unused(rule, where)


def _unused(rule: Rule, where: str) -> Iterator[Remark]:
    nodes = [*walk(rule)]
    read = [node for node in nodes if isinstance(node, ByReading)]
    given = {node.name for node in nodes if isinstance(node, Given)}
    for reading in rule.readings:
        own = [node for node in read if node.reading == reading.name]
        if not own:
            yield remark("PR009", where, f"readings.{reading.name}", "no part of the rule depends on it")
            continue
        choices = {option: [dict(node.options).get(option) for node in own] for option in reading.options}
        for one, other in combinations(choices, 2):
            if choices[one] == choices[other]:
                what = f"options `{one}` and `{other}` come to the same"
                yield remark("PR009", where, f"readings.{reading.name}", what)
    for parameter in rule.parameters:
        if parameter.name not in given:
            yield remark("PR010", where, f"parameters.{parameter.name}", "no part of the rule depends on it")


# Rules one by one ------------------------------------------------------------------------------------------------


def rule_faults(pack: Pack, shapes: Shapes) -> Iterator[Remark]:
    """Yield each rule that can never bind, be met, fail or end, and each veto that nothing can lift."""
    for rule in pack.rules:
        where = f"{pack.id}:{rule.id}"
        told: set[tuple[str, str]] = set()
        for way in _ways(rule):
            for code, field, what in _faults(pack, way.rule, shapes):
                # What holds under the defaults need not be said of every other option again.
                if (code, field) in told:
                    continue
                told.add((code, field))
                under = f" (under {way.told})" if way.told else ""
                yield remark(code, where, field, f"{what}{under}")


def _faults(pack: Pack, rule: Rule, shapes: Shapes) -> Iterator[tuple[str, str, str]]:
    if isinstance(rule, Duty):
        yield from _duty_faults(pack, rule, shapes)
        return
    if not rule.steps:
        yield "PR014", "steps", "it speaks to no step"
        return
    logic = Logic(shapes)
    around = _asked(pack, rule.steps)
    yield from _empty_parts(rule, logic)
    if isinstance(rule, Requirement):
        if reason := logic.never(AllOf((*around, rule.when))):
            yield "PR014", "when", f"it never applies: {reason}"
        elif reason := logic.never(AllOf((*around, rule.when, rule.requires))):
            yield "PR014", "requires", f"it can never be met: {reason}"
        elif _sure(logic, AllOf((*around, rule.when)), rule.requires):
            yield "PR015", "requires", "it is met whatever is recorded"
    else:
        yield from _veto_faults(rule, logic, around)


def _empty_parts(rule: Rule, logic: Logic) -> Iterator[tuple[str, str, str]]:
    """Yield bounds that ask for nothing, and alternatives that can never be."""
    for name in ("bearer", "when", "requires", "vetoes"):
        for node in walk(getattr(rule, name, ())):
            if isinstance(node, Compare) and isinstance(node.least, int) and node.least <= 0:
                yield "PR015", name, f"at least {node.least} of {in_words(node.tally)} asks for nothing"
            if isinstance(node, AnyOf):
                for part in node.parts:
                    # What waits for an answer stands in an alternative to keep it open.
                    if not isinstance(part, Undecided) and (reason := logic.never(part)):
                        yield "PR014", name, f"one of its alternatives can never be: {reason}"


def _veto_faults(veto: Veto, logic: Logic, around: tuple[Condition, ...]) -> Iterator[tuple[str, str, str]]:
    parts = [*walk(veto.vetoes)]
    for lift in veto.lifts:
        if not isinstance(lift.ground, Always) and lift.ground not in parts:
            yield "PR016", "lifts", f"it speaks of {in_words(lift.ground)}, no ground of this veto"
    if reason := logic.never(AllOf((*around, veto.vetoes))):
        yield "PR014", "vetoes", f"it can never apply: {reason}"
    elif _sure(logic, AllOf(around), veto.vetoes):
        yield "PR019", "vetoes", "it applies whatever is recorded"
    elif not logic.can_lapse(veto.vetoes):
        yield "PR019", "vetoes", f"once true, no later record changes it: {in_words(_lasting(veto.vetoes, logic))}"


def _lasting(condition: Condition, logic: Logic) -> Condition:
    """Return the part of a condition that keeps it true."""
    parts = getattr(condition, "parts", ())
    return next((_lasting(part, logic) for part in parts if not logic.can_lapse(part)), condition)


def _asked(pack: Pack, steps: tuple[str, ...]) -> tuple[Condition, ...]:
    """Return what is true of everybody who asks for one of the steps: a student, in the stage before it."""
    leaves = {step.leaves for step in pipeline_steps(pack.stages) if step.into in steps}
    known: tuple[Condition, ...] = (_STUDENT, is_in(ASKED_STEP, steps))
    if None in leaves or not leaves:
        return known
    before = tuple(sorted(stage for stage in leaves if stage is not None))
    return (*known, holds("stage", person=SUBJECT, stage=before))


def _sure(logic: Logic, given: Condition, wanted: Condition) -> bool:
    """Tell whether `wanted` holds wherever `given` does."""
    return logic.always(wanted) or logic.implies(given, wanted)


def _duty_faults(pack: Pack, duty: Duty, shapes: Shapes) -> Iterator[tuple[str, str, str]]:
    per = duty.per
    grain = per.grain if isinstance(per, PerPeriod) and isinstance(per.grain, str) else None
    logic = Logic(shapes, grain)
    scope = AllOf((*_bearing(duty), duty.bearer.scope))
    yield from _period_faults(pack.document, duty)
    yield from _empty_parts(duty, logic)
    if reason := logic.never(scope):
        yield "PR014", "bearer", f"it binds nobody: {reason}"
        return
    if duty.bearer.each is not None and (reason := logic.never_selected(duty.bearer.each)):
        yield "PR014", "bearer", f"there is nothing that it binds for: {reason}"
    occasions = per.of if isinstance(per, Occasion) else per.by if isinstance(per, Triggered) else None
    if occasions is not None and (reason := logic.never_selected(evolve(occasions, window="ever"))):
        yield "PR014", "per", f"nothing ever occasions it: {reason}"
    # Only a standing duty looks at the bearer and at what is required on one and the same day.
    together = AllOf((scope, duty.requires)) if isinstance(per, Standing) else duty.requires
    if reason := logic.never(together):
        yield "PR014", "requires", f"it can never be met: {reason}"
    elif _sure(logic, scope if isinstance(per, Standing) else AllOf(()), duty.requires):
        yield "PR015", "requires", "it is met whatever is recorded"


def _bearing(duty: Duty) -> tuple[Condition, ...]:
    if duty.bearer.kind in ("person", "named"):
        return (Not(holds("stage", person=SUBJECT, stage="none")),) if duty.bearer.kind == "person" else ()
    return (_STANDS[duty.bearer.kind],)


def _period_faults(document: Document, duty: Duty) -> Iterator[tuple[str, str, str]]:
    per = duty.per
    start, end = document.in_force_from, document.in_force_until
    if isinstance(per, PerPeriod) and per.grain in CALENDAR_GRAINS and end is not None:
        period = period_of(per.grain, start)
        if period.start < start:
            period = period_of(per.grain, add_days(period.end, 1))
        if period.end > end:
            yield "PR018", "per", f"no whole {per.grain} lies between {start} and {end}, the days it is in force"
    if isinstance(per, Triggered):
        match per.deadline:
            case WithinDays(int() as days) | WithinWorkingDays(days) if days < 0:
                yield "PR018", "per", f"a deadline {days} days after the trigger cannot be kept"
            case Within(span) | Ahead(span) if add_span(start, span) < start:
                yield "PR018", "per", f"a deadline of {_length(span)} lies on the wrong side of the trigger"


def _length(span: Span) -> str:
    return f"{span.years} years, {span.months} months and {span.days} days"


# Rules two by two ------------------------------------------------------------------------------------------------


def contradictions(pack: Pack, shapes: Shapes) -> Iterator[Remark]:
    """Yield each two rules that cannot both be met, as they stand under the default readings."""
    duties = [_ways(duty)[0].rule for duty in pack.duties]
    requirements = [_ways(requirement)[0].rule for requirement in pack.requirements]
    vetoes = [_ways(veto)[0].rule for veto in pack.vetoes]
    found: list[tuple[Rule, Rule, str]] = []
    for one, other in combinations(requirements, 2):
        found += _both_required(pack, one, other, shapes)
    for requirement, veto in product(requirements, vetoes):
        found += _always_vetoed(pack, requirement, veto, shapes)
    for one, other in combinations(duties, 2):
        found += _both_due(one, other, shapes)
    for first, second, what in found:
        field = "vetoes" if isinstance(second, Veto) else "requires"
        yield remark("PR017", f"{pack.id}:{second.id}", field, f"with {pack.id}:{first.id}: {what}")


def _both_required(
    pack: Pack, one: Requirement, other: Requirement, shapes: Shapes
) -> Iterator[tuple[Rule, Rule, str]]:
    steps = tuple(step for step in one.steps if step in other.steps)
    logic = Logic(shapes)
    if not steps or any(logic.never(rule.requires) for rule in (one, other)):
        return
    around = AllOf((*_asked(pack, steps), one.when, other.when))
    if logic.never(around):
        return
    if reason := logic.never(AllOf((around, one.requires, other.requires))):
        yield one, other, f"on the step into {', '.join(steps)}, {reason}"


def _always_vetoed(
    pack: Pack, requirement: Requirement, veto: Veto, shapes: Shapes
) -> Iterator[tuple[Rule, Rule, str]]:
    steps = tuple(step for step in requirement.steps if step in veto.steps)
    logic = Logic(shapes)
    if not steps or logic.never(requirement.requires) or logic.always(veto.vetoes):
        return
    met = AllOf((*_asked(pack, steps), requirement.when, requirement.requires))
    if any(logic.implies(part, veto.vetoes) for part in (*conjuncts(met), met)):
        yield requirement, veto, f"whoever meets it for the step into {', '.join(steps)} is vetoed"


def _both_due(one: Duty, other: Duty, shapes: Shapes) -> Iterator[tuple[Rule, Rule, str]]:
    logic = Logic(shapes)
    if one.bearer.kind != other.bearer.kind or one.bearer.each != other.bearer.each:
        return
    shared = any(
        logic.implies(first.bearer.scope, second.bearer.scope) for first, second in ((one, other), (other, one))
    )
    if not shared or any(logic.never(rule.requires) for rule in (one, other)):
        return
    if one.per == other.per:
        if reason := logic.never(AllOf((one.requires, other.requires))):
            yield one, other, f"for one bearer, {reason}"
        return
    for short, long in ((one, other), (other, one)):
        times = _times_in(short, long)
        for low, high in product(conjuncts(short.requires), conjuncts(long.requires)):
            if times and _adds_up_to_more(low, high, times, logic):
                assert isinstance(short.per, PerPeriod)  # noqa: S101  # otherwise it is never so many times in it
                what = f"{in_words(low)} in each {short.per.grain} is {times} times as many as {in_words(high)}"
                yield one, other, f"{what} would allow"


def _times_in(short: Duty, long: Duty) -> int:
    """Return how many periods of the one lie in each of the other, 0 where that is not sure."""
    if not isinstance(short.per, PerPeriod) or not isinstance(long.per, PerPeriod):
        return 0
    months = [_MONTHS.get(str(each.grain), 0) for each in (short.per, long.per)]
    return months[1] // months[0] if 0 < months[0] < months[1] else 0


def _adds_up_to_more(low: Condition, high: Condition, times: int, logic: Logic) -> bool:
    match low, high:
        case Compare(Count(Events(window="period"), None) as few, int() as least), Compare(tally, None, int() as most):
            return least * times > most and logic.within(few, tally)
    return False
