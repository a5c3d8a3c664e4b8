"""Registers as branches keep them: several tables on a sheet, several days or kinds in a cell, and what goes wrong."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyrules.errors import QueryError
from partyrules.importers.books import sheets_of
from partyrules.importers.directory import Directory, read_directory
from partyrules.importers.mapping import ready_mapping, ready_names
from partyrules.importers.registers import RegisterReading, read_registers
from partyrules.importers.sheets import RegisterSheet
from partyrules.importers.workbooks import refused_workbook
from tests.commands import run
from tests.registers import Formula, facts_in, mapping_of, read, refused_in, write_csv, write_xlsx

PEOPLE = [["1", "李四"], ["2", "王五"], ["3", "赵六"], ["4", "孙七"], ["5", "张三"], ["6", "张三"], ["t1", "王老师"]]
MARKED = ["学号", "姓名", "签到"]
Sheets = Mapping[str, Sequence[Sequence[Any]]]


def known(folder: Path) -> Directory:
    """Return a directory in which two people have one name."""
    return read_directory([write_csv(folder / "名录.csv", [["学号", "姓名"], *PEOPLE])])


def told(folder: Path, rows: Sequence[Any] | Sheets, *, given: Mapping[str, str] | None = None) -> RegisterReading:
    """Return what a workbook tells by whichever ready mapping fits."""
    sheets = rows if isinstance(rows, Mapping) else {"s": rows}
    mappings = [ready_mapping(name) for name in ready_names().values()]
    return read_registers([write_xlsx(folder / "a.xlsx", sheets)], mappings, directory=known(folder), given=given)


def meeting(kind: str, on: str, *attended: str, **more: Any) -> dict[str, Any]:
    """Return a meeting of one branch."""
    return {"fact": "meeting_held", "meeting": kind, "unit": "一支部", "on": on, "attended": [*attended], **more}


def lecture(on: str, *attended: str, **more: Any) -> dict[str, Any]:
    """Return a Party lecture of one branch."""
    return {"fact": "activity_held", "activity": "party_lecture", "unit": "一支部", "on": on} | {
        "attended": [*attended],
        **more,
    }


# Several tables on a sheet ----------------------------------------------------------------------------------------

BESIDE: list[list[Any]] = [
    ["党员大会签到表"],
    ["时间：2018年9月10日", "", "", "地点：301", "会议名称：支部党员大会", "", "党支部：一支部"],
    ["序号", "姓名", "签到", "", "序号", "姓名", "签到"],
    [1, "李四", "√", "", 4, "孙七", "请假"],
    [2, "王五", "✓", "", 5, "王老师", "Y"],
    [3, "赵六", "", "", 6, "", ""],
]


def test_one_list_in_two_columns(tmp_path: Path) -> None:
    """A list that goes on beside itself is one meeting, and a row of which but the number is filled in is nobody."""
    reading = told(tmp_path, BESIDE)
    assert facts_in(reading) == [meeting("branch_assembly", "2018-09-10", "1", "2", "t1", excused=["4"])]
    assert (reading.refusals, reading.remarks, reading.rows) == ((), (), 5)


def test_a_bad_cell_in_the_second_column(tmp_path: Path) -> None:
    """A refused cell there is named where it stands, and its meeting comes back whole, as a list to correct."""
    rows = [*BESIDE[:4], [2, "王五", "✓", "", 5, "王老师", "？"], BESIDE[5]]
    reading = told(tmp_path, rows)
    assert (reading.facts, refused_in(reading)) == ((), [(5, "G", "？")])
    back = BytesIO()
    refused_workbook(back, reading.refused)
    (tmp_path / "b.xlsx").write_bytes(back.getvalue())
    [sheet] = sheets_of(tmp_path / "b.xlsx")
    mended = [["Y" if cell == "？" else cell for cell in row] for row in sheet.rows]
    assert facts_in(told(tmp_path, mended)) == facts_in(told(tmp_path, BESIDE))


def test_two_lists_beside_each_other(tmp_path: Path) -> None:
    """Where what stands above two lists differs they are two meetings; what but the first has is said of both."""
    rows = [
        ["党支部：一支部"],
        ["时间：2018.3.5", "", "", "", "时间：2018.4.9"],
        ["会议类型：支委会", "", "", "", "会议类型：党课"],
        [*MARKED, "", *MARKED],
        ["1", "李四", "√", "", "2", "王五", "√"],
        ["2", "王五", "请假", "", "3", "赵六", ""],
    ]
    assert facts_in(told(tmp_path, rows)) == [
        meeting("branch_committee", "2018-03-05", "1", excused=["2"]),
        lecture("2018-04-09", "2"),
    ]


def test_lists_under_each_other(tmp_path: Path) -> None:
    """Each list of a sheet has its own meeting above it, and a bad mark in one holds back that meeting alone."""
    rows = [
        ["3月"],
        ["时间：2018.3.5", "", "会议类型：支部党员大会"],
        ["党支部：一支部"],
        MARKED,
        ["1", "李四", "√"],
        ["2", "王五", "√"],
        ["合计", "", 2],
        [],
        ["4月"],
        ["时间：2018.4.9", "", "会议类型：党课"],
        ["地点：301", "", "主持人：王老师"],
        ["党支部：一支部"],
        MARKED,
        ["1", "李四", "事假"],
        ["2", "王五", "√"],
        ["时间：2018.5.9", "党支部：一支部", "会议类型：支委会"],
        MARKED,
        ["1", "李四", "？"],
    ]
    reading = told(tmp_path, rows)
    assert facts_in(reading) == [
        meeting("branch_assembly", "2018-03-05", "1", "2"),
        lecture("2018-04-09", "2", excused=["1"]),
    ]
    assert refused_in(reading) == [(18, "C", "？")]
    assert [[refused.sheet.number(row) for row in refused.rows] for refused in reading.refused] == [[18]]


def test_a_header_in_another_order(tmp_path: Path) -> None:
    """A second header on a sheet holds for what is below it; the same once more, as on a new page, does nothing."""
    head = ["学号", "姓名", "申请入党时间", "确定积极分子时间"]
    rows = [head, ["1", "李四", "2017.9.1", "2018.3.1"], head, ["2", "王五", "2017.9.2"], []]
    rows += [["姓名", "学号", "确定积极分子时间", "申请入党时间"], ["赵六", "3", "2018.3.3", "2017.9.3"]]
    reading = told(tmp_path, rows)
    assert [(fact["person"], fact["stage"], fact["on"]) for fact in facts_in(reading)] == [
        ("1", "applicant", "2017-09-01"),
        ("1", "activist", "2018-03-01"),
        ("2", "applicant", "2017-09-02"),
        ("3", "applicant", "2017-09-03"),
        ("3", "activist", "2018-03-03"),
    ]
    assert [each.what for each in reading.remarks] == ["totals, headers and footers passed over: rows 3"]


def test_columns_twice_that_are_no_two_tables(tmp_path: Path) -> None:
    """A column that stands twice in one table is refused as before."""
    reading = told(tmp_path, [["学号", "姓名", "转正时间", "转正时间"], ["1", "李四", "2018.3.1", "2018.3.2"]])
    assert "more than one column may be '转正时间': C、D" in reading.refusals[0].why


# A column for each meeting -----------------------------------------------------------------------------------------


def test_labels_that_look_like_a_header(tmp_path: Path) -> None:
    """A row of labels in cells of their own, more than the header has columns, is above the header and not it."""
    rows = [
        ["党小组会考勤表"],
        ["会议类型", "党小组会", "", "党小组", "一支部"],
        ["序号", "姓名", date(2018, 3, 5), "2018.4.9", "出勤率"],
        [1, "李四", "√", "事假", Formula("=A1")],
        [2, "王五", 1, 0, 0.5],
    ]
    reading = told(tmp_path, rows)
    assert facts_in(reading) == [
        meeting("group_meeting", "2018-03-05", "1", "2"),
        meeting("group_meeting", "2018-04-09", excused=["1"]),
    ]
    assert [each.what for each in reading.remarks] == ["columns not read: 出勤率"]


def test_kinds_over_the_days(tmp_path: Path) -> None:
    """The kind of a meeting may stand over its days, merged or not, or in the cell of the day."""
    expected = [meeting("branch_assembly", "2018-03-05", "1"), lecture("2018-04-09", excused=["1"])]
    rows: list[list[Any]] = [
        ["党支部：一支部"],
        ["学号", "姓名", "支部党员大会", "党课", ""],
        ["", "", "2018.3.5", date(2018, 4, 9)],
        ["1", "李四", "√", "请假"],
    ]
    assert facts_in(told(tmp_path, rows)) == expected
    rows = [["党支部：一支部"], ["学号", "姓名", "支部党员大会2018.3.5", "2018年4月9日\n党课"], rows[3]]
    assert facts_in(told(tmp_path, rows)) == expected


def test_a_column_that_waits_for_its_meeting(tmp_path: Path) -> None:
    """A column without any mark says of no meeting that it was held, as a list with its meeting above it does."""
    rows = [["会议类型：党课", "党支部：一支部"], ["学号", "2018.3.5", "2018.12.3"], ["1", "√", ""], ["2", "√"]]
    reading = told(tmp_path, rows)
    assert facts_in(reading) == [lecture("2018-03-05", "1", "2")]
    assert [each.what for each in reading.remarks] == ["no mark at all under 2018-12-03; nothing is told of it"]


def test_a_day_at_the_top_that_cannot_be_read(tmp_path: Path) -> None:
    """A column that is headed by no whole day, or an unknown kind, is refused by its header, not left out."""
    rows = [["会议类型：党课", "", "党支部：一支部"], ["学号", "姓名", "2018.3.5", "4月9日", "2018.5.7主题党日"]]
    reading = told(tmp_path, [*rows, ["1", "李四", "√", "√", "√"]])
    assert not reading.facts
    assert [(each.row, each.column, each.value) for each in reading.refusals] == [
        (2, "D", "4月9日"),
        (2, "E", "2018.5.7主题党日"),
    ]
    assert [refused.rows for refused in reading.refused] == [[2]]
    rows[1][4] = "出勤率"
    reading = told(tmp_path, [["年度：2018年"], *rows, ["1", "李四", "√", "√", 1]])
    assert facts_in(reading) == [lecture("2018-03-05", "1"), lecture("2018-04-09", "1")]


# Days --------------------------------------------------------------------------------------------------------------

HEAD = ["党支部", "时间", "会议类型", "参加人员"]


def test_a_meeting_of_several_days(tmp_path: Path) -> None:
    """Days that follow each other are the first and the last of one meeting; others are refused."""
    written = ("2018.3.5-3.7", "2018年4月5、6日", "2018年5月5日 8:00 至5月6日17:00", "2018.6.5、6.12", "2018.7.6-7.5")
    rows = [HEAD, *(["一支部", said, "党员大会", "李四"] for said in written)]
    reading = told(tmp_path, rows)
    assert facts_in(reading) == [
        meeting("branch_assembly", "2018-03-05", "1", until="2018-03-07"),
        meeting("branch_assembly", "2018-04-05", "1", until="2018-04-06"),
        meeting("branch_assembly", "2018-05-05", "1", until="2018-05-06"),
    ]
    assert refused_in(reading) == [(5, "B", "2018.6.5、6.12"), (6, "B", "2018.7.6-7.5")]
    assert "give each day a row of its own" in reading.refusals[0].why


def test_a_course_of_several_days(tmp_path: Path) -> None:
    """A course began on the first day and was completed on the last; of how many days it was is not made up."""
    rows = [
        ["学号", "培训班", "培训时间", "开始时间", "学时"],
        ["1", "第3期积极分子培训班", "2018.4.18-4.20", "", "24h"],
    ]
    rows += [
        ["2", "积极分子培训", "2018年4月5日、12日", "2018.4.5", ""],
        ["3", "积极分子培训", "2018.4.5-4.6", "2018.4.4", ""],
    ]
    reading = told(tmp_path, rows)
    course = {"fact": "training_completed", "course": "activist_course"}
    assert facts_in(reading) == [
        {**course, "person": "1", "started": "2018-04-18", "on": "2018-04-20", "hours": 24},
        {**course, "person": "2", "started": "2018-04-05", "on": "2018-04-12"},
    ]
    assert refused_in(reading) == [(4, "C", "2018.4.5-4.6")]


def test_several_days_where_one_is_needed(tmp_path: Path) -> None:
    """A stage is entered on one day: several are refused, and the first of them named."""
    reading = told(tmp_path, [["学号", "申请入党时间"], ["1", "2017.9.1-9.3"], ["2", "未定"]])
    assert [(each.row, each.near) for each in reading.refusals] == [(2, "2017-09-01")]
    assert "is several days; allowed here: one" in reading.refusals[0].why


def test_the_year_of_all_days(tmp_path: Path) -> None:
    """A day without its year is refused, unless the year stands above the header or is given for all rows."""
    rows = [HEAD, ["一支部", "3月5日至6日", "党员大会", "李四"], ["一支部", "2017年12月30日", "党员大会", "李四"]]
    reading = told(tmp_path, rows)
    assert "does not tell the year" in reading.refusals[0].why
    expected = [meeting("branch_assembly", "2018-03-05", "1", until="2018-03-06")]
    expected += [meeting("branch_assembly", "2017-12-30", "1")]
    assert facts_in(told(tmp_path, rows, given={"year": "2018"})) == expected
    assert facts_in(told(tmp_path, [["年度", 2018], *rows])) == expected
    assert refused_in(told(tmp_path, [["年度", "2017-2018"], *rows])) == [(3, "B", "3月5日至6日")]


def test_a_date_and_a_time(tmp_path: Path) -> None:
    """Beside a column of dates, one of the times of the day is not read; month to month is no day."""
    rows = [["党支部", "日期", "时间", "会议类型"], ["一支部", datetime(2018, 3, 5), time(14, 30), "支委会"]]  # noqa: DTZ001
    rows += [["一支部", "2018.3-6", "", "支委会"]]
    reading = told(tmp_path, rows)
    assert [fact["on"] for fact in facts_in(reading)] == ["2018-03-05"]
    assert "may be a day or two months" in reading.refusals[0].why


# Kinds -------------------------------------------------------------------------------------------------------------


def test_several_kinds(tmp_path: Path) -> None:
    """One meeting of several kinds is each of them, in whatever order; a lecture held with it is told besides."""
    written = ("组织生活会暨民主评议党员", "民主评议、组织生活会", "党员大会、党课", "党员大会及主题党日")
    rows = [HEAD, *(["一支部", f"2018.3.{day}", said, "李四"] for day, said in enumerate(written, 1))]
    reading = told(tmp_path, rows)
    several = ["organisational_life_meeting"]
    assert facts_in(reading) == [
        meeting("democratic_appraisal", "2018-03-01", "1", also=several),
        meeting("democratic_appraisal", "2018-03-02", "1", also=several),
        meeting("branch_assembly", "2018-03-03", "1"),
        lecture("2018-03-03", "1"),
    ]
    assert refused_in(reading) == [(5, "C", "党员大会及主题党日")]


def test_a_kind_of_several_is_that_meeting(tmp_path: Path) -> None:
    """What says but one kind of a meeting of several says nothing new, and who came cannot be told otherwise."""
    rows = [HEAD, ["一支部", "2018.3.1", "组织生活会、民主评议", "李四"], ["一支部", "2018.3.1", "民主评议", "李四"]]
    for some in (rows, [HEAD, rows[2], rows[1]]):
        reading = told(tmp_path, some)
        assert [fact.get("also") for fact in facts_in(reading)] == [["organisational_life_meeting"]]
        assert reading.repeated == 1
    rows[2][3] = "王五"
    reading = told(tmp_path, rows)
    assert (reading.facts, refused_in(reading)) == ((), [(2, "D", "李四"), (3, "D", "王五")])


def test_kinds_in_several_columns(tmp_path: Path) -> None:
    """Facts that are picked by columns of their own are each told where that is filled in."""
    said = """
[[sheets]]
columns = {person = "学号", on = "时间"}
[[sheets.facts]]
fact = "talk_held"
pick = "talk"
columns.talk = "谈话"
[[sheets.facts]]
fact = "certificate_issued"
pick = "certificate"
columns.certificate = "证书"
[words]
talk = {"口头汇报" = "oral_thought_report"}
certificate = {"结业证" = "course"}
"""
    mapping = mapping_of(tmp_path / "m.toml", said)
    rows = [["学号", "时间", "谈话", "证书"], ["1", "2018.3.1", "口头汇报", ""], ["2", "2018.3.1", "", "结业证"]]
    rows += [["3", "2018.3.1", "口头汇报", "结业证"], ["4", "2018.3.1", "", "?"]]
    reading = read(write_csv(tmp_path / "a.csv", rows), mapping=mapping)
    assert [(fact["fact"], fact["person"]) for fact in facts_in(reading)] == [
        ("talk_held", "1"),
        ("certificate_issued", "2"),
        ("talk_held", "3"),
        ("certificate_issued", "3"),
    ]
    assert refused_in(reading) == [(5, "D", "?")]


def test_two_courses_in_a_cell(tmp_path: Path) -> None:
    """A course is one: a cell that names two is refused."""
    rows = [["学号", "培训班", "结业时间"], ["1", "积极分子、发展对象培训班", "2018.3.1"]]
    assert refused_in(told(tmp_path, rows)) == [(2, "B", "积极分子、发展对象培训班")]


# People ------------------------------------------------------------------------------------------------------------


def test_who_was_excused(tmp_path: Path) -> None:
    """Behind whoever is excused the reason may stand, and nobody is lost where who came was not recorded."""
    rows = [[*HEAD, "请假情况"], ["一支部", "2018.3.5", "党员大会", "李四", "王五（回家）、赵六(病假) 孙七事假"]]
    rows += [["一支部", "2018.3.6", "党员大会", "", "孙七（实习）"]]
    assert [(fact.get("attended"), fact["excused"]) for fact in facts_in(told(tmp_path, rows))] == [
        (["1"], ["2", "3", "4"]),
        (None, ["4"]),
    ]


def test_signed_with_a_name_of_two_people(tmp_path: Path) -> None:
    """Whoever signs with the name that stands beside the mark was there, also where somebody else is called so."""
    rows = [["时间：2018.3.5", "会议类型：党课", "党支部：一支部"], MARKED]
    rows += [["5", "张三", "张 三"], ["1", "李四", "王五"], ["2", "王五", "待定"]]
    reading = told(tmp_path, rows)
    assert refused_in(reading) == [(4, "C", "王五"), (5, "C", "待定")]
    assert facts_in(told(tmp_path, rows[:3])) == [lecture("2018-03-05", "5")]


def test_a_column_for_each_mark(tmp_path: Path) -> None:
    """Who was excused or absent may be marked in a column of their own, by a tick or the reason, and not in two."""
    rows = [["时间：2018.3.5", "会议类型：党课", "党支部：一支部"], ["学号", "姓名", "出席", "请假", "缺席"]]
    rows += [["1", "李四", "√"], ["2", "王五", "", "√"], ["3", "赵六", "", "", "√"], ["4", "孙七", "", "回家"]]
    assert facts_in(told(tmp_path, rows)) == [lecture("2018-03-05", "1", excused=["2", "4"])]
    reading = told(tmp_path, [*rows, ["5", "张三", "√", "√"]])
    assert (reading.facts, refused_in(reading)) == ((), [(7, "C", "√")])
    assert facts_in(told(tmp_path, [*rows[:2], ["3", "赵六", "", "", "√"]])) == [lecture("2018-03-05")]


def test_marks_are_no_header(tmp_path: Path) -> None:
    """A row whose mark is the name of a column, under a header without labels above it, is one of data."""
    rows = [["会议日期", "会议类型", "党支部", "学号", "签到"]]
    rows += [["2018.3.5", "党课", "一支部", str(number), mark] for number, mark in enumerate(("签到", "请假"), 1)]
    assert facts_in(told(tmp_path, rows)) == [lecture("2018-03-05", "1", excused=["2"])]


def test_several_where_one_is_needed(tmp_path: Path) -> None:
    """Two branches in a cell are no branch of both names, and two ids are no third."""
    rows = [HEAD, ["一支部、二支部", "2018.3.5", "党课", "李四"], ["一支部", "2O18.3.5", "党课", "李四"]]
    reading = told(tmp_path, rows)
    assert [(each.row, each.column, each.near) for each in reading.refusals] == [
        (2, "A", "一支部"),
        (3, "B", "2018-03-05"),
    ]
    reading = told(tmp_path, [["学号", "入学时间"], ["8,9", "2018.9"]])
    assert refused_in(reading) == [(2, "A", "8,9")]


def test_ids_that_another_program_spoilt(tmp_path: Path) -> None:
    """An id that lost its digits is refused, and `.0` behind one is no part of it."""
    rows = [["学号", "申请入党时间"], ["2.01701E+11", "2017.9.1"], ["2017003.0", "2017.9.1"]]
    reading = read(write_csv(tmp_path / "a.csv", rows), mapping="development")
    assert [fact["person"] for fact in facts_in(reading)] == ["2017003"]
    assert refused_in(reading) == [(2, "A", "2.01701E+11")]


# Sheets ------------------------------------------------------------------------------------------------------------


def test_a_sheet_for_each_branch(tmp_path: Path) -> None:
    """The name of a sheet tells the unit where a directory has such a unit; otherwise --set is named as the cure."""
    rows = [["时间", "会议类型"], ["2018.3.5", "党员大会"]]
    path = write_xlsx(tmp_path / "a.xlsx", {"一支部": rows, "二支部": rows})
    units = write_csv(tmp_path / "u.csv", [["组织编号", "组织名称"], ["b1", "一支部"], ["b2", "二支部"]])
    assert [fact["unit"] for fact in facts_in(read(path, mapping="meetings", directory=units))] == ["b1", "b2"]
    assert "or say it of all rows with --set unit=…" in read(path, mapping="meetings").refusals[0].why


def test_what_stands_below_a_table(tmp_path: Path) -> None:
    """Averages, counts and 以下空白 are no rows of data, and a number alone is no row at all."""
    rows: list[list[Any]] = [["序号", "学号", "培训班", "结业时间", "成绩"]]
    rows += [[1, "1", "积极分子培训", "2018.3.1", 85], [2], ["3"]]
    rows += [["平均分", "", "", "", Formula("=E2")], ["共1人"], ["", "——以下空白——"], ["实到人数：1"]]
    reading = told(tmp_path, rows)
    assert (len(reading.facts), reading.rows, reading.refusals) == (1, 1, ())
    assert [each.what for each in reading.remarks] == ["totals, headers and footers passed over: rows 5, 6, 7, 8"]


@pytest.mark.parametrize(
    ("names", "stages"),
    [
        (("递交入党申请书日期", "被列为入党积极分子的时间"), ("applicant", "activist")),
        (("确定为发展对象日期", "发展时间"), ("development_target", "probationary_member")),
        (("加入党组织日期", "转为正式党员日期"), ("probationary_member", "full_member")),
    ],
)  # fmt: skip
def test_what_columns_are_called(tmp_path: Path, names: Sequence[str], stages: Sequence[str]) -> None:
    """日期 or 时间, with or without 为, 被, 的 and 入党: a column has one meaning."""
    row = ["1", *(f"20{12 + number}.3.1" for number in range(len(names)))]
    reading = read(write_csv(tmp_path / "a.csv", [["学号", *names], row]), mapping="development")
    assert [fact["stage"] for fact in facts_in(reading)] == [*stages]
    assert not reading.remarks


def test_a_span_in_a_mapping(tmp_path: Path) -> None:
    """Which fields the first and the last day are of is said in a mapping, of fields that take a date."""
    said = (
        '[[sheets]]\n[[sheets.facts]]\nfact = "leave_started"\nspan = %s\n'
        'columns = {person = "学号", on = "时间", kind = "类型"}'
    )
    mapping = mapping_of(tmp_path / "m.toml", said % '["on", "until"]')
    path = write_csv(tmp_path / "a.csv", [["学号", "时间", "类型"], ["1", "2018.3.5-3.7", "sick"]])
    [leave] = facts_in(read(path, mapping=mapping))
    assert (leave["on"], leave["until"]) == ("2018-03-05", "2018-03-07")
    for wrong in ('["on"]', '["until", "kind"]', '["on", "kind"]'):
        with pytest.raises(ValueError, match="allowed: `on` before or after one of until"):
            mapping_of(tmp_path / "m.toml", said % wrong)


def test_files_in_chinese(tmp_path: Path) -> None:
    """What is wrong with a file is told in Chinese alone."""
    for name, held in (
        ("a.xls", b"<html><table>"),
        ("b.xlsx", b"PK\x03\x04 and no archive"),
        ("c.csv", b"\x81 \xff" * 9),
    ):
        (tmp_path / name).write_bytes(held)
        found = run("import", tmp_path / "l.db", tmp_path / name, "--lang", "zh")
        assert found.exit_code == 2
        assert not any(word in found.stderr for word in ("this", "found", "not", "text ", "its"))


# Whatever is on a sheet ----------------------------------------------------------------------------------------------

MAPPINGS = [ready_mapping(name) for name in ready_names().values()]
NAMES = sorted(
    {each for mapping in MAPPINGS for plan in mapping.sheets for one in plan.wanted().values() for each in one}
)
WRITTEN = "李四 1 2018.3.5 2018.3.5-3.7 3月5日 √ 请假 党课 党员大会、党课 2018.3.5党课 签到 序号 一支部 合计 合格 优"
LABELS = "时间：2018.3.5 会议类型：党课 党支部：一支部 年度：2018"
CELLS = st.sampled_from([*WRITTEN.split(), *LABELS.split(), "", None, 24.0, True])
ROWS = st.one_of(
    st.lists(CELLS, max_size=8),
    st.lists(st.sampled_from(NAMES), max_size=6),
    st.lists(st.sampled_from(NAMES), min_size=2, max_size=3).map(lambda names: names * 2),
)


@given(st.lists(ROWS, max_size=10), st.randoms())
def test_whatever_stands_on_a_sheet(rows: list[list[Any]], chance: Any) -> None:
    """Whatever headers, labels and tables a sheet has, it is read or refused, and its refused rows can be written."""
    some = [*rows, *chance.sample(rows, k=min(3, len(rows)))]
    sheet = RegisterSheet(Path("a.xlsx"), "s", some)
    with patch("partyrules.importers.registers.sheets_of", return_value=[sheet]):
        try:
            reading = read_registers([sheet.file], MAPPINGS)
        except QueryError as error:
            assert "there is nothing in it" in str(error)  # noqa: PT017 - a sheet of blanks may be drawn
            return
    refused_workbook(BytesIO(), reading.refused)
    assert all(1 <= refusal.row <= len(some) for refusal in reading.refusals if refusal.row is not None)
