"""A bare NumPy pass that counts what the period duties of lzwl2017 count, in the same cells, and judges nothing."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow.parquet as pq
from attrs import frozen
from numpy.typing import NDArray

__all__ = ["Arrays", "Counts", "arrays_in", "counted", "periods_of"]

_KINDS: Final = (
    "democratic_life_meeting",
    "report_session",
    "study_report",
    "educational_film",
    "exchange_session",
    "heritage_visit",
    "social_practice",
    "party_lecture",
    "democratic_appraisal",
    "special_study",
    "branch_assembly",
    "branch_committee",
    "group_meeting",
    "volunteer_service",
    "field_research",
)
_PRACTICE: Final = ("social_practice", "volunteer_service", "field_research")

Array = NDArray[Any]


@frozen(eq=False)
class Arrays:
    """The facts as arrays in memory: what was held, who attended and led, trainings and yearly plans."""

    day: Array
    kind: Array
    unit: Array
    attendance: tuple[Array, Array]
    led: tuple[Array, Array]
    trained: tuple[Array, Array, Array]
    planned: tuple[Array, Array]
    names: int
    terms: Mapping[str, Array]


@frozen(eq=False)
class Counts:
    """How much of what each rule asks for there is: `cells[subject, period]`, and the periods' first days."""

    cells: Array
    starts: Array


def _days(column: Any) -> Array:
    days: Array = column.to_numpy().astype("datetime64[D]").astype(np.int32)
    return days


def arrays_in(folder: Path, as_of: date) -> Arrays:
    """Return the facts of a folder of Parquet files that stand on a day, as arrays."""
    tables = {path.stem: pq.read_table(path) for path in folder.glob("*.parquet")}
    target, number = (tables["retracted"][name].to_numpy() for name in ("target", "number"))
    gone = np.setdiff1d(target[~np.isin(number, target)], [])
    latest = (as_of - date(1970, 1, 1)).days

    def standing(name: str) -> tuple[Any, Array]:
        table = tables[name]
        return table, ~np.isin(table["number"].to_numpy(), gone) & (_days(table["day"]) <= latest)

    events, stands = standing("event")
    size = int(events["number"].to_numpy().max()) + 1
    row_of = np.full(size, -1, np.int32)
    row_of[events["number"].to_numpy()[stands]] = np.arange(stands.sum(), dtype=np.int32)

    def listed(name: str) -> tuple[Array, Array]:
        rows = row_of[tables[name]["event"].to_numpy()]
        return rows[rows >= 0], tables[name]["person"].to_numpy()[rows >= 0]

    codes = {kind: code for code, kind in enumerate(_KINDS)}
    kinds = events["kind"].to_pylist()
    training, trained = standing("training")
    hours = np.nan_to_num(training["hours"].to_numpy())
    paper, filed = standing("document")
    terms = tables["term"]
    semester = np.array([kind == "semester" for kind in terms["kind"].to_pylist()])
    bounds = np.stack((_days(terms["day"]), _days(terms["until"])), axis=1)
    return Arrays(
        day=_days(events["day"])[stands],
        kind=np.array([codes[kind] for kind in kinds], np.int8)[stands],
        unit=events["unit"].to_numpy()[stands],
        attendance=listed("attended"),
        led=listed("led_by"),
        trained=(training["person"].to_numpy()[trained], _days(training["day"])[trained], hours[trained]),
        planned=(paper["author"].to_numpy()[filed], _days(paper["day"])[filed]),
        names=len(tables["name"]),
        terms={"semester": bounds[semester], "vacation": bounds[~semester]},
    )


def _calendar(first: int, last: int, months: int) -> Array:
    start = np.datetime64(first, "D").astype("datetime64[Y]").astype("datetime64[M]")
    edges = np.arange(start, np.datetime64(last, "D").astype("datetime64[M]") + months + 1, months)
    edges = edges.astype("datetime64[D]").astype(np.int32)
    return np.stack((edges[:-1], edges[1:] - 1), axis=1)


def _place(periods: Array, days: Array) -> Array:
    """Return the number of the period that holds each day, -1 where none does."""
    at = np.searchsorted(periods[:, 0], days, side="right") - 1
    return np.where((at >= 0) & (days <= periods[at, 1]), at, -1)


def periods_of(given: Arrays, grain: str, *, since: int | None = None) -> Array:
    """Return the first and the last day of each period of a grain since a day, or since the first event."""
    if grain in given.terms:
        return given.terms[grain]
    return _calendar(int(given.day.min()) if since is None else since, int(given.day.max()), _GRAINS[grain])


def counted(given: Arrays) -> dict[str, Counts]:
    """Return the counts of each rule: attendances, meetings held, papers filed, or hours."""
    grains = {name: periods_of(given, name) for name in (*_GRAINS, *given.terms)}
    attended: Sequence[tuple[str, str, int]] = (
        *((f"8.1.{code + 1}", "semester", code) for code in range(7)),
        ("8.2.4", "half_year", 7),
        ("8.3.1", "year", 8),
    )
    found = _by_person(given, grains, attended)
    code = {kind: number for number, kind in enumerate(_KINDS)}
    held = (
        ("1.2.1", "year", "special_study"),
        ("1.2.2", "semester", "special_study"),
    )
    for rule, grain, kind in held:
        of = np.flatnonzero(given.kind == code[kind])
        found[rule] = _sums(given, grains[grain], given.unit[of], given.day[of])
    of = np.flatnonzero(np.isin(given.kind, [code[kind] for kind in _PRACTICE]))
    found["7.2"] = _sums(given, grains["vacation"], given.unit[of], given.day[of])
    events, leaders = given.led
    lectures = given.kind[events] == code["party_lecture"]
    found["4.3.2"] = _sums(given, grains["semester"], leaders[lectures], given.day[events[lectures]])
    found["2.0"] = _sums(given, grains["year"], *given.planned)
    found["4.6.3"] = _sums(given, grains["year"], *given.trained)
    return found


_GRAINS: Final = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


def _by_person(given: Arrays, grains: Mapping[str, Array], rules: Sequence[tuple[str, str, int]]) -> dict[str, Counts]:
    """Count all attendances at once: each rule and period is one column of a table with a row for each person."""
    column = np.full(len(given.day), -1, np.int32)
    width = 0
    first = {}
    for rule, grain, kind in rules:
        of = np.flatnonzero(given.kind == kind)
        place = _place(grains[grain], given.day[of])
        column[of] = np.where(place >= 0, place + width, -1)
        first[rule] = width
        width += len(grains[grain])
    events, people = given.attendance
    place = column[events]
    counts = place >= 0
    cell = people[counts] * np.int32(width) + place[counts]
    table = np.bincount(cell, minlength=given.names * width).reshape(given.names, width)
    return {
        rule: Counts(table[:, first[rule] : first[rule] + len(grains[grain])], grains[grain][:, 0])
        for rule, grain, _ in rules
    }


def _sums(given: Arrays, periods: Array, subject: Array, day: Array, weight: Array | None = None) -> Counts:
    place = _place(periods, day)
    counts = place >= 0
    cell = subject[counts].astype(np.int64) * len(periods) + place[counts]
    weights = None if weight is None else weight[counts]
    cells = np.bincount(cell, weights, minlength=given.names * len(periods)).reshape(given.names, len(periods))
    return Counts(cells, periods[:, 0])
