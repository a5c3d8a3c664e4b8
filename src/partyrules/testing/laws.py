"""The laws that hold for every pack, as tests: one line in a pack's tests runs them all.

    from partyrules.testing.laws import pack_laws
    TestLaws = pack_laws(pack)

Where no history is found in which a rule is kept, or broken, the pack may give one: a `Scene`. Every failure prints a
small history as JSON Lines and the command that asks the same question of it.
"""

# ruff: noqa: S101 - assert is how a test speaks

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final

import pytest
from attrs import evolve, frozen
from hypothesis import HealthCheck, find, given, note, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from partyrules.answers.observers import unobserved
from partyrules.answers.verdicts import Decision, Finding, encode
from partyrules.errors import QueryError, refusal
from partyrules.evaluate.inference import ENGINES, engine_named
from partyrules.evaluate.pipeline import case_of
from partyrules.facts.admission import admitted
from partyrules.facts.codec import decode_fact, encode_fact
from partyrules.facts.vocabulary import Fact, FactRetracted
from partyrules.history import UNDATED, history_of
from partyrules.language import kernel as k
from partyrules.language.rules import Duty, Requirement, Rolling, Rule, Veto
from partyrules.language.tree import walk
from partyrules.packs.pack import Adoption, Bound, Pack
from partyrules.questions.audit import audit
from partyrules.questions.decide import REFERENCE, decided
from partyrules.questions.sources import history_from
from partyrules.testing.replay import ReplayCase, replay, replay_case
from partyrules.testing.scenes import Scene, Studio, adoptions_of, every_other, filled, studio_of
from partyrules.testing.strategies import alphabet_of, asked_histories, facts
from partyrules.time.calendar import CivilDate

__all__ = ["Scene"]

Histories = Mapping[str, "Scene | Sequence[Scene]"]
"""Histories of the pack's own, one or several for a rule or a step."""
_LATE: Final = datetime(2200, 1, 1, tzinfo=UTC)
_MOST_PEOPLE: Final = 3
_SEARCHED: Final = 150
_PLACEHOLDER: Final = re.compile(r"\{\w*\}|%[sd]|\b(?:None|TODO|XXX|FIXME)\b|\?\?")


# Asking -----------------------------------------------------------------------------------------------------


def _findings(case: ReplayCase, told: Iterable[Fact] | None = None) -> tuple[Finding, ...]:
    held = audit(case.facts if told is None else tuple(told), case.adoption, as_of=case.as_of, known_at=case.known_at)
    return held.findings(judgements=True)


def _decisions(
    case: ReplayCase, told: Iterable[Fact] | None = None, *, engine: str = REFERENCE
) -> dict[tuple[str, str], Decision]:
    facts = case.facts if told is None else tuple(told)
    history = history_from(facts, case.adoption, as_of=case.as_of, known_at=case.known_at)
    chosen = engine_named(engine)
    return {
        (person, step): decided(case_of(case.adoption, history, person=person, to=step), engine=chosen)
        for person in history.people[:_MOST_PEOPLE]
        for step in case.adoption.stage_names
    }


def _everything(case: ReplayCase, told: Iterable[Fact] | None = None) -> list[bytes]:
    """Return every finding and decision as bytes."""
    told = None if told is None else tuple(told)
    found = [encode(finding) for finding in _findings(case, told)]
    return found + [encode(decision) for decision in _decisions(case, told).values()]


def _key(finding: Finding) -> tuple[str, str, str, str]:
    start = "" if finding.period is None else f"{finding.period.grain} {finding.period.start}"
    return (finding.rule, finding.subject, start, finding.occasion or "")


def _retraction(target: str, name: str, on: date, recorded_at: datetime | None = None) -> Fact:
    return FactRetracted(
        id=name, on=CivilDate(on, on), target=target, reason="recorded in error", recorded_at=recorded_at
    )


# The laws of recording and of time --------------------------------------------------------------------------


def determinism(case: ReplayCase) -> None:
    """The same facts and question give the same bytes."""
    assert _everything(case) == _everything(case)


def order_independence(case: ReplayCase) -> None:
    """The order in which facts were recorded changes no byte of any answer."""
    first = _everything(case)
    assert _everything(case, reversed(case.facts)) == first
    assert _everything(case, sorted(case.facts, key=lambda fact: fact.id)) == first


def duplicate_neutrality(case: ReplayCase) -> None:
    """A fact recorded again, later, counts once and from its first recording."""
    again = [evolve(fact, recorded_at=_LATE) for fact in case.facts]
    once = admitted((), [("", fact) for fact in (*again, *case.facts, *case.facts)]).facts
    assert _everything(case, once) == _everything(case)


def retraction_neutrality(case: ReplayCase, more: Fact) -> None:
    """A fact recorded and retracted leaves every answer as if it had never been recorded."""
    wrong = evolve(more, id="wrong", recorded_at=None)
    told = (*case.facts, wrong, _retraction("wrong", "sorry", case.as_of))
    assert _everything(case, told) == _everything(case)


def no_look_ahead(case: ReplayCase) -> None:
    """A fact dated after the day asked changes nothing."""
    seen = [fact for fact in case.facts if isinstance(fact, UNDATED) or fact.on.first <= case.as_of]
    assert _everything(case, seen) == _everything(case)


def known_at_stability(case: ReplayCase, more: Fact) -> None:
    """What was known at a time is answered the same for ever, whatever is recorded or retracted later."""
    case = evolve(case, known_at=case.known_at or datetime.combine(case.as_of, time(12), UTC))
    late = evolve(more, id="late", recorded_at=_LATE)
    undone = (_retraction(case.facts[0].id, "undone", case.as_of, _LATE),) if case.facts else ()
    assert _everything(case, (late, *case.facts, *undone)) == _everything(case)


def wire_round_trip(case: ReplayCase) -> None:
    """Facts written as JSON and read again are the same facts and give the same answers."""
    vocabulary = case.adoption.vocabulary
    read = tuple(decode_fact(encode_fact(fact), vocabulary=vocabulary) for fact in case.facts)
    assert read == case.facts
    assert _everything(case, read) == _everything(case)


# The laws of evidence, of what is not known, and of the veto ------------------------------------------------


def monotonicity(case: ReplayCase, more: Fact) -> None:
    """With full dates and complete numbers, one more event makes no duty to do something at least so often worse."""
    whole = tuple(_complete(fact) for fact in case.facts)
    named = evolve(_complete(more), id="one-more", recorded_at=None)
    promised = {bound.id for bound in case.adoption.duties if promises_more(bound.rule)}
    before, after = (
        {_key(finding): finding for finding in _findings(case, told) if finding.rule in promised}
        for told in (whole, (*whole, named))
    )
    assert before.keys() <= after.keys()
    for key, finding in before.items():
        better = () if finding.status == "not_applicable" else ("satisfied",)
        assert after[key].status in (finding.status, *better), (finding, after[key])
        assert (after[key].actual or 0) >= (finding.actual or 0), (finding, after[key])


def veto_dominance(case: ReplayCase, more: Sequence[Fact]) -> None:
    """A veto decides whatever else is met, and no record that it does not read adds or lifts it."""
    read = {bound.id: _wires_read(bound, case.adoption) for bound in case.adoption.vetoes}
    apart = [fact for fact in more if not any(fact.wire in wires for wires in read.values())]
    told = (*case.facts, *(evolve(fact, id=f"more-{n}", recorded_at=None) for n, fact in enumerate(apart)))
    before, after = _decisions(case), _decisions(case, told)
    for name, decision in before.items():
        assert (decision.outcome == "vetoed") == bool(decision.vetoes), decision
        assert all(item.lifts for item in decision.vetoes), decision
        if name in after:
            assert (after[name].outcome == "vetoed") == (decision.outcome == "vetoed"), (decision, after[name])


def unknown_never_permits(case: ReplayCase, position: float) -> None:
    """Nothing undecided permits a step, and what is decided on a month's record holds on whichever of its days."""
    decisions = _decisions(case)
    for decision in decisions.values():
        open_still = decision.vetoes or decision.unmet or decision.unknown or decision.needs or decision.reason
        assert (decision.outcome == "permitted") == (not open_still), decision
    for finding in _findings(case):
        assert (finding.status == "unknown") == bool(finding.needs), finding
    full = tuple(_dated(fact, position) for fact in case.facts)
    if admitted((), [("", fact) for fact in full]).problems or full == case.facts:
        return
    after = {_key(finding): finding for finding in _findings(case, full)}
    for finding in _findings(case):
        if finding.status != "unknown":
            assert after[_key(finding)].status == finding.status, (finding, after[_key(finding)])
    for name, decision in _decisions(case, full).items():
        if decisions[name].outcome == "permitted":
            assert decision.outcome == "permitted", (decisions[name], decision)


def agreement_of_evaluators(case: ReplayCase) -> None:
    """Every engine that can run here comes to the same decision as the evaluation straight from the tree."""
    reference = _decisions(case)
    for engine in ENGINES:
        try:
            engine_named(engine)
        except QueryError:
            continue
        assert _decisions(case, engine=engine) == reference, engine


def message_rendering(case: ReplayCase) -> None:
    """Every message says something in Chinese and in English, cites its clause and leaves no placeholder."""
    for finding in _findings(case):
        _well_said(finding.rule, finding.clause, finding.message)
    for decision in _decisions(case).values():
        for _, item in decision.placed:
            _well_said(item.rule, item.clause, item.message)


def _well_said(rule: str, clause: str, message: Any) -> None:
    for language, text in (("zh", message.zh), ("en", message.en)):
        assert text.strip(), f"{rule}: the message in {language} is empty"
        assert clause in text, f"{rule}: the message in {language} does not cite {clause}: {text}"
        found = _PLACEHOLDER.search(text)
        assert found is None, f"{rule}: the message in {language} has {found.group()!r} in it: {text}"


def promises_more(duty: Duty) -> bool:
    """Tell whether the tree of a duty promises that more events never make it worse."""
    return not isinstance(duty.per, Rolling) and _grows(duty.requires)


def _grows(condition: k.Condition) -> bool:
    if isinstance(condition, k.AllOf | k.AnyOf):
        return all(_grows(part) for part in condition.parts)
    if not isinstance(condition, k.Compare) or condition.most is not None or not isinstance(condition.least, int):
        return False
    tally = condition.tally
    if isinstance(tally, k.Count):
        several = all(isinstance(of, k.Events) for of in tally.selections)
        return several and tally == k.Count(tally.of, tally.distinct)
    return isinstance(tally, k.Sum | k.MostCovered | k.CountAfterEarly)


def _wires_read(bound: Bound[Rule], adoption: Adoption) -> set[str]:
    """Return the fact types on which it depends whether a rule holds."""
    started = {relation.name: {relation.started, relation.ended} for relation in adoption.relations}
    found: set[str | None] = {"stage_entered", "person_registered", "person_left", *(cls.wire for cls in UNDATED)}
    events = {wire for node in walk(bound.rule) if isinstance(node, k.Events) for wire in node.types}
    about = [standing for standing in adoption.standings if standing.wire in events]
    for node in walk((bound.rule, tuple(about))):
        if isinstance(node, k.Holds | k.Holdings):
            found |= started[node.relation]
        elif isinstance(node, k.LatestIs):
            found |= events
    return {wire for wire in found | events if wire is not None}


def _complete(fact: Fact) -> Fact:
    """Return the fact with a full date, every number and every attendance list there."""
    filled_in: dict[str, Any] = {"hours": 3, "days": 1, "passed": True, "attended": ()}
    missing: dict[str, Any] = {name: value for name, value in filled_in.items() if getattr(fact, name, 0) is None}
    return _dated(evolve(fact, **missing), 0.5)


def _dated(fact: Fact, position: float) -> Fact:
    days = [day for day in fact.on.days() if fact.until is None or day <= fact.until]
    day = days[int(position * (len(days) - 1))]
    return evolve(fact, on=CivilDate(day, day))


# Every rule can be kept, and can be broken ------------------------------------------------------------------


@frozen(eq=False)
class _Bench:
    """A pack as its laws adopt it."""

    pack: Pack
    base: Adoption
    adoptions: tuple[Adoption, ...]
    given: Mapping[tuple[str, str], tuple[Scene, ...]]

    def rule(self, name: str) -> Rule:
        """Return the rule of the pack with that id."""
        return next(rule for rule in self.pack.rules if rule.id == name)

    def bound(self, name: str, studio: Studio) -> Bound[Rule]:
        """Return the rule of that id as it was adopted."""
        return next(bound for bound in studio.adoption.rules if bound.id == f"{self.pack.id}:{name}")

    def scene(self, name: str, adoption: Adoption, *, holds: bool) -> Scene:
        """Return a scene in which the rule holds, or is broken: one given, built from its tree, else searched for."""
        studio = studio_of(adoption)
        bound = self.bound(name, studio)
        what = "kept" if holds else "broken"
        shown = (one for one in self.given.get((what, name), ()) if studio.shows(one, bound, holds=holds))
        found = next(shown, None) or studio.scene(bound, holds=holds) or self._searched(bound, adoption, holds=holds)
        if found is None:
            needs = studio.needs(bound, holds=holds)
            wanting = f"; in those tried it is unknown for want of {', '.join(needs)}" if needs else ""
            pytest.fail(
                f"rule `{bound.id}` ({bound.clause.citation}): no history was found in which it is {what}"
                f"{_told_readings(adoption)}{wanting}; a rule that cannot be {what} says nothing; where this one can, "
                f'give the laws a history: pack_laws(pack, {what}={{"{name}": Scene(facts, subject, as_of)}})',
                pytrace=False,
            )
        return found

    def shows(self, what: str, name: str, scene: Scene, adoption: Adoption) -> bool:
        """Tell whether a scene given for a rule, or for a step, shows what it is given for."""
        studio = studio_of(adoption)
        if what == "permitted":
            return studio.permits(scene)
        return studio.shows(scene, self.bound(name, studio), holds=what == "kept")

    def _searched(self, bound: Bound[Rule], adoption: Adoption, *, holds: bool) -> Scene | None:
        studio = studio_of(adoption)
        asked = asked_histories(self.pack)

        def as_scenes(drawn: Any) -> list[Scene]:
            told, question = drawn
            people = history_of(told, as_of=question.as_of, relations=adoption.relations).people
            if isinstance(bound.rule, Duty):
                found = studio.findings(Scene(told, "", question.as_of), rule=bound.id)
                return [Scene(told, finding.subject, question.as_of) for finding in found]
            return [Scene(told, who, question.as_of, step) for who in people for step in bound.rule.steps]

        def wanted(drawn: Any) -> bool:
            return any(studio.shows(scene, bound, holds=holds) for scene in as_scenes(drawn))

        limits = settings(max_examples=_SEARCHED, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        try:
            drawn = find(asked, wanted, settings=limits)
        except NoSuchExample:
            return None
        return next(scene for scene in as_scenes(drawn) if studio.shows(scene, bound, holds=holds))


def _told_readings(adoption: Adoption) -> str:
    chosen = ", ".join(f"{key}={option}" for key, option in adoption.readings.items())
    return f" under {chosen}" if chosen else ""


def satisfiability(bench: _Bench, name: str) -> None:
    """A history exists in which the rule is kept and nothing at all is breached, whatever reading is adopted."""
    rule = bench.rule(name)
    for adoption in adoptions_of(bench.pack, rule, bench.base):
        scene = bench.scene(name, adoption, holds=True)
        studio = studio_of(adoption)
        mended, left = studio.compliant(scene)
        # What is small may break another rule that something larger keeps to.
        if left and not studio.kept_beside_others(bench.bound(name, studio)):
            broken = ", ".join(sorted({finding.rule for finding in left}))
            pytest.fail(
                f"rule `{bench.pack.id}:{name}`: wherever it is kept, {broken} is breached{_told_readings(adoption)}\n"
                + replay(replay_case(mended, adoption)),
                pytrace=False,
            )


def violability(bench: _Bench, name: str) -> None:
    """A history exists in which the rule is breached, not met or vetoes, whatever reading is adopted."""
    for adoption in adoptions_of(bench.pack, bench.rule(name), bench.base):
        bench.scene(name, adoption, holds=False)


def answers(bench: _Bench, name: str) -> None:
    """Where the rule is kept and where it is broken, engines agree and every message is well said."""
    for holds in (True, False):
        case = replay_case(bench.scene(name, bench.base, holds=holds), bench.base)
        try:
            message_rendering(case)
            wire_round_trip(case)
            agreement_of_evaluators(case)
        except AssertionError as error:
            error.add_note(replay(case))
            raise


def permissibility(bench: _Bench, step: str) -> None:
    """Somebody may take the step: its requirements can all be met at once, without any veto."""
    studio = studio_of(bench.base)
    shown = any(studio.permits(scene) for scene in bench.given.get(("permitted", step), ()))
    if not shown and studio.permitted(step) is None:
        pytest.fail(
            f"pack `{bench.pack.id}`, step into `{step}`: no history was found in which it is permitted; where it can "
            f'be, give the laws one: pack_laws(pack, permitted={{"{step}": Scene(facts, subject, as_of)}})',
            pytrace=False,
        )


def histories_given(bench: _Bench, name: str) -> None:
    """Each history that the pack gives shows what it is given for, whatever else is read otherwise."""
    what, _, of = name.partition(" ")
    adoptions = [bench.base] if what == "permitted" else [*adoptions_of(bench.pack, bench.rule(of), bench.base)]
    for scene in bench.given[what, of]:
        if not any(bench.shows(what, of, scene, adoption) for adoption in adoptions):
            pytest.fail(
                f"pack `{bench.pack.id}`, {what} `{of}`: the history given does not show it; correct it, or leave it "
                f"out\n{replay(replay_case(scene, bench.base))}",
                pytrace=False,
            )


# One line in a pack's tests ---------------------------------------------------------------------------------


def pack_laws(
    pack: Pack,
    *,
    readings: Mapping[str, str] | None = None,
    parameters: Mapping[str, str | int] | None = None,
    holidays: Mapping[date, bool] | None = None,
    kept: Histories | None = None,
    broken: Histories | None = None,
    permitted: Histories | None = None,
    examples: int = 20,
) -> type:
    """Return a test class whose tests are the laws of every pack, held against this one.

    Assign it to a name that pytest collects: `TestLaws = pack_laws(pack)`. `readings` and `parameters` are written
    `RULE.NAME`; without `readings` the laws run under the defaults and under every other option too, and each
    parameter that a rule cannot do without gets a value. `holidays` is the table by which working days are counted,
    complete from its first date to its last (True for a free day); without it, where a rule counts working days,
    every weekday is one. `examples` is how many histories each law is tried on.

    `kept` and `broken` go from the id of a rule, `permitted` from a stage, to a `Scene` of the pack's own, or several:
    facts, whom the rule is asked about, and the day. They stand in where building finds none, and each is held to
    show what it is given for under some reading. Raise QueryError, with the nearest name, for a rule or stage that
    does not exist.
    """
    base = filled(pack, readings=readings, parameters=parameters, holidays=holidays)
    adoptions = (base,) if readings is not None else (base, every_other(pack, base))
    bench = _Bench(pack, base, adoptions, _given(pack, base, kept=kept, broken=broken, permitted=permitted))
    rules = [rule.id for rule in pack.rules]
    tests: dict[str, Any] = {
        "__doc__": f"The laws of every pack, held against `{pack.id}`.",
        "__module__": __name__,
        **{f"test_{law.__name__}": _on_histories(law, bench, examples) for law in _LAWS},
        **{
            f"test_{law.__name__}": _on_names(law, bench, "rule", rules)
            for law in (satisfiability, violability, answers)
        },
    }
    if any(promises_more(bound.rule) for bound in base.duties):
        tests["test_monotonicity"] = _on_histories(monotonicity, bench, examples)
    if pack.stages:
        steps = [stage.name for stage in pack.stages]
        tests["test_permissibility"] = _on_names(permissibility, bench, "step", steps)
        tests["test_agreement_of_evaluators"] = _on_histories(agreement_of_evaluators, bench, examples)
    if bench.given:
        names = [f"{what} {of}" for what, of in bench.given]
        tests["test_histories_given"] = _on_names(histories_given, bench, "given", names)
    if any(isinstance(rule, Veto) for rule in pack.rules):
        tests["test_veto_dominance"] = _on_histories(veto_dominance, bench, examples)
    return type("PackLaws", (), tests)


def _given(pack: Pack, base: Adoption, **named: Histories | None) -> dict[tuple[str, str], tuple[Scene, ...]]:
    """Return the scenes that a pack gives, each with its step, by what they show and of which rule or stage."""
    stepped: tuple[Bound[Requirement | Veto], ...] = (*base.requirements, *base.vetoes)
    steps = {bound.rule.id: bound.rule.steps[0] for bound in stepped if bound.rule.steps}
    found: dict[tuple[str, str], tuple[Scene, ...]] = {}
    for what, scenes in named.items():
        allowed = [stage.name for stage in pack.stages] if what == "permitted" else [rule.id for rule in pack.rules]
        for name, own in (scenes or {}).items():
            if name not in allowed:
                kind = "stage" if what == "permitted" else "rule"
                raise QueryError(f"pack `{pack.id}`, `{what}`: {refusal(kind, name, allowed)}")
            step = name if what == "permitted" else steps.get(name)
            several = (own,) if isinstance(own, Scene) else tuple(own)
            found[what, name] = tuple(evolve(one, step=one.step or step) for one in several)
    return found


_LAWS: Final = (
    *(determinism, order_independence, duplicate_neutrality, retraction_neutrality, no_look_ahead),
    *(known_at_stability, wire_round_trip, unknown_never_permits, message_rendering),
)


def _on_names(law: Callable[[_Bench, str], None], bench: _Bench, what: str, names: list[str]) -> Any:
    def test(self: Any, name: str) -> None:
        del self
        with unobserved():
            law(bench, name)

    test.__name__ = test.__qualname__ = f"test_{law.__name__}"
    test.__doc__ = law.__doc__
    return pytest.mark.parametrize("name", names, ids=[f"{what}-{name}" for name in names])(test)


def _on_histories(law: Callable[..., None], bench: _Bench, examples: int) -> Any:
    """Return the test that a law holds on drawn histories; what else the law takes is drawn by its name."""
    drawn = {
        "more": st.lists(_others(bench.pack), max_size=3) if law is veto_dominance else _others(bench.pack),
        "position": st.sampled_from((0.0, 1.0, 0.5)),
    }
    taken = {name: drawn[name] for name in law.__annotations__ if name in drawn}
    if law is monotonicity:
        taken["more"] = _events(bench.pack)

    def test(self: Any, case: ReplayCase, **also: Any) -> None:
        del self
        note(replay(case))
        for name, value in also.items():
            note(f"{name}: {_shown(value)}")
        with unobserved():
            law(case, **also)

    test.__name__ = test.__qualname__ = f"test_{law.__name__}"
    test.__doc__ = law.__doc__
    limits = settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.differing_executors],
    )
    return limits(given(case=_cases(bench, months=law is not monotonicity), **taken)(test))


def _shown(value: Any) -> str:
    if isinstance(value, Fact):
        return encode_fact(value).decode()
    return " ".join(_shown(one) for one in value) if isinstance(value, list) else str(value)


def _cases(bench: _Bench, *, months: bool) -> st.SearchStrategy[ReplayCase]:
    @st.composite
    def cases(draw: st.DrawFn) -> ReplayCase:
        told, asked = draw(asked_histories(bench.pack, months=months))
        adoption = draw(st.sampled_from(bench.adoptions))
        return ReplayCase(adoption=adoption, facts=told, as_of=asked.as_of, known_at=asked.known_at)

    # Without arguments: whatever breaks off a drawing tells its strategy with all that it was given.
    return cases()


def _others(pack: Pack) -> st.SearchStrategy[Fact]:
    """Return a strategy for one more fact that does not bear on whether the others may be recorded."""
    alphabet = alphabet_of(pack)
    apart = ("unit_established", "unit_dissolved")
    return facts(pack, of=[wire for wire in (*alphabet.events, *alphabet.relations) if wire not in apart])


def _events(pack: Pack) -> st.SearchStrategy[Fact]:
    alphabet = alphabet_of(pack)
    return facts(pack, of=[wire for wire in alphabet.events if wire != "judgement_made"], months=False)
