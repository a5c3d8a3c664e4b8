"""What a rule says in one word and the kernel in several: each construct with its meaning and a clause worked out.

Nothing else knows these: a rule is lowered into the kernel when it is adopted, and before it is argued about. The
worked clauses stand in the reference of the language, and run there after its setting.
"""

from datetime import date
from typing import ClassVar, Final

from attrs import field, frozen

from partyrules.errors import PackError
from partyrules.errors.arguments import AtLeastOne, Natural, refusing
from partyrules.language.kernel import SUBJECT, Age, Condition, Events, Holds, Is, Match, OnDay, Operand, Sugar, Trigger
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

    **Time in a stage.** *A year as an activist, three at most, prolonged by half a year, twice at most.* A stage that
    began in a month whose day nobody knows leaves the month of the end undecided. ::

        time_served = duty(
            Bearer("person", holds("stage", person=SUBJECT, stage="activist")),
            Standing(),
            held_for(
                "stage",
                person=SUBJECT,
                stage="activist",
                least=Span(years=1),
                most=Span(years=3),
                extended_by=events("document_filed", document="extra_time", about=SUBJECT, window="ever"),
                extension=Span(months=6),
                times=2,
            ),
        )
        extra = {"fact": "document_filed", "document": "extra_time", "author": "c", "about": "ben", "on": "2022-01-01"}
        for day, facts, status in (
            ("2020-12-31", [], "breached"),
            ("2021-01-01", [], "satisfied"),
            ("2023-01-01", [], "satisfied"),
            ("2023-01-02", [], "breached"),
            ("2023-07-01", [extra], "satisfied"),
            ("2023-07-02", [extra], "breached"),
        ):
            assert ask([activist, *facts], day, time_served) == [("ben", None, status)]
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

    **Evidence that expires.** *A course of the last two years.* The anniversary still counts. ::

        course = duty(
            PEOPLE,
            Standing(),
            at_least(1, events("training_completed", person=SUBJECT, window="ever", where=Recent(span=Span(years=2)))),
        )
        trained = {"fact": "training_completed", "person": "ada", "course": "course", "on": "2020-03-01"}
        assert ask([ADA, trained], "2022-03-01", course) == [("ada", None, "satisfied")]
        assert ask([ADA, trained], "2022-03-02", course) == [("ada", None, "breached")]
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
    """True on and after a day.

    **Evidence from a day on.** *A course, of 1 March 2020 or later.* That day itself counts. ::

        new = duty(
            PEOPLE,
            Standing(),
            at_least(1, events("training_completed", person=SUBJECT, window="ever", where=Since(day=date(2020, 3, 1)))),
        )
        for day, status in (("2020-02-29", "breached"), ("2020-03-01", "satisfied")):
            trained = {"fact": "training_completed", "person": "ada", "course": "course", "on": day}
            assert ask([ADA, trained], "2020-03-01", new) == [("ada", None, status)]
    """

    day: date

    def lower(self) -> Condition:
        """Return that it is a day from then on."""
        return OnDay(since=self.day)


@frozen(cache_hash=True)
class InTerm(Sugar):
    """True when the day lies in a declared term of one of the kinds; a day that nobody declared lies in none.

    **In the semester.** *A talk each year, held in a semester.* Its last day is in it, the next is not. ::

        talks = events("talk_held", person=SUBJECT, where=InTerm(kinds=("semester",)))
        in_term = duty(PEOPLE, PerPeriod("year"), at_least(1, talks))
        spring = {"term": "spring", "kind": "semester", "on": "2020-02-17", "until": "2020-06-30"}
        for day, status in (("2020-06-30", "satisfied"), ("2020-07-01", "breached")):
            talk = {"fact": "talk_held", "person": "ada", "talk": "talk", "on": day}
            facts = [ADA, {"fact": "term_declared", **spring}, talk]
            assert ask(facts, "2020-12-31", in_term) == [("ada", "2020-01-01", status)]
    """

    kinds: AtLeastOne[TermKind]

    def lower(self) -> Condition:
        """Return that it is a day of such a term."""
        return OnDay(terms=self.kinds)


@frozen(cache_hash=True)
class Attends(Sugar):
    """True when the bearer is listed as attending the occasion; unknown when its attendance was not recorded.

    **An evening that everybody comes to.** *Members come to each evening.* Of an evening without a list it is unknown
    who came. ::

        coming = duty(PEOPLE, Occasion(of=events("meeting_held", meeting="evening")), Attends())
        evening = {"fact": "meeting_held", "meeting": "evening", "unit": "c", "on": "2020-03-01"}
        assert ask([ADA, CLUB, evening | {"attended": ["ada"]}], "2020-03-01", coming) == [("ada", None, "satisfied")]
        assert ask([ADA, CLUB, evening | {"attended": []}], "2020-03-01", coming) == [("ada", None, "breached")]
        assert ask([ADA, CLUB, evening], "2020-03-01", coming) == [("ada", None, "unknown", "attendance")]
    """

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
