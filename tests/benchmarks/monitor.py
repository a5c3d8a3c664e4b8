"""How long a monitor takes over one meeting, and over its start, on the ledger of a whole institution.

Run `python -m tests.benchmarks.monitor --size M`. Meetings of the kinds that the institution holds, each with 20
people listed, are recorded one by one in a copy of its ledger. What the monitor then says is held against a fresh
audit and the reference's decisions before any time is printed.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Final, NamedTuple

from attrs import evolve

from partyrules.facts.vocabulary import ActivityHeld, Fact, MeetingHeld
from partyrules.ledger.sqlite import open_ledger
from partyrules.packs.pack import Adoption, adopt
from partyrules.questions.audit import audit
from partyrules.questions.sources import history_from
from partyrules.store.projection import Projection, open_projection
from partyrules.watch.changes import Change
from partyrules.watch.monitor import Monitor
from partyrules.watch.passages import next_passage
from tests.benchmarks.data import BUILD, SIZES, Institution, ledger_of
from tests.benchmarks.measure import Differs, Figure, Taken, figure, ratio, timed
from tests.benchmarks.page import printed

__all__ = ["watching"]

_PACKS: Final = ("lzwl2017", "lzcu2012")
_MEETINGS: Final = 500
_ATTENDEES: Final = 20
_CHECKED: Final = 200
_STARTS: Final = 3


class TakenIn(NamedTuple):
    """How long the ledger took to append a meeting, the monitor to take it in, and what it changed."""

    kind: str
    append: float
    take_in: float
    busy: float
    changes: int


def meetings(projection: Projection, of: Institution) -> Iterator[Fact]:
    """Yield meetings like those of the institution's last semester, each with 20 people listed."""
    chance = Random(of.seed)  # noqa: S311 - a sample that can be drawn again
    semester = (of.as_of - timedelta(days=110)).toordinal()
    numbers: list[int] = []
    for wire in ("meeting_held", "activity_held"):
        table = projection.columns.tables[wire]
        here = (table.first.array >= semester) & (table.last.array <= of.as_of.toordinal())
        numbers += table.numbers.array[here].tolist()
    people = sorted(history_from(projection, adopt(_PACKS), as_of=of.as_of).people)
    held = [fact for fact in projection.facts(sorted(numbers)) if isinstance(fact, MeetingHeld | ActivityHeld)]
    chosen = chance.choices([fact for fact in held if fact.attended], k=_MEETINGS)
    for number, fact in enumerate(chosen):
        # Of a small unit all of its people, the rest of them guests.
        listed = dict.fromkeys([*(fact.attended or ()), *chance.sample(people, _ATTENDEES)])
        attended = tuple(listed)[:_ATTENDEES]
        yield evolve(fact, id=f"syn-monitor-{number}", attended=attended, recorded_at=None)


def taken_one_by_one(monitor: Monitor, facts: Sequence[Fact], record: "Recorder") -> Iterator[TakenIn]:
    """Yield how long each fact takes, appended and taken in."""
    for fact in facts:
        started = perf_counter()
        record(fact)
        appended = perf_counter()
        busy = process_time()
        changes: Sequence[Change] = monitor.refresh()
        busy, ended = process_time() - busy, perf_counter()
        kind = str(getattr(fact, "meeting", None) or getattr(fact, "activity", None))
        yield TakenIn(kind, appended - started, ended - appended, busy, len(changes))


class Recorder:
    """Appends facts to a ledger one by one."""

    def __init__(self, path: Path, when: datetime) -> None:
        self.ledger: Final = open_ledger(path)
        self._when: Final = when

    def __call__(self, fact: Fact) -> None:
        """Append one fact."""
        self.ledger.append([fact], recorded_at=self._when)


def check(monitor: Monitor, projection: Projection, adoption: Adoption) -> int:
    """Return in how many rows the monitor says what a fresh audit says; raise Differs where it does not."""
    fresh = audit(projection, adoption, as_of=monitor.as_of)
    same = 0
    for ours, theirs in zip_longest(monitor.table().rows(), fresh.table().rows()):
        if ours != theirs:
            raise Differs(f"the monitor has {ours} where a fresh audit has {theirs}")
        same += 1
    decided = {passage.person: passage for passage in monitor.decisions()}
    for person in Random(same).sample(fresh.history.people, min(_CHECKED, len(fresh.history.people))):  # noqa: S311 - a sample
        if decided.get(person) != next_passage(adoption, fresh.history, person):
            raise Differs(f"the monitor's decision on {person} is not the reference's")
    return same


def watching(of: Institution, *, where: Path = BUILD) -> list[Figure]:
    """Return the figures of a monitor: a meeting with its changed findings, and the start beside a warm audit."""
    adoption = adopt(_PACKS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "monitored.ledger"
        shutil.copy(ledger_of(of, where=where), path)
        record = Recorder(path, datetime(of.as_of.year + 1, 1, 1, tzinfo=UTC))
        with record.ledger as ledger:
            projection = open_projection(ledger)
            audit(projection, adoption, as_of=of.as_of).table()
            times: dict[str, list[Taken]] = {"audit": [], "start": []}
            for _ in range(_STARTS):
                times["audit"].append(timed(lambda: audit(projection, adoption, as_of=of.as_of).table())())
                start = timed(lambda: Monitor(ledger, adoption, as_of=of.as_of, projection=projection))
                times["start"].append(start())
            monitor = Monitor(ledger, adoption, as_of=of.as_of, projection=projection)
            facts = list(meetings(projection, of))
            found = list(taken_one_by_one(monitor, facts, record))
            same = check(monitor, projection, adoption)
    print(f"{same:,} rows after {len(facts)} meetings: the same as a fresh audit's, and {_CHECKED} decisions")
    report(found)
    told = f"of {of.people:,} people, both packs"
    taken, busy = median(one.take_in for one in found), median(one.busy for one in found)
    return [
        figure("monitor", f"a meeting taken in, its changes told, {told}", taken, busy=busy, target="meeting"),
        ratio("monitor", f"a monitor started from current columns, {told}", times["start"],
              ("a warm audit", times["audit"]), "watch"),
    ]  # fmt: skip


def report(found: Sequence[TakenIn]) -> None:
    """Print the times by the kind of meeting, in milliseconds."""
    print(f"{'kind':28} {'number':>6} {'changes':>7} {'median':>8} {'95 %':>8}")
    for kind in (*sorted({one.kind for one in found}), "all of them"):
        some = [one for one in found if kind in (one.kind, "all of them")]
        taken = [one.take_in * 1000 for one in some]
        late = quantiles(taken, n=20)[-1] if len(taken) > 1 else taken[0]
        changes = median(one.changes for one in some)
        print(f"{kind:28} {len(some):6} {changes:7.0f} {median(taken):8.3f} {late:8.3f}")
    durably = [one.append * 1000 for one in found]
    besides = "appended durably besides"
    print(f"{besides:28} {len(durably):6} {'':7} {median(durably):8.3f} {quantiles(durably, n=20)[-1]:8.3f}")


def main() -> int:
    """Measure what is asked and print it; return 1 where answers differ."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.monitor", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="M", help="how large an institution (default M)")
    asked = parser.parse_args()
    try:
        figures = watching(Institution(SIZES[asked.size]))
    except Differs as difference:
        print(difference, file=sys.stderr)
        return 1
    print(printed(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
