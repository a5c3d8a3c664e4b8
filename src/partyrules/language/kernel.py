"""The closed expression tree that rules are written in: terms, conditions, selections and tallies, as frozen values.

A rule author builds a tree with the small functions at the end; an evaluator walks it. Every condition is
three-valued (Kleene): true, false, or unknown together with what would decide it.
"""

from datetime import date
from typing import Any, ClassVar, Final, Literal, cast

from attrs import field, frozen

from partyrules.errors import PackError
from partyrules.errors.arguments import AtLeastOne, Built, Choice, Natural, Positive, refusing
from partyrules.language.statuses import Status
from partyrules.language.terms import (
    ASKED_STEP,
    CONDITIONS,
    SUBJECT,
    AskedStep,
    Given,
    Its,
    Match,
    NoCondition,
    Node,
    Operand,
    Scalar,
    Subject,
    Term,
    Trigger,
    its,
    trigger,
)
from partyrules.time.calendar import Span, TermKind

__all__ = ["ASKED_STEP", "SUBJECT", "Age", "AllOf", "Always", "AnyOf", "AskedStep", "ByReading", "Compare"]
__all__ += ["Condition", "Count", "CountAfterEarly", "CountFindings", "Events", "Given", "Holdings", "Holds", "Is"]
__all__ += ["Its", "Kernel", "LatestIs", "Limit", "Match", "MostCovered", "Not", "OnDay", "Operand", "Portion"]
__all__ += ["Selection", "Share", "SomeDay", "Subject", "Sugar", "Sum", "Tally", "Through", "Trigger", "Undecided"]
__all__ += ["Window", "at_least", "at_most", "between", "by_reading", "count", "count_findings", "events", "exactly"]
__all__ += ["holdings", "holds", "is_in", "its", "kernel", "latest", "need_of", "portion", "some_day", "through"]
__all__ += ["trigger"]

# Fields whose absence leaves a condition open; any other absent field simply has no value.
_OPEN_WHEN_ABSENT: Final = ("passed",)

# Conditions: true, false or unknown on a day -----------------------------------------------------------------------


class Condition(Node):
    """Something that is true, false or unknown on a day; joined with `&`, `|` and `~`."""

    __slots__ = ()
    family: ClassVar[str] = CONDITIONS

    def __and__(self, other: "Condition") -> "AllOf":
        return AllOf((self, other))

    def __rand__(self, other: "Condition") -> "AllOf":
        return AllOf((other, self))

    def __or__(self, other: "Condition") -> "AnyOf":
        return AnyOf((self, other))

    def __ror__(self, other: "Condition") -> "AnyOf":
        return AnyOf((other, self))

    def __invert__(self) -> "Not":
        return Not(self)

    @classmethod
    def instead_of(cls, value: object) -> str:
        """Return the condition over what is counted, or how Python's own logic is written."""
        if isinstance(value, bool):
            return "`and`, `or`, `not`, `==` and `in` give True or False at once; write &, |, ~ and is_in(…)"
        if isinstance(value, _Selection | _Tally):
            return f"did you mean at_least(1, {value.written()}(…))?"
        return ""


class Sugar(Condition):
    """A condition that says in one word what the others say in several; `lower` says it in those."""

    __slots__ = ()

    def lower(self) -> Condition:
        """Return the condition that means the same."""
        raise NotImplementedError


@frozen(cache_hash=True)
class Always(Condition):
    """True on every day."""


@frozen(cache_hash=True)
class AllOf(Condition):
    """True when every part is; false as soon as one part is false."""

    parts: tuple[Condition, ...]


@frozen(cache_hash=True)
class AnyOf(Condition):
    """True as soon as one part is; false when every part is false."""

    parts: tuple[Condition, ...]


@frozen(cache_hash=True)
class Not(Condition):
    """True when the part is false; unknown stays unknown."""

    part: Condition


@frozen(cache_hash=True)
class Is(Condition):
    """True when a value of the term is among the options; a list has the value of each of its entries.

    A field that was left out has no value, so that it is false of it and its negation true. With `open_if_absent` it is
    unknown instead, for want of that field: *signed by both* and *not signed by both* then both wait for a record that
    says so. The field `passed` is so unless that is said to be False, and always in a match.
    """

    author: ClassVar[str] = "is_in"
    term: Term
    options: Operand
    open_if_absent: bool | None = None

    def refuse(self) -> None:
        """Refuse to leave open what is no field of a fact or holding."""
        if self.open_if_absent and not isinstance(self.term, Its | Trigger):
            raise PackError(
                f"is_in({self.term!r}): found absent='unknown'; allowed: for a field only, its(...) or trigger(...)"
            )

    @property
    def waits_for(self) -> str | None:
        """The field that leaves it unknown where it was left out, None where none does."""
        field_of = self.term if isinstance(self.term, Its | Trigger) else None
        if field_of is None:
            return None
        waits = field_of.name in _OPEN_WHEN_ABSENT if self.open_if_absent is None else self.open_if_absent
        return field_of.name if waits else None


class _Matched(Built):
    """What matches by its fields: what is asked of one that is open when absent stands in `where`, to be unknown."""

    __slots__ = ()
    match: Match
    where: Condition

    def __attrs_post_init__(self) -> None:
        asked = tuple(Is(Its(name), want) for name, want in self.match if name in _OPEN_WHEN_ABSENT)
        if asked:
            others = () if isinstance(self.where, Always) else (self.where,)
            match = tuple((name, want) for name, want in self.match if name not in _OPEN_WHEN_ABSENT)
            object.__setattr__(self, "match", match)
            object.__setattr__(self, "where", AllOf((*others, *asked)) if others or len(asked) > 1 else asked[0])


@frozen(cache_hash=True)
class Holds(_Matched, Condition):
    """True when some holding of the relation matches on the day, and `where` is true of it.

    In the `where` of events that day is the fact's own: what held when it happened, whichever day is asked about.
    """

    author: ClassVar[str] = "holds"
    relation: str
    match: Match = ()
    where: Condition = field(factory=Always)


@frozen(cache_hash=True)
class OnDay(Condition):
    """True of a day in a declared term of one of these kinds, and not before `since`, each where it is given."""

    terms: AtLeastOne[TermKind] | None = None
    since: date | None = None


@frozen(cache_hash=True)
class Age(Condition):
    """True of what is at hand when it is at least `least` and at most `most` old, by the calendar.

    A holding (in the `where` of `Holds` and `Holdings`) is as old, on the day looked at, as the time since it began. A
    fact (in the `where` of `Events`) is as old, on the day asked, as the time since it happened; a later one has no
    age. Each selected fact of `extended_by`, up to `times`, adds `extension` to `most`.
    """

    least: Span | None = None
    most: Span | None = None
    extended_by: "Events | None" = None
    extension: Span = field(factory=Span)
    times: Natural = 1


@frozen(cache_hash=True)
class Share(Condition):
    """True of a fact at hand when its `part` is more than `above` of its `whole`: votes in favour, of those entitled.

    `above` is a numerator and a denominator. Where either number is missing, unknown for want of it. With
    `or_equal`, just that share suffices.
    """

    part: str
    whole: str
    above: tuple[Natural, Positive] = (1, 2)
    or_equal: bool = False

    def refuse(self) -> None:
        """Refuse what is no share of a whole."""
        if self.above[0] > self.above[1]:
            raise PackError(f"share of `{self.whole}`: found above={self.above}; allowed: a part of one, e.g. (1, 2)")


@frozen(cache_hash=True)
class SomeDay(Condition):
    """True when the part is true on the day asked or was so on some day since the person entered the stage now held.

    The day of the entry is one of them; where no stage is held, any day up to the one asked is.
    """

    author: ClassVar[str] = "some_day"
    part: Condition


@frozen(cache_hash=True)
class Undecided(Condition):
    """Never decided by facts: always unknown, naming what would decide it."""

    need: str


# Selections: which facts, or which holdings ------------------------------------------------------------------------

Window = Literal[
    "period", "period_or_vacation_before", "since_entry", "ever", "by_trigger", "by_deadline", "after_trigger"
]


class _Selection(NoCondition):
    __slots__ = ()
    family: ClassVar[str] = "a selection, events(…) or holdings(…)"

    @classmethod
    def instead_of(cls, value: object) -> str:
        """Return the selection that a condition was likely meant to be, or in which order limits are given."""
        if isinstance(value, Holds):
            return f"did you mean holdings({value.relation!r}, …)?"
        return "the number comes first, then what is counted" if type(value) is int else ""


@frozen(cache_hash=True)
class Events(_Matched, _Selection):
    """The facts of some types whose fields match and of which `where` is true on their own day.

    `window` says when they must have happened: in the period judged; in it or in the declared vacation before
    it; since the person entered the stage now held (that day included); ever; on or before the trigger's day;
    by the deadline, however early; from the trigger's day to the deadline, both included. Nothing after the day of the
    question is ever seen. A fact without standing is never selected.

    Inside `where` relations are looked at on the fact's own day. `Holdings`, events and `Recent` inside it are not:
    holdings are those of the day judged, windows name the same stretches as outside (`ever` is everything seen, later
    facts included), and `Recent` looks back from the same day asked.
    """

    author: ClassVar[str] = "events"
    types: AtLeastOne[str]
    match: Match = ()
    where: Condition = field(factory=Always)
    window: Window = "period"


@frozen(cache_hash=True)
class Holdings(_Matched, _Selection):
    """The holdings of a relation that match on the day judged, and of which `where` is true."""

    author: ClassVar[str] = "holdings"
    relation: str
    match: Match = ()
    where: Condition = field(factory=Always)


Selection = Events | Holdings


@frozen(cache_hash=True)
class Through(NoCondition):
    """A field of the holdings that a counted fact or holding leads to: the building of the unit that it names."""

    author: ClassVar[str] = "through"
    name: str
    of: Holdings


# Tallies: a number, with the facts that make it --------------------------------------------------------------------


class _Tally(NoCondition):
    __slots__ = ()
    family: ClassVar[str] = "a tally, such as count(…) or Sum(…)"

    @classmethod
    def instead_of(cls, value: object) -> str:
        """Return the tally of what was selected."""
        if isinstance(value, _Selection):
            return f"the number comes first, then what is counted; a tally of it is count({value.written()}(…))"
        return ""


@frozen(cache_hash=True)
class Count(_Tally):
    """How many are selected; with `distinct`, how many different values of a field they have, or lead to.

    Where exactly one is selected, or one value, and `if_sole` is not true of all that have it, nothing is counted.
    Several selections of events are counted together, each fact as often as it is selected.
    """

    author: ClassVar[str] = "count"
    of: Selection | AtLeastOne[Events]
    distinct: str | Through | None = None
    if_sole: Condition = field(factory=Always)

    def refuse(self) -> None:
        """Refuse to ask of several selections what is asked of one."""
        if isinstance(self.of, tuple) and not (self.distinct is None and isinstance(self.if_sole, Always)):
            raise PackError("count: found `distinct` or `if_sole` with several selections; allowed: with one selection")

    @property
    def selections(self) -> tuple[Selection, ...]:
        """What is counted."""
        return self.of if isinstance(self.of, tuple) else (self.of,)


@frozen(cache_hash=True)
class Sum(_Tally):
    """The exact sum of a numeric field over the selected facts; a missing number leaves it open upwards."""

    name: str
    of: AtLeastOne[Events]


@frozen(cache_hash=True)
class MostCovered(_Tally):
    """The most entries of `among` that one selected fact lists in a field."""

    name: str
    among: AtLeastOne[str]
    of: Events


@frozen(cache_hash=True)
class CountAfterEarly(_Tally):
    """How many are selected in the period, and all but the first of those in the calendar period before.

    Before a term, an academic year or an interval stands no calendar period, so that only its own are counted.
    """

    of: Events


@frozen(cache_hash=True)
class CountFindings(_Tally):
    """How many findings of other duties about the same subject have one of the statuses, as of the day asked.

    With `window` `period`, those of periods that end, and occasions that fall, in the period judged. The rules
    are ids of the same pack; a pack whose rules read each other in a circle is refused.

    A duty that asks for *at most* so many by a deadline is `satisfied` from the first day on, and may still be
    breached: whoever reads it as a thing that is over asks for the end of that time besides.
    """

    author: ClassVar[str] = "count_findings"
    rules: AtLeastOne[str]
    statuses: AtLeastOne[Status] = ("breached",)
    window: Literal["period", "ever"] = "ever"


Tally = Count | Sum | MostCovered | CountAfterEarly | CountFindings

# Comparisons: conditions over tallies and records ------------------------------------------------------------------


@frozen(cache_hash=True)
class Portion(NoCondition):
    """A part of what a tally comes to, as a limit for another one: four fifths of the meetings that were held.

    Exact, in whole numbers: at least 4/5 of 9 is at least 8, at most 1/3 of 10 is at most 3, and a part of nothing is
    nothing. *More than* a part is written `~at_most(portion(1, 2, of=...), ...)`.
    """

    author: ClassVar[str] = "portion"
    numerator: Natural
    denominator: Positive
    of: "Tally"

    def refuse(self) -> None:
        """Refuse what is no part of a whole, and a part of what need not be a whole number."""
        if self.numerator > self.denominator:
            found = f"{self.numerator} of {self.denominator}"
            raise PackError(f"portion: found {found}; allowed: a part of one, e.g. (2, 3)")
        if isinstance(self.of, Sum):
            raise PackError("portion: found a sum; allowed: a tally that counts, in whole numbers")


Limit = Natural | Tally | Portion


@frozen(cache_hash=True)
class Compare(Condition):
    """True when the tally is at least `least` and at most `most`, None being no bound.

    Each is a number, another tally, or a portion of one. Where it is open what the other tally comes to, so is this.
    """

    tally: Tally
    least: Limit | None = None
    most: Limit | None = None

    def written(self) -> str:
        """Return the name of the function that builds it."""
        if self.least is None or self.most is None:
            return "at_most" if self.least is None else "at_least"
        return "exactly" if self.least == self.most else "between"

    def refuse(self) -> None:
        """Refuse a comparison with nothing, a portion beside another bound, and one that limits a sum."""
        if self.least is None and self.most is None:
            raise PackError("compare: found neither `least` nor `most`; give one of them, or both")
        if any(isinstance(limit, Portion) for limit in (self.least, self.most)):
            if self.least is not None and self.most is not None:
                raise PackError("compare: found a portion and another bound; allowed: the portion alone")
            if isinstance(self.tally, Sum):
                raise PackError("compare: found a sum with a portion as its limit; allowed: a tally that counts")


@frozen(cache_hash=True)
class LatestIs(Condition):
    """True when the latest selected fact has `value` in a field; false when none is selected.

    Of several on that day, one whose value is among `adverse` counts before the others.
    """

    author: ClassVar[str] = "latest"
    of: Events
    name: str
    value: str
    adverse: tuple[str, ...]


Kernel = Always | AllOf | AnyOf | Not | Is | Holds | OnDay | SomeDay | Age | Share | Undecided | Compare | LatestIs
"""Every condition that a lowered tree is made of; that an interpreter matches all of them, a type checker sees."""


def kernel(condition: Condition) -> Kernel:
    """Return a condition of a lowered tree as what it is."""
    return cast("Kernel", condition)


# Readings: one node where the text admits several ------------------------------------------------------------------


@frozen(cache_hash=True)
class ByReading(Condition, Choice):
    """Stands in a tree, for a condition or anything else, where the part depends on a reading."""

    author: ClassVar[str] = "by_reading"
    reading: str
    options: AtLeastOne[tuple[str, Any]]

    @property
    def alternatives(self) -> tuple[tuple[str, Any], ...]:
        """Each option with its name."""
        return self.options


@refusing
def by_reading(reading: str, **options: Any) -> Any:
    """Return a node that stands for whatever the adopted option of `reading` names, so it fits anywhere in a rule."""
    return ByReading(reading, tuple(options.items()))


# What authors call -------------------------------------------------------------------------------------------------


@refusing
def is_in(term: Term, *options: Operand, absent: Literal["usual", "false", "unknown"] = "usual") -> Is:
    """Return the condition that a value of the term is among the options.

    `absent` says what it is without a value; usually false, but unknown of the field `passed`.
    """
    wanted = options[0] if len(options) == 1 else cast("tuple[Scalar, ...]", options)
    return Is(term, wanted, open_if_absent=None if absent == "usual" else absent == "unknown")


def need_of(name: str) -> str:
    """Return the need that names a field which was left out."""
    return "attendance" if name == "attended" else name


@refusing
def holds(relation: str, *, where: Condition | None = None, **match: Operand) -> Holds:
    """Return the condition that a holding of the relation matches on the day."""
    return Holds(relation, tuple(match.items()), Always() if where is None else where)


@refusing
def some_day(part: Condition) -> SomeDay:
    """Return the condition that the part is or was true on some day since the entry into the stage now held."""
    return SomeDay(part)


@refusing
def events(*types: str, where: Condition | None = None, window: Window = "period", **match: Operand) -> Events:
    """Return the selection of facts of these wire names whose fields match."""
    return Events(types, tuple(match.items()), Always() if where is None else where, window)


@refusing
def holdings(relation: str, *, where: Condition | None = None, **match: Operand) -> Holdings:
    """Return the selection of holdings of the relation that match."""
    return Holdings(relation, tuple(match.items()), Always() if where is None else where)


@refusing
def count_findings(
    *rules: str, statuses: tuple[Status, ...] = ("breached",), window: Literal["period", "ever"] = "ever"
) -> CountFindings:
    """Return the tally of findings of other duties about the same subject."""
    return CountFindings(rules, statuses, window)


@refusing
def through(name: str, of: Holdings) -> Through:
    """Return the field of the holdings that what is counted leads to, `its` terms naming fields of that."""
    return Through(name, of)


@refusing
def count(
    of: Selection | AtLeastOne[Events], *, distinct: str | Through | None = None, if_sole: Condition | None = None
) -> Count:
    """Return the tally of how many are selected, of one selection or of several together."""
    return Count(of, distinct, Always() if if_sole is None else if_sole)


def _tallied(of: Tally | Selection) -> Tally:
    if _selects(of):
        return Count(cast("Selection", of))
    node: object = of
    if isinstance(node, ByReading):
        options = tuple((name, _tallied(option)) for name, option in node.options)
        return cast("Tally", ByReading(node.reading, options))
    return cast("Tally", of)


def _selects(node: object) -> bool:
    """Tell whether a node is a selection whichever readings are adopted."""
    if isinstance(node, ByReading):
        return all(_selects(option) for _, option in node.options)
    return isinstance(node, Events | Holdings)


@refusing
def portion(numerator: int, denominator: int, of: Tally | Selection) -> Portion:
    """Return so many parts of what the tally, or the number selected, comes to, as a limit."""
    return Portion(numerator, denominator, _tallied(of))


@refusing
def at_least(least: Limit, of: Tally | Selection) -> Compare:
    """Return the condition that the tally, or the number selected, is at least `least`."""
    return Compare(_tallied(of), least=least)


@refusing
def at_most(most: Limit, of: Tally | Selection) -> Compare:
    """Return the condition that the tally, or the number selected, is at most `most`."""
    return Compare(_tallied(of), most=most)


@refusing
def between(least: Natural, most: Natural, of: Tally | Selection) -> Compare:
    """Return the condition that the tally, or the number selected, is from `least` to `most` inclusive."""
    match least, most:
        case int(), int() if least > most:
            raise PackError(f"`between({least}, {most}, …)`: found more at least than at most; the smaller comes first")
    return Compare(_tallied(of), least=least, most=most)


@refusing
def exactly(number: Natural | Tally, of: Tally | Selection) -> Compare:
    """Return the condition that the tally, or the number selected, is just `number`."""
    return Compare(_tallied(of), least=number, most=number)


@refusing
def latest(of: Events, name: str, value: str, *, adverse: tuple[str, ...]) -> LatestIs:
    """Return the condition that the latest selected fact has `value` in the field `name`."""
    return LatestIs(of, name, value, adverse)
