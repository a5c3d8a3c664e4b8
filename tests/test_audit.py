"""The questions asked of an audit: findings one by one or as a table, whole or in part, and who judged them."""

import sys
from collections.abc import Iterator
from io import BytesIO
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

import pyarrow.parquet as pq
import pytest
from attrs import evolve
from hypothesis import given, settings

from partyrules.answers.arrow import COLUMNS
from partyrules.answers.blocks import Block
from partyrules.answers.verdicts import finding_order
from partyrules.errors import QueryError
from partyrules.evaluate.columnar.duties import Duties, Findings
from partyrules.facts.schema import naming_fields
from partyrules.history import several
from partyrules.language.rules import Duty
from partyrules.packs.pack import Bound
from partyrules.questions.audit import Audit, audit
from tests import toy
from tests.commands import AS_OF, BOTH, PACK, refused, run, written
from tests.strategies import TOY, chances, institution, question, seeded
from tests.sweeps import examples


def invented(chance: Random) -> Audit:
    """Return the audit of an invented institution under the toy pack."""
    asked = question(chance)
    return audit(institution(chance, TOY, months=25), toy.adopted(), as_of=asked.as_of, known_at=asked.known_at)


@settings(max_examples=examples(40))
@given(chance=chances())
def test_part_of_a_table_is_the_table_of_the_part(chance: Random) -> None:
    """Asked for some rules and one subject, the table is what the filters leave of the whole, made before or not."""
    whole = invented(chance)
    rule = ("toy:1.*", "toy:2.4*", "*", "toy:1.8")[chance.randrange(4)]
    subject = ("p1", "B1", "O", "nobody", None)[chance.randrange(5)]
    of_rule = {finding.rule for finding in whole.findings(rule=rule, judgements=True)}
    expected = [
        finding
        for finding in whole.findings(judgements=True)
        if subject in (None, finding.subject) and finding.rule in of_rule
    ]
    fresh = evolve(whole)
    said = [getattr(fact, name) for fact in whole.history.by_id.values() for name in naming_fields(type(fact))]
    named = {each for value in said for each in several(value)}
    if subject not in (None, *named):
        # Whom only retracted or later facts name may be asked about as well; nobody may not.
        subject = "nobody"
        for ask in (fresh.table, fresh.findings, fresh.walk):
            with pytest.raises(QueryError, match="person, unit or building 'nobody' is not known"):
                ask(rule=rule, subject=subject, judgements=True)
        return
    assert list(fresh.table(rule=rule, subject=subject, judgements=True)) == expected
    whole.table(judgements=True)
    assert list(whole.table(rule=rule, subject=subject, judgements=True)) == expected
    assert whole.findings(rule=rule, subject=subject, judgements=True) == tuple(expected)


@settings(max_examples=examples(25))
@given(chance=chances())
def test_findings_are_walked_in_order(chance: Random) -> None:
    """Findings come by rule, subject, period and occasion, judged clauses in their places among the duties."""
    found = list(invented(chance).walk(judgements=True))
    assert found == sorted(found, key=finding_order)
    assert {finding.rule for finding in found} <= {*toy.adopted().rule_ids, "toy:5.1"}


@settings(max_examples=examples(25))
@given(chance=chances())
def test_statuses_filter_findings(chance: Random) -> None:
    """Asked for some statuses, the findings are those of all that have one of them."""
    asked = invented(chance)
    wanted = ("breached", "unknown")
    assert asked.findings(status=wanted) == tuple(each for each in asked.findings() if each.status in wanted)


def test_a_rule_is_judged_when_its_turn_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever takes the findings of the first rule has no other rule judged."""
    from partyrules.evaluate.reference import ReferenceEvaluator  # noqa: PLC0415 - what is watched, and nothing else

    judged: list[str] = []
    original = ReferenceEvaluator.findings

    def watched(self: ReferenceEvaluator, bound: Any, **asked: Any) -> Iterator[Any]:
        judged.append(bound.id)
        return original(self, bound, **asked)

    monkeypatch.setattr(ReferenceEvaluator, "findings", watched)
    asked = invented(seeded(3))
    first = next(asked.walk())
    assert judged[-1] == first.rule
    assert judged == [rule for rule, _ in groupby(sorted(judged))]


def test_a_table_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The columns of a duty are kept: what was judged for one table is not judged for the next."""
    made: list[str] = []
    original = Duties.block

    def counting(self: Duties, bound: Bound[Duty], *reference: Findings) -> Block:
        made.append(bound.id)
        return original(self, bound, *reference)

    monkeypatch.setattr(Duties, "block", counting)
    asked = invented(seeded(3))
    asked.table(rule="toy:1.*")
    assert len(made) == len(set(made)) > 0
    asked.table()
    asked.table(subject="p1")
    assert sorted(made) == sorted(bound.id for bound in asked.adoption.duties)


def test_what_does_not_exist_is_refused_at_once() -> None:
    """A rule or status that there is not is refused when the question is put, not when the answer is walked."""
    asked = invented(seeded(3))
    with pytest.raises(QueryError, match=r"did you mean `toy:1\.1`"):
        asked.walk(rule="toy:1.11x")
    with pytest.raises(QueryError, match="did you mean `pending`"):
        asked.walk(status=["pendin"])
    with pytest.raises(QueryError, match=r"did you mean `toy:1\.1`"):
        asked.table(rule="toy:1.11x")


def test_each_duty_says_who_judged_it() -> None:
    """Every adopted duty has the evaluator that judged it, and with nothing fallen back no reason."""
    asked = invented(seeded(3))
    said = asked.evaluators()
    assert set(said) == {bound.id for bound in asked.adoption.duties}
    assert {each.evaluator for each in said.values()} <= {"columnar", "reference"}
    assert all(sum(each.fallback.values()) <= len(asked.table(rule=rule)) for rule, each in said.items())


# On the command line -----------------------------------------------------------------------------------------------


def test_parquet_comes_out_of_the_command(tmp_path: Path) -> None:
    """The format parquet writes the columns of the findings asked for, the same rows as JSON Lines has."""
    facts = written(tmp_path / "facts.jsonl")
    options = (*BOTH, *AS_OF, "--status", "breached", "--rule", "8.*")
    found = run("audit", facts, *options, "--format", "parquet", "--exit-code")
    table = pq.read_table(BytesIO(found.stdout_bytes))
    assert table.column_names == list(COLUMNS)
    assert set(table["status"].to_pylist()) == {"breached"}
    assert found.exit_code == 1
    assert table.num_rows == len(run("audit", facts, *options, "--format", "jsonl").stdout.splitlines())


@pytest.mark.parametrize("other", ["--contested", "--irregular"])
def test_parquet_is_for_findings(tmp_path: Path, other: str) -> None:
    """Contested findings and irregular records have no Parquet."""
    facts = written(tmp_path / "facts.jsonl")
    assert "parquet" in refused("audit", facts, *PACK, *AS_OF, "--format", "parquet", other)


def test_a_missing_library_is_no_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyarrow the command says which extra has it."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    facts = written(tmp_path / "facts.jsonl")
    assert "partyrules[arrow]" in refused("audit", facts, *PACK, *AS_OF, "--format", "parquet")


def test_a_rule_that_fell_back_is_said_beside_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a whole rule went to the reference evaluator, standard error says why and standard output is the same."""
    facts = written(tmp_path / "facts.jsonl")
    asked = ("audit", facts, *PACK, *AS_OF, "--rule", "8.1.3")
    quiet = run(*asked)
    assert "reference evaluator" not in quiet.stderr

    original = Duties.block

    def fallen(self: Duties, bound: Bound[Duty], *reference: Findings) -> Block:
        return evolve(original(self, bound, *reference), evaluator="reference", fallback=(("too many pairs", 2),))

    monkeypatch.setattr(Duties, "block", fallen)
    told = run(*asked)
    assert told.stdout == quiet.stdout
    assert "lzwl2017:8.1.3" in told.stderr
    assert "too many pairs" in told.stderr


def test_the_table_lists_what_the_findings_say(tmp_path: Path) -> None:
    """The heading and the counts of the table for people are those of the findings as JSON Lines."""
    facts = written(tmp_path / "facts.jsonl")
    shown = run("audit", facts, *PACK, *AS_OF, "--lang", "en").stdout
    lines = run("audit", facts, *PACK, *AS_OF, "--format", "jsonl").stdout.splitlines()
    assert f"{len(lines)} findings" in shown
    total = next(line for line in shown.splitlines() if line.startswith("│ all"))
    assert total.split("│")[2].strip() == str(sum('"status":"breached"' in line for line in lines))
