"""The second opinion: what durable-rules infers of a decision is what the reference finds, or there is no decision."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given, note, settings

import partyrules_lzcu2012
import partyrules_lzwl2017
from partyrules.answers.verdicts import OUTCOMES, encode
from partyrules.errors import EngineError, QueryError
from partyrules.evaluate import inference
from partyrules.evaluate.inference import DURABLE, REFERENCE, engine_named, engine_report, inferred
from partyrules.evaluate.kleene import Truth
from partyrules.evaluate.pipeline import Case, answers, case_of, list_of, lists_of, outcome_of, outcome_of_lists
from partyrules.facts.codec import encode_fact
from partyrules.history import history_of
from partyrules.packs.pack import Adoption, adopt
from partyrules.questions.decide import decided
from tests import toy
from tests.strategies import REAL, TOY, Cast, chances, institution, pipeline_pack, question, seeded
from tests.sweeps import examples

REAL_ADOPTION: Final = adopt([partyrules_lzwl2017.pack, partyrules_lzcu2012.pack])

needs_durable = pytest.mark.skipif(
    engine_named() != DURABLE, reason="durable-rules cannot be loaded by this Python; the reference decides alone"
)


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
            if case.refusal != "stage_order" or to == adoption.stage_names[0]:
                yield case


def invented_cases(chance: Random) -> Iterator[Case]:
    """Yield the cases of an invented institution under an invented pack."""
    cast = (TOY, REAL)[chance.randrange(2)]
    pack = pipeline_pack(chance, cast)
    note(f"{pack.requirements}\n{pack.vetoes}")
    yield from cases(chance, adopt([pack]), cast)


def agree(case: Case) -> None:
    """Hold what durable-rules infers of a case against what the reference finds."""
    found = answers(case)
    lists = lists_of(case, found)
    again = inferred(case, found)
    assert (again.lists, (again.outcome, again.reason)) == (lists, outcome_of(case, lists))
    known = [dict(item) for item in again.given]
    for firing in again.firings:
        assert all(dict(item) in known for item in firing.matched)
        known.append(dict(firing.asserted))


@needs_durable
@settings(max_examples=examples(200))
@given(chance=chances())
def test_durable_rules_infers_the_reference_on_any_pack(chance: Random) -> None:
    """durable-rules comes to the reference's lists and outcome, and each of its firings rests on what came before."""
    for case in invented_cases(chance):
        agree(case)


@needs_durable
@settings(max_examples=examples(60))
@given(chance=chances())
def test_durable_rules_infers_the_reference_on_the_packs(chance: Random) -> None:
    """The same under the packs of both institutions and the toy pack, and the decision is byte for byte the same."""
    for adoption, cast in ((REAL_ADOPTION, REAL), (toy.adopted(), TOY)):
        for case in cases(chance, adoption, cast):
            agree(case)
            assert encode(decided(case, engine=DURABLE)) == encode(decided(case, engine=REFERENCE))


@needs_durable
def test_eight_threads_decide_at_once() -> None:
    """Eight threads that decide at once each get the reference's decisions."""
    asked = [case for seed in range(12) for case in quiet_cases(seeded(seed))]
    expected = [encode(decided(case, engine=REFERENCE)) for case in asked]

    def all_answers(start: int) -> list[bytes]:
        turned = [*asked[start:], *asked[:start]]
        found = [encode(decided(case, engine=DURABLE)) for case in turned]
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


def a_case() -> Case:
    """Return a case in which rules are asked."""
    return next(case for seed in range(50) for case in quiet_cases(seeded(seed)) if case.refusal is None)


# The tables that every way of deciding reads -------------------------------------------------------------------------


def test_no_table_lets_an_unknown_permit() -> None:
    """A veto is outweighed by nothing, only what applies and surely fails blocks, and what is open never permits."""
    for applies, holds in product(Truth, Truth):
        assert list_of("veto", applies, holds) == ("vetoes" if holds == Truth.TRUE else "unknown" if holds else None)
        for role in ("requirement", "advisory"):
            where = list_of(role, applies, holds)
            assert (where == "not_applicable") == (applies == Truth.FALSE)
            assert (where == "met") == (applies != Truth.FALSE and holds == Truth.TRUE)
            assert (where == "unmet") == ((role, applies, holds) == ("requirement", Truth.TRUE, Truth.FALSE))
            if role == "advisory":
                assert outcome_of_lists([where]) == "permitted"
            elif Truth.UNKNOWN in (applies, holds) and where not in ("met", "not_applicable"):
                assert outcome_of_lists([where]) == "undetermined"


def test_the_worst_list_decides() -> None:
    """Vetoed comes before blocked, blocked before undetermined, and each before permitted, in any company."""
    lists = ("vetoes", "unmet", "unknown", "met")
    for one, other in product(range(4), range(4)):
        assert outcome_of_lists([lists[one], lists[other], "advisory", None]) == OUTCOMES[min(one, other)]
    assert outcome_of_lists([]) == "permitted"


# When the library does not keep its word ----------------------------------------------------------------


class Faulty:
    """The extension module of durable-rules with one function replaced from the second call on."""

    def __init__(self, function: str, instead: Callable[..., Any]) -> None:
        self.extension = inference._library()[0]  # noqa: SLF001 - the fault is put right below the adapter
        self.function = function
        self.instead = instead
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        real = getattr(self.extension, name)
        if name != self.function:
            return real

        def call(*args: Any) -> Any:
            self.calls += 1
            # The first call is the trial of the network.
            return real(*args) if self.calls == 1 else self.instead(real, *args)

        return call


def of_another_case(real: Callable[..., Any], *args: Any) -> Any:
    """Return what fired, as of a case long gone."""
    state, fired = real(*args)
    return state, fired.replace('"sid": "1"', '"sid": "0"')


def of_another_item(real: Callable[..., Any], *args: Any) -> Any:
    """Return what fired, with another item in place of the one that matched."""
    state, fired = real(*args)
    ((name, facts),) = json.loads(fired).items()
    facts["m0"]["id"] = "1" if facts["m0"]["id"] == "0" else "0"
    return state, json.dumps({name: facts})


def broken(*_: Any) -> Any:
    """Fail as the extension module does."""
    message = "error code: 303"
    raise RuntimeError(message)


@needs_durable
@pytest.mark.parametrize(
    ("function", "instead", "message"),
    [
        ("start_action_for_state", lambda *_: None, "0 answers to one question"),
        ("complete_and_start_action", lambda *_: None, "0 answers to one question"),
        ("start_action_for_state", of_another_case, "on a fact of another case"),
        ("start_action_for_state", of_another_item, "on an item that does not match it"),
        ("assert_fact", lambda real, *args: (2, real(*args)[1]), "takes a new fact for one that it has seen"),
        ("assert_fact", broken, "durable-rules failed: error code: 303"),
        ("delete_state", broken, "durable-rules failed"),
    ],
)
def test_a_faulty_library_gives_no_decision(
    monkeypatch: pytest.MonkeyPatch, function: str, instead: Callable[..., Any], message: str
) -> None:
    """When durable-rules misses a firing, mixes cases, invents a match or breaks off, no decision comes of it."""
    case = a_case()
    engine = inference._Engine(Faulty(function, instead))  # noqa: SLF001 - the same
    monkeypatch.setattr(inference, "_engine", lambda: engine)
    with pytest.raises(EngineError, match=message):
        decided(case, engine=DURABLE)


@needs_durable
def test_after_a_failure_the_next_decision_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network on which a run broke off is thrown away, and the next case is answered on a new one."""
    case = a_case()
    faulty = Faulty("assert_fact", broken)
    engine = inference._Engine(faulty)  # noqa: SLF001 - the same
    monkeypatch.setattr(inference, "_engine", lambda: engine)
    with pytest.raises(EngineError):
        decided(case, engine=DURABLE)
    faulty.function = "nothing of it"
    assert encode(decided(case, engine=DURABLE)) == encode(decided(case, engine=REFERENCE))


def test_no_decision_where_the_two_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the engine infers another outcome than the reference finds, there is an error and no decision."""
    monkeypatch.setattr("partyrules.questions.decide.engine_named", lambda _: DURABLE)
    monkeypatch.setattr(
        "partyrules.questions.decide.inferred", lambda *_: inference.Inferred({}, "permitted", "for the test", (), ())
    )
    with pytest.raises(EngineError, match="durable-rules permitted; no decision rests on that"):
        decided(a_case())


# Which engine answers ----------------------------------------------------------------


def test_an_unknown_engine_is_refused() -> None:
    """An engine that does not exist is refused with what there is and the nearest name."""
    with pytest.raises(QueryError, match=r"engine 'durabel' is not known; allowed: durable, reference; did you mean"):
        engine_named("durabel")


def test_the_reference_decides_alone_where_durable_rules_does_not_load(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without durable-rules the reference decides, the report says why, and asking for `durable` is refused."""
    monkeypatch.setattr(inference, "_library", lambda: (None, "undefined symbol: PyEval_CallObject"))
    assert engine_named() == REFERENCE
    assert engine_report().engine == REFERENCE
    assert engine_report().reason.endswith("durable-rules cannot be loaded: undefined symbol: PyEval_CallObject")
    assert decided(a_case()) == decided(a_case(), engine=REFERENCE)
    with pytest.raises(QueryError, match="engine `durable` cannot be loaded"):
        decided(a_case(), engine=DURABLE)


def test_the_report_names_the_engine_that_is_chosen() -> None:
    """The report names the engine that is chosen by default, and why."""
    assert engine_report().engine == engine_named()
    assert engine_report().reason
