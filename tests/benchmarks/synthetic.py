"""A synthetic institution of any size, the same for a seed: who is in it, what is held there and what is recorded."""

from collections.abc import Iterator, Sequence
from datetime import date
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

__all__ = ["Institution", "Line", "institution"]

_FIRST_YEAR: Final = 2018
_BRANCH_SIZE: Final = 30
_GROUPS: Final = 2
_CLUSTER: Final = 3
_BRANCHES_PER_COLLEGE: Final = 20
_MEMBERS: Final = 0.66
_ENCODER: Final = msgspec.json.Encoder()
_NEVER: Final = 10**7
_QUIET_MONTHS: Final = (2, 8)

Array = NDArray[Any]


class Line(NamedTuple):
    """One fact as a line of JSON, with the day, an ordinal, on which it was written down."""

    written: int
    text: bytes


@frozen
class Institution:
    """A synthetic institution: `people` registered, followed for `years` academic years.

    `open_months` is the share of events of which only the month is recorded. `plain`: all are full members all
    the time, nobody is away and no record is corrected; only the seven kinds of event of each semester are held.
    """

    people: int
    years: int = 4
    seed: int = 2017
    open_months: float = 0.0
    plain: bool = False

    @property
    def as_of(self) -> date:
        """The day that audits ask about: in the last semester, some weeks before its end."""
        return date(_FIRST_YEAR + self.years, 6, 15)

    @property
    def name(self) -> str:
        """What files of it are called; other parameters or another generator give another name."""
        made_by = blake2b(Path(__file__).read_bytes() + repr(self).encode(), digest_size=5).hexdigest()
        return f"synthetic-{self.people}-{self.years}y-{made_by}"


# Terms and days ----------------------------------------------------------------------------------------------------


def terms(years: int) -> list[tuple[str, str, str, int, int]]:
    """Return id, kind, academic year, first and last day (ordinals) of each declared term."""
    found = []
    for year in range(_FIRST_YEAR, _FIRST_YEAR + years):
        named = f"{year}-{year + 1}"
        parts = (
            ("autumn", "semester", date(year, 9, 1), date(year + 1, 1, 13)),
            ("winter", "winter_vacation", date(year + 1, 1, 14), date(year + 1, 2, 24)),
            ("spring", "semester", date(year + 1, 2, 25), date(year + 1, 7, 7)),
            ("summer", "summer_vacation", date(year + 1, 7, 8), date(year + 1, 8, 31)),
        )
        found += [(f"{named}-{p}", kind, named, a.toordinal(), b.toordinal()) for p, kind, a, b in parts]
    return found


def _months(first: date, last: date, length: int) -> list[tuple[int, int]]:
    """Return the first and last day of each calendar period of `length` months that starts in `first` … `last`."""
    starts = [date(y, m, 1) for y in range(first.year, last.year + 2) for m in range(1, 13, length)]
    pairs = pairwise(starts)
    return [(a.toordinal(), b.toordinal() - 1) for a, b in pairs if first <= a <= last]


# Writing facts -----------------------------------------------------------------------------------------------------


@frozen
class Book:
    """The lines written so far; every id starts with `syn-`, for synthetic."""

    lines: list[Line] = field(factory=list)

    def say(self, day: int, wire: str, name: str, *, late: int = 0, **said: Any) -> str:
        """Write a fact of a day down, `late` days afterwards, and return its id; keys are in order, as in a ledger."""
        name = f"syn-{name}"
        record = {"fact": wire, "id": name, **said}
        record.setdefault("on", _iso(day))
        self.lines.append(Line(day + late, _ENCODER.encode(dict(sorted(record.items())))))
        return name


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()


# The people --------------------------------------------------------------------------------------------------------


@frozen
class Stay:
    """Who was in a unit from when to when: parallel arrays, `to` being the first day on which they are not."""

    person: Array
    since: Array
    to: Array


@frozen
class Cast:
    """Everybody by number: how often they come, and their leave (first day and the day after the last)."""

    names: Array
    comes: Array
    leave: Array
    branches: Sequence[Stay]
    groups: Sequence[Stay]

    def present(self, stay: Stay, day: int, rng: np.random.Generator) -> tuple[list[str], list[str]]:
        """Return who of a unit attended on a day, and who was excused."""
        there = stay.person[(stay.since <= day) & (day < stay.to)]
        away = (self.leave[there, 0] <= day) & (day < self.leave[there, 1])
        chance = rng.random(len(there))
        attends = chance < np.where(away, 0.05, self.comes[there])
        excused = ~attends & (chance > 0.97)
        return self.names[there[attends]].tolist(), self.names[there[excused]].tolist()


class Draws(NamedTuple):
    """What chance decides about somebody, each from 0 to below 1."""

    kind: float
    when: float
    moves: float
    leaves: float
    away: float
    length: float
    staff: float
    back: float
    group: float
    odd: float


@frozen
class Era:
    """The days followed, as ordinals, both inclusive, and how many branches there are."""

    first: int
    last: int
    branches: int


@frozen
class Member:
    """Somebody in a branch: when their membership began, and when they left, far away if never."""

    number: int
    name: str
    branch: int
    draws: Draws
    joined: int
    left: int

    @property
    def unit(self) -> int:
        """The number of their group among all groups of a branch."""
        return int(self.draws.group * _GROUPS)

    @property
    def category(self) -> dict[str, Any]:
        """What is said of them when they are registered: a small share are staff."""
        return {"category": "staff"} if self.draws.staff < 0.03 else {}


StayRow = tuple[int, int, int, int]
"""A person, a unit (groups after the branches), since when, and the first day no more."""


def _people(book: Book, of: Institution, rng: np.random.Generator) -> Cast:
    """Write down who is registered, their stages, memberships and leave; return them for the meetings."""
    names = np.array([f"syn-p{n:06}" for n in range(of.people)], dtype=object)
    members = of.people if of.plain else round(of.people * _MEMBERS)
    branches = max(2, round(members / _BRANCH_SIZE))
    era = Era(date(_FIRST_YEAR, 9, 1).toordinal(), of.as_of.toordinal(), branches)
    comes = np.where(rng.random(of.people) < 0.12, 0.55, 0.975)
    leave = np.full((of.people, 2), _NEVER)
    stays: list[StayRow] = []
    draws = [Draws(*row) for row in rng.random((of.people, len(Draws._fields))).tolist()]
    for n in range(members):
        branch = n * branches // members
        if of.plain:
            stays.append(_plain_member(book, n, str(names[n]), branch, era))
            continue
        member = _member(n, str(names[n]), branch, draws[n], era)
        _write_stages(book, member, era)
        stays += _write_stays(book, member, era)
        if member.draws.away < 0.07:
            leave[n] = _write_leave(book, member, era)
    for n in range(members, of.people):
        _student(book, n, str(names[n]), draws[n], era)
    table = np.array(stays)
    person, unit, since, to = table[np.argsort(table[:, 1], kind="stable")].T
    bounds = np.searchsorted(unit, np.arange(branches * (_GROUPS + 1) + 1))
    found = [Stay(person[a:b], since[a:b], to[a:b]) for a, b in pairwise(bounds)]
    return Cast(names, comes, leave, found[:branches], found[branches:])


def _student(book: Book, n: int, name: str, draws: Draws, era: Era) -> None:
    """Write down somebody who is no member: registered, perhaps an applicant, perhaps gone before the end."""
    since = era.first - 365 + int(draws.kind * 3) * 365
    category: dict[str, Any] = {"category": "staff"} if draws.staff < 0.1 else {}
    book.say(since, "person_registered", f"r{n}", person=name, **category)
    if draws.moves < 0.2:
        stage = "activist" if draws.group < 0.5 else "applicant"
        book.say(
            min(era.last, since + 90 + int(draws.when * 300)), "stage_entered", f"s{n}-0", person=name, stage=stage
        )
    if draws.leaves < 0.1:
        book.say(min(era.last, since + 500 + int(draws.back * 600)), "person_left", f"l{n}", person=name)


def _plain_member(book: Book, n: int, name: str, branch: int, era: Era) -> StayRow:
    """Write down somebody who is a full member all the time."""
    since = era.first - 30
    book.say(since, "person_registered", f"r{n}", person=name)
    book.say(since, "stage_entered", f"s{n}-0", person=name, stage="full_member")
    book.say(since, "membership_started", f"m{n}-b0", person=name, unit=f"syn-b{branch}")
    return n, branch, since, _NEVER


def _member(n: int, name: str, branch: int, draws: Draws, era: Era) -> Member:
    days = era.last - era.first
    # Three in four are members before it begins.
    joined = era.first - 20 - int(draws.when * 300)
    if draws.kind >= 0.75:
        joined = era.first + 60 + int(draws.when * (days - 120))
    left = min(era.first + 100 + int(draws.back * days), era.last + 9) if draws.leaves < 0.06 else _NEVER
    return Member(n, name, branch, draws, joined, left if joined < left else _NEVER)


def _write_stages(book: Book, member: Member, era: Era) -> None:
    """Write down the registration, the stages entered and the trainings of a full member."""
    n, name, draws = member.number, member.name, member.draws
    stages = [("probationary_member", member.joined), ("full_member", member.joined + 365)]
    if draws.kind < 0.6:
        stages = [("full_member", member.joined)]
    elif draws.kind >= 0.75:
        stages = [("activist", member.joined - 500), *stages]
    # One in some hundreds was never registered, and so counts as a registered student.
    if draws.odd >= 0.004:
        book.say(min(member.joined, era.first) - 700, "person_registered", f"r{n}", person=name, **member.category)
    for k, (stage, day) in enumerate(stages):
        if day <= era.last:
            book.say(day, "stage_entered", f"s{n}-{k}", person=name, stage=stage)
    if draws.odd >= 0.996:
        day = era.first + 200 + int(draws.when * (era.last - era.first - 200))
        book.say(day, "stage_entered", f"s{n}-9", person=name, stage="none")
    _write_trainings(book, member, stages[-1][1], era.last)


def _write_stays(book: Book, member: Member, era: Era) -> list[StayRow]:
    """Write down the memberships of branch and group, a move, a leaving and a return."""
    n, name, branch, draws, left = member.number, member.name, member.branch, member.draws, member.left
    moved = member.joined + 150 + int(draws.when * 900)
    stretches = [(branch, member.joined, left)]
    if draws.moves < 0.04 and moved < min(left, era.last):
        stretches = [(branch, member.joined, moved), ((branch + 1) % era.branches, moved, left)]
    if left <= era.last:
        book.say(left, "person_left", f"l{n}", person=name)
        if draws.back < 0.3:
            again = left + 40 + int(draws.length * 200)
            book.say(again, "person_registered", f"r{n}-1", person=name, **member.category)
            stretches.append((branch, again, _NEVER))
    stays = []
    for k, (home, since, to) in enumerate(stretches):
        group = home * _GROUPS + member.unit
        for unit, told, mark in ((home, f"syn-b{home}", "b"), (era.branches + group, f"syn-g{group}", "g")):
            book.say(since, "membership_started", f"m{n}-{mark}{k}", person=name, unit=told)
            # Who leaves the university leaves all units, without a word.
            if to < left:
                book.say(to, "membership_ended", f"m{n}-{mark}{k}x", person=name, unit=told)
            stays.append((n, unit, since, to))
    return stays


def _write_leave(book: Book, member: Member, era: Era) -> tuple[int, int]:
    """Write down a stretch of leave; return its first day and the one after its last."""
    n, name, draws = member.number, member.name, member.draws
    since = era.first + int(draws.when * (era.last - era.first))
    to = since + 15 + int(draws.length * 250)
    kind = ("sick", "study_abroad", "internship")[int(draws.group * 3)]
    if draws.length < 0.5:
        book.say(since, "leave_started", f"v{n}", person=name, kind=kind, until=_iso(to - 1))
    else:
        book.say(since, "leave_started", f"v{n}", person=name, kind=kind)
        book.say(to, "leave_ended", f"v{n}x", person=name, kind=kind)
    return since, to


def _write_trainings(book: Book, member: Member, full: int, last: int) -> None:
    """Write down the yearly training of a full member: mostly done, at once or in two parts, now and then too short."""
    for year in range(_FIRST_YEAR, date.fromordinal(last).year + 1):
        draw = (member.draws.kind * 7919 + member.draws.odd * 104729 + year * 0.618) % 1
        day = date(year, 3, 1).toordinal() + int(draw * 2900) % 250
        if not full - 100 < day <= last or draw > 0.7:
            continue
        parts: tuple[int | float | None, ...] = (8, None)
        if draw < 0.6:
            parts = (32,)
        elif draw < 0.64:
            parts = (16, 16.5)
        elif draw < 0.68:
            parts = (20,)
        for k, hours in enumerate(parts):
            said: dict[str, Any] = {} if hours is None else {"hours": hours}
            name = f"t{member.number}-{year}-{k}"
            book.say(day, "training_completed", name, person=member.name, course="member_training", **said)


# The units and what they hold --------------------------------------------------------------------------------------


class Happening(NamedTuple):
    """Something that was held: by which unit, of which kind, on which day, and for whom."""

    wire: str
    kind: str
    unit: str
    day: int
    stays: tuple[Stay, ...]
    led_by: str | None = None


def _offices(book: Book, of: Institution, colleges: int, branches: int, *, groups: bool) -> None:
    first = date(_FIRST_YEAR, 8, 1).toordinal()
    school = "syn-school"
    offices = ("organisation_department", "publicity_department", "student_affairs", "youth_league", "party_school")
    book.say(first - 900, "unit_established", "u-school", unit=school, kind="school_committee", note="synthetic")
    for kind in offices:
        book.say(first - 900, "unit_established", f"u-{kind}", unit=f"syn-{kind}", kind=kind, parent=school)
    for n in range(colleges):
        book.say(first - 800, "unit_established", f"u-c{n}", unit=f"syn-c{n}", kind="general_branch", parent=school)
    for n in range(branches):
        # One in twenty is new, in the middle of a period.
        day = first + 400 if n % 20 == 7 else first - 300
        parent = f"syn-c{n // _BRANCHES_PER_COLLEGE}"
        book.say(day, "unit_established", f"u-b{n}", unit=f"syn-b{n}", kind="branch", parent=parent)
        for k in range(n * _GROUPS, (n + 1) * _GROUPS) if groups else ():
            book.say(day, "unit_established", f"u-g{k}", unit=f"syn-g{k}", kind="group", parent=f"syn-b{n}")
            if k % 50 == 11:
                book.say(first + 900, "unit_dissolved", f"u-g{k}x", unit=f"syn-g{k}")
    for name, kind, year, start, end in terms(of.years):
        book.say(
            start, "term_declared", f"term-{name}", term=name, kind=kind, academic_year=year, until=_iso(end), late=-60
        )
    for n in range(colleges + 2):
        leader = f"syn-t{n:03}"
        book.say(first - 700, "person_registered", f"rt{n}", person=leader, category="staff")
        book.say(first - 650, "role_started", f"o{n}", person=leader, role="principal_leader", unit=f"syn-c{n}")
        if n % 9 == 4:
            book.say(first + 500, "role_ended", f"o{n}x", person=leader, role="principal_leader", unit=f"syn-c{n}")


def _of_branch(
    of: Institution, cast: Cast, branch: int, rng: np.random.Generator, first: date, last: date
) -> Iterator[Happening]:
    """Yield what one branch and its groups hold."""
    unit, stay = f"syn-b{branch}", cast.branches[branch]
    semesters = [(start, end) for _, kind, _, start, end in terms(of.years) if kind == "semester"]
    for kind in ("democratic_life_meeting", "report_session", "exchange_session"):
        for day in _drawn(semesters, rng, 0.97):
            yield Happening("meeting_held", kind, unit, day, (stay,))
    if of.plain:
        return
    for day in _drawn(_months(first, last, 3), rng, 0.97):
        yield Happening("meeting_held", "branch_assembly", unit, day, (stay,))
    for year in range(first.year, last.year + 1):
        for day in _drawn([(date(year, 11, 1).toordinal(), date(year, 12, 28).toordinal())], rng, 0.97):
            yield Happening("meeting_held", "democratic_appraisal", unit, day, (stay,))
    committee = Stay(stay.person[:6], stay.since[:6], stay.to[:6])
    busy, quiet = _by_business(_months(first, last, 1))
    for day in (*_drawn(busy, rng, 0.96), *_drawn(quiet, rng, 0.5)):
        yield Happening("meeting_held", "branch_committee", unit, day, (committee,))
    for k in range(branch * _GROUPS, (branch + 1) * _GROUPS):
        for day in (*_drawn(busy, rng, 0.94), *_drawn(quiet, rng, 0.2)):
            yield Happening("meeting_held", "group_meeting", f"syn-g{k}", day, (cast.groups[k],))


def _of_cluster(
    of: Institution, cast: Cast, cluster: int, rng: np.random.Generator, first: date, last: date
) -> Iterator[Happening]:
    """Yield what several branches hold together, by their college."""
    mine = range(cluster * _CLUSTER, min((cluster + 1) * _CLUSTER, len(cast.branches)))
    stays = tuple(cast.branches[n] for n in mine)
    college = mine[0] // _BRANCHES_PER_COLLEGE
    unit = f"syn-c{college}"
    of_terms = terms(of.years)
    semesters = [(start, end) for _, kind, _, start, end in of_terms if kind == "semester"]
    for kind in ("study_report", "educational_film", "heritage_visit", "social_practice"):
        for day in _drawn(semesters * (1 if of.plain else 2), rng, 0.92):
            yield Happening("activity_held", kind, unit, day, stays)
    if of.plain:
        return
    for n, day in enumerate(_drawn(_months(first, last, 1), rng, 0.9)):
        leader = f"syn-t{college if n % 2 else college + 2:03}" if n % 5 else None
        yield Happening("activity_held", "party_lecture", unit, day, stays, leader)
    vacations = [(start, end) for _, kind, _, start, end in of_terms if kind != "semester"]
    for day in _drawn(vacations, rng, 0.3):
        yield Happening("activity_held", "social_practice", unit, day, stays)


def _of_offices(of: Institution, colleges: int, rng: np.random.Generator, first: date, last: date) -> Iterator[Any]:
    of_terms = terms(of.years)
    for n in range(colleges):
        semesters = [(start, end) for _, kind, _, start, end in of_terms if kind == "semester"]
        for day in _drawn(semesters, rng, 0.9):
            yield Happening("meeting_held", "special_study", f"syn-c{n}", day, ())
    for year in range(first.year, last.year + 1):
        for day in _drawn([(date(year, 3, 1).toordinal(), date(year, 5, 1).toordinal())], rng, 0.7):
            yield Happening("meeting_held", "special_study", "syn-school", day, ())
    for number, (_, kind, _, start, end) in enumerate(of_terms):
        if kind != "semester" and number != 5:
            for day in _drawn([(start, end)], rng, 1.0):
                yield Happening("activity_held", "volunteer_service", "syn-youth_league", day, ())


def _drawn(periods: Sequence[tuple[int, int]], rng: np.random.Generator, share: float) -> list[int]:
    """Return a day in each of most periods."""
    chance = rng.random((len(periods), 2)).tolist()
    return [a + int(where * (b - a + 1)) for (a, b), (held, where) in zip(periods, chance, strict=True) if held < share]


def _by_business(months: list[tuple[int, int]]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    quiet = [month for month in months if date.fromordinal(month[0]).month in _QUIET_MONTHS]
    return [month for month in months if month not in quiet], quiet


def _record_happenings(book: Book, of: Institution, cast: Cast, held: Iterator[Happening], key: str) -> None:
    """Write down what was held: now and then without a list, with a visitor, late, or taken back."""
    rng = np.random.default_rng([of.seed, *key.encode()])
    everybody = len(cast.names)
    horizon = of.as_of.toordinal() + 10
    for number, happened in enumerate(held):
        if happened.day > horizon:
            continue
        odd, which, delay, open_month = rng.random(4).tolist()
        attended: list[str] = []
        excused: list[str] = []
        for stay in happened.stays:
            came, sorry = cast.present(stay, happened.day, rng)
            attended += came
            excused += sorry
        if odd < 0.05 and not of.plain:
            attended.append(str(cast.names[int(which * everybody)]))
        said: dict[str, Any] = {"attended": list(dict.fromkeys(attended))} if happened.stays else {}
        if excused:
            said["excused"] = excused
        if happened.led_by is not None:
            said["led_by"] = [happened.led_by]
        if odd > 0.99 and not of.plain:
            said.pop("attended", None)
        if open_month < of.open_months:
            said["on"] = _iso(happened.day)[:7]
        late = int(delay * 4000) if delay < 0.02 and not of.plain else 0
        said["meeting" if happened.wire == "meeting_held" else "activity"] = happened.kind
        name = book.say(happened.day, happened.wire, f"{key}-{number}", late=late, unit=happened.unit, **said)
        if 0.5 < odd < 0.502 and not of.plain:
            day = happened.day + late + 20
            again = book.say(day, "fact_retracted", f"{key}-{number}x", target=name, reason="by mistake")
            if which < 0.1:
                book.say(day + 10, "fact_retracted", f"{key}-{number}xx", target=again, reason="it was right")


def _record_papers(book: Book, of: Institution, colleges: int, branches: int, rng: np.random.Generator) -> None:
    """Write down plans, closed registers and explained lapses."""
    last = of.as_of.toordinal()
    for n in range(colleges):
        for year in range(_FIRST_YEAR, of.as_of.year + 1):
            for day in _drawn([(date(year, 1, 5).toordinal(), date(year, 4, 1).toordinal())], rng, 0.93):
                book.say(day, "document_filed", f"d{n}-{year}", document="annual_plan", author=f"syn-c{n}")
    for unit in (*(f"b{n}" for n in range(0, branches, 7)), *(f"g{n}" for n in range(3, branches * _GROUPS, 13))):
        upto = 1 + int(rng.random() * 2 * of.years)
        closed = [end for _, kind, _, _, end in terms(of.years) if kind == "semester" and end < last][:upto]
        for k, end in enumerate(closed):
            book.say(end + 14, "register_closed", f"k{unit}-{k}", unit=f"syn-{unit}", through=_iso(end))
    for n in range(0, branches, 3):
        for rule, period in (("8.2.2-hold", date(2020, 8, 1)), ("8.2.1-hold", date(2020, 1, 1))):
            if period < of.as_of:
                book.say(
                    period.toordinal() + 200,
                    "judgement_made",
                    f"j{rule}-{n}",
                    clause=f"lzwl2017:{rule}",
                    about=f"syn-b{n}",
                    period=period.isoformat(),
                    by="syn-school",
                    outcome="explained",
                    grounds="synthetic",
                )


def institution(of: Institution) -> list[Line]:
    """Return the facts of a synthetic institution as lines of JSON, in the order they were written down."""
    rng = np.random.default_rng(of.seed)
    book = Book()
    cast = _people(book, of, rng)
    branches = len(cast.branches)
    clusters = -(-branches // _CLUSTER)
    colleges = -(-branches // _BRANCHES_PER_COLLEGE)
    first, last = date(_FIRST_YEAR, 9, 1), of.as_of
    _offices(book, of, colleges, branches, groups=not of.plain)
    for n in range(branches):
        drawn = np.random.default_rng([of.seed, 1, n])
        _record_happenings(book, of, cast, _of_branch(of, cast, n, drawn, first, last), f"b{n}")
    for n in range(clusters):
        drawn = np.random.default_rng([of.seed, 2, n])
        _record_happenings(book, of, cast, _of_cluster(of, cast, n, drawn, first, last), f"c{n}")
    if not of.plain:
        _record_happenings(book, of, cast, _of_offices(of, colleges, rng, first, last), "o")
        _record_papers(book, of, colleges, branches, rng)
    # What is written down afterwards lies after the last day as well.
    return sorted(book.lines, key=lambda line: line.written)
