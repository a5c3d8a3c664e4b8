"""Facts of the development pipeline (发展党员): courses, results, reviews, opinions and recommendations."""

from datetime import date, timedelta
from typing import Final

from attrs import frozen

from partyrules.demo.book import Book, month_of
from partyrules.demo.cast import (
    Cast,
    Student,
    building_of,
    entered,
    group_covering,
    held_on,
    is_away,
    is_here,
    stage_on,
)
from partyrules.demo.tables import COLLEGES, DECISION_DAY, GUIDANCE, PIPELINE


@frozen
class Spotlight:
    """A person whose decision on day `on` into stage `to` shows one outcome; `case` says in a word why."""

    case: str
    person: str
    to: str
    on: date
    outcome: str


SPOTLIGHT: Final = (
    Spotlight("opposing opinion", "p0001", "full_member", DECISION_DAY, "vetoed"),
    Spotlight("poor evaluation", "p0002", "probationary_member", DECISION_DAY, "vetoed"),
    Spotlight("awaiting the opinion", "p0003", "probationary_member", DECISION_DAY, "undetermined"),
    Spotlight("everything in order", "p0004", "full_member", DECISION_DAY, "permitted"),
)

# The answer of the guidance department to each; None: asked, and no answer yet.
_ANSWERS: Final = {"p0001": "oppose", "p0002": "support", "p0003": None, "p0004": "support"}

# Steps entered from this day on have their papers in the books.
_PAPERS_FROM: Final = date(2017, 10, 20)
_ASKING_DAYS: Final = 40


def record_development(book: Book, cast: Cast) -> None:
    """Record courses and papers for steps taken, and for steps that are being prepared."""
    _record_activist_courses(book, cast)
    _record_member_training(book, cast)
    for student in cast.students:
        for spell in student.stages[1:]:
            if spell.first >= _PAPERS_FROM:
                _record_papers(book, student, spell.what, spell.first)
    spotlit = {case.person for case in SPOTLIGHT}
    for case in SPOTLIGHT:
        _record_candidate(book, cast, case)
    others = [student for student in cast.students if student.id not in spotlit]
    _record_pending(book, others)
    _record_extension(book, others)


# Papers for one step -------------------------------------------------------------------------------------


def _record_papers(book: Book, student: Student, step: str, day: date) -> None:
    """Record what came before a step that was taken on `day`."""
    asked = day - timedelta(days=book.rng.randint(20, 28))
    if step in {"activist", "development_target"} and book.happens(0.9):
        _recommend(book, student.id, step, asked)
    if step == "probationary_member":
        _record_admission_papers(book, student.id, asked)
    if step == "full_member":
        _record_conversion_papers(book, student.id, asked)
    if step != "activist" and group_covering(building_of(student, asked), asked):
        _ask(book, _Step(student.id, step), asked)
        if book.happens(0.96):
            _answer(book, _Step(student.id, step), asked + timedelta(days=book.rng.randint(4, 12)), "support")


def _record_admission_papers(book: Book, person: str, asked: date) -> None:
    """Record course, political review (政治审查) and talk before admission."""
    started = asked - timedelta(days=12)
    book.record(
        "training_completed",
        started + timedelta(days=2),
        person=person,
        course="development_target_course",
        started=started,
        days=3,
        hours=24,
        passed=True,
        organiser="party-school",
    )
    _review(book, person, "political_review", asked - timedelta(days=3))
    book.record("talk_held", asked - timedelta(days=1), person=person, talk="pre_admission", by="p9014")


def _record_conversion_papers(book: Book, person: str, asked: date) -> None:
    """Record the course as a probationary member and the review before full membership (转正审查)."""
    book.record(
        "training_completed",
        asked - timedelta(days=30),
        person=person,
        course="probationary_course",
        days=2,
        hours=16,
        organiser="party-school",
    )
    _review(book, person, "conversion_review", asked)


def _recommend(book: Book, person: str, step: str, day: date) -> None:
    book.record("recommendation_made", day, person=person, step=step, by="youth-league")


def _review(book: Book, person: str, kind: str, day: date) -> None:
    book.record("review_completed", day, person=person, review=kind, outcome="pass", by="organisation-department")


@frozen
class _Step:
    person: str
    to: str


def _ask(book: Book, step: _Step, day: date) -> None:
    # A college's general branch asks; one asks for all of them here.
    book.record("opinion_requested", day, person=step.person, step=step.to, by=COLLEGES[0], of=GUIDANCE)


def _answer(book: Book, step: _Step, day: date, verdict: str, *, by: str = GUIDANCE) -> None:
    grounds = "synthetic: repeated disturbance at night" if verdict == "oppose" else None
    book.record("opinion_given", day, person=step.person, step=step.to, by=by, verdict=verdict, grounds=grounds)


# The worked decisions ------------------------------------------------------------------------------------


def _record_candidate(book: Book, cast: Cast, case: Spotlight) -> None:
    """Record everything that the step of a spotlit person needs, and the answer that makes the case."""
    student = next(student for student in cast.students if student.id == case.person)
    asked = case.on - timedelta(days=_ASKING_DAYS)
    if case.to == "probationary_member":
        _record_admission_papers(book, student.id, asked)
    else:
        _record_conversion_papers(book, student.id, asked)
    _ask(book, _Step(student.id, case.to), asked)
    verdict = _ANSWERS[case.person]
    if verdict is not None:
        _answer(book, _Step(student.id, case.to), asked + timedelta(days=16), verdict)


# What became of the question about others who are being prepared, in turn: None is no answer yet.
_COURSES_OF_ASKING: Final = (
    ("asked", "student-affairs"),
    ("asked", GUIDANCE),
    ("asked", None),
    ("not asked", None),
    ("asked", GUIDANCE),
)


def _record_pending(book: Book, students: list[Student]) -> None:
    """Record half-finished papers of others who are about to take a step; some answers lack standing."""
    asked = DECISION_DAY - timedelta(days=_ASKING_DAYS)
    covered = 0
    for student in students:
        if not _ready(student, asked):
            continue
        step = PIPELINE[len(student.stages)]
        if step == "full_member":
            _record_conversion_papers(book, student.id, asked)
        else:
            _record_admission_papers(book, student.id, asked)
        if not group_covering(building_of(student, asked), asked):
            continue
        asking, office = _COURSES_OF_ASKING[covered % len(_COURSES_OF_ASKING)]
        covered += 1
        if asking == "asked":
            _ask(book, _Step(student.id, step), asked)
        if office:
            _answer(book, _Step(student.id, step), asked + timedelta(days=9), "support", by=office)


def _record_extension(book: Book, students: list[Student]) -> None:
    """Record that the probation of one student, who has held it longest, is extended by half a year (延长预备期)."""
    day = date(2019, 5, 31)
    on_probation = [s for s in students if stage_on(s, day) == "probationary_member" and is_here(s, DECISION_DAY)]
    for student in sorted(on_probation, key=lambda each: each.stages[-1].first)[:1]:
        until = date(2019, 11, 30)
        book.record("stage_extended", day, person=student.id, stage="probationary_member", until=until, recorded=day)


_LONG_ENOUGH: Final = {"development_target": 100, "probationary_member": 300}


def _ready(student: Student, day: date) -> bool:
    """Return whether the student's last stage has been held long enough to prepare the next step."""
    stage = stage_on(student, day)
    if stage not in _LONG_ENOUGH or student.stages[-1].what != stage:
        return False
    return (day - student.stages[-1].first).days >= _LONG_ENOUGH[stage]


# The activists' course (入党积极分子培训) -------------------------------------------------------------------

_COURSE_DAYS: Final = (date(2017, 11, 18), date(2018, 5, 12), date(2018, 11, 17), date(2019, 5, 18))
_LAPSES_IN: Final = date(2018, 11, 17)
_REGISTERED_LATE, _NOT_REGISTERED, _FAILED_YET_CERTIFIED, _PASS_NOT_KEPT = 2, 5, 8, 9


def _record_activist_courses(book: Book, cast: Cast) -> None:
    spotlit = {case.person for case in SPOTLIGHT}
    for day in _COURSE_DAYS:
        takers = [s for s in cast.students if _course_of(s) == day and not is_away(s, day) and is_here(s, day)]
        place = 0
        for student in takers:
            in_order = student.id in spotlit or day != _LAPSES_IN
            _record_course(book, student, day, -1 if in_order else place)
            place += 0 if in_order else 1
    _record_stray_certificate(book, cast)


def _course_of(student: Student) -> date | None:
    """Return the first course a month or more after becoming an activist and before the next step."""
    chosen = entered(student, "activist")
    if chosen is None:
        return None
    before = entered(student, "development_target") or date.max
    return next((day for day in _COURSE_DAYS if chosen + timedelta(days=25) <= day < before), None)


def _record_course(book: Book, student: Student, day: date, place: int) -> None:
    """Record the course, the certificate and the branch's registration; `place` picks the lapses."""
    certain = entered(student, "development_target") is not None and place != _FAILED_YET_CERTIFIED
    passed = place != _FAILED_YET_CERTIFIED and (certain or book.happens(0.92))
    course = book.record(
        "training_completed",
        day,
        person=student.id,
        course="activist_course",
        started=day - timedelta(days=21),
        hours=24,
        exam_score=book.rng.randint(62, 96) if passed else book.rng.randint(40, 58),
        passed=None if place == _PASS_NOT_KEPT else passed,
        organiser="party-school",
    )
    if (passed and place != _PASS_NOT_KEPT) or place == _FAILED_YET_CERTIFIED:
        book.record(
            "certificate_issued",
            day + timedelta(days=10),
            person=student.id,
            certificate="party_school_certificate",
            by="party-school",
        )
    # The lapse: with a few activists nobody talked.
    if certain or book.happens(0.9):
        book.record("talk_held", day + timedelta(days=12), person=student.id, talk="with_activist", by="p9014")
    branch = held_on(student.branches, day)
    if branch is None or place == _NOT_REGISTERED:
        return
    registered = day + timedelta(days=book.rng.randint(7, 40))
    if place == _REGISTERED_LATE:
        registered = day + timedelta(days=114)
    elif day == _COURSE_DAYS[-1] and book.happens(0.2):
        # Done in time, but not yet on the decision day.
        registered = book.day(date(2019, 7, 1), date(2019, 7, 4))
    book.record("result_registered", registered, after=course, person=student.id, of=course, unit=branch)


def _record_stray_certificate(book: Book, cast: Cast) -> None:
    """Record the lapse of a certificate for an activist who never took the course."""
    day = date(2018, 12, 3)
    without = [s.id for s in cast.students if stage_on(s, day) == "activist" and (_course_of(s) or day) >= day]
    for person in without[:1]:
        book.record(
            "certificate_issued",
            day,
            person=person,
            certificate="party_school_certificate",
            by="party-school",
        )


# Training of members (党员培训) --------------------------------------------------------------------------

_SESSIONS: Final = (date(2018, 4, 21), date(2018, 10, 20), date(2019, 4, 20))
_HOURS: Final = 16
_ODD_SESSION: Final = date(2018, 10, 20)
_MAKE_UP: Final = date(2018, 12, 8)
_SHORT_SESSION, _HOURS_NOT_KEPT = 3, 5


def _record_member_training(book: Book, cast: Cast) -> None:
    """Record the members' courses: two days' worth each half-year, and a second date for some."""
    for day in _SESSIONS:
        full = [s for s in cast.students if stage_on(s, day) == "full_member" and not is_away(s, day)]
        for place, student in enumerate(full):
            odd = day == _ODD_SESSION and place in {_SHORT_SESSION, _HOURS_NOT_KEPT}
            if odd:
                _train(book, student.id, day, None if place == _HOURS_NOT_KEPT else _HOURS - 4)
            elif book.happens(0.93):
                _train(book, student.id, day, _HOURS)
            elif day < _MAKE_UP and book.happens(0.4):
                _train(book, student.id, _MAKE_UP, _HOURS)


def _train(book: Book, person: str, day: date, hours: int | None) -> None:
    vague = hours is not None and book.happens(0.03)
    book.record(
        "training_completed",
        month_of(day) if vague else day,
        person=person,
        course="member_training",
        days=2,
        hours=hours,
        organiser="party-school",
    )
