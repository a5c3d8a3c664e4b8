"""One meaning, one place: a word that stands for several means what these mean; interpreters know the kernel alone."""

import ast
from collections.abc import Iterator
from datetime import date
from itertools import combinations_with_replacement
from pathlib import Path
from random import Random
from typing import Any, get_args

import attrs
import pytest
from hypothesis import given, settings

import partyrules
from partyrules.evaluate.conditions import Frame, World
from partyrules.evaluate.kleene import Truth
from partyrules.facts.vocabulary import StageEntered, TalkHeld
from partyrules.history import history_of
from partyrules.language import kernel as expressions
from partyrules.language import sugar
from partyrules.language.kernel import SUBJECT, Age, AllOf, Condition, Not, Sugar, events, lowered, walk
from partyrules.language.sugar import Attends, HeldFor, InTerm, Recent, Since
from partyrules.time.calendar import CivilDate, Span, add_days, add_span
from tests import chess, toy
from tests.strategies import REAL, TOY, chances, institution, pipeline_pack, question
from tests.sweeps import examples

SOURCE = Path(partyrules.__file__).parent
SUGAR = [found for found in map(vars(sugar).get, sugar.__all__) if isinstance(found, type)]
# From the shortest to the longest.
SPANS = (Span(days=1), Span(days=30), Span(months=1), Span(months=6), Span(years=1))


# What each word means, said a second time and from its docstring alone ----------------------------------------------


def held(condition: Condition, start: date, day: date) -> Truth:
    """Return what a condition on p1's stage comes to on a day, the stage begun on `start`."""
    entered = StageEntered(id="s", on=CivilDate(start, start), person="p1", stage="novice")
    world = World(history_of([entered], as_of=day, stages=("novice",)), ())
    return world.verdict(lowered(condition), Frame(day=day, subject="p1")).truth


@pytest.mark.parametrize("start", [date(2019, 1, 31), date(2020, 2, 29), date(2019, 12, 15)], ids=str)
def test_held_for_is_as_old_as_the_calendar_says(start: date) -> None:
    """A stage held for a span is held for that on just the days that lie the span or more after its first."""
    alone = [pair for span in SPANS for pair in ((span, None), (None, span))]
    for least, most in (*alone, *combinations_with_replacement(SPANS, 2)):
        condition = HeldFor("stage", (("person", SUBJECT),), least, most)
        edges = {add_span(start, span) for span in (least, most) if span is not None} | {start}
        for day in sorted({add_days(edge, n) for edge in edges for n in (-1, 0, 1)}):
            long_enough = least is None or add_span(start, least) <= day
            short_enough = most is None or day <= add_span(start, most)
            expected = day >= start and long_enough and short_enough
            assert held(condition, start, day) == (Truth.TRUE if expected else Truth.FALSE), (least, most, day)


def test_recent_is_of_facts_no_older_than_the_span() -> None:
    """A talk is recent through the last day of the span after it, and no talk is before it was held."""
    held_on = date(2020, 1, 31)
    talk = TalkHeld(id="t", on=CivilDate(held_on, held_on), person="p1", talk="talk")
    for span in SPANS:
        condition = expressions.at_least(1, events("talk_held", window="ever", where=Recent(span)))
        last = add_span(held_on, span)
        for day, expected in ((held_on, True), (last, True), (add_days(last, 1), False)):
            world = World(history_of([talk], as_of=day), ())
            found = world.verdict(lowered(condition), Frame(day=day, subject="p1")).truth
            assert found == (Truth.TRUE if expected else Truth.FALSE)


def test_the_other_words_stand_for_what_they_say() -> None:
    """Attendance is a field that lists the bearer and is open when absent; days are days of one kind."""
    assert Attends().lower() == expressions.is_in(expressions.trigger("attended"), SUBJECT, absent="unknown")
    assert InTerm(("semester",)).lower() == expressions.OnDay(terms=("semester",))
    assert Since(date(2020, 1, 1)).lower() == expressions.OnDay(since=date(2020, 1, 1))


# The law: sugar = its lowering ----------------------------------------------------------------------------------------


def sugared(rng: Random) -> Condition:
    """Return an invented condition made of words that stand for several."""
    span, other = sorted((SPANS[rng.randrange(len(SPANS))] for _ in range(2)), key=SPANS.index)
    day = date(2020, rng.randrange(1, 13), 1)
    options: tuple[Condition, ...] = (
        HeldFor("stage", (("person", SUBJECT),), span, None),
        HeldFor("membership", (("person", SUBJECT),), None, span),
        HeldFor("stage", (("person", SUBJECT),), span, other),
        expressions.at_least(1, events("talk_held", person=SUBJECT, window="ever", where=Recent(span))),
        Since(day),
        InTerm(("semester",)),
    )
    first, second = (options[rng.randrange(len(options))] for _ in range(2))
    return (first, Not(first), AllOf((first, second)), first | ~second)[rng.randrange(4)]


@settings(max_examples=examples(60))
@given(chance=chances())
def test_a_word_lasts_as_long_as_it_says(chance: Random) -> None:
    """What a lowered word comes to on a day it comes to until the day that its verdict names, on any institution."""
    facts, asked = institution(chance, TOY, months=25), question(chance)
    history = history_of(facts, as_of=asked.as_of, stages=toy.adopted().stage_names)
    condition = lowered(sugared(chance))
    for person in TOY.people[:2]:
        world = World(history, ())
        day = date(2019, 9, 1)
        for _ in range(6):
            verdict = world.verdict(condition, Frame(day=day, subject=person, seen=day))
            until = min(verdict.until, add_days(day, 40))
            for later in (add_days(day, 1), add_days(until, -1)):
                if day < later < verdict.until:
                    again = World(history, ()).verdict(condition, Frame(day=later, subject=person, seen=later))
                    assert again.truth == verdict.truth, (person, day, later)
            day = until


@settings(max_examples=examples(60))
@given(chance=chances())
def test_a_lowered_tree_has_no_sugar_and_lowers_to_itself(chance: Random) -> None:
    """Whatever an author builds, its lowering is in the kernel alone and is its own lowering."""
    pack = pipeline_pack(chance, (TOY, REAL)[chance.randrange(2)])
    for rule in (*pack.requirements, *pack.vetoes, *toy.pack.duties, *chess.pack.duties):
        kernel = lowered(rule)
        assert not any(isinstance(node, Sugar) for node in walk(kernel))
        assert lowered(kernel) == kernel


# The house: who names what --------------------------------------------------------------------------------------------


def names_in(file: Path) -> set[str]:
    """Return the names that a module of Python uses or imports."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    imported = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return used | {alias.name for node in imported for alias in node.names}


def naming(name: str) -> list[str]:
    """Return the modules of the library that name a construct."""
    return sorted(str(file.relative_to(SOURCE)) for file in SOURCE.rglob("*.py") if name in names_in(file))


@pytest.mark.parametrize("construct", SUGAR, ids=lambda cls: cls.__name__)
def test_a_word_is_known_in_its_own_file_alone(construct: type[Sugar]) -> None:
    """No module but its own names a construct that is lowered: to add one is one file and its test."""
    assert set(naming(construct.__name__)) <= {"language/sugar.py"}


def kernel() -> Iterator[type]:
    """Yield the classes of the kernel: conditions, selections, tallies."""
    beside = (expressions.ByReading, Sugar)
    for value in vars(expressions).values():
        if isinstance(value, type) and issubclass(value, Condition) and attrs.has(value) and value not in beside:
            yield value
    yield from (*get_args(expressions.Selection), *get_args(expressions.Tally))


def test_the_kernel_is_closed_and_small() -> None:
    """The kernel has thirteen conditions, two selections and five tallies."""
    found: list[Any] = [*kernel()]
    assert Age in found
    assert len(found) <= 20
    assert not any(issubclass(cls, Sugar) for cls in found)


INTERPRETERS = {
    "evaluate/conditions.py": ("_verdict", "tallied"),
    "evaluate/columnar/conditions.py": ("truths", "edges"),
    "evaluate/columnar/tallies.py": ("tallied",),
    "evaluate/derivation.py": ("_label",),
}


@pytest.mark.parametrize("module", INTERPRETERS)
def test_each_interpreter_matches_the_whole_kernel(module: str) -> None:
    """Each match over the kernel ends in `assert_never`, so that a type checker names what a new node needs."""
    tree = ast.parse((SOURCE / module).read_text(encoding="utf-8"))
    closed = {
        function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for match in ast.walk(function)
        if isinstance(match, ast.Match)
        and any("assert_never" in ast.unparse(case) for case in match.cases if ast.unparse(case.pattern) == "_")
    }
    assert set(INTERPRETERS[module]) <= closed
