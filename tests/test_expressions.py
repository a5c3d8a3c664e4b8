"""The expression tree: how rules are written, and what each node means on a day (Kleene)."""

from datetime import date
from itertools import product
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from partyrules.errors import PackError
from partyrules.evaluate.conditions import Frame, World
from partyrules.evaluate.kleene import NO, YES, Truth, Verdict, all_of, any_of, merged, negated, unknown
from partyrules.facts.vocabulary import Fact
from partyrules.history import FOREVER
from partyrules.language.kernel import (
    ASKED_STEP,
    SUBJECT,
    AllOf,
    Always,
    AnyOf,
    ByReading,
    Compare,
    Condition,
    Count,
    CountAfterEarly,
    Events,
    Given,
    Holdings,
    Is,
    Not,
    Sum,
    Undecided,
    Window,
    at_least,
    at_most,
    between,
    by_reading,
    count,
    events,
    exactly,
    holdings,
    holds,
    is_in,
    its,
    latest,
    trigger,
)
from partyrules.language.standing import CORE_STANDING
from partyrules.language.sugar import Attends, InTerm
from partyrules.language.tree import lowered, resolved, walk
from partyrules.time.calendar import Period
from tests import toy
from tests.toy import TERMS, activity, fact, lives, meeting, member, no_member, stage, training, unit

DAY = date(2020, 6, 30)
TRUE, UNKNOWN, FALSE = Truth.TRUE, Truth.UNKNOWN, Truth.FALSE
TALKS = events("talk_held", person=SUBJECT, window="ever")


def verdict(condition: Condition, *facts: Fact, day: date = DAY, as_of: str = "2020-12-31", **frame: Any) -> Verdict:
    """Return what a condition about p1 comes to on a day."""
    world = World(toy.history(facts, as_of), CORE_STANDING)
    return world.verdict(lowered(condition), Frame(day=day, subject="p1", **frame))


def truth(condition: Condition, *facts: Fact, **frame: Any) -> Truth:
    """Return whether a condition about p1 holds on a day."""
    return verdict(condition, *facts, **frame).truth


def talk(on: str, **more: Any) -> Fact:
    """Return a talk held with p1."""
    return fact("talk_held", on, person="p1", talk="any", **more)


# Kleene -----------------------------------------------------------------------------------------------------

# Only what is unknown needs anything.
verdicts = st.builds(
    lambda truth, needs, evidence, until: Verdict(
        truth, needs if truth == Truth.UNKNOWN else frozenset(), evidence, until
    ),
    st.sampled_from(Truth),
    st.frozensets(st.sampled_from(["a", "b"])),
    st.frozensets(st.sampled_from(["x", "y"])),
    st.dates(),
)


@given(st.lists(verdicts, max_size=5))
def test_conjunction_and_disjunction(several: list[Verdict]) -> None:
    """A conjunction is as true as its least part, a disjunction as its greatest, in any order; none is true, false."""
    assert all_of(several).truth == min((one.truth for one in several), default=TRUE)
    assert any_of(several).truth == max((one.truth for one in several), default=FALSE)
    for join in (all_of, any_of):
        assert join(several) == join(several[::-1])


@given(st.lists(verdicts, max_size=5))
def test_de_morgan(several: list[Verdict]) -> None:
    """The negation of a conjunction is the disjunction of the negations."""
    assert negated(all_of(several)).truth == any_of(negated(one) for one in several).truth
    assert negated(negated(all_of(several))) == all_of(several)


@given(st.lists(verdicts, min_size=1, max_size=5))
def test_what_decides(several: list[Verdict]) -> None:
    """Evidence and needs are those of the parts that make it what it is; only what is unknown needs anything."""
    found = all_of(several)
    deciding = [one for one in several if one.truth == found.truth]
    assert found.evidence == frozenset().union(*(one.evidence for one in deciding))
    assert found.needs == (
        frozenset().union(*(one.needs for one in deciding)) if found.truth == UNKNOWN else frozenset()
    )
    assert found.until == min(one.until for one in several)


def test_whichever_day() -> None:
    """What is the same on every day is decided; what differs needs the day."""
    assert merged([YES, YES]).truth == TRUE
    assert merged([NO, NO]).truth == FALSE
    assert merged([YES, NO]).truth == UNKNOWN
    assert merged([YES, NO]).needs == {"full_date"}
    assert merged([unknown("hours"), unknown("hours")]).needs == {"hours"}
    assert merged([unknown("hours"), YES]).needs == {"hours", "full_date"}


# How a rule is written --------------------------------------------------------------------------------------


def test_operators_build_the_tree() -> None:
    """`&`, `|` and `~` join conditions, and equal trees are equal values."""
    one, other = Undecided("a"), Always()
    assert one & other == AllOf((one, other))
    assert one | other == AnyOf((one, other))
    assert ~one == Not(one)
    assert hash(one & other) == hash(AllOf((Undecided("a"), Always())))


def test_builders() -> None:
    """The small functions build the nodes that they are named for."""
    assert at_least(2, TALKS) == Compare(Count(TALKS), least=2)
    assert at_most(2, TALKS) == Compare(Count(TALKS), most=2)
    assert between(1, 2, TALKS) == Compare(Count(TALKS), least=1, most=2)
    assert exactly(1, Count(TALKS)) == Compare(Count(TALKS), least=1, most=1)
    assert holdings("link", link="room") == Holdings("link", (("link", "room"),))
    assert events("a", "b", person=SUBJECT) == Events(("a", "b"), (("person", SUBJECT),))
    assert is_in(its("stage"), "x") == Is(its("stage"), "x")
    assert is_in(its("stage"), "x", "y") == Is(its("stage"), ("x", "y"))


def test_bounds_over_readings() -> None:
    """A selection that depends on a reading is counted, a tally that does is compared as it is."""
    one = at_least(1, by_reading("r", a=TALKS, b=TALKS))
    assert isinstance(one.tally, Count)
    other = at_least(1, by_reading("r", a=Count(TALKS), b=CountAfterEarly(TALKS)))
    assert isinstance(other.tally, ByReading)


def test_unknown_window() -> None:
    """A window that does not exist is refused with the nearest."""
    with pytest.raises(PackError, match="did you mean `since_entry`"):
        events("talk_held", window="since_entri")  # type: ignore[arg-type]  # the point of the test


def test_resolving_readings() -> None:
    """Readings are replaced wherever they stand, one inside another too, and what has none stays the same object."""
    inner = by_reading("second", x="branch", y="group")
    tree = at_least(1, by_reading("first", a=TALKS, b=holdings("unit", kind=inner)))
    assert resolved(tree, readings={"first": "a"}, parameters={}) == at_least(1, TALKS)
    assert resolved(tree, readings={"first": "b", "second": "y"}, parameters={}) == at_least(
        1, holdings("unit", kind="group")
    )
    plain = at_least(1, TALKS)
    assert resolved(plain, readings={}, parameters={}) is plain


def test_resolving_parameters() -> None:
    """A parameter that was given is replaced by its value, one that was not stays."""
    tree = holdings("building", campus=Given("campus"))
    assert resolved(tree, readings={}, parameters={"campus": "north"}) == holdings("building", campus="north")
    assert resolved(tree, readings={}, parameters={"campus": None}) is tree
    assert resolved(tree, readings={}, parameters={}) is tree


def test_walk() -> None:
    """A walk comes by every node, options of readings included, parents first."""
    tree = at_least(1, by_reading("r", a=TALKS, b=holdings("link", where=Undecided("x"))))
    nodes = list(walk(tree))
    assert nodes[0] is tree
    assert {type(node).__name__ for node in nodes} >= {
        "Compare",
        "Count",
        "ByReading",
        "Events",
        "Holdings",
        "Undecided",
    }
    assert len([node for node in nodes if node == TALKS]) == 1


# What each node means ---------------------------------------------------------------------------------------


def test_always_and_undecided() -> None:
    """`Always` is true of everything, `Undecided` of nothing and names its need."""
    assert truth(Always()) == TRUE
    assert verdict(Undecided("opinion_given")) == unknown("opinion_given")


def test_joined_conditions() -> None:
    """Joined conditions follow the strong Kleene tables."""
    parts: dict[Truth, Condition] = {TRUE: Always(), UNKNOWN: Undecided("x"), FALSE: ~Always()}
    for one, other in product(Truth, Truth):
        assert truth(parts[one] & parts[other]) == min(one, other)
        assert truth(parts[one] | parts[other]) == max(one, other)
    assert [truth(~parts[one]) for one in Truth] == [TRUE, UNKNOWN, FALSE]
    assert truth(AllOf(())) == TRUE
    assert truth(AnyOf(())) == FALSE


def test_terms() -> None:
    """Terms stand for the subject, the step, a field of the item or of the trigger; a list for each of its entries."""
    held = meeting("gathering", "B1", "2020-05-01", attended=["p1", "p2"])
    assert truth(is_in(SUBJECT, "p1", "p2")) == TRUE
    assert truth(is_in(SUBJECT, "p2")) == FALSE
    assert truth(is_in(ASKED_STEP, "fellow"), step="fellow") == TRUE
    assert truth(is_in(trigger("attended"), SUBJECT), trigger=held) == TRUE
    assert truth(is_in(trigger("excused"), SUBJECT), trigger=held) == FALSE
    assert truth(is_in(its("unit"), "B1"), item=held) == TRUE
    assert truth(is_in(its("nothing"), "B1"), item=held) == FALSE


def test_passed_absent() -> None:
    """Whether a course was passed is unknown where it is not said; any other absent field has no value."""
    silent = training("p1", "c", "2020-05-01")
    assert verdict(is_in(its("passed"), True), item=silent) == unknown("passed")
    assert truth(is_in(its("passed"), True), item=training("p1", "c", "2020-05-01", passed=False)) == FALSE
    assert truth(is_in(its("organiser"), "x"), item=silent) == FALSE


def test_holds() -> None:
    """A relation holds where a holding matches on the day and its own condition is true of it."""
    facts = (member("p1", "B1", "2020-03-01"), no_member("p1", "B1", "2020-08-01"), unit("B1", "branch"))
    of_branch = holds("membership", person=SUBJECT, where=holds("unit", unit=its("unit"), kind="branch"))
    for text, expected in (("2020-02-29", FALSE), ("2020-03-01", TRUE), ("2020-07-31", TRUE), ("2020-08-01", FALSE)):
        assert truth(of_branch, *facts, day=date.fromisoformat(text)) == expected
    of_group = holds("membership", person=SUBJECT, where=holds("unit", unit=its("unit"), kind="group"))
    assert truth(of_group, *facts) == FALSE
    found = verdict(of_branch, *facts)
    assert found.evidence == {facts[0].id, facts[2].id}
    assert found.until == date(2020, 8, 1)


def test_holds_one_of_several() -> None:
    """A tuple of values matches any of them."""
    facts = (stage("p1", "fellow"),)
    assert truth(holds("stage", person=SUBJECT, stage=("senior", "fellow")), *facts) == TRUE
    assert truth(holds("stage", person=SUBJECT, stage=("senior", "newcomer")), *facts) == FALSE


def test_parameter_that_nobody_set() -> None:
    """A field compared with a parameter that nobody set is not asked for."""
    opened = fact("building_opened", toy.LONG_AGO, building="D1")
    assert truth(holds("building", campus=Given("campus")), opened) == TRUE
    assert truth(holds("building", campus="north"), opened) == FALSE


def test_derived_values() -> None:
    """A residence has its place, as links write it."""
    assert truth(holds("residence", person=SUBJECT, place="D1/101"), lives("p1", "D1", "101")) == TRUE


def test_in_term() -> None:
    """A day lies in a declared term of one of the kinds or it does not."""
    semester = InTerm(("semester",))
    assert truth(semester, *TERMS) == TRUE
    assert verdict(semester, *TERMS).until == date(2020, 7, 6)
    assert truth(semester, *TERMS, day=date(2020, 7, 6)) == FALSE
    assert truth(InTerm(("summer_vacation",)), *TERMS, day=date(2020, 7, 6)) == TRUE
    assert truth(semester, *TERMS, day=date(2020, 2, 22)) == FALSE


def test_in_term_beyond_the_declared() -> None:
    """A day beyond the declared span lies in no declared term, until the next that was declared begins."""
    before, after = (verdict(InTerm(("semester",)), *TERMS, day=day) for day in (date(2019, 1, 1), date(2022, 1, 1)))
    assert (before.truth, before.until) == (FALSE, toy.AUTUMN_2019.on.first)
    assert (after.truth, after.until) == (FALSE, FOREVER)
    assert truth(InTerm(("semester",))) == FALSE


def test_attends() -> None:
    """Attendance is whether the occasion lists the bearer; not recorded is unknown, nobody is no."""
    held = meeting("gathering", "B1", "2020-05-01")
    assert verdict(Attends(), trigger=held).needs == {"attendance"}
    assert truth(Attends(), trigger=meeting("gathering", "B1", "2020-05-01", attended=[])) == FALSE
    assert truth(Attends(), trigger=meeting("gathering", "B1", "2020-05-01", attended=["p2", "p1"])) == TRUE


def test_windows() -> None:
    """A window opens and closes on its very days, and nothing after the day asked is seen."""
    entry = (date(2020, 3, 10), date(2020, 3, 10))
    period = toy.finding((unit("B1", "branch"),), "1.4", "2020-04-01", start="2020-04-01").period
    table: tuple[tuple[Window, str, str, dict[str, Any]], ...] = (
        ("ever", "2001-01-01", "2021-01-01", {}),
        ("period", "2020-04-01", "2020-03-31", {"period": period}),
        ("period", "2020-06-30", "2020-07-01", {"period": period}),
        ("since_entry", "2020-03-10", "2020-03-09", {"entry": entry}),
        ("by_trigger", "2020-05-05", "2020-05-06", {"trigger_day": date(2020, 5, 5)}),
        ("by_deadline", "2020-05-05", "2020-05-06", {"deadline": date(2020, 5, 5)}),
    )
    for window, inside, outside, frame in table:
        wanted = at_least(1, evolve(TALKS, window=window))
        assert (window, inside, truth(wanted, talk(inside), **frame)) == (window, inside, TRUE)
        assert (window, outside, truth(wanted, talk(outside), **frame)) == (window, outside, FALSE)


def test_windows_without_their_stretch() -> None:
    """Whoever holds no stage has all their records since entry; without a period nothing lies in it."""
    assert truth(at_least(1, evolve(TALKS, window="since_entry")), talk("2001-01-01")) == TRUE
    assert truth(at_least(1, evolve(TALKS, window="period")), talk("2020-05-01")) == FALSE


def test_entry_of_a_month() -> None:
    """Where the entry into the stage is known to the month, what happened in that month is open."""
    entry = (date(2020, 3, 1), date(2020, 3, 31))
    wanted = at_least(1, evolve(TALKS, window="since_entry"))
    for day, expected in (
        ("2020-02-29", FALSE),
        ("2020-03-01", UNKNOWN),
        ("2020-03-30", UNKNOWN),
        ("2020-03-31", TRUE),
    ):
        assert (day, truth(wanted, talk(day), entry=entry)) == (day, expected)


@pytest.mark.parametrize(("sure", "maybe"), list(product(range(4), range(3))))
def test_comparisons(sure: int, maybe: int) -> None:
    """A count is within its bounds where it surely is, outside where it surely is, else unknown."""
    facts = [talk(f"2020-05-{n + 1:02}") for n in range(sure)] + [talk("2020-12", id=f"open {n}") for n in range(maybe)]
    for least, most in ((1, None), (None, 2), (1, 2), (2, 2), (0, 0)):
        low, high = sure, sure + maybe
        inside = (least is None or low >= least) and (most is None or high <= most)
        outside = (least is not None and high < least) or (most is not None and low > most)
        expected = TRUE if inside else FALSE if outside else UNKNOWN
        found = verdict(Compare(Count(TALKS), least, most), *facts, as_of="2020-12-30")
        assert (least, most, found.truth) == (least, most, expected)
        assert found.needs == ({"full_date"} if expected == UNKNOWN else frozenset())


def test_bound_that_is_a_tally() -> None:
    """A bound may itself be counted."""
    groups, buildings = count(holdings("unit", kind="building_group")), count(holdings("building"))
    opened = fact("building_opened", toy.LONG_AGO, building="D1")
    assert truth(exactly(buildings, groups), opened) == FALSE
    assert truth(exactly(buildings, groups), opened, unit("H1", "building_group")) == TRUE
    assert truth(exactly(buildings, groups)) == TRUE


def test_sum_of_several_selections() -> None:
    """A sum adds up all its selections; a fact known to the month counts where it surely falls."""
    both = Sum(
        "hours",
        (
            events("training_completed", person=SUBJECT, window="ever"),
            events("activity_held", attended=SUBJECT, window="ever"),
        ),
    )
    facts = (training("p1", "c", "2020-05-01", hours=3), activity("talk", "B1", "2020-05-02", attended=["p1"], hours=4))
    assert truth(Compare(both, least=7), *facts) == TRUE
    assert truth(Compare(both, least=8), *facts) == FALSE
    more = (*facts, training("p1", "c", "2020-12", hours=1))
    assert truth(Compare(both, least=8), *more, as_of="2020-12-30") == UNKNOWN
    assert truth(Compare(both, least=9), *more, as_of="2020-12-30") == FALSE


def test_distinct_and_sole() -> None:
    """Distinct values are counted once; a sole one that does not qualify counts for nothing."""
    courses = count(events("training_completed", person=SUBJECT, window="ever"), distinct="course")
    facts = (training("p1", "c", "2020-05-01"), training("p1", "c", "2020-05-02"), training("p1", "d", "2020-05-03"))
    assert truth(exactly(2, courses), *facts) == TRUE
    leaders = holdings("role", role="leader")
    sole = count(leaders, if_sole=holds("registration", person=its("person"), category="student"))
    student = fact("role_started", toy.LONG_AGO, person="p1", role="leader")
    teacher = fact("role_started", toy.LONG_AGO, person="t1", role="leader")
    staff = toy.registered("t1", category="staff")
    assert truth(exactly(1, sole), student) == TRUE
    assert truth(exactly(0, sole), staff, teacher) == TRUE
    assert truth(exactly(2, sole), staff, teacher, student) == TRUE
    again = fact("role_started", toy.LONG_AGO, person="p1", role="leader", unit="B1")
    also = fact("role_started", toy.LONG_AGO, person="t1", role="leader", unit="B1")
    one = evolve(sole, distinct="person")
    assert truth(exactly(1, one), student, again) == TRUE
    assert truth(exactly(0, one), staff, teacher, also) == TRUE
    assert truth(exactly(2, one), staff, teacher, student, again) == TRUE


def test_count_with_early_ones_needs_a_period() -> None:
    """A count that takes in the period before is refused where there is no period."""
    with pytest.raises(PackError, match="needs a period"):
        verdict(Compare(CountAfterEarly(TALKS), least=1))


@pytest.mark.parametrize(("grain", "counted"), [("month", 2), ("semester", 1), ("academic_year", 1), ("interval", 1)])
def test_early_ones_are_those_of_the_calendar_period_before(grain: Any, counted: int) -> None:
    """All but the first talk of February count in the month of March; before a term stands no calendar period."""
    talks = Compare(CountAfterEarly(events("talk_held", person=SUBJECT)), least=counted, most=counted)
    facts = (talk("2020-02-10"), talk("2020-02-20"), talk("2020-03-05"))
    march = Period(date(2020, 3, 1), date(2020, 3, 31), grain)
    assert truth(talks, *facts, day=march.end, period=march) == TRUE


def opinion(on: str, said: str) -> Fact:
    """Return an opinion of the office on p1."""
    return fact("opinion_given", on, person="p1", step="fellow", by="O", verdict=said)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((), FALSE),
        ((("2020-03-01", "oppose"),), TRUE),
        ((("2020-03-01", "support"),), FALSE),
        ((("2020-03-01", "oppose"), ("2020-03-02", "support")), FALSE),
        ((("2020-03-02", "oppose"), ("2020-03-01", "support")), TRUE),
        ((("2020-03-01", "oppose"), ("2020-03-01", "support")), TRUE),
        ((("2020-03", "oppose"), ("2020-03-15", "support")), UNKNOWN),
        ((("2020-03", "oppose"), ("2020-03", "support")), UNKNOWN),
        ((("2020-03", "oppose"), ("2020-04-01", "support")), FALSE),
        ((("2020-03", "oppose"), ("2020-02-29", "support")), TRUE),
        ((("2020-03", "oppose"), ("2020-03-15", "oppose")), TRUE),
        ((("2020-12", "oppose"),), UNKNOWN),
        ((("2020-12", "support"),), FALSE),
        ((("2020-12", "oppose"), ("2020-03-01", "support")), UNKNOWN),
    ],
)
def test_latest(given: tuple[tuple[str, str], ...], expected: Truth) -> None:
    """The latest record counts, the adverse one of a day; where a month leaves open which is latest, it is unknown."""
    office = unit("O", "guidance_department")
    wanted = latest(events("opinion_given", person=SUBJECT, window="ever"), "verdict", "oppose", adverse=("oppose",))
    facts = [opinion(on, said) for on, said in given]
    assert truth(wanted, office, *facts, as_of="2020-12-30") == expected


def test_records_without_standing() -> None:
    """A record whose maker has no standing is never selected; one that may have none is open."""
    counted = at_least(1, events("opinion_given", person=SUBJECT, window="ever"))
    assert truth(counted, opinion("2020-03-01", "support")) == FALSE
    assert truth(counted, unit("O", "branch"), opinion("2020-03-01", "support")) == FALSE
    assert truth(counted, unit("O", "guidance_department", "2020-03-02"), opinion("2020-03-01", "support")) == FALSE
    assert truth(counted, unit("O", "guidance_department", "2020-03-01"), opinion("2020-03-01", "support")) == TRUE
    assert truth(counted, unit("O", "guidance_department", "2020-03"), opinion("2020-03-15", "support")) == UNKNOWN
