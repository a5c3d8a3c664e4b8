"""Registers to facts: every row by its mapping, all of a row or nothing, and every cell that cannot be taken named."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import msgspec
from attrs import define, field, frozen

from partyrules.errors import FactError, Problem, QueryError
from partyrules.facts.codec import Checked, checked_lines
from partyrules.facts.schema import field_types, title_of
from partyrules.facts.vocabulary import CORE_VOCABULARY, Vocabulary
from partyrules.importers.books import sheets_of
from partyrules.importers.cells import CellError, attendance_mark, is_nothing, shown_as, text_in, word_in
from partyrules.importers.contradictions import LedgerHeld, RowFact, compared
from partyrules.importers.directory import Directory
from partyrules.importers.fields import PeopleListed, introduces
from partyrules.importers.headers import plain_name
from partyrules.importers.mapping import RegisterMapping
from partyrules.importers.plans import (
    CellSource,
    Chosen,
    Teller,
    Unfit,
    chosen,
    dates_across,
    tellers_of,
    untold,
    unused,
)
from partyrules.importers.refusals import Refusal, RefusedRows
from partyrules.importers.sheets import RegisterSheet, Value, is_blank, letters

__all__ = ["RegisterReading", "SheetRemark", "read_registers"]

_ROWS_AT_ONCE: Final = 1000
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number", order="sorted")
_FACT_ID: Final = re.compile(rb'"id":"(?:[^"\\]|\\.)*",?')
_FIELD: Final = re.compile(r"field `(\w+)`")
_TOTAL: Final = re.compile(
    r"(合计|总计|小计|共计|总数|累计|平均|合计人数|total|subtotal|sum)([:：(（].*)?", re.IGNORECASE
)
_FOOTER: Final = re.compile(
    r"(注|备注|说明|填表说明|填表人?|填报人?|制表人?|审核人?|负责人|经办人|记录人|联系电话|填表日期|制表日期|填报日期|单位盖章|盖章)\s*\d?\s*[:：(（].*|\(?(公章|盖章)\)?"
)
_CHINESE: Final = re.compile("[\u3400-\u9fff]")
# A total, or a footer, says so in one of so many columns.
_LEADING: Final = 6
_PEOPLE: Final = ("attended", "excused")


@frozen
class SheetRemark:
    """Something to know of a sheet that is no problem: what of it was passed over."""

    sheet: RegisterSheet
    what: str


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
            found.append(Refusal(sheet, row + 1, None, None, "", problem.what))
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
    known = directory or Directory()
    work = [_Work.begin(sheet, mappings, given or {}) for path in files for sheet in _sheets_with_something(path)]
    fits: dict[Path, bool] = defaultdict(bool)
    for each in work:
        fits[each.sheet.file] |= each.chosen is not None
    for each in work:
        each.refuse_unfit(any_fits=fits[each.sheet.file])
        each.add_to(known)
    for each in work:
        each.read(known, progress)
    _compare(work, held or LedgerHeld(), replace=replace)
    return _reading(work, vocabulary, held or LedgerHeld())


def _sheets_with_something(path: Path) -> list[RegisterSheet]:
    found = [sheet for sheet in sheets_of(path) if not all(is_blank(cell) for row in sheet.rows for cell in row)]
    if not found:
        raise QueryError(f"{path}: there is nothing in it")
    return found


# One sheet -------------------------------------------------------------------------------------------------


@define
class _Gathered:
    """A meeting, and what its rows say of who was there."""

    said: dict[str, Any]
    teller: Teller
    rows: list[int] = field(factory=list)
    people: dict[str, set[str]] = field(factory=lambda: {"attended": set(), "excused": set(), "absent": set()})
    marked: bool = False


@define(eq=False)
class _Work:
    """The reading of one sheet."""

    sheet: RegisterSheet
    chosen: Chosen | None
    unfit: Unfit | None
    tellers: list[Teller] = field(factory=list)
    told: list[RowFact] = field(factory=list)
    refusals: dict[int | None, list[Refusal]] = field(factory=lambda: defaultdict(list))
    aside: set[int] = field(factory=set)
    pairs: list[tuple[str, int, int]] = field(factory=list)
    remarks: list[SheetRemark] = field(factory=list)
    rows: int = 0

    @classmethod
    def begin(cls, sheet: RegisterSheet, mappings: Sequence[RegisterMapping], given: Mapping[str, str]) -> "_Work":
        """Choose the mapping of a sheet."""
        found = chosen(sheet, mappings, given)
        if isinstance(found, Unfit):
            return cls(sheet, None, found)
        if sheet.hidden and not found.plan.hidden:
            work = cls(sheet, None, None)
            work.remark(
                "hidden, and not read; show it, or say `hidden = true`",
            )
            return work
        return cls(sheet, found, None)

    def remark(self, what: str) -> None:
        """Note something that is no problem."""
        self.remarks.append(SheetRemark(self.sheet, what))

    def refuse_unfit(self, *, any_fits: bool) -> None:
        """Refuse a sheet that no mapping fits, unless it is a mere addition to others."""
        if self.unfit is None:
            return
        if self.sheet.hidden or (any_fits and not self.unfit.meant):
            self.remark(f"not read: {self.unfit.why}")
        else:
            self.refusals[None].append(Refusal(self.sheet, self.unfit.row + 1, None, None, "", self.unfit.why))

    # Rows -----------------------------------------------------------------------------------------------

    def data(self) -> Iterator[tuple[int, Sequence[Value]]]:
        """Yield the rows of data with their numbers, from 0: not blank, no total, no footer, no header again."""
        assert self.chosen is not None  # noqa: S101 - asked of chosen sheets only
        header = self.chosen.header
        heads = {at: plain_name(name) for at, name in header.names.items()}
        above: dict[int, Value] = {}
        down = [at for key, at in header.columns.items() if key.rpartition(".")[2] in self.chosen.plan.fill_down]
        for number in range(header.first, len(self.sheet.rows)):
            row = self.sheet.rows[number]
            if all(map(is_blank, row)):
                continue
            if self._is_aside(row, heads):
                self.aside.add(number)
                continue
            if down:
                row = list(row) + [None] * (max(down) + 1 - len(row))
                for at in down:
                    if is_blank(row[at]):
                        row[at] = above.get(at)
                    above[at] = row[at]
            yield number, row

    def _is_aside(self, row: Sequence[Value], heads: Mapping[int, str]) -> bool:
        """Tell whether a row is a total, a footer, or the header again."""
        first = [cell for cell in row[:_LEADING] if isinstance(cell, str) and not is_blank(cell)][:2]
        texts = [plain_name(cell) for cell in first]
        if any(_TOTAL.fullmatch(text) for text in texts) or (texts and _FOOTER.fullmatch(texts[0])):
            return True
        if not set(texts) & set(heads.values()):
            return False
        again = [at for at, name in heads.items() if at < len(row) and plain_name(shown_as(row[at])) == name]
        return len(again) > 1 and len(again) * 2 > len(heads)

    def add_to(self, directory: Directory) -> None:
        """Add to the directory whom the rows name by id and name together, and what they make known."""
        if self.chosen is None:
            return
        columns, plan = self.chosen.header.columns, self.chosen.plan
        made_known = set()
        pairs = {("person", columns.get("attendance.who"), columns.get("attendance.names"))}
        for number, told in enumerate(plan.facts):
            for name, hint in field_types(told.cls).items():
                at = columns.get(f"{number}.{name}" if name in told.columns else name)
                if (kind := title_of(hint)) is not None and at is not None:
                    pairs.add((kind, at, columns.get(f"names.{name}")))
                    if introduces(told.cls) == name:
                        made_known.add((kind, at))
        self.pairs = [
            (kind, at, beside)
            for kind, at, beside in sorted(pairs, key=str)
            if at is not None and beside is not None and at != beside
        ]
        for _, row in self.data():
            for kind, at, beside in self.pairs:
                pair = _texts(row, at, beside)
                # A name in the place of a person's id is nobody's id.
                if pair is not None and not (kind == "person" and _CHINESE.search(pair[0])):
                    directory.add_pair(kind, *pair)
            for kind, at in made_known:
                if (said := _texts(row, at)) is not None and not _CHINESE.search(said[0]):
                    directory.add(kind, said[0])

    def read(self, directory: Directory, progress: Callable[[int], object] | None) -> None:
        """Read every row."""
        if self.chosen is None:
            return
        self.tellers = tellers_of(self.chosen, self.sheet, directory)
        gathered: dict[bytes, _Gathered] = {}
        silent: list[int] = []
        for number, row in self.data():
            self.rows += 1
            if progress is not None and self.rows % _ROWS_AT_ONCE == 0:
                progress(_ROWS_AT_ONCE)
            self._check_pairs(number, row, directory)
            if self.chosen.plan.attendance is not None:
                self._gather(number, row, directory, gathered)
            else:
                told = list(self._facts_of(number, row))
                if not told and number not in self.refusals:
                    silent.append(number + 1)
                if number not in self.refusals:
                    self.told += told
        self._finish_gathered(gathered)
        self._conclude(silent)

    def _conclude(self, silent: Sequence[int]) -> None:
        assert self.chosen is not None  # noqa: S101 - asked of chosen sheets only
        if silent:
            listed = ", ".join(map(str, silent[:10])) + (" …" if len(silent) > 10 else "")  # noqa: PLR2004 - rows shown
            self.remark(f"{len(silent)} rows tell nothing: {listed}")
        if self.aside:
            listed = ", ".join(str(number + 1) for number in sorted(self.aside)[:10])
            self.remark(f"totals, headers and footers passed over: rows {listed}")
        left = unused(self.chosen, self.tellers)
        if left:
            self.remark(f"columns not read: {', '.join(left)}")
        for each in untold(self.chosen):
            self.remark(each)

    def refuse(self, number: int, at: int | None, value: Value, error: CellError, *, called: str | None = None) -> None:
        """Refuse a cell, once."""
        assert self.chosen is not None  # noqa: S101 - asked of chosen sheets only
        column = None if at is None else letters(at)
        header = called or (self.chosen.header.names.get(at) if at is not None else None)
        found = Refusal(self.sheet, number + 1, column, header, shown_as(value), error.why, error.near)
        if found not in self.refusals[number]:
            self.refusals[number].append(found)

    def refuse_field(self, fact: RowFact, name: str, error: CellError) -> None:
        """Refuse the cell that a field of a fact was read of, or the row where there is none."""
        row = self.sheet.rows[fact.rows[0]]
        source = next((each for each in fact.teller.sources if each.name == name), None)
        if source is None:
            self.refuse(fact.rows[0], None, None, error, called=name)
        else:
            self.refuse(fact.rows[0], source.at, _cell(source, row), error, called=source.called)

    def refuses(self, fact: RowFact) -> bool:
        """Tell whether a row that tells a fact is refused."""
        return bool(self.refusals) and any(number in self.refusals for number in fact.rows)

    def in_order(self) -> Iterator[Refusal]:
        """Yield the refusals: that of the sheet, then those of each row."""
        for number in sorted(self.refusals, key=lambda number: -1 if number is None else number):
            yield from self.refusals[number]

    # One row --------------------------------------------------------------------------------------------

    def _facts_of(self, number: int, row: Sequence[Value]) -> Iterator[RowFact]:
        picking = [teller for teller in self.tellers if teller.told.pick is not None]
        picked = self._picked(number, row, picking)
        for teller in self.tellers:
            if teller.told.pick is not None and teller is not picked:
                continue
            own = [source for source in teller.sources if source.own and source.at is not None]
            if own and all(is_nothing(_cell(source, row)) for source in own):
                continue
            said = self._said(number, row, teller)
            if said is not None:
                yield RowFact(said, self.sheet, [number], teller)

    def _picked(self, number: int, row: Sequence[Value], picking: Sequence[Teller]) -> Teller | None:
        """Return which of the facts of which a row tells one it tells."""
        if not picking:
            return None
        words: dict[str, str] = {}
        for teller in picking:
            source = next(one for one in teller.sources if one.name == teller.told.pick)
            cell = _cell(source, row)
            if is_nothing(cell):
                self.refuse(number, source.at, cell, _missing(source), called=source.called)
                return None
            words |= teller.words
            try:
                word_in(cell, teller.words)
            except CellError:
                continue
            return teller
        try:
            word_in(cell, words)
        except CellError as error:
            self.refuse(number, source.at, cell, error, called=source.called)
        return None

    def _said(self, number: int, row: Sequence[Value], teller: Teller) -> dict[str, Any] | None:
        """Return what a row says of a fact, None where a cell of it is refused."""
        said: dict[str, Any] = {"fact": teller.cls.wire, **teller.set}
        right = True
        excused: tuple[str, ...] = ()
        refused = {each.column for each in self.refusals.get(number, ())}
        for source in teller.sources:
            cell = _cell(source, row)
            if source.at is not None and refused and letters(source.at) in refused:
                right = False
                continue
            try:
                if is_nothing(cell):
                    if source.required:
                        raise _missing(source)
                    continue
                found = source.read(cell)
                if isinstance(found, PeopleListed):
                    excused += found.excused
                    found = found.ids
                said[source.name] = found
            except CellError as error:
                self.refuse(number, source.at, cell, error, called=source.called)
                right = False
        if excused and "attended" in said:
            said["excused"] = tuple(sorted({*said.get("excused", ()), *excused}))
        for person in {*said.get("attended", ())} & {*said.get("excused", ())}:
            source = next(each for each in teller.sources if each.name in _PEOPLE)
            why = CellError(f"{person} is both attended and excused at one meeting")
            self.refuse(number, source.at, _cell(source, row), why, called=source.called)
            right = False
        return said if right else None

    def _check_pairs(self, number: int, row: Sequence[Value], directory: Directory) -> None:
        """Refuse an id of which the name beside it, or the directory, says that it is another's."""
        for kind, at, beside in self.pairs:
            cells = [row[place] if place < len(row) else None for place in (at, beside)]
            if not any(map(is_nothing, cells)):
                try:
                    directory.check_pair(kind, text_in(cells[0]), text_in(cells[1]))
                except CellError as error:
                    self.refuse(number, at, cells[0], error)

    # Attendance -----------------------------------------------------------------------------------------

    def _gather(
        self, number: int, row: Sequence[Value], directory: Directory, gathered: dict[bytes, _Gathered]
    ) -> None:
        assert self.chosen is not None  # noqa: S101 - asked of chosen sheets only
        columns = self.chosen.header.columns
        picking = [teller for teller in self.tellers if teller.told.pick is not None]
        teller: Teller | None = self._picked(number, row, picking) if picking else self.tellers[0]
        who = self._who(number, row, directory)
        said = self._said(number, row, teller) if teller is not None else None
        if said is None or teller is None:
            return
        across = dates_across(self.chosen)
        marks = [(at, {**said, "on": day}) for at, day in across.items()] or [(columns["attendance.mark"], said)]
        for at, meeting in marks:
            cell = row[at] if at < len(row) else None
            try:
                mark = attendance_mark(cell)
            except CellError as error:
                if (
                    isinstance(cell, str)
                    and directory.knows("person", text_in(cell))
                    and who == directory.id_of("person", text_in(cell))
                ):
                    # Signed with the name.
                    mark = "attended"
                else:
                    self.refuse(number, at, cell, error)
                    mark = ""
            group = gathered.setdefault(_ENCODER.encode(meeting), _Gathered(meeting, teller))
            group.rows.append(number)
            group.marked |= not is_blank(cell)
            if mark and who is not None:
                group.people[mark].add(who)

    def _who(self, number: int, row: Sequence[Value], directory: Directory) -> str | None:
        assert self.chosen is not None  # noqa: S101 - asked of chosen sheets only
        columns = self.chosen.header.columns
        places = [columns[key] for key in ("attendance.who", "attendance.names") if key in columns]
        for at in places:
            cell = row[at] if at < len(row) else None
            if is_nothing(cell):
                continue
            try:
                return directory.id_of("person", text_in(cell))
            except CellError as error:
                self.refuse(number, at, cell, error)
                return None
        self.refuse(number, places[0], None, CellError("empty; allowed: who it is"))
        return None

    def _finish_gathered(self, gathered: Mapping[bytes, _Gathered]) -> None:
        for group in gathered.values():
            for one, other in (("attended", "excused"), ("attended", "absent"), ("excused", "absent")):
                for person in group.people[one] & group.people[other]:
                    why = CellError(
                        f"{person} is both {one} and {other} at one meeting",
                    )
                    self.refuse(group.rows[-1], None, person, why)
        # A meeting of which one row is refused is not told; its other rows belong to what is to be given again, and
        # so do the other meetings of these rows.
        refused = {number for number in self.refusals if number is not None}
        groups = list(gathered.values())
        while True:
            bad = [group for group in groups if refused & set(group.rows)]
            more = {number for group in bad for number in group.rows} - refused
            if not more:
                break
            refused |= more
        for number in refused:
            self.refusals.setdefault(number, [])
        for group in groups:
            if refused & set(group.rows):
                continue
            said = dict(group.said)
            if group.marked:
                said |= {
                    name: tuple(sorted(group.people[name]))
                    for name in _PEOPLE
                    if name == "attended" or group.people[name]
                }
            else:
                self.remark("no mark at all; who was there is taken as not recorded")
            self.told.append(RowFact(said, self.sheet, group.rows, group.teller))


def _texts(row: Sequence[Value], *places: int) -> list[str] | None:
    """Return the texts of some cells, None where one has none."""
    try:
        found = [text_in(row[at]) for at in places if at < len(row) and not is_nothing(row[at])]
    except CellError:
        return None
    return found if len(found) == len(places) else None


def _cell(source: CellSource, row: Sequence[Value]) -> Value:
    if source.at is None:
        return source.label
    cell = row[source.at] if source.at < len(row) else None
    if is_nothing(cell) and source.beside is not None and source.beside < len(row):
        return row[source.beside]
    return cell


def _missing(source: CellSource) -> CellError:
    return CellError(f"empty; allowed: a value, since `{source.name}` is needed")


# The whole -------------------------------------------------------------------------------------------------


def _compare(work: Sequence[_Work], held: LedgerHeld, *, replace: bool) -> None:
    """Refuse what rows say of one thing otherwise than other rows, or the ledger."""
    of_sheet = {id(each.sheet): each for each in work}
    for each in compared([fact for one in work for fact in one.told], held, replace=replace):
        there = "、".join(each.there) if isinstance(each.there, tuple | list) else each.there
        has = "nothing" if there is None else there
        if each.other is not None:
            why = CellError(f"contradicts row {each.other.rows[0] + 1} of {each.other.sheet.where}, which has {has}")
        else:
            why = CellError(
                f"contradicts {each.known}, which is recorded and has {has}; if this is right, say --replace"
            )
        of_sheet[id(each.fact.sheet)].refuse_field(each.fact, each.field, why)


def _reading(work: Sequence[_Work], vocabulary: Vocabulary, held: LedgerHeld) -> RegisterReading:
    facts: list[Checked] = []
    replaced: list[tuple[str, str]] = []
    places: dict[str, tuple[RegisterSheet, int]] = {}
    repeated = already = gone = 0
    seen: set[str] = set()
    told = [(each, fact) for each in work for fact in each.told if not each.refuses(fact)]
    lines = [_line(fact.said) for _, fact in told]
    sheets = {id(each): each.sheet.where for each in work}
    found = list(zip(told, checked_lines(lines, vocabulary=vocabulary), strict=True))
    for (each, fact), checked in found:
        if isinstance(checked, FactError):
            for problem in checked.problems:
                named = _FIELD.search(problem.what)
                each.refuse_field(fact, named[1] if named else "", CellError(problem.what))
    for (each, fact), checked in found:
        if isinstance(checked, FactError) or each.refuses(fact):
            continue
        if checked.id in seen or fact.told_better:
            repeated += 1
        elif checked.id in held.gone:
            gone += 1
        elif fact.recorded_better or (held.said and without_id(checked.content) in held.said):
            already += 1
        else:
            where = f"{sheets[id(each)]}, row {fact.rows[0] + 1}"
            places[where] = (fact.sheet, fact.rows[0])
            facts.append(msgspec.structs.replace(checked, source=where, line=0))
            replaced += [(known, where) for known in fact.replaces]
        seen.add(checked.id)
    return RegisterReading(
        facts=tuple(facts),
        replaced=tuple(replaced),
        refusals=tuple(refusal for each in work for refusal in each.in_order()),
        refused=tuple(_refused_rows(each) for each in work if each.chosen is not None and each.refusals),
        remarks=tuple(remark for each in work for remark in each.remarks),
        rows=sum(each.rows for each in work),
        repeated=repeated,
        already=already,
        gone=gone,
        places=places,
    )


def _line(said: Mapping[str, Any]) -> bytes:
    """Return a fact as a line of JSON, with an id that its content alone makes."""
    content = _ENCODER.encode(said)
    name = f"{said['fact']}/{sha256(content).hexdigest()[:24]}"
    return b'{"id":%b,%b\n' % (_ENCODER.encode(name), content[1:])


def without_id(content: bytes) -> bytes:
    """Return a digest of what a fact says, whatever its id and the order of its lists."""
    said = _FACT_ID.sub(b"", content, count=1)
    if b"[" in said:
        values = msgspec.json.decode(said)
        said = _ENCODER.encode(
            {key: sorted(value) if isinstance(value, list) else value for key, value in values.items()}
        )
    return sha256(said).digest()


def _refused_rows(work: _Work) -> RefusedRows:
    assert work.chosen is not None  # noqa: S101 - asked of chosen sheets only
    marks: dict[int, dict[int | None, str]] = {}
    for number, refusals in work.refusals.items():
        if number is not None:
            marks[number] = {_column(each.column): each.why for each in refusals}
    return RefusedRows(work.sheet, work.chosen.header.first, sorted(marks), marks)


def _column(name: str | None) -> int | None:
    if name is None:
        return None
    found = 0
    for letter in name:
        found = found * 26 + ord(letter) - 64
    return found - 1
