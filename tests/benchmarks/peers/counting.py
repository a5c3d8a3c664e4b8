"""The counting work that rule engines are given: who attended how many of which kind in each semester."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, NamedTuple

import msgspec
from attrs import frozen

__all__ = ["KINDS", "Answer", "Attended", "Cell", "Work", "work_in"]

KINDS: Final = (
    "democratic_life_meeting",
    "report_session",
    "study_report",
    "educational_film",
    "exchange_session",
    "heritage_visit",
    "social_practice",
)


class Attended(NamedTuple):
    """One person at one event of a kind, in a semester by its number."""

    event: int
    person: int
    kind: str
    semester: int


Cell = tuple[int, str, int]
"""A person, a kind and a semester."""


@frozen(eq=False)
class Work:
    """Who attended what; each of the `people` owes each kind in each of the `semesters`, all of which are over."""

    people: tuple[str, ...]
    semesters: tuple[date, ...]
    attended: tuple[Attended, ...]


@frozen
class Answer:
    """How many each person attended of each kind in each semester, where any, and the cells that lack one."""

    counts: Mapping[Cell, int]
    breaches: frozenset[Cell]


def work_in(lines: Iterable[bytes], as_of: date) -> Work:
    """Return the work in a plain institution's facts: decoded, dates placed in semesters, names made numbers."""
    records = [msgspec.json.decode(line) for line in lines]
    terms = sorted(
        (date.fromisoformat(found["on"]), date.fromisoformat(found["until"]))
        for found in records
        if found["fact"] == "term_declared" and found["kind"] == "semester"
    )
    over = [(first, last) for first, last in terms if last <= as_of]
    starts = [first for first, _ in over]
    people = {
        name: number
        for number, name in enumerate(
            found["person"] for found in records if found["fact"] == "stage_entered" and found["stage"] == "full_member"
        )
    }
    attended = []
    for event, found in enumerate(records):
        kind = found.get("meeting") or found.get("activity")
        if kind not in KINDS:
            continue
        day = date.fromisoformat(found["on"])
        semester = bisect_right(starts, day) - 1
        if semester >= 0 and day <= over[semester][1]:
            attended += [Attended(event, people[name], kind, semester) for name in found["attended"]]
    return Work(tuple(people), tuple(starts), tuple(attended))
