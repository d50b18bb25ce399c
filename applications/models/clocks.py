"""Clocks are ledgers; what is shown is derived from them."""

from django.db import models

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
    """An instant by which something is due, with the rule that made it, so that it can be computed again."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="deadlines")
    code = models.CharField(max_length=60)
    rule = models.CharField(max_length=200)
    starts_on = models.DateField()
    working_days = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(fields=["application", "code"], name="applications_deadline_once")
        ]
        indexes = [models.Index(fields=["met_at", "due_at"])]

    def __str__(self) -> str:
        return f"{self.code} {self.due_at}"
