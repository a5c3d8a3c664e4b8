"""An audit on Spark: the same parts, judged wherever Spark has a worker.

Whoever calls has a session and gives a frame of it, so that nothing of pyspark is imported here.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

import numpy as np

from partyrules.answers.arrow import COLUMNS
from partyrules.errors import FactError, Problem, QueryError
from partyrules.facts.codec import checked_lines
from partyrules.packs.pack import Adoption
from partyrules.wide.parts import AskedOfParts, arrow, finding_rows, judged, stands_twice
from partyrules.wide.routes import FactLine, Note, Router, Survey, notes_of, routes_of

_RECORDED: Final = {"wire": "string", "content": "binary", "recorded_at": "string"}
_CHECKED: Final = {"id": "string", **_RECORDED, "problem": "string"}
_NOTES: Final = dict.fromkeys(Note._fields, "string")
_ROUTED: Final = {"part": "int", **_RECORDED}
_FINDINGS: Final = {
    **dict.fromkeys(COLUMNS, "string"),
    **dict.fromkeys(("start", "end", "due"), "date"),
    **dict.fromkeys(("required", "actual"), "decimal(38,9)"),
    **dict.fromkeys(("unit", "needs", "responsible"), "array<string>"),
}
_MOST_TOLD: Final = 50
_SHOWN: Final = 80

Batches = Iterator[Any]


def audit_on_spark(lines: Any, adoption: Adoption, *, as_of: date, parts: int, known_at: datetime | None = None) -> Any:
    """Return the findings of an audit as a Spark DataFrame, a row each, in the columns of `Audit.table().to_arrow()`.

    `lines` is a DataFrame whose first column holds facts as text, one a row, as `partyrules export` writes them: of a
    ledger, which has seen to it that they stand together. The rows come in no order; `rule`, `subject`, `start` and
    `occasion` give that of a table. The workers need partyrules and the packs.

    Raises:
        FactError: a line is no fact, or an id stands twice.
        QueryError: `parts` is none.
    """
    if parts < 1:
        raise QueryError(f"parts: found {parts}; allowed: a number of at least 1")
    question = AskedOfParts(adoption=adoption, as_of=as_of, known_at=known_at)
    facts = lines.mapInArrow(_checking(adoption), _told(_CHECKED)).persist()
    _refuse(facts)
    notes = facts.mapInArrow(_noting(question), _told(_NOTES)).distinct().toArrow()
    survey = Survey().take((Note(*row.values()) for row in notes.to_pylist()), adoption)
    routes = lines.sparkSession.sparkContext.broadcast(routes_of(survey, parts))
    routed = facts.mapInArrow(_routing(adoption, routes), _told(_ROUTED)).repartition(parts + 1, "part")
    return routed.mapInArrow(_judging(question, routes), _told(_FINDINGS))


def _refuse(facts: Any) -> None:
    """Raise FactError for lines that are none, and for ids that stand twice."""
    wrong = facts.where(facts["problem"].isNotNull()).select("id", "problem").limit(_MOST_TOLD).collect()
    if wrong:
        raise FactError([Problem(f"the line {line!r}", what) for line, what in wrong])
    twice = facts.groupBy("id").count().where("count > 1").select("id").orderBy("id").limit(_MOST_TOLD).collect()
    if twice:
        raise stands_twice(row[0] for row in twice)


# What each worker does, batch by batch -----------------------------------------------------------------------------


def _checking(adoption: Adoption) -> Callable[[Batches], Batches]:
    def check(batches: Batches) -> Batches:
        for batch in batches:
            given = [line.encode() for line in batch.column(0).to_pylist() if line.strip()]
            rows: list[tuple[Any, ...]] = []
            for line, each in zip(given, checked_lines(given, vocabulary=adoption.vocabulary), strict=True):
                if isinstance(each, FactError):
                    # Where it stands among all lines nobody here knows; it is told by how it begins.
                    rows += [(line[:_SHOWN].decode(errors="ignore"), *[None] * 3, one.what) for one in each.problems]
                else:
                    rows.append((each.id, each.cls.wire, each.content, each.recorded_at, None))
            yield _batch(rows, _CHECKED)

    return check


def _noting(question: AskedOfParts) -> Callable[[Batches], Batches]:
    def note(batches: Batches) -> Batches:
        for batch in batches:
            notes = notes_of(_recorded(batch), question.adoption, known_at=question.known_at)
            yield _batch(list(dict.fromkeys(notes)), _NOTES)

    return note


def _routing(adoption: Adoption, routes: Any) -> Callable[[Batches], Batches]:
    def route(batches: Batches) -> Batches:
        router = Router(routes.value, adoption)
        for batch in batches:
            rows = [(part, *line) for line in _recorded(batch) for part in router.parts(line)]
            yield _batch(rows, _ROUTED)

    return route


def _judging(question: AskedOfParts, routes: Any) -> Callable[[Batches], Batches]:
    def judge(batches: Batches) -> Batches:
        parts: dict[int, list[Any]] = {}
        for batch in batches:
            part = batch.column("part").to_numpy()
            for number in np.unique(part).tolist():
                parts.setdefault(number, []).append(batch.filter(arrow().array(part == number)))
        while parts:
            number, mine = parts.popitem()
            for table in judged(mine, question, routes.value, number).tables:
                yield from finding_rows(table).to_batches()

    return judge


def _recorded(batch: Any) -> Iterator[FactLine]:
    return map(FactLine._make, zip(*(batch.column(name).to_pylist() for name in FactLine._fields), strict=True))


def _batch(rows: list[Any], columns: Mapping[str, str]) -> Any:
    pa = arrow()
    types = {"string": pa.string(), "binary": pa.binary(), "int": pa.int32()}
    said = [pa.array([row[n] for row in rows], types[of]) for n, of in enumerate(columns.values())]
    return pa.record_batch(said, names=list(columns))


def _told(columns: Mapping[str, str]) -> str:
    """Return columns as Spark is told of them."""
    return ", ".join(f"{name} {of}" for name, of in columns.items())
