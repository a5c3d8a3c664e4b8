"""Slips of the keyboard: each is told of once, with what was likely meant, and what is none is let be."""

import json
from pathlib import Path
from typing import Final

import pytest

from partyrules.facts.codec import fact_from_wire
from partyrules.facts.vocabulary import Fact
from partyrules.packs.pack import Adoption, adopt
from partyrules.questions.doubts import doubts
from partyrules.questions.names import NameIndex, look_alikes
from tests.commands import BOTH, PACK, Row, run, written
from tests.strategies import MAKERS, REAL, one_fact, seeded

ADOPTED: Final = adopt(["lzwl2017", "lzcu2012"])


def rows(*given: Row) -> list[Fact]:
    """Return facts of rows, each on a day of 2018 and under an id of its own unless it says otherwise."""
    return [fact_from_wire({"id": f"f{n}", "on": "2018-03-01", **row}) for n, row in enumerate(given, start=1)]


def told(*given: Row, adoption: Adoption = ADOPTED) -> list[str]:
    """Return what is told of these rows."""
    return list(doubts(rows(*given), adoption))


# Stages and steps -------------------------------------------------------------------------------------------


def test_a_stage_that_no_pack_declares() -> None:
    """A misspelt stage is told of with the nearest; `none` is a stage, and what is declared is let be."""
    entered: Row = {"fact": "stage_entered", "person": "p1"}
    assert told({**entered, "stage": "full_menber"}, {**entered, "stage": "full_menber", "on": "2018-03-02"}) == [
        "no adopted pack declares the stage `full_menber`: its facts (2) count for nothing; did you mean `full_member`?"
    ]
    assert told({**entered, "stage": "none"}, {**entered, "stage": "full_member"}) == []
    [line] = told({**entered, "stage": "Full Member"})
    assert "did you mean `full_member`?" in line
    [line] = told({**entered, "stage": "毕业"})
    assert "did you mean" not in line


@pytest.mark.parametrize("fact", ["opinion_given", "opinion_requested", "recommendation_made"])
def test_a_step_that_no_pack_declares(fact: str) -> None:
    """A misspelt step is told of in whatever fact it stands, and `none` is no step."""
    more: dict[str, Row] = {
        "opinion_given": {"verdict": "oppose"},
        "opinion_requested": {"of": "g"},
        "recommendation_made": {},
    }
    row: Row = {"fact": fact, "person": "p1", "by": "g", "step": "development-target", **more[fact]}
    [line] = told(row)
    assert line.startswith("no adopted pack declares the step `development-target`: its facts (1) count for nothing")
    assert line.endswith("did you mean `development_target`?")
    assert told({**row, "step": "development_target"}) == []
    [line] = told({**row, "step": "none"})
    assert "the step `none`" in line


def test_a_retracted_slip_is_none() -> None:
    """What was retracted is told of no more."""
    wrong: Row = {"fact": "stage_entered", "person": "p1", "stage": "full_menber", "id": "wrong"}
    assert told(wrong, {"fact": "fact_retracted", "target": "wrong", "reason": "a slip"}) == []


# Facts that are named ---------------------------------------------------------------------------------------


def test_a_retraction_of_nothing() -> None:
    """A retraction of an id that nobody recorded is told of with the nearest id, others are not."""
    held: Row = {"fact": "activity_held", "id": "a1", "activity": "study_report", "unit": "b1"}
    gone: Row = {"fact": "fact_retracted", "id": "r1", "target": "a01", "reason": "wrong"}
    [line] = told(held, gone)
    assert line.startswith("fact_retracted of a fact that nobody recorded, so that nothing is retracted (1): r1 names")
    assert line.endswith("`a01`; did you mean `a1`?")
    assert told(held, {**gone, "target": "a1"}) == []
    # A retraction may be retracted, and what it retracted stands again.
    assert told(held, {**gone, "target": "a1"}, {**gone, "id": "r2", "target": "r1"}) == []


def test_a_retraction_of_a_term_of_the_adoption() -> None:
    """The terms of an adoption file are facts that may be named."""
    term: Row = {"fact": "term_declared", "until": "2018-07-06", "term": "2018-spring", "kind": "semester"}
    adoption = adopt(["lzwl2017"], terms=[fact_from_wire({"id": "t1", "on": "2018-03-01", **term})])
    gone: Row = {"fact": "fact_retracted", "id": "r1", "target": "t1", "reason": "wrong"}
    assert told(gone, adoption=adoption) == []
    assert len(told(gone)) == 1


def test_a_result_of_no_training() -> None:
    """A result that is registered of a training which nobody recorded is told of."""
    [line] = told({"fact": "result_registered", "person": "p1", "of": "t9", "unit": "u"})
    assert line == "result_registered of a fact that nobody recorded (1): f1 names `t9`"


def test_many_retractions_of_nothing() -> None:
    """Of many the first are named and the others counted."""
    gone: list[Row] = [{"fact": "fact_retracted", "target": f"zzzzzz{n}", "reason": "x"} for n in range(40)]
    [line] = told(*gone)
    assert "(40)" in line
    assert line.endswith("… and 35 more")


# Ids that look the same -------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["P1", " p1", "p1 ", "ｐ１", "p\u200b1", "p1\u00a0", "p\u20601"])
def test_people_who_look_the_same(other: str) -> None:
    """Two ids of people that differ in blanks, width, case or unseen characters are told of, the unseen escaped."""
    [line] = told(
        {"fact": "stage_entered", "person": "p1", "stage": "full_member"},
        {"fact": "talk_held", "person": other, "talk": "oral_thought_report"},
    )
    assert line.startswith("persons whose ids look the same (1): `")
    assert "`p1`" in line
    assert all(letter.isprintable() for letter in line)


def test_units_buildings_and_terms_that_look_the_same() -> None:
    """The same is told of units, buildings and terms, and of names in lists; different kinds are not mixed."""
    lines = told(
        {"fact": "unit_established", "unit": "支部A", "kind": "branch", "building": "楼 1"},
        {"fact": "building_opened", "building": "楼1"},
        {"fact": "membership_started", "person": "p1", "unit": "支部Ａ"},
        {"fact": "activity_held", "activity": "study_report", "unit": "支部A", "attended": ["p1", "P1"], "id": "a"},
        {"fact": "term_declared", "until": "2018-07-06", "term": "2018-Spring", "kind": "semester"},
        {"fact": "term_declared", "on": "2018-09-01", "until": "2019-01-06", "term": "2018-spring", "kind": "semester"},
        {"fact": "talk_held", "person": "支部a", "talk": "oral_thought_report"},
    )
    assert lines == [
        "units whose ids look the same (1): `支部A` = `支部Ａ`",
        "buildings whose ids look the same (1): `楼 1` = `楼1`",
        "persons whose ids look the same (1): `P1` = `p1`",
        "terms whose ids look the same (1): `2018-Spring` = `2018-spring`",
    ]


def test_whoever_is_named_by_a_slip() -> None:
    """An author or a subject that is nobody known, but looks like somebody, is told of; a stranger is none."""
    known: Row = {"fact": "membership_started", "person": "zhang-3", "unit": "branch-1"}
    filed: Row = {"fact": "document_filed", "document": "thought_report", "author": "Zhang-3"}
    about: Row = {
        "fact": "judgement_made",
        "clause": "lzwl2017:1.2.3",
        "about": "branch-l",
        "by": "x",
        "outcome": "met",
    }
    [line] = told(known, filed, about)
    assert line.startswith("named, but no known person, unit or building (2): `Zhang-3` (nearest: `zhang-3`), ")
    assert line.endswith("`branch-l` (nearest: `branch-1`)")
    assert told(known, {**filed, "author": "zhang-3"}, {**about, "about": "branch-1"}) == []


# Names that nothing establishes -----------------------------------------------------------------------------

UNIT: Final[Row] = {"fact": "unit_established", "unit": "branch-1", "kind": "branch"}
MEMBER: Final[Row] = {"fact": "membership_started", "person": "p1", "unit": "branch-1"}
STUDENT: Final[Row] = {"fact": "person_registered", "person": "p1"}
LIVES: Final[Row] = {"fact": "residence_started", "person": "p1", "building": "楼1", "room": "1"}


def test_a_unit_that_nobody_established() -> None:
    """A unit in which something holds, and that nothing establishes, is told of with the nearest that is."""
    assert told(UNIT, MEMBER, {**MEMBER, "person": "p2", "unit": "brnach-1"}) == [
        "units that are named, but of which there is no unit_established (1): `brnach-1` (nearest: `branch-1`)"
    ]
    [line] = told(UNIT, {**MEMBER, "unit": "college"})
    assert line.endswith("(1): `college`")


def test_a_unit_of_which_only_something_happened() -> None:
    """A unit that only held something is told of where it is a slip away from one that there is, and not otherwise."""
    held: Row = {"fact": "meeting_held", "meeting": "branch_committee", "unit": "branch-2"}
    [line] = told(UNIT, held)
    assert line.endswith("`branch-2` (nearest: `branch-1`)")
    assert told(UNIT, {**held, "unit": "another college"}) == []


def test_a_person_or_building_that_nobody_established() -> None:
    """The same is told of people where students are registered, and of buildings where one was opened."""
    assert told(STUDENT, {**MEMBER, "person": "pl"}) == [
        "persons that are named, but of which there is no person_registered (1): `pl` (nearest: `p1`)"
    ]
    opened: Row = {"fact": "building_opened", "building": "楼一"}
    assert told(opened, LIVES) == [
        "buildings that are named, but of which there is no building_opened (1): `楼1` (nearest: `楼一`)"
    ]


def test_where_none_is_established_none_is_missed() -> None:
    """Who registers nobody, or staff alone, opens no building and establishes no unit is told of none."""
    assert told(MEMBER, LIVES) == []
    assert told({**STUDENT, "person": "t1", "category": "staff"}, MEMBER, LIVES) == []


def test_thousands_of_names_are_one_line() -> None:
    """However many are named that nobody established, there is one line of a bounded length."""
    many: list[Row] = [{**MEMBER, "person": f"person-{n:05}"} for n in range(3000)]
    [line] = told({**STUDENT, "person": "person-00000"}, *many)
    assert "(2999)" in line
    assert line.endswith("… and 2994 more")
    assert len(line) < 400


# Dates ------------------------------------------------------------------------------------------------------


def test_a_day_years_after_its_recording() -> None:
    """A fact dated more than a year after it was recorded is told of with both; a plan for next term is not."""
    at = {"recorded_at": "2018-03-02T08:00:00+08:00"}
    assert told({**STUDENT, **at}, {**STUDENT, "person": "p2", "on": "2081-03-01", **at}) == [
        "dated more than a year after they were recorded (1): f2 (`on` 2081-03-01)"
    ]
    term: Row = {"fact": "term_declared", "on": "2018-09-01", "until": "2019-01-06", "term": "t", "kind": "semester"}
    assert told({**STUDENT, **at}, {**term, **at}) == []
    closed: Row = {"fact": "register_closed", "through": "2028-07-06"}
    [line] = told({**STUDENT, **at}, {**closed, **at})
    assert line.endswith("f2 (`through` 2028-07-06)")
    last: Row = {**STUDENT, "on": "9999-12", "recorded_at": "9998-12-30T00:00:00Z"}
    [line] = told(last, {**STUDENT, "person": "p2"})
    assert "after all others" in line


@pytest.mark.parametrize("field", ["on", "until"])
def test_a_century_too_many(field: str) -> None:
    """Without a time of recording a fact is told of that is dated decades after all others."""
    terms: list[Row] = [
        {
            "fact": "term_declared",
            "on": f"{year}-03-01",
            "until": f"{year}-07-06",
            "term": f"{year}-spring",
            "kind": "semester",
        }
        for year in (2016, 2017, 2018)
    ]
    terms[-1] |= {"on": "2108-03-01", "until": "2108-07-06"} if field == "on" else {"until": "2108-07-06"}
    last = 2017 if field == "on" else 2018
    day = "2108-03-01" if field == "on" else "2108-07-06"
    assert told(*terms) == [f"dated 20 years or more after all others, which end in {last} (1): f3 (`{field}` {day})"]


def test_old_facts_are_no_outliers() -> None:
    """A unit founded long before all else, records of two centuries, and a membership that is to last are let be."""
    founded: Row = {**UNIT, "on": "1921-07-01"}
    assert told(founded, MEMBER, {**MEMBER, "person": "p2", "until": "2099-12-31"}) == []
    assert told({**STUDENT, "on": "1909-01-01"}) == []
    assert told() == []


# All together -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wire", [wire for wire, _, _ in MAKERS])
def test_any_facts_can_be_looked_through(wire: str) -> None:
    """Of facts of every type something or nothing is told, in lines that are printable."""
    chance = seeded(5)
    facts = [one_fact(chance, REAL, name=f"{wire} {n}", of=(wire,), months=0) for n in range(3)]
    for line in doubts(facts, ADOPTED):
        assert line.isprintable()


# Inputs over which answers turned in silence, and what is to be said of them.
CASES: Final[dict[str, tuple[tuple[Row, ...], str]]] = {
    "stage": (
        ({"fact": "stage_entered", "person": "p1", "stage": "full_menber"},),
        "did you mean `full_member`?",
    ),
    "step": (
        ({"fact": "opinion_given", "person": "p1", "by": "g", "verdict": "oppose", "step": "development-target"},),
        "did you mean `development_target`?",
    ),
    "retraction": (
        (
            {"fact": "activity_held", "activity": "study_report", "unit": "b1", "attended": ["p1"], "id": "a1"},
            {"fact": "fact_retracted", "id": "r1", "target": "a01", "reason": "wrong"},
        ),
        "r1 names `a01`; did you mean `a1`?",
    ),
}


@pytest.mark.parametrize("case", ["stage", "step", "retraction"])
def test_every_command_warns(case: str, tmp_path: Path) -> None:
    """Audits, decisions, funnels, explanations and checks warn of a slip, from a file and from a ledger alike."""
    given, what = CASES[case]
    dated = tuple({"id": f"f{n}", "on": "2018-03-01", **row} for n, row in enumerate(given))
    file = written(tmp_path / "facts.jsonl", dated)
    ledger = tmp_path / "ledger.db"
    assert run("record", ledger, file).exit_code == 0
    step = ("--person", "p1", "--to", "development_target", "--on", "2018-06-30")
    for source in (file, ledger):
        for command in (
            ("audit", source, *PACK, "--as-of", "2018-07-08"),
            ("audit", source, *PACK, "--as-of", "2018-07-08", "--format", "jsonl"),
            ("decide", source, *BOTH, *step),
            ("funnel", source, *BOTH, "--on", "2018-06-30"),
            ("explain", source, *PACK, "--rule", "8.1.3", "--subject", "p1", "--as-of", "2018-07-08"),
        ):
            found = run(*command)
            assert found.stderr.startswith("Warning: "), command
            assert what in found.stderr
            assert what not in found.stdout
    assert what in run("check", "lzwl2017", "--facts", file).stdout


# Names ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("a01", "a1"),
        ("1a", "a1"),
        ("a11", "a1"),
        ("A 1", "a1"),
        ("al", "a1"),
        ("a-1", "a1"),
        ("branch_2", "branch-2"),
        ("brnach-2", "branch-2"),
        ("支部乙", "支部甲"),
        ("entirely another", None),
        ("", None),
        ("x" * 1000, None),
    ],
)
@pytest.mark.parametrize("others", [0, 5000])
def test_the_nearest_name(name: str, near: str | None, others: int) -> None:
    """One slip is found among few names and among thousands; where two are as near, it is the same one every time."""
    names = NameIndex(["a1", "branch-2", "支部甲", *(f"other/{n:07}" for n in range(others))])
    assert names.near(name) == near
    assert names.near_slip(name) == near


def test_among_few_names_the_nearest_is_found_by_more_than_a_slip() -> None:
    """Two slips are found where there are few names."""
    assert NameIndex(["development_target", "activist"]).near("developement_targets") == "development_target"
    assert NameIndex(["development_target", "activist"]).near_slip("developement_targets") is None


def test_groups_of_look_alikes() -> None:
    """Names that look the same are grouped, and those that do not are left out."""
    assert look_alikes(["b", "a", "A", "ａ", "c", "B "]) == [("A", "a", "ａ"), ("B ", "b")]
    assert json.dumps(look_alikes(["a", "b"])) == "[]"
