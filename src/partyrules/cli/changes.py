"""`changes`: in what two audits differ, and what made each difference."""

from collections.abc import Sequence
from pathlib import Path

import click

from partyrules.cli import options as o
from partyrules.cli.output import lines_out, screen, show
from partyrules.packs.pack import Adoption
from partyrules.questions.between import Standpoint
from partyrules.questions.changes import changes as changes_between
from partyrules.report.changes import changes_csv, changes_lines, changes_parts


@click.command()
@o.source_argument
@o.adoption_options
@click.option(
    "--from", "since", type=o.MOMENT, metavar="DATE[@TIME]", required=True, help="The earlier day, as known by then."
)
@click.option("--to", "until", type=o.MOMENT, metavar="DATE[@TIME]", help="The later day; without it, today.")
@click.option("--from-pack", "was_packs", metavar="ID", multiple=True, help="What was adopted on the earlier day.")
@click.option("--from-adoption", "was_file", type=o.FILE, metavar="FILE", help="The same as a file, as --adoption.")
@click.option("--from-reading", "was_readings", metavar="RULE.NAME=OPTION", multiple=True, help="As --reading.")
@click.option("--from-set", "was_parameters", metavar="RULE.PARAM=VALUE", multiple=True, help="As --set.")
@o.selection_options
@o.columns_options
@click.option("--format", "form", type=click.Choice(["text", "jsonl", "csv"]), default="text", show_default=True)
@o.limit_option("Rows of the table, of changes alike by the same causes; 0 for all. The other formats always have all.")
@o.output_option
@o.lang_option
@o.asking
def changes(  # noqa: PLR0913 - one argument for each option
    *,
    inquiry: o.Inquiry,
    since: o.Moment,
    until: o.Moment | None,
    was_packs: tuple[str, ...],
    was_file: Path | None,
    was_readings: tuple[str, ...],
    was_parameters: tuple[str, ...],
    rule: str,
    subject: str | None,
    unit: str | None,
    form: str,
    limit: int,
) -> None:
    """Tell in what the audit of a later day differs from that of an earlier one, and why in each case.

    A cause is a record, a retraction, a closure or opening of the register, the days that passed, a reading, a
    parameter, or another version of the rules: without its causes the later finding would be the earlier. Where any of
    the --from-… options is given, they say all that was adopted on the earlier day; else it is what is adopted now.
    """
    if subject and unit:
        raise click.UsageError("--subject and --unit: give one of them")
    was = _adopted(was_packs, was_readings, was_parameters, was_file) or inquiry.adoption
    day, known_at = until or (inquiry.day(None), None)
    with inquiry.columns() as facts:
        found = changes_between(
            facts,
            Standpoint(adoption=was, as_of=since[0], known_at=since[1]),
            Standpoint(adoption=inquiry.adoption, as_of=day, known_at=known_at),
            rule=rule,
            subject=subject,
            unit=unit,
        )
    if form == "jsonl":
        lines_out(changes_lines(found))
    elif form == "csv":
        lines_out([changes_csv(found)])
    else:
        show(*changes_parts(found, limit=limit, screen=screen(), lang=inquiry.lang))


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
    return o.adoption_from(packs, readings, parameters, file)
