"""What conditions come to, in words and as rulings: never true, always true, implied, or open to later records."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, assert_never

from attrs import evolve, frozen

from partyrules.analysis.decision import Ruling, decide
from partyrules.analysis.formulas import NotTrue
from partyrules.language.kernel import (
    SUBJECT,
    Age,
    AllOf,
    Always,
    AnyOf,
    AskedStep,
    Compare,
    Condition,
    Count,
    CountAfterEarly,
    CountFindings,
    Events,
    Holdings,
    Holds,
    Is,
    Its,
    LatestIs,
    Match,
    MostCovered,
    Not,
    OnDay,
    Selection,
    Share,
    SomeDay,
    Sum,
    Tally,
    Trigger,
    Undecided,
    kernel,
)
from partyrules.language.phrases import phrase
from partyrules.language.shapes import Shapes
from partyrules.language.sugar import LISTED
from partyrules.language.tree import lowered, rebuilt

__all__ = ["Logic", "canonical", "conjuncts", "in_words"]


def conjuncts(condition: Condition) -> tuple[Condition, ...]:
    """Return the conditions that must all be true for this one to be."""
    if isinstance(condition, AllOf):
        return tuple(one for part in condition.parts for one in conjuncts(part))
    return () if isinstance(condition, Always) else (condition,)


@lru_cache(maxsize=4096)
def canonical(node: Any) -> Any:
    """Return the tree with everything whose order means nothing in one order, so that equal rules compare equal."""

    def put(part: Any) -> Any:
        match part:
            case Holds(_, match, _) | Holdings(_, match, _):
                ordered = _ordered(match)
                return part if ordered == match else evolve(part, match=ordered)
            case Events(types, match, _, _):
                names, ordered = tuple(sorted(types)), _ordered(match)
                return part if (names, ordered) == (types, match) else evolve(part, types=names, match=ordered)
            case Is(_, tuple() as options):
                values = _sorted(options)
                return part if values == options else evolve(part, options=values)
            case AllOf(parts) | AnyOf(parts):
                flat = _flat(part)
                return part if flat == parts else type(part)(flat)
        return part

    return rebuilt(lowered(node), put)


def _ordered(match: Any) -> Any:
    return tuple(
        sorted(((name, _sorted(value) if isinstance(value, tuple) else value) for name, value in match), key=repr)
    )


def _sorted(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(sorted(dict.fromkeys(values), key=repr))


def _flat(part: AllOf | AnyOf) -> tuple[Condition, ...]:
    inner = [one for each in part.parts for one in (_flat(each) if type(each) is type(part) else (each,))]
    kept = dict.fromkeys(one for one in inner if not (isinstance(part, AllOf) and isinstance(one, Always)))
    return tuple(sorted(kept, key=repr))


def in_words(node: Any) -> str:
    """Return a condition or tally in a few words, as an author would recognise it."""
    match node:
        case Holds(relation, match, _) | Holdings(relation, match, _):
            return f"{relation}({_match_words(match)})"
        case Events(types, match, _, _):
            return f"{'|'.join(types)}({_match_words(match)})"
        case Not(part):
            return f"not {in_words(part)}"
        case SomeDay(part):
            return f"once {in_words(part)}"
        case AllOf(parts) | AnyOf(parts):
            return f"({(' or ' if isinstance(node, AnyOf) else ' and ').join(map(in_words, parts))})"
        case Is() if node == LISTED:
            return "is listed as attending"
        case Is(term, options):
            return f"{_term_words(term)} in {_term_words(options)}"
        case OnDay(terms, since):
            told = [f"in a term of {', '.join(terms)}"] if terms is not None else []
            return " and ".join([*told, *([f"on {since} or later"] if since is not None else [])])
        case LatestIs(of, name, value, _):
            return f"latest {in_words(of)} has {name} {value}"
        case Compare(tally, least, most):
            low = f"at least {least}" if isinstance(least, int) else ""
            high = f"at most {most}" if isinstance(most, int) else ""
            return f"{' and '.join(filter(None, (low, high))) or 'as many'} of {in_words(tally)}"
        case Count(tuple() as several):
            return " and ".join(in_words(one) for one in several)
        case Count(of, _, _) | CountAfterEarly(of) | MostCovered(_, _, of):
            return in_words(of)
        case Sum(name, of):
            return f"{name} of {', '.join(in_words(one) for one in of)}"
    return phrase(node)


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
    """Arguments about conditions, given what facts look like; `grain` is that of the period judged, if any.

    Each answer is exact but for what `ruling` names as open; what is open is never said to be so.
    """

    shapes: Shapes
    grain: str | None = None

    def ruling(self, *conditions: Condition) -> Ruling:
        """Return whether the conditions can be true together."""
        grains = () if self.grain is None else ((None, self.grain),)
        return decide(AllOf(tuple(canonical(each) for each in conditions)), self.shapes, grains=grains)

    def never(self, *conditions: Condition) -> str | None:
        """Return why the conditions can never be true together, or None where they can or it is not decided."""
        if self.ruling(*conditions).possible is not False:
            return None
        parts = list(dict.fromkeys(part for each in conditions for part in conjuncts(each)))
        for part in reversed(parts):
            fewer = [each for each in parts if each is not part]
            if self.ruling(*fewer).possible is False:
                parts = fewer
        return _why(parts)

    def always(self, condition: Condition) -> bool:
        """Tell whether the condition is true whatever is recorded."""
        return self.ruling(NotTrue(condition)).possible is False

    def implies(self, one: Condition, other: Condition) -> bool:
        """Tell whether the other is true whenever the one is."""
        return self.ruling(one, NotTrue(other)).possible is False

    def never_selected(self, selection: Selection) -> str | None:
        """Return why nothing can ever be selected, or None where something can or it is not decided."""
        return self.never(Compare(Count(selection), least=1))

    # What later records can undo -----------------------------------------------------------------------------

    def can_lapse(self, condition: Condition) -> bool:
        """Tell whether the condition, once true, may become false by later records or by time alone."""
        match kernel(condition):
            case AllOf(parts):
                return any(self.can_lapse(part) for part in parts)
            case AnyOf(parts):
                return all(self.can_lapse(part) for part in parts)
            case Always() | Is() | Share() | Undecided():
                return False
            case SomeDay():
                return True
            case Not(part):
                return self.ruling(part).possible is not False
            case Holds(relation, _, _):
                known = self.shapes.rules.get(relation)
                return known is None or known.ended is not None or bool(known.group)
            case LatestIs(of, name, value, _):
                another = evolve(of, where=AllOf((of.where, Not(Is(Its(name), (value,))))))
                return self.never_selected(another) is None
            case Compare(tally, least, most):
                if isinstance(most, int):
                    return self.ruling(Compare(tally, least=most + 1)).possible is not False
                return not isinstance(least, int) or self._tally_can_fall(tally)
            case OnDay(terms):
                return terms is not None
            case Age(most=most_old):
                return most_old is not None
            case other:
                assert_never(other)

    def _tally_can_fall(self, tally: Tally) -> bool:
        match tally:
            case Count(Holdings(relation, _, _), _, _):
                return self.can_lapse(Holds(relation))
            case Count(_, _, if_sole):
                events = [of for of in tally.selections if isinstance(of, Events)]
                return any(_passes(of) for of in events) or not isinstance(if_sole, Always)
            case Sum(_, of):
                return all(_passes(one) for one in of)
            case MostCovered(_, _, of):
                return _passes(of)
            case CountAfterEarly():
                return True
            case CountFindings(_, _, window):
                return window == "period"
            case _:
                assert_never(tally)


# Parts -------------------------------------------------------------------------------------------------------


def _why(parts: Sequence[Condition]) -> str:
    """Return in words that conditions cannot be true together, none of which could be left out."""
    told = [in_words(part) for part in parts]
    match parts:
        case [Undecided(need)]:
            return f"it waits for {need}, which no fact supplies"
        case [one]:
            return _why_alone(one)
        case [_, _]:
            return f"{told[1]} contradicts {told[0]}"
    return f"{', '.join(told[:-1])} and {told[-1]} cannot all be"


def _why_alone(condition: Condition) -> str:
    told = in_words(condition)
    match condition:
        case Compare(_, int() as least, int() as most) if least > most:
            return f"at least {least} and at most {most} cannot both be: {told}"
        case Not(part):
            return f"{in_words(part)} is always true"
    return f"{told} can never be"


def _passes(of: Events) -> bool:
    """Tell whether a selected fact may stop being selected as time goes on."""
    bounded = of.window in ("period", "period_or_vacation_before", "since_entry")
    return bounded or any(isinstance(part, Age) and part.most is not None for part in conjuncts(of.where))
