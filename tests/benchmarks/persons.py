"""The figures of what one person's answer takes, out of a whole institution's ledger."""

import gc
from collections.abc import Sequence
from datetime import date
from random import Random
from statistics import median
from typing import Final

from partyrules.ledger.sqlite import open_ledger
from partyrules.packs.pack import Adoption, adopt
from partyrules.questions.audit import audit
from partyrules.store.projection import Projection, open_projection
from tests.benchmarks.data import Institution, ledger_of
from tests.benchmarks.measure import Differs, Figure, figure
from tests.benchmarks.person import PACKS, decision, standing, timed

__all__ = ["one_person"]

_CHECKED: Final = 50
_TIMED: Final = 200


def one_person(of: Institution) -> list[Figure]:
    """Return the median of one person's full standing under both packs, and of one decision."""
    adoption, day = adopt(PACKS), of.as_of
    with open_ledger(ledger_of(of), read_only=True) as ledger:
        projection = open_projection(ledger)
        everybody = audit(projection, adoption, as_of=day).history.people
        chance = Random(of.seed)  # noqa: S311 - a sample that can be drawn again
        people = chance.sample(everybody, min(_TIMED, len(everybody)))
        same = _checked(projection, adoption, people[:_CHECKED], day)
        print(f"{same:,} findings about {len(people[:_CHECKED])} people: the same alone and in the whole audit's table")
        # Once for the indexes, and the garbage of what was checked is not counted.
        decision(projection, adoption, people[0], adoption.stage_names[0], day)
        gc.collect()
        asked = [(person, chance.choice(adoption.stage_names)) for person in people]
        standings = [timed(lambda: standing(projection, adoption, person, day))[0] for person in people]  # noqa: B023 - called at once
        decisions = [timed(lambda: decision(projection, adoption, person, to, day))[0] for person, to in asked]  # noqa: B023 - called at once
    told = f"of {of.people:,} people"
    return [
        figure("person", f"one person's full standing, {told}", median(standings) / 1000, at_most=0.005),
        figure("person", f"one decision, {told}", median(decisions) / 1000, at_most=0.005),
    ]


def _checked(projection: Projection, adoption: Adoption, people: Sequence[str], day: date) -> int:
    """Return how many findings about these people are the same alone and in the table of everybody."""
    table = audit(projection, adoption, as_of=day).table()
    same = 0
    for person in people:
        rows = list(table.where(subject=person).rows())
        alone = standing(projection, adoption, person, day)
        shown = [tuple(getattr(finding, name) for name in rows[0]._fields) for finding in alone] if rows else []
        if shown != [tuple(row) for row in rows] or len(rows) != len(alone):
            raise Differs(f"what is found about {person} alone is not what is found among everybody")
        same += len(rows)
    return same
