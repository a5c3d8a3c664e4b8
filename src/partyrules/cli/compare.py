"""`compare`: two packs side by side."""

import json
import re
import shlex
from pathlib import Path

import click

from partyrules.analysis.compare import Comparison, Pairing, Witness
from partyrules.analysis.compare import compare as compared
from partyrules.cli.options import FILE, lang_option, output_option
from partyrules.cli.output import lines_out, show
from partyrules.facts.codec import encode_fact
from partyrules.facts.writing import new_file
from partyrules.language.text import Lang
from partyrules.packs.projects import project_of
from partyrules.report.comparison import comparison_lines


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--out", type=FILE, metavar="DIR", help="Write each history on which rules disagree to a file in DIR.")
@output_option
@lang_option
def compare(a: str, b: str, *, form: str, out: Path | None, lang: Lang) -> None:
    """Tell for each rule of packs A and B whether it is the same, stricter or looser in A, or only in one of them.

    A and B are ids of installed packs or folders. Each difference comes with a smallest history on which the two
    rules disagree; with --out, the command that replays it is printed too.
    """
    packs = [project_of(known).pack for known in (a, b)]
    found = compared(*packs)
    files = {} if out is None else _written(found, out)
    if form == "json":
        lines_out([json.dumps(found.to_wire(), ensure_ascii=False, indent=2)])
        return

    def name(pairing: Pairing, witness: Witness) -> str | None:
        path = files.get((pairing.a, pairing.b, witness.stricter))
        return None if path is None else shlex.quote(str(path))

    titles = {f"{pack.id}:{rule.id}": rule.title for pack in packs for rule in pack.rules}
    show(*comparison_lines(found, titles, lang, name=name))


def _written(found: Comparison, out: Path) -> dict[tuple[str | None, str | None, str], Path]:
    """Write each history to a file of its own; return the files by the rules and the side that is stricter."""
    out.mkdir(parents=True, exist_ok=True)
    files: dict[tuple[str | None, str | None, str], Path] = {}
    for pairing in found.pairings:
        for witness in pairing.witnesses:
            path = out / f"{_plain(pairing.a)}--{_plain(pairing.b)}--{witness.stricter}-broken.jsonl"
            history = b"".join(encode_fact(fact) + b"\n" for fact in witness.facts)
            # What a comparison before this one has written may stay.
            if not (path.is_file() and path.read_bytes() == history):
                with new_file(path) as file:
                    file.write(history)
            files[pairing.a, pairing.b, witness.stricter] = path
    return files


def _plain(rule: str | None) -> str:
    return re.sub(r"[^\w.-]", "-", rule or "")
