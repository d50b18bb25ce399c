"""Named reads of the store."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from documents.models import UNSETTLED, Document, Preview, Status
from documents.preview import DRAWN


def kept() -> QuerySet[Document]:
    """Whose bytes are there, as they came."""
    return Document.objects.filter(damaged_at=None, destroying_at=None)


def due_for_scan(*, limit: int = 50) -> list[UUID]:
    """Documents whose check is due, longest waiting first."""
    due = kept().filter(status__in=UNSETTLED, scan_due_at__lte=timezone.now())
    return list(due.order_by("scan_due_at").values_list("pk", flat=True)[:limit])


def due_for_another_scan(*, before: datetime, limit: int) -> list[UUID]:
    """Clean documents that were last checked before that time, longest ago first."""
    due = kept().filter(status=Status.CLEAN, scanned_at__lt=before)
    return list(due.order_by("scanned_at").values_list("pk", flat=True)[:limit])


def to_preview() -> QuerySet[Document]:
    """Ready documents of a kind that has a preview, and which have none yet."""
    return Document.objects.filter(usable(), preview=Preview.DUE, extension__in=DRAWN)


def due_for_preview(*, limit: int = 20) -> list[UUID]:
    """The newest first: somebody may be looking at them."""
    due = to_preview().filter(preview_due_at__lte=timezone.now())
    return list(due.order_by("-uploaded_at").values_list("pk", flat=True)[:limit])


def waiting_since() -> datetime | None:
    """When the longest waiting document came in; None when none waits. For health and alarms."""
    waiting = Document.objects.filter(status=Status.WAITING, destroying_at=None)
    return waiting.aggregate(since=Min("uploaded_at"))["since"]


def chain(document: Document) -> list[Document]:
    """Every version of the document, newest first."""
    newest = document
    while following := Document.objects.filter(supersedes=newest).first():
        newest = following
    versions = [newest]
    while versions[-1].supersedes:
        versions.append(versions[-1].supersedes)
    return versions


BEFORE = """
    WITH RECURSIVE before (newest, id) AS (
        SELECT id, supersedes_id FROM documents_document WHERE id = ANY(%s)
        UNION ALL
        SELECT before.newest, d.supersedes_id FROM documents_document d JOIN before ON d.id = before.id
    )
    SELECT d.*, before.newest FROM documents_document d JOIN before USING (id) ORDER BY d.number DESC
"""


def earlier(documents: Collection[Document]) -> dict[UUID, list[Document]]:
    """The versions before each of these documents, newest first: one query, and none where all are first."""
    later = [document.pk for document in documents if document.number > 1]
    found: dict[UUID, list[Document]] = defaultdict(list)
    if later:
        rows: Any = Document.objects.raw(BEFORE, [later])
        for document in rows:
            found[document.newest].append(document)
    return found


def usable(document: str = "") -> Q:
    """What ``Document.usable`` says, for a filter; of what has a document, by the name of its field."""
    statuses = [Status.CLEAN] if settings.PRODUCTION else [Status.CLEAN, Status.UNSCANNED]
    before = f"{document}__" if document else ""
    whole = {f"{before}damaged_at": None, f"{before}destroying_at": None}
    return Q(**{f"{before}status__in": statuses}, **whole)


def same_bytes(document: Document) -> QuerySet[Document]:
    """Other documents that hold exactly the same bytes. The caller narrows it to what the reader may see."""
    return Document.objects.filter(sha256=document.sha256).exclude(pk=document.pk)
