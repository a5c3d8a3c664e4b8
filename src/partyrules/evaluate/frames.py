"""What an evaluation is about, and what it comes to: frames, facts that were weighed, and tallies."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from partyrules.evaluate.kleene import Verdict
from partyrules.history import Holding, Seen
from partyrules.time.calendar import Period

Number = int | Decimal


class Frame(NamedTuple):
    """What the terms of a tree stand for while it is evaluated, and the stretches that windows name.

    With `seen`, no fact after that day is seen, and a verdict says until when it lasts.
    """

    day: date
    subject: str
    item: Seen | Holding | None = None
    trigger: Seen | None = None
    trigger_day: date | None = None
    step: str | None = None
    period: Period | None = None
    deadline: date | None = None
    entry: tuple[date, date] | None = None
    judged_on: date | None = None
    link: Holding | None = None
    seen: date | None = None

    @property
    def asked(self) -> date:
        """The day that is judged, whichever day's facts are being looked at."""
        return self.judged_on or self.day


class Weighed(NamedTuple):
    """A fact, as far as rules see it, that a selection considered, and whether it is selected."""

    fact: Seen
    verdict: Verdict


class Tallied(NamedTuple):
    """What a tally comes to: surely at least `certain`, at most `possible`, with the ids of the facts it counts."""

    certain: Number
    possible: Number
    evidence: frozenset[str]
    needs: frozenset[str]
