"""The law of months: a decided answer is the answer for every choice of days; histories near open months, and how held.

An *open* fact is one of which only the month is known. The law is held by putting days in their place: all days of the
month where one fact is open; where several are, all combinations of the days that could matter, or some of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import product
from math import prod
from random import Random
from typing import Any, Final, NamedTuple

from attrs import evolve, frozen

from partyrules.answers.verdicts import Decision, Finding
from partyrules.evaluate.judgements import judgement_findings
from partyrules.evaluate.pipeline import answers as answers_of
from partyrules.evaluate.pipeline import case_of, decision, lists_of, outcome_of
from partyrules.evaluate.reference import ReferenceEvaluator
from partyrules.facts.admission import admitted
from partyrules.facts.codec import encode_fact
from partyrules.facts.vocabulary import CORE_VOCABULARY, Fact, TermDeclared
from partyrules.history import CORE_RELATIONS
from partyrules.packs.pack import Adoption, Pack
from partyrules.questions.sources import history_from
from partyrules.testing.strategies import alphabet_of
from partyrules.time.calendar import CivilDate, add_days, parse_civil_date, period_of
from tests import toy
from tests.strategies import MAKERS, Cast

__all__ = ["Asked", "fault", "near_month", "near_scene", "whichever_days"]

Facts = tuple[Fact, ...]
Key = tuple[str, str, str | None, str | None]

_MOST_OPEN: Final = 3
_REFUSED: Final = ("vetoed", "blocked")


@frozen
class Asked:
    """Facts, some of them open, and a question about them."""

    facts: Facts
    adoption: Adoption
    as_of: date
    people: tuple[str, ...] = ()

    @property
    def open(self) -> Facts:
        """The facts of which only the month is known."""
        return tuple(fact for fact in self.facts if not fact.on.exact)

    def told(self) -> str:
        """Return the facts and the question, for the message of a failure."""
        lines = [encode_fact(fact).decode() for fact in self.facts]
        return "\n".join([*lines, f"as of {self.as_of}, {self.adoption.readings}, {self.adoption.parameters}"])


# Every choice of days ------------------------------------------------------------------------------------------------


def whichever_days(asked: Asked, *, most: int, chance: Random) -> Iterator[Asked]:
    """Yield the question with a day in the place of each open month, as a ledger would take the facts."""
    ids = [fact.id for fact in asked.open]
    choices = [_days(fact, asked) for fact in asked.open]
    every = product(*choices)
    some = ([days[chance.randrange(len(days))] for days in choices] for _ in range(most))
    for days in every if prod(map(len, choices)) <= most else some:
        put = dict(zip(ids, days, strict=True))
        try:
            full = tuple(evolve(f, on=CivilDate(put[f.id], put[f.id])) if f.id in put else f for f in asked.facts)
        except ValueError:
            # It would be over before it began.
            continue
        if _recordable(full):
            yield evolve(asked, facts=full)


def _days(fact: Fact, asked: Asked) -> list[date]:
    """Return all days of a month where it alone is open, else those at or beside a day that something changes on."""
    if len(asked.open) == 1:
        return list(fact.on.days())
    edges = {asked.as_of}
    for other in asked.facts:
        edges |= {other.on.first, other.on.last}
        edges |= {day for name in ("until", "through") if (day := getattr(other, name, None)) is not None}
    near = {add_days(edge, n) for edge in edges for n in (-1, 0, 1, 2)}
    return [day for day in fact.on.days() if day in near]


def _recordable(facts: Iterable[Fact]) -> bool:
    return not admitted((), [("", fact) for fact in facts]).problems


# What must not differ ------------------------------------------------------------------------------------------------


class _Answers(NamedTuple):
    findings: Mapping[Key, Finding]
    decisions: Mapping[tuple[str, str], Decision]


def _answers(asked: Asked) -> _Answers:
    adoption = asked.adoption
    history = history_from(asked.facts, adoption, as_of=asked.as_of)
    evaluator = ReferenceEvaluator(adoption, history)
    found = [finding for bound in adoption.duties for finding in evaluator.findings(bound)]
    found += judgement_findings(adoption, history)
    decisions = {}
    for person, to in product(asked.people, adoption.stage_names):
        case = case_of(adoption, history, person=person, to=to)
        answers = answers_of(case)
        lists = lists_of(case, answers)
        decisions[person, to] = decision(case, answers, lists, *outcome_of(case, lists))
    return _Answers({_key(finding): finding for finding in found}, decisions)


def _key(finding: Finding) -> Key:
    period = None if finding.period is None else f"{finding.period.grain} {finding.period.start}"
    return finding.rule, finding.subject, period, finding.occasion


def fault(asked: Asked, *, most: int = 60, chance: Random) -> str | None:
    """Return what is decided, and otherwise on some choice of days; None where the law holds."""
    months = _answers(asked)
    for full in whichever_days(asked, most=most, chance=chance):
        found = next(_differences(months, _answers(full)), None)
        if found is not None:
            days = ", ".join(f"{fact.id} {fact.on}" for fact in full.facts if fact.id in {o.id for o in asked.open})
            return f"{found}\nwith {days}\n{asked.told()}"
    return None


def _differences(months: _Answers, right: _Answers) -> Iterator[str]:
    # Where not even the period or interval is known there is an open question all the same.
    numberless = {
        key[:2]
        for key, finding in months.findings.items()
        if finding.status == "unknown" and (finding.period is None or finding.period.grain == "interval")
    }
    for key, finding in right.findings.items():
        if key not in months.findings and key[:2] not in numberless:
            yield f"{key}: nothing is said, it is {finding.status}"
    for key, finding in months.findings.items():
        other = right.findings.get(key)
        if finding.status != "unknown" and (other is None or said(finding) != said(other)):
            yield f"{key}: {said(finding)} is said, it is {other and said(other)}"
        if other is not None and not set(finding.responsible) <= set(other.responsible):
            yield f"{key}: {finding.responsible} have to act, it is {other.responsible}"
    for step, decided in months.decisions.items():
        yield from (f"{step}: {what}" for what in _decided_otherwise(decided, right.decisions[step]))


def said(finding: Finding) -> tuple[str, str | None]:
    """Return what a finding says."""
    return finding.status, finding.reason


# Where a rule may stand that stands there when only months are known; what is met, or does not apply, hinders nobody.
_PLACES: Final = {
    "vetoes": ("vetoes",),
    "unmet": ("unmet",),
    "met": ("met", "not_applicable"),
    "not_applicable": ("not_applicable",),
}


def _decided_otherwise(said: Decision, right: Decision) -> Iterator[str]:
    may_not = (said.outcome in _REFUSED, right.outcome in _REFUSED)
    if (said.outcome == "permitted" and right.outcome != "permitted") or may_not == (True, False):
        yield f"{said.outcome} is said, it is {right.outcome}"
    if said.reason is None and right.reason is None:
        where = {item.rule: name for name in _PLACES for item in getattr(right, name)}
        for name, places in _PLACES.items():
            for item in getattr(said, name):
                if where.get(item.rule) not in places:
                    yield f"{item.rule} stands in {name}, it belongs in {where.get(item.rule)}"


# Histories near an open month ----------------------------------------------------------------------------------------


class _Near:
    """Draws days in and beside one month, the month itself, and a day long before."""

    def __init__(self, chance: Random, day: date) -> None:
        self.chance = chance
        period = period_of("month", day)
        self.month = CivilDate(period.start, period.end)
        days = (period.end - period.start).days
        inside = [add_days(period.start, chance.randrange(days)) for _ in range(3)]
        self.pool = [
            *(add_days(day, n) for day in inside for n in (0, 1)),
            *(add_days(edge, n) for edge in (period.start, period.end) for n in (-1, 0, 1)),
            add_days(period.start, -70),
            add_days(period.end, 20),
        ]

    def likely(self, percent: int) -> bool:
        """Tell, so many times in a hundred, that it is so."""
        return self.chance.randrange(100) >= 100 - percent

    def one(self, options: Any) -> Any:
        """Return one of the options."""
        return options[self.chance.randrange(len(options))]

    def day(self) -> date:
        """Return a day near the month."""
        day: date = self.one(self.pool)
        return day

    def on(self, *, open_in: int = 0) -> CivilDate:
        """Return the month so many times in a hundred, else a day near it or long before."""
        if self.likely(open_in):
            return self.month
        day = self.day()
        return parse_civil_date(toy.LONG_AGO) if self.likely(20) else CivilDate(day, day)

    def asked(self) -> date:
        """Return the day to ask about."""
        return self.day() if self.likely(75) else add_days(self.month.last, self.one((1, 5, 40, 200)))


def _made(wire: str, name: str, on: CivilDate, **said: Any) -> Iterator[Fact]:
    try:
        yield CORE_VOCABULARY.types[wire](id=name, on=on, **said)
    except ValueError:
        return


_MONTHS: Final = (date(2020, 3, 1), date(2020, 2, 1), date(2020, 6, 1), date(2020, 7, 1), date(2020, 9, 1))
# The starts and ends of one relation, with which fields: several of them in one history, about one bearer or office.
_TOGETHER: Final[tuple[tuple[tuple[str, ...], Mapping[str, tuple[Any, ...]]], ...]] = (
    (("stage_entered",), {"person": ("p1",)}),
    (("stage_entered", "stage_extended"), {"person": ("p1",)}),
    (("person_registered", "person_left"), {"person": ("p1",)}),
    (
        ("residence_started", "residence_started", "residence_ended"),
        {"person": ("p1",), "building": ("D1", "D2"), "room": ("101", "102")},
    ),
    (("membership_started", "membership_ended"), {"person": ("p1",), "unit": ("B1", "B1", "B2")}),
    (("leave_started", "leave_ended"), {"person": ("p1",), "kind": ("sick",)}),
    (("role_started", "role_ended"), {"role": ("building_instructor",), "building": ("D1", "D2")}),
    (("link_started", "link_ended"), {"holder": ("p1",), "target": ("p2", "D1/101")}),
    (("unit_established", "unit_dissolved"), {}),
    (("judgement_made",), {"about": ("B1", "p1")}),
    (("register_closed",), {"unit": (None, "B1")}),
    (("register_opened", "register_opened", "membership_started"), {"person": ("p1",), "unit": (None, "B1")}),
)
_SPANNING: Final = ("started", "entered", "opened", "established", "registered")


def near_month(chance: Random, cast: Cast, adoption: Adoption) -> Asked:
    """Return an invented institution of which much happens in and beside one month, and a few dates are only that."""
    near = _Near(chance, _MONTHS[chance.randrange(len(_MONTHS))])
    cast = evolve(cast, people=cast.people[:2])
    makers = {wire: maker for wire, maker, _ in MAKERS}
    facts: list[Fact] = [*_founding(near, cast)]
    wires, fixed = near.one(_TOGETHER)
    drawn = [(near.one(wires), fixed) for _ in range(chance.randrange(5))]
    some = [near.one(MAKERS)[0] for _ in range(1 + chance.randrange(4))]
    drawn += [(near.one(some), {}) for _ in range(chance.randrange(9))]
    for number, (wire, given) in enumerate(drawn):
        told = makers[wire](chance, cast) | {name: near.one(values) for name, values in given.items()}
        if wire.startswith("role") and given:
            told["person"] = cast.teacher
        if wire == "register_closed":
            told["through"] = near.day()
        if wire == "register_opened":
            told.pop("person", None)
        if wire == "membership_started" and told["unit"] is None:
            told["unit"] = "B2"
        if wire == "stage_extended":
            told["until"] = near.day()
        if wire == "judgement_made":
            told["period"] = near.one((near.month.first, date(2020, 1, 1), None))
        if wire.endswith(_SPANNING) and near.likely(35):
            told["until"] = near.day()
        facts += _made(wire, f"f{number}", near.on(open_in=25), **told)
    return _opened(near, facts, adoption, cast.people)


def _founding(near: _Near, cast: Cast) -> Iterator[Fact]:
    long_ago = parse_civil_date(toy.LONG_AGO)
    for name, (kind, parent, building) in cast.units.items():
        if near.likely(90):
            yield from _made("unit_established", f"u-{name}", long_ago, unit=name, kind=kind, parent=parent,
                             building=building)  # fmt: skip
    yield from toy.TERMS if near.likely(70) else ()
    yield from _made("person_registered", "t", long_ago, person=cast.teacher, category="staff")
    yield from _made(
        "role_started", "t-role", near.on(), person=cast.teacher, role="building_instructor", building="D1"
    )
    for person in cast.people:
        held = near.one(cast.held)
        step = cast.stages[cast.stages.index(held) + 1]
        office = next(name for name, (kind, _, _) in cast.units.items() if kind == "guidance_department")
        about: list[tuple[str, Mapping[str, Any]]] = [
            ("stage_entered", {"stage": held}),
            ("membership_started", {"unit": "B1"}),
            ("residence_started", {"building": "D1", "room": "101"}),
            ("dorm_evaluated", {"by": cast.teacher, "rating": near.one(("poor", "good"))}),
            ("opinion_given", {"by": office, "step": step, "verdict": near.one(("support", "oppose"))}),
            *(cast.ready if near.likely(50) else ()),
        ]
        for number, (wire, told) in enumerate(about):
            if near.likely(65):
                yield from _made(wire, f"{person}-{number}", near.on(), person=person, **told)


def near_scene(chance: Random, pack: Pack, adoption: Adoption) -> Asked:
    """Return a history in which a rule of the pack is just kept or just broken, its dates shifted or left open."""
    alphabet = alphabet_of(pack)
    scenes = [scene for scene in alphabet.scenes if scene.facts]
    scene = scenes[chance.randrange(len(scenes))]
    dated = [fact for fact in scene.facts if not isinstance(fact, TermDeclared)] or list(scene.facts)
    pivot = dated[chance.randrange(len(dated))]
    near = _Near(chance, pivot.on.first if chance.randrange(4) else scene.as_of)
    near.pool += [pivot.on.first, scene.as_of, add_days(scene.as_of, 1)]
    facts = list(scene.facts)
    for fact in dated:
        if near.likely(30):
            facts[facts.index(fact)] = _redated(fact, near.on(), near)
        for number in range(chance.randrange(6) // 4):
            facts += _again(near, fact, f"again {number} {fact.id}"[:200])
    if near.likely(15):
        through = near.day()
        facts += _made("register_closed", "closed", CivilDate(through, through), through=through)
    people = tuple(dict.fromkeys(p for f in facts if isinstance(p := getattr(f, "person", None), str)))[:2]
    asked = _opened(near, facts, adoption, people if pack.stages else (), pivot=pivot.id)
    return evolve(asked, as_of=scene.as_of) if near.likely(50) else asked


def _redated(fact: Fact, on: CivilDate, near: _Near) -> Fact:
    until = near.day() if fact.until is not None or (fact.wire.endswith(_SPANNING) and near.likely(25)) else None
    try:
        return evolve(fact, on=on, until=until)
    except ValueError:
        return fact


def _again(near: _Near, fact: Fact, name: str) -> Iterator[Fact]:
    """Yield the fact once more on another day, or what ends the relation that it begins."""
    ended = next((r for r in CORE_RELATIONS if r.started == fact.wire and r.ended is not None), None)
    if ended is None or ended.ended is None or near.likely(50):
        yield evolve(_redated(fact, near.on(), near), id=name)
    else:
        told = {field: getattr(fact, field) for field in ended.key if getattr(fact, field, None) is not None}
        yield from _made(ended.ended, name, near.on(), **told)


def _opened(
    near: _Near, facts: list[Fact], adoption: Adoption, people: tuple[str, ...], *, pivot: str | None = None
) -> Asked:
    """Return the question, one to three facts of the month open: those drawn so, and others in their place."""
    beside = (near.month.first - timedelta(days=1), near.month.last + timedelta(days=1))
    candidates = [f.id for f in facts if not isinstance(f, TermDeclared) and beside[0] <= f.on.first <= beside[1]]
    chosen = {near.one(candidates) for _ in range(1 + near.chance.randrange(2))} if candidates else set()
    chosen |= {pivot} if pivot is not None and near.likely(70) else set()
    left = _MOST_OPEN
    found: list[Fact] = []
    for fact in facts:
        is_open = left > 0 and (fact.id in chosen or not fact.on.exact)
        left -= is_open
        day = near.day()
        try:
            on = near.month if is_open else fact.on if fact.on.exact else CivilDate(day, day)
            found.append(evolve(fact, on=on))
        except ValueError:
            found.append(fact) if fact.on.exact else None
    return Asked(admitted((), [("", fact) for fact in found]).facts, adoption, near.asked(), people)
