"""Small points of the contract that no pack alone decides, each on a case by hand."""

from datetime import date
from typing import Final

import pytest

from partyrules.facts.vocabulary import Fact
from partyrules.language.kernel import (
    SUBJECT,
    Compare,
    Count,
    MostCovered,
    at_least,
    count,
    events,
    holdings,
    holds,
    trigger,
)
from partyrules.language.rules import Bearer, Occasion, PerPeriod, Standing
from partyrules.language.sugar import Attends
from partyrules.packs.pack import adopt
from partyrules.questions.audit import audit
from partyrules.testing.institution import judged, registered
from tests.language import CLUB, THE_CLUB, duty, findings, pack_of
from tests.strategies import Question
from tests.test_columnar import assert_agreement, both
from tests.test_month_law import assert_law
from tests.toy import filed, leave, left, meeting, member, stage, unit

SESSIONS: Final = duty("sessions", CLUB, PerPeriod("year"), at_least(1, events("meeting_held", unit=SUBJECT)))


def test_of_several_reasons_for_a_breach_the_latest_is_cited() -> None:
    """Two judgements explain one breach: the later one is its evidence, whatever was recorded first."""
    usual = duty("usual", CLUB, PerPeriod("year"), SESSIONS.requires, modality="normally")
    first, second = (judged("v:usual", "c", "explained", day, period="2020-01-01") for day in ("2021-01-05", "2021-02"))
    for reasons in ((first, second), (second, first)):
        [found] = [
            one
            for one in findings((*THE_CLUB, *reasons), "2021-03-01", usual)
            if one.period is not None and one.period.start.year == 2020
        ]
        assert (found.status, found.reason, found.evidence) == ("excused", "explained", (second.id,))


def test_what_asks_for_as_many_as_there_are() -> None:
    """Where there is nothing to be had, the duty is kept; what is certain is told where months leave it open."""
    branches = Count(holdings("unit", kind="branch"))
    each = duty("each", CLUB, Standing(), Compare(count(events("meeting_held", window="ever")), least=branches))
    [none] = findings(THE_CLUB, "2020-06-30", each)
    assert (none.status, none.required, none.actual) == ("satisfied", 0, 0)
    some = (*THE_CLUB, unit("b1", "branch"), unit("b2", "branch", "2020-06"), meeting("any", "c", "2020-05-01"))
    [open_still] = findings(some, "2020-06-15", each)
    assert (open_still.status, open_still.required, open_still.actual) == ("unknown", 1, 1)
    [all_there] = findings(some, "2020-06-30", each)
    assert (all_there.status, all_there.required, all_there.actual) == ("breached", 2, 1)


@pytest.mark.parametrize(("days", "cited"), [(("2020-05-01", "2020-04-01"), 1), (("2020-04-01", "2020-04-01"), 0)])
def test_of_equally_full_documents_the_earliest_is_cited(days: tuple[str, str], cited: int) -> None:
    """Of one day, the one of the least id."""
    among = ("aims", "means")
    full = duty(
        "full", CLUB, Standing(), at_least(2, MostCovered("sections", among, events("document_filed", window="ever")))
    )
    papers = [filed("plan", "c", day, sections=list(among), id=f"p{n}") for n, day in enumerate(days)]
    [found] = findings((*THE_CLUB, *reversed(papers)), "2020-06-30", full)
    assert found.evidence == (papers[cited].id,)


def test_who_is_listed_twice_and_both_ways() -> None:
    """Somebody who attended and was excused attended; somebody listed twice attended once."""
    attend = duty(
        "attend",
        Bearer("person", holds("membership", person=SUBJECT, unit=trigger("unit"))),
        Occasion(events("meeting_held")),
        Attends(),
    )
    present = duty(
        "present",
        Bearer("person", holds("membership", person=SUBJECT)),
        PerPeriod("year"),
        at_least(2, events("meeting_held", attended=SUBJECT)),
    )
    facts = (*THE_CLUB, member("p", "c"), meeting("any", "c", "2020-05-01", attended=["p", "p"], excused=["p"]))
    [listed] = findings(facts, "2020-06-30", attend)
    assert listed.status == "satisfied"
    assert [one.actual for one in findings(facts, "2020-06-30", present)] == [1]


def test_a_registration_that_is_over_is_no_registration() -> None:
    """Its last day passed, somebody is bound by nothing and belongs to nothing any more."""
    over: Fact = registered("p", "2019-01-01", until="2020-03-31")
    members, talked = holds("membership", person=SUBJECT), events("talk_held", person=SUBJECT, window="ever")
    bound = duty("bound", Bearer("person", members), Standing(), at_least(1, talked))
    adoption = adopt([pack_of(bound)])
    facts = (over, member("p", "c"), leave("q", "2020-01-01"), stage("p", "novice"))
    for day, rows in ((date(2020, 3, 31), 1), (date(2020, 4, 1), 0)):
        assert_agreement(both(facts, adoption, Question(as_of=day, known_at=None)))
        assert len(audit(facts, adoption, as_of=day).findings()) == rows
    for more in ((), (left("p", "2020-02"),), (registered("p", "2020-04", id="again"),)):
        assert_law((*facts, *more), adoption, "2020-04-20", "p")
