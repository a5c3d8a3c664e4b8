"""Which mapping a sheet is read by, and what each of its columns is then read for."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

import attrs
from attrs import frozen

from partyrules.errors import nearest
from partyrules.facts.schema import FURTHER, field_types, title_of
from partyrules.facts.vocabulary import Fact
from partyrules.importers.cells import CellError, cut, is_nothing, shown_as
from partyrules.importers.dates import day_in_cell
from partyrules.importers.directory import Directory
from partyrules.importers.fields import CellReadings, introduces, readings_of
from partyrules.importers.headers import OWN, Header, found_header, plain_name
from partyrules.importers.mapping import TOPIC, RegisterMapping, SheetPlan, ToldFact
from partyrules.importers.sheets import RegisterSheet, Value, is_blank, letters

_ALIKE: Final = 2


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


@frozen
class Unfit:
    """Why no mapping fits a sheet: where its header seems to be, and whether it is `meant` as a register at all."""

    row: int
    why: str
    meant: bool


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
        why = _unfit(each)
        if why is None:
            found.append((score, each))
        else:
            partial.append((score + len(header.twice), each, why))
    best = max((score for score, _ in found), default=0)
    better = max((score for score, _, _ in partial), default=0)
    fit = [each for score, each in found if score == best]
    # A sheet that has more of another register's columns is that, with a column misnamed. Of several that tell the same
    # of it any will do.
    if fit and better <= best and all(_tells(each) == _tells(fit[0]) for each in fit):
        return fit[0]
    if len(fit) > 1 and better <= best:
        names = ", ".join(each.plan.title.zh for each in fit)
        return Unfit(fit[0].header.row, f"{names} fit as well; name one with --mapping", meant=True)
    if not partial:
        row = next((number for number, row in enumerate(sheet.rows) if not all(map(is_blank, row))), 0)
        return Unfit(row, "it has none of the columns of the mapping", meant=False)
    score, each, why = max(partial, key=lambda entry: entry[0])
    return Unfit(each.header.row, why, meant=score >= _ALIKE or why.endswith("?"))


def _tells(each: Chosen) -> list[tuple[Any, ...]]:
    """Return what the columns of a sheet tell by a plan."""
    told_by = [told for told in each.plan.facts if not _lacking(told, each)]
    keys = [{name: _key(told, each.plan, name) for name in field_types(told.cls)} for told in told_by]
    where = [
        {name: (each.header.columns.get(key), each.header.labels.get(key)) for name, key in some.items()}
        for some in keys
    ]
    return [(told.cls, dict(told.set), told.pick, at, told.key) for told, at in zip(told_by, where, strict=True)]


def fitting(sheet: RegisterSheet, mappings: Iterable[RegisterMapping]) -> Iterator[tuple[RegisterMapping, SheetPlan]]:
    """Yield the plans of mappings that are for sheets of such a name."""
    for mapping in mappings:
        for plan in mapping.sheets:
            if any(fnmatchcase(sheet.name.strip(), pattern) for pattern in plan.match):
                yield mapping, plan


def header_of(sheet: RegisterSheet, plan: SheetPlan) -> Header | None:
    """Return the header that a sheet has for a plan."""
    days = None if plan.attendance is None else _DAY
    return found_header(sheet, plan.wanted(), row=plan.header, days=days)


def _with_given(header: Header, plan: SheetPlan, given: Mapping[str, str]) -> Header:
    """Return the header with what was given for fields that it does not have, as if it stood above it."""
    lacking = {key for key in plan.wanted() if not _has(header, key)}
    named = {key: key.rpartition(".")[2] for key in lacking if not key.startswith(("names.", "attendance."))}
    labels = {key: given[name] for key, name in named.items() if name in given}
    return attrs.evolve(header, labels={**header.labels, **labels})


def _unfit(each: Chosen) -> str | None:
    """Return why a plan cannot be used for a sheet: a column twice, or what every fact needs is missing."""
    header, wanted = each.header, each.plan.wanted()
    for key, places in header.twice.items():
        at = "、".join(letters(place) for place in places)
        name = wanted[key][0]
        return f"more than one column may be {cut(name)!r}: {at}; rename one, or name it in the mapping"
    lacking = [_lacking(told, each) for told in each.plan.facts]
    if all(lacking):
        keys = min(lacking, key=len)
        names = " | ".join(dict.fromkeys(" / ".join(wanted[key][:3]) for key in keys))
        there = list(header.names.values())
        near = next(
            (close for key in keys for name in wanted[key] if (close := nearest(name, there, cutoff=0.5))), None
        )
        hint = f"; is it `{near}`?" if near else ""
        # What is the same in all rows need not be a column.
        cure = next((key for key in keys if key == "unit"), None)
        hint = f"; or say it of all rows with --set {cure}=…{hint}" if cure else hint
        listed = "、".join(there[:20])
        return f"no column {names}; found: {listed}{hint}"
    return None


def _lacking(told: ToldFact, each: Chosen) -> list[str]:
    """Return the columns that a fact needs and a sheet does not have."""
    header, plan = each.header, each.plan
    across = meetings_across(each)
    missing = []
    for attribute in attrs.fields(told.cls):
        name = attribute.name
        if attribute.default is not attrs.NOTHING or name in told.set or (name == "on" and across):
            continue
        if name == told.pick and across and all(column.kind for column in across):
            continue
        key = _key(told, plan, name)
        if not (_has(header, key) or _has(header, f"names.{name}")):
            missing.append(key)
    if plan.attendance is not None:
        if not {"attendance.who", "attendance.names"} & header.columns.keys():
            missing.append("attendance.who" if plan.attendance.who else "attendance.names")
        if not ("attendance.mark" in header.columns or across):
            missing.append("attendance.mark")
    return missing


def _has(header: Header, key: str) -> bool:
    return key in header.columns or key in header.labels


def _key(told: ToldFact, plan: SheetPlan, name: str) -> str:
    return f"{plan.facts.index(told)}.{name}" if name in told.columns else name


# A list of who was there with a column for each meeting --------------------------------------------------------

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


def meetings_across(each: Chosen) -> list[MeetingColumn]:
    """Return the columns that are headed by a day; none unless one of them is and no column is of marks."""
    if each.plan.attendance is None or "attendance.mark" in each.header.columns:
        return []
    year = shown_as(each.header.labels.get("year"))
    # The kind of several meetings may stand over their days, unless it is told otherwise.
    kinded = all(_has(each.header, _key(told, each.plan, told.pick)) for told in each.plan.facts if told.pick)
    taken, group = set(each.header.columns.values()), ""
    marks = {plain_name(name) for name in each.plan.attendance.mark}
    found = []
    for at, name in sorted(each.header.names.items()):
        if at in taken:
            continue
        said = _DAY.search(name) or _PART_OF_A_DAY.search(name)
        if said is None:
            continue
        rest = (name[: said.start()] + name[said.end() :]).strip(_AROUND)
        group = each.header.over.get(at, group)
        kind = "" if plain_name(rest) in marks else rest or ("" if kinded else group)
        try:
            day = day_in_cell(said[0], year=year)
            found.append(MeetingColumn(at, name, day.isoformat(), kind))
        except CellError as error:
            found.append(MeetingColumn(at, name, wrong=error))
    return found if any(column.day for column in found) else []


# What is read ----------------------------------------------------------------------------------------------------


def tellers_of(each: Chosen, sheet: RegisterSheet, directory: Directory) -> list[Teller]:
    """Return what tells the facts of a row, without those of which a needed column is missing."""
    plan, header = each.plan, each.header
    dates = {"since_1904": sheet.since_1904, "year": shown_as(header.labels.get("year"))}
    tellers = []
    # What is of one type is read once for all facts of a row.
    shared: dict[Any, CellReadings] = {}
    for told in plan.facts:
        if _lacking(told, each):
            continue
        sources = []
        kind = None
        needed = {one.name for one in attrs.fields(told.cls) if one.default is attrs.NOTHING}
        for name, hint in field_types(told.cls).items():
            key = _key(told, plan, name)
            named = f"names.{name}" if title_of(hint) else ""
            if name in told.set or not (_has(header, key) or _has(header, named)):
                continue
            found = key if _has(header, key) else named
            several = name == "on" and bool(told.span)
            alike = (name, str(hint), several, introduces(told.cls) == name)
            if alike not in shared:
                shared[alike] = readings_of(
                    told.cls,
                    name,
                    words=each.mapping.words.get(name),
                    directory=directory,
                    dates=dates,
                    several=several,
                )
            at = header.columns.get(found)
            source = CellSource(
                name=name,
                readings=shared[alike],
                at=at,
                beside=header.columns.get(named),
                label=header.labels.get(found),
                called=header.names.get(at) if at is not None else plan.wanted()[found][0],
                own=name in told.columns,
                required=name in needed,
            )
            if name == told.pick:
                kind = source
            else:
                sources.append(source)
        further = FURTHER.get((told.cls.wire, told.pick or ""))
        words = each.mapping.words.get(told.pick or "", {})
        has_own = any(source.own and source.at is not None for source in sources)
        topic = f"{plan.facts.index(told)}.{TOPIC}" if told.topic else ""
        tellers.append(Teller(told, tuple(sources), told.set, kind, words, further, has_own, topic))
    return tellers


def unused(each: Chosen, tellers: Iterable[Teller]) -> list[str]:
    """Return the names of the columns that nothing is read of."""
    used = {column.at for column in meetings_across(each)}
    used |= {at for source in _sources_of(tellers) for at in (source.at, source.beside) if at is not None}
    used |= {at for key, at in each.header.columns.items() if key.startswith(("names.", "attendance."))}
    used |= {at for key, at in each.header.columns.items() if key.endswith(("clock", TOPIC))}
    return [name for at, name in each.header.names.items() if at not in used and plain_name(name) not in OWN]


def _sources_of(tellers: Iterable[Teller]) -> Iterator[CellSource]:
    for teller in tellers:
        yield from teller.sources
        if teller.kind is not None:
            yield teller.kind


def untold(each: Chosen) -> list[str]:
    """Return the facts that a sheet has some own column of and cannot tell, since another is missing."""
    found = []
    wanted = each.plan.wanted()
    for told in each.plan.facts:
        keys = _lacking(told, each)
        own = [f"{each.plan.facts.index(told)}.{name}" for name in told.columns]
        if keys and any(key in each.header.columns for key in own):
            names = "、".join(" / ".join(wanted[key][:3]) for key in keys)
            found.append(f"`{told.cls.wire}` is not told: no column {names}")
    return found
