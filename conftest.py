"""What every test run shares: the Hypothesis profiles, and the examples of the documents as tests."""

import difflib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, Any

from hypothesis import settings
from sybil import Example, Sybil
from sybil.parsers.markdown import SkipParser
from sybil.parsers.myst import CodeBlockParser, PythonCodeBlockParser

from tests.sweeps import PUSH, WHOLE

# The same cases on every machine and in every run, so that a red build is red for everybody: a quarter of them on a
# push, and all in `make test-all`, for whatever is swept (tests/sweeps.py).
settings.register_profile("push", derandomize=True, max_examples=PUSH, deadline=None, print_blob=True)
settings.register_profile("all", settings.get_profile("push"), max_examples=WHOLE)
# New cases each time, to hunt with: pytest --hypothesis-profile=search
settings.register_profile("search", max_examples=3000, deadline=None, print_blob=True)
settings.load_profile("push")

# A shell that runs the tests in the background has them ignore Ctrl-C, and so would all that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

PROMPT = "$ "
SECONDS_PER_COMMAND = 120
Ended = subprocess.CompletedProcess[str]


def environment() -> dict[str, str]:
    """Return the environment of a document's commands: our own scripts first, plain wide output."""
    scripts = str(Path(sys.executable).parent)
    return {
        **os.environ,
        "PATH": os.pathsep.join([scripts, os.environ.get("PATH", os.defpath)]),
        "COLUMNS": "110",
        "NO_COLOR": "1",
        "PYTHONUTF8": "1",
        "LC_ALL": "C.UTF-8",
    }


def shell(script: str, *, directory: str, stdin: IO[bytes] | int = subprocess.DEVNULL) -> Ended:
    """Return how `script` ended under bash in `directory`; the first failing command ends it."""
    return subprocess.run(  # noqa: S603 - the script stands in a document of this repository
        ["/usr/bin/env", "bash", "-euo", "pipefail", "-c", script],
        cwd=directory,
        env=environment(),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=SECONDS_PER_COMMAND,
        check=False,
    )


def own(command: str) -> list[str] | None:
    """Return the arguments of a command that is ours and leaves nothing to a shell, None for any other."""
    plain = command.replace("\\\n", " ")
    if not plain.startswith("partyrules ") or set(plain) & set("|&;<>()$`\\*?~"):
        return None
    return shlex.split(plain)[1:]


def started(arguments: list[str], *, directory: str, out: IO[bytes], err: IO[bytes]) -> int:
    """Return the exit code of a command of ours in a process that need not start Python anew."""
    from tests.commands import forked  # noqa: PLC0415 - what runs no command of a document does not load them

    def prepare() -> None:
        signal.alarm(SECONDS_PER_COMMAND)
        os.chdir(directory)
        os.environ.update(environment())
        for number, held in enumerate((os.open(os.devnull, os.O_RDONLY), out.fileno(), err.fileno())):
            os.dup2(held, number)

    return forked(arguments, prepare)


def ran(command: str, *, directory: str) -> Ended:
    """Return how a command of a document ended; under bash, but for what is ours at its beginning."""
    first, bar, rest = command.partition("|")
    arguments = own(first) if hasattr(os, "fork") and not rest.startswith("|") else None
    if arguments is None:
        return shell(command, directory=directory)
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as piped:
        code = started(arguments, directory=directory, out=piped if bar else said, err=said)
        for each in (said, piped):
            each.seek(0)
        told = said.read().decode()
        if not bar:
            return Ended(command, code, told)
        ended = shell(rest, directory=directory, stdin=piped)
        return Ended(command, ended.returncode, told + ended.stdout)


def run_script(example: Example) -> str | None:
    """Run a `bash` block: every command of it must succeed."""
    ended = shell(example.parsed, directory=example.namespace["directory"])
    if ended.returncode == 0:
        return None
    return f"exit code {ended.returncode}\n{ended.stdout}"


def commands(block: str) -> list[tuple[str, str]]:
    """Return the commands of a `console` block, each with the output printed below it.

    A command starts with `$ ` and goes on, while its lines end in a backslash, on lines that start with `> `.
    """
    found: list[tuple[str, str]] = []
    for line in block.splitlines():
        if line.startswith(PROMPT):
            found.append((line.removeprefix(PROMPT), ""))
        elif not found:
            message = f"a console block starts with `{PROMPT}`, found: {line!r}"
            raise ValueError(message)
        elif found[-1][0].endswith("\\") and line.startswith("> "):
            command, _ = found[-1]
            found[-1] = (f"{command}\n{line.removeprefix('> ')}", "")
        else:
            command, output = found[-1]
            found[-1] = (command, f"{output}{line}\n")
    return found


def matches(expected: str, actual: str) -> bool:
    """Return whether `actual` is `expected`; `...` stands for anything, spaces at line ends do not count."""
    pattern = ".*".join(re.escape(part) for part in trimmed(expected).split("..."))
    return re.fullmatch(pattern, trimmed(actual), flags=re.DOTALL) is not None


def trimmed(text: str) -> str:
    """Return `text` without spaces at the ends of lines and without empty lines around it."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")


def run_console(example: Example) -> str | None:
    """Run a `console` block: each command must print what stands below it; its exit code is free."""
    for command, expected in commands(example.parsed):
        ended = ran(command, directory=example.namespace["directory"])
        if not matches(expected, ended.stdout):
            difference = difflib.unified_diff(
                trimmed(expected).splitlines(),
                trimmed(ended.stdout).splitlines(),
                "the document",
                f"the command (exit code {ended.returncode})",
                lineterm="",
            )
            return "\n".join([f"{PROMPT}{command}", *difference])
    return None


def enter(namespace: dict[str, Any]) -> None:
    """Give a document a directory of its own, in which its blocks run one after the other."""
    namespace["directory"] = tempfile.mkdtemp(prefix="partyrules-doc-")
    namespace["left"] = Path.cwd()
    os.chdir(namespace["directory"])


def leave(namespace: dict[str, Any]) -> None:
    """Go back to where the tests run and remove the document's directory."""
    os.chdir(namespace["left"])
    shutil.rmtree(namespace["directory"])


# A block that must not run carries its reason: <!-- skip: next "makes an environment of its own" -->
pytest_collect_file = Sybil(
    parsers=[
        PythonCodeBlockParser(),
        CodeBlockParser("bash", run_script),
        CodeBlockParser("console", run_console),
        SkipParser(),
    ],
    patterns=["README*.md", "docs/*.md", "docs/**/*.md", "policies/*/README*.md"],
    excludes=["docs/_build/**"],
    setup=enter,
    teardown=leave,
).pytest()
