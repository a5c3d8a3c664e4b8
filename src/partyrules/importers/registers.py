"""Registers to facts: every row by its mapping, all of a row or nothing, and every cell that cannot be taken named."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import attrs
import msgspec
from attrs import frozen

from partyrules.errors import FactError, Problem, QueryError
from partyrules.facts.codec import Checked, checked_lines
from partyrules.facts.vocabulary import CORE_VOCABULARY, Vocabulary
from partyrules.importers.books import sheets_of
from partyrules.importers.cells import CellError
from partyrules.importers.contradictions import Beside, LedgerHeld, RowFact, compared
from partyrules.importers.directory import Directory
from partyrules.importers.lists import facts_of_lists
from partyrules.importers.mapping import HELP_PAGE, RegisterMapping
from partyrules.importers.plans import fitting, header_of
from partyrules.importers.refusals import Refusal, RefusedRows
from partyrules.importers.rows import SheetRemark, SheetWork
from partyrules.importers.sheets import RegisterSheet, is_blank
from partyrules.importers.tables import parts_below, parts_beside

__all__ = ["RegisterReading", "read_registers"]

# What stands in their cells may be the name of a column: 签到, 请假.
_MARKED: Final = ("attendance.mark", "attendance.excused", "attendance.absent", "attended", "excused")
_FIELD: Final = re.compile(r"field `(\w+)`")


@frozen
class RegisterReading:
    """What some registers tell: `facts` that may be appended, every refusal, and what is to be given again.

    `replaced` are ids of recorded facts to be retracted, each with the place of what takes its place.

    `rows` counts the rows of data, `repeated` the facts that were told more than once, `already` those that the
    ledger holds, `gone` those that it held and that were retracted.
    """

    facts: tuple[Checked, ...]
    replaced: tuple[tuple[str, str], ...]
    repeated: int
    already: int
    gone: int
    _work: Sequence[SheetWork]
    _told: Mapping[str, Sequence[RowFact]]

    @property
    def rows(self) -> int:
        """How many rows of data there are."""
        return sum(len(each.data) for each in self._work)

    @property
    def remarks(self) -> tuple[SheetRemark, ...]:
        """What there is to know of the sheets that is no problem."""
        return tuple(remark for each in self._work for remark in each.remarks)

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """What is refused, in the order of the sheets and their rows."""
        return tuple(refusal for each in self._work for refusal in each.in_order())

    @property
    def refused(self) -> tuple[RefusedRows, ...]:
        """The rows that are to be given again."""
        return tuple(found for each in self._work if (found := each.refused_rows()) is not None)

    def without(self, problems: Iterable[Problem]) -> "RegisterReading":
        """Return it without the rows whose facts a ledger has problems with, which are refused."""
        of_sheet = {id(each.sheet): each for each in self._work}
        for problem in problems:
            fact = self._told[problem.where][0]
            of_sheet[id(fact.sheet)].refuse(fact.rows[0], None, None, CellError(problem.what))
        _not_held_back([fact for told in self._told.values() for fact in told], of_sheet)
        left = {
            where
            for where, told in self._told.items()
            if not any(row in of_sheet[id(sheet)].refusals for fact in told for sheet, row in fact.places())
        }
        return attrs.evolve(
            self,
            facts=tuple(fact for fact in self.facts if fact.source in left),
            replaced=tuple(each for each in self.replaced if each[1] in left),
        )


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
    of_sheet = {id(each.sheet): each for each in work}
    lists = [one for each in work for one in each.lists.values()]
    told = [fact for each in work for fact in each.told]
    told += facts_of_lists(lists, lambda sheet, what: of_sheet[id(sheet)].remark(what))
    told = _not_held_back(told, of_sheet)
    for fact in told:
        fact.name()
        fact.recorded = fact.id in held.contents
    for found in compared(told, held.besides({fact.id for fact in told}), replace=replace):
        _tell(found, of_sheet)
    return _reading(work, _not_held_back(told, of_sheet), vocabulary, held)


def _sheets_of(path: Path, mappings: Sequence[RegisterMapping]) -> Iterator[RegisterSheet]:
    found = [sheet for sheet in sheets_of(path) if not all(is_blank(cell) for row in sheet.rows for cell in row)]
    if not found:
        raise QueryError(f"{path}: there is nothing in it")
    for sheet in found:
        if sheet.name in (HELP_PAGE.zh, HELP_PAGE.en):
            continue
        plans = [plan for _, plan in fitting(sheet, mappings)]
        named = [(key in _MARKED, names) for plan in plans for key, names in plan.wanted().items()]
        names, marks = (
            [each for marked, some in named if marked is as_mark for each in some] for as_mark in (False, True)
        )
        for part in parts_below(sheet, names, marks) if all(plan.header is None for plan in plans) else [sheet]:
            yield from parts_beside(part, [(header_of(part, plan), plan.wanted()) for plan in plans])


def _not_held_back(told: Sequence[RowFact], of_sheet: Mapping[int, SheetWork]) -> list[RowFact]:
    """Return the facts of which no row is refused; of others all rows are to be given again, and what these tell."""
    refusals = {id(each.sheet): each.refusals for each in of_sheet.values()}
    kept = list(told)
    while True:
        held_back = [fact for fact in kept if any(row in refusals[id(sheet)] for sheet, row in fact.places())]
        if not held_back:
            return kept
        for fact in held_back:
            for sheet, row in fact.places():
                refusals[id(sheet)].setdefault(row, [])
        gone = set(map(id, held_back))
        kept = [fact for fact in kept if id(fact) not in gone]


_IF_TWO: Final = "; if they are two, write what each was about or when it began, in the registers of both"
_BESIDE: Final = {
    "contradicts": "contradicts row {row} of {sheet}, which has {there}",
    "recorded": "contradicts {known}, which is recorded and has {there}; if this is right, say --replace",
    "renamed": "differs from {known}, which is recorded, in topic or time alone; if this is right, say --replace",
    "continued": "{known} is recorded with others; if this list is more of it, say --replace and all are recorded",
}
_REMARKS: Final = {
    "same": "row {number}: what its list says stands in row {row} of {sheet}, and is told once",
    "listed": "row {number}: all people of its list are recorded with {known}; nothing is told anew",
    "apart": "row {number}: told besides {known}, which is recorded with another topic, time or number of hours",
}


def _tell(found: Beside, of_sheet: Mapping[int, SheetWork]) -> None:
    """Refuse what a row says otherwise than another row, or the ledger, or note how it stands to that."""
    work = of_sheet[id(found.fact.sheet)]
    there = "、".join(found.there) if isinstance(found.there, tuple | list) else found.there
    said = {"there": "nothing" if there is None else there, "known": found.known}
    said["number"] = work.sheet.number(found.fact.rows[0])
    if found.other is not None:
        said |= {"row": found.other.sheet.number(found.other.rows[0]), "sheet": found.other.sheet.where}
    if found.how in _REMARKS:
        work.remark(_REMARKS[found.how].format_map(said))
        return
    why = _BESIDE[found.how].format_map(said) + (_IF_TWO if found.fact.teller.topic else "")
    work.refuse_field(found.fact, found.field, CellError(why))


def _reading(
    work: Sequence[SheetWork], told: Sequence[RowFact], vocabulary: Vocabulary, held: LedgerHeld
) -> RegisterReading:
    """Return what is read."""
    of_sheet = {id(each.sheet): each for each in work}
    lines = list(checked_lines((fact.line() for fact in told), vocabulary=vocabulary))
    for fact, line in zip(told, lines, strict=True):
        if isinstance(line, FactError):
            for problem in line.problems:
                named = _FIELD.search(problem.what)
                of_sheet[id(fact.sheet)].refuse_field(fact, named[1] if named else "", CellError(problem.what))
    good = set(map(id, _not_held_back(told, of_sheet)))
    facts: list[Checked] = []
    replaced: list[tuple[str, str]] = []
    told_at: dict[str, list[RowFact]] = defaultdict(list)
    repeated = already = gone = 0
    seen: set[str] = set()
    called = {each: one.sheet.where for each, one in of_sheet.items()}
    for fact, line in zip(told, lines, strict=True):
        if isinstance(line, FactError) or id(fact) not in good:
            continue
        if line.id in seen or fact.told_better:
            repeated += 1
        elif fact.recorded_better or fact.recorded:
            already += 1
        elif line.id in held.gone:
            gone += 1
        else:
            where = f"{called[id(fact.sheet)]}, row {fact.sheet.number(fact.rows[0])}"
            told_at[where].append(fact)
            facts.append(msgspec.structs.replace(line, source=where, line=0))
            replaced += [(known, where) for known in fact.replaces]
        seen.add(line.id)
    return RegisterReading(tuple(facts), tuple(replaced), repeated, already, gone, work, told_at)
