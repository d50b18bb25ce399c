"""What a document store needs and Django's storages lack: a file that grows in its place, piece by piece,
and is read as it comes."""

import io
import os
import shutil
from pathlib import Path
from typing import IO, Protocol

from django.core.files.storage import FileSystemStorage, Storage

# All pieces but the last have this size: S3 takes no smaller ones. To change it breaks uploads under way.
PIECE = 5 * 1024 * 1024
WRITTEN_AT_ONCE = 64 * 1024  # for more, Linux looks for large pages, which took ten times as long


class Store(Protocol):
    def open(self, key: str) -> IO[bytes]:
        """For reading, from any place; raises FileNotFoundError. No more of it is fetched than is read."""

    def append(self, key: str, handle: str, at: int, piece: bytes) -> str:
        """Write a piece over whatever lies there from ``at`` on; returns the handle that the next is written
        with, and that may be empty. Raises FileNotFoundError where it finds that what came before is gone.
        """

    def complete(self, key: str, handle: str) -> None:
        """Make it a file like any other. It may be called again."""

    def forget(self, key: str) -> None:
        """Remove what was not completed."""


def store_of(storage: Storage) -> Store:
    if isinstance(storage, FileSystemStorage):
        return OnDisk(storage)
    from documents.s3 import InS3  # only who keeps files in S3 pays for its library

    return InS3(storage)


class OnDisk:
    def __init__(self, storage: FileSystemStorage) -> None:
        self.storage = storage

    def open(self, key: str) -> IO[bytes]:
        return Path(self.storage.path(key)).open("rb")

    def append(self, key: str, handle: str, at: int, piece: bytes) -> str:
        path = Path(self.storage.path(key))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            if file.seek(0, os.SEEK_END) < at:
                raise FileNotFoundError(f"what came before byte {at} of {key} is gone")
            file.seek(at)
            shutil.copyfileobj(io.BytesIO(piece), file, WRITTEN_AT_ONCE)
        return handle

    def complete(self, key: str, handle: str) -> None:
        """It is a file already."""

    def forget(self, key: str) -> None:
        """It is deleted like any other."""
