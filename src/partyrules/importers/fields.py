"""How the cells of a column are read for a field of a fact: by the type of the field, the words and the directory."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import frozen

from partyrules.facts.schema import SOMEBODY, choices_of, entry_of, field_types, is_list, takes, title_of
from partyrules.facts.vocabulary import Fact, FactId
from partyrules.importers import cells
from partyrules.importers.dates import SeveralDays, civil_date_in, civil_dates_in, day_in_cell
from partyrules.importers.directory import Directory
from partyrules.importers.sheets import Value
from partyrules.time.calendar import CivilDate

_INTRODUCES: Final = {"person_registered": "person", "unit_established": "unit", "building_opened": "building"}
_KINDS: Final = ("person", "unit", "building")
# What is stored as a number and is shorter than that counts people.
_SHORTEST_ID: Final = 4
_WITH_REASON: Final = re.compile(r"(.+?)\s*\(([^()]*)\)")


@frozen
class PeopleListed:
    """The ids in a list, sorted since the order tells nothing, and of whom it says that they were `excused`."""

    ids: tuple[str, ...]
    excused: tuple[str, ...]


class CellReadings(dict[tuple[type, Value], Any]):
    """What the cells of a column say, by type and value, each read once.

    A fact's value as it is on the wire, a CellError where the cell cannot be taken, and None where it says nothing.
    """

    def __init__(self, read: Callable[[Value], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, key: tuple[type, Value]) -> Any:
        try:
            found = None if cells.is_nothing(key[1]) else self._read(key[1])
        except cells.CellError as error:
            found = error
        self[key] = found
        return found


def introduces(cls: type[Fact]) -> str | None:
    """Return the field by which a fact makes somebody or something known, so that the id may be new."""
    return _INTRODUCES.get(cls.wire)


def reader_of(
    cls: type[Fact],
    name: str,
    *,
    words: Mapping[str, str] | None,
    directory: Directory,
    dates: Mapping[str, Any],
    several: bool,
) -> Callable[[Value], Any]:
    """Return how the cells for a field of a fact type are read.

    `dates` is what the sheet says of all dates, for `civil_date_in`; with `several` one may be of several days.
    """
    hint = field_types(cls)[name]
    kind = title_of(hint)
    if is_list(hint):
        return (
            (lambda value: _people(value, directory, name)) if kind else (lambda value: tuple(cells.entries_of(value)))
        )
    if options := choices_of(hint):
        words = {**(words or {}), **{option: option for option in options}}
    if words:
        return lambda value: cells.word_in(value, words) or None
    if kind is not None and introduces(cls) == name:
        return lambda value: directory.new_id(kind, cells.text_in(value))
    if kind is not None:
        return lambda value: directory.id_of(kind, cells.text_in(value))
    match takes(hint):
        case "date" if several:
            return lambda value: _wire_dates(civil_dates_in(value, **dates))
        case "date":
            return lambda value: str(civil_date_in(value, **dates))
        case "day":
            return lambda value: day_in_cell(value, **dates).isoformat()
        case "flag":
            return cells.yes_or_no
        case "number":
            return lambda value: cells.number_in(value, name)
    if name in SOMEBODY and entry_of(hint) is not FactId:
        return lambda value: _somebody(cells.text_in(value), directory)
    return cells.text_in


def _wire_dates(found: CivilDate | SeveralDays) -> str | SeveralDays:
    if not isinstance(found, SeveralDays):
        return str(found)
    return found if found.first < found.last else str(found.first)


def _somebody(said: str, directory: Directory) -> str:
    """Return the id of a person, unit or building, of whom the field does not say which it is."""
    kind = next((kind for kind in _KINDS if directory.knows(kind, said)), "person")
    return directory.id_of(kind, said)


def _people(value: Value, directory: Directory, name: str) -> PeopleListed:
    """Return the ids of the people in a list; raise CellError that tells of every one who is unknown."""
    # There, whatever stands in brackets behind a name is the reason.
    excusing = name == "excused"
    ids: list[str] = []
    excused: list[str] = []
    wrong: list[cells.CellError] = []
    entries = cells.names_in(value, lambda said: directory.knows("person", said))
    if entries in (["0"], ["0人"]):
        return PeopleListed((), ())
    if not isinstance(value, str) and len(entries[0]) < _SHORTEST_ID and not directory.knows("person", entries[0]):
        raise cells.CellError(f"{entries[0]} is how many; allowed: names or ids")
    for entry in entries:
        said, away = cells.excused_entry(entry)
        reason = _WITH_REASON.fullmatch(said) if excusing and not directory.knows("person", said) else None
        said = reason[1] if reason and not directory.knows("person", reason[2]) else said
        try:
            (excused if away or excusing else ids).append(directory.id_of("person", said.replace(" ", "")))
        except cells.CellError as error:
            wrong.append(error)
    if wrong:
        raise cells.CellError(
            "; ".join(each.why for each in wrong), near=next((each.near for each in wrong if each.near), None)
        )
    return PeopleListed(tuple(sorted(set(ids))), tuple(sorted(set(excused))))
