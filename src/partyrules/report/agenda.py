"""What falls due as calendars: one of all, one for each unit and for each who acts; a later one replaces an earlier."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Final, NamedTuple

import numpy as np

from partyrules.answers.blocks import Array
from partyrules.evaluate.columnar.joins import distinct
from partyrules.language.text import Lang, say
from partyrules.packs.document import Text
from partyrules.report.closing import closing_text
from partyrules.report.content import Report
from partyrules.report.findings import titles_of
from partyrules.report.rows import FindingColumns
from partyrules.store.strings import ABSENT

_SAFE: Final = re.compile(r"[^\w-]+")
_MOST_NAMED: Final = 20
_LONGEST: Final = 60
# RFC 5545, 3.1 and 3.3.11: so many bytes of a line stand together, no character is cut, and what structures is escaped.
_FOLDED: Final = re.compile(rb".{1,74}(?![\x80-\xbf])", re.DOTALL)
_ESCAPED: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


class _Event(NamedTuple):
    """What falls due by a rule on a day, or did so and is settled: of how many, and who the first of them are."""

    rule: str
    day: date
    due_still: bool
    number: int
    named: Sequence[str]


def calendars(report: Report, *, lang: Lang) -> Mapping[str, bytes]:
    """Return iCalendar files by their names: `due.ics`, `due-unit-….ics` and `due-who-….ics`.

    Units, and people who act on what others are due, have one of their own; what somebody is due themselves stands in
    the calendar of their unit.

    An event is what falls due for one unit, or for one who acts, on one day by one rule. Its UID follows from these
    alone and its SEQUENCE from the day of the report, so that a later report's event takes the place of an earlier
    one's; what was due on the earlier day and is settled since is there as cancelled.
    """
    make = _Calendars(report, lang)
    found = {"due.ics": make.calendar("", ())}
    for (kind, whose), events in sorted(_events(report).items()):
        found[f"due-{kind}-{_slug(whose)}.ics" if kind else "due.ics"] = make.calendar(whose, events)
    return found


def empty_calendar(report: Report, *, lang: Lang) -> bytes:
    """Return the iCalendar file of those of whom nothing falls due."""
    return _Calendars(report, lang).calendar("", ())


def _events(report: Report) -> Mapping[tuple[str, str], Sequence[_Event]]:
    """Return what falls due of everybody, by unit, and by who acts where these act on others, by rule and day."""
    pending = report.findings.where(report.findings.of_status("pending") & (report.findings.due > 0))
    was = report.before.where(report.before.of_status("pending") & (report.before.due > report.since.toordinal()))
    # What is breached stays where it is.
    gone = was.where((was.due >= report.as_of.toordinal()) & ~was.among(report.findings.key))
    numbers: dict[tuple[str, str], int] = {}
    shares = [_shares(report, rows, numbers, settled) for settled, rows in enumerate((pending, gone))]
    rows = np.concatenate(shares, axis=1)
    strings, whose, bounds = report.table.names.strings, list(numbers), report.findings.bounds
    # In order, and who is named twice once.
    first = int(rows[2].min(initial=date.max.toordinal()))
    rows[2] -= first
    size = (len(whose), len(bounds) or 1, int(rows[2].max(initial=0)) + 1, 2, len(strings.ranks))
    rows = np.array(np.unravel_index(distinct(np.ravel_multi_index(tuple(rows), size)), size))
    starts = np.flatnonzero((np.diff(rows[:3], axis=1, prepend=-1) != 0).any(axis=0))
    still = np.add.reduceat(rows[3] == 0, starts, dtype=np.intp)
    ends = np.where(still > 0, starts + still, np.append(starts[1:], rows.shape[1]))
    subjects = [strings.texts[code] for code in np.argsort(strings.ranks)[rows[4]].tolist()]
    found: dict[tuple[str, str], list[_Event]] = {}
    columns = (*rows[:4, starts].tolist(), starts.tolist(), ends.tolist())
    for calendar, rule, due, settled, start, end in zip(*columns, strict=True):
        named = subjects[start : min(end, start + _MOST_NAMED)]
        event = _Event(bounds[rule].id, date.fromordinal(first + due), not settled, end - start, named)
        found.setdefault(whose[calendar], []).append(event)
    return found


def _shares(report: Report, rows: FindingColumns, numbers: dict[tuple[str, str], int], settled: int) -> Array:
    """Return by calendar, to each of which `numbers` gives a number, and row: that, rule, day, `settled`, subject."""
    strings, lists, (units, unit_of) = report.table.names.strings, report.table.names.lists, report.unit_codes
    columns = np.array([rows.rule, rows.due, np.full(len(rows), settled), strings.ranks[rows.subject]], np.int64)
    shares: list[tuple[str, Sequence[str | None], Array]] = [
        ("", [""], np.zeros(len(rows), np.intp)),
        ("unit", units, unit_of[rows.subject]),
        *(
            ("who", [each[place] if place < len(each) else None for each in lists], rows.responsible)
            for place in range(max(map(len, lists)))
        ),
    ]
    found = []
    for kind, names, which in shares:
        calendars = [-1 if name is None else numbers.setdefault((kind, name), len(numbers)) for name in names]
        calendar = np.array(calendars, np.int64)[which]
        here = calendar >= 0
        if kind == "who":
            here &= np.array([strings.get(name, ABSENT) for name in names], np.int64)[which] != rows.subject
        found.append(np.vstack((calendar, columns))[:, here])
    return np.concatenate(found, axis=1)


class _Calendars:
    """Makes the calendars of one report in one language."""

    def __init__(self, report: Report, lang: Lang) -> None:
        self.report: Final = report
        self.lang: Final = lang
        self.titles: Final = titles_of(report.adoption)
        self.duties: Final = {bound.id: bound for bound in report.adoption.duties}
        stamp = f"{report.as_of:%Y%m%d}T000000Z"
        self.stamps: Final = (
            f"DTSTAMP:{stamp}\r\nLAST-MODIFIED:{stamp}\r\nSEQUENCE:{report.as_of.toordinal()}\r\nTRANSP:TRANSPARENT"
        )
        self.called: Final = cache(lambda known: report.called(known).translate(_ESCAPED))
        self.summary: Final = cache(self._summary)
        self.days: Final = cache(self._days)
        self.closes: Final = cache(self._closes)

    def calendar(self, whose: str, events: Iterable[_Event]) -> bytes:
        """Return a calendar of what is due and, cancelled, of what is so no more."""
        named = say(Text(zh="党建待办到期", en="What falls due"), self.lang)
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//partyrules//report//ZH",
            "METHOD:PUBLISH",
            _text("X-WR-CALNAME", f"{named} {self.report.called(whose) if whose else ''}".rstrip()),
        ]
        for event in events:
            lines += self._event(whose, event)
        lines.append("END:VCALENDAR")
        return "\r\n".join([*lines, ""]).encode()

    def _event(self, whose: str, event: _Event) -> list[str]:
        named, more = map(self.called, event.named), event.number - len(event.named)
        if self.lang == "zh":
            whom = f"对象：{'、'.join(named)}" + (f" 等，另 {more} 个" if more else "")
        else:
            whom = "Whom: " + "\\, ".join(named) + (f" and {more} more" if more else "")
        return [
            "BEGIN:VEVENT",
            f"UID:{hashlib.sha256(repr((whose, event.rule, str(event.day))).encode()).hexdigest()[:32]}@partyrules",
            self.stamps,
            self.days(event.day),
            self.summary(event.rule, event.number),
            _folded(f"DESCRIPTION:{whom}{self.closes(event.rule)}"),
            f"STATUS:{'CONFIRMED' if event.due_still else 'CANCELLED'}",
            "END:VEVENT",
        ]

    # What many events say is made once.

    def _days(self, day: date) -> str:
        return f"DTSTART;VALUE=DATE:{day:%Y%m%d}\r\nDTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"

    def _summary(self, rule: str, number: int) -> str:
        title, clause = self.titles[rule], self.duties[rule].clause.citation
        summary = Text(
            zh=f"{title.zh}（{clause}）{f'，{number} 项' if number > 1 else ''}",
            en=f"{title.en} ({clause}){f', {number} of them' if number > 1 else ''}",
        )
        return _text("SUMMARY", say(summary, self.lang))

    def _closes(self, rule: str) -> str:
        closes = closing_text(self.duties[rule])
        told = Text(zh=f"\n规则：{rule}\n凭何记录销号：{closes.zh}", en=f"\nRule: {rule}\nClosed by: {closes.en}")
        return say(told, self.lang).translate(_ESCAPED)


def _text(name: str, text: str) -> str:
    return _folded(f"{name}:{text.translate(_ESCAPED)}")


def _folded(line: str) -> str:
    return b"\r\n ".join(_FOLDED.findall(line.encode(errors="backslashreplace"))).decode()


def _slug(known: str) -> str:
    """Return an id as a part of a file's name; two ids never give the same."""
    safe = _SAFE.sub("_", known)[:_LONGEST]
    return safe if safe == known else f"{safe}-{hashlib.sha256(known.encode()).hexdigest()[:8]}"
