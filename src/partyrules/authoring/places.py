"""Where in the modules of a pack a rule, a clause, a sentence or a stage is written."""

import ast
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
    """The calls in the modules of a package, by the name that they are given; none without a package."""

    package: Path | None

    def of(self, where: str) -> Place | None:
        """Return the line where what a remark is about begins, None where it cannot be found."""
        kind, space, name = where.partition(" ")
        if not space:
            rule = where.partition(":")[2]
            others = set(_WRITTEN_AS.values())
            return next(
                (place for written, named, place in self._calls if named == rule and written not in others), None
            )
        written_as = _WRITTEN_AS.get(kind)
        for written, named, place in self._calls:
            if written == written_as and (named == name or kind == "pack"):
                return place
        return None

    @cached_property
    def _calls(self) -> tuple[tuple[str, str | None, Place], ...]:
        if self.package is None:
            return ()
        return tuple(found for file in sorted(self.package.rglob("*.py")) for found in _calls_in(file))


def _calls_in(file: Path) -> Iterator[tuple[str, str | None, Place]]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), str(file))):
        if isinstance(node, ast.Call):
            function = node.func
            written = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
            yield written, _name_given(node), Place(file, node.lineno)


def _name_given(call: ast.Call) -> str | None:
    named = [keyword.value for keyword in call.keywords if keyword.arg in _NAMED_BY]
    for value in (*named, *call.args[:1]):
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return value.value
    return None
