"""Names to ids: a directory of people, units and buildings, kept apart from the facts."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from attrs import define, field

from partyrules.errors import QueryError, nearest
from partyrules.facts.identifiers import flaw, likeness
from partyrules.facts.vocabulary import BuildingOpened, Fact, PersonRegistered, UnitEstablished
from partyrules.importers.books import sheets_of
from partyrules.importers.cells import CHINESE, CellError, cut, is_nothing, text_in
from partyrules.importers.headers import found_header
from partyrules.importers.sheets import RegisterSheet

_KINDS: Final = ("person", "unit", "building")
_IDS: Final[Mapping[str, tuple[str, ...]]] = {
    "person": ("学号", "工号", "职工号", "学工号", "人员编号", "证件号", "person", "person id", "student no."),
    "unit": ("组织编号", "支部编号", "单位编号", "单位代码", "unit", "unit id"),
    "building": ("楼宇编号", "楼号", "building", "building id"),
}
# Of whatever kind; whoever is not in such a table is no person known.
_ANY_ID: Final = ("编号", "代号", "id")
_ANY_NAME: Final = ("姓名", "名称", "name")
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "person": ("姓名", "名字", "name"),
    "unit": ("组织名称", "支部名称", "单位名称", "名称", "unit name", "name"),
    "building": ("楼宇名称", "楼名", "名称", "building name", "name"),
}
_WITH_ID: Final = re.compile(r"(.+?)\s*\(([^()]+)\)")
_SEVERAL: Final = re.compile(r"\s*[、,;\n\t]\s*")
_MOST_SHOWN: Final = 5
_ALLOWED: Final = "columns such as 学号 and 姓名, 组织编号 and 组织名称, or id and name"

_DOTS: Final = str.maketrans(dict.fromkeys("•‧∙⋅●・．", "·"))


@lru_cache(maxsize=1 << 16)
def _like(said: str) -> str:
    # Between the parts of a name stands a dot, of which there are many.
    return likeness(said.translate(_DOTS))


def several(said: str) -> list[str]:
    """Return the ids or names that a text has one after another: one, where it is one."""
    return _SEVERAL.split(said)


@define
class Directory:
    """Who and what is known: ids, and the ids of each name, by kind; alike are those that look the same.

    `closed` are the kinds of which a directory was given: there, who is not in it is unknown.
    """

    ids: dict[str, dict[str, str]] = field(factory=lambda: {kind: {} for kind in _KINDS})
    names: dict[str, dict[str, set[str]]] = field(factory=lambda: {kind: {} for kind in _KINDS})
    closed: set[str] = field(factory=set)
    _spelt: dict[str, dict[str, str]] = field(factory=lambda: {kind: {} for kind in _KINDS})
    _names_of: dict[str, dict[str, list[str]]] = field(factory=lambda: {kind: {} for kind in _KINDS})

    def add(self, kind: str, known: str, name: str | None = None) -> None:
        """Add an id, and a name that it has."""
        known = self.ids[kind].setdefault(_like(known), known)
        if name:
            self.names[kind].setdefault(_like(name), set()).add(known)
            self._spelt[kind].setdefault(_like(name), name)
            self._names_of[kind].setdefault(_like(known), []).append(name)

    def add_facts(self, facts: Iterable[Fact]) -> None:
        """Add whom and what facts register, with the names that they tell."""
        for fact in facts:
            match fact:
                case PersonRegistered(person=known, name=name, student_no=number):
                    self.add("person", known, name)
                    self.add("person", known, number)
                case UnitEstablished(unit=known, name=name):
                    self.add("unit", known, name)
                case BuildingOpened(building=known):
                    self.add("building", known)

    def knows(self, kind: str, said: str) -> bool:
        """Tell whether a text is an id or a name of this kind, be it of several."""
        like = _like(said)
        return like in self.ids[kind] or like in self.names[kind]

    def id_of(self, kind: str, said: str) -> str:
        """Return the id that a text stands for; raise CellError where it is nobody's, or several people's."""
        like = _like(said)
        if like in self.ids[kind]:
            return self.ids[kind][like]
        found = self.names[kind].get(like, set())
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise self._ambiguous(kind, said, found)
        with_id = _WITH_ID.fullmatch(said)
        if with_id is not None and self._agree(kind, with_id[1], with_id[2]):
            return self.id_of(kind, with_id[2])
        return self._unknown(kind, said)

    def new_id(self, kind: str, said: str) -> str:
        """Return the id that a text stands for, itself if nobody is known by it; raise CellError where it is no id."""
        if self.knows(kind, said):
            return self.id_of(kind, said)
        if (problem := flaw(said)) is not None:
            raise CellError(f"found {cut(said)!r}, {problem}; allowed: an id")
        if len(each := several(said)) > 1:
            raise CellError(f"{cut(said)!r} are several; allowed: one", near=each[0])
        return said

    def add_pair(self, kind: str, known: str, name: str) -> bool:
        """Add an id and the name beside it, and tell whether it could be: the name may not be known as another's.

        The first that is told holds.
        """
        of_another = kind in self.closed and _like(name) in self.names[kind]
        if not self._agree(kind, name, known) and (self.called(kind, known) or of_another):
            return False
        self.add(kind, known, name)
        return True

    def check_pair(self, kind: str, known: str, name: str) -> None:
        """Raise CellError where an id, or in a directory that was given its name, is known to be another's."""
        if _like(known) in self.names[kind]:
            # The two may have changed places, or both be the name.
            if _like(known) == _like(name):
                return
            known, name = name, known
        if self._agree(kind, name, known) and (kind not in self.closed or _like(name) in self.names[kind]):
            return
        others = self.called(kind, known)
        if others:
            raise CellError(
                f"the {kind} {cut(known)!r} is called {cut(others[0])!r}, not {cut(name)!r}",
                near=self._only_holder(kind, name),
            )
        holder = self._only_holder(kind, name)
        if kind in self.closed and _like(name) in self.names[kind]:
            raise CellError(f"in the directory {cut(name)!r} is not {cut(known)!r}", near=holder)

    def _only_holder(self, kind: str, name: str) -> str | None:
        holders = self.names[kind].get(_like(name), set())
        return next(iter(holders)) if len(holders) == 1 else None

    def called(self, kind: str, known: str) -> list[str]:
        """Return the names that an id is known by."""
        return self._names_of[kind].get(_like(known), [])

    def names_by_id(self) -> dict[str, str]:
        """Return the name of each id, whatever it is of."""
        return {
            self.ids[kind][like]: names[0] for kind in reversed(_KINDS) for like, names in self._names_of[kind].items()
        }

    def _agree(self, kind: str, name: str, known: str) -> bool:
        """Tell whether an id is known, by this name or by none."""
        like = _like(known)
        return like in self.ids[kind] and (
            self.ids[kind][like] in self.names[kind].get(_like(name), set()) or not self.called(kind, known)
        )

    def _unknown(self, kind: str, said: str) -> str:
        """Return the text itself where it may be an id that nobody told of yet; raise CellError otherwise."""
        near = self._near(kind, said)
        if kind == "person" and kind not in self.closed and CHINESE.search(said):
            if not self.ids[kind] and not self.names[kind]:
                raise CellError(
                    f"{cut(said)!r} is a name and no directory tells whose; give one with --directory, or write the id",
                )
            raise CellError(
                f"nobody known is called {cut(said)!r}; give a directory with --directory, or write the id",
                near=near,
            )
        if kind in self.closed or (kind != "person" and self.ids[kind]):
            raise CellError(f"no {kind} {cut(said)!r} is known", near=near)
        return self.new_id(kind, said)

    def _ambiguous(self, kind: str, said: str, found: Iterable[str]) -> CellError:
        listed = sorted(found)[:_MOST_SHOWN]
        either = " / ".join(f"{said}({each})" for each in listed)
        return CellError(
            f"more than one {kind} is called {cut(said)!r}; write which: {either}",
            near=either,
        )

    def _near(self, kind: str, said: str) -> str | None:
        found = nearest(_like(said), (*self.names[kind], *self.ids[kind]), cutoff=0.5)
        if found is None:
            return None
        return self._spelt[kind].get(found) or self.ids[kind].get(found)


def read_directory(paths: Iterable[Path]) -> Directory:
    """Return the directory in some spreadsheets: columns such as 学号 and 姓名, 组织编号 and 组织名称, or id and name.

    Raise QueryError where one cannot be read, has no such columns, or gives an id two names.
    """
    found = Directory()
    for path in paths:
        sheets = [sheet for sheet in sheets_of(path) if not sheet.hidden]
        added = [_added(found, sheet) for sheet in sheets]
        if not any(added):
            raise QueryError(f"{path}: found no ids and names; allowed: {_ALLOWED}")
    return found


def _added(directory: Directory, sheet: RegisterSheet) -> bool:
    """Tell whether a sheet has ids and names, and add them."""
    pairs = {kind: (_IDS[kind], _NAMES[kind], (kind,)) for kind in _KINDS} | {"": (_ANY_ID, _ANY_NAME, _KINDS)}
    added = False
    for closes, (ids, names, kinds) in pairs.items():
        header = found_header(sheet, {"id": ids, "name": names})
        if header is None or len(header.columns) < 2 or (not closes and added):  # noqa: PLR2004 - both
            continue
        for number, row in enumerate(sheet.rows[header.first :], start=header.first + 1):
            cells = [row[at] if at < len(row) else None for at in (header.columns["id"], header.columns["name"])]
            if any(map(is_nothing, cells)):
                continue
            try:
                known, name = map(text_in, cells)
            except CellError as error:
                raise QueryError(f"{sheet.where}, row {number}: {error}") from None
            others = directory.called(kinds[0], known)
            if others and others[0] != name:
                raise QueryError(f"{sheet.where}, row {number}: `{known}` has two names, {others[0]!r} and {name!r}")
            for kind in kinds:
                directory.add(kind, known, name)
            directory.closed.add(closes or "person")
            added = True
    return added
