"""What the tests of the command line share: a small synthetic file of facts, and how a command is run."""

import json
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from click.testing import CliRunner, Result

from partyrules.cli import main

Row = dict[str, Any]

TERM: Final = {"id": "t1", "fact": "term_declared", "on": "2018-02-26", "until": "2018-07-08", "term": "2018-spring"}
PERSON: Final = {"fact": "person_registered", "on": "2016-09-01"}
MEMBER: Final = {"fact": "stage_entered", "on": "2017-01-01", "stage": "full_member"}
IN_BRANCH: Final = {"fact": "membership_started", "on": "2017-01-01", "unit": "支部甲"}
BUILDING_GROUP: Final = {"kind": "building_group", "building": "楼一"}
LIVES: Final = {"fact": "residence_started", "on": "2016-09-01", "building": "楼一", "room": "101"}
STEP: Final = {"person": "学生丙", "step": "probationary_member"}

# 学生甲 heard the study report of the semester and 学生乙 did not; 学生丙 is opposed by the guidance department.
FACTS: Final[tuple[Row, ...]] = (
    {**TERM, "kind": "semester", "academic_year": "2017-2018"},
    {"id": "u1", "fact": "unit_established", "on": "2016-01-01", "unit": "支部甲", "kind": "branch"},
    {"id": "u2", "fact": "unit_established", "on": "2016-01-01", "unit": "指导部", "kind": "guidance_department"},
    {"id": "u3", "fact": "unit_established", "on": "2016-01-01", "unit": "团委", "kind": "youth_league"},
    {
        "id": "u4",
        "fact": "unit_established",
        "on": "2016-01-01",
        "unit": "楼组",
        "kind": "building_group",
        "building": "楼一",
    },
    {"id": "b1", "fact": "building_opened", "on": "2015-01-01", "building": "楼一"},
    {"id": "p1", **PERSON, "person": "学生甲"},
    {"id": "p2", **PERSON, "person": "学生乙"},
    {"id": "p3", **PERSON, "person": "学生丙"},
    {"id": "s1", **MEMBER, "person": "学生甲"},
    {"id": "s2", **MEMBER, "person": "学生乙"},
    {"id": "s3", "fact": "stage_entered", "on": "2018-01-10", "person": "学生丙", "stage": "development_target"},
    {"id": "m1", **IN_BRANCH, "person": "学生甲"},
    {"id": "m2", **IN_BRANCH, "person": "学生乙"},
    {
        "id": "h1",
        "fact": "residence_started",
        "on": "2016-09-01",
        "person": "学生丙",
        "building": "楼一",
        "room": "101",
    },
    {
        "id": "a1",
        "fact": "activity_held",
        "on": "2018-03-10",
        "activity": "study_report",
        "unit": "支部甲",
        "attended": ["学生甲"],
    },
    {"id": "q1", "fact": "opinion_requested", "on": "2018-03-01", **STEP, "by": "支部甲", "of": "指导部"},
    {"id": "o1", "fact": "opinion_given", "on": "2018-03-20", **STEP, "by": "指导部", "verdict": "oppose"},
    {"id": "o2", "fact": "opinion_given", "on": "2018-03-21", **STEP, "by": "团委", "verdict": "support"},
)
AS_OF: Final = ("--as-of", "2018-07-08")
PACK: Final = ("--pack", "lzwl2017")
BOTH: Final = (*PACK, "--pack", "lzcu2012")


def written(path: Path, rows: tuple[Row, ...] = FACTS) -> Path:
    """Write rows as JSON Lines and return the path."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def run(*arguments: object, env: dict[str, str] | None = None) -> Result:
    """Return how a command ended; whatever is raised but the exit itself fails the test."""
    found = CliRunner().invoke(
        main, [str(each) for each in arguments], env={"COLUMNS": "100", "LANG": "C", **(env or {})}
    )
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    assert "Traceback" not in found.output
    return found


def forked(arguments: Sequence[str], prepare: Callable[[], None]) -> int:
    """Return the exit code of a command in a process of its own, begun as Python begins one but all loaded before.

    The process prepares its streams 0, 1 and 2 first; those it closes are None, as at the start of Python.
    """
    with warnings.catch_warnings():
        # Other threads of the tests, such as those of libraries, have no part in what a child does.
        warnings.filterwarnings("ignore", message="This process .* is multi-threaded", category=DeprecationWarning)
        process = os.fork()
    if process:
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    try:
        prepare()
        for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
            try:
                os.fstat(number)
                opened = open(number, mode, encoding="utf-8", errors="backslashreplace")  # noqa: PTH123, SIM115 - a stream
            except OSError:
                opened = None
            setattr(sys, name, opened)
        sys.excepthook = sys.__excepthook__
        try:
            main(arguments, prog_name="partyrules")
        except SystemExit as left:
            # What is left in a stream fails here, as it does where a process ends.
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            os._exit(int(left.code or 0))
    finally:
        os._exit(99)


def refused(*arguments: object) -> str:
    """Return what a command that is refused says; it exits with 2 and prints no data."""
    found = run(*arguments)
    assert found.exit_code == 2, found.output
    assert found.stdout == ""
    return found.stderr
