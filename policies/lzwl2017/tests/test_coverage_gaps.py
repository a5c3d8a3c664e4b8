"""What a record that names only the month leaves open about standing duties and steps, worked out by hand."""

import pytest

from partyrules.testing.institution import Facts, document, facility, fact, stage, training, unit
from policies.lzwl2017.tests.institution import decide, finding, rules_of

# Asked in the middle of the month: whatever June holds may come before that day or after it.
ASKED, JUNE = "2018-06-15", "2018-06"
EIGHT_RULES = (
    "development_rules",
    "branch_setup_rules",
    "branch_quality_rules",
    "membership_transfer_rules",
    "dues_rules",
    "rights_rules",
    "exit_rules",
    "team_rules",
)
RULES = (
    unit("U", "organisation_department"),
    *(document(kind, "U", "2018-05-02") for kind in EIGHT_RULES),
    document("incentive_rules", "U", JUNE),
)

TARGET = (
    stage("p1", "activist", "2017-06-01"),
    stage("p1", "development_target", "2018-02-10"),
    training("p1", "development_target_course", "2018-04-01", days=3),
    fact("review_completed", "2018-05-01", person="p1", review="political_review", outcome="pass"),
)
ACTIVIST = (
    unit("YL", "youth_league"),
    stage("p1", "applicant", "2017-06-01"),
    stage("p1", "activist", "2018-02-10"),
    training("p1", "activist_course", "2018-04-01", passed=True),
    fact("talk_held", "2018-04-02", person="p1", talk="any"),
)


def talk(on: str) -> Facts:
    """Return that somebody talked with p1 (谈心谈话)."""
    return (fact("talk_held", on, person="p1", talk="any"),)


def recommended(on: str) -> Facts:
    """Return that the League recommended p1 (推优)."""
    return (fact("recommendation_made", on, person="p1", step="development_target", by="YL"),)


def test_the_last_of_nine_rules_dated_to_the_month() -> None:
    """Whether the last of them is there is open within the month; before it, it is not, and on its last day it is."""
    found = finding(RULES, "1.3.2", ASKED)
    assert (found.status, found.needs) == ("unknown", ("full_date",))
    assert [finding(RULES, "1.3.2", day).status for day in ("2018-05-31", "2018-06-30")] == ["breached", "satisfied"]


@pytest.mark.parametrize(
    ("month", "place"), [("2018-02", "unknown"), ("2018-03", "met"), ("2018-06", "unknown"), ("2018-01", "unmet")]
)
def test_talk_dated_to_the_month(month: str, place: str) -> None:
    """A talk in the month of the entry or of the day asked may lie outside the stage; in between it surely counts."""
    decision = decide((*TARGET, *talk(month)), "p1", "probationary_member", ASKED)
    assert "2.4.2-talk" in rules_of(getattr(decision, place))
    outcome = {"met": "permitted", "unknown": "undetermined", "unmet": "blocked"}[place]
    assert decision.outcome == outcome


def test_the_last_of_three_places_online_dated_to_the_month() -> None:
    """Whether the platform is open by the day asked is open within its month, and sure on its last day (5.1)."""
    kinds = (("student_exchange_column", "2018-05-02"), ("network_team", "2018-05-02"), ("information_platform", JUNE))
    facts = (unit("U", "publicity_department"), *(facility(kind, "U", on) for kind, on in kinds))
    found = finding(facts, "5.1", ASKED)
    assert (found.status, found.needs, found.actual) == ("unknown", ("full_date",), 2)
    assert [finding(facts, "5.1", day).status for day in ("2018-05-31", "2018-06-30")] == ["breached", "satisfied"]


@pytest.mark.parametrize(
    ("month", "place"), [("2018-02", "unknown"), ("2018-03", "met"), ("2018-06", "unknown"), ("2018-01", "unmet")]
)
def test_what_an_activist_and_a_probationary_member_need_dated_to_the_month(month: str, place: str) -> None:
    """A talk or a course that may have come before the entry or after the day asked is open; in between it counts."""
    activist = tuple(one for one in ACTIVIST if one.wire != "talk_held")
    decision = decide((*activist, *talk(month)), "p1", "development_target", ASKED)
    assert "2.4.2-cultivation" in rules_of(getattr(decision, place))
    held = (stage("p1", "development_target", "2017-06-01"), stage("p1", "probationary_member", "2018-02-10"))
    reviewed = fact("review_completed", "2018-05-01", person="p1", review="conversion_review", outcome="pass")
    course = training("p1", "probationary_course", month)
    decision = decide((*held, reviewed, course), "p1", "full_member", ASKED)
    assert "2.4.3-training" in rules_of(getattr(decision, place))
    assert decision.outcome == {"met": "permitted", "unknown": "undetermined", "unmet": "blocked"}[place]


@pytest.mark.parametrize(("month", "place"), [("2018-02", "unknown"), ("2018-03", "met"), ("2018-06", "unknown")])
def test_recommendation_dated_to_the_month(month: str, place: str) -> None:
    """Where the League's recommendation is required, one that may lie outside the stage decides nothing."""
    decision = decide((*ACTIVIST, *recommended(month)), "p1", "development_target", ASKED, **{"7.1.effect": "required"})
    assert "7.1" in rules_of(getattr(decision, place))
    assert decision.outcome == {"met": "permitted", "unknown": "undetermined"}[place]
