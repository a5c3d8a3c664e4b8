"""Contested findings: those whose status differs as soon as one single reading is taken the other way."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from fnmatch import fnmatchcase
from typing import Any

from attrs import frozen

from partyrules.calendar import Period
from partyrules.evaluators.reference import ReferenceEvaluator
from partyrules.packs import Adoption, Bound, adopt, reading_key
from partyrules.rules import Duty, Rule, all_readings
from partyrules.sources import Source, history_from
from partyrules.verdicts import Finding, Status, finding_order

__all__ = ["Change", "Contested", "contested", "single_changes"]


@frozen(kw_only=True)
class Change:
    """Another option of one reading, by the key under which it is adopted, and the status that it gives.

    `status` is None where there is no such finding under that option, as when it cuts time into other periods.
    """

    reading: str
    option: str
    status: Status | None

    def to_wire(self) -> dict[str, Any]:
        """Return the change as a JSON object."""
        return {"reading": self.reading, "option": self.option, "status": self.status}


@frozen(kw_only=True)
class Contested:
    """A finding whose status rests on a reading: its `status` as adopted, None for none, and each change."""

    rule: str
    clause: str
    subject: str
    period: Period | None
    occasion: str | None
    status: Status | None
    changes: tuple[Change, ...]

    def to_wire(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        period = self.period
        return {
            "rule": self.rule,
            "clause": self.clause,
            "subject": self.subject,
            "period": period and {"grain": period.grain, "start": str(period.start), "end": str(period.end)},
            "occasion": self.occasion,
            "status": self.status,
            "changes": [change.to_wire() for change in self.changes],
        }


Key = tuple[str, str, Period | None, str | None]


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

    A finding that exists on one side of a change only is contested too.
    """
    evaluator = ReferenceEvaluator(adoption, history_from(source, adoption, as_of=as_of, known_at=known_at))

    def found(bound: Bound[Duty]) -> dict[Key, Finding]:
        return {
            (f.rule, f.subject, f.period, f.occasion): f
            for f in evaluator.findings(bound, wanted=lambda who: subject in (None, who))
        }

    every: list[tuple[Finding, Contested]] = []
    for bound in adoption.duties:
        if not fnmatchcase(bound.id, rule):
            continue
        adopted = found(bound)
        changes: dict[Key, list[Change]] = {}
        seen = dict(adopted)
        for reading, option, changed in single_changes(adoption, bound):
            others = found(changed)
            seen = others | seen
            for key in adopted.keys() | others.keys():
                was, now = (side[key].status if key in side else None for side in (adopted, others))
                if was != now:
                    changes.setdefault(key, []).append(Change(reading=reading, option=option, status=now))
        every += [(seen[key], _contested(seen[key], adopted.get(key), made)) for key, made in changes.items()]
    return tuple(entry for _, entry in sorted(every, key=lambda pair: finding_order(pair[0])))


def single_changes(adoption: Adoption, bound: Bound[Any]) -> Iterator[tuple[str, str, Bound[Any]]]:
    """Yield each other option of each reading of a rule: the reading's key, the option, and the rule under it."""
    for reading in all_readings(_written(bound)):
        key = reading_key(bound.pack, _written(bound), reading)
        for option in reading.options:
            if option == bound.readings[reading.name]:
                continue
            other = adopt(adoption.packs, readings={**adoption.readings, key: option}, parameters=adoption.parameters)
            rules: tuple[Bound[Any], ...] = (*other.duties, *other.requirements, *other.vetoes)
            yield key, option, next(each for each in rules if each.id == bound.id)


def _written(bound: Bound[Rule]) -> Rule:
    """Return the rule as its pack has it, readings open."""
    return next(rule for rule in bound.pack.rules if rule.id == bound.rule.id)


def _contested(finding: Finding, adopted: Finding | None, changes: Collection[Change]) -> Contested:
    return Contested(
        rule=finding.rule,
        clause=finding.clause,
        subject=finding.subject,
        period=finding.period,
        occasion=finding.occasion,
        status=adopted.status if adopted else None,
        changes=tuple(changes),
    )
