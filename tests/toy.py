"""A small invented pack with a duty of every kind, one-line facts to hold it against, and its questions."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from partyrules.answers.verdicts import Decision, Finding
from partyrules.evaluate.pipeline import case_of
from partyrules.facts.vocabulary import Fact
from partyrules.history import History, history_of
from partyrules.language.kernel import (
    ASKED_STEP,
    SUBJECT,
    Count,
    CountAfterEarly,
    Given,
    MostCovered,
    Sum,
    Undecided,
    at_least,
    at_most,
    between,
    by_reading,
    count,
    events,
    exactly,
    holdings,
    holds,
    is_in,
    its,
    latest,
    trigger,
)
from partyrules.language.rules import (
    Bearer,
    Duty,
    EndOfSemester,
    Occasion,
    Parameter,
    PerPeriod,
    Reading,
    Requirement,
    Responsible,
    Stage,
    Standing,
    Triggered,
    Veto,
    WithinDays,
)
from partyrules.language.sugar import Attends
from partyrules.packs.document import Clause, Document, Sentence, Text, fingerprint
from partyrules.packs.pack import Adoption, Pack, adopt
from partyrules.questions.audit import Audit, audit
from partyrules.questions.decide import REFERENCE, decided
from partyrules.testing import institution

Facts = institution.Facts
PACK: Final = "toy"
IN_FORCE: Final = date(2020, 1, 1)

WHY = Text("虚构的理由", "an invented reason")
ASKED = Text("虚构的要求", "an invented demand")
THINGS = Text("件", "things")

# The pack ---------------------------------------------------------------------------------------------------

CLAUSES = {
    "1.1": "一、1",
    "1.2": "一、2",
    "1.3": "一、3",
    "1.4": "一、4",
    "1.5": "一、5",
    "1.6": "一、6",
    "1.7": "一、7",
    "1.8": "一、8",
    "2.1": "二、1",
    "2.2": "二、2",
    "2.3": "二、3",
    "2.4": "二、4",
    "3.1": "三、1",
    "3.2": "三、2",
    "4.1": "四、1",
    "4.2": "四、2",
    "4.3": "四、3",
    "4.4": "四、4",
    "5.1": "五、1",
}

YEAR = Reading(name="year", options=("calendar", "academic"), default="calendar", why=WHY)
MONTHS = Reading(name="vacation_months", options=("bind", "exempt", "mostly"), default="bind", why=WHY)
EARLY = Reading(name="early", options=("own_quarter", "next_quarter"), default="own_quarter", why=WHY)
LATER = Reading(name="later", options=("no", "following_semester"), default="no", why=WHY)
DEADLINE = Reading(name="deadline", options=("semester_end", "days"), default="semester_end", why=WHY)
EFFECT = Reading(name="effect", options=("advisory", "required"), default="advisory", why=WHY)
INTERVAL = Parameter(name="interval", takes="grain", why=WHY)
DAYS = Parameter(name="days", takes="days", why=WHY)
CAMPUS = Parameter(name="campus", takes="name", why=WHY, optional=True)

STUDENT = holds("registration", person=SUBJECT, category="student")
FELLOW = STUDENT & holds("stage", person=SUBJECT, stage=("fellow", "senior"))
FELLOWS = Bearer("person", FELLOW)
CLUBS = Bearer("unit", holds("unit", unit=SUBJECT, kind="branch"))
OFFICES = Bearer("unit", holds("unit", unit=SUBJECT, kind="guidance_department"))
HOME = holdings("residence", person=SUBJECT)
GROUPS = holdings("unit", kind="building_group", building=its("building"))
INSTRUCTORS = holdings("role", role="building_instructor", building=its("building"))
TRAININGS = events("training_completed", person=SUBJECT, course="entry_course", window="since_entry")

DUTIES = (
    Duty(
        id="1.1",
        clause="1.1",
        title=Text(zh="每月聚会", en="gather each month"),
        counted=Text(zh="次聚会", en="gatherings"),
        bearer=CLUBS,
        per=PerPeriod("month"),
        requires=at_least(1, events("meeting_held", meeting="gathering", unit=SUBJECT)),
        modality="normally",
        readings=(MONTHS,),
        vacation_months=by_reading("vacation_months", bind="bind", exempt="wholly", mostly="mostly"),
    ),
    Duty(
        id="1.2",
        clause="1.2",
        title=Text(zh="每学期参加讲习", en="attend a workshop each semester"),
        counted=Text(zh="次讲习", en="workshops"),
        bearer=FELLOWS,
        per=PerPeriod("semester"),
        requires=at_least(
            1,
            by_reading(
                "later",
                no=events("activity_held", activity="workshop", attended=SUBJECT),
                following_semester=events(
                    "activity_held",
                    activity="workshop",
                    attended=SUBJECT,
                    window="period_or_vacation_before",
                ),
            ),
        ),
        readings=(LATER,),
    ),
    Duty(
        id="1.3",
        clause="1.3",
        title=Text(zh="每年练习十学时", en="practise ten hours a year"),
        counted=Text(zh="个学时", en="hours"),
        bearer=FELLOWS,
        per=PerPeriod(by_reading("year", calendar="year", academic="academic_year")),
        requires=at_least(10, Sum("hours", (events("training_completed", person=SUBJECT, course="practice"),))),
        readings=(YEAR,),
        responsible=Responsible(last=(HOME,), by=(INSTRUCTORS,), names="person"),
    ),
    Duty(
        id="1.4",
        clause="1.4",
        title=Text(zh="每季度开大会", en="hold an assembly each quarter"),
        counted=Text(zh="次大会", en="assemblies"),
        bearer=CLUBS,
        per=PerPeriod("quarter"),
        requires=at_least(
            1,
            by_reading(
                "early",
                own_quarter=Count(events("meeting_held", meeting="assembly", unit=SUBJECT)),
                next_quarter=CountAfterEarly(events("meeting_held", meeting="assembly", unit=SUBJECT)),
            ),
        ),
        readings=(EARLY,),
    ),
    Duty(
        id="1.5",
        clause="1.5",
        title=Text(zh="假期开展活动", en="do something in each vacation"),
        counted=Text(zh="次活动", en="activities"),
        bearer=OFFICES,
        per=PerPeriod("vacation"),
        requires=at_least(1, events("activity_held", unit=SUBJECT)),
    ),
    Duty(
        id="1.6",
        clause="1.6",
        title=Text(zh="按期报告", en="report at the interval"),
        counted=Text(zh="份报告", en="reports"),
        bearer=CLUBS,
        per=PerPeriod(Given("interval")),
        requires=at_least(1, events("document_filed", document="report", author=SUBJECT)),
        parameters=(INTERVAL,),
    ),
    Duty(
        id="1.7",
        clause="1.7",
        title=Text(zh="提倡每半年听一次讲座", en="hear a talk each half-year"),
        counted=Text(zh="次讲座", en="talks"),
        bearer=FELLOWS,
        per=PerPeriod("half_year"),
        requires=at_least(1, events("activity_held", activity="talk", attended=SUBJECT)),
        modality="encouraged",
    ),
    Duty(
        id="1.8",
        clause="1.8",
        title=Text(zh="每月至多两次放映", en="show at most two films a month"),
        counted=Text(zh="次放映", en="films shown"),
        bearer=CLUBS,
        per=PerPeriod("month"),
        requires=at_most(2, events("activity_held", activity="film", unit=SUBJECT)),
    ),
    Duty(
        id="2.1",
        clause="2.1",
        title=Text(zh="指导一到两人", en="mentor one or two people"),
        counted=Text(zh="名被指导人", en="people mentored"),
        bearer=FELLOWS,
        per=Standing(),
        requires=between(1, 2, holdings("link", link="mentor", holder=SUBJECT)),
        responsible=Responsible(by=(HOME, GROUPS, INSTRUCTORS), names="person"),
    ),
    Duty(
        id="2.2",
        clause="2.2",
        title=Text(zh="制定两项章程", en="write the two sets of rules"),
        counted=Text(zh="项章程", en="sets of rules"),
        bearer=OFFICES,
        per=Standing(),
        requires=at_least(
            2,
            count(
                events("document_filed", document=("charter", "budget"), author=SUBJECT, window="ever"),
                distinct="document",
            ),
        ),
    ),
    Duty(
        id="2.3",
        clause="2.3",
        title=Text(zh="探索联系寝室", en="link a room"),
        counted=Text(zh="间寝室", en="rooms linked"),
        bearer=FELLOWS,
        per=Standing(),
        requires=at_least(1, holdings("link", link="room", holder=SUBJECT)),
        modality="exploratory",
        responsible=Responsible(ever=(HOME,), by=(GROUPS,), names="unit"),
    ),
    Duty(
        id="2.4",
        clause="2.4",
        title=Text(zh="每栋楼设一个小组", en="have one group"),
        counted=Text(zh="个小组", en="groups"),
        bearer=Bearer("building", holds("building", building=SUBJECT, campus=Given("campus"))),
        per=Standing(),
        requires=exactly(1, holdings("unit", kind="building_group", building=SUBJECT)),
        parameters=(CAMPUS,),
    ),
    Duty(
        id="2.4-plan",
        clause="2.4",
        title=Text(zh="方案涵盖三方面", en="cover the three areas in one plan"),
        counted=Text(zh="个方面", en="areas"),
        bearer=OFFICES,
        per=Standing(),
        requires=at_least(
            3,
            MostCovered(
                "sections",
                ("aims", "means", "people"),
                events("document_filed", document="plan", author=SUBJECT, window="ever"),
            ),
        ),
    ),
    Duty(
        id="3.1",
        clause="3.1",
        title=Text(zh="参加聚会", en="attend the gathering"),
        counted=Text(zh="次到会", en="attendances"),
        bearer=Bearer("person", FELLOW & holds("membership", person=SUBJECT, unit=trigger("unit"))),
        per=Occasion(events("meeting_held", meeting="gathering")),
        requires=Attends(),
    ),
    Duty(
        id="3.2",
        clause="3.2",
        title=Text(zh="登记成绩", en="register the result"),
        counted=Text(zh="次登记", en="registrations"),
        bearer=Bearer(
            "unit",
            holds("membership", person=trigger("person"), unit=SUBJECT) & holds("unit", unit=SUBJECT, kind="branch"),
        ),
        per=Triggered(
            events("training_completed", course="entry_course"),
            by_reading("deadline", semester_end=EndOfSemester(), days=WithinDays(Given("days"))),
        ),
        requires=at_least(1, events("result_registered", of=trigger("id"), unit=SUBJECT, window="by_deadline")),
        readings=(DEADLINE,),
        parameters=(DAYS,),
    ),
    Duty(
        id="3.2-certificate",
        clause="3.2",
        title=Text(zh="合格后发证", en="issue the certificate only after a pass"),
        counted=Text(zh="次合格", en="passes"),
        bearer=Bearer("person", is_in(SUBJECT, trigger("person"))),
        per=Triggered(events("certificate_issued", certificate="entry_certificate")),
        requires=at_least(
            1,
            events(
                "training_completed",
                person=SUBJECT,
                course="entry_course",
                where=is_in(its("passed"), True),
                window="by_trigger",
            ),
        ),
        modality="may",
        responsible=Responsible(by=(holdings("membership", person=trigger("person")),), names="unit"),
    ),
)

STAGES = (
    Stage("newcomer", Text(zh="新人", en="newcomer")),
    Stage("fellow", Text(zh="学友", en="fellow")),
    Stage("senior", Text(zh="学长", en="senior")),
)

OPINIONS = events("opinion_given", person=SUBJECT, step=ASKED_STEP, window="since_entry")

REQUIREMENTS = (
    Requirement(
        id="4.1",
        clause="4.1",
        title=Text(zh="结业合格", en="a passed entry course"),
        steps=("fellow",),
        requires=at_least(
            1,
            events(
                "training_completed",
                person=SUBJECT,
                course="entry_course",
                where=is_in(its("passed"), True),
                window="since_entry",
            ),
        ),
        modality="must",
    ),
    Requirement(
        id="4.1-length",
        clause="4.1",
        title=Text(zh="两天或十学时", en="two days or ten hours of the course"),
        steps=("fellow",),
        requires=at_least(2, Sum("days", (TRAININGS,))) | at_least(10, Sum("hours", (TRAININGS,))),
        modality="normally",
    ),
    Requirement(
        id="4.2",
        clause="4.2",
        title=Text(zh="推荐", en="a recommendation"),
        steps=("newcomer", "fellow"),
        requires=at_least(1, events("recommendation_made", person=SUBJECT, step=ASKED_STEP, window="since_entry")),
        advisory=by_reading("effect", advisory=True, required=False),
        readings=(EFFECT,),
    ),
    Requirement(
        id="4.3",
        clause="4.3",
        title=Text(zh="征求意见", en="the office's opinion"),
        steps=("fellow", "senior"),
        when=holds("residence", person=SUBJECT),
        otherwise="not_resident",
        requires=at_least(1, events("opinion_requested", person=SUBJECT, step=ASKED_STEP, window="since_entry"))
        & (at_least(1, OPINIONS) | Undecided("opinion_given")),
    ),
    Requirement(
        id="4.3-review",
        clause="4.3",
        title=Text(zh="审查合格", en="a passed review"),
        steps=("senior",),
        requires=latest(
            events("review_completed", person=SUBJECT, window="since_entry"),
            "outcome",
            "pass",
            adverse=("fail",),
        ),
    ),
)

VETOES = (
    Veto(
        id="4.4",
        clause="4.4",
        title=Text(zh="表现不好", en="bad conduct"),
        steps=("fellow", "senior"),
        vetoes=latest(OPINIONS, "verdict", "oppose", adverse=("oppose",))
        | latest(events("dorm_evaluated", person=SUBJECT, window="ever"), "rating", "poor", adverse=("poor",)),
        lifts=Text(zh="新的意见或评价。", en="a later opinion or evaluation."),
    ),
)


def document(identity: str = PACK, *, until: date | None = None) -> Document:
    """Return the invented document, in force from 2020 on."""
    rules: dict[str, list[str]] = {}
    for rule in (*DUTIES, *REQUIREMENTS, *VETOES):
        rules.setdefault(rule.clause, []).append(rule.id)
    return Document(
        id=identity,
        title=Text("虚构办法", "Invented measures"),
        number="虚构〔2020〕1号",
        institution=Text("虚构学院", "Invented College"),
        in_force_from=IN_FORCE,
        in_force_until=until,
        clauses=tuple(
            Clause(id=name, citation=citation, summary=ASKED, judges=None if name in rules else "branch")
            for name, citation in CLAUSES.items()
        ),
        sentences=tuple(
            Sentence(
                f"S{number}",
                fingerprint(name),
                "encoded" if name in rules else "judgement",
                clauses=(name,),
                rules=tuple(rules.get(name, ())),
                reason=None if name in rules else WHY,
            )
            for number, name in enumerate(CLAUSES, start=1)
        ),
    )


pack: Final = Pack(
    document=document(),
    version="1",
    stages=STAGES,
    duties=DUTIES,
    requirements=REQUIREMENTS,
    vetoes=VETOES,
)

# Facts in one line each -------------------------------------------------------------------------------------


LONG_AGO: Final = institution.LONG_AGO
fact, unit, dissolved, stage = institution.fact, institution.unit, institution.dissolved, institution.stage
member, no_member, registered, left = (
    institution.member,
    institution.no_member,
    institution.registered,
    institution.left,
)
leave, leave_over, link, lives = institution.leave, institution.leave_over, institution.link, institution.lives
moved_out, meeting, activity, filed = (
    institution.moved_out,
    institution.meeting,
    institution.activity,
    institution.document,
)
training, term, closed, retracted = institution.training, institution.term, institution.closed, institution.retracted


def judged(clause: str, about: str, outcome: str, on: str, **more: Any) -> Fact:
    """Return a recorded judgement on a clause or rule of the toy pack."""
    return institution.judged(f"{PACK}:{clause}", about, outcome, on, **more)


# The weekend of 22 and 23 February 2020 lies in no term.
AUTUMN_2019 = term("2019-autumn", "semester", "2019-09-02", "2020-01-12", "2019-2020")
WINTER = term("2020-winter", "winter_vacation", "2020-01-13", "2020-02-21", "2019-2020")
SPRING = term("2020-spring", "semester", "2020-02-24", "2020-07-05", "2019-2020")
SUMMER = term("2020-summer", "summer_vacation", "2020-07-06", "2020-08-30", "2019-2020")
AUTUMN = term("2020-autumn", "semester", "2020-08-31", "2021-01-17", "2020-2021")
TERMS = (AUTUMN_2019, WINTER, SPRING, SUMMER, AUTUMN)

# Questions --------------------------------------------------------------------------------------------------


def adopted(readings: Mapping[str, str] | None = None, parameters: Mapping[str, str] | None = None) -> Adoption:
    """Return the toy pack adopted; choices are written `RULE.NAME`."""
    return adopt(
        [pack],
        readings={f"{PACK}:{key}": option for key, option in (readings or {}).items()},
        parameters={f"{PACK}:{key}": value for key, value in (parameters or {}).items()},
    )


def history(facts: Iterable[Fact], as_of: str, *, known_at: str | None = None) -> History:
    """Return what the facts say as of a day, in the stages of the toy pack."""
    return history_of(
        facts,
        as_of=date.fromisoformat(as_of),
        known_at=None if known_at is None else datetime.fromisoformat(known_at),
        stages=tuple(stage.name for stage in STAGES),
    )


def audited(
    facts: Iterable[Fact], as_of: str, *, known_at: str | None = None, adoption: Adoption | None = None
) -> Audit:
    """Return the audit of the facts against the toy pack."""
    known = None if known_at is None else datetime.fromisoformat(known_at)
    return audit(tuple(facts), adoption or adopted(), as_of=date.fromisoformat(as_of), known_at=known)


def findings(
    facts: Iterable[Fact],
    rule: str,
    as_of: str,
    *,
    readings: Mapping[str, str] | None = None,
    parameters: Mapping[str, str] | None = None,
    subject: str | None = None,
) -> tuple[Finding, ...]:
    """Return the findings on one rule of the toy pack."""
    asked = audited(facts, as_of, adoption=adopted(readings, parameters))
    return asked.findings(rule=f"{PACK}:{rule}", subject=subject)


def finding(facts: Iterable[Fact], rule: str, as_of: str, *, start: str | None = None, **asked: Any) -> Finding:
    """Return the only finding on a rule: in the period that begins at `start` where one is given."""
    found = [
        one
        for one in findings(facts, rule, as_of, **asked)
        if start is None or (one.period is not None and one.period.start.isoformat() == start)
    ]
    assert len(found) == 1, found
    return found[0]


def decision(
    facts: Iterable[Fact],
    person: str,
    to: str,
    on: str,
    *,
    readings: Mapping[str, str] | None = None,
    engine: str = REFERENCE,
) -> Decision:
    """Return the decision of the toy pack on one step."""
    adoption = adopted(readings)
    return decided(case_of(adoption, history(facts, on), person=person, to=to), engine=engine)
