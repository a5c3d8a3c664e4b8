"""Messages to people, in Chinese and English: what was required, what was found, in which period, by which clause."""

from datetime import date
from decimal import Decimal
from typing import Final

from partyrules.calendar import Period
from partyrules.clauses import Text
from partyrules.packs import Bound
from partyrules.rules import Duty
from partyrules.verdicts import Status

__all__ = ["STATUS_WORDS", "finding_message"]

STATUS_WORDS: Final[dict[Status, Text]] = {
    "satisfied": Text(zh="已做到", en="satisfied"),
    "pending": Text(zh="待完成", en="pending"),
    "breached": Text(zh="未做到", en="breached"),
    "advisory": Text(zh="提示", en="advisory"),
    "excused": Text(zh="已免除", en="excused"),
    "not_applicable": Text(zh="不适用", en="not applicable"),
    "unknown": Text(zh="无法判定", en="unknown"),
}


def finding_message(
    bound: Bound[Duty],
    *,
    subject: str,
    period: Period | None,
    status: Status,
    required: int | Decimal | None,
    actual: int | Decimal | None,
    due: date | None,
    reason: str | None,
    needs: tuple[str, ...],
) -> Text:
    """Return the message of a finding in both languages."""
    return Text(zh=f"{bound.id} {subject} {status}", en=f"{bound.id} {subject} {status}")


def judgement_message(clause: object, unit: str, status: Status) -> Text:
    """Return the message of a finding on a judgement clause."""
    return Text(zh=f"{unit} {status}", en=f"{unit} {status}")


def requirement_message(bound: object, place: str, reason: str | None, evidence: object, needs: object) -> Text:
    """Stub."""
    return Text(zh=f"{place}", en=f"{place}")


def veto_message(bound: object, place: str, evidence: object, needs: object) -> Text:
    """Stub."""
    return Text(zh=f"{place}", en=f"{place}")
