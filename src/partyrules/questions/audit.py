"""The questions an application asks of the facts: an audit as of a day, its findings, and what counts for nothing."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cached_property
from itertools import chain, groupby
from typing import Any, Final

import numpy as np
from attrs import field, frozen

from partyrules.answers.blocks import (
    About,
    Block,
    Evaluator,
    Evidenced,
    JudgedClause,
    Names,
    block_of,
)
from partyrules.answers.lines import JSON_LINES, BlockLines, LineForm, Lines, lines_of_findings
from partyrules.answers.tables import FindingTable, Judge, TableSetting, known_statuses, table_of
from partyrules.answers.verdicts import STATUSES, Finding, Irregular, Status, finding_order
from partyrules.errors import QueryError, refusal
from partyrules.evaluate.columnar.belonging import units_in
from partyrules.evaluate.columnar.duties import Duties
from partyrules.evaluate.columnar.limits import NotColumnar
from partyrules.evaluate.columnar.view import View
from partyrules.evaluate.judgements import judgement_findings
from partyrules.evaluate.reference import ReferenceEvaluator
from partyrules.facts.vocabulary import FactRetracted
from partyrules.history import History, Wanted, fits
from partyrules.history.units import subjects_under
from partyrules.language.rules import Duty, Triggered
from partyrules.packs.document import Clause, Text
from partyrules.packs.naming import rules_named
from partyrules.packs.pack import Adoption, Bound, clauses_judged
from partyrules.questions.differing import completed, evidenced
from partyrules.questions.notices import audit_notices, nobody_bound
from partyrules.questions.sources import Source, check_subject, history_from, projected
from partyrules.store.index import Glimpse, index_of
from partyrules.store.projection import Projection
from partyrules.time.calendar import Period

_PERIODS: Final = "2018, 2018-H1, 2018-Q2, 2018-04"


@frozen(kw_only=True)
class JudgedBy:
    """Which evaluator judged a duty; `fallback` says why rows went to the reference instead: reason → how many."""

    evaluator: Evaluator
    fallback: Mapping[str, int]


@frozen(kw_only=True)
class Audit:
    """One adoption held against one history; what is asked is worked out when it is asked for.

    The columns of a duty are kept once they are made, findings are not.
    """

    adoption: Adoption
    history: History
    _projection: Projection = field(eq=False)
    _columnar: Duties = field(eq=False)
    _wanted: Collection[str] | None = field(default=None, eq=False)
    _blocks: dict[tuple[str, bool], Block] = field(factory=dict, init=False, eq=False)

    def __repr__(self) -> str:
        return f"<Audit: as of {self.history.as_of}, {self.adoption!r}>"

    @property
    def view(self) -> View:
        """The columns of the facts that stand on the day asked."""
        return self._columnar.view

    @property
    def names(self) -> Names:
        """What the numbers in the columns of findings stand for."""
        return self._columnar.names

    @property
    def notices(self) -> tuple[Text, ...]:
        """What has to be said beside the findings, such as that the record ends earlier or that nobody is bound."""
        return self.notices_on(bound.id for bound in self.adoption.duties)

    def notices_on(self, rules: Iterable[str]) -> tuple[Text, ...]:
        """Return what has to be said beside the findings on the duties of these full ids."""
        return (*audit_notices(self.adoption, self.history), *self._binding_nobody(frozenset(rules)))

    def _binding_nobody(self, rules: Collection[str]) -> Iterator[Text]:
        """Yield what is to be said of facts that trigger an act of units when no unit is there to act."""
        for bound in self.adoption.duties:
            per = bound.rule.per
            if bound.id not in rules or not isinstance(per, Triggered) or bound.rule.bearer.kind != "unit":
                continue
            try:
                triggers = self._columnar.triggers(bound, per.by)
            except NotColumnar:
                continue
            (block,) = self.table(rule=bound.id).blocks
            unbound = np.setdiff1d(triggers, block.occasion)
            if len(unbound):
                yield nobody_bound(bound, [self._columnar.names.ids[number] for number in unbound.tolist()])

    def check_subject(self, subject: str) -> None:
        """Raise QueryError where no fact names the person, unit or building."""
        check_subject(subject, self._projection, self.adoption)

    def under(self, unit: str) -> frozenset[str]:
        """Return who and what is under a unit on the day asked: itself, units below, members, cultivated, buildings.

        Raise QueryError for a unit that was never established by then.
        """
        return subjects_under(self.history, unit)

    def units(self, subject: str) -> tuple[str, ...]:
        """Return the units that a subject belongs to on the day asked: by membership, cultivation, or as a building's.

        A unit is its own. In the order of their ids.
        """
        return self._units_of()(subject)

    def _units_of(self) -> Callable[[str], tuple[str, ...]]:
        return self.view.once("units", lambda: units_in(self.view))

    def period(self, name: str) -> Period:
        """Return the stretch of days of that name: `2018`, `2018-H1`, `2018-Q2`, `2018-04`, or a declared term's.

        An academic year has the name by which its semesters call it. Raise QueryError where there is none of that name.
        """
        found = self.history.terms.named(name)
        if found is None:
            declared = ", ".join(self.history.terms.names) or "none"
            allowed = f"a year, half-year, quarter or month, such as {_PERIODS}; or of the declared {declared}"
            raise QueryError(f"period {name!r} is not known; allowed: {allowed}")
        return found

    def table(
        self, *, rule: str = "*", subject: str | Collection[str] | None = None, judgements: bool = False
    ) -> FindingTable:
        """Return the findings as columns: of some rules, and about one subject or several where given.

        `rule` is an id, what several ids begin with (`8.1`), the number of a clause in its document (`八、1`), or a
        glob. With `judgements`, also one finding for each unit and each clause that only a recorded judgement answers.
        Raise QueryError where no rule is meant that an audit holds facts against, and where no fact names the
        subject; one whom facts name and no rule binds has no findings.
        """
        return self._table(self._made(rule, subject, judgements=judgements, kept=True)).where(subject=subject)

    def tables(
        self, *, rule: str = "*", subject: str | Collection[str] | None = None, judgements: bool = False
    ) -> Iterator[FindingTable]:
        """Yield what `table` returns, which see, a rule at a time; none is kept."""
        blocks = self._made(rule, subject, judgements=judgements, kept=False)
        return (self._table([block]).where(subject=subject) for block in blocks)

    def _made(
        self, rule: str, subject: str | Collection[str] | None, *, judgements: bool, kept: bool
    ) -> Iterator[Block]:
        alone = subject if isinstance(subject, str) else None
        if alone is not None:
            self.check_subject(alone)
        abouts = self._abouts(rule, judgements=judgements)
        return (self._block(about, alone, kept=kept) for about in abouts)

    def _block(self, about: About, alone: str | None, *, kept: bool) -> Block:
        key = (about.id, isinstance(about, JudgedClause))
        block = self._blocks.get(key)
        if block is not None:
            return block
        if alone is not None or isinstance(about, JudgedClause):
            # Of one subject the reference says it sooner than whole columns do.
            found = self._doubted.found(about, None if alone is None else {alone})
            block = block_of(about, found, self._columnar.names)
        else:
            block = self._columnar.block(about, self._doubted.found)
        if kept and alone is None:
            self._blocks[key] = block
        return block

    def _table(self, blocks: Iterable[Block]) -> FindingTable:
        setting = TableSetting.of(self.view.columns, self.history.as_of, self._units_of)
        return table_of(blocks, self._columnar.names, self._judge, setting=setting)

    def blocks(self, bounds: Iterable[Bound[Duty]], subject: str | None = None) -> Iterator[Block]:
        """Yield the findings of each of some duties as columns, about one subject alone where given.

        The duties may have other readings than those adopted.
        """
        judge = self._doubted.found
        if subject is None:
            return (self._columnar.block(bound, judge) for bound in bounds)
        return (block_of(bound, judge(bound, {subject}), self.names) for bound in bounds)

    @cached_property
    def _doubted(self) -> "_Reference":
        """Who judges those whom columns cannot, for all duties and all readings, so that each is looked at once."""
        return _Reference(self.adoption, self.history)

    def findings(
        self,
        *,
        rule: str = "*",
        subject: str | Collection[str] | None = None,
        status: Collection[str] = (),
        responsible: str | None = None,
        within: tuple[date, date] | None = None,
        judgements: bool = False,
    ) -> tuple[Finding, ...]:
        """Return the findings in order, filtered as by `table`, by who has to act, and any of some statuses.

        With `judgements`, also one finding for each unit and each clause that only a recorded judgement answers.
        Raise QueryError as `table` does, and for a status that does not exist.
        """
        return tuple(
            self.walk(
                rule=rule,
                subject=subject,
                status=status,
                responsible=responsible,
                within=within,
                judgements=judgements,
            )
        )

    def walk(
        self,
        *,
        rule: str = "*",
        subject: str | Collection[str] | None = None,
        status: Collection[str] = (),
        responsible: str | None = None,
        within: tuple[date, date] | None = None,
        judgements: bool = False,
    ) -> Iterator[Finding]:
        """Yield what `findings` returns, made one rule at a time, so that those of one rule alone are held at once.

        It raises what `findings` raises, when it is called.
        """
        wanted = known_statuses(status)
        abouts = self._abouts(rule, judgements=judgements)
        for name in (subject, responsible):
            if isinstance(name, str):
                self.check_subject(name)
        if within is not None or ((wanted or responsible) and subject is None and not judgements):
            table = self.table(rule=rule, subject=subject, judgements=judgements)
            return iter(table.where(status=wanted, responsible=responsible, within=within))
        found = self._walked(abouts, {subject} if isinstance(subject, str) else subject, wanted or STATUSES)
        return found if responsible is None else (each for each in found if responsible in each.responsible)

    def lines(
        self,
        form: LineForm = JSON_LINES,
        *,
        rule: str = "*",
        subject: str | Collection[str] | None = None,
        status: Collection[str] = (),
        responsible: str | None = None,
        within: tuple[date, date] | None = None,
        judgements: bool = False,
    ) -> Iterator[Lines]:
        """Yield the lines that the findings of `walk` are in a form, made of columns wherever these say all.

        Nothing is kept but some thousand of them and the columns of one rule. It raises what `walk` raises.
        """
        if judgements or isinstance(subject, str):
            walked = self.walk(
                rule=rule,
                subject=subject,
                status=status,
                responsible=responsible,
                within=within,
                judgements=judgements,
            )
            return lines_of_findings(walked, form)
        if responsible is not None:
            self.check_subject(responsible)
        wanted = {"subject": subject, "status": known_statuses(status), "responsible": responsible, "within": within}
        duties = [each for each in self._abouts(rule) if isinstance(each, Bound)]
        return chain.from_iterable(self._lines(form, bound, wanted) for bound in duties)

    def _lines(self, form: LineForm, bound: Bound[Duty], wanted: Mapping[str, Any]) -> Iterator[Lines]:
        try:
            found = self._columnar.evidenced(bound)
        except NotColumnar:
            return lines_of_findings(self.walk(rule=bound.id, **wanted), form)
        (rows,) = self._table([found.block]).where(**wanted).picked
        return BlockLines(bound, found, form, self._judge()).of(np.arange(len(found.block)) if rows is None else rows)

    def evidenced(self, rule: str) -> Evidenced:
        """Return the findings on the duty of that full id as columns, with the facts that each rests on."""
        (bound,) = (bound for bound in self.adoption.duties if bound.id == rule)
        told = list[Finding]()

        def judged(about: About, subjects: Collection[str] | None) -> list[Finding]:
            found = list(self._doubted.found(about, subjects))
            told.extend(found)
            return found

        try:
            found = self._columnar.evidenced(bound, judged)
        except NotColumnar:
            return evidenced(bound, self._doubted.found(bound, self._wanted), self.names)
        judged(bound, {self.names.strings.texts[code] for code in found.apart} - {finding.subject for finding in told})
        return completed(found, told)

    def evaluators(self) -> Mapping[str, JudgedBy]:
        """Return by rule id which evaluator judges each duty, and why not the columnar one; judges all of them."""
        blocks = self.table().blocks
        return {block.bound.id: JudgedBy(evaluator=block.evaluator, fallback=dict(block.fallback)) for block in blocks}

    def irregular(self) -> tuple[Irregular, ...]:
        """Return the records up to the day asked that count for nothing, and why."""
        return tuple(record for record, _ in self.irregular_about())

    def irregular_about(self) -> tuple[tuple[Irregular, str], ...]:
        """Return what `irregular` does, each record with whom it is about, for those who ask by unit."""
        world = self._doubted.evaluator.world
        return tuple(
            sorted(
                (
                    (Irregular(id=fact.id, fact=fact.wire, reason=reason), str(getattr(fact, standing.about)))
                    for wire, standing in world.standings.items()
                    for fact in self._columnar.population.without_standing(wire)
                    if (reason := world.no_standing_reason(fact)) is not None
                ),
                key=lambda pair: pair[0].id,
            )
        )

    def retracted(self, types: Collection[str], wanted: Wanted) -> Iterator[tuple[Glimpse, Glimpse]]:
        """Yield the facts of some types that match and that a known retraction undoes, each with that, as recorded."""
        index, tables, numbers = index_of(self._projection), self.view.columns.tables, list[int]()
        for table in [tables[wire] for wire in types if wire in tables] if self._gone else ():
            asked = [index.rows(table.wire, name, values[0]) for name, values in wanted if len(values) == 1]
            rows = min((rows for rows in asked if rows is not None), key=len, default=np.arange(table.rows))
            numbers += self._gone.intersection(table.numbers.array[rows].tolist())
        for fact in map(index.glimpse, sorted(numbers)):
            if fits(fact, wanted):
                yield fact, self._retracting[fact.id]

    @cached_property
    def _gone(self) -> frozenset[int]:
        """The numbers of the facts that are retracted."""
        return frozenset(self.view.retracted.tolist())

    @cached_property
    def _retracting(self) -> Mapping[str, Glimpse]:
        """The retraction that undoes each fact that is retracted, the last recorded of several, by the fact's id."""
        numbers = self.view.numbers_of(FactRetracted.wire).tolist()
        facts = [index_of(self._projection).glimpse(number) for number in numbers if number not in self._gone]
        return {fact.target: fact for fact in facts}

    def _abouts(self, rule: str, *, judgements: bool = False) -> list[About]:
        """Return the duties, and the judged clauses where they are asked for, whose ids match, by id."""
        check_rule(self.adoption, rule, judgements=judgements)
        judged = clauses_judged(self.adoption.packs) if judgements else ()
        abouts: list[About] = [
            *self.adoption.duties,
            *(JudgedClause(id=f"{pack.id}:{clause.id}", clause=clause) for pack, clause in judged),
        ]
        named = rules_named(rule, {about.id: about.clause.citation for about in abouts})
        return sorted((about for about in abouts if about.id in named), key=lambda about: about.id)

    def _walked(
        self, abouts: Iterable[About], subjects: Collection[str] | None, statuses: Collection[Status]
    ) -> Iterator[Finding]:
        reference = _Reference(self.adoption, self.history)
        # A judged clause may have the id of a duty.
        for _, group in groupby(abouts, key=lambda about: about.id):
            found = [each for about in group for each in reference.found(about, subjects) if each.status in statuses]
            yield from sorted(found, key=finding_order)

    def _judge(self) -> Judge:
        # One for each walk of a table: what it remembers of the subjects it met is gone when the walk is.
        return _Reference(self.adoption, self.history).found


class _Reference:
    """What the reference finds on duties and judged clauses, about some subjects or, for None, about everybody."""

    def __init__(self, adoption: Adoption, history: History) -> None:
        self.adoption = adoption
        self.history = history
        self.evaluator = ReferenceEvaluator(adoption, history)

    def found(self, about: About, subjects: Collection[str] | None) -> Iterator[Finding]:
        """Return the findings in no particular order."""
        if not isinstance(about, JudgedClause):
            return self.evaluator.findings(about, wanted=subjects)
        return (each for each in self.judged.get(about.id, ()) if subjects is None or each.subject in subjects)

    @cached_property
    def judged(self) -> Mapping[str, list[Finding]]:
        """The findings on each judged clause, by its id."""
        found: dict[str, list[Finding]] = {}
        for finding in judgement_findings(self.adoption, self.history):
            found.setdefault(finding.rule, []).append(finding)
        return found


def audit(source: Source, adoption: Adoption, *, as_of: date, known_at: datetime | None = None) -> Audit:
    """Return the audit of a ledger or of facts as of the end of a day, knowing what was recorded by `known_at`."""
    projection = projected(source)
    return audit_of(projection, adoption, history_from(projection, adoption, as_of=as_of, known_at=known_at))


def audit_of(
    projection: Projection,
    adoption: Adoption,
    history: History,
    *,
    wanted: Collection[str] | None = None,
    names: Names | None = None,
) -> Audit:
    """Return the audit of a history that a projection and an adoption give, about some subjects alone where given.

    With the `names` of another audit of the projection the numbers in its columns mean what they mean there.
    """
    columns = projection.columns
    view = View(projection, adoption, history)

    def reference(about: About, subjects: Collection[str] | None) -> Iterator[Finding]:
        # One for each question: what it remembers of the subjects it met is gone when it is answered.
        return _Reference(adoption, history).found(about, subjects)

    names = names or Names(strings=columns.strings, ids=columns.ids, numbers=lambda: columns.numbers)
    columnar = Duties(view, names, reference, wanted=wanted)
    return Audit(adoption=adoption, history=history, projection=projection, columnar=columnar, wanted=wanted)


def check_rule(adoption: Adoption, rule: str, *, judgements: bool = False) -> None:
    """Raise QueryError where what is asked, `*` apart, names nothing that an audit holds facts against."""

    def any_of(of: Iterable[tuple[str, Clause]]) -> bool:
        return bool(rules_named(rule, {name: clause.citation for name, clause in of}))

    if rule == "*":
        return
    judged = [(f"{pack.id}:{clause.id}", clause) for pack, clause in clauses_judged(adoption.packs)]
    held = [(bound.id, bound.clause) for bound in adoption.duties]
    if any_of(held) or (judgements and any_of(judged)):
        return
    if any_of(judged):
        raise QueryError(f"rule {rule!r}: only a recorded judgement answers it; ask for judgements as well")
    if any_of((bound.id, bound.clause) for bound in adoption.rules):
        raise QueryError(f"rule {rule!r} speaks to a step of the pipeline, not to an audit; ask for that decision")
    if any_of((f"{pack.id}:{clause.id}", clause) for pack in adoption.packs for clause in pack.document.clauses):
        raise QueryError(f"rule {rule!r} names clauses that no duty comes from; `trace` accounts for them")
    # Of a rule named without its pack the nearest is looked for in the first.
    raise QueryError(refusal("rule", rule if ":" in rule else f"{adoption.packs[0].id}:{rule}", adoption.rule_ids))
