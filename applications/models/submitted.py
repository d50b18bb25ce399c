"""What was submitted, and the numbers that are given out."""

from django.db import models

from applications.models.case import Application


class Snapshot(models.Model):
    """What was submitted: every question as it was asked, with its answer. Written once."""

    append_only = True

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="snapshots")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    law = models.JSONField()
    made_at = models.DateTimeField()
    made_by_name = models.CharField(max_length=250)

    class Meta:
        ordering = ["application", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "number"], name="applications_snapshot_once_a_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.number}"


class Counter(models.Model):
    """The last number given out in a series."""

    series = models.CharField(max_length=50, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series} {self.last}"
