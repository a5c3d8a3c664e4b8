"""Does durable-rules stay right, quick and small: a synthetic pipeline decided by the hundred thousand in one process.

Run it from the root of the repository: python -m tests.benchmarks.soak_durable [--cases N] [--seed N]
"""

import argparse
import resource
import sys
import time
from random import Random

from partyrules.errors import EngineError
from partyrules.evaluators.builtin import BuiltInEngine
from partyrules.evaluators.chaining import Engine, Item, Ruleset
from partyrules.evaluators.durable import durable_engine
from tests.test_engines import OUTCOMES, measured, pipeline

LEAVES = range(4, 13)
REPORTS = 10
# The built-in engine checks whole runs; the outcome of every case is checked against arithmetic.
COMPARE_EVERY = 20
# One case in so many lacks a measure, so that its goal must stay unanswered.
LACKING_EVERY = 50


def question(chance: Random, leaves: int) -> tuple[list[Item], str]:
    """Return an invented case of so many leaves and the outcome it must come to."""
    # Most leaves are met, or nearly every case would be blocked.
    certain = [chance.choice((0, 2, 3, 3, 4, 5, 6, 7)) for _ in range(leaves)]
    counts = [(least, least + chance.choice((0, 0, 1, 3))) for least in certain]
    worst = max(0 if least >= 3 else 1 if most >= 3 else 2 for least, most in counts)
    items = measured(counts)
    chance.shuffle(items)
    return items, OUTCOMES[worst]


def is_right(engine: Engine, ruleset: Ruleset, items: list[Item], outcome: str, *, compare: bool) -> bool:
    """Return whether the engine comes to this outcome by the firings it takes, or to the built-in engine's run."""
    run = engine.run(ruleset, items)
    if compare and repr(run) != repr(BuiltInEngine().run(ruleset, items)):
        return False
    # A person and the measures are given; a truth and a step for each, the start and the decision are derived.
    return [answer["outcome"] for answer in run.answers] == [outcome] and len(run.firings) == 2 * len(items)


def is_refused(engine: Engine, ruleset: Ruleset, items: list[Item]) -> bool:
    """Return whether the engine refuses a case that lacks a measure."""
    lacking = [item for item in items if item.get("leaf") != 0]
    try:
        engine.run(ruleset, lacking)
    except EngineError as error:
        return "goal not answered" in str(error)
    return False


def main() -> int:
    """Decide the cases, print speed and memory on the way, and return 1 if any answer was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=2017)
    wanted = parser.parse_args()
    chance = Random(wanted.seed)  # noqa: S311 - not for cryptography
    engine = durable_engine()
    rulesets = [pipeline(leaves) for leaves in LEAVES]
    wrong = 0
    in_engine = 0.0
    for number in range(1, wanted.cases + 1):
        position = chance.randrange(len(rulesets))
        items, outcome = question(chance, LEAVES[position])
        compare = number % COMPARE_EVERY == 0
        started = time.process_time()
        if number % LACKING_EVERY == 1:
            wrong += not is_refused(engine, rulesets[position], items)
        else:
            wrong += not is_right(engine, rulesets[position], items, outcome, compare=compare)
        if not compare:
            in_engine += time.process_time() - started
        if number % max(1, wanted.cases // REPORTS) == 0:
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            each = in_engine / (number - number // COMPARE_EVERY) * 1000
            print(f"{number:>9,} cases  {wrong} wrong  {each:.2f} ms a case  at most {most:.1f} MB", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
