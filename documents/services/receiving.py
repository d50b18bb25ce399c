"""Taking a file in."""

import logging
from contextlib import suppress
from typing import IO

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from audit.services import record
from documents import kinds, names, storage
from documents.errors import Rejected
from documents.models import Arrival, Document, Status
from documents.services.keeping import discard
from documents.services.previewing import wake_drawer

log = logging.getLogger(__name__)
LONGEST_NAME = 200


def receive(*, upload: IO[bytes], name: str, actor: Actor, supersedes: Document | None = None) -> Document:
    """Take an uploaded (seekable) file. Call it outside a transaction: bytes are slow, and locks wait for
    nobody.

    Effects in order: check size and content; commit an Arrival, so that nothing written is ever lost from
    sight; hash and store the bytes under a random key; in one transaction write the Document (waiting for
    its check, or unscanned where no scanner is set up), remove the Arrival, append ``document.received``;
    wake the scanner after commit, or what makes the preview.

    A file that supersedes another takes its place at the end of that chain, even when a newer one came in
    meanwhile. Raises Rejected when the file is not taken or cannot be stored, and then keeps nothing.
    """
    size = kinds.check_size(upload)
    declared = getattr(upload, "content_type", None) or ""
    kind, active = kinds.check(upload, name=name, declared_type=declared)
    document = Document(
        key=storage.new_key(),
        name=names.display_name(name, kind.extension),
        size=size,
        sha256=storage.digest(upload),
        content_type=kind.content_type,
        extension=kind.extension,
        active_content=active,
        uploaded_by_id=actor.pk,
        uploaded_by_name=actor.audit_name[:LONGEST_NAME],
        status=Status.WAITING if settings.CLAMD_ADDRESS else Status.UNSCANNED,
    )
    with transaction.atomic(durable=True):
        Arrival.objects.create(key=document.key)
    try:
        _store(document, upload)
        _keep(document, actor, supersedes)
    except BaseException:
        with suppress(DatabaseError):
            discard(document.key)
        raise
    return document


def _store(document: Document, upload: IO[bytes]) -> None:
    """A storage that fails is ours to mend, and logged; the person reads that nothing was kept."""
    try:
        storage.put(document.key, upload)
    except Exception as error:
        log.exception("An uploaded file could not be stored under %s", document.key)
        message = _(
            "The file could not be stored, and nothing of it was kept. Upload it again in a few minutes."
        )
        raise Rejected("failed", message) from error


@transaction.atomic
def _keep(document: Document, actor: Actor, supersedes: Document | None) -> None:
    if supersedes:
        document.supersedes = _newest(supersedes)
        document.number = document.supersedes.number + 1
    document.save(force_insert=True)
    Arrival.objects.filter(key=document.key).delete()
    record(
        subject=f"document:{document.pk}",
        kind="document.received",
        actor=actor,
        to_state=document.status,
        data={
            "sha256": document.sha256,
            "size": document.size,
            "content_type": document.content_type,
            "active_content": document.active_content,
            "supersedes": str(document.supersedes_id) if document.supersedes_id else None,
        },
    )
    if document.status == Status.WAITING:
        transaction.on_commit(lambda: wake_scanner(document), robust=True)
    elif document.preview_is_due:
        transaction.on_commit(lambda: wake_drawer(document), robust=True)


def wake_scanner(document: Document) -> None:
    """Send for the scanner; where the broker is down, the timer finds the document."""
    current_app.send_task("documents.tasks.scan_one", [str(document.pk)])


def _newest(document: Document) -> Document:
    """The end of the document's chain, locked row by row, so that two uploads cannot both take its place."""
    newest = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    while following := Document.objects.select_for_update(of=("self",)).filter(supersedes=newest).first():
        newest = following
    return newest
