"""Clocks are ledgers; what is shown is derived from them."""

from django.db import models
from django.db.models import Q

from applications.models.case import Application


class ClockEntry(models.Model):
    append_only = True

    START, PAUSE, RESUME, STOP = "start", "pause", "resume", "stop"

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="clock_entries")
    clock = models.CharField(max_length=40)
    what = models.CharField(max_length=10, choices=[(w, w) for w in (START, PAUSE, RESUME, STOP)])
    at = models.DateTimeField()
    cause = models.CharField(max_length=200)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["application", "clock", "at"])]

    def __str__(self) -> str:
        return f"{self.clock} {self.what}"


class Deadline(models.Model):
    """An instant by which something is due, with the rule that made it, so that it can be computed again:
    a length in one unit, and for working days the calendar that they were counted in.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="deadlines")
    code = models.CharField(max_length=60)
    rule = models.CharField(max_length=200)
    starts_on = models.DateField()
    working_days = models.PositiveIntegerField(null=True, blank=True)
    calendar_days = models.PositiveIntegerField(null=True, blank=True)
    months = models.PositiveIntegerField(null=True, blank=True)
    calendar = models.CharField(max_length=51, blank=True)
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(fields=["application", "code"], name="applications_deadline_once"),
            models.CheckConstraint(
                condition=Q(working_days__isnull=False, calendar_days=None, months=None)
                | Q(working_days=None, calendar_days__isnull=False, months=None)
                | Q(working_days=None, calendar_days=None, months__isnull=False),
                name="applications_deadline_one_unit",
            ),
        ]
        indexes = [models.Index(fields=["met_at", "due_at"])]

    def __str__(self) -> str:
        return f"{self.code} {self.due_at}"
