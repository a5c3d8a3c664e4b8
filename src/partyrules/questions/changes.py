"""What changed between two audits: each finding that is another one, and what, undone, would make it as it was."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

import numpy as np
from attrs import frozen

from partyrules.answers.blocks import Cited, row_of
from partyrules.answers.verdicts import STATUSES, Status
from partyrules.errors import QueryError
from partyrules.packs.naming import rules_named
from partyrules.packs.pack import Adoption
from partyrules.questions.audit import Audit, audit, check_rule
from partyrules.questions.causes import Cause, Causes, RowKey, Standpoint, row_key
from partyrules.questions.differing import differing
from partyrules.questions.sources import Source, projected
from partyrules.time.calendar import Period

__all__ = ["CATEGORIES", "Category", "ChangedFinding", "Changes", "changes"]

Category = Literal["breached", "resolved", "unknown", "due", "satisfied", "gone", "other", "detail"]
CATEGORIES: Final[tuple[Category, ...]] = (
    "breached", "resolved", "unknown", "due", "satisfied", "gone", "other", "detail",
)  # fmt: skip
"""What a change comes to, the most urgent first: newly breached (新增未落实), resolved (已整改), newly unknown
(新增暂无法核定), newly due (新增待完成), newly satisfied, no longer there, of another status, of the same with other
numbers."""
_SETTLED: Final = ("satisfied", "excused", "not_applicable", "pending", "advisory")


@frozen(kw_only=True)
class ChangedFinding:
    """One finding that two audits have otherwise: `before` is None where it is new, `after` where it is gone.

    What differs is what a finding says, its evidence too; readings and message, which only say what was adopted, are
    not compared. `units` are those of the subject on the later day. `causes` undone together, the later audit has the
    finding as the earlier one has it.
    """

    rule: str
    clause: str
    subject: str
    units: tuple[str, ...]
    period: Period | None
    occasion: str | None
    before: Cited | None
    after: Cited | None
    category: Category
    causes: tuple[Cause, ...]

    def to_wire(self) -> dict[str, Any]:
        """Return the change as a JSON object."""
        return {
            "rule": self.rule,
            "clause": self.clause,
            "subject": self.subject,
            "unit": list(self.units),
            "period": self.period and self.period.to_wire(),
            "occasion": self.occasion,
            "category": self.category,
            "from": _said(self.before),
            "to": _said(self.after),
            "causes": [cause.to_wire() for cause in self.causes],
        }


def _said(cited: Cited | None) -> dict[str, Any] | None:
    if cited is None:
        return None
    row = cited.row
    return {
        "status": row.status,
        "required": row.required,
        "actual": row.actual,
        "due": row.due and str(row.due),
        "reason": row.reason,
        "needs": list(row.needs),
        "evidence": list(cited.evidence),
        "responsible": list(row.responsible),
    }


@frozen(kw_only=True)
class Changes:
    """Everything in which two audits differ, in the order of findings.

    `counts` are how many findings each audit has of each status; the changes account for the difference exactly.
    """

    before: Standpoint
    after: Standpoint
    findings: tuple[ChangedFinding, ...]
    counts: Mapping[Status, tuple[int, int]]

    def __repr__(self) -> str:
        return f"<Changes: {len(self.findings)} from {self.before.as_of} to {self.after.as_of}>"

    def flows(self) -> Mapping[tuple[Status | None, Status | None], int]:
        """Return how many findings went from which status to which, None for those not there."""
        return Counter((_status(each.before), _status(each.after)) for each in self.findings)

    def categories(self) -> Mapping[Category, int]:
        """Return how many changes there are of each category."""
        found = Counter(each.category for each in self.findings)
        return {category: found[category] for category in CATEGORIES}


def _status(cited: Cited | None) -> Status | None:
    return None if cited is None else cited.row.status


def changes(
    source: Source,
    before: Standpoint,
    after: Standpoint,
    *,
    rule: str = "*",
    subject: str | None = None,
    unit: str | None = None,
) -> Changes:
    """Return in what two audits of one source differ, and the causes of each difference.

    Of some rules, as `Audit.table` takes them, of one subject, or of who and what is under a unit on either day, where
    given. The later standpoint may be of the same day and time under another adoption. Raise QueryError where it lies
    before the earlier one, and as `Audit.findings` does.
    """
    _check_order(before, after)
    projection = projected(source)
    was, now = (audit(projection, side.adoption, as_of=side.as_of, known_at=side.known_at) for side in (before, after))
    _check_rule(before.adoption, after.adoption, rule)
    if subject is not None:
        now.check_subject(subject)
    wanted = None if unit is None else now.under(unit) | _under(was, unit)
    causes = Causes(projection, before, after, audits=(was, now))
    counts: Counter[tuple[int, Status]] = Counter()
    found: list[ChangedFinding] = []
    for name in sorted(_named(before.adoption, rule) | _named(after.adoption, rule)):
        pair = None if subject is not None else _in_columns(was, now, name, wanted, counts)
        if pair is None:
            pair = _cited(was, name, subject, wanted), _cited(now, name, subject, wanted)
            for number, rows in enumerate(pair):
                counts.update((number, each.row.status) for each in rows.values())
        changed = sorted(
            (key for key in pair[0].keys() | pair[1].keys() if pair[0].get(key) != pair[1].get(key)), key=_order
        )
        for key, why in zip(changed, causes.of(name, changed, pair), strict=True):
            found.append(_changed(pair[0].get(key), pair[1].get(key), now.units(key[0]), why))
    return Changes(
        before=before,
        after=after,
        findings=tuple(found),
        counts={status: (counts[0, status], counts[1, status]) for status in STATUSES},
    )


def _under(of: Audit, unit: str) -> frozenset[str]:
    """Return who and what was under a unit, nobody where it was not established yet."""
    return of.under(unit) if of.history.holdings_where("unit", "unit", unit) else frozenset()


def _check_order(before: Standpoint, after: Standpoint) -> None:
    if after.as_of < before.as_of:
        raise QueryError(f"`to`: found {after.as_of}; allowed: {before.as_of}, the day of `from`, or later")
    if after.known_at is not None and (before.known_at is None or after.known_at < before.known_at):
        known = "all that is recorded" if before.known_at is None else str(before.known_at)
        raise QueryError(
            f"`to`: found what was known at {after.known_at}, and `from` knows {known}; allowed: the same or later"
        )


def _check_rule(before: Adoption, after: Adoption, rule: str) -> None:
    try:
        check_rule(after, rule)
    except QueryError:
        if not _named(before, rule):
            raise


def _named(adoption: Adoption, rule: str) -> frozenset[str]:
    return rules_named(rule, {bound.id: bound.clause.citation for bound in adoption.duties})


def _cited(of: Audit, rule: str, subject: str | None, wanted: frozenset[str] | None) -> dict[RowKey, Cited]:
    """Return the findings of an audit on a rule, none where its adoption does not have it."""
    if all(bound.id != rule for bound in of.adoption.duties):
        return {}
    if subject is None:
        found: Iterable[Cited] = of.cited(rule)
    else:
        findings = of.findings(rule=rule, subject=subject)
        found = (Cited(row_of(finding), finding.evidence) for finding in findings)
    return {row_key(each.row): each for each in found if wanted is None or each.row.subject in wanted}


def _in_columns(
    was: Audit, now: Audit, rule: str, wanted: frozenset[str] | None, counts: Counter[tuple[int, Status]]
) -> tuple[dict[RowKey, Cited], dict[RowKey, Cited]] | None:
    """Return the findings of each audit on a rule that the other may have otherwise, and count all of them.

    None where one of the adoptions does not have the rule, or columns cannot say what its findings rest on.
    """
    if any(all(bound.id != rule for bound in side.adoption.duties) for side in (was, now)):
        return None
    before, after = was.evidenced(rule), now.evidenced(rule)
    if before is None or after is None:
        return None
    found = []
    differ = differing(before, after)
    for number, (side, of, rows) in enumerate(zip((was, now), (before, after), differ, strict=True)):
        mine = np.ones(len(of.block), np.bool_)
        if wanted is not None:
            codes = [code for each in wanted if (code := of.names.strings.find(each)) is not None]
            mine = np.isin(of.block.subject, codes)
        for code, count in enumerate(np.bincount(of.block.status[mine], minlength=len(STATUSES)).tolist()):
            counts[number, STATUSES[code]] += count
        found.append({row_key(each.row): each for each in side.cited(rule, rows[mine[rows]], of=of)})
    return found[0], found[1]


def _order(key: RowKey) -> tuple[str, str, str]:
    subject, period, occasion = key
    return subject, "" if period is None else period.start.isoformat(), occasion or ""


def _changed(
    before: Cited | None, after: Cited | None, units: tuple[str, ...], causes: tuple[Cause, ...]
) -> ChangedFinding:
    cited = after or before
    assert cited is not None  # noqa: S101  # one of two that differ
    said = cited.row
    return ChangedFinding(
        rule=said.rule,
        clause=said.clause,
        subject=said.subject,
        units=units,
        period=said.period,
        occasion=said.occasion,
        before=before,
        after=after,
        category=_category(_status(before), _status(after)),
        causes=causes,
    )


def _category(was: Status | None, now: Status | None) -> Category:
    named: Mapping[str, Category] = {
        "breached": "breached", "unknown": "unknown", "pending": "due", "satisfied": "satisfied",
    }  # fmt: skip
    if now is None:
        return "gone"
    if was == now:
        return "detail"
    if was == "breached" and now in _SETTLED:
        return "resolved"
    return named.get(now, "other")
