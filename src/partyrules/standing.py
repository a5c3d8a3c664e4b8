"""Standing (competence): who may make a record, so that one by anybody else counts for nothing."""

from typing import Final

from attrs import frozen

from partyrules.expressions import SUBJECT, Condition, holds, its

__all__ = ["CORE_STANDING", "RecordStanding"]


@frozen
class RecordStanding:
    """What must be true, on its day, of a fact of type `wire` about the person in its field `about`.

    `tests` are tried in order; the reason code of the first that fails says why the fact has no standing. The fact is
    one that happened, read by `events` or `latest`: of a fact type that begins or ends a relation a pack asks no
    standing, since what holds does not hang on who recorded it. Instead of a ban that an office starts and lifts,
    let the office record each decision, and look at the latest.
    """

    wire: str
    about: str
    tests: tuple[tuple[Condition, str], ...]


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
