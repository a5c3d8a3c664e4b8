"""What tallies come to in many frames at once; `partyrules.evaluate.conditions` says it for one."""

from collections.abc import Callable
from functools import reduce
from typing import Any, Final, assert_never

import numpy as np
from attrs import frozen

from partyrules.evaluate.columnar.conditions import Population, WeighedRows
from partyrules.evaluate.columnar.frames import Frames, Items
from partyrules.evaluate.columnar.joins import distinct
from partyrules.evaluate.columnar.limits import NotColumnar
from partyrules.evaluate.columnar.matching import moves
from partyrules.evaluate.columnar.truths import FALSE, TRUE, UNKNOWN, Array, Truths, all_of, either, marks, plain
from partyrules.evaluate.columnar.view import Listed, Scalars
from partyrules.language import kernel as k
from partyrules.store.columns import NO_NUMBER, SCALE

UNBOUNDED: Final = 2**62
"""More than any number: what an open sum may come to."""
_LARGEST_SUM: Final = 2**61
_EMPTY: Final = Scalars("code", np.empty(0, np.int64))


@frozen(eq=False)
class TalliedColumns:
    """Surely at least `certain` and at most `possible` in each frame, in units of 1 / `scale`."""

    certain: Array
    possible: Array
    scale: int = 1
    needs: Array | None = None
    doubt: Array | None = None


@frozen(eq=False)
class JudgedColumns:
    """What a requirement comes to, with the numbers that a finding shows in units of 1 / `scale`."""

    found: Truths
    required: Array | int
    actual: Array
    exceeded: Array | None = None
    scale: int = 1


class Tallies:
    """Counts and sums over the frames of one population."""

    def __init__(self, population: Population) -> None:
        self.population: Final = population
        population.compared = self.truths

    def truths(self, condition: k.Compare, frames: Frames) -> Truths:
        """Return whether the tally of each frame lies within its limits."""
        return self.compared(condition, frames)[0]

    def judged(self, condition: Any, frames: Frames) -> JudgedColumns:
        """Return what a duty's requirement comes to in each frame."""
        if isinstance(condition, k.Compare):
            found, tallied, least, most = self.compared(condition, frames)
            required = most if least is None else least
            exceeded = None if most is None else tallied.certain > most
            return JudgedColumns(found, 0 if required is None else required, tallied.certain, exceeded, tallied.scale)
        found = self.population.truths(condition, frames)
        return JudgedColumns(found, 1, (found.truth == TRUE).astype(np.int64))

    def required(self, condition: Any, frames: Frames) -> tuple[Array | int, int]:
        """Return the number that a requirement asks for, and its scale, where nothing can be counted."""
        if isinstance(condition, k.Compare):
            limit = condition.most if condition.least is None else condition.least
            scale = SCALE if isinstance(condition.tally, k.Sum) else 1
            bound = self._bound(limit, frames, scale, upper=condition.least is None)
            return 0 if bound is None else bound, scale
        return 1, 1

    def compared(
        self, condition: k.Compare, frames: Frames
    ) -> tuple[Truths, TalliedColumns, Array | int | None, Array | int | None]:
        """Return whether each tally lies within its limits, the tally, and the limits."""
        tallied = self.tallied(condition.tally, frames)
        least = self._bound(condition.least, frames, tallied.scale, upper=False)
        most = self._bound(condition.most, frames, tallied.scale, upper=True)
        parts = []
        if least is not None:
            parts.append(self._part(tallied, tallied.certain >= least, lambda: tallied.possible < least))
        if most is not None:
            parts.append(self._part(tallied, tallied.possible <= most, lambda: tallied.certain > most))
        if not parts:
            parts.append(Truths(np.full(len(frames), TRUE, np.int8)))
        found = all_of(parts)
        return Truths(found.truth, found.needs, tallied.doubt), tallied, least, most

    def _part(self, tallied: TalliedColumns, sure: Array, never: Callable[[], Array]) -> Truths:
        if tallied.possible is tallied.certain:
            return plain(sure)
        truth = np.where(sure, np.int8(TRUE), np.where(never(), np.int8(FALSE), np.int8(UNKNOWN)))
        needs = None if tallied.needs is None else np.where(truth == UNKNOWN, tallied.needs, np.uint64(0))
        return Truths(truth, needs)

    def _bound(self, limit: k.Limit | None, frames: Frames, scale: int, *, upper: bool) -> Array | int | None:
        if limit is None:
            return None
        if isinstance(limit, int):
            return limit * scale
        tallied = self.tallied(limit.of if isinstance(limit, k.Portion) else limit, frames)
        if tallied.doubt is not None or tallied.needs is not None or tallied.scale != scale:
            raise NotColumnar("a limit that is a sum, or of which something is open")
        if not isinstance(limit, k.Portion):
            return tallied.certain
        parts = tallied.certain * limit.numerator
        return parts // limit.denominator if upper else -(-parts // limit.denominator)

    # Each tally ----------------------------------------------------------------------------------------------------

    def tallied(self, tally: k.Tally, frames: Frames) -> TalliedColumns:
        """Return what the tally comes to in each frame; raise NotColumnar where columns cannot say."""
        match tally:
            case k.Count(of=k.Events(window="period", where=k.Always()) as of, distinct=None, if_sole=k.Always()) if (
                counted := self._in_cells(of, frames)
            ) is not None:
                return TalliedColumns(counted, counted)
            case k.Count(k.Holdings() as of):
                spans, left, right, found, doubt = self.population.holdings(of, frames)
                return self._counted(tally, [(spans, left, right, found)], doubt, frames)
            case k.Count():
                several = [of for of in tally.selections if isinstance(of, k.Events)]
                weighed = [
                    (w.rows, w.left, w.right, w.found) for of in several for w in self.population.weighed(of, frames)
                ]
                return self._counted(tally, weighed, None, frames)
            case k.Sum(name, of):
                return self._summed(name, [w for part in of for w in self.population.weighed(part, frames)], frames)
            case k.MostCovered(name, among, of):
                return self._most_covered(name, among, self.population.weighed(of, frames), frames)
            case k.CountAfterEarly(of):
                return self._after_early(of, frames)
            case k.CountFindings():
                raise NotColumnar("a tally `CountFindings`")
            case _:
                assert_never(tally)

    def _in_cells(self, of: k.Events, frames: Frames) -> Array | None:
        """Return how many facts of its period name the bearer of each cell; None where more than that is asked."""
        cells, view = frames.cells, self.population.view
        moving = [(name, want) for name, want in of.match if moves(want)]
        if cells is None or len(moving) != 1 or moving[0][1] != k.SUBJECT:
            return None
        counts = list[Array]()
        for wire in of.types:
            rows = view.rows(wire)
            if rows.doubtful is not None or wire in self.population.standings:
                return None
            listing = self.population.matcher.listing(wire, of.match, moving[0][0])
            if listing is None:
                return None
            # Beyond the last bearing and the last period is where what concerns nobody is counted.
            place = cells.place_of(view.space)[: len(listing.lengths)].repeat(listing.lengths)
            place += cells.period_of(rows, view).take(listing.rows)
            counts.append(np.bincount(place, minlength=(len(cells.bearings) + 1) * (cells.periods + 1)))
        return reduce(np.add, counts).take(cells.place)

    def _counted(self, tally: k.Count, found: list[Any], doubt: Array | None, frames: Frames) -> TalliedColumns:
        size = len(frames)
        name = tally.distinct
        if isinstance(name, k.Through):
            name, found, doubt = name.name, *self._led_to(name.of, found, doubt, frames)
        doubt = either((doubt, *(marks(size, left, part.doubt) for _, left, _, part in found)))
        if name is not None:
            counted = self._distinct(name, found, doubt, size)
        else:
            certain, maybe, needs = _counts([(left, part) for _, left, _, part in found], size)
            counted = TalliedColumns(certain, certain if needs is None else certain + maybe, 1, needs, doubt)
        return counted if isinstance(tally.if_sole, k.Always) else self._sole(tally.if_sole, found, counted, frames)

    def _led_to(
        self, of: k.Holdings, found: list[Any], doubt: Array | None, frames: Frames
    ) -> tuple[list[Any], Array | None]:
        """Return the holdings that what is selected leads to, and the frames in doubt."""
        reached, doubts = [], [doubt]
        for rows, left, right, part in found:
            at = frames.at(left, item=Items(rows, right))
            spans, pair, to, there, unsure = self.population.holdings(of, at)
            reached.append((spans, left[pair], to, all_of((part.taken(pair), there))))
            doubts.append(marks(len(frames), left, unsure))
        return reached, either(doubts)

    def _distinct(self, name: str, found: list[Any], doubt: Array | None, size: int) -> TalliedColumns:
        keys = []
        for rows, left, right, part in found:
            column = rows.column(name) if len(rows) else _EMPTY
            # Codes are of one space for all types; other kinds would need one of their own.
            if not isinstance(column, Scalars) or column.kind != "code":
                raise NotColumnar(f"the different values of `{name}`, which is no string")
            values = column.values[right].astype(np.int64)
            keys.append((left * (self.population.view.space + 1) + values + 1, part))
        certain = self._different([key[part.truth == TRUE] for key, part in keys], size)
        possible = self._different([key[part.truth != FALSE] for key, part in keys], size)
        needs = None
        if any((part.truth == UNKNOWN).any() for _, part in keys):
            needs = np.zeros(size, np.uint64)
            for (_, left, _, part), _ in zip(found, keys, strict=True):
                unknown = part.truth == UNKNOWN
                if part.needs is not None:
                    np.bitwise_or.at(needs, left[unknown], part.needs[unknown])
        return TalliedColumns(certain, certain if needs is None else possible, 1, needs, doubt)

    def _different(self, keys: list[Array], size: int) -> Array:
        every = distinct(np.concatenate(keys)) if keys else np.empty(0, np.int64)
        return np.bincount(every // (self.population.view.space + 1), minlength=size)

    def _sole(self, fitting: k.Condition, found: list[Any], counted: TalliedColumns, frames: Frames) -> TalliedColumns:
        """Return the count, nothing where the only one selected does not fit."""
        if counted.needs is not None:
            raise NotColumnar("a sole one that may not be selected")
        certain, doubt = counted.certain.copy(), counted.doubt
        for rows, left, right, part in found:
            sole = (part.truth == TRUE) & (counted.certain[left] == 1)
            mine = left[sole]
            fits = self.population.truths(fitting, frames.at(mine, item=Items(rows, right[sole])))
            if (fits.truth == UNKNOWN).any():
                raise NotColumnar("a sole one that may not fit")
            doubt = either((doubt, marks(len(frames), mine, fits.doubt)))
            certain[mine[fits.truth == FALSE]] = 0
        return TalliedColumns(certain, certain, 1, None, doubt)

    def _summed(self, name: str, weighed: list[WeighedRows], frames: Frames) -> TalliedColumns:
        size = len(frames)
        certain, extra = np.zeros(size, np.int64), np.zeros(size, np.int64)
        needs: Array | None = None
        open_upwards = np.zeros(size, np.bool_)
        for rows, left, right, part in weighed:
            column = rows.column(name)
            if not isinstance(column, Scalars) or column.kind != "number":
                raise NotColumnar(f"a sum of `{name}`")
            number = column.values[right]
            missing = number == NO_NUMBER
            sure = (part.truth == TRUE) & ~missing
            certain += self._exact(left[sure], number[sure], size)
            maybe = (part.truth == UNKNOWN) & ~missing & (number != 0)
            extra += self._exact(left[maybe], number[maybe], size)
            gone = missing & (part.truth != FALSE)
            for which, bit in ((maybe, 0), (gone, self.population.bit(name) if gone.any() else 0)):
                if which.any():
                    needs = np.zeros(size, np.uint64) if needs is None else needs
                    np.bitwise_or.at(needs, left[which], np.uint64(bit))
                    if part.needs is not None:
                        np.bitwise_or.at(needs, left[which], part.needs[which])
            open_upwards[left[gone]] = True
        possible = certain if needs is None else np.where(open_upwards, UNBOUNDED, certain + extra)
        doubt = either(marks(size, w.left, w.found.doubt) for w in weighed)
        return TalliedColumns(certain, possible, SCALE, needs, doubt)

    def _exact(self, left: Array, number: Array, size: int) -> Array:
        """Return the sums by frame; in two halves, each of which a float holds exactly."""
        if len(number) and float(np.abs(number.astype(np.float64)).sum()) > _LARGEST_SUM:
            raise NotColumnar("a sum beyond what columns hold exactly")
        whole, rest = np.divmod(number, SCALE)
        summed = [np.bincount(left, half.astype(np.float64), size).astype(np.int64) for half in (whole, rest)]
        return summed[0] * SCALE + summed[1]

    def _most_covered(
        self, name: str, among: tuple[str, ...], weighed: list[WeighedRows], frames: Frames
    ) -> TalliedColumns:
        size = len(frames)
        certain, possible = np.zeros(size, np.int64), np.zeros(size, np.int64)
        kept = []
        for rows, left, right, part in weighed:
            column = rows.column(name)
            covered = np.zeros(len(rows), np.int64)
            if isinstance(column, Listed):
                listing, codes = column.pairs()
                wanted = np.isin(codes, [self.population.view.code(each) for each in among])
                covered = np.bincount(listing[wanted], minlength=len(rows))
            number = covered[right]
            sure, unknown = part.truth == TRUE, part.truth == UNKNOWN
            np.maximum.at(certain, left[sure], number[sure])
            np.maximum.at(possible, left[unknown], number[unknown])
            kept.append((left[unknown], number[unknown], None if part.needs is None else part.needs[unknown]))
        needs: Array | None = None
        if any(len(left) for left, _, _ in kept):
            needs = np.zeros(size, np.uint64)
            for left, number, need in kept:
                more = number > certain[left]
                if need is not None:
                    np.bitwise_or.at(needs, left[more], need[more])
        doubt = either(marks(size, w.left, w.found.doubt) for w in weighed)
        return TalliedColumns(certain, certain if needs is None else np.maximum(certain, possible), 1, needs, doubt)

    def _after_early(self, of: k.Events, frames: Frames) -> TalliedColumns:
        """Return how many there are in the period, and all but the first of those in the one before."""
        cells = frames.cells
        if cells is None or of.window != "period":
            raise NotColumnar("a count that takes in early ones of another window than the period")
        own = self.population.weighed(of, frames)
        before = self.population.weighed(of, frames.with_cells_before())
        size = len(frames)
        (sure, maybe, needs), (sure_before, maybe_before, needs_before) = (
            _counts([(w.left, w.found) for w in found], size) for found in (own, before)
        )
        certain = sure + np.maximum(sure_before - 1, 0)
        doubt = either(marks(size, w.left, w.found.doubt) for w in (*own, *before))
        if needs is None and needs_before is None:
            return TalliedColumns(certain, certain, 1, None, doubt)
        possible = sure + maybe + np.maximum(sure_before + maybe_before - 1, 0)
        both = [need for need in (needs, needs_before) if need is not None]
        return TalliedColumns(certain, possible, 1, np.bitwise_or.reduce(both), doubt)


def _counts(found: list[tuple[Array, Truths]], size: int) -> tuple[Array, Array, Array | None]:
    """Return for each frame how many are surely selected, how many may be, and what would decide those."""
    sure, maybe = np.zeros(size, np.int64), np.zeros(size, np.int64)
    needs: Array | None = None
    for left, part in found:
        unknown = part.truth == UNKNOWN
        if unknown.any():
            maybe += np.bincount(left[unknown], minlength=size)
            needs = np.zeros(size, np.uint64) if needs is None else needs
            if part.needs is not None:
                np.bitwise_or.at(needs, left[unknown], part.needs[unknown])
        true = part.truth == TRUE
        sure += np.bincount(left if true.all() else left[true], minlength=size)
    return sure, maybe, needs
