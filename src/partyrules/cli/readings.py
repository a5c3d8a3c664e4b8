"""`readings`: where the text of a pack's document can be read in more than one way."""

import click
import msgspec

from partyrules.cli.options import lang_option, lines_out, screen, show
from partyrules.packs import load_pack
from partyrules.report.readings import pack_readings, readings_table, readings_wire
from partyrules.report.terminal import Lang

__all__ = ["readings"]


@click.command()
@click.argument("pack", metavar="ID")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@lang_option
def readings(pack: str, form: str, lang: Lang) -> None:
    """List each reading of pack ID: the rules it bears on, its options, which is the default, and why.

    The table has the readings that every period duty shares once, with RULE in the place of the rule.
    """
    found = pack_readings(load_pack(pack))
    if form == "json":
        lines_out([msgspec.json.encode(readings_wire(found))])
    else:
        show(readings_table(found, screen=screen(), lang=lang))
