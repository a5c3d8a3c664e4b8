"""An audit out of core: the facts of a ledger split into parts on disk, judged one after the other, and merged."""

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

from attrs import frozen

from partyrules.answers.arrow import arrow_schema, library
from partyrules.answers.tables import Summary
from partyrules.errors import QueryError
from partyrules.evaluate.reach import is_whole, reaches
from partyrules.facts.writing import draft_folder, our_file
from partyrules.ledger.base import Ledger
from partyrules.packs.document import Text
from partyrules.packs.pack import Adoption
from partyrules.questions.notices import Extent, audit_notices
from partyrules.wide.parts import AskedOfParts, added, fact_rows, finding_rows, judged, merged
from partyrules.wide.routes import FactLine, Router, Routes, Survey, notes_of, routes_of

_PARQUET: Final = b"PAR1"
_FACTS_A_PART: Final = 50_000
# A file of each part is open at once, and a process may have some hundreds.
_MOST_PARTS: Final = 256
# Few enough that of every part some may be held at once.
_FACTS_AT_ONCE: Final = 1024
# Of each part some are held while all are merged, so that of more parts there are fewer of each.
_FINDINGS_HELD: Final = 500_000
_FEWEST: Final = 1024
_FINDINGS_WRITTEN: Final = 131_072


@frozen(kw_only=True)
class AuditedInParts:
    """How many findings were written, of how many `parts`; which duties were judged over the whole, and why.

    `notices` is what has to be said beside the findings: what is beyond the record, or not in force.
    """

    summary: Summary
    parts: int
    whole: Mapping[str, Text]
    notices: tuple[Text, ...]


def audit_in_parts(
    ledger: Ledger,
    adoption: Adoption,
    *,
    to: Path,
    as_of: date,
    known_at: datetime | None = None,
    parts: int | None = None,
) -> AuditedInParts:
    """Write the findings of an audit of a ledger to a Parquet file, with one part of it in memory at a time.

    The rows and columns are those of `Audit.table`, in its order; texts are plain. Without `parts` there is one for
    each 50,000 facts, 256 at most. What is worked with stands on the disk beside the file until that is written.

    Raises:
        QueryError: `parts` is none, or pyarrow, which comes with the extra `arrow`, is not there.
        LedgerError: the ledger cannot be read.
        OutputError: what is at `to` is neither a Parquet file nor an empty one, or it cannot be written.
    """
    with our_file(to, begins=_PARQUET) as out:
        question = AskedOfParts(adoption=adoption, as_of=as_of, known_at=known_at)
        return write_in_parts(ledger, question, out, beside=to, parts=parts)


def write_in_parts(
    ledger: Ledger, question: AskedOfParts, out: BinaryIO, *, beside: Path, parts: int | None = None
) -> AuditedInParts:
    """Write to a stream what `audit_in_parts` does to a file; what is worked with stands beside a path."""
    adoption = question.adoption
    count = ledger.head().position
    parts = min(1 + count // _FACTS_A_PART, _MOST_PARTS) if parts is None else parts
    if parts < 1:
        raise QueryError(f"parts: found {parts}; allowed: a number of at least 1")

    def lines() -> Iterator[FactLine]:
        # What others record meanwhile belongs to no part.
        return (FactLine(row.wire, row.content, row.recorded_at) for row in islice(ledger.rows(), count))

    with draft_folder(beside.with_name(f"{beside.name}.parts")) as folder:
        survey = Survey().take(notes_of(lines(), adoption, known_at=question.known_at), adoption)
        routes = routes_of(survey, parts)
        _split(lines(), Router(routes, adoption), folder, parts)
        found = []
        for part in range(parts + 1):
            found.append(_judged(folder, question, routes, part, at_once=max(_FEWEST, _FINDINGS_HELD // (parts + 1))))
            # Much of what a part was judged with refers to itself, and would stay until the collector comes by.
            gc.collect()
        _write_merged(found, sorted(bound.id for bound in adoption.duties), out)
    days = [day for one in found if one.days is not None for day in one.days]
    extent = Extent(question.as_of, question.known_at, (min(days), max(days)) if days else None)
    return AuditedInParts(
        summary=added(one.summary for one in found),
        parts=parts,
        whole={rule: reach.why for rule, reach in reaches(adoption).items() if is_whole(reach)},
        notices=audit_notices(adoption, extent),
    )


def _parquet() -> Any:
    return library("pyarrow.parquet", extra="arrow")


def _facts(folder: Path, part: int) -> Path:
    return folder / f"facts-{part}.parquet"


# From the ledger to parts --------------------------------------------------------------------------------------------


def _split(lines: Iterable[FactLine], router: Router, folder: Path, parts: int) -> None:
    """Write each fact to the file of every part that it goes to."""
    schema, parquet = fact_rows([]).schema, _parquet()
    with ExitStack() as open_files:
        files = [
            open_files.enter_context(parquet.ParquetWriter(_facts(folder, part), schema, compression="zstd"))
            for part in range(parts + 1)
        ]
        waiting: list[list[FactLine]] = [[] for _ in files]
        for line in lines:
            for part in router.parts(line):
                waiting[part].append(line)
                if len(waiting[part]) == _FACTS_AT_ONCE:
                    files[part].write_batch(fact_rows(waiting[part]))
                    waiting[part].clear()
        for file, left in zip(files, waiting, strict=True):
            if left:
                file.write_batch(fact_rows(left))


# One part ----------------------------------------------------------------------------------------------------------


@frozen
class _PartFound:
    """The findings of one part in a file: the row groups in which those on each rule stand, and how many there are."""

    path: Path
    groups: Mapping[str, range]
    summary: Summary
    days: tuple[date, date] | None

    def on(self, rule: str) -> Iterator[Any]:
        """Yield the findings on a rule, a row group at a time."""
        groups = self.groups.get(rule)
        if groups:
            with _parquet().ParquetFile(self.path) as file:
                for group in groups:
                    yield file.read_row_group(group)


def _judged(folder: Path, question: AskedOfParts, routes: Routes, part: int, *, at_once: int) -> _PartFound:
    """Write the findings of one part to a file, `at_once` a row group, and remove the facts, which are done with."""
    parquet, facts = _parquet(), _facts(folder, part)
    path = folder / f"findings-{part}.parquet"
    groups: dict[str, range] = {}
    summaries: list[Summary] = []
    written = 0
    with (
        parquet.ParquetFile(facts) as file,
        parquet.ParquetWriter(path, arrow_schema(plain=True), compression="zstd") as out,
    ):
        of_part = judged(file.iter_batches(_FACTS_AT_ONCE), question, routes, part)
        for table in of_part.tables:
            summaries.append(table.summary())
            rows = finding_rows(table)
            for start in range(0, rows.num_rows, at_once):
                out.write_table(rows.slice(start, at_once))
            after = written + -(-rows.num_rows // at_once)
            groups[table.blocks[0].bound.id] = range(written, after)
            written = after
    return _PartFound(path, groups, added(summaries), of_part.days)


# All parts ---------------------------------------------------------------------------------------------------------


def _write_merged(found: Iterable[_PartFound], rules: Iterable[str], out: Any) -> None:
    """Write the findings of all parts, by rule and subject, as one Parquet file."""
    parts = list(found)
    with _parquet().ParquetWriter(out, arrow_schema(plain=True), compression="zstd") as file:
        for rule in rules:
            for some in merged(part.on(rule) for part in parts):
                file.write_table(some, row_group_size=_FINDINGS_WRITTEN)
