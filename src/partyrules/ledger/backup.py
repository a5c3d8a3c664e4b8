"""A copy of a ledger: taken while others write, verified before it has its name, and over nothing that is there."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from partyrules.errors import LedgerError, OutputError
from partyrules.facts.writing import BESIDE_A_LEDGER, new_file
from partyrules.ledger.base import Head
from partyrules.ledger.sqlite import SqliteLedger, open_ledger


def back_up(ledger: SqliteLedger, path: Path) -> Head:
    """Write what a ledger holds at one moment to a new file, verify that, and return its head.

    The copy is one file, whole, or there is none. Raise LedgerError where what was copied does not verify, and
    OutputError where something is at `path`, or beside it what belongs to another file of that name.
    """
    with new_file(path) as file:
        for end in BESIDE_A_LEDGER:
            if os.path.lexists(f"{path}{end}"):
                raise OutputError(f"{path}{end}: it was left by another file of that name; move it away")
        draft = Path(file.name)
        try:
            with closing(sqlite3.connect(draft, isolation_level=None)) as copy:
                ledger.copy_to(copy)
                # A ledger of an earlier version is kept with a log beside it; a copy is one file.
                copy.execute("PRAGMA journal_mode = DELETE")
        except (sqlite3.Error, LedgerError) as error:
            # What a ledger says is of itself, but for a full disk, which is that of the copy.
            cause = error.__cause__ or error
            if isinstance(error, LedgerError) and getattr(cause, "sqlite_errorcode", 0) != sqlite3.SQLITE_FULL:
                raise
            raise OutputError(f"{path}: cannot be written: {cause}") from None
        with open_ledger(draft, vocabulary=ledger.vocabulary, read_only=True) as made:
            found = made.verify()
        if found.head is None:
            where = "" if found.position is None else f"position {found.position}: "
            raise LedgerError(f"ledger {ledger.path}: not as it was written, {where}{found.problem}; no copy was made")
    return found.head
