"""Facts of Party life in the apartments: building groups, thought reports and evaluations of conduct."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from partyrules.demo.book import Book, month_of
from partyrules.demo.cast import (
    Cast,
    Student,
    building_of,
    group_covering,
    holders,
    is_away,
    is_member,
    members,
    stage_on,
)
from partyrules.demo.meetings import months
from partyrules.demo.tables import BUILDING_GROUPS, SEMESTERS, DemoTerm


def record_dorms(book: Book, cast: Cast) -> None:
    """Record what the building groups held, what residents reported, and how they were rated."""
    for building, group in BUILDING_GROUPS.items():
        _record_group_life(book, cast, building, group)
        for term in SEMESTERS:
            _record_appraisal(book, cast, building, group, term)
            _record_performance(book, group, term)
    for first, last in _quarters():
        _record_thought_reports(book, cast, first, last)
    for term in SEMESTERS:
        _record_evaluations(book, cast, term)


# Building groups (楼宇党小组) ----------------------------------------------------------------------------

_NO_GROUP_LIFE: Final = (
    ("building-group-3", date(2018, 2, 1)),
    ("building-group-3", date(2018, 8, 1)),
    ("building-group-3", date(2019, 2, 1)),
    ("building-group-5", date(2019, 3, 1)),
)
_NO_APPRAISAL: Final = (("building-group-2", "2018-autumn"),)
_APPRAISAL_TO_COME: Final = "building-group-5"


def _record_group_life(book: Book, cast: Cast, building: str, group: str) -> None:
    for month in months():
        if (group, month) not in _NO_GROUP_LIFE:
            day = book.day(month.replace(day=2), month.replace(day=27))
            _meet(book, cast, "organisational_life", building, day)


def _record_appraisal(book: Book, cast: Cast, building: str, group: str, term: DemoTerm) -> None:
    if (group, term.term) in _NO_APPRAISAL:
        return
    day = book.day(term.first + timedelta(days=70), term.first + timedelta(days=115))
    if group == _APPRAISAL_TO_COME and term is SEMESTERS[-1]:
        day = term.last - timedelta(days=2)
    _meet(book, cast, "democratic_appraisal", building, day)


def _meet(book: Book, cast: Cast, kind: str, building: str, day: date) -> None:
    group = group_covering(building, day)
    if group:
        attended, excused = book.turnout(members(cast, day, building=building))
        book.record("meeting_held", day, meeting=kind, unit=group, attended=attended, excused=excused)


def _record_performance(book: Book, group: str, term: DemoTerm) -> None:
    day = term.last - timedelta(days=25)
    if day < _dissolved_or_later(group):
        book.record(
            "document_filed",
            day,
            document="performance_report",
            author=group,
            to="college-1",
            about="residents",
        )


def _dissolved_or_later(group: str) -> date:
    building = next(building for building, name in BUILDING_GROUPS.items() if name == group)
    return next((month for month in months() if group_covering(building, month) is None), date.max)


# Thought reports (思想汇报) ------------------------------------------------------------------------------


def _quarters() -> Iterator[tuple[date, date]]:
    """Yield first and last day of each whole quarter that the books cover."""
    starts = [month for month in months(first=date(2017, 10, 1)) if month.month % 3 == 1]
    for start in starts:
        yield start, (start + timedelta(days=95)).replace(day=1) - timedelta(days=1)


def _record_thought_reports(book: Book, cast: Cast, first: date, last: date) -> None:
    for student in cast.students:
        day = book.day(first + timedelta(days=5), last - timedelta(days=2))
        if _resident_member(student, day) and not is_away(student, day) and book.happens(0.93):
            vague = book.happens(0.04)
            book.record(
                "document_filed",
                month_of(day) if vague else day,
                document="thought_report",
                author=student.id,
                to=group_covering(building_of(student, day), day),
            )


def _resident_member(student: Student, day: date) -> bool:
    return is_member(student, day) and group_covering(building_of(student, day), day) is not None


# Evaluations (公寓表现评价) -------------------------------------------------------------------------------

_RATED: Final = frozenset({"development_target", "probationary_member", "full_member"})
_RATINGS: Final = ("excellent",) * 8 + ("good",) * 12 + ("fair",) * 4 + ("poor",)
# What the worked decisions need, whatever the seed: the last rating decides.
_FIXED: Final = {"p0001": "good", "p0002": "good", "p0003": "excellent", "p0004": "excellent"}
# After the guidance department has supported the step.
_TURNED_POOR: Final = ("p0002", "2019-spring", date(2019, 6, 12))


def _record_evaluations(book: Book, cast: Cast, term: DemoTerm) -> None:
    """Record ratings by the instructor of the building where each lives that day."""
    for student in cast.students:
        day = book.day(term.first + timedelta(days=60), term.first + timedelta(days=108))
        building = building_of(student, day)
        fixed = _FIXED.get(student.id)
        if building is None or stage_on(student, day) not in _RATED or not (fixed or book.happens(0.94)):
            continue
        poor = (student.id, term.term) == _TURNED_POOR[:2]
        day = _TURNED_POOR[2] if poor else day
        rating = "poor" if poor else fixed or book.pick(_RATINGS)
        book.record(
            "dorm_evaluated",
            day,
            person=student.id,
            by=holders(cast, "building_instructor", day, building=building)[0],
            rating=rating,
            grounds="synthetic: repeated disturbance at night" if rating == "poor" else None,
        )
    _record_ratings_without_standing(book, cast, term)


def _record_ratings_without_standing(book: Book, cast: Cast, term: DemoTerm) -> None:
    """Record ratings by a roommate and by another building's instructor: they count for nothing."""
    day = term.first + timedelta(days=109)
    residents = members(cast, day, building="dorm-1")
    if len(residents) > 1:
        book.record("dorm_evaluated", day, person=residents[1], by=residents[-1], rating="excellent")
        stranger = holders(cast, "building_instructor", day, building="dorm-2")[0]
        book.record("dorm_evaluated", day, person=residents[-1], by=stranger, rating="poor")
