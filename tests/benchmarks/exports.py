"""How findings leave as CSV, JSON Lines and Parquet: the command writes all of a pack's, beside plain writers."""

import csv
import json
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from io import StringIO
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec
import pyarrow.parquet as pq

from partyrules.ledger.sqlite import open_ledger
from partyrules.packs.pack import adopt
from partyrules.questions.audit import audit
from partyrules.store.kept import columns_beside, kept_columns
from tests.benchmarks.audits import PACK
from tests.benchmarks.commands import PARTYRULES
from tests.benchmarks.data import BUILD, Institution, ledger_of
from tests.benchmarks.measure import Differs, Figure, Taken, by_turns, launched, timed, typical

__all__ = ["exported"]

_SECTION: Final = "export"
_FORMATS: Final = {"csv": "CSV", "jsonl": "JSON Lines", "parquet": "Parquet"}
# What the plain writers write: as many rows as are had in memory at once without harm.
_ROWS: Final = 200_000


def exported(of: Institution, repeats: int, *, where: Path = BUILD) -> list[Figure]:
    """Return how many findings leave a second in each format, and the greatest memory meanwhile."""
    ledger = ledger_of(of, where=where)
    with open_ledger(ledger) as opened:
        projection = kept_columns(opened, ledger)
        summary = audit(projection, adopt([PACK]), as_of=of.as_of).table().summary()
    with TemporaryDirectory(dir=where) as folder:
        place = Path(folder)
        asked = (*PARTYRULES, "audit", str(ledger), "--pack", PACK, "--as-of", of.as_of.isoformat(), "--lang", "en")
        works: dict[str, Callable[[], Taken]] = {
            form: partial(launched, (*asked, "--format", form), place / form) for form in _FORMATS
        }
        works["table"] = partial(launched, (*asked, "--limit", "1"), place / "table")
        times = dict(by_turns(works, repeats=repeats))
        for form in _FORMATS:
            _check(form, place / form, {status: n for status, n in summary.statuses.items() if n})
        plain, rows = _plain(place)
        times |= by_turns({f"plain {form}": timed(work) for form, work in plain.items()}, repeats=repeats)
    columns_beside(ledger).unlink(missing_ok=True)
    figures = []
    alone = typical(times["table"])
    for form, name in _FORMATS.items():
        took, simple = typical(times[form]), typical(times[f"plain {form}"])
        beside = {"csv": "csv.writer", "jsonl": "json.dumps", "parquet": "pyarrow.parquet.write_table"}[form]
        figures += [
            Figure(
                section=_SECTION,
                what=f"`audit --format {form}`: {summary.findings:,} findings as {name}, start and audit included",
                ours=summary.findings / took.clock,
                against=f"{beside} of rows at hand",
                theirs=rows / simple.clock,
                unit="a second",
                value=summary.findings / took.busy,
                measure="a second",
                busy=summary.findings / took.busy,
                target=form,
            ),
            Figure(
                section=_SECTION,
                what=f"greatest memory of it, as {name}",
                ours=took.megabytes,
                against="the audit without an export",
                theirs=alone.megabytes,
                unit="MB",
                value=took.megabytes / alone.megabytes,
                measure="×",
                target="flat",
            ),
        ]
    return figures


def _check(form: str, file: Path, statuses: Mapping[str, int]) -> None:
    """Raise Differs unless a file has as many findings of each status as there are."""
    found: Counter[str] = Counter()
    if form == "parquet":
        found.update(pq.read_table(file, columns=["status"])["status"].to_pylist())
    elif form == "csv":
        with file.open(encoding="utf-8", newline="") as lines:
            found.update(row["status"] for row in csv.DictReader(lines))
    else:
        with file.open("rb") as lines:
            found.update(msgspec.json.decode(line)["status"] for line in lines)
    if found != statuses:
        raise Differs(f"{form} has {dict(found)} where the summary has {dict(statuses)}")


def _plain(place: Path) -> tuple[dict[str, Callable[[], Any]], int]:
    """Return what writes some of the same rows without us, out of memory, and how many they are."""
    with (place / "csv").open(encoding="utf-8", newline="") as lines:
        cells = list(islice(csv.reader(lines), _ROWS))
    with (place / "jsonl").open("rb") as records:
        objects = [json.loads(line) for line in islice(records, _ROWS)]
    table = pq.read_table(place / "parquet")[: len(objects)]

    def as_csv() -> None:
        out = StringIO()
        csv.writer(out).writerows(cells)
        (place / "plain.csv").write_text(out.getvalue(), encoding="utf-8")

    def as_lines() -> None:
        (place / "plain.jsonl").write_text("\n".join(map(json.dumps, objects)), encoding="utf-8")

    return {"csv": as_csv, "jsonl": as_lines, "parquet": lambda: pq.write_table(table, place / "plain")}, len(objects)
