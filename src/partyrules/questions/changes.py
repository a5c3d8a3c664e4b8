"""What changed between two audits: each finding that is another one, and what, undone, would make it as it was."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final, Literal

from attrs import evolve, frozen

from partyrules.answers.blocks import Cited
from partyrules.answers.verdicts import STATUSES, Status, finding_order
from partyrules.answers.wire import wired
from partyrules.errors import QueryError
from partyrules.packs.naming import rules_named
from partyrules.packs.pack import Adoption
from partyrules.questions.audit import Audit, audit, audit_of, check_rule
from partyrules.questions.between import Cause, Standpoint
from partyrules.questions.causes import Causes
from partyrules.questions.differing import Differing, cited, differing
from partyrules.questions.sources import Source, projected
from partyrules.time.calendar import Period

Category = Literal["breached", "resolved", "unknown", "due", "satisfied", "gone", "other", "detail"]
CATEGORIES: Final[tuple[Category, ...]] = (
    "breached", "resolved", "unknown", "due", "satisfied", "gone", "other", "detail",
)  # fmt: skip
"""What a change comes to, the most urgent first: newly breached (新增未落实), resolved (已整改), newly unknown
(新增暂无法核定), newly due (新增待完成), newly satisfied, no longer there, of another status, of the same with other
numbers."""
_SETTLED: Final = ("satisfied", "excused", "not_applicable", "pending", "advisory")


_OF_A_SIDE: Final = ("status", "required", "actual", "due", "reason", "needs", "evidence", "responsible")


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
            "unit": wired(self.units),
            "period": wired(self.period),
            "occasion": self.occasion,
            "category": self.category,
            "from": _said(self.before),
            "to": _said(self.after),
            "causes": wired(self.causes),
        }


def _said(cited: Cited | None) -> dict[str, Any] | None:
    said = cited and {**cited.row._asdict(), "evidence": cited.evidence}
    return said and {name: wired(said[name]) for name in _OF_A_SIDE}


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
    asked = [audit(projection, side.adoption, as_of=side.as_of, known_at=side.known_at) for side in (before, after)]
    named = _named(before.adoption, rule)
    if not named:
        check_rule(after.adoption, rule)
    named |= _named(after.adoption, rule)
    if subject is not None:
        asked[1].check_subject(subject)
    wanted = None if subject is None else frozenset({subject})
    if unit is not None:
        known = [each for each in asked if each is asked[1] or each.history.holdings_where("unit", "unit", unit)]
        wanted = frozenset().union(*(each.under(unit) for each in known))
    was, now = (
        audit_of(projection, side.adoption, side.history, wanted=wanted, names=asked[1].names) for side in asked
    )
    counts: list[Counter[Status]] = [Counter(), Counter()]
    found: dict[str, Differing] = {}
    for name in sorted(named):
        sides = [side.evidenced(name) if _has(side.adoption, name) else None for side in (was, now)]
        for side, counted in zip(sides, counts, strict=True):
            counted.update([] if side is None else [STATUSES[code] for code in side.block.status.tolist()])
        found[name] = differing(sides[0], sides[1])
    people = frozenset(was.view.texts(was.view.people.tolist()))
    causes = Causes(projection, before, after, names=now.names, named=people).of(found)
    findings = chain.from_iterable(_changed(of, now) for of in found.values())
    told = [evolve(each, causes=why) for each, why in zip(findings, causes, strict=True)]
    return Changes(
        before=before,
        after=after,
        findings=tuple(sorted(told, key=finding_order)),
        counts={status: (counts[0][status], counts[1][status]) for status in STATUSES},
    )


def _check_order(before: Standpoint, after: Standpoint) -> None:
    if after.as_of < before.as_of:
        raise QueryError(f"`to`: found {after.as_of}; allowed: {before.as_of}, the day of `from`, or later")
    if after.known_at is not None and (before.known_at is None or after.known_at < before.known_at):
        known = "all that is recorded" if before.known_at is None else str(before.known_at)
        raise QueryError(
            f"`to`: found what was known at {after.known_at}, and `from` knows {known}; allowed: the same or later"
        )


def _named(adoption: Adoption, rule: str) -> frozenset[str]:
    return rules_named(rule, {bound.id: bound.clause.citation for bound in adoption.duties})


def _has(adoption: Adoption, rule: str) -> bool:
    return any(bound.id == rule for bound in adoption.duties)


def _changed(of: Differing, now: Audit) -> Iterator[ChangedFinding]:
    """Yield what differs on a duty, without the causes."""
    sides = [[*cited(side), None] for side in (of.before, of.after)]
    for was, row in zip(of.was.tolist(), of.now.tolist(), strict=True):
        # `NONE` is the last of each.
        before, after = sides[0][was], sides[1][row]
        told = after or before
        assert told is not None  # noqa: S101  # one of two that differ
        said = told.row
        yield ChangedFinding(
            rule=said.rule,
            clause=said.clause,
            subject=said.subject,
            units=now.units(said.subject),
            period=said.period,
            occasion=said.occasion,
            before=before,
            after=after,
            category=_category(_status(before), _status(after)),
            causes=(),
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
