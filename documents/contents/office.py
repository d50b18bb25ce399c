"""Word and Excel files: zip archives that must hold what such a file holds, and nothing that runs."""

import re
import stat
import zipfile
import zlib
from typing import IO

from documents.contents.refused import Refused
from documents.contents.windows import holds

TYPES = "[Content_Types].xml"
MOST_PARTS = 10_000
MOST_UNPACKED = 300 * 1024 * 1024
MOST_OF_LIST = 8 * 1024 * 1024
END_WITHIN = 22 + 65535
END_RECORD, END_OF_LARGE = b"PK\x05\x06", b"PK\x06\x07"
LOCAL_HEADER = 30
IN_UTF8 = 0x800
CHUNK = 256 * 1024
DECLARATION = "<!DOCTYPE"
MACROS = b"macroenabled"
# Relations whose target is fetched as the file opens. The attributes stand in any order.
FETCHED = re.compile(
    rb"""<(?:\w+:)?Relationship\b(?=[^>]*TargetMode\s*=\s*["']External)"""
    rb"""(?=[^>]*(?:attachedTemplate|oleObject|frame|subDocument|externalLinkPath|image)["'])[^>]*>"""
)
LOCKED = "EncryptedPackage".encode("utf-16-le")


def check_docx(file: IO[bytes]) -> list[str]:
    return _check(file, folder="word/")


def check_xlsx(file: IO[bytes]) -> list[str]:
    return _check(file, folder="xl/")


def check_old(file: IO[bytes]) -> list[str]:
    """The older container format: a password-protected file, or a file of before 2007."""
    raise Refused("password" if holds(file, LOCKED) else "old_office")


def _check(file: IO[bytes], *, folder: str) -> list[str]:
    _check_length_of_list(file)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _check_list(parts, folder)
            _unpack(archive, parts)
            return _active(archive, [part.filename for part in parts])
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError):
        raise Refused("damaged") from None


def _active(archive: zipfile.ZipFile, names: list[str]) -> list[str]:
    """What a reader's program would fetch or start: a link that a person follows is none of it."""
    found = {"embedded" for name in names if "/embeddings/" in name.lower() and name.lower().endswith(".bin")}
    for name in names:
        if name.lower().endswith(".rels") and FETCHED.search(archive.read(name)):
            found.add("remote")
    return sorted(found)


def _check_length_of_list(file: IO[bytes]) -> None:
    """Before the list is read, which takes far more memory than it has bytes. Any record counts that may be
    taken for the one of this archive; the form for archives of 4 GB and more is none of an office file.
    """
    file.seek(max(0, file.seek(0, 2) - END_WITHIN))
    tail = file.read()
    if END_OF_LARGE in tail:
        raise Refused("damaged")
    for record in re.finditer(re.escape(END_RECORD), tail):
        at = record.start()
        if int.from_bytes(tail[at + 12 : at + 16], "little") > MOST_OF_LIST:
            raise Refused("bomb")


def _check_list(parts: list[zipfile.ZipInfo], folder: str) -> None:
    """What the archive says of itself: shape, sizes, names."""
    names = [part.filename for part in parts]
    if any(part.flag_bits & 0x1 for part in parts):
        raise Refused("password")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED or _overlap(parts):
        raise Refused("bomb")
    if min((part.header_offset for part in parts), default=-1) != 0:
        raise Refused("damaged")
    if (
        TYPES not in names
        or not any(name.startswith(folder) for name in names)
        or len(set(names)) != len(names)
    ):
        raise Refused("damaged")
    if any(name.startswith("/") or ".." in name.split("/") or "\\" in name for name in names):
        raise Refused("damaged")
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise Refused("damaged")
    if any(stat.S_ISLNK(part.external_attr >> 16) for part in parts):
        raise Refused("damaged")
    if any(_runs(name.lower()) for name in names):
        raise Refused("macros")


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
        name = part.orig_filename.encode("utf-8" if part.flag_bits & IN_UTF8 else "cp437")
        end = part.header_offset + LOCAL_HEADER + len(name) + part.compress_size
    return False


def _unpack(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Unpack everything once, counting: a false declared size fails its checksum or breaks the limit."""
    unpacked = 0
    for part in parts:
        tail = declaration = b""
        is_xml = None
        with archive.open(part) as stream:
            while chunk := stream.read(CHUNK):
                unpacked += len(chunk)
                if unpacked > MOST_UNPACKED:
                    raise Refused("bomb")
                declaration = declaration or DECLARATION.encode(_coding(chunk))
                is_xml = _is_xml(part.filename, chunk) if is_xml is None else is_xml
                # Office files never declare a document type; one that does is after whoever parses it.
                if is_xml and declaration in tail + chunk:
                    raise Refused("damaged")
                tail = chunk[-len(declaration) :]
    if MACROS in archive.read(TYPES).replace(b"\0", b"").lower():
        raise Refused("macros")


def _is_xml(name: str, start: bytes) -> bool:
    """Whatever it is called, a part that begins as XML may be read as such."""
    is_named_so = name.lower().endswith((".xml", ".rels", ".vml"))
    return is_named_so or start.lstrip(b"\xef\xbb\xbf\xff\xfe\0\t\r\n ").startswith(b"<")


def _coding(start: bytes) -> str:
    """How a part is written, as a parser tells it: by where the zero bytes stand in its first letters."""
    if b"\0" not in start[:4]:
        return "utf-8"
    return "utf-16-be" if start[:1] in (b"\0", b"\xfe") else "utf-16-le"
