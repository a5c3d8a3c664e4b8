"""The wire format of facts: JSON Lines to fact values and back, refusing whatever is not exactly right."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import attrs
import msgspec
from attrs import frozen

from partyrules.calendar import CivilDate, parse_civil_date, parse_date
from partyrules.errors import FactError, Problem, refusal
from partyrules.facts import CORE_VOCABULARY, Fact, Vocabulary

__all__ = [
    "Decoded",
    "content",
    "decode_fact",
    "decode_lines",
    "encode_fact",
    "parse_instant",
    "read_facts",
    "to_wire",
]


def _exact(digits: str) -> Decimal:
    """Return a number as it was written; one that no decimal holds is no number, and refused where it stands."""
    try:
        return Decimal(digits)
    except ArithmeticError:
        return Decimal("NaN")


_DECODER: Final = msgspec.json.Decoder(float_hook=_exact)
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")
_SHOWN: Final = 60


@frozen
class Decoded:
    """What a stream of lines held: each fact with the place it stood, and every problem found."""

    facts: tuple[tuple[str, Fact], ...]
    problems: tuple[Problem, ...]


def decode_fact(line: str | bytes, *, where: str = "fact", vocabulary: Vocabulary = CORE_VOCABULARY) -> Fact:
    """Return the fact that one line of JSON holds; raise FactError with every problem of the line."""
    try:
        raw = _DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise FactError([Problem(where, f"not a JSON object: {error}")]) from None
    if not isinstance(raw, dict):
        raise FactError([Problem(where, f"found {_shown(raw)}; allowed: one JSON object a line, {{…}}")])
    return fact_from_wire(raw, where=where, vocabulary=vocabulary)


def fact_from_wire(raw: dict[str, Any], *, where: str = "fact", vocabulary: Vocabulary = CORE_VOCABULARY) -> Fact:
    """Return the fact that a JSON object holds; raise FactError with every problem of the object."""
    wire = raw.get("fact")
    cls = vocabulary.types.get(wire) if isinstance(wire, str) else None
    if cls is None:
        wrong = refusal("fact type", wire, vocabulary.types) if "fact" in raw else "missing; every fact names its type"
        raise FactError([Problem(where, f"field `fact`: {wrong}")])
    values = {key: value for key, value in raw.items() if key != "fact"}
    fields = _fields(cls)
    if values.keys() <= fields.keys() and "id" in values:
        try:
            found = msgspec.convert(values, cls, dec_hook=_civil_date, builtin_types=(Decimal,))
            if found.recorded_at is None or date.min < found.recorded_at.date() < date.max:
                return found
        except (msgspec.ValidationError, ValueError):
            pass  # the problems are looked up one by one, for the message
    raise FactError(_problems(values, cls, where))


def decode_lines(
    lines: Iterable[str | bytes], *, source: str = "facts", vocabulary: Vocabulary = CORE_VOCABULARY
) -> Iterator[tuple[str, Fact | FactError]]:
    """Yield for each line that is not blank its place and the fact it holds, or the error that refuses it."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{source}, line {number}"
        try:
            yield where, decode_fact(line, where=where, vocabulary=vocabulary)
        except FactError as error:
            yield where, error


def read_facts(path: Path, *, vocabulary: Vocabulary = CORE_VOCABULARY) -> Decoded:
    """Return every fact and every problem of a JSON Lines file; raise FactError where it cannot be read."""
    facts: list[tuple[str, Fact]] = []
    problems: list[Problem] = []
    try:
        with path.open("rb") as lines:
            for where, found in decode_lines(lines, source=path.name, vocabulary=vocabulary):
                if isinstance(found, FactError):
                    problems += found.problems
                else:
                    facts.append((where, found))
    except OSError as error:
        raise FactError([Problem(str(path), f"cannot be read: {error.strerror}")]) from None
    return Decoded(tuple(facts), tuple(problems))


def to_wire(fact: Fact) -> dict[str, Any]:
    """Return the JSON object of a fact: its type, id and date first, and no key that says nothing."""
    return dict(_said(fact, _fields(type(fact))))


def encode_fact(fact: Fact) -> bytes:
    """Return a fact as one line of JSON without the newline."""
    return _ENCODER.encode(to_wire(fact))


def content(fact: Fact) -> bytes:
    """Return the canonical bytes of what a fact says: all keys but `recorded_at`, sorted; equal facts, equal bytes."""
    return _ENCODER.encode(dict(sorted(_said(fact, [name for name in _fields(type(fact)) if name != "recorded_at"]))))


def parse_instant(text: str) -> datetime:
    """Return the instant that an RFC 3339 time with offset names; raise ValueError for anything else."""
    try:
        found = msgspec.convert(text, datetime)
    except msgspec.ValidationError:
        found = None
    if found is None or found.tzinfo is None:
        raise ValueError(f"{text!r} is not a time; a time is RFC 3339 with offset, e.g. 2018-03-15T09:00:00+08:00")
    return found


def _said(fact: Fact, names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    yield "fact", fact.wire
    for name in names:
        value = getattr(fact, name)
        if value is not None:
            yield name, _plain(value)


def _civil_date(kind: type, value: Any) -> Any:
    if kind is CivilDate and isinstance(value, str):
        return parse_civil_date(value)
    raise ValueError(f"expected {kind.__name__}")


def _plain(value: Any) -> Any:
    if isinstance(value, CivilDate):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value.normalize()
    return value


_FIELDS: Final[dict[type[Fact], dict[str, Any]]] = {}


def _fields(cls: type[Fact]) -> dict[str, Any]:
    """Return the type of each field of a fact class; worked out once a class."""
    if cls not in _FIELDS:
        hints = get_type_hints(cls, include_extras=True)
        _FIELDS[cls] = {attribute.name: hints[attribute.name] for attribute in attrs.fields(cls)}
    return _FIELDS[cls]


def _problems(values: dict[str, Any], cls: type[Fact], where: str) -> list[Problem]:
    """Return everything wrong with the keys and values of one object, field by field."""
    fields = _fields(cls)
    found = [Problem(where, refusal("field", key, fields)) for key in values if key not in fields]
    right: dict[str, Any] = {}
    for attribute in attrs.fields(cls):
        name, hint = attribute.name, fields[attribute.name]
        required = attribute.default is attrs.NOTHING or name == "id"
        if name not in values:
            if required:
                found.append(Problem(where, f"field `{name}`: missing; allowed: {_allowed(hint)}"))
            continue
        try:
            right[name] = msgspec.convert(values[name], hint, dec_hook=_civil_date, builtin_types=(Decimal,))
        except (msgspec.ValidationError, ValueError):
            found.append(Problem(where, f"field `{name}`: {_refused(values[name], hint)}"))
    if not found and "recorded_at" in right and not date.min < right["recorded_at"].date() < date.max:
        found.append(
            Problem(where, f"field `recorded_at`: found {values['recorded_at']}; allowed: a time that has a UTC")
        )
    if not found:
        try:
            cls(**right)
        except ValueError as error:
            found.append(Problem(where, f"field {error}"))
    return found


def _refused(value: Any, hint: Any) -> str:
    options = [option for part in _parts(hint) if get_origin(part) is Literal for option in get_args(part)]
    if options and isinstance(value, str):
        return refusal("value", value, options)
    if isinstance(value, str) and CivilDate in _parts(hint) | {hint}:
        return _reason(parse_civil_date, value)
    if isinstance(value, str) and date in _parts(hint) | {hint}:
        return _reason(parse_date, value)
    return f"found {_shown(value)}; allowed: {_allowed(hint)}"


def _reason(parse: Any, value: str) -> str:
    try:
        parse(value)
    except ValueError as error:
        return f"found {error}"
    return f"found {value!r}; allowed: YYYY-MM-DD"


def _parts(hint: Any) -> set[Any]:
    return set(get_args(hint)) if get_origin(hint) in {Union, UnionType} else {hint}


def _allowed(hint: Any) -> str:
    """Return in words what a field of this type takes."""
    if get_origin(hint) in {Union, UnionType}:
        return " or ".join(dict.fromkeys(_allowed(part) for part in get_args(hint) if part is not NoneType))
    if get_origin(hint) is Literal:
        return "one of " + ", ".join(get_args(hint))
    if get_origin(hint) is tuple:
        return f"a list, each {_allowed(get_args(hint)[0])}"
    described = next((meta.description for meta in getattr(hint, "__metadata__", ()) if meta.description), None)
    if described:
        return str(described)
    return {
        CivilDate: "a date YYYY-MM-DD, or YYYY-MM where the day is not known",
        date: "a date YYYY-MM-DD",
        bool: "true or false",
        int: "a number",
        Decimal: "a number",
    }[hint]


def _shown(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
