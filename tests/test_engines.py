"""The inference engines: that each reaches the least fixpoint, and that all say the same in the same words."""

import itertools
import json
import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partyrules.errors import EngineError, PackError, QueryError
from partyrules.evaluators import engines
from partyrules.evaluators.builtin import BuiltInEngine
from partyrules.evaluators.chaining import (
    Comparison,
    Engine,
    Item,
    Key,
    Pattern,
    Production,
    Ref,
    Ruleset,
    Scalar,
    key_of,
    pattern,
)
from partyrules.evaluators.durable import MOST_ALIKE, MOST_NETWORKS, DurableEngine, durable_engine
from partyrules.evaluators.engines import choose_engine, engine_report

try:
    durable_engine()
except ImportError as error:
    NO_DURABLE: str | None = f"durable-rules cannot be loaded here: {error}"
else:
    NO_DURABLE = None

needs_durable = pytest.mark.skipif(NO_DURABLE is not None, reason=NO_DURABLE or "")
each_engine = pytest.mark.parametrize("name", ["built-in", pytest.param("durable", marks=needs_durable)])


# A second opinion: the fixpoint by trying every production on every choice of items until nothing is new.


ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def same(left: Scalar, right: Scalar) -> bool:
    """Return whether two values are equal and of one type."""
    return type(left) is type(right) and left == right


def fits(item: Item, wanted: Pattern, before: dict[str, Item]) -> bool:
    """Return whether an item satisfies every comparison of a pattern."""
    for test in wanted.comparisons:
        if test.name not in item:
            return False
        found = item[test.name]
        if isinstance(test.value, Ref):
            other = before[test.value.alias]
            if test.value.name not in other or not same(found, other[test.value.name]):
                return False
        elif test.operator in ("==", "!="):
            if same(found, test.value) != (test.operator == "=="):
                return False
        elif type(found) is not int or not ORDERS[test.operator](found, test.value):
            return False
    return True


def choices(production: Production, items: Iterable[Item]) -> Iterator[dict[str, Item]]:
    """Yield every choice of items, by alias, that matches the patterns of a production."""
    for chosen in itertools.product(list(items), repeat=len(production.when)):
        before: dict[str, Item] = {}
        for each, item in zip(production.when, chosen, strict=True):
            if not fits(item, each, before):
                break
            before[each.alias] = item
        else:
            yield before


def concluded(production: Production, chosen: dict[str, Item]) -> Item:
    """Return what a production asserts of a choice of items."""
    return {
        name: chosen[value.alias][value.name] if isinstance(value, Ref) else value for name, value in production.then
    }


def naive_fixpoint(ruleset: Ruleset, items: Iterable[Item]) -> dict[Key, Item]:
    """Return all items that follow, those given included."""
    memory = {key_of(item): item for item in items}
    while True:
        new = {
            key_of(item): item
            for production in ruleset.productions
            for chosen in choices(production, memory.values())
            for item in [concluded(production, chosen)]
            if key_of(item) not in memory
        }
        if not new:
            return memory
        memory |= new


# Random rulesets over few fields and values, so that productions meet, share fields and feed each other.

NAMES = ["a", 'c.d "党"', "sid"]
KINDS: list[Scalar] = ["p", "q"]
VALUES: list[Scalar] = [1, "1", True, '党"员\\', -1, "", 2**40]

values = st.sampled_from(VALUES)
names = st.sampled_from(NAMES)
tests = st.one_of(
    st.builds(Comparison, names, st.just("!="), values),
    st.builds(Comparison, names, st.just("=="), values),
    st.builds(Comparison, names, st.sampled_from(["<", "<=", ">", ">="]), st.integers(-2, 2)),
)


@st.composite
def productions(draw: st.DrawFn, name: str) -> Production:
    """Draw a production that asserts only fields its patterns have made sure of."""
    when: list[Pattern] = []
    known: list[Ref] = []
    for alias in "xyz"[: draw(st.sampled_from([1, 2, 2, 3]))]:
        comparisons: list[Comparison] = draw(st.lists(tests, max_size=1))
        joins: bool = draw(st.booleans())
        if joins and when:
            comparisons.append(Comparison(draw(names), "==", draw(st.sampled_from(known))))
        when.append(pattern(alias, *comparisons, kind=draw(st.sampled_from(KINDS))))
        known += [Ref(alias, test.name) for test in comparisons]
        known += [Ref(alias, "kind")] * (not known)
    then: dict[str, Scalar | Ref] = {"kind": draw(st.sampled_from(KINDS))}
    for field_name in draw(st.lists(names, min_size=1, max_size=2, unique=True)):
        then[field_name] = draw(st.sampled_from(known) | values)
    return Production(name, when, then)


@st.composite
def rulesets(draw: st.DrawFn) -> Ruleset:
    """Draw a ruleset whose goal is an item that every drawn case holds."""
    number = draw(st.integers(2, 6))
    return Ruleset([draw(productions(f"production {n}")) for n in range(number)], pattern("g", kind="goal"))


fields: dict[str, st.SearchStrategy[Scalar]] = {"kind": st.sampled_from(KINDS), NAMES[0]: values}
cases = st.lists(st.fixed_dictionaries(fields, optional=dict.fromkeys(NAMES[1:], values)), min_size=2, max_size=6).map(
    lambda items: [{"kind": "goal"}, *items]
)


def available() -> list[Engine]:
    """Return every engine that can be loaded."""
    return [BuiltInEngine(), *([] if NO_DURABLE else [choose_engine("durable")])]


@settings(max_examples=settings().max_examples)
@given(rulesets(), st.lists(cases, min_size=3, max_size=5), st.randoms(use_true_random=False))
def test_every_engine_reaches_the_least_fixpoint(ruleset: Ruleset, many: list[list[Item]], random: Any) -> None:
    """Every engine derives what trying everything derives, and all give one and the same run in any order."""
    backwards = Ruleset(reversed(ruleset.productions), ruleset.goal)
    for items in many:
        expected = naive_fixpoint(ruleset, items)
        runs = [engine.run(ruleset, items) for engine in available()]
        shuffled = list(items)
        random.shuffle(shuffled)
        runs.append(BuiltInEngine().run(backwards, shuffled))
        assert {key_of(item) for item in runs[0].items} == set(expected)
        assert len(runs[0].items) == len(expected)
        assert {repr(run) for run in runs} == {repr(runs[0])}


@given(rulesets(), cases)
def test_firings_justify_each_other(ruleset: Ruleset, items: list[Item]) -> None:
    """Each derived item has one firing, whose matched items stand before it and fit the production's patterns."""
    run = BuiltInEngine().run(ruleset, items)
    by_name = {production.name: production for production in ruleset.productions}
    known = {key_of(item) for item in items}
    for firing in run.firings:
        assert {key_of(item) for item in firing.matched} <= known
        production = by_name[firing.production]
        chosen = {each.alias: item for each, item in zip(production.when, firing.matched, strict=True)}
        assert any(
            key_of(firing.matched[0]) == key_of(found[production.when[0].alias]) and found == chosen
            for found in choices(production, firing.matched)
        )
        assert key_of(concluded(production, chosen)) == key_of(firing.asserted)
        assert key_of(firing.asserted) not in known
        known.add(key_of(firing.asserted))
    assert known == {key_of(item) for item in run.items}


# A small pipeline: measures with thresholds, truths, and an ordered chain to one decision. All of it synthetic.

OUTCOMES = ["permitted", "undetermined", "blocked"]


def pipeline(leaves: int = 6) -> Ruleset:
    """Return a ruleset that asks for three of something at each leaf."""
    found: list[Production] = [
        Production("start", [pattern("p", kind="person")], {"kind": "progress", "at": 0, "worst": "permitted"})
    ]
    for leaf in range(leaves):
        for value, *tests in (
            ("true", Comparison("certain", ">=", 3)),
            ("false", Comparison("possible", "<", 3)),
            ("unknown", Comparison("certain", "<", 3), Comparison("possible", ">=", 3)),
        ):
            then: dict[str, Scalar | Ref] = {"kind": "truth", "node": leaf, "value": value}
            found.append(Production(f"leaf {leaf} {value}", [pattern("m", *tests, kind="measure", leaf=leaf)], then))
            for rank, worst in enumerate(OUTCOMES):
                before = pattern("b", kind="progress", at=leaf, worst=worst)
                worse = OUTCOMES[max(rank, ["true", "unknown", "false"].index(value))]
                found.append(
                    Production(
                        f"step {leaf} {worst} {value}",
                        [before, pattern("t", kind="truth", node=Ref("b", "at"), value=value)],
                        {"kind": "progress", "at": leaf + 1, "worst": worse},
                    )
                )
    last = pattern("b", kind="progress", at=leaves)
    found.append(Production("decide", [last], {"kind": "decision", "outcome": Ref("b", "worst")}))
    return Ruleset(found, pattern("d", kind="decision"))


def measured(counts: Sequence[tuple[int, int]]) -> list[Item]:
    """Return a person and a measure for each leaf: how many are certain, how many possible."""
    measures: list[Item] = [
        {"kind": "measure", "leaf": leaf, "certain": certain, "possible": possible}
        for leaf, (certain, possible) in enumerate(counts)
    ]
    return [{"kind": "person"}, *measures]


MET, OPEN, UNMET = (3, 5), (1, 3), (1, 2)


@each_engine
@pytest.mark.parametrize(
    ("counts", "outcome"),
    [([MET] * 6, "permitted"), ([MET] * 5 + [OPEN], "undetermined"), ([OPEN, UNMET, *[MET] * 4], "blocked")],
)
def test_a_pipeline_is_decided(name: str, counts: list[tuple[int, int]], outcome: str) -> None:
    """A chain of measures, truths and steps ends in the one decision they come to, at the end of its firings."""
    run = choose_engine(name).run(pipeline(), measured(counts))
    assert run.answers == ({"kind": "decision", "outcome": outcome},)
    assert run.firings[-1].production == "decide"
    assert run.firings[-1].asserted == run.answers[0]


@each_engine
def test_an_unanswered_goal_is_refused(name: str) -> None:
    """A goal that no item satisfies is refused, and the engine answers the next question as before."""
    engine = choose_engine(name)
    with pytest.raises(EngineError, match="goal not answered"):
        engine.run(pipeline(), measured([MET] * 5))
    with pytest.raises(EngineError, match="goal not answered: 0 items given, 0 derived"):
        engine.run(pipeline(), [])
    assert engine.run(pipeline(), measured([MET] * 6)).answers[0]["outcome"] == "permitted"


@each_engine
def test_a_given_answer_is_an_answer(name: str) -> None:
    """A given item that satisfies the goal answers it, and nothing needs to fire."""
    run = choose_engine(name).run(pipeline(), [{"kind": "decision", "outcome": "blocked"}])
    assert run.answers == run.items
    assert run.firings == ()


@each_engine
def test_the_firing_of_fewest_rounds_and_least_name_is_kept(name: str) -> None:
    """Of several ways to one item the one nearest to the given items is kept, then the one of the least name."""
    goal = {"kind": "goal"}
    ruleset = Ruleset(
        [
            Production("a, by way of another", [pattern("s", kind="second")], goal),
            Production("c", [pattern("f", kind="first")], goal),
            Production("b", [pattern("f", kind="first")], goal),
            Production("d", [pattern("f", kind="first")], {"kind": "second"}),
            Production("e", [pattern("g", kind="goal")], {"kind": "first"}),
        ],
        pattern("g", kind="goal"),
    )
    run = choose_engine(name).run(ruleset, [{"kind": "first"}])
    assert [firing.production for firing in run.firings] == ["b", "d"]


@each_engine
def test_eight_threads_get_their_own_answers(name: str) -> None:
    """Eight threads that share an engine each get the runs that one thread gets."""
    engine = choose_engine(name)
    rulesets = [pipeline(leaves) for leaves in (3, 4, 5)]
    asked = [
        (ruleset, measured([counts] * leaves))
        for ruleset, leaves in zip(rulesets, (3, 4, 5), strict=True)
        for counts in (MET, OPEN, UNMET)
    ] * 16
    expected = [repr(BuiltInEngine().run(*each)) for each in asked]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda each: repr(engine.run(*each)), asked)) == expected


@each_engine
def test_the_largest_production_fires(name: str) -> None:
    """A production of as many patterns and comparisons as a ruleset admits fires on every engine."""
    tests = [Comparison(f"n{n}", ">=", n) for n in range(9)]
    when = [pattern("first", *tests, kind="p", at=0)]
    for n in range(1, 12):
        shared = Comparison("n0", "==", Ref("first", "n0"))
        when.append(pattern(f"later {n}", *tests, shared, kind="p", at=n))
    ruleset = Ruleset([Production("large", when, {"kind": "goal"})], pattern("g", kind="goal"))
    items: list[Item] = [{"kind": "p", "at": n, **{f"n{m}": m for m in range(9)}} for n in range(12)]
    (firing,) = choose_engine(name).run(ruleset, items).firings
    assert [item["at"] for item in firing.matched] == list(range(12))


@each_engine
def test_one_case_does_not_reach_into_the_next(name: str) -> None:
    """A case that lacks what the case before it had is not answered with it."""
    engine = choose_engine(name)
    assert engine.run(pipeline(), measured([MET] * 6)).answers
    for missing in range(6):
        items = [item for item in measured([MET] * 6) if item.get("leaf") != missing]
        with pytest.raises(EngineError, match="goal not answered"):
            engine.run(pipeline(), items)


@each_engine
def test_a_value_that_is_not_there_is_refused(name: str) -> None:
    """A production that asserts a field its matched item lacks is refused, and the engine goes on."""
    engine = choose_engine(name)
    production = Production("p", [pattern("x", kind="p")], {"kind": "goal", "a": Ref("x", "a")})
    ruleset = Ruleset([production], pattern("g", kind="goal"))
    with pytest.raises(EngineError, match="production `p`: the item `x` has no field `a`"):
        engine.run(ruleset, [{"kind": "p"}])
    assert engine.run(ruleset, [{"kind": "p", "a": 1}]).answers == ({"kind": "goal", "a": 1},)


@each_engine
@pytest.mark.parametrize("value", [1.5, None, ["x"], 2**63])
def test_values_that_engines_cannot_hold_are_refused(name: str, value: Any) -> None:
    """Items hold strings, integers of 64 bits and truth values, and nothing else."""
    with pytest.raises(EngineError, match="item field `a`"):
        choose_engine(name).run(pipeline(), [{"a": value}])


X = pattern("x", kind="p")


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Comparison("a", "=", 1), "operator '=' is not known; allowed: !=, <, <=, ==, >, >="),
        (lambda: Comparison("", "==", 1), "a field has a name, found ''"),
        (lambda: Comparison("a", "==", 1.5), "comparison of `a`: a value is a string"),  # type: ignore[arg-type]  # refused at run time too
        (lambda: Comparison("a", ">=", True), "comparison of `a`: `>=` takes an integer of 32 bits, found True"),
        (lambda: Comparison("a", "<", 2**31), "comparison of `a`: `<` takes an integer of 32 bits"),
        (lambda: Comparison("a", "!=", Ref("x", "a")), "comparison of `a`: only `==` takes a Ref, found `!=`"),
        (lambda: Pattern("x", ()), "pattern `x`: 1 to 12 comparisons, found 0"),
        (lambda: Pattern("x", (Comparison("a", ">", 1),)), "pattern `x`: at least one field must equal a constant"),
        (lambda: Production("p", [], {"a": 1}), "production `p`: 1 to 12 patterns, found 0"),
        (lambda: Production("p", [X, X], {"a": 1}), "production `p`: two patterns are called `x`"),
        (lambda: Production("p", [X], {}), "production `p`: `then` has no field"),
        (lambda: Production("p", [X], {"a": Ref("xx", "a")}), "alias 'xx' is not known; allowed: x; did you mean `x`?"),
        (lambda: Production("p", [pattern("y", kind="p", a=Ref("y", "a"))], {"a": 1}), "alias 'y' is not known"),
        (lambda: Ruleset([Production("p", [X], {"a": 1})] * 2, X), "ruleset: two productions are called `p`"),
        (lambda: Ruleset([], pattern("g", kind="g", a=Ref("x", "a"))), "goal: alias 'x' is not known"),
    ],
)
def test_a_wrong_ruleset_is_refused_where_it_is_built(build: Callable[[], object], message: str) -> None:
    """A ruleset that no engine could run is refused at construction, with what was found and what is allowed."""
    with pytest.raises(PackError) as refused:
        build()
    assert message in str(refused.value)


def test_rulesets_that_differ_in_types_alone_differ() -> None:
    """A constant 1 and a constant True make different rulesets, so that no cache takes one for the other."""
    one, true = (Ruleset([], pattern("g", kind=value)) for value in (1, True))
    assert one != true
    assert one == Ruleset([], pattern("g", kind=1))


# durable-rules alone: its limits, and what happens when it does not keep its word.


@needs_durable
def test_more_rulesets_than_networks_are_answered() -> None:
    """Rulesets beyond those kept at a time are built again and answered as before."""
    engine = choose_engine("durable")
    for _ in range(2):
        for leaves in range(1, MOST_NETWORKS + 5):
            assert engine.run(pipeline(leaves), measured([OPEN] * leaves)).answers[0]["outcome"] == "undetermined"


@needs_durable
def test_an_item_that_fits_too_much_is_refused() -> None:
    """An item that satisfies more patterns than durable-rules can follow is refused, and other items are not."""
    engine = choose_engine("durable")
    many = [
        Production(f"p{n}", [pattern("x", Comparison("n", "!=", n), kind="p")], {"kind": "goal"}) for n in range(70)
    ]
    ruleset = Ruleset(many, pattern("g", kind="goal"))
    for _ in range(2):
        with pytest.raises(EngineError, match="durable-rules failed"):
            engine.run(ruleset, [{"kind": "p", "n": 70}])
        assert engine.run(ruleset, [{"kind": "goal"}]).answers


@needs_durable
def test_too_many_patterns_that_begin_alike_are_refused() -> None:
    """More patterns than durable-rules keeps behind one start are refused; as many as it keeps all fire."""
    engine = choose_engine("durable")

    def ruleset(number: int) -> Ruleset:
        return Ruleset(
            [Production(f"p{n}", [pattern("x", kind="p")], {"kind": "goal", "n": n}) for n in range(number)],
            pattern("g", kind="goal"),
        )

    assert len(engine.run(ruleset(MOST_ALIKE), [{"kind": "p"}]).answers) == MOST_ALIKE
    with pytest.raises(EngineError, match="does not take 251 patterns"):
        engine.run(ruleset(MOST_ALIKE + 1), [{"kind": "p"}])


class Faulty:
    """The extension module of durable-rules with one function replaced from the second call on."""

    def __init__(self, function: str, instead: Callable[..., Any]) -> None:
        self.extension = durable_engine()._extension  # noqa: SLF001 - the fault is put right below the adapter
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
        ("start_action_for_state", lambda *_: None, "goal not answered"),
        ("complete_and_start_action", lambda *_: None, "goal not answered"),
        ("start_action_for_state", of_another_case, "on a fact of another case"),
        ("start_action_for_state", of_another_item, "on an item that does not match it"),
        ("assert_fact", lambda real, *args: (2, real(*args)[1]), "takes a new fact for one that it has seen"),
        ("assert_fact", broken, "durable-rules failed: error code: 303"),
        ("delete_state", broken, "durable-rules failed"),
    ],
)
def test_a_faulty_library_gives_no_answer(function: str, instead: Callable[..., Any], message: str) -> None:
    """When durable-rules misses a firing, mixes cases, invents a match or breaks off, no decision comes of it."""
    engine = DurableEngine(Faulty(function, instead))
    with pytest.raises(EngineError, match=message):
        engine.run(pipeline(), measured([MET] * 6))


@needs_durable
def test_a_case_that_is_not_forgotten_stays_by_itself() -> None:
    """Even when durable-rules keeps the facts of a case, the next case is not answered with them."""
    engine = DurableEngine(Faulty("delete_state", lambda *_: None))
    assert engine.run(pipeline(), measured([MET] * 6)).answers
    with pytest.raises(EngineError, match="goal not answered"):
        engine.run(pipeline(), measured([MET] * 5))


# Which engine answers.


def test_an_unknown_engine_is_refused() -> None:
    """An engine that does not exist is refused with the nearest name."""
    with pytest.raises(QueryError, match=r"engine 'builtin' is not known.*did you mean `built-in`"):
        choose_engine("builtin")


def test_the_built_in_engine_answers_where_durable_rules_does_not_load(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without durable-rules the built-in engine is taken, the report says why, and asking for `durable` is refused."""

    def missing() -> DurableEngine:
        raise ImportError("undefined symbol: PyEval_CallObject")

    monkeypatch.setattr(engines, "durable_engine", missing)
    assert choose_engine().name == "built-in"
    assert engine_report().engine == "built-in"
    assert engine_report().reason == "durable-rules cannot be loaded: undefined symbol: PyEval_CallObject"
    with pytest.raises(QueryError, match="engine `durable` cannot be loaded"):
        choose_engine("durable")


def test_the_report_names_the_engine_that_is_chosen() -> None:
    """The report names the engine that is chosen by default."""
    assert engine_report().engine == choose_engine().name
    assert engine_report().reason
