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
from documents.errors import Rejected
from documents.models import Arrival, Document, Incoming, Status
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
    sight; hash and store the bytes under a random key; in one transaction ``lock_first``, write the Document
    (waiting for its check, or unscanned where no scanner is set up), remove the Arrival, append
    ``document.received``, run the block; wake the scanner after commit, or what makes the preview. What came
    in pieces lies in the store already, and is checked and hashed as it lies there.

    A file that supersedes another takes its place at the end of that chain, even when a newer one came in
    meanwhile; the chain is locked after ``lock_first``. Raises Rejected when the file is not taken or cannot
    be stored, and whatever the block raises, and then keeps nothing; only what came in pieces stays for
    another try where it is the store or the block that failed.
    """
    if isinstance(upload, Incoming):
        document = upload.document or _come(upload, actor)
        with transaction.atomic(durable=True):
            lock_first()
            yield _keep(document, actor, supersedes, upload)
        return
    declared = getattr(upload, "content_type", None) or ""
    document = _examined(upload, key=storage.new_key(), name=name, declared_type=declared, actor=actor)
    with transaction.atomic(durable=True):
        Arrival.objects.create(key=document.key)
    try:
        _store(document, upload)
        with transaction.atomic(durable=True):
            lock_first()
            yield _keep(document, actor, supersedes)
    except BaseException:
        with suppress(DatabaseError):
            discard(document.key)
        raise


def _come(incoming: Incoming, actor: Actor) -> Document:
    """The document to be of what lies in the store."""
    if incoming.came != incoming.size:
        raise pieces.out_of_step(incoming)
    about = {"name": incoming.name, "declared_type": incoming.declared_type}
    try:
        with _stored(incoming) as file:
            document = _examined(file, key=incoming.key, actor=actor, came=incoming, **about)
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
    with storage.opened(incoming.key) as file:
        yield file


def _examined(
    file: IO[bytes], *, key: str, name: str, declared_type: str, actor: Actor, came: Incoming | None = None
) -> Document:
    """``came`` is what was received before it was stored: what lies there now has to be that."""
    digest, crc = storage.sums(file)
    if came and (file.seek(0, 2), crc) != (came.size, came.crc):
        raise FileNotFoundError(f"what came under {key} is not what lies there")
    size = kinds.check_size(file)
    kind, active = kinds.check(file, name=name, declared_type=declared_type)
    return Document(
        key=key,
        name=names.display_name(name, kind.extension),
        size=size,
        sha256=digest,
        content_type=kind.content_type,
        extension=kind.extension,
        active_content=active,
        uploaded_by_id=actor.pk,
        uploaded_by_name=actor.audit_name[:LONGEST_NAME],
        status=Status.WAITING if settings.CLAMD_ADDRESS else Status.UNSCANNED,
    )


def _store(document: Document, upload: IO[bytes]) -> None:
    try:
        storage.put(document.key, upload)
    except Exception as error:
        raise not_kept(document.key) from error


def _keep(
    document: Document, actor: Actor, supersedes: Document | None, incoming: Incoming | None = None
) -> Document:
    if incoming and (taken := pieces.lock(incoming).document):
        return taken
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
