"""What the words of a clause give: numbers, periods, lengths of time and dates, in Chinese and in English."""

import pytest
from attrs import evolve

from partyrules.analysis.wording import said_in
from partyrules.packs.document import Text
from partyrules.time.calendar import Span


@pytest.mark.parametrize(
    ("zh", "en", "numbers"),
    [
        ("三十二学时", "32 class hours", {32}),
        ("二十四小时", "twenty-four hours", {24}),
        ("两次", "twice", {2}),
        ("１２０天", "120 days", {120}),
        ("三分之二", "two thirds", {2, 3}),
        ("一百零五", "105", {105}),
        ("没有", "none", set()),
    ],
)
def test_numbers_are_read_in_both_languages(zh: str, en: str, numbers: set[int]) -> None:
    """Figures and the words of both languages give the same numbers."""
    assert said_in([Text(zh=zh, en=en)]).numbers == numbers


@pytest.mark.parametrize(
    ("zh", "en", "dates", "in_both"),
    [
        ("自2020年3月1日起", "from 1 March 2020 on", {(2020, 3, 1)}, {(2020, 3, 1)}),
        ("2020年3月", "March 2020", {(2020, 3)}, {(2020, 3)}),
        ("2020年大纲", "the syllabus of 2020-03-01", {(2020,), (2020, 3, 1)}, set()),
        ("2020.10.12", "October 12th, 2020", {(2020, 10, 12)}, {(2020, 10, 12)}),
        ("2020年度计划", "the plan of a year", set(), set()),
        ("2020年2月30日", "2020-02-30", {(2020, 2)}, set()),
    ],
)
def test_dates_are_no_numbers_or_spans(
    zh: str, en: str, dates: set[tuple[int, ...]], in_both: set[tuple[int, ...]]
) -> None:
    """Dates are read in the usual forms of both languages, and a day that no calendar has is none."""
    said = said_in([Text(zh=zh, en=en)])
    assert (set(said.dates), set(said.dates_in_both)) == (dates, in_both)


def test_a_date_gives_no_number_and_no_period() -> None:
    """The numbers of a date are no numbers of the text, its units no periods, and its hyphens no range."""
    said = said_in([Text(zh="自2020年10月12日起", en="from 2020-10-12")])
    assert said == evolve(said_in([Text(zh="自起", en="from")]), dates=said.dates, dates_in_both=said.dates_in_both)


@pytest.mark.parametrize(
    ("zh", "en", "shorter"),
    [
        ("自处分之日起两年", "two years", True),
        ("两年", "two years from the day of the decision", True),
        ("两年，含当日", "two years", True),
        ("两年", "two years, that day included", True),
        ("两年", "two years", False),
        ("自2020年3月1日起两年", "two years", False),
    ],
)
def test_a_length_that_is_counted_inclusively(zh: str, en: str, shorter: bool) -> None:  # noqa: FBT001 - a case
    """Where the day from which a length counts itself counts, its last day comes a day sooner, and no sooner."""
    said = said_in([Text(zh=zh, en=en)])
    assert said.gives_span(Span(years=2))
    assert said.gives_span(Span(years=2, days=-1)) == shorter
    assert not said.gives_span(Span(years=2, days=-2))


@pytest.mark.parametrize(
    ("zh", "en", "working", "days"),
    [
        ("10个工作日", "10 working days", {10}, set()),
        ("10 个工作日", "ten business days", {10}, set()),
        ("十天", "10 days", set(), {(0, 10)}),
        ("五个工作日或7天", "5 working days or 7 days", {5}, {(0, 7)}),
    ],
)
def test_working_days_are_no_days(zh: str, en: str, working: set[int], days: set[tuple[int, int]]) -> None:
    """Working days and days are read apart."""
    said = said_in([Text(zh=zh, en=en)])
    assert (set(said.working_days), set(said.spans)) == (working, days)


@pytest.mark.parametrize(
    ("zh", "en", "grains"),
    [
        ("每半年", "each half-year", {"half_year"}),
        ("按学年", "by academic year", {"academic_year"}),
        ("按学期", "each semester", {"semester"}),
        ("年度", "yearly", {"year"}),
        ("按季", "each quarter", {"quarter"}),
        ("寒假、暑假", "each vacation", {"vacation"}),
    ],
)
def test_periods_are_read_by_their_longest_word(zh: str, en: str, grains: set[str]) -> None:
    """半年 is no year, and an academic year no calendar year."""
    assert said_in([Text(zh=zh, en=en)]).grains == grains
