"""An institution, one line for each fact: who and what there is and what happened, as the tests of a pack tell it."""

from datetime import date, datetime
from typing import Any, Final

from partyrules.facts.vocabulary import CORE_VOCABULARY, Fact
from partyrules.time.calendar import parse_civil_date

Facts = tuple[Fact, ...]
LONG_AGO: Final = "2010-03-01"
"""The day on which things begin whose beginning does not matter."""
_DAYS: Final = ("until", "through", "period", "for_period")


def fact(wire: str, on: str, **fields: Any) -> Fact:
    """Return a fact of that wire name, on a day or in a month; its id, where none is given, is made of what it says.

    Days and times may be written as text and lists as lists; a field that is None is left out.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    words = (wire, *(str(value) for name, value in given.items() if name not in ("id", "recorded_at")), on)
    made: dict[str, Any] = {"id": " ".join(words)[:200], **given}
    made |= {name: date.fromisoformat(made[name]) for name in _DAYS if name in made}
    if "recorded_at" in made:
        made["recorded_at"] = datetime.fromisoformat(made["recorded_at"])
    made = {name: tuple(value) if isinstance(value, list) else value for name, value in made.items()}
    return CORE_VOCABULARY.types[wire](on=parse_civil_date(on), **made)


def distinct(facts: tuple[Fact, ...]) -> Facts:
    """Return the facts; raise ValueError for two with one id, of which one would count for nothing."""
    ids = [one.id for one in facts]
    if twice := sorted({name for name in ids if ids.count(name) > 1}):
        raise ValueError(f"two facts have the id `{twice[0]}`; give one of them an id of its own: id=…")
    return facts


# Who and what there is --------------------------------------------------------------------------------------


def unit(name: str, kind: str, on: str = LONG_AGO, **more: Any) -> Fact:
    """Return the establishment of a unit (组织)."""
    return fact("unit_established", on, unit=name, kind=kind, **more)


def dissolved(name: str, on: str, **more: Any) -> Fact:
    """Return the end of a unit."""
    return fact("unit_dissolved", on, unit=name, **more)


def registered(person: str, on: str = LONG_AGO, category: str = "student", **more: Any) -> Fact:
    """Return the registration of a person, as a student unless told otherwise."""
    return fact("person_registered", on, person=person, category=category, **more)


def staff(person: str, on: str = LONG_AGO) -> Fact:
    """Return the registration of a member of staff."""
    return registered(person, on, "staff")


def left(person: str, on: str, **more: Any) -> Fact:
    """Return that a person is off the books."""
    return fact("person_left", on, person=person, **more)


def stage(person: str, name: str, on: str = LONG_AGO, **more: Any) -> Fact:
    """Return the entry into a stage (发展阶段)."""
    return fact("stage_entered", on, person=person, stage=name, **more)


def full_member(person: str, on: str = LONG_AGO) -> Fact:
    """Return the entry into full membership (正式党员)."""
    return stage(person, "full_member", on)


def member(person: str, of: str, on: str = LONG_AGO, **more: Any) -> Fact:
    """Return the start of a membership of a unit."""
    return fact("membership_started", on, person=person, unit=of, **more)


def no_member(person: str, of: str, on: str, **more: Any) -> Fact:
    """Return the end of a membership."""
    return fact("membership_ended", on, person=person, unit=of, **more)


def cultivated(person: str, by: str, on: str = LONG_AGO, **more: Any) -> Fact:
    """Return that a unit cultivates (培养联系) a person."""
    return fact("cultivation_started", on, person=person, unit=by, **more)


def extended(person: str, name: str, on: str, until: str, **more: Any) -> Fact:
    """Return that the stage a person holds is prolonged (延长) through a day."""
    return fact("stage_extended", on, person=person, stage=name, until=until, **more)


def role(person: str, name: str, of: str | None = None, on: str = LONG_AGO, **more: Any) -> Fact:
    """Return the start of a role (职务), of a unit where one is named."""
    return fact("role_started", on, person=person, role=name, unit=of, **more)


def no_role(person: str, name: str, of: str | None, on: str, **more: Any) -> Fact:
    """Return the end of a role."""
    return fact("role_ended", on, person=person, role=name, unit=of, **more)


def leave(person: str, on: str, *, kind: str = "study_abroad", **more: Any) -> Fact:
    """Return the start of a leave (请假)."""
    return fact("leave_started", on, person=person, kind=kind, **more)


def leave_over(person: str, on: str, *, kind: str = "study_abroad", **more: Any) -> Fact:
    """Return the end of a leave."""
    return fact("leave_ended", on, person=person, kind=kind, **more)


def link(kind: str, holder: str, target: str, on: str = LONG_AGO, **more: Any) -> Fact:
    """Return the start of a link (联系)."""
    return fact("link_started", on, link=kind, holder=holder, target=target, **more)


def no_link(kind: str, holder: str, target: str, on: str) -> Fact:
    """Return the end of a link."""
    return fact("link_ended", on, link=kind, holder=holder, target=target)


def opened(building: str, on: str = LONG_AGO, **more: Any) -> Fact:
    """Return that a building (公寓楼) is in use."""
    return fact("building_opened", on, building=building, **more)


def shut(building: str, on: str) -> Fact:
    """Return that a building is out of use."""
    return fact("building_closed", on, building=building)


def lives(person: str, building: str, room: str = "101", on: str = LONG_AGO, **more: Any) -> Fact:
    """Return that a person lives in a room."""
    return fact("residence_started", on, person=person, building=building, room=room, **more)


def moved_out(person: str, building: str, on: str, room: str = "101", **more: Any) -> Fact:
    """Return that a person no longer lives in a room."""
    return fact("residence_ended", on, person=person, building=building, room=room, **more)


def plate(person: str, building: str, room: str = "101", on: str = LONG_AGO, **more: Any) -> Fact:
    """Return that a member's nameplate (明示牌) hangs at a room."""
    return fact("nameplate_posted", on, person=person, building=building, room=room, **more)


def facility(kind: str, of: str, on: str = LONG_AGO, **more: Any) -> Fact:
    """Return that a unit opened a facility (阵地)."""
    return fact("facility_opened", on, facility=kind, unit=of, **more)


# What happened ----------------------------------------------------------------------------------------------


def meeting(kind: str, by: str, on: str, **more: Any) -> Fact:
    """Return a meeting (会议) of a unit."""
    return fact("meeting_held", on, meeting=kind, unit=by, **more)


def activity(kind: str, by: str, on: str, **more: Any) -> Fact:
    """Return an activity (活动) of a unit."""
    return fact("activity_held", on, activity=kind, unit=by, **more)


def document(kind: str, author: str, on: str, **more: Any) -> Fact:
    """Return the filing of a document."""
    return fact("document_filed", on, document=kind, author=author, **more)


def training(person: str, course: str, on: str, **more: Any) -> Fact:
    """Return the completion of a course (培训)."""
    return fact("training_completed", on, person=person, course=course, **more)


def judged(clause: str, about: str, outcome: str, on: str, **more: Any) -> Fact:
    """Return a recorded judgement; the clause is written `PACK:CLAUSE`."""
    return fact("judgement_made", on, clause=clause, about=about, by="SC", outcome=outcome, **more)


# The record itself ------------------------------------------------------------------------------------------


def term(name: str, kind: str, first: str, last: str, year: str | None = None, **more: Any) -> Fact:
    """Return the declaration of a semester or vacation, first and last day inclusive."""
    return fact("term_declared", first, term=name, kind=kind, until=last, academic_year=year, **more)


def closed(through: str, of: str | None = None, **more: Any) -> Fact:
    """Return that the record of a unit, or of the institution, is complete through a day."""
    return fact("register_closed", through, unit=of, through=through, **more)


def recorded_from(on: str, of: str | None = None, **more: Any) -> Fact:
    """Return that the record of a unit, or of the institution, covers what happened from a day on."""
    return fact("register_opened", on, unit=of, **more)


def retracted(target: Fact | str, on: str = LONG_AGO, **more: Any) -> Fact:
    """Return the retraction of a fact."""
    name = target if isinstance(target, str) else target.id
    return fact("fact_retracted", on, target=name, reason="recorded in error", **more)
