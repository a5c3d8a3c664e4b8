"""Facts about the record itself: entries made in error, corrected, and a correction taken back."""

from datetime import date

from partyrules.demo.book import Book
from partyrules.demo.cast import Cast, entered, is_here, members
from partyrules.demo.tables import BRANCHES


def record_corrections(book: Book, cast: Cast) -> None:
    """Record a doubled meeting, a wrong person, a mistyped number, a wrong day and a withdrawn correction."""
    _doubled_meeting(book, cast)
    _wrong_person(book, cast)
    _mistyped_hours(book, cast)
    _withdrawn_correction(book, cast)
    _stage_that_ended(book, cast)


def _doubled_meeting(book: Book, cast: Cast) -> None:
    day = date(2018, 5, 17)
    attended = members(cast, day, unit=BRANCHES[0])
    entry = book.record(
        "meeting_held",
        day,
        meeting="branch_assembly",
        unit=BRANCHES[0],
        attended=attended,
        recorded=date(2018, 5, 18),
    )
    _retract(book, entry, date(2018, 6, 4), "synthetic: entered for the wrong branch")


def _wrong_person(book: Book, cast: Cast) -> None:
    day = date(2019, 5, 6)
    residents = members(cast, day, building="dorm-3")
    for person in residents[-1:]:
        keys = {"person": person, "by": "p9033"}
        entry = book.record("dorm_evaluated", day, rating="poor", recorded=date(2019, 5, 8), **keys)
        _retract(book, entry, date(2019, 6, 12), "synthetic: meant for somebody else")
        book.record("dorm_evaluated", day, rating="good", recorded=date(2019, 6, 12), **keys)


def _mistyped_hours(book: Book, cast: Cast) -> None:
    day = date(2018, 9, 15)
    for person in members(cast, day)[-1:]:
        keys = {"person": person, "course": "member_training", "organiser": "party-school"}
        entry = book.record("training_completed", day, hours=80, recorded=date(2018, 9, 17), **keys)
        _retract(book, entry, date(2018, 11, 5), "synthetic: 8 hours mistyped as 80")
        book.record("training_completed", day, hours=8, recorded=date(2018, 11, 5), **keys)


def _withdrawn_correction(book: Book, cast: Cast) -> None:
    """Record a film evening that was retracted, and then found to have taken place after all."""
    day = date(2019, 4, 24)
    attended = members(cast, day, unit=BRANCHES[6])
    entry = book.record(
        "activity_held",
        day,
        activity="educational_film",
        unit=BRANCHES[6],
        attended=attended,
        recorded=date(2019, 4, 25),
    )
    correction = _retract(book, entry, date(2019, 5, 13), "synthetic: thought to be cancelled")
    _retract(book, correction, date(2019, 6, 3), "synthetic: it was held")


def _stage_that_ended(book: Book, cast: Cast) -> None:
    """Record an activist who gave up, first entered under the wrong day."""
    wrong, right = date(2019, 5, 10), date(2019, 4, 10)
    quitters = [
        s.id
        for s in cast.students
        if (entered(s, "activist") or right) < date(2018, 10, 1)
        and len(s.stages) == 2  # noqa: PLR2004 - applicant, activist and nothing after
        and is_here(s, wrong)
    ]
    for person in quitters[:1]:
        entry = book.record("stage_entered", wrong, person=person, stage="none", recorded=wrong)
        _retract(book, entry, date(2019, 5, 14), "synthetic: a month too late")
        book.record("stage_entered", right, person=person, stage="none", recorded=date(2019, 5, 14))


def _retract(book: Book, target: str, day: date, reason: str) -> str:
    return book.record("fact_retracted", day, target=target, reason=reason, recorded=day, after=target)
