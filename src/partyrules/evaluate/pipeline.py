"""Decisions of the development pipeline, straight from the tree; inference engines must come to the same."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from itertools import product
from typing import Any, Final, Literal, NamedTuple

from partyrules.answers.messages import requirement_message, veto_message
from partyrules.answers.observers import tell_decision
from partyrules.answers.verdicts import LISTS, Decision, Irregular, Item, Outcome
from partyrules.errors import QueryError, refusal
from partyrules.evaluate.conditions import Frame, Number, World
from partyrules.evaluate.holding import held
from partyrules.evaluate.kleene import NO, Truth, Verdict, any_of
from partyrules.evaluate.lacking import lacking
from partyrules.evaluate.reference import ReferenceEvaluator
from partyrules.evaluate.wording import fact_text
from partyrules.facts.vocabulary import StageExtended
from partyrules.history import NO_STAGE, History, Holding, in_each_way
from partyrules.language.kernel import SUBJECT, AllOf, AnyOf, Compare, Condition, LatestIs, Not, at_least, events
from partyrules.language.rules import Requirement, Veto
from partyrules.language.standing import UNDECLARED
from partyrules.packs.document import Text
from partyrules.packs.pack import Adoption, Bound

Role = Literal["veto", "requirement", "advisory"]

REFUSALS: Final = ("stage_order", "not_a_student", "stage_extended")
"""Why a step is out of the question whatever the rules say, in the order in which one is named before another."""
_STUDENT: Final = "student"
_WEIGHS: Final[dict[str, Outcome]] = {"vetoes": "vetoed", "unmet": "blocked", "unknown": "undetermined"}


class Case(NamedTuple):
    """One question put to the pipeline: who, into which stage, on which day, and the rules that speak to it.

    `refusals` is, for each way in which open months may have fallen, why the step is then out of the question;
    `irregular` are the records about the person that count for nothing.
    """

    person: str
    to: str
    world: World
    frame: Frame
    refusals: frozenset[frozenset[str]]
    irregular: tuple[Irregular, ...]
    requirements: tuple[Bound[Requirement], ...]
    vetoes: tuple[Bound[Veto], ...]

    @property
    def rules(self) -> tuple[Bound[Requirement] | Bound[Veto], ...]:
        """Every rule that speaks to the case, by id."""
        both: tuple[Bound[Requirement] | Bound[Veto], ...] = (*self.requirements, *self.vetoes)
        return tuple(sorted(both, key=lambda bound: bound.id))

    @property
    def refusal(self) -> str | None:
        """Why the step is out of the question whatever the rules say; None where they are asked."""
        if not all(self.refusals):
            return None
        surely, perhaps = frozenset.intersection(*self.refusals), frozenset.union(*self.refusals)
        return next(reason for some in (surely, perhaps) for reason in REFUSALS if reason in some)

    @property
    def needs(self) -> tuple[str, ...]:
        """What leaves open whether the step is out of the question, and what a misspelt record meant."""
        misspelt = any(self._since_entry(record.id) for record in self.irregular if record.reason in UNDECLARED)
        is_open = any(self.refusals)
        return (*(["correction"] if misspelt else []), *(["full_date"] if is_open else []))

    def _since_entry(self, fact: str) -> bool:
        """Tell whether a fact may be of a day since the person entered the stage held."""
        return self.frame.entry is None or self.world.history.by_id[fact].on.last >= self.frame.entry[0]


class Answer(NamedTuple):
    """What one rule comes to in a case: whether it applies, what it asks for, and whether somebody explained it."""

    applies: Verdict
    asked: Verdict
    explained: Verdict = NO

    @property
    def holds(self) -> Verdict:
        """Whether what it asks for is so, or explained."""
        return any_of((self.asked, self.explained))


def case_of(adoption: Adoption, history: History, *, person: str, to: str) -> Case:
    """Return the case of a person's step into stage `to` on the history's day; raise QueryError for no such stage."""
    if to not in adoption.stage_names:
        raise QueryError(refusal("stage", to, adoption.stage_names))
    # The evaluator's world, for a requirement may count the findings of duties.
    world = ReferenceEvaluator(adoption, history).world
    on = history.as_of
    held_there = _stages_held(history, person)
    stood = {(next_stage(adoption.stage_names, stage) == to, since) for stage, since in held_there}
    # Where the stage held is open, the clocks that matter are those of the stage from which the step would be right.
    entries = {since for is_next, since in stood if is_next}
    entry = None if entries <= {None} else (min(s or date.min for s in entries), max(s or date.min for s in entries))
    frame = Frame(day=on, subject=person, step=to, entry=entry)
    refusals = {
        frozenset(name for name, given in zip(REFUSALS, reasons, strict=True) if given)
        for stage, since in held_there
        for reasons in product(
            (next_stage(adoption.stage_names, stage) != to,),
            _each(is_student(history, person), negated=True),
            _each(_extended(history, person, stage, since)),
        )
    }
    return Case(
        person=person,
        to=to,
        world=world,
        frame=frame,
        refusals=frozenset(refusals),
        irregular=irregular_about(world, person),
        requirements=tuple(b for b in adoption.requirements if to in b.rule.steps and b.pack.document.in_force(on)),
        vetoes=tuple(b for b in adoption.vetoes if to in b.rule.steps and b.pack.document.in_force(on)),
    )


def _stages_held(history: History, person: str) -> set[tuple[str | None, date | None]]:
    """Return the stage held on the day asked and since when, one for each way that open months may have fallen."""
    on = history.as_of
    holdings = history.holdings_where("stage", "person", person)
    ways = in_each_way(holdings)
    if ways is None:
        entered = [holding for holding in holdings if held(holding, on).truth != Truth.FALSE]
        return {(None, None)} | {(_stage_of(one), since) for one in entered for since in (one.possible[0], on)}
    now = [next((entry for entry in way if entry[1] <= on < entry[2]), None) for way in ways]
    return {(None, None) if entry is None else (_stage_of(entry[0]), entry[1]) for entry in now}


def _stage_of(holding: Holding) -> str | None:
    stage: str = holding.values["stage"]
    return None if stage == NO_STAGE else stage


def stage_held(history: History, person: str) -> tuple[str | None, bool]:
    """Return the stage that a person surely holds on the day asked, None for none, and whether that is open."""
    entered = [
        (holding.values["stage"], held(holding, history.as_of).truth)
        for holding in history.holdings_where("stage", "person", person)
    ]
    is_open = any(truth == Truth.UNKNOWN for _, truth in entered)
    known = [stage for stage, truth in entered if truth == Truth.TRUE and stage != NO_STAGE]
    return (known[0] if known else None), is_open


def next_stage(stages: tuple[str, ...], stage: str | None) -> str | None:
    """Return the stage after the one held, the first where none is held, None after the last."""
    position = -1 if stage is None else stages.index(stage)
    return stages[position + 1] if position + 1 < len(stages) else None


def is_student(history: History, person: str) -> Truth:
    """Return whether the person is a registered student; one whose registration never held is taken as such."""
    ways = in_each_way(history.holdings_where("registration", "person", person))
    if ways is None:
        return Truth.UNKNOWN
    found = {
        not way or any(a <= history.as_of < b and one.values["category"] == _STUDENT for one, a, b in way)
        for way in ways
    }
    return Truth.UNKNOWN if len(found) > 1 else Truth.TRUE if found == {True} else Truth.FALSE


def _each(truth: Truth, *, negated: bool = False) -> tuple[bool, ...]:
    """Return what may be so: both where that is open."""
    found = (True, False) if truth == Truth.UNKNOWN else (truth == Truth.TRUE,)
    return tuple(not each for each in found) if negated else found


def _extended(history: History, person: str, stage: str | None, since: date | None) -> Truth:
    """Return whether the stage held since a day is extended: the latest extension lasts through the day asked."""
    on = history.as_of
    entry = since or date.min
    found = [
        (fact.on, fact.until or fact.on.last)
        for fact in history.facts_where("stage_extended", "person", person)
        if isinstance(fact, StageExtended) and fact.stage == stage and fact.on.last >= entry
    ]
    sure = [(when, until) for when, until in found if entry <= when.first and when.last <= on]
    longer = [when for when, until in sure if until >= on]
    last_sure, last_longer = (
        max((w.first for w in whens), default=date.min) for whens in ((w for w, _ in sure), longer)
    )
    # Only these may be the latest; of one day the longest is.
    running = [
        until for when, until in found if when.last >= last_sure and (on > last_longer < when.last or until >= on)
    ]
    lasts = {until >= on for until in running} | ({False} if not sure else set())
    return Truth.UNKNOWN if len(lasts) > 1 else Truth.TRUE if lasts == {True} else Truth.FALSE


@lru_cache(maxsize=256)
def explanation(rule: str) -> Condition:
    """Return that somebody recorded the reason why what a rule asks of the subject is not so."""
    of = events("judgement_made", clause=rule, about=SUBJECT, outcome="explained", window="since_entry")
    return at_least(1, of)


def answers(case: Case) -> dict[str, Answer]:
    """Return what each rule of the case comes to, evaluated directly; of none where it is out of the question."""
    found: dict[str, Answer] = {}
    if case.refusal is not None:
        return found
    for requirement in case.requirements:
        rule = requirement.rule
        applies, asked = (case.world.verdict(part, case.frame) for part in (rule.when, rule.requires))
        explained = NO
        if rule.modality == "normally":
            explained = case.world.verdict(explanation(requirement.id), case.frame)
        found[requirement.id] = Answer(applies, asked, explained)
    for veto in case.vetoes:
        found[veto.id] = Answer(Verdict(Truth.TRUE), case.world.verdict(veto.rule.vetoes, case.frame))
    return found


# What a rule says by whether it applies and whether its condition holds, the same for every way of deciding ---------


def role_of(rule: Requirement | Veto) -> Role:
    """Return how a rule bears on a decision."""
    if isinstance(rule, Veto):
        return "veto"
    return "advisory" if rule.advisory else "requirement"


def list_of(role: Role, applies: Truth, holds: Truth) -> str | None:
    """Return the list of a decision that a rule belongs in, None where a veto does not apply."""
    if role == "veto":
        return {Truth.TRUE: "vetoes", Truth.UNKNOWN: "unknown", Truth.FALSE: None}[holds]
    if applies == Truth.FALSE:
        return "not_applicable"
    if holds == Truth.TRUE:
        return "met"
    if role == "advisory":
        return "advisory"
    return "unmet" if applies == Truth.TRUE and holds == Truth.FALSE else "unknown"


def lists_of(case: Case, found: Mapping[str, Answer]) -> dict[str, str | None]:
    """Return the list that each rule of a case belongs in, by the rule's id."""
    return {
        bound.id: list_of(role_of(bound.rule), found[bound.id].applies.truth, found[bound.id].holds.truth)
        for bound in case.rules
        if case.refusal is None
    }


def outcome_of_lists(lists: Iterable[str | None]) -> Outcome:
    """Return the worst that the lists of some rules ask for: vetoed, blocked, undetermined, else permitted."""
    found = set(lists)
    return next((outcome for name, outcome in _WEIGHS.items() if name in found), "permitted")


def outcome_of(case: Case, lists: Mapping[str, str | None]) -> tuple[Outcome, str | None]:
    """Return the first of vetoed, blocked, undetermined, permitted that applies to a case, and the reason."""
    if case.refusal is not None:
        return "blocked", case.refusal
    # What is open about the person themselves never permits.
    return outcome_of_lists([*lists.values(), "unknown" if case.needs else None]), None


def decision(
    case: Case,
    found: Mapping[str, Answer],
    places: Mapping[str, str | None],
    outcome: Outcome,
    reason: str | None,
) -> Decision:
    """Return the decision that these answers make, each item in its list with what decided it."""
    judged = reason is None
    lists: dict[str, list[Item]] = {name: [] for name in LISTS}
    if judged:
        for bound in case.rules:
            place = places[bound.id]
            if place is not None:
                lists[place].append(_item(bound, found[bound.id], place, case))
    by_name: dict[str, Any] = {name: tuple(items) for name, items in lists.items()}
    made = Decision(
        person=case.person,
        to=case.to,
        on=case.frame.day,
        outcome=outcome,
        reason=reason,
        needs=case.needs if judged else (),
        irregular=case.irregular,
        **by_name,
    )
    tell_decision(made, tuple(bound.id for bound in case.rules) if judged else ())
    return made


def irregular_about(world: World, person: str) -> tuple[Irregular, ...]:
    """Return the records about a person that count for nothing, up to the day asked, by id."""
    found = [
        Irregular(id=fact.id, fact=fact.wire, reason=reason)
        for standing in world.standings.values()
        for fact in world.history.facts_where(standing.wire, standing.about, person)
        if (reason := world.no_standing_reason(fact)) is not None
    ]
    return tuple(sorted(found, key=lambda record: record.id))


def _lifting(veto: Veto, case: Case) -> tuple[Text, ...]:
    """Return what would lift a veto in this case: all that its grounds ask for, of those that it stands on."""
    standing = (lift.by for lift in veto.lifts if case.world.verdict(lift.ground, case.frame).truth == Truth.TRUE)
    return tuple(standing) or tuple(lift.by for lift in veto.lifts)


# What is known already of a record that decides, and what no rule reads and people may have written at length.
_KNOWN: Final = ("person", "step", "about", "clause", "grounds", "started", "organiser", "exam_score")


def _records(evidence: tuple[str, ...], case: Case) -> tuple[Text, ...]:
    """Return the records of a decision in words, each with its id; whom and which step it is about is known."""
    labels = case.world.labels
    facts = [case.world.history.by_id[name] for name in evidence]
    told = [fact_text(fact, labels, but=_KNOWN) for fact in facts]
    return tuple(
        Text(zh=f"{text.zh}［{name}］", en=f"{text.en} [{name}]") for name, text in zip(evidence, told, strict=True)
    )


def _item(bound: Bound[Requirement] | Bound[Veto], answer: Answer, place: str, case: Case) -> Item:
    applicable = place != "not_applicable"
    explained = place == "met" and answer.asked.truth != Truth.TRUE
    open_still = answer.holds.truth == Truth.UNKNOWN or (
        answer.applies.truth == Truth.UNKNOWN and answer.holds.truth == Truth.FALSE
    )
    needs = answer.applies.needs | answer.holds.needs if open_still and applicable else frozenset()
    evidence: frozenset[str] = frozenset()
    if applicable:
        asked = bound.rule.vetoes if isinstance(bound.rule, Veto) else bound.rule.requires
        evidence = answer.explained.evidence if explained else _so_far(asked, case)
    shown: dict[str, Any] = {"evidence": tuple(sorted(evidence)), "needs": tuple(sorted(needs))}
    said: dict[str, Any] = {"records": _records(shown["evidence"], case), "needs": shown["needs"]}
    reason = None
    lifts: tuple[Text, ...] = ()
    numbers: tuple[Number | None, Number | None] = (None, None)
    if isinstance(bound.rule, Veto):
        lifts = _lifting(bound.rule, case) if place == "vetoes" else ()
        message = veto_message(bound, lifts, **said)
    else:
        reason = bound.rule.otherwise if place == "not_applicable" else "explained" if explained else None
        if applicable:
            numbers = _numbers(bound.rule.requires, case)
        missing = place in ("unmet", "unknown", "advisory")
        lack = lacking(case.world, bound.rule.requires, case.frame) if missing else None
        message = requirement_message(bound, place=place, reason=reason, lacking=lack, **said)
    return Item(
        rule=bound.id,
        clause=bound.clause.citation,
        required=numbers[0],
        actual=numbers[1],
        reason=reason,
        readings=bound.readings,
        message=message,
        lifts=lifts,
        **shown,
    )


def _so_far(condition: Condition, case: Case) -> frozenset[str]:
    """Return the facts that decided a condition; of one that is open, those that surely count so far."""
    verdict = case.world.verdict(condition, case.frame)
    return verdict.evidence if verdict.truth != Truth.UNKNOWN else _counting(condition, case)


def _counting(condition: Condition, case: Case) -> frozenset[str]:
    """Return the facts that surely count for a condition; what makes a negation true does not count for anything."""
    world, verdict = case.world, case.world.verdict(condition, case.frame)
    if isinstance(condition, Compare):
        # Of a sum that surely does not suffice, too, what it has so far.
        return world.tallied(condition.tally, case.frame).evidence
    if isinstance(condition, Not) or verdict.truth == Truth.FALSE:
        return frozenset()
    if verdict.truth == Truth.TRUE:
        return verdict.evidence
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return frozenset().union(*(_counting(part, case) for part in parts))
        case LatestIs(of):
            sure = [one.fact for one in world.selected(of, case.frame) if one.verdict.truth == Truth.TRUE]
            last = max((fact.on.first for fact in sure), default=None)
            return frozenset(fact.id for fact in sure if last is None or fact.on.last >= last)
    return frozenset()


def _numbers(requires: Condition, case: Case) -> tuple[Number | None, Number | None]:
    """Return how many a requirement asks for and how many surely count, where it asks for one number."""
    if not isinstance(requires, Compare):
        return None, None
    upper = requires.least is None
    required = case.world.bound(requires.most if upper else requires.least, case.frame, upper=upper)
    return required, case.world.tallied(requires.tally, case.frame).certain
