"""The record of a decision: what `decide` writes of it, and `replay`, which runs it again."""

import json
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from partyrules.answers.messages import OUTCOME_WORDS
from partyrules.answers.verdicts import Decision
from partyrules.cli.options import FILE, lang_option, opened, output_option, source_argument
from partyrules.cli.output import show, told
from partyrules.errors import QueryError
from partyrules.facts.writing import new_file
from partyrules.language.text import Lang
from partyrules.packs.pack import Adoption
from partyrules.questions.record import read_record, record_of, vocabulary_in
from partyrules.questions.record import replay as replayed
from partyrules.questions.sources import Source

_DIFFERENT: Final = 1


def write_record(
    path: Path, facts: Source, adoption: Adoption, found: Decision, *, known_at: datetime | None, engine: str | None
) -> None:
    """Write the record of a decision; another, which is kept as evidence, never has its place taken unasked."""
    record = record_of(facts, adoption, found, known_at=known_at, engine=engine)
    with new_file(path) as file:
        file.write(json.dumps(record, ensure_ascii=False, indent=2).encode(errors="backslashreplace") + b"\n")


@click.command()
@click.argument("record", type=FILE, metavar="RECORD")
@source_argument
@output_option
@lang_option
@click.pass_context
def replay(ctx: click.Context, record: Path, source: str, lang: Lang) -> None:
    """Run the decision in RECORD again over SOURCE; exit code 1 where the answer, or what it rests on, is another."""
    was = read_record(record)
    try:
        with opened(source, vocabulary_in(was)) as given:
            found = replayed(was, given)
        before, outcome = found.recorded["outcome"], (found.now or {}).get("outcome")
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        if isinstance(error, QueryError):
            raise
        raise QueryError(f"{record}: the decision record is damaged: {type(error).__name__} {error}") from None
    for each in (*found.differences, *found.notes):
        show(f"  {told(each)}")
    then, now = _in_chinese(before), _in_chinese(outcome)
    if found.same:
        said = {"zh": f"结论相同：{now}", "en": f"The same answer: {outcome}"}
    elif found.same_answer:
        said = {
            "zh": f"结论相同：{now}；但依据与存证不一致",
            "en": f"The same answer: {outcome}; but it does not rest on what was recorded",
        }
    else:
        said = {
            "zh": f"结论不同：原为“{then}”，现为“{now}”",
            "en": f"Another answer: {before} then, {outcome} now",
        }
    show(said[lang])
    if not found.same:
        ctx.exit(_DIFFERENT)


def _in_chinese(outcome: object) -> str:
    return next((words.zh for name, words in OUTCOME_WORDS.items() if name == outcome), "无")
