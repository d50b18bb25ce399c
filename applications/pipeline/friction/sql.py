"""What happened to each requirement in the cases of some days, from their records, in one statement.

Statements begin with a table ``cohort`` of licence types and days, and go on with ``FACTS``: a row for each
case and requirement that stood in it. The parameters of all of them are ``parameters``.
"""

from datetime import date
from typing import Any

from accounts.zones import ALMATY
from applications.models import Finding, RequestPoint
from applications.pipeline.days import working_days

LIVE = 30  # days that a page counts by itself; what is more waits for the task

SPELLS = f"""
    SELECT filed.id, point.requirement, 'requested' AS what,
        (request.sent_at AT TIME ZONE '{ALMATY}')::date AS since,
        (LEAST(
            point.sent_at, CASE WHEN point.verdict = '{RequestPoint.WITHDRAWN}' THEN point.verdict_at END,
            request.closed_at, filed.decided_at
        ) AT TIME ZONE '{ALMATY}')::date AS until
    FROM filed
    CROSS JOIN LATERAL (
        SELECT id, sent_at, closed_at FROM applications_informationrequest
        WHERE application_id = filed.id AND sent_at IS NOT NULL OFFSET 0
    ) AS request
    CROSS JOIN LATERAL (
        SELECT requirement, sent_at, verdict, verdict_at FROM applications_requestpoint
        WHERE request_id = request.id OFFSET 0
    ) AS point
    UNION ALL
    SELECT act.id, code, 'returned', (act.at AT TIME ZONE '{ALMATY}')::date,
        (LEAST(back.at, act.decided_at) AT TIME ZONE '{ALMATY}')::date
    FROM act
    CROSS JOIN LATERAL jsonb_array_elements_text(COALESCE(act.data->'gaps', act.data->'items', '[]')) AS code
    LEFT JOIN LATERAL (
        SELECT at FROM audit_event AS later
        WHERE later.subject = act.subject AND later.number > act.number AND (
            later.kind = 'application.submit' OR (
                act.kind = 'stage.request_changes' AND later.kind = 'stage.complete'
                AND later.data->>'stage' = act.data->>'stage'
            )
        )
        ORDER BY number LIMIT 1
    ) AS back ON TRUE
    WHERE act.kind IN ('application.return_incomplete', 'stage.request_changes')
    UNION ALL
    SELECT id, code, 'returned', NULL, NULL
    FROM act CROSS JOIN LATERAL jsonb_array_elements_text(act.data->'gaps') AS code
    WHERE kind = 'application.completeness'
    UNION ALL
    SELECT id, data->>'requirement', 'deficient', NULL, NULL
    FROM act
    WHERE kind = 'application.finding'
        AND data->>'outcome' IN ('{Finding.DEFICIENT}', '{Finding.SUBJECT}')
    UNION ALL
    SELECT filed.id, finding.requirement, 'asked', NULL, NULL
    FROM filed CROSS JOIN LATERAL (
        SELECT requirement FROM applications_finding WHERE application_id = filed.id OFFSET 0
    ) AS finding
"""  # noqa: S608
# Of overlapping spells of one requirement in a case each day counts once. ``OFFSET 0`` has the records of
# these cases found by their keys: PostgreSQL cannot know how few they are, and would read all events.
FACTS = f"""
    calendar AS (SELECT * FROM unnest(%(calendar)s::date[], %(passed)s::int[]) AS one (day, passed)),
    filed AS MATERIALIZED (
        SELECT found.id, cohort.licence_type_id, cohort.day, found.decided_at,
            'application:' || found.id AS subject
        FROM cohort CROSS JOIN LATERAL (
            SELECT id, decided_at FROM applications_application
            WHERE licence_type_id = cohort.licence_type_id
                AND submitted_at >= cohort.day::timestamp AT TIME ZONE '{ALMATY}'
                AND submitted_at < (cohort.day + 1)::timestamp AT TIME ZONE '{ALMATY}' OFFSET 0
        ) AS found
    ),
    act AS MATERIALIZED (
        SELECT filed.id, filed.subject, filed.decided_at, event.*
        FROM filed CROSS JOIN LATERAL (
            SELECT number, kind, at, data FROM audit_event
            WHERE subject = filed.subject AND kind IN (
                'application.completeness', 'application.finding', 'application.return_incomplete',
                'stage.request_changes'
            ) OFFSET 0
        ) AS event
    ),
    spell AS MATERIALIZED ({SPELLS}),
    lost AS (
        SELECT id, requirement, SUM(ends.passed - begins.passed) AS days
        FROM (
            SELECT id, requirement, unnest(range_agg(daterange(since, COALESCE(until, %(today)s)))) AS waited
            FROM spell WHERE since < COALESCE(until, %(today)s) GROUP BY id, requirement
        ) AS apart
        JOIN calendar AS begins ON begins.day = lower(waited)
        JOIN calendar AS ends ON ends.day = upper(waited)
        GROUP BY id, requirement
    ),
    facts AS MATERIALIZED (
        SELECT filed.licence_type_id, filed.day, filed.id, happened.*, COALESCE(lost.days, 0) AS days
        FROM filed JOIN (
            SELECT id AS application_id, requirement, bool_or(what = 'requested') AS requested,
                bool_or(what = 'returned') AS returned, bool_or(what = 'deficient') AS deficient,
                bool_or(since IS NOT NULL AND until IS NULL) AS going_on
            FROM spell GROUP BY id, requirement
        ) AS happened ON happened.application_id = filed.id
        LEFT JOIN lost ON lost.id = filed.id AND lost.requirement = happened.requirement
    )
"""  # noqa: S608
TROUBLED = "(requested OR returned OR deficient)"
# What is counted of facts, in the order of the columns of ``FrictionDay``.
COUNTS = f"""
    COUNT(*) AS cases, COUNT(*) FILTER (WHERE requested) AS requested,
    COUNT(*) FILTER (WHERE returned) AS returned, COUNT(*) FILTER (WHERE deficient) AS deficient,
    COUNT(*) FILTER (WHERE {TROUBLED}) AS troubled, COUNT(*) FILTER (WHERE days > 0) AS waited,
    SUM(days) AS days
"""
STALE = """
    SELECT licence_type_id, day FROM applications_frictionchange
    UNION
    SELECT licence_type_id, day FROM applications_frictionday
    WHERE going_on > 0 AND counted_on < %(today)s
"""


def parameters(today: date, **more: Any) -> dict[str, Any]:
    """The working days up to the day, the day, how many days to count live, and what else is asked for."""
    passed = working_days(today).passed
    calendar = {"calendar": list(passed), "passed": list(passed.values())}
    return {**calendar, "today": today, "live": LIVE, **more}
