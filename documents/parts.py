"""Files that grow in S3: parts, which become an object together."""

from typing import Any

from storages.backends.s3 import S3Storage

from documents.growing import PIECE


class InParts:
    def __init__(self, store: S3Storage) -> None:
        self.client: Any = store.connection.meta.client
        self.bucket = store.bucket_name

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
