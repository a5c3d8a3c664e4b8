"""CloudEvents 1.0 in JSON: facts out of events, one a line, alone or in a batch, and facts and findings as events."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, Final

import msgspec

from partyrules.errors import FactError, Problem
from partyrules.facts.codec import Checked, canonical_instant, checked, checked_lines, to_wire
from partyrules.facts.reading import lines_of, text_of
from partyrules.facts.schema import naming_fields
from partyrules.facts.strict_json import decode, shown
from partyrules.facts.vocabulary import Fact, Vocabulary
from partyrules.facts.wire import exact, parse_instant

SOURCE: Final = "urn:partyrules"
"""What events of this library give as their source where nobody says another."""

_VERSION: Final = "1.0"
_PREFIX: Final = "partyrules.fact."
_JSON: Final = "application/json"
_TEXTS: Final = ("id", "source", "type")
_OPTIONAL_TEXTS: Final = ("subject", "dataschema")
_ATTRIBUTES: Final = frozenset({"specversion", *_TEXTS, *_OPTIONAL_TEXTS, "datacontenttype", "time"})
_NAME: Final = re.compile("[a-z0-9]+")
_MEDIA_TYPE: Final = re.compile(r"(?i:[\w.+-]+/(?:[\w.-]+\+)?json)\s*(?:;.*)?")
_LIST: Final = re.compile(r"\s*\[")
_SUFFIX: Final = ".json"
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")
_DECODER: Final = msgspec.json.Decoder(float_hook=exact)


# Out ---------------------------------------------------------------------------------------------------------------


def event(data: Mapping[str, Any] | msgspec.Raw, attributes: Mapping[str, str | None]) -> bytes:
    """Return an event in structured mode as one line of JSON; an attribute that is None is left out."""
    given = {name: value for name, value in attributes.items() if value is not None}
    return _ENCODER.encode({"specversion": _VERSION, **given, "datacontenttype": _JSON, "data": data})


def event_of(fact: Fact, *, source: str = SOURCE) -> bytes:
    """Return a fact as an event: its id and type, whom it names first, when it was recorded, and the fact as data."""
    named = (getattr(fact, name) for name in naming_fields(type(fact)))
    attributes = {
        "id": fact.id,
        "source": source,
        "type": f"{_PREFIX}{fact.wire}",
        "subject": next((value for value in named if isinstance(value, str)), None),
        "time": None if fact.recorded_at is None else canonical_instant(fact.recorded_at),
    }
    return event(to_wire(fact), attributes)


# In ----------------------------------------------------------------------------------------------------------------


def checked_file(path: Path, *, vocabulary: Vocabulary) -> Iterator[Checked | FactError]:
    """Return what each fact of a file says, or the error that refuses it, as it is come to.

    A `.json` file is an event, a fact, or an array of them; any other has one a line. Raises FactError or QueryError
    where the file cannot be read.
    """
    if path.suffix.lower() == _SUFFIX:
        return _checked_each(_entries(path), vocabulary)
    lines = lines_of(path)
    before: list[bytes] = []
    for line in lines:
        before.append(line)
        if line.strip():
            break
    given = chain(before, lines)
    if before and b'"specversion"' in before[-1]:
        numbered = enumerate(given, start=1)
        return _checked_each(((f"{path}, line {n}", line) for n, line in numbered if line.strip()), vocabulary)
    return checked_lines(given, source=str(path), vocabulary=vocabulary)


def _entries(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each entry of the array in a file, or what else it holds, with the place where it stands."""
    text = text_of(path).encode()
    if not _LIST.match(text.decode()):
        yield str(path), text
        return
    try:
        found = msgspec.json.decode(text, type=list[msgspec.Raw])
    except (msgspec.DecodeError, RecursionError) as error:
        raise FactError([Problem(str(path), f"not a JSON array: {error}")]) from None
    for number, raw in enumerate(found, start=1):
        yield f"{path}, event {number}", bytes(raw)


def _checked_each(entries: Iterable[tuple[str, bytes]], vocabulary: Vocabulary) -> Iterator[Checked | FactError]:
    for where, said in entries:
        try:
            yield checked(_fact_in(said, where, vocabulary), where=where, vocabulary=vocabulary)
        except FactError as error:
            yield error


def _fact_in(said: bytes, where: str, vocabulary: Vocabulary) -> bytes:
    """Return the line of the fact that an event carries; what is no event is returned as it is."""
    if b'"specversion"' not in said:
        return said
    try:
        found = decode(said, decoder=_DECODER)
    except ValueError as error:
        raise FactError([Problem(where, f"not a JSON object: {error}")]) from None
    if not isinstance(found, dict) or "specversion" not in found:
        return said
    problems = [*_attribute_problems(found)]
    data = _data(found, problems)
    if problems:
        raise FactError([Problem(where, told) for told in problems])
    wire = found["type"].removeprefix(_PREFIX)
    if wire in vocabulary.types and data.setdefault("fact", wire) != wire:
        told = (
            f"attribute `type`: found {shown(found['type'])}, but the data is {shown(data['fact'])}; allowed: the same"
        )
        raise FactError([Problem(where, told)])
    data.setdefault("id", found["id"])
    return _ENCODER.encode(data)


def _attribute_problems(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the attributes of an event."""
    if found["specversion"] != _VERSION:
        yield f"attribute `specversion`: found {shown(found['specversion'])}; allowed: {shown(_VERSION)}"
    for name in _TEXTS:
        if name not in found:
            yield f"attribute `{name}`: missing; every event has it"
    for name in (*_TEXTS, *_OPTIONAL_TEXTS):
        if name in found and (found[name] is not None or name in _TEXTS) and not _is_text(found[name]):
            yield f"attribute `{name}`: found {shown(found[name])}; allowed: a string that is not empty"
    kind, time = found.get("datacontenttype"), found.get("time")
    if kind is not None and not (isinstance(kind, str) and _MEDIA_TYPE.fullmatch(kind)):
        yield f"attribute `datacontenttype`: found {shown(kind)}; allowed: {_JSON}, or another type of JSON"
    if time is not None and not _is_instant(time):
        yield f"attribute `time`: found {shown(time)}; allowed: RFC 3339 with offset, e.g. 2018-03-15T09:00:00+08:00"
    for name, value in found.items():
        if name in _ATTRIBUTES or name in ("data", "data_base64"):
            continue
        if not _NAME.fullmatch(name):
            yield f"attribute `{name}`: not a name of an attribute; allowed: lower-case letters and digits"
        elif not isinstance(value, str | int | bool | None):
            yield f"attribute `{name}`: found {shown(value)}; allowed: a string, a whole number, true or false"


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_instant(value: Any) -> bool:
    try:
        parse_instant(value)
    except (ValueError, TypeError):
        return False
    return True


def _data(found: Mapping[str, Any], problems: list[str]) -> dict[str, Any]:
    """Return the fact that an event has as its data; what is wrong with it joins the problems."""
    data = found.get("data")
    if "data_base64" in found:
        if "data" in found:
            problems.append("`data` and `data_base64` are both given; allowed: one of them")
            return {}
        try:
            data = decode(base64.b64decode(found["data_base64"], validate=True), decoder=_DECODER)
        except (ValueError, TypeError, binascii.Error) as error:
            problems.append(f"`data_base64`: not a fact in JSON: {error}")
            return {}
    if isinstance(data, dict):
        return dict(data)
    problems.append(f"`data`: found {shown(data)}; allowed: a fact, as a JSON object")
    return {}
