"""`report`: an institution, or one unit of it, as a page, a workbook, calendars and a mail."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import click

from partyrules.cli import options as o
from partyrules.cli.output import report as told
from partyrules.report.content import report_on
from partyrules.report.files import BY_ITSELF, FORMATS, Format, write_report


@click.command()
@o.source_argument
@o.adoption_options
@o.day_option("--as-of")
@o.known_at_option
@click.option(
    "--since",
    type=o.MOMENT,
    metavar="DATE[@TIME]",
    help="The earlier day to compare with, as it is known now or as it was known by TIME; without it, a month before.",
)
@click.option(
    "--unit", metavar="ID", help="Only this unit: itself, the units under it, and who belongs to any of them."
)
@o.directory_option
@click.option("--out", type=o.FILE, required=True, metavar="DIR", help="The folder where the files are put.")
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(FORMATS),
    default=BY_ITSELF,
    show_default=True,
    help="What is written; repeatable: a page, Markdown for a mail, a workbook, calendars of what is due.",
)
@o.columns_options
@o.lang_option
@o.asking
def report(
    *,
    inquiry: o.Inquiry,
    as_of: date | None,
    since: o.Moment | None,
    unit: str | None,
    directory: Path | None,
    out: Path,
    formats: tuple[Format, ...],
) -> None:
    """Report on what is done, due, overdue and undecided, compared with an earlier day.

    The page is one file in both languages that needs no network. Files of an earlier report in DIR give way.
    """
    names: Mapping[str, str] = {}
    if directory is not None:
        from partyrules.importers.directory import read_directory  # noqa: PLC0415 - one who needs no names waits for none

        names = read_directory([directory]).names_by_id()
    day, lang = inquiry.day(as_of), inquiry.lang
    earlier, known_since = since or (None, None)
    with inquiry.columns() as facts:
        made = report_on(
            facts,
            inquiry.adoption,
            as_of=day,
            since=earlier,
            known_at=inquiry.known_at,
            known_since=known_since,
            unit=unit,
            names=names,
        )
        o.notices_beside(made.asked.notices, lang)
        written = write_report(made, out, lang=lang, formats=formats, source=inquiry.source)
    shown = ", ".join(path.name for path in written if path.suffix != ".ics")
    calendars = sum(path.suffix == ".ics" for path in written)
    zh = "、".join(filter(None, (shown.replace(", ", "、"), f"日历 {calendars} 份" if calendars else "")))
    en = ", ".join(filter(None, (shown, f"{calendars} calendars" if calendars else "")))
    told({"zh": f"{out}：{zh}", "en": f"{out}: {en}"}[lang])
