"""Measuring: what is timed by turns, in this process or as a command, and the machine with what else it did."""

import gc
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any, Final, NamedTuple

from attrs import define, field, frozen

from tests.benchmarks.targets import TARGETS, Target

__all__ = [
    "THREADS",
    "Differs",
    "Figure",
    "Load",
    "Taken",
    "Times",
    "by_turns",
    "figure",
    "in_process",
    "launched",
    "machine",
    "ratio",
    "timed",
    "typical",
]

THREADS: Final = 2
"""How many threads a peer may use that can use several."""

_LIBRARIES: Final = ("numpy", "msgspec", "duckdb", "polars", "pyarrow", "clipspy", "durable-rules")
_ROOT: Final = Path(__file__).parents[2]
_LAUNCHER: Final = Path(__file__).with_name("launched.py")


class Taken(NamedTuple):
    """What a piece of work took: seconds on the clock and of the processor, and megabytes if it was a process."""

    clock: float
    busy: float
    megabytes: float = 0.0


Times = Mapping[str, Sequence[Taken]]
"""What each piece of work took, time after time."""


class Differs(Exception):  # noqa: N818 - what two answers do
    """Two ways to one answer came to different answers: no time is worth printing."""


@frozen(kw_only=True)
class Figure:
    """One figure: what `ours` came to, and what of it is compared.

    `unit` is that of `ours` and `theirs`: a time, memory or rate, a median where it was measured several times;
    `value` is what is compared, in `measure`: their ratio, or `ours` where there is nothing beside it. `busy` is the
    same of the processor's time, where that was taken. `target` names a target, where there is one.
    """

    section: str
    what: str
    ours: float
    against: str = ""
    theirs: float | None = None
    unit: str
    value: float
    measure: str
    busy: float | None = None
    target: str = ""

    @property
    def aim(self) -> Target | None:
        """What is aimed at, None where nothing is."""
        return TARGETS[self.target] if self.target else None

    @property
    def met(self) -> bool | None:
        """Tell whether the target is kept, None where there is none."""
        return None if self.aim is None else self.aim.keeps(self.value)


def typical(some: Sequence[Taken]) -> Taken:
    """Return the median of each part of what something took."""
    return Taken(*(median(part) for part in zip(*some, strict=True)))


def figure(
    section: str, what: str, ours: float, *, unit: str = "s", busy: float | None = None, target: str = ""
) -> Figure:
    """Return a figure that stands alone.

    Of a time with `busy` it is this that is compared: what else the machine did does not count.
    """
    value = ours if busy is None else busy
    return Figure(section=section, what=what, ours=ours, unit=unit, value=value, measure=unit, busy=busy, target=target)


def ratio(
    section: str,
    what: str,
    ours: Sequence[Taken],
    against: tuple[str, Sequence[Taken]],
    target: str = "",
    *,
    apart: bool = False,
) -> Figure:
    """Return a figure of two works: how many times theirs ours takes, or how much faster it is if that is aimed at.

    Measured by turns, each is compared with the other of its turn, and the median of that is told. Of works that were
    measured `apart` the processor's time is compared: the machine may have done other things meanwhile.
    """
    name, theirs = against
    faster = bool(target) and TARGETS[target].bound == "at least"

    def compared(part: str) -> float:
        mine, other = ([getattr(taken, part) for taken in some] for some in (ours, theirs))
        if len(mine) != len(other):
            mine, other = [median(mine)], [median(other)]
        return float(median(b / a if faster else a / b for a, b in zip(mine, other, strict=True)))

    return Figure(
        section=section,
        what=what,
        ours=typical(ours).clock,
        against=name,
        theirs=typical(theirs).clock,
        unit="s",
        value=compared("busy" if apart else "clock"),
        measure="×",
        busy=compared("busy"),
        target=target,
    )


def timed(work: Callable[[], object], *, collect: bool = True) -> Callable[[], Taken]:
    """Return what does a piece of work and tells what it took; garbage is collected before, and not counted.

    What else this process holds is put where no collection looks for garbage meanwhile: it is no part of the work.
    """

    def run() -> Taken:
        if collect:
            gc.collect()
        gc.freeze()
        started, busy = perf_counter(), process_time()
        work()
        taken = Taken(perf_counter() - started, process_time() - busy)
        gc.unfreeze()
        return taken

    return run


def by_turns(works: Mapping[str, Callable[[], Taken]], *, repeats: int) -> Times:
    """Return what each took, measured by turns, so that what else the machine does falls on all alike."""
    taken: dict[str, list[Taken]] = {name: [] for name in works}
    for _ in range(repeats):
        for name, work in works.items():
            taken[name].append(work())
    return taken


def launched(command: Sequence[str], out: Path | None = None) -> Taken:
    """Return what a command took as a process; its standard output goes to a file, or nowhere.

    Python keeps the bytecode of its modules, as it does where a package is installed, even where it was told not to.
    """
    ended = subprocess.run(  # noqa: S603 - our own launcher
        [sys.executable, "-I", str(_LAUNCHER), str(out or os.devnull), *command],
        cwd=_ROOT,
        env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise Differs(f"{' '.join(command)}: ended with {ended.returncode}\n{ended.stderr}")
    return Taken(*json.loads(ended.stdout.splitlines()[-1]))


def in_process(out: Path, module: str, *arguments: str) -> tuple[dict[str, Any], Taken]:
    """Return what a module, run as a process of its own, prints as JSON on its last line, and what it took."""
    taken = launched([sys.executable, "-m", module, *arguments], out)
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8").splitlines()[-1])
    return found, taken


# The machine -------------------------------------------------------------------------------------------------------


def _used() -> tuple[float, float] | None:
    """Return the seconds that all processors have passed, and those in which others used them; None if untold."""
    listed = Path("/proc/stat")
    if not listed.exists():
        return None
    passed = [int(number) / os.sysconf("SC_CLK_TCK") for number in listed.read_text(encoding="ascii").split()[1:9]]
    # The fourth and fifth are of idleness.
    busy = sum(passed) - passed[3] - passed[4]
    return sum(passed), busy - sum(os.times()[:4])


@define
class Load:
    """What else the machine did: its load when the run began and at each look since, and who used the processors."""

    looks: list[float] = field(factory=lambda: [os.getloadavg()[0]])
    _before: tuple[float, float] | None = field(factory=_used)

    def look(self) -> None:
        """Note the load."""
        self.looks.append(os.getloadavg()[0])

    def told(self) -> dict[str, str]:
        """Return the load before and during the run, and how much of the processors others used."""
        during = self.looks[1:] or self.looks
        told = {"load": f"{self.looks[0]:.1f} when it began; during it {min(during):.1f} to {max(during):.1f}"}
        after = _used()
        if self._before is not None and after is not None:
            passed, others = (b - a for a, b in zip(self._before, after, strict=True))
            told["others' share of the processors"] = f"{max(others, 0) / passed:.0%}"
        return told


def machine() -> dict[str, str]:
    """Return what this ran on: processor, cores, memory, system, Python and libraries."""
    told = {
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
    }
    for name in _LIBRARIES:
        try:
            told[name] = version(name)
        except PackageNotFoundError:
            told[name] = "not installed"
    return told


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    if listed.exists():
        for line in listed.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
