"""Scenes: small histories, each with the question to which one rule of a pack answers in a given way."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import islice, zip_longest
from typing import Any, Final, cast

from attrs import evolve, frozen

from partyrules.answers.observers import unobserved
from partyrules.answers.verdicts import Decision, Finding
from partyrules.errors import FactError
from partyrules.evaluate.pipeline import case_of
from partyrules.facts.admission import admitted
from partyrules.facts.codec import decode_fact, encode_fact
from partyrules.facts.vocabulary import Fact, StageEntered, TermDeclared
from partyrules.history import history_of
from partyrules.language import kernel as k
from partyrules.language import rules as r
from partyrules.language.sugar import LISTED
from partyrules.language.tree import walk
from partyrules.packs.pack import Adoption, Bound, Pack, adopt, adopted_with, reading_key
from partyrules.questions.audit import audit
from partyrules.questions.decide import REFERENCE, decided
from partyrules.testing.construction import Builder, Facts, Place, Step
from partyrules.time.calendar import CivilDate, Period, Term, TermCalendar, add_days, add_span

PERSON: Final = "person-1"
_MOST_TRIED: Final = 400
_MOST_SINCE: Final = 40
_MOST_ROUNDS: Final = 8
_MOST_MENDED: Final = 60
_MOST_WEIGHED: Final = 12
_BROKEN: Final = ("breached", "advisory")
_PARAMETERS: Final = {"grain": "quarter", "days": "30"}
_YEARS_OF_HOLIDAYS: Final = 8
# So many days longer than a span, that the 29th to 31st of a month make no difference.
_SURELY: Final = 5


@frozen
class Scene:
    """A history (事例): facts, whom a rule is asked about on a day, and into which stage where a step is asked for."""

    facts: Facts
    subject: str
    as_of: date
    step: str | None = None


def declared_terms(first_year: int, years: int) -> tuple[TermDeclared, ...]:
    """Return the declared terms of so many academic years, synthetic, one after the other without a gap."""
    declared: list[TermDeclared] = []
    for year in range(first_year, first_year + years):
        for name, kind, first, last in (
            ("autumn", "semester", date(year, 9, 1), date(year + 1, 1, 15)),
            ("winter", "winter_vacation", date(year + 1, 1, 16), date(year + 1, 2, 20)),
            ("spring", "semester", date(year + 1, 2, 21), date(year + 1, 7, 5)),
            ("summer", "summer_vacation", date(year + 1, 7, 6), date(year + 1, 8, 31)),
        ):
            declared.append(
                TermDeclared(
                    id=f"term {first.year}-{name}",
                    on=CivilDate(first, first),
                    until=last,
                    term=f"{first.year}-{name}",
                    kind=cast("Any", kind),
                    academic_year=f"{year}-{year + 1}",
                )
            )
    return tuple(declared)


# Adopting a pack for its laws -------------------------------------------------------------------------------


def filled(
    pack: Pack,
    *,
    readings: Mapping[str, str] | None = None,
    parameters: Mapping[str, str | int] | None = None,
    holidays: Mapping[date, bool] | None = None,
) -> Adoption:
    """Return the pack adopted, with whatever its rules need to say anything.

    Readings and parameters are written `RULE.NAME` or `PACK:RULE.NAME`; a parameter that a rule needs gets a value.
    Where a rule counts working days and no `holidays` are given, a table is invented in which every weekday is worked.
    """
    chosen = {_full(pack, key): option for key, option in (readings or {}).items()}
    given: dict[str, str | int] = {_full(pack, key): value for key, value in (parameters or {}).items()}
    for rule in pack.rules:
        for parameter in rule.parameters:
            if not parameter.optional and parameter.takes in _PARAMETERS:
                given.setdefault(reading_key(pack, rule, parameter), _PARAMETERS[parameter.takes])
    if holidays is None and any(isinstance(node, r.WithinWorkingDays) for rule in pack.rules for node in walk(rule)):
        holidays = _plain_years(pack)
    return adopt([pack], readings=chosen, parameters=given, holidays=holidays)


def _plain_years(pack: Pack) -> Mapping[date, bool]:
    """Return a synthetic table of holidays: complete for the years of the scenes, free only on two New Year's Days."""
    first = pack.document.in_force_from.year - 1
    return {date(first, 1, 1): True, date(first + _YEARS_OF_HOLIDAYS, 1, 1): True}


def _full(pack: Pack, key: str) -> str:
    return key if ":" in key else f"{pack.id}:{key}"


def adoptions_of(pack: Pack, rule: r.Rule, base: Adoption) -> Iterator[Adoption]:
    """Yield the base adoption, and it with each single change of a reading that the text of a rule admits."""
    yield base
    for reading in rule.readings:
        key = reading_key(pack, rule, reading)
        for option in reading.options:
            if option != base.readings.get(key, reading.default):
                yield adopted_with(base, key, option)


def every_other(pack: Pack, base: Adoption) -> Adoption:
    """Return the pack adopted with every reading on its last other option."""
    chosen = dict(base.readings)
    for rule in pack.rules:
        for reading in r.all_readings(rule):
            others = [option for option in reading.options if option != reading.default]
            if others:
                chosen[reading_key(pack, rule, reading)] = others[-1]
    return adopt([pack], readings=chosen, parameters=base.parameters, holidays=base.holidays)


_STUDIOS: Final[dict[tuple[Any, ...], "Studio"]] = {}


def studio_of(adoption: Adoption) -> "Studio":
    """Return the studio of an adoption, made once for all who ask."""
    key = (
        tuple(id(pack) for pack in adoption.packs),
        tuple(adoption.readings.items()),
        tuple(adoption.parameters.items()),
        tuple(sorted(adoption.holidays.items())),
    )
    if key not in _STUDIOS:
        _STUDIOS[key] = Studio(adoption)
    return _STUDIOS[key]


# The studio -------------------------------------------------------------------------------------------------


class Studio:
    """Finds, for the rules of one adoption, scenes in which they hold and scenes in which they are broken."""

    def __init__(self, adoption: Adoption) -> None:
        self.adoption = adoption
        self.builder = Builder(adoption)
        documents = [pack.document for pack in adoption.packs]
        self.in_force_from = max(document.in_force_from for document in documents)
        self.in_force_until = min((d.in_force_until for d in documents if d.in_force_until), default=date.max)
        self.terms = declared_terms(self.in_force_from.year - 1, 4)
        self.since = date(self.in_force_from.year - 3, 3, 1)
        self._found: dict[tuple[str, bool], Scene | None] = {}

    def scene(self, bound: Bound[r.Rule], *, holds: bool) -> Scene | None:
        """Return the smallest scene found in which the rule holds, or is broken; None where none was found.

        A duty is satisfied, or breached; a requirement is met, or not; a veto does not apply, or does.
        """
        key = (bound.id, holds)
        if key not in self._found:
            proposed = islice(self.proposals(bound, holds=holds), _MOST_TRIED)
            found = next((scene for scene in proposed if self.shows(scene, bound, holds=holds)), None)
            self._found[key] = found and self.smallest(found, lambda s: self.shows(s, bound, holds=holds))
        return self._found[key]

    def kept_beside_others(self, bound: Bound[r.Rule]) -> bool:
        """Tell whether a further scene is found in which the rule is kept and, once mended, nothing is breached."""
        proposed = islice(self.proposals(bound, holds=True), _MOST_MENDED)
        shown = (scene for scene in proposed if self.shows(scene, bound, holds=True))
        return any(not self.compliant(scene)[1] for scene in islice(shown, _MOST_WEIGHED))

    def needs(self, bound: Bound[r.Rule], *, holds: bool) -> tuple[str, ...]:
        """Return what the proposals for a scene leave open of the rule, most often first."""
        found: Counter[str] = Counter()
        for scene in islice(self.proposals(bound, holds=holds), _MOST_MENDED):
            if isinstance(bound.rule, r.Duty):
                findings = self.findings(scene, rule=bound.id)
                found.update(need for one in findings if one.subject == scene.subject for need in one.needs)
            else:
                found.update(n for item in self.decision(scene).unknown if item.rule == bound.id for n in item.needs)
        return tuple(need for need, _ in found.most_common())

    def scenes(self) -> tuple[Scene, ...]:
        """Return every scene found for every rule."""
        each = (self.scene(bound, holds=holds) for bound in self.adoption.rules for holds in (True, False))
        return tuple(scene for scene in each if scene is not None)

    # Judging ---------------------------------------------------------------------------------------------------

    def findings(self, scene: Scene, *, rule: str = "*") -> tuple[Finding, ...]:
        """Return the findings on a scene; nobody who measures tests is told of them."""
        with unobserved():
            return audit(scene.facts, self.adoption, as_of=scene.as_of).findings(rule=rule)

    def decision(self, scene: Scene) -> Decision:
        """Return the decision that a scene asks for; nobody who measures tests is told of it."""
        history = history_of(
            scene.facts,
            as_of=scene.as_of,
            stages=self.adoption.stage_names,
            relations=self.adoption.relations,
        )
        case = case_of(self.adoption, history, person=scene.subject, to=scene.step or self.adoption.stage_names[0])
        with unobserved():
            return decided(case, engine=REFERENCE)

    def shows(self, scene: Scene, bound: Bound[r.Rule], *, holds: bool) -> bool:
        """Tell whether the rule holds, or is broken, in the scene; one that waits where it is not met is then open."""
        if not self._stands(scene):
            return False
        waits = not holds and not isinstance(bound.rule, r.Veto) and _never_false(bound.rule.requires)
        if isinstance(bound.rule, r.Duty):
            found = self.findings(scene, rule=bound.id)
            if holds and any(finding.status in _BROKEN for finding in found):
                return False
            wanted = ("satisfied",) if holds else ("unknown",) if waits else _BROKEN
            shown = any(finding.subject == scene.subject and finding.status in wanted for finding in found)
            return shown and self.recordable(scene)
        decision = self.decision(scene)
        if isinstance(bound.rule, r.Veto):
            lists = (*decision.vetoes, *decision.unknown) if holds else decision.vetoes
            shown = decision.reason is None and any(item.rule == bound.id for item in lists) != holds
        elif waits:
            shown = any(item.rule == bound.id for item in (*decision.unknown, *decision.advisory))
        else:
            lists = decision.met if holds else (*decision.unmet, *decision.advisory)
            shown = any(item.rule == bound.id and not item.needs for item in lists)
        return shown and self.recordable(scene)

    def recordable(self, scene: Scene) -> bool:
        """Tell whether a ledger would take the facts, so that no value stands in them that the wire format refuses."""
        try:
            for fact in scene.facts:
                decode_fact(encode_fact(fact), vocabulary=self.adoption.vocabulary)
        except FactError:
            return False
        return self._stands(scene)

    def _stands(self, scene: Scene) -> bool:
        """Tell whether the facts go together."""
        return not admitted((), [("", fact) for fact in scene.facts]).problems

    def smallest(self, scene: Scene, still: Callable[[Scene], bool]) -> Scene:
        """Return the scene without the facts that it does not need, `still` telling what it is to show."""
        groups: list[list[Fact]] = [
            [fact for fact in scene.facts if isinstance(fact, TermDeclared)],
            *([fact] for fact in reversed(scene.facts)),
        ]
        for group in groups:
            left = evolve(scene, facts=tuple(fact for fact in scene.facts if fact not in group))
            if len(left.facts) < len(scene.facts) and still(left):
                scene = left
        return scene

    # Proposing -------------------------------------------------------------------------------------------------

    def proposals(self, bound: Bound[r.Rule], *, holds: bool) -> Iterator[Scene]:
        """Yield scenes in which the rule could hold, or be broken, the plainest first."""
        rule = bound.rule
        self.builder.begin()
        if isinstance(rule, r.Duty):
            yield from self._duty_scenes(rule, holds=holds)
        else:
            for step in rule.steps:
                for at, as_of in self._before(step):
                    for reached in self.builder.chain(self._asked(rule, holds=holds), at):
                        yield Scene(reached.facts, at.subject, as_of, step)

    def permits(self, scene: Scene) -> bool:
        """Tell whether whom the scene is about may take its step."""
        return self.decision(scene).outcome == "permitted" and self.recordable(scene)

    def permitted(self, step: str) -> Scene | None:
        """Return a scene in which somebody may pass into the stage, None where none was found."""
        rules: list[r.Requirement] = [b.rule for b in self.adoption.requirements if step in b.rule.steps]
        vetoes: list[r.Veto] = [b.rule for b in self.adoption.vetoes if step in b.rule.steps]
        needed = tuple(rule.requires for rule in rules if not rule.advisory)
        asked = k.AllOf((*needed, *(k.Not(veto.vetoes) for veto in vetoes)))
        unless = k.AllOf(tuple(k.Not(rule.when) for rule in rules))
        self.builder.begin()
        for at, as_of in self._before(step):
            for wanted in (asked, unless):
                for reached in islice(self.builder.so(wanted, at), _MOST_TRIED):
                    scene = Scene(reached.facts, at.subject, as_of, step)
                    if self.permits(scene):
                        return self.smallest(scene, self.permits)
        return None

    def _asked(self, rule: r.Requirement | r.Veto, *, holds: bool) -> list[Step]:
        if isinstance(rule, r.Veto):
            return [partial(self.builder.so, rule.vetoes, wanted=not holds)]
        return [partial(self.builder.so, rule.when), partial(self.builder.so, rule.requires, wanted=holds)]

    def _before(self, step: str) -> Iterator[tuple[Place, date]]:
        """Yield where somebody stands before a step, and the day it is asked for."""
        stages = self.adoption.stage_names
        held = stages[stages.index(step) - 1] if stages.index(step) > 0 else None
        as_of = min(add_days(self.in_force_from, 200), self.in_force_until)
        # Where a time in the stage is asked for, whoever entered it at any time would not do.
        for entered in dict.fromkeys((*self._entered(step, as_of), add_days(as_of, -120), add_days(self.since, 30))):
            facts: Facts = self.terms
            if held is not None:
                entry = StageEntered(
                    id=f"stage_entered {PERSON} {held} {entered}",
                    on=CivilDate(entered, entered),
                    person=PERSON,
                    stage=held,
                )
                facts = (*facts, entry)
            yield (
                Place(facts, PERSON, self.since, (add_days(as_of, -60), add_days(as_of, -30), as_of), step=step),
                as_of,
            )

    def _entered(self, step: str, as_of: date) -> Iterator[date]:
        """Yield the days on which the stage before a step was entered by whom the rules on that step let just through.

        Beside the day on which a time is just long enough, or only just not too long, stand its neighbours.
        """
        requirements = tuple(bound.rule for bound in self.adoption.requirements if step in bound.rule.steps)
        vetoes = tuple(bound.rule for bound in self.adoption.vetoes if step in bound.rule.steps)
        yield from _beginnings((requirements, vetoes), as_of, relation="stage")

    def _duty_scenes(self, duty: r.Duty, *, holds: bool) -> Iterator[Scene]:
        subject = _subject_of(duty)
        standing_day = min(add_days(self.in_force_from, 200), self.in_force_until)
        match duty.per:
            case r.PerPeriod(grain):
                places = ((p, Place(self.terms, subject, self.since, self._days_in(p))) for p in self._periods(grain))
                # By turns, since there may be much to try in a month that a vacation exempts.
                yield from _by_turns([self._settled(duty, at, p.end, holds=holds) for p, at in places])
            case r.Rolling(every):
                due = add_span(self.in_force_from, every)
                early = add_days(self.in_force_from, 10)
                at = Place(self.terms, subject, self.since, (early, due))
                yield from self._settled(duty, at, due, holds=holds)
            case r.Standing():
                at = Place(self.terms, subject, self.since, (add_days(standing_day, -30), standing_day))
                yield from self._settled(duty, at, standing_day, holds=holds)
            case r.Occasion(of) | r.Triggered(of):
                deadline = duty.per.deadline if isinstance(duty.per, r.Triggered) else None
                for day in self._trigger_days():
                    start = Place(self.terms, subject, self.since, (day,))
                    for placed in self.builder.event(of, start):
                        new = [fact for fact in placed.facts if fact.wire in of.types]
                        days = _days_about(day, deadline)
                        at = evolve(placed, trigger=new[0], days=days)
                        yield from self._settled(duty, at, max(add_days(day, 1), *days), holds=holds)

    def _settled(self, duty: r.Duty, at: Place, as_of: date, *, holds: bool) -> Iterator[Scene]:
        """Yield scenes with the duty's bearer in scope and its requirement true, or false."""
        kind = duty.bearer.kind
        there: k.Condition = duty.bearer.scope
        if kind in ("unit", "building"):
            there = k.AllOf((there, k.Holds(kind, ((kind, k.SUBJECT),))))

        def tied(place: Place) -> Iterator[Place]:
            if duty.bearer.each is None:
                yield place
                return
            each = duty.bearer.each
            wire = self.builder.relations[each.relation].started
            for reached in self.builder.holding(each.relation, each.match, each.where, place):
                yield evolve(reached, trigger=[fact for fact in reached.facts if fact.wire == wire][-1])

        steps: list[Step] = [
            tied,
            partial(self.builder.so, there),
            partial(self.builder.so, duty.requires, wanted=holds),
        ]
        begun = [*_beginnings((duty.bearer.scope, duty.requires), as_of)]
        for since in dict.fromkeys((at.since, *begun)):
            reached = self.builder.chain(steps, evolve(at, since=since))
            # Where something must have held for a time, no one day may use up all that is tried.
            for place in islice(reached, _MOST_SINCE) if begun else reached:
                yield Scene(place.facts, at.subject, as_of)

    def _periods(self, grain: str | k.Given) -> Iterator[Period]:
        if isinstance(grain, k.Given):
            return
        calendar = TermCalendar(_calendar_terms(self.terms))
        last = min(add_days(self.in_force_from, 900), self.in_force_until)
        whole = [
            period
            for period in calendar.periods(cast("Any", grain), self.in_force_from, last)
            if period.start >= self.in_force_from and period.end <= last
        ]
        yield from whole[:3]

    def _days_in(self, period: Period) -> tuple[date, ...]:
        middle = period.start + (period.end - period.start) // 2
        first_days = [term.on.first for term in self.terms if term.on.first in period]
        return tuple(dict.fromkeys((middle, period.start, period.end, *first_days)))

    def _trigger_days(self) -> tuple[date, ...]:
        # The first within a semester: in a vacation a deadline that is the semester's end is open.
        day = add_days(self.in_force_from, 40)
        semester = next(t.on.first for t in self.terms if t.kind == "semester" and t.on.first > self.in_force_from)
        return tuple(d for d in (add_days(semester, 30), day, add_days(day, 200)) if d <= self.in_force_until)

    # Mending ---------------------------------------------------------------------------------------------------

    def compliant(self, scene: Scene) -> tuple[Scene, tuple[Finding, ...]]:
        """Return the scene with everything added that the breaches in it ask for, and the breaches that are left."""
        mended, left = self._complied(scene, careful=False)
        return self._complied(scene, careful=True) if left else (mended, left)

    def _complied(self, scene: Scene, *, careful: bool) -> tuple[Scene, tuple[Finding, ...]]:
        """Return what `compliant` does; if `careful`, of several cures one is taken that breaks nothing else."""
        tried: set[tuple[Any, ...]] = set()
        for _ in range(_MOST_ROUNDS):
            before, broken = scene, [finding for finding in self.findings(scene) if finding.status in _BROKEN]
            for finding in broken:
                key = _key(finding)
                proposed = (evolve(scene, facts=facts) for facts in self._mended(finding, scene))
                mended = (each for each in proposed if self._stands(each))
                # Where more of the same is always better, the plainest proposal will do unless it has failed before.
                if key in tried or not self._grows(finding.rule):
                    mended = (each for each in islice(mended, _MOST_MENDED) if not self._still(finding, each))
                tried.add(key)
                scene = self._harmless(scene, mended, broken) if careful else next(mended, scene)
            if scene is before:
                # Nothing is broken, or no cure is found now or in a further round.
                return scene, tuple(broken)
        left = tuple(finding for finding in self.findings(scene) if finding.status in _BROKEN)
        return scene, left

    def _harmless(self, scene: Scene, mended: Iterator[Scene], broken: list[Finding]) -> Scene:
        """Return the first of some cures that breaks nothing which was whole, else the first of all."""
        known = {_key(finding) for finding in broken}
        first: Scene | None = None
        for each in islice(mended, _MOST_WEIGHED):
            first = first or each
            found = (one for one in self.findings(each) if one.status in _BROKEN)
            if all(_key(one) in known for one in found):
                return each
        return first or scene

    def _grows(self, name: str) -> bool:
        requires = self._duty(name).requires
        if not isinstance(requires, k.Compare):
            return requires == LISTED
        return requires.most is None and not (
            isinstance(requires.tally, k.Count) and requires.tally.if_sole != k.Always()
        )

    def _still(self, finding: Finding, scene: Scene) -> bool:
        """Tell whether the duty is still broken by the subject, in the period or on the occasion."""
        broken = (found for found in self.findings(scene, rule=finding.rule) if found.status in _BROKEN)
        return any(_key(found) == _key(finding) for found in broken)

    def _duty(self, name: str) -> r.Duty:
        return next(bound.rule for bound in self.adoption.duties if bound.id == name)

    def _mended(self, finding: Finding, scene: Scene) -> Iterator[Facts]:
        duty = self._duty(finding.rule)
        trigger = next((fact for fact in scene.facts if fact.id == finding.occasion), None)
        days: Iterable[date] = (scene.as_of,)
        if finding.period is not None:
            days = self._days_in(finding.period)
        elif trigger is not None:
            deadline = duty.per.deadline if isinstance(duty.per, r.Triggered) else None
            days = _days_about(trigger.on.first, deadline)
        at = Place(
            scene.facts,
            finding.subject,
            self.since,
            tuple(day for day in days if day <= scene.as_of),
            trigger=trigger,
        )
        for reached in self.builder.so(duty.requires, at):
            yield reached.facts


def _key(finding: Finding) -> tuple[Any, ...]:
    return finding.rule, finding.subject, finding.occasion, finding.due


def _never_false(condition: k.Condition) -> bool:
    """Tell whether a condition waits for an answer wherever it is not true."""
    match condition:
        case k.Undecided():
            return True
        case k.AnyOf(parts):
            return any(_never_false(part) for part in parts)
        case k.AllOf(parts):
            return bool(parts) and all(_never_false(part) for part in parts)
    return False


def _beginnings(tree: Any, as_of: date, *, relation: str | None = None) -> Iterator[date]:
    """Yield the days from which something has held just long enough, or just not too long, and days beside these."""
    for node in walk(tree):
        match node:
            case k.Holds(held, _, k.Age(least, most)) if relation in (None, held):
                for span in filter(None, (least, most)):
                    day = add_span(as_of, -span)
                    yield from (add_days(day, days) for days in (0, -1, 1, -_SURELY))


def _days_about(day: date, deadline: Any) -> tuple[date, ...]:
    """Return the days, around that of a trigger, on which the act it asks for could happen in time."""
    match deadline:
        case r.Ahead(span):
            return (add_span(day, -span), day)
        case r.Within(span):
            return (add_days(day, 1), add_span(day, span), day)
        case r.WithinDays(int() as days):
            return (add_days(day, 1), day, add_days(day, 130), add_days(day, days))
        case r.EndOfSemester() | r.WithinDays() | r.WithinWorkingDays():
            return (add_days(day, 1), day, add_days(day, 130))
    return (day, add_days(day, -1))


def _subject_of(duty: r.Duty) -> str:
    """Return the id under which the bearer of a duty is invented."""
    if duty.bearer.kind in ("person", "named"):
        return PERSON
    for node in walk(duty.bearer.scope):
        if isinstance(node, k.Holds) and dict(node.match).get(duty.bearer.kind) == k.SUBJECT:
            kind = dict(node.match).get("kind")
            if isinstance(kind, str):
                return f"{kind}-1"
    return f"{duty.bearer.kind}-1"


def _by_turns(several: Sequence[Iterator[Scene]]) -> Iterator[Scene]:
    for row in zip_longest(*several):
        yield from (scene for scene in row if scene is not None)


def _calendar_terms(terms: Iterable[TermDeclared]) -> Iterator[Term]:
    for term in terms:
        if term.until is not None:
            yield Term(term.on.first, term.until, term.kind, term.term, term.academic_year)
