"""Which mapping a sheet is read by, and what each of its columns is then read for."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

import attrs
from attrs import frozen

from partyrules.errors import nearest
from partyrules.facts.schema import field_types, title_of
from partyrules.facts.vocabulary import Fact
from partyrules.importers.cells import CellError, civil_date_in, cut
from partyrules.importers.directory import Directory
from partyrules.importers.fields import CellReader, reader_of
from partyrules.importers.headers import Header, found_header, plain_name
from partyrules.importers.mapping import RegisterMapping, SheetPlan, ToldFact
from partyrules.importers.sheets import RegisterSheet, Value, is_blank, letters

__all__ = ["CellSource", "Chosen", "Teller", "Unfit", "chosen", "dates_across", "tellers_of", "untold", "unused"]

_ALIKE: Final = 2
# Columns that are of no account: numbers of rows, and what a workbook of refused rows says of each.
_OWN: Final = ("序号", "no.", "导入提示", "import remark")


@frozen
class Chosen:
    """The mapping and plan by which a sheet is read, and its header."""

    mapping: RegisterMapping
    plan: SheetPlan
    header: Header


@frozen
class Unfit:
    """Why no mapping fits a sheet: where its header seems to be, and whether it is `meant` as a register at all."""

    row: int
    why: str
    meant: bool


@frozen
class CellSource:
    """Where a field of a fact comes from: the column `at`, or what stands above the header, and how it is read.

    Where a cell of it is empty, the name in the column `beside` may tell who is meant.
    """

    name: str
    read: CellReader
    at: int | None = None
    beside: int | None = None
    label: Value = None
    called: str | None = None
    own: bool = False
    required: bool = False


@frozen
class Teller:
    """What tells one fact of a row: the fields by source, those `set`, and the words of which the row must have one."""

    told: ToldFact
    sources: tuple[CellSource, ...]
    set: Mapping[str, Any]
    words: Mapping[str, str]

    @property
    def cls(self) -> type[Fact]:
        """The fact type."""
        return self.told.cls


def chosen(sheet: RegisterSheet, mappings: Iterable[RegisterMapping], given: Mapping[str, str]) -> Chosen | Unfit:
    """Return the mapping and plan of which a sheet has the most columns, or why none fits.

    `given` are values of fields that all rows have where a sheet does not tell them.
    """
    found: list[tuple[int, Chosen]] = []
    partial: list[tuple[int, Chosen, str]] = []
    for mapping in mappings:
        for plan in mapping.sheets:
            if not any(fnmatchcase(sheet.name.strip(), pattern) for pattern in plan.match):
                continue
            header = found_header(sheet, plan.wanted(), row=plan.header)
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
    # A sheet that has more of another register's columns is that, with a column misnamed.
    if len(fit) == 1 and better <= best:
        return fit[0]
    if len(fit) > 1 and better <= best:
        names = [each.plan.title.zh for each in fit]
        return Unfit(
            fit[0].header.row,
            f"{', '.join(names)} fit as well; name one with --mapping",
            meant=True,
        )
    if not partial:
        row = next((number for number, row in enumerate(sheet.rows) if not all(map(is_blank, row))), 0)
        why = "it has none of the columns of the mapping"
        return Unfit(row, why, meant=False)
    score, each, why = max(partial, key=lambda entry: entry[0])
    return Unfit(each.header.row, why, meant=score >= _ALIKE or why.endswith("?"))


def _with_given(header: Header, plan: SheetPlan, given: Mapping[str, str]) -> Header:
    """Return the header with what was given for fields that it does not have, as if it stood above it."""
    lacking = {key for key in plan.wanted() if key not in header.columns and key not in header.labels}
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
        listed = "、".join(there[:20])
        return f"no column {names}; found: {listed}{hint}"
    return None


def _lacking(told: ToldFact, each: Chosen) -> list[str]:
    """Return the columns that a fact needs and a sheet does not have."""
    header, plan = each.header, each.plan
    across = bool(dates_across(each))
    missing = []
    for attribute in attrs.fields(told.cls):
        name = attribute.name
        if attribute.default is not attrs.NOTHING or name in told.set or (name == "on" and across):
            continue
        key = _key(told, plan, name)
        named = f"names.{name}"
        if _has(header, key) or (_has(header, named)):
            continue
        missing.append(key)
    if plan.attendance is not None:
        if not (_has(header, "attendance.who") or _has(header, "attendance.names")):
            missing.append("attendance.who" if plan.attendance.who else "attendance.names")
        if not (_has(header, "attendance.mark") or across):
            missing.append("attendance.mark")
    return missing


def _has(header: Header, key: str) -> bool:
    return key in header.columns or key in header.labels


def _key(told: ToldFact, plan: SheetPlan, name: str) -> str:
    return f"{plan.facts.index(told)}.{name}" if name in told.columns else name


def dates_across(each: Chosen) -> dict[int, str]:
    """Return the columns that are headed by a day, of a list of who was there that has a column for each meeting."""
    if each.plan.attendance is None or "attendance.mark" in each.header.columns:
        return {}
    found = {}
    for at, name in each.header.names.items():
        try:
            day = civil_date_in(name)
        except CellError:
            continue
        if day.exact:
            found[at] = str(day)
    return found


def tellers_of(each: Chosen, sheet: RegisterSheet, directory: Directory) -> list[Teller]:
    """Return what tells the facts of a row, without those of which a needed column is missing."""
    plan, header = each.plan, each.header
    tellers = []
    for told in plan.facts:
        if _lacking(told, each):
            continue
        sources = []
        for name in field_types(told.cls):
            key = _key(told, plan, name)
            named = f"names.{name}" if title_of(field_types(told.cls)[name]) else ""
            if name in told.set or not (_has(header, key) or _has(header, named)):
                continue
            found = key if _has(header, key) else named
            words = each.mapping.words.get(name)
            read = reader_of(told.cls, name, words=words, directory=directory, since_1904=sheet.since_1904)
            at = header.columns.get(found)
            required = next(one for one in attrs.fields(told.cls) if one.name == name).default is attrs.NOTHING
            called = header.names.get(at) if at is not None else plan.wanted()[found][0]
            sources.append(
                CellSource(
                    name=name,
                    read=read,
                    at=at,
                    beside=header.columns.get(named),
                    label=header.labels.get(found),
                    called=called,
                    own=name in told.columns,
                    required=required,
                )
            )
        tellers.append(Teller(told, tuple(sources), told.set, each.mapping.words.get(told.pick or "", {})))
    return tellers


def unused(each: Chosen, tellers: Iterable[Teller]) -> list[str]:
    """Return the names of the columns that nothing is read of."""
    used = {*dates_across(each), *(at for source in sources_of(tellers) for at in (source.at, source.beside))}
    used |= {at for key, at in each.header.columns.items() if key.startswith(("names.", "attendance."))}
    ours = {plain_name(name) for name in _OWN}
    return [name for at, name in each.header.names.items() if at not in used and plain_name(name) not in ours]


def sources_of(tellers: Iterable[Teller]) -> Iterator[CellSource]:
    """Yield the sources of all the facts of a row."""
    return (source for teller in tellers for source in teller.sources)


def untold(each: Chosen) -> list[str]:
    """Return the facts that a sheet has some own column of and cannot tell, since another is missing."""
    found = []
    wanted = each.plan.wanted()
    for told in each.plan.facts:
        keys = _lacking(told, each)
        own = [f"{each.plan.facts.index(told)}.{name}" for name in told.columns]
        if keys and any(key in each.header.columns for key in own):
            names = "、".join(" / ".join(wanted[key][:3]) for key in keys)
            found.append(f"{told.cls.wire} is not told: no column {names}")
    return found
