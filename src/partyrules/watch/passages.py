"""The decisions a monitor keeps: the next step of everybody who holds a stage (发展阶段), as the funnel gives them."""

from collections.abc import Mapping
from typing import Final

from partyrules.answers.verdicts import OUTCOMES
from partyrules.evaluate.columnar.limits import NotColumnar
from partyrules.evaluate.columnar.pipeline import PLACES, Pipeline
from partyrules.evaluate.columnar.pipeline import REASONS as PIPELINE_REASONS
from partyrules.evaluate.columnar.view import View
from partyrules.evaluate.pipeline import answers, case_of, lists_of, next_stage, outcome_of, stage_held
from partyrules.history import History
from partyrules.packs.pack import Adoption
from partyrules.watch.changes import Passage

__all__ = ["next_passage", "passages"]

_NOT_A_STUDENT: Final = "not_a_student"


def next_passage(adoption: Adoption, history: History, person: str) -> Passage | None:
    """Return what the next step of a person comes to; None of who is before none, or in a stage that is open."""
    stage, is_open = stage_held(history, person)
    into = None if stage is None or is_open else next_stage(adoption.stage_names, stage)
    if into is None:
        return None
    case = case_of(adoption, history, person=person, to=into)
    found = answers(case)
    places = lists_of(case, found)
    outcome, reason = outcome_of(case, places)
    if reason == _NOT_A_STUDENT:
        return None
    said = () if reason else tuple(sorted((rule, place) for rule, place in places.items() if place is not None))
    return Passage(person, into, outcome, reason, said)


def passages(adoption: Adoption, view: View, history: History) -> Mapping[str, Passage]:
    """Return the next step of everybody who is before one, by person; in columns, where these can say."""
    pipeline, people = Pipeline(view), view.people
    texts = view.strings.texts
    stage, _, doubt = pipeline.stages(people)
    unsure = {texts[code] for code in people[doubt].tolist()}
    found: dict[str, Passage] = {}
    for name in adoption.stage_names:
        into = next_stage(adoption.stage_names, name)
        here = people[~doubt & (stage == view.code(name))]
        if into is None or not len(here):
            continue
        try:
            passage = pipeline.passage(here, into)
        except NotColumnar:
            unsure.update(texts[code] for code in here.tolist())
            continue
        unsure.update(texts[code] for code in here[passage.doubt].tolist())
        rules = sorted(passage.places)
        columns = [passage.places[rule].tolist() for rule in rules]
        rows = zip(*columns, strict=True) if columns else iter([()] * len(here))
        for code, outcome, reason, places, open_still in zip(
            here.tolist(), passage.outcome.tolist(), passage.reason.tolist(), rows, passage.doubt.tolist(), strict=True
        ):
            if open_still or PIPELINE_REASONS[reason] == _NOT_A_STUDENT:
                continue
            said = [(rule, PLACES[place]) for rule, place in zip(rules, places, strict=True)]
            kept = tuple((rule, place) for rule, place in said if place is not None)
            found[texts[code]] = Passage(texts[code], into, OUTCOMES[outcome], PIPELINE_REASONS[reason], kept)
    for person in unsure:
        passage_now = next_passage(adoption, history, person)
        if passage_now is not None:
            found[person] = passage_now
    return found
