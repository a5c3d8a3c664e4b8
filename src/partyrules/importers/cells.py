"""One cell as the value of a field: texts, numbers, yes and no, words and lists as people write them; see `dates`."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from functools import lru_cache
from math import isfinite
from typing import Any, Final
from unicodedata import normalize

from partyrules.errors import nearest
from partyrules.importers.sheets import Lost, Value
from partyrules.time.calendar import CivilDate


class CellError(ValueError):
    """A cell cannot be taken: why, and the nearest reading that could be."""

    def __init__(self, why: str, *, near: str | None = None) -> None:
        self.why = why
        self.near = near
        super().__init__(why)


# It may come to something, of which there is nothing to record yet.
_UNDECIDED: Final = ("未定", "待定")
_NOTHING: Final = frozenset(
    {"", "-", "--", "---", "—", "——", "–", "/", "//", "\\", "无", "暂无", "未填", "空", "n/a", "na", "none", "null"}
    | {*_UNDECIDED}
)
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_BLANKS: Final = re.compile(r"\s+")
CHINESE: Final = re.compile("[\u3400-\u9fff]")
_DIGITS_KEPT: Final = 10**15
# What a spreadsheet makes of a long number in a table of separated values, and other programs of a short one.
_ROUNDED: Final = re.compile(r"\d(?:\.\d+)?[Ee]\+\d+")
# What is no part of an id: a point that another program put there, what keeps a spreadsheet from counting with it.
_AROUND_DIGITS: Final = re.compile(r"['‘’`]?(\d+)(?:\.0+)?")
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
    return value is None or (isinstance(value, str) and not value[:1].isdigit() and _says_nothing(value))


@lru_cache(maxsize=_KEPT)
def _says_nothing(text: str) -> bool:
    return _tidy(text).lower() in _NOTHING


@lru_cache(maxsize=_KEPT)
def _tidy(text: str) -> str:
    """Return a text in ordinary width, without what is not seen, and with one blank where there are several."""
    if text.isascii():
        return " ".join(text.split())
    return _BLANKS.sub(" ", _INVISIBLE.sub("", normalize("NFKC", text))).strip()


def readable(value: Value) -> Any:
    """Return a value, a text tidied; raise CellError for what the file does not hold."""
    if isinstance(value, Lost):
        raise CellError(value.why)
    return _tidy(value) if isinstance(value, str) else value


def text_in(value: Value) -> str:
    """Return the text of a cell: numbers without `.0`, no stray blanks, none at all between Chinese characters."""
    value = readable(value)
    if isinstance(value, bool) or value is None:
        raise CellError(f"found {shown_as(value)}; allowed: text")
    if isinstance(value, int | float):
        if not abs(value) < _DIGITS_KEPT:
            raise CellError("stored as a number, whose digits beyond the 15th are lost; write it as text")
        return shown_as(float(value)) if float(value).is_integer() else str(value)
    if isinstance(value, CivilDate | date):
        raise CellError(
            f"found a date, {shown_as(value)}, of which a spreadsheet may have made something else; write it as text"
        )
    if not isinstance(value, str):
        raise CellError(f"found a time, {value}; allowed: text")
    if "+" in value and _ROUNDED.fullmatch(value):
        raise CellError(f"{cut(value)!r} is a number that was cut short; write all of its digits, as text")
    if not value.isdigit() and (whole := _AROUND_DIGITS.fullmatch(value)) is not None:
        return whole[1]
    return value.replace(" ", "") if " " in value and CHINESE.search(value) else value


# Numbers, yes and no, words ----------------------------------------------------------------------------------

_NUMBER: Final = re.compile(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*(?:个)?\s*(\D*)")
_UNITS: Final[Mapping[str, tuple[str, ...]]] = {
    "hours": ("学时", "课时", "小时", "时", "h", "hours", "hour"),
    "days": ("天", "日", "d", "days", "day"),
    "exam_score": ("分", "points"),
}
_MOST_LISTED: Final = 8
_TICK: Final = ("√", "✓", "✔", "☑", "是", "v", "y", "yes", "true", "1")
_CROSS: Final = ("×", "✗", "✘", "否", "x", "n", "no", "false", "0")
_YES: Final = (
    "合格", "及格", "通过", "已结业", "已合格", "已通过", "结业", "准予结业", "passed", "pass", *_TICK,
)  # fmt: skip
_NO: Final = ("不合格", "不及格", "未通过", "未结业", "未合格", "failed", "fail", *_CROSS)


def number_in(value: Value, field: str = "") -> int | Decimal:
    """Return the number of a cell, with or without the unit that the field is of: 24, 24学时, 85分."""
    value = readable(value)
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
        words = _NUMERALS.match(value)
        wrong.near = some[0] if some else str(numeral(words[0])) if words else None
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
    return int(number) if number == number.to_integral_value() else number.normalize()


_NUMERALS: Final = re.compile("[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]")


def numeral(said: str) -> int:
    """Return the number below 100 that Chinese numerals say, 0 where they say none."""
    tens, ten, ones = said.partition("十")
    digits = {letter: number for number, letter in enumerate("〇一二三四五六七八九")}
    return digits.get(tens, 1) * 10 + digits.get(ones, 0) if ten else digits.get(said, 0)


def yes_or_no(value: Value) -> bool:
    """Return what a cell says to yes and no: 合格 and √, 不合格 and ×."""
    value = readable(value)
    if isinstance(value, bool):
        return value
    said = shown_as(value).lower().replace(" ", "")
    if said in _YES:
        return True
    if said in _NO:
        return False
    near = nearest(said, (*_YES, *_NO))
    raise CellError(f"found {cut(shown_as(value))!r}; allowed: 合格, 不合格, √, ×", near=near)


def word_in(value: Value, words: Mapping[str, str]) -> str:
    """Return what a word stands for, by a mapping's words or as facts call it; raise CellError otherwise.

    A word with `*` stands for whatever has anything there; one that patterns of two values fit is refused.
    """
    said = text_in(value)
    plain = _plain_word(said)
    known = {_plain_word(word): value for word, value in (*((each, each) for each in words.values()), *words.items())}
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


# What stands between two words that are both meant: 支部党员大会、党课, 组织生活会暨民主评议党员.
_BOTH: Final = re.compile(r"[、,;/+&\n\r\t]|暨|和|与|及|并|\s")
# Which of them it was; that it was put off, or did not take place, is none of these.
_WHICH: Final = re.compile(
    r"\((?:第?[\d一二三四五六七八九十]+(?:次|期|讲|课|季度|月份?)|扩大(?:会议)?|换届(?:选举)?|线上|视频|网络)\)"
)


def words_in(value: Value, words: Mapping[str, str]) -> list[str]:
    """Return what the words of a cell stand for, each as `word_in` has it; raise CellError where one is not known."""
    try:
        return [word_in(value, words)]
    except CellError as error:
        text = str(readable(value)) if isinstance(value, str) else ""
        said = [each for each in _BOTH.split(_WHICH.sub("", text)) if each]
        if said in ([], [text]):
            raise error from None
        return [word_in(each, words) for each in said]


def _plain_word(said: str) -> str:
    return _tidy(said).replace(" ", "").lower()


# Lists and attendance --------------------------------------------------------------------------------------

_STRONG: Final = re.compile(r"[、，,;；|/\n\r\t]+")
EXCUSED: Final = (
    "请假", "事假", "病假", "公假", "产假", "婚假", "丧假", "假", "已请假", "请事假", "请病假", "excused", "leave",
)  # fmt: skip
# How somebody was there, or what for.
_ROLES: Final = (
    "迟到", "早退", "线上", "线上参加", "线上参会", "线上到会", "网络", "视频", "视频参会", "主持", "主持人", "记录",
    "记录人", "主讲", "主讲人",
)  # fmt: skip
_PRESENT: Final = (
    *_TICK, *_ROLES, "出席", "到", "到会", "出勤", "已到", "已签到", "已签", "签到", "参加", "实到", "present",
)  # fmt: skip
_ABSENT: Final = (*_CROSS, "缺席", "缺勤", "旷会", "旷课", "未到", "未参加", "absent")
_EXCUSED_ENTRY: Final = re.compile(rf"(.+?)\s*(?:\(\s*(?:{'|'.join(EXCUSED)})\s*\)|(?<!\()(?:请假|事假|病假|公假))")
_ROLE: Final = re.compile(rf"\((?:{'|'.join(_ROLES)})\)$")
_REASON: Final = re.compile(rf"({'|'.join(EXCUSED)})(?:\([^()]*\)|:.*)")
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
    """Return the name of an entry of a list, and whether it says that the person was excused: 李四（请假）.

    How somebody was there, 李四（线上）, is no part of the name.
    """
    found = _EXCUSED_ENTRY.fullmatch(entry)
    return (found[1], True) if found else (_ROLE.sub("", entry).strip(), False)


def attendance_mark(value: Value) -> str:
    """Return `attended`, `excused` or `absent`, by the mark of a person in a list of who was there."""
    if is_nothing(value) and value not in _UNDECIDED:
        return "absent"
    value = readable(value)
    said = _ROLE.sub("", shown_as(value).lower().replace(" ", ""))
    said = found[1] if (found := _REASON.fullmatch(said)) else said.strip("()")
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
