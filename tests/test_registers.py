"""Registers to facts: every good row is right, every bad cell is named, and the same again changes nothing."""

import json
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyrules.errors import QueryError
from partyrules.importers.contradictions import LedgerHeld
from partyrules.importers.directory import Directory, read_directory
from partyrules.importers.mapping import ready_mapping, ready_names
from partyrules.importers.registers import read_registers
from partyrules.importers.sheets import RegisterSheet
from partyrules.importers.workbooks import refused_workbook
from tests.commands import run
from tests.registers import (
    Formula,
    MonthCell,
    facts_in,
    mapping_of,
    read,
    refused_in,
    write_csv,
    write_ods,
    write_xlsx,
)

HEAD = ["学号", "姓名", "申请入党时间", "确定积极分子时间"]
OLD = Path(__file__).with_name("data") / "register.xls"


def stage(person: str, name: str, on: str) -> dict[str, Any]:
    """Return the fact of a stage as a register tells it."""
    return {"fact": "stage_entered", "person": person, "stage": name, "on": on}


def holding(*facts: dict[str, Any]) -> LedgerHeld:
    """Return a ledger that holds facts, as JSON objects."""
    return LedgerHeld({fact["id"]: json.dumps(fact).encode() for fact in facts})


# The six registers -------------------------------------------------------------------------------------------------


def test_a_register_of_development(tmp_path: Path) -> None:
    """A row of a person tells each stage that has a date, and the steps that have theirs."""
    head = ["序号", "学号", "姓名", "申请入党时间", "确定积极分子时间", "确定发展对象时间", "入党时间", "转正时间"]
    more = ["推优时间", "推优单位", "政审时间", "政审结果", "谈话时间", "备注"]
    steps = ["2018.8.1", "校团委", "2019.12.1", "合格", "2019年12月2日", "x"]
    rows: list[list[Any]] = [
        ["计算机学院发展党员台账"],
        [*head, *more],
        [1, 2018001, "张三", "2018.3", MonthCell(2018, 9, 1), date(2019, 3, 12), "20200105", "21.1.5", *steps],
        [2, "2018002", "李四", "2018年4月1日", "", None, "/"],
    ]
    reading = read(write_xlsx(tmp_path / "a.xlsx", {"2018": rows}), mapping="development")
    assert facts_in(reading) == [
        stage("2018001", "applicant", "2018-03"),
        stage("2018001", "activist", "2018-09"),
        stage("2018001", "development_target", "2019-03-12"),
        stage("2018001", "probationary_member", "2020-01-05"),
        stage("2018001", "full_member", "2021-01-05"),
        {"fact": "recommendation_made", "person": "2018001", "step": "development_target"}
        | {"by": "校团委", "on": "2018-08-01"},
        {"fact": "review_completed", "person": "2018001", "review": "political_review"}
        | {"outcome": "pass", "on": "2019-12-01"},
        {"fact": "talk_held", "person": "2018001", "talk": "talk_before_admission", "on": "2019-12-02"},
        stage("2018002", "applicant", "2018-04-01"),
    ]
    assert not reading.refusals
    assert [each.what for each in reading.remarks] == ["columns not read: 备注"]


def test_a_record_of_meetings(tmp_path: Path) -> None:
    """A row tells a meeting or a lecture by its kind, who was there by name, and who was excused."""
    people = write_csv(tmp_path / "名录.csv", [["学号", "姓名"], ["1", "张三"], ["2", "李四"], ["3", "王五"]])
    rows: list[list[Any]] = [
        ["党支部", "会议类型", "时间", "参加人员", "请假人员", "学时"],
        ["一支部", "支部党员大会", "2018.3.12", "张三、李 四（请假）", "王五"],
        ["", "党课", "2018.4", "张三 李四，3", "无", "2学时"],
        ["", "支委会", date(2018, 5, 7), "", ""],
    ]
    path = write_xlsx(tmp_path / "a.xlsx", {"s": rows}, merged={"s": [(1, 0, 3, 0)]})
    reading = read(path, mapping="meetings", directory=people)
    assert facts_in(reading) == [
        {"fact": "meeting_held", "meeting": "branch_assembly", "unit": "一支部", "on": "2018-03-12"}
        | {"attended": ["1"], "excused": ["2", "3"]},
        {"fact": "activity_held", "activity": "party_lecture", "unit": "一支部", "on": "2018-04", "hours": 2}
        | {"attended": ["1", "2", "3"]},
        {"fact": "meeting_held", "meeting": "branch_committee", "unit": "一支部", "on": "2018-05-07"},
    ]


def test_results_of_training(tmp_path: Path) -> None:
    """Hours, scores and results are read as they are written; a result that nobody wrote is not known."""
    rows = [
        ["学号", "姓名", "培训班", "开始时间", "结业时间", "学时", "成绩", "是否合格"],
        ["1", "张三", "入党积极分子培训班", "2018.3.1", "2018.3.12", "24学时", "85分", "合格"],
        ["2", "李四", "发展对象培训", "", "2018.4", "", "", ""],
    ]
    reading = read(write_csv(tmp_path / "培训.csv", rows, encoding="gb18030"), mapping="training")
    assert facts_in(reading) == [
        {"fact": "training_completed", "person": "1", "course": "activist_course", "started": "2018-03-01"}
        | {"on": "2018-03-12", "hours": 24, "exam_score": 85, "passed": True},
        {"fact": "training_completed", "person": "2", "course": "development_target_course", "on": "2018-04"},
    ]


def test_evaluations(tmp_path: Path) -> None:
    """A rating is one of four words, and who gave it is an id, or a name of the directory."""
    rows = [
        ["学号", "考评时间", "考评等次", "考评人", "依据"],
        ["1", "2018-3-1", "优秀", "t1", "宿舍整洁"],
        ["2", "2018-3-1", "差", "刘老师", ""],
    ]
    people = write_csv(tmp_path / "d.csv", [["学号", "姓名"], ["1", "张三"], ["2", "李四"], ["t1", "刘老师"]])
    reading = read(write_ods(tmp_path / "a.ods", {"s": rows}), mapping="宿舍考评", directory=people)
    assert facts_in(reading) == [
        {"fact": "dorm_evaluated", "person": "1", "by": "t1", "rating": "excellent", "on": "2018-03-01"}
        | {"grounds": "宿舍整洁"},
        {"fact": "dorm_evaluated", "person": "2", "by": "t1", "rating": "poor", "on": "2018-03-01"},
    ]


def test_who_was_there_at_one_meeting(tmp_path: Path) -> None:
    """A list for one meeting, which stands above the header, is one fact; a row without a mark was not there."""
    rows: list[list[Any]] = [
        ["党员大会签到表"],
        ["时间：2018年3月12日 14:30", "", "会议类型：支部党员大会"],
        ["党支部", "一支部"],
        ["序号", "学号", "姓名", "签到"],
        [1, "1", "张三", "√"],
        [2, "2", "李四", "请假"],
        [3, "3", "王五", ""],
        ["合计", "", "", "1人"],
        ["记录人：赵六"],
    ]
    reading = read(write_xlsx(tmp_path / "a.xlsx", {"s": rows}), mapping="attendance")
    assert facts_in(reading) == [
        {"fact": "meeting_held", "meeting": "branch_assembly", "unit": "一支部", "on": "2018-03-12"}
        | {"attended": ["1"], "excused": ["2"]}
    ]
    assert [each.what for each in reading.remarks] == ["totals, headers and footers passed over: rows 8, 9"]


def test_who_was_there_in_each_row_or_column(tmp_path: Path) -> None:
    """The meeting may stand in each row, or each meeting may have a column with its day at the top."""
    expected = [
        {
            "fact": "meeting_held",
            "meeting": "group_meeting",
            "unit": "一组",
            "on": "2018-03-05",
            "attended": ["1", "2"],
        },
        {"fact": "meeting_held", "meeting": "group_meeting", "unit": "一组", "on": "2018-04-09", "attended": []}
        | {"excused": ["1"]},
    ]
    rows: list[list[Any]] = [["会议日期", "会议类型", "党小组", "学号", "签到"]]
    for day, marks in (("2018.3.5", "√√"), (date(2018, 4, 9), ("事假", "缺席"))):
        rows += [[day, "党小组会", "一组", str(number), mark] for number, mark in enumerate(marks, start=1)]
    assert facts_in(read(write_xlsx(tmp_path / "a.xlsx", {"s": rows}), mapping="attendance")) == expected
    rows = [
        ["会议类型：党小组会", "", "党小组：一组"],
        ["学号", "姓名", "2018.3.5", date(2018, 4, 9)],
        ["1", "张三", "√", "事假"],
        ["2", "李四", "李四", ""],
    ]
    assert facts_in(read(write_xlsx(tmp_path / "b.xlsx", {"s": rows}), mapping="attendance")) == expected


def test_a_list_without_marks_tells_no_attendance(tmp_path: Path) -> None:
    """Where no mark at all was made, who was there is not recorded: that nobody came would be invented."""
    rows = [["时间：2018.3.12", "会议类型：党员大会", "党支部：一支部"], ["学号", "签到"], ["1", ""], ["2", ""]]
    reading = read(write_csv(tmp_path / "a.csv", rows), mapping="attendance")
    assert facts_in(reading) == [
        {"fact": "meeting_held", "meeting": "branch_assembly", "unit": "一支部", "on": "2018-03-12"}
    ]
    assert "no mark at all" in reading.remarks[0].what


def test_a_roster(tmp_path: Path) -> None:
    """A roster tells registration, branch, stages and room; the names in it are nobody's business."""
    rows = [
        ["学号", "姓名", "类别", "入学时间", "所在党支部", "加入支部时间", "入党时间", "宿舍楼", "房间", "入住时间"],
        ["1", "张三", "学生", "2015.9", "一支部", "2016.9.1", "2017.6.1", "1号楼", "101", "2015.9.1"],
    ]
    reading = read(write_csv(tmp_path / "a.tsv", rows, separator="\t", encoding="utf-16"), mapping="党员花名册")
    assert facts_in(reading) == [
        {"fact": "person_registered", "person": "1", "category": "student", "on": "2015-09"},
        {"fact": "membership_started", "person": "1", "unit": "一支部", "on": "2016-09-01"},
        stage("1", "probationary_member", "2017-06-01"),
        {"fact": "residence_started", "person": "1", "building": "1号楼", "room": "101", "on": "2015-09-01"},
    ]
    assert "张三" not in str(reading.facts)


def test_an_old_workbook_tells_the_same() -> None:
    """A register in .xls is read with its merged cells, its months and its serial numbers."""
    reading = read(OLD, mapping="development")
    assert facts_in(reading) == [
        stage("2018001", "applicant", "2018-03"),
        stage("2018001", "activist", "2018-09-12"),
        stage("2018002", "applicant", "2018-04-01"),
        stage("2018002", "activist", "2019-01-01"),
    ]
    assert "not read" in reading.remarks[1].what


def test_without_a_choice_the_fitting_mapping_is_taken(tmp_path: Path) -> None:
    """Of several mappings a sheet is read by the one of which it has the most columns, or any that tell the same."""
    sheets = {
        "甲": [["学号", "姓名", "培训班", "结业时间", "学时"], ["1", "张三", "积极分子培训", "2018.3.1", "24"]],
        "乙": [HEAD, ["1", "张三", "2018.3.1", ""]],
        "丙": [["学号", "考评时间", "等次", "考评人"], ["1", "2018.3.1", "优", "t1"]],
    }
    mappings = [ready_mapping(name) for name in ("development", "training", "dormitory", "roster", "attendance")]
    reading = read_registers([write_xlsx(tmp_path / "a.xlsx", sheets)], mappings)
    assert [each["fact"] for each in facts_in(reading)] == ["training_completed", "stage_entered", "dorm_evaluated"]
    said = run("template", "development", "--mapping").stdout
    others = mapping_of(tmp_path / "m.toml", said.replace('stage = "applicant"', 'stage = "full_member"'))
    book = write_xlsx(tmp_path / "b.xlsx", {"乙": sheets["乙"]})
    refused = read_registers([book], [ready_mapping("development"), others]).refusals
    assert "fit as well; name one with --mapping" in refused[0].why
    rows = [["学号", "姓名", "入党时间"], ["1", "张三", "2018.3.1"]]
    assert len(read_registers([write_csv(tmp_path / "c.csv", rows)], mappings).facts) == 1


# Sheets as they come -----------------------------------------------------------------------------------------------


def test_a_header_of_two_rows(tmp_path: Path) -> None:
    """A column under a heading is found by both its names together, and by its own where it is the only one."""
    mapping = mapping_of(
        tmp_path / "m.toml",
        """
[[sheets]]
columns.person = ["学号"]
facts = [
  {fact = "stage_entered", set = {stage = "activist"}, columns = {on = ["积极分子确定时间"]}},
  {fact = "stage_entered", set = {stage = "development_target"}, columns = {on = ["发展对象/确定时间"]}},
  {fact = "talk_held", set = {talk = "t"}, columns = {on = ["谈话日"]}},
]
""",
    )
    rows = [
        ["台账"],
        ["学号", "姓名", "积极分子", "", "发展对象", ""],
        ["", "", "确定时间", "培养人", "确定时间", "谈话日"],
        ["1", "张三", "2018.3.1", "x", "2019.3.1", "2019.4.1"],
    ]
    merged = {"s": [(0, 0, 0, 5), (1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 3), (1, 4, 1, 5)]}
    reading = read(write_xlsx(tmp_path / "a.xlsx", {"s": rows}, merged=merged), mapping=mapping)
    assert [(each["fact"], each["on"]) for each in facts_in(reading)] == [
        ("stage_entered", "2018-03-01"),
        ("stage_entered", "2019-03-01"),
        ("talk_held", "2019-04-01"),
    ]


def test_names_of_columns_as_they_come(tmp_path: Path) -> None:
    """A column is found whatever blanks, stars, width and remarks its name has."""
    rows = [
        ["＊学 号", "姓\n名", "申请入党时间（年月日）", "确定积极分子时间 *"],
        ["1", "张三", "2018.3.1", "2018.9.1"],
    ]
    reading = read(write_xlsx(tmp_path / "a.xlsx", {"s": rows}), mapping="development")
    assert [each["on"] for each in facts_in(reading)] == ["2018-03-01", "2018-09-01"]


def test_what_is_no_row(tmp_path: Path) -> None:
    """Blank rows, totals, footers and the header again are passed over, and told of."""
    rows: list[list[Any]] = [
        HEAD,
        ["1", "张三", "2018.3.1"],
        [],
        HEAD,
        ["2", "李四", "2018.3.2"],
        ["小 计", Formula("=COUNTA(A2:A5)", 2)],
        ["合计：2人"],
        ["填表人：赵六", "", "审核：钱七"],
    ]
    reading = read(write_xlsx(tmp_path / "a.xlsx", {"s": rows}), mapping="development")
    assert [each["person"] for each in facts_in(reading)] == ["1", "2"]
    assert reading.rows == 2
    assert [each.what for each in reading.remarks] == ["totals, headers and footers passed over: rows 4, 6, 7, 8"]


def test_repeated_rows_tell_once(tmp_path: Path) -> None:
    """A row that stands twice tells its facts once."""
    path = write_csv(tmp_path / "a.csv", [HEAD, *[["1", "张三", "2018.3.1", "2018-9-1"]] * 3])
    reading = read(path, mapping="development")
    assert (len(reading.facts), reading.repeated, reading.rows) == (2, 4, 3)


def test_hidden_sheets_are_told_of(tmp_path: Path) -> None:
    """A hidden sheet is not read, unless the mapping says so."""
    sheets = {"甲": [HEAD, ["1", "张三", "2018.3.1"]], "乙": [HEAD, ["2", "李四", "2018.3.1"]]}
    path = write_xlsx(tmp_path / "a.xlsx", sheets, hidden=["乙"])
    reading = read(path, mapping="development")
    assert [each["person"] for each in facts_in(reading)] == ["1"]
    assert "hidden, and not read" in reading.remarks[0].what
    shown = '[[sheets]]\nhidden = true\ncolumns = {person = "学号", on = "申请入党时间"}\n'
    shown += 'facts = [{fact = "stage_entered", set = {stage = "applicant"}}]'
    assert len(read(path, mapping=mapping_of(tmp_path / "m.toml", shown)).facts) == 2


def test_other_sheets(tmp_path: Path) -> None:
    """A sheet that is no register is told of; one that seems to be one and lacks a column is refused."""
    sheets = {
        "封面": [["某学院"]],
        "甲": [HEAD, ["1", "张三", "2018.3.1"]],
        "乙": [["学好", "姓名", "申请时问"], ["2"]],
    }
    reading = read(write_xlsx(tmp_path / "a.xlsx", sheets), mapping="attendance")
    assert not reading.facts
    reading = read(write_xlsx(tmp_path / "b.xlsx", sheets), mapping="development")
    assert len(reading.facts) == 1
    assert [(each.sheet.name, each.what) for each in reading.remarks] == [
        ("封面", "not read: it has none of the columns of the mapping")
    ]
    [refusal] = reading.refusals
    assert (refusal.sheet.name, refusal.row) == ("乙", 1)
    assert "found: 学好、姓名、申请时问; is it `申请时问`?" in refusal.why
    with pytest.raises(QueryError, match="there is nothing in it"):
        read(write_xlsx(tmp_path / "c.xlsx", {"s": [[]]}), mapping="development")


def test_a_column_that_stands_twice(tmp_path: Path) -> None:
    """Of two columns of one name neither is taken."""
    path = write_csv(tmp_path / "a.csv", [[*HEAD, "申请入党时间"], ["1", "张三", "2018.3.1", "", "2018.4.1"]])
    reading = read(path, mapping="development")
    assert not reading.facts
    assert "more than one column may be '申请入党时间': C、E" in reading.refusals[0].why


def test_what_cannot_be_told_is_said(tmp_path: Path) -> None:
    """A fact of which a sheet has some columns and lacks another is told of, and so is a column nobody reads."""
    path = write_csv(tmp_path / "a.csv", [["学号", "入学时间", "党支部", "民族"], ["1", "2015.9.1", "一支部", "汉"]])
    reading = read(path, mapping="roster")
    assert [each["fact"] for each in facts_in(reading)] == ["person_registered"]
    told = [each.what for each in reading.remarks]
    assert told[0] == "columns not read: 党支部, 民族"
    assert "`membership_started` is not told: no column 加入支部时间" in told[1]


def test_rows_that_say_the_same_as_above(tmp_path: Path) -> None:
    """Where a mapping says so, an empty cell means the same as above; otherwise it is empty."""
    said = '[[sheets]]\n%scolumns = {person = "学号", unit = "党支部", on = "时间"}\n'
    said += 'facts = [{fact = "membership_started"}]'
    path = write_csv(
        tmp_path / "a.csv", [["学号", "党支部", "时间"], ["1", "一支部", "2018.3.1"], ["2", "", "2018.3.1"]]
    )
    filled = mapping_of(tmp_path / "m.toml", said % 'fill_down = ["unit"]\n')
    assert [each["unit"] for each in facts_in(read(path, mapping=filled))] == ["一支部", "一支部"]
    plain = mapping_of(tmp_path / "n.toml", said % "")
    assert refused_in(read(path, mapping=plain)) == [(3, "B", "")]


# Refused cells -----------------------------------------------------------------------------------------------------


def test_every_bad_cell_is_named(tmp_path: Path) -> None:
    """Each cell that cannot be taken is named with its place, and a row that has one tells nothing."""
    rows: list[list[Any]] = [
        HEAD,
        ["1", "张三", "2018.3.1", "2018-02-30"],
        ["2", "李四", "去年", "18.3"],
        ["3", "王五", "2018.3.1", "2018.9.1"],
        [123456789012345678, "赵六", "2018.3.1"],
        ["", "钱七", "2018.3.1"],
        ["6", "孙八", Formula("=C2"), 2018.1],
    ]
    reading = read(write_xlsx(tmp_path / "a.xlsx", {"s": rows}), mapping="development")
    assert [each["person"] for each in facts_in(reading)] == ["3", "3"]
    assert [(each.row, each.column, each.header, each.near) for each in reading.refusals] == [
        (2, "D", "确定积极分子时间", "2018-02-28"),
        (3, "C", "申请入党时间", None),
        (3, "D", "确定积极分子时间", "2018-03"),
        (5, "A", "学号", None),
        (6, "A", "学号", None),
        (7, "C", "申请入党时间", None),
        (7, "D", "确定积极分子时间", "2018-01 / 2018-10"),
    ]
    assert reading.refusals[0].value == "2018-02-30"
    assert [refused.rows for refused in reading.refused] == [[1, 2, 4, 5, 6]]


def test_a_needed_cell_that_is_empty(tmp_path: Path) -> None:
    """A fact that a row begins to tell and lacks a needed cell for is refused at that cell."""
    rows = [["学号", "培训班", "结业时间", "学时"], ["1", "积极分子培训", "", "24"], ["2", "", "2018.3.1", "24"]]
    reading = read(write_csv(tmp_path / "a.csv", rows), mapping="training")
    assert [(each.row, each.column) for each in reading.refusals] == [(2, "C"), (3, "B")]
    assert "`on` is needed" in reading.refusals[0].why


def test_what_the_class_of_a_fact_refuses(tmp_path: Path) -> None:
    """What is wrong with a fact and not with a spelling is named at its cell as well."""
    rows = [["学号", "培训班", "结业时间", "学时"], ["1", "积极分子培训", "2018.3.1", "-3"]]
    reading = read(write_csv(tmp_path / "a.csv", rows), mapping="training")
    assert refused_in(reading) == [(2, "D", "-3")]
    assert "at least 0" in reading.refusals[0].why


def test_a_refused_row_holds_back_its_meeting(tmp_path: Path) -> None:
    """A meeting of which one row is refused is not told, and all of its rows are to be given again."""
    rows: list[list[Any]] = [["会议日期", "会议类型", "党支部", "学号", "签到"]]
    rows += [["2018.3.5", "党员大会", "一支部", person, mark] for person, mark in (("1", "√"), ("2", "？"))]
    rows += [["2018.4.5", "党员大会", "一支部", person, "√"] for person in ("1", "2")]
    reading = read(write_csv(tmp_path / "a.csv", rows), mapping="attendance")
    assert [each["on"] for each in facts_in(reading)] == ["2018-04-05"]
    assert refused_in(reading) == [(3, "E", "？")]
    assert [refused.rows for refused in reading.refused] == [[1, 2]]


def test_a_person_in_both_lists(tmp_path: Path) -> None:
    """Whoever stands among those who came and among the excused makes the row refused."""
    rows = [["党支部", "会议类型", "时间", "参加人员", "请假人员"], ["一支部", "党员大会", "2018.3.1", "1、2", "2"]]
    reading = read(write_csv(tmp_path / "a.csv", rows), mapping="meetings")
    assert (reading.facts, refused_in(reading)) == ((), [(2, "D", "1、2")])


def test_a_person_who_was_there_and_was_not(tmp_path: Path) -> None:
    """Two rows that say of one person at one meeting that they were there and were excused are refused."""
    rows = [["会议日期", "会议类型", "党支部", "学号", "签到"]]
    rows += [["2018.3.5", "党员大会", "一支部", "1", mark] for mark in ("√", "请假")]
    reading = read(write_csv(tmp_path / "a.csv", rows), mapping="attendance")
    assert not reading.facts
    assert "both attended and excused" in reading.refusals[0].why


# Names -------------------------------------------------------------------------------------------------------------


def test_names_need_a_directory(tmp_path: Path) -> None:
    """A name of which nothing tells whose it is is refused and not recorded."""
    rows = [["党支部", "会议类型", "时间", "参加人员"], ["一支部", "党员大会", "2018.3.12", "张三、2"]]
    reading = read(write_csv(tmp_path / "a.csv", rows), mapping="meetings")
    assert not reading.facts
    assert "no directory tells whose; give one with --directory" in reading.refusals[0].why


def test_unknown_and_ambiguous_names(tmp_path: Path) -> None:
    """A name that nobody has, and one that two people have, are refused; an id beside the name tells which."""
    people = [["学号", "姓名"], ["1", "张三"], ["2", "张三"], ["3", "李四"], ["4", "王小五"]]
    rows = [["党支部", "会议类型", "时间", "参加人员"]]
    rows += [
        ["一支部", "党员大会", f"2018.3.{day}", who]
        for day, who in enumerate(("张三", "王小武、钱七", "张三(2)、李四"), 1)
    ]
    directory = write_csv(tmp_path / "d.csv", people)
    reading = read(write_csv(tmp_path / "a.csv", rows), mapping="meetings", directory=directory)
    assert [each["attended"] for each in facts_in(reading)] == [["2", "3"]]
    assert [(each.row, each.near) for each in reading.refusals] == [(2, "张三(1) / 张三(2)"), (3, "王小五")]
    assert "钱七" in reading.refusals[1].why


def test_registers_are_directories_of_each_other(tmp_path: Path) -> None:
    """Whoever stands in one of the files with id and name is known in all of them, whatever their order."""
    meetings = write_csv(
        tmp_path / "a.csv", [["党支部", "会议类型", "时间", "参加人员"], ["一支部", "党员大会", "2018.3.12", "张三"]]
    )
    roster = write_csv(tmp_path / "b.csv", [["学号", "姓名", "入学时间"], ["1", "张三", "2015.9.1"]])
    reading = read_registers([meetings, roster], [ready_mapping("meetings"), ready_mapping("roster")])
    assert not reading.refusals
    assert facts_in(reading)[0]["attended"] == ["1"]


def test_an_id_with_the_name_of_another(tmp_path: Path) -> None:
    """A row whose id and name are of two people is refused: it may be the history of either."""
    people = write_csv(tmp_path / "d.csv", [["学号", "姓名"], ["1", "张三"], ["2", "李四"]])
    rows = [HEAD, ["1", "李四", "2018.3.1"], ["9", "张三", "2018.3.1"], ["7", "新来的", "2018.3.1"]]
    path = write_csv(tmp_path / "a.csv", rows)
    reading = read(path, mapping="development", directory=people)
    assert [each["person"] for each in facts_in(reading)] == ["7"]
    assert [(each.row, each.column, each.near) for each in reading.refusals] == [(2, "A", "2"), (3, "A", "1")]
    twice = write_csv(tmp_path / "b.csv", [HEAD, ["1", "张三", "2018.3.1"], ["1", "李四", "", "2018.9.1"]])
    assert refused_in(read(twice, mapping="development")) == [(3, "A", "1")]


def test_a_name_in_the_place_of_an_id(tmp_path: Path) -> None:
    """Where id and name have changed places, the name is not recorded as an id."""
    reading = read(write_csv(tmp_path / "a.csv", [HEAD, ["张三", "1", "2018.3.1"]]), mapping="development")
    assert (reading.facts, refused_in(reading)) == ((), [(2, "A", "张三")])


def test_an_id_that_is_missing_is_looked_up(tmp_path: Path) -> None:
    """Where the cell of the id is empty, the name beside it tells who it is."""
    people = write_csv(tmp_path / "d.csv", [["学号", "姓名"], ["1", "张 三"]])
    path = write_csv(tmp_path / "a.csv", [HEAD, ["", "张三", "2018.3.1"]])
    assert facts_in(read(path, mapping="development", directory=people)) == [stage("1", "applicant", "2018-03-01")]
    named = write_csv(tmp_path / "b.csv", [HEAD[1:], ["张三", "2018.3.1"]])
    assert facts_in(read(named, mapping="development", directory=people)) == [stage("1", "applicant", "2018-03-01")]


def test_units_of_a_directory(tmp_path: Path) -> None:
    """Where a directory has units, their names are ids, and another is refused with the nearest."""
    sheets = {
        "组织": [["组织编号", "组织名称"], ["b1", "学生第一党支部"]],
        "楼": [["楼宇编号", "楼宇名称"], ["B1", "1号楼"]],
    }
    directory = write_xlsx(tmp_path / "d.xlsx", sheets)
    rows = [["学号", "所在党支部", "加入支部时间"]]
    rows += [
        [str(number), unit, "2018.3.1"] for number, unit in enumerate(("学生 第一党支部", "学生第一党支邮", "b1"), 1)
    ]
    reading = read(write_csv(tmp_path / "a.csv", rows), mapping="roster", directory=directory)
    assert [each["unit"] for each in facts_in(reading)] == ["b1", "b1"]
    assert [(each.row, each.column, each.near) for each in reading.refusals] == [(3, "B", "学生第一党支部")]


def test_no_directory(tmp_path: Path) -> None:
    """A file without ids and names is no directory."""
    with pytest.raises(QueryError, match="found no ids and names"):
        read_directory([write_csv(tmp_path / "d.csv", [["a", "b"], ["1", "2"]])])


# Contradictions ----------------------------------------------------------------------------------------------------


def test_rows_that_contradict_each_other(tmp_path: Path) -> None:
    """Two rows that give one stage of one person two dates are both refused, in whichever files they stand."""
    one = write_csv(tmp_path / "a.csv", [HEAD, ["1", "张三", "2018.3.1"]])
    other = write_csv(tmp_path / "b.csv", [HEAD, ["1", "张三", "2018.3.2", "2018.9.1"], ["2", "李四", "2018.3.1"]])
    reading = read(one, other, mapping="development")
    assert [each["person"] for each in facts_in(reading)] == ["2"]
    assert [(each.sheet.file, each.row, each.column) for each in reading.refusals] == [(one, 2, "C"), (other, 2, "C")]
    assert f"contradicts row 2 of {other}, which has 2018-03-02" in reading.refusals[0].why


def test_a_month_and_its_day_agree(tmp_path: Path) -> None:
    """Of two rows of which one tells the month and the other the day, the one that says more is taken."""
    for months in (["2018.3", "2018.3.12"], ["2018.3.12", "2018.3"]):
        path = write_csv(tmp_path / "a.csv", [HEAD, *[["1", "张三", month] for month in months]])
        assert facts_in(read(path, mapping="development")) == [stage("1", "applicant", "2018-03-12")]


def test_what_the_ledger_says_otherwise(tmp_path: Path) -> None:
    """A row that contradicts what is recorded is refused, or takes its place where that is wanted."""
    held = holding({"id": "s1", **stage("1", "applicant", "2018-03-01")})
    path = write_csv(tmp_path / "a.csv", [HEAD, ["1", "张三", "2018.3.2"], ["2", "李四", "2018.3.2"]])
    mappings = [ready_mapping("development")]
    reading = read_registers([path], mappings, held=held)
    assert refused_in(reading) == [(2, "C", "2018.3.2")]
    assert "contradicts s1" in reading.refusals[0].why
    replacing = read_registers([path], mappings, held=held, replace=True)
    assert [known for known, _ in replacing.replaced] == ["s1"]
    assert len(replacing.facts) == 2


def test_a_row_that_says_less_says_nothing_new(tmp_path: Path) -> None:
    """What is recorded with more said, such as hours or who came, is not recorded again with less; and the reverse."""
    more: dict[str, Any] = {
        "id": "a1",
        "fact": "activity_held",
        "activity": "party_lecture",
        "unit": "一支部",
        "on": "2018-03",
    }
    more |= {"hours": 2, "attended": ["2", "1"], "led_by": ["3"]}
    rows = [["党支部", "会议类型", "时间", "参加人员", "学时"], ["一支部", "党课", "2018.3", "1、2", "2"]]
    path, mappings = write_csv(tmp_path / "a.csv", rows), [ready_mapping("meetings")]
    reading = read_registers([path], mappings, held=holding(more))
    assert (reading.facts, reading.already, reading.refusals) == ((), 1, ())
    less = {name: value for name, value in more.items() if name not in ("led_by", "hours")}
    reading = read_registers([path], mappings, held=holding(less))
    assert [(each.row, each.column) for each in reading.refusals] == [(2, "E")]
    other = {**more, "attended": ["1", "4"]}
    assert len(read_registers([path], mappings, held=holding(other)).facts) == 1


# Ids ---------------------------------------------------------------------------------------------------------------

CELLS = st.sampled_from(["", "2018.3.1", "2018-4", "2018年5月6日", "去年"])


@given(st.lists(st.tuples(st.integers(1, 6), CELLS, CELLS), unique_by=lambda row: row[0]), st.randoms())
def test_the_order_of_rows_makes_no_difference(rows: list[tuple[int, str, str]], chance: Any) -> None:
    """The same rows in any order, file format and place tell the same facts with the same ids."""
    import tempfile  # noqa: PLC0415 - a test of Hypothesis has no folder of its own for each example

    told = [[str(person), f"人{person}", *dates] for person, *dates in rows]
    shuffled = list(told)
    chance.shuffle(shuffled)
    with tempfile.TemporaryDirectory() as folder:
        one = read(write_csv(Path(folder) / "a.csv", [HEAD, *told]), mapping="development")
        rest = [["", *row] for row in [HEAD, *shuffled]]
        other = read(write_ods(Path(folder) / "b.ods", {"s": [["台账"], [], *rest]}), mapping="development")
    assert {fact.id for fact in one.facts} == {fact.id for fact in other.facts}
    assert len(one.refusals) == len(other.refusals) == sum(dates.count("去年") for _, *dates in rows)


VALUES = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(
        ["2018.3.1", "张三", "1", "合格", "√", "请假", "党员大会", "合计", "积极分子培训", "优秀", "24学时"]
    ),
    st.floats(),
    st.integers(0, 10**9),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
)


@given(st.sampled_from(sorted(ready_names().values())), st.data())
def test_whatever_stands_in_the_cells(name: str, data: Any) -> None:
    """Whatever its cells hold, a register is read: each row tells its facts, is refused, or is told of."""
    mapping = ready_mapping(name)
    columns = sorted({names[0] for plan in mapping.sheets for names in plan.wanted().values()})
    rows = data.draw(st.lists(st.lists(VALUES, min_size=len(columns), max_size=len(columns)), max_size=4))
    sheet = RegisterSheet(Path("a.xlsx"), "s", [columns, *rows])
    with patch("partyrules.importers.registers.sheets_of", return_value=[sheet]):
        reading = read_registers([sheet.file], [mapping])
    assert {number for refused in reading.refused for number in refused.rows} >= {
        refusal.row - 1 for refusal in reading.refusals if refusal.row is not None and refusal.row > 1
    }
    held = BytesIO()
    refused_workbook(held, reading.refused)


def test_attendance_is_in_no_order(tmp_path: Path) -> None:
    """The order in which people stand in a list makes no other fact."""
    head = ["党支部", "会议类型", "时间", "参加人员"]
    ids = []
    for people in ("1、2、3", "3,1,2 2"):
        path = write_csv(tmp_path / "a.csv", [head, ["一支部", "党员大会", "2018.3.12", f'"{people}"']])
        ids.append([fact.id for fact in read(path, mapping="meetings", directory=Directory()).facts])
    assert ids[0] == ids[1]
