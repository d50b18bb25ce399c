"""Clocks are ledgers; what is shown is derived from them.

``about`` names the thing of the case that is timed, as “consultation:12”; it is empty for the case itself.
"""

from django.db import models
from django.db.models import Q

from applications import runs
from applications.models.case import Application


class ClockEntry(models.Model):
    """``until`` and ``reason`` are those of an extension: the new last day, and why."""

    append_only = True

    START, PAUSE, RESUME, EXTEND, STOP = runs.START, runs.PAUSE, runs.RESUME, runs.EXTEND, runs.STOP

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="clock_entries")
    clock = models.CharField(max_length=40)
    about = models.CharField(max_length=60, blank=True, default="")
    what = models.CharField(max_length=10, choices=[(w, w) for w in (START, PAUSE, RESUME, EXTEND, STOP)])
    at = models.DateTimeField()
    cause = models.CharField(max_length=200)
    until = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(what="extend", until__isnull=False) | (~Q(what="extend") & Q(until=None)),
                name="applications_clock_extended_until",
            )
        ]
        indexes = [models.Index(fields=["application", "clock", "at"])]

    def __str__(self) -> str:
        return f"{self.clock} {self.what}"


class Deadline(models.Model):
    """A day at whose end something is due, with the rule that made it, so that it can be computed again: a
    length in one unit, how far pauses can move it, in that unit (None: without end), and for working days the
    calendar that they were counted in. ``due_at`` is the last second of the day as the zone is known here.

    Where the day cannot be computed there is none, and ``missing_year`` is the one that is not in the
    calendar. From ``spent_on`` no more of a pause that goes on counts, and ``spent_due_on`` is the last day.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="deadlines")
    code = models.CharField(max_length=60)
    about = models.CharField(max_length=60, blank=True, default="")
    rule = models.CharField(max_length=200)
    starts_on = models.DateField()
    working_days = models.PositiveIntegerField(null=True, blank=True)
    calendar_days = models.PositiveIntegerField(null=True, blank=True)
    months = models.PositiveIntegerField(null=True, blank=True)
    pause_cap = models.PositiveIntegerField(null=True, blank=True)
    calendar = models.CharField(max_length=51, blank=True)
    due_on = models.DateField(null=True)
    due_at = models.DateTimeField(null=True)
    missing_year = models.PositiveSmallIntegerField(null=True, blank=True)
    spent_on = models.DateField(null=True, blank=True)
    spent_due_on = models.DateField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "code", "about"], name="applications_deadline_once"
            ),
            models.CheckConstraint(
                condition=Q(working_days__isnull=False, calendar_days=None, months=None)
                | Q(working_days=None, calendar_days__isnull=False, months=None)
                | Q(working_days=None, calendar_days=None, months__isnull=False),
                name="applications_deadline_one_unit",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=False, due_at__isnull=False, missing_year=None)
                | Q(due_on=None, due_at=None, missing_year__isnull=False),
                name="applications_deadline_day_or_missing_year",
            ),
            models.CheckConstraint(
                condition=Q(spent_on=None, spent_due_on=None)
                | Q(spent_on__isnull=False, spent_due_on__isnull=False),
                name="applications_deadline_spent",
            ),
        ]
        indexes = [models.Index(fields=["met_at", "due_at"])]

    def __str__(self) -> str:
        """Which clock, and of what: “decision”, “concurrence of consultation:12”."""
        return f"{self.code} of {self.about}" if self.about else self.code
