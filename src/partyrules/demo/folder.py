"""The folder of a demonstration: made anew only where all that is in the way is as an earlier one left it."""

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from partyrules.errors import QueryError
from partyrules.facts.writing import BESIDE_A_LEDGER, draft_folder, is_draft, our_file, ours

MARK: Final = "SYNTHETIC.txt"
"""The file by which such a folder is known: what the data are, then a fingerprint of each file."""

_DRAFT: Final = "demonstration"
_FINGERPRINT: Final = re.compile(r"([0-9a-f]{64})  (.+)")
# What readers of a ledger leave beside it; put beside another ledger, the first would be read as a part of it.

Fingerprints = Mapping[str, frozenset[str]]

_NONE: Final[frozenset[str]] = frozenset()


@contextmanager
def demonstration_folder(out: Path, *, heading: str) -> Iterator[Path]:
    """Yield an empty folder to fill, whose files come into `out` when the block ends.

    Files of an earlier demonstration give way; others stay. Raise QueryError, and change nothing, where `out` is no
    folder, is not empty and was no demonstration, or where a file in the way is not as that left it. A run that is
    killed at any moment keeps the next one from nothing.
    """
    began = heading.encode()
    _in_the_way(out, (), began)
    with draft_folder(out / _DRAFT) as draft:
        yield draft
        made = {file.name: frozenset({_fingerprint(file)}) for file in sorted(draft.iterdir())}
        before = _in_the_way(out, made, began)
        # Both are told while either may be there.
        both = {name: before.get(name, _NONE) | made.get(name, _NONE) for name in (*before, *made)}
        _mark(out, heading, both)
        for name in made:
            for end in BESIDE_A_LEDGER:
                (out / f"{name}{end}").unlink(missing_ok=True)
            (draft / name).replace(out / name)
        _mark(out, heading, made)


def _mark(out: Path, heading: str, made: Fingerprints) -> None:
    lines = [heading, "", *(f"{each}  {name}" for name, all_of in made.items() for each in sorted(all_of))]
    with our_file(out / MARK, begins=heading.encode()) as file:
        file.write("\n".join([*lines, ""]).encode())


def _in_the_way(out: Path, names: Mapping[str, object] | tuple[()], began: bytes) -> Fingerprints:
    """Return the fingerprints of an earlier demonstration; raise QueryError where its folder may not be made anew."""
    try:
        mode = out.lstat().st_mode
        if not stat.S_ISDIR(mode):
            found = "a symbolic link" if stat.S_ISLNK(mode) else "a file"
            raise QueryError(f"--out {out}: found {found}; allowed: a directory")
        if all(is_draft(entry) for entry in out.iterdir()):
            return {}
        if not ours(out / MARK, begins=began):
            raise QueryError(f"--out {out}: it is not empty and no earlier demo; allowed: a new directory")
        before = _fingerprints(out / MARK)
        for name in {*before, *names}:
            _as_it_was(out / name, before.get(name, _NONE))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise QueryError(f"--out {out}: cannot be read: {error.strerror or error}") from None
    return before


def _as_it_was(file: Path, known: frozenset[str]) -> None:
    beside = [Path(f"{file}{end}") for end in BESIDE_A_LEDGER]
    there = [each for each in (file, *beside) if os.path.lexists(each)]
    if (
        all(stat.S_ISREG(each.lstat().st_mode) for each in there)
        and (file not in there or _fingerprint(file) in known)
        # What was recorded since may lie there.
        and (beside[0] not in there or not beside[0].stat().st_size)
    ):
        return
    raise QueryError(f"{file}: it is not as an earlier demo left it, and nothing is written over; name another --out")


def _fingerprints(mark: Path) -> Fingerprints:
    found: dict[str, frozenset[str]] = {}
    for line in mark.read_text(encoding="utf-8", errors="replace").splitlines():
        if (told := _FINGERPRINT.fullmatch(line)) and Path(told[2]).name == told[2]:
            found[told[2]] = found.get(told[2], _NONE) | {told[1]}
    return found


def _fingerprint(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
