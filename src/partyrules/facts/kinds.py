"""The kinds (种类) that the core vocabulary names, by the field that holds them; any other is a pack's own."""

from collections.abc import Iterable, Mapping
from typing import Final

__all__ = ["KINDS", "field_of_kinds", "kind_field"]

# Kinds are open strings: a pack reads whichever it likes. This table only tells a slip from a new kind.
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "unit.kind": (
        "school_committee",
        "organisation_department",
        "publicity_department",
        "student_affairs",
        "youth_league",
        "league_general_branch",
        "league_branch",
        "party_school",
        "general_branch",
        "branch",
        "group",
        "guidance_department",
        "building_group",
    ),
    "leave.kind": ("sick", "study_abroad", "internship"),
    "role": (
        "principal_leader",
        "school_leader",
        "college_leader",
        "department_head",
        "branch_secretary",
        "committee_member",
        "group_leader",
        "building_instructor",
        "building_counsellor",
        "backbone_member",
    ),
    "meeting": (
        "branch_assembly",
        "branch_committee",
        "group_meeting",
        "democratic_life_meeting",
        "organisational_life",
        "democratic_appraisal",
        "report_session",
        "exchange_session",
        "special_study",
        "discussion_session",
        "organisational_life_meeting",
    ),
    "activity": (
        "party_lecture",
        "study_report",
        "educational_film",
        "heritage_visit",
        "social_practice",
        "volunteer_service",
        "field_research",
        "cultural_activity",
        "reception_day",
        "theory_lesson",
        "induction_education",
    ),
    "document": (
        "development_rules",
        "branch_setup_rules",
        "branch_quality_rules",
        "membership_transfer_rules",
        "dues_rules",
        "rights_rules",
        "exit_rules",
        "team_rules",
        "incentive_rules",
        "development_review",
        "annual_plan",
        "performance_report",
        "thought_report",
        "organisational_life_rules",
        "party_work_rules",
        "cultural_activity_rules",
        "assessment_measures",
    ),
    "course": (
        "activist_course",
        "development_target_course",
        "probationary_course",
        "member_training",
        "qingma_course",
    ),
    "certificate": ("party_school_certificate",),
    "review": ("political_review", "conversion_review", "apartment_conduct"),
    "link": ("room", "activist", "hardship_student", "branch", "responsibility_room"),
    "facility": (
        "online_study_column",
        "student_member_mailbox",
        "volunteer_team",
        "members_home",
        "supervision_mailbox",
    ),
}


def kind_field(wire: str, name: str) -> str:
    """Return the name under which the kinds in a field of a fact type are listed: `meeting`, but `unit.kind`."""
    return f"{wire.split('_', maxsplit=1)[0]}.kind" if name == "kind" else name


def field_of_kinds(wire: str, fields: Iterable[str], listed: Iterable[str] = KINDS) -> str | None:
    """Return which of the fields of a fact type holds a kind that is `listed`; None where none does."""
    return next((name for name in fields if kind_field(wire, name) in listed), None)
