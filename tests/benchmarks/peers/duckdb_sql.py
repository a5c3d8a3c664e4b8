"""The period duties of lzwl2017 as hand-written SQL on DuckDB, over Parquet files of the same facts.

The SQL knows one reading of each rule alone, dates to the day, a register of one rule set, and that no relation of
this data starts and ends on one day. It is given what makes it faster: whole numbers for people, units and facts,
one file for each fact type, lists unrolled, and only statuses asked for, no counts, evidence or reasons.
"""

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb
import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tests.benchmarks.peers.sql import RULES, counted_query, filled, status_query

__all__ = [
    "READINGS",
    "RULES",
    "STATUSES",
    "connected",
    "names_in",
    "prepared",
    "spans",
    "summed_up",
    "write_parquet",
]

STATUSES: Final = ("satisfied", "pending", "breached", "advisory", "excused", "not_applicable", "unknown")
"""The statuses by their numbers in the answer."""
READINGS: Final[Mapping[str, str]] = {
    "1.2.2.counts": "special",
    "4.3.2.lesson": "party_lecture",
    "8.1.1.kind": "literal",
    "8.1.7.vacation_counts": "no",
}
"""The options in which they are asked, where these are not the default ones."""

_ROW_GROUP: Final = 122_880

# Columns of each Parquet file: `person` and the like are numbers of names, `number` is the fact's.
_FILES: Final[Mapping[str, tuple[tuple[str, ...], Mapping[str, pa.DataType]]]] = {
    "registered": (("person_registered",), {"person": pa.int32(), "category": pa.string()}),
    "left": (("person_left",), {"person": pa.int32()}),
    "stage": (("stage_entered",), {"person": pa.int32(), "stage": pa.string()}),
    "joined": (("membership_started",), {"person": pa.int32(), "unit": pa.int32()}),
    "parted": (("membership_ended",), {"person": pa.int32(), "unit": pa.int32()}),
    "role": (("role_started",), {"person": pa.int32(), "role": pa.string(), "unit": pa.int32()}),
    "role_ended": (("role_ended",), {"person": pa.int32(), "role": pa.string(), "unit": pa.int32()}),
    "leave": (("leave_started",), {"person": pa.int32(), "kind": pa.string(), "until": pa.date32()}),
    "leave_ended": (("leave_ended",), {"person": pa.int32(), "kind": pa.string()}),
    "unit": (("unit_established",), {"unit": pa.int32(), "kind": pa.string()}),
    "dissolved": (("unit_dissolved",), {"unit": pa.int32()}),
    "term": (("term_declared",), {"kind": pa.string(), "until": pa.date32()}),
    "closed": (("register_closed",), {"unit": pa.int32(), "through": pa.date32()}),
    "document": (("document_filed",), {"document": pa.string(), "author": pa.int32()}),
    "training": (("training_completed",), {"person": pa.int32(), "course": pa.string(), "hours": pa.float64()}),
    "judgement": (
        ("judgement_made",),
        {"clause": pa.string(), "about": pa.int32(), "period": pa.date32(), "outcome": pa.string()},
    ),
    "retracted": (("fact_retracted",), {"target": pa.int32()}),
    "event": (("meeting_held", "activity_held"), {"kind": pa.string(), "unit": pa.int32()}),
}
_NAMED: Final = ("person", "unit", "about", "author")


def write_parquet(lines: Iterable[bytes], folder: Path) -> None:
    """Write the facts of JSON lines as Parquet files: one for each type, lists unrolled, names as numbers."""
    folder.mkdir(parents=True, exist_ok=True)
    names: dict[str, int] = {}
    ids: dict[str, int] = {}
    rows: dict[str, dict[str, list[Any]]] = {
        file: {name: [] for name in ("number", "day", *columns)} for file, (_, columns) in _FILES.items()
    }
    file_of = {wire: file for file, (wires, _) in _FILES.items() for wire in wires}
    lists: dict[str, tuple[list[int], list[int]]] = {"attended": ([], []), "led_by": ([], [])}
    for number, line in enumerate(lines):
        said = msgspec.json.decode(line)
        ids[said["id"]] = number
        file = file_of[said["fact"]]
        said["kind"] = said.get("meeting") or said.get("activity") or said.get("kind")
        if file == "registered":
            said.setdefault("category", "student")
        if "target" in said:
            said["target"] = ids[said["target"]]
        for name in ("until", "through", "period"):
            if name in said:
                said[name] = date.fromisoformat(said[name])
        columns = rows[file]
        columns["number"].append(number)
        columns["day"].append(date.fromisoformat(said["on"]))
        for name in _FILES[file][1]:
            value = said.get(name)
            known = value is not None and name in _NAMED
            columns[name].append(names.setdefault(value, len(names)) if known else value)
        for name, (events, people) in lists.items():
            for person in dict.fromkeys(said.get(name, ())):
                events.append(number)
                people.append(names.setdefault(person, len(names)))
    for file, columns in rows.items():
        types = {"number": pa.int32(), "day": pa.date32(), **_FILES[file][1]}
        _write(folder / f"{file}.parquet", {name: pa.array(columns[name], types[name]) for name in types})
    for name, (events, people) in lists.items():
        pair = {"event": pa.array(events, pa.int32()), "person": pa.array(people, pa.int32())}
        _write(folder / f"{name}.parquet", pair)
    _write(folder / "name.parquet", {"name": pa.array(list(names), pa.string())})


def _write(path: Path, columns: dict[str, Any]) -> None:
    pq.write_table(pa.table(columns), path, row_group_size=_ROW_GROUP, compression="snappy")


def names_in(folder: Path) -> list[str]:
    """Return the names of people and units by their numbers."""
    names: list[str] = pq.read_table(folder / "name.parquet")["name"].to_pylist()
    return names


def connected(folder: Path, *, threads: int, memory: bool = False) -> duckdb.DuckDBPyConnection:
    """Return a connection on which each Parquet file of the folder is a view, or with `memory` a table."""
    connection = _opened(threads)
    for path in sorted(folder.glob("*.parquet")):
        if memory:
            connection.execute(f"CREATE TABLE {path.stem}_rows AS FROM read_parquet('{path}')")
        else:
            connection.read_parquet(str(path)).create_view(f"{path.stem}_rows")
    return connection


def _opened(threads: int) -> duckdb.DuckDBPyConnection:
    # The order of the answer is free, and files are not read anew to learn what is in them: both make it faster.
    connection = duckdb.connect(config={"threads": threads, "preserve_insertion_order": False})
    connection.execute("SET parquet_metadata_cache = true")
    return connection


def prepared(
    connection: duckdb.DuckDBPyConnection, as_of: date, *, counts: bool = False
) -> Callable[[], dict[str, NDArray[Any]]]:
    """Return what runs the query: planned once, asked again and again.

    It returns the number of the rule and subject, the first day of the period and the status of each finding; with
    `counts` also how many there are, or hours.
    """
    name = "counted" if counts else "statuses"
    connection.execute(f"PREPARE {name} AS {counted_query(as_of) if counts else status_query(as_of)}")

    def run() -> dict[str, NDArray[Any]]:
        found: dict[str, NDArray[Any]] = connection.execute(f"EXECUTE {name}").fetchnumpy()
        return {**found, "start": np.ma.filled(found["start"], np.datetime64("NaT"))}

    return run


def spans(connection: duckdb.DuckDBPyConnection, query: str, as_of: date) -> dict[str, NDArray[Any]]:
    """Return what the query for scopes or for leave finds."""
    found: dict[str, NDArray[Any]] = connection.execute(filled(query, as_of)).fetchnumpy()
    return found


# From the lines themselves -----------------------------------------------------------------------------------------

_LISTED: Final = ("attended", "led_by")
_DATES: Final = ("on", "until", "through", "period")


# What a column of the files is made of in the lines, where it is not the field of that name.
_FIELD: Final[Mapping[str, str]] = {
    "kind": "coalesce(meeting, activity, line.kind)",
    "category": "coalesce(line.category, 'student')",
    "target": "(SELECT any_value(o.number) FROM line o WHERE o.id = line.target)",
}


def summed_up(lines: Path, as_of: date, *, threads: int) -> dict[str, dict[str, int]]:
    """Return how many findings each rule has in each status, from JSON lines of facts and nothing besides."""
    connection = _opened(threads)
    fields_read = {"fact", "id", "target", *_LISTED, *_DATES}
    fields_read |= {"meeting", "activity"} | {name for _, columns in _FILES.values() for name in columns}
    types = {name: "DATE" if name in _DATES else "VARCHAR[]" if name in _LISTED else "VARCHAR" for name in fields_read}
    types["hours"] = "DOUBLE"
    columns = ", ".join(f"{name!r}: {types[name]!r}" for name in sorted(fields_read))
    connection.execute(
        f"CREATE TABLE line AS SELECT row_number() OVER () AS number, * "
        f"FROM read_json('{lines}', format = 'newline_delimited', columns = {{{columns}}})"
    )
    for name in _LISTED:
        connection.execute(f"CREATE TABLE {name} AS SELECT number AS event, unnest({name}) AS name FROM line")
    # Numbers for who and what is named are joined and grouped faster than their strings.
    every = " UNION ".join(
        [f"SELECT name FROM {name}" for name in _LISTED] + [f"SELECT {name} FROM line" for name in _NAMED]
    )
    connection.execute(
        f"CREATE TABLE name AS SELECT name, row_number() OVER ()::INTEGER AS code FROM ({every}) n(name)"
    )
    for name in _LISTED:
        coded = f"SELECT event, code AS person FROM {name} JOIN name USING (name)"
        connection.execute(f"CREATE TABLE {name}_rows AS {coded}")
    for file, (wires, fields) in _FILES.items():
        named = [name for name in fields if name in _NAMED]
        source = {name: f"{name}_.code" if name in named else _FIELD.get(name, name) for name in fields}
        picked = ", ".join(f"{what} AS {name}" for name, what in source.items())
        joined = " ".join(f"LEFT JOIN name {name}_ ON {name}_.name = line.{name}" for name in named)
        among = ", ".join(f"'{wire}'" for wire in wires)
        coded = f"SELECT line.number, line.on AS day, {picked} FROM line {joined} WHERE fact IN ({among})"
        connection.execute(f"CREATE TABLE {file}_rows AS {coded}")
    return _counts(connection, as_of)


def _counts(connection: duckdb.DuckDBPyConnection, as_of: date) -> dict[str, dict[str, int]]:
    asked = f"SELECT rule, status, count(*) FROM ({status_query(as_of)}) GROUP BY ALL"
    counts: dict[str, dict[str, int]] = {}
    for rule, status, number in connection.execute(asked).fetchall():
        counts.setdefault(RULES[rule], {})[STATUSES[status]] = number
    return counts


def main(kind: str, source: str, day: str) -> None:
    """Print how many findings each rule has in each status, from a folder of `parquet` or a file of `lines`."""
    as_of = date.fromisoformat(day)
    if kind == "lines":
        print(json.dumps(summed_up(Path(source), as_of, threads=2)))
    else:
        with connected(Path(source), threads=2) as connection:
            print(json.dumps(_counts(connection, as_of)))


if __name__ == "__main__":
    main(*sys.argv[1:])
