"""An audit in parts is the audit of the whole: which duties may be, where each fact goes, and what comes of it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any, Final
from zlib import crc32

import attrs
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from attrs import evolve, frozen
from hypothesis import HealthCheck, given, note, settings

from partyrules.answers.arrow import arrow_schema
from partyrules.errors import FactError, OutputError, PackError, QueryError
from partyrules.evaluate import reach
from partyrules.evaluate.reach import reaches
from partyrules.facts.codec import canonical_instant, content, encode_fact
from partyrules.facts.vocabulary import Fact
from partyrules.language import kernel, rules
from partyrules.language.kernel import (
    SUBJECT,
    Condition,
    at_least,
    at_most,
    count_findings,
    events,
    holdings,
    holds,
    is_in,
    its,
    portion,
    trigger,
)
from partyrules.language.rules import Bearer, Duty, Occasion, PerPeriod, Standing
from partyrules.language.sugar import Attends
from partyrules.ledger.sqlite import open_ledger
from partyrules.packs.pack import Adoption, adopt
from partyrules.questions.audit import audit
from partyrules.testing.institution import (
    closed,
    full_member,
    left,
    meeting,
    member,
    no_member,
    registered,
    retracted,
    role,
    term,
    unit,
)
from partyrules.wide import outofcore
from partyrules.wide.outofcore import audit_in_parts
from partyrules.wide.parts import AskedOfParts, fact_rows, finding_rows, judged, merged, projected
from partyrules.wide.routes import FactLine, Router, Routes, Survey, notes_of, routes_of
from tests import toy
from tests.authors import Author
from tests.benchmarks.data import SIZES, Institution, ledger_of
from tests.commands import refused, run
from tests.language import MEMBER, duty, pack_of
from tests.strategies import REAL, TOY, chances, institution, question
from tests.sweeps import examples, slow, unhurried, whole
from tests.test_columnar import adopted
from tests.test_construction import told


def recorded(facts: Iterable[Fact]) -> list[FactLine]:
    """Return facts as they lie in a ledger."""
    return [
        FactLine(one.wire, content(one), None if one.recorded_at is None else canonical_instant(one.recorded_at))
        for one in facts
    ]


def in_parts(facts: Iterable[Fact], asked: AskedOfParts, parts: int) -> pa.Table:
    """Return the findings of an audit in parts, in the order of a table."""
    lines = recorded(facts)
    survey = Survey().take(notes_of(lines, asked.adoption, known_at=asked.known_at), asked.adoption)
    routes = routes_of(survey, parts)
    router = Router(routes, asked.adoption)
    sent: dict[int, list[FactLine]] = {part: [] for part in range(parts + 1)}
    for line in lines:
        for part in router.parts(line):
            sent[part].append(line)
    found: dict[str, list[pa.Table]] = {}
    for part, mine in sent.items():
        for table in judged([fact_rows(mine)], asked, routes, part).tables:
            found.setdefault(table.blocks[0].bound.id, []).append(finding_rows(table))
    tables = [some for rule in sorted(found) for some in merged(iter([one]) for one in found[rule])]
    return pa.concat_tables(tables) if tables else None


def assert_parts_say_the_same(facts: Iterable[Fact], asked: AskedOfParts, parts: int) -> None:
    """Assert that an audit in parts has the rows of an audit of the whole."""
    facts = tuple(facts)
    whole = finding_rows(audit(facts, asked.adoption, as_of=asked.as_of, known_at=asked.known_at).table())
    found = in_parts(facts, asked, parts)
    assert (0 if found is None else found.num_rows) == whole.num_rows
    if found is not None:
        assert found.to_pylist() == whole.to_pylist()


# Laws ----------------------------------------------------------------------------------------------------------------

often = settings(max_examples=examples(100), suppress_health_check=[HealthCheck.too_slow])


@slow
@often
@given(chance=chances())
def test_both_packs_in_parts_are_as_over_the_whole(chance: Random) -> None:
    """On any institution, under any readings, every column of every finding is that of the audit of the whole."""
    facts = institution(chance, REAL, size=10 + chance.randrange(60), months=12 * chance.randrange(2))
    asked = question(chance)
    assert_parts_say_the_same(
        facts,
        AskedOfParts(adoption=adopted(chance), as_of=asked.as_of, known_at=asked.known_at),
        1 + chance.randrange(5),
    )


@often
@given(chance=chances())
def test_duties_of_every_kind_in_parts_are_as_over_the_whole(chance: Random) -> None:
    """So it is on the toy pack, which has duties of every kind."""
    facts = institution(chance, TOY, size=10 + chance.randrange(60), months=12 * chance.randrange(2))
    asked = question(chance)
    assert_parts_say_the_same(
        facts, AskedOfParts(adoption=toy.adopted(), as_of=asked.as_of, known_at=asked.known_at), 1 + chance.randrange(5)
    )


@often
@given(chance=chances())
def test_whatever_constructs_in_parts_is_as_over_the_whole(chance: Random) -> None:
    """So it is for rules that an author writes by chance, over fact types and relations of their own."""
    try:
        adoption = adopt([Author(chance, slips=0).pack()])
    except PackError:
        return
    asked = question(chance)
    note(str([(bound.rule.bearer, bound.rule.per, bound.rule.requires) for bound in adoption.duties]))
    assert_parts_say_the_same(
        told(chance, adoption), AskedOfParts(adoption=adoption, as_of=asked.as_of), 1 + chance.randrange(5)
    )


# How far each duty reaches -------------------------------------------------------------------------------------------

BY_UNIT: Final = {
    "lzwl2017": (
        "1.2.1", "1.2.2", "1.3.2", "1.3.3", "1.3.5", "2.0", "2.4.1", "3.2-life", "3.2-appraisal", "4.5", "5.1", "7.2",
        "2.3", "8.2.1-hold", "8.2.2-hold", "8.2.3-hold", "8.3.1-hold",
    ),
    "lzcu2012": (
        "3.1", "3.3", "3.5", "4.1.4", "4.2.1.1", "4.2.1.3", "4.2.2", "4.2.2-room", "4.4.1", "4.4.2", "4.4.3", "5.3.1",
        "5.3.2", "5.5.1", "5.5.3",
    ),
}  # fmt: skip
BY_PERSON: Final = {
    "lzwl2017": (
        "1.2.4", "2.6", "4.3.2", "4.4.2", "4.6.3", "8.1.1", "8.1.2", "8.1.3", "8.1.4", "8.1.5", "8.1.6", "8.1.7",
        "8.2.1-attend", "8.2.2-attend", "8.2.3-attend", "8.2.4", "8.3.1", "8.4.1", "8.4.2", "8.4.3",
    ),
    "lzcu2012": ("3.3-counsellor", "3.7", "3.7-only", "4.2.1.2", "5.2.2", "5.4.1", "5.5.2"),
}  # fmt: skip
# The meetings of the branches of a committee, and the papers of the office above an office.
WHOLE: Final = {"lzwl2017": (), "lzcu2012": ("4.3.1", "4.3.2")}
BY_BUILDING: Final[dict[str, tuple[str, ...]]] = {"lzwl2017": (), "lzcu2012": ("3.2",)}


@pytest.mark.parametrize("pack", ["lzwl2017", "lzcu2012"])
def test_how_far_each_duty_of_both_packs_reaches(pack: str) -> None:
    """Every duty of both packs is judged by its bearer in a part, but for two that read of others."""
    said = {"unit": BY_UNIT, "person": BY_PERSON, "whole": WHOLE, "building": BY_BUILDING}
    expected = {f"{pack}:{rule}": by for by, rules_by in said.items() for rule in rules_by[pack]}
    assert {rule: reach.by for rule, reach in reaches(adopt([pack])).items()} == expected


def test_a_duty_over_the_whole_says_why() -> None:
    """What a duty reads once it has periods, and nothing ties to its bearer, is named in both languages."""
    assert reaches(adopt(["lzwl2017"]))["lzwl2017:2.3"].by == "unit"
    why = reaches(adopt(["lzwl2017"], parameters={"lzwl2017:2.3.appraisal_interval": "year"}))["lzwl2017:2.3"].why
    assert why.en == "reads `meeting_held` that nothing ties to its bearer"
    assert why.zh == "所依据的 meeting_held 不限于承担者"


TALKS: Final = events("talk_held", person=SUBJECT)
LINKED: Final = holdings("link", holder=SUBJECT, where=holds("stage", person=its("target")))
FURTHER: Final = holds("link", holder=its("target"), where=holds("stage", person=its("target")))


def its_own(name: str) -> Condition:
    """Return the condition that a field names the bearer."""
    return is_in(its(name), SUBJECT)


def reach_of(*duties: Duty) -> str:
    """Return how far the last of some duties reaches."""
    return reaches(adopt([pack_of(*duties)]))[f"v:{duties[-1].id}"].by


@pytest.mark.parametrize(
    ("requires", "by"),
    [
        (at_least(1, TALKS), "person"),
        # The limit counts what others attended.
        (at_least(portion(1, 2, events("meeting_held")), TALKS), "whole"),
        # Whoever the bearer is linked with is near; whoever they are linked with is not.
        (at_least(1, LINKED), "person"),
        (at_least(1, holdings("link", holder=SUBJECT, where=FURTHER)), "whole"),
        # Whom a fact names beside the bearer stands nowhere near by that.
        (at_least(1, events("talk_held", person=SUBJECT, where=holds("stage", person=its("by")))), "whole"),
        # A list names the bearer; with it others are listed.
        (at_least(1, events("meeting_held", attended=SUBJECT)), "person"),
        (at_least(1, events("meeting_held", attended="p1")), "whole"),
        # What a unit holds is where its members are, and only theirs.
        (at_least(1, events("meeting_held", where=holds("membership", person=SUBJECT, unit=its("unit")))), "person"),
        (at_least(1, events("meeting_held", where=holds("unit", unit=its("unit")) | its_own("attended"))), "whole"),
        (at_least(1, events("document_filed", where=its_own("author") | its_own("about"))), "person"),
        # Roles are known everywhere, who lives where is not.
        (at_least(1, holdings("role", role="warden")), "person"),
        (at_least(1, holdings("residence", building="b")), "whole"),
    ],
    ids=str,
)
def test_what_a_duty_reads_decides_how_far_it_reaches(requires: Condition, by: str) -> None:
    """Only what is tied to the bearer, directly or by a relation, or is known everywhere is where the bearer is."""
    assert reach_of(duty("1", Bearer("person", MEMBER), PerPeriod("year"), requires)) == by


@pytest.mark.parametrize(
    ("scope", "by"),
    [
        (holds("membership", person=SUBJECT, unit=trigger("unit")), "person"),
        (MEMBER, "whole"),
        (MEMBER & is_in(SUBJECT, trigger("attended")), "person"),
        (is_in(SUBJECT, trigger("attended")) | holds("membership", person=SUBJECT, unit=trigger("unit")), "person"),
        (is_in(SUBJECT, trigger("attended")) | MEMBER, "whole"),
    ],
    ids=str,
)
def test_a_scope_ties_an_occasion_to_whom_it_binds(scope: Condition, by: str) -> None:
    """An occasion is where its bearers are if the scope says, in each way of being true, how they are tied to it."""
    assert reach_of(duty("1", Bearer("person", scope), Occasion(of=events("meeting_held")), Attends())) == by


def test_what_counts_findings_reaches_as_far_as_they_do() -> None:
    """A duty about the findings of one over the whole is one over the whole, at whatever remove."""
    far = duty("1", Bearer("person", MEMBER), PerPeriod("year"), at_least(1, events("meeting_held")))
    near = duty("2", Bearer("person", MEMBER), PerPeriod("year"), at_least(1, TALKS))
    of_far, of_near = (
        duty(name, Bearer("person", MEMBER), Standing(), at_most(0, count_findings(of)))
        for name, of in (("3", "1"), ("4", "2"))
    )
    again = duty("5", Bearer("person", MEMBER), Standing(), at_most(0, count_findings("3")))
    assert reach_of(far, near, of_near) == "person"
    assert reach_of(far, near, of_far) == "whole"
    assert reach_of(far, near, of_far, again) == "whole"


@frozen
class Hunch(Condition):
    """Reads nobody knows what."""


def test_a_part_that_nobody_knows_may_read_anything() -> None:
    """A condition that is none of those that are followed makes its duty one over the whole."""
    adoption = adopt([pack_of(duty("1", Bearer("person", MEMBER), PerPeriod("year"), at_least(1, TALKS)))])
    (bound,) = adoption.duties
    assert reaches(adoption)[bound.id].by == "person"
    object.__setattr__(bound.rule, "requires", Hunch())
    found = reaches(adoption)[bound.id]
    assert (found.by, found.why.en) == ("whole", "has a part, Hunch, that may read anything")


def test_every_part_of_the_language_is_followed_or_named() -> None:
    """Each node that a lowered tree may hold is one whose reading is followed; of a new one it has to be decided."""
    nodes = {cls for cls in vars(kernel).values() if isinstance(cls, type) and attrs.has(cls)}
    parts = {cls for cls in vars(rules).values() if isinstance(cls, type) and issubclass(cls, rules._Part)}  # noqa: SLF001
    left = {cls.__name__ for cls in (nodes | parts) - reach._FOLLOWED}  # noqa: SLF001
    assert left == {"ByReading", "Lift", "_Part", "_Often"}


# Where each fact goes ------------------------------------------------------------------------------------------------


def routed(facts: Iterable[Fact], adoption: Adoption, parts: int) -> tuple[dict[str, set[int]], Routes]:
    """Return to which parts each fact goes, by its id, and the routes."""
    facts = tuple(facts)
    lines = recorded(facts)
    routes = routes_of(Survey().take(notes_of(lines, adoption, known_at=None), adoption), parts)
    router = Router(routes, adoption)
    return {fact.id: set(router.parts(line)) for fact, line in zip(facts, lines, strict=True)}, routes


REAL_ADOPTION: Final = adopt(["lzwl2017"])
MANY: Final = 64
BRANCHES: Final = (unit("B1", "branch"), unit("B2", "branch"))
MOVER: Final = (
    registered("p1"),
    full_member("p1"),
    member("p1", "B1"),
    no_member("p1", "B1", "2018-05-01"),
    member("p1", "B2", "2018-05-01"),
)


def test_who_moves_between_units_goes_to_both_parts() -> None:
    """What names a mover is where both units are judged, and what a unit holds where a mover is; others are not."""
    held = [meeting("branch_assembly", unit, "2018-05-07", attended=["p1"]) for unit in ("B1", "B2")]
    other = (registered("p2"), full_member("p2"), member("p2", "B2"))
    sent, routes = routed((*BRANCHES, *MOVER, *other, *held), REAL_ADOPTION, MANY)
    first, second = routes.home("B1"), routes.home("B2")
    assert first != second
    assert routes.home("p1") == first
    assert all(sent[fact.id] >= {first, second} for fact in MOVER)
    assert all(first in sent[fact.id] for fact in held)
    assert routes.home("p2") == second
    assert all(first not in sent[fact.id] for fact in other[:2])


def test_a_group_is_judged_with_its_branch() -> None:
    """A unit goes with the one above it as long as that takes in few people, so that a meeting is not sent twice."""
    facts: list[Fact] = [unit("B1", "branch", parent="school"), unit("G1", "group", parent="B1")]
    facts += [member(f"p{n}", of) for n in range(3) for of in ("B1", "G1")]
    facts += [member(f"q{n}", f"C{n}") for n in range(40)]
    # Their ids alone would send them to two parts.
    parts = next(n for n in range(2, MANY) if routed(facts[2:], REAL_ADOPTION, n)[1].home("B1") != crc32(b"G1") % n)
    _, routes = routed(facts, REAL_ADOPTION, parts)
    assert routes.home("G1") == routes.home("B1") == routes.home("p0")


def test_what_everybody_may_ask_goes_everywhere() -> None:
    """Units, terms, closures and roles are in every part, and the registration of whoever has a role."""
    facts = (
        *BRANCHES,
        term("2018-spring", "semester", "2018-02-26", "2018-07-08"),
        closed("2018-03-31", "B1"),
        role("p1", "branch_secretary", "B1"),
        registered("p1"),
        left("p1", "2018-04-01"),
    )
    everywhere = set(range(MANY + 1))
    adoption = adopt(["lzwl2017", "lzcu2012"], parameters={"lzwl2017:2.3.appraisal_interval": "year"})
    sent, _ = routed((*facts, registered("p2")), adoption, MANY)
    assert all(sent[fact.id] == everywhere for fact in facts)
    assert len([parts for parts in sent.values() if parts != everywhere]) == 1


def test_what_is_retracted_goes_nowhere() -> None:
    """A retraction and what it undoes are in no part, wherever each was recorded; one that is undone itself is none."""
    held = meeting("branch_assembly", "B1", "2018-05-07", attended=["p1"])
    wrong, back = retracted(held), retracted("undone")
    undone = evolve(retracted(MOVER[0]), id="undone")
    sent, routes = routed((*BRANCHES, *MOVER, held, wrong, undone, back), REAL_ADOPTION, MANY)
    assert sent[held.id] == sent[wrong.id] == sent[undone.id] == sent[back.id] == set()
    assert routes.home("p1") in sent[MOVER[0].id]


@slow
@pytest.mark.parametrize("parts", [1, 2, 7, MANY])
def test_movers_retractions_terms_and_closures_count_in_parts_as_over_the_whole(parts: int) -> None:
    """A branch that lost a member, an assembly that was none, a semester and a closed record are seen in every part."""
    assembly = meeting("branch_assembly", "B1", "2018-02-07", attended=["p1"])
    facts = (
        *BRANCHES,
        *MOVER,
        term("2018-spring", "semester", "2018-02-26", "2018-07-08"),
        closed("2018-03-31", "B1"),
        assembly,
        retracted(assembly),
        meeting("branch_assembly", "B2", "2018-05-07", attended=[]),
        meeting("report_session", "B2", "2018-05-08", attended=["p1"]),
    )
    asked = AskedOfParts(adoption=REAL_ADOPTION, as_of=date(2018, 7, 31))
    assert_parts_say_the_same(facts, asked, parts)
    rows = in_parts(facts, asked, parts).to_pylist()
    said = {(row["rule"][9:], row["subject"], str(row["start"])): row["status"] for row in rows}
    assert said["8.2.1-hold", "B1", "2018-01-01"] == "breached"
    assert said["8.1.2", "p1", "2018-02-26"] == "satisfied"


def test_an_id_that_stands_twice_is_refused() -> None:
    """A part that is given a fact twice says which, and judges nothing."""
    with pytest.raises(FactError, match="found twice"):
        projected([fact_rows(recorded([*MOVER, MOVER[0]]))], REAL_ADOPTION)


# Out of core ---------------------------------------------------------------------------------------------------------


RECORDED: Final = datetime(2018, 6, 1, tzinfo=UTC)


def as_bytes(table: pa.Table) -> bytes:
    """Return findings as the bytes of one Parquet file, however they are chunked."""
    sink = pa.BufferOutputStream()
    pq.write_table(table.cast(arrow_schema(plain=True)).combine_chunks(), sink)
    written: bytes = sink.getvalue().to_pybytes()
    return written


def small(folder: Path) -> Path:
    """Return the ledger of a few people."""
    path = folder / "facts.ledger"
    with open_ledger(path) as ledger:
        facts = [*BRANCHES, *MOVER, meeting("branch_assembly", "B1", "2018-02-07", attended=["p1"])]
        ledger.append(facts, recorded_at=RECORDED)
    return path


# What takes seconds is left to continuous integration, what takes a minute to whole runs.
SLOW: Final = pytest.mark.skipif(not unhurried(), reason="takes seconds: .ci/run and make test-all")
SLOWEST: Final = pytest.mark.skipif(not whole(), reason="takes a minute: make test-all")


@pytest.mark.parametrize(
    ("size", "parts"), [("XS", 5), pytest.param("S", 4, marks=SLOW), pytest.param("M", None, marks=SLOWEST)]
)
def test_an_audit_out_of_core_has_the_bytes_of_one_in_memory(size: str, parts: int | None, tmp_path: Path) -> None:
    """The file that is written part by part holds the rows of the table of the whole, byte for byte."""
    of = Institution(SIZES[size])
    adoption = adopt(["lzwl2017", "lzcu2012"])
    to = tmp_path / "findings.parquet"
    with open_ledger(ledger_of(of, where=tmp_path), read_only=True) as ledger:
        done = audit_in_parts(ledger, adoption, to=to, as_of=of.as_of, parts=parts)
        whole = audit(ledger, adoption, as_of=of.as_of).table()
    assert done.summary == whole.summary()
    assert done.summary.findings > 10_000
    assert as_bytes(pq.read_table(to)) == as_bytes(finding_rows(whole))
    assert done.whole.keys() == {"lzcu2012:4.3.1", "lzcu2012:4.3.2"}
    assert [path for path in tmp_path.iterdir() if "parts" in path.name] == []


def test_findings_are_merged_some_at_a_time() -> None:
    """Runs of several tables each, of which one ends early and one is empty, come together by subject."""

    def table(*subjects: str) -> pa.Table:
        return pa.table({"subject": list(subjects), "n": list(range(len(subjects)))})

    tables: tuple[list[pa.Table], ...] = ([table("a", "a", "d"), table("d", "k")], [table("b"), table("e", "z")], [])
    runs = [iter(some) for some in tables]
    together = list(merged(runs))
    assert [name for some in together for name in some.column("subject").to_pylist()] == [
        "a", "a", "b", "d", "d", "e", "k", "z",
    ]  # fmt: skip
    assert [n for some in together for n in some.column("n").to_pylist()] == [0, 1, 0, 2, 0, 0, 1, 1]
    assert len(together) > 1
    assert list(merged([iter([])])) == []


def test_no_facts_have_no_findings(tmp_path: Path) -> None:
    """Of an empty ledger the file has the columns and no row, and it is said that nothing is recorded."""
    with open_ledger(tmp_path / "empty.ledger") as ledger:
        done = audit_in_parts(ledger, REAL_ADOPTION, to=tmp_path / "f.parquet", as_of=date(2018, 6, 30))
    assert (done.summary.findings, done.parts) == (0, 1)
    assert [notice.en for notice in done.notices] == ["nothing is recorded"]
    assert pq.read_table(tmp_path / "f.parquet").num_rows == 0


def test_what_is_beside_the_findings_is_said(tmp_path: Path) -> None:
    """Of a day beyond the record it is said how far that goes, as the audit of the whole says it."""
    with open_ledger(small(tmp_path), read_only=True) as ledger:
        day = date(2018, 6, 30)
        done = audit_in_parts(ledger, REAL_ADOPTION, to=tmp_path / "f.parquet", as_of=day, parts=3)
        assert done.notices == audit(ledger, REAL_ADOPTION, as_of=day).notices != ()


def test_nothing_of_another_kind_is_written_over(tmp_path: Path) -> None:
    """Where something else stands it is refused and left as it is; findings of before are replaced."""
    to = tmp_path / "findings.parquet"
    to.write_text("mine", encoding="utf-8")
    with open_ledger(small(tmp_path), read_only=True) as ledger:
        with pytest.raises(OutputError, match="another kind"):
            audit_in_parts(ledger, REAL_ADOPTION, to=to, as_of=date(2018, 6, 30))
        assert to.read_text(encoding="utf-8") == "mine"
        to.unlink()
        for _ in range(2):
            found = audit_in_parts(ledger, REAL_ADOPTION, to=to, as_of=date(2018, 6, 30))
    assert pq.read_table(to).num_rows == found.summary.findings


@pytest.mark.parametrize("step", ["_split", "_judged", "_write_merged"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "ended"])
def test_nothing_is_left_of_what_is_not_whole(
    step: str, error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk is full, or somebody ends it, the findings of before stay and no part is left."""
    ledger_path, to = small(tmp_path), tmp_path / "findings.parquet"
    with open_ledger(ledger_path, read_only=True) as ledger:
        audit_in_parts(ledger, REAL_ADOPTION, to=to, as_of=date(2018, 6, 30))
        before, there = to.read_bytes(), sorted(tmp_path.iterdir())
        done = getattr(outofcore, step)

        def fails(*arguments: Any, **named: Any) -> Any:
            done(*arguments, **named)
            raise error

        monkeypatch.setattr(outofcore, step, fails)
        with pytest.raises((OutputError, KeyboardInterrupt)):
            audit_in_parts(ledger, REAL_ADOPTION, to=to, as_of=date(2018, 7, 31))
    assert to.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == there


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    """The parts of a run that was killed are gone after the next one."""
    to = tmp_path / "findings.parquet"
    abandoned = tmp_path / ".findings.parquet.parts.0123456789abcdef.partyrules-draft"
    abandoned.mkdir()
    (abandoned / "facts-0.parquet").write_bytes(b"PAR1")
    with open_ledger(small(tmp_path), read_only=True) as ledger:
        audit_in_parts(ledger, REAL_ADOPTION, to=to, as_of=date(2018, 6, 30))
    assert not abandoned.exists()


def test_what_is_recorded_meanwhile_is_in_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An audit is of the facts that there were when it began."""
    to, day = tmp_path / "findings.parquet", date(2018, 7, 31)
    with open_ledger(small(tmp_path)) as ledger:
        expected = as_bytes(finding_rows(audit(ledger, REAL_ADOPTION, as_of=day).table()))
        done = routes_of

        def meanwhile(*arguments: Any) -> Any:
            ledger.append([registered("p9"), full_member("p9"), member("p9", "B2")], recorded_at=RECORDED)
            return done(*arguments)

        monkeypatch.setattr(outofcore, "routes_of", meanwhile)
        audit_in_parts(ledger, REAL_ADOPTION, to=to, as_of=day, parts=2)
    assert as_bytes(pq.read_table(to)) == expected


def test_parts_are_some(tmp_path: Path) -> None:
    """Fewer than one part is refused."""
    with open_ledger(small(tmp_path), read_only=True) as ledger, pytest.raises(QueryError, match="found 0"):
        audit_in_parts(ledger, REAL_ADOPTION, to=tmp_path / "f.parquet", as_of=date(2018, 6, 30), parts=0)
    assert not (tmp_path / "f.parquet").exists()


# The command ---------------------------------------------------------------------------------------------------------

ASKED: Final = ("--pack", "lzwl2017", "--as-of", "2018-07-31", "--format", "parquet")


def test_the_command_writes_the_same_file_in_parts(tmp_path: Path) -> None:
    """With --partitions the rows are those without it; what was judged over the whole is said beside."""
    ledger, whole, parts = small(tmp_path), tmp_path / "whole.parquet", tmp_path / "parts.parquet"
    asked = (*ASKED, "--set", "lzwl2017:2.3.appraisal_interval=year")
    assert run("audit", ledger, *asked, "-o", whole).exit_code == 0
    found = run("audit", ledger, *asked, "-o", parts, "--partitions", 3, "--exit-code")
    assert found.exit_code == 1
    assert (
        "lzwl2017:2.3 was judged over the whole: reads `meeting_held` that nothing ties to its bearer" in found.stderr
    )
    assert pq.read_table(parts).to_pylist() == pq.read_table(whole).to_pylist() != []


def test_the_command_says_what_parts_do_not_go_with(tmp_path: Path) -> None:
    """Parts are for a ledger, a file to write, and all of its findings; whatever else is refused, nothing written."""
    ledger, out = small(tmp_path), tmp_path / "f.parquet"
    facts = tmp_path / "facts.jsonl"
    facts.write_bytes(b"".join(encode_fact(fact) + b"\n" for fact in MOVER))
    assert "give --format parquet and -o" in refused("audit", ledger, *ASKED[:4], "--partitions", 3)
    assert "give --format parquet and -o" in refused("audit", ledger, *ASKED, "--partitions", 3)
    for option in (("--rule", "8.1"), ("--status", "breached"), ("--no-cache",), ("--judgements",)):
        assert "all findings" in refused("audit", ledger, *ASKED, "-o", out, "--partitions", 3, *option)
    assert "allowed: a ledger" in refused("audit", facts, *ASKED, "-o", out, "--partitions", 3)
    assert "there are no facts" in refused("audit", empty(tmp_path), *ASKED, "-o", out, "--partitions", 3)
    assert not out.exists()


def empty(folder: Path) -> Path:
    """Return a ledger without a fact."""
    with open_ledger(folder / "empty.ledger"):
        return folder / "empty.ledger"
