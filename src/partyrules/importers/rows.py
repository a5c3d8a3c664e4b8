"""The rows of one sheet: what each tells by its mapping, and every cell of it that cannot be taken."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs
from attrs import define, field

from partyrules.facts.schema import field_types, title_of
from partyrules.importers.cells import CHINESE, CellError, attendance_mark, is_nothing, shown_as, text_in, words_in
from partyrules.importers.contradictions import ENCODER, RowFact
from partyrules.importers.dates import SeveralDays, clock_in
from partyrules.importers.directory import Directory, several
from partyrules.importers.fields import PeopleListed, introduces
from partyrules.importers.headers import OWN, plain_name
from partyrules.importers.lists import SignInList
from partyrules.importers.mapping import PEOPLE, TOPIC
from partyrules.importers.plans import CellSource, Chosen, MeetingColumn, Teller, tellers_of
from partyrules.importers.refusals import Page
from partyrules.importers.sheets import Lost, RegisterSheet, Value, is_blank
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


@define(eq=False)
class SheetWork:
    """The reading of one sheet by the mapping chosen for it."""

    page: Page
    chosen: Chosen
    directory: Directory
    data: list[tuple[int, Sequence[Value]]] = field(factory=list)
    passed: list[int] = field(factory=list)
    tellers: Sequence[Teller] = ()
    across: Sequence[MeetingColumn] = ()
    picking: Sequence[Sequence[Teller]] = ()
    kinds: dict[tuple[Any, ...], _Told] = field(factory=dict)
    lists: dict[bytes, SignInList] = field(factory=dict)
    apart: dict[str, str] = field(factory=dict)
    told: list[RowFact] = field(factory=list)
    doubted: list[tuple[int, str, int, int]] = field(factory=list)

    @classmethod
    def begin(cls, sheet: RegisterSheet, chosen: Chosen, directory: Directory) -> "SheetWork":
        """Find the rows of data of a sheet."""
        header = chosen.header
        work = cls(Page(sheet, header.names, header.first), chosen, directory)
        work.data = list(work.rows_of_data(sheet))
        filled = dict(work.data)
        # What a cell says of the one above it, it says where the row is given back as well.
        work.page.sheet = attrs.evolve(sheet, rows=[filled.get(row, cells) for row, cells in enumerate(sheet.rows)])
        return work

    # Rows -----------------------------------------------------------------------------------------------

    def rows_of_data(self, sheet: RegisterSheet) -> Iterator[tuple[int, Sequence[Value]]]:
        """Yield the rows of data with their numbers, from 0: not blank, no total, no footer, no header again."""
        header = self.chosen.header
        names = set(map(plain_name, header.names.values()))
        # A row of which but the number was written is blank.
        numbers = {at for at, name in header.names.items() if plain_name(name) in OWN}
        above: Sequence[Value] | None = None
        down = [at for key, at in header.columns.items() if key.rpartition(".")[2] in self.chosen.plan.fill_down]
        for number in range(header.first, len(sheet.rows)):
            row = sheet.rows[number]
            if all(is_blank(cell) or (at in numbers and _is_count(cell)) for at, cell in enumerate(row)):
                continue
            texts = [plain_name(cell) for cell in row[:_LEADING] if isinstance(cell, str) and not is_blank(cell)][:2]
            again = any(text in names for text in texts) and is_again(sheet, header, number)
            if again or any(map(_TOTAL.fullmatch, texts)) or (texts and _FOOTER.fullmatch(texts[0])):
                self.passed.append(number)
                continue
            same = [at for at, cell in enumerate(row) if cell in _DITTO] if not _DITTO.isdisjoint(row) else []
            same += [at for at in down if above is not None and is_blank(_cell(row, at))]
            if same:
                row = [*row, *[None] * (max(same) + 1 - len(row))]
                for at in same:
                    row[at] = _cell(above, at) if above is not None else Lost(shown_as(row[at]), _NOT_ABOVE)
            above = row
            yield number, row

    def add_to_directory(self) -> None:
        """Add to the directory whom the rows name by id and name together, and what they make known."""
        columns, made_known = self.chosen.header.columns, set()
        pairs: set[tuple[str, int | None, Any]] = {
            ("person", columns.get("attendance.who"), columns.get("attendance.names"))
        }
        for told in self.chosen.plan.facts:
            for name, hint in field_types(told.cls).items():
                at = columns.get(self.chosen.key(told, name))
                if (kind := title_of(hint)) is not None and at is not None:
                    pairs.add((kind, at, columns.get(f"names.{name}")))
                    if introduces(told.cls) == name:
                        made_known.add((kind, at))
        whole = [(kind, at, by) for kind, at, by in sorted(pairs, key=str) if at is not None and by not in (None, at)]
        for number, row in self.data:
            for kind, at, beside in whole:
                pair = _texts(row, at, beside)
                # A name in the place of a person's id is nobody's id.
                if pair is not None and (
                    (kind == "person" and CHINESE.search(pair[0])) or not self.directory.add_pair(kind, *pair)
                ):
                    self.doubted.append((number, kind, at, beside))
            for kind, at in made_known:
                said = _texts(row, at)
                if said is not None and not CHINESE.search(said[0]) and len(several(said[0])) == 1:
                    self.directory.add(kind, said[0])

    def read(self, progress: Callable[[int], object] | None) -> None:
        """Read every row."""
        self.tellers = tellers_of(self.chosen, self.page.sheet, self.directory)
        by_cell: dict[int | None, list[Teller]] = defaultdict(list)
        for teller in self.tellers:
            if teller.told.pick is not None:
                by_cell[None if teller.kind is None else teller.kind.at].append(teller)
        self.picking = list(by_cell.values())
        self.across = [self._known(column) for column in self.chosen.across]
        for number, kind, at, beside in self.doubted:
            row = self.page.sheet.rows[number]
            try:
                self.directory.check_pair(kind, text_in(row[at]), text_in(row[beside]))
            except CellError as error:
                self.page.refuse(number, at, row[at], error)
        self._pass_nameless()
        for column in self.across:
            if column.wrong is not None:
                self.page.refuse(self.chosen.header.first - 1, column.at, column.name, column.wrong)
                # Of none of its meetings all of the rows are right.
                self.page.refusals |= {number: [] for number, _ in self.data}
        silent: list[int] = []
        for count, (number, row) in enumerate(self.data, start=1):
            if progress is not None and count % _ROWS_AT_ONCE == 0:
                progress(_ROWS_AT_ONCE)
            if self.chosen.plan.attendance:
                self._gather(number, row)
                continue
            told = list(self._facts_of(number, row))
            if number not in self.page.refusals:
                self.told += told
                silent += [] if told else [number]
        if silent:
            self.page.remark(f"{len(silent)} rows tell nothing: {self._listed(silent)}")
        if self.passed:
            self.page.remark(f"totals, headers and footers passed over: rows {self._listed(self.passed)}")
        if left := self.chosen.unused(self.tellers):
            self.page.remark(f"columns not read: {', '.join(left)}")
        for each in self.chosen.untold():
            self.page.remark(each)

    def _listed(self, rows: Sequence[int]) -> str:
        listed = ", ".join(str(self.page.sheet.number(row)) for row in rows[:_LISTED])
        return f"{listed} …" if len(rows) > _LISTED else listed

    def _pass_nameless(self) -> None:
        """Tell of columns without a name, and refuse what stands in one beside a list of people: they would be lost."""
        lists = {source.at for teller in self.tellers for source in teller.sources if source.name in PEOPLE}
        passed = []
        for at in range(max((len(row) for _, row in self.data), default=0)):
            if at in self.chosen.header.names:
                continue
            cells = [(number, row[at]) for number, row in self.data if at < len(row) and not is_blank(row[at])]
            if at - 1 in lists:
                lists.add(at)
                for number, cell in cells:
                    error = CellError("its column has no name; write all people into one cell")
                    self.page.refuse(number, at, cell, error)
            elif cells:
                passed.append(self.page.sheet.letters(cells[0][0], at))
        if passed:
            self.page.remark(f"columns without a name not read: {', '.join(passed)}")

    def _known(self, column: MeetingColumn) -> MeetingColumn:
        """Return a column, of which it is wrong that the kind of its meeting is not known."""
        try:
            if column.kind:
                _kinds_in(column.kind, "kind", self.picking[0])
        except CellError as error:
            return attrs.evolve(column, wrong=error)
        return column

    # One row --------------------------------------------------------------------------------------------

    def _facts_of(self, number: int, row: Sequence[Value]) -> Iterator[RowFact]:
        others = ((teller, _NO_KIND) for teller in self.tellers if teller.told.pick is None)
        picked = (each for picking in self.picking for each in self._picked(number, row, picking))
        for teller, kind in (*picked, *others):
            if (said := self._said(number, row, teller, kind, begun=bool(kind))) is not None:
                yield RowFact(said, self.page, (number,), teller, self._apart(number, row, teller))

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
                self.page.refuse_field(number, source, error)
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
            self.page.refuse_field(number, source, error)
        refused = self.page.marks.get(number)
        return None if wrong or (refused and any(each.at in refused for each in teller.sources)) else said

    def _apart(
        self, number: int, row: Sequence[Value], teller: Teller, column: MeetingColumn | None = None
    ) -> Mapping[str, str]:
        """Return what else a row tells of a fact that tells it from others: its topic, and the time of the day."""
        if not teller.topic:
            return _NO_KIND
        days = [each for each in teller.sources if each.name == "on"]
        if teller.kind is not None and all(self.page.sheet.goes_on(number, each.at) for each in (*days, teller.kind)):
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

    def _gather(self, number: int, row: Sequence[Value]) -> None:
        columns = self.chosen.header.columns
        places = [columns[key] for key in ("attendance.who", "attendance.names") if key in columns]
        across = self.across or [MeetingColumn(columns["attendance.mark"], "")]
        marks = [each for each in across if each.wrong is None]
        aside = {name: columns[key] for name in ("excused", "absent") if (key := f"attendance.{name}") in columns}
        cells = [_cell(row, at) for at in (*places, *(each.at for each in marks), *aside.values())]
        if all(map(is_nothing, cells)):
            return
        who = self._who(number, row, places)
        for column in marks:
            mark = self._mark(
                number, row, column.at, who, [name for name, at in aside.items() if _is_marked(_cell(row, at))]
            )
            whole = [(self.tellers[0], _NO_KIND)]
            for teller, kind in self._picked(number, row, self.picking[0], column) if self.picking else whole:
                said = self._said(number, row, teller, kind, begun=True)
                if said is None:
                    return
                meeting = {**said, "on": column.day} if column.day else said
                apart = self._apart(number, row, teller, column)
                found = SignInList(meeting, apart, teller, self.page, column.at, bool(column.day))
                signed = self.lists.setdefault(ENCODER.encode((meeting, apart)), found)
                signed.rows.append(number)
                signed.marked |= any(not is_blank(_cell(row, at)) for at in (column.at, *aside.values()))
                if mark and who is not None and (other := signed.people.setdefault(who, mark)) != mark:
                    one, other = sorted((mark, other), key=("attended", "excused", "absent").index)
                    self.page.refuse(number, None, who, CellError(f"{who} is both {one} and {other} at one meeting"))

    def _who(self, number: int, row: Sequence[Value], places: Sequence[int]) -> str | None:
        for at in places:
            cell = _cell(row, at)
            if not is_nothing(cell):
                try:
                    return self.directory.id_of("person", text_in(cell))
                except CellError as error:
                    self.page.refuse(number, at, cell, error)
                    return None
        self.page.refuse(number, places[0], None, CellError("empty; allowed: who it is"))
        return None

    def _mark(self, number: int, row: Sequence[Value], at: int, who: str | None, aside: Sequence[str]) -> str | None:
        """Return the mark of a person, by the cell for it and the columns `aside` that are marked."""
        cell = _cell(row, at)
        try:
            mark = attendance_mark(cell)
            if aside and (mark == "attended" or len(aside) > 1):
                self.page.refuse(number, at, cell, CellError(f"{who} is both {mark} and {aside[0]} at one meeting"))
            return aside[0] if aside else mark
        except CellError as error:
            signed = isinstance(cell, str) and text_in(cell)
            names = self.chosen.header.columns.get("attendance.names")
            beside = [] if names is None else _texts(row, names) or []
            if signed and who and signed in (who, *beside, *self.directory.called("person", who)):
                return "attended"
            self.page.refuse(number, at, cell, error)
            return None


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
