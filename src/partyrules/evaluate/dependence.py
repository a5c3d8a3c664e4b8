"""What a condition hangs on: its subject and the day alone, fields of the trigger, facts of later days."""

from functools import lru_cache

from partyrules.language.kernel import (
    Age,
    AllOf,
    Always,
    AnyOf,
    AskedStep,
    Compare,
    Condition,
    Count,
    CountFindings,
    Events,
    Given,
    Holdings,
    Holds,
    Is,
    Its,
    LatestIs,
    Not,
    OnDay,
    Operand,
    Trigger,
)
from partyrules.language.tree import walk

__all__ = ["exceeds_for_good", "sees_facts", "told_by", "trigger_fields"]


@lru_cache(maxsize=8192)
def told_by(condition: Condition) -> tuple[str, ...] | None:
    """Return the fields of the trigger that tell, with the subject and the day alone, what a condition comes to.

    Such a verdict says how long it lasts. None for a condition that hangs on more.
    """
    match condition:
        case Always() | OnDay():
            return ()
        case AllOf(parts) | AnyOf(parts):
            told = [told_by(part) for part in parts]
        case Not(part):
            told = [told_by(part)]
        case Is(term, options):
            told = [_named_by(term), _named_by(options)]
        case Holds(_, match, Always()):
            told = [_named_by(want) for _, want in match]
        case _:
            return None
    known = [names for names in told if names is not None]
    return tuple(sorted({name for names in known for name in names})) if len(known) == len(told) else None


def _named_by(operand: Operand) -> tuple[str, ...] | None:
    if isinstance(operand, Trigger):
        return (operand.name,)
    return None if isinstance(operand, Its | AskedStep | Given) else ()


@lru_cache(maxsize=8192)
def sees_facts(condition: Condition) -> bool:
    """Tell whether what a condition comes to may hang on facts of later days."""
    return any(isinstance(node, Compare | LatestIs) for node in walk(condition))


@lru_cache(maxsize=8192)
def trigger_fields(condition: Condition) -> tuple[str, ...]:
    """Return the fields of the trigger that a condition names anywhere."""
    return tuple(sorted({node.name for node in walk(condition) if isinstance(node, Trigger)}))


@lru_cache(maxsize=1024)
def exceeds_for_good(requires: Condition) -> bool:
    """Tell whether a maximum that is exceeded stays so: what it counts happened, and no later day takes that back.

    What holds today may have ended by the end of the period, and a limit that is itself counted may have grown.
    """
    if not isinstance(requires, Compare) or not isinstance(requires.most, int):
        return False
    if isinstance(requires.tally, CountFindings) or (
        isinstance(requires.tally, Count) and not isinstance(requires.tally.if_sole, Always)
    ):
        return False
    return not any(
        isinstance(node, Holdings | Compare | LatestIs) or (isinstance(node, Events) and _expires(node.where))
        for node in walk(requires.tally)
    )


def _expires(where: Condition) -> bool:
    """Tell whether facts of which a condition is true now may be too old for it later."""
    match where:
        case AllOf(parts) | AnyOf(parts):
            return any(_expires(part) for part in parts)
        case Not(part):
            return _expires(part)
    # The age of a holding is asked on the fact's own day, which stays what it is.
    return isinstance(where, Age)
