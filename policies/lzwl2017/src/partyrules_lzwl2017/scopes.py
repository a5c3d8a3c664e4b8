"""Whom the implementation opinions speak of, what they hold and attend: parts that several rules share."""

from partyrules.language.kernel import SUBJECT, Condition, Events, Operand, by_reading, events, holds, its
from partyrules.language.rules import Bearer, PerPeriod

__all__ = [
    "BACKBONE",
    "BRANCH_WITH_MEMBERS",
    "BY_OWN_BRANCH",
    "IN_SEMESTER",
    "IN_YEAR",
    "MEMBERS",
    "MEMBER_STAGES",
    "STUDENT",
    "STUDENT_MEMBER",
    "UNIT_OF_MEMBERS",
    "attended",
    "meetings",
    "student_member",
    "unit_of_kind",
]

MEMBER_STAGES = ("probationary_member", "full_member")


def student_member(person: Operand) -> Condition:
    """Return the condition that a person is a student member (学生党员): registered, and a Party member."""
    registered = holds("registration", person=person, category="student")
    return registered & holds("stage", person=person, stage=MEMBER_STAGES)


def unit_of_kind(kind: str) -> Bearer:
    """Return the bearer: each existing unit of that kind."""
    return Bearer("unit", holds("unit", unit=SUBJECT, kind=kind))


STUDENT = holds("registration", person=SUBJECT, category="student")
STUDENT_MEMBER = student_member(SUBJECT)
BACKBONE = STUDENT_MEMBER & holds("role", person=SUBJECT, role="backbone_member")
# A unit of teachers alone is no student branch or group (学生党支部).
UNIT_OF_MEMBERS = holds("membership", unit=SUBJECT, where=student_member(its("person")))
# The fact at hand was held by a branch of which the bearer was a member that day.
BY_OWN_BRANCH = holds("unit", unit=its("unit"), kind="branch") & holds("membership", person=SUBJECT, unit=its("unit"))

MEMBERS = Bearer("person", STUDENT_MEMBER)
BRANCH_WITH_MEMBERS = Bearer("unit", holds("unit", unit=SUBJECT, kind="branch") & UNIT_OF_MEMBERS)

IN_SEMESTER = PerPeriod("semester")
IN_YEAR = PerPeriod(by_reading("year", calendar="year", academic="academic_year"))


def meetings(kind: Operand) -> Events:
    """Return the meetings of that kind, or of one of several, that the bearing unit held."""
    return events("meeting_held", meeting=kind, unit=SUBJECT)


def attended(wire: str, kind: Operand, *, where: Condition | None = None) -> Events:
    """Return the meetings or activities of that kind, or of one of several, that the bearer attended."""
    if wire == "meeting_held":
        return events(wire, meeting=kind, attended=SUBJECT, where=where)
    return events(wire, activity=kind, attended=SUBJECT, where=where)
