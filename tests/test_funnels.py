"""The funnel of everybody at once, beside the decisions one by one; and the columns that the command line keeps."""

from datetime import date
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings

import partyrules_lzcu2012
import partyrules_lzwl2017
from partyrules.packs.pack import adopt
from partyrules.questions.decide import REFERENCE, decide
from partyrules.questions.funnel import Funnel, funnel
from partyrules.store.container import MAGIC
from tests import toy
from tests.commands import AS_OF, BOTH, refused, run, written
from tests.strategies import REAL, TOY, chances, institution, pipeline_pack, question
from tests.sweeps import examples

ON = ("--on", "2018-07-08", *BOTH)
AUDIT = ("audit", *AS_OF, *BOTH)


def counted(found: Funnel) -> tuple[Any, ...]:
    """Return all that a funnel says, its decisions included."""
    return found.holding, found.undated, found.steps, [decision.to_wire() for decision in found.decisions]


@settings(max_examples=examples(30))
@given(chance=chances())
def test_the_funnel_in_columns_is_the_funnel_one_by_one(chance: Random) -> None:
    """Everybody counted at once is counted as the reference decides them one by one; the decisions are the same."""
    cast = (REAL, TOY)[chance.randrange(2)]
    real = cast is REAL and chance.randrange(2)
    packs = (partyrules_lzwl2017.pack, partyrules_lzcu2012.pack) if real else (pipeline_pack(chance, cast),)
    facts = institution(chance, cast, size=60, months=12 * chance.randrange(2))
    asked = question(chance)
    at_once = funnel(facts, adopt(packs), on=asked.as_of, known_at=asked.known_at)
    one_by_one = funnel(facts, adopt(packs), on=asked.as_of, known_at=asked.known_at, engine=REFERENCE)
    assert counted(at_once) == counted(one_by_one)
    # It adds up: each who holds a stage stands before the next one.
    stages = [step.into for step in at_once.steps]
    for stage, into in pairwise(stages):
        assert at_once.holding[stage] == next(step.standing for step in at_once.steps if step.into == into)


def test_who_has_left_holds_no_stage_in_the_funnel() -> None:
    """Of applicants those who have left are counted neither among those who hold the stage nor before the next."""
    facts = [
        *(toy.fact("stage_entered", "2020-01-10", person=person, stage="applicant") for person in ("p1", "p2", "p3")),
        toy.fact("person_registered", "2019-09-01", person="p2"),
        toy.fact("person_left", "2020-02-01", person="p2"),
        # The first registration of the third changes nothing: it is left on its own day.
        toy.fact("person_registered", "2019-09-01", person="p3"),
        toy.fact("person_left", "2019-09-01", person="p3"),
        toy.fact("person_left", "2020-02-01", person="p3"),
    ]
    adoption = adopt([partyrules_lzwl2017.pack])
    for engine in (None, REFERENCE):
        found = funnel(facts, adoption, on=date(2020, 6, 30), engine=engine)
        assert found.holding["applicant"] == 1
        assert next(step.standing for step in found.steps if step.into == "activist") == 1
    assert decide(facts, adoption, person="p3", to="activist", on=date(2020, 6, 30)).reason == "not_a_student"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Return the ledger of a few synthetic facts."""
    path = tmp_path / "institution.db"
    assert run("record", path, written(tmp_path / "facts.jsonl")).exit_code == 0
    return path


@pytest.mark.parametrize("asked", [("funnel", *ON), AUDIT, (*AUDIT, "--format", "jsonl")])
def test_kept_columns_change_no_answer(ledger: Path, asked: tuple[str, ...], tmp_path: Path) -> None:
    """With `--projection` a command answers as it does without, the first time and from the file."""
    command, *options = asked
    plain = run(command, ledger, *options)
    assert plain.exit_code == 0
    for _ in range(2):
        kept = run(command, ledger, *options, "--projection", tmp_path / "kept.columns")
        assert (kept.exit_code, kept.stdout) == (0, plain.stdout)
    assert (tmp_path / "kept.columns").stat().st_size > 0


def test_damaged_columns_are_told_of_and_made_again(ledger: Path, tmp_path: Path) -> None:
    """A projection that is damaged is not believed: the answer is the same, and a note says why."""
    plain = run("funnel", ledger, *ON)
    (tmp_path / "kept.columns").write_bytes(MAGIC + b"nothing of the kind")
    kept = run("funnel", ledger, *ON, "--projection", tmp_path / "kept.columns")
    assert kept.stdout == plain.stdout
    assert "kept.columns" in kept.stderr


def test_columns_are_kept_of_a_ledger_alone(tmp_path: Path) -> None:
    """A file of facts has no columns to keep, and the refusal says what has."""
    facts = written(tmp_path / "facts.jsonl")
    told = refused("funnel", facts, *ON, "--projection", tmp_path / "kept.columns")
    assert "columns are kept of a ledger" in told
