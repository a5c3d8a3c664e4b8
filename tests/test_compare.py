"""Two packs side by side: each class on invented duties, both real packs, replayed histories, and laws."""

import json
import re
import shlex
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partyrules.analysis.compare import Comparison, Pairing, Witness, compare
from partyrules.analysis.consistency import consistency, demands
from partyrules.analysis.logic import Logic
from partyrules.facts.codec import encode_fact
from partyrules.language.kernel import (
    SUBJECT,
    AnyOf,
    Compare,
    Condition,
    Given,
    Not,
    Sum,
    at_least,
    at_most,
    between,
    by_reading,
    count,
    count_findings,
    events,
    exactly,
    holdings,
    holds,
    is_in,
    latest,
    trigger,
)
from partyrules.language.rules import (
    Bearer,
    Duty,
    Parameter,
    Per,
    PerPeriod,
    Reading,
    Requirement,
    Rolling,
    Stage,
    Standing,
    Triggered,
    Veto,
    Within,
    WithinDays,
)
from partyrules.language.sugar import InTerm
from partyrules.language.text import translated
from partyrules.packs.document import Clause, Document, Sentence, Text, fingerprint
from partyrules.packs.pack import Pack, adopt, load_pack
from partyrules.questions.audit import audit
from partyrules.time.calendar import Span
from tests import chess, toy
from tests.commands import refused, run
from tests.sweeps import examples, slow, whole
from tests.test_chinese import ENGLISH
from tests.twins import installed, one_more, renamed

AnyRule = Duty | Requirement | Veto
WORD = Text(zh="虚构", en="invented")
STUDENT = holds("registration", person=SUBJECT, category="student")
FELLOW = STUDENT & holds("stage", person=SUBJECT, stage="fellow")
EITHER = STUDENT & holds("stage", person=SUBJECT, stage=("senior", "fellow"))
REPORTS = events("document_filed", document="thought_report", author=SUBJECT)
TALKS = events("talk_held", person=SUBJECT, window="since_entry")


def duty(per: Per, requires: Condition, *, scope: Condition = FELLOW, **more: Any) -> Duty:
    """Return an invented duty of persons."""
    bearer = more.pop("bearer", Bearer("person", scope))
    return Duty(id="1", clause="1", title=WORD, counted=WORD, bearer=bearer, per=per, requires=requires, **more)


def asked(requires: Condition, **more: Any) -> Requirement:
    """Return an invented requirement before the step into senior."""
    return Requirement(id="1", clause="1", title=WORD, steps=("senior",), requires=requires, **more)


def pack_of(name: str, *rules: Duty | Requirement | Veto) -> Pack:
    """Return a pack of these rules, in force from 2020 on."""
    return Pack(
        document=Document(
            id=name,
            title=WORD,
            number="1",
            institution=WORD,
            in_force_from=date(2020, 1, 1),
            clauses=(Clause(id="1", citation="1", summary=WORD),),
            sentences=(Sentence("S1", fingerprint("虚构"), "encoded", clauses=("1",), rules=("1",)),),
        ),
        version="1",
        stages=(Stage("fellow", WORD), Stage("senior", WORD)),
        duties=tuple(rule for rule in rules if isinstance(rule, Duty)),
        requirements=tuple(rule for rule in rules if isinstance(rule, Requirement)),
        vetoes=tuple(rule for rule in rules if isinstance(rule, Veto)),
    )


def beside(one: Duty | Requirement | Veto, other: Duty | Requirement | Veto) -> Pairing:
    """Return what two rules come to side by side; the histories of it are held against each pack alone."""
    a, b = pack_of("a", one), pack_of("b", other)
    found = compare(a, b)
    (pairing, *more) = found.pairings
    assert not more
    for witness in pairing.witnesses:
        if witness.step is None:
            assert alone(a, witness) == witness.statuses[0]
            assert alone(b, witness) == witness.statuses[1]
    return pairing


def alone(pack: Pack, witness: Witness) -> str:
    """Return what the one duty of a pack comes to about the subject of a history, the worst of it."""
    every = audit(witness.facts, adopt([pack]), as_of=witness.as_of).findings()
    found = {one.status for one in every if one.subject == witness.subject}
    worst = ("breached", "advisory", "satisfied", "pending", "excused", "not_applicable")
    return next((status for status in worst if status in found), "silent")


FILED = events("document_filed", document="thought_report", author=SUBJECT, window="by_deadline")
ON_TALK = events("talk_held")
NAMED = Bearer("named", is_in(SUBJECT, trigger("person")))


STRICTER: dict[str, tuple[AnyRule, AnyRule]] = {
    "a number": (
        duty(PerPeriod("month"), at_least(3, REPORTS)),
        duty(PerPeriod("month"), at_least(2, REPORTS)),
    ),
    "a maximum": (
        duty(PerPeriod("month"), at_most(2, REPORTS)),
        duty(PerPeriod("month"), at_most(3, REPORTS)),
    ),
    "a shorter period": (
        duty(PerPeriod("month"), at_least(1, REPORTS)),
        duty(PerPeriod("quarter"), at_least(1, REPORTS)),
    ),
    "as many in all, but spread": (
        duty(PerPeriod("quarter"), at_least(1, REPORTS)),
        duty(PerPeriod("year"), at_least(4, REPORTS)),
    ),
    "each semester against each year": (
        duty(PerPeriod("semester"), at_least(1, REPORTS)),
        duty(PerPeriod("year"), at_least(1, REPORTS)),
    ),
    "each semester against each academic year": (
        duty(PerPeriod("semester"), at_least(1, REPORTS)),
        duty(PerPeriod("academic_year"), at_least(1, REPORTS)),
    ),
    "hours": (
        duty(PerPeriod("year"), at_least(32, Sum("hours", (events("training_completed", person=SUBJECT),)))),
        duty(PerPeriod("year"), at_least(31, Sum("hours", (events("training_completed", person=SUBJECT),)))),
    ),
    "more people": (
        duty(PerPeriod("month"), at_least(1, REPORTS), scope=EITHER),
        duty(PerPeriod("month"), at_least(1, REPORTS)),
    ),
    "a stronger word": (
        duty(PerPeriod("month"), at_least(1, REPORTS)),
        duty(PerPeriod("month"), at_least(1, REPORTS), modality="encouraged"),
    ),
    "a narrower selection": (
        duty(Standing(), at_least(1, holdings("link", link="room", holder=SUBJECT))),
        duty(Standing(), at_least(1, holdings("link", link=("activist", "room"), holder=SUBJECT))),
    ),
    "a bound more": (
        duty(Standing(), between(1, 2, holdings("link", link="room", holder=SUBJECT))),
        duty(Standing(), at_least(1, holdings("link", link="room", holder=SUBJECT))),
    ),
    "a sooner deadline": (
        duty(Triggered(ON_TALK, WithinDays(10)), at_least(1, FILED), bearer=NAMED),
        duty(Triggered(ON_TALK, WithinDays(20)), at_least(1, FILED), bearer=NAMED),
    ),
    "a sooner deadline by the calendar": (
        duty(Triggered(ON_TALK, Within(Span(months=1))), at_least(1, FILED), bearer=NAMED),
        duty(Triggered(ON_TALK, Within(Span(months=2))), at_least(1, FILED), bearer=NAMED),
    ),
    "a shorter interval": (
        duty(Rolling(Span(months=3)), at_least(1, REPORTS)),
        duty(Rolling(Span(months=6)), at_least(1, REPORTS)),
    ),
    "more talks before a step": (asked(at_least(2, TALKS)), asked(at_least(1, TALKS))),
    "required against advisory": (asked(at_least(1, TALKS)), asked(at_least(1, TALKS), advisory=True)),
    "required against explained": (asked(at_least(1, TALKS)), asked(at_least(1, TALKS), modality="normally")),
}


@pytest.mark.parametrize("case", STRICTER)
def test_a_rule_that_asks_more_is_stricter_one_way_and_looser_the_other(case: str) -> None:
    """The one is found stricter, swapped it is looser, each with one history on which only the stricter is broken."""
    one, other = STRICTER[case]
    forth, back = beside(one, other), beside(other, one)
    assert (forth.relation, back.relation) == ("stricter", "looser")
    assert [witness.stricter for witness in forth.witnesses] == ["a"]
    assert [witness.stricter for witness in back.witnesses] == ["b"]
    assert forth.aspects


SAME: dict[str, tuple[AnyRule, AnyRule]] = {
    "another order": (
        duty(PerPeriod("month"), at_least(1, REPORTS), scope=EITHER),
        duty(
            PerPeriod("month"),
            at_least(1, events("document_filed", author=SUBJECT, document="thought_report")),
            scope=holds("stage", stage=("fellow", "senior"), person=SUBJECT) & STUDENT,
        ),
    ),
    "alternatives in place of a list": (
        duty(PerPeriod("month"), at_least(1, REPORTS), scope=EITHER),
        duty(
            PerPeriod("month"),
            at_least(1, REPORTS),
            scope=AnyOf((FELLOW, STUDENT & holds("stage", person=SUBJECT, stage="senior"))),
        ),
    ),
    "what is normally so of both": (
        asked(at_least(1, TALKS), modality="normally"),
        asked(~at_most(0, TALKS), modality="normally"),
    ),
    "two bounds in place of one": (
        duty(Standing(), exactly(1, holdings("link", link="room", holder=SUBJECT))),
        duty(
            Standing(),
            at_least(1, holdings("link", link="room", holder=SUBJECT))
            & at_most(1, holdings("link", link="room", holder=SUBJECT)),
        ),
    ),
    "an open parameter": (
        duty(PerPeriod(Given("p")), at_least(1, REPORTS), parameters=(Parameter(name="p", takes="grain", why=WORD),)),
        duty(PerPeriod(Given("p")), at_least(1, REPORTS), parameters=(Parameter(name="p", takes="grain", why=WORD),)),
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_the_same_demand_in_another_form_is_the_same(case: str) -> None:
    """Order, alternatives in place of a list, and two bounds in place of one change nothing."""
    assert beside(*SAME[case]).relation == "same"


def test_rules_that_each_ask_something_more_are_different() -> None:
    """Twice a year and once a half-year that has a maximum: each is broken by a history that keeps to the other."""
    one = duty(PerPeriod("half_year"), at_least(1, REPORTS))
    other = duty(PerPeriod("year"), at_least(3, REPORTS))
    found = beside(one, other)
    assert found.relation == "different"
    assert [witness.stricter for witness in found.witnesses] == ["a", "b"]


def test_a_rule_without_a_counterpart_is_in_one_pack_only() -> None:
    """Another kind of document, another kind of bearer or another relation is no counterpart."""
    plan = events("document_filed", document="annual_plan", author=SUBJECT)
    one = duty(PerPeriod("month"), at_least(1, REPORTS))
    for other in (
        duty(PerPeriod("month"), at_least(1, plan)),
        duty(PerPeriod("month"), at_least(1, REPORTS), bearer=Bearer("unit", holds("unit", unit=SUBJECT))),
        duty(Standing(), at_least(1, holdings("link", link="room", holder=SUBJECT))),
        duty(PerPeriod("month"), at_least(1, REPORTS), scope=holds("stage", person=SUBJECT, stage="senior")),
    ):
        found = compare(pack_of("a", one), pack_of("b", other))
        assert [pairing.relation for pairing in found.pairings] == ["only_a", "only_b"]


def test_what_neither_argument_nor_history_settles_is_not_decided() -> None:
    """An interval that an institution has not set is compared with a month without a guess."""
    open_still = duty(
        PerPeriod(Given("p")), at_least(1, REPORTS), parameters=(Parameter(name="p", takes="grain", why=WORD),)
    )
    found = beside(open_still, duty(PerPeriod("month"), at_least(1, REPORTS)))
    assert (found.relation, found.witnesses) == ("not_decided", ())
    assert found.why == translated("a parameter is not set")


def test_a_counterpart_under_another_reading_names_the_reading() -> None:
    """A rule that has a counterpart only under a reading that is not the default is compared under it."""
    reading = Reading(name="of", options=("plan", "report"), default="plan", why=WORD)
    plan = events("document_filed", document="annual_plan", author=SUBJECT)
    one = duty(PerPeriod("month"), at_least(1, by_reading("of", plan=plan, report=REPORTS)), readings=(reading,))
    found = beside_readings(one, duty(PerPeriod("year"), at_least(1, REPORTS)))
    assert (found.relation, found.readings) == ("stricter", {"a:1.of": "report"})
    assert "--reading a:1.of=report" in found.witnesses[0].commands[0]


def beside_readings(one: Duty, other: Duty) -> Pairing:
    """Return what two duties come to side by side, without holding histories against the default readings."""
    (pairing,) = compare(pack_of("a", one), pack_of("b", other)).pairings
    return pairing


def test_vetoes_are_compared_by_their_grounds() -> None:
    """A veto on one ground is looser than a veto on that ground or another."""
    opposed = latest(events("opinion_given", person=SUBJECT, window="ever"), "verdict", "oppose", adverse=("oppose",))
    poor = latest(events("dorm_evaluated", person=SUBJECT, window="ever"), "rating", "poor", adverse=("poor",))
    one = Veto(id="1", clause="1", title=WORD, steps=("senior",), vetoes=poor, lifts=WORD)
    found = beside(one, evolve(one, vetoes=opposed | poor))
    assert found.relation == "looser"


# Arguments on the tree ------------------------------------------------------------------------------------------


LOGIC = Logic(toy.pack.shapes)
STAGES = ("fellow", "senior", "none")


def stage(*names: str) -> Condition:
    """Return the condition that the subject stands in one of the stages."""
    return holds("stage", person=SUBJECT, stage=names)


def test_cases_of_a_finite_range_are_all_tried() -> None:
    """Somebody in some stage who is in none of the stages there are cannot be; in none of two of three can."""
    allowed = LOGIC.shapes.stages
    anywhere = stage(*allowed)
    nowhere = [Not(stage(name)) for name in allowed]
    assert LOGIC.ruling(anywhere, *nowhere).possible is False
    assert LOGIC.ruling(anywhere, *nowhere[1:]).possible is not False


def test_bounds_of_one_tally_are_taken_together() -> None:
    """Not fewer than two, not more than two, and not two cannot be; with three allowed it can."""
    two = [Not(at_most(1, REPORTS)), Not(exactly(2, REPORTS))]
    assert LOGIC.ruling(*two, at_most(2, REPORTS)).possible is False
    assert LOGIC.ruling(*two, at_most(3, REPORTS)).possible is not False


def entails(given: Condition, wanted: Condition) -> bool:
    """Tell whether the one is proved never to be false where the other is true."""
    return LOGIC.ruling(given, Not(wanted)).possible is False


def test_a_day_lies_in_one_term_or_none() -> None:
    """A day in a semester is in no vacation; a day outside semesters may be in none at all."""
    assert entails(InTerm(("semester",)), Not(InTerm(("summer_vacation",))))
    assert not entails(Not(InTerm(("semester",))), InTerm(("summer_vacation", "winter_vacation")))


@given(st.sets(st.sampled_from(STAGES), min_size=1), st.sets(st.sampled_from(STAGES), min_size=1))
def test_stages_entail_as_sets_include(one: set[str], other: set[str]) -> None:
    """Being in one of some stages entails being in one of others exactly where these include those."""
    assert entails(stage(*one), stage(*other)) == (one <= other)


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 6), st.integers(0, 6))
def test_bounds_entail_as_ranges_include(low: int, high: int, least: int, most: int) -> None:
    """A range of numbers entails another exactly where it is empty or lies within it."""
    inside = low > high or (least <= low and high <= most)
    one, other = Compare(count(REPORTS), low, high), Compare(count(REPORTS), least, most)
    assert entails(one, other) == inside


# Laws -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["lzcu2012", "lzwl2017"])
def test_a_real_pack_beside_itself_is_the_same(name: str) -> None:
    """Every rule of a real pack is the same as itself, and none is in one only."""
    pack = load_pack(name)
    found = compare(pack, pack)
    assert {(pairing.relation, pairing.a == pairing.b) for pairing in found.pairings} == {("same", True)}
    assert len(found.pairings) == len(pack.rules)


duties = st.builds(
    duty,
    st.sampled_from([PerPeriod(grain) for grain in ("month", "quarter", "half_year", "year", "semester")]),
    st.builds(at_least, st.integers(1, 3), st.just(REPORTS)),
    scope=st.sampled_from([FELLOW, EITHER, STUDENT]),
    modality=st.sampled_from(["must", "shall", "normally"]),
)


@given(st.lists(duties, max_size=4))
def test_a_pack_beside_itself_is_the_same(rules: list[Duty]) -> None:
    """Whatever duties a pack has, each is the same as itself."""
    pack = pack_of("a", *(evolve(rule, id=str(number)) for number, rule in enumerate(rules)))
    found = compare(pack, pack)
    assert [(pairing.relation, pairing.a, pairing.b) for pairing in found.pairings] == [
        ("same", f"a:{rule.id}", f"a:{rule.id}") for rule in pack.duties
    ]


@settings(max_examples=examples(8), suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(duties)
def test_a_number_loosened_by_one_is_found_with_a_history(rule: Duty) -> None:
    """One fewer is looser, one more is stricter, and a history shows it."""
    requires: Any = rule.requires
    more = evolve(rule, requires=evolve(requires, least=requires.least + 1))
    found = beside(more, rule)
    assert found.relation == "stricter"
    assert {found.witnesses[0].statuses[0]} <= {"breached", "advisory"}


@settings(max_examples=examples(25), deadline=None)
@given(duties, duties, duties)
def test_asking_as_much_is_an_order(one: Duty, other: Duty, third: Duty) -> None:
    """A duty asks as much as itself, and as much as what something that it asks as much as asks as much as."""
    shapes = pack_of("a").shapes
    assert demands(one, one, shapes)
    if demands(one, other, shapes) and demands(other, third, shapes) and "semester" not in str((one, other, third)):
        assert demands(one, third, shapes)


def test_two_versions_of_one_pack_are_compared_one_by_one() -> None:
    """Two packs of one id cannot be adopted together; each history is then asked of each version alone."""
    one, other = STRICTER["a number"]
    (pairing,) = compare(pack_of("a", one), pack_of("a", other)).pairings
    assert pairing.relation == "stricter"
    assert pairing.witnesses[0].commands == (f"partyrules audit FILE --pack a --as-of {pairing.witnesses[0].as_of}",)


def test_no_fact_of_a_history_can_be_spared() -> None:
    """Without any one of its facts, the two duties no longer stand to each other as the history says."""
    one, other = STRICTER["a number"]
    (witness,) = beside(one, other).witnesses
    for fact in witness.facts:
        less = evolve(witness, facts=tuple(each for each in witness.facts if each is not fact))
        statuses = (alone(pack_of("a", one), less), alone(pack_of("b", other), less))
        assert statuses != witness.statuses


# Consistency ----------------------------------------------------------------------------------------------------


def kinds(*packs: Pack) -> set[tuple[str, tuple[str, ...]]]:
    """Return what is proved of the rules of packs."""
    return {(clash.kind, clash.rules) for clash in consistency(packs)}


def test_rules_of_two_packs_can_contradict() -> None:
    """At least three in the one pack and at most two in the other, for one bearer and period, contradict."""
    one = pack_of("a", duty(PerPeriod("month"), at_least(3, REPORTS)))
    other = pack_of("b", duty(PerPeriod("month"), at_most(2, REPORTS)))
    assert kinds(one, other) == {("contradiction", ("a:1", "b:1"))}


def test_a_rule_that_another_pack_implies_is_named() -> None:
    """What is done each month is done each quarter, so the quarterly duty of the other pack adds nothing."""
    one = pack_of("a", duty(PerPeriod("month"), at_least(1, REPORTS)))
    other = pack_of("b", duty(PerPeriod("quarter"), at_least(2, REPORTS)))
    assert kinds(one, other) == {("implied", ("b:1", "a:1"))}


def test_a_dead_rule_is_named_once_and_implies_nothing() -> None:
    """A duty that binds nobody is dead, and nothing is said to follow from it or for it."""
    nobody = duty(PerPeriod("month"), at_least(1, REPORTS), scope=stage("fellow") & stage("senior"))
    assert kinds(pack_of("a", nobody), pack_of("b", duty(PerPeriod("month"), at_least(1, REPORTS)))) == {
        ("dead", ("a:1",))
    }


@slow
def test_the_real_packs_do_not_contradict() -> None:
    """No rule of either pack is dead, contradictory or implied, alone or beside the other, and all of it is decided."""
    assert consistency([load_pack("lzcu2012"), load_pack("lzwl2017")]) == ()


@pytest.mark.parametrize("least", [1, 3])
def test_rules_that_read_findings_are_argued_about(least: int) -> None:
    """A duty of whoever broke another so often clashes with nothing, alone or beside another pack."""
    quarterly = evolve(duty(PerPeriod("quarter"), at_least(1, REPORTS)), id="a")
    then = duty(
        Standing(),
        at_least(1, events("talk_held", person=SUBJECT, window="ever")),
        scope=FELLOW & at_least(least, count_findings("a")),
    )
    pack, other = pack_of("a", quarterly, then), pack_of("b", asked(at_least(1, TALKS)))
    assert not {kind for kind, _ in kinds(pack)} & {"dead", "contradiction"}
    for one, beside_it in ((pack, other), (other, pack)):
        assert len(compare(one, beside_it).pairings) == len(pack.rules) + len(other.rules)


@slow
def test_the_chess_club_is_argued_about() -> None:
    """No rule of a pack that uses the whole language is dead or contradicts another, alone or beside a real one."""
    lzcu = load_pack("lzcu2012")
    assert {kind for kind, _ in kinds(chess.pack)} <= {"not_decided"}
    assert {kind for kind, _ in kinds(chess.pack, lzcu)} <= {"not_decided"}
    assert len(compare(chess.pack, lzcu).pairings) >= len(chess.pack.rules)


# The command ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real() -> Comparison:
    """Compare both real packs."""
    return compare(load_pack("lzcu2012"), load_pack("lzwl2017"))


def test_the_appraisal_of_each_semester_stands_beside_that_of_each_year(real: Comparison) -> None:
    """The democratic appraisals of both packs are paired, with how often each is held."""
    found = next(pairing for pairing in real.pairings if pairing.a == "lzcu2012:4.2.1.3")
    assert found.b == "lzwl2017:8.3.1"
    often = next(aspect for aspect in found.aspects if aspect.name == "per")
    assert (often.a.en, often.b.en) == ("each semester", "each year")
    assert {witness.stricter for witness in found.witnesses} >= {"a"}


def test_every_rule_of_both_packs_is_spoken_of(real: Comparison) -> None:
    """No rule is left out of a comparison."""
    named = {name for pairing in real.pairings for name in (pairing.a, pairing.b)} - {None}
    packs = [load_pack("lzcu2012"), load_pack("lzwl2017")]
    assert named == {f"{pack.id}:{rule.id}" for pack in packs for rule in pack.rules}


def test_every_history_of_the_real_packs_is_replayed(real: Comparison, tmp_path: Path) -> None:
    """The command that stands beside a history says of both rules what the comparison says."""
    shown = [(pairing, witness) for pairing in real.pairings for witness in pairing.witnesses]
    assert shown
    for number, (pairing, witness) in enumerate(shown):
        file = tmp_path / f"{number}.jsonl"
        file.write_bytes(b"".join(encode_fact(fact) + b"\n" for fact in witness.facts))
        (command,) = witness.commands
        words = [str(file) if word == "FILE" else word for word in shlex.split(command)[1:]]
        ended = run(*words, "--format", "jsonl")
        assert ended.exit_code == 0, ended.output
        found = [json.loads(line) for line in ended.stdout.splitlines()]
        for rule, status in zip((pairing.a, pairing.b), witness.statuses, strict=True):
            said = {one["status"] for one in found if one["rule"] == rule and one["subject"] == witness.subject}
            assert status in (said or {"silent"})


def statuses_of(pack: str, command: str, file: Path, witness: Witness) -> dict[str, set[str]]:
    """Return what the command line says of each rule of one pack about the subject of a history."""
    words = [str(file) if word == "FILE" else word for word in shlex.split(command)[1:]]
    others = [n for n, word in enumerate(words[:-1]) if word == "--pack" and words[n + 1] != pack]
    foreign = [
        n for n, word in enumerate(words[:-1]) if word == "--reading" and not words[n + 1].startswith(f"{pack}:")
    ]
    left = [word for n, word in enumerate(words) if not {n, n - 1} & {*others, *foreign}]
    ended = run(*left, "--format", "json" if witness.step else "jsonl")
    assert ended.exit_code == 0, ended.output
    said: dict[str, set[str]] = {}
    if witness.step is None:
        for one in map(json.loads, ended.stdout.splitlines()):
            if one["subject"] == witness.subject:
                said.setdefault(one["rule"], set()).add(one["status"])
        return said
    decision = json.loads(ended.stdout)
    for key, status in (("unmet", "unmet"), ("met", "met"), ("advisory", "advisory"), ("vetoes", "vetoed")):
        for item in decision[key]:
            said.setdefault(item["rule"], set()).add(status)
    return said


BROKEN = {"breached", "advisory", "unmet", "vetoed"}


@pytest.mark.skipif(not whole(), reason="asks each history of both packs: make test-all")
@pytest.mark.parametrize("name", ["lzcu2012", "lzwl2017"])
def test_each_history_tells_a_pack_from_its_stricter_twin(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under each of two installed packs alone, audit and decide find the rule of the stricter side broken, one only."""
    pack, twin = renamed(load_pack(name), "plain"), renamed(one_more(load_pack(name)), "more")
    for each in (pack, twin):
        folder = tmp_path / each.id
        folder.mkdir()
        installed(each, folder, monkeypatch)
    found = compare(pack, twin)
    steps = 0
    for number, pairing in enumerate(found.pairings):
        for witness in pairing.witnesses:
            file = tmp_path / f"{number}-{witness.stricter}.jsonl"
            file.write_bytes(b"".join(encode_fact(fact) + b"\n" for fact in witness.facts))
            (command,) = witness.commands
            broken = [
                bool(statuses_of(side, command, file, witness).get(rule or "", set()) & BROKEN)
                for side, rule in (("plain", pairing.a), ("more", pairing.b))
            ]
            assert broken == [witness.stricter == "a", witness.stricter == "b"], (pairing.a, pairing.b, command)
            steps += witness.step is not None
    assert steps
    itself = {p.a: p for p in found.pairings if p.a and p.b and p.a.partition(":")[2] == p.b.partition(":")[2]}
    for rule, other in zip(pack.rules, twin.rules, strict=True):
        said = itself[f"plain:{rule.id}"]
        if isinstance(rule, Duty) and isinstance(rule.per, PerPeriod) and isinstance(rule.per.grain, Given):
            assert (said.relation, said.why) == ("not_decided", translated("a parameter is not set"))
        elif isinstance(rule, Veto):
            assert said.relation == ("same" if rule == other else "stricter")
        else:
            assert said.relation == ("same" if rule == other else "looser"), said


@slow
def test_the_command_prints_and_writes_what_differs(tmp_path: Path) -> None:
    """As text, the classes and the commands; the files named in them are there."""
    ended = run("compare", "lzcu2012", "lzwl2017", "--out", tmp_path / "found")
    assert ended.exit_code == 0
    assert re.search("different: lzcu2012:4.2.1.3 .* – lzwl2017:8.3.1 ", ended.stdout)
    files = [line.split()[2] for line in ended.stdout.splitlines() if line.strip().startswith("partyrules ")]
    assert files
    assert {Path(file) for file in files} == {*(tmp_path / "found").iterdir()}


@slow
def test_the_command_speaks_chinese() -> None:
    """Under `--lang zh` whom rules bind, what they require and who has to act is said in Chinese, with its marks."""
    ended = run("compare", "lzcu2012", "lzwl2017", "--lang", "zh")
    aspects = [line for line in ended.stdout.splitlines() if line.startswith("    ") and "；B " in line]
    assert any(line.startswith("    责任方：") for line in aspects)
    assert not re.search(r"[\u4e00-\u9fff][:;,]|（须（[^（）]*）|（（", ended.stdout)
    assert [line for line in aspects if ENGLISH.search(re.sub("`[^`]*`", "", line))] == []


def test_the_command_prints_json() -> None:
    """As JSON, every pairing with its class and histories."""
    ended = run("compare", "lzcu2012", "lzcu2012", "--format", "json")
    said = json.loads(ended.stdout)
    assert {pairing["relation"] for pairing in said["pairings"]} == {"same"}


def test_a_pack_that_is_not_there_is_refused() -> None:
    """An id that is misspelt is refused with the nearest one."""
    assert "lzwl2017" in refused("compare", "lzcu2012", "lzwl2071")
