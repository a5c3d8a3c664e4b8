"""`readings`: where the text of a pack's document can be read in more than one way."""

import click
import msgspec

from partyrules.cli.options import lang_option, output_option
from partyrules.cli.output import lines_out, screen, show
from partyrules.language.text import Lang
from partyrules.packs.projects import project_of
from partyrules.report.readings import pack_readings, readings_table, readings_wire


@click.command()
@click.argument("pack", metavar="ID|PATH")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@output_option
@lang_option
def readings(pack: str, form: str, lang: Lang) -> None:
    """List each reading of a pack, installed as ID or in the folder PATH.

    Told are the rules that it bears on, its options, which is the default, and why.

    The table has the readings that every period duty shares once, with RULE in the place of the rule.
    """
    found = pack_readings(project_of(pack).pack)
    if form == "json":
        lines_out([msgspec.json.encode(readings_wire(found))])
    else:
        show(readings_table(found, screen=screen(), lang=lang))
