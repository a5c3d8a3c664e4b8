"""The findings of an audit as a table of columns; the objects are made when they are asked for."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from attrs import evolve, frozen

from partyrules.answers.arrow import arrow_batches, arrow_schema, library
from partyrules.answers.blocks import STATUS_CODES, About, Array, Block, FindingRow, Names, of_rows, row_of, rows_of
from partyrules.answers.verdicts import STATUSES, Finding, Status, finding_order
from partyrules.errors import EngineError, QueryError, refusal
from partyrules.facts.writing import our_file
from partyrules.packs.naming import rules_named
from partyrules.store.columns import NO_DAY, Columns

_NOBODY: Final = -2
_PARQUET: Final = b"PAR1"
# By which readers of Parquet find rows; to tell the least and the greatest of each column takes a quarter of the time.
_SOUGHT: Final = ("rule", "subject", "start", "end", "status", "due")
_ROWS_AT_ONCE: Final = 1 << 16
_FEW: Final = 3
# Few at first, for whoever looks at the head of a table only.
_SUBJECTS_AT_FIRST: Final = 16
_SUBJECTS_AT_MOST: Final = 4096

Judge = Callable[[About, Collection[str]], Iterable[Finding]]


@frozen(kw_only=True)
class TableSetting:
    """What a table asks of the facts: the day asked, the first day of each fact by number, who tells units."""

    as_of: date
    days: Callable[[], Array]
    units: Callable[[], Callable[[str], tuple[str, ...]]]

    @staticmethod
    def of(columns: Columns, as_of: date, units: Callable[[], Callable[[str], tuple[str, ...]]]) -> "TableSetting":
        """Return what a table asks of facts in columns."""

        def days() -> Array:
            found = np.zeros(len(columns), np.int64)
            for table in columns.tables.values():
                found[table.numbers.array] = table.first.array
            return found

        return TableSetting(as_of=as_of, days=days, units=units)


# The table ---------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Summary:
    """How many findings there are of each rule in each status; rules without any are left out."""

    rules: Mapping[str, Mapping[Status, int]]

    @property
    def statuses(self) -> Mapping[Status, int]:
        """How many findings there are in each status."""
        return {status: sum(counts[status] for counts in self.rules.values()) for status in STATUSES}

    @property
    def findings(self) -> int:
        """How many findings there are."""
        return sum(self.statuses.values())

    def __repr__(self) -> str:
        return f"<Summary: {self.findings} findings on {len(self.rules)} rules>"

    def to_wire(self) -> dict[str, Any]:
        """Return the counts as a JSON object, totals first."""
        return {
            "findings": self.findings,
            "statuses": dict(self.statuses),
            "rules": {rule: dict(counts) for rule, counts in self.rules.items()},
        }

    def __str__(self) -> str:
        """Return the counts as lines of text, a rule on each, the totals last."""
        rows = [("", *STATUSES)]
        rows += [(rule, *(str(counts[status]) for status in STATUSES)) for rule, counts in self.rules.items()]
        rows.append(("total", *(str(number) for number in self.statuses.values())))
        first = max(len(row[0]) for row in rows)
        return "\n".join(
            " ".join(
                [row[0].ljust(first), *(cell.rjust(len(head)) for cell, head in zip(row[1:], STATUSES, strict=True))]
            )
            for row in rows
        )


@frozen(kw_only=True, eq=False, repr=False)
class FindingTable:
    """The findings of an audit as columns, in the order of findings; walking it makes the objects, some at a time.

    `picked` are the rows of each block that belong to the table, None for all of them. `judge` begins a walk: it
    gives the function that returns every finding on a duty or clause about some subjects, by the reference
    evaluator; what that says is held against the columns. Where a judged clause has the id of a duty, the duty's
    findings come first.
    """

    blocks: tuple[Block, ...]
    picked: tuple[Array | None, ...]
    names: Names
    judge: Callable[[], Judge]
    setting: TableSetting

    def __len__(self) -> int:
        return sum(len(block) if rows is None else len(rows) for block, rows in self._parts())

    def __repr__(self) -> str:
        return f"<FindingTable: {len(self)} findings on {len(self.summary().rules)} rules>"

    def __iter__(self) -> Iterator[Finding]:
        """Yield the findings in order, each made with its evidence, readings and message when its turn comes.

        Raise EngineError where a finding is not what its row says.
        """
        judge = self.judge()
        for block, rows in self._parts():
            for some in _by_subjects(block, _numbered(block, rows)):
                yield from self._made(block, some, judge)

    def rows(self) -> Iterator[FindingRow]:
        """Yield in order what the columns say of each finding, without making the finding."""
        for block, rows in self._parts():
            yield from rows_of(block, _numbered(block, rows), self.names)

    def newest(self) -> Iterator[FindingRow]:
        """Yield what `rows` does, the newest first: by the day that each is about, those of one day in order."""
        parts = [(block, _numbered(block, rows)) for block, rows in self._parts()]
        days = [self._days(block, rows) for block, rows in parts]
        order = np.argsort(-np.concatenate([np.empty(0, np.int64), *days]), kind="stable")
        first = np.cumsum([0, *map(len, days)])
        places = np.searchsorted(first, order, side="right") - 1
        # Neighbours of one block are made together.
        bounds = [*np.flatnonzero(np.diff(places, prepend=-1)).tolist(), len(order)]
        for start, end in pairwise(bounds):
            block, rows = parts[places[start]]
            yield from rows_of(block, rows[order[start:end] - first[places[start]]], self.names)

    def _days(self, block: Block, rows: Array) -> Array:
        """Return the day that each row is about: its period's end, its deadline, its occasion, or today."""
        occasion, end, due = block.occasion[rows], block.end[rows], block.due[rows]
        known = self.setting.days() if np.any(occasion >= 0) else np.empty(0, np.int64)
        inside = (occasion >= 0) & (occasion < len(known))
        happened = np.full(len(rows), self.setting.as_of.toordinal(), np.int64)
        happened[inside] = known[occasion[inside]]
        return np.where(end != NO_DAY, end, np.where(due != NO_DAY, due, happened))

    def clauses(self) -> Mapping[str, str]:
        """Return the clause that each rule of the table is of, as its document numbers it."""
        return {block.bound.id: block.bound.clause.citation for block in self.blocks}

    def summary(self) -> Summary:
        """Return how many findings there are of each rule in each status."""
        rules: dict[str, dict[Status, int]] = {}
        for block, rows in self._parts():
            counted = np.bincount(of_rows(block.status, rows), minlength=len(STATUSES)).tolist()
            if any(counted):
                counts = rules.setdefault(block.bound.id, dict.fromkeys(STATUSES, 0))
                for status, number in zip(STATUSES, counted, strict=True):
                    counts[status] += number
        return Summary(rules=rules)

    def where(
        self,
        *,
        rule: str = "*",
        subject: str | Collection[str] | None = None,
        status: str | Collection[str] = (),
        on: date | None = None,
        due_by: date | None = None,
        responsible: str | None = None,
        within: tuple[date, date] | None = None,
    ) -> "FindingTable":
        """Return the findings that are all of what is said, as a table over the same columns.

        `rule` is an id, what several ids begin with, the number of a clause in its document, or a glob; `subject` one
        or any of several, `status` the same; `on` a day that the period contains (a finding without a period is on no
        day), `due_by` the last day on which it is due, inclusive, `responsible` one of those who have to act on it.
        `within` are the first and the last day of what a finding may be about: a finding is about the day on which its
        period ends or it is due, else about that of its occasion, else about the day asked; so that each is within one
        of several stretches that follow each other.

        Raises:
            QueryError: no rule of the table is meant, or a status does not exist.
        """
        subjects = [subject] if isinstance(subject, str) else subject
        codes = None if subjects is None else [self.names.strings.get(each, _NOBODY) for each in subjects]
        statuses = [STATUS_CODES[name] for name in known_statuses(status)]
        lists = None if responsible is None else self.names.lists_with(responsible)

        def among(block: Block, rows: Array | None) -> Array | None:
            """Return those of the rows of a block that are all of it."""
            if rows is not None and not len(rows):
                return rows
            tests: list[Array] = []
            if codes is not None:
                tests.append(np.isin(of_rows(block.subject, rows), codes))
            if statuses:
                tests.append(_one_of(of_rows(block.status, rows), statuses))
            if on is not None:
                start, end = of_rows(block.start, rows), of_rows(block.end, rows)
                tests += [start != NO_DAY, start <= on.toordinal(), end >= on.toordinal()]
            if due_by is not None:
                due = of_rows(block.due, rows)
                tests += [due != NO_DAY, due <= due_by.toordinal()]
            if lists is not None:
                tests.append(_one_of(of_rows(block.responsible, rows), lists))
            if within is not None:
                days = self._days(block, _numbered(block, rows))
                tests += [days >= within[0].toordinal(), days <= within[1].toordinal()]
            if not tests:
                return rows
            found = np.flatnonzero(np.logical_and.reduce(tests))
            return found if rows is None else rows[found]

        rules = self.clauses()
        named = rules_named(rule, rules)
        if rules and not named:
            raise QueryError(refusal("rule", rule, rules))
        return evolve(
            self,
            picked=tuple(
                among(block, rows) if block.bound.id in named else np.empty(0, np.intp) for block, rows in self._parts()
            ),
        )

    def by_responsible(self) -> Mapping[str, "FindingTable"]:
        """Return the findings on which somebody other than their subject has to act, by whom, in the order of the ids.

        A finding on which several have to act is in the table of each.
        """
        return {name: self.where(responsible=name) for name in sorted(self.counts_by_responsible())}

    def counts_by_responsible(self) -> Counter[str]:
        """Return how many findings each has to act on who is not their subject."""
        found: Counter[str] = Counter()
        for block, rows in self._parts():
            lists, numbers = np.unique(of_rows(block.responsible, rows), return_counts=True)
            for place, number in zip(lists.tolist(), numbers.tolist(), strict=True):
                found.update(dict.fromkeys(self.names.lists[place], number))
        return found

    # Out of the library ---------------------------------------------------------------------------------------------

    def to_arrow(self) -> Any:
        """Return a pyarrow.Table of COLUMNS in the order of findings; needs the extra `arrow`.

        Texts are dictionaries, but for `occasion`; dates are date32, `start` and `end` of the period inclusive;
        `required` and `actual` exact decimals of nine places; `needs` and `responsible` lists, empty where nothing is
        needed and nobody else has to act. What a finding does not have is null.
        """
        schema = arrow_schema()
        return library("pyarrow", extra="arrow").Table.from_batches(self.batches(), schema=schema).unify_dictionaries()

    def batches(self) -> Iterator[Any]:
        """Yield pyarrow.RecordBatches of COLUMNS, some rows of one rule in each."""
        for block, rows in self._parts():
            yield from arrow_batches(block, rows, self.names, self.setting.units())

    def to_pandas(self) -> Any:
        """Return a pandas.DataFrame of COLUMNS; needs the extra `pandas`.

        Dictionaries are categories and dates datetime64; numbers and lists keep their Arrow types.
        """
        pd = library("pandas", extra="pandas")
        types = library("pyarrow", extra="pandas").types

        def kept(of: Any) -> Any:
            return pd.ArrowDtype(of) if types.is_decimal(of) or types.is_list(of) else None

        return self.to_arrow().to_pandas(date_as_object=False, types_mapper=kept)

    def to_polars(self) -> Any:
        """Return a polars.DataFrame of COLUMNS; needs the extra `polars`. Dictionaries are categories."""
        return library("polars", extra="polars").from_arrow(self.to_arrow())

    def to_parquet(self, to: Path | str | BinaryIO) -> None:
        """Write the columns of `to_arrow` as Parquet to a file, or to a stream of bytes; needs the extra `arrow`.

        A file takes the place of another Parquet file, or of an empty one; raise OutputError where anything else is
        there, or it cannot be written.
        """
        if isinstance(to, str | Path):
            with our_file(Path(to), begins=_PARQUET) as file:
                write_parquet([self], file)
        else:
            write_parquet([self], to)

    # Making the objects ---------------------------------------------------------------------------------------------

    def _parts(self) -> Iterator[tuple[Block, Array | None]]:
        return zip(self.blocks, self.picked, strict=True)

    def _made(self, block: Block, rows: Array, judge: Judge) -> Iterator[Finding]:
        """Yield the findings of some rows, asked for by their subjects."""
        codes = np.unique(block.subject[rows])
        subjects = {self.names.strings.texts[code] for code in codes.tolist()}
        found = sorted(judge(block.bound, subjects), key=finding_order)
        # Of these subjects the block has every finding, in the same order.
        places = np.flatnonzero(np.isin(block.subject, codes))
        if len(places) != len(found):
            raise EngineError(
                f"rule `{block.bound.id}`: the table has {len(places)} findings where the reference has {len(found)}, "
                f"about {', '.join(sorted(subjects)[:_FEW])}"
            )
        for row, place in zip(rows_of(block, rows, self.names), np.searchsorted(places, rows).tolist(), strict=True):
            finding = found[place]
            if row != row_of(finding):
                raise EngineError(
                    f"rule `{row.rule}`, subject `{row.subject}`: the table has {row}, the reference {row_of(finding)}"
                )
            yield finding


def write_parquet(tables: Iterable[FindingTable], to: BinaryIO) -> None:
    """Write several tables one after the other as one Parquet file, some thousand rows at a time."""
    parquet = library("pyarrow.parquet", extra="arrow")
    with parquet.ParquetWriter(
        to, arrow_schema(), write_statistics=list(_SOUGHT), write_batch_size=_ROWS_AT_ONCE
    ) as writer:
        for table in tables:
            for batch in table.batches():
                writer.write_batch(batch)


def table_of(
    blocks: Iterable[Block], names: Names, judge: Callable[[], Judge], *, setting: TableSetting
) -> FindingTable:
    """Return the table of all rows of some blocks."""
    ordered = tuple(sorted(blocks, key=lambda block: block.bound.id))
    return FindingTable(blocks=ordered, picked=(None,) * len(ordered), names=names, judge=judge, setting=setting)


def known_statuses(status: str | Collection[str]) -> tuple[Status, ...]:
    """Return one or several statuses as a tuple; raise QueryError for one that does not exist."""
    asked = {status} if isinstance(status, str) else set(status)
    for name in sorted(asked.difference(STATUSES)):
        raise QueryError(refusal("status", name, STATUSES))
    return tuple(each for each in STATUSES if each in asked)


def _one_of(values: Array, wanted: Sequence[int]) -> Array:
    # Of one number, asked of many small blocks, `np.isin` takes several times as long.
    found: Array = values == wanted[0] if len(wanted) == 1 else np.isin(values, wanted)
    return found


def _numbered(block: Block, rows: Array | None) -> Array:
    return np.arange(len(block)) if rows is None else rows


def _by_subjects(block: Block, rows: Array) -> Iterator[Array]:
    """Yield the rows in runs, each all of those of some subjects: of few at first, then of more."""
    starts = np.flatnonzero(np.diff(block.subject[rows], prepend=_NOBODY))
    first, several = 0, _SUBJECTS_AT_FIRST
    while first < len(starts):
        after = first + several
        yield rows[starts[first] : starts[after] if after < len(starts) else len(rows)]
        first, several = after, min(several * 4, _SUBJECTS_AT_MOST)
