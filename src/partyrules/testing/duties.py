"""What holds of every duty that is judged by period or on a day: one case each, and a test class that tries them all.

from partyrules.testing.duties import DutyCase, duty_tests
TestDuties = duty_tests(Asking(partyrules_yours), CASES, terms=TERMS, in_force="2012-05-07", day="2013-06-30")
"""

# ruff: noqa: S101 - assert is how a test speaks

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import pytest
from attrs import field, frozen
from attrs.validators import in_

from partyrules.answers.verdicts import Finding
from partyrules.facts.vocabulary import TermDeclared
from partyrules.testing.asking import Asking
from partyrules.testing.institution import (
    LONG_AGO,
    Facts,
    activity,
    closed,
    dissolved,
    judged,
    leave,
    leave_over,
    left,
    registered,
    stage,
    term,
    unit,
)
from partyrules.time.calendar import TERM_GRAINS

PERSON: Final = "p1"
UNIT: Final = "U"


@frozen(kw_only=True)
class DutyCase:
    """One way to judge a duty of `PERSON` or of `UNIT`, worked out from the clause by hand.

    `scope` makes the subject a bearer from a day on; so does each of `inside`; none of `outside` does, though
    each lacks one thing only. `serves` fulfils the duty when it happens in the period (for a standing duty:
    when it began by the day) and counts for `amount`, each of `misses` lacks one thing. `period` is (grain,
    first day, last day), both in force; without it the duty stands.
    """

    rule: str
    citation: str
    subject: str = field(validator=in_((PERSON, UNIT)))
    scope: Callable[[str], Facts]
    inside: tuple[Facts, ...] = ()
    outside: tuple[Facts, ...]
    serves: Callable[[str], Facts]
    misses: Callable[[str], Facts]
    period: tuple[str, str, str] | None
    required: int = 1
    amount: int = 1
    modality: str = "shall"
    parameters: Mapping[str, str] = field(factory=dict)
    readings: Mapping[str, str] = field(factory=dict)
    defaults: Mapping[str, str] = field(factory=dict)

    def __str__(self) -> str:
        return "-".join([self.rule, *self.readings.values(), *self.parameters.values()])


def one_kind(kind: str) -> tuple[Facts, ...]:
    """Return what does not make `UNIT` a unit of that kind: another kind, though one of that kind is; none left."""
    return (
        (unit(UNIT, "another_kind"), unit("V", kind)),
        (unit(UNIT, kind), dissolved(UNIT, LONG_AGO), unit("V", kind)),
    )


def since(kind: str) -> Callable[[str], Facts]:
    """Return the scope: `UNIT` stands as a unit of that kind from a day on."""
    return lambda on: (unit(UNIT, kind, on),)


def _shifted(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days)).isoformat()


@frozen(kw_only=True)
class _Tried:
    """A case with the questions it is asked; `first` and `last` are of its period, or both the day of the question."""

    ask: Asking
    case: DutyCase
    terms: Facts
    in_force: str
    day: str

    def __str__(self) -> str:
        return str(self.case)

    @property
    def grain(self) -> str:
        return self.case.period[0] if self.case.period else ""

    @property
    def declared(self) -> Iterator[TermDeclared]:
        return (one for one in self.terms if isinstance(one, TermDeclared))

    @property
    def first(self) -> str:
        return self.case.period[1] if self.case.period else self.day

    @property
    def last(self) -> str:
        return self.case.period[2] if self.case.period else self.day

    @property
    def begun(self) -> str:
        """The first day of the year in which the document came into force."""
        return f"{self.in_force[:4]}-01-01"

    @property
    def scope(self) -> Facts:
        return self.case.scope(self.begun)

    @property
    def undone(self) -> str:
        """The status once it is over and nothing was done."""
        return "advisory" if self.case.modality == "exploratory" else "breached"

    def findings(self, facts: Facts, as_of: str, **readings: str) -> tuple[Finding, ...]:
        case = self.case
        chosen = {**case.readings, **readings}
        return self.ask.findings(facts, case.rule, as_of, subject=case.subject, parameters=case.parameters, **chosen)

    def asked(self, facts: Facts, as_of: str | None = None, **readings: str) -> Finding:
        """Return the finding of the case in its period, or on the day."""
        return self.among((*self.terms, *facts), as_of, **readings)

    def among(self, facts: Facts, as_of: str | None = None, **readings: str) -> Finding:
        """Return the same where only these terms are declared."""
        case = self.case
        chosen: dict[str, Any] = {"subject": case.subject, "parameters": case.parameters, **case.readings, **readings}
        start = case.period and case.period[1]
        return self.ask.finding(facts, case.rule, as_of or self.last, start=start, **chosen)


class DutyLaws:
    """What holds of every duty; each test is asked of every case that it fits."""

    tried: Sequence[_Tried]
    # Of what only a person has.
    of_people = ("test_leave_for_part_of_the_period", "test_leave_on_the_day")

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Have each case that a test fits be one test."""
        metafunc.parametrize("tried", self.fitting(metafunc.function.__name__), ids=str)

    @classmethod
    def fitting(cls, name: str) -> list[_Tried]:
        """Return the cases that the test of that name fits."""
        home = next(each for each in cls.__mro__ if name in vars(each))
        fit = [one for one in cls.tried if home is DutyLaws or (home is _PeriodLaws) == bool(one.case.period)]
        return [one for one in fit if name not in cls.of_people or one.case.subject == PERSON]

    def test_bearer_who_did_nothing(self, tried: _Tried) -> None:
        """Whoever is in scope and did nothing has one finding, with all that a finding says."""
        case = tried.case
        for scope in (tried.scope, *case.inside):
            found = tried.asked(scope)
            assert (found.rule, found.subject, found.status) == (
                f"{tried.ask.id}:{case.rule}",
                case.subject,
                tried.undone,
            )
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

    def test_nobody_else_is_bound(self, tried: _Tried) -> None:
        """Whoever lacks one thing of the scope has no finding."""
        year = tried.last[:4] if tried.case.period else ""
        for scope in tried.case.outside:
            found = tried.findings((*tried.terms, *scope), tried.last)
            assert [one for one in found if str(one.period and one.period.start) >= year] == []

    def test_what_serves(self, tried: _Tried) -> None:
        """What the clause asks for satisfies it and is the evidence, whatever else there is."""
        served = tried.case.serves(tried.first)
        found = tried.asked((*tried.scope, *served, *tried.case.misses(tried.last)))
        assert (found.status, found.actual, found.evidence) == ("satisfied", tried.case.amount, (served[-1].id,))

    def test_what_almost_serves(self, tried: _Tried) -> None:
        """What lacks one thing of what the clause asks for is not counted."""
        found = tried.asked((*tried.scope, *tried.case.misses(tried.last)))
        assert (found.status, found.actual) == (tried.undone, 0)

    def test_order_of_recording(self, tried: _Tried) -> None:
        """The order in which facts were recorded changes nothing."""
        facts = (*tried.scope, *tried.case.serves(tried.first), *tried.case.misses(tried.last))
        assert tried.asked(facts) == tried.asked(tuple(reversed(facts)))


class _PeriodLaws(DutyLaws):
    """What holds of what is judged by period."""

    def test_days_of_the_period(self, tried: _Tried) -> None:
        """An event counts from the period's first day to its last, on both, and not on the days beside them."""
        before, after, amount = _shifted(tried.first, -1), _shifted(tried.last, 1), tried.case.amount
        for day, counts in ((before, 0), (tried.first, amount), (tried.last, amount), (after, 0)):
            found = tried.asked((*tried.scope, *tried.case.serves(day)), after)
            assert (day, found.actual, found.status) == (day, counts, "satisfied" if counts else "breached")

    def test_day_of_the_term_before(self, tried: _Tried) -> None:
        """What happened in the term before is not counted, even where a semester starts with the period."""
        terms, day = tried.terms, _shifted(tried.first, -1)
        if tried.grain not in TERM_GRAINS:
            terms = (
                term("before", "winter_vacation", _shifted(tried.first, -30), day),
                term("after", "semester", tried.first, tried.last),
            )
        elif tried.grain == "semester":
            day = max(str(one.until) for one in tried.declared if str(one.until) < tried.first)
        found = tried.among((*terms, *tried.scope, *tried.case.serves(day)))
        assert (found.actual, found.status) == (0, "breached")

    def test_open_period(self, tried: _Tried) -> None:
        """Until the day before its last the period is open: pending when not yet met, satisfied once it is."""
        assert tried.asked(tried.scope, tried.first).status == "pending"
        assert tried.asked(tried.scope, _shifted(tried.last, -1)).status == "pending"
        assert tried.asked(tried.scope).status == "breached"
        assert tried.asked((*tried.scope, *tried.case.serves(tried.first)), tried.first).status == "satisfied"

    def test_what_is_still_to_come(self, tried: _Tried) -> None:
        """An event after the day asked is not seen."""
        found = tried.asked((*tried.scope, *tried.case.serves(tried.last)), _shifted(tried.last, -1))
        assert (found.status, found.actual, found.evidence) == ("pending", 0, ())
        assert tried.first < tried.last

    def test_bound_for_part_of_the_period(self, tried: _Tried) -> None:
        """A bearer since the first day is held to the period, one since the second is not, unless `partial` is full."""
        whole = tried.asked(tried.case.scope(tried.first))
        assert (whole.status, whole.reason) == ("breached", None)
        late = tried.case.scope(_shifted(tried.first, 1))
        part = tried.asked(late)
        assert (part.status, part.reason) == ("not_applicable", "partial_period")
        again = tried.asked(late, partial="full")
        assert (again.status, again.reason, again.readings["partial"]) == ("breached", None, "full")

    def test_bearer_that_goes_within_the_period(self, tried: _Tried) -> None:
        """Leaving, the stage none, or a dissolved unit ends the scope from that day; earlier findings stand."""
        last = tried.last
        ends: tuple[Facts, ...] = ((dissolved(UNIT, last),),)
        if tried.case.subject == PERSON:
            ends = ((registered(PERSON), left(PERSON, last)), (stage(PERSON, "none", last),))
        for end in ends:
            found = tried.asked((*tried.scope, *end))
            assert (found.status, found.reason) == ("not_applicable", "partial_period")
            assert tried.asked((*tried.scope, *end), _shifted(last, -1)).status == "pending"

    def test_register_closure(self, tried: _Tried) -> None:
        """Silence after the day through which the record is complete is unknown; up to it, it is a breach."""
        open_still, whole = closed(_shifted(tried.last, -1)), closed(tried.last)
        found = tried.asked((*tried.scope, open_still))
        assert (found.status, found.needs) == ("unknown", ("register_closed",))
        assert tried.asked((*tried.scope, whole)).status == "breached"
        assert tried.asked((*tried.scope, *tried.case.serves(tried.last), open_still)).status == "satisfied"

    def test_period_duties_in_force(self, tried: _Tried) -> None:
        """No period duty has a finding before the day in force, and periods that began before it bind in part only."""
        told = (*tried.terms, *tried.scope)
        assert tried.findings(told, _shifted(tried.in_force, -1)) == ()
        # A vacation need not hold that day; a period of every other grain does.
        held = tried.grain != "vacation" or any(
            one.kind.endswith("vacation") and str(one.on.first) <= tried.in_force <= str(one.until)
            for one in tried.declared
        )
        found = tried.findings(told, tried.in_force)
        assert len(found) == held
        for one in found:
            assert one.period is not None
            assert one.reason == (None if str(one.period.start) == tried.in_force else "partial_period")

    def test_several_things_done(self, tried: _Tried) -> None:
        """Twice is more than needed: both are counted, both are evidence."""
        done = (*tried.case.serves(tried.first), *tried.case.serves(tried.last))
        found = tried.asked((*tried.scope, *done))
        evidence = tuple(sorted(one.id for one in done))
        assert (found.status, found.actual, found.evidence) == ("satisfied", 2 * tried.case.amount, evidence)

    def test_recorded_reasons(self, tried: _Tried) -> None:
        """A recorded reason excuses a breach of what is `normally` done, and no other; only the right one does."""
        case, scope, explained = tried.case, tried.scope, tried.ask.explained
        first, last = tried.first, tried.last
        right = explained(case.rule, case.subject, first, last)
        found = tried.asked((*scope, right))
        if case.modality == "normally":
            assert (found.status, found.reason, found.evidence) == ("excused", "explained", (right.id,))
            assert tried.asked((*scope, *case.serves(last), right)).status == "satisfied"
            early = explained(case.rule, case.subject, first, first)
            assert tried.asked((*scope, early), first).status == "pending"
        else:
            assert found.status == "breached"
        for wrong in (
            explained("another", case.subject, first, last),
            explained(case.rule, "somebody", first, last),
            explained(case.rule, case.subject, _shifted(first, 1), last),
            judged(f"{tried.ask.id}:{case.rule}", case.subject, "not_met", last, period=first),
        ):
            assert tried.asked((*scope, wrong)).status == "breached"

    def test_leave_for_part_of_the_period(self, tried: _Tried) -> None:
        """Leave for more than half of the days excuses a period, for half of them not; `any` and `ignore` differ."""
        first, last = tried.first, tried.last
        days = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
        half, more = (leave(PERSON, first, until=_shifted(first, n - 1)) for n in (days // 2, days // 2 + 1))
        for away, reading, status in (
            (half, "half", "breached"),
            (more, "half", "not_applicable"),
            (leave(PERSON, last, until=last), "half", "breached"),
            (leave(PERSON, last, until=last), "any", "not_applicable"),
            (leave(PERSON, _shifted(last, 1)), "any", "breached"),
            (leave(PERSON, first), "ignore", "breached"),
        ):
            found = tried.asked((*tried.scope, away), leave=reading)
            assert (found.status, found.reason) == (status, "on_leave" if status == "not_applicable" else None)

    def test_undeclared_terms(self, tried: _Tried) -> None:
        """Without declared terms a duty by term is unknown for whoever is bound that day; one by the calendar not."""
        told = (*tried.scope, *tried.case.serves(tried.first), activity("unrelated", "X", tried.first))
        found = tried.findings(told, tried.last)
        if tried.grain in TERM_GRAINS:
            assert [(one.period, one.status, one.needs, one.actual) for one in found] == [
                (None, "unknown", ("term_declared",), None)
            ]
            assert found[0].required == tried.case.required
        else:
            assert "satisfied" in [one.status for one in found]


class _StandingLaws(DutyLaws):
    """What holds of what stands."""

    def test_standing_duties_and_the_register(self, tried: _Tried) -> None:
        """A standing duty is judged on what is recorded, whatever day the register is closed through."""
        assert tried.asked((*tried.scope, closed(tried.begun))).status == tried.undone

    def test_standing_duties_by_day(self, tried: _Tried) -> None:
        """A standing duty is met from the day that the relation begins."""
        facts = (*tried.scope, *tried.case.serves(tried.day))
        assert [tried.asked(facts, day).status for day in (_shifted(tried.day, -1), tried.day)] == [
            tried.undone,
            "satisfied",
        ]

    def test_standing_duties_by_month(self, tried: _Tried) -> None:
        """Of what is dated to a month alone, it is open within it whether it has begun, and sure when it is over."""
        month = tried.day[:7]
        facts = (*tried.scope, *tried.case.serves(month))
        found = tried.asked(facts, f"{month}-15")
        assert (found.status, found.needs) == ("unknown", ("full_date",))
        before, last = _shifted(f"{month}-01", -1), _shifted(_shifted(f"{month}-28", 4)[:8] + "01", -1)
        assert [tried.asked(facts, day).status for day in (before, last)] == [tried.undone, "satisfied"]

    def test_standing_duties_in_force(self, tried: _Tried) -> None:
        """A standing duty binds from the day in force and not a day before."""
        told = (*tried.terms, *tried.scope)
        assert tried.findings(told, _shifted(tried.in_force, -1)) == ()
        assert tried.among(told, tried.in_force).status == tried.undone

    def test_leave_on_the_day(self, tried: _Tried) -> None:
        """A standing duty does not bind on the days of a leave, and binds again on the day it ended."""
        told = (*tried.scope, leave(PERSON, tried.day), leave_over(PERSON, _shifted(tried.day, 2)))
        assert [len(tried.findings(told, _shifted(tried.day, n))) for n in (-1, 0, 1, 2)] == [1, 0, 0, 1]


def duty_tests(ask: Asking, cases: Sequence[DutyCase], *, terms: Facts, in_force: str, day: str) -> type:
    """Return a test class that tries every case; assign it to a name that pytest collects.

    `terms` declares those around the periods of the cases and around the day `in_force`, from which the document
    binds; standing duties are asked about on `day`.
    """
    tried = [_Tried(ask=ask, case=case, terms=terms, in_force=in_force, day=day) for case in cases]
    by_period = {bool(case.period) for case in cases}
    laws = (*([_PeriodLaws] if True in by_period else []), *([_StandingLaws] if False in by_period else []))
    said = {"__doc__": f"What holds of the duties of `{ask.id}`.", "__module__": __name__, "tried": tried}
    return type("DutyTests", laws, said)
