"""The command line: every command and format, exit codes, and what it says to bad input."""

import csv
import json
import os
import random
import signal
import subprocess
import sys
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from partyrules.answers.verdicts import encode
from partyrules.cli.record import read_lines
from partyrules.evaluate.inference import engine_named
from partyrules.facts.vocabulary import CORE_VOCABULARY
from partyrules.ledger.sqlite import open_ledger
from partyrules.packs.pack import adopt
from partyrules.questions.audit import audit
from partyrules.questions.decide import decide
from partyrules.questions.sources import facts_in
from partyrules.time.calendar import parse_date
from tests.commands import AS_OF, BOTH, FACTS, PACK, Row, refused, run, written
from tests.sweeps import crossed

DAY = parse_date("2018-07-08")
QUESTION = ("--person", "学生丙", "--to", "probationary_member", "--on", "2018-04-01")


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """Return a file of facts."""
    return written(tmp_path / "facts.jsonl")


@pytest.fixture
def ledger(tmp_path: Path, facts: Path) -> Path:
    """Return a ledger of the same facts."""
    path = tmp_path / "institution.db"
    assert run("record", path, facts).exit_code == 0
    return path


# record and verify -----------------------------------------------------------------------------------------


def test_record_says_how_many_were_appended_and_how_many_were_there(tmp_path: Path, facts: Path) -> None:
    """Recording a file twice appends its facts once and says so each time."""
    ledger = tmp_path / "institution.db"
    assert (
        f"{ledger}: {len(FACTS)} facts appended, 0 already there, head {len(FACTS)}:"
        in run("record", ledger, facts).stdout
    )
    assert (
        f"{ledger}: 0 facts appended, {len(FACTS)} already there, head {len(FACTS)}:"
        in run("record", ledger, facts).stdout
    )


def test_one_bad_line_keeps_every_good_one_out(tmp_path: Path) -> None:
    """Where one line is bad nothing is stored, and the message names file, line and field."""
    bad = written(tmp_path / "bad.jsonl", (*FACTS, {"id": "x", "fact": "person_registered", "on": "2018-02-30"}))
    said = refused("record", tmp_path / "new.db", bad)
    assert f"{bad}, line {len(FACTS) + 1}: field `on`" in said
    assert not (tmp_path / "new.db").exists()


def test_keep_good_stores_the_good_lines_and_still_exits_with_2(tmp_path: Path) -> None:
    """With --keep-good the good lines are stored, the bad ones listed, and the exit code is 2."""
    bad = written(tmp_path / "bad.jsonl", ({"id": "x", "fact": "nonsense"}, *FACTS))
    found = run("record", tmp_path / "new.db", bad, "--keep-good")
    assert found.exit_code == 2
    assert f"{len(FACTS)} facts appended" in found.stdout
    assert "line 1: field `fact`" in found.stderr


def test_a_fact_that_contradicts_the_ledger_is_refused(ledger: Path, tmp_path: Path) -> None:
    """A unit established again is refused with the position of the first, and nothing of the file is stored."""
    again = {"id": "u9", "fact": "unit_established", "on": "2017-01-01", "unit": "支部甲", "kind": "branch"}
    fresh = {"id": "p9", "fact": "person_registered", "on": "2017-01-01", "person": "p9"}
    said = refused("record", ledger, written(tmp_path / "again.jsonl", (fresh, again)))
    assert "line 2" in said
    assert "recorded at position 2" in said
    with open_ledger(ledger, read_only=True) as opened:
        assert opened.head().position == len(FACTS)


def test_many_lines_are_judged_together_before_the_first_batch(tmp_path: Path) -> None:
    """A bad line in the third batch keeps the first two out as well."""
    people: list[Row] = [
        {"id": f"i{n}", "fact": "person_registered", "on": "2018-01-01", "person": f"p{n}"} for n in range(4500)
    ]
    twice: Row = {"id": "i0", "fact": "person_registered", "on": "2018-01-02", "person": "p0"}
    path = tmp_path / "new.db"
    assert "line 4501: field `id`" in refused("record", path, written(tmp_path / "many.jsonl", (*people, twice)))
    with open_ledger(path) as opened:
        assert opened.head().position == 0
    assert "4500 facts appended" in run("record", path, written(tmp_path / "good.jsonl", tuple(people))).stdout


def test_a_dissolution_batches_later_makes_room_for_a_second_establishment(tmp_path: Path) -> None:
    """Facts that are only good together are appended, however far apart they stand in the file."""
    unit = {"fact": "unit_established", "unit": "u", "kind": "branch"}
    people = [{"id": f"i{n}", "fact": "person_registered", "on": "2018-01-01", "person": f"p{n}"} for n in range(2500)]
    end = {"id": "z", "fact": "unit_dissolved", "on": "2017-01-01", "unit": "u"}
    rows = ({"id": "a", "on": "2016-01-01", **unit}, {"id": "b", "on": "2018-01-01", **unit}, *people, end)
    assert "2503 facts appended" in run("record", tmp_path / "new.db", written(tmp_path / "f.jsonl", rows)).stdout


def test_what_conflicts_with_a_fact_that_came_in_meanwhile_stops_all_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A conflict that appears after the lines were read, with the last of thousands, leaves nothing of them behind."""
    people: list[Row] = [
        {"id": f"i{n}", "fact": "person_registered", "on": "2018-01-01", "person": f"p{n}"} for n in range(4500)
    ]
    unit: Row = {"id": "last", "fact": "unit_established", "on": "2018-01-01", "unit": "u", "kind": "branch"}
    path, many = tmp_path / "new.db", written(tmp_path / "many.jsonl", (*people, unit))
    other = written(tmp_path / "other.jsonl", ({**unit, "id": "first"},))

    def meanwhile(*asked: Any) -> Any:
        """Read the lines, then let another process record what one of them conflicts with."""
        found = read_lines(*asked)
        monkeypatch.undo()
        assert run("record", path, other).exit_code == 0
        return found

    monkeypatch.setattr("partyrules.cli.record.read_lines", meanwhile)
    said = refused("record", path, many)
    assert "line 4501" in said
    assert "recorded at position 1" in said
    assert run("verify", path).stdout.startswith(f"{path}: sound, 1 positions checked, ")


def test_verify_tells_a_sound_ledger_from_a_changed_one(ledger: Path) -> None:
    """Verify exits with 0 on a ledger as written and with 1, naming the position, on one that was changed."""
    assert f"{len(FACTS)} positions checked" in run("verify", ledger).stdout
    raw = ledger.read_bytes()
    at = raw.rindex(b"study_report")
    ledger.write_bytes(raw[:at] + b"study_repost" + raw[at + 12 :])
    found = run("verify", ledger)
    assert found.exit_code == 1
    assert "position 16" in found.stdout


# audit -----------------------------------------------------------------------------------------------------


def test_audit_jsonl_is_the_findings_as_encoded(facts: Path, ledger: Path) -> None:
    """The lines are those of the library, byte for byte, from a file as from a ledger."""
    adoption = adopt(["lzwl2017", "lzcu2012"])
    expected = b"".join(encode(each) + b"\n" for each in audit(facts_in(facts), adoption, as_of=DAY).findings())
    for source in (facts, ledger):
        assert run("audit", source, *BOTH, *AS_OF, "--format", "jsonl").stdout_bytes == expected


def test_audit_json_and_csv_hold_the_same_findings(facts: Path) -> None:
    """JSON is one array, CSV has a header and one row for each finding."""
    lines = run("audit", facts, *PACK, *AS_OF, "--format", "jsonl").stdout.splitlines()
    assert json.loads(run("audit", facts, *PACK, *AS_OF, "--format", "json").stdout) == [json.loads(x) for x in lines]
    rows = list(csv.DictReader(StringIO(run("audit", facts, *PACK, *AS_OF, "--format", "csv").stdout)))
    assert [(row["rule"], row["subject"], row["status"]) for row in rows] == [
        (each["rule"], each["subject"], each["status"]) for each in map(json.loads, lines)
    ]


def test_audit_filters_by_rule_subject_and_status(facts: Path) -> None:
    """A rule may be named without its pack; filters join."""
    found = run("audit", facts, *PACK, *AS_OF, "--rule", "8.1.3", "--status", "breached", "--format", "jsonl")
    (finding,) = map(json.loads, found.stdout.splitlines())
    assert (finding["rule"], finding["subject"], finding["actual"]) == ("lzwl2017:8.1.3", "学生乙", 0)
    only = run("audit", facts, *PACK, *AS_OF, "--rule", "lzwl2017:8.1.*", "--subject", "学生甲", "--format", "jsonl")
    assert {json.loads(line)["subject"] for line in only.stdout.splitlines()} == {"学生甲"}


def test_the_exit_code_is_1_only_when_asked_for_and_only_for_breaches(facts: Path) -> None:
    """Without --exit-code a breach exits with 0; with it a breach exits with 1, anything else with 0."""
    asked = ("audit", facts, *PACK, *AS_OF, "--rule", "8.1.3")
    assert run(*asked).exit_code == 0
    assert run(*asked, "--exit-code").exit_code == 1
    assert run(*asked, "--exit-code", "--subject", "学生甲").exit_code == 0
    assert run("audit", facts, *PACK, *AS_OF, "--rule", "1.3.3", "--exit-code").exit_code == 0


def test_irregular_records_are_listed_by_id_with_their_reason(facts: Path) -> None:
    """An opinion of another office stands under --irregular, in every format."""
    asked = ("audit", facts, *BOTH, *AS_OF, "--irregular")
    expected = {"id": "o2", "fact": "opinion_given", "reason": "no_such_office"}
    assert [json.loads(x) for x in run(*asked, "--format", "jsonl").stdout.splitlines()] == [expected]
    assert json.loads(run(*asked, "--format", "json").stdout) == [expected]
    assert (
        run(*asked, "--format", "csv").stdout == "id,fact,about,unit,reason\no2,opinion_given,学生丙,,no_such_office\n"
    )
    assert "o2" in run(*asked).stdout


def test_judgements_add_rows_for_clauses_that_only_a_judgement_answers(facts: Path) -> None:
    """With --judgements a clause of open texture has an unknown row that needs a judgement, without it none."""
    asked = ("audit", facts, *PACK, *AS_OF, "--format", "jsonl")
    without, added = (run(*asked, *more).stdout.splitlines() for more in ((), ("--judgements",)))
    extra = [json.loads(line) for line in set(added) - set(without)]
    assert extra
    assert all(row["needs"] == ["judgement_made"] and row["status"] == "unknown" for row in extra)


def test_contested_names_the_option_that_changes_a_status(facts: Path) -> None:
    """A partial quarter is contested: under the other option it is held to the whole period."""
    asked = ("audit", facts, *PACK, *AS_OF, "--rule", "8.2.1-hold", "--contested")
    rows = [json.loads(line) for line in run(*asked, "--format", "jsonl").stdout.splitlines()]
    partial = next(row for row in rows if row["period"]["start"] == "2017-10-01")
    assert partial["status"] == "not_applicable"
    assert {"reading": "lzwl2017:8.2.1-hold.partial", "option": "full", "status": "breached"} in partial["changes"]
    assert "partial=full: breached" in run(*asked, env={"COLUMNS": "200"}).stdout
    assert run(*asked, "--format", "csv").stdout.startswith("rule,clause,subject,")


def test_a_reading_and_a_parameter_are_adopted(facts: Path) -> None:
    """What --reading and --set choose stands in the findings."""
    reading = run("audit", facts, *PACK, *AS_OF, "--reading", "lzwl2017:8.2.4.half_year=semester", "--format", "jsonl")
    grains = {
        row["period"]["grain"] for row in map(json.loads, reading.stdout.splitlines()) if row["rule"].endswith("8.2.4")
    }
    assert grains == {"semester"}
    unit = {
        "id": "od",
        "fact": "unit_established",
        "on": "2016-01-01",
        "unit": "组织部",
        "kind": "organisation_department",
    }
    more = written(facts.with_name("more.jsonl"), (*FACTS, unit))
    given = run(
        "audit",
        more,
        *PACK,
        *AS_OF,
        "--rule",
        "1.3.3",
        "--set",
        "lzwl2017:1.3.3.review_interval=month",
        "--format",
        "jsonl",
    )
    assert {json.loads(line)["period"]["grain"] for line in given.stdout.splitlines()} == {"month"}


def test_known_at_hides_what_was_recorded_later(tmp_path: Path) -> None:
    """Before the attendance was recorded the study report had not been held."""
    late = tuple({**row, "recorded_at": "2018-08-01T00:00:00+08:00"} if row["id"] == "a1" else row for row in FACTS)
    asked = (
        "audit",
        written(tmp_path / "f.jsonl", late),
        *PACK,
        *AS_OF,
        "--rule",
        "8.1.3",
        "--subject",
        "学生甲",
        "--format",
        "jsonl",
    )
    assert json.loads(run(*asked).stdout)["status"] == "satisfied"
    assert json.loads(run(*asked, "--known-at", "2018-07-31T00:00:00+08:00").stdout)["status"] == "breached"


def test_likely_slips_are_told_of_on_standard_error(tmp_path: Path) -> None:
    """A misspelt kind, an end without a start and a fact under two ids are warnings, not errors."""
    slips = (
        {"id": "k", "fact": "activity_held", "on": "2018-03-01", "activity": "study_raport", "unit": "支部甲"},
        {"id": "e", "fact": "membership_ended", "on": "2018-03-01", "person": "学生丙", "unit": "支部甲"},
        {**FACTS[15], "id": "a2"},
    )
    found = run("audit", written(tmp_path / "f.jsonl", (*FACTS, *slips)), *PACK, *AS_OF, "--format", "jsonl")
    assert found.exit_code == 0
    assert "activity_held `study_raport` (1); did you mean `study_report`?" in found.stderr
    assert "e (membership_ended)" in found.stderr
    assert "a1 = a2" in found.stderr


# decide, replay, funnel, explain ---------------------------------------------------------------------------


def test_decide_json_is_the_decision_as_encoded(facts: Path) -> None:
    """The object is that of the library, whichever engine decides."""
    expected = encode(
        decide(
            facts_in(facts),
            adopt(["lzwl2017", "lzcu2012"]),
            person="学生丙",
            to="probationary_member",
            on=parse_date("2018-04-01"),
        )
    )
    for engine in ((), ("--engine", "reference")):
        assert run("decide", facts, *BOTH, *QUESTION, *engine, "--format", "json").stdout_bytes == expected + b"\n"


@pytest.mark.parametrize(
    ("lang", "outcome", "lifted"), [("en", "VETOED", "would be lifted by"), ("zh", "一票否决", "解除办法")]
)
def test_decide_tells_the_veto_what_would_lift_it_and_what_was_irregular(
    facts: Path, lang: str, outcome: str, lifted: str
) -> None:
    """The text names the outcome, the veto with what lifts it, the irregular record and the engine."""
    said = run("decide", facts, *BOTH, *QUESTION, "--lang", lang, "--engine", "reference").stdout
    assert outcome in said.splitlines()[0]
    assert lifted in said
    assert "o2  " in said
    assert "reference" in said.splitlines()[-1]


def test_why_derives_the_decision_in_words_with_facts_and_dates(facts: Path) -> None:
    """The derivation names the veto, the opinion it stands on with its day, and how the person stands."""
    said = run("decide", facts, *BOTH, *QUESTION, "--why", "--engine", "reference", "--lang", "en").stdout
    derivation = said[said.index("How the person stands") :]
    assert "Vetoes (1)" in derivation
    assert f"opinion of {FACTS[17]['on']}" in derivation
    assert "⇒" not in said


@pytest.mark.skipif(engine_named() == "reference", reason="durable-rules cannot be loaded by this Python")
def test_trace_engine_prints_the_firings_down_to_the_outcome(facts: Path) -> None:
    """The engine's own trace ends in the decision."""
    said = run("decide", facts, *BOTH, *QUESTION, "--trace-engine").stdout
    assert "⇒ decision(outcome=vetoed" in said.splitlines()[-1]


def test_a_recorded_decision_is_of_one_moment(ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record made while others append says of one moment where the ledger ended, what it held and the answer."""
    lifted = {**FACTS[17], "id": "o9", "on": "2018-03-30", "verdict": "support"}
    more = written(tmp_path / "more.jsonl", (lifted,))
    record = tmp_path / "decision.json"

    def meanwhile(*asked: Any, **named: Any) -> Any:
        """Decide after another process has appended what lifts the veto."""
        assert "1 facts appended" in run("record", ledger, more).stdout
        return decide(*asked, **named)

    monkeypatch.setattr("partyrules.cli.decisions.decided", meanwhile)
    assert "VETOED" in run("decide", ledger, *BOTH, *QUESTION, "--record", record).stdout
    said = json.loads(record.read_text(encoding="utf-8"))
    with open_ledger(ledger, read_only=True) as opened:
        [row] = opened.rows_at([len(FACTS)])
    assert said["facts"]["count"] == len(FACTS)
    assert said["facts"]["ledger"]["head"] == f"{len(FACTS)}:{row.hash.hex()}"
    assert run("verify", ledger, "--head", said["facts"]["ledger"]["head"]).exit_code == 0
    assert run("replay", record, ledger).stdout == "The same answer: vetoed\n"
    said["facts"]["count"] = 3
    record.write_text(json.dumps(said), encoding="utf-8")
    found = run("replay", record, ledger)
    assert (found.exit_code, "facts: 3 recorded, 19 now" in found.stdout) == (1, True)
    assert found.stdout.endswith("The same answer: vetoed; but it does not rest on what was recorded\n")
    assert "但依据与存证不一致" in run("replay", record, ledger, "--lang", "zh").stdout


def test_a_recorded_decision_replays_to_the_same_answer_until_the_facts_say_otherwise(
    facts: Path, ledger: Path, tmp_path: Path
) -> None:
    """Replay exits with 0 on the same ledger, grown or not, and with 1 on other facts, naming the cited fact."""
    record = tmp_path / "decision.json"
    assert run("decide", ledger, *BOTH, *QUESTION, "--record", record).exit_code == 0
    lifted = {**FACTS[17], "id": "o9", "on": "2018-03-30", "verdict": "support"}
    assert run("record", ledger, written(tmp_path / "more.jsonl", (lifted,))).exit_code == 0
    assert run("replay", record, ledger).stdout == "The same answer: vetoed\n"
    without = run("replay", record, written(tmp_path / "other.jsonl", tuple(row for row in FACTS if row["id"] != "o1")))
    assert without.exit_code == 1
    assert "fact o1: cited, and no longer there" in without.stdout
    assert "there is a file already" in run("decide", facts, *BOTH, *QUESTION, "--record", record).stderr


def test_the_funnel_counts_who_stands_where_and_what_holds_them_back(facts: Path) -> None:
    """One target, vetoed by one rule; two full members, with nowhere further to go."""
    asked = ("funnel", facts, *BOTH, "--on", "2018-04-01")
    found = json.loads(run(*asked, "--format", "json").stdout)
    assert found["holding"] == {
        "applicant": 0, "activist": 0, "development_target": 1, "probationary_member": 0, "full_member": 2,
    }  # fmt: skip
    step = next(step for step in found["steps"] if step["into"] == "probationary_member")
    assert step["outcomes"]["vetoed"] == 1
    assert step["held_back"]["lzcu2012:4.3.3.3"] == 1
    assert "lzcu2012:4.3.3.3" in run(*asked).stdout


def test_explain_tells_what_was_counted_and_what_was_not(facts: Path) -> None:
    """The one who heard the report has it counted; the other is told of it as not listed."""
    asked = ("explain", facts, *PACK, *AS_OF, "--rule", "8.1.3", "--subject")
    assert "Counted\n    - study report of 2018-03-10" in run(*asked, "学生甲").stdout
    assert "not listed as attending (a1) [no]" in run(*asked, "学生乙").stdout
    (tree,) = json.loads(run(*asked, "学生乙", "--format", "json").stdout)
    assert tree["finding"]["status"] == "breached"


# packs, trace, doctor, help --------------------------------------------------------------------------------


def test_packs_lists_the_installed_ones_and_details_one() -> None:
    """Both packs are listed; one is shown with its readings and parameters."""
    assert {"lzwl2017", "lzcu2012"} <= set(run("packs").stdout.split())
    shown = run("packs", "lzwl2017").stdout
    assert "lzwl2017:8.2.1-hold.early" in shown
    assert "lzwl2017:1.3.3.review_interval" in shown


def test_trace_exits_with_1_where_the_text_is_another(tmp_path: Path) -> None:
    """A pack accounts for itself; any other text is drift, told sentence by sentence."""
    assert run("trace", "lzwl2017").exit_code == 0
    other = tmp_path / "other.txt"
    other.write_text("这是另一份文件。\n", encoding="utf-8")
    found = run("trace", "lzwl2017", "--source", other)
    assert found.exit_code == 1
    drift = json.loads(run("trace", "lzwl2017", "--source", other, "--format", "json").stdout)["drift"]
    assert (
        len(drift["missing"]) + len(drift["changed"])
        == json.loads(run("trace", "lzwl2017", "--format", "json").stdout)["sentences"]
    )


def test_doctor_names_the_engine_and_finds_the_packs_whole() -> None:
    """The engine in use and its reason are named, and the exit code says that all is well."""
    found = run("doctor")
    assert found.exit_code == 0
    assert "Engine: " in found.stdout
    assert "lzwl2017" in found.stdout


@pytest.mark.parametrize(
    "command",
    [
        "demo",
        "record",
        "audit",
        "decide",
        "replay",
        "funnel",
        "explain",
        "packs",
        "trace",
        "verify",
        "backup",
        "doctor",
    ],
)
def test_every_command_has_help(command: str) -> None:
    """Each command of the list is there and explains itself."""
    assert f"partyrules {command}" in run(command, "--help").stdout.replace("main ", "partyrules ")
    assert command in run("--help").stdout


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LC_ALL": "zh_CN.UTF-8"}, "截至"),
        ({"LC_ALL": "", "LANG": "zh_CN"}, "截至"),
        ({"LC_ALL": "C", "LANG": "zh_CN"}, "As of"),
    ],
)
def test_the_language_follows_the_locale(facts: Path, environment: dict[str, str], expected: str) -> None:
    """LC_ALL decides before LANG, and an option before both, given before or after the command."""
    asked = ("audit", facts, *PACK, *AS_OF)
    assert run(*asked, env=environment).stdout.startswith(expected)
    assert run("--lang", "zh", *asked, env=environment).stdout.startswith("截至")
    assert run(*asked, "--lang", "en", env=environment).stdout.startswith("As of")


# Bad input -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--pack", "lzwl201", *AS_OF), "did you mean `lzwl2017`?"),
        ((*PACK, *PACK, *AS_OF), "stands twice"),
        ((*PACK, "--as-of", "2018-02-30"), "not a day of the calendar"),
        ((*PACK, "--as-of", "2018-02"), "a date is YYYY-MM-DD"),
        ((*PACK, *AS_OF, "--known-at", "2018-01-01"), "RFC 3339 with offset"),
        ((*PACK, *AS_OF, "--rule", "8.1.33"), "did you mean `lzwl2017:8.1.3`?"),
        ((*PACK, *AS_OF, "--status", "breeched"), "is not one of"),
        ((*PACK, *AS_OF, "--reading", "early"), "PACK:RULE.NAME=OPTION"),
        ((*PACK, *AS_OF, "--reading", "lzwl2017:8.2.1-hold.earl=x"), "did you mean `lzwl2017:8.2.1-hold.early`?"),
        ((*PACK, *AS_OF, "--reading", "lzwl2017:8.2.1-hold.early=next"), "allowed: next_quarter, own_quarter"),
        ((*PACK, *AS_OF, "--set", "lzwl2017:1.3.3.review_interval=fortnight"), "allowed: academic_year"),
        ((*PACK, *AS_OF, "--irregular", "--contested"), "--irregular"),
        ((*PACK, *AS_OF, "--limit", "-1"), "--limit"),
        ((*PACK, *AS_OF, "--nonsense"), "--nonsense"),
        (AS_OF, "--pack"),
    ],
)  # fmt: skip
def test_a_bad_option_is_refused_with_what_is_allowed(facts: Path, options: tuple[str, ...], told: str) -> None:
    """Every bad option exits with 2 and one message that says what is allowed or nearest."""
    assert told in refused("audit", facts, *options)


def test_a_source_that_is_none_is_refused(tmp_path: Path, facts: Path) -> None:
    """A missing file, a directory, garbage, another database and a server's address each have their message."""
    garbage = tmp_path / "garbage.db"
    garbage.write_bytes(b"SQLite format 3\x00" + bytes(range(256)) * 20)
    other = tmp_path / "plain.txt"
    other.write_bytes(b"\x00\xff" * 100)
    binary = tmp_path / "binary.jsonl"
    binary.write_bytes(bytes(range(256)) * 8)
    for source, told in (
        (tmp_path / "nowhere.jsonl", "there is no such file"),
        (tmp_path, "found a directory"),
        (garbage, "not an SQLite database"),
        (other, "neither a ledger nor named .jsonl"),
        (binary, "found binary data, no text"),
        ("postgresql://u:secret@host/db", "not there yet"),
        ("a\0b", "not the path of a file"),
    ):
        said = refused("audit", source, *PACK, *AS_OF)
        assert told in said
        assert "secret" not in said
    assert "it is not a ledger" in refused("verify", garbage)
    assert "cannot be read" in refused("record", tmp_path / "new.db", tmp_path)
    assert "did you mean `学生丙`?" in refused(
        "decide", facts, *BOTH, "--person", "学生丙丙", "--to", "activist", "--on", "2018-01-01"
    )


@pytest.mark.parametrize("damage", [b"[1]", b"\xff", b"{}", b'{"format":"partyrules-decision-record/1"}'])
def test_a_damaged_record_is_refused(facts: Path, tmp_path: Path, damage: bytes) -> None:
    """What is no decision record is refused, not replayed."""
    record = tmp_path / "record.json"
    record.write_bytes(damage)
    assert "record" in refused("replay", record, facts)


def test_a_record_with_any_key_spoilt_is_refused_or_differs(facts: Path, tmp_path: Path) -> None:
    """Whichever key of a record holds nonsense, there is an exit code and never a traceback."""
    record = tmp_path / "record.json"
    run("decide", facts, *BOTH, *QUESTION, "--record", record)
    sound = json.loads(record.read_text(encoding="utf-8"))
    spoilt: tuple[object, ...] = (None, 1, "x", [], {}, [1], [{}])
    for key, nonsense in crossed(sound, spoilt):
        record.write_text(json.dumps({**sound, key: nonsense}), encoding="utf-8")
        assert run("replay", record, facts).exit_code in (0, 1, 2)


def test_ten_thousand_mutated_lines_are_each_read_or_refused_by_number(tmp_path: Path) -> None:
    """Of every line the fact is read or a problem names the line; nothing else happens."""
    lines = mutated(2018, 10_500)
    path = tmp_path / "mutated.jsonl"
    path.write_bytes(b"\n".join(lines) + b"\n")
    good, problems = read_lines([path], CORE_VOCABULARY)
    told = {line.where for line in good} | {problem.where for problem in problems}
    expected = {f"{path}, line {n}" for n, line in enumerate(lines, start=1) if line.strip()}
    assert told == expected
    assert len({problem.where for problem in problems}) > 9_000


def test_each_mutated_line_is_stored_whole_or_refused_by_the_command(tmp_path: Path) -> None:
    """A file of one mutated line is recorded, or refused by its line or as no text, and no ledger is made."""
    ledger, path = tmp_path / "new.db", tmp_path / "one.jsonl"
    for line in mutated(7, 300):
        path.write_bytes(line + b"\n")
        found = run("record", ledger, path)
        if found.exit_code:
            assert found.exit_code == 2
            assert f"{path}, line 1" in found.stderr or f"{path}: found " in found.stderr
            assert not ledger.exists()
        else:
            ledger.unlink()


def mutated(seed: int, number: int) -> list[bytes]:
    """Return lines that were facts before something was done to them; the same for a seed."""
    rng = random.Random(seed)  # noqa: S311 - made-up damage, nothing secret
    spoilt: list[object] = [
        None,
        "",
        0,
        -1,
        1.5,
        True,
        [],
        {},
        "2018-13-01",
        "9999-99",
        "\ud800",
        [None],
        [[]],
        "x" * 300,
    ]
    lines = []
    for _ in range(number):
        row = dict(rng.choice(FACTS))
        raw = json.dumps(row, ensure_ascii=rng.random() < 0.5).encode()
        at = rng.randrange(len(raw))
        match rng.randrange(6):
            case 0:
                raw = raw[:at]
            case 1:
                raw = raw[:at] + bytes([rng.randrange(256)]).replace(b"\n", b"\0") + raw[at + 1 :]
            case 2:
                row[rng.choice(list(row))] = rng.choice(spoilt)
                raw = json.dumps(row).encode()
            case 3:
                row[rng.choice(["on", "ids", "fact", "attended", "until", "recorded_at"])] = rng.choice(spoilt)
                raw = json.dumps(row).encode()
            case 4:
                del row[rng.choice(list(row))]
                raw = json.dumps(row).encode()
            case _:
                raw = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 60))).replace(b"\n", b"\r")
        lines.append(raw)
    return lines


# Real processes --------------------------------------------------------------------------------------------


def started(*arguments: object, stdin: int | None = None) -> subprocess.Popen[bytes]:
    """Return a real process of the command line."""
    return subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "partyrules", *map(str, arguments)],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"},
    )


def test_a_pipe_gets_plain_text_a_hundred_cells_wide_or_wider(facts: Path) -> None:
    """Output into a pipe has no escape sequences."""
    found = started("audit", facts, *PACK, *AS_OF)
    out, _ = found.communicate(timeout=60)
    assert found.returncode == 0
    assert b"\x1b" not in out
    assert "学生乙".encode() in out


def test_a_reader_that_goes_away_ends_the_command_without_a_traceback(facts: Path) -> None:
    """A closed pipe is no error worth a traceback."""
    with started("audit", facts, *PACK, *AS_OF, "--format", "jsonl") as found:
        assert found.stdout is not None
        found.stdout.close()
        assert found.stderr is not None
        said = found.stderr.read()
        assert found.wait(timeout=60) == 141
    assert b"Traceback" not in said
    assert b"Exception ignored" not in said


@pytest.mark.skipif(os.name == "nt", reason="SIGINT as POSIX has it")
def test_an_interrupt_ends_the_command_with_130() -> None:
    """Ctrl-C while the facts are read says so in a word and exits with 130."""
    with started("audit", "/dev/stdin", *PACK, *AS_OF, stdin=subprocess.PIPE) as found:
        assert found.stdin is not None
        # More than a pipe holds: written once the command reads, so that the signal finds it at work.
        found.stdin.write(b"\n" * 500_000)
        found.send_signal(signal.SIGINT)
        _, said = found.communicate(timeout=60)
    assert found.returncode == 130
    assert said == b"Interrupted.\n"


# Which day is asked about ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [("audit", "--format", "jsonl"), ("explain", "--rule", "8.1.3", "--subject", "学生甲"), ("funnel",)],
)
def test_without_a_day_today_is_asked_about_where_the_institution_is(
    facts: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """Without a day the answer is that of today in the institution's time zone, and today is named."""
    zones: list[str] = []

    def today(zone: str, _: object) -> date:
        zones.append(zone)
        return date(2018, 7, 31)

    monkeypatch.setattr("partyrules.cli.options.day_in", today)
    option = "--on" if command[0] == "funnel" else "--as-of"
    said = run(command[0], facts, "--pack", "lzwl2017", *command[1:], "--lang", "en")
    assert (
        said.stdout
        == run(command[0], facts, "--pack", "lzwl2017", *command[1:], option, "2018-07-31", "--lang", "en").stdout
    )
    assert "Note: no day was named; today is 2018-07-31 (Asia/Shanghai)." in said.stderr
    assert zones == ["Asia/Shanghai"]


def test_the_time_of_knowledge_is_shown_as_clocks_there_show_it(facts: Path) -> None:
    """What was recorded by a time is headed by that time in the institution's zone."""
    asked = ("--as-of", "2018-07-31", "--known-at", "2026-01-01T00:00:00Z", "--lang", "en")
    assert ", as recorded by 2026-01-01 08:00 +08:00; packs" in run("audit", facts, "--pack", "lzwl2017", *asked).stdout
