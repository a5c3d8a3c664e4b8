"""Registers as three untidy people fill them in: each with its answer worked out by hand, and corrected again."""

import re
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from partyrules.importers.books import sheets_of
from partyrules.importers.cells import attendance_mark, words_in
from partyrules.importers.dates import civil_date_in, clock_in
from partyrules.importers.directory import Directory, read_directory
from partyrules.importers.mapping import ready_mapping, ready_names
from partyrules.importers.registers import RegisterReading, read_registers
from partyrules.importers.workbooks import refused_workbook
from tests.registers import facts_in, mapping_of, refused_in, write_csv, write_xlsx

PEOPLE = [["17001", "李四"], ["17002", "王五"], ["17003", "赵六"], ["17004", "阿依古丽·买买提"], ["17005", "张三"]]
HEAD = ["党支部", "会议类型", "时间", "参加人员", "请假人员"]
Rows = Sequence[Sequence[Any]]


def told(path: Path, *, known: bool = True) -> RegisterReading:
    """Return what a workbook tells by whichever ready mapping fits."""
    directory = Directory()
    if known:
        directory = read_directory([write_csv(path.parent / "名录.csv", [["学号", "姓名"], *PEOPLE])])
    return read_registers([path], [ready_mapping(name) for name in ready_names().values()], directory=directory)


def read(folder: Path, rows: Rows, *, known: bool = True, merged: Sequence[tuple[int, int, int, int]] = ()) -> Any:
    """Return what a sheet tells."""
    return told(write_xlsx(folder / "a.xlsx", {"s": rows}, merged={"s": merged}), known=known)


def attended(reading: RegisterReading) -> list[Any]:
    """Return the day and the people of each thing that is told."""
    return [(fact["on"], fact.get("attended"), fact.get("excused")) for fact in facts_in(reading)]


def mended(reading: RegisterReading, folder: Path, cures: Mapping[str, str]) -> RegisterReading:
    """Return what the refused rows tell once they are corrected in a spreadsheet."""
    held = BytesIO()
    refused_workbook(held, reading.refused)
    (folder / "待改.xlsx").write_bytes(held.getvalue())
    [sheet] = sheets_of(folder / "待改.xlsx")
    rows = [[cures.get(str(cell), cell) for cell in row] for row in sheet.rows]
    return told(write_xlsx(folder / "已改.xlsx", {sheet.name: rows}))


def test_the_same_as_above(tmp_path: Path) -> None:
    """同上 and 〃 say what the row above says, in a row that is given back, too; under nothing they are refused."""
    rows = [HEAD, ["一支部", "党员大会", "2018.3.5", "李四、王五", ""], ["〃", "党课", "〃", "同上", "赵六"]]
    rows += [["同上", "支委会", "2018.4.5", "？", ""], ["同上", "党小组会", "〃", "李四", "〃"]]
    reading = read(tmp_path, rows)
    both = ["17001", "17002"]
    assert attended(reading) == [
        ("2018-03-05", both, None),
        ("2018-03-05", both, ["17003"]),
        ("2018-04-05", ["17001"], None),
    ]
    assert {fact["unit"] for fact in facts_in(reading)} == {"一支部"}
    assert refused_in(reading) == [(4, "D", "？")]
    assert [fact["unit"] for fact in facts_in(mended(reading, tmp_path, {"？": "李四"}))] == ["一支部"]
    reading = read(tmp_path, [HEAD, ["同上", "党课", "2018.3.5", "李四", ""]])
    assert refused_in(reading) == [(2, "A", "同上")]


def test_how_somebody_was_there(tmp_path: Path) -> None:
    """Late, online or in the chair is there; a number of people is nobody's id, and none of them is nobody."""
    rows: list[list[Any]] = [HEAD, ["一支部", "党课", "2018.3.5", "李四（主持）、王五(迟到)、赵六（线上）", 0]]
    rows += [["一支部", "党课", "2018.3.6", 12, "0人"], ["一支部", "党课", "2018.3.7", "应到5人，实到3人", ""]]
    reading = read(tmp_path, rows)
    assert attended(reading) == [("2018-03-05", ["17001", "17002", "17003"], None)]
    assert refused_in(reading) == [(3, "D", "12"), (4, "D", "应到5人，实到3人")]
    reading = read(tmp_path, rows[:3], known=False)
    assert refused_in(reading)[-1] == (3, "D", "12")


@pytest.mark.parametrize(
    ("said", "mark"),
    [
        ("线上", "attended"), ("√（迟到）", "attended"), ("早退", "attended"), ("请假（回家）", "excused"),
        ("病假：发烧", "excused"), ("（公假）", "excused"), ("旷课", "absent"),
    ],
)  # fmt: skip
def test_marks_with_more(said: str, mark: str) -> None:
    """How somebody was there, or why not, may stand with a mark."""
    assert attendance_mark(said) == mark


def test_which_meeting_it_was() -> None:
    """Behind a kind may stand which one it was; that it did not take place leaves it unknown."""
    words = {"党课": "lecture", "支委会": "committee"}
    assert words_in("党课（第一季度）、支委会(扩大)", words) == ["lecture", "committee"]
    for said in ("党课（取消）", "支委会（延期）"):
        with pytest.raises(ValueError, match="is not known"):
            words_in(said, words)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("5 Mar 2018", "2018-03-05"), ("March 5, 2018", "2018-03-05"), ("March 2018", "2018-03"),
        ("2018年三月五日", "2018-03-05"), ("2018年十二月", "2018-12"),
    ],
)  # fmt: skip
def test_months_in_words(said: str, day: str) -> None:
    """A month may be an English word, or a Chinese numeral beside digits."""
    assert str(civil_date_in(said)) == day


@pytest.mark.parametrize(
    ("said", "clock"),
    [
        ("2018-3-5 9:05", "09:05"), ("3月5日下午2点半", "14:30"), ("14:30-16:00", "14:30"), ("2:30 PM", "14:30"),
        ("晚上7点", "19:00"), ("2018年3月5日", None), ("2018.3.5 上午", None),
    ],
)  # fmt: skip
def test_the_time_of_the_day(said: str, clock: str | None) -> None:
    """When something began is read of a date with a time, in either language."""
    assert clock_in(said).get("clock") == clock


def test_when_each_signed(tmp_path: Path) -> None:
    """Times that differ from person to person are when each signed, of one lecture; two with all people are two."""
    rows = [["会议类型：党课", "党支部：一支部"], ["学号", "时间", "签到"]]
    people = ("17001", "17002", "17003")
    signed = [[who, f"2018-03-05 14:{number}", "√"] for number, who in enumerate(people, 25)]
    assert attended(read(tmp_path, [*rows, *signed])) == [("2018-03-05", [*people], None)]
    twice = [[who, f"2018-03-05 {hour}", "√"] for hour in ("9:00", "14:00") for who in people]
    assert attended(read(tmp_path, [*rows, *twice])) == [("2018-03-05", [*people], None)] * 2


def test_rows_that_say_more_of_one(tmp_path: Path) -> None:
    """Rows merged in all but what it was about are one lecture; rows of their own are two."""
    rows = [[*HEAD[:4], "内容"], ["一支部", "党课", "2018.3.5", "李四", "甲"], ["", "", "", "", "乙"]]
    merged = [(1, column, 2, column) for column in range(4)]
    assert len(read(tmp_path, rows, merged=merged).facts) == 1
    assert len(read(tmp_path, [*rows[:2], [*rows[1][:4], "乙"]]).facts) == 2


def test_merged_rows_are_given_back_merged(tmp_path: Path) -> None:
    """A refused cell that is merged over rows is given back so: corrected once, its rows are one lecture still."""
    rows = [[*HEAD[:4], "内容"], ["一支部", "党课", "2018.3.5", "？", "甲"], ["", "", "", "", "乙"]]
    reading = read(tmp_path, rows, merged=[(1, column, 2, column) for column in range(4)])
    assert refused_in(reading) == [(2, "D", "？"), (3, "D", "？")]
    held = BytesIO()
    refused_workbook(held, reading.refused)
    (tmp_path / "待改.xlsx").write_bytes(held.getvalue())
    with zipfile.ZipFile(tmp_path / "待改.xlsx") as package:
        sheet = package.read("xl/worksheets/sheet1.xml")
        strings = package.read("xl/sharedStrings.xml").replace("<t>？</t>".encode(), "<t>李四</t>".encode())
        parts = {name: package.read(name) for name in package.namelist()} | {"xl/sharedStrings.xml": strings}
    assert re.findall(b'mergeCell ref="([^"]*)"', sheet) == [b"A2:A3", b"B2:B3", b"C2:C3", b"D2:D3"]
    with zipfile.ZipFile(tmp_path / "已改.xlsx", "w") as package:
        for name, part in parts.items():
            package.writestr(name, part)
    assert attended(told(tmp_path / "已改.xlsx")) == [("2018-03-05", ["17001"], None)]


def test_people_under_no_name(tmp_path: Path) -> None:
    """People in columns without a name beside a list would be lost, and are refused; other such columns are told of."""
    rows = [HEAD[:4], ["一支部", "党课", "2018.3.5", "李四", "王五", "赵六"], ["一支部", "党课", "2018.3.6", "李四"]]
    reading = read(tmp_path, rows)
    assert refused_in(reading) == [(2, "E", "王五"), (2, "F", "赵六")]
    reading = read(tmp_path, [["学号", "申请入党时间"], ["17001", "2018.3.1", "x"]])
    assert [each.what for each in reading.remarks] == ["columns without a name not read: C"]


def test_who_it_is(tmp_path: Path) -> None:
    """Id and name may have changed places where both are of one person; dots in names and marks at ids are none."""
    rows = [["姓名", "学号", "申请入党时间"], ["17001", "李四", "2018.3.1"], ["17003", "王五", "2018.3.1"]]
    rows += [["阿依古丽•买买提", "", "2018.3.1"], ["", "'17005", "2018.3.1"]]
    reading = read(tmp_path, rows)
    assert [fact["person"] for fact in facts_in(reading)] == ["17001", "17004", "17005"]
    assert refused_in(reading) == [(3, "B", "王五")]


def test_footers(tmp_path: Path) -> None:
    """Signatures, dates of a form and sums in a sentence are no rows of data."""
    below = ("支部书记（签字）：", "填报时间：2018.12.1", "截至2018年12月31日，共有1人。", "共计 1 人", "本页小计：1人")
    reading = read(tmp_path, [["学号", "入学年月"], ["17001", "2018.9"], *([said] for said in below)])
    assert (reading.rows, len(reading.facts), reading.refusals) == (1, 1, ())


def test_a_course_that_ends_before_it_begins(tmp_path: Path) -> None:
    """A course is not completed before it began; in its month it may be."""
    rows = [["学号", "培训班", "开始时间", "结业时间"], ["17001", "积极分子培训", "2018.5.3", "2018.5.1"]]
    reading = read(tmp_path, [*rows, ["17002", "积极分子培训", "2018.5.3", "2018.5"]])
    assert refused_in(reading) == [(2, "D", "2018.5.1")]
    assert [fact["on"] for fact in facts_in(reading)] == ["2018-05"]


def test_a_word_that_says_nothing(tmp_path: Path) -> None:
    """A word of a mapping may stand for nothing, such as 正式党员 among students and staff."""
    rows = [["学号", "党员类别", "入学时间"], ["17001", "正式党员", "2018.9"], ["17002", "教工党员", "2018.9"]]
    assert [fact["category"] for fact in facts_in(read(tmp_path, rows))] == ["student", "staff"]
    said = '[[sheets]]\ncolumns = {person = "学号", on = "时间", category = "类别"}\n'
    said += 'facts = [{fact = "person_registered"}]\n[words.category]\n"%s" = "%s"'
    mapping_of(tmp_path / "m.toml", said % ("党员", ""))
    with pytest.raises(ValueError, match="value 'x' is not known"):
        mapping_of(tmp_path / "m.toml", said % ("党员", "x"))
