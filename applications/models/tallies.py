"""What the pipeline counts: changes as they are committed, and what they came to at the last fold.

PostgreSQL writes a change in the transaction of what is counted, whoever wrote that, so the sum of both
tables is exact at any moment; a row that all acts count in would let them pass one by one.
"""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q


class Counted(models.Model):
    """One thing of which there may be many. What a column says depends on ``what``:

    - place: filed cases of this state, at this stage, that wait on this turn, until ``day`` where it is the
      time to be heard, with this case officer;
    - age: open cases submitted on ``day``;
    - ended: cases that came to this state for good on ``day``, at this stage;
    - time: filed cases decided as ``state`` (with a ``stage``: stages of them, approved) in the month that
      begins on ``day``, that took so many working ``days``; None where the calendar lacks a year;
    - running: the same without the days in which the clocks were paused;
    - step: acts of the kind ``state`` on ``day``, about this stage; counted from the first submission on;
    - stood: by how many more cases stood at this stage (or at intake) at the end of the week that begins on
      ``day`` than before it;
    - stay: open cases that came on ``day`` to the stage (or to intake) where they stand;
    - hand: cases in review of which this officer has this stage in hand; without a stage, any;
    - take: cases in review with this stage complete, for somebody to take; without a stage, any.

    No reference is checked in the database: licence types and people are never deleted, and each act writes
    here.
    """

    PLACE, AGE, ENDED, TIME, RUNNING, STEP = "place", "age", "ended", "time", "running", "step"
    STOOD, STAY = "stood", "stay"
    HAND, TAKE = "hand", "take"
    WHAT = [(name, name) for name in (PLACE, AGE, ENDED, TIME, RUNNING, STEP, STOOD, STAY, HAND, TAKE)]
    DIMENSIONS = ("what", "licence_type_id", "state", "stage", "turn", "day", "days", "officer_id")

    what = models.CharField(max_length=10, choices=WHAT)
    licence_type = models.ForeignKey(
        "regulators.LicenceType", models.PROTECT, related_name="+", db_constraint=False
    )
    state = models.CharField(max_length=50, blank=True)
    stage = models.CharField(max_length=30, blank=True)
    turn = models.CharField(max_length=10, blank=True)
    day = models.DateField(null=True)
    days = models.IntegerField(null=True)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_constraint=False
    )

    class Meta:
        abstract = True


class Tally(Counted):
    """So many cases, or acts, up to the last fold."""

    cases = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["what", "licence_type", "day", "state", "stage", "turn", "days", "officer"],
                include=["cases"],  # what a page sums up is read from the index alone
                nulls_distinct=False,
                name="applications_tally_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.state} {self.stage} {self.day}: {self.cases}"


class Passage(models.Model):
    """From the submission of a case to its decision; or with a ``stage``, from when the stage had its turn
    (the case was accepted, or the stage before it approved) to its approval. How long it took is said once it
    was ``counted``, in working days; None where the calendar lacks a year.
    """

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="passages")
    licence_type = models.ForeignKey(
        "regulators.LicenceType", models.PROTECT, related_name="+", db_constraint=False
    )
    stage = models.CharField(max_length=30, blank=True)
    outcome = models.CharField(max_length=30)
    began_on = models.DateField()
    ended_on = models.DateField()
    counted = models.BooleanField(default=False)
    days = models.IntegerField(null=True)
    running = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(stage=""), name="applications_passage_one_whole"
            )
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(counted=False), name="applications_passage_to_count"),
            models.Index(
                fields=["licence_type", "stage", "ended_on", "application"],
                name="applications_passage_newest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.stage} {self.began_on} {self.ended_on}"


class TallyChange(Counted):
    """So many more or fewer, not folded yet."""

    by = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.what} {self.state} {self.stage} {self.day}: {self.by:+}"


COLUMNS = ", ".join(Counted.DIMENSIONS)

# What these rows of cases count for; ``rows`` selects them, with how much each counts ("by").
OF_CASES = """
    INSERT INTO applications_tallychange ({columns}, by)
    SELECT {columns}, SUM(by) FROM (
        SELECT fact.*, by FROM ({rows}) AS row, LATERAL (VALUES
            ('place', row.licence_type_id, row.state, row.place_now, row.turn_now, row.heard_until_now,
                NULL::int, CASE WHEN row.turn_now <> '' THEN row.case_officer_id END),
            ('age', CASE WHEN row.turn_now <> '' THEN row.licence_type_id END, '', '', '',
                (row.submitted_at AT TIME ZONE '{zone}')::date, NULL, NULL),
            ('ended', CASE WHEN row.ended_at_now <> '' THEN row.licence_type_id END, row.state,
                row.ended_at_now, '', (row.decided_at AT TIME ZONE '{zone}')::date, NULL, NULL)
        ) AS fact ({columns})
        WHERE row.submitted_at IS NOT NULL AND fact.licence_type_id IS NOT NULL
    ) AS counted
    GROUP BY {columns} HAVING SUM(by) <> 0;
"""
PASSED = """
    INSERT INTO applications_passage
        (application_id, licence_type_id, stage, outcome, began_on, ended_on, counted)
    SELECT row.id, row.licence_type_id, '', row.state, (row.submitted_at AT TIME ZONE '{zone}')::date,
        (row.decided_at AT TIME ZONE '{zone}')::date, FALSE
    FROM ({rows}) AS row
    WHERE row.state IN ('granted', 'refused') AND row.submitted_at IS NOT NULL AND row.decided_at IS NOT NULL;
"""
NOT_PASSED = """
    WITH gone AS (
        DELETE FROM applications_passage WHERE application_id = OLD.id AND stage = '' RETURNING *
    )
    INSERT INTO applications_tallychange ({columns}, by)
    SELECT what, licence_type_id, outcome, '', '', date_trunc('month', ended_on)::date, took, NULL, -1
    FROM gone, LATERAL (VALUES ('time', days), ('running', running)) AS measure (what, took)
    WHERE counted;
"""
# What these rows of stages of cases in review count for; ``rows`` selects them, with how much each counts. A
# case is counted once, whatever number of its stages.
OF_STAGES = """
    INSERT INTO applications_tallychange (what, licence_type_id, state, stage, turn, officer_id, by)
    SELECT what, licence_type_id, '', stage, '', officer_id, SUM(by) FROM (
        SELECT DISTINCT fact.*, row.licence_type_id, row.application_id, row.by
        FROM ({rows}) AS row, LATERAL (VALUES
            (CASE row.state WHEN 'in_review' THEN 'hand' ELSE 'take' END, row.code,
                CASE row.state WHEN 'in_review' THEN row.taken_by_id END),
            (CASE row.state WHEN 'in_review' THEN 'hand' ELSE 'take' END, '',
                CASE row.state WHEN 'in_review' THEN row.taken_by_id END)
        ) AS fact (what, stage, officer_id)
        WHERE row.state IN ('in_review', 'complete')
    ) AS counted
    GROUP BY what, licence_type_id, stage, officer_id HAVING SUM(by) <> 0;
"""
COMES_TO_REVIEW = " OR ".join(
    f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in ("state", "licence_type_id")
)
PASSES_ANEW = " OR ".join(
    f"OLD.{name} IS DISTINCT FROM NEW.{name}"
    for name in ("state", "licence_type_id", "submitted_at", "decided_at")
)
COUNTED_BY = (
    "id", "licence_type_id", "state", "place_now", "turn_now", "heard_until_now", "ended_at_now",
    "case_officer_id", "submitted_at", "decided_at",
)  # fmt: skip


class CaseTally(pgtrigger.Trigger):
    """Writes the changes that a written case makes to what is counted."""

    when = pgtrigger.After

    def __init__(self, operation: pgtrigger.core.Operation) -> None:
        name = f"tally_{operation}".lower()
        if operation is pgtrigger.Update:
            super().__init__(name=name, operation=operation, condition=pgtrigger.AnyChange(*COUNTED_BY))
            return
        added = operation is pgtrigger.Insert
        referencing = pgtrigger.Referencing(new="written") if added else pgtrigger.Referencing(old="written")
        super().__init__(name=name, operation=operation, level=pgtrigger.Statement, referencing=referencing)

    def get_func(self, model: Any) -> str:
        words = {"columns": COLUMNS, "zone": settings.TIME_ZONE}
        if self.operation is pgtrigger.Update:
            old, new = _rows("(SELECT OLD.*) AS one", -1), _rows("(SELECT NEW.*) AS one", 1)
            stages = f"{_stages('(SELECT OLD.*) AS one', -1)} UNION ALL {_stages('(SELECT NEW.*) AS one', 1)}"
            again = NOT_PASSED.format(**words) + PASSED.format(rows=new, **words)
            parts = [
                OF_CASES.format(rows=f"{old} UNION ALL {new}", **words),
                f"IF {PASSES_ANEW} THEN {again} END IF;",
                f"IF {COMES_TO_REVIEW} THEN {OF_STAGES.format(rows=stages)} END IF;",
            ]
        elif self.operation is pgtrigger.Insert:
            rows = _rows("written AS one", 1)
            parts = [
                OF_CASES.format(rows=rows, **words),
                PASSED.format(rows=rows, **words),
                OF_STAGES.format(rows=_stages("written AS one", 1)),
            ]
        else:
            parts = [
                OF_CASES.format(rows=_rows("written AS one", -1), **words),
                OF_STAGES.format(rows=_stages("written AS one", -1)),
            ]
        return "".join([*parts, "RETURN NULL;"])


def _rows(source: str, by: int) -> str:
    columns = ", ".join(f"one.{name}" for name in COUNTED_BY)
    return f"SELECT {columns}, {by} AS by FROM {source}"  # noqa: S608


def _stages(source: str, by: int) -> str:
    """The stages of these cases."""
    return f"""
        SELECT it.application_id, one.licence_type_id, it.code, it.state, it.taken_by_id, {by} AS by
        FROM {source} JOIN applications_stage AS it ON it.application_id = one.id
        WHERE one.state = 'in_review'
    """  # noqa: S608


# Stages as they are and as they were, of the cases of which some were written.
OF_WRITTEN = """
    SELECT it.application_id, one.licence_type_id, it.code, it.state, it.taken_by_id, it.by
    FROM (SELECT *, 1 AS by FROM ({now}) AS now UNION ALL SELECT *, -1 FROM ({before}) AS before) AS it
    JOIN applications_application AS one ON one.id = it.application_id AND one.state = 'in_review'
"""


class StageTally(pgtrigger.Trigger):
    """Writes the changes that written stages make to what is counted. Their cases are locked before them."""

    when, level = pgtrigger.After, pgtrigger.Statement

    def __init__(self, operation: pgtrigger.core.Operation) -> None:
        self.tables = {
            pgtrigger.Insert: {"new": "added"},
            pgtrigger.Update: {"old": "gone", "new": "added"},
            pgtrigger.Delete: {"old": "gone"},
        }[operation]
        super().__init__(
            name=f"tally_{operation}".lower(), operation=operation,
            referencing=pgtrigger.Referencing(**self.tables),
        )  # fmt: skip

    def get_func(self, model: Any) -> str:
        columns = "id, application_id, code, state, taken_by_id"
        written = " UNION ALL ".join(f"SELECT {columns} FROM {name}" for name in self.tables.values())  # noqa: S608
        theirs = f"IN (SELECT application_id FROM ({written}) AS written)"  # noqa: S608
        now = f"SELECT {columns} FROM applications_stage WHERE application_id {theirs}"  # noqa: S608
        before = f"{now} AND id NOT IN (SELECT id FROM added)" if "new" in self.tables else now  # noqa: S608
        if "old" in self.tables:
            before += f" UNION ALL SELECT {columns} FROM gone"  # noqa: S608
        return f"{OF_STAGES.format(rows=OF_WRITTEN.format(now=now, before=before))} RETURN NULL;"


WRITES = (pgtrigger.Insert, pgtrigger.Update, pgtrigger.Delete)
STAGE_TALLIES = [StageTally(operation) for operation in WRITES]
TALLIES = [CaseTally(operation) for operation in WRITES]
