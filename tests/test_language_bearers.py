"""Whom a duty binds: pairs, targets, what is recorded, and what other rules found; on hand-computed cases."""

from collections.abc import Iterable
from datetime import date
from typing import Final

import pytest
from attrs import evolve

from partyrules.errors import PackError
from partyrules.facts.vocabulary import Fact
from partyrules.language.kernel import (
    SUBJECT,
    Condition,
    at_least,
    at_most,
    count_findings,
    events,
    holdings,
    holds,
    its,
    latest,
    trigger,
)
from partyrules.language.rules import (
    Bearer,
    Duty,
    Occasion,
    PerPeriod,
    Rolling,
    Standing,
)
from partyrules.language.sugar import Recent
from partyrules.questions.explain import explain
from partyrules.testing.laws import pack_laws
from partyrules.time.calendar import Span
from tests.language import (
    CONTACTS,
    EVENING,
    MEMBER,
    MONTH,
    NOTICE,
    PAIRS,
    REPORTS,
    ROLLING,
    TALK,
    asked,
    course,
    duty,
    evenings,
    few,
    finding,
    findings,
    needed,
    pack_of,
    renewed,
    status,
)
from tests.toy import activity, fact, filed, link, meeting, member, stage, training

# Links: bounds per target, duties per pair ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("holders", "found"),
    [
        ("", ("breached", None)),
        ("x", ("satisfied", None)),
        ("xy", ("satisfied", None)),
        ("xyz", ("breached", "above_maximum")),
    ],
)
def test_bounds_per_target(holders: str, found: tuple[str, str | None]) -> None:
    """Each activist has one contact or two: none is too few, three are too many, whoever holds the links."""
    told = [stage("p", "activist", "2020-02-01"), *(link("contact", who, "p", "2020-02-02") for who in holders)]
    assert status(told, "2020-02-02", CONTACTS) == found


def test_bounds_per_target_day_by_day() -> None:
    """A link counts from its first day, and one of an unknown day leaves the bound undecided."""
    told = [stage("p", "activist", "2020-02-01"), link("contact", "x", "p", "2020-02-10")]
    assert finding(told, "2020-02-09", CONTACTS).status == "breached"
    assert finding(told, "2020-02-10", CONTACTS).status == "satisfied"
    unsure = [stage("p", "activist", "2020-02-01"), link("contact", "x", "p", "2020-02")]
    assert needed(finding(unsure, "2020-02-10", CONTACTS)) == ("unknown", ("full_date",))


def test_a_duty_for_each_pair() -> None:
    """There is one finding for each link, and a talk with one target does nothing for the other."""
    links = [link("contact", "x", who, "2020-01-01", id=f"x-{who}") for who in ("p", "q")]
    told = [member("x", "c"), *links, fact("talk_held", "2020-06-30", person="p", talk="talk", by="x")]
    found = {each.occasion: each for each in findings(told, "2020-06-30", PAIRS)}
    assert {name: each.status for name, each in found.items()} == {"x-p": "satisfied", "x-q": "breached"}
    assert {each.subject for each in found.values()} == {"x"}
    assert "with regard to q" in found["x-q"].message.en
    assert "对 q" in found["x-q"].message.zh


def test_a_pair_for_part_of_a_period() -> None:
    """A link that holds for part of a period only is not held to it, nor is one that has ended."""
    told = [member("x", "c"), link("contact", "x", "p", "2020-01-02", id="l")]
    assert status(told, "2020-06-30", PAIRS) == ("not_applicable", "partial_period")
    ended = [*told, fact("link_ended", "2020-07-01", link="contact", holder="x", target="p")]
    assert [each.period and each.period.start for each in findings(ended, "2020-12-31", PAIRS)] == [date(2020, 1, 1)]


ACTIVISTS: Final = evolve(
    PAIRS,
    bearer=Bearer(
        "person",
        MEMBER,
        each=holdings(
            "link", link="contact", holder=SUBJECT, where=holds("stage", person=its("target"), stage="activist")
        ),
    ),
)


STANDING: Final = evolve(
    ACTIVISTS,
    per=Standing(),
    requires=at_least(1, events("talk_held", person=trigger("target"), by=SUBJECT, window="ever")),
)


@pytest.mark.parametrize("some", [ACTIVISTS, STANDING, evolve(ACTIVISTS, per=Rolling(Span(months=6)))])
def test_a_duty_for_each_pair_of_some_kind(some: Duty) -> None:
    """What `where` says of a holding decides for which of them there is a duty: none where it is true of none."""
    links = [link("contact", "x", who, "2020-01-01", id=f"x-{who}") for who in ("p", "q")]
    told = [member("x", "c"), *links]
    assert findings(told, "2020-06-30", some) == ()
    assert {one.occasion for one in findings([*told, stage("p", "activist")], "2020-06-30", some)} == {"x-p"}


def test_a_pair_that_becomes_one_in_the_middle_of_a_period() -> None:
    """A target who becomes an activist on a day is nobody's concern before, and a month leaves that open."""
    told = [member("x", "c"), link("contact", "x", "p", "2020-01-01"), stage("p", "activist", "2020-03-15")]
    assert status(told, "2020-06-30", ACTIVISTS) == ("not_applicable", "partial_period")
    assert findings(told, "2020-03-14", ACTIVISTS) == ()
    unsure = [*told[:2], stage("p", "activist", "2020-06")]
    assert needed(finding(unsure, "2020-06-15", STANDING)) == ("unknown", ("full_date",))
    (one,) = explain(asked(told, "2020-06-30", ACTIVISTS), rule="v:pairs", subject="x")
    assert "activist" in str(one.tree)


def test_a_rolling_duty_for_each_pair() -> None:
    """Each link has a clock of its own, from the day on which it began."""
    rolling = evolve(PAIRS, per=Rolling(Span(months=1)))
    told = [
        member("x", "c"),
        link("contact", "x", "p", "2020-03-05", id="one"),
        link("contact", "x", "q", "2020-03-20", id="two"),
    ]
    found = {each.occasion: each.due for each in findings(told, "2020-03-25", rolling)}
    assert found == {"one": date(2020, 4, 5), "two": date(2020, 4, 20)}


def test_a_pair_where_a_fact_decides() -> None:
    """A duty that a fact occasions is not had for each holding besides: the fact names its pair."""
    with pytest.raises(PackError, match=r"field `bearer.each`: found a duty per Occasion; allowed: PerPeriod"):
        evolve(PAIRS, per=Occasion(events("meeting_held")))


# Whom a duty binds, by what is recorded ---------------------------------------------------------------------


def bound_by(scope: Condition) -> Duty:
    """Return a monthly duty that binds whom the scope says."""
    return duty(
        "talk", Bearer("person", MEMBER & scope), PerPeriod("month"), at_least(1, events("talk_held", person=SUBJECT))
    )


def months(facts: Iterable[Fact], as_of: str, scope: Condition) -> list[tuple[int, str]]:
    """Return the months of 2020 for which there is a finding, with its status."""
    found = findings([member("p", "c"), *facts], as_of, bound_by(scope))
    return [(each.period.start.month, each.status) for each in found if each.period is not None]


APPLIED: Final = at_least(1, events("document_filed", document="application", author=SUBJECT, window="ever"))


def test_bound_from_an_event_on() -> None:
    """A duty of those who applied binds from the day of the application, not before it."""
    told = [filed("application", "p", "2020-03-10")]
    assert months(told, "2020-05-31", APPLIED) == [(3, "not_applicable"), (4, "breached"), (5, "breached")]
    assert months(told, "2020-03-09", APPLIED) == []


def test_bound_from_an_unknown_day_on() -> None:
    """Whether a duty bound in the month of the application is undecided where its day is not known."""
    assert months([filed("application", "p", "2020-03")], "2020-04-30", APPLIED) == [(3, "unknown"), (4, "breached")]


def test_bound_while_evidence_lasts() -> None:
    """A duty of those who trained within a month binds until the training has expired."""
    trained = course(Recent(Span(months=1)))
    told = [training("p", "course", "2020-02-29"), training("p", "course", "2020-03-25")]
    assert months(told, "2020-06-30", trained) == [(2, "not_applicable"), (3, "breached"), (4, "not_applicable")]


def test_bound_while_something_is_held() -> None:
    """A duty of those with two links binds on the days on which they have two."""
    scope = at_least(2, holdings("link", link="contact", holder=SUBJECT))
    told = [
        link("contact", "p", "x", "2020-01-01"),
        link("contact", "p", "y", "2020-03-01"),
        fact("link_ended", "2020-05-01", link="contact", holder="p", target="x"),
    ]
    assert months(told, "2020-06-30", scope) == [(3, "breached"), (4, "breached")]


def test_bound_by_the_latest() -> None:
    """A duty of those whose latest review failed binds from that review to the next that is passed."""
    scope = latest(events("review_completed", person=SUBJECT, window="ever"), "outcome", "fail", adverse=("fail",))
    told = [
        fact("review_completed", day, person="p", review="conduct", outcome=outcome)
        for day, outcome in (("2020-02-01", "fail"), ("2020-03-01", "pass"), ("2020-05-01", "fail"))
    ]
    assert months(told, "2020-05-31", scope) == [(2, "breached"), (5, "breached")]


# Rules that read the findings of others ---------------------------------------------------------------------


def test_the_third_absence() -> None:
    """Two absences ask for nothing; the third asks for a talk with that member alone."""
    assert findings(evenings((), ()), "2020-12-31", EVENING, TALK) == ()
    assert findings(evenings((), (), ("p",)), "2020-12-31", EVENING, TALK) == ()
    assert findings(evenings((), (), ()), "2020-03-04", EVENING, TALK) == ()
    (found,) = findings(evenings((), (), ()), "2020-03-05", EVENING, TALK)
    assert (found.subject, found.status) == ("p", "breached")
    held = fact("talk_held", "2020-03-06", person="p", talk="talk")
    assert finding([*evenings((), (), ()), held], "2020-03-06", EVENING, TALK).status == "satisfied"


def test_an_absence_that_nobody_recorded() -> None:
    """Where a third absence hangs on a list that nobody kept, so does the talk; what is excused is no absence."""
    assert needed(finding(evenings((), (), None), "2020-12-31", EVENING, TALK)) == ("unknown", ("attendance",))
    excused = meeting("evening", "c", "2020-03-05", attended=(), excused=("p",))
    assert findings([*evenings((), ()), excused], "2020-12-31", EVENING, TALK) == ()


def test_statuses_that_count() -> None:
    """Findings count by the statuses that are named, an unknown one among them if it is."""
    excused = [meeting("evening", "c", f"2020-0{n}-05", attended=(), excused=("p",)) for n in (1, 2, 3)]
    lax = evolve(
        TALK, bearer=Bearer("person", at_least(3, count_findings("evening", statuses=("breached", "excused"))))
    )
    assert finding([*evenings(), *excused], "2020-12-31", EVENING, lax).status == "breached"
    unsure = evolve(
        TALK, bearer=Bearer("person", MEMBER & at_least(3, count_findings("evening", statuses=("unknown",))))
    )
    assert finding(evenings(None, None, None), "2020-12-31", EVENING, unsure).status == "breached"
    assert findings(evenings(None, None, ("p",)), "2020-12-31", EVENING, unsure) == ()


def test_findings_of_a_period() -> None:
    """With the window of a period only the absences of that period count."""
    told = evenings((), ("p",), (), (), ("p",), ("p",))
    found = findings(told, "2020-06-30", EVENING, few("period"))
    assert [(each.actual, each.status) for each in found] == [(2, "breached"), (1, "satisfied")]
    ever = findings(told, "2020-06-30", EVENING, few("ever"))
    assert [(each.actual, each.status) for each in ever] == [(3, "breached"), (3, "breached")]


def test_findings_on_both_sides_of_an_edge() -> None:
    """An absence in a month that lies in two periods may be in either."""
    from_middle = [
        fact("term_declared", first, term=name, kind="semester", until=last, academic_year="2020")
        for name, first, last in (("a", "2020-01-01", "2020-03-15"), ("b", "2020-03-16", "2020-12-31"))
    ]
    once = evolve(
        few("period"), per=PerPeriod("semester"), requires=at_most(0, count_findings("evening", window="period"))
    )
    told = [*from_middle, *evenings(), meeting("evening", "c", "2020-03", attended=())]
    found = findings(told, "2020-12-31", EVENING, once)
    assert [needed(each) for each in found] == [("unknown", ("full_date",))] * 2


def test_two_breaches_ask_for_a_review() -> None:
    """Findings of period duties are read as well, of several rules together."""
    review = duty(
        "review",
        Bearer("person", MEMBER & at_least(2, count_findings("evening", "games"))),
        Standing(),
        at_least(1, events("review_completed", person=SUBJECT, window="ever")),
    )
    games = duty(
        "games", Bearer("person", MEMBER), PerPeriod("month"), at_least(1, events("activity_held", attended=SUBJECT))
    )
    played = activity("game", "c", "2020-02-10", attended=("p",))
    told = [*evenings(("p",), ()), played]
    assert findings(told, "2020-01-30", EVENING, games, review) == ()
    assert finding(told, "2020-02-29", EVENING, games, review).evidence == ()
    assert finding(told, "2020-02-29", EVENING, games, review).status == "breached"


def test_rules_that_read_each_other() -> None:
    """Rules that read each other in a circle, or themselves, are refused by name."""
    one, two = (evolve(TALK, id=name, clause=name) for name in ("one", "two"))
    scopes = {
        "one": Bearer("person", at_least(1, count_findings("two"))),
        "two": Bearer("person", at_least(1, count_findings("one"))),
    }
    with pytest.raises(PackError, match="read each other's findings in a circle: one, two"):
        pack_of(evolve(one, bearer=scopes["one"]), evolve(two, bearer=scopes["two"]))
    with pytest.raises(PackError, match="in a circle: two"):
        pack_of(evolve(two, bearer=scopes["one"]))


def test_rules_that_read_what_is_not_there() -> None:
    """A rule that reads a duty which the pack does not have is refused with the nearest name."""
    with pytest.raises(PackError, match="did you mean `evening`"):
        pack_of(EVENING, evolve(TALK, bearer=Bearer("person", at_least(1, count_findings("evenings")))))


def test_scopes_of_a_period_that_read_findings() -> None:
    """Only a standing duty may bind by the findings of others, since they are those of the day asked."""
    with pytest.raises(PackError, match="only a standing duty may bind by other duties' findings"):
        pack_of(
            EVENING, evolve(TALK, per=PerPeriod("month"), requires=at_least(1, events("talk_held", person=SUBJECT)))
        )


# What explanations say --------------------------------------------------------------------------------------


def test_words_of_findings_read() -> None:
    """The explanation of a rule that reads findings names the rule that it reads and how many it found."""
    told = evenings((), (), ())
    (found,) = explain(asked(told, "2020-03-05", EVENING, TALK), rule="v:talk", subject="p")
    text = str(found.to_wire())
    assert "findings of v:evening that are breached: found 3, asked for at least 3" in text
    assert "v:evening 中未落实的结论：实有 3，要求 不少于 3" in text


def test_explanations_of_intervals_and_pairs() -> None:
    """A finding on an interval, and one on a pair, are explained with the days on which the duty binds."""
    told = renewed("2020-03-10")
    for found in explain(asked(told, "2020-06-01", ROLLING), rule="v:rating", subject="p"):
        assert "Days on which it binds" in str(found.to_wire())
    pair = [member("x", "c"), link("contact", "x", "q", "2020-01-01", id="l")]
    (one,) = explain(asked(pair, "2020-06-30", PAIRS), rule="v:pairs", subject="x")
    assert "with regard to q" in one.tree.label.en


# The laws ---------------------------------------------------------------------------------------------------

TestLaws = pack_laws(pack_of(REPORTS, MONTH, NOTICE, CONTACTS, PAIRS, EVENING, TALK, few("period")), examples=5)
