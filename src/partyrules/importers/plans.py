"""Which mapping a sheet is read by, and what each of its columns is then read for."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any, Final

import attrs
from attrs import frozen

from partyrules.errors import nearest
from partyrules.facts.schema import FURTHER, field_types, title_of
from partyrules.facts.vocabulary import Fact
from partyrules.importers.cells import CellError, cut, is_nothing, shown_as
from partyrules.importers.dates import day_in_cell
from partyrules.importers.directory import Directory
from partyrules.importers.fields import CellReadings, introduces, reader_of
from partyrules.importers.headers import OWN, Header, found_header, plain_name
from partyrules.importers.mapping import TOPIC, RegisterMapping, SheetPlan, ToldFact
from partyrules.importers.sheets import RegisterSheet, Value, is_blank, letters

_ALIKE: Final = 2
# What of the name of a column is a day, and what looks like one that is not written out.
_DAY: Final = re.compile(
    r"(?:\d{4}|\d{2})\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}\s*[日号]?(?:\s*\d{1,2}(?::\d{2}){1,2})?|^\d{5}$|^\d{8}$"
)
_PART_OF_A_DAY: Final = re.compile(r"\d{1,2}\s*月\s*\d{1,2}\s*[日号]?|^\d{1,4}[-./年]\d{1,2}月?$|^\d{1,2}月份?$")
_AROUND: Final = " \n()（）:：/-—、，,"


@frozen
class MeetingColumn:
    """A column of marks that is headed by its meeting: the day, and its kind if that stands there, too.

    `wrong` is why its header cannot be read.
    """

    at: int
    name: str
    day: str = ""
    kind: str = ""
    wrong: CellError | None = None


@frozen
class Unfit:
    """Why no mapping fits a sheet: where its header seems to be, and whether it is `meant` as a register at all."""

    row: int
    why: str
    meant: bool


@frozen
class Chosen:
    """The mapping and plan by which a sheet is read, and its header."""

    mapping: RegisterMapping
    plan: SheetPlan
    header: Header

    def cell(self, key: str, row: Sequence[Value]) -> Value:
        """Return the cell of a row in a column that is looked for, or what stands above the header for it."""
        at = self.header.columns.get(key)
        return self.header.labels.get(key) if at is None else row[at] if at < len(row) else None

    def key(self, told: ToldFact, name: str) -> str:
        """Return by what a field of a fact is looked for: what is of one fact alone has its number."""
        return f"{self.plan.facts.index(told)}.{name}" if name in told.columns else name

    @cached_property
    def across(self) -> list[MeetingColumn]:
        """The columns that are headed by a day; none unless one of them is and no column is of marks."""
        plan, header = self.plan, self.header
        if not plan.attendance or "attendance.mark" in header.columns:
            return []
        year = shown_as(header.labels.get("year"))
        # The kind of several meetings may stand over their days, unless it is told otherwise.
        kinded = all(header.has(self.key(told, told.pick)) for told in plan.facts if told.pick)
        taken, group = set(header.columns.values()), ""
        marks = {plain_name(name) for name in plan.attendance["mark"]}
        found = []
        for at, name in sorted(header.names.items()):
            said = None if at in taken else _DAY.search(name) or _PART_OF_A_DAY.search(name)
            if said is None:
                continue
            rest = (name[: said.start()] + name[said.end() :]).strip(_AROUND)
            group = header.over.get(at, group)
            kind = "" if plain_name(rest) in marks else rest or ("" if kinded else group)
            try:
                found.append(MeetingColumn(at, name, day_in_cell(said[0], year=year).isoformat(), kind))
            except CellError as error:
                found.append(MeetingColumn(at, name, wrong=error))
        return found if any(column.day for column in found) else []

    @cached_property
    def lacking(self) -> list[tuple[ToldFact, list[str]]]:
        """Of each fact the columns that it needs and the sheet does not have."""
        found = []
        for told in self.plan.facts:
            needed: Sequence[str] = told.required
            if self.across:
                kinds = all(column.kind for column in self.across)
                needed = [name for name in needed if name != "on" and not (kinds and name == told.pick)]
            header = self.header
            keys = [self.key(told, name) for name in needed if name not in told.set and not header.has(f"names.{name}")]
            keys = [key for key in keys if not header.has(key)]
            if self.plan.attendance:
                who, names, mark = (f"attendance.{name}" for name in ("who", "names", "mark"))
                if not {who, names} & header.columns.keys():
                    keys.append(who if "who" in self.plan.attendance else names)
                if not (self.across or mark in header.columns):
                    keys.append(mark)
            found.append((told, keys))
        return found

    @property
    def told(self) -> list[ToldFact]:
        """The facts of which the sheet has what is needed."""
        return [told for told, keys in self.lacking if not keys]

    @property
    def tells(self) -> list[tuple[Any, ...]]:
        """What facts are told of which columns, whatever the mapping is called."""
        places = {key: (at, None) for key, at in self.header.columns.items()} | {
            key: (None, label) for key, label in self.header.labels.items()
        }
        return [
            (
                told.cls,
                told.set,
                told.pick,
                told.key,
                [places.get(self.key(told, name)) for name in field_types(told.cls)],
            )
            for told in self.told
        ]

    def unfit(self) -> str | None:
        """Return why it cannot be read so: a column twice, or what every fact needs is missing."""
        header, wanted = self.header, self.plan.wanted()
        for key, places in ((key, places) for key, places in header.twice.items() if not key.endswith(TOPIC)):
            at = "、".join(letters(place) for place in places)
            return f"more than one column may be {cut(wanted[key][0])!r}: {at}; rename one, or name it in the mapping"
        if self.told:
            return None
        keys = min((keys for _, keys in self.lacking), key=len)
        names = " | ".join(dict.fromkeys(" / ".join(wanted[key][:3]) for key in keys))
        there = list(header.names.values())
        close = (nearest(name, there, cutoff=0.5) for key in keys for name in wanted[key])
        near = next(filter(None, close), None)
        hint = f"; is it `{near}`?" if near else ""
        # What is the same in all rows need not be a column.
        hint = f"; or say it of all rows with --set unit=…{hint}" if "unit" in keys else hint
        return f"no column {names}; found: {'、'.join(there[:20])}{hint}"

    def untold(self) -> Iterator[str]:
        """Yield the facts that a sheet has some own column of and cannot tell, since another is missing."""
        for told, keys in self.lacking:
            if keys and any(self.key(told, name) in self.header.columns for name in told.columns):
                names = "、".join(" / ".join(self.plan.wanted()[key][:3]) for key in keys)
                yield f"`{told.cls.wire}` is not told: no column {names}"

    def unused(self, tellers: Iterable["Teller"]) -> list[str]:
        """Return the names of the columns that nothing is read of."""
        used = {column.at for column in self.across}
        used |= {at for each in tellers for one in (*each.sources, each.kind) if one for at in (one.at, one.beside)}  # type: ignore[misc]  # None is no column
        aside = ("names.", "attendance.")
        used |= {
            at for key, at in self.header.columns.items() if key.startswith(aside) or key.endswith(("clock", TOPIC))
        }
        return [name for at, name in self.header.names.items() if at not in used and plain_name(name) not in OWN]


def chosen(
    sheet: RegisterSheet, mappings: Iterable[RegisterMapping], given: Mapping[str, str], directory: Directory
) -> Chosen | Unfit:
    """Return the mapping and plan of which a sheet has the most columns, or why none fits.

    `given` are values of fields that all rows have where a sheet does not tell them; the name of a sheet that is that
    of a unit is one.
    """
    if directory.knows("unit", sheet.name):
        given = {"unit": sheet.name, **given}
    found: list[tuple[int, Chosen]] = []
    partial: list[tuple[int, Chosen, str]] = []
    for mapping, plan in fitting(sheet, mappings):
        header = header_of(sheet, plan)
        if header is None:
            continue
        each = Chosen(mapping, plan, _with_given(header, plan, given))
        score = len(header.columns) + len(header.labels)
        why = each.unfit()
        if why is None:
            found.append((score, each))
        else:
            partial.append((score + len(header.twice), each, why))
    best = max((score for score, _ in found), default=0)
    fit = [each for score, each in found if score == best]
    # A sheet that has more of another register's columns is that, with a column misnamed. Of several that tell the same
    # of it any will do.
    if fit and best >= max((score for score, _, _ in partial), default=0):
        if all(each.tells == fit[0].tells for each in fit):
            return fit[0]
        names = ", ".join(each.plan.title.zh for each in fit)
        return Unfit(fit[0].header.row, f"{names} fit as well; name one with --mapping", meant=True)
    if not partial:
        row = next((number for number, row in enumerate(sheet.rows) if not all(map(is_blank, row))), 0)
        return Unfit(row, "it has none of the columns of the mapping", meant=False)
    score, each, why = max(partial, key=lambda entry: entry[0])
    return Unfit(each.header.row, why, meant=score >= _ALIKE or why.endswith("?"))


def fitting(sheet: RegisterSheet, mappings: Iterable[RegisterMapping]) -> Iterator[tuple[RegisterMapping, SheetPlan]]:
    """Yield the plans of mappings that are for sheets of such a name."""
    for mapping in mappings:
        for plan in mapping.sheets:
            if any(fnmatchcase(sheet.name.strip(), pattern) for pattern in plan.match):
                yield mapping, plan


def header_of(sheet: RegisterSheet, plan: SheetPlan) -> Header | None:
    """Return the header that a sheet has for a plan."""
    return found_header(sheet, plan.wanted(), row=plan.header, days=_DAY if plan.attendance else None)


def _with_given(header: Header, plan: SheetPlan, given: Mapping[str, str]) -> Header:
    """Return the header with what was given for fields that it does not have, as if it stood above it."""
    lacking = [key for key in plan.wanted() if not header.has(key) and not key.startswith(("names.", "attendance."))]
    labels = {key: given[name] for key in lacking if (name := key.rpartition(".")[2]) in given}
    return attrs.evolve(header, labels={**header.labels, **labels})


# What is read ----------------------------------------------------------------------------------------------------


@frozen
class CellSource:
    """Where a field of a fact comes from: the column `at`, or what stands above the header, and what its cells say.

    Where a cell of it is empty, the name in the column `beside` may tell who is meant.
    """

    name: str
    readings: CellReadings
    at: int | None = None
    beside: int | None = None
    label: Value = None
    called: str | None = None
    own: bool = False
    required: bool = False

    def cell(self, row: Sequence[Value]) -> Value:
        """Return the cell of a row."""
        at = self.at
        if at is None:
            return self.label
        cell = row[at] if at < len(row) else None
        beside = self.beside
        return row[beside] if beside is not None and beside < len(row) and is_nothing(cell) else cell

    def says(self, row: Sequence[Value]) -> Any:
        """Return what the cell of a row says: a value as facts have it, a CellError, or None for nothing."""
        at = self.at
        cell = self.label if at is None else row[at] if at < len(row) else None
        found = self.readings[cell.__class__, cell]
        if found is None and self.beside is not None:
            cell = self.cell(row)
            found = self.readings[cell.__class__, cell]
        return found


@frozen
class Teller:
    """What tells one fact of a row: the fields by source, those `set`, and the source and words of the kind, if picked.

    `further` is the field for the kinds besides the first. Where it `has_own` columns, one of these begins to tell it.
    What its `topic` is stands in the column of that key, if that is not empty.
    """

    told: ToldFact
    sources: tuple[CellSource, ...]
    set: Mapping[str, Any]
    kind: CellSource | None
    words: Mapping[str, str]
    further: str | None
    has_own: bool
    topic: str

    @property
    def cls(self) -> type[Fact]:
        """The fact type."""
        return self.told.cls


def tellers_of(each: Chosen, sheet: RegisterSheet, directory: Directory) -> list[Teller]:
    """Return what tells the facts of a row, without those of which a needed column is missing."""
    header, words = each.header, each.mapping.words
    dates = {"since_1904": sheet.since_1904, "year": shown_as(header.labels.get("year"))}
    tellers = []
    # What is of one type is read once for all facts of a row.
    shared: dict[Any, CellReadings] = {}
    for told in each.told:
        sources = {}
        for name, hint in field_types(told.cls).items():
            key, named = each.key(told, name), f"names.{name}" if title_of(hint) else ""
            found = key if header.has(key) else named
            if name in told.set or not header.has(found):
                continue
            several = name == "on" and bool(told.span)
            alike = (name, str(hint), several, introduces(told.cls) == name)
            if alike not in shared:
                reader = reader_of(
                    told.cls, name, words=words.get(name), directory=directory, dates=dates, several=several
                )
                shared[alike] = CellReadings(reader)
            at = header.columns.get(found)
            sources[name] = CellSource(
                name=name,
                readings=shared[alike],
                at=at,
                beside=header.columns.get(named),
                label=header.labels.get(found),
                called=header.names.get(at) if at is not None else each.plan.wanted()[found][0],
                own=name in told.columns,
                required=name in told.required,
            )
        pick = told.pick or ""
        kind = sources.pop(pick, None)
        has_own = any(source.own and source.at is not None for source in sources.values())
        topic = f"{each.plan.facts.index(told)}.{TOPIC}" if told.topic else ""
        further = FURTHER.get((told.cls.wire, pick))
        tellers.append(
            Teller(told, tuple(sources.values()), told.set, kind, words.get(pick, {}), further, has_own, topic)
        )
    return tellers
