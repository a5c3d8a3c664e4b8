"""The audit beside SQL, Polars, NumPy and compiled C, warm and cold; answers are compared first."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

import partyrules_lzwl2017
from partyrules.answers.blocks import STATUS_CODES, Block
from partyrules.answers.tables import FindingTable
from partyrules.ledger.sqlite import open_ledger
from partyrules.packs.pack import Adoption, adopt
from partyrules.questions.audit import audit
from partyrules.questions.sources import columns_in
from partyrules.store.columns import NO_NUMBER
from partyrules.store.projection import Projection, open_projection
from tests.benchmarks.data import BUILD, Institution, ledger_of, lines_of
from tests.benchmarks.measure import THREADS, Differs, Figure, Taken, by_turns, ratio, timed
from tests.benchmarks.peers import compiled, duckdb_sql, numpy_pass, polars_lazy
from tests.benchmarks.peers.sql import AWAY, KINDS, RULES, SCOPE

__all__ = ["PACK", "audited", "beside_peers", "from_lines", "parquet_of", "period_duties"]

Array = NDArray[Any]

PACK: Final = "lzwl2017"
_EPOCH: Final = date(1970, 1, 1).toordinal()
_PROBE: Final = 2**28


def period_duties(rules: Collection[str] = RULES) -> Adoption:
    """Return the pack adopted with the period duties that the peers know alone, in the readings that they know."""
    pack = partyrules_lzwl2017.pack
    duties = tuple(duty for duty in pack.duties if duty.id in rules)
    known = {key: option for key, option in duckdb_sql.READINGS.items() if key.rpartition(".")[0] in rules}
    return adopt([evolve(pack, duties=duties)], readings={f"{PACK}:{key}": option for key, option in known.items()})


def audited(projection: Projection, adoption: Adoption, as_of: date) -> FindingTable:
    """Return the table of an audit: every finding, with counts, due days, reasons and needs."""
    return audit(projection, adoption, as_of=as_of).table()


# Warm --------------------------------------------------------------------------------------------------------------


def beside_peers(of: Institution, repeats: int, *, where: Path = BUILD) -> list[Figure]:
    """Return the figures of the warm audit beside SQL on DuckDB, Polars, a NumPy pass and a compiled one."""
    section = "audit"
    folder = parquet_of(of, where)
    adoption, attendance, whole = period_duties(), period_duties(RULES[: len(KINDS)]), adopt([PACK])
    arrays = numpy_pass.arrays_in(folder, of.as_of)
    bound: compiled.Bound | None = None
    with (
        open_ledger(ledger_of(of, where=where), read_only=True) as ledger,
        duckdb_sql.connected(folder, threads=THREADS) as files,
        duckdb_sql.connected(folder, threads=THREADS, memory=True) as memory,
    ):
        projection = open_projection(ledger)
        statuses, counted = duckdb_sql.prepared(memory, of.as_of), duckdb_sql.prepared(memory, of.as_of, counts=True)
        parquet, polars = duckdb_sql.prepared(files, of.as_of), polars_lazy.prepared(folder, of.as_of)
        table = audited(projection, adoption, of.as_of)
        findings = len(table)
        names = duckdb_sql.names_in(folder)
        numbers = _numbers(table, names)
        for sql in (statuses, parquet, counted):
            _same_rows(table, numbers, sql())
        bare = numpy_pass.counted(arrays)
        _same_counts(table, numbers, bare)
        _same_frame(polars(), bare)
        works: dict[str, Callable[[], object]] = {
            "ours": partial(audited, projection, adoption, of.as_of),
            "statuses": statuses,
            "parquet": parquet,
            "counts": counted,
            "polars": polars,
            "numpy": partial(numpy_pass.counted, arrays),
            "attendance": partial(audited, projection, attendance, of.as_of),
        }
        if compiled.compiler() is None:
            print("the compiled pass is left out: nothing here compiles C")
        else:
            scope, away = (duckdb_sql.spans(memory, query, of.as_of) for query in (SCOPE, AWAY))
            members = {name: column[scope["bearer"] == 0] for name, column in scope.items()}
            bound = compiled.prepared(arrays, members, away, of.as_of, where)
            some = audited(projection, attendance, of.as_of)
            judged = bound.judged()
            _same_judged(some, _numbers(some, names), judged)
            works["compiled"] = bound
        works["whole"] = partial(audited, projection, whole, of.as_of)
        all_of_it = len(audited(projection, whole, of.as_of))
        times = by_turns({name: timed(work) for name, work in works.items()}, repeats=repeats)
    told = f"warm audit in Python: {len(adoption.duties)} period duties of {of.people:,} people, {findings:,} findings"
    print(f"{told}: the same statuses and counts by SQL, the same counts by NumPy and Polars")
    ours = times["ours"]
    figures = [
        ratio(section, told, ours, ("DuckDB in memory, statuses alone", times["statuses"]), "statuses"),
        ratio(section, told, ours, ("DuckDB in memory, with counts", times["counts"]), "counts"),
        ratio(section, told, ours, ("DuckDB over Parquet, statuses alone", times["parquet"]), "parquet-sql"),
        ratio(section, told, ours, ("Polars lazy, attendances counted, nothing judged", times["polars"])),
        ratio(section, told, ours, ("a bare NumPy pass: counted, nothing judged", times["numpy"]), "numpy"),
    ]
    if bound is not None:
        told = f"warm audit in Python: {len(KINDS)} duties of attendance, {len(judged.rule):,} findings"
        beside = "compiled C: counted, scoped, judged", times["compiled"]
        figures.append(ratio(section, told, times["attendance"], beside, "compiled"))
        speed = _bandwidth()
        beside = (
            f"its {judged.bytes / 1e6:,.0f} MB read once at {speed / 1e9:,.1f} GB a second",
            [Taken(judged.bytes / speed, judged.bytes / speed)],
        )
        figures.append(ratio(section, "the compiled pass itself", times["compiled"], beside))
    told = f"warm audit in Python: the whole pack, {len(whole.duties)} duties, {all_of_it:,} findings"
    return [*figures, ratio(section, told, times["whole"], ("its period duties", ours), "whole")]


def _bandwidth() -> float:
    """Return how many bytes of memory one thread reads a second."""
    probe = np.ones(_PROBE // 8, np.int64)
    taken = []
    for _ in range(5):
        started = perf_counter()
        probe.max()
        taken.append(perf_counter() - started)
    return _PROBE / min(taken)


def parquet_of(of: Institution, where: Path = BUILD) -> Path:
    """Return the folder of an institution's Parquet files, made where it is not there yet."""
    folder = where / f"{of.name}.parquet"
    if not folder.exists():
        unfinished = folder.with_suffix(".making-parquet")
        with lines_of(of, where=where).open("rb") as lines:
            duckdb_sql.write_parquet(lines, unfinished)
        unfinished.rename(folder)
    return folder


# Cold --------------------------------------------------------------------------------------------------------------


def from_lines(of: Institution, repeats: int, *, where: Path = BUILD) -> list[Figure]:
    """Return how long it takes in Python from JSON Lines to the summary of an audit, beside DuckDB."""
    lines, adoption = lines_of(of, where=where), period_duties()
    found: dict[str, Mapping[str, Mapping[str, int]]] = {}

    def ours() -> None:
        summary = audited(columns_in(lines), adoption, of.as_of).summary()
        found["ours"] = {
            rule.partition(":")[2]: {str(s): n for s, n in counts.items()} for rule, counts in summary.rules.items()
        }

    def theirs() -> None:
        found["theirs"] = duckdb_sql.summed_up(lines, of.as_of, threads=THREADS)

    times = by_turns({"ours": timed(ours), "theirs": timed(theirs)}, repeats=repeats)
    if {rule: {s: n for s, n in counts.items() if n} for rule, counts in found["ours"].items()} != found["theirs"]:
        raise Differs("from the lines DuckDB counts other findings")
    told = f"from JSON Lines to the summary in Python: {len(adoption.duties)} period duties of {of.people:,} people"
    print(f"{told}: the same by DuckDB")
    return [ratio("cold", told, times["ours"], ("DuckDB from the same lines", times["theirs"]), "cold")]


# That they found the same ------------------------------------------------------------------------------------------


def _numbers(table: FindingTable, names: list[str]) -> Array:
    """Return for each code of our strings the number that the Parquet files have for it, -1 for none."""
    number_of = {name: number for number, name in enumerate(names)}
    return np.array([number_of.get(text, -1) for text in table.names.strings.texts], np.int64)


def _rule(block: Block) -> str:
    return block.bound.id.partition(":")[2]


def _start(block: Block) -> Array:
    return np.asarray(block.start).astype(np.int64) - _EPOCH


def _keyed(table: FindingTable, numbers: Array) -> tuple[Array, Array]:
    """Return a key of each row of rule, subject and period, and its status as the peers number it."""
    rules = {rule: number for number, rule in enumerate(RULES)}
    rule = np.concatenate([np.full(len(block), rules[_rule(block)]) for block in table.blocks])
    subject = numbers[np.concatenate([np.asarray(block.subject) for block in table.blocks])]
    codes = np.array([duckdb_sql.STATUSES.index(status) for status in STATUS_CODES])
    status = codes[np.concatenate([np.asarray(block.status) for block in table.blocks])]
    return _keys(rule, subject, np.concatenate([_start(block) for block in table.blocks])), status


def _keys(rule: Array, subject: Array, start: Array) -> Array:
    keys: Array = (rule.astype(np.int64) << 56) | (subject.astype(np.int64) << 24) | (start + _EPOCH)
    return keys


def _same_rows(table: FindingTable, numbers: Array, theirs: Mapping[str, Array]) -> None:
    """Raise Differs unless each rule, subject and period has one status, the same in both, and one count if told."""
    start = theirs["start"].astype("datetime64[D]")
    their = _keys(theirs["rule"], theirs["subject"], np.where(np.isnat(start), -_EPOCH, start.astype(np.int64)))
    ours, status = _keyed(table, numbers)
    order, other = np.argsort(ours), np.argsort(their)
    if not np.array_equal(ours[order], their[other]):
        raise Differs(f"SQL has other rows: {len(ours):,} here, {len(their):,} there")
    differ = int((status[order] != theirs["status"][other]).sum())
    if differ or len(np.unique(ours)) != len(ours):
        raise Differs(f"SQL has other statuses in {differ:,} of {len(ours):,} rows")
    if "actual" in theirs:
        actual = np.concatenate([_actual(block) for block in table.blocks])[order]
        counted = np.ma.filled(theirs["actual"], np.nan)[other]
        differ = int((~((actual == counted) | (np.isnan(actual) & np.isnan(counted)))).sum())
        if differ:
            raise Differs(f"SQL has other counts in {differ:,} of {len(ours):,} rows")


def _actual(block: Block) -> Array:
    """Return what was counted in each row, no number where nothing was."""
    actual = np.broadcast_to(np.asarray(block.actual), len(block))
    counted: Array = np.where(actual == NO_NUMBER, np.nan, actual / block.scale)
    return counted


def _same_counts(table: FindingTable, numbers: Array, counts: Mapping[str, numpy_pass.Counts]) -> None:
    """Raise Differs unless each cell that we counted has the same number in the bare pass.

    The pass does not ask whether somebody at an appraisal was a member there; so what it counts may be more.
    """
    for block in table.blocks:
        ours = _actual(block)
        if not len(block) or np.isnan(ours).all():
            continue
        found = counts[_rule(block)]
        starts = _start(block)
        at = np.minimum(np.searchsorted(found.starts, starts), len(found.starts) - 1)
        there = found.starts[at] == starts
        theirs = np.where(there, found.cells[numbers[np.asarray(block.subject)], at], 0)
        same = ours <= theirs if _rule(block) == "8.3.1" else ours == theirs
        if not same.all():
            raise Differs(f"rule {_rule(block)}: {int((~same).sum()):,} of {len(block):,} counts differ")


def _same_frame(frame: Any, counts: Mapping[str, numpy_pass.Counts]) -> None:
    """Raise Differs unless Polars counted in each cell what the bare pass counts there."""
    person, rule, number = (frame[name].to_numpy() for name in ("person", "rule", "len"))
    start = frame["start"].to_numpy().astype("datetime64[D]").astype(np.int64)
    for place in range(len(KINDS)):
        found, mine = counts[RULES[place]], rule == place
        known = mine & np.isin(start, found.starts)
        cells = np.zeros_like(found.cells)
        cells[person[known], np.searchsorted(found.starts, start[known])] = number[known]
        if not np.array_equal(cells, found.cells):
            raise Differs(f"rule {RULES[place]}: Polars counts otherwise")


def _same_judged(table: FindingTable, numbers: Array, theirs: compiled.Judged) -> None:
    """Raise Differs unless the compiled pass has the same rows, counts and statuses.

    It knows no register and no recorded reason: what these make unknown or excused is a breach to it.
    """
    ours, status = _keyed(table, numbers)
    their = _keys(theirs.rule, theirs.subject, theirs.start)
    order, other = np.argsort(ours), np.argsort(their)
    if not np.array_equal(ours[order], their[other]):
        raise Differs(f"the compiled pass has other rows: {len(ours):,} here, {len(their):,} there")
    actual = np.concatenate([_actual(block) for block in table.blocks])
    if not np.array_equal(actual[order], theirs.actual[other]):
        raise Differs("the compiled pass has other counts")
    breached, excused, unknown = (duckdb_sql.STATUSES.index(name) for name in ("breached", "excused", "unknown"))
    known = np.where(np.isin(status, (excused, unknown)), breached, status)
    if not np.array_equal(known[order], theirs.status[other]):
        raise Differs("the compiled pass has other statuses")
