"""Files given as something they are not, files marked, spoilt or without end: named with the cure, or read as meant."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import ZipFile

import pytest

from partyrules.cli.record import read_lines
from partyrules.errors import FactError, LedgerError, Problem, QueryError
from partyrules.errors.limits import LINE_BYTES, PROBLEMS_KEPT
from partyrules.facts import reading
from partyrules.facts.codec import lines_in, parted
from partyrules.facts.reading import lines_of, text_of, what_it_is
from partyrules.facts.vocabulary import CORE_VOCABULARY
from partyrules.ledger.sqlite import open_ledger
from partyrules.packs.adoption_file import read_adoption
from partyrules.questions.record import read_record
from partyrules.questions.sources import facts_in
from tests.commands import AS_OF, BOTH, FACTS, PACK, refused, run, written

MARK: Final = b"\xef\xbb\xbf"
ROW: Final = {"fact": "stage_entered", "id": "s1", "on": "2018-01-01", "person": "张三", "stage": "activist"}
LINE: Final = json.dumps(ROW, ensure_ascii=False) + "\n"
OTHER: Final = LINE.replace('"s1"', '"s2"').replace("张三", "李四")
PLAIN: Final = LINE.replace("张三", "p1")


def zipped(*names: str) -> bytes:
    """Return a zip archive of files with these names."""
    held = BytesIO()
    with ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, LINE)
    return held.getvalue()


def spreadsheet() -> bytes:
    """Return the beginning of what LibreOffice writes."""
    held = BytesIO()
    with ZipFile(held, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    return held.getvalue()


def ledger() -> bytes:
    """Return the bytes of an SQLite database, as far as they matter."""
    return b"SQLite format 3\x00" + bytes(4080)


TABLE: Final = "fact,id,on,person,stage\nstage_entered,s1,2018-01-01,张三,activist\n"
# What a file holds, what it is named, and how the cure begins.
ODD: Final[dict[str, tuple[bytes, str, str]]] = {
    "gbk": (LINE.encode("gbk"), "text in GB18030 or GBK, there it says 张三", "iconv -f GB18030 -t UTF-8"),
    "gb18030": ((PLAIN + OTHER).encode("gb18030"), "text in GB18030 or GBK, there it says 李四", "iconv -f GB18030"),
    "utf-16": ((LINE + OTHER).encode("utf-16"), "text in UTF-16", "iconv -f UTF-16 -t UTF-8"),
    "utf-16-le": (LINE.encode("utf-16-le"), "text in UTF-16", "iconv -f UTF-16LE -t UTF-8"),
    "utf-16-be": (LINE.encode("utf-16-be"), "text in UTF-16", "iconv -f UTF-16BE -t UTF-8"),
    "utf-32": (LINE.encode("utf-32"), "text in UTF-32", "iconv -f UTF-32 -t UTF-8"),
    "xlsx": (
        zipped("[Content_Types].xml", "xl/workbook.xml"),
        "an Excel workbook",
        "import it as a register: partyrules import",
    ),
    "ods": (spreadsheet(), "an OpenDocument spreadsheet", "import it as a register: partyrules import"),
    "xls": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
        "an Excel or Word file",
        "import it as a register: partyrules import",
    ),
    "docx": (zipped("[Content_Types].xml", "word/document.xml"), "a Word document", ""),
    "zip": (zipped("facts.jsonl"), "a zip archive", "unzip -p"),
    "gzip": (gzip.compress(LINE.encode()), "a gzip file", "gzip -dc"),
    "array": (f"[{LINE},\n{OTHER}]".encode(), "a JSON array", "jq -c '.[]'"),
    "pretty": (json.dumps(ROW, indent=2).encode(), "JSON over several lines", "jq -c ."),
    "pretty array": (json.dumps([ROW], indent=2).encode(), "a JSON array", "jq -c '.[]'"),
    "csv": (TABLE.encode(), "a table of separated values", "make a line of each row: python -c"),
    "semicolons": (TABLE.replace(",", ";").encode(), "a table of separated values", "make a line of each row"),
    "tabs": (TABLE.replace(",", "\t").encode(), "a table of separated values", "make a line of each row"),
    "ledger": (ledger(), "a ledger", "ask it as it is: partyrules audit"),
    "binary": (bytes(range(256)) * 40, "binary data, no text", ""),
    "xml": (b'<?xml version="1.0"?>\n<facts/>\n', "XML or HTML", ""),
    "prose": (b"y\n" * 40, "text without facts", ""),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("marked", [False, True])
def test_a_file_of_something_else(name: str, marked: bool, tmp_path: Path) -> None:  # noqa: FBT001 - as given above
    """A file of something else than facts is named for what it is, once, with what to do, and nothing is stored."""
    held, what, cure = ODD[name]
    path = tmp_path / "facts.jsonl"
    path.write_bytes(MARK + held if marked else held)
    said = refused("record", tmp_path / "new.db", path)
    assert said.startswith(f"Error: {path}")
    assert f"found {what}" in said
    assert cure in said
    assert "allowed: JSON Lines in UTF-8, one fact a line" in said
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize("name", ["gbk", "utf-16", "xlsx", "zip", "array", "csv", "binary"])
def test_every_command_that_reads_facts_names_it(name: str, tmp_path: Path) -> None:
    """Audits, decisions, funnels, checks and explanations refuse a file of something else as recording does."""
    held, what, _ = ODD[name]
    path = tmp_path / "facts.jsonl"
    path.write_bytes(held)
    day = ("--as-of", "2018-07-08")
    for command in (
        ("audit", path, *PACK, *day),
        ("funnel", path, *BOTH, "--on", "2018-06-30"),
        ("decide", path, *BOTH, "--person", "p1", "--to", "development_target", "--on", "2018-06-30"),
        ("explain", path, *PACK, "--rule", "8.1.3", "--subject", "p1", *day),
        ("check", "lzwl2017", "--facts", path),
    ):
        assert f"found {what}" in refused(*command)


def test_good_lines_are_kept_of_no_such_file(tmp_path: Path) -> None:
    """Lines that happen to be right are not kept of a file in another encoding."""
    path = tmp_path / "facts.jsonl"
    path.write_bytes((PLAIN + OTHER).encode("gbk"))
    assert "iconv" in refused("record", tmp_path / "new.db", path, "--keep-good")
    assert not (tmp_path / "new.db").exists()


def cure_of(said: str) -> str:
    """Return the command that a message tells to run."""
    command = re.search(r"\((?:make a line of each row: )?((?:iconv|gzip|unzip|jq|python) .*?)\); allowed", said)
    assert command is not None, said
    return command[1]


@pytest.mark.skipif(os.name == "nt", reason="the cures are commands of a POSIX shell")
@pytest.mark.parametrize("name", ["gbk", "gb18030", "utf-16", "utf-16-le", "gzip", "zip", "csv", "array", "pretty"])
def test_the_cure_is_a_command_that_cures(name: str, tmp_path: Path) -> None:
    """What a message tells to run makes another file, of facts that can be recorded, and leaves the first as it is."""
    held, _, _ = ODD[name]
    path = tmp_path / "the facts.jsonl"
    path.write_bytes(held)
    command = cure_of(refused("record", tmp_path / "new.db", path))
    if shutil.which(command.split()[0]) is None:
        pytest.skip(f"there is no {command.split()[0]} here")
    search = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(  # noqa: S602 - a shell is what the message is for
        command, shell=True, cwd=tmp_path, check=False, capture_output=True, env={**os.environ, "PATH": search}
    )
    assert done.returncode == 0, done.stderr
    assert path.read_bytes() == held
    [made] = [each for each in tmp_path.iterdir() if each != path]
    assert "s1" in {fact.id for fact in facts_in(made)}


# Encodings of single lines ----------------------------------------------------------------------------------


@pytest.mark.parametrize("spoilt", ["李".encode()[:2], b"\xff", "李".encode("gbk"), b"\xe6\x9d\x8e\xfe"])
def test_a_spoilt_line_is_told_of_as_a_line(spoilt: bytes, tmp_path: Path) -> None:
    """Where a file is in UTF-8 and one line is not, that line is refused and the others are read."""
    path = tmp_path / "facts.jsonl"
    path.write_bytes(
        LINE.encode() + OTHER.encode().replace("李四".encode(), spoilt) + PLAIN.encode().replace(b"s1", b"s3")
    )
    lines, problems = lines_in(path)
    assert [line.id for line in lines] == ["s1", "s3"]
    assert [problem.where for problem in problems] == ["facts.jsonl, line 2"]


def test_one_byte_is_no_encoding(tmp_path: Path) -> None:
    """A single byte that is spoilt does not make Chinese of a file that has none."""
    path = tmp_path / "facts.jsonl"
    path.write_bytes(PLAIN.encode().replace(b"p1", b"p\xc41") + OTHER.encode())
    _, problems = lines_in(path)
    assert [problem.where for problem in problems] == ["facts.jsonl, line 1"]
    assert "not text in UTF-8" in problems[0].what


@pytest.mark.parametrize("name", ["𤶡", "иван", "éé"])
@pytest.mark.parametrize("before", [0, 1000], ids=["in the head", "beyond it"])
def test_what_is_in_utf_8_is_in_utf_8(name: str, before: int, tmp_path: Path) -> None:
    """Names whose bytes would read as common Chinese in GB18030 are read as they are written."""
    path = tmp_path / "facts.jsonl"
    path.write_text(PLAIN * before + OTHER.replace("李四", name), encoding="utf-8")
    assert {fact.id: getattr(fact, "person", None) for fact in facts_in(path)}["s2"] == name


# The byte order mark ----------------------------------------------------------------------------------------


def test_a_marked_file_is_read_as_without_the_mark(tmp_path: Path) -> None:
    """Facts, adoption, terms and a decision record with a byte order mark say what they say without."""
    plain = written(tmp_path / "facts.jsonl")
    marked = tmp_path / "marked.jsonl"
    marked.write_bytes(MARK + plain.read_bytes())
    assert facts_in(marked) == facts_in(plain)
    assert run("record", tmp_path / "new.db", marked).exit_code == 0
    with open_ledger(tmp_path / "new.db", read_only=True) as opened:
        assert opened.head().position == len(FACTS)

    terms, adoption = tmp_path / "terms.jsonl", tmp_path / "adoption.toml"
    terms.write_bytes(MARK + json.dumps({**FACTS[0], "id": "t9"}).encode() + b"\n")
    adoption.write_bytes(MARK + b'packs = ["lzwl2017"]\nterms = "terms.jsonl"\n')
    assert [term.id for term in read_adoption(adoption).terms] == ["t9"]

    record = tmp_path / "record.json"
    asked = ("--person", "学生丙", "--to", "probationary_member", "--on", "2018-04-01")
    assert run("decide", plain, *BOTH, *asked, "--record", record).exit_code in {0, 1}
    before = read_record(record)
    record.write_bytes(MARK + record.read_bytes())
    assert read_record(record) == before


def test_a_mark_alone_is_an_empty_file(tmp_path: Path) -> None:
    """A file of nothing but the mark holds no facts and no problems; a mark later on is not passed over."""
    path = tmp_path / "facts.jsonl"
    path.write_bytes(MARK)
    assert facts_in(path) == ()
    path.write_bytes(b"")
    assert facts_in(path) == ()
    path.write_bytes(PLAIN.encode() + MARK + OTHER.encode())
    assert [problem.where for problem in lines_in(path)[1]] == ["facts.jsonl, line 2"]


@pytest.mark.parametrize(
    ("held", "what"),
    [
        ('institution = "某大学"\npacks = ["lzwl2017"]\n'.encode("gbk"), "GB18030 or GBK, there it says 某大学"),
        ('packs = ["lzwl2017"]\n'.encode("utf-16"), "text in UTF-16 (iconv -f UTF-16 -t UTF-8"),
        (ledger(), "a ledger"),
        (zipped("xl/workbook.xml"), "an Excel workbook"),
        (b'institution = "\xff"\n', "text that is not in UTF-8"),
    ],
)
def test_an_adoption_or_record_of_something_else(held: bytes, what: str, tmp_path: Path) -> None:
    """An adoption file and a decision record in another encoding, or of another kind, are named for what they are."""
    path = tmp_path / "adoption.toml"
    path.write_bytes(held)
    assert what in refused("audit", written(tmp_path / "facts.jsonl"), "--adoption", path, *AS_OF)
    with pytest.raises(QueryError, match=re.escape(what)):
        read_record(path)


# A ledger for facts, facts for a ledger ---------------------------------------------------------------------


def test_a_real_ledger_given_as_facts(tmp_path: Path) -> None:
    """A ledger among the files to record is named as one."""
    facts = written(tmp_path / "facts.jsonl")
    assert run("record", tmp_path / "old.db", facts).exit_code == 0
    said = refused("record", tmp_path / "new.db", facts, tmp_path / "old.db")
    assert f"{tmp_path / 'old.db'}: found a ledger (ask it as it is: partyrules audit {tmp_path / 'old.db'}" in said


@pytest.mark.parametrize("command", ["record", "verify"])
def test_facts_given_as_the_ledger(command: str, tmp_path: Path) -> None:
    """A file of facts where the ledger is due is named as one, with the command that makes a ledger of it."""
    facts = written(tmp_path / "facts.jsonl")
    before = facts.read_bytes()
    more = (facts,) if command == "record" else ()
    said = refused(command, facts, *more)
    assert "not an SQLite database but facts in JSON Lines" in said
    assert f"partyrules record facts.db {facts}" in said
    assert facts.read_bytes() == before


def test_a_source_that_is_neither(tmp_path: Path) -> None:
    """What is named neither as facts nor is a ledger is named for what it holds."""
    for name, held, what in (
        ("facts.xlsx", zipped("xl/workbook.xml"), "found an Excel workbook"),
        ("facts.txt", LINE.encode(), "found facts in JSON Lines"),
        ("notes.txt", b"something\n", "it is neither"),
    ):
        (tmp_path / name).write_bytes(held)
        assert what in refused("audit", tmp_path / name, *PACK, *AS_OF)


# What has no end --------------------------------------------------------------------------------------------


def every_use(path: Path, tmp_path: Path) -> list[str]:
    """Return what is said where a path is given for facts, an adoption, a record, a source text and a ledger."""
    facts = written(tmp_path / "facts.jsonl")
    return [
        refused("record", tmp_path / "new.db", path),
        refused("audit", path, *PACK, *AS_OF),
        refused("audit", facts, "--adoption", path, *AS_OF),
        refused("replay", path, facts),
        refused("trace", "lzwl2017", "--source", path),
        refused("check", "lzwl2017", "--facts", path),
        refused("verify", path),
        refused("record", path, facts),
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe that nobody writes to is refused at once, wherever a file is read."""
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    for said in every_use(pipe, tmp_path):
        assert "found a named pipe; allowed: a regular file, or /dev/stdin" in said or "found a pipe or device" in said


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/random", "/dev/full"])
def test_a_device_is_not_read(device: str, tmp_path: Path) -> None:
    """A device that never ends is refused at once, wherever a file is read."""
    if not Path(device).exists():
        pytest.skip(f"there is no {device} here")
    for said in every_use(Path(device), tmp_path):
        assert "found a device or socket" in said or "found a pipe or device" in said


STANDARD_INPUT = pytest.mark.skipif(not Path("/dev/stdin").exists(), reason="there is no /dev/stdin here")


def piped(held: bytes | Callable[[], bytes], *arguments: object) -> subprocess.CompletedProcess[bytes]:
    """Return how a command ended into which something was piped."""
    given = held if isinstance(held, bytes) else held()
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "partyrules", *map(str, arguments)],
        input=given,
        capture_output=True,
        check=False,
        timeout=120,
        env={**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
    )


@STANDARD_INPUT
def test_what_is_piped_in_is_read(tmp_path: Path) -> None:
    """Facts that are piped in are recorded, with or without the mark."""
    done = piped(MARK + LINE.encode(), "record", tmp_path / "new.db", "/dev/stdin")
    assert done.returncode == 0, done.stderr
    assert b"1 facts appended" in done.stdout


@STANDARD_INPUT
def test_what_is_piped_in_without_end_is_not_read_to_the_end(tmp_path: Path) -> None:
    """Zeros, a line without end and prose that are piped in are refused by their beginning."""
    for held, what in (
        (bytes(10_000_000), b"binary data, no text"),
        (b"y\n" * 1_000_000, b"text without facts"),
        (b'{"note":"' + b"x" * 10_000_000, b"line 1: found a line of more than 4,194,304 bytes"),
    ):
        done = piped(held, "record", tmp_path / "new.db", "/dev/stdin")
        assert done.returncode == 2
        assert what in done.stderr
        assert not (tmp_path / "new.db").exists()


def test_a_line_beyond_the_limit(tmp_path: Path) -> None:
    """Of a line beyond the limit the number and the limit are told, and the lines behind it are read."""
    path = tmp_path / "facts.jsonl"
    long = LINE.replace("}", ', "note": "' + "x" * (2 * LINE_BYTES + 5) + '"}')
    path.write_text(PLAIN + long + "nonsense\n" + OTHER, encoding="utf-8")
    lines, problems = lines_in(path)
    assert [line.where for line in lines] == ["facts.jsonl, line 1", "facts.jsonl, line 4"]
    assert problems[0] == Problem(
        "facts.jsonl, line 2", f"found a line of more than {LINE_BYTES:,} bytes; allowed: so many at most"
    )
    assert [problem.where for problem in problems] == ["facts.jsonl, line 2", "facts.jsonl, line 3"]
    assert max(map(len, lines_of(path))) == LINE_BYTES + 1


@pytest.mark.parametrize(("limit", "most"), [("BATCH_LINES", 3), ("BATCH_BYTES", 3 * len(PLAIN))])
def test_a_batch_beyond_the_limit(limit: str, most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with more lines or bytes than are read at once is refused with the limits; one with as many is read."""
    monkeypatch.setattr(reading, limit, most)
    path = tmp_path / "facts.jsonl"
    path.write_text(PLAIN * 3, encoding="utf-8")
    assert len(lines_in(path)[0]) == 3
    path.write_text(PLAIN * 4, encoding="utf-8")
    with pytest.raises(FactError, match=r"found more than .* allowed: so many at once; give it in parts"):
        lines_in(path)


def test_several_files_are_one_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files that are recorded together may have no more lines than one."""
    monkeypatch.setattr("partyrules.cli.record.BATCH_LINES", 30)
    one, other = written(tmp_path / "one.jsonl"), written(tmp_path / "other.jsonl")
    assert len(read_lines([one], CORE_VOCABULARY)[0]) == len(FACTS)
    with pytest.raises(FactError, match=r"more than .* lines; allowed: so many at once") as caught:
        read_lines([one, other], CORE_VOCABULARY)
    assert caught.value.problems[0].where == str(other)


def test_very_many_problems_are_counted() -> None:
    """Of more problems than are kept the first are told, and how many there are more."""
    given = (FactError([Problem(f"line {n}", "wrong")]) for n in range(PROBLEMS_KEPT + 7))
    right: list[int]
    right, problems = parted(given)
    assert right == []
    assert len(problems) == PROBLEMS_KEPT + 1
    assert problems[-1] == Problem(f"line {PROBLEMS_KEPT + 6}", "the last of 7 problems that are not told one by one")


def test_a_text_beyond_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that is read as a whole may have no more bytes than the limit, and its line ends are as in Python."""
    monkeypatch.setattr(reading, "TEXT_BYTES", 10)
    path = tmp_path / "text.txt"
    path.write_bytes(b"a\r\nb\rc\nd")
    assert text_of(path) == "a\nb\nc\nd"
    path.write_bytes(b"0123456789x")
    with pytest.raises(QueryError, match="found more than 10 bytes; allowed: so many at most"):
        text_of(path)


def test_what_cannot_be_read_is_nothing(tmp_path: Path) -> None:
    """Of a path where nothing can be read nothing is said, and a folder is no ledger."""
    assert what_it_is(tmp_path / "nowhere") is None
    assert what_it_is(tmp_path) is None
    with pytest.raises(LedgerError, match="found a directory"):
        open_ledger(tmp_path)
