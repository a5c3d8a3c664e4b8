"""The canonical encoding of rule trees: values to JSON and back, so that a pack is data for any other program too.

Each value is an object whose key `type` names its class, with the fields that differ from their defaults: a new
optional field changes no encoding. What authors say in one word is said in the kernel of the language, so that whoever
reads it need not know more. Fingerprints are taken of it, decision records carry it, and it is what
`partyrules packs --export` writes.
"""

import copyreg
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from hashlib import sha256
from inspect import cleandoc
from types import NoneType, UnionType, new_class
from typing import Annotated, Any, ClassVar, Final, Literal, Union, get_args, get_origin, get_type_hints

import attrs
import msgspec

from partyrules import history
from partyrules.errors import PackError, refusal
from partyrules.facts import vocabulary as facts
from partyrules.facts.schema import COMMON, entry_of, field_types, is_list, once_a_class, parts_of
from partyrules.facts.strict_json import shown
from partyrules.facts.vocabulary import Fact
from partyrules.language import kernel as expressions
from partyrules.language import rules, standing
from partyrules.packs import document as clauses
from partyrules.time.calendar import CivilDate, Span

_TYPE: Final = "type"
_FACT_TYPE: Final = "FactType"


def encoded(value: Any) -> Any:
    """Return a value of a rule tree as JSON: objects, arrays, strings, whole numbers, true, false and null."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, expressions.Sugar):
        return encoded(value.lower())
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [encoded(each) for each in value]
    if isinstance(value, Mapping):
        return {str(key): encoded(each) for key, each in value.items()}
    if isinstance(value, type) and issubclass(value, Fact):
        return _encoded_fact_type(value)
    if not attrs.has(type(value)):
        raise PackError(f"found {type(value).__name__}, which no file can hold; allowed: values of the rule language")
    said = {_TYPE: type(value).__name__}
    for attribute in attrs.fields(type(value)):
        if attribute.init and getattr(value, attribute.name) != _default_of(attribute):
            said[attribute.name] = encoded(getattr(value, attribute.name))
    return said


def canonical(value: Any) -> bytes:
    """Return the bytes of the encoding, the same for equal values."""
    return msgspec.json.encode(encoded(value), order="sorted")


def fingerprint_of(value: Any) -> str:
    """Return the SHA-256 of the encoding, in hex."""
    return sha256(canonical(value)).hexdigest()


def _default_of(attribute: "attrs.Attribute[Any]") -> Any:
    default: Any = attribute.default
    return default.factory() if isinstance(default, attrs.Factory) else default  # type: ignore[arg-type]  # a class, whatever its stub says


# Back from JSON ----------------------------------------------------------------------------------------------------


def decoded(said: Any, cls: type[Any]) -> Any:
    """Return the value of class `cls` that an encoding says; raise PackError that names the path of what is wrong."""
    try:
        found = _decoded(said, cls.__name__, {**_classes(), cls.__name__: cls})
    except RecursionError:
        raise PackError(f"{cls.__name__}: it is nested too deep") from None
    if not isinstance(found, cls):
        raise PackError(f"found {shown(said)}; allowed: an object with `type` {cls.__name__}")
    return found


def _decoded(said: Any, path: str, known: Mapping[str, type[Any]]) -> Any:
    if isinstance(said, list):
        return tuple(_decoded(each, f"{path}[{number}]", known) for number, each in enumerate(said))
    if not isinstance(said, dict):
        return said
    name = said.get(_TYPE)
    if name is None:
        return {key: _decoded(each, f"{path}.{key}", known) for key, each in said.items()}
    if name == _FACT_TYPE:
        return _decoded_fact_type(said, path)
    if not isinstance(name, str) or name not in known:
        raise PackError(f"{path}: {refusal('type', name, known)}")
    cls = known[name]
    dates = _date_fields(cls)
    fields = {attribute.name for attribute in attrs.fields(cls) if attribute.init}
    values: dict[str, Any] = {}
    for key, each in said.items():
        if key == _TYPE:
            continue
        if key not in fields:
            raise PackError(f"{path}: {refusal('field', key, fields)}")
        values[key] = _date(each, f"{path}.{key}") if key in dates else _decoded(each, f"{path}.{key}", known)
    try:
        return cls(**values)
    except PackError as error:
        raise PackError(f"{path}: {error}") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise PackError(f"{path}: a {name} cannot be made of this: {error}") from None


def _date(said: Any, path: str) -> date | None:
    try:
        return None if said is None else date.fromisoformat(said)
    except (TypeError, ValueError):
        raise PackError(f"{path}: found {shown(said)}; allowed: a date YYYY-MM-DD") from None


@once_a_class
def _date_fields(cls: type[Any]) -> frozenset[str]:
    return frozenset(name for name, hint in get_type_hints(cls).items() if date in {hint, *get_args(hint)})


@cache
def _classes() -> Mapping[str, type[Any]]:
    """Return every class that a rule tree is made of, by its name."""
    homes = (clauses, expressions, rules)
    found = [vars(home)[name] for home in homes for name in home.__all__]
    every = [*found, history.Relation, standing.RecordStanding, Span]
    return {each.__name__: each for each in every if isinstance(each, type) and attrs.has(each)}


# A pack's own fact types -------------------------------------------------------------------------------------------

# What a field takes, by the word for it; in this order, for the first that fits is taken.
_TAKES: Final[Mapping[str, Any]] = {
    "person": facts.Person,
    "unit": facts.Unit,
    "building": facts.Building,
    "name": facts.Name,
    "text": facts.Text,
    "string": str,
    "flag": bool,
    "day": date,
    "date": CivilDate,
    "number": int | Decimal,
    "integer": int,
    "decimal": Decimal,
}


def _encoded_fact_type(cls: type[Fact]) -> dict[str, Any]:
    """Return a fact type as its wire name and its own fields; raise PackError where it checks something in Python."""
    checks = [a.name for a in attrs.fields(cls) if a.name not in COMMON and (a.validator or a.converter)]
    if checks or cls.__attrs_post_init__ is not Fact.__attrs_post_init__:
        where = f"field `{checks[0]}`" if checks else "`__attrs_post_init__`"
        raise PackError(f"fact type `{cls.wire}`, {where}: found a check in Python, which no file can hold")
    fields = [
        _encoded_field(attribute, field_types(cls)[attribute.name], cls.wire)
        for attribute in attrs.fields(cls)
        if attribute.name not in COMMON
    ]
    says = cleandoc(cls.__doc__ or "")
    return {_TYPE: _FACT_TYPE, "wire": cls.wire, "class": cls.__name__, "says": says, "fields": fields}


def _encoded_field(attribute: "attrs.Attribute[Any]", hint: Any, wire: str) -> dict[str, Any]:
    entry: Any = entry_of(hint) if is_list(hint) else Union[parts_of(hint)]  # noqa: UP007 - of as many as there are
    said: dict[str, Any] = {"name": attribute.name, "takes": _takes(entry, wire, attribute.name)}
    if is_list(hint):
        said["list"] = True
    if attribute.default is not attrs.NOTHING:
        said["default"] = encoded(_default_of(attribute))
    return said


def _takes(hint: Any, wire: str, name: str) -> str | list[str]:
    if get_origin(hint) is Literal:
        return list(get_args(hint))
    for word, taken in _TAKES.items():
        if hint == taken:
            return word
    raise PackError(f"fact type `{wire}`, field `{name}`: found {hint}; allowed: {', '.join(_TAKES)}, or a choice")


def _decoded_fact_type(said: Mapping[str, Any], path: str) -> type[Fact]:
    try:
        made = msgspec.convert(said, _FactType)
    except msgspec.ValidationError as error:
        raise PackError(f"{path}: not a fact type: {error}") from None
    if not made.name.isidentifier() or not re.fullmatch(r"[a-z][a-z0-9_]*", made.wire):
        raise PackError(f"{path}: found {made.wire!r}; allowed: a name such as `game_played`")
    annotations: dict[str, Any] = {"wire": ClassVar[str]}
    body: dict[str, Any] = {"wire": made.wire, "__doc__": made.says, "__annotations__": annotations}
    for each in made.fields:
        if isinstance(each.takes, str) and each.takes not in _TAKES:
            raise PackError(f"{path}, field `{each.name}`: {refusal('`takes`', each.takes, _TAKES)}")
        if not each.name.isidentifier() or each.name in COMMON:
            raise PackError(f"{path}: found the field {each.name!r}; allowed: a name of its own")
        taken: Any = _TAKES[each.takes] if isinstance(each.takes, str) else Literal[tuple(each.takes)]
        taken = tuple[taken, ...] if each.list else taken
        annotations[each.name] = taken | None if each.default is None else taken
        if each.default is not msgspec.UNSET:
            body[each.name] = tuple(each.default) if isinstance(each.default, list) else each.default
    bare = new_class(made.name, (Fact,), {"metaclass": _Decoded}, lambda space: space.update(body))
    cls: type[Fact] = attrs.frozen(kw_only=True)(bare)
    # What is said twice is one class, so that what is made of it is equal.
    return _DECODED.setdefault(canonical(cls), cls)


class _Decoded(type):
    """The type of fact types that stand in no module: each is pickled as its encoding."""


_DECODED: Final[dict[bytes, type[Fact]]] = {}


def _unpickled(said: bytes) -> Any:
    return _DECODED.get(said) or _decoded_fact_type(msgspec.json.decode(said), "pickle")


copyreg.pickle(_Decoded, lambda cls: (_unpickled, (canonical(cls),)))


class _Field(msgspec.Struct, forbid_unknown_fields=True):
    """One field of a pack's own fact type, as it is written."""

    name: str
    takes: str | list[str]
    list: bool = False
    default: Any = msgspec.UNSET


class _FactType(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag=_FACT_TYPE):
    """A pack's own fact type, as it is written."""

    wire: str
    says: str
    fields: tuple[_Field, ...]
    name: str = msgspec.field(name="class")


# What an exported pack looks like ----------------------------------------------------------------------------------


def json_schema(cls: type[Any]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the encoding of a class, each class that may stand in it by its name."""
    known = {**_classes(), cls.__name__: cls}
    definitions = {name: _schema_of(each, known) for name, each in sorted(known.items())}
    definitions[_FACT_TYPE] = msgspec.json.schema(_FactType)["$defs"]["_FactType"] | {"title": _FACT_TYPE}
    definitions |= {name: each for name, each in msgspec.json.schema(_FactType)["$defs"].items() if name == "_Field"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{cls.__name__} of partyrules",
        "$ref": f"#/$defs/{cls.__name__}",
        "$defs": definitions,
    }


def _schema_of(cls: type[Any], known: Mapping[str, type[Any]]) -> dict[str, Any]:
    hints = get_type_hints(cls)
    fields = [attribute for attribute in attrs.fields(cls) if attribute.init]
    return {
        "description": cleandoc(cls.__doc__ or "").partition("\n")[0],
        "type": "object",
        "properties": {_TYPE: {"const": cls.__name__}, **{a.name: _hint_schema(hints[a.name], known) for a in fields}},
        "required": [_TYPE, *(a.name for a in fields if a.default is attrs.NOTHING)],
        "additionalProperties": False,
    }


def _hint_schema(hint: Any, known: Mapping[str, type[Any]]) -> dict[str, Any]:
    plain: dict[Any, dict[str, Any]] = {
        str: {"type": "string"},
        bool: {"type": "boolean"},
        int: {"type": "integer"},
        date: {"type": "string", "format": "date"},
        NoneType: {"type": "null"},
    }
    origin, args = get_origin(hint), get_args(hint)
    if hint in plain:
        found = plain[hint]
    elif origin is Annotated:
        found = _hint_schema(args[0], known)
    elif origin is Literal:
        found = {"enum": list(args)}
    elif origin is tuple and args[1:] == (...,):
        found = {"type": "array", "items": _hint_schema(args[0], known)}
    elif origin is tuple:
        found = {"type": "array", "prefixItems": [_hint_schema(each, known) for each in args], "items": False}
    elif origin in {Union, UnionType}:
        found = {"anyOf": [_hint_schema(each, known) for each in args]}
    elif origin is type:
        found = {"$ref": f"#/$defs/{_FACT_TYPE}"}
    elif isinstance(hint, type) and (names := [name for name, each in known.items() if issubclass(each, hint)]):
        # A reading may stand in the place of any node.
        found = {"anyOf": [{"$ref": f"#/$defs/{name}"} for name in sorted({*names, "ByReading"})]}
    elif origin is not None and issubclass(origin, Mapping):
        found = {"type": "object"}
    else:
        found = {}
    return found
