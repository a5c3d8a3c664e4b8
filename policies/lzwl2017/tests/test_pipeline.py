"""What the implementation opinions require before each step of the development pipeline."""

import pytest

import partyrules_lzwl2017
from partyrules.facts.vocabulary import Fact
from partyrules.testing.institution import (
    Facts,
    dissolved,
    fact,
    left,
    registered,
    retracted,
    staff,
    stage,
    training,
    unit,
)
from policies.lzwl2017.tests.institution import decide, rules_of

ENTRY, ASKED = "2018-02-01", "2018-06-30"
YL = unit("YL", "youth_league")
ACTIVIST = (stage("p1", "applicant", "2017-01-01"), stage("p1", "activist", ENTRY))
TARGET = (*ACTIVIST[:1], stage("p1", "activist", "2017-06-01"), stage("p1", "development_target", ENTRY))
PROBATIONARY = (stage("p1", "development_target", "2017-06-01"), stage("p1", "probationary_member", ENTRY))


def course(
    on: str, *, passed: bool | None = True, person: str = "p1", kind: str = "activist_course", **more: object
) -> Fact:
    """Return an activist course."""
    return training(person, kind, on, passed=passed, **more)


def recommended(on: str, *, step: str = "development_target", by: str = "YL", person: str = "p1") -> Fact:
    """Return a recommendation (推优)."""
    return fact("recommendation_made", on, person=person, step=step, by=by)


def review(outcome: str, on: str, *, kind: str = "political_review", person: str = "p1", **more: object) -> Fact:
    """Return a review (审查)."""
    return fact("review_completed", on, person=person, review=kind, outcome=outcome, **more)


def talk(on: str, *, person: str = "p1") -> Fact:
    """Return a talk (谈心谈话)."""
    return fact("talk_held", on, person=person, talk="any")


def sessions(*numbers: tuple[float | None, float | None]) -> Facts:
    """Return sessions of the targets' course with their days and hours, from the day of entry on."""
    return tuple(
        training("p1", "development_target_course", f"2018-02-{n + 1:02}", days=days, hours=hours)
        for n, (days, hours) in enumerate(numbers)
    )


REVIEWED, TALKED, TRAINED = review("pass", "2018-05-01"), talk("2018-05-02"), sessions((3, 24))


def where(rule: str, facts: Facts, to: str, on: str = ASKED, **readings: str) -> str:
    """Return the list of the decision in which the rule stands."""
    made = decide(facts, "p1", to, on, **readings)
    lists = ("vetoes", "unmet", "unknown", "met", "not_applicable", "advisory")
    found = [name for name in lists if rule in rules_of(getattr(made, name))]
    assert len(found) == 1, (found, made)
    return found[0]


# Which rule speaks to which step ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "to", "outcome", "unmet", "advisory"),
    [
        ((registered("p1"),), "applicant", "permitted", [], []),
        (ACTIVIST[:1], "activist", "permitted", [], ["7.1", "7.1-qingma"]),
        (ACTIVIST, "development_target", "blocked", ["2.4.2-cultivation", "4.4.1"], ["7.1", "7.1-qingma"]),
        (TARGET, "probationary_member", "blocked", ["2.4.2-review", "2.4.2-talk", "4.6.1"], []),
        (PROBATIONARY, "full_member", "blocked", ["2.4.3-review", "2.4.3-training"], []),
    ],
    ids=str,
)
def test_each_step(held: Facts, to: str, outcome: str, unmet: list[str], advisory: list[str]) -> None:
    """With nothing done, each step lacks what the clauses ask before it and nothing else."""
    made = decide(held, "p1", to, ASKED)
    assert (made.person, made.to, str(made.on)) == ("p1", to, ASKED)
    assert (made.outcome, made.reason) == (outcome, None)
    assert (rules_of(made.unmet), rules_of(made.advisory)) == (unmet, advisory)
    assert (made.vetoes, made.unknown, made.met, made.not_applicable, made.irregular) == ((), (), (), (), ())
    assert [(item.evidence, item.needs, item.reason) for item in (*made.unmet, *made.advisory)] == [
        ((), (), None)
    ] * len(unmet + advisory)


def test_clauses_and_words_of_the_requirements() -> None:
    """Each requirement cites its clause, has the strength of its word, and names its reading."""
    made = {
        item.rule: item
        for to, held in (
            ("development_target", ACTIVIST),
            ("probationary_member", TARGET),
            ("full_member", PROBATIONARY),
        )
        for item in (*decide(held, "p1", to, ASKED).unmet, *decide(held, "p1", to, ASKED).advisory)
    }
    assert {rule.removeprefix("lzwl2017:"): (item.clause, dict(item.readings)) for rule, item in made.items()} == {
        "2.4.2-cultivation": ("二、4", {}),
        "4.4.1": ("四、第1段", {"result": "passed"}),
        "7.1": ("七、第1段", {"effect": "advisory"}),
        "7.1-qingma": ("七、第1段", {}),
        "2.4.2-review": ("二、4", {}),
        "2.4.2-talk": ("二、4", {}),
        "4.6.1": ("四、第1段", {"sum": "either"}),
        "2.4.3-training": ("二、4", {}),
        "2.4.3-review": ("二、4", {}),
    }
    assert {rule.id: rule.modality for rule in partyrules_lzwl2017.pack.requirements} == {
        "4.4.1": "must",
        "4.6.1": "normally",
        "2.4.2-review": "shall",
        "2.4.2-talk": "shall",
        "2.4.2-cultivation": "shall",
        "2.4.3-training": "shall",
        "2.4.3-review": "shall",
        "7.1": "shall",
        "7.1-qingma": "shall",
    }


@pytest.mark.parametrize(
    ("facts", "to", "reason"),
    [
        ((registered("p1"),), "activist", "stage_order"),
        (ACTIVIST, "activist", "stage_order"),
        (ACTIVIST, "applicant", "stage_order"),
        (ACTIVIST, "probationary_member", "stage_order"),
        (ACTIVIST, "full_member", "stage_order"),
        ((*PROBATIONARY, stage("p1", "full_member", "2018-03-01")), "full_member", "stage_order"),
        ((*ACTIVIST, staff("p1")), "development_target", "not_a_student"),
        ((*ACTIVIST, registered("p1"), left("p1", ASKED)), "development_target", "not_a_student"),
        ((*ACTIVIST, left("p1", ASKED), registered("p1", "2018-07-01")), "development_target", "not_a_student"),
        ((staff("p1"),), "activist", "stage_order"),
    ],
    ids=str,
)
def test_nothing_is_judged(facts: Facts, to: str, reason: str) -> None:
    """A step out of order, or of somebody who is no student that day, is blocked and nothing is judged."""
    made = decide(facts, "p1", to, ASKED)
    assert (made.outcome, made.reason) == ("blocked", reason)
    assert (made.vetoes, made.unmet, made.unknown, made.met, made.not_applicable, made.advisory) == ((),) * 6


def test_first_step_after_none() -> None:
    """Who ended the pipeline may begin again, at the first stage."""
    ended = (*ACTIVIST, stage("p1", "none", "2018-03-01"))
    assert decide(ended, "p1", "applicant", ASKED).outcome == "permitted"
    assert decide(ended, "p1", "development_target", ASKED).reason == "stage_order"


def test_not_in_force() -> None:
    """Before 11 December 2017 the paper adds nothing to a decision; from that day on it does."""
    held = (stage("p1", "applicant", "2017-01-01"), stage("p1", "activist", "2017-02-01"))
    before, after = (decide(held, "p1", "development_target", day) for day in ("2017-12-10", "2017-12-11"))
    assert (before.outcome, before.unmet, before.advisory) == ("permitted", (), ())
    assert (after.outcome, rules_of(after.unmet)) == ("blocked", ["2.4.2-cultivation", "4.4.1"])


# 4.4.1 ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("taken", "place", "sat"),
    [
        ((course(ENTRY),), "met", "met"),
        ((course(ASKED),), "met", "met"),
        ((course("2018-01-31"),), "unmet", "unmet"),
        ((course("2018-07-01"),), "unmet", "unmet"),
        ((course("2018-03-01", passed=False),), "unmet", "met"),
        ((course("2018-03-01", passed=None),), "unknown", "met"),
        ((course("2018-03-01", passed=None), course("2018-04-01")), "met", "met"),
        ((course("2018-03-01", passed=False), course("2018-04-01")), "met", "met"),
        ((course("2018-03-01", person="p2"),), "unmet", "unmet"),
        ((course("2018-03-01", kind="development_target_course"),), "unmet", "unmet"),
    ],
    ids=str,
)
def test_activist_course(taken: Facts, place: str, sat: str) -> None:
    """An activist course passed since the entry into that stage opens the step; read otherwise, one sat (4.4.1)."""
    facts = (*ACTIVIST, talk(ENTRY), *taken)
    for option, expected in (("passed", place), ("sat", sat)):
        made = decide(facts, "p1", "development_target", ASKED, **{"4.4.1.result": option})
        assert where("4.4.1", facts, "development_target", **{"4.4.1.result": option}) == expected
        assert made.outcome == {"met": "permitted", "unmet": "blocked", "unknown": "undetermined"}[expected]
        item = next(one for one in (*made.met, *made.unmet, *made.unknown) if one.rule == "lzwl2017:4.4.1")
        assert item.readings == {"result": option}
        assert item.needs == (("passed",) if expected == "unknown" else ())
        passed = [one.id for one in taken if option == "sat" or one.passed]  # type: ignore[attr-defined]  # a course
        assert item.evidence == (tuple(sorted(passed)) if expected == "met" else ())


# 2.4.2-cultivation, 2.4.3-training, 7.1-qingma ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "counts"),
    [
        (talk(ENTRY), True),
        (talk(ASKED), True),
        (talk("2018-01-31"), False),
        (talk("2018-07-01"), False),
        (talk("2018-03-01", person="p2"), False),
    ],
    ids=str,
)
def test_talks_with_activists(held: Fact, counts: bool) -> None:  # noqa: FBT001 - a column of the table
    """One talk of any kind since the entry as an activist is what the step to target asks for (2.4.2)."""
    place = "met" if counts else "unmet"
    assert where("2.4.2-cultivation", (*ACTIVIST, held), "development_target") == place
    assert where("2.4.2-cultivation", (*ACTIVIST, held, talk("2018-03-02")), "development_target") == "met"
    made = decide((*ACTIVIST, held, course(ENTRY)), "p1", "development_target", ASKED)
    assert made.outcome == ("permitted" if counts else "blocked")


@pytest.mark.parametrize(
    ("taken", "counts"),
    [
        (course(ENTRY, kind="probationary_course"), True),
        (course(ASKED, kind="probationary_course", passed=None), True),
        (course(ENTRY, kind="probationary_course", passed=False), False),
        (course("2018-01-31", kind="probationary_course"), False),
        (course("2018-07-01", kind="probationary_course"), False),
        (course(ENTRY, kind="development_target_course"), False),
        (course(ENTRY, kind="probationary_course", person="p2"), False),
    ],
    ids=str,
)
def test_training_of_probationary_members(taken: Fact, counts: bool) -> None:  # noqa: FBT001 - a column of the table
    """A course since the entry as a probationary member is asked for; only one recorded as failed is none (2.4.3)."""
    facts = (*PROBATIONARY, review("pass", ENTRY, kind="conversion_review"), taken)
    assert where("2.4.3-training", facts, "full_member") == ("met" if counts else "unmet")
    made = decide(facts, "p1", "full_member", ASKED)
    assert made.outcome == ("permitted" if counts else "blocked")
    failed = course("2018-03-03", kind="probationary_course", passed=False)
    assert where("2.4.3-training", (*facts, failed), "full_member") == ("met" if counts else "unmet")
    one_more = course("2018-03-04", kind="probationary_course")
    assert where("2.4.3-training", (*facts, one_more), "full_member") == "met"


@pytest.mark.parametrize(
    ("taken", "counts"),
    [
        (course(ASKED, kind="qingma_course", passed=None), True),
        (course("2010-01-01", kind="qingma_course"), True),
        (course("2010-01-01", kind="qingma_course", passed=False), True),
        (course("2018-07-01", kind="qingma_course"), False),
        (course("2010-01-01", kind="qingma_course", person="p2"), False),
        (course("2010-01-01"), False),
    ],
    ids=str,
)
def test_qingma(taken: Fact, counts: bool) -> None:  # noqa: FBT001 - a column of the table
    """A course of the Qingma programme, ever, failed too, is noted at both steps; the lack of it blocks none (7.1)."""
    for held, to in ((ACTIVIST[:1], "activist"), ((*ACTIVIST, talk(ENTRY), course(ENTRY)), "development_target")):
        assert where("7.1-qingma", (*held, taken), to) == ("met" if counts else "advisory")
        assert where("7.1-qingma", (*held, taken, course("2010-02-01", kind="qingma_course")), to) == "met"
        assert decide((*held, taken), "p1", to, ASKED).outcome == "permitted"


# 7.1 --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "counts"),
    [
        ((YL, recommended(ENTRY)), True),
        ((YL, recommended(ASKED)), True),
        ((unit("LG", "league_general_branch"), recommended("2018-03-01", by="LG")), True),
        ((unit("LB", "league_branch"), recommended("2018-03-01", by="LB")), True),
        ((YL, recommended("2018-01-31")), False),
        ((YL, recommended("2018-07-01")), False),
        ((YL, recommended("2018-03-01", step="activist")), False),
        ((YL, recommended("2018-03-01", person="p2")), False),
        ((YL, unit("GB", "general_branch"), recommended("2018-03-01", by="GB")), False),
        ((YL, dissolved("YL", "2018-03-01"), unit("YL2", "youth_league"), recommended("2018-03-01")), False),
        ((recommended("2018-03-01"),), False),
    ],
    ids=str,
)
def test_recommendation(made: Facts, counts: bool) -> None:  # noqa: FBT001 - a column of the table
    """A League recommendation for that step since the entry counts; read as required, the lack of one blocks (7.1)."""
    facts = (*ACTIVIST, talk(ENTRY), course("2018-03-01"), *made)
    assert where("7.1", facts, "development_target") == ("met" if counts else "advisory")
    assert decide(facts, "p1", "development_target", ASKED).outcome == "permitted"
    required = {"7.1.effect": "required"}
    assert where("7.1", facts, "development_target", **required) == ("met" if counts else "unmet")
    outcome = decide(facts, "p1", "development_target", ASKED, **required)
    assert outcome.outcome == ("permitted" if counts else "blocked")
    item = next(one for one in (*outcome.met, *outcome.unmet) if one.rule == "lzwl2017:7.1")
    assert item.evidence == ((made[-1].id,) if counts else ())
    assert item.readings == {"effect": "required"}


def test_recommendation_not_decided() -> None:
    """A recommendation that a missing day leaves open is advice all the same; read as required it is undetermined."""
    facts = (
        stage("p1", "activist", "2018-02-15"),
        YL,
        talk("2018-03-01"),
        course("2018-03-01"),
        recommended("2018-02"),
    )
    made = decide(facts, "p1", "development_target", ASKED)
    assert (made.outcome, [item.needs for item in made.advisory]) == ("permitted", [("full_date",), ()])
    made = decide(facts, "p1", "development_target", ASKED, **{"7.1.effect": "required"})
    assert (made.outcome, rules_of(made.unknown)) == ("undetermined", ["7.1"])


def test_recommendation_for_activists() -> None:
    """The step to activist asks for a recommendation too, since the entry as applicant (7.1)."""
    applicant = (stage("p1", "applicant", ENTRY), YL)
    given = recommended(ENTRY, step="activist")
    early = recommended("2018-01-31", step="activist")
    assert where("7.1", (*applicant, given), "activist") == "met"
    assert where("7.1", (*applicant, early), "activist", **{"7.1.effect": "required"}) == "unmet"


# 4.6.1 ------------------------------------------------------------------------------------------------------


def test_hours_so_far_are_cited_while_days_are_open() -> None:
    """Days that nobody wrote down leave 4.6.1 open; the hours that surely count so far, too few, are its evidence."""
    course = training("p1", "development_target_course", "2018-04-01", hours=16)
    (found,) = (
        each
        for each in decide((*TARGET, course), "p1", "probationary_member", ASKED).unknown
        if each.rule == "lzwl2017:4.6.1"
    )
    assert (found.evidence, found.needs) == ((course.id,), ("days",))


@pytest.mark.parametrize(
    ("numbers", "either", "both", "needs"),
    [
        (((3, 24),), "met", "met", ()),
        (((3, 0),), "met", "unmet", ()),
        (((4, 0),), "met", "unmet", ()),
        (((0, 25),), "met", "unmet", ()),
        (((4, 25),), "met", "met", ()),
        (((0, 24),), "met", "unmet", ()),
        (((2, 23),), "unmet", "unmet", ()),
        (((2, 24),), "met", "unmet", ()),
        (((3, 23),), "met", "unmet", ()),
        (((2, 12), (1, 12)), "met", "met", ()),
        (((3, None),), "met", "unknown", ("hours",)),
        (((None, 24),), "met", "unknown", ("days",)),
        (((2, None),), "unknown", "unmet", ("hours",)),
        (((None, 23),), "unknown", "unmet", ("days",)),
        (((None, None),), "unknown", "unknown", ("days", "hours")),
        (((3, 24), (None, None)), "met", "met", ()),
        ((), "unmet", "unmet", ()),
    ],
    ids=str,
)
def test_training_of_targets(
    numbers: tuple[tuple[float | None, float | None], ...], either: str, both: str, needs: tuple[str, ...]
) -> None:
    """Three days or 24 hours, summed over the sessions; read as a gloss, both. What is missing may decide (4.6.1)."""
    facts = (*TARGET, REVIEWED, TALKED, *sessions(*numbers))
    for option, place in (("either", either), ("both", both)):
        assert where("4.6.1", facts, "probationary_member", **{"4.6.1.sum": option}) == place
        made = decide(facts, "p1", "probationary_member", ASKED, **{"4.6.1.sum": option})
        assert made.outcome == {"met": "permitted", "unmet": "blocked", "unknown": "undetermined"}[place]
        assert [item.needs for item in made.unknown] == ([needs] if place == "unknown" else [])


@pytest.mark.parametrize(
    ("more", "counts"),
    [
        (training("p1", "development_target_course", ENTRY, days=1, hours=8), True),
        (training("p1", "development_target_course", ASKED, days=1, hours=8), True),
        (training("p1", "development_target_course", "2018-01-31", days=1, hours=8), False),
        (training("p1", "development_target_course", "2018-07-01", days=1, hours=8), False),
        (training("p1", "activist_course", "2018-03-01", days=1, hours=8), False),
        (training("p2", "development_target_course", "2018-03-01", days=1, hours=8), False),
    ],
    ids=str,
)
def test_training_that_counts(more: Fact, counts: bool) -> None:  # noqa: FBT001 - a column of the table
    """Only sessions of that course, of that person, since the entry and by the day asked are summed (4.6.1)."""
    two_days = training("p1", "development_target_course", "2018-03-02", days=2, hours=0)
    hours = training("p1", "development_target_course", "2018-03-02", days=0, hours=16)
    for rest in (two_days, hours):
        facts = (*TARGET, rest, more)
        assert where("4.6.1", facts, "probationary_member") == ("met" if counts else "unmet")
    for days, class_hours in ((3, 16), (2, 24)):
        rest = training("p1", "development_target_course", "2018-03-02", days=days, hours=class_hours)
        place = where("4.6.1", (*TARGET, rest, more), "probationary_member", **{"4.6.1.sum": "both"})
        assert place == ("met" if counts else "unmet")
    made = decide((*TARGET, two_days, more), "p1", "probationary_member", ASKED)
    if counts:
        assert made.met[0].evidence == tuple(sorted([two_days.id, more.id]))


# 2.4.2, 2.4.3 -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "held", "to"),
    [("political_review", TARGET, "probationary_member"), ("conversion_review", PROBATIONARY, "full_member")],
)
@pytest.mark.parametrize(
    ("made", "place"),
    [
        ([("pass", ENTRY)], "met"),
        ([("pass", ASKED)], "met"),
        ([("pass", "2018-01-31")], "unmet"),
        ([("pass", "2018-07-01")], "unmet"),
        ([("fail", "2018-03-01")], "unmet"),
        ([("fail", "2018-03-01"), ("pass", "2018-03-02")], "met"),
        ([("pass", "2018-03-01"), ("fail", "2018-03-02")], "unmet"),
        ([("pass", "2018-03-01"), ("fail", "2018-03-01")], "unmet"),
        ([("pass", "2018-03-01"), ("fail", "2018-07-01")], "met"),
        ([("fail", "2018-01-31"), ("pass", "2018-03-02")], "met"),
        ([("pass", "2018-02")], "met"),
        ([("pass", "2018-03-10"), ("fail", "2018-03")], "unknown"),
        ([], "unmet"),
    ],
    ids=str,
)
def test_reviews(kind: str, held: Facts, to: str, made: list[tuple[str, str]], place: str) -> None:
    """The latest review of that kind since the entry must have passed; of two on a day the adverse one counts."""
    rule = {"political_review": "2.4.2-review", "conversion_review": "2.4.3-review"}[kind]
    other = {"political_review": "conversion_review", "conversion_review": "political_review"}[kind]
    reviews = tuple(review(outcome, on, kind=kind) for outcome, on in made)
    assert where(rule, (*held, *reviews), to) == place
    noise = (
        review("pass", "2018-04-01", kind=other),
        review("fail", "2018-04-02", kind=other),
        review("fail", "2018-04-02", kind=kind, person="p2"),
        review("pass", "2018-04-03", kind=kind, person="p2"),
    )
    assert where(rule, (*noise, *reversed(reviews), *held), to) == place


@pytest.mark.parametrize(
    ("held", "counts"),
    [
        (talk(ENTRY), True),
        (talk(ASKED), True),
        (talk("2018-01-31"), False),
        (talk("2018-07-01"), False),
        (talk("2018-03-01", person="p2"), False),
    ],
    ids=str,
)
def test_talks(held: Fact, counts: bool) -> None:  # noqa: FBT001 - a column of the table
    """One talk of any kind since the entry as a target is what the step asks for (2.4.2)."""
    assert where("2.4.2-talk", (*TARGET, held), "probationary_member") == ("met" if counts else "unmet")


def test_more_than_one() -> None:
    """Two talks and two recommendations are no less than one."""
    assert where("2.4.2-talk", (*TARGET, talk(ENTRY), talk(ASKED)), "probationary_member") == "met"
    given = (YL, recommended(ENTRY), recommended(ASKED))
    assert where("7.1", (*ACTIVIST, *given), "development_target") == "met"


@pytest.mark.parametrize("missing", [REVIEWED, TALKED, TRAINED[0]], ids=str)
def test_each_requirement_blocks_alone(missing: Fact) -> None:
    """With all that is asked for the step is permitted; without any one of it, or with it retracted, it is blocked."""
    facts = (*TARGET, REVIEWED, TALKED, *TRAINED)
    made = decide(facts, "p1", "probationary_member", ASKED)
    assert (made.outcome, rules_of(made.met)) == ("permitted", ["2.4.2-review", "2.4.2-talk", "4.6.1"])
    assert [item.evidence for item in made.met] == [(REVIEWED.id,), (TALKED.id,), (TRAINED[0].id,)]
    without = tuple(one for one in facts if one is not missing)
    assert decide(without, "p1", "probationary_member", ASKED).outcome == "blocked"
    assert decide((*facts, retracted(missing)), "p1", "probationary_member", ASKED).outcome == "blocked"
