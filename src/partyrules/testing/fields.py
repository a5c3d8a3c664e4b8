"""What the fields of a fact type take, by its annotations, and which fields a condition looks at."""

from collections.abc import Mapping
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from partyrules.expressions import (
    AllOf,
    AnyOf,
    Compare,
    Count,
    CountAfterEarly,
    Events,
    HeldFor,
    Holdings,
    Holds,
    Is,
    Its,
    LatestIs,
    Not,
    Share,
)
from partyrules.facts import Fact

__all__ = [
    "COMMON",
    "entry_of",
    "field_types",
    "is_list",
    "kinds_in",
    "label_of",
    "mentioned",
    "others",
    "parts_of",
    "plain_of",
    "title_of",
]

COMMON: Final = ("id", "on", "until", "recorded_at", "recorded_by", "note")

_TYPES: Final[dict[type[Fact], Mapping[str, Any]]] = {}


def field_types(cls: type[Fact]) -> Mapping[str, Any]:
    """Return the type of each field of a fact class, what is said about it included."""
    if cls not in _TYPES:
        hints = get_type_hints(cls, include_extras=True)
        _TYPES[cls] = {attribute.name: hints[attribute.name] for attribute in attrs.fields(cls)}
    return _TYPES[cls]


def parts_of(hint: Any) -> tuple[Any, ...]:
    """Return the types of which a field takes one, without None."""
    parts = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    return tuple(part for part in parts if part is not NoneType)


def is_list(hint: Any) -> bool:
    """Tell whether a field takes a list."""
    return any(get_origin(part) is tuple for part in parts_of(hint))


def entry_of(hint: Any) -> Any:
    """Return the type of the entries of a list, or the type itself."""
    for part in parts_of(hint):
        if get_origin(part) is tuple:
            return get_args(part)[0]
    return hint


def title_of(hint: Any) -> str | None:
    """Return whose ids a field holds, `person`, `unit` or `building`, where its type says so."""
    for part in parts_of(entry_of(hint)):
        for meta in getattr(part, "__metadata__", ()):
            if getattr(meta, "title", None):
                return str(meta.title)
    return None


def plain_of(hint: Any) -> Any:
    """Return the plain type of one value: str, bool, date and so on, or a Literal."""
    part = parts_of(entry_of(hint))[0]
    while hasattr(part, "__metadata__"):
        part = part.__origin__
    return part


def label_of(name: str, hint: Any) -> str:
    """Return the stem of invented values of a field."""
    return title_of(hint) or name


def mentioned(condition: Any) -> set[str]:
    """Return the fields of the fact at hand that a condition looks at."""
    found: set[str] = set()
    match condition:
        case AllOf(parts) | AnyOf(parts):
            found.update(*(mentioned(part) for part in parts))
        case Not(part):
            found |= mentioned(part)
        case Is(term, options):
            found |= {node.name for node in (term, options) if isinstance(node, Its)}
        case Holds(_, match) | HeldFor(_, match):
            found |= {want.name for _, want in match if isinstance(want, Its)}
        case Share(part_name, whole):
            found |= {part_name, whole}
        case Compare(tally, least, most):
            for each in (tally, least, most):
                found |= mentioned(each)
        case Count(of=Events() | Holdings() as of) | CountAfterEarly(of) | LatestIs(of=of):
            found |= {want.name for _, want in of.match if isinstance(want, Its)}
    return found


def kinds_in(condition: Any) -> dict[str, str]:
    """Return for each field of the fact at hand the kind that what it names is said to be of."""
    found: dict[str, str] = {}
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                found |= kinds_in(part)
        case Holds(_, match):
            kind = next((want for name, want in match if name == "kind" and isinstance(want, str)), None)
            found |= {want.name: kind for _, want in match if isinstance(want, Its) and kind is not None}
    return found


def others(cls: type[Any], name: str, wanted: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return values of a field that are none of these."""
    hint = field_types(cls).get(name) if issubclass(cls, Fact) else None
    if hint is None:
        return ()
    plain = plain_of(hint)
    if get_origin(plain) is Literal:
        return tuple(option for option in get_args(plain) if option not in wanted)
    if plain is bool:
        return tuple(option for option in (True, False) if option not in wanted)
    if plain in (int, Decimal):
        return tuple(
            n for n in (0, 1, max((w for w in wanted if isinstance(w, int)), default=0) + 1) if n not in wanted
        )
    return (f"another-{name}",) if plain is str else ()
