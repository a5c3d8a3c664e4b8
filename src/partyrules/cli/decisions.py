"""`decide`, `replay` and `funnel`: the development pipeline."""

import json
from collections.abc import Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Final

import click
import msgspec

from partyrules.answers.messages import OUTCOME_WORDS
from partyrules.answers.verdicts import encode
from partyrules.cli.options import (
    FILE,
    Inquiry,
    adoption_options,
    asking,
    columns_options,
    day_option,
    directory_option,
    known_at_option,
    lang_option,
    notices_beside,
    opened,
    output_option,
    source_argument,
    unit_option,
)
from partyrules.cli.output import lines_out, screen, show, told
from partyrules.errors import QueryError
from partyrules.evaluate.inference import ENGINES, REFERENCE, engine_named
from partyrules.facts.writing import new_file
from partyrules.packs.pack import Adoption
from partyrules.questions.contested import ContestedStep, contested_decision
from partyrules.questions.decide import decide as decided
from partyrules.questions.decide import engine_trace
from partyrules.questions.explain import justification
from partyrules.questions.funnel import funnel as funnel_of
from partyrules.questions.notices import step_notices
from partyrules.questions.record import read_record, record_of, vocabulary_in
from partyrules.questions.record import replay as replayed
from partyrules.questions.sources import history_from
from partyrules.report.contested import contested_decision_table
from partyrules.report.decisions import chain_lines, decision_lines, funnel_parts, funnel_wire
from partyrules.report.explanation import derivation_lines
from partyrules.report.terminal import Lang

__all__ = ["decide", "funnel", "replay"]

_DIFFERENT: Final = 1
_LETTERS: Final = ("html", "md")

engine_option = click.option(
    "--engine",
    type=click.Choice(ENGINES),
    help="`durable`: durable-rules must infer the same as the reference, as it does by default where it can be loaded.",
)


@click.command()
@source_argument
@adoption_options
@click.option("--person", metavar="ID", required=True, help="Whose step is asked about.")
@click.option("--to", metavar="STAGE", required=True, help="The stage to enter, e.g. full_member.")
@day_option("--on")
@known_at_option
@engine_option
@click.option("--contested", is_flag=True, help="List instead what another reading would change in the decision.")
@click.option("--why", is_flag=True, help="Add the derivation: each rule with its conditions, records and dates.")
@click.option("--trace-engine", is_flag=True, help="Add the firings by which durable-rules infers the decision.")
@click.option("--record", "record_to", type=FILE, metavar="FILE", help="Write the record of the decision, for replay.")
@columns_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html", "md"]),
    default="text",
    show_default=True,
    help="`html` and `md` are a letter to the person: a page to print, and Markdown.",
)
@directory_option
@output_option
@lang_option
@asking
def decide(  # noqa: PLR0913 - one argument for each option
    *,
    inquiry: Inquiry,
    person: str,
    to: str,
    on: date | None,
    engine: str | None,
    contested: bool,
    why: bool,
    trace_engine: bool,
    record_to: Path | None,
    form: str,
    directory: Path | None,
) -> None:
    """Decide whether a person may pass into a stage at the end of a day, by all adopted packs together.

    A veto is never outweighed, and what cannot be decided never permits.
    """
    if contested and (why or trace_engine or engine or record_to):
        raise click.UsageError(
            "--contested compares decisions; it goes without --why, --trace-engine, --record and --engine"
        )
    if (why or trace_engine) and form != "text":
        raise click.UsageError("--why and --trace-engine go with --format text")
    if contested and form in _LETTERS:
        raise click.UsageError("--contested goes with --format text or json; a letter is of one decision")
    if directory is not None and form not in _LETTERS:
        raise click.UsageError("--directory goes with --format html or md: only a letter has names")
    # A letter's pages take longer to load than a decision alone should wait for.
    letters = import_module("partyrules.cli.letters") if form in _LETTERS else None
    names = letters.names_in(directory) if letters is not None else None
    if trace_engine and engine == REFERENCE:
        raise click.UsageError("--trace-engine goes with an inference engine; the reference fires no rules")
    adoption, known_at, lang = inquiry.adoption, inquiry.known_at, inquiry.lang
    day = inquiry.day(on)
    named = engine_named(engine)
    # Answer and record are of one moment, whoever appends meanwhile: columns stand still.
    with inquiry.columns() as facts:
        if contested:
            history = history_from(facts, adoption, as_of=day, known_at=known_at)
            notices_beside(step_notices(adoption, history), lang)
            differing = contested_decision(facts, adoption, person=person, to=to, on=day, known_at=known_at)
            _contested_out(differing, adoption, form, lang)
            return
        found = decided(facts, adoption, person=person, to=to, on=day, known_at=known_at, engine=engine)
        if record_to is not None:
            _write_record(record_to, record_of(facts, adoption, found, known_at=known_at, engine=named))
        if form == "json":
            notices_beside(found.notices, lang)
            lines_out([encode(found)])
            return
        if letters is not None:
            letters.letter_out(facts, adoption, found, lang=lang, form=form, names=names, known_at=known_at)
            return
        show(*decision_lines(found, adoption, engine=named, lang=lang))
        if why:
            tree = justification(facts, adoption, person=person, to=to, on=day, known_at=known_at)
            show(*derivation_lines(tree, screen=screen(), lang=lang))
        if trace_engine:
            fired = engine_trace(facts, adoption, person=person, to=to, on=day, known_at=known_at)
            show(*chain_lines(fired, lang))


def _contested_out(contested: Sequence[ContestedStep], adoption: Adoption, form: str, lang: Lang) -> None:
    if form == "json":
        lines_out([msgspec.json.encode([each.to_wire() for each in contested])])
    else:
        show(contested_decision_table(contested, adoption, screen=screen(), lang=lang))


def _write_record(path: Path, record: dict[str, object]) -> None:
    # A record is kept as evidence; another never takes its place unasked.
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


@click.command()
@source_argument
@adoption_options
@unit_option
@day_option("--on")
@known_at_option
@engine_option
@columns_options
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@output_option
@lang_option
@asking
def funnel(
    *,
    inquiry: Inquiry,
    unit: str | None,
    on: date | None,
    engine: str | None,
    form: str,
) -> None:
    """Show how many hold each stage on a day, and what stands before everybody's next step."""
    adoption, known_at, lang = inquiry.adoption, inquiry.known_at, inquiry.lang
    day = inquiry.day(on)
    with inquiry.columns() as asked:
        found = funnel_of(asked, adoption, on=day, known_at=known_at, engine=engine, unit=unit)
    if form == "json":
        notices_beside(found.notices, lang)
        lines_out([msgspec.json.encode(funnel_wire(found))])
        return
    show(*funnel_parts(found, stages=adoption.stages, screen=screen(), lang=lang))
    if found.undated:
        show(
            {
                "zh": f"另有 {found.undated} 人因记录只写了月份，当日处于哪一阶段不能确定。",
                "en": f"{found.undated} more hold a stage that is open, for a record names only the month.",
            }[lang]
        )
