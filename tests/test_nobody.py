"""An answer to nobody: what names nobody is refused, and what the record does not reach is said plainly."""

import json
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given

from partyrules.errors import QueryError
from partyrules.facts.schema import naming_fields
from partyrules.facts.vocabulary import Fact, FactRetracted, TermDeclared
from partyrules.ledger.sqlite import open_ledger
from partyrules.packs.pack import adopt
from partyrules.questions.audit import audit
from partyrules.questions.contested import contested
from partyrules.questions.decide import decide
from partyrules.questions.explain import explain
from partyrules.questions.funnel import funnel
from partyrules.questions.sources import Source, history_from
from partyrules.store.projection import projection_of
from partyrules.time.calendar import parse_civil_date
from tests import toy
from tests.chess.facts import GamePlayed
from tests.commands import BOTH, PACK, refused, run, written
from tests.language import VoteTaken
from tests.strategies import TOY, Question, chances, institution, question
from tests.test_columnar import REAL_PACKS

ADOPTION: Final = toy.adopted()
REAL_ADOPTION: Final = adopt(REAL_PACKS)
LATE: Final = datetime(2020, 6, 1, tzinfo=UTC)
HELD: Final[tuple[Fact, ...]] = (
    toy.unit("b1", "branch", "2020-01-07"),
    toy.registered("ann", "2020-01-10"),
    toy.stage("ann", "newcomer", "2020-01-10"),
    toy.meeting("assembly", "b1", "2020-03-05", attended=["bob"]),
    toy.filed("plan", "carol", "2020-03-05"),
    toy.meeting("assembly", "b1", "2020-03-06", attended=["dan"], id="slip"),
    toy.retracted("slip", "2021-01-01"),
    *toy.TERMS,
)
NEVER_KNOWN: Final = datetime(2000, 1, 1, tzinfo=UTC)


def each_form(facts: tuple[Fact, ...]) -> tuple[Source, ...]:
    """Return facts as a collection and as columns."""
    return facts, projection_of(facts)


# Subjects --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("subject", ["anne", "b2", "", "branch", "newcomer", "slip", "2019-autumn"])
def test_whom_no_fact_names_is_refused(subject: str) -> None:
    """A misspelt subject is refused wherever one may be given, with the nearest name; kinds and ids name nobody."""
    for source in each_form(HELD):
        held = audit(source, ADOPTION, as_of=date(2020, 6, 1))
        for ask in (
            held.findings,
            held.walk,
            held.table,
            partial(held.walk, status="breached"),
            partial(contested, source, ADOPTION, as_of=date(2020, 6, 1)),
            partial(explain, held, rule="toy:1.1"),
        ):
            with pytest.raises(QueryError, match=f"^person, unit or building '{subject}' is not known; allowed: ann,"):
                ask(subject=subject)
    with pytest.raises(QueryError, match=r"'anne' is not known; .*; did you mean `ann`\?$"):
        audit(HELD, ADOPTION, as_of=date(2020, 6, 1)).findings(subject="anne")


@pytest.mark.parametrize("subject", ["ann", "bob", "carol", "dan", "b1"])
def test_whom_a_fact_names_is_answered(subject: str) -> None:
    """Whoever is named by a fact, though it be retracted, of a later day or not known yet, may be asked about."""
    known = tuple(evolve(fact, recorded_at=LATE) for fact in HELD)
    for source in (*each_form(HELD), *each_form(known)):
        for day in (date(2019, 1, 1), date(2020, 6, 1)):
            held = audit(source, ADOPTION, as_of=day, known_at=datetime(2020, 1, 1, tzinfo=UTC))
            expected = tuple(finding for finding in held.findings() if finding.subject == subject)
            assert held.findings(subject=subject) == expected
            assert len(explain(held, rule="toy:1.1", subject=subject)) >= 1
    assert audit(HELD, ADOPTION, as_of=date(2020, 6, 1)).findings(subject="carol") == ()


def test_a_pack_s_own_facts_name_people() -> None:
    """Fields of a pack's own fact types name people by their types, or by having the name of one of the core's."""
    assert naming_fields(VoteTaken) == ("person",)
    assert naming_fields(GamePlayed) == ("player", "opponent")
    assert naming_fields(FactRetracted) == naming_fields(TermDeclared) == ()
    vote = VoteTaken(id="v", on=parse_civil_date("2020-05-01"), person="eve")
    adoption = adopt([evolve(toy.pack, fact_types=(VoteTaken,))])
    for source in each_form((*HELD, vote)):
        assert audit(source, adoption, as_of=date(2020, 6, 1)).findings(subject="eve") == ()


# Rules that find nothing -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        ("lzcu2012:4.3.3.3", "speaks to a step of the pipeline, not to an audit"),
        ("*:8.9.*", "is not known"),
        ("lzwl2017:1.1", "names clauses that no duty comes from"),
    ],
)
def test_a_rule_that_can_have_no_findings_is_refused(rule: str, what: str) -> None:
    """A glob that matches only what no audit holds facts against is refused, and told what it matches."""
    held = audit(HELD, REAL_ADOPTION, as_of=date(2018, 6, 1))
    for ask in (
        held.findings,
        held.table,
        partial(contested, HELD, REAL_ADOPTION, as_of=date(2018, 6, 1)),
    ):
        with pytest.raises(QueryError, match=what):
            ask(rule=rule)


def test_a_judged_clause_needs_to_be_asked_for() -> None:
    """A clause that only a judgement answers has findings where judgements are asked for, and is refused where not."""
    held = audit(HELD, ADOPTION, as_of=date(2020, 6, 1))
    with pytest.raises(QueryError, match=r"^rule 'toy:5\.1': only a recorded judgement answers it"):
        held.findings(rule="toy:5.1")
    assert [finding.subject for finding in held.findings(rule="toy:5.1", judgements=True)] == ["b1"]


def test_packs_without_duties_find_nothing() -> None:
    """An audit of packs that only speak to steps says so."""
    pack = evolve(toy.pack, duties=(), requirements=(), vetoes=())
    held = audit(HELD, adopt([pack]), as_of=date(2020, 6, 1))
    assert [notice.en for notice in held.notices] == ["no adopted pack has a duty, so that there is nothing to find"]


# Days -------------------------------------------------------------------------------------------------------------

AFTER: Final = "the last record is of 2020-03-05; 88 days before the day asked"
BEFORE: Final = "the first record is of 2020-01-07; 6 days after the day asked"


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2020-06-01", [AFTER]),
        ("2020-03-06", ["the last record is of 2020-03-05; 1 day before the day asked"]),
        ("2020-03-05", []),
        ("2020-01-07", []),
        ("2020-01-01", [BEFORE]),
    ],
)
def test_days_that_the_record_does_not_reach_are_told(day: str, told: list[str]) -> None:
    """Beside audit, decision and funnel stands where the record ends or begins; what is retracted does not count."""
    when = date.fromisoformat(day)
    for source in each_form(HELD):
        assert [notice.en for notice in audit(source, ADOPTION, as_of=when).notices] == told
        assert [notice.en for notice in funnel(source, ADOPTION, on=when).notices] == told
        found = decide(source, ADOPTION, person="ann", to="fellow", on=when)
        assert [notice.en for notice in found.notices] == told
        assert "notices" not in found.to_wire()
        assert all(each in repr(found) for each in told)


def test_what_is_not_known_is_no_record() -> None:
    """Where nothing was recorded by the time asked about, or nothing at all, that is told."""
    known = tuple(evolve(fact, recorded_at=LATE) for fact in HELD)
    for source in each_form(known):
        held = audit(source, ADOPTION, as_of=date(2020, 6, 1), known_at=NEVER_KNOWN)
        assert [notice.en for notice in held.notices] == ["nothing had been recorded by 2000-01-01 08:00 +08:00"]
    for empty in each_form(()):
        held = audit(empty, ADOPTION, as_of=date(2020, 6, 1))
        assert held.findings() == ()
        assert [notice.en for notice in held.notices] == ["nothing is recorded"]
        assert [notice.zh for notice in held.notices] == ["没有任何记录"]


@given(chance=chances())
def test_the_days_of_the_record_are_the_same_in_columns(chance: Random) -> None:
    """First and last day are those of the facts that stand and are known, whatever the form."""
    facts = institution(chance, TOY, months=25)
    asked: Question = question(chance)
    found = [
        history_from(source, ADOPTION, as_of=asked.as_of, known_at=asked.known_at).days for source in each_form(facts)
    ]
    assert found[0] == found[1]


# Force ------------------------------------------------------------------------------------------------------------

NO_FORCE: Final = (
    "no adopted pack is in force on 2010-01-01 (lzwl2017 is in force from 2017-12-11, lzcu2012 is in force from "
    "2012-05-07), so that no rule was applied"
)


def test_a_decision_without_a_pack_in_force_says_so() -> None:
    """The outcome is as specified, for a pack out of force adds nothing, and beside it stands that none is in force."""
    facts = (toy.registered("ann", "2009-01-10"), toy.registered("bob", "2018-01-10"))
    adoption = adopt(["lzwl2017", "lzcu2012"])
    found = decide(facts, adoption, person="ann", to="applicant", on=date(2010, 1, 1))
    assert found.outcome == "permitted"
    assert [notice.en for notice in found.notices] == [NO_FORCE]
    assert NO_FORCE in repr(found)
    assert [notice.en for notice in funnel(facts, adoption, on=date(2010, 1, 1)).notices] == [NO_FORCE]
    found = decide(facts, adoption, person="ann", to="applicant", on=date(2014, 1, 1))
    assert [notice.en for notice in found.notices] == [
        "not in force on 2014-01-01, so that it was not applied: lzwl2017 is in force from 2017-12-11"
    ]
    assert decide(facts, adoption, person="ann", to="applicant", on=date(2018, 1, 1)).notices == ()


def test_an_audit_of_days_before_any_pack_says_so() -> None:
    """An audit looks back: a pack that is over has findings, one that begins after the day asked has none."""
    over = evolve(toy.pack, document=toy.document(until=date(2020, 2, 1)))
    assert audit(HELD, adopt([over]), as_of=date(2020, 3, 5)).notices == ()
    told = funnel(HELD, adopt([over]), on=date(2020, 3, 5)).notices
    assert [notice.en.partition(" (")[0] for notice in told] == ["no adopted pack is in force on 2020-03-05"]
    assert "to 2020-02-01)" in told[0].en
    held = audit(HELD, REAL_ADOPTION, as_of=date(2011, 1, 1))
    assert held.notices[0].en.startswith("no adopted pack is in force on or before 2011-01-01 (")
    assert held.notices[0].zh.startswith("2011-01-01 及之前没有任何已采用的规则包在施行（")


# On the command line ---------------------------------------------------------------------------------------------

LAST: Final = "the last record is of 2018-03-21; 244 days before the day asked"
LATER: Final = ("--as-of", "2018-11-20")


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """Return the file of a few synthetic facts."""
    return written(tmp_path / "facts.jsonl")


def test_a_misspelt_subject_is_refused_on_the_command_line(facts: Path) -> None:
    """Exit code 2, nothing on standard output and the nearest name, in every format and with kept columns."""
    asked = (*PACK, *LATER, "--subject", "学生申")
    for form in ("table", "jsonl", "json", "csv", "parquet"):
        assert "did you mean `学生甲`?" in refused("audit", facts, *asked, "--format", form)
    assert "did you mean `学生甲`?" in refused("audit", facts, *asked, "--contested")
    assert "did you mean `学生甲`?" in refused("explain", facts, *asked, "--rule", "8.1.3")
    ledger = facts.with_name("ledger.db")
    run("record", ledger, facts)
    assert "did you mean `学生甲`?" in refused("audit", ledger, *asked, "--projection", facts.with_name("kept"))


@pytest.mark.parametrize("form", ["table", "jsonl", "json", "csv"])
def test_somebody_without_findings_is_told_of(facts: Path, form: str) -> None:
    """Whom facts name and no rule binds is answered with exit code 0, and standard error says that there is nothing."""
    found = run("audit", facts, *PACK, *LATER, "--subject", "学生丙", "--rule", "8.1.3", "--format", form)
    assert found.exit_code == 0
    assert "Note: no such finding is about 学生丙, whom facts name\n" in found.stderr
    assert "no such finding" not in found.stdout


@pytest.mark.parametrize(
    "asked",
    [
        ("audit", *LATER),
        ("audit", *LATER, "--exit-code", "--format", "jsonl"),
        ("funnel", "--on", "2018-11-20"),
        ("explain", *LATER, "--rule", "8.1.3", "--subject", "p"),
        ("decide", "--on", "2018-11-20", "--person", "p", "--to", "applicant"),
    ],
)
def test_an_empty_source_is_refused(asked: tuple[str, ...], tmp_path: Path) -> None:
    """A file or ledger without a fact is no institution in good order: exit code 2."""
    command, *options = asked
    empty, ledger = tmp_path / "empty.jsonl", tmp_path / "empty.db"
    empty.write_text("\n", encoding="utf-8")
    open_ledger(ledger).close()
    sources: list[tuple[Any, ...]] = [(empty,), (ledger,)]
    if command in ("audit", "funnel"):
        sources.append((ledger, "--projection", tmp_path / "kept"))
    for source in sources:
        assert f"{source[0]}: there are no facts in it; " in refused(command, *source, *PACK, *options)


def test_where_the_record_ends_is_told_beside_every_answer(facts: Path) -> None:
    """It stands in what people read; where data are written it goes to standard error and the data stay as they are."""
    for form in ("jsonl", "json", "csv", "parquet"):
        found = run("audit", facts, *PACK, *LATER, "--format", form)
        assert f"Note: {LAST}\n" in found.stderr
        assert LAST.encode() not in found.stdout_bytes
    for more in (("--irregular",), ("--contested",)):
        assert f"Note: {LAST}\n" in run("audit", facts, *PACK, *LATER, *more).stderr
    assert run("audit", facts, *PACK, *LATER).stdout.splitlines()[1] == f"Note: {LAST}"
    chinese = run("audit", facts, *PACK, *LATER, "--lang", "zh").stdout.splitlines()[1]
    assert chinese == "注意：最后一条记录的日期是 2018-03-21，比所问之日早 244 天"
    about = ("--rule", "8.1.3", "--subject", "学生甲")
    assert f"Note: {LAST}\n" in run("explain", facts, *PACK, *LATER, *about).stderr
    on = ("--on", "2018-11-20")
    assert run("funnel", facts, *PACK, *on).stdout.splitlines()[0] == f"Note: {LAST}"
    assert f"Note: {LAST}\n" in run("funnel", facts, *PACK, *on, "--format", "json").stderr


def test_a_decision_out_of_force_is_told_on_the_command_line(facts: Path) -> None:
    """Conditions in order: what that does not rest on comes next; with JSON the same goes to standard error."""
    asked = ("decide", facts, *BOTH, "--person", "学生甲", "--to", "applicant", "--on", "2010-01-01")
    outcome, beside, *_ = run(*asked).stdout.splitlines()
    assert outcome.endswith("CONDITIONS IN ORDER")
    assert beside == f"Note: {NO_FORCE}"
    found = run(*asked, "--format", "json")
    assert f"Note: {NO_FORCE}\n" in found.stderr
    assert json.loads(found.stdout)["outcome"] == "permitted"
    assert f"Note: {NO_FORCE}\n" in run(*asked, "--contested").stderr


def test_rules_without_findings_are_refused_on_the_command_line(facts: Path) -> None:
    """A requirement asked of an audit, and a judged clause without --judgements, are told apart from a misspelling."""
    assert "speaks to a step of the pipeline" in refused("audit", facts, *BOTH, *LATER, "--rule", "lzcu2012:4.3.3.3")
    assert "is not known" in refused("audit", facts, *BOTH, *LATER, "--rule", "lzcu2012:4.3.3.33")
