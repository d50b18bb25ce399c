"""Counting anew the days of which something changed, or on which a wait for a firm went on overnight."""

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from applications.pipeline.friction import sql
from applications.services.tallies import one_of_us

LOCK = "applications.friction"
AT_A_TIME = 20  # days
CHOSEN = f"SELECT DISTINCT licence_type_id, day FROM ({sql.STALE}) AS stale LIMIT %(most)s"  # noqa: S608
COHORT = "SELECT * FROM unnest(%(types)s::bigint[], %(days)s::date[]) AS one (licence_type_id, day)"
EMPTY = [
    f"DELETE FROM applications_{table} WHERE (licence_type_id, day) IN ({COHORT})"  # noqa: S608
    for table in ("frictionchange", "frictioncase", "frictionday")
]
COUNT = f"""
    WITH cohort AS ({COHORT}), {sql.FACTS}, troubled AS (
        INSERT INTO applications_frictioncase
            (application_id, licence_type_id, day, requirement, requested, returned, deficient, days)
        SELECT id, licence_type_id, day, requirement, requested, returned, deficient, days
        FROM facts WHERE {sql.TROUBLED}
    )
    INSERT INTO applications_frictionday (
        licence_type_id, day, requirement, cases, requested, returned, deficient, troubled, waited, days,
        going_on, counted_on
    )
    SELECT licence_type_id, day, requirement, {sql.COUNTS}, COUNT(*) FILTER (WHERE going_on), %(today)s
    FROM facts GROUP BY licence_type_id, day, requirement
"""  # noqa: S608
AGAIN = """
    INSERT INTO applications_frictionchange (licence_type_id, day)
    SELECT DISTINCT licence_type_id, day FROM applications_frictionday WHERE waited > 0 OR going_on > 0
"""


def fold() -> None:
    """Count what is stale, some days at a time. Who comes second leaves it to the first; killed at any point,
    it leaves what the next one takes up.
    """
    while one_of_us(_count_some, LOCK):
        pass


@transaction.atomic
def on_calendar(_pin: Any, *, actor: Any) -> list[Any]:
    """Days on which firms were waited for are counted anew in the new calendar; no date moves."""
    with connection.cursor() as cursor:
        cursor.execute(AGAIN)
    return []


def _count_some() -> bool:
    """A change that is committed after the others were taken out stays, and has its day counted again."""
    given = sql.parameters(timezone.localdate())
    with connection.cursor() as cursor:
        cursor.execute(CHOSEN, given | {"most": AT_A_TIME})
        chosen = cursor.fetchall()
        if not chosen:
            return False
        given |= {"types": [one for one, _day in chosen], "days": [day for _one, day in chosen]}
        for statement in (*EMPTY, COUNT):
            cursor.execute(statement, given)
    return True
