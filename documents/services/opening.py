"""Handing a file out."""

from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from audit.services import record
from documents import storage, words
from documents.errors import NotUsable
from documents.models import Document
from documents.services.keeping import record_damage


def open_document(*, document: Document, actor: Actor, why: str, subject: str = "") -> IO[bytes]:
    """The stored file, open for reading. Whoever calls has authorised the actor; call it outside a
    transaction.

    Effects in order: refuse what is not usable; commit ``document.opened`` to the chain of ``subject``
    (the document's own by default); open the file and compare it with the hash it came with. A file that
    is gone or changed is recorded as damaged, and not handed out.
    """
    document.refresh_from_db()
    if not document.usable:
        raise NotUsable("not_usable", document.advice)
    if not why:
        raise NotUsable("no_reason", _("Say why you open the file."))
    with transaction.atomic(durable=True):
        record(
            subject=subject or f"document:{document.pk}",
            kind="document.opened",
            actor=actor,
            reason=why,
            data={"document": str(document.pk), "sha256": document.sha256},
        )
    try:
        file = storage.opened(document.key)
    except FileNotFoundError:
        record_damage(document=document, found="missing")
        raise NotUsable("missing", str(words.DAMAGED)) from None
    if storage.digest(file) != document.sha256:
        file.close()
        record_damage(document=document, found="changed")
        raise NotUsable("changed", str(words.DAMAGED))
    return file
