"""`changes`: in what two audits differ, and what made each difference."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import click

from partyrules.cli.options import (
    DATE,
    FILE,
    INSTANT,
    adoption_from,
    adoption_options,
    asked_of,
    columns_options,
    day_asked,
    lang_option,
    output_option,
    selection_options,
    source_argument,
)
from partyrules.cli.output import lines_out, screen, show
from partyrules.packs.pack import Adoption
from partyrules.questions.causes import Standpoint
from partyrules.questions.changes import changes as changes_between
from partyrules.report.changes import changes_csv, changes_lines, changes_parts
from partyrules.report.terminal import Lang

__all__ = ["changes"]

_DEFAULT_ROWS: Final = 50

_Side = tuple[date, datetime | None]


class _Moment(click.ParamType[_Side]):
    """A day, and behind an @ the time by which something must have been recorded to be known."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> _Side:
        if isinstance(value, tuple):
            return value
        day, at, known = str(value).partition("@")
        return DATE.convert(day, param, ctx), INSTANT.convert(known, param, ctx) if at else None


@click.command()
@source_argument
@adoption_options
@click.option(
    "--from", "since", type=_Moment(), metavar="DATE[@TIME]", required=True, help="The earlier day, as known by then."
)
@click.option("--to", "until", type=_Moment(), metavar="DATE[@TIME]", help="The later day; without it, today.")
@click.option("--from-pack", "was_packs", metavar="ID", multiple=True, help="What was adopted on the earlier day.")
@click.option("--from-adoption", "was_file", type=FILE, metavar="FILE", help="The same as a file, as --adoption.")
@click.option("--from-reading", "was_readings", metavar="RULE.NAME=OPTION", multiple=True, help="As --reading.")
@click.option("--from-set", "was_parameters", metavar="RULE.PARAM=VALUE", multiple=True, help="As --set.")
@selection_options
@columns_options
@click.option("--format", "form", type=click.Choice(["text", "jsonl", "csv"]), default="text", show_default=True)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    metavar="N",
    default=_DEFAULT_ROWS,
    show_default=True,
    help="Rows of the table of changes; 0 for all. The other formats always have all.",
)
@output_option
@lang_option
def changes(  # noqa: PLR0913 - one argument for each option
    *,
    source: str,
    packs: tuple[str, ...],
    adoption_file: Path | None,
    readings: tuple[str, ...],
    parameters: tuple[str, ...],
    since: _Side,
    until: _Side | None,
    was_packs: tuple[str, ...],
    was_file: Path | None,
    was_readings: tuple[str, ...],
    was_parameters: tuple[str, ...],
    rule: str,
    subject: str | None,
    unit: str | None,
    projection: Path | None,
    no_cache: bool,
    form: str,
    limit: int,
    lang: Lang,
) -> None:
    """Tell in what the audit of a later day differs from that of an earlier one, and why in each case.

    A cause is a record, a retraction, a closure or opening of the register, the days that passed, a reading, a
    parameter, or another version of the rules: without its causes the later finding would be the earlier. Where any of
    the --from-… options is given, they say all that was adopted on the earlier day; else it is what is adopted now.
    """
    if subject and unit:
        raise click.UsageError("--subject and --unit: give one of them")
    adoption = adoption_from(packs, readings, parameters, adoption_file)
    was = _adopted(was_packs, was_readings, was_parameters, was_file) or adoption
    day, known_at = until or (day_asked(None, adoption, lang), None)
    with asked_of(source, adoption, projection=projection, no_cache=no_cache) as facts:
        found = changes_between(
            facts,
            Standpoint(adoption=was, as_of=since[0], known_at=since[1]),
            Standpoint(adoption=adoption, as_of=day, known_at=known_at),
            rule=rule,
            subject=subject,
            unit=unit,
        )
    if form == "jsonl":
        lines_out(changes_lines(found))
    elif form == "csv":
        lines_out([changes_csv(found)])
    else:
        for part in changes_parts(found, limit=limit, screen=screen(), lang=lang):
            show(part)


def _adopted(
    packs: Sequence[str], readings: Sequence[str], parameters: Sequence[str], file: Path | None
) -> Adoption | None:
    """Return what was adopted on the earlier day, None where that is not said."""
    if not (packs or readings or parameters or file):
        return None
    if not (packs or file):
        raise click.UsageError(
            "--from-reading and --from-set go with the pack that was adopted; name it with --from-pack"
        )
    return adoption_from(packs, readings, parameters, file)
