"""A directory of names: a table of ids and names that is kept outside the ledger and joined only where it is read."""

import csv
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Final

from partyrules.errors import QueryError
from partyrules.facts.reading import text_of

__all__ = ["read_directory"]

_IDS: Final = ("id", "编号", "代号")
_NAMES: Final = ("name", "姓名", "名称")
_DELIMITERS: Final = ",\t;"


def read_directory(path: Path) -> Mapping[str, str]:
    """Return the names by id of a CSV or TSV file with the columns `id` and `name` (编号, 姓名).

    Raise QueryError for another head, a line without both, and an id with two names.
    """
    lines = text_of(path).removeprefix("\ufeff").splitlines()
    head = lines[0] if lines else ""
    rows = csv.reader(StringIO("\n".join(lines)), delimiter=max(_DELIMITERS, key=head.count))
    columns = [cell.strip().lower() for cell in next(rows, [])]
    places = [next((columns.index(name) for name in names if name in columns), None) for names in (_IDS, _NAMES)]
    if None in places:
        raise QueryError(
            f"{path.name}: line 1: found {head!r}; allowed: a head with the columns id and name (编号, 姓名)"
        )
    found: dict[str, str] = {}
    for number, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row):
            continue
        known, name = (row[at].strip() if at is not None and at < len(row) else "" for at in places)
        if not known or not name:
            raise QueryError(f"{path.name}: line {number}: found {','.join(row)!r}; allowed: an id and a name")
        if found.setdefault(known, name) != name:
            raise QueryError(f"{path.name}: line {number}: `{known}` has two names, {found[known]!r} and {name!r}")
    return found
