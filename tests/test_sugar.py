"""One meaning, one place: a word that stands for several means what these mean; interpreters know the kernel alone."""

import ast
import os
import shutil
import subprocess
import sys
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
from partyrules.language.kernel import SUBJECT, Age, AllOf, Condition, Not, Sugar, events
from partyrules.language.sugar import Attends, HeldFor, InTerm, Recent, Since
from partyrules.language.tree import lowered, walk
from partyrules.time.calendar import CivilDate, Span, add_days, add_span
from tests import chess, toy
from tests.strategies import REAL, TOY, chances, institution, pipeline_pack, question
from tests.sweeps import examples, slow, whole

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


@slow
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


# What walks the whole kernel: what a condition comes to, its words, what it speaks of, whether it lasts, its cases.
INTERPRETERS = {
    "analysis/formulas.py": ("_tally",),
    "analysis/logic.py": ("can_lapse", "_tally_can_fall"),
    "evaluate/columnar/conditions.py": ("truths", "days"),
    "evaluate/columnar/tallies.py": ("tallied",),
    "evaluate/conditions.py": ("_verdict", "tallied"),
    "evaluate/derivation.py": ("_label", "tally_text"),
    "language/phrases.py": ("_condition", "_tally"),
    "language/spelling.py": ("_kernel", "_tally"),
    "testing/construction.py": ("so", "amount"),
}


def matches() -> Iterator[tuple[str, str, set[str], bool]]:
    """Yield each match in the library: its module, its function, the classes of its cases, whether it is closed."""
    for file in SOURCE.rglob("*.py"):
        tree = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for function in (node for node in tree if isinstance(node, ast.FunctionDef)):
            for match in ast.walk(function):
                if isinstance(match, ast.Match):
                    patterns = [part for case in match.cases for part in ast.walk(case.pattern)]
                    classes = {
                        ast.unparse(part.cls).rpartition(".")[2]
                        for part in patterns
                        if isinstance(part, ast.MatchClass)
                    }
                    closed = any("assert_never" in ast.unparse(case) for case in match.cases)
                    yield str(file.relative_to(SOURCE)), function.name, classes, closed


def test_each_interpreter_matches_the_whole_kernel() -> None:
    """Each match over the kernel ends in `assert_never`, so that a type checker names what a new node needs."""
    closed = {(module, function) for module, function, _, ends in matches() if ends}
    assert {(module, name) for module, names in INTERPRETERS.items() for name in names} <= closed


@pytest.mark.parametrize("union", [expressions.Kernel, expressions.Tally], ids=["conditions", "tallies"])
def test_no_match_over_most_of_the_kernel_is_left_open(union: Any) -> None:
    """A match that has cases for three quarters of the conditions, or of the tallies, is one of an interpreter.

    What puts a few of them into fewer words leaves the others to the words of the language.
    """
    names = {cls.__name__ for cls in get_args(union)}
    found = {(module, name) for module, name, cases, _ in matches() if 4 * len(cases & names) >= 3 * len(names)}
    assert found <= {(module, name) for module, told in INTERPRETERS.items() for name in told} | {
        ("analysis/logic.py", "in_words")
    }


@pytest.mark.skipif(not whole(), reason="checks the types of the whole library: make test-all")
def test_what_a_new_node_needs_is_named_by_a_type_checker(tmp_path: Path) -> None:
    """With one more condition in the kernel a type checker names the interpreters, and nothing else."""
    copy = tmp_path / "partyrules"
    shutil.copytree(SOURCE, copy)
    file = copy / "language" / "kernel.py"
    added = "@frozen(cache_hash=True)\nclass Added(Condition):\n    pass\n\n\nKernel = Added | "
    text = file.read_text(encoding="utf-8")
    assert text.count("\nKernel = ") == 1
    file.write_text(text.replace("\nKernel = ", f"\n{added}"), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--ignore-missing-imports", "partyrules"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603 - our own source
    errors = [line for line in ended.stdout.splitlines() if ": error: " in line]
    assert all('"assert_never" has incompatible type "Added"' in line for line in errors), ended.stdout
    named = {line.partition(":")[0].removeprefix("partyrules/") for line in errors}
    assert named == {*INTERPRETERS} - {"analysis/formulas.py", "evaluate/columnar/tallies.py"}, "those are of tallies"


# One more word -------------------------------------------------------------------------------------------------------

ONE_MORE = '''

@frozen(cache_hash=True)
class Away(Sugar):
    """True when the bearer is surely not listed as attending the occasion."""

    def lower(self) -> Condition:
        """Return that the occasion does not list the bearer."""
        return ~Attends()
'''
# What a word has to be good for: said in a pack, answered twice, explained, told, written to a file and read back.
USED = """
from datetime import date

from partyrules import adopt, explain
from partyrules.evaluate.reference import ReferenceEvaluator
from partyrules.language.kernel import SUBJECT, events, holds
from partyrules.language.phrases import phrase
from partyrules.language.rules import Bearer, Occasion
from partyrules.language.sugar import Away
from partyrules.packs.encoding import decoded, encoded
from partyrules.packs.pack import Pack
from tests.language import asked, duty, pack_of
from tests.toy import meeting, member

member_of = Bearer("person", holds("membership", person=SUBJECT))
away = duty("away", member_of, Occasion(of=events("meeting_held")), Away())
evening = meeting("evening", "c", "2020-03-01", attended=("p",))
found = asked([member("p", "c"), member("q", "c"), evening], "2020-03-02", away)
told = {one.subject: one.status for one in found.findings(rule="v:away")}
assert told == {"p": "breached", "q": "satisfied"}, told
(bound,) = found.adoption.duties
again = ReferenceEvaluator(found.adoption, found.history).findings(bound)
assert {one.subject: one.status for one in again} == told
assert explain(found, rule="v:away", subject="p")[0].finding.status == "breached"
assert "not so that the bearer is listed as attending" in phrase(Away()).en
pack = pack_of(away)
back = decoded(encoded(pack), Pack)
assert back.fingerprint == pack.fingerprint
assert adopt([back]).duties[0].rule == bound.rule
"""


def test_a_new_word_is_one_file(tmp_path: Path) -> None:
    """A word added at the end of the file of words, and nowhere else, is good for all that the others are."""
    shutil.copytree(SOURCE, tmp_path / "partyrules")
    with (tmp_path / "partyrules" / "language" / "sugar.py").open("a", encoding="utf-8") as file:
        file.write(ONE_MORE)
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[1])])
    command = [sys.executable, "-c", USED]
    ended = subprocess.run(  # noqa: S603 - our own source
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
