"""How much longer Python takes to start with `import partyrules` than without."""

import subprocess
import sys

from tests.benchmarks.measure import Figure, by_turns, figure, middle

__all__ = ["beside_bare_python"]


def _started(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own code


def beside_bare_python(repeats: int) -> list[Figure]:
    """Return the seconds that the import adds to a bare start."""
    times = by_turns(
        {"bare": lambda: _started("pass"), "ours": lambda: _started("import partyrules")}, repeats=2 * repeats + 1
    )
    added = middle(times, "ours") - middle(times, "bare")
    return [figure("start", "`import partyrules`, beyond a bare start", added, at_most=0.15)]
