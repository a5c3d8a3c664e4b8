"""The wire format: what reads back the same, what is refused and how, and that nothing else ever happens."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Annotated, Any, ClassVar, Final

import attrs
import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from partyrules.errors import FactError, Problem
from partyrules.errors.limits import LINE_BYTES, LIST_ENTRIES, NAME_CHARACTERS
from partyrules.facts import codec
from partyrules.facts.codec import (
    Checked,
    canonical_instant,
    checked,
    checked_again,
    checked_lines,
    content,
    decode_fact,
    encode_fact,
    lines_in,
    parse_instant,
    parted,
    read_back,
    to_wire,
)
from partyrules.facts.vocabulary import CORE_VOCABULARY, Fact, TalkHeld, TrainingCompleted
from partyrules.ledger.sqlite import open_ledger
from partyrules.time.calendar import CivilDate
from tests.strategies import MAKERS, REAL, TOY, chances, one_fact, seeded

WHERE: Final = "facts.jsonl, line 7"
TALK: Final = {"fact": "talk_held", "id": "t1", "on": "2018-03-15", "person": "p1", "talk": "any"}
TRAINING: Final = {
    "fact": "training_completed",
    "id": "t1",
    "on": "2018-03-15",
    "person": "p1",
    "course": "activist_course",
}


def refused(line: str | bytes | dict[str, Any]) -> tuple[Problem, ...]:
    """Return the problems for which a line is refused, each in one line and with its place."""
    given = json.dumps(line) if isinstance(line, dict) else line
    with pytest.raises(FactError) as caught:
        decode_fact(given, where=WHERE)
    problems = caught.value.problems
    assert problems
    assert all(problem.where == WHERE and problem.what for problem in problems)
    assert str(caught.value).splitlines() == [str(problem) for problem in problems]
    return problems


def told(line: str | bytes | dict[str, Any]) -> str:
    """Return the only problem of a line, in words."""
    (problem,) = refused(line)
    return problem.what


# What reads back --------------------------------------------------------------------------------------------


@given(chances())
def test_round_trip(chance: Random) -> None:
    """A fact encoded and decoded is the same fact, and has the same content."""
    made = one_fact(chance, (TOY, REAL)[chance.randrange(2)], name="f1", months=20)
    again = decode_fact(encode_fact(made))
    assert again == made
    assert content(again) == content(made)
    assert encode_fact(again) == encode_fact(made)


@pytest.mark.parametrize(
    ("wire", "maker"), [(wire, maker) for wire, maker, _ in MAKERS], ids=[wire for wire, _, _ in MAKERS]
)
def test_every_type_is_drawn(wire: str, maker: Any) -> None:  # noqa: ARG001 - shown in the id alone
    """Every type that institutions are made of decodes to the class of its wire name."""
    line = encode_fact(one_fact(seeded(1), REAL, name="f1", of=(wire,)))
    assert json.loads(line)["fact"] == wire
    assert list(json.loads(line))[:3] == ["fact", "id", "on"]
    assert type(decode_fact(line)) is CORE_VOCABULARY.types[wire]


def test_no_key_that_says_nothing() -> None:
    """An absent field is not written, an empty list is."""
    made = decode_fact(json.dumps(TALK))
    assert to_wire(made) == TALK
    empty = {"fact": "meeting_held", "id": "m", "on": "2018-03", "meeting": "x", "unit": "B", "attended": []}
    assert json.loads(encode_fact(decode_fact(json.dumps(empty)))) == empty


def test_content_leaves_the_recording_out() -> None:
    """Two copies recorded at different times have one content; a copy with another note has not."""
    one, other = (
        decode_fact(json.dumps({**TALK, "recorded_at": at}))
        for at in ("2018-03-15T09:00:00+08:00", "2018-03-16T09:00:00+08:00")
    )
    assert one != other
    assert content(one) == content(other) == content(decode_fact(json.dumps(TALK)))
    assert content(decode_fact(json.dumps({**TALK, "note": "another"}))) != content(one)


def test_content_of_equal_numbers() -> None:
    """One number written in several ways is one content, and sums stay exact."""
    ways = ["8", "8.0", "8.00", "80e-1", "0.8E1"]
    lines = [json.dumps(TRAINING)[:-1] + f', "hours": {way}}}' for way in ways]
    assert len({content(decode_fact(line)) for line in lines}) == 1
    tenths = decode_fact(json.dumps(TRAINING)[:-1] + ', "hours": 0.1}')
    assert isinstance(tenths, TrainingCompleted)
    assert tenths.hours == Decimal("0.1")


def test_one_instant_written_two_ways() -> None:
    """An instant is kept as the instant it is, whatever its offset, and written in UTC."""
    made = decode_fact(json.dumps({**TALK, "recorded_at": "2018-03-15T09:00:00+08:00"}))
    assert made.recorded_at == datetime(2018, 3, 15, 1, tzinfo=UTC)
    assert to_wire(made)["recorded_at"] == "2018-03-15T01:00:00Z"


@pytest.mark.parametrize(
    "text", ["2018-03-15", "2018-03-15T09:00:00", "", "now", "09:00:00+08:00", "2018-03-15T25:00:00Z"]
)
def test_what_is_no_instant(text: str) -> None:
    """A time without offset, or none at all, is refused with an example."""
    with pytest.raises(ValueError, match=r"2018-03-15T09:00:00\+08:00"):
        parse_instant(text)


def test_instants() -> None:
    """An RFC 3339 time is read with its offset."""
    east = timezone(timedelta(hours=8))
    assert parse_instant("2018-03-15T09:00:00+08:00") == datetime(2018, 3, 15, 9, tzinfo=east)


# What is refused, and in which words ------------------------------------------------------------------------


def test_unknown_type() -> None:
    """An unknown type is refused with the nearest one; a missing type as missing."""
    assert "`fact`" in told({**TALK, "fact": "talk_hold"})
    assert "did you mean `talk_held`?" in told({**TALK, "fact": "talk_hold"})
    assert "missing" in told({key: value for key, value in TALK.items() if key != "fact"})
    assert "`fact`" in told({**TALK, "fact": 7})
    assert "`fact`" in told({**TALK, "fact": None})
    assert "`fact`" in told({**TALK, "fact": ["talk_held"]})


def test_unknown_key() -> None:
    """An unknown key is refused with the nearest one."""
    assert "did you mean `person`?" in told({**TALK, "persn": "p1"})


@pytest.mark.parametrize("name", ["id", "on", "person", "talk"])
def test_missing_key(name: str) -> None:
    """A missing required key is refused by name, with what it takes."""
    what = told({key: value for key, value in TALK.items() if key != name})
    assert f"`{name}`: missing; allowed: " in what


@pytest.mark.parametrize("value", [None, 7, True, "", [], {}, ["p1"]])
def test_wrong_person(value: object) -> None:
    """Anything but a non-empty string is refused where a person is due, with what was found."""
    what = told({**TALK, "person": value})
    assert "`person`: found " in what
    assert "allowed: a person's id, a string of 1 to 1000 characters" in what


@pytest.mark.parametrize(
    "value", ["2018-02-30", "2018-13", "2018", "15.3.2018", "", None, 20180315, ["2018-03-15"], "2018-03-15T00:00:00Z"]
)
def test_wrong_date(value: object) -> None:
    """Impossible days, months and other forms are refused where a date is due."""
    assert "`on`: " in told({**TALK, "on": value})
    assert "YYYY-MM" in told({**TALK, "on": value})


def test_full_dates_only() -> None:
    """A month is refused where a full date is due."""
    assert "YYYY-MM-DD" in told({**TALK, "until": "2018-03"})
    closed = {"fact": "register_closed", "id": "c", "on": "2018-03", "through": "2018-03"}
    assert "`through`" in told(closed)
    term = {"fact": "term_declared", "id": "t", "on": "2018-03", "until": "2018-07-01", "term": "t", "kind": "semester"}
    assert "`on`" in told(term)
    assert "`until`: missing" in told({k: v for k, v in term.items() if k != "until"} | {"on": "2018-03-01"})


def test_until_before_on() -> None:
    """A last day before the first is refused with both."""
    what = told({**TALK, "until": "2018-03-14"})
    assert "`until`" in what
    assert "2018-03-14" in what
    assert "2018-03-15" in what


@pytest.mark.parametrize(
    ("wire", "name", "near"),
    [
        ("review_completed", "outcome", "pass"),
        ("opinion_given", "verdict", "oppose"),
        ("dorm_evaluated", "rating", "poor"),
    ],
)
def test_wrong_option(wire: str, name: str, near: str) -> None:
    """A value that is none of the options is refused with all of them and the nearest."""
    line = json.loads(encode_fact(one_fact(seeded(1), REAL, name="f", of=(wire,), months=0)))
    what = told({**line, name: f"{near}e"})
    assert "allowed: " in what
    assert f"did you mean `{near}`?" in what
    assert f"`{name}`" in told({**line, name: None})


@pytest.mark.parametrize("value", ["8", True, [8], {}, None, -1, -0.5])
def test_wrong_number(value: object) -> None:
    """Anything but a number that is not negative is refused where hours are due; null says nothing."""
    if value is None:
        assert decode_fact(json.dumps({**TRAINING, "hours": None})) == decode_fact(json.dumps(TRAINING))
    else:
        assert "`hours`: found " in told({**TRAINING, "hours": value})


BEYOND_REASON: Final = """
import sys
from partyrules.facts.codec import content, decode_fact, encode_fact
from partyrules.errors import FactError

line = '{"fact":"training_completed","id":"t","on":"2018-03-15","person":"p","course":"c","hours":%s}'
try:
    made = decode_fact(line % sys.argv[1], where="here")
except FactError as error:
    assert [problem.where for problem in error.problems] == ["here"]
else:
    assert decode_fact(encode_fact(made)) == made
    assert content(decode_fact(encode_fact(made))) == content(made)
"""


@pytest.mark.parametrize("text", ["1e400", "1e5000", "1e999999", "1e-999999999", "1e-99999999999999999999"])
def test_numbers_beyond_reason(text: str) -> None:
    """A number that no sum could hold is refused with its place, or reads back the same, without delay."""
    # In a process of its own: what is wrong with such a number may be that it takes for ever.
    ended = subprocess.run(  # noqa: S603 - our own lines
        [sys.executable, "-c", BEYOND_REASON, text],
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("value", [1, 0, "true", [], "yes"])
def test_wrong_truth(value: object) -> None:
    """Anything but true and false is refused where one of them is due."""
    assert "allowed: true or false" in told({**TRAINING, "passed": value})


def test_wrong_entries() -> None:
    """A list is refused for one wrong entry, and a single name is no list."""
    meeting = {"fact": "meeting_held", "id": "m", "on": "2018-03-15", "meeting": "x", "unit": "B"}
    for value in (["p1", 7], ["p1", None], "p1", {"p1": 1}, ["p1", ""]):
        assert "`attended`: found " in told({**meeting, "attended": value})


def test_ids() -> None:
    """An id has 1 to 200 characters."""
    assert decode_fact(json.dumps({**TALK, "id": "x" * 200})).id == "x" * 200
    for value in ("", "x" * 201, 7, None):
        assert "allowed: a string of 1 to 200 characters" in told({**TALK, "id": value})


def test_times_need_an_offset() -> None:
    """A time of recording without offset is refused."""
    assert "RFC 3339" in told({**TALK, "recorded_at": "2018-03-15T09:00:00"})


def test_every_problem_of_a_line() -> None:
    """Everything wrong with a line is told at once."""
    wrong = {"fact": "talk_held", "id": "", "on": "2018-02-30", "person": 7, "tlak": "x"}
    told_of = " ".join(problem.what for problem in refused(wrong))
    for name in ("id", "on", "person", "talk", "tlak"):
        assert name in told_of
    assert len(refused(wrong)) == 5


@pytest.mark.parametrize(
    "line", ["[]", "7", "null", '"x"', "true", "", " ", "{", "{}}", "nonsense", b"\xff\xfe", b"\x00"]
)
def test_what_is_no_object(line: str | bytes) -> None:
    """Anything but one JSON object is refused."""
    assert "JSON object" in told(line)


def test_long_values_are_cut() -> None:
    """A long value is shown by its beginning."""
    assert len(told({**TALK, "person": ["x" * 10_000]})) < 300


# Files ------------------------------------------------------------------------------------------------------


def test_file(tmp_path: Path) -> None:
    """Blank lines are skipped and counted, every line is looked at, and each problem names file and line."""
    path = tmp_path / "facts.jsonl"
    good = json.dumps(TALK)
    path.write_text("\n".join([good, "", "{", good.replace("t1", "t2"), "[]", "   ", "7"]), encoding="utf-8")
    lines, problems = lines_in(path)
    assert [line.where for line in lines] == ["facts.jsonl, line 1", "facts.jsonl, line 4"]
    assert [problem.where for problem in problems] == [f"facts.jsonl, line {n}" for n in (3, 5, 7)]


def test_line_ends_and_byte_order_mark(tmp_path: Path) -> None:
    """Windows line ends are taken; a file that another system marked as UTF-8 is taken or refused by its line."""
    path = tmp_path / "facts.jsonl"
    path.write_bytes(json.dumps(TALK).encode() + b"\r\n" + json.dumps({**TALK, "id": "t2"}).encode() + b"\r\n")
    assert len(lines_in(path)[0]) == 2
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(TALK).encode() + b"\n")
    lines, problems = lines_in(path)
    assert len(lines) == 1 or problems[0].where == "facts.jsonl, line 1"


def test_unreadable_files(tmp_path: Path) -> None:
    """A file that is not there, or a folder, is refused by its path."""
    for path in (tmp_path / "nowhere.jsonl", tmp_path):
        with pytest.raises(FactError, match="cannot be read") as caught:
            lines_in(path)
        assert caught.value.problems[0].where == str(path)


# Anything at all --------------------------------------------------------------------------------------------

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["p1", "2018-03"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["fact", "id", "on", "until", "recorded_at", "note", "person", "hours", "attended", "kind", "unit"]
)


def taken_or_refused(line: str | bytes) -> bool:
    """Tell whether a line was refused, and check that it was refused in the one way, or reads back the same."""
    try:
        decode_fact(line, where=WHERE)
    except FactError as error:
        problems = error.problems
    else:
        problems = ()
    if problems:
        assert all(problem.where == WHERE for problem in problems), line
        assert all(problem.what and "\n" not in problem.what for problem in problems), line
        return True
    made = decode_fact(line, where=WHERE)
    assert decode_fact(encode_fact(made)) == made, line
    assert content(decode_fact(encode_fact(made))) == content(made), line
    return False


@given(st.dictionaries(KEYS | st.text(max_size=6), VALUES, max_size=7), st.sampled_from(sorted(CORE_VOCABULARY.types)))
def test_any_object(values: dict[str, Any], wire: str) -> None:
    """Any JSON object is a fact that reads back the same, or is refused with its place."""
    taken_or_refused(json.dumps({"fact": wire, **values}))


@given(st.binary(max_size=60))
def test_any_bytes(line: bytes) -> None:
    """Any bytes are refused with their place."""
    assert taken_or_refused(line)


ODD: Final = (
    "null",
    "true",
    "[]",
    "{}",
    "[[]]",
    '""',
    "0",
    "-1",
    "1e400",
    "-0.0",
    "1e-400",
    '"2018-02-30"',
    '"2018-13"',
    '"\\ud800"',
    '"\\u0000"',
    '"\u2028"',
    '"x\\ny"',
    '["p1",7]',
    '{"a":{"b":[]}}',
    "99999999999999999999999999",
    '"9999-12-31"',
    '"0001-01"',
    '"2018-03-15T00:00:00"',
    '"2018-03-15T00:00:00+08:00"',
    '"9999-12-31T23:59:59-23:59"',
    '"0001-01-01T00:00:00+23:59"',
    "NaN",
    "Infinity",
    '"' + "字" * 300 + '"',
    "[" * 40 + "]" * 40,
)


def mutated(chance: Random, line: bytes) -> bytes:
    """Return a line with one thing changed: a byte, a value, a key, its end."""
    raw: dict[str, Any] = json.loads(line)
    name = chance.choice(list(raw))
    at = chance.randrange(len(line))
    match chance.randrange(9):
        case 0:
            return line[:at] + line[at + 1 :]
        case 1:
            return line[:at] + bytes([chance.randrange(256)]) + line[at:]
        case 2:
            return line[:at] + bytes([line[at] ^ (1 << chance.randrange(8))]) + line[at + 1 :]
        case 3:
            return line[:at]
        case 4:
            return line[:-1] + b',"' + name.encode() + b'":' + chance.choice(ODD).encode() + b"}"
        case 5:
            del raw[name]
            return json.dumps(raw).encode()
        case 6:
            raw[name + chance.choice("xs_")] = raw.pop(name)
            return json.dumps(raw).encode()
        case 7:
            shown = json.dumps(raw[name], ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass")
            return line.replace(
                b'"' + name.encode() + b'":' + shown, b'"' + name.encode() + b'":' + chance.choice(ODD).encode()
            )
        case _:
            return line + chance.choice([b"}", b" {}", b"\x00", b",", line, b" ", b"\xc3"])


def test_ten_thousand_mutated_lines() -> None:
    """Of twelve thousand spoilt lines each is refused with its place, or is a fact that reads back the same."""
    chance = seeded(2017)
    wires = [wire for wire, _, _ in MAKERS]
    refusals = 0
    for number in range(12_000):
        made = one_fact(chance, (TOY, REAL)[number % 2], name=f"f{number}", of=(wires[number % len(wires)],))
        line = mutated(chance, encode_fact(made))
        if chance.randrange(4) == 0 and line.startswith(b"{"):
            line = mutated_again(chance, line)
        refusals += taken_or_refused(line)
    assert refusals > 6_000


def mutated_again(chance: Random, line: bytes) -> bytes:
    """Return a line spoilt once more where it is JSON still."""
    try:
        raw = json.loads(line)
    except ValueError:
        return line
    return mutated(chance, line) if isinstance(raw, dict) and raw else line


def test_lines_of_a_stream() -> None:
    """Among good lines each spoilt one is refused at its own number and the rest is taken."""
    chance = seeded(7)
    lines: list[bytes] = []
    spoilt = set()
    for number in range(1, 400):
        line = encode_fact(one_fact(chance, REAL, name=f"f{number}"))
        if chance.randrange(3) == 0:
            line = line[:-1]
            spoilt.add(f"stream, line {number}")
        lines.append(line)
    right, problems = parted(checked_lines(lines, source="stream"))
    assert {problem.where for problem in problems} == spoilt
    assert len(right) == len(lines) - len(spoilt)


def test_nesting_without_end() -> None:
    """Brackets nested by the hundred thousand are refused like any other line."""
    assert taken_or_refused("[" * 100_000)
    assert taken_or_refused('{"fact":' * 100_000)
    assert taken_or_refused(json.dumps(TALK)[:-1] + ', "note": ' + "[" * 100_000 + "]" * 100_000 + "}")


def test_every_field_says_what_it_takes() -> None:
    """Each field of each type, given something it cannot take, is refused by name with what it takes."""
    for wire, cls in CORE_VOCABULARY.types.items():
        for one in attrs.fields(cls):
            found = refused({"fact": wire, one.name: {"nothing": ["takes", "this"]}})
            own = [problem.what for problem in found if f"`{one.name}`: found" in problem.what]
            assert len(own) == 1, (wire, one.name, found)
            assert "allowed: " in own[0] or "YYYY-MM-DD" in own[0]


# Lines that are right are read by type, without being looked at closely -------------------------------------

CRANKY: Final = (
    "{}",
    "[]",
    '"talk_held"',
    '{"fact": "talk_held"',
    '{"fact": 5}',
    '{"fact": "talk_hold", "id": "t1"}',
    '{"fact":"talk_held","fact":"talk_held","id":"t1","on":"2018-03-15","person":"p1","talk":"any"}',
    '{"fact":"person_left","fact":"talk_held","id":"t1","on":"2018-03-15","person":"p1","talk":"any"}',
    '{"id":"t1","on":"2018-03-15","person":"p1","talk":"any","fact":"talk_held","on":"2018-03"}',
    '{"id":"t1","on":"15 March","person":"p1","talk":"any","fact":"talk_held","on":"2018-03-15"}',
    '{"fact":"person_registered","id":"t1","on":"2018-03-15","person":"p1","category":null}',
    '{"fact":"person_registered","id":"t1","on":"2018-03-15","person":"p1"}',
)
ODD_VALUES: Final[tuple[Any, ...]] = (
    None, True, 5, -5, 0, 10**9, 10**400, "", "p2", "1.5", "5", "2018-03", "2018-03-32", "2017-01-01", "true",
    "2018-03-15T09:00:00+08:00", "2018-03-15T09:00:00Z", "2018-03-15T09:00:00", "2018-03-15 09:00:00.5-23:59",
    "0001-01-01T00:00:00+08:00", "9999-12-31T23:00:00-08:00", "0001-06-01T00:00:00Z", "9999-06-01T00:00:00.000001Z",
    [], ["p1", "p1"], ["p1", ""], [5], ["\n", "}\n{"], {}, {"a": [{}]}, "\ud800", "x" * 201, 1521075600,
)  # fmt: skip
ODD_NUMBERS: Final = ("1.50", "1e2", "1E-9", "1e-10", "0.1", "-0", "-0.0", "1e400", "999999999.999999999", "1e9", "NaN")


def outcome(read: Any, line: str | bytes, **given: Any) -> Any:
    """Return what reading gives, or every problem that it raises, both in words that hide no difference."""
    try:
        return repr(read(line, where=WHERE, **given))
    except FactError as error:
        return error.problems


def looked_at_closely(line: str | bytes, *, where: str) -> Checked:
    """Return what a line says by way of the fact that it holds."""
    fact = codec._decoded(line, where=where, vocabulary=CORE_VOCABULARY)  # noqa: SLF001 - what the others must equal
    instant = None if fact.recorded_at is None else canonical_instant(fact.recorded_at)
    return Checked(fact.id, type(fact), content(fact), instant, where)


def agreeing(line: str | bytes) -> None:
    """See that a line is read alike, or refused alike, in every way that there is."""
    slow = outcome(codec._decoded, line, vocabulary=CORE_VOCABULARY)  # noqa: SLF001 - see above
    assert outcome(decode_fact, line) == slow
    closely = outcome(looked_at_closely, line)
    assert outcome(checked, line) == closely
    if isinstance(line, bytes) and b"\n" not in line and line.strip():
        [found] = checked_lines([line], source="facts.jsonl")
        if isinstance(found, FactError):
            assert tuple(problem.what for problem in found.problems) == tuple(problem.what for problem in closely)
        else:
            assert found.where == "facts.jsonl, line 1"
            assert repr(Checked(found.id, found.cls, found.content, found.recorded_at, WHERE)) == closely


def odd_lines() -> st.SearchStrategy[bytes]:
    """Return lines that are nearly right: a key with an odd value, a key too many or too few, a byte changed."""

    @st.composite
    def lines(draw: st.DrawFn) -> bytes:
        made = one_fact(draw(chances()), (TOY, REAL)[draw(st.integers(0, 1))], name="f1", months=20)
        said = to_wire(made)
        keys = [*said, *(a.name for a in attrs.fields(type(made))), "fact", "extra"]
        for key in draw(st.lists(st.sampled_from(keys), max_size=2)):
            said[key] = draw(st.sampled_from(ODD_VALUES))
        for key in draw(st.lists(st.sampled_from(keys), max_size=1)):
            said.pop(key, None)
        text = json.dumps(said, default=float, ensure_ascii=draw(st.booleans()))
        if draw(st.booleans()):
            text = text.replace(" 5,", f" {draw(st.sampled_from(ODD_NUMBERS))},")
        line = text.encode(errors="surrogatepass")
        place = draw(st.integers(0, len(line) - 1))
        byte = draw(st.none() | st.sampled_from(b' "{}[],:5x\\\t\r\xff'))
        return line if byte is None else line[:place] + bytes([byte]) + line[place + draw(st.integers(0, 1)) :]

    return lines()


@given(odd_lines())
def test_whichever_way_a_line_is_read_it_says_the_same(line: bytes) -> None:
    """A line that is right, or nearly, is read to the same fact and content or refused for the same reasons."""
    agreeing(line)


@pytest.mark.parametrize("line", CRANKY)
def test_strange_objects_are_read_alike(line: str) -> None:
    """Keys that come twice, types that are none, and what is no object are read or refused the same in every way."""
    agreeing(line)
    agreeing(line.encode())


@pytest.mark.parametrize("number", [*ODD_NUMBERS, '"1.5"', "true", "[1]", "null"])
def test_odd_numbers_are_read_alike(number: str) -> None:
    """However a number is written it is read exactly, or refused, the same in every way."""
    agreeing(json.dumps(TRAINING)[:-1] + f', "hours": {number}}}')
    agreeing((json.dumps(TRAINING)[:-1] + f', "days": 5, "hours": {number}}}').encode())


def test_numbers_of_many_lines_are_read_alike() -> None:
    """Among lines whose numbers are plain, each that is not, or is out of bounds, is read or refused as it is alone."""
    plain = [json.dumps({**TRAINING, "id": f"t{n}", "hours": n, "days": None}).encode() for n in range(3)]
    for number in (*ODD_NUMBERS, '"1.5"', "true", "[1]", "null", "-1", str(10**9), str(10**9 - 1)):
        odd = (json.dumps({**TRAINING, "id": "odd"})[:-1] + f', "hours": {number}}}').encode()
        for lines in ([*plain, odd], [odd, *plain]):
            together = checked_lines([line + b"\n" for line in lines])
            alone = (next(checked_lines([line])) for line in lines)
            for one, other in zip(together, alone, strict=True):
                if isinstance(other, FactError):
                    assert isinstance(one, FactError)
                    assert [problem.what for problem in one.problems] == [problem.what for problem in other.problems]
                else:
                    assert isinstance(one, Checked)
                    assert (one.id, one.content) == (other.id, other.content)


def test_a_class_may_hold_a_number_against_the_rest_of_a_fact() -> None:
    """What a pack's type asks of a number, by a validator of its own or by its annotation, is asked of every line."""

    def below(fact: Any, _: Any, value: int) -> None:
        if value > fact.most:
            raise ValueError(f"`{value}`: more than {fact.most}")

    @frozen(kw_only=True)
    class Weighed(Fact):
        """Something was weighed."""

        wire: ClassVar[str] = "weighed"
        most: int
        weight: int = attrs.field(validator=below)
        times: Annotated[int, Meta(le=3, description="a number up to 3")] | None = None

    wider = CORE_VOCABULARY.with_types([Weighed])
    common = {"fact": "weighed", "on": "2018-03-15"}
    sayings: list[dict[str, Any]] = [{"weight": 5}, {"weight": 6}, {"weight": 1, "times": 4}, {"weight": None}, {}]
    given_lines = [
        json.dumps({**common, "id": f"w{n}", "most": 5, **said}).encode() + b"\n" for n, said in enumerate(sayings)
    ]
    for lines in (given_lines, given_lines[:1] * 2, *([given_lines[0], each] for each in given_lines[1:])):
        found = list(checked_lines(lines, vocabulary=wider))
        assert [isinstance(each, Checked) for each in found] == [line == given_lines[0] for line in lines]


@given(st.lists(odd_lines() | st.sampled_from([b"", b"  ", json.dumps(TALK).encode()]), max_size=6), st.booleans())
def test_lines_are_read_as_one_by_one(lines: list[bytes], ended: bool) -> None:  # noqa: FBT001 - drawn
    """Many lines are read as each would be alone, blank ones passed over, each with its own place."""
    given_lines = [line.replace(b"\n", b" ") + b"\n" for line in lines]
    if given_lines and ended:
        given_lines[-1] = given_lines[-1].rstrip(b"\n")
    found = [str(each) if isinstance(each, FactError) else repr(each) for each in checked_lines(given_lines)]
    alone = []
    for number, line in enumerate(given_lines, start=1):
        try:
            said = checked(line, where=f"facts, line {number}")
            alone.append(repr(Checked(said.id, said.cls, said.content, said.recorded_at, "facts", number)))
        except FactError as error:
            alone += [str(error)] if line.strip() else []
    assert found == alone


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("T\nT\n", [1, 2]),
        ("T\nT", [1, 2]),
        ("T\r\nT\r\n", [1, 2]),
        ("\nT\n\n\nT\n", [2, 5]),
        ("T T\nT\n", [2]),
        ("TT\nT\n", [2]),
        ("T,T\nT\n", [2]),
        (' T\n{"fact":"talk_held",\n"id":"t"}\n', [1]),
        ('T T\n{"fact":"person_left","id":"t","on":"2018-03-15","person":"}\n{"}\n', []),
        ('TT\n{"fact":"meeting_held","id":"t","on":"2018-03-15","attended":[{}\n{}]}\n', []),
        ("[T\nT]\n", []),
    ],
)
def test_a_line_is_one_object(text: str, right: list[int]) -> None:
    """Two objects in a line, and objects over several lines, are refused; every kind of line's end will do."""
    lines = text.replace("T", json.dumps(TALK)).encode().splitlines(keepends=True)
    found = list(checked_lines(lines))
    assert [said.line for said in found if isinstance(said, Checked)] == right
    assert len(found) == sum(1 for line in lines if line.strip())


def test_thousands_of_lines_keep_their_places() -> None:
    """Among thousands of lines each knows where it stood, those behind a bad one too."""
    lines = [json.dumps({**TALK, "id": f"t{n}"}).encode() + b"\n" for n in range(1, 3001)]
    lines[1499] = b"oops\n"
    found = list(checked_lines(lines, source="s"))
    assert [said.where for said in found if isinstance(said, Checked)] == [
        f"s, line {n}" for n in range(1, 3001) if n != 1500
    ]
    [error] = [said for said in found if isinstance(said, FactError)]
    assert str(error).startswith("s, line 1500: not a JSON object")


# Keys given twice -------------------------------------------------------------------------------------------

OPINION: Final = (
    '{"fact":"opinion_given","id":"o1","on":"2018-05-01","person":"p1","step":"development_target","by":"g",'
    '"verdict":"oppose","verdict":"support"}'
)


def every_reading(line: str, tmp_path: Path) -> list[tuple[Problem, ...]]:
    """Return the problems of a line, the second of a file of good ones, in each way that facts are read."""
    lines = [json.dumps({**TALK, "id": f"t{n}"}).encode() + b"\n" for n in range(3)]
    lines[1] = line.encode() + b"\n"
    path = tmp_path / "facts.jsonl"
    path.write_bytes(b"".join(lines))
    [in_a_batch] = [each.problems for each in checked_lines(lines, source=path.name) if isinstance(each, FactError)]
    with pytest.raises(FactError) as alone:
        checked(line, where=f"{path.name}, line 2")
    with pytest.raises(FactError) as decoded:
        decode_fact(line, where=f"{path.name}, line 2")
    return [in_a_batch, alone.value.problems, decoded.value.problems, tuple(lines_in(path)[1])]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (OPINION, 'key `verdict` is given twice, as "oppose" and "support"; allowed: once'),
        (
            OPINION.replace('"verdict":"s', '"verd\\u0069ct":"s'),
            'key `verdict` is given twice, as "oppose" and "support"',
        ),
        (OPINION.replace("oppose", "support"), 'key `verdict` is given twice, as "support" and "support"'),
        (
            OPINION[:-1].replace('"oppose","verdict":', "") + ',"grounds":"\\u0022\\u0022","person":"p1"}',
            'key `person` is given twice, as "p1" and "p1"',
        ),
        (OPINION.replace('"fact"', '"fact":"opinion_given","fact"'), "key `fact` is given twice"),
        (OPINION.replace('"id"', '"id":"o2","id"'), 'key `id` is given twice, as "o2" and "o1"'),
        (
            OPINION.replace('"on"', '"grounds":null,"grounds":null,"on"'),
            "key `grounds` is given twice, as null and null",
        ),
        (OPINION.replace('"on"', '"recorded_at":"2018-03-15T09:00:00Z","recorded_at":null,"on"'), "key `recorded_at`"),
        (
            json.dumps(TRAINING)[:-1] + ', "passed": false, "passed": true}',
            "key `passed` is given twice, as false and true",
        ),
        (
            '{"fact":"person_registered","id":"r","on":"2018-03-15","person":"p1","person":"p2"}',
            'key `person` is given twice, as "p1" and "p2"',
        ),
    ],
)
def test_a_key_given_twice(line: str, what: str, tmp_path: Path) -> None:
    """A line that gives a key twice is refused with its number, the key and both values, in whatever way it is read."""
    for problems in every_reading(line, tmp_path):
        assert any(problem.what.startswith(what) for problem in problems), problems
        assert {problem.where for problem in problems} == {"facts.jsonl, line 2"}


@given(chances(), st.booleans(), st.booleans())
def test_no_key_is_read_by_one_of_two_values(chance: Random, same: bool, spelt: bool) -> None:  # noqa: FBT001 - drawn
    """Whatever key of whatever fact is given again, with the same value or another, the line is refused."""
    made = one_fact(chance, (TOY, REAL)[chance.randrange(2)], name="f1", months=20)
    said = to_wire(made)
    key = chance.choice(sorted(said))
    value = said[key] if same else chance.choice(ODD_VALUES[:20])
    if spelt:
        said["note"] = '"' * chance.randrange(6)
    again = json.dumps(key)[:-1] + '":' + json.dumps(value, default=float)
    text = json.dumps(said, default=float).replace('\\"', "\\u0022")
    line = (f"{{{again}, {text[1:]}" if chance.randrange(2) else f"{text[:-1]}, {again}}}").encode()
    assert any(f"`{key}` is given twice" in problem.what for problem in refused(line))
    [found] = checked_lines([line])
    assert isinstance(found, FactError)


@pytest.mark.parametrize("dated", [b"", b', "recorded_at": "2018-03-16T08:00:00Z"'])
def test_what_a_class_adds_hides_no_key_given_twice(dated: bytes) -> None:
    """Beside lines that leave out what a class adds, or say when they were recorded, a key given twice is refused."""
    person = b'{"fact": "person_registered", "id": "p%d", "on": "2018-03-15", "person": "x"%b}\n'
    lines = [person % (number, dated) for number in range(3)]
    assert all(isinstance(each, Checked) for each in checked_lines(lines))
    twice = lines[1].replace(b'"person"', b'"person": "y", "person"')
    found = list(checked_lines([lines[0], twice, lines[2]]))
    assert [isinstance(each, FactError) for each in found] == [False, True, False]


def test_what_says_null_or_spells_a_quote_is_no_key_given_twice() -> None:
    """Keys that say null, and quotes spelt by their number, are read as before."""
    plain = json.dumps(TRAINING).encode()
    odd = json.dumps(TRAINING)[:-1] + ', "passed": null, "note": "\\u0022 \\"", "days": null}'
    found = list(checked_lines([plain, odd.encode().replace(b't1"', b't2"')]))
    assert [each.id for each in found if isinstance(each, Checked)] == ["t1", "t2"]
    assert decode_fact(odd).note == '" "'


# Ids --------------------------------------------------------------------------------------------------------

UNSEEN: Final = {
    "": None,
    " ": "without a visible character",
    "\t": "with the control character U+0009",
    "p\n1": "with the control character U+000A",
    "\x00": "with the control character U+0000",
    "p\x1b[31m": "with the control character U+001B",
    "p\x7f": "with the control character U+007F",
    "p\x85": "with the control character U+0085",
    "李\x9b": "with the control character U+009B",
    "\u200b": "without a visible character",
    "\u3000\ufeff": "without a visible character",
    "\u2060\u00ad": "without a visible character",
    "\u3164": "without a visible character",
    "\u0301": "without a visible character",
    "\ufe0f": "without a visible character",
}


@pytest.mark.parametrize("text", UNSEEN)
@pytest.mark.parametrize("name", ["id", "unit", "meeting", "attended", "excused"])
def test_an_id_is_seen_and_has_no_control_character(name: str, text: str, tmp_path: Path) -> None:
    """An id without a visible character, or with a control character, is refused, in a list too, however it is read."""
    meeting = {"fact": "meeting_held", "id": "m", "on": "2018-03-15", "meeting": "x", "unit": "B"}
    value = ["p1", text] if name in {"attended", "excused"} else text
    for ascii_only in (True, False):
        line = json.dumps({**meeting, name: value}, ensure_ascii=ascii_only)
        for problems in every_reading(line, tmp_path):
            [problem] = problems
            assert f"field `{name}`: found " in problem.what
            assert "allowed: " in problem.what
            assert (UNSEEN[text] or "") in problem.what
            assert problem.where == "facts.jsonl, line 2"


@pytest.mark.parametrize(
    "text", ["p 1", " p1", "李·四", "é", "e\u0301", "👨\u200d👩", "\u200bp", "“x”", "，", "𠮷", "\ue000", "가"]
)
def test_what_an_id_may_be(text: str) -> None:
    """Blanks, marks and unseen characters may stand in an id beside a visible one; likeness is for the warnings."""
    for ascii_only in (True, False):
        line = json.dumps({**TALK, "person": text, "id": text, "note": "\n\t\x00 "}, ensure_ascii=ascii_only).encode()
        [found] = checked_lines([line])
        assert isinstance(found, Checked)
        assert decode_fact(line).id == text
        agreeing(line)


def test_free_text_may_be_of_any_characters() -> None:
    """Notes, grounds and names are no ids: what is asked of ids is not asked of them."""
    assert decode_fact(json.dumps({**TALK, "note": "", "recorded_by": "\n"})).note == ""


def test_what_was_recorded_is_read_for_ever() -> None:
    """A fact that a ledger has from before anything was asked of ids is read back from it."""
    line = json.dumps({**TALK, "person": "\t"}).encode()
    assert refused(line)
    assert read_back(line) == read_back(line, where="position 1")
    with pytest.raises(FactError, match="position 7: field `talk`: missing"):
        read_back(
            json.dumps({"fact": "talk_held", "id": "x", "on": "2018", "person": "p"}).encode(), where="position 7"
        )


def test_a_ledger_of_before_is_sound(tmp_path: Path) -> None:
    """A ledger with an id that would be refused today is read, and verifies."""
    old = {"fact": "talk_held", "id": "o", "on": "2018-03-15", "person": "\t", "talk": "any"}
    line = json.dumps(old, sort_keys=True, separators=(",", ":")).encode()
    with open_ledger(tmp_path / "l.db") as ledger:
        ledger.append([Checked("o", TalkHeld, line, None, "before")], recorded_at=datetime(2018, 4, 1, tzinfo=UTC))
        [found] = ledger.facts()
        assert to_wire(found.fact)["person"] == "\t"
        assert ledger.verify().ok
    assert checked_again(line) == checked_again(line, where="fact")
    assert checked_again(json.dumps(TALK).encode()) == checked(json.dumps(TALK))
    with pytest.raises(FactError, match="`on`"):
        checked_again(line.replace(b"2018-03-15", b"2018-03-32"))


# Limits -----------------------------------------------------------------------------------------------------


def test_a_line_has_a_greatest_length() -> None:
    """A line beyond the limit is refused with its length and the limit, and one of just that length is read."""
    empty = len(json.dumps({**TALK, "note": ""}))
    longest = json.dumps({**TALK, "note": "x" * (LINE_BYTES - empty)})
    assert isinstance(next(checked_lines([longest.encode()])), Checked)
    assert decode_fact(longest).id == "t1"
    beyond = longest.replace("xx", "xxx", 1)
    assert told(beyond) == f"found a line of more than {LINE_BYTES:,} bytes; allowed: so many at most"
    [found] = checked_lines([beyond.encode()], source="facts.jsonl")
    assert isinstance(found, FactError)
    assert str(found).startswith("facts.jsonl, line 1: found a line of ")


def test_an_id_has_a_greatest_length() -> None:
    """An id of a person or unit has at most as many characters as the limits say, counted as characters."""
    for name in ("person", "talk"):
        assert decode_fact(json.dumps({**TALK, name: "字" * NAME_CHARACTERS})).id == "t1"
        what = told({**TALK, name: "字" * (NAME_CHARACTERS + 1)})
        assert f"of {NAME_CHARACTERS + 1:,} characters; allowed: " in what
        assert f"a string of 1 to {NAME_CHARACTERS} characters" in what


def test_a_list_has_a_greatest_length() -> None:
    """A list has at most as many entries as the limits say."""
    meeting = {"fact": "meeting_held", "id": "m", "on": "2018-03-15", "meeting": "x", "unit": "B"}
    longest = ["p"] * LIST_ENTRIES
    [found] = checked_lines([json.dumps({**meeting, "attended": longest}).encode()])
    assert isinstance(found, Checked)
    for line in ({**meeting, "attended": [*longest, "p"]}, {**meeting, "agenda": [*longest, "p"]}):
        assert f"found a list of {LIST_ENTRIES + 1:,}; allowed: {LIST_ENTRIES:,} at most" in told(line)


def test_very_many_unknown_keys() -> None:
    """Of very many unknown keys, and of keys that come again, the first are named and the others counted."""
    keys = ",".join(f'"k{n:06}":1' for n in range(300_000))
    line = f"{json.dumps(TALK)[:-1]},{keys}}}"
    assert len(line) < LINE_BYTES
    problems = refused(line)
    assert [problem.what for problem in problems][-1] == "299,995 more keys are not known"
    assert len(problems) == 6
    some = keys[: keys.index('"k080000"')]
    twice = f"{json.dumps(TALK)[:-1]},{some}{some[:-1]}}}"
    assert len(refused(twice)) == 6


def test_a_name_without_end() -> None:
    """A type or key of a million letters is shown by its beginning, and nothing like it is looked for."""
    assert len(told({**TALK, "fact": "t" * 1_000_000})) < 600
    assert len(told({**TALK, "p" * 1_000_000: 1})) < 600


def test_types_that_were_not_foreseen_are_read_closely() -> None:
    """A pack's type with fields of types that the core does not use, or values made anew, is read like any other."""

    @frozen(kw_only=True)
    class Launched(Fact):
        """Something was launched at a moment, one way or another."""

        wire: ClassVar[str] = "launched"
        at: datetime
        way: str | int = "up"
        tags: tuple[str, ...] = attrs.field(factory=tuple)

    @frozen(kw_only=True)
    class Landed(Fact):
        """Something landed, at the latest on a day."""

        wire: ClassVar[str] = "landed"
        by: CivilDate
        again: CivilDate | None = None
        soft: bool = True
        crew: tuple[str, ...] = ("nobody",)

    wider = CORE_VOCABULARY.with_types([Launched, Landed])
    common = {"id": "x1", "on": "2018-03"}
    for said in (
        {"fact": "launched", **common, "at": "2018-03-15T09:00:00+08:00"},
        {"fact": "launched", **common, "at": "2018-03-15T09:00:00+08:00", "way": 5, "tags": ["a"]},
        {"fact": "landed", **common, "by": "2018-04"},
        {"fact": "landed", **common, "by": "2018-04-01", "again": "2018-05", "soft": False, "crew": []},
    ):
        line = json.dumps(said).encode()
        fact = decode_fact(line, vocabulary=wider)
        assert fact == codec._decoded(line, where="x", vocabulary=wider)  # noqa: SLF001 - what it must equal
        [found] = checked_lines([line], vocabulary=wider)
        assert isinstance(found, Checked)
        assert found.content == checked(line, vocabulary=wider).content == content(fact)
    for wrong in ({"by": "April"}, {"by": "2018-04", "soft": None}, {"by": "2018-04", "again": 5}):
        with pytest.raises(FactError):
            checked(json.dumps({"fact": "landed", **common, **wrong}), vocabulary=wider)
