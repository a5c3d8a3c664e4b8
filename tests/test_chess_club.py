"""A chess club's statute as a pack: nothing in the core knows of it, and the vocabulary suffices for it."""

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import pytest

import partyrules
import partyrules.language.kernel
import partyrules.language.rules
import partyrules.language.sugar
import partyrules_lzcu2012
from partyrules.analysis.lint import lint
from partyrules.answers.verdicts import Decision, Finding
from partyrules.evaluate.inference import engine_named
from partyrules.evaluate.pipeline import case_of
from partyrules.facts.admission import admitted
from partyrules.facts.codec import decode_fact, encode_fact
from partyrules.facts.vocabulary import Fact
from partyrules.language.kernel import SomeDay, Through
from partyrules.language.rules import Stage, Step
from partyrules.language.tree import lowered, walk
from partyrules.packs.document import compare_with_source, coverage
from partyrules.packs.pack import Adoption, adopt
from partyrules.questions.audit import Audit, audit
from partyrules.questions.decide import REFERENCE, decided
from partyrules.questions.explain import explain
from partyrules.testing.laws import pack_laws
from partyrules.time.calendar import parse_civil_date
from tests.chess import STATUTE, pack
from tests.toy import SPRING, fact, filed, meeting, member, stage, training, unit

HOLIDAYS = {date(2020, 1, 1): True, date(2020, 6, 25): True, date(2020, 12, 31): True}
CLUB = (unit("rooks", "chess_club"), SPRING)


def own(wire: str, on: str, **fields: Any) -> Fact:
    """Return a fact of the club's own types; its id is made of what it says."""
    told = " ".join((wire, *(str(value) for value in fields.values()), on))
    return adoption().vocabulary.types[wire](**{"id": told, "on": parse_civil_date(on), **fields})


def game(player: str, on: str, opponent: str = "zoe", occasion: str = "league", **more: Any) -> Fact:
    """Return a game."""
    return own("game_played", on, player=player, opponent=opponent, occasion=occasion, **more)


def vote(person: str, step: str, on: str, entitled: int, present: int | None, in_favour: int) -> Fact:
    """Return a vote on a step."""
    numbers = {"entitled": entitled, "present": present, "in_favour": in_favour}
    return own("vote_taken", on, person=person, step=step, **numbers)


def adoption(**choices: Any) -> Adoption:
    """Return the club's pack adopted with its table of holidays."""
    return adopt([pack], holidays=HOLIDAYS, **choices)


def asked(facts: Iterable[Fact], as_of: str, **choices: Any) -> Audit:
    """Return the audit of the club."""
    return audit((*CLUB, *facts), adoption(**choices), as_of=date.fromisoformat(as_of))


def findings(facts: Iterable[Fact], rule: str, as_of: str, **choices: Any) -> tuple[Finding, ...]:
    """Return the findings on one rule of the statute."""
    return asked(facts, as_of, **choices).findings(rule=f"rooks_corner:{rule}")


def statuses(facts: Iterable[Fact], rule: str, as_of: str, **choices: Any) -> list[str]:
    """Return the statuses of the findings on one rule."""
    return [found.status for found in findings(facts, rule, as_of, **choices)]


def decision(facts: Iterable[Fact], to: str, on: str, *, engine: str = REFERENCE) -> Decision:
    """Return the decision on Ada's step."""
    history = asked(facts, on).history
    return decided(case_of(adoption(), history, person="ada", to=to), engine=engine)


# The pack ---------------------------------------------------------------------------------------------------


def test_ledger() -> None:
    """Every sentence of the statute is accounted for, and the ledger is the statute's."""
    text = STATUTE.read_text(encoding="utf-8")
    assert coverage(pack.document, {rule.id: rule.clause for rule in pack.rules}).complete
    assert compare_with_source(pack.document, text).clean
    # One meeting may be a general meeting and a club evening, and what both ask for can be done.
    assert lint(pack) == ()


def test_every_construct() -> None:
    """The pack uses every construct of the language of rules at least once, but for what only the 2012 plan needs."""
    written = (pack.duties, pack.requirements, pack.vetoes, pack.stages)
    used = {type(node) for tree in (written, lowered(written)) for node in walk(tree)}
    modules = (partyrules.language.kernel, partyrules.language.rules, partyrules.language.sugar)
    public = [getattr(module, name) for module in modules for name in module.__all__]
    nodes = [found for found in public if isinstance(found, type) and attrs.has(found)]
    plan = lowered((partyrules_lzcu2012.pack.duties, partyrules_lzcu2012.pack.requirements))
    by_the_plan = {SomeDay, Through} & {type(node) for node in walk(plan)}
    assert len(by_the_plan) == 2
    assert {node for node in nodes if node not in used} <= {Stage, Step, *by_the_plan}


def test_every_window_and_bearer() -> None:
    """The pack has bearers of every kind, and duties of every kind of occasion."""
    kinds = {getattr(duty.bearer, "kind", None) for duty in pack.duties}
    assert kinds == {"person", "unit", "building", "named"}
    assert len({type(duty.per) for duty in pack.duties}) == 5


def test_core_knows_nothing_of_chess() -> None:
    """No module of the core speaks of what the club calls its own."""
    own_words = {cls.wire for cls in pack.fact_types} | {relation.name for relation in pack.relations}
    own_words |= {stage.name for stage in pack.stages} | {kind for kinds in pack.kinds.values() for kind in kinds}
    # Words that are English, or that the demonstration and the core use in a sense of their own.
    own_words -= {"answer", "result", "notice", "request", "application", "tournament", "candidate", "master"}
    core = Path(partyrules.__file__).parent
    said = {
        (path.name, word)
        for path in core.rglob("*.py")
        for word in own_words
        if re.search(rf"['\"]{word}['\"]", path.read_text(encoding="utf-8"))
    }
    assert said == set()


def test_own_facts_on_the_wire() -> None:
    """The club's own facts are written, read and admitted like any other, in the vocabulary of the adoption."""
    facts = [game("ada", "2020-03-01", guest=True), vote("ada", "candidate", "2020-03", 15, None, 8)]
    lines = [encode_fact(each) for each in facts]
    assert [decode_fact(line, vocabulary=adoption().vocabulary) for line in lines] == facts
    assert not admitted((), [("", each) for each in (*CLUB, *facts)]).problems


# The duties -------------------------------------------------------------------------------------------------

ADA = member("ada", "rooks")


def test_games_and_their_reading() -> None:
    """Two games a quarter, those with guests among them unless the club reads it otherwise; a missing word is no."""
    told = [ADA, game("ada", "2020-04-01"), game("ada", "2020-06-30", guest=True)]
    assert statuses(told, "3.games", "2020-06-30") == ["breached", "satisfied"]
    strict = {"rooks_corner:3.games.guests": "do_not_count"}
    assert statuses(told, "3.games", "2020-06-30", readings=strict) == ["breached", "breached"]


def test_rating_by_the_officer() -> None:
    """A renewal by anybody but the officer of that day is irregular and starts no interval."""
    officer = fact("role_started", "2020-02-01", person="max", role="rating_officer")
    early, late = (own("rating_renewed", day, player="ada", by="max") for day in ("2020-01-31", "2020-02-01"))
    audited = asked([ADA, officer, early, late], "2020-06-30")
    assert [(each.id, each.reason) for each in audited.irregular()] == [(early.id, "not_the_officer")]
    found = audited.findings(rule="rooks_corner:5", subject="ada")
    assert [(str(each.due), each.status) for each in found] == [("2020-07-01", "satisfied"), ("2020-08-01", "pending")]


def test_mentors_and_their_novices() -> None:
    """A novice has one mentor or two, and every mentor a finding for each of their novices."""
    pair = [own("mentoring_started", "2020-01-01", mentor="ada", novice=who) for who in ("ben", "cy")]
    told = [ADA, stage("ben", "novice"), *pair, game("ada", "2020-01-31", "cy", "training_game")]
    assert statuses(told, "6.mentors", "2020-01-31") == ["satisfied"]
    found = {
        each.message.en.split(" with regard to ")[1][:3]: each for each in findings(told, "6.training", "2020-01-31")
    }
    assert {name: each.status for name, each in found.items()} == {"ben": "breached", "cy;": "satisfied"}


def test_evenings_and_the_third_absence() -> None:
    """Evenings bind in declared semesters only; the third absence asks for a talk of its kind."""
    days = ("2020-02-22", "2020-02-24", "2020-03-02", "2020-03-09")
    evenings = [meeting("club_evening", "rooks", day, attended=()) for day in days]
    assert statuses([ADA, *evenings], "7", "2020-03-31") == ["breached"] * 3
    assert statuses([ADA, *evenings[:-1]], "8", "2020-03-31") == []
    talks = [fact("talk_held", "2020-03-10", person="ada", talk=kind) for kind in ("chat", "absence_talk")]
    assert statuses([ADA, *evenings, talks[0]], "8", "2020-03-31") == ["breached"]
    assert statuses([ADA, *evenings, *talks], "8", "2020-03-31") == ["satisfied"]


@pytest.mark.parametrize(
    ("document", "last", "late"),
    [
        ("application", "2020-06-30", "2020-07-01"),
        ("appeal", "2020-07-01", "2020-07-02"),
        ("complaint", "2020-06-23", "2020-06-24"),
    ],
)
def test_answers(document: str, last: str, late: str) -> None:
    """Within a month, ten working days, or the seven days that the club set, a holiday on Thursday 25 June left out."""
    asked_on = {"application": "2020-05-31", "appeal": "2020-06-16", "complaint": "2020-06-16"}[document]
    asks = filed(document, "ada", asked_on, to="rooks", id="q")
    week = {"rooks_corner:11.complaint.days": "7"}
    for day, found in ((last, "satisfied"), (late, "breached")):
        told = [asks, filed("answer", "rooks", day, about="q")]
        assert statuses(told, f"11.{document}", "2020-07-31", parameters=week) == [found]


def test_what_nobody_set() -> None:
    """Without the table of holidays, or the days that the club sets, nothing is breached and the need is named."""
    for document, rule, need in (
        ("appeal", "11.appeal", "holidays"),
        ("complaint", "11.complaint", "parameter:days"),
    ):
        asks = filed(document, "ada", "2020-12-30", to="rooks")
        (found,) = findings([asks], rule, "2021-06-30")
        assert (found.status, found.needs) == ("unknown", (need,))


# The pipeline -----------------------------------------------------------------------------------------------

CANDIDATE = (ADA, stage("ada", "candidate", "2020-02-29"))
GOOD_VOTE = vote("ada", "club_player", "2021-02-01", 15, 8, 8)


@pytest.mark.parametrize(
    ("on", "outcome"),
    [("2021-02-27", "blocked"), ("2021-02-28", "permitted"), ("2023-02-28", "permitted"), ("2023-03-01", "blocked")],
)
def test_time_as_a_candidate(on: str, outcome: str) -> None:
    """A candidate since 29 February 2020 may step on from 28 February 2021 through 28 February 2023."""
    for engine in {REFERENCE, engine_named()}:
        assert decision([*CANDIDATE, GOOD_VOTE], "club_player", on, engine=engine).outcome == outcome


@pytest.mark.parametrize(("times", "last"), [(1, "2023-08-28"), (2, "2024-02-28"), (3, "2024-02-28")])
def test_prolonged_candidacy(times: int, last: str) -> None:
    """The club may prolong the three years by half a year, and once more, and not a third time."""
    more = [filed("prolongation", "rooks", f"2021-0{n}-01", about="ada") for n in range(1, times + 1)]
    told = [*CANDIDATE, GOOD_VOTE, *more]
    assert decision(told, "club_player", last).outcome == "permitted"
    day_after = date.fromordinal(date.fromisoformat(last).toordinal() + 1)
    assert decision(told, "club_player", str(day_after)).outcome == "blocked"


@pytest.mark.parametrize(
    ("numbers", "outcome"),
    [((15, 8, 8), "permitted"), ((14, 7, 7), "blocked"), ((14, 8, 7), "blocked"), ((15, None, 8), "undetermined")],
)
def test_votes(numbers: tuple[int, int | None, int], outcome: str) -> None:
    """More than half present and more than half in favour; a number that nobody wrote down never permits."""
    found = decision([*CANDIDATE, vote("ada", "club_player", "2021-02-01", *numbers)], "club_player", "2021-03-01")
    assert found.outcome == outcome
    assert [item.needs for item in found.unknown] == ([("present",)] if outcome == "undetermined" else [])


@pytest.mark.parametrize(
    ("passed", "outcome"),
    [("2020-02-29", "blocked"), ("2020-03-01", "permitted"), ("2020-03", "permitted"), (None, "blocked")],
)
def test_master(passed: str | None, outcome: str) -> None:
    """The arbiter's course counts since the syllabus of 1 March 2020 and for two years."""
    told = [
        ADA,
        stage("ada", "club_player", "2020-01-01"),
        vote("ada", "master", "2021-02-01", 15, 15, 15),
        fact("opinion_requested", "2021-02-01", person="ada", step="master", by="rooks", of="federation"),
        filed("federation_answer", "federation", "2021-02-02", about="ada"),
    ]
    course = [] if passed is None else [training("ada", "arbiter_course", passed, passed=True)]
    assert decision([*told, *course], "master", "2022-03-01").outcome == outcome
    title = fact("certificate_issued", "2021-01-01", person="ada", certificate="trainer")
    assert decision([*told, *course, title], "master", "2022-03-02").outcome == "permitted"
    awaited = [each for each in told if each.wire != "document_filed"]
    assert decision([*awaited, title], "master", "2022-03-02").outcome == "undetermined"


def test_veto_and_what_lifts_it() -> None:
    """A failed review vetoes whatever the vote says, until a later one is passed."""
    failed, passed = (
        fact("review_completed", day, person="ada", review="conduct_review", outcome=outcome)
        for day, outcome in (("2021-01-01", "fail"), ("2021-02-01", "pass"))
    )
    found = decision([*CANDIDATE, GOOD_VOTE, failed], "club_player", "2021-03-01")
    assert found.outcome == "vetoed"
    assert "a later review that is passed" in found.vetoes[0].message.en
    assert decision([*CANDIDATE, GOOD_VOTE, failed, passed], "club_player", "2021-03-01").outcome == "permitted"


def test_explanations() -> None:
    """Every finding of the club is explained in both languages, and no construct goes without words."""
    told = [
        ADA,
        *(meeting("club_evening", "rooks", f"2020-03-0{n}", attended=()) for n in (2, 3, 4)),
        own("mentoring_started", "2020-01-01", mentor="ada", novice="ben"),
    ]
    audited = asked(told, "2020-06-30")
    for rule in ("3.games", "5", "6.training", "7", "8"):
        for found in explain(audited, rule=f"rooks_corner:{rule}", subject="ada"):
            wire = str(found.to_wire())
            assert found.finding is not None
            assert not re.search(r"'(en|zh)': '(HeldFor|Recent|Since|Share|CountFindings|InTerm)", wire)


# The laws ---------------------------------------------------------------------------------------------------

TestLaws = pack_laws(pack, parameters={"11.complaint.days": 7}, holidays=HOLIDAYS, examples=15)
