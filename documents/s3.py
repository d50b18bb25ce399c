"""Files in S3: they grow as parts, which become an object together, and are read by range."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from botocore.exceptions import ClientError
from storages.backends.s3 import S3Storage

from documents.stores import PIECE, Store

READ_AT_ONCE = 1024 * 1024
NOT_THERE = ("404", "NoSuchKey", "NoSuchVersion")


class InS3:
    def __init__(self, storage: S3Storage) -> None:
        self.client: Any = storage.connection.meta.client
        self.bucket = storage.bucket_name
        self.written: dict[str, str] = storage.object_parameters  # how it is encrypted

    def put(self, key: str, file: IO[bytes]) -> str:
        body = getattr(file, "file", file)  # Django's files say a size that whoever gave them chose
        return str(self.client.put_object(**self._whose(key), Body=body, **self.written).get("VersionId", ""))

    def open(self, key: str, version: str) -> IO[bytes]:
        return io.BufferedReader(Reading(self.client, self._whose(key, version)), READ_AT_ONCE)

    def shown(self, key: str) -> str | None:
        try:
            return str(_head(self.client, self._whose(key)).get("VersionId", ""))
        except FileNotFoundError:
            return None

    def append(self, key: str, handle: str, at: int, piece: bytes) -> str:
        whose = self._whose(key)
        handle = handle or self.client.create_multipart_upload(**whose, **self.written)["UploadId"]
        self.client.upload_part(**whose, UploadId=handle, PartNumber=at // PIECE + 1, Body=piece)
        return handle

    def complete(self, key: str, handle: str) -> None:
        """Once it is an object the handle is not known any more, and there is nothing to do but to end what a
        process that was killed began beside it.
        """
        whose = self._whose(key) | {"UploadId": handle}
        try:
            pages = list(self.client.get_paginator("list_parts").paginate(**whose))
            parts = [{n: part[n] for n in ("PartNumber", "ETag")} for page in pages for part in page["Parts"]]
            self.client.complete_multipart_upload(**whose, MultipartUpload={"Parts": parts})
        except self.client.exceptions.NoSuchUpload:
            pass
        self.forget(key)

    def forget(self, key: str) -> None:
        found = self.client.list_multipart_uploads(Bucket=self.bucket, Prefix=key)
        for upload in found.get("Uploads", ()):
            whose = {"Bucket": self.bucket, "Key": upload["Key"], "UploadId": upload["UploadId"]}
            self.client.abort_multipart_upload(**whose)

    def take(self, other: Store, other_key: str, key: str) -> str:
        assert isinstance(other, InS3)
        source = {"Bucket": other.bucket, "Key": other_key}
        with _said_as_a_disk_does(other_key):
            found = self.client.copy_object(**self._whose(key), CopySource=source, **self.written)
        return str(found.get("VersionId", ""))

    def hold(self, key: str, version: str) -> None:
        self._set_hold(key, version, "ON")

    def destroy(self, key: str, *, held: bool) -> bool:
        self.forget(key)
        for version, is_marker in self._versions(key):
            if held and not is_marker:
                self._set_hold(key, version, "OFF")
            self.client.delete_object(**self._whose(key, version))
        return not self._versions(key)

    def _versions(self, key: str) -> list[tuple[str, bool]]:
        """Of exactly this key, each with whether it is a mark of deletion."""
        pages = self.client.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=key)
        return [
            (one["VersionId"], kind == "DeleteMarkers")
            for page in pages
            for kind in ("Versions", "DeleteMarkers")
            for one in page.get(kind, ())
            if one["Key"] == key
        ]

    def _set_hold(self, key: str, version: str, status: str) -> None:
        self.client.put_object_legal_hold(**self._whose(key, version), LegalHold={"Status": status})

    def _whose(self, key: str, version: str = "") -> dict[str, str]:
        whose = {"Bucket": self.bucket, "Key": key}
        return whose | {"VersionId": version} if version else whose


def _head(client: Any, whose: dict[str, str]) -> Any:
    with _said_as_a_disk_does(whose["Key"]):
        return client.head_object(**whose)


@contextmanager
def _said_as_a_disk_does(key: str) -> Iterator[None]:
    """FileNotFoundError for what is not there; any other error as it is."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in NOT_THERE:
            raise FileNotFoundError(key) from error
        raise


class Reading(io.RawIOBase):
    """An object as it was when it was opened: fetched from where it is read, and not beyond that."""

    def __init__(self, client: Any, whose: dict[str, str]) -> None:
        found = _head(client, whose)
        self.client, self.whose = client, whose | {"IfMatch": found["ETag"]}
        self.length: int = found["ContentLength"]
        self.at = 0
        self.body: Any = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self.at, os.SEEK_END: self.length}[whence]
        if at != self.at:
            self._hang_up()
        self.at = at
        return at

    def readinto(self, buffer: Any) -> int:
        if self.at >= self.length:
            return 0
        if self.body is None:
            self.body = self.client.get_object(**self.whose, Range=f"bytes={self.at}-")["Body"]
        data = self.body.read(len(buffer))
        if not data:
            raise OSError(f"S3 broke off at byte {self.at} of {self.whose['Key']}")
        buffer[: len(data)] = data
        self.at += len(data)
        return len(data)

    def close(self) -> None:
        self._hang_up()
        super().close()

    def _hang_up(self) -> None:
        if getattr(self, "body", None) is not None:
            self.body.close()
        self.body = None
