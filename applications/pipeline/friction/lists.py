"""The cases behind a number of the report."""

from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from applications.models import Application, ApplicationQuerySet
from applications.pipeline.friction import report, sql
from applications.pipeline.periods import Period

EVERY, WAITED = "", "waited"
OF = {
    EVERY: "TRUE", report.REQUESTED: "requested", report.RETURNED: "returned", report.DEFICIENT: "deficient",
    WAITED: "days > 0",
}  # fmt: skip
# The newest submission first. Where the requirement only stood, nothing else is known of it.
LISTED = """
    WITH stale AS MATERIALIZED ({stale}), cohort AS MATERIALIZED ({cohort}), {facts}, marked AS (
        SELECT application_id, requested, returned, deficient, days FROM applications_frictioncase
        WHERE licence_type_id = %(type)s AND requirement = %(requirement)s
            AND day BETWEEN %(first)s AND %(last)s AND day NOT IN (SELECT day FROM cohort)
        UNION ALL
        SELECT id, requested, returned, deficient, days FROM facts WHERE requirement = %(requirement)s
    )
    SELECT found.id, COALESCE(requested, FALSE), COALESCE(returned, FALSE), COALESCE(deficient, FALSE),
        COALESCE(days, 0)
    FROM applications_application AS found {join} JOIN marked ON marked.application_id = found.id
    WHERE found.licence_type_id = %(type)s
        AND found.submitted_at >= %(first)s::date::timestamp AT TIME ZONE '{zone}'
        AND found.submitted_at < (%(last)s::date + 1)::timestamp AT TIME ZONE '{zone}'
        AND {stood} AND {what}
        AND (%(after)s::uuid IS NULL OR (found.submitted_at, found.id) < (
            SELECT submitted_at, id FROM applications_application
            WHERE id = %(after)s AND licence_type_id = %(type)s
        ))
    ORDER BY found.submitted_at DESC, found.id DESC LIMIT %(most)s
"""
STOOD = """
    (marked.application_id IS NOT NULL OR EXISTS (
        SELECT FROM applications_finding AS finding
        WHERE finding.application_id = found.id AND finding.requirement = %(requirement)s
    ))
"""


class Marked(NamedTuple):
    """A case, and what was the matter with the requirement in it; ``days`` are working days lost."""

    case: Application
    requested: bool
    returned: bool
    deficient: bool
    days: int


def listed(
    cases: ApplicationQuerySet,
    licence_type: Any,
    *,
    requirement: str,
    period: Period,
    what: str,
    today: Any,
    after: UUID | None,
    most: int,
) -> list[Marked]:
    """Of these cases, those that the number counts: a page of them after the one named. Two queries."""
    given = sql.parameters(
        today, type=licence_type.pk, first=period.first, last=period.last, requirement=requirement,
        after=after, most=most,
    )  # fmt: skip
    statement = LISTED.format(
        stale=report.STALE, cohort=report.COHORT, facts=sql.FACTS, zone=sql.ALMATY, what=OF[what],
        join="LEFT" if what == EVERY else "", stood=STOOD if what == EVERY else "TRUE",
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        found = cursor.fetchall()
    by_key = cases.select_related("firm", "rulebook").in_bulk([pk for pk, *_marks in found])
    return [Marked(by_key[pk], *marks) for pk, *marks in found if pk in by_key]
