"""The query that `duckdb_sql` asks: the period duties of lzwl2017 as SQL, for statuses alone or with counts."""

from datetime import date
from typing import Final

__all__ = ["AWAY", "KINDS", "RULES", "SCOPE", "counted_query", "filled", "status_query"]

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
# By the number of the rule; the lecture comes eighth.
KINDS: Final = (
    "democratic_life_meeting",
    "report_session",
    "study_report",
    "educational_film",
    "exchange_session",
    "heritage_visit",
    "social_practice",
    "party_lecture",
)
"""What somebody has to attend, by the number of the rule; the lecture comes eighth."""
_FORCE: Final = date(2017, 12, 11)

_WHO: Final = """
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
"""

# One bit for each of the seven kinds and the lecture.
_MET: Final = """
attended AS (
    SELECT a.person AS subject, e.p, bit_or(e.bit) AS bits
    FROM attended_rows a JOIN attendable e USING (event)
    GROUP BY a.person, e.p
),
appraised AS (
    SELECT a.person, a.p
    FROM at_appraisal a
    JOIN membership m ON m.person = a.person AND m.unit = a.unit AND m.since <= a.day AND a.day < m.till
    JOIN existing u ON u.subject = a.unit AND u.kind = 'branch' AND u.since <= a.day AND a.day < u.till
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
"""

# The same with how often, or how many hours.
_COUNTED: Final = """
attended AS (
    SELECT a.person AS subject, e.p, {each}
    FROM attended_rows a JOIN attendable e USING (event)
    GROUP BY a.person, e.p
),
appraised AS (
    SELECT a.person AS subject, a.p, count(DISTINCT a.event) AS times
    FROM at_appraisal a
    JOIN membership m ON m.person = a.person AND m.unit = a.unit AND m.since <= a.day AND a.day < m.till
    JOIN existing u ON u.subject = a.unit AND u.kind = 'branch' AND u.since <= a.day AND a.day < u.till
    GROUP BY a.person, a.p
),
led AS (SELECT person AS subject, p, count(*) AS times FROM lectured GROUP BY person, p),
by_unit AS (SELECT rule, subject, p, count(*) AS times FROM unit_held GROUP BY rule, subject, p),
counted AS (
    SELECT n::UTINYINT AS rule, bearer, subject, p, start, runs, binds,
        coalesce(CASE n {seven} END, 0)::DOUBLE AS actual, false AS lacking
    FROM cell LEFT JOIN attended USING (subject, p), range(7) seven_ones(n)
    WHERE bearer = 0 AND grain = 'semester'
    UNION ALL
    SELECT 7, bearer, subject, p, start, runs, binds, coalesce(of_7, 0), false
    FROM cell LEFT JOIN attended USING (subject, p) WHERE bearer = 0 AND grain = 'half_year'
    UNION ALL
    SELECT 8, bearer, subject, p, start, runs, binds, coalesce(times, 0), false
    FROM cell LEFT JOIN appraised USING (subject, p) WHERE bearer = 0 AND grain = 'year'
    UNION ALL
    SELECT 9, bearer, subject, p, start, runs, binds, coalesce(hours, 0), coalesce(lacking, false)
    FROM cell LEFT JOIN trained USING (subject, p) WHERE bearer = 1
    UNION ALL
    SELECT 10, bearer, subject, p, start, runs, binds, coalesce(times, 0), false
    FROM cell LEFT JOIN led USING (subject, p) WHERE bearer = 2
    UNION ALL
    SELECT rule, bearer, subject, p, start, runs, binds, coalesce(times, 0), false
    FROM unit_rule JOIN cell USING (bearer, grain) LEFT JOIN by_unit USING (rule, subject, p)
),
judged AS MATERIALIZED (
    SELECT *, CASE WHEN actual >= CASE rule WHEN 9 THEN 32 ELSE 1 END THEN 2 WHEN lacking THEN 1 ELSE 0 END AS met
    FROM counted
),
"""

# What was attended, held, filed or completed, period by period.
_HELD: Final = """
attendable AS (
    SELECT event, p, CASE kind {numbers} END::UTINYINT AS kind, CASE kind {bits} END::UTINYINT AS bit
    FROM held JOIN period
        ON grain = CASE kind WHEN 'party_lecture' THEN 'half_year' ELSE 'semester' END
        AND day BETWEEN start AND stop
    WHERE kind IN ({kinds})
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
    SELECT a.person, e.unit, e.day, e.p, event
    FROM attended_rows a JOIN (
        SELECT event, unit, day, p FROM held JOIN period ON grain = 'year' AND day BETWEEN start AND stop
        WHERE kind = 'democratic_appraisal'
    ) e USING (event)
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
"""

_JUDGED: Final = """
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
    -- A clause of no number would be a null, and looking for something among nulls is slow.
    WHERE clause IN (FROM unnest($rules)) AND outcome = 'explained' AND day <= $as_of AND number NOT IN (FROM gone)
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
    END::UTINYINT AS status{actual}
FROM judged
UNION ALL
-- The interval of the review is not set, so nobody can say.
SELECT 15, subject, NULL, 6{none} FROM existing
WHERE kind = 'organisation_department' AND since <= $as_of AND till > $as_of AND $as_of >= $force
"""

SCOPE: Final = _WHO.rstrip().rstrip(",") + " SELECT bearer, subject, since, till FROM scope ORDER BY ALL"
"""Which subjects each bearer's scope holds, from when until before when."""
AWAY: Final = _WHO.rstrip().rstrip(",") + " SELECT subject, since, till FROM away ORDER BY ALL"
"""Who was on leave, from when until before when."""


def status_query(as_of: date) -> str:
    """Return the query for statuses alone: a rule, a subject, the first day of a period and a status in each row."""
    return filled(_WHO + _HELD + _MET + _JUDGED.format(actual="", none=""), as_of)


def counted_query(as_of: date) -> str:
    """Return the query for statuses with what was counted for each."""
    return filled(_WHO + _HELD + _COUNTED + _JUDGED.format(actual=", actual", none=", NULL"), as_of)


def filled(sql: str, as_of: date) -> str:
    """Return the query with its kinds and days; they are constants, so that they can be planned with."""
    rules = ", ".join(f"'lzwl2017:{rule}'" for rule in RULES)
    for name, value in (
        ("{numbers}", " ".join(f"WHEN '{kind}' THEN {number}" for number, kind in enumerate(KINDS))),
        ("{bits}", " ".join(f"WHEN '{kind}' THEN {1 << number}" for number, kind in enumerate(KINDS))),
        ("{kinds}", ", ".join(f"'{kind}'" for kind in KINDS)),
        ("{each}", ", ".join(f"count(*) FILTER (e.kind = {n})::INTEGER AS of_{n}" for n in range(len(KINDS)))),
        ("{seven}", " ".join(f"WHEN {n} THEN of_{n}" for n in range(len(KINDS) - 1))),
        ("$as_of", f"DATE '{as_of}'"),
        ("$force", f"DATE '{_FORCE}'"),
        ("$rules", f"[{rules}]"),
    ):
        sql = sql.replace(name, value)
    return sql
