"""What the manager asks of whoever keeps a rule book: better guidance on what costs firms time."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

USER = settings.AUTH_USER_MODEL


class GuidanceTask(models.Model):
    """``figures`` are those of when it was asked for: cases, requested, returned, deficient, troubled, waited
    and days, of the cases that were submitted from ``first`` to ``last``. Of a requirement one is open.
    """

    OPEN, DONE, DECLINED = "", "done", "declined"
    OUTCOMES = [
        (OPEN, _("Task open")),
        (DONE, _("Task done")),
        (DECLINED, _("Task declined")),
    ]

    licence_type = models.ForeignKey(
        "regulators.LicenceType", on_delete=models.PROTECT, related_name="guidance_tasks"
    )
    requirement = models.CharField(max_length=30)
    period = models.CharField(max_length=10)  # as the address of the report names it
    first = models.DateField()
    last = models.DateField()
    figures = models.JSONField()
    owner = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="guidance_tasks")
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=OUTCOMES, blank=True, default=OPEN)
    answer = models.TextField(_("what was changed, or why nothing is"), blank=True)
    closed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["licence_type", "requirement"],
                condition=Q(outcome=""),
                name="applications_guidance_one_open",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", closed_at=None, closed_by=None, answer="")
                | (~Q(outcome="") & Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(answer="")),
                name="applications_guidance_closed_with_words",
            ),
        ]
        indexes = [models.Index(fields=["owner", "outcome"])]

    def __str__(self) -> str:
        return f"{self.requirement} {self.outcome or 'open'}"
