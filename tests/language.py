"""What the tests of the language of rules share: an invented pack, questions to it, and the duties asked about."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar, Final

from attrs import frozen

from partyrules.answers.verdicts import Finding
from partyrules.evaluate.conditions import Frame, World
from partyrules.evaluate.kleene import Truth, Verdict
from partyrules.facts.vocabulary import Fact
from partyrules.history import CORE_RELATIONS, history_of
from partyrules.language.kernel import (
    SUBJECT,
    Condition,
    at_least,
    at_most,
    between,
    count_findings,
    events,
    holdings,
    holds,
    is_in,
    its,
    trigger,
)
from partyrules.language.rules import (
    Ahead,
    Bearer,
    Deadline,
    Duty,
    Occasion,
    Per,
    PerPeriod,
    Rolling,
    Standing,
    Triggered,
    Within,
)
from partyrules.language.sugar import Attends, held_for
from partyrules.language.tree import lowered
from partyrules.packs.document import Clause, Document, Sentence, Text, fingerprint
from partyrules.packs.pack import Pack, adopt
from partyrules.questions.audit import Audit, audit
from partyrules.time.calendar import Span, parse_civil_date
from tests.toy import fact, meeting, member, unit

DAY_ZERO: Final = "2020-01-01"
SAID: Final = Text(zh="虚构", en="invented")
CLUB: Final = Bearer("unit", holds("unit", unit=SUBJECT, kind="club"))
MEMBER: Final = holds("membership", person=SUBJECT)
TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
THE_CLUB: Final = (unit("c", "club"),)


@frozen(kw_only=True)
class VoteTaken(Fact):
    """A vote on a person, in numbers."""

    wire: ClassVar[str] = "vote_taken"

    person: str
    entitled: int | None = None
    present: int | None = None
    in_favour: int | None = None


def vote(*numbers: int | None, on: str = "2020-05-01") -> VoteTaken:
    """Return a vote on `p`: entitled, present, in favour."""
    entitled, present, in_favour = numbers
    day = parse_civil_date(on)
    told = f"vote {numbers} {on}"
    return VoteTaken(id=told, on=day, person="p", entitled=entitled, present=present, in_favour=in_favour)


# Packs and questions ----------------------------------------------------------------------------------------


def duty(name: str, bearer: Bearer, per: Per, requires: Condition, **more: Any) -> Duty:
    """Return a duty whose clause has its name."""
    return Duty(id=name, clause=name, title=SAID, counted=SAID, bearer=bearer, per=per, requires=requires, **more)


def pack_of(*duties: Duty) -> Pack:
    """Return an invented pack, in force from 2020 on, of these duties."""
    names = [one.id for one in duties]
    return Pack(
        document=Document(
            id="v",
            title=SAID,
            number="1",
            institution=SAID,
            in_force_from=date.fromisoformat(DAY_ZERO),
            clauses=tuple(Clause(id=name, citation=f"§{name}", summary=SAID) for name in names),
            sentences=tuple(
                Sentence(f"S{n}", fingerprint(name), "encoded", clauses=(name,), rules=(name,))
                for n, name in enumerate(names)
            ),
        ),
        version="1",
        duties=duties,
        fact_types=(VoteTaken,),
    )


def asked(
    facts: Iterable[Fact], as_of: str, *duties: Duty, holidays: Mapping[date, bool] | None = None, **adopted: Any
) -> Audit:
    """Return the audit of facts against a pack of these duties."""
    adoption = adopt([pack_of(*duties)], holidays=holidays, **adopted)
    return audit(tuple(facts), adoption, as_of=date.fromisoformat(as_of))


def findings(facts: Iterable[Fact], as_of: str, *duties: Duty, **adopted: Any) -> tuple[Finding, ...]:
    """Return the findings on the last of the duties."""
    return asked(facts, as_of, *duties, **adopted).findings(rule=f"v:{duties[-1].id}")


def finding(facts: Iterable[Fact], as_of: str, *duties: Duty, **adopted: Any) -> Finding:
    """Return the only finding on the last of the duties."""
    (found,) = findings(facts, as_of, *duties, **adopted)
    return found


def status(facts: Iterable[Fact], as_of: str, *duties: Duty, **adopted: Any) -> tuple[str, str | None]:
    """Return the status and reason of the only finding on the last of the duties."""
    found = finding(facts, as_of, *duties, **adopted)
    return found.status, found.reason


def verdict(condition: Condition, day: str, *facts: Fact, subject: str = "p", **frame: Any) -> Verdict:
    """Return what a condition comes to about a person on a day, the day asked."""
    on = date.fromisoformat(day)
    world = World(history_of(facts, as_of=on, relations=CORE_RELATIONS), ())
    return world.verdict(lowered(condition), Frame(day=on, subject=subject, **frame))


def needed(found: Finding) -> tuple[str, tuple[str, ...]]:
    """Return status and needs of a finding."""
    return found.status, found.needs


# Duties that several tests ask about ---------------------------------------------------------------------------


REPORTS: Final = duty(
    "reports", CLUB, PerPeriod("year"), between(2, 4, events("document_filed", document="report", author=SUBJECT))
)


def prolonged(times: int) -> Condition:
    """Return that a stage has been held for a year at most, each course passed adding half a year."""
    return held_for(
        "stage",
        person=SUBJECT,
        most=Span(years=1),
        extended_by=events("training_completed", person=SUBJECT, where=is_in(its("passed"), True), window="ever"),
        extension=Span(months=6),
        times=times,
    )


def answers(deadline: Deadline) -> Duty:
    """Return the duty to answer what is asked by a deadline."""
    return duty(
        "answer",
        Bearer("unit", is_in(SUBJECT, trigger("to"))),
        Triggered(events("document_filed", document="application"), deadline),
        at_least(
            1,
            events("document_filed", document="answer", author=SUBJECT, about=trigger("id"), window="by_deadline"),
        ),
    )


MONTH: Final = answers(Within(Span(months=1)))


NOTICE: Final = duty(
    "notice",
    Bearer("unit", is_in(SUBJECT, trigger("unit"))),
    Triggered(events("meeting_held", meeting="general"), Ahead(Span(days=5))),
    at_least(1, events("document_filed", document="notice", author=SUBJECT, about=trigger("id"), window="by_deadline")),
)


RENEWAL: Final = events("review_completed", person=SUBJECT, review="rating")


ROLLING: Final = duty("rating", Bearer("person", MEMBER), Rolling(Span(months=6)), at_least(1, RENEWAL))


def renewed(*days: str, **more: Any) -> list[Fact]:
    """Return a member since 15 January 2020 with reviews on these days."""
    done = [fact("review_completed", day, person="p", review="rating", outcome="pass", **more) for day in days]
    return [member("p", "c", "2020-01-15"), *done]


CONTACTS: Final = duty(
    "contacts",
    Bearer("person", holds("stage", person=SUBJECT, stage="activist")),
    Standing(),
    between(1, 2, holdings("link", link="contact", target=SUBJECT)),
)


PAIRS: Final = duty(
    "pairs",
    Bearer("person", MEMBER, each=holdings("link", link="contact", holder=SUBJECT)),
    PerPeriod("half_year"),
    at_least(1, events("talk_held", person=trigger("target"), by=SUBJECT)),
)


EVENING: Final = duty(
    "evening",
    Bearer("person", holds("membership", person=SUBJECT, unit=trigger("unit"))),
    Occasion(events("meeting_held", meeting="evening")),
    Attends(),
)


TALK: Final = duty(
    "talk",
    Bearer("person", MEMBER & at_least(3, count_findings("evening"))),
    Standing(),
    at_least(1, events("talk_held", person=SUBJECT, window="ever")),
)


def evenings(*lists: tuple[str, ...] | None) -> list[Fact]:
    """Return a member and a club evening a month with these attendance lists."""
    held = [meeting("evening", "c", f"2020-0{n}-05", attended=who) for n, who in enumerate(lists, start=1)]
    return [member("p", "c", DAY_ZERO), *THE_CLUB, *held]


def few(window: Any) -> Duty:
    """Return the duty to be absent at most once a quarter, or ever."""
    return duty(
        "few", Bearer("person", MEMBER), PerPeriod("quarter"), at_most(1, count_findings("evening", window=window))
    )


def course(where: Condition) -> Condition:
    """Return that a course was completed of which something is true."""
    return at_least(1, events("training_completed", person=SUBJECT, where=where, window="ever"))
