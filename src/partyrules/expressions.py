"""The closed expression tree that rules are written in: terms, conditions, selections and tallies, as frozen values.

A rule author builds a tree with the small functions at the end; an evaluator walks it. Every condition is
three-valued (Kleene): true, false, or unknown together with what would decide it.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Final, Literal, TypeVar, cast, get_args

import attrs
from attrs import field, frozen

from partyrules.calendar import Span
from partyrules.errors import PackError, refusal

__all__ = [
    "ASKED_STEP",
    "SUBJECT",
    "AllOf",
    "Always",
    "AnyOf",
    "AskedStep",
    "Attends",
    "ByReading",
    "Compare",
    "Condition",
    "Count",
    "CountAfterEarly",
    "CountFindings",
    "Events",
    "Given",
    "HeldFor",
    "Holdings",
    "Holds",
    "InTerm",
    "Is",
    "Its",
    "LatestIs",
    "Match",
    "MostCovered",
    "Not",
    "Operand",
    "Recent",
    "Selection",
    "Share",
    "Since",
    "Subject",
    "Sum",
    "Tally",
    "Trigger",
    "Undecided",
    "Window",
    "at_least",
    "at_most",
    "between",
    "by_reading",
    "count",
    "count_findings",
    "events",
    "exactly",
    "held_for",
    "holdings",
    "holds",
    "is_in",
    "its",
    "latest",
    "rebuilt",
    "resolved",
    "trigger",
    "walk",
]

# Terms: what a value refers to -------------------------------------------------------------------------------------


@frozen
class Subject:
    """The bearer of the duty, or the person a decision is asked about."""


@frozen
class Its:
    """A field of the fact or holding at hand: the innermost one that is being tested."""

    name: str


@frozen
class Trigger:
    """A field of the fact that occasions or triggers the duty."""

    name: str


@frozen
class AskedStep:
    """The stage that a decision is asked to step into."""


@frozen
class Given:
    """The value that an institution gave the parameter of this name."""

    name: str


Term = Subject | Its | Trigger | AskedStep | Given
Scalar = str | int | bool
Operand = Term | Scalar | tuple[Scalar, ...]
Match = tuple[tuple[str, Operand], ...]

SUBJECT: Final = Subject()
ASKED_STEP: Final = AskedStep()

# Conditions: true, false or unknown on a day -----------------------------------------------------------------------


class Condition:
    """Something that is true, false or unknown on a day; joined with `&`, `|` and `~`."""

    __slots__ = ()

    def __and__(self, other: "Condition") -> "AllOf":
        return AllOf((self, other))

    def __or__(self, other: "Condition") -> "AnyOf":
        return AnyOf((self, other))

    def __invert__(self) -> "Not":
        return Not(self)


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
    """True when a value of the term is among the options; a list has the value of each of its entries."""

    term: Term
    options: Operand


@frozen(cache_hash=True)
class Holds(Condition):
    """True when some holding of the relation matches on the day, and `where` is true of it."""

    relation: str
    match: Match = ()
    where: Condition = field(factory=Always)


@frozen(cache_hash=True)
class InTerm(Condition):
    """True when the day lies in a declared term of one of the kinds; a day that nobody declared lies in none."""

    kinds: tuple[str, ...]


@frozen(cache_hash=True)
class HeldFor(Condition):
    """True when a matching holding holds on the day and has done so for at least `least` and at most `most`.

    Spans are counted by the calendar from the day it began: one held from 31 January for one month is held for
    that on the last day of February. Each selected fact of `extended_by`, up to `times`, adds `extension` to `most`.
    """

    relation: str
    match: Match = ()
    least: Span | None = None
    most: Span | None = None
    extended_by: "Events | None" = None
    extension: Span = field(factory=Span)
    times: int = 1

    def __attrs_post_init__(self) -> None:
        """Refuse an extension of nothing, or by nothing."""
        if self.least is None and self.most is None:
            raise PackError(f"held_for({self.relation}): found neither `least` nor `most`; give one of them, or both")
        if self.extended_by is not None and (self.most is None or self.extension == Span() or self.times == 0):
            raise PackError(
                f"held_for({self.relation}): `extended_by` needs `most`, an `extension` and `times` of at least 1"
            )


@frozen(cache_hash=True)
class Recent(Condition):
    """True of a fact at hand that happened no longer than `span` before the day asked: evidence that expires."""

    span: Span


@frozen(cache_hash=True)
class Since(Condition):
    """True on and after a day."""

    day: date


@frozen(cache_hash=True)
class Share(Condition):
    """True of a fact at hand when its `part` is more than `above` of its `whole`: votes in favour, of those entitled.

    `above` is a numerator and a denominator. Where either number is missing, unknown for want of it. With
    `or_equal`, just that share suffices.
    """

    part: str
    whole: str
    above: tuple[int, int] = (1, 2)
    or_equal: bool = False

    def __attrs_post_init__(self) -> None:
        """Refuse what is no share of a whole."""
        match self.above:
            case (numerator, denominator) if not 0 <= numerator <= denominator or denominator == 0:
                raise PackError(
                    f"share of `{self.whole}`: found above={self.above}; allowed: a part of one, e.g. (1, 2)"
                )


@frozen(cache_hash=True)
class Undecided(Condition):
    """Never decided by facts: always unknown, naming what would decide it."""

    need: str


@frozen(cache_hash=True)
class Attends(Condition):
    """True when the bearer is listed as attending the occasion; unknown when its attendance was not recorded."""


# Selections: which facts, or which holdings ------------------------------------------------------------------------

Window = Literal["period", "period_or_vacation_before", "since_entry", "ever", "by_trigger", "by_deadline"]


@frozen(cache_hash=True)
class Events:
    """The facts of some types whose fields match and of which `where` is true on their own day.

    `window` says when they must have happened: in the period judged; in it or in the declared vacation before
    it; since the person entered the stage now held (that day included); ever; on or before the trigger's day;
    by the deadline. Nothing after the day asked is ever seen. A fact without standing is never selected.
    """

    types: tuple[str, ...]
    match: Match = ()
    where: Condition = field(factory=Always)
    window: Window = "period"

    def __attrs_post_init__(self) -> None:
        if self.window not in get_args(Window):
            raise PackError(f"events of {', '.join(self.types)}: {refusal('window', self.window, get_args(Window))}")


@frozen(cache_hash=True)
class Holdings:
    """The holdings of a relation that match on the day judged, and of which `where` is true."""

    relation: str
    match: Match = ()
    where: Condition = field(factory=Always)


Selection = Events | Holdings

# Tallies: a number, with the facts that make it --------------------------------------------------------------------


@frozen(cache_hash=True)
class Count:
    """How many are selected; with `distinct`, how many different values of that field they have.

    Where exactly one is selected and `if_sole` is not true of it, nothing is counted.
    """

    of: Selection
    distinct: str | None = None
    if_sole: Condition = field(factory=Always)


@frozen(cache_hash=True)
class Sum:
    """The exact sum of a numeric field over the selected facts; a missing number leaves it open upwards."""

    name: str
    of: tuple[Events, ...]


@frozen(cache_hash=True)
class MostCovered:
    """The most entries of `among` that one selected fact lists in a field."""

    name: str
    among: tuple[str, ...]
    of: Events


@frozen(cache_hash=True)
class CountAfterEarly:
    """How many are selected in the period, and all but the first of those in the calendar period before."""

    of: Events


@frozen(cache_hash=True)
class CountFindings:
    """How many findings of other duties about the same subject have one of the statuses, as of the day asked.

    With `window` `period`, those of periods that end, and occasions that fall, in the period judged. The rules
    are ids of the same pack; a pack whose rules read each other in a circle is refused.
    """

    rules: tuple[str, ...]
    statuses: tuple[str, ...] = ("breached",)
    window: Literal["period", "ever"] = "ever"


Tally = Count | Sum | MostCovered | CountAfterEarly | CountFindings

# Comparisons: conditions over tallies and records ------------------------------------------------------------------


@frozen(cache_hash=True)
class Compare(Condition):
    """True when the tally is at least `least` and at most `most`, each a number or a tally, or None for no bound."""

    tally: Tally
    least: int | Tally | None = None
    most: int | Tally | None = None


@frozen(cache_hash=True)
class LatestIs(Condition):
    """True when the latest selected fact has `value` in a field; false when none is selected.

    Of several on that day, one whose value is among `adverse` counts before the others.
    """

    of: Events
    name: str
    value: str
    adverse: tuple[str, ...]


# Readings: one node where the text admits several ------------------------------------------------------------------

T = TypeVar("T")


@frozen(cache_hash=True)
class ByReading(Condition):
    """Stands in a tree, for a condition or anything else, where the part depends on a reading."""

    reading: str
    options: tuple[tuple[str, Any], ...]


def by_reading(reading: str, **options: Any) -> Any:
    """Return a node that stands for whatever the adopted option of `reading` names, so it fits anywhere in a rule."""
    return ByReading(reading, tuple(options.items()))


def rebuilt(node: T, replace: Callable[[Any], Any]) -> T:
    """Return the tree with `replace` applied to each node before its parts; what it returns unchanged is kept."""

    def visit(part: Any) -> Any:
        new = replace(part)
        if new is not part:
            return visit(new)
        if isinstance(part, tuple):
            entries = tuple(visit(entry) for entry in part)
            return part if all(new is old for new, old in zip(entries, part, strict=True)) else entries
        if not attrs.has(type(part)):
            return part
        changed = {
            attribute.name: new
            for attribute in attrs.fields(type(part))
            if (new := visit(old := getattr(part, attribute.name))) is not old
        }
        return attrs.evolve(part, **changed) if changed else part

    return cast("T", visit(node))


def resolved(node: T, *, readings: Mapping[str, str], parameters: Mapping[str, str | int | None]) -> T:
    """Return the tree with each `ByReading` replaced by its adopted option, and each given parameter by its value.

    A parameter that nobody has set stays in the tree as `Given`.
    """

    def replace(part: Any) -> Any:
        if isinstance(part, ByReading):
            return dict(part.options)[readings[part.reading]]
        if isinstance(part, Given) and parameters.get(part.name) is not None:
            return parameters[part.name]
        return part

    return rebuilt(node, replace)


def walk(node: Any) -> Iterator[Any]:
    """Yield the node and everything inside it, options of readings included, each parent before its parts."""
    yield node
    if isinstance(node, tuple):
        for entry in node:
            yield from walk(entry)
    elif attrs.has(type(node)):
        for attribute in attrs.fields(type(node)):
            yield from walk(getattr(node, attribute.name))


# What authors call -------------------------------------------------------------------------------------------------


def its(name: str) -> Its:
    """Return the term for a field of the fact or holding at hand."""
    return Its(name)


def trigger(name: str) -> Trigger:
    """Return the term for a field of the fact that occasions or triggers the duty."""
    return Trigger(name)


def is_in(term: Term, *options: Operand) -> Is:
    """Return the condition that a value of the term is among the options."""
    return Is(term, options[0] if len(options) == 1 else cast("tuple[Scalar, ...]", options))


def holds(relation: str, *, where: Condition | None = None, **match: Operand) -> Holds:
    """Return the condition that a holding of the relation matches on the day."""
    return Holds(relation, tuple(match.items()), where or Always())


def events(*types: str, where: Condition | None = None, window: Window = "period", **match: Operand) -> Events:
    """Return the selection of facts of these wire names whose fields match."""
    return Events(types, tuple(match.items()), where or Always(), window)


def holdings(relation: str, *, where: Condition | None = None, **match: Operand) -> Holdings:
    """Return the selection of holdings of the relation that match."""
    return Holdings(relation, tuple(match.items()), where or Always())


def held_for(
    relation: str,
    *,
    least: Span | None = None,
    most: Span | None = None,
    extended_by: Events | None = None,
    extension: Span | None = None,
    times: int = 1,
    **match: Operand,
) -> HeldFor:
    """Return the condition that a matching holding has held for at least `least` and at most `most`."""
    return HeldFor(relation, tuple(match.items()), least, most, extended_by, extension or Span(), times)


def count_findings(
    *rules: str, statuses: tuple[str, ...] = ("breached",), window: Literal["period", "ever"] = "ever"
) -> CountFindings:
    """Return the tally of findings of other duties about the same subject."""
    return CountFindings(rules, statuses, window)


def count(of: Selection, *, distinct: str | None = None, if_sole: Condition | None = None) -> Count:
    """Return the tally of how many are selected."""
    return Count(of, distinct, if_sole or Always())


def _tallied(of: Tally | Selection) -> Tally:
    node: object = of
    sample = node.options[0][1] if isinstance(node, ByReading) else of
    return Count(cast("Selection", of)) if isinstance(sample, Events | Holdings) else cast("Tally", of)


def at_least(least: int, of: Tally | Selection) -> Compare:
    """Return the condition that the tally, or the number selected, is at least `least`."""
    return Compare(_tallied(of), least=least)


def at_most(most: int, of: Tally | Selection) -> Compare:
    """Return the condition that the tally, or the number selected, is at most `most`."""
    return Compare(_tallied(of), most=most)


def between(least: int, most: int, of: Tally | Selection) -> Compare:
    """Return the condition that the tally, or the number selected, is from `least` to `most` inclusive."""
    return Compare(_tallied(of), least=least, most=most)


def exactly(number: int | Tally, of: Tally | Selection) -> Compare:
    """Return the condition that the tally, or the number selected, is just `number`."""
    return Compare(_tallied(of), least=number, most=number)


def latest(of: Events, name: str, value: str, *, adverse: tuple[str, ...]) -> LatestIs:
    """Return the condition that the latest selected fact has `value` in the field `name`."""
    return LatestIs(of, name, value, adverse)
