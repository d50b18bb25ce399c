"""What the store knows of each file. Rows are written by documents.services only."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents import names, words
from documents.preview import DRAWN
from documents.stores import PIECE


class Status(models.TextChoices):
    WAITING = "waiting", _("Waiting for the virus check")
    CLEAN = "clean", _("Checked, no virus found")
    INFECTED = "infected", _("Virus found")
    UNCHECKABLE = "uncheckable", _("Cannot be checked for viruses")
    UNSCANNED = "unscanned", _("Not virus-checked")


class Place(models.TextChoices):
    """Where bytes lie: an alias of STORAGES. What is in quarantine is never opened by anybody."""

    QUARANTINE = "quarantine"
    DOCUMENTS = "documents"


UNSETTLED = (Status.WAITING, Status.UNSCANNED)
VERDICTS = (Status.CLEAN, Status.INFECTED, Status.UNCHECKABLE)
READY = (Status.CLEAN, Status.UNSCANNED)
# A later check, with newer signatures, may find what the first one did not know.
FOUND_LATER = (Status.CLEAN, Status.INFECTED)


class Preview(models.TextChoices):
    DUE = "due"
    MADE = "made"
    NONE = "none"


class Document(models.Model):
    """One file as it was received: its bytes never change; a new version supersedes it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=80, unique=True, editable=False)
    stored_in = models.CharField(max_length=10, choices=Place, default=Place.DOCUMENTS, editable=False)
    version_id = models.CharField(
        max_length=1024, blank=True, editable=False
    )  # of a store that keeps versions
    name = models.CharField(max_length=names.LONGEST)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    content_type = models.CharField(max_length=100)
    extension = models.CharField(max_length=8)
    active_content = models.JSONField(default=list, blank=True)
    headings = models.JSONField(default=list, blank=True)  # of the first sheet of a workbook
    is_filled = models.BooleanField(null=True)  # whether a row below these holds something; None: not known
    page_count = models.PositiveIntegerField(null=True)  # None: not known, or of a kind without pages
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    number = models.PositiveIntegerField(default=1)  # its place among the versions of the file
    sealed = models.BooleanField(default=False)
    held_at = models.DateTimeField(
        null=True, editable=False
    )  # since when the store itself refuses to delete it
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
    preview = models.CharField(max_length=4, choices=Preview, default=Preview.DUE)
    preview_due_at = models.DateTimeField(default=timezone.now)
    # Written before its bytes are touched: from here on they may be gone. The row stays when they are.
    destroying_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ("-uploaded_at", "id")
        indexes = (
            models.Index(
                fields=["scan_due_at"], condition=models.Q(status__in=UNSETTLED), name="documents_to_scan"
            ),
            models.Index(
                fields=["verified_at"],
                condition=models.Q(destroying_at=None),
                name="documents_kept_to_verify",
            ),
            models.Index(
                fields=["destroying_at"],
                condition=models.Q(destroying_at__isnull=False, destroyed_at=None),
                name="documents_being_destroyed",
            ),
            models.Index(
                fields=["preview_due_at"],
                condition=models.Q(preview="due", extension__in=sorted(DRAWN)),
                name="documents_to_preview",
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(status__in=Status.values), name="document_status_known"
            ),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="document_not_empty"),
            models.CheckConstraint(
                condition=models.Q(preview__in=Preview.values), name="document_preview_known"
            ),
            models.CheckConstraint(
                condition=models.Q(stored_in=Place.DOCUMENTS)
                | models.Q(stored_in=Place.QUARANTINE) & ~models.Q(status__in=READY),
                name="document_ready_is_out_of_quarantine",
            ),
            models.CheckConstraint(
                condition=models.Q(destroyed_at=None) | models.Q(name="", destroying_at__isnull=False),
                name="document_destroyed_has_no_name",
            ),
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
            pgtrigger.Protect(
                name="tombstone_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__destroying_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="destroyed_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__destroyed_at__isnull=False)
                & (
                    pgtrigger.Q(new__destroyed_at__df=pgtrigger.F("old__destroyed_at"))
                    | pgtrigger.Q(new__destroying_at__df=pgtrigger.F("old__destroying_at"))
                ),
            ),
            pgtrigger.Protect(
                name="destroyed_as_announced",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(
                    old__destroying_at__isnull=True,
                    old__destroyed_at__isnull=True,
                    new__destroyed_at__isnull=False,
                ),
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
            pgtrigger.Protect(
                name="never_back_to_quarantine",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__stored_in=Place.DOCUMENTS, new__stored_in=Place.QUARANTINE),
            ),
            pgtrigger.Protect(
                name="version_fixed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__version_id__df=pgtrigger.F("new__version_id"))
                & pgtrigger.Q(old__stored_in=Place.DOCUMENTS)
                & ~pgtrigger.Q(old__version_id=""),
            ),
            pgtrigger.FSM(
                name="status_moves",
                field="status",
                transitions=[*((start, end) for start in UNSETTLED for end in VERDICTS), FOUND_LATER],
            ),
        )

    def __str__(self) -> str:
        return self.called

    @property
    def called(self) -> str:
        """Its name, or that it is destroyed, since then it has none."""
        return self.name or str(words.NAME_OF_DESTROYED)

    @property
    def usable(self) -> bool:
        """May be opened and counts as evidence: checked clean, or unchecked outside production."""
        if self.damaged_at or self.destroying_at:
            return False
        return self.status == Status.CLEAN or (self.status == Status.UNSCANNED and not settings.PRODUCTION)

    @property
    def advice(self) -> str:
        """What the document's standing means for the person looking at it, and what they can do."""
        if self.destroying_at:
            return words.destroyed(self.destroyed_at)
        return str(words.DAMAGED if self.damaged_at else words.STATUS[self.status])

    @property
    def warning(self) -> str:
        """A sentence to show before the file is opened; empty when there is nothing to warn of."""
        return words.warning(self.active_content)

    @property
    def caution(self) -> str:
        """What whoever gave the file reads of what runs by itself in it; mostly empty."""
        return words.caution(self.active_content) if self.usable else ""

    @property
    def has_preview(self) -> bool:
        return self.usable and self.preview == Preview.MADE

    @property
    def preview_is_due(self) -> bool:
        return self.usable and self.extension in DRAWN and self.preview == Preview.DUE

    @property
    def preview_note(self) -> str:
        """Why a file that can be opened has no preview; empty where it has one."""
        if not self.usable or self.has_preview:
            return ""
        return str(words.PREVIEW[self.preview] if self.extension in DRAWN else words.NO_PREVIEW_OF_KIND)


class Picture(models.Model):
    """The first page of a document as a picture of ours, in one of the sizes that are made."""

    LARGE, SMALL = "large", "small"
    SIZES = [(LARGE, "large"), (SMALL, "small")]

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="pictures")
    size = models.CharField(max_length=5, choices=SIZES)
    key = models.CharField(max_length=80, unique=True, editable=False)
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("picture of a document")
        verbose_name_plural = _("pictures of documents")
        constraints = (
            models.UniqueConstraint(fields=["document", "size"], name="documents_picture_once_a_size"),
        )

    def __str__(self) -> str:
        return f"{self.document_id} {self.size}"


class Arrival(models.Model):
    """A storage key that no document owns (yet, or any more). The sweep removes what lies under old ones."""

    key = models.CharField(max_length=80, primary_key=True)
    started_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("arrival")
        verbose_name_plural = _("arrivals")

    def __str__(self) -> str:
        return self.key


class Incoming(models.Model):
    """A file that comes in pieces, and how much of it lies in the store. ``place`` is what it is given for,
    in the words of whoever takes it; ``mark`` tells the same file from another of its name and size. Once it
    is whole and taken it keeps its document for a while, so that what is asked twice has one answer.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=80, unique=True, editable=False)
    handle = models.CharField(max_length=1024, blank=True)
    name = models.CharField(max_length=names.LONGEST)
    size = models.PositiveBigIntegerField()
    declared_type = models.CharField(max_length=100, blank=True)
    place = models.CharField(max_length=200)
    mark = models.CharField(max_length=64, blank=True)
    came = models.PositiveBigIntegerField(default=0)
    crc = models.PositiveBigIntegerField(default=0)  # CRC-32 of what came
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="incoming_files"
    )
    started_at = models.DateTimeField(default=timezone.now, db_index=True)
    document = models.OneToOneField(Document, null=True, on_delete=models.CASCADE, related_name="came_as")

    class Meta:
        verbose_name = _("incoming file")
        verbose_name_plural = _("incoming files")
        ordering = ("started_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["started_by", "place", "name", "size", "declared_type", "mark"],
                condition=models.Q(document=None),
                name="documents_incoming_once",
            ),
            models.CheckConstraint(
                condition=models.Q(came__lte=models.F("size"), size__gt=0),
                name="documents_incoming_no_more_than_its_size",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def next_piece(self) -> int:
        """The length of the piece that is to come now; 0 where all came."""
        return min(PIECE, self.size - self.came)
