"""The registers that the people of the synthetic institution would keep of its facts: five sheets of one workbook."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from partyrules.importers.mapping import ready_mapping

_Fact = Mapping[str, Any]
_Sheet = list[Sequence[object]]
_STAGES: Final = {
    "applicant": "申请入党时间",
    "activist": "确定积极分子时间",
    "development_target": "确定发展对象时间",
    "probationary_member": "接收预备党员时间",
    "full_member": "转正时间",
}
_CATEGORIES: Final = {"student": "学生", "staff": "教职工"}
_PASSED: Final = {True: "合格", False: "不合格", None: None}


def registers_of(facts: Iterable[_Fact]) -> dict[str, _Sheet]:
    """Return each register by its name, as rows under a header; what was recorded in error is in none."""
    every = list(facts)
    gone = {fact.get("target") for fact in every if fact["fact"] == "fact_retracted"}
    by_type: dict[str, list[_Fact]] = defaultdict(list)
    for fact in every:
        if fact["id"] not in gone:
            by_type[str(fact["fact"])].append(fact)
    names = {fact["person"]: fact.get("name") for fact in by_type["person_registered"]}
    return {
        "党员花名册": _roster(by_type, names),
        "发展党员台账": _development(by_type["stage_entered"], names),
        "三会一课记录": _meetings((*by_type["meeting_held"], *by_type["activity_held"])),
        "培训成绩": _training(by_type["training_completed"], names),
        "宿舍考评": _evaluations(by_type["dorm_evaluated"], names),
    }


def _day(on: object) -> object:
    """Return a day as a date, a month as it is written."""
    said = str(on)
    return date.fromisoformat(said) if len(said) == len("2018-03-12") else said


def _words(register: str, field: str) -> dict[str, str]:
    """Return the first word of a ready mapping for each value of a field."""
    found: dict[str, str] = {}
    for word, value in ready_mapping(register).words[field].items():
        found.setdefault(value, word)
    return found


def _roster(by_type: Mapping[str, Sequence[_Fact]], names: Mapping[str, Any]) -> _Sheet:
    registered = {fact["person"]: fact for fact in by_type["person_registered"]}
    branches = {fact["person"]: fact for fact in by_type["membership_started"] if "branch" in str(fact["unit"])}
    rooms = {fact["person"]: fact for fact in by_type["residence_started"]}
    rows: _Sheet = [
        ["学号", "姓名", "类别", "入学时间", "所在党支部", "加入支部时间", "宿舍楼", "房间", "入住时间"],
    ]
    for person, fact in registered.items():
        branch, room = branches.get(person, {}), rooms.get(person, {})
        category = _CATEGORIES[str(fact.get("category", "student"))]
        rows.append(
            [
                *(person, names[person], category, _day(fact["on"])),
                *(branch.get("unit"), _day(branch["on"]) if branch else None),
                *(room.get("building"), room.get("room"), _day(room["on"]) if room else None),
            ]
        )
    return rows


def _development(facts: Sequence[_Fact], names: Mapping[str, Any]) -> _Sheet:
    dates: dict[str, dict[str, object]] = defaultdict(dict)
    for fact in facts:
        dates[str(fact["person"])][str(fact["stage"])] = _day(fact["on"])
    rows: _Sheet = [["学号", "姓名", *_STAGES.values()]]
    rows += [[person, names.get(person), *map(held.get, _STAGES)] for person, held in dates.items()]
    return rows


def _meetings(facts: Sequence[_Fact]) -> _Sheet:
    words = _words("meetings", "meeting") | _words("meetings", "activity")
    rows: _Sheet = [["党支部", "会议类型", "时间", "参加人员", "请假人员", "学时"]]
    for fact in facts:
        kind = words.get(str(fact.get("meeting", fact.get("activity"))))
        # What a register has no column for would be missing where the day does not tell two meetings apart.
        if kind is not None and not (fact.get("agenda") and len(str(fact["on"])) == len("2018-03")):
            people = ["、".join(fact.get(name, ())) for name in ("attended", "excused")]
            rows.append([fact["unit"], kind, _day(fact["on"]), *people, fact.get("hours")])
    return rows


def _training(facts: Sequence[_Fact], names: Mapping[str, Any]) -> _Sheet:
    words = _words("training", "course")
    rows: _Sheet = [["学号", "姓名", "培训班", "结业时间", "天数", "学时", "成绩", "是否合格"]]
    for fact in facts:
        numbers = [fact.get(name) for name in ("days", "hours", "exam_score")]
        who = fact["person"], names.get(fact["person"])
        rows.append([*who, words[str(fact["course"])], _day(fact["on"]), *numbers, _PASSED[fact.get("passed")]])
    return rows


def _evaluations(facts: Sequence[_Fact], names: Mapping[str, Any]) -> _Sheet:
    words = _words("dormitory", "rating")
    rows: _Sheet = [["学号", "姓名", "考评时间", "考评等次", "考评人"]]
    for fact in facts:
        who = fact["person"], names.get(fact["person"])
        rows.append([*who, _day(fact["on"]), words[str(fact["rating"])], fact["by"]])
    return rows
