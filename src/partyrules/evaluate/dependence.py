"""What a condition hangs on: its subject and the day alone, fields of the trigger, facts of later days."""

from functools import lru_cache

from partyrules.language import kernel as k
from partyrules.language.tree import walk


@lru_cache(maxsize=8192)
def told_by(condition: k.Condition) -> tuple[str, ...] | None:
    """Return the fields of the trigger that tell, with the subject and the day alone, what a condition comes to.

    Such a verdict says how long it lasts. None for a condition that hangs on more.
    """
    match condition:
        case k.Always() | k.OnDay():
            return ()
        case k.AllOf(parts) | k.AnyOf(parts):
            told = [told_by(part) for part in parts]
        case k.Not(part):
            told = [told_by(part)]
        case k.Is(term, options):
            told = [_named_by(term), _named_by(options)]
        case k.Holds(_, match, k.Always()):
            told = [_named_by(want) for _, want in match]
        case _:
            return None
    known = [names for names in told if names is not None]
    return tuple(sorted({name for names in known for name in names})) if len(known) == len(told) else None


def _named_by(operand: k.Operand) -> tuple[str, ...] | None:
    if isinstance(operand, k.Trigger):
        return (operand.name,)
    return None if isinstance(operand, k.Its | k.AskedStep | k.Given) else ()


@lru_cache(maxsize=8192)
def sees_facts(condition: k.Condition) -> bool:
    """Tell whether what a condition comes to may hang on facts of later days."""
    return any(isinstance(node, k.Compare | k.LatestIs) for node in walk(condition))


@lru_cache(maxsize=8192)
def tied_by(where: k.Condition) -> tuple[str, k.Match, str, str] | None:
    """Return what of its subject ties an item of which a condition is true: a relation, what holds in it, two fields.

    Some holding of the relation that matches says in the first field what the item says in the second. None where the
    condition does not ask for that.
    """
    for part in where.parts if isinstance(where, k.AllOf) else (where,):
        if isinstance(part, k.Holds) and any(isinstance(want, k.Subject) for _, want in part.match):
            for name, want in part.match:
                if isinstance(want, k.Its):
                    others = tuple((other, asked) for other, asked in part.match if not isinstance(asked, k.Its))
                    return part.relation, others, name, want.name
    return None


@lru_cache(maxsize=8192)
def names_subject_alone(selection: k.Events) -> bool:
    """Tell whether the facts that match, and are tied to the subject, are the same whatever else is asked about."""
    tie = tied_by(selection.where)
    asked = [want for _, want in (*selection.match, *(tie[1] if tie else ()))]
    return not any(isinstance(want, k.Its | k.Trigger | k.AskedStep) for want in asked)


@lru_cache(maxsize=8192)
def trigger_fields(condition: k.Condition) -> tuple[str, ...]:
    """Return the fields of the trigger that a condition names anywhere."""
    return tuple(sorted({node.name for node in walk(condition) if isinstance(node, k.Trigger)}))


@lru_cache(maxsize=1024)
def exceeds_for_good(requires: k.Condition) -> bool:
    """Tell whether a maximum that is exceeded stays so: what it counts happened, and no later day takes that back.

    What holds today may have ended by the end of the period, and a limit that is itself counted may have grown.
    """
    if not isinstance(requires, k.Compare) or not isinstance(requires.most, int):
        return False
    if isinstance(requires.tally, k.CountFindings) or (
        isinstance(requires.tally, k.Count) and not isinstance(requires.tally.if_sole, k.Always)
    ):
        return False
    return not any(
        isinstance(node, k.Holdings | k.Compare | k.LatestIs) or (isinstance(node, k.Events) and _expires(node.where))
        for node in walk(requires.tally)
    )


def _expires(where: k.Condition) -> bool:
    """Tell whether facts of which a condition is true now may be too old for it later."""
    match where:
        case k.AllOf(parts) | k.AnyOf(parts):
            return any(_expires(part) for part in parts)
        case k.Not(part):
            return _expires(part)
    # The age of a holding is asked on the fact's own day, which stays what it is.
    return isinstance(where, k.Age)
