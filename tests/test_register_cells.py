"""One cell of a register: every spelling of a date, number, mark or list that is understood, and what is not."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyrules.errors.chinese import chinese
from partyrules.importers.cells import (
    CellError,
    attendance_mark,
    entries_of,
    excused_entry,
    is_nothing,
    names_in,
    number_in,
    text_in,
    word_in,
    yes_or_no,
)
from partyrules.importers.dates import SeveralDays, civil_date_in, civil_dates_in, day_in_cell
from partyrules.importers.sheets import Lost
from partyrules.time.calendar import parse_civil_date

DAYS = st.dates(date(1950, 1, 1), date(2099, 12, 31))
FULL_WIDTH = str.maketrans("0123456789-./", "０１２３４５６７８９－．／")
WIDTHS = st.sampled_from([{}, FULL_WIDTH])
SPELLINGS = (
    "{y:04}-{m:02}-{d:02}",
    "{y}-{m}-{d}",
    "{y}/{m}/{d}",
    "{y}.{m}.{d}",
    "{y}。{m}。{d}",
    "{y}、{m}、{d}",
    "{y} {m} {d}",
    "{y} - {m} - {d}",
    "{y}年{m}月{d}日",
    "{y} 年 {m} 月 {d} 日",
    "{y}年{m}月{d}号",
    "{y}年{m}月{d}",
    "{y:04}{m:02}{d:02}",
    "{y}-{m}-{d} 14:30",
    "{y:04}-{m:02}-{d:02}T09:00:00",
    "{y}年{m}月{d}日下午3点",
    "{y}年{m}月{d}日（星期{w}）",
    "{y}.{m}.{d} 周{w}",
    "'{y}.{m}.{d}",
)
MONTHS = ("{y}-{m}", "{y}-{m:02}", "{y}.{m}", "{y}/{m}", "{y}年{m}月", "{y} 年 {m} 月", "{y}年{m}月份", "{y}.{m:02}.")
RANGES = (
    "{a.year}.{a.month}.{a.day}-{b.year}.{b.month}.{b.day}",
    "{a.year}年{a.month}月{a.day}日至{b.year}年{b.month}月{b.day}日",
    "{a.year}-{a.month}-{a.day} ~ {b.year}-{b.month}-{b.day}",
    "{a.year}/{a.month}/{a.day} 8:00 — {b.year}/{b.month}/{b.day} 17:30",
    "{a.year}.{a.month}.{a.day}-{b.month}.{b.day}",
    "{a.year}年{a.month}月{a.day}日到{b.month}月{b.day}日",
)
NUMERALS = "〇一二三四五六七八九"


def refused(value: object) -> CellError:
    """Return the refusal of a cell as a date."""
    with pytest.raises(CellError) as caught:
        civil_date_in(value)  # type: ignore[arg-type]  # what no cell holds either
    return caught.value


@given(DAYS, st.sampled_from(SPELLINGS), WIDTHS, st.sampled_from(["", " ", "\u3000", "\u200b"]))
def test_every_spelling_of_a_day_is_that_day(day: date, spelling: str, width: dict[int, int], blank: str) -> None:
    """A day is read of each spelling of it, in full width and with stray blanks."""
    said = spelling.format(y=day.year, m=day.month, d=day.day, w="一二三四五六日"[day.weekday()])
    said = blank + said.translate(width) + blank
    assert str(civil_date_in(said)) == day.isoformat()


@given(DAYS, st.sampled_from(MONTHS), WIDTHS)
def test_a_month_stays_a_month(day: date, spelling: str, width: dict[int, int]) -> None:
    """Where only year and month are written, no day is invented."""
    said = spelling.format(y=day.year, m=day.month)
    assert str(civil_date_in(said.translate(width))) == day.isoformat()[:7]


@given(DAYS, st.integers(1, 60), st.sampled_from(RANGES), WIDTHS)
def test_several_days(first: date, more: int, spelling: str, width: dict[int, int]) -> None:
    """The first and the last of several days are read of each spelling that names them, and are no one day."""
    last = min(first + timedelta(days=more), date(2099, 12, 31))
    said = spelling.format(a=first, b=last)
    if "{b.year}" in spelling or first.year == last.year:
        assert civil_dates_in(said.translate(width)) == SeveralDays(first, last, gaps=False) or first == last
    else:
        with pytest.raises(CellError, match=r"ends before it begins|not in the calendar"):
            civil_dates_in(said)
    if "{b.year}" in spelling and first < last:
        assert refused(said).near == first.isoformat()


@given(DAYS)
def test_serials_of_a_spreadsheet_are_days(day: date) -> None:
    """A number that a spreadsheet counts days by is that day, from 1900 or 1904, as a number or as its text."""
    serial = (day - date(1899, 12, 30)).days
    assert str(civil_date_in(float(serial))) == day.isoformat()
    assert str(civil_date_in(serial + 0.5)) == day.isoformat()
    assert str(civil_date_in(str(serial))) == day.isoformat()
    assert str(civil_date_in(float(serial - 1462), since_1904=True)) == day.isoformat()


@given(DAYS)
def test_a_date_of_a_spreadsheet_is_its_day(day: date) -> None:
    """A cell that is a date, with or without a time of the day, is that day; one that is a month is that month."""
    assert str(civil_date_in(day)) == str(civil_date_in(datetime.combine(day, time(9, 30)))) == day.isoformat()
    month = parse_civil_date(day.isoformat()[:7])
    assert civil_date_in(month) == month
    assert str(civil_date_in(float(day.strftime("%Y%m%d")))) == day.isoformat()


@given(st.dates(date(2013, 1, 1), date(2049, 12, 31)))
def test_two_digits_of_a_year(day: date) -> None:
    """A year of two digits is read where it stands first and nothing else can be meant."""
    assert str(civil_date_in(f"{day:%y}.{day.month}.{day.day}")) == day.isoformat()
    assert str(civil_date_in(f"{day:%y}年{day.month}月")) == day.isoformat()[:7]


@given(DAYS)
def test_chinese_numerals(day: date) -> None:
    """A date in Chinese numerals, as official papers have it, is that date."""

    def numeral(number: int) -> str:
        tens, ones = divmod(number, 10)
        return ("" if tens == 0 else "十" if tens == 1 else f"{NUMERALS[tens]}十") + (NUMERALS[ones] if ones else "")

    year = "".join(NUMERALS[int(digit)] for digit in f"{day.year:04}")
    assert str(civil_date_in(f"{year}年{numeral(day.month)}月{numeral(day.day)}日")) == day.isoformat()
    assert str(civil_date_in(f"{year}年{numeral(day.month)}月")) == day.isoformat()[:7]


@given(st.text(max_size=14))
def test_any_text_is_a_date_or_refused(said: str) -> None:
    """Whatever is written, it is read as a date from 1900 to 2099 or refused with a reason in both languages."""
    try:
        told = str(1900 <= civil_date_in(said).first.year <= 2099)
    except CellError as error:
        told = chinese(error.why)
    assert told == "True" or "应写成 2018-03-12" in told


@pytest.mark.parametrize(
    ("said", "near"),
    [
        ("2018-02-30", "2018-02-28"),
        ("2018-13-01", "2018-01-13"),
        ("2018.13", None),
        ("25/03/2018", "2018-03-25"),
        ("03/04/2018", "2018-03-04 / 2018-04-03"),
        ("12/3/18", "2012-03-18"),
        ("18.3", "2018-03"),
        ("2018年3月12日至15日", "2018-03-12"),
        ("2018.3.1-2018.3.12", "2018-03-01"),
        ("201203", "2012-03 / 2020-12-03"),
        ("2018.3.12（周二）", "2018-03-12"),
        ("2018", None),
        ("3月12日", None),
        ("2018年春季", None),
        ("待定", None),
        ("1218-3-1", None),
        (2018.0, None),
        (2018.1, "2018-01 / 2018-10"),
        (2018.345, None),
        (3.0, None),
        (True, None),
        (time(9), None),
    ],
)
def test_what_is_no_date_is_refused(said: object, near: str | None) -> None:
    """A date that is none, or may be two, is refused with the nearest that could be meant."""
    assert refused(said).near == near


@pytest.mark.parametrize(("said", "month"), [(2018.3, "2018-03"), (2018.03, "2018-03"), (2018.12, "2018-12")])
def test_a_month_stored_as_a_number(said: float, month: str) -> None:
    """Year and month typed as a decimal number are read where the number can mean but one month."""
    assert str(civil_date_in(said)) == month


def test_a_day_where_one_is_needed() -> None:
    """A field that takes a full date refuses a month and says so."""
    assert day_in_cell("2018.3.12") == date(2018, 3, 12)
    with pytest.raises(CellError, match="a month"):
        day_in_cell("2018.3")


@pytest.mark.parametrize(
    ("said", "field", "number"),
    [
        ("24学时", "hours", 24),
        ("２４ 课时", "hours", 24),
        ("24个学时", "hours", 24),
        ("1.5小时", "hours", Decimal("1.5")),
        ("85分", "exam_score", 85),
        ("3天", "days", 3),
        ("1,200", "days", 1200),
        (24.0, "hours", 24),
        (24.5, "hours", Decimal("24.5")),
        (" 24 ", "hours", 24),
    ],
)
def test_numbers_with_their_unit(said: object, field: str, number: int | Decimal) -> None:
    """A number is read with the unit that belongs to its field, or none."""
    assert number_in(said, field) == number  # type: ignore[arg-type]  # each is what a cell holds


@pytest.mark.parametrize("said", ["3天", "约24", "二十四", "优秀", "24/30", True, date(2018, 3, 12)])
def test_what_is_no_number_of_hours(said: object) -> None:
    """A number of another unit, or of none that can be told, is refused."""
    with pytest.raises(CellError):
        number_in(said, "hours")  # type: ignore[arg-type]  # each is what a cell holds


def test_yes_and_no() -> None:
    """合格 and √ are yes, 不合格 and × are no, and what is neither is refused: an unknown is no yes."""
    assert all(yes_or_no(said) for said in ("合格", " 合 格 ", "√", "是", "通过", True, 1.0, "Yes"))
    assert not any(yes_or_no(said) for said in ("不合格", "×", "否", "未通过", False, 0.0, "no"))
    for said in ("缓考", "免修", "85", "?"):
        with pytest.raises(CellError):
            yes_or_no(said)


def test_words() -> None:
    """A word stands for what the mapping says, by itself or as facts call it; another has its nearest named."""
    words = {"优秀": "excellent", "差": "poor"}
    assert word_in(" 优 秀 ", words) == word_in("excellent", words) == "excellent"
    with pytest.raises(CellError) as caught:
        word_in("优绣", words)
    assert caught.value.near == "优秀"


def test_words_with_anything_in_them() -> None:
    """A word with a star fits whatever has anything there, unless another that fits stands for something else."""
    words = {"积极分子": "activist", "*积极分子*培训*": "activist", "*发展对象*": "target"}
    assert word_in("第3期入党积极分子培训班", words) == "activist"
    for said in ("发展对象和积极分子培训", "培训班"):
        with pytest.raises(CellError):
            word_in(said, words)


def test_texts() -> None:
    """A number in place of a text loses its point, Chinese its blanks; digits that a number cannot hold are refused."""
    assert [text_in(2018001.0), text_in(" ２０１８ "), text_in("一 支部"), text_in("Room  1")] == [
        "2018001",
        "2018",
        "一支部",
        "Room 1",
    ]
    for said in (6.2e17, True, time(9), date(2018, 3, 12), Lost("=A1", "a formula")):
        with pytest.raises(CellError):
            text_in(said)


def test_marks_of_attendance() -> None:
    """√ was there, 请假 was excused, 缺席 and an empty cell were not, and anything else is refused."""
    assert {attendance_mark(said) for said in ("√", "到", "出席", "迟到")} == {"attended"}
    assert {attendance_mark(said) for said in ("请假", "事假", "病假", "（公假）")} == {"excused"}
    assert {attendance_mark(said) for said in ("缺席", "×", "", None, "/")} == {"absent"}
    with pytest.raises(CellError):
        attendance_mark("？")


def test_lists_of_names() -> None:
    """Names stand apart by any of the usual marks or by blanks, which may stand within a name as well."""
    known = {"张三", "李四", "王五", "欧阳修"}.__contains__
    said = "张三、李 四，王五;欧阳 修 ；赵六(病假) 张 三\n李四 （请假）"
    assert [excused_entry(each) for each in names_in(said, known)] == [
        ("张三", False),
        ("李四", False),
        ("王五", False),
        ("欧阳修", False),
        ("赵六", True),
        ("张三", False),
        ("李四", True),
    ]
    assert excused_entry("王五请假") == ("王五", True)
    assert names_in(2018001.0, known) == ["2018001"]


@given(st.lists(st.sampled_from(["张三", "李四", "王五", "赵六"]), min_size=1), st.sampled_from("、，,;； \n/"))
def test_a_list_is_what_was_joined(names: list[str], mark: str) -> None:
    """Whatever mark joins names, they are read as they were."""
    assert names_in(mark.join(names), lambda said: len(said) == 2) == names


def test_lists_of_texts() -> None:
    """Entries of an agenda keep their blanks and lose what stands around them."""
    assert entries_of("学习 文件；讨论接收预备党员。") == ["学习 文件", "讨论接收预备党员"]


def test_nothing() -> None:
    """An empty cell, a dash and 无 say that there is nothing; a nought says that there is none of it."""
    assert all(is_nothing(said) for said in (None, "", " \u3000", "-", "——", "/", "无", "N/A"))
    assert not any(is_nothing(said) for said in (0, 0.0, False, "0", "无锡"))
