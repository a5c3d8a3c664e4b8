"""The findings of a duty about a whole population, as a block of columns."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from itertools import product
from typing import Any, Final

import numpy as np
from attrs import evolve, frozen

from partyrules.answers.blocks import REASON_CODES, STATUS_CODES, Block, Evidenced, Names, block_of, joined, ordered
from partyrules.answers.verdicts import Finding
from partyrules.evaluate.columnar.attending import pairs_in_order
from partyrules.evaluate.columnar.conditions import Population
from partyrules.evaluate.columnar.evidence import counted_facts, grouped, rows_like
from partyrules.evaluate.columnar.frames import Frames, Items
from partyrules.evaluate.columnar.grids import Grid, Grids
from partyrules.evaluate.columnar.joins import distinct, first_of_each
from partyrules.evaluate.columnar.limits import NotColumnar
from partyrules.evaluate.columnar.registers import Register
from partyrules.evaluate.columnar.responsible import responsible_lists
from partyrules.evaluate.columnar.scopes import Scopes, in_force
from partyrules.evaluate.columnar.tallies import JudgedColumns, Tallies
from partyrules.evaluate.columnar.truths import FALSE, TRUE, UNKNOWN, Array, Truths, either, marks
from partyrules.evaluate.columnar.view import FOREVER, Listed, Scalars, View
from partyrules.evaluate.deadlines import due_after
from partyrules.evaluate.dependence import exceeds_for_good, trigger_fields
from partyrules.evaluate.kleene import Truth
from partyrules.evaluate.statuses import STATUS_RULE, Excess, Force, Ruled, StatusCase, Time, force_of
from partyrules.language.kernel import Events, Given, Match
from partyrules.language.rules import Deadline, Duty, Occasion, PerPeriod, Standing, Triggered
from partyrules.packs.pack import Bound
from partyrules.store.columns import NO_DAY, NO_NUMBER
from partyrules.time.calendar import TERM_GRAINS, Grain

Findings = Callable[[Bound[Duty], Collection[str] | None], Iterable[Finding]]
"""What the reference finds on a duty, about some subjects or about everybody."""

_BREACHED, _EXCUSED, _NOT_APPLICABLE, _UNKNOWN = (
    STATUS_CODES[status] for status in ("breached", "excused", "not_applicable", "unknown")
)


@frozen(eq=False, kw_only=True)
class _Rows:
    """Findings in the making, a row for each; `doubt` marks those of subjects whom the reference has to judge.

    `apart` are the codes of further such subjects, of whom there may be no row.
    """

    grain: Grain | None
    frames: Frames
    start: Array
    end: Array
    occasion: Array
    status: Array
    reason: Array
    required: Array | int
    actual: Array | int
    scale: int
    due: Array
    needs: Array
    responsible: Array | int = 0
    doubt: Array | None
    apart: Array | None = None


class Duties:
    """Judges duties over one view, about some subjects alone where `wanted` are given.

    What columns cannot say the reference does, and the block tells why.
    """

    def __init__(self, view: View, names: Names, reference: Findings, *, wanted: Collection[str] | None = None) -> None:
        self.view: Final = view
        self.names: Final = names
        self._reference: Final = reference
        self._wanted: Final = wanted
        self.population: Final = Population(view, names.needs)
        self._tallies: Final = Tallies(self.population)
        codes = None if wanted is None else np.array(sorted(view.code(text) for text in wanted), np.int64)
        self._scopes: Final = Scopes(self.population, codes)
        self._register: Final = Register(self.population)
        self._grids: Final = Grids(self._scopes, self._register)

    def _bit(self, need: str) -> int:
        return self.population.bit(need)

    def block(self, bound: Bound[Duty], reference: Findings | None = None) -> Block:
        """Return the findings of one duty; `reference` says what columns cannot, where another is to than by itself."""
        asked = self._reference if reference is None else reference
        try:
            return self._settled(bound, [self._answered_for(bound, rows) for rows in self._judged(bound)], asked)
        except NotColumnar as why:
            block = block_of(bound, asked(bound, self._wanted), self.names)
            return evolve(block, fallback=((str(why), len(block)),))

    def evidenced(self, bound: Bound[Duty], reference: Findings | None = None) -> Evidenced:
        """Return the findings of one duty as `block` does, each with the facts that it rests on.

        Raise NotColumnar where columns cannot say these of anybody.
        """
        if bound.rule.bearer.each is not None:
            raise NotColumnar("findings for each of a bearer's holdings")
        parts = [self._answered_for(bound, rows) for rows in self._judged(bound)]
        block = self._settled(bound, parts, self._reference if reference is None else reference)
        doubtful = self._doubtful(bound, parts)
        counted = []
        for rows in parts:
            places = np.arange(len(block))
            if len(parts) > 1 or len(doubtful):
                places = rows_like(block, rows.frames.subject, rows.start, rows.occasion)
            left, numbers = counted_facts(self.population, bound.rule.requires, rows.frames)
            # Where nothing could be counted nothing is evidence.
            row = np.where(_column(rows.actual, len(places)) == NO_NUMBER, -1, places)[left]
            counted.append((row[row >= 0], numbers[row >= 0]))
        occurred = np.flatnonzero(block.occasion >= 0)
        counted.append((occurred, block.occasion[occurred]))
        explained = block.subject[block.reason == REASON_CODES["explained"]]
        apart = frozenset(doubtful.tolist()).union(explained.tolist())
        return Evidenced(block=block, evidence=grouped(block, counted), apart=apart, names=self.names)

    def _judged(self, bound: Bound[Duty]) -> list[_Rows]:
        match bound.rule.per:
            case PerPeriod(Given(name)):
                return [self._no_period(bound, f"parameter:{name}")]
            case PerPeriod(grain=str() as grain):
                found = [self._per_period(bound, grain)]
                return [self._no_period(bound, "term_declared"), *found] if self._terms_lacking(grain) else found
            case Standing():
                return [self._standing(bound)]
            case Occasion(of):
                return [self._occasions(bound, of)]
            case Triggered(by, deadline):
                return [self._triggered(bound, by, deadline)]
        raise NotColumnar(f"a duty per {type(bound.rule.per).__name__}")

    # Period duties -------------------------------------------------------------------------------------------------

    def _terms_lacking(self, grain: Grain) -> bool:
        """Tell whether the day asked lies outside what has been declared, so that its period cannot be known."""
        terms = self.view.terms
        if grain not in TERM_GRAINS:
            return False
        return not terms.covers(self.view.day) or (grain == "academic_year" and not terms.declared(grain))

    def _no_period(self, bound: Bound[Duty], need: str) -> _Rows:
        """Return the finding on everybody bound that something would have to tell the period."""
        frames, doubt = self._scopes.binding(bound, leave=False)
        size = len(frames)
        required, scale = self._tallies.required(bound.rule.requires, frames)
        unknown = Truths(np.full(size, UNKNOWN, np.int8), None, doubt)
        judged = JudgedColumns(unknown, required, _same(NO_NUMBER, size), None, scale)
        found = _Outcomes(np.empty(size, np.int8), None)
        found.put(np.arange(size), _UNKNOWN, need=self._bit(need))
        return self._rows(frames, judged, found, doubt)

    def _per_period(self, bound: Bound[Duty], grain: Grain) -> _Rows:
        grid = self._grids.grid(bound, grain)
        frames = grid.frames
        judged = self._tallies.judged(bound.rule.requires, frames)
        found = self._decided(bound, judged, frames, grid, grid.time)
        if len(grid.lacking):
            unmet = grid.lacking[judged.found.truth[grid.lacking] == FALSE]
            found.put(unmet, _UNKNOWN, need=self._bit("term_declared"))
        found.put(grid.excepted, _NOT_APPLICABLE, reason=grid.reason)
        rows = self._rows(
            frames, judged, found, either((judged.found.doubt, grid.doubt, _where_unmet(grid.unsure, judged)))
        )
        # The holding that a bearer bears for is no occasion.
        none = _same(-1, len(frames))
        return evolve(rows, grain=grain, start=grid.start, end=grid.end, due=grid.end, occasion=none)

    # What has come of it by a day -------------------------------------------------------------------------------------

    def _decided(
        self, bound: Bound[Duty], judged: JudgedColumns, frames: Frames, grid: Grid | None, time: Array | None = None
    ) -> "_Outcomes":
        """Return what a requirement comes to by the status rule; without `time` its time has come."""
        force = force_of(bound.rule.modality, periodic=grid is not None)
        # The cases of one force that nobody explained, numbered in the order of the rule.
        number = judged.found.truth.astype(np.int8) * np.int8(len(Time) * len(Excess))
        if time is not None:
            number += time * np.int8(len(Excess))
        if judged.exceeded is not None:
            most = Excess.FOR_GOOD if exceeds_for_good(bound.rule.requires) else Excess.SOME
            number += np.where(judged.exceeded, np.int8(most), np.int8(Excess.NONE))
        cases = [StatusCase(*key, force) for key in product(Truth, Time, Excess)]
        codes = bytes(STATUS_CODES[STATUS_RULE[case].status] for case in cases).ljust(256)
        # Bytes are translated several times as fast as numbers are looked up.
        found = _Outcomes(np.frombuffer(bytearray(number).translate(codes), np.int8), judged.found.needs)
        for place, case in enumerate(cases):
            # Of most cases nothing is said but the status, and most of the others cannot be here.
            possible = (time is not None or not case.time) and (judged.exceeded is not None or not case.excess)
            ruled = STATUS_RULE[case]
            if possible and (ruled.reason is not None or ruled.need is not None):
                self._put(found, np.flatnonzero(number == place), ruled)
        if force == Force.EXPLAINABLE and grid is not None:
            breached = np.flatnonzero(found.status == _BREACHED)
            surely, perhaps = self._explained(bound, frames.subject[breached], grid.start[breached])
            for rows, explained in ((breached[perhaps], Truth.UNKNOWN), (breached[surely], Truth.TRUE)):
                self._put(found, rows, STATUS_RULE[StatusCase(Truth.FALSE, force=force, explained=explained)])
        return found

    def _put(self, found: "_Outcomes", rows: Array, ruled: Ruled) -> None:
        need = 0 if ruled.need is None or not len(rows) else self._bit(ruled.need)
        found.put(rows, STATUS_CODES[ruled.status], reason=REASON_CODES[ruled.reason], need=need)

    def _explained(self, bound: Bound[Duty], subjects: Array, start: Array) -> tuple[Array, Array]:
        """Return for which subjects and periods somebody recorded the reason of a breach: surely, and perhaps."""
        rows = self.view.rows("judgement_made")
        clause, outcome, about, period = (rows.column(name) for name in ("clause", "outcome", "about", "period"))
        assert isinstance(clause, Scalars) and isinstance(outcome, Scalars)  # noqa: S101, PT018 - fields of the core
        assert isinstance(about, Scalars) and isinstance(period, Scalars)  # noqa: S101, PT018 - fields of the core
        mine = (clause.values == self.view.code(bound.id)) & (outcome.values == self.view.code("explained"))
        said = about.values[mine].astype(np.int64) * (FOREVER + 1) + period.values[mine]
        asked = subjects.astype(np.int64) * (FOREVER + 1) + start
        made = rows.last_days[mine] <= self.view.as_of
        return np.isin(asked, said[made]), np.isin(asked, said)

    # Standing duties -----------------------------------------------------------------------------------------------

    def _standing(self, bound: Bound[Duty]) -> _Rows:
        frames, doubt = self._scopes.binding(bound, leave=True)
        judged = self._tallies.judged(bound.rule.requires, frames)
        found = self._decided(bound, judged, frames, None)
        return self._rows(frames, judged, found, either((judged.found.doubt, doubt)))

    def _rows(self, frames: Frames, judged: JudgedColumns, found: "_Outcomes", doubt: Array | None) -> _Rows:
        none = _same(NO_DAY, len(frames))
        trigger = frames.trigger
        occasion = _same(-1, len(frames)) if trigger is None else trigger.rows.numbers[trigger.index]
        return _Rows(
            grain=None,
            frames=frames,
            start=none,
            end=none,
            occasion=occasion,
            status=found.status,
            reason=found.reason,
            required=judged.required,
            actual=judged.actual,
            scale=judged.scale,
            due=none,
            needs=found.needs,
            doubt=doubt,
        )

    # Occasions and triggers ----------------------------------------------------------------------------------------

    def _occurring(self, bound: Bound[Duty], of: Events, *, leave: bool) -> tuple[Frames, Array]:
        """Return a frame for each of these facts and each subject whom the duty binds that day, by subject and id.

        Besides, the codes of whom a date known to the month alone bears on. With `leave` nobody on leave is bound.
        """
        none = np.empty(0, np.int64)
        wires = [wire for wire in of.types if len(self.view.rows(wire))]
        if not wires:
            return Frames(day=none, subject=none, trigger_day=none, asked=none), none
        if len(of.types) > 1:
            raise NotColumnar("occasions of several types")
        rows, scope = self.view.rows(wires[0]), bound.rule.bearer.scope
        every = np.arange(len(rows))
        nobody = Frames(day=rows.days, subject=np.full(len(rows), -2), item=Items(rows, every), asked=rows.days)
        kept = self._occurs(rows, of, nobody)
        # Facts of which the scope asks the same bind the same people on the same days.
        one_of_each, group = _alike([rows.column(name) for name in trigger_fields(scope)], kept)
        day = rows.days[one_of_each]
        trigger = Items(rows, one_of_each)
        alike = Frames(day=day, subject=np.full(len(day), -2), trigger=trigger, trigger_day=day, asked=day)
        of_pair, codes = self._scopes.occasions(scope, alike)
        days = self._scopes.days(bound, alike.at(of_pair, subject=codes), leave=leave)
        apart = np.zeros(len(codes), np.bool_) if days.doubt is None else days.doubt
        if rows.doubtful is not None:
            open_day = rows.doubtful[kept]
            apart = apart | np.isin(of_pair, group[open_day])
            kept, group = kept[~open_day], group[~open_day]
        met = days.meeting(of_pair, group, rows.days[kept])
        met = met._replace(line=kept[met.line])
        names = {*trigger_fields(bound.rule.requires), *(("excused",) if leave else ())}
        lists = sorted(name for name in names & set(rows.table.people) if isinstance(rows.column(name), Listed))
        matcher = self.population.matcher
        subject, row, named = pairs_in_order(matcher, rows, of.match, codes[days.frame], met, lists)
        day = rows.days[row]
        occurring = Frames(day=day, subject=subject, trigger=Items(rows, row), trigger_day=day, asked=day, named=named)
        return occurring, distinct(codes[apart])

    def triggers(self, bound: Bound[Duty], by: Events) -> Array:
        """Return the numbers of the facts that trigger a duty while it is in force, whomever it binds then."""
        first, last = in_force(bound)
        found = [np.empty(0, np.int64)]
        for wire in by.types:
            rows = self.view.rows(wire)
            every = np.arange(len(rows))
            nobody = Frames(day=rows.days, subject=np.full(len(rows), -2), item=Items(rows, every), asked=rows.days)
            kept = self._occurs(rows, by, nobody) if len(rows) else every
            found.append(rows.numbers[kept[(first <= rows.days[kept]) & (rows.days[kept] <= last)]])
        return np.concatenate(found)

    def _occurs(self, rows: Any, of: Events, nobody: Frames) -> Array:
        """Return the rows that are occasions; of which nothing may be open but the day."""
        pairs = self.population.matcher.matching(rows, of.match, nobody) if _moving(of.match) else None
        if pairs is not None:
            raise NotColumnar("occasions that match something of each subject")
        one = Frames(day=np.zeros(1, np.int64), subject=np.full(1, -2), asked=np.zeros(1, np.int64))
        kept = self.population.matcher.matching(rows, of.match, one).right
        parts: list[Truths] = []
        standing = self.population.standing(rows)
        at = nobody.at(kept)
        if standing is not None:
            parts.append(
                Truths(standing.truth[kept], standing.needs, None if standing.doubt is None else standing.doubt[kept])
            )
        parts.append(self.population.truths(of.where, at))
        truth = np.minimum.reduce([part.truth for part in parts])
        doubt = either(part.doubt for part in parts)
        if (truth == UNKNOWN).any() or (doubt is not None and doubt.any()):
            raise NotColumnar("occasions of which it is open whether they are some")
        exact = np.ones(len(kept), np.bool_) if rows.doubtful is None else ~rows.doubtful[kept]
        # Of an open day another may be right; such an occasion is kept, and judged by the reference.
        occurring: Array = kept[(truth == TRUE) | ~exact]
        return occurring

    def _occasions(self, bound: Bound[Duty], of: Events) -> _Rows:
        frames, apart = self._occurring(bound, of, leave=True)
        judged = self._tallies.judged(bound.rule.requires, frames)
        found = self._decided(bound, judged, frames, None)
        if frames.trigger is not None:
            excused = frames.named.get("excused", np.zeros(len(frames), np.bool_))
            found.put(np.flatnonzero(excused & (judged.found.truth != TRUE)), _EXCUSED)
        doubt = either((judged.found.doubt, self._unrecorded(bound, frames, found)))
        return evolve(self._rows(frames, judged, found, doubt), apart=apart)

    def _unrecorded(self, bound: Bound[Duty], frames: Frames, found: "_Outcomes") -> Array | None:
        """Say of what happened before the record of its bearer begins that it does; return where that is open."""
        early = np.flatnonzero(frames.day < self._register.opened_until)
        if not len(early):
            return None
        day = frames.day[early]
        before, undecided = self._register.before(bound.rule.bearer.kind, frames.subject[early], day, day)
        found.put(early[before], _NOT_APPLICABLE, reason=REASON_CODES["before_register"])
        return None if undecided is None else marks(len(frames), early, undecided)

    def _triggered(self, bound: Bound[Duty], by: Events, deadline: Deadline | None) -> _Rows:
        frames, apart = self._occurring(bound, by, leave=False)
        due, needed = self._due(frames.day, deadline)
        frames = evolve(frames, deadline=due)
        judged = self._tallies.judged(bound.rule.requires, frames)
        end = np.minimum(frames.day, self.view.as_of) if deadline is None else due
        time, unsure = self._register.time(bound.rule.bearer.kind, frames.subject, end)
        found = self._decided(bound, judged, frames, None, time)
        undue = np.flatnonzero(due == NO_DAY)
        found.put(undue, _UNKNOWN, need=needed[undue])
        doubt = either((judged.found.doubt, _where_unmet(unsure, judged), self._unrecorded(bound, frames, found)))
        rows = evolve(self._rows(frames, judged, found, doubt), apart=apart)
        if deadline is None:
            return rows
        if not len(undue):
            return evolve(rows, due=due)
        # Where nobody can say by when, nothing is counted.
        required, scale = self._tallies.required(bound.rule.requires, frames)
        if scale != judged.scale:
            raise NotColumnar("a requirement whose number has another unit where nothing is counted")
        return evolve(
            rows,
            due=due,
            required=np.where(due == NO_DAY, required, judged.required),
            actual=np.where(due == NO_DAY, NO_NUMBER, judged.actual),
        )

    def _due(self, days: Array, deadline: Deadline | None) -> tuple[Array, Array]:
        """Return the day by which a trigger of each day asks for something, or what would tell."""
        if deadline is None:
            return days, np.zeros(len(days), np.uint64)
        terms, holidays = self.view.terms, self.view.adoption.holidays
        first, which = first_of_each(days)
        different = map(date.fromordinal, days[first].tolist())
        found = [due_after(day, deadline, terms=terms, holidays=holidays) for day in different]
        due = np.array([NO_DAY if day is None else day.toordinal() for day, _ in found], np.int64)
        need = np.array([self.population.bit(name) if day is None else 0 for day, name in found], np.uint64)
        return due[which], need[which]

    # Putting a block together --------------------------------------------------------------------------------------

    def _answered_for(self, bound: Bound[Duty], rows: _Rows) -> _Rows:
        """Return the rows with those who have to act on each."""
        who = bound.rule.responsible
        if who is None:
            return rows
        lists, doubt = responsible_lists(self.population, self.names, who, rows.frames, rows.start)
        return evolve(rows, responsible=lists, doubt=either((rows.doubt, doubt)))

    def _settled(self, bound: Bound[Duty], parts: list[_Rows], reference: Findings) -> Block:
        """Return the block of the rows, those of subjects in doubt as the reference finds them."""
        first, *others = [self._block(bound, rows) for rows in parts]
        block = first
        for other in others:
            block = joined(block, np.arange(len(block)), other)
        doubtful = self._doubtful(bound, parts)
        if len(doubtful):
            judged = block_of(bound, reference(bound, self.view.texts(doubtful.tolist())), self.names)
            sure = np.flatnonzero(~np.isin(block.subject, doubtful))
            why = "dates known to the month alone"
            block = evolve(joined(block, sure, judged), fallback=((why, len(judged)),))
        return ordered(block, self.names) if others or len(doubtful) else block

    def _block(self, bound: Bound[Duty], rows: _Rows) -> Block:
        size = len(rows.frames)
        return Block(
            bound=bound,
            grain=rows.grain,
            subject=rows.frames.subject.astype(np.int32),
            start=rows.start,
            end=rows.end,
            occasion=rows.occasion,
            status=rows.status,
            reason=rows.reason,
            required=_column(rows.required, size),
            actual=_column(rows.actual, size),
            due=rows.due,
            needs=rows.needs,
            responsible=np.broadcast_to(np.asarray(rows.responsible, np.int32), size),
            scale=rows.scale,
        )

    def _doubtful(self, bound: Bound[Duty], parts: list[_Rows]) -> Array:
        """Return the codes of the subjects whom the reference has to judge."""
        codes = [rows.frames.subject[rows.doubt] for rows in parts if rows.doubt is not None]
        codes += [rows.apart for rows in parts if rows.apart is not None]
        if isinstance(bound.rule.per, PerPeriod) and not isinstance(bound.rule.per.grain, Given):
            # Also who has no frame: whether they have is what may be in doubt.
            doubt = self._scopes.stretches(bound).doubt
            if doubt is not None:
                codes.append(self._scopes.bearings(bound).subject[doubt])
        return distinct(np.concatenate(codes)) if codes else np.empty(0, np.int64)


def _alike(columns: Sequence[Scalars | Listed | None], rows: Array) -> tuple[Array, Array]:
    """Return one of each of the rows that say something else, and of each row the number of the one that says the same.

    Rows that list several are taken to be all different.
    """
    if any(isinstance(column, Listed) for column in columns):
        return rows, np.arange(len(rows))
    group = np.zeros(len(rows), np.int64)
    one_of_each = np.zeros(min(len(rows), 1), np.int64)
    for column in columns:
        if isinstance(column, Scalars):
            _, said = first_of_each(column.values[rows])
            one_of_each, group = first_of_each(group * len(rows) + said)
    return rows[one_of_each], group


def _where_unmet(doubt: Array | None, judged: JudgedColumns) -> Array | None:
    return None if doubt is None else doubt & (judged.found.truth == FALSE)


def _moving(match: Match) -> bool:
    return any(not isinstance(want, str | int | tuple | Given) for _, want in match)


def _same(value: int, size: int) -> Array:
    return np.broadcast_to(np.int64(value), size)


def _column(values: Array | int, size: int) -> Array:
    return np.broadcast_to(np.asarray(values, np.int64), size)


class _Outcomes:
    """Status, reason and needs of findings in the making."""

    def __init__(self, status: Array, needs: Array | None) -> None:
        size = len(status)
        self.status: Final = status
        # Of most findings there is nothing to say; such a column is one value until there is.
        self.reason: Array = np.broadcast_to(np.int8(0), size)
        self.needs: Array = np.broadcast_to(np.uint64(0), size) if needs is None else needs

    def put(self, rows: Array, status: int, *, reason: Array | int = 0, need: Array | int = 0) -> None:
        """Say this of some rows instead of what was said before."""
        if not len(rows):
            return
        self.status[rows] = status
        if np.any(reason) or self.reason.flags.writeable:
            self.reason = self._own(self.reason)
            self.reason[rows] = reason
        if np.any(need) or self.needs.flags.writeable:
            self.needs = self._own(self.needs)
            self.needs[rows] = need

    def _own(self, column: Array) -> Array:
        return column if column.flags.owndata and column.flags.writeable else column.copy()
