"""Which fields of the fact at hand a condition looks at, and what other values they could have."""

from typing import Any

from partyrules.facts.schema import choices_of, field_types, takes
from partyrules.facts.vocabulary import Fact
from partyrules.language import kernel as k


def mentioned(condition: Any) -> set[str]:
    """Return the fields of the fact at hand that a condition looks at."""
    found: set[str] = set()
    match condition:
        case k.AllOf(parts) | k.AnyOf(parts):
            found.update(*(mentioned(part) for part in parts))
        case k.Not(part) | k.SomeDay(part):
            found |= mentioned(part)
        case k.Is(term, options):
            found |= {node.name for node in (term, options) if isinstance(node, k.Its)}
        case k.Holds(_, match):
            found |= {want.name for _, want in match if isinstance(want, k.Its)}
        case k.Share(part_name, whole):
            found |= {part_name, whole}
        case k.Compare(tally, least, most):
            for each in (tally, least, most):
                found |= mentioned(each)
        case k.Portion(of=whole):
            found |= mentioned(whole)
        case k.Count(of=k.Events() | k.Holdings() as of) | k.CountAfterEarly(of) | k.LatestIs(of=of):
            found |= {want.name for _, want in of.match if isinstance(want, k.Its)}
    return found


def kinds_in(condition: Any) -> dict[str, str]:
    """Return for each field of the fact at hand the kind that what it names is said to be of."""
    found: dict[str, str] = {}
    match condition:
        case k.AllOf(parts) | k.AnyOf(parts):
            for part in parts:
                found |= kinds_in(part)
        case k.SomeDay(part):
            found |= kinds_in(part)
        case k.Holds(_, match):
            kind = next((want for name, want in match if name == "kind" and isinstance(want, str)), None)
            found |= {want.name: kind for _, want in match if isinstance(want, k.Its) and kind is not None}
    return found


def others(cls: type[Any], name: str, wanted: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return values of a field that are none of these."""
    hint = field_types(cls).get(name) if issubclass(cls, Fact) else None
    if hint is None:
        return ()
    more = max((one for one in wanted if isinstance(one, int)), default=0) + 1
    values: dict[str, tuple[Any, ...]] = {
        "text": choices_of(hint) or (f"another-{name}",),
        "flag": (True, False),
        "number": (0, 1, more),
    }
    return tuple(one for one in values.get(takes(hint), ()) if one not in wanted)
