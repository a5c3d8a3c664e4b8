"""All benchmarks in one run, side by side with others doing the same work: python -m tests.benchmarks."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tests.benchmarks.audits import beside_peers, from_lines
from tests.benchmarks.commands import on_the_command_line, starting
from tests.benchmarks.data import BUILD, SIZES, Institution
from tests.benchmarks.engines import beside_engines
from tests.benchmarks.exports import exported
from tests.benchmarks.growth import growth
from tests.benchmarks.measure import THREADS, Differs, Figure, Load, machine
from tests.benchmarks.monitor import watching
from tests.benchmarks.page import printed, write_page
from tests.benchmarks.persons import one_person
from tests.benchmarks.recording import beside_plain_json

# The rule engines take minutes where we take none, and a report takes minutes too; more people would add nothing.
_MOST_OF_MINUTES: Final = "S"
# What takes seconds each time is steady enough after a few.
_MOST_REPEATS_OF_SECONDS: Final = 3
_REPEATS_OF_MINUTES: Final = 2
_MOST_MEETINGS: Final = 50_000


def sections(size: str, repeats: int, where: Path = BUILD) -> dict[str, Callable[[], list[Figure]]]:
    """Return what can be measured, by name, in the order in which it is."""
    sizes = tuple(SIZES)
    up_to_m = Institution(SIZES["M" if size == "L" else size])
    grown = sizes[max(sizes.index(size) - 2, 0) : sizes.index(size) + 1]
    few = min(repeats, _MOST_REPEATS_OF_SECONDS)
    small = SIZES[min(size, _MOST_OF_MINUTES, key=sizes.index)]
    return {
        "start": lambda: starting(repeats),
        "commands": lambda: on_the_command_line(up_to_m, Institution(small), few, where=where),
        "export": lambda: exported(up_to_m, min(repeats, _REPEATS_OF_MINUTES), where=where),
        "audit": lambda: beside_peers(up_to_m, repeats, where=where),
        "cold": lambda: from_lines(up_to_m, few, where=where),
        "person": lambda: one_person(up_to_m, where=where),
        "record": lambda: beside_plain_json(few, facts=min(_MOST_MEETINGS, 10 * SIZES[size]), where=where),
        "monitor": lambda: watching(up_to_m, where=where),
        "growth": lambda: growth(grown, where=where),
        "engines": lambda: beside_engines(Institution(small, plain=True), few, where=where),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked, print the figures, write the page where asked; return 1 where answers differ."""
    named = list(sections("S", 1))
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="M", help="how large an institution; L takes long (default M)")
    parser.add_argument("--only", choices=named, nargs="+", default=named, help="measure these alone")
    parser.add_argument("--repeats", type=int, default=9, help="how often each is timed (default 9)")
    parser.add_argument("--where", type=Path, default=BUILD, help="where the data are made and kept")
    parser.add_argument("--write-docs", action="store_true", help="write docs/benchmarks.md and its picture")
    asked = parser.parse_args(arguments)
    run = {
        "day": datetime.now(UTC).date().isoformat(),
        "size": asked.size,
        "seed": Institution(SIZES[asked.size]).seed,
        "repeats": asked.repeats,
        "threads for peers": THREADS,
    }
    load = Load()
    figures: list[Figure] = []
    asked.where.mkdir(parents=True, exist_ok=True)
    for name, section in sections(asked.size, asked.repeats, asked.where).items():
        if name in asked.only:
            try:
                found = section()
            except Differs as difference:
                print(f"{name}: {difference}", file=sys.stderr)
                return 1
            load.look()
            print(printed(found), flush=True)
            figures += found
            if asked.write_docs:
                # After each section: what a later one breaks is not lost.
                write_page(figures, machine() | load.told(), run)
    return 0


if __name__ == "__main__":
    sys.exit(main())
