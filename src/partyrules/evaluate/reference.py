"""The reference evaluator of duties: small and obvious; it is the specification that others must agree with."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Any, Final

from attrs import evolve

from partyrules.answers.observers import tell_finding
from partyrules.answers.verdicts import Finding
from partyrules.errors import PackError
from partyrules.evaluate.conditions import UNBOUNDED, Frame, Number, Tallied, World
from partyrules.evaluate.deadlines import due_after
from partyrules.evaluate.dependence import exceeds_for_good, sees_facts, told_by
from partyrules.evaluate.excepted import Stretch, too_few_days, vacation_month
from partyrules.evaluate.findings import Judged, Outcome, finding_of, undecided
from partyrules.evaluate.holding import held
from partyrules.evaluate.intervals import Interval, intervals
from partyrules.evaluate.judgements import recorded_reason
from partyrules.evaluate.kleene import NO, YES, Truth, Verdict, all_of, any_of, merged, negated
from partyrules.evaluate.narrowing import Narrowing, says_whom
from partyrules.evaluate.register import before_opening, closed_through
from partyrules.evaluate.responsible import responsible_ids
from partyrules.evaluate.statuses import STATUS_RULE, Excess, Force, StatusCase, Time, force_of
from partyrules.facts.schema import value_of
from partyrules.facts.vocabulary import Fact
from partyrules.history import FOREVER, History, Present, Seen, in_each_way
from partyrules.language.kernel import Compare, Condition, Count, CountFindings, Events, Given
from partyrules.language.presence import ENDED, ON_LEAVE, REGISTERED, STANDS
from partyrules.language.rules import BearerKind, Deadline, Duty, Occasion, PerPeriod, Rolling, Standing, Triggered
from partyrules.packs.document import Text
from partyrules.packs.pack import Adoption, Bound
from partyrules.time.calendar import TERM_GRAINS, CivilDate, Grain, Period, Span, add_days

_NOTHING: Final[frozenset[str]] = frozenset()
_MOST_JUDGED: Final = 65536

Wanted = Collection[str] | None
"""The subjects whose findings are asked for, None for everybody's."""
Days = tuple[tuple[date, Verdict], ...]


class ReferenceEvaluator:
    """Audits one history against one adoption, duty by duty and bearer by bearer."""

    def __init__(self, adoption: Adoption, history: History) -> None:
        self.adoption = adoption
        self.history = history
        self.world = World(history, adoption.standings, adoption.labels)
        self.world.findings_counted = self._findings_counted
        self._duties = {bound.id: bound for bound in adoption.duties}
        self._scopes: dict[tuple[Any, ...], tuple[Stretch, ...]] = {}
        self._judged: dict[tuple[Any, ...], Judged] = {}
        self._said: dict[tuple[str, tuple[str, ...]], dict[Any, Text]] = {}
        self._periods: dict[tuple[Any, ...], tuple[tuple[Frame, Outcome | None], ...]] = {}
        self._there: dict[tuple[BearerKind, str], bool] = {}
        self._narrowing = Narrowing(self.world)

    def findings(self, bound: Bound[Duty], *, wanted: Wanted = None, period: Period | None = None) -> Iterator[Finding]:
        """Yield every finding of one duty about the subjects that are wanted, in no particular order.

        With a `period`, of those of calendar periods and terms only the ones of that.
        """
        match bound.rule.per:
            case PerPeriod(grain):
                return self._per_period(bound, grain, wanted, period)
            case Rolling(every):
                return self._rolling(bound, every, wanted)
            case Standing():
                return self._standing(bound, wanted)
            case Occasion(of):
                return self._occasions(bound, of, wanted)
            case Triggered(by, deadline):
                return self._triggered(bound, by, deadline, wanted)

    # Whom a duty binds ---------------------------------------------------------------------------------------------

    def bearers(self, duty: Duty, frame: Frame, wanted: Wanted = None) -> Iterable[str]:
        """Return the ids, of those wanted, that could be in scope, in order."""
        kind = duty.bearer.kind
        if wanted is not None:
            # Whether a scope that says whom it binds is true of them is seen when it is evaluated.
            said = says_whom(duty.bearer.scope) and kind in ("person", "named")
            return [subject for subject in sorted(wanted) if said or self._is_there(kind, subject)]
        found = self._narrowing.subjects(duty.bearer.scope, frame)
        if found is not None:
            return sorted(found)
        if kind in ("person", "named"):
            return self.history.people
        return sorted({holding.values[kind] for holding in self.history.holdings(kind)})

    def _is_there(self, kind: BearerKind, subject: str) -> bool:
        """Tell whether some fact names the person, or began the unit or building."""
        key = (kind, subject)
        if key not in self._there:
            if kind in ("person", "named"):
                self._there[key] = self.history.names(subject)
            else:
                self._there[key] = bool(self.history.holdings_where(kind, kind, subject))
        return self._there[key]

    def in_scope(self, bound: Bound[Duty], frame: Frame) -> Verdict:
        """Return whether the duty binds the frame's subject on the frame's day."""
        return all_of(self._binding(bound, frame))

    def _binding(self, bound: Bound[Duty], frame: Frame) -> list[Verdict]:
        """Return what must be true for the duty to bind the frame's subject on the frame's day."""
        start, end = bound.pack.document.in_force_from, bound.pack.document.in_force_until
        if frame.day < start:
            return [NO._replace(until=start)]
        if end is not None and frame.day > end:
            return [NO]
        parts = self._scoped(bound, frame)
        if end is not None:
            parts.append(YES._replace(until=add_days(end, 1)))
        return parts

    def _scoped(self, bound: Bound[Duty], frame: Frame) -> list[Verdict]:
        """Return what must be true for the frame's subject to be in scope on its day, in force or not."""
        bearer = bound.rule.bearer
        # Whether a duty bound on a day does not hang on what was recorded of later ones.
        look = sees_facts(bearer.scope) or (bearer.each is not None and sees_facts(bearer.each.where))
        seen = frame._replace(seen=frame.day) if look else frame
        parts = [self._in_being(bearer.kind, frame), self.world.verdict(bearer.scope, seen)]
        if frame.link is not None and bearer.each is not None:
            parts.append(held(frame.link, frame.day))
            parts.append(self.world.verdict(bearer.each.where, seen._replace(item=frame.link)))
        return parts

    def _in_being(self, kind: BearerKind, frame: Frame) -> Verdict:
        """Return whether the bearer is there: a unit or building that stands, a person who has not left or ended."""
        if kind == "named":
            return YES
        if kind != "person":
            return self.world.verdict(STANDS[kind], frame)
        return self.world.lasting(("in being", frame.subject), frame.day, lambda: self._is_person(frame))

    def _is_person(self, frame: Frame) -> Verdict:
        # A person not yet registered is there: a role held before registration binds.
        registered = self.history.holdings_where("registration", "person", frame.subject)
        here = self.world.verdict(REGISTERED, frame)
        ways = in_each_way(registered)
        gone = [NO, YES] if ways is None else [YES if _over(way, frame.day) else NO for way in ways]
        not_gone = negated(merged(gone))._replace(until=here.until)
        return all_of((any_of((here, not_gone)), self.world.verdict(~ENDED, frame)))

    def on_leave(self, kind: BearerKind, frame: Frame) -> Verdict:
        """Return whether the bearer is a person on leave on the frame's day."""
        if kind != "person" or not self.history.holdings_where("leave", "person", frame.subject):
            return NO
        return self.world.verdict(ON_LEAVE, frame)

    def bearings(self, bound: Bound[Duty], wanted: Wanted = None) -> Iterator[Frame]:
        """Yield the day asked for each bearer that could be in scope, and for each of its links where it has some."""
        each = bound.rule.bearer.each
        for subject in self.bearers(bound.rule, Frame(day=self.history.as_of, subject=""), wanted):
            frame = Frame(day=self.history.as_of, subject=subject)
            if each is None:
                yield frame
                continue
            for link in self.world.matching_holdings(each.relation, each.match, frame):
                if link.fact is not None:
                    yield frame._replace(link=link, trigger=self.history.by_id[link.fact])

    def scope(self, bound: Bound[Duty], frame: Frame) -> tuple[Stretch, ...]:
        """Return the stretches of days up to the day asked, both inclusive, with whether the duty binds then."""
        key = self._scope_key(bound, frame)
        if key not in self._scopes:
            self._scopes[key] = tuple(self._stretches(bound, frame))
        return self._scopes[key]

    def _scope_key(self, bound: Bound[Duty], frame: Frame) -> tuple[Any, ...]:
        return bound.pack.id, bound.rule.bearer, frame.subject, frame.link.fact if frame.link else None

    def _stretches(self, bound: Bound[Duty], frame: Frame) -> Iterator[Stretch]:
        return _stretched(self._binding, bound, frame, bound.pack.document.in_force_from, self.history.as_of)

    # What a duty requires ------------------------------------------------------------------------------------------

    def judged(self, requires: Condition, frame: Frame) -> Judged:
        """Return what the requirement comes to in the frame, with the numbers that a finding shows."""
        if isinstance(requires, Compare):
            verdict, tallied = self.world.compared(requires, frame)
            least = self.world.bound(requires.least, frame, upper=False)
            most = self.world.bound(requires.most, frame, upper=True)
            required = most if least is None else least
            exceeded = most is not None and tallied.certain > most
            return Judged(verdict.truth, verdict.needs, required, tallied.certain, tallied.evidence, exceeded)
        verdict = self.world.verdict(requires, frame)
        actual = int(verdict.truth == Truth.TRUE)
        return Judged(verdict.truth, verdict.needs, 1, actual, verdict.evidence)

    def required(self, requires: Condition, frame: Frame) -> Number | None:
        """Return the number that the requirement asks for, where nothing can be counted."""
        if isinstance(requires, Compare):
            upper = requires.least is None
            return self.world.bound(requires.most if upper else requires.least, frame, upper=upper)
        return 1

    def _judged_in(self, requires: Condition, frame: Frame) -> Judged:
        """Return what the requirement comes to in the frame's period; the same under readings that it does not have."""
        key = (requires, frame.subject, frame.period, frame.link.fact if frame.link else None)
        found = self._judged.get(key)
        if found is None:
            if len(self._judged) >= _MOST_JUDGED:
                self._judged.clear()
            found = self._judged[key] = self.judged(requires, frame)
        return found

    # Period duties -------------------------------------------------------------------------------------------------

    def _per_period(
        self, bound: Bound[Duty], grain: Grain | Given, wanted: Wanted, only: Period | None = None
    ) -> Iterator[Finding]:
        for frame in self.bearings(bound, wanted):
            if isinstance(grain, Given):
                yield from self._no_period(bound, frame, f"parameter:{grain.name}")
                continue
            if grain in TERM_GRAINS and self._terms_lacking(grain):
                yield from self._no_period(bound, frame, "term_declared")
            key = (*self._scope_key(bound, frame), grain, bound.readings["partial"], bound.readings["leave"])
            if key not in self._periods:
                if len(self._periods) >= _MOST_JUDGED:
                    self._periods.clear()
                self._periods[key] = tuple(self._in_periods(bound, frame, grain))
            for inside, excepted in self._periods[key]:
                if only is None or inside.period == only:
                    yield self._in_period(bound, inside, excepted)

    def _in_periods(self, bound: Bound[Duty], frame: Frame, grain: Grain) -> Iterator[tuple[Frame, Outcome | None]]:
        """Yield the frame of each period in which a duty binds, or may, and why the bearer is not held to it.

        It is the same for all duties of one scope.
        """
        stretches = self.scope(bound, frame)
        bound_days = [stretch for stretch in stretches if stretch[2] != Truth.FALSE]
        for period in self.history.terms.periods(grain, bound_days[0][0], bound_days[-1][1]) if bound_days else ():
            days = [stretch for stretch in stretches if stretch[0] <= period.end and period.start <= stretch[1]]
            if any(truth != Truth.FALSE for _, _, truth in days):
                inside = frame._replace(day=min(period.end, self.history.as_of), period=period)
                yield inside, self._excepted(bound, inside, period, days)

    def _terms_lacking(self, grain: Grain) -> bool:
        """Tell whether the day asked lies outside what has been declared, so that its period cannot be known."""
        terms = self.history.terms
        return not terms.covers(self.history.as_of) or (grain == "academic_year" and not terms.declared(grain))

    def _no_period(self, bound: Bound[Duty], frame: Frame, need: str) -> Iterator[Finding]:
        scope = self.in_scope(bound, frame)
        if scope.truth != Truth.FALSE:
            required = self.required(bound.rule.requires, frame)
            outcome = Outcome("unknown", needs=scope.needs | {need})
            yield self._put_together(bound, [frame], Judged(Truth.UNKNOWN, required=required), outcome)

    def _in_period(self, bound: Bound[Duty], inside: Frame, excepted: Outcome | None) -> Finding:
        period = inside.period
        assert period is not None  # noqa: S101  # only called for periods
        judged = self._judged_in(bound.rule.requires, inside)
        outcome = excepted or vacation_month(bound.rule.vacation_months, self.history.terms, period, judged.truth)
        outcome = outcome or self._timed(bound, judged, inside, period.end)
        return self._put_together(bound, [inside], judged, outcome, due=period.end)

    def _excepted(self, bound: Bound[Duty], frame: Frame, period: Period, stretches: list[Stretch]) -> Outcome | None:
        """Return why the bearer is not held to this period, or what would tell; None where they are held to it."""
        if all(truth != Truth.TRUE for _, _, truth in stretches):
            return undecided("full_date")
        first = tuple(self._first_days(bound, frame, period, stretches))
        if (unrecorded := self._unrecorded(bound, frame, period.start, first)) is not None:
            return unrecorded
        if (too_few := too_few_days(bound.readings["partial"], stretches, period, frame.day)) != Truth.FALSE:
            return Outcome("not_applicable", "partial_period") if too_few == Truth.TRUE else undecided("full_date")
        if (on_leave := self._leave_excuses(bound, frame, period)) != Truth.FALSE:
            return Outcome("not_applicable", "on_leave") if on_leave == Truth.TRUE else undecided("full_date")
        return None

    def _unrecorded(self, bound: Bound[Duty], frame: Frame, start: date, days: tuple[date, ...] = ()) -> Outcome | None:
        """Return that what starts on a day lies before the record of the bearer, or may; None where it does not."""
        before = before_opening(self.history, bound.rule.bearer.kind, frame.subject, start, days or (start,))
        if before == Truth.TRUE:
            return Outcome("not_applicable", "before_register")
        return None if before == Truth.FALSE else undecided("full_date")

    def _first_days(
        self, bound: Bound[Duty], frame: Frame, period: Period, stretches: Iterable[Stretch]
    ) -> Iterator[date]:
        """Yield the days of a period of which one is the first on which the bearer is in scope, in force or not."""
        force = bound.pack.document.in_force_from
        earlier: Iterable[Stretch] = ()
        if period.start < force:
            earlier = _stretched(self._scoped, bound, frame, period.start, add_days(force, -1))
        for first, last, truth in (*earlier, *stretches):
            if truth == Truth.TRUE:
                yield max(first, period.start)
                return
            if truth == Truth.UNKNOWN:
                day = max(first, period.start)
                while day <= min(last, frame.day):
                    yield day
                    day = add_days(day, 1)

    def _leave_excuses(self, bound: Bound[Duty], frame: Frame, period: Period) -> Truth:
        reading, kind = bound.readings["leave"], bound.rule.bearer.kind
        if reading == "ignore" or not self.history.holdings_where("leave", "person", frame.subject):
            return Truth.FALSE
        days = sure = possible = 0
        day = period.start
        while day <= frame.day:
            on_leave = self.on_leave(kind, Frame(day=day, subject=frame.subject))
            after = min(on_leave.until, add_days(frame.day, 1))
            lasting = (after - day).days
            days += lasting
            sure += lasting * (on_leave.truth == Truth.TRUE)
            possible += lasting * (on_leave.truth != Truth.FALSE)
            day = after
        limit = days if reading == "half" else 0
        if 2 * sure > limit:
            return Truth.TRUE
        return Truth.UNKNOWN if 2 * possible > limit else Truth.FALSE

    def _timed(self, bound: Bound[Duty], judged: Judged, frame: Frame, end: date) -> Outcome:
        """Return the status of a requirement that is to be met by `end`."""
        time = Time.OPEN if self.history.as_of < end else Time.OVER
        if time == Time.OVER and judged.truth == Truth.FALSE and not judged.exceeded:
            through = closed_through(self.history, bound.rule.bearer.kind, frame.subject, end)
            time = Time.UNCLOSED if through is not None and end > through else time
        return self._decided(bound, judged, frame, time)

    def _decided(self, bound: Bound[Duty], judged: Judged, frame: Frame, time: Time = Time.OVER) -> Outcome:
        """Return the status of a requirement; without `time` its time has come."""
        excess = Excess.NONE
        if judged.exceeded:
            excess = Excess.FOR_GOOD if exceeds_for_good(bound.rule.requires) else Excess.SOME
        force = force_of(bound.rule.modality, periodic=frame.period is not None)
        case = StatusCase(judged.truth, time, excess, force)
        ruled, evidence = STATUS_RULE[case], _NOTHING
        if ruled.status == "breached" and force == Force.EXPLAINABLE and frame.period is not None:
            explained, evidence = recorded_reason(self.history, bound.id, frame.subject, frame.period.start)
            ruled = STATUS_RULE[case._replace(explained=explained)]
        needs = judged.needs if judged.truth == Truth.UNKNOWN else _NOTHING
        return Outcome(ruled.status, ruled.reason, needs if ruled.need is None else needs | {ruled.need}, evidence)

    # Duties that read other duties' findings ---------------------------------------------------------------------

    def _findings_counted(self, tally: CountFindings, frame: Frame) -> Tallied:
        """Return how many findings of other duties about the subject have one of the statuses."""
        read = [
            (finding, falls)
            for rule in tally.rules
            for finding in self.findings(self._duties[rule], wanted=(frame.subject,))
            if (falls := YES if tally.window == "ever" else self._falls_in(finding, frame.period)).truth != Truth.FALSE
        ]
        found = [(finding, falls) for finding, falls in read if finding.status in tally.statuses]
        sure = [finding for finding, falls in found if falls.truth == Truth.TRUE]
        open_still = [finding for finding, _ in read if finding.status == "unknown" not in tally.statuses]
        needs = [*(falls.needs for _, falls in found), *(finding.needs for finding in open_still)]
        evidence = frozenset(fact for finding in sure for fact in finding.evidence)
        possible: Number = len(found) + len(open_still)
        if any(self._for_several(finding) for finding in open_still):
            possible = UNBOUNDED
        return Tallied(len(sure), possible, evidence, frozenset().union(*needs))

    def _for_several(self, finding: Finding) -> bool:
        """Tell whether an unknown finding may stand for any number: not even the periods or intervals are known."""
        per = self._duties[finding.rule].rule.per
        return isinstance(per, Rolling) or (isinstance(per, PerPeriod) and finding.period is None)

    def _falls_in(self, finding: Finding, period: Period | None) -> Verdict:
        """Return whether what a finding is about ended, or happened, in the period."""
        if period is None:
            return NO
        if finding.status == "unknown" and self._for_several(finding):
            # Of those that it may stand for, each ends on a day of its own, but none before it begins.
            later = finding.period is None or finding.period.start <= period.end
            return Verdict(Truth.UNKNOWN, frozenset(finding.needs)) if later else NO
        day = finding.period.end if finding.period else finding.due
        days: tuple[date, ...] = () if day is None else (day,)
        if day is None and finding.occasion is not None:
            days = tuple(self._ends(finding.rule, self.history.by_id[finding.occasion]))
        return merged([YES if day in period else NO for day in days]) if days else NO

    def _ends(self, rule: str, occasion: Fact) -> Iterator[date]:
        """Yield the days on which what an occasion asks for may be due, or on which it may have happened."""
        per = self._duties[rule].rule.per
        for day in occasion.on.days():
            due = None
            if isinstance(per, Triggered) and per.deadline is not None:
                due, _ = due_after(day, per.deadline, terms=self.history.terms, holidays=self.adoption.holidays)
            yield due or day

    # Rolling duties -----------------------------------------------------------------------------------------------

    def _rolling(self, bound: Bound[Duty], every: Span, wanted: Wanted) -> Iterator[Finding]:
        """Yield a finding for each interval, from the last completion to when the next is due."""
        for frame in self.bearings(bound, wanted):
            runs = list(_runs(self.scope(bound, frame)))
            done = self._completions(bound.rule, frame)
            for before, (first, last, truth), after in zip([None, *runs], runs, [*runs[1:], None], strict=False):
                if truth == Truth.UNKNOWN:
                    yield self._in_interval(bound, frame, Interval(first, last, known=False), last)
                    continue
                # Next to a stretch that nobody can be sure of, the duty began, or ended, on a day not known.
                known = before is None or add_days(before[1], 1) < first
                open_until = last if after is None or add_days(last, 1) < after[0] else after[1]
                for interval in intervals(every, first, last, sure=done[0], maybe=done[1], known=known):
                    yield self._in_interval(bound, frame, interval, last, open_until)

    def _completions(self, duty: Duty, frame: Frame) -> tuple[list[CivilDate], list[CivilDate]]:
        """Return the dates of the facts that a rolling duty asks for, and of those that may be some."""
        requires = duty.requires
        if not (isinstance(requires, Compare) and isinstance(requires.tally, Count)):
            raise PackError(f"rule `{duty.id}`: a rolling duty asks for at_least(1, events(...))")
        of = requires.tally.of
        found = self.world.selected(evolve(of, window="ever"), frame) if isinstance(of, Events) else []
        sure, maybe = ([w.fact.on for w in found if w.verdict.truth == truth] for truth in (Truth.TRUE, Truth.UNKNOWN))
        return sure, maybe

    def _in_interval(
        self, bound: Bound[Duty], frame: Frame, interval: Interval, last: date, open_until: date | None = None
    ) -> Finding:
        """Return the finding on an interval of a stretch through `last`, which may go on through `open_until`."""
        requires, due = bound.rule.requires, interval.due
        end = min(due, self.history.as_of)
        inside = frame._replace(day=end, period=Period(interval.start, due, "interval"))
        if not interval.known:
            judged = Judged(Truth.UNKNOWN, required=self.required(requires, inside))
            return self._put_together(bound, [inside], judged, undecided("full_date"))
        judged = self.judged(requires, inside)
        if (unrecorded := self._unrecorded(bound, inside, interval.start)) is not None:
            outcome = unrecorded
        elif judged.truth == Truth.TRUE or last >= end:
            outcome = self._timed(bound, judged, inside, due)
        elif open_until is not None and open_until >= end:
            outcome = undecided("full_date")
        else:
            outcome = Outcome("not_applicable", "partial_period")
        return self._put_together(bound, [inside], judged, outcome, due=due)

    # Standing duties -----------------------------------------------------------------------------------------------

    def _standing(self, bound: Bound[Duty], wanted: Wanted) -> Iterator[Finding]:
        for frame in self.bearings(bound, wanted):
            binds = all_of([*self._binding(bound, frame), negated(self.on_leave(bound.rule.bearer.kind, frame))])
            if binds.truth == Truth.FALSE:
                continue
            judged = self.judged(bound.rule.requires, frame)
            outcome = self._decided(bound, judged, frame)
            if binds.truth == Truth.UNKNOWN:
                outcome = Outcome("unknown", needs=binds.needs)
            yield self._put_together(bound, [frame], judged, outcome)

    # Occasions and triggers ----------------------------------------------------------------------------------------

    def _bearing_on(self, duty: Duty, of: Events, wanted: Wanted) -> Iterator[tuple[Seen, Iterable[str]]]:
        """Yield the facts with the ids that each could bind; those that cannot bind whom is wanted left out."""
        if wanted is None:
            for fact in self.world.matching(of):
                yield fact, self.bearers(duty, Frame(day=fact.on.first, subject="", trigger=fact))
            return
        for subject in self.bearers(duty, Frame(day=self.history.as_of, subject=""), wanted):
            seen: set[str] = set()
            for selection in self._narrowing.occasions(duty.bearer.scope, of, subject):
                for fact in self.world.matching(selection):
                    if fact.id not in seen:
                        seen.add(fact.id)
                        yield fact, (subject,)

    def _binding_facts(
        self, bound: Bound[Duty], of: Events, wanted: Wanted, *, leave: bool
    ) -> Iterator[tuple[Seen, list[Frame], Verdict]]:
        """Yield each of these facts and subjects of which the one binds the other, or may, and whether it does.

        There is a frame for each day on which the fact may have. With `leave` it binds nobody on leave.
        """
        for fact, subjects in self._bearing_on(bound.rule, of, wanted):
            occurs: list[Verdict] | None = None
            for subject in subjects:
                frames, binds = list[Frame](), list[Verdict]()
                for place, day in enumerate(fact.on.days()):
                    on = Frame(day=day, subject=subject, trigger=fact, trigger_day=day)
                    found = self.binds(bound, on, leave=leave)
                    if found.truth != Truth.FALSE:
                        occurs = occurs or self.world.occurs(of, fact)
                        found = all_of((occurs[place], found))
                    binds.append(found)
                    if found.truth != Truth.FALSE:
                        frames.append(on)
                if frames:
                    yield fact, frames, merged(binds)

    def binds(self, bound: Bound[Duty], frame: Frame, *, leave: bool) -> Verdict:
        """Return whether the duty binds the frame's subject on its trigger; with `leave` nobody on leave."""

        def found() -> Verdict:
            parts = self._binding(bound, frame)
            return all_of([*parts, negated(self.on_leave(bound.rule.bearer.kind, frame))] if leave else parts)

        fields = told_by(bound.rule.bearer.scope)
        if fields is None:
            return found()
        said = [value_of(frame.trigger, name) for name in fields]
        return self.world.lasting((bound.pack.id, bound.rule.bearer, leave, frame.subject, *said), frame.day, found)

    def _occasions(self, bound: Bound[Duty], of: Events, wanted: Wanted) -> Iterator[Finding]:
        for fact, frames, binds in self._binding_facts(bound, of, wanted, leave=True):
            answers: list[tuple[Judged, Outcome, date | None]] = []
            for on in frames:
                judged = self.judged(bound.rule.requires, on)
                excused = judged.truth != Truth.TRUE and on.subject in (getattr(fact, "excused", None) or ())
                answers.append((judged, Outcome("excused") if excused else self._decided(bound, judged, on), None))
            yield self._whichever(bound, frames, binds, answers)

    def _triggered(
        self, bound: Bound[Duty], by: Events, deadline: Deadline | None, wanted: Wanted
    ) -> Iterator[Finding]:
        for _, frames, binds in self._binding_facts(bound, by, wanted, leave=False):
            answers = [self._by_deadline(bound, on, deadline) for on in frames]
            yield self._whichever(bound, frames, binds, answers)

    def _by_deadline(
        self, bound: Bound[Duty], frame: Frame, deadline: Deadline | None
    ) -> tuple[Judged, Outcome, date | None]:
        """Return what the duty comes to if its trigger fell on the frame's day."""
        if deadline is None:
            judged = self.judged(bound.rule.requires, frame._replace(deadline=frame.day))
            end = min(frame.day, self.history.as_of)
            return judged, self._timed(bound, judged, frame, end), None
        terms, holidays = self.history.terms, self.adoption.holidays
        due, need = due_after(frame.day, deadline, terms=terms, holidays=holidays)
        if due is None:
            required = self.required(bound.rule.requires, frame)
            return Judged(Truth.UNKNOWN, required=required), undecided(need), None
        judged = self.judged(bound.rule.requires, frame._replace(deadline=due))
        return judged, self._timed(bound, judged, frame, due), due

    def _whichever(
        self,
        bound: Bound[Duty],
        frames: list[Frame],
        binds: Verdict,
        answers: list[tuple[Judged, Outcome, date | None]],
    ) -> Finding:
        """Return the finding that holds whichever of the days the trigger fell on, unknown where they differ."""
        unrecorded = [self._unrecorded(bound, on, on.day) for on in frames]
        answers = [(of, none or made, day) for none, (of, made, day) in zip(unrecorded, answers, strict=True)]
        judged, outcome, due = answers[0]
        if len(answers) == 1 and binds.truth == Truth.TRUE:
            return self._put_together(bound, frames, judged, outcome, due=due)
        same = all((other.status, other.reason) == (outcome.status, outcome.reason) for _, other, _ in answers)
        if binds.truth != Truth.TRUE or not same or outcome.status == "unknown":
            needs = frozenset().union(binds.needs, *(other.needs for _, other, _ in answers))
            outcome = Outcome("unknown", needs=needs | (frozenset() if same else {"full_date"}))
        if any(other.actual != judged.actual for other, _, _ in answers):
            least = min((other for other, _, _ in answers), key=lambda other: other.actual or 0)
            judged = least
        if any(other != due for _, _, other in answers):
            due = None
        return self._put_together(bound, frames, judged, outcome, due=due)

    def _put_together(
        self, bound: Bound[Duty], frames: list[Frame], judged: Judged, outcome: Outcome, *, due: date | None = None
    ) -> Finding:
        """Return the finding of one frame, or of one for each day that may be the right one."""
        frame, who = frames[0], bound.rule.responsible
        responsible: tuple[str, ...] = ()
        if who is not None:
            on_each = [responsible_ids(self.world, who, on) for on in frames]
            responsible = tuple(sorted(frozenset.intersection(*on_each)))
        # What is said of a rule is remembered under its id, which a rule under other readings shares.
        own = self._duties.get(bound.id) is bound
        known = self.adoption.memory.setdefault(bound.id, {}) if own else self._said_under(bound)
        pair = self._pair(bound.rule, frame)
        finding = finding_of(bound, frame, judged, outcome, due=due, pair=pair, responsible=responsible, known=known)
        tell_finding(finding, self.history)
        return finding

    def _said_under(self, bound: Bound[Duty]) -> dict[Any, Text]:
        """Return the messages said of a rule under other readings than those adopted."""
        return self._said.setdefault((bound.id, tuple(bound.readings.values())), {})

    def _pair(self, duty: Duty, frame: Frame) -> tuple[str, ...]:
        """Return whom, besides the bearer, a finding for one of their holdings is about."""
        if frame.link is None or duty.bearer.each is None:
            return ()
        said = {name for name, _ in duty.bearer.each.match}
        key = self.history.relations[frame.link.relation].key
        return tuple(str(frame.link.values[name]) for name in key if name not in said)


def _stretched(
    parts_on: Callable[[Bound[Duty], Frame], list[Verdict]], bound: Bound[Duty], frame: Frame, day: date, last: date
) -> Iterator[Stretch]:
    """Yield the stretches of days up to the last, both inclusive, with whether all parts are true then."""
    while day <= last:
        parts = parts_on(bound, frame._replace(day=day))
        truth = min([part.truth for part in parts])
        # Not all are true for as long as any one is false.
        false = [part.until for part in parts if part.truth == Truth.FALSE]
        until = max(false) if false else min([part.until for part in parts])
        yield day, min(last, add_days(until, -1)), truth
        if until == FOREVER:
            return
        day = until


def _runs(stretches: tuple[Stretch, ...]) -> Iterator[Stretch]:
    """Yield the stretches in which a duty binds, or may, neighbours of one truth joined."""
    for truth, group in groupby(stretches, key=lambda stretch: stretch[2]):
        joined = list(group)
        if truth != Truth.FALSE:
            yield joined[0][0], joined[-1][1], truth


def _over(way: list[Present], day: date) -> bool:
    """Tell whether, of what holds in one way, something is over by a day."""
    return any(end <= day for _, _, end in way)
