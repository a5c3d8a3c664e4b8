"""Worked clauses for the reference of the language: invented, each with the rule made of it and what it answers.

Those of words that stand for several are in the docstrings of these.
"""

import inspect
import textwrap
from typing import Final

from attrs import frozen

from partyrules.language import sugar

__all__ = ["SETTING", "WORKED", "Worked", "told_apart"]


@frozen
class Worked:
    """An invented clause worked out: the construct `of` which it is an example, what is told of it, and the code.

    `told` is Markdown; `code` runs after the setting and the examples before it, and fails where it is not so.
    """

    of: str
    title: str
    told: str
    code: str


def told_apart(docstring: str) -> tuple[str, tuple[str, str, str] | None]:
    """Return what a docstring tells before its worked clause, and the title, the text and the code of that."""
    told, marked, worked = docstring.partition("\n\n**")
    if not marked:
        return told, None
    title, _, rest = worked.partition(".** ")
    text, _, code = rest.partition(" ::\n\n")
    return told, (title, text, f"{textwrap.dedent(code)}\n")


def _beside(name: str) -> Worked:
    """Return the worked clause in the docstring of a word that stands for several."""
    _, worked = told_apart(inspect.getdoc(vars(sugar)[name]) or "")
    assert worked is not None, name
    return Worked(name, *worked)


# What every example needs: how to make a tiny pack of duties and ask it a question.
SETTING: Final = """\
from datetime import date

from partyrules import adopt, audit
from partyrules.time.calendar import Span
from partyrules.packs.document import Clause, Document, Sentence, Text, fingerprint
from partyrules.facts.codec import fact_from_wire
from partyrules.language.kernel import *
from partyrules.language.sugar import *
from partyrules.packs.pack import Pack
from partyrules.language.rules import *

SAID = Text(zh="虚构", en="invented")
PERSON = holds("membership", person=SUBJECT)
PEOPLE = Bearer("person", PERSON)
CLUBS = Bearer("unit", holds("unit", unit=SUBJECT, kind="club"))


def duty(bearer, per, requires, id="1", **more):
    return Duty(id=id, clause=id, title=SAID, counted=SAID, bearer=bearer, per=per, requires=requires, **more)


def found(facts, as_of, *duties, own=None, **adopted):
    # The findings on the last duty; `own` is what a pack adds.
    rows = [{"id": str(n), **row} for n, row in enumerate(facts)]
    document = Document(
        id="club",
        title=SAID,
        number="1",
        institution=SAID,
        in_force_from=date(2020, 1, 1),
        clauses=tuple(Clause(id=d.id, citation=d.id, summary=SAID) for d in duties),
        sentences=tuple(Sentence(d.id, fingerprint(d.id), "encoded", clauses=(d.id,), rules=(d.id,)) for d in duties),
    )
    adoption = adopt([Pack(document=document, version="1", duties=duties, **(own or {}))], **adopted)
    read = [fact_from_wire(row, vocabulary=adoption.vocabulary) for row in rows]
    asked = audit(read, adoption, as_of=date.fromisoformat(as_of))
    return asked.findings(rule=f"club:{duties[-1].id}")


def ask(*said, **more):
    # Of each of them whom it is about, in which period, and what it comes to.
    return [(f.subject, str(f.period.start) if f.period else None, f.status, *f.needs) for f in found(*said, **more)]


ADA = {"fact": "membership_started", "person": "ada", "unit": "c", "on": "2020-01-01"}
CLUB = {"fact": "unit_established", "unit": "c", "kind": "club", "on": "2019-01-01"}
"""

WORKED: Final = (
    Worked(
        "Bearer",
        "Whom a duty binds, by what was recorded",
        """\
A scope sees the facts through its own day only: *whoever has applied reports each month* binds from the
application on.
""",
        """\
applied = at_least(1, events("document_filed", document="application", author=SUBJECT, window="ever"))
reports = at_least(1, events("document_filed", document="report", author=SUBJECT))
monthly = duty(Bearer("person", PERSON & applied), PerPeriod("month"), reports)
application = {"fact": "document_filed", "document": "application", "author": "ada", "on": "2020-03-10"}
assert ask([ADA, application], "2020-04-30", monthly) == [
    ("ada", "2020-03-01", "not_applicable"),
    ("ada", "2020-04-01", "breached"),
]
""",
    ),
    Worked(
        "Bearer",
        "Duties per pair",
        """\
With `each`, a bearer has one finding for each of their holdings, and `trigger` names the fields of the fact that
began it. *Each contact talks with each of their activists each half-year.*
""",
        """\
pairs = duty(
    Bearer("person", PERSON, each=holdings("link", link="contact", holder=SUBJECT)),
    PerPeriod("half_year"),
    at_least(1, events("talk_held", person=trigger("target"), by=SUBJECT)),
)
links = [
    {"fact": "link_started", "link": "contact", "holder": "ada", "target": who, "on": "2020-01-01"}
    for who in ("ben", "cy")
]
talk = {"fact": "talk_held", "person": "cy", "talk": "talk", "by": "ada", "on": "2020-06-30"}
assert [status for _, _, status in ask([ADA, *links, talk], "2020-06-30", pairs)] == ["breached", "satisfied"]
""",
    ),
    Worked(
        "Bearer",
        "Bounds per target",
        """\
The bearer may as well be the one whom others are responsible for. *Each activist has one or two contacts.*
""",
        """\
contacts = duty(
    Bearer("person", holds("stage", person=SUBJECT, stage="activist")),
    Standing(),
    between(1, 2, holdings("link", link="contact", target=SUBJECT)),
)
activist = {"fact": "stage_entered", "person": "ben", "stage": "activist", "on": "2020-01-01"}
assert ask([ADA, activist, *links], "2020-01-01", contacts) == [("ben", None, "satisfied")]
assert ask([ADA, activist], "2020-01-01", contacts) == [("ben", None, "breached")]
""",
    ),
    Worked(
        "Responsible",
        "Who has to act where that is not the bearer",
        """\
A finding names them, so that nobody is blamed for what others left undone. *The club's secretary sees to it that
each member has a tutor.*
""",
        """\
tutored = duty(
    PEOPLE,
    Standing(),
    at_least(1, holdings("link", link="tutor", target=SUBJECT)),
    responsible=Responsible(
        by=(
            holdings("membership", person=SUBJECT),
            holdings("role", role="secretary", unit=its("unit")),
        ),
        names="person",
    ),
)
secretary = {"fact": "role_started", "person": "dee", "role": "secretary", "unit": "c", "on": "2020-01-01"}
[finding] = found([ADA, secretary], "2020-01-02", tutored)
assert (finding.subject, finding.status, finding.responsible) == ("ada", "breached", ("dee",))
""",
    ),
    Worked(
        "PerPeriod",
        "A minimum and a maximum per period",
        """\
*Two to four reports a year.* Too few may still become enough before the period ends, or while the register is
open; too many cannot.
""",
        """\
two_to_four = duty(CLUBS, PerPeriod("year"), between(2, 4, events("document_filed", author=SUBJECT)))


def filed(*days):
    return [CLUB, *({"fact": "document_filed", "document": "report", "author": "c", "on": day} for day in days)]


assert ask(filed("2020-01-01", "2020-12-31"), "2020-12-31", two_to_four) == [("c", "2020-01-01", "satisfied")]
assert ask(filed("2020-01-01"), "2020-12-30", two_to_four) == [("c", "2020-01-01", "pending")]
five = filed("2020-01-01", "2020-02-01", "2020-03-01", "2020-04-01", "2020-05-01")
assert ask(five, "2020-12-31", two_to_four) == [("c", "2020-01-01", "breached")]
""",
    ),
    Worked(
        "Rolling",
        "Since the last completion",
        """\
*At least once in six months.* The first interval runs from the day on which the duty begins to bind, each other
one from the completion, or from the missed due day, before it. After a completion of which only the month is known,
nothing is decided until one of a known day.
""",
        """\
rating = duty(PEOPLE, Rolling(every=Span(months=6)), at_least(1, events("review_completed", person=SUBJECT)))
review = {"fact": "review_completed", "person": "ada", "review": "rating", "outcome": "pass", "on": "2020-03-31"}
assert ask([ADA, review], "2020-09-30", rating) == [
    ("ada", "2020-01-01", "satisfied"),
    ("ada", "2020-04-01", "breached"),
]
""",
    ),
    Worked(
        "Within",
        "Deadlines after a fact",
        """\
*An application is answered within one month.* Spans are counted by the calendar: a month from 31 January ends on
the last day of February, a year from 29 February on 28 February; years and months go first, then days. *Half a month
before the anniversary* is `Within(Span(years=1, days=-15))`, *notice five days before a meeting*
`Ahead(Span(days=5))`.
""",
        """\
def answered(deadline):
    return duty(
        Bearer("unit", is_in(SUBJECT, trigger("to"))),
        Triggered(by=events("document_filed", document="application"), deadline=deadline),
        at_least(
            1, events("document_filed", document="answer", author=SUBJECT, about=trigger("id"), window="by_deadline")
        ),
    )


def answer(on):
    return [
        CLUB,
        {
            "fact": "document_filed",
            "id": "a",
            "document": "application",
            "author": "ada",
            "to": "c",
            "on": "2021-01-31",
        },
        {"fact": "document_filed", "document": "answer", "author": "c", "about": "a", "on": on},
    ]


month = answered(Within(span=Span(months=1)))
assert ask(answer("2021-02-28"), "2021-03-31", month) == [("c", None, "satisfied")]
assert ask(answer("2021-03-01"), "2021-03-31", month) == [("c", None, "breached")]
""",
    ),
    Worked(
        "WithinWorkingDays",
        "Working days",
        """\
*Within five working days.* Saturdays and Sundays are free. The adoption says which other days are (`True`) and
which weekends are worked (`False`); its table is complete from the first date to the last, in an adoption file the
lists `free` and `worked` of `[holidays]`. A deadline beyond it is unknown, for want of `holidays`.
""",
        """\
five_days = answered(WithinWorkingDays(days=5))
table = {date(2021, 1, 1): True, date(2021, 2, 2): True, date(2021, 2, 6): False, date(2021, 12, 31): True}
assert ask(answer("2021-02-06"), "2021-03-31", five_days, holidays=table) == [("c", None, "satisfied")]
assert ask(answer("2021-02-07"), "2021-03-31", five_days, holidays=table) == [("c", None, "breached")]
assert ask(answer("2021-02-06"), "2021-03-31", five_days) == [("c", None, "unknown", "holidays")]
""",
    ),
    Worked(
        "Triggered",
        "The third time, and an act that comes after it",
        """\
*Within a month of a third absence somebody talks with the member.* Who records an absence writes down which one of the
term it is, and the rule guards the number by counting. The window `after_trigger` takes no talk of an earlier day;
`by_deadline` would be content with one.
""",
        """\
from typing import ClassVar

from attrs import frozen
from partyrules.facts.vocabulary import Fact, Name, Person


@frozen(kw_only=True)
class AbsenceRecorded(Fact):
    wire: ClassVar[str] = "absence_recorded"

    person: Person
    term: Name
    nth: int


up_to_it = events("absence_recorded", person=its("person"), term=its("term"), window="ever")
third = Triggered(by=events("absence_recorded", nth=3, where=at_least(3, up_to_it)), deadline=Within(Span(months=1)))


def talked(window):
    return duty(
        Bearer("named", is_in(SUBJECT, trigger("person"))),
        third,
        at_least(1, events("talk_held", person=SUBJECT, window=window)),
    )


absences = [
    {"fact": "absence_recorded", "person": "ada", "term": "spring", "nth": n, "on": f"2020-03-0{n}"} for n in (1, 2, 3)
]
OWN = {"fact_types": (AbsenceRecorded,)}
early, late = ({"fact": "talk_held", "person": "ada", "talk": "t", "on": day} for day in ("2020-01-31", "2020-04-03"))
assert ask([ADA, *absences, early], "2020-04-03", talked("after_trigger"), own=OWN) == [("ada", None, "breached")]
assert ask([ADA, *absences, early], "2020-04-03", talked("by_deadline"), own=OWN) == [("ada", None, "satisfied")]
assert ask([ADA, *absences, late], "2020-04-03", talked("after_trigger"), own=OWN) == [("ada", None, "satisfied")]
assert ask([ADA, absences[2]], "2020-04-03", talked("after_trigger"), own=OWN) == []
""",
    ),
    Worked(
        "Is",
        "A field that was left out",
        """\
*Each year a course that the club did not organise itself.* Where nobody wrote down who organised it, that is not
known; without `absent="unknown"` a gap would count as somebody else.
""",
        """\
def elsewhere(**absent):
    another = ~is_in(its("organiser"), "c", **absent)
    return duty(PEOPLE, PerPeriod("year"), at_least(1, events("training_completed", person=SUBJECT, where=another)))


gap = {"fact": "training_completed", "person": "ada", "course": "openings", "on": "2020-05-01"}
open_still = elsewhere(absent="unknown")
assert ask([ADA, gap | {"organiser": "d"}], "2020-12-31", open_still) == [("ada", "2020-01-01", "satisfied")]
assert ask([ADA, gap | {"organiser": "c"}], "2020-12-31", open_still) == [("ada", "2020-01-01", "breached")]
assert ask([ADA, gap], "2020-12-31", open_still) == [("ada", "2020-01-01", "unknown", "organiser")]
assert ask([ADA, gap], "2020-12-31", elsewhere()) == [("ada", "2020-01-01", "satisfied")]
""",
    ),
    Worked(
        "Portion",
        "A part of what was held",
        """\
*Members come to at least four fifths of the evenings of each half-year.* Of three evenings that is all three, of five
it is four. An evening whose list is missing may be one more, or none.
""",
        """\
held = events("meeting_held", meeting="evening")
there = events("meeting_held", meeting="evening", where=is_in(its("attended"), SUBJECT, absent="unknown"))
regulars = duty(PEOPLE, PerPeriod("half_year"), at_least(portion(4, 5, of=held), there))


def evening(month, *who):
    return {"fact": "meeting_held", "meeting": "evening", "unit": "c", "attended": [*who], "on": f"2020-0{month}-01"}


four = [evening(month, "ada") for month in (1, 2, 3, 4)]
assert ask([ADA, CLUB, *four, evening(5)], "2020-06-30", regulars) == [("ada", "2020-01-01", "satisfied")]
assert ask([ADA, CLUB, *four[:2], evening(5)], "2020-06-30", regulars) == [("ada", "2020-01-01", "breached")]
no_list = {key: value for key, value in evening(5).items() if key != "attended"}
assert ask([ADA, CLUB, *four[:3], no_list], "2020-06-30", regulars) == [("ada", "2020-01-01", "unknown", "attendance")]
""",
    ),
    Worked(
        "Share",
        "A vote",
        """\
*More than half of those entitled were present, and more than half of those entitled were in favour.* The numbers
are fields of a fact type of the pack's own; half is not more than half. In a rule it stands in `where`:
`at_least(1, events("poll_held", person=SUBJECT, where=Share(...), window="ever"))`.
""",
        """\
from typing import ClassVar

from attrs import frozen
from partyrules.time.calendar import parse_civil_date
from partyrules.evaluate.conditions import Frame, World
from partyrules.facts.vocabulary import Fact
from partyrules.history import history_of
from partyrules.language.tree import lowered


@frozen(kw_only=True)
class PollHeld(Fact):
    wire: ClassVar[str] = "poll_held"

    person: str
    entitled: int | None = None
    present: int | None = None
    in_favour: int | None = None


carried = Share(part="present", whole="entitled", above=(1, 2), or_equal=False) & Share("in_favour", "entitled")
world = World(history_of([], as_of=date(2020, 5, 1)), ())


def told(**numbers):
    poll = PollHeld(on=parse_civil_date("2020-05-01"), person="ada", **numbers)
    verdict = world.verdict(lowered(carried), Frame(day=date(2020, 5, 1), subject="ada", item=poll))
    return (verdict.truth.name, *verdict.needs)


assert told(entitled=15, present=8, in_favour=8) == ("TRUE",)
assert told(entitled=14, present=8, in_favour=7) == ("FALSE",)
assert told(entitled=15, present=8) == ("UNKNOWN", "in_favour")
""",
    ),
    Worked(
        "CountFindings",
        "Rules that read other rules' findings",
        """\
*The third absence asks for a talk.* A scope may read findings only if its duty is `Standing`. A finding that is
unknown may be one more.
""",
        """\
evenings = duty(PEOPLE, Occasion(of=events("meeting_held", meeting="evening")), Attends(), id="evening")
talks = duty(
    Bearer("person", PERSON & at_least(3, count_findings("evening", statuses=("breached",), window="ever"))),
    Standing(),
    at_least(1, events("talk_held", person=SUBJECT, window="ever")),
    id="talk",
)
held = [
    {"fact": "meeting_held", "meeting": "evening", "unit": "c", "attended": [], "on": f"2020-0{n}-01"}
    for n in (1, 2, 3)
]
assert ask([ADA, *held], "2020-02-29", evenings, talks) == []
assert ask([ADA, *held], "2020-03-01", evenings, talks) == [("ada", None, "breached")]
unknown = [*held[:2], {key: value for key, value in held[2].items() if key != "attended"}]
assert ask([ADA, *unknown], "2020-03-01", evenings, talks) == [("ada", None, "unknown", "attendance")]
""",
    ),
    Worked(
        "Relation",
        "What held when something else happened",
        """\
*Service counts only if one was trained in the twelve months before it.* `Recent` would look back from the day asked.
A relation in `where` is looked at on the day of the service, so the training begins one: of each `group` the newest,
told apart by `id` in its `key`. **Without `id` there the second training would be the first one over again**, a start
of what already holds, and nobody could renew it.
""",
        """\
from partyrules.history import Relation


def trained(*key):
    return {"relations": (Relation("trained", "training_completed", None, key=key, group=("person", "course")),)}


served = events(
    "activity_held",
    activity="service",
    attended=SUBJECT,
    where=held_for("trained", person=SUBJECT, course="safety", most=Span(years=1)),
)
serves = duty(PEOPLE, PerPeriod("year"), at_least(1, served))


def history(*trainings, service):
    courses = [{"fact": "training_completed", "person": "ada", "course": "safety", "on": day} for day in trainings]
    done = {"fact": "activity_held", "activity": "service", "unit": "c", "attended": ["ada"], "on": service}
    return [ADA, CLUB, *courses, done]


def in_2021(facts, own):
    return ask(facts, "2021-12-31", serves, own=own)[-1][-1]


renewable = trained("person", "course", "id")
assert in_2021(history("2020-03-01", service="2021-03-01"), renewable) == "satisfied"
assert in_2021(history("2020-03-01", service="2021-03-02"), renewable) == "breached"
assert in_2021(history("2020-03-01", "2021-02-01", service="2021-03-02"), renewable) == "satisfied"
assert in_2021(history("2020-03-01", "2021-03-03", service="2021-03-02"), renewable) == "breached"
assert in_2021(history("2020-03-01", "2021-02-01", service="2021-03-02"), trained("person", "course")) == "breached"
""",
    ),
    Worked(
        "RecordStanding",
        "Who may record it",
        """\
*Members in good standing; only the coach may say that somebody is not.* A record by anybody else is listed as irregular
and counts for nothing. A standing is asked of what happened: on a fact that begins or ends a relation a pack cannot be
built, since what holds does not hang on who recorded it. So each decision is a record, and the latest one tells.
""",
        """\
from partyrules.language.standing import RecordStanding


@frozen(kw_only=True)
class ConductRated(Fact):
    wire: ClassVar[str] = "conduct_rated"

    person: Person
    by: Person
    conduct: Name


coach = holds("role", person=its("by"), role="coach")
OWN = {
    "fact_types": (ConductRated,),
    "standings": (RecordStanding("conduct_rated", about="person", tests=((coach, "not_the_coach"),)),),
}
poor = latest(events("conduct_rated", person=SUBJECT, window="ever"), "conduct", "poor", adverse=("poor",))
good = duty(PEOPLE, Standing(), ~poor)
cy = {"fact": "role_started", "person": "cy", "role": "coach", "on": "2020-01-01"}


def rated(by, conduct, on):
    return {"fact": "conduct_rated", "person": "ada", "by": by, "conduct": conduct, "on": on}


bad = rated("cy", "poor", "2020-02-01")
for records, status in (
    ([bad], "breached"),
    ([rated("ben", "poor", "2020-02-01")], "satisfied"),
    ([bad, rated("ben", "good", "2020-02-02")], "breached"),
    ([bad, rated("cy", "good", "2020-02-02")], "satisfied"),
):
    assert ask([ADA, cy, *records], "2020-03-01", good, own=OWN) == [("ada", None, status)]
""",
    ),
    Worked(
        "Reading",
        "A common reading with another default",
        """\
*Reports are due on leave too.* A pack may declare `leave` or `partial` again for a rule of its own, with the same
options, where its document says what the default should be, or why.
""",
        """\
on_leave_too = Reading(name="leave", options=("half", "any", "ignore"), default="ignore", why=SAID)
report = at_least(1, events("document_filed", document="report", author=SUBJECT))
away = {"fact": "leave_started", "person": "ada", "kind": "placement", "on": "2020-02-01", "until": "2020-02-29"}
usual, strict = (duty(PEOPLE, PerPeriod("month"), report, readings=own) for own in ((), (on_leave_too,)))
assert ask([ADA, away], "2020-02-29", usual)[-1] == ("ada", "2020-02-01", "not_applicable")
assert ask([ADA, away], "2020-02-29", strict)[-1] == ("ada", "2020-02-01", "breached")
""",
    ),
    *(_beside(name) for name in sugar.__all__ if isinstance(vars(sugar)[name], type)),
)
