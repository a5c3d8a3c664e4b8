"""`import` and `template`: registers into a ledger, refused rows back to who keeps them, empty ones to fill in."""

import json
import os
import re
import signal
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from partyrules.importers.books import sheets_of
from partyrules.importers.mapping import RegisterMapping, ready_mapping, ready_names
from partyrules.importers.sheets import CELLS_MOST
from partyrules.importers.workbooks import refused_workbook, template_workbook
from partyrules.ledger.sqlite import open_ledger
from tests.commands import refused, run
from tests.registers import Formula, MonthCell, facts_in, read, refused_in, write_csv, write_ods, write_xlsx

HEAD = ["学号", "姓名", "申请入党时间", "确定积极分子时间"]
GOOD = [HEAD, ["1", "张三", "2018.3.1", "2018.9"], ["2", "李四", "2018.4.1", ""]]
BAD = [*GOOD, ["3", "王五", "2018-02-30", "2018.9.1"], ["4", "赵六", "2018.5.1", "去年"]]


def held(ledger: Path) -> list[dict[str, Any]]:
    """Return what a ledger holds, as JSON objects without their times."""
    with open_ledger(ledger, read_only=True) as opened:
        return [json.loads(row.content) for row in opened.rows()]


def answer(*arguments: object) -> dict[str, Any]:
    """Return what `import` says as JSON."""
    found: dict[str, Any] = json.loads(run("import", *arguments, "--format", "json").stdout)
    return found


# Into a ledger -----------------------------------------------------------------------------------------------------


def test_the_same_twice(tmp_path: Path) -> None:
    """Facts of a register are appended once, whatever format and order it is given in again."""
    ledger = tmp_path / "l.db"
    first = run("import", ledger, write_xlsx(tmp_path / "a.xlsx", {"s": GOOD}))
    assert first.exit_code == 0
    assert "2 rows read, 3 facts appended, 0 already there, head 3:" in first.stdout
    for again in (
        tmp_path / "a.xlsx",
        write_csv(tmp_path / "b.csv", GOOD, encoding="gb18030"),
        write_ods(tmp_path / "c.ods", {"s": [HEAD, *reversed(GOOD[1:])]}),
    ):
        assert "0 facts appended, 3 already there, head 3:" in run("import", ledger, again).stdout
    assert len(held(ledger)) == 3
    grown = write_csv(tmp_path / "d.csv", [*GOOD, ["3", "王五", "2018.6.1", ""]])
    assert "1 facts appended, 3 already there" in run("import", ledger, grown).stdout


def test_nothing_of_a_bad_register(tmp_path: Path) -> None:
    """Where any cell is refused nothing is recorded, the exit code is 2, and a table names each."""
    ledger = tmp_path / "l.db"
    found = run("import", ledger, write_csv(tmp_path / "a.csv", BAD))
    assert found.exit_code == 2
    assert not ledger.exists()
    assert "nothing was recorded; 3 facts are new" in found.stdout
    for told in ("C 申请入党时间", "2018-02-30", "2018-02-28", "D", "去年"):
        assert told in found.stdout
    assert "Error: 2 refused in 2 rows" in found.stderr


def test_keep_good(tmp_path: Path) -> None:
    """With --keep-good the rows without a refused cell are recorded; a row that has one is left out whole."""
    ledger = tmp_path / "l.db"
    found = run("import", ledger, write_csv(tmp_path / "a.csv", BAD), "--keep-good")
    assert found.exit_code == 2
    assert {fact["person"] for fact in held(ledger)} == {"1", "2"}


def test_dry_run(tmp_path: Path) -> None:
    """--dry-run says what would be recorded and records nothing; exit code 1 where a cell would be refused."""
    ledger, good = tmp_path / "l.db", write_csv(tmp_path / "a.csv", GOOD)
    found = run("import", ledger, good, "--dry-run")
    assert (found.exit_code, ledger.exists()) == (0, False)
    assert "nothing was recorded; 3 facts are new, 0 already there" in found.stdout
    assert run("import", ledger, write_csv(tmp_path / "b.csv", BAD), "--dry-run").exit_code == 1
    run("import", ledger, good)
    assert "0 facts are new, 3 already there" in run("import", ledger, good, "--dry-run").stdout
    assert len(held(ledger)) == 3


def test_as_json(tmp_path: Path) -> None:
    """As JSON all is told: counts, head, and of each refused cell its place, value, reason and nearest reading."""
    path = write_csv(tmp_path / "a.csv", BAD)
    said = answer(tmp_path / "l.db", path)
    assert {key: said[key] for key in ("recorded", "new", "already", "rows", "repeated", "retracted", "head")} == {
        "recorded": False,
        "new": 3,
        "already": 0,
        "rows": 4,
        "repeated": 0,
        "retracted": 0,
        "head": None,
    }
    first = said["refused"][0]
    assert set(first.pop("reason")) == {"zh", "en"}
    assert first == {
        "file": str(path),
        "sheet": "a",
        "row": 4,
        "column": "C",
        "header": "申请入党时间",
        "value": "2018-02-30",
        "nearest": "2018-02-28",
    }


def test_in_chinese(tmp_path: Path) -> None:
    """In Chinese every word that people read is Chinese."""
    found = run("import", tmp_path / "l.db", write_csv(tmp_path / "a.csv", BAD), "--lang", "zh", env={"COLUMNS": "240"})
    assert "未记录任何内容；可新记录 3 条" in found.stdout
    assert "日历上没有“2018-02-30”" in found.stdout
    assert "2 行有 2 处不能读取" in found.stderr
    for english in ("were", "nothing", "column", "allowed"):
        assert english not in found.output


def test_names_that_the_ledger_knows(tmp_path: Path) -> None:
    """Units and people that the ledger has a name of need no directory."""
    ledger, facts = tmp_path / "l.db", tmp_path / "f.jsonl"
    facts.write_text(
        '{"fact": "unit_established", "id": "u", "on": "2015-09-01", "unit": "b1", "kind": "branch", "name": "一支部"}'
        "\n"
        '{"fact": "person_registered", "id": "p", "on": "2015-09-01", "person": "p1", "name": "张三"}\n',
        encoding="utf-8",
    )
    assert run("record", ledger, facts).exit_code == 0
    rows = [["党支部", "会议类型", "时间", "参加人员"], ["一支部", "党员大会", "2018.3.12", "张三"]]
    assert run("import", ledger, write_csv(tmp_path / "a.csv", rows)).exit_code == 0
    meeting = held(ledger)[-1]
    assert (meeting["unit"], meeting["attended"]) == ("b1", ["p1"])
    rows[1][0] = "二支部"
    told = run("import", ledger, write_csv(tmp_path / "b.csv", rows), env={"COLUMNS": "240"})
    assert "no unit '二支部' is known" in told.stdout


def test_replace(tmp_path: Path) -> None:
    """A date that was corrected in the register is refused, and with --replace takes the place of the old one."""
    ledger = tmp_path / "l.db"
    run("import", ledger, write_csv(tmp_path / "a.csv", GOOD))
    corrected = write_csv(tmp_path / "a.csv", [HEAD, ["1", "张三", "2018.3.2", "2018.9"], GOOD[2]])
    assert run("import", ledger, corrected).exit_code == 2
    assert answer(ledger, corrected, "--replace")["new"] == 2
    *_, stage, retraction = held(ledger)
    assert (stage["on"], retraction["fact"]) == ("2018-03-02", "fact_retracted")
    assert (answer(ledger, corrected)["new"], answer(ledger, corrected)["already"]) == (0, 3)
    back = answer(ledger, write_csv(tmp_path / "a.csv", GOOD), "--replace")
    assert (back["new"], back["retracted"]) == (0, 1)


def test_a_month_whose_day_becomes_known(tmp_path: Path) -> None:
    """A day in the place of a recorded month is something else; a month in the place of its day says nothing new."""
    ledger = tmp_path / "l.db"
    run("import", ledger, write_csv(tmp_path / "a.csv", [HEAD, ["1", "张三", "2018.3", ""]]))
    exact = write_csv(tmp_path / "a.csv", [HEAD, ["1", "张三", "2018.3.12", ""]])
    assert run("import", ledger, exact).exit_code == 2
    assert answer(ledger, exact, "--replace")["new"] == 2
    vague = answer(ledger, write_csv(tmp_path / "a.csv", [HEAD, ["1", "张三", "2018-03", ""]]))
    assert (vague["new"], vague["refused"]) == (0, [])


def test_what_a_sheet_does_not_tell(tmp_path: Path) -> None:
    """What all rows have and no column tells is given once; a field that no mapping has is refused."""
    rows = [["会议类型", "时间"], ["党员大会", "2018.3.12"]]
    ledger, path = tmp_path / "l.db", write_csv(tmp_path / "a.csv", rows)
    assert run("import", ledger, path).exit_code == 2
    assert run("import", ledger, path, "--set", "unit=一支部").exit_code == 0
    assert held(ledger)[0]["unit"] == "一支部"
    assert "did you mean `unit`?" in refused("import", ledger, path, "--set", "unitt=一支部")
    assert "allowed: FIELD=VALUE" in refused("import", ledger, path, "--set", "unit")


def test_what_a_ledger_would_refuse(tmp_path: Path) -> None:
    """What only the whole of a ledger shows is refused by its row as well, in a dry run too, and the row comes back."""
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        '[[sheets]]\ncolumns = {unit = "支部", on = "成立时间"}\n'
        'facts = [{fact = "unit_established", set = {kind = "branch"}}]',
        encoding="utf-8",
    )
    path = write_csv(tmp_path / "a.csv", [["支部", "成立时间"], ["一支部", "2015.9.1"], ["一支部", "2016.9.1"]])
    for more, code in (("--dry-run", 1), ("--keep-good", 2)):
        found = run("import", tmp_path / "l.db", path, "--mapping", mapping, more)
        assert found.exit_code == code
        assert "is established" in found.stdout
        assert "│ 3 " in found.stdout
    rows = [["学号", "宿舍楼", "房间", "入住时间", "入学时间"], ["1", "A", "1", "2018.3.1", "2015.9"]]
    book = write_csv(tmp_path / "b.csv", [*rows, ["1", "B", "2", "2018.3.1", ""]])
    found = run("import", tmp_path / "k.db", book, "--keep-good", "--refused", tmp_path / "r.xlsx")
    assert "2 facts appended" in found.stdout
    [sheet] = sheets_of(tmp_path / "r.xlsx")
    assert [list(row[:3]) for row in sheet.rows[1:]] == [["1", "B", "2"]]


# Refused rows ------------------------------------------------------------------------------------------------------


def test_refused_rows_are_corrected_and_imported(tmp_path: Path) -> None:
    """The workbook of refused rows has them under their header, marked; corrected it only adds what was missing."""
    ledger, back = tmp_path / "l.db", tmp_path / "refused.xlsx"
    rows: list[list[Any]] = [
        ["计算机学院发展党员台账"],
        HEAD,
        ["1", "张三", "2018.3.1", "2018.9"],
        [2018003, "王五", MonthCell(2018, 3, 1), "去年"],
        ["4", "赵六", "2018-02-30", date(2018, 9, 1)],
        ["5", "=1+1", Formula("=C4"), ""],
    ]
    path = write_xlsx(tmp_path / "a.xlsx", {"发展党员台账": rows})
    assert run("import", ledger, path, "--keep-good", "--refused", back).exit_code == 2
    [sheet] = sheets_of(back)
    assert sheet.name == "发展党员台账"
    assert list(sheet.rows[1]) == [*HEAD, "import remark"]
    assert list(sheet.rows[2][:4]) == [2018003, "王五", "2018-03", "去年"]
    assert list(sheet.rows[3][:4]) == ["4", "赵六", "2018-02-30", date(2018, 9, 1)]
    assert list(sheet.rows[4][:4]) == ["5", "=1+1", "C4", ""]
    assert "'2018-02-30' is not in the calendar" in str(sheet.rows[3][4])
    with zipfile.ZipFile(back) as package:
        assert len(package.read("xl/comments1.xml").split(b"<comment ")) == 4
    mended = [list(row) for row in sheet.rows]
    mended[2][3], mended[3][2], mended[4][2] = "2018.10", "2018.2.28", "2018.5"
    again = write_xlsx(tmp_path / "mended.xlsx", {sheet.name: mended})
    assert "5 facts appended, 0 already there" in run("import", ledger, again).stdout
    for row, cell in ((3, "2018.10"), (4, ""), (5, "")):
        rows[row][3] = cell or rows[row][3]
    rows[4][2], rows[5][2] = "2018.2.28", "2018.5"
    whole = write_xlsx(tmp_path / "b.xlsx", {"发展党员台账": rows})
    assert "0 facts appended, 7 already there" in run("import", ledger, whole).stdout


def test_refused_rows_are_written_over_nothing(tmp_path: Path) -> None:
    """The workbook of refused rows is a new file, and none of before may stand there; for good rows there is none."""
    path, back = write_csv(tmp_path / "a.csv", BAD), tmp_path / "refused.xlsx"
    back.write_bytes(b"mine")
    for more in ((), ("--keep-good",)):
        assert "there is a file already" in run("import", tmp_path / "l.db", path, "--refused", back, *more).stderr
    assert back.read_bytes() == b"mine"
    assert not (tmp_path / "l.db").exists()
    good = write_csv(tmp_path / "b.csv", GOOD)
    assert "there is a file already" in refused("import", tmp_path / "l.db", good, "--refused", back)
    run("import", tmp_path / "l.db", good, "--refused", tmp_path / "none.xlsx")
    assert not (tmp_path / "none.xlsx").exists()


def test_rows_of_a_meeting_come_back_together(tmp_path: Path) -> None:
    """All rows of a meeting come back with the one that is refused, so that its correction tells the meeting whole."""
    rows = [["会议日期", "会议类型", "党支部", "学号", "签到"]]
    rows += [["2018.3.5", "党员大会", "一支部", person, mark] for person, mark in (("1", "√"), ("2", "？"))]
    reading = read(write_csv(tmp_path / "a.csv", rows), mapping="attendance")
    held_back = BytesIO()
    refused_workbook(held_back, reading.refused)
    (tmp_path / "b.xlsx").write_bytes(held_back.getvalue())
    [sheet] = sheets_of(tmp_path / "b.xlsx")
    assert [list(row[:5]) for row in sheet.rows] == rows
    assert sheet.rows[1][5] == "同一次会的其他人"
    assert refused_in(read(tmp_path / "b.xlsx", mapping="attendance")) == [(3, "E", "？")]


# Bad usage ---------------------------------------------------------------------------------------------------------


def test_bad_usage(tmp_path: Path) -> None:
    """A file, a mapping, a directory or a register that is none is refused, and nothing is made."""
    path, ledger = write_csv(tmp_path / "a.csv", GOOD), tmp_path / "l.db"
    assert "no such file" in refused("import", ledger, tmp_path / "none.xlsx")
    assert "did you mean `roster`" in refused("import", ledger, path, "--mapping", "rooster")
    assert "m.toml" in refused("import", ledger, path, "--mapping", tmp_path / "m.toml")
    assert "found no ids and names" in refused(
        "import", ledger, path, "--directory", write_csv(tmp_path / "d.csv", [["a", "b"]])
    )
    assert "register 'x' is not known" in refused("template", "x")
    assert not ledger.exists()


def test_a_ledger_that_is_none(tmp_path: Path) -> None:
    """What is no ledger is not imported into."""
    (tmp_path / "l.db").write_bytes(b"something else, long enough to be looked at as a database" * 20)
    assert "l.db" in refused("import", tmp_path / "l.db", write_csv(tmp_path / "a.csv", GOOD))


# Templates ---------------------------------------------------------------------------------------------------------


def test_templates_are_listed() -> None:
    """Without a name the registers that there are templates of are listed in both languages."""
    listed = run("template").stdout
    for chinese, english in ready_names().items():
        assert chinese in listed
        assert english in listed


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", list(ready_names().values()))
def test_a_template_is_read_by_its_mapping(tmp_path: Path, name: str, lang: str) -> None:
    """Each template has drop-downs, notes and a page of help, and its columns are those of its mapping."""
    path = tmp_path / "t.xlsx"
    assert run("template", name, "--out", path, "--lang", lang).exit_code == 0
    page, help_page = sheets_of(path)
    columns = [str(cell) for cell in page.rows[0]]
    assert len(set(columns)) == len(columns)
    assert [row[1] for row in help_page.rows[1:]] == columns
    assert all(str(row[2]) for row in help_page.rows)
    with zipfile.ZipFile(path) as package:
        sheet = package.read("xl/worksheets/sheet1.xml")
        assert package.read("xl/comments1.xml").count(b"<comment ") == len(columns)
    assert (b"<dataValidation " in sheet) == (name != "nothing")
    example = _filled(name, columns, lang, tmp_path)
    reading = read(example, mapping=ready_mapping(name))
    assert not reading.refusals
    assert not reading.remarks
    assert {fact["fact"] for fact in facts_in(reading)} <= {
        told.cls.wire for plan in ready_mapping(name).sheets for told in plan.facts
    }
    assert reading.facts


@pytest.mark.parametrize("name", list(ready_names().values()))
def test_a_filled_template_is_imported_whole(tmp_path: Path, name: str) -> None:
    """A template with a row for each word of its drop-downs tells all of them, its page of help nothing."""
    path = tmp_path / "t.xlsx"
    run("template", name, "--out", path, "--lang", "zh")
    page, help_page = sheets_of(path)
    with zipfile.ZipFile(path) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
    found = re.findall(r'sqref="([A-Z])2:[^>]*>\s*<formula1>"([^"]*)"', sheet.replace("&quot;", '"'))
    offered = {ord(letter) - ord("A"): said.split(",") for letter, said in found}
    columns = [str(cell) for cell in page.rows[0]]
    row = list(sheets_of(_filled(name, columns, "zh", tmp_path))[0].rows[1])
    rows = []
    for number in range(max(map(len, offered.values()))):
        words = {at: said[number % len(said)] for at, said in offered.items()}
        others = {"时间": f"2018-02-{number + 1:02}", "学号": str(number + 1), "名称": str(number + 1)}
        cells = zip(columns, row, strict=True)
        rows.append([words.get(at, others.get(head[-2:], cell)) for at, (head, cell) in enumerate(cells)])
    book = write_xlsx(tmp_path / "filled.xlsx", {page.name: [columns, *rows], help_page.name: help_page.rows})
    known = write_csv(tmp_path / "d.csv", [["学号", "姓名"], *([str(each), "张三"] for each in ("t1", *range(1, 21)))])
    reading = read(book, mapping=name, directory=known)
    assert (reading.refusals, reading.remarks, reading.rows) == ((), (), len(rows))
    kinds = {value for words in ready_mapping(name).words.values() for value in words.values() if value}
    assert kinds <= {str(value) for fact in facts_in(reading) for value in fact.values()}


_VALUES = {"on": "2018-03", "by": "t1", "hours": "24学时", "days": "3天", "exam_score": "85分", "passed": "合格"} | {
    "started": "2018-02-01", "attended": "1、2", "excused": "3", "led_by": "1", "outcome": "合格", "rating": "优秀",
    "category": "学生", "who": "1", "names": "张三", "mark": "√", "meeting": "党员大会", "course": "积极分子培训",
    "kind": "党支部", "until": "2018-07-06",
}  # fmt: skip


def _filled(name: str, columns: Sequence[str], lang: str, folder: Path) -> Path:
    """Write a register with one row in which every column of a template is filled in."""
    mapping: RegisterMapping = ready_mapping(name)
    fields: dict[str, str] = {}
    for plan in mapping.sheets:
        for key, names in plan.wanted().items():
            shown = names[0] if lang == "zh" else next((each for each in names if each.isascii()), names[0])
            fields.setdefault(shown, key.rpartition(".")[2] if not key.startswith("names.") else "names")
    values = {**_VALUES, "kind": "学期", "on": "2018-03-01"} if name == "terms" else _VALUES
    row = [values.get(fields[column], "1") for column in columns]
    return write_csv(folder / "filled.csv", [columns, [f'"{cell}"' for cell in row]])


def test_the_mapping_of_a_template(tmp_path: Path) -> None:
    """The mapping of a template can be had to adapt, and reads as it is."""
    mapping = tmp_path / "m.toml"
    mapping.write_text(run("template", "发展党员台账", "--mapping").stdout, encoding="utf-8")
    ledger = tmp_path / "l.db"
    assert run("import", ledger, write_csv(tmp_path / "a.csv", GOOD), "--mapping", mapping).exit_code == 0
    assert len(held(ledger)) == 3


def test_a_template_is_written_over_nothing(tmp_path: Path) -> None:
    """A template is a new file."""
    (tmp_path / "t.xlsx").write_bytes(b"mine")
    assert "there is a file already" in refused("template", "roster", "--out", tmp_path / "t.xlsx")


def test_templates_are_the_same_each_time() -> None:
    """A template has the same sheets whenever it is written."""
    one, other = BytesIO(), BytesIO()
    template_workbook(one, ready_mapping("roster"))
    template_workbook(other, ready_mapping("roster"))
    with zipfile.ZipFile(one) as first, zipfile.ZipFile(other) as second:
        assert first.read("xl/worksheets/sheet1.xml") == second.read("xl/worksheets/sheet1.xml")


# Size and interruption ---------------------------------------------------------------------------------------------


def test_a_long_register_is_read_in_seconds(tmp_path: Path) -> None:
    """Twenty thousand rows of a register are read within the time that is allowed for a hundred thousand."""
    rows = [
        HEAD,
        *([str(number), f"人{number}", f"2018.{number % 12 + 1}.{number % 28 + 1}", ""] for number in range(20_000)),
    ]
    path = write_csv(tmp_path / "a.csv", rows)
    began = process_time()
    reading = read(path, mapping="development")
    assert len(reading.facts) == 20_000
    assert process_time() - began < 60
    assert len(rows) * len(HEAD) < CELLS_MOST


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals there")
def test_an_interrupted_import_loses_nothing(tmp_path: Path) -> None:
    """Ctrl-C in the middle of an import leaves the ledger as it was, and the next import records all."""
    ledger = tmp_path / "l.db"
    run("import", ledger, write_csv(tmp_path / "a.csv", GOOD))
    rows = [HEAD, *([f"x{number}", f"人{number}", "2018.3.1", "2018.9.1"] for number in range(20_000))]
    path = write_csv(tmp_path / "b.csv", rows)
    command = [sys.executable, "-m", "partyrules", "import", str(ledger), str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "LANG": "C"})  # noqa: S603 - ours
    try:
        process.wait(timeout=0.7)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
    process.communicate()
    assert len(held(ledger)) in (3, 40_003)
    run("import", ledger, path)
    assert len(held(ledger)) == 40_003
    assert run("verify", ledger).exit_code == 0
