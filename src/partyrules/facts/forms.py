"""Lines of facts that are right, which nearly all are: decoded by type, without looking at each key."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple, Union, get_args, get_origin

import attrs
import msgspec
from attrs import frozen

from partyrules.errors.limits import LINE_BYTES
from partyrules.facts.identifiers import may_be_flawed
from partyrules.facts.schema import bare_of, once_a_class, parts_of
from partyrules.facts.strict_json import repeated
from partyrules.facts.vocabulary import Fact, Vocabulary
from partyrules.facts.wire import canonical_instant, civil_date, exact, flaw_in, holds_ids, plain, wire_types
from partyrules.time.calendar import CivilDate, parse_civil_date


class _Kind(msgspec.Struct, gc=False):
    """What is read of a line first."""

    fact: str


_KIND: Final = msgspec.json.Decoder(_Kind)
SORTED: Final = msgspec.json.Encoder(decimal_format="number", order="sorted")
# The quotes of a key and a value.
_OF_AN_INSTANT: Final = 4
_FIRST_YEAR, _LAST_YEAR = date.min.year, date.max.year


@frozen
class Form:
    """How lines of one fact class are read: `said` is what one is decoded to, an object with its keys and no others.

    What the line leaves out is None there, so that it is not written either, or UNSET where the class has a
    value of its own, which `defaults` gives. `ids` hold an id or a list of ids. `numbers` and `dates` (of which a month
    may be enough) are checked in Python. Unless it is `free`, the class has something to say about the values and a
    fact must be made.
    """

    cls: type[Fact]
    said: type[Any]
    decoder: msgspec.json.Decoder[Any]
    defaults: Mapping[str, Any]
    ids: tuple[str, ...]
    numbers: tuple[str, ...]
    dates: tuple[str, ...]
    free: bool

    def fact(self, said: Any) -> Fact:
        """Return the fact; raise ValueError or ValidationError where its class refuses it."""
        self._complete(said)
        made = msgspec.convert(said, self.cls, dec_hook=civil_date, builtin_types=(Decimal,), from_attributes=True)
        if made.recorded_at is not None and not _FIRST_YEAR < made.recorded_at.year < _LAST_YEAR:
            raise ValueError("`recorded_at`: the time may have no UTC")
        return made

    def checked(self, said: Any) -> str | None:
        """Leave of what is said the content, and return the instant it was recorded at.

        Raises ValueError or ValidationError where the class refuses it.
        """
        if not self.free or said.until is not None:
            self.fact(said)
        else:
            if self.defaults:
                self._complete(said)
            for name in self.dates:
                parse_civil_date(getattr(said, name))
        for name in self.numbers:
            value = getattr(said, name)
            if isinstance(value, Decimal):
                setattr(said, name, plain(value))
        instant: datetime | None = said.recorded_at
        if instant is None:
            return None
        if not _FIRST_YEAR < instant.year < _LAST_YEAR:
            raise ValueError("`recorded_at`: the time may have no UTC")
        said.recorded_at = None
        return canonical_instant(instant)

    def flawed(self, said: Any) -> bool:
        """Tell whether an id in what is said can be none."""
        return any(flaw_in(getattr(said, name)) for name in self.ids)

    def _complete(self, said: Any) -> None:
        for name, value in self.defaults.items():
            if getattr(said, name) is msgspec.UNSET:
                setattr(said, name, value)


def said_by(line: bytes, vocabulary: Vocabulary) -> tuple[Form, Any] | None:
    """Return the form of a line and what it says, None where it is wrong or must be looked at closely."""
    try:
        found = said_again(line, vocabulary) if len(line) <= LINE_BYTES else None
        if found is None or _hides_something(line, found[:1], found[1:], SORTED.encode(found[1])):
            return None
    except (msgspec.DecodeError, KeyError, ValueError, RecursionError):
        return None
    return found


def said_again(line: bytes, vocabulary: Vocabulary) -> tuple[Form, Any] | None:
    """Return the form of a line that was looked at before and what it says, None where its class has no form.

    Raises KeyError, ValueError or RecursionError where the line is wrong.
    """
    form = _form_of(vocabulary.types[_KIND.decode(line).fact])
    return None if form is None else (form, form.decoder.decode(line))


class SaidByAll(NamedTuple):
    """Of some lines the form of each, what it says, when it was recorded, and its content."""

    forms: Sequence[Form]
    said: Sequence[Any]
    instants: Sequence[str | None]
    contents: Sequence[bytes]


def said_by_all(lines: Sequence[bytes], vocabulary: Vocabulary) -> SaidByAll | None:
    """Return what lines say, checked, None where one is wrong, blank or must be looked at closely."""
    forms, decoder = _reader(tuple(vocabulary.types.values()))
    # All are decoded at once, for which the end of a line is but a space: that each is one object must be seen to.
    # An object over several lines would have them end within a list or a string, and neither may be there.
    joined = b"".join(lines).rstrip(b"\n")
    ends = joined.count(b"}\n{")
    if decoder is None or not joined.startswith(b"{") or not ends == joined.count(b"\n") == len(lines) - 1:
        return None
    if len(joined) > LINE_BYTES and max(map(len, lines)) > LINE_BYTES:
        return None
    try:
        everything = decoder.decode_lines(joined)
        if len(everything) != len(lines):
            return None
        found = [forms[type(said)] for said in everything]
        # What a class adds by itself is not to be counted against a key that a line has twice.
        adding = any(form.defaults for form in found)
        before = SORTED.encode_lines(everything) if adding else None
        instants = [form.checked(said) for form, said in zip(found, everything, strict=True)]
        written = SORTED.encode_lines(everything)
        gone = 0 if adding else len(lines) - instants.count(None)
        if _hides_something(joined, found, everything, written if before is None else before, gone):
            return None
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    return SaidByAll(found, everything, instants, written.split(b"\n")[:-1])


def _hides_something(
    lines: bytes, forms: Sequence[Form], said: Sequence[Any], written: bytes, instants: int = 0
) -> bool:
    """Tell whether lines that were decoded hold a flawed id, or a key twice, of which the decoder sees the last.

    `written` is what was decoded, encoded again line by line, so many `instants` of recording left out.
    """
    if may_be_flawed(written):
        for form, one, line in zip(forms, said, written.split(b"\n"), strict=False):
            if may_be_flawed(line) and form.flawed(one):
                return True
    # What is written has each key once, and so have lines with no more quotes than it has. One that says null of
    # something has more, one that spells a quote otherwise may have fewer: these are looked at closely.
    spelt = b"\\" in lines and b"\\u0022" in lines
    if not spelt and lines.count(b'"') == written.count(b'"') + _OF_AN_INSTANT * instants:
        return False
    return any(map(repeated, lines.split(b"\n")))


@lru_cache(maxsize=8)
def _reader(classes: tuple[type[Fact], ...]) -> tuple[Mapping[type[Any], Form], msgspec.json.Decoder[Any] | None]:
    """Return the forms of the classes by what they are decoded to, and what decodes lines of any of them."""
    forms = {form.said: form for form in map(_form_of, classes) if form is not None}
    union: Any = Union[tuple(forms)] if forms else None  # noqa: UP007 - of as many as there are
    return forms, msgspec.json.Decoder(union, float_hook=exact) if forms else None


@once_a_class
def _form_of(cls: type[Fact]) -> Form | None:
    """Return how lines of a class are read, None where its fields are of types that are not foreseen here."""
    fields = wire_types(cls)
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
    unchecked = all(a.validator is None and a.converter is None for a in attributes.values())
    numbers, dates = (tuple(name for name, kind in kinds.items() if kind == which) for which in ("number", "date"))
    return Form(
        cls=cls,
        said=said,
        decoder=msgspec.json.Decoder(said, float_hook=exact),
        defaults=defaults,
        ids=tuple(name for name, hint in fields.items() if holds_ids(hint)),
        numbers=numbers,
        dates=dates,
        free=unchecked and not numbers and getattr(cls, "__attrs_post_init__", None) is Fact.__attrs_post_init__,
    )


def _kind(hint: Any) -> Literal["number", "date", "other"] | None:
    """Return how a field is read: what msgspec reads and writes exactly as it stands is `other`."""
    parts = set(map(bare_of, parts_of(hint)))
    if CivilDate in parts:
        return "date" if hint is CivilDate else None
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
