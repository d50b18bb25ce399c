"""What a document store needs and Django's storages lack: a file that grows in its place, piece by piece,
is read as it comes, and goes from one store to the next without passing through us."""

import io
import os
import shutil
from pathlib import Path
from typing import IO, Protocol

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage

# All pieces but the last have this size: S3 takes no smaller ones. To change it breaks uploads under way.
PIECE = 5 * 1024 * 1024
WRITTEN_AT_ONCE = 64 * 1024  # for more, Linux looks for large pages, which took ten times as long


class Store(Protocol):
    """A version is empty where the store keeps none."""

    def put(self, key: str, file: IO[bytes]) -> str:
        """Write the file from where it stands; returns its version."""

    def open(self, key: str, version: str) -> IO[bytes]:
        """For reading, from any place; raises FileNotFoundError. No more of it is fetched than is read."""

    def shown(self, key: str) -> str | None:
        """The version that who asks for none is given; None for nothing."""

    def append(self, key: str, handle: str, at: int, piece: bytes) -> str:
        """Write a piece over whatever lies there from ``at`` on; returns the handle that the next is written
        with, and that may be empty. Raises FileNotFoundError where it finds that what came before is gone.
        """

    def complete(self, key: str, handle: str) -> None:
        """Make it a file like any other. It may be called again."""

    def forget(self, key: str) -> None:
        """Remove what was not completed."""

    def take(self, other: "Store", other_key: str, key: str) -> str:
        """Copy from another store of the same kind, over whatever lies here; returns the version. Raises
        FileNotFoundError.
        """

    def hold(self, key: str, version: str) -> None:
        """Refuse to delete this version from now on."""

    def destroy(self, key: str, *, held: bool) -> bool:
        """Remove every version; whether none is left."""


def store_of(storage: Storage) -> Store:
    if isinstance(storage, FileSystemStorage):
        return OnDisk(storage)
    from documents.s3 import InS3  # only who keeps files in S3 pays for its library

    return InS3(storage)


class OnDisk:
    def __init__(self, storage: FileSystemStorage) -> None:
        self.storage = storage

    def put(self, key: str, file: IO[bytes]) -> str:
        written = self.storage.save(key, File(file))
        if written != key:
            self.storage.delete(written)
            raise FileExistsError(key)
        return ""

    def open(self, key: str, version: str) -> IO[bytes]:
        return self._path(key).open("rb")

    def shown(self, key: str) -> str | None:
        return "" if self._path(key).exists() else None

    def append(self, key: str, handle: str, at: int, piece: bytes) -> str:
        path = self._path(key)
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

    def take(self, other: Store, other_key: str, key: str) -> str:
        assert isinstance(other, OnDisk)
        source, path = other._path(other_key), self._path(key)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        try:
            os.link(source, path)
        except FileNotFoundError:
            raise
        except OSError:  # another disk, or one that gives a file no second name
            _copy(source, path)
        return ""

    def hold(self, key: str, version: str) -> None:
        raise NotImplementedError("a disk holds nothing")

    def destroy(self, key: str, *, held: bool) -> bool:
        self.storage.delete(key)
        return self.shown(key) is None

    def _path(self, key: str) -> Path:
        return Path(self.storage.path(key))


def _copy(source: Path, path: Path) -> None:
    """It is on the disk when this returns: what it was copied from is about to go."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with source.open("rb") as old, os.fdopen(descriptor, "wb") as new:
        shutil.copyfileobj(old, new, WRITTEN_AT_ONCE)
        new.flush()
        os.fsync(new.fileno())
