"""What falls due as calendars: one of all, one for each unit and for each who acts; a later one replaces an earlier."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple

from icalendar import Calendar, Event

from partyrules.packs.document import Text
from partyrules.report.closing import closing_text
from partyrules.report.content import Report
from partyrules.report.findings import titles_of
from partyrules.report.rows import FindingColumns, among
from partyrules.report.terminal import Lang, say

__all__ = ["calendars"]

_ALL: Final = "due"
_SAFE: Final = re.compile(r"[^\w-]+")
_MOST_NAMED: Final = 20
_LONGEST: Final = 60


class _Due(NamedTuple):
    """What falls due for somebody on a day by one rule."""

    whose: str
    rule: str
    day: date


def calendars(report: Report, *, lang: Lang) -> Mapping[str, bytes]:
    """Return iCalendar files by their names: `due.ics`, `due-unit-….ics` and `due-who-….ics`.

    Units, and people who act on what others are due, have one of their own; what somebody is due themselves stands in
    the calendar of their unit.

    An event is what falls due for one unit, or for one who acts, on one day by one rule. Its UID follows from these
    alone and its SEQUENCE from the day of the report, so that a later report's event takes the place of an earlier
    one's; what was due on the earlier day and is settled since is there as cancelled.
    """
    pending = report.findings.where(report.findings.of_status("pending") & (report.findings.due > 0))
    was = report.before.where(report.before.of_status("pending") & (report.before.due > report.since.toordinal()))
    # What is breached stays where it is.
    gone = was.where(~among(was, report.findings) & (was.due >= report.as_of.toordinal()))
    make = _Calendars(report, lang)
    found: dict[str, bytes] = {}
    for name, title, now, before in (
        *make.split("", pending, gone),
        *make.split("unit", pending, gone),
        *make.split("who", pending, gone),
    ):
        found[name] = make.calendar(title, now, before)
    return found


class _Calendars:
    """Makes the calendars of one report in one language."""

    def __init__(self, report: Report, lang: Lang) -> None:
        self.report: Final = report
        self.lang: Final = lang
        self.titles: Final = titles_of(report.adoption)
        self.closes: Final = {bound.id: closing_text(bound) for bound in report.adoption.duties}
        self.citations: Final = {bound.id: bound.clause.citation for bound in report.adoption.duties}

    def split(
        self, kind: str, pending: FindingColumns, gone: FindingColumns
    ) -> Iterator[tuple[str, str, Mapping[_Due, list[str]], Mapping[_Due, list[str]]]]:
        """Yield the calendars of a kind: the name of the file, the title, what is due, and what is so no more."""
        now, before = self._grouped(kind, pending), self._grouped(kind, gone)
        for whose in sorted({due.whose for due in (*now, *before)}):
            mine, theirs = (
                {due: listed for due, listed in each.items() if due.whose == whose} for each in (now, before)
            )
            name = f"{_ALL}-{kind}-{_slug(whose)}.ics" if kind else f"{_ALL}.ics"
            yield name, whose, mine, theirs
        if not kind and not now and not before:
            yield f"{_ALL}.ics", "", {}, {}

    def _grouped(self, kind: str, rows: FindingColumns) -> Mapping[_Due, list[str]]:
        texts, units = self.report.table.names.strings.texts, self.report.units
        found: defaultdict[_Due, list[str]] = defaultdict(list)
        acting, which = self.report.who_acts(rows)
        columns = (column.tolist() for column in (rows.subject, rows.rule, rows.due, which))
        for subject, rule, due, who in zip(*columns, strict=True):
            whose: Mapping[str, Iterable[str | None]] = {
                "": ("",), "unit": (units.of(texts[subject]),), "who": acting[who],
            }  # fmt: skip
            for one in whose[kind]:
                if one is not None and (kind != "who" or one != texts[subject]):
                    found[_Due(one, rows.bounds[rule].id, date.fromordinal(due))].append(texts[subject])
        return found

    def calendar(self, title: str, now: Mapping[_Due, list[str]], before: Mapping[_Due, list[str]]) -> bytes:
        """Return a calendar of what is due and, cancelled, of what is so no more."""
        words = {"zh": "党建待办到期", "en": "What falls due"}[self.lang]
        made = Calendar()
        made.add("prodid", "-//partyrules//report//ZH")
        made.add("version", "2.0")
        made.add("method", "PUBLISH")
        made.add("x-wr-calname", f"{words} {self._named(title)}".rstrip())
        for due in sorted({*now, *before}):
            made.add_component(self._event(due, now.get(due), before.get(due, [])))
        told: bytes = made.to_ical()
        return told

    def _event(self, due: _Due, still: list[str] | None, gone: list[str]) -> Event:
        event = Event()
        event.add("uid", f"{hashlib.sha256(repr(tuple(map(str, due))).encode()).hexdigest()[:32]}@partyrules")
        stamp = datetime.combine(self.report.as_of, time(), tzinfo=UTC)
        event.add("dtstamp", stamp)
        event.add("last-modified", stamp)
        event.add("sequence", self.report.as_of.toordinal())
        event.add("dtstart", due.day)
        event.add("dtend", due.day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
        subjects = sorted(set(gone if still is None else still))
        event.add("summary", say(self._summary(due, len(subjects)), self.lang))
        event.add("description", say(self._description(due, subjects), self.lang))
        event.add("status", "CANCELLED" if still is None else "CONFIRMED")
        return event

    def _summary(self, due: _Due, number: int) -> Text:
        title, clause = self.titles[due.rule], self.citations[due.rule]
        return Text(
            zh=f"{title.zh}（{clause}）{f'，{number} 项' if number > 1 else ''}",
            en=f"{title.en} ({clause}){f', {number} of them' if number > 1 else ''}",
        )

    def _description(self, due: _Due, subjects: list[str]) -> Text:
        named = [self._named(one) for one in subjects[:_MOST_NAMED]]
        more = len(subjects) - len(named)
        closes = self.closes[due.rule]
        zh = "、".join(named) + (f" 等，另 {more} 个" if more > 0 else "")
        en = ", ".join(named) + (f" and {more} more" if more > 0 else "")
        return Text(
            zh=f"对象：{zh}\n规则：{due.rule}\n凭何记录销号：{closes.zh}",
            en=f"Whom: {en}\nRule: {due.rule}\nClosed by: {closes.en}",
        )

    def _named(self, known: str) -> str:
        name = self.report.name(known)
        return known if name is None else f"{name} {known}"


def _slug(known: str) -> str:
    """Return an id as a part of a file's name; two ids never give the same."""
    safe = _SAFE.sub("_", known)[:_LONGEST]
    return safe if safe == known else f"{safe}-{hashlib.sha256(known.encode()).hexdigest()[:8]}"
