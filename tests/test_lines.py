"""Findings leave by the thousand as lines made of columns, byte for byte those of the reference's findings."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date
from random import Random
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partyrules.answers.blocks import alike
from partyrules.answers.lines import JSON_LINES, LineForm
from partyrules.answers.verdicts import Finding, Status
from partyrules.facts.codec import decode_fact
from partyrules.facts.vocabulary import Fact
from partyrules.packs.pack import Adoption, adopt
from partyrules.questions.audit import Audit, audit
from partyrules.report.findings import csv_lines
from tests import toy
from tests.strategies import REAL, TOY, chances, institution, question, seeded
from tests.sweeps import examples
from tests.test_columnar import adopted

REAL_PACK: Final = adopt(["lzwl2017"])
FORMS: Final[tuple[LineForm, ...]] = (JSON_LINES, csv_lines(lambda subject: (f"unit of {subject}",)))
often = settings(max_examples=examples(25))


def assert_lines(asked: Audit, **wanted: object) -> Counter[Status]:
    """Assert that the lines are those of the findings, in each form, and return how many there are of each status."""
    findings: tuple[Finding, ...] = asked.findings(**wanted)  # type: ignore[arg-type]  # what both take
    counted = Counter(finding.status for finding in findings)
    for form in FORMS:
        written = list(asked.lines(form, **wanted))  # type: ignore[arg-type]  # what both take
        assert [line for some in written for line in some.lines] == [form.whole(finding) for finding in findings]
        statuses: Counter[Status] = Counter()
        for some in written:
            statuses.update(some.statuses)
        assert +statuses == counted
    return counted


def asked_of(facts: Iterable[Fact], adoption: Adoption, chance: Random) -> Audit:
    """Return an audit as of some day, knowing what was known at some time."""
    asked = question(chance)
    return audit(tuple(facts), adoption, as_of=asked.as_of, known_at=asked.known_at)


@often
@given(chance=chances())
def test_the_lines_of_both_packs(chance: Random) -> None:
    """On any institution, under any readings, each line is that of the reference's finding, evidence and all."""
    facts = institution(chance, REAL, size=10 + chance.randrange(40), months=12 * chance.randrange(2))
    assert_lines(asked_of(facts, adopted(chance), chance))


@often
@given(chance=chances())
def test_the_lines_of_a_whole_vocabulary(chance: Random) -> None:
    """What columns cannot say of a rule or a subject the reference does, in its place among the others."""
    facts = institution(chance, TOY, size=10 + chance.randrange(40), months=12 * chance.randrange(2))
    asked = asked_of(facts, toy.adopted(), chance)
    assert_lines(asked)
    assert_lines(asked, judgements=True)


@settings(max_examples=examples(15))
@given(chance=chances())
def test_some_of_the_lines(chance: Random) -> None:
    """Lines are narrowed by rule, subject, status and who has to act as findings are."""
    facts = institution(chance, REAL, size=20, months=6)
    asked = asked_of(facts, adopted(chance), chance)
    findings = asked.findings()
    subjects = sorted({finding.subject for finding in findings})
    if findings:
        one = findings[chance.randrange(len(findings))]
        assert_lines(asked, rule=one.rule)
        assert_lines(asked, status=[one.status])
        assert_lines(asked, subject=one.subject)
        assert_lines(asked, subject=set(subjects[::2]))
    acting = sorted({name for finding in findings for name in finding.responsible})
    if acting:
        assert_lines(asked, responsible=acting[0])


def test_a_line_is_made_of_columns_wherever_they_say_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of full dates the reference is asked about nobody where a duty is a count, a sum or an attendance."""
    chance = seeded(7)
    asked = asked_of(institution(chance, REAL, size=40, months=0), adopted(chance), chance)
    kinds = [bound.id for bound in asked.adoption.duties if bound.id.startswith("lzwl2017:8.")]

    def refused(*_: object) -> Iterable[Finding]:
        raise AssertionError("the reference was asked")

    monkeypatch.setattr(Audit, "_judge", lambda _: refused)
    assert sum(len(some.lines) for rule in kinds for some in asked.lines(rule=rule)) > len(kinds)


def test_lines_with_ids_that_a_form_writes_otherwise() -> None:
    """Ids with blanks, quotes and commas, or like a formula, are in lists and alone as in the reference's lines."""
    odd = ("=1+1", "a,b", 'q"q', "[x", "two words", "-1", "'", "中文", "plain", "z1")
    said = (
        {"fact": "unit_established", "id": "u1", "on": "2017-01-01", "unit": "B1", "kind": "branch"},
        {"fact": "stage_entered", "id": "s1", "on": "2017-01-01", "person": "=p", "stage": "full_member"},
        {"fact": "membership_started", "id": "b1", "on": "2017-01-01", "person": "=p", "unit": "B1"},
    )
    meeting = {"fact": "meeting_held", "meeting": "branch_assembly", "unit": "B1", "attended": ["=p"]}
    held = ({**meeting, "id": name, "on": f"2018-02-{day:02}"} for day, name in enumerate(odd, start=1))
    plain = ({**meeting, "id": f"m{month}", "on": f"2018-0{month}-03"} for month in (4, 5))
    facts = [decode_fact(json.dumps(one)) for one in (*said, *held, *plain)]
    asked = audit(facts, REAL_PACK, as_of=date(2018, 6, 30))
    assert_lines(asked)
    assert {finding.evidence for finding in asked.findings(rule="lzwl2017:8.2.1-hold")} >= {
        tuple(sorted(odd)),
        ("m4", "m5"),
    }
    assert {finding.occasion for finding in asked.findings(rule="lzwl2017:8.2.1-attend")} == {*odd, "m4", "m5"}


@given(st.lists(st.lists(st.sampled_from([0, 1, 5, 2**40, -(2**63), 2**63 - 1]), min_size=3, max_size=3), max_size=9))
def test_rows_are_alike_that_say_the_same_in_each_column(rows: list[list[int]]) -> None:
    """Rows have one number exactly where all of their columns agree, and the numbers run from 0 without a gap."""
    columns = [np.array([row[place] for row in rows], np.int64) for place in range(3)]
    codes, count = alike([*columns, np.broadcast_to(np.int8(3), len(rows))])
    assert sorted(set(codes.tolist())) == list(range(count if rows else 0))
    assert all((a == b) == (x == y) for a, x in zip(rows, codes, strict=True) for b, y in zip(rows, codes, strict=True))
