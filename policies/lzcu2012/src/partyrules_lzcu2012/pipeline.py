"""The one-vote veto of the 2012 plan (一票否决制), and the opinion that must be asked for before a step."""

from partyrules.language.kernel import (
    ASKED_STEP,
    SUBJECT,
    Undecided,
    at_least,
    by_reading,
    events,
    holds,
    is_in,
    its,
    latest,
    some_day,
)
from partyrules.language.rules import ALWAYS, Lift, Requirement, Stage, Veto
from partyrules.language.sugar import Recent
from partyrules.packs.document import Text
from partyrules.time.calendar import Span
from partyrules_lzcu2012 import readings as r
from partyrules_lzcu2012.scopes import LIVES_IN_COVERED_BUILDING

STAGES = (
    Stage("applicant", Text(zh="入党申请人", en="applicant")),
    Stage("activist", Text(zh="入党积极分子", en="activist")),
    Stage("development_target", Text(zh="发展对象", en="development target")),
    Stage("probationary_member", Text(zh="预备党员", en="probationary member")),
    Stage("full_member", Text(zh="正式党员", en="full member")),
)

STEPS_IN_SCOPE = by_reading(
    "scope",
    development_work=("development_target", "probationary_member", "full_member"),
    all_steps=tuple(stage.name for stage in STAGES),
    members_only=("full_member",),
    admission=("probationary_member",),
)

# Whether an opinion or an evaluation comes from somebody with standing is for the fact vocabulary to say.
OPINIONS = events("opinion_given", person=SUBJECT, step=ASKED_STEP, window="since_entry")
ASKED = at_least(
    1,
    events(
        "opinion_requested",
        person=SUBJECT,
        step=ASKED_STEP,
        where=holds("unit", unit=its("of"), kind="guidance_department")
        & by_reading(
            "asked_by",
            general_branch=holds("unit", unit=its("by"), kind="general_branch"),
            anyone=ALWAYS,
        ),
        window="since_entry",
    ),
)
ANSWERED = at_least(1, OPINIONS)

OPPOSED = latest(OPINIONS, "verdict", "oppose", adverse=("oppose",))
RATED_POOR = latest(
    by_reading(
        "since",
        entry_into_stage=events("dorm_evaluated", person=SUBJECT, window="since_entry"),
        twelve_months=events("dorm_evaluated", person=SUBJECT, where=Recent(Span(months=12)), window="ever"),
        any_time=events("dorm_evaluated", person=SUBJECT, window="ever"),
    ),
    "rating",
    "poor",
    adverse=("poor",),
)
# The department spoke last, on or after the last poor evaluation; one before the entry lies before every opinion.
SPOKE_SINCE = latest(
    events(
        "opinion_given",
        "dorm_evaluated",
        person=SUBJECT,
        where=is_in(its("step"), ASKED_STEP) | is_in(its("rating"), "poor"),
        window="since_entry",
    ),
    "verdict",
    "support",
    adverse=("support",),
)
# Of a day on which it supports and opposes, it opposes.
POOR_AND_UNSUPPORTED = RATED_POOR & (OPPOSED | ~SPOKE_SINCE)
CONDUCT_FAILED = latest(
    events(
        "review_completed",
        person=SUBJECT,
        review="apartment_conduct",
        where=holds("unit", unit=its("by"), kind="general_branch"),
        window="since_entry",
    ),
    "outcome",
    "fail",
    adverse=("fail",),
)

OPPOSED_LIFTED = Lift(
    OPPOSED,
    Text(
        zh="学生公寓党建工作指导部其后就本步骤另行出具支持意见，或该反对意见经更正撤回",
        en="a later opinion of the apartment guidance department in support of this step, or the retraction of the "
        "opposing one",
    ),
)
BETTER_EVALUATION = Text(
    zh="现住楼栋的党建工作指导员其后作出不为“差”的评价，或评为“差”的评价经更正撤回",
    en="a later evaluation better than poor by the instructor of the building in which the person lives, or the "
    "retraction of the poor one",
)
RATED_POOR_LIFTED = Lift(RATED_POOR, BETTER_EVALUATION)
UNSUPPORTED_LIFTED = Lift(
    POOR_AND_UNSUPPORTED,
    Text(
        zh=f"学生公寓党建工作指导部在该评价当日或之后就本步骤出具支持意见，或{BETTER_EVALUATION.zh}",
        en="an opinion of the apartment guidance department in support of this step, on the day of that evaluation or "
        f"later, or {BETTER_EVALUATION.en}",
    ),
)
CONDUCT_LIFTED = Lift(
    CONDUCT_FAILED,
    Text(
        zh="党总支其后作出的公寓表现审查合格，或不合格的审查经更正撤回",
        en="a later review of conduct in the apartment by a general branch that is passed, or the retraction of the "
        "failed one",
    ),
)

REQUIREMENTS = (
    Requirement(
        id="4.3.3.2",
        clause="4.3.3.2",
        title=Text(
            zh="征求学生公寓党建工作指导部的意见",
            en="the apartment guidance department's opinion asked for and given",
        ),
        steps=STEPS_IN_SCOPE,
        when=by_reading(
            "resident",
            since_entry=some_day(LIVES_IN_COVERED_BUILDING),
            on_day=LIVES_IN_COVERED_BUILDING,
        ),
        otherwise="not_resident",
        requires=ASKED
        & by_reading("silence", unknown=ANSWERED | Undecided("opinion_given"), consent=ANSWERED | ALWAYS),
        readings=(r.VETO_SCOPE, r.RESIDENT, r.ASKED_BY, r.SILENCE),
    ),
)

VETOES = (
    Veto(
        id="4.3.3.3",
        clause="4.3.3.3",
        title=Text(zh="公寓表现不好，一票否决", en="bad conduct in the apartment"),
        steps=STEPS_IN_SCOPE,
        vetoes=by_reading(
            "holder",
            department_prevails=OPPOSED | POOR_AND_UNSUPPORTED,
            either=OPPOSED | RATED_POOR,
            opinion=OPPOSED,
            evaluation=RATED_POOR,
            general_branch=CONDUCT_FAILED,
        ),
        lifts=by_reading(
            "holder",
            department_prevails=(OPPOSED_LIFTED, UNSUPPORTED_LIFTED),
            either=(OPPOSED_LIFTED, RATED_POOR_LIFTED),
            opinion=(OPPOSED_LIFTED,),
            evaluation=(RATED_POOR_LIFTED,),
            general_branch=(CONDUCT_LIFTED,),
        ),
        readings=(r.VETO_SCOPE, r.VETO_HOLDER, r.VETO_SINCE),
    ),
)
