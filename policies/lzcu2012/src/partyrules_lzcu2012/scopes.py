"""Whom the 2012 plan speaks of: conditions on a person that several rules share."""

from partyrules.language.kernel import SUBJECT, Condition, holds, its

__all__ = [
    "COVERED",
    "LIVES_IN_COVERED_BUILDING",
    "MEMBER_STAGES",
    "RESIDENT_MEMBER",
    "STUDENT_MEMBER",
    "in_stages",
]

MEMBER_STAGES = ("probationary_member", "full_member")

# A building is covered while it is open and a building group with that building exists.
COVERED = holds("building", building=its("building")) & holds("unit", kind="building_group", building=its("building"))
LIVES_IN_COVERED_BUILDING = holds("residence", person=SUBJECT, where=COVERED)


def in_stages(*stages: str) -> Condition:
    """Return the condition that the subject is a registered student in one of the stages."""
    return holds("registration", person=SUBJECT, category="student") & holds("stage", person=SUBJECT, stage=stages)


STUDENT_MEMBER = in_stages(*MEMBER_STAGES)
RESIDENT_MEMBER = STUDENT_MEMBER & LIVES_IN_COVERED_BUILDING
