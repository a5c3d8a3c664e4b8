"""Who has to act where that is not the bearer: by what surely held on the day judged, in every answer."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from partyrules.answers.blocks import FindingRow
from partyrules.answers.verdicts import Finding, encode
from partyrules.errors import PackError, QueryError
from partyrules.facts.codec import encode_fact
from partyrules.facts.vocabulary import Fact
from partyrules.language.kernel import (
    SUBJECT,
    Holdings,
    at_least,
    events,
    holdings,
    is_in,
    its,
    trigger,
)
from partyrules.language.rules import Bearer, Duty, PerPeriod, Responsible, Standing, Triggered
from partyrules.ledger.sqlite import open_ledger
from partyrules.packs.document import Text
from partyrules.packs.encoding import canonical, decoded, encoded
from partyrules.packs.pack import adopt
from partyrules.questions.doubts import doubts
from partyrules.questions.explain import explain_finding
from partyrules.report.findings import csv_head, csv_lines, findings_report
from partyrules.report.terminal import Screen
from partyrules.watch.changes import Passage
from partyrules.watch.monitor import Monitor
from tests.commands import run
from tests.language import MEMBER, asked, duty, finding, findings, pack_of
from tests.toy import dissolved, fact, lives, member, moved_out, no_member, unit

NOW: Final = datetime(2020, 6, 1, 12, tzinfo=UTC)
PEOPLE: Final = Bearer("person", MEMBER)
HOME: Final = holdings("residence", person=SUBJECT)
GROUP: Final = holdings("unit", kind="group", building=its("building"))
WARDEN: Final = holdings("role", role="warden", building=its("building"))
TALKS: Final = at_least(1, events("talk_held", person=SUBJECT))
OFFICES: Final = Responsible(by=(holdings("unit", kind="office"),), names="unit")


def talked(**who: Any) -> Duty:
    """Return the duty of each member to have had a talk this year, of which these see to it."""
    return duty("talk", PEOPLE, PerPeriod("year"), TALKS, responsible=Responsible(**who))


def standing(**who: Any) -> Duty:
    """Return the duty of each member to hold a link, of which these see to it."""
    held = at_least(1, holdings("link", holder=SUBJECT))
    return duty("link", PEOPLE, Standing(), held, responsible=Responsible(**who))


def warden(person: str, building: str, on: str, **more: Any) -> Fact:
    """Return that somebody became warden of a building."""
    return fact("role_started", on, person=person, role="warden", building=building, **more)


def to_act(facts: Iterable[Fact], as_of: str, *duties: Duty) -> tuple[str, ...]:
    """Return who has to act on the only finding; the columns, which are held against the reference, say the same."""
    table = asked(facts, as_of, *duties).table()
    (found,) = table
    assert table.blocks[0].evaluator == "columnar"
    return found.responsible


P: Final = member("p", "c", "2020-01-01")
AT_HOME: Final = lives("p", "D1", "101", on="2020-01-01")

# By what held on the day judged ------------------------------------------------------------------------------------


def test_who_has_to_act_are_sorted_and_named_in_every_status() -> None:
    """All that hold on the day are named, in order; a finding that is satisfied names them too."""
    facts = [P, unit("o2", "office"), unit("o1", "office"), unit("c", "club")]
    rule = duty("link", PEOPLE, Standing(), at_least(1, holdings("link", holder=SUBJECT)), responsible=OFFICES)
    assert to_act(facts, "2020-06-01", rule) == ("o1", "o2")
    linked = fact("link_started", "2020-01-02", link="l", holder="p", target="x")
    (found,) = findings([*facts, linked], "2020-06-01", rule)
    assert (found.status, found.responsible) == ("satisfied", ("o1", "o2"))


def test_nobody_has_to_act_where_no_rule_says_so_or_no_record_tells() -> None:
    """A duty that names nobody, and one of which no holding is recorded, have an empty list."""
    bare = duty("link", PEOPLE, Standing(), at_least(1, holdings("link", holder=SUBJECT)))
    assert to_act([P, unit("o1", "office")], "2020-06-01", bare) == ()
    rule = standing(by=(holdings("unit", kind="office"),), names="unit")
    assert to_act([P, unit("o1", "office"), dissolved("o1", "2020-03-01")], "2020-06-01", rule) == ()


def test_holdings_are_found_one_from_the_other() -> None:
    """Of the wardens only that of the building where the bearer lives has to act."""
    rule = standing(by=(HOME, WARDEN), names="person")
    facts = [P, AT_HOME, warden("w1", "D1", "2020-01-01"), warden("w2", "D2", "2020-01-01")]
    assert to_act(facts, "2020-06-01", rule) == ("w1",)


def test_of_a_period_the_last_day_of_it_that_is_over_is_judged() -> None:
    """Of a year that is over its last day decides, of one that runs the day asked."""
    rule = talked(by=(HOME, WARDEN), names="person")
    facts = [P, AT_HOME, warden("w1", "D1", "2020-01-01", until="2020-12-30"), warden("w2", "D1", "2020-12-31")]
    (first,) = findings(facts, "2020-12-30", rule)
    assert first.responsible == ("w1",)
    over, running = asked(facts, "2021-03-01", rule).table()
    assert (over.responsible, running.responsible) == (("w2",), ("w2",))


def test_the_last_day_that_led_there_decides() -> None:
    """Who moved out in the year is seen to by whoever was warden on the last day that they lived there."""
    rule = talked(last=(HOME, GROUP), by=(WARDEN,), names="person")
    wardens = [warden("w1", "D1", "2020-01-01", until="2020-04-30"), warden("w2", "D1", "2020-05-01")]
    facts = [P, AT_HOME, unit("g", "group", building="D1"), *wardens]
    assert to_act([*facts, moved_out("p", "D1", "2020-05-01")], "2020-12-31", rule) == ("w1",)
    assert to_act([*facts, moved_out("p", "D1", "2020-05-02")], "2020-12-31", rule) == ("w2",)
    # Without a group in the building there is no such day; a move to another building with one goes before.
    other = lives("p", "D2", "1", on="2020-06-01")
    assert to_act([*facts, other, warden("w3", "D2", "2020-01-01")], "2020-12-31", rule) == ("w2",)
    moved = [*facts, other, warden("w3", "D2", "2020-01-01"), unit("g2", "group", building="D2")]
    assert to_act(moved, "2020-12-31", rule) == ("w3",)


def test_days_before_the_period_are_none_of_those_judged() -> None:
    """Who lived there last year alone leaves nobody to act this year."""
    rule = talked(last=(HOME,), by=(WARDEN,), names="person")
    facts = [P, AT_HOME, moved_out("p", "D1", "2021-01-01"), warden("w1", "D1", "2020-01-01")]
    last_year, this_year = asked(facts, "2021-06-01", rule).table()
    assert (last_year.responsible, this_year.responsible) == (("w1",), ())


def test_what_ever_held_together_leads_there() -> None:
    """The parents of every branch that the bearer was ever in have to act, if they stand on the day judged."""
    ever = (holdings("membership", person=SUBJECT), holdings("unit", kind="branch", unit=its("unit")))
    rule = standing(ever=ever, by=(holdings("unit", unit=its("parent"), kind="college"),), names="unit")
    colleges = [unit("k1", "college"), unit("k2", "college"), unit("k3", "college")]
    branches = [unit(name, "branch", parent=parent) for name, parent in (("b1", "k1"), ("b2", "k2"), ("c", "k3"))]
    was = [member("p", "b1", "2020-02-01"), no_member("p", "b1", "2020-03-01"), member("q", "b2", "2020-02-01")]
    found = {
        each.subject: each.responsible for each in asked([P, *colleges, *branches, *was], "2020-06-01", rule).table()
    }
    assert found == {"p": ("k1", "k3"), "q": ("k2",)}
    gone = [P, *colleges, *branches, *was[:2], dissolved("k1", "2020-06-01")]
    assert to_act(gone, "2020-05-31", rule) == ("k1", "k3")
    assert to_act(gone, "2020-06-01", rule) == ("k3",)


def test_what_never_held_together_does_not_lead_there() -> None:
    """A branch that was set up when the bearer had left it is not one that they were ever in."""
    ever = (holdings("membership", person=SUBJECT), holdings("unit", kind="branch", unit=its("unit")))
    rule = standing(ever=ever, by=(holdings("unit", unit=its("parent"), kind="college"),), names="unit")
    was = [member("p", "b1", "2020-02-01"), no_member("p", "b1", "2020-03-01")]
    for set_up, expected in (("2020-03-01", ()), ("2020-02-29", ("k1",))):
        facts = [P, unit("k1", "college"), unit("b1", "branch", set_up, parent="k1"), *was]
        assert to_act(facts, "2020-06-01", rule) == expected


def test_only_what_surely_holds_names_anybody() -> None:
    """A warden of whom only the month is known has to act from the month's last day on."""
    rule = standing(by=(HOME, WARDEN), names="person")
    facts = [P, AT_HOME, warden("w1", "D1", "2020-05")]
    assert to_act(facts, "2020-05-30", rule) == ()
    assert to_act(facts, "2020-05-31", rule) == ("w1",)


def test_a_last_day_that_a_month_leaves_open_names_nobody() -> None:
    """Who moved in a month may have lived in either building on the day asked, so that no warden surely has to act."""
    rule = talked(last=(HOME,), by=(WARDEN,), names="person")
    wardens = [warden("w1", "D1", "2020-01-01"), warden("w2", "D2", "2020-01-01")]
    facts = [P, AT_HOME, lives("p", "D2", "1", on="2020-05"), *wardens]
    assert [to_act(facts, day, rule) for day in ("2020-04-30", "2020-05-15", "2020-05-31")] == [("w1",), (), ("w2",)]
    gone = [P, AT_HOME, moved_out("p", "D1", "2020-05"), *wardens]
    assert to_act(gone, "2020-12-31", rule) == ()


def test_of_a_trigger_its_day_is_judged() -> None:
    """Who has to act on a certificate is who held the school's office that day, on each day that it may have been."""
    rule = duty(
        "pass",
        Bearer("named", is_in(SUBJECT, trigger("person"))),
        Triggered(events("certificate_issued")),
        at_least(1, events("training_completed", person=SUBJECT, window="by_trigger")),
        responsible=OFFICES,
    )
    offices = [unit("o1", "office"), dissolved("o1", "2020-05-15"), unit("o2", "office", "2020-05-10")]

    def issued(on: str) -> tuple[str, ...]:
        return to_act([*offices, fact("certificate_issued", on, person="p", certificate="c")], "2020-12-31", rule)

    assert issued("2020-05-09") == ("o1",)
    assert issued("2020-05-14") == ("o1", "o2")
    assert issued("2020-05-15") == ("o2",)
    assert issued("2020-05") == ()
    assert issued("2020-06") == ("o2",)


# In every answer ---------------------------------------------------------------------------------------------------

RULE: Final = standing(by=(HOME, WARDEN), names="person")
TWO: Final = (
    P,
    member("q", "c", "2020-01-01"),
    member("r", "c", "2020-01-01"),
    AT_HOME,
    lives("q", "D2", "1", on="2020-01-01"),
    warden("w1", "D1", "2020-01-01"),
    warden("w2", "D1", "2020-01-01"),
    warden("w2", "D2", "2020-01-01"),
)


def test_the_wire_has_it_between_the_readings_and_the_message() -> None:
    """A finding on the wire has the key `responsible` after `readings` and before `message`."""
    found = finding(TWO[:1], "2020-06-01", RULE)
    assert [*found.to_wire()][-3:] == ["readings", "responsible", "message"]
    assert b'"responsible":[],"message":' in encode(found)


def test_the_table_groups_by_who_has_to_act() -> None:
    """The findings of each who has to act are a table: one on which two have to act is in both."""
    table = asked(TWO, "2020-06-01", RULE).table()
    grouped = table.by_responsible()
    assert {name: [row.subject for row in part.rows()] for name, part in grouped.items()} == {
        "w1": ["p"],
        "w2": ["p", "q"],
    }
    assert len(table.where(responsible="nobody")) == 0
    assert table.to_arrow()["responsible"].to_pylist() == [["w1", "w2"], ["w2"], []]


def test_findings_are_asked_for_by_who_has_to_act() -> None:
    """An audit gives the findings of one who has to act, and refuses one whom no fact names."""
    audit = asked(TWO, "2020-06-01", RULE)
    assert [each.subject for each in audit.findings(responsible="w2")] == ["p", "q"]
    assert [each.subject for each in audit.findings(responsible="w2", subject="q")] == ["q"]
    assert [each.subject for each in audit.findings(responsible="w2", status=("satisfied",))] == []
    with pytest.raises(QueryError, match="w3"):
        audit.findings(responsible="w3")


def test_the_message_says_who_has_to_act() -> None:
    """The message names who has to act, in both languages; where no record tells who, it says that it is others."""
    told = {each.subject: each.message for each in findings(TWO, "2020-06-01", RULE)}
    assert "责任方：w1、w2" in told["p"].zh
    assert "Responsible: w1, w2" in told["p"].en
    assert "记录中未见责任方" in told["r"].zh
    assert "Others have to act on it" in told["r"].en
    done = fact("link_started", "2020-01-02", link="l", holder="r", target="x")
    (satisfied,) = (each for each in findings([*TWO, done], "2020-06-01", RULE) if each.subject == "r")
    assert "Others" not in satisfied.message.en


def test_the_report_groups_and_names_who_has_to_act() -> None:
    """The report counts what waits for each who has to act, and names them under the subject."""
    audit = asked(TWO, "2020-06-01", RULE)
    parts = findings_report(
        audit.table(),
        audit.adoption,
        as_of=date(2020, 6, 1),
        everything=False,
        limit=0,
        screen=Screen(100, colour=False, fixed=True),
        lang="en",
    )
    _, shares, rows = parts
    assert re.findall(r"(w\d)\D+(\d)", shares) == [("w1", "1"), ("w2", "2")]
    assert "→ w1, w2" in rows


def test_csv_has_who_has_to_act() -> None:
    """The column `responsible` of CSV lists them."""
    head, row = csv_head().decode(), csv_lines(lambda _: ()).whole(findings(TWO, "2020-06-01", RULE)[0]).decode()
    assert "w1" in row.split(",")[head.split(",").index("responsible")]


def test_an_explanation_says_who_has_to_act() -> None:
    """The explanation of a finding has a line for who has to act."""
    audit = asked(TWO, "2020-06-01", RULE)
    (found,) = audit.findings(subject="p")
    assert '"Responsible: w1, w2"' in str(explain_finding(audit, found).to_wire()).replace("'", '"')


def test_the_command_line_asks_for_one_who_has_to_act(tmp_path: Path) -> None:
    """`--responsible` lists the findings of one who has to act, and refuses one whom no fact names."""
    facts, pack = tmp_path / "facts.jsonl", tmp_path / "pack.json"
    facts.write_bytes(b"\n".join(map(encode_fact, TWO)))
    pack.write_bytes(canonical(pack_of(RULE)))
    question = ("audit", facts, "--pack", pack, "--as-of", "2020-06-01")
    rows = [json.loads(line) for line in run(*question, "--responsible", "w1", "--format", "jsonl").stdout.splitlines()]
    assert [(row["subject"], row["responsible"]) for row in rows] == [("p", ["w1", "w2"])]
    assert "→ w1" in run(*question, "--responsible", "w1").stdout
    unknown = run(*question, "--responsible", "w3")
    assert (unknown.exit_code, "w3" in unknown.stderr) == (2, True)
    assert run(*question, "--responsible", "w1", "--contested").exit_code == 2


def test_a_monitor_tells_when_somebody_else_has_to_act(tmp_path: Path) -> None:
    """A new warden changes the findings of those who live there, and those alone."""
    with open_ledger(tmp_path / "ledger.db") as ledger:
        ledger.append(TWO, recorded_at=NOW)
        monitor = Monitor(ledger, adopt([pack_of(RULE)]), as_of=date(2020, 6, 1))
        changes = monitor.record([warden("w3", "D2", "2020-05-01")], recorded_at=NOW)
        assert [(each.subject, rows_said(each.before), rows_said(each.after)) for each in changes] == [
            ("q", ("w2",), ("w2", "w3"))
        ]


def rows_said(row: FindingRow | Passage | None) -> tuple[str, ...]:
    """Return who has to act by a row of a finding."""
    assert isinstance(row, FindingRow)
    return row.responsible


# What is refused and what is kept ------------------------------------------------------------------------------------


def test_the_encoding_gives_it_back() -> None:
    """A rule is the same after encoding; one without it says nothing of it."""
    assert decoded(encoded(RULE), Duty) == RULE
    assert "responsible" not in encoded(duty("link", PEOPLE, Standing(), TALKS_EVER))


TALKS_EVER: Final = at_least(1, events("talk_held", person=SUBJECT, window="ever"))


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ({"by": (), "names": "unit"}, "`by`"),
        ({"by": (HOME,), "names": "persn"}, "did you mean `person`"),
        ({"by": (WARDEN,), "names": "person"}, "its('building')"),
        ({"by": (HOME,), "names": "person", "ever": (HOME,), "last": (HOME,)}, "both `ever` and `last`"),
        ({"by": (Holdings("residence", (), MEMBER),), "names": "person"}, "found a `where`"),
        ({"by": (holdings("residense", person=SUBJECT),), "names": "person"}, "did you mean `residence`"),
        ({"by": (holdings("residence", persom=SUBJECT),), "names": "person"}, "did you mean `person`"),
        ({"by": (holdings("residence", person=trigger("person")),), "names": "person"}, "nothing triggers the rule"),
    ],
)
def test_what_names_nobody_is_refused(who: dict[str, Any], told: str) -> None:
    """A field or relation that there is not, and what could find nobody, are refused when a rule is built."""
    with pytest.raises(PackError) as error:
        asked([], "2020-06-01", standing(**who))
    assert told in str(error.value)


def test_a_finding_made_by_hand_has_nobody() -> None:
    """A finding of which nothing else is said has nobody else to act."""
    made = Finding(rule="r", clause="c", subject="s", status="satisfied", modality="shall", message=Text("已", "done"))
    assert made.responsible == ()


def test_what_is_read_to_find_who_has_to_act_is_read() -> None:
    """A role that a pack names only to find who has to act is no role that no pack reads; another one is."""
    adoption = adopt([pack_of(talked(by=(HOME, WARDEN), names="person"))])
    porter = fact("role_started", "2020-01-01", person="w", role="porter", building="D1")
    told = doubts((P, AT_HOME, warden("w", "D1", "2020-01-01"), porter), adoption)
    assert [each for each in told if "no adopted pack reads" in each] == [
        "no adopted pack reads role_started `porter` (1)"
    ]
