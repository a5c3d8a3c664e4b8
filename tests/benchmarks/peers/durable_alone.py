"""The counting work on durable-rules alone: an event for each attendance, a session with its counts for each person."""

from itertools import count
from typing import Any, Final

from durable.lang import get_state, m, post, ruleset, when_all

from tests.benchmarks.peers.counting import KINDS, Answer, Cell, Work

__all__ = ["answered"]

# With some more sessions than these in one ruleset, this version gives up: it is out of memory, it says.
_PEOPLE_AT_ONCE: Final = 1000
_NUMBERS: Final = count()


def answered(work: Work) -> Answer:
    """Return the counts and the breaches."""
    semesters = range(len(work.semesters))
    cells = [(kind, semester, f"{kind} {semester}") for kind in KINDS for semester in semesters]
    breaches: set[Cell] = set()
    rulesets = [_ruleset(cells, breaches) for _ in range(0, len(work.people), _PEOPLE_AT_ONCE)]
    # One at a time: a batch over several sessions is refused by this version.
    for _, person, kind, semester in work.attended:
        post(rulesets[person // _PEOPLE_AT_ONCE], {"sid": str(person), "kind": kind, "semester": semester})
    counts: dict[Cell, int] = {}
    for person in range(len(work.people)):
        name = rulesets[person // _PEOPLE_AT_ONCE]
        post(name, {"sid": str(person), "judge": True})
        state = get_state(name, str(person))
        counts |= {(person, kind, semester): state[key] for kind, semester, key in cells if key in state}
    return Answer(counts, frozenset(breaches))


def _ruleset(cells: list[tuple[str, int, str]], breaches: set[Cell]) -> str:
    """Make a ruleset that counts in each person's state and puts what is lacking into `breaches`; return its name."""
    name = f"counting-{next(_NUMBERS)}"
    with ruleset(name):

        @when_all(+m.kind)  # type: ignore[untyped-decorator]  # durable-rules ships no types
        def attended(c: Any) -> None:
            key = f"{c.m.kind} {c.m.semester}"
            c.s[key] = (c.s[key] or 0) + 1

        @when_all(m.judge == True)  # type: ignore[untyped-decorator]  # noqa: E712 - durable-rules' own way to say it
        def judged(c: Any) -> None:
            person = int(c.s.sid)
            breaches.update((person, kind, semester) for kind, semester, key in cells if not c.s[key])

    return name
