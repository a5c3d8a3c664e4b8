"""`record` and `verify`: facts into a ledger, and whether a ledger is as it was written."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
from attrs import define, field

from partyrules.admission import ADMISSION_TYPES
from partyrules.cli.options import FILE, lang_option, note_problems, show, vocabulary_of
from partyrules.codec import Checked, checked_lines
from partyrules.errors import FactError, LedgerError, Problem
from partyrules.facts import Fact, Vocabulary
from partyrules.ledger.base import Ledger, decided
from partyrules.ledger.sqlite import open_ledger

__all__ = ["read_lines", "record", "verify"]

_BATCH: Final = 2000
_BAD_INPUT: Final = 2


@define
class _Tally:
    """How far the recording has come."""

    appended: int = 0
    already: int = 0
    problems: list[Problem] = field(factory=list)


@click.command()
@click.argument("ledger", type=FILE, metavar="LEDGER")
@click.argument("files", type=FILE, metavar="FILE…", nargs=-1, required=True)
@click.option("--keep-good", is_flag=True, help="Append the good lines, leave the bad; exit code still 2.")
@click.option("--pack", "packs", metavar="ID", multiple=True, help="Take its fact types too; repeatable.")
@lang_option
@click.pass_context
def record(
    ctx: click.Context, *, ledger: Path, files: tuple[Path, ...], keep_good: bool, packs: tuple[str, ...], lang: str
) -> None:
    """Validate every line of the FILEs, then append their facts to LEDGER, which is made where there is none.

    Nothing is appended if anything is wrong with any line, unless --keep-good is given. Facts that LEDGER
    has already are passed over, so the same files can be recorded again after an interruption.
    """
    vocabulary = vocabulary_of(packs)
    lines, problems = read_lines(files, vocabulary)
    if problems and not keep_good:
        raise FactError(problems)
    with open_ledger(ledger, vocabulary=vocabulary) as opened:
        tally = _appended(opened, lines, keep_good=keep_good)
    tally.problems = [*problems, *tally.problems]
    told = {
        "zh": f"{ledger}：新记录 {tally.appended} 条，原已记录 {tally.already} 条",
        "en": f"{ledger}: {tally.appended} facts appended, {tally.already} already there",
    }
    show(told[lang])
    if tally.problems:
        note_problems(f"{len(tally.problems)} problems; the lines without one were kept", tally.problems)
        ctx.exit(_BAD_INPUT)


def read_lines(files: Iterable[Path], vocabulary: Vocabulary) -> tuple[list[Checked], list[Problem]]:
    """Return what every line says, and every problem, of some JSON Lines files."""
    lines: list[Checked] = []
    problems: list[Problem] = []
    for path in files:
        try:
            with path.open("rb") as file:
                for found in checked_lines(file, source=str(path), vocabulary=vocabulary):
                    if isinstance(found, FactError):
                        problems += found.problems
                    else:
                        lines.append(found)
        except OSError as error:
            raise FactError([Problem(str(path), f"cannot be read: {error.strerror or error}")]) from None
    return lines, problems


def _appended(ledger: Ledger, lines: list[Checked], *, keep_good: bool) -> _Tally:
    """Append lines in batches, each whole or not at all; nothing is begun before all of them are judged together."""
    tally = _Tally()
    # One batch is judged and appended at once; the lines of several are judged against the ledger first.
    if len(lines) <= _BATCH:
        _append(ledger, lines, tally, keep_good=keep_good)
        return tally
    judged = decided(lines, _bearing_on(ledger, lines), vocabulary=ledger.vocabulary)
    if judged.problems and not keep_good:
        raise FactError(judged.problems)
    tally.problems += judged.problems
    tally.already += judged.already
    good = judged.lines
    pending: list[Checked] = []
    enough = 0
    for batch in _shown(list(_batches(good)), len(good)):
        pending += batch
        last = batch[-1] is good[-1]
        if len(pending) < enough and not last:
            continue
        try:
            _append(ledger, pending, tally, keep_good=False)
        except FactError:
            if last:
                raise
            # What all lines together make good, such as a dissolution further down, is waited for; twice as
            # long each time, or many batches would be tried again and again.
            enough = 2 * len(pending)
        else:
            pending, enough = [], 0
    return tally


def _bearing_on(ledger: Ledger, lines: Iterable[Checked]) -> Iterator[tuple[str, Fact]]:
    """Yield what the ledger has that bears on whether the lines may be recorded."""
    if ledger.head().position:
        for found in (ledger.with_ids({said.id for said in lines}), ledger.facts(types=ADMISSION_TYPES)):
            for held in found:
                yield f"recorded at position {held.position}", held.fact


def _batches(lines: Sequence[Checked]) -> Iterator[Sequence[Checked]]:
    for start in range(0, len(lines), _BATCH):
        yield lines[start : start + _BATCH]


def _shown(batches: Sequence[Sequence[Checked]], total: int) -> Iterator[Sequence[Checked]]:
    """Yield the batches, with a bar on standard error while a terminal is there to see it."""
    if len(batches) < 2 or not sys.stderr.isatty():  # noqa: PLR2004 - one batch needs no bar
        yield from batches
        return
    with click.progressbar(length=total, label="Recording", file=sys.stderr) as bar:
        for batch in batches:
            yield batch
            bar.update(len(batch))


def _append(ledger: Ledger, batch: Sequence[Checked], tally: _Tally, *, keep_good: bool) -> None:
    try:
        done = ledger.append(batch, recorded_at=datetime.now(UTC), keep_good=keep_good)
    except LedgerError as error:
        raise LedgerError(f"{error} ({tally.appended} facts were appended before)") from None
    tally.appended += done.appended
    tally.already += done.already
    tally.problems += done.problems


@click.command()
@click.argument("ledger", type=FILE, metavar="LEDGER")
@click.option("--pack", "packs", metavar="ID", multiple=True, help="Know its fact types too; repeatable.")
@lang_option
@click.pass_context
def verify(ctx: click.Context, ledger: Path, packs: tuple[str, ...], lang: str) -> None:
    """Check every position of LEDGER against its chain of hashes; exit code 1 where it is not as it was written."""
    with open_ledger(ledger, vocabulary=vocabulary_of(packs), read_only=True) as opened:
        found = opened.verify()
        if found.ok:
            head = opened.head()
            told = {
                "zh": f"{ledger}：完好，核对 {found.checked} 条，末端哈希 {head.hash}",
                "en": f"{ledger}: sound, {found.checked} positions checked, head {head.hash}",
            }
            show(told[lang])
            return
    where = "" if found.position is None else f"position {found.position}: "
    show(
        {
            "zh": f"{ledger}：已损坏或被改动，{where}{found.problem}；之前 {found.checked} 条完好",
            "en": f"{ledger}: not as it was written, {where}{found.problem}; {found.checked} before it are sound",
        }[lang]
    )
    ctx.exit(1)
