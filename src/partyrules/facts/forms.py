"""Lines of facts that are right, which nearly all are: decoded by type, without looking at each key."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from types import NoneType
from typing import Any, Final, Literal, Union, get_args, get_origin

import attrs
import msgspec
from attrs import frozen

from partyrules.errors.limits import LINE_BYTES
from partyrules.facts.fact import bounded, not_negative
from partyrules.facts.identifiers import may_be_flawed
from partyrules.facts.schema import bare_of, once_a_class, parts_of
from partyrules.facts.strict_json import repeated
from partyrules.facts.vocabulary import Fact, Vocabulary
from partyrules.facts.wire import canonical_instants, civil_date, exact, flaw_in, holds_ids, plain, wire_types
from partyrules.time.calendar import CivilDate, parse_civil_date


class _Kind(msgspec.Struct, gc=False):
    """What is read of a line first."""

    fact: str


_KIND: Final = msgspec.json.Decoder(_Kind)
SORTED: Final = msgspec.json.Encoder(decimal_format="number", order="sorted")
_LINE_FEED, _QUOTE, _FIRST, _LAST = b'\n"{}'
_MANY_BYTES: Final = 10_000
# The quotes of a key and a value.
_OF_AN_INSTANT: Final = 4
# What has nothing to say of a number that is not there, and looks at nothing but the number.
_OF_A_NUMBER: Final = (bounded, not_negative)
# The years of which a time may have no UTC.
_EDGES: Final = frozenset({date.min.year, date.max.year})


@frozen
class Form:
    """How lines of one fact class are read: `said` is what one is decoded to, an object with its keys and no others.

    What the line leaves out is None there, so that it is not written either, or UNSET where the class has a
    value of its own, which `defaults` gives. `ids` hold an id or a list of ids. `numbers` and `dates` (of which a month
    may be enough) are checked in Python: of a number its type, then what its class asks. Unless it is `free`, the class
    has more to say about the values and a fact must be made.
    """

    cls: type[Fact]
    said: type[Any]
    decoder: msgspec.json.Decoder[Any]
    defaults: Mapping[str, Any]
    ids: tuple[str, ...]
    numbers: Mapping[str, tuple[frozenset[type], "attrs.Attribute[Any]"]]
    dates: tuple[str, ...]
    free: bool

    def fact(self, said: Any) -> Fact:
        """Return the fact; raise ValueError or ValidationError where its class refuses it."""
        self._complete(said)
        made = msgspec.convert(said, self.cls, dec_hook=civil_date, builtin_types=(Decimal,), from_attributes=True)
        if made.recorded_at is not None and made.recorded_at.year in _EDGES:
            raise ValueError("`recorded_at`: the time may have no UTC")
        return made

    def checked(self, some: Sequence[Any]) -> None:
        """Leave of what lines say the content, and when they were recorded.

        Raises ValueError or ValidationError where the class refuses one.
        """
        for said in some if self.defaults else ():
            self._complete(said)
        for name in self.dates:
            for text in set(map(attrgetter(name), some)):
                parse_civil_date(text)
        closely = [said for said in some if said.until is not None] if self.free else some
        odd: list[str] = []
        for name, (usual, attribute) in self.numbers.items():
            values = list(map(attrgetter(name), some))
            if not usual.issuperset(map(type, values)):
                closely = some
                odd.append(name)
            elif self.free and attribute.validator is not None:
                for value in set(values):
                    attribute.validator(None, attribute, value)
        for said in closely:
            self.fact(said)
            for name in odd:
                setattr(said, name, plain(getattr(said, name)))

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


def said_by_all(
    lines: Sequence[bytes], vocabulary: Vocabulary
) -> tuple[Sequence[type[Fact]], Sequence[Any], Sequence[str | None], Sequence[bytes]] | None:
    """Return the class of each line, what it says, checked, when it was recorded, and its content.

    None where one is wrong, blank or must be looked at closely.
    """
    forms, decoder = _reader(tuple(vocabulary.types.values()))
    # All are decoded at once, for which the end of a line is but a space: that each is one object must be seen to.
    # An object over several lines would have them end within a list or a string, and neither may be there.
    joined = b"".join(lines).rstrip(b"\n")
    if decoder is None or not joined.startswith(b"{"):
        return None
    # Not at the head: who reads facts one by one has no use for it, and would wait until it is loaded.
    import numpy as np  # noqa: PLC0415 - see above

    held = np.frombuffer(joined, np.uint8)
    ends = np.flatnonzero(held == _LINE_FEED)
    if len(ends) != len(lines) - 1 or np.any(held[ends - 1] != _LAST) or np.any(held[ends + 1] != _FIRST):
        return None
    if len(joined) > LINE_BYTES and max(map(len, lines)) > LINE_BYTES:
        return None
    try:
        everything = decoder.decode_lines(joined)
        if len(everything) != len(lines):
            return None
        kinds: dict[type[Any], list[Any]] = defaultdict(list)
        for said in everything:
            kinds[type(said)].append(said)
        # What a class adds by itself is not to be counted against a key that a line has twice.
        adding = any(forms[kind].defaults for kind in kinds)
        before = SORTED.encode_lines(everything) if adding else None
        for kind, some in kinds.items():
            forms[kind].checked(some)
        instants = instants_taken(everything)
        written = SORTED.encode_lines(everything)
        gone = 0 if adding else len(lines) - instants.count(None)
        found = list(map(forms.__getitem__, map(type, everything)))
        if _hides_something(joined, found, everything, written if before is None else before, gone):
            return None
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    return [form.cls for form in found], everything, instants, written.split(b"\n")[:-1]


def instants_taken(some: Sequence[Any]) -> Sequence[str | None]:
    """Return when lines were recorded, leaving it out of what they say; raise ValueError for what may have no UTC."""
    recorded = [said.recorded_at for said in some]
    known = [instant for instant in recorded if instant is not None]
    if not known:
        return recorded
    if not _EDGES.isdisjoint({instant.year for instant in known}):
        raise ValueError("`recorded_at`: the time may have no UTC")
    texts = canonical_instants(known)
    for said in some:
        said.recorded_at = None
    given = iter(texts)
    return texts if len(texts) == len(some) else [instant and next(given) for instant in recorded]


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
    if not spelt and _quotes(lines) == _quotes(written) + _OF_AN_INSTANT * instants:
        return False
    return any(map(repeated, lines.split(b"\n")))


def _quotes(text: bytes) -> int:
    if len(text) < _MANY_BYTES:
        return text.count(_QUOTE)
    import numpy as np  # noqa: PLC0415 - see above

    # A quarter of the time.
    return int(np.count_nonzero(np.frombuffer(text, np.uint8) == _QUOTE))


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
    numbers = {
        name: (frozenset({int} & {*parts_of(hint)} | {NoneType} & {*get_args(hint)}), attributes[name])
        for name, hint in fields.items()
        if kinds.get(name) == "number"
    }
    unchecked = all(
        attribute.converter is None
        and (attribute.validator is None or (name in numbers and attribute.validator in _OF_A_NUMBER))
        for name, attribute in attributes.items()
    )
    return Form(
        cls=cls,
        said=said,
        decoder=msgspec.json.Decoder(said, float_hook=exact),
        defaults=defaults,
        ids=tuple(name for name, hint in fields.items() if holds_ids(hint)),
        numbers=numbers,
        dates=tuple(name for name, kind in kinds.items() if kind == "date"),
        free=unchecked and getattr(cls, "__attrs_post_init__", None) is Fact.__attrs_post_init__,
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
