"""What this pack's tests tell of its own buildings, the terms they declare, and the questions they ask."""

from typing import Any

import partyrules_lzcu2012
from partyrules.facts.vocabulary import Fact
from partyrules.testing.asking import Asking
from partyrules.testing.institution import LONG_AGO, fact, role, term, unit

PACK = "lzcu2012"


def group(name: str, building: str | None, on: str = LONG_AGO, **more: Any) -> Fact:
    """Return the establishment of a building's group (楼宇党小组)."""
    return unit(name, "building_group", on, building=building, **more)


def instructor(person: str, building: str, on: str = LONG_AGO, **more: Any) -> Fact:
    """Return that a person is the instructor (党建工作指导员) of a building."""
    return role(person, "building_instructor", None, on, building=building, **more)


def rated(rating: str, on: str, *, person: str = "p1", by: str = "i1", **more: Any) -> Fact:
    """Return an evaluation (评价) of somebody's conduct in the apartment."""
    return fact("dorm_evaluated", on, person=person, by=by, rating=rating, **more)


# 23 and 24 February 2013 lie in no term.
SPRING_2012 = term("2012-spring", "semester", "2012-02-20", "2012-07-08", "2011-2012")
SUMMER_2012 = term("2012-summer", "summer_vacation", "2012-07-09", "2012-08-31", "2011-2012")
AUTUMN = term("2012-autumn", "semester", "2012-09-01", "2013-01-13", "2012-2013")
WINTER = term("2013-winter", "winter_vacation", "2013-01-14", "2013-02-22", "2012-2013")
SPRING = term("2013-spring", "semester", "2013-02-25", "2013-07-07", "2012-2013")
SUMMER = term("2013-summer", "summer_vacation", "2013-07-08", "2013-08-31", "2012-2013")
TERMS = (SPRING_2012, SUMMER_2012, AUTUMN, WINTER, SPRING, SUMMER)

ASK = Asking(partyrules_lzcu2012)
adopted, findings, finding, decide = ASK.adopted, ASK.findings, ASK.finding, ASK.decide
explained, rules_of = ASK.explained, ASK.rules_of
