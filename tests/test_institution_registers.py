"""The registers of a whole institution, written as people write them, tell the facts that they were written from."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

from partyrules.demo import synthetic_institution
from partyrules.importers.directory import Directory
from partyrules.importers.mapping import ready_mapping
from partyrules.importers.registers import read_registers
from tests.commands import run
from tests.registers import MonthCell, Row, facts_in, write_csv, write_ods, write_xlsx

Said = Mapping[str, Any]
COURSES: Final = {
    "activist_course": "第3期入党积极分子培训班",
    "development_target_course": "发展对象培训",
    "probationary_course": "预备党员培训班",
    "member_training": "党员集中培训",
}
MEETINGS: Final = {
    "group_meeting": "党小组会",
    "branch_committee": "支委会",
    "branch_assembly": "支部党员大会",
    "organisational_life": "组织生活",
    "democratic_life_meeting": "民主生活会",
    "democratic_appraisal": "民主评议党员",
    "exchange_session": "体会交流会",
    "report_session": "汇报会",
    "special_study": "专题研究",
    "party_lecture": "党课",
    "study_report": "辅导报告",
    "educational_film": "观看教育影片",
    "heritage_visit": "参观革命传统教育基地",
    "social_practice": "社会实践",
    "volunteer_service": "志愿服务",
}
RATINGS: Final = {"excellent": "优秀", "good": "良", "fair": "一般", "poor": "差"}
STAGES: Final = {
    "applicant": "申请入党时间",
    "activist": "列为积极分子时间",
    "development_target": "列为发展对象时间",
    "probationary_member": "入党时间",
    "full_member": "转正时间",
}


@pytest.fixture(scope="module")
def facts() -> list[dict[str, Any]]:
    """The facts of a small institution, without what was recorded in error."""
    every = synthetic_institution(students=150)
    gone = {fact.get("target") for fact in every}
    return [fact for fact in every if fact["id"] not in gone]


class Clerk:
    """Somebody who keeps registers, and writes the same in one way today and in another tomorrow."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311 - no secret depends on it

    def day(self, on: object) -> object:
        """Write a day or month."""
        said = str(on)
        if len(said) == len("2018-03"):
            year, month = map(int, said.split("-"))
            return self.chance.choice([f"{year}.{month:02}", f"{year}年{month}月", MonthCell(year, month, 1), said])
        day = date.fromisoformat(said)
        plain = f"{day.year}年{day.month}月{day.day}日", f"{day.year}.{day.month}.{day.day}", f"{day:%Y%m%d}", said
        return self.chance.choice(
            [*plain, day, f"{day:%y}.{day.month}.{day.day}", f" {day.year} / {day.month} / {day.day}"]
        )

    def people(self, ids: Iterable[str]) -> str:
        """Write a list of people by name, or by id."""
        listed = [self.chance.choice([name_of(each), each, f"{name_of(each)}({each})"]) for each in ids]
        self.chance.shuffle(listed)
        return self.chance.choice(["、", "，", ";", "\n", " 、 "]).join(listed)


def name_of(known: str) -> str:
    """Return the name of a person of the institution: four characters that nobody else has."""
    number = int(known[1:])
    return "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in f"{number:04}")


def directory_of(facts: Iterable[Said]) -> Directory:
    """Return the directory of the institution."""
    found = Directory()
    for fact in facts:
        if fact["fact"] == "person_registered":
            found.add_pair("person", str(fact["person"]), name_of(str(fact["person"])))
    return found


def told(facts: Iterable[Said], keys: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return what facts say in some keys, without order: who stands in a list, too."""
    return sorted(
        tuple(str(sorted(v) if isinstance(v := fact.get(key), list | tuple) else v) for key in keys) for fact in facts
    )


def imported(path: Path, mapping: str, directory: Directory) -> list[dict[str, Any]]:
    """Return the facts of a register; nothing of it may be refused."""
    reading = read_registers([path], [ready_mapping(mapping)], directory=directory)
    assert [(each.row, each.column, each.value, each.why) for each in reading.refusals] == []
    return facts_in(reading)


WRITERS: Final[Mapping[str, Callable[[Path, list[Row]], Path]]] = {
    "xlsx": lambda path, rows: write_xlsx(path, {"登记": rows}),
    "ods": lambda path, rows: write_ods(path, {"登记": rows}),
    "csv": lambda path, rows: write_csv(
        path, [[f'"{cell:%Y年%m月}"' if isinstance(cell, MonthCell) else f'"{cell}"' for cell in row] for row in rows]
    ),
}


@pytest.mark.parametrize("form", list(WRITERS))
def test_meetings(tmp_path: Path, facts: list[dict[str, Any]], form: str) -> None:
    """Meetings and activities come back with their kind, unit, day or month, and who was there and excused."""
    clerk = Clerk(1)
    held = [fact for fact in facts if fact.get("meeting", fact.get("activity")) in MEETINGS]
    rows: list[Row] = [["党支部", "会议类型", "时间", "参加人员", "请假人员"]]
    for fact in held:
        kind = MEETINGS[str(fact.get("meeting", fact.get("activity")))]
        people = [clerk.people(fact.get(name, ())) for name in ("attended", "excused")]
        rows.append([fact["unit"], kind, clerk.day(fact["on"]), *people])
    path = WRITERS[form](tmp_path / f"a.{form}", rows)
    keys = ("fact", "meeting", "activity", "unit", "on", "attended", "excused")
    # Nobody in a cell is nobody told of; that nobody came is written otherwise.
    expected = [{name: value for name, value in fact.items() if value != []} for fact in held]
    assert set(told(imported(path, "meetings", directory_of(facts)), keys)) == set(told(expected, keys))


@pytest.mark.parametrize("form", list(WRITERS))
def test_training(tmp_path: Path, facts: list[dict[str, Any]], form: str) -> None:
    """Courses come back with their hours, days, scores and results."""
    clerk = Clerk(2)
    held = [fact for fact in facts if fact["fact"] == "training_completed"]
    rows: list[Row] = [["学号", "姓名", "培训班", "结业时间", "天数", "学时", "成绩", "是否合格"]]
    for fact in held:
        known = str(fact["person"])
        passed = {True: "合格", False: "不合格", None: ""}[fact.get("passed")]
        numbers = [
            clerk.chance.choice([fact[name], f"{fact[name]}{unit}"]) if name in fact else ""
            for name, unit in (("days", "天"), ("hours", "学时"), ("exam_score", "分"))
        ]
        rows.append([known, name_of(known), COURSES[str(fact["course"])], clerk.day(fact["on"]), *numbers, passed])
    path = WRITERS[form](tmp_path / f"a.{form}", rows)
    keys = ("fact", "person", "course", "on", "days", "hours", "exam_score", "passed")
    assert set(told(imported(path, "training", directory_of(facts)), keys)) == set(told(held, keys))


@pytest.mark.parametrize("form", list(WRITERS))
def test_evaluations(tmp_path: Path, facts: list[dict[str, Any]], form: str) -> None:
    """Evaluations come back with who gave them, by name."""
    clerk = Clerk(3)
    held = [fact for fact in facts if fact["fact"] == "dorm_evaluated"]
    rows: list[Row] = [["学号", "姓名", "考评时间", "考评等次", "考评人"]]
    for fact in held:
        known, by = str(fact["person"]), str(fact["by"])
        rows.append([known, name_of(known), clerk.day(fact["on"]), RATINGS[str(fact["rating"])], name_of(by)])
    path = WRITERS[form](tmp_path / f"a.{form}", rows)
    keys = ("fact", "person", "on", "rating", "by")
    assert set(told(imported(path, "dormitory", directory_of(facts)), keys)) == set(told(held, keys))


@pytest.mark.parametrize("form", list(WRITERS))
def test_development(tmp_path: Path, facts: list[dict[str, Any]], form: str) -> None:
    """The wide rows of a register of development tell each stage of each person, for whom each was entered once."""
    clerk = Clerk(4)
    dates: dict[str, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
    for fact in facts:
        if fact["fact"] == "stage_entered" and fact["stage"] in STAGES:
            dates[str(fact["person"])][str(fact["stage"])].append(fact["on"])
    once = {person: held for person, held in dates.items() if all(len(days) == 1 for days in held.values())}
    assert len(once) > 50
    rows: list[Row] = [["发展党员台账"], ["学号", "姓名", *STAGES.values()]]
    for person, held in once.items():
        cells = [clerk.day(held[stage][0]) if stage in held else "" for stage in STAGES]
        rows.append([person, name_of(person), *cells])
    rows.append(["合计", f"{len(once)}人"])
    path = WRITERS[form](tmp_path / f"a.{form}", rows)
    expected = {(person, stage, str(days[0])) for person, held in once.items() for stage, days in held.items()}
    found = {(fact["person"], fact["stage"], fact["on"]) for fact in imported(path, "development", directory_of(facts))}
    assert found == expected


@pytest.mark.parametrize("form", list(WRITERS))
def test_attendance(tmp_path: Path, facts: list[dict[str, Any]], form: str) -> None:
    """Meetings of which every row is a person and a mark come back as one fact each."""
    clerk = Clerk(5)
    held = [fact for fact in facts if fact.get("meeting") == "branch_assembly" and fact.get("attended")]
    rows: list[Row] = [["会议日期", "会议类型", "党支部", "学号", "签到"]]
    for fact in held:
        marks = dict.fromkeys(fact["attended"], "√") | dict.fromkeys(fact.get("excused", ()), "请假")
        rows += [[str(fact["on"]), "支部党员大会", fact["unit"], person, mark] for person, mark in marks.items()]
    clerk.chance.shuffle(rows[1:])
    path = WRITERS[form](tmp_path / f"a.{form}", rows)
    keys = ("fact", "meeting", "unit", "on", "attended", "excused")
    assert set(told(imported(path, "attendance", directory_of(facts)), keys)) == set(told(held, keys))


def test_the_registers_of_the_demonstration(tmp_path: Path) -> None:
    """They are read whole, say nothing that its ledger does not have, and make a ledger of their own."""
    demo = tmp_path / "demo"
    assert run("demo", "--students", "120", "--out", demo).exit_code == 0
    found = json.loads(run("import", demo / "institution.db", demo / "registers.xlsx", "--format", "json").stdout)
    assert (found["new"], found["refused"], found["remarks"]) == (0, [], [])
    fresh = json.loads(run("import", tmp_path / "new.db", demo / "registers.xlsx", "--format", "json").stdout)
    assert (fresh["refused"], fresh["recorded"]) == ([], True)
    assert fresh["new"] > 1000
