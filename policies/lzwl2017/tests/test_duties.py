"""What holds of every duty that is judged by period or on a day, case by case."""

from datetime import date, timedelta
from typing import Any

import pytest
from attrs import evolve

from partyrules.verdicts import Finding
from policies.lzwl2017.tests.cases import CASES, PERIODIC, STANDING, Case
from policies.lzwl2017.tests.institution import (
    PACK,
    SPRING,
    SUMMER,
    TERMS,
    WINTER,
    Facts,
    activity,
    closed,
    dissolved,
    explained,
    fact,
    finding,
    findings,
    leave,
    leave_over,
    left,
    registered,
    stage,
    term,
    unit,
)

DAY = "2018-06-30"
SECOND: dict[str, dict[str, Any]] = {"link_started": {"target": "t9"}, "membership_started": {"unit": "B2"}}
every = pytest.mark.parametrize("case", CASES, ids=str)
periodic = pytest.mark.parametrize("case", PERIODIC, ids=str)
every_person = pytest.mark.parametrize("case", [case for case in PERIODIC if case.subject == "p1"], ids=str)
standing = pytest.mark.parametrize("case", STANDING, ids=str)


def shifted(day: str, days: int) -> str:
    """Return the day so many days later."""
    return (date.fromisoformat(day) + timedelta(days)).isoformat()


def span(case: Case) -> tuple[str, str]:
    """Return the first and last day that the case is judged on."""
    return (case.period[1], case.period[2]) if case.period else (DAY, DAY)


def choices(case: Case) -> dict[str, Any]:
    """Return what the case adopts, and whom it asks about."""
    return {"subject": case.subject, "parameters": case.parameters, **case.readings}


def asked(case: Case, facts: Facts, as_of: str | None = None) -> Finding:
    """Return the finding of the case in its period, or on the day."""
    return finding(
        (*TERMS, *facts),
        case.rule,
        as_of or span(case)[1],
        start=case.period and case.period[1],
        **choices(case),
    )


def undone(case: Case) -> str:
    """Return the status of the case once it is over and nothing was done."""
    return "advisory" if case.modality == "exploratory" else "breached"


@every
def test_bearer_who_did_nothing(case: Case) -> None:
    """Whoever is in scope and did nothing has one finding, with all that a finding says."""
    for scope in (case.scope("2017-01-01"), *case.inside):
        found = asked(case, scope)
        assert (found.rule, found.subject, found.status) == (f"{PACK}:{case.rule}", case.subject, undone(case))
        assert (found.clause, found.modality) == (case.citation, case.modality)
        assert (found.required, found.actual, found.evidence) == (case.required, 0, ())
        assert (found.reason, found.needs) == (None, ())
        assert found.occasion is None
        if case.period:
            period = found.period
            assert period is not None
            assert (period.grain, str(period.start), str(period.end)) == case.period
            assert str(found.due) == case.period[2]
            assert found.readings == {"leave": "half", "partial": "exempt", **case.defaults, **case.readings}
        else:
            assert (found.period, found.due) == (None, None)
            assert found.readings == {**case.defaults, **case.readings}


@every
def test_nobody_else_is_bound(case: Case) -> None:
    """Whoever lacks one thing of the scope has no finding."""
    for scope in case.outside:
        found = findings((*TERMS, *scope), case.rule, span(case)[1], **choices(case))
        assert [one for one in found if case.period is None or str(one.period and one.period.start) >= "2018"] == []


@every
def test_what_serves(case: Case) -> None:
    """What the clause asks for satisfies it and is the evidence, whatever else there is."""
    first, last = span(case)
    served = case.serves(first)
    found = asked(case, (*case.scope("2017-01-01"), *served, *case.misses(last)))
    assert (found.status, found.actual, found.evidence) == ("satisfied", case.amount, (served[-1].id,))


@every
def test_what_almost_serves(case: Case) -> None:
    """What lacks one thing of what the clause asks for is not counted."""
    found = asked(case, (*case.scope("2017-01-01"), *case.misses(span(case)[1])))
    assert (found.status, found.actual) == (undone(case), 0)


@periodic
def test_days_of_the_period(case: Case) -> None:
    """An event counts from the period's first day to its last, on both, and not on the days beside them."""
    first, last = span(case)
    for day, counts in ((shifted(first, -1), 0), (first, case.amount), (last, case.amount), (shifted(last, 1), 0)):
        found = asked(case, (*case.scope("2017-01-01"), *case.serves(day)), shifted(last, 1))
        assert (day, found.actual, found.status) == (day, counts, "satisfied" if counts else "breached")


@periodic
def test_day_of_the_vacation_before(case: Case) -> None:
    """What happened in the vacation before is not counted, even where a semester starts with the period."""
    first, last = span(case)
    terms: Facts = (WINTER, SPRING, SUMMER)
    if case.period and case.period[0] not in ("semester", "vacation", "academic_year"):
        terms = (
            term("before", "winter_vacation", shifted(first, -30), shifted(first, -1)),
            term("after", "semester", first, last),
        )
    elif case.period and case.period[0] == "academic_year":
        terms = TERMS
    day = {"semester": "2018-02-23"}.get(case.period[0] if case.period else "", shifted(first, -1))
    found = finding(
        (*terms, *case.scope("2017-01-01"), *case.serves(day)), case.rule, last, start=first, **choices(case)
    )
    assert (found.actual, found.status) == (0, "breached")


@periodic
def test_open_period(case: Case) -> None:
    """Until the day before its last the period is open: pending when not yet met, satisfied once it is."""
    first, last = span(case)
    scope = case.scope("2017-01-01")
    assert asked(case, scope, first).status == "pending"
    assert asked(case, scope, shifted(last, -1)).status == "pending"
    assert asked(case, scope, last).status == "breached"
    assert asked(case, (*scope, *case.serves(first)), first).status == "satisfied"


@periodic
def test_what_is_still_to_come(case: Case) -> None:
    """An event after the day asked is not seen."""
    first, last = span(case)
    found = asked(case, (*case.scope("2017-01-01"), *case.serves(last)), shifted(last, -1))
    assert (found.status, found.actual, found.evidence) == ("pending", 0, ())
    assert first < last


@periodic
def test_bound_for_part_of_the_period(case: Case) -> None:
    """A bearer since the first day is held to the period, one since the second is not, unless `partial` is full."""
    first, _ = span(case)
    whole = asked(case, case.scope(first))
    assert (whole.status, whole.reason) == ("breached", None)
    part = asked(case, case.scope(shifted(first, 1)))
    assert (part.status, part.reason) == ("not_applicable", "partial_period")
    again = finding(
        (*TERMS, *case.scope(shifted(first, 1))),
        case.rule,
        span(case)[1],
        start=first,
        **{**choices(case), "partial": "full"},
    )
    assert (again.status, again.reason, again.readings["partial"]) == ("breached", None, "full")


@periodic
def test_bearer_that_goes_within_the_period(case: Case) -> None:
    """Leaving, the stage none, or a dissolved unit ends the scope from that day; earlier findings stand."""
    _, last = span(case)
    ends: tuple[Facts, ...] = ((dissolved("U", last),),)
    if case.subject == "p1":
        ends = ((registered("p1"), left("p1", last)), (stage("p1", "none", last),))
    for end in ends:
        found = asked(case, (*case.scope("2017-01-01"), *end), last)
        assert (found.status, found.reason) == ("not_applicable", "partial_period")
        later = asked(case, (*case.scope("2017-01-01"), *end), shifted(last, -1))
        assert later.status == "pending"


@periodic
def test_register_closure(case: Case) -> None:
    """Silence after the day through which the record is complete is unknown; up to it, it is a breach."""
    _, last = span(case)
    scope = case.scope("2017-01-01")
    open_still = asked(case, (*scope, closed(shifted(last, -1))))
    assert (open_still.status, open_still.needs) == ("unknown", ("register_closed",))
    assert asked(case, (*scope, closed(last))).status == "breached"
    met = asked(case, (*scope, *case.serves(last), closed(shifted(last, -1))))
    assert met.status == "satisfied"


@standing
def test_standing_duties_and_the_register(case: Case) -> None:
    """A standing duty is judged on what is recorded, whatever day the register is closed through."""
    assert asked(case, (*case.scope("2017-01-01"), closed("2017-01-01"))).status == undone(case)


@standing
def test_standing_duties_by_day(case: Case) -> None:
    """A standing duty is met from the day that the relation begins."""
    facts = (*case.scope("2017-01-01"), *case.serves(DAY))
    assert [asked(case, facts, day).status for day in (shifted(DAY, -1), DAY)] == [undone(case), "satisfied"]


@standing
def test_standing_duties_in_force(case: Case) -> None:
    """A standing duty binds from 11 December 2017 and not a day before."""
    scope = (*TERMS, *case.scope("2017-01-01"))
    assert findings(scope, case.rule, "2017-12-10", **choices(case)) == ()
    assert finding(scope, case.rule, "2017-12-11", **choices(case)).status == undone(case)


@periodic
def test_period_duties_in_force(case: Case) -> None:
    """No period duty has a finding before 11 December 2017, and periods that hold that day bind in part only."""
    scope = (*TERMS, *case.scope("2017-01-01"))
    assert findings(scope, case.rule, "2017-12-10", **choices(case)) == ()
    first = findings(scope, case.rule, "2017-12-11", **choices(case))
    # That day lies in no vacation; in every other period it lies.
    assert [one.reason for one in first] == ([] if case.rule == "7.2" else ["partial_period"])


@standing
def test_several_links_and_memberships(case: Case) -> None:
    """More than one is no less than one."""
    more = tuple(evolve(one, id="another", **SECOND[one.wire]) for one in case.serves(DAY)[-1:])
    facts = (*case.scope("2017-01-01"), *case.serves(DAY), unit("B2", "branch"), *more)
    found = asked(case, facts)
    assert (found.status, found.actual, len(found.evidence)) == ("satisfied", 2, 2)


@periodic
def test_several_things_done(case: Case) -> None:
    """Twice is more than needed: both are counted, both are evidence."""
    first, last = span(case)
    done = (*case.serves(first), *case.serves(last))
    found = asked(case, (*case.scope("2017-01-01"), *done))
    assert (found.status, found.actual, found.evidence) == (
        "satisfied",
        2 * case.amount,
        tuple(sorted(one.id for one in done)),
    )


@periodic
def test_recorded_reasons(case: Case) -> None:
    """A recorded reason excuses a breach of what is `normally` done, and no other; only the right one does."""
    first, last = span(case)
    scope = case.scope("2017-01-01")
    right = explained(case.rule, case.subject, first, last)
    found = asked(case, (*scope, right))
    if case.modality == "normally":
        assert (found.status, found.reason, found.evidence) == ("excused", "explained", (right.id,))
        assert asked(case, (*scope, *case.serves(last), right)).status == "satisfied"
        assert asked(case, (*scope, explained(case.rule, case.subject, first, first)), first).status == "pending"
    else:
        assert found.status == "breached"
    for wrong in (
        explained("8.9", case.subject, first, last),
        explained(case.rule, "somebody", first, last),
        explained(case.rule, case.subject, shifted(first, 1), last),
        fact(
            "judgement_made",
            last,
            clause=f"{PACK}:{case.rule}",
            about=case.subject,
            by="SC",
            outcome="not_met",
            period=first,
        ),
    ):
        assert asked(case, (*scope, wrong)).status == "breached"


@every_person
def test_leave(case: Case) -> None:
    """Leave for more than half of the days excuses a period, for half of them not; `any` and `ignore` differ."""
    first, last = span(case)
    scope = case.scope("2017-01-01")
    days = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    half, more = (leave("p1", first, until=shifted(first, n - 1)) for n in (days // 2, days // 2 + 1))
    for away, partial, status in (
        (half, "half", "breached"),
        (more, "half", "not_applicable"),
        (leave("p1", last, until=last), "half", "breached"),
        (leave("p1", last, until=last), "any", "not_applicable"),
        (leave("p1", shifted(last, 1)), "any", "breached"),
        (leave("p1", first), "ignore", "breached"),
    ):
        found = finding((*TERMS, *scope, away), case.rule, last, start=first, **{**choices(case), "leave": partial})
        assert (found.status, found.reason) == (status, "on_leave" if status == "not_applicable" else None)


@standing
def test_leave_on_the_day(case: Case) -> None:
    """A standing duty does not bind on the days of a leave, and binds again on the day it ended."""
    scope = (*case.scope("2017-01-01"), leave("p1", DAY), leave_over("p1", shifted(DAY, 2)))
    counted = [len(findings(scope, case.rule, shifted(DAY, n), **choices(case))) for n in (-1, 0, 1, 2)]
    assert counted == [1, 0, 0, 1]


@every
def test_order_of_recording(case: Case) -> None:
    """The order in which facts were recorded changes nothing."""
    facts = (*case.scope("2017-01-01"), *case.serves(span(case)[0]), *case.misses(span(case)[1]))
    assert asked(case, facts) == asked(case, tuple(reversed(facts)))


@periodic
def test_undeclared_terms(case: Case) -> None:
    """Without declared terms a duty by term is unknown for whoever is bound that day; one by the calendar is not."""
    assert case.period is not None
    grain, first, last = case.period
    scope = (*case.scope("2017-01-01"), *case.serves(first), activity("unrelated", "X", first))
    found = findings(scope, case.rule, last, **choices(case))
    if grain in ("semester", "vacation", "academic_year"):
        assert [(one.period, one.status, one.needs, one.actual) for one in found] == [
            (None, "unknown", ("term_declared",), None)
        ]
        assert found[0].required == case.required
    else:
        assert "satisfied" in [one.status for one in found]
