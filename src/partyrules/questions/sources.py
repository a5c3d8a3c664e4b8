"""Where facts come from: a ledger, its projection, or any collection of facts, asked the same way."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np
from attrs import define, field

from partyrules.errors import FactError, Problem, QueryError, refusal
from partyrules.facts.admission import Admission, Admitted, admitted, admitted_lines, all_admitted
from partyrules.facts.codec import Checked, batches_in, fact_of, lines_in, parted
from partyrules.facts.schema import naming_fields
from partyrules.facts.vocabulary import CORE_VOCABULARY, Fact, FactRetracted, TermDeclared, Vocabulary
from partyrules.history import History, history_of, is_known, several
from partyrules.history.lazy import LazyHistory
from partyrules.ledger.base import Ledger, Snapshot
from partyrules.packs.pack import Adoption
from partyrules.store.columns import CodeColumn, Columns, ListColumn
from partyrules.store.index import index_of
from partyrules.store.projection import Projection, projection_before, projection_of, projection_of_lines, put_lines

_FACTS_AT_ONCE: Final = 4096
_ABOUT_TERMS: Final = (TermDeclared, FactRetracted)

Source = Ledger | Projection | Iterable[Fact]

_KEPT: Final[WeakKeyDictionary[Ledger, "_Kept"]] = WeakKeyDictionary()
_KEEPING: Final = Lock()


@define
class _Kept:
    """The columns of a ledger as of the last question; one thread at a time brings them up to date."""

    projection: Projection
    lock: Lock = field(factory=Lock)


def facts_of(source: Source) -> Iterable[Fact]:
    """Return the facts of a ledger in the order of recording, or those of a collection, each once.

    Raise FactError where a collection holds what a ledger would refuse.
    """
    if isinstance(source, Projection):
        return (fact for some in _batches(len(source.columns)) for fact in source.facts(some))
    if isinstance(source, Snapshot):
        return Admitted(source.facts)
    if isinstance(source, Iterable):
        return all_admitted(source)
    return (recorded.fact for recorded in source.facts())


def _batches(count: int) -> Iterator[range]:
    return (range(start, min(start + _FACTS_AT_ONCE, count)) for start in range(0, count, _FACTS_AT_ONCE))


def projected(source: Source) -> Projection:
    """Return a source as columns, current: a ledger's or a collection's are made in memory.

    The columns of a ledger are kept as long as it is open and brought up to date when it is asked again; whoever
    asked before, be it in another thread, goes on with those of then.
    """
    if isinstance(source, Projection):
        return source
    if isinstance(source, str | Path):
        raise QueryError(
            f"source: found a path, {source}; allowed: `open_ledger` of it, or `facts_in` of a file of facts"
        )
    if isinstance(source, Iterable):
        return projection_of(facts_of(source), head=source.head if isinstance(source, Snapshot) else None)
    with _KEEPING:
        kept = _KEPT.setdefault(source, _Kept(projection_before(source)))
    with kept.lock:
        kept.projection = kept.projection.current()
        return kept.projection


def facts_in(path: Path, *, vocabulary: Vocabulary = CORE_VOCABULARY) -> tuple[Fact, ...]:
    """Return the facts of a JSON Lines file, each once; raise FactError with every problem where there is one.

    What a ledger would refuse is refused here too: an id with two contents, overlapping terms, and the like.
    """
    lines, problems = lines_in(path, vocabulary=vocabulary)
    return Admitted(fact_of(line, vocabulary) for line in _admitted(lines, problems, vocabulary).facts)


def columns_in(path: Path, *, vocabulary: Vocabulary = CORE_VOCABULARY) -> Projection:
    """Return the facts of a JSON Lines file as columns, without an object for each; raises as `facts_in` does."""
    columns, lines = Columns(), list[Checked]()

    def errors() -> Iterator[FactError]:
        for found, said in batches_in(path, vocabulary=vocabulary):
            right = [each for each in found if isinstance(each, Checked)]
            put_lines(columns, right, said, vocabulary=vocabulary)
            lines.extend(right)
            yield from (each for each in found if isinstance(each, FactError)) if said is None else ()

    _, problems = parted(errors())
    admission = _admitted(lines, problems, vocabulary)
    # That some are copies is known once all has been read.
    return projection_of_lines(admission.facts, None if admission.already else columns, vocabulary=vocabulary)


def _admitted(lines: Sequence[Checked], problems: Sequence[Problem], vocabulary: Vocabulary) -> Admission[Checked]:
    admission = admitted_lines((), lines, vocabulary=vocabulary)
    if problems or admission.problems:
        raise FactError((*problems, *admission.problems))
    return admission


def history_from(source: Source, adoption: Adoption, *, as_of: date, known_at: datetime | None = None) -> History:
    """Return what a source says as of the end of a day to those who adopted these packs, their terms among it.

    Out of a projection only what a question touches is read. Raise FactError where a collection holds what a ledger
    would refuse, and where a term of the adoption cannot stand beside the facts known; QueryError where the day is no
    date but a time, say, or the time has no offset.
    """
    _check_times(as_of, known_at)
    if isinstance(source, Projection):
        return LazyHistory(
            source,
            as_of=as_of,
            known_at=known_at,
            stages=adoption.stage_names,
            relations=adoption.relations,
            besides=terms_joining(source, adoption, known_at=known_at),
        )
    facts = Admitted(facts_of(source))
    return history_of(
        (*facts, *terms_joining(facts, adoption, known_at=known_at)),
        as_of=as_of,
        known_at=known_at,
        stages=adoption.stage_names,
        relations=adoption.relations,
    )


def _check_times(as_of: Any, known_at: Any) -> None:
    if isinstance(as_of, datetime) or not isinstance(as_of, date):
        raise QueryError(f"the day asked: found {as_of!r}; allowed: a date, e.g. {date(2018, 3, 15)!r}")
    if known_at is not None and (not isinstance(known_at, datetime) or known_at.tzinfo is None):
        raise QueryError(f"`known_at`: found {known_at!r}; allowed: a time with offset, e.g. 2018-03-15T09:00:00+08:00")


def check_subject(subject: str, source: Source, adoption: Adoption) -> None:
    """Raise QueryError unless some fact names the person, unit or building: a misspelt id must not get an answer.

    Whether the fact stands, and when it happened or was recorded, is of no account.
    """
    if isinstance(source, Projection):
        # Most are named in small columns, which are looked through soon.
        named = sorted(_naming_columns(source, adoption), key=lambda place: place[2].codes.size)
        rows = (index_of(source).rows(wire, name, subject) for wire, name, _ in named)
        if any(found is not None and len(found) for found in rows):
            return
        codes = np.unique(np.concatenate([column.codes.array for _, _, column in named])) if named else ()
        every = {source.columns.strings.texts[code] for code in codes if code >= 0}
    else:
        said = (getattr(fact, name) for fact in facts_of(source) for name in naming_fields(type(fact)))
        every = {each for value in said for each in several(value)}
    if subject not in every:
        raise QueryError(refusal("person, unit or building", subject, every))


def _naming_columns(projection: Projection, adoption: Adoption) -> Iterator[tuple[str, str, CodeColumn | ListColumn]]:
    """Yield the columns whose strings name somebody, behind their types and fields."""
    types = adoption.vocabulary.types
    for wire, table in projection.columns.tables.items():
        for name in naming_fields(types[wire]) if wire in types else table.fields:
            column = table.fields[name]
            if isinstance(column, CodeColumn | ListColumn):
                yield wire, name, column


def terms_joining(
    facts: Projection | Iterable[Fact],
    adoption: Adoption,
    *,
    known_at: datetime | None = None,
    coming: Iterable[Fact] = (),
) -> tuple[Fact, ...]:
    """Return the terms of an adoption, which join the facts known under the admission of a ledger.

    Nothing else adds them to facts. `coming` are facts that are to be recorded, held against both. Raise FactError
    where a term, or one of these, cannot stand beside the others.
    """
    if not adoption.terms:
        return ()
    places = adoption.term_places
    terms = [(places.get(term.id, f"{term.id!r} of the adoption"), term) for term in adoption.terms]
    names = {term.id for term in adoption.terms}

    def bearing(facts: Iterable[Fact]) -> list[tuple[str, Fact]]:
        return [
            (f"fact {number}", fact)
            for number, fact in enumerate(facts, start=1)
            if (isinstance(fact, _ABOUT_TERMS) or fact.id in names) and is_known(fact, known_at)
        ]

    def judged() -> Sequence[Problem]:
        held = _about_terms(facts, names) if isinstance(facts, Projection) else facts
        known = [("among the facts", fact) for _, fact in bearing(held)]
        return admitted(known, terms).problems or admitted((*known, *terms), bearing(coming)).problems

    if isinstance(facts, Projection) and not coming:
        # Out of the same columns come the same facts.
        problems = index_of(facts).remembered(("terms", len(facts.columns), known_at, adoption.terms), judged)
    else:
        problems = judged()
    if problems:
        raise FactError(problems)
    return adoption.terms


def _about_terms(projection: Projection, names: Iterable[str]) -> Iterable[Fact]:
    """Return the facts of a projection that bear on terms, or have one of the ids."""
    columns = projection.columns
    tables = (columns.tables.get(cls.wire) for cls in _ABOUT_TERMS)
    numbers = {number for table in tables if table is not None for number in table.numbers.array.tolist()}
    numbers |= set(columns.places(frozenset(names)).values())
    return projection.facts(sorted(numbers))
