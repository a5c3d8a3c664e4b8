"""Where the commands write: data and text to standard output, diagnostics to standard error, and what if neither can.

Nothing else of this package writes to them. Text for people is made visible here, or where it was laid out.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from io import RawIOBase
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, BinaryIO, Final, TextIO, cast

import click
from attrs import define
from rich.cells import cell_len

from partyrules.errors import OutputError, Problem
from partyrules.errors.chinese import chinese
from partyrules.errors.visible import unseen, visible
from partyrules.facts.writing import new_file
from partyrules.language.text import Lang
from partyrules.report.terminal import Laid, Screen, chosen_lang, screen_for

_MOST_PROBLEMS: Final = 50
# However many there are, no more are held.
_LINES_AT_ONCE: Final = 4096
# So many are worth a bar.
_MANY: Final = 4000
_FAILED: Final = 2
# The codes of a command that has answered.
_ENDED_WELL: Final = (0, 1)
# What a shell says of a command that was ended by the signal which comes when nobody reads on.
_NOBODY_READS: Final = 141


@define
class Output:
    """How the writing of one command goes, and in which language it speaks.

    Whoever called may have `closed` standard output: then nothing is written there, and nothing is wrong. `lost` is
    why the rest of it cannot be written, where something is. Where a `file` was asked for, data goes there instead, and
    it will be at `path`.
    """

    lang: Lang = "en"
    closed: bool = False
    lost: str | None = None
    file: BinaryIO | None = None
    path: Path | None = None
    answered: bool = False
    """Whether the answer is whole, though the command ends with the code of a refusal."""
    _making: AbstractContextManager[BinaryIO] | None = None

    def begin(self, arguments: Sequence[str]) -> None:
        """Begin a command: open what is closed, or the next file that is opened would stand in for it.

        The language is looked for among the arguments before they are parsed: what is wrong with them, and their
        help, is told in it as well.
        """
        self.lang, self.lost, self.closed = _lang_in(arguments), None, sys.stdout is None
        self.file = self.path = self._making = None
        self.answered = False
        for number in range(3):
            try:
                os.fstat(number)
            except OSError:
                # The lowest number that is free is the one.
                os.open(os.devnull, os.O_RDWR)
        for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
            if getattr(sys, name) is None:
                setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - until the process ends

    def into(self, path: Path) -> None:
        """Write what is written from now on to a file that is there when the command has ended well.

        Raise OutputError where something is there already.
        """
        self._making = new_file(path)
        self.file, self.path = self._making.__enter__(), path

    @property
    def seen(self) -> bool:
        """Whether what is written is seen on a terminal."""
        return self.file is None and sys.stdout.isatty()

    def write(self, said: str | bytes) -> bool:
        """Write a line, or bytes as they are, to standard output and tell whether they went there.

        Raise BrokenPipeError where nobody reads on, and OutputError where the file asked for cannot be written.
        """
        if self.file is not None:
            try:
                self.file.write(said if isinstance(said, bytes) else f"{said}\n".encode(errors="backslashreplace"))
            except OSError as error:
                raise OutputError(f"{self.file.name}: cannot be written: {error.strerror or error}") from None
            return True
        if self.closed or self.lost:
            return False
        try:
            click.echo(said, nl=isinstance(said, str))
        except BrokenPipeError:
            raise
        except (OSError, ValueError) as error:
            self.lose(error)
        return self.lost is None

    def lose(self, error: OSError | ValueError) -> None:
        """Take standard output for lost, for this reason."""
        self.lost = getattr(error, "strerror", None) or str(error)
        _let_go(sys.stdout)

    def nobody_reads(self) -> int:
        """Let go of standard output, whose reader is gone, and return the exit code that says so."""
        _let_go(sys.stdout)
        return _NOBODY_READS

    def end(self, code: int) -> int:
        """Return the exit code of a command that ends with this one, once all is written that can be.

        It is another where that is 0 and something could not be written, which is told. The file that was asked for is
        there now, or where the command has failed nothing of it.
        """
        if self._making is not None:
            making, self._making, self.file = self._making, None, None
            try:
                if self.answered or code in _ENDED_WELL:
                    making.__exit__(None, None, None)
                else:
                    making.__exit__(_NotWrittenError, _NotWrittenError(), None)
            except _NotWrittenError:
                pass
            except OutputError as error:
                note(f"Error: {error}")
                return _FAILED
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            return self.nobody_reads()
        except (OSError, ValueError) as error:
            self.lose(error)
        if self.lost:
            note(f"Error: output: {self.lost}")
        return code or (_FAILED if self.lost else 0)


def _lang_in(arguments: Sequence[str]) -> Lang:
    given = (after for before, after in pairwise((*arguments, "")) if before == "--lang")
    joined = (one.removeprefix("--lang=") for one in arguments if one.startswith("--lang="))
    said = next((one for one in (*given, *joined) if one in ("zh", "en")), None)
    return chosen_lang(os.environ) if said is None else "zh" if said == "zh" else "en"


class _NotWrittenError(Exception):
    """What a command that failed had written is thrown away."""


OUTPUT: Final = Output()


def _choose_lang(_ctx: click.Context, _param: click.Parameter, value: Lang | None) -> Lang:
    OUTPUT.lang = value or OUTPUT.lang
    return OUTPUT.lang


lang_option: Final = click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    callback=_choose_lang,
    is_eager=True,
    help="Language of the output; without it, that of LC_ALL or LANG.",
)
"""The language of a command; said before its name it holds as well."""


def told(text: str) -> str:
    """Return what is written in English in the language of the output."""
    return chinese(text) if OUTPUT.lang == "zh" else text


# Standard output -------------------------------------------------------------------------------------------


def screen() -> Screen:
    """Return the screen that standard output is."""
    return screen_for(OUTPUT.file or sys.stdout, os.environ)


def lines_out(lines: Iterable[str | bytes]) -> None:
    """Write lines of JSON, or of CSV, to standard output, in UTF-8 whatever the locale."""
    encoding = (line if isinstance(line, bytes) else line.encode(errors="backslashreplace") for line in lines)
    data_out(b"\n".join([*encoded, b""]) for encoded in iter(lambda: list(islice(encoding, _LINES_AT_ONCE)), []))


def data_out(data: Iterable[bytes]) -> None:
    """Write some lines at a time, each with its newline, to standard output.

    Only on a terminal is what is not seen escaped, as JSON does it: there it could do harm.
    """
    for some in data:
        OUTPUT.write(_escaped(some.decode()).encode() if OUTPUT.seen else some)


class _Stream(RawIOBase):
    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        OUTPUT.write(bytes(data))
        return len(data)


def stream_out() -> BinaryIO:
    """Return standard output as a stream of bytes, for a library that writes to one."""
    return cast("BinaryIO", _Stream())


def show(*texts: str) -> None:
    """Write lines, or what was laid out, for people to standard output.

    What its encoding lacks is replaced, cell by cell, never fatal.
    """
    for text in texts:
        OUTPUT.write(_encodable(_visible(text)))


def report(text: str) -> None:
    """Write the line that says what a command has done, as `show` does, or else to standard error."""
    try:
        written = OUTPUT.write(_encodable(_visible(text)))
    except BrokenPipeError:
        note(text)
        raise
    if not written:
        note(text)


# Standard error --------------------------------------------------------------------------------------------


def note(text: str) -> None:
    """Write a line of diagnostics to standard error, if it takes any."""
    try:
        click.echo(_visible(told(text)), err=True)
    except (OSError, ValueError):
        _let_go(sys.stderr)


def note_problems(heading: str, problems: Sequence[Problem]) -> None:
    """Write problems to standard error, a line each, the first of very many."""
    note(f"Error: {heading}")
    for problem in problems[:_MOST_PROBLEMS]:
        note(f"  {problem}")
    if len(problems) > _MOST_PROBLEMS:
        note(f"  … and {len(problems) - _MOST_PROBLEMS} more")


@contextmanager
def progress_bar(label: str, length: int | None = None) -> Iterator[Callable[[int], object] | None]:
    """Yield what to tell how many more were done, with a bar on standard error if somebody may see it.

    Without a `length` nobody knows how many there will be.
    """
    if not sys.stderr.isatty() or (length is not None and length < _MANY):
        yield None
        return
    with click.progressbar(
        length=length or 0, label=told(label), file=sys.stderr, show_pos=True, update_min_steps=_MANY // 2
    ) as bar:
        yield bar.update


# Text ------------------------------------------------------------------------------------------------------


def _visible(text: str) -> str:
    return text if isinstance(text, Laid) else visible(text)


def _escaped(data: str) -> str:
    return "".join(json.dumps(letter)[1:-1] if letter != "\n" and unseen(letter) else letter for letter in data)


def _encodable(text: str) -> str:
    """Return a text with nothing that the encoding of standard output lacks."""
    if OUTPUT.file is not None:
        return text
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(_in(encoding, letter) for letter in text)
    return text


def _in(encoding: str, letter: str) -> str:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return "?" * cell_len(letter)
    return letter


def _let_go(stream: TextIO) -> None:
    """Point a stream at nothing, so that what is left in it does not fail again at exit."""
    # Where it is no file of the system, nothing is written at exit either.
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
