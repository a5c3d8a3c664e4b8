"""`backup`: a verified copy of a ledger."""

from pathlib import Path

import click

from partyrules.cli.options import FILE, lang_option, vocabulary_of
from partyrules.cli.output import report
from partyrules.ledger.backup import back_up
from partyrules.ledger.sqlite import open_ledger


@click.command()
@click.argument("ledger", type=FILE, metavar="LEDGER")
@click.argument("copy", type=FILE, metavar="FILE")
@click.option("--pack", "packs", metavar="ID", multiple=True, help="Check what its fact types say too; repeatable.")
@lang_option
def backup(ledger: Path, copy: Path, packs: tuple[str, ...], lang: str) -> None:
    """Copy LEDGER, as it is at one moment, to FILE, which must not be there, and verify the copy.

    Others may record meanwhile. FILE is there only once it is whole and verified; a LEDGER that does not verify is
    not copied. To restore, copy the other way: FILE to where the ledger was moved away from.
    """
    with open_ledger(ledger, vocabulary=vocabulary_of(packs), read_only=True) as opened:
        head = back_up(opened, copy)
    told = {
        "zh": f"{copy}：{ledger} 的副本，已核对 {head.position} 条，完好，末端 {head}",
        "en": f"{copy}: a copy of {ledger}, sound, {head.position} positions checked, head {head}",
    }
    report(told[lang])
