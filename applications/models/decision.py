"""Recommendation, decision, conditions, and the road to a refusal. Law is stored as at the day."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.case import Application
from applications.models.submitted import Snapshot

USER = settings.AUTH_USER_MODEL


class Recommendation(models.Model):
    append_only = True

    GRANT, REFUSE = "grant", "refuse"
    OUTCOMES = [(GRANT, _("Grant")), (REFUSE, _("Refuse"))]

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="recommendations")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=OUTCOMES)
    grounds = models.JSONField(default=list)
    reason = models.TextField()
    law = models.JSONField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.application} {self.outcome}"


class Decision(models.Model):
    """What a decision maker decided, under which law and on which snapshot."""

    append_only = True

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="decisions")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    grounds = models.JSONField(default=list)
    reason = models.TextField()
    departs = models.TextField(blank=True)  # why it departs from the recommendation or the panel
    law = models.JSONField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.application} {self.kind}"


class ConditionQuerySet(models.QuerySet["Condition"]):
    def in_force(self) -> Self:
        """Of the approval that stands: those of an approval that was undone are history."""
        return self.filter(undone_at=None)


class Condition(models.Model):
    """A condition of an approval in principle, until a reviewer verifies it as met.

    ``owner`` is who brings it about; ``effect`` what is meant to follow where it is not met by its day, in
    words of ours where it is another one. Nothing follows by itself: people are told, and decide.

    It belongs to the approval that set it. Since ``undone_at``, when the case went back into review, it
    counts for nothing: not waited for, not reminded of, not verified and not carried over to a licence.
    """

    FIRM, CASE_OFFICER, REVIEWER, LEAD_REVIEWER = "firm", "case_officer", "reviewer", "lead_reviewer"
    OWNERS = [
        (FIRM, _("The firm")),
        (CASE_OFFICER, _("Case officer")),
        (REVIEWER, _("Reviewer")),
        (LEAD_REVIEWER, _("Lead reviewer")),
    ]
    LAPSE, REOPEN, CARRY, OTHER = "lapse", "reopen", "carry", "other"
    EFFECTS = [
        (LAPSE, _("The approval in principle lapses at its end")),
        (REOPEN, _("The review is reopened")),
        (CARRY, _("It is carried over to the licence")),
        (OTHER, _("Something else, as written")),
    ]

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="conditions")
    number = models.PositiveIntegerField()
    text = models.TextField(_("condition"))
    due_on = models.DateField(null=True, blank=True)
    owner = models.CharField(_("who brings it about"), max_length=20, choices=OWNERS, default=FIRM)
    wanted = models.TextField(_("evidence wanted"), blank=True)
    effect = models.CharField(_("if it is not met"), max_length=10, choices=EFFECTS, default=LAPSE)
    effect_text = models.TextField(_("what follows then"), blank=True)
    evidence = models.TextField(_("how it was met"), blank=True)
    verified_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ConditionQuerySet.as_manager()

    class Meta:
        ordering = ["application", "number"]
        constraints = [
            models.UniqueConstraint(fields=["application", "number"], name="applications_condition_once"),
            models.CheckConstraint(
                condition=~models.Q(effect="other") | ~models.Q(effect_text=""),
                name="applications_condition_effect_said",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text[:60]}"

    @property
    def holds_up(self) -> bool:
        """The grant waits for it: in force, not verified, and not to be carried over to the licence."""
        return self.undone_at is None and self.verified_at is None and self.effect != self.CARRY


class RefusalNotice(models.Model):
    """The preliminary notice: grounds and evidence; the period starts when service is recorded."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="refusal_notices")
    grounds = models.JSONField()
    evidence = models.TextField()
    text = models.TextField()
    proposed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    served_on = models.DateField(null=True, blank=True)
    served_how = models.TextField(blank=True)
    representations_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["proposed_at"]

    def __str__(self) -> str:
        return f"{self.application} {self.proposed_at:%Y-%m-%d}"


class Representation(models.Model):
    """What the firm says against a proposed refusal, and our answer."""

    notice = models.ForeignKey(RefusalNotice, on_delete=models.PROTECT, related_name="representations")
    text = models.TextField()
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    our_answer = models.TextField(blank=True)
    accepted = models.BooleanField(default=False)
    answered_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["made_at"]

    def __str__(self) -> str:
        return self.text[:60]
