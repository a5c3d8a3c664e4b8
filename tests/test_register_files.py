"""Files of registers: every kind that is read, in every encoding, and what is too much or no register."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest

from partyrules.errors import QueryError
from partyrules.importers import books, sheets
from partyrules.importers.books import sheets_of
from partyrules.importers.sheets import Lost, RegisterSheet, letters
from partyrules.time.calendar import parse_civil_date
from tests.registers import Formula, MonthCell, Row, write_csv, write_ods, write_xlsx

OLD = Path(__file__).with_name("data") / "register.xls"
TABLE = [["学号", "姓名", "时间"], ["1", "张三", "2018.3"], ["2", "李“四”", ""]]
MARCH = parse_civil_date("2018-03")


def only(path: Path) -> RegisterSheet:
    """Return the one sheet of a file."""
    [sheet] = sheets_of(path)
    return sheet


def refused(path: Path) -> str:
    """Return why a file is refused."""
    with pytest.raises(QueryError) as caught:
        sheets_of(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", "\t", ";", "，"])
def test_separated_values(tmp_path: Path, encoding: str, separator: str) -> None:
    """A table is read in each encoding, with or without a byte order mark, whatever separates its values."""
    sheet = only(write_csv(tmp_path / "花名册.csv", TABLE, encoding=encoding, separator=separator))
    assert sheet.rows == TABLE
    assert sheet.name == "花名册"


def test_quoted_values(tmp_path: Path) -> None:
    """What is quoted may hold the separator and the end of a line."""
    path = tmp_path / "a.csv"
    path.write_text('学号,参加人员,时间\n1,"张三,李四\n王五",2018.3\n', encoding="utf-8")
    assert only(path).rows[1] == ["1", "张三,李四\n王五", "2018.3"]


def test_texts_that_look_like_numbers(tmp_path: Path) -> None:
    """What keeps a spreadsheet from taking an id for a number is no part of the id."""
    path = tmp_path / "a.csv"
    path.write_text('学号\t姓名\n="0012"\t张三\n\'0013\t李四\n', encoding="utf-8")
    assert [row[0] for row in only(path).rows] == ["学号", "0012", "0013"]


def test_a_workbook(tmp_path: Path) -> None:
    """Of an .xlsx are read texts, numbers, dates, months shown as months, and the values of formulas."""
    rows: list[Row] = [
        ["学号", 2018001, 1.5, True, date(2018, 3, 12), MonthCell(2018, 3, 1), Formula("=1+1", 2)],
        ["x"],
    ]
    sheet = only(write_xlsx(tmp_path / "a.xlsx", {"表一": rows}))
    assert list(sheet.rows[0]) == ["学号", 2018001, 1.5, True, date(2018, 3, 12), MARCH, 2]
    assert (sheet.name, sheet.hidden, sheet.since_1904) == ("表一", False, False)


def test_an_open_document(tmp_path: Path) -> None:
    """Of an .ods the same is read."""
    rows: list[Row] = [["学号", 2018001, 1.5, date(2018, 3, 12), MonthCell(2018, 3, 1)], ["x"]]
    [sheet, other] = sheets_of(write_ods(tmp_path / "a.ods", {"表一": rows, "藏": [["y"]]}, hidden=["藏"]))
    assert list(sheet.rows[0]) == ["学号", 2018001, 1.5, date(2018, 3, 12), MARCH]
    assert (sheet.hidden, other.hidden) == (False, True)


def test_an_old_workbook() -> None:
    """Of an .xls the same is read, cells merged over rows and hidden sheets too."""
    [sheet, other] = sheets_of(OLD)
    assert list(sheet.rows[0]) == ["学号", "姓名", "所在党支部", "申请入党时间", "确定积极分子时间"]
    assert list(sheet.rows[1]) == [2018001, "张三", "一支部", MARCH, date(2018, 9, 12)]
    assert list(sheet.rows[2]) == ["2018002", "李四", "一支部", "2018.4.1", 43466]
    assert (sheet.hidden, other.hidden) == (False, True)


def test_merged_cells(tmp_path: Path) -> None:
    """A cell merged over rows says the same in each of them; merged over columns it stands in the first."""
    rows = [["支部", "甲", "乙"], ["一支部", "合", ""], ["", "a", "b"], ["", "c", "d"]]
    sheet = only(write_xlsx(tmp_path / "a.xlsx", {"s": rows}, merged={"s": [(1, 0, 3, 0), (1, 1, 1, 2)]}))
    assert [row[0] for row in sheet.rows] == ["支部", "一支部", "一支部", "一支部"]
    assert list(sheet.rows[1]) == ["一支部", "合", ""]


def test_what_a_file_does_not_hold(tmp_path: Path) -> None:
    """A formula without a stored value, and one in error, are no empty cells."""
    rows = [["a", Formula("=B1"), Formula("=NA()", "#N/A")]]
    for path in (write_xlsx(tmp_path / "a.xlsx", {"s": rows}), write_ods(tmp_path / "a.ods", {"s": rows})):
        found = only(path).rows[0]
        assert isinstance(found[1], Lost)
        assert found[1].shown == "=B1"
        assert isinstance(found[2], Lost)


def test_a_formula_that_comes_to_nothing(tmp_path: Path) -> None:
    """A formula whose value is an empty text is an empty cell."""
    path = write_xlsx(tmp_path / "a.xlsx", {"s": [["a", Formula('=""'), "b"]]})
    _edited(path, "xl/worksheets/sheet1.xml", b'<c r="B1">', b'<c r="B1" t="str">')
    assert list(only(path).rows[0]) == ["a", "", "b"]


def _edited(path: Path, part: str, said: bytes, instead: bytes) -> None:
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    assert said in parts[part]
    parts[part] = parts[part].replace(said, instead)
    with zipfile.ZipFile(path, "w") as package:
        for name, held in parts.items():
            package.writestr(name, held)


def test_hidden_sheets_and_1904(tmp_path: Path) -> None:
    """A hidden sheet is known to be, and a workbook that counts from 1904 gives the same dates."""
    path = write_xlsx(tmp_path / "a.xlsx", {"a": [["x"]], "b": [[date(2018, 3, 12)]]}, hidden=["b"], since_1904=True)
    [first, second] = sheets_of(path)
    assert (first.hidden, second.hidden) == (False, True)
    assert second.since_1904
    assert list(second.rows[0]) == [date(2018, 3, 12)]


@pytest.mark.parametrize(
    ("code", "month"),
    [
        ('yyyy"年"m"月"', True),
        ("yyyy-mm", True),
        ("mmm-yy", True),
        ("[$-804]yyyy\\年m\\月;@", True),
        ("yyyy.mm", True),
        ("yyyy-mm-dd", False),
        ('yyyy"年"m"月"d"日"', False),
        ("yyyy/m/d h:mm", False),
        ("mm:ss", False),
        ("General", False),
        ("0.00", False),
    ],
)
def test_formats_of_months(tmp_path: Path, code: str, *, month: bool) -> None:
    """A date is a month where its format shows year and month, and not the day."""
    import xlsxwriter  # noqa: PLC0415 - here alone a format of any kind is needed

    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    book.add_worksheet().write_datetime(0, 0, datetime(2018, 3, 1), book.add_format({"num_format": code}))  # noqa: DTZ001
    book.close()
    assert (only(tmp_path / "a.xlsx").rows[0][0] == MARCH) == month


@pytest.mark.parametrize(("code", "shown"), [("00000000", "00001801"), ("000", "1801"), ("0", 1801), ("0.00", 1801)])
def test_ids_with_noughts_in_front(tmp_path: Path, code: str, shown: str | int) -> None:
    """An id stored as a number and shown with noughts before it is read as it is shown."""
    import xlsxwriter  # noqa: PLC0415 - here alone a format of any kind is needed

    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    book.add_worksheet().write_number(0, 0, 1801, book.add_format({"num_format": code}))
    book.close()
    assert only(tmp_path / "a.xlsx").rows[0][0] == shown


# What is refused ---------------------------------------------------------------------------------------------------


def test_what_is_no_register(tmp_path: Path) -> None:
    """What is no workbook and no table is named, whatever its name says it is."""
    for name, held, told in (
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "a web page or XML"),
        ("b.xls", b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "a web page or XML"),
        ("c.csv", b"\x00\x01\x02\x03\x04" * 50, "binary data"),
        ("d.csv", bytes(range(1, 9)) * 50, "binary data"),
        ("e.xlsx", b"", "an empty file"),
        ("f.xlsx", b"PK\x03\x04 and no archive", "damaged"),
        ("g.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged"),
        ("h.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
    ):
        path = tmp_path / name
        path.write_bytes(held)
        assert told in refused(path)
    assert "a directory" in refused(tmp_path)
    assert "no such file" in refused(tmp_path / "none.csv")


def test_other_archives(tmp_path: Path) -> None:
    """An archive that is no workbook, a binary workbook, and one that declares entities are refused."""
    for name, parts, told in (
        ("a.docx", {"word/document.xml": "<w/>"}, "no workbook"),
        ("b.xlsb", {"xl/workbook.bin": "x"}, "binary workbook"),
        ("c.xlsx", {"xl/workbook.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}, "declares a document type"),
        ("d.ods", {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a>"}, "damaged"),
        ("e.xlsx", {"xl/workbook.xml": "<workbook/>"}, "damaged"),
        ("f.ods", {"META-INF/manifest.xml": "<encryption-data/>", "content.xml": "\0"}, "password"),
    ):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w") as package:
            for part, said in parts.items():
                package.writestr(part, said)
        assert told in refused(path)


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook whose parts would be too much once unpacked is refused, whatever they say of their size."""
    monkeypatch.setattr(books, "UNPACKED_BYTES", 2**20)
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b" " * 2**21)
    assert "once unpacked" in refused(path)
    assert path.stat().st_size < 10_000


def test_a_part_that_lies_about_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that says that it is small and is not is found out before it is read."""
    monkeypatch.setattr(books, "UNPACKED_BYTES", 2**20)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b" " * 2**21)
    path = tmp_path / "a.xlsx"
    path.write_bytes(held.getvalue().replace((2**21).to_bytes(4, "little"), (2**10).to_bytes(4, "little")))
    assert refused(path)


def test_a_sheet_that_is_too_large(tmp_path: Path) -> None:
    """Two cells in opposite corners of a sheet are refused before the cells between them are made."""
    path = write_xlsx(tmp_path / "a.xlsx", {"s": [["x"]]})
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    _edited(path, "xl/worksheets/sheet1.xml", b"</sheetData>", far)
    assert "1,048,576 rows and 16,384 columns in the sheet s" in refused(path)
    path = write_ods(tmp_path / "a.ods", {"s": [["x"]]})
    _edited(path, "content.xml", b"<table:table-row>", b'<table:table-row table:number-rows-repeated="1048576">')
    _edited(path, "content.xml", b"<table:table-cell ", b'<table:table-cell table:number-columns-repeated="999" ')
    assert "in the sheet s" in refused(path)


def test_too_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of more rows or cells, and a file of more bytes, than allowed is refused."""
    path = write_csv(tmp_path / "a.csv", [["a", "b"]] * 20)
    monkeypatch.setattr(books, "ROWS_MOST", 10)
    assert "more than 10 rows" in refused(path)
    monkeypatch.setattr(books, "FILE_BYTES", 10)
    assert "more than 10 bytes" in refused(path)


def test_letters() -> None:
    """Columns are called as spreadsheets call them."""
    assert [letters(at) for at in (0, 25, 26, 701, 702, sheets.COLUMNS_MOST - 1)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
        "XFD",
    ]
