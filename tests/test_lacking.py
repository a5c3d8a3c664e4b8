"""What a decision says is missing: numbers, records before the stage, what was not passed; and evidence in words."""

from datetime import date
from typing import Any

import partyrules_lzcu2012
import partyrules_lzwl2017
from partyrules.answers.verdicts import Item
from partyrules.facts.vocabulary import Fact
from partyrules.packs.document import Text
from partyrules.packs.pack import adopt
from partyrules.questions.decide import decide
from partyrules.report.decisions import decision_lines
from tests.toy import fact, stage, unit

ADOPTED = adopt([partyrules_lzwl2017.pack, partyrules_lzcu2012.pack])
TARGET = stage("p1", "development_target", "2017-12-20")
ON = date(2018, 6, 1)


def item(rule: str, *facts: Fact, to: str = "probationary_member") -> Item:
    """Return what a rule comes to in the decision on p1, who is a development target."""
    found = decide([TARGET, *facts], ADOPTED, person="p1", to=to, on=ON)
    everything = (*found.vetoes, *found.unmet, *found.unknown, *found.met, *found.advisory)
    return next(one for one in everything if one.rule == rule)


def course(**said: Any) -> Fact:
    """Return a course for development targets that p1 took in February."""
    return fact("training_completed", "2018-02-01", person="p1", course="development_target_course", **said)


def test_how_much_is_there_and_how_much_more_would_do() -> None:
    """Hours and days are told beside what is asked for, with what is missing of either."""
    told = item("lzwl2017:4.6.1", course(hours=16, days=2)).message
    assert "2 of 3 days, 16 of 24 hours: 1 day or 8 hours more" in told.en
    assert "3天中已有2，24学时中已有16，还差1天或8学时" in told.zh


def test_what_lies_before_the_stage_does_not_count() -> None:
    """A talk before the stage held is named with its day and the day on which the stage began."""
    told = item("lzwl2017:2.4.2-talk", fact("talk_held", "2017-11-01", person="p1", talk="any")).message
    assert "the talk of 2017-11-01 lies before the stage began (2017-12-20) and does not count" in told.en
    assert "2017-11-01的谈心谈话在进入现阶段（2017-12-20）之前，不计入" in told.zh


def test_a_review_that_was_not_passed_is_named() -> None:
    """The latest review is told with what it came to."""
    review = fact("review_completed", "2018-04-01", person="p1", review="political_review", outcome="fail")
    told = item("lzwl2017:2.4.2-review", review).message
    assert "the political review of 2018-04-01 was not passed" in told.en
    assert "2018-04-01的政治审查不合格" in told.zh


def test_nothing_there_is_said_in_words() -> None:
    """Where no record counts, what is missing is named."""
    assert "no political review counts" in item("lzwl2017:2.4.2-review").message.en
    assert "没有可计入的政治审查" in item("lzwl2017:2.4.2-review").message.zh


def test_evidence_is_told_by_day_kind_and_maker() -> None:
    """A record that decides an item is told in words, with its id."""
    facts = (
        unit("GD", "guidance_department"),
        fact("opinion_given", "2018-03-20", person="p1", step="probationary_member", by="GD", verdict="oppose"),
    )
    veto = item("lzcu2012:4.3.3.3", *facts)
    assert f"2018-03-20 意见（由 GD，态度 反对）［{facts[1].id}］" in veto.message.zh
    assert f"opinion of 2018-03-20 (by GD, verdict oppose) [{facts[1].id}]" in veto.message.en


def test_conditions_in_order_approve_nobody() -> None:
    """A permitted step is told with the documents by title and number, and that nothing is approved by it."""
    adopted = adopt([partyrules_lzcu2012.pack])
    found = decide([TARGET], adopted, person="p1", to="probationary_member", on=ON)
    assert found.permitted
    title = partyrules_lzcu2012.pack.document.title
    number = partyrules_lzcu2012.pack.document.number
    for lang, words in (("zh", ("条件具备", title.zh, "不是审批")), ("en", ("IN ORDER", title.en, "approves nobody"))):
        lines = "\n".join(decision_lines(found, adopted, engine=None, lang=lang))  # type: ignore[arg-type]  # a language
        assert all(word in lines for word in (*words, number))


def test_the_readings_of_a_decision_are_explained() -> None:
    """Each reading that a decision rests on is told once, with its label, the other options and the reason."""
    found = decide([TARGET], ADOPTED, person="p1", to="probationary_member", on=ON)
    lines = [*decision_lines(found, ADOPTED, engine=None, lang="zh")]
    (told,) = [line for line in lines if line.startswith("  lzwl2017:4.6.1.sum")]
    (reading,) = next(rule for rule in partyrules_lzwl2017.pack.requirements if rule.id == "4.6.1").readings
    assert "达到其一即可（sum=either；另可：both 两者都要达到）" in told
    assert told.endswith(reading.why.zh)
    assert isinstance(reading.why, Text)
