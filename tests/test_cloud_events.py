"""CloudEvents 1.0: facts come in as events and go out as events, and what is wrong with one is told where it stands."""

import base64
import json
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given, settings

from partyrules.errors import FactError
from partyrules.facts.cloud_events import checked_file, event_of
from partyrules.facts.codec import content, encode_fact
from partyrules.facts.vocabulary import CORE_VOCABULARY
from partyrules.report.findings import as_json
from tests.commands import AS_OF, FACTS, PACK, refused, run, written
from tests.strategies import REAL, chances, institution
from tests.sweeps import examples

EVENT: Final[dict[str, Any]] = {
    "specversion": "1.0",
    "id": "e1",
    "source": "/college/attendance",
    "type": "partyrules.fact.meeting_held",
    "data": {"on": "2018-05-10", "meeting": "branch_assembly", "unit": "b1", "attended": ["p1"]},
}


def read(path: Path) -> list[bytes]:
    """Return the canonical bytes of every fact of a file; raise the first error."""
    found = list(checked_file(path, vocabulary=CORE_VOCABULARY))
    for each in found:
        if isinstance(each, FactError):
            raise each
    return [each.content for each in found if not isinstance(each, FactError)]


def saved(path: Path, *events: Any) -> Path:
    """Write one event a line, or an array where the file is named .json, and return the path."""
    told = json.dumps(list(events)) if path.suffix == ".json" else "\n".join(json.dumps(each) for each in events)
    path.write_text(told, encoding="utf-8")
    return path


@settings(max_examples=examples(40))
@given(chance=chances())
def test_facts_come_back_from_events(tmp_path_factory: pytest.TempPathFactory, chance: Random) -> None:
    """Facts written as events, one a line or as a batch, are the same facts when they are read."""
    facts = institution(chance, REAL)
    folder = tmp_path_factory.mktemp("events")
    lines, batch = folder / "events.jsonl", folder / "events.json"
    lines.write_bytes(b"\n".join(map(event_of, facts)))
    batch.write_bytes(b"\n".join(as_json(map(event_of, facts))))
    plain = folder / "facts.jsonl"
    plain.write_bytes(b"\n".join(map(encode_fact, facts)))
    assert read(lines) == read(batch) == read(plain) == [content(fact) for fact in facts]
    instants = [
        [each.recorded_at for each in checked_file(path, vocabulary=CORE_VOCABULARY) if not isinstance(each, FactError)]
        for path in (lines, batch, plain)
    ]
    assert instants[0] == instants[1] == instants[2]


def test_an_event_has_the_attributes_of_the_standard() -> None:
    """Each event says its version, id, source, type, content type and, where there are any, subject and time."""
    fact = json.loads(encode_fact(institution(Random(1), REAL)[0]))  # noqa: S311 - chance decides nothing but data
    for one in institution(Random(1), REAL):  # noqa: S311 - the same
        said = json.loads(event_of(one))
        assert (said["specversion"], said["id"], said["datacontenttype"]) == ("1.0", one.id, "application/json")
        assert said["type"] == f"partyrules.fact.{one.wire}"
        assert said["source"]
        assert said["data"]["id"] == one.id
        assert ("time" in said) == (one.recorded_at is not None)
        assert said.get("subject", "x")
    assert fact["fact"]


def test_type_and_id_of_the_event_stand_for_those_of_the_data(tmp_path: Path) -> None:
    """Data without a type or an id of its own has those of the event; an array and a single object are read too."""
    for path in (saved(tmp_path / "a.jsonl", EVENT), saved(tmp_path / "a.json", EVENT)):
        (said,) = map(json.loads, read(path))
        assert (said["fact"], said["id"]) == ("meeting_held", "e1")
    alone = tmp_path / "alone.json"
    alone.write_text(json.dumps(EVENT, indent=2), encoding="utf-8")
    assert read(alone) == read(tmp_path / "a.json")
    plain = {**EVENT["data"], "fact": "meeting_held", "id": "e1"}
    assert read(saved(tmp_path / "facts.json", plain)) == read(alone)


def test_binary_data_that_is_json_is_read(tmp_path: Path) -> None:
    """Data in base64 is the same fact."""
    coded = base64.b64encode(json.dumps(EVENT["data"]).encode()).decode()
    event = {**{name: value for name, value in EVENT.items() if name != "data"}, "data_base64": coded}
    assert read(saved(tmp_path / "a.jsonl", event)) == read(saved(tmp_path / "b.jsonl", EVENT))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"specversion": "0.3"}, 'attribute `specversion`: found "0.3"; allowed: "1.0"'),
        ({"id": ""}, "attribute `id`: found"),
        ({"id": None}, "attribute `id`: found null"),
        ({"source": 5}, "attribute `source`: found 5"),
        ({"type": None}, "attribute `type`: found null"),
        ({"subject": ""}, "attribute `subject`: found"),
        ({"time": "noon"}, "attribute `time`: found"),
        ({"time": 5}, "attribute `time`: found 5"),
        ({"datacontenttype": "text/xml"}, "attribute `datacontenttype`: found"),
        ({"Extension": "x"}, "attribute `Extension`: not a name"),
        ({"extension": [1]}, "attribute `extension`: found [1]"),
        ({"data": "text"}, '`data`: found "text"; allowed: a fact'),
        ({"data": None}, "`data`: found null"),
        ({"data_base64": "e30="}, "`data` and `data_base64`"),
        ({"type": "partyrules.fact.talk_held", "data": {**EVENT["data"], "fact": "meeting_held"}}, "attribute `type`"),
        ({"type": "something.else"}, "field `fact`: missing"),
        ({"data": {**EVENT["data"], "on": "2018-02-30"}}, "field `on`"),
    ],
)
def test_what_is_wrong_with_an_event_is_told_where_it_stands(
    changed: dict[str, Any], told: str, tmp_path: Path
) -> None:
    """The message names file, line or place in the batch, attribute or field, and what was found."""
    bad = {**EVENT, **changed}
    for name, where in (("events.jsonl", "line 2"), ("events.json", "event 2")):
        path = saved(tmp_path / name, {**EVENT, "id": "e0"}, bad)
        with pytest.raises(FactError) as refused_one:
            read(path)
        message = str(refused_one.value)
        assert told in message
        assert f"{name}, {where}" in message


def test_each_attribute_that_is_missing_is_named(tmp_path: Path) -> None:
    """All problems of an event are told at once."""
    with pytest.raises(FactError) as refused_one:
        read(saved(tmp_path / "events.jsonl", {"specversion": "1.0", "data": {}}))
    assert [str(problem).count("missing") for problem in refused_one.value.problems] == [1, 1, 1]


def test_a_key_given_twice_is_refused(tmp_path: Path) -> None:
    """An event, or its data, that gives a key twice is never read by its last value."""
    path = tmp_path / "events.jsonl"
    path.write_text(json.dumps(EVENT).replace('"unit": "b1"', '"unit": "b1", "unit": "b2"'), encoding="utf-8")
    with pytest.raises(FactError, match="given twice"):
        read(path)


# The commands ------------------------------------------------------------------------------------------------------


def test_record_takes_events_and_export_gives_them_back(tmp_path: Path) -> None:
    """A ledger recorded from exported events holds the same facts; recording them again changes nothing."""
    first, second = tmp_path / "first.db", tmp_path / "second.db"
    assert run("record", first, written(tmp_path / "facts.jsonl")).exit_code == 0
    for form, name in (("cloudevents", "events.jsonl"), ("cloudevents-batch", "events.json")):
        assert run("export", first, "--format", form, "-o", tmp_path / name).exit_code == 0
    assert run("record", second, tmp_path / "events.jsonl").exit_code == 0
    again = run("record", second, tmp_path / "events.json")
    assert again.exit_code == 0
    assert f"0 facts appended, {len(FACTS)} already there" in again.stdout
    one, other = (run("export", ledger).stdout for ledger in (first, second))
    assert one == other
    assert len(one.splitlines()) == len(FACTS)


def test_nothing_of_a_bad_batch_is_recorded(tmp_path: Path) -> None:
    """A bad event is refused with its place, and no ledger is made."""
    path = saved(tmp_path / "events.json", EVENT, {**EVENT, "id": "e2", "specversion": "2.0"})
    told = refused("record", tmp_path / "new.db", path)
    assert "events.json, event 2: attribute `specversion`" in told
    assert not (tmp_path / "new.db").exists()


def test_findings_leave_as_events(tmp_path: Path) -> None:
    """Each finding is an event about its subject, with an id of its own that is the same when it is asked again."""
    facts = written(tmp_path / "facts.jsonl")
    asked = ("audit", facts, *PACK, *AS_OF)
    lines = run(*asked, "--format", "jsonl").stdout.splitlines()
    events = [json.loads(line) for line in run(*asked, "--format", "cloudevents").stdout.splitlines()]
    batch = json.loads(run(*asked, "--format", "cloudevents-batch").stdout)
    assert batch == events
    assert [each["data"] for each in events] == [json.loads(line) for line in lines]
    assert {each["type"] for each in events} == {"partyrules.finding"}
    assert len({each["id"] for each in events}) == len(events)
    assert [each["subject"] for each in events] == [each["data"]["subject"] for each in events]
