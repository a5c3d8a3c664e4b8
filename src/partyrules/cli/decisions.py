"""`decide`: whether a person may pass to the next stage."""

from datetime import date
from pathlib import Path
from typing import Final, Literal

import click
import msgspec

from partyrules.answers.verdicts import encode
from partyrules.cli import options as o
from partyrules.cli.output import lines_out, screen, show
from partyrules.evaluate.inference import ENGINES, REFERENCE, engine_named
from partyrules.history.units import units_of
from partyrules.questions.decide import decide as decided
from partyrules.questions.decide import engine_trace
from partyrules.questions.notices import step_notices
from partyrules.questions.sources import history_from
from partyrules.report.decisions import chain_lines, decision_lines

_LETTERS: Final = ("html", "md")

engine_option = click.option(
    "--engine",
    type=click.Choice(ENGINES),
    help="`durable`: durable-rules must infer the same as the reference, as it does by default where it can be loaded.",
)


@click.command()
@o.source_argument
@o.adoption_options
@click.option("--person", metavar="ID", required=True, help="Whose step is asked about.")
@click.option("--to", metavar="STAGE", required=True, help="The stage to enter, e.g. full_member.")
@o.day_option("--on")
@o.known_at_option
@engine_option
@click.option("--contested", is_flag=True, help="List instead what another reading would change in the decision.")
@click.option("--why", is_flag=True, help="Add the derivation: each rule with its conditions, records and dates.")
@click.option("--trace-engine", is_flag=True, help="Add the firings by which durable-rules infers the decision.")
@click.option(
    "--record", "record_to", type=o.FILE, metavar="FILE", help="Write the record of the decision, for replay."
)
@o.columns_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html", "md"]),
    default="text",
    show_default=True,
    help="`html` and `md` are a letter to the person: a page to print, and Markdown.",
)
@o.directory_option
@o.output_option
@o.lang_option
@o.asking
def decide(  # noqa: PLR0913 - one argument for each option
    *,
    inquiry: o.Inquiry,
    person: str,
    to: str,
    on: date | None,
    engine: str | None,
    contested: bool,
    why: bool,
    trace_engine: bool,
    record_to: Path | None,
    form: Literal["text", "json", "html", "md"],
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
    # What few ask for takes longer to load than a decision alone should wait for: it is imported where it is asked for.
    names = None
    if directory is not None:
        from partyrules.importers.directory import read_directory  # noqa: PLC0415 - see above

        names = read_directory([directory]).names_by_id()
    if trace_engine and engine == REFERENCE:
        raise click.UsageError("--trace-engine goes with an inference engine; the reference fires no rules")
    adoption, known_at, lang = inquiry.adoption, inquiry.known_at, inquiry.lang
    day = inquiry.day(on)
    named = engine_named(engine)
    # Answer and record are of one moment, whoever appends meanwhile: columns stand still.
    with inquiry.columns() as facts:
        if contested:
            from partyrules.questions.contested import contested_decision  # noqa: PLC0415 - see above
            from partyrules.report.contested import contested_decision_table  # noqa: PLC0415 - see above

            history = history_from(facts, adoption, as_of=day, known_at=known_at)
            o.notices_beside(step_notices(adoption, history), lang)
            others = contested_decision(facts, adoption, person=person, to=to, on=day, known_at=known_at)
            if form == "json":
                lines_out([msgspec.json.encode([each.to_wire() for each in others])])
            else:
                show(contested_decision_table(others, adoption, screen=screen(), lang=lang))
            return
        found = decided(facts, adoption, person=person, to=to, on=day, known_at=known_at, engine=engine)
        if record_to is not None:
            from partyrules.cli.records import write_record  # noqa: PLC0415 - see above

            write_record(record_to, facts, adoption, found, known_at=known_at, engine=named)
        if form == "json":
            o.notices_beside(found.notices, lang)
            lines_out([encode(found)])
            return
        if form in _LETTERS:
            from partyrules.report.letter import letter  # noqa: PLC0415 - see above

            page = letter(facts, adoption, found, lang=lang, form=form, names=names, known_at=known_at)
            lines_out([page.removesuffix("\n")])
            return
        history = history_from(facts, adoption, as_of=day, known_at=known_at)
        show(*decision_lines(found, adoption, engine=named, lang=lang, units=units_of(history)(person)))
        if why:
            from partyrules.questions.justification import justification  # noqa: PLC0415 - see above
            from partyrules.report.explanation import derivation_lines  # noqa: PLC0415 - see above

            tree = justification(facts, adoption, person=person, to=to, on=day, known_at=known_at)
            show(*derivation_lines(tree, screen=screen(), lang=lang))
        if trace_engine:
            fired = engine_trace(facts, adoption, person=person, to=to, on=day, known_at=known_at)
            show(*chain_lines(fired, lang))
