"""Which units every subject belongs to on the day asked, worked out once for all of them."""

from collections.abc import Callable
from functools import cache

import numpy as np

from partyrules.evaluate.columnar.limits import NotColumnar
from partyrules.evaluate.columnar.spans import spans_of
from partyrules.evaluate.columnar.truths import Array
from partyrules.evaluate.columnar.view import Scalars, View
from partyrules.history.units import BELONGING, units_of


def units_in(view: View) -> Callable[[str], tuple[str, ...]]:
    """Return what tells the units of a subject as `units_of` does, which is asked where a month is open."""
    one_by_one = units_of(view.history)
    try:
        units: dict[int, set[int]] = {}
        doubtful: set[int] = set()
        for relation in BELONGING:
            doubtful |= _joined(view, relation, "person", units)
        buildings: dict[int, set[int]] = {}
        doubtful |= _joined(view, "unit", "building", buildings)
        own = set(_codes(view, "unit", "unit").tolist())
    except NotColumnar:
        return one_by_one
    texts = view.strings.texts

    @cache
    def found(subject: str) -> tuple[str, ...]:
        code = view.code(subject)
        if code in own:
            return (subject,)
        if code in doubtful:
            return one_by_one(subject)
        return tuple(sorted(texts[unit] for unit in units.get(code) or buildings.get(code) or ()))

    return found


def _joined(view: View, relation: str, name: str, units: dict[int, set[int]]) -> set[int]:
    """Add the units that each code of a field belongs to, and return the codes of which that is open."""
    spans = spans_of(view, relation)
    named, unit = _codes(view, relation, name), _codes(view, relation, "unit")
    held = np.asarray((spans.start <= view.as_of) & (view.as_of < spans.end) & (named >= 0))
    for code, each in zip(named[held].tolist(), unit[held].tolist(), strict=True):
        units.setdefault(code, set()).add(each)
    return set() if spans.doubtful is None else set(named[spans.doubtful].tolist())


def _codes(view: View, relation: str, name: str) -> Array:
    column = spans_of(view, relation).column(name)
    if column is None:
        return np.full(len(spans_of(view, relation)), -1, np.int64)
    if not isinstance(column, Scalars):
        raise NotColumnar(f"a list, `{name}`, of holdings of `{relation}`")
    return column.values
