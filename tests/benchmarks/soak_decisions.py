"""A long run on durable-rules: decisions of the synthetic institution, over and over, with flat memory and no slip.

Run it from the root of the repository: python -m tests.benchmarks.soak_decisions [DECISIONS]
"""

import sys
import time
from collections import Counter
from pathlib import Path

import partyrules_lzcu2012
import partyrules_lzwl2017
from partyrules.answers.verdicts import encode
from partyrules.demo import DECISION_DAY, synthetic_institution
from partyrules.evaluate.inference import DURABLE
from partyrules.evaluate.pipeline import Case, case_of, next_stage
from partyrules.facts.codec import fact_from_wire
from partyrules.history import history_of
from partyrules.packs.pack import adopt
from partyrules.questions.decide import REFERENCE, decided
from tests.benchmarks.agreement import megabytes

DECISIONS = 200_000
STUDENTS = 300
REPORT_EVERY = 10_000
# What the process may grow by after the first round: the allocator's slack, far below what a leak would take.
FLAT_MB = 8.0


def realistic_cases() -> list[Case]:
    """Return the next step of everybody in the synthetic institution who has one, under both packs."""
    adoption = adopt([partyrules_lzwl2017.pack, partyrules_lzcu2012.pack])
    facts = [fact_from_wire(dict(found)) for found in synthetic_institution(students=STUDENTS)]
    history = history_of(facts, as_of=DECISION_DAY, stages=adoption.stage_names)
    cases = []
    for person in history.people:
        held = [entered.values["stage"] for entered in history.holdings_where("stage", "person", person)]
        into = next_stage(adoption.stage_names, held[-1]) if held else None
        if into is not None:
            cases.append(case_of(adoption, history, person=person, to=into))
    return cases


def resident() -> float:
    """Return the megabytes that this process holds now, or the most it ever held where that cannot be told."""
    status = Path("/proc/self/status")
    if not status.exists():
        return megabytes()
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def main(wanted: int = DECISIONS) -> int:
    """Make that many decisions, print the figures, and return 1 for any slip or growth."""
    cases = realistic_cases()
    expected = [encode(decided(case, engine=REFERENCE)) for case in cases]
    outcomes = Counter(decided(case, engine=REFERENCE).outcome for case in cases)
    told = ", ".join(f"{outcome} {count}" for outcome, count in sorted(outcomes.items()))
    print(f"{len(cases)} cases: {told}")
    wrong = made = 0
    first = 0.0
    started = time.perf_counter()
    while made < wanted:
        at = made % len(cases)
        wrong += encode(decided(cases[at], engine=DURABLE)) != expected[at]
        made += 1
        if made == len(cases):
            first = resident()
        if made % REPORT_EVERY == 0 or made == wanted:
            seconds = time.perf_counter() - started
            print(
                f"{made} decisions, {wrong} wrong or missing, {seconds:.0f} s, {made / seconds:.0f} a second, "
                f"{resident():.1f} MB now, {first:.1f} MB after the first round",
                flush=True,
            )
    return 1 if wrong or resident() > first + FLAT_MB else 0


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:])))
