"""Small real files for tests, made in code; and a storage that fails half way."""

import errno
import io
import struct
import zipfile
import zlib
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile

WORD_TYPES = b'<?xml version="1.0"?><Types><Default Extension="xml" ContentType="application/xml"/></Types>'


def upload(name: str, content: bytes, content_type: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=content_type or None)


def pdf(body: bytes = b"") -> bytes:
    return b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\n" + body + b"\ntrailer <</Root 1 0 R>>\n%%EOF\n"


def pdf_with_packed(text: bytes) -> bytes:
    """A PDF whose named text stands only in a packed object stream."""
    packed = zlib.compress(text)
    head = b"5 0 obj <</Type /ObjStm /Filter /FlateDecode /Length %d>>\nstream\n" % len(packed)
    return pdf(head + packed + b"\nendstream endobj")


def zipped(parts: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def docx(**parts: bytes) -> bytes:
    extra = {name.replace("__", "/").replace("_dot_", "."): content for name, content in parts.items()}
    return zipped({"[Content_Types].xml": WORD_TYPES, "word/document.xml": b"<document/>"} | extra)


def xlsx() -> bytes:
    return zipped({"[Content_Types].xml": WORD_TYPES, "xl/workbook.xml": b"<workbook/>"})


def png(width: int = 1, height: int = 1) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


def jpg(width: int = 1, height: int = 1) -> bytes:
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + b"\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0" + frame + b"\xff\xd9"


class FullDisk(FileSystemStorage):
    """Writes half of a file, and then finds the disk full."""

    def _save(self, name: str, content: Any) -> str:
        whole = content.read()
        super()._save(name, ContentFile(whole[: len(whole) // 2]))
        raise OSError(errno.ENOSPC, "No space left on device")


def refuse_news(document: Any) -> None:
    raise RuntimeError(document)


def hear(document: Any) -> None:
    HEARD.append(document)


HEARD: list[Any] = []
