"""Messages to people: both languages, every code in words, the clause and the numbers in them."""

import re
from datetime import date
from random import Random
from typing import Final, get_args

import pytest
from hypothesis import given, settings

import partyrules_lzcu2012
import partyrules_lzwl2017
from partyrules.answers.messages import (
    GRAIN_WORDS,
    NEED_WORDS,
    OUTCOME_WORDS,
    REASON_WORDS,
    STATUS_WORDS,
    needs_text,
)
from partyrules.answers.verdicts import OUTCOMES, STATUSES
from partyrules.evaluate.pipeline import case_of
from partyrules.history import history_of
from partyrules.language.rules import MODALITIES, Modality
from partyrules.packs.document import Text
from partyrules.packs.pack import adopt
from partyrules.questions.audit import audit
from partyrules.questions.decide import REFERENCE, decided
from partyrules.time.calendar import GRAINS
from tests import toy
from tests.strategies import REAL, TOY, chances, institution, question
from tests.sweeps import examples
from tests.toy import activity, closed, fact, finding, findings, leave, link, meeting, member, stage, training, unit

REASONS: Final = (
    "before_register",
    "partial_period",
    "on_leave",
    "above_maximum",
    "vacation_month",
    "explained",
    "stage_order",
    "not_a_student",
    "stage_extended",
    "not_resident",
    "no_such_office",
    "not_the_instructor",
    "no_residence",
    "unknown_stage",
    "unknown_step",
)
NEEDS: Final = (
    "term_declared",
    "register_closed",
    "full_date",
    "attendance",
    "hours",
    "days",
    "passed",
    "opinion_given",
    "judgement_made",
    "correction",
)
REAL_ADOPTION: Final = adopt([partyrules_lzwl2017.pack, partyrules_lzcu2012.pack])
CODE: Final = re.compile(r"\b[a-z]+_[a-z_]+\b")
CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
B1 = unit("B1", "branch")


def test_words_for_every_code() -> None:
    """Every status, outcome, grain, modality, reason and need has words in both languages."""
    assert set(STATUS_WORDS) == set(STATUSES)
    assert set(OUTCOME_WORDS) == set(OUTCOMES)
    assert set(GRAIN_WORDS) == set(GRAINS)
    assert set(MODALITIES) == set(get_args(Modality))
    assert set(REASON_WORDS) >= set(REASONS)
    assert set(NEED_WORDS) >= set(NEEDS)
    for words in (STATUS_WORDS, OUTCOME_WORDS, GRAIN_WORDS, MODALITIES, REASON_WORDS, NEED_WORDS):
        for text in dict(words).values():
            assert CHINESE.search(text.zh)
            assert not CHINESE.search(text.en)
        assert len({text.zh for text in dict(words).values()}) == len(words)
        assert len({text.en for text in dict(words).values()}) == len(words)


def test_needs_in_words() -> None:
    """Several needs are joined, and a parameter is called by its name."""
    assert needs_text(("hours", "full_date")).en == f"{NEED_WORDS['hours'].en} and {NEED_WORDS['full_date'].en}"
    assert "interval" in needs_text(("parameter:interval",)).en
    assert "interval" in needs_text(("parameter:interval",)).zh


def check(text: Text, citation: str, *, names: str = "") -> None:
    """Check that a message is whole in both languages, cites its clause and shows no code."""
    for one in (text.zh, text.en):
        assert citation in one
        assert "None" not in one
        assert "Decimal" not in one
        assert "\n" not in one
        assert "  " not in one
    assert text.zh.endswith(("。", "）"))
    assert text.en.endswith((".", ")"))
    assert CHINESE.search(text.zh.replace(citation, ""))
    assert not CHINESE.search(text.en.replace(citation, "")), text.en
    # What an institution adopts, and the ids of records, are shown as they are written.
    shown = re.sub(
        r"\(Reading: [^)]*\)|\(such as --set [^)]*\)|on the record of .*?\](?=\.|, needs)|\[[^\]]*\]", "", text.en
    )
    assert not [code for code in CODE.findall(shown) if code not in names], shown


@pytest.mark.parametrize("cast", [TOY, REAL], ids=["toy", "real"])
@settings(max_examples=examples(25))
@given(chance=chances())
def test_every_message(cast: object, chance: Random) -> None:
    """Every message of every answer is whole in both languages, cites its clause and shows no code."""
    world, adoption = (TOY, toy.adopted()) if cast is TOY else (REAL, REAL_ADOPTION)
    facts = institution(chance, world, months=20)
    asked = question(chance)
    for one in audit(facts, adoption, as_of=asked.as_of, known_at=asked.known_at).findings(judgements=True):
        check(one.message, one.clause)
        assert STATUS_WORDS[one.status].zh in one.message.zh
        assert STATUS_WORDS[one.status].en in one.message.en.lower()
        if one.period is not None:
            assert str(one.period.start) in one.message.zh
            assert str(one.period.end) in one.message.en
        if one.reason is not None:
            assert REASON_WORDS[one.reason].zh in one.message.zh
    history = history_of(facts, as_of=asked.as_of, known_at=asked.known_at, stages=adoption.stage_names)
    for person in world.people:
        for to in adoption.stage_names:
            decision = decided(case_of(adoption, history, person=person, to=to), engine=REFERENCE)
            for name in ("vetoes", "unmet", "unknown", "met", "not_applicable", "advisory"):
                for item in getattr(decision, name):
                    check(item.message, item.clause, names=" ".join(item.evidence))
                    assert all(fact_id in item.message.zh for fact_id in item.evidence)


def english(*facts: object, rule: str, as_of: str = "2020-06-30", start: str | None = None, **asked: object) -> str:
    """Return the English message of the only finding."""
    return finding(facts, rule, as_of, start=start, **asked).message.en  # type: ignore[arg-type]  # facts


def test_numbers_in_a_message() -> None:
    """A message says what was required and what was found, with its bounds."""
    fellow = stage("p1", "fellow")
    assert "needs at least 10 hours; found 4" in english(
        fellow, training("p1", "practice", "2020-03-01", hours=4), rule="1.3", as_of="2020-12-31"
    )
    assert "needs 1 to 2 people mentored; found 1" in english(fellow, link("mentor", "p1", "x"), rule="2.1")
    assert "needs at most 2 films shown; found 1" in english(
        B1, activity("film", "B1", "2020-06-02"), rule="1.8", start="2020-06-01"
    )
    assert "needs exactly 1 group; found 0" in english(fact("building_opened", toy.LONG_AGO, building="D1"), rule="2.4")


def test_modality_in_a_message() -> None:
    """A message says how strong the word of the clause is; what is only encouraged is called no violation."""
    assert "(normally)" in english(B1, rule="1.1", start="2020-05-01")
    encouraged = english(stage("p1", "fellow"), rule="1.7")
    assert "(encouraged)" in encouraged
    assert "Advisory" in encouraged
    assert "reached" not in encouraged


def test_pending_message_has_its_day() -> None:
    """A message on what is pending says until when."""
    told = finding((B1,), "1.4", "2020-06-29", start="2020-04-01").message
    assert "Pending, due 2020-06-30" in told.en
    assert "期限2020-06-30" in told.zh


def test_reasons_and_needs_in_a_message() -> None:
    """A message says why something does not apply, and what would decide it."""
    fellow = stage("p1", "fellow")
    assert "on leave for most of the period" in english(fellow, leave("p1", "2020-01-01"), rule="1.7")
    assert "needs a register that is closed through the end" in english(
        B1, closed("2020-03-31"), rule="1.4", start="2020-04-01"
    )
    held = meeting("gathering", "B1", "2020-05-10")
    assert "needs the attendance list" in english(B1, fellow, member("p1", "B1"), held, rule="3.1")
    (unset,) = findings((B1,), "1.6", "2020-06-30")
    assert "the institution's interval (such as --set toy:1.6.interval=semester)" in unset.message.en


def test_readings_in_a_message() -> None:
    """A message names the readings in force: the rule's own always, the common ones where they were changed."""
    assert "(Reading: early: own quarter.)" in english(B1, rule="1.4", start="2020-04-01")
    changed = english(B1, rule="1.4", start="2020-04-01", readings={"1.4.leave": "any"})
    assert "early: own quarter; leave in a period: excuses however short" in changed
    assert "Reading" not in english(stage("p1", "fellow"), rule="2.1")


def test_veto_message() -> None:
    """A veto's message names its record, and what would lift it, and that nothing outweighs it."""
    oppose = fact("opinion_given", "2020-04-10", person="p1", step="fellow", by="O", verdict="oppose")
    facts = (unit("O", "guidance_department"), stage("p1", "newcomer", "2020-02-01"), oppose)
    history = toy.history(facts, "2020-06-30")
    case = case_of(toy.adopted(), history, person="p1", to="fellow")
    (item,) = decided(case, engine=REFERENCE).vetoes
    assert oppose.id in item.message.en
    assert "whatever else is met" in item.message.en
    (lift,) = item.lifts
    assert item.message.en.endswith(lift.en)
    assert item.message.zh.endswith(lift.zh)


def test_a_text_has_both_languages() -> None:
    """A text that lacks one of its languages is refused."""
    for zh, en in (("", "word"), ("词", " "), (None, "word")):
        with pytest.raises(Exception, match="not blank"):
            Text(zh, en)  # type: ignore[arg-type]  # the point of the test


def test_dates_of_a_message_are_iso() -> None:
    """Dates in messages are written year, month, day."""
    told = english(B1, rule="1.4", as_of="2020-03-31")
    assert f"{date(2020, 1, 1)} to {date(2020, 3, 31)}" in told
