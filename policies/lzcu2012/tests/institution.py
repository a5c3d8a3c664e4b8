"""Synthetic facts in one line each, and the questions that the tests of the pack put to them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

import partyrules
import partyrules_lzcu2012
from partyrules.calendar import parse_civil_date
from partyrules.facts import CORE_VOCABULARY, Fact
from partyrules.packs import Adoption, adopt
from partyrules.verdicts import Decision, Finding

PACK = "lzcu2012"
LONG_AGO = "2010-03-01"
# The tests of the engines show that they all decide alike; these are about what is decided.
ENGINE = "reference"

Facts = tuple[Fact, ...]
Choices = tuple[tuple[str, str], ...]


def fact(wire: str, on: str, **fields: Any) -> Fact:
    """Return a fact of that wire name; `on` is a day or a month, lists may be given as lists."""
    given = {name: value for name, value in fields.items() if value is not None}
    words = (wire, *(str(value) for name, value in given.items() if name != "recorded_at"), on)
    made: dict[str, Any] = {"id": " ".join(words)[:200], **given}
    for name in ("until", "through", "period"):
        if name in made:
            made[name] = date.fromisoformat(made[name])
    if "recorded_at" in made:
        made["recorded_at"] = datetime.fromisoformat(made["recorded_at"])
    made = {name: tuple(value) if isinstance(value, list) else value for name, value in made.items()}
    return CORE_VOCABULARY.types[wire](on=parse_civil_date(on), **made)


# Who and what there is --------------------------------------------------------------------------------------


def unit(name: str, kind: str, on: str = LONG_AGO, **more: Any) -> Fact:
    """Return the establishment of a unit (组织)."""
    return fact("unit_established", on, unit=name, kind=kind, **more)


def dissolved(name: str, on: str) -> Fact:
    """Return the end of a unit."""
    return fact("unit_dissolved", on, unit=name)


def registered(person: str, on: str = LONG_AGO, category: str = "student") -> Fact:
    """Return the registration of a person, as a student unless told otherwise."""
    return fact("person_registered", on, person=person, category=category)


def staff(person: str, on: str = LONG_AGO) -> Fact:
    """Return the registration of a member of staff."""
    return registered(person, on, "staff")


def left(person: str, on: str) -> Fact:
    """Return that a person is off the books."""
    return fact("person_left", on, person=person)


def stage(person: str, name: str, on: str = LONG_AGO, **more: Any) -> Fact:
    """Return the entry into a stage (发展阶段)."""
    return fact("stage_entered", on, person=person, stage=name, **more)


def full_member(person: str, on: str = LONG_AGO) -> Fact:
    """Return the entry into full membership (正式党员)."""
    return stage(person, "full_member", on)


def member(person: str, of: str, on: str = LONG_AGO, **more: Any) -> Fact:
    """Return the start of a membership of a unit."""
    return fact("membership_started", on, person=person, unit=of, **more)


def no_member(person: str, of: str, on: str) -> Fact:
    """Return the end of a membership."""
    return fact("membership_ended", on, person=person, unit=of)


def role(person: str, name: str, of: str | None = None, on: str = LONG_AGO, **more: Any) -> Fact:
    """Return the start of a role (职务), of a unit where one is named."""
    return fact("role_started", on, person=person, role=name, unit=of, **more)


def no_role(person: str, name: str, of: str | None, on: str) -> Fact:
    """Return the end of a role."""
    return fact("role_ended", on, person=person, role=name, unit=of)


def opened(building: str, on: str = LONG_AGO, **more: Any) -> Fact:
    """Return that a building (公寓楼) is in use."""
    return fact("building_opened", on, building=building, **more)


def shut(building: str, on: str) -> Fact:
    """Return that a building is out of use."""
    return fact("building_closed", on, building=building)


def group(name: str, building: str | None, on: str = LONG_AGO, **more: Any) -> Fact:
    """Return the establishment of a building's group (楼宇党小组)."""
    return unit(name, "building_group", on, building=building, **more)


def lives(person: str, building: str, room: str = "101", on: str = LONG_AGO, **more: Any) -> Fact:
    """Return that a person lives in a room."""
    return fact("residence_started", on, person=person, building=building, room=room, **more)


def moved_out(person: str, building: str, on: str, room: str = "101") -> Fact:
    """Return that a person no longer lives in a room."""
    return fact("residence_ended", on, person=person, building=building, room=room)


def instructor(person: str, building: str, on: str = LONG_AGO, **more: Any) -> Fact:
    """Return that a person is the instructor (党建工作指导员) of a building."""
    return role(person, "building_instructor", None, on, building=building, **more)


def plate(person: str, building: str, room: str = "101", on: str = LONG_AGO, **more: Any) -> Fact:
    """Return that a member's nameplate (明示牌) hangs at a room."""
    return fact("nameplate_posted", on, person=person, building=building, room=room, **more)


def facility(kind: str, of: str, on: str = LONG_AGO, **more: Any) -> Fact:
    """Return that a unit opened a facility (阵地)."""
    return fact("facility_opened", on, facility=kind, unit=of, **more)


def rated(rating: str, on: str, *, person: str = "p1", by: str = "i1", **more: Any) -> Fact:
    """Return an evaluation (评价) of somebody's conduct in the apartment."""
    return fact("dorm_evaluated", on, person=person, by=by, rating=rating, **more)


def leave(person: str, on: str, **more: Any) -> Fact:
    """Return the start of a leave (请假)."""
    return fact("leave_started", on, person=person, kind="study_abroad", **more)


def leave_over(person: str, on: str) -> Fact:
    """Return the end of a leave."""
    return fact("leave_ended", on, person=person, kind="study_abroad")


def link(kind: str, holder: str, target: str, on: str = LONG_AGO, **more: Any) -> Fact:
    """Return the start of a link (联系)."""
    return fact("link_started", on, link=kind, holder=holder, target=target, **more)


def no_link(kind: str, holder: str, target: str, on: str) -> Fact:
    """Return the end of a link."""
    return fact("link_ended", on, link=kind, holder=holder, target=target)


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


def explained(clause: str, about: str, period: str, on: str, **more: Any) -> Fact:
    """Return the recorded reason for a breach of what is normally done."""
    return fact(
        "judgement_made",
        on,
        clause=f"{PACK}:{clause}",
        about=about,
        by="SC",
        outcome="explained",
        period=period,
        **more,
    )


# The record itself ------------------------------------------------------------------------------------------


def term(name: str, kind: str, first: str, last: str, year: str | None = None, **more: Any) -> Fact:
    """Return the declaration of a semester or vacation, first and last day inclusive."""
    return fact("term_declared", first, term=name, kind=kind, until=last, academic_year=year, **more)


def closed(through: str, of: str | None = None) -> Fact:
    """Return that the record of a unit, or of the institution, is complete through a day."""
    return fact("register_closed", through, unit=of, through=through)


def retracted(target: Fact, on: str = "2013-12-01", **more: Any) -> Fact:
    """Return the retraction of a fact."""
    return fact("fact_retracted", on, target=target.id, reason="recorded in error", **more)


# 23 and 24 February 2013 lie in no term.
SPRING_2012 = term("2012-spring", "semester", "2012-02-20", "2012-07-08", "2011-2012")
SUMMER_2012 = term("2012-summer", "summer_vacation", "2012-07-09", "2012-08-31", "2011-2012")
AUTUMN = term("2012-autumn", "semester", "2012-09-01", "2013-01-13", "2012-2013")
WINTER = term("2013-winter", "winter_vacation", "2013-01-14", "2013-02-22", "2012-2013")
SPRING = term("2013-spring", "semester", "2013-02-25", "2013-07-07", "2012-2013")
SUMMER = term("2013-summer", "summer_vacation", "2013-07-08", "2013-08-31", "2012-2013")
TERMS = (SPRING_2012, SUMMER_2012, AUTUMN, WINTER, SPRING, SUMMER)


# Questions --------------------------------------------------------------------------------------------------


def adopted(
    rule: str = "", readings: Mapping[str, str] | None = None, parameters: Mapping[str, str] | None = None
) -> Adoption:
    """Return the pack adopted with these choices for one rule, or for none named, with the rule in their keys."""
    readings_chosen, given = (
        tuple(sorted((f"{PACK}:{rule}.{name}" if rule else f"{PACK}:{name}", value) for name, value in some.items()))
        for some in (readings or {}, parameters or {})
    )
    return _adopted(id(partyrules_lzcu2012.pack), readings_chosen, given)


@cache
def _adopted(_: int, readings: Choices, parameters: Choices) -> Adoption:
    """Return the adoption of the pack as it stands now; the first argument tells one pack from another."""
    return adopt([partyrules_lzcu2012.pack], readings=dict(readings), parameters=dict(parameters))


def findings(
    facts: Iterable[Fact],
    rule: str,
    as_of: str,
    *,
    subject: str | None = None,
    known_at: str | None = None,
    parameters: Mapping[str, str] | None = None,
    **readings: str,
) -> tuple[Finding, ...]:
    """Return the findings on one rule as of the end of a day."""
    known = None if known_at is None else datetime.fromisoformat(known_at)
    asked = partyrules.audit(
        distinct(facts), adopted(rule, readings, parameters), as_of=date.fromisoformat(as_of), known_at=known
    )
    return asked.findings(rule=f"{PACK}:{rule}", subject=subject)


def finding(
    facts: Iterable[Fact],
    rule: str,
    as_of: str,
    *,
    start: str | None = None,
    occasion: Fact | None = None,
    **asked: Any,
) -> Finding:
    """Return the only finding: in the period that begins at `start`, or on the occasion, where one is given."""
    found = [
        one
        for one in findings(facts, rule, as_of, **asked)
        if (start is None or (one.period and one.period.start.isoformat() == start))
        and (occasion is None or one.occasion == occasion.id)
    ]
    assert len(found) == 1, found
    return found[0]


def decide(
    facts: Iterable[Fact], person: str, to: str, on: str, *, known_at: str | None = None, **readings: str
) -> Decision:
    """Return the decision on a step; readings are written `RULE.NAME` with their dots and hyphens as they stand."""
    return partyrules.decide(
        distinct(facts),
        adopted(readings=readings),
        person=person,
        to=to,
        on=date.fromisoformat(on),
        known_at=None if known_at is None else datetime.fromisoformat(known_at),
        engine=ENGINE,
    )


def rules_of(items: Iterable[Any]) -> list[str]:
    """Return the rules of a list of a decision, without the pack's name."""
    return [item.rule.removeprefix(f"{PACK}:") for item in items]


def distinct(facts: Iterable[Fact]) -> Facts:
    """Return the facts; two with one id would be a mistake of the test."""
    given = tuple(facts)
    assert len({one.id for one in given}) == len(given), "a test gave two facts with one id"
    return given
