"""What values say of themselves, whether they are true, and that an adoption goes to another process and back."""

import json
import pickle
import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from copy import copy, deepcopy
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve

from partyrules import (
    Adoption,
    Decision,
    FactError,
    Monitor,
    Pack,
    PartyRulesError,
    adopt,
    audit,
    decide,
    decode_fact,
    funnel,
    open_ledger,
    open_projection,
)
from partyrules.answers.verdicts import OUTCOMES
from partyrules.errors import Problem
from partyrules.facts.codec import parse_instant
from partyrules.facts.vocabulary import Fact
from partyrules.history import history_of
from partyrules.history.lazy import LazyHistory
from partyrules.packs.encoding import decoded, encoded
from tests import toy
from tests.chess import pack as chess
from tests.commands import FACTS
from tests.toy import fact

DAY: Final = date(2018, 7, 8)
MOST: Final = 200


def both() -> Adoption:
    """Return the two packs of this repository, adopted."""
    return adopt(["lzwl2017", "lzcu2012"], readings={"lzwl2017:8.2.1-hold.early": "next_quarter"})


def club() -> Adoption:
    """Return the chess club's pack, adopted, with its holidays and a term."""
    term = fact("term_declared", "2020-01-01", term="t", kind="semester", academic_year="2020", until="2020-07-01")
    return adopt([chess], holidays={date(2020, 1, 1): True}, terms=(term,), institution="the club")


def recorded() -> tuple[Fact, ...]:
    """Return the facts of a small institution."""
    return tuple(decode_fact(json.dumps(row)) for row in FACTS)


def decided() -> Decision:
    """Return a decision on one of them."""
    return decide(recorded(), both(), person="学生丙", to="probationary_member", on=DAY)


# What values say of themselves ------------------------------------------------------------------------------


@pytest.fixture
def answers(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Yield one of each kind of value that holds many others, by what is said of it."""
    adoption, found = both(), audit(recorded(), both(), as_of=DAY)
    with open_ledger(tmp_path / "ledger.db") as ledger:
        ledger.append(recorded(), recorded_at=parse_instant("2018-07-08T12:00:00+08:00"))
        projection = open_projection(ledger, tmp_path / "kept")
        monitor = Monitor(ledger, adoption, as_of=DAY)
        yield {
            "<Adoption: lzwl2017 0.1.0, lzcu2012 0.1.0, 62 duties, 10 requirements, 1 vetoes>": adoption,
            "<Pack: lzcu2012 0.1.0, 25 duties, 1 requirements, 1 vetoes>": adoption.packs[1],
            "<Document: lzcu2012, ": adoption.packs[1].document,
            "<Bound: Duty lzwl2017:1.2.1>": adoption.duties[0],
            "<Audit: as of 2018-07-08, <Adoption: ": found,
            "<FindingTable: 89 findings on 34 rules>": found.table(),
            "<Summary: 89 findings on 34 rules>": found.table().summary(),
            "<LazyHistory: as of 2018-07-08>": LazyHistory(projection, as_of=DAY),
            "<History: as of 2018-07-08, known at 2018-07-08T12:00:00+08:00>": history_of(
                recorded(), as_of=DAY, known_at=parse_instant("2018-07-08T12:00:00+08:00")
            ),
            "<Decision: '学生丙' to 'probationary_member' on 2018-07-08, vetoed, 1 vetoes, ": decided(),
            "<Funnel: on 2018-07-08, 3 in ": funnel(recorded(), adoption, on=DAY),
            "<Projection: 19 facts, at 19:": projection,
            "<Columns: 19 facts of ": projection.columns,
            "<SqliteLedger: ": ledger,
            "<Monitor: as of 2018-07-08, <Adoption: ": monitor,
            "<Vocabulary: 42 fact types>": adoption.vocabulary,
        }


def test_short_representations(answers: dict[str, Any]) -> None:
    """Whatever holds many values says what it is in one line: its kind, its day, its packs, how many."""
    for said, value in answers.items():
        assert repr(value).startswith(said)
        assert len(repr(value)) <= MOST + len(str(getattr(value, "path", "")))
        assert "\n" not in repr(value)
        assert repr(value).endswith(">")


def test_an_adoption_of_many_packs() -> None:
    """Of many packs, the first are named and the others counted."""
    packs = [evolve(toy.pack, document=evolve(toy.pack.document, id=f"toy{number}")) for number in range(9)]
    assert repr(adopt(packs)).startswith("<Adoption: toy0 1, toy1 1, toy2 1, 6 more, ")


# Whether they are true --------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_decision_is_neither_true_nor_false(outcome: Any) -> None:
    """Whoever asks whether a decision is true is told what to ask instead; `permitted` is so of one outcome alone."""
    decision = evolve(decided(), outcome=outcome)
    for asked in (bool, any_of, negated):
        with pytest.raises(TypeError, match=f"found one that is {outcome}; use `.permitted`"):
            asked(decision)
    assert decision.permitted == (outcome == "permitted")
    # Nothing else that is done with values asks it.
    assert decision == copy(decision) == deepcopy(decision)
    assert decision is not None


def any_of(decision: Decision) -> bool:
    """Ask as somebody might of a list."""
    return any([decision])


def negated(decision: Decision) -> bool:
    """Ask as somebody might in a condition."""
    return not decision


# To another process and back --------------------------------------------------------------------------------


def exported() -> Adoption:
    """Return the chess club's pack as any file may say it, adopted: its fact types stand in no module."""
    return adopt([decoded(encoded(chess), Pack)], holidays={date(2020, 1, 1): True})


@pytest.mark.parametrize("adopted", [both, club, toy.adopted, exported])
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_an_adoption_can_be_pickled(adopted: Any, protocol: int) -> None:
    """An adoption comes back equal, part by part, with the same fingerprints, and takes nothing worked out along."""
    before = adopted()
    people = [fact("person_registered", "2016-09-01", person="p")]
    audit(people, before, as_of=DAY).findings()
    after = pickle.loads(pickle.dumps(before, protocol))  # noqa: S301 - what stands one line above
    assert after == before == deepcopy(before)
    assert after.vocabulary.types == before.vocabulary.types
    assert [pack.fingerprint for pack in after.packs] == [pack.fingerprint for pack in before.packs]
    assert not after.memory
    assert audit(people, after, as_of=DAY).findings() == audit(people, before, as_of=DAY).findings()
    for bound in (*before.duties, *before.requirements, *before.vetoes, *before.packs):
        assert pickle.loads(pickle.dumps(bound, protocol)) == bound  # noqa: S301 - the same


def test_a_fact_of_an_exported_pack_can_be_pickled() -> None:
    """A fact whose type stands in no module comes back as a fact of that type; a pack read twice is one pack."""
    (cls,) = (each for each in exported().packs[0].fact_types if each.wire == "game_played")
    game = cls(
        id="g", on=fact("person_registered", "2020-01-01", person="p").on, player="p", opponent="q", occasion="league"
    )  # type: ignore[call-arg]
    assert type(pickle.loads(pickle.dumps(game))) is cls  # noqa: S301 - what stands on this line
    assert pickle.loads(pickle.dumps(game)) == game  # noqa: S301 - the same
    assert exported() == exported()


def test_answers_can_be_pickled() -> None:
    """Facts, findings and decisions come back equal."""
    values: tuple[Any, ...] = (recorded(), decided(), audit(recorded(), both(), as_of=DAY).findings())
    for value in values:
        assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - what stands on this line


def test_an_error_can_be_pickled() -> None:
    """An error of facts says in another process what it said, and where."""
    error = FactError([Problem("line 1", "wrong"), Problem("line 2", "wrong too")])
    after = pickle.loads(pickle.dumps(error))  # noqa: S301 - what stands one line above
    assert (str(after), after.problems) == (str(error), error.problems)


# What a program gives by mistake, and what it is told.
MISTAKEN: Final[tuple[tuple[Any, dict[str, Any], str], ...]] = (
    ([{"fact": "talk_held"}], {"as_of": DAY}, "fact 1: found dict; allowed: a fact, as `decode_fact` returns it"),
    (Path("x.db"), {"as_of": DAY}, "source: found a path, x.db; allowed: `open_ledger` of it"),
    ("x.db", {"as_of": DAY}, "source: found a path, x.db"),
    ((), {"as_of": datetime(2018, 7, 8, tzinfo=UTC)}, "the day asked: found datetime"),
    ((), {"as_of": "2018-07-08"}, "the day asked: found '2018-07-08'; allowed: a date"),
    ((), {"as_of": DAY, "known_at": datetime(2018, 7, 8)}, "`known_at`: found datetime"),  # noqa: DTZ001 - the mistake
)


@pytest.mark.parametrize(("source", "asked", "told"), MISTAKEN, ids=[told for _, _, told in MISTAKEN])
def test_what_a_program_gives_by_mistake_is_told(source: Any, asked: dict[str, Any], told: str) -> None:
    """No facts, no day and no instant are refused when they are given, with what is allowed."""
    with pytest.raises(PartyRulesError, match=re.escape(told)):
        audit(source, adopt([chess]), **asked)


def test_another_process_decides_the_same() -> None:
    """A process that starts from nothing decides by an adoption that was sent to it as this one does."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(str, exported()).result(timeout=120) == str(exported())
        there = pool.submit(decide, recorded(), both(), person="学生丙", to="probationary_member", on=DAY)
        assert there.result(timeout=120) == decided()
