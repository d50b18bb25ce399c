"""What happens to a file after it was taken: sealed, proven, deleted, swept."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import IO

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor, System
from audit.services import record
from documents import storage
from documents.errors import Kept, NotUsable, Rejected
from documents.models import Arrival, Document, Incoming, Picture, Place

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
    if settings.DOCUMENTS_OBJECT_LOCK:
        transaction.on_commit(lambda: current_app.send_task("documents.tasks.hold_sealed"), robust=True)


@transaction.atomic
def delete_unsealed(*, document: Document, actor: Actor) -> None:
    """Remove a document that no submission holds, no newer version stands on and no rule destroys.

    Effects in order: delete the row and those of its preview, give their keys to the sweep, append
    ``document.deleted``; let the worker remove the bytes after commit. Raises Kept otherwise.
    """
    row = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if row.sealed:
        raise Kept(
            "sealed", _("This file is part of a submission and is kept. Upload a new version instead.")
        )
    if row.destroying_at:
        raise Kept("destroyed", row.advice)
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
    """Give a key to the sweep, and send for the worker after commit: who serves pages may delete nothing of
    the documents. Where the broker is down, the sweep comes.
    """
    Arrival.objects.get_or_create(key=key)
    transaction.on_commit(lambda: current_app.send_task("documents.tasks.discard_one", [key]), robust=True)


@transaction.atomic
def discard(key: str, *, among: Iterable[str] = Place.values) -> None:
    """Remove what lies under a key anywhere but where a row says that it lies, then the note of it.

    The note is locked meanwhile. Who is about to make a row of what lies there finds it gone afterwards.
    """
    note = Arrival.objects.select_for_update().filter(key=key).first()
    if note is None:
        return
    home = _home(key)
    gone = [storage.remove(key, place=place) for place in among if place != home]
    if all(gone):
        note.delete()


def not_kept(key: str) -> Rejected:
    """A storage that fails is ours to mend, and logged; the person reads that nothing was kept."""
    log.exception("An uploaded file could not be stored under %s", key)
    message = _("The file could not be stored, and nothing of it was kept. Upload it again in a few minutes.")
    return Rejected("failed", message)


def _home(key: str) -> str | None:
    if Picture.objects.filter(key=key).exists():
        return Place.DOCUMENTS
    return Document.objects.filter(key=key).values_list("stored_in", flat=True).first()


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

    A file that is gone, changed, or hidden by what was written over it, is marked damaged, recorded and
    logged; it can no longer be opened. One from before versions were remembered has its own written down.
    """
    never, long_ago = Q(verified_at=None), Q(verified_at__lt=before)
    due = Document.objects.filter(never | long_ago, destroying_at=None)
    documents = list(due.order_by("verified_at", "pk")[:limit])
    for document in documents:
        found = _proven(document)
        if found:
            record_damage(document=document, found=found)
        document.verified_at = timezone.now()
        document.save(update_fields=["verified_at", "version_id"])
    return len(documents)


def _proven(document: Document) -> str:
    try:
        with storage.bytes_of(document) as stored:
            found = difference(document, stored)
    except FileNotFoundError:
        return "missing"
    if not found and not document.version_id:
        document.version_id = storage.shown(document) or ""
    return found


def difference(document: Document, stored: IO[bytes]) -> str:
    """What is wrong with what lies in the store, in a word; empty where nothing is."""
    if storage.digest(stored) != document.sha256:
        return "changed"
    shown = storage.shown(document) if document.version_id else ""
    if shown == document.version_id:
        return ""
    return "hidden" if shown is None else "replaced"


def hold_sealed() -> None:
    """Let the store itself refuse to delete what was submitted, where it does not yet."""
    due = Document.objects.filter(sealed=True, held_at=None, destroying_at=None).exclude(version_id="")
    for document in due.iterator():
        try:
            storage.hold(document)
        except Exception:
            log.exception("Document %s could not be locked in the store; it is tried again", document.pk)
        else:
            Document.objects.filter(pk=document.pk).update(held_at=timezone.now())


@transaction.atomic
def record_damage(*, document: Document, found: str) -> None:
    """Mark a document damaged, once, append ``document.damaged`` and log it as an error. What is destroyed as
    the rule has it is not damaged.
    """
    if Document.objects.filter(pk=document.pk, destroying_at__isnull=False).exists():
        return
    log.error(
        "Document %s is %s in the store (%s, key %s, version %s)",
        document.pk, found, document.stored_in, document.key, document.version_id or "none",
    )  # fmt: skip
    now = timezone.now()
    if Document.objects.filter(pk=document.pk, damaged_at=None, destroying_at=None).update(damaged_at=now):
        record(subject=f"document:{document.pk}", kind="document.damaged", actor=KEEPER, reason=found)
