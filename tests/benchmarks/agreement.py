"""How far the two ways to one decision agree: invented packs and institutions by the hundred thousand.

Run it from the root of the repository: python -m tests.benchmarks.agreement [CASES] [SEED]
"""

import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator

from partyrules.answers.verdicts import encode
from partyrules.errors import EngineError
from partyrules.evaluate.inference import DURABLE
from partyrules.evaluate.pipeline import Case, case_of
from partyrules.history import history_of
from partyrules.packs.pack import adopt
from partyrules.questions.decide import REFERENCE, decided
from tests.strategies import REAL, TOY, institution, pipeline_pack, question, seeded

CASES = 100_000
SEED = 2017
INSTITUTIONS_PER_PACK = 3
REPORT_EVERY = 5_000


def cases(seed: int) -> Iterator[Case]:
    """Yield invented cases without end, the same for a seed."""
    chance = seeded(seed)
    while True:
        cast = (TOY, REAL)[chance.randrange(2)]
        adoption = adopt([pipeline_pack(chance, cast)])
        for _ in range(INSTITUTIONS_PER_PACK):
            asked = question(chance)
            history = history_of(
                institution(chance, cast, months=25),
                as_of=asked.as_of,
                known_at=asked.known_at,
                stages=adoption.stage_names,
            )
            for person in cast.people:
                for to in adoption.stage_names:
                    case = case_of(adoption, history, person=person, to=to)
                    # Steps out of order are answered before any rule is asked; one in eight of them is enough.
                    if case.refusal != "stage_order" or chance.randrange(8) == 0:
                        yield case


def megabytes() -> float:
    """Return the greatest memory that this process ever held."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def main(wanted: int = CASES, seed: int = SEED) -> int:
    """Compare that many cases, print the figures, and return 1 where any differ."""
    outcomes: Counter[str] = Counter()
    differ = 0
    started = time.perf_counter()
    for number, case in enumerate(cases(seed), start=1):
        expected = decided(case, engine=REFERENCE)
        outcomes[expected.outcome] += 1
        try:
            decided(case, engine=DURABLE)
        except EngineError as error:
            differ += 1
            print(f"case {number}: {error}\n  {encode(expected)!r}")
        if number % REPORT_EVERY == 0 or number == wanted:
            seconds = time.perf_counter() - started
            print(f"{number} cases, {differ} differ, {seconds:.0f} s, at most {megabytes():.0f} MB", flush=True)
        if number == wanted:
            break
    told = ", ".join(f"{outcome} {count}" for outcome, count in sorted(outcomes.items()))
    print(f"outcomes: {told}; seed {seed}")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:])))
