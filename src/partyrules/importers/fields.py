"""How the cells of a column are read for a field of a fact: by the type of the field, the words and the directory."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from attrs import frozen

from partyrules.facts.schema import SOMEBODY, bare_of, entry_of, field_types, is_list, parts_of, title_of
from partyrules.facts.vocabulary import Fact, FactId
from partyrules.importers.cells import (
    CellError,
    civil_date_in,
    day_in_cell,
    entries_of,
    excused_entry,
    names_in,
    number_in,
    text_in,
    word_in,
    yes_or_no,
)
from partyrules.importers.directory import Directory
from partyrules.importers.mapping import literal_options
from partyrules.importers.sheets import Value
from partyrules.time.calendar import CivilDate

__all__ = ["CellReader", "PeopleListed", "introduces", "reader_of"]

CellReader = Callable[[Value], Any]
"""Returns what a cell says as a fact has it on the wire; raises CellError where it cannot be taken."""

_INTRODUCES: Final = {"person_registered": "person", "unit_established": "unit", "building_opened": "building"}
_KINDS: Final = ("person", "unit", "building")


@frozen
class PeopleListed:
    """The ids in a list, sorted since the order tells nothing, and of whom it says that they were `excused`."""

    ids: tuple[str, ...]
    excused: tuple[str, ...]


def introduces(cls: type[Fact]) -> str | None:
    """Return the field by which a fact makes somebody or something known, so that the id may be new."""
    return _INTRODUCES.get(cls.wire)


def reader_of(
    cls: type[Fact], name: str, *, words: Mapping[str, str] | None, directory: Directory, since_1904: bool
) -> CellReader:
    """Return what reads the cells for a field of a fact type; equal cells are read once."""
    read = _reader(cls, name, words, directory, since_1904=since_1904)
    known: dict[tuple[type, Value], Any] = {}

    def reading(value: Value) -> Any:
        key = (value.__class__, value)
        found = known.get(key)
        if found is None:
            try:
                found = read(value)
            except CellError as error:
                found = error
            known[key] = found
        if isinstance(found, CellError):
            raise found
        return found

    return reading


def _reader(
    cls: type[Fact], name: str, words: Mapping[str, str] | None, directory: Directory, *, since_1904: bool
) -> CellReader:
    hint = field_types(cls)[name]
    kind = title_of(hint)
    if is_list(hint):
        return (lambda value: _people(value, directory)) if kind else (lambda value: tuple(entries_of(value)))
    if options := literal_options(hint):
        known = {**(words or {}), **{option: option for option in options}}
        return lambda value: word_in(value, known)
    if words:
        return lambda value: word_in(value, words)
    if kind is not None:
        if introduces(cls) == name:
            return lambda value: _introduced(kind, text_in(value), directory)
        return lambda value: directory.id_of(kind, text_in(value))
    parts = {bare_of(part) for part in parts_of(hint)}
    if CivilDate in parts:
        return lambda value: str(civil_date_in(value, since_1904=since_1904))
    if date in parts:
        return lambda value: day_in_cell(value, since_1904=since_1904).isoformat()
    if bool in parts:
        return yes_or_no
    if parts & {int, Decimal}:
        return lambda value: number_in(value, name)
    if name in SOMEBODY and entry_of(hint) is not FactId:
        return lambda value: _somebody(text_in(value), directory)
    return text_in


def _introduced(kind: str, said: str, directory: Directory) -> str:
    return directory.id_of(kind, said) if directory.knows(kind, said) else said


def _somebody(said: str, directory: Directory) -> str:
    """Return the id of a person, unit or building, of whom the field does not say which it is."""
    kind = next((kind for kind in _KINDS if directory.knows(kind, said)), "person")
    return directory.id_of(kind, said)


def _people(value: Value, directory: Directory) -> PeopleListed:
    """Return the ids of the people in a list; raise CellError that tells of every one who is unknown."""
    ids: list[str] = []
    excused: list[str] = []
    wrong: list[CellError] = []
    for entry in names_in(value, lambda said: directory.knows("person", said)):
        said, away = excused_entry(entry)
        try:
            (excused if away else ids).append(directory.id_of("person", said.replace(" ", "")))
        except CellError as error:
            wrong.append(error)
    if wrong:
        raise CellError(
            "; ".join(each.why for each in wrong), near=next((each.near for each in wrong if each.near), None)
        )
    return PeopleListed(tuple(sorted(set(ids))), tuple(sorted(set(excused))))
