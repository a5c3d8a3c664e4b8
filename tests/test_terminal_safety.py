"""What reaches a terminal, a spreadsheet or a page: nothing that commands it, and nothing that nobody sees."""

import csv
import json
import os
import pty
import re
import sys
import unicodedata
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from partyrules.cli import main
from partyrules.cli.output import note
from partyrules.errors import Problem
from partyrules.errors.visible import visible
from partyrules.report.page import marked as shown_in_markdown
from partyrules.report.sheets import csv_text
from partyrules.report.terminal import Cell, Column, Laid, Screen, Styled
from tests.commands import AS_OF, FACTS, PACK, Row, run, written

HIDDEN: Final = (
    *map(chr, range(0x20)),
    *map(chr, range(0x7F, 0xA0)),
    *"\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    *"\u2028\u2029\u00ad\u061c\u200b\u200c\u200d\u2060\u2061\u2064\u206a\u206f\ufeff\ufff9\ufffb",
    *"\u034f\u115f\u1160\u17b4\u180b\u180e\u3164\uffa0\ufe00\ufe0f\U000e0001\U000e0020\U000e007f\U000e0100",
    "\ud800",
)
SEEN: Final = "abc ABC-_.:/\\ 学生甲，（一） é ü ñ ʼ  \u00a0\u3000 ★ 😀 𠮷 \ue000"
# What is no letter, mark, number, sign, symbol or blank, said apart from how the code says it.
UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ud800-\udfff"
    "\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
# The colours of our own, and nothing else that begins so.
COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
# What a screen can be made to say where these come through.
HOSTILE: Final = (
    "\u202e乙生学",
    "a\u2066b\u2069",
    "\u200e\u200fx",
    "zero\u200bwidth",
    "line\u2028paragraph\u2029",
    "tag\U000e0041",
    "=HYPERLINK(1)",
)
# What an id cannot have, but a path, an argument or an older ledger can.
COMMANDING: Final = (
    "\x1b[2J\x1b[1;1HPERMITTED",
    "\x9b31m",
    "over\rwritten",
    "two\nlines",
    "\x1b]0;title\x07",
    "\x7f\x08",
)


# One character ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("letter", HIDDEN, ids=lambda letter: f"{ord(letter):04x}")
def test_what_is_not_seen_is_shown_as_an_escape(letter: str) -> None:
    """Control, format and bidirectional characters, separators and fillers are shown as Python writes them."""
    shown = visible(f"x{letter}y")
    assert re.fullmatch(r"x\\([trn]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})y", shown)
    assert shown.encode().decode("unicode_escape") == f"x{letter}y"


def test_what_is_seen_stays_as_it_is() -> None:
    """Letters of every script, signs and blanks are left alone."""
    assert visible(SEEN) == SEEN


@given(st.text())
@example("".join(HIDDEN))
def test_nothing_unseen_is_left(text: str) -> None:
    """Whatever the text, what is shown of it is one line of what is seen, and shown again it is the same."""
    shown = visible(text)
    assert not UNSEEN.search(shown)
    assert {unicodedata.category(letter) for letter in shown}.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})
    assert visible(shown) == shown


# What is laid out ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("colour", [True, False])
@given(texts=st.lists(st.text() | st.sampled_from([*HOSTILE, *COMMANDING]), min_size=1, max_size=4))
def test_a_screen_shows_nothing_that_commands_it(colour: bool, texts: list[str]) -> None:  # noqa: FBT001 - a case
    """Cells and lines of tables, styled or not, hold no command but the colours of the screen."""
    screen = Screen(60, colour=colour, fixed=True)
    cells: list[Cell] = [*texts, *(Styled(text, style="bold red") for text in texts)]
    made = screen.table([Column("head", whole=True) for _ in cells], [cells, cells])
    for laid in (made, screen.line(*cells), screen.styled(texts[0], "green")):
        assert isinstance(laid, Laid)
        plain = COLOUR.sub("", laid) if colour else laid
        assert not UNSEEN.search(plain.replace("\n", ""))
    assert "\n" not in screen.line(*cells).replace("\n", "") or "\n" in "".join(texts)


# What commands say -----------------------------------------------------------------------------------------


def hostile(name: str) -> tuple[Row, ...]:
    """Return the facts of an institution with a name in the place of every person's and unit's."""
    told = {"学生甲": f"{name}1", "学生乙": f"{name}2", "学生丙": f"{name}3", "支部甲": f"{name}4", "楼一": f"{name}5"}

    def renamed(value: Any) -> Any:
        if isinstance(value, list):
            return [renamed(each) for each in value]
        return told.get(value, value)

    return tuple({key: renamed(value) for key, value in row.items()} for row in FACTS)


def asked(source: Path, name: str) -> list[tuple[object, ...]]:
    """Return commands whose answers have these names."""
    question = ("--person", f"{name}3", "--to", "probationary_member", "--on", "2018-04-01")
    return [
        ("audit", source, *PACK, *AS_OF, "--status", "breached", "--status", "satisfied", "--limit", 0),
        ("audit", source, *PACK, *AS_OF, "--irregular"),
        ("audit", source, *PACK, *AS_OF, "--rule", "8.1.3", "--contested"),
        ("decide", source, *PACK, *question),
        ("decide", source, *PACK, *question, "--contested"),
        ("explain", source, *PACK, *AS_OF, "--rule", "8.1.3", "--subject", f"{name}2"),
        ("funnel", source, *PACK, "--on", "2018-04-01"),
    ]


def safe(said: str) -> None:
    """See that what was written for people has nothing unseen in its lines."""
    assert not UNSEEN.search(said.replace("\n", "")), said


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_names_in_answers_are_made_visible(tmp_path: Path, name: str, lang: str) -> None:
    """In tables, decisions, explanations and counts a name is shown with its escapes, and never as it is."""
    source = written(tmp_path / "facts.jsonl", hostile(name))
    shown = ""
    for command in asked(source, name):
        found = run(*command, "--lang", lang, env={"COLUMNS": "200"})
        assert found.exit_code == 0, found.output
        safe(found.output)
        shown += found.output
    assert visible(f"{name}2") in shown
    assert visible(f"{name}3") in shown


@pytest.mark.parametrize("name", [*HOSTILE, *COMMANDING])
def test_what_is_refused_is_told_without_harm(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths, arguments, keys and values that are refused stand in their message with escapes."""
    monkeypatch.chdir(tmp_path)
    facts = written(Path("facts.jsonl"))
    odd = Path(name.replace("/", "").replace("\0", ""))
    odd.write_bytes(b'{"id": "x", "fact": "' + json.dumps(name)[1:-1].encode() + b'", "\\u202e": 1}\n')
    Path("a.toml").write_text(f"{json.dumps(name)} = 1\n", encoding="utf-8")
    Path("b.toml").write_text(f"packs = [{json.dumps(name)}]\n", encoding="utf-8")
    for command in (
        (name,),
        ("audit", name),
        ("audit", facts, *PACK, *AS_OF, name),
        ("audit", facts, *PACK, *AS_OF, f"--{name}"),
        ("audit", facts, *PACK, *AS_OF, "--format", name),
        ("audit", facts, *PACK, "--as-of", name),
        ("audit", facts, *PACK, *AS_OF, "--known-at", name),
        ("audit", facts, "--pack", name, *AS_OF),
        ("audit", facts, *PACK, *AS_OF, "--rule", name),
        ("audit", facts, *PACK, *AS_OF, "--reading", name),
        ("audit", facts, *PACK, *AS_OF, "--set", f"lzwl2017:1.3.3.review_interval={name}"),
        ("audit", facts, "--adoption", "a.toml", *AS_OF),
        ("audit", facts, "--adoption", "b.toml", *AS_OF),
        ("audit", f"{name}.none", *PACK, *AS_OF),
        ("decide", facts, *PACK, "--person", name, "--to", name, "--on", "2018-04-01"),
        ("explain", facts, *PACK, *AS_OF, "--rule", name, "--subject", name),
        ("record", "new.db", odd),
        ("record", odd, facts),
        ("verify", odd),
        ("replay", odd, facts),
        ("trace", name),
        ("packs", name),
        ("check", name),
        ("compare", name, name),
        ("new-pack", name, "--source", facts),
    ):
        found = run(*command)
        assert found.exit_code, command
        safe(found.output)


def test_a_message_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """What is noted of a file whose name breaks the line, or of a problem, is one line each."""
    note(str(Problem("a\nb", "x\u2028y\x1b[0m")))
    assert capsys.readouterr().err == "a\\nb: x\\u2028y\\x1b[0m\n"


def through_a_terminal(*arguments: object) -> str:
    """Return what a command writes to a terminal with colours."""
    process, terminal = pty.fork()
    if not process:
        os.environ |= {"TERM": "xterm-256color", "COLUMNS": "200", "LANG": "C.UTF-8"}
        os.environ.pop("NO_COLOR", None)
        for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
            setattr(sys, name, open(number, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - a stream
        try:
            main([str(each) for each in arguments], prog_name="partyrules")
        finally:
            os._exit(0)
    said = b""
    try:
        while some := os.read(terminal, 65536):
            said += some
    except OSError:
        # So a terminal ends of which the other side is gone.
        pass
    finally:
        os.close(terminal)
        os.waitpid(process, 0)
    return said.decode(errors="surrogateescape")


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("name", ["\u202e乙生学", "\u2066x\u2069\u200b"])
def test_a_real_terminal_gets_our_colours_and_nothing_else(tmp_path: Path, name: str) -> None:
    """On a terminal with colours the only commands are those of colour, for people as for programs."""
    source = written(tmp_path / "facts.jsonl", hostile(name))
    said = ""
    for command in asked(source, name):
        said += through_a_terminal(*command)
    for form in ("jsonl", "json", "csv"):
        said += through_a_terminal("audit", source, *PACK, *AS_OF, "--format", form)
    said += through_a_terminal("audit", source, *PACK, *AS_OF, "--subject", "\x1b[8m", "--rule", "\x1b[2J")
    assert COLOUR.search(said)
    safe(COLOUR.sub("", said).replace("\r\n", "\n"))


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_programs_get_the_bytes_of_the_library(tmp_path: Path) -> None:
    """In a pipe JSON has a name as it is; on a terminal as its escape, which is the same JSON."""
    name = "\u202e乙"
    source = written(tmp_path / "facts.jsonl", hostile(name))
    command = ("audit", source, *PACK, *AS_OF, "--rule", "8.1.3", "--format", "jsonl")
    piped, typed = run(*command).stdout, through_a_terminal(*command)
    assert name in piped
    findings = [line for line in typed.splitlines() if line.startswith("{")]
    assert name not in typed
    assert [json.loads(line) for line in piped.splitlines()] == [json.loads(line) for line in findings]


# Spreadsheets ----------------------------------------------------------------------------------------------

FORMULAS: Final = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u3000=1",
    "\u00a0 =1",
    '"=1',
    "'=1",
    "“=1",
    "＝1",
    "＋1+1",
    "－1+1",
    "＠x",
    "=cmd|' /C calc'!A0",
    "--5",
    "-",
    "+1.2.3",
    "-1e5",
    "\u200b=1",
)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_a_text(text: str) -> None:
    """What a spreadsheet would take for a formula begins with an apostrophe, or with what is seen of it."""
    (cell,) = next(csv.reader([csv_text(["x"], [[text]]).split("\n", 1)[1]]))
    assert cell[0] in {"'", "\\"}
    assert cell == (visible(text) if cell[0] == "\\" else f"'{visible(text)}")


@pytest.mark.parametrize(
    "value", ["-5", "+5", "-0.5", "a=b", "a-b", "学生甲", "'x", "a@b", "2018-01-01", "1+1", "#N/A"]
)
def test_what_is_no_formula_stays_as_it_is(value: str) -> None:
    """Numbers, dates, addresses and words are as they are."""
    assert csv_text(["x"], [[value]]) == f"x\n{value}"


def test_numbers_stay_numbers() -> None:
    """What is a number or a date, below zero too, is written as one; what is not there is empty."""
    assert csv_text(["a", "b", "c"], [[-5, -0.5, None]]) == "a,b,c\n-5,-0.5,"


def cells(text: str) -> list[list[str]]:
    """Return the rows of a CSV without its head."""
    return list(csv.reader(StringIO(text)))[1:]


def listed(cell: str) -> list[str]:
    """Return the texts of a list in a cell, as the page says that it is read."""
    found: list[str] = json.loads(cell) if cell.startswith("[") else cell.split()
    return found


WORDS: Final = st.text() | st.sampled_from([*FORMULAS, *HOSTILE, "a b", "[x]", "", "x", '"', "'", "a,b"])


@given(texts=st.lists(WORDS))
@example(["a", "b c"])
@example(["a b", "c"])
@example(["[", "]"])
@example([""])
@example([])
def test_lists_in_a_cell_can_be_told_apart(texts: list[str]) -> None:
    """Whatever the ids, the list in a cell is read back as it was, and no two lists are the same cell."""
    ((cell, _),) = cells(csv_text(["x", "y"], [[texts, 1]]))
    assert listed(cell) == texts


@given(rows=st.lists(st.tuples(WORDS, st.lists(WORDS), st.dictionaries(WORDS, WORDS)), max_size=3))
def test_no_cell_does_harm(rows: list[tuple[Any, ...]]) -> None:
    """Whatever is in a row, its cells are seen, are no formulas, and are as many as there should be."""
    text = csv_text(["a", "b", "c"], rows)
    assert len(text.split("\n")) == len(rows) + 1
    assert not UNSEEN.search(text.replace("\n", ""))
    for row in cells(text):
        assert len(row) == 3
        for cell in row:
            assert not re.match(r"""[\s"']*[=@＝＋－＠]""", cell) or cell.startswith("'")
            assert not re.match(r"""[\s"']*[+-](?![0-9.]+$)""", cell) or cell.startswith("'")


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "\u202e乙生学", "-x", "@x", "＝x"])
def test_every_csv_of_the_command_line_is_harmless(tmp_path: Path, name: str) -> None:
    """Findings, irregular records and contested findings come in cells that do no harm."""
    rows = hostile(name)
    odd = {"id": f"{name}x y", "fact": "opinion_given", "on": "2018-03-02", "person": f"{name}3", "by": f"{name}4"}
    source = written(tmp_path / "facts.jsonl", (*rows, {**odd, "step": "probationary_member", "verdict": "oppose"}))
    for more in ((), ("--irregular",), ("--contested", "--rule", "8.2.1-hold")):
        found = run("audit", source, *PACK, *AS_OF, *more, "--format", "csv")
        assert found.exit_code == 0
        safe(found.stdout)
        shown = [cell for row in cells(found.stdout) for cell in row]
        assert not [cell for cell in shown if re.match(r"[=+@＝-]", cell)]
        assert any(visible(name) in cell for cell in shown)


# Markdown --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("plain 学生甲 lzwl2017:8.2.1-hold probationary_member", None),
        ("a|b", r"a\|b"),
        ("<script>", r"\<script\>"),
        ("[x](http://y)", r"\[x\](http://y)"),
        ("`x` *y* _z_ ~q~ # &amp;", r"\`x\` \*y\* \_z\_ \~q\~ \# \&amp;"),
        ("- x", r"\- x"),
        ("1. x", r"1\. x"),
        ("a\nb", r"a\\nb"),
        ("\u202ex", r"\\u202ex"),
    ],
)
def test_markdown_shows_a_name_as_it_is(text: str, marked: str | None) -> None:
    """Nothing in a name is markup, and nothing of it is unseen."""
    assert shown_in_markdown(text) == (text if marked is None else marked)
