"""Files in S3: they grow as parts, which become an object together, and are read by range."""

import io
import os
from typing import IO, Any

from botocore.exceptions import ClientError
from storages.backends.s3 import S3Storage

from documents.stores import PIECE

READ_AT_ONCE = 1024 * 1024
NOT_THERE = ("404", "NoSuchKey")


class InS3:
    def __init__(self, storage: S3Storage) -> None:
        self.client: Any = storage.connection.meta.client
        self.bucket = storage.bucket_name

    def open(self, key: str) -> IO[bytes]:
        return io.BufferedReader(Reading(self.client, self.bucket, key), READ_AT_ONCE)

    def append(self, key: str, handle: str, at: int, piece: bytes) -> str:
        whose = {"Bucket": self.bucket, "Key": key}
        handle = handle or self.client.create_multipart_upload(**whose)["UploadId"]
        self.client.upload_part(**whose, UploadId=handle, PartNumber=at // PIECE + 1, Body=piece)
        return handle

    def complete(self, key: str, handle: str) -> None:
        """Once it is an object the handle is not known any more, and there is nothing to do but to end what a
        process that was killed began beside it.
        """
        whose = {"Bucket": self.bucket, "Key": key, "UploadId": handle}
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


class Reading(io.RawIOBase):
    """An object as it was when it was opened: fetched from where it is read, and not beyond that."""

    def __init__(self, client: Any, bucket: str, key: str) -> None:
        self.client, self.whose = client, {"Bucket": bucket, "Key": key}
        try:
            found = client.head_object(**self.whose)
        except ClientError as error:
            if error.response["Error"]["Code"] in NOT_THERE:
                raise FileNotFoundError(key) from error
            raise
        self.length, self.whose["IfMatch"] = found["ContentLength"], found["ETag"]
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
