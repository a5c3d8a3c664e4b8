"""What looks like a slip of the keyboard: names that nothing establishes, ids that look the same, dates far off."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from partyrules.errors.visible import visible
from partyrules.facts.schema import SOMEBODY, field_types, plain_of, title_of
from partyrules.facts.vocabulary import (
    BuildingOpened,
    Fact,
    FactRetracted,
    PersonRegistered,
    ResultRegistered,
    TermDeclared,
    UnitEstablished,
)
from partyrules.language.kernel import Is, Its
from partyrules.language.standing import UNDECLARED
from partyrules.language.tree import walk
from partyrules.packs.pack import Adoption
from partyrules.questions.names import NameIndex, look_alikes
from partyrules.store.columns import NO_NUMBER, Columns, DayColumn
from partyrules.store.standing import StandingFacts, given_in

Array = NDArray[Any]
ByType = Mapping[str, StandingFacts]
"""The facts that stand, by the wire name of their type."""

_MOST_SHOWN: Final = 5
# Of more unknown names than these the others are counted, but not looked at for what they might mean.
_MOST_SOUGHT: Final = 200
# In days, and those from the first day of all to 1970.
_YEAR: Final = 366
_EPOCH: Final = date(1970, 1, 1).toordinal()
_LAST_DAY: Final = date.max.toordinal()
_MICROSECONDS: Final = 24 * 60 * 60 * 10**6
_MANY_YEARS: Final = 20
_OF_FACTS: Final[Mapping[type[Fact], tuple[str, str]]] = {
    FactRetracted: ("target", ", so that nothing is retracted"),
    ResultRegistered: ("of", ""),
}
_ESTABLISHED: Final[Mapping[str, tuple[type[Fact], str]]] = {
    "person": (PersonRegistered, "person"),
    "unit": (UnitEstablished, "unit"),
    "building": (BuildingOpened, "building"),
}


def listed(entries: Sequence[str]) -> str:
    """Return the first entries in one line, and how many there are more."""
    more = f", … and {len(entries) - _MOST_SHOWN} more" if len(entries) > _MOST_SHOWN else ""
    return ", ".join(entries[:_MOST_SHOWN]) + more


def slips(facts: ByType, adoption: Adoption, columns: Columns) -> Iterator[str]:
    """Yield a line for each kind of slip that facts seem to have; `columns` are of all, retracted ones as well."""
    yield from _undeclared(facts, adoption)
    yield from _of_no_fact(facts, columns, {term.id for term in adoption.terms})
    yield from _of_names(facts, adoption, columns)
    yield from _far_off(facts)


def _quoted(name: str, near: str | None = None) -> str:
    nearest = "" if near is None else f" (nearest: `{visible(near)}`)"
    # Blanks but the ordinary one are shown as well: they may be the difference.
    shown = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in visible(name))
    return f"`{shown}`{nearest}"


def _meant(near: str | None) -> str:
    return "" if near is None else f"; did you mean `{visible(near)}`?"


# Stages and facts ------------------------------------------------------------------------------------------


def _undeclared(facts: ByType, adoption: Adoption) -> Iterator[str]:
    """Yield the stages and steps that no adopted pack declares, whose facts have no standing."""
    found: Counter[tuple[str, str]] = Counter()
    declared: dict[str, NameIndex] = {}
    for standing in adoption.standings:
        given = facts.get(standing.wire)
        for test, reason in standing.tests if given is not None else ():
            if reason in UNDECLARED and isinstance(test, Is) and isinstance(test.term, Its):
                field = test.term.name
                names = declared.setdefault(
                    field, NameIndex(leaf for leaf in walk(test.options) if isinstance(leaf, str))
                )
                told = {} if given is None else given.counts(field)
                found.update({(field, name): n for name, n in told.items() if name not in names.known})
    for (field, name), number in sorted(found.items()):
        meant = _meant(declared[field].near(name))
        yield f"no adopted pack declares the {field} {_quoted(name)}: its facts ({number}) count for nothing{meant}"


def _of_no_fact(facts: ByType, columns: Columns, terms: set[str]) -> Iterator[str]:
    for cls, (field, so) in _OF_FACTS.items():
        given = facts.get(cls.wire)
        named = [] if given is None else list(zip(given.ids(), given.texts(field), strict=True))
        recorded = columns.places(frozenset(name for _, name in named if name is not None)).keys() | terms
        missing = [(fact, name) for fact, name in named if name is not None and name not in recorded]
        if missing:
            known = NameIndex([*columns.ids, *terms])
            shown = [
                f"{visible(fact)} names {_quoted(name)}{_meant(known.near(name) if n < _MOST_SHOWN else None)}"
                for n, (fact, name) in enumerate(missing)
            ]
            yield f"{cls.wire} of a fact that nobody recorded{so} ({len(missing)}): {listed(shown)}"


# Names -----------------------------------------------------------------------------------------------------


def _of_names(facts: ByType, adoption: Adoption, columns: Columns) -> Iterator[str]:
    relations = {wire for each in adoption.relations for wire in (each.started, each.ended)}
    types, nothing = adoption.vocabulary.types, given_in((), columns)
    holding = _named({wire: given for wire, given in facts.items() if wire in relations}, types, columns)
    others = _named({wire: given for wire, given in facts.items() if wire not in relations}, types, columns)
    named = {kind: holding.get(kind, nothing) | others.get(kind, nothing) for kind in {**holding, **others}}
    for kind, given in named.items():
        groups = look_alikes(columns.strings.picked(given)) if kind else []
        if groups:
            shown = [" = ".join(map(_quoted, group)) for group in groups]
            yield f"{kind}s whose ids look the same ({len(groups)}): {listed(shown)}"
        if kind in _ESTABLISHED:
            alike = {name for group in groups for name in group}
            yield from _unestablished(facts, kind, given, holding.get(kind, nothing), columns, but=alike)
    known = np.logical_or.reduce([named.get(kind, nothing) for kind in _ESTABLISHED])
    strangers = sorted(columns.strings.picked(named.get("", nothing) & ~known))[:_MOST_SOUGHT] if known.any() else []
    index = NameIndex(columns.strings.picked(known) if strangers else ())
    meant = [_quoted(name, near) for name in strangers if (near := index.near_slip(name))]
    if meant:
        yield f"named, but no known person, unit or building ({len(meant)}): {listed(meant)}"


def _named(facts: ByType, types: Mapping[str, type[Fact]], columns: Columns) -> dict[str, Array]:
    """Tell of each string whether facts give it to people, units, buildings or terms; under "" to whomever."""
    found: dict[str, list[tuple[StandingFacts, str]]] = {}
    for wire, given in facts.items():
        for field, hint in field_types(types[wire]).items():
            kind = title_of(hint)
            if kind is None and wire == TermDeclared.wire and field == "term":
                kind = "term"
            elif kind is None and field in SOMEBODY and plain_of(hint) is str:
                kind = ""
            if kind is not None:
                found.setdefault(kind, []).append((given, field))
    return {kind: given_in(fields, columns) for kind, fields in found.items()}


def _unestablished(
    facts: ByType, kind: str, named: Array, holding: Array, columns: Columns, *, but: Collection[str]
) -> Iterator[str]:
    """Yield the names of a kind that no fact establishes, if any is: those of which something holds, or near slips.

    Who is registered nowhere is taken as a registered student: where none is registered, nobody need be.
    """
    cls, field = _ESTABLISHED[kind]
    given = facts.get(cls.wire)
    if given is None or (kind == "person" and "student" not in given.counts("category")):
        return
    known = given_in([(given, field)], columns)
    unknown = sorted({*columns.strings.picked(named & ~known)}.difference(but)) if known.any() else []
    if not unknown:
        return
    index, held = NameIndex(columns.strings.picked(known)), {*columns.strings.picked(holding & ~known)}
    near = {name: index.near(name) if name in held else index.near_slip(name) for name in unknown[:_MOST_SOUGHT]}
    told = [name for name in unknown if name in held or near.get(name)]
    told.sort(key=lambda name: near.get(name) is None)
    if told:
        shown = [_quoted(name, near.get(name)) for name in told]
        yield f"{kind}s that are named, but of which there is no {cls.wire} ({len(told)}): {listed(shown)}"


# Dates -----------------------------------------------------------------------------------------------------


def _far_off(facts: ByType) -> Iterator[str]:
    """Yield the facts that are dated years after they were recorded, or after all others."""
    columns = [(given, field, days) for given in facts.values() for field, days in _days(given)]
    late: dict[str, str] = {}
    for given, field, days in columns:
        recorded = given.of(given.table.recorded.array)
        # Where nobody knows when it was recorded, no day is late.
        limit = np.where(recorded == NO_NUMBER, _LAST_DAY, recorded // _MICROSECONDS + _EPOCH + _YEAR)
        late.update(_dated(given, field, days, days > limit, but=late))
    if late:
        yield f"dated more than a year after they were recorded ({len(late)}): {listed(list(late.values()))}"
    last = _last_year([days for _, field, days in columns if field == "on"])
    beyond: dict[str, str] = {}
    if last + _MANY_YEARS <= date.max.year:
        least = date(last + _MANY_YEARS, 1, 1).toordinal()
        for given, field, days in columns:
            beyond.update(_dated(given, field, days, days >= least, but={**late, **beyond}))
    if beyond:
        told = listed(list(beyond.values()))
        yield f"dated {_MANY_YEARS} years or more after all others, which end in {last} ({len(beyond)}): {told}"


def _days(given: StandingFacts) -> Iterator[tuple[str, Array]]:
    """Yield the fields of facts that are days, and the ordinal that each fact gives."""
    table = given.table
    yield "on", given.of(table.first.array)
    for field, column in table.fields.items():
        if isinstance(column, DayColumn):
            yield field, given.days(field)
    # Something may be planned to last for long, but a term is not.
    if table.wire == TermDeclared.wire:
        yield "until", given.of(table.until.array)


def _dated(given: StandingFacts, field: str, days: Array, where: Array, *, but: Collection[str]) -> dict[str, str]:
    """Return by id what is said of the facts that a mask picks, those told of already left out."""
    picked = zip(given.ids(where), days[where].tolist(), strict=True) if where.any() else ()
    return {fact: f"{visible(fact)} (`{field}` {date.fromordinal(day)})" for fact, day in picked if fact not in but}


def _last_year(days: Sequence[Array]) -> int:
    """Return the last year of most facts: the one before many years without any, if no more come behind."""
    found: Counter[int] = Counter()
    every, counts = np.unique(np.concatenate(days) if days else np.empty(0, np.int32), return_counts=True)
    for day, count in zip(every.tolist(), counts.tolist(), strict=True):
        found[date.fromordinal(day).year] += count
    before = 0
    for year, following in pairwise(found):
        before += found[year]
        if following - year >= _MANY_YEARS and 2 * before >= found.total():
            return year
    return max(found, default=date.max.year)
