"""What happens to a file after it was taken: sealed, proven, deleted, swept."""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor, System
from audit.services import record
from documents import storage
from documents.errors import Kept, NotUsable, Rejected
from documents.models import Arrival, Document, Incoming, Picture

log = logging.getLogger(__name__)
KEEPER = System("document keeper")


@transaction.atomic
def seal(*, documents: Iterable[Document]) -> None:
    """Make documents part of a submission, for good. Call it in the submitting transaction, which writes
    the audit event.

    Raises NotUsable, naming the file, when one of them may not be opened: nothing unread is ever submitted.
    """
    wanted = {document.pk for document in documents}
    locked = Document.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")
    for document in locked:
        if not document.usable:
            raise NotUsable("not_usable", f"{document.name}: {document.advice}")
    Document.objects.filter(pk__in=wanted).update(sealed=True)


@transaction.atomic
def delete_unsealed(*, document: Document, actor: Actor) -> None:
    """Remove a document that no submission holds and no newer version stands on.

    Effects in order: delete the row and those of its preview, give their keys to the sweep, append
    ``document.deleted``; remove the bytes after commit. Raises Kept otherwise.
    """
    row = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if row.sealed:
        raise Kept(
            "sealed", _("This file is part of a submission and is kept. Upload a new version instead.")
        )
    if Document.objects.filter(supersedes=row).exists():
        raise Kept("superseded", _("A newer version of this file exists. Delete the newer version first."))
    release_pictures(row)
    _release(row.key)
    record_subject, digest, state = f"document:{row.pk}", row.sha256, row.status
    row.delete()
    record(
        subject=record_subject,
        kind="document.deleted",
        actor=actor,
        from_state=state,
        data={"sha256": digest},
    )


def release_pictures(document: Document) -> None:
    """A part of what takes a preview away, inside its transaction."""
    for picture in document.pictures.all():
        _release(picture.key)
    document.pictures.all().delete()


def _release(key: str) -> None:
    """Give a key to the sweep, and remove what lies under it after commit."""
    Arrival.objects.create(key=key)
    transaction.on_commit(lambda: discard(key), robust=True)


def discard(key: str) -> None:
    """Remove what lies under a key that nothing owns, then the note of it."""
    if not _is_owned(key) and storage.remove(key):
        Arrival.objects.filter(key=key).delete()


def not_kept(key: str) -> Rejected:
    """A storage that fails is ours to mend, and logged; the person reads that nothing was kept."""
    log.exception("An uploaded file could not be stored under %s", key)
    message = _("The file could not be stored, and nothing of it was kept. Upload it again in a few minutes.")
    return Rejected("failed", message)


def _is_owned(key: str) -> bool:
    return Document.objects.filter(key=key).exists() or Picture.objects.filter(key=key).exists()


def sweep(*, before: datetime) -> int:
    """Remove what uploads and deletions from before that time left behind; how many keys were looked at.

    Uploads in pieces that were not finished go first, so that none becomes a document while its bytes go.
    """
    Incoming.objects.filter(started_at__lt=before).delete()
    keys = list(Arrival.objects.filter(started_at__lt=before).values_list("key", flat=True))
    for key in keys:
        discard(key)
    return len(keys)


def verify_integrity(*, before: datetime, limit: int = 200) -> int:
    """Hash the stored files that were last proven before that time, oldest first; how many were looked at.

    A file that is gone or changed is marked damaged, recorded and logged; it can no longer be opened.
    """
    due = Document.objects.filter(verified_at=None) | Document.objects.filter(verified_at__lt=before)
    documents = list(due.order_by("verified_at", "pk")[:limit])
    for document in documents:
        found = _difference(document)
        if found:
            record_damage(document=document, found=found)
        Document.objects.filter(pk=document.pk).update(verified_at=timezone.now())
    return len(documents)


def _difference(document: Document) -> str:
    try:
        with storage.opened(document.key) as stored:
            return "" if storage.digest(stored) == document.sha256 else "changed"
    except FileNotFoundError:
        return "missing"


@transaction.atomic
def record_damage(*, document: Document, found: str) -> None:
    """Mark a document damaged, once, append ``document.damaged`` and log it as an error."""
    log.error("Document %s is %s in the store (key %s)", document.pk, found, document.key)
    now = timezone.now()
    if Document.objects.filter(pk=document.pk, damaged_at=None).update(damaged_at=now):
        record(subject=f"document:{document.pk}", kind="document.damaged", actor=KEEPER, reason=found)
