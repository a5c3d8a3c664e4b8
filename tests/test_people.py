"""Whoever a pack names as a person in its own facts is one everywhere: audits, decisions, columns, a watched ledger."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from partyrules import Monitor, audit, decide, open_ledger, open_projection
from partyrules.errors import QueryError
from partyrules.facts.codec import fact_from_wire
from partyrules.facts.schema import named_people
from partyrules.facts.vocabulary import DormEvaluated, Fact, MeetingHeld
from partyrules.history import history_of, people_in
from partyrules.packs.pack import adopt
from partyrules.questions.sources import history_from
from tests import chess
from tests.chess.facts import GamePlayed, RatingRenewed

ADOPTION = adopt([chess.pack])
DAY = date(2021, 6, 30)
GAME = {"fact": "game_played", "id": "g", "on": "2021-05-01", "player": "ada", "opponent": "ben", "occasion": "evening"}


def game() -> Fact:
    """Return a game of two whom no other fact names."""
    return fact_from_wire(dict(GAME), vocabulary=ADOPTION.vocabulary)


def test_which_fields_are_about_people() -> None:
    """A fact is about whom its types call a person; who only made the record is nobody by that alone."""
    assert named_people(GamePlayed) == ("player", "opponent")
    assert named_people(RatingRenewed) == ("player",)
    assert named_people(MeetingHeld) == ("attended", "excused")
    assert named_people(DormEvaluated) == ("person",)
    assert [*people_in(game())] == ["ada", "ben"]


def test_they_are_people_of_every_history(tmp_path: Path) -> None:
    """Facts in memory, a ledger and its kept columns know the same people."""
    with open_ledger(tmp_path / "l.db", vocabulary=ADOPTION.vocabulary) as ledger:
        ledger.append([game()], recorded_at=datetime(2021, 5, 2, tzinfo=UTC))
        kept = open_projection(ledger, tmp_path / "l.columns")
        for source in ([game()], ledger, kept):
            assert history_from(source, ADOPTION, as_of=DAY).people == ("ada", "ben")
    assert history_of([game()], as_of=DAY).names("ben")


def test_they_can_be_decided_and_asked_about() -> None:
    """A decision about somebody whom only such a fact names is given, and about nobody it is refused."""
    into = ADOPTION.stage_names[0]
    assert decide([game()], ADOPTION, person="ben", to=into, on=DAY).person == "ben"
    with pytest.raises(QueryError, match="did you mean `ben`"):
        decide([game()], ADOPTION, person="benn", to=into, on=DAY)
    assert audit([game()], ADOPTION, as_of=DAY).findings(subject="ben") is not None


def test_a_watched_ledger_learns_of_them(tmp_path: Path) -> None:
    """What a monitor knows after such a fact was recorded is what an audit finds."""
    with open_ledger(tmp_path / "l.db", vocabulary=ADOPTION.vocabulary) as ledger:
        watched = Monitor(ledger, ADOPTION, as_of=DAY)
        watched.record([game()], recorded_at=datetime(2021, 5, 2, tzinfo=UTC))
        assert list(watched.table()) == list(audit(ledger, ADOPTION, as_of=DAY).findings())
