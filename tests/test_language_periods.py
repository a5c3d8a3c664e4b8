"""Duties per period with a least and a most, and rolling ones, on hand-computed cases: boundary days, unknown days."""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from partyrules.errors import PackError
from partyrules.evaluate.intervals import Interval, intervals
from partyrules.facts.vocabulary import Fact
from partyrules.language.kernel import (
    SUBJECT,
    at_least,
    at_most,
    by_reading,
    events,
    holdings,
)
from partyrules.language.rules import (
    PerPeriod,
    Reading,
    Rolling,
)
from partyrules.time.calendar import CivilDate, Span, add_span
from tests.language import (
    CLUB,
    MEMBER,
    RENEWAL,
    REPORTS,
    ROLLING,
    SAID,
    THE_CLUB,
    duty,
    finding,
    findings,
    needed,
    renewed,
    status,
)
from tests.toy import closed, filed, member, no_member

# A maximum per period ---------------------------------------------------------------------------------------


def reports(*days: str) -> tuple[Fact, ...]:
    """Return the club with a report on each of these days."""
    return (*THE_CLUB, *(filed("report", "c", day) for day in days))


@pytest.mark.parametrize(
    ("days", "as_of", "found"),
    [
        (("2020-01-01", "2020-12-31"), "2020-12-31", ("satisfied", None)),
        (("2020-01-01", "2019-12-31"), "2020-12-31", ("breached", None)),
        (("2020-01-01",), "2020-12-30", ("pending", None)),
        (("2020-01-01", "2020-02-01", "2020-03-01", "2020-12-31"), "2020-12-31", ("satisfied", None)),
        (
            ("2020-01-01", "2020-02-01", "2020-03-01", "2020-04-01", "2020-05-01"),
            "2020-05-01",
            ("breached", "above_maximum"),
        ),
        (
            ("2020-01-01", "2020-02-01", "2020-03-01", "2020-04-01", "2020-05"),
            "2020-12-31",
            ("breached", "above_maximum"),
        ),
    ],
)
def test_two_to_four(days: tuple[str, ...], as_of: str, found: tuple[str, str | None]) -> None:
    """Two and four reports in a year are enough and not too many; one is too few, five are too many."""
    assert status(reports(*days), as_of, REPORTS) == found


def test_too_many_that_may_still_end() -> None:
    """What holds today may have ended by the end of the period, so that too many of them are pending until then."""
    most_two = duty("few", CLUB, PerPeriod("year"), at_most(2, holdings("membership", unit=SUBJECT)))
    three = (*THE_CLUB, *(member(who, "c", "2020-01-01") for who in "pqr"))
    assert status(three, "2020-12-30", most_two) == ("pending", "above_maximum")
    assert status(three, "2020-12-31", most_two) == ("breached", "above_maximum")


def test_two_to_four_in_an_open_register() -> None:
    """An open register leaves too few undecided, and too many not: what is recorded happened."""
    few, many = reports("2020-01-01"), reports(*(f"2020-0{n}-01" for n in range(1, 6)))
    assert needed(finding((*few, closed("2020-11-30")), "2020-12-31", REPORTS)) == ("unknown", ("register_closed",))
    assert status((*many, closed("2020-11-30")), "2020-12-31", REPORTS) == ("breached", "above_maximum")


def test_message_of_a_range() -> None:
    """The message says both bounds."""
    message = finding(reports("2020-01-01"), "2020-12-31", REPORTS).message
    assert "2 to 4" in message.en
    assert "2至4" in message.zh


# Rolling intervals ------------------------------------------------------------------------------------------


def rolled(facts: Iterable[Fact], as_of: str) -> list[tuple[str, str, str]]:
    """Return start, due day and status of each interval."""
    found = sorted(findings(facts, as_of, ROLLING), key=lambda each: str(each.period and each.period.start))
    return [(str(f.period.start), str(f.period.end), f.status) for f in found if f.period is not None]


def test_rolling_from_the_last_completion() -> None:
    """Six months run from the day of joining, then from each renewal by the calendar: 31 August to 28 February."""
    assert rolled(renewed("2020-03-10", "2020-08-31"), "2021-02-27") == [
        ("2020-01-15", "2020-07-15", "satisfied"),
        ("2020-03-11", "2020-09-10", "satisfied"),
        ("2020-09-01", "2021-02-28", "pending"),
    ]


@pytest.mark.parametrize(
    ("day", "first"), [("2020-07-15", "satisfied"), ("2020-07-16", "breached"), ("2020-01-15", "satisfied")]
)
def test_rolling_boundary(day: str, first: str) -> None:
    """A renewal counts from the first day of an interval through the day on which it is due."""
    assert rolled(renewed(day), "2020-07-20")[0] == ("2020-01-15", "2020-07-15", first)


def test_rolling_after_a_miss() -> None:
    """After a missed interval the next runs from the day after it was due; on the due day the time is over."""
    assert rolled(renewed(), "2020-07-14") == [("2020-01-15", "2020-07-15", "pending")]
    assert rolled(renewed(), "2021-01-15") == [
        ("2020-01-15", "2020-07-15", "breached"),
        ("2020-07-16", "2021-01-15", "breached"),
    ]


def test_rolling_when_scope_ends() -> None:
    """An interval in the course of which the duty ceased to bind is not held against anybody."""
    told = [*renewed(), no_member("p", "c", "2020-05-01")]
    assert rolled(told, "2020-12-31") == [("2020-01-15", "2020-07-15", "not_applicable")]
    assert rolled([*told, member("p", "c", "2020-06-01")], "2020-12-31") == [
        ("2020-01-15", "2020-07-15", "not_applicable"),
        ("2020-06-01", "2020-12-01", "breached"),
        ("2020-12-02", "2021-06-01", "pending"),
    ]


def test_rolling_after_an_unknown_day() -> None:
    """After a renewal of which only the month is known nothing is decided until one of a known day."""
    assert rolled(renewed("2020-03"), "2021-02-28") == [
        ("2020-01-15", "2020-07-15", "satisfied"),
        ("2020-04-01", "2020-09-30", "unknown"),
    ]
    assert rolled(renewed("2020-03", "2020-11-10"), "2020-12-31") == [
        ("2020-01-15", "2020-07-15", "satisfied"),
        ("2020-04-01", "2020-11-10", "unknown"),
        ("2020-11-11", "2021-05-10", "pending"),
    ]


def test_rolling_across_the_due_day() -> None:
    """A renewal in the month in which it was due may have been in time or late."""
    assert rolled(renewed("2020-07"), "2020-12-31") == [
        ("2020-01-15", "2020-07-15", "unknown"),
        ("2020-07-16", "2021-01-15", "unknown"),
    ]


def test_rolling_from_an_unknown_day() -> None:
    """Where only the month of joining is known, so is the first interval undecided."""
    told = [member("p", "c", "2020-01"), *renewed("2020-08-15")[1:]]
    assert [status for _, _, status in rolled(told, "2020-12-31")] == ["unknown", "unknown", "pending"]


@given(
    days=st.lists(st.dates(date(2020, 1, 1), date(2022, 12, 31)), max_size=8, unique=True),
    every=st.builds(Span, months=st.integers(1, 7), days=st.integers(0, 40)),
)
def test_every_completion_begins_an_interval(days: list[date], every: Span) -> None:
    """With full dates the intervals follow on one another, and one begins on the day after each completion."""
    first, last = date(2020, 1, 1), date(2023, 1, 31)
    found = list(intervals(every, first, last, sure=[CivilDate(day, day) for day in days]))
    assert found[0] == Interval(first, add_span(first, every))
    starts = {each.start for each in found}
    assert {add_span(day, Span(days=1)) for day in days} <= starts
    assert all(each.known for each in found)
    for each, following in pairwise(found):
        assert each.start < following.start <= add_span(each.due, Span(days=1))
    assert found[-1].due >= last


def test_message_of_an_interval() -> None:
    """The message says from when to when the interval runs."""
    message = findings(renewed(), "2020-06-01", ROLLING)[0].message
    assert "; interval 2020-01-15 to 2020-07-15;" in message.en
    assert "2020-01-15至2020-07-15（间隔期）" in message.zh


def test_rolling_duties_that_cannot_be() -> None:
    """A rolling duty asks for one completion in a span that leads forward."""
    with pytest.raises(PackError, match="rule `rating`, field `requires`"):
        evolve(ROLLING, requires=at_least(2, RENEWAL))
    with pytest.raises(PackError, match="rule `rating`, field `requires`"):
        evolve(ROLLING, requires=at_least(1, evolve(RENEWAL, window="ever")))
    with pytest.raises(PackError, match="rule `rating`, field `requires`"):
        evolve(ROLLING, requires=MEMBER)
    for every in (Span(), Span(months=1, days=-28), Span(days=-1)):
        with pytest.raises(PackError, match="a span of at least one day"):
            Rolling(every)


def test_rolling_with_readings() -> None:
    """What a rolling duty counts, and how often, may depend on a reading."""
    which = Reading(name="which", options=("a", "b"), default="a", why=SAID)
    many = evolve(
        ROLLING,
        per=Rolling(by_reading("which", a=Span(months=6), b=Span(months=3))),
        requires=at_least(1, by_reading("which", a=RENEWAL, b=events("talk_held", person=SUBJECT))),
        readings=(which,),
    )
    (found,) = findings(renewed(), "2020-03-01", many, readings={"v:rating.which": "b"})
    assert found.due == date(2020, 4, 15)
