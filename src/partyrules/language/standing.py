"""Standing (competence): which records count at all: made by whoever may, and of a stage that there is."""

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from attrs import evolve, frozen

from partyrules.errors.arguments import Built
from partyrules.facts.schema import field_types, person_fields
from partyrules.facts.vocabulary import StageEntered, StageExtended, Vocabulary
from partyrules.history import NO_STAGE
from partyrules.language.kernel import SUBJECT, Condition, Is, holds, its

UNDECLARED: Final = ("unknown_stage", "unknown_step")
"""The reasons of records that name a stage or step which no adopted pack declares: somebody has to correct them."""


@frozen
class RecordStanding(Built):
    """What must be true, on its day, of a fact of type `wire` about the person in its field `about`.

    `tests` are tried in order; the reason code of the first that fails says why the fact has no standing. The fact is
    one that happened, read by `events` or `latest`: of a fact type that begins or ends a relation a pack asks no
    standing, since what holds does not hang on who recorded it. Instead of a ban that an office starts and lifts,
    let the office record each decision, and look at the latest.
    """

    wire: str
    about: str
    tests: tuple[tuple[Condition, str], ...]

    named: ClassVar[tuple[str, str] | None] = ("standing on", "wire")


CORE_STANDING: Final = (
    RecordStanding(
        "opinion_given",
        "person",
        ((holds("unit", unit=its("by"), kind="guidance_department"), "no_such_office"),),
    ),
    RecordStanding(
        "dorm_evaluated",
        "person",
        (
            (holds("residence", person=SUBJECT), "no_residence"),
            (
                holds(
                    "role",
                    person=its("by"),
                    role="building_instructor",
                    where=holds("residence", person=SUBJECT, building=its("building")),
                ),
                "not_the_instructor",
            ),
        ),
    ),
)


def standings_of(
    given: Iterable[RecordStanding], vocabulary: Vocabulary, stages: tuple[str, ...]
) -> tuple[RecordStanding, ...]:
    """Return what is asked of records: first that a stage or step is one of `stages`, then what `given` ask.

    Where no pack declares a stage no name can be misspelt, and nothing is asked of it.
    """
    found = {standing.wire: standing for standing in given}
    for wire, about, test in _of_declared(vocabulary, stages) if stages else ():
        asked = found.get(wire, RecordStanding(wire, about, ()))
        found[wire] = evolve(asked, tests=(test, *asked.tests))
    return tuple(found.values())


def _of_declared(vocabulary: Vocabulary, stages: tuple[str, ...]) -> Iterator[tuple[str, str, tuple[Condition, str]]]:
    """Yield the fact types that name a stage or step, whom such a fact is about, and the test of the name."""
    for wire, cls in vocabulary.types.items():
        people = person_fields(cls)
        if wire in (StageEntered.wire, StageExtended.wire):
            yield wire, people[0], (Is(its("stage"), (*stages, NO_STAGE)), "unknown_stage")
        elif people and "step" in field_types(cls):
            yield wire, people[0], (Is(its("step"), stages), "unknown_step")
