"""What a monitor knows, the rows of every duty and the decisions as of a day; and what a batch of facts makes of it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
from attrs import define

from partyrules.answers.blocks import About, FindingRow, Names, row_of, rows_of
from partyrules.answers.verdicts import Finding
from partyrules.errors import EngineError
from partyrules.evaluate.columnar.duties import Duties
from partyrules.evaluate.columnar.occasions import Bindings
from partyrules.evaluate.columnar.view import View
from partyrules.evaluate.frames import Frame
from partyrules.evaluate.kleene import Truth, Verdict
from partyrules.evaluate.mentions import DECISIONS, Mention
from partyrules.evaluate.narrowing import Narrowing
from partyrules.evaluate.reference import ReferenceEvaluator
from partyrules.facts.schema import FOR_PERIOD
from partyrules.facts.vocabulary import Fact, FactRetracted
from partyrules.history import UNDATED_WIRES
from partyrules.history.lazy import LazyHistory
from partyrules.language.kernel import Always
from partyrules.language.rules import Duty
from partyrules.packs.pack import Adoption, Bound
from partyrules.questions.sources import history_from, terms_joining
from partyrules.store.columns import Columns
from partyrules.store.index import Glimpse, index_of
from partyrules.store.projection import Projection
from partyrules.watch.changes import Change, Kept, Passage, changes_of
from partyrules.watch.deltas import Attendance, Counting, attended, counted_once_more, delta_of
from partyrules.watch.dependence import EVERYBODY, Dependence, Subjects, Tracing
from partyrules.watch.passages import next_passage, passages
from partyrules.watch.rows import Difference, DutyRows, FactNames, Key, differences, row_key

_TERM: Final = "term_declared"
_OPENED: Final = "register_opened"
_REGISTER: Final = ("register_closed", _OPENED)


class Watched:
    """A projection of facts and an adoption, with what the rules depend on."""

    def __init__(self, projection: Projection, adoption: Adoption) -> None:
        self.projection: Final = projection
        self.adoption: Final = adoption
        self.columns: Final[Columns] = projection.columns
        self.duties: Final[Mapping[str, Bound[Duty]]] = {bound.id: bound for bound in adoption.duties}
        self.dependence: Final = Dependence.of(adoption)
        self.deltas: Final[Mapping[Mention, Attendance | Counting]] = {
            mention: delta
            for some in self.dependence.by_wire.values()
            for mention in some
            if mention.rule != DECISIONS and (delta := delta_of(self.duties[mention.rule], mention, adoption))
        }
        self.attendances: Final = {d.bound.id: d for d in self.deltas.values() if isinstance(d, Attendance)}

    def catch_up(self) -> None:
        """Bring the projection up to date; raise EngineError where it had to be made anew.

        Raise FactError where what was recorded cannot stand beside the terms of the adoption.
        """
        self.projection.refresh()
        if self.projection.columns is not self.columns:
            raise EngineError("the projection was read anew since the monitor began; begin another one")
        terms_joining(self.projection, self.adoption)

    def admit(self, coming: Iterable[Fact]) -> None:
        """Raise FactError where facts that are to be recorded cannot stand beside the terms of the adoption."""
        terms_joining(self.projection, self.adoption, coming=coming)

    def now(self, state: "State") -> "Now":
        """Return what judges as of a state; raise EngineError where facts have come that it does not know."""
        if state.taken != len(self.columns):
            raise EngineError("facts were recorded that the monitor has not taken in; refresh it first")
        return Now(self, state.as_of)


class Now:
    """Both evaluators over all that the columns hold now, as of a day."""

    def __init__(self, watched: Watched, as_of: date) -> None:
        history = history_from(watched.projection, watched.adoption, as_of=as_of)
        assert isinstance(history, LazyHistory)  # noqa: S101 - that of a projection
        self.history: Final = history
        self.view: Final = View(watched.projection, watched.adoption, history)
        self.evaluator: Final = ReferenceEvaluator(watched.adoption, history)
        self.narrowing: Final = Narrowing(self.evaluator.world)
        self._duties: Final[dict[frozenset[str] | None, Duties]] = {}

    def duties(self, names: Names, subjects: frozenset[str] | None = None) -> Duties:
        """Return what judges duties in columns, about some subjects alone where these are given."""
        if subjects not in self._duties:
            self._duties[subjects] = Duties(self.view, names, self.found, wanted=subjects)
        return self._duties[subjects]

    def found(self, about: About, subjects: Collection[str] | None) -> Iterator[Finding]:
        """Yield the findings on a duty, about some subjects or about everybody."""
        return self.evaluator.findings(about, wanted=subjects) if isinstance(about, Bound) else iter(())


@define(kw_only=True, eq=False, repr=False)
class State:
    """The `rows` of each duty and the `passages` by person, as of a day, of the first `taken` facts.

    `bindings` tell of occasions whom they bind; `holding` judges what held, None where something began or ended since;
    `gone` are the ids that these facts retract, `named` the people whom they name.
    """

    as_of: date
    names: FactNames
    rows: dict[str, DutyRows]
    passages: dict[str, Passage]
    bindings: dict[str, Bindings]
    holding: ReferenceEvaluator | None
    taken: int
    gone: frozenset[str]
    named: set[str]

    @staticmethod
    def whole(watched: Watched, as_of: date, *, before: "State | None" = None) -> "State":
        """Return the state of all facts, judged as a whole."""
        now = Now(watched, as_of)
        view = now.view
        names = FactNames(watched.columns) if before is None else before.names
        return State(
            as_of=as_of,
            names=names,
            rows={rule: DutyRows(now.duties(names).block(bound), names) for rule, bound in watched.duties.items()},
            passages=passages(watched.adoption, view, now.history),
            bindings={rule: Bindings(view, *delta) for rule, delta in watched.attendances.items()},
            holding=now.evaluator,
            taken=len(watched.columns),
            gone=now.history.retracted,
            named=set(view.texts(view.people.tolist())),
        )

    def differing(self, before: "State") -> tuple[Change, ...]:
        """Return what is not as it was in an earlier state."""
        pairs: list[tuple[Kept | None, Kept | None]] = []
        for rule, rows in self.rows.items():
            pairs += differences(before.rows[rule].settled(), rows.settled(), self.names)
        people = {**before.passages, **self.passages}
        return changes_of([*pairs, *((before.passages.get(one), self.passages.get(one)) for one in people)])


def one_by_one(columns: Columns) -> int:
    """Return of how many subjects a duty is judged one by one sooner than in columns, which go through all facts."""
    return 4 + len(columns) // 10_000


def taken_in(watched: Watched, state: State) -> tuple[Change, ...] | None:
    """Take in what the columns hold beyond a state, and return what that changes; None where all is to be judged."""
    taking = _Taking(watched, state)
    if not taking.sort():
        return None
    taking.trace()
    taking.judge()
    return taking.commit()


class _Taking:
    """One batch of facts on its way into a state, of which no row or decision changes before `commit`.

    `affected` are the subjects to judge anew by rule, `moved` those whom other occasions may bind from now on;
    `differing` the rows that may differ by rule, subject and key, `rows` all those of a rule judged as a whole.
    """

    def __init__(self, watched: Watched, state: State) -> None:
        self.watched: Final = watched
        self.state: Final = state
        self.gone = state.gone
        self.came: list[Glimpse] = []
        self.went: list[Glimpse] = []
        self.named = state.named
        self.affected: dict[str, Subjects] = {}
        self.moved: dict[str, set[str]] = {}
        self.differing: dict[str, dict[str, dict[Key, Difference]]] = {}
        self.rows: dict[str, DutyRows] = {}
        self.passages: dict[str, Passage | None] = {}

    @cached_property
    def now(self) -> Now:
        """The evaluators over all facts, the new ones with them."""
        return Now(self.watched, self.state.as_of)

    @property
    def holding(self) -> ReferenceEvaluator:
        """The reference, where nothing is asked but what held: an earlier one serves until something begins or ends."""
        self.state.holding = self.state.holding or self.now.evaluator
        return self.state.holding

    @cached_property
    def tracing(self) -> Tracing:
        """What follows the fields of facts to the bearers of a rule."""
        return Tracing(self.now.history, self._bound_by)

    # What came and went ----------------------------------------------------------------------------------------------

    def sort(self) -> bool:
        """Tell the facts that now stand, and those that no longer do; False where they concern everything."""
        index, taken, as_of = index_of(self.watched.projection), self.state.taken, self.state.as_of
        new = [index.glimpse(number) for number in range(taken, len(self.watched.columns))]
        changed: tuple[list[Glimpse], list[Glimpse]] = ([], [])
        if any(fact.wire == FactRetracted.wire for fact in new):
            self.gone = self.now.history.retracted
            if any(term.id in self.gone ^ self.state.gone for term in self.watched.adoption.terms):
                return False
            for facts, ids in zip(changed, (self.state.gone - self.gone, self.gone - self.state.gone), strict=True):
                numbers = (self.watched.columns.numbers.get(name) for name in ids)
                facts += [index.glimpse(number) for number in numbers if number is not None and number < taken]
        new = [fact for fact in new if fact.id not in self.gone]
        self.came, self.went = (
            [fact for fact in facts if fact.on.first <= as_of or fact.wire in UNDATED_WIRES]
            for facts in ([*new, *changed[0]], changed[1])
        )
        return not any(
            fact.wire == _TERM or (fact.wire in _REGISTER and not fact.values("unit"))
            for fact in (*self.came, *self.went)
        )

    # Whom they concern -----------------------------------------------------------------------------------------------

    def trace(self) -> None:
        """Find out which findings and decisions the facts concern; count what is only to be counted."""
        newly = {person for fact in self.came for person in fact.people()} - self.named
        left = {person for fact in self.went for person in fact.people()} & self.named
        left = {person for person in left if not self.now.history.names(person)}
        self.named = (self.named | newly) - left if newly or left else self.named
        holding = self.watched.dependence.holding
        if newly or left or any(fact.wire in holding for fact in (*self.came, *self.went)):
            self.state.holding = None
        for came, facts in ((True, self.came), (False, self.went)):
            for fact in facts:
                self._trace(fact, came=came)
        for mention in self.watched.dependence.presumed if newly or left else ():
            for person in newly | left:
                self._affects_by(mention, self.tracing.named(mention, person))
        readers = self.watched.dependence.readers
        for rule in [rule for rule in readers if rule in self.affected or rule in self.differing]:
            for reader in readers[rule]:
                self._affects(reader, self.affected.get(rule, set()))
                self._affects(reader, set(self.differing.get(rule, ())))

    def _trace(self, fact: Glimpse, *, came: bool) -> None:
        one_day = fact.on.exact and not fact.values(FOR_PERIOD.get(fact.wire, ""))
        for mention in self.watched.dependence.by_wire.get(fact.wire, ()):
            if mention.may_match(fact):
                match self.watched.deltas.get(mention) if came and one_day else None:
                    case Counting() as delta:
                        self._count(delta, fact)
                    case Attendance() as delta if self._attend(delta, fact):
                        pass
                    case _:
                        self._affects_by(mention, self.tracing.subjects(mention, fact))

    def _affects_by(self, mention: Mention, subjects: Subjects) -> None:
        self._affects(mention.rule, subjects)
        if not mention.occasion and subjects is not None and mention.rule in self.state.bindings:
            self.moved.setdefault(mention.rule, set()).update(subjects)

    def _affects(self, rule: str, subjects: Subjects) -> None:
        known = self.affected.get(rule, set())
        self.affected[rule] = EVERYBODY if known is None or subjects is None else known | subjects

    def _bound_by(self, rule: str, fact_id: str) -> Subjects:
        """Return whom an occasion of a duty may bind, or bound so far."""
        found = self.state.rows[rule].on_occasion(fact_id)
        fact = self.now.history.by_id.get(fact_id)
        if fact is None:
            return found
        named = self._could_bind(rule, Frame(day=fact.on.first, subject="", trigger=fact))
        return EVERYBODY if named is None else found | named

    def _could_bind(self, rule: str, frame: Frame) -> Subjects:
        return self.now.narrowing.subjects(self.watched.duties[rule].rule.bearer.scope, frame)

    def _told(self, delta: Attendance, subject: str) -> set[tuple[str, str]] | None:
        """Return fields and values of which an occasion has one wherever it binds a subject; None if not known."""
        known = len(delta.of.match)
        selections = self.now.narrowing.occasions(delta.bound.rule.bearer.scope, delta.of, subject)
        told = [selection.match[known:] for selection in selections]
        return None if () in told else {(name, str(value)) for pairs in told for name, value in pairs}

    # What is only to be counted --------------------------------------------------------------------------------------

    def _count(self, delta: Counting, fact: Glimpse) -> None:
        """Count one fact more in the period of its one day, or in the semester with which that counts."""
        rule, where, day = delta.bound.id, delta.of.where, fact.on.first
        subjects = tuple(dict.fromkeys(fact.values(delta.bearer)))
        if not isinstance(where, Always):
            world, frame = self.holding.world, Frame(day=day, subject="", item=fact)
            subjects = self._surely(rule, subjects, lambda one: world.verdict(where, frame._replace(subject=one)))
        differing = self.differing.setdefault(rule, {})
        rows = [*self.state.rows[rule].on(subjects, day)]
        if delta.of.window != "period" and (start := self.holding.history.terms.counting_from(day)) is not None:
            later = self.state.rows[rule].on(subjects, start)
            rows += [row for row in later if (span := row.period) and span.start == start and day not in span]
        for row in rows:
            subject, key = row.subject, row_key(row)
            before, current = differing.get(subject, {}).get(key, (row, row))
            after = None if current is None else counted_once_more(current, delta)
            if after is None:
                self._affects(rule, {subject})
            else:
                differing.setdefault(subject, {})[key] = (before, after)

    def _attend(self, delta: Attendance, fact: Glimpse) -> bool:
        """Add a row for each whom an occasion of one day binds; False where more is to be asked."""
        rule = delta.bound.id
        opened = self.watched.columns.tables.get(_OPENED)
        if opened is not None and fact.on.first.toordinal() < int(opened.last.array.max(initial=0)):
            return False
        frame = Frame(day=fact.on.first, subject="", trigger=fact, trigger_day=fact.on.first)
        people, asked = self.state.bindings[rule].on(fact) or ([], self._could_bind(rule, frame))
        if asked is None:
            return False

        def binds(person: str) -> Verdict:
            return self.holding.binds(delta.bound, frame._replace(subject=person), leave=True)

        differing = self.differing.setdefault(rule, {})
        for row in attended(delta, fact, (*people, *self._surely(rule, asked, binds))):
            differing.setdefault(row.subject, {})[row_key(row)] = (None, row)
        return True

    def _surely(self, rule: str, subjects: Iterable[str], says: Callable[[str], Verdict]) -> tuple[str, ...]:
        """Return of which subjects something surely is so; where it is open the rule is to be judged."""
        found = {subject: says(subject).truth for subject in subjects}
        self._affects(rule, {subject for subject, truth in found.items() if truth == Truth.UNKNOWN})
        return tuple(subject for subject, truth in found.items() if truth == Truth.TRUE)

    # What they come to now -------------------------------------------------------------------------------------------

    def judge(self) -> None:
        """Judge anew whatever the facts concern: a few one by one, more in columns, of their slice of the tables."""
        few = one_by_one(self.watched.columns)
        for rule, subjects in self.affected.items():
            if rule == DECISIONS:
                self._decide(subjects, few)
            elif subjects is None:
                self._judge_everybody(rule)
            elif subjects:
                self._judge(self.watched.duties[rule], frozenset(subjects), few)
        for rule, moved in self.moved.items():
            for subject in moved:
                self.state.bindings[rule].leave_open(subject, self._told(self.watched.attendances[rule], subject))

    def _decide(self, people: Subjects, few: int) -> None:
        adoption, now = self.watched.adoption, self.now
        if people is not None and len(people) <= few:
            self.passages = {person: next_passage(adoption, now.history, person) for person in people}
        else:
            gone = dict.fromkeys(self.state.passages if people is None else people)
            self.passages = {**gone, **passages(adoption, now.view, now.history, people)}

    def _judge_everybody(self, rule: str) -> None:
        names = self.state.names
        self.rows[rule] = DutyRows(self.now.duties(names).block(self.watched.duties[rule]), names)
        self.differing.pop(rule, None)
        if rule in self.state.bindings:
            self.state.bindings[rule] = Bindings(self.now.view, *self.watched.attendances[rule])

    def _judge(self, bound: Bound[Duty], subjects: frozenset[str], few: int) -> None:
        of = self.state.rows[bound.id].of
        after = {one: dict[Key, Difference]((key, (row, None)) for key, row in of(one).items()) for one in subjects}
        if len(subjects) <= few:
            rows: Iterable[FindingRow] = map(row_of, self.now.found(bound, subjects))
        else:
            block = self.now.duties(self.state.names, subjects).block(bound)
            rows = rows_of(block, np.arange(len(block)), self.state.names)
        for row in rows:
            about, key = after[row.subject], row_key(row)
            about[key] = (about.get(key, (None, None))[0], row)
        self.differing.setdefault(bound.id, {}).update(after)

    # In force --------------------------------------------------------------------------------------------------------

    def commit(self) -> tuple[Change, ...]:
        """Put all of it in force, and return what changed."""
        state, pairs = self.state, list[tuple[Kept | None, Kept | None]]()
        for rule, rows in self.rows.items():
            pairs += differences(state.rows[rule].settled(), rows.settled(), state.names)
        for rule, subjects in self.differing.items():
            for subject, some in subjects.items():
                pairs += some.values()
                state.rows[rule].put(subject, {key: after for key, (before, after) in some.items() if before != after})
        state.rows.update(self.rows)
        for person, passage in self.passages.items():
            pairs.append((state.passages.pop(person, None), passage))
            if passage is not None:
                state.passages[person] = passage
        state.gone, state.named, state.taken = self.gone, self.named, len(self.watched.columns)
        return changes_of(pairs)
