"""The funnel of the pipeline: who stands at which stage on a day, what comes of the next step, and what holds back."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from attrs import field, frozen

from partyrules.answers.verdicts import OUTCOMES, Decision, Outcome
from partyrules.answers.wire import OnTheWire
from partyrules.evaluate.columnar.limits import NotColumnar
from partyrules.evaluate.columnar.pipeline import Pipeline
from partyrules.evaluate.columnar.truths import FALSE, Array
from partyrules.evaluate.columnar.view import View
from partyrules.evaluate.inference import engine_named
from partyrules.evaluate.kleene import Truth
from partyrules.evaluate.pipeline import (
    Case,
    answers,
    case_of,
    is_student,
    lists_of,
    next_stage,
    outcome_of,
    stage_held,
)
from partyrules.history import History
from partyrules.history.units import subjects_under
from partyrules.packs.document import Text
from partyrules.packs.pack import Adoption
from partyrules.questions.audit import Audit
from partyrules.questions.decide import decided
from partyrules.questions.notices import step_notices
from partyrules.questions.sources import Source, history_from, projected

Decide = Callable[[str, str], Decision]
_HOLDING_BACK: Final = ("vetoes", "unmet", "unknown")


@frozen(kw_only=True)
class FunnelStep(OnTheWire):
    """One step of the pipeline: how many stand before it, by outcome, and which rules hold how many back.

    `held_back` counts the people for whom a rule is a veto, unmet or undecided; one person may count for several.
    """

    into: str
    standing: int
    outcomes: Mapping[Outcome, int]
    held_back: Mapping[str, int]


@frozen
class BeforeStep:
    """One who stands before a step: what comes of it, and the rules that hold the person back.

    `reason` says why the step is out of the question whatever the rules say, None where it is not.
    """

    person: str
    into: str
    outcome: Outcome
    held_back: tuple[str, ...]
    reason: str | None = None


@frozen(kw_only=True, slots=False)
class Funnel:
    """How many registered students hold each stage on a day, and what stands before the next step of each.

    It adds up: who holds a stage stands before the next one, and who has left or is staff is nowhere in it.

    `undated` are those whose stage on the day is open because a record names only the month. `steps` are counted
    for everybody at once; the single decisions are made when they are asked for.
    """

    on: date
    holding: Mapping[str, int]
    undated: int
    steps: tuple[FunnelStep, ...]
    notices: tuple[Text, ...]
    """What has to be said beside it, such as that no adopted pack is in force."""
    standing: tuple[BeforeStep, ...]
    """Who stands before which stage, in the order of their ids."""
    _decide: Decide = field(eq=False)

    def __repr__(self) -> str:
        return f"<Funnel: on {self.on}, {sum(self.holding.values())} in {len(self.holding)} stages>"

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """The decision on the next step of each who stands before one."""
        return tuple(self._decide(one.person, one.into) for one in self.standing)


def funnel(
    source: Source,
    adoption: Adoption,
    *,
    on: date,
    known_at: datetime | None = None,
    engine: str | None = None,
    unit: str | None = None,
) -> Funnel:
    """Return the funnel of the pipeline on a day: everybody who holds a stage, and their next step.

    With a `unit`, of those alone who are under it that day: members and cultivated, of units below it too.
    Without `engine` the steps are decided in columns, for everybody at once; with the name of an inference engine,
    or `reference`, one by one. All come to the same.
    """
    projection = projected(source)
    history = history_from(projection, adoption, as_of=on, known_at=known_at)
    return _funnel(View(projection, adoption, history), engine=engine, unit=unit)


def funnel_beside(asked: Audit) -> Funnel:
    """Return the funnel of everybody on the day of an audit, out of the same columns."""
    return _funnel(asked.view)


def _funnel(view: View, *, engine: str | None = None, unit: str | None = None) -> Funnel:
    adoption, history = view.adoption, view.history
    chosen = engine_named(engine)

    def case(person: str, into: str) -> Case:
        return case_of(adoption, history, person=person, to=into)

    def decide(person: str, into: str) -> Decision:
        return decided(case(person, into), engine=chosen)

    def standing(person: str, into: str) -> BeforeStep:
        """Return what comes of a step of which columns cannot say it; by an engine where one is named."""
        return _told(case(person, into)) if engine is None else _decided(decide(person, into))

    holders = _Holders(view, history, None if unit is None else subjects_under(history, unit))
    found: list[BeforeStep] = []
    for into, people in holders.before.items():
        columnar = _in_columns(holders.pipeline, people, into) if engine is None else None
        left = view.texts(people.tolist()) if columnar is None else columnar.doubtful
        found += [*(() if columnar is None else columnar.standing), *(standing(person, into) for person in left)]
    found.sort(key=lambda standing: standing.person)
    return Funnel(
        on=history.as_of,
        holding={stage: holders.holding[stage] for stage in adoption.stage_names},
        undated=holders.undated,
        steps=tuple(_step(stage, found) for stage in adoption.stage_names),
        notices=step_notices(adoption, history),
        standing=tuple(found),
        decide=decide,
    )


class _Holders:
    """Who holds which stage on the day, and before which stage they therefore stand."""

    def __init__(self, view: View, history: History, among: frozenset[str] | None) -> None:
        self.pipeline: Final = Pipeline(view)
        stages = view.adoption.stage_names
        people = self._students(view, history)
        if among is not None:
            people = people[np.isin(people, [view.code(name) for name in among])]
        code, _, doubt = self.pipeline.stages(people)
        self.holding: Final[Counter[str]] = Counter()
        self.undated = 0
        before: dict[str, list[Array]] = {}
        for stage in stages:
            here = people[(code == view.code(stage)) & ~doubt]
            self._enter(before, stages, stage, here)
        for one in people[doubt].tolist():
            holds, is_open = stage_held(history, view.strings.texts[one])
            self.undated += is_open
            if holds is not None and not is_open:
                self._enter(before, stages, holds, np.array([one]))
        self.before: Final = {into: np.concatenate(codes) for into, codes in before.items()}

    def _students(self, view: View, history: History) -> Array:
        """Return all people but those who surely are no registered students."""
        people = view.people
        found = self.pipeline.students(people)
        gone = found.truth == FALSE
        if found.doubt is not None:
            for row in np.flatnonzero(found.doubt).tolist():
                gone[row] = is_student(history, view.strings.texts[people[row]]) == Truth.FALSE
        students: Array = people[~gone]
        return students

    def _enter(self, before: dict[str, list[Array]], stages: tuple[str, ...], stage: str, people: Array) -> None:
        self.holding[stage] += len(people)
        into = next_stage(stages, stage)
        if into is not None:
            before.setdefault(into, []).append(people)


class _InColumns(NamedTuple):
    """Who stands before a step, as columns say it, and of whom they cannot."""

    standing: list[BeforeStep]
    doubtful: list[str]


def _in_columns(pipeline: Pipeline, people: Array, into: str) -> _InColumns | None:
    """Return what columns say of the step of these people, None where they cannot say it of anybody."""
    try:
        passage = pipeline.passage(people, into)
    except NotColumnar:
        return None
    texts = pipeline.view.strings.texts
    standing = [
        BeforeStep(texts[person], into, outcome, tuple(rule for rule, at in places if at in _HOLDING_BACK), reason)
        for person, outcome, reason, places in passage.sure()
    ]
    return _InColumns(standing, pipeline.view.texts(people[passage.doubt].tolist()))


def _told(case: Case) -> BeforeStep:
    lists = lists_of(case, answers(case))
    outcome, reason = outcome_of(case, lists)
    held_back = tuple(rule for place in _HOLDING_BACK for rule, of in lists.items() if of == place)
    return BeforeStep(case.person, case.to, outcome, held_back, reason)


def _decided(decision: Decision) -> BeforeStep:
    items = (*decision.vetoes, *decision.unmet, *decision.unknown)
    held_back = tuple(item.rule for item in items)
    return BeforeStep(decision.person, decision.to, decision.outcome, held_back, decision.reason)


def _step(into: str, standing: list[BeforeStep]) -> FunnelStep:
    here = [one for one in standing if one.into == into]
    outcomes = Counter(one.outcome for one in here)
    held_back = Counter(rule for one in here for rule in one.held_back)
    return FunnelStep(
        into=into,
        standing=len(here),
        outcomes={outcome: outcomes[outcome] for outcome in OUTCOMES},
        held_back=dict(sorted(held_back.items())),
    )
