"""Named reads of the store."""

from datetime import datetime
from uuid import UUID

from django.db.models import Min, QuerySet
from django.utils import timezone

from documents.models import UNSETTLED, Document, Status


def due_for_scan(*, limit: int = 50) -> list[UUID]:
    """Documents whose check is due, longest waiting first."""
    due = Document.objects.filter(status__in=UNSETTLED, scan_due_at__lte=timezone.now(), damaged_at=None)
    return list(due.order_by("scan_due_at").values_list("pk", flat=True)[:limit])


def waiting_since() -> datetime | None:
    """When the longest waiting document came in; None when none waits. For health and alarms."""
    waiting = Document.objects.filter(status=Status.WAITING)
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


def same_bytes(document: Document) -> QuerySet[Document]:
    """Other documents that hold exactly the same bytes. The caller narrows it to what the reader may see."""
    return Document.objects.filter(sha256=document.sha256).exclude(pk=document.pk)
