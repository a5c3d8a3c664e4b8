"""How long something held, votes, evidence that expires: each on hand-computed cases, and in words."""

from datetime import date
from typing import Final

import pytest

from partyrules.errors import PackError
from partyrules.evaluate.conditions import Frame, World
from partyrules.evaluate.derivation import derived
from partyrules.evaluate.kleene import Truth
from partyrules.history import history_of
from partyrules.language.kernel import SUBJECT, Condition, Share, at_least, at_most, events, is_in, its, portion
from partyrules.language.rules import (
    Bearer,
    PerPeriod,
)
from partyrules.language.sugar import Recent, Since, held_for
from partyrules.language.tree import lowered
from partyrules.time.calendar import Span, add_span
from tests.language import (
    FALSE,
    TRUE,
    UNKNOWN,
    course,
    duty,
    findings,
    prolonged,
    verdict,
    vote,
)
from tests.toy import stage, training


@pytest.mark.parametrize("passed", [True, False])
def test_whether_passed_is_open_wherever_it_is_asked(passed: bool) -> None:  # noqa: FBT001 - what the test is about
    """A course of which nobody said whether it was passed is neither passed nor failed, in a match as in `where`."""
    in_match = events("training_completed", person=SUBJECT, passed=passed, window="ever")
    in_where = events("training_completed", person=SUBJECT, where=is_in(its("passed"), passed), window="ever")
    assert in_match == in_where
    (unsaid, said) = (training("p", "c", "2020-02-01", id="t", passed=value) for value in (None, passed))
    for condition in (at_least(1, in_match), at_most(0, in_match)):
        left_open = verdict(condition, "2020-03-01", unsaid)
        assert (left_open.truth, left_open.needs) == (UNKNOWN, frozenset({"passed"}))
        assert verdict(condition, "2020-03-01", said).truth != UNKNOWN


def test_a_match_on_passed_beside_other_conditions() -> None:
    """What else `where` asks is asked still."""
    long = is_in(its("course"), "long")
    both = events("training_completed", passed=True, where=long, window="ever")
    assert verdict(at_least(1, both), "2020-03-01", training("p", "short", "2020-02-01")).truth == FALSE
    assert verdict(at_least(1, both), "2020-03-01", training("p", "long", "2020-02-01")).truth == UNKNOWN
    assert verdict(at_least(1, both), "2020-03-01", training("p", "long", "2020-02-01", passed=True)).truth == TRUE


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
    with pytest.raises(PackError, match=r"share of `entitled`|field `above"):
        Share("present", "entitled", above=above)


# Evidence that expires, or counts only since a day ----------------------------------------------------------


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


# What explanations say --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "zh", "en"),
    [
        (
            held_for("stage", person=SUBJECT, least=Span(years=1), most=Span(years=3)),
            "在 2020",
            "for at least 1 year, for at most 3 years",
        ),
        (prolonged(2), "可延长6个月，至多2次", "extended by 6 months, at most 2 times"),
        (Recent(Span(years=1, days=-15)), "1年减15天以内", "within 1 year less 15 days before 2020-06-01"),
        (Since(date(2020, 3, 1)), "2020-03-01 当日或之后", "on or after 2020-03-01"),
        (Share("present", "entitled"), "超过 1/2", "present 8 / entitled ? is more than 1/2"),
        (Share("present", "entitled", or_equal=True), "不少于 1/2", "is at least 1/2"),
        (
            at_least(portion(1, 2, of=events("stage_entered", window="ever")), events("talk_held", window="ever")),
            "要求 不少于 1",
            "found 0, asked for at least 1",
        ),
    ],
)
def test_words_of_a_condition(condition: Condition, zh: str, en: str) -> None:
    """A derivation says in both languages what a condition asks."""
    on = date(2020, 6, 1)
    world = World(history_of([stage("p", "novice", "2020-03-01")], as_of=on), ())
    label = derived(world, lowered(condition), Frame(day=on, subject="p", item=vote(None, 8, 8))).label
    assert zh.replace("在 2020", "2020") in label.zh
    assert en in label.en
