"""A ledger and many threads: whoever asks, and wherever it is answered, is answered right; Ctrl-C ends each wait."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path
from threading import Event
from typing import Final

import pytest

from partyrules.answers.verdicts import encode
from partyrules.facts.codec import fact_from_wire
from partyrules.facts.vocabulary import Fact
from partyrules.ledger.sqlite import open_ledger
from partyrules.packs.pack import Adoption, adopt
from partyrules.questions.audit import audit
from partyrules.questions.decide import decide
from partyrules.questions.funnel import funnel
from partyrules.questions.sources import Source
from tests.commands import FACTS
from tests.recordings import NOW, synthetic
from tests.sweeps import slow

AS_OF: Final = date(2018, 6, 30)
READERS: Final = 4
MADE: Final = tuple(fact_from_wire(row, where=f"fact {number}") for number, row in enumerate(FACTS, start=1))


def more(number: int) -> list[Fact]:
    """Return facts of one more person and one more meeting, which change what is found."""
    person, day = f"学生{number}", f"2018-04-{number % 28 + 1:02}"
    return [
        synthetic("person_registered", id=f"r{number}", on="2016-09-01", person=person),
        synthetic("stage_entered", id=f"s{number}00", on="2017-01-01", person=person, stage="full_member"),
        synthetic("membership_started", id=f"m{number}00", on="2017-01-01", person=person, unit="支部甲"),
        synthetic("talk_held", id=f"t{number}", on=day, person="学生丙", talk=f"talk {number}", by=person),
        synthetic("activity_held", id=f"v{number}", on=day, activity="study_report", unit="支部甲", attended=[person]),
    ]


BATCHES: Final = (list(MADE), *(more(number) for number in range(10, 30)))


@pytest.fixture(scope="module")
def adoption() -> Adoption:
    """Return both packs, adopted."""
    return adopt(["lzwl2017", "lzcu2012"])


def answer(source: Source, adoption: Adoption, how: int) -> Iterator[bytes]:
    """Ask one of several questions now, and yield what is answered when that is asked for."""
    if how == 0:
        found = audit(source, adoption, as_of=AS_OF)
        return (encode(finding) for finding in found.walk())
    if how == 1:
        table = audit(source, adoption, as_of=AS_OF).table()
        return (encode(finding) for finding in table)
    if how == 2:
        seen = funnel(source, adoption, on=AS_OF)
        return (encode(decision) for decision in seen.decisions)
    decision = decide(source, adoption, person="学生丙", to="probationary_member", on=AS_OF)
    return iter([encode(decision)])


@slow
def test_questions_in_many_threads_see_one_moment_each(adoption: Adoption, tmp_path: Path) -> None:
    """While one thread records, others ask the same ledger and yet others work out the answers: all of one moment."""
    facts: list[Fact] = []
    moments: list[list[bytes]] = []
    for batch in BATCHES:
        facts += batch
        moments.append([b"\n".join(answer(tuple(facts), adoption, how)) for how in range(4)])
    over = Event()
    switching = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with (
            open_ledger(tmp_path / "institution.db") as ledger,
            ThreadPoolExecutor(READERS) as readers,
            ThreadPoolExecutor(READERS) as workers,
        ):
            ledger.append(BATCHES[0], recorded_at=NOW)

            def asked(how: int) -> list[bytes]:
                found: list[Future[bytes]] = []
                while not found or not over.is_set():
                    # What one thread asked, another works out, while the first asks again.
                    found.append(workers.submit(b"\n".join, answer(ledger, adoption, how)))
                return [each.result() for each in found]

            reading = [readers.submit(asked, number % 4) for number in range(READERS)]
            try:
                for batch in BATCHES[1:]:
                    ledger.append(batch, recorded_at=NOW)
            finally:
                over.set()
            for number, each in enumerate(reading):
                due = [moment[number % 4] for moment in moments]
                # Not one answer is of no moment; and what was seen once is not unseen.
                seen = [due.index(said) for said in each.result()]
                assert seen == sorted(seen)
            assert b"\n".join(answer(ledger, adoption, 0)) == moments[-1][0]
    finally:
        sys.setswitchinterval(switching)


def test_a_question_goes_on_with_what_it_was_asked_of(adoption: Adoption, tmp_path: Path) -> None:
    """An audit that was asked before more was recorded answers of then, after another was asked and worked out too."""
    with open_ledger(tmp_path / "institution.db") as ledger:
        ledger.append(BATCHES[0], recorded_at=NOW)
        before = answer(ledger, adoption, 1)
        ledger.append(BATCHES[1], recorded_at=NOW)
        after = b"\n".join(answer(ledger, adoption, 1))
        assert b"\n".join(before) == b"\n".join(answer(tuple(BATCHES[0]), adoption, 1))
        assert after == b"\n".join(answer((*BATCHES[0], *BATCHES[1]), adoption, 1))


# Ctrl-C -----------------------------------------------------------------------------------------------------------

# Tells when it waits, and waits as it would.
WAITING: Final = """
import sys, time
import partyrules.ledger.connection as connection
def waits(seconds):
    print("waiting", flush=True)
    time.sleep(seconds)
connection.sleep = waits
from partyrules.cli import main
main(sys.argv[1:])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="takes a system with signals")
@pytest.mark.parametrize(("command", "lock"), [("record", "IMMEDIATE"), ("verify", "EXCLUSIVE")])
def test_ctrl_c_ends_a_wait_for_a_lock(tmp_path: Path, command: str, lock: str) -> None:
    """A command that waits for another process ends at once when it is interrupted, and nothing is stored."""
    place, lines = tmp_path / "institution.db", tmp_path / "facts.jsonl"
    lines.write_text('{"fact": "person_left", "id": "x", "on": "2018-03-01", "person": "p1"}\n')
    open_ledger(place).close()
    arguments = [command, str(place), *([str(lines)] if command == "record" else [])]
    with closing(sqlite3.connect(place, isolation_level=None)) as other:
        other.execute(f"BEGIN {lock}")
        with subprocess.Popen(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", WAITING, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "waiting\n"
            process.send_signal(signal.SIGINT)
            # Far less than the half minute for which it would have waited.
            _, told = process.communicate(timeout=20)
        assert (process.returncode, told.strip()) == (130, "Interrupted.")
        other.execute("ROLLBACK")
    with open_ledger(place) as ledger:
        assert ledger.head().position == 0
