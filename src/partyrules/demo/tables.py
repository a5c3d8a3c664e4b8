"""What the synthetic institution consists of: terms, units, buildings, posts and cohorts, as tables."""

from datetime import date
from typing import Final

from attrs import frozen

SYNTHETIC: Final = "synthetic data: no such person, unit or place exists"

ESTABLISHED: Final = date(2015, 9, 1)
OPENED: Final = date(2017, 9, 1)
DECISION_DAY: Final = date(2019, 6, 30)

PIPELINE: Final = ("applicant", "activist", "development_target", "probationary_member", "full_member")
MEMBER_STAGES: Final = frozenset({"probationary_member", "full_member"})

# Calendar ------------------------------------------------------------------------------------------------


@frozen
class DemoTerm:
    """A declared semester or vacation (学期、寒暑假); both days inclusive."""

    term: str
    kind: str
    first: date
    last: date
    academic_year: str


TERMS: Final = (
    DemoTerm("2017-autumn", "semester", OPENED, date(2018, 1, 19), "2017-2018"),
    DemoTerm("2018-winter", "winter_vacation", date(2018, 1, 20), date(2018, 2, 28), "2017-2018"),
    DemoTerm("2018-spring", "semester", date(2018, 3, 1), date(2018, 7, 6), "2017-2018"),
    DemoTerm("2018-summer", "summer_vacation", date(2018, 7, 7), date(2018, 8, 31), "2017-2018"),
    DemoTerm("2018-autumn", "semester", date(2018, 9, 1), date(2019, 1, 18), "2018-2019"),
    DemoTerm("2019-winter", "winter_vacation", date(2019, 1, 19), date(2019, 2, 28), "2018-2019"),
    DemoTerm("2019-spring", "semester", date(2019, 3, 1), date(2019, 7, 5), "2018-2019"),
    DemoTerm("2019-summer", "summer_vacation", date(2019, 7, 6), date(2019, 8, 31), "2018-2019"),
    DemoTerm("2019-autumn", "semester", date(2019, 9, 1), date(2020, 1, 17), "2019-2020"),
)
SEMESTERS: Final = tuple(term for term in TERMS if term.kind == "semester" and term.first < DECISION_DAY)

# Units and buildings -------------------------------------------------------------------------------------


@frozen
class UnitRow:
    """A unit (组织) and the day from which it exists."""

    unit: str
    kind: str
    parent: str | None = None
    building: str | None = None
    since: date = ESTABLISHED


COLLEGES: Final = ("college-1", "college-2", "college-3")
BRANCHES: Final = tuple(f"branch-{n:02d}" for n in range(1, 13))
GUIDANCE: Final = "guidance-department"
BUILDINGS: Final = tuple(f"dorm-{n}" for n in range(1, 7))
CAMPUS: Final = {building: "east" if building < "dorm-5" else "west" for building in BUILDINGS}
BUILDING_GROUPS: Final = {building: f"building-group-{building[-1]}" for building in BUILDINGS}
# The lapse: from that day the building is in use without a group.
DISSOLVED: Final = {"building-group-6": date(2018, 3, 1)}


def college_of(branch: str) -> str:
    """Return the college general branch (学院党总支) that a branch belongs to."""
    return COLLEGES[BRANCHES.index(branch) // 4]


def branches_of(college: str) -> tuple[str, ...]:
    """Return the branches (党支部) of a college, in order."""
    return tuple(branch for branch in BRANCHES if college_of(branch) == college)


def _groups_by_branch() -> dict[str, tuple[str, ...]]:
    numbers = iter(range(1, 41))
    sizes = [4 if index % 3 == 0 else 3 for index in range(len(BRANCHES))]
    return {
        branch: tuple(f"group-{next(numbers):02d}" for _ in range(size))
        for branch, size in zip(BRANCHES, sizes, strict=True)
    }


GROUPS: Final = _groups_by_branch()

UNITS: Final = (
    UnitRow("school-committee", "school_committee"),
    UnitRow("organisation-department", "organisation_department", "school-committee"),
    UnitRow("publicity-department", "publicity_department", "school-committee"),
    UnitRow("student-affairs", "student_affairs", "school-committee"),
    UnitRow("youth-league", "youth_league", "school-committee"),
    UnitRow("party-school", "party_school", "school-committee"),
    *(UnitRow(college, "general_branch", "school-committee") for college in COLLEGES),
    *(UnitRow(branch, "branch", college_of(branch)) for branch in BRANCHES),
    *(UnitRow(group, "group", branch) for branch, groups in GROUPS.items() for group in groups),
    UnitRow(GUIDANCE, "guidance_department", "student-affairs", since=OPENED),
    *(
        UnitRow(group, "building_group", GUIDANCE, building, since=OPENED)
        for building, group in BUILDING_GROUPS.items()
    ),
)

# Staff posts ---------------------------------------------------------------------------------------------


@frozen
class Post:
    """A role (职务) that a person holds from `first` to `last`, both inclusive; `last` None is open."""

    person: str
    role: str
    unit: str | None = None
    building: str | None = None
    first: date = ESTABLISHED
    last: date | None = None


_LEADERS: Final = (
    ("p9001", ("principal_leader", "school_leader"), "school-committee"),
    ("p9002", ("principal_leader", "school_leader"), "school-committee"),
    ("p9003", ("school_leader",), "school-committee"),
    ("p9004", ("school_leader",), "school-committee"),
    ("p9005", ("principal_leader", "college_leader"), "college-1"),
    ("p9006", ("principal_leader", "college_leader"), "college-1"),
    ("p9007", ("college_leader",), "college-1"),
    ("p9008", ("principal_leader", "college_leader"), "college-2"),
    ("p9009", ("principal_leader", "college_leader"), "college-2"),
    ("p9010", ("college_leader",), "college-2"),
    ("p9011", ("principal_leader", "college_leader"), "college-3"),
    ("p9012", ("principal_leader", "college_leader"), "college-3"),
    ("p9013", ("college_leader",), "college-3"),
    ("p9014", ("department_head",), "organisation-department"),
    ("p9015", ("department_head",), "publicity-department"),
    ("p9016", ("department_head",), "student-affairs"),
    ("p9017", ("department_head",), "youth-league"),
    ("p9018", ("department_head",), "party-school"),
)

POSTS: Final = (
    *(Post(person, role, unit) for person, roles, unit in _LEADERS for role in roles),
    *(Post(f"p90{19 + index}", "branch_secretary", branch) for index, branch in enumerate(BRANCHES)),
    Post("p9031", "building_instructor", building="dorm-1"),
    Post("p9032", "building_instructor", building="dorm-2"),
    Post("p9033", "building_instructor", building="dorm-3"),
    Post("p9034", "building_instructor", building="dorm-4"),
    Post("p9035", "building_instructor", building="dorm-5", last=date(2018, 8, 31)),
    Post("p9036", "building_instructor", building="dorm-6"),
    Post("p9037", "building_instructor", building="dorm-5", first=date(2018, 9, 1)),
    # The lapse: the instructor of dorm-6 is not its counsellor.
    *(Post(f"p903{building}", "building_counsellor", building=f"dorm-{building}") for building in (1, 2, 3, 4)),
    Post("p9037", "building_counsellor", building="dorm-5", first=date(2018, 9, 1)),
)

# Students ------------------------------------------------------------------------------------------------


@frozen
class StageRow:
    """How many of 600 students entered `stage` as their last one between two days, both inclusive."""

    stage: str
    of_600: int
    first: date
    last: date


@frozen
class Cohort:
    """The students admitted in one year: how many of 600, and how far they have come by the decision day."""

    admitted: date
    of_600: int
    rows: tuple[StageRow, ...]


COHORTS: Final = (
    Cohort(
        date(2016, 9, 1),
        140,
        (
            StageRow("full_member", 10, date(2019, 5, 27), date(2019, 6, 20)),
            StageRow("probationary_member", 13, date(2018, 6, 14), date(2018, 6, 27)),
            StageRow("probationary_member", 22, date(2018, 12, 3), date(2018, 12, 20)),
            StageRow("probationary_member", 8, date(2019, 6, 3), date(2019, 6, 20)),
            StageRow("development_target", 8, date(2018, 11, 20), date(2019, 4, 20)),
            StageRow("activist", 10, date(2017, 11, 1), date(2018, 10, 31)),
        ),
    ),
    Cohort(
        date(2014, 9, 1),
        60,
        (
            StageRow("full_member", 12, date(2016, 12, 1), date(2017, 6, 20)),
            StageRow("full_member", 13, date(2017, 12, 5), date(2017, 12, 20)),
        ),
    ),
    Cohort(
        date(2015, 9, 1),
        140,
        (
            StageRow("full_member", 25, date(2017, 11, 20), date(2017, 12, 20)),
            StageRow("full_member", 25, date(2018, 6, 5), date(2018, 6, 20)),
            StageRow("full_member", 15, date(2018, 12, 3), date(2018, 12, 20)),
            StageRow("full_member", 10, date(2019, 5, 20), date(2019, 6, 14)),
            StageRow("probationary_member", 5, date(2018, 12, 3), date(2018, 12, 20)),
        ),
    ),
    Cohort(
        date(2017, 9, 1),
        140,
        (
            StageRow("development_target", 30, date(2018, 12, 1), date(2019, 5, 20)),
            StageRow("activist", 40, date(2017, 11, 1), date(2019, 3, 31)),
        ),
    ),
    Cohort(
        date(2018, 9, 1),
        120,
        (StageRow("activist", 40, date(2018, 10, 20), date(2019, 5, 10)),),
    ),
)
GRADUATED: Final = {2014: date(2018, 7, 7), 2015: date(2019, 7, 6)}

# Days between entering the stage before and entering this one: fewest and most.
STEP_GAPS: Final = {
    "activist": (30, 90),
    "development_target": (240, 330),
    "probationary_member": (90, 150),
    "full_member": (365, 373),
}

# The four people of the worked decisions: their last stage and the day they entered it. They come first, so
# that their ids do not depend on how many students there are.
CANDIDATES: Final = (
    ("probationary_member", date(2018, 6, 20)),
    ("development_target", date(2018, 12, 5)),
    ("development_target", date(2018, 12, 5)),
    ("probationary_member", date(2018, 6, 20)),
)
