"""Evidence that was recent, fields that were left out, parts of a whole, acts after a trigger: each on its edge."""

from datetime import date
from fractions import Fraction
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyrules.answers.blocks import Names, block_of
from partyrules.errors import PackError
from partyrules.evaluate.columnar.duties import Duties
from partyrules.evaluate.columnar.view import View
from partyrules.evaluate.kleene import Truth
from partyrules.evaluate.reference import ReferenceEvaluator
from partyrules.facts.vocabulary import Fact
from partyrules.language.kernel import (
    ASKED_STEP,
    SUBJECT,
    Compare,
    Condition,
    Portion,
    Sum,
    at_least,
    at_most,
    count,
    events,
    exactly,
    holdings,
    holds,
    is_in,
    its,
    portion,
    trigger,
)
from partyrules.language.rules import Bearer, Duty, PerPeriod, Standing, Triggered, Within
from partyrules.language.sugar import Recent
from partyrules.packs.pack import adopt
from partyrules.questions.audit import audit
from partyrules.store.projection import projection_of
from partyrules.time.calendar import Span
from tests.language import (
    CLUB,
    DAY_ZERO,
    FALSE,
    MEMBER,
    THE_CLUB,
    TRUE,
    UNKNOWN,
    asked,
    duty,
    finding,
    pack_of,
    verdict,
)
from tests.toy import activity, dissolved, fact, filed, meeting, member, training, unit

PEOPLE: Final = Bearer("person", MEMBER)
ADA: Final = member("p", "c", DAY_ZERO)


def columnar(facts: tuple[Fact, ...], as_of: str, one: Duty) -> tuple[list[Any], list[Any]]:
    """Return the statuses of a duty in columns, and those of the reference, with why the reference served."""
    adoption, day = adopt([pack_of(one)]), date.fromisoformat(as_of)
    projection = projection_of(facts)
    names = Names(strings=projection.columns.strings, ids=projection.columns.ids)
    history = audit(facts, adoption, as_of=day).history
    reference = ReferenceEvaluator(adoption, history)
    view = View(projection, adoption, history)
    (bound,) = adoption.duties
    found = Duties(view, names, lambda about, _: reference.findings(about)).block(bound)
    expected = block_of(bound, reference.findings(bound), names)
    assert found.fallback == ()
    return found.status.tolist() + found.required.tolist(), expected.status.tolist() + expected.required.tolist()


# Evidence that was recent -----------------------------------------------------------------------------------


def lately(span: Span) -> Duty:
    """Return the duty to have completed a course that is recent as of the end of a quarter."""
    course = events("training_completed", person=SUBJECT, where=Recent(span), window="ever")
    return duty("lately", PEOPLE, PerPeriod("quarter"), at_least(1, course))


@pytest.mark.parametrize(
    ("on", "status"),
    [("2020-02-28", "breached"), ("2020-02-29", "satisfied"), ("2020-03-31", "satisfied"), ("2020-04-01", "breached")],
)
def test_what_happened_after_the_day_asked_is_not_recent(on: str, status: str) -> None:
    """A course of the month before the quarter's end is recent, the day after that end no longer, in columns too."""
    facts = (ADA, training("p", "course", on))
    (first, *_) = asked(facts, "2020-06-30", lately(Span(months=1))).findings()
    assert first.status == status
    found, expected = columnar(facts, "2020-06-30", lately(Span(months=1)))
    assert found == expected


# Fields that were left out ----------------------------------------------------------------------------------


def led(*, absent: Any) -> Duty:
    """Return the club's duty to hold an activity that is not on a subject of its own."""
    where = ~is_in(its("hours"), 2, absent=absent)
    return duty("led", CLUB, PerPeriod("quarter"), at_least(1, events("activity_held", unit=SUBJECT, where=where)))


@pytest.mark.parametrize(
    ("hours", "absent", "expected"),
    [
        (3, "unknown", ("satisfied", ())),
        (2, "unknown", ("breached", ())),
        (None, "unknown", ("unknown", ("hours",))),
        (None, "false", ("satisfied", ())),
    ],
)
def test_a_field_that_is_waited_for(hours: int | None, absent: str, expected: tuple[str, tuple[str, ...]]) -> None:
    """Where a rule waits for a field, its absence is unknown and named; elsewhere it is no value, in columns too."""
    facts = (*THE_CLUB, activity("walk", "c", "2020-02-01", hours=hours))
    found = finding(facts, "2020-03-31", led(absent=absent))
    assert (found.status, found.needs) == expected
    assert len(set(map(tuple, columnar(facts, "2020-03-31", led(absent=absent))))) == 1


@pytest.mark.parametrize(("passed", "truth"), [(True, TRUE), (None, TRUE), (False, FALSE)])
def test_what_was_not_recorded_as_failed(passed: bool | None, truth: Truth) -> None:  # noqa: FBT001 - a column of the table
    """Where a rule says so, a course of which nobody said whether it was passed is not one that was failed."""
    not_failed = events("training_completed", where=~is_in(its("passed"), False, absent="false"), window="ever")
    found = verdict(at_least(1, not_failed), "2020-03-01", training("p", "c", "2020-02-01", passed=passed))
    assert (found.truth, found.needs) == (truth, frozenset())


@pytest.mark.parametrize(
    ("end", "own_day", "judged"),
    [("2020-01-31", "breached", "breached"), ("2020-02-20", "satisfied", "breached"), (None, "satisfied", "satisfied")],
)
def test_holdings_are_those_of_the_day_judged(end: str | None, own_day: str, judged: str) -> None:
    """What holds of a fact is asked of its own day by `holds`, of the day judged by `holdings`; so in columns."""
    ends = () if end is None else (dissolved("x", end),)
    facts = (*THE_CLUB, unit("x", "circle"), *ends, filed("paper", "c", "2020-02-01", about="x"))
    asked_of = (holds("unit", unit=its("about")), at_least(1, holdings("unit", unit=its("about"))))
    for where, status in zip(asked_of, (own_day, judged), strict=True):
        papers = events("document_filed", author=SUBJECT, where=where)
        told = duty("papers", CLUB, PerPeriod("quarter"), at_least(1, papers))
        assert finding(facts, "2020-03-31", told).status == status
        assert len(set(map(tuple, columnar(facts, "2020-03-31", told)))) == 1


@pytest.mark.parametrize("about", [None, "x", "y"])
def test_a_field_of_the_trigger_that_is_waited_for(about: str | None) -> None:
    """What a trigger says is waited for alike, in what is required and in whom it binds, in columns too."""
    by = Triggered(events("document_filed", document="report"))
    required = duty(
        "r", Bearer("unit", is_in(SUBJECT, trigger("author"))), by, is_in(trigger("about"), "x", absent="unknown")
    )
    facts = (*THE_CLUB, filed("report", "c", "2020-02-01", about=about))
    found = finding(facts, "2020-03-31", required)
    assert (found.status, found.needs) == {
        None: ("unknown", ("about",)),
        "x": ("satisfied", ()),
        "y": ("breached", ()),
    }[about]
    assert len(set(map(tuple, columnar(facts, "2020-03-31", required)))) == 1
    bound = duty(
        "b", Bearer("unit", is_in(trigger("about"), SUBJECT, absent="unknown")), by, is_in(trigger("id"), "none")
    )
    told = [one.status for one in asked(facts, "2020-03-31", bound).findings()]
    assert told == (["unknown"] if about is None else [])


def test_an_attendance_list_that_is_waited_for() -> None:
    """A list that was left out is named by the need for attendance, one that lists nobody is a value."""
    there = at_least(1, events("meeting_held", where=is_in(its("attended"), SUBJECT, absent="unknown"), window="ever"))
    for attended, truth, needs in ((None, UNKNOWN, {"attendance"}), ((), FALSE, set()), (("p",), TRUE, set())):
        found = verdict(there, "2020-03-01", meeting("evening", "c", "2020-02-01", attended=attended))
        assert (found.truth, set(found.needs)) == (truth, needs)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: is_in(SUBJECT, "p", absent="unknown"), r"its\(...\) or trigger"),
        (lambda: is_in(ASKED_STEP, "p", absent="unknown"), r"its\(...\) or trigger"),
        (lambda: is_in(its("of"), "p", absent="unknwon"), "did you mean `unknown`"),  # type: ignore[arg-type]  # refused
        (lambda: portion(4, 3, of=events("talk_held")), "found 4 of 3"),
        (lambda: portion(1, 0, of=events("talk_held")), "field `denominator`: found 0"),
        (lambda: portion(1, 2, of=Sum("hours", (events("talk_held"),))), "found a sum"),
        (lambda: at_least(portion(1, 2, of=events("a")), Sum("hours", (events("a"),))), "found a sum"),
        (lambda: Compare(count(events("a")), 1, portion(1, 2, of=events("a"))), "another bound"),
    ],
)
def test_what_cannot_be_said(make: Any, told: str) -> None:
    """What has no field to wait for, no part of one and no whole numbers is refused, with what is allowed."""
    with pytest.raises(PackError, match=told):
        make()


# Parts of a whole -------------------------------------------------------------------------------------------


def held(*attended: bool | None) -> tuple[Fact, ...]:
    """Return evenings to which `p` came, did not come, or of which the list is missing."""
    lists = {True: ("p",), False: (), None: None}
    return tuple(meeting("evening", "c", f"2020-01-{n:02}", attended=lists[one]) for n, one in enumerate(attended, 1))


EVENINGS: Final = events("meeting_held", meeting="evening", window="ever")
CAME: Final = events(
    "meeting_held", meeting="evening", where=is_in(its("attended"), SUBJECT, absent="unknown"), window="ever"
)


@given(
    came=st.integers(0, 12),
    stayed_away=st.integers(0, 12),
    part=st.tuples(st.integers(0, 7), st.integers(1, 7)).filter(lambda pair: pair[0] <= pair[1]),
)
def test_a_part_is_exact(came: int, stayed_away: int, part: tuple[int, int]) -> None:
    """At least, at most and more than a part are what fractions say, a part of nothing being nothing."""
    facts = held(*(True,) * came, *(False,) * stayed_away)
    limit, of_it = portion(*part, of=EVENINGS), Fraction(*part) * (came + stayed_away)
    for condition, truth in (
        (at_least(limit, CAME), came >= of_it),
        (at_most(limit, CAME), came <= of_it),
        (~at_most(limit, CAME), came > of_it),
    ):
        assert verdict(condition, "2020-02-01", *facts).truth == (TRUE if truth else FALSE)


@given(lists=st.lists(st.sampled_from((True, False, None)), max_size=6), at_most_it=st.booleans())
def test_a_part_of_what_is_open_decides_nothing_too_soon(lists: list[bool | None], at_most_it: bool) -> None:  # noqa: FBT001 - drawn
    """What is decided with lists missing stays so however they turn out."""
    make = at_most if at_most_it else at_least
    condition = make(portion(2, 3, of=EVENINGS), CAME)
    before = verdict(condition, "2020-02-01", *held(*lists))
    for filled_in in (True, False):
        after = verdict(condition, "2020-02-01", *held(*(filled_in if one is None else one for one in lists)))
        assert before.truth in (after.truth, UNKNOWN)


def test_a_part_of_a_number_that_is_open_is_open() -> None:
    """A meeting that may have been held before the day or after it leaves open what two thirds of all are."""
    condition = at_least(portion(1, 1, of=events("meeting_held", window="ever")), events("talk_held", window="ever"))
    facts = (fact("talk_held", "2020-01-05", person="p", talk="t"), meeting("m", "c", "2020-01-06"))
    assert verdict(condition, "2020-02-10", *facts).truth == TRUE
    assert verdict(condition, "2020-02-10", *facts, meeting("m", "c", "2020-02")).needs == {"full_date"}


def test_another_tally_that_is_open_leaves_a_comparison_open() -> None:
    """As many groups as buildings is not decided while nobody knows on which day a building was opened."""
    many = exactly(at_least(1, holdings("building")).tally, holdings("unit"))
    opened = fact("building_opened", "2020-02", building="b")
    assert verdict(many, "2020-02-10", opened, unit("c", "club")).truth == UNKNOWN
    assert verdict(many, "2020-03-01", opened, unit("c", "club")).truth == TRUE


@pytest.mark.parametrize("came", [3, 4, 5])
@pytest.mark.parametrize("make", [at_least, at_most])
def test_a_part_in_columns(came: int, make: Any) -> None:
    """Columns count the parts of a whole as the reference does, with the number that is required."""
    limit = Portion(4, 5, at_least(0, events("meeting_held", meeting="evening")).tally)
    there = events("meeting_held", meeting="evening", attended=SUBJECT)
    regulars = duty("regulars", PEOPLE, PerPeriod("quarter"), make(limit, there))
    facts = (ADA, *held(*(True,) * came, *(False,) * (5 - came)))
    found, expected = columnar(facts, "2020-03-31", regulars)
    assert found == expected
    assert 4 in found


# Acts after a trigger ---------------------------------------------------------------------------------------


def talk_after(window: Any) -> Duty:
    """Return the duty to talk with whoever filed a complaint within ten days."""
    talked: Condition = at_least(1, events("talk_held", person=SUBJECT, window=window))
    complained = Triggered(events("document_filed", document="complaint"), Within(Span(days=10)))
    return duty("talk", Bearer("named", is_in(SUBJECT, trigger("author"))), complained, talked)


@pytest.mark.parametrize(
    ("on", "after", "by"),
    [
        ("2020-01-31", "breached", "satisfied"),
        ("2020-02-01", "satisfied", "satisfied"),
        ("2020-02-11", "satisfied", "satisfied"),
        ("2020-02-12", "breached", "breached"),
        ("2020-02", "unknown", "unknown"),
        ("2020-01", "breached", "satisfied"),
    ],
)
def test_an_act_after_its_trigger(on: str, after: str, by: str) -> None:
    """The window after a trigger holds its day and the deadline's, and nothing before, in columns too."""
    facts = (filed("complaint", "p", "2020-02-01"), fact("talk_held", on, person="p", talk="t"))
    for window, status in (("after_trigger", after), ("by_deadline", by)):
        assert finding(facts, "2020-03-31", talk_after(window)).status == status
        if len(on) > len("2020-02"):
            found, expected = columnar(facts, "2020-03-31", talk_after(window))
            assert found == expected


def test_nothing_lies_after_a_trigger_without_a_deadline() -> None:
    """Where no trigger has a deadline nothing lies in the window, and a duty that asks for it is refused."""
    done = at_least(1, events("talk_held", person=SUBJECT, window="after_trigger"))
    assert verdict(done, "2020-03-01", fact("talk_held", "2020-02-01", person="p", talk="t")).truth == FALSE
    with pytest.raises(PackError, match="window `after_trigger` has no meaning here; allowed: ever"):
        duty("standing", PEOPLE, Standing(), done)


@pytest.mark.parametrize(("wanted", "found"), [("y", 0), ("m 1", 1), (("m 1", "m 2", "y"), 2)])
def test_an_id_is_matched_by_itself_alone(wanted: Any, found: int) -> None:
    """A fact is matched by its own id and by no text that nothing else says, in columns too."""
    facts = (*THE_CLUB, *(meeting("evening", "c", f"2020-01-0{n}", id=f"m {n}") for n in (1, 2, 3)))
    named = duty("named", CLUB, PerPeriod("quarter"), at_least(1, events("meeting_held", id=wanted)))
    told = asked(facts, "2020-03-31", named)
    assert [one.actual for one in told.findings()] == [found]
    assert [one.actual for one in told.table()] == [found]
