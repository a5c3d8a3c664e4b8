"""What one waits for on the command line: each command a process of its own, start included, and what it answers."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec

from partyrules.ledger.sqlite import open_ledger
from partyrules.packs.pack import adopt
from partyrules.questions.audit import audit
from partyrules.questions.decide import decide
from partyrules.store.kept import columns_beside
from partyrules.store.projection import open_projection
from tests.benchmarks.audits import PACK, parquet_of
from tests.benchmarks.data import BUILD, Institution, ledger_of, lines_of
from tests.benchmarks.measure import Differs, Figure, Taken, by_turns, figure, launched, ratio, typical

__all__ = ["PARTYRULES", "on_the_command_line", "starting"]

PARTYRULES: Final = (sys.executable, "-m", "partyrules")
_SECTION: Final = "commands"
_PACKS: Final = ("lzwl2017", "lzcu2012")
_ADOPTED: Final = tuple(part for pack in _PACKS for part in ("--pack", pack))
_SQL: Final = (sys.executable, "-m", "tests.benchmarks.peers.duckdb_sql")
_MORE: Final = 1000


def starting(repeats: int) -> list[Figure]:
    """Return what the import adds to a bare start of Python, and what `--help` takes."""
    works: dict[str, Callable[[], Taken]] = {
        name: partial(launched, command)
        for name, command in (
            ("bare", (sys.executable, "-c", "pass")),
            ("import", (sys.executable, "-c", "import partyrules")),
            ("help", (*PARTYRULES, "--help")),
        )
    }
    times = by_turns(works, repeats=2 * repeats + 1)
    bare, imported, helped = (typical(times[name]) for name in works)
    added = [imported.clock - bare.clock, imported.busy - bare.busy]
    return [
        figure("start", "`import partyrules`, beyond a bare start of Python", added[0], busy=added[1], target="import"),
        figure("start", "`partyrules --help`", helped.clock, busy=helped.busy, target="help"),
    ]


def on_the_command_line(of: Institution, small: Institution, repeats: int, *, where: Path = BUILD) -> list[Figure]:
    """Return what commands take on a ledger, a report on that of a `small` institution; DuckDB's are processes too."""
    with TemporaryDirectory(dir=where) as folder:
        place = Path(folder)
        # A copy, since its columns are to come and go, and facts to be recorded.
        ledger = place / "institution.ledger"
        shutil.copy(ledger_of(of, where=where), ledger)
        asked = _Asked(of, ledger, place, where)
        works: dict[str, Callable[[], Taken]] = {
            "first": asked.first,
            "kept": partial(asked.audit, ledger, "kept"),
            "sql": partial(asked.sql, "parquet", parquet_of(of, where)),
            "cold": partial(asked.audit, lines_of(of, where=where), "cold"),
            "sql cold": partial(asked.sql, "lines", lines_of(of, where=where)),
            "decide": asked.decide,
            "explain": asked.explain,
            "report": partial(asked.report, ledger_of(small, where=where)),
        }
        times: dict[str, Sequence[Taken]] = dict(by_turns(works, repeats=repeats))
        asked.check()
        # What is recorded changes the answers: after all others.
        times |= by_turns({"more": asked.more}, repeats=repeats)
    people = f"{of.people:,} people, {asked.facts:,} facts"
    pack = f"`audit` of the whole pack to its summary, {people}"
    kept, cold = times["kept"], times["cold"]

    def alone(what: str, name: str, target: str = "") -> Figure:
        took = typical(times[name])
        return figure(_SECTION, what, took.clock, busy=took.busy, target=target)

    return [
        alone(f"{pack}: the first time, columns made and kept", "first"),
        alone(f"{pack}: columns current", "kept", "kept"),
        ratio(_SECTION, f"{pack}: columns current", kept, ("DuckDB over Parquet, 16 duties", times["sql"])),
        ratio(_SECTION, f"{pack}: from JSON Lines", cold, ("DuckDB from the same lines, 16 duties", times["sql cold"])),
        alone("`decide` for one of them, both packs", "decide", "decide"),
        alone("`explain` one rule about one of them, both packs", "explain", "explain"),
        alone(f"`report`: page, workbook and calendars, {small.people:,} people", "report"),
        alone(f"`record` {_MORE:,} more facts, and `audit` again, {people}", "more"),
    ]


class _Asked:
    """The commands of one run on one ledger, and what they said."""

    def __init__(self, of: Institution, ledger: Path, place: Path, where: Path) -> None:
        self._of: Final = of
        self._ledger: Final = ledger
        self._place: Final = place
        self._day: Final = of.as_of.isoformat()
        self._said: Final[dict[str, Path]] = {}
        self._numbers: Final = iter(range(sys.maxsize))
        adoption = adopt(_PACKS)
        with open_ledger(ledger_of(of, where=where), read_only=True) as opened:
            projection = open_projection(opened)
            self.facts: Final = len(projection.columns)
            asked = audit(projection, adoption, as_of=of.as_of)
            self._summary: Final = audit(projection, adopt([PACK]), as_of=of.as_of).table().summary()
            self._people: Final = tuple(asked.history.people)
            chance = Random(of.seed)  # noqa: S311 - a sample that can be drawn again
            bound = [finding for finding in asked.findings(subject=chance.choice(self._people)) if finding.period]
            while not bound:
                bound = [finding for finding in asked.findings(subject=chance.choice(self._people)) if finding.period]
            self._person: Final = bound[0].subject
            self._rule: Final = bound[0].rule
            self._stage: Final = adoption.stage_names[-1]
            self._outcome: Final = decide(
                projection, adoption, person=self._person, to=self._stage, on=of.as_of
            ).outcome

    def _run(self, name: str, *command: str) -> Taken:
        self._said[name] = self._place / f"{name}.out"
        return launched(command, self._said[name])

    def audit(self, source: Path, name: str) -> Taken:
        """Audit a source to the table of counts, with a row of what is breached."""
        asked = ("--pack", PACK, "--as-of", self._day, "--limit", "1", "--lang", "en")
        return self._run(name, *PARTYRULES, "audit", str(source), *asked)

    def first(self) -> Taken:
        """Audit the ledger without the columns that it keeps."""
        columns_beside(self._ledger).unlink(missing_ok=True)
        return self.audit(self._ledger, "first")

    def sql(self, kind: str, source: Path) -> Taken:
        """Ask DuckDB, over Parquet files or from the lines."""
        return self._run(kind, *_SQL, kind, str(source), self._day)

    def decide(self) -> Taken:
        """Decide about one person."""
        asked = ("--person", self._person, "--to", self._stage, "--on", self._day, "--lang", "en", "--format", "json")
        return self._run("decide", *PARTYRULES, "decide", str(self._ledger), *_ADOPTED, *asked)

    def explain(self) -> Taken:
        """Explain a finding about that person."""
        asked = ("--rule", self._rule, "--subject", self._person, "--as-of", self._day, "--lang", "en")
        return self._run("explain", *PARTYRULES, "explain", str(self._ledger), *_ADOPTED, *asked)

    def report(self, ledger: Path) -> Taken:
        """Write a report on a ledger, which keeps no columns of it."""
        out = self._place / "report"
        shutil.rmtree(out, ignore_errors=True)
        asked = ("--pack", PACK, "--as-of", self._day, "--out", str(out))
        return self._run("report", *PARTYRULES, "report", str(ledger), "--no-cache", *asked)

    def more(self) -> Taken:
        """Record more facts, and audit again."""
        file = self._place / "more.jsonl"
        with file.open("wb") as lines:
            lines.writelines(self._trainings())
        recorded = self._run("recorded", *PARTYRULES, "record", str(self._ledger), str(file))
        again = self.audit(self._ledger, "again")
        return Taken(*(a + b for a, b in zip(recorded, again, strict=True)))

    def _trainings(self) -> Iterator[bytes]:
        for _ in range(_MORE):
            number = next(self._numbers)
            person = self._people[number % len(self._people)]
            said = {"fact": "training_completed", "id": f"syn-more-{number}", "on": self._day, "person": person,
                    "course": "member_training", "hours": 4}  # fmt: skip
            yield msgspec.json.encode(said) + b"\n"

    def check(self) -> None:
        """Raise Differs unless the commands said what the library says, and DuckDB from both sources the same."""
        said = {name: path.read_bytes() for name, path in self._said.items()}
        if not said["first"] == said["kept"] == said["cold"]:
            raise Differs("`audit` says something else with columns than without, or of the lines than of the ledger")
        if f"{self._summary.findings} findings".encode() not in said["kept"]:
            raise Differs("`audit` on the command line counts other findings than in Python")
        if (outcome := json.loads(said["decide"])["outcome"]) != self._outcome:
            raise Differs(f"`decide` says {outcome} where the library says {self._outcome}")
        if self._person.encode() not in said["explain"]:
            raise Differs("`explain` does not tell about the person asked")
        if not list((self._place / "report").glob("*.html")):
            raise Differs("`report` wrote no page")
        parquet, lines = (_sorted(json.loads(said[name])) for name in ("parquet", "lines"))
        if parquet != lines:
            raise Differs("DuckDB counts otherwise from the lines than from Parquet")


def _sorted(counts: Mapping[str, Mapping[str, int]]) -> list[tuple[str, Any]]:
    return sorted((rule, sorted(each.items())) for rule, each in counts.items())
