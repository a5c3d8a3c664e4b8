"""Taking in what was recorded: which findings and decisions the facts concern, and what these come to now."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final

from attrs import define

from partyrules.answers.blocks import FindingRow, row_of
from partyrules.evaluate.columnar.duties import Duties
from partyrules.evaluate.conditions import Frame
from partyrules.evaluate.kleene import Truth, all_of, negated
from partyrules.evaluate.narrowing import Narrowing, says_whom
from partyrules.facts.retractions import retracted_ids
from partyrules.facts.vocabulary import FactRetracted
from partyrules.history import UNDATED_WIRES
from partyrules.language.kernel import AllOf, Always, Condition, Trigger
from partyrules.language.tree import walk
from partyrules.watch.changes import Change, Passage, in_order_changed
from partyrules.watch.dependence import DECISIONS, EVERYBODY, Mention, Said, Subjects, Tracing
from partyrules.watch.entries import Entry, Named, entry_of
from partyrules.watch.passages import next_passage, passages
from partyrules.watch.quick import (
    Attendance,
    Counting,
    Rosters,
    Told,
    attended,
    counted_once_more,
    told_occasions,
)
from partyrules.watch.rows import Difference, DutyRows, differences, row_key
from partyrules.watch.state import Now, State, Watched, finding_changes, passage_changes

__all__ = ["MOST_ONE_BY_ONE", "taken_in"]

MOST_ONE_BY_ONE: Final = 64
"""Up to so many subjects a duty is judged anew one by one; of more, at once."""
_TERM: Final = "term_declared"
_REGISTER: Final = ("register_closed", "register_opened")
_OPENED: Final = "register_opened"


def taken_in(watched: Watched, state: State) -> tuple[Change, ...] | None:
    """Take in what the columns hold beyond a state, and return what that changes; None where all is to be judged."""
    taking = _Taking(watched, state)
    if not taking.sort():
        return None
    taking.trace()
    taking.judge()
    return taking.commit()


def _told_by_trigger(scope: Condition) -> Condition:
    """Return the parts of a scope that say, by the trigger, whom it could bind; the whole where none does."""
    telling = [p for p in _parts(scope) if says_whom(p) and any(isinstance(node, Trigger) for node in walk(p))]
    return AllOf(tuple(telling)) if telling else scope


def _parts(condition: Condition) -> Iterator[Condition]:
    """Yield the conditions that all have to be true."""
    if isinstance(condition, AllOf):
        for part in condition.parts:
            yield from _parts(part)
    else:
        yield condition


@define
class _Counted:
    """A row that facts of the day are counted in, as it was and as it is."""

    before: FindingRow
    after: FindingRow


class _Taking:
    """One batch of facts on its way into a state, which nothing changes before `commit`."""

    def __init__(self, watched: Watched, state: State) -> None:
        self.watched: Final = watched
        self.state: Final = state
        self.columns: Final = watched.columns
        self.gone = state.gone
        self.came: list[Entry] = []
        self.went: list[Entry] = []
        self.newly_named: set[str] = set()
        self.no_longer_named: set[str] = set()
        self.affected: dict[str, Subjects] = {}
        self.stale: dict[str, set[str]] = {}
        self.outdated: list[tuple[str, str, Told]] = []
        self.counted: dict[tuple[str, str, int], _Counted] = {}
        self.attended: dict[tuple[str, str], list[FindingRow]] = {}
        self.rows: dict[str, DutyRows] = {}
        self.replaced: list[tuple[str, str, list[FindingRow]]] = []
        self.passages: Mapping[str, Passage] | None = None
        self.some_passages: dict[str, Passage | None] = {}
        self.rosters: Rosters | None = None
        self.found: list[Difference] = []

    @cached_property
    def now(self) -> Now:
        """The reference over all facts, the new ones with them."""
        return Now(self.watched, self.state.as_of)

    # What came and went ----------------------------------------------------------------------------------------------

    def sort(self) -> bool:
        """Tell the facts that now stand, and those that no longer do; False where they concern everything."""
        new = [
            Entry(self.columns, table, row)
            for wire, table in self.columns.tables.items()
            for row in range(self.state.sizes.get(wire, 0), table.rows)
        ]
        restored: list[str] = []
        went: list[str] = []
        if any(entry.wire == FactRetracted.wire for entry in new):
            self.gone = retracted_ids(self.watched.retractions())
            restored = sorted(self.state.gone - self.gone)
            went = sorted(self.gone - self.state.gone)
        numbers = self.columns.numbers if restored or went else {}
        if any(term.id in (*restored, *went) for term in self.watched.adoption.terms):
            return False
        old = range(self.state.taken)
        self.came = [entry for entry in new if entry.id not in self.gone]
        self.came += [entry_of(self.columns, numbers[name]) for name in restored if numbers.get(name) in old]
        self.went = [entry_of(self.columns, numbers[name]) for name in went if numbers.get(name) in old]
        last = self.state.as_of.toordinal()
        self.came, self.went = (
            [entry for entry in some if entry.first <= last or entry.wire in UNDATED_WIRES]
            for some in (self.came, self.went)
        )
        return all(entry.wire != _TERM for entry in (*self.came, *self.went))

    # Whom they concern -----------------------------------------------------------------------------------------------

    def trace(self) -> None:
        """Find out which findings and decisions the facts concern; count what is only to be counted."""
        named = self.state.named
        for entry in self.came:
            self.newly_named.update(person for person in entry.people() if person not in named)
            self._trace(entry, came=True)
        for entry in self.went:
            self.no_longer_named.update(p for p in entry.people() if p in named and not self.now.history.names(p))
            self._trace(entry, came=False)
        for person in (*self.newly_named, *self.no_longer_named):
            for mention in self.watched.dependence.presumed:
                if mention.relation is not None:
                    self._affects_by(mention, Named(mention.relation, person))
        self._trace_readers()

    def _trace_readers(self) -> None:
        readers = self.watched.dependence.readers
        if not readers:
            return
        said: list[tuple[str, Subjects]] = list(self.affected.items())
        said += [(rule, {subject}) for rule, subject, _ in self.counted]
        said += [(rule, {subject}) for rule, subject in self.attended]
        for rule, subjects in said:
            for reader in readers.get(rule, ()):
                self._affects(reader, subjects)

    def _trace(self, said: Entry, *, came: bool) -> None:
        closing = any(wire in self.columns.tables for wire in _REGISTER)
        for mention in self.watched.dependence.by_wire.get(said.wire, ()):
            if (mention.closing and not closing) or not mention.may_match(said):
                continue
            plan = self.watched.plans.get(mention)
            if not (came and said.counts_by_day and self._quick(plan, said)):
                self._affects_by(mention, said)
        if said.wire in _REGISTER:
            recorded = self.watched.dependence.recorded if said.wire == _OPENED else self.watched.dependence.timed
            for rule, subjects in self.tracing.recorded_for(recorded, said):
                self._affects(rule, subjects)

    @cached_property
    def tracing(self) -> Tracing:
        """What follows the fields of facts to the bearers of a rule."""
        return Tracing(self.now.history, self.watched.adoption.vocabulary, self._bound_by)

    def _affects_by(self, mention: Mention, said: Said) -> None:
        subjects = self.tracing.subjects(mention, said)
        self._affects(mention.rule, subjects)
        if not mention.occasion and subjects is not None:
            self.stale.setdefault(mention.rule, set()).update(subjects)

    def _affects(self, rule: str, subjects: Subjects) -> None:
        known = self.affected.get(rule, set())
        self.affected[rule] = EVERYBODY if known is None or subjects is None else known | subjects

    def _bound_by(self, rule: str, fact_id: str) -> Subjects:
        """Return whom an occasion of a duty binds, or bound so far."""
        found = self.state.rows[rule].on_occasion(fact_id)
        fact = self.now.history.by_id.get(fact_id)
        if fact is None:
            return found
        scope = _told_by_trigger(self.watched.duties[rule].rule.bearer.scope)
        named = self.narrowing.subjects(scope, Frame(day=fact.on.first, subject="", trigger=fact))
        return EVERYBODY if named is None else found | named

    @cached_property
    def _opened_until(self) -> int:
        """The last day on which any record may have been opened, 0 where none was."""
        table = self.columns.tables.get(_OPENED)
        return 0 if table is None else int(table.last.array.max(initial=0))

    @cached_property
    def narrowing(self) -> Narrowing:
        """What finds whom a scope could bind."""
        return Narrowing(self.now.evaluator.world)

    # What is only to be counted --------------------------------------------------------------------------------------

    def _quick(self, plan: Attendance | Counting | None, entry: Entry) -> bool:
        match plan:
            case Counting():
                return self._count(plan, entry)
            case Attendance():
                return self._attend(plan, entry)
        return False

    def _count(self, plan: Counting, entry: Entry) -> bool:
        rule, rows = plan.bound.id, self.state.rows[plan.bound.id]
        said = entry.values(plan.bearer)
        if said is None or any(entry.values(name) is None for name, _ in plan.of.match):
            return False
        subjects = list(said)
        if subjects and not isinstance(plan.of.where, Always):
            told = self.state.rosters.fitting(plan, entry, self.columns, subjects)
            if told is None:
                return False
            subjects, perhaps = told
            self._affects(rule, perhaps)
        for subject in subjects:
            at = rows.on(subject, entry.first)
            if at is None:
                continue
            key = (rule, subject, at[0])
            known = self.counted.get(key)
            before, current = (known.before, known.after) if known else (at[1], at[1])
            after = counted_once_more(current, plan.least)
            if after is None:
                self._affects(rule, {subject})
            else:
                self.counted[key] = _Counted(before, after)
        return True

    def _attend(self, plan: Attendance, entry: Entry) -> bool:
        if any(entry.values(name) is None for name, _ in plan.of.match) or entry.first < self._opened_until:
            return False
        bound = self.state.rosters.bound(plan, entry, self.columns)
        if bound is None:
            return False
        surely, perhaps = bound
        for person in perhaps:
            truth = self._binds(plan, entry, person)
            if truth == Truth.TRUE:
                surely.append(person)
            elif truth == Truth.UNKNOWN:
                self._affects(plan.bound.id, {person})
        for row in attended(plan, entry, surely):
            self.attended.setdefault((plan.bound.id, row.subject), []).append(row)
        return True

    def _binds(self, plan: Attendance, entry: Entry, person: str) -> Truth:
        """Return whether an occasion binds somebody, as the reference says."""
        fact, evaluator = self.watched.projection.fact(entry.number), self.now.evaluator
        frame = Frame(day=fact.on.first, subject=person, trigger=fact, trigger_day=fact.on.first)
        away = evaluator.on_leave(plan.bound.rule.bearer.kind, frame)
        return all_of((evaluator.in_scope(plan.bound, frame), negated(away))).truth

    # What they come to now -------------------------------------------------------------------------------------------

    def judge(self) -> None:
        """Judge anew whatever the facts concern."""
        whole = [rule for rule, some in self.affected.items() if some is None or len(some) > MOST_ONE_BY_ONE]
        if whole:
            self._judge_whole(whole)
        for rule, subjects in self.affected.items():
            if rule not in whole and subjects:
                self._judge_some(rule, subjects)
        self._judge_stale()
        self.found += [(c.before, c.after) for key, c in self.counted.items() if self._stands(*key[:2])]
        self.found += [(None, row) for key, some in self.attended.items() if self._stands(*key) for row in some]

    def _judge_stale(self) -> None:
        """Find out which later occasions can bind those of whom the rosters do not know enough any more."""
        if self.rosters is not None:
            return
        for plan in self.watched.plans.values():
            rule = plan.bound.id
            for subject in self.stale.get(rule, ()):
                told = told_occasions(self.narrowing, plan, subject) if isinstance(plan, Attendance) else None
                self.outdated.append((rule, subject, told))

    def _stands(self, rule: str, subject: str) -> bool:
        """Tell whether what was counted is all there is to it, the subject not judged anew."""
        affected = self.affected.get(rule, set())
        return affected is not None and rule not in self.rows and subject not in affected

    def _judge_whole(self, rules: Iterable[str]) -> None:
        state, adoption = self.state, self.watched.adoption
        view = self.watched.view(self.now.history)
        duties = Duties(view, state.names, self.now.found)
        for rule in rules:
            if rule == DECISIONS:
                self.passages = passages(adoption, view, self.now.history)
                continue
            block = duties.block(self.watched.duties[rule])
            self.rows[rule] = DutyRows(block, state.names)
            self.found += differences(state.rows[rule].settled(), block, state.names)
        self.rosters = Rosters(view, state.names)

    def _judge_some(self, rule: str, subjects: set[str]) -> None:
        if rule == DECISIONS:
            for person in subjects:
                self.some_passages[person] = next_passage(self.watched.adoption, self.now.history, person)
            return
        after: dict[str, list[FindingRow]] = {subject: [] for subject in subjects}
        for finding in self.now.found(self.watched.duties[rule], subjects):
            after[finding.subject].append(row_of(finding))
        for subject, rows in after.items():
            old = {row_key(row): row for row in self.state.rows[rule].of(subject)}
            new = {row_key(row): row for row in rows}
            differing = [(old.get(key), new.get(key)) for key in {**old, **new} if old.get(key) != new.get(key)]
            if differing:
                self.found += differing
                self.replaced.append((rule, subject, rows))

    # In force --------------------------------------------------------------------------------------------------------

    def commit(self) -> tuple[Change, ...]:
        """Put all of it in force, and return what changed."""
        state = self.state
        changes = [*finding_changes(self.found), *self._passage_changes()]
        state.rows.update(self.rows)
        for rule, subject, rows in self.replaced:
            state.rows[rule].replace(subject, rows)
        for (rule, subject, place), counted in self.counted.items():
            if self._stands(rule, subject):
                state.rows[rule].put(subject, place, counted.after)
        for (rule, subject), some in self.attended.items():
            if self._stands(rule, subject):
                for row in some:
                    state.rows[rule].add(row)
        if self.rosters is not None:
            state.rosters = self.rosters
        else:
            for rule, subject, told in self.outdated:
                state.rosters.outdate(rule, subject, told)
        state.gone = self.gone
        state.named |= self.newly_named
        state.named -= self.no_longer_named
        state.took(self.columns)
        return in_order_changed(changes)

    def _passage_changes(self) -> list[Change]:
        kept = self.state.passages
        if self.passages is not None:
            old, self.state.passages = kept, dict(self.passages)
            return list(passage_changes(old, self.state.passages))
        old = {person: kept[person] for person in self.some_passages if person in kept}
        new = {person: passage for person, passage in self.some_passages.items() if passage is not None}
        for person in self.some_passages:
            kept.pop(person, None)
        kept.update(new)
        return list(passage_changes(old, new))
