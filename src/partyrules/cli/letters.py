"""The letter that `decide` writes to the person, with the names of a directory."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

from partyrules.answers.verdicts import Decision
from partyrules.cli.output import lines_out
from partyrules.importers.directory import read_directory
from partyrules.language.text import Lang
from partyrules.packs.pack import Adoption
from partyrules.questions.sources import Source
from partyrules.report.letter import letter


def names_in(directory: Path | None) -> Mapping[str, str] | None:
    """Return the names by id of a directory of people, None where none is given."""
    return None if directory is None else read_directory([directory]).names_by_id()


def letter_out(
    facts: Source,
    adoption: Adoption,
    found: Decision,
    *,
    lang: Lang,
    form: Literal["html", "md"],
    names: Mapping[str, str] | None,
    known_at: datetime | None,
) -> None:
    """Write the letter about a decision to where answers go."""
    written = letter(facts, adoption, found, lang=lang, form=form, names=names, known_at=known_at)
    lines_out([written.removesuffix("\n")])
