"""Two duties on one ground: whether both can be met, and whether keeping to the one leaves room to break the other."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from attrs import evolve

from partyrules.analysis.cells import no_longer
from partyrules.analysis.decision import POSSIBLE, Ruling, decide
from partyrules.analysis.formulas import Slotted
from partyrules.analysis.logic import Logic, canonical
from partyrules.language import kernel as k
from partyrules.language import rules as r
from partyrules.language.phrases import phrase
from partyrules.language.shapes import Shapes
from partyrules.language.sugar import LISTED
from partyrules.language.text import translated
from partyrules.language.tree import walk
from partyrules.time.calendar import CALENDAR_GRAINS

# How many whole periods of the one grain surely lie in each period of the other. What terms have to do with a year
# holds where they are declared without a gap: a semester and a vacation then lie wholly in every year.
_TIMES: Final[Mapping[tuple[str, str], int]] = {
    ("month", "quarter"): 3,
    ("month", "half_year"): 6,
    ("month", "year"): 12,
    ("quarter", "half_year"): 2,
    ("quarter", "year"): 4,
    ("half_year", "year"): 2,
    ("semester", "academic_year"): 1,
    ("semester", "year"): 1,
    ("vacation", "academic_year"): 1,
    ("vacation", "year"): 1,
}
# Grains of which each period lies in one period of the longer grain, so that a bound on this bounds that.
_NESTED: Final = frozenset(pair for pair in _TIMES if pair[1] != "year" or pair[0] not in ("semester", "vacation"))


def all_of(*rulings: Ruling) -> Ruling:
    """Return whether everything ruled on is possible: undecided where nothing is impossible and something is open."""
    found = next((each for each in rulings if each.possible is False), None)
    return found or next((each for each in rulings if each.possible is None), POSSIBLE)


def any_of(*rulings: Ruling) -> Ruling:
    """Return whether something ruled on is possible: undecided where nothing is and something is open."""
    found = next((each for each in rulings if each.possible), None)
    return found or next((each for each in rulings if each.possible is None), Ruling(possible=False))


# Both met ----------------------------------------------------------------------------------------------------------


def both_met(one: r.Duty, other: r.Duty, shapes: Shapes) -> Ruling:
    """Return whether some bearer of both duties can meet both, wherever they are judged on one ground.

    It is possible also where nobody bears both, or nothing occasions both.
    """
    logic = Logic(shapes)
    if not _touch(one, other):
        return POSSIBLE
    shared = _shared(one, other, logic)
    if shared.possible is False:
        return POSSIBLE
    met = _both_required(one, other, shapes)
    if met.possible is False and shared.possible is None:
        return Ruling(None, shared.open)
    return met


def _touch(one: r.Duty, other: r.Duty) -> bool:
    """Tell whether what the one asks has anything to do with what the other asks, or of whom on the same day."""
    asked = [_records(duty.requires) | {f"findings of {duty.id}"} for duty in (one, other)]
    if isinstance(one.per, r.Standing) and isinstance(other.per, r.Standing):
        whole = [_records((duty.requires, duty.bearer.scope)) for duty in (one, other)]
        return bool(asked[0] & whole[1] or asked[1] & whole[0])
    if isinstance(one.per, r.PerPeriod) != isinstance(other.per, r.PerPeriod):
        return bool(_facts(one) & _facts(other)) or any("findings" in each for each in asked[0] & asked[1])
    return bool(asked[0] & asked[1])


@lru_cache(maxsize=4096)
def _records(node: Any) -> frozenset[str]:
    """Return the types and relations that a tree looks at, and what else there is one of on a day."""
    found: set[str] = set()
    for part in walk(node):
        match part:
            case k.Events(types):
                found.update(f"fact {wire}" for wire in types)
            case k.Holds(relation) | k.Holdings(relation):
                found.add(f"holdings of {relation}")
            case k.OnDay() | k.Is():
                found.add(type(part).__name__)
            case k.CountFindings(rules):
                found.update(f"findings of {rule}" for rule in rules)
    return frozenset(found)


def _facts(duty: r.Duty) -> frozenset[str]:
    return frozenset(name for name in _records(duty.requires) if name.startswith("fact "))


def _shared(one: r.Duty, other: r.Duty, logic: Logic) -> Ruling:
    """Return whether somebody can be bound by both."""
    if one.bearer.kind != other.bearer.kind or canonical(one.bearer.each) != canonical(other.bearer.each):
        return Ruling(possible=False)
    bound = logic.ruling(one.bearer.scope, other.bearer.scope)
    first, second = one.per.occasions, other.per.occasions
    if first is None or second is None:
        return bound if (first is None) == (second is None) else Ruling(possible=False)
    both = _of_both(first, second)
    return Ruling(possible=False) if both is None else all_of(bound, logic.ruling(k.Compare(k.Count(both), least=1)))


def _of_both(one: k.Events, other: k.Events) -> k.Events | None:
    types = tuple(wire for wire in one.types if wire in other.types)
    if not types:
        return None
    return k.Events(types, (*one.match, *other.match), k.AllOf((one.where, other.where)), "ever")


def _both_required(one: r.Duty, other: r.Duty, shapes: Shapes) -> Ruling:
    both = k.AllOf((one.requires, other.requires))
    logic = Logic(shapes)
    match one.per, other.per:
        case r.PerPeriod(str() as grain), r.PerPeriod(str() as other_grain):
            if grain == other_grain:
                return evolve(logic, grain=grain).ruling(both)
            for short, long, pair in ((one, other, (grain, other_grain)), (other, one, (other_grain, grain))):
                if pair in _TIMES:
                    return _in_each(short.requires, long.requires, pair, shapes)
        case r.Standing(), r.Standing():
            shared = k.AllOf((one.bearer.scope, other.bearer.scope))
            if any(logic.ruling(shared, duty.requires).possible is False for duty in (one, other)):
                # Whoever bears both breaks that one whatever the other asks.
                return POSSIBLE
            return logic.ruling(shared, both)
        case (r.Occasion(), r.Occasion()) | (r.Occasion(), r.Triggered(_, None)) | (r.Triggered(_, None), r.Occasion()):
            return logic.ruling(both)
        case r.Triggered(_, deadline), r.Triggered(_, other_deadline):
            if met := _by_deadlines(one.requires, other.requires, (deadline, other_deadline), logic):
                return met
    if canonical(one.per) == canonical(other.per):
        return logic.ruling(both)
    return _apart(one, other, logic)


def _in_each(short: k.Condition, long: k.Condition, grains: tuple[str, str], shapes: Shapes) -> Ruling:
    """Return whether what is asked of each of the short periods leaves room for what is asked of the long one."""
    slots = range(1, _TIMES[grains] + 1)
    parts = tuple(Slotted(short, slot) for slot in slots)
    tiled = {*grains} <= {*CALENDAR_GRAINS}
    known = ((None, grains[1]), *((slot, grains[0]) for slot in slots))
    return decide(k.AllOf((*parts, long)), shapes, grains=known, tiled=tiled)


def _apart(one: r.Duty, other: r.Duty, logic: Logic) -> Ruling:
    """Return whether both can be met where they are judged over stretches that nothing is known of."""
    apart = logic.ruling(Slotted(one.requires, "one"), Slotted(other.requires, "other"))
    if apart.possible and _bounded(one, other) and _facts(one) & _facts(other):
        return _not_compared(one, other)
    return apart


def _bounded(one: r.Duty, other: r.Duty) -> bool:
    """Tell whether something is asked not to be, or not to be too often."""
    return any(
        isinstance(node, k.Not) or (isinstance(node, k.Compare) and node.most is not None)
        for duty in (one, other)
        for node in walk(duty.requires)
    )


# The one kept, the other broken ------------------------------------------------------------------------------------


def one_kept_other_broken(one: r.Duty, other: r.Duty, shapes: Shapes) -> Ruling:
    """Return whether a bearer held to both throughout, and not excused, can keep to the one and break the other."""
    logic = Logic(shapes)
    asked, wanted = one.requires, other.requires
    broken = k.Not(wanted)
    match one.per, other.per:
        case r.PerPeriod(str() as short), r.PerPeriod(str() as long) if short != long:
            if (short, long) in _TIMES:
                return _in_each(asked, broken, (short, long), shapes)
            if (long, short) in _NESTED:
                known = ((None, short), (1, long))
                return decide(k.AllOf((asked, Slotted(broken, 1))), shapes, grains=known)
            return _not_compared(one, other)
        case r.PerPeriod(), r.PerPeriod() if one.per != other.per:
            # An interval that an institution sets may be a term, which lies anyhow beside the periods of the other.
            return logic.ruling(Slotted(asked, "one"), Slotted(broken, "other"))
        case r.Standing(), r.Standing():
            return logic.ruling(one.bearer.scope, other.bearer.scope, asked, broken)
        case r.Rolling(every), r.Rolling(others):
            longer = Ruling(possible=not no_longer(every, others))
            return any_of(longer, logic.ruling(asked, broken))
        case r.Occasion(of), r.Occasion(others):
            if of != others and not asked == wanted == LISTED:
                return _not_compared(one, other)
            return any_of(within_other(others, of, logic), logic.ruling(asked, broken))
        case r.Triggered(by, deadline), r.Triggered(others, later):
            if canonical(by) != canonical(others):
                return _not_compared(one, other)
            return _by_deadlines(asked, broken, (deadline, later), logic) or _not_compared(one, other)
    if canonical(one.per) == canonical(other.per):
        return evolve(logic, grain=getattr(one.per, "grain", None)).ruling(asked, broken)
    return _not_compared(one, other)


def within_other(one: k.Events, other: k.Events, logic: Logic) -> Ruling:
    """Return whether the one can select something that the other does not."""
    return logic.ruling(k.Compare(k.Count(one), least=1), k.Compare(k.Count(other), most=0))


def _not_compared(one: r.Duty, other: r.Duty) -> Ruling:
    return Ruling(None, (translated("({}) and ({}) are not compared", phrase(one.per), phrase(other.per)),))


# Time --------------------------------------------------------------------------------------------------------------


def _by_deadlines(
    one: k.Condition, other: k.Condition, deadlines: tuple[r.Deadline | None, r.Deadline | None], logic: Logic
) -> Ruling | None:
    """Return whether both can be so, each by its own deadline; None where it is open which comes first."""
    first, second = deadlines
    if first == second:
        return logic.ruling(one, other)
    for slots, sooner, later in ((("sooner", "later"), first, second), (("later", "sooner"), second, first)):
        if no_later(sooner, later):
            return logic.ruling(Slotted(one, slots[0]), Slotted(other, slots[1]))
    return None


def no_later(one: r.Deadline | None, other: r.Deadline | None) -> bool:
    """Tell whether the one deadline never falls after the other."""
    match one, other:
        case r.WithinDays(int() as days), r.WithinDays(int() as others):
            return days <= others
        case r.WithinWorkingDays(days), r.WithinWorkingDays(others):
            return days <= others
        case r.Within(span), r.Within(longer):
            return no_longer(span, longer)
        case r.Ahead(span), r.Ahead(shorter):
            return no_longer(shorter, span)
    return False
