"""How long one person's answers take out of a whole institution's open ledger: standing, decision, explanation."""

import gc
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Final

from partyrules.answers.verdicts import Finding
from partyrules.ledger.sqlite import open_ledger
from partyrules.packs.pack import Adoption, adopt
from partyrules.questions.audit import audit
from partyrules.questions.decide import decide
from partyrules.questions.explain import explain
from partyrules.store.projection import Projection, open_projection
from tests.benchmarks.data import BUILD, Institution, ledger_of
from tests.benchmarks.measure import Differs, Figure, Taken, figure, timed, typical

__all__ = ["one_person"]

_PACKS: Final = ("lzwl2017", "lzcu2012")
_CHECKED: Final = 50
_TIMED: Final = 200


def one_person(of: Institution, *, where: Path = BUILD) -> list[Figure]:
    """Return the median of one person's full standing in both packs, of one decision, and of one explanation."""
    adoption, day = adopt(_PACKS), of.as_of
    with open_ledger(ledger_of(of, where=where), read_only=True) as ledger:
        projection = open_projection(ledger)
        everybody = audit(projection, adoption, as_of=day).history.people
        chance = Random(of.seed)  # noqa: S311 - a sample that can be drawn again
        people = chance.sample(everybody, min(_TIMED, len(everybody)))
        same = _checked(projection, adoption, people[:_CHECKED], day)
        print(f"{same:,} findings about {len(people[:_CHECKED])} people: the same alone and in the whole audit's table")
        found = [standing(projection, adoption, person, day) for person in people]
        # Once for the indexes, and the garbage of what was checked is not counted.
        decide(projection, adoption, person=people[0], to=adoption.stage_names[0], on=day)
        gc.collect()
        standings = [_once(lambda: standing(projection, adoption, person, day)) for person in people]  # noqa: B023 - called at once
        stages = [chance.choice(adoption.stage_names) for _ in people]
        decisions = [
            _once(lambda: decide(projection, adoption, person=person, to=to, on=day))  # noqa: B023 - called at once
            for person, to in zip(people, stages, strict=True)
        ]
        rules = [(some[0].subject, chance.choice(some).rule) for some in found if some]
        explanations = [
            _once(lambda: list(explain(audit(projection, adoption, as_of=day), rule=rule, subject=person)))  # noqa: B023 - called at once
            for person, rule in rules
        ]
    typically = sorted(map(len, found))[len(found) // 2]
    told = f"of {of.people:,} people, in Python"
    return [
        _figure(f"one person's full standing in both packs, {typically} findings with evidence and messages, {told}",
                standings, "standing"),
        _figure(f"one decision, both packs, {told}", decisions, "decision"),
        _figure(f"one rule about one person explained, {told}", explanations, "explanation"),
    ]  # fmt: skip


def standing(projection: Projection, adoption: Adoption, person: str, day: date) -> tuple[Finding, ...]:
    """Return all findings of the adopted packs about one person, with messages and evidence."""
    return audit(projection, adoption, as_of=day).findings(subject=person)


def _figure(what: str, some: Sequence[Taken], target: str) -> Figure:
    took = typical(some)
    return figure("person", what, took.clock, busy=took.busy, target=target)


def _once(work: Callable[[], object]) -> Taken:
    """Return what one question took; collecting garbage after each would take longer than all of them."""
    return timed(work, collect=False)()


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
