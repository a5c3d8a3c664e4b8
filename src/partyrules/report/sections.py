"""The tables of a report, the same for a page, a workbook and a mail: columns of values, and their places by row."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

import numpy as np
from attrs import evolve, frozen

from partyrules.answers.blocks import REASONS, Array, alike, numbered
from partyrules.answers.messages import OUTCOME_WORDS, STATUS_WORDS, needs_text, reason_text
from partyrules.answers.verdicts import STATUSES
from partyrules.errors.visible import visible
from partyrules.evaluate.columnar.joins import distinct
from partyrules.language.labels import label
from partyrules.language.rules import MODALITIES
from partyrules.language.text import Lang, say
from partyrules.packs.document import Text
from partyrules.questions.contested import Swing
from partyrules.questions.differing import NONE
from partyrules.report.closing import closing_text
from partyrules.report.content import Report, due_by, reading_told
from partyrules.report.findings import soon, titles_of
from partyrules.report.heads import head
from partyrules.report.rows import FindingColumns

MOST_ROWS: Final = 100_000
"""So many rows of a kind a report lists, the newest first; all of them stand in a file beside it."""

_MOST_AT_STAKE: Final = 20_000
MOST_IN_A_WORKBOOK: Final = 5_000
"""A list of so many rows stands whole in a sheet of the workbook."""
FEW_OF_MANY: Final = 1_000
"""Of a longer one, which is whole in a file beside it, so many of the newest are there."""
IN_A_WORKBOOK: Final = ("findings", "pipeline", "at_stake", "irregular", "clauses")

Cell = Text | str | date | int | float | None
"""What a cell holds: a message in both languages, an id or another text that is the same in both, or a value."""

_STATUSES: Final = ("breached", "unknown", "due_soon", "pending")
STATUS_PLACES: Final[Mapping[str, int]] = {name: place for place, name in enumerate(_STATUSES)}
"""The places of the statuses in the column `status`."""
PENDING: Final = (STATUS_PLACES["due_soon"], STATUS_PLACES["pending"])
TODO: Final = tuple(place for name, place in STATUS_PLACES.items() if name != "unknown")


def said(cell: Cell, lang: Lang) -> str:
    """Return what a cell holds as a text in a language."""
    return say(cell, lang) if isinstance(cell, Text) else "" if cell is None else str(cell)


@frozen(eq=False)
class SheetColumn:
    """A column: its key, its head, its values in the order of sorting, and by row the place of the value.

    `whole` has all values that there are, so that a page can ask for one by its place; else each is that of some row.
    """

    key: str
    head: Text
    values: Sequence[Cell]
    places: Array
    whole: bool = False

    def cells(self) -> Iterator[Cell]:
        """Yield the value of each row."""
        return (self.values[place] for place in self.places.tolist())

    def at(self, rows: Array) -> "SheetColumn":
        """Return the column of some rows."""
        if self.whole:
            return evolve(self, places=self.places[rows])
        used, places = numbered(self.places[rows])
        return evolve(self, values=[self.values[place] for place in used.tolist()], places=places)


@frozen(eq=False)
class Sheet:
    """A table of a report; `left` is how many more rows there are than it lists."""

    key: str
    title: Text
    columns: tuple[SheetColumn, ...]
    left: int = 0

    def __len__(self) -> int:
        return len(self.columns[0].places)

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Yield the cells of each row."""
        return zip(*(column.cells() for column in self.columns), strict=True)

    def column(self, key: str) -> "SheetColumn":
        """Return the column of that key."""
        return next(column for column in self.columns if column.key == key)

    def titled(self, title: Text) -> "Sheet":
        """Return the sheet under another title."""
        return evolve(self, title=title)

    def of(self, *keys: str, mask: Any = None) -> "Sheet":
        """Return the sheet with these columns alone, in this order, and the rows of a mask, or in the order given."""
        picked = map(self.column, keys)
        columns = (
            SheetColumn(one.key, one.head, one.values, one.places if mask is None else one.places[mask])
            for one in picked
        )
        return Sheet(self.key, self.title, tuple(columns), self.left)

    def cut(self, rows: Array) -> "Sheet":
        """Return the sheet of some of its rows, the others left out."""
        if len(rows) == len(self):
            return self
        return evolve(self, columns=tuple(column.at(rows) for column in self.columns), left=len(self) - len(rows))


def listed_findings(report: Report) -> Array:
    """Return which of the findings that want attention are listed: the newest, in their order."""
    due = report.findings.due
    return np.sort(np.argsort(-due, kind="stable")[:MOST_ROWS]) if len(due) > MOST_ROWS else np.arange(len(due))


def coming_places(findings: Sheet, report: Report) -> list[int]:
    """Return the places of the days in the column `due` on which something falls due in the coming month."""
    last = date.fromordinal(int(report.coming.due[-1])) if len(report.coming) else report.as_of
    return [place for place, day in enumerate(findings.column("due").values) if isinstance(day, date) and day <= last]


def _coded(
    key: str, codes: Array, value: Callable[[Any], Cell], order: Callable[[Array], Array] | None = None
) -> SheetColumn:
    """Return the column of some codes, each with its value, sorted by themselves or by what `order` makes of them."""
    used, places = numbered(codes)
    if order is None:
        return SheetColumn(key, head(key), [value(code) for code in used.tolist()], places)
    ranked = np.argsort(order(used))
    return SheetColumn(key, head(key), [value(code) for code in used[ranked].tolist()], np.argsort(ranked)[places])


def _joint(key: str, columns: Sequence[Array], told: Callable[[tuple[Any, ...]], Cell]) -> SheetColumn:
    """Return the column of what several columns say together, sorted by that."""
    codes, count = alike(columns)
    some = np.empty(count, np.intp)
    some[codes] = np.arange(len(codes))
    known = [column[some] for column in columns]
    ranked = np.lexsort(known[::-1])
    values = [told(entry) for entry in zip(*(column[ranked].tolist() for column in known), strict=True)]
    return SheetColumn(key, head(key), values, np.argsort(ranked)[codes])


def _sorted(key: str, values: Iterable[Any], told: Callable[[Any], Cell], title: Text | None = None) -> SheetColumn:
    """Return the column of values that can be sorted."""
    listed = list(values)
    places: dict[Any, int] = {value: place for place, value in enumerate(sorted(set(listed)))}
    codes = np.array([places[each] for each in listed], np.int64)
    return SheetColumn(key, title or head(key), [told(value) for value in places], codes)


class _Sheets:
    """Makes the sheets of one report."""

    def __init__(self, report: Report) -> None:
        self.report: Final = report
        self.titles: Final = titles_of(report.adoption)
        self.texts: Final = report.table.names.strings.texts
        self.who: Final = report.called

    def whose(self, listed: tuple[str, ...]) -> Cell:
        if len(listed) == 1:
            return self.who(listed[0])
        told = [self.who(each) for each in listed]
        return Text(zh="、".join(told), en=", ".join(told)) if len(told) > 1 else "".join(told) or "—"

    def rule(self, known: str) -> Text:
        """Return a rule by its id and what it asks."""
        title, short = self.titles[known], known.partition(":")[2] if len(self.report.adoption.packs) == 1 else known
        return Text(zh=f"{title.zh}（{short}）", en=f"{title.en} ({short})")

    # The findings ---------------------------------------------------------------------------------------------------

    def findings(self) -> Sheet:
        """Return the findings that want attention."""
        report = self.report
        rows, bounds = report.findings, report.findings.bounds
        whom = self._whom("who", rows.subject, self.who)
        who, acting = report.acting
        columns = (
            self._units(rows.subject),
            whom,
            evolve(whom, key="id", head=head("id")) if not report.names else self._whom("id", rows.subject, visible),
            SheetColumn("responsible", head("responsible"), [self.whose(each) for each in who], acting),
            SheetColumn("what", head("what"), [self.rule(bound.id) for bound in bounds], rows.rule, whole=True),
            SheetColumn("rule", head("rule"), [bound.id for bound in bounds], rows.rule, whole=True),
            SheetColumn("clause", head("clause"), [bound.clause.citation for bound in bounds], rows.rule, whole=True),
            self._period(rows.start, rows.end, rows.occasion),
            # What is asked of every day comes after all dates.
            _coded("due", rows.due, _day, _days_first),
            self._status(rows),
            self._counted(rows),
            self._lacking(rows),
            _coded("closes", rows.rule, lambda at: closing_text(bounds[at])),
            _coded("new", report.new.astype(np.int8), _yes),
        )
        return Sheet("findings", head("findings"), columns)

    def _whom(self, key: str, subjects: Array, told: Callable[[str], Cell]) -> SheetColumn:
        ranks = self.report.table.names.strings.ranks
        return _coded(key, subjects, lambda code: told(self.texts[code]), lambda codes: ranks[codes])

    def _units(self, subjects: Array) -> SheetColumn:
        units, codes = self.report.unit_codes
        return SheetColumn("unit", head("unit"), [self._unit(unit) for unit in units], codes[subjects], whole=True)

    def _unit(self, unit: str | None) -> Cell:
        return head("no_unit") if unit is None else self.who(unit)

    def _period(self, start: Array, end: Array, occasion: Array) -> SheetColumn:
        """Return the period, or the day or record of the occasion, of each row."""
        ids = self.report.table.names.ids

        def told(entry: tuple[int, ...]) -> Cell:
            first, last, fact = entry
            if first:
                return f"{date.fromordinal(first)} – {date.fromordinal(last)}"
            return visible(ids[fact]) if fact >= 0 else None

        return _joint("when", (start, end, occasion), told)

    def _status(self, rows: FindingColumns) -> SheetColumn:
        near = due_by(rows, soon(self.report.as_of))
        codes = np.full(len(rows), _STATUSES.index("pending"))
        for status in ("breached", "unknown"):
            codes[rows.of_status(status)] = _STATUSES.index(status)
        codes[near] = _STATUSES.index("due_soon")
        values = [head(name) if name == "due_soon" else STATUS_WORDS[name] for name in _STATUSES]
        return SheetColumn("status", head("status"), values, codes, whole=True)

    def _counted(self, rows: FindingColumns) -> SheetColumn:
        (required, asked), (actual, found) = map(_distinct, (rows.required, rows.actual))

        def told(pair: tuple[int, ...]) -> Cell:
            number = required[pair[0]]
            return None if number < 0 else f"{_number(actual[pair[1]])}/{_number(number)}"

        return _joint("count", (asked, found), told)

    def _lacking(self, rows: FindingColumns) -> SheetColumn:
        needs, bounds = self.report.table.names.needs.texts, rows.bounds

        def told(entry: tuple[int, ...]) -> Cell:
            mask, reason, rule = entry
            if mask:
                return needs_text(
                    tuple(sorted(word for bit, word in enumerate(needs) if mask >> bit & 1)), bounds[rule]
                )
            code = REASONS[reason]
            return None if code is None else reason_text(code)

        return _joint("why", (rows.needs, rows.reason, rows.rule), told)

    def agents(self) -> Sheet:
        """Return of each who has to act how much is overdue, due soon and pending, and by when the next is due."""
        rows, near = self.report.findings, due_by(self.report.findings, soon(self.report.as_of))
        overdue, pending = rows.of_status("breached"), rows.of_status("pending")
        who, which = self.report.acting
        some = distinct(which[overdue | pending])
        at = np.full(len(who), -1, np.int64)
        at[some] = np.arange(len(some))
        at, acting = at[which], [self.whose(who[place]) for place in some.tolist()]
        nearest = np.full(len(acting), np.iinfo(np.int64).max)
        np.minimum.at(nearest, at[pending], np.where(rows.due[pending] > 0, rows.due[pending], nearest[:1]))
        nearest[nearest == np.iinfo(np.int64).max] = 0
        columns = [SheetColumn("responsible", head("responsible"), acting, np.arange(len(acting)))]
        for key, mask in (("breached", overdue), ("due_soon", near), ("pending", pending)):
            counted = np.bincount(at[mask], minlength=len(acting))
            columns.append(_sorted(key, counted.tolist(), int))
        columns.append(_coded("nearest", nearest, lambda day: date.fromordinal(day) if day else None, _days_first))
        return Sheet("agents", head("agents"), tuple(columns))

    # The others -----------------------------------------------------------------------------------------------------

    def at_stake(self) -> Sheet:
        """Return the findings that depend on a reading; very many rows name what they are about by ids alone."""
        swings = self.report.at_stake
        number = np.repeat(np.arange(len(swings)), [len(swing) for swing in swings])

        def of(name: str) -> Array:
            return np.concatenate([np.empty(0, np.int64), *(getattr(swing, name) for swing in swings)])

        def status(code: int) -> Text:
            return head("no_finding") if code == NONE else STATUS_WORDS[STATUSES[code]]

        columns = (
            _coded("reading", number, lambda at: _key(swings[at])),
            _coded("what", number, lambda at: swings[at].bound.id),
            self._whom("who", of("subject"), self.who),
            self._units(of("subject")),
            self._period(of("start"), of("end"), of("occasion")),
            _coded("adopted", of("was"), status),
            _coded("otherwise", of("now"), status),
        )
        return Sheet("at_stake", head("at_stake"), columns)

    def in_words(self, at_stake: Sheet) -> Sheet:
        """Return findings that depend on a reading with the rule and the reading in words."""
        reading, what, *others = at_stake.columns
        swings = self.report.at_stake[: len(reading.values)]
        told = evolve(reading, values=[self._reading(swing) for swing in swings])
        asks = evolve(what, values=[self.rule(swing.bound.id) for swing in swings])
        return evolve(at_stake, columns=(told, asks, *others))

    def _reading(self, swing: Swing) -> Text:
        told = reading_told(swing.bound.pack, swing.reading.rpartition(".")[2], swing.option)
        return Text(zh=f"{told.zh}（{_key(swing)}）", en=f"{told.en} ({_key(swing)})")

    def pipeline(self) -> Sheet:
        standing, stages = self.report.standing, self.report.adoption.stages
        order = {stage.name: place for place, stage in enumerate(stages)}
        titles = {stage.name: stage.title for stage in stages}
        before = {
            stage.name: stages[place - 1].title if place else head("no_stage") for place, stage in enumerate(stages)
        }
        outcomes = list(OUTCOME_WORDS)

        def held(by: tuple[str, tuple[str, ...]]) -> Cell:
            reason, rules = by
            told = [*([reason_text(reason)] if reason else []), *(self.rule(each) for each in rules)]
            return Text(zh="；".join(t.zh for t in told), en="; ".join(t.en for t in told)) if told else None

        steps = np.array([order[one.into] for one in standing], np.int64)
        columns = (
            _sorted("who", [one.person for one in standing], self.who),
            _sorted(
                "unit", [self.report.units.of(one.person) or "" for one in standing], lambda u: self._unit(u or None)
            ),
            _coded("stage", steps, lambda at: before[stages[at].name]),
            _coded("into", steps, lambda at: titles[stages[at].name]),
            _coded(
                "result",
                np.array([outcomes.index(one.outcome) for one in standing], np.int64),
                lambda at: OUTCOME_WORDS[outcomes[at]],
            ),
            _sorted("held_back", [(one.reason or "", one.held_back) for one in standing], held),
        )
        return Sheet("pipeline", head("pipeline"), columns)

    def irregular(self) -> Sheet:
        records, units = self.report.irregular, self.report.units
        columns = (
            _sorted("fact", [one.id for one, _ in records], visible),
            _sorted("kind", [one.fact for one, _ in records], label),
            _sorted("who", [about for _, about in records], self.who),
            _sorted("unit", [units.of(about) or "" for _, about in records], lambda u: self._unit(u or None)),
            _sorted("reason", [one.reason for one, _ in records], reason_text),
        )
        return Sheet("irregular", head("irregular"), columns)

    def clauses(self) -> Sheet:
        """Return how many findings there are of each duty in each status."""
        counts = self.report.table.summary().rules
        duties = sorted(self.report.adoption.duties, key=lambda bound: bound.id)
        shown = [status for status in STATUSES if any(counts.get(bound.id, {}).get(status) for bound in duties)]
        columns = [
            _sorted("what", [bound.id for bound in duties], self.rule),
            _coded("clause", np.arange(len(duties)), lambda at: duties[at].clause.citation),
            _sorted("modality", [bound.rule.modality for bound in duties], lambda name: MODALITIES[name]),
        ]
        for status in shown:
            numbers = [counts.get(bound.id, {}).get(status, 0) for bound in duties]
            columns.append(_sorted(status, numbers, int, STATUS_WORDS[status]))
        return Sheet("clauses", head("clauses"), tuple(columns))


def long_sheets(report: Report) -> Mapping[str, Sheet]:
    """Return, whole, the sheets that are too long for a workbook, and so have a file of their own."""
    return {
        key: _whole(report)[key] if sheet.left else sheet
        for key, sheet in sheets_of(report).items()
        if sheet.left or (key in IN_A_WORKBOOK and len(sheet) > MOST_IN_A_WORKBOOK)
    }


@lru_cache(maxsize=1)
def sheets_of(report: Report) -> Mapping[str, Sheet]:
    """Return the sheets of a report by their keys: findings, at_stake, pipeline, irregular, clauses."""
    whole = _whole(report)
    findings, at_stake = whole["findings"], whole["at_stake"]
    listed = at_stake.cut(np.arange(min(len(at_stake), _MOST_AT_STAKE)))
    return {
        **whole,
        "findings": findings.cut(listed_findings(report)),
        "at_stake": _Sheets(report).in_words(listed),
    }


@lru_cache(maxsize=1)
def _whole(report: Report) -> Mapping[str, Sheet]:
    """Return the sheets with all of their rows."""
    make = _Sheets(report)
    every = (make.findings(), make.agents(), make.at_stake(), make.pipeline(), make.irregular(), make.clauses())
    return {sheet.key: sheet for sheet in every}


def _key(swing: Swing) -> str:
    return f"{swing.reading}={swing.option}"


def _yes(is_so: int) -> Cell:
    return head("new") if is_so else None


def _days_first(days: Array) -> Array:
    """Return what sorts days, of which 0 is none, so that this comes last."""
    return np.where(days == 0, date.max.toordinal(), days)


def _distinct(numbers: Array) -> tuple[Array, Array]:
    """Return the different numbers, -1 for none, sorted, and which of them each one is."""
    told = np.nan_to_num(numbers, nan=-1)
    whole = told.astype(np.int64)
    return numbered(whole) if np.array_equal(whole, told) else np.unique(told, return_inverse=True)


def _day(ordinal: int) -> Cell:
    return date.fromordinal(ordinal) if ordinal else head("now")


def _number(value: float) -> str:
    return "?" if value < 0 else f"{value:g}"
