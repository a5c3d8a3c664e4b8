"""Asking by unit, by stretch of time and by what a rule is called; tables for every width; answers into a file."""

import csv
import json
import re
from datetime import date
from pathlib import Path
from random import Random
from typing import Final

import click
import pytest
from hypothesis import given, settings

from partyrules.cli import main
from partyrules.errors import QueryError
from partyrules.history.units import units_of
from partyrules.packs.naming import rules_named
from partyrules.packs.pack import adopt
from partyrules.questions.audit import Audit, audit
from partyrules.questions.funnel import funnel
from partyrules.report.terminal import Column, Screen
from partyrules.testing.institution import (
    activity,
    cultivated,
    full_member,
    meeting,
    member,
    no_member,
    registered,
    term,
    unit,
)
from partyrules.time.calendar import Term, TermCalendar
from tests.commands import AS_OF, PACK, refused, run, written
from tests.strategies import BUILDINGS, REAL, chances, institution, question
from tests.sweeps import examples

TERMS: Final = (
    term("2017-autumn", "semester", "2017-09-01", "2018-01-19", "2017-2018"),
    term("2018-spring", "semester", "2018-02-26", "2018-07-06", "2017-2018"),
)
FACTS: Final = (
    *TERMS,
    unit("committee", "school_committee"),
    unit("general", "general_branch", parent="committee"),
    unit("branch", "branch", parent="general"),
    unit("group", "group", parent="branch"),
    unit("other", "branch", parent="committee"),
    unit("house", "building_group", parent="branch", building="B1"),
    *(registered(person) for person in ("m", "c", "gone", "stranger")),
    full_member("m"),
    full_member("stranger"),
    member("m", "group"),
    member("stranger", "other"),
    member("gone", "branch"),
    no_member("gone", "branch", "2018-01-01"),
    cultivated("c", "branch"),
    activity("study_report", "branch", "2018-05-10", attended=("m",)),
)


def asked(day: str = "2018-07-06") -> Audit:
    """Return the audit of the institution as of a day."""
    return audit(FACTS, adopt(["lzwl2017"]), as_of=date.fromisoformat(day))


# By unit -----------------------------------------------------------------------------------------------------------


def test_who_is_under_a_unit() -> None:
    """Under a unit are itself, units below at any remove, their members, whom they cultivate, and their buildings."""
    under = asked().under("general")
    assert under == {"general", "branch", "group", "house", "m", "c", "B1"}
    assert asked().under("other") == {"other", "stranger"}


def test_membership_is_that_of_the_day_asked() -> None:
    """Who has left a branch was under it on the day before."""
    assert "gone" in asked("2017-12-31").under("branch")
    assert "gone" not in asked("2018-01-01").under("branch")


def test_a_unit_that_was_never_established_is_refused() -> None:
    """A misspelt unit gets no answer, and the nearest name is given."""
    with pytest.raises(QueryError, match="did you mean `branch`"):
        asked().under("brunch")


def test_findings_of_a_unit_are_those_about_who_is_under_it() -> None:
    """A table, findings and lines about several subjects are what is left of all of them."""
    found = asked()
    under = found.under("general")
    expected = [finding for finding in found.findings() if finding.subject in under]
    assert expected
    assert list(found.findings(subject=under)) == expected
    assert list(found.table(subject=under)) == expected
    assert sum(len(some.lines) for some in found.lines(subject=under)) == len(expected)


def test_every_table_names_the_units() -> None:
    """The column `unit` of Arrow has the units of each subject on the day asked, a unit's own for itself."""
    rows = asked().table().to_arrow().to_pylist()
    units = {row["subject"]: row["unit"] for row in rows}
    assert (units["m"], units["other"]) == (["group"], ["other"])


def test_the_funnel_of_a_unit_counts_who_is_under_it() -> None:
    """The funnels of units that nobody shares add up to those of the people under each."""
    whole = funnel(FACTS, adopt(["lzwl2017"]), on=date(2018, 7, 6))
    general, other = (
        funnel(FACTS, adopt(["lzwl2017"]), on=date(2018, 7, 6), unit=name) for name in ("general", "other")
    )
    assert whole.holding["full_member"] == 2
    assert (general.holding["full_member"], other.holding["full_member"]) == (1, 1)
    with pytest.raises(QueryError, match="did you mean `other`"):
        funnel(FACTS, adopt(["lzwl2017"]), on=date(2018, 7, 6), unit="othr")


@settings(max_examples=examples(40))
@given(chance=chances())
def test_units_of_everybody_are_those_of_each(chance: Random) -> None:
    """Worked out for everybody at once, the units of each subject are what the history says of it."""
    facts, when = institution(chance, REAL, size=60, months=12 * chance.randrange(2)), question(chance)
    found = audit(facts, adopt(["lzwl2017"]), as_of=when.as_of, known_at=when.known_at)
    one_by_one = units_of(found.history)
    subjects = [*REAL.units, *REAL.people, REAL.teacher, *BUILDINGS, "nobody"]
    assert [found.units(subject) for subject in subjects] == [one_by_one(subject) for subject in subjects]


# By time -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2018", "2018-01-01", "2018-12-31"),
        ("2018-H2", "2018-07-01", "2018-12-31"),
        ("2018-Q2", "2018-04-01", "2018-06-30"),
        ("2018-04", "2018-04-01", "2018-04-30"),
        ("2018-spring", "2018-02-26", "2018-07-06"),
        ("2017-2018", "2017-09-01", "2018-07-06"),
    ],
)
def test_a_stretch_of_time_by_its_name(name: str, first: str, last: str) -> None:
    """Years, halves, quarters, months, terms and academic years are found by name."""
    found = asked().period(name)
    assert (str(found.start), str(found.end)) == (first, last)


@pytest.mark.parametrize("name", ["2018-Q5", "2018-13", "0000", "spring", "2018-H3", "2018-4"])
def test_a_stretch_of_no_name_is_refused(name: str) -> None:
    """Whatever is no name of a period is refused with those that are declared."""
    assert TermCalendar([Term(date(2018, 1, 1), date(2018, 2, 1), "semester", "t1")]).named(name) is None
    with pytest.raises(QueryError, match="2018-spring"):
        asked().period(name)


def test_stretches_that_follow_each_other_have_each_finding_once() -> None:
    """The months of a year together list every finding about that year once."""
    table = asked("2018-12-31").table()
    year = table.where(within=(date(2018, 1, 1), date(2018, 12, 31)))
    months = [asked("2018-12-31").period(f"2018-{month:02}") for month in range(1, 13)]
    parts = [row for each in months for row in table.where(within=(each.start, each.end)).rows()]
    assert sorted(map(repr, parts)) == sorted(map(repr, year.rows()))
    assert len(year) > 0


def test_the_newest_come_first() -> None:
    """The newest rows of a table are the same rows, by the day on which their period ends, the latest first."""
    table = asked().table()
    newest = list(table.newest())
    assert sorted(map(repr, newest)) == sorted(map(repr, table.rows()))
    ends = [row.period.end for row in newest if row.period is not None]
    assert ends == sorted(ends, reverse=True)


def test_what_is_due_by_a_day_is_still_to_be_done(tmp_path: Path) -> None:
    """--due-by lists what is pending and due by then, and nothing else."""
    facts = written(tmp_path / "facts.jsonl")
    day = ("--as-of", "2018-05-01", "--due-by", "2018-07-08", "--format", "jsonl")
    found = [json.loads(line) for line in run("audit", facts, *PACK, *day).stdout.splitlines()]
    assert found
    assert {line["status"] for line in found} == {"pending"}
    assert all(line["due"] <= "2018-07-08" for line in found)
    since = ("--since", "2018-07-01", "--period", "2018", "--format", "jsonl")
    later = [json.loads(line) for line in run("audit", facts, *PACK, *AS_OF, *since).stdout.splitlines()]
    assert later
    assert all(line["period"] is None or line["period"]["end"] >= "2018-07-01" for line in later)


# By rule -----------------------------------------------------------------------------------------------------------

CITED: Final = {
    "p:8.1.1": "八、1",
    "p:8.1.2": "八、1",
    "p:8.2.1-hold": "八、2",
    "p:8.10": "八、10",
    "q:3": "三",
    "q:3.1": "十一、2",
}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("8.1.1", {"p:8.1.1"}),
        ("p:8.1.1", {"p:8.1.1"}),
        ("8.1", {"p:8.1.1", "p:8.1.2"}),
        ("p:8", {"p:8.1.1", "p:8.1.2", "p:8.2.1-hold", "p:8.10"}),
        ("8.2.1", {"p:8.2.1-hold"}),
        ("3", {"q:3"}),
        ("八、1", {"p:8.1.1", "p:8.1.2"}),
        ("八、１", {"p:8.1.1", "p:8.1.2"}),
        ("八", {"p:8.1.1", "p:8.1.2", "p:8.2.1-hold", "p:8.10"}),
        ("q:八", set()),
        ("十", set()),
        ("十一", {"q:3.1"}),
        ("*:8.1.*", {"p:8.1.1", "p:8.1.2"}),
        ("8.1.?", {"p:8.1.1", "p:8.1.2"}),
        ("9", set()),
        ("", set()),
    ],
)
def test_which_rules_are_meant(said: str, meant: set[str]) -> None:
    """An id means itself, the beginning of ids all of them, and a number of the document what has it."""
    assert rules_named(said, CITED) == meant


def test_rules_are_found_by_the_numbering_of_the_document(tmp_path: Path) -> None:
    """`8.1` and `八、1` list the same findings, and an explanation takes both."""
    facts = written(tmp_path / "facts.jsonl")
    by_id, by_number = (
        run("audit", facts, *PACK, *AS_OF, "--rule", rule, "--format", "jsonl").stdout for rule in ("8.1", "八、1")
    )
    assert by_id == by_number != ""
    told = run("explain", facts, *PACK, *AS_OF, "--rule", "八、1", "--subject", "学生乙", "--status", "breached").stdout
    assert told.count("Clause 八、1 (shall)") >= 2
    kept = run("explain", facts, *PACK, *AS_OF, "--rule", "8.1", "--subject", "学生甲").stdout
    (line,) = [line for line in kept.splitlines() if "八、1" in line and "atisfied" in line and "study report" in line]
    assert not line.startswith(" ")


# Tables ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_finding_has_the_title_of_its_rule(lang: str, tmp_path: Path) -> None:
    """Folded as it may be, the title stands in the row."""
    said = run("audit", written(tmp_path / "f.jsonl"), *PACK, *AS_OF, "--lang", lang, env={"COLUMNS": "60"}).stdout
    assert {"zh": "听一场辅导报告", "en": "study"}[lang] in re.sub(r"[│\s]", "", said)


def test_chinese_is_broken_between_characters_and_not_before_a_mark() -> None:
    """A line does not begin with a mark that closes, nor end with one that opens."""
    text = "学校党委专题研究（学生党建）工作，每年至少一次。"
    for width in range(12, 30):
        made = Screen(width, colour=False, fixed=True).table([Column("a")], [[text]])
        lines = [line.strip("│ ") for line in made.splitlines()[3:-1]]
        assert "".join(lines) == text
        assert not any(line[0] in "，。）" or line[-1] == "（" for line in lines)


def test_needs_are_told_with_their_cure(tmp_path: Path) -> None:
    """What a parameter left open needs is the option that sets it, ready to be copied."""
    rows = [
        {
            "id": "t",
            "fact": "term_declared",
            "on": "2018-02-26",
            "until": "2018-07-08",
            "term": "s",
            "kind": "semester",
        },
        {
            "id": "u",
            "fact": "unit_established",
            "on": "2016-01-01",
            "unit": "组织部",
            "kind": "organisation_department",
        },
    ]
    facts = written(tmp_path / "facts.jsonl", tuple(rows))
    said = run("audit", facts, *PACK, *AS_OF, "--status", "unknown", env={"COLUMNS": "200"}).stdout
    assert "--set" in said
    assert "interval=semester" in said
    assert "parameter:" not in said


# Into a file -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        ("audit", "FACTS", *PACK, *AS_OF),
        ("audit", "FACTS", *PACK, *AS_OF, "--format", "csv"),
        ("audit", "FACTS", *PACK, *AS_OF, "--format", "parquet"),
        ("funnel", "FACTS", *PACK, "--on", "2018-07-08"),
        ("explain", "FACTS", *PACK, *AS_OF, "--rule", "8.1.3", "--subject", "学生甲"),
        ("changes", "FACTS", *PACK, "--from", "2018-05-01", "--to", "2018-07-08"),
        ("packs",),
        ("readings", "lzwl2017"),
        ("trace", "lzwl2017"),
    ],
    ids=" ".join,
)
def test_an_answer_goes_into_a_file(command: tuple[str, ...], tmp_path: Path) -> None:
    """With -o the file has what standard output would have, which stays empty; a second time it is not overwritten."""
    facts = written(tmp_path / "facts.jsonl")
    asked = [str(facts) if part == "FACTS" else part for part in command]
    plain, into = run(*asked), tmp_path / "answer"
    made = run(*asked, "-o", into)
    assert (made.exit_code, made.stdout) == (plain.exit_code, "")
    assert into.read_bytes() == plain.stdout_bytes
    assert "nothing is overwritten" in refused(*asked, "-o", into)


def test_every_command_that_answers_may_answer_into_a_file() -> None:
    """All have -o but those that are told otherwise which file, or folder, they are to make."""
    context = click.Context(main)
    commands = {name: main.get_command(context, name) for name in main.list_commands(context)}
    without = {name for name, each in commands.items() if each and not any("-o" in one.opts for one in each.params)}
    assert without == {"backup", "demo", "new-pack", "report"}


def test_what_is_refused_of_a_register_goes_into_the_file_too(tmp_path: Path) -> None:
    """Cells that are refused are the answer of an import, whatever code it ends with; a check of a ledger is one."""
    ledger, register, into = tmp_path / "l.db", tmp_path / "r.csv", tmp_path / "answer"
    register.write_text("姓名,申请入党时间\n学生甲,2018-02-30\n", encoding="utf-8")
    assert run("import", ledger, register, "-o", into).exit_code == 2
    assert "2018-02-30" in into.read_text(encoding="utf-8")
    assert "3 facts" not in run("record", ledger, written(tmp_path / "f.jsonl"), "-o", tmp_path / "recorded").stdout
    assert "facts appended" in (tmp_path / "recorded").read_text(encoding="utf-8")
    assert run("verify", ledger, "-o", tmp_path / "verified").stdout == ""
    assert "sound" in (tmp_path / "verified").read_text(encoding="utf-8")
    assert run("template", "-o", tmp_path / "names").stdout == ""
    assert "签到表" in (tmp_path / "names").read_text(encoding="utf-8")


def test_a_command_that_fails_leaves_no_file(tmp_path: Path) -> None:
    """Where the question is refused nothing stands at FILE, nor beside it."""
    facts = written(tmp_path / "facts.jsonl")
    refused("audit", facts, *PACK, *AS_OF, "--rule", "99", "-o", tmp_path / "answer")
    assert [path.name for path in tmp_path.iterdir()] == ["facts.jsonl"]


def test_csv_has_the_unit(tmp_path: Path) -> None:
    """The column `unit` of CSV names the unit of each subject."""
    facts = written(tmp_path / "facts.jsonl")
    said = run("audit", facts, *PACK, *AS_OF, "--rule", "8.1.3", "--format", "csv").stdout
    rows = list(csv.DictReader(said.splitlines()))
    assert {row["subject"]: row["unit"] for row in rows} == {"学生甲": "支部甲", "学生乙": "支部甲"}


def test_meetings_of_a_unit_below_are_not_the_branch_s_own() -> None:
    """Asking by unit narrows what is listed and changes no answer."""
    facts = (*FACTS, meeting("branch_assembly", "group", "2018-05-01"))
    found = audit(facts, adopt(["lzwl2017"]), as_of=date(2018, 7, 6))
    every = {(each.rule, each.subject, each.period, each.occasion): each.status for each in found.findings()}
    some = found.findings(subject=found.under("branch"))
    assert all(every[each.rule, each.subject, each.period, each.occasion] == each.status for each in some)
