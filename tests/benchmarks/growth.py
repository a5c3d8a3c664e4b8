"""How the audit's time and memory grow with the institution; each size is audited by a process that does nothing else.

Run as `python -m tests.benchmarks.growth M` it does that for one size, and prints its times as JSON.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pyarrow.parquet as pq

from partyrules.ledger.sqlite import open_ledger
from partyrules.packs.pack import adopt
from partyrules.store.projection import open_projection
from tests.benchmarks.audits import PACK, audited, period_duties
from tests.benchmarks.commands import PARTYRULES
from tests.benchmarks.data import BUILD, SIZES, Institution, ledger_of
from tests.benchmarks.measure import Differs, Figure, Taken, by_turns, figure, in_process, launched, ratio, timed

__all__ = ["growth"]

_SECTION: Final = "growth"
_REPEATS: Final = 5
# As the library chooses where nobody does.
_FACTS_A_PART: Final = 50_000


def growth(sizes: Sequence[str], *, where: Path = BUILD) -> list[Figure]:
    """Return what building columns and auditing takes at each size, and how the audit's time grows."""
    figures: list[Figure] = []
    times: dict[str, dict[str, list[Taken]]] = {}
    with TemporaryDirectory(dir=where) as folder:
        for size in sizes:
            found, taken = in_process(Path(folder) / "told.json", "tests.benchmarks.growth", size, str(where))
            times[size] = {name: [Taken(*each) for each in some] for name, some in found["times"].items()}
            people = f"{SIZES[size]:,} people"
            memory = f"columns of {people} built in memory, then {found['findings']:,} findings: greatest memory"
            target = f"memory-{size}" if size in ("M", "L") else ""
            figures.append(figure(_SECTION, memory, taken.megabytes, unit="MB", target=target))
            figures.append(_in_parts(Institution(SIZES[size]), found["findings"], Path(folder), where))
    for small, large in pairwise(sizes):
        for name, what in (("period", "its period duties"), ("whole", "the whole pack")):
            told = f"warm audit of {what} for {SIZES[large]:,} people"
            target = "growth" if (large, name) == ("L", "whole") else ""
            beside = f"for {SIZES[small]:,} people", times[small][name]
            figures.append(ratio(_SECTION, told, times[large][name], beside, target, apart=True))
    return figures


def _in_parts(of: Institution, findings: int, place: Path, where: Path) -> Figure:
    """Return the memory of the same audit in parts, out of core; raise Differs where it finds more or less."""
    ledger, out = ledger_of(of, where=where), place / "findings.parquet"
    with open_ledger(ledger, read_only=True) as opened:
        parts = 1 + opened.head().position // _FACTS_A_PART
    asked = ("--pack", PACK, "--as-of", of.as_of.isoformat(), "--partitions", str(parts), "--format", "parquet")
    taken = launched((*PARTYRULES, "audit", str(ledger), *asked, "-o", str(out)))
    if (rows := pq.read_metadata(out).num_rows) != findings:
        raise Differs(f"in {parts} parts there are {rows:,} findings where the whole has {findings:,}")
    out.unlink()
    told = f"the same for {of.people:,} people in parts ({parts}), out of core, as Parquet in {taken.clock:,.0f} s"
    target = "out-of-core" if of.people == SIZES["L"] else ""
    return figure(_SECTION, f"{told}: greatest memory", taken.megabytes, unit="MB", target=target)


def alone(of: Institution, where: Path) -> Mapping[str, Any]:
    """Return what the warm audit took of this process, which did nothing else, and how many findings there are."""
    adoptions = {"period": period_duties(), "whole": adopt([PACK])}
    with open_ledger(ledger_of(of, where=where), read_only=True) as ledger:
        projection = open_projection(ledger)
        works: dict[str, Callable[[], Taken]] = {
            name: timed(partial(audited, projection, adoption, of.as_of)) for name, adoption in adoptions.items()
        }
        findings = len(audited(projection, adoptions["whole"], of.as_of))
        return {"times": by_turns(works, repeats=_REPEATS), "findings": findings}


def main() -> int:
    """Audit one size alone and print what it took as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("where", type=Path, nargs="?", default=BUILD)
    asked = parser.parse_args()
    print(json.dumps(alone(Institution(SIZES[asked.size]), asked.where)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
