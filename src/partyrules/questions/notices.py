"""What has to be said beside an answer: days that the record does not reach, packs that are not in force."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from partyrules.history import History
from partyrules.language.rules import Duty
from partyrules.packs.document import Document, Text
from partyrules.packs.pack import Adoption, Bound
from partyrules.time.calendar import time_in

_MOST_SHOWN: Final = 3


class Extent(NamedTuple):
    """From when to when facts are that no history has together, as of which day, known at which time."""

    as_of: date
    known_at: datetime | None
    days: tuple[date, date] | None


def audit_notices(adoption: Adoption, history: History | Extent) -> tuple[Text, ...]:
    """Return what has to be said beside an audit, or nothing: nobody can tell it from the findings."""
    day = history.as_of
    if not adoption.duties:
        zh = "已采用的规则包都没有义务性规则，因此没有结论可得"
        return (Text(zh=zh, en="no adopted pack has a duty, so that there is nothing to find"),)
    later = [pack.document for pack in adoption.packs if day < pack.document.in_force_from]
    force = _without_force(adoption, later, f"{day} 及之前", f"on or before {day}")
    return (*force, *_beyond_the_record(adoption, history))


def step_notices(adoption: Adoption, history: History | Extent) -> tuple[Text, ...]:
    """Return what has to be said beside a decision on a step, or nothing: nobody can tell it from the outcome."""
    day = history.as_of
    others = [pack.document for pack in adoption.packs if not pack.document.in_force(day)]
    force = _without_force(adoption, others, f"{day} 当日", f"on {day}")
    return (*force, *_beyond_the_record(adoption, history))


def nobody_bound(bound: Bound[Duty], facts: Sequence[str]) -> Text:
    """Return what has to be said of facts that ask a unit to act, when there was none of which it is asked."""
    shown = sorted(facts)[:_MOST_SHOWN]
    zh, en = "、".join(shown), ", ".join(shown)
    more = len(facts) - len(shown)
    return Text(
        zh=f"{bound.id}：{len(facts)} 条记录（{zh}{' 等' if more else ''}）当日没有任何单位须承担此项，因此没有结论",
        en=f"{bound.id}: no unit was there to act on {len(facts)} {'record' if len(facts) == 1 else 'records'} "
        f"({en}{f' and {more} more' if more else ''}), so that there is no finding about them",
    )


def _without_force(adoption: Adoption, others: list[Document], when: str, when_en: str) -> Iterator[Text]:
    told = "、".join(f"{document.id} {_time_of(document).zh}" for document in others)
    told_en = ", ".join(f"{document.id} {_time_of(document).en}" for document in others)
    if not others:
        return
    if len(others) == len(adoption.packs):
        yield Text(
            zh=f"{when}没有任何已采用的规则包在施行（{told}），因此没有适用任何规则",
            en=f"no adopted pack is in force {when_en} ({told_en}), so that no rule was applied",
        )
    else:
        yield Text(
            zh=f"{when}未施行、因而未适用的规则包：{told}",
            en=f"not in force {when_en}, so that it was not applied: {told_en}",
        )


def _time_of(document: Document) -> Text:
    start, end = document.in_force_from, document.in_force_until
    if end is None:
        return Text(zh=f"自 {start} 起施行", en=f"is in force from {start}")
    return Text(zh=f"自 {start} 至 {end} 施行", en=f"is in force from {start} to {end}")


def _beyond_the_record(adoption: Adoption, history: History | Extent) -> Iterator[Text]:
    day, days = history.as_of, history.days
    if days is None:
        if history.known_at is None:
            yield Text(zh="没有任何记录", en="nothing is recorded")
        else:
            known = time_in(adoption.time_zone, history.known_at)
            yield Text(zh=f"在 {known} 前没有任何记录", en=f"nothing had been recorded by {known}")
        return
    first, last = days
    if last < day:
        n = (day - last).days
        yield Text(
            zh=f"最后一条记录的日期是 {last}，比所问之日早 {n} 天",
            en=f"the last record is of {last}; {_days(n)} before the day asked",
        )
    elif day < first:
        n = (first - day).days
        yield Text(
            zh=f"第一条记录的日期是 {first}，比所问之日晚 {n} 天",
            en=f"the first record is of {first}; {_days(n)} after the day asked",
        )


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
