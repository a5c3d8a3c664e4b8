"""The meaning of conditions over many frames at once; `partyrules.evaluate.conditions` says it for one."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Final, NamedTuple, assert_never

import numpy as np
from attrs import evolve

from partyrules.evaluate.columnar.frames import Frames, Items
from partyrules.evaluate.columnar.joins import Pairs, distinct, first_of_each, joined
from partyrules.evaluate.columnar.limits import NotColumnar
from partyrules.evaluate.columnar.matching import Matcher, moves
from partyrules.evaluate.columnar.spans import Spans, spans_of
from partyrules.evaluate.columnar.stretches import Stretches, both, nor, some, stretches_of, whenever
from partyrules.evaluate.columnar.truths import (
    FALSE,
    TRUE,
    UNKNOWN,
    Array,
    Truths,
    all_of,
    any_of,
    any_of_pairs,
    either,
    marks,
    negated,
    plain,
)
from partyrules.evaluate.columnar.view import FOREVER, NEVER, Listed, Rows, Scalars, View
from partyrules.facts.vocabulary import Fact
from partyrules.language import kernel as k
from partyrules.store.columns import NO_DAY, NO_NUMBER, SCALE
from partyrules.store.strings import ABSENT, Strings
from partyrules.time.calendar import Span, add_span, last_within

_NOBODY: Final = -2
_MOST_NEEDS: Final = 62


def _later(span: Span, day: date) -> date:
    return add_span(day, span)


def _within(span: Span, day: date) -> date:
    return last_within(day, span)


def _conjuncts(condition: k.Condition) -> Iterator[k.Condition]:
    """Yield the conditions all of which have to be true."""
    node = k.kernel(condition)
    if isinstance(node, k.AllOf):
        for part in node.parts:
            yield from _conjuncts(part)
    else:
        yield node


class WeighedRows(NamedTuple):
    """Facts of one type that frames consider: in pair `i`, frame `left[i]` row `right[i]` of `rows`."""

    rows: Rows
    left: Array
    right: Array
    found: Truths


class Population:
    """Evaluates conditions over many frames of one view."""

    def __init__(self, view: View, needs: Strings) -> None:
        self.view: Final = view
        self.needs: Final = needs
        self.matcher: Final = Matcher(view)
        self.standings: Final = {standing.wire: standing for standing in view.adoption.standings}
        # Tallies have a module of their own; it says here what a comparison comes to.
        self.compared: Callable[[k.Compare, Frames], Truths]

    def bit(self, need: str) -> int:
        """Return the bit that stands for a need."""
        number = self.needs[need]
        if number >= _MOST_NEEDS:
            raise NotColumnar("more kinds of what is not known than have a bit each")
        return 1 << number

    # Conditions ----------------------------------------------------------------------------------------------------

    def truths(self, condition: k.Condition, frames: Frames) -> Truths:
        """Return what the condition comes to in each frame; raise NotColumnar where columns cannot say."""
        match node := k.kernel(condition):
            case k.Always():
                return self._everywhere(frames, TRUE)
            case k.AllOf(parts) | k.AnyOf(parts):
                join = all_of if isinstance(node, k.AllOf) else any_of
                found = [self.truths(part, frames) for part in parts]
                return join(found) if found else self._everywhere(frames, TRUE if join is all_of else FALSE)
            case k.Not(part):
                return negated(self.truths(part, frames))
            case k.Is():
                return self._is(node, frames)
            case k.Holds(relation, match, where):
                return self._holds(relation, match, where, frames)
            case k.OnDay(terms, since):
                return self._on_day(terms, since, frames)
            case k.SomeDay(part):
                return self._some_day(part, frames)
            case k.Age():
                return self._aged(node, frames)
            case k.Share():
                return self._share(node, frames)
            case k.Undecided(need):
                return self._everywhere(frames, UNKNOWN, need)
            case k.LatestIs():
                return self._latest(node, frames)
            case k.Compare():
                return self.compared(node, frames)
            case _:
                assert_never(node)

    def _everywhere(self, frames: Frames, truth: int, need: str | None = None) -> Truths:
        needs = None if need is None else np.full(len(frames), self.bit(need), np.uint64)
        return Truths(np.full(len(frames), truth, np.int8), needs)

    def _mapped(self, days: Array, of: Callable[[date], date]) -> Array:
        """Return what a function of days gives, worked out once for each different day."""
        first, which = first_of_each(days)
        return np.array([of(date.fromordinal(day)).toordinal() for day in days[first].tolist()], np.int64)[which]

    def _by_day(self, days: Array, test: Callable[[date], bool]) -> Array:
        first, which = first_of_each(days)
        return np.array([test(date.fromordinal(day)) for day in days[first].tolist()], np.bool_)[which]

    def _is(self, condition: k.Is, frames: Frames) -> Truths:
        term, options = condition.term, condition.options
        size = len(frames)
        if isinstance(term, k.Trigger) and isinstance(options, k.Subject) and frames.trigger is not None:
            # Who is on a list is looked up, instead of comparing with every entry of it.
            of = frames.trigger
            if isinstance(of.rows.column(term.name), Listed):
                named = frames.named.get(term.name)
                listed = self.matcher.listed(of, term.name, frames.subject) if named is None else named
                return self._open(condition, frames, plain(listed))
        have = self.matcher.values(term, frames)
        constants, want = self.matcher.options(options, have.kind if have else "code", frames)
        if have is None:
            found = plain(np.zeros(size, np.bool_))
        elif want is None:
            found = self._any(size, have.frames, np.isin(have.values, constants))
        elif have.frames is None or want.frames is None:
            left = have.frames if want.frames is None else want.frames
            one, other = (side.values if side.frames is left else side.values[left] for side in (have, want))
            if have.kind == want.kind == "id":
                raise NotColumnar("a comparison of two ids")
            found = self._any(size, left, (one == other) & _said(one, have.kind))
        else:
            raise NotColumnar("a comparison of two lists")
        return self._open(condition, frames, found)

    def _open(self, condition: k.Is, frames: Frames, found: Truths) -> Truths:
        """Return what was found, but unknown where there is no value and that leaves the condition open."""
        term, size = condition.term, len(frames)
        if (name := condition.waits_for) is not None:
            held_by = frames.item if isinstance(term, k.Its) else frames.trigger
            absent = self._absent(held_by, name) if held_by else np.ones(size, np.bool_)
            if absent.any():
                truth, needs = found.truth.copy(), np.zeros(size, np.uint64)
                truth[absent], needs[absent] = UNKNOWN, self.bit(k.need_of(name))
                return Truths(truth, needs, found.doubt)
        return found

    def _absent(self, item: Items, name: str) -> Array:
        column = item.rows.column(name)
        if column is None:
            return np.ones(len(item.index), np.bool_)
        if isinstance(column, Listed):
            return ~column.given[item.index]
        return ~_said(column.values[item.index], column.kind)

    def _any(self, size: int, left: Array | None, found: Array) -> Truths:
        if left is None:
            return plain(found)
        true = np.zeros(size, np.bool_)
        true[left[found]] = True
        return plain(true)

    def _holds(self, relation: str, match: k.Match, where: k.Condition, frames: Frames) -> Truths:
        spans = spans_of(self.view, relation)
        if isinstance(where, k.Always) and (keyed := self._keyed(spans, match, frames)) is not None:
            days, keys = keyed
            return Truths(plain(days.covers(keys, frames.day)).truth, None, days.doubtful(keys))
        left, right, doubt = self._held(spans, frames, self.matcher.matching(spans, match, frames))
        size = len(frames)
        if isinstance(where, k.Always):
            return any_of_pairs(size, left, self._pairs_true(left), doubt)
        return any_of_pairs(size, left, self.truths(where, frames.at(left, item=Items(spans, right))), doubt)

    def _pairs_true(self, left: Array) -> Truths:
        return Truths(np.full(len(left), TRUE, np.int8))

    def _held(self, spans: Spans, frames: Frames, pairs: Pairs) -> tuple[Array, Array, Array | None]:
        """Return those of some pairs of frames and holdings that hold on the frame's day, and the frames in doubt."""
        left, right = pairs
        doubt = None
        if spans.doubtful is not None:
            open_still = spans.doubtful[right]
            doubt = marks(len(frames), left, open_still)
            left, right = left[~open_still], right[~open_still]
        day = frames.day[left]
        there = (spans.start[right] <= day) & (day < spans.end[right])
        return left[there], right[there], doubt

    def _keyed(self, spans: Spans, match: k.Match, frames: Frames) -> tuple[Stretches, Array] | None:
        """Return the days on which something matches, for each value of the one field that moves, and each frame's.

        None where there are more such fields than one, or it is no string alone.
        """
        fixed = tuple((name, want) for name, want in match if not moves(want))
        moving = [(name, want) for name, want in match if moves(want)]
        if len(moving) > 1:
            return None
        keys, codes, size = np.zeros(len(frames), np.int64), None, 1
        for name, want in moving:
            have, column = self.matcher.values(want, frames), spans.column(name)
            if have is None or have.frames is not None or have.kind not in ("code", "id"):
                return None
            if not isinstance(column, Scalars) or column.kind != "code":
                return None
            keys, codes, size = have.values, column.values, self.view.space

        def made() -> Stretches:
            return spans.days(self.matcher.fixed(spans, fixed), codes, size)

        return self.view.once((spans.key, "days", fixed, *[name for name, _ in moving]), made), keys

    def _on_day(self, terms: tuple[str, ...] | None, since: date | None, frames: Frames) -> Truths:
        there = np.ones(len(frames), np.bool_)
        if terms is not None:
            there &= self._by_day(frames.day, lambda day: self.view.terms.term_on(day, terms) is not None)
        if since is not None:
            there &= frames.day >= since.toordinal()
        return plain(there)

    def _some_day(self, part: k.Condition, frames: Frames) -> Truths:
        """Return whether the part is true on the day of the entry or a later one."""
        if frames.entry is None:
            raise NotColumnar("some day since no entry")
        every = np.arange(len(frames))
        days = both((self.days(part, frames), stretches_of(len(frames), every, frames.entry, frames.asked + 1)))
        return Truths(plain(days.there).truth, None, days.doubt)

    def _aged(self, condition: k.Age, frames: Frames) -> Truths:
        if condition.extended_by is not None:
            raise NotColumnar("a time held that something extends")
        item, least, most = frames.item, condition.least, condition.most
        if item is not None and isinstance(item.rows, Spans):
            begun, day, till = item.rows.start[item.index], frames.day, _later
        else:
            begun, day, till = frames.day, frames.asked, _within
        of_age = begun <= day
        if least is not None:
            of_age &= self._mapped(begun, partial(_later, least)) <= day
        if most is not None:
            of_age &= day <= self._mapped(begun, partial(till, most))
        return plain(of_age)

    def _share(self, condition: k.Share, frames: Frames) -> Truths:
        if frames.item is None:
            raise NotColumnar("a share of no fact")
        part, whole = (frames.item.rows.column(name) for name in (condition.part, condition.whole))
        if not (isinstance(part, Scalars) and isinstance(whole, Scalars) and part.kind == whole.kind == "number"):
            raise NotColumnar("a share of what are no numbers")
        above, below = condition.above
        one, all_ = (column.values[frames.item.index] // SCALE for column in (part, whole))
        exact = [column.values[frames.item.index] % SCALE == 0 for column in (part, whole)]
        missing = [column.values[frames.item.index] == NO_NUMBER for column in (part, whole)]
        if not all((same | gone).all() for same, gone in zip(exact, missing, strict=True)):
            raise NotColumnar("a share of fractions")
        enough = one * below >= all_ * above if condition.or_equal else one * below > all_ * above
        truth = plain(enough).truth
        needs = np.zeros(len(frames), np.uint64)
        for name, gone in zip((condition.part, condition.whole), missing, strict=True):
            needs[gone] |= np.uint64(self.bit(name))
            truth[gone] = UNKNOWN
        return Truths(truth, needs)

    def _latest(self, condition: k.LatestIs, frames: Frames) -> Truths:
        """Return whether the latest selected fact has the value, whichever of the open ones are really selected."""
        size = len(frames)
        last_sure, last_adverse, needs = np.zeros(size, np.int64), np.zeros(size, np.int64), np.zeros(size, np.uint64)
        running, is_value, is_other = (np.zeros(size, np.bool_) for _ in range(3))
        value = self.view.code(condition.value)
        adverse = [self.view.code(each) for each in condition.adverse]
        weighed = self.weighed(condition.of, frames)
        kept = []
        for w in weighed:
            column = w.rows.column(condition.name)
            if not (column is None or (isinstance(column, Scalars) and column.kind == "code")):
                raise NotColumnar(f"the latest by `{condition.name}`")
            on = w.found.truth != FALSE
            frame, row, day = w.left[on], w.right[on], w.rows.days[w.right[on]]
            said = np.full(len(row), ABSENT) if column is None else column.values[row]
            bad, sure = np.isin(said, adverse), w.found.truth[on] == TRUE
            np.maximum.at(last_sure, frame[sure], day[sure])
            np.maximum.at(last_adverse, frame[sure & bad], day[sure & bad])
            kept.append((frame, day, said, bad, self._needs_of(w.found)[on]))
        some_sure = last_sure > 0
        for frame, day, said, bad, need in kept:
            here = (day >= last_sure[frame]) & (bad | (day > last_adverse[frame]))
            running[frame[here]] = True
            is_value[frame[here & (said == value)]] = True
            is_other[frame[here & (said != value)]] = True
            np.bitwise_or.at(needs, frame[here], need[here])
        true = running & some_sure & is_value & ~is_other
        false = ~running | (some_sure & ~is_value) | (~some_sure & ~is_value)
        result = np.where(true, np.int8(TRUE), np.where(false, np.int8(FALSE), np.int8(UNKNOWN)))
        needs[needs == 0] = self.bit("full_date")
        doubt = either(marks(size, w.left, w.found.doubt) for w in weighed)
        return Truths(result, np.where(result == UNKNOWN, needs, np.uint64(0)), doubt)

    def _needs_of(self, found: Truths) -> Array:
        return np.zeros(len(found), np.uint64) if found.needs is None else found.needs

    # Selections ----------------------------------------------------------------------------------------------------

    def standing(self, rows: Rows) -> Truths | None:
        """Return whether each record of a type was made by somebody who may make it; None where anybody may."""
        standing = self.standings.get(rows.table.wire)
        if standing is None:
            return None

        def make() -> Truths:
            about = rows.column(standing.about)
            assert isinstance(about, Scalars)  # noqa: S101 - a standing is about a person
            every = np.arange(len(rows))
            frames = Frames(day=rows.days, subject=about.values, item=Items(rows, every), asked=rows.days)
            found = all_of(self.truths(test, frames) for test, _ in standing.tests)
            return Truths(found.truth, found.needs, either((found.doubt, rows.doubtful)))

        return self.view.once((rows.key, "standing"), make)

    def without_standing(self, wire: str) -> list[Fact]:
        """Return the facts of a type that count for nothing, and those of which the columns cannot say."""
        rows = self.view.rows(wire)
        try:
            found = self.standing(rows)
        except NotColumnar:
            return self.facts(rows, np.arange(len(rows)))
        if found is None:
            return []
        perhaps = found.truth == FALSE if found.doubt is None else (found.truth == FALSE) | found.doubt
        return self.facts(rows, np.flatnonzero(perhaps))

    def weighed(self, selection: k.Events, frames: Frames) -> list[WeighedRows]:
        """Return, for each of the types, the facts whose fields match, with whether each frame selects them."""
        return [found for wire in selection.types for found in self._weighed(wire, selection, frames)]

    def _weighed(self, wire: str, selection: k.Events, frames: Frames) -> Iterator[WeighedRows]:
        rows = self.view.rows(wire)
        if not len(rows):
            return
        cells = frames.cells
        base = frames if cells is None else cells.bearings
        left, right = self._pairs(rows, selection, base)
        doubt = None if rows.doubtful is None else rows.doubtful[right]
        if cells is None:
            if doubt is not None and doubt.any():
                yield self._in_doubt(rows, left[doubt], right[doubt])
                left, right = left[~doubt], right[~doubt]
            inside = self._in_window(selection.window, rows.days[right], left, frames)
            left, right = left[inside], right[inside]
        else:
            if doubt is not None and doubt.any():
                yield from self._cells_in_doubt(rows, left[doubt], right[doubt], frames)
                left, right = left[~doubt], right[~doubt]
            left, right = self._in_cells(selection.window, rows, left, right, frames)
        found = self._pairs_true(left)
        if not isinstance(selection.where, k.Always):
            at = frames.at(left, day=rows.days[right], item=Items(rows, right))
            found = self.truths(selection.where, at)
        standing = self.standing(rows)
        if standing is not None:
            mine = Truths(
                standing.truth[right],
                None if standing.needs is None else standing.needs[right],
                None if standing.doubt is None else standing.doubt[right],
            )
            found = all_of((mine, found))
        yield WeighedRows(rows, left, right, found)

    def _in_doubt(self, rows: Rows, left: Array, right: Array) -> WeighedRows:
        doubt = np.ones(len(left), np.bool_)
        return WeighedRows(rows, left, right, Truths(np.full(len(left), FALSE, np.int8), None, doubt))

    def _cells_in_doubt(self, rows: Rows, left: Array, right: Array, frames: Frames) -> Iterator[WeighedRows]:
        """Yield the doubtful pairs of bearings, each with every cell of its bearing."""
        cells = frames.cells
        assert cells is not None  # noqa: S101 - asked before
        of_bearing = np.zeros(len(cells.bearings), np.bool_)
        of_bearing[left] = True
        mine = np.flatnonzero(of_bearing[cells.cell // cells.periods])
        yield self._in_doubt(rows, mine, np.full(len(mine), right[0] if len(right) else 0))

    def _in_window(self, window: str, days: Array, left: Array, frames: Frames) -> Array:
        limit: Array | None
        match window:
            case "ever":
                return np.ones(len(days), np.bool_)
            case "since_entry":
                return np.ones(len(days), np.bool_) if frames.entry is None else days >= frames.entry[left]
            case "by_trigger":
                limit = frames.trigger_day
            case "by_deadline":
                limit = frames.deadline
            case "after_trigger":
                if frames.trigger_day is None or frames.deadline is None:
                    return np.zeros(len(days), np.bool_)
                inside: Array = (frames.trigger_day[left] <= days) & (days <= frames.deadline[left])
                return inside
            case _:
                # Outside a period nothing lies in it.
                limit = None
        return np.zeros(len(days), np.bool_) if limit is None else days <= limit[left]

    def _in_cells(self, window: str, rows: Rows, left: Array, right: Array, frames: Frames) -> tuple[Array, Array]:
        """Return the pairs of bearings and rows as pairs of cells and rows."""
        cells = frames.cells
        assert cells is not None  # noqa: S101 - asked before
        if window in ("by_trigger", "by_deadline", "after_trigger"):
            return left[:0], right[:0]
        if window in ("ever", "since_entry"):
            # The same in every period of the bearing.
            mine = cells.cell // cells.periods
            pairs = joined(mine, left, max(len(cells.bearings), 1))
            return pairs.left, right[pairs.right]
        numbers = [cells.number] if window == "period" else [cells.number, cells.later]
        found = []
        for number in numbers:
            period = number[rows.days - self.view.first_day][right]
            frame = cells.frame[left * cells.periods + period]
            there = np.flatnonzero((period >= 0) & (frame >= 0))
            found.append((frame[there], right[there]))
        frame, row = (np.concatenate(side) for side in zip(*found, strict=True))
        return frame, row

    # Days on which a condition is true ----------------------------------------------------------------------------

    def days(self, condition: k.Condition, frames: Frames) -> Stretches:
        """Return on which days the condition is true of each frame, whatever its own day is.

        What is unknown is in doubt. Raise NotColumnar for what hangs on facts recorded by each of its days.
        """
        match node := k.kernel(condition):
            case k.Always():
                return whenever(np.ones(len(frames), np.bool_))
            case k.AllOf(parts) | k.AnyOf(parts):
                join = both if isinstance(node, k.AllOf) else some
                found = [self.days(part, frames) for part in parts]
                return join(found) if found else whenever(np.full(len(frames), join is both))
            case k.Not(part):
                return nor(self.days(part, frames))
            case k.Is() | k.Undecided():
                said = self.truths(node, frames)
                unknown = said.truth == UNKNOWN
                return whenever(said.truth == TRUE, either((said.doubt, unknown if unknown.any() else None)))
            case k.OnDay(terms, since):
                return self._days_of_terms(terms, since, len(frames))
            case k.Age(least, most, None) if frames.item is not None and isinstance(frames.item.rows, Spans):
                start = begun = frames.item.rows.start[frames.item.index].astype(np.int64)
                if least is not None:
                    start = np.maximum(begun, self._mapped(begun, partial(_later, least)))
                last = np.full(len(frames), FOREVER) if most is None else self._mapped(begun, partial(_later, most))
                return stretches_of(len(frames), np.arange(len(frames)), start, last + 1)
            case k.Holds(relation, match, where):
                return self._days_held(relation, match, where, frames)
            case k.Compare() | k.LatestIs() | k.SomeDay() | k.Age() | k.Share():
                raise NotColumnar(f"a scope by `{type(node).__name__}`")
            case _:
                assert_never(node)

    def _days_of_terms(self, kinds: tuple[str, ...] | None, since: date | None, size: int) -> Stretches:
        every = [(NEVER, FOREVER + 1)]
        if kinds is not None:
            declared = [term for term in self.view.terms.terms if term.kind in kinds]
            every = [(term.first.toordinal(), term.last.toordinal() + 1) for term in declared]
        earliest = NEVER if since is None else since.toordinal()
        start, end = (np.array([edge[side] for edge in every], np.int64) for side in (0, 1))
        frame = np.repeat(np.arange(size), len(every))
        return stretches_of(size, frame, np.tile(np.maximum(start, earliest), size), np.tile(end, size))

    def _days_held(self, relation: str, match: k.Match, where: k.Condition, frames: Frames) -> Stretches:
        spans, size = spans_of(self.view, relation), len(frames)
        if isinstance(where, k.Always) and (keyed := self._keyed(spans, match, frames)) is not None:
            days, keys = keyed
            return days.of(keys)
        left, right = self.matcher.matching(spans, match, frames)
        doubt = None
        if spans.doubtful is not None:
            open_still = spans.doubtful[right]
            doubt = marks(size, left, open_still)
            left, right = left[~open_still], right[~open_still]
        pair, start, end = np.arange(len(left)), spans.start[right], spans.end[right]
        if not isinstance(where, k.Always):
            held = stretches_of(len(left), pair, start, end)
            fits = both((held, self.days(where, frames.at(left, item=Items(spans, right)))))
            doubt = either((doubt, marks(size, left, fits.doubt)))
            pair, start, end = fits.frame, fits.start, fits.end
        return stretches_of(size, left[pair], start, end, doubt)

    def facts(self, rows: Rows, right: Array) -> list[Fact]:
        """Return the facts of some rows."""
        return list(self.view.facts(rows.numbers[right].tolist()))

    def holdings(self, selection: k.Holdings, frames: Frames) -> tuple[Spans, Array, Array, Truths, Array | None]:
        """Return the pairs of frames and holdings that are selected, with whether surely, and the frames in doubt."""
        spans, frames = spans_of(self.view, selection.relation), evolve(frames, day=frames.asked)
        left, right, doubt = self._held(spans, frames, self._pairs(spans, selection, frames))
        found = self._pairs_true(left)
        if not isinstance(selection.where, k.Always):
            found = self.truths(selection.where, frames.at(left, item=Items(spans, right)))
        return spans, left, right, found, doubt

    def _pairs(self, rows: Rows | Spans, selection: k.Events | k.Holdings, frames: Frames) -> Pairs:
        """Return each frame with each row that matches, without those that another relation rules out.

        Where a selection asks of every row that a relation holds for the frame's subject with the same field, as of
        nameplates at the room where somebody lives, or of what a member's branch held, only those with that field stay.
        """
        match = selection.match
        for part in () if any(moves(want) for _, want in match) else _conjuncts(selection.where):
            found = self._sharing(rows, match, part, frames) if isinstance(part, k.Holds) else None
            if found is not None:
                return found
        return self.matcher.matching(rows, match, frames)

    def _sharing(self, rows: Rows | Spans, match: k.Match, holds: k.Holds, frames: Frames) -> Pairs | None:
        """Return each frame with each matching row that shares the fields a relation asks for, None if it asks none."""
        shared = [(name, want.name) for name, want in holds.match if isinstance(want, k.Its)]
        own = tuple((name, want) for name, want in holds.match if not isinstance(want, k.Its))
        if not shared or not any(moves(want) for _, want in own):
            return None
        others = spans_of(self.view, holds.relation)
        columns = [(others.column(name), rows.column(field)) for name, field in shared]
        codes = [
            (mine.values, theirs.values)
            for mine, theirs in columns
            if isinstance(mine, Scalars) and isinstance(theirs, Scalars) and mine.kind == theirs.kind == "code"
        ]
        if len(codes) < len(columns):
            return None
        subset = self.matcher.fixed(rows, match)
        if subset is not None:
            codes = [(mine, theirs[subset]) for mine, theirs in codes]
        of, through = self.matcher.matching(others, own, frames)
        # The field of the most different values leaves the fewest pairs.
        (mine, theirs), *rest = sorted(codes, key=lambda pair: -len(distinct(pair[1])))
        left, right = joined(mine[through], theirs, self.view.space)
        for mine, theirs in rest:
            same = mine[through[left]] == theirs[right]
            left, right = left[same], right[same]
        size = max(len(rows), 1)
        found = distinct(of[left].astype(np.int64) * size + (right if subset is None else subset[right]))
        return Pairs(found // size, found % size)


def _said(values: Array, kind: str) -> Array:
    """Return which values of a column are there."""
    nothing = {"number": NO_NUMBER, "day": NO_DAY}.get(kind)
    there: Array = values > ABSENT if nothing is None else values != nothing
    return there
