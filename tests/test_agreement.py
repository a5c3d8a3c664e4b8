"""Three ways to one decision: straight from the tree, by the built-in engine, and by durable-rules, to the byte."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Final

import pytest
from hypothesis import given, note, settings

import partyrules_lzcu2012
import partyrules_lzwl2017
from partyrules.codec import encode_fact
from partyrules.decisions import REFERENCE, decided
from partyrules.errors import EngineError
from partyrules.evaluators.builtin import BuiltInEngine
from partyrules.evaluators.chaining import Engine
from partyrules.evaluators.inference import inferred
from partyrules.evaluators.kleene import Truth
from partyrules.evaluators.pipeline import Case, case_of
from partyrules.history import history_of
from partyrules.packs import Adoption, adopt
from partyrules.verdicts import encode
from tests import toy
from tests.strategies import REAL, TOY, Cast, chances, institution, pipeline_pack, question, seeded

REAL_ADOPTION: Final = adopt([partyrules_lzwl2017.pack, partyrules_lzcu2012.pack])


def durable() -> Engine:
    """Return the engine on durable-rules, or skip the test where this Python cannot load it."""
    pytest.importorskip("durable_rules_engine", reason="durable-rules cannot be loaded by this Python")
    from partyrules.evaluators.durable import durable_engine  # noqa: PLC0415 - only where the library is there

    return durable_engine()


def cases(chance: Random, adoption: Adoption, cast: Cast) -> Iterator[Case]:
    """Yield the steps of the people of an invented institution that the order of stages allows, and each first step."""
    facts = institution(chance, cast, months=25)
    asked = question(chance)
    note("\n".join(encode_fact(fact).decode() for fact in facts))
    note(f"{asked}")
    history = history_of(
        facts,
        as_of=asked.as_of,
        known_at=asked.known_at,
        stages=adoption.stage_names,
        relations=adoption.relations,
    )
    for person in cast.people:
        for to in adoption.stage_names:
            case = case_of(adoption, history, person=person, to=to)
            if case.in_order != Truth.FALSE or to == adoption.stage_names[0]:
                yield case


def invented_cases(chance: Random) -> Iterator[Case]:
    """Yield the cases of an invented institution under an invented pack."""
    cast = (TOY, REAL)[chance.randrange(2)]
    pack = pipeline_pack(chance, cast)
    note(f"{pack.requirements}\n{pack.vetoes}")
    yield from cases(chance, adopt([pack]), cast)


@settings(max_examples=200)
@given(chance=chances())
def test_built_in_engine_agrees_on_any_pack(chance: Random) -> None:
    """The built-in engine gives the reference's decision, byte for byte, whatever the pack and the facts."""
    engine = BuiltInEngine()
    for case in invented_cases(chance):
        assert encode(decided(case, engine=engine)) == encode(decided(case, engine=REFERENCE))


@settings(max_examples=150)
@given(chance=chances())
def test_durable_engine_agrees_on_any_pack(chance: Random) -> None:
    """The engine on durable-rules gives the reference's decision, byte for byte, whatever the pack and the facts."""
    engine = durable()
    for case in invented_cases(chance):
        assert encode(decided(case, engine=engine)) == encode(decided(case, engine=REFERENCE))


@settings(max_examples=60)
@given(chance=chances())
def test_engines_agree_on_the_packs(chance: Random) -> None:
    """All three ways give the same decisions under the packs of both institutions and the toy pack."""
    engines = [BuiltInEngine(), durable()]
    for adoption, cast in ((REAL_ADOPTION, REAL), (toy.adopted(), TOY)):
        for case in cases(chance, adoption, cast):
            expected = encode(decided(case, engine=REFERENCE))
            assert [encode(decided(case, engine=engine)) for engine in engines] == [expected, expected]


@settings(max_examples=40)
@given(chance=chances())
def test_engines_agree_on_the_justification(chance: Random) -> None:
    """Both engines show the same chain of firings, and each firing rests on what came before it."""
    built_in, other = BuiltInEngine(), durable()
    for case in invented_cases(chance):
        run = inferred(case, built_in).run
        assert run == inferred(case, other).run
        known = [dict(item) for item in run.items[: len(run.items) - len(run.firings)]]
        for firing in run.firings:
            assert all(dict(item) in known for item in firing.matched)
            known.append(dict(firing.asserted))


def test_eight_threads_decide_at_once() -> None:
    """Eight threads that decide at once on one engine each get the reference's decisions."""
    engine = durable()
    asked = [case for seed in range(12) for case in quiet_cases(seeded(seed))]
    expected = [encode(decided(case, engine=REFERENCE)) for case in asked]

    def all_answers(start: int) -> list[bytes]:
        turned = [*asked[start:], *asked[:start]]
        found = [encode(decided(case, engine=engine)) for case in turned]
        return [*found[len(asked) - start :], *found[: len(asked) - start]]

    with ThreadPoolExecutor(8) as threads:
        for found in threads.map(all_answers, range(0, 8 * 9, 9)):
            assert found == expected


def quiet_cases(chance: Random) -> list[Case]:
    """Return the cases of an invented institution under the packs of both institutions."""
    facts = institution(chance, REAL)
    asked = question(chance)
    history = history_of(facts, as_of=asked.as_of, known_at=asked.known_at, stages=REAL_ADOPTION.stage_names)
    return [
        case_of(REAL_ADOPTION, history, person=person, to=to)
        for person in REAL.people
        for to in REAL_ADOPTION.stage_names
    ]


class Silent:
    """An engine that leaves its goal unanswered."""

    name = "silent"

    def run(self, *_: object) -> object:
        """Raise what an engine raises where nothing answers the goal."""
        raise EngineError("goal not answered")


def test_no_decision_rests_on_silence() -> None:
    """Where the engine does not answer there is an error and no decision."""
    case = quiet_cases(seeded(1))[0]
    with pytest.raises(EngineError, match="not answered"):
        decided(case, engine=Silent())  # type: ignore[arg-type]  # what it returns is never looked at
