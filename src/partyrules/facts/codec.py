"""The wire format of facts: JSON Lines to fact values and back, refusing whatever is not exactly right."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain, count, islice, repeat
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeVar, get_args, get_origin

import attrs
import msgspec

from partyrules.errors import FactError, Problem, refusal
from partyrules.errors.limits import LINE_BYTES, LIST_ENTRIES, NAME_CHARACTERS, PROBLEMS_KEPT
from partyrules.facts.forms import SORTED, Form, instants_taken, said_again, said_by, said_by_all
from partyrules.facts.reading import lines_of
from partyrules.facts.schema import once_a_class, parts_of
from partyrules.facts.strict_json import repeated, shown
from partyrules.facts.vocabulary import CORE_VOCABULARY, Fact, Vocabulary
from partyrules.facts.wire import (
    canonical_instant,
    civil_date,
    entry_type,
    exact,
    flaw_in,
    holds_ids,
    parse_instant,
    plain,
    wire_types,
)
from partyrules.time.calendar import CivilDate, parse_civil_date, parse_date

# What is passed on.
__all__ = ["canonical_instant", "parse_instant"]


_DECODER: Final = msgspec.json.Decoder(float_hook=exact)
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")
T = TypeVar("T")

_TOLD_OF_EACH: Final = 5
_SEEN: Final = "one of them visible and none a control character"
_LINES_AT_ONCE: Final = 1000
_ID: Final = attrgetter("id")


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
    def wire(self) -> str:
        """The name of its type on the wire."""
        return self.cls.wire

    @property
    def where(self) -> str:
        """Where it stood, in words."""
        return f"{self.source}, line {self.line}" if self.line else self.source


def decode_fact(line: str | bytes, *, where: str = "fact", vocabulary: Vocabulary = CORE_VOCABULARY) -> Fact:
    """Return the fact that one line of JSON holds; raise FactError with every problem of the line."""
    found = said_by(_bytes(line), vocabulary)
    if found is not None:
        form, said = found
        try:
            return form.fact(said)
        except ValueError:
            pass  # the problems are looked up one by one, for the message
    return _decoded(line, where=where, vocabulary=vocabulary)


def read_back(said: bytes, *, where: str = "fact", vocabulary: Vocabulary = CORE_VOCABULARY) -> Fact:
    """Return the fact of a line that was checked when it was recorded; raise FactError where it is none.

    What was right when it was recorded is read for ever, whatever is asked today of an id.
    """
    try:
        found = said_again(said, vocabulary)
        if found is not None:
            return found[0].fact(found[1])
    except (KeyError, ValueError, RecursionError):
        pass
    return _decoded(said, where=where, vocabulary=vocabulary)


def _decoded(line: str | bytes, *, where: str, vocabulary: Vocabulary) -> Fact:
    """Return the fact of any line, whatever is right or wrong with it."""
    if len(line) > LINE_BYTES:
        raise FactError([Problem(where, f"found a line of more than {LINE_BYTES:,} bytes; allowed: so many at most")])
    try:
        raw = _DECODER.decode(line)
        twice = repeated(line)
    except UnicodeError as error:
        raise FactError([Problem(where, f"not a JSON object: not text in UTF-8: {error}")]) from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise FactError([Problem(where, f"not a JSON object: {error}")]) from None
    if not isinstance(raw, dict):
        raise FactError([Problem(where, f"found {shown(raw)}; allowed: one JSON object a line, {{…}}")])
    if twice:
        raise FactError(_first(where, twice, str, "keys are given twice"))
    return fact_from_wire(raw, where=where, vocabulary=vocabulary)


def _first(where: str, found: Sequence[Any], said: Callable[[Any], str], what: str) -> list[Problem]:
    """Return what is said of the first things of one kind that are wrong with a line, and how many there are more."""
    problems = [Problem(where, said(each)) for each in found[:_TOLD_OF_EACH]]
    if len(found) > _TOLD_OF_EACH:
        problems.append(Problem(where, f"{len(found) - _TOLD_OF_EACH:,} more {what}"))
    return problems


def fact_from_wire(raw: dict[str, Any], *, where: str = "fact", vocabulary: Vocabulary = CORE_VOCABULARY) -> Fact:
    """Return the fact that a JSON object holds; raise FactError with every problem of the object."""
    wire = raw.get("fact")
    cls = vocabulary.types.get(wire) if isinstance(wire, str) else None
    if cls is None:
        wrong = refusal("fact type", wire, vocabulary.types) if "fact" in raw else "missing; every fact names its type"
        raise FactError([Problem(where, f"field `fact`: {wrong}")])
    found = _made({key: value for key, value in raw.items() if key != "fact"}, cls, where)
    if isinstance(found, Fact):
        return found
    raise FactError(found)


def checked(line: str | bytes, *, where: str = "fact", vocabulary: Vocabulary = CORE_VOCABULARY) -> Checked:
    """Return what one line of JSON says, as exactly checked as by `decode_fact`; raise FactError as that does."""
    found = said_by(_bytes(line), vocabulary)
    if found is not None:
        try:
            return _checked(*found, where)
        except ValueError:
            pass  # the problems are looked up one by one, for the message
    fact = _decoded(line, where=where, vocabulary=vocabulary)
    instant = None if fact.recorded_at is None else canonical_instant(fact.recorded_at)
    return Checked(fact.id, type(fact), content(fact), instant, where)


def checked_again(said: bytes, *, where: str = "fact", vocabulary: Vocabulary = CORE_VOCABULARY) -> Checked:
    """Return what a line says that was checked when it was recorded, as `read_back` reads it; raise FactError."""
    try:
        found = said_again(said, vocabulary)
        if found is not None:
            return _checked(*found, where)
    except (KeyError, ValueError, RecursionError):
        pass
    return checked(said, where=where, vocabulary=vocabulary)


def _checked(form: Form, said: Any, where: str) -> Checked:
    form.checked([said])
    [instant] = instants_taken([said])
    return Checked(said.id, form.cls, SORTED.encode(said), instant, where)


class LineBatch(NamedTuple):
    """Of some lines what each says, or the error that refuses it; `said` as decoded, None unless all were right."""

    found: Sequence[Checked | FactError]
    said: Sequence[Any] | None


def checked_batches(
    lines: Iterable[bytes], *, source: str = "facts", vocabulary: Vocabulary = CORE_VOCABULARY
) -> Iterator[LineBatch]:
    """Yield what lines say that are not blank, some thousand at a time."""
    given = iter(lines)
    before = 0
    while some := list(islice(given, _LINES_AT_ONCE)):
        all_of_them = said_by_all(some, vocabulary)
        if all_of_them is None:
            yield LineBatch(list(_each_checked(some, source, before, vocabulary)), None)
        else:
            classes, said, instants, contents = all_of_them
            numbers = count(before + 1)
            found = list(map(Checked, map(_ID, said), classes, contents, instants, repeat(source), numbers))
            yield LineBatch(found, said)
        before += len(some)


def checked_lines(
    lines: Iterable[bytes], *, source: str = "facts", vocabulary: Vocabulary = CORE_VOCABULARY
) -> Iterator[Checked | FactError]:
    """Return of each line that is not blank what it says, or the error that refuses it, as it is come to."""
    batches = checked_batches(lines, source=source, vocabulary=vocabulary)
    return chain.from_iterable(batch.found for batch in batches)


def _each_checked(
    lines: Sequence[bytes], source: str, before: int, vocabulary: Vocabulary
) -> Iterator[Checked | FactError]:
    for number, line in enumerate(lines, start=before + 1):
        if line.strip():
            try:
                found = checked(line, where=f"{source}, line {number}", vocabulary=vocabulary)
                yield msgspec.structs.replace(found, source=source, line=number)
            except FactError as error:
                yield error


def _bytes(line: str | bytes) -> bytes:
    # A lone surrogate is no text; as such it is refused.
    return line.encode(errors="surrogatepass") if isinstance(line, str) else line


def batches_in(path: Path, *, vocabulary: Vocabulary = CORE_VOCABULARY) -> Iterator[LineBatch]:
    """Yield what the lines of a JSON Lines file say; raise FactError where it cannot be read."""
    return checked_batches(lines_of(path, named=path.name), source=path.name, vocabulary=vocabulary)


def lines_in(path: Path, *, vocabulary: Vocabulary = CORE_VOCABULARY) -> tuple[list[Checked], list[Problem]]:
    """Return every right line and every problem of a JSON Lines file; raise FactError where it cannot be read."""
    return parted(each for batch in batches_in(path, vocabulary=vocabulary) for each in batch.found)


def fact_of(line: Checked, vocabulary: Vocabulary = CORE_VOCABULARY) -> Fact:
    """Return the fact of a line that was checked."""
    said = line.content if line.recorded_at is None else line_of(line.content, line.recorded_at)
    return read_back(said, where=line.where, vocabulary=vocabulary)


def line_of(said: bytes, instant: str) -> bytes:
    """Return the line that says all of a record: its content, and when it was recorded."""
    # The content is a JSON object that leaves out `recorded_at` alone; put in as the last key, it is read too.
    return b'%b,"recorded_at":"%b"}' % (said[:-1], instant.encode(errors="backslashreplace"))


def parted(found: Iterable[T | FactError]) -> tuple[list[T], list[Problem]]:
    """Return what is right, and the problems of the rest: of very many the first, and how many more there are."""
    right: list[T] = []
    problems: list[Problem] = []
    more = 0
    for each in found:
        if not isinstance(each, FactError):
            right.append(each)
        elif len(problems) < PROBLEMS_KEPT:
            problems += each.problems
        else:
            more += len(each.problems)
            last = each.problems[-1].where
    if more:
        problems.append(Problem(last, f"the last of {more:,} problems that are not told one by one"))
    return right, problems


def to_wire(fact: Fact) -> dict[str, Any]:
    """Return the JSON object of a fact: its type, id and date first, and no key that says nothing."""
    return dict(_spoken(fact, wire_types(type(fact))))


def encode_fact(fact: Fact) -> bytes:
    """Return a fact as one line of JSON without the newline."""
    return _ENCODER.encode(to_wire(fact))


def content(fact: Fact) -> bytes:
    """Return the canonical bytes of what a fact says: all keys but `recorded_at`, sorted; equal facts, equal bytes."""
    values = ((name, fact.wire if name == "fact" else getattr(fact, name)) for name in _keys(type(fact)))
    return _ENCODER.encode({name: plain(value) for name, value in values if value is not None})


def _spoken(fact: Fact, names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    yield "fact", fact.wire
    for name in names:
        value = getattr(fact, name)
        if value is not None:
            yield name, plain(value)


@once_a_class
def _keys(cls: type[Fact]) -> tuple[str, ...]:
    """Return the keys of the canonical content in order."""
    return tuple(sorted({"fact", *wire_types(cls)} - {"recorded_at"}))


def _made(values: dict[str, Any], cls: type[Fact], where: str) -> Fact | list[Problem]:
    """Return the fact that keys and values make, or everything wrong with them, field by field."""
    fields = wire_types(cls)
    unknown = [key for key in values if key not in fields]
    found = _first(where, unknown, lambda key: refusal("field", key, fields), "keys are not known")
    right: dict[str, Any] = {}
    for attribute in attrs.fields(cls):
        name, hint = attribute.name, fields[attribute.name]
        required = attribute.default is attrs.NOTHING or name == "id"
        if name not in values:
            if required:
                found.append(Problem(where, f"field `{name}`: missing; allowed: {_allowed(hint)}"))
            continue
        try:
            value = msgspec.convert(values[name], hint, dec_hook=civil_date, builtin_types=(Decimal,))
        except (msgspec.ValidationError, ValueError):
            found.append(Problem(where, f"field `{name}`: {_refused(values[name], hint)}"))
            continue
        flawed = flaw_in(value) if holds_ids(hint) else None
        if flawed is not None:
            found.append(Problem(where, f"field `{name}`: found {flawed}; allowed: {_allowed(hint)}, {_SEEN}"))
        right[name] = value
    instant = right.get("recorded_at")
    if not found and instant is not None and not date.min < instant.date() < date.max:
        found.append(
            Problem(where, f"field `recorded_at`: found {values['recorded_at']}; allowed: a time that has a UTC")
        )
    if not found:
        try:
            return cls(**right)
        except ValueError as error:
            found.append(Problem(where, f"field {error}"))
    return found


def _refused(value: Any, hint: Any) -> str:
    options = [option for part in parts_of(hint) if get_origin(part) is Literal for option in get_args(part)]
    if options and isinstance(value, str):
        return refusal("value", value, options)
    if isinstance(value, str) and CivilDate in parts_of(hint):
        return _reason(parse_civil_date, value)
    if isinstance(value, str) and date in parts_of(hint):
        return _reason(parse_date, value)
    if isinstance(value, list) and len(value) > LIST_ENTRIES:
        return f"found a list of {len(value):,}; allowed: {LIST_ENTRIES:,} at most"
    long = f" of {len(value):,} characters" if isinstance(value, str) and len(value) > NAME_CHARACTERS else ""
    return f"found {shown(value)}{long}; allowed: {_allowed(hint)}"


def _reason(parse: Any, value: str) -> str:
    try:
        parse(value)
    except ValueError as error:
        return f"found {error}"
    return f"found {value!r}; allowed: YYYY-MM-DD"


def _allowed(hint: Any) -> str:
    """Return in words what a field of this type takes."""
    if (parts := parts_of(hint)) != (hint,):
        return " or ".join(dict.fromkeys(map(_allowed, parts)))
    if get_origin(hint) is Literal:
        return "one of " + ", ".join(get_args(hint))
    if entry_type(hint) is not hint:
        return f"a list, each {_allowed(entry_type(hint))}"
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
