"""Explanations: why a finding is what it is, by rule, days and records, and what would change it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from attrs import evolve, frozen

from partyrules.answers.blocks import FindingRow, row_of
from partyrules.answers.messages import (
    GRAIN_WORDS,
    STATUS_WORDS,
    choice_text,
    document_text,
    needs_text,
    reading_text,
    reason_text,
    responsible_text,
)
from partyrules.answers.verdicts import Finding, finding_order
from partyrules.answers.wire import OnTheWire
from partyrules.errors import EngineError, QueryError, refusal
from partyrules.evaluate.conditions import Frame, Weighed, World
from partyrules.evaluate.dependence import trigger_fields
from partyrules.evaluate.derivation import (
    DerivationStep,
    derived,
    fact_line,
    flattened,
    heading,
    held_text,
    line,
    selections_in,
)
from partyrules.evaluate.holding import held
from partyrules.evaluate.kleene import Truth
from partyrules.evaluate.narrowing import Narrowing
from partyrules.evaluate.reference import ReferenceEvaluator
from partyrules.history import Seen, in_order
from partyrules.language.kernel import SUBJECT, AllOf, Always, Compare, Condition, Events, Holdings
from partyrules.language.labels import label
from partyrules.language.rules import MODALITIES, Duty, Occasion, PerPeriod, Standing, Triggered, all_readings
from partyrules.language.sugar import LISTED
from partyrules.language.text import both, counted_in_english
from partyrules.packs.document import Text
from partyrules.packs.pack import Bound, clauses_judged, reading_key
from partyrules.questions.audit import Audit
from partyrules.questions.contested import single_changes

__all__ = ["DerivationStep"]

_MOST_SHOWN: Final = 8
_FEW_SHOWN: Final = 3
_MOST_WEIGHED: Final = 64
_TRUTHS: Final = {
    "satisfied": Truth.TRUE,
    "breached": Truth.FALSE,
    "advisory": Truth.FALSE,
    "pending": Truth.FALSE,
    "unknown": Truth.UNKNOWN,
}


@frozen(kw_only=True)
class Explanation(OnTheWire):
    """Why one finding is what it is, or with no `finding`, why there is none, as a tree of steps."""

    rule: str
    subject: str
    finding: Finding | None
    tree: DerivationStep


def explain(audit: Audit, *, rule: str, subject: str) -> tuple[Explanation, ...]:
    """Return one explanation for each finding of a rule about a subject; where there is none, one that says why.

    `rule` is a full id, such as `lzwl2017:8.1.3`. Retracted facts are told of too. Raise QueryError for a rule or
    subject that does not exist, and for a rule that speaks to decisions.
    """
    judged = {f"{pack.id}:{clause.id}" for pack, clause in clauses_judged(audit.adoption.packs)}
    duties = {bound.id: bound for bound in audit.adoption.duties}
    if rule in audit.adoption.rule_ids and rule not in duties:
        raise QueryError(f"rule `{rule}` speaks to a step of the pipeline, not to an audit; ask for that decision")
    if rule not in duties and rule not in judged:
        raise QueryError(refusal("rule", rule, [*duties, *judged]))
    audit.check_subject(subject)
    explainer = _Explainer(audit)
    if rule not in duties:
        judgements = audit.findings(rule=rule, subject=subject, judgements=True)
        return tuple(_judged(finding, explainer) for finding in judgements) or (_no_judgement(rule, subject),)
    bound = duties[rule]
    found = sorted(explainer.evaluator.findings(bound, wanted=(subject,)), key=finding_order)
    return tuple(explainer.finding(bound, finding) for finding in found) or (explainer.no_finding(bound, subject),)


def explain_finding(audit: Audit, finding: Finding) -> Explanation:
    """Return the explanation of one finding of an audit."""
    bound = next((bound for bound in audit.adoption.duties if bound.id == finding.rule), None)
    explainer = _Explainer(audit)
    return _judged(finding, explainer) if bound is None else explainer.finding(bound, finding)


def explained(audit: Audit, rows: Iterable[FindingRow]) -> Iterator[Explanation]:
    """Yield the explanations of findings on duties, by their rows; what all of them need is worked out once.

    Raise EngineError where a finding is not what its row says.
    """
    explainer = _Explainer(audit)
    duties = {bound.id: bound for bound in audit.adoption.duties}
    for row in rows:
        found = explainer.evaluator.findings(duties[row.rule], wanted=(row.subject,), period=row.period)
        finding = next((each for each in found if row_of(each) == row), None)
        if finding is None:
            raise EngineError(f"rule `{row.rule}`, subject `{row.subject}`: the reference does not find {row}")
        yield explainer.finding(duties[row.rule], finding)


class _Explainer:
    """Explains the findings of one audit; what all of them need is worked out once."""

    def __init__(self, audit: Audit) -> None:
        self.audit = audit
        self.history = audit.history
        self.evaluator = ReferenceEvaluator(audit.adoption, audit.history)
        self.world: World = self.evaluator.world
        self._single_changes: dict[str, tuple[tuple[str, str, Bound[Duty]], ...]] = {}
        # Of the subject that is explained: the events near them, and what is found of them under other readings.
        self._subject = ""
        self._theirs: dict[Events, list[Seen]] = {}
        self._found: dict[Any, dict[Any, Finding]] = {}
        self._rules: dict[str, DerivationStep] = {}

    def finding(self, bound: Bound[Duty], finding: Finding) -> Explanation:
        """Return the explanation of a finding."""
        if finding.subject != self._subject:
            self._subject, self._theirs, self._found = finding.subject, {}, {}
        frame = self._frame(bound, finding)
        counted, left_out = self._considered(bound, finding, frame)
        tree = DerivationStep(
            label=finding.message,
            truth=_TRUTHS.get(finding.status),
            evidence=finding.evidence,
            parts=(
                self._rules.get(bound.id) or self._rules.setdefault(bound.id, self._rule(bound)),
                self._binding(bound, frame),
                heading("计入的记录", "Counted", counted or [line("没有", "nothing")]),
                *([heading("未计入的记录", "Considered and not counted", left_out)] if left_out else []),
                self._result(bound, finding, frame),
                heading("怎样会改变", "What would change it", self._changes(bound, finding)),
            ),
        )
        return Explanation(rule=bound.id, subject=finding.subject, finding=finding, tree=tree)

    def no_finding(self, bound: Bound[Duty], subject: str) -> Explanation:
        """Return why a duty gives no finding about a subject."""
        as_of = self.history.as_of
        document = bound.pack.document
        parts = [self._rule(bound)]
        if as_of < document.in_force_from:
            day = document.in_force_from
            told = f"the document binds from {day}, after {as_of}"
            parts.append(line(f"文件自 {day} 起施行，{as_of} 尚未施行", told))
        else:
            frame = Frame(day=as_of, subject=subject)
            if isinstance(bound.rule.per, Occasion | Triggered):
                parts.append(self._occasions(bound, subject, bound.rule.per))
            else:
                parts.append(self._stretches(bound, frame, document.in_force_from, as_of))
            if isinstance(bound.rule.per, Standing):
                on_leave = self.evaluator.on_leave(bound.rule.bearer.kind, frame)
                if on_leave.truth == Truth.TRUE:
                    parts.append(line("当日请假", "on leave that day", Truth.TRUE, tuple(on_leave.evidence)))
            elif not isinstance(bound.rule.per, Occasion | Triggered):
                parts.append(line("没有一期有受约束的日子", "no period has a day on which the duty binds"))
        label = Text(
            zh=f"{bound.id} 对 {subject} 没有结论（截至 {as_of}）",
            en=f"{bound.id} gives no finding about {subject} as of {as_of}",
        )
        return Explanation(
            rule=bound.id, subject=subject, finding=None, tree=DerivationStep(label=label, parts=tuple(parts))
        )

    # The rule and whom it binds --------------------------------------------------------------------------------

    def _frame(self, bound: Bound[Duty], finding: Finding) -> Frame:
        """Return the frame in which the requirement was judged."""
        today = self.history.as_of
        frame = Frame(day=today, subject=finding.subject)
        if bound.rule.bearer.each is not None:
            bearings = self.evaluator.bearings(bound, (finding.subject,))
            frame = next((each for each in bearings if each.link and each.link.fact == finding.occasion), frame)
        if finding.period is not None:
            return frame._replace(day=min(finding.period.end, today), period=finding.period)
        if finding.occasion is None or frame.link is not None:
            return frame
        fact = self.history.by_id[finding.occasion]
        day = fact.on.first
        return Frame(day=day, subject=finding.subject, trigger=fact, trigger_day=day, deadline=finding.due or day)

    def _rule(self, bound: Bound[Duty]) -> DerivationStep:
        rule, modality = bound.rule, MODALITIES[bound.rule.modality]
        written = next(each for each in bound.pack.duties if each.id == rule.id)
        paper = document_text(bound.pack.document)
        parts = [line(f"依据{paper.zh}", f"by {paper.en}")]
        for reading in all_readings(written):
            told = reading_text(bound, reading)
            parts.append(line(f"条文理解（口径）{told.zh}", f"reading {told.en}"))
        for parameter in rule.parameters:
            value = self.audit.adoption.parameters.get(reading_key(bound.pack, rule, parameter))
            called = label(f"parameter:{parameter.name}", bound.pack.labels)
            given = Text(zh="未设定", en="not set") if value is None else GRAIN_WORDS.get(value, both(value))
            parts.append(
                line(
                    f"参数“{called.zh}”：{given.zh}。{parameter.why.zh}",
                    f"parameter {called.en}: {given.en}. {parameter.why.en}",
                )
            )
        citation, title, summary = bound.clause.citation, rule.title, bound.clause.summary
        return heading(
            f"规则 {bound.id}，{citation}（{modality.zh}）：{title.zh}。{summary.zh}",
            f"Rule {bound.id}, clause {citation} ({modality.en}): {title.en}. {summary.en}",
            parts,
        )

    def _binding(self, bound: Bound[Duty], frame: Frame) -> DerivationStep:
        if frame.period is not None:
            return self._stretches(bound, frame, frame.period.start, frame.day)
        return heading(f"{frame.day} 是否受约束", f"Does it bind on {frame.day}", [self._scope_on(bound, frame)])

    def _scope_on(self, bound: Bound[Duty], frame: Frame) -> DerivationStep:
        """Return whether the duty binds on the frame's day, and by which of its conditions."""
        verdict = self.evaluator.in_scope(bound, frame)
        condition = derived(self.world, bound.rule.bearer.scope, frame._replace(seen=frame.day))
        parts = [condition]
        each = bound.rule.bearer.each
        if frame.link is not None and each is not None and not isinstance(each.where, Always):
            parts.append(derived(self.world, each.where, frame._replace(seen=frame.day, item=frame.link)))
        if verdict.truth != min(part.truth for part in parts if part.truth is not None):
            # The scope alone says otherwise, so that it is the bearer who is not there.
            parts.append(
                line(
                    "在册在位（未离校、未撤销、未退出发展程序）",
                    "is there: has not left, stands, has not ended the pipeline",
                    verdict.truth,
                )
            )
        return DerivationStep(
            label=Text(zh=f"{frame.day} 义务约束 {frame.subject}", en=f"the duty binds {frame.subject} on {frame.day}"),
            truth=verdict.truth,
            evidence=tuple(sorted(verdict.evidence)),
            parts=tuple(parts),
        )

    def _stretches(self, bound: Bound[Duty], frame: Frame, first: date, last: date) -> DerivationStep:
        parts = []
        in_force = bound.pack.document.in_force_from
        if first < in_force:
            parts.append(line(f"{in_force} 起施行，之前不约束", f"in force from {in_force}, not before", Truth.FALSE))
        for start, end, truth in self.evaluator.scope(bound, frame):
            if end < first or last < start:
                continue
            begin, stop = max(start, first), min(end, last)
            on_day = self._scope_on(bound, frame._replace(day=begin, period=None))
            binds = {
                Truth.TRUE: Text(zh="受约束", en="it binds"),
                Truth.FALSE: Text(zh="不受约束", en="it does not bind"),
                Truth.UNKNOWN: Text(zh="不能确定", en="not decided"),
            }[truth]
            label = Text(zh=f"{begin} 至 {stop}：{binds.zh}", en=f"{begin} to {stop}: {binds.en}")
            parts.append(DerivationStep(label=label, truth=truth, evidence=on_day.evidence, parts=on_day.parts))
        for leave in self.history.holdings_where("leave", "person", frame.subject):
            if leave.possible[0] <= last and first < leave.possible[1]:
                held_from = held_text(self.world, leave)
                label = Text(zh=f"请假 {held_from.zh}", en=f"leave {held_from.en}")
                parts.append(DerivationStep(label=label, evidence=(leave.fact,) if leave.fact else ()))
        return heading("约束的日子", "Days on which it binds", parts)

    def _occasions(self, bound: Bound[Duty], subject: str, per: Occasion | Triggered) -> DerivationStep:
        """Return the facts that came nearest to being an occasion for the subject, and what was missing."""
        of, matching = per.of if isinstance(per, Occasion) else per.by, self.world.matching
        every, steps = matching(of), []
        telling = tuple(part for part in flattened(bound.rule.bearer.scope, AllOf) if trigger_fields(part))
        near = Narrowing(self.world).occasions(AllOf(telling), of, subject)
        theirs = {fact.id: fact for selection in near for fact in matching(selection)}
        for fact in in_order(theirs.values() or every)[-_MOST_WEIGHED:]:
            day = fact.on.first
            step = self._scope_on(bound, Frame(day=day, subject=subject, trigger=fact, trigger_day=day))
            steps.append((_lacking(step), -day.toordinal(), fact, step))
        chosen = sorted(steps, key=lambda entry: entry[:2])[:_FEW_SHOWN]
        nearest = [evolve(fact_line(self.world, fact), parts=(step,)) for _, _, fact, step in chosen]
        told = f", the nearest {len(nearest)}" if len(every) > len(nearest) else ""
        nearby = f"，最接近的 {len(nearest)} 次" if told else ""
        return heading(f"此类记录 {len(every)} 次{nearby}", f"Such records: {len(every)}{told}", nearest)

    # What was counted and what was not -------------------------------------------------------------------------

    def _considered(
        self, bound: Bound[Duty], finding: Finding, frame: Frame
    ) -> tuple[list[DerivationStep], list[DerivationStep]]:
        known = self.history.by_id
        counted = [fact_line(self.world, known[name]) for name in finding.evidence if name in known]
        left_out: list[DerivationStep] = []
        requires = bound.rule.requires
        if requires == LISTED:
            return counted, left_out
        for selection in selections_in(requires):
            if isinstance(selection, Holdings):
                left_out += self._holdings_left_out(selection, finding, frame)
            else:
                left_out += self._events_left_out(selection, finding, frame)
                left_out += self._nearly(selection, finding, frame)
                left_out += self._retracted_ones(selection, frame)
        return counted, list(dict.fromkeys(left_out))

    def _holdings_left_out(self, selection: Holdings, finding: Finding, frame: Frame) -> Iterator[DerivationStep]:
        left = [
            holding
            for holding in self.world.matching_holdings(selection.relation, selection.match, frame)
            if holding.fact not in finding.evidence
        ]
        for holding in left[-_MOST_SHOWN:]:
            verdict = held(holding, frame.day)
            parts: tuple[DerivationStep, ...] = ()
            why = Text(zh=f"{frame.day} 不成立", en=f"does not hold on {frame.day}")
            if verdict.truth == Truth.UNKNOWN:
                why = Text(zh="只知月份", en="only the month is known")
            elif verdict.truth == Truth.TRUE and not isinstance(selection.where, Always):
                why = Text(zh="不符合所要求的", en="is not what is asked for")
                parts = (derived(self.world, selection.where, frame._replace(item=holding)),)
            elif verdict.truth == Truth.TRUE:
                why = Text(zh="未单独计入", en="not counted by itself")
            told = held_text(self.world, holding)
            yield DerivationStep(
                label=Text(zh=f"{told.zh}：{why.zh}", en=f"{told.en}: {why.en}"),
                truth=Truth.UNKNOWN if verdict.truth == Truth.UNKNOWN else Truth.FALSE,
                evidence=(holding.fact,) if holding.fact else (),
                parts=parts,
            )
        yield from _more(len(left) - _MOST_SHOWN)

    def _events_left_out(self, selection: Events, finding: Finding, frame: Frame) -> Iterator[DerivationStep]:
        left = [each for each in self.world.weighed(selection, frame) if each.fact.id not in finding.evidence]
        left.sort(key=lambda each: _distance(each.fact, frame))
        for each in left[:_MOST_SHOWN]:
            yield self._why_not(selection, each, frame)
        yield from _more(len(left) - _MOST_SHOWN)

    def _why_not(self, selection: Events, weighed: Weighed, frame: Frame) -> DerivationStep:
        fact, verdict = weighed.fact, weighed.verdict
        reason = self.world.no_standing_reason(fact)
        if reason is not None:
            words = reason_text(reason)
            return fact_line(self.world, fact, words.zh, words.en, Truth.FALSE)
        where = frame._replace(day=fact.on.first, item=fact)
        asked: Condition = selection.where
        if verdict.truth == Truth.UNKNOWN:
            needs = needs_text(tuple(sorted(verdict.needs)))
            told = f"not decided, needs {needs.en}"
            return fact_line(self.world, fact, f"不能确定，需要{needs.zh}", told, Truth.UNKNOWN)
        if verdict.truth == Truth.TRUE:
            told = "another counts already, or its number is missing"
            return fact_line(self.world, fact, "已有其他记录计入，或没有所需数字", told)
        if self.world.verdict(asked, where).truth != Truth.TRUE:
            step = fact_line(self.world, fact, "不符合所要求的", "is not what is asked for", Truth.FALSE)
            return evolve(step, parts=(derived(self.world, asked, where),))
        if frame.period is not None:
            return fact_line(self.world, fact, "不在本期内", "outside the period", Truth.FALSE)
        return fact_line(self.world, fact, "不在所计的时间内", "outside the time that counts", Truth.FALSE)

    def _nearly(self, selection: Events, finding: Finding, frame: Frame) -> Iterator[DerivationStep]:
        """Yield the events of the period that would count if the bearer were listed as attending."""
        if ("attended", SUBJECT) not in selection.match:
            return
        subject = finding.subject
        excused, unlisted, open_lists, others = list[Seen](), list[Seen](), list[Seen](), 0
        for each in self.world.selected(selection, frame, self._of_theirs(selection, frame)):
            fact, listed = each.fact, getattr(each.fact, "attended", None)
            if each.verdict.truth == Truth.FALSE or subject in (listed or ()):
                continue
            if subject in (getattr(fact, "excused", None) or ()):
                excused.append(fact)
            elif self._belongs(subject, fact):
                (open_lists if listed is None else unlisted).append(fact)
            else:
                others += listed is None
        for facts, zh, en in (
            (excused, "请假，不算参加", "excused, which is no attendance"),
            (open_lists, "没有到会名单，不计入任何人", "no attendance was recorded, so it counts for nobody"),
            (unlisted, "不在到会名单上", "not listed as attending"),
        ):
            for seen in facts[:_MOST_SHOWN]:
                yield fact_line(self.world, seen, zh, en, Truth.FALSE)
            yield from _more(len(facts) - _MOST_SHOWN)
        if others:
            told = f"other units recorded no attendance of {others} more, which count for nobody"
            yield line(f"其他组织另有 {others} 项没有到会名单，不计入任何人", told)

    def _of_theirs(self, selection: Events, frame: Frame) -> Sequence[Seen]:
        """Return the events that match but for who attended: of the bearer's units, excusing them, or without a list.

        Others' events are no news, and they are many.
        """
        subject = frame.subject
        if selection not in self._theirs:
            wanted = self.world.wanted([pair for pair in selection.match if pair != ("attended", SUBJECT)], frame)
            memberships = self.history.holdings_where("membership", "person", subject)
            units = dict.fromkeys(one.values["unit"] for one in memberships)
            asked = [("excused", (subject,)), ("attended", (None,)), *(("unit", (unit,)) for unit in units)]
            matching = self.history.seen_matching
            found = (fact for wire in selection.types for pair in asked for fact in matching(wire, [*wanted, pair]))
            self._theirs[selection] = in_order({fact.id: fact for fact in found}.values())
        return self._theirs[selection]

    def _belongs(self, subject: str, fact: Seen) -> bool:
        """Tell whether the bearer was in the unit that held the event."""
        unit = getattr(fact, "unit", None)
        memberships = self.history.holdings_where("membership", "person", subject)
        return any(m.values["unit"] == unit and held(m, fact.on.first).truth != Truth.FALSE for m in memberships)

    def _retracted_ones(self, selection: Events, frame: Frame) -> Iterator[DerivationStep]:
        for fact, by in self.audit.retracted(selection.types, self.world.wanted(selection.match, frame)):
            zh, en = f"已由 {by.id} 撤回：{by.reason}", f"retracted by {by.id}: {by.reason}"
            yield fact_line(self.world, fact, zh, en, Truth.FALSE)

    # The result, and what would change it ------------------------------------------------------------------------

    def _result(self, bound: Bound[Duty], finding: Finding, frame: Frame) -> DerivationStep:
        parts = []
        counted = bound.rule.counted
        if finding.actual is not None and finding.required is not None:
            zh = f"实有 {finding.actual}，要求 {finding.required} {counted.zh}"
            en = f"found {finding.actual}, required {counted_in_english(finding.required, counted.en)}"
            parts.append(line(zh, en, _enough(bound, finding)))
        if bound.rule.requires == LISTED:
            parts.append(derived(self.world, bound.rule.requires, frame))
        if finding.due is not None:
            today = self.history.as_of
            parts.append(line(f"期限 {finding.due}，所问之日 {today}", f"due {finding.due}, asked as of {today}"))
        if finding.reason is not None:
            words = reason_text(finding.reason)
            parts.append(line(words.zh, words.en))
        if (to_act := responsible_text(bound.rule, finding.status, finding.responsible)) is not None:
            parts.append(line(to_act.zh, to_act.en))
        if "register_closed" in finding.needs:
            parts.append(
                line(
                    "登记尚未结束，没有记录不等于没有发生",
                    "the register is not closed through the end, so that no record does not mean that nothing happened",
                )
            )
        status = STATUS_WORDS[finding.status]
        return heading(f"结果：{status.zh}", f"Result: {status.en}", parts)

    def _changes(self, bound: Bound[Duty], finding: Finding) -> Iterator[DerivationStep]:
        if finding.needs:
            needs = needs_text(finding.needs, bound)
            yield line(f"要判定，需要：{needs.zh}", f"to decide it: {needs.en}")
        if finding.status == "pending" and (missing := _missing(finding)):
            counted = bound.rule.counted
            told = f"{counted_in_english(missing, counted.en)} more by {finding.due} would satisfy it"
            yield line(f"{finding.due} 前再有 {missing} {counted.zh}，即已落实", told)
        if finding.status == "breached":
            if bound.rule.modality == "normally" and finding.period is not None:
                what = f"clause {bound.id}, about {finding.subject}, period {finding.period.start}"
                about = f"条款 {bound.id}，关于 {finding.subject}，期间 {finding.period.start}"
                yield line(
                    f"登记一项结果为“已说明理由”的认定（{about}），即不作要求",
                    f"a judgement with outcome explained ({what}) would excuse it",
                )
            if finding.due is not None:
                yield line(
                    "期限已过；只有补记当时的记录或更正记录才会改变",
                    "its time is over; only a record of that time, or a correction, changes it",
                )
            else:
                yield line("具备要求的事项并记录后即改变", "it changes once what is required is there and recorded")
        differing = list(self._other_readings(bound, finding))
        yield from differing
        if not differing:
            yield line("单独改变任何一项条文理解（口径）都不改变结论", "no single other reading changes the status")

    def _other_readings(self, bound: Bound[Duty], finding: Finding) -> Iterator[DerivationStep]:
        only = finding.period if isinstance(bound.rule.per, PerPeriod) else None
        if bound.id not in self._single_changes:
            self._single_changes[bound.id] = tuple(single_changes(self.audit.adoption, bound))
        for reading, option, changed in self._single_changes[bound.id]:
            key = (bound.id, reading, option, only)
            if key not in self._found:
                found = self.evaluator.findings(changed, wanted=(finding.subject,), period=only)
                self._found[key] = {(each.period, each.occasion): each for each in found}
            other = self._found[key].get((finding.period, finding.occasion))
            told = choice_text(reading.rpartition(".")[2], option, bound.pack.labels)
            said = Text(zh=f"{reading}={option}（{told.zh}）", en=f"{reading}={option} ({told.en})")
            if other is None:
                yield line(f"{said.zh}：本期没有结论", f"{said.en}: no such finding")
            elif other.status != finding.status:
                words, truth = STATUS_WORDS[other.status], _TRUTHS.get(other.status)
                yield line(f"{said.zh}：{words.zh}", f"{said.en}: {words.en}", truth)


def _lacking(step: DerivationStep) -> int:
    """Return how many of the last conditions of a derivation are not so."""
    if not step.parts:
        return int(step.truth == Truth.FALSE)
    return sum(_lacking(part) for part in step.parts)


def _more(left: int) -> Iterator[DerivationStep]:
    if left > 0:
        yield line(f"另有 {left} 项", f"and {left} more")


def _distance(fact: Seen, frame: Frame) -> int:
    """Return how many days a fact lies from the stretch that is judged."""
    first, last = (frame.period.start, frame.period.end) if frame.period else (frame.day, frame.day)
    return max((first - fact.on.last).days, (fact.on.first - last).days, 0)


def _missing(finding: Finding) -> int | Decimal | None:
    if finding.required is None or finding.actual is None or finding.actual >= finding.required:
        return None
    return finding.required - finding.actual


def _enough(bound: Bound[Duty], finding: Finding) -> Truth | None:
    requires = bound.rule.requires
    if finding.status == "unknown" or not isinstance(requires, Compare) or requires.most is not None:
        return None
    return Truth.FALSE if _missing(finding) else Truth.TRUE


# Judgement clauses -----------------------------------------------------------------------------------------


def _judged(finding: Finding, explainer: _Explainer) -> Explanation:
    made = [
        fact
        for fact in explainer.history.facts_where("judgement_made", "about", finding.subject)
        if getattr(fact, "clause", None) == finding.rule
    ]
    lines = [
        fact_line(explainer.world, fact, truth=Truth.TRUE if fact.id in finding.evidence else None) for fact in made
    ]
    parts = (
        line(
            "此条只能由有权认定者作出认定，不作推断",
            "only a recorded judgement answers this clause; nothing is inferred",
        ),
        heading("已登记的认定", "Judgements recorded", lines or [line("没有", "none")]),
    )
    tree = DerivationStep(
        label=finding.message, truth=_TRUTHS.get(finding.status), evidence=finding.evidence, parts=parts
    )
    return Explanation(rule=finding.rule, subject=finding.subject, finding=finding, tree=tree)


def _no_judgement(rule: str, subject: str) -> Explanation:
    label = Text(zh=f"{rule} 不由 {subject} 负责", en=f"{rule} is not for {subject} to answer")
    return Explanation(rule=rule, subject=subject, finding=None, tree=DerivationStep(label=label))
