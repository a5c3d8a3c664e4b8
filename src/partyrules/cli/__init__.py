"""The command line, `partyrules`: data on standard output, diagnostics on standard error, exit codes 0, 1 and 2."""

import atexit
import gc
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from io import StringIO
from keyword import iskeyword
from typing import Any, Final

import click
from click.exceptions import Exit

from partyrules.cli.help import HelpContext
from partyrules.cli.output import OUTPUT, lang_option, note, note_problems
from partyrules.errors import FactError, PartyRulesError

BAD_INPUT: Final = 2
INTERRUPTED: Final = 130
_DEBUG: Final = "PARTYRULES_DEBUG"
_LONGEST: Final = 300
_FEW_COLLECTIONS: Final = 500_000

# The commands by name: the module that has each, read when it is called, and what it does in a few words.
_COMMANDS: Final = {
    "demo": ("demonstrate", "Make a synthetic institution, audit it, and report."),
    "record": ("record", "Validate facts and append them to a ledger."),
    "import": ("importing", "Read registers kept in spreadsheets into a ledger."),
    "template": ("importing", "Write an empty register to fill in, with drop-downs."),
    "export": ("record", "Write the facts of a ledger, as lines or as CloudEvents."),
    "audit": ("audits", "Hold the facts against the adopted packs as of a day."),
    "decide": ("decisions", "Decide whether a person may pass to the next stage."),
    "replay": ("records", "Run a recorded decision again and compare."),
    "changes": ("changes", "Tell what changed between two audits, and what made each change."),
    "funnel": ("funnels", "Show who stands at which stage, and what holds them back."),
    "report": ("report", "Report as a page, a workbook, calendars and a mail."),
    "explain": ("explain", "Explain why a finding is what it is, and why not otherwise."),
    "packs": ("installed", "List the installed packs, or show one with its readings."),
    "readings": ("readings", "List where a pack's text can be read in more than one way."),
    "trace": ("installed", "Account for every clause of a pack's document."),
    "new-pack": ("authoring", "Start a pack from the text of its document."),
    "check": ("authoring", "Look for what is wrong in a pack: sentences, numbers, names, rules that clash."),
    "compare": ("compare", "Hold two packs side by side: same, stricter, looser, only in one."),
    "verify": ("record", "Check the integrity of a ledger."),
    "backup": ("backup", "Copy a ledger, while others write, and verify the copy."),
    "doctor": ("installed", "Tell which engine decides here and whether all is well."),
}


class _Commands(click.Group):
    """The commands, each imported when it is called, and the one boundary: errors become words and an exit code."""

    context_class = HelpContext

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"partyrules.cli.{_COMMANDS[cmd_name][0]}")
        # `import` is no name in Python.
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name.replace("-", "_")
        found: click.Command = getattr(module, name)
        found.context_class = HelpContext
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - the same
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in _COMMANDS.items()])

    def main(self, *args: Any, standalone_mode: bool = True, **named: Any) -> Any:
        # What a command makes it keeps to its end; to look for cycles in it is in vain, then above all.
        gc.set_threshold(_FEW_COLLECTIONS)
        atexit.register(gc.freeze)
        # NumPy would start threads for linear algebra, of which no command does any.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        given = args[0] if args else named.get("args")
        OUTPUT.begin(sys.argv[1:] if given is None else [*map(str, given)])
        run = partial(super().main, *args, standalone_mode=False, **named)
        if not standalone_mode:
            return run()
        try:
            code = OUTPUT.end(_code_of(run))
        except KeyboardInterrupt:
            code = INTERRUPTED
        return sys.exit(code)

    def make_context(self, *args: Any, **named: Any) -> click.Context:
        with _kept_from_click():
            return super().make_context(*args, **named)

    def invoke(self, ctx: click.Context) -> Any:
        with _kept_from_click():
            return super().invoke(ctx)


@contextmanager
def _kept_from_click() -> Iterator[None]:
    """Raise in another form what click takes for an end of its own making, wherever it came from."""
    try:
        yield
    except BrokenPipeError:
        raise Exit(OUTPUT.nobody_reads()) from None
    except KeyboardInterrupt:
        raise click.Abort from None
    except (EOFError, SystemExit) as error:
        raise _EscapedError(f"{type(error).__name__}: {error}") from error


class _EscapedError(Exception):
    """What no command raises, and what it may have loaded must not: it would end the program as if all were well."""


# The boundary ----------------------------------------------------------------------------------------------


def _code_of(run: Callable[[], object]) -> int:
    """Run a command and return its exit code; whatever it raises is told in words."""
    try:
        found = run()
    except BaseException as error:  # noqa: BLE001 - this is where everything ends
        if os.environ.get(_DEBUG) == "1":
            for line in "".join(traceback.format_exception(error)).splitlines():
                note(line)
        return _told(error)
    return found if isinstance(found, int) else 0


def _told(error: BaseException) -> int:
    match error:
        case FactError() if len(error.problems) > 1:
            note_problems(f"{len(error.problems)} problems; nothing was done", error.problems)
        case PartyRulesError():
            note(f"Error: {error}")
        case click.ClickException():
            said = StringIO()
            error.show(said)
            for line in said.getvalue().rstrip("\n").split("\n"):
                note(line)
            return error.exit_code
        case click.Abort() | KeyboardInterrupt():
            note("Interrupted.")
            return INTERRUPTED
        case SystemExit():
            # Of click, which has answered a shell that completes names.
            return int(error.code or 0)
        case OSError() if error.filename is not None:
            note(f"Error: {error.filename}: {error.strerror or error}")
        case OSError() if _place(error)[0].startswith("click."):
            # It could not write; that is told at the end.
            OUTPUT.lose(error)
        case MemoryError():
            note("Error: there is not enough memory for this; ask about less, or on a larger machine")
        case _:
            note(_fault(error))
    return BAD_INPUT


def _place(error: BaseException) -> tuple[str, int]:
    """Return the module and line where an error arose."""
    places = [(str(frame.f_globals.get("__name__")), line) for frame, line in traceback.walk_tb(error.__traceback__)]
    return places[-1]


def _fault(error: BaseException) -> str:
    """Return the line that says that partyrules is at fault, where, and what to do."""
    module, line = _place(error)
    try:
        what = f"{type(error).__name__}: {error}"[:_LONGEST]
    except Exception:  # noqa: BLE001 - an exception that cannot even say what it is
        what = type(error).__name__
    what = f"{what}; {module} {line}"
    return (
        f"Error: this is a fault of partyrules ({what}): please report it to whom you have it from, with this line, "
        f"the command, and what `partyrules doctor` says; {_DEBUG}=1 shows the trace"
    )


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="partyrules", message="partyrules %(version)s")
@lang_option
def main(lang: str) -> None:
    """Answer who must do what, how often, and who may pass to the next stage, by clause and evidence.

    SOURCE is a ledger or a .jsonl file of facts. Exit codes: 0 done; 1 the thing checked does not hold
    (audit --exit-code, replay, trace, check, verify, packs, doctor); 2 bad usage or bad input.
    """
    del lang
