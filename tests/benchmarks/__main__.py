"""All benchmarks in one run, side by side with others doing the same work: python -m tests.benchmarks."""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from tests.benchmarks.audits import beside_engines, beside_sql, growth
from tests.benchmarks.data import SIZES, Institution
from tests.benchmarks.measure import THREADS, Differs, Figure, machine
from tests.benchmarks.monitor import watching
from tests.benchmarks.page import printed, write_page
from tests.benchmarks.persons import one_person
from tests.benchmarks.records import beside_plain_json
from tests.benchmarks.startup import beside_bare_python

# The rule engines take minutes where we take none; more than this many people would add nothing.
_MOST_FOR_ENGINES: Final = "S"
# What takes seconds each time is steady enough after a few.
_MOST_REPEATS_OF_SECONDS: Final = 5


def sections(size: str, repeats: int) -> dict[str, Callable[[], list[Figure]]]:
    """Return what can be measured, by name, in the order in which it is."""
    sizes = tuple(SIZES)
    grown = ("M", "L") if size == "L" else (size,)
    up_to_m = "M" if size == "L" else size
    for_engines = min(size, _MOST_FOR_ENGINES, key=sizes.index)
    return {
        "start": lambda: beside_bare_python(repeats),
        "record": lambda: beside_plain_json(min(repeats, _MOST_REPEATS_OF_SECONDS)),
        "audit": lambda: beside_sql(Institution(SIZES[up_to_m]), repeats),
        "person": lambda: one_person(Institution(SIZES[up_to_m])),
        "monitor": lambda: watching(Institution(SIZES[up_to_m])),
        "growth": lambda: growth(grown),
        "engines": lambda: beside_engines(Institution(SIZES[for_engines], plain=True), repeats),
    }


def main() -> int:
    """Measure what is asked, print the figures, write the page where asked; return 1 where answers differ."""
    named = list(sections("S", 1))
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="M", help="how large an institution; L takes long (default M)")
    parser.add_argument("--only", choices=named, nargs="+", default=named, help="measure these alone")
    parser.add_argument("--repeats", type=int, default=9, help="how often each is timed (default 9)")
    parser.add_argument("--write-docs", action="store_true", help="write docs/benchmarks.md and its plot")
    asked = parser.parse_args()
    described = machine()
    figures: list[Figure] = []
    for name, section in sections(asked.size, asked.repeats).items():
        if name in asked.only:
            try:
                found = section()
            except Differs as difference:
                print(f"{name}: {difference}", file=sys.stderr)
                return 1
            print(printed(found), flush=True)
            figures += found
    if asked.write_docs:
        run = {
            "day": datetime.now(UTC).date().isoformat(),
            "size": asked.size,
            "seed": Institution(SIZES[asked.size]).seed,
            "repeats": asked.repeats,
            "threads for peers": THREADS,
        }
        write_page(figures, described, run)
    return 0


if __name__ == "__main__":
    sys.exit(main())
