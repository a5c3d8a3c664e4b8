"""The reference evaluator on small cases worked out by hand: each status, each reason, each need."""

from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from partyrules.errors import QueryError
from partyrules.facts.vocabulary import Fact
from partyrules.packs.pack import Pack, adopt
from tests import toy
from tests.toy import (
    TERMS,
    Facts,
    activity,
    audited,
    closed,
    decision,
    dissolved,
    fact,
    filed,
    finding,
    findings,
    judged,
    leave,
    leave_over,
    left,
    link,
    lives,
    meeting,
    member,
    no_member,
    registered,
    stage,
    training,
    unit,
)

B1 = unit("B1", "branch")
OFFICE = unit("O", "guidance_department")
P1 = stage("p1", "fellow")
END = "2020-06-30"


def said(facts: tuple[Fact, ...], rule: str, as_of: str, *, start: str | None = None, **asked: Any) -> tuple[Any, ...]:
    """Return status, reason, needs, required and actual of the only finding."""
    one = finding(facts, rule, as_of, start=start, **asked)
    return (one.status, one.reason, one.needs, one.required, one.actual)


def starts(facts: tuple[Fact, ...], rule: str, as_of: str, **asked: Any) -> list[str | None]:
    """Return where the periods of the findings begin, None for those without one."""
    return [
        None if one.period is None else one.period.start.isoformat() for one in findings(facts, rule, as_of, **asked)
    ]


# Period duties ----------------------------------------------------------------------------------------------


def test_one_finding_each_period() -> None:
    """Each period with a day up to the day asked, since the pack is in force, has one finding."""
    assert starts((B1,), "1.4", "2020-06-30") == ["2020-01-01", "2020-04-01"]
    assert starts((B1,), "1.4", "2020-07-01") == ["2020-01-01", "2020-04-01", "2020-07-01"]
    assert starts((B1,), "1.4", "2019-12-31") == []


def test_satisfied_and_breached() -> None:
    """A closed period is satisfied by what happened in it and breached without."""
    facts = (B1, meeting("assembly", "B1", "2020-03-31"), meeting("assembly", "B2", "2020-05-01"))
    assert said(facts, "1.4", END, start="2020-01-01") == ("satisfied", None, (), 1, 1)
    assert said(facts, "1.4", END, start="2020-04-01") == ("breached", None, (), 1, 0)


def test_pending_until_the_last_day() -> None:
    """What is not met is pending before the period's last day and breached on it; what is met is satisfied at once."""
    assert said((B1,), "1.4", "2020-06-29", start="2020-04-01")[0] == "pending"
    assert said((B1,), "1.4", "2020-06-30", start="2020-04-01")[0] == "breached"
    early = (B1, meeting("assembly", "B1", "2020-04-01"))
    assert said(early, "1.4", "2020-04-01", start="2020-04-01") == ("satisfied", None, (), 1, 1)


def test_due_and_evidence() -> None:
    """A period duty is due at the period's end, and its evidence is what was counted."""
    one, two = meeting("assembly", "B1", "2020-02-01"), meeting("assembly", "B1", "2020-03-01")
    found = finding((B1, two, one), "1.4", END, start="2020-01-01")
    assert str(found.due) == "2020-03-31"
    assert found.evidence == (one.id, two.id)
    assert found.actual == 2
    assert (found.clause, found.rule, found.subject) == ("一、4", "toy:1.4", "B1")
    assert found.readings == {"early": "own_quarter", "leave": "half", "partial": "exempt"}


def test_spanning_event() -> None:
    """An event that spans two periods counts once, in the one that holds its first day."""
    facts = (B1, meeting("assembly", "B1", "2020-03-30", until="2020-04-05"))
    assert said(facts, "1.4", END, start="2020-01-01")[0] == "satisfied"
    assert said(facts, "1.4", END, start="2020-04-01")[0] == "breached"


def test_encouraged_is_never_breached() -> None:
    """What is only encouraged is advisory where it was not done, and pending before."""
    assert said((P1,), "1.7", END)[0] == "advisory"
    assert said((P1,), "1.7", "2020-06-29")[0] == "pending"
    assert said((P1, activity("talk", "B1", "2020-02-01", attended=["p1"])), "1.7", END)[0] == "satisfied"


def test_maximum() -> None:
    """Exceeding a maximum by what happened is breached at once: nothing that is still to come takes it back."""
    films = tuple(activity("film", "B1", f"2020-05-{day}") for day in ("02", "09", "16"))
    assert said((B1, *films[:2]), "1.8", "2020-05-31", start="2020-05-01") == ("satisfied", None, (), 2, 2)
    assert said((B1, *films), "1.8", "2020-05-15", start="2020-05-01") == ("satisfied", None, (), 2, 2)
    assert said((B1, *films), "1.8", "2020-05-16", start="2020-05-01") == ("breached", "above_maximum", (), 2, 3)
    assert said((B1, *films), "1.8", "2020-05-31", start="2020-05-01") == ("breached", "above_maximum", (), 2, 3)


def test_sum() -> None:
    """Hours are summed exactly over the year, and a whole sum is a whole number."""
    tenths = tuple(training("p1", "practice", f"2020-03-{day:02}", hours=Decimal("0.1")) for day in range(1, 11))
    assert said((P1, *tenths), "1.3", "2020-12-31") == ("breached", None, (), 10, 1)
    assert isinstance(finding((P1, *tenths), "1.3", "2020-12-31").actual, int)
    enough = (*tenths, training("p1", "practice", "2020-12-31", hours=9))
    assert said((P1, *enough), "1.3", "2020-12-31") == ("satisfied", None, (), 10, 10)
    half = (P1, training("p1", "practice", "2020-05-01", hours=Decimal("9.5")))
    assert said(half, "1.3", "2020-12-31") == ("breached", None, (), 10, Decimal("9.5"))
    assert said(half, "1.3", "2020-12-30") == ("pending", None, (), 10, Decimal("9.5"))


def test_missing_number() -> None:
    """A missing number leaves the sum unknown, also in an open year, unless the rest suffices."""
    open_sum = (P1, training("p1", "practice", "2020-03-01"), training("p1", "practice", "2020-03-02", hours=4))
    for as_of in ("2020-06-30", "2020-12-31"):
        assert said(open_sum, "1.3", as_of) == ("unknown", None, ("hours",), 10, 4)
    enough = (*open_sum, training("p1", "practice", "2020-03-03", hours=6))
    assert said(enough, "1.3", "2020-12-31")[0] == "satisfied"


def test_unset_interval() -> None:
    """An interval that nobody set gives one unknown without period for each bearer in scope on the day."""
    facts = (B1, unit("B2", "branch"), dissolved("B2", "2020-06-01"))
    (found,) = findings(facts, "1.6", END)
    assert (found.subject, found.status, found.needs) == ("B1", "unknown", ("parameter:interval",))
    assert (found.period, found.due, found.actual, found.required) == (None, None, None, 1)


def test_set_interval() -> None:
    """An interval that is set makes an ordinary period duty of it."""
    facts = (B1, filed("report", "B1", "2020-02-03"))
    grains = {"month": 6, "quarter": 2, "half_year": 1, "year": 1}
    for grain, number in grains.items():
        found = findings(facts, "1.6", END, parameters={"1.6.interval": grain})
        assert len(found) == number
        assert sum(one.status == "satisfied" for one in found) == 1
    semesters = findings((*TERMS, *facts), "1.6", END, parameters={"1.6.interval": "semester"})
    assert [one.status for one in semesters] == ["not_applicable", "pending"]


# Part of a period, leave, months of a vacation --------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ((stage("p1", "fellow", "2020-01-01"),), "breached"),
        ((stage("p1", "fellow", "2020-01-02"),), "not_applicable"),
        ((stage("p1", "fellow"), stage("p1", "none", "2020-06-30")), "not_applicable"),
        ((stage("p1", "fellow"), stage("p1", "none", "2020-07-01")), "breached"),
        ((stage("p1", "fellow"), left("p1", "2020-06-30")), "not_applicable"),
        ((stage("p1", "fellow"), registered("p1", "2020-01-02")), "not_applicable"),
    ],
)
def test_part_of_a_period(facts: Facts, status: str) -> None:
    """Whoever is in scope for only part of the days so far is not held to the period; `full` holds them to it."""
    expected = "advisory" if status == "breached" else status
    found = finding(facts, "1.7", "2020-07-15", start="2020-01-01")
    assert (found.status, found.reason) == (expected, "partial_period" if expected == "not_applicable" else None)
    full = finding(facts, "1.7", "2020-07-15", start="2020-01-01", readings={"1.7.partial": "full"})
    assert (full.status, full.reason) == ("advisory", None)


@pytest.mark.parametrize(
    ("first", "gone", "as_of", "status"),
    [
        # 182 days from January to June 2020: half of them are 91, from 1 April on.
        ("2020-04-01", None, "2020-07-15", "advisory"),
        ("2020-04-02", None, "2020-07-15", "not_applicable"),
        ("2019-01-01", "2020-04-01", "2020-07-15", "advisory"),
        ("2019-01-01", "2020-03-31", "2020-07-15", "not_applicable"),
        # Of an open period the days so far count: of nine five are half.
        ("2020-01-05", None, "2020-01-09", "pending"),
        ("2020-01-06", None, "2020-01-09", "not_applicable"),
        # Of a month any day may be the right one.
        ("2020-04", None, "2020-07-15", "unknown"),
        ("2020-03", None, "2020-07-15", "advisory"),
        ("2020-05", None, "2020-07-15", "not_applicable"),
    ],
)
def test_less_than_half_of_a_period(first: str, gone: str | None, as_of: str, status: str) -> None:
    """By the reading `half` only who is in scope for fewer than half of the days so far is not held to the period."""
    facts = (stage("p1", "fellow", first), *([stage("p1", "none", gone)] if gone else []))
    found = finding(facts, "1.7", as_of, start="2020-01-01", readings={"1.7.partial": "half"})
    assert (found.status, found.reason) == (status, "partial_period" if status == "not_applicable" else None)
    assert found.needs == (("full_date",) if status == "unknown" else ())


def test_half_of_the_days_in_several_stretches() -> None:
    """Days in scope count together, whether or not they follow each other."""
    facts = (
        stage("p1", "fellow", "2020-01-01"),
        stage("p1", "newcomer", "2020-02-01"),
        stage("p1", "fellow", "2020-05-02"),
    )
    half = {"1.7.partial": "half"}
    assert said(facts, "1.7", "2020-07-15", start="2020-01-01", readings=half)[0] == "advisory"
    assert said(facts, "1.7", "2020-06-29", start="2020-01-01", readings=half)[:2] == (
        "not_applicable",
        "partial_period",
    )


def test_part_of_a_period_that_was_met() -> None:
    """Whoever is not held to a period is not held to it, whatever they did; the count is shown."""
    facts = (stage("p1", "fellow", "2020-03-01"), activity("talk", "B1", "2020-04-01", attended=["p1"]))
    assert said(facts, "1.7", END) == ("not_applicable", "partial_period", (), 1, 1)


def test_open_period_so_far() -> None:
    """Only the days so far matter: who joined on its first day and is in scope today is held to it."""
    facts = (stage("p1", "fellow", "2020-01-01"), stage("p1", "none", "2020-05-01"))
    assert said(facts, "1.7", "2020-04-30")[0] == "pending"
    assert said(facts, "1.7", "2020-05-01")[:2] == ("not_applicable", "partial_period")


def test_pack_in_force_for_part() -> None:
    """A period that the pack's force covers only in part is not judged; one outside of it has no finding."""
    until = adopt([evolve(toy.pack, document=evolve(toy.pack.document, in_force_until=toy.IN_FORCE.replace(month=5)))])
    found = audited((B1,), "2020-12-31", adoption=until).findings(rule="toy:1.4")
    assert [(str(one.period and one.period.start), one.status, one.reason) for one in found] == [
        ("2020-01-01", "breached", None),
        ("2020-04-01", "not_applicable", "partial_period"),
    ]
    office = audited((OFFICE,), "2020-05-01", adoption=until).findings(rule="toy:2.2")
    assert len(office) == 1
    assert audited((OFFICE,), "2020-05-02", adoption=until).findings(rule="toy:2.2") == ()


@pytest.mark.parametrize(
    ("first", "back", "half", "any_leave"),
    [
        # 182 days from January to June 2020: more than half is 92 of them.
        ("2020-01-01", "2020-04-01", "advisory", "not_applicable"),
        ("2020-01-01", "2020-04-02", "not_applicable", "not_applicable"),
        ("2020-06-30", None, "advisory", "not_applicable"),
        ("2020-07-01", None, "advisory", "advisory"),
    ],
)
def test_leave(first: str, back: str | None, half: str, any_leave: str) -> None:
    """Leave for more than half of the days excuses a period; by readings any leave does, or none."""
    facts = (P1, leave("p1", first), *([leave_over("p1", back)] if back else []))
    for option, expected in (("half", half), ("any", any_leave), ("ignore", "advisory")):
        found = finding(facts, "1.7", "2020-07-15", start="2020-01-01", readings={"1.7.leave": option})
        reason = "on_leave" if expected == "not_applicable" else None
        assert (option, found.status, found.reason) == (option, expected, reason)


def test_leave_so_far() -> None:
    """In an open period leave is measured against the days so far."""
    facts = (P1, leave("p1", "2020-01-04"))
    for day, expected in (("2020-01-06", "pending"), ("2020-01-07", "not_applicable")):
        assert (day, said(facts, "1.7", day)[0]) == (day, expected)


def test_overlapping_leaves_count_once() -> None:
    """A day of two leaves is one day of leave."""
    other = fact("leave_started", "2020-01-01", person="p1", kind="internship", until="2020-03-01")
    same = fact("leave_started", "2020-01-01", person="p1", kind="sick", until="2020-03-01")
    assert said((P1, other, same), "1.7", END)[0] == "advisory"


def test_partial_period_before_leave() -> None:
    """Where both hold, the part of a period is named first."""
    facts = (stage("p1", "fellow", "2020-02-01"), leave("p1", "2020-01-01"))
    assert said(facts, "1.7", END)[:2] == ("not_applicable", "partial_period")


def test_months_of_a_vacation() -> None:
    """With the reading `exempt`, months wholly inside one declared vacation are not judged, and only those."""
    facts = (*TERMS, B1)
    exempt = {"1.1.vacation_months": "exempt"}
    found = {
        str(one.period.start)[:7]: (one.status, one.reason)
        for one in findings(facts, "1.1", "2020-09-30", readings=exempt)
        if one.period
    }
    # The summer vacation runs from 6 July to 30 August, so neither month lies wholly inside.
    assert set(found.values()) == {("breached", None)}
    longer = tuple(one for one in TERMS if one not in (toy.SUMMER, toy.AUTUMN))
    summer = toy.term("2020-summer", "summer_vacation", "2020-07-06", "2020-08-31")
    assert said((*longer, summer, B1), "1.1", "2020-09-30", start="2020-08-01", readings=exempt)[:2] == (
        "not_applicable",
        "vacation_month",
    )
    assert said((*longer, summer, B1), "1.1", "2020-09-30", start="2020-08-01")[0] == "breached"
    assert said((*longer, summer, B1), "1.1", "2020-09-30", start="2020-07-01", readings=exempt)[0] == "breached"


def test_month_in_two_vacations() -> None:
    """A month shared by two vacations lies wholly inside neither."""
    halves = (
        toy.term("one", "summer_vacation", "2020-07-20", "2020-08-15"),
        toy.term("two", "summer_vacation", "2020-08-16", "2020-09-10"),
    )
    exempt = {"1.1.vacation_months": "exempt"}
    assert said((B1, *halves), "1.1", "2020-09-30", start="2020-08-01", readings=exempt)[0] == "breached"


@pytest.mark.parametrize(
    ("first", "last", "month", "status"),
    [
        # More than half of 31 days are 16; of the 29 of a February, 15.
        ("2020-07-16", "2020-08-30", "2020-07-01", "vacation_month"),
        ("2020-07-17", "2020-08-30", "2020-07-01", "breached"),
        ("2020-07-17", "2020-08-16", "2020-08-01", "vacation_month"),
        ("2020-07-17", "2020-08-15", "2020-08-01", "breached"),
    ],
)
def test_months_mostly_of_vacations(first: str, last: str, month: str, status: str) -> None:
    """With the reading `mostly`, months of which more than half lies in declared vacations are not judged."""
    around = (
        toy.term("before", "semester", "2020-01-01", "2020-06-30"),
        toy.term("vacation", "summer_vacation", first, last),
        toy.term("after", "semester", "2020-09-01", "2020-12-31"),
    )
    mostly = {"1.1.vacation_months": "mostly"}
    found = finding((B1, *around), "1.1", "2020-09-30", start=month, readings=mostly)
    assert status in (found.status, found.reason)
    met = meeting("gathering", "B1", "2020-07-20"), meeting("gathering", "B1", "2020-08-01")
    found = finding((B1, *around, *met), "1.1", "2020-09-30", start=month, readings=mostly)
    assert (found.status, found.actual) == ("satisfied" if status == "breached" else "not_applicable", 1)


def test_a_month_in_two_vacations_is_mostly_in_them() -> None:
    """Days of all declared vacations count together for `mostly`."""
    halves = (
        toy.term("one", "summer_vacation", "2020-07-20", "2020-08-08"),
        toy.term("two", "summer_vacation", "2020-08-24", "2020-09-10"),
    )
    mostly = {"1.1.vacation_months": "mostly"}
    assert said((B1, *halves), "1.1", "2020-09-30", start="2020-08-01", readings=mostly)[1] == "vacation_month"


@pytest.mark.parametrize("option", ["exempt", "mostly"])
def test_months_that_no_terms_span(option: str) -> None:
    """Where a month is not within the span of the declared terms, only what was done decides it, open or over."""
    months = {"1.1.vacation_months": option}
    held = meeting("gathering", "B1", "2021-01-10")
    for day in ("2021-01-31", "2021-01-20"):
        assert said((*TERMS, B1), "1.1", day, start="2021-01-01", readings=months)[:3] == (
            "unknown",
            None,
            ("term_declared",),
        )
        assert said((*TERMS, B1, held), "1.1", day, start="2021-01-01", readings=months)[0] == "satisfied"
        assert said((*TERMS, B1), "1.1", day, start="2021-01-01")[0] == (
            "breached" if day == "2021-01-31" else "pending"
        )
    # Without any terms no month is known; those that lie within the span are, a gap between terms too.
    assert said((B1,), "1.1", END, start="2020-02-01", readings=months)[2] == ("term_declared",)
    gap = (toy.AUTUMN_2019, toy.SPRING)
    assert said((*gap, B1), "1.1", END, start="2020-01-01", readings=months)[0] == "breached"


def test_a_vacation_at_the_end_of_all_terms_exempts_its_months() -> None:
    """A month of which declared vacations have more than half is exempt, whatever was not declared of the rest."""
    mostly, exempt = ({"1.1.vacation_months": option} for option in ("mostly", "exempt"))
    terms = (toy.SPRING, toy.term("summer", "summer_vacation", "2020-07-06", "2020-08-20"))
    assert said((*terms, B1), "1.1", "2020-09-30", start="2020-08-01", readings=mostly)[1] == "vacation_month"
    assert said((*terms, B1), "1.1", "2020-09-30", start="2020-08-01", readings=exempt)[2] == ("term_declared",)


def test_part_of_a_month_comes_before_its_vacation() -> None:
    """Of a month that is both, the part is named."""
    late = toy.unit("B9", "branch", "2020-08-02")
    longer = (toy.SPRING, toy.term("summer", "summer_vacation", "2020-07-06", "2020-08-31"))
    found = finding(
        (late, *longer), "1.1", "2020-09-30", start="2020-08-01", readings={"1.1.vacation_months": "exempt"}
    )
    assert found.reason == "partial_period"


def test_explained() -> None:
    """A breach of what is normally done is excused by a recorded reason for that rule, bearer and period."""
    why = judged("1.1", "B1", "explained", "2020-06-15", period="2020-05-01")
    found = finding((B1, why), "1.1", END, start="2020-05-01")
    assert (found.status, found.reason, found.evidence) == ("excused", "explained", (why.id,))
    for other in (
        judged("1.1", "B2", "explained", "2020-06-15", period="2020-05-01"),
        judged("1.4", "B1", "explained", "2020-06-15", period="2020-05-01"),
        judged("1.1", "B1", "explained", "2020-06-15", period="2020-04-01"),
        judged("1.1", "B1", "explained", "2020-06-15"),
        judged("1.1", "B1", "met", "2020-06-15", period="2020-05-01"),
        judged("1.1", "B1", "explained", "2020-07-01", period="2020-05-01"),
    ):
        assert said((B1, other), "1.1", END, start="2020-05-01")[0] == "breached"


def test_explained_needs_normally() -> None:
    """A reason excuses only what is normally done, not what shall be, and not what is still open."""
    shall = judged("1.4", "B1", "explained", "2020-06-15", period="2020-01-01")
    assert said((B1, shall), "1.4", END, start="2020-01-01")[0] == "breached"
    early = judged("1.1", "B1", "explained", "2020-06-15", period="2020-06-01")
    assert said((B1, early), "1.1", "2020-06-20", start="2020-06-01")[0] == "pending"
    held = meeting("gathering", "B1", "2020-05-02")
    why = judged("1.1", "B1", "explained", "2020-06-15", period="2020-05-01")
    found = finding((B1, held, why), "1.1", END, start="2020-05-01")
    assert (found.status, found.evidence) == ("satisfied", (held.id,))


# Terms ------------------------------------------------------------------------------------------------------


def test_semesters() -> None:
    """A duty per semester is judged in the declared semesters and nowhere else."""
    facts = (*TERMS, P1)
    assert starts(facts, "1.2", "2020-12-31") == ["2019-09-02", "2020-02-24", "2020-08-31"]
    assert said(facts, "1.2", "2020-12-31", start="2019-09-02")[:2] == ("not_applicable", "partial_period")
    assert said(facts, "1.2", "2020-12-31", start="2020-02-24")[0] == "breached"
    assert said(facts, "1.2", "2020-12-31", start="2020-08-31")[0] == "pending"


def test_beyond_the_declared_terms() -> None:
    """Outside the span of the declared terms there is one unknown more for each bearer in scope, without period."""
    facts = (*TERMS, P1, stage("p2", "fellow"), stage("p2", "none", "2020-12-01"))
    found = findings(facts, "1.2", "2021-01-18")
    beyond = [one for one in found if one.period is None]
    assert [(one.subject, one.status, one.needs) for one in beyond] == [("p1", "unknown", ("term_declared",))]
    assert len(found) == 3 + 1 + 3
    assert all(one.period for one in findings(facts, "1.2", "2021-01-17"))


def test_no_declared_terms() -> None:
    """Without any declared term a duty per semester, vacation or academic year is unknown and nothing else."""
    for rule, facts in (("1.2", (P1,)), ("1.5", (OFFICE,)), ("1.3", (P1,))):
        readings = {"1.3.year": "academic"} if rule == "1.3" else None
        (found,) = findings(facts, rule, END, readings=readings)
        assert (found.period, found.status, found.needs) == (None, "unknown", ("term_declared",))


def test_gap_between_terms() -> None:
    """A day between declared terms is known to lie in none."""
    facts = (*TERMS, P1)
    assert all(one.period for one in findings(facts, "1.2", "2020-02-22"))
    held = activity("workshop", "B1", "2020-02-23", attended=["p1"])
    assert said((*facts, held), "1.2", "2020-12-31", start="2020-02-24")[0] == "breached"


def test_vacations() -> None:
    """A duty per vacation is judged in each declared vacation."""
    facts = (*TERMS, OFFICE, activity("camp", "O", "2020-07-06"), activity("camp", "O", "2020-02-22"))
    assert [one.status for one in findings(facts, "1.5", "2020-09-01")] == ["breached", "satisfied"]


def test_academic_years() -> None:
    """An academic year runs over its vacations to the eve of the next."""
    readings = {"1.3.year": "academic"}
    facts = (*TERMS, P1, training("p1", "practice", "2020-08-30", hours=10))
    found = findings(facts, "1.3", "2020-12-31", readings=readings)
    assert [(str(one.period.start), str(one.period.end), one.status, one.actual) for one in found if one.period] == [
        ("2019-09-02", "2020-08-30", "not_applicable", 10),
        ("2020-08-31", "2021-01-17", "pending", 0),
    ]


def test_academic_years_that_no_semester_names() -> None:
    """Where no declared semester names an academic year, the duty is unknown inside the span too."""
    bare = tuple(evolve(one, academic_year=None) for one in TERMS)  # type: ignore[call-arg]  # these are terms
    (found,) = findings((*bare, P1), "1.3", END, readings={"1.3.year": "academic"})
    assert (found.period, found.needs) == (None, ("term_declared",))


def test_events_of_the_vacation_before() -> None:
    """By reading, an event in a declared vacation counts in the first semester that starts after it."""
    held = activity("workshop", "B1", "2020-08-30", attended=["p1"])
    following = {"1.2.later": "following_semester"}
    facts = (*TERMS, P1, held)
    assert said(facts, "1.2", "2020-12-31", start="2020-08-31")[0] == "pending"
    assert said(facts, "1.2", "2020-12-31", start="2020-08-31", readings=following)[0] == "satisfied"
    assert said(facts, "1.2", "2020-12-31", start="2020-02-24", readings=following)[0] == "breached"
    gap = (*TERMS, P1, activity("workshop", "B1", "2020-02-23", attended=["p1"]))
    assert said(gap, "1.2", "2020-12-31", start="2020-02-24", readings=following)[0] == "breached"


def test_early_assemblies() -> None:
    """By reading, the assemblies beyond the first of a quarter count in the next one, and no further."""
    early = {"1.4.early": "next_quarter"}
    three = tuple(meeting("assembly", "B1", day) for day in ("2020-02-01", "2020-02-02", "2020-03-03"))
    found = findings((B1, *three), "1.4", "2020-09-30", readings=early)
    assert [(one.actual, one.status) for one in found] == [(3, "satisfied"), (2, "satisfied"), (0, "breached")]
    assert found[1].evidence == tuple(sorted(one.id for one in three[1:]))
    assert [one.status for one in findings((B1, *three), "1.4", "2020-09-30")] == ["satisfied", "breached", "breached"]


# The register -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("closures", "status"),
    [
        ((), "breached"),
        ((closed("2020-06-30"),), "breached"),
        ((closed("2020-06-29"),), "unknown"),
        ((closed("2020-06-30", "B1"),), "breached"),
        ((closed("2020-06-29", "B1"),), "unknown"),
        ((closed("2020-06-29"), closed("2020-06-30", "B1")), "breached"),
        ((closed("2020-06-30"), closed("2020-03-31", "B1")), "breached"),
        ((closed("2020-03-31", "B2"),), "breached"),
        ((closed("2020-03-31", "B1"), closed("2020-06-30", "B1")), "breached"),
    ],
)
def test_register_of_a_unit(closures: Facts, status: str) -> None:
    """What is missing where the register is not closed is unknown; without any register all is recorded."""
    needs = ("register_closed",) if status == "unknown" else ()
    assert said((B1, *closures), "1.4", "2020-07-15", start="2020-04-01") == (status, None, needs, 1, 0)


def test_register_of_an_open_period() -> None:
    """The register does not matter before the period is over, nor where the duty is met or exceeded."""
    closure = closed("2020-01-31")
    assert said((B1, closure), "1.4", "2020-05-01", start="2020-04-01")[0] == "pending"
    assert (
        said((B1, closure, meeting("assembly", "B1", "2020-05-01")), "1.4", END, start="2020-04-01")[0] == "satisfied"
    )
    films = tuple(activity("film", "B1", f"2020-05-{day}") for day in ("02", "09", "16"))
    assert said((B1, closure, *films), "1.8", END, start="2020-05-01")[:2] == ("breached", "above_maximum")


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ((member("p1", "B1"), closed("2020-06-30", "B1")), "advisory"),
        ((member("p1", "B1"), closed("2020-06-29", "B1")), "unknown"),
        ((member("p1", "B1"), closed("2020-06-29", "B2")), "advisory"),
        ((member("p1", "B1"), closed("2020-06-29", "B1"), closed("2020-06-30")), "advisory"),
        ((member("p1", "B1"), member("p1", "B2"), closed("2020-06-30", "B1"), closed("2020-06-29", "B2")), "unknown"),
        ((closed("2020-06-29"),), "unknown"),
        ((closed("2020-06-30"), closed("2020-01-31", "B1")), "advisory"),
        ((closed("2020-01-31", "B1"),), "advisory"),
        ((member("p1", "B1"), no_member("p1", "B1", "2020-06-30"), closed("2020-01-31", "B1")), "advisory"),
        ((member("p1", "B1"), no_member("p1", "B1", "2020-07-01"), closed("2020-01-31", "B1")), "unknown"),
        ((member("p1", "G"), closed("2020-01-31", "G")), "advisory"),
    ],
)
def test_register_of_a_person(facts: Facts, status: str) -> None:
    """On a person bears the least closed register of the branches held on the last day, else the institution's."""
    units = (B1, unit("B2", "branch"), unit("G", "group"))
    found = finding((*units, P1, *facts), "1.7", "2020-07-15", start="2020-01-01")
    assert (found.status, found.needs) == (status, ("register_closed",) if status == "unknown" else ())


def test_register_after_a_reason() -> None:
    """Where the register is open nothing is breached, and so nothing is excused."""
    why = judged("1.1", "B1", "explained", "2020-06-15", period="2020-05-01")
    assert said((B1, why, closed("2020-05-01")), "1.1", END, start="2020-05-01")[0] == "unknown"


# Standing duties --------------------------------------------------------------------------------------------


def test_standing_duty() -> None:
    """A standing duty is judged on the day: breached at once where it fails, satisfied as long as it holds."""
    facts = (
        P1,
        link("mentor", "p1", "p2", "2020-03-01"),
        fact("link_ended", "2020-05-01", link="mentor", holder="p1", target="p2"),
    )
    for day, expected in (
        ("2020-02-29", ("breached", None, (), 1, 0)),
        ("2020-03-01", ("satisfied", None, (), 1, 1)),
        ("2020-05-01", ("breached", None, (), 1, 0)),
    ):
        assert said(facts, "2.1", day) == expected
        found = finding(facts, "2.1", day)
        assert (found.period, found.due, found.occasion) == (None, None, None)
    assert finding(facts, "2.1", "2020-04-01").evidence == (facts[1].id,)


def test_standing_maximum() -> None:
    """More than the maximum is breached with its reason and all that was counted."""
    links = tuple(link("mentor", "p1", name) for name in ("a", "b", "c"))
    assert said((P1, *links[:2]), "2.1", END) == ("satisfied", None, (), 1, 2)
    found = finding((P1, *links), "2.1", END)
    assert (found.status, found.reason, found.actual, len(found.evidence)) == ("breached", "above_maximum", 3, 3)


def test_standing_and_leave() -> None:
    """Whoever is on leave on the day, has left or is out of the pipeline has no finding of a standing duty."""
    assert findings((P1, leave("p1", END)), "2.1", END) == ()
    assert len(findings((P1, leave("p1", "2020-06-01"), leave_over("p1", END)), "2.1", END)) == 1
    assert findings((P1, left("p1", END)), "2.1", END) == ()
    assert findings((P1, stage("p1", "none", END)), "2.1", END) == ()
    assert findings((registered("p1", category="staff"), P1), "2.1", END) == ()


def test_exploratory_is_never_breached() -> None:
    """What is only tried out is advisory."""
    assert said((P1,), "2.3", END)[0] == "advisory"
    assert said((P1, link("room", "p1", "D1/101")), "2.3", END)[0] == "satisfied"


def test_distinct_kinds() -> None:
    """Documents are counted by kind, and each of them is evidence."""
    first, again = filed("charter", "O", "2020-01-10"), filed("charter", "O", "2020-02-10")
    found = finding((OFFICE, again, first), "2.2", END)
    assert (found.status, found.actual, found.required) == ("breached", 1, 2)
    assert found.evidence == (first.id, again.id)
    both = (OFFICE, again, first, filed("budget", "O", "2018-02-01"))
    assert said(both, "2.2", END) == ("satisfied", None, (), 2, 2)


def test_fullest_document() -> None:
    """Of several plans the one that covers most counts, alone."""
    two = filed("plan", "O", "2020-01-10", sections=["aims", "means", "other"])
    one = filed("plan", "O", "2020-02-10", sections=["people"])
    found = finding((OFFICE, one, two), "2.4-plan", END)
    assert (found.status, found.actual, found.required, found.evidence) == ("breached", 2, 3, (two.id,))


def test_exactly_one() -> None:
    """Of buildings each has exactly one group: none is too few, two are too many."""
    opened = (
        fact("building_opened", "2020-01-05", building="D1", campus="north"),
        fact("building_opened", "2020-01-05", building="D2"),
    )
    groups = tuple(unit(name, "building_group", building="D1") for name in ("H1", "H2"))
    assert said(opened, "2.4", END, subject="D1") == ("breached", None, (), 1, 0)
    assert said((*opened, groups[0]), "2.4", END, subject="D1") == ("satisfied", None, (), 1, 1)
    assert said((*opened, *groups), "2.4", END, subject="D1") == ("breached", "above_maximum", (), 1, 2)
    assert len(findings(opened, "2.4", END)) == 2
    (found,) = findings(opened, "2.4", END, parameters={"2.4.campus": "north"})
    assert found.subject == "D1"
    assert findings((*opened, fact("building_closed", END, building="D1")), "2.4", END, subject="D1") == ()


# Occasions --------------------------------------------------------------------------------------------------


def attendance(*facts: Fact, person: str = "p1", **told: Any) -> tuple[str, str | None, tuple[str, ...], object]:
    """Return what one gathering of B1 comes to for a person who is its member."""
    one = meeting("gathering", "B1", "2020-05-10", **told)
    found = finding((B1, member(person, "B1"), stage(person, "fellow"), one, *facts), "3.1", END, subject=person)
    assert found.occasion == one.id
    assert found.evidence == (one.id,)
    assert (found.period, found.due, found.required) == (None, None, 1)
    return (found.status, found.reason, found.needs, found.actual)


def test_attendance() -> None:
    """Present is satisfied, absent is breached, excused is excused, and both at once is present."""
    assert attendance(attended=["p1"]) == ("satisfied", None, (), 1)
    assert attendance(attended=["p2", "p1", "p1"]) == ("satisfied", None, (), 1)
    assert attendance(attended=[]) == ("breached", None, (), 0)
    assert attendance(attended=["p2"]) == ("breached", None, (), 0)
    assert attendance(attended=[], excused=["p1"]) == ("excused", None, (), 0)
    assert attendance(attended=["p1"], excused=["p1"]) == ("satisfied", None, (), 1)


def test_attendance_not_recorded() -> None:
    """Where attendance was not recorded it is unknown, but excused for whoever was named so."""
    assert attendance() == ("unknown", None, ("attendance",), 0)
    assert attendance(excused=["p1"]) == ("excused", None, (), 0)
    assert attendance(excused=["p2"]) == ("unknown", None, ("attendance",), 0)


def test_register_and_occasions() -> None:
    """The register does not bear on occasions: their own list answers."""
    assert attendance(closed("2020-01-31"), attended=[])[0] == "breached"


@pytest.mark.parametrize(
    "facts",
    [
        (no_member("p1", "B1", "2020-05-10"),),
        (leave("p1", "2020-05-10"),),
        (left("p1", "2020-05-10"),),
        (stage("p1", "none", "2020-05-10"),),
    ],
)
def test_who_is_not_bound_by_an_occasion(facts: Facts) -> None:
    """Whoever is no member, on leave, gone or out of the pipeline on the day of the meeting has no finding."""
    one = meeting("gathering", "B1", "2020-05-10", attended=[])
    base = (B1, member("p1", "B1"), P1, one)
    assert len(findings(base, "3.1", END)) == 1
    assert findings((*base, *facts), "3.1", END) == ()


def test_occasion_outside_force() -> None:
    """A meeting held before the pack was in force binds nobody."""
    one = meeting("gathering", "B1", "2019-12-31", attended=[])
    assert findings((B1, member("p1", "B1"), P1, one), "3.1", END) == ()


def test_earlier_findings_stand() -> None:
    """Whoever left later is still found to have been absent."""
    one = meeting("gathering", "B1", "2020-05-10", attended=[])
    facts = (B1, member("p1", "B1"), P1, one, left("p1", "2020-05-11"))
    assert said(facts, "3.1", END)[0] == "breached"


# Triggers ---------------------------------------------------------------------------------------------------

COURSE = training("p1", "entry_course", "2020-05-10", passed=True)
IN_B1 = (B1, member("p1", "B1"))


def result(on: str, of: str = COURSE.id, by: str = "B1") -> Fact:
    """Return the registration of a result."""
    return fact("result_registered", on, person="p1", of=of, unit=by)


@pytest.mark.parametrize(
    ("results", "as_of", "status", "actual"),
    [
        ((), "2020-07-04", "pending", 0),
        ((), "2020-07-05", "breached", 0),
        ((result("2020-07-05"),), "2020-07-05", "satisfied", 1),
        ((result("2020-07-06"),), "2020-07-06", "breached", 0),
        ((result("2020-05-01"),), "2020-07-05", "satisfied", 1),
        ((result("2020-06-01", of="other"),), "2020-07-05", "breached", 0),
        ((result("2020-06-01", by="B2"),), "2020-07-05", "breached", 0),
    ],
)
def test_deadline(results: Facts, as_of: str, status: str, actual: int) -> None:
    """What a fact calls for is pending until its deadline, satisfied by the act in time and breached without it."""
    found = finding((*TERMS, *IN_B1, COURSE, *results), "3.2", as_of)
    assert (found.status, found.actual, found.required) == (status, actual, 1)
    assert (found.subject, found.occasion, str(found.due)) == ("B1", COURSE.id, "2020-07-05")
    counted = [one.id for one in results] if actual else []
    assert found.evidence == tuple(sorted([COURSE.id, *counted]))


def test_deadline_without_a_term() -> None:
    """A course in no declared semester has no deadline to count to."""
    found = finding((*IN_B1, COURSE, result("2020-05-11")), "3.2", END)
    assert (found.status, found.needs, found.actual, found.due) == ("unknown", ("term_declared",), None, None)
    assert found.evidence == (COURSE.id,)


def test_deadline_in_days() -> None:
    """A deadline in days needs the number; then it is so many days after the trigger."""
    days = {"3.2.deadline": "days"}
    found = finding((*IN_B1, COURSE), "3.2", END, readings=days)
    assert (found.status, found.needs, found.due) == ("unknown", ("parameter:days",), None)
    for number, status in (("30", "breached"), ("60", "pending")):
        found = finding((*IN_B1, COURSE), "3.2", END, readings=days, parameters={"3.2.days": number})
        assert found.status == status
    assert str(found.due) == "2020-07-09"
    nought = finding((*IN_B1, COURSE, result("2020-05-10")), "3.2", END, readings=days, parameters={"3.2.days": "0"})
    assert (nought.status, str(nought.due)) == ("satisfied", "2020-05-10")


def test_bearers_of_a_trigger() -> None:
    """A course of somebody in no branch gives no finding, of somebody in two one each."""
    assert findings((*TERMS, B1, COURSE), "3.2", END) == ()
    two = (*TERMS, *IN_B1, unit("B2", "branch"), member("p1", "B2"), COURSE)
    assert [one.subject for one in findings(two, "3.2", END)] == ["B1", "B2"]


def test_register_of_a_trigger() -> None:
    """A required act that the register does not reach is unknown, not breached."""
    found = finding((*TERMS, *IN_B1, COURSE, closed("2020-07-04")), "3.2", "2020-07-15")
    assert (found.status, found.needs) == ("unknown", ("register_closed",))
    assert said((*TERMS, *IN_B1, COURSE, closed("2020-07-05")), "3.2", "2020-07-15")[0] == "breached"


@pytest.mark.parametrize(
    ("courses", "status", "actual", "needs"),
    [
        ((), "breached", 0, ()),
        ((training("p1", "entry_course", "2020-05-20", passed=True),), "satisfied", 1, ()),
        ((training("p1", "entry_course", "2020-05-21", passed=True),), "breached", 0, ()),
        ((training("p1", "entry_course", "2020-05-19", passed=False),), "breached", 0, ()),
        ((training("p1", "entry_course", "2020-05-19"),), "unknown", 0, ("passed",)),
        ((training("p2", "entry_course", "2020-05-19", passed=True),), "breached", 0, ()),
    ],
)
def test_permission(courses: Facts, status: str, actual: int, needs: tuple[str, ...]) -> None:
    """What may be done only after something else is breached where it was done without."""
    issued = fact("certificate_issued", "2020-05-20", person="p1", certificate="entry_certificate")
    found = finding((*courses, issued), "3.2-certificate", END)
    assert (found.status, found.actual, found.needs, found.modality) == (status, actual, needs, "may")
    assert (found.occasion, found.due, found.subject) == (issued.id, None, "p1")


# Only the month is known ------------------------------------------------------------------------------------


def test_event_of_a_month() -> None:
    """An event of a month counts where every day of it would, and is open where only some do."""
    facts = (*TERMS, P1, activity("workshop", "B1", "2020-05", attended=["p1"]))
    assert said(facts, "1.2", END, start="2020-02-24") == ("satisfied", None, (), 1, 1)
    edge = (*TERMS, P1, activity("workshop", "B1", "2020-02", attended=["p1"]))
    assert said(edge, "1.2", "2020-07-05", start="2020-02-24") == ("unknown", None, ("full_date",), 1, 0)
    assert said(edge, "1.2", "2020-05-01", start="2020-02-24")[0] == "unknown"
    other = (*edge, activity("workshop", "B1", "2020-03-02", attended=["p1"]))
    assert said(other, "1.2", "2020-07-05", start="2020-02-24")[0] == "satisfied"


def test_event_of_this_month() -> None:
    """An event of a month that is not over may not have happened yet."""
    facts = (B1, meeting("gathering", "B1", "2020-05"))
    assert said(facts, "1.1", "2020-05-15", start="2020-05-01") == ("unknown", None, ("full_date",), 1, 0)
    assert said(facts, "1.1", "2020-05-31", start="2020-05-01")[0] == "satisfied"


def test_scope_of_a_month() -> None:
    """A scope that only a day would decide gives one unknown."""
    facts = (stage("p1", "fellow", "2020-06"),)
    (found,) = findings(facts, "2.1", "2020-06-15")
    assert (found.status, found.needs) == ("unknown", ("full_date",))
    assert said(facts, "2.1", END)[0] == "breached"


def test_first_month_of_a_scope() -> None:
    """Whoever came into scope some day of the first month may have been in it for the whole period."""
    facts = (stage("p1", "fellow", "2020-01"),)
    assert said(facts, "1.7", END)[:3] == ("unknown", None, ("full_date",))
    later = (stage("p1", "fellow", "2020-02"),)
    assert said(later, "1.7", END)[:2] == ("not_applicable", "partial_period")


def test_leave_of_a_month() -> None:
    """Leave that may or may not be more than half leaves the period unknown."""
    facts = (P1, leave("p1", "2020-01-01"), leave_over("p1", "2020-04"))
    assert said(facts, "1.7", END)[:3] == ("unknown", None, ("full_date",))
    short = (P1, leave("p1", "2020-01-01"), leave_over("p1", "2020-02"))
    assert said(short, "1.7", END)[0] == "advisory"


def test_occasion_of_a_month() -> None:
    """A meeting of which the month is known binds whoever was a member all month; of others it is unknown."""
    one = meeting("gathering", "B1", "2020-05", attended=[])
    facts = (B1, P1, one)
    assert said((*facts, member("p1", "B1", "2020-05-01")), "3.1", END)[0] == "breached"
    assert said((*facts, member("p1", "B1", "2020-05-02")), "3.1", END)[:3] == ("unknown", None, ("full_date",))
    assert findings((*facts, member("p1", "B1", "2020-06-01")), "3.1", END) == ()


def test_trigger_of_a_month() -> None:
    """A trigger of which the month is known is decided where its deadline and all else are the same on each day."""
    course = training("p1", "entry_course", "2020-05", passed=True)
    done = fact("result_registered", "2020-06-01", person="p1", of=course.id, unit="B1")
    assert said((*TERMS, *IN_B1, course, done), "3.2", "2020-07-15")[0] == "satisfied"
    assert str(finding((*TERMS, *IN_B1, course), "3.2", "2020-07-15").due) == "2020-07-05"
    edge = training("p1", "entry_course", "2020-02", passed=True)
    found = finding((*TERMS, *IN_B1, edge), "3.2", "2020-07-15")
    assert (found.status, found.due) == ("unknown", None)


def test_reason_given_in_a_month() -> None:
    """A reason recorded some day of this month may not have been given yet."""
    why = judged("1.1", "B1", "explained", "2020-06", period="2020-05-01")
    assert said((B1, why), "1.1", "2020-06-15", start="2020-05-01")[:3] == ("unknown", None, ("full_date",))
    assert said((B1, why), "1.1", END, start="2020-05-01")[0] == "excused"


# Judgements -------------------------------------------------------------------------------------------------


def judgement(*facts: Fact, as_of: str = END) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return what the clause that only a judgement answers comes to for B1."""
    (found,) = audited((B1, *facts), as_of).findings(rule="toy:5.1", judgements=True)
    assert (found.rule, found.clause, found.subject, found.period) == ("toy:5.1", "五、1", "B1", None)
    return (found.status, found.needs, found.evidence)


def test_judgements() -> None:
    """The latest judgement about the unit answers, the adverse one of a day; without any it is unknown."""
    met, not_met = (judged("5.1", "B1", outcome, "2020-03-01") for outcome in ("met", "not_met"))
    later = judged("5.1", "B1", "met", "2020-04-01")
    assert judgement() == ("unknown", ("judgement_made",), ())
    assert judgement(met) == ("satisfied", (), (met.id,))
    assert judgement(met, not_met) == ("breached", (), (not_met.id,))
    assert judgement(not_met, later) == ("satisfied", (), (later.id,))
    assert judgement(not_met, later, as_of="2020-03-31") == ("breached", (), (not_met.id,))
    last_day = judged("5.1", "B1", "not_met", "2020-03-31")
    assert judgement(judged("5.1", "B1", "met", "2020-03"), last_day) == ("breached", (), (last_day.id,))
    assert judgement(judged("5.1", "B1", "met", "2020-03"), not_met)[:2] == ("unknown", ("full_date",))
    assert judgement(judged("5.1", "B2", "met", "2020-03-01"))[0] == "unknown"
    assert judgement(judged("4.1", "B1", "met", "2020-03-01"))[0] == "unknown"


def test_judgements_are_asked_for() -> None:
    """Findings on such clauses are there only when asked for, and asking for one without the others is refused."""
    asked = audited((B1,), END)
    assert "toy:5.1" not in {found.rule for found in asked.findings()}
    assert "toy:5.1" in {found.rule for found in asked.findings(judgements=True)}
    with pytest.raises(QueryError, match="ask for judgements as well"):
        asked.findings(rule="toy:5.1")


# Decisions --------------------------------------------------------------------------------------------------

NEWCOMER = stage("p1", "newcomer", "2020-02-01")
PASSED = training("p1", "entry_course", "2020-03-01", passed=True, days=2)
ROOM = lives("p1", "D1", "101")


def outcome(
    *facts: Fact, to: str = "fellow", on: str = END, **asked: Any
) -> tuple[str, str | None, dict[str, list[str]]]:
    """Return outcome, reason and the rules in each list of the decision on p1's step."""
    found = decision(facts, "p1", to, on, **asked)
    lists = ("vetoes", "unmet", "unknown", "met", "not_applicable", "advisory")
    rules = {name: [item.rule.removeprefix("toy:") for item in getattr(found, name)] for name in lists}
    return (found.outcome, found.reason, {name: those for name, those in rules.items() if those})


def test_permitted() -> None:
    """Where everything is met or not applicable the step is permitted; what is advisory blocks nothing."""
    assert outcome(NEWCOMER, PASSED) == (
        "permitted",
        None,
        {"met": ["4.1", "4.1-length"], "not_applicable": ["4.3"], "advisory": ["4.2"]},
    )


def test_blocked() -> None:
    """What is not met blocks, by reading also what is else advisory."""
    assert outcome(NEWCOMER)[0] == "blocked"
    assert outcome(NEWCOMER)[2]["unmet"] == ["4.1", "4.1-length"]
    required = outcome(NEWCOMER, PASSED, readings={"4.2.effect": "required"})
    assert (required[0], required[2]["unmet"]) == ("blocked", ["4.2"])


def test_undetermined() -> None:
    """What cannot be decided never permits, and silence is no consent."""
    asked = fact("opinion_requested", "2020-04-01", person="p1", step="fellow", by="B1", of="O")
    found = decision((OFFICE, NEWCOMER, PASSED, ROOM, asked), "p1", "fellow", END)
    assert found.outcome == "undetermined"
    assert [(item.rule, item.needs) for item in found.unknown] == [("toy:4.3", ("opinion_given",))]
    given = fact("opinion_given", "2020-04-10", person="p1", step="fellow", by="O", verdict="support")
    assert outcome(OFFICE, NEWCOMER, PASSED, ROOM, asked, given)[0] == "permitted"


def test_vetoed() -> None:
    """A veto outweighs whatever is met, unmet or unknown, names its evidence and what would lift it."""
    oppose = fact("opinion_given", "2020-04-10", person="p1", step="fellow", by="O", verdict="oppose")
    for facts in ((NEWCOMER, PASSED), (NEWCOMER,)):
        found = decision((OFFICE, *facts, oppose), "p1", "fellow", END)
        assert found.outcome == "vetoed"
        (item,) = found.vetoes
        assert (item.rule, item.evidence, item.needs) == ("toy:4.4", (oppose.id,), ())
        assert item.lifts
        assert "a later opinion" in item.message.en
    support = fact("opinion_given", "2020-04-11", person="p1", step="fellow", by="O", verdict="support")
    assert outcome(OFFICE, NEWCOMER, PASSED, oppose, support)[0] == "permitted"
    same_day = evolve(support, on=oppose.on)
    assert outcome(OFFICE, NEWCOMER, PASSED, oppose, same_day)[0] == "vetoed"


def test_undecided_veto() -> None:
    """A veto that cannot be decided never permits."""
    oppose = fact("opinion_given", "2020-04", person="p1", step="fellow", by="O", verdict="oppose")
    support = fact("opinion_given", "2020-04-11", person="p1", step="fellow", by="O", verdict="support")
    found = outcome(OFFICE, NEWCOMER, PASSED, oppose, support)
    assert (found[0], found[2]["unknown"]) == ("undetermined", ["4.4"])


def test_undecided_does_not_hide_what_blocks() -> None:
    """What blocks blocks, whatever else is unknown."""
    asked = fact("opinion_requested", "2020-04-01", person="p1", step="fellow", by="B1", of="O")
    assert outcome(OFFICE, NEWCOMER, ROOM, asked)[0] == "blocked"


@pytest.mark.parametrize(
    ("facts", "to", "reason"),
    [
        ((), "fellow", "stage_order"),
        ((NEWCOMER,), "newcomer", "stage_order"),
        ((NEWCOMER,), "senior", "stage_order"),
        ((stage("p1", "senior"),), "fellow", "stage_order"),
        ((NEWCOMER, left("p1", END)), "fellow", "not_a_student"),
        ((registered("p1", category="staff"), NEWCOMER), "fellow", "not_a_student"),
        ((left("p1", END),), "senior", "stage_order"),
    ],
)
def test_not_judged(facts: Facts, to: str, reason: str) -> None:
    """A step out of order, or of somebody who is no student, is blocked with nothing judged."""
    assert outcome(*facts, to=to) == ("blocked", reason, {})


def test_first_step() -> None:
    """Whoever holds no stage, or has ended, may take the first."""
    assert outcome(to="newcomer") == ("permitted", None, {"advisory": ["4.2"]})
    assert outcome(stage("p1", "fellow"), stage("p1", "none", "2020-05-01"), to="newcomer")[0] == "permitted"


def test_leave_does_not_matter() -> None:
    """A decision on somebody on leave is the same."""
    assert outcome(NEWCOMER, PASSED, leave("p1", "2020-01-01")) == outcome(NEWCOMER, PASSED)


def test_since_entry() -> None:
    """What happened before the stage now held was truly entered does not count; that day itself does."""
    on_entry = training("p1", "entry_course", "2020-02-01", passed=True, days=2)
    before = training("p1", "entry_course", "2020-01-31", passed=True, days=2)
    assert outcome(NEWCOMER, on_entry)[0] == "permitted"
    assert outcome(NEWCOMER, before)[0] == "blocked"
    again = (stage("p1", "newcomer", "2020-05-01"),)
    assert outcome(NEWCOMER, *again, PASSED)[0] == "permitted"
    back = (stage("p1", "fellow", "2020-04-01"), stage("p1", "newcomer", "2020-05-01"))
    assert outcome(NEWCOMER, *back, PASSED)[0] == "blocked"


def test_latest_review() -> None:
    """The latest review counts, the adverse one of a day, and none at all is not met."""
    fellow = stage("p1", "fellow", "2020-02-01")

    def review(on: str, said: str) -> Fact:
        return fact("review_completed", on, person="p1", review="any", outcome=said)

    for reviews, expected in (
        ((), "blocked"),
        ((review("2020-03-01", "pass"),), "permitted"),
        ((review("2020-03-01", "pass"), review("2020-03-02", "fail")), "blocked"),
        ((review("2020-03-01", "fail"), review("2020-03-02", "pass")), "permitted"),
        ((review("2020-03-01", "fail"), review("2020-03-01", "pass")), "blocked"),
        ((review("2020-01-31", "pass"),), "blocked"),
        ((review("2020-03", "pass"), review("2020-03-15", "fail")), "undetermined"),
        # On whichever day of the month, the failed one is later, or of the same day.
        ((review("2020-03", "pass"), review("2020-03-31", "fail")), "blocked"),
        ((review("2020-03-01", "pass"), review("2020-03", "fail")), "blocked"),
        ((review("2020-06", "pass"), review("2020-06-30", "fail")), "blocked"),
        ((review("2020-03", "fail"), review("2020-03-31", "pass")), "undetermined"),
    ):
        assert (reviews, outcome(fellow, *reviews, to="senior")[0]) == (reviews, expected)


def test_either_sum() -> None:
    """Two days or ten hours: either suffices, and a missing number leaves its sum open."""
    short = training("p1", "entry_course", "2020-03-01", passed=True, days=1, hours=9)
    assert outcome(NEWCOMER, short)[0] == "blocked"
    open_days = training("p1", "entry_course", "2020-03-01", passed=True, hours=9)
    found = decision((NEWCOMER, open_days), "p1", "fellow", END)
    assert [(item.rule, item.needs) for item in found.unknown] == [("toy:4.1-length", ("days",))]
    summed = (short, training("p1", "entry_course", "2020-03-09", hours=1, days=0))
    assert outcome(NEWCOMER, *summed)[0] == "permitted"


def test_force() -> None:
    """A pack that is not in force on the day adds nothing."""
    before = outcome(stage("p1", "newcomer", "2019-05-01"), on="2019-12-31")
    assert before == ("permitted", None, {})


def test_irregular_records() -> None:
    """An opinion by no such office and an evaluation by nobody's instructor count for nothing and are listed."""
    opinion = fact("opinion_given", "2020-04-10", person="p1", step="fellow", by="B1", verdict="oppose")
    homeless = fact("dorm_evaluated", "2020-04-10", person="p1", by="t1", rating="poor")
    found = decision((B1, NEWCOMER, PASSED, opinion, homeless), "p1", "fellow", END)
    assert found.outcome == "permitted"
    assert [(one.id, one.fact, one.reason) for one in found.irregular] == sorted(
        [
            (opinion.id, "opinion_given", "no_such_office"),
            (homeless.id, "dorm_evaluated", "no_residence"),
        ]
    )
    (stranger, _) = decision((B1, NEWCOMER, PASSED, ROOM, opinion, homeless), "p1", "fellow", END).irregular
    assert (stranger.id, stranger.reason) == (homeless.id, "not_the_instructor")
    teacher = fact("role_started", toy.LONG_AGO, person="t1", role="building_instructor", building="D1")
    assert decision((NEWCOMER, PASSED, ROOM, teacher, homeless), "p1", "fellow", END).outcome == "vetoed"


def test_two_packs_speak_together() -> None:
    """The findings of two packs stand side by side, whatever they say."""
    other = Pack(document=toy.document("other"), version="1", stages=toy.STAGES, duties=toy.DUTIES[3:4])
    found = audited((B1,), END, adoption=adopt([toy.pack, other])).findings(rule="*:1.4")
    assert [one.rule for one in found] == ["other:1.4", "other:1.4", "toy:1.4", "toy:1.4"]
