"""The virus check."""

import logging
from datetime import timedelta
from typing import IO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.actors import System
from audit.services import record
from documents import queries, storage
from documents.clamd import Clamd, NoAnswer
from documents.models import FOUND_LATER, UNSETTLED, Document, Place, Status
from documents.probe import ProbeFailed, probe
from documents.services.keeping import discard, record_damage
from documents.services.moving import NotMoved, leave_quarantine, note
from documents.services.previewing import wake_drawer
from documents.verdicts import verdict

log = logging.getLogger(__name__)
SCANNER = System("virus scanner")
RETRY_AFTER = timedelta(seconds=30)
# Longer than a scan may take: a claim outlives the scan, and ends by itself when a worker is killed.
CLAIM = timedelta(seconds=2 * settings.CLAMD_TIMEOUT + 60)


def scan(*, document_id: UUID | str) -> bool:
    """Check one document that waits; whether the scanner gave a verdict (or there was nothing to do).

    Effects in order: claim the document (a second worker finds it taken); prove the scanner, once per
    process; compare the stored bytes with the hash they came with; send them to the scanner; where they are
    clean, note that they are about to move; in one transaction copy them out of quarantine, write the verdict
    and the place, append ``document.scanned`` and call DOCUMENT_VERDICT_HANDLERS; remove them from
    quarantine, and send for the preview. No answer, one that settles nothing, or a store that fails, leaves
    the document waiting and due again soon.
    """
    document = _claim(document_id)
    if document is None:
        return True
    answered, found = _asked(document)
    if found:
        answered = _settled(document, *found)
    if not answered:
        Document.objects.filter(pk=document.pk).update(scan_due_at=timezone.now() + RETRY_AFTER)
    return answered


def scan_again(*, document_id: UUID | str) -> bool:
    """Check a clean document with the signatures of today; whether the scanner gave a verdict.

    Effects in order: prove the scanner, once per process; compare the stored bytes with the hash they came
    with; send them to the scanner; where it finds a virus now, in one transaction write so, append
    ``document.scanned`` and call DOCUMENT_VERDICT_HANDLERS; otherwise write when it was checked.
    """
    document = queries.kept().filter(pk=document_id, status=Status.CLEAN).first()
    if document is None:
        return True
    answered, found = _asked(document)
    if found and found[0] == Status.INFECTED:
        _write(document.pk, *found)
    elif answered:
        Document.objects.filter(pk=document.pk).update(scanned_at=timezone.now())
    return answered


def _asked(document: Document) -> tuple[bool, tuple[Status, str] | None]:
    """Whether the scanner settled it, and how. A document that is found damaged is settled so."""
    try:
        with storage.bytes_of(document) as stored:
            if storage.digest(stored) != document.sha256:
                record_damage(document=document, found="changed")
                return True, None
            found = _checked(document, stored)
    except FileNotFoundError:
        record_damage(document=document, found="missing")
        return True, None
    except (NoAnswer, ProbeFailed) as error:
        log.error("Document %s was not checked: %s", document.pk, error)
        return False, None
    return found is not None, found


@transaction.atomic
def _claim(document_id: UUID | str) -> Document | None:
    now = timezone.now()
    due = queries.kept().filter(pk=document_id, status__in=UNSETTLED, scan_due_at__lte=now)
    document = due.select_for_update(skip_locked=True, of=("self",)).first()
    if document is None or not settings.CLAMD_ADDRESS:
        return None
    document.scan_due_at = now + CLAIM
    document.save(update_fields=["scan_due_at"])
    return document


def _checked(document: Document, stored: IO[bytes]) -> tuple[Status, str] | None:
    clamd = Clamd(settings.CLAMD_ADDRESS, timeout=settings.CLAMD_TIMEOUT)
    probe(clamd)
    reply = clamd.scan(stored)
    found = verdict(reply)
    if found is None:
        log.error("Document %s was not checked: the scanner replied %r", document.pk, reply)
    return found


def _settled(document: Document, status: Status, words: str) -> bool:
    """Whether the verdict is written; not where a clean file could not be moved."""
    moves = status == Status.CLEAN and document.stored_in == Place.QUARANTINE
    if moves:
        note(document)
    try:
        _write(document.pk, status, words)
    except NotMoved:
        log.exception("Document %s is clean, and could not be taken out of quarantine", document.pk)
        return False
    if moves:
        discard(document.key)
    return True


@transaction.atomic
def _write(document_id: UUID, status: Status, words: str) -> None:
    """The row is locked while its bytes are copied: of two who copy, one would write over what the other has
    already given out. Rows that point at it may be written meanwhile.
    """
    document = Document.objects.select_for_update(of=("self",), no_key=True).get(pk=document_id)
    if document.destroying_at:
        return
    if document.status not in UNSETTLED and (document.status, status) != FOUND_LATER:
        return
    if status == Status.CLEAN:
        leave_quarantine(document)
    before, document.status, document.verdict = document.status, status, words
    document.scanned_at = timezone.now()
    document.save(update_fields=["status", "verdict", "scanned_at", "stored_in", "version_id"])
    record(
        subject=f"document:{document.pk}",
        kind="document.scanned",
        actor=SCANNER,
        from_state=before,
        to_state=status,
        reason=words,
    )
    for handler in settings.DOCUMENT_VERDICT_HANDLERS:
        import_string(handler)(document)
    if document.preview_is_due:
        transaction.on_commit(lambda: wake_drawer(document), robust=True)
