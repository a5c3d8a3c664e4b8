"""Explanations: whom a rule binds and when, what counted, what did not and why, and what would change it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from partyrules.errors import QueryError
from partyrules.evaluate.derivation import DerivationStep
from partyrules.evaluate.kleene import Truth
from partyrules.facts.codec import fact_from_wire
from partyrules.language.kernel import SUBJECT, Age, Condition, MostCovered, Undecided, at_least, events, holds
from partyrules.language.rules import Bearer, Standing
from partyrules.language.text import Lang
from partyrules.packs.pack import adopt
from partyrules.questions.audit import Audit, audit
from partyrules.questions.explain import Explanation, explain, explain_finding
from partyrules.report.explanation import derivation_lines
from partyrules.report.terminal import Screen
from tests import language
from tests.commands import FACTS, Row
from tests.language import MEMBER, duty
from tests.toy import member

REPORT = {"fact": "activity_held", "activity": "study_report", "unit": "支部甲"}


def asked(
    *more: Row, as_of: date = date(2018, 7, 8), without: tuple[str, ...] = (), **adopted: Any
) -> tuple[Audit, list[Any]]:
    """Return an audit of the small institution with some facts more or fewer, and the facts."""
    rows = [dict(row) for row in (*FACTS, *more) if row["id"] not in without]
    facts = [fact_from_wire(row) for row in rows]
    return audit(facts, adopt(["lzwl2017", "lzcu2012"], **adopted), as_of=as_of), facts


def explained(rule: str, subject: str, *more: Row, **options: Any) -> tuple[Explanation, ...]:
    """Return the explanations of a rule about a subject."""
    found, _ = asked(*more, **options)
    return explain(found, rule=rule, subject=subject)


def steps(step: DerivationStep) -> Iterator[DerivationStep]:
    """Yield a step and all below it."""
    yield step
    for part in step.parts:
        yield from steps(part)


def told(explanation: Explanation, lang: Lang = "en") -> str:
    """Return the explanation as text."""
    screen = Screen(100, colour=False, fixed=True)
    return "\n".join(derivation_lines(explanation.tree, screen=screen, lang=lang))


def why(explanation: Explanation, fact: str) -> str:
    """Return what is said of a fact that was considered and not counted."""
    heading = next(part for part in explanation.tree.parts if part.label.en.startswith("Considered"))
    return next(part.label.en for part in heading.parts if fact in part.evidence)


def test_a_counted_fact_is_named_with_what_it_is() -> None:
    """The one study report stands under what was counted, by day, type and id."""
    (found,) = explained("lzwl2017:8.1.3", "学生甲")
    counted = next(part for part in found.tree.parts if part.label.en == "Counted")
    assert [(part.evidence, part.label.en[:26]) for part in counted.parts] == [(("a1",), "study report of 2018-03-10")]
    assert found.tree.truth == Truth.TRUE


def test_the_rule_is_told_with_clause_modality_and_every_reading() -> None:
    """Citation, modality, and each reading in force with its other options and its reason stand in the tree."""
    (found,) = explained("lzwl2017:8.1.7", "学生甲")
    text = told(found)
    assert "clause 八、1 (shall)" in text
    read = "reading practice in a vacation: counts in the semester that follows (vacation_counts=following_semester"
    assert f"{read}; or `no`: counts in no semester" in text
    assert "(partial=exempt; or `full`: held to all of it" in text


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        ({"id": "x", **REPORT, "on": "2017-12-20", "attended": ["学生乙"]}, "outside the period"),
        ({"id": "x", **REPORT, "on": "2018-04-01", "attended": []}, "not listed as attending"),
        ({"id": "x", **REPORT, "on": "2018-04-01", "attended": [], "excused": ["学生乙"]}, "excused, which"),
        ({"id": "x", **REPORT, "on": "2018-04-01"}, "no attendance was recorded"),
        ({"id": "x", **REPORT, "on": "2018-07", "attended": ["学生乙"]}, "names only the month"),
    ],
)  # fmt: skip
def test_a_fact_that_does_not_count_is_named_with_the_reason(fact: Row, reason: str) -> None:
    """Outside the period, not listed, excused, no list, or only the month: each is said of the fact."""
    (found,) = explained("lzwl2017:8.1.3", "学生乙", fact)
    assert found.finding is not None
    assert found.finding.status != "satisfied"
    assert reason in why(found, "x")


def test_events_of_other_units_without_a_list_are_told_by_their_number() -> None:
    """Without a list, one of the bearer's own unit is named, one elsewhere that excuses them too, others counted."""
    elsewhere = {**REPORT, "on": "2018-04-01", "unit": "支部丁"}
    (found,) = explained(
        "lzwl2017:8.1.3",
        "学生乙",
        {"id": "own", **REPORT, "on": "2018-04-02"},
        {"id": "other-1", **elsewhere},
        {"id": "other-2", **elsewhere},
        {"id": "other-3", **elsewhere, "attended": []},
        {"id": "excused", **elsewhere, "excused": ["学生乙"]},
    )
    assert "no attendance was recorded" in why(found, "own")
    assert "excused, which" in why(found, "excused")
    text = told(found)
    assert "other units recorded no attendance of 2 more, which count for nobody" in text
    assert "other-" not in text


def test_beside_an_explanation_stands_what_bears_on_its_rule() -> None:
    """That nobody was there to register a result is told beside that rule, and not beside one of attendance."""
    course = {"fact": "training_completed", "on": "2018-04-01", "course": "activist_course", "passed": True}
    found, _ = asked({"id": "x", **course, "person": "学生丁"})
    *others, nobody = found.notices
    assert nobody.en.startswith("lzwl2017:4.5: no unit was there to act")
    assert found.notices_on(["lzwl2017:4.5"]) == (*others, nobody)
    assert found.notices_on(["lzwl2017:8.1.3"]) == tuple(others)


def test_a_retracted_fact_is_named_with_what_retracted_it() -> None:
    """What would have counted and was retracted is told of, with the reason given for the retraction."""
    (found,) = explained(
        "lzwl2017:8.1.3",
        "学生甲",
        {"id": "r", "fact": "fact_retracted", "on": "2018-05-01", "target": "a1", "reason": "wrong list"},
    )
    assert found.finding is not None
    assert found.finding.status == "breached"
    assert "retracted by r: wrong list" in why(found, "a1")


def test_an_event_of_a_unit_that_is_not_what_is_asked_for_is_named() -> None:
    """An appraisal by a unit that is no branch does not count, and the condition that fails is shown."""
    appraisal = {"id": "x", "fact": "meeting_held", "on": "2018-04-01", "meeting": "democratic_appraisal"}
    found = explained("lzwl2017:8.3.1", "学生甲", {**appraisal, "unit": "团委", "attended": ["学生甲"]})[-1]
    assert "is not what is asked for" in why(found, "x")


def test_a_record_without_standing_is_named_with_the_reason() -> None:
    """An evaluation by somebody who is not the instructor counts for nothing, and says so."""
    member = {"id": "s9", "fact": "stage_entered", "on": "2017-01-01", "person": "学生丙", "stage": "full_member"}
    rated = {
        "id": "x",
        "fact": "dorm_evaluated",
        "on": "2018-04-01",
        "person": "学生丙",
        "by": "学生甲",
        "rating": "good",
    }
    found = explained("lzcu2012:5.5.2", "学生丙", member, rated, without=("s3",))[-1]
    assert "not made by the instructor of the person's building" in why(found, "x")


def test_the_days_on_which_the_duty_binds_are_told_with_the_condition_that_ends_it() -> None:
    """Up to the leaving the duty binds, after it it does not, because the person is not there."""
    left = {"id": "x", "fact": "person_left", "on": "2018-05-01", "person": "学生乙"}
    (found,) = explained("lzwl2017:8.1.3", "学生乙", left)
    text = told(found)
    assert "2018-02-26 to 2018-04-30: it binds" in text
    assert "2018-05-01 to 2018-07-08: it does not bind" in text
    assert (
        "lzwl2017:8.1.3.partial=full (bearers in scope for part of a period: held to all of it): breached [no]" in text
    )


def test_a_pending_finding_says_how_many_more_by_when() -> None:
    """Before the end of the semester one more study report by its last day would do."""
    (found,) = explained("lzwl2017:8.1.3", "学生乙", as_of=date(2018, 6, 1))
    assert "1 study report more by 2018-07-08 would satisfy it" in told(found)


def test_an_unknown_finding_says_what_would_decide_it() -> None:
    """Without declared terms the dates of the term are needed."""
    (found,) = explained("lzwl2017:8.1.3", "学生乙", without=("t1",))
    assert "to decide it: the declared dates of the term" in told(found)
    assert "由" not in told(found)
    assert "要判定，需要" in told(found, "zh")


def test_a_normally_breach_says_which_judgement_would_excuse_it() -> None:
    """The judgement is named with clause, bearer and the period's first day."""
    found = next(
        each
        for each in explained("lzwl2017:8.2.1-hold", "支部甲")
        if each.finding and each.finding.status == "breached"
    )
    assert "outcome explained (clause lzwl2017:8.2.1-hold, about 支部甲, period 2018-" in told(found)


def test_the_readings_that_would_change_a_finding_are_those_that_do() -> None:
    """Whatever option the explanation names really gives the status it says, when adopted."""
    (found,) = [each for each in explained("lzwl2017:8.2.1-hold", "支部甲") if each.finding and each.finding.reason]
    heading = next(part for part in found.tree.parts if part.label.en == "What would change it")
    (line,) = [part.label.en for part in heading.parts if "partial=" in part.label.en]
    key, rest = line.split("=")
    option, status = rest.partition(" ")[0], rest.rpartition(": ")[2]
    other, _ = asked(readings={key: option})
    (finding,) = [f for f in other.findings(rule="lzwl2017:8.2.1-hold") if f.period == found.finding.period]  # type: ignore[union-attr]
    assert finding.status == status


def test_an_occasion_says_whether_the_bearer_is_on_its_list() -> None:
    """Of an assembly the result shows the attendance, and its message the excuse."""
    assembly = {"id": "x", "fact": "meeting_held", "on": "2018-03-20", "meeting": "branch_assembly", "unit": "支部甲"}
    (found,) = explained("lzwl2017:8.2.1-attend", "学生乙", {**assembly, "attended": ["学生甲"]})
    result = next(part for part in found.tree.parts if part.label.en.startswith("Result"))
    assert any(part.label.en == "学生乙 is listed as attending" and part.truth == Truth.FALSE for part in result.parts)


def test_where_there_is_no_finding_the_failing_condition_is_shown() -> None:
    """Somebody who is no member is told which condition of the scope fails."""
    (found,) = explained("lzwl2017:8.1.3", "学生丙")
    assert found.finding is None
    assert any("a stage held" in step.label.en and step.truth == Truth.FALSE for step in steps(found.tree))


def test_where_no_occasion_bound_somebody_the_nearest_ones_are_shown() -> None:
    """The assembly of another branch is shown with the membership that is lacking."""
    assembly = {"id": "x", "fact": "meeting_held", "on": "2018-03-20", "meeting": "branch_assembly", "unit": "支部甲"}
    (found,) = explained("lzwl2017:8.2.1-attend", "学生丙", {**assembly, "attended": ["学生甲"]})
    assert found.finding is None
    assert "Such records: 1" in told(found)
    assert any("a membership" in step.label.en and step.truth == Truth.FALSE for step in steps(found.tree))


def test_nearest_to_an_occasion_are_those_of_units_that_somebody_was_in() -> None:
    """Of many assemblies the one of a branch in which somebody is no Party member is shown, though others are later."""
    assembly = {"fact": "meeting_held", "meeting": "branch_assembly", "attended": ["学生甲"]}
    others = [{"id": f"other-{n}", **assembly, "on": f"2018-04-0{n}", "unit": "支部甲"} for n in range(1, 5)]
    joined = {"id": "m9", "fact": "membership_started", "on": "2017-01-01", "person": "学生丙", "unit": "支部丁"}
    own = {"id": "own", **assembly, "on": "2018-03-20", "unit": "支部丁"}
    (found,) = explained("lzwl2017:8.2.1-attend", "学生丙", joined, own, *others)
    text = told(found)
    assert "Such records: 5, the nearest 1" in text
    assert "own" in text
    assert "other-" not in text


def test_before_the_document_is_in_force_that_is_the_reason() -> None:
    """The first day in force is named."""
    (found,) = explained("lzwl2017:8.1.3", "学生甲", as_of=date(2017, 1, 1))
    assert "the document binds from 2017-12-11" in told(found)


@pytest.mark.parametrize(
    ("rule", "subject", "message"),
    [
        ("lzwl2017:8.1.33", "学生甲", "did you mean `lzwl2017:8.1.3`?"),
        ("lzwl2017:4.4.1", "学生甲", "step of the pipeline"),
        ("lzwl2017:8.1.3", "学生甲甲", "did you mean `学生甲`?"),
    ],
)
def test_what_does_not_exist_is_refused_with_the_nearest(rule: str, subject: str, message: str) -> None:
    """An unknown rule or subject, and a rule of the pipeline, are refused."""
    with pytest.raises(QueryError, match=message.replace("?", r"\?")):
        explained(rule, subject)


def test_a_judgement_clause_is_explained_by_what_was_recorded() -> None:
    """A clause that only a judgement answers shows the judgements recorded and infers nothing."""
    committee = {"id": "c", "fact": "unit_established", "on": "2016-01-01", "unit": "党委", "kind": "school_committee"}
    made = {"id": "j", "fact": "judgement_made", "on": "2018-05-01", "clause": "lzwl2017:1.2.3", "by": "党委"}
    (found,) = explained("lzwl2017:1.2.3", "党委", committee, {**made, "about": "党委", "outcome": "met"})
    assert found.finding is not None
    assert found.finding.status == "satisfied"
    assert any(step.evidence == ("j",) for step in steps(found.tree) if step is not found.tree)


def test_every_rule_can_be_explained_in_both_languages_and_on_the_wire() -> None:
    """No rule of either pack, in whatever status, defeats the explanation."""
    found, _ = asked()
    every = {(each.rule, each.status): each for each in found.findings(judgements=True)}
    assert {status for _, status in every} >= {"satisfied", "breached", "unknown", "not_applicable"}
    for finding in every.values():
        explanation = explain_finding(found, finding)
        assert explanation.tree.label == finding.message
        assert told(explanation, "zh")
        assert told(explanation, "en")
        assert explanation.to_wire()["finding"] == finding.to_wire()


def test_a_condition_on_whomever_is_told() -> None:
    """A relation of whomever, and one however long it has held, are told like any other condition."""
    scope = holds("membership") & holds("membership", where=Age())
    talks = at_least(1, events("talk_held", person=SUBJECT, window="ever"))
    held = language.asked(
        (member("p", "c", "2020-01-01"),), "2020-05-01", duty("x", Bearer("person", scope), Standing(), talks)
    )
    (finding,) = held.findings()
    found = explain_finding(held, finding)
    labels = [step.label for step in steps(found.tree) if step.label.en == "on 2020-05-01 a membership"]
    assert [label.zh for label in labels] == ["2020-05-01 所在组织"] * 2


@pytest.mark.parametrize(
    "asks",
    [
        at_least(1, MostCovered("sections", ("a",), events("document_filed", document=(), window="ever"))),
        Undecided("_"),
    ],
    ids=["of no kind", "for what has no word"],
)
def test_what_has_no_words_of_its_own_is_told(asks: Condition) -> None:
    """What nothing can be, and a need without a letter, end in no error but are told by what there is."""
    asking = duty("x", Bearer("person", MEMBER & asks), Standing(), at_least(1, events("talk_held", window="ever")))
    held = language.asked((member("p", "c", "2020-01-01"),), "2020-05-01", asking)
    (found,) = explain(held, rule=held.adoption.duties[0].id, subject="p")
    assert found.tree.label.zh
