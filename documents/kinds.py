"""The kinds of file that are taken, and how name, declared type and first bytes prove the kind."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from documents.errors import Rejected
from documents.names import extension_of
from look import words

HEAD = 8192
BEFORE_PDF = b"\xef\xbb\xbf\0\t\n\f\r "  # a mark of Unicode or white space, which some programs write first
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Kind:
    extension: str
    content_type: str
    magic: bytes
    also_declared: tuple[str, ...] = ()
    before: bytes = b""  # bytes that may stand before the magic

    def begins(self, head: bytes) -> bool:
        return head.lstrip(self.before).startswith(self.magic) if self.before else head.startswith(self.magic)


KINDS = {
    kind.extension: kind
    for kind in (
        Kind("pdf", "application/pdf", b"%PDF-", before=BEFORE_PDF),
        Kind("docx", DOCX, b"PK\x03\x04"),
        Kind("xlsx", XLSX, b"PK\x03\x04"),
        Kind("png", "image/png", b"\x89PNG\r\n\x1a\n"),
        Kind("jpg", "image/jpeg", b"\xff\xd8\xff", ("image/jpg", "image/pjpeg")),
        Kind("csv", "text/csv", b"", ("text/plain", "application/vnd.ms-excel")),
        Kind("txt", "text/plain", b""),
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


def check_start(head: bytes, *, name: str, declared_type: str = "") -> Kind:
    """What the first bytes of a file can tell: the kind, where all agree so far. Raises Rejected."""
    kind = claimed(name, declared_type)
    if not kind.begins(head):
        raise wrong_type()
    return kind


def claimed(name: str, declared_type: str = "") -> Kind:
    """The kind that name and declared type speak of."""
    extension = extension_of(name)
    kind = KINDS.get(OTHER_NAMES.get(extension, extension))
    if kind is None or declared_type not in (kind.content_type, *kind.also_declared, *CLAIMS_NOTHING):
        raise wrong_type()
    return kind


def check_length(size: int) -> None:
    """The number of bytes, from one to the limit. Raises Rejected."""
    if size < 1:
        raise Rejected("empty", empty())
    if size > settings.DOCUMENT_MAX_BYTES:
        message = _("The file is larger than %(size)s. Split it or save it smaller, and upload it again.")
        raise Rejected("too_big", message % {"size": words.size(settings.DOCUMENT_MAX_BYTES)})


def empty() -> str:
    return _("The file is empty. Check the file on your computer and upload it again.")
