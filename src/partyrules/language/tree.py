"""What is done with any tree of the language: walk it, rebuild it, take its readings, lower it into the kernel."""

from collections.abc import Callable, Iterator, Mapping
from operator import is_
from typing import Any, TypeVar, cast

import attrs

from partyrules.facts.schema import once_a_class
from partyrules.language.kernel import ByReading, Given, Sugar

__all__ = ["lowered", "rebuilt", "resolved", "resolved_part", "walk"]

T = TypeVar("T")


def rebuilt(node: T, replace: Callable[[Any], Any]) -> T:
    """Return the tree with `replace` applied to each node before its parts; what it returns unchanged is kept."""

    def visit(part: Any) -> Any:
        names = _parts_of(type(part))
        if names is None:
            if not isinstance(part, tuple):
                return part
            entries = tuple([visit(entry) for entry in part])
            return part if all(map(is_, entries, part)) else entries
        if (new := replace(part)) is not part:
            return visit(new)
        changed = {name: new for name in names if (new := visit(old := getattr(part, name))) is not old}
        return attrs.evolve(part, **changed) if changed else part

    return cast("T", visit(node))


@once_a_class
def _parts_of(cls: type[Any]) -> tuple[str, ...] | None:
    """Return the names of what a node of the tree holds, None for a plain value or a tuple, which are no nodes."""
    return tuple(attrs.fields_dict(cls)) if attrs.has(cls) else None


def resolved(node: T, *, readings: Mapping[str, str], parameters: Mapping[str, str | int | None]) -> T:
    """Return the tree in the kernel, with each `ByReading` replaced by its adopted option.

    So is each given parameter by its value; one that nobody has set stays in the tree as `Given`.
    """
    return lowered(rebuilt(node, lambda part: resolved_part(part, readings=readings, parameters=parameters)))


def resolved_part(part: Any, *, readings: Mapping[str, str], parameters: Mapping[str, str | int | None]) -> Any:
    """Return what `resolved` puts in the place of a single node."""
    if isinstance(part, ByReading):
        return dict(part.options)[readings[part.reading]]
    if isinstance(part, Given) and parameters.get(part.name) is not None:
        return parameters[part.name]
    return part


def lowered(node: T) -> T:
    """Return the tree in the kernel of the language alone, each `Sugar` said in what it stands for."""
    return rebuilt(node, lambda part: part.lower() if isinstance(part, Sugar) else part)


def walk(node: Any) -> Iterator[Any]:
    """Yield the node and everything inside it, options of readings included, each parent before its parts."""
    due = [node]
    while due:
        part = due.pop()
        yield part
        if isinstance(part, tuple):
            due.extend(reversed(part))
        elif names := _parts_of(type(part)):
            due.extend([getattr(part, name) for name in reversed(names)])
