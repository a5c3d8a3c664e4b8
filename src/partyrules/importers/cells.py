"""One cell as the value of a field: dates, numbers, yes and no, words and lists as people write them."""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from functools import lru_cache
from math import isfinite
from typing import Any, Final
from unicodedata import normalize

from partyrules.errors import nearest
from partyrules.importers.sheets import Lost, Value
from partyrules.time.calendar import CivilDate, parse_civil_date

__all__ = [
    "EXCUSED",
    "CellError",
    "attendance_mark",
    "civil_date_in",
    "cut",
    "day_in_cell",
    "excused_entry",
    "is_nothing",
    "names_in",
    "number_in",
    "shown_as",
    "text_in",
    "word_in",
    "yes_or_no",
]


class CellError(ValueError):
    """A cell cannot be taken: why, and the nearest reading that could be."""

    def __init__(self, why: str, *, near: str | None = None) -> None:
        self.why = why
        self.near = near
        super().__init__(why)


_NOTHING: Final = frozenset(
    {"", "-", "--", "---", "—", "——", "–", "/", "\\", "无", "暂无", "未填", "空", "n/a", "na", "none", "null"}
)
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_BLANKS: Final = re.compile(r"\s+")
_CHINESE: Final = re.compile("[\u3400-\u9fff]")
_DIGITS_KEPT: Final = 10**15
_MOST_QUOTED: Final = 60
# Of so many texts what they come to is kept: columns say the same again and again.
_KEPT: Final = 1 << 16


def shown_as(value: Value) -> str:
    """Return how a cell is shown to whoever looks for it."""
    match value:
        case None:
            return ""
        case float() if value.is_integer() and abs(value) < _DIGITS_KEPT:
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case _:
            return str(value)


def cut(said: str) -> str:
    """Return a text for a message, cut off where it is long."""
    return said if len(said) <= _MOST_QUOTED else f"{said[: _MOST_QUOTED - 1]}…"


def is_nothing(value: Value) -> bool:
    """Tell whether a cell says that there is nothing: empty, or a dash or 无."""
    return value is None or (isinstance(value, str) and _says_nothing(value))


@lru_cache(maxsize=_KEPT)
def _says_nothing(text: str) -> bool:
    return _tidy(text).lower() in _NOTHING


@lru_cache(maxsize=_KEPT)
def _tidy(text: str) -> str:
    """Return a text in ordinary width, without what is not seen, and with one blank where there are several."""
    if text.isascii():
        return " ".join(text.split())
    return _BLANKS.sub(" ", _INVISIBLE.sub("", normalize("NFKC", text))).strip()


def _readable(value: Value) -> Any:
    """Return a value, a text tidied; raise CellError for what the file does not hold."""
    if isinstance(value, Lost):
        raise CellError(value.why)
    return _tidy(value) if isinstance(value, str) else value


def text_in(value: Value) -> str:
    """Return the text of a cell: numbers without `.0`, no stray blanks, none at all between Chinese characters."""
    value = _readable(value)
    if isinstance(value, bool) or value is None:
        raise CellError(f"found {shown_as(value)}; allowed: text")
    if isinstance(value, int | float):
        if not abs(value) < _DIGITS_KEPT:
            raise CellError(
                "stored as a number, whose digits beyond the 15th are lost; write it as text",
            )
        return shown_as(float(value)) if float(value).is_integer() else str(value)
    if isinstance(value, CivilDate | date):
        raise CellError(
            f"found a date, {shown_as(value)}, of which a spreadsheet may have made something else; write it as text"
        )
    if not isinstance(value, str):
        raise CellError(f"found a time, {value}; allowed: text")
    return value.replace(" ", "") if _CHINESE.search(value) else value


# Dates -----------------------------------------------------------------------------------------------------

_SEPARATED: Final = r"\s*[-.。/\\年、,·‐‑‒–—−~\s]\s*"
_DATE: Final = re.compile(
    rf"(?P<year>\d{{4}}|\d{{2}}){_SEPARATED}(?P<month>\d{{1,2}})"
    rf"(?:(?:\s*月\s*|{_SEPARATED})(?P<day>\d{{1,2}})\s*[日号]?|\s*月(?:份)?)?\.?"
)
_MARKS: Final = re.compile(r"(?P<two>\d{2}|\d{4})\s*(?P<mark>.)")
_OTHER_ORDER: Final = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4}|\d{2})")
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})|(\d{6})")
_CLOCK: Final = re.compile(
    r"(?:T|\s*)(?:(?:上午|下午|晚上|晚|早上|中午|am|pm)?\s*\d{1,2}\s*(?::\d{2}(?::\d{2}(?:\.\d+)?)?|时(?:\d{1,2}分)?|点(?:\d{1,2}分|半)?)"
    r"\s*(?:am|pm)?|上午|下午|晚上|晚|中午)(?:\s*[-–—~至]+\s*\d{1,2}:\d{2})?$",
    re.IGNORECASE,
)
_WEEKDAY: Final = re.compile(r"\s*\(?\s*(?:星期|周|礼拜)([一二三四五六日天])\s*\)?")
_WEEK: Final = "一二三四五六日"
_NUMERALS: Final = {letter: str(number) for number, letter in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}
_CHINESE_DATE: Final = re.compile(
    r"(?P<year>[〇零○一二三四五六七八九]{4})年(?P<month>[一二三四五六七八九十]{1,3})月(?:(?P<day>[一二三四五六七八九十]{1,3})[日号])?"
)
_FIRST, _LAST = 1900, 2099
_SERIALS: Final = range(18264, 73051)  # 1950-01-01 to 2100-01-01, which no number of another sort is likely to be
_EPOCH: Final = date(1899, 12, 30)
_BETWEEN_EPOCHS: Final = 1462
_TWO_DIGITS: Final = 2
_CENTURY: Final = 50
_DECEMBER: Final = 12
_SPELT: Final = "2018-03-12, or 2018-03 where only the month is known"


def _no_date(shown: str, what: str = "", *, near: str | None = None) -> CellError:
    return CellError(f"{what or f'{cut(shown)!r} is no date'}; allowed: {_SPELT}", near=near)


def civil_date_in(value: Value, *, since_1904: bool = False) -> CivilDate:
    """Return the civil date of a cell, a month where only that is written; raise CellError otherwise.

    A number is a day of the spreadsheet's calendar, 20180312, or 201803. What can be read in two ways is not taken.
    """
    value = _readable(value)
    match value:
        case CivilDate():
            return value
        case datetime():
            return _of(value.year, value.month, value.day, shown_as(value))
        case date():
            return _of(value.year, value.month, value.day, shown_as(value))
        case bool() | time() | timedelta() | None:
            raise _no_date(shown_as(value))
        case int() | float() if isfinite(value):
            return _date_of_number(float(value), since_1904=since_1904)
    return _date_of_text(str(value), since_1904=since_1904)


def day_in_cell(value: Value, *, since_1904: bool = False) -> date:
    """Return the day of a cell; raise CellError where only the month is known, or none."""
    found = civil_date_in(value, since_1904=since_1904)
    if not found.exact:
        raise CellError(
            f"found {found}, a month; allowed here: a full date, 2018-03-12",
        )
    return found.first


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
    if re.fullmatch(r"[0-9]{5}(\.0*)?", said):
        return _date_of_number(float(said), since_1904=since_1904)
    weekday = _WEEKDAY.search(said)
    if weekday is not None:
        said = _WEEKDAY.sub(" ", said).strip()
    if (clock := _CLOCK.search(said)) is not None and clock.start() >= len("18.3.5"):
        said = said[: clock.start()].strip()
    if said.isdigit():
        found = _date_of_digits(said)
    elif (chinese := _CHINESE_DATE.fullmatch(said.replace(" ", ""))) is not None:
        year = int("".join(_NUMERALS[letter] for letter in chinese["year"]))
        found = _of(year, _numeral(chinese["month"]), _numeral(chinese["day"]) if chinese["day"] else None, text)
    else:
        found = _date_of_parts(said, text)
    if weekday is not None and found.exact and _WEEK[found.first.weekday()] != weekday[1].replace("天", "日"):
        raise _no_date(text, f"{found} is no {weekday[0].strip()!r}", near=str(found))
    return found


def _numeral(said: str) -> int:
    tens, ten, ones = said.partition("十")
    if not ten:
        return int(_NUMERALS[said]) if said in _NUMERALS else 0
    return int(_NUMERALS.get(tens, "1")) * 10 + int(_NUMERALS.get(ones, "0"))


def _date_of_parts(said: str, text: str) -> CivilDate:
    parts = _DATE.fullmatch(said)
    if parts is None:
        raise _no_date(text, near=_nearest_spelling(said))
    year, month, day = parts["year"], int(parts["month"]), parts["day"]
    if len(year) > _TWO_DIGITS:
        return _of(int(year), month, int(day) if day else None, text)
    full = _in_century(int(year))
    clear = "年" in said or (day is not None and not ("/" in said and int(year) <= _DECEMBER))
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
    if found is None or len(found["year"]) == _TWO_DIGITS:
        return None
    return _either(int(found["year"]), int(found["month"]), found["day"])


# Numbers, yes and no, words ----------------------------------------------------------------------------------

_NUMBER: Final = re.compile(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*(?:个)?\s*(\D*)")
_UNITS: Final[Mapping[str, tuple[str, ...]]] = {
    "hours": ("学时", "课时", "小时", "时", "h", "hours", "hour"),
    "days": ("天", "日", "d", "days", "day"),
    "exam_score": ("分", "points"),
}
_MOST_LISTED: Final = 8
_YES: Final = (
    "合格",
    "及格",
    "通过",
    "是",
    "√",
    "✓",
    "✔",
    "☑",
    "v",
    "y",
    "yes",
    "true",
    "1",
    "已合格",
    "已通过",
    "结业",
    "准予结业",
    "passed",
    "pass",
)
_NO: Final = (
    "不合格",
    "不及格",
    "未通过",
    "否",
    "×",
    "✗",
    "✘",
    "x",
    "n",
    "no",
    "false",
    "0",
    "未合格",
    "failed",
    "fail",
)


def number_in(value: Value, field: str = "") -> int | Decimal:
    """Return the number of a cell, with or without the unit that the field is of: 24, 24学时, 85分."""
    value = _readable(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
        return int(value) if float(value).is_integer() else Decimal(repr(value))
    units = _UNITS.get(field, ())
    allowed = f"{'、'.join(['24', *(f'24{unit}' for unit in units[:1])])}"
    wrong = CellError(f"found {cut(shown_as(value))!r}; allowed: a number such as {allowed}")
    if not isinstance(value, str):
        raise wrong
    found = _NUMBER.fullmatch(value)
    if found is None:
        some = re.search(r"\d+(?:\.\d+)?", value)
        wrong.near = some[0] if some else None
        raise wrong
    unit = found[2].strip().lower()
    if unit and unit not in units:
        whose = next((name for name, known in _UNITS.items() if unit in known), None)
        wrong.near = None if whose else found[1]
        raise wrong
    try:
        number = Decimal(found[1].replace(",", ""))
    except InvalidOperation:
        raise wrong from None
    return int(number) if number == number.to_integral_value() else number


def yes_or_no(value: Value) -> bool:
    """Return what a cell says to yes and no: 合格 and √, 不合格 and ×."""
    value = _readable(value)
    if isinstance(value, bool):
        return value
    said = shown_as(value).lower().replace(" ", "")
    if said in _YES:
        return True
    if said in _NO:
        return False
    near = nearest(said, (*_YES, *_NO))
    raise CellError(
        f"found {cut(shown_as(value))!r}; allowed: 合格, 不合格, √, ×",
        near=near,
    )


def word_in(value: Value, words: Mapping[str, str]) -> str:
    """Return what a word stands for, by a mapping's words or as facts call it; raise CellError otherwise.

    A word with `*` stands for whatever has anything there; one that patterns of two values fit is refused.
    """
    said = text_in(value)
    plain = _plain_word(said)
    known = _plain_words(words)
    if plain in known:
        return known[plain]
    fitting = {known[pattern] for pattern in known if "*" in pattern and fnmatchcase(plain, pattern)}
    if len(fitting) == 1:
        return fitting.pop()
    by_value: dict[str, str] = {}
    for word, value_of in words.items():
        by_value.setdefault(value_of, word)
    listed = [*list(by_value.values())[:_MOST_LISTED], *(["…"] if len(by_value) > _MOST_LISTED else [])]
    near = nearest(said, (word for word in (*words, *words.values()) if "*" not in word), cutoff=0.4)
    raise CellError(f"{cut(said)!r} is not known; allowed: {', '.join(listed)}", near=near)


_PLAIN_WORDS: Final[dict[int, tuple[Mapping[str, str], dict[str, str]]]] = {}


def _plain_words(words: Mapping[str, str]) -> dict[str, str]:
    held = _PLAIN_WORDS.get(id(words))
    if held is None or held[0] is not words:
        by_value = {_plain_word(value): value for value in words.values()}
        held = (words, by_value | {_plain_word(word): value for word, value in words.items()})
        _PLAIN_WORDS[id(words)] = held
    return held[1]


def _plain_word(said: str) -> str:
    return _tidy(said).replace(" ", "").lower()


# Lists and attendance --------------------------------------------------------------------------------------

_STRONG: Final = re.compile(r"[、，,;；|/\n\r\t]+")
EXCUSED: Final = ("请假", "事假", "病假", "公假", "假", "excused", "leave")
_PRESENT: Final = (
    "√",
    "✓",
    "✔",
    "☑",
    "出席",
    "到",
    "已到",
    "已签",
    "签到",
    "参加",
    "实到",
    "迟到",
    "早退",
    "是",
    "v",
    "y",
    "yes",
    "1",
    "true",
    "present",
)
_ABSENT: Final = (
    "×",
    "✗",
    "✘",
    "x",
    "缺席",
    "缺勤",
    "旷会",
    "旷课",
    "未到",
    "未参加",
    "否",
    "n",
    "no",
    "0",
    "false",
    "absent",
)
_EXCUSED_ENTRY: Final = re.compile(rf"(.+?)\s*(?:\(\s*(?:{'|'.join(EXCUSED)})\s*\)|(?<!\()(?:请假|事假|病假|公假))")
_AROUND: Final = ". 。;:：\"'“”"


def entries_of(value: Value) -> list[str]:
    """Return the entries of a list of texts."""
    if isinstance(value, str):
        return [_tidy(said) for each in _STRONG.split(normalize("NFKC", value)) if (said := each.strip(_AROUND))]
    return [text_in(value)]


def names_in(value: Value, known: Callable[[str], bool]) -> list[str]:
    """Return the names of a list, of which blanks may separate some and stand within others: `known` tells which."""
    if isinstance(value, Lost):
        raise CellError(value.why)
    if not isinstance(value, str):
        return [text_in(value)]
    found: list[str] = []
    for each in _STRONG.split(normalize("NFKC", value)):
        if said := _tidy(each).strip(_AROUND):
            found += _parted(said, known)
    return found


def _parted(said: str, known: Callable[[str], bool]) -> list[str]:
    """Return the names in a text: as few as possible that are known, the words of it that are not each for itself."""
    words = said.split(" ")
    if len(words) == 1 or known(excused_entry(said)[0]):
        return [said]
    found: list[str] = []
    at = 0
    while at < len(words):
        ends = range(len(words), at, -1)
        end = next((end for end in ends if known(excused_entry("".join(words[at:end]))[0])), at + 1)
        found.append("".join(words[at:end]))
        at = end
    return _with_remarks(found)


def _with_remarks(words: Iterable[str]) -> list[str]:
    """Return words with a remark such as （请假） that stands alone put to the one before it."""
    found: list[str] = []
    for word in words:
        if found and word.startswith("("):
            found[-1] += word
        else:
            found.append(word)
    return found


def excused_entry(entry: str) -> tuple[str, bool]:
    """Return the name of an entry of a list, and whether it says that the person was excused: 李四（请假）."""
    found = _EXCUSED_ENTRY.fullmatch(entry)
    return (found[1], True) if found else (entry, False)


def attendance_mark(value: Value) -> str:
    """Return `attended`, `excused` or `absent`, by the mark of a person in a list of who was there."""
    if is_nothing(value):
        return "absent"
    value = _readable(value)
    said = shown_as(value).lower().replace(" ", "").strip("()")
    if said in _PRESENT:
        return "attended"
    if said in EXCUSED:
        return "excused"
    if said in _ABSENT:
        return "absent"
    raise CellError(
        f"{cut(shown_as(value))!r} is not known; allowed: √, 请假, 缺席, or nothing",
        near=nearest(said, (*_PRESENT, *EXCUSED, *_ABSENT)),
    )
