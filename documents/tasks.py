"""What the worker and the timer call."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from documents import queries, services

ORPHAN_AFTER = timedelta(hours=24)


@shared_task
def scan_one(document_id: str) -> None:
    services.scan(document_id=document_id)


@shared_task
def scan_waiting() -> None:
    """Scan what is due; stop at the first that got no verdict, since the scanner is likely away."""
    if not settings.CLAMD_ADDRESS:
        return
    for document_id in queries.due_for_scan():
        if not services.scan(document_id=document_id):
            return


@shared_task
def preview_one(document_id: str) -> None:
    services.make_preview(document_id=document_id)


@shared_task
def preview_waiting() -> None:
    """Make the previews that are due: of files from before there were any, and where a message was lost."""
    for document_id in queries.due_for_preview():
        services.make_preview(document_id=document_id)


@shared_task
def verify_integrity() -> None:
    """Prove every stored file once, in batches."""
    started = timezone.now()
    while services.verify_integrity(before=started):
        pass


@shared_task
def sweep() -> None:
    services.sweep(before=timezone.now() - ORPHAN_AFTER)
