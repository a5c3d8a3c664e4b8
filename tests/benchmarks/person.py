"""How long one person's full standing takes, and one decision, out of the ledger of a whole institution.

Run `python -m tests.benchmarks.person --size M`. What is found about sampled people is first held against the audit
of everybody; then each is timed once, on a history of its own, as an application
would ask. Times are medians in milliseconds, the time of the first question, which makes the indexes, besides.
"""

import argparse
import gc
import random
import sys
from collections.abc import Callable, Sequence
from datetime import date
from statistics import median, quantiles
from subprocess import run
from time import perf_counter
from typing import Final, TypeVar

from partyrules.answers.verdicts import Decision, Finding, encode, finding_order
from partyrules.evaluate.reference import ReferenceEvaluator
from partyrules.history import history_of
from partyrules.ledger.sqlite import open_ledger
from partyrules.packs.pack import Adoption, adopt
from partyrules.questions.audit import audit
from partyrules.questions.decide import decide
from partyrules.questions.sources import facts_of
from partyrules.store.projection import Projection, open_projection
from tests.benchmarks.data import SIZES, Institution, ledger_of

PACKS: Final = ("lzwl2017", "lzcu2012")
STANDING_MS: Final = 5.0
DECISION_MS: Final = 5.0
IMPORT_SECONDS: Final = 0.15
FEW_FACTS: Final = 50_000

T = TypeVar("T")


def standing(projection: Projection, adoption: Adoption, person: str, day: date) -> tuple[Finding, ...]:
    """Return all findings of the adopted packs about one person, with messages and evidence."""
    return audit(projection, adoption, as_of=day).findings(subject=person)


def decision(projection: Projection, adoption: Adoption, person: str, to: str, day: date) -> Decision:
    """Return whether a person may pass into a stage."""
    return decide(projection, adoption, person=person, to=to, on=day)


def check(projection: Projection, adoption: Adoption, people: Sequence[str], day: date) -> int:
    """Return how many findings about these people are the same in the audit of everybody; exit where one differs.

    Everybody is audited in columns; where the facts are not too many, also by the reference, all facts read.
    """
    ours = {person: [encode(finding) for finding in standing(projection, adoption, person, day)] for person in people}
    table = audit(projection, adoption, as_of=day).table()
    sides = [{person: [encode(finding) for finding in table.where(subject=person)] for person in people}]
    if len(projection.columns) <= FEW_FACTS:
        sides.append(read_by_reference(projection, adoption, people, day))
    for person in people:
        if any(theirs[person] != ours[person] for theirs in sides):
            sys.exit(f"{person}: found alone is not what is found among everybody")
    return sum(map(len, ours.values()))


def read_by_reference(
    projection: Projection, adoption: Adoption, people: Sequence[str], day: date
) -> dict[str, list[bytes]]:
    """Return the findings about these people, out of an audit of everybody by the reference."""
    facts = (*facts_of(projection), *adoption.terms)
    whole = history_of(facts, as_of=day, stages=adoption.stage_names, relations=adoption.relations)
    evaluator = ReferenceEvaluator(adoption, whole)
    found: dict[str, list[Finding]] = {person: [] for person in people}
    for bound in adoption.duties:
        for finding in evaluator.findings(bound):
            if finding.subject in found:
                found[finding.subject].append(finding)
    return {person: [encode(each) for each in sorted(found[person], key=finding_order)] for person in people}


def timed(ask: Callable[[], T]) -> tuple[float, T]:
    """Return how many milliseconds a question takes, and its answer."""
    started = perf_counter()
    answer = ask()
    return (perf_counter() - started) * 1000, answer


def told(name: str, times: Sequence[float], target: float) -> None:
    """Print the median of times beside what it should be."""
    middle = median(times)
    worst = quantiles(times, n=20)[-1]
    kept = "kept" if middle <= target else "MISSED"
    print(f"{name}: median {middle:.2f} ms, of 20 the slowest {worst:.2f} ms; at most {target:g} ms: {kept}")


def started(statement: str) -> float:
    """Return the least time, in seconds, that a fresh interpreter takes for a statement."""
    command = [sys.executable, "-c", statement]
    return min(timed(lambda: run(command, check=True))[0] for _ in range(9)) / 1000  # noqa: S603 - this interpreter


def main() -> None:
    """Check, then time, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="S")
    parser.add_argument("--people", type=int, default=200, help="how many are asked about")
    parser.add_argument("--checked", type=int, default=20, help="of how many the findings are held against the audit")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    of = Institution(SIZES[asked.size])
    path = ledger_of(of)
    with open_ledger(path) as ledger:
        projection = open_projection(ledger, path.with_suffix(".columns"))
        adoption, day = adopt(PACKS), of.as_of
        first, found = timed(lambda: audit(projection, adoption, as_of=day).history.people)
        chance = random.Random(asked.seed)  # noqa: S311 - a sample that can be drawn again
        people = chance.sample(found, min(asked.people, len(found)))
        print(f"{len(projection.columns):,} facts, {len(found):,} people; everybody listed in {first:.0f} ms")
        if asked.checked:
            same = check(projection, adoption, people[: asked.checked], day)
            print(f"{same:,} findings about {asked.checked} people are those of the whole audit")
        gc.collect()
        first, _ = timed(lambda: standing(projection, adoption, people[0], day))
        first_decision, _ = timed(lambda: decision(projection, adoption, people[0], adoption.stage_names[-1], day))
        print(f"first standing {first:.0f} ms, first decision {first_decision:.0f} ms, indexes made")
        each = [timed(lambda who=who: standing(projection, adoption, who, day)) for who in people[1:]]  # type: ignore[misc]  # a default binds
        told(f"one standing, {median(len(found) for _, found in each):.0f} findings", [t for t, _ in each], STANDING_MS)
        for to in adoption.stage_names:
            times = [timed(lambda who=who, to=to: decision(projection, adoption, who, to, day))[0] for who in people]  # type: ignore[misc]  # defaults bind
            told(f"one decision, into {to}", times, DECISION_MS)
    bare, imported = started("pass"), started("import partyrules")
    kept = "kept" if imported - bare <= IMPORT_SECONDS else "MISSED"
    print(f"import partyrules: {imported - bare:.3f} s more than bare Python; at most {IMPORT_SECONDS} s: {kept}")


if __name__ == "__main__":
    main()
