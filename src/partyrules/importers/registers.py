"""Registers to facts: every row by its mapping, all of a row or nothing, and every cell that cannot be taken named."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import msgspec
from attrs import frozen

from partyrules.errors import FactError, Problem, QueryError
from partyrules.facts.codec import Checked, checked_lines
from partyrules.facts.vocabulary import CORE_VOCABULARY, Vocabulary
from partyrules.importers.books import sheets_of
from partyrules.importers.cells import CellError
from partyrules.importers.contradictions import LedgerHeld, RowFact, compared
from partyrules.importers.directory import Directory
from partyrules.importers.mapping import RegisterMapping
from partyrules.importers.plans import fitting, header_of
from partyrules.importers.refusals import Refusal, RefusedRows
from partyrules.importers.rows import ENCODER, SheetRemark, SheetWork
from partyrules.importers.sheets import RegisterSheet, is_blank
from partyrules.importers.tables import parts_below, parts_beside

__all__ = ["RegisterReading", "read_registers"]

_Said = Mapping[str, Any]
# What stands in their cells may be the name of a column: 签到, 请假.
_MARKED: Final = ("attendance.mark", "attendance.excused", "attendance.absent", "attended", "excused")
_FIELD: Final = re.compile(r"field `(\w+)`")


@frozen
class RegisterReading:
    """What some registers tell: `facts` that may be appended, every refusal, and what is to be given again.

    `replaced` are ids of recorded facts to be retracted, each with the place of what takes its place.

    `rows` counts the rows of data, `repeated` the facts that were told more than once, `already` those that the
    ledger holds, `gone` those that it held and that were retracted. `places` are where each fact stands.
    """

    facts: tuple[Checked, ...]
    replaced: tuple[tuple[str, str], ...]
    refusals: tuple[Refusal, ...]
    refused: tuple[RefusedRows, ...]
    remarks: tuple[SheetRemark, ...]
    rows: int
    repeated: int
    already: int
    gone: int
    places: Mapping[str, tuple[RegisterSheet, int]]

    def refused_by(self, problems: Iterable[Problem]) -> tuple[Refusal, ...]:
        """Return the refusals that a ledger's problems with these facts are."""
        found = []
        for problem in problems:
            sheet, row = self.places[problem.where]
            found.append(Refusal(sheet, sheet.number(row), None, None, "", problem.what))
        return tuple(found)


def read_registers(
    files: Iterable[Path],
    mappings: Sequence[RegisterMapping],
    *,
    directory: Directory | None = None,
    held: LedgerHeld | None = None,
    given: Mapping[str, str] | None = None,
    vocabulary: Vocabulary = CORE_VOCABULARY,
    replace: bool = False,
    progress: Callable[[int], object] | None = None,
) -> RegisterReading:
    """Return the facts that registers tell, and every cell that cannot be taken.

    `given` are values of fields that all rows have where a sheet does not tell them, such as the unit. A row tells all
    of its facts or none. Ids of facts are made of their content, so that the same row tells the same fact wherever it
    stands. With `replace`, what a row says otherwise than `held` takes its place. `progress` is called with how many
    more rows were read. Raise QueryError for a file that is no register.
    """
    known, held = directory or Directory(), held or LedgerHeld()
    work = [
        SheetWork.begin(sheet, mappings, given or {}, known) for path in files for sheet in _sheets_of(path, mappings)
    ]
    fits: dict[Path, bool] = defaultdict(bool)
    for each in work:
        fits[each.sheet.file] |= each.chosen is not None
    for each in work:
        each.refuse_unfit(any_fits=fits[each.sheet.file])
        each.add_to(known)
    for each in work:
        each.read(known, progress)
    told = [fact for each in work for fact in each.told]
    for fact in told:
        fact.id, fact.line = _line(fact.said)
        fact.recorded = fact.id in held.contents
    others = held.besides({fact.id for fact in told})
    _compare(work, told, others, replace=replace)
    return _reading(work, vocabulary, held, {_digest(each) for each in others})


def _sheets_of(path: Path, mappings: Sequence[RegisterMapping]) -> Iterator[RegisterSheet]:
    found = [sheet for sheet in sheets_of(path) if not all(is_blank(cell) for row in sheet.rows for cell in row)]
    if not found:
        raise QueryError(f"{path}: there is nothing in it")
    for sheet in found:
        plans = [plan for _, plan in fitting(sheet, mappings)]
        named = [(key in _MARKED, names) for plan in plans for key, names in plan.wanted().items()]
        names, marks = (
            [each for marked, some in named if marked is as_mark for each in some] for as_mark in (False, True)
        )
        for part in parts_below(sheet, names, marks) if all(plan.header is None for plan in plans) else [sheet]:
            yield from parts_beside(part, [(header_of(part, plan), plan.wanted()) for plan in plans])


def _compare(work: Sequence[SheetWork], told: Sequence[RowFact], held: Iterable[_Said], *, replace: bool) -> None:
    """Refuse what rows say of one thing otherwise than other rows, or the ledger."""
    of_sheet = {id(each.sheet): each for each in work}
    for each in compared(told, held, replace=replace):
        there = "、".join(each.there) if isinstance(each.there, tuple | list) else each.there
        has = "nothing" if there is None else there
        if each.other is not None:
            sheet = each.other.sheet
            why = f"contradicts row {sheet.number(each.other.rows[0])} of {sheet.where}, which has {has}"
        else:
            why = f"contradicts {each.known}, which is recorded and has {has}; if this is right, say --replace"
        of_sheet[id(each.fact.sheet)].refuse_field(each.fact, each.field, CellError(why))


def _reading(
    work: Sequence[SheetWork], vocabulary: Vocabulary, held: LedgerHeld, others: set[bytes]
) -> RegisterReading:
    """Return what is read; `others` are digests of what the ledger holds besides facts of the same ids."""
    of_sheet = {id(each.sheet): each for each in work}
    told = [fact for each in work for fact in each.told if not each.refuses(fact)]
    lines = list(checked_lines((fact.line for fact in told), vocabulary=vocabulary))
    for fact, line in zip(told, lines, strict=True):
        if isinstance(line, FactError):
            for problem in line.problems:
                named = _FIELD.search(problem.what)
                of_sheet[id(fact.sheet)].refuse_field(fact, named[1] if named else "", CellError(problem.what))
    facts: list[Checked] = []
    replaced: list[tuple[str, str]] = []
    places: dict[str, tuple[RegisterSheet, int]] = {}
    repeated = already = gone = 0
    seen: set[str] = set()
    called = {each: one.sheet.where for each, one in of_sheet.items()}
    last, where = None, ""
    for fact, line in zip(told, lines, strict=True):
        if isinstance(line, FactError) or of_sheet[id(fact.sheet)].refuses(fact):
            continue
        if line.id in seen or fact.told_better:
            repeated += 1
        elif line.id in held.gone:
            gone += 1
        elif (
            fact.recorded_better
            or held.contents.get(line.id) == line.content
            or (others and _digest(msgspec.json.decode(line.content)) in others)
        ):
            already += 1
        else:
            if last != (place := (fact.sheet, fact.rows[0])):
                last, where = place, f"{called[id(fact.sheet)]}, row {fact.sheet.number(fact.rows[0])}"
                places[where] = place
            facts.append(msgspec.structs.replace(line, source=where, line=0))
            replaced += [(known, where) for known in fact.replaces]
        seen.add(line.id)
    return RegisterReading(
        facts=tuple(facts),
        replaced=tuple(replaced),
        refusals=tuple(refusal for each in work for refusal in each.in_order()),
        refused=tuple(_refused_rows(each) for each in work if each.chosen is not None and each.refusals),
        remarks=tuple(remark for each in work for remark in each.remarks),
        rows=sum(len(each.data) for each in work),
        repeated=repeated,
        already=already,
        gone=gone,
        places=places,
    )


def _line(said: _Said) -> tuple[str, bytes]:
    """Return a fact's id, which its content alone makes, and the fact as a line of JSON."""
    content = ENCODER.encode(said)
    name = f"{said['fact']}/{sha256(content).hexdigest()[:24]}"
    return name, b'{"id":"%b",%b\n' % (name.encode(), content[1:])


def _digest(said: _Said) -> bytes:
    """Return a digest of what a fact says, whatever its id and the order of its lists."""
    values = {name: sorted(value) if isinstance(value, list) else value for name, value in said.items()}
    values.pop("id", None)
    return sha256(ENCODER.encode(values)).digest()


def _refused_rows(work: SheetWork) -> RefusedRows:
    assert work.chosen is not None  # noqa: S101 - asked of chosen sheets only
    first = work.chosen.header.first
    rows = sorted(number for number in work.refusals if number is not None and number >= first)
    return RefusedRows(work.sheet, first, rows, work.marks)
