"""The synthetic institution of `partyrules demo`: two academic years of facts, the same for a seed for ever.

Everything in it is made up. Most things are in order; the lapses that are built in stand beside the
tables of each module, marked as such.
"""

from random import Random

from partyrules.demo.book import Book
from partyrules.demo.cast import cast_people
from partyrules.demo.corrections import record_corrections
from partyrules.demo.development import SPOTLIGHT, Spotlight, record_development
from partyrules.demo.dorms import record_dorms
from partyrules.demo.enrolment import record_people
from partyrules.demo.meetings import record_meetings
from partyrules.demo.offices import establish, record_guidance, record_offices
from partyrules.demo.tables import DECISION_DAY
from partyrules.errors import QueryError

__all__ = ["DECISION_DAY", "SPOTLIGHT", "Spotlight", "synthetic_institution"]

_FEWEST, _MOST = 120, 6000


def synthetic_institution(*, seed: int = 2017, students: int = 600) -> list[dict[str, object]]:
    """Return the facts of a synthetic institution as plain JSON objects, in the order of their recording.

    The facts run from September 2017 to July 2019, dates inclusive; `DECISION_DAY` lies in a declared term
    shortly before its end. The four people of `SPOTLIGHT` are there for every seed and size. The same
    arguments give the same list. Raises QueryError unless `students` is from 120 to 6000.
    """
    if not _FEWEST <= students <= _MOST:
        raise QueryError(f"students: found {students}; allowed: a whole number from {_FEWEST} to {_MOST}")
    # Chance decides nothing but made-up data here.
    rng = Random(seed)  # noqa: S311 - not for cryptography
    cast = cast_people(rng, students)
    book = Book(rng)
    establish(book)
    record_people(book, cast)
    record_offices(book, cast)
    record_guidance(book)
    record_meetings(book, cast)
    record_development(book, cast)
    record_dorms(book, cast)
    record_corrections(book, cast)
    return book.in_order()
