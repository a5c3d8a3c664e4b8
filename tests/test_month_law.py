"""Dates known to the month alone: whatever is decided is decided so on every choice of days."""

from collections.abc import Iterable
from datetime import date
from random import Random
from typing import Final

import pytest
from attrs import evolve
from hypothesis import given, settings

import partyrules_lzcu2012
import partyrules_lzwl2017
from partyrules.evaluate.inference import REFERENCE
from partyrules.facts.vocabulary import Fact
from partyrules.history import history_of, in_each_way
from partyrules.language.kernel import (
    SUBJECT,
    at_least,
    at_most,
    count_findings,
    events,
    holds,
    is_in,
    trigger,
)
from partyrules.language.rules import Bearer, Duty, Occasion, PerPeriod, Rolling, Standing, Triggered, WithinDays
from partyrules.language.sugar import held_for
from partyrules.packs.pack import Adoption, adopt
from partyrules.questions.decide import decide
from partyrules.time.calendar import Span
from tests import chess, toy
from tests.language import MEMBER, THE_CLUB, duty, pack_of
from tests.months import Asked, fault, near_month, near_scene
from tests.strategies import REAL, TOY, Question, chances, seeded
from tests.sweeps import examples, slow
from tests.test_columnar import adopted, assert_agreement, assert_passages_agree, both
from tests.test_laws import WORLDS
from tests.toy import fact, filed, left, lives, meeting, member, registered, stage, training, unit

REAL_PACKS: Final = (partyrules_lzwl2017.pack, partyrules_lzcu2012.pack)
BOTH: Final = adopt(REAL_PACKS)
SCENES: Final = {"toy": toy.pack, "chess": chess.pack, "lzwl2017": REAL_PACKS[0], "lzcu2012": REAL_PACKS[1]}

often = settings(max_examples=examples(60))


def assert_law(facts: Iterable[Fact], adoption: Adoption, as_of: str, *people: str) -> None:
    """Assert that nothing is decided which some choice of days decides otherwise."""
    asked = Asked(tuple(facts), adoption, date.fromisoformat(as_of), people)
    assert fault(asked, most=1000, chance=seeded(0)) is None


# Steps ---------------------------------------------------------------------------------------------------------------


def outcome(facts: Iterable[Fact], to: str, on: str) -> str:
    """Return the outcome of p1's step under both packs, for which the law holds and the columns agree."""
    facts = tuple(facts)
    assert_law(facts, BOTH, on, "p1")
    assert_passages_agree(both(facts, BOTH, Question(as_of=date.fromisoformat(on), known_at=None)))
    return decide(facts, BOTH, person="p1", to=to, on=date.fromisoformat(on), engine=REFERENCE).outcome


INSTRUCTOR: Final = fact("role_started", "2015-01-01", person="t1", role="building_instructor", building="D1")
POOR: Final = fact("dorm_evaluated", "2018-03-20", person="p1", by="t1", rating="poor")


@pytest.mark.parametrize(
    ("until", "found"), [("2018-03-15", "undetermined"), ("2018-03-20", "vetoed"), ("2018-03-19", "undetermined")]
)
def test_the_end_of_one_stay_and_the_open_month_of_the_next(until: str, found: str) -> None:
    """A room taken anew in a month leaves open who lived there after the first stay, and only after it."""
    stay = lives("p1", "D1", "1", "2018-01-01", until=until)
    reviewed = fact("review_completed", "2018-03-21", person="p1", review="conversion_review", outcome="pass")
    trained = training("p1", "probationary_course", "2018-03-21")
    facts = [stage("p1", "probationary_member", "2018-01-10"), stay, lives("p1", "D1", "1", "2018-03"), INSTRUCTOR]
    assert outcome([*facts, POOR, reviewed, trained], "full_member", "2018-03-25") == found


@pytest.mark.parametrize(
    ("course", "found"), [("2018-03-09", "undetermined"), ("2018-03-13", "permitted"), ("2018-02-28", "blocked")]
)
def test_a_stage_entered_in_a_month_and_on_a_day_of_it(course: str, found: str) -> None:
    """Of two entries into one stage the earlier is the true one: what lies between the two may count or not."""
    entries = [stage("p1", "activist", "2018-03"), stage("p1", "activist", "2018-03-13")]
    done = training("p1", "activist_course", course, passed=True)
    talked = fact("talk_held", "2018-04-01", person="p1", talk="with_activist")
    assert outcome([*entries, done, talked], "development_target", "2018-04-25") == found


def test_a_pipeline_left_in_a_month() -> None:
    """Before the pipeline was left nothing bounds what counts for the first stage; after, only what came since."""
    recommended = fact("recommendation_made", "2020-02-01", person="p1", step="newcomer", by="B1")
    facts = (stage("p1", "none", "2020-03"), recommended)
    required = toy.adopted({"4.2.effect": "required"})
    assert_law(facts, required, "2020-03-25", "p1")
    told = decide(facts, required, person="p1", to="newcomer", on=date(2020, 3, 25), engine=REFERENCE)
    assert (told.outcome, [item.needs for item in told.unknown]) == ("undetermined", [("full_date",)])


@pytest.mark.parametrize(("gone", "come"), [("2018-03", "2018-03-08"), ("2018-03-08", "2018-03")])
def test_registered_and_left_in_one_month(gone: str, come: str) -> None:
    """Whoever left on the day of their registration was never registered, and is taken as a student."""
    facts = [left("p1", gone), registered("p1", come, "staff")]
    assert outcome(facts, "applicant", "2018-03-20") == "undetermined"


@slow
def test_three_dates_of_one_month() -> None:
    """Every order of three open facts occurs, each of them before and after a day that is asked about."""
    stages = [stage("p1", name, "2018-03") for name in ("activist", "none", "development_target")]
    office = unit("g", "guidance_department")
    said = fact("opinion_given", "2018-03-15", person="p1", step="activist", by="g", verdict="oppose")
    facts = [*stages, office, said]
    assert [outcome(facts, to, "2018-04-02") for to in ("applicant", "full_member")] == ["undetermined", "blocked"]


@slow
def test_more_ways_than_can_be_gone_through() -> None:
    """Where open facts of one person may have fallen in too many ways, anything that may hold is reckoned with."""
    names = ("activist", "none", "activist", "none", "applicant")
    stages = [stage("p1", name, "2018-03", id=f"s{number}") for number, name in enumerate(names)]
    held = history_of(stages, as_of=date(2018, 4, 1), stages=BOTH.stage_names).holdings_where("stage", "person", "p1")
    assert in_each_way(held) is None
    assert [outcome(stages, to, "2018-04-01") for to in ("activist", "full_member")] == ["undetermined", "blocked"]


# Duties --------------------------------------------------------------------------------------------------------------


TALKED: Final = at_least(1, events("talk_held", person=SUBJECT, window="ever"))


def assert_duties(facts: Iterable[Fact], as_of: str, *duties: Duty) -> None:
    """Assert the law on some duties, and on each of them between the day asked and half a year before."""
    told = tuple(facts)
    assert_law(told, adopt([pack_of(*duties)]), as_of)


def test_held_for_some_time_from_a_month_on() -> None:
    """The clock of what holds starts on the day of the month that it began on, be another stage held before or not."""
    either = held_for("stage", person="p", stage=("novice", "senior"), least=Span(days=10), most=Span(days=40))
    due = duty("d", Bearer("person", MEMBER & either), Standing(), TALKED)
    monthly = evolve(due, id="m", clause="m", per=PerPeriod("month"))
    for before in ((), (stage("p", "novice", "2020-01-10"),), (stage("p", "junior", "2020-01-10"),)):
        for as_of in ("2020-03-05", "2020-03-20", "2020-04-05", "2020-04-20", "2020-05-20"):
            assert_duties([member("p", "c"), *before, stage("p", "senior", "2020-03")], as_of, due, monthly)


def test_a_scope_by_what_happened_in_a_month() -> None:
    """What an event of an open day begins to bind may bind from any day on that it could have happened."""
    late = events("document_filed", author=SUBJECT, where=holds("role", person=SUBJECT, role="editor"), window="ever")
    bearer = Bearer("person", MEMBER & at_least(1, late))
    monthly = duty("m", bearer, PerPeriod("month"), TALKED)
    standing = evolve(monthly, id="s", clause="s", per=Standing())
    facts = [
        member("p", "c"),
        fact("role_started", "2020-03-10", person="p", role="editor"),
        filed("x", "p", "2020-03"),
    ]
    for as_of in ("2020-03-09", "2020-03-10", "2020-03-20", "2020-04-30"):
        assert_duties(facts, as_of, monthly, standing)


def test_what_an_occasion_of_a_month_asks_for() -> None:
    """What is to be there on the day of an occasion may have come before it or after."""
    notice = at_least(1, events("document_filed", author=SUBJECT, window="by_trigger"))
    asks = duty("o", Bearer("unit", is_in(SUBJECT, trigger("unit"))), Occasion(events("meeting_held")), notice)
    assert_duties([*THE_CLUB, meeting("evening", "c", "2020-03"), filed("x", "c", "2020-03-10")], "2020-04-30", asks)


def test_findings_of_months_are_counted_as_they_may_be() -> None:
    """Of a finding whose period or deadline is open it is open in which period it counts, and how many there are."""
    rolling = duty(
        "r", Bearer("person", MEMBER), Rolling(Span(days=20)), at_least(1, events("talk_held", person=SUBJECT))
    )
    asked = Bearer("person", is_in(SUBJECT, trigger("person")))
    reply = at_least(1, events("document_filed", author=SUBJECT, window="by_deadline"))
    late = duty("t", asked, Triggered(events("talk_held"), WithinDays(10)), reply)
    few = [
        duty(name, Bearer("person", MEMBER), PerPeriod("quarter"), at_most(most, count_findings(read, window="period")))
        for name, most, read in (("fr", 2, "r"), ("ft", 0, "t"))
    ]
    facts = [member("p", "c"), fact("talk_held", "2020-03", person="p", talk="talk")]
    for as_of in ("2020-03-31", "2020-04-15", "2020-07-20"):
        assert_duties(facts, as_of, rolling, late, *few)
        assert_duties([member("p", "c", "2020-03")], as_of, rolling, late, *few)


def test_which_closure_bears_where_a_membership_is_open() -> None:
    """As long as nobody can be sure of the branch, the closure of the institution bears as well."""
    facts = [
        unit("B1", "branch"),
        stage("p1", "fellow"),
        toy.closed("2020-03-31"),
        toy.closed("2020-12-31", "B1"),
        member("p1", "B1", "2020-07"),
        *toy.TERMS,
    ]
    for as_of in ("2020-07-05", "2020-07-31"):
        assert_law(facts, toy.adopted(), as_of)
        assert_law(
            [*facts[:4], member("p1", "B1", "2020-01-01"), toy.no_member("p1", "B1", "2020-06")], toy.adopted(), as_of
        )


# Whatever is recorded ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WORLDS)
@often
@given(chance=chances())
def test_the_law_near_a_month(name: str, chance: Random) -> None:
    """In and beside one month, whatever holds, ends and happens, what is decided is so on every choice of days."""
    world = WORLDS[name]
    adoption = world.adoptions[chance.randrange(len(world.adoptions))]
    asked = near_month(chance, world.cast, adoption)
    assert fault(asked, most=24, chance=chance) is None


@pytest.mark.parametrize("name", SCENES)
@often
@given(chance=chances())
def test_the_law_where_a_rule_is_just_kept_or_broken(name: str, chance: Random) -> None:
    """Where a rule is just kept or just broken, a date left open decides nothing that some day of it would not."""
    asked = near_scene(chance, SCENES[name], adopt([SCENES[name]]))
    assert fault(asked, most=24, chance=chance) is None


@often
@given(chance=chances())
def test_the_columns_near_a_month(chance: Random) -> None:
    """In and beside one month the columns say what the reference says, or leave it to the reference."""
    cast = (REAL, TOY)[chance.randrange(2)]
    adoption = adopted(chance) if cast is REAL else toy.adopted()
    asked = near_month(chance, cast, adoption)
    question = both(asked.facts, adoption, Question(as_of=asked.as_of, known_at=None))
    assert_agreement(question)
    assert_passages_agree(question)
