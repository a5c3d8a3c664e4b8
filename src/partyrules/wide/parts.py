"""One part: its facts as rows of Arrow, judged by themselves into findings as rows of Arrow; and all parts merged.

Nothing here knows who carries the rows about: files of one machine (`outofcore`), or an engine (`spark`).
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Any, Final

import numpy as np
from attrs import frozen

from partyrules.answers.arrow import arrow_schema, library
from partyrules.answers.tables import FindingTable, Summary
from partyrules.answers.verdicts import STATUSES
from partyrules.errors import FactError, Problem
from partyrules.evaluate.reach import is_whole, reaches
from partyrules.facts.codec import line_of, read_back
from partyrules.facts.vocabulary import Fact
from partyrules.packs.pack import Adoption
from partyrules.questions.audit import audit_of
from partyrules.questions.sources import history_from
from partyrules.store.columns import NO_NUMBER, Columns, from_contents
from partyrules.store.projection import Projection
from partyrules.wide.routes import FactLine, Routes

_ROWS_AT_ONCE: Final = 4096


def arrow() -> Any:
    """Return pyarrow; raise QueryError that names the extra where it is not there."""
    return library("pyarrow", extra="arrow")


@frozen(kw_only=True)
class AskedOfParts:
    """What is asked of every part: which packs, of which day, known at which time."""

    adoption: Adoption
    as_of: date
    known_at: datetime | None = None


# Facts as rows -----------------------------------------------------------------------------------------------------


def fact_rows(lines: Sequence[FactLine]) -> Any:
    """Return facts as a pyarrow.RecordBatch of `wire`, `content` and `recorded_at`."""
    pa = arrow()
    columns = (pa.string(), pa.binary(), pa.string())
    return pa.record_batch(
        [pa.array([line[n] for line in lines], of) for n, of in enumerate(columns)], names=list(FactLine._fields)
    )


def projected(batches: Iterable[Any], adoption: Adoption) -> Projection:
    """Return rows of facts as columns; raise FactError where an id stands twice."""
    columns, held = Columns(), list[Any]()
    for batch in batches:
        for start in range(0, batch.num_rows, _ROWS_AT_ONCE):
            some = batch.slice(start, _ROWS_AT_ONCE)
            held.append(some)
            wires, contents, recorded = (some.column(name).to_pylist() for name in FactLine._fields)
            from_contents(columns, wires, contents, _instants(recorded), vocabulary=adoption.vocabulary)
    if len(set(columns.ids)) < len(columns.ids):
        (twice, _), *_ = Counter(columns.ids).most_common(1)
        raise stands_twice([twice])
    starts = np.cumsum([0, *(some.num_rows for some in held)]).tolist()

    def fact(number: int) -> Fact:
        place = bisect_right(starts, number) - 1
        row = number - starts[place]
        content, instant = (held[place].column(name)[row].as_py() for name in ("content", "recorded_at"))
        return read_back(content if instant is None else line_of(content, instant), vocabulary=adoption.vocabulary)

    return Projection(columns, None, lines=fact)


def stands_twice(ids: Iterable[str]) -> FactError:
    """Return the error about facts that stand twice among those given."""
    what = "found twice; allowed: once, as a ledger exports it"
    return FactError([Problem(f"fact {name!r}", what) for name in ids])


def _instants(recorded: Sequence[str | None]) -> np.ndarray[Any, Any]:
    known = [n for n, instant in enumerate(recorded) if instant is not None]
    instants = np.full(len(recorded), NO_NUMBER)
    instants[known] = np.array([str(recorded[n])[:-1] for n in known], "datetime64[us]").astype(np.int64)
    return instants


# One part judged ---------------------------------------------------------------------------------------------------


def judged(batches: Iterable[Any], question: AskedOfParts, routes: Routes, part: int) -> "OfPart":
    """Return what comes of the facts of one part.

    The part behind the last holds what duties read that can be judged over the whole alone, and those are judged there.
    """
    adoption = question.adoption
    projection = projected(batches, adoption)
    history = history_from(projection, adoption, as_of=question.as_of, known_at=question.known_at)
    over_all = part == routes.parts
    texts = projection.columns.strings.texts
    mine = None if over_all else {text for text in texts if routes.home(text) == part}
    reached = reaches(adoption)
    rules = sorted(bound.id for bound in adoption.duties if is_whole(reached[bound.id]) == over_all)
    asked = audit_of(projection, adoption, history, wanted=mine)
    return OfPart(history.days, chain.from_iterable(asked.tables(rule=rule) for rule in rules))


@frozen
class OfPart:
    """The first and last `days` of the facts of a part, and a table of its findings for each duty, by the rule's id."""

    days: tuple[date, date] | None
    tables: Iterator[FindingTable]


def finding_rows(table: FindingTable) -> Any:
    """Return the findings of a table as a pyarrow.Table in which texts are plain."""
    return table.to_arrow().cast(arrow_schema(plain=True))


def added(summaries: Iterable[Summary]) -> Summary:
    """Return how many findings there are in several parts together."""
    rules: dict[str, dict[Any, int]] = {}
    for summary in summaries:
        for rule, counts in summary.rules.items():
            sums = rules.setdefault(rule, dict.fromkeys(STATUSES, 0))
            for status, number in counts.items():
                sums[status] += number
    return Summary(rules={rule: rules[rule] for rule in sorted(rules)})


# All parts merged --------------------------------------------------------------------------------------------------


def merged(runs: Iterable[Iterator[Any]]) -> Iterator[Any]:
    """Yield the findings of all parts on one duty in the order of their subjects, some at a time.

    Each run is that of one part in that order, in tables; of each subject one part has all.
    """
    pa, compute = arrow(), library("pyarrow.compute", extra="arrow")
    coming = dict(enumerate(runs))
    held: dict[int, Any] = {}
    while coming or held:
        for number, run in list(coming.items()):
            while number in coming and not (number in held and held[number].num_rows):
                table = next(run, None)
                if table is None:
                    del coming[number]
                else:
                    held[number] = table
        # What is still to come of a run is behind the last subject read of it.
        upto = min((held[number].column("subject")[-1].as_py() for number in coming), default=None)
        taken = []
        for number, table in list(held.items()):
            subjects = table.column("subject")
            count = len(subjects) if upto is None else compute.sum(compute.less_equal(subjects, upto)).as_py() or 0
            taken.append(table.slice(0, count))
            held[number] = table.slice(count)
            if number not in coming and count == len(subjects):
                del held[number]
        if any(table.num_rows for table in taken):
            whole = pa.concat_tables(taken)
            yield whole.take(compute.sort_indices(whole.column("subject")))
