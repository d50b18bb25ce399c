"""Taking a file in."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, transaction

from accounts.actors import Actor
from audit.services import record
from documents import kinds, names, storage
from documents.confined import Broken
from documents.errors import Rejected
from documents.examination import examination
from documents.models import Arrival, Document, Incoming, Place, Status
from documents.services import pieces
from documents.services.keeping import discard, not_kept
from documents.services.previewing import wake_drawer

log = logging.getLogger(__name__)
LONGEST_NAME = 200


def nothing() -> None:
    pass


@contextmanager
def receive(
    *,
    upload: IO[bytes] | Incoming,
    name: str,
    actor: Actor,
    supersedes: Document | None = None,
    lock_first: Callable[[], object] = nothing,
) -> Iterator[Document]:
    """Take an uploaded (seekable) file, or one that came in pieces and is whole; the block gives the document
    its place, in the transaction that writes it. So a process that is killed leaves no document without a
    place. Enter it outside a transaction: bytes are slow, and locks wait for nobody.

    Effects in order: check size and content; commit an Arrival, so that nothing written is ever lost from
    sight; hash and store the bytes under a random key, in quarantine where they are to be scanned; in one
    transaction ``lock_first``, write the Document (waiting for its check, or unscanned where no scanner is
    set up), remove the Arrival, append ``document.received``, run the block; wake the scanner after commit,
    or what makes the preview. What came in pieces is checked and hashed as it lies in the store, copied from
    there by the store itself, and removed at the end.

    A file that supersedes another takes its place at the end of that chain, even when a newer one came in
    meanwhile; the chain is locked after ``lock_first``. Raises Rejected when the file is not taken or cannot
    be stored, and whatever the block raises, and then keeps nothing; only what came in pieces stays for
    another try where it is the store or the block that failed.
    """
    came = upload if isinstance(upload, Incoming) else None
    document = None if came and came.document_id else _laid(upload, name, actor)
    try:
        with transaction.atomic(durable=True):
            lock_first()
            yield _keep(document, actor, supersedes, came)
    finally:
        if document:
            _drop(document)
    if came:
        discard(came.key, among=[Place.QUARANTINE])


def _laid(upload: IO[bytes] | Incoming, name: str, actor: Actor) -> Document | None:
    """The document to be, its bytes where they belong; None where another request took the file meanwhile."""
    try:
        document = _come(upload, actor) if isinstance(upload, Incoming) else _given(upload, name, actor)
        _store(document, upload)
    except Rejected:
        if isinstance(upload, Incoming) and pieces.is_taken(upload):
            return None
        raise
    return document


def _given(upload: IO[bytes], name: str, actor: Actor) -> Document:
    """The document to be of what a request holds."""
    declared, key = getattr(upload, "content_type", None) or "", storage.new_key()
    try:
        return _examined(upload, key=key, name=name, declared_type=declared, actor=actor)
    except Broken as error:
        raise not_kept(key) from error


def _come(incoming: Incoming, actor: Actor) -> Document:
    """The document to be of what lies in the store."""
    if incoming.came != incoming.size:
        raise pieces.out_of_step(incoming)
    about = {"name": incoming.name, "declared_type": incoming.declared_type}
    try:
        with _stored(incoming) as file:
            document = _examined(file, key=storage.new_key(), actor=actor, came=incoming, **about)
    except (Rejected, FileNotFoundError) as error:
        pieces.forget(incoming=incoming)
        if isinstance(error, Rejected):
            raise
        raise not_kept(incoming.key) from error
    except Exception as error:
        raise pieces.failed(incoming) from error
    return document


@contextmanager
def _stored(incoming: Incoming) -> Iterator[IO[bytes]]:
    """What came in pieces, as the whole that it is."""
    storage.complete(incoming.key, incoming.handle)
    with storage.opened(incoming.key, place=Place.QUARANTINE) as file:
        yield file


def _examined(
    file: IO[bytes], *, key: str, name: str, declared_type: str, actor: Actor, came: Incoming | None = None
) -> Document:
    """``came`` is what was received before it was stored: what lies there now has to be that."""
    size = file.seek(0, 2)
    if came and size != came.size:
        raise FileNotFoundError(f"what came under {key} has another length")
    kinds.check_length(size)
    with (
        storage.on_disk(file) as whole,
        examination(whole, name=name, declared_type=declared_type) as found,
    ):
        digest, crc = storage.sums(whole)
        if came and crc != came.crc:
            raise FileNotFoundError(f"what came under {key} is not what lies there")
        content = found()
    kind = content.kind
    return Document(
        key=key,
        name=names.display_name(name, kind.extension),
        size=size,
        sha256=digest,
        content_type=kind.content_type,
        extension=kind.extension,
        active_content=content.active,
        headings=content.headings,
        is_filled=content.is_filled,
        uploaded_by_id=actor.pk,
        uploaded_by_name=actor.audit_name[:LONGEST_NAME],
        status=Status.WAITING if settings.CLAMD_ADDRESS else Status.UNSCANNED,
    )


def _store(document: Document, upload: IO[bytes] | Incoming) -> None:
    document.stored_in = Place.QUARANTINE if document.status == Status.WAITING else Place.DOCUMENTS
    with transaction.atomic(durable=True):
        Arrival.objects.create(key=document.key)
    try:
        document.version_id = _written(document, upload)
    except BaseException:
        _drop(document)
        raise


def _written(document: Document, upload: IO[bytes] | Incoming) -> str:
    try:
        if isinstance(upload, Incoming):
            return storage.take(upload.key, document.key, place=document.stored_in)
        return storage.put(document.key, upload, place=document.stored_in)
    except Exception as error:
        raise (pieces.failed(upload) if isinstance(upload, Incoming) else not_kept(document.key)) from error


def _drop(document: Document) -> None:
    """What was written, unless it has become a document."""
    with suppress(DatabaseError):
        discard(document.key, among=[document.stored_in])


def _keep(
    document: Document | None, actor: Actor, supersedes: Document | None, incoming: Incoming | None
) -> Document:
    if incoming and (taken := pieces.lock(incoming).document):
        return taken
    assert document
    if supersedes:
        document.supersedes = _newest(supersedes)
        document.number = document.supersedes.number + 1
    document.save(force_insert=True)
    Arrival.objects.filter(key=document.key).delete()
    if incoming:
        Incoming.objects.filter(pk=incoming.pk).update(document=document)
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
    return document


def wake_scanner(document: Document) -> None:
    """Send for the scanner; where the broker is down, the timer finds the document."""
    current_app.send_task("documents.tasks.scan_one", [str(document.pk)])


def _newest(document: Document) -> Document:
    """The end of the document's chain, locked row by row, so that two uploads cannot both take its place."""
    newest = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    while following := Document.objects.select_for_update(of=("self",)).filter(supersedes=newest).first():
        newest = following
    return newest
