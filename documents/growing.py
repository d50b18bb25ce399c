"""Files that grow in the store, piece by piece, under the key that they keep: Django's storages cannot."""

import os
from pathlib import Path
from typing import Protocol

from django.core.files.storage import FileSystemStorage, Storage

# All pieces but the last have this size: S3 takes no smaller ones. To change it breaks uploads under way.
PIECE = 5 * 1024 * 1024


class Growing(Protocol):
    def append(self, key: str, handle: str, at: int, piece: bytes) -> str:
        """Write a piece over whatever lies there from ``at`` on; returns the handle that the next is written
        with, and that may be empty.
        """

    def complete(self, key: str, handle: str) -> None:
        """Make it a file like any other. It may be called again."""

    def forget(self, key: str) -> None:
        """Remove what was not completed."""


def growing(store: Storage) -> Growing:
    if isinstance(store, FileSystemStorage):
        return OnDisk(store)
    from documents.parts import InParts  # only who keeps files in S3 pays for its library

    return InParts(store)


class OnDisk:
    def __init__(self, store: FileSystemStorage) -> None:
        self.store = store

    def append(self, key: str, handle: str, at: int, piece: bytes) -> str:
        path = Path(self.store.path(key))
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            if file.seek(0, os.SEEK_END) < at:
                raise FileNotFoundError(f"what came before byte {at} of {key} is gone")
            file.seek(at)
            file.write(piece)
            file.truncate()
        return handle

    def complete(self, key: str, handle: str) -> None:
        """It is a file already."""

    def forget(self, key: str) -> None:
        """It is deleted like any other."""
