"""What a rule is: duties, pipeline requirements and vetoes as data, with their modality, readings and parameters."""

from collections.abc import Iterator, Mapping
from copy import copy
from functools import lru_cache, partial
from itertools import product
from math import prod
from typing import Any, ClassVar, Final, Literal, TypeVar, cast

from attrs import evolve, field, frozen

from partyrules.errors import PackError, refusal
from partyrules.errors.arguments import AtLeastOne, Built, Natural
from partyrules.language.kernel import Always, ByReading, Compare, Condition, Count, Events, Given, Holdings
from partyrules.language.shapes import Shape, Shapes
from partyrules.language.spelling import EVER, Sight, Slip, Speller, is_supposed, supposing
from partyrules.language.text import Text
from partyrules.language.tree import rebuilt, resolved, resolved_part, walk
from partyrules.time.calendar import PeriodGrain, Span

__all__ = ["ALWAYS", "LEAVE", "MODALITIES", "PARTIAL", "Ahead", "Bearer", "BearerKind", "Deadline", "Duty"]
__all__ += ["EndOfSemester", "Lift", "Modality", "Occasion", "Parameter", "Per", "PerPeriod", "Reading", "Requirement"]
__all__ += ["Responsible", "Rolling", "Rule", "Stage", "Standing", "Step", "Triggered", "VacationMonths", "Veto"]
__all__ += ["Within", "WithinDays", "WithinWorkingDays", "all_readings", "pipeline_steps"]

Modality = Literal["must", "shall", "normally", "may", "encouraged", "exploratory"]
BearerKind = Literal["person", "unit", "building", "named"]
VacationMonths = Literal["bind", "mostly", "wholly"]

MODALITIES: Final[dict[Modality, Text]] = {
    "must": Text(zh="必须", en="must"),
    "shall": Text(zh="应当", en="shall"),
    "normally": Text(zh="一般", en="normally"),
    "may": Text(zh="可以", en="may"),
    "encouraged": Text(zh="提倡", en="encouraged"),
    "exploratory": Text(zh="探索", en="exploratory"),
}
ALWAYS: Final = Always()
_MOST_WAYS: Final = 1024

R = TypeVar("R", bound="Rule")


@frozen(kw_only=True)
class Reading(Built):
    """A place where the text admits more than one reading: its options, the default, and why that one.

    A reading that several rules of a pack share names the rule under which it is adopted as its `owner`.
    """

    name: str
    options: AtLeastOne[str]
    default: str
    why: Text
    owner: str | None = None

    named: ClassVar[tuple[str, str] | None] = ("reading", "name")

    def refuse(self) -> None:
        """Refuse a default that is no option, and an option that stands twice."""
        if self.default not in self.options:
            raise PackError(f"reading `{self.name}`, field `default`: {refusal('default', self.default, self.options)}")
        if len(set(self.options)) < len(self.options):
            raise PackError(f"reading `{self.name}`, field `options`: one stands twice in {', '.join(self.options)}")


PARTIAL: Final = Reading(
    name="partial",
    options=("exempt", "full", "half"),
    default="exempt",
    why=Text(
        zh="任职、入党或组织成立不满一期的，本期不作要求；full 表示仍按整期要求，half 表示不足一半的不作要求。",
        en="A bearer who was in scope for only part of a period is not held to it; `full` holds them to all of it, "
        "`half` unless it was fewer than half of the days.",
    ),
)
LEAVE: Final = Reading(
    name="leave",
    options=("half", "any", "ignore"),
    default="half",
    why=Text(
        zh="请假超过本期应计天数一半的，本期不作要求；any 表示有请假即免，ignore 表示请假不计。",
        en="Leave for more than half of a period's days excuses it; `any` leave does, or leave is ignored (`ignore`).",
    ),
)


@frozen(kw_only=True)
class Parameter(Built):
    """A value that the text leaves to the institution; it has none until set.

    `takes` says what it holds: a calendar `grain`, a number of `days`, or a free `name`. Unset, the duty is
    unknown, or where `optional` the condition that mentions the parameter is simply not there.
    """

    name: str
    takes: Literal["grain", "days", "name"]
    why: Text
    optional: bool = False

    named: ClassVar[tuple[str, str] | None] = ("parameter", "name")


# Whom a duty binds, and how often ----------------------------------------------------------------------------------


class _Part(Built):
    """A part of a rule that may depend on a reading."""

    __slots__ = ()
    choices: ClassVar[frozenset[str] | None] = None


class _Often(_Part):
    """How often a duty binds, and which windows have a meaning there."""

    __slots__ = ()
    windows: ClassVar[frozenset[str]] = EVER

    @property
    def occasions(self) -> Events | None:
        """The facts that occasion or trigger the duty, if any do."""
        found: Events | None = getattr(self, "of", getattr(self, "by", None))
        return found


@frozen(cache_hash=True)
class Bearer(_Part):
    """Whom a duty binds: each person, unit or building of which `scope` is true on the day.

    A person who has left or whose pipeline has ended, a unit or building that no longer stands, is bound by
    nothing. With `each`, there is one finding for each of the bearer's holdings (a link, say) while its `where` is
    true: the fact that began it is the finding's occasion, and `trigger` terms name its fields. Of kind `named` is a
    person whom the trigger is about while the act is somebody else's, so that it does not matter whether they are still
    there.
    """

    kind: BearerKind
    scope: Condition
    each: Holdings | None = None


@frozen
class PerPeriod(_Often):
    """One finding for each bearer and each period; the grain may be a parameter that nobody has set."""

    windows: ClassVar[frozenset[str]] = frozenset({"ever", "period", "period_or_vacation_before"})

    grain: PeriodGrain | Given


@frozen
class Standing(_Often):
    """Judged on the day asked, for each bearer in scope that day."""


@frozen
class Occasion(_Often):
    """One finding for each of these facts and each bearer in scope on its day."""

    windows: ClassVar[frozenset[str]] = frozenset({"ever", "by_trigger"})

    of: Events


def _refuse_back(span: Span, what: str) -> None:
    if span.leads_back:
        raise PackError(f"{what}, field `span`: found {span}; allowed: a span onward, such as Span(days=30)")


@frozen
class EndOfSemester(_Part):
    """The last day of the declared semester that holds the trigger's day."""


@frozen
class WithinDays(_Part):
    """So many days after the trigger's day; the number may be a parameter that nobody has set."""

    days: Natural | Given


@frozen
class Within(_Part):
    """A span of calendar time after the trigger's day; with negative days, so long before an anniversary."""

    span: Span

    def refuse(self) -> None:
        """Refuse a span that leads the other way."""
        _refuse_back(self.span, "Within")


@frozen
class WithinWorkingDays(_Part):
    """So many working days after the trigger's day, by the table of holidays that the institution adopts."""

    days: Natural


@frozen
class Ahead(_Part):
    """A span of calendar time before the trigger's day: what must have been done by then."""

    span: Span

    def refuse(self) -> None:
        """Refuse a span that leads the other way."""
        _refuse_back(self.span, "Ahead")


Deadline = EndOfSemester | WithinDays | Within | WithinWorkingDays | Ahead


@frozen
class Triggered(_Often):
    """One finding for each of these facts and each bearer; no `deadline` means that the trigger's day decides."""

    windows: ClassVar[frozenset[str]] = frozenset({"ever", "by_trigger", "by_deadline", "after_trigger"})

    by: Events
    deadline: Deadline | None = None


@frozen
class Rolling(_Often):
    """At least once in every so long: each interval runs from the last completion, the first from when scope begins.

    One finding for each interval, of grain `interval`: due a span after the completion before it, or after the
    day on which a missed one was due. The duty requires `at_least(1, events(...))` of the period. Leave does not
    stop the clock.
    """

    windows: ClassVar[frozenset[str]] = frozenset({"ever", "period"})

    every: Span

    def refuse(self) -> None:
        """Refuse a span that does not lead forward."""
        if 28 * (12 * self.every.years + self.every.months) + self.every.days <= 0:
            raise PackError(f"rolling duty, field `every`: found {self.every}; allowed: a span of at least one day")


Per = PerPeriod | Rolling | Standing | Occasion | Triggered


@frozen(kw_only=True)
class Responsible(_Part):
    """Who has to act where that is not the bearer: the ids that the field `names` has in the holdings found last.

    Holdings are found one from the other, `its` terms naming fields of the one before: those of `by` hold together on
    the day judged. What leads to them may have held together on some day up to it (`ever`), or did on the last of the
    days judged on which it held together, which is then the day for `by` as well (`last`). Only what surely holds
    counts.
    """

    by: AtLeastOne[Holdings]
    names: str
    ever: tuple[Holdings, ...] = ()
    last: tuple[Holdings, ...] = ()

    @property
    def steps(self) -> tuple[Holdings, ...]:
        """The holdings in the order in which they are found."""
        return (*self.ever, *self.last, *self.by)

    def refuse(self) -> None:
        """Refuse two ways to lead there, and what is asked of a holding otherwise than by its fields."""
        if self.ever and self.last:
            raise PackError("responsible: found both `ever` and `last`; allowed: one of them")
        if any(not isinstance(step.where, Always) for step in self.steps):
            raise PackError(
                "responsible: found a `where`; allowed: fields alone, and a further holding that `its` finds"
            )


# The three kinds of rule -------------------------------------------------------------------------------------------


class _Rule(Built):
    """A rule: what it says under each choice of its readings must fit together."""

    __slots__ = ()
    named: ClassVar[tuple[str, str] | None] = ("rule", "id")
    windows: ClassVar[frozenset[str]] = frozenset({"ever", "since_entry"})

    def __attrs_post_init__(self) -> None:
        """Refuse what has no meaning under some choice of the readings that the rule depends on."""
        rule = cast("Rule", self)
        used = readings_used(rule)
        if not used:
            self.refuse()
        found, speller = ways(rule) if used else [({}, rule)], speller_of(rule)
        for chosen, way in () if is_supposed() else found:
            if any(slips(way, speller)):
                # In the words of its author, of which the kernel has fewer.
                with supposing():
                    written = rebuilt(rule, partial(resolved_part, readings=chosen, parameters={}))
                slip = next(slips(written, speller))
                raise PackError(f"rule `{rule.id}`, field `{slip.field}`: {slip.what}{under(chosen)}")


@frozen(kw_only=True)
class Duty(_Rule):
    """What a bearer must do, how often, and how strong the word of the clause is.

    `title` says it in a few words, `counted` is the noun for what `requires` counts, both for messages. `responsible`
    tells who has to act where that is not the bearer.
    `vacation_months` exempts months of which declared vacations have more than half (`mostly`), or one has all
    (`wholly`); under both, one that the declared terms do not span is unknown where what it asks is not there.
    """

    id: str
    clause: str
    title: Text
    counted: Text
    bearer: Bearer
    per: Per
    requires: Condition
    modality: Modality = "shall"
    readings: tuple[Reading, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    vacation_months: VacationMonths = "bind"
    responsible: Responsible | None = None

    choices: ClassVar[frozenset[str] | None] = frozenset(
        {"bearer", "per", "requires", "vacation_months", "responsible"}
    )

    def refuse(self) -> None:
        """Refuse a duty for each pair, or once in every so long, of which no finding could be made."""
        match self.bearer, self.per:
            case Bearer(each=Holdings()), Occasion() | Triggered():
                raise PackError(
                    f"rule `{self.id}`, field `bearer.each`: found a duty per {type(self.per).__name__}; "
                    "allowed: PerPeriod, Rolling, Standing; what occasions a duty names its pair by `trigger`"
                )
        if isinstance(self.per, Rolling) and not _asks_for_one(self.requires):
            raise PackError(
                f"rule `{self.id}`, field `requires`: a rolling duty asks for a completion; "
                "allowed: at_least(1, events(...)) with the window `period`"
            )


def _asks_for_one(node: object) -> bool:
    """Tell whether a requirement is to count one event of the period."""
    match node:
        case Compare(tally, 1, None):
            return _asks_for_one(tally)
        case Count(of, None, Always()):
            return _asks_for_one(of)
        case Events(window="period"):
            return True
    return False


@frozen(kw_only=True)
class Requirement(_Rule):
    """What must hold before a person passes into one of the `steps`.

    Where `when` is false the requirement is not applicable, for the reason code `otherwise`. An advisory
    requirement is reported and never blocks.
    """

    id: str
    clause: str
    title: Text
    steps: tuple[str, ...]
    requires: Condition
    when: Condition = ALWAYS
    otherwise: str | None = None
    modality: Modality = "shall"
    advisory: bool = False
    readings: tuple[Reading, ...] = ()
    parameters: tuple[Parameter, ...] = ()

    choices: ClassVar[frozenset[str] | None] = frozenset({"steps", "requires", "when", "advisory"})


@frozen
class Lift(_Part):
    """What would lift a veto that stands on `ground`, in words."""

    ground: Condition
    by: Text


def _lifts(said: Text | AtLeastOne[Lift]) -> tuple[Lift, ...]:
    node: Any = said
    if isinstance(node, ByReading):
        return cast(
            "tuple[Lift, ...]", ByReading(node.reading, tuple((name, _lifts(one)) for name, one in node.options))
        )
    return (Lift(ALWAYS, said),) if isinstance(said, Text) else said


@frozen(kw_only=True)
class Veto(_Rule):
    """What blocks a step whatever else is met.

    `lifts` says in words what would lift it: one text, or one for each ground that it may stand on.
    """

    id: str
    clause: str
    title: Text
    steps: tuple[str, ...]
    vetoes: Condition
    lifts: tuple[Lift, ...] = field(converter=_lifts)
    modality: Modality = "shall"
    readings: tuple[Reading, ...] = ()
    parameters: tuple[Parameter, ...] = ()

    choices: ClassVar[frozenset[str] | None] = frozenset({"steps", "vetoes", "lifts"})


Rule = Duty | Requirement | Veto

# What a rule says under each choice of its readings ------------------------------------------------------------------


def tree_of(rule: Rule) -> tuple[Any, ...]:
    """Return the parts of a rule that evaluators read, and in which a reading may stand."""
    return tuple(getattr(rule, name) for name in sorted(type(rule).choices or ()))


def readings_used(rule: Rule) -> Mapping[str, tuple[str, ...]]:
    """Return the options of each reading that stands in the tree of a rule, in the order of the tree."""
    found: dict[str, tuple[str, ...]] = {}
    for node in walk(tree_of(rule)):
        if isinstance(node, ByReading):
            options = tuple(name for name, _ in node.options)
            if set(found.setdefault(node.reading, options)) != set(options):
                told = ", ".join(found[node.reading])
                raise PackError(
                    f"rule `{rule.id}`, field `readings.{node.reading}`: found the options {told}, "
                    f"and elsewhere in the rule {', '.join(options)}; allowed: the same in every place"
                )
    return found


@lru_cache(maxsize=2048)
def ways(rule: R) -> tuple[tuple[Mapping[str, str], R], ...]:
    """Return each choice of options that the tree of a rule depends on, with the rule as it then stands."""
    used = readings_used(rule)
    if (number := prod(map(len, used.values()))) > _MOST_WAYS:
        raise PackError(
            f"rule `{rule.id}`, field `readings`: found {number} ways to choose the options of "
            f"{', '.join(used)}; allowed: at most {_MOST_WAYS}; make several rules of it"
        )
    names = sorted(type(rule).choices or ())
    own = {name: [node.reading for node in walk(getattr(rule, name)) if isinstance(node, ByReading)] for name in names}
    known: dict[tuple[str, ...], Any] = {}
    found = []
    for options in product(*used.values()):
        chosen = dict(zip(used, options, strict=True))
        parts = {}
        try:
            for name, readings in own.items():
                # A part is the same one under the same options of what stands in it.
                key = (name, *(chosen[reading] for reading in readings))
                if key not in known:
                    known[key] = resolved(getattr(rule, name), readings=chosen, parameters={})
                parts[name] = known[key]
            found.append((chosen, _with(rule, parts)))
        except PackError as error:
            raise PackError(f"{error}{under(chosen)}") from None
    return tuple(found)


def _with(rule: R, parts: Mapping[str, Any]) -> R:
    """Return a rule with these parts, which were checked where they were built, once they fit together."""
    if all(part is getattr(rule, name) for name, part in parts.items()):
        return rule
    way = copy(rule)
    for name, part in parts.items():
        object.__setattr__(way, name, part)
    way.refuse()
    return way


def under(chosen: Mapping[str, str]) -> str:
    """Return in words under which options something is so, nothing where it is so under all."""
    return f" (under {', '.join(f'{name}={option}' for name, option in chosen.items())})" if chosen else ""


# Where the parts of a rule stand -------------------------------------------------------------------------------------

_SCOPE: Final = frozenset({"ever", "by_trigger"})


def speller_of(rule: Rule, shapes: Shapes | None = None) -> Speller:
    """Return what reads a rule, in a pack of those shapes where there is one."""
    return Speller(shapes, {parameter.name: parameter.takes for parameter in rule.parameters})


def slips(rule: Rule, speller: Speller) -> Iterator[Slip]:
    """Yield what a rule, with its readings put in, says of facts and holdings that cannot be."""
    if isinstance(rule, Duty):
        yield from _duty_slips(rule, speller)
        return
    sight = Sight("requires", "person", windows=rule.windows, step=True)
    if isinstance(rule, Requirement):
        yield from speller.condition(rule.when, sight._replace(field="when"))
        yield from speller.condition(rule.requires, sight)
        return
    yield from speller.condition(rule.vetoes, sight._replace(field="vetoes"))
    for lift in rule.lifts:
        yield from speller.condition(lift.ground, sight._replace(field="lifts"))


def _duty_slips(duty: Duty, speller: Speller) -> Iterator[Slip]:
    per, each = duty.per, duty.bearer.each
    subject = "person" if duty.bearer.kind == "named" else duty.bearer.kind
    trigger: Shape | None = None
    windows = per.windows
    grain = per.grain if isinstance(per, PerPeriod) and isinstance(per.grain, str) else None
    if grain != "semester":
        windows -= {"period_or_vacation_before"}
    if isinstance(per, Triggered) and (per.deadline is None or isinstance(per.deadline, Ahead)):
        # Nothing lies between a trigger and a deadline that does not come after it.
        windows -= {"after_trigger"}
    if (of := per.occasions) is not None:
        trigger = speller.of_types(of.types)
        # The window of the facts that occasion a duty is not looked at, and whom they bind is only asked then.
        yield from speller.selection(evolve(of, window="ever"), Sight("per", None))
    if each is not None:
        trigger = speller.begun_by(each.relation)
        yield from speller.selection(each, Sight("bearer", subject))
    sight = Sight("requires", subject, trigger=trigger, windows=windows, grain=grain)
    yield from speller.condition(duty.bearer.scope, sight._replace(field="bearer", windows=windows & _SCOPE))
    yield from speller.condition(duty.requires, sight)
    if duty.responsible is not None:
        seen = sight._replace(field="responsible")
        for step in duty.responsible.steps:
            yield from speller.selection(step, seen)
            seen = seen._replace(item=speller.holding(step.relation))
        yield from speller.named(duty.responsible.names, seen)


@frozen
class Stage(Built):
    """A stage of the development pipeline (发展阶段) with its official name."""

    name: str
    title: Text

    named: ClassVar[tuple[str, str] | None] = ("stage", "name")


@frozen
class Step:
    """The passage from the stage held, None before the first, into the next."""

    leaves: str | None
    into: str


def pipeline_steps(stages: tuple[Stage, ...]) -> tuple[Step, ...]:
    """Return the steps between the stages, in order, the first one from no stage at all."""
    names = [stage.name for stage in stages]
    return tuple(Step(leaves, into) for leaves, into in zip([None, *names], names, strict=False))


def all_readings(rule: Rule) -> tuple[Reading, ...]:
    """Return the readings of a rule, with the two that every period duty has."""
    # However a duty binds under other readings, it has them as soon as it may be one per period.
    per_period = isinstance(rule, Duty) and any(isinstance(node, PerPeriod) for node in walk(rule.per))
    return (PARTIAL, LEAVE, *rule.readings) if per_period else rule.readings
