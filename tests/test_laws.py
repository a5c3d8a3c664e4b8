"""Laws that hold for every pack and every institution: of time, of evidence, of what is not known, and of the veto."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import pytest
from attrs import evolve, frozen
from hypothesis import given, note, settings

import partyrules_lzcu2012
import partyrules_lzwl2017
from partyrules.answers.verdicts import STATUSES, Decision, Finding, Item, encode
from partyrules.evaluate.pipeline import case_of
from partyrules.facts.admission import admitted
from partyrules.facts.codec import encode_fact
from partyrules.facts.retractions import retracted_ids
from partyrules.facts.vocabulary import Fact, FactRetracted, TermDeclared
from partyrules.history import UNDATED, history_of
from partyrules.language.kernel import Compare
from partyrules.language.rules import Occasion, PerPeriod, Standing, Triggered
from partyrules.language.tree import walk
from partyrules.packs.pack import Adoption, adopt
from partyrules.questions.audit import audit
from partyrules.questions.decide import REFERENCE, decided
from partyrules.questions.sources import columns_in, facts_in
from partyrules.time.calendar import parse_civil_date
from tests import toy
from tests.strategies import (
    REAL,
    TOY,
    Cast,
    Question,
    chances,
    completed,
    institution,
    one_fact,
    question,
)
from tests.sweeps import examples

Facts = tuple[Fact, ...]
Key = tuple[str, str, str | None, str | None]

LATE: Final = datetime(2022, 1, 1, tzinfo=UTC)


@frozen
class World:
    """An adoption of packs, and the cast whose institutions it is held against."""

    cast: Cast
    adoptions: tuple[Adoption, ...]


def flipped(*packs: Any) -> Adoption:
    """Return the packs adopted with every reading on its last option, every parameter set."""
    plain = adopt(packs)
    chosen: dict[str, str] = {}
    values: dict[str, str] = {}
    for pack in plain.packs:
        for rule in pack.rules:
            for reading in rule.readings:
                others = [option for option in reading.options if option != reading.default]
                chosen[f"{pack.id}:{reading.owner or rule.id}.{reading.name}"] = others[-1]
            for parameter in rule.parameters:
                value = {"grain": "quarter", "days": "30", "name": "north"}[parameter.takes]
                values[f"{pack.id}:{rule.id}.{parameter.name}"] = value
    return adopt(packs, readings=chosen, parameters=values)


REAL_PACKS: Final = (partyrules_lzwl2017.pack, partyrules_lzcu2012.pack)
WORLDS: Final = {
    "toy": World(TOY, (toy.adopted(), flipped(toy.pack))),
    "real": World(REAL, (adopt(REAL_PACKS), flipped(*REAL_PACKS))),
}
# By name: Hypothesis shows the arguments of a failing law, and whole packs are too much to show.
every_world = pytest.mark.parametrize("packs", WORLDS)
often = settings(max_examples=examples(50))
seldom = settings(max_examples=examples(25))


class Drawn(NamedTuple):
    """An institution, the packs that it adopted and a question about it."""

    facts: Facts
    adoption: Adoption
    asked: Question


def drawn(chance: Random, world: World, *, months: int = 12, size: int = 24) -> Drawn:
    """Return an institution with the packs of a world, and a question about it."""
    facts = institution(chance, world.cast, months=months, size=size)
    case = Drawn(facts, world.adoptions[chance.randrange(len(world.adoptions))], question(chance))
    note("\n".join(encode_fact(fact).decode() for fact in facts))
    note(f"{case.asked}, {case.adoption.readings}")
    return case


def found(facts: Iterable[Fact], case: Drawn) -> tuple[Finding, ...]:
    """Return the findings, judgements included."""
    held = audit(facts, case.adoption, as_of=case.asked.as_of, known_at=case.asked.known_at)
    return held.findings(judgements=True)


def decisions(facts: Iterable[Fact], case: Drawn, cast: Cast) -> dict[tuple[str, str], Decision]:
    """Return the decision on every step of every person of the cast."""
    history = history_of(
        facts,
        as_of=case.asked.as_of,
        known_at=case.asked.known_at,
        stages=case.adoption.stage_names,
        relations=case.adoption.relations,
    )
    return {
        (person, to): decided(case_of(case.adoption, history, person=person, to=to), engine=REFERENCE)
        for person in cast.people
        for to in case.adoption.stage_names
    }


def everything(facts: Iterable[Fact], case: Drawn, cast: Cast) -> list[bytes]:
    """Return every answer as bytes: findings, irregular records, decisions."""
    facts = tuple(facts)
    held = audit(facts, case.adoption, as_of=case.asked.as_of, known_at=case.asked.known_at)
    return [
        *(encode(finding) for finding in held.findings(judgements=True)),
        *(encode(record) for record in held.irregular()),
        *(encode(decision) for decision in decisions(facts, case, cast).values()),
    ]


def key(finding: Finding) -> Key:
    """Return what tells a finding from all others."""
    start = None if finding.period is None else f"{finding.period.grain} {finding.period.start}"
    return (finding.rule, finding.subject, start, finding.occasion)


def by_key(findings: Iterable[Finding]) -> dict[Key, Finding]:
    """Return the findings by what tells them apart."""
    return {key(finding): finding for finding in findings}


def admissible(facts: Iterable[Fact]) -> bool:
    """Tell whether a ledger would take these facts."""
    return not admitted((), [("", fact) for fact in facts]).problems


def retraction(name: str, target: str, recorded_at: datetime | None = None) -> Fact:
    """Return the retraction of a fact."""
    made = toy.fact("fact_retracted", "2021-06-01", id=name, target=target, reason="in error")
    return evolve(made, recorded_at=recorded_at)


# Recording --------------------------------------------------------------------------------------------------


@every_world
@seldom
@given(chance=chances())
def test_order_of_recording(packs: str, chance: Random) -> None:
    """The order in which facts were recorded changes no byte of any answer."""
    world = WORLDS[packs]
    case = drawn(chance, world)
    shuffled = sorted(case.facts, key=lambda fact: (chance.randrange(10), fact.id))
    assert everything(shuffled, case, world.cast) == everything(case.facts, case, world.cast)
    assert everything(reversed(case.facts), case, world.cast) == everything(case.facts, case, world.cast)


@every_world
@settings(max_examples=examples(15))
@given(chance=chances())
def test_duplicates(packs: str, chance: Random) -> None:
    """A fact that stands in a file twice counts once, and is known from the earlier of its recordings."""
    world = WORLDS[packs]
    case = drawn(chance, world, months=0)
    again = [fact for fact in case.facts if chance.randrange(3) == 0]
    later = [evolve(fact, recorded_at=LATE) for fact in again]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "facts.jsonl"
        path.write_bytes(b"\n".join(encode_fact(fact) for fact in (*later, *case.facts, *again)))
        once, columns = facts_in(path), columns_in(path)
    assert everything(once, case, world.cast) == everything(case.facts, case, world.cast)
    assert tuple(columns.facts(range(len(once)))) == once


@every_world
@settings(max_examples=examples(15))
@given(chance=chances())
def test_duplicates_of_a_collection(packs: str, chance: Random) -> None:
    """A fact that stands in a collection twice counts once."""
    world = WORLDS[packs]
    case = drawn(chance, world, months=0)
    held = audit((*case.facts, *case.facts), case.adoption, as_of=case.asked.as_of, known_at=case.asked.known_at)
    assert [encode(one) for one in held.findings(judgements=True)] == [encode(one) for one in found(case.facts, case)]


# The two clocks ---------------------------------------------------------------------------------------------


@every_world
@seldom
@given(chance=chances())
def test_no_look_ahead(packs: str, chance: Random) -> None:
    """A fact dated after the day asked changes nothing."""
    world = WORLDS[packs]
    case = drawn(chance, world)
    seen = [f for f in case.facts if isinstance(f, UNDATED) or f.on.first <= case.asked.as_of]
    # A retraction says something even where its target is not seen, so targets stay as they are.
    assert everything(case.facts, case, world.cast) == everything(seen, case, world.cast)


@every_world
@seldom
@given(chance=chances())
def test_retracted_is_never_recorded(packs: str, chance: Random) -> None:
    """A fact recorded and retracted leaves every answer as if it had never been recorded."""
    world = WORLDS[packs]
    case = drawn(chance, world)
    wrong = one_fact(chance, world.cast, name="wrong", recorded=0)
    sorry = retraction("sorry", "wrong")
    after = everything((*case.facts, wrong, sorry), case, world.cast)
    assert after == everything(case.facts, case, world.cast)


@every_world
@seldom
@given(chance=chances())
def test_retracted_retraction(packs: str, chance: Random) -> None:
    """A retraction that is itself retracted leaves every answer as it was."""
    world = WORLDS[packs]
    case = drawn(chance, world)
    target = case.facts[chance.randrange(len(case.facts))]
    one, two = retraction("one", target.id), retraction("two", "one")
    after = everything((*case.facts, two, one), case, world.cast)
    assert after == everything(case.facts, case, world.cast)


@every_world
@seldom
@given(chance=chances())
def test_late_record(packs: str, chance: Random) -> None:
    """What was known before a fact was recorded is still answered as it was then, to the byte."""
    world = WORLDS[packs]
    case = drawn(chance, world)
    known_at = case.asked.known_at or datetime(2021, 6, 1, tzinfo=UTC)
    case = case._replace(asked=evolve(case.asked, known_at=known_at))
    late = [evolve(one_fact(chance, world.cast, name=f"late{n}", recorded=0), recorded_at=LATE) for n in range(2)]
    undo = retraction("undo", case.facts[0].id, LATE)
    # A unit that is there already cannot be established late.
    taken = admitted((), [("", fact) for fact in (*case.facts, undo, *late)]).facts
    after = everything(taken, case, world.cast)
    assert after == everything(case.facts, case, world.cast)


# What a finding says ----------------------------------------------------------------------------------------


@every_world
@often
@given(chance=chances())
def test_shape_of_findings(packs: str, chance: Random) -> None:
    """Findings are sorted and distinct, cite a clause of their document, and rest on facts that stood."""
    world = WORLDS[packs]
    case = drawn(chance, world)
    findings = found(case.facts, case)
    order = [(f.rule, f.subject, str(f.period.start) if f.period else "", f.occasion or "") for f in findings]
    assert order == sorted(order)
    assert len({key(finding) for finding in findings}) == len(findings)
    citations = {pack.id: {clause.citation for clause in pack.document.clauses} for pack in case.adoption.packs}
    known_at = case.asked.known_at
    known = [f for f in case.facts if known_at is None or f.recorded_at is None or f.recorded_at <= known_at]
    gone = retracted_ids(fact for fact in known if isinstance(fact, FactRetracted))
    standing = {fact.id for fact in known if fact.id not in gone and fact.on.first <= case.asked.as_of}
    for finding in findings:
        assert finding.clause in citations[finding.rule.partition(":")[0]]
        assert set(finding.evidence) <= standing
        assert list(finding.evidence) == sorted(set(finding.evidence))
        assert list(finding.needs) == sorted(set(finding.needs))
        assert finding.occasion is None or finding.occasion in finding.evidence


@every_world
@often
@given(chance=chances())
def test_statuses(packs: str, chance: Random) -> None:
    """Needs are named exactly where the status is unknown, pending is open, and whatever failed is over."""
    world = WORLDS[packs]
    case = drawn(chance, world)
    today = case.asked.as_of
    months = {fact.id for fact in case.facts if not fact.on.exact}
    for finding in found(case.facts, case):
        over = (finding.period is None or finding.period.end <= today) and (finding.due is None or finding.due <= today)
        assert finding.status in STATUSES
        assert bool(finding.needs) == (finding.status == "unknown"), finding
        if finding.status in ("breached", "advisory") and finding.reason != "above_maximum":
            assert over, finding
        if finding.status == "pending":
            # Of a trigger of which only the month is known the deadline is not known either.
            assert not over if finding.due is not None else finding.occasion in months, finding
        if finding.status == "not_applicable":
            assert finding.reason in ("before_register", "partial_period", "on_leave", "vacation_month")
        if finding.modality in ("encouraged", "exploratory"):
            assert finding.status != "breached"
        else:
            assert finding.status != "advisory"
        assert finding.period is None or finding.occasion is None


@every_world
@often
@given(chance=chances())
def test_kind_of_duty_shapes_the_finding(packs: str, chance: Random) -> None:
    """A period duty has its period, an occasion or triggered one its fact, a standing one neither."""
    world = WORLDS[packs]
    case = drawn(chance, world)
    duties = {bound.id: bound.rule for bound in case.adoption.duties}
    ids = {fact.id for fact in case.facts}
    for finding in found(case.facts, case):
        if finding.rule not in duties:
            assert (finding.period, finding.occasion, finding.actual) == (None, None, None)
            continue
        match duties[finding.rule].per:
            case Standing():
                assert (finding.period, finding.occasion, finding.due) == (None, None, None)
            case PerPeriod():
                assert finding.occasion is None
                assert (finding.period is None) == (finding.due is None)
                assert finding.period is not None or finding.status == "unknown"
                assert finding.period is None or finding.period.start <= case.asked.as_of
            case Occasion() | Triggered():
                assert finding.occasion in ids
                assert finding.period is None


# More facts, more done --------------------------------------------------------------------------------------

NEVER_WORSE: Final[Mapping[str, tuple[str, ...]]] = {
    "satisfied": ("satisfied",),
    "pending": ("pending", "satisfied"),
    "breached": ("breached", "satisfied"),
    "advisory": ("advisory", "satisfied"),
    "excused": ("excused", "satisfied"),
    "unknown": ("unknown", "satisfied"),
    "not_applicable": ("not_applicable",),
}
QUALIFYING: Final = (
    "meeting_held",
    "activity_held",
    "training_completed",
    "document_filed",
    "result_registered",
    "talk_held",
)


def one_more(chance: Random, case: Drawn, cast: Cast) -> Fact:
    """Return an event with everything told that an at-least duty could count."""
    courses = [fact.id for fact in case.facts if fact.wire == "training_completed"]
    if courses and chance.randrange(4) == 0:
        return toy.fact("result_registered", "2020-06-30", id="more", person=cast.people[0], of=courses[0], unit="B1")
    more = one_fact(chance, cast, name="more", months=0, of=QUALIFYING, recorded=0)
    filled: dict[str, Any] = {"hours": 3, "days": 1, "passed": True, "attended": cast.people}
    changed = {name: value for name, value in filled.items() if getattr(more, name, 0) is None}
    return evolve(more, **changed)


def with_numbers(facts: Facts) -> Facts:
    """Return the facts with every number and every attendance list complete."""
    filled: dict[str, Any] = {"hours": 3, "days": 1, "passed": True, "attended": ()}
    return tuple(
        evolve(fact, **{name: value for name, value in filled.items() if getattr(fact, name, 0) is None})
        for fact in facts
    )


@every_world
@often
@given(chance=chances())
def test_at_least_duty_never_gets_worse(packs: str, chance: Random) -> None:
    """With full dates and complete numbers, one more qualifying event makes no at-least duty worse."""
    world = WORLDS[packs]
    case = drawn(chance, world, months=0)
    case = case._replace(facts=with_numbers(case.facts))
    more = one_more(chance, case, world.cast)
    at_least = {
        bound.id
        for bound in case.adoption.duties
        if isinstance(bound.rule.requires, Compare) and bound.rule.requires.most is None
    }
    before, after = (by_key(found(facts, case)) for facts in (case.facts, (*case.facts, more)))
    assert before.keys() <= after.keys()
    for name, finding in before.items():
        if finding.rule in at_least:
            assert after[name].status in NEVER_WORSE[finding.status], (finding, after[name], more)
            assert (after[name].actual or 0) >= (finding.actual or 0)


# Months whose day nobody wrote down -------------------------------------------------------------------------


def blurred(chance: Random, facts: Facts, cited: Iterable[str], *, number: int) -> Facts:
    """Return the facts with only the month left of some, most of them cited by an answer."""
    # The founding dates are long past; their month decides nothing.
    recent = {fact.id for fact in facts if fact.on.first >= toy.IN_FORCE}
    ids = sorted(recent.intersection(cited))
    chosen = {ids[chance.randrange(len(ids))] for _ in range(number if ids else 0)}
    chosen.add(facts[chance.randrange(len(facts))].id)
    made = tuple(
        evolve(fact, on=parse_civil_date(str(fact.on)[:7]))
        if fact.id in chosen and not isinstance(fact, TermDeclared)
        else fact
        for fact in facts
    )
    note(f"only the month is left of {', '.join(sorted(chosen))}")
    return made


@every_world
@often
@given(chance=chances())
def test_months_decide_soundly(packs: str, chance: Random) -> None:
    """What is decided although only the month is known is decided so whichever days were the right ones."""
    world = WORLDS[packs]
    case = drawn(chance, world, months=0)
    true = by_key(found(case.facts, case))
    assert not any("full_date" in finding.needs for finding in true.values())
    months = blurred(chance, case.facts, (name for finding in true.values() for name in finding.evidence), number=3)
    told = by_key(found(months, case))
    for full in (case.facts, completed(chance, months)):
        if not admissible(full):
            continue
        right = true if full is case.facts else by_key(found(full, case))
        for name, finding in right.items():
            # Where not even the period is known there is at least an open question without one.
            assert name in told or (*name[:2], None, None) in told, finding
        for name, finding in told.items():
            if finding.status != "unknown":
                assert name in right, finding
                assert (finding.status, finding.reason) == (right[name].status, right[name].reason), finding


@every_world
@often
@given(chance=chances())
def test_months_permit_soundly(packs: str, chance: Random) -> None:
    """A step permitted with only the month known is permitted on every day of it; one refused, on none."""
    world = WORLDS[packs]
    case = drawn(chance, world, months=0)
    true = decisions(case.facts, case, world.cast)
    judged = [decision for decision in true.values() if decision.reason is None]
    assert not any("full_date" in item.needs for decision in judged for item in decision.unknown)
    cited = [name for decision in judged for items in lists_of(decision) for item in items for name in item.evidence]
    months = blurred(chance, case.facts, cited, number=12)
    told = decisions(months, case, world.cast)
    for full in (case.facts, completed(chance, months)):
        if not admissible(full):
            continue
        right = true if full is case.facts else decisions(full, case, world.cast)
        for name, decision in told.items():
            if decision.outcome == "permitted":
                assert right[name].outcome == "permitted", (decision, right[name])
            if decision.outcome in ("vetoed", "blocked"):
                assert right[name].outcome in ("vetoed", "blocked"), (decision, right[name])


def lists_of(decision: Decision) -> tuple[tuple[Item, ...], ...]:
    """Return the lists of a decision."""
    return (
        decision.vetoes,
        decision.unmet,
        decision.unknown,
        decision.met,
        decision.not_applicable,
        decision.advisory,
    )


# The veto ---------------------------------------------------------------------------------------------------

PLAIN_RECORDS: Final = (
    "meeting_held",
    "activity_held",
    "training_completed",
    "document_filed",
    "certificate_issued",
    "recommendation_made",
    "opinion_requested",
    "review_completed",
    "talk_held",
    "link_started",
)


@every_world
@often
@given(chance=chances())
def test_shape_of_decisions(packs: str, chance: Random) -> None:
    """The outcome is the first of vetoed, blocked, undetermined, permitted that its lists call for."""
    world = WORLDS[packs]
    case = drawn(chance, world)
    for decision in decisions(case.facts, case, world.cast).values():
        lists = lists_of(decision)
        if decision.reason is not None:
            assert decision.outcome == "blocked"
            assert not any(lists)
        else:
            first = (
                "vetoed"
                if decision.vetoes
                else "blocked"
                if decision.unmet
                else "undetermined"
                if decision.unknown or decision.needs
                else "permitted"
            )
            assert decision.outcome == first
        rules = [item.rule for items in lists for item in items]
        assert len(rules) == len(set(rules))
        for items in lists:
            assert [item.rule for item in items] == sorted(item.rule for item in items)
            for item in items:
                assert list(item.evidence) == sorted(set(item.evidence))
        assert all(item.needs for item in decision.unknown)
        assert all(not item.needs for item in (*decision.vetoes, *decision.unmet, *decision.met))
        assert all(item.lifts for item in decision.vetoes)
        assert all(item.evidence for item in decision.vetoes)


@every_world
@often
@given(chance=chances())
def test_veto_is_never_outweighed(packs: str, chance: Random) -> None:
    """No record but an opinion, an evaluation or a correction adds or lifts a veto."""
    world = WORLDS[packs]
    case = drawn(chance, world)
    more = [one_fact(chance, world.cast, name=f"more{n}", of=PLAIN_RECORDS, recorded=0) for n in range(3)]
    before, after = (decisions(facts, case, world.cast) for facts in (case.facts, (*case.facts, *more)))
    for name, decision in before.items():
        assert after[name].vetoes == decision.vetoes
        assert (after[name].outcome == "vetoed") == (decision.outcome == "vetoed")


def decided_apart_from_words(decision: Decision) -> dict[str, Any]:
    """Return what a decision says but for irregular records, which messages may tell of as well."""
    wire = decision.to_wire()
    for items in wire.values():
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict):
                item.pop("message", None)
    return {**wire, "irregular": None}


@every_world
@often
@given(chance=chances())
def test_record_without_standing(packs: str, chance: Random) -> None:
    """An opinion or evaluation by somebody without standing changes nothing but what is told of irregular records."""
    world = WORLDS[packs]
    case = drawn(chance, world)
    person = world.cast.people[chance.randrange(3)]
    on = case.asked.as_of
    step = world.cast.stages[chance.randrange(3)]
    opinion = toy.fact(
        "opinion_given", str(on), id="irregular-1", person=person, step=step, by="no such office", verdict="oppose"
    )
    rated = toy.fact("dorm_evaluated", str(on), id="irregular-2", person=person, by="passer-by", rating="poor")
    # Whoever is named by a record is somebody; all three are named before.
    named = tuple(toy.fact("talk_held", "2019-01-01", person=who, talk="hello") for who in world.cast.people)
    facts = (*case.facts, *named)
    before, after = (decisions(each, case, world.cast) for each in (facts, (*facts, opinion, rated)))
    for name, decision in before.items():
        assert decided_apart_from_words(after[name]) == decided_apart_from_words(decision)
        added = {record.id for record in after[name].irregular} - {record.id for record in decision.irregular}
        assert added == ({"irregular-1", "irregular-2"} if name[0] == person else set())
    assert found((*facts, opinion, rated), case) == found(facts, case)


def test_worlds_cover_every_kind_of_node() -> None:
    """The adopted packs of these laws hold every kind of duty, and at-least comparisons in most."""
    kinds = {type(bound.rule.per) for world in WORLDS.values() for a in world.adoptions for bound in a.duties}
    assert kinds == {PerPeriod, Standing, Occasion, Triggered}
    nodes = {
        type(node).__name__
        for world in WORLDS.values()
        for a in world.adoptions
        for d in a.duties
        for node in walk(d.rule)
    }
    assert {"Sum", "CountAfterEarly", "MostCovered", "Count", "Is", "OnDay"} <= nodes
