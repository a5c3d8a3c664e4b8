"""What is found about some subjects is what is found about them among everybody, however the facts are kept."""

from random import Random
from typing import Final

import pytest
from hypothesis import given, settings

import partyrules_lzcu2012
import partyrules_lzwl2017
from partyrules.answers.verdicts import encode
from partyrules.evaluate.reference import ReferenceEvaluator
from partyrules.history import History
from partyrules.language.kernel import (
    SUBJECT,
    Condition,
    Is,
    Trigger,
    at_least,
    events,
    holdings,
    holds,
    is_in,
    trigger,
)
from partyrules.language.rules import (
    Bearer,
    BearerKind,
    Duty,
    Occasion,
    PerPeriod,
    Rolling,
    Standing,
    Triggered,
    WithinDays,
)
from partyrules.language.spelling import supposing
from partyrules.language.sugar import Attends, InTerm
from partyrules.packs.pack import Adoption, adopt
from partyrules.questions.decide import REFERENCE, decide
from partyrules.questions.sources import history_from
from partyrules.store.projection import projection_of
from partyrules.time.calendar import Span
from tests import toy
from tests.language import duty, pack_of
from tests.strategies import REAL, TOY, Cast, chances, institution, question
from tests.sweeps import examples

SCOPES: Final[tuple[Condition, ...]] = (
    holds("membership", person=SUBJECT, unit=trigger("unit")),
    holds("membership", person=SUBJECT),
    holds("membership", person=SUBJECT, unit="B1"),
    holds("role", person=SUBJECT, unit=trigger("unit"), role="building_instructor"),
    holds("residence", person=SUBJECT, building="D1"),
    holds("unit", unit=trigger("unit")),
    is_in(SUBJECT, trigger("attended")),
    is_in(SUBJECT, trigger("led_by")),
    is_in(SUBJECT, "p1", "B1"),
    Is(Trigger("unit"), SUBJECT),
    ~holds("membership", person=SUBJECT, unit=trigger("unit")),
    ~holds("leave", person=SUBJECT),
    holds("stage", person=SUBJECT, stage=("fellow", "newcomer")),
    at_least(1, events("talk_held", person=SUBJECT, window="ever")),
    InTerm(("semester",)),
)
KINDS: Final[tuple[BearerKind, ...]] = ("person", "person", "named", "unit", "building")
TALKED: Final = at_least(1, events("talk_held", person=SUBJECT, window="ever"))
OCCASION: Final = (Occasion(events("meeting_held", "activity_held")), Triggered(events("meeting_held"), WithinDays(30)))
TIMES: Final = (PerPeriod("quarter"), Standing(), PerPeriod("semester"))


def scope(chance: Random, depth: int = 2) -> Condition:
    """Return a scope of chance, which may name its subject, the trigger, both or neither."""
    drawn = chance.randrange(4) if depth else 0
    if drawn < 2:
        return SCOPES[chance.randrange(len(SCOPES))]
    one, other = scope(chance, depth - 1), scope(chance, depth - 1)
    return one & other if drawn == 2 else one | other


def made(chance: Random) -> Duty:
    """Return a duty of chance."""
    kind = KINDS[chance.randrange(len(KINDS))]
    if chance.randrange(3):
        requires = (Attends(), TALKED)[chance.randrange(2)]
        return duty("1", Bearer(kind, scope(chance)), OCCASION[chance.randrange(2)], requires)
    if chance.randrange(3) == 0:
        each = holdings("membership", person=SUBJECT)
        return duty("1", Bearer("person", scope(chance), each), TIMES[chance.randrange(3)], TALKED)
    if chance.randrange(3) == 0:
        rolling = at_least(1, events("talk_held", person=SUBJECT))
        return duty("1", Bearer("person", scope(chance)), Rolling(Span(months=2)), rolling)
    return duty("1", Bearer(kind, scope(chance)), TIMES[chance.randrange(3)], TALKED)


def found(adoption: Adoption, history: History, wanted: tuple[str, ...] | None) -> list[bytes]:
    """Return the findings about some subjects, or about everybody, sorted."""
    evaluator = ReferenceEvaluator(adoption, history)
    return sorted(encode(one) for bound in adoption.duties for one in evaluator.findings(bound, wanted=wanted))


def assert_same(adoption: Adoption, chance: Random, cast: Cast) -> None:
    """Raise AssertionError unless some subjects' findings are the same alone, among all, and out of columns."""
    facts = institution(chance, cast, months=chance.randrange(40))
    asked = question(chance)
    who = (*cast.people, *cast.units, "D1", "nobody")
    wanted = tuple(each for each in who if chance.randrange(3) == 0)
    whole = history_from(facts, adoption, as_of=asked.as_of, known_at=asked.known_at)
    lazy = history_from(projection_of(facts), adoption, as_of=asked.as_of, known_at=asked.known_at)
    evaluator = ReferenceEvaluator(adoption, whole)
    everything = [one for bound in adoption.duties for one in evaluator.findings(bound)]
    theirs = sorted(encode(one) for one in everything if one.subject in wanted)
    assert found(adoption, whole, wanted) == theirs
    assert found(adoption, lazy, wanted) == theirs
    assert found(adoption, lazy, None) == sorted(map(encode, everything))


@given(chances())
@settings(max_examples=examples(300))
def test_any_duty(chance: Random) -> None:
    """A duty of any scope, though it say what cannot be, finds of some subjects alone what it does among everybody."""
    with supposing():
        adoption = adopt([pack_of(made(chance))])
    assert_same(adoption, chance, TOY)


@pytest.mark.parametrize("packs", ["toy", "real"])
def test_whole_packs(packs: str) -> None:
    """Whole packs give some subjects the same findings alone as among everybody."""
    adoption = toy.adopted() if packs == "toy" else adopt([partyrules_lzwl2017.pack, partyrules_lzcu2012.pack])

    @given(chances())
    @settings(max_examples=examples(40))
    def check(chance: Random) -> None:
        assert_same(adoption, chance, TOY if packs == "toy" else REAL)

    check()


@given(chances())
@settings(max_examples=examples(40))
def test_decisions(chance: Random) -> None:
    """A decision is the same out of facts and out of their columns."""
    facts = institution(chance, TOY, months=chance.randrange(40))
    asked = question(chance)
    adoption = toy.adopted()
    projection = projection_of(facts)
    named = history_from(projection, adoption, as_of=asked.as_of).people
    for person in named[:2]:
        for to in adoption.stage_names:
            one, other = (
                decide(
                    source, adoption, person=person, to=to, on=asked.as_of, known_at=asked.known_at, engine=REFERENCE
                )
                for source in (facts, projection)
            )
            assert encode(one) == encode(other)
