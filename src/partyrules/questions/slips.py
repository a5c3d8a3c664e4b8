"""What looks like a slip of the keyboard: names that nothing establishes, ids that look the same, dates far off."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain, pairwise
from operator import attrgetter
from typing import Any, Final

from attrs import frozen

from partyrules.errors.visible import visible
from partyrules.facts.schema import SOMEBODY, field_types, is_list, plain_of, title_of
from partyrules.facts.vocabulary import (
    BuildingOpened,
    Fact,
    FactRetracted,
    PersonRegistered,
    ResultRegistered,
    TermDeclared,
    UnitEstablished,
)
from partyrules.language.kernel import Is, Its, walk
from partyrules.language.standing import UNDECLARED
from partyrules.packs.pack import Adoption
from partyrules.questions.names import NameIndex, look_alikes

__all__ = ["ByClass", "by_class", "listed", "slips"]

ByClass = Mapping[type[Fact], Sequence[Fact]]
"""Facts by their class."""

_MOST_SHOWN: Final = 5
# Of more unknown names than these the others are counted, but not looked at for what they might mean.
_MOST_SOUGHT: Final = 200
_YEAR: Final = timedelta(days=366)
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


def by_class(facts: Iterable[Fact]) -> ByClass:
    """Return facts by their class, those of one class in the order given."""
    found: dict[type[Fact], list[Fact]] = {}
    for fact in facts:
        found.setdefault(type(fact), []).append(fact)
    return found


def listed(entries: Sequence[str]) -> str:
    """Return the first entries in one line, and how many there are more."""
    more = f", … and {len(entries) - _MOST_SHOWN} more" if len(entries) > _MOST_SHOWN else ""
    return ", ".join(entries[:_MOST_SHOWN]) + more


def slips(facts: ByClass, adoption: Adoption, *, ids: Collection[str]) -> Iterator[str]:
    """Yield a line for each kind of slip that facts seem to have; `ids` are those of all, retracted ones as well."""
    yield from _undeclared(facts, adoption)
    yield from _of_no_fact(facts, ids)
    yield from _of_names(facts, {wire for each in adoption.relations for wire in (each.started, each.ended) if wire})
    yield from _far_off(facts)


def _quoted(name: str, near: str | None = None) -> str:
    nearest = "" if near is None else f" (nearest: `{visible(near)}`)"
    # Blanks but the ordinary one are shown as well: they may be the difference.
    shown = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in visible(name))
    return f"`{shown}`{nearest}"


def _meant(near: str | None) -> str:
    return "" if near is None else f"; did you mean `{visible(near)}`?"


# Stages and facts ------------------------------------------------------------------------------------------


def _undeclared(facts: ByClass, adoption: Adoption) -> Iterator[str]:
    """Yield the stages and steps that no adopted pack declares, whose facts have no standing."""
    found: Counter[tuple[str, str]] = Counter()
    declared: dict[str, NameIndex] = {}
    for standing in adoption.standings:
        given = facts.get(adoption.vocabulary.types[standing.wire], ())
        for test, reason in standing.tests if given else ():
            if reason in UNDECLARED and isinstance(test, Is) and isinstance(test.term, Its):
                field = test.term.name
                names = declared.setdefault(
                    field, NameIndex(leaf for leaf in walk(test.options) if isinstance(leaf, str))
                )
                told = Counter(map(attrgetter(field), given))
                found.update({(field, name): n for name, n in told.items() if name not in names.known})
    for (field, name), number in sorted(found.items()):
        meant = _meant(declared[field].near(name))
        yield f"no adopted pack declares the {field} {_quoted(name)}: its facts ({number}) count for nothing{meant}"


def _of_no_fact(facts: ByClass, ids: Collection[str]) -> Iterator[str]:
    known = NameIndex(ids)
    for cls, (field, so) in _OF_FACTS.items():
        missing = [(fact.id, getattr(fact, field)) for fact in facts.get(cls, ()) if getattr(fact, field) not in ids]
        if missing:
            shown = [
                f"{visible(fact)} names {_quoted(name)}{_meant(known.near(name) if n < _MOST_SHOWN else None)}"
                for n, (fact, name) in enumerate(missing)
            ]
            yield f"{cls.wire} of a fact that nobody recorded{so} ({len(missing)}): {listed(shown)}"


# Names -----------------------------------------------------------------------------------------------------


def _of_names(facts: ByClass, relations: Collection[str]) -> Iterator[str]:
    named = _named(facts)
    holding = _named({cls: given for cls, given in facts.items() if cls.wire in relations})
    for kind, names in named.items():
        groups = look_alikes(names) if kind else []
        if groups:
            shown = [" = ".join(map(_quoted, group)) for group in groups]
            yield f"{kind}s whose ids look the same ({len(groups)}): {listed(shown)}"
        if kind in _ESTABLISHED:
            rest = names.difference(*groups)
            yield from _unestablished(facts, kind, rest, rest & holding.get(kind, set()))
    known = NameIndex(set().union(*(named.get(kind, ()) for kind in _ESTABLISHED)))
    strangers = sorted(named.get("", set()) - known.known)[:_MOST_SOUGHT] if known.known else ()
    meant = [_quoted(name, near) for name in strangers if (near := known.near_slip(name))]
    if meant:
        yield f"named, but no known person, unit or building ({len(meant)}): {listed(meant)}"


def _named(facts: ByClass) -> dict[str, set[str]]:
    """Return the names that facts give to people, units, buildings and terms; under "" those of whomever."""
    found: dict[str, set[str]] = {}
    for cls, given in facts.items():
        for field, hint in field_types(cls).items():
            kind = title_of(hint)
            if kind is None and cls is TermDeclared and field == "term":
                kind = "term"
            elif kind is None and field in SOMEBODY and plain_of(hint) is str:
                kind = ""
            if kind is None:
                continue
            values: Iterable[Any] = map(attrgetter(field), given)
            if is_list(hint):
                values = chain.from_iterable(filter(None, values))
            found.setdefault(kind, set()).update(values)
    for names in found.values():
        # Of fields that were left out.
        names.discard(None)
    return found


def _unestablished(facts: ByClass, kind: str, names: set[str], holding: set[str]) -> Iterator[str]:
    """Yield the names of a kind that no fact establishes, if any is: those of which something holds, or near slips.

    Who is registered nowhere is taken as a registered student: where none is registered, nobody need be.
    """
    cls, field = _ESTABLISHED[kind]
    given = facts.get(cls, ())
    if kind == "person" and all(getattr(fact, "category", None) != "student" for fact in given):
        return
    known = NameIndex(set(map(attrgetter(field), given)))
    unknown = sorted(names - known.known) if known.known else []
    near = {name: known.near(name) if name in holding else known.near_slip(name) for name in unknown[:_MOST_SOUGHT]}
    told = [name for name in unknown if name in holding or near.get(name)]
    told.sort(key=lambda name: near.get(name) is None)
    if told:
        shown = [_quoted(name, near.get(name)) for name in told]
        yield f"{kind}s that are named, but of which there is no {cls.wire} ({len(told)}): {listed(shown)}"


# Dates -----------------------------------------------------------------------------------------------------


@frozen
class _Days:
    """The days that one field of the facts of one class gives, None where it gives none."""

    field: str
    facts: Sequence[Fact]
    days: Sequence[date | None]

    @property
    def last(self) -> date:
        """The last of them."""
        return max(filter(None, self.days), default=date.min)

    def after(self, least: date) -> Iterator[tuple[Fact, date]]:
        """Yield the facts that give a day from `least` on."""
        if self.last >= least:
            for fact, day in zip(self.facts, self.days, strict=True):
                if day is not None and day >= least:
                    yield fact, day


def _far_off(facts: ByClass) -> Iterator[str]:
    """Yield the facts that are dated years after they were recorded, or after all others."""
    columns = [each for cls, given in facts.items() for each in _days(cls, given)]
    late: dict[str, str] = {}
    for each in columns:
        recorded = [fact.recorded_at.date() for fact in each.facts if fact.recorded_at is not None]
        for fact, day in each.after(min(recorded)) if recorded else ():
            if fact.recorded_at is not None and day - fact.recorded_at.date() > _YEAR:
                late.setdefault(fact.id, f"{visible(fact.id)} (`{each.field}` {day})")
    if late:
        yield f"dated more than a year after they were recorded ({len(late)}): {listed(list(late.values()))}"
    last = _last_year(Counter(day.year for each in columns if each.field == "on" for day in each.days if day))
    beyond: dict[str, str] = {}
    for each in columns if last + _MANY_YEARS <= date.max.year else ():
        for fact, day in each.after(date(last + _MANY_YEARS, 1, 1)):
            if fact.id not in late:
                beyond.setdefault(fact.id, f"{visible(fact.id)} (`{each.field}` {day})")
    if beyond:
        told = listed(list(beyond.values()))
        yield f"dated {_MANY_YEARS} years or more after all others, which end in {last} ({len(beyond)}): {told}"


def _days(cls: type[Fact], given: Sequence[Fact]) -> Iterator[_Days]:
    yield _Days("on", given, list(map(attrgetter("on.first"), given)))
    for field, hint in field_types(cls).items():
        # Something may be planned to last for long, but a term is not.
        if plain_of(hint) is date and (field != "until" or cls is TermDeclared):
            yield _Days(field, given, list(map(attrgetter(field), given)))


def _last_year(years: Mapping[int, int]) -> int:
    """Return the last year of most facts: the one before many years without any, if no more come behind."""
    in_order = sorted(years)
    before = 0
    for year, following in pairwise(in_order):
        before += years[year]
        if following - year >= _MANY_YEARS and 2 * before >= sum(years.values()):
            return year
    return in_order[-1] if in_order else date.max.year
