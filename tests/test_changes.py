"""What changed between two audits: everything that differs, once, with causes that, undone, remove the difference."""

import csv
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from attrs import evolve
from hypothesis import event, given, settings

import partyrules_lzcu2012
import partyrules_lzwl2017
from partyrules.answers.blocks import Cited, row_of
from partyrules.answers.verdicts import STATUSES
from partyrules.errors import QueryError
from partyrules.evaluate.reference import ReferenceEvaluator
from partyrules.facts.vocabulary import Fact
from partyrules.history import history_of
from partyrules.language.rules import all_readings
from partyrules.packs.pack import Adoption, Pack, adopt, reading_key
from partyrules.questions import causes
from partyrules.questions.between import Cause, Standpoint
from partyrules.questions.changes import ChangedFinding, Changes, changes
from partyrules.questions.concern import Concern
from partyrules.questions.sources import projected
from partyrules.testing import institution as institution_of
from tests import toy
from tests.commands import refused, run, written
from tests.strategies import REAL, TOY, chances, institution, question
from tests.sweeps import examples, slow

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


@slow
@pytest.mark.parametrize("few", [0, 8, 10_000])
@settings(max_examples=examples(50))
@given(chance=chances())
def test_every_difference_has_causes_that_undone_remove_it(few: int, chance: Random) -> None:
    """Each difference of two audits is listed once, and without its causes the later audit has what the earlier has.

    Whether so few subjects are asked about in columns, one by one, or a few of them one by one.
    """
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
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(causes, "_FEW", few)
        check(facts, before, after)


@slow
@settings(max_examples=examples(100))
@given(chance=chances())
def test_what_does_not_concern_a_finding_does_not_change_it(chance: Random) -> None:
    """Without some records a finding is what it is without those of them alone that can bear on it."""
    cast = (REAL, TOY)[chance.randrange(2)]
    packs = (toy.pack,) if cast is TOY else (partyrules_lzwl2017.pack, partyrules_lzcu2012.pack)
    facts = institution(chance, cast, size=40, months=6 * chance.randrange(2))
    side = Standpoint(adoption=adoption_by(chance, packs), as_of=question(chance).as_of)
    projection = projected(facts)
    numbers = frozenset(chance.sample(range(len(facts)), chance.randrange(1 + len(facts) // 2)))

    def kept(some: frozenset[int]) -> Facts:
        return tuple(projection.facts([each for each in range(len(facts)) if each not in some]))

    named = history_of(kept(numbers), as_of=side.as_of).people
    concern = Concern(projection, side.adoption, numbers, named=frozenset(named))
    gone = rows(kept(numbers), side)
    about = sorted({key[:2] for key in gone.keys() | rows(facts, side).keys()})
    for rule, subject in chance.sample(about, min(len(about), 8)):
        concerned = concern.records(rule, subject)
        assert concerned <= numbers
        both = (gone, rows(kept(concerned), side))
        told = [{key: row for key, row in each.items() if key[:2] == (rule, subject)} for each in both]
        assert told[0] == told[1]


# Single causes -----------------------------------------------------------------------------------------------------

PACK_ID = "lzwl2017"
TERM = institution_of.term("2018-spring", "semester", "2018-02-26", "2018-07-06")
BRANCH = institution_of.unit("b1", "branch")
MEMBER = (institution_of.registered("p1"), institution_of.full_member("p1"), institution_of.member("p1", "b1"))
REPORT = institution_of.activity("study_report", "b1", "2018-05-10", attended=("p1",))
BASE = (TERM, BRANCH, *MEMBER)
REAL_ADOPTED = adopt([PACK_ID])


def at(day: str, *, known_at: datetime | None = None, adoption: Adoption = REAL_ADOPTED) -> Standpoint:
    """Return the standpoint of a day under the pack."""
    return Standpoint(adoption=adoption, as_of=date.fromisoformat(day), known_at=known_at)


def heard(facts: Facts, before: Standpoint, after: Standpoint) -> ChangedFinding:
    """Return the one change of the finding on study reports of the semester."""
    (found,) = changes(facts, before, after, rule="8.1.3").findings
    return found


def test_a_record_resolves_what_is_due() -> None:
    """A finding that a lecture satisfied before its period was over has that lecture as its only cause."""
    found = heard((*BASE, REPORT), at("2018-05-01"), at("2018-06-01"))
    assert (found.category, [cause.id for cause in found.causes]) == ("satisfied", [REPORT.id])


def test_midnight_alone_breaches() -> None:
    """A semester that ends without what it asks for is breached by time alone."""
    found = heard(BASE, at("2018-07-05"), at("2018-07-06"))
    assert (found.category, [cause.kind for cause in found.causes]) == ("breached", ["time"])


def test_time_brings_a_finding_and_a_record_what_it_says() -> None:
    """A finding of a period that began since has time as a cause, and the record by which it is satisfied."""
    winter = institution_of.term("2018-winter", "winter_vacation", "2018-01-20", "2018-02-25")
    found = heard((*BASE, winter, REPORT), at("2018-02-25"), at("2018-07-06"))
    assert found.before is None
    assert [(cause.kind, cause.id) for cause in found.causes] == [("record", REPORT.id), ("time", None)]


def test_a_retraction_and_a_closure_are_called_so() -> None:
    """What a retraction undoes is breached by the retraction; a closure leaves open what lies behind it."""
    early, late = (datetime(2018, month, 1, tzinfo=UTC) for month in (8, 10))
    known = tuple(evolve(fact, recorded_at=early) for fact in (*BASE, REPORT))
    gone = evolve(institution_of.retracted(REPORT, "2018-09-01"), recorded_at=late)
    found = heard((*known, gone), at("2018-10-01", known_at=early), at("2018-10-01", known_at=late))
    assert (found.category, [(cause.kind, cause.id) for cause in found.causes]) == (
        "breached",
        [("retraction", gone.id)],
    )
    closed = evolve(institution_of.closed("2018-05-31"), recorded_at=late)
    found = heard((*known[:-1], closed), at("2018-10-01", known_at=early), at("2018-10-01", known_at=late))
    assert (found.category, [cause.kind for cause in found.causes]) == ("unknown", ["closure"])


def test_a_reading_and_a_parameter_are_causes_between_two_adoptions() -> None:
    """On one day under two adoptions each finding that differs has the reading or parameter as its cause."""
    late = (TERM, BRANCH, institution_of.registered("p1"), institution_of.full_member("p1", "2018-04-01"))
    other = adopt([PACK_ID], readings={"lzwl2017:8.1.3.partial": "full"})
    found = heard(late, at("2018-07-06"), at("2018-07-06", adoption=other))
    assert [(cause.kind, cause.was, cause.now) for cause in found.causes] == [("reading", "exempt", "full")]
    office = institution_of.unit("od", "organisation_department")
    key = "lzwl2017:1.3.3.review_interval"
    given_one = adopt([PACK_ID], parameters={key: "semester"})
    found_all = changes((*BASE, office), at("2018-07-06"), at("2018-07-06", adoption=given_one), rule="1.3.3").findings
    assert found_all
    assert {(cause.kind, cause.id, cause.was, cause.now) for each in found_all for cause in each.causes} == {
        ("parameter", key, None, "semester")
    }


def test_another_version_of_a_pack_is_a_cause() -> None:
    """A rule that is only in the later version of a pack brings its findings by that version."""
    before = evolve(toy.pack, version="0.9", duties=tuple(duty for duty in toy.pack.duties if duty.id != "1.1"))
    facts = (institution_of.unit("b1", "branch", "2020-01-01"),)
    was, now = (at("2020-03-31", adoption=adopt([pack])) for pack in (before, toy.pack))
    found = [each for each in changes(facts, was, now).findings if each.rule == "toy:1.1"]
    assert found
    assert {(cause.kind, cause.id) for each in found for cause in each.causes} == {("rule", "toy")}


def test_the_later_standpoint_must_not_lie_before_the_earlier() -> None:
    """Days or times in the wrong order are refused, with what is allowed."""
    early = datetime(2018, 8, 1, tzinfo=UTC)
    with pytest.raises(QueryError, match="allowed: 2018-07-06"):
        changes(BASE, at("2018-07-06"), at("2018-07-05"))
    with pytest.raises(QueryError, match="the same or later"):
        changes(BASE, at("2018-07-06"), at("2018-07-06", known_at=early))


# The command -------------------------------------------------------------------------------------------------------

ASKED = ("--pack", PACK_ID, "--from", "2018-05-01", "--to", "2018-07-08")


def test_the_command_lists_each_change_with_its_causes(tmp_path: Path) -> None:
    """JSON Lines and CSV have a row for each change, with status before and after and the causes."""
    facts = written(tmp_path / "facts.jsonl")
    lines = [json.loads(line) for line in run("changes", facts, *ASKED, "--format", "jsonl").stdout.splitlines()]
    assert lines
    assert all(line["causes"] and line["from"] != line["to"] for line in lines)
    (missed,) = [line for line in lines if (line["rule"], line["subject"]) == ("lzwl2017:8.1.3", "学生乙")]
    assert (missed["category"], missed["unit"]) == ("breached", ["支部甲"])
    assert (missed["from"]["status"], missed["to"]["status"]) == ("pending", "breached")
    head, *rows = csv.reader(run("changes", facts, *ASKED, "--format", "csv").stdout.splitlines())
    assert len(rows) == len(lines)
    assert [row[head.index("causes")].split(":")[0].split()[0] for row in rows] == [
        line["causes"][0]["kind"] for line in lines
    ]


@pytest.mark.parametrize(("lang", "words"), [("zh", "时间经过：2018-05-01 → 2018-07-08"), ("en", "time: 2018-05-01")])
def test_the_command_tells_people_sums_and_causes(tmp_path: Path, lang: str, words: str) -> None:
    """The report has the sums by status, what made how many changes, and each change with its cause in words."""
    facts = written(tmp_path / "facts.jsonl")
    said = run("changes", facts, *ASKED, "--lang", lang, env={"COLUMNS": "200"}).stdout
    assert words in said
    assert {"zh": "新增未落实", "en": "newly breached"}[lang] in said
    of_unit = run("changes", facts, *ASKED, "--unit", "支部甲", "--format", "jsonl").stdout.splitlines()
    assert {json.loads(line)["subject"] for line in of_unit} <= {"支部甲", "学生甲", "学生乙"}


def test_two_adoptions_are_compared_on_one_day(tmp_path: Path) -> None:
    """With --from-pack the earlier side has an adoption of its own, and only what differs is listed."""
    facts = written(tmp_path / "facts.jsonl")
    same_day = ("--pack", PACK_ID, "--from", "2018-07-08", "--to", "2018-07-08", "--format", "jsonl")
    assert run("changes", facts, *same_day).stdout == ""
    partial = ("--reading", "lzwl2017:8.1.3.partial=full", "--from-pack", PACK_ID)
    lines = [json.loads(line) for line in run("changes", facts, *same_day, *partial).stdout.splitlines()]
    assert {cause["kind"] for line in lines for cause in line["causes"]} <= {"reading"}
    assert "--from-pack" in refused("changes", facts, *same_day, "--from-reading", "lzwl2017:8.1.3.partial=full")
