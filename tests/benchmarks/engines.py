"""Counting attendances beside rule engines used alone; counts and breaches are compared first."""

from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Final

from partyrules.answers.tables import FindingTable
from partyrules.facts.codec import decode_fact
from partyrules.questions.audit import audit
from tests.benchmarks.audits import PACK, period_duties
from tests.benchmarks.data import BUILD, Institution, lines_of
from tests.benchmarks.measure import Differs, Figure, by_turns, ratio, timed
from tests.benchmarks.peers.counting import KINDS, Answer, Work, work_in

__all__ = ["beside_engines"]

_SECTION: Final = "engines"


def beside_engines(of: Institution, repeats: int, *, where: Path = BUILD) -> list[Figure]:
    """Return the figures of the counting work, facts in and breaches out, beside rule engines used alone.

    The institution is a plain one. An engine that cannot be loaded is left out, and that is said.
    """
    adoption = period_duties()
    said = lines_of(of, where=where).read_bytes().splitlines()
    work = work_in(said, of.as_of)
    facts = [decode_fact(line) for line in said]

    def table() -> FindingTable:
        return audit(facts, adoption, as_of=of.as_of).table(rule=f"{PACK}:8.1.*")

    expected = _answered(work, table())
    answers: dict[str, Answer] = {}
    engines = dict(_engines())

    def asked(name: str) -> None:
        answers[name] = engines[name](work)

    def breaches() -> FindingTable:
        return table().where(status="breached")

    # The engines take so long that once is enough; ours is timed before, between and after them.
    ours = list(by_turns({"ours": timed(breaches)}, repeats=repeats)["ours"])
    theirs = {}
    for name in engines:
        theirs[name] = timed(partial(asked, name))()
        ours += by_turns({"ours": timed(breaches)}, repeats=repeats)["ours"]
    for name, answer in answers.items():
        if answer != expected:
            raise Differs(f"{name} has other counts or breaches")
    told = f"{len(work.attended):,} attendances of {len(work.people):,} people counted and judged, from facts in memory"
    print(f"{told}: the same {len(expected.breaches):,} breaches by {', '.join(('us', *engines))}")
    return [ratio(_SECTION, told, ours, (name, [taken]), "engines") for name, taken in theirs.items()]


def _engines() -> Iterator[tuple[str, Callable[[Work], Answer]]]:
    for name, module in (("CLIPS", "clips"), ("durable-rules", "durable_alone")):
        try:
            yield name, import_module(f"tests.benchmarks.peers.{module}").answered
        except ImportError as error:
            print(f"{name} is left out: {error}")


def _answered(work: Work, table: FindingTable) -> Answer:
    """Return what our table says of the work: counts and breaches of the semesters that are over."""
    person_of = {name: number for number, name in enumerate(work.people)}
    semester_of = {first: number for number, first in enumerate(work.semesters)}
    kind_of = {f"{PACK}:8.1.{number}": kind for number, kind in enumerate(KINDS, start=1)}
    counts = {}
    breaches = set()
    for row in table.rows():
        if row.period is None or row.period.start not in semester_of:
            continue
        cell = (person_of[row.subject], kind_of[row.rule], semester_of[row.period.start])
        if row.actual:
            counts[cell] = int(row.actual)
        if row.status == "breached":
            breaches.add(cell)
    return Answer(counts, frozenset(breaches))
