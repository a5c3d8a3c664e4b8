"""Whether the file of a ledger is what a ledger makes it: its schema, its indexes, and all that SQLite checks."""

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from functools import cache
from typing import Final, Literal

Indexed = Literal["id", "fact"]

_INDEXES: Final[dict[Indexed, str]] = {"id": "sqlite_autoindex_facts_1", "fact": "facts_by_type"}

_ENCODING: Final = "UTF-8"
_SHOWN: Final = 80

# A thing of a schema: its kind and name, the table it belongs to, and the statement that made it.
_Thing = tuple[str, str]
_Things = dict[_Thing, tuple[str, str]]


def schema_problem(
    connection: sqlite3.Connection, statements: Sequence[str], *, named: Collection[str] = ()
) -> str | None:
    """Return what sets the tables, indexes and triggers apart from those that the statements make; None if nothing.

    With `named`, of those with these names alone. Whoever reads a ledger asks this first: a view in the place of a
    table may say anything, and a trigger may swallow what is written.
    """
    due, found = _made_by(tuple(statements)), _things(connection)
    for kind, name in sorted(due.keys() | found.keys()):
        if named and name not in named:
            continue
        shown = f"{kind} `{name[:_SHOWN]}`"
        if (kind, name) not in found:
            return f"its {shown} is missing"
        if (kind, name) not in due:
            return f"it has a {shown}, which no ledger has"
        if due[kind, name] != found[kind, name]:
            return f"its {shown} is not the one that a ledger has"
    return None


def index_problem(connection: sqlite3.Connection, column: Indexed, *, count: int) -> str | None:
    """Return what is wrong with the index of a column; None if nothing.

    It must lead to each of the `count` records once, and the record must say what the index says of it. Of what
    can be wrong with a file it is this that would let a fact be recorded twice, and it is soon seen; for all the
    rest there is `file_problem`.
    """
    index = _INDEXES[column]
    agreeing = (
        f"SELECT count(*), coalesce(sum(entry.position), 0) FROM facts AS entry INDEXED BY {index} "  # noqa: S608 - all of it ours
        # Without this the record's column would be looked up in the index as well.
        f"CROSS JOIN facts AS record NOT INDEXED ON record.position = entry.position "
        f"WHERE record.{column} = entry.{column}"
    )
    if connection.execute(agreeing).fetchone() != (count, count * (count + 1) // 2):
        return f"its index by `{column}` does not agree with its records"
    return None


def file_problem(connection: sqlite3.Connection) -> str | None:
    """Return the first thing that SQLite finds wrong in the whole file, page by page, indexes included."""
    encoding = connection.execute("SELECT encoding FROM pragma_encoding").fetchone()[0]
    if encoding != _ENCODING:
        return f"its text is marked {encoding}, not {_ENCODING}"
    # As bytes: what SQLite says of a damaged file may quote what is in it.
    said = _text(
        connection.execute("SELECT CAST(integrity_check AS BLOB) FROM pragma_integrity_check(1)").fetchone()[0]
    )
    told = " ".join(said.replace("*** in database main ***", "").split())
    return None if told == "ok" else f"the file is damaged: {told}"


@cache
def _made_by(statements: tuple[str, ...]) -> _Things:
    with closing(sqlite3.connect(":memory:")) as empty:
        for statement in statements:
            empty.execute(statement)
        return _things(empty)


def _things(connection: sqlite3.Connection) -> _Things:
    return dict(_each_thing(connection))


def _each_thing(connection: sqlite3.Connection) -> Iterator[tuple[_Thing, tuple[str, str]]]:
    columns = ", ".join(f"CAST({name} AS BLOB)" for name in ("type", "name", "tbl_name", "sql"))
    for row in connection.execute(f"SELECT {columns} FROM sqlite_master"):  # noqa: S608 - all of it ours
        kind, name, table, statement = map(_text, row)
        # However it is indented; the words are what counts.
        yield (kind, name), (table, " ".join(statement.split()))


def _text(said: bytes | None) -> str:
    return (said or b"").decode(errors="backslashreplace")
