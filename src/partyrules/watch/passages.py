"""The decisions a monitor keeps: the next step of everybody who holds a stage (发展阶段), as the funnel gives them."""

from typing import Final

import numpy as np

from partyrules.evaluate.columnar.limits import NotColumnar
from partyrules.evaluate.columnar.pipeline import Pipeline
from partyrules.evaluate.columnar.view import View
from partyrules.evaluate.pipeline import answers, case_of, lists_of, next_stage, outcome_of, stage_held
from partyrules.history import History
from partyrules.packs.pack import Adoption
from partyrules.watch.changes import Passage
from partyrules.watch.dependence import Subjects

_NOT_A_STUDENT: Final = "not_a_student"


def next_passage(adoption: Adoption, history: History, person: str) -> Passage | None:
    """Return what the next step of a person comes to; None of who is before none, or in a stage that is open."""
    stage, is_open = stage_held(history, person)
    into = None if stage is None or is_open else next_stage(adoption.stage_names, stage)
    if into is None:
        return None
    case = case_of(adoption, history, person=person, to=into)
    places = lists_of(case, answers(case))
    outcome, reason = outcome_of(case, places)
    if reason == _NOT_A_STUDENT:
        return None
    said = () if reason else tuple(sorted((rule, place) for rule, place in places.items() if place is not None))
    return Passage(person, into, outcome, reason, said)


def passages(adoption: Adoption, view: View, history: History, among: Subjects = None) -> dict[str, Passage]:
    """Return the next step of everybody who is before one, or of those among some; in columns, where these can say."""
    pipeline, people = Pipeline(view), view.people
    if among is not None:
        people = people[np.isin(people, [view.code(person) for person in among])]
    stage, _, doubt = pipeline.stages(people)
    unsure = view.texts(people[doubt].tolist())
    found: dict[str, Passage | None] = {}
    for name in adoption.stage_names:
        into = next_stage(adoption.stage_names, name)
        here = people[~doubt & (stage == view.code(name))]
        if into is None or not len(here):
            continue
        try:
            step = pipeline.passage(here, into)
        except NotColumnar:
            unsure += view.texts(here.tolist())
            continue
        unsure += view.texts(here[step.doubt].tolist())
        for code, outcome, reason, places in step.sure():
            if reason != _NOT_A_STUDENT:
                person = view.strings.texts[code]
                found[person] = Passage(person, into, outcome, reason, places)
    found |= {person: next_passage(adoption, history, person) for person in unsure}
    return {person: passage for person, passage in found.items() if passage is not None}
