"""What made two audits differ in a finding: found by undoing what came between and asking again about its subject."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, combinations, islice
from typing import Final, NamedTuple

import numpy as np
from attrs import define, field

from partyrules.answers.blocks import Array, Evidenced, Names
from partyrules.errors import PartyRulesError
from partyrules.evaluate.reference import ReferenceEvaluator
from partyrules.facts.vocabulary import Fact, FactRetracted
from partyrules.history import History
from partyrules.history.lazy import LazyHistory
from partyrules.packs.pack import Adoption
from partyrules.questions.audit import audit_of
from partyrules.questions.between import Cause, CauseKind, Standpoint, choices, mixed, records_between
from partyrules.questions.concern import Concern
from partyrules.questions.differing import NONE, Differing, evidenced, picked, places, same, sliced
from partyrules.questions.sources import terms_joining
from partyrules.store.projection import Projection

_KINDS: Final[Mapping[str, CauseKind]] = {
    "fact_retracted": "retraction",
    "register_closed": "closure",
    "register_opened": "opening",
}
# About so few subjects the reference is asked sooner than columns, which go through all facts for the first of them.
_FEW: Final = 8
# So many searches, some kilobytes each, go on at once.
_AT_ONCE: Final = 20_000


class _Undone(NamedTuple):
    """What is undone of the later audit: whether the days that passed, which choices, and the places of which facts."""

    time: bool = False
    choices: frozenset[int] = frozenset()
    records: frozenset[int] = frozenset()


_NOTHING: Final = _Undone()


class _Case(NamedTuple):
    """One finding that differs: which of those of its rule, about whom, and the records that it cites on either side.

    `occasion` is that of a finding that was not there before.
    """

    rule: str
    place: int
    subject: str
    cited: frozenset[int]
    occasion: int


class _Question(NamedTuple):
    """Whether with this undone the finding is what it is with that undone."""

    undone: _Undone
    like: _Undone


_Search = Generator[_Question, bool, _Undone]
_Trial = Generator[_Question, bool, bool]


@define
class _Together:
    """Questions that can be put at once: nothing that is undone for one of them, and not for another, concerns that."""

    records: set[int] = field(factory=set)
    spared: set[int] = field(factory=set)
    questions: list[tuple[int, _Question]] = field(factory=list)


class Causes:
    """The causes of what differs between two audits of one projection.

    Everything that came between can be undone: the days that passed, each choice of the adoption, each fact that
    one audit sees and the other does not. All of it undone, the later audit is the earlier; so that for every finding
    some of it can be found that, undone, makes it as it was. What is asked of many findings is asked at once.
    """

    def __init__(
        self, projection: Projection, before: Standpoint, after: Standpoint, *, names: Names, named: frozenset[str]
    ) -> None:
        self._projection: Final = projection
        self._before: Final = before
        self._after: Final = after
        self._names: Final = names
        self._named: Final = named
        self._choices: Final = tuple(choices(before.adoption, after.adoption))
        self._records: Final = frozenset(records_between(projection, before, after))
        self._all: Final = _Undone(before.as_of != after.as_of, frozenset(range(len(self._choices))), self._records)
        self._adoptions: Final = {frozenset[int](): after.adoption}
        self._concerns: Final[dict[frozenset[int], Concern]] = {}
        kinds = (_Undone(records=self._records), _Undone(choices=self._all.choices), _Undone(time=self._all.time))
        there = [kind for kind in kinds if kind != _NOTHING]
        # Records before choices, both before time, less before more.
        ways = (some for size in range(len(there)) for some in combinations(there, size + 1))
        self._groups: Final = [some for some in map(_joined, ways) if self._can_be(some)]
        # What the days brought may say what it says by records or choices that came later.
        self._later: Final = [kind for kind in kinds[:2] if kind in self._groups]
        self._differing: Final[dict[str, Differing]] = {}
        self._sides: Final[dict[_Undone, dict[str, tuple[Evidenced, Array]]]] = {}

    def of(self, differing: Mapping[str, Differing]) -> Iterator[tuple[Cause, ...]]:
        """Yield the causes of each finding that differs, rule by rule; to be asked once."""
        self._differing.update(differing)
        self._sides[self._all] = {rule: (each.before, each.was) for rule, each in differing.items()}
        self._sides[_NOTHING] = {rule: (each.after, each.now) for rule, each in differing.items()}
        cases = chain.from_iterable(self._cases(rule, each) for rule, each in differing.items())
        told: dict[_Undone, tuple[Cause, ...]] = {}
        while some := list(islice(cases, _AT_ONCE)):
            for undone in self._searched(some):
                if undone not in told:
                    told[undone] = tuple(self._told(undone))
                yield told[undone]

    def _searched(self, cases: Sequence[_Case]) -> list[_Undone]:
        """Return what, undone, gives each finding as it was: all searches go on in step, and ask together."""
        searches = [self._search(case) for case in cases]
        found = [_NOTHING] * len(cases)
        told: list[tuple[int, bool | None]] = [(number, None) for number in range(len(cases))]
        while told:
            asked: list[tuple[int, _Question]] = []
            for number, answer in told:
                try:
                    # What has not begun takes no answer.
                    asked.append((number, searches[number].send(answer)))  # type: ignore[arg-type]
                except StopIteration as done:
                    found[number] = done.value
            told = list(self._answers(cases, asked))
        return found

    def _cases(self, rule: str, of: Differing) -> Iterator[_Case]:
        """Yield what differs on a rule; cited is what a finding rests on, on either side, and what retracts that."""
        known = self._records.union(self._retracting)
        cited = [known.intersection((occasion,)) for occasion in of.keys.occasion.tolist()]
        for side, rows in ((of.before, of.was), (of.after, of.now)):
            starts, numbers = side.evidence.starts.tolist(), side.evidence.numbers.tolist()
            for place, row in enumerate(rows.tolist()):
                if row != NONE:
                    cited[place] |= known.intersection(numbers[starts[row] : starts[row + 1]])
        for place, (subject, mine) in enumerate(zip(of.subjects, cited, strict=True)):
            by = mine.union(*(self._retracting[number] for number in mine if number in self._retracting))
            occasion = int(of.keys.occasion[place]) if of.was[place] == NONE else NONE
            yield _Case(rule, place, subject, by & self._records, occasion)

    # The search --------------------------------------------------------------------------------------------------

    def _search(self, case: _Case) -> _Search:
        """Return what, undone, gives the finding as it was, asking as often as it must."""
        if case.occasion in self._records:
            # Without its occasion there is no such finding.
            return _Undone(records=frozenset({case.occasion}))
        some = self._all
        for some in self._groups:
            # All of it undone, the finding is what it was.
            if some == self._all or (yield _Question(some, self._all)):
                break
        found = yield from self._least(case, some, self._all)
        for other in self._later if found.time else ():
            if (yield _Question(other, _NOTHING)):
                continue
            both = _joined((found, (yield from self._least(case, other, other))))
            if self._can_be(both) and (yield _Question(both, self._all)):
                found = both
        return found

    def _least(self, case: _Case, undone: _Undone, like: _Undone) -> _Search:
        """Return a part of what is undone that gives the finding as it is with `like`, and no less of which does."""

        def choices_do(some: Sequence[int]) -> _Trial:
            fewer = undone._replace(choices=frozenset(some))
            return self._can_be(fewer) and (yield _Question(fewer, like))

        if len(undone.choices) > 1:
            least = yield from _smallest(sorted(undone.choices), choices_do)
            undone = undone._replace(choices=frozenset(least))

        def records_do(some: Sequence[int]) -> _Trial:
            return (yield _Question(undone._replace(records=frozenset(some)), like))

        for likely in map(sorted, self._likely(case, undone)):
            if likely and (yield from records_do(likely)):
                least = yield from _smallest(likely, records_do)
                return undone._replace(records=frozenset(least))
        return undone

    def _likely(self, case: _Case, undone: _Undone) -> Iterator[frozenset[int]]:
        """Yield records that may be why, few at first: what is cited, what can bear on it, any."""
        yield case.cited & undone.records
        yield self._concerning(case, undone) & undone.records
        yield undone.records

    # Asking again ------------------------------------------------------------------------------------------------

    def _answers(self, cases: Sequence[_Case], asked: Sequence[tuple[int, _Question]]) -> Iterator[tuple[int, bool]]:
        """Yield the answer to each question about a case, in any order."""
        whole: dict[tuple[str, _Question], list[int]] = {}
        some: list[tuple[int, _Question]] = []
        for number, question in asked:
            if question.undone in self._groups or question.undone in self._sides:
                whole.setdefault((cases[number].rule, question), []).append(number)
            else:
                some.append((number, question))
        for (rule, question), numbers in whole.items():
            yield from self._compared(cases, numbers, rule, question.like, self._side(question.undone, rule))
        for undone, questions in self._together(cases, some):
            by_rule: dict[str, list[tuple[int, _Question]]] = {}
            for number, question in questions:
                by_rule.setdefault(cases[number].rule, []).append((number, question))
            wanted = {rule: {cases[number].subject for number, _ in those} for rule, those in by_rule.items()}
            for rule, side in self._asked(undone, wanted):
                for like in {question.like for _, question in by_rule[rule]}:
                    numbers = [number for number, question in by_rule[rule] if question.like == like]
                    yield from self._compared(cases, numbers, rule, like, side)

    def _compared(
        self, cases: Sequence[_Case], numbers: list[int], rule: str, like: _Undone, side: tuple[Evidenced, Array]
    ) -> Iterator[tuple[int, bool]]:
        places = [cases[number].place for number in numbers]
        (one, rows), (other, others) = side, self._side(like, rule)
        return zip(numbers, same(one, rows[places], other, others[places]).tolist(), strict=True)

    def _together(
        self, cases: Sequence[_Case], asked: Iterable[tuple[int, _Question]]
    ) -> Iterator[tuple[_Undone, list[tuple[int, _Question]]]]:
        """Yield what is undone at once for some questions: what is undone for others concerns none of them."""
        groups: dict[_Undone, list[_Together]] = {}
        for number, question in asked:
            undone = question.undone
            spared = self._concerning(cases[number], undone) - undone.records
            those = groups.setdefault(undone._replace(records=frozenset()), [])
            for group in those:
                if group.records.isdisjoint(spared) and group.spared.isdisjoint(undone.records):
                    break
            else:
                group = _Together()
                those.append(group)
            group.records |= undone.records
            group.spared |= spared
            group.questions.append((number, question))
        for besides, those in groups.items():
            for group in those:
                yield besides._replace(records=frozenset(group.records)), group.questions

    def _side(self, undone: _Undone, rule: str) -> tuple[Evidenced, Array]:
        """Return what differs as it is with this undone, asked of everybody at once."""
        if undone not in self._sides:
            wanted = {rule: set(of.subjects) for rule, of in self._differing.items()}
            self._sides[undone] = {rule: picked(found, rows) for rule, (found, rows) in self._asked(undone, wanted)}
        return self._sides[undone][rule]

    def _asked(self, undone: _Undone, wanted: Mapping[str, set[str]]) -> Iterator[tuple[str, tuple[Evidenced, Array]]]:
        """Yield what is found with this undone, rule by rule, with the row of each finding that differs."""
        adoption, history = self._undoing(undone)
        duties = {bound.id: bound for bound in adoption.duties}
        few = sum(map(len, wanted.values())) <= _FEW
        reference = ReferenceEvaluator(adoption, history)
        subjects = frozenset().union(*wanted.values())
        columns = audit_of(self._projection, adoption, history, wanted=subjects, names=self._names)
        for rule, about in wanted.items():
            of, bound = self._differing[rule], duties.get(rule)
            if bound is None:
                found = sliced(of.after, np.empty(0, np.int64))
            elif few:
                found = evidenced(bound, reference.findings(bound, wanted=about), self._names)
            else:
                found = columns.evidenced(rule)
            yield rule, (found, places(found.block, of.keys))

    def _concerning(self, case: _Case, undone: _Undone) -> frozenset[int]:
        """Return the records that can bear on a finding, whatever else of its like is undone."""
        if undone.choices not in self._concerns:
            adoption = self._adoptions[undone.choices]
            concern = Concern(self._projection, adoption, self._records, named=self._named)
            self._concerns[undone.choices] = concern
        return self._concerns[undone.choices].records(case.rule, case.subject)

    def _undoing(self, undone: _Undone) -> tuple[Adoption, History]:
        adoption = self._adoptions[undone.choices]
        known_at = self._after.known_at
        return adoption, LazyHistory(
            self._projection,
            as_of=(self._before if undone.time else self._after).as_of,
            known_at=known_at,
            stages=adoption.stage_names,
            relations=adoption.relations,
            besides=terms_joining(self._projection, adoption, known_at=known_at),
            left_out=undone.records,
        )

    def _can_be(self, undone: _Undone) -> bool:
        """Tell whether there is such an adoption, and its terms can stand beside the facts."""
        if undone.choices not in self._adoptions:
            some = [self._choices[number] for number in undone.choices]
            adoption = mixed(self._before.adoption, self._after.adoption, some)
            try:
                terms_joining(self._projection, adoption, known_at=self._after.known_at)
            except PartyRulesError:
                return False
            self._adoptions[undone.choices] = adoption
        return True

    # What came between -------------------------------------------------------------------------------------------

    @cached_property
    def _facts(self) -> Mapping[int, Fact]:
        """The facts that came between, by their places."""
        numbers = sorted(self._records)
        return dict(zip(numbers, self._projection.facts(numbers), strict=True))

    @cached_property
    def _retracting(self) -> Mapping[int, set[int]]:
        """By the place of each fact that is retracted by some that came between, the places of these."""
        found: dict[int, set[int]] = {}
        for number, fact in self._facts.items():
            if isinstance(fact, FactRetracted):
                found.setdefault(self._projection.columns.numbers.get(fact.target, NONE), set()).add(number)
        return found

    def _told(self, undone: _Undone) -> Iterator[Cause]:
        """Yield what is undone as causes: records in the order of the record, choices, then time."""
        for number in sorted(undone.records):
            fact = self._facts[number]
            yield Cause(kind=_KINDS.get(fact.wire, "record"), id=fact.id, fact=fact.wire, on=str(fact.on))
        yield from (self._choices[number] for number in sorted(undone.choices))
        if undone.time:
            yield Cause(kind="time", was=str(self._before.as_of), now=str(self._after.as_of))


def _joined(some: Iterable[_Undone]) -> _Undone:
    time, chosen, records = zip(*some, strict=True)
    return _Undone(any(time), frozenset().union(*chosen), frozenset().union(*records))


def _smallest(given: Sequence[int], does: Callable[[Sequence[int]], _Trial]) -> Generator[_Question, bool, list[int]]:
    """Return a part of what does that does too, and from which no single one can be left out."""
    kept, size = list(given), len(given)
    while size > 1 or len(kept) > 1:
        size = max(1, size // 2)
        at, before = 0, len(kept)
        while at < len(kept):
            rest = kept[:at] + kept[at + size :]
            if rest and (yield from does(rest)):
                kept = rest
            else:
                at += size
        if size == 1 and len(kept) == before:
            break
    return kept
