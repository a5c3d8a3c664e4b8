"""`packs`, `trace` and `doctor`: what is installed, and whether it is whole."""

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import click
import msgspec

from partyrules.clauses import compare_with_source, coverage
from partyrules.cli.options import FILE, lang_option, lines_out, note, screen, show
from partyrules.errors import PackError
from partyrules.evaluators.inference import engine_report
from partyrules.packs import Pack, installed_packs, load_pack
from partyrules.projects import text_of
from partyrules.report.packs import clause_table, coverage_lines, coverage_wire, drift_lines, pack_details, packs_table
from partyrules.report.terminal import Lang

__all__ = ["doctor", "packs", "trace"]

_NOT_WHOLE: Final = 1
_LIBRARIES: Final = ("partyrules", "attrs", "click", "msgspec", "pendulum", "rich", "durable-rules")


def _loaded() -> Iterator[tuple[str, Pack | PackError]]:
    """Yield each installed pack, or what keeps it from being loaded, by id."""
    for name in installed_packs():
        try:
            yield name, load_pack(name)
        except PackError as error:
            yield name, error


@click.command()
@click.argument("pack", metavar="[ID]", required=False)
@lang_option
def packs(pack: str | None, lang: Lang) -> None:
    """List the installed packs; with an ID, that pack's rules, readings and parameters."""
    if pack is not None:
        for part in pack_details(load_pack(pack), screen=screen(), lang=lang):
            show(part)
        return
    loaded = dict(_loaded())
    if not loaded:
        show({"zh": "没有安装规则包。", "en": "No pack is installed."}[lang])
        return
    whole = [found for found in loaded.values() if isinstance(found, Pack)]
    if whole:
        show(packs_table(whole, screen=screen(), lang=lang))
    for found in loaded.values():
        if isinstance(found, PackError):
            note(f"Error: {found}")


@click.command()
@click.argument("pack", metavar="ID")
@click.option("--source", type=FILE, metavar="TEXTFILE", help="The source document as UTF-8 text, to find drift.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
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
        for line in coverage_lines(found, covered, lang):
            show(line)
        for line in drift_lines(drift, lang) if drift is not None else ():
            show(line)
    if not covered.complete or (drift is not None and not drift.clean):
        ctx.exit(_NOT_WHOLE)


@click.command()
@lang_option
@click.pass_context
def doctor(ctx: click.Context, lang: Lang) -> None:
    """Tell which engine decides here and why, the versions in use, and whether every installed pack is whole."""
    zh = lang == "zh"
    report = engine_report()
    show(f"Python {report.python} ({platform.python_implementation()}, {platform.system()})")
    for name in _LIBRARIES:
        show(f"{name} {_version(name) or ('未安装' if zh else 'not installed')}")
    show(f"{'推理引擎：' if zh else 'Engine: '}{report.engine} ({report.reason})")
    broken = 0
    for name, found in _loaded():
        if isinstance(found, PackError):
            broken += 1
            show(f"{'规则包' if zh else 'Pack'} {found}")
            continue
        covered = coverage(found.document, {rule.id: rule.clause for rule in found.rules})
        whole, torn = ("完整", "条款有遗漏") if zh else ("whole", "clauses not accounted for")
        broken += not covered.complete
        told = f"{len(found.rules)} 条规则" if zh else f"{len(found.rules)} rules"
        show(f"{'规则包' if zh else 'Pack'} {name} {found.version}: {told}, {whole if covered.complete else torn}")
    if broken:
        ctx.exit(_NOT_WHOLE)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
