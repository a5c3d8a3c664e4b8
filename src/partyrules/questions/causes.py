"""What made two audits differ in a finding: found by undoing what came between and asking again about its subject."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from itertools import chain, combinations
from typing import Any, Final, Literal, NamedTuple, TypeVar

import numpy as np
from attrs import frozen

from partyrules.answers.blocks import Cited, FindingRow, row_of
from partyrules.answers.verdicts import Finding
from partyrules.errors import PartyRulesError
from partyrules.evaluate.reference import ReferenceEvaluator
from partyrules.facts.schema import naming_fields
from partyrules.facts.vocabulary import Fact, FactRetracted
from partyrules.history import UNDATED_WIRES, History, several
from partyrules.history.lazy import LazyHistory
from partyrules.language.rules import all_readings
from partyrules.packs.pack import Adoption, Pack, adopt, reading_key
from partyrules.questions.audit import Audit, audit_of
from partyrules.questions.sources import terms_joining
from partyrules.store.columns import NO_NUMBER, Table, instant_number
from partyrules.store.projection import Projection
from partyrules.time.calendar import Period

__all__ = ["Cause", "CauseKind", "Causes", "RowKey", "Standpoint", "row_key"]

CauseKind = Literal[
    "record", "retraction", "closure", "opening", "time", "reading", "parameter", "rule", "terms", "holidays"
]
RowKey = tuple[str, Period | None, str | None]
"""Of a finding of one rule: subject, period, occasion."""
Rows = Mapping[RowKey, Cited]
T = TypeVar("T")

_KINDS: Final[Mapping[str, CauseKind]] = {
    "fact_retracted": "retraction",
    "register_closed": "closure",
    "register_opened": "opening",
}
# So few subjects are asked about one by one sooner than in columns.
_FEW: Final = 24
_MOST_KEPT: Final = 512
_TRIED_AGAIN: Final = 8
# So much of a fingerprint tells two versions of a pack from each other.
_SHORT: Final = 8


@frozen(kw_only=True)
class Standpoint:
    """From where an audit looks: the end of a day, what was recorded by a time, the packs that are adopted."""

    adoption: Adoption
    as_of: date
    known_at: datetime | None = None


@frozen(kw_only=True)
class Cause:
    """One thing that came between two audits.

    A `record`, `retraction`, `closure` or `opening` of the register is the fact of that `id`; it was recorded
    between, or is dated between. A `reading` or `parameter` is named by the key under which it is adopted, a `rule`
    by the pack of which another version was adopted, or which was not. `time` is the passing of days alone. `was` and
    `now` say what each side had, None for nothing.
    """

    kind: CauseKind
    id: str | None = None
    fact: str | None = None
    on: str | None = None
    was: str | None = None
    now: str | None = None

    def to_wire(self) -> dict[str, Any]:
        """Return the cause as a JSON object."""
        return {name: getattr(self, name) for name in ("kind", "id", "fact", "on", "was", "now")}


def row_key(row: FindingRow | Finding) -> RowKey:
    """Return what tells a finding from the others of its rule."""
    return row.subject, row.period, row.occasion


class _Undone(NamedTuple):
    """What is undone of the later audit: whether the days that passed, which choices, and the places of which facts."""

    time: bool
    choices: frozenset[int]
    records: frozenset[int]


_NOTHING: Final = _Undone(time=False, choices=frozenset(), records=frozenset())


class Causes:
    """The causes of what differs between two audits of one projection.

    Everything that came between can be undone: the days that passed, each choice of the adoption, each fact that
    one audit sees and the other does not. All of it undone, the later audit is the earlier; so that for every finding
    some of it can be found that, undone, makes it as it was.
    """

    def __init__(
        self, projection: Projection, before: Standpoint, after: Standpoint, *, audits: tuple[Audit, Audit]
    ) -> None:
        self._projection: Final = projection
        self._before: Final = before
        self._after: Final = after
        self._choices: Final = tuple(_choices(before.adoption, after.adoption))
        self._records: Final = frozenset(_between(projection, before, after))
        self._all: Final = _Undone(
            time=before.as_of != after.as_of,
            choices=frozenset(range(len(self._choices))),
            records=self._records,
        )
        self._audits: Final = {_NOTHING: audits[1], self._all: audits[0]}
        self._evaluators: Final[OrderedDict[_Undone, ReferenceEvaluator]] = OrderedDict()
        self._adoptions: Final[dict[frozenset[int], Adoption]] = {}
        self._possible: Final[dict[frozenset[int], bool]] = {}
        self._rule = ""
        self._subjects: set[str] = set()
        self._whole: dict[_Undone, Rows] = {}
        self._asked: dict[tuple[_Undone, str], Mapping[RowKey, Finding]] = {}
        self._lately: list[frozenset[int]] = []

    def of(self, rule: str, keys: Sequence[RowKey], rows: Sequence[Rows]) -> Iterator[tuple[Cause, ...]]:
        """Yield for each finding of a rule that differs its causes; `rows` are what the two audits say of the rule."""
        self._rule = rule
        self._asked.clear()
        self._lately = []
        self._whole = {}
        self._subjects = {subject for subject, _, _ in keys}
        many = len(self._subjects) > _FEW
        if many:
            self._whole = {self._all: rows[0], _NOTHING: rows[1]}
        subject = None
        for key in keys:
            if key[0] != subject:
                subject = key[0]
                self._asked.clear()
            yield tuple(self._told(self._found(key, rows[0].get(key), many=many)))

    # The search --------------------------------------------------------------------------------------------------

    def _found(self, key: RowKey, was: Cited | None, *, many: bool) -> _Undone:
        """Return what, undone, gives the finding as it was."""

        def row(undone: _Undone) -> Cited | None:
            if undone == self._all:
                return was
            return self._in_columns(undone).get(key) if many else self._row(undone, key)

        occasion = None if key[2] is None else self._number(key[2])
        if was is None and occasion in self._records:
            # Without its occasion there is no such finding.
            return _NOTHING._replace(records=frozenset({occasion}))

        def gives(undone: _Undone) -> bool:
            return self._can_be(undone) and row(undone) == was

        undone = next(some for some in self._groups() if gives(some))
        found = self._least(undone, key, was)
        if not found.time:
            return found
        # Time may have brought the finding, and records or choices what it says now.
        for other in (
            _Undone(time=False, choices=frozenset(), records=self._records),
            _Undone(time=False, choices=self._all.choices, records=frozenset()),
        ):
            if other == _NOTHING or not self._can_be(other):
                continue
            without = row(other)
            if without != row(_NOTHING):
                more = self._least(other, key, without)
                both = _Undone(time=True, choices=found.choices | more.choices, records=found.records | more.records)
                if self._can_be(both) and self._row(both, key) == was:
                    found = both
        return found

    def _groups(self) -> Iterator[_Undone]:
        """Yield what may be undone as a whole: records before choices, both before time, less before more."""
        kinds = [
            _Undone(time=False, choices=frozenset(), records=self._records),
            _Undone(time=False, choices=self._all.choices, records=frozenset()),
            _Undone(time=self._all.time, choices=frozenset(), records=frozenset()),
        ]
        there = [kind for kind in kinds if kind != _NOTHING]
        for size in range(1, len(there) + 1):
            for some in combinations(there, size):
                yield _Undone(
                    time=any(each.time for each in some),
                    choices=frozenset(chain.from_iterable(each.choices for each in some)),
                    records=frozenset(chain.from_iterable(each.records for each in some)),
                )

    def _least(self, undone: _Undone, key: RowKey, wanted: Cited | None) -> _Undone:
        """Return a part of what is undone that gives the finding as wanted, and no less of which does."""

        def choices_do(some: Sequence[int]) -> bool:
            fewer = undone._replace(choices=frozenset(some))
            return self._can_be(fewer) and self._row(fewer, key) == wanted

        if len(undone.choices) > 1:
            undone = undone._replace(choices=frozenset(_smallest(sorted(undone.choices), choices_do)))

        def records_do(some: Sequence[int]) -> bool:
            return self._row(undone._replace(records=frozenset(some)), key) == wanted

        if not undone.records:
            return undone
        for likely in self._likely(key, undone.records):
            if records_do(likely):
                found = frozenset(_smallest(likely, records_do))
                if found not in self._lately:
                    self._lately = [found, *self._lately][:_TRIED_AGAIN]
                return undone._replace(records=found)
        return undone

    def _likely(self, key: RowKey, among: frozenset[int]) -> Iterator[Sequence[int]]:
        """Yield records that may be why, few at first: what is cited, what names the subject, any."""
        cited = self._cited(key)
        sets = (cited, cited | self._naming.get(key[0], frozenset()), *self._lately)
        for some in dict.fromkeys(frozenset(each & among) for each in sets):
            if some:
                yield sorted(some)
        yield sorted(among)

    def _cited(self, key: RowKey) -> set[int]:
        """Return the places of the facts that a finding cites, on either side, and of what retracts them."""
        findings = (self._findings(undone, key[0]).get(key) for undone in (_NOTHING, self._all))
        cited = {fact for finding in findings if finding for fact in (*finding.evidence, finding.occasion) if fact}
        numbers = {number for number in map(self._number, cited) if number is not None}
        return numbers | {number for number, target in self._targets.items() if target in cited}

    # Asking again ------------------------------------------------------------------------------------------------

    def _in_columns(self, undone: _Undone) -> Rows:
        """Return what everybody's findings on the rule are, with this undone."""
        if undone not in self._whole:
            if undone not in self._audits:
                adoption, history = self._undoing(undone)
                self._audits[undone] = audit_of(self._projection, adoption, history)
            asked = self._audits[undone]
            has = any(bound.id == self._rule for bound in asked.adoption.duties)
            found = self._differing(asked) if has else ()
            self._whole[undone] = {row_key(each.row): each for each in found}
        return self._whole[undone]

    def _differing(self, asked: Audit) -> Iterator[Cited]:
        """Yield what an audit finds on the rule about those of whom some finding differs."""
        of = asked.evidenced(self._rule)
        if of is None:
            return asked.cited(self._rule)
        codes = [code for each in self._subjects if (code := of.names.strings.find(each)) is not None]
        return asked.cited(self._rule, np.flatnonzero(np.isin(of.block.subject, codes)), of=of)

    def _row(self, undone: _Undone, key: RowKey) -> Cited | None:
        found = self._findings(undone, key[0]).get(key)
        return None if found is None else Cited(row_of(found), found.evidence)

    def _findings(self, undone: _Undone, subject: str) -> Mapping[RowKey, Finding]:
        """Return the findings about one subject on the rule, with this undone."""
        if (undone, subject) not in self._asked:
            evaluator = self._evaluator(undone)
            bound = next((each for each in evaluator.adoption.duties if each.id == self._rule), None)
            found = () if bound is None else evaluator.findings(bound, wanted={subject})
            self._asked[undone, subject] = {row_key(finding): finding for finding in found}
        return self._asked[undone, subject]

    def _evaluator(self, undone: _Undone) -> ReferenceEvaluator:
        found = self._evaluators.get(undone)
        if found is None:
            found = self._evaluators[undone] = ReferenceEvaluator(*self._undoing(undone))
            if len(self._evaluators) > _MOST_KEPT:
                self._evaluators.popitem(last=False)
        self._evaluators.move_to_end(undone)
        return found

    def _undoing(self, undone: _Undone) -> tuple[Adoption, History]:
        adoption = self._adoption(undone.choices)
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
        if undone.choices and undone.choices not in self._possible:
            try:
                terms_joining(self._projection, self._adoption(undone.choices), known_at=self._after.known_at)
            except PartyRulesError:
                self._possible[undone.choices] = False
            else:
                self._possible[undone.choices] = True
        return not undone.choices or self._possible[undone.choices]

    def _adoption(self, undone: frozenset[int]) -> Adoption:
        if undone not in self._adoptions:
            self._adoptions[undone] = _mixed(
                self._before.adoption, self._after.adoption, [self._choices[number] for number in undone]
            )
        return self._adoptions[undone]

    # What came between -------------------------------------------------------------------------------------------

    def _number(self, fact_id: str) -> int | None:
        return self._projection.columns.numbers.get(fact_id)

    @cached_property
    def _facts(self) -> Mapping[int, Fact]:
        """The facts that came between, by their places."""
        numbers = sorted(self._records)
        return dict(zip(numbers, self._projection.facts(numbers), strict=True))

    @cached_property
    def _targets(self) -> Mapping[int, str]:
        """What each retraction that came between retracts."""
        return {number: fact.target for number, fact in self._facts.items() if isinstance(fact, FactRetracted)}

    @cached_property
    def _naming(self) -> Mapping[str, frozenset[int]]:
        """Which facts that came between name somebody."""
        found: dict[str, set[int]] = {}
        for number, fact in self._facts.items():
            for name in naming_fields(type(fact)):
                for each in several(getattr(fact, name)):
                    found.setdefault(each, set()).add(number)
        return {name: frozenset(numbers) for name, numbers in found.items()}

    def _told(self, undone: _Undone) -> Iterator[Cause]:
        """Yield what is undone as causes: records in the order of the record, choices, then time."""
        for number in sorted(undone.records):
            fact = self._facts[number]
            yield Cause(kind=_KINDS.get(fact.wire, "record"), id=fact.id, fact=fact.wire, on=str(fact.on))
        for number in sorted(undone.choices):
            choice = self._choices[number]
            yield Cause(kind=choice.kind, id=choice.id, was=choice.was, now=choice.now)
        if undone.time:
            yield Cause(kind="time", was=str(self._before.as_of), now=str(self._after.as_of))


def _smallest(given: Sequence[int], does: Callable[[Sequence[int]], bool]) -> Sequence[int]:
    """Return a part of what does that does too, and from which no single one can be left out."""
    kept, size = list(given), len(given)
    while size > 1 or len(kept) > 1:
        size = max(1, size // 2)
        at, before = 0, len(kept)
        while at < len(kept):
            rest = kept[:at] + kept[at + size :]
            if rest and does(rest):
                kept = rest
            else:
                at += size
        if size == 1 and len(kept) == before:
            break
    return kept


# Facts that came between -----------------------------------------------------------------------------------------


def _between(projection: Projection, before: Standpoint, after: Standpoint) -> Iterator[int]:
    """Yield the places of the facts that the later audit sees and the earlier one does not."""
    for table in projection.columns.tables.values():
        seen = _seen(table, after) & ~_seen(table, before)
        yield from table.numbers.array[seen].tolist()


def _seen(table: Table, side: Standpoint) -> Any:
    seen = np.ones(table.rows, np.bool_)
    if table.wire not in UNDATED_WIRES:
        seen &= table.first.array <= side.as_of.toordinal()
    if side.known_at is not None:
        recorded = table.recorded.array
        seen &= (recorded == NO_NUMBER) | (recorded <= instant_number(side.known_at))
    return seen


# Choices of the adoption -------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class _Choice:
    """One thing in which two adoptions differ, and what each of them has."""

    kind: CauseKind
    id: str | None = None
    was: str | None = None
    now: str | None = None


def _choices(before: Adoption, after: Adoption) -> Iterator[_Choice]:
    """Yield in what two adoptions differ, as far as a finding can tell."""
    packs = [{pack.id: pack for pack in side.packs} for side in (before, after)]
    for name in dict.fromkeys(chain(*packs)):
        versions = [_version(side.get(name)) for side in packs]
        if versions[0] != versions[1]:
            yield _Choice(kind="rule", id=name, was=versions[0], now=versions[1])
    defaults = _defaults(before) | _defaults(after)
    for key in sorted(before.readings.keys() | after.readings.keys()):
        was, now = (side.readings.get(key, defaults.get(key)) for side in (before, after))
        if was != now:
            yield _Choice(kind="reading", id=key, was=was, now=now)
    for key in sorted(before.parameters.keys() | after.parameters.keys()):
        was, now = (side.parameters.get(key) for side in (before, after))
        if was != now:
            yield _Choice(kind="parameter", id=key, was=was, now=now)
    if set(before.terms) != set(after.terms):
        yield _Choice(kind="terms")
    if before.holidays != after.holidays:
        yield _Choice(kind="holidays")


def _version(pack: Pack | None) -> str | None:
    return None if pack is None else f"{pack.version} ({pack.fingerprint[:_SHORT]})"


def _defaults(adoption: Adoption) -> dict[str, str]:
    return {
        reading_key(pack, rule, reading): reading.default
        for pack in adoption.packs
        for rule in pack.rules
        for reading in all_readings(rule)
    }


def _mixed(before: Adoption, after: Adoption, undone: Sequence[_Choice]) -> Adoption:
    """Return the later adoption with some choices as the earlier one made them."""
    if not undone:
        return after
    gone = {(choice.kind, choice.id) for choice in undone}
    others = {pack.id: pack for pack in before.packs}
    packs = [others.get(pack.id) if ("rule", pack.id) in gone else pack for pack in after.packs]
    packs += [pack for pack in before.packs if ("rule", pack.id) in gone and pack not in packs]
    kept = tuple(pack for pack in packs if pack is not None)
    owned = {reading_key(pack, rule, each) for pack in kept for rule in pack.rules for each in all_readings(rule)}
    owned |= {reading_key(pack, rule, each) for pack in kept for rule in pack.rules for each in rule.parameters}

    def chosen(kind: CauseKind, was: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
        sides = {key: was if (kind, key) in gone else now for key in was.keys() | now.keys()}
        return {key: side[key] for key, side in sides.items() if key in side and key in owned}

    terms, holidays = (before if (kind, None) in gone else after for kind in ("terms", "holidays"))
    return adopt(
        kept,
        readings=chosen("reading", before.readings, after.readings),
        parameters=chosen("parameter", before.parameters, after.parameters),
        holidays=holidays.holidays,
        terms=terms.terms,
        time_zone=after.time_zone,
        institution=after.institution,
    )
