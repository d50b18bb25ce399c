"""A picture of the first page: made once the file is ready, handed out like the file."""

import io
import logging
from datetime import timedelta
from typing import IO
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor, System
from audit.services import record
from documents import queries, storage
from documents.errors import NotUsable
from documents.models import Arrival, Document, Picture, Preview
from documents.preview import NoPreview, Pictures, pictures_of
from documents.services.keeping import discard, record_damage, release_pictures

log = logging.getLogger(__name__)
DRAWER = System("preview maker")
RETRY_AFTER = timedelta(minutes=10)
LAST = 9  # of what waits with the broker; 0 is first, and what a task has that says nothing


def wake_drawer(document: Document) -> None:
    """Send for the preview, after every virus check that waits; where the broker is down, the timer finds
    the document.
    """
    current_app.send_task("documents.tasks.preview_one", [str(document.pk)], priority=LAST)


def make_preview(*, document_id: UUID | str) -> None:
    """Draw the first page of one document that is ready and has no preview yet.

    Effects in order: claim the document (a second worker finds it taken); compare the stored bytes with the
    hash they came with; draw, in a process of its own; commit an Arrival for each picture, and store it; in
    one transaction write the pictures and the number of pages, and append ``document.preview``. A file that
    cannot be drawn has no preview from then on, and is otherwise as it was. A storage that fails leaves it
    due again later.
    """
    document = _claim(document_id)
    if document is None:
        return
    try:
        with storage.bytes_of(document) as stored:
            if storage.digest(stored) != document.sha256:
                record_damage(document=document, found="changed")
                return
            drawn = pictures_of(stored, extension=document.extension)
    except FileNotFoundError:
        record_damage(document=document, found="missing")
    except NoPreview as none:
        log.warning("Document %s has no preview: %s", document.pk, none)
        _write_none(document.pk, str(none))
    else:
        _keep(document, drawn)


def open_picture(*, document: Document, size: str, actor: Actor, why: str, subject: str = "") -> IO[bytes]:
    """A picture of the first page, open for reading. Whoever calls has authorised the actor, as for the file.

    Effects in order: refuse where there is none; commit ``document.previewed`` to the chain of ``subject``,
    but for the small picture, on which nothing can be read; compare with the hash of when it was made. A
    picture that is gone or changed is not handed out, and made anew.
    """
    picture = document.pictures.filter(size=size).first() if document.has_preview else None
    if picture is None:
        raise NotUsable("no_preview", document.preview_note or _("This file has no preview."))
    if size != Picture.SMALL:
        with transaction.atomic(durable=True):
            record(
                subject=subject or f"document:{document.pk}",
                kind="document.previewed",
                actor=actor,
                reason=why,
                data={"document": str(document.pk), "sha256": picture.sha256},
            )
    try:
        file = storage.opened(picture.key)
    except FileNotFoundError:
        pass
    else:
        if storage.digest(file) == picture.sha256:
            return file
        file.close()
    log.error(
        "A preview of document %s is gone or changed (key %s), and is made anew", document.pk, picture.key
    )
    forget_pictures(document)
    raise NotUsable("no_preview", _("The preview is made anew. Load the page again in a minute."))


@transaction.atomic
def forget_pictures(document: Document) -> None:
    """Take the pictures of a document away, to be made anew."""
    locked = queries.kept().select_for_update(of=("self",)).filter(pk=document.pk).first()
    if locked is None:
        return
    release_pictures(locked)
    locked.preview, locked.preview_due_at = Preview.DUE, timezone.now()
    locked.save(update_fields=["preview", "preview_due_at"])
    transaction.on_commit(lambda: wake_drawer(locked), robust=True)


@transaction.atomic
def _claim(document_id: UUID | str) -> Document | None:
    now = timezone.now()
    due = queries.to_preview().filter(pk=document_id, preview_due_at__lte=now)
    document = due.select_for_update(skip_locked=True, of=("self",)).first()
    if document is None:
        return None
    document.preview_due_at = now + timedelta(seconds=settings.PREVIEW_SECONDS) + RETRY_AFTER
    document.save(update_fields=["preview_due_at"])
    return document


def _keep(document: Document, drawn: Pictures) -> None:
    pictures = [
        Picture(
            document=document, size=size, key=storage.new_key(), sha256=storage.digest(io.BytesIO(content)),
            bytes=len(content),
        )
        for size, content in drawn.by_size.items()
    ]  # fmt: skip
    with transaction.atomic(durable=True):
        Arrival.objects.bulk_create(Arrival(key=picture.key) for picture in pictures)
    try:
        for picture in pictures:
            storage.put(picture.key, io.BytesIO(drawn.by_size[picture.size]))
    except Exception:
        log.exception("The preview of document %s could not be stored; it is made later", document.pk)
        kept = False
    else:
        kept = _write(document.pk, pictures, drawn.pages)
    if not kept:
        for picture in pictures:
            discard(picture.key)


@transaction.atomic
def _write(document_id: UUID, pictures: list[Picture], pages: int | None) -> bool:
    """No where the document was deleted, or found to be damaged, meanwhile."""
    document = queries.to_preview().select_for_update(of=("self",)).filter(pk=document_id).first()
    if document is None:
        return False
    document.page_count = pages
    document.save(update_fields=["page_count"])
    Picture.objects.bulk_create(pictures)
    Arrival.objects.filter(key__in=[picture.key for picture in pictures]).delete()
    _settle(document, Preview.MADE, data={picture.size: picture.sha256 for picture in pictures})
    return True


@transaction.atomic
def _write_none(document_id: UUID, reason: str) -> None:
    document = queries.to_preview().select_for_update(of=("self",)).filter(pk=document_id).first()
    if document:
        _settle(document, Preview.NONE, reason=reason)


def _settle(
    document: Document, preview: str, *, reason: str = "", data: dict[str, str] | None = None
) -> None:
    document.preview = preview
    document.save(update_fields=["preview"])
    record(
        subject=f"document:{document.pk}", kind="document.preview", actor=DRAWER, to_state=preview,
        reason=reason, data=data,
    )  # fmt: skip
