"""The opinion that is asked for before a step, and the one-vote veto (一票否决制)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import partyrules_lzcu2012
from partyrules.answers.verdicts import Decision, Item
from partyrules.facts.vocabulary import Fact
from partyrules.testing.institution import (
    Facts,
    activity,
    dissolved,
    document,
    fact,
    left,
    lives,
    member,
    moved_out,
    opened,
    registered,
    retracted,
    role,
    shut,
    staff,
    stage,
    unit,
)
from policies.lzcu2012.tests.institution import decide, group, instructor, rated, rules_of

ENTRY, ASKED, LATER = "2013-03-01", "2013-06-30", "2013-07-01"
STAGES = ("applicant", "activist", "development_target", "probationary_member", "full_member")
GD = unit("GD", "guidance_department")
# H1 is covered and i1 its instructor; i2 is that of H2.
PLACE = (
    GD,
    unit("GB", "general_branch"),
    opened("H1"),
    group("BG1", "H1"),
    instructor("i1", "H1"),
    opened("H2"),
    group("BG2", "H2"),
    instructor("i2", "H2"),
    lives("p2", "H1", "102"),
)
HOME = lives("p1", "H1")
VETO, OPINION = "4.3.3.3", "4.3.3.2"


def before(to: str) -> Facts:
    """Return the entries of p1 into the stages before `to`, the last one on the day of entry."""
    held = STAGES[: STAGES.index(to)]
    if not held:
        return ()
    years = [f"20{11 - len(held) + n:02}-01-01" for n in range(len(held) - 1)]
    return tuple(stage("p1", name, day) for name, day in zip(held, [*years, ENTRY], strict=True))


def requested(
    on: str = ENTRY, *, step: str = "probationary_member", person: str = "p1", by: str = "GB", of: str = "GD"
) -> Fact:
    """Return the request for an opinion (征求意见)."""
    return fact("opinion_requested", on, person=person, step=step, by=by, of=of)


def opinion(
    verdict: str, on: str, *, step: str = "probationary_member", person: str = "p1", by: str = "GD", **more: object
) -> Fact:
    """Return an opinion on a step."""
    return fact("opinion_given", on, person=person, step=step, by=by, verdict=verdict, **more)


def asked(
    *facts: Fact, to: str = "probationary_member", on: str = ASKED, home: Any = (HOME,), **readings: str
) -> Decision:
    """Return the decision on p1, who stands before the step and lives in the covered building unless told otherwise."""
    return decide((*PLACE, *before(to), *home, *facts), "p1", to, on, **readings)


def item(made: Decision, rule: str) -> tuple[str, Item]:
    """Return the list in which the rule stands, and what it says there."""
    lists = ("vetoes", "unmet", "unknown", "met", "not_applicable", "advisory")
    found = [(name, one) for name in lists for one in getattr(made, name) if one.rule == f"lzcu2012:{rule}"]
    assert len(found) == 1, made
    return found[0]


HOLDER, SINCE = "4.3.3.3.holder", "4.3.3.3.since"
# The readings under which a word of that kind vetoes, besides the defaults.
HOLDERS: dict[str, list[dict[str, str]]] = {
    "opinion_given": [{}, {HOLDER: "either"}, {HOLDER: "opinion"}],
    "dorm_evaluated": [
        {},
        {HOLDER: "either"},
        {HOLDER: "evaluation"},
        {SINCE: "any_time"},
        {SINCE: "twelve_months"},
        {HOLDER: "evaluation", SINCE: "any_time"},
    ],
}
# Before everything that speaks against the person.
SUPPORT = opinion("support", "2013-03-02")
OPPOSE = opinion("oppose", "2013-05-01")
POOR = rated("poor", "2013-05-01")

# 4.3.3.2: the opinion is asked for --------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["development_target", "probationary_member", "full_member"])
def test_opinion_asked_and_given(step: str) -> None:
    """Asked for and given in support, the opinion opens each step of the development work."""
    request, support = requested(step=step), opinion("support", "2013-05-01", step=step)
    made = asked(request, support, to=step)
    place, found = item(made, OPINION)
    assert (made.outcome, made.reason, place) == ("permitted", None, "met")
    assert found.evidence == tuple(sorted([request.id, support.id]))
    assert (found.clause, found.needs, found.reason) == ("四、3三是", (), None)
    assert found.readings == {
        "scope": "development_work",
        "resident": "since_entry",
        "asked_by": "general_branch",
        "silence": "unknown",
    }
    assert (made.vetoes, made.unmet, made.unknown, made.not_applicable, made.advisory) == ((),) * 5


def test_strength_of_the_two_rules() -> None:
    """Both rules have the strength of `shall`, and the requirement is no mere advice: it blocks."""
    assert asked().outcome == "blocked"
    pack = partyrules_lzcu2012.pack
    assert [(rule.id, rule.modality, rule.advisory) for rule in pack.requirements] == [(OPINION, "shall", False)]
    assert [(rule.id, rule.modality) for rule in pack.vetoes] == [(VETO, "shall")]


def test_asked_twice() -> None:
    """Two requests and two answers are no less than one of each."""
    twice = (requested(), requested("2013-05-02"), SUPPORT, opinion("support", "2013-05-02"))
    for silence in ("unknown", "consent"):
        assert asked(*twice, **{"4.3.3.2.silence": silence}).outcome == "permitted"


def test_opinion_not_asked() -> None:
    """Not asked for, the step is blocked, even where an opinion was given."""
    assert asked().outcome == "blocked"
    made = asked(SUPPORT)
    assert (made.outcome, rules_of(made.unmet)) == ("blocked", [OPINION])
    assert item(made, OPINION)[1].needs == ()


@pytest.mark.parametrize(
    ("request_made", "counts"),
    [
        (requested(ENTRY), True),
        (requested(ASKED), True),
        (requested("2013-02-28"), False),
        (requested(LATER), False),
        (requested("2013-05-01", step="full_member"), False),
        (requested("2013-05-01", step="development_target"), False),
        (requested("2013-05-01", person="p2"), False),
        (requested("2013-05-01", of="GB"), False),
        (requested("2013-05-01", of="GD2"), False),
        (requested("2013-05-01", of="GD3"), False),
        (requested("2013-05-01", of="GD4"), True),
        (requested("2013-05-01", by="B1"), False),
        (requested("2013-05-01", by="GB2"), False),
        (requested("2013-05-01", by="GB3"), True),
    ],
    ids=str,
)
def test_request_that_counts(request_made: Fact, *, counts: bool) -> None:
    """A general branch that exists asks a guidance department that does about person and step, since the entry."""
    offices = (
        unit("B1", "branch"),
        unit("GB2", "general_branch"),
        dissolved("GB2", "2013-05-01"),
        unit("GB3", "general_branch", "2013-05-01"),
        unit("GD3", "guidance_department"),
        dissolved("GD3", "2013-05-01"),
        unit("GD4", "guidance_department", "2013-05-01"),
    )
    for silence in ("unknown", "consent"):
        made = asked(*offices, request_made, SUPPORT, **{"4.3.3.2.silence": silence})
        assert (made.outcome, item(made, OPINION)[0]) == (("permitted", "met") if counts else ("blocked", "unmet"))


def test_who_asks() -> None:
    """Under `anyone` it does not matter who asks, but the office asked is still the guidance department."""
    by_branch, elsewhere = requested(by="B1"), requested(by="B1", of="GB")
    assert asked(by_branch, SUPPORT).outcome == "blocked"
    assert asked(by_branch, SUPPORT, **{"4.3.3.2.asked_by": "anyone"}).outcome == "permitted"
    assert asked(elsewhere, SUPPORT, **{"4.3.3.2.asked_by": "anyone"}).outcome == "blocked"


def test_silence() -> None:
    """Silence is not consent: unknown, undetermined; unless the institution reads it so."""
    made = asked(requested())
    place, found = item(made, OPINION)
    assert (made.outcome, place, found.needs) == ("undetermined", "unknown", ("opinion_given",))
    consent = asked(requested(), **{"4.3.3.2.silence": "consent"})
    assert (consent.outcome, item(consent, OPINION)[0]) == ("permitted", "met")
    assert item(consent, OPINION)[1].evidence == (requested().id,)
    assert item(consent, OPINION)[1].readings["silence"] == "consent"
    answered = item(asked(requested(), SUPPORT, **{"4.3.3.2.silence": "consent"}), OPINION)[1]
    assert answered.evidence == tuple(sorted((requested().id, SUPPORT.id)))
    again = opinion("support", "2013-05-05")
    both = item(asked(requested(), SUPPORT, again, **{"4.3.3.2.silence": "consent"}), OPINION)[1]
    assert both.evidence == tuple(sorted((requested().id, SUPPORT.id, again.id)))
    for other in (
        opinion("support", "2013-05-05", person="p2"),
        opinion("support", "2013-05-05", step="full_member"),
        opinion("support", "2013-02-28"),
    ):
        silent = item(asked(requested(), other, **{"4.3.3.2.silence": "consent"}), OPINION)[1]
        assert silent.evidence == (requested().id,)
    not_asked = asked(SUPPORT, **{"4.3.3.2.silence": "consent"})
    assert not_asked.outcome == "blocked"


@pytest.mark.parametrize(
    ("answer", "counts"),
    [
        (opinion("support", ENTRY), True),
        (opinion("support", ASKED), True),
        (opinion("support", "2013-02-28"), False),
        (opinion("support", LATER), False),
        (opinion("support", "2013-05-01", step="full_member"), False),
        (opinion("support", "2013-05-01", step="development_target"), False),
        (opinion("support", "2013-05-01", person="p2"), False),
        (opinion("support", "2013-05-01", by="GB"), False),
        (opinion("support", "2013-05-01", by="i1"), False),
    ],
    ids=str,
)
def test_answer_that_counts(answer: Fact, *, counts: bool) -> None:
    """An answer is of the office, on this step, since the entry and by the day; before or after the request."""
    made = asked(requested("2013-05-15"), answer)
    assert (made.outcome, item(made, OPINION)[0]) == (("permitted", "met") if counts else ("undetermined", "unknown"))


HOMES = {
    "nowhere": (),
    "in a building not covered": (opened("H3"), lives("p1", "H3")),
    "in a building not open": (group("BG3", "H3"), lives("p1", "H3")),
    "in a building of another kind of group": (opened("H3"), unit("G3", "group", building="H3"), lives("p1", "H3")),
    "in a building that closed": (HOME, shut("H1", ENTRY)),
    "in a building whose group was dissolved": (HOME, dissolved("BG1", ENTRY)),
    "moved out before the entry": (HOME, moved_out("p1", "H1", ENTRY)),
    "not yet moved in": (lives("p1", "H1", on=LATER),),
}
LEFT_SINCE = {
    "in a building that closed": (HOME, shut("H1", "2013-03-02")),
    "in a building whose group was dissolved": (HOME, dissolved("BG1", "2013-03-02")),
    "moved out": (HOME, moved_out("p1", "H1", "2013-03-02")),
    "moved to a building not covered": (HOME, opened("H3"), lives("p1", "H3", on="2013-03-02")),
    "lived there for a day": (lives("p1", "H1", on="2013-05-01"), moved_out("p1", "H1", "2013-05-02")),
}


@pytest.mark.parametrize("home", HOMES.values(), ids=HOMES)
def test_not_resident(home: Facts) -> None:
    """Who has lived in no covered building since the entry is neither asked about nor vetoed for silence."""
    for resident in ("since_entry", "on_day"):
        for request in ((), (requested(),)):
            made = asked(*request, home=home, **{"4.3.3.2.resident": resident})
            place, found = item(made, OPINION)
            assert (made.outcome, place, found.reason) == ("permitted", "not_applicable", "not_resident")
            assert (found.evidence, found.needs, rules_of(made.vetoes)) == ((), (), [])


@pytest.mark.parametrize("home", LEFT_SINCE.values(), ids=LEFT_SINCE)
def test_resident_since_the_entry(home: Facts) -> None:
    """Who has lived in one on some day since the entry is asked about; read by the day alone, who lives there then."""
    assert item(asked(home=home), OPINION)[0] == "unmet"
    assert asked(requested(), SUPPORT, home=home).outcome == "permitted"
    place, found = item(asked(home=home, **{"4.3.3.2.resident": "on_day"}), OPINION)
    assert (place, found.reason, found.readings["resident"]) == ("not_applicable", "not_resident", "on_day")
    assert item(asked(**{"4.3.3.2.resident": "on_day"}), OPINION)[0] == "unmet"


@pytest.mark.parametrize("home", HOMES.values(), ids=HOMES)
def test_opinions_about_those_who_live_elsewhere(home: Facts) -> None:
    """An opinion against the step vetoes it also for somebody who does not live there."""
    assert asked(OPPOSE, home=home).outcome == "vetoed"


def test_evaluation_of_somebody_who_moved_out() -> None:
    """An evaluation made while the person lived there counts after they moved out."""
    made = asked(POOR, home=(HOME, moved_out("p1", "H1", "2013-05-02")))
    assert (made.outcome, item(made, OPINION)[0]) == ("vetoed", "unmet")
    lifted = asked(
        requested(), opinion("support", "2013-06-01"), POOR, home=(HOME, moved_out("p1", "H1", "2013-05-02"))
    )
    assert lifted.outcome == "permitted"


# 4.3.3.3: the veto ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "readings"),
    [
        (OPPOSE, {}),
        (POOR, {}),
        (OPPOSE, {HOLDER: "either"}),
        (POOR, {HOLDER: "either"}),
        (OPPOSE, {HOLDER: "opinion"}),
        (POOR, {HOLDER: "evaluation"}),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else value.wire,
)
def test_veto(bad: Fact, readings: dict[str, str]) -> None:
    """A recorded opinion against, or a poor evaluation, blocks the step, and says why and what would lift it."""
    made = asked(requested(), opinion("support", "2013-04-30"), rated("good", "2013-04-30"), bad, **readings)
    place, found = item(made, VETO)
    assert (made.outcome, made.reason, place) == ("vetoed", None, "vetoes")
    assert (found.evidence, found.needs, found.clause) == ((bad.id,), (), "四、3三是")
    expected = {"scope": "development_work", "holder": "department_prevails", "since": "entry_into_stage"}
    assert found.readings == {**expected, **{key.rpartition(".")[2]: value for key, value in readings.items()}}
    assert len(found.lifts) == 1
    assert found.lifts[0].zh in found.message.zh
    assert found.lifts[0].en in found.message.en


@pytest.mark.parametrize(("bad", "holder"), [(OPPOSE, "evaluation"), (POOR, "opinion")], ids=["opinion", "evaluation"])
def test_holder_of_the_veto(bad: Fact, holder: str) -> None:
    """Where the one holds the veto, the other's word does not block."""
    made = asked(requested(), opinion("support", "2013-04-30"), bad, **{HOLDER: holder})
    assert (made.outcome, rules_of(made.vetoes)) == ("permitted", [])


STEPS = ("development_target", "probationary_member", "full_member")
SCOPES = {
    "development_work": STEPS,
    "all_steps": STAGES,
    "members_only": ("full_member",),
    "admission": ("probationary_member",),
}


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("to", STAGES)
def test_scope_of_the_veto(scope: str, to: str) -> None:
    """The reading of the scope says which steps the veto and the opinion govern; to the others neither speaks."""
    made = asked(opinion("oppose", "2013-05-01", step=to), POOR, to=to, **{"4.3.3.3.scope": scope})
    governed = to in SCOPES[scope]
    assert made.outcome == ("vetoed" if governed else "permitted")
    assert rules_of(made.vetoes) == ([VETO] if governed else [])
    assert rules_of(made.unmet) == ([OPINION] if governed else [])
    if governed:
        assert item(made, OPINION)[1].readings["scope"] == item(made, VETO)[1].readings["scope"] == scope
    else:
        assert (made.unknown, made.met, made.not_applicable, made.advisory) == ((), (), (), ())


def test_scope_by_default() -> None:
    """Unless read otherwise the veto governs the steps of the development work, and not the first two stages."""
    for to in STAGES:
        facts = (*PLACE, *before(to), HOME, POOR)
        assert decide(facts, "p1", to, ASKED).outcome == ("vetoed" if to in STEPS else "permitted")


@pytest.mark.parametrize(("day", "vetoed"), [("2013-02-28", False), (ENTRY, True), (ASKED, True), (LATER, False)])
def test_days_of_an_evaluation(day: str, *, vetoed: bool) -> None:
    """By default only evaluations since the entry into the stage held count, that day included, to the day asked."""
    bad = rated("poor", day)
    for holder in ("either", "evaluation"):
        made = asked(requested(), SUPPORT, bad, **{HOLDER: holder})
        assert made.outcome == ("vetoed" if vetoed else "permitted")
    unanswered = asked(requested(), bad, **{"4.3.3.2.silence": "consent"})
    assert unanswered.outcome == ("vetoed" if vetoed else "permitted")
    for holder in ("either", "evaluation"):
        ever = asked(requested(), SUPPORT, bad, **{SINCE: "any_time", HOLDER: holder})
        assert ever.outcome == ("permitted" if day == LATER else "vetoed")
        if day != LATER:
            assert item(ever, VETO)[1].readings["since"] == "any_time"


@pytest.mark.parametrize(("day", "vetoed"), [("2013-02-28", False), (ENTRY, True), (ASKED, True), (LATER, False)])
def test_days_of_an_opinion(day: str, *, vetoed: bool) -> None:
    """Opinions count since the entry into the stage held, whatever `since` says of evaluations."""
    for since in ("entry_into_stage", "any_time"):
        made = asked(requested(), SUPPORT, opinion("oppose", day), **{SINCE: since, "4.3.3.2.silence": "consent"})
        # The support of 2 March is the later word where the other was given on the day of entry.
        assert made.outcome == ("vetoed" if vetoed and day > SUPPORT.on.first.isoformat() else "permitted")
    for holder in ("department_prevails", "either", "opinion"):
        alone = asked(requested(), opinion("oppose", day), **{"4.3.3.2.silence": "consent", HOLDER: holder})
        assert alone.outcome == ("vetoed" if vetoed else "permitted")


def test_stage_entered_anew() -> None:
    """A stage moved back and entered again wipes evaluations and opinions of before, unless read `any_time`."""
    again = (stage("p1", "activist", "2013-05-10"), stage("p1", "development_target", "2013-05-20"))
    fresh = (requested("2013-05-20"), opinion("support", "2013-05-21"))
    assert asked(POOR, OPPOSE, *again, *fresh).outcome == "permitted"
    assert asked(POOR, *again, *fresh, **{SINCE: "any_time", HOLDER: "either"}).outcome == "vetoed"
    assert asked(POOR, *again, fresh[0], **{SINCE: "any_time"}).outcome == "vetoed"
    assert asked(OPPOSE, *again, *fresh, **{SINCE: "any_time"}).outcome == "permitted"


@pytest.mark.parametrize(
    ("records", "vetoed"),
    [
        ((rated("poor", "2013-05-01"), rated("good", "2013-05-02")), False),
        ((rated("good", "2013-05-01"), rated("poor", "2013-05-02")), True),
        ((rated("poor", "2013-05-01"), rated("excellent", "2013-05-01")), True),
        ((rated("poor", "2013-05-01"), rated("fair", "2013-05-02")), False),
        ((rated("fair", "2013-05-01"),), False),
        ((rated("good", "2013-05-01"),), False),
        ((rated("excellent", "2013-05-01"),), False),
        ((rated("poor", "2013-05-01"), rated("poor", "2013-05-02")), True),
        ((opinion("oppose", "2013-05-11"), opinion("support", "2013-05-12")), False),
        ((opinion("support", "2013-05-11"), opinion("oppose", "2013-05-12")), True),
        ((opinion("oppose", "2013-05-11"), opinion("support", "2013-05-11")), True),
    ],
    ids=str,
)
def test_latest_word(records: Facts, *, vetoed: bool) -> None:
    """The latest word counts, of several on one day the adverse one, in whatever order they were recorded."""
    for order in (records, tuple(reversed(records))):
        for readings in HOLDERS[records[0].wire]:
            made = asked(requested(), SUPPORT, *order, **readings)
            assert made.outcome == ("vetoed" if vetoed else "permitted")


# Whose word is none -----------------------------------------------------------------------------------------

IDLE = {
    "wrong office": ("oppose", "support", {"by": "GB"}, "no_such_office"),
    "office dissolved": ("oppose", "support", {"by": "GD5"}, "no_such_office"),
    "office not yet there": ("oppose", "support", {"by": "GD6"}, "no_such_office"),
    "other step": ("oppose", "support", {"step": "full_member"}, None),
    "other person": ("oppose", "support", {"person": "p2"}, None),
    "before the entry": ("oppose", "support", {"on": "2013-02-28"}, None),
    "after the day asked": ("oppose", "support", {"on": LATER}, None),
    "instructor of another building": ("poor", "good", {"by": "i2"}, "not_the_instructor"),
    "no instructor": ("poor", "good", {"by": "p2"}, "not_the_instructor"),
    "instructor no more": ("poor", "good", {"by": "i5"}, "not_the_instructor"),
    "instructor not yet": ("poor", "good", {"by": "i6"}, "not_the_instructor"),
    "leader of the group": ("poor", "good", {"by": "i7"}, "not_the_instructor"),
    "evaluation of another": ("poor", "good", {"person": "p2"}, None),
    "evaluation before the entry": ("poor", "good", {"on": "2013-02-28"}, None),
    "evaluation after the day asked": ("poor", "good", {"on": LATER}, None),
}
OFFICES = (
    unit("GD5", "guidance_department"),
    dissolved("GD5", "2013-05-20"),
    unit("GD6", "guidance_department", "2013-05-21"),
    instructor("i5", "H1", until="2013-05-19"),
    instructor("i6", "H1", "2013-05-21"),
    role("i7", "group_leader", "BG1"),
    role("i7", "building_instructor", "BG1"),
)


def idle(name: str, *, adverse: bool) -> Fact:
    """Return the record of that name that counts for nothing, against the person or for them."""
    bad, good, changed, _ = IDLE[name]
    word, on = (bad if adverse else good), changed.get("on", "2013-05-20")
    rest = {key: value for key, value in changed.items() if key != "on"}
    return rated(word, on, **rest) if word in ("poor", "good") else opinion(word, on, **rest)


@pytest.mark.parametrize("name", IDLE)
def test_idle_record_does_not_veto(name: str) -> None:
    """A word without standing, on another step or person, or of another time does not veto."""
    record = idle(name, adverse=True)
    for readings in HOLDERS[record.wire]:
        if name == "evaluation before the entry" and SINCE in readings:
            continue
        made = asked(*OFFICES, requested(), SUPPORT, record, **readings)
        assert (made.outcome, made.vetoes) == ("permitted", ())
    reason = IDLE[name][3]
    assert [(one.id, one.reason) for one in made.irregular] == ([(record.id, reason)] if reason else [])


@pytest.mark.parametrize("name", IDLE)
def test_idle_record_does_not_clear(name: str) -> None:
    """Nor does such a word clear a veto, or answer a request."""
    record = idle(name, adverse=False)
    against = POOR if record.wire == "dorm_evaluated" else OPPOSE
    for readings in HOLDERS[record.wire]:
        assert asked(*OFFICES, requested(), against, record, **readings).outcome == "vetoed"
    if record.wire == "opinion_given":
        assert asked(*OFFICES, requested(), record).outcome == "undetermined"


def test_evaluation_of_somebody_who_lives_nowhere() -> None:
    """Someone who lives nowhere that day cannot be evaluated; the record is irregular and counts for nothing."""
    made = asked(POOR, home=())
    assert (made.outcome, [(one.id, one.reason) for one in made.irregular]) == (
        "permitted",
        [(POOR.id, "no_residence")],
    )
    moved_in = asked(requested(), SUPPORT, POOR, home=(lives("p1", "H1", on="2013-05-02"),))
    assert (moved_in.outcome, moved_in.irregular[0].reason) == ("permitted", "no_residence")


def test_evaluation_in_a_building_not_covered() -> None:
    """The instructor of a building without a group evaluates those who live there all the same."""
    home = (opened("H3"), lives("p1", "H3"), instructor("i3", "H3"))
    assert asked(rated("poor", "2013-05-01", by="i3"), home=home).outcome == "vetoed"


def test_room_changed() -> None:
    """After a move the instructor of the new building evaluates; what the old one's said before still counts."""
    home = (HOME, lives("p1", "H2", on="2013-05-10"))
    assert asked(requested(), SUPPORT, rated("poor", "2013-05-09", by="i1"), home=home).outcome == "vetoed"
    assert asked(requested(), SUPPORT, rated("poor", "2013-05-10", by="i1"), home=home).outcome == "permitted"
    assert asked(requested(), SUPPORT, rated("poor", "2013-05-10", by="i2"), home=home).outcome == "vetoed"
    lifted = (rated("poor", "2013-05-09", by="i1"), rated("good", "2013-05-10", by="i2"))
    assert asked(requested(), SUPPORT, *lifted, home=home).outcome == "permitted"


# The laws of the veto ---------------------------------------------------------------------------------------

# Whatever speaks for a person, but neither an opinion of the office on this step nor an evaluation by the instructor.
PRAISE = (
    requested(),
    requested("2013-05-02"),
    fact("commendation_made", "2013-05-20", person="p1", award="model member"),
    fact("recommendation_made", "2013-05-20", person="p1", step="probationary_member", by="YL"),
    fact("review_completed", "2013-05-20", person="p1", review="political_review", outcome="pass"),
    fact("talk_held", "2013-05-20", person="p1", talk="any"),
    fact("training_completed", "2013-05-20", person="p1", course="development_target_course", days=30, passed=True),
    fact("judgement_made", "2013-05-20", clause="lzcu2012:4.3.3.3", about="p1", by="SC", outcome="met"),
    fact("judgement_made", "2013-05-20", clause="lzcu2012:4.3.3.3", about="p1", by="SC", outcome="explained", id="x"),
    document("thought_report", "p1", "2013-05-20"),
    activity("volunteer_service", "GD", "2013-05-20", attended=["p1"]),
    member("p1", "BG1", "2013-05-20"),
    opinion("support", "2013-05-20", by="GB"),
    opinion("support", "2013-05-20", step="full_member"),
    opinion("support", "2013-04-30"),
    rated("excellent", "2013-05-20", by="i2"),
    rated("excellent", "2013-04-30"),
)
praise = st.lists(st.sampled_from(PRAISE), unique_by=lambda one: one.id).map(tuple)


@given(praise, st.sampled_from([OPPOSE, POOR]))
def test_no_praise_lifts_a_veto(more: Facts, bad: Fact) -> None:
    """Law: whatever is added for a person, a veto stands until what lifts it is recorded."""
    assert asked(bad, *more).outcome == "vetoed"


@given(praise, st.sampled_from([OPPOSE, POOR]))
def test_retraction_lifts_a_veto(more: Facts, bad: Fact) -> None:
    """Law: with the adverse record retracted the decision is what it would be without it."""
    without = asked(*more)
    assert asked(bad, retracted(bad), *more).outcome == without.outcome != "vetoed"


LATER_SUPPORT, LATER_GOOD = opinion("support", "2013-05-20"), rated("good", "2013-05-20")


@pytest.mark.parametrize(
    ("records", "prevails", "either"),
    [
        ((OPPOSE, LATER_SUPPORT), "permitted", "permitted"),
        ((SUPPORT, POOR, LATER_GOOD), "permitted", "permitted"),
        ((OPPOSE, LATER_GOOD), "vetoed", "vetoed"),
        ((POOR, LATER_SUPPORT), "permitted", "vetoed"),
        ((OPPOSE, POOR, LATER_SUPPORT), "permitted", "vetoed"),
        ((OPPOSE, POOR, LATER_SUPPORT, LATER_GOOD), "permitted", "permitted"),
    ],
    ids=range(6),
)
def test_what_lifts_which_word(records: Facts, prevails: str, either: str) -> None:
    """A later opinion lifts one against, a later evaluation a poor one; the department's support lifts both alone."""
    assert asked(requested(), *records).outcome == prevails
    assert asked(requested(), *records, **{HOLDER: "either"}).outcome == either


@pytest.mark.parametrize(
    ("support", "poor", "more", "outcome"),
    [
        ("2013-04-30", "2013-05-01", (), "vetoed"),
        ("2013-05-01", "2013-05-01", (), "permitted"),
        ("2013-05-02", "2013-05-01", (), "permitted"),
        ("2013-05-02", "2013-05-01", (rated("poor", "2013-05-03"),), "vetoed"),
        ("2013-05-02", "2013-05-01", (rated("poor", "2013-05-02", id="again"),), "permitted"),
        ("2013-05-02", "2013-05-01", (opinion("oppose", "2013-05-02"),), "vetoed"),
        ("2013-05-02", "2013-05-01", (opinion("oppose", "2013-05-03"),), "vetoed"),
        ("2013-05-02", "2013-05-01", (opinion("oppose", "2013-05-01"),), "permitted"),
        ("2013-05-02", "2013-05-03", (rated("excellent", "2013-05-03", id="as well"),), "vetoed"),
        ("2013-05-02", "2013-05-03", (rated("excellent", "2013-05-04"),), "permitted"),
    ],
    ids=range(10),
)
def test_department_prevails(support: str, poor: str, more: Facts, outcome: str) -> None:
    """A support on the day of the poor evaluation or later prevails, as long as it is the department's last word."""
    for order in (more, tuple(reversed(more))):
        made = asked(requested(), opinion("support", support), rated("poor", poor), *order)
        assert made.outcome == outcome
        assert (item(made, VETO)[0] == "vetoes") if outcome == "vetoed" else made.vetoes == ()


def test_a_day_of_support_and_opposition_does_not_prevail() -> None:
    """The department that supports and opposes on one day opposes, so that the poor evaluation vetoes beside it."""
    support, oppose = opinion("support", "2013-05-02"), opinion("oppose", "2013-05-02")
    for order in ((support, oppose), (oppose, support)):
        place, found = item(asked(requested(), POOR, *order), VETO)
        assert (place, found.evidence) == ("vetoes", tuple(sorted([POOR.id, oppose.id])))
        assert len(found.lifts) == 2


@pytest.mark.parametrize(
    "support",
    [
        opinion("support", "2013-05-20", by="GB"),
        opinion("support", "2013-05-20", step="full_member"),
        opinion("support", "2013-05-20", person="p2"),
        opinion("support", LATER),
    ],
    ids=range(4),
)
def test_support_that_does_not_prevail(support: Fact) -> None:
    """A support without standing, on another step or person, or after the day asked leaves the veto where it is."""
    assert asked(requested(), SUPPORT, POOR, support).outcome == "vetoed"


def test_department_prevails_over_evaluations_before_the_entry() -> None:
    """Where older evaluations count, an opinion since the entry lies after them; one before it counts for nothing."""
    old = rated("poor", "2013-02-01")
    for since in ("any_time", "twelve_months"):
        assert asked(requested(), SUPPORT, old, **{SINCE: since}).outcome == "permitted"
        made = asked(requested(), opinion("support", "2013-02-20"), old, **{SINCE: since})
        assert (made.outcome, item(made, VETO)[1].evidence) == ("vetoed", (old.id,))
        either = asked(requested(), SUPPORT, old, **{SINCE: since, HOLDER: "either"})
        assert either.outcome == "vetoed"


@pytest.mark.parametrize(
    ("day", "asked_on", "counts"),
    [
        ("2012-06-30", ASKED, True),
        ("2012-06-29", ASKED, False),
        ("2012-05-31", "2013-05-31", True),
        ("2012-05-30", "2013-05-31", False),
        ("2015-02-28", "2016-02-29", True),
        ("2015-02-27", "2016-02-29", False),
        ("2016-02-28", "2017-02-28", True),
        ("2016-02-27", "2017-02-28", False),
        (ASKED, ASKED, True),
        (LATER, ASKED, False),
    ],
)
def test_evaluations_of_twelve_months(day: str, asked_on: str, *, counts: bool) -> None:
    """Read so, evaluations on or after the day twelve months before the day asked count, before the entry as well."""
    for holder in ("department_prevails", "either", "evaluation"):
        made = asked(rated("poor", day), on=asked_on, **{SINCE: "twelve_months", HOLDER: holder})
        assert made.outcome == ("vetoed" if counts else "blocked")
        ever = asked(rated("poor", day), on=asked_on, **{SINCE: "any_time", HOLDER: holder})
        assert ever.outcome == ("blocked" if day == LATER else "vetoed")


@pytest.mark.parametrize("since", ["entry_into_stage", "twelve_months", "any_time"])
@pytest.mark.parametrize("holder", ["department_prevails", "either", "evaluation"])
def test_evaluation_of_a_neighbour(holder: str, since: str) -> None:
    """Whom an evaluation rates, it vetoes; somebody else in the building it does not, whichever evaluations count."""
    made = asked(requested(), SUPPORT, rated("poor", "2013-05-01", person="p2"), **{SINCE: since, HOLDER: holder})
    assert made.outcome == "permitted"


@pytest.mark.parametrize(
    "other",
    [
        opinion("oppose", "2013-02-20"),
        opinion("oppose", "2013-04-20", person="p2"),
        opinion("oppose", "2013-04-20", step="full_member"),
    ],
    ids=range(3),
)
def test_evidence_of_a_poor_evaluation(other: Fact) -> None:
    """A poor evaluation vetoes by itself: an opposition that does not count is no evidence beside it."""
    place, found = item(asked(requested(), other, POOR), VETO)
    assert (place, found.evidence) == ("vetoes", (POOR.id,))


def review(
    outcome: str, on: str, *, by: str | None = "GB", kind: str = "apartment_conduct", person: str = "p1"
) -> Fact:
    """Return a review of conduct in the apartment."""
    return fact("review_completed", on, person=person, review=kind, outcome=outcome, by=by)


@pytest.mark.parametrize(
    ("reviews", "vetoed"),
    [
        ((review("fail", "2013-05-01"),), True),
        ((review("fail", ENTRY),), True),
        ((review("fail", "2013-02-28"),), False),
        ((review("fail", LATER),), False),
        ((review("fail", "2013-05-01", by="GD"),), False),
        ((review("fail", "2013-05-01", by="B1"),), False),
        ((review("fail", "2013-05-01", by=None),), False),
        ((review("fail", "2013-05-01", kind="political_review"),), False),
        ((review("fail", "2013-05-01", person="p2"),), False),
        ((review("fail", "2013-05-01"), review("pass", "2013-05-02")), False),
        ((review("pass", "2013-05-01"), review("fail", "2013-05-02")), True),
        ((review("pass", "2013-05-01"), review("fail", "2013-05-01")), True),
        ((), False),
    ],
    ids=range(13),
)
def test_general_branch_vetoes(reviews: Facts, *, vetoed: bool) -> None:
    """Read so, the latest review of conduct by an existing general branch since the entry vetoes, and nothing else."""
    facts = (unit("B1", "branch"), requested(), SUPPORT, *reviews)
    made = asked(*facts, OPPOSE, POOR, **{HOLDER: "general_branch"})
    assert made.outcome == ("vetoed" if vetoed else "permitted")
    if vetoed:
        place, found = item(made, VETO)
        assert (place, len(found.evidence), made.irregular) == ("vetoes", 1, ())
    assert asked(*facts).outcome == "permitted"


def test_evidence_of_two_vetoes() -> None:
    """Where both hold, both are the evidence."""
    assert item(asked(OPPOSE, POOR), VETO)[1].evidence == tuple(sorted([OPPOSE.id, POOR.id]))


@pytest.mark.parametrize(
    ("records", "readings", "offices", "others"),
    [
        ((OPPOSE,), {}, ("指导部",), ("指导员",)),
        ((POOR,), {}, ("指导部", "指导员"), ("党总支",)),
        ((OPPOSE, POOR), {}, ("指导部", "指导员"), ("党总支",)),
        ((POOR,), {HOLDER: "either"}, ("指导员",), ("指导部",)),
        ((OPPOSE,), {HOLDER: "opinion"}, ("指导部",), ("指导员",)),
        ((POOR,), {HOLDER: "evaluation"}, ("指导员",), ("指导部",)),
        ((review("fail", "2013-05-01"),), {HOLDER: "general_branch"}, ("党总支",), ("指导部", "指导员")),
    ],
    ids=range(7),
)
def test_a_veto_says_who_lifts_it(
    records: Facts, readings: dict[str, str], offices: tuple[str, ...], others: tuple[str, ...]
) -> None:
    """A veto names the offices whose later word would lift it, and no others."""
    lifts = item(asked(*records, **readings), VETO)[1].lifts
    assert len(lifts) == len(records)
    said = "".join(lift.zh for lift in lifts)
    assert all(office in said for office in offices)
    assert not any(office in said for office in others)


def test_veto_before_everything_else() -> None:
    """A veto is named before what is unmet or unknown, and these stay listed."""
    made = asked(POOR)
    assert (made.outcome, rules_of(made.vetoes), rules_of(made.unmet)) == ("vetoed", [VETO], [OPINION])
    made = asked(POOR, requested())
    assert (made.outcome, rules_of(made.vetoes), rules_of(made.unknown)) == ("vetoed", [VETO], [OPINION])


@pytest.mark.parametrize("bad", [OPPOSE, POOR], ids=str)
def test_withdrawn_and_restored(bad: Fact) -> None:
    """Opinion or evaluation withdrawn by retraction: no veto; the retraction retracted: the veto is back."""
    request = requested()
    withdrawn = retracted(bad)
    assert asked(request, bad, withdrawn).outcome == ("undetermined")
    assert asked(request, bad, withdrawn, retracted(withdrawn)).outcome == "vetoed"


def test_known_later() -> None:
    """A decision given before the adverse record was known stays what it was."""
    known = {"recorded_at": "2013-07-05T08:00:00+08:00"}
    facts = (*PLACE, *before("probationary_member"), HOME, requested(), SUPPORT, rated("poor", "2013-06-01", **known))
    answers = [
        decide(facts, "p1", "probationary_member", ASKED, known_at=at).outcome
        for at in ("2013-07-04T23:59:59Z", "2013-07-05T00:00:00Z", "2013-07-04T23:00:00Z")
    ]
    assert answers == ["permitted", "vetoed", "permitted"]


# What is not known never permits ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "open_record",
    [
        (rated("poor", "2013-03"), stage("p1", "development_target", "2013-03-15")),
        (rated("poor", "2013-06"), opinion("support", "2013-06-15")),
        (rated("poor", "2013-06-15"), opinion("support", "2013-06")),
        (opinion("oppose", "2013-06"), opinion("support", "2013-06-15")),
        (rated("poor", "2013-06"), rated("good", "2013-06-15")),
        (rated("poor", "2013-05-10", by="i8"), instructor("i8", "H1", "2013-05")),
    ],
    ids=str,
)
def test_undecided_veto(open_record: Facts) -> None:
    """A veto that the missing day would decide is undetermined, though all else is met, and says what it needs."""
    facts = (requested("2013-06-01"), opinion("support", "2013-04-30"), *open_record)
    entries = before("probationary_member")
    if open_record[-1].wire == "stage_entered":
        entries = entries[:-1]
        # Of the month in which the stage was entered, so that it cannot prevail.
        facts = (requested("2013-06-01"), opinion("support", "2013-03-16"), *open_record)
    made = decide((*PLACE, *entries, HOME, *facts), "p1", "probationary_member", ASKED)
    place, found = item(made, VETO)
    assert (made.outcome, place, found.needs) == ("undetermined", "unknown", ("full_date",))
    assert item(made, OPINION)[0] == "met"
    assert found.lifts == ()


def test_undecided_veto_does_not_hide_what_is_unmet() -> None:
    """Undetermined only where nothing is surely unmet: else the step is blocked."""
    made = asked(rated("poor", "2013-06"), rated("good", "2013-06-15"))
    assert (made.outcome, rules_of(made.unknown), rules_of(made.unmet)) == ("blocked", [VETO], [OPINION])


def test_open_residence() -> None:
    """Whether somebody lives there on the day may hang on a missing day: then what is not asked for is undecided."""
    made = asked(home=(lives("p1", "H1", on="2013-06"),), on="2013-06-15")
    assert (made.outcome, item(made, OPINION)[0], item(made, OPINION)[1].needs) == (
        "undetermined",
        "unknown",
        ("full_date",),
    )
    assert asked(home=(lives("p1", "H1", on="2013-06"),)).outcome == "blocked"


# Steps, students, force -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "to", "reason"),
    [
        (before("probationary_member"), "full_member", "stage_order"),
        (before("probationary_member"), "development_target", "stage_order"),
        ((*before("probationary_member"), staff("p1")), "probationary_member", "not_a_student"),
        ((*before("probationary_member"), registered("p1"), left("p1", ASKED)), "probationary_member", "not_a_student"),
    ],
    ids=str,
)
def test_nothing_is_judged(facts: Facts, to: str, reason: str) -> None:
    """Out of order, or about no student, nothing is judged: blocked and no veto named."""
    made = decide((*PLACE, *facts, HOME, OPPOSE, POOR), "p1", to, ASKED)
    assert (made.outcome, made.reason) == ("blocked", reason)
    assert (made.vetoes, made.unmet, made.unknown, made.met, made.not_applicable) == ((),) * 5


def test_in_force() -> None:
    """Before 7 May 2012 the plan says nothing to a step; from that day on it does."""
    held = (stage("p1", "activist", "2011-01-01"), stage("p1", "development_target", "2012-01-01"))
    facts = (*PLACE, *held, HOME, rated("poor", "2012-02-01"))
    before_it, after = (decide(facts, "p1", "probationary_member", day) for day in ("2012-05-06", "2012-05-07"))
    assert (before_it.outcome, before_it.unmet, before_it.vetoes) == ("permitted", (), ())
    assert (after.outcome, rules_of(after.unmet), rules_of(after.vetoes)) == ("vetoed", [OPINION], [VETO])
