"""What cannot happen whatever is recorded: dead and idle rules, contradictions, empty periods, vetoes for ever."""

from collections.abc import Iterator
from itertools import combinations, product
from typing import Final

from attrs import evolve, frozen

from partyrules.analysis.codes import Remark, remark
from partyrules.analysis.decision import NO_SOLVER, Ruling
from partyrules.analysis.formulas import NotTrue, solver
from partyrules.analysis.histories import joint, shown
from partyrules.analysis.logic import Logic, conjuncts
from partyrules.analysis.together import both_met
from partyrules.analysis.ways import ways_of
from partyrules.language import kernel as k
from partyrules.language import rules as r
from partyrules.language.phrases import length, phrase
from partyrules.language.presence import STANDS, STUDENT
from partyrules.language.text import Text, filled, translated
from partyrules.language.tree import walk
from partyrules.packs.document import Document
from partyrules.packs.pack import Pack
from partyrules.time.calendar import CALENDAR_GRAINS, add_days, add_span, period_of

_Fault = tuple[str, str, str, *tuple[object, ...]]
"""A code, the field of a rule, and what is wrong there in English, with what fills its places."""


# Words of the vocabulary, readings and parameters --------------------------------------------------------------


def vocabulary_faults(pack: Pack) -> Iterator[Remark]:
    """Yield kinds that are almost known ones, `normally` without effect, and what nothing depends on."""
    for rule in pack.rules:
        where = f"{pack.id}:{rule.id}"
        found = [
            slip
            for way in ways_of(pack, rule)
            for slip in r.slips(way.rule, r.speller_of(way.rule, pack.shapes))
            if slip.doubt
        ]
        for slip in dict.fromkeys(found):
            yield remark("PR011", where, slip.field, slip.what)
        if isinstance(rule, r.Duty) and rule.modality == "normally":
            pers = dict.fromkeys(type(way.rule.per) for way in ways_of(pack, rule))
            for per in pers:
                if not issubclass(per, r.PerPeriod | r.Rolling):
                    what = f"a duty per `{per.__name__}` says `normally`, and a judgement explains what a period lacks"
                    yield remark("PR026", where, "modality", what)
        yield from _of_anybody(rule, where)
        yield from _unused(rule, where)


def _of_anybody(rule: r.Rule, where: str) -> Iterator[Remark]:
    """Yield what comes out the same whomever it is asked about."""
    for field in ("bearer", "requires", "vetoes"):
        part = getattr(rule, field, None)
        # Sugar that is not lowered yet, such as `Attends`, may be about the bearer without saying so.
        if part is not None and not any(isinstance(node, k.Subject | k.Trigger | k.Sugar) for node in walk(part)):
            what = "no part of it names whom it is asked about, so that it is the same for everybody"
            yield remark("PR027", where, field, what)


def _unused(rule: r.Rule, where: str) -> Iterator[Remark]:
    nodes = [*walk(rule)]
    read = [node for node in nodes if isinstance(node, k.ByReading)]
    given = {node.name for node in nodes if isinstance(node, k.Given)}
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


@frozen
class _Judge:
    """Answers what can be true where a rule of a pack is judged: by argument, where none decides it, by a history."""

    pack: Pack

    def logic(self, rule: r.Rule) -> Logic:
        """Return the arguments about conditions where the rule is judged."""
        per = rule.per if isinstance(rule, r.Duty) else None
        return Logic(
            self.pack.shapes, per.grain if isinstance(per, r.PerPeriod) and isinstance(per.grain, str) else None
        )

    def open(self, rule: r.Rule, *conditions: k.Condition) -> Text | None:
        """Return what keeps it undecided whether the conditions can be true together, None where it is decided."""
        # What is false is not true: a history need not leave open what it shows to fail.
        plain = tuple(k.Not(each.part) if isinstance(each, NotTrue) else each for each in conditions)
        return self.still_open(self.logic(rule).ruling(*conditions), rule, k.AllOf(plain))

    def still_open(
        self, ruling: Ruling, rule: r.Rule, condition: k.Condition, *, also: r.Duty | None = None
    ) -> Text | None:
        """Return what keeps a ruling undecided, None where a history shows the condition true.

        That there is no solver is said once, of the pack.
        """
        if ruling.possible is not None or NO_SOLVER in ruling.open:
            return None
        return None if shown(self.pack, rule, condition, also=also) else ruling.why


def rule_faults(pack: Pack) -> Iterator[Remark]:
    """Yield each rule that can never bind, be met, fail or end, each veto that nothing can lift, and what is open."""
    judge = _Judge(pack)
    for rule in pack.rules:
        where = f"{pack.id}:{rule.id}"
        told: set[tuple[str, str]] = set()
        for way in ways_of(pack, rule):
            for code, field, english, *parts in _faults(way.rule, judge):
                # What holds under the defaults need not be said of every other option again.
                if (code, field) in told:
                    continue
                told.add((code, field))
                what = translated(english, *parts)
                under = ", ".join(f"{key.rpartition('.')[2]}={option}" for key, option in way.readings.items())
                yield remark(code, where, field, translated("{} (under {})", what, under) if under else what)


def _faults(rule: r.Rule, judge: _Judge) -> Iterator[_Fault]:
    if isinstance(rule, r.Duty):
        yield from _duty_faults(rule, judge)
        return
    if not rule.steps:
        yield "PR014", "steps", "it speaks to no step"
        return
    around = _asked(judge.pack, rule.steps)
    yield from _empty_parts(rule, judge)
    if isinstance(rule, r.Veto):
        yield from _veto_faults(rule, judge, around)
    else:
        yield from _requirement_faults(rule, judge, around)


def _requirement_faults(rule: r.Requirement, judge: _Judge, around: tuple[k.Condition, ...]) -> Iterator[_Fault]:
    logic = judge.logic(rule)
    applies = (*around, rule.when)
    if reason := logic.never(*applies):
        yield "PR014", "when", "it never applies: {}", reason
    else:
        yield from _demand_faults(rule, judge, applies)


def _demand_faults(rule: r.Requirement | r.Duty, judge: _Judge, known: tuple[k.Condition, ...]) -> Iterator[_Fault]:
    """Yield that what is required can never be met, or never fail, where all that is `known` is true."""
    logic = judge.logic(rule)
    if reason := logic.never(*known, rule.requires):
        yield "PR014", "requires", "it can never be met: {}", reason
    elif logic.implies(k.AllOf(known), rule.requires):
        yield "PR015", "requires", "it is met whatever is recorded"
    elif reason := judge.open(rule, *known, rule.requires):
        yield "PR025", "requires", "whether it can be met is not decided: {}", reason
    elif reason := judge.open(rule, *known, NotTrue(rule.requires)):
        yield "PR025", "requires", "whether it can fail is not decided: {}", reason


def _empty_parts(rule: r.Rule, judge: _Judge) -> Iterator[_Fault]:
    """Yield bounds that ask for nothing, and alternatives that can never be."""
    logic = judge.logic(rule)
    for name in ("bearer", "when", "requires", "vetoes"):
        for node in walk(getattr(rule, name, ())):
            if isinstance(node, k.Compare) and isinstance(node.least, int) and node.least <= 0:
                yield "PR015", name, "at least {} of {} asks for nothing", node.least, phrase(node.tally)
            if isinstance(node, k.AnyOf):
                for part in node.parts:
                    # What waits for an answer stands in an alternative to keep it open.
                    asked = [one for one in conjuncts(part) if not isinstance(one, k.Undecided)]
                    if asked and (reason := logic.never(*asked)):
                        yield "PR014", name, "one of its alternatives can never be: {}", reason


def _veto_faults(veto: r.Veto, judge: _Judge, around: tuple[k.Condition, ...]) -> Iterator[_Fault]:
    logic = judge.logic(veto)
    parts = [*walk(veto.vetoes)]
    for lift in veto.lifts:
        if not isinstance(lift.ground, k.Always) and lift.ground not in parts:
            yield "PR016", "lifts", "it speaks of {}, no ground of this veto", phrase(lift.ground)
    if reason := logic.never(*around, veto.vetoes):
        yield "PR014", "vetoes", "it can never apply: {}", reason
    elif logic.implies(k.AllOf(around), veto.vetoes):
        yield "PR019", "vetoes", "it applies whatever is recorded"
    elif not logic.can_lapse(veto.vetoes):
        yield "PR019", "vetoes", "once true, no later record changes it: {}", phrase(_lasting(veto.vetoes, logic))
    elif reason := judge.open(veto, *around, veto.vetoes):
        yield "PR025", "vetoes", "whether it can apply is not decided: {}", reason


def _lasting(condition: k.Condition, logic: Logic) -> k.Condition:
    """Return the part of a condition that keeps it true."""
    parts = getattr(condition, "parts", ())
    return next((_lasting(part, logic) for part in parts if not logic.can_lapse(part)), condition)


def _asked(pack: Pack, steps: tuple[str, ...]) -> tuple[k.Condition, ...]:
    """Return what is true of everybody who asks for one of the steps: a student, in the stage before it."""
    leaves = {step.leaves for step in r.pipeline_steps(pack.stages) if step.into in steps}
    known: tuple[k.Condition, ...] = (STUDENT, k.is_in(k.ASKED_STEP, steps))
    if None in leaves or not leaves:
        return known
    before = tuple(sorted(stage for stage in leaves if stage is not None))
    return (*known, k.holds("stage", person=k.SUBJECT, stage=before))


def _duty_faults(duty: r.Duty, judge: _Judge) -> Iterator[_Fault]:
    logic = judge.logic(duty)
    document = judge.pack.document
    scope = k.AllOf((*_bearing(duty), *_in_force(document), duty.bearer.scope))
    yield from _period_faults(document, duty)
    yield from _empty_parts(duty, judge)
    if reason := logic.never(scope):
        yield "PR014", "bearer", "it binds nobody: {}", reason
        return
    if duty.bearer.each is not None and (reason := logic.never_selected(duty.bearer.each)):
        yield "PR014", "bearer", "there is nothing that it binds for: {}", reason
    occasions = duty.per.occasions
    if occasions is not None and (reason := logic.never_selected(evolve(occasions, window="ever"))):
        yield "PR014", "per", "nothing ever occasions it: {}", reason
    # Only a standing duty looks at the bearer and at what is required on one and the same day.
    known = (scope,) if isinstance(duty.per, r.Standing) else ()
    yield from _demand_faults(duty, judge, known)
    if reason := judge.open(duty, scope):
        yield "PR025", "bearer", "whether it binds anybody is not decided: {}", reason


def _bearing(duty: r.Duty) -> tuple[k.Condition, ...]:
    if duty.bearer.kind in ("person", "named"):
        return (k.Not(k.holds("stage", person=k.SUBJECT, stage="none")),) if duty.bearer.kind == "person" else ()
    return (STANDS[duty.bearer.kind],)


def _in_force(document: Document) -> tuple[k.Condition, ...]:
    """Return what is true of every day on which the document binds."""
    until = document.in_force_until
    return () if until is None else (k.Not(k.OnDay(since=add_days(until, 1))),)


def _period_faults(document: Document, duty: r.Duty) -> Iterator[_Fault]:
    per = duty.per
    start, end = document.in_force_from, document.in_force_until
    if isinstance(per, r.PerPeriod) and per.grain in CALENDAR_GRAINS and end is not None:
        period = period_of(per.grain, start)
        if period.start < start:
            period = period_of(per.grain, add_days(period.end, 1))
        if period.end > end:
            yield "PR018", "per", "no whole {} lies between {} and {}, the days it is in force", per.grain, start, end
    if isinstance(per, r.Triggered):
        match per.deadline:
            case r.Within(span) | r.Ahead(span) if add_span(start, span) < start:
                yield "PR018", "per", "a deadline of {} lies on the wrong side of the trigger", length(span)


# Rules two by two ------------------------------------------------------------------------------------------------


def contradictions(pack: Pack) -> Iterator[Remark]:
    """Yield each two rules that cannot both be met, as they stand under the default readings, and what is open."""
    if solver() is None:
        yield remark("PR025", f"pack {pack.id}", None, f"whether its rules can be met is not decided: {NO_SOLVER}")
    for code, first, second, english, *parts in clashing(pack):
        field = "vetoes" if isinstance(second, r.Veto) else "requires"
        what = translated("with {}: {}", f"{pack.id}:{first.id}", translated(english, *parts))
        yield remark(code, f"{pack.id}:{second.id}", field, what)


Found = tuple[str, r.Rule, r.Rule, str, *tuple[object, ...]]
"""A code, two rules, and what is wrong with the second beside the first, in English with what fills its places."""


def clashing(pack: Pack) -> Iterator[Found]:
    """Yield each two rules that cannot both be met, and those of which it is open."""
    judge = _Judge(pack)
    logic = Logic(pack.shapes)
    duties = [ways_of(pack, duty)[0].rule for duty in pack.duties]
    duties = [duty for duty in duties if logic.never(duty.requires) is None]
    requirements = [ways_of(pack, requirement)[0].rule for requirement in pack.requirements]
    vetoes = [ways_of(pack, veto)[0].rule for veto in pack.vetoes]
    for one, other in combinations(requirements, 2):
        yield from _both_required(one, other, judge)
    for requirement, veto in product(requirements, vetoes):
        yield from _always_vetoed(requirement, veto, judge)
    for one, other in combinations(duties, 2):
        yield from _both_due(one, other, judge)


_OPEN: Final = "whether both can be met is not decided: {}"


def _both_required(one: r.Requirement, other: r.Requirement, judge: _Judge) -> Iterator[Found]:
    steps = tuple(step for step in one.steps if step in other.steps)
    logic = Logic(judge.pack.shapes)
    if not steps or any(_may_be_explained(rule) or logic.never(rule.requires) for rule in (one, other)):
        return
    around = (*_asked(judge.pack, steps), one.when, other.when)
    if logic.never(*around):
        return
    both = (*around, one.requires, other.requires)
    if reason := logic.never(*both):
        yield "PR017", one, other, "on the step into {}, {}", ", ".join(steps), reason
    elif reason := judge.open(evolve(one, steps=steps), *both):
        yield "PR025", one, other, _OPEN, reason


def _may_be_explained(requirement: r.Requirement) -> bool:
    """Tell whether the step is open to whoever does not meet it, for a recorded reason."""
    return requirement.modality == "normally"


def _always_vetoed(requirement: r.Requirement, veto: r.Veto, judge: _Judge) -> Iterator[Found]:
    steps = tuple(step for step in requirement.steps if step in veto.steps)
    logic = Logic(judge.pack.shapes)
    if not steps or _may_be_explained(requirement) or logic.never(requirement.requires) or logic.always(veto.vetoes):
        return
    met = (*_asked(judge.pack, steps), requirement.when, requirement.requires)
    if logic.implies(k.AllOf(met), veto.vetoes):
        yield "PR017", requirement, veto, "whoever meets it for the step into {} is vetoed", ", ".join(steps)
    elif reason := judge.open(evolve(requirement, steps=steps), *met, NotTrue(veto.vetoes)):
        yield "PR025", requirement, veto, "whether it can be met without the veto is not decided: {}", reason


def _both_due(one: r.Duty, other: r.Duty, judge: _Judge) -> Iterator[Found]:
    met = both_met(one, other, judge.pack.shapes)
    both = k.AllOf((one.requires, other.requires))
    if met.possible is False:
        alone = judge.logic(one).never(both)
        yield "PR017", one, other, "for one bearer, {}", alone or _over_time(one, other)
    elif met.possible is None and (reason := judge.still_open(met, joint(one, other), both, also=joint(other, one))):
        yield "PR025", one, other, _OPEN, reason


def _over_time(one: r.Duty, other: r.Duty) -> Text:
    told = [filled("{}{}", "{1} {0}", phrase(duty.per), phrase(duty.requires)) for duty in (one, other)]
    return translated("{} leaves no room for {}", *told)
