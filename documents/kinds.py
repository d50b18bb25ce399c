"""The kinds of file that are taken, and how the content proves the kind."""

import codecs
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

import filetype
from django.conf import settings
from django.utils.translation import gettext as _

from documents import office, pdf, pictures
from documents.errors import Rejected
from documents.names import extension_of

HEAD = 8192
CHUNK = 64 * 1024
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Kind:
    extension: str
    content_type: str
    magic: bytes
    check: Callable[[IO[bytes]], list[str]]
    also_declared: tuple[str, ...] = ()


def check_text(file: IO[bytes]) -> list[str]:
    """Refuse what is not UTF-8 text, or is a page, a picture or a program written as text."""
    head = file.read(HEAD)
    opening = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if opening.startswith(b"<") or filetype.guess(head) is not None:
        raise wrong_type()
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(CHUNK):
            if b"\0" in chunk:
                raise wrong_type()
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        message = _("This text file is not in UTF-8. Save it again as UTF-8 and upload the new copy.")
        raise Rejected("encoding", message) from None
    return []


KINDS = {
    kind.extension: kind
    for kind in (
        Kind("pdf", "application/pdf", b"%PDF-", pdf.check),
        Kind("docx", office.DOCX, b"PK\x03\x04", office.check_docx),
        Kind("xlsx", office.XLSX, b"PK\x03\x04", office.check_xlsx),
        Kind("png", "image/png", b"\x89PNG\r\n\x1a\n", pictures.check_png),
        Kind("jpg", "image/jpeg", b"\xff\xd8\xff", pictures.check_jpeg, ("image/jpg", "image/pjpeg")),
        Kind("csv", "text/csv", b"", check_text, ("text/plain", "application/vnd.ms-excel")),
        Kind("txt", "text/plain", b"", check_text),
    )
}
OTHER_NAMES = {"jpeg": "jpg"}
CLAIMS_NOTHING = ("", "application/octet-stream", "application/zip", "application/x-zip-compressed")


def wrong_type() -> Rejected:
    return Rejected(
        "wrong_type",
        _(
            "This kind of file is not taken, or its content is not what its name says. "
            "Upload one of: %(kinds)s."
        )
        % {"kinds": ", ".join(KINDS)},
    )


def check(file: IO[bytes], *, name: str, declared_type: str = "") -> tuple[Kind, list[str]]:
    """The kind of an uploaded file, and what active content it holds. Name, declared type and content
    must agree.

    Raises Rejected with words that say how to mend it.
    """
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith(OLE):
        raise office.old_or_locked(file)
    kind = check_start(head, name=name, declared_type=declared_type)
    file.seek(0)
    return kind, kind.check(file)


def check_start(head: bytes, *, name: str, declared_type: str = "") -> Kind:
    """What the first bytes of a file can tell: the kind, where all agree so far."""
    kind = claimed(name, declared_type)
    if not head.startswith(kind.magic):
        raise wrong_type()
    return kind


def claimed(name: str, declared_type: str = "") -> Kind:
    """The kind that name and declared type speak of."""
    extension = extension_of(name)
    kind = KINDS.get(OTHER_NAMES.get(extension, extension))
    if kind is None or declared_type not in (kind.content_type, *kind.also_declared, *CLAIMS_NOTHING):
        raise wrong_type()
    return kind


def check_size(file: IO[bytes]) -> int:
    """The real number of bytes, from one to the limit."""
    size = file.seek(0, 2)
    check_length(size)
    return size


def check_length(size: int) -> None:
    if size < 1:
        raise Rejected("empty", _("The file is empty. Check the file on your computer and upload it again."))
    if size > settings.DOCUMENT_MAX_BYTES:
        limit = settings.DOCUMENT_MAX_BYTES / (1024 * 1024)
        message = _("The file is larger than %(limit)g MB. Split it or save it smaller, and upload it again.")
        raise Rejected("too_big", message % {"limit": round(limit, 1)})
