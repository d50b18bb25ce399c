"""Word and Excel files: zip archives that must hold what such a file holds, and nothing that runs."""

import re
import stat
import zipfile
import zlib
from typing import IO

from django.utils.translation import gettext as _

from documents.errors import Rejected
from documents.windows import holds

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = "[Content_Types].xml"
MOST_PARTS = 10_000
MOST_UNPACKED = 300 * 1024 * 1024
MOST_OF_LIST = 8 * 1024 * 1024
END_WITHIN = 22 + 65535
END_RECORD, END_OF_LARGE = b"PK\x05\x06", b"PK\x06\x07"
LOCAL_HEADER = 30
CHUNK = 256 * 1024
DECLARATION = "<!DOCTYPE"
LOCKED = "EncryptedPackage".encode("utf-16-le")


def check_docx(file: IO[bytes]) -> list[str]:
    return _check(file, folder="word/")


def check_xlsx(file: IO[bytes]) -> list[str]:
    return _check(file, folder="xl/")


def old_or_locked(file: IO[bytes]) -> Rejected:
    """The refusal for the older container format: a password-protected file, or a file of before 2007."""
    if holds(file, LOCKED):
        return password()
    message = _("This is an older Office file. Save it as .docx or .xlsx and upload the new copy.")
    return Rejected("old_office", message)


def password() -> Rejected:
    return Rejected(
        "password", _("The file is locked with a password. Remove the password and upload again.")
    )


def damaged() -> Rejected:
    message = _(
        "The file is damaged or incomplete. Open it on your computer, save it again and upload the new copy."
    )
    return Rejected("damaged", message)


def too_much() -> Rejected:
    message = _(
        "The file unpacks to far more than its size. Remove what is packed inside it and upload it again."
    )
    return Rejected("bomb", message)


def active() -> Rejected:
    message = _(
        "The file holds macros or other active parts. Save it without them (.docx or .xlsx) and upload again."
    )
    return Rejected("macros", message)


def _check(file: IO[bytes], *, folder: str) -> list[str]:
    _check_length_of_list(file)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _check_list(parts, folder)
            _unpack(archive, parts)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError):
        raise damaged() from None
    return []


def _check_length_of_list(file: IO[bytes]) -> None:
    """Before the list is read, which takes far more memory than it has bytes. Any record counts that may be
    taken for the one of this archive; the form for archives of 4 GB and more is none of an office file.
    """
    file.seek(max(0, file.seek(0, 2) - END_WITHIN))
    tail = file.read()
    if END_OF_LARGE in tail:
        raise damaged()
    for record in re.finditer(re.escape(END_RECORD), tail):
        at = record.start()
        if int.from_bytes(tail[at + 12 : at + 16], "little") > MOST_OF_LIST:
            raise too_much()


def _check_list(parts: list[zipfile.ZipInfo], folder: str) -> None:
    """What the archive says of itself: shape, sizes, names."""
    names = [part.filename for part in parts]
    if any(part.flag_bits & 0x1 for part in parts):
        raise password()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED or _overlap(parts):
        raise too_much()
    if min((part.header_offset for part in parts), default=-1) != 0:
        raise damaged()
    if (
        TYPES not in names
        or not any(name.startswith(folder) for name in names)
        or len(set(names)) != len(names)
    ):
        raise damaged()
    if any(name.startswith("/") or ".." in name.split("/") or "\\" in name for name in names):
        raise damaged()
    if any(stat.S_ISLNK(part.external_attr >> 16) for part in parts):
        raise damaged()
    if any(_runs(name.lower()) for name in names):
        raise active()


def _runs(name: str) -> bool:
    return (
        name.endswith(("vbaproject.bin", ".exe", ".js", ".vbs"))
        or "/activex/" in name
        or "/macrosheets/" in name
    )


def _overlap(parts: list[zipfile.ZipInfo]) -> bool:
    """Whether two entries share bytes: the mark of an archive that unpacks to more than it could hold."""
    end = 0
    for part in sorted(parts, key=lambda each: each.header_offset):
        if part.header_offset < end:
            return True
        end = part.header_offset + LOCAL_HEADER + len(part.orig_filename.encode()) + part.compress_size
    return False


def _unpack(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Unpack everything once, counting: a false declared size fails its checksum or breaks the limit."""
    unpacked = 0
    for part in parts:
        is_xml = part.filename.lower().endswith((".xml", ".rels", ".vml"))
        tail = declaration = b""
        with archive.open(part) as stream:
            while chunk := stream.read(CHUNK):
                unpacked += len(chunk)
                if unpacked > MOST_UNPACKED:
                    raise too_much()
                declaration = declaration or DECLARATION.encode(_coding(chunk))
                # Office files never declare a document type; one that does is after whoever parses it.
                if is_xml and declaration in tail + chunk:
                    raise damaged()
                tail = chunk[-len(declaration) :]
                if part.filename == TYPES and b"macroEnabled" in chunk:
                    raise active()


def _coding(start: bytes) -> str:
    """How a part is written, as a parser tells it: by where the zero bytes stand in its first letters."""
    if b"\0" not in start[:4]:
        return "utf-8"
    return "utf-16-be" if start[:1] in (b"\0", b"\xfe") else "utf-16-le"
