"""The rules of the invented chess club: every construct of the vocabulary at least once."""

from datetime import date
from typing import Final

from partyrules.language.kernel import (
    ASKED_STEP,
    SUBJECT,
    Condition,
    CountAfterEarly,
    Given,
    MostCovered,
    Share,
    Sum,
    Undecided,
    at_least,
    between,
    by_reading,
    count,
    count_findings,
    events,
    exactly,
    holdings,
    holds,
    is_in,
    its,
    latest,
    portion,
    trigger,
)
from partyrules.language.rules import (
    Ahead,
    Bearer,
    Duty,
    EndOfSemester,
    Lift,
    Occasion,
    Parameter,
    PerPeriod,
    Reading,
    Requirement,
    Responsible,
    Rolling,
    Stage,
    Standing,
    Triggered,
    Veto,
    Within,
    WithinDays,
    WithinWorkingDays,
)
from partyrules.language.sugar import Attends, InTerm, Recent, Since, held_for
from partyrules.packs.document import Text
from partyrules.time.calendar import Span

__all__ = ["DUTIES", "KINDS", "REQUIREMENTS", "STAGES", "VETOES"]

MEMBER: Final = holds("membership", person=SUBJECT, where=holds("unit", unit=its("unit"), kind="chess_club"))
MEMBERS: Final = Bearer("person", MEMBER)
CLUBS: Final = Bearer("unit", holds("unit", unit=SUBJECT, kind="chess_club"))
ADDRESSEE: Final = Bearer("unit", is_in(SUBJECT, trigger("to")))
GUESTS: Final = Reading(
    name="guests",
    options=("count", "do_not_count"),
    default="count",
    why=Text(zh="“对局”未排除与来客的对局。", en="The statute speaks of games, whoever the opponent is."),
)
EARLY: Final = Reading(
    name="early",
    options=("own", "next"),
    default="next",
    why=Text(zh="多办的可算入下一个半年。", en="A display too many may count for the half-year after."),
)
SET_DAYS: Final = Parameter(
    name="days", takes="days", why=Text(zh="由俱乐部规定天数。", en="The statute leaves the days to the club.")
)


def answered(document: str) -> Condition:
    """Return the condition that what a document asks for was answered by the deadline."""
    return at_least(
        1, events("document_filed", document=document, author=SUBJECT, about=trigger("id"), window="by_deadline")
    )


DUTIES: Final = (
    Duty(
        id="3.games",
        clause="3",
        title=Text(zh="每季度对局", en="play in each quarter"),
        counted=Text(zh="局", en="games"),
        bearer=MEMBERS,
        per=PerPeriod("quarter"),
        requires=at_least(
            2,
            by_reading(
                "guests",
                count=events("game_played", player=SUBJECT),
                do_not_count=events("game_played", player=SUBJECT, where=~is_in(its("guest"), True)),
            ),
        ),
        readings=(GUESTS,),
    ),
    Duty(
        id="3.hours",
        clause="3",
        title=Text(zh="每年训练", en="train each year"),
        counted=Text(zh="小时", en="hours"),
        bearer=MEMBERS,
        per=PerPeriod("year"),
        requires=at_least(10, Sum("hours", (events("training_completed", person=SUBJECT),))),
    ),
    Duty(
        id="4",
        clause="4",
        title=Text(zh="每年报告", en="report each year"),
        counted=Text(zh="份报告", en="reports"),
        bearer=CLUBS,
        per=PerPeriod("year"),
        requires=between(2, 4, events("document_filed", document="club_report", author=SUBJECT)),
    ),
    Duty(
        id="5",
        clause="5",
        title=Text(zh="按时更新等级分", en="have the rating renewed in time"),
        counted=Text(zh="次更新", en="renewals"),
        bearer=MEMBERS,
        per=Rolling(Span(months=6)),
        requires=at_least(1, events("rating_renewed", player=SUBJECT)),
        responsible=Responsible(by=(holdings("role", role="rating_officer"),), names="person"),
    ),
    Duty(
        id="6.mentors",
        clause="6",
        title=Text(zh="新手有导师", en="have a mentor"),
        counted=Text(zh="名导师", en="mentors"),
        bearer=Bearer("person", holds("stage", person=SUBJECT, stage="novice")),
        per=Standing(),
        requires=between(1, 2, holdings("mentoring", novice=SUBJECT)),
    ),
    Duty(
        id="6.training",
        clause="6",
        title=Text(zh="每月与每名新手训练", en="play a training game with each novice every month"),
        counted=Text(zh="局训练", en="training games"),
        bearer=Bearer("person", MEMBER, each=holdings("mentoring", mentor=SUBJECT)),
        per=PerPeriod("month"),
        requires=at_least(
            1, events("game_played", player=SUBJECT, opponent=trigger("novice"), occasion="training_game")
        ),
    ),
    Duty(
        id="7",
        clause="7",
        title=Text(zh="参加活动晚会", en="come to the club evening"),
        counted=Text(zh="次到会", en="attendances"),
        bearer=Bearer("person", holds("membership", person=SUBJECT, unit=trigger("unit")) & InTerm(("semester",))),
        per=Occasion(events("meeting_held", meeting="club_evening")),
        requires=Attends(),
    ),
    Duty(
        id="8",
        clause="8",
        title=Text(zh="缺席三次后谈话", en="be talked with after the third absence"),
        counted=Text(zh="次谈话", en="talks"),
        bearer=Bearer("person", MEMBER & at_least(3, count_findings("7"))),
        per=Standing(),
        requires=at_least(1, events("talk_held", person=SUBJECT, talk="absence_talk", window="ever")),
    ),
    Duty(
        id="9",
        clause="9",
        title=Text(zh="每半年举办车轮战", en="hold a simultaneous display each half-year"),
        counted=Text(zh="场车轮战", en="displays"),
        bearer=CLUBS,
        per=PerPeriod("half_year"),
        requires=at_least(
            1,
            by_reading(
                "early",
                own=count(events("activity_held", activity="simultaneous_display", unit=SUBJECT)),
                next=CountAfterEarly(events("activity_held", activity="simultaneous_display", unit=SUBJECT)),
            ),
        ),
        readings=(EARLY,),
    ),
    Duty(
        id="10",
        clause="10",
        title=Text(zh="会前发出通知", en="send the notice of a general meeting in time"),
        counted=Text(zh="份通知", en="notices"),
        bearer=Bearer("unit", is_in(SUBJECT, trigger("unit"))),
        per=Triggered(events("meeting_held", meeting="general_meeting"), Ahead(Span(days=5))),
        requires=at_least(
            1, events("document_filed", document="notice", author=SUBJECT, about=trigger("id"), window="by_deadline")
        ),
    ),
    Duty(
        id="11.application",
        clause="11",
        title=Text(zh="答复申请", en="answer an application"),
        counted=Text(zh="份答复", en="answers"),
        bearer=ADDRESSEE,
        per=Triggered(events("document_filed", document="application"), Within(Span(months=1))),
        requires=answered("answer"),
    ),
    Duty(
        id="11.appeal",
        clause="11",
        title=Text(zh="答复申诉", en="answer an appeal"),
        counted=Text(zh="份答复", en="answers"),
        bearer=ADDRESSEE,
        per=Triggered(events("document_filed", document="appeal"), WithinWorkingDays(10)),
        requires=answered("answer"),
    ),
    Duty(
        id="11.complaint",
        clause="11",
        title=Text(zh="答复投诉", en="answer a complaint"),
        counted=Text(zh="份答复", en="answers"),
        bearer=ADDRESSEE,
        per=Triggered(events("document_filed", document="complaint"), WithinDays(Given("days"))),
        requires=answered("answer"),
        parameters=(SET_DAYS,),
    ),
    Duty(
        id="12",
        clause="12",
        title=Text(zh="公布比赛成绩", en="post the result of a tournament"),
        counted=Text(zh="份成绩", en="results"),
        bearer=Bearer("unit", is_in(SUBJECT, trigger("unit"))),
        per=Triggered(events("activity_held", activity="tournament"), EndOfSemester()),
        requires=answered("result"),
    ),
    Duty(
        id="13",
        clause="13",
        title=Text(zh="满一年前半个月提出申请", en="ask for the next stage half a month before the year is over"),
        counted=Text(zh="份申请", en="requests"),
        bearer=Bearer("person", is_in(SUBJECT, trigger("person")) & MEMBER),
        per=Triggered(events("stage_entered", stage="candidate"), Within(Span(years=1, days=-15))),
        requires=at_least(1, events("document_filed", document="request", author=SUBJECT, window="by_deadline")),
    ),
    Duty(
        id="19",
        clause="19",
        title=Text(zh="结业后方可授予教练称号", en="give the title of trainer only after the course"),
        counted=Text(zh="次结业", en="passes"),
        bearer=Bearer("named", is_in(SUBJECT, trigger("person"))),
        per=Triggered(events("certificate_issued", certificate="trainer")),
        requires=at_least(
            1,
            events(
                "training_completed",
                person=SUBJECT,
                course="trainer_course",
                where=is_in(its("passed"), True),
                window="by_trigger",
            ),
        ),
        modality="may",
    ),
    Duty(
        id="20.plan",
        clause="20",
        title=Text(zh="计划涵盖三方面", en="have a plan that covers the three areas"),
        counted=Text(zh="个方面", en="areas"),
        bearer=CLUBS,
        per=Standing(),
        requires=at_least(
            3,
            MostCovered(
                "sections",
                ("openings", "tactics", "endgames"),
                events("document_filed", document="club_plan", author=SUBJECT, window="ever"),
            ),
        ),
    ),
    Duty(
        id="20.keeper",
        clause="20",
        title=Text(zh="会所设管理员", en="have a keeper"),
        counted=Text(zh="名管理员", en="keepers"),
        bearer=Bearer("building", holds("building", building=SUBJECT)),
        per=Standing(),
        requires=exactly(1, holdings("role", role="keeper", building=SUBJECT)),
    ),
    Duty(
        id="23",
        clause="23",
        title=Text(zh="参加三分之二的晚会", en="come to two thirds of the club evenings"),
        counted=Text(zh="次到会", en="evenings"),
        bearer=Bearer("person", holds("stage", person=SUBJECT, stage="club_player")),
        per=PerPeriod("year"),
        requires=at_least(
            portion(2, 3, of=events("meeting_held", meeting="club_evening")),
            events("meeting_held", meeting="club_evening", where=is_in(its("attended"), SUBJECT, absent="unknown")),
        ),
    ),
    Duty(
        id="24",
        clause="24",
        title=Text(zh="会后归档纪要", en="file the minutes of a club evening"),
        counted=Text(zh="份纪要", en="minutes"),
        bearer=Bearer("unit", is_in(SUBJECT, trigger("unit"))),
        per=Triggered(events("meeting_held", meeting="club_evening"), Within(Span(days=14))),
        requires=at_least(
            1, events("document_filed", document="minutes", author=SUBJECT, about=trigger("id"), window="after_trigger")
        ),
    ),
)

STAGES: Final = (
    Stage("novice", Text(zh="新手", en="novice")),
    Stage("candidate", Text(zh="候选棋手", en="candidate")),
    Stage("club_player", Text(zh="俱乐部棋手", en="club player")),
    Stage("master", Text(zh="大师", en="master")),
)
CONDUCT: Final = latest(
    events("review_completed", person=SUBJECT, review="conduct_review", window="ever"),
    "outcome",
    "fail",
    adverse=("fail",),
)

REQUIREMENTS: Final = (
    Requirement(
        id="14",
        clause="14",
        title=Text(zh="候选期", en="the time as a candidate"),
        steps=("club_player",),
        requires=held_for(
            "stage",
            person=SUBJECT,
            stage="candidate",
            least=Span(years=1),
            most=Span(years=3),
            extended_by=events("document_filed", document="prolongation", about=SUBJECT, window="since_entry"),
            extension=Span(months=6),
            times=2,
        ),
    ),
    Requirement(
        id="15",
        clause="15",
        title=Text(zh="表决通过", en="a vote in favour"),
        steps=("candidate", "club_player", "master"),
        requires=at_least(
            1,
            events(
                "vote_taken",
                person=SUBJECT,
                step=ASKED_STEP,
                where=Share("present", "entitled") & Share("in_favour", "entitled"),
                window="since_entry",
            ),
        ),
        modality="must",
    ),
    Requirement(
        id="16",
        clause="16",
        title=Text(zh="裁判员结业或教练称号", en="the arbiter's course or the title of trainer"),
        steps=("master",),
        requires=at_least(
            1,
            events(
                "training_completed",
                person=SUBJECT,
                course="arbiter_course",
                where=is_in(its("passed"), True) & Recent(Span(years=2)) & Since(date(2020, 3, 1)),
                window="ever",
            ),
        )
        | at_least(1, events("certificate_issued", person=SUBJECT, certificate="trainer", window="ever")),
    ),
    Requirement(
        id="17",
        clause="17",
        title=Text(zh="征求协会意见", en="the federation's answer"),
        steps=("master",),
        requires=at_least(1, events("opinion_requested", person=SUBJECT, step=ASKED_STEP, window="since_entry"))
        & (
            at_least(1, events("document_filed", document="federation_answer", about=SUBJECT, window="since_entry"))
            | Undecided("document_filed")
        ),
    ),
)

VETOES: Final = (
    Veto(
        id="18",
        clause="18",
        title=Text(zh="操行评议不合格", en="a failed conduct review"),
        steps=("novice", "candidate", "club_player", "master"),
        vetoes=CONDUCT,
        lifts=(Lift(CONDUCT, Text(zh="之后的合格评议。", en="a later review that is passed.")),),
    ),
)

KINDS: Final = {
    "unit.kind": ("chess_club",),
    "occasion": ("league", "training_game"),
    "meeting": ("club_evening", "general_meeting"),
    "activity": ("simultaneous_display", "tournament"),
    "document": (
        "club_report",
        "notice",
        "minutes",
        "application",
        "appeal",
        "complaint",
        "answer",
        "result",
        "request",
        "club_plan",
        "prolongation",
        "federation_answer",
    ),
    "talk": ("absence_talk",),
    "course": ("trainer_course", "arbiter_course"),
    "certificate": ("trainer",),
    "review": ("conduct_review",),
    "role": ("rating_officer", "keeper"),
}
