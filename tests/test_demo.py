"""The synthetic institution: the same for a seed, well formed, and holding the four worked decisions."""

import json
from collections import Counter
from datetime import date, datetime
from typing import Any

import pytest

from partyrules.demo import DECISION_DAY, SPOTLIGHT, synthetic_institution
from partyrules.errors import QueryError
from partyrules.facts.codec import decode_fact
from partyrules.facts.vocabulary import CORE_VOCABULARY

COMMON = {"fact", "id", "on", "until", "recorded_at", "note"}

# Keys of each wire name besides the common ones; `!` marks those that must be there.
KEYS = {
    "unit_established": "unit! kind! name parent building",
    "unit_dissolved": "unit!",
    "building_opened": "building! campus",
    "building_closed": "building!",
    "person_registered": "person! category name student_no",
    "person_left": "person! reason",
    "stage_entered": "person! stage! decided_on",
    "membership_started": "person! unit!",
    "membership_ended": "person! unit!",
    "cultivation_started": "person! unit!",
    "cultivation_ended": "person! unit!",
    "role_started": "person! role! unit building",
    "role_ended": "person! role! unit building",
    "residence_started": "person! building! room!",
    "residence_ended": "person! building! room!",
    "leave_started": "person! kind!",
    "leave_ended": "person! kind!",
    "meeting_held": "meeting! unit! attended excused agenda also",
    "activity_held": "activity! unit! attended excused led_by hours",
    "document_filed": "document! author! to about sections for_period",
    "training_completed": "person! course! started days hours exam_score passed organiser",
    "certificate_issued": "person! certificate! by",
    "result_registered": "person! of! unit!",
    "dorm_evaluated": "person! by! rating! grounds",
    "opinion_requested": "person! step! by! of!",
    "opinion_given": "person! step! by! verdict! grounds",
    "recommendation_made": "person! step! by!",
    "review_completed": "person! review! outcome! by",
    "talk_held": "person! talk! by",
    "link_started": "link! holder! target!",
    "link_ended": "link! holder! target!",
    "nameplate_posted": "person! building! room!",
    "nameplate_removed": "person! building! room!",
    "facility_opened": "facility! unit!",
    "facility_closed": "facility! unit!",
    "commendation_made": "person! award! by",
    "judgement_made": "clause! about! by! outcome! period grounds",
    "term_declared": "term! kind! academic_year",
    "stage_extended": "person! stage! until!",
    "register_opened": "unit",
    "register_closed": "unit through!",
    "fact_retracted": "target! reason!",
}
# What pairs an end with its start.
PAIRS = {
    "membership": ("person", "unit"),
    "cultivation": ("person", "unit"),
    "role": ("person", "role", "unit", "building"),
    "residence": ("person", "building", "room"),
    "leave": ("person", "kind"),
    "link": ("link", "holder", "target"),
}

Line = dict[str, Any]


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    """Return the institution that the command line shows."""
    return synthetic_institution()


def _of(lines: list[Line], fact: str, **wanted: object) -> list[Line]:
    """Return the facts of a type with those values, except the retracted ones."""
    gone = {line["target"] for line in lines if line["fact"] == "fact_retracted"}
    return [
        line
        for line in lines
        if line["fact"] == fact
        and line["id"] not in gone
        and all(line.get(key) == value for key, value in wanted.items())
    ]


def _latest(lines: list[Line]) -> Line:
    day = DECISION_DAY.isoformat()
    return max((line for line in lines if line["on"] <= day), key=lambda line: str(line["on"]))


def test_a_seed_gives_the_same_facts_every_time(lines: list[Line]) -> None:
    """Two builds from one seed are equal to the last byte."""
    assert json.dumps(synthetic_institution()) == json.dumps(lines)


def test_another_seed_gives_other_facts(lines: list[Line]) -> None:
    """Another seed gives another institution, with the same four people in the spotlight."""
    other = synthetic_institution(seed=2018)
    assert other != lines
    for case in SPOTLIGHT:
        assert _of(other, "person_registered", person=case.person)


def test_the_size_asked_for_is_the_size_given() -> None:
    """There are exactly as many students as were asked for, and fewer than 20,000 facts for 600."""
    for students in (120, 601):
        found = synthetic_institution(students=students)
        registered = {line["person"] for line in _of(found, "person_registered") if line.get("category") != "staff"}
        assert len(registered) == students
        assert len(found) < 20_000


@pytest.mark.parametrize("students", [-1, 119, 6001])
def test_a_size_out_of_range_is_refused(students: int) -> None:
    """A size that the cast cannot fill is refused in one line that says what is allowed."""
    with pytest.raises(QueryError, match=rf"students: found {students}; allowed: .*120 to 6000") as caught:
        synthetic_institution(students=students)
    assert "\n" not in str(caught.value)


def test_ids_are_unique_and_recording_is_in_order(lines: list[Line]) -> None:
    """No id stands twice, and the list runs in the order of recording."""
    assert len({line["id"] for line in lines}) == len(lines)
    times = [datetime.fromisoformat(line["recorded_at"]) for line in lines]
    assert times == sorted(times)
    assert all(time.utcoffset() is not None for time in times)


def test_every_line_has_the_keys_of_its_type(lines: list[Line]) -> None:
    """Each line has all the keys its type requires and none that it does not know."""
    for line in lines:
        keys = KEYS[line["fact"]].split()
        assert line.keys() <= COMMON | {key.rstrip("!") for key in keys}, line
        assert line.keys() >= {"fact", "id", "on", "recorded_at"} | {key[:-1] for key in keys if key.endswith("!")}


def test_every_type_of_fact_occurs(lines: list[Line]) -> None:
    """The institution shows every type of fact there is."""
    assert {line["fact"] for line in lines} == set(KEYS) == set(CORE_VOCABULARY.types)


def test_every_line_is_accepted_by_the_codec(lines: list[Line]) -> None:
    """Each line decodes to the fact with its id."""
    for line in lines:
        assert decode_fact(json.dumps(line)).id == line["id"]


def test_nothing_ends_before_it_begins(lines: list[Line]) -> None:
    """`until` is a full date and not before `on`; an event is recorded no sooner than it was over."""
    for line in lines:
        if "until" in line:
            assert date.fromisoformat(line["until"]) >= date.fromisoformat(f"{line['on']}-01"[:10])
        if line["fact"] != "term_declared":
            assert line["recorded_at"] >= line["on"]


def test_every_reference_leads_somewhere(lines: list[Line]) -> None:
    """People, units, buildings and facts that a line names were all introduced."""
    people = {line["person"] for line in lines if line["fact"] == "person_registered"}
    units = {line["unit"] for line in lines if line["fact"] == "unit_established"}
    buildings = {line["building"] for line in lines if line["fact"] == "building_opened"}
    recorded: set[str] = set()
    for line in lines:
        assert {line[key] for key in ("person", "holder") if key in line} <= people
        assert {person for key in ("attended", "excused", "led_by") for person in line.get(key, ())} <= people
        assert {line[key] for key in ("unit", "parent", "of") if key in line} <= units | recorded
        assert {line[key] for key in ("author", "about", "by", "to") if key in line} <= units | people | {"residents"}
        assert "building" not in line or line["building"] in buildings
        assert line["fact"] != "fact_retracted" or line["target"] in recorded
        recorded.add(line["id"])


def test_every_end_has_its_start(lines: list[Line]) -> None:
    """No relation ends that had not started with the same keys on the same day or before."""
    for relation, keys in PAIRS.items():
        for end in _of(lines, f"{relation}_ended"):
            same = {key: end.get(key) for key in keys}
            assert any(start["on"] <= end["on"] for start in _of(lines, f"{relation}_started", **same)), end


def test_what_establishes_somebody_or_something_is_labelled_synthetic(lines: list[Line]) -> None:
    """Every unit, building and person carries the label, and every name says it too."""
    for line in lines:
        if line["fact"] in {"unit_established", "building_opened", "person_registered"}:
            assert line["note"].startswith("synthetic data")
            assert line.get("name", "synthetic").startswith("synthetic")


def test_the_record_has_its_usual_untidiness(lines: list[Line]) -> None:
    """Some dates keep only the month, some lists were not kept, some entries came months late."""
    assert any(len(line["on"]) == len("2018-03") for line in lines)
    assert any("attended" not in line for line in _of(lines, "meeting_held"))
    assert any("excused" in line for line in lines)
    late = [line for line in lines if line["on"] > "2017-09" and _lag(line) > 30 and "until" not in line]
    assert 0.01 < len(late) / len(lines) < 0.05


def _lag(line: Line) -> int:
    on = date.fromisoformat(f"{line['on']}-01"[:10])
    return (datetime.fromisoformat(line["recorded_at"]).date() - on).days


def test_stages_are_held_in_realistic_shares(lines: list[Line]) -> None:
    """On the decision day most students are applicants or nothing yet, and each stage is held by somebody."""
    latest: dict[str, Line] = {}
    for line in sorted(_of(lines, "stage_entered"), key=lambda line: str(line["on"])):
        if line["on"] <= DECISION_DAY.isoformat():
            latest[line["person"]] = line
    held = Counter(line["stage"] for line in latest.values())
    assert held["full_member"] == 110
    assert held["probationary_member"] == 50
    assert held["development_target"] == 40
    assert 85 <= held["activist"] <= 90
    assert 600 - sum(held[stage] for stage in held if stage != "applicant") > 300


@pytest.mark.parametrize("seed", [2017, 1, 99])
def test_each_spotlit_case_has_its_facts(seed: int) -> None:
    """Each of the four holds the stage before, lives in a covered building, and meets the rest."""
    lines: list[Line] = synthetic_institution(seed=seed, students=150)
    before = {"full_member": "probationary_member", "probationary_member": "development_target"}
    for case in SPOTLIGHT:
        stage = _latest(_of(lines, "stage_entered", person=case.person))
        assert stage["stage"] == before[case.to]
        home = _latest(_of(lines, "residence_started", person=case.person))["building"]
        covering = [line["unit"] for line in _of(lines, "unit_established", kind="building_group", building=home)]
        assert covering
        assert not any(_of(lines, "unit_dissolved", unit=unit) for unit in covering)
        about = {"person": case.person, "step": case.to}
        asked = _of(lines, "opinion_requested", **about)
        assert any(stage["on"] < line["on"] <= case.on.isoformat() for line in asked)
        assert _papers_in_order(lines, case.person, case.to, since=str(stage["on"]))
    outcomes = {case.person: case.outcome for case in SPOTLIGHT}
    assert Counter(outcomes.values()) == {"vetoed": 2, "undetermined": 1, "permitted": 1}


def _papers_in_order(lines: list[Line], person: str, to: str, *, since: str) -> bool:
    def held(fact: str, **wanted: str) -> list[Line]:
        found = _of(lines, fact, person=person, **wanted)
        return [line for line in found if since <= line["on"] <= DECISION_DAY.isoformat()]

    if to == "full_member":
        reviewed = held("review_completed", review="conversion_review", outcome="pass")
        return bool(reviewed) and bool(held("training_completed", course="probationary_course"))
    days = sum(line["days"] for line in held("training_completed", course="development_target_course"))
    reviewed = held("review_completed", review="political_review", outcome="pass")
    return days >= 3 and bool(reviewed) and bool(held("talk_held"))


@pytest.mark.parametrize("seed", [2017, 1, 99])
def test_opinion_and_evaluation_decide_the_spotlit_cases(seed: int) -> None:
    """One opinion opposes, one last rating is poor, one answer is awaited, and one has both in order."""
    lines: list[Line] = synthetic_institution(seed=seed, students=150)
    opposed, rated, waiting, permitted = SPOTLIGHT

    def verdicts(person: str, to: str) -> list[str]:
        given = _of(lines, "opinion_given", person=person, step=to, by="guidance-department")
        return [line["verdict"] for line in given if line["on"] <= DECISION_DAY.isoformat()]

    def last_rating(person: str) -> str:
        rating = _latest(_of(lines, "dorm_evaluated", person=person))
        home = _latest(_of(lines, "residence_started", person=person))["building"]
        posts = _of(lines, "role_started", person=rating["by"], role="building_instructor", building=home)
        assert posts
        return str(rating["rating"])

    assert verdicts(opposed.person, opposed.to) == ["oppose"]
    assert last_rating(opposed.person) != "poor"
    assert verdicts(rated.person, rated.to) == ["support"]
    assert last_rating(rated.person) == "poor"
    assert verdicts(waiting.person, waiting.to) == []
    assert last_rating(waiting.person) != "poor"
    assert verdicts(permitted.person, permitted.to) == ["support"]
    assert last_rating(permitted.person) != "poor"
