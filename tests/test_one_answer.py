"""One answer whatever the source form and the format: a collection, a file, a ledger, columns, a monitor."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any, Final
from unittest.mock import patch

import msgspec
import pytest
from attrs import evolve
from hypothesis import event, given, note, settings

from partyrules.answers.blocks import row_of
from partyrules.answers.lines import JSON_LINES
from partyrules.answers.verdicts import encode, finding_order
from partyrules.errors import FactError, PartyRulesError
from partyrules.evaluate.reference import ReferenceEvaluator
from partyrules.facts import admission
from partyrules.facts.admission import admitted
from partyrules.facts.codec import encode_fact
from partyrules.facts.vocabulary import Fact, TermDeclared
from partyrules.history import people_in
from partyrules.history.units import units_of
from partyrules.language.kernel import SUBJECT, at_least, events, holds
from partyrules.language.rules import Bearer, Duty, Occasion, PerPeriod
from partyrules.ledger.base import Ledger
from partyrules.ledger.sqlite import SqliteLedger, open_ledger
from partyrules.packs.pack import Adoption, adopt
from partyrules.questions.audit import audit
from partyrules.questions.contested import contested, contested_decision
from partyrules.questions.decide import decide
from partyrules.questions.explain import explain
from partyrules.questions.funnel import funnel
from partyrules.questions.sources import Source, facts_in, history_from
from partyrules.report.findings import as_json, csv_lines
from partyrules.report.funnels import funnel_wire
from partyrules.store.projection import open_projection, projection_of
from partyrules.watch.monitor import Monitor
from tests import toy
from tests.commands import run, written
from tests.language import duty, pack_of
from tests.passages import passage_of
from tests.strategies import REAL, TOY, Question, chances, institution, question
from tests.sweeps import examples, slow
from tests.test_columnar import REAL_PACKS

LONG_KNOWN: Final = datetime(2000, 1, 1, tzinfo=UTC)
REAL_ADOPTION: Final = adopt(REAL_PACKS)
NEXT_YEAR: Final = toy.term("2021-spring", "semester", "2021-02-22", "2021-07-04", "2020-2021", id="next")
# 20 a run, 300 where new cases are hunted for.
OFTEN: Final = examples(20)


# An adoption's terms, fit and unfit ------------------------------------------------------------------------------


def declared(chance: Random, facts: Sequence[Fact]) -> list[Fact]:
    """Return terms for an adoption: the same as the facts declare, the same under other ids, others, and misfits."""
    fit = chance.randrange(10) < 6
    found: list[Fact] = [NEXT_YEAR] if chance.randrange(2) else []
    for number, term in enumerate(toy.TERMS):
        assert isinstance(term, TermDeclared)
        other_id = evolve(term, id=f"again-{number}")
        match chance.randrange(4 if fit else 9):
            case 0:
                found.append(term)
            case 1:
                found.append(other_id)
            case 2:
                found += [other_id, evolve(term, id=f"once-more-{number}", note="declared once more")]
            case 4:
                found.append(evolve(other_id, until=term.on.last))
            case 5:
                found.append(evolve(other_id, term="of another name"))
            case 6:
                found.append(evolve(other_id, academic_year="of another year"))
            case 7:
                found.append(evolve(term, note="of other content"))
            case 8:
                found.append(evolve(term, id=facts[chance.randrange(len(facts))].id))
    return found


def retracting(chance: Random, facts: Sequence[Fact], terms: Sequence[Fact]) -> list[Fact]:
    """Return retractions of some terms, of the facts' and of the adoption's, and of some of these retractions."""
    found: list[Fact] = []
    pool = [fact for fact in (*facts, *terms) if isinstance(fact, TermDeclared)]
    for number in range(chance.randrange(4)):
        target = (*pool, *found)[chance.randrange(len(pool) + len(found))] if pool else facts[0]
        when = None if chance.randrange(2) else "2020-07-15T12:00:00Z"
        found.append(toy.retracted(target, id=f"taken-{number}", recorded_at=when))
    return found


# The same facts in each form -------------------------------------------------------------------------------------


def in_file(facts: Sequence[Fact], directory: Path) -> Path:
    """Return a file of the facts."""
    path = directory / "facts.jsonl"
    path.write_bytes(b"".join(encode_fact(fact) + b"\n" for fact in facts))
    return path


@contextmanager
def each_form(facts: Sequence[Fact], chance: Random, adoption: Adoption) -> Iterator[dict[str, Source]]:
    """Yield the same facts as a collection, in another order with copies, out of a file, recorded, and as columns."""
    turned = [*facts, *(fact for fact in facts if chance.randrange(4) == 0)]
    chance.shuffle(turned)
    with tempfile.TemporaryDirectory() as place:
        directory = Path(place)
        known = [fact if fact.recorded_at else evolve(fact, recorded_at=LONG_KNOWN) for fact in facts]
        chance.shuffle(known)
        with open_ledger(directory / "ledger.db", vocabulary=adoption.vocabulary) as ledger:
            ledger.append(known, recorded_at=LONG_KNOWN)
            open_projection(ledger, directory / "columns")
            yield {
                "collection": facts,
                "turned": turned,
                "file": facts_in(in_file(turned, directory), vocabulary=adoption.vocabulary),
                "in columns": projection_of(turned),
                "ledger": ledger,
                "projection": open_projection(ledger, directory / "columns"),
            }


def told(answer: Callable[[], Any]) -> Any:
    """Return an answer, or the refusal in its place."""
    try:
        return answer()
    except PartyRulesError as error:
        return f"{type(error).__name__}: {error}"


def answers(source: Source, adoption: Adoption, asked: Question, person: str, *, all_of_them: bool) -> dict[str, Any]:
    """Return what a source says to every question, and assert that the formats say the same."""
    when: dict[str, Any] = {"as_of": asked.as_of, "known_at": asked.known_at}
    decision: dict[str, Any] = {"person": person, "to": adoption.stage_names[1], "on": asked.as_of}
    decision["known_at"] = asked.known_at
    held = told(lambda: audit(source, adoption, **when))
    found: dict[str, Any] = {
        "decide": told(lambda: encode(decide(source, adoption, **decision))),
        "funnel": told(lambda: funnel_wire(funnel(source, adoption, on=asked.as_of, known_at=asked.known_at))),
    }
    if isinstance(held, str):
        return {**found, "audit": held}
    findings = held.findings(judgements=True)
    table = held.table(judgements=True)
    rows = list(table.rows())
    assert rows == [row_of(finding) for finding in findings]
    assert list(table) == list(findings)
    found["rows"] = [row_of(finding) for finding in held.findings()]
    if asked.known_at is None:
        found["passages"] = [passage_of(step) for step in funnel(source, adoption, on=asked.as_of).decisions]
    found["jsonl"] = list(map(encode, findings))
    assert [msgspec.json.encode(entry) for entry in msgspec.json.decode(b"".join(as_json(found["jsonl"])))] == [
        msgspec.json.encode(msgspec.json.decode(line)) for line in found["jsonl"]
    ]
    in_csv = csv_lines(units_of(held.history))
    found["csv"] = [in_csv.whole(finding) for finding in findings]
    for form in (JSON_LINES, in_csv):
        whole = [form.whole(finding) for finding in held.findings()]
        assert [line for some in held.lines(form) for line in some.lines] == whole
    found["columns"] = table.to_arrow().to_pylist()
    assert [entry["subject"] for entry in found["columns"]] == [finding.subject for finding in findings]
    assert [entry["status"] for entry in found["columns"]] == [finding.status for finding in findings]
    history = history_from(source, adoption, **when)
    found["facts"] = sorted(history.by_id)
    assert sorted(held.history.by_id) == found["facts"]
    evaluator = ReferenceEvaluator(adoption, history)
    judged = [finding for bound in adoption.duties for finding in evaluator.findings(bound)]
    assert sorted(judged, key=finding_order) == list(held.findings())
    found["irregular"] = [encode(record) for record in held.irregular()]
    if all_of_them:
        subjects = sorted({finding.subject for finding in findings})[:1]
        found["one"] = [list(map(encode, held.walk(subject=subject))) for subject in subjects]
        found["contested"] = [each.to_wire() for each in contested(source, adoption, **when)]
        found["steps"] = [each.to_wire() for each in contested_decision(source, adoption, **decision)]
        found["explained"] = [
            each.to_wire()
            for finding in findings[:1]
            for each in explain(held, rule=finding.rule, subject=finding.subject)
        ]
    return found


def watched(ledger: Ledger, adoption: Adoption, as_of: date) -> Any:
    """Return what a monitor of a ledger says."""
    monitor = Monitor(ledger, adoption, as_of=as_of)
    return list(monitor.table().rows()), list(monitor.decisions())


def all_the_same(chance: Random, packs: Sequence[Any], cast: Any, *, all_of_them: bool) -> None:
    """Assert that each form gives the same answers, or the same refusal."""
    asked = question(chance)
    facts = list(institution(chance, cast, size=12))
    terms = declared(chance, facts)
    adoption = told(lambda: adopt(packs, terms=terms))
    if isinstance(adoption, str):
        event("the adoption's terms do not stand together")
        return
    facts += retracting(chance, facts, terms)
    facts = list(admitted((), [("", fact) for fact in facts]).facts)
    note("\n".join(encode_fact(fact).decode() for fact in facts))
    note("\n".join(encode_fact(term).decode() for term in terms))
    note(f"{asked}")
    person = min(each for fact in facts for each in people_in(fact))
    with each_form(facts, chance, adoption) as sources:
        given_to = {
            form: answers(source, adoption, asked, person, all_of_them=all_of_them) for form, source in sources.items()
        }
        first = given_to["collection"]
        event("refused" if "audit" in first else "answered")
        for form, found in given_to.items():
            assert found == first, form
        ledger = sources["ledger"]
        if asked.known_at is None and isinstance(ledger, SqliteLedger):
            said = told(lambda: watched(ledger, adoption, asked.as_of))
            assert said == (first["audit"] if "audit" in first else (first["rows"], first["passages"]))


@settings(max_examples=OFTEN)
@given(chance=chances())
def test_every_form_gives_one_answer(chance: Random) -> None:
    """Whatever the facts and the terms of the adoption, every form and format gives one answer, or one refusal."""
    all_the_same(chance, [toy.pack], TOY, all_of_them=True)


@slow
@settings(max_examples=examples(10))
@given(chance=chances())
def test_every_form_gives_one_answer_under_the_packs(chance: Random) -> None:
    """Under the two packs as well."""
    all_the_same(chance, REAL_PACKS, REAL, all_of_them=False)


PEOPLE: Final = Bearer("person", holds("membership", person=SUBJECT))
TERMS_TOLD: Final = events("term_declared", kind="semester", window="ever")


@pytest.mark.parametrize(
    "duty",
    [
        duty("two", PEOPLE, PerPeriod("year"), at_least(2, TERMS_TOLD)),
        duty(
            "each", PEOPLE, Occasion(TERMS_TOLD), at_least(1, events("meeting_held", attended=SUBJECT, window="ever"))
        ),
    ],
    ids=["counted", "occasions"],
)
def test_terms_that_a_rule_selects_are_the_same_from_facts_and_adoption(duty: Duty) -> None:
    """A rule that counts declared terms, or binds on them, finds the same wherever they are declared, and how often."""
    held = (toy.unit("c", "branch"), toy.member("ada", "c"))
    again = [evolve(term, id=f"again-{term.id}") for term in toy.TERMS]
    when = date(2020, 12, 31)
    plain = audit((*held, *toy.TERMS), adopt([pack_of(duty)]), as_of=when).findings()
    assert plain
    for facts, terms in ((held, toy.TERMS), ((*held, *again), toy.TERMS), ((*held, *toy.TERMS, *again), ())):
        asked = audit(facts, adopt([pack_of(duty)], terms=terms), as_of=when)
        assert asked.findings() == tuple(asked.table())
        assert [row_of(finding)._replace(occasion=None) for finding in asked.findings()] == [
            row_of(finding)._replace(occasion=None) for finding in plain
        ]


REFUSED: Final = (
    [toy.retracted("r2", id="r1"), toy.retracted("r1", id="r2")],
    [toy.unit("c", "branch", id="u1"), toy.unit("c", "branch", "2020-01-01", id="u2")],
    [toy.unit("c", "branch", id="u"), toy.unit("d", "branch", id="u")],
    [toy.AUTUMN, evolve(toy.AUTUMN, id="x", until=date(2021, 1, 16))],
)


@pytest.mark.parametrize("wrong", REFUSED)
def test_a_collection_that_no_ledger_would_take_is_refused(wrong: list[Fact], tmp_path: Path) -> None:
    """What a file of these facts is refused for, a collection is refused for, by whatever is asked of it."""
    facts = (toy.registered("ada"), *wrong)
    adoption = toy.adopted()
    with pytest.raises(FactError) as caught:
        facts_in(in_file(facts, tmp_path))
    told = str(caught.value).replace("facts.jsonl, line", "fact")
    for ask in (
        lambda: audit(facts, adoption, as_of=date(2020, 6, 1)),
        lambda: decide(facts, adoption, person="ada", to="fellow", on=date(2020, 6, 1)),
        lambda: funnel(facts, adoption, on=date(2020, 6, 1)),
        lambda: contested(facts, adoption, as_of=date(2020, 6, 1)),
        lambda: history_from(facts, adoption, as_of=date(2020, 6, 1)),
        lambda: projection_of(facts),
    ):
        with pytest.raises(FactError) as caught:
            ask()
        assert str(caught.value) == told


# On the command line ---------------------------------------------------------------------------------------------

OPPOSED: Final[tuple[dict[str, Any], ...]] = (
    {"fact": "unit_established", "id": "u", "on": "2016-01-01", "unit": "g", "kind": "guidance_department"},
    {"fact": "stage_entered", "id": "s", "on": "2018-01-01", "person": "p1", "stage": "activist"},
    {"fact": "stage_entered", "id": "m", "on": "2017-12-20", "person": "p2", "stage": "full_member"},
    {
        "fact": "opinion_given", "id": "1", "on": "2018-05-01", "person": "p1", "step": "development_target", "by": "g",
        "verdict": "oppose",
    },
)  # fmt: skip
AUTUMN: Final = {"fact": "term_declared", "on": "2018-09-01", "until": "2019-01-06", "term": "a", "kind": "semester"}
STEP: Final = ("--person", "p1", "--to", "development_target", "--on", "2018-06-30")


def each_way(directory: Path, terms: tuple[dict[str, Any], ...]) -> Iterator[tuple[int, bytes, str]]:
    """Yield how each command ended on the same facts in a file, in a ledger and as kept columns, in each format."""
    facts, ledger = written(directory / "facts.jsonl", OPPOSED), directory / "ledger.db"
    written(directory / "terms.jsonl", terms)
    (directory / "school.toml").write_text('packs = ["lzwl2017", "lzcu2012"]\nterms = "terms.jsonl"\n')
    adopted = ("--adoption", directory / "school.toml")
    run("record", ledger, facts)
    columns = (ledger, "--projection", directory / "columns")
    for source in ((facts,), (ledger,), columns):
        for form in ("table", "jsonl", "json", "csv", "parquet"):
            found = run("audit", *source, *adopted, "--as-of", "2019-01-06", "--rule", "*:8.*", "--format", form)
            yield (found.exit_code, b"" if form == "parquet" else found.stdout_bytes, found.stderr)
        for form in ("table", "json"):
            found = run("funnel", *source, *adopted, "--on", "2018-06-30", "--format", form)
            yield (found.exit_code, found.stdout_bytes, found.stderr)
    for source in ((facts,), (ledger,)):
        found = run("decide", *source, *adopted, *STEP)
        yield (found.exit_code, found.stdout_bytes, found.stderr)


def test_a_term_never_hides_a_fact(tmp_path: Path) -> None:
    """A term with the id of an opinion that opposes is refused by every command, on every source, in every format."""
    ended = set(each_way(tmp_path, ({**AUTUMN, "id": "1"},)))
    ((code, out, told_of),) = ended
    assert (code, out) == (2, b"")
    assert told_of.startswith("Error: terms.jsonl, line 1: field `id`: '1' stands already (among the facts)")


def test_what_a_ledger_holds_is_not_judged_again(tmp_path: Path) -> None:
    """A ledger from before a rule of admission is answered, and by all commands alike."""
    other = {**AUTUMN, "id": "a2", "on": "2019-09-01", "until": "2020-01-06"}
    facts, ledger = written(tmp_path / "facts.jsonl", (*OPPOSED, {**AUTUMN, "id": "a1"}, other)), tmp_path / "ledger.db"
    with patch.object(admission, "_clash", return_value=iter(())):
        assert run("record", ledger, facts).exit_code == 0
    asked = ("audit", ledger, "--pack", "lzwl2017", "--as-of", "2020-01-06", "--rule", "8.*", "--format", "jsonl")
    plain = run(*asked)
    assert plain.exit_code == 0
    assert plain.stdout == run(*asked, "--projection", tmp_path / "columns").stdout
    assert run("decide", ledger, "--pack", "lzcu2012", *STEP).exit_code == 0
    with open_ledger(ledger) as held:
        adoption = adopt(["lzwl2017"])
        findings = [
            audit(source, adoption, as_of=date(2020, 1, 6)).findings()
            for source in (held, held.snapshot(), open_projection(held))
        ]
    assert findings[0] == findings[1] == findings[2]
    with pytest.raises(FactError, match="has other dates than"):
        facts_in(facts)


def test_every_source_is_answered_alike(tmp_path: Path) -> None:
    """With terms that may join the facts, and declared twice, file, ledger and kept columns print the same."""
    ended = list(each_way(tmp_path, ({**AUTUMN, "id": "a1"}, {**AUTUMN, "id": "a2"})))
    audits, decisions = ended[:-2], ended[-2:]
    third = len(audits) // 3
    assert [end[:2] for end in audits[:third]] == [end[:2] for end in audits[third : 2 * third]]
    assert [end[:2] for end in audits[:third]] == [end[:2] for end in audits[2 * third :]]
    assert decisions[0] == decisions[1]
    assert "VETOED" in decisions[0][1].decode()
    findings = audits[1][1].splitlines()
    assert findings
    assert len(set(findings)) == len(findings)
