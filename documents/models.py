"""What the store knows of each file. Rows are written by documents.services only."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents import words


class Status(models.TextChoices):
    WAITING = "waiting", _("Waiting for the virus check")
    CLEAN = "clean", _("Checked, no virus found")
    INFECTED = "infected", _("Virus found")
    UNCHECKABLE = "uncheckable", _("Cannot be checked for viruses")
    UNSCANNED = "unscanned", _("Not virus-checked")


UNSETTLED = (Status.WAITING, Status.UNSCANNED)
VERDICTS = (Status.CLEAN, Status.INFECTED, Status.UNCHECKABLE)


class Document(models.Model):
    """One file as it was received: its bytes never change; a new version supersedes it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=80, unique=True, editable=False)
    name = models.CharField(max_length=150)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    content_type = models.CharField(max_length=100)
    extension = models.CharField(max_length=8)
    active_content = models.JSONField(default=list, blank=True)
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    number = models.PositiveIntegerField(default=1)  # its place among the versions of the file
    sealed = models.BooleanField(default=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="uploads"
    )
    uploaded_by_name = models.CharField(max_length=200)
    uploaded_at = models.DateTimeField(default=timezone.now)
    status = models.CharField(max_length=12, choices=Status)
    verdict = models.CharField(max_length=200, blank=True)
    scan_due_at = models.DateTimeField(default=timezone.now)
    scanned_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    damaged_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ("-uploaded_at", "id")
        indexes = (
            models.Index(
                fields=["scan_due_at"], condition=models.Q(status__in=UNSETTLED), name="documents_to_scan"
            ),
            models.Index(fields=["verified_at"], name="documents_to_verify"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(status__in=Status.values), name="document_status_known"
            ),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="document_not_empty"),
        )
        triggers = (
            pgtrigger.Protect(
                name="sealed_stays", operation=pgtrigger.Delete, condition=pgtrigger.Q(old__sealed=True)
            ),
            pgtrigger.Protect(
                name="seal_holds",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__sealed=True, new__sealed=False),
            ),
            pgtrigger.ReadOnly(
                name="bytes_fixed",
                fields=[
                    "key",
                    "size",
                    "sha256",
                    "content_type",
                    "extension",
                    "supersedes",
                    "number",
                    "uploaded_at",
                ],
            ),
            pgtrigger.FSM(
                name="status_moves",
                field="status",
                transitions=[(start, end) for start in UNSETTLED for end in VERDICTS],
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def usable(self) -> bool:
        """May be opened and counts as evidence: checked clean, or unchecked outside production."""
        if self.damaged_at:
            return False
        return self.status == Status.CLEAN or (self.status == Status.UNSCANNED and not settings.PRODUCTION)

    @property
    def advice(self) -> str:
        """What the document's standing means for the person looking at it, and what they can do."""
        return str(words.DAMAGED if self.damaged_at else words.STATUS[self.status])

    @property
    def warning(self) -> str:
        """A sentence to show before the file is opened; empty when there is nothing to warn of."""
        return words.warning(self.active_content)


class Arrival(models.Model):
    """A storage key that no document owns (yet, or any more). The sweep removes what lies under old ones."""

    key = models.CharField(max_length=80, primary_key=True)
    started_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("arrival")
        verbose_name_plural = _("arrivals")

    def __str__(self) -> str:
        return self.key
