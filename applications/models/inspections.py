"""Evidence that was inspected where it lies. Never visible to the firm; nothing of its contents is kept."""

from django.conf import settings
from django.db import models

from applications.models.case import Application

USER = settings.AUTH_USER_MODEL


class Inspection(models.Model):
    """What two of the regulator's staff were shown for one requirement, where and when, and what they found.

    ``hashes`` are what the firm's own machine said of each file in front of them: ``{"sha256", "name"}``. A
    mistake is mended by a further entry that ``corrects`` it.
    """

    append_only = True

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="inspections")
    number = models.PositiveIntegerField()
    requirement = models.CharField(max_length=30)
    inspected_on = models.DateField()
    place = models.CharField(max_length=300)
    shown = models.TextField()
    hashes = models.JSONField(default=list, blank=True)
    found = models.TextField()
    written_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["application", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "number"], name="applications_inspection_once_a_number"
            ),
            models.CheckConstraint(
                condition=~models.Q(second=models.F("written_by")), name="applications_inspection_by_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.requirement}, inspection {self.number}"


class InspectionConfirmed(models.Model):
    """That the second inspector was there and found the same."""

    append_only = True

    inspection = models.OneToOneField(Inspection, on_delete=models.PROTECT, related_name="confirmed")
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.inspection} confirmed"
