"""The warm audit beside SQL and NumPy, its growth and memory, and beside rule engines; answers are compared first."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

import partyrules_lzwl2017
from partyrules.answers.blocks import STATUS_CODES, Block
from partyrules.answers.tables import FindingTable
from partyrules.facts.codec import decode_fact
from partyrules.ledger.sqlite import open_ledger
from partyrules.packs.pack import Adoption, adopt
from partyrules.questions.audit import audit
from partyrules.store.columns import NO_NUMBER
from partyrules.store.projection import Projection, open_projection
from tests.benchmarks.data import BUILD, SIZES, Institution, ledger_of, lines_of
from tests.benchmarks.measure import (
    THREADS,
    Differs,
    Figure,
    by_turns,
    figure,
    in_process,
    megabytes,
    middle,
    ratio,
    seconds,
)
from tests.benchmarks.peers import duckdb_sql, numpy_pass
from tests.benchmarks.peers.counting import KINDS, Answer, Work, work_in

__all__ = ["beside_engines", "beside_sql", "growth"]

Array = NDArray[Any]

_PACK: Final = "lzwl2017"
_GROWTH_REPEATS: Final = 5
_EPOCH: Final = date(1970, 1, 1).toordinal()


def period_duties() -> Adoption:
    """Return the pack adopted with the period duties that the peers know alone, in the readings that they know."""
    pack = partyrules_lzwl2017.pack
    duties = tuple(duty for duty in pack.duties if duty.id in duckdb_sql.RULES)
    return adopt(
        [evolve(pack, duties=duties)], readings={f"{_PACK}:{key}": o for key, o in duckdb_sql.READINGS.items()}
    )


def audited(projection: Projection, adoption: Adoption, as_of: date) -> FindingTable:
    """Return the table of an audit: every finding, with counts, due days, reasons and needs."""
    return audit(projection, adoption, as_of=as_of).table()


# Beside SQL and a bare pass ----------------------------------------------------------------------------------------


def beside_sql(of: Institution, repeats: int, *, where: Path = BUILD) -> list[Figure]:
    """Return the figures of the warm audit beside SQL on DuckDB and a NumPy pass that only counts."""
    folder = _parquet_of(of, where)
    adoption = period_duties()
    arrays = numpy_pass.arrays_in(folder, of.as_of)
    with (
        open_ledger(ledger_of(of, where=where), read_only=True) as ledger,
        duckdb_sql.connected(folder, threads=THREADS) as connection,
    ):
        projection = open_projection(ledger)
        sql = duckdb_sql.prepared(connection, of.as_of)
        table = audited(projection, adoption, of.as_of)
        numbers = _numbers(table, duckdb_sql.names_in(folder))
        _same_statuses(table, numbers, sql())
        _same_counts(table, numbers, numpy_pass.counted(arrays))
        works: Mapping[str, Callable[[], object]] = {
            "ours": partial(audited, projection, adoption, of.as_of),
            "sql": sql,
            "numpy": partial(numpy_pass.counted, arrays),
        }
        times = by_turns(works, repeats=repeats)
    ours = middle(times, "ours")
    told = f"warm audit of {of.people:,} people, {len(adoption.duties)} period duties, {len(table):,} findings"
    print(f"{told}: the same statuses by SQL, the same counts by NumPy")
    return [
        ratio("audit", told, ours, ("SQL on DuckDB", middle(times, "sql")), at_most=0.5),
        ratio("audit", told, ours, ("a bare NumPy pass", middle(times, "numpy")), at_most=3.0),
    ]


def _parquet_of(of: Institution, where: Path) -> Path:
    """Return the folder of an institution's Parquet files, made where it is not there yet."""
    folder = where / f"{of.name}.parquet"
    if not folder.exists():
        unfinished = folder.with_suffix(".making-parquet")
        with lines_of(of, where=where).open("rb") as lines:
            duckdb_sql.write_parquet(lines, unfinished)
        unfinished.rename(folder)
    return folder


def _numbers(table: FindingTable, names: list[str]) -> Array:
    """Return for each code of our strings the number that the Parquet files have for it, -1 for none."""
    number_of = {name: number for number, name in enumerate(names)}
    return np.array([number_of.get(text, -1) for text in table.names.strings.texts], np.int64)


def _rule(block: Block) -> str:
    return block.bound.id.partition(":")[2]


def _same_statuses(table: FindingTable, numbers: Array, theirs: Mapping[str, Array]) -> None:
    """Raise Differs unless each rule, subject and period has one status, the same in both."""
    rules = {rule: number for number, rule in enumerate(duckdb_sql.RULES)}
    ours_rule = np.concatenate([np.full(len(block), rules[_rule(block)]) for block in table.blocks])
    ours_start = np.concatenate([np.asarray(block.start) for block in table.blocks]).astype(np.int64) - _EPOCH
    ours_subject = numbers[np.concatenate([np.asarray(block.subject) for block in table.blocks])]
    codes = np.array([duckdb_sql.STATUSES.index(status) for status in STATUS_CODES])
    ours_status = codes[np.concatenate([np.asarray(block.status) for block in table.blocks])]
    start = theirs["start"].astype("datetime64[D]")
    their_start = np.where(np.isnat(start), -_EPOCH, start.astype(np.int64))
    ours = _keys(ours_rule, ours_subject, ours_start)
    their = _keys(theirs["rule"], theirs["subject"], their_start)
    order, other = np.argsort(ours), np.argsort(their)
    if not np.array_equal(ours[order], their[other]):
        raise Differs(f"SQL has other rows: {len(ours):,} here, {len(their):,} there")
    differ = int((ours_status[order] != theirs["status"][other]).sum())
    if differ or len(np.unique(ours)) != len(ours):
        raise Differs(f"SQL has other statuses in {differ:,} of {len(ours):,} rows")


def _keys(rule: Array, subject: Array, start: Array) -> Array:
    keys: Array = (rule.astype(np.int64) << 56) | (subject.astype(np.int64) << 24) | (start + _EPOCH)
    return keys


def _same_counts(table: FindingTable, numbers: Array, counts: Mapping[str, numpy_pass.Counts]) -> None:
    """Raise Differs unless each cell that we counted has the same number in the bare pass.

    The pass does not ask whether somebody at an appraisal was a member there; so what it counts may be more.
    """
    for block in table.blocks:
        actual = np.asarray(block.actual)
        if not len(block) or (actual == NO_NUMBER).all():
            continue
        found = counts[_rule(block)]
        starts = np.asarray(block.start).astype(np.int64) - _EPOCH
        at = np.minimum(np.searchsorted(found.starts, starts), len(found.starts) - 1)
        there = found.starts[at] == starts
        theirs = np.where(there, found.cells[numbers[np.asarray(block.subject)], at], 0)
        ours = actual / block.scale
        same = ours <= theirs if _rule(block) == "8.3.1" else ours == theirs
        if not same.all():
            raise Differs(f"rule {_rule(block)}: {int((~same).sum()):,} of {len(block):,} counts differ")


# Growth and memory -------------------------------------------------------------------------------------------------


def growth(sizes: tuple[str, ...]) -> list[Figure]:
    """Return how memory stays within its limit on each size, and how the audit's time grows from M to L."""
    found = {size: in_process("tests.benchmarks.audits", size) for size in sizes}
    limits = {"M": 2048.0, "L": 10240.0}
    figures = [
        figure("growth", f"memory on {size}: projection built and audited", told["megabytes"], unit="MB", at_most=limit)
        for size, told in found.items()
        if (limit := limits.get(size)) is not None
    ]
    if {"M", "L"} <= found.keys():
        small, large = found["M"]["seconds"], found["L"]["seconds"]
        figures.append(ratio("growth", "warm audit on L", large, ("on M", small), at_most=12.0))
    return figures


def alone(size: str) -> dict[str, float]:
    """Return the seconds of the warm audit and the greatest memory of this process, which did nothing else."""
    of = Institution(SIZES[size])
    adoption = period_duties()
    with open_ledger(ledger_of(of), read_only=True) as ledger:
        projection = open_projection(ledger)
        audited(projection, adoption, of.as_of)
        times = by_turns({"ours": partial(audited, projection, adoption, of.as_of)}, repeats=_GROWTH_REPEATS)
    return {"seconds": median(times["ours"]), "megabytes": megabytes()}


# Beside rule engines -----------------------------------------------------------------------------------------------


def beside_engines(of: Institution, repeats: int, *, where: Path = BUILD) -> list[Figure]:
    """Return the figures of the counting work, facts in and breaches out, beside rule engines used alone.

    The institution is a plain one. An engine that cannot be loaded is left out, and that is said.
    """
    adoption = period_duties()
    said = lines_of(of, where=where).read_bytes().splitlines()
    work = work_in(said, of.as_of)
    facts = [decode_fact(line) for line in said]

    def table() -> FindingTable:
        return audit(facts, adoption, as_of=of.as_of).table(rule=f"{_PACK}:8.1.*")

    expected = _answered(work, table())
    answers: dict[str, Answer] = {}
    engines = dict(_engines())

    def asked(name: str) -> None:
        answers[name] = engines[name](work)

    def breaches() -> FindingTable:
        return table().where(status="breached")

    # The engines take so long that once is enough; ours is timed before, between and after them.
    ours = list(by_turns({"ours": breaches}, repeats=repeats)["ours"])
    theirs = {}
    for name in engines:
        theirs[name] = seconds(partial(asked, name))
        ours += by_turns({"ours": breaches}, repeats=repeats)["ours"]
    for name, answer in answers.items():
        if answer != expected:
            raise Differs(f"{name} has other counts or breaches")
    told = f"counting {len(work.attended):,} attendances of {len(work.people):,} people"
    print(f"{told}: the same {len(expected.breaches):,} breaches by {', '.join(('us', *engines))}")
    return [ratio("engines", told, median(ours), (name, taken), at_least=50.0) for name, taken in theirs.items()]


def _engines() -> Iterator[tuple[str, Callable[[Work], Answer]]]:
    for name, module in (("CLIPS", "clips"), ("durable-rules", "durable_alone")):
        try:
            yield name, import_module(f"tests.benchmarks.peers.{module}").answered
        except ImportError as error:
            print(f"{name} is left out: {error}")


def _answered(work: Work, table: FindingTable) -> Answer:
    """Return what our table says of the work: counts and breaches of the semesters that are over."""
    person_of = {name: number for number, name in enumerate(work.people)}
    semester_of = {first: number for number, first in enumerate(work.semesters)}
    kind_of = {f"{_PACK}:8.1.{number}": kind for number, kind in enumerate(KINDS, start=1)}
    counts = {}
    breaches = set()
    for row in table.rows():
        if row.period is None or row.period.start not in semester_of:
            continue
        cell = (person_of[row.subject], kind_of[row.rule], semester_of[row.period.start])
        if row.actual:
            counts[cell] = int(row.actual)
        if row.status == "breached":
            breaches.add(cell)
    return Answer(counts, frozenset(breaches))


def main() -> int:
    """Audit one size alone and print its seconds and memory as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", choices=SIZES)
    print(json.dumps(alone(parser.parse_args().size)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
