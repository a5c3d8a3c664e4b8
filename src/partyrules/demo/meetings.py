"""Facts of Party life: assemblies, committees, groups, and the seven items of a semester."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from attrs import frozen

from partyrules.demo.book import Book, first_of
from partyrules.demo.cast import Cast, holders, members
from partyrules.demo.tables import BRANCHES, COLLEGES, GROUPS, OPENED, SEMESTERS, DemoTerm

_FIRST_MONTH: Final = date(2017, 9, 1)
_LAST_MONTH: Final = date(2019, 6, 1)
_VACATION_MONTHS: Final = frozenset({2, 8})
_LIST_KEPT: Final = 0.975
# Its register is closed through March 2019 and nothing later has been entered.
_BEHIND: Final = "branch-09"
_BEHIND_SINCE: Final = date(2019, 4, 1)
_FINAL_DAYS: Final = (date(2019, 7, 2), date(2019, 7, 4))


def record_meetings(book: Book, cast: Cast) -> None:
    """Record what branches, groups and colleges held, and who came."""
    for branch in BRANCHES:
        _record_assemblies(book, cast, branch)
        _record_committees(book, cast, branch)
        _record_appraisals(book, cast, branch)
        for group in GROUPS[branch]:
            _record_group(book, cast, group)
    for term in SEMESTERS:
        _record_semester(book, cast, term)
    # What came before was kept elsewhere.
    book.record("register_opened", OPENED, recorded=OPENED)
    book.record(
        "register_closed",
        date(2019, 4, 8),
        unit=_BEHIND,
        through=_BEHIND_SINCE - timedelta(days=1),
        recorded=date(2019, 4, 8),
    )


def months(first: date = _FIRST_MONTH, last: date = _LAST_MONTH) -> Iterator[date]:
    """Yield the first day of each month from `first` to `last`."""
    day = first
    while day <= last:
        yield day
        day = (day + timedelta(days=32)).replace(day=1)


def _behind(unit: str, day: date) -> bool:
    return unit == _BEHIND and day >= _BEHIND_SINCE


def _meet(book: Book, cast: Cast, kind: str, unit: str, day: date) -> None:
    """Record a meeting of a branch or group with its members; now and then nobody kept the list."""
    attended, excused = book.turnout(members(cast, day, unit=unit))
    kept = book.happens(_LIST_KEPT)
    book.record("meeting_held", day, meeting=kind, unit=unit, attended=attended if kept else None, excused=excused)


# The three meetings (三会) -------------------------------------------------------------------------------

# An assembly missed after one held early in the quarter before, and one simply missed.
_EARLY_ASSEMBLY: Final = ("branch-05", date(2018, 6, 1))
_NO_ASSEMBLY: Final = (("branch-05", date(2018, 9, 1)), ("branch-10", date(2019, 3, 1)))
_NO_COMMITTEE: Final = (
    ("branch-03", date(2018, 7, 1)),
    ("branch-03", date(2018, 10, 1)),
    ("branch-03", date(2019, 1, 1)),
    ("branch-03", date(2019, 2, 1)),
    ("branch-08", date(2018, 11, 1)),
)
_SELDOM_MEETING: Final = frozenset({"group-07", "group-21", "group-34"})
_EVERY: Final = 3
_NO_GROUP_MEETING: Final = (
    (GROUPS["branch-02"][2], date(2018, 5, 1)),
    (GROUPS["branch-06"][0], date(2019, 6, 1)),
)


def _record_assemblies(book: Book, cast: Cast, branch: str) -> None:
    for month in months():
        # One a quarter, in its last month: students are away in the middle of two of them.
        due = month.month % 3 == 0 and (branch, month) not in _NO_ASSEMBLY
        early = (branch, month + timedelta(days=31)) == _EARLY_ASSEMBLY
        if (due or early) and not _behind(branch, month):
            _meet(book, cast, "branch_assembly", branch, book.day(month.replace(day=4), month.replace(day=27)))


def _record_committees(book: Book, cast: Cast, branch: str) -> None:
    for month in months():
        if (branch, month) in _NO_COMMITTEE or _behind(branch, month):
            continue
        day = book.day(month.replace(day=3), month.replace(day=26))
        invited = (
            *holders(cast, "branch_secretary", day, unit=branch),
            *(p for p in holders(cast, "committee_member", day, unit=branch) if p in members(cast, day)),
        )
        attended, excused = book.turnout(invited)
        book.record("meeting_held", day, meeting="branch_committee", unit=branch, attended=attended, excused=excused)


def _record_group(book: Book, cast: Cast, group: str) -> None:
    number = int(group[-2:])
    for month in months():
        seldom = group in _SELDOM_MEETING and month.month % _EVERY
        resting = month.month in _VACATION_MONTHS and number % _EVERY == 0
        if seldom or resting or (group, month) in _NO_GROUP_MEETING:
            continue
        _meet(book, cast, "group_meeting", group, book.day(month.replace(day=2), month.replace(day=27)))


def _record_appraisals(book: Book, cast: Cast, branch: str) -> None:
    """Record the yearly appraisal (民主评议) in December."""
    for year in (2017, 2018):
        day = book.day(date(year, 12, 5), date(year, 12, 25))
        _meet(book, cast, "democratic_appraisal", branch, day)


# The seven items of a semester (八、1) ---------------------------------------------------------------------


@frozen
class AgendaItem:
    """One of the semester's items: what is held, by whom, and what share of the members comes."""

    fact: str
    kind: str
    by: tuple[str, ...]
    share: float
    days: int = 1


_ITEMS: Final = (
    AgendaItem("meeting_held", "democratic_life_meeting", BRANCHES, 0.95),
    AgendaItem("meeting_held", "report_session", BRANCHES, 0.94),
    AgendaItem("activity_held", "study_report", COLLEGES, 0.94),
    AgendaItem("activity_held", "educational_film", BRANCHES, 0.94),
    AgendaItem("meeting_held", "exchange_session", BRANCHES, 0.95),
    AgendaItem("activity_held", "heritage_visit", COLLEGES, 0.87),
    AgendaItem("activity_held", "social_practice", COLLEGES, 0.88, days=5),
)
_NOT_HELD: Final = (
    ("exchange_session", "branch-06", "2018-autumn"),
    ("social_practice", "college-1", "2018-autumn"),
    ("report_session", "branch-11", "2018-spring"),
)
_ONLY_MONTH_KEPT: Final = {("educational_film", "branch-12", "2018-autumn"): "2019-01"}
# Planned for the last days of the last semester: still to come on the decision day.
_STILL_TO_COME: Final = (
    ("exchange_session", "branch-02"),
    ("exchange_session", "branch-08"),
    ("report_session", "branch-11"),
    ("democratic_life_meeting", "branch-04"),
)


def _record_semester(book: Book, cast: Cast, term: DemoTerm) -> None:
    for item in _ITEMS:
        for unit in item.by:
            if (item.kind, unit, term.term) in _NOT_HELD:
                continue
            on = _item_day(book, item, unit, term)
            if not _behind(unit, first_of(on)):
                _hold(book, item, unit, on, members(cast, first_of(on), unit=unit))


def _item_day(book: Book, item: AgendaItem, unit: str, term: DemoTerm) -> date | str:
    """Return the day of an item, or its month where nothing more was kept."""
    if term is SEMESTERS[-1] and (item.kind, unit) in _STILL_TO_COME:
        return book.day(*_FINAL_DAYS)
    usual = book.day(term.first + timedelta(days=20), term.first + timedelta(days=105))
    return _ONLY_MONTH_KEPT.get((item.kind, unit, term.term), usual)


def _hold(book: Book, item: AgendaItem, unit: str, on: date | str, expected: tuple[str, ...]) -> None:
    """Record an item and, where a college holds it, a second date for half of those who missed the first."""
    kind: dict[str, Any] = {"meeting" if item.fact == "meeting_held" else "activity": item.kind}
    last = first_of(on) + timedelta(days=item.days - 1)
    attended, excused = book.turnout(expected, share=item.share)
    book.record(
        item.fact,
        on,
        until=last if item.days > 1 else None,
        unit=unit,
        attended=attended,
        excused=excused,
        **kind,
    )
    missing = tuple(person for person in expected if person not in attended)
    if unit in COLLEGES and missing:
        came, _ = book.turnout(missing, share=0.5)
        book.record(item.fact, last + timedelta(days=10), unit=unit, attended=came, **kind)
