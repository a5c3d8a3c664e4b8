"""Measuring: what is timed by turns in one process, the greatest memory of another, and the machine it all ran on."""

import gc
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any, Final, Literal

from attrs import frozen

Bounded = Literal["at most", "at least"]

__all__ = [
    "THREADS",
    "Differs",
    "Figure",
    "Times",
    "by_turns",
    "figure",
    "in_process",
    "machine",
    "megabytes",
    "middle",
    "ratio",
    "seconds",
]

THREADS: Final = 2
"""How many threads a peer may use that can use several."""

_LIBRARIES: Final = ("numpy", "msgspec", "duckdb", "pyarrow", "clipspy", "durable-rules")
_ROOT: Final = Path(__file__).parents[2]

Times = Mapping[str, Sequence[float]]
"""The seconds that each piece of work took, time after time."""


class Differs(Exception):  # noqa: N818 - what two answers do
    """Two ways to one answer came to different answers: no time is worth printing."""


@frozen(kw_only=True)
class Figure:
    """One figure: what `ours` came to, held against a limit.

    `unit` is that of `ours` and `theirs`: a time or memory, a median where it was measured several times; `value`
    is what is compared, in `measure`: their ratio, or `ours` itself where there is nothing beside it.
    """

    section: str
    what: str
    ours: float
    against: str = ""
    theirs: float | None = None
    unit: str
    value: float
    measure: str
    bound: Bounded
    limit: float

    @property
    def met(self) -> bool:
        """Tell whether the limit is kept."""
        return self.value <= self.limit if self.bound == "at most" else self.value >= self.limit

    @property
    def used(self) -> float:
        """How much of what is allowed was used: 1 is the limit, less is better."""
        return self.value / self.limit if self.bound == "at most" else self.limit / self.value


def figure(section: str, what: str, ours: float, *, unit: str = "s", at_most: float) -> Figure:
    """Return a figure that stands alone: an amount that is to be at most so much."""
    return Figure(
        section=section, what=what, ours=ours, unit=unit, value=ours, measure=unit, bound="at most", limit=at_most
    )


def ratio(
    section: str,
    what: str,
    ours: float,
    against: tuple[str, float],
    *,
    at_most: float | None = None,
    at_least: float | None = None,
) -> Figure:
    """Return a figure of two times: ours is to be `at_most` so many times theirs, or theirs `at_least` so many ours."""
    name, theirs = against
    if at_most is not None:
        bound: Bounded = "at most"
        value, limit = ours / theirs, at_most
    elif at_least is not None:
        bound = "at least"
        value, limit = theirs / ours, at_least
    else:
        raise TypeError("a limit: at_most or at_least")
    return Figure(
        section=section,
        what=what,
        ours=ours,
        against=name,
        theirs=theirs,
        unit="s",
        value=value,
        measure="×",
        bound=bound,
        limit=limit,
    )


def seconds(work: Callable[[], object]) -> float:
    """Return how long a piece of work takes, its garbage not counted."""
    gc.collect()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def by_turns(works: Mapping[str, Callable[[], object]], *, repeats: int) -> Times:
    """Return how long each took, measured by turns, so that what else the machine does falls on all alike."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(repeats):
        for name, work in works.items():
            taken[name].append(seconds(work))
    return taken


def middle(times: Times, name: str) -> float:
    """Return the median of what a piece of work took."""
    return median(times[name])


def megabytes() -> float:
    """Return the greatest memory that this process ever held."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def in_process(module: str, *arguments: str) -> dict[str, Any]:
    """Return what a module, run as a process of its own, prints as JSON on its last line."""
    ended = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", module, *arguments], cwd=_ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return found


def machine() -> dict[str, str]:
    """Return what this ran on: processor, cores, memory, system, Python and libraries."""
    told = {
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "load": f"{os.getloadavg()[0]:.1f} when it began",
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
