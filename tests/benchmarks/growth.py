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

from partyrules.ledger.sqlite import open_ledger
from partyrules.packs.pack import adopt
from partyrules.store.projection import open_projection
from tests.benchmarks.audits import PACK, audited, period_duties
from tests.benchmarks.data import BUILD, SIZES, Institution, ledger_of
from tests.benchmarks.measure import Figure, Taken, by_turns, figure, in_process, ratio, timed

__all__ = ["growth"]

_SECTION: Final = "growth"
_REPEATS: Final = 5


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
    for small, large in pairwise(sizes):
        for name, what in (("period", "its period duties"), ("whole", "the whole pack")):
            told = f"warm audit of {what} for {SIZES[large]:,} people"
            target = "growth" if (large, name) == ("L", "whole") else ""
            beside = f"for {SIZES[small]:,} people", times[small][name]
            figures.append(ratio(_SECTION, told, times[large][name], beside, target))
    return figures


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
