"""What may be recorded beside what is there, and which facts retractions take away."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyrules.errors import FactError
from partyrules.facts.admission import Admission, admitted, all_admitted
from partyrules.facts.codec import fact_from_wire
from partyrules.facts.retractions import retracted_ids, retraction_circles
from partyrules.facts.vocabulary import Fact, FactRetracted

TIMES = [datetime(2018, 1, day, tzinfo=UTC) for day in (1, 2, 3)]


def made(wire: str, name: str, on: str = "2018-03-01", **keys: object) -> Fact:
    """Return a fact with that wire name, id, date and keys."""
    return fact_from_wire({"fact": wire, "id": name, "on": on, **keys})


def born(name: str, on: str, unit: str = "B1", **keys: object) -> Fact:
    """Return the establishment of a unit."""
    return made("unit_established", name, on, unit=unit, kind="branch", **keys)


def ended(name: str, on: str, unit: str = "B1") -> Fact:
    """Return the dissolution of a unit."""
    return made("unit_dissolved", name, on, unit=unit)


def term(name: str, first: str, last: str, called: str | None = None, **keys: object) -> Fact:
    """Return a declared semester."""
    said = {"until": last, "term": called or f"term-{name}", "kind": "semester", **keys}
    return made("term_declared", name, first, **said)


def retraction(name: str, target: str) -> FactRetracted:
    """Return a retraction."""
    fact = made("fact_retracted", name, target=target, reason="in error")
    assert isinstance(fact, FactRetracted)
    return fact


def judged(new: Iterable[Fact], existing: Iterable[Fact] = ()) -> Admission[Fact]:
    """Admit facts that stand on numbered lines of a file beside those at numbered positions."""
    old = [(f"recorded at position {n}", fact) for n, fact in enumerate(existing, start=1)]
    return admitted(old, [(f"f.jsonl, line {n}", fact) for n, fact in enumerate(new, start=1)])


def told(new: Iterable[Fact], existing: Iterable[Fact] = ()) -> list[str]:
    """Return the problems of such an admission."""
    return [str(problem) for problem in judged(new, existing).problems]


# Retractions ------------------------------------------------------------------------------------------------


def test_a_retracted_retraction_does_not_act() -> None:
    """A retraction takes its target away unless it is itself retracted, to any depth."""
    chain = [retraction("r1", "x"), retraction("r2", "r1"), retraction("r3", "r2")]
    assert retracted_ids(chain[:1]) == {"x"}
    assert retracted_ids(chain[:2]) == {"r1"}
    assert retracted_ids(chain) == {"x", "r2"}


def test_one_of_two_retractions_is_enough() -> None:
    """A fact that two retractions name stays away when only one of them is retracted."""
    pair = [retraction("r1", "x"), retraction("r2", "x")]
    assert retracted_ids([*pair, retraction("r3", "r1")]) == {"x", "r1"}
    assert retracted_ids([*pair, retraction("r3", "r1"), retraction("r4", "r2")]) == {"r1", "r2"}


def test_a_circle_does_not_act() -> None:
    """Retractions in a circle take nothing away; one from outside decides them all."""
    circle = [retraction("r1", "r2"), retraction("r2", "r3"), retraction("r3", "r1")]
    assert retracted_ids(circle) == frozenset()
    assert retracted_ids([*circle, retraction("r4", "r1")]) == {"r1", "r3"}
    assert retracted_ids([retraction("r1", "r1")]) == frozenset()


def test_a_very_long_chain_of_retractions() -> None:
    """A chain of twenty thousand retractions is followed to its end."""
    names = [f"r{n}" for n in range(20_000)]
    chain = [retraction(name, target) for name, target in zip(names, ["x", *names], strict=False)]
    assert "x" not in retracted_ids(chain)
    assert "x" in retracted_ids(chain[:-1])
    assert retraction_circles(chain) == ()


TARGETS = st.lists(st.integers(0, 7), max_size=7)


@given(targets=TARGETS, data=st.data())
def test_order_of_retractions_does_not_matter(targets: list[int], data: st.DataObject) -> None:
    """What is retracted, and which circles there are, does not depend on the order of the retractions."""
    facts = [retraction(f"r{n}", f"r{target}") for n, target in enumerate(targets)]
    shuffled = data.draw(st.permutations(facts))
    assert retracted_ids(shuffled) == retracted_ids(facts)
    assert retraction_circles(shuffled) == retraction_circles(facts)


@given(targets=TARGETS)
def test_retracted_is_what_an_acting_retraction_names(targets: list[int]) -> None:
    """Without circles, a fact is retracted exactly if a retraction that is not retracted names it."""
    facts = [retraction(f"r{n}", f"r{target}") for n, target in enumerate(targets)]
    gone = retracted_ids(facts)
    acting = {fact.target for fact in facts if fact.id not in gone}
    if retraction_circles(facts):
        assert gone <= acting
    else:
        assert gone == acting


# One id, one content ----------------------------------------------------------------------------------------


def test_the_same_again_appends_nothing() -> None:
    """The same id with the same content is accepted and not appended, recorded before or earlier in the batch."""
    fact = ended("u1", "2018-03-01")
    assert judged([fact], [fact]) == Admission((), 1, ())
    assert judged([fact, fact]) == Admission((fact,), 1, ())


@pytest.mark.parametrize("order", list(permutations([0, 1, 2])))
def test_the_earliest_of_several_copies_stands(order: tuple[int, ...]) -> None:
    """Whatever their order, of several copies that with the earliest time of recording is kept."""
    copies = [ended("u1", "2018-03-01"), ended("u2", "2018-03-01")]
    timed = [made("unit_dissolved", "u1", unit="B1", recorded_at=time.isoformat()) for time in TIMES]
    lines = [(f"line {n}", timed[n]) for n in order]
    assert admitted((), lines) == Admission((timed[0],), 2, ())
    assert admitted((), [*lines, ("line 4", copies[0])]) == Admission((copies[0],), 3, ())
    assert admitted((), [("line 0", copies[1]), *lines]).facts == (copies[1], timed[0])


def test_a_refused_copy_gives_no_time() -> None:
    """What has the id of another fact and is refused does not stand for it, however early it was recorded."""
    late = made("unit_dissolved", "u1", unit="B1", recorded_at=TIMES[2].isoformat())
    other = made("unit_dissolved", "u1", unit="B2", recorded_at=TIMES[0].isoformat())
    found = admitted((), [("line 1", late), ("line 2", other)])
    assert found.facts == (late,)
    assert [problem.where for problem in found.problems] == ["line 2"]


def test_one_id_with_two_contents_is_refused() -> None:
    """The problem stands at the later line and names the place of the other and the keys that differ."""
    fact = born("u1", "2018-03-01")
    other = made("unit_dissolved", "u1", "2018-03-02", unit="B1")
    assert told([other], [fact]) == [
        (
            "f.jsonl, line 1: field `id`: 'u1' stands already (recorded at position 1) with other content: "
            "`fact` is 'unit_established' there and 'unit_dissolved' here, `on` is '2018-03-01' there and '2018-03-02' "
            "here, `kind` is 'branch' there and absent here; allowed: the same content again, or an id of its own"
        )
    ]
    [problem] = told([fact, born("u1", "2018-03-01", note="first")])
    assert problem.startswith("f.jsonl, line 2: field `id`: 'u1' stands already (f.jsonl, line 1)")
    assert "`note` is absent there and 'first' here" in problem


def test_a_change_of_recorded_at_alone_is_no_other_content() -> None:
    """The time of recording is no part of what a fact says."""
    facts = [made("unit_dissolved", "u1", unit="B1", recorded_at=time.isoformat()) for time in TIMES]
    assert judged(facts[:1], facts[1:2]) == Admission((), 1, ())


# Units ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("existing", [0, 1])
def test_an_existing_unit_is_not_established_again(existing: int) -> None:
    """A second establishment is refused, and both are named, whether or not the first is recorded already."""
    facts = [born("u1", "2018-03-01"), born("u2", "2018-05-01")]
    [problem] = told(facts[existing:], facts[:existing])
    place = "recorded at position 1" if existing else "f.jsonl, line 1"
    assert problem == (
        f"f.jsonl, line {2 - existing}: unit 'B1' is established on 2018-03-01 by 'u1' ({place}) and again "
        "on 2018-05-01 by this line; allowed: once, or after a `unit_dissolved`"
    )


def test_the_new_line_is_to_blame_even_if_dated_earlier() -> None:
    """An establishment dated before one that is recorded is the one refused."""
    [problem] = told([born("u1", "2018-03-01")], [born("u2", "2018-05-01")])
    assert problem.startswith("f.jsonl, line 1: unit 'B1' is established on 2018-03-01 by this line and again")


@pytest.mark.parametrize("day", ["2018-03-02", "2018-04-01", "2018-05-01"])
def test_a_dissolved_unit_may_be_established_again(day: str) -> None:
    """A dissolution between the two, or on the day of the second, is enough, in any order of the lines."""
    facts = [born("u1", "2018-03-01"), ended("u2", day), born("u3", "2018-05-01")]
    for order in permutations(facts):
        assert told(order) == []
    assert told(facts[1:], facts[:1]) == []
    assert told(facts[:2], facts[2:]) == []


def test_a_dissolution_outside_the_two_does_not_help() -> None:
    """A dissolution before the first or after the second leaves the unit established twice."""
    twice = [born("u1", "2018-03-01"), born("u3", "2018-05-01")]
    assert len(told([*twice, ended("u2", "2018-02-28")])) == 1
    assert len(told([*twice, ended("u2", "2018-05-02")])) == 1
    assert len(told([*twice, ended("u2", "2018-04-01", unit="B2")])) == 1


def test_two_establishments_on_one_day() -> None:
    """Two establishments on one day are one too many, unless the unit is dissolved that day between the two."""
    twice = [born("u1", "2018-03-01"), born("u2", "2018-03-01")]
    assert len(told(twice)) == 1
    assert told([*twice, ended("u3", "2018-03-01")]) == []


def test_a_unit_for_a_time_ends_by_itself() -> None:
    """`until` is the last day of a unit; the day after it may be established again, that day not."""
    first = born("u1", "2018-03-01", until="2018-04-30")
    assert told([first, born("u2", "2018-05-01")]) == []
    assert len(told([first, born("u2", "2018-04-30")])) == 1


def test_retracted_establishments_do_not_count() -> None:
    """A retracted establishment is none; whoever takes the retraction back, or retracts the end, is refused."""
    start, again = born("u1", "2018-03-01"), born("u2", "2018-05-01")
    gone = retraction("r1", "u1")
    assert told([start, gone, again]) == []
    assert told([again], [start, gone]) == []
    [problem] = told([retraction("r2", "r1")], [start, gone, again])
    assert problem.startswith("f.jsonl, line 1: with 'r1' retracted, unit 'B1' is established on 2018-03-01")
    end = ended("u3", "2018-04-01")
    [problem] = told([retraction("r2", "u3")], [start, end, again])
    assert problem.startswith("f.jsonl, line 1: with 'u3' retracted, unit 'B1' is established on 2018-03-01")


def test_an_open_month_is_refused_only_where_no_day_will_do() -> None:
    """A date known to the month alone is given every chance: only the impossible is refused."""
    start = born("u1", "2018-03-10")
    assert told([start, ended("u2", "2018-05"), born("u3", "2018-05-20")]) == []
    assert told([start, ended("u2", "2018-05-20"), born("u3", "2018-05")]) == []
    assert told([start, ended("u2", "2018-05"), born("u3", "2018-05"), ended("u4", "2018-05")]) == []
    assert len(told([start, born("u3", "2018-05")])) == 1
    assert len(told([start, ended("u2", "2018-05"), born("u3", "2018-04")])) == 1


def test_an_old_wrong_is_not_laid_to_a_new_line() -> None:
    """What was wrong before stays no fault of lines that have nothing to do with it."""
    wrong = [born("u1", "2018-03-01"), born("u2", "2018-05-01")]
    assert told([born("u3", "2018-03-01", unit="B2")], wrong) == []


# Terms ------------------------------------------------------------------------------------------------------


def lives(name: str, on: str, room: str, person: str = "p1", building: str = "D1") -> Fact:
    """Return the beginning of a residence."""
    return made("residence_started", name, on, person=person, building=building, room=room)


@pytest.mark.parametrize("existing", [0, 1])
def test_nobody_begins_to_live_in_two_rooms_on_one_day(existing: int) -> None:
    """The later line is refused, with where the other one stands."""
    two = [lives("a", "2018-03-01", "101"), lives("b", "2018-03-01", "102")]
    place = "recorded at position 1" if existing else "f.jsonl, line 1"
    [problem] = told(two[existing:], two[:existing])
    assert problem.endswith(
        f"person 'p1' begins on 2018-03-01 to live in D1/101 by 'a' ({place}) and in D1/102 by this line; "
        "allowed: one room a day; leave out the other, or give the day of each"
    )


def test_where_two_residences_stand_side_by_side() -> None:
    """The same room twice, another day, another person, a month, and what was retracted are no second residence."""
    first = lives("a", "2018-03-01", "101")
    for other in (
        lives("b", "2018-03-01", "101"),
        lives("b", "2018-03-02", "102"),
        lives("b", "2018-03-01", "102", person="p2"),
        lives("b", "2018-03", "102"),
    ):
        assert told([first, other]) == []
    second = lives("b", "2018-03-01", "102")
    assert told([first, second, retraction("r", "a")]) == []
    undone = told([retraction("s", "r")], [first, second, retraction("r", "a")])
    assert len(undone) == 1
    assert "with 'r' retracted, person 'p1' begins on 2018-03-01" in undone[0]


def test_terms_do_not_overlap() -> None:
    """A term that shares a day with another is refused with both and what is free; one right after it is not."""
    spring = term("a", "2018-02-26", "2018-07-08")
    assert told([term("b", "2018-07-08", "2018-08-31")], [spring]) == [
        (
            "f.jsonl, line 1: term 'term-b', 2018-07-08 to 2018-08-31 by this line, overlaps term 'term-a', "
            "2018-02-26 to 2018-07-08 by 'a' (recorded at position 1); "
            "allowed: one that ends before 2018-02-26 or starts after 2018-07-08"
        )
    ]
    assert told([term("b", "2018-07-09", "2018-08-31"), term("c", "2018-01-01", "2018-02-25")], [spring]) == []


def test_a_term_around_others_is_to_blame_itself() -> None:
    """A new term that encloses recorded ones is refused, once for each."""
    existing = [term("a", "2018-03-01", "2018-03-31"), term("b", "2018-05-01", "2018-05-31")]
    problems = told([term("c", "2018-01-01", "2018-12-31")], existing)
    assert [problem.split(":")[0] for problem in problems] == ["f.jsonl, line 1"] * 2


def test_a_retracted_term_makes_room() -> None:
    """A term may take the place of a retracted one, in one batch with the retraction too."""
    old, new = term("a", "2018-02-26", "2018-07-08"), term("b", "2018-03-01", "2018-07-08")
    for order in permutations([old, new, retraction("r1", "a")]):
        assert told(order) == []
    [problem] = told([retraction("r2", "r1")], [old, new, retraction("r1", "a")])
    assert problem.startswith("f.jsonl, line 1: with 'r1' retracted, term 'term-a'")
    assert problem.endswith("; allowed: to retract one of the two as well")


def test_who_declares_the_same_term_again_says_nothing_new() -> None:
    """The same term under another id is accepted, before or in the batch, whatever else the facts say of it."""
    spring = term("a", "2018-02-26", "2018-07-08", "spring", academic_year="2017-2018")
    again = term("b", "2018-02-26", "2018-07-08", "spring", academic_year="2017-2018", note="from the office")
    assert judged([again], [spring]) == Admission((again,), 0, ())
    assert judged([again, spring]).facts == (again, spring)


@pytest.mark.parametrize("keys", [{"kind": "summer_vacation"}, {"academic_year": "2017-2018"}, {"called": "summer"}])
def test_what_else_a_term_says_makes_it_another(keys: dict[str, Any]) -> None:
    """A term of the same days but another kind, academic year or name overlaps the one that is there."""
    spring = term("a", "2018-02-26", "2018-07-08", "spring")
    [problem] = told([term("b", "2018-02-26", "2018-07-08", **{"called": "spring", **keys})], [spring])
    assert ", overlaps term 'spring', 2018-02-26 to 2018-07-08 by 'a' (recorded at position 1)" in problem


@pytest.mark.parametrize("existing", [0, 1])
def test_a_term_has_its_dates_once(existing: int) -> None:
    """A term declared with other dates is refused, and told so where the two do not even overlap."""
    facts = [term("a", "2018-02-26", "2018-07-08", "spring"), term("b", "2019-02-25", "2019-07-07", "spring")]
    [problem] = told(facts[existing:], facts[:existing])
    place = "recorded at position 1" if existing else "f.jsonl, line 1"
    assert problem == (
        f"f.jsonl, line {2 - existing}: term 'spring', 2019-02-25 to 2019-07-07 by this line, has other dates than "
        f"term 'spring', 2018-02-26 to 2018-07-08 by 'a' ({place}); allowed: the same dates, or a name of its own"
    )
    for order in permutations(facts):
        assert len(told(order)) == 1
    [problem] = told([term("b", "2018-02-26", "2018-07-01", "spring")], facts[:1])
    assert "by this line, overlaps term 'spring'" in problem


def test_a_term_that_is_retracted_once_still_stands_where_it_is_declared_twice() -> None:
    """Only when both who declare a term are retracted is there room for another."""
    twice = [term("a", "2018-02-26", "2018-07-08", "spring"), term("b", "2018-02-26", "2018-07-08", "spring")]
    other = term("c", "2018-03-01", "2018-07-08")
    for order in permutations([*twice, retraction("r1", "a"), other]):
        assert len(told(order)) == 1
    for order in permutations([*twice, retraction("r1", "a"), retraction("r2", "b"), other]):
        assert told(order) == []


def test_of_lines_that_declare_one_term_none_is_blamed_before_another() -> None:
    """A line that overlaps a term declared twice is to blame alone; twice overlapping, both its lines are."""
    once, again = (term(name, "2018-02-26", "2018-07-08", "spring") for name in ("a", "c"))
    between = term("b", "2018-07-01", "2018-08-31")
    assert [problem.split(":")[0] for problem in told([once, between, again])] == ["f.jsonl, line 2"]
    assert [problem.split(":")[0] for problem in told([between, again, once])] == ["f.jsonl, line 2", "f.jsonl, line 3"]
    assert [problem.split(":")[0] for problem in told([again, between], [once])] == ["f.jsonl, line 2"]


# Collections ------------------------------------------------------------------------------------------------


def test_a_collection_is_admitted_whole_or_refused() -> None:
    """Facts held in memory are taken each once, as first recorded, under what a ledger admits."""
    late = made("unit_dissolved", "u2", "2018-05-01", unit="B1", recorded_at=TIMES[1].isoformat())
    early = made("unit_dissolved", "u2", "2018-05-01", unit="B1", recorded_at=TIMES[0].isoformat())
    assert all_admitted(iter([born("u1", "2018-03-01"), late, early])) == (born("u1", "2018-03-01"), early)
    wrong = [born("u1", "2018-03-01"), made("talk_held", "u1", person="p", talk="any")]
    with pytest.raises(FactError, match=r"^fact 2: field `id`: 'u1' stands already \(fact 1\) with other content"):
        all_admitted(wrong)
    with pytest.raises(FactError, match="fact 2: field `target`: a circle of retractions, 'r2' retracts 'r1'"):
        all_admitted([retraction("r1", "r2"), retraction("r2", "r1")])


# Circles ----------------------------------------------------------------------------------------------------


def test_a_circle_of_retractions_is_refused() -> None:
    """The line that closes a circle is refused and the circle told; so is a retraction of itself."""
    assert told([retraction("r3", "r1")], [retraction("r1", "r2"), retraction("r2", "r3")]) == [
        (
            "f.jsonl, line 1: field `target`: a circle of retractions, 'r3' retracts 'r1' retracts 'r2' retracts 'r3'; "
            "allowed: a fact outside it"
        )
    ]
    [problem] = told([retraction("r1", "r1")])
    assert "'r1' retracts 'r1'" in problem


def test_a_long_circle_is_told_in_short() -> None:
    """Of a long circle the beginning is told and the line that closes it."""
    [problem] = told([retraction(f"r{n}", f"r{(n + 1) % 50}") for n in range(50)])
    assert "'r49' retracts 'r0' retracts 'r1' retracts 'r2' retracts … retracts 'r49'" in problem


# The whole --------------------------------------------------------------------------------------------------

POOL = [
    born("u1", "2018-03-01"),
    born("u2", "2018-05-01"),
    born("u3", "2018-05"),
    ended("u4", "2018-04-01"),
    ended("u5", "2018-05-01"),
    term("t1", "2018-01-01", "2018-06-30"),
    term("t2", "2018-06-30", "2018-08-31"),
    term("t3", "2018-07-01", "2018-07-31"),
    term("t4", "2018-01-01", "2018-06-30", "term-t1"),
    term("t5", "2018-09-01", "2018-12-31", "term-t1"),
    retraction("r1", "u1"),
    retraction("r2", "r1"),
    retraction("r3", "t1"),
    retraction("r4", "r3"),
    retraction("r5", "u4"),
    retraction("r3b", "r4"),
]


@given(chosen=st.lists(st.sampled_from(POOL)))
def test_a_collection_is_refused_where_a_batch_is(chosen: list[Fact]) -> None:
    """A collection is taken exactly if a ledger would take it as one batch, and it is then the same facts."""
    admission = judged(chosen)
    if admission.problems:
        with pytest.raises(FactError):
            all_admitted(chosen)
    else:
        assert all_admitted(chosen) == admission.facts


@given(data=st.data(), chosen=st.lists(st.sampled_from(POOL), unique_by=lambda fact: fact.id))
def test_order_within_a_batch_does_not_matter(data: st.DataObject, chosen: list[Fact]) -> None:
    """Whether a batch is accepted whole does not depend on the order of its lines."""
    shuffled = data.draw(st.permutations(chosen))
    assert bool(told(shuffled)) == bool(told(chosen))


@given(chosen=st.lists(st.sampled_from(POOL), unique_by=lambda fact: fact.id), cut=st.integers(0, 16))
def test_what_is_admitted_may_stand(chosen: list[Fact], cut: int) -> None:
    """The facts that are left when every line with a problem is left out have no problem, with what was there."""
    existing = judged(chosen[:cut]).facts
    kept = judged(chosen[cut:], existing)
    assert told([*existing, *kept.facts]) == []
    refused = {problem.where for problem in kept.problems}
    assert len(kept.facts) + len(refused) == len(chosen[cut:])


def test_problems_stand_in_the_order_of_the_input() -> None:
    """Problems of every kind are told together, by line."""
    lines = [
        retraction("r1", "r1"),
        born("u1", "2018-03-01"),
        term("t1", "2018-01-01", "2018-06-30"),
        born("u2", "2018-03-02"),
        made("unit_dissolved", "t1", unit="B1"),
        term("t2", "2018-01-01", "2018-01-02"),
    ]
    assert [problem.split(":")[0][-1] for problem in told(lines)] == ["1", "4", "5", "6"]


def test_many_repeated_establishments_are_told_at_once() -> None:
    """A thousand units given twice make a thousand problems, soon."""
    start = [born(f"a{n}", "2018-03-01", unit=f"B{n}") for n in range(1000)]
    again = [born(f"b{n}", "2018-03-02", unit=f"B{n}") for n in range(1000)]
    assert len(told(again, start)) == 1000


def test_times_are_compared_as_instants() -> None:
    """Of two copies the earlier instant stands, whatever its offset makes of the clock's hour."""
    early = made("unit_dissolved", "u1", unit="B1", recorded_at="2018-01-01T09:00:00+08:00")
    late = made("unit_dissolved", "u1", unit="B1", recorded_at="2018-01-01T02:00:00Z")
    assert early.recorded_at is not None
    assert late.recorded_at is not None
    assert late.recorded_at - early.recorded_at == timedelta(hours=1)
    assert admitted((), [("a", late), ("b", early)]).facts == (early,)
