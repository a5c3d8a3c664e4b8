"""Decision records: what was asked, everything the answer rests on, and the answer, so that it can be replayed."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from attrs import field, frozen

from partyrules.answers.verdicts import LISTS, Decision
from partyrules.errors import LedgerError, PackError, PartyRulesError, QueryError
from partyrules.evaluate.inference import engine_report
from partyrules.facts import strict_json
from partyrules.facts.admission import Admitted
from partyrules.facts.codec import content, fact_from_wire, to_wire
from partyrules.facts.reading import text_of
from partyrules.facts.vocabulary import Fact, Vocabulary
from partyrules.ledger.base import Head, Snapshot
from partyrules.packs.encoding import decoded, encoded
from partyrules.packs.pack import Adoption, Pack, adopt, load_pack
from partyrules.questions.decide import REFERENCE, decide
from partyrules.questions.sources import Source, facts_of
from partyrules.store.projection import Projection

_FORMAT: Final = "partyrules-decision-record/3"
# What answers of older formats did not say, or said in other words; nor did they say that nothing is needed.
_NEW_IN_ANSWERS: Final = ("required", "actual", "message", "lifts")


@frozen(kw_only=True)
class Replay:
    """What came of running a record again: whether the answer is the same, and each input that is not.

    `differences` are lines such as ``pack lzcu2012: fingerprint 3f… recorded, 9a… now``; empty where all is the same.
    `notes` are what could not be compared, and the engine if it is another: whichever decides, the answer is the same.
    """

    same_answer: bool
    differences: tuple[str, ...]
    recorded: Mapping[str, Any]
    now: Mapping[str, Any] | None
    notes: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether the answer is the same, and all that it rests on."""
        return self.same_answer and not self.differences


def record_of(
    source: Source,
    adoption: Adoption,
    decision: Decision,
    *,
    known_at: datetime | None = None,
    engine: str | None = None,
) -> dict[str, Any]:
    """Return the self-contained record of a decision as a JSON object.

    It names the fingerprint of the facts (and the position and hash of the ledger), and holds the adopted packs with
    all their rules, readings, parameters, terms and holidays, the engine, and the cited facts themselves. All of it is
    of one moment: of a ledger that others append to, decide over its `snapshot()` and give that. Raise QueryError where
    a ledger itself is given and what it holds now leads to another decision.
    """
    if not isinstance(source, Projection | Iterable):
        source = source.snapshot()
        again = decide(
            source, adoption, person=decision.person, to=decision.to, on=decision.on, known_at=known_at, engine=engine
        )
        if again.to_wire() != decision.to_wire():
            raise QueryError(
                "the ledger holds now what leads to another decision than the one to be recorded; "
                "decide over `ledger.snapshot()`, and record that"
            )
    facts = Admitted(facts_of(source))
    by_id = {fact.id: fact for fact in (*adoption.terms, *facts)}
    return {
        "format": _FORMAT,
        "asked": {
            "person": decision.person,
            "to": decision.to,
            "on": str(decision.on),
            "known_at": known_at.isoformat() if known_at else None,
        },
        "facts": _facts_digest(source, facts),
        "packs": [
            {"id": pack.id, "version": pack.version, "fingerprint": pack.fingerprint, "pack": encoded(pack)}
            for pack in adoption.packs
        ],
        "readings": dict(adoption.readings),
        "parameters": dict(adoption.parameters),
        "terms": [_plain(term) for term in adoption.terms],
        "holidays": {str(day): free for day, free in sorted(adoption.holidays.items())},
        "time_zone": adoption.time_zone,
        "engine": engine or engine_report().engine,
        "evidence": [_with_digest(by_id[fact_id]) for fact_id in _cited(decision.to_wire())],
        "answer": decision.to_wire(),
    }


def replay(record: Mapping[str, Any], source: Source) -> Replay:
    """Run a decision again on its recorded inputs and return what came of it.

    Of a ledger that has grown since, only what it held at the recorded position is read, and its head there must be
    the recorded one. The rules are those of the record; a record of 0.1.0 holds none, so that the packs installed now
    are asked. Raise QueryError where the record cannot be read.
    """
    said = _checked(record)
    asked = said.asked
    differences: list[str] = []
    notes: list[str] = []
    adoption = _adopted(said, differences, notes)
    differences += _head_differences(said, source, notes)
    facts = _facts_then(said, source)
    differences += [*_fact_differences(said, facts), *_evidence_differences(said, facts)]
    engine = said.engine if said.engine == REFERENCE else None
    if engine is None and engine_report().engine != said.engine:
        notes.append(f"engine: {said.engine} recorded, {engine_report().engine} now")
    try:
        now = decide(
            facts, adoption, person=asked.person, to=asked.to, on=asked.on, known_at=asked.known_at, engine=engine,
        ).to_wire()  # fmt: skip
    except PartyRulesError as error:
        differences.append(f"answer: cannot be worked out now: {error}")
        return Replay(
            same_answer=False, differences=tuple(differences), recorded=said.answer, now=None, notes=tuple(notes)
        )
    was, found = said.answer, now
    if said.format != _FORMAT and _canonical(found) != _canonical(was):
        was, found = _in_old_terms(was), _in_old_terms(now)
        notes.append(
            "answer: the record is of an older format; its lists, reasons and evidence are compared, no wording"
        )
    return Replay(
        same_answer=_canonical(found) == _canonical(was),
        differences=tuple(differences),
        recorded=said.answer,
        now=now,
        notes=tuple(notes),
    )


def vocabulary_in(record: Mapping[str, Any]) -> Vocabulary:
    """Return the fact types that the packs of a record know; raise QueryError where the record cannot be read."""
    return _adopted(_checked(record), [], []).vocabulary


def _adopted(said: "_Record", differences: list[str], notes: list[str]) -> Adoption:
    """Return the adoption of a record, its packs out of the record where it holds them."""
    packs: list[Pack] = []
    for was in said.packs:
        if was.pack is None:
            packs.append(load_pack(was.id))
            notes.append(f"pack {was.id}: the record holds no rules; those installed now are asked")
        else:
            packs.append(_pack_of(was))
            notes += _installed_otherwise(packs[-1])
        pack = packs[-1]
        if (was.id, was.version) != (pack.id, pack.version):
            differences.append(f"pack {was.id}: version {was.version} recorded, {pack.id} {pack.version} now")
        if was.pack is None and was.fingerprint != pack.fingerprint:
            notes.append(f"pack {was.id}: its fingerprint is of the form of 0.1.0, which cannot be compared")
        elif was.fingerprint != pack.fingerprint:
            differences.append(
                f"pack {was.id}: fingerprint {was.fingerprint} recorded, {pack.fingerprint} of its rules"
            )
    return adopt(
        packs,
        readings=said.readings,
        parameters=said.parameters,
        terms=tuple(fact_from_wire(dict(term), where="the terms of the record") for term in said.terms),
        holidays=said.holidays,
        time_zone=said.time_zone,
    )


def _pack_of(was: "_Pack") -> Pack:
    try:
        found: Pack = decoded(was.pack, Pack)
    except PackError as error:
        raise QueryError(f"not a decision record: its pack `{was.id}` is none: {error}") from None
    return found


def _installed_otherwise(pack: Pack) -> list[str]:
    """Return that the installed pack of this id says something else by now; nothing where there is none."""
    try:
        installed = load_pack(pack.id)
    except PackError:
        return []
    if installed.fingerprint == pack.fingerprint:
        return []
    return [f"pack {pack.id}: installed is version {installed.version}, with other rules than those of the record"]


def read_record(path: Path) -> dict[str, Any]:
    """Return the decision record in a file; raise QueryError where it is not one."""
    text = text_of(path)
    try:
        record = strict_json.decode(text)
    except ValueError as error:
        raise QueryError(f"{path.name}: not a decision record: {error}") from None
    if not isinstance(record, dict):
        raise QueryError(f"{path.name}: not a decision record: found {strict_json.shown(record)}")
    try:
        _checked(record)
    except QueryError as error:
        raise QueryError(f"{path.name}: {error}") from None
    return record


@frozen
class _Asked:
    person: str
    to: str
    on: date
    known_at: Annotated[datetime, msgspec.Meta(tz=True)] | None


@frozen
class _Position:
    position: int
    hash: str
    head: str | None = None


@frozen
class _FactsDigest:
    count: int
    sha256: str
    ledger: _Position | None = None


@frozen
class _Pack:
    id: str
    version: str
    fingerprint: str
    pack: dict[str, Any] | None = None


@frozen
class _Cited:
    sha256: str
    fact: dict[str, Any]


@frozen
class _Record:
    """A decision record as it is written."""

    format: Literal["partyrules-decision-record/1", "partyrules-decision-record/2", "partyrules-decision-record/3"]
    asked: _Asked
    facts: _FactsDigest
    packs: tuple[_Pack, ...]
    readings: dict[str, str]
    parameters: dict[str, str]
    engine: str
    evidence: tuple[_Cited, ...]
    answer: dict[str, Any]
    terms: tuple[dict[str, Any], ...] = ()
    holidays: dict[date, bool] = field(factory=dict)
    time_zone: str = "Asia/Shanghai"


def _checked(record: Mapping[str, Any]) -> _Record:
    """Return a record with every part where it belongs; raise QueryError that says which is not."""
    try:
        found = msgspec.convert(record, _Record)
    except msgspec.ValidationError as error:
        raise QueryError(f"not a decision record: {error}") from None
    if not found.format.endswith("/1") and any(each.pack is None for each in found.packs):
        raise QueryError("not a decision record: it holds a pack without its rules; only one of 0.1.0 may")
    return found


def _in_old_terms(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return of an answer, and of the items in its lists, what older formats said too."""
    said = {key: value for key, value in answer.items() if key not in _NEW_IN_ANSWERS and (value or key != "needs")}
    return {
        key: [_in_old_terms(item) if isinstance(item, dict) else item for item in value]
        if isinstance(value, list)
        else value
        for key, value in said.items()
    }


def _canonical(answer: Mapping[str, Any]) -> str:
    return json.dumps(answer, ensure_ascii=False, sort_keys=True)


def _digest(fact: Fact) -> str:
    return hashlib.sha256(content(fact)).hexdigest()


def _with_digest(fact: Fact) -> dict[str, Any]:
    return {"sha256": _digest(fact), "fact": _plain(fact)}


def _plain(fact: Fact) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(to_wire(fact), default=float))
    return found


def _facts_digest(source: Source, facts: Iterable[Fact]) -> dict[str, Any]:
    """Return how many facts there are and one fingerprint of all, whatever their order."""
    digests = sorted(
        _digest(fact) + (fact.recorded_at.astimezone(UTC).isoformat() if fact.recorded_at else "") for fact in facts
    )
    found: dict[str, Any] = {
        "count": len(digests),
        "sha256": hashlib.sha256("\n".join(digests).encode()).hexdigest(),
    }
    head = _head(source)
    if head is not None:
        found["ledger"] = {"position": head.position, "hash": head.hash, "head": str(head)}
    return found


def _head(source: Source) -> Head | None:
    """Return the head of a source that has one: it stands still."""
    return source.head if isinstance(source, Projection | Snapshot) else None


def _head_differences(record: _Record, source: Source, notes: list[str]) -> list[str]:
    was = record.facts.ledger
    if was is None:
        return []
    recorded = Head(was.position, was.hash)
    if was.head not in (None, str(recorded)):
        return [f"ledger: the record says both {recorded} and {was.head}"]
    try:
        here = _head_at(source, recorded.position)
    except LedgerError as error:
        return [f"ledger: {recorded} recorded, now: {error}"]
    if here is None:
        notes.append(f"ledger: {recorded} recorded, but the facts given are not a ledger that could be asked for it")
        return []
    return [] if here == recorded else [f"ledger: {recorded} recorded, {here} now"]


def _head_at(source: Source, position: int) -> Head | None:
    """Return the head that a source had at a position; raise LedgerError where it had none, None where it has none."""
    if not isinstance(source, Projection | Iterable):
        [row] = source.rows_at([position])
        return Head(row.position, row.hash.hex())
    held = _head(source)
    return held if held is not None and held.position == position else None


def _facts_then(record: _Record, source: Source) -> tuple[Fact, ...]:
    ledger = record.facts.ledger
    if ledger is None or (isinstance(source, Projection | Iterable) and _head(source) is None):
        return Admitted(facts_of(source))
    # Those of a ledger come in the order of their positions, from 1 on without gaps.
    return Admitted(islice(facts_of(source), max(ledger.position, 0)))


def _fact_differences(record: _Record, facts: tuple[Fact, ...]) -> list[str]:
    was, now = record.facts, _facts_digest(facts, facts)
    if (was.count, was.sha256) == (now["count"], now["sha256"]):
        return []
    differ = "" if was.sha256 == now["sha256"] else ", and their fingerprints differ"
    return [f"facts: {was.count} recorded, {now['count']} now{differ}"]


def _evidence_differences(record: _Record, facts: tuple[Fact, ...]) -> list[str]:
    """Return each cited fact that is not there, or not as the record has it, and what the record cites otherwise."""
    by_id = {fact.id: fact for fact in facts}
    found = []
    for cited in record.evidence:
        fact_id = cited.fact.get("id")
        fact = by_id.get(fact_id) if isinstance(fact_id, str) else None
        if fact is None:
            found.append(f"fact {fact_id}: cited, and no longer there")
        elif _digest(fact) != cited.sha256:
            found.append(f"fact {fact_id}: says something else now")
        elif other := _other_keys(_with_digest(fact)["fact"], cited.fact):
            found.append(f"fact {fact_id}: the record has it otherwise: {', '.join(other)}")
    held = [cited.fact.get("id") for cited in record.evidence]
    try:
        due = _cited(record.answer)
    except (KeyError, TypeError) as error:
        raise QueryError(f"not a decision record: its answer is none: {type(error).__name__} {error}") from None
    if held != due:
        found.append(f"evidence: the record holds {held}, its answer cites {due}")
    return found


def _other_keys(here: Mapping[str, Any], there: Mapping[str, Any]) -> list[str]:
    return sorted(key for key in {**here, **there} if (key in here, here.get(key)) != (key in there, there.get(key)))


def _cited(answer: Mapping[str, Any]) -> list[str]:
    cited = {fact for name in LISTS for item in answer[name] for fact in item["evidence"]}
    return sorted(cited | {record["id"] for record in answer["irregular"]})
