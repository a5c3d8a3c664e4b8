"""Facts of the offices: terms, units, buildings, documents, leaders' lectures and links, judgements."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from partyrules.demo.book import Book
from partyrules.demo.cast import Cast, holders, members
from partyrules.demo.tables import (
    BRANCHES,
    BUILDINGS,
    CAMPUS,
    COLLEGES,
    DECISION_DAY,
    DISSOLVED,
    GROUPS,
    GUIDANCE,
    OPENED,
    SEMESTERS,
    SYNTHETIC,
    TERMS,
    UNITS,
)


def establish(book: Book) -> None:
    """Record what everything else refers to: terms, units and buildings, each labelled synthetic."""
    for term in TERMS:
        book.record(
            "term_declared",
            term.first,
            until=term.last,
            term=term.term,
            kind=term.kind,
            academic_year=term.academic_year,
            recorded=max(OPENED, term.first - timedelta(days=90)),
        )
    for building in BUILDINGS:
        book.record(
            "building_opened",
            date(2010, 9, 1),
            building=building,
            campus=CAMPUS[building],
            note=SYNTHETIC,
            recorded=OPENED,
        )
    book.record("building_opened", date(1996, 9, 1), building="dorm-0", note=SYNTHETIC, recorded=OPENED)
    book.record("building_closed", date(2017, 8, 20), building="dorm-0", recorded=OPENED)
    for row in UNITS:
        book.record(
            "unit_established",
            row.since,
            unit=row.unit,
            kind=row.kind,
            name=f"synthetic {row.unit}",
            parent=row.parent,
            building=row.building,
            note=SYNTHETIC,
            recorded=OPENED,
        )
    for unit, day in DISSOLVED.items():
        book.record("unit_dissolved", day, unit=unit)


# The school's own duties ---------------------------------------------------------------------------------

# The lapse: the rules on the incentive system were never written.
_RULES: Final = (
    "development_rules",
    "branch_setup_rules",
    "branch_quality_rules",
    "membership_transfer_rules",
    "dues_rules",
    "rights_rules",
    "exit_rules",
    "team_rules",
)
_NO_SPECIAL_STUDY: Final = (("college-3", "2018-autumn"), ("college-3", "2019-spring"))
_PLANS: Final = (
    ("college-1", date(2018, 1, 15)),
    ("college-2", date(2018, 4, 9)),
    ("college-3", date(2018, 1, 18)),
    ("college-1", date(2019, 1, 10)),
    ("college-2", date(2019, 3, 4)),
)
# The lapse: the information platform is not there yet.
_ONLINE: Final = ("student_exchange_column", "network_team")
# The lapse: the last college did not introduce the students of 2018.
_INTRODUCTIONS: Final = (
    *((college, date(2017, 9, 20)) for college in COLLEGES),
    *((college, date(2018, 9, 19)) for college in COLLEGES[:-1]),
)


def record_offices(book: Book, cast: Cast) -> None:
    """Record what committees, departments and leaders did; a few of them did less than they should."""
    for document in _RULES:
        book.record(
            "document_filed",
            book.day(date(2017, 12, 12), date(2018, 6, 30)),
            document=document,
            author="organisation-department",
        )
    for day in (date(2018, 6, 12), date(2018, 12, 11), date(2019, 6, 11)):
        # The lapse: the last college is left out of the review of June 2019.
        for college in COLLEGES if day < DECISION_DAY - timedelta(days=30) else COLLEGES[:-1]:
            book.record(
                "document_filed", day, document="development_review", author="organisation-department", about=college
            )
    for kind in _ONLINE:
        book.record("facility_opened", date(2018, 3, 5), facility=kind, unit="publicity-department")
    for college, day in _INTRODUCTIONS:
        book.record("activity_held", day, activity="induction_education", unit=college, hours=2)
    for college, day in _PLANS:
        book.record("document_filed", day, document="annual_plan", author=college, to="school-committee")
    for day in (date(2018, 3, 14), date(2019, 3, 13)):
        leaders = holders(cast, "school_leader", day)
        book.record(
            "meeting_held",
            day,
            meeting="special_study",
            unit="school-committee",
            attended=leaders,
            agenda=("student_party_work",),
        )
    _record_special_study(book, cast)
    _record_lectures(book, cast)
    _record_vacations(book, cast)
    _record_leaders_links(book)
    _record_judgements(book)


def _record_special_study(book: Book, cast: Cast) -> None:
    for term in SEMESTERS:
        for college in COLLEGES:
            if (college, term.term) not in _NO_SPECIAL_STUDY:
                day = book.day(term.first + timedelta(days=15), term.last - timedelta(days=30))
                leaders = holders(cast, "college_leader", day, unit=college)
                book.record("meeting_held", day, meeting="special_study", unit=college, attended=leaders)


# The lapse: one leader's lecture of one semester.
_NO_LECTURE: Final = (("p9011", "2018-autumn"),)


def _record_lectures(book: Book, cast: Cast) -> None:
    for term in SEMESTERS:
        for leader in holders(cast, "principal_leader", term.first):
            if (leader, term.term) in _NO_LECTURE:
                continue
            # Early enough to lie in the half-year in which the semester began.
            day = book.day(term.first + timedelta(days=20), term.first + timedelta(days=105))
            unit = next(post.unit for post in cast.posts if post.person == leader)
            if unit in COLLEGES:
                attended, excused = book.turnout(members(cast, day, unit=unit), share=0.85)
            else:
                # The school's lectures are open to all, and nobody keeps a list.
                unit, attended, excused = "party-school", None, None
            book.record(
                "activity_held",
                day,
                activity="party_lecture",
                unit=unit,
                attended=attended,
                excused=excused,
                led_by=(leader,),
                hours=2,
            )


# The lapse: nothing in the first winter vacation, which one reading of 7.2 forgives.
_VACATION_ACTIVITIES: Final = (
    ("social_practice", date(2018, 7, 9), date(2018, 7, 20), 0.8),
    ("volunteer_service", date(2018, 8, 13), date(2018, 8, 15), 0.2),
    ("social_practice", date(2019, 1, 21), date(2019, 1, 25), 0.6),
)


def _record_vacations(book: Book, cast: Cast) -> None:
    for activity, first, last, share in _VACATION_ACTIVITIES:
        attended, _ = book.turnout(members(cast, first), share=share)
        book.record("activity_held", first, until=last, activity=activity, unit="youth-league", attended=attended)


# The lapse: the last department head is linked with no branch.
_LINKED: Final = tuple(f"p90{number:02d}" for number in range(1, 18))


def _record_leaders_links(book: Book) -> None:
    for index, leader in enumerate(_LINKED):
        book.record(
            "link_started",
            date(2018, 1, 8),
            link="branch",
            holder=leader,
            target=BRANCHES[index % len(BRANCHES)],
        )
    book.record("link_ended", date(2018, 9, 3), link="branch", holder="p9003", target="branch-03")
    book.record("link_started", date(2018, 9, 3), link="branch", holder="p9003", target="branch-12")


_JUDGEMENTS: Final = (
    ("1.2.3", "college-1", "met", "agenda, plan and minutes seen"),
    ("1.2.3", "college-2", "met", "agenda, plan and minutes seen"),
    ("1.2.3", "college-3", "not_met", "no minutes for two semesters"),
    ("1.2.5", "school-committee", "met", "the budget names the item"),
    ("2.1", "college-1", "met", "posters and plan seen"),
    ("2.1", "college-2", "met", "posters and plan seen"),
    ("5.2", "publicity-department", "met", "the accounts are kept up"),
    ("6.1", "student-affairs", "met", "the posts are listed"),
)
# Reasons given for breaches of what is normally so: the rule, the unit, the period's first day.
_EXPLAINED: Final = (
    ("8.2.2-hold", "branch-03", date(2018, 10, 1), "all committee members were at practice sites"),
    ("8.2.2-hold", "branch-08", date(2018, 11, 1), "the secretary was ill"),
    ("8.2.3-hold", GROUPS["branch-02"][2], date(2018, 5, 1), "the group was at its practical term"),
)


def _record_judgements(book: Book) -> None:
    for clause, about, outcome, grounds in _JUDGEMENTS:
        book.record(
            "judgement_made",
            date(2019, 5, 20),
            clause=f"lzwl2017:{clause}",
            about=about,
            by="organisation-department",
            outcome=outcome,
            grounds=f"synthetic: {grounds}",
        )
    for clause, about, period, grounds in _EXPLAINED:
        book.record(
            "judgement_made",
            period + timedelta(days=45),
            clause=f"lzwl2017:{clause}",
            about=about,
            by="school-committee",
            outcome="explained",
            period=period,
            grounds=f"synthetic: {grounds}",
        )


# The apartments' guidance department (学生公寓党建工作指导部) -----------------------------------------------

_GUIDANCE_RULES: Final = ("organisational_life_rules", "party_work_rules", "cultural_activity_rules")
_AREAS: Final = ("ideology", "system", "organisation", "culture", "distinctive_work")
_FACILITIES: Final = (
    ("online_study_column", date(2017, 10, 9)),
    ("student_member_mailbox", date(2017, 10, 9)),
    ("volunteer_team", date(2017, 11, 6)),
    ("members_home", date(2018, 3, 5)),
    ("activity_room", date(2018, 3, 5)),
    ("supervision_mailbox", date(2017, 10, 16)),
)


def record_guidance(book: Book) -> None:
    """Record the guidance department's rules, facilities and reception days."""
    for document in _GUIDANCE_RULES:
        book.record("document_filed", date(2017, 9, 25), document=document, author=GUIDANCE)
    for day, sections in ((date(2017, 10, 30), _AREAS[:4]), (date(2018, 9, 17), _AREAS)):
        book.record("document_filed", day, document="assessment_measures", author=GUIDANCE, sections=sections)
    for facility, day in _FACILITIES:
        book.record("facility_opened", day, facility=facility, unit=GUIDANCE)
    # The lapse: since then only one of the two means of 4.4.1 is left.
    book.record("facility_closed", date(2019, 4, 15), facility="student_member_mailbox", unit=GUIDANCE)
    _record_every_other_month(book, range(20))


def _record_every_other_month(book: Book, months: Iterable[int]) -> None:
    for number in months:
        day = OPENED + timedelta(days=30 * number + 14)
        if number % 2 == 0:
            book.record("activity_held", day, activity="reception_day", unit=GUIDANCE)
