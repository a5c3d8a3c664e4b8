"""The columnar evaluator against the reference: every column of every finding, and every place in every decision."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from random import Random
from typing import Any, Final

import numpy as np
import pytest
from attrs import evolve, frozen
from hypothesis import currently_in_test_context, given, note, settings
from numpy.typing import NDArray

import partyrules_lzcu2012
import partyrules_lzwl2017
from partyrules.answers.blocks import About, Block, Names, block_of
from partyrules.answers.verdicts import OUTCOMES, Finding, encode
from partyrules.evaluate.columnar.duties import Duties
from partyrules.evaluate.columnar.limits import NotColumnar
from partyrules.evaluate.columnar.pipeline import PLACES, REASONS, Pipeline
from partyrules.evaluate.columnar.view import View
from partyrules.evaluate.pipeline import answers, case_of, irregular_about, lists_of, outcome_of
from partyrules.evaluate.reference import ReferenceEvaluator
from partyrules.facts.codec import encode_fact
from partyrules.facts.vocabulary import Fact
from partyrules.language.kernel import SUBJECT, at_least, count_findings, events, holds
from partyrules.language.rules import Bearer, Duty, PerPeriod, all_readings
from partyrules.language.standing import UNDECLARED
from partyrules.language.sugar import held_for
from partyrules.packs.pack import Adoption, Bound, adopt
from partyrules.questions.audit import audit
from partyrules.questions.sources import history_from
from partyrules.store.columns import NO_NUMBER, SCALE
from partyrules.store.projection import Projection, projection_of
from partyrules.testing.institution import role, unit
from partyrules.time.calendar import Span
from tests import toy
from tests.strategies import REAL, TOY, Question, chances, institution, pipeline_pack, question, seeded
from tests.sweeps import examples

REAL_PACKS: Final = (partyrules_lzwl2017.pack, partyrules_lzcu2012.pack)
EXACT: Final = ("subject", "start", "end", "occasion", "status", "reason", "due", "needs")
IN_UNITS: Final = ("required", "actual")

often = settings(max_examples=examples(30))


@frozen
class Both:
    """One question put to both evaluators."""

    adoption: Adoption
    asked: Question
    projection: Projection
    reference: ReferenceEvaluator
    names: Names

    def judged(self, about: About, subjects: Collection[str] | None) -> Iterable[Finding]:
        """Return what the reference finds."""
        assert isinstance(about, Bound)
        return self.reference.findings(about, wanted=None if subjects is None else frozenset(subjects))

    def view(self) -> View:
        """Return the columns as of the day asked."""
        return View(self.projection, self.adoption, self.reference.history)

    def duties(self, wanted: Collection[str] | None = None) -> Duties:
        """Return the columnar evaluator."""
        return Duties(self.view(), self.names, self.judged, wanted=wanted)


def both(facts: Iterable[Fact], adoption: Adoption, asked: Question) -> Both:
    """Put a question to both evaluators."""
    facts = tuple(facts)
    if currently_in_test_context():
        note("\n".join(encode_fact(fact).decode() for fact in facts))
        note(f"{asked}, {adoption.readings}")
    projection = projection_of(facts)
    history = history_from(facts, adoption, as_of=asked.as_of, known_at=asked.known_at)
    names = Names(strings=projection.columns.strings, ids=projection.columns.ids)
    return Both(adoption, asked, projection, ReferenceEvaluator(adoption, history), names)


def adopted(chance: Random) -> Adoption:
    """Return both real packs, about one reading in three not on its default, about half of the parameters set."""
    chosen: dict[str, str] = {}
    values: dict[str, str] = {}
    for pack in REAL_PACKS:
        for rule in pack.rules:
            for reading in all_readings(rule):
                if chance.randrange(3) == 0:
                    option = reading.options[chance.randrange(len(reading.options))]
                    chosen[f"{pack.id}:{reading.owner or rule.id}.{reading.name}"] = option
            for parameter in rule.parameters:
                if chance.randrange(2) == 0:
                    value = {"grain": "semester", "days": "30", "name": "north"}[parameter.takes]
                    values[f"{pack.id}:{rule.id}.{parameter.name}"] = value
    return adopt(REAL_PACKS, readings=chosen, parameters=values)


def units(block: Block, name: str) -> list[int | None]:
    """Return a column of numbers in billionths."""
    column: NDArray[Any] = getattr(block, name)
    return [None if number == NO_NUMBER else number * (SCALE // block.scale) for number in column.tolist()]


def assert_same(found: Block, expected: Block) -> None:
    """Assert that two blocks say the same in every column of every row."""
    rule = expected.bound.id
    for name in EXACT:
        assert np.array_equal(getattr(found, name), getattr(expected, name)), (rule, name, found.fallback)
    for name in IN_UNITS:
        assert units(found, name) == units(expected, name), (rule, name, found.fallback)
    assert not expected.start.any() or found.grain == expected.grain, rule


def assert_agreement(asked: Both) -> Counter[str]:
    """Assert that both evaluators find the same on every duty; return why the reference served, and how often.

    What counts for nothing is told by the columns, or left to the reference.
    """
    columnar = asked.duties()
    world = asked.reference.world
    for wire in world.standings:
        perhaps = {fact.id for fact in columnar.population.without_standing(wire)}
        facts = asked.reference.history.facts(wire)
        assert {fact.id for fact in facts if world.no_standing_reason(fact) is not None} <= perhaps
    reasons: Counter[str] = Counter()
    for bound in asked.adoption.duties:
        block = columnar.block(bound)
        assert_same(block, block_of(bound, asked.judged(bound, None), asked.names))
        reasons.update(dict(block.fallback))
    return reasons


# Duties --------------------------------------------------------------------------------------------------------------


@often
@given(chance=chances())
def test_both_packs_are_judged_as_the_reference_judges_them(chance: Random) -> None:
    """On any institution, whichever readings are adopted, every column of every finding is the reference's."""
    facts = institution(chance, REAL, size=10 + chance.randrange(60), months=12 * chance.randrange(2))
    reasons = assert_agreement(both(facts, adopted(chance), question(chance)))
    assert set(reasons) <= {
        "dates known to the month alone",
        "occasions of which it is open whether they are some",
    }


@often
@given(chance=chances())
def test_what_both_packs_use_is_all_expressed(chance: Random) -> None:
    """Where every day is known, no duty of the two packs is left to the reference, whichever readings are adopted.

    A document for a period is one of an unknown day to columns.
    """
    known = institution(chance, REAL, size=10 + chance.randrange(60), months=0)
    facts = [fact for fact in known if getattr(fact, "for_period", None) is None]
    asked = both(facts, adopted(chance), question(chance))
    columnar = asked.duties()
    assert [columnar.block(bound).fallback for bound in asked.adoption.duties] == [()] * len(asked.adoption.duties)


def test_what_is_not_there_matches_nothing() -> None:
    """A field that is not there matches no field, not even one that is not there either, in columns as one by one."""
    facts = (unit("GD", "guidance_department"), role("i1", "building_instructor"), role("i1", "building_counsellor"))
    for given_facts in (facts, facts[:2]):
        asked = audit(given_facts, adopt(REAL_PACKS), as_of=date(2018, 6, 30))
        rule = "lzcu2012:3.3-counsellor"
        (found,) = asked.findings(rule=rule)
        (line,) = (line for lines in asked.lines(rule=rule) for line in lines.lines)
        assert line.strip() == encode(found).strip()
        assert (found.status, found.required, found.actual, found.evidence) == ("satisfied", 0, 0, ())


@often
@given(chance=chances())
def test_a_whole_vocabulary_is_judged_as_the_reference_judges_it(chance: Random) -> None:
    """On the toy pack, which has duties of every kind, every column of every finding is the reference's."""
    facts = institution(chance, TOY, size=10 + chance.randrange(60), months=12 * chance.randrange(2))
    assert_agreement(both(facts, toy.adopted(), question(chance)))


@settings(max_examples=examples(25))
@given(chance=chances())
def test_some_subjects_are_judged_as_among_all(chance: Random) -> None:
    """Asked about some people alone, the columns say of them what they say of them among everybody."""
    facts = institution(chance, REAL, size=40, months=12 * chance.randrange(2))
    asked = both(facts, adopted(chance), question(chance))
    wanted = [name for name in (*REAL.people, *REAL.units) if chance.randrange(2)]
    some, everybody = asked.duties(wanted), asked.duties()
    texts = asked.projection.columns.strings.texts
    for bound in asked.adoption.duties:
        part, whole = some.block(bound), everybody.block(bound)
        theirs = np.array([texts[code] in wanted for code in whole.subject.tolist()], np.bool_)
        for name in EXACT:
            assert np.array_equal(getattr(part, name), getattr(whole, name)[theirs]), (bound.id, name)


def test_what_is_not_expressed_is_declared_and_judged_all_the_same() -> None:
    """A duty that reads other findings has the reference's rows, and the block says why."""
    pack = toy.pack
    first = next(duty for duty in pack.duties if isinstance(duty.per, PerPeriod))
    reading = Duty(
        id="reads",
        clause=first.clause,
        title=first.title,
        counted=first.counted,
        bearer=first.bearer,
        per=PerPeriod("year"),
        requires=at_least(1, count_findings(first.id)),
    )
    adoption = adopt([evolve(pack, duties=(*pack.duties, reading))])
    facts = institution(seeded(7), TOY, size=40, months=0)
    asked = both(facts, adoption, Question(as_of=date(2020, 12, 31), known_at=None))
    bound = next(bound for bound in adoption.duties if bound.rule.id == "reads")
    block = asked.duties().block(bound)
    assert_same(block, block_of(bound, asked.judged(bound, None), asked.names))
    assert block.evaluator == "reference"
    assert block.fallback == (("a tally `CountFindings`", len(block)),)
    assert len(block)


def test_only_the_subjects_in_doubt_go_to_the_reference() -> None:
    """Of two people of whom one has a month for a day, the reference judges that one and the columns the other."""
    person = Bearer("person", holds("stage", person=SUBJECT, stage="fellow"))
    duty = Duty(
        id="1.9",
        clause="1.1",
        title=toy.pack.duties[0].title,
        counted=toy.pack.duties[0].counted,
        bearer=person,
        per=PerPeriod("quarter"),
        requires=at_least(1, events("talk_held", person=SUBJECT)),
    )
    adoption = adopt([evolve(toy.pack, duties=(duty,))])
    facts = (
        toy.stage("p1", "fellow", "2020-01-01"),
        toy.stage("p2", "fellow", "2020-01-01"),
        toy.fact("talk_held", "2020-02", person="p1", talk="any"),
        toy.fact("talk_held", "2020-02-03", person="p2", talk="any"),
    )
    asked = both(facts, adoption, Question(as_of=date(2020, 6, 30), known_at=None))
    judged: list[Collection[str] | None] = []

    def watched(about: About, subjects: Collection[str] | None) -> Iterable[Finding]:
        judged.append(subjects)
        return asked.judged(about, subjects)

    block = Duties(asked.view(), asked.names, watched).block(adoption.duties[0])
    assert judged == [["p1"]]
    assert block.fallback == (("dates known to the month alone", 2),)
    assert_same(block, block_of(adoption.duties[0], asked.judged(adoption.duties[0], None), asked.names))


def test_a_time_held_is_counted_by_the_calendar() -> None:
    """Whoever has held a stage for a year and a day is judged like the reference judges, on each side of the day."""
    duty = Duty(
        id="1.9",
        clause="1.1",
        title=toy.pack.duties[0].title,
        counted=toy.pack.duties[0].counted,
        bearer=Bearer("person", held_for("stage", person=SUBJECT, stage="fellow", least=Span(years=1))),
        per=PerPeriod("month"),
        requires=at_least(1, events("talk_held", person=SUBJECT)),
    )
    adoption = adopt([evolve(toy.pack, duties=(duty,))])
    facts = (toy.stage("p1", "fellow", "2019-02-28"), toy.stage("p2", "fellow", "2019-03-01"))
    for day in (date(2020, 2, 27), date(2020, 2, 28), date(2020, 2, 29), date(2020, 3, 1), date(2020, 4, 30)):
        asked = both(facts, adoption, Question(as_of=day, known_at=None))
        bound = adoption.duties[0]
        assert_same(asked.duties().block(bound), block_of(bound, asked.judged(bound, None), asked.names))


def test_a_lecture_led_by_several_counts_once_for_its_principal_leader() -> None:
    """Where a condition asks about whoever is listed, one fact counts once if it is true of any of them."""
    adoption = adopt(REAL_PACKS, readings={"lzwl2017:4.3.2.bearer": "collective"})
    lecture = {"activity": "party_lecture", "unit": "SC", "attended": ()}
    facts = (
        toy.fact("term_declared", "2020-02-24", until="2020-07-05", term="t", kind="semester"),
        toy.unit("SC", "school_committee", "2019-01-01"),
        toy.fact("role_started", "2019-01-01", person="p1", role="principal_leader"),
        toy.fact("role_started", "2019-01-01", person="p2", role="principal_leader"),
        toy.fact("activity_held", "2020-03-02", led_by=("p3",), **lecture),
        toy.fact("activity_held", "2020-03-03", led_by=("p3", "p1", "p2"), **lecture),
        toy.fact("activity_held", "2020-03-04", **lecture),
    )
    asked = both(facts, adoption, Question(as_of=date(2020, 6, 30), known_at=None))
    bound = next(bound for bound in adoption.duties if bound.id == "lzwl2017:4.3.2")
    block = asked.duties().block(bound)
    assert block.actual.tolist() == [1]
    assert_same(block, block_of(bound, asked.judged(bound, None), asked.names))


def test_what_is_recorded_later_is_not_seen() -> None:
    """A view made before a fact was taken in says the same after it."""
    facts = list(institution(seeded(11), REAL, size=60, months=0))
    early, late = facts[:50], facts[50:]
    asked = both(early, adopt(REAL_PACKS), Question(as_of=date(2020, 12, 31), known_at=None))
    columnar = asked.duties()
    expected = [block_of(bound, asked.judged(bound, None), asked.names) for bound in asked.adoption.duties]
    before = len(asked.projection.columns)
    from_later(asked.projection, late)
    assert len(asked.projection.columns) > before
    for bound, block in zip(asked.adoption.duties, expected, strict=True):
        assert_same(columnar.block(bound), block)


def test_an_audit_is_of_the_moment_it_was_made() -> None:
    """What the columns take in later changes nothing in an audit made before: neither its table nor its objects."""
    facts = list(institution(seeded(11), REAL, size=60, months=12))
    projection = projection_of(facts[:50])
    made = audit(projection, adopt(REAL_PACKS), as_of=date(2020, 12, 31))
    expected = audit(facts[:50], adopt(REAL_PACKS), as_of=date(2020, 12, 31)).findings()
    from_later(projection, facts[50:])
    assert tuple(made.table()) == made.findings() == expected


def from_later(projection: Projection, facts: Iterable[Fact]) -> None:
    """Put facts at the end of the columns of a projection."""
    from partyrules.store.columns import from_facts  # noqa: PLC0415 - of this helper alone

    from_facts(projection.columns, list(facts))


# Decisions -----------------------------------------------------------------------------------------------------------


def assert_passages_agree(asked: Both) -> int:
    """Assert that the columns place every rule of every step of everybody as the reference does; return how many."""
    pipeline = Pipeline(asked.view())
    people = pipeline.view.people
    history = asked.reference.history
    assert pipeline.view.texts(people.tolist()) == list(history.people)
    compared = 0
    for to in asked.adoption.stage_names:
        try:
            passage = pipeline.passage(people, to)
        except NotColumnar:
            continue
        for row in np.flatnonzero(~passage.doubt).tolist():
            case = case_of(asked.adoption, history, person=history.people[row], to=to)
            found = answers(case)
            places = lists_of(case, found)
            outcome, reason = outcome_of(case, places)
            assert (OUTCOMES[passage.outcome[row]], REASONS[passage.reason[row]]) == (outcome, reason)
            said = {rule: PLACES[column[row]] for rule, column in passage.places.items()}
            assert said == (places if reason is None else dict.fromkeys(said))
            compared += 1
    return compared


@often
@given(chance=chances())
def test_the_steps_of_both_packs_are_decided_as_the_reference_decides(chance: Random) -> None:
    """On any institution, every rule stands in the list of the decision in which the reference puts it."""
    facts = institution(chance, REAL, size=10 + chance.randrange(60), months=12 * chance.randrange(2))
    assert_passages_agree(both(facts, adopted(chance), question(chance)))


@often
@given(chance=chances())
def test_invented_steps_are_decided_as_the_reference_decides(chance: Random) -> None:
    """Under any requirements and vetoes over the closed vocabulary, places and outcomes are the reference's."""
    cast = (REAL, TOY)[chance.randrange(2)]
    facts = institution(chance, cast, size=10 + chance.randrange(60), months=12 * chance.randrange(2))
    assert_passages_agree(both(facts, adopt([pipeline_pack(chance, cast)]), question(chance)))


@pytest.mark.parametrize("seed", range(8))
def test_both_packs_steps_are_all_expressed(seed: int) -> None:
    """Where every day is known, every step is decided by the columns of whoever no misspelt stage is recorded of."""
    chance = seeded(seed)
    asked = both(institution(chance, REAL, size=60, months=0), adopted(chance), question(chance))
    world, people = asked.reference.world, asked.reference.history.people
    misspelt = {who for who in people for one in irregular_about(world, who) if one.reason in UNDECLARED}
    expected = (len(people) - len(misspelt)) * len(asked.adoption.stage_names)
    assert assert_passages_agree(asked) == expected
