"""`packs`, `trace` and `doctor`: what is installed, and whether it is whole."""

import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import msgspec

from partyrules.cli.options import FILE, lang_option, output_option
from partyrules.cli.output import lines_out, note, screen, show, told
from partyrules.evaluate.inference import engine_report
from partyrules.facts.reading import text_of
from partyrules.language.text import Lang
from partyrules.packs.discovery import broken_metadata, version_of
from partyrules.packs.document import compare_with_source, coverage
from partyrules.packs.encoding import canonical, json_schema
from partyrules.packs.listing import ListedPack, listed_packs
from partyrules.packs.pack import Pack, load_pack
from partyrules.report.packs import clause_table, coverage_lines, coverage_wire, drift_lines, pack_details, packs_table

_NOT_WHOLE: Final = 1
_LIBRARIES: Final = ("partyrules", "attrs", "click", "msgspec", "pendulum", "rich", "durable-rules")


@click.command()
@click.argument("pack", metavar="[ID]", required=False)
@click.option("--export", "exported", metavar="ID", help="Write this pack as JSON, adopted by --pack FILE.json.")
@click.option("--schema", is_flag=True, help="Write the JSON Schema of an exported pack.")
@output_option
@lang_option
@click.pass_context
def packs(ctx: click.Context, pack: str | None, exported: str | None, lang: Lang, *, schema: bool) -> None:
    """List the installed packs; with an ID, that pack's rules, readings and parameters.

    An exported pack is all that there is to the pack, for other programs too. Exit code 1 where one of the list cannot
    be loaded, prints when it is imported, or has metadata that cannot be read.
    """
    if sum((pack is not None, exported is not None, schema)) > 1:
        raise click.UsageError("an ID, --export and --schema ask for different things; give one of them")
    if schema:
        lines_out([msgspec.json.format(msgspec.json.encode(json_schema(Pack)))])
        return
    if exported is not None:
        lines_out([msgspec.json.format(canonical(load_pack(exported)))])
        return
    if pack is not None:
        show(*pack_details(load_pack(pack), screen=screen(), lang=lang))
        return
    found, broken = [*listed_packs()], broken_metadata()
    whole = [one.summary for one in found if one.summary is not None]
    if whole:
        show(packs_table(whole, screen=screen(), lang=lang))
    elif not found:
        show({"zh": "没有安装规则包。", "en": "No pack is installed."}[lang])
    faults = [*(fault for one in found for fault in _faults(one)), *broken]
    for fault in faults:
        note(f"Error: {fault}")
    if faults:
        ctx.exit(_NOT_WHOLE)


def _faults(found: ListedPack) -> Iterator[str]:
    """Yield what is wrong with an installed pack, in words."""
    if found.fault:
        yield found.fault
    if found.printed:
        yield f"pack `{found.id}` of {found.origin}: importing it prints {found.printed!r}; a pack must print nothing"


@click.command()
@click.argument("pack", metavar="ID")
@click.option("--source", type=FILE, metavar="TEXTFILE", help="The source document as UTF-8 text, to find drift.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@output_option
@lang_option
@click.pass_context
def trace(ctx: click.Context, pack: str, source: Path | None, form: str, lang: Lang) -> None:
    """Account for every sentence and clause of the document of pack ID.

    Exit code 1 where a clause is not accounted for, or where TEXTFILE differs from the document as encoded.
    """
    found = load_pack(pack)
    covered = coverage(found.document, {rule.id: rule.clause for rule in found.rules})
    drift = None if source is None else compare_with_source(found.document, text_of(source))
    if form == "json":
        lines_out([msgspec.json.encode(coverage_wire(found, covered, drift))])
    else:
        show(clause_table(found, screen=screen(), lang=lang))
        show(*coverage_lines(found, covered, lang))
        show(*(drift_lines(drift, lang) if drift is not None else ()))
    if not covered.complete or (drift is not None and not drift.clean):
        ctx.exit(_NOT_WHOLE)


@click.command()
@output_option
@lang_option
@click.pass_context
def doctor(ctx: click.Context, lang: Lang) -> None:
    """Tell which engine decides here and why, the versions in use, and whether every installed pack is whole."""
    zh = lang == "zh"
    report = engine_report()
    show(f"Python {report.python} ({platform.python_implementation()}, {platform.system()})")
    for name in _LIBRARIES:
        show(f"{name} {version_of(name) or ('未安装' if zh else 'not installed')}")
    show(f"推理引擎：{report.engine}（{told(report.reason)}）" if zh else f"Engine: {report.engine} ({report.reason})")
    faults, incomplete = [*broken_metadata()], False
    for one in listed_packs():
        faults.extend(_faults(one))
        if (found := one.summary) is not None:
            whole, torn = ("完整", "条款有遗漏") if zh else ("whole", "clauses not accounted for")
            number = found.duties + found.requirements + found.vetoes
            rules = f"{number} 条规则，" if zh else f"{number} rule{'' if number == 1 else 's'}, "
            head = f"规则包 {found.id} {found.version}：" if zh else f"Pack {found.id} {found.version}: "
            show(f"{head}{rules}{whole if found.whole else torn}")
            incomplete = incomplete or not found.whole
    for fault in faults:
        show(f"{'有误：' if zh else 'Broken: '}{told(fault)}")
    if faults or incomplete:
        ctx.exit(_NOT_WHOLE)
