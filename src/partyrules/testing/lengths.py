"""Days from which something has held long enough on a day, or too short or too long a time."""

from collections.abc import Iterator
from datetime import date

from partyrules.time.calendar import Span, add_days, add_span


def long_enough(day: date, since: date, least: Span | None, most: Span | None) -> Iterator[date]:
    """Yield days from which a time that ends on `day` is long enough and not too long; `since` is the last of them."""
    if least is not None:
        yield _back(day, least)
        yield add_days(_back(day, least), -3)
    if most is not None:
        yield _back(day, most)
        yield add_days(day, -1)
    yield since


def too_short_or_long(day: date, least: Span | None, most: Span | None) -> Iterator[date]:
    """Yield days from which a time that ends on `day` is too short, or too long."""
    if least is not None:
        yield add_days(_back(day, least), 1)
    if most is not None:
        yield add_days(_back(day, most), -1)
        yield add_days(_back(day, most), -400)


def _back(day: date, span: Span) -> date:
    return add_span(day, -span)
