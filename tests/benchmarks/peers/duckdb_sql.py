"""The period duties of lzwl2017 as hand-written SQL on DuckDB, over Parquet files of the same facts.

The SQL knows one reading of each rule alone, dates to the day, a register of one rule set, and that no relation of
this data starts and ends on one day. It is given what makes it faster: whole numbers for people, units and facts,
one file for each fact type, lists unrolled, and only statuses asked for, no counts, evidence or reasons.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb
import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

__all__ = ["READINGS", "RULES", "STATUSES", "connected", "names_in", "prepared", "write_parquet"]

STATUSES: Final = ("satisfied", "pending", "breached", "advisory", "excused", "not_applicable", "unknown")
"""The statuses by their numbers in the answer."""
RULES: Final = (
    "8.1.1",
    "8.1.2",
    "8.1.3",
    "8.1.4",
    "8.1.5",
    "8.1.6",
    "8.1.7",
    "8.2.4",
    "8.3.1",
    "4.6.3",
    "4.3.2",
    "1.2.1",
    "1.2.2",
    "2.0",
    "7.2",
    "1.3.3",
)
"""The rules by their numbers in the answer: duties of lzwl2017 that are judged period by period."""
READINGS: Final[Mapping[str, str]] = {
    "1.2.2.counts": "special",
    "4.3.2.lesson": "party_lecture",
    "8.1.1.kind": "literal",
    "8.1.7.vacation_counts": "no",
}
"""The options in which they are asked, where these are not the default ones."""

# By the number of the rule; the lecture comes eighth.
_ATTENDED: Final = (
    "democratic_life_meeting",
    "report_session",
    "study_report",
    "educational_film",
    "exchange_session",
    "heritage_visit",
    "social_practice",
    "party_lecture",
)
_FORCE: Final = date(2017, 12, 11)
_ROW_GROUP: Final = 122_880

# Columns of each Parquet file: `person` and the like are numbers of names, `number` is the fact's.
_FILES: Final[Mapping[str, tuple[tuple[str, ...], Mapping[str, pa.DataType]]]] = {
    "registered": (("person_registered",), {"person": pa.int32(), "category": pa.string()}),
    "left": (("person_left",), {"person": pa.int32()}),
    "stage": (("stage_entered",), {"person": pa.int32(), "stage": pa.string()}),
    "joined": (("membership_started",), {"person": pa.int32(), "unit": pa.int32()}),
    "parted": (("membership_ended",), {"person": pa.int32(), "unit": pa.int32()}),
    "role": (("role_started",), {"person": pa.int32(), "role": pa.string(), "unit": pa.int32()}),
    "role_ended": (("role_ended",), {"person": pa.int32(), "role": pa.string(), "unit": pa.int32()}),
    "leave": (("leave_started",), {"person": pa.int32(), "kind": pa.string(), "until": pa.date32()}),
    "leave_ended": (("leave_ended",), {"person": pa.int32(), "kind": pa.string()}),
    "unit": (("unit_established",), {"unit": pa.int32(), "kind": pa.string()}),
    "dissolved": (("unit_dissolved",), {"unit": pa.int32()}),
    "term": (("term_declared",), {"kind": pa.string(), "until": pa.date32()}),
    "closed": (("register_closed",), {"unit": pa.int32(), "through": pa.date32()}),
    "document": (("document_filed",), {"document": pa.string(), "author": pa.int32()}),
    "training": (("training_completed",), {"person": pa.int32(), "course": pa.string(), "hours": pa.float64()}),
    "judgement": (
        ("judgement_made",),
        {"clause": pa.string(), "about": pa.int32(), "period": pa.date32(), "outcome": pa.string()},
    ),
    "retracted": (("fact_retracted",), {"target": pa.int32()}),
    "event": (("meeting_held", "activity_held"), {"kind": pa.string(), "unit": pa.int32()}),
}
_NAMED: Final = ("person", "unit", "about", "author")


def write_parquet(lines: Iterable[bytes], folder: Path) -> None:
    """Write the facts of JSON lines as Parquet files: one for each type, lists unrolled, names as numbers."""
    folder.mkdir(parents=True, exist_ok=True)
    names: dict[str, int] = {}
    ids: dict[str, int] = {}
    rows: dict[str, dict[str, list[Any]]] = {
        file: {name: [] for name in ("number", "day", *columns)} for file, (_, columns) in _FILES.items()
    }
    file_of = {wire: file for file, (wires, _) in _FILES.items() for wire in wires}
    lists: dict[str, tuple[list[int], list[int]]] = {"attended": ([], []), "led_by": ([], [])}
    for number, line in enumerate(lines):
        said = msgspec.json.decode(line)
        ids[said["id"]] = number
        file = file_of[said["fact"]]
        said["kind"] = said.get("meeting") or said.get("activity") or said.get("kind")
        if file == "registered":
            said.setdefault("category", "student")
        if "target" in said:
            said["target"] = ids[said["target"]]
        for name in ("until", "through", "period"):
            if name in said:
                said[name] = date.fromisoformat(said[name])
        columns = rows[file]
        columns["number"].append(number)
        columns["day"].append(date.fromisoformat(said["on"]))
        for name in _FILES[file][1]:
            value = said.get(name)
            known = value is not None and name in _NAMED
            columns[name].append(names.setdefault(value, len(names)) if known else value)
        for name, (events, people) in lists.items():
            for person in dict.fromkeys(said.get(name, ())):
                events.append(number)
                people.append(names.setdefault(person, len(names)))
    for file, columns in rows.items():
        types = {"number": pa.int32(), "day": pa.date32(), **_FILES[file][1]}
        _write(folder / f"{file}.parquet", {name: pa.array(columns[name], types[name]) for name in types})
    for name, (events, people) in lists.items():
        pair = {"event": pa.array(events, pa.int32()), "person": pa.array(people, pa.int32())}
        _write(folder / f"{name}.parquet", pair)
    _write(folder / "name.parquet", {"name": pa.array(list(names), pa.string())})


def _write(path: Path, columns: dict[str, Any]) -> None:
    pq.write_table(pa.table(columns), path, row_group_size=_ROW_GROUP, compression="snappy")


def names_in(folder: Path) -> list[str]:
    """Return the names of people and units by their numbers."""
    names: list[str] = pq.read_table(folder / "name.parquet")["name"].to_pylist()
    return names


def connected(folder: Path, *, threads: int) -> duckdb.DuckDBPyConnection:
    """Return a connection on which each Parquet file of the folder is a view."""
    # The order of the answer is free, and files are not read anew to learn what is in them: both make it faster.
    connection = duckdb.connect(config={"threads": threads, "preserve_insertion_order": False})
    connection.execute("SET parquet_metadata_cache = true")
    for path in sorted(folder.glob("*.parquet")):
        connection.read_parquet(str(path)).create_view(f"{path.stem}_rows")
    return connection


_SQL: Final = """
WITH
-- What stands: neither retracted, nor dated after the day asked. A retraction may itself be retracted.
gone AS MATERIALIZED (
    SELECT target AS number FROM retracted_rows WHERE number NOT IN (SELECT target FROM retracted_rows)
),
held AS MATERIALIZED (
    SELECT number AS event, kind, unit, day FROM event_rows
    WHERE day <= $as_of AND number NOT IN (FROM gone)
),
-- Who was a registered student, and in which stage, from `since` until the day before `till`.
leaving AS MATERIALIZED (
    SELECT person, day FROM left_rows WHERE day <= $as_of AND number NOT IN (FROM gone)
),
registration AS (
    SELECT person, arg_min(category, since) AS category, min(since) AS since, till
    FROM (
        SELECT r.number, r.person, r.category, r.day AS since, coalesce(min(l.day), DATE '9999-12-31') AS till
        FROM registered_rows r LEFT JOIN leaving l ON l.person = r.person AND l.day > r.day
        WHERE r.day <= $as_of AND r.number NOT IN (FROM gone)
        GROUP BY r.number, r.person, r.category, r.day
    )
    GROUP BY person, till
),
staged AS (
    SELECT person, stage, day AS since, lead(day, 1, DATE '9999-12-31') OVER (PARTITION BY person ORDER BY day) AS till
    FROM stage_rows WHERE day <= $as_of AND number NOT IN (FROM gone)
),
student AS (
    SELECT person, since, till FROM registration WHERE category = 'student'
    UNION ALL
    -- Nobody registered them, so they have been students ever since.
    SELECT s.person, DATE '1900-01-01', coalesce(min(l.day), DATE '9999-12-31')
    FROM (SELECT DISTINCT person FROM staged) s LEFT JOIN leaving l USING (person)
    WHERE s.person NOT IN (SELECT person FROM registered_rows WHERE day <= $as_of AND number NOT IN (FROM gone))
    GROUP BY s.person
),
student_stage AS MATERIALIZED (
    SELECT person AS subject, stage,
        greatest(g.since, r.since, $force) AS since, least(g.till, r.till, $as_of + 1) AS till
    FROM staged g JOIN student r USING (person)
    WHERE stage IN ('probationary_member', 'full_member')
        AND greatest(g.since, r.since, $force) < least(g.till, r.till, $as_of + 1)
),
existing AS MATERIALIZED (
    SELECT u.unit AS subject, u.kind, u.day AS since, coalesce(min(d.day), DATE '9999-12-31') AS till
    FROM unit_rows u LEFT JOIN dissolved_rows d
        ON d.unit = u.unit AND d.day > u.day AND d.day <= $as_of AND d.number NOT IN (FROM gone)
    WHERE u.day <= $as_of AND u.number NOT IN (FROM gone)
    GROUP BY u.unit, u.kind, u.day
),
lead_by AS (
    SELECT r.person AS subject, r.day AS since,
        coalesce(least(min(e.day), min(l.day)), DATE '9999-12-31') AS till
    FROM role_rows r
    LEFT JOIN role_ended_rows e ON (e.person, e.role, e.unit) = (r.person, r.role, r.unit)
        AND e.day > r.day AND e.day <= $as_of
    LEFT JOIN leaving l ON l.person = r.person AND l.day > r.day
    WHERE r.role = 'principal_leader' AND r.day <= $as_of
    GROUP BY r.number, r.person, r.day
),
-- Scopes by bearer: 0 student member, 1 full member, 2 principal leader, units from 3 on in the order of kinds.
unit_kind(bearer, kind) AS (VALUES
    (3, 'school_committee'), (4, 'general_branch'), (5, 'youth_league')
),
scope AS MATERIALIZED (
    SELECT 0::UTINYINT AS bearer, subject, since, till FROM student_stage
    UNION ALL
    SELECT 1, subject, since, till FROM student_stage WHERE stage = 'full_member'
    UNION ALL
    SELECT 2, subject, greatest(since, $force), least(till, $as_of + 1) FROM lead_by
    WHERE greatest(since, $force) < least(till, $as_of + 1)
    UNION ALL
    SELECT bearer, subject, greatest(since, $force), least(till, $as_of + 1) FROM existing JOIN unit_kind USING (kind)
    WHERE greatest(since, $force) < least(till, $as_of + 1)
),
-- Periods by number, so that later joins and groups have small keys.
period AS MATERIALIZED (
    SELECT row_number() OVER ()::USMALLINT AS p, grain, start, stop, least(stop, $as_of) AS judged
    FROM (
        SELECT CASE kind WHEN 'semester' THEN 'semester' ELSE 'vacation' END AS grain, day AS start, until AS stop
        FROM term_rows WHERE number NOT IN (FROM gone)
        UNION ALL
        SELECT grain, start::DATE, (start + step - INTERVAL 1 DAY)::DATE
        FROM (VALUES
            ('month', INTERVAL 1 MONTH), ('quarter', INTERVAL 3 MONTH),
            ('half_year', INTERVAL 6 MONTH), ('year', INTERVAL 12 MONTH)
        ) grains(grain, step),
        LATERAL (SELECT unnest(generate_series(TIMESTAMP '2017-01-01', $as_of::TIMESTAMP, step)) AS start)
    )
    WHERE start <= $as_of AND stop >= $force
),
bound AS MATERIALIZED (
    SELECT bearer::UTINYINT AS bearer, p, start, stop, judged
    FROM period JOIN (VALUES
        (0, 'semester'), (0, 'half_year'), (0, 'year'), (1, 'year'), (2, 'semester'), (3, 'year'), (4, 'semester'),
        (4, 'year'), (5, 'vacation')
    ) bearers(bearer, grain) USING (grain)
),
away AS MATERIALIZED (
    SELECT v.person AS subject, v.day AS since,
        least(coalesce(v.until + 1, DATE '9999-12-31'), coalesce(min(e.day), DATE '9999-12-31')) AS till
    FROM leave_rows v LEFT JOIN leave_ended_rows e
        ON (e.person, e.kind) = (v.person, v.kind) AND e.day > v.day AND e.day <= $as_of
            AND e.number NOT IN (FROM gone)
    WHERE v.day <= $as_of AND v.number NOT IN (FROM gone)
    GROUP BY v.number, v.person, v.day, v.until
),
-- Each bearer and period with a day in scope; it binds if all days are, and leave covers no more than half.
covered AS (
    SELECT bearer, p, subject, sum(least(till, judged + 1) - greatest(since, start))::INTEGER AS days
    FROM scope JOIN bound USING (bearer)
    WHERE since <= judged AND till > start
    GROUP BY bearer, p, subject
),
mostly_away AS (
    SELECT subject, p
    FROM away, period
    WHERE grain IN ('semester', 'half_year', 'year') AND since <= judged AND till > start
    GROUP BY subject, p, start, judged
    HAVING 2 * sum(least(till, judged + 1) - greatest(since, start)) > judged + 1 - start
),
cell AS MATERIALIZED (
    SELECT bearer, grain, p, subject, start, stop > $as_of AS runs,
        days > judged - start AND (subject, p) NOT IN (FROM mostly_away) AS binds
    FROM covered JOIN period USING (p)
),
-- What was attended, held, filed or completed, period by period; one bit for each of the seven and the lecture.
attended AS (
    SELECT a.person AS subject, e.p, bit_or(e.bit) AS bits
    FROM attended_rows a JOIN (
        SELECT event, p, CASE kind {bits} END::UTINYINT AS bit
        FROM held JOIN period
            ON grain = CASE kind WHEN 'party_lecture' THEN 'half_year' ELSE 'semester' END
            AND day BETWEEN start AND stop
        WHERE kind IN ({kinds})
    ) e USING (event)
    GROUP BY a.person, e.p
),
-- Memberships of branches; a new one ends no other.
membership AS MATERIALIZED (
    SELECT j.person, j.unit, j.day AS since, least(
        coalesce(min(p.day), DATE '9999-12-31'), coalesce(min(l.day), DATE '9999-12-31')) AS till
    FROM joined_rows j
    JOIN (SELECT DISTINCT subject FROM existing WHERE kind = 'branch') b ON b.subject = j.unit
    LEFT JOIN parted_rows p ON p.person = j.person AND p.unit = j.unit AND p.day > j.day AND p.day <= $as_of
        AND p.number NOT IN (FROM gone)
    LEFT JOIN leaving l ON l.person = j.person AND l.day > j.day
    WHERE j.day <= $as_of AND j.number NOT IN (FROM gone)
    GROUP BY j.number, j.person, j.unit, j.day
),
at_appraisal AS MATERIALIZED (
    SELECT a.person, e.unit, e.day, e.p
    FROM attended_rows a JOIN (
        SELECT event, unit, day, p FROM held JOIN period ON grain = 'year' AND day BETWEEN start AND stop
        WHERE kind = 'democratic_appraisal'
    ) e USING (event)
),
appraised AS (
    SELECT a.person, a.p
    FROM at_appraisal a
    JOIN membership m ON m.person = a.person AND m.unit = a.unit AND m.since <= a.day AND a.day < m.till
    JOIN existing u ON u.subject = a.unit AND u.kind = 'branch' AND u.since <= a.day AND a.day < u.till
),
trained AS (
    SELECT person AS subject, p, coalesce(sum(hours), 0) AS hours, bool_or(hours IS NULL) AS lacking
    FROM training_rows JOIN period ON grain = 'year' AND day BETWEEN start AND stop
    WHERE course = 'member_training' AND day <= $as_of AND number NOT IN (FROM gone)
    GROUP BY person, p
),
lectured AS (
    SELECT l.person, p
    FROM led_by_rows l JOIN held USING (event) JOIN period ON grain = 'semester' AND day BETWEEN start AND stop
    WHERE kind = 'party_lecture'
),
unit_rule(rule, bearer, grain, kind) AS (VALUES
    (11, 3, 'year', 'special_study'), (12, 4, 'semester', 'special_study'), (13, 4, 'year', 'annual_plan'),
    (14, 5, 'vacation', 'practice')
),
unit_held AS (
    SELECT rule, unit AS subject, p
    FROM held JOIN unit_rule USING (kind) JOIN period USING (grain) WHERE day BETWEEN start AND stop
    UNION ALL
    SELECT 14, unit, p FROM held JOIN period ON grain = 'vacation' AND day BETWEEN start AND stop
    WHERE kind IN ('social_practice', 'volunteer_service', 'field_research')
    UNION ALL
    SELECT 13, author, p FROM document_rows JOIN period ON grain = 'year' AND day BETWEEN start AND stop
    WHERE document = 'annual_plan' AND day <= $as_of AND number NOT IN (FROM gone)
),
-- Met: yes (2), not (0), or the facts do not tell (1).
judged AS MATERIALIZED (
    SELECT n::UTINYINT AS rule, bearer, subject, p, start, runs, binds,
        CASE WHEN coalesce(bits, 0) & (1 << n) <> 0 THEN 2 ELSE 0 END::UTINYINT AS met
    FROM cell LEFT JOIN attended USING (subject, p), range(7) seven_ones(n)
    WHERE bearer = 0 AND grain = 'semester'
    UNION ALL
    SELECT 7, bearer, subject, p, start, runs, binds, CASE WHEN bits IS NULL THEN 0 ELSE 2 END
    FROM cell LEFT JOIN attended USING (subject, p) WHERE bearer = 0 AND grain = 'half_year'
    UNION ALL
    SELECT 8, bearer, subject, p, start, runs, binds, CASE WHEN (subject, p) IN (FROM appraised) THEN 2 ELSE 0 END
    FROM cell WHERE bearer = 0 AND grain = 'year'
    UNION ALL
    SELECT 9, bearer, subject, p, start, runs, binds, CASE WHEN hours >= 32 THEN 2 WHEN lacking THEN 1 ELSE 0 END
    FROM cell LEFT JOIN trained USING (subject, p) WHERE bearer = 1
    UNION ALL
    SELECT 10, bearer, subject, p, start, runs, binds, CASE WHEN (subject, p) IN (FROM lectured) THEN 2 ELSE 0 END
    FROM cell WHERE bearer = 2
    UNION ALL
    SELECT rule, bearer, subject, p, start, runs, binds,
        CASE WHEN (rule, subject, p) IN (FROM unit_held) THEN 2 ELSE 0 END
    FROM unit_rule JOIN cell USING (bearer, grain)
),
-- Registers closed, looked up only where something is missing from a period that is over.
closure AS MATERIALIZED (
    SELECT unit, max(through) AS through FROM closed_rows WHERE number NOT IN (FROM gone) GROUP BY unit
),
of_all AS (SELECT max(through) AS through FROM closure WHERE unit IS NULL),
missing AS MATERIALIZED (
    SELECT DISTINCT bearer, subject, p, stop
    FROM judged JOIN period USING (p) WHERE binds AND met = 0 AND NOT runs
),
closed_through AS (
    SELECT subject, p, stop, greatest(c.through, a.through) AS through
    FROM missing LEFT JOIN closure c ON c.unit = subject, of_all a WHERE bearer > 2
    UNION ALL
    SELECT missing.subject, missing.p, missing.stop,
        CASE WHEN count(m.unit) > 0 THEN min(greatest(c.through, a.through)) ELSE any_value(a.through) END
    FROM missing
    LEFT JOIN (membership m JOIN existing u ON u.subject = m.unit AND u.kind = 'branch')
        ON m.person = missing.subject AND m.since <= stop AND stop < m.till AND u.since <= stop AND stop < u.till
    LEFT JOIN closure c ON c.unit = m.unit, of_all a
    WHERE bearer <= 2 GROUP BY missing.subject, missing.p, missing.stop
),
not_closed AS (SELECT subject, p FROM closed_through WHERE stop > through),
explained AS (
    SELECT (list_position($rules, clause) - 1)::UTINYINT, about, period FROM judgement_rows
    WHERE outcome = 'explained' AND day <= $as_of AND number NOT IN (FROM gone)
)
SELECT rule, subject, start,
    CASE
        WHEN NOT binds THEN 5
        WHEN met = 2 THEN 0
        WHEN met = 1 THEN 6
        WHEN runs THEN 1
        WHEN (subject, p) IN (FROM not_closed) THEN 6
        WHEN (rule = 7 OR rule = 9) AND (rule, subject, start) IN (FROM explained) THEN 4
        ELSE 2
    END::UTINYINT AS status
FROM judged
UNION ALL
-- The interval of the review is not set, so nobody can say.
SELECT 15, subject, NULL, 6 FROM existing
WHERE kind = 'organisation_department' AND since <= $as_of AND till > $as_of AND $as_of >= $force
"""


def prepared(connection: duckdb.DuckDBPyConnection, as_of: date) -> Callable[[], dict[str, NDArray[Any]]]:
    """Return what runs the query: planned once, asked again and again.

    It returns the number of the rule and subject, the first day of the period and the status of each finding.
    """
    sql = _SQL.format(
        bits=" ".join(f"WHEN '{kind}' THEN {1 << bit}" for bit, kind in enumerate(_ATTENDED)),
        kinds=", ".join(f"'{kind}'" for kind in _ATTENDED),
    )
    rules = ", ".join(f"'lzwl2017:{rule}'" for rule in RULES)
    for name, value in (("as_of", f"DATE '{as_of}'"), ("force", f"DATE '{_FORCE}'"), ("rules", f"[{rules}]")):
        sql = sql.replace(f"${name}", value)
    connection.execute(f"PREPARE statuses AS {sql}")

    def run() -> dict[str, NDArray[Any]]:
        found: dict[str, NDArray[Any]] = connection.execute("EXECUTE statuses").fetchnumpy()
        return {**found, "start": np.ma.filled(found["start"], np.datetime64("NaT"))}

    return run
