"""The people of the synthetic institution: who they are, where they live and belong, and until when."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Final

from attrs import evolve, frozen

from partyrules.demo.book import day_between, happens
from partyrules.demo.tables import (
    BUILDING_GROUPS,
    BUILDINGS,
    CANDIDATES,
    COHORTS,
    COLLEGES,
    DECISION_DAY,
    DISSOLVED,
    ESTABLISHED,
    GRADUATED,
    GROUPS,
    MEMBER_STAGES,
    OPENED,
    PIPELINE,
    POSTS,
    STEP_GAPS,
    Cohort,
    Post,
    StageRow,
    branches_of,
    college_of,
)

_SEATS: Final = 4
_ROOMS_A_FLOOR: Final = 10


@frozen
class Held:
    """Something that holds from `first` up to, not including, `end`; `end` None is open."""

    what: str
    first: date
    end: date | None = None


@frozen
class Leave:
    """A leave (请假、休学、出国) of a kind, half-open as other relations are."""

    kind: str
    first: date
    end: date | None


@frozen
class Student:
    """A student's course through the institution; each tuple of `Held` is in order of time."""

    id: str
    admitted: date
    college: str
    stages: tuple[Held, ...]
    rooms: tuple[Held, ...]
    branches: tuple[Held, ...] = ()
    groups: tuple[Held, ...] = ()
    building_groups: tuple[Held, ...] = ()
    leave: Leave | None = None
    left: date | None = None


@frozen
class Cast:
    """All students, and the posts of students and staff."""

    students: tuple[Student, ...]
    posts: tuple[Post, ...] = POSTS


# Questions -----------------------------------------------------------------------------------------------


def held_on(spells: Sequence[Held], day: date) -> str | None:
    """Return what holds on a day, or None."""
    holding = [spell.what for spell in spells if spell.first <= day and (spell.end is None or day < spell.end)]
    return holding[-1] if holding else None


def is_here(student: Student, day: date) -> bool:
    """Return whether the student is on the books on a day."""
    return student.admitted <= day and (student.left is None or day < student.left)


def is_away(student: Student, day: date) -> bool:
    """Return whether the student is on leave on a day."""
    leave = student.leave
    return leave is not None and leave.first <= day and (leave.end is None or day < leave.end)


def stage_on(student: Student, day: date) -> str | None:
    """Return the stage held on a day by a student who is here, or None."""
    return held_on(student.stages, day) if is_here(student, day) else None


def is_member(student: Student, day: date) -> bool:
    """Return whether the student is a probationary or full member (学生党员) on a day."""
    return stage_on(student, day) in MEMBER_STAGES


def entered(student: Student, stage: str) -> date | None:
    """Return the day on which the student entered a stage, or None."""
    return next((spell.first for spell in student.stages if spell.what == stage), None)


def member_from(student: Student) -> date | None:
    """Return the day on which the student became a member, or None."""
    return entered(student, "probationary_member")


def building_of(student: Student, day: date) -> str | None:
    """Return the building where the student lives on a day, or None."""
    room = held_on(student.rooms, day) if is_here(student, day) else None
    return room.split("/")[0] if room else None


def group_covering(building: str | None, day: date) -> str | None:
    """Return the building group (楼宇党小组) that covers a building on a day, or None."""
    group = BUILDING_GROUPS.get(building or "")
    return group if group and OPENED <= day < DISSOLVED.get(group, date.max) else None


def members(cast: Cast, day: date, *, unit: str | None = None, building: str | None = None) -> tuple[str, ...]:
    """Return the student members present on a day, of a college, branch or group, or of a building.

    Nobody on leave is among them.
    """
    return tuple(
        student.id
        for student in cast.students
        if is_member(student, day)
        and not is_away(student, day)
        and (unit is None or unit in _units_on(student, day))
        and (building is None or building_of(student, day) == building)
    )


def holders(
    cast: Cast, role: str, day: date, *, unit: str | None = None, building: str | None = None
) -> tuple[str, ...]:
    """Return who holds a role on a day, of a unit or for a building where one is given."""
    return tuple(
        post.person
        for post in cast.posts
        if post.role == role
        and post.first <= day
        and (post.last is None or day <= post.last)
        and (unit is None or post.unit == unit)
        and (building is None or post.building == building)
    )


def _units_on(student: Student, day: date) -> tuple[str | None, ...]:
    branch = held_on(student.branches, day)
    return (branch, held_on(student.groups, day), college_of(branch) if branch else None)


# Casting -------------------------------------------------------------------------------------------------


def cast_people(rng: Random, students: int) -> Cast:
    """Return the whole cast with that many students; the four candidates come first."""
    plans = [*_candidate_plans(), *_cohort_plans(students)]
    people = [_student(rng, number, cohort, row) for number, (cohort, row) in enumerate(plans)]
    safe = len(CANDIDATES)
    people[safe:] = _with_moves(rng, people[safe:])
    people[safe:] = _with_leaves(rng, people[safe:])
    settled = tuple(_with_units(rng, index, person) for index, person in enumerate(people))
    return Cast(settled, (*POSTS, *_student_posts(rng, Cast(settled))))


def _candidate_plans() -> Iterator[tuple[Cohort, StageRow | None]]:
    for stage, day in CANDIDATES:
        yield COHORTS[0], StageRow(stage, 1, day, day)


def _cohort_plans(students: int) -> Iterator[tuple[Cohort, StageRow | None]]:
    """Yield cohort and last stage of every student but the candidates; None never applied."""
    left = students - len(CANDIDATES)
    for cohort in COHORTS:
        size = left if cohort is COHORTS[-1] else round(cohort.of_600 * students / 600)
        if cohort is COHORTS[0]:
            size -= len(CANDIDATES)
        left -= size
        rows = [row for row in cohort.rows for _ in range(round(row.of_600 * students / 600))][:size]
        applying = (size - len(rows)) // 2
        first = max(cohort.admitted + timedelta(days=30), OPENED)
        last = min(first + timedelta(days=400), date(2019, 5, 31), GRADUATED.get(cohort.admitted.year, date.max))
        rows += [StageRow("applicant", 1, first, last - timedelta(days=1))] * applying
        yield from ((cohort, row) for row in rows)
        yield from ((cohort, None) for _ in range(size - len(rows)))


def _student(rng: Random, number: int, cohort: Cohort, row: StageRow | None) -> Student:
    seat = number // len(BUILDINGS) // _SEATS
    room = f"{seat // _ROOMS_A_FLOOR + 1}{seat % _ROOMS_A_FLOOR + 1:02d}"
    building = BUILDINGS[number % len(BUILDINGS)]
    return Student(
        id=f"p{number + 1:04d}",
        admitted=cohort.admitted,
        college=COLLEGES[number % len(COLLEGES)],
        stages=_stages(rng, cohort, row) if row else (),
        rooms=(Held(f"{building}/{room}", max(cohort.admitted, OPENED)),),
        left=GRADUATED.get(cohort.admitted.year),
    )


def _stages(rng: Random, cohort: Cohort, row: StageRow) -> tuple[Held, ...]:
    """Return the stages up to the last one, counted back from the day it was entered."""
    end: date | None = None
    day = day_between(rng, row.first, row.last)
    spells: list[Held] = []
    for place in range(PIPELINE.index(row.stage), -1, -1):
        # Nobody applies before admission, whatever the gaps drawn.
        day = max(day, cohort.admitted + timedelta(days=10 + 30 * place))
        spells.insert(0, Held(PIPELINE[place], day, end))
        end = day
        fewest, most = STEP_GAPS.get(PIPELINE[place], (0, 0))
        day -= timedelta(days=rng.randint(fewest, most))
    return tuple(spells)


def _with_moves(rng: Random, people: list[Student]) -> list[Student]:
    """Return the people, about one in twenty-four of them moved to another room, some to another building."""
    moved = list(people)
    for count, index in enumerate(sorted(rng.sample(range(len(people)), len(people) // 24))):
        person = people[index]
        day = date(2018, 3, 3) if count % 2 else date(2018, 9, 8)
        old = person.rooms[0]
        if not is_here(person, day) or old.first >= day:
            continue
        building = old.what.split("/")[0] if count % 3 else rng.choice(BUILDINGS[:5])
        moved[index] = evolve(
            person, rooms=(evolve(old, end=day), Held(f"{building}/7{count % _ROOMS_A_FLOOR + 1:02d}", day))
        )
    return moved


_LEAVES: Final = (
    Leave("study_abroad", date(2018, 8, 27), date(2019, 2, 20)),
    Leave("sick", date(2018, 10, 8), date(2018, 12, 3)),
    Leave("internship", date(2019, 3, 4), None),
    Leave("study_abroad", date(2018, 8, 27), None),
    Leave("sick", date(2019, 4, 1), date(2019, 5, 6)),
)
_DROPPED_OUT: Final = (date(2018, 11, 12), date(2019, 3, 18))


def _with_leaves(rng: Random, people: list[Student]) -> list[Student]:
    """Return the people, some with a leave, a few who left for good."""
    changed = list(people)
    tracked = [index for index, person in enumerate(people) if stage_on(person, date(2018, 8, 1)) is not None]
    for count, index in enumerate(rng.sample(tracked, len(tracked) // 20)):
        changed[index] = evolve(people[index], leave=_LEAVES[count % len(_LEAVES)])
    for day in _DROPPED_OUT:
        quiet = [
            index
            for index, person in enumerate(changed)
            if is_here(person, day)
            and person.leave is None
            and all(spell.first < day for spell in person.stages)
            and member_from(person) is None
        ]
        for index in rng.sample(quiet, 2):
            changed[index] = evolve(changed[index], left=day)
    return changed


# Places in the list that are spread over colleges and cohorts.
_TRANSFERRED: Final = range(9, 6000, 23)
_FLOATING: Final = range(30, 6000, 101)
_TRANSFER: Final = date(2018, 9, 10)
_FLOATING_SINCE: Final = date(2019, 5, 13)


def _with_units(rng: Random, index: int, person: Student) -> Student:
    """Return the person placed in branch and group, and in the building's group."""
    chosen = entered(person, "activist")
    if chosen is None:
        return person
    choices = branches_of(person.college)
    place = index // len(COLLEGES)
    branch = choices[place % len(choices)]
    group = GROUPS[branch][place // len(choices) % len(GROUPS[branch])]
    since = member_from(person)
    placed = evolve(
        person,
        branches=(Held(branch, max(chosen, ESTABLISHED)),),
        groups=(Held(group, since),) if since else (),
        building_groups=tuple(_building_groups(rng, index, person, chosen)),
    )
    if since and since < _TRANSFER and is_here(person, _TRANSFER) and index in _TRANSFERRED:
        return _transferred(placed, choices)
    if since and since < _FLOATING_SINCE and index in _FLOATING:
        return evolve(
            placed,
            branches=(evolve(placed.branches[0], end=_FLOATING_SINCE),),
            groups=(evolve(placed.groups[0], end=_FLOATING_SINCE),),
        )
    return placed


def _transferred(person: Student, choices: tuple[str, ...]) -> Student:
    """Return the person moved to the next branch of the college and its first group."""
    branch, group = person.branches[0], person.groups[0]
    target = choices[(choices.index(branch.what) + 1) % len(choices)]
    return evolve(
        person,
        branches=(evolve(branch, end=_TRANSFER), Held(target, _TRANSFER)),
        groups=(evolve(group, end=_TRANSFER), Held(GROUPS[target][0], _TRANSFER)),
    )


def _building_groups(rng: Random, index: int, person: Student, chosen: date) -> Iterator[Held]:
    for room in person.rooms:
        since = max(chosen, room.first, OPENED + timedelta(days=4))
        group = group_covering(room.what.split("/")[0], since)
        overlooked = index >= len(CANDIDATES) and happens(rng, 0.06)
        if group and not overlooked and since < (room.end or date.max):
            ends = [day for day in (room.end, DISSOLVED.get(group)) if day]
            yield Held(group, since, min(ends, default=None))


# Posts of students ---------------------------------------------------------------------------------------

_YEARS: Final = ((date(2017, 9, 15), date(2018, 9, 14)), (date(2018, 9, 15), None))
# The last day of a building group's leader: the group dissolved, or, the lapse, nobody followed.
_LAST_LED: Final = {
    **{group: day - timedelta(days=1) for group, day in DISSOLVED.items()},
    "building-group-4": date(2019, 5, 19),
}


def _student_posts(rng: Random, cast: Cast) -> Iterator[Post]:
    for first, last in _YEARS:
        for branch in GROUPS:
            staying = _staying(cast, first, last, branch=branch)
            for person in rng.sample(staying, min(2, len(staying))):
                yield Post(person, "committee_member", unit=branch, first=first, last=last)
        for group in BUILDING_GROUPS.values():
            able = _staying(cast, first, last, building_group=group)
            ends = [day for day in (last, _LAST_LED.get(group)) if day]
            until = min(ends, default=None)
            if able and (until is None or until > first):
                yield Post(rng.choice(able), "group_leader", unit=group, first=first, last=until)
    current = _staying(cast, *_YEARS[-1])
    for person in rng.sample(current, len(current) // 4):
        yield Post(person, "backbone_member", unit=_branch_of(cast, person), first=_YEARS[-1][0])


def _branch_of(cast: Cast, person: str) -> str | None:
    return next(held_on(student.branches, _YEARS[-1][0]) for student in cast.students if student.id == person)


def _staying(
    cast: Cast,
    first: date,
    last: date | None,
    *,
    branch: str | None = None,
    building_group: str | None = None,
) -> list[str]:
    """Return the members who are there on both days and neither move nor go on leave in between."""
    end = min(last or DECISION_DAY, date(2018, 7, 1) if last else DECISION_DAY)
    return [
        student.id
        for student in cast.students
        if is_member(student, first)
        and is_member(student, end)
        and student.leave is None
        and len(student.rooms) == 1
        and held_on(student.branches, first) == held_on(student.branches, end) is not None
        and (branch is None or held_on(student.branches, first) == branch)
        and (building_group is None or building_group in {spell.what for spell in student.building_groups})
    ]
