"""Readings on the command line: what `readings` lists, and what `decide --contested` finds."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from partyrules.facts.vocabulary import StageEntered, TalkHeld
from partyrules.language.kernel import SUBJECT, at_least, at_most, by_reading, count_findings, events, holds
from partyrules.language.rules import LEAVE, PARTIAL, Bearer, Duty, Reading, Requirement, Stage, Standing, all_readings
from partyrules.packs.document import Clause, Document, Sentence, Text
from partyrules.packs.pack import Pack, adopt, load_pack, reading_key
from partyrules.questions.contested import ReadingChange, contested_decision
from partyrules.time.calendar import parse_civil_date
from tests.commands import BOTH, FACTS, PACK, Row, refused, run, written

STEP = ("--person", "学生丙", "--to", "probationary_member", "--on", "2018-07-08")
PACKS = ("lzwl2017", "lzcu2012")
LISTS = ("vetoes", "unmet", "unknown", "met", "not_applicable", "advisory")


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """A small synthetic file of facts in which 学生丙 is opposed by the guidance department."""
    branch: Row = {"id": "u9", "fact": "unit_established", "on": "2010-03-01", "unit": "总支", "kind": "general_branch"}
    asked = tuple({**row, "by": "总支"} if row["id"] == "q1" else row for row in FACTS)
    return written(tmp_path / "facts.jsonl", (branch, *asked))


def listed(pack: str) -> list[dict[str, Any]]:
    """Return the readings that the command lists."""
    found: list[dict[str, Any]] = json.loads(run("readings", pack, "--format", "json").stdout)
    return found


def contested(facts: Path, *words: str) -> list[dict[str, Any]]:
    """Return what is contested in the decision about 学生丙."""
    found: list[dict[str, Any]] = json.loads(
        run("decide", facts, *words, *STEP, "--contested", "--format", "json").stdout
    )
    return found


def places(facts: Path, *words: str) -> dict[str | None, str]:
    """Return the outcome, under None, and the list of each rule of the decision about 学生丙."""
    decision = json.loads(run("decide", facts, *words, *STEP, "--format", "json").stdout)
    return {None: decision["outcome"], **{item["rule"]: name for name in LISTS for item in decision[name]}}


# readings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PACKS)
def test_every_reading_is_listed_once_with_the_rules_it_bears_on(name: str) -> None:
    """The list has each key of the pack once, and under it each rule with that reading."""
    pack = load_pack(name)
    bears = {
        (reading_key(pack, rule, reading), f"{name}:{rule.id}") for rule in pack.rules for reading in all_readings(rule)
    }
    rows = listed(name)
    assert len({row["reading"] for row in rows}) == len(rows)
    assert {(row["reading"], rule) for row in rows for rule in row["rules"]} == bears


@pytest.mark.parametrize("name", PACKS)
def test_what_is_listed_can_be_adopted(name: str) -> None:
    """Every option listed is accepted under its key, and the first one is the default."""
    for row in listed(name):
        assert row["options"][0] == row["default"]
        assert len(row["options"]) > 1
        assert row["why"]["zh"]
        assert row["why"]["en"]
        for option in row["options"]:
            assert adopt([name], readings={row["reading"]: option}).readings == {row["reading"]: option}


def test_a_shared_reading_names_all_its_rules() -> None:
    """The scope of the veto is also that of the opinion asked for, and stands under the key of the one."""
    (scope,) = (row for row in listed("lzcu2012") if row["reading"].endswith(".scope"))
    assert scope["reading"] == "lzcu2012:4.3.3.3.scope"
    assert scope["rules"] == ["lzcu2012:4.3.3.2", "lzcu2012:4.3.3.3"]
    assert scope["clauses"] == ["四、3三是"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_table_gives_the_reason_in_the_language_asked(lang: str) -> None:
    """Each own reading has a row with its reason; the common two have one row each, for all their rules."""
    shown = run("readings", "lzwl2017", "--lang", lang, env={"COLUMNS": "900"}).stdout
    rows = [line for line in shown.splitlines() if "lzwl2017:" in line]
    own = [row for row in listed("lzwl2017") if not row["reading"].endswith((".partial", ".leave"))]
    assert len(rows) == len(own) + 2
    for row in own:
        assert any(row["reading"] in line and row["why"][lang] in line for line in rows)
    for common in (PARTIAL, LEAVE):
        (line,) = (line for line in rows if f"lzwl2017:RULE.{common.name} " in line)
        assert getattr(common.why, lang) in line


def test_readings_of_a_pack_in_a_folder() -> None:
    """The path of a pack's folder lists what the installed pack lists."""
    folder = Path(__file__).parents[1] / "policies" / "lzcu2012"
    assert listed(str(folder)) == listed("lzcu2012")


def test_readings_of_no_such_pack_are_refused() -> None:
    """A misspelt pack is refused with the nearest one."""
    assert "lzwl2017" in refused("readings", "lzwl2071")


# decide --contested --------------------------------------------------------------------------------------------


def test_the_outcome_and_the_lists_are_contested(facts: Path) -> None:
    """The veto by opinion rests on who may veto and before which steps; the outcome rests on it."""
    rows = {row["rule"]: row for row in contested(facts, "--pack", "lzcu2012")}
    assert rows[None]["status"] == "vetoed"
    assert {"reading": "lzcu2012:4.3.3.3.holder", "option": "evaluation", "status": "permitted"} in rows[None][
        "changes"
    ]
    veto = rows["lzcu2012:4.3.3.3"]
    assert (veto["clause"], veto["subject"], veto["status"]) == ("四、3三是", "学生丙", "vetoes")
    assert {change["status"] for change in veto["changes"]} == {None}
    assert next(iter(rows)) is None


def test_a_shared_reading_changes_for_all_its_rules(facts: Path) -> None:
    """With the scope of the veto, the opinion asked for leaves the decision too."""
    rows = {row["rule"]: row for row in contested(facts, "--pack", "lzcu2012")}
    change = {"reading": "lzcu2012:4.3.3.3.scope", "option": "members_only", "status": None}
    assert change in rows["lzcu2012:4.3.3.2"]["changes"]
    assert change in rows["lzcu2012:4.3.3.3"]["changes"]


@pytest.mark.parametrize("adopted", [(), ("--reading", "lzcu2012:4.3.3.3.scope=members_only")])
def test_contested_is_what_deciding_anew_gives(facts: Path, adopted: tuple[str, ...]) -> None:
    """For every single change of option, just the parts listed differ, and they become what is listed."""
    rows = contested(facts, *BOTH, *adopted)
    was = places(facts, *BOTH, *adopted)
    assert all(row["status"] == was.get(row["rule"]) for row in rows)
    changes = {
        (change["reading"], change["option"], row["rule"]): change["status"]
        for row in rows
        for change in row["changes"]
    }
    chosen = {adopted[1].partition("=")[0]: adopted[1].partition("=")[2]} if adopted else {}
    packs = [load_pack(name) for name in PACKS]
    steps = {f"{pack.id}:{rule.id}" for pack in packs for rule in pack.requirements}
    steps |= {f"{pack.id}:{rule.id}" for pack in packs for rule in pack.vetoes}
    for reading in (row for name in PACKS for row in listed(name) if steps.intersection(row["rules"])):
        key = reading["reading"]
        for option in reading["options"]:
            if option == chosen.get(key, reading["default"]):
                continue
            now = places(facts, *BOTH, *(() if key in chosen else adopted), "--reading", f"{key}={option}")
            differ = {rule: now.get(rule) for rule in was.keys() | now.keys() if was.get(rule) != now.get(rule)}
            assert differ == {rule: to for (r, o, rule), to in changes.items() if (r, o) == (key, option)}


def test_the_readings_of_duties_that_a_requirement_reads_count_too() -> None:
    """Where a breach blocks a step, the reading that makes the breach is what the decision rests on."""
    text = Text(zh="虚构", en="invented")
    reading = Reading(name="held", options=("twice", "once"), default="twice", why=text)
    talks = events("talk_held", person=SUBJECT, window="ever")
    duty = Duty(
        id="d",
        clause="1",
        title=text,
        counted=text,
        bearer=Bearer("person", holds("stage", person=SUBJECT)),
        per=Standing(),
        requires=by_reading("held", twice=at_least(2, talks), once=at_least(1, talks)),
        readings=(reading,),
    )
    blocked = Requirement(id="r", clause="1", title=text, steps=("member",), requires=at_most(0, count_findings("d")))
    pack = Pack(
        document=Document(
            id="toy",
            title=text,
            number="1",
            institution=text,
            in_force_from=date(2020, 1, 1),
            clauses=(Clause(id="1", citation="1", summary=text),),
            sentences=(Sentence("S1", "0" * 16, "encoded", clauses=("1",), rules=("d", "r")),),
        ),
        version="1",
        stages=(Stage("candidate", text), Stage("member", text)),
        duties=(duty,),
        requirements=(blocked,),
    )
    known = [
        StageEntered(on=parse_civil_date("2024-01-01"), person="p", stage="candidate"),
        TalkHeld(on=parse_civil_date("2024-02-01"), person="p", talk="t"),
    ]
    outcome, rule = contested_decision(known, adopt([pack]), person="p", to="member", on=date(2024, 3, 1))
    assert (outcome.status, rule.rule, rule.status) == ("blocked", "toy:r", "unmet")
    assert outcome.changes == (ReadingChange(reading="toy:d.held", option="once", status="permitted"),)
    assert rule.changes == (ReadingChange(reading="toy:d.held", option="once", status="met"),)


def test_the_table_says_it_in_words(facts: Path) -> None:
    """The table names the outcome and the lists as the decision does, in both languages."""
    asked = ("decide", facts, "--pack", "lzcu2012", *STEP, "--contested")
    english = run(*asked, "--lang", "en", env={"COLUMNS": "160"}).stdout
    assert "(the outcome)" in english
    assert "lzcu2012:4.3.3.3.holder=evaluation: conditions in order" in english
    chinese = run(*asked, "--lang", "zh", env={"COLUMNS": "160"}).stdout
    assert "（结论）" in chinese
    assert "lzcu2012:4.3.3.3.holder=evaluation（" in chinese


def test_nothing_is_contested_where_nothing_is_judged(tmp_path: Path) -> None:
    """A step out of order is blocked under every reading."""
    rows = tuple(row for row in FACTS if row["id"] != "s3")
    facts = written(tmp_path / "facts.jsonl", rows)
    asked = ("decide", facts, *PACK, *STEP, "--contested")
    assert json.loads(run(*asked, "--format", "json").stdout) == []
    assert "Nothing of this decision changes" in run(*asked, "--lang", "en").stdout


@pytest.mark.parametrize("with_it", [("--why",), ("--record", "r.json"), ("--engine", "reference")])
def test_contested_goes_alone(facts: Path, with_it: tuple[str, ...]) -> None:
    """Many decisions compared have no one chain, record or engine."""
    assert "--contested" in refused("decide", facts, *PACK, *STEP, "--contested", *with_it)


def test_contested_asks_of_a_person_there_is(facts: Path) -> None:
    """A misspelt person is refused as by the decision itself."""
    words = ("--person", "学生丁丁", "--to", "probationary_member", "--on", "2018-07-08")
    assert "学生丁丁" in refused("decide", facts, *PACK, *words, "--contested")
