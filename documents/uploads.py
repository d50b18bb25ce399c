"""Keeps an endless upload from filling the disk."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Writes at most one byte more than the limit and drops the rest, so that the page can say "too
    large"."""

    kept = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        part = raw_data[: settings.DOCUMENT_MAX_BYTES + 1 - self.kept]
        self.file.write(part)
        self.kept += len(part)

    def file_complete(self, file_size: int) -> Any:
        return super().file_complete(self.kept)
