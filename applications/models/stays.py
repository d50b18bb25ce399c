"""Where cases stood, from when to when. A trigger on the audit record writes it, as in migration 0046."""

import pgtrigger
from django.db import models
from django.db.models import Q

from applications.models.tallies import COLUMNS

# The Monday of the week.
BEGAN, ENDED = (f"row.{day} - (EXTRACT(ISODOW FROM row.{day})::int - 1)" for day in ("began_on", "ended_on"))
# What these stays count for; ``rows`` selects them, with how much each counts ("by").
OF_STAYS = f"""
    INSERT INTO applications_tallychange ({COLUMNS}, by)
    SELECT {COLUMNS}, SUM(by) FROM (
        SELECT fact.*, row.by * sign AS by FROM ({{rows}}) AS row, LATERAL (VALUES
            ('stood', row.licence_type_id, '', row.place, '', {BEGAN}, NULL::int,
                NULL::bigint, 1),
            ('stood', row.licence_type_id, '', row.place, '', {ENDED}, NULL, NULL, -1),
            ('stay', row.licence_type_id, '', row.place, '',
                CASE WHEN row.ended_on IS NULL THEN row.began_on END, NULL, NULL, 1)
        ) AS fact ({COLUMNS}, sign)
        WHERE fact.day IS NOT NULL
    ) AS counted
    GROUP BY {COLUMNS} HAVING SUM(by) <> 0;
"""  # noqa: S608


def _counting() -> list[pgtrigger.Trigger]:
    added, gone = (
        f"SELECT licence_type_id, place, began_on, ended_on, {by} AS by FROM {table}"  # noqa: S608
        for table, by in (("added", 1), ("gone", -1))
    )
    referencing = {"added": {"new": "added"}, "gone": {"old": "gone"}}
    kinds = (
        (pgtrigger.Insert, referencing["added"], added),
        (pgtrigger.Update, referencing["added"] | referencing["gone"], f"{added} UNION ALL {gone}"),
        (pgtrigger.Delete, referencing["gone"], gone),
    )
    return [
        pgtrigger.Trigger(
            name=f"stay_{operation}".lower(),
            operation=operation,
            when=pgtrigger.After,
            level=pgtrigger.Statement,
            referencing=pgtrigger.Referencing(**tables),
            func=OF_STAYS.format(rows=rows) + "RETURN NULL;",
        )
        for operation, tables, rows in kinds
    ]


class Stay(models.Model):
    """A case at a place: ``INTAKE`` until it is accepted, then its first stage that is not approved, or
    ``APPROVED``. The days are those of the acts; ``ended_on`` is None while it stands there.
    """

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="stays")
    licence_type = models.ForeignKey(
        "regulators.LicenceType", models.PROTECT, related_name="+", db_constraint=False
    )
    place = models.CharField(max_length=30)
    began_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(ended_on=None), name="applications_stay_one_now"
            )
        ]
        indexes = [
            models.Index(fields=["application"]),
            models.Index(
                fields=["licence_type", "place", "began_on"],
                condition=Q(ended_on=None),
                name="applications_stay_now",
            ),
        ]
        triggers = _counting()

    def __str__(self) -> str:
        return f"{self.application} {self.place} {self.began_on} {self.ended_on}"
