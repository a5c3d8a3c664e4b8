"""The installed packs at a glance, none of them trusted: each is imported in a process of its own, for a while."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any, Final

from attrs import asdict, frozen

from partyrules.errors import PackError
from partyrules.packs.discovery import installed_packs
from partyrules.packs.document import coverage
from partyrules.packs.pack import Pack, load_pack

_SECONDS: Final = 10.0
_AT_ONCE: Final = 8
_MOST_PRINTED: Final = 120
# The folders are those of this process; what stands in the folder it runs in is not imported unless it is one.
_CHILD: Final = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from partyrules.packs.listing import answer
answer(sys.argv[2], sys.argv[3])
"""


@frozen(kw_only=True)
class PackSummary:
    """What a list of packs says of one; `whole` where every clause of its document is accounted for."""

    id: str
    version: str
    zh: str
    en: str
    number: str
    in_force: str
    duties: int
    requirements: int
    vetoes: int
    whole: bool


@frozen(kw_only=True)
class ListedPack:
    """An installed pack as it was found: its summary, or what is wrong with it, and what it printed when imported."""

    id: str
    origin: str
    summary: PackSummary | None = None
    fault: str = ""
    printed: str = ""


def summary_of(pack: Pack) -> PackSummary:
    """Return what a list says of a pack."""
    document = pack.document
    until = f" … {document.in_force_until}" if document.in_force_until else ""
    return PackSummary(
        id=pack.id,
        version=pack.version,
        zh=document.title.zh,
        en=document.title.en,
        number=document.number,
        in_force=f"{document.in_force_from}{until}",
        duties=len(pack.duties),
        requirements=len(pack.requirements),
        vetoes=len(pack.vetoes),
        whole=coverage(document, {rule.id: rule.clause for rule in pack.rules}).complete,
    )


def listed_packs() -> Iterator[ListedPack]:
    """Yield every installed pack, by id, whatever its code does when it is imported.

    A pack that ends its process, or is not imported within ten seconds, is one with a fault.
    """
    names = [*installed_packs()]
    for first in range(0, len(names), _AT_ONCE):
        yield from _looked_at(names[first : first + _AT_ONCE])


def _looked_at(names: Sequence[str]) -> Iterator[ListedPack]:
    running: list[subprocess.Popen[bytes]] = []
    with TemporaryDirectory(prefix="partyrules-packs-") as folder:
        files = [Path(folder, str(number)) for number, _ in enumerate(names)]
        try:
            running.extend(_started(name, file) for name, file in zip(names, files, strict=True))
            end = monotonic() + _SECONDS
            for name, process, file in zip(names, running, files, strict=True):
                yield _answered(name, process, file, max(0.0, end - monotonic()))
        finally:
            for process in running:
                _end(process)


def _started(name: str, file: Path) -> subprocess.Popen[bytes]:
    """Return a process that imports one pack; it reads nothing, and what it writes past Python is nowhere."""
    return subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-P", "-c", _CHILD, json.dumps(sys.path), name, str(file)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _answered(name: str, process: subprocess.Popen[bytes], file: Path, seconds: float) -> ListedPack:
    origin = " and ".join(provider.origin for provider in installed_packs()[name])
    who = f"pack `{name}` of {origin}"
    try:
        code = process.wait(seconds)
    except subprocess.TimeoutExpired:
        return ListedPack(id=name, origin=origin, fault=f"{who}: importing it did not end within {_SECONDS:g} seconds")
    try:
        told: dict[str, Any] = json.loads(file.read_bytes())
        return ListedPack(origin=origin, **{**told, "summary": told["summary"] and PackSummary(**told["summary"])})
    except (OSError, ValueError, TypeError, KeyError):
        return ListedPack(
            id=name, origin=origin, fault=f"{who}: importing it ended the whole process, with exit code {code}"
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and whatever it has started."""
    # Not every system has groups of processes.
    with suppress(OSError, AttributeError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


# In the process of one pack --------------------------------------------------------------------------------


class _Heard(io.BytesIO):
    """What was written, as far as anybody will read it."""

    def write(self, data: Any) -> int:
        if self.tell() < _MOST_PRINTED:
            super().write(bytes(data)[: _MOST_PRINTED - self.tell()])
        return len(data)


def answer(name: str, file: str) -> None:
    """Write to a file what there is to say of one pack, and end this process, whatever the pack has started in it."""
    heard = _Heard()
    stream = io.TextIOWrapper(heard, encoding="utf-8", errors="backslashreplace", write_through=True)
    said: dict[str, Any] = {"id": name, "summary": None}
    with redirect_stdout(stream), redirect_stderr(stream):
        try:
            said["summary"] = asdict(summary_of(load_pack(name)))
        except PackError as error:
            said["fault"] = str(error)
    said["printed"] = heard.getvalue().decode(errors="replace")
    Path(file).write_text(json.dumps(said), encoding="utf-8")
    os._exit(0)
