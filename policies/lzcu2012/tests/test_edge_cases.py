"""The edge cases that a correct engine handles, each named in the sentence that says what it must do."""

from datetime import date
from typing import Any

import pytest

import partyrules
import partyrules_lzcu2012
from partyrules.testing.institution import (
    Facts,
    closed,
    dissolved,
    document,
    fact,
    full_member,
    leave,
    leave_over,
    lives,
    meeting,
    member,
    moved_out,
    opened,
    plate,
    retracted,
    stage,
    unit,
)
from policies.lzcu2012.tests.cases import H1, H2
from policies.lzcu2012.tests.institution import TERMS, adopted, finding, findings, group, instructor, rated

DAY = "2013-06-30"
P1 = full_member("p1")
HOME = lives("p1", "H1")


def test_two_members_in_a_room() -> None:
    """Two members in a room: each needs a sign of their own, or one between them where one for the room suffices."""
    facts = (*H1, P1, HOME, full_member("p3"), lives("p3", "H1"), plate("p1", "H1"))
    assert [one.status for one in findings(facts, "5.4.1", DAY)] == ["satisfied", "breached"]
    assert [one.status for one in findings(facts, "5.4.1", DAY, sign="per_room")] == ["satisfied", "satisfied"]


def test_member_in_no_building() -> None:
    """A member in no building has none of the duties of those who live in one."""
    for rule in ("3.7", "4.2.1.2", "5.2.2", "5.4.1", "5.5.2"):
        assert findings((*TERMS, *H1, P1), rule, DAY, subject="p1") == ()


def test_building_without_a_group() -> None:
    """A building without a group breaches 3.2 and gives its members no duties."""
    facts = (*TERMS, opened("H3"), P1, lives("p1", "H3"))
    assert finding(facts, "3.2", DAY).status == "breached"
    for rule in ("3.7", "5.2.2", "5.4.1"):
        assert findings(facts, rule, DAY) == ()


def test_group_without_a_building() -> None:
    """A group for no building has its own duties and can have no instructor."""
    facts = (*TERMS, group("BG9", None), instructor("i1", "H1"))
    assert finding(facts, "3.3", DAY).status == "breached"
    assert finding(facts, "4.2.1.1", "2013-05-31", start="2013-05-01").status == "breached"


def test_room_changed_mid_semester() -> None:
    """A room changed mid-semester: within covered buildings the duty runs on, and each evaluation counts where made."""
    facts = (*TERMS, *H1, *H2, P1, HOME, lives("p1", "H2", on="2013-05-01"), instructor("i1", "H1"))
    old = rated("good", "2013-04-30", by="i1")
    found = finding((*facts, old), "5.5.2", "2013-07-07", start="2013-02-25", subject="p1")
    assert (found.status, found.evidence) == ("satisfied", (old.id,))
    late = rated("good", "2013-05-01", by="i1")
    found = finding((*facts, late), "5.5.2", "2013-07-07", start="2013-02-25", subject="p1")
    assert found.status == "breached"


def test_move_out_of_a_covered_building() -> None:
    """Who moves where no group is, or whose group goes, is bound for part of the period alone."""
    for change in (
        (opened("H3"), lives("p1", "H3", on="2013-05-01")),
        (moved_out("p1", "H1", "2013-05-01"),),
        (dissolved("BG1", "2013-05-01"),),
        (fact("building_closed", "2013-05-01", building="H1"),),
    ):
        facts = (*H1, P1, HOME, *change)
        assert finding(facts, "4.2.1.2", DAY, start="2013-04-01").reason == "partial_period"


def test_new_room_within_the_building() -> None:
    """A new residence ends the old one: the sign belongs where the member lives now."""
    facts = (*H1, P1, HOME, plate("p1", "H1"), lives("p1", "H1", "205", "2013-06-30"))
    assert finding(facts, "5.4.1", "2013-06-29").status == "satisfied"
    assert finding(facts, "5.4.1", DAY).status == "breached"


def test_evaluator_of_another_building() -> None:
    """Evaluation by an instructor of another building: it counts for nothing and is reported."""
    facts: Facts = (*TERMS, *H1, *H2, P1, HOME, instructor("i2", "H2"), rated("good", "2013-05-01", by="i2"))
    assert finding(facts, "5.5.2", "2013-07-07", start="2013-02-25", subject="p1").status == "breached"
    irregular = partyrules.audit(facts, adopted(), as_of=date(2013, 7, 7)).irregular()
    assert [(one.fact, one.reason) for one in irregular] == [("dorm_evaluated", "not_the_instructor")]


def test_leave_of_a_resident() -> None:
    """Leave for 46 of the quarter's 91 days excuses its report, for 45 it does not (4.2.1.2)."""
    for until, status in (("2013-05-16", "not_applicable"), ("2013-05-15", "breached")):
        facts = (*H1, P1, HOME, leave("p1", "2013-04-01", until=until))
        assert finding(facts, "4.2.1.2", DAY, start="2013-04-01").status == status
    back = (*H1, P1, HOME, leave("p1", "2013-04-01"), leave_over("p1", "2013-05-17"))
    assert finding(back, "4.2.1.2", DAY, start="2013-04-01").reason == "on_leave"


def test_register_of_a_building() -> None:
    """A standing duty of a building takes the record as it is."""
    assert finding((opened("H1"), closed("2013-01-01")), "3.2", DAY).status == "breached"


def test_months_of_reports() -> None:
    """Month-precision dates at a deadline: a report of some day of a month counts in its quarter."""
    facts = (*H1, P1, HOME, document("thought_report", "p1", "2013-06"))
    assert finding(facts, "4.2.1.2", DAY, start="2013-04-01").status == "satisfied"
    early = finding(facts, "4.2.1.2", "2013-06-10", start="2013-04-01")
    assert (early.status, early.needs) == ("unknown", ("full_date",))
    retraction = retracted(facts[-1])
    assert finding((*facts, retraction), "4.2.1.2", DAY, start="2013-04-01").status == "breached"


def test_month_of_a_move() -> None:
    """Moved in on some day of a month: on its days the standing duties are open, after it they bind."""
    facts = (*H1, P1, lives("p1", "H1", on="2013-06"))
    assert finding(facts, "5.2.2", "2013-06-15").status == "unknown"
    assert finding(facts, "5.2.2", DAY).status == "breached"


@pytest.mark.parametrize("rule", ["3.7", "5.2.2", "5.4.1"])
def test_end_of_the_pipeline(rule: str) -> None:
    """The stage none ends the duties of a resident, on that day already."""
    facts = (*H1, P1, HOME, stage("p1", "none", DAY))
    assert [len(findings(facts, rule, day)) for day in ("2013-06-29", DAY)] == [1, 0]


def test_two_packs_disagree() -> None:
    """Two packs disagreeing: an appraisal each semester by the one, each year by the other; both findings stand."""
    other = pytest.importorskip("partyrules_lzwl2017").pack
    facts = (
        fact("term_declared", "2018-02-26", term="2018-spring", kind="semester", until="2018-07-08"),
        fact("term_declared", "2018-09-01", term="2018-autumn", kind="semester", until="2018-12-31"),
        unit("B1", "branch"),
        member("p1", "B1"),
        *H1,
        P1,
        HOME,
        meeting("democratic_appraisal", "B1", "2018-05-01", attended=["p1"]),
        meeting("democratic_appraisal", "BG1", "2018-10-01", attended=["p1"]),
    )
    both = partyrules.adopt([partyrules_lzcu2012.pack, other])
    asked = partyrules.audit(facts, both, as_of=date(2018, 12, 31))
    found = [one for rule in ("lzcu2012:4.2.1.3", "lzwl2017:8.3.1") for one in asked.findings(rule=rule)]
    assert [(one.rule, one.subject, str(one.period and one.period.start), one.status) for one in found] == [
        ("lzcu2012:4.2.1.3", "BG1", "2018-02-26", "breached"),
        ("lzcu2012:4.2.1.3", "BG1", "2018-09-01", "satisfied"),
        ("lzwl2017:8.3.1", "p1", "2017-01-01", "not_applicable"),
        ("lzwl2017:8.3.1", "p1", "2018-01-01", "satisfied"),
    ]


def test_veto_and_everything_else_met() -> None:
    """Veto and everything else met: with every requirement of both packs met, one poor evaluation vetoes the step."""
    other = pytest.importorskip("partyrules_lzwl2017").pack
    step = "probationary_member"
    facts = (
        unit("GD", "guidance_department"),
        unit("GB", "general_branch"),
        *H1,
        HOME,
        instructor("i1", "H1"),
        stage("p1", "development_target", "2018-01-01"),
        fact("training_completed", "2018-02-01", person="p1", course="development_target_course", days=3, hours=24),
        fact("review_completed", "2018-02-02", person="p1", review="political_review", outcome="pass"),
        fact("talk_held", "2018-02-03", person="p1", talk="any"),
        fact("opinion_requested", "2018-02-04", person="p1", step=step, by="GB", of="GD"),
        fact("opinion_given", "2018-02-05", person="p1", step=step, by="GD", verdict="support"),
    )
    both = partyrules.adopt([partyrules_lzcu2012.pack, other])
    asked: dict[str, Any] = {"person": "p1", "to": step, "on": date(2018, 6, 30)}
    permitted = partyrules.decide(facts, both, **asked)
    met = ["lzcu2012:4.3.3.2", "lzwl2017:2.4.2-review", "lzwl2017:2.4.2-talk", "lzwl2017:4.6.1"]
    assert (permitted.outcome, [item.rule for item in permitted.met]) == ("permitted", met)
    vetoed = partyrules.decide((*facts, rated("poor", "2018-03-01")), both, **asked)
    assert (vetoed.outcome, [item.rule for item in vetoed.vetoes]) == ("vetoed", ["lzcu2012:4.3.3.3"])
    assert [item.rule for item in vetoed.met] == met
