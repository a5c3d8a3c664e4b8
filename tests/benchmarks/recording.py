"""How fast facts are recorded and projected, beside plain JSON and plain SQLite doing a part of the same work.

Run as `python -m tests.benchmarks.recording --facts 50000`. All in one run, turn by turn, on one file of synthetic
meetings with twelve attendances each; that the results are equal is checked before any time is told.
"""

import argparse
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, redirect_stdout
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, Final

from attrs import frozen

from partyrules.cli.record import record
from partyrules.ledger.sqlite import open_ledger
from partyrules.store.columns import ListColumn
from partyrules.store.projection import open_projection

PEOPLE_A_BRANCH: Final = 30
ATTENDING: Final = 12
# What one transaction holds, here and in the command `record`.
BATCH: Final = 2000

ALIKE: Final = (
    """
    CREATE TABLE facts (
        position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, fact TEXT NOT NULL, recorded_at TEXT NOT NULL,
        content TEXT NOT NULL
    )
    """,
    "CREATE INDEX facts_by_type ON facts (fact)",
)
BARE: Final = ("CREATE TABLE facts (line TEXT NOT NULL)",)


@frozen
class Places:
    """The files of one run."""

    lines: Path
    ledger: Path
    alike: Path
    bare: Path
    projection: Path


def meetings(facts: int, *, people: int, seed: int) -> Iterator[bytes]:
    """Yield synthetic meetings as lines of JSON, written as other systems would; the same for a seed for ever."""
    random = Random(seed)  # noqa: S311 - chance decides nothing but made-up data
    branches = max(1, people // PEOPLE_A_BRANCH)
    for number in range(facts):
        day = date(2015, 1, 1) + timedelta(days=number * 1461 // facts)
        branch = random.randrange(branches)
        said = {
            "fact": "meeting_held",
            "id": f"synthetic-{number:07}",
            "on": f"{day}",
            "meeting": random.choice(("branch_assembly", "group_meeting", "party_lecture")),
            "unit": f"branch-{branch:04}",
            "attended": [
                f"person-{branch * PEOPLE_A_BRANCH + member:06}"
                for member in random.sample(range(PEOPLE_A_BRANCH), ATTENDING)
            ],
            "recorded_at": f"{day}T{number % 24:02}:{number % 60:02}:00+08:00",
        }
        yield json.dumps(said).encode() + b"\n"


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds that a piece of work took, on the clock and of the processor."""
    start, busy = perf_counter(), process_time()
    work()
    return perf_counter() - start, process_time() - busy


# The pieces of work ------------------------------------------------------------------------------------------


def recorded(places: Places) -> None:
    """Record the file, as the command does."""
    for file in places.ledger.parent.glob(f"{places.ledger.name}*"):
        file.unlink()
    with redirect_stdout(StringIO()):
        record.main([str(places.ledger), str(places.lines)], standalone_mode=False)


def loaded(places: Places) -> None:
    """Load every line with the standard library, and keep nothing."""
    with places.lines.open() as lines:
        for line in lines:
            json.loads(line)


def inserted(places: Places, *, alike: bool) -> None:
    """Load every line and insert it, in a table like the ledger's or in one of nothing but lines."""
    place = places.alike if alike else places.bare
    for file in place.parent.glob(f"{place.name}*"):
        file.unlink()
    into = "INSERT INTO facts VALUES (?, ?, ?, ?, ?)" if alike else "INSERT INTO facts VALUES (?)"
    with closing(sqlite3.connect(place, isolation_level=None)) as connection, places.lines.open() as lines:
        connection.execute("PRAGMA synchronous = EXTRA")
        connection.execute("PRAGMA cache_spill = OFF")
        for statement in ALIKE if alike else BARE:
            connection.execute(statement)
        rows: list[tuple[Any, ...]] = []
        for number, line in enumerate(lines, start=1):
            said = json.loads(line)
            rows.append((number, said["id"], said["fact"], said["recorded_at"], line) if alike else (line,))
            if len(rows) == BATCH:
                insert(connection, into, rows)
                rows = []
        insert(connection, into, rows)


def insert(connection: sqlite3.Connection, statement: str, rows: list[tuple[Any, ...]]) -> None:
    """Insert the rows in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(statement, rows)
    connection.execute("COMMIT")


def projected(places: Places) -> None:
    """Build the projection of the ledger from nothing, in memory."""
    with open_ledger(places.ledger, read_only=True) as ledger:
        open_projection(ledger)


def written(places: Places) -> None:
    """Build the projection of the ledger from nothing, and write it."""
    places.projection.unlink(missing_ok=True)
    opened(places)


def opened(places: Places) -> None:
    """Open the projection, from its file where there is one."""
    with open_ledger(places.ledger, read_only=True) as ledger:
        open_projection(ledger, places.projection)


# That they did the same ------------------------------------------------------------------------------------------


def check(places: Places) -> int:
    """See that all stored and projected the same facts, and return how many there are."""
    with places.lines.open() as lines:
        said = [json.loads(line) for line in lines]
    for place, column in ((places.alike, "content"), (places.bare, "line")):
        with closing(sqlite3.connect(place)) as connection:
            kept = [json.loads(line) for (line,) in connection.execute(f"SELECT {column} FROM facts")]  # noqa: S608 - ours
        if kept != said:
            raise SystemExit(f"{place.name} does not hold the lines")
    with open_ledger(places.ledger, read_only=True) as ledger:
        if not ledger.verify().ok:
            raise SystemExit("the ledger does not verify")
        contents = [json.loads(row.content) for row in ledger.rows()]
        if contents != [{key: value for key, value in each.items() if key != "recorded_at"} for each in said]:
            raise SystemExit("the ledger does not hold what the lines say")
        for projection in (open_projection(ledger), open_projection(ledger, places.projection)):
            table = projection.columns.tables["meeting_held"]
            attended = table.fields["attended"]
            if not isinstance(attended, ListColumn) or projection.rebuilt is not None:
                raise SystemExit("the projection is not what it should be")
            texts = [projection.columns.strings.texts[code] for code in attended.codes.array]
            if texts != [person for each in said for person in each["attended"]]:
                raise SystemExit("the projection does not list who attended")
            if projection.columns.ids != [each["id"] for each in said]:
                raise SystemExit("the projection does not hold the facts")
    return len(said)


def main() -> None:
    """Make the file, do each piece of work so many times in turn, check, and tell the times."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--facts", type=int, default=50_000)
    asked.add_argument("--people", type=int, default=30_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--repeats", type=int, default=5)
    asked.add_argument("--directory", type=Path, help="where the files are to lie for the time of the run")
    given = asked.parse_args()
    with TemporaryDirectory(dir=given.directory) as directory:
        place = Path(directory)
        places = Places(
            place / "lines.jsonl", place / "l.ledger", place / "a.sqlite", place / "b.sqlite", place / "l.projection"
        )
        with places.lines.open("wb") as file:
            file.writelines(meetings(given.facts, people=given.people, seed=given.seed))
        works: dict[str, Callable[[], object]] = {
            "record (validation, hash chain)": lambda: recorded(places),
            "json.loads + executemany, same columns": lambda: inserted(places, alike=True),
            "json.loads + executemany, bare lines": lambda: inserted(places, alike=False),
            "projection, built from the ledger": lambda: projected(places),
            "projection, built and written": lambda: written(places),
            "projection, opened from its file": lambda: opened(places),
            "json.loads": lambda: loaded(places),
        }
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
        for _ in range(given.repeats):
            for name, work in works.items():
                times[name].append(timed(work))
        facts = check(places)
    tell(facts, times)


def tell(facts: int, times: dict[str, list[tuple[float, float]]]) -> None:
    """Print the medians, and the ratios that are aimed at: medians of the ratios within each turn."""
    print(f"{facts} synthetic meetings with {ATTENDING} attendances each; all results equal; medians")
    print(f"{'µs a fact':40} {'clock':>8} {'processor':>10}")
    for name, some in times.items():
        clock, busy = (median(each[n] for each in some) / facts * 1e6 for n in (0, 1))
        print(f"{name:40} {clock:8.2f} {busy:10.2f}")
    recording, alike, bare, build, _, _, loads = times.values()
    for name, peer, ours in (
        ("record, rate beside the same columns (aim: 0.8 at least)", alike, recording),
        ("record, rate beside bare lines", bare, recording),
        ("projection built, time beside json.loads (aim: 3 at most)", build, loads),
    ):
        clock, busy = (median(one[n] / other[n] for one, other in zip(peer, ours, strict=True)) for n in (0, 1))
        print(f"{name:58} {clock:.2f} on the clock, {busy:.2f} of the processor's time")


if __name__ == "__main__":
    main()
