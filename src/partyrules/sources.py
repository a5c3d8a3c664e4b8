"""Where facts come from: a ledger, its projection, or any collection of facts, asked the same way."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

from partyrules.admission import admitted
from partyrules.codec import read_facts
from partyrules.errors import FactError
from partyrules.facts import CORE_VOCABULARY, Fact, Vocabulary
from partyrules.history import History, each_once, history_of
from partyrules.ledger.base import Ledger
from partyrules.packs import Adoption
from partyrules.projection.lazy import LazyHistory
from partyrules.projection.store import Projection, open_projection, projection_of

__all__ = ["Source", "facts_in", "facts_of", "history_from", "projected", "standing"]

_FACTS_AT_ONCE: Final = 4096

Source = Ledger | Projection | Iterable[Fact]

_PROJECTIONS: Final[WeakKeyDictionary[Ledger, Projection]] = WeakKeyDictionary()


def facts_of(source: Source) -> Iterable[Fact]:
    """Return the facts of a ledger in the order of recording, or those of a collection, each once."""
    if isinstance(source, Projection):
        return (fact for some in _batches(len(source.columns)) for fact in source.facts(some))
    if isinstance(source, Iterable):
        return each_once(source)
    return (recorded.fact for recorded in source.facts())


def standing(source: Source) -> Projection | Iterable[Fact]:
    """Return a source that stands still: of a ledger, which may grow while it is read, what it holds now."""
    return source if isinstance(source, Projection | Iterable) else source.snapshot()


def _batches(count: int) -> Iterator[range]:
    return (range(start, min(start + _FACTS_AT_ONCE, count)) for start in range(0, count, _FACTS_AT_ONCE))


def projected(source: Source) -> Projection:
    """Return a source as columns, current: a ledger's or a collection's are made in memory.

    The columns of a ledger are kept as long as it is open and brought up to date when it is asked again.
    """
    if isinstance(source, Projection):
        return source
    if isinstance(source, Iterable):
        return projection_of(source)
    if source in _PROJECTIONS:
        _PROJECTIONS[source].refresh()
    else:
        _PROJECTIONS[source] = open_projection(source)
    return _PROJECTIONS[source]


def facts_in(path: Path, *, vocabulary: Vocabulary = CORE_VOCABULARY) -> tuple[Fact, ...]:
    """Return the facts of a JSON Lines file, each once; raise FactError with every problem where there is one.

    What a ledger would refuse is refused here too: an id with two contents, overlapping terms, and the like.
    """
    decoded = read_facts(path, vocabulary=vocabulary)
    admission = admitted((), decoded.facts)
    if problems := (*decoded.problems, *admission.problems):
        raise FactError(problems)
    return admission.facts


def history_from(source: Source, adoption: Adoption, *, as_of: date, known_at: datetime | None = None) -> History:
    """Return what a source says as of the end of a day to those who adopted these packs.

    Out of a projection only what a question touches is read.
    """
    if isinstance(source, Projection):
        return LazyHistory(
            source,
            as_of=as_of,
            known_at=known_at,
            stages=adoption.stage_names,
            relations=adoption.relations,
            besides=adoption.terms,
        )
    return history_of(
        (*facts_of(source), *adoption.terms),
        as_of=as_of,
        known_at=known_at,
        stages=adoption.stage_names,
        relations=adoption.relations,
    )
