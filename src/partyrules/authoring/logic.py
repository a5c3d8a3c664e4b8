"""What a condition cannot be, whatever is recorded: never true, always true, or at odds with another.

Every answer here is sound and none is complete: where a tree gives no argument, nothing is claimed.
"""

from collections.abc import Iterable, Iterator
from math import inf, prod
from typing import Any

from attrs import frozen

from partyrules.authoring.shapes import Shapes
from partyrules.calendar import VACATION_KINDS, Span
from partyrules.expressions import (
    SUBJECT,
    AllOf,
    Always,
    AnyOf,
    AskedStep,
    Attends,
    Compare,
    Condition,
    Count,
    CountAfterEarly,
    Events,
    HeldFor,
    Holdings,
    Holds,
    InTerm,
    Is,
    Its,
    LatestIs,
    Match,
    MostCovered,
    Not,
    Recent,
    Selection,
    Sum,
    Tally,
    Trigger,
    Undecided,
)

__all__ = ["Logic", "conjuncts", "in_words"]


def conjuncts(condition: Condition) -> tuple[Condition, ...]:
    """Return the conditions that must all be true for this one to be."""
    if isinstance(condition, AllOf):
        return tuple(one for part in condition.parts for one in conjuncts(part))
    return () if isinstance(condition, Always) else (condition,)


def in_words(node: Any) -> str:
    """Return a condition or tally in a few words, as an author would recognise it."""
    match node:
        case Holds(relation, match, _) | Holdings(relation, match, _) | HeldFor(relation, match):
            return f"{relation}({_match_words(match)})"
        case Events(types, match, _, _):
            return f"{'|'.join(types)}({_match_words(match)})"
        case Not(part):
            return f"not {in_words(part)}"
        case AllOf(parts) | AnyOf(parts):
            return f"({(' or ' if isinstance(node, AnyOf) else ' and ').join(map(in_words, parts))})"
        case Is(term, options):
            return f"{_term_words(term)} in {_term_words(options)}"
        case InTerm(kinds):
            return f"in a term of {', '.join(kinds)}"
        case LatestIs(of, name, value, _):
            return f"latest {in_words(of)} has {name} {value}"
        case Compare(tally, least, most):
            low = f"at least {least}" if isinstance(least, int) else ""
            high = f"at most {most}" if isinstance(most, int) else ""
            return f"{' and '.join(filter(None, (low, high))) or 'as many'} of {in_words(tally)}"
        case Count(of, _, _) | CountAfterEarly(of) | MostCovered(_, _, of):
            return in_words(of)
        case Sum(name, of):
            return f"{name} of {', '.join(in_words(one) for one in of)}"
    return type(node).__name__


def _match_words(match: Match) -> str:
    return ", ".join(f"{name}={_term_words(value)}" for name, value in match)


def _term_words(term: Any) -> str:
    match term:
        case Its(name):
            return f"its {name}"
        case Trigger(name):
            return f"the trigger's {name}"
        case tuple():
            return "|".join(_term_words(one) for one in term)
        case str() | int() | bool():
            return str(term)
    return "asked step" if isinstance(term, AskedStep) else "subject" if term == SUBJECT else str(term)


@frozen
class Logic:
    """Arguments about conditions, given what facts look like; `grain` is that of the period judged, if any."""

    shapes: Shapes
    grain: str | None = None

    # Never true ----------------------------------------------------------------------------------------------

    def never(self, condition: Condition) -> str | None:
        """Return why the condition can never be true, or None where no argument says so."""
        match condition:
            case AllOf():
                return self._never_all(conjuncts(condition))
            case AnyOf(parts):
                reasons = [self.never(part) for part in parts]
                return None if any(reason is None for reason in reasons) else "; ".join(filter(None, reasons))
            case Not(part):
                return f"{in_words(part)} is always true" if self.always(part) else None
            case Is(_, options) if options == ():
                return f"{in_words(condition)}: there is nothing to be in"
            case InTerm(()):
                return "it names no kind of term"
            case Holds(relation, match, where):
                return self._never_selected(match, where, self.shapes.relations.get(relation))
            case HeldFor(_, _, least, most, None) if least is not None and most is not None and _longer(least, most):
                return f"{in_words(condition)} for longer than it may last"
            case Undecided(need):
                return f"it waits for {need}, which no fact supplies"
            case Compare():
                return self._never_compared(condition)
            case LatestIs(of, name, value, _):
                return self.never_selected(of) or self._never_field(of, name, value)
        return None

    def _never_all(self, parts: tuple[Condition, ...]) -> str | None:
        for number, part in enumerate(parts):
            if reason := self.never(part):
                return reason
            rest = [*parts[:number], *parts[number + 1 :]]
            options = part.parts if isinstance(part, AnyOf) else (part,)
            clashes = [self._first_clash(option, rest) for option in options]
            if clashes and all(clash is not None for clash in clashes):
                return f"{in_words(options[0])} contradicts {in_words(clashes[0])}"
        return None

    def _first_clash(self, option: Condition, rest: Iterable[Condition]) -> Condition | None:
        own = conjuncts(option)
        return next((other for other in rest if any(self.clash(one, other) for one in own)), None)

    def _never_compared(self, condition: Compare) -> str | None:
        least, most = condition.least, condition.most
        if isinstance(least, int) and isinstance(most, int) and least > most:
            return f"at least {least} and at most {most} cannot both be"
        if isinstance(most, int) and most < 0:
            return f"at most {most} cannot be"
        highest = self.highest(condition.tally)
        if isinstance(least, int) and least > highest:
            why = self._never_tallied(condition.tally)
            return why or f"at least {least} of {in_words(condition.tally)} cannot be, there are at most {highest}"
        return None

    def _never_tallied(self, tally: Tally) -> str | None:
        match tally:
            case Count(of, _, _):
                return self.never_selected(of)
            case CountAfterEarly(of) | MostCovered(_, _, of):
                return self.never_selected(of)
            case Sum(_, of):
                reasons = [self.never_selected(one) for one in of]
                return None if any(reason is None for reason in reasons) else "; ".join(filter(None, reasons))
        return None

    def never_selected(self, selection: Selection) -> str | None:
        """Return why nothing can ever be selected, or None where no argument says so."""
        if isinstance(selection, Holdings):
            shape = self.shapes.relations.get(selection.relation)
            return self._never_selected(selection.match, selection.where, shape)
        reason = self._never_selected(selection.match, selection.where, self.shapes.of_types(selection.types))
        return reason or self._never_in_period(selection)

    def _never_in_period(self, events: Events) -> str | None:
        if events.window != "period" or self.grain not in ("semester", "vacation"):
            return None
        there = ("semester",) if self.grain == "semester" else VACATION_KINDS
        for part in conjuncts(events.where):
            if isinstance(part, InTerm) and not set(part.kinds) & set(there):
                return f"an event in a {self.grain} is never in a term of {', '.join(part.kinds)}"
        return None

    def _never_selected(self, match: Match, where: Condition, shape: Any) -> str | None:
        for name, values in match:
            if values == ():
                return f"`{name}` is to be one of nothing"
        wanted = _wanted(match, where)
        for name, sets in wanted.items():
            several = shape is not None and name in shape.fields and shape.fields[name].several
            if not several and not frozenset.intersection(*sets):
                return f"`{name}` is to be {' and '.join('|'.join(sorted(map(str, one))) for one in sets)} at once"
        return self.never(where)

    def _never_field(self, of: Events, name: str, value: str) -> str | None:
        allowed = _wanted(of.match, of.where).get(name)
        if allowed is None or all(value in one for one in allowed):
            return None
        return f"`{name}` is never {value} among {in_words(of)}"

    # Always true ---------------------------------------------------------------------------------------------

    def always(self, condition: Condition) -> bool:
        """Tell whether the condition is true whatever is recorded, so far as an argument says so."""
        match condition:
            case Always():
                return True
            case AllOf(parts):
                return all(self.always(part) for part in parts)
            case AnyOf(parts):
                opposite = any(Not(part) in parts for part in parts)
                return opposite or any(self.always(part) for part in parts)
            case Not(part):
                # What waits for something nobody records is unknown, and so is its opposite.
                return not isinstance(part, Undecided) and self.never(part) is not None
            case Compare(tally, least, most):
                low = least is None or (isinstance(least, int) and least <= 0)
                high = most is None or (isinstance(most, int) and most >= self.highest(tally))
                return low and high
        return False

    # How many at most ----------------------------------------------------------------------------------------

    def highest(self, tally: Tally) -> float:
        """Return the most that the tally can come to."""
        match tally:
            case Count(of, distinct, _):
                if self.never_selected(of):
                    return 0
                return min(self._most_selected(of), self._most_distinct(of, distinct))
            case MostCovered(_, among, of):
                return 0 if self.never_selected(of) else len(set(among))
            case Sum(_, of):
                return 0 if all(self.never_selected(one) for one in of) else inf
            case CountAfterEarly(of):
                return 0 if self.never_selected(of) else inf
        return inf

    def _most_selected(self, of: Selection) -> float:
        if not isinstance(of, Holdings) or of.relation not in self.shapes.rules:
            return inf
        relation = self.shapes.rules[of.relation]
        match = dict(of.match)
        for fields in filter(None, (relation.group, relation.key)):
            sizes = [_size(match.get(name), self._lists()) for name in fields]
            if None not in sizes:
                return prod(size for size in sizes if size is not None)
        return inf

    def _most_distinct(self, of: Selection, distinct: str | None) -> float:
        values = dict(of.match).get(distinct) if distinct is not None else None
        return inf if values is None or _constants(values) is None else len(_constants(values) or ())

    def _lists(self) -> frozenset[str]:
        """Return the names of the fields that hold several values."""
        return frozenset(
            name for shape in self.shapes.types.values() for name, one in shape.fields.items() if one.several
        )

    # At odds, and implied ------------------------------------------------------------------------------------

    def clash(self, one: Condition, other: Condition) -> bool:
        """Tell whether the two can never be true together, so far as an argument says so."""
        if isinstance(one, Not) and self.implies(other, one.part):
            return True
        if isinstance(other, Not) and self.implies(one, other.part):
            return True
        match one, other:
            case Holds(), Holds():
                return self._same_holding(one, other) and bool(self._never_both(one, other))
            case Is(), Is() if one.term == other.term and self._single(one.term):
                return _disjoint(one.options, other.options)
            case InTerm(kinds), InTerm(others):
                return not set(kinds) & set(others)
            case LatestIs(), LatestIs():
                return (one.of, one.name) == (other.of, other.name) and one.value != other.value
        first, second = _as_compare(one), _as_compare(other)
        if first is None or second is None:
            return False
        return self._too_many(first, second) or self._too_many(second, first)

    def _too_many(self, low: Compare, high: Compare) -> bool:
        if not isinstance(low.least, int) or not isinstance(high.most, int):
            return False
        return low.least > high.most and self.within(low.tally, high.tally)

    def _never_both(self, one: Holds, other: Holds) -> str | None:
        shape = self.shapes.relations.get(one.relation)
        wheres = tuple(part for part in (one.where, other.where) if not isinstance(part, Always))
        return self._never_selected((*one.match, *other.match), AllOf(wheres), shape)

    def _same_holding(self, one: Holds, other: Holds) -> bool:
        """Tell whether both speak of the one holding that a subject can have of the relation."""
        if one.relation != other.relation or one.relation not in self.shapes.rules:
            return False
        relation = self.shapes.rules[one.relation]
        first, second = dict(one.match), dict(other.match)
        return all(
            name in first and first[name] == second.get(name) and self._single(first[name])
            for name in relation.group or relation.key
        )

    def _single(self, term: Any) -> bool:
        """Tell whether a term stands for one value."""
        if isinstance(term, Its | Trigger):
            return term.name not in self._lists()
        return not isinstance(term, tuple)

    def implies(self, one: Condition, other: Condition) -> bool:
        """Tell whether the other is true whenever the one is, so far as an argument says so."""
        if one == other or isinstance(other, Always):
            return True
        if isinstance(other, AllOf):
            return all(self.implies(one, part) for part in other.parts)
        if isinstance(one, AnyOf):
            return all(self.implies(part, other) for part in one.parts)
        if isinstance(other, AnyOf) and any(self.implies(one, part) for part in other.parts):
            return True
        if isinstance(one, AllOf):
            return any(self.implies(part, other) for part in one.parts)
        match one, other:
            case Is(), Is() if one.term == other.term:
                return _subset(one.options, other.options)
            case Holds(), Holds():
                return self.selects_within(_holdings(one), _holdings(other))
        first, second = _as_compare(one), _as_compare(other)
        return first is not None and second is not None and self._implied_bounds(first, second)

    def _implied_bounds(self, one: Compare, other: Compare) -> bool:
        low = other.least is None or (
            isinstance(one.least, int)
            and isinstance(other.least, int)
            and one.least >= other.least
            and self.within(one.tally, other.tally)
        )
        high = other.most is None or (
            isinstance(one.most, int)
            and isinstance(other.most, int)
            and one.most <= other.most
            and self.within(other.tally, one.tally)
        )
        return low and high

    def within(self, one: Tally, other: Tally) -> bool:
        """Tell whether the one tally never comes to more than the other."""
        if one == other:
            return True
        match one, other:
            case Count(of, distinct, _), Count(others, other_distinct, Always()):
                return other_distinct in (None, distinct) and self.selects_within(of, others)
            case Sum(name, (of,)), Sum(other_name, several) if name == other_name:
                return any(self.selects_within(of, each) for each in several)
        return False

    def selects_within(self, one: Selection, other: Selection) -> bool:
        """Tell whether whatever the one selects, the other selects too."""
        if isinstance(one, Events) and isinstance(other, Events):
            same = set(one.types) <= set(other.types) and other.window in (one.window, "ever")
        elif isinstance(one, Holdings) and isinstance(other, Holdings):
            same = one.relation == other.relation
        else:
            return False
        asked = dict(one.match)
        narrow = all(name in asked and _subset(asked[name], values) for name, values in other.match)
        return same and narrow and self.implies(one.where, other.where)

    # What later records can undo -----------------------------------------------------------------------------

    def can_lapse(self, condition: Condition) -> bool:
        """Tell whether the condition, once true, may become false by later records or by time alone."""
        match condition:
            case AllOf(parts):
                return any(self.can_lapse(part) for part in parts)
            case AnyOf(parts):
                return all(self.can_lapse(part) for part in parts)
            case Always() | Is() | Attends() | Undecided():
                return False
            case Not(part):
                return not self.never(part)
            case Holds(relation, _, _) | HeldFor(relation, _):
                known = self.shapes.rules.get(relation)
                return known is None or known.ended is not None or bool(known.group)
            case LatestIs(of, name, value, _):
                wanted = _wanted(of.match, of.where).get(name)
                return wanted is None or bool(frozenset.intersection(*wanted) - {value})
            case Compare(tally, least, most):
                if isinstance(most, int):
                    return most < self.highest(tally)
                return not isinstance(least, int) or self._tally_can_fall(tally)
            case InTerm() | Recent():
                return True
        return False

    def _tally_can_fall(self, tally: Tally) -> bool:
        match tally:
            case Count(Events() as of, _, if_sole):
                return _passes(of) or not isinstance(if_sole, Always)
            case Count(Holdings(relation, _, _), _, _):
                return self.can_lapse(Holds(relation))
            case Sum(_, of):
                return all(_passes(one) for one in of)
            case MostCovered(_, _, of):
                return _passes(of)
            case CountAfterEarly():
                return True
        return getattr(tally, "window", "ever") == "period"


# Parts -------------------------------------------------------------------------------------------------------


def _passes(of: Events) -> bool:
    """Tell whether a selected fact may stop being selected as time goes on."""
    bounded = of.window in ("period", "period_or_vacation_before", "since_entry")
    return bounded or any(isinstance(part, Recent) for part in conjuncts(of.where))


def _longer(one: Span, other: Span) -> bool:
    months, other_months = (12 * span.years + span.months for span in (one, other))
    return months >= other_months and one.days >= other.days and (months, one.days) != (other_months, other.days)


def _constants(values: Any) -> frozenset[Any] | None:
    """Return the values that an operand stands for where it names them itself."""
    if isinstance(values, tuple):
        return frozenset(values) if all(isinstance(one, str | int | bool) for one in values) else None
    return frozenset((values,)) if isinstance(values, str | int | bool) else None


def _size(values: Any, lists: frozenset[str]) -> int | None:
    """Return how many values an operand stands for, None where that is not known."""
    if values is None or (isinstance(values, Its | Trigger) and values.name in lists):
        return None
    constants = _constants(values)
    return 1 if constants is None and not isinstance(values, tuple) else len(constants or ()) or None


def _wanted(match: Match, where: Condition) -> dict[str, list[frozenset[Any]]]:
    """Return for each field the sets of values that it must be in, as match and `where` name them."""
    found: dict[str, list[frozenset[Any]]] = {}
    tested: Iterator[tuple[str, Any]] = (
        (part.term.name, part.options)
        for part in conjuncts(where)
        if isinstance(part, Is) and isinstance(part.term, Its)
    )
    for name, values in (*match, *tested):
        constants = _constants(values)
        if constants:
            found.setdefault(name, []).append(constants)
    return found


def _disjoint(one: Any, other: Any) -> bool:
    first, second = _constants(one), _constants(other)
    return first is not None and second is not None and not first & second


def _subset(one: Any, other: Any) -> bool:
    if one == other:
        return True
    first, second = _constants(one), _constants(other)
    return first is not None and second is not None and first <= second


def _holdings(of: Holds) -> Holdings:
    return Holdings(of.relation, of.match, of.where)


def _as_compare(condition: Condition) -> Compare | None:
    """Return the condition as bounds of a tally, where it is one."""
    match condition:
        case Compare():
            return condition
        case Holds():
            return Compare(Count(_holdings(condition)), least=1)
        case Not(Holds() as part):
            return Compare(Count(_holdings(part)), most=0)
        case Not(Compare(tally, int() as least, None)):
            return Compare(tally, most=least - 1)
        case Not(Compare(tally, None, int() as most)):
            return Compare(tally, least=most + 1)
    return None
