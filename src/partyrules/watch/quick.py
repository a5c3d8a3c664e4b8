"""The everyday fact, one day's meeting or activity, taken in without judging anybody anew.

Two kinds of duty are so plain that a fact changes them in a known way: one that asks for a number of such facts
in each period, and one to attend each. Whatever is less plain is left to the evaluators.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

import numpy as np
from attrs import evolve, frozen

from partyrules.answers.blocks import FindingRow, Names, modality_of
from partyrules.answers.verdicts import Status
from partyrules.evaluate.columnar.conditions import Population
from partyrules.evaluate.columnar.frames import Frames, Items
from partyrules.evaluate.columnar.limits import NotColumnar
from partyrules.evaluate.columnar.scopes import Scopes
from partyrules.evaluate.columnar.stretches import Stretches
from partyrules.evaluate.columnar.tallies import Tallies
from partyrules.evaluate.columnar.truths import TRUE, UNKNOWN, Array
from partyrules.evaluate.columnar.view import Rows, Scalars, View
from partyrules.evaluate.dependence import told_by
from partyrules.evaluate.kleene import Truth
from partyrules.evaluate.narrowing import Narrowing
from partyrules.evaluate.statuses import STATUS_RULE, StatusCase, force_of
from partyrules.language.kernel import (
    SUBJECT,
    Age,
    Always,
    Compare,
    Condition,
    Count,
    Events,
    Its,
    Trigger,
    Undecided,
)
from partyrules.language.rules import Duty, Occasion, PerPeriod
from partyrules.language.sugar import LISTED
from partyrules.language.tree import walk
from partyrules.packs.pack import Adoption, Bound
from partyrules.store.columns import Columns
from partyrules.watch.dependence import Mention
from partyrules.watch.entries import Entry

__all__ = ["Attendance", "Counting", "Rosters", "attended", "counted_once_more", "plan_of", "told_occasions"]

Told = frozenset[tuple[str, str]] | None
"""Fields and values of which an occasion has to say one; None where any occasion will do."""

_OPEN_REGISTER: Final = ("register_closed",)


@frozen(kw_only=True)
class Counting:
    """A duty to have at least so many of some facts in each period; the facts name the bearer in field `bearer`."""

    bound: Bound[Duty]
    of: Events
    bearer: str
    least: int


@frozen(kw_only=True)
class Attendance:
    """A duty to attend each occasion of some kind."""

    bound: Bound[Duty]
    of: Events
    fields: tuple[str, ...]


def plan_of(bound: Bound[Duty], mention: Mention, adoption: Adoption) -> Counting | Attendance | None:
    """Return how a new fact of a mention changes the findings on a duty; None where that is not so plain."""
    rule, of = bound.rule, mention.node
    if not isinstance(of, Events) or rule.bearer.each is not None or rule.responsible is not None:
        return None
    if any(standing.wire in of.types for standing in adoption.standings):
        return None
    match rule.per, rule.requires:
        case PerPeriod(str()), Compare(Count(Events(window="period") as counted, None, Always()), int(least), None):
            bearers = [name for name, want in of.match if want == SUBJECT]
            if mention.counted and of is counted and len(bearers) == 1 and _is_plain(of) and not _is_moving(of.where):
                return Counting(bound=bound, of=of, bearer=bearers[0], least=least)
        case Occasion(occasion), asked if asked == LISTED:
            plain = mention.occasion and isinstance(occasion.where, Always) and len(occasion.types) == 1
            if plain and of is occasion and _is_plain(of) and rule.bearer.kind == "person":
                fields = {node.name for node in walk(rule.bearer.scope) if isinstance(node, Trigger)}
                return Attendance(bound=bound, of=of, fields=tuple(sorted(fields)))
    return None


def _is_plain(of: Events) -> bool:
    """Tell whether all that a selection matches, beside the bearer, are strings that are given."""
    wants = [want for _, want in of.match if want != SUBJECT]
    parts = [part for want in wants for part in (want if isinstance(want, tuple) else (want,))]
    return all(isinstance(part, str) for part in parts)


def _is_moving(where: Condition) -> bool:
    return any(isinstance(node, Age | Undecided | Trigger) for node in walk(where))


# One more in a period ----------------------------------------------------------------------------------------------


def counted_once_more(row: FindingRow, least: int) -> FindingRow | None:
    """Return a row after one more fact of its period; None where more than the number decides it."""
    if row.actual is None:
        return None
    more = row.actual + 1
    if row.status in ("satisfied", "not_applicable"):
        return row._replace(actual=more)
    # Where the number falls short still, facts of which something is open may matter; above it they do not.
    if more < least or (row.status == "unknown" and row.needs != _OPEN_REGISTER):
        return None
    return row._replace(status="satisfied", actual=more, reason=None, needs=())


# Whom an occasion binds --------------------------------------------------------------------------------------------


class Rosters:
    """Whom new facts concern, by what was recorded when `view` was made; of whom that is not sure is told apart.

    Later facts make subjects stale for a rule; nothing is said of them but that they may be concerned. Of the duties
    in `tabled` the days on which they bind are worked out beforehand.
    """

    def __init__(self, view: View, names: Names, tabled: Iterable[Attendance] = ()) -> None:
        self.view: Final = view
        self._stale: Final[dict[str, dict[str, Told]]] = {}
        self._population: Final = Population(view, names.needs)
        self._scopes: Final = Scopes(self._population)
        Tallies(self._population)
        self._tables: Final = {plan.bound.id: table_of_days(self._scopes, plan) for plan in tabled}

    def outdate(self, rule: str, subject: str, told: Told) -> None:
        """Let later facts concern a subject; only occasions that say one of `told` can then bind it, None for any."""
        self._stale.setdefault(rule, {})[subject] = told

    def bound(self, plan: Attendance, entry: Entry, columns: Columns) -> tuple[list[str], set[str]] | None:
        """Return whom an occasion surely binds, and whom it may bind; None where the columns cannot say."""
        key = self._codes(entry, plan.fields)
        if key is None:
            return None
        table = self._tables.get(plan.bound.id)
        found = None if table is None else table.on(key, entry.first)
        if found is None:
            found = self._bound(plan, entry, columns)
        if found is None:
            return None
        stale = self._stale.get(plan.bound.id, {})
        surely, perhaps = self._told_apart(stale, *found)
        return surely, perhaps.union(subject for subject, told in stale.items() if _says_any(entry, told))

    def fitting(
        self, plan: Counting, entry: Entry, columns: Columns, subjects: Iterable[str]
    ) -> tuple[list[str], set[str]] | None:
        """Return for which subjects a fact is surely of the kind that is counted, and for which it may be."""
        known = [subject for subject in subjects if self.view.code(subject) >= 0]
        fields = {node.name for node in walk(plan.of.where) if isinstance(node, Its)}
        if self._codes(entry, fields) is None:
            return None
        frames = self._frame(entry).at(
            np.zeros(len(known), np.int64),
            subject=np.array([self.view.code(subject) for subject in known], np.int64),
            item=self._item(entry, columns).at(np.zeros(len(known), np.int64)),
        )
        try:
            found = self._population.truths(plan.of.where, frames)
        except NotColumnar:
            return None
        open_still = found.truth == UNKNOWN if found.doubt is None else (found.truth == UNKNOWN) | found.doubt
        stale = self._stale.get(plan.bound.id, {})
        surely, perhaps = self._told_apart(stale, frames.subject, found.truth == TRUE, open_still)
        return surely, perhaps.union(set(subjects) - set(known), (one for one in known if one in stale))

    def _codes(self, entry: Entry, fields: Iterable[str]) -> tuple[int, ...] | None:
        """Return what an entry says in some fields; None where that was never said when the view was made."""
        codes: list[int] = []
        for name in fields:
            said = entry.values(name)
            found = [-1] if said is None else [self.view.code(text) for text in said]
            if any(code < 0 for code in found):
                return None
            codes += found or [-1]
        return tuple(codes)

    def _item(self, entry: Entry, columns: Columns) -> Items:
        # The view does not know the fact; a view of now reads its fields.
        now = View(columns, self.view.facts, self.view.adoption, self.view.history)
        return Items(Rows(now, entry.table, entry.row + 1, np.array([entry.row])), np.zeros(1, np.int64))

    def _frame(self, entry: Entry) -> Frames:
        day = np.array([entry.first])
        return Frames(day=day, subject=np.array([-2]), trigger_day=day, asked=day)

    def _bound(self, plan: Attendance, entry: Entry, columns: Columns) -> tuple[Array, Array, Array] | None:
        occasion = evolve(self._frame(entry), trigger=self._item(entry, columns))
        try:
            left, codes = self._scopes.occasions(plan.bound.rule.bearer.scope, occasion)
            pairs = occasion.at(left, subject=codes)
            days = self._scopes.days(plan.bound, pairs, leave=True)
        except NotColumnar:
            return None
        return codes, days.covers(np.arange(len(codes)), pairs.day), _marked(days)

    def _told_apart(
        self, stale: Collection[str], codes: Array, surely: Array, perhaps: Array
    ) -> tuple[list[str], set[str]]:
        texts = self.view.strings.texts
        found = [texts[code] for code in codes[surely & ~perhaps].tolist()]
        return [text for text in found if text not in stale], {texts[code] for code in codes[perhaps].tolist()}


def _says_any(entry: Entry, told: Told) -> bool:
    return told is None or any(value in (entry.values(name) or ()) for name, value in told)


def told_occasions(narrowing: Narrowing, plan: Attendance, subject: str) -> Told:
    """Return what an occasion has to say, in one of its fields, to bind a subject; None where that cannot be told."""
    known = len(plan.of.match)
    found: set[tuple[str, str]] = set()
    for selection in narrowing.occasions(plan.bound.rule.bearer.scope, plan.of, subject):
        if len(selection.match) == known:
            return None
        found.update((name, value) for name, value in selection.match[known:] if isinstance(value, str))
    return frozenset(found)


def _marked(days: Stretches) -> Array:
    return np.zeros(days.size, np.bool_) if days.doubt is None else days.doubt


class _DaysBound:
    """For each group of occasions that bind the same people: on which days whom; from `start` to before `end`."""

    def __init__(self, groups: dict[tuple[int, ...], int], pairs: tuple[Array, ...]) -> None:
        group, self._code, self._start, self._end, self._doubt = pairs
        self._groups: Final = groups
        self._bounds: Final = np.searchsorted(group, np.arange(len(groups) + 1)).tolist()

    def on(self, key: tuple[int, ...], day: int) -> tuple[Array, Array, Array] | None:
        """Return who may be bound on a day, by code, who surely is, and of whom it is in doubt."""
        group = self._groups.get(key)
        if group is None:
            return None
        here = slice(self._bounds[group], self._bounds[group + 1])
        there = (self._start[here] <= day) & (day < self._end[here])
        return self._code[here], there, self._doubt[here]


def table_of_days(scopes: Scopes, plan: Attendance) -> _DaysBound | None:
    """Return whom occasions bind on each day up to the view's, where that hangs on their fields and the day alone.

    Occasions that say the same in these fields bind the same people: one of each kind is asked about.
    """
    view, scope = scopes.view, plan.bound.rule.bearer.scope
    rows = view.rows(plan.of.types[0])
    columns = [rows.column(name) for name in plan.fields]
    if told_by(scope) is None or not len(rows) or not all(isinstance(c, Scalars) and c.kind == "code" for c in columns):
        return None
    said = np.stack([c.values for c in columns if isinstance(c, Scalars)] or [np.zeros(len(rows), np.int64)])
    different, one_of_each = np.unique(said, axis=1, return_index=True)
    day = np.full(len(one_of_each), view.as_of, np.int64)
    occasions = Frames(
        day=day, subject=np.full(len(day), -2), trigger=Items(rows, one_of_each), trigger_day=day, asked=day
    )
    try:
        left, codes = scopes.occasions(scope, occasions)
        days = scopes.days(plan.bound, occasions.at(left, subject=codes), leave=True)
    except NotColumnar:
        return None
    # Of whom it is in doubt is there whatever the day is.
    doubt = _marked(days)
    open_still = np.flatnonzero(doubt)
    never = np.zeros(len(open_still), np.int64)
    pair = np.concatenate((days.frame, open_still))
    start, end = np.concatenate((days.start, never)), np.concatenate((days.end, never))
    group = left[pair]
    order = np.argsort(group, kind="stable")
    keys = different.T.tolist() if columns else [()]
    return _DaysBound(
        {tuple(key): number for number, key in enumerate(keys)},
        tuple(column[order] for column in (group, codes[pair], start, end, doubt[pair])),
    )


def attended(plan: Attendance, entry: Entry, people: Iterable[str]) -> Iterator[FindingRow]:
    """Yield how each of the people bound by an occasion stands to it."""
    there, excused = set(entry.values("attended") or ()), set(entry.values("excused") or ())
    known, bound = entry.lists("attended"), plan.bound
    missed = STATUS_RULE[StatusCase(Truth.FALSE, force=force_of(bound.rule.modality, periodic=False))].status
    for person in people:
        status: Status = "satisfied" if person in there else "excused" if person in excused else missed
        needs: tuple[str, ...] = ()
        if not known and status != "excused":
            status, needs = "unknown", ("attendance",)
        yield FindingRow(
            rule=bound.id,
            clause=bound.clause.citation,
            subject=person,
            period=None,
            occasion=entry.id,
            status=status,
            modality=modality_of(bound),
            required=1,
            actual=int(person in there),
            due=None,
            reason=None,
            needs=needs,
        )
