"""This version beside an earlier one, doing the same by turns: python -m tests.benchmarks.earlier CHECKOUT.

CHECKOUT is a working tree of the earlier version, such as `git worktree add` makes. Each version does its part in a
process of its own that knows what stands in the façade of both and nothing more, on the same lines of JSON.
Processor time is compared, the least of each.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any, Final

__all__ = ["beside_earlier"]

_ROOT: Final = Path(__file__).parents[2]
_TURNS: Final = 3
_PEOPLE: Final = 100
_MEETINGS: Final = 100
_RULES: Final = ("8.1.1", "8.1.2", "8.1.3", "8.1.4", "8.1.5", "8.1.6", "8.1.7", "8.2.4")
_TOLD: Final = {
    "import": "`import partyrules`",
    "record": "`record` on the command line, start included",
    "project": "columns built from the ledger",
    "audit": "warm audit of eight duties of attendance",
    "whole": "warm audit of the whole pack",
    "standing": "one person's standing, both packs, median",
    "decision": "one decision, both packs, median",
    "watch": "a monitor started from current columns",
    "meeting": "a meeting taken in by a monitor, median",
    "megabytes": "greatest memory of all this",
}


# What each version does, in its own process ------------------------------------------------------------------------


def alone(lines: Path, ledger: Path, day: date) -> Mapping[str, float]:
    """Return the processor seconds that this version takes for each piece of work."""
    from attrs import evolve  # noqa: PLC0415

    import partyrules_lzwl2017  # noqa: PLC0415 - of the version that is asked
    from partyrules import Monitor, adopt, audit, decide, decode_fact, facts_in, open_ledger, open_projection  # noqa: PLC0415

    pack = partyrules_lzwl2017.pack
    some = adopt([evolve(pack, duties=tuple(duty for duty in pack.duties if duty.id in _RULES))])
    whole, both = adopt(["lzwl2017"]), adopt(["lzwl2017", "lzcu2012"])
    if not ledger.exists():
        with open_ledger(ledger) as new:
            new.append(list(facts_in(lines)), recorded_at=datetime(day.year + 1, 1, 1, tzinfo=UTC))
    taken: dict[str, float] = {}
    with open_ledger(ledger) as opened:
        taken["project"] = _busy(lambda: open_projection(opened))
        projection = open_projection(opened)
        for name, adoption in (("audit", some), ("whole", whole)):
            audit(projection, adoption, as_of=day).table()
            taken[name] = min(_busy(lambda: audit(projection, adoption, as_of=day).table()) for _ in range(3))  # noqa: B023 - called at once
        everybody = sorted(audit(projection, both, as_of=day).history.people)
        people = everybody[:: max(len(everybody) // _PEOPLE, 1)]
        stage = both.stage_names[-1]
        works: dict[str, Callable[[str], object]] = {
            "standing": lambda person: audit(projection, both, as_of=day).findings(subject=person),
            "decision": lambda person: decide(projection, both, person=person, to=stage, on=day),
        }
        for name, work in works.items():
            work(people[0])
            taken[name] = median(_busy(lambda: work(person)) for person in people)  # noqa: B023 - called at once
        taken["watch"] = _busy(lambda: Monitor(opened, both, as_of=day, projection=projection))
        monitor = Monitor(opened, both, as_of=day, projection=projection)
        refreshed = []
        for number, person in enumerate(everybody[:_MEETINGS]):
            said = {"fact": "meeting_held", "id": f"syn-earlier-{os.getpid()}-{number}", "on": day.isoformat(),
                    "meeting": "report_session", "unit": "syn-b0", "attended": [person, *everybody[:19]]}  # fmt: skip
            said["attended"] = list(dict.fromkeys(said["attended"]))
            opened.append([decode_fact(json.dumps(said))], recorded_at=datetime(day.year + 1, 1, 1, tzinfo=UTC))
            refreshed.append(_busy(monitor.refresh))
        taken["meeting"] = median(refreshed)
    return taken


def _busy(work: Callable[[], object]) -> float:
    started = process_time()
    work()
    return process_time() - started


# Both by turns -----------------------------------------------------------------------------------------------------


def beside_earlier(checkout: Path, size: str, where: Path) -> dict[str, tuple[float, float]]:
    """Return the least that the earlier version and this one took for each piece of work, in this order."""
    from tests.benchmarks.data import SIZES, Institution, lines_of  # noqa: PLC0415 - not for the other version
    from tests.benchmarks.measure import launched  # noqa: PLC0415

    of = Institution(SIZES[size])
    lines = lines_of(of, where=where)
    found: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in _TOLD}
    with TemporaryDirectory(dir=where) as folder:
        place = Path(folder)
        for _ in range(_TURNS):
            for side, root in enumerate((checkout.resolve(), _ROOT)):
                paths = [root / "src", *sorted((root / "policies").glob("*/src"))]
                os.environ["PYTHONPATH"] = os.pathsep.join(map(str, paths))
                ledger = place / f"{side}.ledger"
                recorded = place / "recorded.ledger"
                recorded.unlink(missing_ok=True)
                python = (sys.executable, "-P")
                command = (*python, "-m", "partyrules", "record", str(recorded), str(lines))
                found["import"][side].append(launched((*python, "-c", "import partyrules")).busy)
                found["record"][side].append(launched(command).busy)
                out = place / "told.json"
                took = launched((*python, __file__, "--alone", str(lines), str(ledger), str(of.as_of)), out)
                told = json.loads(out.read_text(encoding="utf-8").splitlines()[-1])
                for name, seconds in {**told, "megabytes": took.megabytes}.items():
                    found[name][side].append(seconds)
    return {name: (min(before), min(now)) for name, (before, now) in found.items()}


def table(found: Mapping[str, tuple[float, float]]) -> str:
    """Return the table that the page carries."""
    rows = ["| of the processor's time | before | now | now beside before |", "|---|---:|---:|---:|"]
    for name, (before, now) in found.items():
        shown = [f"{each:,.0f} MB" if name == "megabytes" else f"{each * 1000:,.3g} ms" for each in (before, now)]
        rows.append(f"| {_TOLD[name]} | {shown[0]} | {shown[1]} | {now / before:.2f} × |")
    return "\n".join(rows)


def main(arguments: list[str]) -> int:
    """Do one version's part, or compare both and print the table."""
    if arguments[:1] == ["--alone"]:
        lines, ledger, day = arguments[1:]
        print(json.dumps(alone(Path(lines), Path(ledger), date.fromisoformat(day))))
        return 0
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.earlier", description=__doc__)
    parser.add_argument("checkout", type=Path, help="a working tree of the earlier version")
    parser.add_argument("--size", default="M", help="how large an institution (default M)")
    parser.add_argument("--where", type=Path, default=_ROOT / "build" / "bench", help="where the data are kept")
    parser.add_argument("--write-docs", action="store_true", help="write the table into docs/benchmarks.md")
    asked: Any = parser.parse_args(arguments)
    found = table(beside_earlier(asked.checkout, asked.size, asked.where))
    print(found)
    if asked.write_docs:
        from tests.benchmarks.page import write_earlier  # noqa: PLC0415 - not for the other version

        write_earlier(found, asked.size)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
