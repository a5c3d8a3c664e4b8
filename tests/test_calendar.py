"""Civil dates, periods and declared terms."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyrules.time.calendar import (
    CALENDAR_GRAINS,
    CivilDate,
    Grain,
    Period,
    Span,
    Term,
    TermCalendar,
    add_days,
    add_months,
    add_span,
    day_in,
    last_within,
    parse_civil_date,
    parse_date,
    period_of,
    previous_period,
    time_in,
)

days = st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31))
grains = st.sampled_from(CALENDAR_GRAINS)


def day(text: str) -> date:
    """Return the day."""
    return date.fromisoformat(text)


def term(first: str, last: str, kind: str = "semester", year: str | None = None, name: str = "t") -> Term:
    """Return a declared term."""
    return Term(day(first), day(last), kind, name, year)


# Dates ------------------------------------------------------------------------------------------------------


@given(days)
def test_full_date_reads_back(one: date) -> None:
    """A day reads back as itself and is exact."""
    found = parse_civil_date(one.isoformat())
    assert (found.first, found.last, found.exact, str(found)) == (one, one, True, one.isoformat())


@given(days)
def test_month_reads_back(one: date) -> None:
    """A month reads back as a month, from its first day to its last, and is not its first day."""
    text = one.isoformat()[:7]
    found = parse_civil_date(text)
    assert str(found) == text
    assert not found.exact
    assert found != CivilDate(found.first, found.first)
    assert found.first == one.replace(day=1)
    assert (found.last + timedelta(1)).day == 1
    assert one in found.days()
    assert len(found.days()) == found.last.day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2018",
        "2018-13",
        "2018-00",
        "2018-02-30",
        "2019-02-29",
        "2018-2-03",
        "2018/02/03",
        "20180203",
        "2018-W05-1",
        "2018-034",
        "2018-02-03T00:00",
        " 2018-02-03",
        "2018-02-3 ",
        "0000-01-01",
        "２０１８-02-03",
        "2018-02-0３",
        "+018-02-03",
    ],
)
def test_what_is_no_date(text: str) -> None:
    """Whatever is not a day or month of the calendar in these very forms is refused with an example."""
    with pytest.raises(ValueError, match="2018-03"):
        parse_civil_date(text)


@pytest.mark.parametrize("text", ["2018-02", "2018-02-30", "20180203", ""])
def test_what_is_no_full_date(text: str) -> None:
    """Where a full date is due, a month is refused."""
    with pytest.raises(ValueError, match="YYYY-MM-DD"):
        parse_date(text)


@given(st.text(max_size=12))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    """Any text is either a civil date that reads back the same or refused with ValueError."""
    try:
        found = parse_civil_date(text)
    except ValueError:
        return
    assert str(found) == text


@given(st.lists(days, min_size=2, max_size=6))
def test_dates_are_ordered(several: list[date]) -> None:
    """Civil dates sort by day, and a month sorts after its first day."""
    dates = [CivilDate(one, one) for one in several]
    assert [found.first for found in sorted(dates)] == sorted(several)
    month = parse_civil_date(several[0].isoformat()[:7])
    assert CivilDate(month.first, month.first) < month


# Arithmetic -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2018-01-31", 1, "2018-02-28"),
        ("2020-01-31", 1, "2020-02-29"),
        ("2020-02-29", 12, "2021-02-28"),
        ("2018-03-31", 6, "2018-09-30"),
        ("2018-12-31", 2, "2019-02-28"),
        ("2018-05-15", -3, "2018-02-15"),
    ],
)
def test_months_later(start: str, months: int, end: str) -> None:
    """Months are added by the calendar, a day that the month lacks becoming its last."""
    assert add_months(day(start), months) == day(end)


@given(days, st.integers(-500, 500))
def test_days_later(one: date, number: int) -> None:
    """Days added and taken away again lead back."""
    assert add_days(add_days(one, number), -number) == one


# Periods ----------------------------------------------------------------------------------------------------


@given(grains, days)
def test_periods_partition_the_calendar(grain: Grain, one: date) -> None:
    """Every day lies in exactly one period of a grain, and periods follow without a gap."""
    period = period_of(grain, one)
    assert one in period
    assert period.grain == grain
    before, after = previous_period(period), period_of(grain, add_days(period.end, 1))
    assert before.end + timedelta(1) == period.start
    assert after.start == period.end + timedelta(1)
    assert period_of(grain, period.start) == period_of(grain, period.end) == period
    assert period.start.day == 1


@pytest.mark.parametrize(
    ("grain", "start", "end"),
    [
        ("month", "2018-05-01", "2018-05-31"),
        ("quarter", "2018-04-01", "2018-06-30"),
        ("half_year", "2018-01-01", "2018-06-30"),
        ("year", "2018-01-01", "2018-12-31"),
    ],
)
def test_period_of_a_day(grain: Grain, start: str, end: str) -> None:
    """The fifteenth of May 2018 lies in these periods, first and last day inclusive."""
    assert period_of(grain, day("2018-05-15")) == Period(day(start), day(end), grain)


def test_the_last_periods_of_all() -> None:
    """The last year of the calendar ends with its last day."""
    for grain in CALENDAR_GRAINS:
        assert period_of(grain, date.max).end == date.max
    assert TermCalendar().periods("month", day("9999-11-05"), date.max) == (
        Period(day("9999-11-01"), day("9999-11-30"), "month"),
        Period(day("9999-12-01"), date.max, "month"),
    )


@given(grains, days, st.integers(0, 900))
def test_periods_between_two_days(grain: Grain, first: date, length: int) -> None:
    """The periods that share a day with a stretch are those of its days, each once, in order."""
    last = add_days(first, length)
    each = dict.fromkeys(period_of(grain, add_days(first, n)) for n in range(length + 1))
    assert TermCalendar().periods(grain, first, last) == tuple(each)


# Declared terms ---------------------------------------------------------------------------------------------

AUTUMN = term("2017-09-01", "2018-01-14", year="17-18", name="a")
WINTER = term("2018-01-15", "2018-02-23", "winter_vacation", year="17-18", name="w")
SPRING = term("2018-02-26", "2018-07-08", year="17-18", name="s")
SUMMER = term("2018-07-09", "2018-08-31", "summer_vacation", year="17-18", name="v")
NEXT = term("2018-09-03", "2019-01-20", year="18-19", name="n")
EVERY = TermCalendar((NEXT, SUMMER, AUTUMN, SPRING, WINTER))


def test_terms_in_order() -> None:
    """Terms are kept in order, whatever the order of declaration."""
    assert [one.id for one in EVERY.terms] == ["a", "w", "s", "v", "n"]
    assert EVERY.span == (day("2017-09-01"), day("2019-01-20"))


def test_span() -> None:
    """The span is from the first declared day to the last, gaps included; without terms nothing is known."""
    for text, covered in (
        ("2017-08-31", False),
        ("2017-09-01", True),
        ("2018-02-24", True),
        ("2019-01-20", True),
        ("2019-01-21", False),
    ):
        assert EVERY.covers(day(text)) == covered
    assert not TermCalendar().covers(day("2018-02-24"))
    assert TermCalendar().span is None


def test_semesters_and_vacations() -> None:
    """Semesters and vacations are exactly the declared ones; a day may lie in neither."""
    assert [str(p.start) for p in EVERY.declared("semester")] == ["2017-09-01", "2018-02-26", "2018-09-03"]
    assert [str(p.end) for p in EVERY.declared("vacation")] == ["2018-02-23", "2018-08-31"]
    assert EVERY.term_on(day("2018-02-24")) is None
    assert EVERY.term_on(day("2018-07-09")) == SUMMER
    assert EVERY.term_on(day("2018-07-09"), ("semester",)) is None
    assert EVERY.periods("semester", day("2018-01-15"), day("2018-02-25")) == ()
    assert [p.start for p in EVERY.periods("semester", day("2018-01-14"), day("2018-02-26"))] == [
        AUTUMN.first,
        SPRING.first,
    ]


def test_next_semester() -> None:
    """The next semester is the first that starts after the day, not on it."""
    assert EVERY.next_semester(day("2018-02-25")) == SPRING
    assert EVERY.next_semester(day("2018-02-26")) == NEXT
    assert EVERY.next_semester(day("2018-09-03")) is None


def test_academic_years() -> None:
    """An academic year runs to the eve of the next; the last to the last term that names it."""
    first, last = EVERY.declared("academic_year")
    assert (first.start, first.end) == (day("2017-09-01"), day("2018-09-02"))
    assert (last.start, last.end) == (day("2018-09-03"), day("2019-01-20"))
    alone = TermCalendar((AUTUMN, WINTER, SPRING, SUMMER))
    assert [(p.start, p.end) for p in alone.declared("academic_year")] == [(day("2017-09-01"), day("2018-08-31"))]


def test_academic_years_need_a_semester() -> None:
    """Only semesters that name an academic year make one; a vacation alone does not."""
    unnamed = TermCalendar((term("2017-09-01", "2018-01-14"), SUMMER))
    assert unnamed.declared("academic_year") == ()
    mixed = TermCalendar((term("2017-09-01", "2018-01-14"), NEXT))
    assert [p.start for p in mixed.declared("academic_year")] == [NEXT.first]


@given(st.lists(st.tuples(days, st.integers(1, 200)), max_size=5), days)
def test_term_of_a_day(declared: list[tuple[date, int]], one: date) -> None:
    """A day lies in a term exactly when it is between its first and last day."""
    calendar = TermCalendar(
        Term(first, add_days(first, length), "semester", str(n)) for n, (first, length) in enumerate(declared)
    )
    inside = [found for found in calendar.terms if found.first <= one <= found.last]
    assert calendar.term_on(one) == (inside[0] if inside else None)


# Instants in a zone --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "there", "shown"),
    [
        ("Asia/Shanghai", "2018-03-16", "2018-03-16 01:30 +08:00"),
        ("Europe/Berlin", "2018-03-15", "2018-03-15 18:30 +01:00"),
        ("America/Los_Angeles", "2018-03-15", "2018-03-15 10:30 -07:00"),
    ],
)
def test_a_zone_decides_which_day_it_is(zone: str, there: str, shown: str) -> None:
    """The same instant lies on different days in different zones, and is shown by each one's clock."""
    instant = datetime(2018, 3, 15, 17, 30, tzinfo=UTC)
    assert day_in(zone, instant) == day(there)
    assert time_in(zone, instant) == shown


@given(day=st.dates(date(1990, 1, 1), date(2100, 1, 1)), months=st.integers(0, 30), days=st.integers(0, 40))
def test_the_last_day_within_a_span(day: date, months: int, days: int) -> None:
    """Counted back from it a day is no longer ago than the span, and from the day after it is."""
    last, back = last_within(day, Span(months=months, days=days)), Span(months=-months, days=-days)
    assert add_span(last, back) <= day < add_span(add_days(last, 1), back)


def test_a_year_back_from_29_february() -> None:
    """A year back from 29 February is 28 February, which is still within a year then."""
    assert last_within(date(2019, 2, 28), Span(months=12)) == date(2020, 2, 29)
    assert last_within(date(2019, 2, 27), Span(months=12)) == date(2020, 2, 27)
    assert last_within(date(2019, 1, 31), Span(months=1)) == date(2019, 2, 28)
