"""What a rule is: duties, pipeline requirements and vetoes as data, with their modality, readings and parameters."""

from typing import ClassVar, Final, Literal

from attrs import field, frozen

from partyrules.arguments import AtLeastOne, Built, Natural
from partyrules.calendar import PeriodGrain, Span
from partyrules.clauses import Text
from partyrules.errors import PackError, refusal
from partyrules.expressions import Always, ByReading, Compare, Condition, Count, Events, Given, Holdings

__all__ = [
    "ALWAYS",
    "LEAVE",
    "MODALITIES",
    "PARTIAL",
    "Ahead",
    "Bearer",
    "BearerKind",
    "Deadline",
    "Duty",
    "EndOfSemester",
    "Lift",
    "Modality",
    "Occasion",
    "Parameter",
    "Per",
    "PerPeriod",
    "Reading",
    "Requirement",
    "Rolling",
    "Rule",
    "Stage",
    "Standing",
    "Step",
    "Triggered",
    "Veto",
    "Within",
    "WithinDays",
    "WithinWorkingDays",
    "all_readings",
    "pipeline_steps",
]

Modality = Literal["must", "shall", "normally", "may", "encouraged", "exploratory"]
BearerKind = Literal["person", "unit", "building", "named"]

MODALITIES: Final[dict[Modality, Text]] = {
    "must": Text(zh="必须", en="must"),
    "shall": Text(zh="应当", en="shall"),
    "normally": Text(zh="一般", en="normally"),
    "may": Text(zh="可以", en="may"),
    "encouraged": Text(zh="提倡", en="encouraged"),
    "exploratory": Text(zh="探索", en="exploratory"),
}
ALWAYS: Final = Always()


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
    options=("exempt", "full"),
    default="exempt",
    why=Text(
        zh="任职、入党或组织成立不满一期的，本期不作要求；full 表示仍按整期要求。",
        en="A bearer who was in scope for only part of a period is not held to it; `full` holds them to all of it.",
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


@frozen
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
class PerPeriod(_Part):
    """One finding for each bearer and each period; the grain may be a parameter that nobody has set."""

    grain: PeriodGrain | Given


@frozen
class Standing(_Part):
    """Judged on the day asked, for each bearer in scope that day."""


@frozen
class Occasion(_Part):
    """One finding for each of these facts and each bearer in scope on its day."""

    of: Events


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


@frozen
class WithinWorkingDays(_Part):
    """So many working days after the trigger's day, by the table of holidays that the institution adopts."""

    days: Natural


@frozen
class Ahead(_Part):
    """A span of calendar time before the trigger's day: what must have been done by then."""

    span: Span


Deadline = EndOfSemester | WithinDays | Within | WithinWorkingDays | Ahead


@frozen
class Triggered(_Part):
    """One finding for each of these facts and each bearer; no `deadline` means that the trigger's day decides."""

    by: Events
    deadline: Deadline | None = None


@frozen
class Rolling(_Part):
    """At least once in every so long: each interval runs from the last completion, the first from when scope begins.

    One finding for each interval, of grain `interval`: due a span after the completion before it, or after the
    day on which a missed one was due. The duty requires `at_least(1, events(...))` of the period. Leave does not
    stop the clock.
    """

    every: Span

    def refuse(self) -> None:
        """Refuse a span that does not lead forward."""
        if 28 * (12 * self.every.years + self.every.months) + self.every.days <= 0:
            raise PackError(f"rolling duty, field `every`: found {self.every}; allowed: a span of at least one day")


Per = PerPeriod | Rolling | Standing | Occasion | Triggered

# The three kinds of rule -------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Duty(Built):
    """What a bearer must do, how often, and how strong the word of the clause is.

    `title` says it in a few words, `counted` is the noun for what `requires` counts, both for messages.
    `vacation_months` True exempts months that lie wholly inside one declared vacation.
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
    vacation_months: bool = False

    named: ClassVar[tuple[str, str] | None] = ("rule", "id")
    choices: ClassVar[frozenset[str] | None] = frozenset({"bearer", "per", "requires", "vacation_months"})

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
    """Tell whether a requirement is to count one event of the period, whichever readings are adopted."""
    match node:
        case ByReading(_, options):
            return all(_asks_for_one(option) for _, option in options)
        case Compare(tally, 1, None):
            return _asks_for_one(tally)
        case Count(of, None, Always()):
            return _asks_for_one(of)
        case Events(window="period"):
            return True
    return False


@frozen(kw_only=True)
class Requirement(Built):
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

    named: ClassVar[tuple[str, str] | None] = ("rule", "id")
    choices: ClassVar[frozenset[str] | None] = frozenset({"steps", "requires", "when", "advisory"})


@frozen
class Lift(_Part):
    """What would lift a veto that stands on `ground`, in words."""

    ground: Condition
    by: Text


def _lifts(said: Text | AtLeastOne[Lift]) -> tuple[Lift, ...]:
    return (Lift(ALWAYS, said),) if isinstance(said, Text) else said


@frozen(kw_only=True)
class Veto(Built):
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

    named: ClassVar[tuple[str, str] | None] = ("rule", "id")
    choices: ClassVar[frozenset[str] | None] = frozenset({"steps", "vetoes", "lifts"})


Rule = Duty | Requirement | Veto


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
    per_period = isinstance(rule, Duty) and isinstance(rule.per, PerPeriod)
    return (PARTIAL, LEAVE, *rule.readings) if per_period else rule.readings
