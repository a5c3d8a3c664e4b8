"""The rows of one sheet: what each tells by its mapping, and every cell of it that cannot be taken."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs
from attrs import define, field, frozen

from partyrules.facts.schema import field_types, title_of
from partyrules.importers.cells import CHINESE, CellError, attendance_mark, is_nothing, shown_as, text_in, words_in
from partyrules.importers.contradictions import ENCODER, RowFact
from partyrules.importers.dates import SeveralDays, clock_in
from partyrules.importers.directory import Directory, several
from partyrules.importers.fields import PeopleListed, introduces
from partyrules.importers.headers import OWN, plain_name
from partyrules.importers.lists import SignInList
from partyrules.importers.mapping import PEOPLE, TOPIC, RegisterMapping
from partyrules.importers.plans import (
    CellSource,
    Chosen,
    MeetingColumn,
    Teller,
    Unfit,
    chosen,
    tellers_of,
)
from partyrules.importers.refusals import Refusal, RefusedRows
from partyrules.importers.sheets import Lost, RegisterSheet, Value, is_blank, letters
from partyrules.importers.tables import is_again

_Told = Sequence[tuple[Teller, Mapping[str, Any]]]
_NO_KIND: Final[Mapping[str, Any]] = {}
_ROWS_AT_ONCE: Final = 1000
_LISTED: Final = 10
_TOTAL: Final = re.compile(
    r"(?:本页|本表|全部|截[至止].{4,12})?,?(?:(?:合计|总计|小计|共计|总数|总人数|累计|[应实]到|共有?)(?:人数|\d+(?:人次?|名|次))?|平均.{0,2}|"
    r"最高分|最低分|[及合]格率|优秀率|出勤率|total|subtotal|sum)(?:[:：(（].*|。)?",
    re.IGNORECASE,
)
_FOOTER: Final = re.compile(
    r"(?:注|备注|\D*说明|填表.?|填报.?|制表.?|审核.?|负责人|经办人|记录人|联系电话|.*时间|单位盖章|盖章)"
    r"\s*\d?\s*[:：(（].*|\(?(?:公章|盖章)\)?|\D*\(?签[字名章]\)?(?:[:：].*)?|\W*以下(?:空白|无正文)\W*"
)
# The same as in the row above.
_DITTO: Final = frozenset({"同上", "同 上", "〃", "″", "”", '"'})
_NOT_ABOVE: Final = "nothing stands above it; write what is meant"
_SIGNED: Final = "签"
# A total, or a footer, says so in one of so many columns.
_LEADING: Final = 6


@frozen
class SheetRemark:
    """Something to know of a sheet that is no problem: what of it was passed over."""

    sheet: RegisterSheet
    what: str


@define(eq=False)
class SheetWork:
    """The reading of one sheet."""

    sheet: RegisterSheet
    chosen: Chosen | None
    unfit: Unfit | None = None
    data: list[tuple[int, Sequence[Value]]] = field(factory=list)
    aside: list[int] = field(factory=list)
    tellers: Sequence[Teller] = ()
    across: Sequence[MeetingColumn] = ()
    picking: Sequence[Sequence[Teller]] = ()
    kinds: dict[tuple[Any, ...], _Told] = field(factory=dict)
    lists: dict[bytes, SignInList] = field(factory=dict)
    apart: dict[str, str] = field(factory=dict)
    told: list[RowFact] = field(factory=list)
    refusals: dict[int | None, list[Refusal]] = field(factory=lambda: defaultdict(list))
    marks: dict[int, dict[int | None, str]] = field(factory=lambda: defaultdict(dict))
    doubted: list[tuple[int, str, int, int]] = field(factory=list)
    remarks: list[SheetRemark] = field(factory=list)

    @classmethod
    def begin(
        cls, sheet: RegisterSheet, mappings: Sequence[RegisterMapping], given: Mapping[str, str], directory: Directory
    ) -> "SheetWork":
        """Choose the mapping of a sheet."""
        found = chosen(sheet, mappings, given, directory)
        if isinstance(found, Unfit):
            return cls(sheet, None, found)
        if sheet.hidden and not found.plan.hidden:
            work = cls(sheet, None)
            work.remark("hidden, and not read; show it, or say `hidden = true`")
            return work
        work = cls(sheet, found)
        work.data = list(work.rows_of_data(found))
        filled = dict(work.data)
        # What a cell says of the one above it, it says where the row is given back as well.
        work.sheet = attrs.evolve(sheet, rows=[filled.get(number, row) for number, row in enumerate(sheet.rows)])
        return work

    @property
    def columns(self) -> Mapping[str, int]:
        """Where each column looked for is."""
        return {} if self.chosen is None else self.chosen.header.columns

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
            row = self.sheet.number(self.unfit.row)
            self.refusals[None].append(Refusal(self.sheet, row, None, None, "", self.unfit.why))

    # Rows -----------------------------------------------------------------------------------------------

    def rows_of_data(self, each: Chosen) -> Iterator[tuple[int, Sequence[Value]]]:
        """Yield the rows of data with their numbers, from 0: not blank, no total, no footer, no header again."""
        header = each.header
        names = set(map(plain_name, header.names.values()))
        # A row of which but the number was written is blank.
        numbers = {at for at, name in header.names.items() if plain_name(name) in OWN}
        above: Sequence[Value] | None = None
        down = [at for key, at in header.columns.items() if key.rpartition(".")[2] in each.plan.fill_down]
        for number in range(header.first, len(self.sheet.rows)):
            row = self.sheet.rows[number]
            if all(is_blank(cell) or (at in numbers and _is_count(cell)) for at, cell in enumerate(row)):
                continue
            texts = [plain_name(cell) for cell in row[:_LEADING] if isinstance(cell, str) and not is_blank(cell)][:2]
            again = any(text in names for text in texts) and is_again(self.sheet, header, number)
            if again or _is_aside(texts):
                self.aside.append(number)
                continue
            same = [at for at, cell in enumerate(row) if cell in _DITTO] if not _DITTO.isdisjoint(row) else []
            same += [at for at in down if above is not None and is_blank(_cell(row, at))]
            if same:
                row = [*row, *[None] * (max(same) + 1 - len(row))]
                for at in same:
                    row[at] = _cell(above, at) if above is not None else Lost(shown_as(row[at]), _NOT_ABOVE)
            above = row
            yield number, row

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
        whole = [
            (kind, at, beside)
            for kind, at, beside in sorted(pairs, key=str)
            if at is not None and beside is not None and at != beside
        ]
        for number, row in self.data:
            for kind, at, beside in whole:
                pair = _texts(row, at, beside)
                # A name in the place of a person's id is nobody's id.
                if pair is not None and not (
                    not (kind == "person" and CHINESE.search(pair[0])) and directory.add_pair(kind, *pair)
                ):
                    self.doubted.append((number, kind, at, beside))
            for kind, at in made_known:
                said = _texts(row, at)
                if said is not None and not CHINESE.search(said[0]) and len(several(said[0])) == 1:
                    directory.add(kind, said[0])

    def read(self, directory: Directory, progress: Callable[[int], object] | None) -> None:
        """Read every row."""
        if self.chosen is None:
            return
        self.tellers = tellers_of(self.chosen, self.sheet, directory)
        by_cell: dict[int | None, list[Teller]] = defaultdict(list)
        for teller in self.tellers:
            if teller.told.pick is not None:
                by_cell[None if teller.kind is None else teller.kind.at].append(teller)
        self.picking = list(by_cell.values())
        self.across = [self._known(column) for column in self.chosen.across]
        rows = dict(self.data) if self.doubted else {}
        for number, kind, at, beside in self.doubted:
            row = rows[number]
            try:
                directory.check_pair(kind, text_in(row[at]), text_in(row[beside]))
            except CellError as error:
                self.refuse(number, at, row[at], error)
        self._refuse_nameless()
        for column in self.across:
            if column.wrong is not None:
                self.refuse(self.chosen.header.first - 1, column.at, column.name, column.wrong)
                # Of none of its meetings all of the rows are right.
                self.refusals |= {number: [] for number, _ in self.data}
        silent: list[int] = []
        for count, (number, row) in enumerate(self.data, start=1):
            if progress is not None and count % _ROWS_AT_ONCE == 0:
                progress(_ROWS_AT_ONCE)
            if self.chosen.plan.attendance is not None:
                self._gather(number, row, directory)
                continue
            told = list(self._facts_of(number, row))
            if number not in self.refusals:
                self.told += told
                if not told:
                    silent.append(number)
        self._conclude(silent)

    def _nameless(self) -> Iterator[tuple[int, list[tuple[int, Value]]]]:
        """Yield the columns without a name, with their cells that hold something and the rows of these."""
        assert self.chosen is not None  # noqa: S101 - asked of chosen sheets only
        for at in range(max((len(row) for _, row in self.data), default=0)):
            if at not in self.chosen.header.names:
                yield at, [(number, row[at]) for number, row in self.data if at < len(row) and not is_blank(row[at])]

    def _refuse_nameless(self) -> None:
        """Refuse what stands beside a list of people under no name: some of them, who would be lost."""
        lists = {source.at for teller in self.tellers for source in teller.sources if source.name in PEOPLE}
        for at, cells in self._nameless():
            if at - 1 in lists:
                lists.add(at)
                for number, cell in cells:
                    self.refuse(number, at, cell, CellError("its column has no name; write all people into one cell"))

    def _known(self, column: MeetingColumn) -> MeetingColumn:
        """Return a column, of which it is wrong that the kind of its meeting is not known."""
        try:
            if column.kind:
                _kinds_in(column.kind, "kind", self.picking[0])
        except CellError as error:
            return attrs.evolve(column, wrong=error)
        return column

    def _conclude(self, silent: Sequence[int]) -> None:
        assert self.chosen is not None  # noqa: S101 - asked of chosen sheets only
        if silent:
            self.remark(f"{len(silent)} rows tell nothing: {self._listed(silent)}")
        if self.aside:
            self.remark(f"totals, headers and footers passed over: rows {self._listed(self.aside)}")
        if left := self.chosen.unused(self.tellers):
            self.remark(f"columns not read: {', '.join(left)}")
        if nameless := sorted({letters(at) for at, cells in self._nameless() if cells}):
            self.remark(f"columns without a name not read: {', '.join(nameless)}")
        for each in self.chosen.untold():
            self.remark(each)

    def _listed(self, rows: Sequence[int]) -> str:
        listed = ", ".join(str(self.sheet.number(row)) for row in rows[:_LISTED])
        return f"{listed} …" if len(rows) > _LISTED else listed

    def refuse(self, number: int, at: int | None, value: Value, error: CellError, *, called: str | None = None) -> None:
        """Refuse a cell, once."""
        assert self.chosen is not None  # noqa: S101 - asked of chosen sheets only
        column = None if at is None else self.sheet.letters(number, at)
        header = called or (self.chosen.header.names.get(at) if at is not None else None)
        row = self.sheet.number(number)
        found = Refusal(self.sheet, row, column, header, shown_as(value), error.why, error.near)
        if found not in self.refusals[number]:
            self.refusals[number].append(found)
            self.marks[number][at] = error.why

    def refuse_source(self, number: int, row: Sequence[Value], source: CellSource, error: CellError) -> None:
        """Refuse the cell that a field is read of, unless it is refused for whom it is of."""
        if source.at is None or source.at not in self.marks.get(number, ()):
            self.refuse(number, source.at, source.cell(row), error, called=source.called)

    def refuse_field(self, fact: RowFact, name: str, error: CellError) -> None:
        """Refuse the cell that a field of a fact was read of, or the row where there is none."""
        number = fact.rows[0]
        sources = [*fact.teller.sources, *filter(None, [fact.teller.kind])]
        source = next((each for each in sources if each.name == name), None)
        if source is None:
            self.refuse(number, None, None, error, called=name)
        else:
            self.refuse_source(number, self.sheet.rows[number], source, error)

    def refused_rows(self) -> RefusedRows | None:
        """Return the rows that are to be given again, None where there are none."""
        if self.chosen is None or not self.refusals:
            return None
        first = self.chosen.header.first
        rows = sorted(number for number in self.refusals if number is not None and number >= first)
        return RefusedRows(self.sheet, first, rows, self.marks)

    def in_order(self) -> Iterator[Refusal]:
        """Yield the refusals: that of the sheet, then those of each row."""
        for number in sorted(self.refusals, key=lambda number: -1 if number is None else number):
            yield from self.refusals[number]

    # One row --------------------------------------------------------------------------------------------

    def _facts_of(self, number: int, row: Sequence[Value]) -> Iterator[RowFact]:
        others = ((teller, _NO_KIND) for teller in self.tellers if teller.told.pick is None)
        picked = (each for picking in self.picking for each in self._picked(number, row, picking))
        for teller, kind in (*picked, *others):
            if (said := self._said(number, row, teller, kind, begun=bool(kind))) is not None:
                yield RowFact(said, self.sheet, (number,), teller, self._apart(number, row, teller))

    def _picked(
        self, number: int, row: Sequence[Value], picking: Sequence[Teller], column: MeetingColumn | None = None
    ) -> _Told:
        """Return which of the facts that one cell tells of a row tells, each with its kind."""
        source = next((teller.kind for teller in picking if teller.kind is not None), None)
        cell: Value = column.kind if column is not None else None
        if not cell and source is not None:
            cell = source.cell(row)
        if len(self.picking) > 1 and is_nothing(cell):
            return ()
        key = (picking[0].told.pick, cell.__class__, cell)
        try:
            if key not in self.kinds:
                self.kinds[key] = _kinds_in(cell, str(picking[0].told.pick), picking)
        except CellError as error:
            if source is not None:
                self.refuse_source(number, row, source, error)
            return ()
        return self.kinds[key]

    def _said(
        self, number: int, row: Sequence[Value], teller: Teller, kind: Mapping[str, Any], *, begun: bool
    ) -> dict[str, Any] | None:
        """Return what a row says of a fact; None where a cell of it is refused, or it was not `begun` to be told."""
        said: dict[str, Any] = {"fact": teller.cls.wire, **teller.set, **kind}
        wrong: list[tuple[CellSource, CellError]] = []
        excused: tuple[str, ...] = ()
        days: tuple[CellSource, SeveralDays] | None = None
        begun |= not teller.has_own
        for source in teller.sources:
            found = source.says(row)
            if found is None:
                if source.required:
                    wrong.append((source, _missing(source.name)))
                continue
            begun |= source.own
            if found.__class__ is str:
                said[source.name] = found
            elif isinstance(found, CellError):
                wrong.append((source, found))
            elif isinstance(found, PeopleListed):
                excused += found.excused
                if source.name != "excused":
                    said[source.name] = found.ids
            elif isinstance(found, SeveralDays):
                days = source, found
            else:
                said[source.name] = found
        if not begun:
            return None
        if days is not None and (against := _spanned(said, teller.told.span, days[1])) is not None:
            wrong.append((days[0], against))
        first, last = (said.get(name) for name in teller.told.span or ("", ""))
        if first and last and last < first[: len(last)]:
            source = min(teller.sources, key=lambda each: (*teller.told.span[::-1], each.name).index(each.name))
            wrong.append((source, CellError(f"{last} is before {first}, when it began")))
        if excused:
            said["excused"] = tuple(sorted(set(excused)))
            for person in {*said.get("attended", ())} & {*excused}:
                source = next(each for each in teller.sources if each.name in PEOPLE)
                wrong.append((source, CellError(f"{person} is both attended and excused at one meeting")))
        for source, error in wrong:
            self.refuse_source(number, row, source, error)
        refused = self.marks.get(number)
        return None if wrong or (refused and any(each.at in refused for each in teller.sources)) else said

    def _apart(
        self, number: int, row: Sequence[Value], teller: Teller, column: MeetingColumn | None = None
    ) -> Mapping[str, str]:
        """Return what else a row tells of a fact that tells it from others: its topic, and the time of the day."""
        assert self.chosen is not None  # noqa: S101 - asked of chosen sheets only
        if not teller.topic:
            return _NO_KIND
        days = [each for each in teller.sources if each.name == "on"]
        if teller.kind is not None and all(self.sheet.goes_on(number, each.at) for each in (*days, teller.kind)):
            # Merged with the row above, of which it says more.
            return self.apart
        topic = self.chosen.cell(teller.topic, row)
        self.apart = {} if is_nothing(topic) else {TOPIC: plain_name(shown_as(topic))}
        # When somebody signed is no time of a meeting.
        clocks = [each.cell(row) for each in days if _SIGNED not in str(each.called)]
        for cell in (self.chosen.cell("clock", row), *clocks, *([column.name] if column else ())):
            self.apart |= clock_in(cell)
        return self.apart

    # Attendance -----------------------------------------------------------------------------------------

    def _gather(self, number: int, row: Sequence[Value], directory: Directory) -> None:
        columns = self.columns
        places = [columns[key] for key in ("attendance.who", "attendance.names") if key in columns]
        across = self.across or [MeetingColumn(columns["attendance.mark"], "")]
        marks = [each for each in across if each.wrong is None]
        cells = [_cell(row, at) for at in (*places, *(each.at for each in marks), *self._aside().values())]
        if all(map(is_nothing, cells)):
            return
        who = self._who(number, row, places, directory)
        for column in marks:
            mark = self._mark(number, row, column.at, who, directory)
            whole = [(self.tellers[0], _NO_KIND)]
            for teller, kind in self._picked(number, row, self.picking[0], column) if self.picking else whole:
                said = self._said(number, row, teller, kind, begun=True)
                if said is None:
                    return
                meeting = {**said, "on": column.day} if column.day else said
                apart = self._apart(number, row, teller, column)
                found = SignInList(meeting, apart, teller, self.sheet, bool(column.day))
                signed = self.lists.setdefault(ENCODER.encode((meeting, apart)), found)
                signed.rows.append(number)
                signed.marked |= any(not is_blank(_cell(row, at)) for at in (column.at, *self._aside().values()))
                if mark and who is not None and (other := signed.people.setdefault(who, mark)) != mark:
                    one, other = sorted((mark, other), key=("attended", "excused", "absent").index)
                    self.refuse(number, None, who, CellError(f"{who} is both {one} and {other} at one meeting"))

    def _who(self, number: int, row: Sequence[Value], places: Sequence[int], directory: Directory) -> str | None:
        for at in places:
            cell = _cell(row, at)
            if not is_nothing(cell):
                try:
                    return directory.id_of("person", text_in(cell))
                except CellError as error:
                    self.refuse(number, at, cell, error)
                    return None
        self.refuse(number, places[0], None, CellError("empty; allowed: who it is"))
        return None

    def _mark(self, number: int, row: Sequence[Value], at: int, who: str | None, directory: Directory) -> str | None:
        cell = _cell(row, at)
        aside = [name for name, column in self._aside().items() if _is_marked(_cell(row, column))]
        try:
            mark = attendance_mark(cell)
            if aside and (mark == "attended" or len(aside) > 1):
                self.refuse(number, at, cell, CellError(f"{who} is both {mark} and {aside[0]} at one meeting"))
            return aside[0] if aside else mark
        except CellError as error:
            signed = isinstance(cell, str) and text_in(cell)
            beside = _texts(row, names) if (names := self.columns.get("attendance.names")) is not None else None
            if signed and who and signed in (who, *(beside or ()), *directory.called("person", who)):
                return "attended"
            self.refuse(number, at, cell, error)
            return None

    def _aside(self) -> dict[str, int]:
        """Return the columns of those who were excused or absent."""
        columns = {name: self.columns.get(f"attendance.{name}") for name in ("excused", "absent")}
        return {name: at for name, at in columns.items() if at is not None}


def _cell(row: Sequence[Value], at: int) -> Value:
    return row[at] if at < len(row) else None


def _is_marked(cell: Value) -> bool:
    """Tell whether a cell of a column of those who were excused, or absent, has a mark, which may be the reason."""
    try:
        return attendance_mark(cell) != "absent"
    except CellError:
        return True


def _is_count(cell: Value) -> bool:
    return not isinstance(cell, str) or cell.strip().isdigit()


def _is_aside(texts: Sequence[str]) -> bool:
    """Tell whether what a row begins with makes it a total or a footer."""
    return any(map(_TOTAL.fullmatch, texts)) or bool(texts and _FOOTER.fullmatch(texts[0]))


def _kinds_in(cell: Value, field: str, picking: Sequence[Teller]) -> _Told:
    """Return which facts a cell says that a row tells, each with its kind, or kinds where a fact may have several."""
    if is_nothing(cell):
        raise _missing(field)
    words: dict[str, str] = {}
    for teller in picking:
        words = words | {word: value for word, value in teller.words.items() if word not in words}
    found: dict[int, set[str]] = defaultdict(set)
    for value in words_in(cell, words):
        found[next(number for number, each in enumerate(picking) if value in each.words.values())].add(value)
    told: list[tuple[Teller, Mapping[str, Any]]] = []
    for number, values in sorted(found.items()):
        teller, (first, *others) = picking[number], sorted(values)
        name = str(teller.told.pick)
        if teller.further is not None and others:
            told.append((teller, {name: first, teller.further: tuple(others)}))
        else:
            told += [(teller, {name: value}) for value in (first, *others)]
    return told


def _spanned(said: dict[str, Any], span: Sequence[str], days: SeveralDays) -> CellError | None:
    """Say the first and the last of several days in the two fields that they are of; return what speaks against it."""
    if days.gaps and "until" in span:
        return CellError("days that do not follow each other; give each day a row of its own")
    for name, day in zip(span, (days.first, days.last), strict=True):
        if name != "on" and said.get(name, str(day)) != str(day):
            return CellError(f"several days, {days.first} to {days.last}, and `{name}` is {said[name]}")
        said[name] = str(day)
    return None


def _texts(row: Sequence[Value], *places: int) -> list[str] | None:
    """Return the texts of some cells, None where one has none."""
    try:
        found = [text_in(row[at]) for at in places if at < len(row) and not is_nothing(row[at])]
    except CellError:
        return None
    return found if len(found) == len(places) else None


def _missing(field: str) -> CellError:
    return CellError(f"empty; allowed: a value, since `{field}` is needed")
