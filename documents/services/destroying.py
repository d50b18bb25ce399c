"""The bytes of a document go, and its row stays: what lay there, of what size and with what hash."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from audit.services import record
from documents import storage
from documents.models import Document, Incoming


def lock(documents: Iterable[UUID]) -> list[Document]:
    """The documents, locked against everything that would give one of them a further place."""
    rows = Document.objects.select_for_update(of=("self",)).filter(pk__in=list(documents))
    return list(rows.order_by("pk"))


def announce(*, documents: Collection[Document]) -> None:
    """Say of locked documents that their bytes go, before any do: from the commit on nobody opens, checks or
    copies them. Call it in a transaction that writes the audit event, and ``destroy`` or ``spare`` each
    afterwards, in as many attempts as it takes.
    """
    ids = [document.pk for document in documents]
    Document.objects.filter(pk__in=ids, destroying_at=None).update(destroying_at=timezone.now())


@transaction.atomic
def destroy(*, document_id: UUID, actor: Actor, why: str) -> bool:
    """Destroy what was announced; whether nothing of it lies in the store any more. It may be called again.

    Effects in order: lock the document; remove every version of the bytes of its previews and of its own; the
    rows of its previews and what is known of how it came go; its name and headings are blanked and
    ``destroyed_at`` set; the audit event. Where the store fails all of it is left for another attempt. Raises
    RuntimeError for a document that was not announced.
    """
    document = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
    if document.destroyed_at:
        return True
    if not document.destroying_at:
        raise RuntimeError(f"document {document_id} was not announced to be destroyed")
    keys = [*document.pictures.values_list("key", flat=True), document.key]
    if not all(storage.destroy(key) for key in keys):
        return False
    document.pictures.all().delete()
    Incoming.objects.filter(document=document).delete()
    document.name, document.headings, document.destroyed_at = "", [], timezone.now()
    document.save(update_fields=["name", "headings", "destroyed_at"])
    record(
        subject=f"document:{document.pk}",
        kind="document.destroyed",
        actor=actor,
        reason=why,
        data={"sha256": document.sha256, "size": document.size},
    )
    return True


@transaction.atomic
def spare(*, document_id: UUID, actor: Actor, why: str) -> bool:
    """Take back what was announced; whether it is settled. Where an attempt that was cut short took the bytes
    already, the document is destroyed instead, and says so.

    Effects in order: lock the document; look whether its bytes are there; the announcement goes; the audit
    event. Raises whatever a storage that fails raises.
    """
    document = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
    if document.destroyed_at or not document.destroying_at:
        return True
    if not storage.is_there(document):
        return destroy(document_id=document_id, actor=actor, why=why)
    document.destroying_at = document.held_at = None  # an attempt may have lifted the lock of the store
    document.save(update_fields=["destroying_at", "held_at"])
    record(subject=f"document:{document.pk}", kind="document.spared", actor=actor, reason=why)
    return True
