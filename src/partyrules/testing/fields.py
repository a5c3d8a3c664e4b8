"""Which fields of the fact at hand a condition looks at, and what other values they could have."""

from collections.abc import Iterator
from typing import Any

import attrs

from partyrules.facts.schema import choices_of, field_types, takes
from partyrules.facts.vocabulary import Fact
from partyrules.language import kernel as k


def _at_hand(node: Any) -> Iterator[Any]:
    """Yield the parts of a condition in which `its` names a field of the fact at hand: not what narrows a selection."""
    yield node
    match node:
        case tuple():
            parts = node
        case k.Holds() | k.Events() | k.Holdings():
            parts = tuple(want for _, want in node.match)
        case k.Count(of=of):
            parts = (of,)
        case _:
            parts = attrs.astuple(node, recurse=False) if attrs.has(type(node)) else ()
    for part in parts:
        yield from _at_hand(part)


def mentioned(condition: k.Condition) -> set[str]:
    """Return the fields of the fact at hand that a condition looks at."""
    parts = [*_at_hand(condition)]
    shared = {name for part in parts if isinstance(part, k.Share) for name in (part.part, part.whole)}
    return shared | {part.name for part in parts if isinstance(part, k.Its)}


def kinds_in(condition: k.Condition) -> dict[str, str]:
    """Return for each field of the fact at hand the kind that what it names is said to be of."""
    found: dict[str, str] = {}
    for part in _at_hand(condition):
        kind = dict(part.match).get("kind") if isinstance(part, k.Holds) else None
        if isinstance(kind, str):
            found |= {want.name: kind for _, want in part.match if isinstance(want, k.Its)}
    return found


def others(cls: type[Any], name: str, wanted: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return values of a field that are none of these."""
    hint = field_types(cls).get(name) if issubclass(cls, Fact) else None
    if hint is None:
        return ()
    more = max((one for one in wanted if isinstance(one, int)), default=0) + 1
    values: dict[str, tuple[Any, ...]] = {
        "text": choices_of(hint) or (f"another-{name}",),
        "flag": (True, False),
        "number": (0, 1, more),
    }
    return tuple(one for one in values.get(takes(hint), ()) if one not in wanted)
