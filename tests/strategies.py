"""Invented institutions, packs and questions, made from a source of chance that Hypothesis can shrink.

Each generator takes a `random.Random`: a seeded one gives the same institution for ever, the one that Hypothesis
hands out is shrunk like any other draw.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final, TypeVar

from attrs import evolve, frozen
from hypothesis import strategies as st

from partyrules.facts.admission import admitted
from partyrules.facts.vocabulary import CORE_VOCABULARY, Fact
from partyrules.language.kernel import (
    ASKED_STEP,
    SUBJECT,
    AllOf,
    Always,
    AnyOf,
    Compare,
    Condition,
    Count,
    Events,
    Not,
    Operand,
    Selection,
    Sum,
    Tally,
    Undecided,
    Window,
    at_least,
    count,
    events,
    holdings,
    holds,
    is_in,
    its,
    latest,
    some_day,
)
from partyrules.language.rules import Requirement, Stage, Veto
from partyrules.language.sugar import InTerm
from partyrules.packs.document import Clause, Document, Sentence, Text, fingerprint
from partyrules.packs.pack import Pack
from partyrules.time.calendar import CivilDate, parse_civil_date
from tests import toy

__all__ = [
    "REAL",
    "TOY",
    "Cast",
    "Question",
    "chances",
    "completed",
    "dated",
    "institution",
    "institutions",
    "one_fact",
    "pipeline_pack",
    "question",
    "seeded",
]

T = TypeVar("T")
Facts = tuple[Fact, ...]


def seeded(seed: int) -> Random:
    """Return the source of chance that gives the same for a seed for ever."""
    return Random(seed)  # noqa: S311 - chance decides nothing but made-up data


def chances() -> st.SearchStrategy[Random]:
    """Return sources of chance whose every draw Hypothesis records and shrinks."""
    return st.randoms(use_true_random=False)


def _one(rng: Random, options: Sequence[T]) -> T:
    return options[rng.randrange(len(options))]


def _likely(rng: Random, percent: int) -> bool:
    # Small numbers shrink, so that the shortest case is the plain one.
    return rng.randrange(100) >= 100 - percent


# Who there is, and which kinds of things happen -------------------------------------------------------------


@frozen(kw_only=True)
class Cast:
    """The kinds that some packs read, and the units, stages and people of institutions invented for them.

    `held` are the stages that people hold at first, `ready` what makes one ready for a next step.
    """

    units: Mapping[str, tuple[str, str | None, str | None]]
    stages: tuple[str, ...]
    held: tuple[str, ...]
    meetings: tuple[str, ...]
    activities: tuple[str, ...]
    documents: tuple[str, ...]
    courses: tuple[str, ...]
    certificates: tuple[str, ...]
    reviews: tuple[str, ...]
    links: tuple[str, ...]
    facilities: tuple[str, ...]
    clauses: tuple[str, ...]
    ready: tuple[tuple[str, Mapping[str, Any]], ...]
    people: tuple[str, ...] = ("p1", "p2", "p3")
    teacher: str = "t1"
    roles: tuple[str, ...] = ("building_instructor",)


TOY: Final = Cast(
    units={
        "B1": ("branch", None, None),
        "B2": ("branch", None, None),
        "O": ("guidance_department", None, None),
        "H1": ("building_group", None, "D1"),
    },
    stages=("newcomer", "fellow", "senior", "none"),
    held=("fellow", "newcomer", "fellow", "newcomer", "senior"),
    meetings=("gathering", "assembly"),
    activities=("workshop", "talk", "film"),
    documents=("report", "charter", "budget", "plan"),
    courses=("entry_course", "practice"),
    certificates=("entry_certificate",),
    reviews=("any_review",),
    links=("mentor", "room"),
    facilities=("room",),
    clauses=("toy:1.1", "toy:1.1", "toy:5.1"),
    ready=(
        ("training_completed", {"course": "entry_course", "passed": True, "days": 2}),
        ("opinion_requested", {"step": "fellow", "by": "B1", "of": "O"}),
        ("opinion_given", {"step": "fellow", "by": "O", "verdict": "support"}),
    ),
)
REAL: Final = Cast(
    units={
        "SC": ("school_committee", None, None),
        "GB": ("general_branch", None, None),
        "B1": ("branch", "GB", None),
        "B2": ("branch", "GB", None),
        "G1": ("group", "B1", None),
        "SA": ("student_affairs", None, None),
        "GD": ("guidance_department", "SA", None),
        "H1": ("building_group", None, "D1"),
        "YL": ("youth_league", None, None),
        "OD": ("organisation_department", None, None),
    },
    stages=("applicant", "activist", "development_target", "probationary_member", "full_member", "none"),
    held=("full_member", "development_target", "probationary_member", "activist", "full_member"),
    meetings=(
        "branch_assembly",
        "branch_committee",
        "group_meeting",
        "democratic_life_meeting",
        "democratic_appraisal",
        "organisational_life",
        "special_study",
        "report_session",
    ),
    activities=("party_lecture", "social_practice", "study_report", "reception_day"),
    documents=("thought_report", "annual_plan", "development_rules", "performance_report", "assessment_measures"),
    courses=("activist_course", "development_target_course", "member_training"),
    certificates=("party_school_certificate",),
    reviews=("political_review", "conversion_review"),
    links=("room", "activist", "hardship_student", "branch"),
    facilities=("members_home", "volunteer_team"),
    clauses=("lzwl2017:4.6.1", "lzwl2017:8.2.1-hold", "lzwl2017:8.2.4", "lzwl2017:4.6.3", "lzwl2017:1.2.5"),
    ready=(
        ("training_completed", {"course": "activist_course", "passed": True}),
        ("training_completed", {"course": "development_target_course", "days": 3}),
        ("review_completed", {"review": "political_review", "outcome": "pass"}),
        ("review_completed", {"review": "conversion_review", "outcome": "pass"}),
        ("talk_held", {"talk": "any_talk"}),
        ("opinion_requested", {"step": "development_target", "by": "B1", "of": "GD"}),
        ("opinion_requested", {"step": "probationary_member", "by": "B1", "of": "GD"}),
        ("opinion_given", {"step": "probationary_member", "by": "GD", "verdict": "support"}),
    ),
    roles=(
        "building_instructor",
        "committee_member",
        "backbone_member",
        "principal_leader",
        "group_leader",
    ),
)

DAYS: Final = (
    "2020-03-02",
    "2020-01-01",
    "2020-01-12",
    "2020-01-13",
    "2020-01-31",
    "2020-02-22",
    "2020-02-24",
    "2020-02-29",
    "2020-03-31",
    "2020-04-01",
    "2020-06-30",
    "2020-07-01",
    "2020-07-05",
    "2020-07-06",
    "2020-08-30",
    "2020-08-31",
    "2020-09-15",
    "2020-10-01",
    "2020-12-31",
    "2021-01-05",
)
# Those first in which a term begins or ends, or which are not over on a day that is asked about.
MONTHS: Final = ("2020-02", "2020-07", "2020-08", "2020-09", "2020-01", "2020-10", "2020-06", "2020-03", "2020-12")
ASKED_DAYS: Final = (
    "2020-09-15", "2020-06-30", "2020-07-05", "2020-02-29", "2020-12-31", "2020-10-10", "2021-01-17", "2021-03-01",
)  # fmt: skip
INSTANTS: Final = tuple(
    datetime(2020, month, 15, 12, tzinfo=UTC) + timedelta(days=day) for month in (3, 7, 11) for day in (0, 1)
)
BUILDINGS: Final = ("D1", "D2")
ROOMS: Final = ("101", "102")


def dated(rng: Random, *, months: int = 12) -> CivilDate:
    """Return a day near the edges of periods and terms, or, so many times in a hundred, a month."""
    return parse_civil_date(_one(rng, MONTHS) if months and _likely(rng, months) else _one(rng, DAYS))


# Facts, one at a time ---------------------------------------------------------------------------------------


def _people(rng: Random, cast: Cast) -> tuple[str, ...]:
    return tuple(person for person in cast.people if _likely(rng, 60))


def _listed(rng: Random, cast: Cast) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if _likely(rng, 85):
        found["attended"] = _people(rng, cast)
    if _likely(rng, 20):
        found["excused"] = _people(rng, cast)
    return found


def _number(rng: Random) -> int | Decimal | None:
    return _one(rng, (8, 2, 1, 3, 24, Decimal("0.5"), Decimal("9.5"), None))


def _until(rng: Random, on: CivilDate) -> date | None:
    if not _likely(rng, 10):
        return None
    return on.last + timedelta(days=_one(rng, (0, 30, 200)))


def _stage(rng: Random, cast: Cast) -> dict[str, Any]:
    return {"person": _one(rng, cast.people), "stage": _spelt(rng, _one(rng, cast.stages))}


def _membership(rng: Random, cast: Cast) -> dict[str, Any]:
    return {"person": _one(rng, cast.people), "unit": _one(rng, tuple(cast.units))}


def _role(rng: Random, cast: Cast) -> dict[str, Any]:
    role = _one(rng, cast.roles)
    if role == "building_instructor":
        return {"person": cast.teacher, "role": role, "building": _one(rng, BUILDINGS)}
    return {"person": _one(rng, cast.people), "role": role, "unit": _one(rng, ("B1", "H1", None))}


def _room(rng: Random, cast: Cast) -> dict[str, Any]:
    return {"person": _one(rng, cast.people), "building": _one(rng, BUILDINGS), "room": _one(rng, ROOMS)}


def _leave(rng: Random, cast: Cast) -> dict[str, Any]:
    return {"person": _one(rng, cast.people), "kind": _one(rng, ("sick", "study_abroad"))}


def _link(rng: Random, cast: Cast) -> dict[str, Any]:
    return {"link": _one(rng, cast.links), "holder": _one(rng, cast.people), "target": _one(rng, ("D1/101", "x"))}


def _facility(rng: Random, cast: Cast) -> dict[str, Any]:
    return {"facility": _one(rng, cast.facilities), "unit": _one(rng, tuple(cast.units))}


def _meeting(rng: Random, cast: Cast) -> dict[str, Any]:
    said = {"meeting": _one(rng, cast.meetings), "unit": _one(rng, tuple(cast.units)), **_listed(rng, cast)}
    if _likely(rng, 15):
        said["also"] = tuple(_one(rng, cast.meetings) for _ in range(_one(rng, (1, 2, 0))))
    return said


def _activity(rng: Random, cast: Cast) -> dict[str, Any]:
    said = {"activity": _one(rng, cast.activities), "unit": _one(rng, tuple(cast.units)), **_listed(rng, cast)}
    if _likely(rng, 30):
        said["hours"] = _number(rng)
    if _likely(rng, 30):
        said["led_by"] = _people(rng, cast)
    return said


def _document(rng: Random, cast: Cast) -> dict[str, Any]:
    said: dict[str, Any] = {"document": _one(rng, cast.documents), "author": _one(rng, (*cast.units, *cast.people))}
    if _likely(rng, 30):
        said["to"] = _one(rng, tuple(cast.units))
    if _likely(rng, 30):
        said["sections"] = tuple(s for s in ("aims", "means", "people", "ideology") if _likely(rng, 70))
    if _likely(rng, 20):
        said["for_period"] = date.fromisoformat(_one(rng, DAYS))
    return said


def _training(rng: Random, cast: Cast) -> dict[str, Any]:
    return {
        "person": _one(rng, cast.people),
        "course": _one(rng, cast.courses),
        "passed": _one(rng, (True, True, False, None)),
        "days": _number(rng),
        "hours": _number(rng),
    }


def _certificate(rng: Random, cast: Cast) -> dict[str, Any]:
    return {"person": _one(rng, cast.people), "certificate": _one(rng, cast.certificates)}


def _evaluation(rng: Random, cast: Cast) -> dict[str, Any]:
    return {
        "person": _one(rng, cast.people),
        "by": _one(rng, (cast.teacher, cast.teacher, cast.people[0])),
        "rating": _one(rng, ("good", "poor", "fair", "excellent")),
    }


def _step(rng: Random, cast: Cast) -> str:
    return _spelt(rng, _one(rng, cast.stages[:-1]))


def _spelt(rng: Random, stage: str) -> str:
    """Return the stage, misspelt now and then."""
    return stage.replace("e", "a") if _likely(rng, 8) else stage


def _offices(cast: Cast) -> tuple[str, ...]:
    real = tuple(name for name, (kind, _, _) in cast.units.items() if kind == "guidance_department")
    return (*real, *real, "B1", "nowhere")


def _request(rng: Random, cast: Cast) -> dict[str, Any]:
    return {
        "person": _one(rng, cast.people),
        "step": _step(rng, cast),
        "by": "B1",
        "of": _one(rng, _offices(cast)),
    }


def _opinion(rng: Random, cast: Cast) -> dict[str, Any]:
    return {
        "person": _one(rng, cast.people),
        "step": _step(rng, cast),
        "by": _one(rng, _offices(cast)),
        "verdict": _one(rng, ("support", "oppose")),
    }


def _recommendation(rng: Random, cast: Cast) -> dict[str, Any]:
    return {
        "person": _one(rng, cast.people),
        "step": _step(rng, cast),
        "by": _one(rng, tuple(cast.units)),
    }


def _review(rng: Random, cast: Cast) -> dict[str, Any]:
    return {
        "person": _one(rng, cast.people),
        "review": _one(rng, cast.reviews),
        "outcome": _one(rng, ("pass", "fail")),
    }


def _talk(rng: Random, cast: Cast) -> dict[str, Any]:
    return {"person": _one(rng, cast.people), "talk": "any_talk"}


def _judgement(rng: Random, cast: Cast) -> dict[str, Any]:
    return {
        "clause": _one(rng, cast.clauses),
        "about": _one(rng, ("B1", "O", *cast.people)),
        "by": "dean",
        "outcome": _one(rng, ("explained", "met", "not_met")),
        "period": _one(rng, (date(2020, 1, 1), date(2020, 4, 1), date(2020, 2, 1), None)),
    }


def _left(rng: Random, cast: Cast) -> dict[str, Any]:
    return {"person": _one(rng, cast.people)}


def _registered(rng: Random, cast: Cast) -> dict[str, Any]:
    return {"person": _one(rng, cast.people), "category": _one(rng, ("student", "student", "student", "staff"))}


def _dissolved(rng: Random, cast: Cast) -> dict[str, Any]:
    return {"unit": _one(rng, tuple(cast.units))}


def _established(rng: Random, cast: Cast) -> dict[str, Any]:
    unit = _one(rng, tuple(cast.units))
    kind, parent, building = cast.units[unit]
    return {"unit": unit, "kind": kind, "parent": parent, "building": building}


def _building(rng: Random, _: Cast) -> dict[str, Any]:
    return {"building": _one(rng, BUILDINGS)}


def _opening(rng: Random, _: Cast) -> dict[str, Any]:
    return {"unit": _one(rng, (None, "B1", "B2"))}


def _extension(rng: Random, cast: Cast) -> dict[str, Any]:
    return {**_stage(rng, cast), "until": date.fromisoformat(_one(rng, ("2020-12-31", *DAYS)))}


def _closure(rng: Random, _: Cast) -> dict[str, Any]:
    return {"unit": _one(rng, (None, "B1", "B2")), "through": date.fromisoformat(_one(rng, DAYS))}


Maker = Callable[[Random, Cast], dict[str, Any]]
_SPANNING: Final = ("started", "entered", "posted", "opened", "established", "registered")
MAKERS: Final[tuple[tuple[str, Maker, int], ...]] = (
    ("meeting_held", _meeting, 7),
    ("activity_held", _activity, 6),
    ("training_completed", _training, 5),
    ("document_filed", _document, 4),
    ("opinion_given", _opinion, 3),
    ("opinion_requested", _request, 3),
    ("dorm_evaluated", _evaluation, 3),
    ("review_completed", _review, 3),
    ("talk_held", _talk, 1),
    ("recommendation_made", _recommendation, 2),
    ("certificate_issued", _certificate, 2),
    ("judgement_made", _judgement, 2),
    ("stage_entered", _stage, 4),
    ("membership_started", _membership, 2),
    ("membership_ended", _membership, 2),
    ("cultivation_started", _membership, 1),
    ("cultivation_ended", _membership, 1),
    ("role_started", _role, 2),
    ("role_ended", _role, 1),
    ("residence_started", _room, 2),
    ("residence_ended", _room, 1),
    ("leave_started", _leave, 2),
    ("leave_ended", _leave, 2),
    ("link_started", _link, 3),
    ("link_ended", _link, 1),
    ("nameplate_posted", _room, 1),
    ("nameplate_removed", _room, 1),
    ("facility_opened", _facility, 1),
    ("facility_closed", _facility, 1),
    ("person_left", _left, 1),
    ("person_registered", _registered, 1),
    ("unit_dissolved", _dissolved, 1),
    ("unit_established", _established, 1),
    ("building_opened", _building, 1),
    ("building_closed", _building, 1),
    ("register_closed", _closure, 1),
    ("register_opened", _opening, 1),
    ("stage_extended", _extension, 2),
)
_WEIGHTED: Final = tuple((wire, maker) for wire, maker, weight in MAKERS for _ in range(weight))


def _made(wire: str, name: str, on: CivilDate, **said: Any) -> Fact:
    return CORE_VOCABULARY.types[wire](id=name, on=on, **said)


def one_fact(
    rng: Random, cast: Cast, *, name: str, months: int = 12, of: Sequence[str] = (), recorded: int = 15
) -> Fact:
    """Return one fact that the cast could have given rise to, of one of the wire names where some are given."""
    pool = tuple(entry for entry in _WEIGHTED if entry[0] in of) if of else _WEIGHTED
    wire, maker = _one(rng, pool)
    on = dated(rng, months=months)
    said = maker(rng, cast)
    if wire.endswith(_SPANNING):
        said["until"] = _until(rng, on)
    if recorded and _likely(rng, recorded):
        said["recorded_at"] = _one(rng, INSTANTS)
    try:
        return _made(wire, name, on, **said)
    except ValueError:
        # An extension that is over before it is decided.
        return _made(wire, name, on, **{**said, "until": on.last})


# Whole institutions -----------------------------------------------------------------------------------------


def institution(rng: Random, cast: Cast, *, size: int = 24, months: int = 12) -> Facts:
    """Return the facts of an institution that a ledger would take, in no order that means anything.

    `size` bounds the facts beyond the founding ones, `months` is how many in a hundred dates name only a month.
    """
    facts = [*_founding(rng, cast, months=months)]
    # A few kinds in each institution, others in the next: so that those which bear on each other meet.
    few = _narrowed(rng, cast)
    wires = tuple(_one(rng, _WEIGHTED)[0] for _ in range(5)) if _likely(rng, 70) else ()
    for number in range(size):
        # Asked before each one, so that a shrinker may leave out any of them; they are about two thirds of `size`.
        if rng.randrange(size) == 0:
            break
        facts.append(one_fact(rng, few, name=f"f{number:03}", months=months, of=wires))
    for number in range(rng.randrange(3)):
        target = _one(rng, facts).id
        recorded = _one(rng, INSTANTS) if _likely(rng, 50) else None
        facts.append(
            _made(
                "fact_retracted",
                f"r{number}",
                dated(rng, months=0),
                target=target,
                reason="in error",
                recorded_at=recorded,
            )
        )
    # What a ledger would refuse (a unit established twice, overlapping terms, circles) is left out.
    return admitted((), [("", fact) for fact in facts]).facts


def _narrowed(rng: Random, cast: Cast) -> Cast:
    if not _likely(rng, 70):
        return cast
    names = ("meetings", "activities", "documents", "courses", "links", "facilities", "roles")
    kept: dict[str, Any] = {name: tuple({_one(rng, getattr(cast, name)): None for _ in range(2)}) for name in names}
    return evolve(cast, **kept)


def _founding(rng: Random, cast: Cast, *, months: int) -> Iterable[Fact]:
    def on() -> CivilDate:
        return dated(rng, months=months) if _likely(rng, 15) else parse_civil_date(toy.LONG_AGO)

    for name, (kind, parent, building) in cast.units.items():
        if _likely(rng, 92):
            yield _made("unit_established", f"u-{name}", on(), unit=name, kind=kind, parent=parent, building=building)
    for building in BUILDINGS:
        if _likely(rng, 80):
            yield _made("building_opened", f"b-{building}", on(), building=building)
    every_term = _likely(rng, 75)
    for term in toy.TERMS:
        if every_term or _likely(rng, 70):
            yield term
    for person in cast.people:
        stage = _one(rng, cast.held)
        if _likely(rng, 85):
            yield _made("stage_entered", f"s-{person}", on(), person=person, stage=stage)
        if _likely(rng, 70):
            yield _made("membership_started", f"m-{person}", on(), person=person, unit="B1")
        if _likely(rng, 70):
            yield _made("residence_started", f"l-{person}", on(), person=person, building="D1", room="101")
        yield from _spoken_of(rng, cast, person, cast.stages[cast.stages.index(stage) + 1], months=months)
        if _likely(rng, 50):
            for number, (wire, said) in enumerate(cast.ready):
                yield _made(wire, f"ready-{person}-{number}", parse_civil_date(DAYS[0]), person=person, **said)
    if _likely(rng, 15):
        unit = _one(rng, (None, "B1", "B2"))
        yield _made("register_opened", "opened", dated(rng, months=months), unit=unit)
    yield _made("person_registered", "t-registered", on(), person=cast.teacher, category="staff")
    if _likely(rng, 80):
        yield _made("role_started", "t-role", on(), person=cast.teacher, role="building_instructor", building="D1")


def _spoken_of(rng: Random, cast: Cast, person: str, step: str, *, months: int) -> Iterable[Fact]:
    """Yield what the office and the instructor said of a person, which is what vetoes are made of."""
    for number in range(_one(rng, (0, 0, 1, 2))):
        rating = _one(rng, ("good", "poor", "poor"))
        on = dated(rng, months=months)
        yield _made("dorm_evaluated", f"e-{person}-{number}", on, person=person, by=cast.teacher, rating=rating)
    for number in range(_one(rng, (0, 0, 1, 2))):
        verdict = _one(rng, ("support", "oppose", "oppose"))
        on = dated(rng, months=months)
        office = _offices(cast)[0]
        yield _made("opinion_given", f"o-{person}-{number}", on, person=person, step=step, by=office, verdict=verdict)


@st.composite
def institutions(draw: st.DrawFn, cast: Cast, *, size: int = 24, months: int = 12) -> Facts:
    """Return institutions as Hypothesis draws them."""
    return institution(draw(chances()), cast, size=size, months=months)


@frozen(kw_only=True)
class Question:
    """When an audit or a decision is asked for."""

    as_of: date
    known_at: datetime | None


def question(rng: Random) -> Question:
    """Return a day to ask about, near the edges of periods, and what was known then."""
    day = date.fromisoformat(_one(rng, ASKED_DAYS))
    return Question(as_of=day, known_at=_one(rng, INSTANTS) if _likely(rng, 20) else None)


def completed(rng: Random, facts: Facts) -> Facts:
    """Return the facts with a day put in wherever only a month is known."""
    return tuple(
        fact if fact.on.exact else evolve(fact, on=CivilDate(day := _one(rng, _chosen(fact)), day)) for fact in facts
    )


def _chosen(fact: Fact) -> tuple[date, ...]:
    days = fact.on.days()
    return days if fact.until is None else tuple(day for day in days if day <= fact.until)


# Packs of requirements and vetoes ---------------------------------------------------------------------------

_WHY: Final = Text("虚构", "invented")
_WINDOWS: Final[tuple[Window, ...]] = ("since_entry", "ever")


def _selected(rng: Random, cast: Cast) -> Events:
    window = _one(rng, _WINDOWS)
    match rng.randrange(7):
        case 0:
            return events("talk_held", person=SUBJECT, window=window)
        case 1:
            course: Operand = cast.courses if _likely(rng, 30) else _one(rng, cast.courses)
            passed = is_in(its("passed"), True) if _likely(rng, 50) else None
            return events("training_completed", person=SUBJECT, course=course, where=passed, window=window)
        case 2:
            return events("opinion_given", person=SUBJECT, step=ASKED_STEP, window=window)
        case 3:
            return events("dorm_evaluated", person=SUBJECT, window=window)
        case 4:
            branch = holds("unit", unit=its("unit"), kind="branch")
            now = at_least(1, holdings("unit", unit=its("unit"), kind="branch"))
            where = _one(rng, (branch, now, None))
            return events(
                "meeting_held", meeting=_one(rng, cast.meetings), attended=SUBJECT, where=where, window=window
            )
        case 5:
            office = holds("unit", unit=its("of"), kind="guidance_department")
            return events("opinion_requested", person=SUBJECT, step=ASKED_STEP, where=office, window=window)
        case _:
            said = is_in(its("outcome"), "pass") | is_in(its("talk"), "any_talk") if _likely(rng, 50) else None
            return events("review_completed", "talk_held", person=SUBJECT, where=said, window=window)


def _selection(rng: Random, cast: Cast) -> Selection:
    match rng.randrange(4):
        case 0:
            return holdings("link", link=_one(rng, cast.links), holder=SUBJECT)
        case 1:
            where = ~holds("residence", person=SUBJECT, place=its("target")) if _likely(rng, 50) else None
            return holdings("link", holder=SUBJECT, where=where)
        case _:
            return _selected(rng, cast)


def _tally(rng: Random, cast: Cast) -> Tally:
    match rng.randrange(6):
        case 5:
            return count((_selected(rng, cast), _selected(rng, cast)))
        case 0:
            name = _one(rng, ("hours", "days"))
            course = events(
                "training_completed", person=SUBJECT, course=_one(rng, cast.courses), window=_one(rng, _WINDOWS)
            )
            lectures = events("activity_held", attended=SUBJECT, window=_one(rng, _WINDOWS))
            return Sum(name, (course, lectures) if name == "hours" and _likely(rng, 30) else (course,))
        case 1:
            return count(events("training_completed", person=SUBJECT, window=_one(rng, _WINDOWS)), distinct="course")
        case 2:
            sole = holds("registration", person=SUBJECT, category="student")
            if _likely(rng, 40):
                return count(holdings("link", holder=SUBJECT), distinct="link", if_sole=sole)
            return count(_selection(rng, cast), if_sole=sole)
        case _:
            return Count(_selection(rng, cast))


def _compare(rng: Random, cast: Cast) -> Compare:
    tally = _tally(rng, cast)
    low = _one(rng, (1, 2, 3, 0, 24))
    match rng.randrange(5):
        case 0:
            return Compare(tally, most=low)
        case 1:
            return Compare(tally, least=low, most=low)
        case 2:
            return Compare(tally, least=1, most=low)
        case 3 if _likely(rng, 20):
            return Compare(tally, least=_tally(rng, cast))
        case _:
            return Compare(tally, least=low)


def _latest(rng: Random) -> Condition:
    window = _one(rng, _WINDOWS)
    match rng.randrange(3):
        case 0:
            given = events("opinion_given", person=SUBJECT, step=ASKED_STEP, window=window)
            return latest(given, "verdict", _one(rng, ("oppose", "support")), adverse=("oppose",))
        case 1:
            rated = events("dorm_evaluated", person=SUBJECT, window=window)
            return latest(
                rated, "rating", _one(rng, ("poor", "good")), adverse=_one(rng, (("poor",), ("poor", "fair")))
            )
        case _:
            review = events("review_completed", person=SUBJECT, window=window)
            return latest(review, "outcome", _one(rng, ("pass", "fail")), adverse=("fail",))


def _leaf(rng: Random, cast: Cast) -> Condition:
    match rng.randrange(11):
        case 10:
            building = holds("building", building=its("building"))
            return some_day(holds("residence", person=SUBJECT, where=building))
        case 0:
            return holds("residence", person=SUBJECT, where=holds("building", building=its("building")))
        case 1:
            return holds("membership", person=SUBJECT, where=holds("unit", unit=its("unit"), kind="branch"))
        case 2:
            return _one(rng, (Undecided("opinion_given"), Always(), InTerm(("semester",))))
        case 3:
            return is_in(SUBJECT, *cast.people[: 1 + rng.randrange(2)])
        case 4 | 5 | 6:
            return _latest(rng)
        case _:
            return _compare(rng, cast)


def _condition(rng: Random, cast: Cast, depth: int) -> Condition:
    if depth == 0 or _likely(rng, 35):
        return _leaf(rng, cast)
    parts = tuple(_condition(rng, cast, depth - 1) for _ in range(_one(rng, (2, 1, 3, 2, 0))))
    match rng.randrange(3):
        case 0:
            return AllOf(parts)
        case 1:
            return AnyOf(parts)
        case _:
            return Not(_condition(rng, cast, depth - 1))


def pipeline_pack(rng: Random, cast: Cast, *, rules: int = 4) -> Pack:
    """Return an invented pack of up to so many requirements and vetoes over the closed vocabulary."""
    stages = [stage for stage in cast.stages[:-1] if _likely(rng, 80)] or [cast.stages[0]]
    requirements: list[Requirement] = []
    vetoes: list[Veto] = []
    for number in range(1 + rng.randrange(rules)):
        steps = tuple(stage for stage in stages if _likely(rng, 90))
        title = Text("虚构", f"rule {number}")
        if _likely(rng, 30):
            vetoes.append(
                Veto(
                    id=f"v{number}",
                    clause="1",
                    title=title,
                    steps=steps,
                    vetoes=_condition(rng, cast, 2),
                    lifts=_WHY,
                )
            )
        else:
            conditional = _likely(rng, 40)
            requirements.append(
                Requirement(
                    id=f"r{number}",
                    clause="1",
                    title=title,
                    steps=steps,
                    requires=_condition(rng, cast, 3),
                    when=_condition(rng, cast, 1) if conditional else Always(),
                    otherwise="not_resident" if conditional else None,
                    advisory=_likely(rng, 15),
                )
            )
    return Pack(
        document=_DOCUMENT,
        version="1",
        stages=tuple(Stage(name, Text(name, name)) for name in stages),
        requirements=tuple(requirements),
        vetoes=tuple(vetoes),
    )


_DOCUMENT: Final = Document(
    id="invented",
    title=_WHY,
    number="虚构〔2020〕2号",
    institution=_WHY,
    in_force_from=toy.IN_FORCE,
    clauses=(Clause(id="1", citation="一", summary=_WHY),),
    sentences=(Sentence("S1", fingerprint("1"), "encoded", clauses=("1",), rules=("r0",)),),
)
