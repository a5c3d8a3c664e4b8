"""Whom a duty binds, and from when to when: the bearers of a scope and the days on which it is true of them."""

from collections.abc import Callable, Hashable, Iterator
from datetime import date
from typing import Any, Final, TypeVar, cast

import numpy as np
from attrs import frozen

from partyrules.evaluate.columnar.conditions import Population
from partyrules.evaluate.columnar.frames import Frames
from partyrules.evaluate.columnar.joins import Pairs, crossed, distinct
from partyrules.evaluate.columnar.limits import NotColumnar
from partyrules.evaluate.columnar.spans import spans_of
from partyrules.evaluate.columnar.truths import TRUE, UNKNOWN, Array, Truths, all_of, either, plain
from partyrules.evaluate.columnar.view import FOREVER, Scalars
from partyrules.language.kernel import (
    SUBJECT,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Holds,
    Is,
    LatestIs,
    Match,
    Trigger,
    holds,
)
from partyrules.language.rules import BearerKind, Duty
from partyrules.language.tree import walk
from partyrules.packs.pack import Bound

__all__ = ["Scopes", "Stretches", "in_force"]

_STANDS: Final = {"unit": holds("unit", unit=SUBJECT), "building": holds("building", building=SUBJECT)}
_REGISTERED: Final = holds("registration", person=SUBJECT)
_ENDED: Final = holds("stage", person=SUBJECT, stage="none")
_ON_LEAVE: Final = holds("leave", person=SUBJECT)

T = TypeVar("T")


@frozen(eq=False)
class Stretches:
    """The days, `start` to `end` inclusive, on which a duty binds bearing `bearing[i]`; sorted by bearing and day.

    `doubt` marks the bearings of which that hangs on a date known to the month alone.
    """

    bearing: Array
    start: Array
    end: Array
    doubt: Array | None


class Scopes:
    """The scopes of duties over one population; of some subjects alone where `wanted` are given, by code."""

    def __init__(self, population: Population, wanted: Array | None = None) -> None:
        self.population: Final = population
        self.view: Final = population.view
        self._wanted: Final = wanted
        self._made: Final[dict[Hashable, Any]] = {}

    def _once(self, key: Hashable, make: Callable[[], T]) -> T:
        if key not in self._made:
            self._made[key] = make()
        return cast("T", self._made[key])

    # Who -----------------------------------------------------------------------------------------------------------

    def bearings(self, bound: Bound[Duty]) -> Frames:
        """Return a frame for each subject that could be in scope, in the order of their ids, on the day asked."""
        if bound.rule.bearer.each is not None:
            raise NotColumnar("a duty for each of the bearer's holdings")
        bearer = bound.rule.bearer

        def make() -> Frames:
            _check(bearer.scope)
            found = self._candidates(bearer.scope)
            subjects = self.view.in_order(self._among(self._everybody(bearer.kind) if found is None else found))
            day = np.full(len(subjects), self.view.as_of, np.int32)
            return Frames(day=day, subject=subjects.astype(np.int32), asked=day)

        return self._once(("bearings", bearer), make)

    def _among(self, codes: Array) -> Array:
        codes = distinct(codes[codes >= 0])
        return codes if self._wanted is None else codes[np.isin(codes, self._wanted)]

    def _everybody(self, kind: BearerKind) -> Array:
        if kind in ("person", "named"):
            return self.view.people
        column = spans_of(self.view, kind).column(kind)
        return column.values if isinstance(column, Scalars) else np.empty(0, np.int64)

    def _candidates(self, scope: Condition) -> Array | None:
        """Return the codes of whom the scope could be true, None where it does not say."""
        frame = Frames(day=np.array([self.view.as_of]), subject=np.array([-2]), asked=np.array([self.view.as_of]))
        pairs = self._said(scope, frame)
        return None if pairs is None else pairs.right

    def occasions(self, scope: Condition, frames: Frames) -> Pairs:
        """Return each frame with the code of each subject that could be in scope on its trigger."""
        _check(scope)
        pairs = self._said(scope, frames)
        if pairs is None:
            raise NotColumnar("an occasion of which the scope does not say whom it is about")
        left, codes = pairs
        there = codes >= 0
        if self._wanted is not None:
            there &= np.isin(codes, self._wanted)
        every = distinct(left[there].astype(np.int64) * (self.view.space + 1) + codes[there])
        return Pairs(every // (self.view.space + 1), every % (self.view.space + 1))

    def _said(self, scope: Condition, frames: Frames) -> Pairs | None:
        """Return frames with the codes of whom the scope could be true, None where it does not say."""
        match scope:
            case AllOf(parts):
                # What names the trigger says most; the other parts may be about everybody.
                telling = [part for part in parts if any(isinstance(node, Trigger) for node in walk(part))]
                for some in (telling, parts):
                    found = [pairs for part in some if (pairs := self._said(part, frames)) is not None]
                    if found:
                        return min(found, key=lambda pairs: len(pairs.right))
                return None
            case AnyOf(parts):
                each = [self._said(part, frames) for part in parts]
                said = [found for found in each if found is not None]
                if len(said) < len(each) or not said:
                    return None
                return Pairs(*(np.concatenate(side) for side in zip(*said, strict=True)))
            case Is(term, options) if term == SUBJECT:
                return self._named(options, frames)
            case Holds(relation, match, _):
                return self._holders(relation, match, frames)
        return None

    def _named(self, options: object, frames: Frames) -> Pairs:
        if isinstance(options, Trigger):
            found = self.population.matcher.values(options, frames)
            if found is None:
                return Pairs(np.empty(0, np.int64), np.empty(0, np.int64))
            return Pairs(np.arange(len(frames)) if found.frames is None else found.frames, found.values)
        texts = options if isinstance(options, tuple) else (options,)
        codes = np.array([self.view.code(text) for text in texts if isinstance(text, str)], np.int64)
        pairs = crossed(len(frames), len(codes))
        return Pairs(pairs.left, codes[pairs.right])

    def _holders(self, relation: str, match: Match, frames: Frames) -> Pairs | None:
        name = next((name for name, want in match if want == SUBJECT), None)
        if name is None:
            return None
        spans = spans_of(self.view, relation)
        column = spans.column(name)
        if not isinstance(column, Scalars):
            return Pairs(np.empty(0, np.int64), np.empty(0, np.int64))
        others = tuple((field, want) for field, want in match if want != SUBJECT)
        pairs = self.population.matcher.matching(spans, others, frames)
        return Pairs(pairs.left, column.values[pairs.right])

    # When ----------------------------------------------------------------------------------------------------------

    def binds(self, bound: Bound[Duty], frames: Frames, *, since: int | None = None) -> Truths:
        """Return whether the duty binds the subject of each frame on its day; an unknown is in doubt.

        With `since` an ordinal, it is taken to be in force from then on.
        """
        bearer = bound.rule.bearer
        found = all_of((self._in_being(bearer.kind, frames), self.population.truths(bearer.scope, frames)))
        first, last = in_force(bound)
        first = first if since is None else since
        outside = (frames.day < first) | (frames.day > last)
        truth = np.where(outside, np.int8(0), found.truth)
        unknown = truth == UNKNOWN
        return Truths(truth, None, either((found.doubt, unknown if unknown.any() else None)))

    def _in_being(self, kind: BearerKind, frames: Frames) -> Truths:
        """Return whether the bearer is there: a unit or building that stands, a person who has not left or ended."""
        if kind == "named":
            return plain(np.ones(len(frames), np.bool_))
        if kind != "person":
            return self.population.truths(_STANDS[kind], frames)
        # A person not yet registered is there: a role held before registration binds.
        here = self.population.truths(_REGISTERED, frames)
        not_gone = plain(frames.day < self._first_end[frames.subject])
        ended = self.population.truths(_ENDED, frames)
        there = np.maximum(here.truth, not_gone.truth)
        return Truths(np.where(ended.truth == TRUE, np.int8(0), there), None, either((here.doubt, ended.doubt)))

    @property
    def _first_end(self) -> Array:
        """The first day, by code, on which some registration was over."""

        def make() -> Array:
            spans = spans_of(self.view, "registration")
            person = spans.column("person")
            ends = np.full(self.view.space + 1, FOREVER + 1, np.int64)
            if isinstance(person, Scalars):
                np.minimum.at(ends, person.values, spans.end)
            return ends

        return self.view.once("first end of registration", make)

    def on_leave(self, bound: Bound[Duty], frames: Frames) -> Truths:
        """Return whether the bearer is a person on leave on the frame's day."""
        if bound.rule.bearer.kind != "person":
            return plain(np.zeros(len(frames), np.bool_))
        return self.population.truths(_ON_LEAVE, frames)

    def stretches(self, bound: Bound[Duty], *, since: int | None = None) -> Stretches:
        """Return the days up to the day asked on which the duty binds each bearing; `since` as for `binds`."""
        key = ("stretches", bound.pack.id, bound.rule.bearer, since)
        return self._once(key, lambda: self._stretches(bound, since))

    def _stretches(self, bound: Bound[Duty], since: int | None) -> Stretches:
        bearings = self.bearings(bound)
        first, last = in_force(bound)
        first = first if since is None else since
        last = min(last, self.view.as_of)
        size, space = len(bearings), FOREVER + 2
        if not size or first > last:
            none = np.empty(0, np.int64)
            return Stretches(none, none, none, None)
        edges = [np.arange(size) * space + first]
        for left, days in self._edges(bound, bearings):
            inside = (days > first) & (days <= last)
            edges.append(left[inside].astype(np.int64) * space + days[inside])
        every = distinct(np.concatenate(edges))
        bearing = (every // space).astype(np.int32)
        start = (every - bearing * np.int64(space)).astype(np.int32)
        end = np.append(start[1:] - 1, last)
        ends_bearing = np.append(bearing[1:] != bearing[:-1], True)
        end[ends_bearing] = last
        frames = bearings.at(bearing, day=start, asked=start)
        found = self.binds(bound, frames, since=since)
        doubt = None
        if found.doubt is not None and found.doubt.any():
            doubt = np.zeros(size, np.bool_)
            doubt[bearing[found.doubt]] = True
        true = found.truth == TRUE
        return Stretches(bearing[true], start[true], end[true], doubt)

    def _edges(self, bound: Bound[Duty], frames: Frames) -> Iterator[tuple[Array, Array]]:
        kind = bound.rule.bearer.kind
        yield from self.population.edges(bound.rule.bearer.scope, frames)
        if kind == "person":
            yield from self.population.edges(_REGISTERED, frames)
            yield from self.population.edges(_ENDED, frames)
        elif kind != "named":
            yield from self.population.edges(_STANDS[kind], frames)


def _check(scope: Condition) -> None:
    """Raise NotColumnar for a scope that hangs on what was recorded by each of its days."""
    for node in walk(scope):
        if isinstance(node, Compare | LatestIs):
            raise NotColumnar("a scope that counts what happened")


def in_force(bound: Bound[Duty]) -> tuple[int, int]:
    """Return the first and the last day on which a duty is in force, as ordinals."""
    document = bound.pack.document
    until = document.in_force_until
    return document.in_force_from.toordinal(), (date.max if until is None else until).toordinal()
