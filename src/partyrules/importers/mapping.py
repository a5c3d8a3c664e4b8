"""Mappings: a TOML file that says which columns of a register tell which facts."""

import tomllib
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

import attrs
import msgspec
from attrs import field, frozen

from partyrules.errors import QueryError, refusal, shown
from partyrules.facts.reading import toml_of
from partyrules.facts.schema import choices_of, field_types, takes, title_of
from partyrules.facts.vocabulary import CORE_VOCABULARY, Fact, Vocabulary
from partyrules.facts.wire import civil_date, wire_types
from partyrules.packs.document import Text

Names = tuple[str, ...]
"""The names that a column may have, the first of them that of the template."""

# Above the header, for dates that are written without it.
_YEAR: Final = ("年度", "年份")
HELP_PAGE: Final = Text(zh="填写说明", en="how to fill in")
"""How the page of a template is called that tells what to write, and is no register."""
TOPIC: Final = "topic"
"""By what name the column of a topic is looked for."""
PEOPLE: Final = ("attended", "excused")
"""The fields of those who were there, and of those who were excused."""


@frozen
class ToldFact:
    """A fact that a row tells: its class, its fields by column, those that are `set`, and how it is told apart.

    With `pick` a row tells it only where its cell for that field has one of the words. Two that agree in all fields of
    the `key` and differ in another contradict each other; without a key they are two facts. `required` are the fields
    that every such fact has; of the key these are `needed`, and the `optional` tell two apart where both have them; so
    do, where columns of a `topic` are named, that and the time of the day. The first and the last of several days in
    the cell for `on` are of the two fields in `span`; without it there may be but one.
    """

    cls: type[Fact]
    columns: Mapping[str, Names]
    set: Mapping[str, Any]
    pick: str | None = None
    key: Names = ()
    span: Names = ()
    topic: Names = ()
    required: Names = field(init=False)
    needed: Names = field(init=False)
    optional: Names = field(init=False)

    @required.default
    def _required(self) -> Names:
        return tuple(each.name for each in attrs.fields(self.cls) if each.default is attrs.NOTHING)

    @needed.default
    def _needed(self) -> Names:
        return tuple(name for name in self.key if name in self.required)

    @optional.default
    def _optional(self) -> Names:
        return tuple(name for name in self.key if name not in self.needed)


@frozen
class SheetPlan:
    """How the sheets of one kind are read: their names, their header, their columns and the facts of a row.

    `columns` are those of all its facts, `names` hold the name that goes with the id in a field; a blank cell of a
    field in `fill_down` means the same as above. With `attendance` a row tells of one person at a meeting: the columns
    of `who` it is or their `names`, of their `mark`, and of who was `excused` or `absent` if those have their own.
    """

    title: Text
    match: Names
    facts: tuple[ToldFact, ...]
    columns: Mapping[str, Names] = field(factory=dict)
    names: Mapping[str, Names] = field(factory=dict)
    header: int | None = None
    hidden: bool = False
    fill_down: frozenset[str] = frozenset()
    attendance: Mapping[str, Names] = field(factory=dict)

    def wanted(self) -> dict[str, Names]:
        """Return every column that is looked for, by a name of its own within the plan."""
        found = dict(self.columns)
        found |= {f"names.{name}": names for name, names in self.names.items()}
        for number, fact in enumerate(self.facts):
            found |= {f"{number}.{name}": names for name, names in fact.columns.items()}
            found |= {f"{number}.{TOPIC}": fact.topic for _ in fact.topic[:1]}
        found |= {f"attendance.{name}": names for name, names in self.attendance.items()}
        return {"year": _YEAR, **found}


@frozen
class RegisterMapping:
    """How registers are read: each kind of sheet, and what words in their cells stand for, by field."""

    name: str
    sheets: tuple[SheetPlan, ...]
    words: Mapping[str, Mapping[str, str]]


def ready_names() -> dict[str, str]:
    """Return the ready mappings that are shipped: the name of each as Chinese registers have it, and in English."""
    return {ready_mapping(name).sheets[0].title.zh: name for name in _ready()}


def ready_text(name: str) -> str:
    """Return the TOML of a ready mapping, named in Chinese or English; raise QueryError where there is none."""
    english = name if name in _ready() else ready_names().get(name)
    if english is None:
        raise QueryError(refusal("register", name, (*_ready(), *ready_names())))
    return _ready()[english].read_text(encoding="utf-8")


def ready_mapping(name: str) -> RegisterMapping:
    """Return a ready mapping by its Chinese or English name; raise QueryError where there is none."""
    return _mapping(tomllib.loads(ready_text(name)), name, CORE_VOCABULARY)


def read_mapping(path: Path, *, vocabulary: Vocabulary = CORE_VOCABULARY) -> RegisterMapping:
    """Return the mapping in a file; raise QueryError that names file, key, what was found and what is allowed."""
    return _mapping(toml_of(path), str(path), vocabulary)


def _ready() -> dict[str, Traversable]:
    found = {each.name.removesuffix(".toml"): each for each in files(__package__).joinpath("mappings").iterdir()}
    return dict(sorted(found.items()))


# What each key takes ---------------------------------------------------------------------------------------


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

    def not_allowed(self, found: object, allowed: str) -> QueryError:
        """Return the error that says what was found here, and what is allowed."""
        return self.wrong(f"found {shown(found)}; {allowed}")


_Reader = Callable[[_At, Any], Any]


def _table(at: _At, found: object) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise at.not_allowed(found, "allowed: a table")
    return found


def _tables(at: _At, found: object) -> list[tuple[_At, object]]:
    """Return the entries of a list of tables, each with its place."""
    if not isinstance(found, list) or not found:
        raise at.not_allowed(found, f"allowed: one table or more, `[[{at.path.rpartition('.')[2]}]]`")
    return [(at.within(number), each) for number, each in enumerate(found)]


def _each(reader: _Reader) -> _Reader:
    """Return the reader of a table of which one reader reads each value."""
    return lambda at, found: {key: reader(at.within(key), value) for key, value in _table(at, found).items()}


def _names(at: _At, found: object) -> Names:
    listed = [found] if isinstance(found, str) else found
    if not (isinstance(listed, list) and listed and all(isinstance(each, str) and each.strip() for each in listed)):
        raise at.not_allowed(found, "allowed: a name, or a list of names")
    return tuple(listed)


def _that(fits: Callable[[Any], bool], allowed: str) -> _Reader:
    """Return the reader of a value of which something is so."""

    def read(at: _At, found: object) -> object:
        if not fits(found):
            raise at.not_allowed(found, allowed)
        return found

    return read


_any: Final = _that(lambda _: True, "")
_text: Final = _that(lambda found: isinstance(found, str) and found.strip() != "", "allowed: a text")
_word: Final = _that(lambda found: isinstance(found, str), "allowed: what the word stands for, in quotes")
_flag: Final = _that(lambda found: isinstance(found, bool), "allowed: true or false")
_row: Final = _that(
    lambda found: type(found) is int and found in range(1, 1001), "allowed: the number of a row, from 1 to 1000"
)

_MAPPING: Final[Mapping[str, _Reader]] = {"sheets": _tables, "words": _each(_each(_word))}
_SHEET: Final[Mapping[str, _Reader]] = {
    "title": _text, "title_en": _text, "match": _names, "header": _row, "hidden": _flag, "fill_down": _names,
    "columns": _each(_names), "names": _each(_names), "set": _table, "facts": _tables, "attendance": _table,
}  # fmt: skip
_FACT: Final[Mapping[str, _Reader]] = {
    "fact": _any, "columns": _each(_names), "set": _table, "pick": _any, "key": _names, "span": _names, "topic": _names,
}  # fmt: skip
_ATTENDANCE: Final = dict.fromkeys(("who", "names", "mark", "excused", "absent"), _names)


def _taken(at: _At, found: object, readers: Mapping[str, _Reader]) -> dict[str, Any]:
    """Return what a table says, and nothing for each key that it leaves out; raise QueryError for another key."""
    table = _table(at, found)
    for key in table:
        _known(at, "key", key, readers)
    said = {key: reader(at.within(key), table[key]) for key, reader in readers.items() if key in table}
    return {
        **dict.fromkeys(readers),
        **{key: {} for key in ("columns", "names", "set", "words") if key in readers},
        **said,
    }


def _known(at: _At, what: str, found: object, allowed: Collection[str]) -> None:
    if found not in allowed:
        raise at.wrong(refusal(what, found, allowed, show=60))


# Reading ---------------------------------------------------------------------------------------------------


def _mapping(found: Mapping[str, Any], file: str, vocabulary: Vocabulary) -> RegisterMapping:
    at = _At(file)
    said = _taken(at, found, _MAPPING)
    words: Mapping[str, Mapping[str, str]] = said["words"]
    places = said["sheets"] or _tables(at.within("sheets"), None)
    plans = tuple(_plan(place, each, vocabulary) for place, each in places)
    known = {each for plan in plans for told in plan.facts for each in (*told.columns, *plan.columns, *told.set)}
    for key in words:
        _known(at.within("words"), "field", key, known)
    for plan, (place, _) in zip(plans, places, strict=True):
        for number, told in enumerate(plan.facts):
            for name in (*told.columns, *plan.columns):
                options = choices_of(field_types(told.cls).get(name))
                for word, value in words.get(name, {}).items() if options else ():
                    _known(at.within("words").within(name).within(word), "value", value, (*options, ""))
            if told.pick is not None and told.pick not in words:
                raise (
                    place.within("facts").within(number).within("pick")
                    .wrong(f"there are no words for it; allowed: a field with a table [words.{told.pick}]")
                )  # fmt: skip
    return RegisterMapping(file, plans, words)


def _plan(at: _At, found: object, vocabulary: Vocabulary) -> SheetPlan:
    said = _taken(at, found, _SHEET)
    attendance: dict[str, Names] = {}
    if said["attendance"] is not None:
        place = at.within("attendance")
        marks = _taken(place, said["attendance"], _ATTENDANCE)
        if not (marks["mark"] and (marks["who"] or marks["names"])):
            raise place.wrong("allowed: `mark`, and `who` or `names`, each a list of names of columns")
        attendance = {key: names for key, names in marks.items() if names}
    tables = [(place, _taken(place, each, _FACT)) for place, each in said["facts"] or _tables(at.within("facts"), None)]
    for place, table in tables:
        if not isinstance(table["fact"], str) or table["fact"] not in vocabulary.types:
            raise place.within("fact").wrong(refusal("fact type", table["fact"], vocabulary.types, show=60))
    fields = {name for _, table in tables for name in field_types(vocabulary.types[table["fact"]])}
    for key in ("columns", "set", "names"):
        for name in said[key]:
            _known(at.within(key), "field", name, fields)
    facts = tuple(
        _told(place, table, vocabulary.types[table["fact"]], said, gathered=bool(attendance)) for place, table in tables
    )
    for name in said["names"]:
        if not any(title_of(field_types(told.cls)[name]) for told in facts if name in field_types(told.cls)):
            raise (
                at.within("names").within(name).wrong("names are of people, units or buildings; this field is of none")
            )
    for name in said["fill_down"] or ():
        _known(
            at.within("fill_down"),
            "field",
            name,
            {*said["columns"], *(each for told in facts for each in told.columns)},
        )
    title = said["title"] or Path(at.file).stem
    return SheetPlan(
        title=Text(zh=title, en=said["title_en"] or title),
        match=said["match"] or ("*",),
        facts=facts,
        columns=said["columns"],
        names=said["names"],
        header=said["header"],
        hidden=bool(said["hidden"]),
        fill_down=frozenset(said["fill_down"] or ()),
        attendance=attendance,
    )


def _told(at: _At, table: Mapping[str, Any], cls: type[Fact], shared: Mapping[str, Any], *, gathered: bool) -> ToldFact:
    """Return what a table says of a fact, `shared` being what is said for all facts of the sheet."""
    fields, columns = field_types(cls), table["columns"]
    own = [name for name in fields if name not in ("id", "recorded_at")]
    for key in ("columns", "set"):
        for name in table[key]:
            _known(at.within(key), f"field of `{cls.wire}`", name, own)
            if key == "set" and name in columns:
                raise at.within("set").within(name).wrong("it has a column, too; allowed: one of the two")
    both = {name: value for name, value in shared["set"].items() if name in fields and name not in columns}
    set_ = {name: _set(at, cls, name, value) for name, value in {**both, **table["set"]}.items()}
    columned = {*columns, *shared["columns"]}
    if table["pick"] is not None:
        _known(at.within("pick"), "field with a column", table["pick"], columned)
    for name in table["key"] or ():
        _known(at.within("key"), "field of the fact", name, columned | {*set_})
    span = table["span"] or ()
    dated = [name for name, hint in fields.items() if takes(hint) in ("day", "date")]
    if span and not (len(span) == 2 and "on" in span and set(span) <= set(dated)):  # noqa: PLR2004 - first and last
        listed = ", ".join(name for name in dated if name != "on")
        raise at.within("span").not_allowed(list(span), f"allowed: `on` before or after one of {listed}")
    told = ToldFact(cls, columns, set_, table["pick"], table["key"] or (), span, table["topic"] or ())
    if lacking := [name for name in told.required if name not in columned | {*set_}]:
        listed = "`, `".join(lacking)
        raise at.wrong(f"`{cls.wire}` needs `{listed}`; allowed: a name of a column for it, or what it is `set` to")
    if gathered and not set(PEOPLE) <= set(fields):
        raise at.within("fact").wrong(
            f"`{cls.wire}` has no attendance; allowed: a fact type with `attended` and `excused`"
        )
    return told


def _set(at: _At, cls: type[Fact], name: str, value: Any) -> Any:
    """Return what a field is set to; raise QueryError where it does not take that."""
    if isinstance(value, date) and not isinstance(value, datetime):
        # As TOML writes a day without quotes.
        value = value.isoformat()
    try:
        msgspec.convert(value, wire_types(cls)[name], dec_hook=civil_date, builtin_types=(Decimal,))
    except (msgspec.ValidationError, ValueError) as error:
        options = choices_of(field_types(cls)[name])
        what = refusal("value", value, options) if options else f"found {shown(value)}; {error}"
        raise at.within("set").within(name).wrong(what) from None
    return value
