"""The pipeline for a whole population at once: who may pass into a stage, by what each rule comes to."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

import numpy as np
from attrs import frozen

from partyrules.answers.verdicts import LISTS, OUTCOMES, Outcome
from partyrules.evaluate.columnar.conditions import Population
from partyrules.evaluate.columnar.frames import Frames, Items
from partyrules.evaluate.columnar.spans import spans_of
from partyrules.evaluate.columnar.tallies import Tallies
from partyrules.evaluate.columnar.truths import FALSE, TRUE, Array, Truths, any_of, either
from partyrules.evaluate.columnar.view import Scalars, View
from partyrules.evaluate.pipeline import REFUSALS, explanation, next_stage
from partyrules.history import NO_STAGE
from partyrules.language.presence import STUDENT
from partyrules.language.rules import Requirement, Veto
from partyrules.language.standing import UNDECLARED
from partyrules.packs.pack import Bound
from partyrules.store.strings import Strings

PLACES: Final = (None, *LISTS)
"""The list of a decision that a rule belongs in, by its number in a column."""
REASONS: Final = (None, *REFUSALS)
"""The reason of a decision by its number in a column."""
_PLACE: Final = {place: code for code, place in enumerate(PLACES)}
_OUTCOME: Final = {outcome: code for code, outcome in enumerate(OUTCOMES)}


@frozen(eq=False)
class StepColumns:
    """What stands between some people and a stage, a row for each person.

    `outcome` are numbers of `OUTCOMES`, `reason` of `REASONS`, `places` for each rule of `PLACES`: the list of
    the decision that it belongs in, 0 also where the decision has a reason of its own. `doubt` marks those whom
    a date known to the month alone bears on, or a record of a stage or step that no pack declares: nothing said of
    them here counts, the reference has to decide.
    """

    to: str
    person: Array
    outcome: Array
    reason: Array
    places: dict[str, Array]
    doubt: Array

    def sure(self) -> Iterator[tuple[int, Outcome, str | None, tuple[tuple[str, str], ...]]]:
        """Yield of each whom nothing leaves in doubt the code, outcome, reason, and each rule with its list, by id."""
        rules, here = sorted(self.places), np.flatnonzero(~self.doubt)
        places = np.array([self.places[rule][here] for rule in rules], np.int8).reshape(len(rules), len(here))
        columns = (column[here].tolist() for column in (self.person, self.outcome, self.reason))
        for person, outcome, reason, row in zip(*columns, places.T.tolist(), strict=True):
            said = [(rule, PLACES[place]) for rule, place in zip(rules, row, strict=True)]
            kept = tuple((rule, place) for rule, place in said if place is not None)
            yield person, OUTCOMES[outcome], REASONS[reason], kept


class Pipeline:
    """Decides over one view, on its day."""

    def __init__(self, view: View) -> None:
        self.view: Final = view
        self.population: Final = Population(view, Strings())
        Tallies(self.population)
        self._stages: Final[Sequence[str]] = view.adoption.stage_names

    def stages(self, people: Array) -> tuple[Array, Array, Array]:
        """Return the stage that each of the people holds (`ABSENT` for none), since when, and where that is open."""
        held = np.full(len(people), -1, np.int64)
        since = np.zeros(len(people), np.int64)
        doubt = np.zeros(len(people), np.bool_)
        spans = spans_of(self.view, "stage")
        person, stage = spans.column("person"), spans.column("stage")
        if isinstance(person, Scalars) and isinstance(stage, Scalars):
            row_of = np.full(self.view.space + 1, -1, np.int64)
            row_of[people] = np.arange(len(people))
            row = row_of[person.values]
            if spans.doubtful is not None:
                doubt[row[spans.doubtful & (row >= 0)]] = True
            here = (spans.start <= self.view.as_of) & (self.view.as_of < spans.end) & (row >= 0)
            held[row[here]] = stage.values[here]
            since[row[here]] = spans.start[here]
        return held, since, doubt

    def students(self, people: Array) -> Truths:
        """Return which of the people are registered students on the day."""
        day = np.full(len(people), self.view.as_of, np.int64)
        return self.population.truths(STUDENT, Frames(day=day, subject=people, asked=day))

    def passage(self, people: Array, to: str) -> StepColumns:
        """Return what stands between these people, given by code, and stage `to`; raise NotColumnar for some rules."""
        view, size = self.view, len(people)
        held, since, doubt = self.stages(people)
        code_none = view.code(NO_STAGE)
        before = [stage for stage in (None, *self._stages) if next_stage(tuple(self._stages), stage) == to]
        right = np.zeros(size, np.bool_)
        for stage in before:
            right |= (held == -1) | (held == code_none) if stage is None else held == view.code(stage)
        # Where no stage is left behind, whatever was ever recorded counts.
        entry = np.where(right & (held != -1), since, 0)
        day = np.full(size, view.as_of, np.int64)
        frames = Frames(day=day, subject=people, step=to, entry=entry, asked=day)
        student = self.population.truths(STUDENT, frames)
        doubts = [doubt, student.doubt, self._undeclared[people]]
        places: dict[str, Array] = {}
        rules: list[Bound[Requirement] | Bound[Veto]] = [*view.adoption.requirements, *view.adoption.vetoes]
        for bound in sorted(rules, key=lambda bound: bound.id):
            if to in bound.rule.steps and bound.pack.document.in_force(view.day):
                places[bound.id], open_date = self._placed(bound, frames)
                doubts.append(open_date)
        extended, open_month = self._extended(people, held, since)
        doubts.append(open_month)
        reason = np.select([~right, student.truth == FALSE, extended], [np.int8(1), np.int8(2), np.int8(3)], np.int8(0))
        return StepColumns(
            to,
            people,
            self._outcome(places, reason),
            reason,
            {rule: np.where(reason > 0, np.int8(0), place) for rule, place in places.items()},
            np.zeros(size, np.bool_) if (marked := either(doubts)) is None else marked,
        )

    @cached_property
    def _undeclared(self) -> Array:
        """By code, who is named by a record of a stage or step that no adopted pack declares."""
        named = np.zeros(self.view.space + 1, np.bool_)
        for standing in self.view.adoption.standings:
            for test, reason in standing.tests:
                rows = self.view.rows(standing.wire)
                person = rows.column(standing.about)
                if reason in UNDECLARED and len(rows) and isinstance(person, Scalars):
                    every, days = Items(rows, np.arange(len(rows))), rows.days
                    frames = Frames(day=days, subject=person.values, item=every, asked=days)
                    named[person.values[self.population.truths(test, frames).truth == FALSE]] = True
        return named

    def _extended(self, people: Array, held: Array, since: Array) -> tuple[Array, Array]:
        """Return whose stage is extended through the day, and of whom some extension of it is known to the month."""
        extended, open_month = (np.zeros(len(people), np.bool_) for _ in range(2))
        rows = self.view.rows("stage_extended")
        person, stage = rows.column("person"), rows.column("stage")
        if not len(rows) or not isinstance(person, Scalars) or not isinstance(stage, Scalars):
            return extended, open_month
        row_of = np.full(self.view.space + 1, -1, np.int64)
        row_of[people] = np.arange(len(people))
        whose = row_of[person.values]
        mine = np.flatnonzero(whose >= 0)
        mine = mine[stage.values[mine] == held[whose[mine]]]
        if rows.doubtful is not None:
            open_month[whose[mine[rows.doubtful[mine]]]] = True
        mine = mine[rows.days[mine] >= since[whose[mine]]]
        # The last of each stays: of one day the longest.
        mine = mine[np.lexsort((rows.until[mine], rows.days[mine]))]
        until = np.zeros(len(people), np.int64)
        until[whose[mine]] = rows.until[mine]
        return until >= self.view.as_of, open_month

    def _placed(self, bound: Bound[Requirement] | Bound[Veto], frames: Frames) -> tuple[Array, Array | None]:
        rule = bound.rule
        if isinstance(rule, Veto):
            found = self.population.truths(rule.vetoes, frames)
            return np.array([0, _PLACE["unknown"], _PLACE["vetoes"]], np.int8)[found.truth], found.doubt
        applies = self.population.truths(rule.when, frames)
        found = self.population.truths(rule.requires, frames)
        if rule.modality == "normally":
            found = any_of((found, self.population.truths(explanation(bound.id), frames)))
        surely_not = (applies.truth == TRUE) & (found.truth == FALSE)
        otherwise = _PLACE["advisory"] if rule.advisory else _PLACE["unknown"]
        place = np.full(len(frames), otherwise, np.int8)
        if not rule.advisory:
            place[surely_not] = _PLACE["unmet"]
        place[found.truth == TRUE] = _PLACE["met"]
        place[applies.truth == FALSE] = _PLACE["not_applicable"]
        return place, either((applies.doubt, found.doubt))

    def _outcome(self, places: dict[str, Array], reason: Array) -> Array:
        def some(place: str) -> Array:
            found = np.zeros(len(reason), np.bool_)
            for column in places.values():
                found |= column == _PLACE[place]
            return found

        outcome = np.full(len(reason), _OUTCOME["permitted"], np.int8)
        outcome[some("unknown")] = _OUTCOME["undetermined"]
        outcome[some("unmet")] = _OUTCOME["blocked"]
        outcome[some("vetoes")] = _OUTCOME["vetoed"]
        outcome[reason > 0] = _OUTCOME["blocked"]
        return outcome
