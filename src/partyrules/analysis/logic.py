"""What conditions come to: never true and why, always true, implied, or open to later records."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, assert_never

from attrs import evolve, frozen

from partyrules.analysis.decision import Ruling, decide
from partyrules.analysis.formulas import NotTrue
from partyrules.language import kernel as k
from partyrules.language.phrases import phrase
from partyrules.language.shapes import Shapes
from partyrules.language.text import Text, joined, translated
from partyrules.language.tree import lowered, rebuilt


def conjuncts(condition: k.Condition) -> tuple[k.Condition, ...]:
    """Return the conditions that must all be true for this one to be."""
    if isinstance(condition, k.AllOf):
        return tuple(one for part in condition.parts for one in conjuncts(part))
    return () if isinstance(condition, k.Always) else (condition,)


@lru_cache(maxsize=4096)
def canonical(node: Any) -> Any:
    """Return the tree with everything whose order means nothing in one order, so that equal rules compare equal."""

    def put(part: Any) -> Any:
        match part:
            case k.Holds(_, match, _) | k.Holdings(_, match, _):
                ordered = _ordered(match)
                return part if ordered == match else evolve(part, match=ordered)
            case k.Events(types, match, _, _):
                names, ordered = tuple(sorted(types)), _ordered(match)
                return part if (names, ordered) == (types, match) else evolve(part, types=names, match=ordered)
            case k.Is(_, tuple() as options):
                values = _sorted(options)
                return part if values == options else evolve(part, options=values)
            case k.AllOf(parts) | k.AnyOf(parts):
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


def _flat(part: k.AllOf | k.AnyOf) -> tuple[k.Condition, ...]:
    inner = [one for each in part.parts for one in (_flat(each) if type(each) is type(part) else (each,))]
    kept = dict.fromkeys(one for one in inner if not (isinstance(part, k.AllOf) and isinstance(one, k.Always)))
    return tuple(sorted(kept, key=repr))


@frozen
class Logic:
    """Arguments about conditions, given what facts look like; `grain` is that of the period judged, if any.

    Each answer is exact but for what `ruling` names as open; what is open is never said to be so.
    """

    shapes: Shapes
    grain: str | None = None

    def ruling(self, *conditions: k.Condition) -> Ruling:
        """Return whether the conditions can be true together."""
        grains = () if self.grain is None else ((None, self.grain),)
        return decide(k.AllOf(tuple(canonical(each) for each in conditions)), self.shapes, grains=grains)

    def never(self, *conditions: k.Condition) -> Text | None:
        """Return why the conditions can never be true together, or None where they can or it is not decided."""
        if self.ruling(*conditions).possible is not False:
            return None
        parts = list(dict.fromkeys(part for each in conditions for part in conjuncts(each)))
        for part in reversed(parts):
            fewer = [each for each in parts if each is not part]
            if self.ruling(*fewer).possible is False:
                parts = fewer
        return _why(parts)

    def always(self, condition: k.Condition) -> bool:
        """Tell whether the condition is true whatever is recorded."""
        return self.ruling(NotTrue(condition)).possible is False

    def implies(self, one: k.Condition, other: k.Condition) -> bool:
        """Tell whether the other is true whenever the one is."""
        return self.ruling(one, NotTrue(other)).possible is False

    def never_selected(self, selection: k.Selection) -> Text | None:
        """Return why nothing can ever be selected, or None where something can or it is not decided."""
        return self.never(k.Compare(k.Count(selection), least=1))

    # What later records can undo -----------------------------------------------------------------------------

    def can_lapse(self, condition: k.Condition) -> bool:
        """Tell whether the condition, once true, may become false by later records or by time alone."""
        match k.kernel(condition):
            case k.AllOf(parts):
                return any(self.can_lapse(part) for part in parts)
            case k.AnyOf(parts):
                return all(self.can_lapse(part) for part in parts)
            case k.Always() | k.Is() | k.Share() | k.Undecided():
                return False
            case k.SomeDay():
                return True
            case k.Not(part):
                return self.ruling(part).possible is not False
            case k.Holds(relation, _, _):
                known = self.shapes.rules.get(relation)
                return known is None or known.ended is not None or bool(known.group)
            case k.LatestIs(of, name, value, _):
                another = evolve(of, where=k.AllOf((of.where, k.Not(k.Is(k.Its(name), (value,))))))
                return self.never_selected(another) is None
            case k.Compare(tally, least, most):
                if isinstance(most, int):
                    return self.ruling(k.Compare(tally, least=most + 1)).possible is not False
                return not isinstance(least, int) or self._tally_can_fall(tally)
            case k.OnDay(terms):
                return terms is not None
            case k.Age(most=most_old):
                return most_old is not None
            case other:
                assert_never(other)

    def _tally_can_fall(self, tally: k.Tally) -> bool:
        match tally:
            case k.Count(k.Holdings(relation, _, _), _, _):
                return self.can_lapse(k.Holds(relation))
            case k.Count(_, _, if_sole):
                events = [of for of in tally.selections if isinstance(of, k.Events)]
                return any(_passes(of) for of in events) or not isinstance(if_sole, k.Always)
            case k.Sum(_, of):
                return all(_passes(one) for one in of)
            case k.MostCovered(_, _, of):
                return _passes(of)
            case k.CountAfterEarly():
                return True
            case k.CountFindings(_, _, window):
                return window == "period"
            case _:
                assert_never(tally)


# Parts -------------------------------------------------------------------------------------------------------


def _why(parts: Sequence[k.Condition]) -> Text:
    """Return in words that conditions cannot be true together, none of which could be left out."""
    match parts:
        case [k.Undecided(need)]:
            return translated("it waits for {}, which no fact supplies", need)
        case [k.Compare(_, int() as least, int() as most) as one] if least > most:
            return translated("at least {} and at most {} cannot both be: {}", least, most, phrase(one))
        case [k.Not(part)]:
            return translated("{} is always true", phrase(part))
        case [one]:
            return translated("{} can never be", phrase(one))
        case [one, other]:
            return translated("{} contradicts {}", phrase(other), phrase(one))
    *others, last = map(phrase, parts)
    return translated("{} and {} cannot all be", joined("，", ", ", others), last)


def _passes(of: k.Events) -> bool:
    """Tell whether a selected fact may stop being selected as time goes on."""
    bounded = of.window in ("period", "period_or_vacation_before", "since_entry")
    return bounded or any(isinstance(part, k.Age) and part.most is not None for part in conjuncts(of.where))
