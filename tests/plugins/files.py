"""Small real files for tests, made in code; and a storage that fails half way."""

import base64
import errno
import io
import struct
import zipfile
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile

from documents import services
from documents.models import Document, Status
from documents.services import scanning

ON_DISK = "django.core.files.storage.FileSystemStorage"
WORD_TYPES = b'<?xml version="1.0"?><Types><Default Extension="xml" ContentType="application/xml"/></Types>'


def upload(name: str, content: bytes, content_type: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=content_type or None)


def pdf(body: bytes = b"") -> bytes:
    return b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\n" + body + b"\ntrailer <</Root 1 0 R>>\n%%EOF\n"


KAZAKH = "Әділет, ғылым, қала, таң, өмір, ұлт, үкімет, һәм, ірі"


@cache
def real_pdf(text: str = KAZAKH, pages: int = 1) -> bytes:
    """A PDF that a viewer opens; every page has the text."""
    page = f'#set text(font: "Libertinus Serif", size: 24pt)\n{text}'
    return bytes(typst.compile("\n#pagebreak()\n".join([page] * pages).encode(), ignore_system_fonts=True))


def plain_pdf(content: bytes, *, packed: bool = False, box: str = "0 0 595 842", extra: bytes = b"") -> bytes:
    """A PDF of one page with this content stream; ``extra`` is a further object, 5, that it calls /A."""
    body = zlib.compress(content, 9) if packed else content
    how = b"/Filter /FlateDecode " if packed else b""
    objects = [
        b"<</Type /Catalog /Pages 2 0 R>>",
        b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        b"<</Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R " % box.encode()
        + b"/Resources <</XObject <</A 5 0 R>>>>>>",
        b"<<%s/Length %d>>\nstream\n" % (how, len(body)) + body + b"\nendstream",
        extra or b"<<>>",
    ]
    rows = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, one) for number, one in enumerate(objects, 1))
    return b"%PDF-1.4\n" + rows + b"trailer <</Root 1 0 R /Size 6>>\n%%EOF\n"


def form_of_itself() -> bytes:
    """A PDF whose page draws a form that draws itself twice, without end."""
    form = (
        b"<</Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</A 5 0 R>>>> /Length 12>>"
    )
    return plain_pdf(b"/A Do", extra=form + b"\nstream\n/A Do /A Do \nendstream")


def real_jpg(*, turned: bool = False) -> bytes:
    """16 dots by 8; ``turned`` as a phone that was held upright writes it: the same, with a note."""
    whole = base64.b64decode(
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP//////////////////////////////////////////////////////////////"
        "////////////////////////2wBDAf//////////////////////////////////////////////////////////////////"
        "////////////////////wAARCAAIABADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAL/xAAUEAEAAAAAAAAAAAAA"
        "AAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAAAAH/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCQBH//2Q=="
    )
    note = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    return whole[:2] + b"\xff\xe1" + (len(note) + 2).to_bytes(2) + note + whole[2:] if turned else whole


def flat_png(width: int, height: int) -> bytes:
    """A PNG of one colour that can be drawn, at any size."""
    packer = zlib.compressobj(1)
    row = b"\0" + b"\x20\x60\x40" * width
    data = b"".join(packer.compress(row) for _row in range(height)) + packer.flush()
    return _png(struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0), data)


def size_of_png(content: bytes) -> tuple[int, int]:
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def pdf_with_packed(text: bytes) -> bytes:
    """A PDF whose named text stands only in a packed object stream, as that of object 1."""
    packed = zlib.compress(b"1 0 " + text)
    head = b"5 0 obj <</Type /ObjStm /Filter /FlateDecode /Length %d>>\nstream\n" % len(packed)
    return pdf(head + packed + b"\nendstream\nendobj\n")


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
    return _png(struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0), zlib.compress(b"\0\0"))


def _png(head: bytes, data: bytes, *more: tuple[bytes, bytes]) -> bytes:
    parts = ((b"IHDR", head), *more, (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


def jpg(width: int = 1, height: int = 1) -> bytes:
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + b"\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0" + frame + b"\xff\xd9"


def two_stores(folder: Path, backend: str = ON_DISK) -> dict[str, Any]:
    """Documents in this folder, and the quarantine beside it, for STORAGES."""
    places = {"documents": folder, "quarantine": folder.with_name(f"{folder.name}-quarantine")}
    return {
        alias: {"BACKEND": backend, "OPTIONS": {"location": str(place)}} for alias, place in places.items()
    }


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


def judge(document: Document, status: str) -> None:
    """As the scanner does with its verdict."""
    assert scanning._settled(document, Status(status), "")


HEARD: list[Any] = []


def receive(**given: Any) -> Document:
    """The document of a file that has no place in any case."""
    with services.receive(**given) as document:
        return document
