"""What changed between two audits: everything that differs, once, with causes that, undone, remove the difference."""

from collections.abc import Mapping
from datetime import datetime
from random import Random
from typing import Any

from hypothesis import event, given, settings

import partyrules_lzcu2012
import partyrules_lzwl2017
from partyrules.answers.blocks import Cited, row_of
from partyrules.answers.verdicts import STATUSES
from partyrules.evaluate.reference import ReferenceEvaluator
from partyrules.facts.vocabulary import Fact
from partyrules.history import history_of
from partyrules.language.rules import all_readings
from partyrules.packs.pack import Adoption, Pack, adopt, reading_key
from partyrules.questions.causes import Cause, Standpoint
from partyrules.questions.changes import Changes, changes
from tests import toy
from tests.strategies import REAL, TOY, chances, institution, question
from tests.sweeps import examples

Facts = tuple[Fact, ...]
Key = tuple[Any, ...]


def rows(facts: Facts, side: Standpoint) -> dict[Key, Cited]:
    """Return what the reference finds from a standpoint, by rule, subject, period and occasion."""
    adoption = side.adoption
    history = history_of(
        (*facts, *adoption.terms),
        as_of=side.as_of,
        known_at=side.known_at,
        stages=adoption.stage_names,
        relations=adoption.relations,
    )
    evaluator = ReferenceEvaluator(adoption, history)
    return {
        (found.rule, found.subject, found.period, found.occasion): Cited(row_of(found), found.evidence)
        for bound in adoption.duties
        for found in evaluator.findings(bound)
    }


def undone(facts: Facts, before: Standpoint, after: Standpoint, causes: tuple[Cause, ...]) -> dict[Key, Cited]:
    """Return what the later audit finds where these causes had not been."""
    gone = {cause.id for cause in causes if cause.fact is not None}
    chosen: dict[str, dict[str, str]] = {
        "reading": dict(after.adoption.readings),
        "parameter": dict(after.adoption.parameters),
    }
    packs: dict[str, Pack] = {pack.id: pack for pack in after.adoption.packs}
    for cause in causes:
        if cause.kind in chosen and cause.id is not None:
            chosen[cause.kind].pop(cause.id, None)
            if cause.was is not None:
                chosen[cause.kind][cause.id] = cause.was
        elif cause.kind == "rule" and cause.id is not None:
            packs.pop(cause.id, None)
            packs |= {pack.id: pack for pack in before.adoption.packs if pack.id == cause.id}
    rules = [(pack, rule) for pack in packs.values() for rule in pack.rules]
    owned = {reading_key(pack, rule, each) for pack, rule in rules for each in all_readings(rule)}
    owned |= {reading_key(pack, rule, each) for pack, rule in rules for each in rule.parameters}
    adoption = adopt(
        packs.values(),
        readings={key: option for key, option in chosen["reading"].items() if key in owned},
        parameters={key: value for key, value in chosen["parameter"].items() if key in owned},
    )
    past = any(cause.kind == "time" for cause in causes)
    side = Standpoint(adoption=adoption, as_of=before.as_of if past else after.as_of, known_at=after.known_at)
    return rows(tuple(fact for fact in facts if fact.id not in gone), side)


def adoption_by(chance: Random, packs: tuple[Pack, ...]) -> Adoption:
    """Return an adoption of packs with some readings and parameters, by chance."""
    readings, parameters = {}, {}
    for pack in packs:
        for rule in pack.rules:
            for reading in all_readings(rule):
                if chance.randrange(100) < 15:
                    readings[reading_key(pack, rule, reading)] = reading.options[chance.randrange(len(reading.options))]
            for parameter in rule.parameters:
                if parameter.takes == "grain" and chance.randrange(100) < 30:
                    parameters[reading_key(pack, rule, parameter)] = ("month", "quarter")[chance.randrange(2)]
    return adopt(packs, readings=readings, parameters=parameters)


def check(facts: Facts, before: Standpoint, after: Standpoint) -> Changes:
    """Hold the law of changes on two standpoints, and return the changes."""
    found = changes(facts, before, after)
    was, now = rows(facts, before), rows(facts, after)
    listed = [(each.rule, each.subject, each.period, each.occasion) for each in found.findings]
    assert sorted(map(repr, listed)) == sorted(
        repr(key) for key in was.keys() | now.keys() if was.get(key) != now.get(key)
    )
    asked: dict[tuple[Cause, ...], Mapping[Key, Cited]] = {}
    for key, each in zip(listed, found.findings, strict=True):
        assert (each.before, each.after) == (was.get(key), now.get(key))
        assert each.causes
        if each.causes not in asked:
            asked[each.causes] = undone(facts, before, after, each.causes)
        assert asked[each.causes].get(key) == each.before, (key, each)
        event(", ".join(sorted({cause.kind for cause in each.causes})))
    for status in STATUSES:
        flows = found.flows()
        gained = sum(number for (_, to), number in flows.items() if to == status)
        lost = sum(number for (of, _), number in flows.items() if of == status)
        first, last = found.counts[status]
        assert last == first - lost + gained
        assert (first, last) == tuple(sum(each.row.status == status for each in side.values()) for side in (was, now))
    assert sum(found.categories().values()) == len(found.findings)
    return found


@settings(max_examples=examples(150))
@given(chance=chances())
def test_every_difference_has_causes_that_undone_remove_it(chance: Random) -> None:
    """Each difference of two audits is listed once, and without its causes the later audit has what the earlier has."""
    cast = (REAL, TOY)[chance.randrange(2)]
    packs = (toy.pack,) if cast is TOY else ((partyrules_lzwl2017.pack, partyrules_lzcu2012.pack)[chance.randrange(2)],)
    facts = institution(chance, cast, size=30, months=6 * chance.randrange(2))
    days = sorted(question(chance).as_of for _ in range(2))
    known: list[datetime | None] = [None, None]
    if chance.randrange(2):
        asked = [each for each in (question(chance).known_at, question(chance).known_at) if each is not None]
        known = [*sorted(asked), None, None][:2]
    first = adoption_by(chance, packs)
    second = adoption_by(chance, packs) if chance.randrange(3) == 0 else first
    before, after = (
        Standpoint(adoption=adoption, as_of=day, known_at=time)
        for adoption, day, time in zip((first, second), days, known, strict=True)
    )
    check(facts, before, after)
