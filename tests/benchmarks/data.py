"""Data for the benchmarks: the synthetic institution of each size, as JSON Lines and as a ledger, kept once made."""

import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Final

import msgspec

from partyrules.facts.codec import decode_fact
from partyrules.ledger.sqlite import open_ledger
from tests.benchmarks.synthetic import Institution, Line, institution

__all__ = ["BUILD", "SIZES", "Institution", "institution", "ledger_of", "lines_of", "lines_within"]

SIZES: Final = {"XS": 300, "S": 3_000, "M": 30_000, "L": 300_000}
"""How many people each size has; all of them run for four years."""
BUILD: Final = Path(__file__).parents[2] / "build" / "bench"
"""Where what is made is kept; not under version control."""


def lines_within(lines: Sequence[Line]) -> Iterator[tuple[datetime, list[bytes]]]:
    """Yield the lines month by month, with the instant at which each month's are recorded."""
    for _, group in groupby(lines, key=lambda line: date.fromordinal(line.written).replace(day=1)):
        month = list(group)
        recorded = date.fromordinal(month[-1].written) + timedelta(days=1)
        yield datetime(recorded.year, recorded.month, recorded.day, tzinfo=UTC), [line.text for line in month]


def lines_of(of: Institution, *, where: Path = BUILD) -> Path:
    """Return the JSON Lines file of an institution, made where it is not there yet."""
    path = where / f"{of.name}.jsonl"
    if not path.exists():
        where.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".making")
        with unfinished.open("wb") as file:
            file.writelines(line.text + b"\n" for line in institution(of))
        unfinished.replace(path)
    return path


def ledger_of(of: Institution, *, where: Path = BUILD) -> Path:
    """Return the ledger of an institution, recorded month by month where it is not there yet."""
    path = where / f"{of.name}.ledger"
    if not path.exists():
        where.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".making")
        unfinished.unlink(missing_ok=True)
        with open_ledger(unfinished) as ledger:
            for instant, texts in lines_within(institution(of)):
                ledger.append([decode_fact(text) for text in texts], recorded_at=instant)
        unfinished.replace(path)
    return path


def main(size: str = "S") -> None:
    """Make the files of a size and print what they hold."""
    of = Institution(SIZES[size])
    started = time.perf_counter()
    lines = institution(of)
    attendances = sum(len(msgspec.json.decode(line.text).get("attended", ())) for line in lines)
    print(f"{len(lines):,} facts with {attendances:,} attendances in {time.perf_counter() - started:.1f} s")
    started = time.perf_counter()
    print(f"{ledger_of(of)} in {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
