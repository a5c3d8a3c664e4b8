"""Mappings: a TOML file that says which columns of a register tell which facts."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

import attrs
import msgspec
from attrs import field, frozen

from partyrules.errors import QueryError, refusal, shown
from partyrules.facts.reading import toml_of
from partyrules.facts.schema import bare_of, field_types, parts_of, title_of
from partyrules.facts.vocabulary import CORE_VOCABULARY, Fact, Vocabulary
from partyrules.facts.wire import civil_date, wire_types
from partyrules.packs.document import Text
from partyrules.time.calendar import CivilDate

__all__ = [
    "HELP_PAGE",
    "TOPIC",
    "AttendanceColumns",
    "Names",
    "RegisterMapping",
    "SheetPlan",
    "ToldFact",
    "literal_options",
    "read_mapping",
    "ready_mapping",
    "ready_names",
    "ready_text",
]

Names = tuple[str, ...]
"""The names that a column may have, the first of them that of the template."""

_SHEET_KEYS: Final = (
    "title", "title_en", "match", "header", "hidden", "fill_down", "columns", "names", "set", "facts", "attendance",
)  # fmt: skip
_FACT_KEYS: Final = ("fact", "columns", "set", "pick", "key", "span", "topic")
_ATTENDANCE_KEYS: Final = ("who", "names", "mark", "excused", "absent")
_TOP_KEYS: Final = ("sheets", "words")
# Above the header, for dates that are written without it.
_YEAR: Final = ("年度", "年份")
HELP_PAGE: Final = Text(zh="填写说明", en="how to fill in")
"""How the page of a template is called that tells what to write, and is no register."""
TOPIC: Final = "topic"
"""By what name the column of a topic is looked for."""
_GATHERED: Final = ("attended", "excused")
_READY: Final = "mappings"


@frozen
class ToldFact:
    """A fact that a row tells: its class, its fields by column, those that are `set`, and how it is told apart.

    With `pick` a row tells it only where its cell for that field has one of the words. Two that agree in all fields of
    the `key` and differ in another contradict each other; without a key they are two facts. Of the key some are
    `needed`, and the `optional` tell two apart where both have them; so do, where columns of a `topic` are named, that
    and the time of the day. The first and the last of several days in the cell for `on` are of the two fields in
    `span`; without it there may be but one.
    """

    cls: type[Fact]
    columns: Mapping[str, Names]
    set: Mapping[str, Any]
    pick: str | None = None
    key: Names = ()
    span: Names = ()
    topic: Names = ()
    needed: Names = field(init=False)
    optional: Names = field(init=False)

    @needed.default
    def _needed(self) -> Names:
        return tuple(name for name in self.key if getattr(attrs.fields(self.cls), name).default is attrs.NOTHING)

    @optional.default
    def _optional(self) -> Names:
        return tuple(name for name in self.key if name not in self.needed)


@frozen
class AttendanceColumns:
    """That a row tells of one person at a meeting: the columns of who it is, by id or name, and of their mark.

    Whoever was `excused` or `absent` may be marked in columns of their own.
    """

    who: Names
    names: Names
    mark: Names
    excused: Names = ()
    absent: Names = ()


@frozen
class SheetPlan:
    """How the sheets of one kind are read: their names, their header, their columns and the facts of a row.

    `columns` are those of all its facts, `names` hold the name that goes with the id in a field; a blank cell of a
    field in `fill_down` means the same as above.
    """

    title: Text
    match: Names
    facts: tuple[ToldFact, ...]
    columns: Mapping[str, Names] = field(factory=dict)
    names: Mapping[str, Names] = field(factory=dict)
    header: int | None = None
    hidden: bool = False
    fill_down: frozenset[str] = frozenset()
    attendance: AttendanceColumns | None = None

    def wanted(self) -> dict[str, Names]:
        """Return every column that is looked for, by a name of its own within the plan."""
        found = dict(self.columns)
        found |= {f"names.{name}": names for name, names in self.names.items()}
        for number, fact in enumerate(self.facts):
            found |= {f"{number}.{name}": names for name, names in fact.columns.items()}
            found |= {f"{number}.{TOPIC}": fact.topic for _ in fact.topic[:1]}
        if self.attendance is not None:
            each = attrs.asdict(self.attendance)
            found |= {f"attendance.{name}": names for name, names in each.items() if names}
        return {"year": _YEAR, **found}


@frozen
class RegisterMapping:
    """How registers are read: each kind of sheet, and what words in their cells stand for, by field."""

    name: str
    sheets: tuple[SheetPlan, ...]
    words: Mapping[str, Mapping[str, str]]


def ready_names() -> dict[str, str]:
    """Return the ready mappings that are shipped: the name of each as Chinese registers have it, and in English."""
    found = {}
    for file in sorted(
        each.name for each in files(__package__).joinpath(_READY).iterdir() if each.name.endswith(".toml")
    ):
        name = file.removesuffix(".toml")
        found[ready_mapping(name).sheets[0].title.zh] = name
    return found


def ready_text(name: str) -> str:
    """Return the TOML of a ready mapping, named in Chinese or English; raise QueryError where there is none."""
    folder = files(__package__).joinpath(_READY)
    known = {each.name.removesuffix(".toml") for each in folder.iterdir() if each.name.endswith(".toml")}
    english = name if name in known else ready_names().get(name)
    if english is None:
        raise QueryError(refusal("register", name, (*known, *ready_names())))
    return folder.joinpath(f"{english}.toml").read_text(encoding="utf-8")


def ready_mapping(name: str) -> RegisterMapping:
    """Return a ready mapping by its Chinese or English name; raise QueryError where there is none."""
    return _mapping(tomllib.loads(ready_text(name)), name, CORE_VOCABULARY)


def read_mapping(path: Path, *, vocabulary: Vocabulary = CORE_VOCABULARY) -> RegisterMapping:
    """Return the mapping in a file; raise QueryError that names file, key, what was found and what is allowed."""
    return _mapping(toml_of(path), str(path), vocabulary)


# Reading ---------------------------------------------------------------------------------------------------


@frozen
class _At:
    """A place in a mapping, for messages."""

    file: str
    path: str = ""

    def within(self, key: str | int) -> "_At":
        """Return a place within this one."""
        inner = f"[{key + 1}]" if isinstance(key, int) else f".{key}" if self.path else key
        return _At(self.file, self.path + inner)

    def wrong(self, what: str) -> QueryError:
        """Return the error that says what is wrong here."""
        return QueryError(f"{self.file}, key `{self.path}`: {what}" if self.path else f"{self.file}: {what}")

    def table(self, found: object, keys: Iterable[str] | None = None) -> dict[str, Any]:
        """Return a table with no keys but these; raise QueryError for anything else."""
        if not isinstance(found, dict):
            raise self.wrong(f"found {shown(found)}; allowed: a table")
        allowed = None if keys is None else list(keys)
        for key in found:
            if allowed is not None and key not in allowed:
                raise self.wrong(refusal("key", key, allowed, show=40))
        return found

    def tables(self, found: object) -> list[tuple["_At", object]]:
        """Return the entries of a list of tables, each with its place."""
        if not isinstance(found, list) or not found:
            raise self.wrong(f"found {shown(found)}; allowed: one table or more, `[[{self.path.rpartition('.')[2]}]]`")
        return [(self.within(number), each) for number, each in enumerate(found)]

    def names(self, found: object) -> Names:
        """Return one name or several."""
        listed = [found] if isinstance(found, str) else found
        if (
            not isinstance(listed, list)
            or not listed
            or not all(isinstance(each, str) and each.strip() for each in listed)
        ):
            raise self.wrong(f"found {shown(found)}; allowed: a name, or a list of names")
        return tuple(listed)


def _mapping(said: Mapping[str, Any], name: str, vocabulary: Vocabulary) -> RegisterMapping:
    at = _At(name)
    table = at.table(said, _TOP_KEYS)
    words = {
        key: _words(each, at.within("words").within(key))
        for key, each in at.within("words").table(table.get("words", {})).items()
    }
    plans = tuple(_plan(each, place, vocabulary) for place, each in at.within("sheets").tables(table.get("sheets")))
    known = {field for plan in plans for told in plan.facts for field in (*told.columns, *plan.columns, *told.set)}
    for key in words:
        if key not in known:
            raise at.within("words").wrong(refusal("field", key, known))
    for plan, number in zip(plans, range(len(plans)), strict=True):
        _check_words(plan, words, at.within("sheets").within(number))
    return RegisterMapping(name, plans, words)


def _words(found: object, at: _At) -> Mapping[str, str]:
    table = at.table(found)
    for word, value in table.items():
        if not isinstance(value, str):
            raise at.within(word).wrong(f"found {shown(value)}; allowed: what the word stands for, in quotes")
    return table


def _check_words(plan: SheetPlan, words: Mapping[str, Mapping[str, str]], at: _At) -> None:
    for number, told in enumerate(plan.facts):
        place = at.within("facts").within(number)
        for name in (*told.columns, *plan.columns):
            hint = field_types(told.cls).get(name)
            options = literal_options(hint)
            for word, value in words.get(name, {}).items() if options else ():
                if value and value not in options:
                    raise _At(at.file, f"words.{name}.{word}").wrong(refusal("value", value, options))
        if told.pick is not None and told.pick not in words:
            raise place.within("pick").wrong(
                f"there are no words for it; allowed: a field with a table [words.{told.pick}]"
            )


def literal_options(hint: Any) -> tuple[str, ...]:
    """Return the values of which a field takes one, where its type lists them."""
    return (
        tuple(option for part in parts_of(hint) if get_origin(part) is Literal for option in get_args(part))
        if hint is not None
        else ()
    )


def _plan(found: object, at: _At, vocabulary: Vocabulary) -> SheetPlan:
    table = at.table(found, _SHEET_KEYS)
    attendance = None
    if "attendance" in table:
        place = at.within("attendance")
        said = place.table(table["attendance"], _ATTENDANCE_KEYS)
        if "mark" not in said or not {"who", "names"} & set(said):
            raise place.wrong("allowed: `mark`, and `who` or `names`, each a list of names of columns")
        attendance = AttendanceColumns(
            **{key: place.within(key).names(said[key]) if key in said else () for key in _ATTENDANCE_KEYS}
        )
    shared = at.within("columns").table(table.get("columns", {}))
    set_ = at.within("set").table(table.get("set", {}))
    named = at.within("names").table(table.get("names", {}))
    _check_shared(table, at, vocabulary)
    facts = tuple(
        _told(each, place, vocabulary, shared, set_, gathered=attendance is not None)
        for place, each in at.within("facts").tables(table.get("facts"))
    )
    for name in named:
        if not any(title_of(field_types(told.cls).get(name)) for told in facts if name in field_types(told.cls)):
            raise (
                at.within("names").within(name).wrong("names are of people, units or buildings; this field is of none")
            )
    header = table.get("header")
    if header is not None and not (type(header) is int and 1 <= header <= 1000):  # noqa: PLR2004 - rows
        raise at.within("header").wrong(f"found {shown(header)}; allowed: the number of a row, from 1 to 1000")
    hidden = table.get("hidden", False)
    if not isinstance(hidden, bool):
        raise at.within("hidden").wrong(f"found {shown(hidden)}; allowed: true or false")
    fill_down = at.within("fill_down").names(table["fill_down"]) if "fill_down" in table else ()
    columned = {*shared, *(name for told in facts for name in told.columns)}
    for name in fill_down:
        if name not in columned:
            raise at.within("fill_down").wrong(refusal("field", name, columned))
    title = _title(table, at)
    return SheetPlan(
        title=title,
        match=at.within("match").names(table["match"]) if "match" in table else ("*",),
        facts=facts,
        columns={name: at.within("columns").within(name).names(each) for name, each in shared.items()},
        names={name: at.within("names").within(name).names(each) for name, each in named.items()},
        header=header,
        hidden=hidden,
        fill_down=frozenset(fill_down),
        attendance=attendance,
    )


def _check_shared(table: Mapping[str, Any], at: _At, vocabulary: Vocabulary) -> None:
    """Refuse what is said for all facts of a sheet and is a field of none of them."""
    said = table.get("facts")
    wires = [each.get("fact") for each in said if isinstance(each, dict)] if isinstance(said, list) else []
    known = [vocabulary.types[wire] for wire in wires if isinstance(wire, str) and wire in vocabulary.types]
    fields = {name for cls in known for name in field_types(cls)}
    for key in ("columns", "set", "names"):
        for name in table.get(key, ()):
            # A fact type that is not known is told of first.
            if len(known) == len(wires) and name not in fields:
                raise at.within(key).wrong(refusal("field", name, fields, show=40))


def _title(table: Mapping[str, Any], at: _At) -> Text:
    zh = table.get("title", Path(at.file).stem)
    en = table.get("title_en", zh)
    for key, found in (("title", zh), ("title_en", en)):
        if not (isinstance(found, str) and found.strip()):
            raise at.within(key).wrong(f"found {shown(found)}; allowed: a text")
    return Text(zh=zh, en=en)


def _told(
    found: object,
    at: _At,
    vocabulary: Vocabulary,
    shared: Mapping[str, Any],
    shared_set: Mapping[str, Any],
    *,
    gathered: bool,
) -> ToldFact:
    table = at.table(found, _FACT_KEYS)
    wire = table.get("fact")
    cls = vocabulary.types.get(wire) if isinstance(wire, str) else None
    if cls is None:
        raise at.within("fact").wrong(refusal("fact type", wire, vocabulary.types, show=60))
    fields = field_types(cls)
    columns = at.within("columns").table(table.get("columns", {}))
    own_set = at.within("set").table(table.get("set", {}))
    for key, given in (("columns", columns), ("set", own_set)):
        for name in given:
            if name not in fields or name in ("id", "recorded_at"):
                allowed = [each for each in fields if each not in ("id", "recorded_at")]
                raise at.within(key).wrong(refusal(f"field of `{wire}`", name, allowed, show=40))
            if key == "set" and name in columns:
                raise at.within("set").within(name).wrong("it has a column, too; allowed: one of the two")
    set_ = {**{name: value for name, value in shared_set.items() if name in fields and name not in columns}, **own_set}
    for name, value in set_.items():
        if isinstance(value, date) and not isinstance(value, datetime):
            # As TOML writes a day without quotes.
            set_[name] = value.isoformat()
        try:
            msgspec.convert(set_[name], wire_types(cls)[name], dec_hook=civil_date, builtin_types=(Decimal,))
        except (msgspec.ValidationError, ValueError) as error:
            options = literal_options(fields[name])
            what = refusal("value", value, options) if options else f"found {shown(value)}; {error}"
            raise at.within("set").within(name).wrong(what) from None
    pick = table.get("pick")
    if pick is not None and pick not in {*columns, *shared}:
        raise at.within("pick").wrong(refusal("field with a column", pick, {*columns, *shared}))
    keyed = at.within("key").names(table["key"]) if "key" in table else ()
    for name in keyed:
        if name not in {*columns, *shared, *set_}:
            raise at.within("key").wrong(refusal("field of the fact", name, {*columns, *shared, *set_}))
    span = at.within("span").names(table["span"]) if "span" in table else ()
    takes = [name for name, hint in fields.items() if {date, CivilDate} & set(map(bare_of, parts_of(hint)))]
    if span and not (len(span) == 2 and "on" in span and set(span) <= set(takes)):  # noqa: PLR2004 - first and last
        listed = ", ".join(name for name in takes if name != "on")
        raise at.within("span").wrong(f"found {shown(list(span))}; allowed: `on` before or after one of {listed}")
    lacking = [
        attribute.name
        for attribute in attrs.fields(cls)
        if attribute.default is attrs.NOTHING and attribute.name not in {*columns, *shared, *set_}
    ]
    if lacking:
        raise at.wrong(
            f"`{wire}` needs `{'`, `'.join(lacking)}`; allowed: a name of a column for it, or what it is `set` to"
        )
    if gathered and not set(_GATHERED) <= set(fields):
        raise at.within("fact").wrong(f"`{wire}` has no attendance; allowed: a fact type with `attended` and `excused`")
    return ToldFact(
        cls,
        {name: at.within("columns").within(name).names(each) for name, each in columns.items()},
        set_,
        pick,
        keyed,
        span,
        at.within("topic").names(table["topic"]) if "topic" in table else (),
    )
