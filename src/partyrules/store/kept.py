"""The columns that a ledger keeps beside it, so that a question need not read all of it: there by themselves."""

import os
import stat
from pathlib import Path
from typing import Final

from partyrules.errors import OutputError
from partyrules.ledger.base import Ledger
from partyrules.store.projection import Projection, open_projection

_SUFFIX: Final = ".columns"
# Fewer facts are read in the time that a file takes.
_WORTH_A_FILE: Final = 10_000


def columns_beside(ledger: Path) -> Path:
    """Return where the columns of the ledger at that path are kept."""
    return ledger.with_name(ledger.name + _SUFFIX)


def kept_columns(ledger: Ledger, at: Path) -> Projection:
    """Return the columns of the ledger at a path, current: from the file beside it where that is to be believed.

    The file is the owner's: nobody else's is read, and nobody else writes it; whoever is not the owner gets what is
    missing in memory. A small ledger has none. What else `open_projection` holds against a file holds here, but
    what cannot be kept is no failure: `rebuilt` and `unwritten` say what was wrong.
    """
    file = columns_beside(at)
    if ledger.head().position < _WORTH_A_FILE or not _owners_own(at, file):
        return open_projection(ledger)
    try:
        return open_projection(ledger, file, save=_is_owner(at))
    except OutputError as error:
        projection = open_projection(ledger)
        projection.unwritten = str(error)
        return projection


def _is_owner(path: Path) -> bool:
    return not hasattr(os, "geteuid") or os.geteuid() == path.stat().st_uid


def _owners_own(ledger: Path, file: Path) -> bool:
    """Tell whether a file is the ledger's owner's and nobody else may write it, or may become so."""
    try:
        found, owned = file.lstat(), ledger.stat()
    except FileNotFoundError:
        return _is_owner(ledger)
    except OSError:
        return False
    strangers = found.st_mode & stat.S_IWOTH and not owned.st_mode & stat.S_IWOTH
    return not hasattr(os, "geteuid") or (found.st_uid == owned.st_uid and not strangers)
