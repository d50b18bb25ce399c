"""The append-only record of what happened: one hash chain a subject, one head row a chain."""

from django.db import models

START = "0" * 64


class Chain(models.Model):
    """The head of one subject's chain; locked last in every transaction that appends to it."""

    subject = models.CharField(max_length=200, primary_key=True)
    length = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, default=START)

    def __str__(self) -> str:
        return f"{self.subject} ({self.length})"


class Event(models.Model):
    """One thing that happened. Written once: the app role may neither update nor delete it.

    The actor is copied as it was that day, with no foreign key, so that it outlives the account.
    """

    append_only = True

    subject = models.CharField(max_length=200)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=100)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_name = models.CharField(max_length=250)
    from_state = models.CharField(max_length=50, blank=True)
    to_state = models.CharField(max_length=50, blank=True)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "number"], name="audit_event_once_a_number")
        ]
        indexes = [models.Index(fields=["kind", "at"]), models.Index(fields=["actor_id", "at"])]
        ordering = ["subject", "number"]

    def __str__(self) -> str:
        return f"{self.subject} {self.number} {self.kind}"
