"""What held on some day since the entry into a stage; fields that only one of several types has."""

from typing import Any

import pytest

from partyrules.errors import PackError
from partyrules.evaluate.kleene import unknown
from partyrules.facts.vocabulary import Fact
from partyrules.language.kernel import (
    SUBJECT,
    Condition,
    at_least,
    count,
    events,
    holds,
    is_in,
    its,
    latest,
    some_day,
)
from partyrules.language.rules import Bearer, PerPeriod, Standing
from partyrules.time.calendar import parse_civil_date
from tests.language import (
    CLUB,
    DAY_ZERO,
    FALSE,
    MEMBER,
    THE_CLUB,
    TRUE,
    UNKNOWN,
    duty,
    finding,
    findings,
    verdict,
)
from tests.toy import fact, member

ENTRY = "2020-03-10"
LIVED: Condition = some_day(
    holds("residence", person=SUBJECT, where=holds("building", building=its("building"))),
)


def lived(start: str, end: str | None, *, opened: str = DAY_ZERO, closed: str | None = None) -> tuple[Fact, ...]:
    """Return that p lived in a building for some time, and that it was open for some."""
    found = [
        fact("building_opened", opened, building="H"),
        fact("residence_started", start, person="p", building="H", room="1"),
    ]
    if end is not None:
        found.append(fact("residence_ended", end, person="p", building="H", room="1"))
    if closed is not None:
        found.append(fact("building_closed", closed, building="H"))
    return tuple(found)


def since(entry: str, facts: tuple[Fact, ...], day: str = "2020-06-30") -> Any:
    """Return the truth of having lived there since an entry, of which a month may be all that is known."""
    on = parse_civil_date(entry)
    return verdict(LIVED, day, *facts, entry=(on.first, on.last)).truth


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (lived("2020-01-01", None), TRUE),
        (lived("2020-01-01", "2020-03-10"), FALSE),
        (lived("2020-01-01", "2020-03-11"), TRUE),
        (lived("2020-05-01", "2020-05-02"), TRUE),
        (lived("2020-06-30", None), TRUE),
        (lived("2020-07-01", None), FALSE),
        (lived("2020-01-01", "2020-05-01", opened="2020-05-01"), FALSE),
        (lived("2020-01-01", "2020-05-01", opened="2020-04-30"), TRUE),
        (lived("2020-04-01", None, closed="2020-04-01"), FALSE),
        (lived("2020-04-01", None, closed="2020-04-02"), TRUE),
        ((), FALSE),
    ],
    ids=range(11),
)
def test_some_day_since_the_entry(facts: tuple[Fact, ...], expected: Any) -> None:
    """What held together on one day of the stretch, its first and its last among them, suffices; apart it does not."""
    assert since(ENTRY, facts) == expected


def test_where_no_stage_is_held() -> None:
    """Without an entry the stretch begins with the records."""
    assert verdict(LIVED, "2020-06-30", *lived("2020-01-01", "2020-01-02")).truth == TRUE
    assert verdict(LIVED, "2020-06-30", *lived("2020-07-01", None)).truth == FALSE


@pytest.mark.parametrize(
    ("entry", "facts", "expected"),
    [
        ("2020-03", lived("2020-01-01", "2020-03-10"), UNKNOWN),
        ("2020-03", lived("2020-01-01", "2020-03-01"), FALSE),
        ("2020-03", lived("2020-01-01", "2020-04-01"), TRUE),
        (ENTRY, lived("2020-03", "2020-03-31"), UNKNOWN),
        (ENTRY, lived("2020-03", "2020-04-01"), TRUE),
        (ENTRY, lived("2020-01-01", "2020-03"), UNKNOWN),
        (ENTRY, lived("2020-06", None), UNKNOWN),
    ],
)
def test_months_of_a_stretch(entry: str, facts: tuple[Fact, ...], expected: Any) -> None:
    """A missing day leaves open what it decides, and nothing else."""
    day = "2020-06-15" if facts[-1].on.first.month == 6 else "2020-06-30"
    assert since(entry, facts, day) == expected
    if expected == UNKNOWN:
        on = parse_civil_date(entry)
        assert verdict(LIVED, day, *facts, entry=(on.first, on.last)).needs == unknown("full_date").needs


def test_since_entry_needs_a_stage() -> None:
    """Duties know no entry into a stage: a stretch since then is refused there."""
    with pytest.raises(PackError, match=r"some_day.*has no meaning here"):
        duty("home", Bearer("person", MEMBER & LIVED), Standing(), at_least(1, events("talk_held", window="ever")))


FORMS = duty(
    "forms",
    CLUB,
    PerPeriod("month"),
    at_least(
        1,
        events(
            "meeting_held",
            "activity_held",
            unit=SUBJECT,
            where=is_in(its("meeting"), "evening") | is_in(its("activity"), "lecture"),
        ),
    ),
)


def test_field_of_one_type_of_several() -> None:
    """Where several types are selected, a field that only some have may be asked for; in the others it is empty."""
    evening = fact("meeting_held", "2020-05-02", meeting="evening", unit="c")
    lecture = fact("activity_held", "2020-05-03", activity="lecture", unit="c")
    others = (
        fact("meeting_held", "2020-05-04", meeting="lecture", unit="c"),
        fact("activity_held", "2020-05-05", activity="evening", unit="c"),
    )
    found = findings((*THE_CLUB, evening, lecture, *others), "2020-05-31", FORMS)[-1]
    assert (found.actual, found.evidence) == (2, tuple(sorted((evening.id, lecture.id))))
    with pytest.raises(PackError, match="`meeting_held` or `activity_held`: field 'meating' is not known"):
        events_of("meating")


TALKS = events("talk_held", person=SUBJECT)
REPORTS = events("document_filed", document="report", author=SUBJECT)


def test_several_selections_are_counted_together() -> None:
    """Facts of several selections count together; what is asked of one selection is refused of several."""
    done = (
        member("p", "c", DAY_ZERO),
        fact("talk_held", "2020-05-02", person="p", talk="t"),
        fact("document_filed", "2020-05", document="report", author="p"),
    )
    both = duty("both", Bearer("person", MEMBER), PerPeriod("month"), at_least(2, count((TALKS, REPORTS))))
    found = findings((*THE_CLUB, *done), "2020-05-31", both)[-1]
    assert (found.status, found.actual, len(found.evidence)) == ("satisfied", 2, 2)
    early = findings((*THE_CLUB, *done), "2020-05-15", both)[-1]
    assert (early.status, early.actual, early.needs) == ("unknown", 1, ("full_date",))
    with pytest.raises(PackError, match="allowed: with one selection"):
        count((TALKS, REPORTS), distinct="on")


def events_of(name: str) -> None:
    """Build a pack that asks a field of two types."""
    some = events("meeting_held", "activity_held", where=is_in(its(name), "x"), window="ever")
    finding((), "2020-05-31", duty("x", CLUB, Standing(), at_least(1, some)))


def test_latest_of_two_types() -> None:
    """The latest of two types may lack the field that is asked for, and then does not have the value."""
    both = latest(
        events("opinion_given", "dorm_evaluated", person=SUBJECT, window="ever"),
        "verdict",
        "support",
        adverse=("support",),
    )
    support = fact("opinion_given", "2020-05-02", person="p", step="s", by="o", verdict="support")
    for day, expected in (("2020-05-02", TRUE), ("2020-05-03", FALSE)):
        rated = fact("dorm_evaluated", day, person="p", by="i", rating="poor")
        assert verdict(both, "2020-06-30", support, rated).truth == expected


def test_every_record_of_a_kind_is_evidence() -> None:
    """Of different values that are counted each fact is evidence, two of one value as well."""
    filed = [
        fact("document_filed", f"2020-0{n}-01", document=kind, author="c", id=f"d{n}")
        for n, kind in enumerate(("a", "a", "b"), start=1)
    ]
    kinds = duty(
        "kinds",
        CLUB,
        Standing(),
        at_least(2, count(events("document_filed", author=SUBJECT, window="ever"), distinct="document")),
    )
    found = finding((*THE_CLUB, *filed), "2020-05-31", kinds)
    assert (found.actual, found.evidence) == (2, ("d1", "d2", "d3"))
