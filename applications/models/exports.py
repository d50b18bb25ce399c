"""Lists that leave the house as a file: those too long to be written while somebody waits."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

USER = settings.AUTH_USER_MODEL


class Export(models.Model):
    """One list that a person asked for: ``what`` of ``applications.pipeline.exports.lists``, narrowed by
    ``query`` as it stands in an address and by ``words`` as the person read it. ``regulators`` are those
    whose cases are in the file. While a worker writes it, it holds the lock of ``exports.background``; a row
    that says "running" without one was cut off.
    """

    QUEUED, RUNNING, DONE, FAILED, EXPIRED = "queued", "running", "done", "failed", "expired"
    STATES = [
        (QUEUED, _("Waiting")),
        (RUNNING, _("Being written")),
        (DONE, _("Ready")),
        (FAILED, _("Not written")),
        (EXPIRED, _("Deleted, its time is over")),
    ]
    WAITING = (QUEUED, RUNNING)
    CSV, XLSX = "csv", "xlsx"
    FORMATS = [(CSV, "CSV"), (XLSX, "XLSX")]
    NO_RIGHTS, NO_FILTER, BROKEN = "rights", "filter", "broken"
    PROBLEMS = [
        (NO_RIGHTS, _("You managed none of these regulators any more.")),
        (NO_FILTER, _("What the list was narrowed to was not valid any more.")),
        (BROKEN, _("Something went wrong while it was written. Try again; tell us if it happens once more.")),
    ]

    owner = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=20)
    format = models.CharField(max_length=4, choices=FORMATS)
    query = models.CharField(max_length=2000, blank=True)
    words = ArrayField(models.CharField(max_length=500), blank=True, default=list)
    language = models.CharField(max_length=2)
    status = models.CharField(max_length=10, choices=STATES, default=QUEUED)
    problem = models.CharField(max_length=10, choices=PROBLEMS, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    rows_of = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    regulators = ArrayField(models.BigIntegerField(), blank=True, default=list)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["owner", "-id"], name="applications_export_of_owner"),
            models.Index(
                fields=["id"], condition=Q(status__in=["queued", "running"]), name="applications_export_waits"
            ),
            models.Index(
                fields=["expires_at"], condition=Q(status="done"), name="applications_export_expires"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["queued", "running", "done", "failed", "expired"]),
                name="applications_export_state",
            ),
            models.CheckConstraint(
                condition=Q(status="failed") ^ Q(problem=""), name="applications_export_problem"
            ),
            models.CheckConstraint(
                condition=~Q(status="done") | Q(expires_at__isnull=False), name="applications_export_ends"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what}.{self.format} {self.pk}"

    @property
    def percent(self) -> int:
        return min(100 * self.rows_done // self.rows_of, 100) if self.rows_of else 0

    @property
    def noted(self) -> dict[str, Any]:
        """What the audit record says of it."""
        return {"export": self.pk, "list": self.what, "format": self.format, "filters": self.query}


class ExportPiece(models.Model):
    """A part of the file, at most ``background.PIECE`` bytes: written with the row that says it is done, and
    gone with the one that says it is over.
    """

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["export", "number"], name="applications_export_piece_once")
        ]

    def __str__(self) -> str:
        return f"{self.export_id}: {self.number}"
