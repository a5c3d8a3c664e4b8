"""Rule coverage: which statuses, options of readings and boundary days of each rule some tests have met.

Lines of a pack say little about its tests, for a rule is one value; what counts is which answers were asked of it.
What is measured depends on the answers alone: not on the pack's formatting, nor on the order of rules or tests.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
from attrs import field, frozen

from partyrules.answers.observers import Observer
from partyrules.answers.verdicts import Decision, Finding
from partyrules.errors import QueryError
from partyrules.evaluate.kleene import Truth
from partyrules.evaluate.statuses import STATUS_RULE, StatusCase, force_of
from partyrules.facts.schema import field_types
from partyrules.facts.vocabulary import CORE_VOCABULARY, Fact, Vocabulary
from partyrules.history import History
from partyrules.language import rules as r
from partyrules.language.kernel import Always, ByReading
from partyrules.packs.pack import Pack
from partyrules.time.calendar import add_days

_DEADLINES: Final = (r.EndOfSemester, r.WithinDays, r.Within, r.WithinWorkingDays)

PERIOD_DAYS: Final = (
    "asked on the first day",
    "asked the day before the last",
    "asked on the last day",
    "asked the day after the last",
    "done on the first day",
    "done on the last day",
)
_DEADLINE_DAYS: Final = (
    "asked the day before the deadline",
    "asked on the deadline",
    "asked the day after the deadline",
    "done on the deadline",
)

Wire = Mapping[str, Mapping[str, list[str]]]
# Beside the tests of a pack: what they met of its rules, for whoever reads of the pack without running them.
MET_FILE: Final = "rule-coverage.json"
MET_BEGINS: Final = b"{\n"


# What could be met ------------------------------------------------------------------------------------------


def reachable_statuses(rule: r.Rule, *, vocabulary: Vocabulary = CORE_VOCABULARY) -> tuple[str, ...]:
    """Return the statuses that findings on a duty can have, or the lists of a decision that a rule can stand in.

    For a veto these are `vetoes`, `unknown`, and `clear` where it does not apply.
    """
    if isinstance(rule, r.Duty):
        return tuple(sorted(_of_duty(rule, vocabulary.types)))
    if isinstance(rule, r.Requirement):
        return tuple(sorted(_of_requirement(rule)))
    return ("clear", "unknown", "vetoes")


def _of_duty(duty: r.Duty, types: Mapping[str, type[Fact]]) -> Iterator[str]:
    per = duty.per
    force = force_of(duty.modality, periodic=False)
    yield from ("satisfied", "unknown", STATUS_RULE[StatusCase(Truth.FALSE, force=force)].status)
    if isinstance(per, r.PerPeriod | r.Rolling):
        yield from ("pending", "not_applicable")
        if duty.modality == "normally":
            yield "excused"
    elif isinstance(per, r.Occasion):
        if any("excused" in field_types(types[wire]) for of in _options(per.of) for wire in of.types):
            yield "excused"
    elif _is_timed(per):
        yield "pending"


def _of_requirement(requirement: r.Requirement) -> Iterator[str]:
    advisory = set(_options(requirement.advisory))
    yield "met"
    if False in advisory:
        yield from ("unmet", "unknown")
    if True in advisory:
        yield "advisory"
    if any(not isinstance(when, Always) for when in _options(requirement.when)):
        yield "not_applicable"


def _options(part: Any) -> tuple[Any, ...]:
    """Return what a part of a rule can be under any reading."""
    return tuple(option for _, option in part.options) if isinstance(part, ByReading) else (part,)


def _reachable_days(rule: r.Rule) -> tuple[str, ...]:
    if not isinstance(rule, r.Duty):
        return ()
    if isinstance(rule.per, r.PerPeriod | r.Rolling):
        return PERIOD_DAYS
    return _DEADLINE_DAYS if _is_timed(rule.per) else ()


def _is_timed(per: Any) -> bool:
    return isinstance(per, r.Triggered) and any(isinstance(each, _DEADLINES) for each in _options(per.deadline))


# What was met -----------------------------------------------------------------------------------------------


@frozen(eq=False)
class RulesMet:
    """What was met of each rule while this observed; it can be written down, read again and joined.

    `counts` tells of a rule whether what is met of it counts now.
    """

    counts: Callable[[str], bool] = lambda _: True
    met: dict[str, dict[str, set[str]]] = field(factory=dict)

    @property
    def observer(self) -> Observer:
        """What to tell of every answer."""
        return Observer(finding=self.finding, decision=self.decision)

    def finding(self, finding: Finding, history: History) -> None:
        """Note the status, readings and boundary days of a finding."""
        if not self.counts(finding.rule):
            return
        self._note(finding.rule, "statuses", [finding.status])
        self._note(finding.rule, "readings", [f"{name}={option}" for name, option in finding.readings.items()])
        self._note(finding.rule, "days", _days_of(finding, history))

    def decision(self, decision: Decision, rules: tuple[str, ...]) -> None:
        """Note where each rule stands in a decision; a veto that stands nowhere did not apply."""
        placed = {item.rule: (name, item) for name, item in decision.placed}
        for rule in filter(self.counts, rules):
            if rule in placed:
                name, item = placed[rule]
                self._note(rule, "statuses", [name])
                self._note(rule, "readings", [f"{each}={option}" for each, option in item.readings.items()])
            else:
                self._note(rule, "statuses", ["clear"])

    def join(self, wire: Wire) -> None:
        """Add what another process has met."""
        for rule, kinds in wire.items():
            for kind, values in kinds.items():
                self._note(rule, kind, values)

    def to_wire(self) -> dict[str, dict[str, list[str]]]:
        """Return what was met as plain sorted values."""
        return {rule: {kind: sorted(kinds[kind]) for kind in sorted(kinds)} for rule, kinds in sorted(self.met.items())}

    def of(self, rule: str, kind: str) -> set[str]:
        """Return the statuses, readings or days met of a rule."""
        return self.met.get(rule, {}).get(kind, set())

    def _note(self, rule: str, kind: str, values: Iterable[str]) -> None:
        self.met.setdefault(rule, {}).setdefault(kind, set()).update(values)


def _days_of(finding: Finding, history: History) -> Iterator[str]:
    asked = history.as_of
    done = {history.by_id[name].on for name in finding.evidence if name in history.by_id and name != finding.occasion}
    exact = {on.first for on in done if on.exact}
    if finding.period is not None:
        first, last = finding.period.start, finding.period.end
        beside = (first, add_days(last, -1), last, add_days(last, 1))
        yield from (name for name, day in zip(PERIOD_DAYS, beside, strict=False) if asked == day)
        yield from (name for name, day in zip(PERIOD_DAYS[-2:], (first, last), strict=True) if day in exact)
    elif finding.due is not None:
        due = finding.due
        around = (add_days(due, -1), due, add_days(due, 1))
        yield from (name for name, day in zip(_DEADLINE_DAYS, around, strict=False) if asked == day)
        if due in exact:
            yield _DEADLINE_DAYS[-1]


# What was met, in a file ------------------------------------------------------------------------------------


def met_text(pack: Pack, seen: RulesMet) -> str:
    """Return what was met of a pack's rules as JSON, a line for each rule, of what could be met alone."""
    rules = [rule for clause in covered(pack, seen) for rule in clause.rules]
    lines = [
        f"  {json.dumps(rule.rule)}: {json.dumps({kind: list(met) for kind, met in rule.met.items()})}"
        for rule in sorted(rules, key=lambda rule: rule.rule)
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def seen_in(file: Path) -> RulesMet | None:
    """Return what such a file says was met, None where there is none; raise QueryError for one that is no such file."""
    if not file.is_file():
        return None
    seen = RulesMet()
    try:
        seen.join(msgspec.json.decode(file.read_bytes(), type=dict[str, dict[str, list[str]]]))
    except msgspec.DecodeError as error:
        raise QueryError(f"{file}: it does not say what tests have met: {error}; write it again") from None
    return seen


# The report -------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class RuleCoverage:
    """What could be met of a rule, by `statuses`, `readings` and `days`, and what was not."""

    rule: str
    reachable: Mapping[str, tuple[str, ...]]
    missing: Mapping[str, tuple[str, ...]]

    @property
    def met(self) -> Mapping[str, tuple[str, ...]]:
        """What was met, in the order of what could be."""
        return {
            kind: tuple(value for value in values if value not in self.missing[kind])
            for kind, values in self.reachable.items()
        }


@frozen(kw_only=True)
class ClauseCoverage:
    """The rules of one clause of a document."""

    clause: str
    rules: tuple[RuleCoverage, ...]


def covered(pack: Pack, seen: RulesMet) -> tuple[ClauseCoverage, ...]:
    """Return clause by clause, in the order of the document, what was met of each rule of a pack."""
    return tuple(
        ClauseCoverage(
            clause=clause.citation,
            rules=tuple(_rule_coverage(pack, rule, seen) for rule in sorted(found, key=lambda rule: rule.id)),
        )
        for clause in pack.document.clauses
        if (found := [rule for rule in pack.rules if rule.clause == clause.id])
    )


def _rule_coverage(pack: Pack, rule: r.Rule, seen: RulesMet) -> RuleCoverage:
    name = f"{pack.id}:{rule.id}"
    readings = [f"{reading.name}={option}" for reading in rule.readings for option in reading.options]
    reachable = {
        "statuses": reachable_statuses(rule, vocabulary=CORE_VOCABULARY.with_types(pack.fact_types)),
        "readings": tuple(sorted(readings)),
        "days": _reachable_days(rule),
    }
    missing = {
        kind: tuple(value for value in values if value not in seen.of(name, kind)) for kind, values in reachable.items()
    }
    return RuleCoverage(rule=name, reachable=reachable, missing=missing)


def percentage(clauses: Iterable[ClauseCoverage]) -> float:
    """Return how many of the statuses that could be met were met, in percent; 100 where none could."""
    met, reachable = _sums(clauses, "statuses")
    return 100.0 if reachable == 0 else 100.0 * met / reachable


def _sums(clauses: Iterable[ClauseCoverage], kind: str) -> tuple[int, int]:
    rules = [rule for clause in clauses for rule in clause.rules]
    reachable = sum(len(rule.reachable[kind]) for rule in rules)
    return reachable - sum(len(rule.missing[kind]) for rule in rules), reachable


def coverage_report(pack: Pack, clauses: tuple[ClauseCoverage, ...]) -> Iterator[str]:
    """Yield the lines of the report: each clause with its rules, what is missing of them, and the totals."""
    for clause in clauses:
        yield f"{clause.clause}: {_told((clause,), 'statuses')} statuses"
        for rule in clause.rules:
            alone = (ClauseCoverage(clause=clause.clause, rules=(rule,)),)
            parts = [f"{_told(alone, kind)} {kind}" for kind, values in rule.reachable.items() if values]
            yield f"  {rule.rule}: {', '.join(parts)}"
            for kind, values in rule.missing.items():
                if values:
                    yield f"    missing {kind}: {', '.join(values)}"
    totals = ", ".join(f"{_told(clauses, kind)} {kind}" for kind in ("statuses", "readings", "days"))
    yield f"{pack.id}: {totals}; {percentage(clauses):.1f} % of rules and statuses"


def _told(clauses: Iterable[ClauseCoverage], kind: str) -> str:
    met, reachable = _sums(clauses, kind)
    return f"{met}/{reachable}"
