"""Whom occasions of some kind bind on each day, worked out in columns before there is one more of them."""

from collections.abc import Iterable
from itertools import chain
from typing import Final

import numpy as np

from partyrules.evaluate.columnar.conditions import Population
from partyrules.evaluate.columnar.frames import Frames, Items
from partyrules.evaluate.columnar.limits import NotColumnar
from partyrules.evaluate.columnar.scopes import Scopes
from partyrules.evaluate.columnar.tallies import Tallies
from partyrules.evaluate.columnar.view import Scalars, View
from partyrules.facts.schema import value_of
from partyrules.history import Seen
from partyrules.language.kernel import Events
from partyrules.language.rules import Duty
from partyrules.packs.pack import Bound
from partyrules.store.strings import Strings

_Group = tuple[str | None, ...]


class Bindings:
    """On which days up to the view's whom occasions bind, by what these say in some fields: one group for each.

    It is worked out in columns. A group is left out where a day of it is open; later facts leave some of whom it binds
    to the reference.
    """

    def __init__(self, view: View, bound: Bound[Duty], of: Events, fields: tuple[str, ...]) -> None:
        self._strings: Final = view.strings
        self._fields: Final = fields
        self._groups: Final[dict[_Group, int]] = {}
        self._asked: Final[dict[_Group, set[str]]] = {}
        try:
            self._work_out(view, bound, of)
        except NotColumnar:
            self._groups.clear()

    def _work_out(self, view: View, bound: Bound[Duty], of: Events) -> None:
        rows = view.rows(of.types[0])
        columns = [rows.column(name) for name in self._fields]
        codes = [column.values for column in columns if isinstance(column, Scalars) and column.kind == "code"]
        if len(codes) < len(columns) or not len(rows):
            return
        # Occasions that say the same in these fields bind the same people: one of each kind is asked about.
        said = np.stack(codes or [np.zeros(len(rows), np.int64)])
        different, one_of_each = np.unique(said, axis=1, return_index=True)
        population, day = Population(view, Strings()), np.full(len(one_of_each), view.as_of)
        Tallies(population)
        scopes, items = Scopes(population), Items(rows, one_of_each)
        occasions = Frames(day=day, subject=np.full(len(day), -2), trigger=items, trigger_day=day, asked=day)
        group, people = scopes.occasions(bound.rule.bearer.scope, occasions)
        days = scopes.days(bound, occasions.at(group, subject=people), leave=True)
        self._code, self._start, self._end = people[days.frame], days.start, days.end
        # The stretches of a group lie together.
        self._edges = np.searchsorted(group[days.frame], np.arange(len(day) + 1))
        open_still = set() if days.doubt is None else set(group[days.doubt].tolist())
        texts, keys = view.strings.texts, different.T.tolist() if columns else [()]
        self._keys: list[_Group] = [tuple([texts[code] if code >= 0 else None for code in key]) for key in keys]
        self._groups.update((key, group) for group, key in enumerate(self._keys) if group not in open_still)

    def on(self, fact: Seen) -> tuple[list[str], set[str]] | None:
        """Return whom an occasion surely binds, and of whom the reference is to say it; None where of everybody."""
        key = tuple([value_of(fact, name) for name in self._fields])
        if key not in self._groups:
            return None
        here, day = slice(*self._edges[self._groups[key] :][:2].tolist()), fact.on.first.toordinal()
        codes = self._code[here][(self._start[here] <= day) & (day < self._end[here])].tolist()
        asked = self._asked.get(key, set())
        return [name for name in map(self._strings.texts.__getitem__, codes) if name not in asked], asked

    def leave_open(self, subject: str, told: Iterable[tuple[str, str]] | None) -> None:
        """Leave a subject to the reference where it was bound, and by occasions that say one of these; None for any."""
        if told is None:
            self._groups.clear()
        elif self._groups:
            bound = np.searchsorted(self._edges, np.flatnonzero(self._code == self._strings.find(subject)), "right") - 1
            for key in [*(self._keys[group] for group in bound.tolist()), *chain(*map(self._saying, told))]:
                self._asked.setdefault(key, set()).add(subject)

    def _saying(self, said: tuple[str, str]) -> list[_Group]:
        if len(self._fields) == 1:
            return [said[1:]]
        return [key for key in self._keys if said in zip(self._fields, key, strict=True)]
