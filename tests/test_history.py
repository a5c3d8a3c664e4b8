"""What the facts say as of a day: who holds which relation from when to when, and what is not known of it."""

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

import pytest
from attrs import fields
from hypothesis import given

from partyrules.evaluate.holding import held
from partyrules.evaluate.kleene import Truth
from partyrules.facts.vocabulary import CORE_VOCABULARY, Fact
from partyrules.history import CORE_RELATIONS, FOREVER, Holding, Relation, history_of
from tests import toy
from tests.strategies import TOY, chances, institution
from tests.toy import (
    dissolved,
    fact,
    leave,
    leave_over,
    left,
    link,
    lives,
    member,
    moved_out,
    no_member,
    registered,
    retracted,
    stage,
    unit,
)

LAST = "2020-12-31"


def holding_on(relation: str, name: str, value: str, facts: Iterable[Fact], day: str) -> dict[Truth, list[Holding]]:
    """Return the holdings of one key on a day, by how sure they are, seen from the end of the year."""
    history = toy.history(facts, max(day, LAST))
    found: dict[Truth, list[Holding]] = {}
    for one in history.holdings_where(relation, name, value):
        found.setdefault(held(one, date.fromisoformat(day)).truth, []).append(one)
    return found


def is_member(facts: Iterable[Fact], day: str, person: str = "p1") -> str:
    """Return whether the person is a member of B1 on a day: yes, no or open."""
    found = holding_on("membership", "person", person, facts, day)
    return "yes" if Truth.TRUE in found else "open" if Truth.UNKNOWN in found else "no"


def held_values(relation: str, name: str, facts: Iterable[Fact], day: str, person: str = "p1") -> list[str]:
    """Return the values of a field in what surely holds for a person on a day."""
    found = holding_on(relation, "person", person, facts, day)
    return sorted(str(one.values[name]) for one in found.get(Truth.TRUE, ()))


# From a day until a day -------------------------------------------------------------------------------------


def test_half_open() -> None:
    """A relation holds from its first day inclusive and no longer on the day of its end."""
    facts = (member("p1", "B1", "2020-03-10"), no_member("p1", "B1", "2020-05-10"))
    for day, answer in (
        ("2020-03-09", "no"),
        ("2020-03-10", "yes"),
        ("2020-05-09", "yes"),
        ("2020-05-10", "no"),
        ("2020-12-31", "no"),
    ):
        assert (day, is_member(facts, day)) == (day, answer)


def test_until_is_the_last_day() -> None:
    """The `until` of a start is the last day that it holds."""
    facts = (member("p1", "B1", "2020-03-10", until="2020-05-10"),)
    assert [is_member(facts, day) for day in ("2020-05-10", "2020-05-11")] == ["yes", "no"]


def test_end_before_until() -> None:
    """An end that comes before `until` ends it; one that comes after changes nothing."""
    start = member("p1", "B1", "2020-03-10", until="2020-05-10")
    assert is_member((start, no_member("p1", "B1", "2020-04-01")), "2020-04-01") == "no"
    assert is_member((start, no_member("p1", "B1", "2020-06-01")), "2020-05-10") == "yes"
    again = (start, no_member("p1", "B1", "2020-04-01"), member("p1", "B1", "2020-04-20"))
    assert [is_member(again, day) for day in ("2020-04-10", "2020-04-20", "2020-09-01")] == ["no", "yes", "yes"]


def test_day_of_one_day() -> None:
    """A relation that lasts until its first day holds on that day alone."""
    facts = (member("p1", "B1", "2020-03-10", until="2020-03-10"),)
    assert [is_member(facts, f"2020-03-{day}") for day in ("09", "10", "11")] == ["no", "yes", "no"]


def test_start_and_end_on_one_day_without() -> None:
    """A start and an end on one day, of what did not hold, leave it not holding, in any order."""
    for pair in ((member, no_member), (no_member, member)):
        facts = [each("p1", "B1", "2020-03-10") for each in pair]
        assert [is_member(facts, f"2020-03-{day}") for day in ("09", "10", "11")] == ["no", "no", "no"]


def test_start_and_end_on_one_day_within() -> None:
    """A start and an end on one day, of what held, leave it holding, from the fact that began it."""
    begun = member("p1", "B1", "2020-01-05")
    facts = (begun, no_member("p1", "B1", "2020-03-10"), member("p1", "B1", "2020-03-10"))
    for day in ("2020-03-09", "2020-03-10", "2020-06-01"):
        (found,) = holding_on("membership", "person", "p1", facts, day)[Truth.TRUE]
        assert found.fact == begun.id


def test_starting_what_holds() -> None:
    """Starting what already holds changes nothing, not even its last day."""
    begun = member("p1", "B1", "2020-01-05", until="2020-04-30")
    facts = (begun, member("p1", "B1", "2020-02-01"))
    (found,) = holding_on("membership", "person", "p1", facts, "2020-03-01")[Truth.TRUE]
    assert found.fact == begun.id
    assert is_member(facts, "2020-05-01") == "no"


def test_end_without_a_start() -> None:
    """An end without a start is ignored, and does not end a later one."""
    assert is_member((no_member("p1", "B1", "2020-03-01"),), "2020-03-02") == "no"
    assert is_member((no_member("p1", "B1", "2020-03-01"), member("p1", "B1", "2020-04-01")), "2020-05-01") == "yes"


def test_ends_are_paired_exactly() -> None:
    """An end ends only what agrees with it in every field of the key."""
    facts = (
        member("p1", "B1"),
        member("p1", "B2"),
        member("p2", "B1"),
        no_member("p1", "B2", "2020-03-01"),
    )
    assert held_values("membership", "unit", facts, "2020-03-01") == ["B1"]
    assert is_member(facts, "2020-03-01", "p2") == "yes"
    roles = (
        fact("role_started", toy.LONG_AGO, person="p1", role="leader", unit="B1"),
        fact("role_ended", "2020-03-01", person="p1", role="leader"),
        fact("role_ended", "2020-03-01", person="p1", role="leader", unit="B1", building="D1"),
    )
    assert held_values("role", "role", roles, "2020-06-01") == ["leader"]
    ended = (*roles, fact("role_ended", "2020-03-02", person="p1", role="leader", unit="B1"))
    assert held_values("role", "role", ended, "2020-06-01") == []


def test_several_holdings_of_one_key() -> None:
    """What ended may begin again; each stretch names the fact that began it."""
    one, other = member("p1", "B1", "2020-01-05"), member("p1", "B1", "2020-06-01")
    facts = (other, no_member("p1", "B1", "2020-03-01"), one)
    found = toy.history(facts, LAST).holdings_where("membership", "person", "p1")
    assert [each.fact for each in found] == [one.id, other.id]
    assert [each.certain for each in found] == [
        (date(2020, 1, 5), date(2020, 3, 1)),
        (date(2020, 6, 1), FOREVER),
    ]


# Residence, leaving and returning, staff --------------------------------------------------------------------


def test_new_residence_ends_the_old() -> None:
    """A person lives in one room at a time: a new residence ends the old one that day."""
    facts = (lives("p1", "D1", "101"), lives("p1", "D2", "202", "2020-04-01"))
    assert held_values("residence", "place", facts, "2020-03-31") == ["D1/101"]
    assert held_values("residence", "place", facts, "2020-04-01") == ["D2/202"]


def test_end_of_the_old_residence() -> None:
    """The end of the room left behind does not end the new one, on whatever day it is recorded."""
    for day in ("2020-04-01", "2020-04-05"):
        facts = (
            lives("p1", "D1", "101"),
            lives("p1", "D2", "202", "2020-04-01"),
            moved_out("p1", "D1", day),
        )
        assert held_values("residence", "place", facts, "2020-05-01") == ["D2/202"]
    gone = (lives("p1", "D1", "101"), moved_out("p1", "D1", "2020-04-01"))
    assert held_values("residence", "place", gone, "2020-04-01") == []


def test_leaving_ends_what_one_holds() -> None:
    """From the day a person has left, no role, membership, residence, link or nameplate of theirs holds."""
    plate = fact("nameplate_posted", toy.LONG_AGO, person="p1", building="D1", room="101")
    role = fact("role_started", toy.LONG_AGO, person="p1", role="leader")
    facts = (
        member("p1", "B1"),
        lives("p1", "D1", "101"),
        link("mentor", "p1", "p2"),
        plate,
        role,
        left("p1", "2020-04-01"),
    )
    for relation in ("membership", "residence", "nameplate", "role"):
        for day, number in (("2020-03-31", 1), ("2020-04-01", 0)):
            found = holding_on(relation, "person", "p1", facts, day).get(Truth.TRUE, ())
            assert (relation, day, len(found)) == (relation, day, number)
    assert Truth.TRUE not in holding_on("link", "holder", "p1", facts, "2020-04-01")
    assert Truth.TRUE in holding_on("link", "holder", "p1", facts, "2020-03-31")


def test_returning() -> None:
    """Relations that a leaving ended stay ended after a return; one started while away holds from the return."""
    facts = (
        registered("p1"),
        member("p1", "B1"),
        left("p1", "2020-04-01"),
        member("p1", "B2", "2020-05-01"),
        registered("p1", "2020-09-01"),
    )
    assert held_values("membership", "unit", facts, "2020-03-31") == ["B1"]
    assert held_values("membership", "unit", facts, "2020-08-31") == []
    assert held_values("membership", "unit", facts, "2020-09-01") == ["B2"]


def test_started_and_ended_while_away() -> None:
    """What was started and ended while away never holds; what ran out while away does not either."""
    away = (registered("p1"), left("p1", "2020-04-01"), registered("p1", "2020-09-01"))
    ended = (*away, member("p1", "B1", "2020-05-01"), no_member("p1", "B1", "2020-06-01"))
    assert is_member(ended, "2020-09-01") == "no"
    over = (*away, member("p1", "B1", "2020-05-01", until="2020-07-01"))
    assert is_member(over, "2020-09-01") == "no"


def test_a_registration_that_is_over_has_been_left() -> None:
    """Its last day ends what one holds, as a leaving the day after does; one that changes nothing ends nothing."""
    facts = (registered("p1", "2020-01-01", until="2020-03-31"), member("p1", "B1"))
    assert [is_member(facts, day) for day in ("2020-03-31", "2020-04-01")] == ["yes", "no"]
    again = (*facts, registered("p1", "2020-09-01"), member("p1", "B2", "2020-05-01"))
    assert held_values("membership", "unit", again, "2020-08-31") == []
    assert held_values("membership", "unit", again, "2020-09-01") == ["B2"]
    # Whoever is registered already, and longer, is not registered anew.
    longer = (registered("p1"), registered("p1", "2020-01-01", until="2020-03-31"), member("p1", "B1"))
    assert is_member(longer, "2020-04-01") == "yes"
    # Before it was over, the person left and came back.
    returned = (*facts[:1], left("p1", "2020-02-01"), registered("p1", "2020-02-10"), member("p1", "B1", "2020-02-15"))
    assert [is_member(returned, day) for day in ("2020-02-15", "2020-04-01")] == ["yes", "yes"]
    # Registered anew on the day after, they were never away.
    assert is_member((*facts, registered("p1", "2020-04-01")), "2020-04-01") == "yes"


def test_leaving_and_returning_on_one_day() -> None:
    """A leaving and a registration on one day leave everything as it was before that day."""
    facts = (
        registered("p1"),
        member("p1", "B1"),
        left("p1", "2020-04-01"),
        registered("p1", "2020-04-01"),
    )
    assert [is_member(facts, day) for day in ("2020-03-31", "2020-04-01", "2020-06-01")] == ["yes"] * 3
    assert held_values("registration", "category", facts, "2020-04-01") == ["student"]


def test_never_registered() -> None:
    """A person whom a fact names and none registers is taken as a registered student since ever."""
    facts = (member("p1", "B1", "2020-03-01"),)
    assert held_values("registration", "category", facts, "2019-01-01") == ["student"]
    assert held_values("registration", "category", facts, "2020-03-01") == ["student"]


def test_never_registered_and_left() -> None:
    """A person never registered who left is no student any more from that day."""
    facts = (member("p1", "B1"), left("p1", "2020-04-01"))
    assert held_values("registration", "category", facts, "2020-03-31") == ["student"]
    assert held_values("registration", "category", facts, "2020-04-01") == []


def test_a_first_registration_left_on_its_own_day() -> None:
    """A registration and a leaving on one day, the first of a person, leave them as if never registered."""
    facts = (registered("p1", "2020-03-01", "staff"), left("p1", "2020-03-01"))
    assert held_values("registration", "category", facts, "2020-03-01") == ["student"]
    assert held_values("registration", "category", (*facts, left("p1", "2020-04-01")), "2020-04-01") == []


def test_registered_later() -> None:
    """A person who is registered later is a student from that day; a role held before is held nevertheless."""
    role = fact("role_started", toy.LONG_AGO, person="p1", role="leader")
    facts = (registered("p1", "2020-09-01"), role)
    assert held_values("registration", "category", facts, "2020-08-31") == []
    assert held_values("registration", "category", facts, "2020-09-01") == ["student"]
    assert held_values("role", "role", facts, "2020-08-31") == ["leader"]


def test_registration_that_is_not_yet_seen() -> None:
    """Before the day of a person's registration they are taken as registered: it is not known yet."""
    history = toy.history((registered("p1", "2020-09-01", "staff"), member("p1", "B1")), "2020-06-30")
    (found,) = history.holdings_where("registration", "person", "p1")
    assert found.values["category"] == "student"


def test_staff() -> None:
    """Staff are registered as such; another category needs a leaving and a new registration."""
    hired = registered("p1", "2020-01-01", "staff")
    assert held_values("registration", "category", (hired,), "2020-02-01") == ["staff"]
    again = (hired, registered("p1", "2020-05-01", "student"))
    assert held_values("registration", "category", again, "2020-06-01") == ["staff"]
    changed = (*again, left("p1", "2020-04-01"))
    assert held_values("registration", "category", changed, "2020-06-01") == ["student"]


def test_leave() -> None:
    """Leaves of different kinds overlap; each ends with its own end."""
    facts = (
        leave("p1", "2020-03-01"),
        fact("leave_started", "2020-03-10", person="p1", kind="internship"),
        leave_over("p1", "2020-03-20"),
    )
    assert held_values("leave", "kind", facts, "2020-03-15") == ["internship", "study_abroad"]
    assert held_values("leave", "kind", facts, "2020-03-20") == ["internship"]


def test_units() -> None:
    """A unit stands from its establishment until its dissolution, and may be established again."""
    facts = (unit("B1", "branch", "2020-01-05"), dissolved("B1", "2020-03-01"), unit("B1", "group", "2020-05-01"))
    kinds = []
    for day in ("2020-01-04", "2020-02-01", "2020-03-01", "2020-05-01"):
        found = holding_on("unit", "unit", "B1", facts, day).get(Truth.TRUE, ())
        kinds.append([one.values["kind"] for one in found])
    assert kinds == [[], ["branch"], [], ["group"]]


# Stages -----------------------------------------------------------------------------------------------------


def stage_on(facts: Iterable[Fact], day: str) -> list[str]:
    """Return the stages that p1 surely holds on a day."""
    return held_values("stage", "stage", facts, day)


def test_last_stage_entered() -> None:
    """The stage held is the last one entered, forward or back."""
    facts = (
        stage("p1", "newcomer", "2020-01-05"),
        stage("p1", "senior", "2020-03-01"),
        stage("p1", "fellow", "2020-05-01"),
    )
    for day, expected in (
        ("2020-01-04", []),
        ("2020-02-01", ["newcomer"]),
        ("2020-03-01", ["senior"]),
        ("2020-05-01", ["fellow"]),
    ):
        assert stage_on(facts, day) == expected


def test_several_stages_on_one_day() -> None:
    """Of several stages entered on one day the furthest is held, `none` being the furthest of all."""
    one, two, three = (stage("p1", name, "2020-03-01") for name in ("newcomer", "senior", "fellow"))
    for facts in ((one, two, three), (three, one, two), (two, three, one)):
        assert stage_on(facts, "2020-03-01") == ["senior"]
    assert stage_on((one, two, stage("p1", "none", "2020-03-01")), "2020-03-01") == ["none"]


def test_entering_the_stage_held() -> None:
    """Entering the stage already held is no entry; entering it again after another is."""
    first, again = stage("p1", "fellow", "2020-01-05"), stage("p1", "fellow", "2020-03-01")
    history = toy.history((first, again), LAST)
    assert [one.fact for one in history.holdings_where("stage", "person", "p1")] == [first.id]
    between = stage("p1", "newcomer", "2020-02-01")
    history = toy.history((first, between, again), LAST)
    assert [one.fact for one in history.holdings_where("stage", "person", "p1")] == [first.id, between.id, again.id]


def test_leaving_keeps_the_stage() -> None:
    """A stage is not ended by leaving; scope ends otherwise."""
    assert stage_on((stage("p1", "fellow"), left("p1", "2020-04-01")), "2020-05-01") == ["fellow"]


# Months -----------------------------------------------------------------------------------------------------


def test_month_of_a_start() -> None:
    """A start of which only the month is known is open in that month, sure after it."""
    facts = (member("p1", "B1", "2020-03"),)
    for day, answer in (
        ("2020-02-29", "no"),
        ("2020-03-01", "open"),
        ("2020-03-30", "open"),
        ("2020-03-31", "yes"),
        ("2020-04-01", "yes"),
    ):
        assert (day, is_member(facts, day)) == (day, answer)


def test_month_of_an_end() -> None:
    """An end of which only the month is known leaves the relation open from that month's first day."""
    facts = (member("p1", "B1"), no_member("p1", "B1", "2020-03"))
    for day, answer in (("2020-02-29", "yes"), ("2020-03-01", "open"), ("2020-03-30", "open"), ("2020-03-31", "no")):
        assert (day, is_member(facts, day)) == (day, answer)


def test_start_and_end_in_one_month() -> None:
    """A start and an end in the same month, days unknown, leave the relation open from then on."""
    facts = (member("p1", "B1", "2020-03"), no_member("p1", "B1", "2020-03"))
    assert [is_member(facts, day) for day in ("2020-02-29", "2020-03-15", "2020-06-01")] == ["no", "open", "open"]


def test_month_that_is_not_over() -> None:
    """What happened some day of a month that is not over may not have happened yet."""
    history = toy.history((member("p1", "B1", "2020-03"),), "2020-03-15")
    (found,) = history.holdings_where("membership", "person", "p1")
    assert held(found, date(2020, 3, 15)).truth == Truth.UNKNOWN


def test_stage_in_a_month() -> None:
    """A stage entered in a month, next to one entered on a day of it, is open where the order matters."""
    facts = (stage("p1", "newcomer", "2020-03-15"), stage("p1", "fellow", "2020-03"))
    assert stage_on(facts, "2020-04-01") == []
    found = holding_on("stage", "person", "p1", facts, "2020-04-01")
    assert sorted(one.values["stage"] for one in found[Truth.UNKNOWN]) == ["fellow", "newcomer"]


def test_move_in_a_month() -> None:
    """Whoever moved some day of a month lives in the old room or the new one then, and surely in the new one after."""
    facts = (lives("p1", "D1", "101"), lives("p1", "D2", "202", "2020-03"))
    found = holding_on("residence", "person", "p1", facts, "2020-03-15")
    assert sorted(one.values["place"] for one in found[Truth.UNKNOWN]) == ["D1/101", "D2/202"]
    assert held_values("residence", "place", facts, "2020-04-01") == ["D2/202"]


# The record -------------------------------------------------------------------------------------------------


def test_what_is_seen() -> None:
    """Facts after the day asked are not seen, whatever is said of the record itself is."""
    facts = (
        toy.meeting("gathering", "B1", "2020-06-30"),
        toy.meeting("gathering", "B1", "2020-07-01"),
        toy.closed("2020-12-31"),
        *toy.TERMS,
    )
    seen = toy.history(facts, "2020-06-30")
    assert [str(one.on) for one in seen.facts("meeting_held")] == ["2020-06-30"]
    assert len(seen.closures) == 1
    assert len(seen.terms.terms) == len(toy.TERMS)


def test_two_clocks() -> None:
    """Only what was recorded by the time asked is known; what has no time of recording is known at every time."""
    early = toy.meeting("gathering", "B1", "2020-03-01", recorded_at="2020-03-02T09:00:00+08:00")
    late = toy.meeting("gathering", "B1", "2020-03-08", recorded_at="2020-05-01T09:00:00+08:00")
    undated = toy.meeting("gathering", "B1", "2020-03-15")
    known = toy.history((early, late, undated), LAST, known_at="2020-03-02T01:00:00+00:00")
    assert [one.id for one in known.facts("meeting_held")] == [early.id, undated.id]
    assert len(toy.history((early, late, undated), LAST).facts("meeting_held")) == 3


def test_retractions() -> None:
    """A retracted fact does not exist; with its retraction retracted it exists again; a third takes it away again."""
    one = toy.meeting("gathering", "B1", "2020-03-01")
    first = retracted(one)
    second = retracted(first)
    third = retracted(second)
    for facts, there in (
        ((one,), True),
        ((one, first), False),
        ((one, first, second), True),
        ((one, first, second, third), False),
    ):
        for order in (facts, facts[::-1]):
            assert bool(toy.history(order, LAST).facts("meeting_held")) == there


def test_retraction_of_a_later_day() -> None:
    """A retraction acts from its recording alone, whatever day it bears."""
    one = toy.meeting("gathering", "B1", "2020-03-01")
    assert toy.history((one, retracted(one, "2020-12-01")), "2020-06-30").facts("meeting_held") == ()
    late = retracted(one, "2020-03-02", recorded_at="2020-06-01T09:00:00+08:00")
    assert toy.history((one, late), LAST, known_at="2020-05-01T09:00:00+08:00").facts("meeting_held") == (one,)


def test_a_term_declared_twice_counts_once_from_its_earliest_recording() -> None:
    """Of several that declare one term the first recorded stands; retracted, it leaves the others."""
    early = toy.term("t", "semester", "2020-02-01", "2020-06-30", id="b", recorded_at="2020-01-05T09:00:00+08:00")
    late = toy.term("t", "semester", "2020-02-01", "2020-06-30", id="a", recorded_at="2020-03-05T09:00:00+08:00")
    for facts in ((early, late), (late, early)):
        assert toy.history(facts, LAST).facts("term_declared") == (early,)
        assert len(toy.history(facts, LAST).terms.terms) == 1
        assert toy.history(facts, LAST, known_at="2020-02-05T09:00:00+08:00").facts("term_declared") == (early,)
        gone = retracted("b", "2020-04-01", recorded_at="2020-04-01T09:00:00+08:00")
        assert toy.history((*facts, gone), LAST).facts("term_declared") == (late,)
        assert toy.history((*facts, gone, retracted("a", "2020-04-01")), LAST).terms.terms == ()


def test_facts_by_field() -> None:
    """Facts are found by the value of a field, and by each value of a list once."""
    one = toy.meeting("gathering", "B1", "2020-03-01", attended=("p1", "p1", "p2"))
    two = toy.meeting("gathering", "B2", "2020-03-02")
    seen = toy.history((two, one), LAST)
    assert seen.facts_where("meeting_held", "attended", "p1") == (one,)
    assert seen.facts_where("meeting_held", "unit", "B2") == (two,)
    assert seen.facts_where("meeting_held", "unit", "B3") == ()
    assert seen.facts("meeting_held") == (one, two)
    assert seen.people == ("p1", "p2")


@given(chances())
def test_holdings_are_well_formed(chance: Random) -> None:
    """Whatever surely holds also possibly holds, and no stretch is empty or runs backwards."""
    facts = institution(chance, TOY, months=30)
    history = history_of(facts, as_of=date(2020, 10, 10), stages=TOY.stages[:-1])
    for relation in CORE_RELATIONS:
        for one in history.holdings(relation.name):
            assert one.possible[0] < one.possible[1]
            assert one.possible[0] <= one.certain[0] <= one.certain[1] <= one.possible[1]
            assert one.fact is None or one.fact in history.by_id


@given(chances())
def test_one_room_and_one_stage_at_a_time(chance: Random) -> None:
    """On no day does a person surely hold two stages or live in two rooms."""
    facts = institution(chance, TOY, months=15)
    history = history_of(facts, as_of=date(2020, 12, 31), stages=TOY.stages[:-1])
    for relation in ("stage", "residence"):
        for person in TOY.people:
            for number in range(0, 366, 7):
                day = date(2020, 1, 1) + timedelta(number)
                sure = [
                    one
                    for one in history.holdings_where(relation, "person", person)
                    if held(one, day).truth == Truth.TRUE
                ]
                assert len(sure) <= 1


@pytest.mark.parametrize("relation", CORE_RELATIONS, ids=lambda relation: relation.name)
def test_core_relations_pair_by_their_keys(relation: Relation) -> None:
    """Each relation's key are fields of the fact that starts it and of the one that ends it."""
    for wire in (relation.started, relation.ended):
        if wire is not None:
            names = {one.name for one in fields(CORE_VOCABULARY.types[wire])}
            assert set(relation.key) <= names
