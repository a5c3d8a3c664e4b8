"""Whom a duty binds, and from when to when: the bearers of a scope and the days on which it is true of them.

The days are an algebra over those of the relations, worked out once: whatever is asked of a day looks it up.
"""

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np

from partyrules.evaluate.columnar.conditions import Population
from partyrules.evaluate.columnar.frames import Frames
from partyrules.evaluate.columnar.joins import Pairs, crossed, distinct
from partyrules.evaluate.columnar.limits import NotColumnar
from partyrules.evaluate.columnar.once import Once
from partyrules.evaluate.columnar.spans import spans_of
from partyrules.evaluate.columnar.stretches import Stretches, both, nor, some, stretches_of, whenever
from partyrules.evaluate.columnar.truths import Array
from partyrules.evaluate.columnar.view import FOREVER, NEVER, Scalars
from partyrules.evaluate.dependence import sees_facts, trigger_fields
from partyrules.evaluate.narrowing import says_whom
from partyrules.language import kernel as k
from partyrules.language.presence import ENDED, ON_LEAVE, REGISTERED, STANDS
from partyrules.language.rules import Bearer, BearerKind, Duty
from partyrules.packs.pack import Bound


class Scopes:
    """The scopes of duties over one population; of some subjects alone where `wanted` are given, by code."""

    def __init__(self, population: Population, wanted: Array | None = None) -> None:
        self.population: Final = population
        self.view: Final = population.view
        self._wanted: Final = None if wanted is None else wanted[wanted >= 0]
        self._once: Final = Once()

    # Whom and when ---------------------------------------------------------------------------------------------------

    def bearings(self, bound: Bound[Duty]) -> Frames:
        """Return a frame for each subject that was ever in scope, or may have been, in the order of their ids."""
        days = self._of_everybody(bound.rule.bearer)
        return self._once(("bearings", bound.rule.bearer), lambda: self._there(days.within(NEVER, self.view.as_of)))

    def _there(self, days: Stretches) -> Frames:
        """Return a frame for each code that has a day, or may have one."""
        found = days.there if days.doubt is None else days.there | days.doubt
        subjects = self.view.in_order(np.flatnonzero(found)).astype(np.int32)
        day = np.full(len(subjects), self.view.as_of, np.int32)
        return Frames(day=day, subject=subjects, asked=day)

    def stretches(self, bound: Bound[Duty], *, since: int | None = None) -> Stretches:
        """Return the days up to the day asked on which the duty binds each bearing.

        With `since` an ordinal, it is taken to be in force from then on.
        """
        first, last = in_force(bound)
        first = first if since is None else since
        bearings = self.bearings(bound)

        def make() -> Stretches:
            days = self._of_everybody(bound.rule.bearer).of(bearings.subject)
            return days.within(first, min(last, self.view.as_of))

        return self._once(("stretches", first, last, bound.rule.bearer), make)

    def binding(self, bound: Bound[Duty], *, leave: bool) -> tuple[Frames, Array | None]:
        """Return the bearings whom the duty binds on the day asked, or may, and which of them it may.

        With `leave` it binds nobody on leave.
        """
        days = self._of_everybody(bound.rule.bearer, leave=leave).within(*in_force(bound))
        bearings = self._there(days.within(self.view.as_of, self.view.as_of))
        return bearings, days.doubtful(bearings.subject)

    def _of_everybody(self, bearer: Bearer, *, leave: bool = False) -> Stretches:
        """Return the days on which each code is in scope; with `leave`, those of leave left out."""
        if bearer.each is not None:
            raise NotColumnar("a duty for each of the bearer's holdings")

        def make() -> Stretches:
            days = self._in_scope(bearer, self._everybody, leave=leave)
            if not says_whom(bearer.scope) and bearer.kind in ("person", "named"):
                days = days.among(self.view.people)
            return days if self._wanted is None else days.among(self._wanted)

        return self._once(("days", bearer, leave), make)

    @cached_property
    def _everybody(self) -> Frames:
        """A frame for each code."""
        codes = np.arange(self.view.space)
        return Frames(day=codes, subject=codes, asked=codes)

    def days(self, bound: Bound[Duty], frames: Frames, *, leave: bool) -> Stretches:
        """Return on which days the duty binds the subject of each frame; with `leave`, those of leave left out."""
        return self._in_scope(bound.rule.bearer, frames, leave=leave).within(*in_force(bound))

    def _in_scope(self, bearer: Bearer, frames: Frames, *, leave: bool) -> Stretches:
        _check(bearer.scope)
        every = tuple(_conjuncts(bearer.scope))
        # What hangs on the subject alone is worked out once for all codes.
        steady = tuple(part for part in every if not trigger_fields(part))

        def make() -> Stretches:
            parts = [*map(self._days, steady), *self._in_being(bearer.kind)]
            if leave and bearer.kind == "person":
                parts.append(self._once("no leave", lambda: nor(self.leave)))
            return both(parts) if parts else whenever(np.ones(self.view.space, np.bool_))

        alone = self._once(("alone", bearer.kind, steady, leave), make).of(frames.subject)
        return both((alone, *(self.population.days(part, frames) for part in every if part not in steady)))

    def _days(self, condition: k.Condition) -> Stretches:
        """Return the days on which a condition is true of each code."""
        return self._once(("days", condition), lambda: self.population.days(condition, self._everybody))

    @property
    def leave(self) -> Stretches:
        """The days on which each code is on leave."""
        return self._days(ON_LEAVE)

    def _in_being(self, kind: BearerKind) -> tuple[Stretches, ...]:
        """Return the days on which each code is there: a unit or building that stands, a person not left or ended."""
        if kind == "named":
            return ()
        if kind != "person":
            return (self._days(STANDS[kind]),)

        def make() -> Stretches:
            # A person not yet registered is there: a role held before registration binds.
            codes = np.arange(self.view.space)
            before = stretches_of(len(codes), codes, np.full(len(codes), NEVER), self._first_end[:-1])
            here = some((self._days(REGISTERED), before))
            return both((here, nor(self._days(ENDED))))

        return (self._once("people there", make),)

    @property
    def _first_end(self) -> Array:
        """The first day, by code, on which some registration was over."""
        spans = spans_of(self.view, "registration")
        person = spans.column("person")
        ends = np.full(self.view.space + 1, FOREVER + 1, np.int64)
        if isinstance(person, Scalars):
            np.minimum.at(ends, person.values, spans.end)
        return ends

    # On which occasions --------------------------------------------------------------------------------------------

    def occasions(self, scope: k.Condition, frames: Frames) -> Pairs:
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

    def _said(self, scope: k.Condition, frames: Frames) -> Pairs | None:
        """Return frames with the codes of whom the scope could be true, None where it does not say."""
        match scope:
            case k.AllOf(parts):
                # What names the trigger says most; the other parts may be about everybody.
                telling = [part for part in parts if trigger_fields(part)]
                for those in (telling, parts):
                    found = [pairs for part in those if (pairs := self._said(part, frames)) is not None]
                    if found:
                        return min(found, key=lambda pairs: len(pairs.right))
                return None
            case k.AnyOf(parts):
                each = [self._said(part, frames) for part in parts]
                said = [found for found in each if found is not None]
                if len(said) < len(each) or not said:
                    return None
                return Pairs(*(np.concatenate(side) for side in zip(*said, strict=True)))
            case k.Is(term, options) if term == k.SUBJECT:
                return self._named(options, frames)
            case k.Holds(relation, match, _):
                return self._holders(relation, match, frames)
        return None

    def _named(self, options: object, frames: Frames) -> Pairs:
        if isinstance(options, k.Trigger):
            found = self.population.matcher.values(options, frames)
            if found is None:
                return Pairs(np.empty(0, np.int64), np.empty(0, np.int64))
            return Pairs(np.arange(len(frames)) if found.frames is None else found.frames, found.values)
        texts = options if isinstance(options, tuple) else (options,)
        codes = np.array([self.view.code(text) for text in texts if isinstance(text, str)], np.int64)
        pairs = crossed(len(frames), len(codes))
        return Pairs(pairs.left, codes[pairs.right])

    def _holders(self, relation: str, match: k.Match, frames: Frames) -> Pairs | None:
        name = next((name for name, want in match if want == k.SUBJECT), None)
        if name is None:
            return None
        spans = spans_of(self.view, relation)
        column = spans.column(name)
        if not isinstance(column, Scalars):
            return Pairs(np.empty(0, np.int64), np.empty(0, np.int64))
        others = tuple((field, want) for field, want in match if want != k.SUBJECT)
        pairs = self.population.matcher.matching(spans, others, frames)
        return Pairs(pairs.left, column.values[pairs.right])


def _conjuncts(scope: k.Condition) -> Iterator[k.Condition]:
    """Yield the conditions that are all to be true."""
    if isinstance(scope, k.AllOf) and scope.parts:
        for part in scope.parts:
            yield from _conjuncts(part)
    else:
        yield scope


def _check(scope: k.Condition) -> None:
    """Raise NotColumnar for a scope that hangs on what was recorded by each of its days."""
    if sees_facts(scope):
        raise NotColumnar("a scope that counts what happened")


def in_force(bound: Bound[Duty]) -> tuple[int, int]:
    """Return the first and the last day on which a duty is in force, as ordinals."""
    document = bound.pack.document
    until = document.in_force_until
    return document.in_force_from.toordinal(), (date.max if until is None else until).toordinal()
