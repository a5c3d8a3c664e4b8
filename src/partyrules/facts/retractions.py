"""Which facts are retracted, where retractions may themselves be retracted."""

from collections import Counter
from collections.abc import Iterable

from partyrules.facts.vocabulary import FactRetracted


def retracted_ids(retractions: Iterable[FactRetracted]) -> frozenset[str]:
    """Return the ids of the facts that do not exist, because a retraction that itself exists names them.

    The order of the retractions does not matter, and a target need not be a known fact. Retractions that
    form a circle, and that none outside it undoes, do not act.
    """
    target_of = {retraction.id: retraction.target for retraction in retractions}
    # How many retractions that may yet act name each fact; a retraction acts once nothing can undo it.
    standing = Counter(target_of.values())
    acting = [retraction for retraction in target_of if not standing[retraction]]
    gone: set[str] = set()
    while acting:
        target = target_of[acting.pop()]
        if target in gone:
            continue
        gone.add(target)
        if target in target_of:
            freed = target_of[target]
            standing[freed] -= 1
            if not standing[freed] and freed in target_of:
                acting.append(freed)
    return frozenset(gone)


def retraction_circles(retractions: Iterable[FactRetracted]) -> tuple[tuple[str, ...], ...]:
    """Return each circle of retractions, from its least id on: each retracts the next, the last the first."""
    target_of = {retraction.id: retraction.target for retraction in retractions}
    seen: set[str] = set()
    circles = []
    for start in target_of:
        path: dict[str, int] = {}
        at = start
        while at in target_of and at not in seen and at not in path:
            path[at] = len(path)
            at = target_of[at]
        if at in path:
            circle = list(path)[path[at] :]
            least = circle.index(min(circle))
            circles.append((*circle[least:], *circle[:least]))
        seen.update(path)
    return tuple(sorted(circles))
