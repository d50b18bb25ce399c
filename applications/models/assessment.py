"""What the regulator's side finds, asks and notes."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.case import Application
from applications.models.friction import OF_FINDINGS
from applications.models.people import Person
from applications.models.submitted import Snapshot

USER = settings.AUTH_USER_MODEL


class Finding(models.Model):
    """The assessment of one requirement, once or for one person, against a snapshot.

    Made open for each question when a snapshot is made. ``affected`` says that the answer has changed since.
    """

    OPEN, MET, SUBJECT, WAIVED, NOT_APPLICABLE, QUERY, DEFICIENT = (
        "", "met", "met_subject", "waived", "not_applicable", "query", "deficient",
    )  # fmt: skip
    OUTCOMES = [
        (OPEN, _("Not assessed")),
        (MET, _("Met")),
        (SUBJECT, _("Met subject to condition")),
        (WAIVED, _("Waived")),
        (NOT_APPLICABLE, _("Agreed not applicable")),
        (QUERY, _("Query")),
        (DEFICIENT, _("Deficient")),
    ]
    SETTLED = (MET, SUBJECT, WAIVED, NOT_APPLICABLE)

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="findings")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="findings")
    stage = models.CharField(max_length=30)
    requirement = models.CharField(max_length=30)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="findings"
    )
    due = models.CharField(max_length=20)
    outcome = models.CharField(max_length=20, choices=OUTCOMES, blank=True, default=OPEN)
    note = models.TextField(blank=True)
    condition = models.TextField(blank=True)
    affected = models.BooleanField(default=False)
    assessed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    assessed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["application", "stage", "requirement", "person"]
        triggers = OF_FINDINGS
        constraints = [
            models.UniqueConstraint(
                fields=["application", "requirement", "person"],
                nulls_distinct=False,
                name="applications_finding_once",
            )
        ]
        indexes = [models.Index(fields=["application", "stage", "outcome"])]

    def __str__(self) -> str:
        return f"{self.requirement} {self.outcome or 'open'}"


class CompletenessCheck(models.Model):
    """A case officer's check that a submission is complete; named gaps where it is not."""

    append_only = True

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="completeness_checks")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    passed = models.BooleanField()
    checked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["checked_at"]

    def __str__(self) -> str:
        return f"{self.application} {self.passed}"


class Gap(models.Model):
    append_only = True

    check_made = models.ForeignKey(CompletenessCheck, on_delete=models.PROTECT, related_name="gaps")
    requirement = models.CharField(max_length=30)
    text = models.TextField()

    class Meta:
        ordering = ["requirement"]

    def __str__(self) -> str:
        return f"{self.requirement}: {self.text}"


class ChangeNotice(models.Model):
    """A change that the firm reports before the decision; open until a reviewer says what it means."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="change_notices")
    text = models.TextField()
    notified_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    notified_at = models.DateTimeField(auto_now_add=True)
    resolution = models.TextField(blank=True)
    resolved_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["notified_at"]

    def __str__(self) -> str:
        return self.text[:60]


class ConflictOfInterest(models.Model):
    """Declared by a member of staff: blocks the human, whatever the account."""

    append_only = True

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="conflicts")
    human = models.CharField(max_length=64)
    declared_by_name = models.CharField(max_length=250)
    text = models.TextField()
    declared_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["application", "human"])]

    def __str__(self) -> str:
        return f"{self.application} {self.declared_by_name}"


class Note(models.Model):
    """An internal note. Never visible to the firm."""

    append_only = True

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField()
    author = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.text[:60]
