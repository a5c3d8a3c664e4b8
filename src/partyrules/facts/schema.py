"""What the fields of a fact type take, by its annotations: plain values, lists, and whom they name."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import attrs

from partyrules.facts.vocabulary import CORE_VOCABULARY, Fact, FactId
from partyrules.time.calendar import CivilDate

_MADE_BY: Final = "by"
COMMON: Final = ("id", "on", "until", "recorded_at", "recorded_by", "note")

FURTHER: Final[Mapping[tuple[str, str], str]] = {("meeting_held", "meeting"): "also"}
"""By wire name and field the field that lists further values of it: what is of several kinds is of each."""
_WITH_FURTHER: Final = frozenset(name for _, name in FURTHER)
FOR_PERIOD: Final[Mapping[str, str]] = {"document_filed": "for_period"}
"""By wire name the field that names, where it is given, a day of the periods in which alone the fact counts."""

C = TypeVar("C")
T = TypeVar("T")


def once_a_class(make: Callable[[type[C]], T]) -> Callable[[type[C]], T]:
    """Return the function, which works out what it returns of a class but once."""
    # To a type checker a class cannot be hashed, so the cache has to be told of by this.
    return cast("Callable[[type[C]], T]", cache(make))


@once_a_class
def field_types(cls: type[Fact]) -> Mapping[str, Any]:
    """Return the type of each field of a fact class, what is said about it included."""
    hints = get_type_hints(cls, include_extras=True)
    return {attribute.name: hints[attribute.name] for attribute in attrs.fields(cls)}


def value_of(fact: Any, name: str) -> Any:
    """Return what rules read in a field of a fact, of which `wire` is the type; None where there is no such field."""
    value = getattr(fact, name, None)
    # Asked of every fact that is looked at, and of hardly any is there more.
    more = FURTHER.get((fact.wire, name)) if name in _WITH_FURTHER else None
    others = getattr(fact, more) if more is not None else None
    return (value, *(each for each in dict.fromkeys(others) if each != value)) if others else value


def parts_of(hint: Any) -> tuple[Any, ...]:
    """Return the types of which a field takes one, without None."""
    parts = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    return tuple(part for part in parts if part is not NoneType)


def bare_of(hint: Any) -> Any:
    """Return a type without what is said about it."""
    return hint.__origin__ if hasattr(hint, "__metadata__") else hint


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
    return bare_of(parts_of(entry_of(hint))[0])


_TAKES: Final[Mapping[Any, str]] = {
    str: "text",
    bool: "flag",
    int: "number",
    Decimal: "number",
    date: "day",
    CivilDate: "date",
    datetime: "time",
}


def choices_of(hint: Any) -> tuple[Any, ...]:
    """Return the only values that a field takes, none where it takes others."""
    plain = plain_of(hint)
    return get_args(plain) if get_origin(plain) is Literal else ()


def takes(hint: Any) -> str:
    """Return what one value of a field is: text, flag, number, day, date, time, or else nothing."""
    return "text" if choices_of(hint) else _TAKES.get(plain_of(hint), "")


def label_of(name: str, hint: Any) -> str:
    """Return the stem of invented values of a field."""
    return title_of(hint) or name


def named_people(cls: type[Fact]) -> tuple[str, ...]:
    """Return the fields by which a fact is about people: who only made the record is nobody by that alone."""
    return tuple(name for name in person_fields(cls) if name != _MADE_BY)


@once_a_class
def person_fields(cls: type[Fact]) -> tuple[str, ...]:
    """Return the fields of a fact type that name people (人员), one or a list of them, in the order of the class."""
    return tuple(name for name, hint in field_types(cls).items() if title_of(hint) == "person")


SOMEBODY: Final = ("about", "author", "by", "to")
"""The fields that may name a person as well as a unit, so that their types do not say which."""


@once_a_class
def naming_fields(cls: type[Fact]) -> tuple[str, ...]:
    """Return the fields of a fact type that name people, units or buildings, in the order of the class."""
    return tuple(name for name, hint in field_types(cls).items() if title_of(hint) or _may_name(name, hint))


def _may_name(name: str, hint: Any) -> bool:
    """Tell whether a field names somebody though its type does not say so."""
    return plain_of(hint) is str and entry_of(hint) is not FactId and name in _names_of_somebody()


@cache
def _names_of_somebody() -> frozenset[str]:
    # A pack's field that has the name of one of the core's takes what it takes there.
    core = (field_types(cls).items() for cls in CORE_VOCABULARY.types.values())
    return frozenset({*SOMEBODY, "target", *(name for fields in core for name, hint in fields if title_of(hint))})
