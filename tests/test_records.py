"""Decision records: replayed on the same inputs they give the same answer, and each input that changed is named."""

import copy
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings

from partyrules.errors import PackError, PartyRulesError, QueryError
from partyrules.evaluate.inference import EngineReport
from partyrules.ledger.base import Ledger
from partyrules.ledger.sqlite import open_ledger
from partyrules.packs.encoding import encoded
from partyrules.packs.pack import Pack
from partyrules.questions.decide import REFERENCE, decide
from partyrules.questions.record import Replay, read_record, record_of, replay
from partyrules.questions.sources import projected
from tests import toy
from tests.strategies import TOY, chances, institution
from tests.sweeps import examples
from tests.toy import fact, stage, training, unit

DAY: Final = date(2020, 6, 30)
NOW: Final = datetime(2020, 7, 1, 9, tzinfo=UTC)
LATER: Final = datetime(2020, 8, 1, 9, tzinfo=UTC)
OPPOSE: Final = fact("opinion_given", "2020-04-10", person="p1", step="fellow", by="O", verdict="oppose")
SUPPORT: Final = fact("opinion_given", "2020-04-11", person="p1", step="fellow", by="O", verdict="support")
PASSED: Final = training("p1", "entry_course", "2020-03-01", passed=True, days=Decimal("2.5"))
FACTS: Final = (
    unit("O", "guidance_department"),
    stage("p1", "newcomer", "2020-02-01"),
    PASSED,
    OPPOSE,
    fact("talk_held", "2020-05-01", person="p2", talk="any"),
)


Install = Callable[[Pack], None]
pytestmark = pytest.mark.usefixtures("install")


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Install the toy pack, and let a test install another in its place."""

    def put(pack: Pack) -> None:
        def load(name: str) -> Pack:
            if name != pack.id:
                raise PackError(f"pack `{name}` is not known")
            return pack

        monkeypatch.setattr("partyrules.questions.record.load_pack", load)

    put(toy.pack)
    return put


def made(source: Any = FACTS, **asked: Any) -> dict[str, Any]:
    """Return the record of the decision on p1, as it reads back from its file."""
    adoption = toy.adopted({"4.2.effect": "required"})
    known_at = asked.get("known_at")
    decision = decide(source, adoption, person="p1", to="fellow", on=DAY, known_at=known_at, engine=asked.get("engine"))
    record = record_of(source, adoption, decision, **asked)
    return json.loads(json.dumps(record, ensure_ascii=False, default=str))  # type: ignore[no-any-return]  # our own object


def told(found: Replay) -> list[str]:
    """Return what each difference is about, its first two words."""
    return [" ".join(line.split(":")[0].split()[:2]) for line in found.differences]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Return a ledger that holds the facts."""
    with open_ledger(tmp_path / "ledger.db") as opened:
        opened.append(FACTS, recorded_at=NOW)
        yield opened


# The same again ---------------------------------------------------------------------------------------------


def test_same_inputs() -> None:
    """On the same facts, packs and choices a record replays to the same answer, without any difference."""
    for source in (FACTS, FACTS[::-1], [*FACTS, FACTS[0]]):
        found = replay(made(), source)
        assert (found.same_answer, found.differences) == (True, ())
        assert found.now == found.recorded


def test_what_a_record_holds() -> None:
    """A record names the question, each pack, choice and engine, and holds the very facts that the answer cites."""
    record = made()
    assert record["asked"] == {"person": "p1", "to": "fellow", "on": "2020-06-30", "known_at": None}
    assert record["packs"] == [
        {"id": "toy", "version": "1", "fingerprint": toy.pack.fingerprint, "pack": encoded(toy.pack)}
    ]
    assert record["readings"] == {"toy:4.2.effect": "required"}
    assert record["answer"]["outcome"] == "vetoed"
    cited = {one["fact"]["id"] for one in record["evidence"]}
    assert cited == {OPPOSE.id, PASSED.id}


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=chances())
def test_every_decision_replays(chance: Random) -> None:
    """Whatever the institution, a record replays to the same answer from the same facts in another order."""
    facts = institution(chance, TOY)
    adoption = toy.adopted()
    for person in TOY.people:
        if not any(person in str(one) for one in facts):
            continue
        try:
            decision = decide(facts, adoption, person=person, to="fellow", on=DAY)
        except QueryError:
            continue
        record = json.loads(json.dumps(record_of(facts, adoption, decision), default=str))
        found = replay(record, facts[::-1])
        assert (found.same_answer, found.differences) == (True, ())


def test_by_reference() -> None:
    """A record of the reference's decision is replayed by the reference."""
    record = made(engine=REFERENCE)
    assert record["engine"] == REFERENCE
    assert replay(record, FACTS).differences == ()


def test_known_at() -> None:
    """What was known at the time is asked for again."""
    early = tuple(evolve(one, recorded_at=NOW) for one in FACTS)
    late = evolve(SUPPORT, recorded_at=LATER)
    record = made((*early, late), known_at=datetime(2020, 7, 15, tzinfo=UTC))
    assert record["answer"]["outcome"] == "vetoed"
    found = replay(record, (*early, late))
    assert (found.same_answer, found.differences) == (True, ())


def test_file(tmp_path: Path) -> None:
    """A record written to a file is read from it."""
    path = tmp_path / "record.json"
    path.write_text(json.dumps(made(), ensure_ascii=False), encoding="utf-8")
    assert replay(read_record(path), FACTS).same_answer


# A ledger ---------------------------------------------------------------------------------------------------


def test_grown_ledger(ledger: Ledger) -> None:
    """Of a ledger that has grown since, what it held then is read, and the answer is the same."""
    record = made(ledger)
    assert record["facts"]["ledger"]["position"] == len(FACTS)
    ledger.append([SUPPORT], recorded_at=LATER)
    assert made(ledger)["answer"]["outcome"] != record["answer"]["outcome"]
    found = replay(record, ledger)
    assert (found.same_answer, found.differences) == (True, ())


def test_same_ledger(ledger: Ledger) -> None:
    """On the same ledger a record replays to the same answer."""
    found = replay(made(ledger), ledger)
    assert (found.same_answer, found.differences) == (True, ())


def test_shorter_ledger(ledger: Ledger, tmp_path: Path) -> None:
    """On a ledger that lacks what the answer cites, that is named."""
    record = made(ledger)
    with open_ledger(tmp_path / "other.db") as other:
        other.append([one for one in FACTS if one != OPPOSE], recorded_at=NOW)
        found = replay(record, other)
    assert not found.same_answer
    assert any(line.startswith(f"fact {OPPOSE.id}:") for line in found.differences)


def test_ledger_whose_end_was_cut_off(ledger: Ledger, tmp_path: Path) -> None:
    """On a ledger that ends before the recorded position the answer may be the same, but is not replayed as such."""
    record = made(ledger)
    with open_ledger(tmp_path / "cut.db") as cut:
        cut.append(FACTS[:-1], recorded_at=NOW)
        found = replay(record, cut)
    assert (found.same_answer, found.same) == (True, False)
    assert found.differences[0].startswith(f"ledger: {len(FACTS)}:")
    assert "there is no position 5" in found.differences[0]
    assert found.differences[1] == "facts: 5 recorded, 4 now, and their fingerprints differ"


def test_another_ledger_of_the_same_facts(ledger: Ledger, tmp_path: Path) -> None:
    """A ledger that holds the same facts in another order has another hash, and that is a difference."""
    record = made(ledger)
    with open_ledger(tmp_path / "other.db") as other:
        other.append(FACTS[::-1], recorded_at=NOW)
        found = replay(record, other)
    assert (found.same_answer, told(found)) == (True, ["ledger"])


def test_ledger_replayed_from_its_facts_alone(ledger: Ledger) -> None:
    """Where the facts of a ledger are given without it, they are compared, and that its head was not is told."""
    record = made(ledger)
    held = [recorded.fact for recorded in ledger.facts()]
    found = replay(record, held)
    assert (found.same, found.differences, len(found.notes)) == (True, (), 1)
    assert "not a ledger" in found.notes[0]
    assert replay(record, ledger.snapshot()).notes == replay(record, projected(ledger)).notes == ()


def test_record_of_an_earlier_version(ledger: Ledger) -> None:
    """A record that does not yet state the head in one piece replays as one that does."""
    record = made(ledger)
    assert record["facts"]["ledger"].pop("head") == str(ledger.head())
    assert replay(record, ledger).same


def test_record_out_of_a_snapshot(ledger: Ledger) -> None:
    """A decision over a snapshot is recorded with the head of the snapshot, whatever was appended since."""
    adoption = toy.adopted()
    held = ledger.snapshot()
    ledger.append([SUPPORT], recorded_at=LATER)
    decision = decide(held, adoption, person="p1", to="fellow", on=DAY)
    record = json.loads(json.dumps(record_of(held, adoption, decision), default=str))
    assert record["facts"]["ledger"]["head"] == str(held.head)
    assert record["facts"]["count"] == held.head.position
    assert replay(record, ledger).same


def test_record_of_a_ledger_that_moved_on(ledger: Ledger) -> None:
    """A decision is not recorded as that of a ledger which leads to another by now."""
    adoption = toy.adopted()
    decision = decide(ledger, adoption, person="p1", to="fellow", on=DAY)
    assert record_of(ledger, adoption, decision)["answer"] == decision.to_wire()
    ledger.append([SUPPORT], recorded_at=LATER)
    with pytest.raises(QueryError, match=r"`ledger\.snapshot\(\)`"):
        record_of(ledger, adoption, decision)


# What changed -----------------------------------------------------------------------------------------------


def ledger_part(record: dict[str, Any], **said: object) -> None:
    """Change what a record says of its ledger."""
    record["facts"]["ledger"] |= said


TAMPERED: Final[dict[str, Callable[[dict[str, Any]], object]]] = {
    "position": lambda record: ledger_part(record, position=4, head=None),
    "a later position": lambda record: ledger_part(record, position=6, head=None),
    "no position": lambda record: ledger_part(record, position=0, head=None),
    "a negative position": lambda record: ledger_part(record, position=-5, head=None),
    "hash": lambda record: ledger_part(record, hash="0" * 64, head=None),
    "head": lambda record: ledger_part(record, head="5:" + "0" * 64),
    "count": lambda record: record["facts"].update(count=4),
    "fingerprint": lambda record: record["facts"].update(sha256="0" * 64),
    "evidence left out": lambda record: record["evidence"].pop(),
    "no evidence": lambda record: record["evidence"].clear(),
    "evidence twice": lambda record: record["evidence"].append(record["evidence"][0]),
    "evidence of something else": lambda record: record["evidence"].append(
        {"sha256": "0" * 64, "fact": {"id": "nobody's"}}
    ),
    "evidence that says something else": lambda record: record["evidence"][0]["fact"].update(verdict="support"),
    "evidence recorded at another time": lambda record: record["evidence"][0]["fact"].update(recorded_at=str(LATER)),
    "evidence with another digest": lambda record: record["evidence"][0].update(sha256="0" * 64),
    "version": lambda record: record["packs"][0].update(version="0"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_tampered_record(ledger: Ledger, what: str) -> None:
    """Whatever is changed in a record besides its answer, the answer is the same, and the replay is not."""
    record = made(ledger)
    assert replay(record, ledger).same
    TAMPERED[what](record)
    found = replay(record, ledger)
    assert (found.same_answer or "position" in what, found.same) == (True, False)
    assert found.differences


def test_the_rules_are_those_of_the_record(install: Install) -> None:
    """Whatever pack of the name is installed by now, or none, the recorded rules answer; another one is noted."""
    record = made()
    for other, version in ((evolve(toy.pack, version="2"), "2"), (evolve(toy.pack, vetoes=()), "1")):
        install(other)
        found = replay(record, FACTS)
        assert found.same
        assert found.notes == (f"pack toy: installed is version {version}, with other rules than those of the record",)
    install(evolve(toy.pack, document=toy.document("other")))
    assert replay(record, FACTS).same
    assert replay(record, FACTS).notes == ()


def test_terms_and_holidays_of_the_adoption_are_recorded() -> None:
    """What an adoption adds to the facts stands in the record, so that replay asks the same."""
    adoption = evolve(toy.adopted(), terms=(toy.AUTUMN_2019,), holidays={DAY: True}, time_zone="Asia/Urumqi")
    record = json.loads(
        json.dumps(record_of(FACTS, adoption, decide(FACTS, adoption, person="p1", to="fellow", on=DAY)))
    )
    assert [term["term"] for term in record["terms"]] == ["2019-autumn"]
    assert record["holidays"] == {str(DAY): True}
    assert record["time_zone"] == "Asia/Urumqi"
    assert replay(record, FACTS).same


def of_the_first_form(**pack: str) -> dict[str, Any]:
    """Return a record as 0.1.0 wrote it: it names the packs and holds none of their rules."""
    record = made()
    record["format"] = "partyrules-decision-record/1"
    record["packs"] = [{"id": "toy", "version": "1", "fingerprint": "3f" * 32, **pack}]
    for key in ("terms", "holidays", "time_zone"):
        del record[key]
    return record


def test_a_record_of_the_first_form_asks_the_installed_pack(install: Install) -> None:
    """A record of 0.1.0 replays by the pack that is installed, and says what cannot be compared."""
    found = replay(of_the_first_form(), FACTS)
    assert found.same
    assert found.notes == (
        "pack toy: the record holds no rules; those installed now are asked",
        "pack toy: its fingerprint is of the form of 0.1.0, which cannot be compared",
    )
    install(evolve(toy.pack, version="2", vetoes=()))
    found = replay(of_the_first_form(), FACTS)
    assert not found.same_answer
    assert found.differences == ("pack toy: version 1 recorded, toy 2 now",)
    install(evolve(toy.pack, document=toy.document("other")))
    with pytest.raises(PartyRulesError, match="`toy`"):
        replay(of_the_first_form(), FACTS)


def test_rules_that_were_changed_in_the_record_show() -> None:
    """A record whose rules are not those of its fingerprint is not the same; one whose rules are none is refused."""
    record = made()
    record["packs"][0]["pack"]["vetoes"] = []
    found = replay(record, FACTS)
    assert any(line.startswith("pack toy: fingerprint ") for line in found.differences)
    record["packs"][0]["pack"]["vetoes"] = [{"type": "Vetto"}]
    with pytest.raises(QueryError, match=r"its pack `toy` is none: Pack\.vetoes\[0\]: type 'Vetto' is not known"):
        replay(record, FACTS)
    del record["packs"][0]["pack"]
    with pytest.raises(QueryError, match="it holds a pack without its rules"):
        replay(record, FACTS)


def test_changed_fact() -> None:
    """A cited fact that says something else now is named, and no other."""
    changed = tuple(evolve(one, verdict="support") if one == OPPOSE else one for one in FACTS)  # type: ignore[call-arg]  # an opinion
    found = replay(made(), changed)
    assert not found.same_answer
    assert [line for line in found.differences if line.startswith("fact ")] == [
        f"fact {OPPOSE.id}: says something else now"
    ]
    assert told(found)[0] == "facts"
    assert len(found.differences) == 2


def test_missing_fact() -> None:
    """A cited fact that is no longer there is named, and no other."""
    found = replay(made(), tuple(one for one in FACTS if one != OPPOSE))
    assert not found.same_answer
    assert [line for line in found.differences if line.startswith("fact ")] == [
        f"fact {OPPOSE.id}: cited, and no longer there"
    ]
    assert f"{len(FACTS)} recorded, {len(FACTS) - 1} now" in found.differences[0]
    assert len(found.differences) == 2


def test_further_fact() -> None:
    """A fact that came to a plain collection since is told by the count, and the answer may be another."""
    found = replay(made(), (*FACTS, SUPPORT))
    assert not found.same_answer
    (line,) = found.differences
    assert f"{len(FACTS)} recorded, {len(FACTS) + 1} now" in line


def test_further_fact_of_no_weight() -> None:
    """A difference is told also where the answer is the same."""
    found = replay(made(), (*FACTS, fact("talk_held", "2020-05-02", person="p3", talk="any")))
    assert found.same_answer
    assert told(found) == ["facts"]


def test_other_time_of_recording() -> None:
    """A fact recorded at another time is another input; the same instant written with another offset is not."""
    east = tuple(evolve(one, recorded_at=datetime.fromisoformat("2020-07-01T17:00:00+08:00")) for one in FACTS)
    utc = tuple(evolve(one, recorded_at=NOW) for one in FACTS)
    assert east == utc
    assert replay(made(east), utc).differences == ()
    later = tuple(evolve(one, recorded_at=LATER) for one in FACTS)
    assert told(replay(made(utc), later)) == ["facts", "fact opinion_given", "fact training_completed"]


def test_other_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another engine than the recorded one is named, and gives the same answer."""
    record = made()
    record["engine"] = "built-in"
    report = EngineReport("durable", "for the test", "2", "3")
    monkeypatch.setattr("partyrules.questions.record.engine_report", lambda: report)
    found = replay(record, FACTS)
    assert (found.same, found.differences, found.notes) == (True, (), ("engine: built-in recorded, durable now",))


def test_changed_answer() -> None:
    """An answer that somebody changed in the record is not the answer, although no input differs."""
    record = made()
    record["answer"]["outcome"] = "permitted"
    found = replay(record, FACTS)
    assert (found.same_answer, found.differences) == (False, ())


def test_person_who_is_gone() -> None:
    """Where the question cannot be answered any more, that is told, and what changed with it."""
    found = replay(made(), (FACTS[0], FACTS[-1]))
    assert not found.same_answer
    assert found.now is None
    assert any(line.startswith("answer: cannot be worked out now") for line in found.differences)
    assert any(line.startswith(f"fact {OPPOSE.id}: cited") for line in found.differences)


# What is no record ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["", "[]", "7", "{", "{}", '{"format": "another/1"}', '{"format": "partyrules-decision-record/1"}']
)
def test_no_record(tmp_path: Path, text: str) -> None:
    """A file that is no record, or lacks something, is refused by its path."""
    path = tmp_path / "record.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(QueryError, match=r"record\.json"):
        read_record(path)


@pytest.mark.parametrize("key", ["outcome", "sha256", "position", "known_at"])
def test_key_given_twice(ledger: Ledger, tmp_path: Path, key: str) -> None:
    """A record in which a key is given twice is refused with both values, wherever the key stands."""
    path = tmp_path / "record.json"
    whole = json.dumps(made(ledger), ensure_ascii=False)
    assert f'"{key}":' in whole
    path.write_text(whole.replace(f'"{key}":', f'"{key}": "another", "{key}":', 1), encoding="utf-8")
    with pytest.raises(
        QueryError, match=rf'record\.json: not a decision record: key `{key}` is given twice, as "another"'
    ):
        read_record(path)


def test_unreadable_record(tmp_path: Path) -> None:
    """A file that is not there, a folder, and bytes that are no text are refused by their path."""
    binary = tmp_path / "binary.json"
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "nowhere.json", tmp_path, binary):
        with pytest.raises(QueryError, match=path.name):
            read_record(path)


SPOILT: Final[tuple[Any, ...]] = (None, 7, "x", "2020-13-01", [], {}, [None], {"id": 7}, [{"id": "toy"}], True)


def places(record: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield the way to each value that a replay reads."""
    for key, value in record.items():
        yield (key,)
        if isinstance(value, dict) and key in ("asked", "facts"):
            yield from ((key, inner) for inner in value)


def test_spoilt_records(tmp_path: Path) -> None:
    """A record of which one value was spoilt is refused with an error of ours, or replayed."""
    record = made()
    path = tmp_path / "record.json"
    escaped = []
    for place in places(record):
        for value in SPOILT:
            spoilt = copy.deepcopy(record)
            inside: Any = spoilt
            for key in place[:-1]:
                inside = inside[key]
            inside[place[-1]] = value
            path.write_text(json.dumps(spoilt), encoding="utf-8")
            try:
                found = replay(read_record(path), FACTS)
            except PartyRulesError:
                continue
            except Exception as error:  # noqa: BLE001 - the point of the test
                escaped.append(f"{'.'.join(place)} = {value!r}: {type(error).__name__}: {error}")
            else:
                assert isinstance(found, Replay)
    assert escaped == []
