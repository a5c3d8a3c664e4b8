"""The meaning of conditions and tallies: each node of the expression tree, over one history, on one day."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, assert_never

from attrs import evolve

from partyrules.errors import PackError
from partyrules.evaluate.dependence import names_subject_alone, tied_by, told_by
from partyrules.evaluate.frames import Frame, Number, Tallied, Weighed
from partyrules.evaluate.holding import has_come, held, may_begin, prolonged, turns, whichever_holds
from partyrules.evaluate.kleene import NO, YES, Truth, Verdict, all_of, any_of, merged, negated, unknown
from partyrules.facts.schema import FOR_PERIOD, value_of
from partyrules.history import FOREVER, History, Holding, Seen, Wanted, in_order, several
from partyrules.language import kernel as k
from partyrules.language.standing import RecordStanding
from partyrules.language.text import Text
from partyrules.language.tree import walk
from partyrules.time.calendar import CALENDAR_GRAINS, add_days, add_span, last_within, previous_period

__all__ = ["Frame", "Number", "Tallied", "Weighed"]

UNBOUNDED: Final = Decimal("Infinity")
_MOST_KEPT: Final = 65536
_BY_PERIOD: Final = ("period", "period_or_vacation_before")
_NOTHING: Final[frozenset[str]] = frozenset()


class World:
    """Evaluates conditions and tallies over one history; `standings` say which records count at all."""

    def __init__(
        self, history: History, standings: Iterable[RecordStanding], labels: Mapping[str, Text] | None = None
    ) -> None:
        self.history = history
        # What the adopted packs call their own names, for whoever puts into words what a condition comes to.
        self.labels: Mapping[str, Text] = labels or {}
        self._told: dict[Hashable, Text] = {}
        self.standings = {standing.wire: standing for standing in standings}
        self._standing: dict[str, Verdict] = {}
        self._tied: dict[tuple[k.Events, str], Sequence[Seen]] = {}
        self._lasting_verdicts: dict[Hashable, list[tuple[date, Verdict]]] = {}
        # Whoever evaluates duties over this world says what their findings are; nobody, until then.
        self.findings_counted: Callable[[k.CountFindings, Frame], Tallied] = _no_findings

    def told(self, key: Hashable, put_into_words: Callable[[], Text]) -> Text:
        """Return what is said of the key, put into words once."""
        if key not in self._told:
            if len(self._told) >= _MOST_KEPT:
                self._told.clear()
            self._told[key] = put_into_words()
        return self._told[key]

    # Conditions ----------------------------------------------------------------------------------------------------

    def verdict(self, condition: k.Condition, frame: Frame) -> Verdict:
        """Return what the condition comes to on the frame's day."""
        # What is quickly seen is seen again.
        hangs_on = None if isinstance(condition, k.Is) else told_by(condition)
        if hangs_on is None:
            return self._verdict(k.kernel(condition), frame)
        key = (condition, frame.subject, *[_field(frame.trigger, name) for name in hangs_on])
        return self.lasting(key, frame.day, lambda: self._verdict(k.kernel(condition), frame))

    def lasting(self, key: Hashable, day: date, work_out: Callable[[], Verdict]) -> Verdict:
        """Return a verdict that is remembered under the key for the days that it lasts, from the day it was made."""
        known = self._lasting_verdicts.get(key)
        if known is None:
            if len(self._lasting_verdicts) >= _MOST_KEPT:
                self._lasting_verdicts.clear()
            known = self._lasting_verdicts[key] = []
        for start, verdict in known:
            if start <= day < verdict.until:
                return verdict
        verdict = work_out()
        known.append((day, verdict))
        return verdict

    def _verdict(self, condition: k.Kernel, frame: Frame) -> Verdict:
        match condition:
            case k.Always():
                return YES
            case k.AllOf():
                return all_of([self.verdict(part, frame) for part in condition.parts])
            case k.AnyOf(parts):
                return any_of([self.verdict(part, frame) for part in parts])
            case k.Not(part):
                return negated(self.verdict(part, frame))
            case k.Is():
                return self._is(condition, frame)
            case k.Holds(relation, match, k.Always()):
                wanted = self.wanted(match, frame)
                key = (relation, *wanted)
                return self.lasting(key, frame.day, lambda: any_of([v for _, v in self._held(condition, frame)]))
            case k.Holds():
                return any_of([verdict for _, verdict in self._held(condition, frame)])
            case k.OnDay(terms, since):
                found = YES if terms is None else self._in_term(terms, frame.day)
                return found if since is None or frame.day >= since else all_of((NO._replace(until=since), found))
            case k.SomeDay(part):
                return self._some_day(part, frame)
            case k.Age():
                return self._aged(condition, frame)
            case k.Share():
                return _share(condition, frame)
            case k.Undecided(need):
                return unknown(need)
            case k.Compare():
                return self._until_seen(self.compared(condition, frame)[0], condition, frame)
            case k.LatestIs():
                return self._until_seen(self._latest(condition, frame), condition, frame)
            case _:
                assert_never(condition)

    def _until_seen(self, verdict: Verdict, condition: k.Condition, frame: Frame) -> Verdict:
        """Return the verdict with the first later day on which what it selects could be something else."""
        if frame.seen is None:
            return verdict
        until = {FOREVER}
        for node in walk(condition):
            if isinstance(node, k.Events):
                ages = [part for part in walk(node.where) if isinstance(part, k.Age)]
                for fact in self._matching_facts(node, frame):
                    # Of a month, each day that is seen is one more on which it may have happened.
                    until.update(fact.on.days())
                    until.update(edge for day in fact.on.days() for age in ages for edge in turns(age, day))
            elif isinstance(node, k.Holdings):
                for holding in self.matching_holdings(node.relation, node.match, frame):
                    fits = self.verdict(node.where, frame._replace(item=holding))
                    until.update((held(holding, frame.day).until, fits.until))
        return verdict._replace(until=min(day for day in until if day > frame.day))

    def _is(self, condition: k.Is, frame: Frame) -> Verdict:
        term = condition.term
        if condition.waits_for is not None:
            held_by = frame.item if isinstance(term, k.Its) else frame.trigger
            if _field(held_by, condition.waits_for) is None:
                return unknown(k.need_of(condition.waits_for))
        return YES if _meets(self.values(term, frame), self.values(condition.options, frame)) else NO

    def _held(self, selection: k.Holds | k.Holdings, frame: Frame) -> list[tuple[Holding, Verdict]]:
        """Return each holding that matches, with whether it is selected on the frame's day; of a group one at most."""
        found: list[tuple[Holding, Verdict]] = []
        doubtful: dict[tuple[Any, ...], list[tuple[Holding, Verdict, Verdict]]] = {}
        for holding in self.matching_holdings(selection.relation, selection.match, frame):
            there = held(holding, frame.day)
            fits = YES
            if there.truth != Truth.FALSE and not isinstance(selection.where, k.Always):
                fits = self.verdict(selection.where, frame._replace(item=holding))
            if holding.ways and there.truth == Truth.UNKNOWN and fits.truth != Truth.FALSE:
                doubtful.setdefault(holding.group, []).append((holding, there, fits))
            else:
                found.append((holding, all_of((there, fits))))
        return found + [whichever_holds(alternatives, frame.day) for alternatives in doubtful.values()]

    def _some_day(self, part: k.Condition, frame: Frame) -> Verdict:
        """Return whether the part is true on some day from the entry, which may be open, to the day asked."""
        first, sure = frame.entry or (date.min, date.min)
        found, day = [], first
        while day <= frame.asked:
            verdict = self.verdict(part, frame._replace(day=day, seen=day))
            until = verdict.until if day >= sure else min(verdict.until, sure)
            found.append(verdict if day >= sure else all_of((verdict, unknown("full_date"))))
            day = until
        return any_of(found)._replace(until=add_days(frame.asked, 1)) if found else NO

    def _aged(self, condition: k.Age, frame: Frame) -> Verdict:
        """Return whether what is at hand is old enough and not too old; of a holding its first day may be open."""
        item, least, most = frame.item, condition.least, condition.most
        if not isinstance(item, Holding):
            # The frame's day is the fact's own, and no fact is younger than the day asked.
            begun, day = (frame.day, frame.day), frame.asked
            if frame.day > day:
                return NO
        else:
            begun, day = may_begin(item, frame.day), frame.day
        parts = []
        if least is not None:
            parts.append(has_come(add_span(begun[0], least), add_span(begun[1], least), day))
        if most is not None:
            more = Tallied(0, 0, frozenset(), frozenset())
            if condition.extended_by is not None:
                more = self.tallied(k.Count(condition.extended_by), frame)
            counts = {min(int(count), condition.times) for count in (more.certain, more.possible)}
            till = add_span if isinstance(item, Holding) else last_within
            ends = [prolonged(till(first, most), condition.extension, n) for first in begun for n in counts]
            over = has_come(add_days(min(ends), 1), add_days(max(ends), 1), day)
            parts.append(negated(over)._replace(evidence=more.evidence))
        verdict = all_of(parts)
        return verdict if isinstance(item, Holding) else verdict._replace(until=FOREVER)

    def _in_term(self, kinds: tuple[str, ...], day: date) -> Verdict:
        if term := self.history.terms.term_on(day, kinds):
            return YES._replace(until=add_days(term.last, 1))
        later = [term.first for term in self.history.terms.terms if term.kind in kinds and term.first > day]
        return NO._replace(until=min(later, default=FOREVER))

    def _latest(self, condition: k.LatestIs, frame: Frame) -> Verdict:
        """Return whether the latest selected fact has the value, whichever of the open ones are really the latest."""
        weighed = [w for w in self.selected(condition.of, frame) if w.verdict.truth != Truth.FALSE]
        sure = [w.fact for w in weighed if w.verdict.truth == Truth.TRUE]
        last_sure = max((fact.on.first for fact in sure), default=date.min)
        adverse = [fact for fact in sure if _field(fact, condition.name) in condition.adverse]
        last_adverse = max((fact.on.first for fact in adverse), default=date.min)
        # Only these could be the latest one: whatever surely lies before a selected fact cannot, nor what surely lies
        # before an adverse one or on its day, or is not seen yet.
        running = [
            w
            for w in weighed
            if w.fact.on.last >= last_sure
            and (
                self.history.as_of > last_adverse < w.fact.on.last
                or _field(w.fact, condition.name) in condition.adverse
            )
        ]
        if not running:
            return NO
        values = {_field(w.fact, condition.name) for w in running}
        evidence = frozenset(w.fact.id for w in running)
        decided = condition.value in values
        if sure and len({value == condition.value for value in values}) == 1:
            return Verdict(Truth.TRUE if decided else Truth.FALSE, evidence=evidence)
        if not sure and not decided:
            return Verdict(Truth.FALSE, evidence=evidence)
        needs = frozenset().union(*(w.verdict.needs for w in running))
        return Verdict(Truth.UNKNOWN, needs or frozenset({"full_date"}), evidence)

    # Terms and matching --------------------------------------------------------------------------------------------

    def values(self, operand: k.Operand, frame: Frame) -> tuple[Any, ...]:
        """Return the values that an operand stands for, none where the field it names is empty."""
        match operand:
            case k.Subject():
                return (frame.subject,)
            case k.Its(name):
                value = _field(frame.item, name)
            case k.Trigger(name):
                value = _field(frame.trigger, name)
            case k.AskedStep():
                value = frame.step
            case _:
                value = operand
        if isinstance(value, tuple):
            return value
        return () if value is None else (value,)

    def wanted(self, match: Iterable[tuple[str, k.Operand]], frame: Frame) -> list[tuple[str, tuple[Any, ...]]]:
        """Return the values that each field must have one of; a parameter that nobody set asks for nothing."""
        return [(name, self.values(want, frame)) for name, want in match if not isinstance(want, k.Given)]

    def matching_holdings(self, relation: str, match: k.Match, frame: Frame) -> Sequence[Holding]:
        """Return the holdings of a relation, of whatever day, whose fields match."""
        return self.history.holdings_matching(relation, self.wanted(match, frame))

    def _matching_facts(self, selection: k.Events, frame: Frame, besides: Wanted = ()) -> Sequence[Seen]:
        wanted = [*self.wanted(selection.match, frame), *besides]
        if len(selection.types) == 1:
            return self.history.seen_matching(selection.types[0], wanted)
        return [fact for wire in selection.types for fact in self.history.seen_matching(wire, wanted)]

    # Selections and tallies ----------------------------------------------------------------------------------------

    def standing(self, fact: Seen) -> Verdict:
        """Return whether the record was made by somebody who may make it."""
        if fact.wire not in self.standings:
            return YES
        if fact.id not in self._standing:
            self._standing[fact.id] = merged(
                all_of(verdict for verdict, _ in self._standing_tests(fact, day)) for day in self._days(fact)
            )
        return self._standing[fact.id]

    def no_standing_reason(self, fact: Seen) -> str | None:
        """Return the reason code why the record counts for nothing, or None where it may count."""
        if self.standing(fact).truth != Truth.FALSE:
            return None
        tests = self._standing_tests(fact, self._days(fact)[-1])
        return next((reason for verdict, reason in tests if verdict.truth == Truth.FALSE), None)

    def _standing_tests(self, fact: Seen, day: date) -> list[tuple[Verdict, str]]:
        standing = self.standings[fact.wire]
        frame = Frame(day=day, subject=getattr(fact, standing.about), item=fact)
        return [(self.verdict(test, frame), reason) for test, reason in standing.tests]

    def _days(self, fact: Seen) -> tuple[date, ...]:
        return tuple(day for day in fact.on.days() if day <= self.history.as_of)

    def weighed(self, selection: k.Events, frame: Frame) -> list[Weighed]:
        """Return each fact whose fields match, with whether it is selected, whichever of its days is the right one."""
        return [Weighed(fact, self._weight(selection, fact, frame)) for fact in self._matching_facts(selection, frame)]

    def selected(self, selection: k.Events, frame: Frame, among: Sequence[Seen] | None = None) -> list[Weighed]:
        """Return what `weighed` does, without facts that surely are not selected, so far as that is quickly seen.

        They fell outside the period that is judged, or have to do with nothing that the subject ever had to do with.
        Where facts that match are given it is of those alone.
        """
        seen = self._tied_facts(selection, frame) if among is None else among
        if selection.window in _BY_PERIOD and (period := frame.period) is not None:
            start = period.start if selection.window == "period" else self.history.terms.reaches_back(period)
            end, named = period.end, not FOR_PERIOD.keys().isdisjoint(selection.types)
            seen = [
                fact
                for fact in seen
                if ((on := fact.on).first <= end and start <= on.last) or (named and _is_for(fact) is not None)
            ]
        return [Weighed(fact, self._weight(selection, fact, frame)) for fact in seen]

    def _tied_facts(self, selection: k.Events, frame: Frame) -> Sequence[Seen]:
        """Return the facts that match and have to do with the subject, the same in all of their periods."""
        key = (selection, frame.subject)
        found = self._tied.get(key)
        if found is None:
            besides: Wanted = ()
            if (tie := tied_by(selection.where)) is not None:
                relation, match, name, of_item = tie
                theirs = self.matching_holdings(relation, match, frame)
                values = dict.fromkeys(value for one in theirs for value in several(one.values.get(name)))
                besides = [(of_item, tuple(values))]
            found = self._matching_facts(selection, frame, besides)
            if names_subject_alone(selection):
                if len(self._tied) >= _MOST_KEPT:
                    self._tied.clear()
                self._tied[key] = found
        return found

    def _weight(self, selection: k.Events, fact: Seen, frame: Frame) -> Verdict:
        standing = self.standing(fact)
        if standing.truth == Truth.FALSE:
            return standing
        latest = frame.seen or self.history.as_of
        if fact.on.exact and fact.on.first <= latest:
            verdict = self._selected(selection, fact, fact.on.first, frame)
            return verdict if standing is YES else all_of((standing, verdict))
        verdict = merged(
            [NO if day > latest else self._selected(selection, fact, day, frame) for day in fact.on.days()]
        )
        return verdict if standing is YES else all_of((standing, verdict))

    def matching(self, selection: k.Events) -> Sequence[Seen]:
        """Return the facts whose fields match, whatever more is asked of them, where nothing that matches moves."""
        return self._matching_facts(selection, Frame(day=self.history.as_of, subject=""))

    def occurs(self, selection: k.Events, fact: Seen) -> list[Verdict]:
        """Return whether the fact is selected, were each of its days the day it happened; windows do not matter."""
        days = fact.on.days()
        if isinstance(selection.where, k.Always):
            return [NO if day > self.history.as_of else self.standing(fact) for day in days]
        whenever = self._weight(evolve(selection, window="ever"), fact, Frame(day=self.history.as_of, subject=""))
        if whenever.truth == Truth.FALSE:
            return [NO for _ in days]
        return [self._occurs_on(selection, fact, day) for day in days]

    def _occurs_on(self, selection: k.Events, fact: Seen, day: date) -> Verdict:
        if day > self.history.as_of:
            return NO
        return all_of((self.standing(fact), self.verdict(selection.where, Frame(day=day, subject="", item=fact))))

    def _selected(self, selection: k.Events, fact: Seen, day: date, frame: Frame) -> Verdict:
        window = self._in_window(selection.window, day, frame)
        if fact.wire in FOR_PERIOD and selection.window in _BY_PERIOD and (named := _is_for(fact)) is not None:
            period = frame.period
            window = YES if period is not None and named in period and day <= period.end else NO
        if window.truth == Truth.FALSE or isinstance(selection.where, k.Always):
            return window
        return all_of(
            (window, self.verdict(selection.where, frame._replace(day=day, item=fact, judged_on=frame.asked)))
        )

    def _in_window(self, window: str, day: date, frame: Frame) -> Verdict:
        match window:
            case "ever":
                inside = True
            case "period":
                inside = frame.period is not None and day in frame.period
            case "period_or_vacation_before":
                inside = (period := frame.period) is not None and (
                    day in period or self.history.terms.counting_from(day) == period.start
                )
            case "by_trigger":
                inside = frame.trigger_day is not None and day <= frame.trigger_day
            case "by_deadline":
                inside = frame.deadline is not None and day <= frame.deadline
            case "after_trigger":
                start, end = frame.trigger_day, frame.deadline
                inside = start is not None and end is not None and start <= day <= end
            case _:
                if frame.entry is None:
                    return YES
                if frame.entry[0] <= day < frame.entry[1]:
                    return unknown("full_date")
                inside = day >= frame.entry[1]
        return YES if inside else NO

    def holdings_held(self, selection: k.Holdings, frame: Frame) -> list[tuple[Holding, Verdict]]:
        """Return each holding that matches and may hold on the day judged, with whether it is selected."""
        judged = frame._replace(day=frame.asked)
        return [entry for entry in self._held(selection, judged) if entry[1].truth != Truth.FALSE]

    def tallied(self, tally: k.Tally, frame: Frame) -> Tallied:
        """Return what the tally comes to in the frame."""
        match tally:
            case k.Count(k.Holdings() as of):
                held_then = self.holdings_held(of, frame)
                return self._counted(tally, [(h.fact, h, verdict) for h, verdict in held_then], frame)
            case k.Count(k.Events() as of):
                return self._counted(tally, [(w.fact.id, w.fact, w.verdict) for w in self.selected(of, frame)], frame)
            case k.Count():
                weighed = [w for of in tally.selections if isinstance(of, k.Events) for w in self.selected(of, frame)]
                return self._counted(tally, [(w.fact.id, w.fact, w.verdict) for w in weighed], frame)
            case k.Sum(name, of):
                return self._summed(name, [w for selection in of for w in self.selected(selection, frame)])
            case k.MostCovered(name, among, of):
                return self._most_covered(name, frozenset(among), self.selected(of, frame))
            case k.CountAfterEarly(of):
                return self._after_early(of, frame)
            case k.CountFindings():
                return self.findings_counted(tally, frame)
            case _:
                assert_never(tally)

    def _counted(self, tally: k.Count, found: list[tuple[str | None, Any, Verdict]], frame: Frame) -> Tallied:
        if isinstance(through := tally.distinct, k.Through):
            found = [
                (fact, reached.values.get(through.name), all_of((verdict, there)))
                for fact, entry, verdict in found
                for reached, there in self.holdings_held(through.of, frame._replace(item=entry))
            ]
        sure, maybe, ids, needs = list[Any](), list[Any](), set[str | None](), _NOTHING
        for fact, entry, verdict in found:
            if verdict.truth == Truth.TRUE:
                sure.append(entry)
                ids.add(fact)
            elif verdict.truth == Truth.UNKNOWN:
                maybe.append(entry)
                needs |= verdict.needs
        certain, possible = len(sure), len(sure) + len(maybe)
        if tally.distinct is not None:
            name = tally.distinct if isinstance(tally.distinct, str) else None
            values = [*sure, *maybe] if name is None else [_field(entry, name) for entry in (*sure, *maybe)]
            certain, possible = len(set(values[: len(sure)])), len(set(values))
        counted = Tallied(certain, possible, _ids(ids), needs)
        if possible >= 1 >= certain and not isinstance(tally.if_sole, k.Always):
            # What is surely selected, else what may be the only one; of one value there may be several.
            sole = all_of(self.verdict(tally.if_sole, frame._replace(item=entry)) for entry in sure or maybe)
            if sole.truth == Truth.FALSE and possible == 1:
                return Tallied(0, 0, frozenset(), frozenset())
            if sole.truth != Truth.TRUE:
                return Tallied(0, possible, frozenset(), needs | sole.needs)
        return counted

    def _summed(self, name: str, weighed: list[Weighed]) -> Tallied:
        certain, possible = Decimal(0), Decimal(0)
        evidence, needs = set(), set()
        for fact, verdict in weighed:
            if verdict.truth == Truth.FALSE:
                continue
            number = _field(fact, name)
            if number is None:
                possible = UNBOUNDED
                needs |= {name} | verdict.needs
            elif verdict.truth == Truth.TRUE:
                certain += number
                possible += number
                evidence.add(fact.id)
            elif number:
                possible += number
                needs |= verdict.needs
        return Tallied(_plain(certain), _plain(possible), frozenset(evidence), frozenset(needs))

    def _most_covered(self, name: str, among: frozenset[str], weighed: list[Weighed]) -> Tallied:
        covered = [(len(among & set(_field(w.fact, name) or ())), w) for w in weighed]
        sure = [(n, w.fact) for n, w in covered if w.verdict.truth == Truth.TRUE]
        maybe = [(n, w.verdict) for n, w in covered if w.verdict.truth == Truth.UNKNOWN]
        most = max((n for n, _ in sure), default=0)
        fullest = in_order(fact for n, fact in sure if n == most and most)[:1]
        needs = frozenset().union(*(verdict.needs for n, verdict in maybe if n > most))
        return Tallied(most, max([most, *(n for n, _ in maybe)]), _ids(f.id for f in fullest), needs)

    def _after_early(self, of: k.Events, frame: Frame) -> Tallied:
        if frame.period is None:
            raise PackError("a count that takes in early ones needs a period")
        own = self.selected(of, frame)
        before: list[Weighed] = []
        if frame.period.grain in CALENDAR_GRAINS:
            before = self.selected(of, frame._replace(period=previous_period(frame.period)))
        sure, sure_before = ([w.fact for w in found if w.verdict.truth == Truth.TRUE] for found in (own, before))
        early = in_order(sure_before)[1:]
        maybe, maybe_before = ([w for w in found if w.verdict.truth == Truth.UNKNOWN] for found in (own, before))
        possible = len(sure) + len(maybe) + max(0, len(sure_before) + len(maybe_before) - 1)
        return Tallied(
            len(sure) + len(early),
            possible,
            _ids(fact.id for fact in [*sure, *early]),
            frozenset().union(*(w.verdict.needs for w in [*maybe, *maybe_before])),
        )

    def bound(self, limit: k.Limit | None, frame: Frame, *, upper: bool) -> Number | None:
        """Return the number that a limit of a comparison surely comes to; `upper` where it is the most allowed."""
        if limit is None or isinstance(limit, int):
            return limit
        return self._limited(limit, frame, upper=upper).certain

    def _limited(self, limit: k.Limit, frame: Frame, *, upper: bool) -> Tallied:
        """Return what a limit of a comparison comes to."""
        if isinstance(limit, int):
            return _exactly(limit)
        if isinstance(limit, k.Portion):
            whole = self.tallied(limit.of, frame)
            certain, possible = (_part(number, limit, upper=upper) for number in (whole.certain, whole.possible))
            return whole._replace(certain=certain, possible=possible)
        return self.tallied(limit, frame)

    def compared(self, condition: k.Compare, frame: Frame) -> tuple[Verdict, Tallied]:
        """Return whether the tally lies within its limits, and the tally."""
        tallied = self.tallied(condition.tally, frame)
        low, high, truth, needs = tallied.certain, tallied.possible, Truth.TRUE, _NOTHING
        for limit, at_most in ((condition.least, False), (condition.most, True)):
            if limit is None:
                continue
            number = self._limited(limit, frame, upper=at_most)
            sure = high <= number.certain if at_most else low >= number.possible
            never = low > number.possible if at_most else high < number.certain
            if never:
                truth = Truth.FALSE
            elif not sure and truth != Truth.FALSE:
                truth, needs = Truth.UNKNOWN, needs | tallied.needs | number.needs
        return Verdict(truth, needs if truth == Truth.UNKNOWN else _NOTHING, tallied.evidence), tallied


@lru_cache(maxsize=1024)
def _exactly(number: int) -> Tallied:
    return Tallied(number, number, _NOTHING, _NOTHING)


def _is_for(fact: Seen) -> date | None:
    """Return the day of the periods in which alone a fact counts; None where that is the day it happened."""
    name = FOR_PERIOD.get(fact.wire)
    return None if name is None else getattr(fact, name)


def _field(item: Seen | Holding | None, name: str) -> Any:
    if isinstance(item, Holding):
        return item.values.get(name)
    return None if item is None else value_of(item, name)


def _part(number: Number, portion: k.Portion, *, upper: bool) -> Number:
    """Return so many parts of a number, in whole ones: the most that it allows, or the least that suffices."""
    if isinstance(number, Decimal) and not number.is_finite():
        return number
    parts = int(number) * portion.numerator
    return parts // portion.denominator if upper else -(-parts // portion.denominator)


def _meets(values: tuple[Any, ...], wanted: tuple[Any, ...]) -> bool:
    if len(wanted) == 1:
        return wanted[0] in values
    return any(value in wanted for value in values)


def _share(condition: k.Share, frame: Frame) -> Verdict:
    part, whole = _field(frame.item, condition.part), _field(frame.item, condition.whole)
    if missing := [name for name, value in ((condition.part, part), (condition.whole, whole)) if value is None]:
        return unknown(*missing)
    numerator, denominator = condition.above
    enough = part * denominator >= whole * numerator if condition.or_equal else part * denominator > whole * numerator
    return YES if enough else NO


def _no_findings(tally: k.CountFindings, frame: Frame) -> Tallied:
    raise PackError(f"the findings of {', '.join(tally.rules)} are not at hand for {frame.subject}")


def _ids(ids: Iterable[str | None]) -> frozenset[str]:
    return frozenset([found for found in ids if found is not None])


def _plain(number: Decimal) -> Number:
    return int(number) if number.is_finite() and number == number.to_integral_value() else number
