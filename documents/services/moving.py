"""Out of quarantine. A process may be killed between any two steps: the bytes lie in one place at least, the
row names one where they are whole, and the note lets the sweep find what is left in the other."""

from django.db import transaction
from django.utils import timezone

from documents import storage
from documents.models import Arrival, Document, Place


class NotMoved(Exception):  # noqa: N818
    """The bytes are still in quarantine, and the document is as it was."""


@transaction.atomic(durable=True)
def note(document: Document) -> None:
    """Before anything is written."""
    Arrival.objects.update_or_create(key=document.key, defaults={"started_at": timezone.now()})


def leave_quarantine(document: Document) -> None:
    """A part of what writes the verdict, in its transaction, which holds the row: copy the bytes, and prove
    the copy. The note is locked meanwhile, so that no sweep takes the copy for something left behind.
    """
    if document.stored_in == Place.DOCUMENTS:
        return
    if not Arrival.objects.select_for_update().filter(key=document.key).exists():
        raise NotMoved("the sweep came between")
    try:
        document.version_id = storage.take(document.key, document.key, place=Place.DOCUMENTS)
        document.stored_in = Place.DOCUMENTS
        with storage.bytes_of(document) as copy:
            digest = storage.digest(copy)
    except Exception as error:
        raise NotMoved(f"the store failed: {error}") from error
    if digest != document.sha256:
        raise NotMoved("the copy is not what was copied")
