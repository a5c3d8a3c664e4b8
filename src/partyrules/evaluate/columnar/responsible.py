"""Who has to act on many findings at once; `partyrules.evaluate.responsible` says it of one."""

from typing import NamedTuple

import numpy as np

from partyrules.answers.blocks import Names
from partyrules.evaluate.columnar.conditions import Population
from partyrules.evaluate.columnar.frames import Frames, Items
from partyrules.evaluate.columnar.joins import distinct, first_of_each
from partyrules.evaluate.columnar.limits import NotColumnar
from partyrules.evaluate.columnar.spans import spans_of
from partyrules.evaluate.columnar.truths import Array, either, marks
from partyrules.evaluate.columnar.view import Scalars
from partyrules.language.kernel import Holdings
from partyrules.language.rules import Responsible
from partyrules.store.columns import NO_DAY


class _Ways(NamedTuple):
    """The holding found last in each way of frame `frame[i]`, and the days, half-open, on which all of them held."""

    frame: Array
    item: Items | None
    start: Array
    end: Array

    def at(self, kept: Array) -> "_Ways":
        """Return some of the ways."""
        item = None if self.item is None else self.item.at(kept)
        return _Ways(self.frame[kept], item, self.start[kept], self.end[kept])


def responsible_lists(
    population: Population, names: Names, who: Responsible, frames: Frames, since: Array
) -> tuple[Array, Array | None]:
    """Return for each frame the number of the list of those who have to act, and which frames are in doubt.

    `since` is the day on which the period of each begins, `NO_DAY` of those that have none.
    """
    size, day = len(frames), frames.day.astype(np.int64)
    every, doubts = np.arange(size), list[Array | None]()

    def found(steps: tuple[Holdings, ...], ways: _Ways) -> _Ways:
        for step in steps:
            ways, doubt = _step(population, step, frames, ways)
            doubts.append(doubt)
        return ways

    starts = _Ways(every, None, day, day + 1)
    if who.ever:
        starts = found(who.ever, starts._replace(start=np.zeros(size, np.int64)))
    elif who.last:
        starts = found(who.last, starts._replace(start=np.where(since == NO_DAY, day, since)))
        latest = np.zeros(size, np.int64)
        np.maximum.at(latest, starts.frame, starts.end)
        starts = starts.at(np.flatnonzero(starts.end == latest[starts.frame]))
        day = latest - 1
    ways = found(who.by, starts._replace(start=day[starts.frame], end=day[starts.frame] + 1))
    assert ways.item is not None  # noqa: S101 - there is at least one step
    column = ways.item.rows.column(who.names)
    if column is not None and not (isinstance(column, Scalars) and column.kind == "code"):
        raise NotColumnar(f"who has to act by `{who.names}`, which is no string")
    codes = np.full(len(ways.frame), -1) if column is None else column.values[ways.item.index]
    named = np.flatnonzero(codes >= 0)
    return _listed(population, names, ways.frame[named], codes[named], size), either(doubts)


def _step(population: Population, step: Holdings, frames: Frames, ways: _Ways) -> tuple[_Ways, Array | None]:
    """Return what a step leads to, and the frames of which a date known to the month alone bears on that."""
    spans = spans_of(population.view, step.relation)
    left, right = population.matcher.matching(spans, step.match, frames.at(ways.frame, item=ways.item))
    start = np.maximum(ways.start[left], spans.start[right])
    end = np.minimum(ways.end[left], spans.end[right])
    there = start < end
    left, right, start, end = left[there], right[there], start[there], end[there]
    frame = ways.frame[left]
    doubt = None if spans.doubtful is None else marks(len(frames), frame, spans.doubtful[right])
    return _Ways(frame, Items(spans, right), start, end), doubt


def _listed(population: Population, names: Names, frame: Array, codes: Array, size: int) -> Array:
    """Return the number of the list that the codes of each frame make, in the order of their texts."""
    strings = population.view.strings
    texts, ranks, space = strings.texts, strings.ranks, np.int64(len(strings.texts) + 1)
    # In order of frame and text, each once.
    pairs = distinct(frame.astype(np.int64) * space + ranks[codes])
    by_rank = np.argsort(ranks)
    frame, codes = pairs // space, by_rank[pairs % space]
    first = np.searchsorted(frame, frame)
    lists = np.zeros(size, np.int32)
    for place in range(int((np.arange(len(frame)) - first).max(initial=-1)) + 1):
        # The next one of each list that has as many: one list more for each that differs.
        here = np.flatnonzero(np.arange(len(frame)) - first == place)
        longer = lists[frame[here]] * space + codes[here]
        one_of_each, which = first_of_each(longer)
        different = longer[one_of_each].tolist()
        numbers = [names.listed((*names.lists[one // space], texts[one % space])) for one in different]
        lists[frame[here]] = np.array(numbers, np.int32)[which]
    return lists
