"""The questions an application asks of the facts: an audit as of a day, its findings, and what counts for nothing."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from fnmatch import fnmatchcase

from attrs import frozen

from partyrules.errors import QueryError, refusal
from partyrules.evaluators.judgements import judgement_findings
from partyrules.evaluators.reference import ReferenceEvaluator
from partyrules.history import History
from partyrules.packs import Adoption
from partyrules.sources import Source, history_from
from partyrules.verdicts import STATUSES, Finding, Irregular, finding_order

__all__ = ["Audit", "audit"]


@frozen(kw_only=True)
class Audit:
    """One adoption held against one history; findings are worked out when they are walked."""

    adoption: Adoption
    history: History

    def findings(
        self,
        *,
        rule: str = "*",
        subject: str | None = None,
        status: Collection[str] = (),
        judgements: bool = False,
    ) -> tuple[Finding, ...]:
        """Return the findings in order, filtered: rules by a glob, one subject, and any of some statuses.

        With `judgements`, also one finding for each unit and each clause that only a recorded judgement answers.
        Raise QueryError where the glob matches no rule or a status does not exist.
        """
        for name in status:
            if name not in STATUSES:
                raise QueryError(refusal("status", name, STATUSES))
        found = [
            *self._duty_findings(rule, subject),
            *(self._judgements(rule, subject) if judgements else ()),
        ]
        wanted = [finding for finding in found if not status or finding.status in status]
        return tuple(sorted(wanted, key=finding_order))

    def irregular(self) -> tuple[Irregular, ...]:
        """Return the records up to the day asked that count for nothing because their maker had no standing."""
        world = ReferenceEvaluator(self.adoption, self.history).world
        return tuple(
            sorted(
                (
                    Irregular(id=fact.id, fact=fact.wire, reason=reason)
                    for wire in world.standings
                    for fact in self.history.facts(wire)
                    if (reason := world.no_standing_reason(fact)) is not None
                ),
                key=lambda record: record.id,
            )
        )

    def _duty_findings(self, rule: str, subject: str | None) -> Iterator[Finding]:
        evaluator = ReferenceEvaluator(self.adoption, self.history)
        judged = (f"{pack.id}:{clause.id}" for pack in self.adoption.packs for clause in pack.document.clauses)
        known = {*self.adoption.rule_ids, *judged}
        if not any(fnmatchcase(name, rule) for name in known):
            raise QueryError(refusal("rule", rule, self.adoption.rule_ids))
        for bound in self.adoption.duties:
            if fnmatchcase(bound.id, rule):
                yield from evaluator.findings(bound, wanted=lambda who: subject is None or who == subject)

    def _judgements(self, rule: str, subject: str | None) -> Iterator[Finding]:
        for finding in judgement_findings(self.adoption, self.history):
            if fnmatchcase(finding.rule, rule) and subject in (None, finding.subject):
                yield finding


def audit(source: Source, adoption: Adoption, *, as_of: date, known_at: datetime | None = None) -> Audit:
    """Return the audit of a ledger or of facts as of the end of a day, knowing what was recorded by `known_at`."""
    return Audit(adoption=adoption, history=history_from(source, adoption, as_of=as_of, known_at=known_at))
