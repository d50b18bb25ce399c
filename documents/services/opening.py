"""Handing a file out."""

from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from audit.services import record
from documents import storage, words
from documents.errors import Active, NotUsable
from documents.models import Document
from documents.services.keeping import difference, record_damage


def open_document(
    *, document: Document, actor: Actor, why: str, subject: str = "", warned: bool = False
) -> IO[bytes]:
    """The stored file, open for reading. Whoever calls has authorised the actor; call it outside a
    transaction.

    Effects in order: refuse what is not usable (NotUsable), and what runs by itself to whoever was not
    ``warned`` (Active); commit ``document.opened`` to the chain of ``subject``
    (the document's own by default); open the file and compare it with the hash it came with. A file that
    is gone, changed, or hidden in the store is recorded as damaged, and not handed out.
    """
    document.refresh_from_db()
    if not document.usable:
        raise NotUsable("not_usable", document.advice)
    if not why:
        raise NotUsable("no_reason", _("Say why you open the file."))
    if document.active_content and not warned:
        raise Active(document)
    with transaction.atomic(durable=True):
        record(
            subject=subject or f"document:{document.pk}",
            kind="document.opened",
            actor=actor,
            reason=why,
            data={"document": str(document.pk), "sha256": document.sha256},
        )
    try:
        file = storage.bytes_of(document)
    except FileNotFoundError:
        record_damage(document=document, found="missing")
        document.refresh_from_db()
        raise NotUsable("missing", document.advice) from None
    if found := difference(document, file):
        file.close()
        record_damage(document=document, found=found)
        raise NotUsable(found, str(words.DAMAGED))
    return file
