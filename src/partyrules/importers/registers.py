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
from partyrules.importers.plans import Unfit, chosen, fitting, header_of
from partyrules.importers.refusals import Page, Refusal, RefusedRows, SheetRemark
from partyrules.importers.rows import SheetWork
from partyrules.importers.sheets import RegisterSheet, is_blank
from partyrules.importers.tables import parts_below, parts_beside
from partyrules.language.labels import LABELS

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
    rows: int
    _pages: Sequence[Page]
    _told: Mapping[str, Sequence[RowFact]]

    @property
    def remarks(self) -> tuple[SheetRemark, ...]:
        """What there is to know of the sheets that is no problem."""
        return tuple(remark for each in self._pages for remark in each.remarks)

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """What is refused, in the order of the sheets and their rows."""
        return tuple(refusal for each in self._pages for refusal in each.in_order())

    @property
    def refused(self) -> tuple[RefusedRows, ...]:
        """The rows that are to be given again."""
        return tuple(found for each in self._pages if (found := each.refused_rows()) is not None)

    def without(self, problems: Iterable[Problem]) -> "RegisterReading":
        """Return it without the rows whose facts a ledger has problems with, which are refused."""
        for problem in problems:
            fact = self._told[problem.where][0]
            fact.page.refuse(fact.rows[0], None, None, CellError(problem.what))
        kept = set(map(id, _not_held_back([fact for told in self._told.values() for fact in told])))
        left = {where for where, told in self._told.items() if id(told[0]) in kept}
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
    pages: list[Page] = []
    work: list[SheetWork] = []
    unfit: list[tuple[Page, Unfit]] = []
    for sheet in (sheet for path in files for sheet in _sheets_of(path, mappings)):
        pages.append(Page(sheet))
        found = chosen(sheet, mappings, given or {}, known)
        if isinstance(found, Unfit):
            unfit.append((pages[-1], found))
        elif sheet.hidden and not found.plan.hidden:
            pages[-1].remark("hidden, and not read; show it, or say `hidden = true`")
        else:
            work.append(SheetWork.begin(sheet, found, known))
            pages[-1] = work[-1].page
    fits = {each.page.sheet.file for each in work}
    for page, each in unfit:
        # What is no register is a mere addition to others.
        if page.sheet.hidden or (page.sheet.file in fits and not each.meant):
            page.remark(f"not read: {each.why}")
        else:
            row = page.sheet.number(each.row)
            page.refusals[None].append(Refusal(page.sheet, row, None, None, "", each.why))
    for one in work:
        one.add_to_directory()
    for one in work:
        one.read(progress)
    told = [fact for one in work for fact in one.told]
    told += facts_of_lists([each for one in work for each in one.lists.values()])
    told = _not_held_back(told)
    for fact in told:
        fact.name()
        fact.recorded = fact.id in held.contents
    for beside in compared(told, held.besides({fact.id for fact in told}), replace=replace):
        _tell(beside)
    reading = RegisterReading((), (), 0, 0, 0, sum(len(one.data) for one in work), pages, {})
    return _taken(reading, _not_held_back(told), vocabulary, held)


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


def _not_held_back(told: Sequence[RowFact]) -> list[RowFact]:
    """Return the facts of which no row is refused; of others all rows are to be given again, and what these tell."""
    kept = list(told)
    while held_back := [fact for fact in kept if any(row in page.refusals for page, row in fact.places())]:
        for page, row in (place for fact in held_back for place in fact.places()):
            page.refusals.setdefault(row, [])
        gone = set(map(id, held_back))
        kept = [fact for fact in kept if id(fact) not in gone]
    return kept


_IF_TWO: Final = "; if they are two, write what each was about or when it began, in the registers of both"
_BESIDE: Final = {
    "contradicts": "contradicts row {row} of {sheet}, which has {there}",
    "recorded": "contradicts {known}, which is recorded and has {there}; if this is right, say --replace",
    "renamed": "differs from {known}, which is recorded, in topic or time alone; if this is right, say --replace",
    "continued": "{known} is recorded with others; if this list is more of it, say --replace and all are recorded",
}
_REMARKS: Final = {
    "same": "what the list in row {number} says stands in row {row} of {sheet}, and is told once",
    "listed": "all people of the list in row {number} are recorded with {known}; nothing is told anew",
    "apart": "row {number} is told besides {known}, which is recorded with another topic, time or number of hours",
}


def _tell(beside: Beside) -> None:
    """Refuse what a row says otherwise than another row, or the ledger, or note how it stands to that."""
    fact, other = beside.fact, beside.other
    there = "、".join(beside.there) if isinstance(beside.there, tuple | list) else beside.there
    there = "nothing" if there is None else f"{LABELS[there].zh}（{there}）" if there in LABELS else there
    said = {"there": there, "known": beside.known}
    said["number"] = fact.page.sheet.number(fact.rows[0])
    if other is not None:
        said |= {"row": other.page.sheet.number(other.rows[0]), "sheet": other.page.sheet.where}
    what = {**_BESIDE, **_REMARKS}[beside.how].format_map(said)
    if fact.teller.topic and beside.how != "apart":
        what += _IF_TWO
    if beside.how in _REMARKS:
        fact.page.remark(what)
    else:
        fact.refuse(beside.field, CellError(what))


def _taken(
    reading: RegisterReading, told: Sequence[RowFact], vocabulary: Vocabulary, held: LedgerHeld
) -> RegisterReading:
    """Return a reading with the facts that may be appended."""
    lines = list(checked_lines((fact.line() for fact in told), vocabulary=vocabulary))
    for fact, line in zip(told, lines, strict=True):
        for problem in line.problems if isinstance(line, FactError) else ():
            named = _FIELD.search(problem.what)
            fact.refuse(named[1] if named else "", CellError(problem.what))
    good = set(map(id, _not_held_back(told)))
    facts: list[Checked] = []
    replaced: list[tuple[str, str]] = []
    told_at: dict[str, list[RowFact]] = defaultdict(list)
    repeated = already = gone = 0
    seen: set[str] = set()
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
            where = f"{fact.page.sheet.where}, row {fact.page.sheet.number(fact.rows[0])}"
            told_at[where].append(fact)
            facts.append(msgspec.structs.replace(line, source=where, line=0))
            replaced += [(known, where) for known in fact.replaces]
        seen.add(line.id)
    return attrs.evolve(
        reading,
        facts=tuple(facts),
        replaced=tuple(replaced),
        repeated=repeated,
        already=already,
        gone=gone,
        told=told_at,
    )
