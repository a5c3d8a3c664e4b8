"""The one-vote veto of the 2012 plan (一票否决制), and the opinion that must be asked for before a step."""

from partyrules.language.kernel import (
    ASKED_STEP,
    SUBJECT,
    Undecided,
    at_least,
    by_reading,
    events,
    holds,
    its,
    latest,
)
from partyrules.language.rules import Lift, Requirement, Stage, Veto
from partyrules.packs.document import Text
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
    members_only=("full_member",),
    admission=("probationary_member",),
)

ASKED = at_least(
    1,
    events(
        "opinion_requested",
        person=SUBJECT,
        step=ASKED_STEP,
        where=holds("unit", unit=its("of"), kind="guidance_department"),
        window="since_entry",
    ),
)
# Whether an opinion or an evaluation comes from somebody with standing is for the fact vocabulary to say.
OPINIONS = events("opinion_given", person=SUBJECT, step=ASKED_STEP, window="since_entry")
OPPOSED = latest(OPINIONS, "verdict", "oppose", adverse=("oppose",))
RATED_POOR = latest(
    by_reading(
        "since",
        entry_into_stage=events("dorm_evaluated", person=SUBJECT, window="since_entry"),
        any_time=events("dorm_evaluated", person=SUBJECT, window="ever"),
    ),
    "rating",
    "poor",
    adverse=("poor",),
)

OPPOSED_LIFTED = Lift(
    OPPOSED,
    Text(
        zh="指导部对本步骤另行给出支持意见，或该反对意见被更正撤回",
        en="a later opinion of the guidance department in support of this step, or the retraction of the opposing one",
    ),
)
RATED_POOR_LIFTED = Lift(
    RATED_POOR,
    Text(
        zh="有资格的指导员作出更新且不为差的评价，或该评价被更正撤回",
        en="a later evaluation better than poor by the instructor of the person's building, or the retraction of "
        "the poor one",
    ),
)

REQUIREMENTS = (
    Requirement(
        id="4.3.3.2",
        clause="4.3.3.2",
        title=Text(
            zh="征求公寓党建指导部的意见",
            en="the apartment guidance department's opinion asked for and given",
        ),
        steps=STEPS_IN_SCOPE,
        when=LIVES_IN_COVERED_BUILDING,
        otherwise="not_resident",
        requires=by_reading(
            "silence",
            unknown=ASKED & (at_least(1, OPINIONS) | Undecided("opinion_given")),
            consent=ASKED,
        ),
        readings=(r.VETO_SCOPE, r.SILENCE),
    ),
)

VETOES = (
    Veto(
        id="4.3.3.3",
        clause="4.3.3.3",
        title=Text(zh="公寓表现不好，一票否决", en="bad conduct in the apartment"),
        steps=STEPS_IN_SCOPE,
        vetoes=by_reading("holder", either=OPPOSED | RATED_POOR, opinion=OPPOSED, evaluation=RATED_POOR),
        lifts=by_reading(
            "holder",
            either=(OPPOSED_LIFTED, RATED_POOR_LIFTED),
            opinion=(OPPOSED_LIFTED,),
            evaluation=(RATED_POOR_LIFTED,),
        ),
        readings=(r.VETO_SCOPE, r.VETO_HOLDER, r.VETO_SINCE),
    ),
)
