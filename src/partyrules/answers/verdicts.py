"""Answers as values and on the wire: findings of an audit, decisions of the pipeline, irregular records."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal, NoReturn

import msgspec
from attrs import field, frozen

from partyrules.answers.wire import OnTheWire
from partyrules.language.statuses import STATUSES, Status
from partyrules.packs.document import Text
from partyrules.time.calendar import Period

# What is passed on.
__all__ = ["STATUSES", "Status"]

Outcome = Literal["vetoed", "blocked", "undetermined", "permitted"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("vetoed", "blocked", "undetermined", "permitted")
LISTS: Final = ("vetoes", "unmet", "unknown", "met", "not_applicable", "advisory")
"""The lists of a decision in which what rules come to stands, in order."""
Number = int | Decimal


@frozen(kw_only=True)
class Finding(OnTheWire):
    """How one bearer stands to one duty, in one period or on one occasion.

    `evidence` are exactly the facts counted in `actual`, with the occasion or trigger and the judgement that
    explains or answers. `needs` are the codes of what would decide an unknown one. `responsible` are the ids, sorted,
    of those who have to act where that is not the subject.
    """

    rule: str
    clause: str
    subject: str
    period: Period | None = None
    occasion: str | None = None
    status: Status
    modality: str
    required: Number | None = None
    actual: Number | None = None
    due: date | None = None
    reason: str | None = None
    needs: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    readings: Mapping[str, str] = field(factory=dict)
    responsible: tuple[str, ...] = ()
    message: Text


def finding_order(finding: Any) -> tuple[str, str, str, str]:
    """Return the key by which findings, and what is said of them, are sorted: rule, subject, period start, occasion."""
    start = "" if finding.period is None else finding.period.start.isoformat()
    return (finding.rule, finding.subject, start, finding.occasion or "")


@frozen(kw_only=True)
class Irregular(OnTheWire):
    """A record that counts for nothing, and why: its maker has no standing to, or no pack has the stage it names."""

    id: str
    fact: str
    reason: str


@frozen(kw_only=True)
class Item(OnTheWire):
    """What one requirement or veto comes to in a decision; `lifts` says what would lift a veto, all of it together.

    A requirement that asks for a number has it as `required`, and in `actual` what counts surely.
    """

    rule: str
    clause: str
    required: Number | None = None
    actual: Number | None = None
    evidence: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    reason: str | None = None
    readings: Mapping[str, str] = field(factory=dict)
    message: Text
    lifts: tuple[Text, ...] = ()

    def to_wire(self) -> dict[str, Any]:
        """Return the item as a JSON object, with what would lift a veto where something would."""
        wire = super().to_wire()
        return wire if self.lifts else {name: said for name, said in wire.items() if name != "lifts"}


@frozen(kw_only=True)
class Decision(OnTheWire):
    """Whether a person may pass into a stage on a day, and what each adopted rule says to it.

    `needs` are the codes of what would decide whether the step is the next one, the person a student and the stage
    held not extended, where the facts leave that open, and `correction` where a record since entry into the stage held
    names a stage or step that no adopted pack has; such a decision is never better than undetermined. `notices` are no
    part of the answer: what has to be said beside it, such as that no adopted pack is in force that day.
    """

    person: str
    to: str
    on: date
    outcome: Outcome
    reason: str | None = None
    needs: tuple[str, ...] = ()
    vetoes: tuple[Item, ...] = ()
    unmet: tuple[Item, ...] = ()
    unknown: tuple[Item, ...] = ()
    met: tuple[Item, ...] = ()
    not_applicable: tuple[Item, ...] = ()
    advisory: tuple[Item, ...] = ()
    irregular: tuple[Irregular, ...] = ()
    notices: tuple[Text, ...] = field(default=(), eq=False)

    @property
    def placed(self) -> Iterator[tuple[str, Item]]:
        """What each rule comes to, behind the name of the list that it stands in."""
        return ((name, item) for name in LISTS for item in getattr(self, name))

    @property
    def permitted(self) -> bool:
        """Whether nothing stands against the step: no veto, nothing unmet, nothing open."""
        return self.outcome == "permitted"

    def __bool__(self) -> NoReturn:
        raise TypeError(
            f"a Decision is neither true nor false, found one that is {self.outcome}; use `.permitted`, or compare "
            f"`.outcome` with one of {', '.join(OUTCOMES)}"
        )

    def __repr__(self) -> str:
        counts = f"{len(self.vetoes)} vetoes, {len(self.unmet)} unmet, {len(self.unknown)} unknown"
        beside = "".join(f"; {notice.en}" for notice in self.notices)
        return f"<Decision: {self.person!r} to {self.to!r} on {self.on}, {self.outcome}, {counts}{beside}>"

    def to_wire(self) -> dict[str, Any]:
        """Return the decision as a JSON object, without its notices."""
        return {name: said for name, said in super().to_wire().items() if name != "notices"}


_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")


def encode(answer: OnTheWire) -> bytes:
    """Return an answer as one line of JSON without the newline; the same answer gives the same bytes."""
    return _ENCODER.encode(answer.to_wire())
