"""Start a pack: an installable distribution with every sentence of its document, still to be treated."""

import re
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final

from partyrules.errors import PackError
from partyrules.facts.writing import new_file, new_folder
from partyrules.packs.document import Document, Text, compare_with_source, split_sentences

_ID: Final = re.compile(r"[a-z][a-z0-9_]*")
_LONGEST_ID: Final = 50
# The files of a new pack in the order in which an author reads them, each with its template in `new_pack`.
_FILES: Final = {
    "README.md": "README.md",
    "pyproject.toml": "pyproject.toml",
    "src/$package/__init__.py": "pack.py",
    "src/$package/py.typed": None,
    "src/$package/clauses.py": "clauses.py",
    "src/$package/duties.py": "duties.py",
    "src/$package/pipeline.py": "pipeline.py",
    "tests/test_$id.py": "tests.py",
}


def pack_id(text: str) -> str:
    """Return the text if it can be the id of a pack; raise PackError otherwise."""
    if len(text) > _LONGEST_ID or not _ID.fullmatch(text):
        allowed = f"a small letter, then small letters, digits and _, at most {_LONGEST_ID} characters"
        raise PackError(f"pack {text!r}: this cannot be its id; allowed: {allowed}, e.g. lzwl2017")
    return text


def new_pack(name: str, source: str, *, directory: Path) -> tuple[Path, int]:
    """Write the pack `name` for a source text into `directory`/`name`; return that folder and how many sentences.

    The ledger knows each sentence by its number, line, length and fingerprint; none of its words are written.
    Raise PackError for an id that cannot be and a source without a sentence, OutputError where something is at that
    place already or nothing can be written there; then nothing is.
    """
    pack_id(name)
    sentences = [*_sentences(source)]
    if not sentences:
        raise PackError(f"pack `{name}`: the source has no sentence; allowed: the text of the document")
    target = directory / name
    words = {
        "id": name,
        "package": f"partyrules_{name}",
        "distribution": f"partyrules-{name.replace('_', '-')}",
        "sentences": "\n".join(sentences),
        "variable": f"PARTYRULES_SOURCE_{name.upper()}",
    }
    with new_folder(target) as draft:
        for path, kept_as in _FILES.items():
            place = draft / Template(path).substitute(words)
            place.parent.mkdir(parents=True, exist_ok=True)
            template = files(__package__) / "new_pack" / f"{kept_as}.txt"
            text = Template(template.read_text(encoding="utf-8")).substitute(words) if kept_as else ""
            with new_file(place) as file:
                file.write(text.encode())
    return target, len(sentences)


def _sentences(source: str) -> Iterator[str]:
    """Yield the line of the ledger for each sentence; the first lends itself to the two example clauses."""
    nothing = Document(
        id="nothing",
        title=Text(zh="空", en="nothing"),
        number="0",
        institution=Text(zh="空", en="nothing"),
        in_force_from=date.min,
        clauses=(),
        sentences=(),
    )
    pieces = split_sentences(source)
    for number, (new, piece) in enumerate(zip(compare_with_source(nothing, source).new, pieces, strict=True), 1):
        carries = ', clauses=("example.1", "example.2")' if number == 1 else ""
        length = len("".join(piece.split()))
        entry = f'    Sentence("S{number}", "{new.found}", "todo"{carries}),'
        yield f"{entry}  # line {new.line}, {length} characters"
