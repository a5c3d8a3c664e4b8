"""The reference of the language of rules: written from the code, complete, and each of its examples run."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pytest

from partyrules.facts.vocabulary import CORE_VOCABULARY
from partyrules.history import CORE_RELATIONS
from partyrules.language import kernel as expressions
from partyrules.language import rules, sugar, tree
from tests.pages.examples import SETTING, WORKED
from tests.pages.vocabulary import constructs, main, vocabulary_page

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "vocabulary.md"
MODULES = pytest.mark.parametrize("module", [expressions, rules, sugar, tree])


def test_the_committed_page_is_the_codes() -> None:
    """The page in the documents is what the code gives now; otherwise write it again as its third line says."""
    assert PAGE.read_text(encoding="utf-8") == vocabulary_page()


@MODULES
def test_every_public_name_stands_on_the_page(module: ModuleType) -> None:
    """Every public name of the language stands on the page."""
    page = vocabulary_page()
    assert [name for name in module.__all__ if f"`{name}`" not in page and f"`{name}(" not in page] == []


def test_every_construct_has_its_docstring_and_fields() -> None:
    """Every class of the language is told in the first sentence of its docstring, and so is each of its fields."""
    page = vocabulary_page()
    flat = " ".join(page.split())
    for cls in (cls for classes in constructs().values() for cls in classes):
        assert page.count(f"\n`{cls.__name__}`") == 1
        assert str(cls.__doc__).split("\n", maxsplit=1)[0] in flat
        assert [each.name for each in attrs.fields(cls) if f"`{each.name}: " not in page] == []


def test_no_class_is_without_a_heading() -> None:
    """No class of the language is left over after the headings, so that a new kind of node is given its place."""
    assert "Others" not in constructs()


def test_everything_that_a_rule_looks_at_stands_on_the_page() -> None:
    """Every relation and every fact type of the core stands on the page."""
    page = vocabulary_page()
    names = [*CORE_VOCABULARY.types, *(relation.name for relation in CORE_RELATIONS)]
    assert [name for name in names if f"`{name}`" not in page] == []


def test_every_worked_clause_stands_below_its_construct() -> None:
    """Each worked clause is of a construct that the page has, and stands there once, after it."""
    page = vocabulary_page()
    for one in WORKED:
        assert page.count(one.code) == 1
        assert page.index(f"\n`{one.of}`") < page.index(one.code)


def test_worked_clauses_run_and_are_examples_of_what_they_say() -> None:
    """Each worked clause runs after those before it, asserts something, and uses the construct that it is of."""
    space: dict[str, Any] = {}
    exec(compile(SETTING, "setting", "exec"), space)  # noqa: S102 - our own examples
    for one in WORKED:
        assert "assert " in one.code, one.title
        assert one.of.lower() in one.code.lower().replace("_", ""), one.title
        exec(compile(one.code, one.title, "exec"), space)  # noqa: S102 - our own examples


def test_the_page_is_written_by_a_command() -> None:
    """The module writes the page as UTF-8 to standard output, and nothing where it is asked for anything else."""
    command = [sys.executable, "-m", "tests.pages.vocabulary"]
    ended = subprocess.run(command, cwd=PAGE.parents[2], capture_output=True, check=True)  # noqa: S603 - our own module
    assert ended.stdout.decode() == vocabulary_page()


@pytest.mark.parametrize(("word", "code"), [("lzwl2017", 2), ("--help", 0)])
def test_words_are_refused(capsys: pytest.CaptureFixture[str], word: str, code: int) -> None:
    """Any word is answered with the usage on standard error, and nothing is written."""
    assert main([word]) == code
    out, err = capsys.readouterr()
    assert "Usage" in err
    assert out == ""
