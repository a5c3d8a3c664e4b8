"""The pipeline as the implementation opinions have it: its stages, and what they require before each step."""

from partyrules.language.kernel import (
    ASKED_STEP,
    SUBJECT,
    Condition,
    Events,
    Sum,
    at_least,
    by_reading,
    events,
    holds,
    is_in,
    its,
    latest,
)
from partyrules.language.rules import Requirement, Stage
from partyrules.packs.document import Text
from partyrules_lzwl2017 import readings as r

STAGES = (
    Stage("applicant", Text(zh="入党申请人", en="applicant")),
    Stage("activist", Text(zh="入党积极分子", en="activist")),
    Stage("development_target", Text(zh="发展对象", en="development target")),
    Stage("probationary_member", Text(zh="预备党员", en="probationary member")),
    Stage("full_member", Text(zh="正式党员", en="full member")),
)
# 校团委, and the League's branches in the colleges (学院团委、团总支、团支部).
LEAGUE = ("youth_league", "league_general_branch", "league_branch")


def reviews(kind: str) -> Events:
    """Return the person's reviews of that kind since they entered the stage now held."""
    return events("review_completed", person=SUBJECT, review=kind, window="since_entry")


def courses(kind: str, *, where: Condition | None = None) -> Events:
    """Return the person's courses of that kind since they entered the stage now held."""
    return events("training_completed", person=SUBJECT, course=kind, where=where, window="since_entry")


TALK = at_least(1, events("talk_held", person=SUBJECT, window="since_entry"))
TARGET_COURSE = courses("development_target_course")
DAYS = at_least(3, Sum("days", (TARGET_COURSE,)))
HOURS = at_least(24, Sum("hours", (TARGET_COURSE,)))

REQUIREMENTS = (
    Requirement(
        id="4.4.1",
        clause="4.4.1",
        title=Text(
            zh="参加党校积极分子培训班和结业考试", en="an activist course at the Party school and its final exam"
        ),
        steps=("development_target",),
        requires=at_least(
            1,
            by_reading(
                "result",
                passed=courses("activist_course", where=is_in(its("passed"), True)),
                sat=courses("activist_course"),
            ),
        ),
        modality="must",
        readings=(r.COURSE_RESULT,),
    ),
    Requirement(
        id="4.6.1",
        clause="4.6.1",
        title=Text(zh="发展对象培训达到三天或二十四学时", en="three days or 24 class hours of training as a target"),
        steps=("probationary_member",),
        requires=by_reading("sum", either=DAYS | HOURS, both=DAYS & HOURS),
        modality="normally",
        readings=(r.TRAINING_SUM,),
    ),
    Requirement(
        id="2.4.2-review",
        clause="2.4.2",
        title=Text(zh="政治审查合格", en="a passed political review"),
        steps=("probationary_member",),
        requires=latest(reviews("political_review"), "outcome", "pass", adverse=("fail",)),
    ),
    Requirement(
        id="2.4.2-talk",
        clause="2.4.2",
        title=Text(zh="与发展对象谈心谈话", en="a talk held with the development target"),
        steps=("probationary_member",),
        requires=TALK,
    ),
    Requirement(
        id="2.4.2-cultivation",
        clause="2.4.2",
        title=Text(zh="与积极分子谈心谈话", en="a talk held with the activist"),
        steps=("development_target",),
        requires=TALK,
    ),
    Requirement(
        id="2.4.3-training",
        clause="2.4.3",
        title=Text(zh="预备党员参加培训", en="a course as a probationary member"),
        steps=("full_member",),
        # Of this course the text asks no exam: only one that is recorded as failed does not count.
        requires=at_least(1, courses("probationary_course", where=~is_in(its("passed"), False, absent="false"))),
    ),
    Requirement(
        id="2.4.3-review",
        clause="2.4.3",
        title=Text(zh="转正审查合格", en="a passed conversion review"),
        steps=("full_member",),
        requires=latest(reviews("conversion_review"), "outcome", "pass", adverse=("fail",)),
    ),
    Requirement(
        id="7.1",
        clause="7.1",
        title=Text(zh="共青团推荐优秀团员", en="a recommendation by the Youth League"),
        steps=("activist", "development_target"),
        requires=at_least(
            1,
            events(
                "recommendation_made",
                person=SUBJECT,
                step=ASKED_STEP,
                where=holds("unit", unit=its("by"), kind=LEAGUE),
                window="since_entry",
            ),
        ),
        advisory=by_reading("effect", advisory=True, required=False),
        readings=(r.RECOMMENDATION_EFFECT,),
    ),
    Requirement(
        id="7.1-qingma",
        clause="7.1",
        title=Text(zh="参加“青马工程”培训", en="a course of the Qingma programme"),
        steps=("activist", "development_target"),
        requires=at_least(1, events("training_completed", person=SUBJECT, course="qingma_course", window="ever")),
        advisory=True,
    ),
)
