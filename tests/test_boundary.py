"""Where everything ends: whatever a command meets is words and an exit code, whatever becomes of its output."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click
import pytest
from click.testing import CliRunner

from partyrules.cli import main
from partyrules.errors import LedgerError
from tests.commands import AS_OF, FACTS, PACK, forked, run, written
from tests.sweeps import crossed

QUESTION: Final = ("--person", "学生丙", "--to", "probationary_member", "--on", "2018-04-01")
# Each command with what makes it say something and end with 0, by the names that `place` gives.
COMMANDS: Final[tuple[tuple[str, ...], ...]] = (
    ("--help",),
    ("--version",),
    ("record", "new.db", "facts.jsonl"),
    ("verify", "l.db"),
    ("backup", "l.db", "copy.db"),
    ("audit", "l.db", *PACK, *AS_OF),
    *(("audit", "l.db", *PACK, *AS_OF, "--format", form) for form in ("jsonl", "json", "csv", "parquet")),
    ("audit", "l.db", *PACK, *AS_OF, "--irregular"),
    ("audit", "l.db", *PACK, *AS_OF, "--rule", "8.1.3", "--contested", "--format", "csv"),
    ("audit", "l.db", *PACK, *AS_OF, "--projection", "l.projection"),
    ("decide", "l.db", *PACK, *QUESTION),
    ("decide", "l.db", *PACK, *QUESTION, "--format", "json"),
    ("decide", "l.db", *PACK, *QUESTION, "--record", "new.json"),
    ("replay", "decision.json", "l.db"),
    ("funnel", "l.db", *PACK, "--on", "2018-04-01"),
    ("explain", "l.db", *PACK, *AS_OF, "--rule", "8.1.3", "--subject", "学生乙"),
    ("packs",),
    ("packs", "lzwl2017"),
    ("readings", "lzcu2012"),
    ("trace", "lzwl2017"),
    ("new-pack", "fresh", "--source", "document.txt"),
    ("check", "lzcu2012"),
    ("compare", "lzcu2012", "lzcu2012"),
    ("doctor",),
)
SAID_OTHERWISE: Final = ("record", "verify", "backup")
FULL: Final = "/dev/full"


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a ledger, its facts, a decision record, a document, and the modules loaded."""
    place = tmp_path_factory.mktemp("stock")
    facts = written(place / "facts.jsonl")
    (place / "document.txt").write_text("第一条 支部每月召开一次会议。", encoding="utf-8")
    assert run("record", place / "l.db", facts).exit_code == 0
    assert run("decide", place / "l.db", *PACK, *QUESTION, "--record", place / "decision.json").exit_code == 0
    for command in COMMANDS[5:]:
        if command[0] in {"audit", "funnel", "explain", "packs", "readings", "trace", "check", "compare", "doctor"}:
            run(*(place / each if each == "l.db" else each for each in command if "projection" not in each))
    return place


@pytest.fixture
def place(tmp_path: Path, stock: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of one's own with the same, as the current one."""
    for each in stock.iterdir():
        if each.name in {"facts.jsonl", "document.txt", "l.db", "decision.json"}:
            (tmp_path / each.name).write_bytes(each.read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ended(arguments: tuple[str, ...], redirect: Callable[[], None], said: Path) -> int:
    """Return the exit code of a command whose standard error is a file unless `redirect` says otherwise."""

    def prepare() -> None:
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(os.open(os.devnull, os.O_RDWR), 1)
        os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT), 2)
        redirect()

    return forked(arguments, prepare)


def closed(*numbers: int) -> Callable[[], None]:
    """Return what closes streams."""

    def made() -> None:
        for number in numbers:
            os.close(number)

    return made


def full(*numbers: int) -> Callable[[], None]:
    """Return what makes of streams files on a disk that is full."""

    def made() -> None:
        for number in numbers:
            os.dup2(os.open(FULL, os.O_WRONLY), number)

    return made


def unread(*numbers: int) -> Callable[[], None]:
    """Return what makes of streams pipes that nobody reads."""

    def made() -> None:
        reader, writer = os.pipe()
        os.close(reader)
        for number in numbers:
            os.dup2(writer, number)

    return made


pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")
needs_full = pytest.mark.skipif(not Path(FULL).exists(), reason="needs a file that is always full")


@pytest.mark.parametrize(("command", "numbers"), crossed(COMMANDS, [(1,), (0, 1, 2), (2,)]), ids=str)
def test_closed_streams_change_no_exit_code(place: Path, command: tuple[str, ...], numbers: tuple[int, ...]) -> None:
    """With output, diagnostics or both closed a command does its work, says no traceback, and ends with its code."""
    said = place / "said"
    assert ended(command, closed(*numbers), said) == 0
    assert "Traceback" not in said.read_text(encoding="utf-8")
    if command[0] == "record":
        assert run("verify", "new.db").exit_code == 0
        assert (f"{len(FACTS)} facts appended" in said.read_text(encoding="utf-8")) is (2 not in numbers)


@needs_full
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_output_that_cannot_be_written_is_told_in_a_line(place: Path, command: tuple[str, ...]) -> None:
    """Where the disk is full a command that has something to say ends with 2 and says why in one line."""
    said = place / "said"
    assert ended(command, full(1), said) == 2
    told = said.read_text(encoding="utf-8").splitlines()
    lines = [line for line in told if not line.startswith(("Warning: ", "Note: "))]
    assert lines[-1] == "Error: output: No space left on device"
    if command[0] in SAID_OTHERWISE:
        # What was done is said all the same.
        assert lines[0].startswith(f"{command[2] if command[0] == 'backup' else command[1]}: ")
    else:
        assert len(lines) == 1
    assert ended(command, full(1, 2), place / "nothing") == 2
    assert (place / "nothing").read_bytes() == b""


@needs_full
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_diagnostics_that_cannot_be_written_change_nothing(place: Path, command: tuple[str, ...]) -> None:
    """Where only diagnostics cannot be written the command does its work and ends with its code."""
    assert ended(command, full(2), place / "said") == 0
    assert ended(("verify", "none.db"), full(2), place / "said") == 2


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_reader_that_is_gone_ends_a_command_with_141(place: Path, command: tuple[str, ...]) -> None:
    """Where nobody reads what a command says it ends as the signal would end it, and says no traceback."""
    said = place / "said"
    assert ended(command, unread(1), said) == 141
    assert "Traceback" not in said.read_text(encoding="utf-8")
    if command[0] == "record":
        assert f"{len(FACTS)} facts appended" in said.read_text(encoding="utf-8")
    assert ended(("verify", "none.db"), unread(2), said) == 2


REFUSED: Final = (
    (),
    ("nonsense",),
    ("audit",),
    ("audit", "l.db", "--as-of", "x"),
    ("--lang", "x"),
    ("verify", "l.db", "--nonsense"),
    ("verify", "none.db"),
    ("trace", "none"),
)


@pytest.mark.parametrize(
    ("arguments", "redirect"),
    crossed(REFUSED, [closed(1), closed(2), closed(0, 1, 2), full(1), full(2), unread(2)]),
)
def test_what_is_refused_is_refused_whatever_the_streams(
    place: Path, arguments: tuple[str, ...], redirect: Callable[[], None]
) -> None:
    """Bad usage and bad input end with 2 where nothing can be written either."""
    assert ended(arguments, redirect, place / "said") == 2


@pytest.mark.parametrize(
    ("command", "shell"),
    crossed(
        ["verify l.db", "--help", "record new.db facts.jsonl"],
        [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-", "> /dev/full", "2> /dev/full"],
    ),
)
def test_a_real_process_ends_without_a_traceback(place: Path, command: str, shell: str) -> None:
    """As a shell starts and ends it, too: at exit nothing that is left to write is tried again."""
    found = subprocess.run(  # noqa: S602 - our own words
        f'"{sys.executable}" -m partyrules {command} {shell}',
        shell=True,
        cwd=place,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=False,
    )
    assert found.returncode == (2 if shell == "> /dev/full" else 0), found.stderr
    for word in (b"Traceback", b"Exception ignored"):
        assert word not in found.stderr + found.stdout


def test_a_ledger_is_not_written_into_by_what_is_printed(place: Path) -> None:
    """With every stream closed no file that is opened stands in for one, so that nothing is printed into a ledger."""
    assert ended(("record", "new.db", "facts.jsonl"), closed(0, 1, 2), place / "said") == 0
    assert ended(("audit", "new.db", *PACK, *AS_OF), closed(0, 1, 2), place / "said") == 0
    assert run("verify", "new.db").exit_code == 0


# What nobody expected --------------------------------------------------------------------------------------


class _UnspeakableError(Exception):
    def __str__(self) -> str:
        raise ValueError("not even this")


class _Panic(BaseException):
    """What a library in another language raises."""


UNEXPECTED: Final[tuple[BaseException, ...]] = (
    ValueError("odd"),
    KeyError("odd"),
    AttributeError("odd"),
    RecursionError("odd"),
    OverflowError("odd"),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "odd"),
    sqlite3.DatabaseError("odd"),
    EOFError("odd"),
    AssertionError(),
    StopIteration(),
    GeneratorExit(),
    SystemExit(0),
    SystemExit("odd"),
    _UnspeakableError(),
    _Panic("odd"),
    Exception("x" * 10_000),
    Exception("two\nlines\x1b[2J\u202e"),
    OSError("without a number"),
)


def raising(error: BaseException) -> Callable[..., Any]:
    """Return what raises."""

    def raises(*_: object, **__: object) -> Any:
        raise error

    return raises


@pytest.mark.parametrize("error", UNEXPECTED, ids=repr)
@pytest.mark.parametrize("where", ["partyrules.cli.installed.engine_report", "option", "parse"])
def test_whatever_is_raised_is_one_line_and_exit_code_2(
    error: BaseException, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a command, an option or the parsing of arguments: one line that says whose fault it is and what to do."""
    if where == "parse":
        monkeypatch.setattr(click.Command, "parse_args", raising(error))
    elif where == "option":
        monkeypatch.setattr(click.Choice, "convert", raising(error))
    else:
        monkeypatch.setattr(where, raising(error))
    found = run("doctor", "--lang", "en")
    (line,) = found.stderr.splitlines()
    assert found.exit_code == 2
    assert line.startswith("Error: this is a fault of partyrules (")
    assert "PARTYRULES_DEBUG=1 shows the trace" in line
    assert len(line) < 700
    assert line.isprintable()


def test_with_debug_the_trace_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """PARTYRULES_DEBUG=1 shows where it arose, for what was not expected and for what was."""
    monkeypatch.setattr("partyrules.cli.installed.engine_report", raising(ValueError("odd")))
    for debug, arguments, told in (
        ("0", ["doctor"], None),
        ("1", ["doctor"], "ValueError: odd"),
        ("1", ["verify", "none.db"], "partyrules.errors.LedgerError: "),
    ):
        lines = CliRunner(env={"PARTYRULES_DEBUG": debug}).invoke(main, arguments).stderr.splitlines()
        assert lines[-1].startswith("Error: ")
        if told is None:
            assert len(lines) == 1
        else:
            assert lines[0] == "Traceback (most recent call last):"
            assert lines[-2].startswith(told)


def test_it_speaks_the_language_that_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """In Chinese the line is Chinese, whether the locale or the option asks for it."""
    monkeypatch.setattr("partyrules.cli.installed.engine_report", raising(ValueError("odd")))
    for found in (run("doctor", "--lang", "zh"), run("--lang", "zh", "doctor"), run("doctor", env={"LANG": "zh_CN"})):
        assert "这是 partyrules 自身的故障（ValueError: odd" in found.stderr
    assert "a fault of partyrules" in run("doctor", "--lang", "en", env={"LANG": "zh_CN"}).stderr


def test_memory_that_is_not_enough_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where memory runs out the line says so."""
    monkeypatch.setattr("partyrules.cli.installed.engine_report", raising(MemoryError()))
    assert "there is not enough memory for this" in run("doctor").stderr


def test_errors_of_the_system_name_their_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that the system gives for a file is told with it, and is nobody's fault."""
    monkeypatch.setattr(
        "partyrules.cli.installed.engine_report", raising(PermissionError(13, "Permission denied", "a/b"))
    )
    found = run("doctor")
    assert (found.exit_code, found.stderr) == (2, "Error: a/b: Permission denied\n")


def test_interrupted_anywhere_it_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in a command, in an option or at the very end is no traceback."""
    for where in ("partyrules.cli.installed.engine_report", "partyrules.cli.output.Output.end"):
        with monkeypatch.context() as patched:
            patched.setattr(where, raising(KeyboardInterrupt()))
            assert run("doctor").exit_code == 130


def test_the_command_can_be_run_from_within_a_program() -> None:
    """Without standalone mode errors are raised to the caller, as click does it."""
    with pytest.raises(LedgerError):
        main(["verify", "none.db"], standalone_mode=False)
    assert main(["packs", "lzwl2017"], standalone_mode=False) is None


def test_names_are_completed_for_a_shell(place: Path) -> None:
    """The shell's completion, which ends the process by itself, still works."""
    found = subprocess.run(
        [sys.executable, "-m", "partyrules"],
        env={**os.environ, "_PARTYRULES_COMPLETE": "bash_complete", "COMP_WORDS": "partyrules ver", "COMP_CWORD": "1"},
        cwd=place,
        capture_output=True,
        check=False,
    )
    assert (found.returncode, found.stdout.strip()) == (0, b"plain,verify")


def test_a_signal_ends_it_at_once(place: Path) -> None:
    """SIGTERM is not caught: the process is gone, and what it was writing is swept by the next."""
    os.mkfifo(place / "pipe")
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "partyrules", "audit", "pipe", *PACK, *AS_OF], cwd=place
    ) as found:
        found.send_signal(signal.SIGTERM)
        assert found.wait(timeout=60) == -signal.SIGTERM
