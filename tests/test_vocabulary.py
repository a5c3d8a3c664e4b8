"""Each construct of the language of rules, held against hand-computed cases: boundary days and what is not known."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, Final

import attrs
import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

import partyrules.expressions
import partyrules.rules
from partyrules.audit import Audit, audit
from partyrules.calendar import CivilDate, Span, add_span, parse_civil_date
from partyrules.clauses import Clause, Document, Sentence, Text, fingerprint
from partyrules.errors import PackError
from partyrules.evaluators.conditions import Frame, World
from partyrules.evaluators.derivation import derived
from partyrules.evaluators.intervals import Interval, intervals
from partyrules.evaluators.kleene import Truth, Verdict
from partyrules.explanation import explain
from partyrules.expressions import (
    SUBJECT,
    Condition,
    Recent,
    Share,
    Since,
    at_least,
    at_most,
    between,
    by_reading,
    count_findings,
    events,
    held_for,
    holdings,
    holds,
    is_in,
    its,
    latest,
    trigger,
)
from partyrules.facts import Fact
from partyrules.history import CORE_RELATIONS, history_of
from partyrules.messages import needs_text
from partyrules.packs import Pack, adopt
from partyrules.rules import (
    Ahead,
    Bearer,
    Deadline,
    Duty,
    Occasion,
    Per,
    PerPeriod,
    Reading,
    Rolling,
    Standing,
    Triggered,
    Within,
    WithinWorkingDays,
)
from partyrules.testing.laws import pack_laws
from partyrules.verdicts import Finding
from tests.toy import activity, closed, fact, filed, link, meeting, member, no_member, stage, training, unit

DAY_ZERO: Final = "2020-01-01"
SAID: Final = Text(zh="虚构", en="invented")
CLUB: Final = Bearer("unit", holds("unit", unit=SUBJECT, kind="club"))
MEMBER: Final = holds("membership", person=SUBJECT)
TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
THE_CLUB: Final = (unit("c", "club"),)


@frozen(kw_only=True)
class VoteTaken(Fact):
    """A vote on a person, in numbers."""

    wire: ClassVar[str] = "vote_taken"

    person: str
    entitled: int | None = None
    present: int | None = None
    in_favour: int | None = None


def vote(*numbers: int | None, on: str = "2020-05-01") -> VoteTaken:
    """Return a vote on `p`: entitled, present, in favour."""
    entitled, present, in_favour = numbers
    day = parse_civil_date(on)
    told = f"vote {numbers} {on}"
    return VoteTaken(id=told, on=day, person="p", entitled=entitled, present=present, in_favour=in_favour)


# Packs and questions ----------------------------------------------------------------------------------------


def duty(name: str, bearer: Bearer, per: Per, requires: Condition, **more: Any) -> Duty:
    """Return a duty whose clause has its name."""
    return Duty(id=name, clause=name, title=SAID, counted=SAID, bearer=bearer, per=per, requires=requires, **more)


def pack_of(*duties: Duty) -> Pack:
    """Return an invented pack, in force from 2020 on, of these duties."""
    names = [one.id for one in duties]
    return Pack(
        document=Document(
            id="v",
            title=SAID,
            number="1",
            institution=SAID,
            in_force_from=date.fromisoformat(DAY_ZERO),
            clauses=tuple(Clause(id=name, citation=f"§{name}", summary=SAID) for name in names),
            sentences=tuple(
                Sentence(f"S{n}", fingerprint(name), "encoded", clauses=(name,), rules=(name,))
                for n, name in enumerate(names)
            ),
        ),
        version="1",
        duties=duties,
        fact_types=(VoteTaken,),
    )


def asked(
    facts: Iterable[Fact], as_of: str, *duties: Duty, holidays: Mapping[date, bool] | None = None, **adopted: Any
) -> Audit:
    """Return the audit of facts against a pack of these duties."""
    adoption = adopt([pack_of(*duties)], holidays=holidays, **adopted)
    return audit(tuple(facts), adoption, as_of=date.fromisoformat(as_of))


def findings(facts: Iterable[Fact], as_of: str, *duties: Duty, **adopted: Any) -> tuple[Finding, ...]:
    """Return the findings on the last of the duties."""
    return asked(facts, as_of, *duties, **adopted).findings(rule=f"v:{duties[-1].id}")


def finding(facts: Iterable[Fact], as_of: str, *duties: Duty, **adopted: Any) -> Finding:
    """Return the only finding on the last of the duties."""
    (found,) = findings(facts, as_of, *duties, **adopted)
    return found


def status(facts: Iterable[Fact], as_of: str, *duties: Duty, **adopted: Any) -> tuple[str, str | None]:
    """Return the status and reason of the only finding on the last of the duties."""
    found = finding(facts, as_of, *duties, **adopted)
    return found.status, found.reason


def verdict(condition: Condition, day: str, *facts: Fact, subject: str = "p", **frame: Any) -> Verdict:
    """Return what a condition comes to about a person on a day, the day asked."""
    on = date.fromisoformat(day)
    world = World(history_of(facts, as_of=on, relations=CORE_RELATIONS), ())
    return world.verdict(condition, Frame(day=on, subject=subject, **frame))


def needed(found: Finding) -> tuple[str, tuple[str, ...]]:
    """Return status and needs of a finding."""
    return found.status, found.needs


# A maximum per period ---------------------------------------------------------------------------------------

REPORTS: Final = duty(
    "reports", CLUB, PerPeriod("year"), between(2, 4, events("document_filed", document="report", author=SUBJECT))
)


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
            ("pending", "above_maximum"),
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


# How long something has held --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("began", "least", "day", "truth"),
    [
        ("2021-01-31", Span(months=1), "2021-02-27", FALSE),
        ("2021-01-31", Span(months=1), "2021-02-28", TRUE),
        ("2020-02-29", Span(years=1), "2021-02-27", FALSE),
        ("2020-02-29", Span(years=1), "2021-02-28", TRUE),
        ("2020-03-05", Span(years=1), "2021-03-04", FALSE),
        ("2020-03-05", Span(years=1), "2021-03-05", TRUE),
        ("2020-03", Span(months=1), "2020-03-31", FALSE),
        ("2020-03", Span(months=1), "2020-04-01", UNKNOWN),
        ("2020-03", Span(months=1), "2020-04-29", UNKNOWN),
        ("2020-03", Span(months=1), "2020-04-30", TRUE),
    ],
)
def test_minimum_time(began: str, least: Span, day: str, truth: Truth) -> None:
    """A stage has been held for a span on the same day of the later month, or that month's last day."""
    found = verdict(held_for("stage", person=SUBJECT, least=least), day, stage("p", "novice", began))
    assert found.truth == truth
    assert found.needs == (frozenset({"full_date"}) if truth == UNKNOWN else frozenset())


@pytest.mark.parametrize(
    ("day", "truth"), [("2020-03-01", TRUE), ("2021-03-01", TRUE), ("2021-03-02", FALSE), ("2020-02-29", FALSE)]
)
def test_maximum_time(day: str, truth: Truth) -> None:
    """A stage has been held for at most a year through the anniversary; before it began it is not held at all."""
    longest = held_for("stage", person=SUBJECT, most=Span(years=1))
    assert verdict(longest, day, stage("p", "novice", "2020-03-01")).truth == truth


def test_maximum_time_of_a_month() -> None:
    """Where only the month of the beginning is known, the month of the end is undecided."""
    longest = held_for("stage", person=SUBJECT, most=Span(years=1))
    began = stage("p", "novice", "2020-03")
    truths = [verdict(longest, day, began).truth for day in ("2021-03-01", "2021-03-02", "2021-03-31", "2021-04-01")]
    assert truths == [TRUE, UNKNOWN, UNKNOWN, FALSE]


def prolonged(times: int) -> Condition:
    """Return that a stage has been held for a year at most, each course passed adding half a year."""
    return held_for(
        "stage",
        person=SUBJECT,
        most=Span(years=1),
        extended_by=events("training_completed", person=SUBJECT, where=is_in(its("passed"), True), window="ever"),
        extension=Span(months=6),
        times=times,
    )


@pytest.mark.parametrize(
    ("times", "passed", "last"),
    [
        (1, 0, "2021-03-01"),
        (1, 1, "2021-09-01"),
        (1, 2, "2021-09-01"),
        (2, 1, "2021-09-01"),
        (2, 2, "2022-03-01"),
        (2, 3, "2022-03-01"),
    ],
)
def test_bounded_extension(times: int, passed: int, last: str) -> None:
    """Each extension adds its span, and no more of them than allowed."""
    told = (
        stage("p", "novice", "2020-03-01"),
        *(training("p", "course", f"2020-04-0{n}", passed=True) for n in range(1, passed + 1)),
    )
    end = date.fromisoformat(last)
    assert verdict(prolonged(times), last, *told).truth == TRUE
    assert verdict(prolonged(times), str(add_span(end, Span(days=1))), *told).truth == FALSE


def test_extension_not_known() -> None:
    """A course of which nobody knows whether it was passed leaves the time that it would add undecided."""
    told = (stage("p", "novice", "2020-03-01"), training("p", "course", "2020-04-01"))
    found = {day: verdict(prolonged(1), day, *told) for day in ("2021-03-01", "2021-03-02", "2021-09-01", "2021-09-02")}
    assert [found[day].truth for day in found] == [TRUE, UNKNOWN, UNKNOWN, FALSE]


def test_extension_of_nothing() -> None:
    """An extension without a maximum, or of no length, is refused; so is a time without any bound."""
    by = events("talk_held", person=SUBJECT, window="ever")
    with pytest.raises(PackError, match="needs `most`, an `extension`"):
        held_for("stage", least=Span(years=1), extended_by=by, extension=Span(months=1))
    with pytest.raises(PackError, match="needs `most`, an `extension`"):
        held_for("stage", most=Span(years=1), extended_by=by)
    with pytest.raises(PackError, match="neither `least` nor `most`"):
        held_for("stage", person=SUBJECT)


def test_time_in_scope() -> None:
    """A duty that binds after a month in a stage binds from that day, so that the first whole quarter is the second."""
    bound = Bearer("person", held_for("stage", person=SUBJECT, stage="novice", least=Span(months=1)))
    talks = duty("talk", bound, PerPeriod("quarter"), at_least(1, events("talk_held", person=SUBJECT)))
    found = findings([stage("p", "novice", "2020-03-05")], "2020-09-30", talks)
    assert [(f.period and str(f.period.start), f.status) for f in found] == [
        ("2020-04-01", "not_applicable"),
        ("2020-07-01", "breached"),
    ]


# Deadlines after and before a fact --------------------------------------------------------------------------


def answers(deadline: Deadline) -> Duty:
    """Return the duty to answer what is asked by a deadline."""
    return duty(
        "answer",
        Bearer("unit", is_in(SUBJECT, trigger("to"))),
        Triggered(events("document_filed", document="application"), deadline),
        at_least(
            1,
            events("document_filed", document="answer", author=SUBJECT, about=trigger("id"), window="by_deadline"),
        ),
    )


MONTH: Final = answers(Within(Span(months=1)))


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


NOTICE: Final = duty(
    "notice",
    Bearer("unit", is_in(SUBJECT, trigger("unit"))),
    Triggered(events("meeting_held", meeting="general"), Ahead(Span(days=5))),
    at_least(1, events("document_filed", document="notice", author=SUBJECT, about=trigger("id"), window="by_deadline")),
)


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


# Rolling intervals ------------------------------------------------------------------------------------------

RENEWAL: Final = events("review_completed", person=SUBJECT, review="rating")
ROLLING: Final = duty("rating", Bearer("person", MEMBER), Rolling(Span(months=6)), at_least(1, RENEWAL))


def renewed(*days: str, **more: Any) -> list[Fact]:
    """Return a member since 15 January 2020 with reviews on these days."""
    done = [fact("review_completed", day, person="p", review="rating", outcome="pass", **more) for day in days]
    return [member("p", "c", "2020-01-15"), *done]


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


# Links: bounds per target, duties per pair ------------------------------------------------------------------

CONTACTS: Final = duty(
    "contacts",
    Bearer("person", holds("stage", person=SUBJECT, stage="activist")),
    Standing(),
    between(1, 2, holdings("link", link="contact", target=SUBJECT)),
)


@pytest.mark.parametrize(
    ("holders", "found"),
    [
        ("", ("breached", None)),
        ("x", ("satisfied", None)),
        ("xy", ("satisfied", None)),
        ("xyz", ("breached", "above_maximum")),
    ],
)
def test_bounds_per_target(holders: str, found: tuple[str, str | None]) -> None:
    """Each activist has one contact or two: none is too few, three are too many, whoever holds the links."""
    told = [stage("p", "activist", "2020-02-01"), *(link("contact", who, "p", "2020-02-02") for who in holders)]
    assert status(told, "2020-02-02", CONTACTS) == found


def test_bounds_per_target_day_by_day() -> None:
    """A link counts from its first day, and one of an unknown day leaves the bound undecided."""
    told = [stage("p", "activist", "2020-02-01"), link("contact", "x", "p", "2020-02-10")]
    assert finding(told, "2020-02-09", CONTACTS).status == "breached"
    assert finding(told, "2020-02-10", CONTACTS).status == "satisfied"
    unsure = [stage("p", "activist", "2020-02-01"), link("contact", "x", "p", "2020-02")]
    assert needed(finding(unsure, "2020-02-10", CONTACTS)) == ("unknown", ("full_date",))


PAIRS: Final = duty(
    "pairs",
    Bearer("person", MEMBER, each=holdings("link", link="contact", holder=SUBJECT)),
    PerPeriod("half_year"),
    at_least(1, events("talk_held", person=trigger("target"), by=SUBJECT)),
)


def test_a_duty_for_each_pair() -> None:
    """There is one finding for each link, and a talk with one target does nothing for the other."""
    links = [link("contact", "x", who, "2020-01-01", id=f"x-{who}") for who in ("p", "q")]
    told = [member("x", "c"), *links, fact("talk_held", "2020-06-30", person="p", talk="talk", by="x")]
    found = {each.occasion: each for each in findings(told, "2020-06-30", PAIRS)}
    assert {name: each.status for name, each in found.items()} == {"x-p": "satisfied", "x-q": "breached"}
    assert {each.subject for each in found.values()} == {"x"}
    assert "with regard to q" in found["x-q"].message.en
    assert "对 q" in found["x-q"].message.zh


def test_a_pair_for_part_of_a_period() -> None:
    """A link that holds for part of a period only is not held to it, nor is one that has ended."""
    told = [member("x", "c"), link("contact", "x", "p", "2020-01-02", id="l")]
    assert status(told, "2020-06-30", PAIRS) == ("not_applicable", "partial_period")
    ended = [*told, fact("link_ended", "2020-07-01", link="contact", holder="x", target="p")]
    assert [each.period and each.period.start for each in findings(ended, "2020-12-31", PAIRS)] == [date(2020, 1, 1)]


def test_a_rolling_duty_for_each_pair() -> None:
    """Each link has a clock of its own, from the day on which it began."""
    rolling = evolve(PAIRS, per=Rolling(Span(months=1)))
    told = [
        member("x", "c"),
        link("contact", "x", "p", "2020-03-05", id="one"),
        link("contact", "x", "q", "2020-03-20", id="two"),
    ]
    found = {each.occasion: each.due for each in findings(told, "2020-03-25", rolling)}
    assert found == {"one": date(2020, 4, 5), "two": date(2020, 4, 20)}


def test_a_pair_where_a_fact_decides() -> None:
    """A duty that a fact occasions is not had for each holding besides: the fact names its pair."""
    with pytest.raises(PackError, match=r"field `bearer.each`: found a duty per Occasion; allowed: PerPeriod"):
        evolve(PAIRS, per=Occasion(events("meeting_held")))


# A vote -----------------------------------------------------------------------------------------------------

VOTED: Final = at_least(
    1,
    events(
        "vote_taken", person=SUBJECT, where=Share("present", "entitled") & Share("in_favour", "entitled"), window="ever"
    ),
)


@pytest.mark.parametrize(
    ("numbers", "truth", "needs"),
    [
        ((15, 8, 8), TRUE, ()),
        ((14, 8, 7), FALSE, ()),
        ((14, 7, 7), FALSE, ()),
        ((14, 14, 8), TRUE, ()),
        ((15, 14, 7), FALSE, ()),
        ((0, 0, 0), FALSE, ()),
        ((15, 8, None), UNKNOWN, ("in_favour",)),
        ((None, 8, 8), UNKNOWN, ("entitled",)),
        ((14, 7, None), FALSE, ()),
        ((None, None, None), UNKNOWN, ("entitled", "in_favour", "present")),
    ],
)
def test_more_than_half(numbers: tuple[int | None, ...], truth: Truth, needs: tuple[str, ...]) -> None:
    """More than half of those entitled are present and in favour: half is not more, and a number may be missing."""
    found = verdict(VOTED, "2020-06-01", vote(*numbers))
    assert (found.truth, tuple(sorted(found.needs))) == (truth, needs)


def test_other_shares() -> None:
    """Two thirds, and at least two thirds, are exact: ten of fifteen are at least two thirds and not more."""
    more, enough = (Share("present", "entitled", above=(2, 3), or_equal=just) for just in (False, True))
    assert verdict(more, "2020-06-01", item=vote(15, 10, None)).truth == FALSE
    assert verdict(enough, "2020-06-01", item=vote(15, 10, None)).truth == TRUE


@pytest.mark.parametrize("above", [(1, 0), (3, 2), (-1, 2)])
def test_no_share(above: tuple[int, int]) -> None:
    """What is no share of a whole is refused."""
    with pytest.raises(PackError, match="share of `entitled`"):
        Share("present", "entitled", above=above)


# Evidence that expires, or counts only since a day ----------------------------------------------------------


def course(where: Condition) -> Condition:
    """Return that a course was completed of which something is true."""
    return at_least(1, events("training_completed", person=SUBJECT, where=where, window="ever"))


@pytest.mark.parametrize(
    ("on", "day", "truth"),
    [
        ("2020-02-29", "2022-02-28", TRUE),
        ("2020-02-29", "2022-03-01", FALSE),
        ("2020-03-10", "2022-03-10", TRUE),
        ("2020-03-10", "2022-03-11", FALSE),
        ("2020-03", "2022-03-01", TRUE),
        ("2020-03", "2022-03-02", UNKNOWN),
        ("2020-03", "2022-03-31", UNKNOWN),
        ("2020-03", "2022-04-01", FALSE),
    ],
)
def test_evidence_that_expires(on: str, day: str, truth: Truth) -> None:
    """A course counts for two years, the anniversary included."""
    assert verdict(course(Recent(Span(years=2))), day, training("p", "arbiter", on)).truth == truth


@pytest.mark.parametrize(
    ("on", "truth"), [("2020-02-29", FALSE), ("2020-03-01", TRUE), ("2020-03", TRUE), ("2020-02", FALSE)]
)
def test_evidence_since_a_day(on: str, truth: Truth) -> None:
    """A course counts only if it was completed on the day or later."""
    assert verdict(course(Since(date(2020, 3, 1))), "2021-01-01", training("p", "arbiter", on)).truth == truth


def test_evidence_since_a_day_inside_a_month() -> None:
    """A course of March is undecided against 10 March."""
    found = verdict(course(Since(date(2020, 3, 10))), "2021-01-01", training("p", "arbiter", "2020-03"))
    assert (found.truth, found.needs) == (UNKNOWN, frozenset({"full_date"}))


# Whom a duty binds, by what is recorded ---------------------------------------------------------------------


def bound_by(scope: Condition) -> Duty:
    """Return a monthly duty that binds whom the scope says."""
    return duty(
        "talk", Bearer("person", MEMBER & scope), PerPeriod("month"), at_least(1, events("talk_held", person=SUBJECT))
    )


def months(facts: Iterable[Fact], as_of: str, scope: Condition) -> list[tuple[int, str]]:
    """Return the months of 2020 for which there is a finding, with its status."""
    found = findings([member("p", "c"), *facts], as_of, bound_by(scope))
    return [(each.period.start.month, each.status) for each in found if each.period is not None]


APPLIED: Final = at_least(1, events("document_filed", document="application", author=SUBJECT, window="ever"))


def test_bound_from_an_event_on() -> None:
    """A duty of those who applied binds from the day of the application, not before it."""
    told = [filed("application", "p", "2020-03-10")]
    assert months(told, "2020-05-31", APPLIED) == [(3, "not_applicable"), (4, "breached"), (5, "breached")]
    assert months(told, "2020-03-09", APPLIED) == []


def test_bound_from_an_unknown_day_on() -> None:
    """Whether a duty bound in the month of the application is undecided where its day is not known."""
    assert months([filed("application", "p", "2020-03")], "2020-04-30", APPLIED) == [(3, "unknown"), (4, "breached")]


def test_bound_while_evidence_lasts() -> None:
    """A duty of those who trained within a month binds until the training has expired."""
    trained = course(Recent(Span(months=1)))
    told = [training("p", "course", "2020-02-29"), training("p", "course", "2020-03-25")]
    assert months(told, "2020-06-30", trained) == [(2, "not_applicable"), (3, "breached"), (4, "not_applicable")]


def test_bound_while_something_is_held() -> None:
    """A duty of those with two links binds on the days on which they have two."""
    scope = at_least(2, holdings("link", link="contact", holder=SUBJECT))
    told = [
        link("contact", "p", "x", "2020-01-01"),
        link("contact", "p", "y", "2020-03-01"),
        fact("link_ended", "2020-05-01", link="contact", holder="p", target="x"),
    ]
    assert months(told, "2020-06-30", scope) == [(3, "breached"), (4, "breached")]


def test_bound_by_the_latest() -> None:
    """A duty of those whose latest review failed binds from that review to the next that is passed."""
    scope = latest(events("review_completed", person=SUBJECT, window="ever"), "outcome", "fail", adverse=("fail",))
    told = [
        fact("review_completed", day, person="p", review="conduct", outcome=outcome)
        for day, outcome in (("2020-02-01", "fail"), ("2020-03-01", "pass"), ("2020-05-01", "fail"))
    ]
    assert months(told, "2020-05-31", scope) == [(2, "breached"), (5, "breached")]


# Rules that read the findings of others ---------------------------------------------------------------------

EVENING: Final = duty(
    "evening",
    Bearer("person", holds("membership", person=SUBJECT, unit=trigger("unit"))),
    Occasion(events("meeting_held", meeting="evening")),
    partyrules.expressions.Attends(),
)
TALK: Final = duty(
    "talk",
    Bearer("person", MEMBER & at_least(3, count_findings("evening"))),
    Standing(),
    at_least(1, events("talk_held", person=SUBJECT, window="ever")),
)


def evenings(*lists: tuple[str, ...] | None) -> list[Fact]:
    """Return a member and a club evening a month with these attendance lists."""
    held = [meeting("evening", "c", f"2020-0{n}-05", attended=who) for n, who in enumerate(lists, start=1)]
    return [member("p", "c", DAY_ZERO), *THE_CLUB, *held]


def test_the_third_absence() -> None:
    """Two absences ask for nothing; the third asks for a talk with that member alone."""
    assert findings(evenings((), ()), "2020-12-31", EVENING, TALK) == ()
    assert findings(evenings((), (), ("p",)), "2020-12-31", EVENING, TALK) == ()
    assert findings(evenings((), (), ()), "2020-03-04", EVENING, TALK) == ()
    (found,) = findings(evenings((), (), ()), "2020-03-05", EVENING, TALK)
    assert (found.subject, found.status) == ("p", "breached")
    held = fact("talk_held", "2020-03-06", person="p", talk="talk")
    assert finding([*evenings((), (), ()), held], "2020-03-06", EVENING, TALK).status == "satisfied"


def test_an_absence_that_nobody_recorded() -> None:
    """Where a third absence hangs on a list that nobody kept, so does the talk; what is excused is no absence."""
    assert needed(finding(evenings((), (), None), "2020-12-31", EVENING, TALK)) == ("unknown", ("attendance",))
    excused = meeting("evening", "c", "2020-03-05", attended=(), excused=("p",))
    assert findings([*evenings((), ()), excused], "2020-12-31", EVENING, TALK) == ()


def test_statuses_that_count() -> None:
    """Findings count by the statuses that are named, an unknown one among them if it is."""
    excused = [meeting("evening", "c", f"2020-0{n}-05", attended=(), excused=("p",)) for n in (1, 2, 3)]
    lax = evolve(
        TALK, bearer=Bearer("person", at_least(3, count_findings("evening", statuses=("breached", "excused"))))
    )
    assert finding([*evenings(), *excused], "2020-12-31", EVENING, lax).status == "breached"
    unsure = evolve(
        TALK, bearer=Bearer("person", MEMBER & at_least(3, count_findings("evening", statuses=("unknown",))))
    )
    assert finding(evenings(None, None, None), "2020-12-31", EVENING, unsure).status == "breached"
    assert findings(evenings(None, None, ("p",)), "2020-12-31", EVENING, unsure) == ()


def few(window: Any) -> Duty:
    """Return the duty to be absent at most once a quarter, or ever."""
    return duty(
        "few", Bearer("person", MEMBER), PerPeriod("quarter"), at_most(1, count_findings("evening", window=window))
    )


def test_findings_of_a_period() -> None:
    """With the window of a period only the absences of that period count."""
    told = evenings((), ("p",), (), (), ("p",), ("p",))
    found = findings(told, "2020-06-30", EVENING, few("period"))
    assert [(each.actual, each.status) for each in found] == [(2, "breached"), (1, "satisfied")]
    ever = findings(told, "2020-06-30", EVENING, few("ever"))
    assert [(each.actual, each.status) for each in ever] == [(3, "breached"), (3, "breached")]


def test_findings_on_both_sides_of_an_edge() -> None:
    """An absence in a month that lies in two periods may be in either."""
    from_middle = [
        fact("term_declared", first, term=name, kind="semester", until=last, academic_year="2020")
        for name, first, last in (("a", "2020-01-01", "2020-03-15"), ("b", "2020-03-16", "2020-12-31"))
    ]
    once = evolve(
        few("period"), per=PerPeriod("semester"), requires=at_most(0, count_findings("evening", window="period"))
    )
    told = [*from_middle, *evenings(), meeting("evening", "c", "2020-03", attended=())]
    found = findings(told, "2020-12-31", EVENING, once)
    assert [needed(each) for each in found] == [("unknown", ("full_date",))] * 2


def test_two_breaches_ask_for_a_review() -> None:
    """Findings of period duties are read as well, of several rules together."""
    review = duty(
        "review",
        Bearer("person", MEMBER & at_least(2, count_findings("evening", "games"))),
        Standing(),
        at_least(1, events("review_completed", person=SUBJECT, window="ever")),
    )
    games = duty(
        "games", Bearer("person", MEMBER), PerPeriod("month"), at_least(1, events("activity_held", attended=SUBJECT))
    )
    played = activity("game", "c", "2020-02-10", attended=("p",))
    told = [*evenings(("p",), ()), played]
    assert findings(told, "2020-01-30", EVENING, games, review) == ()
    assert finding(told, "2020-02-29", EVENING, games, review).evidence == ()
    assert finding(told, "2020-02-29", EVENING, games, review).status == "breached"


def test_rules_that_read_each_other() -> None:
    """Rules that read each other in a circle, or themselves, are refused by name."""
    one, two = (evolve(TALK, id=name, clause=name) for name in ("one", "two"))
    scopes = {
        "one": Bearer("person", at_least(1, count_findings("two"))),
        "two": Bearer("person", at_least(1, count_findings("one"))),
    }
    with pytest.raises(PackError, match="read each other's findings in a circle: one, two"):
        pack_of(evolve(one, bearer=scopes["one"]), evolve(two, bearer=scopes["two"]))
    with pytest.raises(PackError, match="in a circle: two"):
        pack_of(evolve(two, bearer=scopes["one"]))


def test_rules_that_read_what_is_not_there() -> None:
    """A rule that reads a duty which the pack does not have is refused with the nearest name."""
    with pytest.raises(PackError, match="did you mean `evening`"):
        pack_of(EVENING, evolve(TALK, bearer=Bearer("person", at_least(1, count_findings("evenings")))))


def test_scopes_of_a_period_that_read_findings() -> None:
    """Only a standing duty may bind by the findings of others, since they are those of the day asked."""
    with pytest.raises(PackError, match="only a standing duty may bind by other duties' findings"):
        pack_of(
            EVENING, evolve(TALK, per=PerPeriod("month"), requires=at_least(1, events("talk_held", person=SUBJECT)))
        )


# What explanations say --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "zh", "en"),
    [
        (
            held_for("stage", person=SUBJECT, least=Span(years=1), most=Span(years=3)),
            "在 2020",
            "for at least 1 year, for at most 3 years",
        ),
        (prolonged(2), "可延长6个月，至多2次", "extended by 6 months, at most 2 time(s)"),
        (Recent(Span(years=1, days=-15)), "1年减15天以内", "within 1 year less 15 days before 2020-06-01"),
        (Since(date(2020, 3, 1)), "2020-03-01 当日或之后", "on or after 2020-03-01"),
        (Share("present", "entitled"), "超过 1/2", "present 8 / entitled ? is more than 1/2"),
        (Share("present", "entitled", or_equal=True), "不少于 1/2", "is at least 1/2"),
    ],
)
def test_words_of_a_condition(condition: Condition, zh: str, en: str) -> None:
    """A derivation says in both languages what a condition asks."""
    on = date(2020, 6, 1)
    world = World(history_of([stage("p", "novice", "2020-03-01")], as_of=on), ())
    label = derived(world, condition, Frame(day=on, subject="p", item=vote(None, 8, 8))).label
    assert zh.replace("在 2020", "2020") in label.zh
    assert en in label.en


def test_words_of_findings_read() -> None:
    """The explanation of a rule that reads findings names the rule that it reads and how many it found."""
    told = evenings((), (), ())
    (found,) = explain(asked(told, "2020-03-05", EVENING, TALK), rule="v:talk", subject="p", facts=told)
    text = str(found.to_wire())
    assert "findings of v:evening (breached): found 3, asked for ≥ 3" in text
    assert "v:evening (breached) 的结论实有 3 项" in text


def test_explanations_of_intervals_and_pairs() -> None:
    """A finding on an interval, and one on a pair, are explained with the days on which the duty binds."""
    told = renewed("2020-03-10")
    for found in explain(asked(told, "2020-06-01", ROLLING), rule="v:rating", subject="p", facts=told):
        assert "Days on which it binds" in str(found.to_wire())
    pair = [member("x", "c"), link("contact", "x", "q", "2020-01-01", id="l")]
    (one,) = explain(asked(pair, "2020-06-30", PAIRS), rule="v:pairs", subject="x", facts=pair)
    assert "with regard to q" in one.tree.label.en


# The reference ----------------------------------------------------------------------------------------------

REFERENCE: Final = Path(__file__).parents[1] / "docs" / "reference" / "vocabulary.md"


@pytest.mark.parametrize("module", [partyrules.expressions, partyrules.rules])
def test_the_reference_names_everything(module: Any) -> None:
    """Every public name of the language stands in its reference."""
    told = REFERENCE.read_text(encoding="utf-8")
    missing = [name for name in module.__all__ if f"`{name}`" not in told and f"`{name}(" not in told]
    assert missing == []


def test_the_reference_names_every_field() -> None:
    """Every field of every construct stands in the reference, so that a new one is written about."""
    told = REFERENCE.read_text(encoding="utf-8")
    nodes = [
        getattr(module, name)
        for module in (partyrules.expressions, partyrules.rules)
        for name in module.__all__
        if isinstance(getattr(module, name), type)
        and attrs.has(getattr(module, name))
        and name not in ("Duty", "Requirement", "Veto", "Stage", "Step", "Lift")
    ]
    missing = [
        f"{node.__name__}.{attribute.name}"
        for node in nodes
        for attribute in attrs.fields(node)
        if f"`{attribute.name}`" not in told and f"{attribute.name}=" not in told
    ]
    assert missing == []


# The laws ---------------------------------------------------------------------------------------------------

TestLaws = pack_laws(pack_of(REPORTS, MONTH, NOTICE, CONTACTS, PAIRS, EVENING, TALK, few("period")), examples=5)
