"""A monitor against fresh audits: after whatever is recorded and however many days, it says what they say."""

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from unittest.mock import patch

import pytest
from attrs import evolve
from hypothesis import Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

import partyrules_lzcu2012
import partyrules_lzwl2017
from partyrules.answers.blocks import FindingRow, row_of
from partyrules.errors import EngineError, FactError, QueryError
from partyrules.evaluate.reference import ReferenceEvaluator
from partyrules.facts.codec import decode_fact, encode_fact
from partyrules.facts.vocabulary import Fact
from partyrules.history import history_of
from partyrules.ledger.sqlite import open_ledger
from partyrules.packs.pack import Adoption, adopt
from partyrules.questions.funnel import funnel
from partyrules.store.projection import open_projection
from partyrules.testing.strategies import asked_histories
from partyrules.testing.strategies import facts as club_facts
from partyrules.watch import state
from partyrules.watch.changes import Change, Passage
from partyrules.watch.monitor import Monitor
from tests import chess, toy
from tests.passages import passage_of
from tests.strategies import ASKED_DAYS, REAL, TOY, Cast, chances, institution, one_fact
from tests.sweeps import examples

BOTH: Final = adopt([partyrules_lzwl2017.pack, partyrules_lzcu2012.pack])
RECORDED: Final = datetime(2021, 6, 1, 8, 0, tzinfo=UTC)
Said = dict[tuple[str, ...], FindingRow | Passage]
Begun = Callable[..., "Trial"]


def as_said(rows: Iterable[FindingRow], decisions: Iterable[Passage]) -> Said:
    """Return findings and decisions by what each is about."""
    said: Said = {}
    for row in rows:
        said["finding", row.rule, row.subject, str(row.period and row.period.start), str(row.occasion)] = row
    for passage in decisions:
        said["decision", passage.person] = passage
    return said


def audited(facts: Sequence[Fact], adoption: Adoption, as_of: date) -> Said:
    """Return what the reference says of facts held in memory, all of it judged anew."""
    history = history_of(
        (*facts, *adoption.terms), as_of=as_of, stages=adoption.stage_names, relations=adoption.relations
    )
    evaluator = ReferenceEvaluator(adoption, history)
    rows = [row_of(finding) for bound in adoption.duties for finding in evaluator.findings(bound)]
    decisions = funnel(tuple(facts), adoption, on=as_of, engine="reference").decisions
    said = as_said(rows, map(passage_of, decisions))
    assert len(said) == len(rows) + len(decisions)
    return said


def key_of(change: Change) -> tuple[str, ...]:
    """Return what a change is about."""
    said = change.after or change.before
    return next(iter(as_said([said], ()) if isinstance(said, FindingRow) else as_said((), [said] if said else ())))


class Trial:
    """A monitor on a ledger of its own, held against the reference after each step."""

    def __init__(self, adoption: Adoption, facts: Sequence[Fact], as_of: date) -> None:
        self.directory = tempfile.TemporaryDirectory()
        self.ledger = open_ledger(Path(self.directory.name) / "ledger.db", vocabulary=adoption.vocabulary)
        self.adoption = adoption
        self.facts: list[Fact] = []
        self.told: list[Change] = []
        self.append(facts)
        self.monitor = Monitor(self.ledger, adoption, as_of=as_of)
        self.monitor.subscribe(self.told.append)
        self.said = self.check()

    def append(self, facts: Sequence[Fact]) -> None:
        """Append to the ledger behind the monitor's back; lines that a ledger refuses are left out."""
        self.ledger.append(facts, recorded_at=RECORDED, keep_good=True)
        self.facts = [recorded.fact for recorded in self.ledger.facts()]

    def check(self) -> Said:
        """Assert that the monitor says what the reference says, and return it."""
        expected = audited(self.facts, self.adoption, self.monitor.as_of)
        rows = list(self.monitor.table().rows())
        found = as_said(rows, self.monitor.decisions())
        assert found == expected, difference(found, expected)
        assert len(found) == len(rows) + len(self.monitor.decisions())
        return found

    def expect(self, changes: Sequence[Change]) -> None:
        """Assert that the changes are those, and all those, between what was said before and what is said now."""
        before, self.said = self.said, self.check()
        expected = {
            key: (before.get(key), self.said.get(key))
            for key in {**before, **self.said}
            if before.get(key) != self.said.get(key)
        }
        assert {key_of(change): (change.before, change.after) for change in changes} == expected
        assert len(changes) == len(expected)
        assert self.told == list(changes)
        self.told.clear()

    def take(self, facts: Sequence[Fact]) -> None:
        """Append facts and let the monitor take them in."""
        self.append(facts)
        self.expect(self.monitor.refresh())

    def advance(self, day: date) -> None:
        """Go on to a day."""
        self.expect(self.monitor.advance(to=day))

    def close(self) -> None:
        """Let go of the ledger."""
        self.ledger.close()
        self.directory.cleanup()


def difference(found: Said, expected: Said) -> str:
    """Return what differs, for the message of a failure."""
    keys = [key for key in {**found, **expected} if found.get(key) != expected.get(key)]
    return "\n".join(f"{key}\n  found {found.get(key)}\n  expected {expected.get(key)}" for key in keys[:5])


# Whatever is recorded, and however many days pass ------------------------------------------------------------------

EVERYDAY: Final = ("meeting_held", "activity_held")
MOVES: Final = (
    "membership_started", "membership_ended", "stage_entered", "leave_started", "leave_ended", "role_started",
    "person_left", "person_registered", "unit_established", "unit_dissolved", "judgement_made", "register_closed",
)  # fmt: skip


class Watching(RuleBasedStateMachine):
    """Facts in batches, in any order, late, retracted or known to the month alone, while days pass."""

    adoption: Adoption
    days: Sequence[date] = tuple(map(date.fromisoformat, ASKED_DAYS))
    trial: Trial

    def founded(self, data: st.DataObject) -> Sequence[Fact]:
        """Return the facts to begin with."""
        raise NotImplementedError

    def further(self, data: st.DataObject, of: Sequence[str]) -> Fact:
        """Return one more fact, of one of these types where some are named."""
        raise NotImplementedError

    @initialize(data=st.data(), one_by_one=st.sampled_from([64, 64, 1, 0]), share=st.integers(0, 2))
    def begin(self, data: st.DataObject, one_by_one: int, share: int) -> None:
        """Begin with all the facts of an institution, with some of them, or with none."""
        self.threshold = patch.object(state, "one_by_one", lambda _: one_by_one)
        self.threshold.start()
        facts = data.draw(st.permutations(self.founded(data)))
        kept = len(facts) * (2 - share) // 2
        self.waiting = facts[kept:]
        self.count = 0
        self.trial = Trial(self.adoption, facts[:kept], data.draw(st.sampled_from(self.days)))

    def _take(self, facts: Sequence[Fact]) -> None:
        note("\n".join(encode_fact(fact).decode() for fact in facts))
        self.trial.take(facts)

    def _new(self, data: st.DataObject, of: Sequence[str]) -> Fact:
        self.count += 1
        return evolve(self.further(data, of), id=f"new {self.count}")

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def record_more_of_the_institution(self, data: st.DataObject) -> None:
        """Record some of the facts that are left."""
        count = data.draw(st.integers(1, min(6, len(self.waiting))))
        some, self.waiting = self.waiting[:count], self.waiting[count:]
        self._take(some)

    @rule(data=st.data(), count=st.integers(1, 5))
    def record_everyday_facts(self, data: st.DataObject, count: int) -> None:
        """Record meetings and activities, now and then between them something that moves people."""
        kinds = [EVERYDAY if data.draw(st.integers(0, 5)) else MOVES for _ in range(count)]
        self._take([self._new(data, of) for of in kinds])

    @rule(data=st.data(), count=st.integers(1, 3))
    def record_anything(self, data: st.DataObject, count: int) -> None:
        """Record facts of any type."""
        self._take([self._new(data, ()) for _ in range(count)])

    @precondition(lambda self: self.trial.facts)
    @rule(data=st.data())
    def retract(self, data: st.DataObject) -> None:
        """Retract a fact, perhaps a retraction."""
        self.count += 1
        target = data.draw(st.sampled_from(self.trial.facts)).id
        self._take([toy.retracted(target, "2020-03-02", id=f"new {self.count}")])

    @rule(data=st.data())
    def let_days_pass(self, data: st.DataObject) -> None:
        """Go on to the same day or a later one."""
        later = [day for day in self.days if day >= self.trial.monitor.as_of]
        self.trial.advance(data.draw(st.sampled_from(later)))

    def teardown(self) -> None:
        """Let go of the ledger."""
        if hasattr(self, "threshold"):
            self.threshold.stop()
        if hasattr(self, "trial"):
            self.trial.close()


class WatchingCast(Watching):
    """The institutions of a cast."""

    cast: Cast

    def founded(self, data: st.DataObject) -> Sequence[Fact]:
        """Return the facts of an invented institution."""
        return institution(data.draw(chances()), self.cast, size=12)

    def further(self, data: st.DataObject, of: Sequence[str]) -> Fact:
        """Return a fact that the cast could give rise to."""
        return one_fact(data.draw(chances()), self.cast, name="new", of=of)


class WatchingToy(WatchingCast):
    """The toy pack."""

    adoption = toy.adopted()
    cast = TOY


class WatchingBoth(WatchingCast):
    """The packs of both documents."""

    adoption = BOTH
    cast = REAL


class WatchingChess(Watching):
    """The chess club, whose rules use every construct of the language."""

    adoption = adopt([chess.pack], holidays={date(2020, 1, 1): True})

    def founded(self, data: st.DataObject) -> Sequence[Fact]:
        """Return a history of the club."""
        facts, asked = data.draw(asked_histories(chess.pack))
        last = asked.as_of
        self.days = sorted({last - timedelta(days=60), last - timedelta(days=1), last, last + timedelta(days=40)})
        return facts

    def further(self, data: st.DataObject, of: Sequence[str]) -> Fact:
        """Return a fact of the club."""
        del of
        return data.draw(club_facts(chess.pack))


machine = settings(
    max_examples=examples(20),
    stateful_step_count=8,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
)


@pytest.mark.parametrize("watching", [WatchingToy, WatchingBoth, WatchingChess])
def test_a_monitor_says_what_a_fresh_audit_says(watching: type[Watching]) -> None:
    """After any facts and days a monitor has the rows and decisions of a fresh audit, and told just what changed."""
    run_state_machine_as_test(watching, settings=machine)


# What changes, kind by kind ------------------------------------------------------------------------------------------

CLUB: Final = (*toy.TERMS, toy.unit("b1", "branch"), toy.unit("o1", "guidance_department"))
FELLOW: Final = (toy.stage("ann", "fellow"), toy.member("ann", "b1"))


@pytest.fixture
def begun() -> Iterator[Begun]:
    """Yield what begins a monitor on some facts as of a day, of the toy pack or others, held against the reference."""
    trials: list[Trial] = []

    def begin(facts: Iterable[Fact], as_of: str, adoption: Adoption | None = None) -> Trial:
        trials.append(Trial(adoption or toy.adopted(), tuple(facts), date.fromisoformat(as_of)))
        return trials[-1]

    yield begin
    for trial in trials:
        trial.close()


def taken(trial: Trial, *facts: Fact) -> tuple[Change, ...]:
    """Record facts through the monitor, hold what it says against the reference, and return the changes."""
    changes = trial.monitor.record(facts, recorded_at=RECORDED)
    trial.facts = [recorded.fact for recorded in trial.ledger.facts()]
    trial.expect(changes)
    return changes


def passed(trial: Trial, day: str) -> tuple[Change, ...]:
    """Go on to a day, hold what is said against the reference, and return the changes."""
    changes = trial.monitor.advance(to=date.fromisoformat(day))
    trial.expect(changes)
    return changes


def statuses(changes: Iterable[Change], name: str, start: str | None = None) -> list[tuple[str, ...]]:
    """Return subject, status before and status after of the changed findings on a rule, in the period from `start`."""
    found = []
    for change in changes:
        said = change.after or change.before
        if isinstance(said, FindingRow) and said.rule == f"toy:{name}":
            begins = None if said.period is None else said.period.start.isoformat()
            if start in (None, begins):
                sides = (row.status if isinstance(row, FindingRow) else "none" for row in (change.before, change.after))
                found.append((said.subject, *sides))
    return found


def test_an_assembly_makes_its_quarter_satisfied(begun: Begun) -> None:
    """A first assembly in the quarter that runs makes it satisfied, and nothing else changes."""
    trial = begun(CLUB, "2020-05-20")
    changes = taken(trial, toy.meeting("assembly", "b1", "2020-05-18"))
    assert [(c.kind, c.rule, c.subject) for c in changes] == [("finding", "toy:1.4", "b1")]
    assert statuses(changes, "1.4") == [("b1", "pending", "satisfied")]
    assert isinstance(changes[0].after, FindingRow)
    assert changes[0].after.actual == 1


def test_midnight_makes_a_missed_quarter_breached(begun: Begun) -> None:
    """On the last day of a quarter without an assembly it is breached, not before."""
    trial = begun(CLUB, "2020-06-20")
    assert statuses(passed(trial, "2020-06-29"), "1.4") == []
    assert statuses(passed(trial, "2020-06-30"), "1.4") == [("b1", "pending", "breached")]
    assert statuses(passed(trial, "2020-07-01"), "1.4") == [("b1", "none", "pending")]


def test_a_retraction_takes_it_back(begun: Begun) -> None:
    """A retracted assembly leaves its quarter as it was, and a retracted retraction brings it back."""
    held = toy.meeting("assembly", "b1", "2020-05-18")
    trial = begun((*CLUB, held), "2020-07-20")
    undone = toy.retracted(held)
    assert statuses(taken(trial, undone), "1.4") == [("b1", "satisfied", "breached")]
    assert statuses(taken(trial, toy.retracted(undone)), "1.4") == [("b1", "breached", "satisfied")]


def test_a_retraction_may_come_before_its_fact(begun: Begun) -> None:
    """A fact that was retracted before it was recorded changes nothing."""
    held = toy.meeting("assembly", "b1", "2020-05-18")
    trial = begun((*CLUB, toy.retracted(held)), "2020-07-20")
    assert taken(trial, held) == ()


def test_a_late_fact_mends_its_own_period(begun: Begun) -> None:
    """An assembly recorded months later makes the quarter in which it was held satisfied."""
    trial = begun(CLUB, "2020-12-31")
    changes = taken(trial, toy.meeting("assembly", "b1", "2020-02-03"))
    assert statuses(changes, "1.4") == [("b1", "breached", "satisfied")]
    assert statuses(changes, "1.4", "2020-01-01") == [("b1", "breached", "satisfied")]


def test_a_closed_register_decides(begun: Begun) -> None:
    """Closing the register leaves what lies behind it open, and closing it later decides it."""
    trial = begun(CLUB, "2020-07-20")
    assert statuses(taken(trial, toy.closed("2020-05-31")), "1.4", "2020-04-01") == [("b1", "breached", "unknown")]
    assert statuses(taken(trial, toy.closed("2020-06-30", "b1")), "1.4") == [("b1", "unknown", "breached")]


def test_a_fact_behind_a_closed_register_still_counts(begun: Begun) -> None:
    """Where the register is not yet closed, an assembly makes what was unknown satisfied."""
    trial = begun((*CLUB, toy.closed("2020-05-31")), "2020-07-20")
    changes = taken(trial, toy.meeting("assembly", "b1", "2020-06-08"))
    assert statuses(changes, "1.4") == [("b1", "unknown", "satisfied")]


def test_a_gathering_is_a_finding_on_each_member(begun: Begun) -> None:
    """A gathering makes one new finding on each member: who came, who was excused, and who was neither."""
    people = [fact for name in ("ann", "ben", "cai") for fact in (toy.stage(name, "fellow"), toy.member(name, "b1"))]
    trial = begun((*CLUB, *people, toy.stage("dee", "fellow")), "2020-05-20")
    held = toy.meeting("gathering", "b1", "2020-05-18", attended=["ann", "dee"], excused=["ben"])
    changes = taken(trial, held)
    assert statuses(changes, "3.1") == [
        ("ann", "none", "satisfied"),
        ("ben", "none", "excused"),
        ("cai", "none", "breached"),
    ]
    assert statuses(taken(trial, toy.retracted(held)), "3.1") == [
        ("ann", "satisfied", "none"),
        ("ben", "excused", "none"),
        ("cai", "breached", "none"),
    ]


def test_a_new_member_is_bound_from_then_on(begun: Begun) -> None:
    """Who joins is bound by the gatherings from that day on, those recorded before as well as those after."""
    trial = begun((*CLUB, *FELLOW, toy.stage("ben", "fellow")), "2020-05-20")
    taken(trial, toy.meeting("gathering", "b1", "2020-05-04", attended=[]))
    taken(trial, toy.meeting("gathering", "b1", "2020-05-11", attended=[]))
    assert statuses(taken(trial, toy.member("ben", "b1", "2020-05-11")), "3.1") == [("ben", "none", "breached")]
    found = statuses(taken(trial, toy.meeting("gathering", "b1", "2020-05-18", attended=["ben"])), "3.1")
    assert found == [("ann", "none", "breached"), ("ben", "none", "satisfied")]


def test_who_joined_in_a_month_without_a_day_may_be_bound(begun: Begun) -> None:
    """Where only the month of joining is known, a gathering in it binds the others, and leaves that one open."""
    earlier = toy.meeting("gathering", "b1", "2020-03-02", attended=["ann"])
    joined = (toy.stage("ben", "fellow"), toy.member("ben", "b1", "2020-05"))
    trial = begun((*CLUB, *FELLOW, *joined, earlier), "2020-05-20")
    changes = taken(trial, toy.meeting("gathering", "b1", "2020-05-18", attended=["ann"]))
    assert statuses(changes, "3.1") == [("ann", "none", "satisfied"), ("ben", "none", "unknown")]


def test_a_gathering_without_a_list_leaves_it_open(begun: Begun) -> None:
    """Where nobody wrote down who came, the finding on each member is unknown."""
    trial = begun((*CLUB, *FELLOW), "2020-05-20")
    assert statuses(taken(trial, toy.meeting("gathering", "b1", "2020-05-18")), "3.1") == [("ann", "none", "unknown")]


def test_leave_excuses(begun: Begun) -> None:
    """A leave that covers most of a semester makes it not applicable, and takes gatherings in it away."""
    held = toy.meeting("gathering", "b1", "2020-05-18", attended=[])
    trial = begun((*CLUB, *FELLOW, held), "2020-07-20")
    changes = taken(trial, toy.leave("ann", "2020-03-01"))
    assert statuses(changes, "1.2", "2020-02-24") == [("ann", "breached", "not_applicable")]
    assert statuses(changes, "3.1") == [("ann", "breached", "none")]


def test_the_explanation_of_a_lapse(begun: Begun) -> None:
    """A recorded reason excuses a breach of what is normally done."""
    trial = begun(CLUB, "2020-07-20")
    changes = taken(trial, toy.judged("1.1", "b1", "explained", "2020-07-18", period="2020-05-01"))
    assert statuses(changes, "1.1") == [("b1", "breached", "excused")]


def test_a_declared_term_makes_its_findings(begun: Begun) -> None:
    """A term declared late brings the findings of its semester."""
    trial = begun((*CLUB[1:3], *CLUB[4:], *FELLOW), "2020-05-20")
    assert statuses(taken(trial, toy.AUTUMN_2019), "1.2") == [("ann", "none", "not_applicable")]


def test_a_first_name_is_noticed(begun: Begun) -> None:
    """Somebody whom a fact names for the first time is bound at once where rules bind everybody."""
    trial = begun(CLUB, "2020-05-20")
    changes = taken(trial, toy.stage("eve", "fellow", "2020-05-01"))
    assert {change.subject for change in changes} == {"eve"}
    assert statuses(changes, "2.1") == [("eve", "none", "breached")]


def test_a_requirement_met_changes_the_decision(begun: Begun) -> None:
    """A passed course changes the decision on a newcomer's next step, and where each rule belongs in it."""
    trial = begun((*CLUB, toy.stage("ann", "newcomer")), "2020-05-20")
    changes = taken(trial, toy.training("ann", "entry_course", "2020-05-11", passed=True, days=2))
    decided = [change for change in changes if change.kind == "decision"]
    assert [(change.rule, change.subject) for change in decided] == [(None, "ann")]
    before, after = decided[0].before, decided[0].after
    assert isinstance(before, Passage)
    assert isinstance(after, Passage)
    assert (before.to, before.outcome, dict(before.places)["toy:4.1"]) == ("fellow", "blocked", "unmet")
    assert (after.to, after.outcome, dict(after.places)["toy:4.1"]) == ("fellow", "permitted", "met")


def test_a_step_taken_asks_for_the_next(begun: Begun) -> None:
    """Who enters a stage stands before the one after it; who leaves the books stands before none."""
    trial = begun((*CLUB, *FELLOW), "2020-05-20")
    entered = [c for c in taken(trial, toy.stage("ann", "senior", "2020-05-04")) if c.kind == "decision"]
    assert [(isinstance(c.before, Passage) and c.before.to, c.after) for c in entered] == [("senior", None)]
    trial = begun((*CLUB, *FELLOW), "2020-05-20")
    gone = [c for c in taken(trial, toy.left("ann", "2020-05-04")) if c.kind == "decision"]
    assert [(isinstance(c.before, Passage) and c.before.to, c.after) for c in gone] == [("senior", None)]


def test_facts_of_later_days_wait(begun: Begun) -> None:
    """A fact dated after the monitor's day changes nothing until that day has come."""
    trial = begun(CLUB, "2020-05-20")
    assert taken(trial, toy.meeting("assembly", "b1", "2020-05-25")) == ()
    assert statuses(passed(trial, "2020-05-24"), "1.4") == []
    assert statuses(passed(trial, "2020-05-25"), "1.4") == [("b1", "pending", "satisfied")]


def test_many_subjects_are_judged_at_once(begun: Begun) -> None:
    """What concerns more people than are judged one by one comes to the same."""
    people = [toy.stage(f"p{n:02}", "fellow") for n in range(70)]
    trial = begun((*CLUB, *people), "2020-05-20")
    changes = taken(trial, *(toy.member(f"p{n:02}", "b1") for n in range(70)))
    assert changes == ()
    held = toy.meeting("gathering", "b1", "2020-05", attended=["p01"])
    assert len(statuses(taken(trial, held), "3.1")) == 70


# How it is used ------------------------------------------------------------------------------------------------------


def test_a_refused_fact_changes_nothing(begun: Begun) -> None:
    """A batch with a bad fact changes neither the ledger nor what the monitor says, and tells nobody."""
    trial = begun((*CLUB, *FELLOW), "2020-05-20")
    head, rows = trial.ledger.head(), list(trial.monitor.table().rows())
    batch = (toy.meeting("assembly", "b1", "2020-05-18"), toy.unit("b1", "branch", "2020-05-01"))
    with pytest.raises(FactError, match="established"):
        trial.monitor.record(batch, recorded_at=RECORDED)
    assert (trial.ledger.head(), list(trial.monitor.table().rows()), trial.told) == (head, rows, [])
    assert taken(trial, batch[0])


@pytest.fixture
def adopted_terms() -> Iterator[Trial]:
    """Yield a trial under an adoption that declares the terms, which the facts do not."""
    facts = [fact for fact in (*CLUB, *FELLOW) if fact not in toy.TERMS]
    trial = Trial(adopt([toy.pack], terms=toy.TERMS), facts, date(2020, 5, 20))
    yield trial
    trial.close()


@pytest.mark.parametrize(
    "clash",
    [
        toy.meeting("assembly", "b1", "2020-05-18", id=toy.SPRING.id),
        toy.term("other", "semester", "2020-05-01", "2020-05-31"),
        toy.term("2020-spring", "semester", "2022-05-01", "2022-05-31"),
    ],
)
def test_a_fact_that_cannot_stand_beside_the_terms_of_the_adoption_changes_nothing(
    clash: Fact, adopted_terms: Trial
) -> None:
    """Such a fact is refused before it reaches the ledger; recorded by others, it ends what a monitor can say."""
    trial = adopted_terms
    head, rows = trial.ledger.head(), list(trial.monitor.table().rows())
    with pytest.raises(FactError, match=r"^fact 2: "):
        trial.monitor.record([toy.meeting("assembly", "b1", "2020-05-18"), clash], recorded_at=RECORDED)
    assert (trial.ledger.head(), list(trial.monitor.table().rows()), trial.told) == (head, rows, [])
    trial.ledger.append([clash], recorded_at=RECORDED)
    for use in (trial.monitor.refresh, lambda: trial.monitor.advance(to=date(2020, 5, 21))):
        with pytest.raises(FactError, match=r"^'.*' of the adoption: "):
            use()
    assert (trial.monitor.as_of, trial.told) == (date(2020, 5, 20), [])


def test_a_term_of_the_adoption_is_recorded_or_retracted(adopted_terms: Trial) -> None:
    """The same term recorded changes nothing; a retraction of it is taken in as that of any fact."""
    trial = adopted_terms
    assert taken(trial, toy.SPRING) == ()
    assert taken(trial, toy.term("2020-spring", "semester", "2020-02-24", "2020-07-05", "2019-2020", id="again")) == ()
    taken(trial, toy.retracted(toy.SPRING))
    assert taken(trial, toy.retracted("again", id="gone"))


def test_what_fails_midway_is_taken_in_the_next_time(begun: Begun) -> None:
    """Where judging fails the monitor stays as it was, and the next refresh takes in what was recorded."""
    trial = begun((*CLUB, toy.stage("ann", "newcomer")), "2020-05-20")
    rows = list(trial.monitor.table().rows())
    facts = (toy.meeting("assembly", "b1", "2020-05-18"), toy.member("ann", "b1"))
    with patch.object(state, "next_passage", side_effect=EngineError("out of order")), pytest.raises(EngineError):
        trial.monitor.record((*facts, toy.stage("ann", "fellow", "2020-05-11")), recorded_at=RECORDED)
    assert (list(trial.monitor.table().rows()), trial.told) == (rows, [])
    trial.facts = [recorded.fact for recorded in trial.ledger.facts()]
    changes = trial.monitor.refresh()
    assert statuses(changes, "1.4") == [("b1", "pending", "satisfied")]
    trial.expect(changes)


def test_the_same_fact_again_changes_nothing(begun: Begun) -> None:
    """A fact that the ledger holds already is accepted and changes nothing."""
    held = toy.meeting("assembly", "b1", "2020-05-18")
    assert taken(begun((*CLUB, held), "2020-05-20"), held) == ()


def test_what_others_record_is_taken_in(begun: Begun) -> None:
    """What was appended by others shows with the next refresh, whichever monitor asks first."""
    trial = begun(CLUB, "2020-05-20")
    other = Monitor(trial.ledger, trial.adoption, as_of=trial.monitor.as_of)
    other.record([toy.meeting("assembly", "b1", "2020-05-18")], recorded_at=RECORDED)
    with pytest.raises(EngineError, match="refresh it first"):
        trial.monitor.finding(next(trial.monitor.table().rows()))
    trial.facts = [recorded.fact for recorded in trial.ledger.facts()]
    changes = trial.monitor.refresh()
    assert statuses(changes, "1.4") == [("b1", "pending", "satisfied")]
    trial.expect(changes)
    assert list(other.table().rows()) == list(trial.monitor.table().rows())


def test_subscribers_are_told_until_they_leave(begun: Begun) -> None:
    """A subscriber is called with each change, in order, until it unsubscribes."""
    trial = begun(CLUB, "2020-05-20")
    heard: list[Change] = []
    leave = trial.monitor.subscribe(heard.append)
    first = taken(trial, toy.meeting("assembly", "b1", "2020-05-18"))
    leave()
    leave()
    taken(trial, toy.meeting("assembly", "b1", "2020-05-19"))
    assert heard == list(first)


def test_a_subscriber_that_fails_undoes_nothing(begun: Begun) -> None:
    """What a callback raises reaches whoever recorded; the change stands all the same."""
    trial = begun(CLUB, "2020-05-20")

    def fail(change: Change) -> None:
        raise ValueError(change.subject)

    trial.monitor.subscribe(fail)
    with pytest.raises(ValueError, match="b1"):
        trial.monitor.record([toy.meeting("assembly", "b1", "2020-05-18")], recorded_at=RECORDED)
    trial.facts = [recorded.fact for recorded in trial.ledger.facts()]
    trial.check()
    assert trial.monitor.refresh() == ()


def test_the_finding_of_a_row(begun: Begun) -> None:
    """The finding of a changed row cites its evidence and says its message; a row that is no longer so has none."""
    trial = begun(CLUB, "2020-05-20")
    held = toy.meeting("assembly", "b1", "2020-05-18")
    change = taken(trial, held)[0]
    assert isinstance(change.before, FindingRow)
    assert isinstance(change.after, FindingRow)
    finding = trial.monitor.finding(change.after)
    assert (finding.status, finding.evidence) == ("satisfied", (held.id,))
    assert finding.message.zh
    with pytest.raises(QueryError, match="no such finding"):
        trial.monitor.finding(change.before)


def test_a_table_is_walked_until_the_next_change(begun: Begun) -> None:
    """The table gives its findings as objects until the monitor goes on."""
    trial = begun((*CLUB, *FELLOW), "2020-05-20")
    table = trial.monitor.table()
    assert [row_of(finding) for finding in table] == list(table.rows())
    assert table.to_arrow().num_rows == len(table)
    taken(trial, toy.meeting("assembly", "b1", "2020-05-18"))
    with pytest.raises(EngineError, match="gone on"):
        list(table)


def test_days_only_pass_forward(begun: Begun) -> None:
    """A day before the monitor's is refused; the same day changes nothing."""
    trial = begun(CLUB, "2020-05-20")
    with pytest.raises(QueryError, match="2020-05-20"):
        trial.monitor.advance(to=date(2020, 5, 19))
    assert passed(trial, "2020-05-20") == ()


@pytest.mark.parametrize(
    ("said", "rule", "start"),
    [
        (
            {
                "fact": "activity_held",
                "on": "2018-08-01",
                "activity": "social_practice",
                "unit": "b1",
                "attended": ["p1"],
            },
            "8.1.7",
            9,
        ),
        ({"fact": "meeting_held", "on": "2018-11-05", "meeting": "group_meeting", "unit": "g1"}, "4.2.1.1", 11),
        ({"fact": "activity_held", "on": "2018-11-05", "activity": "party_lecture", "unit": "g1"}, "4.2.1.1", 11),
        ({"fact": "meeting_held", "on": "2018-11-05", "meeting": "branch_assembly", "unit": "b1"}, "8.2.1-hold", 10),
    ],
    ids=["in the vacation before", "of several selections", "another of these", "beside a duty without a period"],
)
def test_an_everyday_fact_has_nobody_judged_anew(
    begun: Begun, said: Mapping[str, object], rule: str, start: int
) -> None:
    """A fact that counts once more is counted, wherever it counts, and the reference is not asked for a finding."""
    lines = (
        {"fact": "unit_established", "unit": "b1", "kind": "branch", "parent": "gb"},
        {"fact": "unit_established", "unit": "g1", "kind": "building_group", "parent": "gb"},
        {"fact": "person_registered", "person": "p1", "category": "student"},
        {"fact": "stage_entered", "person": "p1", "stage": "full_member"},
        {"fact": "membership_started", "person": "p1", "unit": "b1"},
        *(
            {"fact": "term_declared", "on": first, "until": last, "term": f"t{first}", "kind": kind}
            for first, last, kind in (
                ("2018-02-26", "2018-07-08", "semester"),
                ("2018-07-09", "2018-09-02", "summer_vacation"),
                ("2018-09-03", "2019-01-20", "semester"),
            )
        ),
    )
    facts = [decode_fact(json.dumps({"id": f"f{n}", "on": "2017-09-01", **line})) for n, line in enumerate(lines)]
    trial = begun(facts, "2018-11-20", BOTH)
    trial.append([decode_fact(json.dumps({"id": "new", **said}))])
    with patch.object(ReferenceEvaluator, "findings", side_effect=AssertionError("judged anew")):
        changes = trial.monitor.refresh()
    rows = [(change.before, change.after) for change in changes if (change.rule or "").endswith(f":{rule}")]
    periods = [(one.status, two.status, one.period and one.period.start.month) for one, two in rows]  # type: ignore[union-attr]
    assert periods == [("pending", "satisfied", start)]
    trial.expect(changes)


def test_a_monitor_begins_from_a_stored_projection(tmp_path: Path, begun: Begun) -> None:
    """A projection out of its file serves as well as one read anew."""
    trial = begun((*CLUB, *FELLOW), "2020-05-20")
    open_projection(trial.ledger, tmp_path / "projection")
    projection = open_projection(trial.ledger, tmp_path / "projection")
    other = Monitor(trial.ledger, trial.adoption, as_of=trial.monitor.as_of, projection=projection)
    assert list(other.table().rows()) == list(trial.monitor.table().rows())
    assert other.decisions() == trial.monitor.decisions()
    assert statuses(other.record([toy.meeting("assembly", "b1", "2020-05-18")], recorded_at=RECORDED), "1.4")
