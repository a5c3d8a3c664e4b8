"""What falls due as calendars: one of all, one for each unit and for each who acts; a later one replaces an earlier."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from partyrules.language.text import Lang, say
from partyrules.packs.document import Text
from partyrules.report.closing import closing_text
from partyrules.report.content import Report
from partyrules.report.findings import titles_of
from partyrules.report.rows import FindingColumns

_SAFE: Final = re.compile(r"[^\w-]+")
_MOST_NAMED: Final = 20
_LONGEST: Final = 60
# RFC 5545, 3.1 and 3.3.11: so many bytes of a line stand together, no character is cut, and what structures is escaped.
_FOLDED: Final = re.compile(rb".{1,74}(?![\x80-\xbf])", re.DOTALL)
_ESCAPED: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})

_Due = Mapping[tuple[str, int], list[int]]
"""What falls due: by rule and day the subjects, as numbers of strings."""


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
    gone = was.where(was.due >= report.as_of.toordinal()).without(report.findings)
    make = _Calendars(report, lang)
    found = {"due.ics": make.calendar("", {}, {})}
    now, before = (_grouped(report, rows) for rows in (pending, gone))
    for kind, whose in sorted({*now, *before}):
        name = f"due-{kind}-{_slug(whose)}.ics" if kind else "due.ics"
        found[name] = make.calendar(whose, now.get((kind, whose), {}), before.get((kind, whose), {}))
    return found


def empty_calendar(report: Report, *, lang: Lang) -> bytes:
    """Return the iCalendar file of those of whom nothing falls due."""
    return _Calendars(report, lang).calendar("", {}, {})


def _grouped(report: Report, rows: FindingColumns) -> Mapping[tuple[str, str], _Due]:
    """Return what falls due of everybody, by unit, and by who acts where these act on others."""
    texts, unit_of = report.table.names.strings.texts, report.units.of
    acting, which = report.who_acts(rows)
    ids = [bound.id for bound in rows.bounds]
    found: defaultdict[tuple[str, str], defaultdict[tuple[str, int], list[int]]]
    found = defaultdict(lambda: defaultdict(list))
    columns = (column.tolist() for column in (rows.subject, rows.rule, rows.due, which))
    for subject, rule, due, who in zip(*columns, strict=True):
        known, of = texts[subject], (ids[rule], due)
        found["", ""][of].append(subject)
        if (unit := unit_of(known)) is not None:
            found["unit", unit][of].append(subject)
        for one in acting[who]:
            if one != known:
                found["who", one][of].append(subject)
    return found


class _Calendars:
    """Makes the calendars of one report in one language."""

    def __init__(self, report: Report, lang: Lang) -> None:
        self.report: Final = report
        self.lang: Final = lang
        self.texts: Final = report.table.names.strings.texts
        titles = titles_of(report.adoption)
        self.rules: Final = {
            bound.id: (titles[bound.id], bound.clause.citation, closing_text(bound)) for bound in report.adoption.duties
        }
        stamp = f"{report.as_of:%Y%m%d}T000000Z"
        self.stamps: Final = (
            f"DTSTAMP:{stamp}",
            f"LAST-MODIFIED:{stamp}",
            f"SEQUENCE:{report.as_of.toordinal()}",
            "TRANSP:TRANSPARENT",
        )

    def calendar(self, whose: str, now: _Due, before: _Due) -> bytes:
        """Return a calendar of what is due and, cancelled, of what is so no more."""
        named = say(Text(zh="党建待办到期", en="What falls due"), self.lang)
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//partyrules//report//ZH",
            "METHOD:PUBLISH",
            _text("X-WR-CALNAME", f"{named} {self.report.called(whose) if whose else ''}".rstrip()),
        ]
        for rule, due in sorted({*now, *before}):
            still = now.get((rule, due))
            lines += self._event(whose, rule, date.fromordinal(due), still or before[rule, due], due_still=bool(still))
        lines.append("END:VCALENDAR")
        return "\r\n".join([*lines, ""]).encode()

    def _event(self, whose: str, rule: str, day: date, whom: list[int], *, due_still: bool) -> list[str]:
        title, clause, closes = self.rules[rule]
        subjects = sorted({self.texts[code] for code in whom})
        number, named = len(subjects), [self.report.called(one) for one in subjects[:_MOST_NAMED]]
        more = number - len(named)
        zh = "、".join(named) + (f" 等，另 {more} 个" if more else "")
        en = ", ".join(named) + (f" and {more} more" if more else "")
        summary = Text(
            zh=f"{title.zh}（{clause}）{f'，{number} 项' if number > 1 else ''}",
            en=f"{title.en} ({clause}){f', {number} of them' if number > 1 else ''}",
        )
        description = Text(
            zh=f"对象：{zh}\n规则：{rule}\n凭何记录销号：{closes.zh}",
            en=f"Whom: {en}\nRule: {rule}\nClosed by: {closes.en}",
        )
        return [
            "BEGIN:VEVENT",
            f"UID:{hashlib.sha256(repr((whose, rule, str(day))).encode()).hexdigest()[:32]}@partyrules",
            *self.stamps,
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
            _text("SUMMARY", say(summary, self.lang)),
            _text("DESCRIPTION", say(description, self.lang)),
            f"STATUS:{'CONFIRMED' if due_still else 'CANCELLED'}",
            "END:VEVENT",
        ]


def _text(name: str, text: str) -> str:
    line = f"{name}:{text.translate(_ESCAPED)}".encode(errors="backslashreplace")
    return b"\r\n ".join(_FOLDED.findall(line)).decode()


def _slug(known: str) -> str:
    """Return an id as a part of a file's name; two ids never give the same."""
    safe = _SAFE.sub("_", known)[:_LONGEST]
    return safe if safe == known else f"{safe}-{hashlib.sha256(known.encode()).hexdigest()[:8]}"
