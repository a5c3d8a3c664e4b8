"""Where in the modules of a pack a rule, a clause, a sentence or a stage is written."""

import ast
import re
from collections.abc import Iterator
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from attrs import define, frozen

# What a remark is about, and the class by which a module writes it; a rule may be written by any function.
_WRITTEN_AS: Final = {
    "clause": "Clause",
    "sentence": "Sentence",
    "stage": "Stage",
    "document": "Document",
    "pack": "Pack",
}
_NAMED_BY: Final = ("id", "name", "number")
_RULES: Final = ("Duty", "Requirement", "Veto")


@frozen(order=True)
class SourcePlace:
    """A line of a file, counted from 1."""

    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"


def package_of(module: str) -> Path | None:
    """Return the folder of the package that a module is in, or its file where it is in none; None if not at hand."""
    try:
        spec = find_spec(module.partition(".")[0])
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    found = next(iter(spec.submodule_search_locations or ()), spec.origin)
    return Path(found) if found is not None and Path(found).exists() else None


@define(slots=False)
class Places:
    """The modules of a package, and what is written in them under which name; nothing without a package.

    The package is a folder, or the file of a module that is alone.
    """

    package: Path | None

    def of(self, where: str) -> SourcePlace | None:
        """Return the line where what a remark is about begins, None where it cannot be found."""
        kind, space, name = where.partition(" ")
        if not space:
            return self._of_rule(where.partition(":")[2])
        written_as = _WRITTEN_AS.get(kind)
        for written, named, place in self._calls:
            if written == written_as and (named == name or kind == "pack"):
                return place
        return None

    def rule_around(self, place: SourcePlace) -> str | None:
        """Return the id of the rule that is written around a line, None where there is none."""
        for file, tree in self._trees:
            for node in ast.walk(tree) if file.resolve() == place.file.resolve() else ():
                if isinstance(node, ast.Call) and node.lineno <= place.line <= (node.end_lineno or node.lineno):
                    name = _name_given(node) if _written_by(node) in _RULES else None
                    if isinstance(name, str):
                        return name
        return None

    def _of_rule(self, rule: str) -> SourcePlace | None:
        """Return where a rule is written: by its id, by a pattern of ids, or by where a loop has its id from."""
        others = set(_WRITTEN_AS.values())
        calls = [call for call in self._calls if call[0] not in others]
        written = [place for _, named, place in calls if named == rule]
        made = [place for _, named, place in calls if isinstance(named, re.Pattern) and named.fullmatch(rule)]
        return next(iter([*written, *made, *self._mentions.get(rule, ())]), None)

    @cached_property
    def _trees(self) -> tuple[tuple[Path, ast.Module], ...]:
        alone = self.package is not None and self.package.is_file()
        files = [] if self.package is None else [self.package] if alone else sorted(self.package.rglob("*.py"))
        return tuple((file, tree) for file in files if (tree := _parsed(file)) is not None)

    @cached_property
    def _calls(self) -> tuple[tuple[str, "str | re.Pattern[str] | None", SourcePlace], ...]:
        return tuple(
            (_written_by(node), _name_given(node), SourcePlace(file, node.lineno))
            for file, tree in self._trees
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
        )

    @cached_property
    def _mentions(self) -> dict[str, list[SourcePlace]]:
        """Where each string stands that is part of no clause, sentence or document."""
        found: dict[str, list[SourcePlace]] = {}
        for file, tree in self._trees:
            for node in _outside(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.setdefault(node.value, []).append(SourcePlace(file, node.lineno))
        return found


def _parsed(file: Path) -> ast.Module | None:
    try:
        return ast.parse(file.read_bytes(), str(file))
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        # Where a module cannot be parsed, nothing is found in it; importing it says why.
        return None


def _outside(node: ast.AST) -> Iterator[ast.AST]:
    """Yield everything below a node but what writes clauses, sentences and the like."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.Call) and _written_by(child) in _WRITTEN_AS.values()):
            yield child
            yield from _outside(child)


def _written_by(call: ast.Call) -> str:
    function = call.func
    return function.id if isinstance(function, ast.Name) else str(getattr(function, "attr", ""))


def _name_given(call: ast.Call) -> "str | re.Pattern[str] | None":
    """Return the name that a call is given, or the pattern of the names that one in a loop is given."""
    named = [keyword.value for keyword in call.keywords if keyword.arg in _NAMED_BY]
    for value in (*named, *call.args[:1]):
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return value.value
        if isinstance(value, ast.JoinedStr) and any(isinstance(part, ast.Constant) for part in value.values):
            parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in value.values]
            return re.compile("".join(parts))
    return None
