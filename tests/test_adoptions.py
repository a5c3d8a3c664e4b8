"""Adoption files: what each key does, and what is said of each thing wrong with a file."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import pytest
from attrs import evolve

from partyrules.errors import FactError, QueryError
from partyrules.facts.codec import encode_fact
from partyrules.facts.vocabulary import Fact
from partyrules.packs.adoption_file import ADOPTION_KEYS, read_adoption
from partyrules.packs.pack import Adoption, adopt
from partyrules.questions.audit import audit
from partyrules.questions.funnel import funnel
from partyrules.questions.sources import history_from
from partyrules.store.projection import projection_of
from partyrules.time.calendar import parse_civil_date
from tests.toy import AUTUMN_2019, TERMS, meeting, retracted

WHOLE = """
institution = "虚构学院"
packs = ["lzwl2017", "lzcu2012"]
time_zone = "Asia/Urumqi"
terms = "terms.jsonl"

[readings]
"lzwl2017:8.2.1-hold.early" = "next_quarter"

[parameters]
"lzwl2017:1.3.3.review_interval" = "quarter"
"lzwl2017:4.5.register_within_days" = 30

[holidays]
free = [2018-02-15, 2018-02-16]
worked = [2018-02-11]
"""


def adoption(tmp_path: Path, text: str) -> Adoption:
    """Return what an adoption file of this text says; beside it lies a file of declared terms."""
    (tmp_path / "terms.jsonl").write_bytes(b"".join(encode_fact(term) + b"\n" for term in TERMS))
    file = tmp_path / "school.toml"
    file.write_text(text, encoding="utf-8")
    return read_adoption(file)


def refused(tmp_path: Path, text: str) -> str:
    """Return the one line in which an adoption file of this text is refused."""
    with pytest.raises(QueryError) as caught:
        adoption(tmp_path, text)
    message = str(caught.value)
    assert "\n" not in message
    assert message.removeprefix(f"{tmp_path}/").startswith("school.toml")
    return message


def test_whole_file(tmp_path: Path) -> None:
    """Every key reaches the adoption: packs, choices, holidays, declared terms, time zone and institution."""
    found = adoption(tmp_path, WHOLE)
    assert [pack.id for pack in found.packs] == ["lzwl2017", "lzcu2012"]
    assert found.readings == {"lzwl2017:8.2.1-hold.early": "next_quarter"}
    assert found.parameters == {"lzwl2017:1.3.3.review_interval": "quarter", "lzwl2017:4.5.register_within_days": "30"}
    assert found.holidays == {date(2018, 2, 11): False, date(2018, 2, 15): True, date(2018, 2, 16): True}
    assert set(found.terms) == set(TERMS)
    assert (found.time_zone, found.institution) == ("Asia/Urumqi", "虚构学院")
    assert all(f"{key} =" in WHOLE or f"[{key}]" in WHOLE for key in ADOPTION_KEYS)


def test_smallest_file(tmp_path: Path) -> None:
    """Only `packs` is required; whatever is not said is as it is without a file."""
    found = adoption(tmp_path, 'packs = ["lzwl2017"]')
    assert found == adopt(["lzwl2017"])


def test_what_is_given_besides(tmp_path: Path) -> None:
    """What is given besides the file goes before it, and packs are added to the file's."""
    file = tmp_path / "school.toml"
    file.write_text('packs = ["lzwl2017"]\n[readings]\n"lzwl2017:8.3.1.year" = "academic"', encoding="utf-8")
    found = read_adoption(
        file, packs=["lzwl2017", "lzcu2012"], readings={"lzwl2017:8.3.1.year": "calendar"}, parameters={}
    )
    assert [pack.id for pack in found.packs] == ["lzwl2017", "lzcu2012"]
    assert found.readings == {"lzwl2017:8.3.1.year": "calendar"}


def test_terms_are_declared_for_every_question(tmp_path: Path) -> None:
    """The terms of the file are there although the facts asked about declare none."""
    found = adoption(tmp_path, 'packs = ["lzwl2017"]\nterms = "terms.jsonl"')
    asked = audit([meeting("branch_assembly", "b", "2020-03-01")], found, as_of=date(2020, 3, 1))
    assert asked.history.terms.span == (AUTUMN_2019.on.first, date(2021, 1, 17))


def test_terms_are_known_at_every_time() -> None:
    """When a term of the file was recorded is of no account: it is known at every time."""
    late = evolve(AUTUMN_2019, recorded_at=datetime(2030, 1, 1, tzinfo=UTC))
    asked = audit([], adopt([], terms=[late]), as_of=date(2020, 3, 1), known_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert [term.id for term in asked.history.terms.terms] == ["2019-autumn"]


def test_terms_that_cannot_stand_together(tmp_path: Path) -> None:
    """Terms of one file are held against each other as a ledger would, and the line is told."""
    lines = [
        encode_fact(term)
        for term in (AUTUMN_2019, evolve(AUTUMN_2019, id="other", note="of other content", until=date(2020, 1, 11)))
    ]
    (tmp_path / "twice.jsonl").write_bytes(b"\n".join(lines))
    message = refused(tmp_path, 'packs = ["lzwl2017"]\nterms = "twice.jsonl"')
    assert message.startswith(
        "school.toml, key `terms`: twice.jsonl, line 2: term '2019-autumn', 2019-09-02 to 2020-01-11"
    )


def test_what_is_no_term_is_refused() -> None:
    """Only declared terms may be given to `adopt` besides the facts."""
    with pytest.raises(FactError, match=r"^'held' of the adoption: found a meeting_held; allowed: term_declared"):
        adopt(["lzwl2017"], terms=[AUTUMN_2019, meeting("branch_assembly", "b", "2020-03-01", id="held")])


HELD: Final = (*TERMS, meeting("branch_assembly", "b", "2020-03-01", id="held"))


@pytest.mark.parametrize(
    ("term", "what"),
    [
        (evolve(AUTUMN_2019, id="held"), "field `id`: 'held' stands already (among the facts) with other content"),
        (evolve(AUTUMN_2019, id="x", until=date(2020, 1, 13)), "overlaps term '2019-autumn', 2019-09-02 to 2020-01-12"),
        (
            evolve(AUTUMN_2019, id="x", on=parse_civil_date("2018-09-02"), until=date(2019, 1, 13)),
            "has other dates than term '2019-autumn', 2019-09-02 to 2020-01-12 by",
        ),
    ],
)
def test_terms_join_the_facts_as_a_ledger_would_take_them(term: Fact, what: str) -> None:
    """A term that cannot stand beside the facts is refused in every question, with its place and what it meets."""
    adoption = adopt(["lzwl2017"], terms=[term], term_places={term.id: "terms.jsonl, line 7"})
    when = date(2020, 6, 1)
    for ask in (
        lambda: audit(HELD, adoption, as_of=when),
        lambda: funnel(HELD, adoption, on=when),
        lambda: history_from(HELD, adoption, as_of=when),
    ):
        with pytest.raises(FactError) as caught:
            ask()
        assert str(caught.value).startswith("terms.jsonl, line 7: ")
        assert what in str(caught.value)


def test_the_same_term_in_the_facts_and_the_adoption_counts_once() -> None:
    """Under its own id or another, what both declare is one term; retracted in the facts, the other one stands."""
    again = [evolve(term, id=f"again-{term.id}") for term in TERMS]
    alone = audit(HELD, adopt(["lzwl2017"]), as_of=date(2020, 6, 1))
    for terms in (TERMS, again):
        asked = audit(HELD, adopt(["lzwl2017"], terms=terms), as_of=date(2020, 6, 1))
        assert asked.history.terms == alone.history.terms
        assert asked.findings() == alone.findings()
    gone = [retracted(term) for term in TERMS]
    asked = audit((*HELD, *gone), adopt(["lzwl2017"], terms=again), as_of=date(2020, 6, 1))
    assert asked.history.terms == alone.history.terms
    asked = audit((*HELD, *gone), adopt(["lzwl2017"], terms=TERMS), as_of=date(2020, 6, 1))
    assert asked.history.terms.terms == ()


def test_what_is_not_known_yet_meets_no_term() -> None:
    """A fact recorded after the time asked about does not exist then, so that its id is free."""
    later = evolve(meeting("branch_assembly", "b", "2020-03-01", id="x"), recorded_at=datetime(2020, 5, 1, tzinfo=UTC))
    adoption = adopt(["lzwl2017"], terms=[evolve(AUTUMN_2019, id="x")])
    for source in ((later,), projection_of([later])):
        asked = audit(source, adoption, as_of=date(2020, 6, 1), known_at=datetime(2020, 4, 1, tzinfo=UTC))
        assert [term.id for term in asked.history.terms.terms] == ["2019-autumn"]
        with pytest.raises(FactError, match="'x' stands already"):
            audit(source, adoption, as_of=date(2020, 6, 1))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('pakcs = ["lzwl2017"]', ("key 'pakcs'", "did you mean `packs`?")),
        ("", ("key `packs`", "found None", "lzcu2012")),
        ("packs = []", ("key `packs`", "found []")),
        ('packs = "lzwl2017"', ("key `packs`", "found 'lzwl2017'", "a list of installed packs")),
        ("packs = [2017]", ("key `packs`", "found [2017]")),
        ('packs = ["lzwl2018"]', ("key `packs`", "'lzwl2018'", "did you mean `lzwl2017`?")),
        ('institution = 1\npacks = ["lzwl2017"]', ("key `institution`", "found 1", "a name")),
        ('time_zone = "Asia/Shangai"\npacks = ["lzwl2017"]', ("key `time_zone`", "'Asia/Shangai'", "Asia/Shanghai")),
        ('time_zone = 8\npacks = ["lzwl2017"]', ("key `time_zone`", "found 8")),
        ('time_zone = "../zoneinfo"\npacks = ["lzwl2017"]', ("key `time_zone`",)),
        ('readings = "full"\npacks = ["lzwl2017"]', ("key `readings`", "found 'full'", "PACK:RULE.NAME")),
        ('packs = ["lzwl2017"]\n[readings]\nlzwl2017.x = "y"', ("key `readings.lzwl2017`", "the name in quotes")),
        ('packs = ["lzwl2017"]\n[readings]\n"lzwl2017:8.3.1.year" = true', ("key `readings.", "found True")),
        (
            'packs = ["lzwl2017"]\n[readings]\n"lzwl2017:8.3.1.yaer" = "academic"',
            ("'lzwl2017:8.3.1.yaer'", "did you mean `lzwl2017:8.3.1.year`?"),
        ),
        (
            'packs = ["lzwl2017"]\n[readings]\n"lzwl2017:8.3.1.year" = "acadmic"',
            ("`lzwl2017:8.3.1.year`", "'acadmic'", "did you mean `academic`?"),
        ),
        ('packs = ["lzwl2017"]\nparameters = []', ("key `parameters`", "found []")),
        (
            'packs = ["lzwl2017"]\n[parameters]\n"lzwl2017:1.3.3.review_intervall" = "month"',
            ("did you mean `lzwl2017:1.3.3.review_interval`?",),
        ),
        (
            'packs = ["lzwl2017"]\n[parameters]\n"lzwl2017:1.3.3.review_interval" = "mouth"',
            ("'mouth'", "did you mean `month`?"),
        ),
        (
            'packs = ["lzwl2017"]\n[parameters]\n"lzwl2017:4.5.register_within_days" = -1',
            ("found '-1'", "a whole number of days"),
        ),
        ('packs = ["lzwl2017"]\nholidays = [2018-02-15]', ("key `holidays`", "`free` and `worked`")),
        ('packs = ["lzwl2017"]\n[holidays]\nfre = []', ("key `holidays`", "did you mean `free`?")),
        ('packs = ["lzwl2017"]\n[holidays]\nfree = 2018-02-15', ("key `holidays.free`", "a list of dates")),
        ('packs = ["lzwl2017"]\n[holidays]\nfree = ["2018-02-15"]', ("key `holidays.free`", "without quotes")),
        (
            'packs = ["lzwl2017"]\n[holidays]\nfree = [2018-02-15T00:00:00]',
            ("key `holidays.free`", "a date without quotes"),
        ),
        (
            'packs = ["lzwl2017"]\n[holidays]\nfree = [2018-02-15]\nworked = [2018-02-15]',
            ("key `holidays.worked`", "2018-02-15 stands twice"),
        ),
        ('packs = ["lzwl2017"]\nterms = 2018', ("key `terms`", "found 2018", "JSON Lines")),
        ('packs = ["lzwl2017"]\nterms = "term.jsonl"', ("key `terms`", "term.jsonl", "cannot be read")),
        ('packs = ["lzwl2017"]\nterms = "school.toml"', ("key `terms`", "school.toml, line 1")),
        ('packs = ["lzwl2017"]\nterms = "other.jsonl"', ("key `terms`", "found a meeting_held", "term_declared")),
        ('packs = ["lzwl2017", "lzwl2017"', ("school.toml: it is not TOML: ",)),
        ("packs = " + "[" * 3000, ("school.toml", "nested too deep")),
        ("packs = " + "[" * 3000 + "]" * 3000, ("school.toml", "nested too deep")),
        ("packs = " + "{a = " * 3000, ("school.toml", "nested too deep")),
        ("packs = " + "9" * 5000, ("school.toml: it is not TOML", "4300 digits")),
        ("packs = 0x" + "f" * 5000, ("key `packs`", "found a value of type int, too large to be shown")),
        ("packs" + ".a" * 90 + " = 1", ("key `packs`", "found {'a': {'a': ", "…")),
        ("packs" + ".a" * 100_000 + " = 1", ("school.toml, line 1: found 100,000 dots", "at most 100")),
        ("[packs" + ".a" * 100_000 + "]", ("school.toml, line 1: found 100,000 dots",)),
        ("#" * 2_000_000, ("school.toml: found 2,000,000 characters", "at most 1,048,576")),
        ("packs = 2018-02-30", ("school.toml: it is not TOML: ", "date")),
        ("packs = 2018-01-01T25:00:00", ("school.toml: it is not TOML: ",)),
        ("packs = 1e999", ("key `packs`", "found inf")),
        ('packs = ["lzwl2017"]\nterms = "a\\u0000b"', ("key `terms`", "found 'a\\x00b'")),
        ('packs = ["lzwl2017"]\nterms = "."', ("key `terms`", "Is a directory")),
        ('packs = ["lzwl2017"]\nterms = "/dev/zero"', ("key `terms`", "found a device")),
        ('packs = ["lzwl2017"]\ntime_zone = "' + "x/" * 9999 + '"', ("key `time_zone`", "…")),
        ('packs = ["lzwl2017"]\n[readings]\n"lzwl2017:8.3.1.year" = 0x' + "f" * 5000, ("found a value of type int",)),
        ('packs = ["lzwl2017"]\n[parameters]\n"lzwl2017:8.3.1.year" = 10000000000', ("found 10000000000",)),
    ],
)
def test_what_is_wrong_with_a_file(tmp_path: Path, text: str, told: tuple[str, ...]) -> None:
    """One line names the file, the key, what was found, and what is allowed or nearest."""
    (tmp_path / "other.jsonl").write_bytes(encode_fact(meeting("branch_assembly", "b", "2020-03-01")))
    message = refused(tmp_path, text)
    assert [words for words in told if words not in message] == [], message


def test_no_file(tmp_path: Path) -> None:
    """A file that is not there is named with its path."""
    with pytest.raises(QueryError, match=r"nowhere\.toml: cannot be read: No such file or directory"):
        read_adoption(tmp_path / "nowhere.toml")


def test_no_text(tmp_path: Path) -> None:
    """A file that is no text is no TOML file."""
    file = tmp_path / "school.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(QueryError, match=r"school\.toml: found text in UTF-16"):
        read_adoption(file)
