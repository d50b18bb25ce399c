"""Where the bytes lie: STORAGES["quarantine"] until they are found clean, then STORAGES["documents"]."""

import hashlib
import logging
import secrets
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.conf import settings
from django.core.files.storage import Storage, storages

from documents.models import Document, Place
from documents.stores import Store, store_of

log = logging.getLogger(__name__)
CHUNK = 256 * 1024
# Of the quarantine, who serves pages may read this alone: what one is still giving, to look at the whole.
PIECES = "pieces/"


def store(place: str = Place.DOCUMENTS) -> Storage:
    return storages[place]


def _store(place: str) -> Store:
    return store_of(store(place))


def new_key() -> str:
    name = secrets.token_hex(32)
    return f"{name[:2]}/{name}"


def new_key_of_pieces() -> str:
    return PIECES + new_key()


def put(key: str, file: IO[bytes], *, place: str = Place.DOCUMENTS) -> str:
    """Write the file under exactly this key; returns its version where the store keeps versions.

    Raises FileExistsError where the storage chose another: the key is what the sweep knows it by.
    """
    file.seek(0)
    return _store(place).put(key, file)


def opened(key: str, *, place: str = Place.DOCUMENTS, version: str = "") -> IO[bytes]:
    """For reading; raises FileNotFoundError."""
    return _store(place).open(key, version)


def bytes_of(document: Document) -> IO[bytes]:
    """The very bytes that were received, whatever was written over them or hides them since; raises
    FileNotFoundError.
    """
    return opened(document.key, place=document.stored_in, version=document.version_id)


def shown(document: Document) -> str | None:
    """The version that the store shows who asks for none; None where it shows nothing, as behind a marker."""
    return _store(document.stored_in).shown(document.key)


@contextmanager
def on_disk(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """The same bytes where another process can read them too: a file on a disk as it is, any other as a copy
    that goes with the block.
    """
    try:
        file.fileno()
    except OSError:
        with tempfile.TemporaryFile() as copy:
            file.seek(0)
            shutil.copyfileobj(file, copy, CHUNK)
            yield copy
    else:
        yield file


def is_there(document: Document) -> bool:
    """Whether its bytes lie where they belong; raises whatever a storage that fails raises."""
    try:
        bytes_of(document).close()
    except FileNotFoundError:
        return False
    return True


def append(key: str, handle: str, at: int, piece: bytes) -> str:
    """Write a piece of a file that grows; returns the handle for the next."""
    return _store(Place.QUARANTINE).append(key, handle, at, piece)


def complete(key: str, handle: str) -> None:
    """Make a file of the pieces. It may be called again."""
    _store(Place.QUARANTINE).complete(key, handle)


def take(from_key: str, key: str, *, place: str) -> str:
    """Copy what lies in quarantine, over whatever lies under ``key``; returns the version of the copy.

    Raises FileNotFoundError. Within one disk it is a second name of the same file.
    """
    return _store(place).take(_store(Place.QUARANTINE), from_key, key)


def remove(key: str, *, place: str = Place.DOCUMENTS) -> bool:
    """Whether nothing lies under the key any more, but for versions; a storage that fails is logged, and the
    sweep comes again.
    """
    try:
        if key.startswith(PIECES):
            _store(place).forget(key)
        store(place).delete(key)
    except Exception:
        log.exception("A stored file could not be removed; the sweep will try again: %s in %s", key, place)
        return False
    return True


def hold(document: Document) -> None:
    """Let the store itself refuse to delete this version."""
    _store(document.stored_in).hold(document.key, document.version_id)


def destroy(key: str) -> bool:
    """Remove every version of what lies under the key, wherever it lies, lifting what holds it first; whether
    nothing lies there any more. Why not is logged. It may be called again.
    """
    try:
        gone = [_destroyed(key, place) for place in Place]
    except Exception:
        log.exception("A stored file could not be destroyed: %s", key)
        return False
    return all(gone)


def _destroyed(key: str, place: str) -> bool:
    held = settings.DOCUMENTS_OBJECT_LOCK and place == Place.DOCUMENTS
    return _store(place).destroy(key, held=held)


def digest(file: IO[bytes]) -> str:
    """The SHA-256 of the whole file, in hex; the file is left at its start."""
    return sums(file)[0]


def sums(file: IO[bytes]) -> tuple[str, int]:
    """The SHA-256 and the CRC-32 of the whole file, which is left at its start."""
    file.seek(0)
    running, crc = hashlib.sha256(), 0
    while chunk := file.read(CHUNK):
        running.update(chunk)
        crc = zlib.crc32(chunk, crc)
    file.seek(0)
    return running.hexdigest(), crc
