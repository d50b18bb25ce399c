"""What each requirement cost the firms: the days whose cases are to be counted, and what they came to.

A case belongs to the day of its last submission. PostgreSQL writes which days changed, in the transaction of
whatever changed them; a task counts those days anew. Nothing is added up that could come to differ.
"""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q


class OfDay(models.Model):
    """The cases of one licence type that were submitted on one day. No reference is checked in the database:
    licence types are never deleted, and acts write here.
    """

    licence_type = models.ForeignKey(
        "regulators.LicenceType", models.PROTECT, related_name="+", db_constraint=False
    )
    day = models.DateField()

    class Meta:
        abstract = True


class FrictionChange(OfDay):
    """Something changed in a case of this day since it was counted."""

    class Meta:
        indexes = [models.Index(fields=["licence_type", "day"])]

    def __str__(self) -> str:
        return f"{self.licence_type_id} {self.day}"


class FrictionDay(OfDay):
    """One requirement in the cases of a day, as at ``counted_on``: in how many it stood, was asked about,
    named as missing or returned, found deficient, any of these, and in how many the firm was waited for;
    the working days of that; and in how many it still goes on.
    """

    requirement = models.CharField(max_length=30)
    cases = models.PositiveIntegerField()
    requested = models.PositiveIntegerField()
    returned = models.PositiveIntegerField()
    deficient = models.PositiveIntegerField()
    troubled = models.PositiveIntegerField()
    waited = models.PositiveIntegerField()
    days = models.PositiveBigIntegerField()
    going_on = models.PositiveIntegerField()
    counted_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["licence_type", "day", "requirement"], name="applications_frictionday_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["counted_on"], condition=Q(going_on__gt=0), name="applications_friction_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.requirement} {self.day}: {self.troubled} of {self.cases}"


class FrictionCase(OfDay):
    """The same of one case, where anything was the matter; ``days`` are working days."""

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="frictions")
    requirement = models.CharField(max_length=30)
    requested = models.BooleanField()
    returned = models.BooleanField()
    deficient = models.BooleanField()
    days = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["licence_type", "requirement", "day"])]

    def __str__(self) -> str:
        return f"{self.application_id} {self.requirement}"


# ``written`` are rows with the key of their case.
MARK = """
    INSERT INTO applications_frictionchange (licence_type_id, day)
    SELECT DISTINCT filed.licence_type_id, (filed.submitted_at AT TIME ZONE '{zone}')::date
    FROM ({written}) AS written JOIN applications_application AS filed ON filed.id = written.application_id
    WHERE filed.submitted_at IS NOT NULL;
"""


class MarkDay(pgtrigger.Trigger):
    """Marks the days of the cases whose rows a statement wrote; ``written`` finds them among ``rows``."""

    when = pgtrigger.After
    level = pgtrigger.Statement

    def __init__(self, operation: pgtrigger.core.Operation, written: str) -> None:
        side = "old" if operation is pgtrigger.Delete else "new"
        super().__init__(
            name=f"friction_{operation}".lower(),
            operation=operation,
            referencing=pgtrigger.Referencing(**{side: "rows"}),
        )
        self.written = written

    def get_func(self, model: Any) -> str:
        return MARK.format(written=self.written, zone=settings.TIME_ZONE) + "RETURN NULL;"


class MarkDaysOfCase(pgtrigger.Trigger):
    """Marks the day that a case leaves, and the one that it comes to."""

    def __init__(self) -> None:
        super().__init__(
            name="friction_moved",
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            condition=pgtrigger.AnyChange("licence_type_id", "submitted_at", "decided_at"),
        )

    def get_func(self, model: Any) -> str:
        days = f"(row.submitted_at AT TIME ZONE '{settings.TIME_ZONE}')::date"
        return f"""
            INSERT INTO applications_frictionchange (licence_type_id, day)
            SELECT DISTINCT row.licence_type_id, {days}
            FROM (SELECT OLD.* UNION ALL SELECT NEW.*) AS row WHERE row.submitted_at IS NOT NULL;
            RETURN NULL;
        """  # noqa: S608


OF_POINTS = """
    SELECT request.application_id FROM rows
    JOIN applications_informationrequest AS request ON request.id = rows.request_id
    WHERE request.sent_at IS NOT NULL
"""
OF_FINDINGS = [
    MarkDay(operation, "SELECT application_id FROM rows")
    for operation in (pgtrigger.Insert, pgtrigger.Delete)
]
OF_REQUESTS = [MarkDay(pgtrigger.Update, "SELECT application_id FROM rows WHERE sent_at IS NOT NULL")]
OF_REQUEST_POINTS = [
    MarkDay(operation, OF_POINTS) for operation in (pgtrigger.Insert, pgtrigger.Update, pgtrigger.Delete)
]
