"""A history answered out of columns says what the history of the same facts says, and touches only what it is asked."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from random import Random
from typing import Any
from unittest.mock import patch

import attrs
from hypothesis import given

from partyrules.facts.admission import first_recorded
from partyrules.facts.vocabulary import Fact
from partyrules.history import CORE_RELATIONS, History, Holding, history_of
from partyrules.history.lazy import LazyHistory
from partyrules.store import index
from partyrules.store.columns import Columns, from_facts
from tests.strategies import TOY, Question, chances, institution, question, seeded
from tests.toy import fact, left, member, no_member, registered, retracted

STAGES = TOY.stages[:-1]


class Kept:
    """Facts held in memory and as columns, that remembers which were asked for."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._facts = list(first_recorded(facts).values())
        self.columns = Columns()
        self.read: list[str] = []
        from_facts(self.columns, self._facts)

    def add(self, facts: Sequence[Fact]) -> None:
        """Put further facts at the end."""
        self._facts += facts
        from_facts(self.columns, facts)

    def facts(self, numbers: Sequence[int]) -> list[Fact]:
        """Return the facts at these places, in this order."""
        found = [self._facts[number] for number in numbers]
        self.read += [fact.id for fact in found]
        return found


def lazy(kept: Kept, asked: Question, *, besides: Iterable[Fact] = ()) -> LazyHistory:
    """Return the history that is answered out of columns."""
    return LazyHistory(kept, as_of=asked.as_of, known_at=asked.known_at, stages=STAGES, besides=besides)


def whole(facts: Iterable[Fact], asked: Question) -> History:
    """Return the history that reads all facts."""
    return history_of(facts, as_of=asked.as_of, known_at=asked.known_at, stages=STAGES)


def shown(holdings: Iterable[Holding]) -> list[tuple[Any, ...]]:
    """Return holdings as values that can be compared, in their order."""
    return [(h.relation, dict(h.values), h.fact, h.possible, h.certain, h.group, h.ways) for h in holdings]


def values_of(history: History, wire: str) -> list[tuple[str, Any]]:
    """Return each field of a type of facts with each value that it has or lists, None and a stranger besides."""
    found: dict[tuple[str, Any], None] = {}
    for one in history.facts(wire):
        for name in attrs.fields_dict(type(one)):
            value = getattr(one, name)
            for each in value if isinstance(value, tuple) else (value,):
                found[name, each] = None
            found[name, None] = found[name, "nobody"] = None
    return [*found, ("no_such_field", "nobody"), ("no_such_field", None)]


@given(chances())
def test_same_answers(chance: Random) -> None:
    """Facts, holdings, people, terms and closures are the same whichever history is asked."""
    facts = institution(chance, TOY, months=chance.randrange(60))
    asked = question(chance)
    with patch.object(index, "_AS_LONG_AS_SORTING", chance.randrange(6)):
        assert_same(lazy(Kept(facts), asked), whole(facts, asked), chance)


@given(chances())
def test_facts_besides(chance: Random) -> None:
    """Facts given besides a projection count once, as first recorded, wherever they are also held."""
    facts = institution(chance, TOY, months=20)
    asked = question(chance)
    besides = [one for one in facts if chance.randrange(3) == 0]
    besides = [attrs.evolve(one, recorded_at=_instant(chance)) for one in besides]
    held = [one for one in facts if chance.randrange(3)]
    assert_same(lazy(Kept(held), asked, besides=besides), whole((*held, *besides), asked), chance)


@given(chances())
def test_growing_columns(chance: Random) -> None:
    """What was indexed before facts were added is found with them afterwards."""
    facts = institution(chance, TOY, months=20)
    asked = question(chance)
    first = [one for one in facts if chance.randrange(2)]
    kept = Kept(first)
    added = [one for one in facts if one not in first]
    with patch.object(index, "_AS_LONG_AS_SORTING", chance.randrange(6)):
        assert_same(lazy(kept, asked), whole(first, asked), chance)
        kept.add(added)
        assert_same(lazy(kept, asked), whole((*first, *added), asked), chance)


def _instant(chance: Random) -> datetime | None:
    return None if chance.randrange(2) else datetime.fromisoformat(f"20{chance.randrange(18, 24)}-03-01T00:00:00+08:00")


def assert_same(found: History, expected: History, chance: Random) -> None:
    """Raise AssertionError unless both histories give the same answers, asked in an order of chance."""
    # One draw for all that follows: the questions are many, and need no shrinking of their own.
    pick = seeded(chance.randrange(2**32))
    wires = sorted({one.wire for one in expected.by_id.values()} | {"talk_held", "no_such_type"})
    questions: list[Any] = []
    for wire in wires:
        pairs = values_of(expected, wire)
        questions += [("facts", wire)]
        questions += [("facts_where", wire, name, value) for name, value in pick.sample(pairs, min(len(pairs), 12))]
        questions += [("seen_where", wire, name, value) for name, value in pick.sample(pairs, min(len(pairs), 4))]
        questions += [
            (name, wire, _wanted(pick, pairs)) for name in ("facts_matching", "seen_matching") for _ in "1234"
        ]
    for relation in CORE_RELATIONS:
        pairs = values_of(expected, relation.started)
        pairs += [("place", "D1/101"), ("person", "p1"), ("category", "student")]
        questions += [("holdings_where", relation.name, *pick.choice(pairs)) for _ in range(8)]
        questions += [("holdings", relation.name)]
        questions += [("holdings_matching", relation.name, _wanted(pick, pairs)) for _ in range(4)]
    questions += [("names", person) for person in (*expected.people, "nobody", "B1")]
    questions += [("absence_of", person) for person in expected.people]
    pick.shuffle(questions)
    for name, *asked in questions:
        ours, theirs = getattr(found, name)(*asked), getattr(expected, name)(*asked)
        if name.startswith("holdings"):
            assert shown(ours) == shown(theirs), (name, asked)
        elif name == "names":
            assert ours == theirs, (name, asked)
        elif name.startswith(("seen", "absence")):
            said = [[(one.wire, one.id, one.on, one.until) for one in each] for each in (ours, theirs)]
            assert said[0] == said[1], (name, asked)
        else:
            assert list(ours) == list(theirs), (name, asked)
    assert found.people == expected.people
    assert found.terms == expected.terms
    assert found.closures == expected.closures
    assert dict(found.by_id) == dict(expected.by_id)
    assert "nobody" not in found.by_id


def _wanted(pick: Random, pairs: Sequence[tuple[str, Any]]) -> list[tuple[str, tuple[Any, ...]]]:
    wanted = []
    for _ in range(pick.randrange(1, 4)):
        name, value = pick.choice(pairs)
        others = [other for field, other in pairs if field == name and other is not None and pick.randrange(4) == 0]
        wanted.append((name, (*(() if value is None else (value,)), *others)))
    return wanted


def test_only_what_is_asked() -> None:
    """A question about one person reads no fact that names only others."""
    facts = (
        registered("p1", "2019-09-01"),
        registered("p2", "2019-09-01"),
        member("p1", "B1", "2020-01-01"),
        member("p2", "B1", "2020-01-01"),
        no_member("p2", "B1", "2020-06-01"),
        left("p2", "2020-07-01"),
    )
    kept = Kept(facts)
    history = LazyHistory(kept, as_of=date(2020, 12, 31))
    assert len(history.holdings_where("membership", "person", "p1")) == 1
    assert len(history.holdings_where("registration", "person", "p1")) == 1
    assert set(kept.read) <= {one.id for one in facts if getattr(one, "person", None) == "p1"}


def test_retracted_retraction() -> None:
    """A retraction that was itself retracted does not act, and is not there."""
    kept = Kept(
        (
            fact("talk_held", "2020-03-01", id="talk", person="p1", talk="any"),
            retracted("talk", "2020-03-02", id="first"),
            retracted("first", "2020-03-03", id="second"),
        )
    )
    history = LazyHistory(kept, as_of=date(2020, 12, 31))
    assert set(history.by_id) == {"talk", "second"}
