"""What a rule says in one word and the kernel in several: each construct with its meaning and its words.

Nothing else knows these: a rule is lowered into the kernel when it is adopted, and before it is argued about.
"""

from datetime import date
from typing import ClassVar, Final

from attrs import field, frozen

from partyrules.errors import PackError
from partyrules.errors.arguments import AtLeastOne, Natural, refusing
from partyrules.language.kernel import (
    SUBJECT,
    Age,
    Condition,
    Events,
    Holds,
    Is,
    Match,
    OnDay,
    Operand,
    Sugar,
    Trigger,
)
from partyrules.time.calendar import Span, TermKind

__all__ = ["LISTED", "Attends", "HeldFor", "InTerm", "Recent", "Since", "held_for"]

LISTED: Final = Is(Trigger("attended"), SUBJECT, open_if_absent=True)
"""What `Attends` stands for."""


@frozen(cache_hash=True)
class HeldFor(Sugar):
    """True when a matching holding holds on the day and has done so for at least `least` and at most `most`.

    Spans are counted by the calendar from the day it began: one held from 31 January for one month is held for
    that on the last day of February. Each selected fact of `extended_by`, up to `times`, adds `extension` to `most`.
    In the `where` of events the day is the fact's own, as for `Holds`.
    """

    author: ClassVar[str] = "held_for"
    relation: str
    match: Match = ()
    least: Span | None = None
    most: Span | None = None
    extended_by: Events | None = None
    extension: Span = field(factory=Span)
    times: Natural = 1

    def refuse(self) -> None:
        """Refuse an extension of nothing, or by nothing."""
        if self.least is None and self.most is None:
            raise PackError(f"held_for({self.relation}): found neither `least` nor `most`; give one of them, or both")
        if self.extended_by is not None and (self.most is None or self.extension == Span() or self.times == 0):
            raise PackError(
                f"held_for({self.relation}): `extended_by` needs `most`, an `extension` and `times` of at least 1"
            )
        spans = [span for span in (self.least, self.most, self.extension) if span is not None]
        if back := next((span for span in spans if span.leads_back), None):
            raise PackError(f"held_for({self.relation}): found {back}, a time before it began; allowed: a span onward")
        if self.extended_by is None and _shorter(self.most, self.least):
            what = f"found `least` {self.least} and `most` {self.most}; the longer is `most`"
            raise PackError(f"held_for({self.relation}): {what}")
        if self.extended_by is None and (self.extension != Span() or self.times != 1):
            raise PackError(f"held_for({self.relation}): found `extension` or `times` without what it is `extended_by`")

    def lower(self) -> Condition:
        """Return that there is a holding so old."""
        age = Age(self.least, self.most, self.extended_by, self.extension, self.times)
        return Holds(self.relation, self.match, age)


@frozen(cache_hash=True)
class Recent(Sugar):
    """True of a fact at hand that happened no longer than `span` before the day asked: evidence that expires.

    The span is counted back by the calendar from the day asked: of 29 February, a year back is 28 February. A fact
    after that day is not recent. The day asked is the one that the rule is judged on: the day of the question,
    for a period the last day of it that is over, for an occasion or a trigger the day of that fact. It stays the same
    however deep selections are nested; what has to be recent on another fact's own day is a relation, asked for by
    `held_for(..., most=span)` in the `where` of that fact.
    """

    span: Span

    def refuse(self) -> None:
        """Refuse a time that ends before it begins."""
        if self.span.leads_back:
            raise PackError(f"Recent, field `span`: found {self.span}; allowed: a span onward, such as Span(months=6)")

    def lower(self) -> Condition:
        """Return that the fact is at most so old."""
        return Age(most=self.span)


@frozen(cache_hash=True)
class Since(Sugar):
    """True on and after a day."""

    day: date

    def lower(self) -> Condition:
        """Return that it is a day from then on."""
        return OnDay(since=self.day)


@frozen(cache_hash=True)
class InTerm(Sugar):
    """True when the day lies in a declared term of one of the kinds; a day that nobody declared lies in none."""

    kinds: AtLeastOne[TermKind]

    def lower(self) -> Condition:
        """Return that it is a day of such a term."""
        return OnDay(terms=self.kinds)


@frozen(cache_hash=True)
class Attends(Sugar):
    """True when the bearer is listed as attending the occasion; unknown when its attendance was not recorded."""

    def lower(self) -> Condition:
        """Return that the occasion lists the bearer."""
        return LISTED


def _shorter(one: Span | None, other: Span | None) -> bool:
    """Tell whether one span is shorter than another whichever the months are."""
    if one is None or other is None:
        return False
    months = 12 * (one.years - other.years) + one.months - other.months
    return max(28 * months, 31 * months) + one.days - other.days < 0


# What authors call -------------------------------------------------------------------------------------------------


@refusing
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
    return HeldFor(
        relation, tuple(match.items()), least, most, extended_by, Span() if extension is None else extension, times
    )
