"""Facts of each person: registration, rooms, stages, units, posts, leaves and the links they keep."""

from datetime import date, timedelta
from typing import Any, Final

from attrs import evolve

from partyrules.demo.book import Book, month_of
from partyrules.demo.cast import Cast, Held, Student, entered, group_covering, is_here, member_from, stage_on
from partyrules.demo.tables import DECISION_DAY, ESTABLISHED, GRADUATED, OPENED, SYNTHETIC, branches_of


def record_people(book: Book, cast: Cast) -> None:
    """Record every person's own course, then what members owe to others and show at their doors."""
    for number, person in enumerate(sorted({post.person for post in cast.posts if post.person > "p9"}), start=1):
        book.record(
            "person_registered",
            ESTABLISHED,
            person=person,
            category="staff",
            name=f"synthetic staff {number}",
            note=SYNTHETIC,
            recorded=OPENED,
        )
    for number, student in enumerate(cast.students, start=1):
        _register(book, number, student)
        _record_stages(book, student)
        _record_units(book, student)
        if student.leave:
            leave = student.leave
            book.record("leave_started", leave.first, person=student.id, kind=leave.kind)
            if leave.end:
                book.record("leave_ended", leave.end, person=student.id, kind=leave.kind)
    _record_posts(book, cast)
    _record_return(book, cast)
    _record_activist_links(book, cast)
    _record_hardship_links(book, cast)
    _record_doors(book, cast)
    _record_commendations(book, cast)


def _register(book: Book, number: int, student: Student) -> None:
    book.record(
        "person_registered",
        student.admitted,
        person=student.id,
        name=f"synthetic student {number}",
        student_no=f"{student.admitted.year}{number:05d}",
        note=SYNTHETIC,
        recorded=max(OPENED, student.admitted),
    )
    for spell in student.rooms:
        building, room = spell.what.split("/")
        book.record("residence_started", spell.first, person=student.id, building=building, room=room)
    if student.left:
        reason = "graduated" if student.left in GRADUATED.values() else "withdrew"
        if reason == "withdrew":
            building, room = student.rooms[-1].what.split("/")
            book.record("residence_ended", student.left, person=student.id, building=building, room=room)
        book.record("person_left", student.left, person=student.id, reason=reason)


def _record_stages(book: Book, student: Student) -> None:
    for spell in student.stages:
        # The books of some branches kept only the month of an application.
        vague = spell.what == "applicant" and book.happens(0.05)
        decided = spell.first - timedelta(days=2) if spell.what in {"probationary_member", "full_member"} else None
        book.record(
            "stage_entered",
            month_of(spell.first) if vague else spell.first,
            person=student.id,
            stage=spell.what,
            decided_on=decided,
        )


def _record_units(book: Book, student: Student) -> None:
    _record_cultivation(book, student)
    for spell in (*student.branches, *student.groups, *student.building_groups):
        book.record("membership_started", spell.first, person=student.id, unit=spell.what)
        # Leaving the institution ends memberships by itself.
        if spell.end and (student.left is None or spell.end < student.left):
            book.record("membership_ended", spell.end, person=student.id, unit=spell.what)


def _record_cultivation(book: Book, student: Student) -> None:
    """Record that a branch of the college cultivates an applicant until one takes them in."""
    applied = entered(student, "applicant")
    if applied is None:
        return
    taken_in = student.branches[0] if student.branches else None
    by = taken_in.what if taken_in else branches_of(student.college)[0]
    start = max(applied, OPENED)
    if taken_in and taken_in.first <= start:
        return
    book.record("cultivation_started", start, person=student.id, unit=by, recorded=start)
    if taken_in:
        book.record("cultivation_ended", taken_in.first, person=student.id, unit=by, recorded=taken_in.first)


def _record_posts(book: Book, cast: Cast) -> None:
    for post in cast.posts:
        keys: dict[str, Any] = {
            "person": post.person,
            "role": post.role,
            "unit": post.unit,
            "building": post.building,
        }
        # A committee is elected for a known term; other posts end when somebody ends them.
        elected = post.role == "committee_member"
        book.record("role_started", post.first, until=post.last if elected else None, **keys)
        if post.last and not elected:
            book.record("role_ended", post.last + timedelta(days=1), **keys)


def _record_return(book: Book, cast: Cast) -> None:
    """Record one student who left for military service and came back half a year later."""
    gone, back = date(2018, 3, 5), date(2018, 9, 3)
    number, student = next(
        (number, s)
        for number, s in enumerate(cast.students, start=1)
        if not s.stages and is_here(s, DECISION_DAY) and is_here(s, OPENED)
    )
    building, room = student.rooms[-1].what.split("/")
    book.record("person_left", gone, person=student.id, reason="military service")
    book.record("person_registered", back, person=student.id, name=f"synthetic student {number}", note=SYNTHETIC)
    book.record("residence_started", back, person=student.id, building=building, room=room)


# Links, doors, commendations -----------------------------------------------------------------------------


def _record_activist_links(book: Book, cast: Cast) -> None:
    """Record which activist each backbone member (骨干学生党员) looks after; two look after nobody."""
    day = date(2018, 10, 8)
    activists = [s.id for s in cast.students if stage_on(s, day) == "activist"]
    backbone = [post.person for post in cast.posts if post.role == "backbone_member"]
    for holder in backbone[2:]:
        book.record("link_started", day, link="activist", holder=holder, target=book.pick(activists))
    if len(backbone) > 1:
        # The activist went on to the next stage and nobody was named in their place.
        target = book.pick(activists)
        book.record("link_started", day, link="activist", holder=backbone[1], target=target)
        book.record("link_ended", date(2019, 3, 11), link="activist", holder=backbone[1], target=target)


def _record_hardship_links(book: Book, cast: Cast) -> None:
    helped = [s.id for s in cast.students if not s.stages and is_here(s, OPENED) and is_here(s, DECISION_DAY)]
    for student in cast.students:
        chosen = entered(student, "activist")
        if chosen is None or not book.happens(0.92):
            continue
        day = max(chosen + timedelta(days=book.rng.randint(3, 20)), OPENED)
        target = book.pick(helped)
        vague = book.happens(0.03)
        keys: dict[str, Any] = {"link": "hardship_student", "holder": student.id, "target": target}
        book.record("link_started", month_of(day) if vague else day, **keys)
        if book.happens(0.02):
            book.record("link_ended", max(day + timedelta(days=60), date(2019, 2, 25)), **keys)


_TOO_MANY_ROOMS: Final = 3


def _record_doors(book: Book, cast: Cast) -> None:
    """Record nameplates (党员明示牌) and responsible rooms of members in covered buildings."""
    residents = [student for student in cast.students if _member_spells(student)]
    movers = [student.id for student in residents if len(_member_spells(student)) > 1]
    staying = [student.id for student in residents if is_here(student, DECISION_DAY)]
    for student in residents:
        # The lapse: the first mover's plate still hangs at the door of the room before.
        stale = student.id in movers[:1]
        for spell in _member_spells(student)[: 1 if stale else None]:
            if stale or book.happens(0.96):
                _post_plate(book, student, spell, stale=stale)
        if student.id in staying[-1:]:
            _link_rooms(book, student, _TOO_MANY_ROOMS)
        elif book.happens(0.94):
            _link_rooms(book, student, 2 if book.happens(0.3) else 1)


def _member_spells(student: Student) -> list[Held]:
    """Return the rooms in covered buildings where the student lived as a member, from that day on."""
    since = member_from(student)
    if since is None:
        return []
    spells = [evolve(spell, first=max(spell.first, since)) for spell in student.rooms]
    return [
        spell
        for spell in spells
        if spell.first < (spell.end or date.max)
        and is_here(student, spell.first)
        and group_covering(spell.what.split("/")[0], spell.first)
    ]


def _post_plate(book: Book, student: Student, spell: Held, *, stale: bool) -> None:
    building, room = spell.what.split("/")
    day = spell.first + timedelta(days=book.rng.randint(3, 12))
    book.record("nameplate_posted", day, person=student.id, building=building, room=room)
    if spell.end and not stale:
        book.record("nameplate_removed", max(spell.end, day), person=student.id, building=building, room=room)


def _link_rooms(book: Book, student: Student, count: int) -> None:
    """Record the rooms next to the member's own as the ones they are responsible for."""
    spell = _member_spells(student)[-1]
    building, room = spell.what.split("/")
    day = spell.first + timedelta(days=book.rng.randint(3, 12))
    for step in range(1, count + 1):
        target = f"{building}/{room[0]}{int(room[1:]) + step:02d}"
        book.record("link_started", day, link="room", holder=student.id, target=target)


_COMMENDS: Final = "organisation-department"


def _record_commendations(book: Book, cast: Cast) -> None:
    for day in (date(2018, 6, 29), date(2019, 6, 28)):
        able = [s.id for s in cast.students if stage_on(s, day) == "full_member"]
        for person in book.rng.sample(able, min(6, len(able))):
            book.record("commendation_made", day, person=person, award="outstanding_member", by=_COMMENDS)
