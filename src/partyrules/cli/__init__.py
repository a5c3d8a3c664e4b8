"""The command line, `partyrules`: data on standard output, diagnostics on standard error, exit codes 0, 1 and 2."""

import os
import sys
from importlib import import_module
from typing import Any, Final

import click

from partyrules.cli.options import lang_option, note, note_problems
from partyrules.errors import FactError, PartyRulesError

__all__ = ["main"]

BAD_INPUT: Final = 2
INTERRUPTED: Final = 130
NOBODY_READS: Final = 141

# The commands by name: the module that has each, read when it is called, and what it does in a few words.
_COMMANDS: Final = {
    "demo": ("demonstrate", "Make a synthetic institution, audit it, and report."),
    "record": ("record", "Validate facts and append them to a ledger."),
    "audit": ("audits", "Hold the facts against the adopted packs as of a day."),
    "decide": ("decisions", "Decide whether a person may pass to the next stage."),
    "replay": ("decisions", "Run a recorded decision again and compare."),
    "funnel": ("decisions", "Show who stands at which stage, and what holds them back."),
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
    """The commands, each imported when it is called, and the one place where an error becomes an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"partyrules.cli.{_COMMANDS[cmd_name][0]}")
        found: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - the same
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in _COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except PartyRulesError as error:
            _report(error)
            ctx.exit(BAD_INPUT)
        except BrokenPipeError:
            _let_go_of_stdout()
            ctx.exit(NOBODY_READS)
        except OSError as error:
            note(f"Error: {error.filename or 'output'}: {error.strerror or error}")
            ctx.exit(BAD_INPUT)
        except KeyboardInterrupt:
            note("Interrupted.")
            ctx.exit(INTERRUPTED)
        return result


def _report(error: PartyRulesError) -> None:
    if isinstance(error, FactError) and len(error.problems) > 1:
        note_problems(f"{len(error.problems)} problems; nothing was done", error.problems)
    else:
        note(f"Error: {error}")


def _let_go_of_stdout() -> None:
    """Point standard output at nothing, so that what is left in it does not fail again at exit."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        # Not a file of the system: nothing is written at exit either.
        return


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="partyrules")
@lang_option
def main(lang: str) -> None:
    """Answer who must do what, how often, and who may pass to the next stage, by clause and evidence.

    SOURCE is a ledger or a .jsonl file of facts. Exit codes: 0 done; 1 the thing checked does not hold
    (audit --exit-code, replay, trace, check, verify, packs, doctor); 2 bad usage or bad input.
    """
    del lang
