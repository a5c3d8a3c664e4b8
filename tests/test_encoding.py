"""Rule trees as data: what is written can be read back, answers alike, and is refused where it is wrong."""

import json
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, ClassVar

import attrs
import pytest
from hypothesis import given, settings

import partyrules_lzcu2012
import partyrules_lzwl2017
from partyrules.answers.verdicts import encode
from partyrules.errors import PackError
from partyrules.facts.codec import encode_fact
from partyrules.facts.vocabulary import Fact, Number
from partyrules.language.kernel import Holds, OnDay, at_least, events
from partyrules.language.rules import Duty
from partyrules.language.sugar import Since, held_for
from partyrules.language.tree import lowered
from partyrules.packs.encoding import canonical, decoded, encoded, fingerprint_of, json_schema
from partyrules.packs.pack import Pack, adopt
from partyrules.questions.audit import audit
from partyrules.time.calendar import Span
from tests import chess, toy
from tests.commands import run
from tests.strategies import REAL, TOY, chances, institution, pipeline_pack, question, seeded
from tests.sweeps import examples

PACKS = [partyrules_lzwl2017.pack, partyrules_lzcu2012.pack, chess.pack, toy.pack]


def written(value: Any) -> Any:
    """Return what a file says of a value."""
    return json.loads(canonical(value))


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.id)
def test_a_pack_is_read_back_as_it_was_written(pack: Pack) -> None:
    """The encoding of a pack that was read back is the same to the byte, and so is its fingerprint."""
    again = decoded(written(pack), Pack)
    assert canonical(again) == canonical(pack)
    assert fingerprint_of(again) == fingerprint_of(pack)
    if not pack.fact_types:
        assert again == lowered(pack)


@settings(max_examples=examples(60))
@given(chance=chances())
def test_any_pack_is_read_back(chance: Random) -> None:
    """Whatever tree an author builds, reading back what was written gives the same tree."""
    pack = pipeline_pack(chance, (TOY, REAL)[chance.randrange(2)])
    assert decoded(written(pack), Pack) == lowered(pack)


@settings(max_examples=examples(15))
@given(chance=chances())
def test_a_pack_that_was_read_back_answers_alike(chance: Random) -> None:
    """An audit under the packs as read back gives the same findings, byte for byte."""
    facts, asked = institution(chance, REAL, months=25), question(chance)
    packs = [partyrules_lzwl2017.pack, partyrules_lzcu2012.pack]
    first, second = (
        [encode(found) for found in audit(facts, adopt(each), as_of=asked.as_of, known_at=asked.known_at).findings()]
        for each in (packs, [decoded(written(pack), Pack) for pack in packs])
    )
    assert first == second


def test_a_packs_own_fact_types_come_along() -> None:
    """A fact type of the pack's own is read back with its fields, whom they name, and what may be left out."""
    again = decoded(written(chess.pack), Pack)
    played = next(cls for cls in again.fact_types if cls.wire == "game_played")
    assert [attribute.name for attribute in attrs.fields(played)][-4:] == ["player", "opponent", "occasion", "guest"]
    adoption = adopt([again])
    assert adoption.vocabulary.types["game_played"] is played


def test_a_default_is_not_written() -> None:
    """What a value leaves at its default is not written, so that a new optional field changes no fingerprint."""
    assert encoded(Holds("membership")) == {"type": "Holds", "relation": "membership"}
    assert encoded(held_for("stage", least=Span(months=6))) == {
        "type": "Holds",
        "relation": "stage",
        "where": {"type": "Age", "least": {"type": "Span", "months": 6}},
    }


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"type": "OnDy", "since": "2020-01-01"}, r"OnDay: type 'OnDy' is not known.*did you mean `OnDay`"),
        (
            {"type": "OnDay", "sinse": "2020-01-01"},
            r"OnDay: field 'sinse' is not known; allowed: since, terms; did you mean",
        ),
        ({"type": "OnDay", "since": "tomorrow"}, r"OnDay\.since: found \"tomorrow\"; allowed: a date YYYY-MM-DD"),
        ({"type": "OnDay", "terms": []}, r"OnDay: .*field `terms`"),
        ([], "found .*; allowed: an object with `type` OnDay"),
    ],
)
def test_what_is_no_tree_is_refused_by_its_path(said: Any, message: str) -> None:
    """An encoding that is wrong is refused with the path to the place, what was found and what is allowed."""
    with pytest.raises(PackError, match=message):
        decoded(said, OnDay)


def test_a_fault_deep_in_a_pack_is_named_by_its_path() -> None:
    """The path leads through lists and fields to the value that is wrong."""
    said = written(partyrules_lzwl2017.pack)
    said["duties"][1]["requires"]["tally"] = {"type": "Kount"}
    with pytest.raises(PackError, match=r"Pack\.duties\[1\]\.requires\.tally: type 'Kount' is not known"):
        decoded(said, Pack)


def test_what_python_checks_is_not_written() -> None:
    """A fact type that checks a value in Python is refused, for no file could say so."""

    @attrs.frozen(kw_only=True)
    class Weighed(Fact):
        """Something was weighed."""

        wire: ClassVar[str] = "weighed"
        grams: Number = attrs.field(validator=attrs.validators.ge(0))

    with pytest.raises(PackError, match="fact type `weighed`, field `grams`: found a check in Python"):
        encoded(Weighed)


def test_every_class_of_the_language_has_a_schema() -> None:
    """The JSON Schema describes each class that a rule names, and asks for the fields that have no default."""
    schema = json_schema(Pack)
    assert schema["$ref"] == "#/$defs/Pack"
    duty = schema["$defs"]["Duty"]
    assert set(duty["required"]) == {
        "type",
        *(each.name for each in attrs.fields(Duty) if each.default is attrs.NOTHING),
    }
    named = {name for pack in PACKS for name in _types(written(pack))}
    assert named <= {*schema["$defs"]}


def _types(said: Any) -> set[str]:
    if isinstance(said, list):
        return {name for each in said for name in _types(each)}
    if isinstance(said, dict):
        own = {said["type"]} if isinstance(said.get("type"), str) else set()
        return own | {name for each in said.values() for name in _types(each)}
    return set()


def test_an_exported_pack_is_adopted_from_its_file(tmp_path: Path) -> None:
    """`packs --export` writes what `--pack FILE.json` adopts, and the audit under it is the same to the byte."""
    facts = tmp_path / "facts.jsonl"
    facts.write_bytes(b"".join(encode_fact(fact) + b"\n" for fact in institution(seeded(7), REAL, months=25)))
    exported = tmp_path / "lzwl.json"
    exported.write_bytes(run("packs", "--export", "lzwl2017").stdout_bytes)
    asked = ("--as-of", "2020-06-30", "--format", "jsonl")
    first, second = (run("audit", facts, "--pack", pack, *asked) for pack in ("lzwl2017", exported))
    assert first.stdout_bytes
    assert first.stdout_bytes == second.stdout_bytes
    assert json.loads(run("packs", "--schema").stdout_bytes) == json_schema(Pack)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not an exported pack"),
        ("[]", "found []; allowed: an object with `type` Pack"),
        ('{"type": "Pack", "type": "Pack"}', "key `type` is given twice"),
        ('{"type": "Pack", "version": "1"}', "it is missing; allowed: Document("),
    ],
)
def test_a_file_that_is_no_exported_pack_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """A file that holds no pack is refused by its path, with exit code 2."""
    file = tmp_path / "pack.json"
    file.write_text(text, encoding="utf-8")
    refused = run("packs", file)
    assert refused.exit_code == 2
    assert "pack.json" in refused.stderr
    assert message in refused.stderr


def test_a_change_changes_the_fingerprint() -> None:
    """A threshold that differs makes another fingerprint; the same tree built twice has the same."""
    three, four = (at_least(number, events("meeting_held")) for number in (3, 4))
    assert fingerprint_of(three) == fingerprint_of(at_least(3, events("meeting_held")))
    assert fingerprint_of(three) != fingerprint_of(four)
    assert fingerprint_of(Since(date(2020, 1, 1))) != fingerprint_of(Since(date(2020, 1, 2)))
