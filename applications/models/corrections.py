"""Clerical corrections: a slip in what was written, put right beside it. What was written never changes."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models.case import Application

USER = settings.AUTH_USER_MODEL


class Correction(models.Model):
    """Some words of a record that is written once, and what they should have been. Proposed by one person; it
    counts once another confirmed it. It knows texts alone: no outcome, no ground and no state.
    """

    append_only = True

    DECISION, RECOMMENDATION, LETTER, CONDITION = "decision", "recommendation", "letter", "condition"
    RECORDS = [
        (DECISION, _("Reason of a decision")),
        (RECOMMENDATION, _("Reason of a recommendation")),
        (LETTER, _("Letter")),
        (CONDITION, _("Condition")),
    ]

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="corrections")
    record = models.CharField(max_length=20, choices=RECORDS)
    record_pk = models.PositiveBigIntegerField()
    old = models.TextField(_("words as they stand"))
    new = models.TextField(_("words as they should be"))
    reason = models.TextField(_("why it is a slip"))
    proposed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    proposed_human = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["proposed_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(proposed_human=""), name="applications_correction_known"),
            models.CheckConstraint(condition=~Q(old=F("new")), name="applications_correction_differs"),
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.record} {self.record_pk}"


class CorrectionAnswer(models.Model):
    """The second person, who confirmed the correction or declined it."""

    append_only = True

    correction = models.OneToOneField(Correction, on_delete=models.PROTECT, related_name="answer")
    confirmed = models.BooleanField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    human = models.CharField(max_length=64)
    proposed_human = models.CharField(max_length=64)  # as the correction has it, for the constraint
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(human="") & ~Q(human=F("proposed_human")),
                name="applications_correction_two_people",
            )
        ]

    def __str__(self) -> str:
        return f"{self.correction} {'confirmed' if self.confirmed else 'declined'}"
