"""The laws of a ledger as tests: every backend inherits `LedgerConformance` and must pass it whole."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from itertools import pairwise
from typing import Any, Final, Literal, Protocol, get_args

import attrs
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from partyrules.errors import FactError, LedgerError, QueryError
from partyrules.facts.codec import (
    Checked,
    checked,
    checked_lines,
    content,
    encode_fact,
    parse_instant,
)
from partyrules.facts.vocabulary import Fact
from partyrules.ledger.base import Head, Ledger, Recorded, parse_head
from tests.recordings import (
    FIRST,
    INSTANTS,
    KEPT,
    NOW,
    WIRES,
    changed,
    clock,
    fact_lists,
    meetings,
    showing,
    synthetic,
)

Tampering = Literal[
    "content", "recorded_at", "kept_at", "id", "removed", "swapped", "inserted", "appended", "truncated", "head"
]

# One test function serves every backend that inherits it, so Hypothesis sees several classes run it.
_LAW: Final = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.differing_executors])


class LedgerBackend(Protocol):
    """What a backend gives to be tested."""

    def ledger_factory(self) -> Ledger:
        """Return a new empty ledger."""

    def tamper(self, ledger: Ledger, how: Tampering, position: int) -> None:
        """Change what is stored, as somebody would who has the store in hand and does not mend the chain.

        - `content`, `recorded_at`, `kept_at`, `id`: changes that column at the position, `id` being what is filed;
        - `removed`: takes the row away, leaving a gap; `truncated`: takes it and all after it away;
        - `swapped`: exchanges everything but the positions of this row and the next;
        - `inserted`: puts a copy with another id there, all from the position on moving up by one;
        - `appended`: adds a row at this position, just behind the last, that carries the chain on correctly;
        - `head`: sets the hash of the stored head to something else.
        """


def _stored(fact: Fact) -> Fact:
    """Return a fact as the ledger gives it back when it is recorded at `NOW`."""
    return fact if fact.recorded_at is not None else changed(fact, recorded_at=NOW)


def _said(ledger: Ledger) -> set[tuple[bytes, datetime | None]]:
    return {(content(entry.fact), entry.fact.recorded_at) for entry in ledger.facts()}


def _saying(facts: Sequence[Fact]) -> set[tuple[bytes, datetime | None]]:
    return {(content(fact), _stored(fact).recorded_at) for fact in facts}


class LedgerConformance:
    """The tests that a backend inherits; it sets `backend`."""

    backend: LedgerBackend

    def filled(self, facts: Sequence[Fact]) -> Ledger:
        """Return a new ledger that holds these facts."""
        ledger = self.backend.ledger_factory()
        ledger.append(facts, recorded_at=NOW, clock=clock)
        return ledger

    # What is read is what was recorded ------------------------------------------------------------------

    @given(facts=fact_lists())
    @_LAW
    def test_reading_gives_back_what_was_recorded(self, facts: list[Fact]) -> None:
        """Facts are read in the order they were appended, at positions from 1 on without gaps."""
        with self.filled(facts) as ledger:
            entries = list(ledger.facts())
            assert [entry.position for entry in entries] == list(range(1, len(facts) + 1))
            assert [entry.fact for entry in entries] == [_stored(fact) for fact in facts]

    @given(data=st.data(), facts=fact_lists())
    @_LAW
    def test_order_of_recording_does_not_matter(self, data: st.DataObject, facts: list[Fact]) -> None:
        """Any order, in any batches, stores the same set of facts and a chain that verifies."""
        shuffled = data.draw(st.permutations(facts))
        cuts = sorted(data.draw(st.lists(st.integers(0, len(facts)), max_size=3)))
        with self.filled(facts) as whole, self.backend.ledger_factory() as parts:
            for start, end in pairwise([0, *cuts, len(shuffled)]):
                parts.append(shuffled[start:end], recorded_at=NOW)
            assert _said(parts) == _said(whole) == _saying(facts)
            assert parts.verify().ok

    @given(data=st.data(), facts=fact_lists(min_size=1))
    @_LAW
    def test_duplicates_change_nothing(self, data: st.DataObject, facts: list[Fact]) -> None:
        """Facts recorded again are accepted, counted as already there, and leave the head where it was."""
        again = data.draw(st.lists(st.sampled_from(facts), max_size=6)) if facts else []
        later = [changed(fact, recorded_at=NOW + timedelta(days=1)) for fact in again]
        with self.filled(facts) as ledger:
            before = ledger.head()
            for batch in (again, later):
                done = ledger.append(batch, recorded_at=NOW + timedelta(days=2))
                assert (done.appended, done.already) == (0, len(batch))
                assert (done.first_position, done.last_position) == (None, None)
            assert ledger.head() == before
            assert _said(ledger) == _saying(facts)

    def test_of_copies_in_one_batch_the_earliest_stands(self) -> None:
        """Two copies in one batch are stored once, with the earlier time of recording."""
        [fact] = meetings(1)
        times = [NOW - timedelta(days=days) for days in (1, 3, 2)]
        with self.backend.ledger_factory() as ledger:
            done = ledger.append([changed(fact, recorded_at=time) for time in times], recorded_at=NOW)
            assert (done.appended, done.already) == (1, 2)
            assert [entry.fact.recorded_at for entry in ledger.facts()] == [min(times)]

    @given(facts=fact_lists(), known_at=INSTANTS)
    @example(facts=meetings(3), known_at=FIRST + timedelta(minutes=1))
    @example(facts=meetings(3), known_at=FIRST + timedelta(minutes=1, microseconds=-1))
    @_LAW
    def test_reading_as_known_at_a_time(self, facts: list[Fact], known_at: datetime) -> None:
        """Reading as known at a time gives exactly what was recorded then or before, that instant included."""
        with self.filled(facts) as ledger:
            everything = list(ledger.facts())
            known = [entry for entry in everything if entry.fact.recorded_at and entry.fact.recorded_at <= known_at]
            assert list(ledger.facts(known_at=known_at)) == known
            there = known_at.astimezone(timezone(timedelta(hours=8)))
            assert list(ledger.facts(known_at=there)) == known

    @given(facts=fact_lists(), after=st.integers(0, 9), types=st.sets(st.sampled_from(WIRES)))
    @_LAW
    def test_reading_some(self, facts: list[Fact], after: int, types: set[str]) -> None:
        """Reading some types behind a position gives exactly those, still in order of position."""
        with self.filled(facts) as ledger:
            wanted = [e for e in ledger.facts() if e.position > after and e.fact.wire in types]
            assert list(ledger.facts(types=types, after=after)) == wanted

    @given(data=st.data(), facts=fact_lists(min_size=1))
    @_LAW
    def test_rows_are_the_records_as_they_lie(self, data: st.DataObject, facts: list[Fact]) -> None:
        """Rows behind a position, or at some, hold type, time, canonical content and the chain's hash of each fact."""
        assume(facts)
        with self.filled(facts) as ledger:
            entries = [(entry.position, entry.fact) for entry in ledger.facts()]
            rows = list(ledger.rows())
            assert [(row.position, row.id, row.wire) for row in rows] == [(n, f.id, f.wire) for n, f in entries]
            assert [row.content for row in rows] == [content(fact) for _, fact in entries]
            assert [parse_instant(row.recorded_at) for row in rows] == [fact.recorded_at for _, fact in entries]
            assert Head(rows[-1].position, rows[-1].hash.hex()) == ledger.head()
            after = data.draw(st.integers(0, len(facts) + 1))
            assert list(ledger.rows(after=after)) == rows[after:]
            some = data.draw(st.sets(st.integers(1, len(facts))))
            assert ledger.rows_at(some) == [row for row in rows if row.position in some]

    def test_a_position_that_is_not_there_is_named(self) -> None:
        """Asking for the record at a position beyond the end, or before the first, names that position."""
        with self.filled(meetings(3)) as ledger:
            for wrong in (4, 0):
                with pytest.raises(LedgerError, match=f"there is no position {wrong}"):
                    ledger.rows_at([1, wrong, 3])

    def test_rows_of_many_facts_come_in_order(self) -> None:
        """However many there are, rows come in order and once each, with what was appended while they were read."""
        facts = meetings(2100)
        with self.filled(facts[:1500]) as ledger:
            reading = ledger.rows(after=10)
            first = next(reading)
            ledger.append(facts[1500:], recorded_at=NOW)
            assert [first.position, *(row.position for row in reading)] == list(range(11, 2101))
            assert [row.id for row in ledger.rows_at(range(1, 2101))] == [fact.id for fact in facts]

    @given(facts=fact_lists(), ids=st.sets(st.sampled_from(["f0", "f1", "f3", "f99", ""])))
    @_LAW
    def test_finding_facts_by_id(self, facts: list[Fact], ids: set[str]) -> None:
        """Asking for ids gives the facts that have them, and nothing for the others."""
        with self.filled(facts) as ledger:
            wanted = [entry for entry in ledger.facts() if entry.fact.id in ids]
            assert sorted(ledger.with_ids(ids), key=lambda entry: entry.position) == wanted

    # Lines that were checked already ------------------------------------------------------------------------

    @given(data=st.data(), facts=fact_lists(min_size=1))
    @_LAW
    def test_lines_are_recorded_as_the_facts_they_hold(self, data: st.DataObject, facts: list[Fact]) -> None:
        """Appending what lines say stores what appending their facts does, copies and ids taken before included."""
        assume(facts)
        batch = [*facts, *data.draw(st.lists(st.sampled_from(facts), max_size=3))]
        before = data.draw(st.lists(st.sampled_from(facts), max_size=2, unique_by=lambda fact: fact.id))
        lines = [checked(encode_fact(fact)) for fact in batch]
        with self.filled(before) as one, self.filled(before) as other:
            done = one.append(batch, recorded_at=NOW, clock=clock)
            assert done == other.append(lines, recorded_at=NOW, clock=clock)
            assert one.head() == other.head()
            assert other.verify().ok

    def test_a_line_knows_where_it_stood(self) -> None:
        """A problem of a line is told with the place that it came from, unless the caller gives another."""
        good, other = meetings(2)
        [bad] = checked_lines([encode_fact(changed(good, unit="B9"))], source="f.jsonl")
        assert isinstance(bad, Checked)
        with self.filled([good]) as ledger:
            for places, told in ((None, "f.jsonl, line 1"), (["here", "there"], "there")):
                done = ledger.append([other, bad], recorded_at=NOW, places=places, keep_good=True)
                assert [problem.where for problem in done.problems] == [told]
                assert ledger.head().position == 2

    def test_the_ledger_sets_recorded_at_when_absent(self) -> None:
        """A fact keeps the time of recording that it brings, and gets that of the call where it has none."""
        kept, stamped = meetings(2)
        with self.filled([kept, changed(stamped, recorded_at=None)]) as ledger:
            assert [entry.fact.recorded_at for entry in ledger.facts()] == [kept.recorded_at, NOW]
            [line] = [checked(encode_fact(changed(stamped, recorded_at=None, id="line")))]
            ledger.append([line], recorded_at=NOW + timedelta(days=1))
            assert [entry.fact.recorded_at for entry in ledger.facts(after=2)] == [NOW + timedelta(days=1)]

    def test_reading_while_appending(self) -> None:
        """A reading that has begun goes on undisturbed while the same ledger appends."""
        with self.filled(meetings(3)) as ledger:
            reading = ledger.facts()
            first = next(reading)
            ledger.append(meetings(2, start=3), recorded_at=NOW)
            assert [first.position, *(entry.position for entry in reading)] == [1, 2, 3]
            assert [entry.position for entry in ledger.facts()] == [1, 2, 3, 4, 5]

    def test_appended_tells_the_positions(self) -> None:
        """Appending tells how many facts were new, how many were there, and the positions of the new ones."""
        with self.filled(meetings(3)) as ledger:
            done = ledger.append(meetings(4, start=1), recorded_at=NOW)
            assert (done.appended, done.already, done.first_position, done.last_position) == (2, 2, 4, 5)
            assert done.head == ledger.head()
            assert done.head.position == 5

    def test_appending_tells_how_far_it_is(self) -> None:
        """While many facts are appended, whoever asked is told of some, and never of more than there are."""
        told: list[int] = []
        with self.filled(meetings(3)) as ledger:
            done = ledger.append(meetings(1000), recorded_at=NOW, progress=told.append)
            assert done.appended == 997
        assert sum(told) <= 1000
        assert min(told, default=1) > 0

    # What is refused --------------------------------------------------------------------------------------

    def test_a_refused_batch_stores_nothing(self) -> None:
        """One bad fact refuses its whole batch; the ledger stays as it was and still verifies."""
        good = meetings(5)
        bad = changed(good[0], meeting="group_meeting")
        with self.filled(good[:2]) as ledger:
            before = ledger.head()
            with pytest.raises(FactError) as refused:
                ledger.append([*good, bad], recorded_at=NOW, places=[f"f.jsonl, line {n}" for n in range(1, 7)])
            [problem] = refused.value.problems
            assert problem.where == "f.jsonl, line 6"
            assert "recorded at position 1" in problem.what
            assert "`meeting` is 'branch_assembly' there and 'group_meeting' here" in problem.what
            assert ledger.head() == before
            assert ledger.verify().ok

    def test_the_good_lines_are_kept_when_asked(self) -> None:
        """With `keep_good` the facts without a problem are appended, and the problems told."""
        good = meetings(3)
        bad = changed(good[0], unit="B9")
        with self.filled(good[:1]) as ledger:
            done = ledger.append([bad, *good], recorded_at=NOW, keep_good=True)
            assert (done.appended, done.already, len(done.problems)) == (2, 1, 1)
            assert [entry.fact.id for entry in ledger.facts()] == ["m0", "m1", "m2"]

    def test_what_cannot_be_read_back_is_refused(self) -> None:
        """A fact that an application built wrongly is refused with its place, and never stored."""
        [good] = meetings(1)
        ever: Any = good
        early = datetime.min.replace(tzinfo=timezone(timedelta(hours=8)))
        wrongs = ({"meeting": 5}, {"id": ""}, {"note": "\ud800"}, {"recorded_at": early}, {"recorded_at": "now"})
        with self.backend.ledger_factory() as ledger:
            for wrong in wrongs:
                with pytest.raises(FactError, match=r"^fact 2: "):
                    ledger.append([good, attrs.evolve(ever, **wrong)], recorded_at=NOW)
            assert ledger.head().position == 0

    def test_times_need_an_offset(self) -> None:
        """A time without an offset is refused, for recording and for reading."""
        naive = NOW.replace(tzinfo=None)
        with self.backend.ledger_factory() as ledger:
            with pytest.raises(QueryError, match="`recorded_at`"):
                ledger.append(meetings(1), recorded_at=naive)
            with pytest.raises(QueryError, match="`known_at`"):
                ledger.facts(known_at=naive)

    def test_an_unknown_type_is_refused(self) -> None:
        """Asking for a type that does not exist names the nearest that does."""
        with self.backend.ledger_factory() as ledger, pytest.raises(QueryError, match="did you mean `meeting_held`"):
            ledger.facts(types=["meetings_held"])

    def test_admission_looks_at_what_is_recorded(self) -> None:
        """Units, terms and retractions are judged together with those recorded in earlier batches."""
        born = synthetic("unit_established", id="u1", on="2018-03-01", unit="B1", kind="branch")
        again = changed(born, id="u2", on="2018-03-20")
        spring = {"on": "2018-03-01", "until": "2018-07-01", "kind": "semester", "term": "spring"}
        term = synthetic("term_declared", id="t1", **spring)
        other = changed(term, id="t2", on="2018-03-10", term="other")
        gone = synthetic("fact_retracted", id="r1", on="2018-03-01", target="r2", reason="in error")
        back = changed(gone, id="r2", target="r1")
        with self.filled([born, term, gone]) as ledger:
            for bad, told in ((again, "position 1"), (other, "position 2"), (back, "'r1' retracts 'r2'")):
                with pytest.raises(FactError, match=told):
                    ledger.append([bad], recorded_at=NOW)
            ends = [
                synthetic("unit_dissolved", id="u3", on="2018-03-10", unit="B1"),
                changed(gone, id="r3", target="t1"),
            ]
            ledger.append(ends, recorded_at=NOW)
            assert ledger.append([again, other], recorded_at=NOW).appended == 2

    def test_a_closed_ledger_says_so(self) -> None:
        """Nothing can be asked of a closed ledger; the error says that it is closed."""
        ledger = self.filled(meetings(1))
        ledger.close()
        for use in (ledger.head, ledger.verify, lambda: list(ledger.facts())):
            with pytest.raises(LedgerError, match="closed"):
                use()
        with pytest.raises(LedgerError, match="closed"):
            ledger.append(meetings(1), recorded_at=NOW)

    # The ledger's own time ------------------------------------------------------------------------------------

    @given(batches=st.lists(st.tuples(st.integers(0, 4), st.integers(-3, 3)), max_size=6))
    @example(batches=[(1, 0), (1, -3), (1, 3)])
    @_LAW
    def test_the_own_time_never_goes_back(self, batches: list[tuple[int, int]]) -> None:
        """Each record has the time of the ledger's clock beside the claim, or that of the record before if later."""
        facts = iter(meetings(24))
        due: list[datetime] = []
        with self.backend.ledger_factory() as ledger:
            for size, hours in batches:
                shown = KEPT + timedelta(hours=hours)
                ledger.append([next(facts) for _ in range(size)], recorded_at=NOW, clock=showing(shown))
                due += [max([shown, *due[-1:]])] * size
            assert [parse_instant(row.kept_at or "") for row in ledger.rows()] == due
            assert ledger.verify().ok

    def test_a_claim_later_than_the_own_time_is_refused(self) -> None:
        """A fact that claims to be recorded after the ledger's own time is refused by its line; that instant is not."""
        early, right, late, later = meetings(4)
        right = changed(right, recorded_at=KEPT)
        late = changed(late, recorded_at=KEPT + timedelta(microseconds=1))
        with self.backend.ledger_factory() as ledger:
            with pytest.raises(FactError) as refused:
                ledger.append([early, right, late], recorded_at=NOW, clock=clock, places=["a", "b", "c"])
            [problem] = refused.value.problems
            assert problem.where == "c"
            assert "`recorded_at`: found 2021-01-01T00:00:00.000001Z" in problem.what
            assert "allowed: a time up to 2021-01-01T00:00:00.000000Z, the ledger's own" in problem.what
            assert ledger.head().position == 0
            done = ledger.append([early, right, late], recorded_at=NOW, clock=clock, keep_good=True)
            assert (done.appended, len(done.problems)) == (2, 1)
            unstamped = changed(later, recorded_at=None)
            with pytest.raises(FactError, match=r"^fact 1: `recorded_at`: found 2022"):
                ledger.append([unstamped], recorded_at=KEPT + timedelta(days=366), clock=clock)

    def test_a_late_claim_is_told_among_other_problems(self) -> None:
        """Problems of all kinds come in the order of the lines, whichever was found first."""
        one, two, three = meetings(3)
        odd: Any = two
        late, wrong = changed(one, recorded_at=KEPT + timedelta(days=1)), attrs.evolve(odd, meeting=5)
        batch = [late, wrong, changed(three, id="m0")]
        with self.filled([one]) as ledger, pytest.raises(FactError) as refused:
            ledger.append(batch, recorded_at=NOW, clock=clock)
        assert [problem.where for problem in refused.value.problems] == ["fact 1", "fact 2", "fact 3"]

    @given(data=st.data(), facts=fact_lists(max_size=6))
    @_LAW
    def test_the_head_at_a_time_of_its_own(self, data: st.DataObject, facts: list[Fact]) -> None:
        """The head by a time of the ledger's own is the head it then had; what claims can say does not move it."""
        with self.backend.ledger_factory() as ledger:
            heads = [ledger.head()]
            for hour, fact in enumerate(facts, start=1):
                ledger.append([fact], recorded_at=NOW, clock=showing(KEPT + timedelta(hours=hour)))
                heads.append(ledger.head())
            hours = data.draw(st.integers(0, len(facts)))
            assert ledger.head(kept_by=KEPT + timedelta(hours=hours, minutes=59)) == heads[hours]
            assert ledger.head(kept_by=KEPT + timedelta(hours=hours)) == heads[hours]
            known = list(ledger.facts(known_at=KEPT + timedelta(hours=hours)))
            assert len(known) >= heads[hours].position

    def test_verification_counts_claims_of_an_earlier_day(self) -> None:
        """What claims to be recorded more than a day before the ledger kept it is counted; a day itself is not more."""
        one, two, three = (
            changed(fact, recorded_at=KEPT - timedelta(days=1, microseconds=microseconds))
            for fact, microseconds in zip(meetings(3), (-1, 0, 1), strict=True)
        )
        for facts, backdated in (([], 0), ([one, two], 0), ([one, two, three], 1)):
            with self.filled(facts) as ledger:
                assert (ledger.verify().ok, ledger.verify().backdated) == (True, backdated)

    def test_the_own_clock_needs_an_offset(self) -> None:
        """A clock that shows a time without an offset is refused, and nothing is stored."""
        with self.backend.ledger_factory() as ledger:
            with pytest.raises(QueryError, match="`clock`"):
                ledger.append(meetings(1), recorded_at=NOW, clock=showing(KEPT.replace(tzinfo=None)))
            with pytest.raises(QueryError, match="`kept_by`"):
                ledger.head(kept_by=KEPT.replace(tzinfo=None))
            assert ledger.head().position == 0

    # Threads --------------------------------------------------------------------------------------------------

    def test_any_thread_may_use_and_close_it(self) -> None:
        """A ledger opened by one thread is written by a second, read by a third and closed by a fourth."""
        ledger = self.backend.ledger_factory()
        reading: list[Iterator[Recorded]] = []
        for use in (
            lambda: ledger.append(meetings(3), recorded_at=NOW),
            lambda: reading.append(ledger.facts()),
            lambda: next(reading[0]),
            ledger.verify,
            lambda: ledger.append(meetings(2, start=3), recorded_at=NOW),
            lambda: [entry.position for entry in reading[0]] == [2, 3] or pytest.fail("what was read is not whole"),
            ledger.close,
        ):
            with ThreadPoolExecutor(1) as elsewhere:
                elsewhere.submit(use).result()
        with pytest.raises(LedgerError, match="closed"):
            ledger.head()

    def test_threads_wait_for_one_another(self) -> None:
        """Eight threads append to one ledger, some facts all of them, and read it: each fact is there once."""
        facts = meetings(120)
        with self.backend.ledger_factory() as ledger, ThreadPoolExecutor(8) as threads:

            def work(number: int) -> tuple[int, int]:
                appended = 0
                for start in range(0, 40, 10):
                    own = facts[40 + number * 10 : 50 + number * 10]
                    appended += ledger.append([*facts[start : start + 10], *own], recorded_at=NOW).appended
                    positions = [entry.position for entry in ledger.facts()]
                    assert positions == list(range(1, len(positions) + 1))
                return appended, len({row.id for row in ledger.rows()})

            done = list(threads.map(work, range(8)))
            assert sum(appended for appended, _ in done) == 120
            assert max(seen for _, seen in done) <= 120
            assert {entry.fact.id for entry in ledger.facts()} == {fact.id for fact in facts}
            assert ledger.verify().ok

    # The chain --------------------------------------------------------------------------------------------

    def test_the_chain_is_the_published_one(self) -> None:
        """Every backend computes the same chain, from the format's genesis over position, times and content."""
        facts = meetings(2)
        kept = "2021-01-01T00:00:00.000000Z"
        link = sha256(b"partyrules ledger, format 2").digest()
        with self.filled(facts) as ledger:
            for position, fact in enumerate(facts, start=1):
                time = f"2017-01-01T00:{position - 1:02}:00.000000Z"
                link = sha256(link + f"{position:020}{kept}{time}".encode() + content(fact)).digest()
            assert ledger.head() == Head(2, link.hex())

    @given(facts=fact_lists())
    @_LAW
    def test_whatever_is_recorded_verifies(self, facts: list[Fact]) -> None:
        """Whatever the facts say, they are in the form that a verification asks for, and it states the head."""
        with self.filled(facts) as ledger:
            found = ledger.verify()
            assert (found.problem, found.checked, found.head, found.unknown) == (None, len(facts), ledger.head(), {})

    @given(facts=fact_lists(), more=st.integers(1, 3))
    @_LAW
    def test_a_snapshot_stands_still(self, facts: list[Fact], more: int) -> None:
        """A snapshot has the facts and the head of its moment, whatever is appended later."""
        with self.filled(facts) as ledger:
            before, head = [entry.fact for entry in ledger.facts()], ledger.head()
            held = ledger.snapshot()
            ledger.append(meetings(more, start=1000), recorded_at=NOW)
            assert (list(held), list(held.facts), held.head) == (before, before, head)
            assert ledger.snapshot().head.position == len(facts) + more

    @given(data=st.data(), facts=fact_lists(min_size=1))
    @_LAW
    def test_heads_noted_elsewhere(self, data: st.DataObject, facts: list[Fact]) -> None:
        """Every head that the ledger ever had is found in it; another hash, or a later position, is not."""
        assume(facts)
        with self.filled(facts) as ledger:
            heads = [Head(row.position, row.hash.hex()) for row in ledger.rows()]
            assert ledger.verify(noted=[*heads, *heads[::-1]]).ok
            one = data.draw(st.sampled_from(heads))
            found = ledger.verify(noted=[*heads, Head(one.position, "0" * 64)])
            assert (found.ok, found.position, found.checked) == (False, one.position, one.position - 1)
            found = ledger.verify(noted=[*heads, Head(len(facts) + data.draw(st.integers(1, 5)), one.hash)])
            assert (found.ok, found.position, found.checked) == (False, len(facts) + 1, len(facts))

    @given(position=st.integers(0, 10**18 - 1), link=st.binary(min_size=32, max_size=32))
    def test_a_head_is_read_as_it_is_written(self, position: int, link: bytes) -> None:
        """A head is read back from its text."""
        assert parse_head(str(Head(position, link.hex()))) == Head(position, link.hex())

    def test_an_empty_ledger_verifies(self) -> None:
        """A ledger without facts ends at position 0 and verifies."""
        with self.backend.ledger_factory() as ledger:
            assert ledger.head().position == 0
            assert (ledger.verify().ok, ledger.verify().checked) == (True, 0)

    @given(batches=st.lists(st.lists(st.integers(0, 12), max_size=4), max_size=4), wrong=st.integers(0, 4))
    @_LAW
    def test_verifies_after_anything(self, batches: list[list[int]], wrong: int) -> None:
        """After any sequence of batches, refused ones among them, the chain verifies over every position."""
        facts = meetings(13)
        with self.backend.ledger_factory() as ledger:
            for number, batch in enumerate(batches):
                chosen = [facts[n] for n in batch]
                if number == wrong and chosen:
                    chosen.append(changed(chosen[0], unit="elsewhere"))
                    with pytest.raises(FactError):
                        ledger.append(chosen, recorded_at=NOW)
                else:
                    ledger.append(chosen, recorded_at=NOW)
            found = ledger.verify()
            assert (found.ok, found.position, found.problem) == (True, None, None)
            assert found.checked == ledger.head().position == len(list(ledger.facts()))

    @pytest.mark.parametrize("how", get_args(Tampering))
    @given(data=st.data())
    @settings(_LAW, max_examples=12)
    def test_tampering_is_found(self, how: Tampering, data: st.DataObject) -> None:
        """Whatever was changed, taken away, moved or put in, `verify` names the first position that is wrong."""
        size = data.draw(st.integers(2, 9), label="size")
        last = {"swapped": size - 1, "removed": size - 1}.get(how, size)
        position = data.draw(st.integers(1, last), label="position")
        if how == "appended":
            position = size + 1
        elif how == "head":
            position = size
        with self.filled(meetings(size)) as ledger:
            assert ledger.verify().ok
            self.backend.tamper(ledger, how, position)
            found = ledger.verify()
            assert not found.ok
            assert found.problem
            assert found.position == position
