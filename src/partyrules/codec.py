"""The wire format of facts: JSON Lines to fact values and back, refusing whatever is not exactly right."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import attrs
import msgspec
from attrs import frozen

from partyrules.calendar import CivilDate, parse_civil_date, parse_date
from partyrules.errors import FactError, Problem, refusal
from partyrules.facts import CORE_VOCABULARY, Fact, Vocabulary

__all__ = [
    "Checked",
    "Decoded",
    "canonical_instant",
    "checked",
    "checked_lines",
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
_WITHOUT_FRACTION: Final = len('"2018-03-15T01:00:00Z"')


class Checked(msgspec.Struct, frozen=True, gc=False):
    """What a line says, checked: all that is needed to record it, without the fact being made.

    `content` are its canonical bytes, `recorded_at` its canonical instant or None where the line gives none; it
    stood in `line`, if that is not 0, of `source`. Made by `checked` and `checked_lines`, which vouch for it.
    """

    # Not attrs: there is one for each line of a file, and these are made in a tenth of the time.
    id: str
    cls: type[Fact]
    content: bytes
    recorded_at: str | None
    source: str
    line: int = 0

    @property
    def where(self) -> str:
        """Where it stood, in words."""
        return f"{self.source}, line {self.line}" if self.line else self.source


@frozen
class Decoded:
    """What a stream of lines held: each fact with the place it stood, and every problem found."""

    facts: tuple[tuple[str, Fact], ...]
    problems: tuple[Problem, ...]


def decode_fact(line: str | bytes, *, where: str = "fact", vocabulary: Vocabulary = CORE_VOCABULARY) -> Fact:
    """Return the fact that one line of JSON holds; raise FactError with every problem of the line."""
    found = _read(line, vocabulary)
    if found is not None:
        form, said = found
        try:
            return form.fact(said)
        except (msgspec.ValidationError, ValueError):
            pass  # the problems are looked up one by one, for the message
    return _decoded(line, where=where, vocabulary=vocabulary)


def _decoded(line: str | bytes, *, where: str, vocabulary: Vocabulary) -> Fact:
    """Return the fact of any line, whatever is right or wrong with it."""
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


def checked(line: str | bytes, *, where: str = "fact", vocabulary: Vocabulary = CORE_VOCABULARY) -> Checked:
    """Return what one line of JSON says, as exactly checked as by `decode_fact`; raise FactError as that does."""
    found = _read(line, vocabulary)
    if found is not None:
        form, said = found
        try:
            instant = form.checked(said)
            return Checked(said.id, form.cls, _SORTED.encode(said), instant, where)
        except (msgspec.ValidationError, ValueError):
            pass  # the problems are looked up one by one, for the message
    fact = _decoded(line, where=where, vocabulary=vocabulary)
    instant = None if fact.recorded_at is None else canonical_instant(fact.recorded_at)
    return Checked(fact.id, type(fact), content(fact), instant, where)


def checked_lines(
    lines: Iterable[bytes], *, source: str = "facts", vocabulary: Vocabulary = CORE_VOCABULARY
) -> Iterator[Checked | FactError]:
    """Yield for each line that is not blank what it says, or the error that refuses it."""
    given = iter(lines)
    before = 0
    while some := list(islice(given, _LINES_AT_ONCE)):
        right = _all_right(some, source, before, vocabulary)
        yield from right if right is not None else _each(some, source, before, vocabulary)
        before += len(some)


def _each(lines: Sequence[bytes], source: str, before: int, vocabulary: Vocabulary) -> Iterator[Checked | FactError]:
    for number, line in enumerate(lines, start=before + 1):
        if line.strip():
            try:
                found = checked(line, where=f"{source}, line {number}", vocabulary=vocabulary)
                yield msgspec.structs.replace(found, source=source, line=number)
            except FactError as error:
                yield error


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
    values = ((name, fact.wire if name == "fact" else getattr(fact, name)) for name in _keys(type(fact)))
    return _ENCODER.encode({name: _plain(value) for name, value in values if value is not None})


def parse_instant(text: str) -> datetime:
    """Return the instant that an RFC 3339 time with offset names; raise ValueError for anything else."""
    try:
        found = msgspec.convert(text, datetime)
    except msgspec.ValidationError:
        found = None
    if found is None or found.tzinfo is None:
        raise ValueError(f"{text!r} is not a time; a time is RFC 3339 with offset, e.g. 2018-03-15T09:00:00+08:00")
    return found


def canonical_instant(instant: datetime) -> str:
    """Return an instant as text of one length that sorts as time does; raise ValueError without an offset."""
    if instant.tzinfo is None:
        raise ValueError(f"found {instant}; allowed: a time with offset, e.g. 2018-03-15T09:00:00+08:00")
    try:
        # Ten times as fast as isoformat; the quotes are cut off.
        said = _ENCODER.encode(instant.astimezone(UTC))
    except OverflowError:
        raise ValueError(f"found {instant}; allowed: the years 1 to 9999 in UTC") from None
    return said[1:20].decode() + ".000000Z" if len(said) == _WITHOUT_FRACTION else said[1:-1].decode()


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
    if isinstance(value, str | tuple):
        return value
    if isinstance(value, CivilDate):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value.normalize()
    return value


_KEYS: Final[dict[type[Fact], tuple[str, ...]]] = {}


def _keys(cls: type[Fact]) -> tuple[str, ...]:
    """Return the keys of the canonical content in order; worked out once a class."""
    if cls not in _KEYS:
        _KEYS[cls] = tuple(sorted({"fact", *_fields(cls)} - {"recorded_at"}))
    return _KEYS[cls]


_FIELDS: Final[dict[type[Fact], dict[str, Any]]] = {}


def _fields(cls: type[Fact]) -> dict[str, Any]:
    """Return the type of each field of a fact class; worked out once a class."""
    if cls not in _FIELDS:
        hints = get_type_hints(cls, include_extras=True)
        _FIELDS[cls] = {attribute.name: hints[attribute.name] for attribute in attrs.fields(cls)}
    return _FIELDS[cls]


# Lines that are right, which nearly all are: decoded by type, without looking at each key --------------------------


class _Kind(msgspec.Struct, gc=False):
    """What is read of a line first."""

    fact: str


_KIND: Final = msgspec.json.Decoder(_Kind)
_SORTED: Final = msgspec.json.Encoder(decimal_format="number", order="sorted")
_LINES_AT_ONCE: Final = 1000
_FIRST_YEAR, _LAST_YEAR = date.min.year, date.max.year


@frozen
class _Form:
    """How lines of one fact class are read: `said` is what one is decoded to, an object with its keys and no others.

    What the line leaves out is None there, so that it is not written either, or UNSET where the class has a
    value of its own, which `defaults` gives. `numbers` and `dates` (of which a month may be enough) are checked
    in Python. Unless it is `plain`, the class has something to say about the values and a fact must be made.
    """

    cls: type[Fact]
    said: type[Any]
    decoder: msgspec.json.Decoder[Any]
    defaults: Mapping[str, Any]
    numbers: tuple[str, ...]
    dates: tuple[str, ...]
    plain: bool

    def fact(self, said: Any) -> Fact:
        """Return the fact; raise ValueError or ValidationError where its class refuses it."""
        self._complete(said)
        made = msgspec.convert(said, self.cls, dec_hook=_civil_date, builtin_types=(Decimal,), from_attributes=True)
        if made.recorded_at is not None and not _FIRST_YEAR < made.recorded_at.year < _LAST_YEAR:
            raise ValueError("`recorded_at`: the time may have no UTC")
        return made

    def checked(self, said: Any) -> str | None:
        """Leave of what is said the content, and return the instant it was recorded at.

        Raises ValueError or ValidationError where the class refuses it.
        """
        if not self.plain or said.until is not None:
            self.fact(said)
        else:
            if self.defaults:
                self._complete(said)
            for name in self.dates:
                parse_civil_date(getattr(said, name))
        for name in self.numbers:
            value = getattr(said, name)
            if isinstance(value, Decimal):
                setattr(said, name, _plain(value))
        instant: datetime | None = said.recorded_at
        if instant is None:
            return None
        if not _FIRST_YEAR < instant.year < _LAST_YEAR:
            raise ValueError("`recorded_at`: the time may have no UTC")
        said.recorded_at = None
        return canonical_instant(instant)

    def _complete(self, said: Any) -> None:
        for name, value in self.defaults.items():
            if getattr(said, name) is msgspec.UNSET:
                setattr(said, name, value)


def _read(line: str | bytes, vocabulary: Vocabulary) -> tuple[_Form, Any] | None:
    """Return the form of a line and what it says, None where it is wrong or must be looked at closely."""
    try:
        form = _form(vocabulary.types[_KIND.decode(line).fact])
        return None if form is None else (form, form.decoder.decode(line))
    except (msgspec.DecodeError, KeyError, UnicodeError, RecursionError):
        return None


def _all_right(lines: Sequence[bytes], source: str, before: int, vocabulary: Vocabulary) -> list[Checked] | None:
    """Return what the lines say, None where any of them is wrong or must be looked at closely."""
    forms, decoder = _reader(tuple(vocabulary.types.values()))
    # All are decoded at once, for which the end of a line is but a space: that each is one object must be seen to.
    # An object over several lines would have them end within a list or a string, and neither may be there.
    joined = b"".join(lines).rstrip(b"\n")
    ends = joined.count(b"}\n{")
    if decoder is None or not joined.startswith(b"{") or not ends == joined.count(b"\n") == len(lines) - 1:
        return None
    try:
        everything = decoder.decode_lines(joined)
        if len(everything) != len(lines):
            return None
        instants = [forms[type(said)].checked(said) for said in everything]
        contents = _SORTED.encode_lines(everything).split(b"\n")
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    return [
        Checked(said.id, forms[type(said)].cls, content, instant, source, number)
        for number, (said, content, instant) in enumerate(
            zip(everything, contents, instants, strict=False), start=before + 1
        )
    ]


@lru_cache(maxsize=8)
def _reader(classes: tuple[type[Fact], ...]) -> tuple[Mapping[type[Any], _Form], msgspec.json.Decoder[Any] | None]:
    """Return the forms of the classes by what they are decoded to, and what decodes lines of any of them."""
    forms = {form.said: form for form in map(_form, classes) if form is not None}
    union: Any = Union[tuple(forms)] if forms else None  # noqa: UP007 - of as many as there are
    return forms, msgspec.json.Decoder(union, float_hook=_exact) if forms else None


_FORMS: Final[dict[type[Fact], _Form | None]] = {}


def _form(cls: type[Fact]) -> _Form | None:
    if cls not in _FORMS:
        _FORMS[cls] = _new_form(cls)
    return _FORMS[cls]


def _new_form(cls: type[Fact]) -> _Form | None:
    """Return how lines of a class are read, None where its fields are of types that are not foreseen here."""
    fields = _fields(cls)
    kinds = {name: _kind(hint) for name, hint in fields.items() if name != "recorded_at"}
    attributes = {attribute.name: attribute for attribute in attrs.fields(cls)}
    if None in kinds.values() or "fact" in fields:
        return None
    keys: list[Any] = []
    defaults: dict[str, Any] = {}
    for name, hint in fields.items():
        default = attributes[name].default
        written = {"number": Any, "date": str}.get(kinds.get(name) or "", hint)
        if default is attrs.NOTHING or name == "id":
            keys.append((name, written))
        elif default is None:
            keys.append((name, written, None))
        elif isinstance(default, attrs.Factory):  # type: ignore[arg-type]  # a class, whatever its stub says
            return None
        else:
            keys.append((name, written | msgspec.UnsetType, msgspec.UNSET))
            defaults[name] = default
    said = msgspec.defstruct(
        cls.__name__,
        keys,
        kw_only=True,
        omit_defaults=True,
        forbid_unknown_fields=True,
        gc=False,
        tag_field="fact",
        tag=cls.wire,
    )
    free = all(a.validator is None and a.converter is None for a in attributes.values())
    numbers, dates = (tuple(name for name, kind in kinds.items() if kind == which) for which in ("number", "date"))
    return _Form(
        cls=cls,
        said=said,
        decoder=msgspec.json.Decoder(said, float_hook=_exact),
        defaults=defaults,
        numbers=numbers,
        dates=dates,
        plain=free and not numbers and getattr(cls, "__attrs_post_init__", None) is Fact.__attrs_post_init__,
    )


def _kind(hint: Any) -> Literal["number", "date", "other"] | None:
    """Return how a field is read: what msgspec reads and writes exactly as it stands is `other`."""
    parts = {get_args(part)[0] if get_origin(part) is Annotated else part for part in _parts(hint)} - {NoneType}
    if CivilDate in parts:
        return "date" if _parts(hint) == {CivilDate} else None
    if parts and parts <= {int, Decimal}:
        return "number"
    if len(parts) != 1:
        return None
    [part] = parts
    listed = get_args(part) if get_origin(part) is tuple else ()
    if listed[1:] == (...,) and _kind(listed[0]) == "other":
        return "other"
    literal = get_origin(part) is Literal and all(isinstance(value, str) for value in get_args(part))
    return "other" if literal or part in {str, bool, date} else None


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
