"""`new-pack` and `check`: start a pack from its document, and look for what is wrong in one."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

import click

from partyrules.analysis.codes import CODES, Remark
from partyrules.analysis.lint import Source, lint
from partyrules.analysis.sarif import sarif_log
from partyrules.analysis.scaffold import new_pack as written
from partyrules.cli.options import FILE, lang_option, output_option
from partyrules.cli.output import lines_out, show
from partyrules.facts.reading import text_of
from partyrules.facts.vocabulary import CORE_VOCABULARY
from partyrules.language.text import Lang, Text, say, translated
from partyrules.packs.projects import project_of
from partyrules.questions.sources import facts_in

_FAULTS: Final = 1
_UNTESTED: Final = "PR021"
_MOST_UNTESTED: Final = 5


@click.command("new-pack")
@click.argument("name", metavar="ID")
@click.option("--source", type=FILE, required=True, metavar="TEXTFILE", help="The document as UTF-8 text.")
@click.option("--dir", "directory", type=FILE, default=".", metavar="DIR", help="Where to put the folder ID.")
@lang_option
def new_pack(name: str, source: Path, directory: Path, lang: Lang) -> None:
    """Start the pack ID: a distribution with every sentence of TEXTFILE, an example of each rule, and tests."""
    target, sentences = written(name, text_of(source), directory=directory)
    if lang == "zh":
        show(f"{target}：{sentences} 句待处理。接下来：partyrules check {target} --source {source}")
    else:
        show(f"{target}: {sentences} sentences to treat. Next: partyrules check {target} --source {source}")


@click.command()
@click.argument("pack", metavar="ID|PATH")
@click.option("--source", type=FILE, metavar="TEXTFILE", help="The source document as UTF-8 text.")
@click.option("--facts", type=FILE, multiple=True, metavar="FILE", help="A .jsonl file of facts; repeatable.")
@click.option("--format", "form", type=click.Choice(["text", "sarif"]), default="text", show_default=True)
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
@output_option
@lang_option
@click.pass_context
def check(
    ctx: click.Context,
    pack: str,
    *,
    source: Path | None,
    facts: tuple[Path, ...],
    form: str,
    strict: bool,
    lang: Lang,
) -> None:
    """Look for what is wrong in a pack, installed as ID or in the folder PATH.

    Each line names file, code, rule, field, what is wrong, and the cure. Exit code 1 where there is an error.
    """
    project = project_of(pack)
    vocabulary = CORE_VOCABULARY.with_types(project.pack.fact_types)
    remarks = lint(
        project.pack,
        source=None if source is None else Source(source, text_of(source)),
        facts=[fact for file in facts for fact in facts_in(file, vocabulary=vocabulary)],
        tests=project.tests,
        package=project.package,
    )
    found = Counter(one.code.severity for one in remarks)
    if form == "sarif":
        log = sarif_log(remarks, version=version("partyrules"), base=Path.cwd())
        lines_out([json.dumps(log, ensure_ascii=False, indent=2)])
    else:
        for line in _lines(remarks):
            show(say(line, lang))
        rules = len(project.pack.rules)
        if lang == "zh":
            show(f"{project.pack.id}：{rules} 条规则，{found['error']} 处错误，{found['warning']} 处警告")
        else:
            counts = ((rules, "rule"), (found["error"], "error"), (found["warning"], "warning"))
            counted = ", ".join(f"{number} {noun}{'' if number == 1 else 's'}" for number, noun in counts)
            show(f"{project.pack.id}: {counted}")
    if found["error"] or (strict and found["warning"]):
        ctx.exit(_FAULTS)


def _lines(remarks: Sequence[Remark]) -> Iterator[Text]:
    """Yield a line for each remark, and one for all rules without a test where these are many."""
    untested = [one for one in remarks if one.code.id == _UNTESTED]
    together = len(untested) > _MOST_UNTESTED
    for one in remarks:
        if one.code.id != _UNTESTED or not together:
            yield one.line
        elif one is untested[-1]:
            named = ", ".join(each.where for each in untested[:_MOST_UNTESTED])
            code = CODES[_UNTESTED]
            more = len(untested) - _MOST_UNTESTED
            what = "warning {} no test names these {} rules: {} and {} more; {}"
            yield translated(what, code.id, len(untested), named, more, code.cure)
