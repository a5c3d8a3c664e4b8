"""The clause ledger of lzcu2012: complete, consistent, in our own words, and true to its source."""

import os
from pathlib import Path

import pytest

from partyrules.clauses import compare_with_source, coverage, split_sentences
from partyrules_lzcu2012 import pack
from partyrules_lzcu2012.clauses import DOCUMENT

# A folder with the source as lzcu2012.txt in UTF-8; the source itself is not part of the repository.
SOURCES = os.environ.get("PARTYRULES_SOURCES")
LONGEST_QUOTATION = 12
UNITS = {
    "building_group",
    "guidance_department",
    "school_committee",
    "student_affairs",
}
CARRIES = {sentence.number: sentence.clauses for sentence in DOCUMENT.sentences}


def source() -> str:
    """Return the source text, or skip the test that asks for it."""
    if SOURCES is None:
        pytest.skip("PARTYRULES_SOURCES names no folder with the source documents")
    return (Path(SOURCES) / f"{DOCUMENT.id}.txt").read_text(encoding="utf-8")


def test_sentences_are_numbered_without_a_gap() -> None:
    """The numbers run from 1 to 67, a sentence broken over two counted lines having both."""
    numbers = [int(part) for sentence in DOCUMENT.sentences for part in sentence.number.removeprefix("L").split("+")]
    assert numbers == list(range(1, 67 + 1))


@pytest.mark.parametrize(
    ("number", "clauses"),
    [
        ("L12", ("3.1", "3.1.1")),
        ("L30", ("4.3.3.1", "4.3.3.2", "4.3.3.3")),
        ("L47", ("5.2.1", "5.2.2", "5.2.2.1", "5.2.3", "5.2.4")),
        ("L58", ("5.5.2",)),
        ("L66+67", ()),
    ],
)
def test_a_sentence_carries_its_clauses(number: str, clauses: tuple[str, ...]) -> None:
    """The sentences that most depends on carry exactly these clauses."""
    assert CARRIES[number] == clauses


def test_clauses_are_listed_in_the_order_of_the_source() -> None:
    """The clauses first appear in the sentences in the order in which the document lists them."""
    first = list(dict.fromkeys(name for sentence in DOCUMENT.sentences for name in sentence.clauses))
    assert first == [clause.id for clause in DOCUMENT.clauses]


def test_rules_and_ledger_account_for_each_other() -> None:
    """Every sentence, clause and rule of the pack is accounted for."""
    covered = coverage(DOCUMENT, {rule.id: rule.clause for rule in pack.rules})
    assert covered.complete, covered
    assert sum(covered.treatments.values()) == len(DOCUMENT.sentences)


def test_a_judged_clause_is_never_a_rule() -> None:
    """No clause that waits for a judgement shares its id with a rule, so that one name means one answer."""
    judged = {clause.id for clause in DOCUMENT.clauses if clause.judges is not None}
    assert judged.isdisjoint(rule.id for rule in pack.rules)


def test_judgements_are_about_kinds_of_unit_that_exist() -> None:
    """Every judged clause is answered for by a kind of unit of this document."""
    assert {clause.judges for clause in DOCUMENT.clauses} - {None} == UNITS


def test_the_source_has_not_drifted() -> None:
    """The source text has exactly the sentences of the ledger, in its order."""
    assert compare_with_source(DOCUMENT, source()).clean


def test_a_sentence_lost_from_the_source_is_missed() -> None:
    """Without its L30 the source lacks that one and nothing else."""
    text = source()
    drift = compare_with_source(DOCUMENT, text.replace(split_sentences(text)[29], ""))
    assert drift.missing == ("L30",)
    assert (drift.changed, drift.new) == ((), ())


def test_summaries_are_in_our_own_words() -> None:
    """No summary or reason repeats a dozen characters of the source in a row."""
    plain = "".join(source().split())
    messages = [clause.summary.zh for clause in DOCUMENT.clauses]
    messages += [clause.reason.zh for clause in DOCUMENT.clauses if clause.reason is not None]
    messages += [sentence.reason.zh for sentence in DOCUMENT.sentences if sentence.reason is not None]
    quoted = [
        message[start : start + LONGEST_QUOTATION]
        for message in messages
        for start in range(len(message) - LONGEST_QUOTATION + 1)
    ]
    assert not [part for part in quoted if part in plain]
