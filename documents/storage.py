"""Where the bytes lie: whatever STORAGES["documents"] is."""

import hashlib
import logging
import secrets
import zlib
from typing import IO

from django.core.files.base import File
from django.core.files.storage import Storage, storages

from documents.stores import store_of

log = logging.getLogger(__name__)
CHUNK = 256 * 1024


def store() -> Storage:
    return storages["documents"]


def new_key() -> str:
    name = secrets.token_hex(32)
    return f"{name[:2]}/{name}"


def put(key: str, file: IO[bytes]) -> None:
    """Write the file under exactly this key.

    Raises FileExistsError where the storage chose another: the key is what the sweep knows it by.
    """
    file.seek(0)
    written = store().save(key, File(file))
    if written != key:
        store().delete(written)
        raise FileExistsError(key)


def opened(key: str) -> IO[bytes]:
    """For reading; raises FileNotFoundError."""
    return store_of(store()).open(key)


def append(key: str, handle: str, at: int, piece: bytes) -> str:
    """Write a piece of a file that grows; returns the handle for the next."""
    return store_of(store()).append(key, handle, at, piece)


def complete(key: str, handle: str) -> None:
    """Make a file of the pieces. It may be called again."""
    store_of(store()).complete(key, handle)


def remove(key: str) -> bool:
    """Whether nothing lies under the key any more; a storage that fails is logged, and the sweep comes
    again."""
    try:
        store_of(store()).forget(key)
        store().delete(key)
    except Exception:
        log.exception("A stored file could not be removed; the sweep will try again: %s", key)
        return False
    return True


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
