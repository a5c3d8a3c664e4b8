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
from functools import partial
from io import StringIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final

from attrs import frozen

from partyrules.cli.record import record
from partyrules.ledger.sqlite import open_ledger
from partyrules.store.columns import ListColumn
from partyrules.store.projection import open_projection
from tests.benchmarks.data import BUILD
from tests.benchmarks.measure import Differs, Figure, by_turns, ratio, timed
from tests.benchmarks.page import printed

__all__ = ["beside_plain_json"]

_FACTS: Final = 50_000
_PEOPLE: Final = 30_000
_SEED: Final = 2017
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


@frozen
class Places:
    """The files of one run."""

    lines: Path
    ledger: Path
    alike: Path
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


def inserted(places: Places) -> None:
    """Load every line and insert it in a table like the ledger's."""
    for file in places.alike.parent.glob(f"{places.alike.name}*"):
        file.unlink()
    into = "INSERT INTO facts VALUES (?, ?, ?, ?, ?)"
    with closing(sqlite3.connect(places.alike, isolation_level=None)) as connection, places.lines.open() as lines:
        connection.execute("PRAGMA synchronous = EXTRA")
        connection.execute("PRAGMA cache_spill = OFF")
        for statement in ALIKE:
            connection.execute(statement)
        rows: list[tuple[Any, ...]] = []
        for number, line in enumerate(lines, start=1):
            said = json.loads(line)
            rows.append((number, said["id"], said["fact"], said["recorded_at"], line))
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


def opened(places: Places) -> None:
    """Open the projection, from its file where there is one."""
    with open_ledger(places.ledger, read_only=True) as ledger:
        open_projection(ledger, places.projection)


# That they did the same ------------------------------------------------------------------------------------------


def check(places: Places) -> int:
    """See that all stored and projected the same facts, and return how many there are."""
    with places.lines.open() as lines:
        said = [json.loads(line) for line in lines]
    with closing(sqlite3.connect(places.alike)) as connection:
        kept = [json.loads(line) for (line,) in connection.execute("SELECT content FROM facts")]
    if kept != said:
        raise Differs(f"{places.alike.name} does not hold the lines")
    with open_ledger(places.ledger, read_only=True) as ledger:
        if not ledger.verify().ok:
            raise Differs("the ledger does not verify")
        contents = [json.loads(row.content) for row in ledger.rows()]
        if contents != [{key: value for key, value in each.items() if key != "recorded_at"} for each in said]:
            raise Differs("the ledger does not hold what the lines say")
        for projection in (open_projection(ledger), open_projection(ledger, places.projection)):
            table = projection.columns.tables["meeting_held"]
            attended = table.fields["attended"]
            if not isinstance(attended, ListColumn) or projection.rebuilt is not None:
                raise Differs("the projection is not what it should be")
            texts = [projection.columns.strings.texts[code] for code in attended.codes.array]
            if texts != [person for each in said for person in each["attended"]]:
                raise Differs("the projection does not list who attended")
            if projection.columns.ids != [each["id"] for each in said]:
                raise Differs("the projection does not hold the facts")
    return len(said)


def beside_plain_json(repeats: int, *, facts: int = _FACTS, where: Path = BUILD) -> list[Figure]:
    """Return the rate of `record` and the time to build a projection, beside what the standard library does."""
    section = "record"
    where.mkdir(parents=True, exist_ok=True)
    # Where the ledgers of the benchmarks lie too: a folder for temporary files may be in memory.
    with TemporaryDirectory(dir=where) as directory:
        place = Path(directory)
        files = ("lines.jsonl", "ours.ledger", "alike.sqlite", "ours.projection")
        places = Places(*(place / name for name in files))
        with places.lines.open("wb") as file:
            file.writelines(meetings(facts, people=_PEOPLE, seed=_SEED))
        works: dict[str, Callable[[], object]] = {
            "record": partial(recorded, places),
            "inserted": partial(inserted, places),
            "projected": partial(projected, places),
            "loaded": partial(loaded, places),
        }
        # What the command says of each file is no figure.
        with redirect_stdout(StringIO()):
            times = by_turns({name: timed(work) for name, work in works.items()}, repeats=repeats)
        opened(places)
        held = check(places)
    told = f"{held:,} meetings with {ATTENDING} attendances each"
    print(f"{told}: the ledger, its projection and the plain tables hold the same")
    record, inserting, project, load = (times[name] for name in works)
    plain = "`json.loads` and `executemany`, the same columns and indexes"
    return [
        ratio(section, f"`record`: {told}, checked and chained", record, (plain, inserting), "record"),
        ratio(
            section, f"columns of {told} built from the ledger", project, ("`json.loads` of the lines", load), "project"
        ),
    ]


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--facts", type=int, default=_FACTS)
    asked.add_argument("--repeats", type=int, default=5)
    given = asked.parse_args()
    print(printed(beside_plain_json(given.repeats, facts=given.facts)))


if __name__ == "__main__":
    main()
