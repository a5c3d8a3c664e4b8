"""Where in the modules of a pack a rule, a clause, a sentence or a stage is written."""

import ast
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Final

from attrs import define

from partyrules.authoring.codes import Place

__all__ = ["Places"]

# What a remark is about, and the class by which a module writes it; a rule may be written by any function.
_WRITTEN_AS: Final = {
    "clause": "Clause",
    "sentence": "Sentence",
    "stage": "Stage",
    "document": "Document",
    "pack": "Pack",
}
_NAMED_BY: Final = ("id", "name", "number")


@define(slots=False)
class Places:
    """The modules of a package, and what is written in them under which name; nothing without a package."""

    package: Path | None

    def of(self, where: str) -> Place | None:
        """Return the line where what a remark is about begins, None where it cannot be found."""
        kind, space, name = where.partition(" ")
        if not space:
            return self._of_rule(where.partition(":")[2])
        written_as = _WRITTEN_AS.get(kind)
        for written, named, place in self._calls:
            if written == written_as and (named == name or kind == "pack"):
                return place
        return None

    def _of_rule(self, rule: str) -> Place | None:
        """Return where a rule is written: by its id, by a pattern of ids, or by where a loop has its id from."""
        others = set(_WRITTEN_AS.values())
        calls = [call for call in self._calls if call[0] not in others]
        written = [place for _, named, place in calls if named == rule]
        made = [place for _, named, place in calls if isinstance(named, re.Pattern) and named.fullmatch(rule)]
        return next(iter([*written, *made, *self._mentions.get(rule, ())]), None)

    @cached_property
    def _trees(self) -> tuple[tuple[Path, ast.Module], ...]:
        files = [] if self.package is None else sorted(self.package.rglob("*.py"))
        return tuple((file, ast.parse(file.read_text(encoding="utf-8"), str(file))) for file in files)

    @cached_property
    def _calls(self) -> tuple[tuple[str, "str | re.Pattern[str] | None", Place], ...]:
        return tuple(
            (_written_by(node), _name_given(node), Place(file, node.lineno))
            for file, tree in self._trees
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
        )

    @cached_property
    def _mentions(self) -> dict[str, list[Place]]:
        """Where each string stands that is part of no clause, sentence or document."""
        found: dict[str, list[Place]] = {}
        for file, tree in self._trees:
            for node in _outside(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.setdefault(node.value, []).append(Place(file, node.lineno))
        return found


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
