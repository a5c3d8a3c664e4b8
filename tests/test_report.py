"""Tables and the demo's report: columns that stay in line whatever the script, colour only where it is wanted."""

import json
import re
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Final

import click
import pytest
from rich.cells import cell_len

from partyrules.cli import main
from partyrules.packs.adoption_file import read_adoption
from partyrules.packs.pack import adopt
from partyrules.questions.audit import audit
from partyrules.questions.sources import facts_in
from partyrules.report.terminal import Column, Screen, chosen_lang, screen_for
from partyrules.report.units import Units
from tests.commands import AS_OF, BOTH, FACTS, PACK, run, written
from tests.sweeps import crossed, slow

BORDERS = "│┌┬┐├┼┤└┴┘"
# A date that goes on in the next line.
BROKEN: Final = re.compile(r"\b\d{4}-(?:\d\d-)?\s*│|│\s*-\d\d\b")


def tables(text: str) -> Iterator[list[str]]:
    """Yield the lines of each table of a text."""
    table: list[str] = []
    for line in text.splitlines():
        if line[:1] in BORDERS and line:
            table.append(line)
        if line[:1] == "└":
            yield table
            table = []


def borders(line: str) -> list[int]:
    """Return the cells in which a line has a border."""
    return [cell_len(line[:at]) for at, letter in enumerate(line) if letter in BORDERS]


STEP: Final = ("--person", "学生丙", "--to", "probationary_member")
COMMANDS: Final[tuple[tuple[str, ...], ...]] = (
    ("audit", "FACTS", *BOTH, *AS_OF),
    ("audit", "FACTS", *BOTH, *AS_OF, "--status", "satisfied", "--limit", "0"),
    ("audit", "FACTS", *BOTH, *AS_OF, "--contested"),
    ("audit", "FACTS", *BOTH, *AS_OF, "--irregular"),
    ("audit", "FACTS", *BOTH, *AS_OF, "--judgements", "--status", "unknown"),
    ("changes", "FACTS", *PACK, "--from", "2018-03-05", "--to", "2018-07-08"),
    (
        "decide",
        "FACTS",
        *BOTH,
        "--person",
        "学生丙",
        "--to",
        "probationary_member",
        "--on",
        "2018-04-01",
        "--contested",
    ),
    ("funnel", "FACTS", *BOTH, "--on", "2018-04-01"),
    ("import", "LEDGER", "REGISTER", "--dry-run"),
    ("packs",),
    ("packs", "lzcu2012"),
    ("readings", "lzwl2017"),
    ("trace", "lzwl2017"),
)
# What these say are lines, files or data.
WITHOUT_TABLES: Final = {
    "backup", "check", "compare", "demo", "doctor", "explain", "export", "new-pack", "record", "replay", "report",
    "template", "verify",
}  # fmt: skip


@pytest.mark.parametrize(("command", "width", "lang"), crossed(COMMANDS, [60, 80, 120], ["zh", "en"]))
def test_every_table_keeps_its_columns_in_line(tmp_path: Path, command: tuple[str, ...], width: int, lang: str) -> None:
    """No line of a table is wider than was asked for, its borders stand below each other, no date is broken."""
    register = tmp_path / "r.csv"
    register.write_text("姓名,申请入党时间,确定积极分子时间\n学生甲,2018-02-30,二〇\n", encoding="utf-8")
    places = {"FACTS": written(tmp_path / "facts.jsonl"), "LEDGER": tmp_path / "l.db", "REGISTER": register}
    asked = [places.get(part, part) for part in command]
    found = run(*asked, "--lang", lang, env={"COLUMNS": str(width)})
    shown = list(tables(found.stdout))
    assert shown
    for table in shown:
        assert {tuple(borders(line)) for line in table} == {tuple(borders(table[0]))}
        assert all(cell_len(line) <= width for line in table)
        assert not any(BROKEN.search(line) for line in table)


def test_every_command_has_tables_that_are_tried_or_none() -> None:
    """A command that is added is tried at each width, or is said to have no table."""
    assert {command[0] for command in COMMANDS} | WITHOUT_TABLES == set(main.list_commands(click.Context(main)))


def test_in_a_pipe_ids_are_kept_whole_even_beyond_a_hundred_cells(tmp_path: Path) -> None:
    """Without a given width a table grows as wide as its ids need."""
    name = "很长的编号" * 12
    rows = tuple(
        json.loads(json.dumps(row).replace(json.dumps("学生乙")[1:-1], json.dumps(name)[1:-1])) for row in FACTS
    )
    found = run("audit", written(tmp_path / "f.jsonl", rows), *PACK, *AS_OF, "--rule", "8.1.3", env={"COLUMNS": ""})
    assert any(name in line for line in found.stdout.splitlines())


def test_nothing_is_lost_where_a_column_is_folded() -> None:
    """Folded in a fixed width, the letters of an id are all there, in order, and the words of a head as well."""
    name = "lzwl2017:8.2.1-attend"
    made = Screen(24, colour=False, fixed=True).table(
        [Column("a", whole=True), Column("b", whole=True)], [[name, name]]
    )
    body = [line.split("│")[2].strip() for line in made.splitlines()[1:-1]]
    assert "".join(body) == name + name
    heads = Screen(40, colour=False, fixed=True).table([Column("who has to act and why")] * 2, [["a", "b"]])
    assert [line.split("│")[1].strip() for line in heads.splitlines()[1:3]] == ["who has to act", "and why"]


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        """Say yes."""
        return True


@pytest.mark.parametrize(
    ("stream", "environment", "coloured"),
    [
        (Terminal(), {"COLUMNS": "80"}, True),
        (Terminal(), {"COLUMNS": "80", "NO_COLOR": "1"}, False),
        (Terminal(), {"COLUMNS": "80", "NO_COLOR": ""}, True),
        (Terminal(), {"COLUMNS": "80", "TERM": "dumb"}, False),
        (StringIO(), {"COLUMNS": "80"}, False),
        (StringIO(), {}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    stream: StringIO,
    environment: dict[str, str],
    coloured: bool,  # noqa: FBT001 - a case of the table
) -> None:
    """NO_COLOR that is not empty, a dumb terminal or a pipe take the colour away."""
    screen = screen_for(stream, environment)
    assert screen.colour is coloured
    assert ("\x1b" in screen.styled("x", "bold red")) is coloured


def test_a_pipe_is_a_hundred_cells_wide_unless_columns_says_otherwise() -> None:
    """The width of a pipe is 100, or what COLUMNS says if that makes sense."""
    assert [screen_for(StringIO(), {"COLUMNS": given}).width for given in ("", "60", "0", "x")] == [100, 60, 100, 100]


@pytest.mark.parametrize(
    ("environment", "lang"),
    [({}, "en"), ({"LANG": "zh_CN.UTF-8"}, "zh"), ({"LC_ALL": "zh"}, "zh"), ({"LC_ALL": "C", "LANG": "zh_CN"}, "en")],
)
def test_the_language_is_chinese_where_the_locale_is(environment: dict[str, str], lang: str) -> None:
    """LC_ALL counts before LANG, and whatever is not Chinese is English."""
    assert chosen_lang(environment) == lang


def test_people_and_units_belong_to_a_branch(tmp_path: Path) -> None:
    """A person belongs to the branch they are in or were in last, a unit to the branch above it, else to itself."""
    group = {"fact": "unit_established", "on": "2016-01-01", "unit": "小组", "kind": "group", "parent": "支部乙"}
    moves = (
        {"id": "u8", "fact": "unit_established", "on": "2016-01-01", "unit": "支部乙", "kind": "branch"},
        {"id": "u9", **group},
        {"id": "x1", "fact": "membership_ended", "on": "2018-04-10", "person": "学生甲", "unit": "支部甲"},
        {"id": "x2", "fact": "membership_started", "on": "2018-04-10", "person": "学生甲", "unit": "支部乙"},
        {"id": "x3", "fact": "membership_ended", "on": "2018-05-01", "person": "学生乙", "unit": "支部甲"},
    )
    facts = facts_in(written(tmp_path / "f.jsonl", (*FACTS, *moves)))
    units = Units(audit(facts, adopt(["lzwl2017"]), as_of=date(2018, 7, 8)).view)
    assert [units.of(each) for each in ("学生甲", "学生乙", "学生丙")] == ["支部乙", "支部甲", None]
    assert [units.of(each) for each in ("小组", "支部甲", "指导部", "楼一")] == ["支部乙", "支部甲", "指导部", None]


# The demo --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return the directory that a small demo wrote, and what it printed."""
    out = tmp_path_factory.mktemp("demo") / "out"
    found = run("demo", "--out", out, "--students", "120", "--lang", "en")
    assert found.exit_code == 0, found.output
    return out, found.stdout


def test_the_demo_says_first_that_its_data_are_synthetic(demo: tuple[Path, str]) -> None:
    """The label heads the output and the report, and stands in the directory."""
    out, said = demo
    assert said.startswith("SYNTHETIC DATA")
    for pack in ("lzwl2017", "lzcu2012"):
        assert "**SYNTHETIC DATA" in (out / f"{pack}-report.md").read_text(encoding="utf-8")
    assert (out / "SYNTHETIC.txt").exists()


@pytest.mark.parametrize(
    ("pack", "outcomes"),
    [("lzwl2017", ["permitted"] * 4), ("lzcu2012", ["vetoed", "vetoed", "undetermined", "permitted"])],
)
def test_the_demo_decides_the_four_cases_by_each_paper(demo: tuple[Path, str], pack: str, outcomes: list[str]) -> None:
    """By the paper on apartments two are vetoed, one is undetermined, one permitted; by the other all are in order."""
    out, said = demo
    decided = (out / f"{pack}-decisions.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["outcome"] for line in decided] == outcomes
    assert said.count("It would be lifted by") == 2


@pytest.mark.parametrize("pack", ["lzwl2017", "lzcu2012"])
def test_the_demo_writes_what_its_own_ledger_answers(demo: tuple[Path, str], pack: str) -> None:
    """The ledger it leaves is sound, and an audit of it by an adoption file gives the findings it wrote."""
    out, _ = demo
    assert run("verify", out / "institution.db").exit_code == 0
    adopted = ("--adoption", out / f"{pack}.toml")
    asked = run("audit", out / "institution.db", *adopted, "--as-of", "2019-06-30", "--format", "jsonl")
    assert asked.stdout_bytes == (out / f"{pack}-findings.jsonl").read_bytes()


def test_the_demo_adopts_one_paper_at_a_time(demo: tuple[Path, str]) -> None:
    """Each adoption file names one pack, and choices of the institution's own."""
    out, _ = demo
    for pack in ("lzwl2017", "lzcu2012"):
        adoption = read_adoption(out / f"{pack}.toml")
        assert [each.id for each in adoption.packs] == [pack]
        assert adoption.readings
        assert adoption.parameters


def test_the_demo_tells_what_to_type_next_and_that_works(demo: tuple[Path, str]) -> None:
    """Each command that it suggests runs."""
    _, said = demo
    suggested = [line.split() for line in said.splitlines() if line.startswith("  partyrules ")]
    assert {words[1] for words in suggested} == {"audit", "explain", "decide", "report", "import"}
    for words in suggested:
        assert run(*words[1:]).exit_code == 0


@slow
def test_the_demo_leaves_directories_alone_that_are_not_its_own(demo: tuple[Path, str], tmp_path: Path) -> None:
    """A directory with other files is refused untouched; an earlier demo is made anew."""
    out, _ = demo
    (tmp_path / "precious.txt").write_text("x", encoding="utf-8")
    found = run("demo", "--out", tmp_path, "--students", "120")
    assert found.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]
    before = (out / "lzwl2017-findings.jsonl").read_bytes()
    assert run("demo", "--out", out, "--students", "120").exit_code == 0
    assert (out / "lzwl2017-findings.jsonl").read_bytes() == before
    assert "found a file" in run("demo", "--out", tmp_path / "precious.txt").stderr
