"""One cell as a date, a month or a range of days, as people write them: whatever can be read in two ways is refused."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from math import isfinite
from typing import Final

from attrs import frozen

from partyrules.importers.cells import CellError, cut, numeral, readable, shown_as
from partyrules.importers.sheets import Value
from partyrules.time.calendar import CivilDate, parse_civil_date

_SEPARATED: Final = r"\s*[-.。/\\年、,·‐‑‒–—−~\s]\s*"
_DATE: Final = re.compile(
    rf"(?P<year>\d{{4}}|\d{{2}}){_SEPARATED}(?P<month>\d{{1,2}})"
    rf"(?:(?:\s*月\s*|{_SEPARATED})(?P<day>\d{{1,2}})\s*[日号]?|\s*月(?:份)?)?\.?"
)
_OTHER_ORDER: Final = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4}|\d{2})")
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})|(\d{6})")
_HALF: Final = "上午|早上|中午|下午|晚上?"
_HOUR: Final = (
    rf"(?:{_HALF}|am|pm)?\s*\d{{1,2}}\s*(?::\d{{2}}(?::\d{{2}}(?:\.\d+)?)?|[时点](?:半|\d{{1,2}}分?)?)\s*(?:am|pm)?"
)
_CLOCK: Final = re.compile(rf"(?:T|\s*)(?:{_HOUR}|{_HALF})(?:\s*[-–—~至]+\s*\d{{1,2}}:\d{{2}})?$", re.IGNORECASE)
_TIMES: Final = re.compile(rf"\s*{_HOUR}|{_HALF}", re.IGNORECASE)
_WEEKDAY: Final = re.compile(r"\s*\(?\s*(?:星期|周|礼拜)([一二三四五六日天])\s*\)?")
_WEEK: Final = "一二三四五六日"
_DIGITS: Final = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_NUMERALS: Final = re.compile(r"([〇零○一二三四五六七八九]{4})(?=\s*年)|([一二三四五六七八九十]{1,3})(?=\s*[月日号])")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH: Final = re.compile(
    rf"(?:(\d{{1,2}})[- ]({'|'.join(_MONTHS)})[a-z]*\.?|"
    rf"({'|'.join(_MONTHS)})[a-z]*\.?(?: (\d{{1,2}}))?),?[- ](\d{{4}})",
    re.IGNORECASE,
)
# March to June, or the sixth of March.
_MONTH_TO_MONTH: Final = re.compile(r"\d{2,4}\s*[./年]\s*(\d{1,2})\s*[-~‐‑‒–—−至到]\s*(\d{1,2})\s*(月?)")
_WITHOUT_YEAR: Final = re.compile(r"\d{1,2}\s*月\s*\d{1,2}(?!\d).*")
_YEAR: Final = re.compile(r"((?:19|20)\d{2})\s*(?:年度?)?")
# What may follow the first day of several: `-3.7`, `至4月6日`, `、6日`.
_FURTHER: Final = re.compile(
    r"\s*(?P<join>[-~‐‑‒–—−]+|至|到|、|,|;|和|及|与)\s*"
    r"(?:(?:(?P<year>\d{4}|\d{2})\s*[-./年]\s*)?(?P<month>\d{1,2})\s*[-./月]\s*)?(?P<day>\d{1,2})\s*[日号]?"
)
_APART: Final = "、,;和及与"
_FIRST, _LAST = 1900, 2099
_SERIALS: Final = range(18264, 73051)  # 1950-01-01 to 2100-01-01, which no number of another sort is likely to be
_EPOCH: Final = date(1899, 12, 30)
_BETWEEN_EPOCHS: Final = 1462
_TWO_DIGITS: Final = 2
_LIKE_DIGITS: Final = str.maketrans("OoIl", "0011")
_CENTURY: Final = 50
_DECEMBER: Final = 12
_SPELT: Final = "2018-03-12, or 2018-03 where only the month is known"


@frozen
class SeveralDays:
    """Several days: the `first` and the `last`, and whether there are `gaps` between them."""

    first: date
    last: date
    gaps: bool


def _no_date(shown: str, what: str = "", *, near: str | None = None) -> CellError:
    return CellError(f"{what or f'{cut(shown)!r} is no date'}; allowed: {_SPELT}", near=near)


def civil_dates_in(value: Value, *, since_1904: bool = False, year: str | None = None) -> CivilDate | SeveralDays:
    """Return the civil date of a cell or, where it says several, the days; raise CellError otherwise."""
    try:
        return civil_date_in(value, since_1904=since_1904, year=year)
    except CellError as error:
        days = _days_of(_with_year(str(readable(value)), year)) if isinstance(value, str) else None
        if days is None:
            raise error from None
        return days


def civil_date_in(value: Value, *, since_1904: bool = False, year: str | None = None) -> CivilDate:
    """Return the civil date of a cell, a month where only that is written; raise CellError otherwise.

    A number is a day of the spreadsheet's calendar, 20180312, or 201803. What can be read in two ways is not taken.
    `year` is that of dates which are written without one.
    """
    value = readable(value)
    match value:
        case CivilDate():
            return value
        case date():
            return _of(value.year, value.month, value.day, shown_as(value))
        case bool() | time() | timedelta() | None:
            raise _no_date(shown_as(value))
        case int() | float() if isfinite(value):
            return _date_of_number(float(value), since_1904=since_1904)
    return _date_of_text(_with_year(str(value), year), since_1904=since_1904)


def day_in_cell(value: Value, *, since_1904: bool = False, year: str | None = None) -> date:
    """Return the day of a cell; raise CellError where only the month is known, or none."""
    found = civil_date_in(value, since_1904=since_1904, year=year)
    if not found.exact:
        raise CellError(f"found {found}, a month; allowed here: a full date, 2018-03-12")
    return found.first


def _with_year(said: str, year: str | None) -> str:
    """Return a date that is written without its year with it, where that is known."""
    known = _YEAR.fullmatch(year) if year and _WITHOUT_YEAR.fullmatch(said) else None
    return f"{known[1]}年{said}" if known else said


def _of(year: int, month: int, day: int | None, shown: str) -> CivilDate:
    if not _FIRST <= year <= _LAST:
        raise _no_date(shown, f"{cut(shown)!r} is of the year {year}")
    said = f"{year:04}-{month:02}" if day is None else f"{year:04}-{month:02}-{day:02}"
    try:
        return parse_civil_date(said)
    except ValueError:
        near = _nearest_day(year, month, day)
        raise _no_date(shown, f"{cut(shown)!r} is not in the calendar", near=near) from None


def _nearest_day(year: int, month: int, day: int | None) -> str | None:
    if not 1 <= month <= _DECEMBER:
        # The day and the month may have changed places.
        return f"{year:04}-{day:02}-{month:02}" if day and day <= _DECEMBER and month <= 31 else None  # noqa: PLR2004 - days
    return parse_civil_date(f"{year:04}-{month:02}").last.isoformat() if day else f"{year:04}-{month:02}"


def _date_of_number(value: float, *, since_1904: bool) -> CivilDate:
    shown = shown_as(value)
    days = int(value) + (_BETWEEN_EPOCHS if since_1904 else 0)
    if days in _SERIALS and value >= 0:
        day = _EPOCH + timedelta(days=days)
        return _of(day.year, day.month, day.day, shown)
    if value.is_integer():
        return _date_of_digits(shown)
    year, _, rest = shown.partition(".")
    if len(year) == len("2018") and rest == "1":
        raise _no_date(
            shown,
            f"{shown}, stored as a number, may be {year}-01 or {year}-10",
            near=f"{year}-01 / {year}-10",
        )
    if len(year) == len("2018") and len(rest) <= _TWO_DIGITS:
        return _of(int(year), int(rest), None, shown)
    raise _no_date(shown)


def _date_of_digits(shown: str) -> CivilDate:
    """Return the date of 20180312, 201803 or 180312."""
    found = _COMPACT.fullmatch(shown)
    if found is None:
        near = f"{shown}-01" if re.fullmatch("(19|20)[0-9]{2}", shown) else None
        raise _no_date(shown, "a year alone" if near else "")
    if found[4] is None:
        return _of(int(found[1]), int(found[2]), int(found[3]), shown)
    digits = found[4]
    readings = {}
    for year, month, day in (
        (int(digits[:4]), int(digits[4:]), None),
        (_in_century(int(digits[:2])), int(digits[2:4]), int(digits[4:])),
    ):
        with suppress(CellError):
            reading = _of(year, month, day, shown)
            readings[str(reading)] = reading
    if len(readings) == 1:
        return next(iter(readings.values()))
    if readings:
        raise _no_date(
            shown,
            f"{cut(shown)!r} may be {' or '.join(readings)}",
            near=" / ".join(readings),
        )
    raise _no_date(shown)


def _in_century(year: int) -> int:
    return year + (2000 if year < _CENTURY else 1900)


def _date_of_text(text: str, *, since_1904: bool) -> CivilDate:
    said = text.strip("\"'“”‘’`;,，。 ")
    said = _NUMERALS.sub(lambda each: each[1].translate(_DIGITS) if each[1] else str(numeral(each[2])), said)
    if (english := _ENGLISH.fullmatch(said)) is not None:
        month = _MONTHS.index((english[2] or english[3])[:3].lower()) + 1
        said = "-".join(filter(None, (english[5], str(month), english[1] or english[4])))
    if re.fullmatch(r"[0-9]{5}(\.0*)?", said):
        return _date_of_number(float(said), since_1904=since_1904)
    weekday = _WEEKDAY.search(said)
    if weekday is not None:
        said = _WEEKDAY.sub(" ", said).strip()
    if (clock := _CLOCK.search(said)) is not None and clock.start() >= len("18.3.5"):
        said = said[: clock.start()].strip()
    found = _date_of_digits(said) if said.isdigit() else _date_of_parts(said, text)
    if weekday is not None and found.exact and _WEEK[found.first.weekday()] != weekday[1].replace("天", "日"):
        raise _no_date(text, f"{found} is no {weekday[0].strip()!r}", near=str(found))
    return found


def _date_of_parts(said: str, text: str) -> CivilDate:
    parts = _DATE.fullmatch(said)
    if parts is None and _WITHOUT_YEAR.fullmatch(said):
        raise CellError(f"{cut(text)!r} does not tell the year; write it, or say it of all rows with --set year=2018")
    if parts is None:
        several = _days_of(said)
        if several is not None and several.first == several.last:
            return parse_civil_date(str(several.first))
        if several is not None:
            raise CellError(f"{cut(text)!r} is several days; allowed here: one", near=str(several.first))
        raise _no_date(text, near=_nearest_spelling(said))
    year, month, day = parts["year"], int(parts["month"]), parts["day"]
    full = _in_century(int(year)) if len(year) == _TWO_DIGITS else int(year)
    if (to := _MONTH_TO_MONTH.fullmatch(said)) and int(to[1]) < int(to[2]) <= _DECEMBER:
        raise _no_date(text, f"{cut(text)!r} may be a day or two months", near=_either(full, month, day))
    clear = (
        len(year) > _TWO_DIGITS or "年" in said or (day is not None and not ("/" in said and int(year) <= _DECEMBER))
    )
    if not clear:
        near = _either(full, month, day)
        raise _no_date(text, f"{cut(text)!r} does not tell which part is the year", near=near)
    return _of(full, month, int(day) if day else None, text)


def _either(year: int, month: int, day: str | None) -> str | None:
    try:
        return str(_of(year, month, int(day) if day else None, ""))
    except CellError:
        return None


def _nearest_spelling(said: str) -> str | None:
    """Return the date that is likely meant by what is none: the first of two, or one with the year at its end."""
    other = _OTHER_ORDER.fullmatch(said)
    if other is not None:
        one, two, last = map(int, other.groups())
        year = last if last > _FIRST else _in_century(last)
        if one > _DECEMBER or two > _DECEMBER:
            return _either(year, min(one, two), str(max(one, two)))
        return f"{year:04}-{one:02}-{two:02} / {year:04}-{two:02}-{one:02}"
    found = _DATE.match(said)
    digits = said.translate(_LIKE_DIGITS)
    if digits != said and _DATE.fullmatch(digits):
        return _nearest_spelling(digits)
    if found is None or len(found["year"]) == _TWO_DIGITS or said[found.end() : found.end() + 1].isdigit():
        return None
    return _either(int(found["year"]), int(found["month"]), found["day"])


def _days_of(text: str) -> SeveralDays | None:
    """Return the days that a text says, None where it does not say several: 2018.3.5-3.7, 2018年3月5、6日."""
    said = _WEEKDAY.sub("", _TIMES.sub("", text)).strip()
    head = _DATE.match(said)
    if head is None or head["day"] is None or _FURTHER.match(said, head.end()) is None:
        return None
    first = day = _date_of_parts(head[0].rstrip("."), text).first
    gaps, at = False, head.end()
    while at < len(said):
        more = _FURTHER.match(said, at)
        if more is None:
            return None
        year, month = more["year"], more["month"]
        full = day.year if year is None else int(year) if len(year) > _TWO_DIGITS else _in_century(int(year))
        following = _of(full, int(month) if month else day.month, int(more["day"]), text).first
        if following < day:
            raise CellError(f"{cut(text)!r} ends before it begins", near=str(first))
        gaps |= more["join"] in _APART and (following - day).days > 1
        day, at = following, more.end()
    return SeveralDays(first, day, gaps)


# The time of the day ----------------------------------------------------------------------------------------

_AT: Final = re.compile(
    r"(上午|下午|晚上?|早上|am|pm)?\s*(\d{1,2})\s*(?::(\d{2})|[时点](半|\d{1,2})?)\s*(am|pm)?", re.IGNORECASE
)
_NOON: Final = 12


def clock_in(value: Value) -> dict[str, str]:
    """Return at what time of the day something began, if a cell tells it: the `half` of the day, and the `clock`."""
    if isinstance(value, datetime | time):
        return _clock(value.hour, value.minute) if value.hour or value.minute else {}
    return dict(_clock_in_text(value)) if isinstance(value, str) else {}


@lru_cache(maxsize=1 << 12)
def _clock_in_text(text: str) -> Mapping[str, str]:
    said = str(readable(text))
    if found := _AT.search(said):
        half, hour = (found[1] or found[5] or "").lower(), int(found[2])
        later = half[:1] in ("下", "晚", "p") and hour < _NOON
        return _clock(hour + (_NOON if later else 0), 30 if found[4] == "半" else int(found[3] or found[4] or 0))
    half = re.search("(上午|早上)|下午|晚", said)
    return {"half": "am" if half[1] else "pm"} if half else {}


def _clock(hour: int, minute: int) -> dict[str, str]:
    return {"half": "am" if hour < _NOON else "pm", "clock": f"{hour:02}:{minute:02}"}
