"""`record`, `export` and `verify`: facts into a ledger and out of it, and whether it is as it was written."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from partyrules.cli.options import FILE, Parsed, lang_option, opened, output_option, source_argument, vocabulary_of
from partyrules.cli.output import OUTPUT, lines_out, note_problems, progress_bar, report, told
from partyrules.errors import FactError, Problem
from partyrules.errors.limits import BATCH_LINES
from partyrules.facts.cloud_events import checked_file, event_of
from partyrules.facts.codec import Checked, encode_fact, parted
from partyrules.facts.vocabulary import Vocabulary
from partyrules.ledger.base import Head, parse_head
from partyrules.ledger.sqlite import open_ledger
from partyrules.questions.sources import facts_of
from partyrules.report.findings import as_json

_BAD_INPUT: Final = 2
_TOO_MANY: Final = f"with it the FILEs have more than {BATCH_LINES:,} lines; allowed: so many at once; record in parts"


@click.command()
@click.argument("ledger", type=FILE, metavar="LEDGER")
@click.argument("files", type=FILE, metavar="FILE…", nargs=-1, required=True)
@click.option("--keep-good", is_flag=True, help="Append the good lines, leave the bad; exit code still 2.")
@click.option("--pack", "packs", metavar="ID", multiple=True, help="Take its fact types too; repeatable.")
@output_option
@lang_option
@click.pass_context
def record(
    ctx: click.Context, *, ledger: Path, files: tuple[Path, ...], keep_good: bool, packs: tuple[str, ...], lang: str
) -> None:
    """Validate every line of the FILEs, then append their facts to LEDGER, which is made where there is none.

    A line is a fact, or a CloudEvent that has one as its data; a .json file is an event, or a batch of them.

    All of them at once, or nothing: nothing if anything is wrong with any line, unless --keep-good is given, and
    nothing after an interruption. Facts that LEDGER has already are passed over.
    """
    vocabulary = vocabulary_of(packs)
    lines, problems = read_lines(files, vocabulary)
    if problems and not keep_good:
        raise FactError(problems)
    with open_ledger(ledger, vocabulary=vocabulary) as opened, progress_bar("Recording", len(lines)) as progress:
        done = opened.append(lines, recorded_at=datetime.now(UTC), keep_good=keep_good, progress=progress)
    said = {
        "zh": f"{ledger}：新记录 {done.appended} 条，原已记录 {done.already} 条，末端 {done.head}",
        "en": f"{ledger}: {done.appended} facts appended, {done.already} already there, head {done.head}",
    }
    report(said[lang])
    problems += done.problems
    if problems:
        OUTPUT.answered = True
        note_problems(f"{len(problems)} problems; the lines without one were kept", problems)
        ctx.exit(_BAD_INPUT)


def read_lines(files: Iterable[Path], vocabulary: Vocabulary) -> tuple[list[Checked], list[Problem]]:
    """Return what every fact says, and every problem, of some files."""
    lines: list[Checked] = []
    problems: list[Problem] = []
    for path in files:
        right, wrong = parted(checked_file(path, vocabulary=vocabulary))
        lines += right
        problems += wrong
        if len(lines) + len(problems) > BATCH_LINES:
            raise FactError([Problem(str(path), _TOO_MANY)])
    return lines, problems


@click.command()
@source_argument
@click.option("--pack", "packs", metavar="ID", multiple=True, help="Take its fact types too; repeatable.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "cloudevents", "cloudevents-batch"]),
    default="jsonl",
    show_default=True,
)
@output_option
@lang_option
def export(source: str, packs: tuple[str, ...], form: str, lang: str) -> None:
    """Write the facts of SOURCE in the order recorded, as lines or as CloudEvents, one a line or as a batch.

    `record` takes each of these back.
    """
    del lang
    with opened(source, vocabulary_of(packs)) as given:
        lines = map(encode_fact if form == "jsonl" else event_of, facts_of(given))
        lines_out(as_json(lines) if form == "cloudevents-batch" else lines)


@click.command()
@click.argument("ledger", type=FILE, metavar="LEDGER")
@click.option(
    "--head",
    "noted",
    type=Parsed("head", Head, parse_head),
    metavar="POSITION:HASH",
    multiple=True,
    help="Check that LEDGER still holds what it held when this head was noted; repeatable.",
)
@click.option("--pack", "packs", metavar="ID", multiple=True, help="Check what its fact types say too; repeatable.")
@output_option
@lang_option
@click.pass_context
def verify(ctx: click.Context, *, ledger: Path, noted: tuple[Head, ...], packs: tuple[str, ...], lang: str) -> None:
    """Check that LEDGER is as it was written; exit code 1 where it is not.

    Its file, its tables and indexes, every position against the chain of hashes, and that all it holds could be
    recorded. What was cut off at its end shows only against a head that was noted elsewhere.
    """
    with open_ledger(ledger, vocabulary=vocabulary_of(packs), read_only=True) as opened:
        found = opened.verify(noted=noted)
    if not found.ok:
        said = {
            "zh": f"{ledger}：已损坏或被改动，第 {found.position} 条：{told(str(found.problem))}；"
            f"之前 {found.checked} 条完好",
            "en": f"{ledger}: not as it was written, position {found.position}: {found.problem}; "
            f"{found.checked} before it are sound",
        }
        if found.position is None:
            said = {
                "zh": f"{ledger}：已损坏或被改动，{told(str(found.problem))}；逐条核对完好的有 {found.checked} 条",
                "en": f"{ledger}: not as it was written, {found.problem}; {found.checked} positions were found right",
            }
        report(said[lang])
        ctx.exit(1)
    said = {
        "zh": f"{ledger}：完好，核对 {found.checked} 条，末端 {found.head}",
        "en": f"{ledger}: sound, {found.checked} positions checked, head {found.head}",
    }
    report(said[lang])
    for said in _times_told(found.backdated):
        report(said[lang])
    for wire, count in found.unknown.items():
        said = {
            "zh": f"  其中 {count} 条的类型 `{wire}` 在此未知：只核对了哈希链和格式；可用 --pack 指明其规则包",
            "en": f"  {count} of them are of type `{wire}`, not known here: chain and form were checked, not what they "
            "say; name the pack that has it with --pack",
        }
        report(said[lang])


def _times_told(backdated: int | None) -> Iterator[dict[str, str]]:
    """Yield what is to be said of the times at which the writers claim to have recorded, in both languages."""
    if backdated is None:
        yield {
            "zh": "  格式 1 的台账没有自己的时间：何时记录，全凭记录者所称",
            "en": "  it is of format 1 and keeps no time of its own: when it was recorded is as the writers claim",
        }
    elif backdated:
        yield {
            "zh": f"  其中 {backdated} 条自述的登记时间早于入账时间一天以上",
            "en": f"  {backdated} of them claim to be recorded more than a day before the ledger kept them",
        }
