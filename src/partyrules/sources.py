"""Where facts come from: a ledger, or any collection of facts, read the same way."""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from partyrules.admission import admitted
from partyrules.codec import read_facts
from partyrules.errors import FactError
from partyrules.facts import CORE_VOCABULARY, Fact, Vocabulary
from partyrules.history import History, each_once, history_of
from partyrules.ledger.base import Ledger
from partyrules.packs import Adoption

__all__ = ["Source", "facts_in", "facts_of", "history_from"]

Source = Ledger | Iterable[Fact]


def facts_of(source: Source) -> Iterable[Fact]:
    """Return the facts of a ledger in the order of recording, or those of a collection, each once."""
    if isinstance(source, Iterable):
        return each_once(source)
    return (recorded.fact for recorded in source.facts())


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
    """Return what a source says as of the end of a day to those who adopted these packs."""
    return history_of(
        (*facts_of(source), *adoption.terms),
        as_of=as_of,
        known_at=known_at,
        stages=adoption.stage_names,
        relations=adoption.relations,
    )
