"""Consistency across rules: the exhaustive argument against brute force, seeded contradictions, and what is open."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from partyrules.analysis import consistency as consistency_of_packs
from partyrules.analysis import decision, reasoning
from partyrules.analysis.compare import compare
from partyrules.analysis.consistency import consistency
from partyrules.analysis.decision import TOO_MANY, decide
from partyrules.analysis.formulas import NotTrue
from partyrules.analysis.lint import lint
from partyrules.analysis.logic import Logic
from partyrules.analysis.together import one_kept_other_broken
from partyrules.evaluate.conditions import Frame, World
from partyrules.evaluate.kleene import Truth
from partyrules.facts.vocabulary import Fact, LinkStarted, StageEntered, TrainingCompleted
from partyrules.history import history_of
from partyrules.language.kernel import (
    SUBJECT,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Count,
    CountAfterEarly,
    Given,
    MostCovered,
    Not,
    Sum,
    Undecided,
    at_least,
    at_most,
    between,
    by_reading,
    count,
    count_findings,
    events,
    exactly,
    holdings,
    holds,
    is_in,
    its,
    latest,
    portion,
    trigger,
)
from partyrules.language.rules import (
    Bearer,
    Duty,
    Occasion,
    Per,
    PerPeriod,
    Reading,
    Requirement,
    Rolling,
    Standing,
    Triggered,
    Veto,
    WithinDays,
)
from partyrules.language.sugar import InTerm, Since, held_for
from partyrules.language.tree import lowered, resolved
from partyrules.packs.document import Text
from partyrules.packs.pack import Pack, load_pack
from partyrules.time.calendar import CivilDate, Period, Span
from tests import toy
from tests.sweeps import crossed, examples, some
from tests.test_compare import FELLOW, REPORTS, WORD, duty, kinds, pack_of

SHAPES = toy.pack.shapes
WHO = "p"
DAY = date(2021, 6, 30)
JUNE = Period(date(2021, 6, 1), DAY, "month")

# Brute force -----------------------------------------------------------------------------------------------------

COURSES = events("training_completed", person=SUBJECT)
X = events("training_completed", person=SUBJECT, course="x")
Y = events("training_completed", person=SUBJECT, course="y")
BOTH = events("training_completed", person=SUBJECT, course=("x", "y"))
OTHERS = events("training_completed", person=SUBJECT, where=~is_in(its("course"), "x"))
ROOMS = holdings("link", link="room", holder=SUBJECT)
LINKS = holdings("link", holder=SUBJECT)


def attended(course: str, number: int, day: int, hours: Decimal | None = None) -> TrainingCompleted:
    """Return an invented training, told apart by its number."""
    on = CivilDate(date(2021, 6, day), date(2021, 6, day))
    return TrainingCompleted(id=f"{course}-{number}", on=on, person=WHO, course=course, hours=hours)


def in_world(facts: tuple[Fact, ...]) -> World:
    """Return the world of these facts alone."""
    return World(history_of(facts, as_of=DAY, stages=("fellow", "senior")), ())


def course_worlds() -> Iterator[World]:
    """Yield every history of up to three trainings of x, of y and of other courses, whichever course comes last."""
    for x, y, more in product(range(4), repeat=3):
        for different in range(1, more + 1) if more else (0,):
            named = [*("x" * x), *("y" * y), *(f"z{min(n, different - 1)}" for n in range(more))]
            for last in dict.fromkeys(named) or (None,):
                ordered = [*(course for course in named if course != last), *(c for c in named if c == last)]
                yield in_world(tuple(attended(course, n, 1 + n) for n, course in enumerate(ordered)))


def hour_worlds() -> Iterator[World]:
    """Yield every history of up to two trainings of x and of y, with sums of hours in quarters up to three."""
    for x, y in product(range(3), repeat=2):
        for first, second in product(range(13) if x else (0,), range(13) if y else (0,)):
            totals = {"x": Decimal(first) / 4, "y": Decimal(second) / 4}
            facts = (
                attended(course, n, 1 + n, totals[course] if n == 0 else Decimal(0))
                for course, number in (("x", x), ("y", y))
                for n in range(number)
            )
            yield in_world(tuple(facts))


def link_worlds() -> Iterator[World]:
    """Yield every history of a stage or none and up to three links of rooms and of activists."""
    on = CivilDate(date(2021, 1, 1), date(2021, 1, 1))
    for stage, rooms, activists in product((None, "none", "fellow", "senior"), range(4), range(4)):
        entered = () if stage is None else (StageEntered(id="s", on=on, person=WHO, stage=stage),)
        links = (
            LinkStarted(id=f"{kind} {n}", on=on, link=kind, holder=WHO, target=f"{kind} {n}")
            for kind, number in (("room", rooms), ("activist", activists))
            for n in range(number)
        )
        yield in_world((*entered, *links))


class Brute:
    """Every history of a few small ones, and what each leaf comes to in each of them."""

    def __init__(self, worlds: Iterator[World]) -> None:
        self.worlds = [*worlds]
        self.known: dict[Condition, list[bool]] = {}

    def possible(self, condition: Condition) -> bool:
        """Tell whether the reference evaluator finds the condition true in one of the histories."""
        return any(self.truths(condition))

    def truths(self, condition: Condition) -> list[bool]:
        """Return whether the condition is true in each history."""
        if condition not in self.known:
            frame = Frame(day=DAY, subject=WHO, period=JUNE)
            self.known[condition] = [
                world.verdict(lowered(condition), frame).truth == Truth.TRUE for world in self.worlds
            ]
        return self.known[condition]


def _from_to(low: int, more: int, of: Any) -> Condition:
    return between(low, low + more, of)


def leaves_over(*tallies: Any) -> st.SearchStrategy[Condition]:
    """Return bounds of up to two on these tallies."""
    number, of = st.integers(0, 2), st.sampled_from(tallies)
    return st.one_of(
        st.builds(at_least, number, of),
        st.builds(at_most, number, of),
        st.builds(exactly, number, of),
        st.builds(_from_to, number, st.integers(0, 1), of),
    )


def conditions_of(leaf: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    """Return conjunctions of bounds, of their negations and of alternatives."""
    literal = leaf | leaf.map(Not)
    part = literal | st.lists(literal, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts)))
    return st.lists(part, min_size=1, max_size=4).map(lambda parts: AllOf(tuple(parts)))


BY_COURSE = Brute(course_worlds())
BY_HOUR = Brute(hour_worlds())
BY_LINK = Brute(link_worlds())
LAST = st.sampled_from(["x", "y", "z0"]).map(lambda course: latest(COURSES, "course", course, adverse=()))
STANDS = st.sampled_from(
    [holds("stage", person=SUBJECT, stage=stages) for stages in ("fellow", "none", ("fellow", "senior"))]
)


def agrees(condition: Condition, brute: Brute) -> None:
    """Assert that the argument decides the condition as trying every history does."""
    ruling = decide(condition, SHAPES)
    assert ruling.open == ()
    assert ruling.possible == brute.possible(condition)


@settings(max_examples=examples(50), deadline=None)
@given(conditions_of(leaves_over(COURSES, X, Y, BOTH, OTHERS, count(COURSES, distinct="course"))))
def test_bounds_of_narrower_and_wider_selections_are_decided_as_by_trying(condition: Condition) -> None:
    """Whatever bounds are put on courses and on how many different ones, argument and enumeration agree."""
    agrees(condition, BY_COURSE)


SOLE = (
    count(X, if_sole=is_in(its("course"), "y")),
    count(COURSES, distinct="course", if_sole=is_in(its("course"), "y")),
)


@settings(max_examples=examples(30), deadline=None)
@given(conditions_of(leaves_over(X, OTHERS, *SOLE, COURSES) | LAST))
def test_the_latest_and_the_sole_one_are_decided_as_by_trying(condition: Condition) -> None:
    """Whichever course is asked to be the latest, or not to stand alone, argument and enumeration agree."""
    agrees(condition, BY_COURSE)


OTHERS_STILL = events("training_completed", person=SUBJECT, where=~is_in(its("course"), ("x", "y")))


@settings(max_examples=examples(25), deadline=None)
@given(conditions_of(leaves_over(Sum("hours", (X,)), Sum("hours", (Y,)), Sum("hours", (COURSES,)), X, COURSES)))
def test_bounds_of_sums_and_counts_are_decided_as_by_trying(condition: Condition) -> None:
    """Whatever bounds are put on hours and on courses, within what is tried, argument and enumeration agree."""
    tried = (at_most(0, OTHERS_STILL), at_most(2, X), at_most(2, Y), at_most(3, Sum("hours", (COURSES,))))
    agrees(AllOf((condition, *tried)), BY_HOUR)


@settings(max_examples=examples(30), deadline=None)
@given(conditions_of(leaves_over(ROOMS, LINKS, holdings("stage", person=SUBJECT)) | STANDS))
def test_bounds_of_holdings_are_decided_as_by_trying(condition: Condition) -> None:
    """Whatever is asked of links and of the one stage that somebody can be in, argument and enumeration agree."""
    agrees(condition, BY_LINK)


# What one bound at a time does not show ----------------------------------------------------------------------------

NAMEPLATES = holdings(
    "nameplate", person=SUBJECT, where=holds("residence", person=SUBJECT, building=its("building"), room=its("room"))
)
FILED = events("document_filed", document=("a", "b", "c"), author=SUBJECT, window="ever")
AREAS = MostCovered("sections", ("a", "b", "c"), events("document_filed", author=SUBJECT, window="ever"))
PLANS = events("document_filed", document="annual_plan", author=SUBJECT)
PAPERS = events("document_filed", author=SUBJECT)
EVER = events("document_filed", document="thought_report", author=SUBJECT, window="ever")
PASSED = {so: evolve(COURSES, where=is_in(its("passed"), so)) for so in (True, False)}
UNIT = holds("unit", unit=SUBJECT)

DECIDED: dict[str, tuple[Condition, bool]] = {
    "two kinds and too few in all": (AllOf((at_least(2, REPORTS), at_least(2, PLANS), at_most(3, PAPERS))), False),
    "two kinds and just enough": (AllOf((at_least(2, REPORTS), at_least(2, PLANS), at_most(4, PAPERS))), True),
    "more different ones than facts": (at_least(2, count(PAPERS, distinct="document")) & at_most(1, PAPERS), False),
    "more different ones than there are": (at_least(4, count(FILED, distinct="document")), False),
    "as many different ones as there are": (at_least(3, count(FILED, distinct="document")), True),
    "hours without a course": (at_least(1, Sum("hours", (X,))) & at_most(0, COURSES), False),
    "a count against a count": (AllOf((exactly(Count(X), Y), at_least(3, X), at_most(2, Y))), False),
    "a count as another count": (AllOf((exactly(Count(X), Y), at_least(3, X), at_most(3, Y))), True),
    "early ones counted twice over": (Compare(CountAfterEarly(REPORTS), least=1) & at_most(0, REPORTS), True),
    "early ones of none": (
        AllOf((Compare(CountAfterEarly(REPORTS), least=1), at_most(0, REPORTS), at_most(1, EVER))),
        False,
    ),
    "more areas than a list has": (at_least(4, AREAS), False),
    "areas of no document": (at_least(2, AREAS) & at_most(0, events("document_filed", window="ever")), False),
    "two signs at one door": (at_least(2, NAMEPLATES), False),
    "a meeting of a unit of two kinds": (
        at_least(
            1,
            events(
                "meeting_held",
                where=AllOf(tuple(holds("unit", unit=its("unit"), kind=kind) for kind in ("branch", "group"))),
            ),
        ),
        False,
    ),
    "held too long for what it may last": (
        held_for("unit", unit=SUBJECT, least=Span(years=1)) & held_for("unit", unit=SUBJECT, most=Span(months=2)),
        False,
    ),
    "neither passed nor failed, which is not known": (
        AllOf((at_least(1, COURSES), *(at_most(0, PASSED[is_so]) for is_so in (True, False)))),
        False,
    ),
    "matching neither passed nor failed, which is not known": (
        AllOf((at_least(1, COURSES), *(at_most(0, evolve(COURSES, match=(("passed", so),))) for so in (True, False)))),
        False,
    ),
    "four fifths of nine": (AllOf((at_least(portion(4, 5, of=X), Y), exactly(9, X), at_most(7, Y))), False),
    "more than four fifths of nine": (AllOf((at_least(portion(4, 5, of=X), Y), exactly(9, X), at_most(8, Y))), True),
    "a day both before and after": (Since(date(2024, 1, 1)) & ~Since(date(2023, 1, 1)), False),
    "what nobody records": (Undecided("x"), False),
    "what nobody records, or its opposite": (AnyOf((Undecided("x"), Not(Undecided("x")))), False),
    "unknown is not true": (NotTrue(Undecided("x")), True),
}


@pytest.mark.parametrize("case", DECIDED)
def test_kinds_of_node_are_reasoned_about_together(case: str) -> None:
    """What each kind of node says of how many there can be is decided, and nothing is left open."""
    condition, possible = DECIDED[case]
    ruling = decide(condition, SHAPES)
    assert (ruling.possible, ruling.open) == (possible, ())


OPEN: dict[str, tuple[Condition, str]] = {
    "findings": (at_least(1, count_findings("1")), "findings of other duties"),
    "marks": (at_least(1, Sum("exam_score", (X,))), "`exam_score` is summed"),
    "a mark and a course": (Compare(Sum("hours", (X,)), least=Count(X)), "sums are compared with counts"),
    "marks between whole numbers": (
        Not(at_most(0, Sum("exam_score", (X,)))) & Not(at_least(1, Sum("exam_score", (X,)))),
        "`exam_score` is summed",
    ),
    "an extension": (
        held_for("unit", unit=SUBJECT, most=Span(months=1), extended_by=REPORTS, extension=Span(months=1))
        & Not(held_for("unit", unit=SUBJECT, most=Span(months=1), extended_by=REPORTS, extension=Span(months=2))),
        "a holding may be extended",
    ),
    "days and months": (
        held_for("unit", unit=SUBJECT, least=Span(days=40)) & held_for("unit", unit=SUBJECT, most=Span(months=1)),
        "spans of months and of days",
    ),
    "terms": (at_least(1, events("document_filed", author=SUBJECT, where=is_in(its("author"), "p"))), "`author`"),
    "a wait inside": (at_least(1, events("talk_held", where=Undecided("x"))), "what no fact supplies"),
    "what holdings share": (
        at_least(2, holdings("role", person=SUBJECT, where=held_for("unit", unit=SUBJECT, least=Span(years=1)))),
        "what several of them share",
    ),
}


@pytest.mark.parametrize("case", OPEN)
def test_what_the_argument_cannot_tell_is_named(case: str) -> None:
    """Each construct that is told apart more freely than histories can be is not decided, with its reason."""
    condition, reason = OPEN[case]
    ruling = decide(condition, SHAPES)
    assert ruling.possible is None
    assert reason in ruling.why.en


def test_too_many_cases_are_not_decided() -> None:
    """Where lists of names multiply beyond what is tried, it is said so."""
    named = [at_least(1, events("meeting_held", attended=f"p{n}")) for n in range(13)]
    assert decide(AllOf(tuple(named[:5])), SHAPES).possible
    assert decide(AllOf(tuple(named)), SHAPES).open == (TOO_MANY,)


def test_facts_that_wait_are_ruled_out_by_nothing() -> None:
    """A selection that waits for what nobody records leaves everything else as it is."""
    waiting = at_least(1, events("training_completed", person=SUBJECT, where=Undecided("x")))
    assert decide(waiting | at_least(1, COURSES), SHAPES).possible is not False
    assert decide(NotTrue(waiting | Not(waiting)), SHAPES).possible is not False


# Rules over time ---------------------------------------------------------------------------------------------------


def asked_twice(one: tuple[Per, Condition], other: tuple[Per, Condition]) -> set[str]:
    """Return what is said of two duties of the same people, the one of pack a and the other of pack b."""
    first, second = (pack_of(name, duty(*each)) for name, each in (("a", one), ("b", other)))
    return {kind for kind, _ in kinds(first, second)}


TALKS_HELD = Triggered(events("talk_held"), WithinDays(10))
LATER = Triggered(events("talk_held"), WithinDays(20))
BY_DEADLINE = events("document_filed", document="thought_report", author=SUBJECT, window="by_deadline")
CALLED = AnyOf((at_most(0, REPORTS), at_least(3, REPORTS)))

OVER_TIME: dict[str, tuple[tuple[Per, Condition], tuple[Per, Condition], str | None]] = {
    "one a month and eleven a year": (
        (PerPeriod("month"), at_least(1, REPORTS)),
        (PerPeriod("year"), at_most(11, REPORTS)),
        "contradiction",
    ),
    "one a month and twelve a year": (
        (PerPeriod("month"), at_least(1, REPORTS)),
        (PerPeriod("year"), at_most(12, REPORTS)),
        None,
    ),
    "two kinds each quarter and fewer papers a year": (
        (PerPeriod("quarter"), at_least(1, REPORTS) & at_least(1, PLANS)),
        (PerPeriod("year"), at_most(7, PAPERS)),
        "contradiction",
    ),
    "alternatives each quarter": (
        (PerPeriod("quarter"), at_least(2, REPORTS) | at_least(2, PLANS)),
        (PerPeriod("year"), at_most(7, PAPERS)),
        "contradiction",
    ),
    "hours each half-year and fewer a year": (
        (PerPeriod("half_year"), at_least(10, Sum("hours", (COURSES,)))),
        (PerPeriod("year"), at_most(19, Sum("hours", (COURSES,)))),
        "contradiction",
    ),
    "kinds that may be others in each month": (
        (PerPeriod("month"), at_least(2, count(PAPERS, distinct="document"))),
        (PerPeriod("quarter"), at_least(3, count(PAPERS, distinct="document"))),
        "not_decided",
    ),
    "three within ten days and two within twenty": (
        (TALKS_HELD, at_least(3, BY_DEADLINE)),
        (LATER, at_most(2, BY_DEADLINE)),
        "contradiction",
    ),
    "two within ten days and three within twenty": (
        (TALKS_HELD, at_most(2, BY_DEADLINE)),
        (LATER, at_least(3, BY_DEADLINE)),
        None,
    ),
    "none or three, and one or two": (
        (PerPeriod("month"), CALLED),
        (PerPeriod("month"), between(1, 2, REPORTS)),
        "contradiction",
    ),
    "a semester beside a quarter": (
        (PerPeriod("semester"), at_least(3, REPORTS)),
        (PerPeriod("quarter"), at_most(1, REPORTS)),
        "not_decided",
    ),
    "an interval beside a year": (
        (Rolling(Span(months=1)), at_least(1, REPORTS)),
        (PerPeriod("year"), at_most(3, REPORTS)),
        "not_decided",
    ),
}


def test_an_interval_that_an_institution_sets_may_be_any() -> None:
    """What is asked at an interval not set yet and what is asked each month do not imply each other."""
    one = duty(PerPeriod("month"), at_least(1, REPORTS))
    other = evolve(one, per=PerPeriod(Given("interval")))
    assert one_kept_other_broken(one, other, SHAPES).possible is True
    assert one_kept_other_broken(other, one, SHAPES).possible is True
    assert one_kept_other_broken(other, other, SHAPES).possible is False


@pytest.mark.parametrize("case", OVER_TIME)
def test_duties_of_different_periods_are_reasoned_about_together(case: str) -> None:
    """What the parts of a period ask is held against what the whole allows; what is not compared is named."""
    one, other, kind = OVER_TIME[case]
    assert asked_twice(one, other) == ({kind} if kind else set())
    assert asked_twice(other, one) == ({kind} if kind else set())


def test_duties_that_nobody_bears_together_do_not_contradict() -> None:
    """At least three of seniors and at most two of fellows are let be, since nobody is both."""
    senior = holds("stage", person=SUBJECT, stage="senior")
    one = pack_of("a", duty(PerPeriod("month"), at_least(3, REPORTS), scope=senior))
    assert kinds(one, pack_of("b", duty(PerPeriod("month"), at_most(2, REPORTS)))) == set()


def test_duties_that_some_bear_together_contradict() -> None:
    """At least three of roommates and at most two of fellows contradict for the fellows who share a room."""
    roommate = holds("residence", person=SUBJECT)
    one = pack_of("a", duty(PerPeriod("month"), at_least(3, REPORTS), scope=roommate))
    assert kinds(one, pack_of("b", duty(PerPeriod("month"), at_most(2, REPORTS)))) == {
        ("contradiction", ("a:1", "b:1"))
    }


def test_occasions_that_overlap_are_held_against_each_other() -> None:
    """What every talk asks contradicts what each talk of one kind forbids."""
    filed = events("document_filed", author=SUBJECT, window="by_trigger")
    every, some = events("talk_held"), events("talk_held", talk="heart_to_heart")
    scope = is_in(SUBJECT, trigger("person"))
    one = pack_of("a", duty(Occasion(every), at_least(1, filed), bearer=Bearer("named", scope)))
    other = pack_of("b", duty(Occasion(some), at_most(0, filed), bearer=Bearer("named", scope)))
    assert ("contradiction", ("a:1", "b:1")) in kinds(one, other)


def test_a_duty_that_begins_after_the_document_ends_is_dead() -> None:
    """A duty from 2030 on, of a document in force until 2025, binds nobody."""
    late = duty(PerPeriod("month"), at_least(1, REPORTS), scope=FELLOW & Since(date(2030, 1, 1)))
    pack = pack_of("a", late)
    until = evolve(pack, document=evolve(pack.document, in_force_until=date(2025, 12, 31)))
    assert kinds(pack) == set()
    assert kinds(until) == {("dead", ("a:1",))}


def test_what_no_history_shows_is_a_warning_of_check() -> None:
    """A duty of which nothing tells whether it can be met is found under its own code, with the reason."""
    marks = at_least(2, Sum("exam_score", (X,))) & at_most(0, X)
    found = [one for one in lint(pack_of("a", duty(PerPeriod("month"), marks))) if one.code.id == "PR025"]
    assert [(one.where, one.code.severity) for one in found] == [("a:1", "warning")]
    assert "`exam_score` is summed" in found[0].what.en


def test_threads_are_answered_alike() -> None:
    """Asked by several threads at once, the argument decides each condition as it does for one."""
    asked = [AllOf((at_least(least, X), at_most(most, COURSES))) for least, most in product(range(5), repeat=2)]
    with ThreadPoolExecutor(4) as threads:
        shapes = evolve(toy.pack).shapes
        found = [*threads.map(lambda condition: decide(condition, shapes).possible, asked * 2)]
    assert found == [least <= most for least, most in product(range(5), repeat=2)] * 2


def test_without_the_solver_nothing_is_called_consistent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the solver is not installed, check, consistency and compare say that it is open and what to install."""
    monkeypatch.setattr(decision, "solver", lambda: None)
    monkeypatch.setattr(reasoning, "solver", lambda: None)
    monkeypatch.setattr(consistency_of_packs, "solver", lambda: None)
    one = pack_of("a", duty(PerPeriod("month"), at_least(1, REPORTS)))
    other = pack_of("b", duty(PerPeriod("year"), at_most(11, REPORTS)))
    assert decide(at_least(1, REPORTS), SHAPES) == decision.Ruling(None, (decision.NO_SOLVER,))
    told = [one for one in lint(one) if one.code.id == "PR025"]
    assert [(remark.where, "partyrules[analysis]" in remark.what.en) for remark in told] == [("pack a", True)]
    (open_still,) = consistency([one, other])
    assert (open_still.kind, open_still.rules) == ("not_decided", ("a", "b"))
    (pairing,) = compare(one, other).pairings
    assert pairing.relation == "different" or "partyrules[analysis]" in str(pairing.why)


# Seeded contradictions ----------------------------------------------------------------------------------------------


def against(condition: Condition) -> Condition | None:
    """Return a bound that a condition rules out, one for each of its alternatives; None where it has no number."""
    match condition:
        case Compare(tally, int() as least, _) if least > 0:
            return at_most(least - 1, tally)
        case Compare(tally, None, int() as most):
            return at_least(most + 1, tally)
        case AllOf(parts):
            return next((found for part in parts if (found := against(part)) is not None), None)
        case AnyOf(parts):
            opposed = [against(part) for part in parts]
            return None if None in opposed else AllOf(tuple(each for each in opposed if each is not None))
    return None


def wider(condition: Condition) -> Condition:
    """Return the bound on a selection that selects more: whatever the kind, or wherever."""

    def put(of: Any) -> Any:
        kept = tuple(pair for pair in of.match if not isinstance(pair[1], str | tuple))
        return evolve(of, match=kept, where=AllOf(()))

    match condition:
        case Compare(Count(of, None, _) as tally, None, int()):
            several = tuple(put(each) for each in of) if isinstance(of, tuple) else put(of)
            return evolve(condition, tally=evolve(tally, of=several))
        case Compare(Sum(_, of) as tally, None, int()):
            return evolve(condition, tally=evolve(tally, of=tuple(put(each) for each in of)))
        case AllOf(parts):
            return AllOf(tuple(wider(part) for part in parts))
    return condition


def plain(condition: Condition) -> Condition:
    """Return the bound as it is."""
    return condition


def inside(condition: Condition) -> Condition:
    """Return the bound as one part of several."""
    return AllOf((Since(date(2000, 1, 1)), AllOf((condition,))))


def negated(condition: Condition) -> Condition:
    """Return the bound as the opposite of its opposite."""
    return Not(AnyOf((Not(condition),)))


def alternatives(condition: Condition) -> Condition:
    """Return the bound as what each alternative asks besides something else."""
    other = InTerm(("semester",))
    return AnyOf((condition & other, condition & ~other))


def an_option(condition: Condition) -> Any:
    """Return the bound as the default option of a reading."""
    return by_reading("seeded", yes=condition, no=AllOf(()))


PACKS = ("lzcu2012", "lzwl2017")
SEEDED = Reading(name="seeded", options=("yes", "no"), default="yes", why=WORD)


def ways(pack: Pack) -> Iterator[Duty | Requirement]:
    """Yield the duties and requirements of a pack under their defaults, and under each other option of a reading."""
    rules: tuple[Duty | Requirement, ...] = (*pack.duties, *pack.requirements)
    for rule in rules:
        defaults = {reading.name: reading.default for reading in rule.readings}
        choices = [{**defaults, r.name: option} for r in rule.readings for option in r.options] or [defaults]
        for chosen in choices:
            yield resolved(evolve(rule, readings=()), readings=chosen, parameters={})


def contradicted(pack: Pack, how: Any) -> tuple[Pack, set[tuple[str, str]]]:
    """Return a copy of a pack with each rule that has a number beside one that contradicts it, and all such pairs."""
    rules: list[Duty | Requirement] = []
    pairs: set[tuple[str, str]] = set()
    bounded = [(rule, against(rule.requires)) for rule in dict.fromkeys(ways(pack))]
    # A step that is open to whoever gives a reason contradicts nothing.
    opposing = [
        (rule, opposed)
        for rule, opposed in bounded
        if opposed is not None and not (isinstance(rule, Requirement) and rule.modality == "normally")
    ]
    for number, (rule, opposed) in enumerate(some(opposing, 16)):
        one, other = f"r{number}", f"s{number}"
        seeded = evolve(rule, id=other, requires=how(opposed), readings=(SEEDED,) if how is an_option else ())
        rules += (evolve(rule, id=one), seeded)
        pairs.add((f"{pack.id}:{one}", f"{pack.id}:{other}"))
    duties = tuple(rule for rule in rules if isinstance(rule, Duty))
    requirements = tuple(rule for rule in rules if isinstance(rule, Requirement))
    return evolve(pack, duties=duties, requirements=requirements, vetoes=()), pairs


@pytest.mark.parametrize(("name", "how"), crossed(PACKS, (plain, wider, inside, negated, alternatives, an_option)))
def test_each_seeded_contradiction_of_a_real_pack_is_found(name: str, how: Any) -> None:
    """Each number of a real pack, under each reading, beside one that rules it out in whatever form, is found."""
    pack, pairs = contradicted(load_pack(name), how)
    assert len(pairs) > 15
    found = {
        (one.what.en.removeprefix("with ").split(": ")[0], one.where) for one in lint(pack) if one.code.id == "PR017"
    }
    assert pairs - found == set()


@pytest.mark.parametrize("name", some(PACKS, 1))
def test_contradictions_between_a_real_pack_and_another_are_found(name: str) -> None:
    """The rules that contradict those of a real pack are found when they are another pack's."""
    pack = load_pack(name)
    both, pairs = contradicted(pack, plain)
    first = {one.partition(":")[2] for one, _ in pairs}
    halves = [
        evolve(
            both,
            document=evolve(both.document, id=half),
            duties=tuple(rule for rule in both.duties if (rule.id in first) == (half == "one")),
            requirements=tuple(rule for rule in both.requirements if (rule.id in first) == (half == "one")),
        )
        for half in ("one", "other")
    ]
    found = {clash.rules for clash in consistency(halves) if clash.kind == "contradiction"}
    wanted = {("one:" + one.partition(":")[2], "other:" + other.partition(":")[2]) for one, other in pairs}
    assert wanted - found == set()


@pytest.mark.parametrize("name", PACKS)
def test_a_real_pack_leaves_nothing_open(name: str) -> None:
    """Of every rule of a real pack, and of every two, it is decided whether they can be met, and they can."""
    assert consistency([load_pack(name)]) == ()


def test_a_veto_on_whoever_meets_a_requirement_is_found_in_any_form() -> None:
    """A veto that stands wherever a requirement with a number is met leaves no way to take the step."""
    pack = load_pack("lzwl2017")
    talk = next(rule for rule in pack.requirements if rule.id == "2.4.2-talk")
    requires: Any = talk.requires
    every = evolve(requires.tally, of=evolve(requires.tally.of, window="ever"))
    lifts = Text(zh="虚构", en="invented")
    veto = Veto(id="v", clause=talk.clause, title=WORD, steps=talk.steps, vetoes=Not(at_most(0, every)), lifts=lifts)
    found = [one for one in lint(evolve(pack, vetoes=(veto,))) if one.code.id == "PR017"]
    assert [(one.where, one.what.en.split(": ")[0]) for one in found] == [("lzwl2017:v", "with lzwl2017:2.4.2-talk")]


def test_the_reason_names_no_more_than_it_needs() -> None:
    """Of many conditions, those are named that cannot be left out."""
    found = Logic(SHAPES).never(FELLOW, at_least(3, REPORTS), UNIT, at_most(2, PAPERS))
    assert found is not None
    assert "at most 2" in found.en
    assert "at least 3" in found.en
    assert "stage" not in found.en
    assert "unit" not in found.en


def test_standing_duties_are_judged_on_one_day() -> None:
    """A standing duty to be in another stage than one's bearer is can never be met; one of a period can."""
    elsewhere = at_least(1, holdings("stage", person=SUBJECT, stage="senior"))
    assert kinds(pack_of("a", duty(Standing(), elsewhere))) == {("dead", ("a:1",))}
