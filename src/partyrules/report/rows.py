"""The findings that a report lists, as columns over all rules, and what is counted of all the others."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

import numpy as np
from attrs import evolve, fields, frozen

from partyrules.answers.blocks import STATUS_CODES, Array, numbered, of_rows
from partyrules.answers.tables import FindingTable
from partyrules.answers.verdicts import Status
from partyrules.language.rules import Duty
from partyrules.packs.pack import Bound
from partyrules.store.columns import NO_DAY, NO_NUMBER
from partyrules.time.calendar import Term

_BEARING: Final = (STATUS_CODES["satisfied"], STATUS_CODES["breached"], STATUS_CODES["unknown"])


@frozen(kw_only=True, eq=False)
class FindingColumns:
    """Findings as columns over all rules, in the order of findings; `place` are their rows in each rule's block.

    `rule` are places in `bounds`; `required` and `actual` are floats, NaN where there is none; `key` is the same
    of rows that are about the same duty, bearer, period and occasion, of tables made together; all the others are as in
    a `Block`.
    """

    bounds: tuple[Bound[Duty], ...]
    rule: Array
    place: Array
    subject: Array
    start: Array
    end: Array
    occasion: Array
    status: Array
    reason: Array
    required: Array
    actual: Array
    due: Array
    needs: Array
    responsible: Array
    key: Array

    def __len__(self) -> int:
        return len(self.rule)

    def where(self, mask: Array) -> "FindingColumns":
        """Return the rows that a mask, or an array of places, picks."""
        return evolve(self, **{each.name: getattr(self, each.name)[mask] for each in _COLUMNS})

    def among(self, keys: Array) -> Array:
        """Return the mask of the rows with one of some keys."""
        known = np.append(np.sort(keys), -1)
        return np.asarray(known[np.searchsorted(known[:-1], self.key)] == self.key)

    def of_status(self, *statuses: Status) -> Array:
        """Return the mask of the rows in one of the statuses."""
        return np.isin(self.status, [STATUS_CODES[status] for status in statuses])


_COLUMNS: Final = [each for each in fields(FindingColumns) if each.name != "bounds"]


def rows_of_tables(*tables: FindingTable) -> tuple[FindingColumns, ...]:
    """Return the findings of each of some tables of one projection and adoption, all rules below each other."""
    found = [_rows_of(table) for table in tables]
    names = ("rule", "subject", "start", "occasion")
    columns = [numbered(np.concatenate([rows[name] for _, rows in found])) for name in names]
    keys = np.ravel_multi_index([places for _, places in columns], [len(used) or 1 for used, _ in columns])
    parts = np.split(keys, np.cumsum([len(rows["rule"]) for _, rows in found])[:-1])
    return tuple(
        FindingColumns(bounds=bounds, **rows, key=key) for (bounds, rows), key in zip(found, parts, strict=True)
    )


def _rows_of(table: FindingTable) -> tuple[tuple[Bound[Duty], ...], dict[str, Array]]:
    columns: dict[str, list[Array]] = {each.name: [] for each in _COLUMNS if each.name != "key"}
    for number, (block, picked) in enumerate(zip(table.blocks, table.picked, strict=True)):
        places = np.arange(len(block)) if picked is None else picked
        columns["rule"].append(np.full(len(places), number, np.int32))
        columns["place"].append(places)
        for name in ("subject", "start", "end", "occasion", "status", "reason", "due", "needs", "responsible"):
            columns[name].append(np.asarray(of_rows(getattr(block, name), places)))
        for name in ("required", "actual"):
            units = of_rows(getattr(block, name), places)
            absent = np.asarray(units == NO_NUMBER, np.bool_)
            columns[name].append(np.where(absent, np.nan, np.where(absent, 0, units).astype(float) / block.scale))
    bounds = tuple(block.bound for block in table.blocks if isinstance(block.bound, Bound))
    return bounds, {name: _joined(parts) for name, parts in columns.items()}


def _joined(parts: Sequence[Array]) -> Array:
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


# What is counted ----------------------------------------------------------------------------------------------------


def counted_by(table: FindingTable, group: Array, groups: int) -> Iterator[tuple[Array, Array]]:
    """Yield for each rule how many findings are breached, and how many breached or satisfied, by group of subject.

    `group` has the number of the group of each subject's code.
    """
    for block, rows in zip(table.blocks, table.picked, strict=True):
        of, status = group[of_rows(block.subject, rows)], of_rows(block.status, rows)
        breached = status == STATUS_CODES["breached"]
        decided = breached | (status == STATUS_CODES["satisfied"])
        yield tuple(np.bincount(of[mask], minlength=groups)[:groups] for mask in (breached, decided))  # type: ignore[misc]


@frozen(kw_only=True)
class Semester:
    """How many findings that fell due from the first day of a semester until the next are satisfied, of how many."""

    term: Term
    satisfied: int
    breached: int
    unknown: int

    @property
    def all(self) -> int:
        """How many fell due."""
        return self.satisfied + self.breached + self.unknown

    @property
    def rate(self) -> float | None:
        """The share that is satisfied, None where nothing fell due."""
        return self.satisfied / self.all if self.all else None


def semesters(table: FindingTable, terms: Sequence[Term], as_of: date) -> tuple[Semester, ...]:
    """Return the semesters that began by the day, each with what fell due in it or in the vacation after it."""
    begun = [term for term in terms if term.first <= as_of]
    starts = np.array([term.first.toordinal() for term in begun], np.int64)
    shape = len(begun) + 1, len(STATUS_CODES)
    counts = np.zeros(shape, np.int64)
    for block, rows in zip(table.blocks, table.picked, strict=True):
        due, status = np.asarray(of_rows(block.due, rows)), np.asarray(of_rows(block.status, rows))
        bearing = (due != NO_DAY) & (due <= as_of.toordinal()) & np.isin(status, _BEARING)
        # The first row takes what fell due before any semester.
        places = np.searchsorted(starts, due[bearing], side="right") * shape[1] + status[bearing]
        counts += np.bincount(places, minlength=counts.size).reshape(shape)
    return tuple(
        Semester(
            term=term, satisfied=int(row[_BEARING[0]]), breached=int(row[_BEARING[1]]), unknown=int(row[_BEARING[2]])
        )
        for term, row in zip(begun, counts[1:], strict=True)
    )
