"""A file that comes in pieces, so that a line that drops costs one of them and not all. ``receive`` takes it
once it is whole."""

import logging
import zlib
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from documents import kinds, names, storage
from documents.errors import OutOfStep, Rejected
from documents.models import Arrival, Incoming, Place
from documents.services.keeping import discard, not_kept
from workflow.errors import Gone

log = logging.getLogger(__name__)
MOST_OPEN = 20
LONGEST_MARK = 64


def begin(*, name: str, size: int, declared_type: str, mark: str, place: str, actor: User) -> Incoming:
    """Expect a file of that size, or go on with one that this person began to give at the same place.

    Effects in order: refuse what no content could mend; in one transaction write the Incoming and its
    Arrival; of more unfinished files of one person than MOST_OPEN, forget the oldest. Raises Rejected.
    """
    kinds.check_length(size)
    kind = kinds.claimed(name, declared_type)
    asked = {
        "started_by_id": actor.pk,
        "place": place,
        "name": names.display_name(name, kind.extension),
        "size": size,
        "declared_type": declared_type,
        "mark": "".join(filter(str.isprintable, mark))[:LONGEST_MARK],
    }
    with transaction.atomic():
        incoming, is_new = _unfinished().get_or_create(**asked, defaults={"key": storage.new_key_of_pieces()})
        if is_new:
            Arrival.objects.create(key=incoming.key)
    others = _unfinished().filter(started_by=actor).exclude(pk=incoming.pk)
    for old in others.order_by("-started_at")[MOST_OPEN - 1 :]:
        forget(incoming=old)
    return incoming


def find(*, incoming_id: UUID | str, place: str, actor: User) -> Incoming:
    """What this person gives at this place; Gone where there is nothing."""
    found = Incoming.objects.filter(pk=incoming_id, place=place, started_by_id=actor.pk)
    incoming = found.select_related("document").first()
    if incoming is None:
        raise Gone
    return incoming


def add(*, incoming: Incoming, at: int, piece: bytes) -> Incoming:
    """Take the next piece. A piece counts whole or not at all; one that came before is not taken again.

    Effects in order: look at the first bytes of the file, once; lock the Incoming; write the piece into the
    store; write how much came. Raises OutOfStep, which says what is there; Gone where the file was finished
    or given up meanwhile; and Rejected, where the file is wrong, and forgotten, or the store fails.
    """
    if at == incoming.came == 0:
        _look_at_start(incoming, piece)
    try:
        return _write(incoming, at, piece)
    except FileNotFoundError as error:
        forget(incoming=incoming)
        raise not_kept(incoming.key) from error


@transaction.atomic(durable=True)
def _write(incoming: Incoming, at: int, piece: bytes) -> Incoming:
    _wait_for_no_disk()
    locked = lock(incoming)
    if locked.document:
        raise Gone
    if at != locked.came or len(piece) != locked.next_piece:
        raise out_of_step(locked)
    try:
        locked.handle = storage.append(locked.key, locked.handle, at, piece)
    except FileNotFoundError:
        raise
    except Exception as error:
        raise failed(locked) from error
    locked.came, locked.crc = locked.came + len(piece), zlib.crc32(piece, locked.crc)
    locked.save(update_fields=["handle", "came", "crc"])
    return locked


def lock(incoming: Incoming) -> Incoming:
    """As it stands now, for a transaction; Gone where it was given up meanwhile."""
    locked = Incoming.objects.select_for_update(of=("self",)).filter(pk=incoming.pk).first()
    if locked is None:
        raise Gone
    return locked


def is_taken(incoming: Incoming) -> bool:
    return Incoming.objects.filter(pk=incoming.pk).exclude(document=None).exists()


def out_of_step(incoming: Incoming) -> OutOfStep:
    return OutOfStep(_("A part of the file is missing. Try again."), incoming.came)


def failed(incoming: Incoming) -> Rejected:
    """As ``not_kept``, where what came so far stays."""
    log.exception("A piece of an upload could not be stored, or read again, under %s", incoming.key)
    message = _("The file could not be stored as far as its end. Try again in a few minutes.")
    return Rejected("failed", message)


def forget(*, incoming: Incoming) -> None:
    """Keep nothing of a file that was not finished. Call it outside a transaction.

    Effects in order: delete the row, so that whoever is about to make a document of it finds it gone; remove
    what lies in the store.
    """
    if _unfinished().filter(pk=incoming.pk).delete()[0]:
        discard(incoming.key, among=[Place.QUARANTINE])


def _wait_for_no_disk() -> None:
    """A database that crashes may forget the last pieces: they are sent again, and written over."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")


def _look_at_start(incoming: Incoming, piece: bytes) -> None:
    head = piece[: kinds.HEAD]
    if head.startswith(kinds.OLE):
        return  # only the whole says whether it is locked
    try:
        kinds.check_start(head, name=incoming.name, declared_type=incoming.declared_type)
    except Rejected:
        forget(incoming=incoming)
        raise


def _unfinished() -> QuerySet[Incoming]:
    return Incoming.objects.filter(document=None)
