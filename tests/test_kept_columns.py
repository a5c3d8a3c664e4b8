"""The columns kept beside a ledger: there by themselves, never believed unchecked, and never in the way."""

import os
import stat
from pathlib import Path
from typing import Final

import pytest

from partyrules.ledger.base import Ledger
from partyrules.store import kept
from partyrules.store.kept import columns_beside
from partyrules.store.projection import Projection, open_projection
from tests.commands import AS_OF, BOTH, FACTS, run, written

QUESTIONS: Final = (
    ("audit", "--format", "jsonl", *AS_OF),
    ("explain", "--rule", "lzwl2017:8.1.3", "--subject", "学生乙", *AS_OF),
    ("decide", "--person", "学生丙", "--to", "probationary_member", "--on", "2018-07-08", "--format", "json"),
    ("funnel", "--on", "2018-07-08", "--format", "json"),
)


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path of a ledger that is large enough to keep columns of."""
    monkeypatch.setattr(kept, "_WORTH_A_FILE", 1)
    path = tmp_path / "institution.db"
    assert run("record", path, written(tmp_path / "facts.jsonl")).exit_code == 0
    return path


def answer(question: tuple[str, ...], source: Path, *more: str) -> tuple[int, str, str]:
    """Return how a question of a source ended, what it answered and what was told beside it."""
    command, *options = question
    found = run(command, source, *BOTH, *options, *more)
    return found.exit_code, found.stdout, found.stderr


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question[0])
def test_every_question_is_answered_out_of_them(ledger: Path, question: tuple[str, ...]) -> None:
    """A question makes them, the next one uses them, and the answer is that of the whole ledger each time."""
    whole = answer(question, ledger, "--no-cache")
    assert whole[0] == 0
    assert not columns_beside(ledger).exists()
    assert answer(question, ledger) == whole
    made = columns_beside(ledger).stat()
    assert answer(question, ledger) == whole
    assert columns_beside(ledger).stat().st_mtime_ns == made.st_mtime_ns
    assert stat.S_IMODE(made.st_mode) & stat.S_IRWXO == 0


def test_they_keep_up_with_the_ledger(ledger: Path, tmp_path: Path) -> None:
    """What is recorded after they were written is in the next answer, and in the file."""
    before = answer(QUESTIONS[1], ledger)
    heard = {"id": "a2", "fact": "activity_held", "on": "2018-03-11", "activity": "study_report", "unit": "支部甲"}
    more = written(tmp_path / "more.jsonl", ({**heard, "attended": ["学生乙"]},))
    assert run("record", ledger, more).exit_code == 0
    after = answer(QUESTIONS[1], ledger)
    assert "breached" in before[1]
    assert "satisfied" in after[1]
    assert after == answer(QUESTIONS[1], ledger, "--no-cache")


def test_a_damaged_file_is_made_anew(ledger: Path) -> None:
    """A changed byte is told of once, and the answer is that of the ledger."""
    whole = answer(QUESTIONS[0], ledger)
    file = columns_beside(ledger)
    damaged = bytearray(file.read_bytes())
    damaged[-100] ^= 1
    file.write_bytes(damaged)
    code, found, told = answer(QUESTIONS[0], ledger)
    assert (code, found) == whole[:2]
    assert "it is damaged" in told
    assert answer(QUESTIONS[0], ledger) == whole


def test_what_is_no_such_file_is_left_alone(ledger: Path) -> None:
    """Something else under that name is neither read nor written over, and the question is answered all the same."""
    columns_beside(ledger).write_text("a letter")
    code, found, told = answer(QUESTIONS[0], ledger)
    assert (code, found) == answer(QUESTIONS[0], ledger, "--no-cache")[:2]
    assert "found a file of another kind" in told
    assert columns_beside(ledger).read_text() == "a letter"


def test_a_stranger_s_file_is_not_believed(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns that another than the owner may have written are not read, and a reader who is another writes none."""
    whole = answer(QUESTIONS[0], ledger)
    file = columns_beside(ledger)
    os.chmod(file, 0o666)  # noqa: PTH101, S103 - the mode in which any stranger may write

    def in_memory(ledger: Ledger, path: Path | None = None, *, save: bool = True) -> Projection:
        assert (path, save) == (None, True), "the file was opened"
        return open_projection(ledger)

    monkeypatch.setattr(kept, "open_projection", in_memory)
    assert answer(QUESTIONS[0], ledger) == whole
    file.unlink()
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert answer(QUESTIONS[0], ledger) == whole
    assert not file.exists()


def test_a_place_that_cannot_be_written_is_no_failure(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the columns cannot be kept they are in memory, and that is told."""
    whole = answer(QUESTIONS[0], ledger, "--no-cache")
    monkeypatch.setattr(kept, "columns_beside", lambda ledger: ledger.parent / "nowhere" / "institution.columns")
    code, found, told = answer(QUESTIONS[0], ledger)
    assert (code, found) == whole[:2]
    assert "cannot be written" in told


def test_a_small_ledger_has_none(tmp_path: Path) -> None:
    """Of few facts nothing is kept: they are read in the time that a file takes."""
    path = tmp_path / "small.db"
    assert run("record", path, written(tmp_path / "facts.jsonl")).exit_code == 0
    assert answer(QUESTIONS[0], path)[0] == 0
    assert sorted(each.name for each in tmp_path.iterdir()) == ["facts.jsonl", "small.db"]
    assert len(FACTS) < kept._WORTH_A_FILE  # noqa: SLF001 - the limit shows nowhere else


def test_both_ways_of_naming_a_place_exclude_each_other(ledger: Path, tmp_path: Path) -> None:
    """A projection is not named where none may be used."""
    code, _, told = answer(QUESTIONS[0], ledger, "--no-cache", "--projection", str(tmp_path / "there"))
    assert code == 2
    assert "goes without --no-cache" in told
