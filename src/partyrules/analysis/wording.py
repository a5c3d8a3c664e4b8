"""What a clause's words give to hold rules against: numbers, ranges, periods, spans and dates, in both languages."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import Final

from attrs import frozen

from partyrules.packs.document import Text
from partyrules.time.calendar import Span

_DIGITS: Final = {"〇": 0, "两": 2} | {sign: number for number, sign in enumerate("零一二三四五六七八九")}
_UNITS: Final = {"十": 10, "百": 100, "千": 1000}
_SMALL: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS: Final = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS: Final = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
_WORDS: Final = (
    {word: number for number, word in enumerate(_SMALL)}
    | {word: 10 * number for number, word in enumerate(_TENS, start=2)}
    | {word: number for number, word in enumerate(_ORDINALS, start=1)}
    | {f"{word}s": number for number, word in enumerate(_ORDINALS[2:], start=3)}
    | {"once": 1, "twice": 2, "thrice": 3, "a": 1, "an": 1, "each": 1, "every": 1, "hundred": 100}
)
_HAN_NUMBER: Final = f"[{''.join((*_DIGITS, *_UNITS))}]+"
_RANGE_SIGN: Final = re.compile(r"\s*(?:[至到~—–-]|to|or|或)\s*")
_NUMBER: Final = re.compile(
    rf"(?P<digits>\d+)|(?P<han>{_HAN_NUMBER})|"
    rf"(?P<tens>{'|'.join(_TENS)})[- ](?P<ones>{'|'.join(_SMALL[1:10])})\b|"
    rf"\b(?P<word>{'|'.join(sorted(_WORDS, key=len, reverse=True))})\b"
)
# Longest first: 半年 is no 年, and an academic year no year.
_GRAINS: Final = (
    ("half_year", r"半年|上下半年|half[- ]?year(?:ly)?|half a year|six months"),
    ("academic_year", r"学年|academic year"),
    ("semester", r"学期|semesters?|(?:each|every|per|a) term"),
    ("vacation", r"寒暑假|寒假|暑假|假期|vacations?|holidays?"),
    ("quarter", r"季度|季|quarter(?:s|ly)?"),
    ("month", r"个月|月|month(?:s|ly)?"),
    ("year", r"周年|年|year(?:s|ly)?|annual(?:ly)?|anniversary"),
    ("working_day", r"工作日|(?:working|business)[- ]?days?"),
    ("week", r"星期|周|week(?:s|ly)?"),
    ("day", r"天|日|\bdays?\b|daily"),
)
_GRAIN: Final = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _GRAINS))
_HALF_MONTH: Final = re.compile(r"半个?月|half a month|fortnight")
_INCLUSIVE: Final = re.compile(
    r"自[^，。；]{1,20}起|之日起|当[日天](?:起|算起|计入|在内)|[含包][含括]?当[日天]|"
    r"(?:counted|counting|running|runs) from|from the (?:very )?day\b|(?:that|this|the \w+) day (?:itself )?"
    r"(?:included|counts|counting)|including (?:that|the|this) (?:first |last )?day|\binclusive(?:ly)?\b"
)
_MONTHS: Final = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_LEAST_WORDY: Final = 2
_YEARS: Final = range(1900, 2200)
_MONTH_NAMES: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH_NAME: Final = "|".join(_MONTH_NAMES)
_YEAR: Final = r"(?:19|20|21)\d\d"
# The longest form first; 年度 speaks of each year, or of one as a period, and is no date.
_DATES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\d)(?P<year>{_YEAR})\s*年\s*(?P<month>\d{{1,2}})\s*月\s*(?P<day>\d{{1,2}})\s*[日号]",
        rf"(?<![\d-])(?P<year>{_YEAR})[-./](?P<month>\d{{1,2}})[-./](?P<day>\d{{1,2}})(?![\d-])",
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<name>{_MONTH_NAME}),?\s+(?P<year>{_YEAR})\b",
        rf"\b(?P<name>{_MONTH_NAME})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>{_YEAR})\b",
        rf"(?<!\d)(?P<year>{_YEAR})\s*年\s*(?P<month>\d{{1,2}})\s*月",
        rf"\b(?P<name>{_MONTH_NAME}),?\s+(?P<year>{_YEAR})\b",
        rf"(?<!\d)(?P<year>{_YEAR})\s*年(?!度)",
    )
)


@frozen
class ClauseNumbers:
    """What a text gives: its numbers, its ranges (least, most), its periods, its spans in (months, days), its dates.

    A date is a year, with a month and a day of it where these are said: `(2020, 3, 1)`, `(2020, 3)`, `(2020,)`. Its
    numbers are none of the text's. `working_days` are the lengths in working days. `inclusive` tells whether it says
    that a length is counted from a day which itself counts (自…之日起), so that its last day comes a day sooner.
    """

    numbers: frozenset[int]
    ranges: frozenset[tuple[int, int]]
    grains: frozenset[str]
    spans: frozenset[tuple[int, int]]
    in_both: frozenset[int]
    working_days: frozenset[int]
    dates: frozenset[tuple[int, ...]]
    dates_in_both: frozenset[tuple[int, ...]]
    inclusive: bool

    def gives_day(self, day: date) -> bool:
        """Tell whether the text gives this day: itself, or a month or year of which it is the first day."""
        return not self.dates.isdisjoint(names_of(day))

    def gives_span(self, span: Span) -> bool:
        """Tell whether the text gives this length of time, or its numbers and units one by one.

        Of a length that is counted inclusively, what is a day shorter is given too.
        """
        inclusive = (12 * span.years + span.months, span.days + 1)
        return self._gives(span) or (self.inclusive and inclusive in self.spans)

    def _gives(self, span: Span) -> bool:
        length = (12 * span.years + span.months, span.days)
        if length in self.spans or (abs(length[0]), abs(length[1])) in self.spans:
            return True
        parts = (("year", span.years), ("month", span.months), ("day", span.days))
        asked = [(unit, abs(number)) for unit, number in parts if number]
        return all(self._gives_part(unit, number) for unit, number in asked)

    def _gives_part(self, unit: str, number: int) -> bool:
        length = (0, number) if unit == "day" else (_MONTHS[unit] * number, 0)
        return length in self.spans


def names_of(day: date) -> frozenset[tuple[int, ...]]:
    """Return the dates that name this day as the day since which something counts, as `ClauseNumbers` holds them."""
    names: list[tuple[int, ...]] = [(day.year, day.month, day.day)]
    if day.day == 1:
        names.append((day.year, day.month))
    if (day.month, day.day) == (1, 1):
        names.append((day.year,))
    return frozenset(names)


def said_in(texts: Iterable[Text]) -> ClauseNumbers:
    """Return what the texts give together; `in_both` are the numbers above one that both languages give.

    `dates_in_both` are the dates that both give.
    """
    said = [(text.zh, text.en) for text in texts]
    plain = [
        [_without_dates(unicodedata.normalize("NFKC", one).lower()) for one in each] for each in zip(*said, strict=True)
    ]
    dates = [{day for _, days in each for day in days} for each in plain]
    numbers = [{number for told, _ in each for number, _, _ in _numbers(told)} for each in plain]
    every = [told for each in plain for told, _ in each]
    both = {number for number in numbers[0] & numbers[1] if number >= _LEAST_WORDY and number not in _YEARS}
    return ClauseNumbers(
        numbers=frozenset(numbers[0] | numbers[1]),
        ranges=frozenset(found for one in every for found in _ranges(one)),
        grains=frozenset(found[0] for one in every for found in _grains(one)),
        spans=frozenset(found for one in every for found in _spans(one)),
        in_both=frozenset(both),
        working_days=frozenset(number for one in every for grain, number in _counted(one) if grain == "working_day"),
        dates=frozenset(dates[0] | dates[1]),
        dates_in_both=frozenset(dates[0] & dates[1]),
        inclusive=any(_INCLUSIVE.search(one) for one in every),
    )


def _without_dates(text: str) -> tuple[str, set[tuple[int, ...]]]:
    """Return the text with its dates blotted out, and the dates; what is no day of the calendar is no date."""
    text = unicodedata.normalize("NFKC", text).lower()
    dates: set[tuple[int, ...]] = set()

    def blotted(found: "re.Match[str]") -> str:
        said = found.groupdict()
        month = _MONTH_NAMES.index(said["name"]) + 1 if said.get("name") else said.get("month")
        parts = tuple(int(part) for part in (said["year"], month, said.get("day")) if part is not None)
        try:
            date(*(*parts, 1, 1)[:3])
        except ValueError:
            return found.group()
        dates.add(parts)
        return "；"

    for pattern in _DATES:
        text = pattern.sub(blotted, text)
    return text, dates


def _numbers(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield each number of a text with where it starts and ends."""
    for found in _NUMBER.finditer(text):
        yield _value(found), found.start(), found.end()


def _value(found: "re.Match[str]") -> int:
    if digits := found["digits"]:
        return int(digits)
    if han := found["han"]:
        return _han_value(han)
    if tens := found["tens"]:
        return _WORDS[tens] + _WORDS[found["ones"]]
    return _WORDS[found["word"]]


def _han_value(han: str) -> int:
    if not set(han) & set(_UNITS):
        return int("".join(str(_DIGITS[sign]) for sign in han))
    total = digit = 0
    for sign in han:
        if sign in _UNITS:
            total += (digit or 1) * _UNITS[sign]
            digit = 0
        else:
            digit = _DIGITS[sign]
    return total + digit


def _ranges(text: str) -> Iterator[tuple[int, int]]:
    numbers = [*_numbers(text)]
    for (least, _, end), (most, start, _) in pairwise(numbers):
        if least < most and _RANGE_SIGN.fullmatch(text[end:start]):
            yield least, most


def _grains(text: str) -> Iterator[tuple[str, int, int]]:
    for found in _GRAIN.finditer(text):
        yield str(found.lastgroup), found.start(), found.end()


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the lengths of time that a text gives: a number and the unit after it."""
    if _HALF_MONTH.search(text):
        yield 0, 15
    for grain, number in _counted(text):
        if grain in ("day", "week"):
            yield 0, number * (7 if grain == "week" else 1)
        elif grain in _MONTHS:
            yield number * _MONTHS[grain], 0


def _counted(text: str) -> Iterator[tuple[str, int]]:
    """Yield each unit of time in a text with the number before it, one where there is none."""
    ends = {end: number for number, _, end in _numbers(text)}
    for grain, start, _ in _grains(text):
        yield grain, ends.get(len(text[:start].rstrip(" -个")), 1)
