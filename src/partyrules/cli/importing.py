"""`import` and `template`: registers kept in spreadsheets into a ledger, and empty ones to fill in."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from partyrules.cli.options import FILE, lang_option, output_option, vocabulary_of
from partyrules.cli.output import OUTPUT, lines_out, note, progress_bar, report, screen, show, told
from partyrules.errors import QueryError, refusal
from partyrules.errors.chinese import chinese
from partyrules.facts.vocabulary import Vocabulary
from partyrules.facts.writing import absent, new_file
from partyrules.importers.directory import read_directory
from partyrules.importers.mapping import RegisterMapping, read_mapping, ready_mapping, ready_names, ready_text
from partyrules.importers.recorded import Imported, held_by, import_into
from partyrules.importers.refusals import Refusal, RefusedRows, refusal_wire
from partyrules.importers.registers import RegisterReading, read_registers
from partyrules.importers.workbooks import refused_workbook, template_workbook
from partyrules.language.text import Lang, say
from partyrules.report.terminal import Column

_HELD_BACK: Final = 1
_BAD_INPUT: Final = 2
_MOST_SHOWN: Final = 200


@click.command("import")
@click.argument("ledger", type=FILE, metavar="LEDGER")
@click.argument("files", type=FILE, metavar="FILE…", nargs=-1, required=True)
@click.option(
    "--mapping",
    "mappings",
    metavar="FILE.toml|NAME",
    multiple=True,
    help="How to read them: a TOML file, or the name of a ready mapping; repeatable. Without it, all ready ones.",
)
@click.option(
    "--directory",
    "directories",
    type=FILE,
    metavar="FILE",
    multiple=True,
    help="Whose names are whose ids; repeatable.",
)
@click.option(
    "--set",
    "given",
    metavar="FIELD=VALUE",
    multiple=True,
    help="What all rows have where a sheet does not tell it, such as unit=… or year=…; repeatable.",
)
@click.option(
    "--replace", is_flag=True, help="Retract what was recorded where a row says otherwise, and record the row."
)
@click.option("--dry-run", is_flag=True, help="Say what would be recorded, and record nothing.")
@click.option("--keep-good", is_flag=True, help="Record the good rows, leave the bad; exit code still 2.")
@click.option(
    "--refused",
    "refused_file",
    type=FILE,
    metavar="FILE.xlsx",
    help="Write the refused rows to a new workbook to correct.",
)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--pack", "packs", metavar="ID", multiple=True, help="Take its fact types too; repeatable.")
@output_option
@lang_option
@click.pass_context
def import_(  # noqa: PLR0913 - the options of one command
    ctx: click.Context,
    *,
    ledger: Path,
    files: tuple[Path, ...],
    mappings: tuple[str, ...],
    directories: tuple[Path, ...],
    given: tuple[str, ...],
    replace: bool,
    dry_run: bool,
    keep_good: bool,
    refused_file: Path | None,
    form: str,
    packs: tuple[str, ...],
    lang: Lang,
) -> None:
    """Read registers (.xlsx, .xls, .ods, .csv, .tsv) and append the facts that they tell to LEDGER.

    Nothing is recorded if any cell is refused, unless --keep-good is given; then a row that has such a cell is left out
    whole. Rows that LEDGER has already are passed over. Exit code 2 where a cell was refused, with --dry-run 1.
    """
    if refused_file is not None:
        # One of an earlier import would look like today's.
        absent(refused_file)
    vocabulary = vocabulary_of(packs)
    chosen = [_mapping_of(name, vocabulary) for name in mappings or ready_names().values()]
    directory = read_directory(directories)
    constants = _given(given, chosen)
    held = held_by(ledger, chosen, directory, vocabulary=vocabulary)
    with progress_bar("Reading") as progress:
        reading = read_registers(
            files,
            chosen,
            directory=directory,
            held=held,
            given=constants,
            vocabulary=vocabulary,
            replace=replace,
            progress=progress,
        )

    def give_back(refused: Sequence[RefusedRows]) -> None:
        if refused_file is not None:
            with new_file(refused_file) as file:
                refused_workbook(file, refused, lang=lang)

    with progress_bar("Recording", len(reading.facts)) as progress:
        done = import_into(
            ledger,
            reading,
            dry_run=dry_run,
            keep_good=keep_good,
            give_back=give_back,
            vocabulary=vocabulary,
            progress=progress,
        )
    if form == "json":
        lines_out([msgspec.json.encode(_wire(reading, done))])
    else:
        _show(reading, done, ledger, refused_file, lang)
    if done.refusals:
        OUTPUT.answered = True
        ctx.exit(_HELD_BACK if dry_run else _BAD_INPUT)


def _mapping_of(name: str, vocabulary: Vocabulary) -> RegisterMapping:
    """Return the mapping in a file, or the ready one of that name."""
    if Path(name).suffix.lower() == ".toml":
        return read_mapping(Path(name), vocabulary=vocabulary)
    return ready_mapping(name)


def _given(said: Sequence[str], mappings: Sequence[RegisterMapping]) -> dict[str, str]:
    """Return the values that `--set` gives; raise QueryError for a field that no mapping has."""
    wanted = {key.rpartition(".")[2] for mapping in mappings for plan in mapping.sheets for key in plan.wanted()}
    found = {}
    for each in said:
        name, sign, value = each.partition("=")
        if not (sign and value.strip()):
            raise QueryError(f"--set: found {each!r}; allowed: FIELD=VALUE")
        if name not in wanted:
            raise QueryError(f"--set: {refusal('field', name, wanted, show=40)}")
        found[name] = value
    return found


def _wire(reading: RegisterReading, done: Imported) -> dict[str, Any]:
    return {
        "recorded": done.head is not None,
        "new": done.new,
        "already": done.already,
        "rows": reading.rows,
        "repeated": reading.repeated,
        "retracted": reading.gone,
        "head": None if done.head is None else str(done.head),
        "refused": [refusal_wire(each) for each in done.refusals],
        "remarks": [
            {
                "file": str(each.sheet.file),
                "sheet": each.sheet.name,
                "what": {"zh": chinese(each.what), "en": each.what},
            }
            for each in reading.remarks
        ],
    }


# In words --------------------------------------------------------------------------------------------------

_HEADS: Final[Mapping[Lang, Sequence[str]]] = {
    "zh": ("文件与工作表", "行", "列", "写的是", "原因", "可能是"),
    "en": ("file and sheet", "row", "column", "found", "reason", "nearest"),
}


def _show(reading: RegisterReading, done: Imported, ledger: Path, refused_file: Path | None, lang: Lang) -> None:
    for each in reading.remarks:
        note(f"Note: {each.sheet.where}: {each.what}")
    if done.refusals:
        heads = [Column(head, whole=number in (1, 2)) for number, head in enumerate(_HEADS[lang])]
        show(screen().table(heads, [_cells(each) for each in done.refusals[:_MOST_SHOWN]]))
        if (more := len(done.refusals) - _MOST_SHOWN) > 0:
            show(
                {
                    "zh": f"……另有 {more} 处；--format json 给出全部",
                    "en": f"… and {more} more; --format json gives all",
                }[lang]
            )
    report(_summary(reading, done, ledger, lang))
    if done.refusals:
        rows = len({(id(each.sheet), each.row) for each in done.refusals})
        note(f"Error: {len(done.refusals)} refused in {rows} rows")
        if refused_file is None:
            note("  --refused FILE.xlsx gives these rows as a workbook to correct")
        elif refused_file.exists():
            note(f"  these rows are in `{refused_file}`; correct them there, and import it as these files were")
            if done.new and done.head is None:
                note("  the other rows are not recorded either: import these files with --keep-good before")


def _cells(refusal: Refusal) -> list[str]:
    column = " ".join(filter(None, (refusal.column, refusal.header)))
    row = "" if refusal.row is None else str(refusal.row)
    return [
        refusal.sheet.called,
        row,
        column,
        refusal.value,
        told(refusal.why),
        refusal.near or "",
    ]


def _summary(reading: RegisterReading, done: Imported, ledger: Path, lang: Lang) -> str:
    if lang == "zh":
        what = f"新记录 {done.new} 条" if done.head else f"未记录任何内容；可新记录 {done.new} 条"
        more = [f"重复 {reading.repeated} 条"] if reading.repeated else []
        more += [f"已被撤回、不再记录 {reading.gone} 条"] if reading.gone else []
        more += [f"末端 {done.head}"] if done.head else []
        return "，".join([f"{ledger}：读 {reading.rows} 行，{what}，原已记录 {done.already} 条", *more])
    what = f"{done.new} facts appended" if done.head else f"nothing was recorded; {done.new} facts are new"
    more = [f"{reading.repeated} repeated"] if reading.repeated else []
    more += [f"{reading.gone} were retracted and are not recorded again"] if reading.gone else []
    more += [f"head {done.head}"] if done.head else []
    return ", ".join([f"{ledger}: {reading.rows} rows read, {what}, {done.already} already there", *more])


# Templates -------------------------------------------------------------------------------------------------


@click.command()
@click.argument("name", metavar="[NAME]", required=False)
@click.option("-o", "--out", type=FILE, metavar="FILE", help="Where to write it; without it, NAME.xlsx here.")
@click.option("--mapping", "as_mapping", is_flag=True, help="Print the mapping instead, to adapt: a TOML file.")
@lang_option
def template(name: str | None, *, out: Path | None, as_mapping: bool, lang: Lang) -> None:
    """Write an empty register to fill in, with drop-downs and notes, that import reads as it is.

    Without a NAME, list those there are. Each may be named in Chinese or English.
    """
    if out is not None and (name is None or as_mapping):
        OUTPUT.into(out)
    if name is None:
        for chinese, english in ready_names().items():
            show(f"{english:<12} {chinese}")
    elif as_mapping:
        lines_out([ready_text(name).rstrip("\n")])
    else:
        mapping = ready_mapping(name)
        target = out or Path(f"{say(mapping.sheets[0].title, lang) if lang == 'zh' else name}.xlsx")
        with new_file(target) as file:
            template_workbook(file, mapping, lang=lang)
        report(
            {
                "zh": f"{target}：填好后用 partyrules import 台账 {target} 导入",
                "en": f"{target}: fill it in, then partyrules import LEDGER {target}",
            }[lang]
        )
