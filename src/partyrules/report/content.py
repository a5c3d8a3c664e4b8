"""What a report says: one audit beside an earlier one, the pipeline, readings at stake, and what counts for nothing."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache, cached_property
from typing import Final

import numpy as np
from attrs import frozen

from partyrules.answers.blocks import Array, numbered
from partyrules.answers.tables import FindingTable
from partyrules.answers.verdicts import Irregular
from partyrules.errors import QueryError
from partyrules.errors.visible import visible
from partyrules.evaluate.columnar.joins import distinct
from partyrules.language.labels import label
from partyrules.language.rules import Duty, all_readings
from partyrules.ledger.base import Head
from partyrules.packs.document import Text
from partyrules.packs.pack import Adoption, Bound, Pack, reading_key
from partyrules.questions.audit import Audit, audit
from partyrules.questions.contested import Swing, swings
from partyrules.questions.funnel import BeforeStep, Funnel, funnel_beside
from partyrules.questions.sources import Source, projected
from partyrules.report.findings import soon
from partyrules.report.rows import FindingColumns, Semester, counted_by, rows_of_tables, semesters
from partyrules.report.units import Units
from partyrules.store.strings import ABSENT
from partyrules.time.calendar import add_months

_LISTED: Final = ("breached", "unknown", "pending")


@frozen(kw_only=True)
class Tile:
    """One number of the first screen: its `name`, what it is now, and by how much it differs from the earlier day.

    What is new and what is put right is told of the time between the two days, and beside it of as long a time before.
    """

    name: str
    number: int
    change: int
    of: int
    """How many people, units or buildings it is about."""


@frozen(kw_only=True)
class ChosenReading:
    """A reading that the institution takes otherwise than the pack does by itself, or a parameter that it set.

    `told` says it in words; `default` is what the pack would take, None for a parameter.
    """

    key: str
    option: str
    told: Text
    default: Text | None
    why: Text


@frozen(kw_only=True, eq=False)
class HeatMap:
    """How many findings of each rule are breached, and how many breached or satisfied, unit by unit."""

    units: tuple[str | None, ...]
    rules: tuple[Bound[Duty], ...]
    breached: Array
    decided: Array


@frozen(kw_only=True, eq=False)
class Report:
    """All that is told of an institution, or of one unit of it, as of a day, beside an earlier day.

    `names` are those of the directory that was given; without one there are ids alone.
    """

    adoption: Adoption
    asked: Audit
    since: date
    known_since: datetime | None
    unit: str | None
    names: Mapping[str, str]
    head: Head | None
    notice: Text | None
    """What has to be said of the data as a whole."""
    backdated: int | None
    """How many facts claim to be recorded more than a day before the ledger kept them; None where nobody asked."""
    table: FindingTable
    before: FindingColumns
    """What wanted attention on the earlier day."""
    past: date
    """The day that is as long before the earlier day as that is before the day of the report."""
    past_breached: FindingColumns
    findings: FindingColumns
    """What is breached, unknown or pending."""
    units: Units
    subjects: frozenset[str] | None
    funnel: Funnel
    ready_before: frozenset[tuple[str, str]]
    at_stake: tuple[Swing, ...]
    irregular: tuple[tuple[Irregular, str], ...]
    """The records that count for nothing, each with whom it is about."""

    @property
    def as_of(self) -> date:
        """The day at whose end all of it is asked."""
        return self.asked.history.as_of

    @cached_property
    def standing(self) -> tuple[BeforeStep, ...]:
        """Who stands before a step of the pipeline."""
        return tuple(one for one in self.funnel.standing if self.subjects is None or one.person in self.subjects)

    @cached_property
    def ready(self) -> tuple[BeforeStep, ...]:
        """Those for whose next step every condition is in order."""
        return tuple(one for one in self.standing if one.outcome == "permitted")

    @cached_property
    def called(self) -> Callable[[str], str]:
        """What says how an id is shown: with the name that the directory has for it, and nothing unseen in it."""

        @cache
        def called(known: str) -> str:
            name = self.names.get(known)
            return visible(known if name is None else f"{name} {known}")

        return called

    # What is new ----------------------------------------------------------------------------------------------------

    @cached_property
    def new(self) -> Array:
        """The mask of the findings listed that are breached and were not on the earlier day."""
        now, then = self.findings, self.before
        return now.of_status("breached") & ~now.among(then.key[then.of_status("breached")])

    @cached_property
    def tiles(self) -> tuple[Tile, ...]:
        """The six numbers of the first screen, in order."""
        now, then, past = self.findings, self.before, self.past_breached
        breached, was = now.of_status("breached"), then.of_status("breached")
        ready = {(one.person, one.into) for one in self.ready}
        counted = (
            ("breached", now, breached, was),
            ("due_soon", now, due_by(now, soon(self.as_of)), due_by(then, soon(self.since))),
            ("unknown", now, now.of_status("unknown"), then.of_status("unknown")),
            ("new", now, self.new, was & ~then.among(past.key)),
            ("resolved", then, was & ~then.among(now.key[breached]), ~past.among(then.key[was])),
        )
        numbers = ((name, rows.subject[mask], int(earlier.sum())) for name, rows, mask, earlier in counted)
        return (
            *(
                Tile(name=name, number=len(subjects), change=len(subjects) - before, of=len(distinct(subjects)))
                for name, subjects, before in numbers
            ),
            Tile(name="ready", number=len(ready), change=len(ready) - len(self.ready_before), of=len(ready)),
        )

    # By time and by unit --------------------------------------------------------------------------------------------

    @cached_property
    def trend(self) -> tuple[Semester, ...]:
        """The semesters until the day, each with what fell due in it."""
        terms = [term for term in self.asked.history.terms.terms if term.kind == "semester"]
        return semesters(self.table, terms, self.as_of)

    @cached_property
    def unit_codes(self) -> tuple[tuple[str | None, ...], Array]:
        """The units that subjects of the table belong to, None last, and by each string's code which of them is its."""
        strings, of = self.table.names.strings, self.units.by_code
        used = np.zeros(len(of), np.bool_)
        for subjects in (each.subject for several in (self.table.blocks, self.at_stake) for each in several):
            used[subjects] = True
        known = distinct(of[used & (of != ABSENT)])
        known = known[np.argsort(strings.ranks[known])]
        places = np.full(len(of), len(known), np.int32)
        places[known] = np.arange(len(known))
        return (*(strings.texts[code] for code in known.tolist()), None), np.where(of == ABSENT, len(known), places[of])

    @cached_property
    def heat(self) -> HeatMap:
        """The heat map of units and rules, of both only those with something breached."""
        units, codes = self.unit_codes
        counts = list(counted_by(self.table, codes, len(units)))
        breached = np.array([each for each, _ in counts]).reshape(-1, len(units)).T
        decided = np.array([each for _, each in counts]).reshape(-1, len(units)).T
        rows, columns = np.flatnonzero(breached.any(axis=1)), np.flatnonzero(breached.any(axis=0))
        return HeatMap(
            units=tuple(units[row] for row in rows),
            rules=tuple(self.findings.bounds[column] for column in columns),
            breached=breached[np.ix_(rows, columns)],
            decided=decided[np.ix_(rows, columns)],
        )

    # Whose turn it is -----------------------------------------------------------------------------------------------

    @cached_property
    def acting(self) -> tuple[list[tuple[str, ...]], Array]:
        """Who has to act, each once, and by finding listed which of them: those named by the rule, or its bearer."""
        rows, texts, lists = self.findings, self.table.names.strings.texts, self.table.names.lists
        named = np.array([bool(each) for each in lists], np.bool_)[rows.responsible]
        codes, which = numbered(np.where(named, rows.responsible, -1 - rows.subject.astype(np.int64)))
        who = [lists[code] if code >= 0 else (texts[-1 - code],) for code in codes.tolist()]
        order = {one: place for place, one in enumerate(sorted(set(who)))}
        return list(order), np.array([order[one] for one in who], np.int64)[which]

    @cached_property
    def coming(self) -> FindingColumns:
        """What falls due in the month after the day, by day."""
        month = due_by(self.findings, add_months(self.as_of, 1))
        rows = self.findings.where(month)
        return rows.where(np.argsort(rows.due, kind="stable"))

    @cached_property
    def missing(self) -> Mapping[str, tuple[int, tuple[Bound[Duty], ...]]]:
        """What is lacking to tell what cannot be told: for each need how many findings, and of which duties."""
        unknown = self.findings.where(self.findings.of_status("unknown"))
        found: Counter[str] = Counter()
        rules: dict[str, dict[str, Bound[Duty]]] = {}
        needs = self.table.names.needs.texts
        told = Counter(zip(unknown.needs.tolist(), unknown.rule.tolist(), strict=True))
        for (mask, rule), number in told.items():
            for bit, need in enumerate(needs):
                if mask >> bit & 1:
                    found[need] += number
                    rules.setdefault(need, {})[unknown.bounds[rule].id] = unknown.bounds[rule]
        return {need: (number, tuple(rules[need].values())) for need, number in found.most_common()}

    # What it rests on -----------------------------------------------------------------------------------------------

    @cached_property
    def chosen(self) -> tuple[ChosenReading, ...]:
        """The readings that differ from the packs' own, and the parameters that are set."""
        found: dict[str, ChosenReading] = {}
        for pack in self.adoption.packs:
            for rule in pack.rules:
                for reading in all_readings(rule):
                    key = reading_key(pack, rule, reading)
                    option = self.adoption.readings.get(key, reading.default)
                    if option != reading.default:
                        told = reading_told(pack, reading.name, option)
                        default = label(f"reading:{reading.name}={reading.default}", pack.labels)
                        found[key] = ChosenReading(key=key, option=option, told=told, default=default, why=reading.why)
                for parameter in rule.parameters:
                    key = reading_key(pack, rule, parameter)
                    if (value := self.adoption.parameters.get(key)) is not None:
                        name = label(f"parameter:{parameter.name}", pack.labels)
                        told = Text(zh=f"{name.zh}：{label(value).zh}", en=f"{name.en}: {label(value).en}")
                        found[key] = ChosenReading(key=key, option=value, told=told, default=None, why=parameter.why)
        return tuple(found[key] for key in sorted(found))


def reading_told(pack: Pack, name: str, option: str) -> Text:
    """Return a reading and one of its options in words."""
    called, taken = (label(key, pack.labels) for key in (f"reading:{name}", f"reading:{name}={option}"))
    return Text(zh=f"{called.zh}：{taken.zh}", en=f"{called.en}: {taken.en}")


def due_by(rows: FindingColumns, day: date) -> Array:
    """Return the mask of the pending findings due by a day."""
    return rows.of_status("pending") & (rows.due > 0) & (rows.due <= day.toordinal())


def report_on(  # noqa: PLR0913 - what it is of, and what it is compared with
    source: Source,
    adoption: Adoption,
    *,
    as_of: date,
    since: date | None = None,
    known_at: datetime | None = None,
    known_since: datetime | None = None,
    unit: str | None = None,
    names: Mapping[str, str] | None = None,
    notice: Text | None = None,
    backdated: int | None = None,
) -> Report:
    """Return the report on an institution as of the end of a day, compared with an earlier one.

    `since` is the earlier day, without it a month before, as it is known now or, with `known_since`, as it was known by
    then. With `unit` the report is on that unit alone: itself, the units under it, and who belongs to any of them.
    `names` are shown beside ids. `notice` says what the data as a whole are, `backdated` is what `Ledger.verify` found.
    Raise QueryError for a unit that no fact establishes, and where `since` is not before `as_of`.
    """
    earlier = add_months(as_of, -1) if since is None else since
    past = add_months(as_of, -2) if since is None else earlier - (as_of - earlier)
    if earlier >= as_of:
        raise QueryError(f"since: found {earlier}; allowed: a day before {as_of}, the day of the report")
    projection = projected(source)
    asked = audit(projection, adoption, as_of=as_of, known_at=known_at)
    then = known_at if known_since is None else known_since
    was = audit(projection, adoption, as_of=earlier, known_at=then)
    long_ago = audit(projection, adoption, as_of=past, known_at=then)
    subjects = None if unit is None else asked.under(unit)
    whole = asked.table()
    table = whole if subjects is None else whole.where(subject=subjects)
    findings, before, past_breached = rows_of_tables(
        table.where(status=_LISTED),
        was.table().where(status=_LISTED, subject=subjects),
        long_ago.table().where(status="breached", subject=subjects),
    )
    ready = funnel_beside(was).standing
    return Report(
        adoption=adoption,
        asked=asked,
        since=earlier,
        known_since=known_since,
        unit=unit,
        names=names or {},
        head=projection.head,
        notice=notice,
        backdated=backdated,
        table=table,
        findings=findings,
        before=before,
        past=past,
        past_breached=past_breached,
        units=Units(asked.view),
        subjects=subjects,
        funnel=funnel_beside(asked),
        ready_before=frozenset(
            (one.person, one.into)
            for one in ready
            if one.outcome == "permitted" and (subjects is None or one.person in subjects)
        ),
        at_stake=swings(asked, whole, subjects),
        irregular=tuple(pair for pair in asked.irregular_about() if subjects is None or pair[1] in subjects),
    )
