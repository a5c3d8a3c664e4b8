"""A ledger outlives its writers: killed at any moment, or writing two at a time, they lose and tear nothing.

Run as a program this file serves its own tests: it forks a process for each writer that is asked for, so
that many can be killed without starting Python anew each time.
"""

import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from random import Random
from typing import IO

import pytest
from attrs import frozen

from partyrules.facts.vocabulary import Fact
from partyrules.ledger.base import parse_head
from partyrules.ledger.sqlite import open_ledger
from tests.recordings import NOW, clock, meetings

BATCHES = 40
BATCH = 50
KILLS = 50
# A writer tells of every SQL statement: some sixty for a batch that is new, four for one that is stored.
MOST_LINES = 900
INSIDE = {"SELECT", "INSERT", "UPDATE", "COMMIT"}

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")


def batches() -> list[list[Fact]]:
    """Return what there is to append, batch by batch."""
    facts = meetings(BATCHES * BATCH)
    return [facts[start : start + BATCH] for start in range(0, len(facts), BATCH)]


# The server, in a process of its own -------------------------------------------------------------------------


def say(*words: object) -> None:
    """Write one line to the tests, whole and at once."""
    os.write(1, " ".join(map(str, words)).encode() + b"\n")


def write(path: str, chosen: list[tuple[int, list[Fact]]]) -> None:
    """Append the batches, telling of each before and after, and of every SQL statement in between."""
    say("writer", os.getpid())
    with open_ledger(path) as ledger:
        # So that kills fall between the statements of a transaction too.
        connection = ledger._connection._sqlite  # noqa: SLF001 - what is told shows nowhere else
        connection.set_trace_callback(lambda sql: say(sql.split(maxsplit=1)[0]))
        for number, batch in chosen:
            say("begin", number)
            done = ledger.append(batch, recorded_at=NOW, clock=clock)
            say("done", number, done.appended, done.head)


def forked(path: str, chosen: list[tuple[int, list[Fact]]]) -> int:
    """Return the process in which the batches are appended."""
    process = os.fork()
    if process:
        return process
    try:
        write(path, chosen)
    except BaseException:  # noqa: BLE001 - whatever it is, the server's loop must not run twice
        traceback.print_exc()
        say("failed")
        os._exit(1)
    os._exit(0)


def serve() -> None:
    """Fork the writers that a line of input asks for, and reap them when the next line says so."""
    everything = list(enumerate(batches()))
    for line in sys.stdin:
        order = json.loads(line)
        writers = [forked(order["path"], [everything[n] for n in numbers]) for numbers in order["writers"]]
        # A writer that is not reaped keeps its number, so that nobody else can be killed in its stead.
        sys.stdin.readline()
        for writer in writers:
            say("ended", os.waitstatus_to_exitcode(os.waitpid(writer, 0)[1]))


# The tests ---------------------------------------------------------------------------------------------------


@frozen
class Server:
    """The other end of `serve`."""

    orders: IO[str]
    told: IO[str]

    def start(self, path: Path, *writers: list[int]) -> Iterator[list[str]]:
        """Start a writer for each list of batch numbers, and return what they tell, word by word."""
        print(json.dumps({"path": str(path), "writers": writers}), file=self.orders, flush=True)
        return (line.split() for line in self.told)

    def reap(self, writers: int) -> tuple[list[list[str]], list[int]]:
        """Return what else was told until all writers had ended, and their exit codes."""
        print(file=self.orders, flush=True)
        told: list[list[str]] = []
        codes: list[int] = []
        for line in self.told:
            words = line.split()
            if words[0] == "ended":
                codes.append(int(words[1]))
            else:
                told.append(words)
            if len(codes) == writers:
                break
        return told, codes


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Return a server that ends with the tests of this file."""
    command, root = [sys.executable, "-m", "tests.test_ledger_crash"], Path(__file__).parents[1]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - this very file
        assert process.stdin
        assert process.stdout
        yield Server(process.stdin, process.stdout)
        process.stdin.close()


def killed(server: Server, path: Path, lines: int) -> tuple[list[list[str]], bool]:
    """Let a writer append everything, kill it after so many lines; return what it told, and if it was killed."""
    told: list[list[str]] = []
    for words in server.start(path, list(range(BATCHES))):
        told.append(words)
        if len(told) == lines or words[0] == "failed" or words[:2] == ["done", str(BATCHES - 1)]:
            break
    os.kill(int(told[0][1]), signal.SIGKILL)
    rest, [code] = server.reap(1)
    assert code in (0, -signal.SIGKILL)
    return [*told, *rest], code != 0


def test_a_killed_writer_leaves_whole_batches(server: Server, tmp_path: Path) -> None:
    """After every kill the ledger verifies over whole batches, with every head told; writing again completes it."""
    random = Random(20180315)  # noqa: S311 - to kill at many moments, not to keep a secret
    everything = batches()
    with open_ledger(tmp_path / "uninterrupted.ledger") as ledger:
        for batch in everything:
            ledger.append(batch, recorded_at=NOW, clock=clock)
        whole = ledger.head()
    kills = inside = completed = 0
    paths = (tmp_path / f"{number}.ledger" for number in count())
    path = next(paths)
    stored = 0
    while kills < KILLS or stored:
        # Every fifth is killed at its first line, about when it opens or makes the ledger.
        told, was_killed = killed(server, path, random.randint(1, MOST_LINES) if kills % 5 else 1)
        kills += was_killed
        inside += was_killed and told[-1][0] in INSIDE
        # A reader leaves the log as the killed writer left it, so that the next one goes on in it.
        with open_ledger(path, read_only=stored > 0) as ledger:
            found = ledger.verify(noted=[parse_head(words[3]) for words in told if words[0] == "done"])
            assert found.ok, found.problem
            positions = [entry.fact.id for entry in ledger.facts()]
            head = ledger.head()
        assert positions == [f"m{n}" for n in range(len(positions))]
        before, stored = stored, len(positions) // BATCH
        assert len(positions) == stored * BATCH
        # What was told to be done is stored, and at most the batch that was begun besides.
        done = sum(words[0] == "done" for words in told)
        begun = sum(words[0] == "begin" for words in told)
        assert max(before, done) <= stored <= max(before, begun)
        if stored == BATCHES:
            assert head == whole
            completed += 1
            path, stored = next(paths), 0
    assert completed > 0
    assert inside > KILLS // 2, "most kills must fall into a transaction"


@pytest.mark.parametrize("attempt", range(5))
def test_two_writers_at_once_lose_nothing(server: Server, tmp_path: Path, attempt: int) -> None:
    """Two processes that make one ledger and append to it at once, some facts both, store each fact once."""
    path = tmp_path / "shared.ledger"
    shared = list(range(10, 20))
    one, two = [*range(10), *shared], [*reversed(shared), *range(20, 30)]
    told: list[list[str]] = []
    for words in server.start(path, *((one, two) if attempt % 2 else (two, one))):
        told.append(words)
        if words[0] == "failed" or sum(line[0] == "done" for line in told) == len(one) + len(two):
            break
    _, codes = server.reap(2)
    assert codes == [0, 0]
    assert sum(int(words[2]) for words in told if words[0] == "done") == 30 * BATCH
    with open_ledger(path) as ledger:
        assert ledger.verify().ok
        entries = list(ledger.facts())
    assert [entry.position for entry in entries] == list(range(1, 30 * BATCH + 1))
    assert {entry.fact.id for entry in entries} == {f"m{n}" for n in range(30 * BATCH)}


if __name__ == "__main__":
    serve()
