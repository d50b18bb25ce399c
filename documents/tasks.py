"""What the worker and the timer call."""

import logging
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from documents import queries, services
from documents.clamd import Clamd, NoAnswer
from documents.probe import signatures_of

log = logging.getLogger(__name__)
ORPHAN_AFTER = timedelta(hours=24)
WAITS_TOO_LONG = timedelta(minutes=15)
AGAIN_AFTER = timedelta(hours=20)
AGAIN_A_DAY = 5_000
SIGNATURES_TOO_OLD = timedelta(hours=48)


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
def scan_again() -> None:
    """Check clean files with the signatures of today, those first that were checked longest ago; stop at the
    first that got no verdict.
    """
    if not settings.CLAMD_ADDRESS:
        return
    before = timezone.now() - AGAIN_AFTER
    for document_id in queries.due_for_another_scan(before=before, limit=AGAIN_A_DAY):
        if not services.scan_again(document_id=document_id):
            return


@shared_task
def watch_scanner() -> None:
    """Say as an error what somebody has to look at: files that wait, a scanner with old signatures."""
    if not settings.CLAMD_ADDRESS:
        return
    now, since = timezone.now(), queries.waiting_since()
    if since and now - since > WAITS_TOO_LONG:
        log.error("A file has waited for the virus check since %s", since.isoformat(timespec="minutes"))
    try:
        made = signatures_of(Clamd(settings.CLAMD_ADDRESS, timeout=settings.CLAMD_TIMEOUT))
    except NoAnswer as error:
        log.error("The virus scanner does not answer: %s", error)
        return
    if made and now - made > SIGNATURES_TOO_OLD:
        log.error("The signatures of the virus scanner are of %s", made.isoformat(timespec="minutes"))


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
    """Prove every stored file once, in batches; lock what was submitted since, where a message was lost."""
    started = timezone.now()
    while services.verify_integrity(before=started):
        pass
    hold_sealed()


@shared_task
def hold_sealed() -> None:
    if settings.DOCUMENTS_OBJECT_LOCK:
        services.hold_sealed()


@shared_task
def discard_one(key: str) -> None:
    services.discard(key)


@shared_task
def sweep() -> None:
    services.sweep(before=timezone.now() - ORPHAN_AFTER)
