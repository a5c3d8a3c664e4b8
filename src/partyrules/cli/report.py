"""`report`: an institution, or one unit of it, as a page, a workbook, calendars and a mail."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final

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
    day_option,
    directory_option,
    kept_by,
    known_at_option,
    lang_option,
    notices_beside,
    source_argument,
)
from partyrules.cli.output import report as told
from partyrules.importers.directory import read_directory
from partyrules.report.content import report_on
from partyrules.report.files import FORMATS, Format, write_report
from partyrules.report.terminal import Lang

__all__ = ["report"]

_BY_ITSELF: Final = ("html", "xlsx", "ics")


class _Since(click.ParamType[tuple[date, datetime | None]]):
    """A day and, behind an @, the time by which it is known."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[date, datetime | None]:
        day, at, known = str(value).partition("@")
        return DATE.convert(day, param, ctx), INSTANT.convert(known, param, ctx) if at else None


@click.command()
@source_argument
@adoption_options
@day_option("--as-of")
@known_at_option
@click.option(
    "--since",
    type=_Since(),
    metavar="DATE[@TIME]",
    help="The earlier day to compare with, as it is known now or as it was known by TIME; without it, a month before.",
)
@click.option(
    "--unit", metavar="ID", help="Only this unit: itself, the units under it, and who belongs to any of them."
)
@directory_option
@click.option("--out", type=FILE, required=True, metavar="DIR", help="The folder where the files are put.")
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(FORMATS),
    default=_BY_ITSELF,
    show_default=True,
    help="What is written; repeatable: a page, Markdown for a mail, a workbook, calendars of what is due.",
)
@columns_options
@lang_option
def report(  # noqa: PLR0913 - one argument for each option
    *,
    source: str,
    packs: tuple[str, ...],
    adoption_file: Path | None,
    readings: tuple[str, ...],
    parameters: tuple[str, ...],
    as_of: date | None,
    known_at: datetime | None,
    by_ledger_time: bool,
    since: tuple[date, datetime | None] | None,
    unit: str | None,
    directory: Path | None,
    out: Path,
    formats: tuple[Format, ...],
    projection: Path | None,
    no_cache: bool,
    lang: Lang,
) -> None:
    """Report on what is done, due, overdue and undecided, compared with an earlier day.

    The page is one file in both languages that needs no network. Files of an earlier report in DIR give way.
    """
    adoption = adoption_from(packs, readings, parameters, adoption_file)
    names: Mapping[str, str] = {} if directory is None else read_directory([directory]).names_by_id()
    day = day_asked(as_of, adoption, lang)
    earlier, known_since = since or (None, None)
    kept = kept_by(known_at, by_ledger_time=by_ledger_time)
    with asked_of(source, adoption, projection=projection, no_cache=no_cache, kept=kept) as facts:
        made = report_on(
            facts,
            adoption,
            as_of=day,
            since=earlier,
            known_at=known_at,
            known_since=known_since,
            unit=unit,
            names=names,
        )
        notices_beside(made.asked.notices, lang)
        written = write_report(made, out, lang=lang, formats=formats, source=source)
    shown = ", ".join(path.name for path in written if path.suffix != ".ics")
    calendars = sum(path.suffix == ".ics" for path in written)
    zh = "、".join(filter(None, (shown.replace(", ", "、"), f"日历 {calendars} 份" if calendars else "")))
    en = ", ".join(filter(None, (shown, f"{calendars} calendars" if calendars else "")))
    told({"zh": f"{out}：{zh}", "en": f"{out}: {en}"}[lang])
