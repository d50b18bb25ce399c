"""Folding what the pipeline counts, so that its changes stay few."""

from collections import Counter
from typing import Any

from django.db import connection, transaction

from applications.models import Passage, TallyChange
from applications.models.tallies import COLUMNS
from applications.queries.passages import took

LOCK = "applications.tallies"
# At a time. Many changes at once become one row each; in small parts they would write the same rows again.
PASSAGES, CHANGES = 2_000, 500_000
MEASURES = ((TallyChange.TIME, "days"), (TallyChange.RUNNING, "running"))
# What is taken out and what it comes to change in one statement: whoever counts sees both or neither.
FOLD = f"""
    WITH taken AS (
        DELETE FROM applications_tallychange
        WHERE id IN (SELECT id FROM applications_tallychange ORDER BY id LIMIT %s)
        RETURNING {COLUMNS}, by
    )
    INSERT INTO applications_tally ({COLUMNS}, cases)
    SELECT {COLUMNS}, SUM(by) FROM taken GROUP BY {COLUMNS} HAVING SUM(by) <> 0
    ON CONFLICT (what, licence_type_id, day, state, stage, turn, days, officer_id)
    DO UPDATE SET cases = applications_tally.cases + EXCLUDED.cases
"""  # noqa: S608
EMPTY = "DELETE FROM applications_tally WHERE cases = 0"
# Django's bulk_update names each row for each column: composing that was nine tenths of a fold.
COUNTED = """
    UPDATE applications_passage AS passage SET counted = TRUE, days = one.days, running = one.running
    FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS one (id, days, running) WHERE passage.id = one.id
"""
# A new calendar: what was counted in the one of before is taken out, and counted again by the next fold.
UNCOUNT = f"""
    WITH again AS (
        UPDATE applications_passage AS passage SET counted = FALSE, days = NULL, running = NULL
        FROM applications_passage AS before WHERE before.id = passage.id AND before.counted
        RETURNING before.*
    )
    INSERT INTO applications_tallychange ({COLUMNS}, by)
    SELECT what, licence_type_id, outcome, stage, '', date_trunc('month', ended_on)::date, took, NULL,
        -COUNT(*)
    FROM again, LATERAL (VALUES ('time', days), ('running', running)) AS measure (what, took)
    GROUP BY 1, 2, 3, 4, 6, 7
"""  # noqa: S608


def fold() -> None:
    """Count the passages that are over, then add all changes to the tallies. One at a time: who comes second
    leaves it to the first. Killed at any point, it leaves what the next one takes up.
    """
    while one_of_us(_count_some, LOCK) or one_of_us(_fold_some, LOCK):
        pass


@transaction.atomic
def on_calendar(_pin: Any, *, actor: Any) -> list[Any]:
    """Every passage is counted anew in the new calendar; no date moves."""
    with connection.cursor() as cursor:
        cursor.execute(UNCOUNT)
    return []


@transaction.atomic
def one_of_us(work: Any, lock: str) -> bool:
    """What the work says, in a transaction; nothing is done where another process is at it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [lock])
        (mine,) = cursor.fetchone()
    return bool(mine and work())


def _count_some() -> bool:
    waiting = Passage.objects.filter(counted=False).order_by("pk").select_for_update()
    found = took(list(waiting[:PASSAGES]))
    with connection.cursor() as cursor:
        columns = [[getattr(p, name) for p in found] for name in ("pk", "days", "running")]
        cursor.execute(COUNTED, columns)
    changes = Counter(
        (what, p.licence_type_id, p.outcome, p.stage, p.ended_on.replace(day=1), getattr(p, name))
        for p in found
        for what, name in MEASURES
    )
    TallyChange.objects.bulk_create(
        TallyChange(
            what=what, licence_type_id=licence_type, state=outcome, stage=stage, day=month, days=days, by=by
        )
        for (what, licence_type, outcome, stage, month, days), by in changes.items()
    )  # fmt: skip
    return bool(found)


def _fold_some() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM applications_tallychange)")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(FOLD, [CHANGES])
        cursor.execute(EMPTY)
    return True
