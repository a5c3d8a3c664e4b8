"""An institution, one line for each fact: who and what there is and what happened, as the tests of a pack tell it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from partyrules.facts.vocabulary import CORE_VOCABULARY, Fact
from partyrules.time.calendar import parse_civil_date

Facts = tuple[Fact, ...]
LONG_AGO: Final = "2010-03-01"
"""The day on which things begin whose beginning does not matter."""
_DAYS: Final = ("until", "through", "period", "for_period")


def fact(wire: str, on: str, **fields: Any) -> Fact:
    """Return a fact of that wire name, on a day or in a month; its id, where none is given, is made of what it says.

    Days and times may be written as text and lists as lists; a field that is None is left out.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    words = (wire, *(str(value) for name, value in given.items() if name not in ("id", "recorded_at")), on)
    made: dict[str, Any] = {"id": " ".join(words)[:200], **given}
    made |= {name: date.fromisoformat(made[name]) for name in _DAYS if name in made}
    if "recorded_at" in made:
        made["recorded_at"] = datetime.fromisoformat(made["recorded_at"])
    made = {name: tuple(value) if isinstance(value, list) else value for name, value in made.items()}
    return CORE_VOCABULARY.types[wire](on=parse_civil_date(on), **made)


def distinct(facts: tuple[Fact, ...]) -> Facts:
    """Return the facts; raise ValueError for two with one id, of which one would count for nothing."""
    ids = [one.id for one in facts]
    if twice := sorted({name for name in ids if ids.count(name) > 1}):
        raise ValueError(f"two facts have the id `{twice[0]}`; give one of them an id of its own: id=…")
    return facts


# Who and what there is ---------------------------------------------------------------------------------------


def told(wire: str, *names: str, **usual: Any) -> Callable[..., Fact]:
    """Return what makes facts of a type of these fields, given by place or by name, and of whatever else is named.

    Fields that are `usual` come last and may be left out. It raises TypeError where another is left out, and for one
    too many.
    """
    order = (*names, *usual)

    def made(*values: Any, **more: Any) -> Fact:
        given = {**usual, **dict(zip(order, values, strict=False)), **more}
        missing = [name for name in names if name not in given]
        if missing or len(values) > len(order):
            found = f"no {', '.join(missing)}" if missing else f"{len(values)} by place"
            raise TypeError(f"{wire}: found {found}; allowed: {', '.join(order)}, and further fields by name")
        return fact(wire, **{name: given[name] for name in (*order, *more)})

    return made


unit = told("unit_established", "unit", "kind", on=LONG_AGO)  # 组织
dissolved = told("unit_dissolved", "unit", "on")
registered = told("person_registered", "person", on=LONG_AGO, category="student")
staff = told("person_registered", "person", on=LONG_AGO, category="staff")
left = told("person_left", "person", "on")
stage = told("stage_entered", "person", "stage", on=LONG_AGO)  # 发展阶段
full_member = told("stage_entered", "person", on=LONG_AGO, stage="full_member")  # 正式党员
extended = told("stage_extended", "person", "stage", "on", "until")  # 延长
member = told("membership_started", "person", "unit", on=LONG_AGO)
no_member = told("membership_ended", "person", "unit", "on")
cultivated = told("cultivation_started", "person", "unit", on=LONG_AGO)  # 培养联系
role = told("role_started", "person", "role", unit=None, on=LONG_AGO)  # 职务
no_role = told("role_ended", "person", "role", "unit", "on")
leave = told("leave_started", "person", "on", kind="study_abroad")  # 请假
leave_over = told("leave_ended", "person", "on", kind="study_abroad")
link = told("link_started", "link", "holder", "target", on=LONG_AGO)  # 联系
no_link = told("link_ended", "link", "holder", "target", "on")
opened = told("building_opened", "building", on=LONG_AGO)  # 公寓楼
shut = told("building_closed", "building", "on")
lives = told("residence_started", "person", "building", room="101", on=LONG_AGO)
moved_out = told("residence_ended", "person", "building", "on", room="101")
plate = told("nameplate_posted", "person", "building", room="101", on=LONG_AGO)  # 明示牌
facility = told("facility_opened", "facility", "unit", on=LONG_AGO)  # 阵地

# What happened -----------------------------------------------------------------------------------------------

meeting = told("meeting_held", "meeting", "unit", "on")  # 会议
activity = told("activity_held", "activity", "unit", "on")  # 活动
document = told("document_filed", "document", "author", "on")
training = told("training_completed", "person", "course", "on")  # 培训
judged = told("judgement_made", "clause", "about", "outcome", "on", by="SC")  # the clause is written `PACK:CLAUSE`

# The record itself -------------------------------------------------------------------------------------------

term = told("term_declared", "term", "kind", "on", "until", academic_year=None)  # first and last day, inclusive
recorded_from = told("register_opened", "on", unit=None)


def closed(through: str, unit: str | None = None, **more: Any) -> Fact:
    """Return that the record of a unit, or of the institution, is complete through a day."""
    return fact("register_closed", through, unit=unit, through=through, **more)


def retracted(target: Fact | str, on: str = LONG_AGO, **more: Any) -> Fact:
    """Return the retraction of a fact."""
    name = target if isinstance(target, str) else target.id
    return fact("fact_retracted", on, target=name, reason="recorded in error", **more)
