"""One activity on several lists is told once, two of one day stay two, and what may be either is asked about."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from partyrules.errors.chinese import chinese
from partyrules.facts.vocabulary import CORE_VOCABULARY
from partyrules.importers.books import sheets_of
from partyrules.importers.directory import Directory
from partyrules.importers.mapping import ready_mapping
from partyrules.importers.recorded import Imported, held_by, import_into
from partyrules.importers.registers import RegisterReading, read_registers
from tests.commands import run
from tests.registers import facts_in, refused_in, write_csv, write_xlsx

Rows = Sequence[Sequence[Any]]
PEOPLE = dict(zip("123456", ("李四", "王五", "赵六", "孙七", "张三", "周八"), strict=True))
RECORD = ["党支部", "会议类型", "时间", "参加人员", "主题", "学时"]


def signed(marks: str, *, on: str = "2018年3月5日", kind: str = "党课", more: str = "") -> Rows:
    """Return a list of who was there: `marks` has a person and a mark, one after the other."""
    above = [f"时间：{on}", f"会议类型：{kind}", "党支部：一支部", *([more] if more else [])]
    people = zip(marks[::2], marks[1::2], strict=True)
    return [["签到表"], above, ["学号", "姓名", "签到"], *([who, PEOPLE[who], mark] for who, mark in people)]


def told(*files: Path) -> RegisterReading:
    """Return what registers tell."""
    return read_registers(files, [ready_mapping("attendance"), ready_mapping("meetings")])


def into(ledger: Path, *files: Path, replace: bool = False) -> tuple[RegisterReading, Imported]:
    """Import registers, and return what was read and recorded."""
    mappings = [ready_mapping("attendance"), ready_mapping("meetings")]
    known = Directory()
    held = held_by(ledger, mappings, known, vocabulary=CORE_VOCABULARY)
    reading = read_registers(files, mappings, directory=known, held=held, replace=replace)
    return reading, import_into(ledger, reading)


def attended(reading: RegisterReading) -> list[Any]:
    """Return who was at each thing that is told."""
    return [fact.get("attended") for fact in facts_in(reading)]


@pytest.mark.parametrize("kind", ["党课", "支部党员大会"])
def test_a_list_on_two_sheets_is_one(tmp_path: Path, kind: str) -> None:
    """Lists of one day that have nobody in common and say nothing otherwise are one, on sheets or in files."""
    pages = {"一": signed("1√2请", kind=kind), "二": signed("3√4 ", kind=kind)}
    pages["一"][4][2] = "请假"  # type: ignore[index]  # a list
    one = told(write_xlsx(tmp_path / "a.xlsx", pages))
    [fact] = facts_in(one)
    assert (fact["attended"], fact["excused"]) == (["1", "3"], ["2"])
    assert [each.what.partition(" goes on in ")[2] for each in one.remarks] == [
        f"{tmp_path / 'a.xlsx'} [二]; both are told as one"
    ]
    files = [write_csv(tmp_path / f"{name}.csv", rows) for name, rows in pages.items()]
    assert [each.id for each in told(*reversed(files)).facts] == [each.id for each in one.facts]


def test_columns_for_each_meeting_on_two_sheets(tmp_path: Path) -> None:
    """A list with a column for each meeting may go on on another sheet, where a column waits that has marks here."""
    rows = [["会议类型：党课", "党支部：一支部"], ["学号", "2018.3.5", "2018.4.9"]]
    book = {"一": [*rows, ["1", "√", ""], ["2", "", ""]], "二": [*rows, ["3", "√", "√"], ["4", "", "√"]]}
    assert attended(told(write_xlsx(tmp_path / "a.xlsx", book))) == [["1", "3"], ["3", "4"]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"more": "主题：学习党章"}, {"more": "主题：学习条例"}),
        ({"on": "2018年3月5日 9:00"}, {"on": "2018年3月5日14:30"}),
        ({"on": "2018.3.5上午"}, {"on": "2018.3.5 下午2点"}),
        ({"more": "学时：2"}, {"more": "学时：3"}),
    ],
)
@pytest.mark.parametrize("marks", ["1√2√", "3√4√", "1√3√"])
def test_two_of_one_day_stay_two(tmp_path: Path, one: Mapping[str, str], other: Mapping[str, str], marks: str) -> None:
    """Activities of another topic, time or number of hours are two, whoever came; and so again, and in a ledger."""
    first = write_csv(tmp_path / "a.csv", signed("1√2√", **one))
    second = write_csv(tmp_path / "b.csv", signed(marks, **other))
    both = told(first, second)
    assert (len(both.facts), both.refusals, both.repeated) == (2, (), 0)
    ledger = tmp_path / "l.db"
    for _ in range(2):
        reading, done = into(ledger, first, second)
    assert (done.new, done.already, reading.refusals, reading.remarks) == (0, 2, (), ())
    assert [into(ledger, each)[1].new for each in (first, second)] == [0, 0]


@pytest.mark.parametrize(
    ("marks", "said"), [("1√3√", "contradicts row 4 of"), ("1×2√", "contradicts row 4 of"), ("2√", "")]
)
def test_lists_that_have_somebody_in_common(tmp_path: Path, marks: str, said: str) -> None:
    """Two lists with some people in common may be one or two: both are refused, unless one says all of both."""
    files = [write_csv(tmp_path / f"{name}.csv", signed(each)) for name, each in (("a", "1√2√"), ("b", marks))]
    reading = told(*files)
    assert bool(reading.facts) == (not said)
    assert all(said in each.why and "write what each was about" in each.why for each in reading.refusals)
    assert len(reading.refusals) == (2 if said else 0)
    assert [refused.rows for refused in reading.refused] == ([[3, 4]] * 2 if said else [])
    assert {(each.row, each.column, each.value) for each in reading.refusals} <= {(4, "C", "√"), (4, "C", "×")}
    assert ["is told once" in each.what for each in reading.remarks] == ([] if said else [True])


def test_a_list_of_a_month(tmp_path: Path) -> None:
    """Lists that tell but the month may be of two days, and are neither put together nor taken for two."""
    pages = {"一": signed("1√", on="2018.3"), "二": signed("2√", on="2018.3")}
    reading = told(write_xlsx(tmp_path / "a.xlsx", pages))
    assert (len(reading.facts), len(reading.refusals)) == (0, 2)


def test_a_list_that_may_be_of_two(tmp_path: Path) -> None:
    """A list without a topic, on a day with lists of two topics, belongs to neither."""
    pages = {"一": signed("1√"), "二": signed("2√", more="主题：甲"), "三": signed("3√", more="主题：乙")}
    reading = told(write_xlsx(tmp_path / "a.xlsx", pages))
    assert {each.sheet.name for each in reading.refusals} == {"一", "二", "三"}
    two = told(write_xlsx(tmp_path / "b.xlsx", {name: pages[name] for name in "一二"}))
    assert attended(two) == [["1", "2"]]


def test_a_bad_mark_on_one_of_two_sheets(tmp_path: Path) -> None:
    """One bad mark holds back the list of both sheets, both come back, and corrected tell it whole."""
    path = write_xlsx(tmp_path / "a.xlsx", {"一": signed("1√2？"), "二": signed("3√4√")})
    found = run("import", tmp_path / "l.db", path, "--keep-good", "--refused", tmp_path / "r.xlsx")
    assert "0 facts appended" in found.stdout
    mended = {
        sheet.name: [["√" if cell == "？" else cell for cell in row] for row in sheet.rows]
        for sheet in sheets_of(tmp_path / "r.xlsx")
    }
    assert [len(rows) for rows in mended.values()] == [5, 5]
    again = told(write_xlsx(tmp_path / "b.xlsx", mended))
    assert attended(again) == [["1", "2", "3", "4"]]
    assert [each.id for each in again.facts] == [
        each.id for each in told(write_xlsx(tmp_path / "c.xlsx", {"一": signed("1√2√3√4√")})).facts
    ]


def test_a_list_that_comes_later(tmp_path: Path) -> None:
    """Who comes on a later list is asked about; with --replace they are added, and no list tells anything new then."""
    ledger = tmp_path / "l.db"
    first, second = (write_csv(tmp_path / f"{each[0]}.csv", signed(each)) for each in ("1√2√", "3√4 "))
    into(ledger, first)
    reading, done = into(ledger, second)
    assert done.head is None
    assert "is recorded with others; if this list is more of it, say --replace" in reading.refusals[0].why
    assert "如果这张表是它的续表" in chinese(reading.refusals[0].why)
    reading, done = into(ledger, second, replace=True)
    assert (attended(reading), done.new) == ([["1", "2", "3"]], 2)
    for files in ([first], [second], [first, second], [second, first]):
        reading, done = into(ledger, *files)
        assert (done.new, done.refusals) == (0, ())
        assert not any(re.search("[a-z ]{9}", chinese(each.what).split("activity_held")[0]) for each in reading.remarks)
    assert not into(ledger, first, replace=True)[1].new


def test_a_list_that_was_corrected(tmp_path: Path) -> None:
    """A list that says otherwise of somebody than before is refused, and with --replace takes the place of that."""
    ledger = tmp_path / "l.db"
    into(ledger, write_csv(tmp_path / "a.csv", signed("1√2√3 ")))
    grown = write_csv(tmp_path / "a.csv", signed("1√2√3√"))
    reading, done = into(ledger, grown)
    assert (done.head, len(reading.refusals)) == (None, 1)
    reading, done = into(ledger, grown, replace=True)
    assert (attended(reading), done.new) == ([["1", "2", "3"]], 2)
    assert (into(ledger, grown)[1].new, into(ledger, grown)[1].already) == (0, 1)


def test_a_topic_that_was_corrected(tmp_path: Path) -> None:
    """A topic that differs alone may be a correction, and is asked about; with other people it is another lecture."""
    ledger = tmp_path / "l.db"
    into(ledger, write_csv(tmp_path / "a.csv", signed("1√2√", more="主题：学习党张")))
    corrected = write_csv(tmp_path / "a.csv", signed("1√2√", more="主题：学习党章"))
    assert "in topic or time alone" in into(ledger, corrected)[0].refusals[0].why
    other = write_csv(tmp_path / "b.csv", signed("1√3√", more="主题：学习条例"))
    reading, done = into(ledger, other)
    assert done.new == 1
    assert ["with another topic, time or number of hours" in each.what for each in reading.remarks] == [True]
    assert into(ledger, other)[0].remarks == ()


def test_a_list_and_a_record(tmp_path: Path) -> None:
    """What a record says of a lecture and a list of who was there is one; a list that says more is asked about."""
    record = [RECORD, ["一支部", "党课", "2018.3.5", "1、2、3、4", "学习党章", "2"]]
    pages = {"一": signed("1√2√"), "二": signed("3√4√"), "记录": record}
    reading = told(write_xlsx(tmp_path / "a.xlsx", pages))
    assert (attended(reading), reading.refusals) == ([["1", "2", "3", "4"]], ())
    ledger = tmp_path / "l.db"
    into(ledger, write_csv(tmp_path / "b.csv", [RECORD[:3], record[1][:3]]))
    assert len(into(ledger, tmp_path / "a.xlsx")[0].refusals) == 1
    assert into(ledger, tmp_path / "a.xlsx", replace=True)[1].new == 2


def test_rows_of_a_record(tmp_path: Path) -> None:
    """Two rows of one kind and day are two by their topics or hours, and refused where nothing tells them apart."""
    row = ["一支部", "党课", "2018.3.5"]
    rows = [[*row, "1、2", "甲", ""], [*row, "1、2", "乙", ""], [*row, "3", "丙", "2"]]
    assert attended(told(write_csv(tmp_path / "a.csv", [RECORD, *rows]))) == [["1", "2"], ["1", "2"], ["3"]]
    rows = [[*row, "1", "甲", "1.5"], [*row, "1", "甲", "1.50"]]
    assert len(told(write_csv(tmp_path / "a.csv", [RECORD, *rows])).facts) == 1
    rows = [[*row, "1、2", "", "2"], [*row, "3", "", ""]]
    reading = told(write_csv(tmp_path / "b.csv", [RECORD, *rows]))
    assert refused_in(reading) == [(2, "D", "1、2"), (3, "D", "3")]


def test_a_date_and_a_time_of_their_own_columns(tmp_path: Path) -> None:
    """Beside a column of dates one of times tells two of one day apart."""
    rows = [["党支部", "日期", "时间", "会议类型", "参加人员"]]
    rows += [["一支部", "2018.3.5", at, "党课", "1"] for at in ("9:00", "15:00")]
    assert len(told(write_csv(tmp_path / "a.csv", rows)).facts) == 2
