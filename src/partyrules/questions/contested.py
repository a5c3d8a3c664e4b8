"""Contested answers: findings and decisions that differ as soon as one single reading is taken the other way."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Generic, TypeVar, cast

import numpy as np
from attrs import frozen

from partyrules.answers.blocks import Array, Block
from partyrules.answers.tables import FindingTable
from partyrules.answers.verdicts import STATUSES, Decision, Status, finding_order
from partyrules.answers.wire import OnTheWire
from partyrules.evaluate.pipeline import case_of
from partyrules.language.kernel import CountFindings
from partyrules.language.rules import Duty, Reading, Rule, all_readings
from partyrules.language.tree import walk
from partyrules.packs.pack import Adoption, Bound, adopted_with, bound_with, reading_key
from partyrules.questions.audit import Audit, audit
from partyrules.questions.decide import REFERENCE, decide, decided
from partyrules.questions.differing import NONE, either, side_by_side
from partyrules.questions.sources import Source, history_from, projected
from partyrules.time.calendar import Grain, Period

S = TypeVar("S", bound=str)


@frozen(kw_only=True)
class ReadingChange(OnTheWire, Generic[S]):
    """Another option of one reading, by the key under which it is adopted, and the status that it gives.

    `status` is None where there is no such finding under that option, as when it cuts time into other periods; of a
    decision it is the outcome, or the list that a rule then stands in, None for no list.
    """

    reading: str
    option: str
    status: S | None


@frozen(kw_only=True)
class Contested(OnTheWire):
    """A finding whose status rests on a reading: its `status` as adopted, None for none, and each change."""

    rule: str
    clause: str
    subject: str
    period: Period | None
    occasion: str | None
    status: Status | None
    changes: tuple[ReadingChange[Status], ...]


@frozen(kw_only=True)
class ContestedStep(OnTheWire):
    """A part of a decision that rests on a reading: its `status` as adopted, and each change.

    With a `rule`, the status is the list that the rule stands in, None for no list. Without one it is the
    outcome, and `clause` is None too.
    """

    rule: str | None
    clause: str | None
    subject: str
    to: str
    on: date
    status: str | None
    changes: tuple[ReadingChange[str], ...]


def contested(
    source: Source,
    adoption: Adoption,
    *,
    as_of: date,
    known_at: datetime | None = None,
    rule: str = "*",
    subject: str | None = None,
) -> tuple[Contested, ...]:
    """Return the contested findings in order; rules by a glob, and one subject where given.

    A finding that exists on one side of a change only is contested too. Raise QueryError as `Audit.findings` does.
    """
    asked = audit(source, adoption, as_of=as_of, known_at=known_at)
    names, table = asked.names, asked.table(rule=rule, subject=subject)
    found: dict[tuple[str, int, Period | None, int], tuple[int, list[ReadingChange[Status]]]] = {}
    for swing in swings(asked, table, subject):
        rows = (getattr(swing, name).tolist() for name in ("subject", "start", "end", "occasion", "was", "now"))
        for code, start, end, occasion, was, now in zip(*rows, strict=True):
            grain = swing.grains[was == NONE]
            period = Period(date.fromordinal(start), date.fromordinal(end), grain) if grain and start else None
            change = ReadingChange[Status](reading=swing.reading, option=swing.option, status=_status(now))
            found.setdefault((swing.bound.id, code, period, occasion), (was, []))[1].append(change)
    clauses = {bound.id: bound.clause.citation for bound in adoption.duties}
    every = (
        Contested(
            rule=of,
            clause=clauses[of],
            subject=names.strings.texts[code],
            period=period,
            occasion=None if occasion == NONE else names.ids[occasion],
            status=_status(was),
            changes=tuple(changes),
        )
        for (of, code, period, occasion), (was, changes) in found.items()
    )
    return tuple(sorted(every, key=finding_order))


def _status(code: int) -> Status | None:
    return None if code == NONE else STATUSES[code]


@frozen(kw_only=True, eq=False)
class Swing:
    """The findings of a duty that one other option of one reading changes; a column has an entry for each.

    `was` and `now` are numbers of statuses, `NONE` for none, as when the reading cuts time into other periods; `grains`
    are those of the periods before and then.
    """

    bound: Bound[Duty]
    reading: str
    option: str
    grains: tuple[Grain | None, Grain | None]
    subject: Array
    start: Array
    end: Array
    occasion: Array
    was: Array
    now: Array

    def __len__(self) -> int:
        return len(self.was)


def swings(asked: Audit, table: FindingTable, subjects: str | Collection[str] | None = None) -> tuple[Swing, ...]:
    """Return what each single change of an option changes in a table of an audit, about one, some or all subjects.

    All is worked out in columns, for everybody at once, but what is about one.
    """
    alone = subjects if isinstance(subjects, str) else None
    changes = [
        (block, *change)
        for block in table.blocks
        if isinstance(block.bound, Bound)
        for change in single_changes(asked.adoption, block.bound)
    ]
    others = asked.blocks((changed for *_, changed in changes), alone)
    codes = None if subjects is None or alone else [asked.names.strings.get(each, NONE) for each in subjects]
    found = (_swing(*each[:3], other, codes) for each, other in zip(changes, others, strict=True))
    return tuple(swing for swing in found if len(swing))


def _swing(was: Block, reading: str, option: str, now: Block, codes: Sequence[int] | None) -> Swing:
    rows, others = side_by_side(was, now)

    def status(of: Block, rows: Array) -> Array:
        return np.where(rows == NONE, NONE, np.append(of.status, NONE)[rows])

    # Where both have the same findings row by row, their statuses are side by side already.
    before, after = (was.status, now.status) if rows is others else (status(was, rows), status(now, others))
    differs = before != after
    if codes is not None:
        differs &= np.isin(either(was.subject, rows, now.subject, others), codes)
    rows, others = rows[differs], others[differs]
    key = {
        name: either(getattr(was, name), rows, getattr(now, name), others)
        for name in ("subject", "start", "end", "occasion")
    }
    return Swing(
        bound=cast("Bound[Duty]", was.bound),
        reading=reading,
        option=option,
        grains=(was.grain, now.grain),
        was=before[differs],
        now=after[differs],
        **key,
    )


def single_changes(adoption: Adoption, bound: Bound[Any]) -> Iterator[tuple[str, str, Bound[Any]]]:
    """Yield each other option of each reading of a rule: the reading's key, the option, and the rule under it."""
    for reading in all_readings(_written(bound)):
        key = reading_key(bound.pack, _written(bound), reading)
        for option in reading.options:
            if option == bound.readings[reading.name]:
                continue
            yield key, option, bound_with(adoption, bound, key, option)


def contested_decision(
    source: Source, adoption: Adoption, *, person: str, to: str, on: date, known_at: datetime | None = None
) -> tuple[ContestedStep, ...]:
    """Return what of a decision rests on a reading: the outcome first, then the rules by id.

    A rule is contested where another list holds it, or none does, under one single change of option; a reading
    that several rules share changes for all of them at once. Raise QueryError as `decide` does.
    """
    facts = projected(source)
    adopted = decide(facts, adoption, person=person, to=to, on=on, known_at=known_at, engine=REFERENCE)
    history = history_from(facts, adoption, as_of=on, known_at=known_at)
    clauses: dict[str, str] = {}
    changes: dict[str | None, list[ReadingChange[str]]] = {}
    was = _places(adopted, clauses)
    for key, option in _pipeline_options(adoption):
        case = case_of(adopted_with(adoption, key, option), history, person=person, to=to)
        now = _places(decided(case, engine=REFERENCE), clauses)
        for rule in was.keys() | now.keys():
            if was.get(rule) != now.get(rule):
                change = ReadingChange(reading=key, option=option, status=now.get(rule))
                changes.setdefault(rule, []).append(change)
    return tuple(
        ContestedStep(
            rule=rule,
            clause=None if rule is None else clauses[rule],
            subject=person,
            to=to,
            on=on,
            status=was.get(rule),
            changes=tuple(changes[rule]),
        )
        for rule in sorted(changes, key=lambda rule: rule or "")
    )


def _places(decision: Decision, clauses: dict[str, str]) -> dict[str | None, str]:
    """Return the outcome, under None, and the list of each rule; note the clause of each rule in `clauses`."""
    places: dict[str | None, str] = {None: decision.outcome}
    for name, item in decision.placed:
        places[item.rule] = name
        clauses[item.rule] = item.clause
    return places


def _pipeline_options(adoption: Adoption) -> Iterator[tuple[str, str]]:
    """Yield each other option of each reading that a decision may rest on, by key.

    These are the readings of every requirement and veto, whatever step it now speaks to, and of the duties whose
    findings they read.
    """
    found: dict[str, tuple[Reading, str]] = {}
    duties = {bound.id: bound for bound in adoption.duties}
    waiting: list[Bound[Any]] = [*adoption.requirements, *adoption.vetoes]
    seen: set[str] = set()
    while waiting:
        bound = waiting.pop()
        if bound.id in seen:
            continue
        seen.add(bound.id)
        for node in walk(_written(bound)):
            if isinstance(node, CountFindings):
                waiting += [duties[f"{bound.pack.id}:{name}"] for name in node.rules]
        for reading in all_readings(_written(bound)):
            found[reading_key(bound.pack, _written(bound), reading)] = (reading, bound.readings[reading.name])
    for key, (reading, chosen) in sorted(found.items()):
        for option in reading.options:
            if option != chosen:
                yield key, option


def _written(bound: Bound[Rule]) -> Rule:
    """Return the rule as its pack has it, readings open."""
    return next(rule for rule in bound.pack.rules if rule.id == bound.rule.id)
