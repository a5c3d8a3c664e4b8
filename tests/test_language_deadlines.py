"""Deadlines after and before a fact, in days of the calendar and in working days, on hand-computed cases."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import pytest

from partyrules.answers.messages import needs_text
from partyrules.facts.vocabulary import Fact
from partyrules.language.kernel import (
    SUBJECT,
    at_least,
    events,
    is_in,
    trigger,
)
from partyrules.language.rules import (
    Bearer,
    Triggered,
    Within,
    WithinWorkingDays,
)
from partyrules.time.calendar import Span
from tests.language import (
    MONTH,
    NOTICE,
    THE_CLUB,
    answers,
    duty,
    finding,
    needed,
)
from tests.toy import filed, meeting, stage

# Deadlines after and before a fact --------------------------------------------------------------------------


def application(on: str, answered: str | None = None) -> tuple[Fact, ...]:
    """Return an application to the club, and its answer."""
    asks = filed("application", "p", on, to="c", id="a")
    return (*THE_CLUB, asks, *(() if answered is None else (filed("answer", "c", answered, about="a"),)))


@pytest.mark.parametrize(
    ("on", "answered", "as_of", "found"),
    [
        ("2021-01-31", None, "2021-02-27", "pending"),
        ("2021-01-31", None, "2021-02-28", "breached"),
        ("2021-01-31", "2021-02-28", "2021-03-31", "satisfied"),
        ("2021-01-31", "2021-03-01", "2021-03-31", "breached"),
        ("2021-01", "2021-02-01", "2021-03-31", "satisfied"),
        ("2021-01", "2021-02-02", "2021-03-31", "unknown"),
        ("2021-01", "2021-03-01", "2021-03-31", "breached"),
    ],
)
def test_within_a_month(on: str, answered: str | None, as_of: str, found: str) -> None:
    """An application of 31 January is to be answered by the end of February, one of an unknown day by whichever."""
    assert finding(application(on, answered), as_of, MONTH).status == found


def test_due_day() -> None:
    """The finding names the day on which the deadline falls, and none where the trigger's day is not known."""
    assert finding(application("2021-01-31"), "2021-02-01", MONTH).due == date(2021, 2, 28)
    assert finding(application("2021-01"), "2021-02-01", MONTH).due is None


@pytest.mark.parametrize(
    ("day", "found"), [("2020-03-05", "satisfied"), ("2020-03-06", "breached"), (None, "breached")]
)
def test_five_days_ahead(day: str | None, found: str) -> None:
    """Notice of a meeting on 10 March goes out on 5 March at the latest."""
    sent = () if day is None else (filed("notice", "c", day, about="m"),)
    assert (
        finding((*THE_CLUB, meeting("general", "c", "2020-03-10", id="m"), *sent), "2020-03-10", NOTICE).status == found
    )


def test_five_days_ahead_of_an_unknown_day() -> None:
    """A notice of 1 March is in time for a meeting of March if the meeting was on 6 March or later: nobody knows."""
    told = (*THE_CLUB, meeting("general", "c", "2020-03", id="m"), filed("notice", "c", "2020-03-01", about="m"))
    assert needed(finding(told, "2020-04-30", NOTICE)) == ("unknown", ("full_date",))
    early = (*told[:-1], filed("notice", "c", "2020-02-25", about="m"))
    assert finding(early, "2020-04-30", NOTICE).status == "satisfied"


def test_half_a_month_before_the_anniversary() -> None:
    """A year and then fifteen days back from 29 February 2020 is 13 February 2021."""
    asks = duty(
        "ask",
        Bearer("person", is_in(SUBJECT, trigger("person"))),
        Triggered(events("stage_entered", stage="candidate"), Within(Span(years=1, days=-15))),
        at_least(1, events("document_filed", document="request", author=SUBJECT, window="by_deadline")),
    )
    entered = stage("p", "candidate", "2020-02-29")
    assert finding([entered], "2021-02-12", asks).due == date(2021, 2, 13)
    assert finding([entered, filed("request", "p", "2021-02-13")], "2021-02-13", asks).status == "satisfied"
    assert finding([entered, filed("request", "p", "2021-02-14")], "2021-02-14", asks).status == "breached"


# Working days -----------------------------------------------------------------------------------------------

# Thursday 30 April 2020; Friday to Tuesday free; the Saturday after is worked in exchange.
HOLIDAYS: Final = {
    date(2020, 1, 1): True,
    date(2020, 5, 1): True,
    date(2020, 5, 4): True,
    date(2020, 5, 5): True,
    date(2020, 5, 9): False,
    date(2020, 5, 31): True,
}
APPEAL: Final = answers(WithinWorkingDays(4))


def test_working_days() -> None:
    """Of 30 April the fourth working day is Saturday 9 May: free days are skipped, a worked Saturday counts."""
    assert finding(application("2020-04-30"), "2020-05-08", APPEAL, holidays=HOLIDAYS).due == date(2020, 5, 9)
    for day, found in (("2020-05-09", "satisfied"), ("2020-05-10", "breached")):
        assert finding(application("2020-04-30", day), "2020-05-31", APPEAL, holidays=HOLIDAYS).status == found


@pytest.mark.parametrize(("on", "holidays"), [("2020-04-30", {}), ("2020-05-28", HOLIDAYS)])
def test_working_days_beyond_the_table(on: str, holidays: Mapping[date, bool]) -> None:
    """Where the table does not hold every day to the deadline, the duty is unknown for want of it."""
    found = finding(application(on, "2020-06-02"), "2020-06-30", answers(WithinWorkingDays(4)), holidays=holidays)
    assert needed(found) == ("unknown", ("holidays",))
    assert found.due is None
    assert "table of holidays" in found.message.en
    assert needs_text(("holidays",)).zh in found.message.zh
