"""What a ledger holds that bears on an import, and what it would make of the facts of one."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec
from attrs import frozen

from partyrules.facts.admission import ADMISSION_TYPES, Admission, admitted_lines
from partyrules.facts.codec import Checked, canonical_instant, checked
from partyrules.facts.retractions import retracted_ids
from partyrules.facts.vocabulary import (
    CORE_VOCABULARY,
    BuildingOpened,
    FactRetracted,
    PersonRegistered,
    UnitEstablished,
    Vocabulary,
)
from partyrules.importers.contradictions import LedgerHeld
from partyrules.importers.directory import Directory
from partyrules.importers.mapping import RegisterMapping
from partyrules.importers.refusals import Refusal, RefusedRows
from partyrules.importers.registers import RegisterReading
from partyrules.ledger.base import Head
from partyrules.ledger.sqlite import open_ledger

_TELLING: Final = (PersonRegistered, UnitEstablished, BuildingOpened)


def held_by(
    path: Path, mappings: Iterable[RegisterMapping], directory: Directory, *, vocabulary: Vocabulary
) -> LedgerHeld:
    """Return what the ledger at a path holds of the facts that mappings tell, and add to a directory whom it knows.

    Where there is no ledger yet it holds nothing.
    """
    if not path.exists():
        return LedgerHeld()
    told = [told for mapping in mappings for plan in mapping.sheets for told in plan.facts]
    wires = {each.cls.wire for each in told}
    with open_ledger(path, vocabulary=vocabulary, read_only=True) as ledger:
        retractions = [each.fact for each in ledger.facts(types={FactRetracted.wire})]
        gone = frozenset(retracted_ids([fact for fact in retractions if isinstance(fact, FactRetracted)]))
        known = (each.fact for each in ledger.facts(types={cls.wire for cls in _TELLING}))
        directory.add_facts(fact for fact in known if fact.id not in gone)
        contents = {row.id: row.content for row in ledger.rows() if row.wire in wires and row.id not in gone}
    return LedgerHeld(contents, gone)


@frozen
class Imported:
    """What became of an import: how many facts are new, or would be, how many were there `already`, what was refused.

    `head` is where the ledger ended then, None where nothing was recorded.
    """

    new: int
    already: int
    refusals: tuple[Refusal, ...]
    head: Head | None


def import_into(
    path: Path,
    reading: RegisterReading,
    *,
    dry_run: bool = False,
    keep_good: bool = False,
    give_back: Callable[[Sequence[RefusedRows]], object] | None = None,
    vocabulary: Vocabulary = CORE_VOCABULARY,
    progress: Callable[[int], object] | None = None,
) -> Imported:
    """Append the facts of a reading to the ledger at a path, made where there is none, and retract what they replace.

    Nothing is recorded where anything is refused, unless `keep_good` leaves that out, and nothing in a `dry_run`.
    Before anything is, the rows that are refused go to `give_back`, if there are any.
    """
    now = datetime.now(UTC)
    plan = _would_append(path, _facts_of(reading, now), recorded_at=now, vocabulary=vocabulary)
    if plan.problems:
        reading = reading.without(plan.problems)
        plan = _would_append(path, _facts_of(reading, now), recorded_at=now, vocabulary=vocabulary)
    refusals, refused = reading.refusals, reading.refused
    if refused and give_back is not None:
        give_back(refused)
    if dry_run or (refusals and not keep_good):
        return Imported(len(plan.facts), reading.already + plan.already, refusals, None)
    with open_ledger(path, vocabulary=vocabulary) as opened:
        done = opened.append(_facts_of(reading, now), recorded_at=now, progress=progress)
    return Imported(done.appended, reading.already + done.already, refusals, done.head)


def _facts_of(reading: RegisterReading, now: datetime) -> list[Checked]:
    return [*reading.facts, *_retractions_of(reading, on=now.date())]


def _retractions_of(reading: RegisterReading, *, on: date) -> list[Checked]:
    """Return the retractions of what the facts of a reading replace, dated `on`."""
    found = []
    for target, where in reading.replaced:
        said = {
            "fact": FactRetracted.wire,
            "id": f"{FactRetracted.wire}/{sha256(target.encode()).hexdigest()[:24]}",
            "on": on.isoformat(),
            "target": target,
            "reason": "a register says otherwise",
        }
        found.append(checked(msgspec.json.encode(said), where=where))
    return found


def _would_append(
    path: Path, facts: Iterable[Checked], *, recorded_at: datetime, vocabulary: Vocabulary
) -> Admission[Checked]:
    """Return what the ledger at a path would make of facts, without writing anything."""
    stamp = canonical_instant(recorded_at)
    lines = [msgspec.structs.replace(fact, recorded_at=stamp) for fact in facts]
    if not path.exists():
        return admitted_lines((), lines, vocabulary=vocabulary)
    with open_ledger(path, vocabulary=vocabulary, read_only=True) as ledger:
        held = {each.fact.id: each for each in ledger.with_ids([line.id for line in lines])}
        types: Sequence[str] = tuple(ADMISSION_TYPES)
        if any(line.wire in ADMISSION_TYPES for line in lines):
            held |= {each.fact.id: each for each in ledger.facts(types=types)}
    existing = [(f"position {each.position}", each.fact) for each in held.values()]
    return admitted_lines(existing, lines, vocabulary=vocabulary)
